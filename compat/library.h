/* library.h - which of the host's callables are its own library's. */

#ifndef PY2ABI_LIBRARY_H
#define PY2ABI_LIBRARY_H

#include "guest.h"

enum py2abi_library {
    PY2ABI_NOT_LIBRARY,
    PY2ABI_LIBRARY,        /* a function, a class */
    PY2ABI_LIBRARY_METHOD, /* of an object, which may keep for the user what it is given */
};

enum py2abi_library py2abi_library_has(HostObject *callable);
int py2abi_library_gives_str(HostObject *callable);
int py2abi_library_concerns(PyObject *args, PyObject *kwargs);
int py2abi_library_may_concern(PyObject *args, PyObject *kwargs);
int py2abi_library_refused(void);
int py2abi_library_may_repeat(HostObject *callable, PyObject *args, PyObject *kwargs);

#endif
