/* bind.c - opening one shared object with symbols of our choosing.
 *
 * The file is copied into memory of our own (memfd), each undefined symbol that
 * has an address becomes an absolute one there, and the dynamic linker opens the
 * copy.  It applies the addresses to every kind of relocation, functions and
 * data, lazily or at once, before it makes relocated memory read-only: no
 * relocation is parsed here and no memory is unprotected.
 *
 * A symbol of the copy is changed to SHN_ABS, STB_LOCAL, STV_HIDDEN.  The
 * dynamic linker does not look a local symbol up, and nobody who looks into
 * this object finds one.  glibc adds no load address to an absolute symbol from
 * 2.28 on; older ones did. */

#include "config.h"
#include "bind.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A dynamic tag that no linker knows, in the range that is the operating
 * system's: what is ignored. */
#define DT_IGNORED 0x6000dead

/* From Linux 6.3 on an image that may be executed has to say so where the
 * administrator's default is that it may not. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif

/* Linux 5.1: what is mapped for writing already can be written to, nothing else. */
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x0010
#endif

static void __attribute__((format(printf, 3, 4)))
say(char *why, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why, size, format, args);
    va_end(args);
}

static const char *
last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* Memory that has a file descriptor, under the name of the object, which shows
 * in /proc/PID/maps.  Without memfd_create a file that was never linked into a
 * directory does. */
int
py2abi_memory_create(const char *path)
{
    char name[200];
    snprintf(name, sizeof name, "%s", last_part(path));
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    if (fd < 0 && errno == EINVAL) {
        fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    }
#ifdef O_TMPFILE
    if (fd < 0) {
        const char *folder = secure_getenv("TMPDIR");
        fd = open(folder != NULL ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    }
#endif
    return fd;
}

/* Have the kernel refuse changes of the copy.  0 also where it cannot: a file that
 * stands in for a memfd has no name that another process could open. */
int
py2abi_memory_seal(int fd, int seals)
{
    int has = fcntl(fd, F_GET_SEALS);
    return has < 0 || has == F_SEAL_SEAL ? 0 : fcntl(fd, F_ADD_SEALS, seals);
}

static int
copy_file(int from, int to, size_t *size)
{
    static const size_t chunk = 1 << 16;
    char *buffer = malloc(chunk);
    *size = 0;
    if (buffer == NULL) {
        return -1;
    }
    for (;;) {
        ssize_t got = read(from, buffer, chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            int error = errno;
            free(buffer);
            errno = error;
            return got == 0 ? 0 : -1;
        }
        for (ssize_t done = 0; done < got;) {
            ssize_t put = write(to, buffer + done, (size_t)(got - done));
            if (put < 0 && errno != EINTR) {
                int error = errno;
                free(buffer);
                errno = error;
                return -1;
            }
            done += put > 0 ? put : 0;
        }
        *size += (size_t)got;
    }
}

/* Longer than a tick of any kernel's clock, from which a file's times are taken: a file
 * that was last changed so long ago shows each change that begins now. */
#define QUIET_MS 30
#define ATTEMPTS 6

static bool
is_unchanged(int fd, const struct stat *before)
{
    struct stat now;
    return fstat(fd, &now) == 0 && now.st_size == before->st_size
           && now.st_ctim.tv_sec == before->st_ctim.tv_sec
           && now.st_ctim.tv_nsec == before->st_ctim.tv_nsec;
}

/* Whether the file was changed just now, or, by the clock of another machine that has
 * it, is yet to be.  (Anybody may set the time of a modification, nobody that of a
 * change.) */
static bool
is_fresh(const struct stat *status)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    double age = difftime(now.tv_sec, status->st_ctim.tv_sec)
                 + (double)(now.tv_nsec - status->st_ctim.tv_nsec) / 1e9;
    return age < QUIET_MS / 1e3;
}

/* Copy a file of which nothing changes in the meantime: half of one binary and half of
 * another may look as it should, and what it does when it runs nobody can tell.  A file
 * that was just written is waited for.  Returns 0, or -1 with errno, which is EBUSY for
 * one that does not come to rest. */
static int
copy_at_rest(int from, int to, size_t *size)
{
    struct stat before;
    for (int i = 0; i < ATTEMPTS; i++) {
        if (fstat(from, &before) < 0) {
            return -1;
        }
        if (is_fresh(&before)) {
            struct timespec rest = {.tv_nsec = QUIET_MS * 1000000L};
            while (nanosleep(&rest, &rest) < 0 && errno == EINTR) {
            }
            if (!is_unchanged(from, &before)) {
                continue;
            }
        }
        if (lseek(from, 0, SEEK_SET) < 0 || lseek(to, 0, SEEK_SET) < 0 || ftruncate(to, 0) < 0
            || copy_file(from, to, size) < 0) {
            return -1;
        }
        if (is_unchanged(from, &before)) {
            return 0;
        }
    }
    errno = EBUSY;
    return -1;
}

/* Copy the file and read the copy: what happens to the file afterwards does not
 * matter.  Returns 0, or -1 with a sentence in why, which names the file; the
 * image is to be closed with py2abi_image_close only after a success.  Any thread; needs
 * no Python. */
int
py2abi_image_read(struct py2abi_image *image, const char *path, char *why, size_t size)
{
    *image = (struct py2abi_image){.fd = -1, .bytes = MAP_FAILED};
    struct stat status;
    int from = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (from < 0 || fstat(from, &status) < 0) {
        say(why, size, "%s: cannot be read: %s", path, strerror(errno));
        goto fail;
    }
    if (!S_ISREG(status.st_mode)) {
        say(why, size, "%s: is no regular file", path);
        goto fail;
    }
    image->fd = py2abi_memory_create(path);
    if (image->fd < 0 || copy_at_rest(from, image->fd, &image->size) < 0) {
        if (errno == EBUSY) {
            say(why, size, "%s: somebody writes to it, time and again; it has to be at rest to be "
                "loaded", path);
        }
        else {
            say(why, size, "%s: cannot be copied into memory: %s", path, strerror(errno));
        }
        goto fail;
    }
    if (image->size == 0) {
        say(why, size, "%s: is empty", path);
        goto fail;
    }
    image->bytes = mmap(NULL, image->size, PROT_READ | PROT_WRITE, MAP_SHARED, image->fd, 0);
    if (image->bytes == MAP_FAILED) {
        say(why, size, "%s: cannot be mapped: %s", path, strerror(errno));
        goto fail;
    }
    /* From here on it is what is checked, bound and opened.  (Who could have opened it
     * before, another process of the same user, could as well have attached to us.) */
    if (py2abi_memory_seal(image->fd, F_SEAL_SHRINK | F_SEAL_GROW) < 0
        || (py2abi_memory_seal(image->fd, F_SEAL_FUTURE_WRITE) < 0 && errno != EINVAL)
        || fstat(image->fd, &status) < 0 || (size_t)status.st_size != image->size) {
        say(why, size, "%s: the copy in memory cannot be sealed: %s", path, strerror(errno));
        goto fail;
    }
    char reason[PY2ABI_ELF_WHY];
    if (py2abi_elf_read(&image->elf, image->bytes, image->size, reason) != PY2ABI_ELF_OK) {
        say(why, size, "%s: %s", path, reason);
        goto fail;
    }
    close(from);
    return 0;
fail:
    if (from >= 0) {
        close(from);
    }
    py2abi_image_close(image);
    return -1;
}

/* Give the copy back; what was opened from it stays open. */
void
py2abi_image_close(struct py2abi_image *image)
{
    if (image->bytes != MAP_FAILED) {
        munmap(image->bytes, image->size);
        image->bytes = MAP_FAILED;
    }
    if (image->fd >= 0) {
        close(image->fd);
        image->fd = -1;
    }
}

/* Names for a sentence: as many as there is room for, and how many more. */
struct names {
    char text[400];
    size_t used;
    unsigned count, shown;
};

static void
add_name(struct names *names, const char *name)
{
    size_t length = strlen(name);
    names->count++;
    if (names->used + length + 3 < sizeof names->text && names->shown + 1 == names->count) {
        names->used += (size_t)sprintf(names->text + names->used, "%s%s",
                                       names->shown != 0 ? ", " : "", name);
        names->shown++;
    }
}

/* What the image defines under a Python name is for itself: a host that has the
 * same name must not come before it. */
static int
is_own_python_name(const struct py2abi_elf_symbol *symbol)
{
    return symbol->defined && symbol->visibility == STV_DEFAULT
           && (strncmp(symbol->name, "Py", 2) == 0 || strncmp(symbol->name, "_Py", 3) == 0);
}

static int
change_symbols(struct py2abi_image *image, const struct py2abi_bind_request *request,
               struct names *missing)
{
    for (uint32_t i = 1; i < image->elf.symbol_count; i++) {
        struct py2abi_elf_symbol symbol;
        py2abi_elf_symbol(&image->elf, i, &symbol);
        ElfW(Sym) *entry = (ElfW(Sym) *)(void *)(image->bytes + symbol.offset);
        if (is_own_python_name(&symbol)) {
            entry->st_other = (unsigned char)((entry->st_other & ~3) | STV_PROTECTED);
        }
        if (symbol.defined || symbol.bind == STB_LOCAL || *symbol.name == '\0') {
            continue;
        }
        void *address = NULL;
        switch (request->resolve(request->data, &symbol, &address)) {
        case PY2ABI_BIND_LEAVE:
            break;
        case PY2ABI_BIND_MISSING:
            add_name(missing, symbol.name);
            break;
        case PY2ABI_BIND_TO:
            entry->st_info = ELF64_ST_INFO(STB_LOCAL, symbol.type == STT_TLS ? STT_NOTYPE
                                                                             : symbol.type);
            entry->st_other = STV_HIDDEN;
            entry->st_shndx = SHN_ABS;
            entry->st_value = (ElfW(Addr))(uintptr_t)address;
            break;
        }
    }
    return missing->count == 0 ? 0 : -1;
}

static int
drop_needed(struct py2abi_image *image, const struct py2abi_bind_request *request, char *why,
            size_t size)
{
    const struct py2abi_elf *elf = &image->elf;
    for (unsigned i = 0; i < elf->dynamic_count; i++) {
        ElfW(Dyn) *entry = (ElfW(Dyn) *)(void *)(image->bytes + elf->dynamic) + i;
        if (entry->d_tag != DT_NEEDED) {
            continue;
        }
        const char *name = elf->strings + entry->d_un.d_val;
        if (!request->drop_needed(request->data, name)) {
            continue;
        }
        if (py2abi_elf_wants_versions(elf, name)) {
            /* The dynamic linker insists on the library of a version. */
            say(why, size, "%s: wants symbol versions of %s, which it cannot have", request->path,
                name);
            return -1;
        }
        entry->d_tag = DT_IGNORED;
    }
    return 0;
}

/* A path of the descriptor that was never used before.  The dynamic linker
 * remembers the path by which it opened an object, and takes the same path for
 * the same object; but a descriptor's number is used again.  The path is made
 * different by a count, written in binary with "/./" and "//".
 *
 * It has the number of the process: a debugger opens it, too, and waits for ever where
 * /proc/self/fd/5 is a pipe of its own. */
static void
name_descriptor(char *name, size_t size, int fd)
{
    static atomic_uint opened;
    char process[32];
    ssize_t length = readlink("/proc/self", process, sizeof process - 1);
    process[length > 0 ? length : 0] = '\0';
    int used = snprintf(name, size, "/proc/%s/fd", length > 0 ? process : "self");
    for (unsigned n = atomic_fetch_add(&opened, 1); n != 0; n >>= 1) {
        used += snprintf(name + used, size - (size_t)used, n & 1 ? "/./" : "//");
    }
    snprintf(name + used, size - (size_t)used, "/%d", fd);
}

/* Change the image's symbols as the request says; from then on nothing changes
 * it any more, and it can be opened.  Returns 0, or -1 with a sentence in why,
 * which names the file.  Any thread. */
int
py2abi_image_bind(struct py2abi_image *image, const struct py2abi_bind_request *request, char *why,
                  size_t size)
{
    int major = 0, minor = 0;
    if (sscanf(gnu_get_libc_version(), "%d.%d", &major, &minor) != 2 || major < 2
        || (major == 2 && minor < 28)) {
        say(why, size, "%s: cannot be bound: the C library is %s, and 2.28 is the first that "
            "takes absolute symbols as they are", request->path, gnu_get_libc_version());
        return -1;
    }
    struct names missing = {.used = 0};
    if (change_symbols(image, request, &missing) < 0) {
        char more[32] = "";
        if (missing.shown < missing.count) {
            snprintf(more, sizeof more, " and %u more", missing.count - missing.shown);
        }
        say(why, size, "%s: needs what py2abi does not have: %s%s", request->path, missing.text,
            more);
        return -1;
    }
    if (drop_needed(image, request, why, size) < 0) {
        return -1;
    }
    munmap(image->bytes, image->size);
    image->bytes = MAP_FAILED;
    /* Nobody can change it between here and the dynamic linker. */
    if (py2abi_memory_seal(image->fd, F_SEAL_WRITE | F_SEAL_SEAL) < 0) {
        say(why, size, "%s: the copy in memory cannot be sealed: %s", request->path,
            strerror(errno));
        return -1;
    }
    name_descriptor(image->name, sizeof image->name, image->fd);
    return 0;
}

/* Open an image that is bound, with the dlopen that is given.  Returns its
 * handle, or NULL with a sentence in why, which names the file as path.
 *
 * The constructors of the object run here, once: whoever opens it again, in the
 * meantime too, gets the same handle.  Any thread; the caller sees to it that
 * Python is in the state that they expect. */
void *
py2abi_image_open(const struct py2abi_image *image, void *(*open)(const char *name, int flags),
                  const char *path, int flags, char *why, size_t size)
{
    void *handle = open(image->name, flags);
    if (handle == NULL && access("/proc/self/fd", F_OK) != 0) {
        say(why, size, "%s: cannot be opened without /proc, which is not mounted", path);
    }
    else if (handle == NULL) {
        const char *words = dlerror();
        if (words != NULL && strncmp(words, image->name, strlen(image->name)) == 0) {
            words += strlen(image->name);
            words += strspn(words, ": ");
        }
        say(why, size, "%s: %s", path, words != NULL ? words : "cannot be opened");
    }
    return handle;
}

/* Have an object that was opened go by another name, which is kept: under its own
 * debuggers find its symbols, and dladdr and backtraces tell what it is.  Returns the name
 * before, which the dynamic linker has allocated in its own way, or NULL. */
char *
py2abi_image_rename(void *handle, char *path)
{
    struct link_map *map;
    char *before = NULL;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0) {
        before = map->l_name;
        map->l_name = path;
    }
    return before;
}
