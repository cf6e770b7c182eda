/* traceback.h - where an exception came through. */

#include "Python.h"

#ifndef PY2ABI_27_TRACEBACK_H
#define PY2ABI_27_TRACEBACK_H

struct _frame;

typedef struct _traceback {
    PyObject_HEAD
    struct _traceback *tb_next;
    struct _frame *tb_frame;
    int tb_lasti;
    int tb_lineno;
} PyTracebackObject;

#define PyTraceBack_Check(op) PY2ABI_IS(op, PyTraceBack_Type)

#endif
