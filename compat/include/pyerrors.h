/* pyerrors.h - exceptions, and the indicator that one is on its way. */

#include "Python.h"

#ifndef PY2ABI_27_PYERRORS_H
#define PY2ABI_27_PYERRORS_H

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *args;
    PyObject *message;
} PyBaseExceptionObject;

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *args;
    PyObject *message;
    PyObject *msg;
    PyObject *filename;
    PyObject *lineno;
    PyObject *offset;
    PyObject *text;
    PyObject *print_file_and_line;
} PySyntaxErrorObject;

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *args;
    PyObject *message;
    PyObject *encoding;
    PyObject *object;
    Py_ssize_t start;
    Py_ssize_t end;
    PyObject *reason;
} PyUnicodeErrorObject;

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *args;
    PyObject *message;
    PyObject *code;
} PySystemExitObject;

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    PyObject *args;
    PyObject *message;
    PyObject *myerrno;
    PyObject *strerror;
    PyObject *filename;
} PyEnvironmentErrorObject;

#define _PyErr_OCCURRED() (PyThreadState_GET()->curexc_type)

/* Old-style classes can be raised too. */
#define PyExceptionClass_Check(op) \
    (PyClass_Check(op) \
     || (PyType_Check(op) \
         && PyType_FastSubclass(PY2ABI_AS(PyTypeObject, op), Py_TPFLAGS_BASE_EXC_SUBCLASS)))
#define PyExceptionInstance_Check(op) \
    (PyInstance_Check(op) || PY2ABI_HAS(op, Py_TPFLAGS_BASE_EXC_SUBCLASS))
#define PyExceptionClass_Name(op) \
    (PyClass_Check(op) ? PyString_AS_STRING(PY2ABI_AS(PyClassObject, op)->cl_name) \
                       : (char *)PY2ABI_AS(PyTypeObject, op)->tp_name)
#define PyExceptionInstance_Class(op) \
    (PyInstance_Check(op) ? PY2ABI_AS(PyObject, PY2ABI_AS(PyInstanceObject, op)->in_class) \
                          : PY2ABI_AS(PyObject, Py_TYPE(op)))

#endif
