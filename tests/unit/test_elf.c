/* test_elf.c - reading shared objects: what is read, what is refused, and with which words. */

#include "config.h"
#include "../common/harness.h"
#include "../common/objects.h"
#include "elf.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fnmatch.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define TYPE(info) ((info) & 0xf)
#define BIND(info) ((info) >> 4)
#define INFO(bind, type) (unsigned char)((bind) << 4 | (type))

static const struct recipe *
recipe_named(const char *name)
{
    const struct recipe *recipe = object_recipes;
    while (recipe->name != NULL && strcmp(recipe->name, name) != 0) {
        recipe++;
    }
    return recipe->name != NULL ? recipe : NULL;
}

/* Whether there is an object of the recipe on this machine; if not, the test is
 * skipped. */
static bool
load_recipe(const struct recipe *recipe, struct object *object)
{
    const char *reason = "this machine has no such recipe";
    const char *path = recipe != NULL ? object_build(recipe, &reason) : NULL;
    if (path == NULL) {
        skip_test(reason);
        return false;
    }
    ck_assert_msg(object_load(object, path), "%s cannot be read", path);
    return true;
}

/* A copy of an object at the end of readable memory: one byte further is a
 * signal. */
struct guarded {
    unsigned char *pages, *image;
    size_t mapped;
};

static struct guarded
guard(const struct object *object, size_t size)
{
    struct guarded guarded;
    size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (size + page - 1) / page * page;
    size_t align = _Alignof(ElfW(Ehdr));
    guarded.mapped = room + page;
    guarded.pages = mmap(NULL, guarded.mapped, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(guarded.pages, MAP_FAILED);
    ck_assert_int_eq(mprotect(guarded.pages + room, page, PROT_NONE), 0);
    guarded.image = guarded.pages + (room - size) / align * align;
    memcpy(guarded.image, object->bytes, size);
    return guarded;
}

static bool was_truncated; /* what the last answer says of it */

static enum py2abi_elf_status
read_guarded(const struct object *object, size_t size, char *why)
{
    struct py2abi_elf elf;
    struct guarded guarded = guard(object, size);
    enum py2abi_elf_status status = py2abi_elf_read(&elf, guarded.image, size, why);
    was_truncated = elf.is_truncated;
    munmap(guarded.pages, guarded.mapped);
    return status;
}

/* The answer and its sentence, which is a pattern. */
#define EXPECT(object, size, expected, text)                                                      \
    do {                                                                                          \
        char why_[PY2ABI_ELF_WHY] = "?";                                                          \
        enum py2abi_elf_status status_ = read_guarded(object, size, why_);                        \
        ck_assert_msg(status_ == (expected), "status %d, not %d: %s", status_, expected, why_);   \
        ck_assert_msg(fnmatch(text, why_, 0) == 0, "'%s' instead of '%s'", why_, text);           \
    } while (0)
#define EXPECT_DAMAGED(object, text) EXPECT(object, (object)->size, PY2ABI_ELF_DAMAGED, text)

/* ---- What is read ---- */

static int recipe_count;

/* Whether the section of wanted versions has a library. */
static int
wants_versions(const struct object *object, const char *library)
{
    const ElfW(Shdr) *section = object_section(object, SHT_GNU_verneed, 0);
    const char *strings = object_contents(object, object_section(object, SHT_STRTAB, 0));
    const char *at = section != NULL ? object_contents(object, section) : NULL;
    for (ElfW(Word) left = section != NULL ? section->sh_info : 0; left != 0; left--) {
        const ElfW(Verneed) *need = (const void *)at;
        if (strcmp(strings + need->vn_file, library) == 0) {
            return 1;
        }
        at += need->vn_next;
    }
    return 0;
}

static void
check_read(const struct object *object, const struct py2abi_elf *elf)
{
    const ElfW(Shdr) *table = object_section(object, SHT_DYNSYM, 0);
    const ElfW(Shdr) *strings = object_section(object, SHT_STRTAB, 0);
    const ElfW(Shdr) *dynamic = object_section(object, SHT_DYNAMIC, 0);
    const ElfW(Sym) *symbols = object_contents(object, table);
    const ElfW(Dyn) *entries = object_contents(object, dynamic);
    unsigned count = 0, index = 0;

    ck_assert_uint_eq(elf->size, object->size);
    ck_assert_uint_eq(elf->phdr_count, object_header(object)->e_phnum);
    ck_assert_uint_eq(elf->symbol_count, table->sh_size / sizeof *symbols);
    ck_assert_uint_eq(elf->symtab, table->sh_offset);
    ck_assert_ptr_eq(elf->strings, object_contents(object, strings));
    ck_assert_uint_eq(elf->strings_size, strings->sh_size);
    ck_assert_uint_eq(elf->dynamic, dynamic->sh_offset);
    ck_assert_int_eq(elf->has_tls != 0, object_segment(object, PT_TLS, 0) != NULL);
    for (uint32_t i = 0; i < elf->symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(elf, i, &symbol);
        ck_assert_str_eq(symbol.name, elf->strings + symbols[i].st_name);
        ck_assert_uint_eq(symbol.value, symbols[i].st_value);
        ck_assert_uint_eq(symbol.size, symbols[i].st_size);
        ck_assert_uint_eq(symbol.offset, table->sh_offset + i * sizeof *symbols);
        ck_assert_uint_eq(symbol.bind, BIND(symbols[i].st_info));
        ck_assert_uint_eq(symbol.type, TYPE(symbols[i].st_info));
        ck_assert_uint_eq(symbol.visibility, symbols[i].st_other & 3);
        ck_assert_int_eq(symbol.defined, symbols[i].st_shndx != SHN_UNDEF);
    }
    for (; entries[count].d_tag != DT_NULL; count++) {
        ck_assert_ptr_eq(py2abi_elf_dynamic(elf, count), &entries[count]);
        if (entries[count].d_tag == DT_NEEDED) {
            const char *library = elf->strings + entries[count].d_un.d_val;
            ck_assert_str_eq(py2abi_elf_needed(elf, &index), library);
            ck_assert_int_eq(py2abi_elf_wants_versions(elf, library),
                             wants_versions(object, library));
        }
    }
    ck_assert_uint_eq(elf->dynamic_count, count);
    ck_assert_ptr_null(py2abi_elf_needed(elf, &index));
    ck_assert_int_eq(py2abi_elf_wants_versions(elf, "libnowhere.so"), 0);
    ck_assert_int_eq(py2abi_elf_wants_versions(elf, ""), 0);
}

START_TEST(test_read)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY] = "?";

    if (!load_recipe(&object_recipes[_i], &object)) {
        return;
    }
    ck_assert_msg(py2abi_elf_read(&elf, object.bytes, object.size, why) == PY2ABI_ELF_OK, "%s: %s",
                  object_recipes[_i].name, why);
    ck_assert_str_eq(why, "");
    check_read(&object, &elf);
    ck_assert_ptr_null(elf.soname);
    ck_assert_ptr_null(elf.rpath);
    ck_assert_ptr_null(elf.runpath);
    ck_assert_int_eq(read_guarded(&object, object.size, why), PY2ABI_ELF_OK);
}
END_TEST

/* What is read does not come from the section headers. */
START_TEST(test_stripped)
{
    struct object object, stripped;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY], path[4096];

    if (!load_recipe(&object_recipes[_i], &object)) {
        return;
    }
    stripped = object_copy(&object);
    object_strip_sections(&stripped);
    ck_assert_msg(py2abi_elf_read(&elf, stripped.bytes, stripped.size, why) == PY2ABI_ELF_OK,
                  "%s: %s", object_recipes[_i].name, why);
    ck_assert_uint_eq(elf.symbol_count,
                      object_section(&object, SHT_DYNSYM, 0)->sh_size / sizeof(ElfW(Sym)));
    ck_assert_int_eq(read_guarded(&stripped, stripped.size, why), PY2ABI_ELF_OK);

    if (object_closed(&object_recipes[_i]) != NULL) {
        skip_test(object_closed(&object_recipes[_i]));
        return;
    }
    /* That it can be opened says that it is as real as the others. */
    snprintf(path, sizeof path, "%s/stripped-%s.so", object_directory(), object_recipes[_i].name);
    object_save(&stripped, path);
    void *handle = dlopen(path, RTLD_NOW);
    ck_assert_msg(handle != NULL, "%s", dlerror());
    dlclose(handle);
    unlink(path);
}
END_TEST

static const char names_flags[] =
    "-nostdlib -Wl,-soname,libnames.so.1 -Wl,--disable-new-dtags,-rpath,/first:/second";
static const char run_flags[] =
    "-nostdlib -Wl,-soname,librun.so -Wl,--enable-new-dtags,-rpath,$ORIGIN/../lib";
static const struct recipe names_recipe = {"names", "c", "int names;", names_flags, false, false};
static const struct recipe run_recipe = {"run", "c", "int run;", run_flags, false, false};
/* Nothing is exported: a GNU hash table does not tell how many symbols there are. */
static const struct recipe mute_recipe = {
    "mute", "c",
    "#include <stdlib.h>\n"
    "extern int *nowhere(void) __attribute__((weak));\n"
    "static void __attribute__((constructor)) begin(void) { free(malloc(3)); }\n"
    "static int *(*pointer)(void) __attribute__((used)) = nowhere;\n",
    "-fvisibility=hidden -Wl,--hash-style=gnu", false, false};

START_TEST(test_names)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY];

    ck_assert(load_recipe(&names_recipe, &object));
    ck_assert_msg(py2abi_elf_read(&elf, object.bytes, object.size, why) == PY2ABI_ELF_OK, "%s",
                  why);
    ck_assert_str_eq(elf.soname, "libnames.so.1");
    ck_assert_str_eq(elf.rpath, "/first:/second");
    ck_assert_ptr_null(elf.runpath);
    ck_assert_int_eq(elf.has_tls, 0);

    ck_assert(load_recipe(&run_recipe, &object));
    ck_assert_msg(py2abi_elf_read(&elf, object.bytes, object.size, why) == PY2ABI_ELF_OK, "%s",
                  why);
    ck_assert_str_eq(elf.soname, "librun.so");
    ck_assert_str_eq(elf.runpath, "$ORIGIN/../lib");
    ck_assert_ptr_null(elf.rpath);
}
END_TEST

START_TEST(test_mute)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY];

    ck_assert(load_recipe(&mute_recipe, &object));
    ck_assert_msg(py2abi_elf_read(&elf, object.bytes, object.size, why) == PY2ABI_ELF_OK, "%s",
                  why);
    check_read(&object, &elf);
    ck_assert_int_eq(py2abi_elf_wants_versions(&elf, "libc.so.6"), 1);
}
END_TEST

/* Some linkers count the relocations of the procedure linkage table among the
 * others, at their end. */
START_TEST(test_one_table)
{
    struct object object;
    char why[PY2ABI_ELF_WHY], path[4096];

    ck_assert(load_recipe(recipe_named("lazy"), &object));
    ElfW(Dyn) *address = object_dynamic(&object, sizeof(ElfW(Addr)) == 8 ? DT_RELA : DT_REL);
    ElfW(Dyn) *size = object_dynamic(&object, sizeof(ElfW(Addr)) == 8 ? DT_RELASZ : DT_RELSZ);
    ElfW(Dyn) *plt = object_dynamic(&object, DT_JMPREL);
    ElfW(Dyn) *plt_size = object_dynamic(&object, DT_PLTRELSZ);
    if (address == NULL || plt == NULL
        || address->d_un.d_ptr + size->d_un.d_val != plt->d_un.d_ptr) {
        skip_test("the linker has put them in different places");
        return;
    }
    size->d_un.d_val += plt_size->d_un.d_val;
    ck_assert_msg(read_guarded(&object, object.size, why) == PY2ABI_ELF_OK, "%s", why);
    snprintf(path, sizeof path, "%s/one-table.so", object_directory());
    object_save(&object, path);
    void *handle = dlopen(path, RTLD_LAZY);
    ck_assert_msg(handle != NULL, "%s", dlerror());
    double (*cosine)(double);
    *(void **)&cosine = dlsym(handle, "cosine");
    ck_assert(cosine(0) == 1);
    dlclose(handle);

    /* Not at their end: some would be done twice. */
    size_t entry = sizeof(ElfW(Addr)) == 8 ? sizeof(ElfW(Rela)) : sizeof(ElfW(Rel));
    plt_size->d_un.d_val -= entry;
    EXPECT_DAMAGED(&object, "its relocation table of the procedure linkage table overlaps its "
                            "relocation table*");
    plt_size->d_un.d_val += 4 * entry;
    EXPECT_DAMAGED(&object, "its relocation table of the procedure linkage table overlaps its "
                            "relocation table*");
}
END_TEST

/* Names that share their ends cost the linker nothing, but whoever reads them. */
START_TEST(test_long_names)
{
    enum { COUNT = 3000 };
    char *source = malloc(COUNT * (COUNT / 2 + 20)), *end = source;
    for (int i = 1; i <= COUNT; i++) {
        end += sprintf(end, "char ");
        memset(end, 'n', (size_t)i);
        end += i;
        end += sprintf(end, ";\n");
    }
    const struct recipe recipe = {"long", "c", source, "-nostdlib -s", false, false};
    struct object object;
    ck_assert(load_recipe(&recipe, &object));
    if (object.size * 8 > COUNT * COUNT / 2) {
        skip_test("the linker does not let names share their ends");
        return;
    }
    EXPECT_DAMAGED(&object, "the names of its symbols are longer than the file");
}
END_TEST

/* The same symbols as another reader finds. */
START_TEST(test_readelf)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY];

    if (!load_recipe(&object_recipes[_i], &object)) {
        return;
    }
    const char *env[] = {"LC_ALL=C", NULL};
    const char *args[] = {"readelf", "-W", "--dyn-syms",
                          object_build(&object_recipes[_i], NULL), NULL};
    struct outcome outcome = run_program(env, args);
    if (outcome.status != 0) {
        skip_test("there is no readelf");
        return;
    }
    ck_assert_int_eq(py2abi_elf_read(&elf, object.bytes, object.size, why), PY2ABI_ELF_OK);
    uint32_t seen = 0;
    char *rest = outcome.output, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        unsigned number;
        unsigned long long value;
        char size[32], type[32], bind[32], visibility[32], section[64], name[512] = "";
        char *odd = strstr(line, "<OS specific>: 10");
        if (odd != NULL) {
            memcpy(odd, "IFUNC            ", 17); /* which depends on the OS ABI for it */
        }
        if (sscanf(line, " %u: %llx %31s %31s %31s %31s %63s %511s", &number, &value, size, type,
                   bind, visibility, section, name) < 7) {
            continue;
        }
        struct py2abi_elf_symbol symbol;
        ck_assert_uint_lt(number, elf.symbol_count);
        py2abi_elf_symbol(&elf, number, &symbol);
        name[strcspn(name, "@")] = '\0';
        if (symbol.type != STT_SECTION) { /* which has none, and is shown by its section's */
            ck_assert_str_eq(symbol.name, name);
        }
        ck_assert_uint_eq(symbol.value, value);
        ck_assert_uint_eq(symbol.size, strtoull(size, NULL, 0));
        ck_assert_int_eq(symbol.defined, strcmp(section, "UND") != 0);
        ck_assert_int_eq(symbol.bind == STB_WEAK, strcmp(bind, "WEAK") == 0);
        ck_assert_int_eq(symbol.bind == STB_LOCAL, strcmp(bind, "LOCAL") == 0);
        ck_assert_int_eq(symbol.type == STT_FUNC, strcmp(type, "FUNC") == 0);
        ck_assert_int_eq(symbol.type == STT_TLS, strcmp(type, "TLS") == 0);
        ck_assert_int_eq(symbol.visibility == STV_PROTECTED,
                         strcmp(visibility, "PROTECTED") == 0);
        seen++;
    }
    ck_assert_uint_eq(seen, elf.symbol_count);
}
END_TEST

/* ---- Genuine ones ---- */

static int
check_genuine(const char *path)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY];

    if (!object_load(&object, path)) {
        return 0;
    }
    enum py2abi_elf_status status = py2abi_elf_read(&elf, object.bytes, object.size, why);
    object_free(&object);
    ck_assert_msg(status != PY2ABI_ELF_DAMAGED, "%s: %s", path, why);
    return status == PY2ABI_ELF_OK;
}

static char libc_path[4096];

static int
check_loaded(struct dl_phdr_info *info, size_t size, void *data)
{
    (void)size;
    if (info->dlpi_name != NULL && info->dlpi_name[0] == '/') {
        ck_assert_msg(check_genuine(info->dlpi_name), "%s is not accepted", info->dlpi_name);
        ++*(int *)data;
        const char *name = strrchr(info->dlpi_name, '/') + 1;
        if (strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libc-", 5) == 0) {
            snprintf(libc_path, sizeof libc_path, "%s", info->dlpi_name);
        }
    }
    return 0;
}

/* The libraries of this process, and those beside the C library. */
START_TEST(test_genuine)
{
    enum { MOST = 600 };
    int loaded = 0, accepted = 0;
    dl_iterate_phdr(check_loaded, &loaded);
    ck_assert_int_ge(loaded, 2);
    if (libc_path[0] == '\0') {
        return;
    }
    *strrchr(libc_path, '/') = '\0';
    DIR *directory = opendir(libc_path);
    struct dirent *entry;
    while (directory != NULL && accepted < MOST && (entry = readdir(directory)) != NULL) {
        if (strstr(entry->d_name, ".so") != NULL) {
            char path[8192];
            snprintf(path, sizeof path, "%s/%s", libc_path, entry->d_name);
            accepted += check_genuine(path);
        }
    }
    if (directory != NULL) {
        closedir(directory);
    }
    printf("genuine shared objects accepted: %d\n", loaded + accepted);
}
END_TEST

/* ---- What is no shared object ---- */

START_TEST(test_no_elf)
{
    static const char text[] = "/* GNU ld script */\nINPUT(libncurses.so.6)\n";
    struct object script = {(unsigned char *)text, sizeof text - 1}, object;

    ck_assert(load_recipe(recipe_named("gnu"), &object));
    EXPECT(&object, 0, PY2ABI_ELF_NOT_ELF, "it is empty");
    EXPECT(&script, script.size, PY2ABI_ELF_NOT_ELF, "it is no ELF file");
    EXPECT(&object, 3, PY2ABI_ELF_NOT_ELF, "it is no ELF file");
    EXPECT(&object, 4, PY2ABI_ELF_NOT_ELF, "it ends within its ELF header");
    EXPECT(&object, sizeof(ElfW(Ehdr)) - 1, PY2ABI_ELF_NOT_ELF, "it ends within its ELF header");
}
END_TEST

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ORDER ELFDATA2LSB
#define OTHER_ORDER ELFDATA2MSB
#define OTHER_ORDER_NAME "big-endian"
#else
#define ORDER ELFDATA2MSB
#define OTHER_ORDER ELFDATA2LSB
#define OTHER_ORDER_NAME "little-endian"
#endif
#define SWAPPED(number) (uint16_t)((number) << 8 | (number) >> 8)

START_TEST(test_foreign)
{
    struct object object;
    ck_assert(load_recipe(recipe_named("gnu"), &object));
    ElfW(Ehdr) *header = object_header(&object);
    unsigned char class = header->e_ident[EI_CLASS];
    uint16_t machine = header->e_machine;

    header->e_machine = EM_SPARCV9;
    EXPECT(&object, object.size, PY2ABI_ELF_FOREIGN,
           "it is a *-bit ELF file for SPARC V9, and this process is *-bit *");
    header->e_machine = 12345;
    EXPECT(&object, object.size, PY2ABI_ELF_FOREIGN,
           "it is a *-bit ELF file for machine 12345, and this process is *-bit *");
    header->e_ident[EI_CLASS] = class == ELFCLASS64 ? ELFCLASS32 : ELFCLASS64;
    header->e_machine = EM_386;
    EXPECT(&object, object.size, PY2ABI_ELF_FOREIGN,
           "it is a *-bit ELF file for Intel 80386, and this process is *-bit *");
    /* The header of 32 bits is shorter. */
    EXPECT(&object, sizeof(Elf32_Ehdr), PY2ABI_ELF_FOREIGN, "it is a *-bit ELF file for *");
#if defined __x86_64__ && __ELF_NATIVE_CLASS == 64
    EXPECT(&object, object.size, PY2ABI_ELF_FOREIGN,
           "it is a 32-bit ELF file for Intel 80386, and this process is 64-bit x86-64");
#endif
    header->e_ident[EI_CLASS] = class;
    header->e_ident[EI_DATA] = OTHER_ORDER;
    header->e_machine = SWAPPED(EM_PPC64);
    EXPECT(&object, object.size, PY2ABI_ELF_FOREIGN,
           "it is a *-bit " OTHER_ORDER_NAME " ELF file for PowerPC64, and this process is *");
    header->e_ident[EI_DATA] = ORDER;
    header->e_machine = machine;
    header->e_ident[EI_OSABI] = ELFOSABI_FREEBSD;
    EXPECT(&object, object.size, PY2ABI_ELF_FOREIGN, "it is for another system (OS ABI 9)");
    header->e_ident[EI_OSABI] = ELFOSABI_GNU;
    EXPECT(&object, object.size, PY2ABI_ELF_OK, "");
}
END_TEST

static const char main_source[] = "int main(void) { return 0; }\n";
static const struct recipe pie_recipe = {"pie", "c", main_source, "-no-pie -fPIE -pie", false,
                                         false};
static const struct recipe plain_recipe = {"plain", "c", main_source, "-no-pie", false, false};

/* The recipes' -shared goes before what they say themselves, so programs are
 * built here. */
static void
build_program(const struct recipe *recipe, struct object *object)
{
    char source[4096], product[4096];
    const char *compiler = getenv("CC");
    struct command command = {.count = 0};
    struct object text = {(unsigned char *)recipe->source, strlen(recipe->source)};

    snprintf(source, sizeof source, "%s/%s.c", object_directory(), recipe->name);
    snprintf(product, sizeof product, "%s/%s", object_directory(), recipe->name);
    object_save(&text, source);
    add_split(&command, compiler != NULL && *compiler != '\0' ? compiler : "cc", " ");
    add_split(&command, recipe->flags, " ");
    ADD(&command, source, "-o", product);
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status == 0, "%s: %s", recipe->name, outcome.output);
    ck_assert(object_load(object, product));
}

START_TEST(test_no_shared)
{
    struct object object, program;
    ck_assert(load_recipe(recipe_named("gnu"), &object));
    ElfW(Ehdr) *header = object_header(&object);
    struct {
        uint16_t type;
        const char *why;
    } types[] = {
        {ET_EXEC, "it is an executable program"},
        {ET_REL, "it is a relocatable object file, not yet linked"},
        {ET_CORE, "it is a core dump"},
        {ET_NONE, "it is an ELF file of the unknown type 0"},
        {0xfe12, "it is an ELF file of the unknown type 65042"},
    };
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        header->e_type = types[i].type;
        EXPECT(&object, object.size, PY2ABI_ELF_NOT_SHARED, types[i].why);
    }
    header->e_type = ET_DYN;
    header->e_phnum = 0;
    EXPECT(&object, object.size, PY2ABI_ELF_NOT_SHARED, "it has no program headers");
    object_free(&object);

    ck_assert(load_recipe(recipe_named("gnu"), &object));
    object_segment(&object, PT_DYNAMIC, 0)->p_type = PT_NULL;
    EXPECT(&object, object.size, PY2ABI_ELF_NOT_SHARED, "it has no dynamic segment");

    build_program(&plain_recipe, &program);
    EXPECT(&program, program.size, PY2ABI_ELF_NOT_SHARED, "it is an executable program");
    build_program(&pie_recipe, &program);
    EXPECT(&program, program.size, PY2ABI_ELF_NOT_SHARED,
           "it is a position-independent executable program");
    /* Older linkers do not say that it is one. */
    ElfW(Dyn) *flags = object_dynamic(&program, DT_FLAGS_1);
    if (flags != NULL) {
        flags->d_un.d_val = 0;
        EXPECT(&program, program.size, PY2ABI_ELF_NOT_SHARED,
               "it is a position-independent executable program");
    }
}
END_TEST

/* ---- What is damaged ---- */

static jmp_buf no_such_place;

/* A place that not every toolchain makes: without it the test is skipped. */
static void *
present(void *place)
{
    if (place == NULL) {
        longjmp(no_such_place, 1);
    }
    return place;
}

#define PRESENT(place) ((__typeof__(place))present(place))
#define ENTRY(tag) PRESENT(object_dynamic(object, tag))
#define DYN(tag) (ENTRY(tag)->d_un.d_val)
#define DROP(tag) (ENTRY(tag)->d_tag = DT_DEBUG)
#define SEG(type, nth) object_segment(object, type, nth)
#define SPARE() PRESENT(object_segment(object, PT_GNU_STACK, 0))
#define SYM(name) PRESENT(object_symbol(object, name))
#define SECTION(type) PRESENT(object_section(object, type, 0))
#define BYTES(type) ((unsigned char *)object_contents(object, SECTION(type)))
#define WORDS(type) ((uint32_t *)(void *)BYTES(type))
#define SIZE(type) (SECTION(type)->sh_size)

static ElfW(Phdr) *
last_load(const struct object *object)
{
    int i = 0;
    while (SEG(PT_LOAD, i + 1) != NULL) {
        i++;
    }
    return SEG(PT_LOAD, i);
}

static ElfW(Phdr) *
code(const struct object *object)
{
    int i = 0;
    while ((SEG(PT_LOAD, i)->p_flags & PF_X) == 0) {
        i++;
    }
    return SEG(PT_LOAD, i);
}

#if defined __x86_64__ && __ELF_NATIVE_CLASS == 64
static void
make_rel(struct object *object)
{
    object_dynamic(object, DT_RELA)->d_tag = DT_REL;
    object_dynamic(object, DT_RELASZ)->d_tag = DT_RELSZ;
    DYN(DT_RELAENT) = sizeof(ElfW(Rel));
    object_dynamic(object, DT_RELAENT)->d_tag = DT_RELENT;
}

static uint32_t
index_of(const struct object *object, const char *name)
{
    return (uint32_t)(SYM(name) - (ElfW(Sym) *)(void *)BYTES(SHT_DYNSYM));
}

/* The nth relocation of a type; the last table's are those of the procedure
 * linkage table. */
static ElfW(Rela) *
rela(const struct object *object, uint32_t type, int nth)
{
    const ElfW(Shdr) *section;
    for (int t = 0; (section = object_section(object, SHT_RELA, t)) != NULL; t++) {
        ElfW(Rela) *entry = object_contents(object, section);
        for (size_t i = 0; i < section->sh_size / sizeof *entry; i++) {
            if (ELF64_R_TYPE(entry[i].r_info) == type && nth-- == 0) {
                return &entry[i];
            }
        }
    }
    return present(NULL);
}

/* The relocation that writes to an address. */
static ElfW(Rela) *
rela_of(const struct object *object, ElfW(Addr) address)
{
    const ElfW(Shdr) *section;
    for (int t = 0; (section = object_section(object, SHT_RELA, t)) != NULL; t++) {
        ElfW(Rela) *entry = object_contents(object, section);
        for (size_t i = 0; i < section->sh_size / sizeof *entry; i++) {
            if (entry[i].r_offset == address) {
                return &entry[i];
            }
        }
    }
    return present(NULL);
}

/* The first slot of the procedure linkage table moves to the end of the dynamic
 * segment, and its table with it. */
static void
slots_after_dynamic(struct object *object)
{
    ElfW(Addr) end = SEG(PT_DYNAMIC, 0)->p_vaddr
                     + (ElfW(Addr))((unsigned char *)(object_dynamic(object, DT_NULL) + 1)
                                    - object->bytes - SEG(PT_DYNAMIC, 0)->p_offset);
    *(ElfW(Addr) *)object_at(object, end) = SYM("cosine")->st_value;
    rela(object, R_X86_64_JUMP_SLOT, 0)->r_offset = end;
    DYN(DT_PLTGOT) = end - 24;
}

#define RINFO(symbol, type) ELF64_R_INFO((uint64_t)(symbol), type)
#endif

/* The nth number of the buckets of a GNU hash table that is not the highest. */
static uint32_t *
gnu_bucket(const struct object *object, int highest)
{
    uint32_t *table = WORDS(SHT_GNU_HASH);
    uint32_t *buckets = table + 4 + table[2] * sizeof(ElfW(Addr)) / 4, *best = NULL;
    for (uint32_t i = 0; i < table[0]; i++) {
        if (buckets[i] != 0
            && (best == NULL || (highest ? buckets[i] > *best : buckets[i] < *best))) {
            best = &buckets[i];
        }
    }
    return best;
}

static uint32_t *
gnu_chains(const struct object *object)
{
    uint32_t *table = WORDS(SHT_GNU_HASH);
    return table + 4 + table[2] * sizeof(ElfW(Addr)) / 4 + table[0];
}

static void
copy_segment(struct object *object, unsigned type)
{
    *SPARE() = *SEG(type, 0);
}

/* The dynamic entries move to the roomy object's data, followed by more. */
static void
many_entries(struct object *object, ElfW(Dyn) entry, int count)
{
    ElfW(Phdr) *segment = SEG(PT_DYNAMIC, 0);
    const ElfW(Dyn) *from = (const ElfW(Dyn) *)(void *)(object->bytes + segment->p_offset);
    ElfW(Dyn) *to = object_at(object, SYM("room")->st_value);
    while (from->d_tag != DT_NULL) {
        *to++ = *from++;
    }
    while (count-- > 0) {
        *to++ = entry;
    }
    *to++ = (ElfW(Dyn)){.d_tag = DT_NULL};
    segment->p_vaddr = SYM("room")->st_value;
    segment->p_offset = (size_t)((unsigned char *)object_at(object, segment->p_vaddr)
                                 - object->bytes);
    segment->p_filesz = segment->p_memsz = 0x80000;
}

/* The strings are in the roomy object's data, and there is no end of them. */
static void
endless_strings(struct object *object)
{
    ElfW(Phdr) *segment = last_load(object);
    ElfW(Addr) room = SYM("room")->st_value;
    unsigned char *strings = object_at(object, room);
    memcpy(strings, BYTES(SHT_STRTAB), SIZE(SHT_STRTAB));
    memset(strings + SIZE(SHT_STRTAB) - 1, 'x',
           segment->p_vaddr + segment->p_filesz - room - SIZE(SHT_STRTAB) + 1);
    DYN(DT_STRTAB) = room;
}

/* The first needed library's name is in the roomy object's data, which is all
 * strings now. */
static void
long_name(struct object *object)
{
    ElfW(Addr) room = SYM("room")->st_value;
    char *strings = object_at(object, room);
    memcpy(strings, BYTES(SHT_STRTAB), SIZE(SHT_STRTAB));
    DYN(DT_NEEDED) = SIZE(SHT_STRTAB);
    memset(strings + SIZE(SHT_STRTAB), 'n', 5000);
    DYN(DT_STRSZ) = SIZE(SHT_STRTAB) + 5001;
    strings[DYN(DT_STRSZ) - 1] = '\0';
    DYN(DT_STRTAB) = room;
}

static void
endless_chain(struct object *object)
{
    ElfW(Phdr) *segment = SEG(PT_LOAD, 0);
    uint32_t *from = gnu_chains(object);
    uint32_t *to = (uint32_t *)(void *)(object->bytes + segment->p_offset
                                        + segment->p_filesz / 4 * 4);
    /* Where the linker makes one segment of all that is not written to, the
     * unwinding table is on the way. */
    if (SEG(PT_GNU_EH_FRAME, 0) != NULL) {
        SEG(PT_GNU_EH_FRAME, 0)->p_type = PT_NULL;
    }
    while (from < to) {
        *from++ &= ~(uint32_t)1;
    }
}

static void
swap_buckets(struct object *object)
{
    uint32_t *table = WORDS(SHT_HASH), *first = NULL;
    for (uint32_t i = 0; i < table[0]; i++) {
        uint32_t *bucket = &table[2 + i];
        if (*bucket != 0 && first == NULL) {
            first = bucket;
        }
        else if (*bucket != 0) {
            uint32_t index = *first;
            *first = *bucket;
            *bucket = index;
            return;
        }
    }
}

static uint32_t *
first_bucket(const struct object *object)
{
    uint32_t *bucket = WORDS(SHT_HASH) + 2;
    while (*bucket == 0) {
        bucket++;
    }
    return bucket;
}

/* The first note gives properties now, with a description of that size. */
static void
property_note(struct object *object, uint32_t size)
{
    ElfW(Phdr) *segment = PRESENT(SEG(PT_NOTE, 0));
    struct {
        ElfW(Nhdr) head;
        char name[4];
    } *note = object_at(object, segment->p_vaddr);
    segment->p_align = sizeof(ElfW(Addr));
    note->head.n_namesz = sizeof note->name;
    note->head.n_descsz = size;
    note->head.n_type = 5; /* NT_GNU_PROPERTY_TYPE_0 */
    memcpy(note->name, "GNU", sizeof note->name);
}

/* A recipe with room for tables, and without thread-local variables. */
static const struct recipe roomy_recipe = {
    "roomy", "c",
    "#include <stdlib.h>\n"
    "char room[600000] __attribute__((aligned(16))) = {1};\n"
    "char *pointer = room;\n"
    "void *get(void) { return pointer ? malloc(1) : room; }\n",
    "-O1 -fno-plt -Wl,-z,now,--no-as-needed -lm", false, false};

/* Two names of one hash value. */
static const struct recipe twins_recipe = {
    "twins", "c", "int twin_ab, twin_bR;\n", "-nostdlib -Wl,--hash-style=sysv", false, false};

/* X(name, recipe, sentence, change): the sentence is a pattern, the change code
 * that damages `object`. */
#define REFUSALS_EVERYWHERE(X)                                                                    \
    X(class, "gnu", "its ELF header gives no class or no byte order",                             \
      object->bytes[EI_CLASS] = 3)                                                                \
    X(order, "gnu", "its ELF header gives no class or no byte order", object->bytes[EI_DATA] = 0) \
    X(version, "gnu", "its ELF header is of version 7", object_header(object)->e_version = 7)     \
    X(phentsize, "gnu", "its program headers are of 40 bytes each, not *",                        \
      object_header(object)->e_phentsize = 40)                                                    \
    X(phnum, "gnu", "it has 1000 program headers, and more than 256 are not taken",               \
      object_header(object)->e_phnum = 1000)                                                      \
    X(phoff, "gnu", "its program headers lie outside the file",                                   \
      object_header(object)->e_phoff = object->size - 8)                                          \
    X(phoff_huge, "gnu", "its program headers lie outside the file",                              \
      object_header(object)->e_phoff = (ElfW(Off))-8)                                             \
    X(phoff_odd, "gnu", "its program headers are at the misaligned offset 0x42",                  \
      object_header(object)->e_phoff = 0x42)                                                      \
    X(align_small, "gnu", "its segment * has the alignment 0x800",                                \
      last_load(object)->p_align = 0x800)                                                         \
    X(align_odd, "gnu", "its segment * has the alignment 0x3000",                                 \
      last_load(object)->p_align = 0x3000)                                                        \
    X(align_none, "gnu", "its segment * has the alignment 0", last_load(object)->p_align = 0)     \
    X(congruence, "gnu", "its segment * is aligned in another way in memory than in the file",    \
      last_load(object)->p_offset += 8)                                                           \
    X(file_size, "gnu", "its segment * is larger in the file than in memory",                     \
      last_load(object)->p_filesz = last_load(object)->p_memsz + 1)                               \
    X(file_end, "gnu", "its segment * lies outside the file",                                     \
      last_load(object)->p_offset += 0x10000000)                                                  \
    X(file_end_huge, "gnu", "its segment * lies outside the file",                                \
      last_load(object)->p_offset -= 0x10000000)                                                  \
    X(empty_page, "gnu", "its segment * lies outside the file",                                   \
      last_load(object)->p_offset += 0x10000000; last_load(object)->p_filesz = 0)                 \
    X(memory_end, "gnu", "its segment * does not fit into memory",                                \
      last_load(object)->p_vaddr |= ~(ElfW(Addr))0xffff; last_load(object)->p_memsz = 0x20000)    \
    X(memory_size, "gnu", "its segments are too far apart",                                       \
      last_load(object)->p_memsz = ((ElfW(Addr))1 << (__ELF_NATIVE_CLASS == 64 ? 40 : 31)) + 1)   \
    X(read_only_zeros, "gnu", "its segment * is read-only and has memory that is not in the file",\
      code(object)->p_memsz++)                                                                    \
    X(disorder, "gnu", "its segments are not in the order of their addresses",                    \
      ElfW(Phdr) first = *SEG(PT_LOAD, 0); *SEG(PT_LOAD, 0) = *last_load(object);                 \
      *last_load(object) = first)                                                                 \
    X(overlap, "gnu", "its segment * overlaps another",                                           \
      SEG(PT_LOAD, 0)->p_flags |= PF_W; SEG(PT_LOAD, 0)->p_memsz = SEG(PT_LOAD, 1)->p_vaddr + 1)  \
    X(no_load, "gnu", "it has no segment to load",                                                \
      while (SEG(PT_LOAD, 0) != NULL) { SEG(PT_LOAD, 0)->p_type = PT_NULL; })                     \
    X(phdr_place, "gnu", "its program headers are not where PT_PHDR says",                        \
      SPARE()->p_vaddr = 0x80; SPARE()->p_type = PT_PHDR)                                         \
    X(phdr_unreadable, "roomy", "its program headers are mapped to memory that does not keep "    \
      "them", SEG(PT_LOAD, 0)->p_flags = PF_X; SEG(PT_NOTE, 0)->p_type = PT_NULL;                 \
      if (SEG(PT_NOTE, 0)) { SEG(PT_NOTE, 0)->p_type = PT_NULL; }                                 \
      if (SEG(PT_GNU_EH_FRAME, 0)) { SEG(PT_GNU_EH_FRAME, 0)->p_type = PT_NULL; }                 \
      if (SEG(PT_GNU_PROPERTY, 0)) { SEG(PT_GNU_PROPERTY, 0)->p_type = PT_NULL; })                \
    X(tls_twice, "gnu", "it has more than one segment of thread-local variables",                 \
      copy_segment(object, PT_TLS))                                                               \
    X(tls_align, "gnu", "its thread-local variables have the alignment 0x3",                      \
      SEG(PT_TLS, 0)->p_align = 3)                                                                \
    X(tls_align_none, "gnu", "its thread-local variables have the alignment 0",                   \
      SEG(PT_TLS, 0)->p_align = 0)                                                                \
    X(tls_sizes, "gnu", "its thread-local variables are larger in the file than in memory",       \
      SEG(PT_TLS, 0)->p_filesz = SEG(PT_TLS, 0)->p_memsz + 1)                                     \
    X(tls_huge, "gnu", "its thread-local variables do not fit into memory",                       \
      SEG(PT_TLS, 0)->p_memsz = 1 << 30)                                                          \
    X(tls_place, "gnu", "its thread-local variables lie outside the file",                        \
      SEG(PT_TLS, 0)->p_vaddr = 0x7000000)                                                        \
    X(tls_nowhere, "gnu", "its thread-local variables lie outside the file",                      \
      SEG(PT_TLS, 0)->p_vaddr = 0)                                                                \
    X(relro_twice, "now", "it has more than one segment that is read-only after relocation",      \
      copy_segment(object, PT_GNU_RELRO))                                                         \
    X(relro_place, "now", "what is to be read-only after relocation lies outside its segments",   \
      SEG(PT_GNU_RELRO, 0)->p_vaddr += 0x7000000)                                                 \
    X(relro_size, "now", "what is to be read-only after relocation lies outside its segments",    \
      SEG(PT_GNU_RELRO, 0)->p_memsz += 0x7000000)                                                 \
    X(relro_code, "now", "what is to be read-only after relocation is so before",                 \
      SEG(PT_GNU_RELRO, 0)->p_vaddr = code(object)->p_vaddr; SEG(PT_GNU_RELRO, 0)->p_memsz = 16)  \
    X(notes_file, "gnu", "its notes lie outside the file",                                        \
      SEG(PT_NOTE, 0)->p_offset = object->size)                                                   \
    X(notes_memory, "gnu", "its notes lie outside its segments",                                  \
      SEG(PT_NOTE, 0)->p_align = sizeof(ElfW(Addr)); SEG(PT_NOTE, 0)->p_vaddr = 0x7000000)        \
    X(notes_size, "gnu", "its notes end within one of them", property_note(object, 0x1000))       \
    X(unwinding, "gnu", "its unwinding table lies outside its segments",                          \
      SEG(PT_GNU_EH_FRAME, 0)->p_vaddr = 0x7000000)                                               \
    X(dynamic_twice, "gnu", "it has more than one dynamic segment",                               \
      copy_segment(object, PT_DYNAMIC))                                                           \
    X(dynamic_place, "gnu", "its dynamic segment lies outside the file",                          \
      SEG(PT_DYNAMIC, 0)->p_vaddr += 0x7000000)                                                   \
    X(dynamic_offset, "gnu", "its dynamic segment lies outside the file",                         \
      SEG(PT_DYNAMIC, 0)->p_offset += 16)                                                         \
    X(dynamic_odd, "gnu", "its dynamic segment is at the misaligned address *",                   \
      SEG(PT_DYNAMIC, 0)->p_vaddr += 2; SEG(PT_DYNAMIC, 0)->p_offset += 2;                        \
      SEG(PT_DYNAMIC, 0)->p_filesz -= 16)                                                         \
    X(dynamic_read_only, "gnu", "its dynamic segment is read-only",                               \
      SEG(PT_TLS, 0)->p_type = PT_NULL; SEG(PT_GNU_RELRO, 0)->p_type = PT_NULL;                   \
      last_load(object)->p_flags = PF_R; last_load(object)->p_memsz = last_load(object)->p_filesz)\
    X(dynamic_end, "gnu", "its dynamic segment does not end",                                     \
      unsigned char *end = (unsigned char *)object_dynamic(object, DT_NULL);                      \
      SEG(PT_DYNAMIC, 0)->p_filesz = (size_t)(end - object->bytes) - SEG(PT_DYNAMIC, 0)->p_offset)\
    X(no_strings, "gnu", "it has no string table", DROP(DT_STRTAB))                               \
    X(strings_none, "gnu", "it has no string table", DYN(DT_STRSZ) = 0)                           \
    X(strings_size, "gnu", "its string table lies outside the file", DYN(DT_STRSZ) = 0x7000000)   \
    X(strings_place, "gnu", "its string table lies outside the file",                             \
      DYN(DT_STRTAB) = (ElfW(Addr))-16)                                                           \
    X(strings_end, "roomy", "its string table does not begin and end with a null character",      \
      endless_strings(object))                                                                    \
    X(strings_begin, "gnu", "its string table does not begin and end with a null character",      \
      BYTES(SHT_STRTAB)[0] = 'x')                                                                 \
    X(needed_name, "gnu", "the name of a needed library lies outside its string table",           \
      DYN(DT_NEEDED) = DYN(DT_STRSZ))                                                             \
    X(own_name, "names", "its name lies outside its string table", DYN(DT_SONAME) = 0x7000000)    \
    X(search_path, "run", "its search path lies outside its string table",                        \
      DYN(DT_RUNPATH) = (ElfW(Addr))-1)                                                          \
    X(other_name, "run", "a name in its dynamic segment lies outside its string table",           \
      DYN(DT_RUNPATH) = 0x7000000; ENTRY(DT_RUNPATH)->d_tag = DT_AUXILIARY)                       \
    X(many_needed, "roomy", "it needs 110* libraries, and more than 1024 are not taken",          \
      many_entries(object, *ENTRY(DT_NEEDED), 1100))                                              \
    X(many_entries, "roomy", "its dynamic segment has more than 16384 entries",                   \
      many_entries(object, (ElfW(Dyn)){.d_tag = DT_DEBUG}, 20000))                                \
    X(long_name, "roomy", "the name of a needed library is longer than one can be",               \
      long_name(object))                                                                          \
    X(need_place, "both", "its table of needed versions lies outside the file",                   \
      DYN(DT_VERNEED) = 0x7000000)                                                                \
    X(need_odd, "both", "its table of needed versions is at the misaligned address *",            \
      DYN(DT_VERNEED)++)                                                                          \
    X(need_next, "both", "its table of needed versions lies outside the file",                    \
      ((ElfW(Verneed) *)(void *)BYTES(SHT_GNU_verneed))->vn_next = 0x7000000)                     \
    X(need_version, "both", "its table of needed versions is of version 2",                       \
      ((ElfW(Verneed) *)(void *)BYTES(SHT_GNU_verneed))->vn_version = 2)                          \
    X(need_library, "both", "it wants versions of 'cosine', which it does not need",              \
      ((ElfW(Verneed) *)(void *)BYTES(SHT_GNU_verneed))->vn_file = SYM("cosine")->st_name)        \
    X(need_file, "both", "the name of a library with versions lies outside its string table",     \
      ((ElfW(Verneed) *)(void *)BYTES(SHT_GNU_verneed))->vn_file = 0x7000000)                     \
    X(need_count, "both", "its table of needed versions is not as long as it says",               \
      ((ElfW(Verneed) *)(void *)BYTES(SHT_GNU_verneed))->vn_cnt++)                                \
    X(need_number, "both", "its table of needed versions has * entries, not 99",                  \
      DYN(DT_VERNEEDNUM) = 99)                                                                    \
    X(need_name, "both", "the name of a version lies outside its string table",                   \
      ((ElfW(Vernaux) *)(void *)(BYTES(SHT_GNU_verneed) + 16))->vna_name = 0x7000000)             \
    X(def_version, "both", "its table of defined versions is of version 2",                       \
      ((ElfW(Verdef) *)(void *)BYTES(SHT_GNU_verdef))->vd_version = 2)                            \
    X(def_place, "both", "its table of defined versions lies outside the file",                   \
      ((ElfW(Verdef) *)(void *)BYTES(SHT_GNU_verdef))->vd_aux = 0x7000000)                        \
    X(def_count, "both", "its table of defined versions is not as long as it says",               \
      ((ElfW(Verdef) *)(void *)BYTES(SHT_GNU_verdef))->vd_cnt = 0xffff)                           \
    X(def_number, "both", "its table of defined versions has * entries, not 1",                   \
      DYN(DT_VERDEFNUM) = 1)                                                                      \
    X(def_name, "both", "the name of a version lies outside its string table",                    \
      ((ElfW(Verdaux) *)(void *)(BYTES(SHT_GNU_verdef) + 20))->vda_name = 0x7000000)              \
    X(no_versym, "both", "it has versions, but no table that gives them to symbols",              \
      DROP(DT_VERSYM))                                                                            \
    X(versym_place, "both", "its table of symbol versions lies outside the file",                 \
      DYN(DT_VERSYM) = 0x7000000)                                                                 \
    X(versym_odd, "both", "its table of symbol versions is at the misaligned address *",          \
      DYN(DT_VERSYM)++)                                                                           \
    X(versym_index, "both", "its symbol 1 has the version 85, which is none",                     \
      ((ElfW(Half) *)(void *)BYTES(SHT_GNU_versym))[1] = 0x8055)                                  \
    X(versym_alone, "gnu", "its symbol * has the version *, which is none",                       \
      DROP(DT_VERNEED))                                                                           \
    X(no_hash, "gnu", "it has no hash table of its symbols", DROP(DT_GNU_HASH))                   \
    X(gnu_place, "gnu", "its GNU hash table lies outside the file",                               \
      DYN(DT_GNU_HASH) = 0x7000000)                                                               \
    X(gnu_buckets, "gnu", "its GNU hash table lies outside the file",                             \
      WORDS(SHT_GNU_HASH)[0] = 0xffffffff)                                                        \
    X(gnu_filter, "gnu", "its GNU hash table has a filter of 3 words",                            \
      WORDS(SHT_GNU_HASH)[2] = 3)                                                                 \
    X(gnu_no_filter, "gnu", "its GNU hash table has a filter of 0 words",                         \
      WORDS(SHT_GNU_HASH)[2] = 0)                                                                 \
    X(gnu_shift, "gnu", "its GNU hash table shifts hash values by 32",                            \
      WORDS(SHT_GNU_HASH)[3] = 32)                                                                \
    X(gnu_first, "gnu", "its GNU hash table names the symbol 1, and begins with *",               \
      *gnu_bucket(object, 0) = 1)                                                                 \
    X(gnu_end, "gnu", "its GNU hash table does not end", endless_chain(object))                   \
    X(gnu_value, "gnu", "its GNU hash table has its symbol * in a wrong place",                   \
      gnu_chains(object)[0] ^= 0x100)                                                             \
    X(gnu_bloom, "gnu", "its GNU hash table has its symbol * in a wrong place",                   \
      memset(&WORDS(SHT_GNU_HASH)[4], 0, WORDS(SHT_GNU_HASH)[2] * sizeof(ElfW(Addr))))            \
    X(gnu_lacks, "gnu", "its GNU hash table lacks symbols", *gnu_bucket(object, 0) = 0)           \
    X(gnu_name, "gnu", "its GNU hash table has its symbol * in a wrong place",                    \
      BYTES(SHT_STRTAB)[SYM("cosine")->st_name] = 'k')                                            \
    X(sysv_place, "sysv", "its hash table lies outside the file", DYN(DT_HASH) = 0x7000000)       \
    X(sysv_chains, "sysv", "its hash table lies outside the file",                                \
      WORDS(SHT_HASH)[1] = 0xffffffff)                                                            \
    X(sysv_none, "sysv", "its hash table has no room for symbols", WORDS(SHT_HASH)[1] = 0)        \
    X(sysv_index, "sysv", "its hash table names the symbol 65535 of *",                           \
      *first_bucket(object) = 65535)                                                              \
    X(sysv_circle, "sysv", "its hash table goes round in a circle",                               \
      WORDS(SHT_HASH)[2 + WORDS(SHT_HASH)[0] + *first_bucket(object)] = *first_bucket(object))    \
    X(sysv_place_of, "sysv", "its hash table has its symbol * in a wrong place",                  \
      swap_buckets(object))                                                                       \
    X(sysv_lacks, "sysv", "its hash table lacks symbols",                                         \
      memset(&WORDS(SHT_HASH)[2], 0, WORDS(SHT_HASH)[0] * 4))                                     \
    X(sysv_twins, "twins", "its symbols * and * have the same name",                              \
      SYM("twin_ab")->st_name = SYM("twin_bR")->st_name)                                          \
    X(both_differ, "both", "its hash tables are of * and of * symbols", WORDS(SHT_HASH)[1] -= 1)  \
    X(no_symbols, "gnu", "it has no symbol table", DROP(DT_SYMTAB))                               \
    X(symbol_size, "gnu", "its symbol table has entries of 17 bytes, not *",                      \
      DYN(DT_SYMENT) = 17)                                                                        \
    X(symbols_place, "gnu", "its symbol table lies outside the file",                             \
      DYN(DT_SYMTAB) = 0x7000000)                                                                 \
    X(symbols_overlap, "gnu", "its symbol table overlaps its GNU hash table",                     \
      DYN(DT_SYMTAB) = DYN(DT_GNU_HASH))                                                          \
    X(symbols_dynamic, "gnu", "its symbol table overlaps its *",                                  \
      DYN(DT_SYMTAB) = SEG(PT_DYNAMIC, 0)->p_vaddr)                                               \
    X(symbol_null, "gnu", "its symbol 0 is not empty",                                            \
      ((ElfW(Sym) *)(void *)BYTES(SHT_DYNSYM))->st_size = 1)                                      \
    X(symbol_name, "gnu", "the name of its symbol * lies outside its string table",               \
      SYM("cosine")->st_name = 0x7000000)                                                         \
    X(symbol_local, "gnu", "its symbol * is undefined and local",                                 \
      SYM("nowhere")->st_info = INFO(STB_LOCAL, STT_NOTYPE))                                      \
    X(symbol_hidden, "gnu", "its symbol * is undefined and local",                                \
      SYM("nowhere")->st_other = STV_HIDDEN)                                                      \
    X(symbol_address, "gnu", "its symbol * is undefined and has an address",                      \
      SYM("nowhere")->st_value = 0x1000)                                                          \
    X(symbol_undefined, "gnu", "its symbol * is undefined and has an address",                    \
      SYM("cosine")->st_shndx = SHN_UNDEF)                                                        \
    X(symbol_tls, "gnu", "its thread-local symbol * lies outside its thread-local variables",     \
      SYM("tls_set")->st_value = SEG(PT_TLS, 0)->p_memsz)                                         \
    X(symbol_no_tls, "gnu", "its symbol * is thread-local, and it has no such variables",         \
      SEG(PT_TLS, 0)->p_type = PT_NULL)                                                           \
    X(symbol_resolver, "gnu", "its symbol * is a function outside its code",                      \
      SYM("chosen")->st_value = SYM("variable")->st_value)                                        \
    X(symbol_resolver_absolute, "gnu", "its symbol * is a function outside its code",             \
      SYM("chosen")->st_shndx = SHN_ABS)                                                          \
    X(symbol_outside, "gnu", "its symbol * lies outside its segments",                            \
      SYM("variable")->st_value = 0x7000000)                                                      \
    X(jmprel_alone, "lazy", "its relocations of the procedure linkage table are incomplete",      \
      DROP(DT_PLTREL))                                                                            \
    X(jmprel_size, "lazy", "its relocations of the procedure linkage table are incomplete",       \
      DROP(DT_PLTRELSZ))                                                                          \
    X(jmprel_type, "lazy", "its relocations of the procedure linkage table are of the type 99",   \
      DYN(DT_PLTREL) = 99)                                                                        \
    X(jmprel_place, "lazy", "its relocation table of the procedure linkage table lies outside "   \
      "the file", DYN(DT_JMPREL) = 0x7000000)                                                     \
    X(jmprel_length, "lazy", "its relocation table of the procedure linkage table has a length "  \
      "that is not one of whole entries", DYN(DT_PLTRELSZ)++)                                     \
    X(no_pltgot, "lazy", "it has a procedure linkage table without a table of its addresses",     \
      DROP(DT_PLTGOT))                                                                            \
    X(init, "gnu", "its initialisation function lies outside its code",                           \
      DYN(DT_INIT) = SYM("variable")->st_value)                                                   \
    X(fini, "gnu", "its termination function lies outside its code", DYN(DT_FINI) = 0)            \
    X(array_size, "gnu", "its array of constructors is of an impossible size",                    \
      DYN(DT_INIT_ARRAYSZ)++)                                                                     \
    X(array_no_size, "gnu", "its array of destructors is of an impossible size",                  \
      DROP(DT_FINI_ARRAYSZ))                                                                      \
    X(array_odd, "gnu", "its array of constructors is at the misaligned address *",               \
      DYN(DT_INIT_ARRAY) += 2)                                                                    \
    X(array_place, "gnu", "its array of destructors lies outside the file",                       \
      DYN(DT_FINI_ARRAY) = 0x7000000)                                                             \
    X(many_functions, "roomy", "it has more than 65536 constructors and destructors",             \
      DYN(DT_INIT_ARRAY) = SYM("room")->st_value;                                                 \
      DYN(DT_INIT_ARRAYSZ) = 65537 * sizeof(ElfW(Addr)))                                          \
    X(relr_size, "relr", "its compact relocation table is of unknown size", DROP(DT_RELRSZ))      \
    X(relr_nowhere, "relr", "its compact relocation table is nowhere", DROP(DT_RELR))             \
    X(relr_entry, "relr", "its compact relocation table has entries that are no words",           \
      DYN(DT_RELRENT) = 5)                                                                        \
    X(relr_first, "relr", "its compact relocation table does not begin with an address",          \
      *(ElfW(Addr) *)object_at(object, DYN(DT_RELR)) = 1)                                         \
    X(relr_order, "relr", "its compact relocation table is not in order",                         \
      ((ElfW(Addr) *)object_at(object, DYN(DT_RELR)))[1] =                                        \
          *(ElfW(Addr) *)object_at(object, DYN(DT_RELR)))                                         \
    X(relr_place, "relr", "the place of a relocation (0x7000000) lies outside its segments",      \
      *(ElfW(Addr) *)object_at(object, DYN(DT_RELR)) = 0x7000000)

#if defined __x86_64__ && __ELF_NATIVE_CLASS == 64
#define REFUSALS_X86_64(X)                                                                        \
    X(array_longer, "gnu", "its array of * has an entry (0x*) that is not relocated",             \
      DYN(DT_FINI_ARRAYSZ) += sizeof(ElfW(Addr)))                                                 \
    X(relr_function, "relr", "its array of constructors has an entry (0x*) that is no function",  \
      *(ElfW(Addr) *)object_at(object, DYN(DT_INIT_ARRAY)) = 1)                                   \
    X(rela_length, "gnu", "its relocation table has a length that is not one of whole entries",   \
      DYN(DT_RELASZ)++)                                                                           \
    X(rela_entry, "gnu", "its relocation table has entries of 16 bytes, not 24",                  \
      DYN(DT_RELAENT) = 16)                                                                       \
    X(rela_size, "gnu", "its relocation table is of unknown size", DROP(DT_RELASZ))               \
    X(rela_nowhere, "gnu", "its relocation table is nowhere", DROP(DT_RELA))                      \
    X(rela_place, "gnu", "its relocation table lies outside the file",                            \
      DYN(DT_RELA) = 0x7000000)                                                                   \
    X(rela_count, "gnu", "its relocation table begins with more relative ones than it has",       \
      DYN(DT_RELACOUNT) = 1000000)                                                                \
    X(rela_relative, "gnu", "its relocation table has entry * among the relative ones, and it "   \
      "is none", DYN(DT_RELACOUNT)++)                                                             \
    X(rel, "sled-gnu", "it has a relocation table without addends, which this machine has not",   \
      make_rel(object))                                                                           \
    X(place_outside, "gnu", "the place of a relocation (0x7000000) lies outside its segments",    \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_offset = 0x7000000)                                   \
    X(place_end, "gnu", "the place of a relocation (0x*) lies outside its segments",              \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_offset =                                              \
          last_load(object)->p_vaddr + last_load(object)->p_memsz - 4)                            \
    X(place_read_only, "gnu", "the place of a relocation (0x*) is read-only",                     \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_offset = code(object)->p_vaddr)                       \
    X(place_dynamic, "gnu", "the place of a relocation (0x*) lies in its dynamic segment",        \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_offset = SEG(PT_DYNAMIC, 0)->p_vaddr + 12)            \
    X(type_unknown, "gnu", "a relocation (0x*) is of the unknown type 200",                       \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info = RINFO(1, 200))                                 \
    X(type_copy, "gnu", "a relocation (0x*) copies, which is for executables only",               \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info = RINFO(1, R_X86_64_COPY))                       \
    X(symbol_index, "gnu", "a relocation (0x*) names the symbol 500 of *",                        \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info = RINFO(500, R_X86_64_GLOB_DAT))                 \
    X(symbol_index_none, "sled-gnu", "a relocation (0x*) names the symbol 500 of *",              \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info = RINFO(500, R_X86_64_NONE))                     \
    X(symbol_index_zero, "gnu", "a relocation (0x*) is for the symbol 0, which is nowhere",       \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info = RINFO(0, R_X86_64_GLOB_DAT))                   \
    X(symbol_missing, "sled-gnu", "a relocation (0x*) is about the symbol *, which may be "       \
      "missing", rela(object, R_X86_64_GLOB_DAT, 0)->r_info =                                     \
          RINFO(index_of(object, "nowhere"), R_X86_64_SIZE64))                                    \
    X(symbol_absolute, "sled-gnu", "a relocation (0x*) is for the symbol *, which is no number",  \
      SYM("data")->st_shndx = SHN_ABS)                                                            \
    X(symbol_kind, "gnu", "its symbol * is of an unknown kind",                                   \
      SYM("variable")->st_info = INFO(STB_GLOBAL, 14))                                            \
    X(symbol_bind, "gnu", "its symbol * is of an unknown kind",                                   \
      SYM("variable")->st_info = INFO(7, STT_OBJECT))                                             \
    X(symbol_section, "gnu", "its symbol * is global and names a section or a file",              \
      SYM("variable")->st_info = INFO(STB_WEAK, STT_FILE))                                        \
    X(irelative, "sled-gnu", "a relocation (0x*) calls what is no code",                          \
      rela(object, R_X86_64_IRELATIVE, 0)->r_addend = (ElfW(Sxword))SYM("data")->st_value)        \
    X(irelative_table, "sled-gnu", "a relocation (0x*) calls what is no code",                    \
      rela(object, R_X86_64_IRELATIVE, 0)->r_addend = 0)                                          \
    X(tls_symbol, "sled-gnu", "a relocation (0x*) wants a thread-local variable of the symbol *", \
      rela(object, R_X86_64_TPOFF64, 0)->r_info =                                                 \
          RINFO(index_of(object, "getpid"), R_X86_64_TPOFF64))                                    \
    X(tls_none, "roomy", "a relocation (0x*) wants a thread-local variable, and there is none",   \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info = RINFO(0, R_X86_64_DTPMOD64))                   \
    X(call_data, "sled-gnu", "a relocation (0x*) is for calls of the symbol *, which is no code", \
      rela(object, R_X86_64_GLOB_DAT, 0)->r_info =                                                \
          RINFO(index_of(object, "data"), R_X86_64_JUMP_SLOT))                                    \
    X(array_table, "sled-gnu", "its array of constructors has an entry (0x*) that is no function",\
      rela_of(object, DYN(DT_INIT_ARRAY) + 16)->r_addend = 0)                                     \
    X(array_data, "sled-gnu", "its array of constructors has an entry (0x*) that is no function", \
      rela_of(object, DYN(DT_INIT_ARRAY))->r_info =                                               \
          RINFO(index_of(object, "data"), R_X86_64_64))                                           \
    X(array_others, "sled-gnu", "its array of destructors has an entry (0x*) that is no function",\
      rela_of(object, DYN(DT_FINI_ARRAY) + 8)->r_info =                                           \
          RINFO(index_of(object, "getpid"), R_X86_64_64))                                         \
    X(array_across, "sled-gnu", "a relocation (0x*) writes across entries of its array of "       \
      "constructors", rela(object, R_X86_64_GLOB_DAT, 0)->r_offset = DYN(DT_INIT_ARRAY) + 4)      \
    X(array_early, "gnu", "its array of early constructors has an entry (0x*) that is no "        \
      "function", ENTRY(DT_INIT_ARRAY)->d_tag = DT_PREINIT_ARRAY;                                 \
      ENTRY(DT_INIT_ARRAYSZ)->d_tag = DT_PREINIT_ARRAYSZ;                                         \
      *(ElfW(Addr) *)object_at(object, DYN(DT_PREINIT_ARRAY)) = 0;                                \
      rela_of(object, DYN(DT_PREINIT_ARRAY))->r_addend = 0)                                       \
    X(array_bare, "sled-gnu", "its array of constructors has an entry (0x*) that is not "         \
      "relocated", rela_of(object, DYN(DT_INIT_ARRAY) + 16)->r_offset = SYM("data")->st_value)    \
    X(pltgot, "lazy", "the table of the procedure linkage table's addresses is not where it says",\
      DYN(DT_PLTGOT) += 8)                                                                        \
    X(pltgot_dynamic, "lazy", "the table of the procedure linkage table's addresses (0x*) lies "  \
      "in its dynamic segment", slots_after_dynamic(object))                                      \
    X(slot_lost, "lazy", "a relocation (0x*) with the first call does not lead to code",          \
      *(ElfW(Addr) *)object_at(object, rela(object, R_X86_64_JUMP_SLOT, 0)->r_offset) = 1)        \
    X(slot_read_only, "lazy", "a relocation (0x*) with the first call is of read-only memory",    \
      SPARE()->p_vaddr = last_load(object)->p_vaddr;                                              \
      SPARE()->p_memsz = ((last_load(object)->p_vaddr + last_load(object)->p_memsz) | 0xfff) + 1  \
      - SPARE()->p_vaddr; SPARE()->p_type = PT_GNU_RELRO)                                         \
    X(tlsdesc, "lazy", "the resolver of thread-local variables lies outside its code",            \
      ENTRY(DT_RELACOUNT)->d_tag = DT_TLSDESC_GOT;                                                \
      DYN(DT_TLSDESC_GOT) = SYM("variable")->st_value)
#else
#define REFUSALS_X86_64(X)
#endif

#define REFUSALS(X) REFUSALS_EVERYWHERE(X) REFUSALS_X86_64(X)

#define X(name, recipe, why, ...)                                                                 \
    static void change_##name(struct object *object)                                              \
    {                                                                                             \
        __VA_ARGS__;                                                                              \
    }
REFUSALS(X)
#undef X

static const struct refusal {
    const char *name, *recipe, *why;
    void (*change)(struct object *object);
} refusals[] = {
#define X(name, recipe, why, ...) {#name, recipe, why, change_##name},
    REFUSALS(X)
#undef X
};

START_TEST(test_damaged)
{
    const struct refusal *refusal = &refusals[_i];
    const struct recipe *recipe = strcmp(refusal->recipe, "roomy") == 0   ? &roomy_recipe
                                  : strcmp(refusal->recipe, "names") == 0 ? &names_recipe
                                  : strcmp(refusal->recipe, "twins") == 0 ? &twins_recipe
                                  : strcmp(refusal->recipe, "run") == 0
                                      ? &run_recipe
                                      : recipe_named(refusal->recipe);
    struct object object;
    char why[PY2ABI_ELF_WHY] = "?";

    if (!load_recipe(recipe, &object)) {
        return;
    }
    ck_assert_msg(read_guarded(&object, object.size, why) == PY2ABI_ELF_OK, "%s: %s",
                  refusal->recipe, why);
    if (setjmp(no_such_place) != 0) {
        skip_test("the toolchain makes no such entry");
        return;
    }
    refusal->change(&object);
    enum py2abi_elf_status status = read_guarded(&object, object.size, why);
    ck_assert_msg(status == PY2ABI_ELF_DAMAGED && fnmatch(refusal->why, why, 0) == 0,
                  "%s: status %d, '%s' instead of '%s'", refusal->name, status, why, refusal->why);
    ck_assert_uint_lt(strlen(why), PY2ABI_ELF_WHY - 1);
}
END_TEST

/* A copy that ends too soon is refused wherever it ends, but for what no
 * segment holds. */
START_TEST(test_truncated)
{
    struct object object, stripped;
    char why[PY2ABI_ELF_WHY];

    ck_assert(load_recipe(recipe_named("both"), &object));
    stripped = object_copy(&object);
    object_strip_sections(&stripped);
    size_t headers =
        sizeof(ElfW(Ehdr)) + object_header(&object)->e_phnum * sizeof(ElfW(Phdr));
    for (size_t size = 0; size < stripped.size; size += size < 2048 ? 1 : 61) {
        enum py2abi_elf_status status = read_guarded(&object, size, why);
        ck_assert_msg(status == (size < sizeof(ElfW(Ehdr)) ? PY2ABI_ELF_NOT_ELF
                                                           : PY2ABI_ELF_DAMAGED),
                      "%zu bytes: status %d, %s", size, status, why);
        ck_assert_str_ne(why, "");
        /* The program headers follow the header. */
        ck_assert_msg(was_truncated == (size >= headers), "%zu bytes: %s", size, why);
    }
    ck_assert_int_eq(read_guarded(&object, stripped.size, why), PY2ABI_ELF_OK);
    ck_assert(!was_truncated);
}
END_TEST

/* The size of the string table does not matter to the dynamic linker, when it is
 * a little too small. */
START_TEST(test_short_strings)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY];

    ck_assert(load_recipe(recipe_named("gnu"), &object));
    object_dynamic(&object, DT_STRSZ)->d_un.d_val -= 2;
    ck_assert_msg(py2abi_elf_read(&elf, object.bytes, object.size, why) == PY2ABI_ELF_OK, "%s",
                  why);
    ck_assert_uint_eq(elf.strings_size, object_section(&object, SHT_STRTAB, 0)->sh_size);
}
END_TEST

/* A file that is mapped very often is nothing bad, though the reader has no room
 * to note each of its tables that often. */
START_TEST(test_mapped_often)
{
    enum { TIMES = 200 };
    struct object object;
    char why[PY2ABI_ELF_WHY], path[4096];

    ck_assert(load_recipe(recipe_named("gnu"), &object));
    ElfW(Ehdr) *header = object_header(&object);
    size_t count = header->e_phnum, place = (object.size + 15) / 16 * 16;
    object.bytes = realloc(object.bytes, place + (count + TIMES) * sizeof(ElfW(Phdr)));
    ck_assert_ptr_nonnull(object.bytes);
    header = object_header(&object);
    ElfW(Phdr) *segment = (ElfW(Phdr) *)(void *)(object.bytes + place);
    memcpy(segment, object.bytes + header->e_phoff, count * sizeof *segment);
    header->e_phoff = place;
    header->e_phnum = (ElfW(Half))(count + TIMES);
    object.size = place + (count + TIMES) * sizeof *segment;
    for (int i = 0; i < TIMES; i++) {
        segment[count + (size_t)i] = (ElfW(Phdr)){
            .p_type = PT_LOAD, .p_flags = PF_R, .p_vaddr = 0x1000000 + 0x20000 * (ElfW(Addr))i,
            .p_filesz = 0x200, .p_memsz = 0x200, .p_align = 0x1000,
        };
    }
    ck_assert_msg(read_guarded(&object, object.size, why) == PY2ABI_ELF_OK, "%s", why);
    snprintf(path, sizeof path, "%s/mapped-often.so", object_directory());
    object_save(&object, path);
    void *handle = dlopen(path, RTLD_NOW);
    ck_assert_msg(handle != NULL, "%s", dlerror());
    dlclose(handle);
}
END_TEST

/* Notes that are not aligned as they say are not a property's. */
START_TEST(test_odd_notes)
{
    struct object object;
    char why[PY2ABI_ELF_WHY];

    ck_assert(load_recipe(recipe_named("gnu"), &object));
    ElfW(Phdr) *segment = object_segment(&object, PT_NOTE, 0);
    if (segment == NULL || setjmp(no_such_place) != 0) {
        skip_test("the toolchain makes no notes");
        return;
    }
    property_note(&object, 8);
    ck_assert_msg(read_guarded(&object, object.size, why) == PY2ABI_ELF_OK, "%s", why);
    ((ElfW(Nhdr) *)object_at(&object, segment->p_vaddr))->n_type = 77;
    ((ElfW(Nhdr) *)object_at(&object, segment->p_vaddr))->n_descsz = 0x12345;
    ck_assert_msg(read_guarded(&object, object.size, why) == PY2ABI_ELF_OK, "%s", why);
}
END_TEST

START_TEST(test_misaligned)
{
    struct object object;
    struct py2abi_elf elf;
    char why[PY2ABI_ELF_WHY];

    ck_assert(load_recipe(recipe_named("gnu"), &object));
    unsigned char *copy = malloc(object.size + 1);
    memcpy(copy + 1, object.bytes, object.size);
    ck_assert_int_eq(py2abi_elf_read(&elf, copy + 1, object.size, why), PY2ABI_ELF_DAMAGED);
    ck_assert_str_eq(why, "its copy in memory is not aligned");
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("elf");
    TCase *tcase = tcase_create("elf");

    while (object_recipes[recipe_count].name != NULL) {
        object_build(&object_recipes[recipe_count++], NULL);
    }
    object_build(&names_recipe, NULL);
    object_build(&run_recipe, NULL);
    object_build(&mute_recipe, NULL);
    object_build(&roomy_recipe, NULL);
    object_build(&twins_recipe, NULL);
    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, test_read, 0, recipe_count);
    tcase_add_loop_test(tcase, test_stripped, 0, recipe_count);
    tcase_add_loop_test(tcase, test_readelf, 0, recipe_count);
    tcase_add_test(tcase, test_names);
    tcase_add_test(tcase, test_mute);
    tcase_add_test(tcase, test_one_table);
    tcase_add_test(tcase, test_long_names);
    tcase_add_test(tcase, test_genuine);
    tcase_add_test(tcase, test_no_elf);
    tcase_add_test(tcase, test_foreign);
    tcase_add_test(tcase, test_no_shared);
    tcase_add_loop_test(tcase, test_damaged, 0, (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(tcase, test_truncated);
    tcase_add_test(tcase, test_short_strings);
    tcase_add_test(tcase, test_mapped_often);
    tcase_add_test(tcase, test_odd_notes);
    tcase_add_test(tcase, test_misaligned);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
