/* binary.h - what a shared object is to us: a Python 2 extension, a library that
 * uses Python 2, a Python 3 extension, or nothing of ours. */

#ifndef PY2ABI_BINARY_H
#define PY2ABI_BINARY_H

#include "elf.h"

enum py2abi_binary_kind {
    PY2ABI_BINARY_OTHER,     /* imports no Python name */
    PY2ABI_BINARY_GUEST,     /* a Python 2 extension module: has init<name> and no PyInit_<name> */
    PY2ABI_BINARY_LIBRARY,   /* no module, but imports Python names (libboost_python27) */
    PY2ABI_BINARY_PYTHON3,   /* a Python 3 extension: has PyInit_<name> or the like */
};

/* The ABI that the imported names tell of. */
enum py2abi_binary_abi {
    PY2ABI_ABI_27 = 0,            /* 2.5 to 2.7; no name tells the width of Py_UNICODE */
    PY2ABI_ABI_UCS4 = 1 << 0,
    PY2ABI_ABI_UCS2 = 1 << 1,
    PY2ABI_ABI_PRE25 = 1 << 2,    /* Py_InitModule4 on 64 bits: int lengths */
    PY2ABI_ABI_DEBUG = 1 << 3,    /* Py_InitModule4TraceRefs[_64]: a debug build's object head */
};

struct py2abi_binary {
    enum py2abi_binary_kind kind;
    unsigned abi;            /* of enum py2abi_binary_abi */
    unsigned python_names;   /* undefined symbols that begin with Py or _Py */
    unsigned python2_names;  /* of those, the ones that no Python 3 has; and libboost_python's */
    unsigned old_buffer;     /* the four of the old buffer protocol */
    unsigned modules;        /* init<name> functions that may be a module's */
    const char *needs_libpython; /* the DT_NEEDED entry libpython2..., or NULL */
};

void py2abi_binary_read(struct py2abi_binary *binary, const struct py2abi_elf *elf);
int py2abi_binary_is_python_name(const char *name);
int py2abi_binary_has_init(const struct py2abi_elf *elf, const char *prefix, const char *module);
const char *py2abi_binary_next_module(const struct py2abi_elf *elf, uint32_t *index);
size_t py2abi_binary_stem(const char *path, char *stem, size_t room);

#endif
