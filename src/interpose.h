/* interpose.h - standing before dlopen, dlsym and dlerror, and what is known of
 * the loaded objects for that. */

#ifndef PY2ABI_INTERPOSE_H
#define PY2ABI_INTERPOSE_H

#include <stdbool.h>
#include <stddef.h>

/* ---- interpose.c: the functions, and the loaded objects ---- */

/* The next dlopen, dlsym and dlerror after ours: another preloaded library's,
 * or the C library's. */
struct py2abi_next {
    void *(*dlopen)(const char *name, int flags);
    void *(*dlsym)(void *handle, const char *name);
    char *(*dlerror)(void);
};

struct py2abi_next py2abi_interpose_next(void);
bool py2abi_interpose_is_python3(void);
void *py2abi_interpose_host_symbol(const char *name);

/* ---- front.c: which files are ours, and the guests module ---- */

enum py2abi_front_verdict {
    PY2ABI_FRONT_PASS,    /* the next dlopen's business */
    PY2ABI_FRONT_BIND,    /* the guests module has something for it; it loads without, too */
    PY2ABI_FRONT_GUEST,   /* the guests module's business */
    PY2ABI_FRONT_REFUSED, /* nobody's: it was the guests module's, but is damaged */
};

enum { PY2ABI_FRONT_WHY = 4096 }; /* room for a sentence that names a file or two */

bool py2abi_front_applies(void);
enum py2abi_front_verdict py2abi_front_look(const char *path, char why[PY2ABI_FRONT_WHY]);
void *py2abi_front_open(const char *path, int flags, char why[PY2ABI_FRONT_WHY]);
void *py2abi_front_symbol(void *handle, const char *name);

#endif
