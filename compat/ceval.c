/* ceval.c - the interpreter loop's side of the API: the lock, calls. */

#include "config.h"
#include "guest.h"

/* ---- The lock ---- */

/* Give the host's lock back.  The guest's state is what is returned: it is kept
 * and compared by guests, and leads to the host's. */
PyThreadState *
PyEval_SaveThread(void)
{
    PyThreadState *tstate = _PyThreadState_Current;
    _PyThreadState_Current = NULL;
    host_PyEval_SaveThread();
    return tstate;
}

void
PyEval_RestoreThread(PyThreadState *tstate)
{
    host_PyEval_RestoreThread(((struct py2abi_thread *)tstate)->host);
    _PyThreadState_Current = tstate;
}

/* The host has had its lock since it was initialised. */
int
PyEval_ThreadsInitialized(void)
{
    return 1;
}

void
PyEval_InitThreads(void)
{
}

int
Py_GetRecursionLimit(void)
{
    return _Py_CheckRecursionLimit;
}

void
Py_SetRecursionLimit(int limit)
{
    _Py_CheckRecursionLimit = limit;
}

/* The slow path of Py_EnterRecursiveCall: the count, which inlined code keeps, is
 * over the limit. */
int
_Py_CheckRecursiveCall(const char *where)
{
    PyThreadState *tstate = _PyThreadState_Current;
    if (tstate->recursion_depth > _Py_CheckRecursionLimit) {
        --tstate->recursion_depth;
        PyErr_Format(PyExc_RuntimeError, "maximum recursion depth exceeded%s", where);
        return -1;
    }
    return 0;
}

/* ---- What code runs in ---- */

/* A host object as a reference that nobody has to give back: it lives as long as
 * the process, as what the interpreter itself holds does. */
static PyObject *
borrow_for_ever(HostObject *object)
{
    PyObject *mirror = object != NULL ? py2abi_mirror(object) : NULL;
    if (mirror == NULL && host_PyErr_Occurred() != NULL) {
        py2abi_error_to_guest();
    }
    return mirror;
}

PyObject *
PyEval_GetBuiltins(void)
{
    return borrow_for_ever(host_PyEval_GetBuiltins());
}

PyObject *
PyEval_GetGlobals(void)
{
    return borrow_for_ever(host_PyEval_GetGlobals());
}

int
PyEval_GetRestricted(void)
{
    return 0;
}

/* ---- Calls ---- */

PyObject *
PyEval_CallObjectWithKeywords(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    PyObject *none = NULL;
    if (args == NULL) {
        args = none = PyTuple_New(0);
        if (args == NULL) {
            return NULL;
        }
    }
    else if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
        return NULL;
    }
    if (kwargs != NULL && !PyDict_Check(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "keyword list must be a dictionary");
        return NULL;
    }
    PyObject *result = PyObject_Call(callable, args, kwargs);
    Py_XDECREF(none);
    return result;
}

/* ---- Slices ---- */

static int
has_index(PyObject *object)
{
    return PyInt_Check(object) || PyLong_Check(object) || PyIndex_Check(object);
}

/* A slice's bound, clipped to what a Py_ssize_t holds; NULL leaves *index as it
 * is.  Returns 0 with a TypeError for what is no index. */
int
_PyEval_SliceIndex(PyObject *bound, Py_ssize_t *index)
{
    if (bound == NULL) {
        return 1;
    }
    Py_ssize_t value;
    if (PyInt_Check(bound)) {
        value = PyInt_AS_LONG(bound);
    }
    else if (has_index(bound)) {
        value = PyNumber_AsSsize_t(bound, NULL);
        if (value == -1 && PyErr_Occurred()) {
            return 0;
        }
    }
    else {
        PyErr_SetString(PyExc_TypeError,
                        "slice indices must be integers or None or have an __index__ method");
        return 0;
    }
    *index = value;
    return 1;
}

/* ---- Calls that wait for the main thread ---- */

/* 0, or -1 when too many wait.  Any thread, without the lock. */
int
Py_AddPendingCall(int (*function)(void *), void *argument)
{
    return host_Py_AddPendingCall(function, argument);
}

int
Py_MakePendingCalls(void)
{
    return (int)py2abi_returned(host_Py_MakePendingCalls());
}
