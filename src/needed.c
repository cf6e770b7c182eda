/* needed.c - where the dynamic linker will find a library that an object needs.
 *
 * It is asked before the dynamic linker is, for two reasons.  A library that
 * uses Python 2 itself (Boost.Python's) has to be bound and opened first.  And an
 * object that is opened from memory has lost $ORIGIN, its own folder. */

#include "config.h"
#include "needed.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What glibc has for $LIB on this machine; Debian's differs from the others'. */
static const char *const lib_folders[] = {
    ("lib/" PY2ABI_MULTIARCH),
#ifdef __LP64__
    "lib64",
#endif
    "lib",
};

/* Whether a file is there that the dynamic linker would take: it skips what is
 * of another class or machine. */
static int
is_library(const char *path)
{
    ElfW(Ehdr) header;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, &header, sizeof header) : -1;
    if (fd >= 0) {
        close(fd);
    }
    return got == (ssize_t)sizeof header && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0
           && header.e_ident[EI_CLASS] == (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#if defined(__x86_64__)
           && header.e_machine == EM_X86_64
#elif defined(__aarch64__)
           && header.e_machine == EM_AARCH64
#endif
        ;
}

/* The length of a token such as $ORIGIN or ${ORIGIN} at text, or 0. */
static size_t
token_length(const char *text, size_t left, const char *token)
{
    size_t length = strlen(token);
    if (left > length && text[0] == '$' && strncmp(text + 1, token, length) == 0) {
        return length + 1;
    }
    if (left > length + 2 && text[0] == '$' && text[1] == '{'
        && strncmp(text + 2, token, length) == 0 && text[length + 2] == '}') {
        return length + 3;
    }
    return 0;
}

/* Put folder/name into found, with the tokens in folder replaced.  Returns 0
 * when it has no room or a token that has no meaning here. */
static int
expand(const char *folder, size_t length, const char *origin, const char *lib, const char *name,
       char *found, size_t size, int *has_origin)
{
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        const char *text = NULL;
        size_t token = token_length(folder + i, length - i, "ORIGIN");
        if (token != 0) {
            text = origin;
            *has_origin = 1;
        }
        else if ((token = token_length(folder + i, length - i, "LIB")) != 0) {
            text = lib;
        }
        else if (token_length(folder + i, length - i, "PLATFORM") != 0) {
            return 0;
        }
        size_t add = text != NULL ? strlen(text) : 1;
        if (used + add >= size) {
            return 0;
        }
        memcpy(found + used, text != NULL ? text : folder + i, add);
        used += add;
        i += token != 0 ? token : 1;
    }
    if (length == 0) {
        used = (size_t)snprintf(found, size, ".");
    }
    int n = snprintf(found + used, size - used, "/%s", name);
    return n > 0 && (size_t)n < size - used;
}

/* Look through a list of folders; empty ones are the current folder.  BY_ORIGIN:
 * where the object lies has to be known for it. */
static enum py2abi_needed
search_folders(const char *folders, const char *separators, const char *origin, const char *name,
               char *found, size_t size)
{
    for (const char *at = folders; at != NULL;) {
        size_t length = strcspn(at, separators);
        for (size_t i = 0; i < sizeof lib_folders / sizeof lib_folders[0]; i++) {
            int has_origin = 0;
            if (expand(at, length, origin, lib_folders[i], name, found, size, &has_origin)
                && is_library(found)) {
                return has_origin ? PY2ABI_NEEDED_BY_ORIGIN : PY2ABI_NEEDED_FOUND;
            }
        }
        at = at[length] != '\0' ? at + length + 1 : NULL;
    }
    return PY2ABI_NEEDED_NOWHERE;
}

/* The format of glibc's /etc/ld.so.cache (glibc-ld.so.cache1.1). */
struct cache_header {
    char magic[20];
    uint32_t count, strings_length;
    uint32_t unused[5];
};
struct cache_entry {
    int32_t flags;
    uint32_t name, path, os_version;
    uint64_t hwcap;
};

static int
search_cache(const char *name, char *found, size_t size)
{
    static const char magic[] = "glibc-ld.so.cache1.1";
    struct stat status;
    struct cache_header header;
    int fd = open("/etc/ld.so.cache", O_RDONLY | O_CLOEXEC), result = 0;
    if (fd < 0) {
        return 0;
    }
    if (fstat(fd, &status) == 0 && (size_t)status.st_size > sizeof header) {
        size_t length = (size_t)status.st_size;
        char *cache = mmap(NULL, length, PROT_READ, MAP_PRIVATE, fd, 0);
        if (cache != MAP_FAILED) {
            memcpy(&header, cache, sizeof header);
            size_t count = header.count;
            if (memcmp(header.magic, magic, sizeof header.magic) != 0 || cache[length - 1] != '\0'
                || count > (length - sizeof header) / sizeof(struct cache_entry)) {
                count = 0;
            }
            for (size_t i = 0; i < count && !result; i++) {
                struct cache_entry entry;
                memcpy(&entry, cache + sizeof header + i * sizeof entry, sizeof entry);
                /* Those with a hardware capability are picked by it, which is
                 * the dynamic linker's to know; the plain one says as much. */
                if (entry.hwcap == 0 && entry.name < length && entry.path < length
                    && strcmp(cache + entry.name, name) == 0 && is_library(cache + entry.path)) {
                    int n = snprintf(found, size, "%s", cache + entry.path);
                    result = n > 0 && (size_t)n < size;
                }
            }
            munmap(cache, length);
        }
    }
    close(fd);
    return result;
}

/* The folders that the dynamic linker was built with. */
static int
search_defaults(const char *name, char *found, size_t size)
{
    for (size_t i = 0; i < sizeof lib_folders / sizeof lib_folders[0]; i++) {
        for (int usr = 0; usr < 2; usr++) {
            int n = snprintf(found, size, "%s/%s/%s", usr ? "/usr" : "", lib_folders[i], name);
            if (n > 0 && (size_t)n < size && is_library(found)) {
                return 1;
            }
        }
    }
    return 0;
}

/* The folder of a file, which $ORIGIN stands for. */
static void
find_origin(const char *path, char origin[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    snprintf(origin, PATH_MAX, "%.*s", slash > path ? (int)(slash - path) : 1, path);
}

/* Look through the DT_RPATH of the object and of those for which it is opened.
 * Each without a DT_RUNPATH gives its own; the $ORIGIN in it is its folder. */
static enum py2abi_needed
search_rpaths(const struct py2abi_needer *needer, const char *name, char *found, size_t size)
{
    char origin[PATH_MAX];
    int is_cut = 0; /* The dynamic linker does not come as far as this. */
    for (const struct py2abi_needer *n = needer; n != NULL; n = n->opener) {
        if (n->rpath != NULL && n->runpath == NULL) {
            find_origin(n->path, origin);
            enum py2abi_needed where = search_folders(n->rpath, ":", origin, name, found, size);
            if (where != PY2ABI_NEEDED_NOWHERE) {
                int is_known = where == PY2ABI_NEEDED_FOUND || !n->is_copy;
                return n->is_program || (is_known && !is_cut) ? PY2ABI_NEEDED_FOUND
                                                              : PY2ABI_NEEDED_BY_ORIGIN;
            }
        }
        is_cut |= n->is_opened_alone;
    }
    return PY2ABI_NEEDED_NOWHERE;
}

/* Where a DT_NEEDED entry of an object will be found; its file in found.  The
 * order is ld.so(8)'s: unless the object has a DT_RUNPATH, its DT_RPATH, that of
 * the object that it is opened for, and so on to the program's; then
 * LD_LIBRARY_PATH, DT_RUNPATH, the cache, the default folders.  Any thread; needs
 * no Python. */
enum py2abi_needed
py2abi_needed_find(const struct py2abi_needer *needer, const char *name, char *found, size_t size)
{
    char origin[PATH_MAX];
    find_origin(needer->path, origin);
    if (strchr(name, '/') != NULL) {
        int has_origin = 0;
        size_t folder = (size_t)(strrchr(name, '/') - name);
        if (expand(name, folder, origin, lib_folders[0], name + folder + 1, found, size,
                   &has_origin)
            && is_library(found)) {
            return has_origin && needer->is_copy ? PY2ABI_NEEDED_BY_ORIGIN : PY2ABI_NEEDED_FOUND;
        }
        return PY2ABI_NEEDED_NOWHERE;
    }
    enum py2abi_needed where = PY2ABI_NEEDED_NOWHERE;
    if (needer->runpath == NULL) {
        where = search_rpaths(needer, name, found, size);
    }
    const char *library_path = secure_getenv("LD_LIBRARY_PATH");
    if (where == PY2ABI_NEEDED_NOWHERE && library_path != NULL && *library_path != '\0') {
        where = search_folders(library_path, ":;", origin, name, found, size);
        /* The dynamic linker expands $ORIGIN of this list by the program's. */
        where = where == PY2ABI_NEEDED_BY_ORIGIN ? PY2ABI_NEEDED_NOWHERE : where;
    }
    if (where == PY2ABI_NEEDED_NOWHERE && needer->runpath != NULL) {
        where = search_folders(needer->runpath, ":", origin, name, found, size);
        if (where == PY2ABI_NEEDED_BY_ORIGIN && !needer->is_copy) {
            where = PY2ABI_NEEDED_FOUND;
        }
    }
    if (where == PY2ABI_NEEDED_NOWHERE
        && (search_cache(name, found, size) || search_defaults(name, found, size))) {
        where = PY2ABI_NEEDED_FOUND;
    }
    return where;
}

/* Whether an entry of an object's own search path is a folder that is there.  Any thread. */
int
py2abi_needed_is_folder(const struct py2abi_needer *needer, const char *folder, size_t length)
{
    char origin[PATH_MAX], found[PATH_MAX];
    find_origin(needer->path, origin);
    for (size_t i = 0; i < sizeof lib_folders / sizeof lib_folders[0]; i++) {
        struct stat status;
        int has_origin;
        if (expand(folder, length, origin, lib_folders[i], "", found, sizeof found, &has_origin)
            && stat(found, &status) == 0 && S_ISDIR(status.st_mode)) {
            return 1;
        }
    }
    return 0;
}
