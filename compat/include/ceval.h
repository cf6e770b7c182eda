/* ceval.h - calls, recursion, threads. */

#include "Python.h"

#ifndef PY2ABI_27_CEVAL_H
#define PY2ABI_27_CEVAL_H

#define PyEval_CallObject(function, args) \
    PyEval_CallObjectWithKeywords((function), (args), (PyObject *)NULL)

#define _Py_MakeRecCheck(depth) (++(depth) > _Py_CheckRecursionLimit)
#define Py_EnterRecursiveCall(where) \
    (_Py_MakeRecCheck(PyThreadState_GET()->recursion_depth) && _Py_CheckRecursiveCall(where))
#define Py_LeaveRecursiveCall() (PyThreadState_GET()->recursion_depth--)

/* The first and the last make a block; the others stand in it. */
#define Py_BEGIN_ALLOW_THREADS \
    { \
        PyThreadState *_save; \
        Py_UNBLOCK_THREADS
#define Py_UNBLOCK_THREADS _save = PyEval_SaveThread();
#define Py_BLOCK_THREADS PyEval_RestoreThread(_save);
#define Py_END_ALLOW_THREADS \
        Py_BLOCK_THREADS \
    }

#endif
