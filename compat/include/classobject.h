/* classobject.h - old-style classes, their instances, and methods of any class. */

#include "Python.h"

#ifndef PY2ABI_27_CLASSOBJECT_H
#define PY2ABI_27_CLASSOBJECT_H

typedef struct {
    PyObject_HEAD
    PyObject *cl_bases;
    PyObject *cl_dict;
    PyObject *cl_name;
    PyObject *cl_getattr;
    PyObject *cl_setattr;
    PyObject *cl_delattr;
    PyObject *cl_weakreflist;
} PyClassObject;

typedef struct {
    PyObject_HEAD
    PyClassObject *in_class;
    PyObject *in_dict;
    PyObject *in_weakreflist;
} PyInstanceObject;

typedef struct {
    PyObject_HEAD
    PyObject *im_func;
    PyObject *im_self;
    PyObject *im_class;
    PyObject *im_weakreflist;
} PyMethodObject;

#define PyClass_Check(op) PY2ABI_IS(op, PyClass_Type)
#define PyInstance_Check(op) PY2ABI_IS(op, PyInstance_Type)
#define PyMethod_Check(op) PY2ABI_IS(op, PyMethod_Type)
#define PyMethod_GET_FUNCTION(op) (PY2ABI_AS(PyMethodObject, op)->im_func)
#define PyMethod_GET_SELF(op) (PY2ABI_AS(PyMethodObject, op)->im_self)
#define PyMethod_GET_CLASS(op) (PY2ABI_AS(PyMethodObject, op)->im_class)

#endif
