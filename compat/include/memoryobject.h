/* memoryobject.h - memoryview, with the view inside. */

#include "Python.h"

#ifndef PY2ABI_27_MEMORYOBJECT_H
#define PY2ABI_27_MEMORYOBJECT_H

typedef struct {
    PyObject_HEAD
    PyObject *base;
    Py_buffer view;
} PyMemoryViewObject;

#define PyMemoryView_Check(op) PY2ABI_IS(op, PyMemoryView_Type)
#define PyMemoryView_GET_BUFFER(op) (&PY2ABI_AS(PyMemoryViewObject, op)->view)
#define PyMemoryView_GET_BASE(op) (PyMemoryView_GET_BUFFER(op)->obj)

#endif
