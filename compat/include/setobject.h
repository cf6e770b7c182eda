/* setobject.h - sets and frozen sets. */

#include "Python.h"

#ifndef PY2ABI_27_SETOBJECT_H
#define PY2ABI_27_SETOBJECT_H

#define PySet_MINSIZE 8

typedef struct {
    long hash;
    PyObject *key;
} setentry;

typedef struct _setobject PySetObject;
struct _setobject {
    PyObject_HEAD
    Py_ssize_t fill;
    Py_ssize_t used;
    Py_ssize_t mask;
    setentry *table;
    setentry *(*lookup)(PySetObject *so, PyObject *key, long hash);
    setentry smalltable[PySet_MINSIZE];
    long hash;
    PyObject *weakreflist;
};

#define PySet_Check(op) PyObject_TypeCheck(op, &PySet_Type)
#define PyFrozenSet_Check(op) PyObject_TypeCheck(op, &PyFrozenSet_Type)
#define PyFrozenSet_CheckExact(op) PY2ABI_IS(op, PyFrozenSet_Type)
#define PyAnySet_Check(op) (PySet_Check(op) || PyFrozenSet_Check(op))
#define PyAnySet_CheckExact(op) (PY2ABI_IS(op, PySet_Type) || PyFrozenSet_CheckExact(op))
#define PySet_GET_SIZE(op) (PY2ABI_AS(PySetObject, op)->used)

#endif
