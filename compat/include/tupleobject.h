/* tupleobject.h - tuples, with the items inside. */

#include "Python.h"

#ifndef PY2ABI_27_TUPLEOBJECT_H
#define PY2ABI_27_TUPLEOBJECT_H

typedef struct {
    PyObject_VAR_HEAD
    PyObject *ob_item[1];
} PyTupleObject;

#define PyTuple_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_TUPLE_SUBCLASS)
#define PyTuple_CheckExact(op) PY2ABI_IS(op, PyTuple_Type)
#define PyTuple_GET_SIZE(op) Py_SIZE(op)
#define PyTuple_GET_ITEM(op, i) (PY2ABI_AS(PyTupleObject, op)->ob_item[i])
#define PyTuple_SET_ITEM(op, i, item) (PyTuple_GET_ITEM(op, i) = (item))

#endif
