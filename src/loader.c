/* loader.c - opening Python 2 binaries and what they depend on.
 *
 * A binary is opened once, however often and under whatever name it is asked
 * for: by the file that it is, as the dynamic linker does it.  What it needs and
 * uses Python 2 itself is bound and opened before it, so that the dynamic linker
 * finds it loaded; what it needs from beside itself ($ORIGIN) is opened before
 * it, since the copy has no place of its own.
 *
 * Always at once (RTLD_NOW): a symbol that is not there is then an error now and
 * not the end of the process later. */

#include "config.h"
#include "loader.h"
#include "needed.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static struct {
    /* Opening runs constructors, and a constructor may open another binary: the
     * lock is recursive. */
    pthread_mutex_t lock;
    const struct py2abi_front *front;
    const struct py2abi_loader_abi *abi;
    struct py2abi_guest *_Atomic guests; /* the newest first; only ever grows */
} loader = {.lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP};

/* A library that is open already, for an object that is about to be. */
struct dependency {
    struct dependency *next;
    void *handle;
    int dropped; /* the dynamic linker shall not look for it */
    char name[];
};

/* What is being opened: for the callbacks, and to see circles. */
struct opening {
    struct opening *outer;
    const char *path;
    struct py2abi_guest *guest; /* NULL: a library that does not use Python 2 */
    struct dependency *dependencies;
};

static void *open_locked(struct opening *outer, const char *path, int flags, char *why,
                         size_t size);

/* Say who the library and the 2.7 ABI are, before anything else here.  Threads may
 * come together with the same. */
void
py2abi_loader_begin(const struct py2abi_front *front, const struct py2abi_loader_abi *abi)
{
    loader.front = front;
    loader.abi = abi;
}

/* The binary that a handle belongs to, or NULL.  Any thread. */
struct py2abi_guest *
py2abi_loader_find(void *handle)
{
    struct py2abi_guest *guest = loader.guests;
    while (guest != NULL && guest->handle != handle) {
        guest = guest->next;
    }
    return guest;
}

/* The newest binary; the others follow by next.  Any thread. */
const struct py2abi_guest *
py2abi_loader_first(void)
{
    return loader.guests;
}

/* ---- What an object depends on ---- */

static int
is_libpython(const char *name)
{
    return strncmp(name, "libpython2", 10) == 0;
}

static int
remember_dependency(struct opening *opening, const char *name, void *handle, int dropped)
{
    struct dependency *dependency = malloc(sizeof *dependency + strlen(name) + 1);
    if (dependency == NULL) {
        return -1;
    }
    dependency->handle = handle;
    dependency->dropped = dropped;
    strcpy(dependency->name, name);
    dependency->next = opening->dependencies;
    opening->dependencies = dependency;
    return 0;
}

/* Whether the dynamic linker takes the object at handle for name. */
static int
is_taken_for(const char *name)
{
    void *handle = loader.front->dlopen(name, RTLD_NOLOAD | RTLD_LAZY);
    if (handle != NULL) {
        dlclose(handle);
    }
    return handle != NULL;
}

static int
is_being_opened(const struct opening *opening, const char *path)
{
    while (opening != NULL && strcmp(opening->path, path) != 0) {
        opening = opening->outer;
    }
    return opening != NULL;
}

static int prepare_dependencies(struct opening *opening, const struct py2abi_elf *elf,
                                char *why, size_t size);

/* See to one DT_NEEDED entry.  What is not found is the dynamic linker's to
 * complain about. */
static int
prepare_dependency(struct opening *opening, const struct py2abi_elf *elf, const char *name,
                   char *why, size_t size)
{
    char found[PATH_MAX], path[PATH_MAX];
    if (is_libpython(name)) {
        return 0;
    }
    void *open = loader.front->dlopen(name, RTLD_NOLOAD | RTLD_LAZY);
    if (open != NULL) {
        /* What it has of Python names is for this object too. */
        struct py2abi_guest *known = py2abi_loader_find(open);
        dlclose(open);
        if (known != NULL && remember_dependency(opening, name, known->handle, 0) < 0) {
            snprintf(why, size, "%s: no memory", opening->path);
            return -1;
        }
        return 0;
    }
    enum py2abi_needed where = py2abi_needed_find(elf, opening->path, name, found, sizeof found);
    if (where == PY2ABI_NEEDED_NOWHERE || realpath(found, path) == NULL
        || is_being_opened(opening, path)) {
        return 0;
    }
    struct py2abi_image image;
    struct py2abi_binary binary;
    if (py2abi_image_read(&image, path, why, size) < 0) {
        return -1;
    }
    py2abi_binary_read(&binary, &image.elf);
    void *handle = NULL;
    int result = 0;
    if (binary.kind == PY2ABI_BINARY_LIBRARY || binary.kind == PY2ABI_BINARY_GUEST) {
        handle = open_locked(opening, path, RTLD_NOW | RTLD_LOCAL, why, size);
        result = handle != NULL ? 0 : -1;
    }
    else {
        /* It may need a library that uses Python 2 in its turn. */
        struct opening inner = {.outer = opening, .path = path};
        result = prepare_dependencies(&inner, &image.elf, why, size);
        if (result == 0 && where == PY2ABI_NEEDED_BY_ORIGIN) {
            handle = loader.front->dlopen(path, RTLD_NOW | RTLD_LOCAL);
            if (handle == NULL) {
                const char *words = dlerror();
                snprintf(why, size, "%s", words != NULL ? words : path);
                result = -1;
            }
        }
        while (inner.dependencies != NULL) {
            struct dependency *next = inner.dependencies->next;
            free(inner.dependencies);
            inner.dependencies = next;
        }
    }
    py2abi_image_close(&image);
    /* An object without the right DT_SONAME is not recognised by the dynamic
     * linker.  Then it is not to look, and our symbols come from the handle. */
    if (result == 0 && handle != NULL
        && remember_dependency(opening, name, handle, !is_taken_for(name)) < 0) {
        snprintf(why, size, "%s: no memory", opening->path);
        result = -1;
    }
    return result;
}

static int
prepare_dependencies(struct opening *opening, const struct py2abi_elf *elf, char *why, size_t size)
{
    const char *name;
    unsigned index = 0;
    while ((name = py2abi_elf_needed(elf, &index)) != NULL) {
        if (prepare_dependency(opening, elf, name, why, size) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- Opening ---- */

static int
drop_needed(void *data, const char *name)
{
    const struct opening *opening = data;
    if (is_libpython(name)) {
        return opening->guest->binary.kind != PY2ABI_BINARY_PYTHON3;
    }
    for (const struct dependency *d = opening->dependencies; d != NULL; d = d->next) {
        if (d->dropped && strcmp(d->name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* The 2.7 ABI decides first.  What it leaves may be a dependency's, which must
 * come before a name of the host's that is spelt alike. */
static enum py2abi_binding
resolve(void *data, const struct py2abi_elf_symbol *symbol, void **address)
{
    const struct opening *opening = data;
    enum py2abi_binding binding = loader.abi->resolve(opening->guest, symbol, address);
    if (binding == PY2ABI_BIND_TO) {
        return binding;
    }
    for (const struct dependency *d = opening->dependencies; d != NULL; d = d->next) {
        if (d->dropped || binding == PY2ABI_BIND_MISSING) {
            void *found = symbol->type != STT_TLS ? loader.front->dlsym(d->handle, symbol->name)
                                                  : NULL;
            if (found != NULL) {
                *address = found;
                return PY2ABI_BIND_TO;
            }
        }
    }
    if (binding == PY2ABI_BIND_MISSING && symbol->bind == STB_WEAK) {
        *address = NULL; /* A weak symbol may be nowhere; the host's must not stand in. */
        return PY2ABI_BIND_TO;
    }
    return binding;
}

static struct py2abi_guest *
find_by_file(const char *path)
{
    struct stat status;
    int known = stat(path, &status) == 0;
    for (struct py2abi_guest *guest = loader.guests; guest != NULL; guest = guest->next) {
        if (strcmp(guest->path, path) == 0
            || (known && guest->device == status.st_dev && guest->inode == status.st_ino)) {
            return guest;
        }
    }
    return NULL;
}

static void
free_guest(struct py2abi_guest *guest)
{
    free(guest->path);
    free(guest->name);
    free(guest);
}

static struct py2abi_guest *
create_guest(const char *path)
{
    struct stat status;
    char stem[NAME_MAX + 1];
    struct py2abi_guest *guest = calloc(1, sizeof *guest);
    if (guest == NULL) {
        return NULL;
    }
    py2abi_binary_stem(path, stem, sizeof stem);
    guest->path = strdup(path);
    guest->name = strdup(stem);
    if (guest->path == NULL || guest->name == NULL) {
        free_guest(guest);
        return NULL;
    }
    if (stat(path, &status) == 0) {
        guest->device = status.st_dev;
        guest->inode = status.st_ino;
    }
    return guest;
}

static void *
open_locked(struct opening *outer, const char *path, int flags, char *why, size_t size)
{
    struct py2abi_guest *known = find_by_file(path);
    if (known != NULL) {
        /* Counted once more, and made global if that is wished now. */
        void *again = loader.front->dlopen(known->path, (flags & ~RTLD_LAZY) | RTLD_NOW | RTLD_NOLOAD);
        return again != NULL ? again : known->handle;
    }
    struct py2abi_guest *guest = create_guest(path);
    struct opening opening = {.outer = outer, .path = path, .guest = guest};
    struct py2abi_image image;
    if (guest == NULL) {
        snprintf(why, size, "%s: no memory", path);
        return NULL;
    }
    if (py2abi_image_read(&image, path, why, size) < 0) {
        free_guest(guest);
        return NULL;
    }
    py2abi_binary_read(&guest->binary, &image.elf);
    guest->binary.needs_libpython = NULL; /* it points into the image, which goes */
    char reason[PY2ABI_ELF_WHY + 200];
    if (!loader.abi->accept(guest, &image.elf, reason, sizeof reason)) {
        snprintf(why, size, "%s: %s", path, reason);
    }
    else if (prepare_dependencies(&opening, &image.elf, why, size) == 0) {
        struct py2abi_bind_request request = {
            .path = path,
            .flags = (flags & ~RTLD_LAZY) | RTLD_NOW,
            .dlopen = loader.front->dlopen,
            .data = &opening,
            .resolve = resolve,
            .drop_needed = drop_needed,
        };
        guest->handle = py2abi_image_open(&image, &request, why, size);
    }
    py2abi_image_close(&image);
    while (opening.dependencies != NULL) {
        struct dependency *next = opening.dependencies->next;
        free(opening.dependencies);
        opening.dependencies = next;
    }
    void *handle = guest->handle;
    if (handle == NULL) {
        free_guest(guest);
        return NULL;
    }
    guest->next = loader.guests;
    loader.guests = guest;
    return handle;
}

/* Open the binary at path, or find it open.  Returns it, or NULL with a
 * sentence in why, which names the file.
 *
 * Any thread.  Its constructors run, which for C++ code may mean calls of the
 * Python API: the caller holds the GIL, as importers do. */
struct py2abi_guest *
py2abi_loader_open(const char *path, int flags, char *why, size_t size)
{
    char resolved[PATH_MAX];
    if (realpath(path, resolved) == NULL) {
        snprintf(why, size, "%s: cannot be found", path);
        return NULL;
    }
    pthread_mutex_lock(&loader.lock);
    void *handle = open_locked(NULL, resolved, flags, why, size);
    struct py2abi_guest *guest = handle != NULL ? find_by_file(resolved) : NULL;
    pthread_mutex_unlock(&loader.lock);
    return guest;
}
