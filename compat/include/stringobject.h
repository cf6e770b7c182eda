/* stringobject.h - strings of bytes, with the bytes inside. */

#include "Python.h"

#ifndef PY2ABI_27_STRINGOBJECT_H
#define PY2ABI_27_STRINGOBJECT_H

/* One more byte than ob_size says, which is 0. */
typedef struct {
    PyObject_VAR_HEAD
    long ob_shash;
    int ob_sstate;
    char ob_sval[1];
} PyStringObject;

#define SSTATE_NOT_INTERNED 0
#define SSTATE_INTERNED_MORTAL 1
#define SSTATE_INTERNED_IMMORTAL 2

#define PyString_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_STRING_SUBCLASS)
#define PyString_CheckExact(op) PY2ABI_IS(op, PyString_Type)
#define PyString_CHECK_INTERNED(op) (PY2ABI_AS(PyStringObject, op)->ob_sstate)
#define PyString_AS_STRING(op) (PY2ABI_AS(PyStringObject, op)->ob_sval)
#define PyString_GET_SIZE(op) Py_SIZE(op)

#endif
