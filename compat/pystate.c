/* pystate.c - thread and interpreter states.  There is one interpreter; a thread
 * state leads to the host's (crossing.c). */

#include "config.h"
#include "crossing.h"
#include "frames.h"
#include "hostcall.h"

#include <stdlib.h>
#include <string.h>

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
    if (py2abi_finalizing() && host_PyGILState_GetThisThreadState() == NULL) {
        py2abi_hostapi_stay_out(); /* No new thread gets into a Python that ends. */
    }
    PyGILState_STATE was = (PyGILState_STATE)host_PyGILState_Ensure();
    if (py2abi_has_ended()) {
        return was;
    }
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
    if (was == PyGILState_UNLOCKED) {
        _PyThreadState_Current = NULL;
    }
    host_PyGILState_Release((HostGILState)was);
}

/* ---- Thread states that binaries make ---- */

/* They are known to crossing.c from when they first run: by the capsule in the
 * host's dictionary for the thread.  Their memory is used again, but never given
 * back, since a thread that ran with one may still compare it with its own. */
static struct py2abi_thread *unused; /* linked by their pools */
static char is_taking;

enum { MADE = -1 }; /* pool_room until it first runs */

/* The state that this thread had when it last gave the lock back. */
static __thread PyThreadState *last;

void
py2abi_thread_leaves(PyThreadState *tstate)
{
    last = tstate;
}

void
py2abi_thread_comes(PyThreadState *tstate)
{
    _PyThreadState_Current = tstate;
    last = NULL;
    struct py2abi_thread *thread = (struct py2abi_thread *)tstate;
    py2abi_thread_current = thread;
    py2abi_faulthandler_enter(thread);
    if (thread->pool_room != MADE) {
        return;
    }
    thread->pool_room = 0;
    HostObject *dict = host_PyThreadState_GetDict();
    HostObject *capsule = host_PyCapsule_New(tstate, "py2abi.thread", NULL);
    if (dict == NULL || capsule == NULL
        || host_PyDict_SetItemString(dict, "py2abi.thread", capsule) < 0) {
        Py_FatalError("no memory for a thread of Python 2 code");
    }
    host_DECREF(capsule);
    tstate->thread_id = PyThread_get_thread_ident();
}

/* States are made and deleted without the lock: any thread may put one aside, and one
 * at a time takes. */
static struct py2abi_thread *
allocate(void)
{
    struct py2abi_thread *thread = NULL;
    if (!__atomic_test_and_set(&is_taking, __ATOMIC_ACQUIRE)) {
        thread = __atomic_load_n(&unused, __ATOMIC_ACQUIRE);
        while (thread != NULL
               && !__atomic_compare_exchange_n(&unused, &thread,
                                               (struct py2abi_thread *)(void *)thread->pool, 0,
                                               __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
        }
        __atomic_clear(&is_taking, __ATOMIC_RELEASE);
    }
    if (thread == NULL) {
        return calloc(1, sizeof *thread);
    }
    memset(thread, 0, sizeof *thread);
    return thread;
}

static void
release(struct py2abi_thread *thread)
{
    free(thread->pool);
    thread->host = NULL;
    struct py2abi_thread *next = __atomic_load_n(&unused, __ATOMIC_ACQUIRE);
    do {
        thread->pool = (PyObject **)(void *)next;
    } while (!__atomic_compare_exchange_n(&unused, &next, thread, 0, __ATOMIC_ACQ_REL,
                                          __ATOMIC_ACQUIRE));
}

/* A thread state, of this thread if that has none yet; or NULL without an exception. */
PyThreadState *
PyThreadState_New(PyInterpreterState *interpreter)
{
    struct py2abi_thread *thread = allocate();
    if (thread == NULL) {
        return NULL;
    }
    thread->host = host_PyThreadState_New(host_PyInterpreterState_Head());
    thread->pool_room = MADE;
    thread->state.interp = interpreter;
    if (thread->host == NULL) {
        release(thread);
        return NULL;
    }
    return &thread->state;
}

PyThreadState *
_PyThreadState_Prealloc(PyInterpreterState *interpreter)
{
    return PyThreadState_New(interpreter);
}

void
_PyThreadState_Init(PyThreadState *tstate)
{
    (void)tstate;
}

void
PyThreadState_Clear(PyThreadState *tstate)
{
    Py_CLEAR(tstate->dict);
    Py_CLEAR(tstate->async_exc);
    Py_CLEAR(tstate->curexc_type);
    Py_CLEAR(tstate->curexc_value);
    Py_CLEAR(tstate->curexc_traceback);
    Py_CLEAR(tstate->exc_type);
    Py_CLEAR(tstate->exc_value);
    Py_CLEAR(tstate->exc_traceback);
    host_PyThreadState_Clear(((struct py2abi_thread *)tstate)->host);
}

void
PyThreadState_Delete(PyThreadState *tstate)
{
    struct py2abi_thread *thread = (struct py2abi_thread *)tstate;
    HostThread *host = thread->host;
    if (tstate == _PyThreadState_Current && host_PyGILState_Check()) {
        Py_FatalError("PyThreadState_Delete: tstate is still current");
    }
    host_PyThreadState_Delete(host);
    release(thread);
}

/* The lock goes with it. */
void
PyThreadState_DeleteCurrent(void)
{
    PyThreadState *tstate = _PyThreadState_Current;
    if (tstate == NULL) {
        Py_FatalError("PyThreadState_DeleteCurrent: no current tstate");
    }
    release((struct py2abi_thread *)tstate);
    _PyThreadState_Current = NULL;
    host_PyThreadState_DeleteCurrent();
}

/* The state of this thread, also while it has not the lock, or NULL. */
PyThreadState *
PyGILState_GetThisThreadState(void)
{
    if (host_PyGILState_GetThisThreadState() == NULL) {
        return NULL;
    }
    if (!host_PyGILState_Check()) {
        return last;
    }
    struct py2abi_thread *thread = py2abi_thread_get();
    host_PyErr_Clear();
    return thread != NULL ? &thread->state : NULL;
}

/* Of all threads the one that runs is shown. */
PyThreadState *
PyInterpreterState_ThreadHead(PyInterpreterState *interpreter)
{
    (void)interpreter;
    return _PyThreadState_Current;
}

PyThreadState *
PyThreadState_Next(PyThreadState *tstate)
{
    (void)tstate;
    return NULL;
}

/* Raise an exception in another thread, or with NULL take it back.  Returns how many
 * threads have that identity. */
int
PyThreadState_SetAsyncExc(long identity, PyObject *exception)
{
    HostObject *host = exception != NULL ? py2abi_host(exception, PY2ABI_AS_VALUE) : NULL;
    if (exception != NULL && host == NULL) {
        py2abi_error_to_guest();
        return 0;
    }
    int count = host_PyThreadState_SetAsyncExc((unsigned long)identity, host);
    host_XDECREF(host);
    return count;
}

PyObject *
_PyThread_CurrentFrames(void)
{
    return py2abi_mirror_result(
        py2abi_hostcall(py2abi_hostcall_import("sys", "_current_frames"), 0));
}

static struct _frame *
get_frame(PyThreadState *tstate)
{
    return tstate->frame;
}

PyThreadFrameGetter _PyThreadState_GetFrame = get_frame;
