/* intobject.h - the short integers of Python 2: a C long. */

#include "Python.h"

#ifndef PY2ABI_27_INTOBJECT_H
#define PY2ABI_27_INTOBJECT_H

typedef struct {
    PyObject_HEAD
    long ob_ival;
} PyIntObject;

#define PyInt_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_INT_SUBCLASS)
#define PyInt_CheckExact(op) PY2ABI_IS(op, PyInt_Type)
#define PyInt_AS_LONG(op) (PY2ABI_AS(PyIntObject, op)->ob_ival)

#define _PyAnyInt_Check(op) (PyInt_Check(op) || PyLong_Check(op))
#define _PyAnyInt_CheckExact(op) (PyInt_CheckExact(op) || PyLong_CheckExact(op))

#endif
