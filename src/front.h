/* front.h - between libpy2abi.so, which is in every process, and its guests
 * module, which is opened when the first Python 2 binary is.
 *
 * The library itself stays small: it is preloaded into shells and compilers.
 * The Python 2.7 ABI with its hundreds of functions lives in the module
 * py2abi/guests.so beside the library. */

#ifndef PY2ABI_FRONT_H
#define PY2ABI_FRONT_H

#include <stddef.h>

struct host_object; /* a PyObject of the host */

/* What the library gives the guests module. */
struct py2abi_front {
    const char *version;      /* of the package: both must be of one build */
    void *(*dlopen)(const char *name, int flags);   /* the next one after ours */
    void *(*dlsym)(void *handle, const char *name); /* likewise */
    void *(*host_symbol)(const char *name);         /* a name of the interpreter; NULL: none */
    void (*as_char_buffer)(void), (*as_read_buffer)(void), (*as_write_buffer)(void),
        (*check_read_buffer)(void); /* ours, for Python 3 extensions that are bound to them */
    int host_major, host_minor;
};

/* What the guests module gives the library.  open works as dlopen does: NULL
 * leaves a sentence in why (room: size).  symbol is asked for PyInit_<name>
 * only; it returns NULL when handle is no guest's. */
struct py2abi_guests {
    const char *version;
    void *(*open)(const char *path, int flags, char *why, size_t size);
    void *(*symbol)(void *handle, const char *name);
    /* importlib's create_module: a new reference, or NULL with an exception.  GIL held. */
    struct host_object *(*create_module)(struct host_object *spec, const char *path);
};

/* The one name that the guests module exports. */
#define PY2ABI_GUESTS_ENTRY "py2abi_guests_entry"
typedef const struct py2abi_guests *(*py2abi_guests_entry_fn)(const struct py2abi_front *front);

#endif
