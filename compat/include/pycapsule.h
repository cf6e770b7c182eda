/* pycapsule.h - a C pointer as an object, with a name that says of which type. */

#include "Python.h"

#ifndef PY2ABI_27_PYCAPSULE_H
#define PY2ABI_27_PYCAPSULE_H

typedef void (*PyCapsule_Destructor)(PyObject *);

#define PyCapsule_CheckExact(op) PY2ABI_IS(op, PyCapsule_Type)

#endif
