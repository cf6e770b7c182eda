/* code.h - compiled code. */

#include "Python.h"

#ifndef PY2ABI_27_CODE_H
#define PY2ABI_27_CODE_H

typedef struct {
    PyObject_HEAD
    int co_argcount;
    int co_nlocals;
    int co_stacksize;
    int co_flags;
    PyObject *co_code;
    PyObject *co_consts;
    PyObject *co_names;
    PyObject *co_varnames;
    PyObject *co_freevars;
    PyObject *co_cellvars;
    PyObject *co_filename;
    PyObject *co_name;
    int co_firstlineno;
    PyObject *co_lnotab;
    void *co_zombieframe;
    PyObject *co_weakreflist;
} PyCodeObject;

#define CO_OPTIMIZED 0x1
#define CO_NEWLOCALS 0x2
#define CO_VARARGS 0x4
#define CO_VARKEYWORDS 0x8
#define CO_NESTED 0x10
#define CO_GENERATOR 0x20
#define CO_NOFREE 0x40
#define CO_FUTURE_DIVISION 0x2000
#define CO_FUTURE_ABSOLUTE_IMPORT 0x4000
#define CO_FUTURE_WITH_STATEMENT 0x8000
#define CO_FUTURE_PRINT_FUNCTION 0x10000
#define CO_FUTURE_UNICODE_LITERALS 0x20000
#define CO_MAXBLOCKS 20
#define PY_PARSER_REQUIRES_FUTURE_KEYWORD

typedef struct _addr_pair {
    int ap_lower;
    int ap_upper;
} PyAddrPair;

#define PyCode_Check(op) PY2ABI_IS(op, PyCode_Type)
#define PyCode_GetNumFree(op) PyTuple_GET_SIZE((op)->co_freevars)
#define _PyCode_GETCODEPTR(op, pointer) \
    (Py_TYPE((op)->co_code)->tp_as_buffer->bf_getreadbuffer((op)->co_code, 0, (void **)(pointer)))

#endif
