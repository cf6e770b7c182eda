/* pystate.c - thread and interpreter states.  There is one interpreter; a thread
 * state leads to the host's (crossing.c). */

#include "config.h"
#include "guest.h"

PyThreadState *
PyThreadState_Get(void)
{
    if (_PyThreadState_Current == NULL) {
        Py_FatalError("PyThreadState_Get: no current thread");
    }
    return _PyThreadState_Current;
}

/* A dictionary for the thread's own use, or NULL without an exception. */
PyObject *
PyThreadState_GetDict(void)
{
    PyThreadState *tstate = _PyThreadState_Current;
    if (tstate == NULL) {
        return NULL;
    }
    if (tstate->dict == NULL) {
        tstate->dict = PyDict_New();
        if (tstate->dict == NULL) {
            PyErr_Clear();
        }
    }
    return tstate->dict;
}

PyInterpreterState *
PyInterpreterState_Head(void)
{
    return py2abi_interpreter();
}

PyInterpreterState *
PyInterpreterState_Next(PyInterpreterState *interpreter)
{
    (void)interpreter;
    return NULL;
}

/* ---- Threads that C code made ---- */

/* The host's function makes a thread state where there is none; the guest's
 * comes with it. */
PyGILState_STATE
PyGILState_Ensure(void)
{
    PyGILState_STATE was = (PyGILState_STATE)host_PyGILState_Ensure();
    struct py2abi_thread *thread = py2abi_thread_get();
    if (thread == NULL) {
        Py_FatalError("no memory for a thread of Python 2 code");
    }
    _PyThreadState_Current = &thread->state;
    return was;
}

void
PyGILState_Release(PyGILState_STATE was)
{
    _PyThreadState_Current = NULL;
    host_PyGILState_Release((HostGILState)was);
}
