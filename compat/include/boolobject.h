/* boolobject.h - False and True, which are ints. */

#include "Python.h"

#ifndef PY2ABI_27_BOOLOBJECT_H
#define PY2ABI_27_BOOLOBJECT_H

typedef PyIntObject PyBoolObject;

#define PyBool_Check(op) PY2ABI_IS(op, PyBool_Type)

/* An object begins with its reference count. */
#define Py_False ((PyObject *)&_Py_ZeroStruct.ob_refcnt)
#define Py_True ((PyObject *)&_Py_TrueStruct.ob_refcnt)
#define Py_RETURN_FALSE return Py_INCREF(Py_False), Py_False
#define Py_RETURN_TRUE return Py_INCREF(Py_True), Py_True

#endif
