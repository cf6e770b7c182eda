/* cStringIO.h - the functions that the module cStringIO offers to extensions. */

#include "Python.h"

#ifndef PY2ABI_27_CSTRINGIO_H
#define PY2ABI_27_CSTRINGIO_H

PY2ABI_BEGIN_C

struct PycStringIO_CAPI {
    int (*cread)(PyObject *, char **, Py_ssize_t);
    int (*creadline)(PyObject *, char **);
    int (*cwrite)(PyObject *, const char *, Py_ssize_t);
    PyObject *(*cgetvalue)(PyObject *);
    PyObject *(*NewOutput)(int);
    PyObject *(*NewInput)(PyObject *);
    PyTypeObject *InputType, *OutputType;
};

PY2ABI_END_C

/* One in each file that includes this; PycString_IMPORT fills it. */
static struct PycStringIO_CAPI *PycStringIO __attribute__((unused)) = NULL;

#define PycStringIO_CAPSULE_NAME "cStringIO.cStringIO_CAPI"
#define PycString_IMPORT \
    PycStringIO = (struct PycStringIO_CAPI *)PyCapsule_Import(PycStringIO_CAPSULE_NAME, 0)
#define PycStringIO_InputCheck(op) (Py_TYPE(op) == PycStringIO->InputType)
#define PycStringIO_OutputCheck(op) (Py_TYPE(op) == PycStringIO->OutputType)

#endif
