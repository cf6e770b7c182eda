/* genobject.h - generators. */

#include "Python.h"

#ifndef PY2ABI_27_GENOBJECT_H
#define PY2ABI_27_GENOBJECT_H

struct _frame;

typedef struct {
    PyObject_HEAD
    struct _frame *gi_frame;
    int gi_running;
    PyObject *gi_code;
    PyObject *gi_weakreflist;
} PyGenObject;

#define PyGen_Check(op) PyObject_TypeCheck(op, &PyGen_Type)
#define PyGen_CheckExact(op) PY2ABI_IS(op, PyGen_Type)

#endif
