/* floatobject.h - floating-point numbers: a C double. */

#include "Python.h"

#ifndef PY2ABI_27_FLOATOBJECT_H
#define PY2ABI_27_FLOATOBJECT_H

typedef struct {
    PyObject_HEAD
    double ob_fval;
} PyFloatObject;

#define PyFloat_Check(op) PyObject_TypeCheck(op, &PyFloat_Type)
#define PyFloat_CheckExact(op) PY2ABI_IS(op, PyFloat_Type)
#define PyFloat_AS_DOUBLE(op) (PY2ABI_AS(PyFloatObject, op)->ob_fval)
#define PyFloat_STR_PRECISION 12

#define Py_RETURN_NAN return PyFloat_FromDouble(Py_NAN)
#define Py_RETURN_INF(sign) return PyFloat_FromDouble(copysign(Py_HUGE_VAL, (sign)))

#endif
