/* bytearrayobject.h - strings of bytes that can be changed, with the bytes elsewhere. */

#include "Python.h"

#ifndef PY2ABI_27_BYTEARRAYOBJECT_H
#define PY2ABI_27_BYTEARRAYOBJECT_H

typedef struct {
    PyObject_VAR_HEAD
    int ob_exports;
    Py_ssize_t ob_alloc;
    char *ob_bytes;
} PyByteArrayObject;

#define PyByteArray_Check(op) PyObject_TypeCheck(op, &PyByteArray_Type)
#define PyByteArray_CheckExact(op) PY2ABI_IS(op, PyByteArray_Type)
#define PyByteArray_GET_SIZE(op) (assert(PyByteArray_Check(op)), Py_SIZE(op))
/* An empty one may have no memory. */
#define PyByteArray_AS_STRING(op) \
    (PyByteArray_GET_SIZE(op) != 0 ? PY2ABI_AS(PyByteArrayObject, op)->ob_bytes \
                                   : _PyByteArray_empty_string)

#endif
