/* sliceobject.h - slices, and the Ellipsis. */

#include "Python.h"

#ifndef PY2ABI_27_SLICEOBJECT_H
#define PY2ABI_27_SLICEOBJECT_H

typedef struct {
    PyObject_HEAD
    PyObject *start, *stop, *step;
} PySliceObject;

#define PySlice_Check(op) PY2ABI_IS(op, PySlice_Type)
#define Py_Ellipsis (&_Py_EllipsisObject)

#endif
