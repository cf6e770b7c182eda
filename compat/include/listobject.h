/* listobject.h - lists, with the items elsewhere. */

#include "Python.h"

#ifndef PY2ABI_27_LISTOBJECT_H
#define PY2ABI_27_LISTOBJECT_H

typedef struct {
    PyObject_VAR_HEAD
    PyObject **ob_item;
    Py_ssize_t allocated;
} PyListObject;

#define PyList_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_LIST_SUBCLASS)
#define PyList_CheckExact(op) PY2ABI_IS(op, PyList_Type)
#define PyList_GET_SIZE(op) Py_SIZE(op)
#define PyList_GET_ITEM(op, i) (PY2ABI_AS(PyListObject, op)->ob_item[i])
#define PyList_SET_ITEM(op, i, item) (PyList_GET_ITEM(op, i) = (item))

#endif
