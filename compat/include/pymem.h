/* pymem.h - memory that holds no object: the raw heap. */

#include "Python.h"

#ifndef PY2ABI_27_PYMEM_H
#define PY2ABI_27_PYMEM_H

/* Compiled into extensions, so their PyMem_FREE is the C library's free. */
#define PY2ABI_TOO_MANY(n) ((size_t)(n) > (size_t)PY_SSIZE_T_MAX)
#define PY2ABI_AT_LEAST_1(n) ((n) != 0 ? (size_t)(n) : (size_t)1)
#define PyMem_MALLOC(n) (PY2ABI_TOO_MANY(n) ? NULL : malloc(PY2ABI_AT_LEAST_1(n)))
#define PyMem_REALLOC(p, n) (PY2ABI_TOO_MANY(n) ? NULL : realloc((p), PY2ABI_AT_LEAST_1(n)))
#define PyMem_FREE free

/* Arrays of n of a type; NULL too when their size cannot be expressed.  The
 * resizing ones assign to p, also when they fail. */
#define PY2ABI_ARRAY(type, n, memory) \
    ((size_t)(n) > PY_SSIZE_T_MAX / sizeof(type) ? NULL : (type *)memory)
#define PyMem_New(type, n) PY2ABI_ARRAY(type, n, PyMem_Malloc((n) * sizeof(type)))
#define PyMem_NEW(type, n) PY2ABI_ARRAY(type, n, PyMem_MALLOC((n) * sizeof(type)))
#define PyMem_Resize(p, type, n) \
    ((p) = PY2ABI_ARRAY(type, n, PyMem_Realloc((p), (n) * sizeof(type))))
#define PyMem_RESIZE(p, type, n) \
    ((p) = PY2ABI_ARRAY(type, n, PyMem_REALLOC((p), (n) * sizeof(type))))
#define PyMem_Del PyMem_Free
#define PyMem_DEL PyMem_FREE

#endif
