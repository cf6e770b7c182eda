/* loader.c - opening Python 2 binaries and what they depend on.
 *
 * A binary is opened once, however often and under whatever name it is asked
 * for: by the file that it is, as the dynamic linker does it.  What it needs and
 * uses Python 2 itself is bound and opened before it, so that the dynamic linker
 * finds it loaded; what it needs from beside itself ($ORIGIN), or by the DT_RPATH
 * of who needs it, is opened before it, since the copy has no place of its own and
 * is opened for nobody.
 *
 * Always at once (RTLD_NOW): a symbol that is not there is then an error now and
 * not the end of the process later.
 *
 * Threads.  The dynamic linker has a lock, which the thread that opens an object
 * holds while the constructors run, and which it may take again.  A constructor
 * may open a binary; so whoever comes here may hold that lock, and nobody here may
 * wait for a thread that needs it.  Therefore nothing waits:
 *
 * - Our lock is for the lists, and is not held while anything else is called.
 * - Threads that want the same binary prepare a copy each; that of the first to
 *   finish is put on the list, the others are given back.
 * - All of them then call dlopen for the one copy.  The dynamic linker opens it
 *   for the first, and has its handle for the others: when the constructors have
 *   run, or, for a constructor that opens its own binary, at once.
 *
 * What the dynamic linker's lock itself forbids stays forbidden: a constructor
 * that waits for a thread that opens anything waits for ever, with libraries of
 * any kind. */

#include "config.h"
#include "loader.h"
#include "needed.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A binary that is bound and that threads are opening. */
struct bound {
    struct bound *next;
    struct py2abi_guest *guest;
    struct py2abi_image image;
    unsigned users;      /* the threads in question, a thread once for each time */
    int is_open;         /* the guest is on the other list, which keeps it */
};

static struct {
    pthread_mutex_t lock; /* of what changes below and in what the lists hold */
    const struct py2abi_front *front;
    const struct py2abi_loader_abi *abi;
    struct py2abi_guest *_Atomic guests; /* that are open, the newest first; only ever grows */
    struct bound *bound;
} loader = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A library that is open already, for an object that is about to be. */
struct dependency {
    struct dependency *next;
    void *handle;
    int dropped; /* the dynamic linker shall not look for it */
    char name[];
};

/* What is being opened: for the callbacks, and to see circles.  The outermost one
 * is the program. */
struct opening {
    const struct opening *outer;
    struct py2abi_needer needer;
    struct py2abi_guest *guest; /* NULL: a library that is not bound */
    struct dependency *dependencies;
};

static struct py2abi_guest *open_guest(const struct opening *outer, const char *path, int flags,
                                       char *why, size_t size);

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

/* Whether an object is one of those that are bound: it is open, or its constructors
 * are running, and one of them has come here. */
static int
is_ours(void *handle)
{
    struct link_map *map;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &map) != 0) {
        return 0;
    }
    pthread_mutex_lock(&loader.lock);
    const struct bound *bound = loader.bound;
    while (bound != NULL && strcmp(bound->image.name, map->l_name) != 0) {
        bound = bound->next;
    }
    int is = bound != NULL || py2abi_loader_find(handle) != NULL;
    pthread_mutex_unlock(&loader.lock);
    return is;
}

/* Whether the dynamic linker takes an object for name. */
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
    while (opening != NULL && strcmp(opening->needer.path, path) != 0) {
        opening = opening->outer;
    }
    return opening != NULL;
}

/* What the program says of where libraries are, which the dynamic linker asks
 * after all others.  file: room for its name, whose folder is $ORIGIN. */
static struct py2abi_needer
read_program(char file[PATH_MAX + 1])
{
    struct py2abi_needer program = {.path = "/", .is_program = 1};
    const struct link_map *map = _r_debug.r_map; /* It is the first one. */
    const char *strings = NULL;
    size_t rpath = 0, runpath = 0;

    for (const ElfW(Dyn) *entry = map->l_ld; entry != NULL && entry->d_tag != DT_NULL; entry++) {
        if (entry->d_tag == DT_STRTAB) {
            /* The dynamic linker makes an address of it, but not on every machine. */
            uintptr_t address = entry->d_un.d_ptr;
            strings = (const char *)(address < map->l_addr ? map->l_addr + address : address);
        }
        rpath = entry->d_tag == DT_RPATH ? entry->d_un.d_val : rpath;
        runpath = entry->d_tag == DT_RUNPATH ? entry->d_un.d_val : runpath;
    }
    if (strings != NULL && rpath != 0 && runpath == 0) {
        ssize_t length = readlink("/proc/self/exe", file, PATH_MAX);
        if (length > 0) {
            file[length] = '\0';
            program.path = file;
        }
        program.rpath = strings + rpath;
    }
    return program;
}

/* Begin with what an object needs.  guest: it is to be bound. */
static struct opening
begin_opening(const struct opening *outer, const char *path, const struct py2abi_elf *elf,
              struct py2abi_guest *guest)
{
    return (struct opening){
        .outer = outer,
        .needer = {
            .opener = &outer->needer,
            .path = path,
            .rpath = elf->rpath,
            .runpath = elf->runpath,
            .is_copy = guest != NULL,
            .is_opened_alone = guest != NULL,
        },
        .guest = guest,
    };
}

static void
end_opening(struct opening *opening)
{
    while (opening->dependencies != NULL) {
        struct dependency *next = opening->dependencies->next;
        free(opening->dependencies);
        opening->dependencies = next;
    }
}

static int prepare_dependencies(struct opening *opening, const struct py2abi_elf *elf,
                                char *why, size_t size);

static int
has_dropped(const struct opening *opening)
{
    const struct dependency *d = opening->dependencies;
    while (d != NULL && !d->dropped) {
        d = d->next;
    }
    return d != NULL;
}

/* Open a library that another needs, if the dynamic linker does not when it opens
 * that; its handle in *handle, NULL when it was left to the dynamic linker.
 * Returns 0, or -1 with a sentence in why. */
static int
open_dependency(struct opening *opening, const char *path, enum py2abi_needed where,
                void **handle, char *why, size_t size)
{
    struct py2abi_image image;
    struct py2abi_binary binary;
    int result = 0;

    *handle = NULL;
    if (py2abi_image_read(&image, path, why, size) < 0) {
        return -1;
    }
    py2abi_binary_read(&binary, &image.elf);
    int is_bound = binary.kind == PY2ABI_BINARY_LIBRARY || binary.kind == PY2ABI_BINARY_GUEST;
    if (!is_bound) {
        /* It may need a library that uses Python 2 in its turn.  Or one without a
         * DT_SONAME that is opened by now: if the dynamic linker is not to look
         * for that again, this one has to be changed, too. */
        struct opening inner = begin_opening(opening, path, &image.elf, NULL);
        inner.needer.is_opened_alone = where == PY2ABI_NEEDED_BY_ORIGIN;
        result = prepare_dependencies(&inner, &image.elf, why, size);
        is_bound = has_dropped(&inner);
        end_opening(&inner);
    }
    py2abi_image_close(&image);
    if (result < 0) {
        return -1;
    }
    if (is_bound) {
        struct py2abi_guest *guest = open_guest(opening, path, RTLD_LOCAL, why, size);
        *handle = guest != NULL ? guest->handle : NULL;
        return guest != NULL ? 0 : -1;
    }
    if (where == PY2ABI_NEEDED_BY_ORIGIN) {
        *handle = loader.front->dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (*handle == NULL) {
            const char *words = dlerror();
            snprintf(why, size, "%s", words != NULL ? words : path);
            return -1;
        }
    }
    return 0;
}

/* See to one DT_NEEDED entry.  What is not found is the dynamic linker's to
 * complain about. */
static int
prepare_dependency(struct opening *opening, const char *name, char *why, size_t size)
{
    char found[PATH_MAX], path[PATH_MAX];
    void *handle = NULL;
    int dropped = 0;

    if (is_libpython(name)) {
        return 0;
    }
    void *open = loader.front->dlopen(name, RTLD_NOLOAD | RTLD_LAZY);
    if (open != NULL) {
        /* What it has of Python names is for this object too. */
        handle = is_ours(open) ? open : NULL;
        dlclose(open);
    }
    else {
        enum py2abi_needed where = py2abi_needed_find(&opening->needer, name, found, sizeof found);
        if (where == PY2ABI_NEEDED_NOWHERE || realpath(found, path) == NULL
            || is_being_opened(opening, path)) {
            return 0;
        }
        if (open_dependency(opening, path, where, &handle, why, size) < 0) {
            return -1;
        }
        /* An object without the right DT_SONAME is not recognised by the dynamic
         * linker.  Then it is not to look, and our symbols come from the handle. */
        dropped = handle != NULL && !is_taken_for(name);
    }
    if (handle != NULL && remember_dependency(opening, name, handle, dropped) < 0) {
        snprintf(why, size, "%s: no memory", opening->needer.path);
        return -1;
    }
    return 0;
}

static int
prepare_dependencies(struct opening *opening, const struct py2abi_elf *elf, char *why, size_t size)
{
    const char *name;
    unsigned index = 0;
    while ((name = py2abi_elf_needed(elf, &index)) != NULL) {
        if (prepare_dependency(opening, name, why, size) < 0) {
            return -1;
        }
    }
    return 0;
}

/* ---- What becomes of the names that an object wants ---- */

/* A Python 3 extension gets the library's own functions of the old buffer protocol, under
 * whichever host it is; the rest of what it wants is nothing of ours. */
static enum py2abi_binding
resolve_for_python3(const char *name, void **address)
{
    const struct {
        const char *name;
        void (*fn)(void);
    } functions[] = {
        {"PyObject_AsCharBuffer", loader.front->as_char_buffer},
        {"PyObject_AsReadBuffer", loader.front->as_read_buffer},
        {"PyObject_AsWriteBuffer", loader.front->as_write_buffer},
        {"PyObject_CheckReadBuffer", loader.front->check_read_buffer},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strcmp(functions[i].name, name) == 0) {
            memcpy(address, &functions[i].fn, sizeof functions[i].fn);
            return PY2ABI_BIND_TO;
        }
    }
    return PY2ABI_BIND_LEAVE;
}

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

/* The 2.7 ABI decides first about what is for Python 2.  What it leaves may be a
 * dependency's, which must come before a name of the host's that is spelt alike. */
static enum py2abi_binding
resolve(void *data, const struct py2abi_elf_symbol *symbol, void **address)
{
    const struct opening *opening = data;
    enum py2abi_binding binding =
        opening->guest->binary.kind == PY2ABI_BINARY_PYTHON3
            ? resolve_for_python3(symbol->name, address)
            : loader.abi->resolve(symbol, address);
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

/* ---- The lists ---- */

/* What tells files apart. */
struct file {
    const char *path;
    int is_there;
    dev_t device;
    ino_t inode;
};

static struct file
identify(const char *path)
{
    struct stat status;
    int is_there = stat(path, &status) == 0;
    return is_there ? (struct file){path, 1, status.st_dev, status.st_ino}
                    : (struct file){.path = path};
}

static int
is_of_file(const struct py2abi_guest *guest, const struct file *file)
{
    return strcmp(guest->path, file->path) == 0
           || (file->is_there && guest->device == file->device && guest->inode == file->inode);
}

/* The binary of a file, if it is open, or else, with one user more, what is being
 * opened of it.  Under the lock. */
static struct py2abi_guest *
find_by_file(const struct file *file, struct bound **ret_bound)
{
    struct py2abi_guest *guest = loader.guests;
    while (guest != NULL && !is_of_file(guest, file)) {
        guest = guest->next;
    }
    *ret_bound = guest == NULL ? loader.bound : NULL;
    while (*ret_bound != NULL && !is_of_file((*ret_bound)->guest, file)) {
        *ret_bound = (*ret_bound)->next;
    }
    if (*ret_bound != NULL) {
        (*ret_bound)->users++;
    }
    return guest;
}

static void
free_guest(struct py2abi_guest *guest)
{
    free(guest->path);
    free(guest->name);
    free(guest);
}

static struct py2abi_guest *
create_guest(const struct file *file)
{
    char stem[NAME_MAX + 1];
    struct py2abi_guest *guest = calloc(1, sizeof *guest);
    if (guest == NULL) {
        return NULL;
    }
    py2abi_binary_stem(file->path, stem, sizeof stem);
    guest->path = strdup(file->path);
    guest->name = strdup(stem);
    if (guest->path == NULL || guest->name == NULL) {
        free_guest(guest);
        return NULL;
    }
    guest->device = file->device;
    guest->inode = file->inode;
    return guest;
}

static void
free_bound(struct bound *bound)
{
    py2abi_image_close(&bound->image);
    if (bound->guest != NULL && !bound->is_open) {
        free_guest(bound->guest);
    }
    free(bound);
}

static void
take_off_list(struct bound *bound)
{
    struct bound **at = &loader.bound;
    while (*at != NULL && *at != bound) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = bound->next;
    }
}

/* ---- Opening ---- */

/* Make a binary ready to be opened: with what it depends on, bound.  On no list.
 * NULL with a sentence in why. */
static struct bound *
bind_file(const struct opening *outer, const struct file *file, char *why, size_t size)
{
    struct bound *bound = calloc(1, sizeof *bound);
    struct py2abi_guest *guest = bound != NULL ? create_guest(file) : NULL;
    int result = -1;

    if (guest == NULL) {
        free(bound);
        snprintf(why, size, "%s: no memory", file->path);
        return NULL;
    }
    bound->guest = guest;
    if (py2abi_image_read(&bound->image, file->path, why, size) < 0) {
        free_guest(guest);
        free(bound);
        return NULL;
    }
    py2abi_binary_read(&guest->binary, &bound->image.elf);
    guest->binary.needs_libpython = NULL; /* it points into the image, which goes */
    struct opening opening = begin_opening(outer, guest->path, &bound->image.elf, guest);
    char reason[PY2ABI_ELF_WHY + 200];
    if (guest->binary.kind != PY2ABI_BINARY_PYTHON3
        && !loader.abi->accept(guest, &bound->image.elf, reason, sizeof reason)) {
        snprintf(why, size, "%s: %s", file->path, reason);
    }
    else if (prepare_dependencies(&opening, &bound->image.elf, why, size) == 0) {
        struct py2abi_bind_request request = {
            .path = guest->path,
            .data = &opening,
            .resolve = resolve,
            .drop_needed = drop_needed,
        };
        result = py2abi_image_bind(&bound->image, &request, why, size);
    }
    end_opening(&opening);
    if (result < 0) {
        free_bound(bound);
        return NULL;
    }
    return bound;
}

/* Open what is bound, as one of its users, of which there is one less afterwards. */
static struct py2abi_guest *
open_bound(struct bound *bound, int flags, char *why, size_t size)
{
    struct py2abi_guest *guest = bound->guest;
    char *name = strdup(guest->path);
    void *handle = NULL;

    if (name != NULL) {
        handle = py2abi_image_open(&bound->image, loader.front->dlopen, guest->path, flags, why,
                                   size);
    }
    else {
        snprintf(why, size, "%s: no memory", guest->path);
    }
    pthread_mutex_lock(&loader.lock);
    take_off_list(bound); /* After a failure the next one begins anew. */
    int is_first = handle != NULL && !bound->is_open;
    if (is_first) {
        guest->copy_name = py2abi_image_rename(handle, name);
        bound->is_open = 1;
        guest->handle = handle;
        guest->next = loader.guests;
        loader.guests = guest;
    }
    int is_last = --bound->users == 0;
    pthread_mutex_unlock(&loader.lock);
    if (!is_first) {
        free(name);
    }
    if (is_last) {
        free_bound(bound);
    }
    return handle != NULL ? guest : NULL;
}

/* Open the binary at path (absolute, links resolved), or find it open. */
static struct py2abi_guest *
open_guest(const struct opening *outer, const char *path, int flags, char *why, size_t size)
{
    struct file file = identify(path);
    struct bound *bound, *ours = NULL;

    flags = (flags & ~RTLD_LAZY) | RTLD_NOW | RTLD_NODELETE;
    pthread_mutex_lock(&loader.lock);
    struct py2abi_guest *guest = find_by_file(&file, &bound);
    pthread_mutex_unlock(&loader.lock);
    if (guest == NULL && bound == NULL) {
        ours = bind_file(outer, &file, why, size);
        if (ours == NULL) {
            return NULL;
        }
        pthread_mutex_lock(&loader.lock);
        guest = find_by_file(&file, &bound);
        if (guest == NULL && bound == NULL) {
            ours->users = 1;
            ours->next = loader.bound;
            loader.bound = bound = ours;
            ours = NULL;
        }
        pthread_mutex_unlock(&loader.lock);
        if (ours != NULL) {
            free_bound(ours);
        }
    }
    if (bound != NULL) {
        return open_bound(bound, flags, why, size);
    }
    /* Made global if that is wished now, and counted once more: the dynamic linker
     * has what is never closed as dlclose would have it. */
    loader.front->dlopen(guest->path, flags | RTLD_NOLOAD);
    return guest;
}

/* Open the binary at path, or find it open.  Returns it, or NULL with a
 * sentence in why, which names the file.
 *
 * Any thread, also from a constructor.  Its constructors run, which for C++ code
 * may mean calls of the Python API: the caller holds the GIL, as importers do. */
struct py2abi_guest *
py2abi_loader_open(const char *path, int flags, char *why, size_t size)
{
    char resolved[PATH_MAX], program[PATH_MAX + 1];
    if (realpath(path, resolved) == NULL) {
        snprintf(why, size, "%s: cannot be found", path);
        return NULL;
    }
    struct opening outer = {.needer = read_program(program)};
    return open_guest(&outer, resolved, flags, why, size);
}
