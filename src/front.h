/* front.h - between libpy2abi.so, which is in every process, and its guests
 * module, which is opened when the first Python 2 binary is.
 *
 * The library itself stays small: it is preloaded into shells and compilers.
 * The Python 2.7 ABI with its hundreds of functions lives in the module
 * py2abi-N/guests.so beside the library.
 *
 * Each side gives the other a table once, and neither ever changes or goes away.
 * Whatever is in them may be called several times, and by several threads at once:
 * neither side holds a lock while it calls the other, since dlopen is called
 * by who holds the dynamic linker's (a constructor). */

#ifndef PY2ABI_FRONT_H
#define PY2ABI_FRONT_H

#include <stddef.h>

struct host_object; /* a PyObject of the host */

/* What the library gives the guests module. */
struct py2abi_front {
    /* Of the package: both must be of one build, which the library sees to. */
    const char *version;
    /* The next ones after ours, another preloaded library's or the C library's.
     * For all that the module opens and looks up itself, which is not to come back
     * to it.  Any thread; no GIL, but constructors run in dlopen, and those of a
     * Python 2 binary may want it.  What they have to say of a failure is dlerror's. */
    void *(*dlopen)(const char *name, int flags);
    void *(*dlsym)(void *handle, const char *name);
    /* The address of a name of the interpreter, wherever that is; NULL when it has
     * no such name.  When the module begins, for its own use, and when a binary
     * is bound.  Any thread; no GIL; allocates nothing, leaves dlerror alone. */
    void *(*host_symbol)(const char *name);
    /* Our four functions of the old buffer protocol, for the Python 3 extensions
     * that are bound to them.  Only addresses to the module, which does not call
     * them; their callers hold the GIL. */
    void (*as_char_buffer)(void), (*as_read_buffer)(void), (*as_write_buffer)(void),
        (*check_read_buffer)(void);
    /* The host's version; 3 and more. */
    int host_major, host_minor;
};

/* What the guests module gives the library. */
struct py2abi_guests {
    /* Of the package.  The library takes nothing else of a module of another one. */
    const char *version;
    /* dlopen's part for a file that is ours (a guest, or a Python 3 extension that
     * is to be bound): its handle, or NULL with a sentence in why (room: size),
     * which begins with the name of the file, or of the library that it needs
     * and that is at fault.  A binary is opened once; a later call, also from
     * another thread, also one of its own constructors', has the same handle, and
     * can make the binary global (RTLD_GLOBAL).
     *
     * Any thread.  The first call in a process makes the types of Python 2 and
     * must have the GIL: without it the call fails.  Later ones want it as the
     * binary's constructors do.  No exception is raised or left behind. */
    void *(*open)(const char *path, int flags, char *why, size_t size);
    /* dlsym's part for names that begin with PyInit_: the function that makes the
     * module, the same one for the same question.  That the guest has no
     * init<name> is what the function says, in an ImportError that names the file.
     * NULL when handle is no guest's, or without memory: then the next dlsym is
     * asked.  With a guest's handle the GIL is held, as importers do. */
    void *(*symbol)(void *handle, const char *name);
    /* importlib's create_module, for the package py2abi: the module that spec is
     * of, which the file at path has.  A new reference, or NULL with an exception,
     * an ImportError that names the file when it cannot be opened.  The same module
     * may be wanted several times.  GIL held. */
    struct host_object *(*create_module)(struct host_object *spec, const char *path);
};

/* The one name that the guests module exports: takes the library's table, gives
 * the module's, or NULL when it cannot work in this process.  The library calls it
 * when the first binary is opened; threads that come together call it each, always
 * with the same table.  Any thread; no GIL. */
#define PY2ABI_GUESTS_ENTRY "py2abi_guests_entry"
typedef const struct py2abi_guests *(*py2abi_guests_entry_fn)(const struct py2abi_front *front);

#endif
