/* frameobject.h - a call of a function written in Python. */

#include "Python.h"

#ifndef PY2ABI_27_FRAMEOBJECT_H
#define PY2ABI_27_FRAMEOBJECT_H

typedef struct py2abi_PyTryBlock {
    int b_type;
    int b_handler;
    int b_level;
} PyTryBlock;

typedef struct _frame {
    PyObject_VAR_HEAD
    struct _frame *f_back;
    PyCodeObject *f_code;
    PyObject *f_builtins;
    PyObject *f_globals;
    PyObject *f_locals;
    PyObject **f_valuestack;
    PyObject **f_stacktop;
    PyObject *f_trace;
    PyObject *f_exc_type, *f_exc_value, *f_exc_traceback;
    PyThreadState *f_tstate;
    int f_lasti;
    int f_lineno;
    int f_iblock;
    PyTryBlock f_blockstack[CO_MAXBLOCKS];
    PyObject *f_localsplus[1];
} PyFrameObject;

#define PyFrame_Check(op) PY2ABI_IS(op, PyFrame_Type)
#define PyFrame_IsRestricted(op) \
    ((op)->f_tstate != NULL && (op)->f_builtins != (op)->f_tstate->interp->builtins)

#endif
