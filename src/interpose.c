/* interpose.c - standing before dlopen, dlsym and dlerror so that nobody notices.
 *
 * Everybody calls these functions, at any time: constructors that run before
 * the program's, a malloc that is looking for the next malloc, threads, whoever
 * holds a lock of the dynamic linker.  Hence:
 *
 * - What is not for us is handed on by a jump, with the registers as they came:
 *   the C library takes RTLD_NEXT, RUNPATH and the namespace from the return
 *   address, which has to be the caller's.
 * - The next definition is found by reading the dynamic linker's tables.  A
 *   call of dlsym or dlvsym would be recursion, or would allocate the message
 *   of its failure, which the caller's dlerror would then see.
 * - No constructor, no lock of ours, and no allocation but for the sentence of
 *   a failure of ours.
 * - Up to that, no function of another library is called, as it may be one that
 *   is replaced by a function that calls us.  (A sanitizer's runtime does so
 *   before it can be used, so this file is compiled without.) */

#include "config.h"
#include "interpose.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The rows of exports.def, by number. */
enum interposed {
#define EXPORT(node, name)
#define INTERPOSED(name) INTERPOSED_##name,
#include "exports.def"
#undef EXPORT
#undef INTERPOSED
    INTERPOSED_COUNT
};

/* This object's dynamic section, by which it knows itself. */
extern ElfW(Dyn) _DYNAMIC[] __attribute__((visibility("hidden")));

/* ---- The symbols of a loaded object ---- */

static bool
equal(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

static bool
begins(const char *text, const char *with)
{
    while (*with != '\0' && *text == *with) {
        text++;
        with++;
    }
    return *with == '\0';
}

struct tables {
    uintptr_t base;
    const ElfW(Sym) *symbols;
    const char *strings;
    const uint32_t *gnu_hash;
    const Elf_Symndx *hash;
    const ElfW(Half) *versions;
    const ElfW(Verdef) *version_names;
};

/* The dynamic linker writes addresses into the dynamic section, unless that
 * cannot be written to, as the vDSO's: there they are relative. */
static const void *
address_in(const ElfW(Dyn) *entry, uintptr_t base)
{
    uintptr_t address = entry->d_un.d_ptr;
    return (const void *)(address < base ? base + address : address);
}

static bool
read_tables(struct tables *tables, uintptr_t base, const ElfW(Dyn) *dynamic)
{
    tables->base = base;
    tables->symbols = NULL;
    tables->strings = NULL;
    tables->gnu_hash = NULL;
    tables->hash = NULL;
    tables->versions = NULL;
    tables->version_names = NULL;
    for (; dynamic != NULL && dynamic->d_tag != DT_NULL; dynamic++) {
        switch (dynamic->d_tag) {
        case DT_SYMTAB:
            tables->symbols = address_in(dynamic, base);
            break;
        case DT_STRTAB:
            tables->strings = address_in(dynamic, base);
            break;
        case DT_GNU_HASH:
            tables->gnu_hash = address_in(dynamic, base);
            break;
        case DT_HASH:
            tables->hash = address_in(dynamic, base);
            break;
        case DT_VERSYM:
            tables->versions = address_in(dynamic, base);
            break;
        case DT_VERDEF:
            tables->version_names = address_in(dynamic, base);
            break;
        default:
            break;
        }
    }
    return tables->symbols != NULL && tables->strings != NULL
           && (tables->gnu_hash != NULL || tables->hash != NULL);
}

enum { VERSION_HIDDEN = 0x8000, VERSION_BASE = 1 };

/* Whether symbol index defines name; a default version, or none, is best. */
static bool
defines(const struct tables *tables, uint32_t index, const char *name, bool *ret_best)
{
    const ElfW(Sym) *symbol = &tables->symbols[index];
    unsigned type = symbol->st_info & 0xf; /* of either class */
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_info >> 4 == STB_LOCAL
        || (type != STT_FUNC && type != STT_OBJECT && type != STT_NOTYPE)
        || !equal(tables->strings + symbol->st_name, name)) {
        return false;
    }
    *ret_best = tables->versions == NULL || (tables->versions[index] & VERSION_HIDDEN) == 0;
    return true;
}

/* The symbol by the GNU hash table, 0 for none. */
static uint32_t
find_by_gnu_hash(const struct tables *tables, const char *name)
{
    const uint32_t *table = tables->gnu_hash;
    uint32_t hash = 5381, bucket_count = table[0], first = table[1], words = table[2];
    const ElfW(Addr) *bloom = (const ElfW(Addr) *)(table + 4);
    const uint32_t *buckets = (const uint32_t *)(bloom + words), *chain = buckets + bucket_count;
    const unsigned bits = 8 * sizeof *bloom;
    uint32_t found = 0;

    for (const char *c = name; *c != '\0'; c++) {
        hash = hash * 33 + (unsigned char)*c;
    }
    ElfW(Addr) word = bloom[hash / bits % words];
    if (bucket_count == 0
        || (word >> hash % bits & word >> (hash >> table[3]) % bits & 1) == 0) {
        return 0;
    }
    uint32_t index = buckets[hash % bucket_count];
    bool last = index < first, best = false;
    for (; !last && !best; index++) {
        uint32_t entry = chain[index - first];
        if ((entry | 1) == (hash | 1) && defines(tables, index, name, &best)) {
            found = best || found == 0 ? index : found;
        }
        last = (entry & 1) != 0;
    }
    return found;
}

/* The symbol by the older hash table, 0 for none. */
static uint32_t
find_by_hash(const struct tables *tables, const char *name)
{
    const Elf_Symndx *buckets = tables->hash + 2, *chain = buckets + tables->hash[0];
    uint32_t hash = 0, found = 0;
    bool best = false;

    for (const char *c = name; *c != '\0'; c++) {
        hash = (hash << 4) + (unsigned char)*c;
        hash ^= hash >> 24 & 0xf0;
        hash &= 0x0fffffff;
    }
    for (uint32_t index = tables->hash[0] != 0 ? (uint32_t)buckets[hash % tables->hash[0]] : 0;
         index != 0 && !best; index = (uint32_t)chain[index]) {
        if (defines(tables, index, name, &best)) {
            found = best || found == 0 ? index : found;
        }
    }
    return found;
}

/* Whether the version of a symbol is one of the C library's. */
static bool
is_c_library_version(const struct tables *tables, uint32_t index)
{
    unsigned number = tables->versions != NULL ? tables->versions[index] & ~VERSION_HIDDEN : 0;
    const ElfW(Verdef) *entry = tables->version_names;
    if (number <= VERSION_BASE || entry == NULL) {
        return false;
    }
    for (;;) {
        if (entry->vd_ndx == number) {
            const ElfW(Verdaux) *name =
                (const ElfW(Verdaux) *)((const char *)entry + entry->vd_aux);
            return begins(tables->strings + name->vda_name, "GLIBC_");
        }
        if (entry->vd_next == 0) {
            return false;
        }
        entry = (const ElfW(Verdef) *)((const char *)entry + entry->vd_next);
    }
}

/* What an object exports as name, or NULL.  Reads memory only. */
static void *
find_in(uintptr_t base, const ElfW(Dyn) *dynamic, const char *name, bool *ret_c_library)
{
    struct tables tables;
    if (!read_tables(&tables, base, dynamic)) {
        return NULL;
    }
    uint32_t index = tables.gnu_hash != NULL ? find_by_gnu_hash(&tables, name)
                                             : find_by_hash(&tables, name);
    if (index == 0) {
        return NULL;
    }
    if (ret_c_library != NULL) {
        *ret_c_library = is_c_library_version(&tables, index);
    }
    const ElfW(Sym) *symbol = &tables.symbols[index];
    return (void *)(symbol->st_value + (symbol->st_shndx != SHN_ABS ? base : 0));
}

/* ---- Searching the loaded objects ---- */

static const ElfW(Dyn) *
dynamic_of(const struct dl_phdr_info *info)
{
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_DYNAMIC) {
            return (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
        }
    }
    return NULL;
}

/* Every Python 3 that can load extensions exports it, and no Python 2 does. */
static const char landmark[] = "PyModuleDef_Init";

struct search {
    const char *name;
    void *found;
    bool begun, landmark_seen;
    unsigned long adds, known_adds;
};

/* In the program, then in the interpreter: what a program that is linked with
 * libpython has copied of its variables is the program's. */
static int
look_in_host(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;
    const ElfW(Dyn) *dynamic = dynamic_of(info);
    bool is_program = !search->begun;
    (void)size;
    search->begun = true;
    search->landmark_seen = find_in(info->dlpi_addr, dynamic, landmark, NULL) != NULL;
    if (search->found == NULL && (is_program || search->landmark_seen)) {
        search->found = find_in(info->dlpi_addr, dynamic, search->name, NULL);
    }
    return search->landmark_seen;
}

/* A name of this process's Python 3: a function's or variable's address, or
 * NULL if it has none of that name, or there is no Python 3.  Leaves dlerror
 * alone.  Any thread, with or without the GIL. */
void *
py2abi_interpose_host_symbol(const char *name)
{
    struct search search = {.name = name};
    dl_iterate_phdr(look_in_host, &search);
    return search.landmark_seen ? search.found : NULL;
}

static int
look_for_landmark(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;
    if (size >= offsetof(struct dl_phdr_info, dlpi_adds) + sizeof info->dlpi_adds) {
        search->adds = (unsigned long)info->dlpi_adds;
        if (search->adds == search->known_adds) {
            return 1;
        }
    }
    search->landmark_seen =
        find_in(info->dlpi_addr, dynamic_of(info), landmark, NULL) != NULL;
    return search->landmark_seen;
}

/* Whether this process has a Python 3.  Leaves dlerror alone.  What is loaded
 * is not looked at again until more is.  Any thread. */
bool
py2abi_interpose_is_python3(void)
{
    static atomic_bool is_python3;
    static atomic_ulong looked_at; /* the count of loaded objects; never 0 */

    if (atomic_load_explicit(&is_python3, memory_order_relaxed)) {
        return true;
    }
    struct search search = {.known_adds =
                                atomic_load_explicit(&looked_at, memory_order_relaxed)};
    dl_iterate_phdr(look_for_landmark, &search);
    atomic_store_explicit(&looked_at, search.adds, memory_order_relaxed);
    if (search.landmark_seen) {
        atomic_store_explicit(&is_python3, true, memory_order_relaxed);
    }
    return search.landmark_seen;
}

#ifndef PY2ABI_INTERPOSES

/* The entry points are not written for this processor: nothing of ours stands
 * before the C library's functions. */
struct py2abi_next
py2abi_interpose_next(void)
{
    return (struct py2abi_next){dlopen, dlsym, dlerror};
}

#else

/* ---- The next definition ---- */

/* What a thread keeps. */
static __thread struct {
    char *text;     /* the sentence of its last failure of ours; its own unless spare */
    bool pending;   /* dlerror has yet to give it */
    bool busy;      /* finding out: what comes by now is not looked at */
    bool at_exit;   /* text is freed when the thread ends */
} thread __attribute__((tls_model("initial-exec")));

static char spare[] = "py2abi: there is no memory for what dlerror has to say";

static int
look_in_c_library(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;
    bool c_library = false;
    (void)size;
    void *found = find_in(info->dlpi_addr, dynamic_of(info), search->name, &c_library);
    if (c_library) {
        search->found = found;
    }
    return c_library;
}

/* The definition that follows ours in the order of the search, or NULL.
 *
 * The list of objects begins with those that the program started with, in the
 * order in which they are searched; they are never unloaded.  Preloaded, we are
 * among them and before the C library, so the list is read no further than to
 * there, and without a lock.
 *
 * Where the C library comes first, nobody is bound to us but what was linked
 * with us and opened later, perhaps in a namespace of its own, which has a list
 * and a C library of its own: that is the next one then. */
static void *
find_next(const char *name)
{
    bool past_us = false;
    void *first = NULL;

    for (const struct link_map *map = _r_debug.r_map; map != NULL; map = map->l_next) {
        if (map->l_ld == _DYNAMIC) {
            past_us = true;
            continue;
        }
        bool c_library = false;
        void *found = find_in(map->l_addr, map->l_ld, name, &c_library);
        if (found != NULL && past_us) {
            return found;
        }
        if (c_library) {
            first = found;
            break;
        }
    }
    if (first != NULL && !thread.busy) {
        struct search search = {.name = name};
        thread.busy = true;
        dl_iterate_phdr(look_in_c_library, &search);
        thread.busy = false;
        if (search.found != NULL) {
            return search.found;
        }
    }
    return first;
}

static void *
next_of(enum interposed which)
{
    static void *_Atomic next[INTERPOSED_COUNT];
    static const char *const names[] = {
#define EXPORT(node, name)
#define INTERPOSED(name) #name,
#include "exports.def"
#undef EXPORT
#undef INTERPOSED
    };
    void *found = atomic_load_explicit(&next[which], memory_order_relaxed);
    if (found == NULL) {
        found = find_next(names[which]);
        atomic_store_explicit(&next[which], found, memory_order_relaxed);
    }
    return found;
}

/* An object pointer as a function pointer, which ISO C has no cast for. */
#define SET_FN(target, address)                                                                   \
    do {                                                                                          \
        void *address_ = (address);                                                               \
        memcpy(&(target), &address_, sizeof(target));                                             \
    } while (0)

struct py2abi_next
py2abi_interpose_next(void)
{
    struct py2abi_next next;
    SET_FN(next.dlopen, next_of(INTERPOSED_dlopen));
    SET_FN(next.dlsym, next_of(INTERPOSED_dlsym));
    SET_FN(next.dlerror, next_of(INTERPOSED_dlerror));
    return next;
}

/* ---- Failures of ours ---- */

/* Forget what the next dlerror has to say, as any call that succeeds does. */
static void
clear_next_error(void)
{
    char *(*next)(void);
    SET_FN(next, next_of(INTERPOSED_dlerror));
    if (next != NULL) {
        next();
    }
}

static void
free_text(void)
{
    if (thread.text != spare) {
        free(thread.text);
    }
    thread.text = NULL;
    thread.pending = false;
}

/* A thread's destructors may call us, the last one too. */
static void
end_thread(void *unused)
{
    (void)unused;
    free_text();
    thread.at_exit = false;
}

/* The C library's own, for C++: call function(data) when the thread ends.  The
 * object that holds `object` stays loaded until then. */
extern int __cxa_thread_atexit_impl(void (*function)(void *), void *data, void *object);

/* Have this thread's next dlerror give the sentence. */
static void
fail(const char *sentence)
{
    clear_next_error();
    free_text();
    thread.text = strdup(sentence);
    if (thread.text == NULL) {
        thread.text = spare;
    }
    thread.pending = true;
    if (!thread.at_exit) {
        thread.at_exit = __cxa_thread_atexit_impl(end_thread, NULL, spare) == 0;
    }
}

/* ---- The three functions ---- */

/* What an entry point does: jump there, or return the result. */
struct turn {
    void *jump, *result;
};

static atomic_bool have_opened; /* a binary, through the guests module */

static struct turn
hand_on(enum interposed which)
{
    return (struct turn){next_of(which), NULL};
}

static bool
has_slash(const char *name)
{
    while (*name != '\0' && *name != '/') {
        name++;
    }
    return *name == '/';
}

/* Only the entry points below call these, which the compiler does not see. */
#define CALLED_BY_ENTRY __attribute__((used, visibility("hidden")))
struct turn py2abi_interpose_dlopen(const char *name, int flags) CALLED_BY_ENTRY;
struct turn py2abi_interpose_dlsym(void *handle, const char *name) CALLED_BY_ENTRY;
struct turn py2abi_interpose_dlerror(void) CALLED_BY_ENTRY;

/* dlopen of a path, in a process to which all this applies. */
static struct turn __attribute__((noinline))
open_path(const char *path, int flags)
{
    char why[PY2ABI_FRONT_WHY];
    thread.busy = true;
    enum py2abi_front_verdict verdict =
        py2abi_interpose_is_python3() ? py2abi_front_look(path, why) : PY2ABI_FRONT_PASS;
    thread.busy = false;

    void *handle = NULL;
    if (verdict == PY2ABI_FRONT_GUEST || verdict == PY2ABI_FRONT_BIND) {
        handle = py2abi_front_open(path, flags, why);
    }
    if (handle != NULL) {
        atomic_store_explicit(&have_opened, true, memory_order_relaxed);
        clear_next_error();
    }
    else if (verdict == PY2ABI_FRONT_GUEST || verdict == PY2ABI_FRONT_REFUSED) {
        fail(why);
    }
    else {
        return hand_on(INTERPOSED_dlopen);
    }
    return (struct turn){NULL, handle};
}

struct turn
py2abi_interpose_dlopen(const char *name, int flags)
{
    thread.pending = false;
    /* Python's importer opens files by their path. */
    if (name == NULL || (flags & RTLD_NOLOAD) != 0 || thread.busy || !has_slash(name)
        || !py2abi_front_applies()) {
        return hand_on(INTERPOSED_dlopen);
    }
    int saved = errno;
    struct turn turn = open_path(name, flags);
    errno = saved;
    return turn;
}

struct turn
py2abi_interpose_dlsym(void *handle, const char *name)
{
    thread.pending = false;
    if (atomic_load_explicit(&have_opened, memory_order_relaxed) && handle != RTLD_DEFAULT
        && handle != RTLD_NEXT && name != NULL
        && (begins(name, "PyInit_") || begins(name, "PyInitU_"))) {
        int saved = errno;
        void *found = py2abi_front_symbol(handle, name);
        errno = saved;
        if (found != NULL) {
            clear_next_error();
            return (struct turn){NULL, found};
        }
    }
    return hand_on(INTERPOSED_dlsym);
}

struct turn
py2abi_interpose_dlerror(void)
{
    if (thread.pending) {
        char *(*next)(void);
        thread.pending = false;
        /* The functions that are not ours may have failed since. */
        SET_FN(next, next_of(INTERPOSED_dlerror));
        char *text = next != NULL ? next() : NULL;
        return (struct turn){NULL, text != NULL ? text : thread.text};
    }
    return hand_on(INTERPOSED_dlerror);
}

/* ---- The entry points ---- */

/* Each asks its function above, with all that may hold an argument kept, and
 * either returns the result or leaves no trace and jumps. */
#if defined __x86_64__
#define ENTRY(name)                                                                               \
    __asm__(".text\n"                                                                             \
            ".p2align 4\n"                                                                        \
            ".globl " #name "\n"                                                                  \
            ".type " #name ", @function\n" #name ":\n"                                            \
            "\t.cfi_startproc\n"                                                                  \
            "\tendbr64\n"                                                                         \
            "\tsubq $56, %rsp\n"                                                                  \
            "\t.cfi_adjust_cfa_offset 56\n"                                                       \
            "\tmovq %rdi, 0(%rsp)\n"                                                              \
            "\tmovq %rsi, 8(%rsp)\n"                                                              \
            "\tmovq %rdx, 16(%rsp)\n"                                                             \
            "\tmovq %rcx, 24(%rsp)\n"                                                             \
            "\tmovq %r8, 32(%rsp)\n"                                                              \
            "\tmovq %r9, 40(%rsp)\n"                                                              \
            "\tmovq %rax, 48(%rsp)\n"                                                             \
            "\tcall py2abi_interpose_" #name "\n"                                                 \
            "\tmovq %rax, %r11\n"                                                                 \
            "\tmovq %rdx, %r10\n"                                                                 \
            "\tmovq 0(%rsp), %rdi\n"                                                              \
            "\tmovq 8(%rsp), %rsi\n"                                                              \
            "\tmovq 16(%rsp), %rdx\n"                                                             \
            "\tmovq 24(%rsp), %rcx\n"                                                             \
            "\tmovq 32(%rsp), %r8\n"                                                              \
            "\tmovq 40(%rsp), %r9\n"                                                              \
            "\tmovq 48(%rsp), %rax\n"                                                             \
            "\taddq $56, %rsp\n"                                                                  \
            "\t.cfi_adjust_cfa_offset -56\n"                                                      \
            "\ttestq %r11, %r11\n"                                                                \
            "\tjz 1f\n"                                                                           \
            "\tjmp *%r11\n"                                                                       \
            "1:\tmovq %r10, %rax\n"                                                               \
            "\tret\n"                                                                             \
            "\t.cfi_endproc\n"                                                                    \
            ".size " #name ", . - " #name "\n");
#elif defined __aarch64__
#define ENTRY(name)                                                                               \
    __asm__(".text\n"                                                                             \
            ".p2align 4\n"                                                                        \
            ".globl " #name "\n"                                                                  \
            ".type " #name ", %function\n" #name ":\n"                                            \
            "\t.cfi_startproc\n"                                                                  \
            "\thint 34\n" /* bti c */                                                             \
            "\tstp x29, x30, [sp, #-96]!\n"                                                       \
            "\t.cfi_def_cfa_offset 96\n"                                                          \
            "\t.cfi_offset 29, -96\n"                                                             \
            "\t.cfi_offset 30, -88\n"                                                             \
            "\tmov x29, sp\n"                                                                     \
            "\tstp x0, x1, [sp, #16]\n"                                                           \
            "\tstp x2, x3, [sp, #32]\n"                                                           \
            "\tstp x4, x5, [sp, #48]\n"                                                           \
            "\tstp x6, x7, [sp, #64]\n"                                                           \
            "\tstr x8, [sp, #80]\n"                                                               \
            "\tbl py2abi_interpose_" #name "\n"                                                   \
            "\tmov x16, x0\n"                                                                     \
            "\tmov x17, x1\n"                                                                     \
            "\tldp x0, x1, [sp, #16]\n"                                                           \
            "\tldp x2, x3, [sp, #32]\n"                                                           \
            "\tldp x4, x5, [sp, #48]\n"                                                           \
            "\tldp x6, x7, [sp, #64]\n"                                                           \
            "\tldr x8, [sp, #80]\n"                                                               \
            "\tldp x29, x30, [sp], #96\n"                                                         \
            "\t.cfi_restore 30\n"                                                                 \
            "\t.cfi_restore 29\n"                                                                 \
            "\t.cfi_def_cfa_offset 0\n"                                                           \
            "\tcbz x16, 1f\n"                                                                     \
            "\tbr x16\n"                                                                          \
            "1:\tmov x0, x17\n"                                                                   \
            "\tret\n"                                                                             \
            "\t.cfi_endproc\n"                                                                    \
            ".size " #name ", . - " #name "\n");
#elif defined __i386__
/* The arguments are on the stack, where the jump leaves them: only copies are passed. */
#define ENTRY(name)                                                                               \
    __asm__(".text\n"                                                                             \
            ".p2align 4\n"                                                                        \
            ".globl " #name "\n"                                                                  \
            ".type " #name ", @function\n" #name ":\n"                                            \
            "\t.cfi_startproc\n"                                                                  \
            "\tendbr32\n"                                                                         \
            "\tsubl $28, %esp\n"                                                                  \
            "\t.cfi_adjust_cfa_offset 28\n"                                                       \
            "\tleal 16(%esp), %eax\n" /* where the struct is returned; the callee pops this */    \
            "\tmovl %eax, 0(%esp)\n"                                                              \
            "\tmovl 32(%esp), %eax\n"                                                             \
            "\tmovl %eax, 4(%esp)\n"                                                              \
            "\tmovl 36(%esp), %eax\n"                                                             \
            "\tmovl %eax, 8(%esp)\n"                                                              \
            "\tcall py2abi_interpose_" #name "\n"                                                 \
            "\t.cfi_adjust_cfa_offset -4\n"                                                       \
            "\tmovl 12(%esp), %ecx\n"                                                             \
            "\tmovl 16(%esp), %eax\n"                                                             \
            "\taddl $24, %esp\n"                                                                  \
            "\t.cfi_adjust_cfa_offset -24\n"                                                      \
            "\ttestl %ecx, %ecx\n"                                                                \
            "\tjz 1f\n"                                                                           \
            "\tjmp *%ecx\n"                                                                       \
            "1:\tret\n"                                                                           \
            "\t.cfi_endproc\n"                                                                    \
            ".size " #name ", . - " #name "\n");
#endif

#define EXPORT(node, name)
#define INTERPOSED(name) ENTRY(name)
#include "exports.def"
#undef EXPORT
#undef INTERPOSED

#endif /* PY2ABI_INTERPOSES */
