/* parts.c - the libraries that the tests put around the probe, one for each
 * macro with which it is compiled. */

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A line, without stdio, whose locks and buffers are not there yet. */
static void __attribute__((unused))
put(const char *who, const char *what, const char *about)
{
    char line[1024];
    size_t used = 0;
    const char *words[] = {who, ": ", what, " ", about, "\n"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        for (const char *c = words[i]; *c != '\0' && used < sizeof line; c++) {
            line[used++] = *c;
        }
    }
    if (write(STDOUT_FILENO, line, used) < 0) {
        abort();
    }
}

static const char *__attribute__((unused))
last_part(const char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    return path == NULL ? "NULL" : slash != NULL ? slash + 1 : path;
}

/* ---- libx.so: what is opened ---- */
#ifdef X
const char *x_name(void);

const char *
x_name(void)
{
    return X;
}
#endif

/* ---- libcaller.so and libnext.so: who opens it, linked with the probe ---- */
#ifdef CALLER
const char *probe_twin(void);
void *caller_open(const char *name, int flags);
void *caller_next(const char *name);

const char *
probe_twin(void)
{
    return "libcaller";
}

void *
caller_open(const char *name, int flags)
{
    void *handle = dlopen(name, flags);
    return handle; /* Not a tail call: the return address shall be in here. */
}

void *
caller_next(const char *name)
{
    void *volatile address = dlsym(RTLD_NEXT, name);
    return address;
}
#endif

#ifdef NEXT
const char *probe_twin(void);
void *next_next(const char *name);

const char *
probe_twin(void)
{
    return "libnext";
}

void *
next_next(const char *name)
{
    void *volatile address = dlsym(RTLD_NEXT, name);
    return address;
}
#endif

/* ---- unresolved.so: what does not open ---- */
#ifdef UNRESOLVED
void nobody_has_this(void);
void unresolved(void);

void
unresolved(void)
{
    nobody_has_this();
}
#endif

/* ---- late.so: a Python 3 that comes later ---- */
#ifdef LATE
const char *Py_GetVersion(void);
void *PyModuleDef_Init(void *);

const char *
Py_GetVersion(void)
{
    return "3.11.0 (a late one)";
}

void *
PyModuleDef_Init(void *definition)
{
    return definition;
}
#endif

/* ---- Preloaded: a library that interposes the same functions ---- */
#ifdef LAYER
/* dlsym cannot be asked for the next dlsym: it would find this one. */
static void *
next_dlsym(void *handle, const char *name)
{
    static const char *const versions[] = {"GLIBC_2.34", "GLIBC_2.17", "GLIBC_2.2.5"};
    static void *(*next)(void *, const char *);
    for (size_t i = 0; next == NULL && i < sizeof versions / sizeof versions[0]; i++) {
        *(void **)&next = dlvsym(RTLD_NEXT, "dlsym", versions[i]);
    }
    return next(handle, name);
}

void *
dlopen(const char *name, int flags)
{
    static void *(*next)(const char *, int);
    put(LAYER, "dlopen", last_part(name));
    if (next == NULL) {
        *(void **)&next = next_dlsym(RTLD_NEXT, "dlopen");
    }
    return next(name, flags);
}

void *
dlsym(void *handle, const char *name)
{
    put(LAYER, "dlsym", name);
    return next_dlsym(handle, name);
}
#endif

/* ---- Preloaded or needed: a library whose constructor calls ---- */
#ifdef CONSTRUCTOR
static void __attribute__((constructor))
construct(void)
{
    void *x = dlopen(WORKS "/sub/private/libx.so", RTLD_NOW);
    put(CONSTRUCTOR, x != NULL && dlsym(x, "x_name") != NULL ? "opens" : "does not open", "libx");
    const char *error = dlerror();
    put(CONSTRUCTOR, "no error", error == NULL ? "yes" : error);
    x = dlopen("/nonexistent/libq.so", RTLD_NOW);
    put(CONSTRUCTOR, x == NULL ? "error" : "opens", dlerror());
    x = dlsym(RTLD_NEXT, "no_such_name");
    put(CONSTRUCTOR, x == NULL ? "error" : "finds", dlerror());
    put(CONSTRUCTOR, dlsym(RTLD_DEFAULT, "probe_twin") != NULL ? "finds" : "has no", "probe_twin");
}
#endif

/* ---- Preloaded: a malloc that looks for the next one, and counts ---- */
#ifdef COUNTING
static unsigned long calls;
static char early[65536] __attribute__((aligned(16)));
static size_t early_used;
static __thread int looking;

unsigned long counting_calls(void);

unsigned long
counting_calls(void)
{
    return __atomic_load_n(&calls, __ATOMIC_RELAXED);
}

/* What the search for the next function allocates would call it again. */
static void *
allocate_early(size_t size)
{
    size_t at = __atomic_fetch_add(&early_used, (size + 15) & ~(size_t)15, __ATOMIC_RELAXED);
    if (at + size > sizeof early) {
        abort();
    }
    return early + at;
}

static void *
next_of(const char *name)
{
    looking = 1;
    void *next = dlsym(RTLD_NEXT, name);
    looking = 0;
    return next;
}

void *
malloc(size_t size)
{
    static void *(*next)(size_t);
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    if (looking) {
        return allocate_early(size);
    }
    if (next == NULL) {
        *(void **)&next = next_of("malloc");
    }
    return next(size);
}

void *
calloc(size_t count, size_t size)
{
    static void *(*next)(size_t, size_t);
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    if (looking) {
        return allocate_early(count * size);
    }
    if (next == NULL) {
        *(void **)&next = next_of("calloc");
    }
    return next(count, size);
}

void *
realloc(void *old, size_t size)
{
    static void *(*next)(void *, size_t);
    __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED);
    if (looking) {
        return allocate_early(size);
    }
    if (next == NULL) {
        *(void **)&next = next_of("realloc");
    }
    return next(old, size);
}

void
free(void *old)
{
    static void (*next)(void *);
    if ((char *)old >= early && (char *)old < early + sizeof early) {
        return;
    }
    if (next == NULL) {
        *(void **)&next = next_of("free");
    }
    next(old);
}
#endif

/* ---- Preloaded: the kernel says that the program has more rights ---- */
#ifdef SECURE
#include <sys/auxv.h>

unsigned long
getauxval(unsigned long type)
{
    static unsigned long (*next)(unsigned long);
    if (type == AT_SECURE) {
        return 1;
    }
    if (next == NULL) {
        *(void **)&next = dlsym(RTLD_NEXT, "getauxval");
    }
    return next(type);
}
#endif

/* ---- Files that are opened: a Python 2 extension, and a Python 3 one ---- */
#ifdef GUEST
#define PASTE(a, b)   a##b
#define INIT(name)    PASTE(init, name)
#define STRING(name)  #name
#define TEXT(name)    STRING(name)
#ifdef __LP64__
#define Py_InitModule4 Py_InitModule4_64 /* as Python 2's headers have it */
#endif
void *Py_InitModule4(const char *name, void *methods, const char *doc, void *self, int version);
void *PyInt_FromLong(long value);
void INIT(GUEST)(void);

void
INIT(GUEST)(void)
{
    static void *methods[4];
    Py_InitModule4(TEXT(GUEST), methods, NULL, PyInt_FromLong(1), 1013);
}
#endif

#ifdef BOUND
int PyObject_AsReadBuffer(void *object, const void **buffer, ssize_t *length);
void *PyInit_bound(void);

void *
PyInit_bound(void)
{
    const void *buffer;
    ssize_t length;
    PyObject_AsReadBuffer(NULL, &buffer, &length);
    return NULL; /* With the SystemError of that call. */
}
#endif

/* ---- guests.so: in place of the real guests module ---- */
#ifdef STUB
#include "front.h"

static const struct py2abi_front *front;
static void *opened;

static void *
stub_init(void)
{
    void (*set)(void *, const char *);
    void **type;
    *(void **)&set = front->host_symbol("PyErr_SetString");
    *(void **)&type = front->host_symbol("PyExc_ImportError");
    set(*type, "the stub's init function has run");
    return NULL;
}

static void *
stub_open(const char *path, int flags, char *why, size_t size)
{
    put("stub", flags == RTLD_NOW ? "open" : "open with other flags", last_part(path));
    if (strstr(path, "refuse") != NULL) {
        snprintf(why, size, "%s: the stub does not want it", path);
        /* What the module itself asks for is nobody else's business. */
        return front->dlopen("/nonexistent/of-the-stub.so", RTLD_NOW);
    }
    if (strstr(path, "mute") != NULL) {
        return NULL;
    }
    opened = front->dlopen(WORKS "/sub/private/libx.so", RTLD_NOW);
    front->dlsym(opened, "no_such_name");
    return opened;
}

static void *
stub_symbol(void *handle, const char *name)
{
    void *(*init)(void) = stub_init;
    put("stub", "symbol", name);
    return handle == opened ? *(void **)&init : NULL;
}

static struct host_object *
stub_create(struct host_object *spec, const char *path)
{
    void (*keep)(struct host_object *);
    put("stub", "create", last_part(path));
    *(void **)&keep = front->host_symbol("Py_IncRef");
    keep(spec);
    return spec;
}

const struct py2abi_guests *py2abi_guests_entry(const struct py2abi_front *given);

const struct py2abi_guests *
py2abi_guests_entry(const struct py2abi_front *given)
{
    static struct py2abi_guests guests = {NULL, stub_open, stub_symbol, stub_create};
    void (*const own[])(void) = {given->as_char_buffer, given->as_read_buffer,
                                 given->as_write_buffer, given->check_read_buffer};
    char text[64];
    front = given;
    snprintf(text, sizeof text, "%d.%d", given->host_major, given->host_minor);
    put("stub", "host", text);
    for (int i = 0; i < 4; i++) {
        Dl_info info;
        if (dladdr(*(void *const *)&own[i], &info) == 0
            || strncmp(last_part(info.dli_fname), "libpy2abi", 9) != 0) {
            put("stub", "not the library's function, but of", info.dli_fname);
        }
    }
    if (given->host_symbol("PyModuleDef_Init") == NULL
        || given->host_symbol("no_such_name") != NULL || given->host_symbol("getpid") != NULL) {
        put("stub", "wrong:", "host_symbol");
    }
#ifdef STUB_VERSION
    guests.version = STUB_VERSION;
#else
    guests.version = given->version;
#endif
    return strcmp(STUB, "none") != 0 ? &guests : NULL;
}
#endif
