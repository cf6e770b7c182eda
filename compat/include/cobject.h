/* cobject.h - a C pointer as an object, before there were capsules. */

#include "Python.h"

#ifndef PY2ABI_27_COBJECT_H
#define PY2ABI_27_COBJECT_H

typedef struct {
    PyObject_HEAD
    void *cobject;
    void *desc;
    void (*destructor)(void *);
} PyCObject;

#define PyCObject_Check(op) PY2ABI_IS(op, PyCObject_Type)

#endif
