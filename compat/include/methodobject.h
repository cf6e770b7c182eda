/* methodobject.h - functions written in C, and the tables that list them. */

#include "Python.h"

#ifndef PY2ABI_27_METHODOBJECT_H
#define PY2ABI_27_METHODOBJECT_H

typedef PyObject *(*PyCFunction)(PyObject *, PyObject *);
typedef PyObject *(*PyCFunctionWithKeywords)(PyObject *, PyObject *, PyObject *);
typedef PyObject *(*PyNoArgsFunction)(PyObject *);

struct PyMethodDef {
    const char *ml_name;
    PyCFunction ml_meth;
    int ml_flags;
    const char *ml_doc;
};
typedef struct PyMethodDef PyMethodDef;

typedef struct PyMethodChain {
    PyMethodDef *methods;
    struct PyMethodChain *link;
} PyMethodChain;

typedef struct {
    PyObject_HEAD
    PyMethodDef *m_ml;
    PyObject *m_self;
    PyObject *m_module;
} PyCFunctionObject;

#define METH_OLDARGS 0x0
#define METH_VARARGS 0x1
#define METH_KEYWORDS 0x2
#define METH_NOARGS 0x4
#define METH_O 0x8
#define METH_CLASS 0x10
#define METH_STATIC 0x20
#define METH_COEXIST 0x40

#define PyCFunction_Check(op) PY2ABI_IS(op, PyCFunction_Type)
#define PyCFunction_GET_FUNCTION(op) (PY2ABI_AS(PyCFunctionObject, op)->m_ml->ml_meth)
#define PyCFunction_GET_SELF(op) (PY2ABI_AS(PyCFunctionObject, op)->m_self)
#define PyCFunction_GET_FLAGS(op) (PY2ABI_AS(PyCFunctionObject, op)->m_ml->ml_flags)

#endif
