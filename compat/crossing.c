/* crossing.c - what happens where the host calls the guest and the guest the
 * host: threads, frames, errors. */

#include "config.h"
#include "check.h"
#include "crossing.h"
#include "exceptions.h"

#include <stdlib.h>

/* What the macros of 2.7's headers read without a call. */
PyThreadState *_PyThreadState_Current;
int _Py_CheckRecursionLimit = 1000;

static PyInterpreterState interpreter;

__thread struct py2abi_thread *py2abi_thread_current
    __attribute__((tls_model("initial-exec")));

static const char capsule_name[] = "py2abi.thread";

/* ---- Threads ---- */

static void
drop_pool(struct py2abi_thread *thread, Py_ssize_t from)
{
    while (thread->pool_used > from) {
        PyObject *object = thread->pool[--thread->pool_used];
        Py_DECREF(object);
    }
}

static void
drop_recent(struct py2abi_thread *thread, unsigned long from)
{
    unsigned long held = thread->recent_count - from;
    held = held < PY2ABI_RECENT ? held : PY2ABI_RECENT;
    while (held-- > 0) {
        PyObject **slot = &thread->recent[--thread->recent_count % PY2ABI_RECENT];
        PyObject *object = *slot;
        *slot = NULL;
        Py_XDECREF(object);
    }
    thread->recent_count = from;
}

/* What binaries find when Python has ended: their static destructors, and those of objects
 * that these give back, look at the error indicator. */
static struct py2abi_thread ended;

/* Whether the interpreter has ended, and the functions of the API with it.  Any thread. */
int
py2abi_has_ended(void)
{
    return _PyThreadState_Current == &ended.state;
}

/* It has, and this thread goes on to the end of the process. */
void
py2abi_threads_end(void)
{
    py2abi_thread_current = NULL;
    ended.state.interp = &interpreter;
    _PyThreadState_Current = &ended.state;
}

/* The end of the dictionary that binaries have for a thread.  At the end of Python the host's objects
 * are not given back any more as a rule; but here the host gives back the like of its own. */
static void
drop_dict(struct py2abi_thread *thread)
{
    PyObject *dict = thread->state.dict;
    HostObject *host = dict != NULL && Py_REFCNT(dict) == 1 && py2abi_finalizing()
                           ? PY2ABI_HEAD(dict)->host
                           : NULL;
    Py_CLEAR(thread->state.dict);
    host_XDECREF(host);
}

/* The host clears a thread state's dictionary when the thread ends, in the
 * child of a fork, and at the interpreter's end: nothing else has to free this. */
static void
free_thread(HostObject *capsule)
{
    struct py2abi_thread *thread = host_PyCapsule_GetPointer(capsule, capsule_name);
    if (thread == NULL) {
        host_PyErr_Clear();
        return;
    }
    drop_pool(thread, 0);
    free(thread->pool);
    drop_recent(thread, 0);
    free(thread->recent);
    Py_CLEAR(thread->state.curexc_type);
    Py_CLEAR(thread->state.curexc_value);
    Py_CLEAR(thread->state.curexc_traceback);
    Py_CLEAR(thread->state.exc_type);
    Py_CLEAR(thread->state.exc_value);
    Py_CLEAR(thread->state.exc_traceback);
    drop_dict(thread);
    if (py2abi_thread_current == thread) {
        py2abi_thread_current = NULL;
        py2abi_faulthandler_enter(NULL);
    }
    if (_PyThreadState_Current == &thread->state) {
        _PyThreadState_Current = py2abi_finalizing() ? &ended.state : NULL;
    }
    if (py2abi_finalizing()) {
        /* A thread that waits for the lock meanwhile reads it afterwards. */
        thread->state.next = ended.state.next;
        ended.state.next = &thread->state;
        return;
    }
    free(thread);
}

static struct py2abi_thread *
find_thread(HostThread *host)
{
    HostObject *dict = host_PyThreadState_GetDict();
    if (dict == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    HostObject *capsule = host_PyDict_GetItemString(dict, capsule_name);
    if (capsule != NULL) {
        return host_PyCapsule_GetPointer(capsule, capsule_name);
    }
    struct py2abi_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    thread->host = host;
    thread->state.interp = &interpreter;
    thread->state.thread_id = PyThread_get_thread_ident();
    capsule = host_PyCapsule_New(thread, capsule_name, free_thread);
    if (capsule == NULL) {
        free(thread);
        return NULL;
    }
    int failed = host_PyDict_SetItemString(dict, capsule_name, capsule);
    host_DECREF(capsule);
    return failed ? NULL : thread;
}

static inline struct py2abi_thread *
get_thread(void)
{
    HostThread *host = host_PyThreadState_Get();
    struct py2abi_thread *thread = py2abi_thread_current;
    if (thread == NULL || thread->host != host) {
        thread = py2abi_thread_current = find_thread(host);
        py2abi_faulthandler_enter(thread);
    }
    return thread;
}

/* The thread that runs, made if this is its first contact with a guest.
 * Returns NULL with a host exception (MemoryError). */
struct py2abi_thread *
py2abi_thread_get(void)
{
    return get_thread();
}

/* The same where guest code runs already, so that it is known. */
static inline struct py2abi_thread *
running(void)
{
    return py2abi_thread_current;
}

/* The state of the thread that runs, for what is asked in the middle of a conversion: while
 * that called the host, another thread may have run guest code, and _PyThreadState_Current
 * is that thread's until this one comes back to its guest. */
PyThreadState *
py2abi_thread_state(void)
{
    struct py2abi_thread *thread = running();
    return thread != NULL ? _PyThreadState_Current = &thread->state : _PyThreadState_Current;
}

/* The guest's view of the one interpreter. */
PyInterpreterState *
py2abi_interpreter(void)
{
    return &interpreter;
}

/* ---- Frames ---- */

/* The guest's error, which an entered frame is not to see, until that is left. */
void
py2abi_frame_set_aside(struct py2abi_frame *frame)
{
    PyThreadState *state = &frame->thread->state;
    frame->has |= PY2ABI_FRAME_ERROR;
    frame->type = state->curexc_type;
    frame->value = state->curexc_value;
    frame->traceback = state->curexc_traceback;
    state->curexc_type = state->curexc_value = state->curexc_traceback = NULL;
}

/* A frame, which may be an outer one, is to have something that lasts until its end. */
void
py2abi_frame_keeps(struct py2abi_frame *frame)
{
    if (!(frame->has & PY2ABI_FRAME_KEEPS)) {
        frame->has |= PY2ABI_FRAME_KEEPS;
        frame->pool = frame->thread->pool_used;
        frame->recent = frame->thread->recent_count;
        frame->lists = (struct py2abi_lists){NULL, NULL, 0, 0};
    }
}

/* What is to be done at a frame's end, if anything is. */
void
py2abi_frame_settle(struct py2abi_frame *frame)
{
    struct py2abi_thread *thread = frame->thread;
    PyThreadState *state = &thread->state;
    if (py2abi_checking) {
        py2abi_lent_check_frame(frame);
    }
    if (py2abi_dict_slots != 0) {
        py2abi_dict_slots_leave(frame);
    }
    if (frame->has & PY2ABI_FRAME_KEEPS) {
        drop_pool(thread, frame->pool);
        drop_recent(thread, frame->recent);
    }
    if (py2abi_frame_lists(frame) != NULL || py2abi_lists_kept.first != NULL) {
        py2abi_frame_keeps(frame);
        py2abi_lists_leave(frame);
    }
    if (state->curexc_type != NULL) {
        /* What deallocators left behind belongs to nobody. */
        Py_CLEAR(state->curexc_type);
        Py_CLEAR(state->curexc_value);
        Py_CLEAR(state->curexc_traceback);
    }
    if (frame->has & PY2ABI_FRAME_ERROR) {
        state->curexc_type = frame->type;
        state->curexc_value = frame->value;
        state->curexc_traceback = frame->traceback;
    }
}

/* Whether guest code can run here: at the interpreter's end it can as long as the thread's
 * guest state is there. */
int
py2abi_frame_possible(void)
{
    return running() != NULL || !py2abi_finalizing();
}

/* The binary whose code runs, or NULL outside of guest code. */
const struct py2abi_guest *
py2abi_frame_guest(void)
{
    struct py2abi_thread *thread = running();
    return thread != NULL && thread->frame != NULL ? thread->frame->guest : NULL;
}

/* The module whose code runs, for messages. */
const char *
py2abi_frame_module(void)
{
    const struct py2abi_guest *guest = py2abi_frame_guest();
    return guest != NULL ? guest->name : "a Python 2 binary";
}

/* Keep a reference (which is taken over, also on failure) until the innermost
 * frame ends, and return it as a borrowed one.  NULL with a guest exception
 * without memory, and for NULL. */
PyObject *
py2abi_frame_keep(PyObject *object)
{
    struct py2abi_thread *thread = running();
    if (object == NULL || thread == NULL) {
        return object;
    }
    if (thread->pool_used == thread->pool_room) {
        Py_ssize_t room = thread->pool_room != 0 ? 2 * thread->pool_room : 32;
        PyObject **grown = realloc(thread->pool, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            Py_DECREF(object);
            return PyErr_NoMemory();
        }
        thread->pool = grown;
        thread->pool_room = room;
    }
    if (thread->frame != NULL) {
        py2abi_frame_keeps(thread->frame);
    }
    return thread->pool[thread->pool_used++] = object;
}

/* A mirror that is new (taken over, NULL passes) has one reference more than the guest
 * gets, until the frame ends or a thousand others have come: with a single one it would say
 * that nothing else has the object, which binaries believe.  (A pickler does not remember
 * such an object, and another changes it.)  Returns the mirror. */
PyObject *
py2abi_frame_recent(PyObject *mirror)
{
    struct py2abi_thread *thread = running();
    if (mirror == NULL || thread == NULL || thread->frame == NULL || Py_REFCNT(mirror) != 1
        || py2abi_checking == PY2ABI_CHECK_EARLY) {
        return mirror;
    }
    if (thread->recent == NULL) {
        thread->recent = calloc(PY2ABI_RECENT, sizeof *thread->recent);
        if (thread->recent == NULL) {
            return mirror;
        }
    }
    py2abi_frame_keeps(thread->frame);
    PyObject **slot = &thread->recent[thread->recent_count++ % PY2ABI_RECENT];
    PyObject *former = *slot;
    Py_INCREF(mirror);
    *slot = mirror;
    Py_XDECREF(former);
    return mirror;
}

/* ---- Coming back from the host ---- */

/* To be called when a call of the host's that may have run Python code has
 * returned: another thread may have run guest code meanwhile. */
static inline void
resume(void)
{
    struct py2abi_thread *thread = running();
    py2abi_check_code++;
    if (thread != NULL) {
        _PyThreadState_Current = &thread->state;
    }
}

/* What an API function returns for a mirror: that, or NULL, with the host's exception
 * moved. */
static PyObject *
finish_result(PyObject *mirror)
{
    struct py2abi_thread *thread = running();
    resume();
    if (thread != NULL && thread->frame != NULL && py2abi_frame_lists(thread->frame) != NULL) {
        py2abi_lists_resume(thread->frame);
    }
    if (mirror == NULL) {
        py2abi_error_to_guest();
    }
    return mirror;
}

/* The result of an API function that is an object: a host result (taken over)
 * as a new guest reference, or NULL, with the host's exception moved. */
PyObject *
py2abi_mirror_result(HostObject *result)
{
    resume();
    return finish_result(result != NULL ? py2abi_mirror_steal(result) : NULL);
}

/* The same where Python 2 has a unicode, whatever a str is otherwise. */
PyObject *
py2abi_unicode_result(HostObject *result)
{
    resume();
    return finish_result(result != NULL ? py2abi_mirror_unicode_steal(result) : NULL);
}

/* The result of an API function that is a number, where a negative one is an
 * error: the host's exception is moved. */
long
py2abi_returned(long status)
{
    resume();
    if (status < 0 && host_PyErr_Occurred() != NULL) {
        py2abi_error_to_guest();
    }
    return status;
}

/* ---- Errors ---- */

/* Move the host's exception to the guest, in place of one that is set there.
 * Without a host exception the guest gets a SystemError: something failed and
 * did not say why. */
void
py2abi_error_to_guest(void)
{
    HostObject *type, *value, *traceback;
    struct py2abi_thread *thread = py2abi_thread_get();
    resume();
    host_PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        if (_PyThreadState_Current->curexc_type == NULL) {
            PyErr_SetString(PyExc_SystemError, py2abi_hostapi_has_ended()
                                                   ? "Python has ended"
                                                   : "error return without exception set");
        }
        return;
    }
    if (thread == NULL) {
        host_PyErr_Restore(type, value, traceback);
        return;
    }
    if (py2abi_exception_recall(value)) {
        host_DECREF(type);
        host_DECREF(value);
        host_XDECREF(traceback);
        return;
    }
    PyObject *guest_type = py2abi_mirror_steal(type);
    PyObject *guest_value = value != NULL ? py2abi_mirror_exception(value) : NULL;
    PyObject *guest_traceback = traceback != NULL ? py2abi_mirror_steal(traceback) : NULL;
    host_XDECREF(value);
    host_PyErr_Clear(); /* A mirror that could not be made: the type has to do. */
    if (guest_type == NULL) {
        PyErr_NoMemory();
        Py_XDECREF(guest_value);
        Py_XDECREF(guest_traceback);
        return;
    }
    PyErr_Restore(guest_type, guest_value, guest_traceback);
}

/* Move the guest's exception to the host.  Without one the host gets a
 * SystemError. */
void
py2abi_error_to_host(void)
{
    PyThreadState *state = py2abi_thread_state();
    PyObject *type = state->curexc_type, *value = state->curexc_value;
    PyObject *traceback = state->curexc_traceback;
    state->curexc_type = state->curexc_value = state->curexc_traceback = NULL;
    if (type == NULL) {
        if (host_PyErr_Occurred() == NULL) {
            host_PyErr_SetString(*HOST(PyExc_SystemError),
                                 "error return without exception set");
        }
        return;
    }
    if (!py2abi_exception_can_cross(type)) {
        py2abi_exception_refuse(type, value, traceback);
        return;
    }
    HostObject *host_type = py2abi_host(type, PY2ABI_AS_VALUE);
    HostObject *host_value = NULL;
    if (host_type != NULL && value != NULL) {
        host_value = py2abi_host_exception(type, value);
    }
    HostObject *host_traceback = NULL;
    if (host_type != NULL && traceback != NULL && traceback != Py_None) {
        host_traceback = py2abi_host(traceback, PY2ABI_AS_VALUE);
    }
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    if (host_type == NULL) {
        return; /* with the exception of the conversion */
    }
    host_PyErr_Restore(host_type, host_value, host_traceback);
}

/* What an API function returns that could not convert an argument. */
PyObject *
py2abi_failed(void)
{
    py2abi_error_to_guest();
    return NULL;
}
