/* cellobject.h - a variable that is shared by nested functions. */

#include "Python.h"

#ifndef PY2ABI_27_CELLOBJECT_H
#define PY2ABI_27_CELLOBJECT_H

typedef struct {
    PyObject_HEAD
    PyObject *ob_ref;
} PyCellObject;

#define PyCell_Check(op) PY2ABI_IS(op, PyCell_Type)
#define PyCell_GET(op) (PY2ABI_AS(PyCellObject, op)->ob_ref)
#define PyCell_SET(op, value) (PyCell_GET(op) = (value))

#endif
