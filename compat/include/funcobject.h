/* funcobject.h - functions written in Python. */

#include "Python.h"

#ifndef PY2ABI_27_FUNCOBJECT_H
#define PY2ABI_27_FUNCOBJECT_H

typedef struct {
    PyObject_HEAD
    PyObject *func_code;
    PyObject *func_globals;
    PyObject *func_defaults;
    PyObject *func_closure;
    PyObject *func_doc;
    PyObject *func_name;
    PyObject *func_dict;
    PyObject *func_weakreflist;
    PyObject *func_module;
} PyFunctionObject;

#define PyFunction_Check(op) PY2ABI_IS(op, PyFunction_Type)
#define PyFunction_GET_CODE(op) (PY2ABI_AS(PyFunctionObject, op)->func_code)
#define PyFunction_GET_GLOBALS(op) (PY2ABI_AS(PyFunctionObject, op)->func_globals)
#define PyFunction_GET_MODULE(op) (PY2ABI_AS(PyFunctionObject, op)->func_module)
#define PyFunction_GET_DEFAULTS(op) (PY2ABI_AS(PyFunctionObject, op)->func_defaults)
#define PyFunction_GET_CLOSURE(op) (PY2ABI_AS(PyFunctionObject, op)->func_closure)

#endif
