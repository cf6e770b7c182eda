/* front.c - what of the files that are opened is ours, and the guests module,
 * which opens it.
 *
 * The module is loaded when the first such file is opened.  Nothing here holds a
 * lock: the dynamic linker's may be held by whoever calls us, and is taken by
 * what we call. */

#include "config.h"
#include "binary.h"
#include "front.h"
#include "host.h"
#include "interpose.h"
#include "settings.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where the module is, seen from the directory of this library. */
#define MODULE GUESTS_FOLDER "/guests.so"

/* ---- Settings ---- */

/* Whether the user lets files be looked at: not in a program that runs with
 * more rights than its caller, and not with PY2ABI_DISABLE=1.  Read once; any
 * thread. */
bool
py2abi_front_applies(void)
{
    enum { UNKNOWN, APPLIES, DISABLED };
    static atomic_int state;

    int known = atomic_load_explicit(&state, memory_order_relaxed);
    if (known == UNKNOWN) {
        const char *disable = secure_getenv("PY2ABI_DISABLE");
        bool disabled = getauxval(AT_SECURE) != 0
                        || (disable != NULL && strcmp(disable, "1") == 0);
        known = disabled ? DISABLED : APPLIES;
        atomic_store_explicit(&state, known, memory_order_relaxed);
    }
    return known == APPLIES;
}

/* Whether Python 3 extensions that call the four functions get ours. */
static bool
binds_python3(void)
{
    enum { GUESTS, ALL }; /* the values' order */
    const char *bind = secure_getenv("PY2ABI_BIND");
    return bind == NULL || py2abi_setting_find(py2abi_values_BIND, bind, strlen(bind)) != GUESTS;
}

/* ---- Looking at a file ---- */

/* A file that is looked at, and what was last read of it.  It is read and never
 * mapped: who shortens a mapped file kills those who read it, and who changes it
 * gives other bytes to the second look than to the first. */
struct file {
    int fd;
    size_t size;          /* when it was opened */
    size_t begin, length; /* what window has */
    unsigned char window[4096];
};

/* The system calls are made directly, as the dynamic linker's own are: they are no
 * cancellation points, and see the file that it will see, whatever stands before
 * open and close. */
static bool
open_file(struct file *file, const char *path)
{
    struct stat status;
    file->fd = (int)syscall(SYS_openat, AT_FDCWD, path,
                            O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file->fd < 0) {
        return false;
    }
    if (fstat(file->fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0
        || (uintmax_t)status.st_size > PTRDIFF_MAX) {
        syscall(SYS_close, file->fd);
        return false;
    }
    file->size = (size_t)status.st_size;
    file->begin = file->length = 0;
    return true;
}

static void
close_file(struct file *file)
{
    syscall(SYS_close, file->fd);
}

/* Read up to length bytes; how many there were. */
static size_t
read_at(const struct file *file, void *into, size_t length, size_t offset)
{
    size_t done = 0;
    while (done < length) {
        /* The last word is the offset's upper half where a long has no room for it. */
        long got = syscall(SYS_pread64, file->fd, (char *)into + done, length - done,
                           (long)(offset + done), 0L);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        done += (size_t)got;
    }
    return done;
}

/* All of the file, in memory of ours that munmap gives back, or NULL.  It may have
 * become shorter. */
static void *
read_all(const struct file *file, size_t offset, size_t length, size_t *ret_length)
{
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return NULL;
    }
    *ret_length = read_at(file, memory, length, offset);
    return memory;
}

/* Copy what is at offset, if the file has it. */
static bool
take(void *into, size_t length, struct file *file, size_t offset)
{
    if (offset > file->size || length > file->size - offset) {
        return false;
    }
    if (offset < file->begin || length > file->length
        || offset - file->begin > file->length - length) {
        file->begin = offset;
        file->length = read_at(file, file->window, sizeof file->window, offset);
        if (length > file->length) {
            return false;
        }
    }
    memcpy(into, file->window + (offset - file->begin), length);
    return true;
}

/* The strings of the dynamic symbols (munmap gives them back), in a file that looks
 * as it should; NULL for any other. */
static char *
read_strings(struct file *file, size_t *ret_size)
{
    const unsigned char native_class = sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32;
    const size_t size = file->size;
    ElfW(Ehdr) header;
    ElfW(Phdr) segment;
    ElfW(Dyn) entry = {.d_tag = DT_NULL};
    ElfW(Addr) address = 0;
    size_t dynamic = 0, length = 0;

    if (!take(&header, sizeof header, file, 0)
        || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0
        || header.e_ident[EI_CLASS] != native_class || header.e_phentsize != sizeof segment
        || header.e_phoff > size) {
        return NULL;
    }
    for (size_t i = 0; i < header.e_phnum; i++) {
        /* A file that was cut short does not look as it should, whatever it has. */
        if (!take(&segment, sizeof segment, file, header.e_phoff + i * sizeof segment)
            || (segment.p_type == PT_LOAD && segment.p_filesz != 0
                && (segment.p_offset > size || segment.p_filesz > size - segment.p_offset))) {
            return NULL;
        }
        if (segment.p_type == PT_DYNAMIC && segment.p_offset < size) {
            dynamic = segment.p_offset;
        }
    }
    for (; dynamic != 0 && take(&entry, sizeof entry, file, dynamic) && entry.d_tag != DT_NULL;
         dynamic += sizeof entry) {
        if (entry.d_tag == DT_STRTAB) {
            address = entry.d_un.d_ptr;
        }
        else if (entry.d_tag == DT_STRSZ) {
            length = entry.d_un.d_val;
        }
    }
    for (size_t i = 0; length != 0 && i < header.e_phnum
                       && take(&segment, sizeof segment, file,
                               header.e_phoff + i * sizeof segment); i++) {
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr
            && address - segment.p_vaddr < segment.p_filesz && segment.p_offset < size
            && address - segment.p_vaddr < size - segment.p_offset) {
            size_t offset = segment.p_offset + (address - segment.p_vaddr), got;
            char *strings = length > 2 && length <= size - offset
                                ? read_all(file, offset, length, &got) : NULL;
            /* A table of strings begins with an empty one, and ends with a name. */
            if (strings != NULL && got == length && strings[0] == '\0' && strings[1] != '\0'
                && strings[length - 2] != '\0' && strings[length - 1] == '\0') {
                *ret_size = length;
                return strings;
            }
            if (strings != NULL) {
                munmap(strings, length);
            }
        }
    }
    return NULL;
}

/* Whether a table of strings is of what is plainly nothing of ours: it names nothing
 * of Python's, or is a Python 3 extension that names none of the four functions. */
static bool
names_nothing_of_ours(const char *strings, size_t length)
{
    /* At the start of a name, or after its underscore; strings[0] is '\0'.  (A
     * name that is another's end need not be there a second time, but of those
     * that a module needs not each can be.) */
    const char *end = strings + length, *python = strings;
    do {
        python = memmem(python + 1, (size_t)(end - python - 1), "Py", 2);
    } while (python != NULL && python[-1] != '\0' && python[-1] != '_');
    if (python == NULL) {
        return true;
    }
    length = (size_t)(end - python);
    if (memmem(python, length, "PyInit_", 7) == NULL) {
        return false;
    }
    static const char *const functions[] = {
#define EXPORT(node, name) #name,
#include "exports.def"
#undef EXPORT
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (memmem(python, length, functions[i], strlen(functions[i])) != NULL) {
            return false;
        }
    }
    return true;
}

/* Whether the file is plainly nothing of ours.  Nearly all that a Python opens is,
 * and checking a large file takes longer than loading it.  What does not look as
 * it should is for the check. */
static bool
is_plainly_not_ours(struct file *file)
{
    size_t length;
    char *strings = read_strings(file, &length);
    bool is = strings != NULL && names_nothing_of_ours(strings, length);
    if (strings != NULL) {
        munmap(strings, length);
    }
    return is;
}

/* Whether an image that cannot be read is a Python 2 binary all the same: each
 * names the function that makes its module, in one spelling or another. */
static bool
looks_like_guest(const void *image, size_t size)
{
    static const char name[] = "Py_InitModule4";
    return memmem(image, size, name, sizeof name - 1) != NULL;
}

/* Put "<path>: <sentence>" in why. */
static void __attribute__((format(printf, 3, 4)))
say(char why[PY2ABI_FRONT_WHY], const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = snprintf(why, PY2ABI_FRONT_WHY, "%.1500s: ", path);
    vsnprintf(why + n, (size_t)(PY2ABI_FRONT_WHY - n), format, args);
    va_end(args);
}

/* What the file is.  PASS when it cannot be opened, is no shared object, or
 * damaged and nothing of ours: the dynamic linker has its own words for that.
 * REFUSED leaves a sentence in why, which names the file.  Allocates nothing. */
enum py2abi_front_verdict
py2abi_front_look(const char *path, char why[PY2ABI_FRONT_WHY])
{
    enum py2abi_front_verdict verdict = PY2ABI_FRONT_PASS;
    struct file file;
    if (!open_file(&file, path)) {
        return verdict;
    }
    size_t size;
    char magic[SELFMAG];
    void *image = NULL;
    if (take(magic, sizeof magic, &file, 0) && memcmp(magic, ELFMAG, SELFMAG) == 0
        && !is_plainly_not_ours(&file)) {
        image = read_all(&file, 0, file.size, &size);
    }
    close_file(&file);
    if (image == NULL) {
        return verdict;
    }
    struct py2abi_elf elf;
    struct py2abi_binary binary;
    char reason[PY2ABI_ELF_WHY];
    switch (py2abi_elf_read(&elf, image, size, reason)) {
    case PY2ABI_ELF_OK:
        py2abi_binary_read(&binary, &elf);
        if (binary.kind == PY2ABI_BINARY_GUEST) {
            verdict = PY2ABI_FRONT_GUEST;
        }
        else if (binary.kind == PY2ABI_BINARY_PYTHON3 && binary.old_buffer != 0
                 && binds_python3()) {
            verdict = PY2ABI_FRONT_BIND;
        }
        break;
    case PY2ABI_ELF_FOREIGN:
    case PY2ABI_ELF_DAMAGED:
        /* A truncated file is nobody's to open: the dynamic linker does not look
         * how long a file is, and the process would die of it. */
        if (elf.is_truncated || looks_like_guest(image, size)) {
            say(why, path, "%s", reason);
            verdict = PY2ABI_FRONT_REFUSED;
        }
        break;
    default:
        break;
    }
    munmap(image, file.size);
    return verdict;
}

/* ---- The guests module ---- */

/* "<directory>/<name>" (malloc'ed), or NULL without memory. */
static char *
join(const char *directory, size_t length, const char *name)
{
    char *path = malloc(length + strlen(name) + 2);
    if (path != NULL) {
        memcpy(path, directory, length);
        path[length] = '/';
        strcpy(path + length + 1, name);
    }
    return path;
}

/* The path of the module (malloc'ed), or NULL without memory.  It is in the
 * directory of the real file of this library, as that is with what it was
 * installed, or else in that where the library was found: perhaps each file is a
 * link to somewhere else. */
static char *
find_module(void)
{
    static const char here;
    Dl_info info;
    struct link_map *map;
    /* The dynamic linker's $ORIGIN, which is absolute even if the library was
     * named by a relative path and the working directory is another by now. */
    char *origin = malloc(2 * PATH_MAX), *module = NULL;

    if (origin != NULL && dladdr1(&here, &info, (void **)&map, RTLD_DL_LINKMAP) != 0
        && dlinfo(map, RTLD_DI_ORIGIN, origin) == 0) {
        const char *slash = strrchr(map->l_name, '/');
        char *file = join(origin, strlen(origin), slash != NULL ? slash + 1 : map->l_name);
        char *real = file != NULL ? realpath(file, NULL) : NULL;
        if (real != NULL) {
            module = join(real, (size_t)(strrchr(real, '/') - real), MODULE);
        }
        if (module == NULL || access(module, F_OK) != 0) {
            char *other = join(origin, strlen(origin), MODULE);
            if (other != NULL && (module == NULL || access(other, F_OK) == 0)) {
                free(module);
                module = other;
            }
            else {
                free(other);
            }
        }
        free(real);
        free(file);
    }
    free(origin);
    return module;
}

/* What the module is given.  NULL without memory or without a Python 3. */
static const struct py2abi_front *
get_front(void)
{
    static struct py2abi_front *_Atomic shared;
    struct py2abi_front *front = atomic_load_explicit(&shared, memory_order_acquire), *none = NULL;
    if (front != NULL) {
        return front;
    }
    const struct py2abi_host *host = py2abi_host_get();
    front = host != NULL && host->major >= 3 ? malloc(sizeof *front) : NULL;
    if (front == NULL) {
        return NULL;
    }
    struct py2abi_next next = py2abi_interpose_next();
    front->version = py2abi_version();
    front->dlopen = next.dlopen;
    front->dlsym = next.dlsym;
    front->host_symbol = py2abi_interpose_host_symbol;
    /* Ours, whoever else defines them: the library is linked that way. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    front->as_char_buffer = (void (*)(void))PyObject_AsCharBuffer;
    front->as_read_buffer = (void (*)(void))PyObject_AsReadBuffer;
    front->as_write_buffer = (void (*)(void))PyObject_AsWriteBuffer;
    front->check_read_buffer = (void (*)(void))PyObject_CheckReadBuffer;
#pragma GCC diagnostic pop
    front->host_major = host->major;
    front->host_minor = host->minor;
    if (!atomic_compare_exchange_strong(&shared, &none, front)) {
        free(front);
        front = none;
    }
    return front;
}

static const struct py2abi_guests *_Atomic guests_loaded;

/* The guests module, loaded if need be, for the file path; NULL with a sentence
 * in why.  Threads that come together load the same module, and take the same
 * table from it. */
static const struct py2abi_guests *
get_guests(const char *path, char why[PY2ABI_FRONT_WHY])
{
    const struct py2abi_guests *guests =
        atomic_load_explicit(&guests_loaded, memory_order_acquire);
    py2abi_guests_entry_fn entry;

    if (guests != NULL) {
        return guests;
    }
    const struct py2abi_front *front = get_front();
    char *file = front != NULL ? find_module() : NULL;
    if (file == NULL) {
        say(why, path, "there is no memory for what a binary for Python 2 needs");
        return NULL;
    }
    struct py2abi_next next = py2abi_interpose_next();
    void *module = next.dlopen(file, RTLD_NOW | RTLD_LOCAL);
    void *address = module != NULL ? next.dlsym(module, PY2ABI_GUESTS_ENTRY) : NULL;
    if (address == NULL) {
        const char *error = next.dlerror();
        say(why, path, "a binary for Python 2 needs %.1000s, which cannot be loaded: %.1000s",
            file, error != NULL ? error : "no reason is known");
    }
    else {
        memcpy(&entry, &address, sizeof entry);
        guests = entry(front);
        if (guests == NULL) {
            say(why, path, "a binary for Python 2 needs %.1000s, which does not work in this "
                "Python %d.%d", file, front->host_major, front->host_minor);
        }
        else if (strcmp(guests->version, front->version) != 0) {
            say(why, path, "a binary for Python 2 needs %.1000s of py2abi %.100s, but that is of "
                "py2abi %.100s", file, front->version, guests->version);
            guests = NULL;
        }
    }
    free(file);
    if (guests != NULL) {
        atomic_store_explicit(&guests_loaded, guests, memory_order_release);
    }
    else if (module != NULL) {
        dlclose(module);
    }
    return guests;
}

/* Open a file of which py2abi_front_look has said that it is ours, as dlopen
 * would.  Its handle; NULL with a sentence in why, which names the file. */
void *
py2abi_front_open(const char *path, int flags, char why[PY2ABI_FRONT_WHY])
{
    const struct py2abi_guests *guests = get_guests(path, why);
    if (guests == NULL) {
        return NULL;
    }
    say(why, path, "it was not opened, and no reason is known");
    return guests->open(path, flags, why, PY2ABI_FRONT_WHY);
}

/* What dlsym has to say of a module's init function, whose name begins with
 * PyInit_; NULL when handle is no guest's. */
void *
py2abi_front_symbol(void *handle, const char *name)
{
    const struct py2abi_guests *guests =
        atomic_load_explicit(&guests_loaded, memory_order_acquire);
    return guests != NULL ? guests->symbol(handle, name) : NULL;
}

/* ---- For importlib ---- */

/* A name of the host that is not in host.def: these few are for this only. */
#define HOST_SYMBOL(name, target)                                                                 \
    do {                                                                                          \
        void *address_ = py2abi_interpose_host_symbol(name);                                      \
        memcpy(&(target), &address_, sizeof(target));                                             \
    } while (0)

/* Raise ImportError.  GIL held. */
static void
raise_import_error(const char *why)
{
    __typeof__(PyErr_Format) *format;
    PyObject **type;
    HOST_SYMBOL("PyErr_Format", format);
    HOST_SYMBOL("PyExc_ImportError", type);
    if (format != NULL && type != NULL) {
        format(*type, "%s", why); /* Whose text need not be UTF-8. */
    }
    else {
        host_PyErr_SetString(*HOST(PyExc_SystemError), why);
    }
}

/* The module that spec's file holds, which is for Python 2: see py2abi.h. */
PyObject *
py2abi_create_module(PyObject *spec)
{
    static const char name[] = "py2abi_create_module";
    const struct py2abi_host *host = py2abi_host_get();
    __typeof__(PyUnicode_FSConverter) *convert;
    char why[PY2ABI_FRONT_WHY];

    if (host == NULL || host->major < 3) {
        py2abi_host_absent(name);
        return NULL;
    }
    if (!py2abi_host_has(HOST_FAST, name)) {
        return NULL;
    }
    HOST_SYMBOL("PyUnicode_FSConverter", convert);
    if (spec == NULL || convert == NULL) {
        host_PyErr_SetString(*HOST(PyExc_SystemError),
                             spec == NULL ? "null argument to internal routine"
                                          : "py2abi_create_module cannot work: this Python has "
                                            "no PyUnicode_FSConverter");
        return NULL;
    }
    PyObject *origin = host_PyObject_GetAttrString(spec, "origin"), *bytes = NULL, *module = NULL;
    if (origin == NULL) {
        return NULL;
    }
    const char *path = convert(origin, &bytes) != 0 ? host_PyBytes_AsString(bytes) : NULL;
    if (path != NULL && !py2abi_front_applies()) {
        say(why, path, "binaries for Python 2 are not imported with PY2ABI_DISABLE=1, nor by a "
            "program that runs with more rights than its caller");
        raise_import_error(why);
    }
    else if (path != NULL) {
        const struct py2abi_guests *guests = get_guests(path, why);
        if (guests != NULL) {
            module = (PyObject *)guests->create_module((struct host_object *)spec, path);
        }
        else {
            raise_import_error(why);
        }
    }
    if (bytes != NULL) {
        host_Py_DecRef(bytes);
    }
    host_Py_DecRef(origin);
    return module;
}

/* Whether a file is a binary for Python 2: see py2abi.h. */
int
py2abi_is_python2(const char *path)
{
    char why[PY2ABI_FRONT_WHY];
    enum py2abi_front_verdict verdict = path != NULL ? py2abi_front_look(path, why)
                                                     : PY2ABI_FRONT_PASS;
    return verdict == PY2ABI_FRONT_GUEST || verdict == PY2ABI_FRONT_REFUSED;
}
