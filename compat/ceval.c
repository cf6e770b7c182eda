/* ceval.c - the interpreter loop's side of the API: the lock, calls. */

#include "config.h"
#include "crossing.h"
#include "frames.h"
#include "hostcall.h"
#include "proxy.h"

#include <stdlib.h>

/* ---- The lock ---- */

/* Give the host's lock back.  The guest's state is what is returned: it is kept
 * and compared by guests, and leads to the host's. */
PyThreadState *
PyEval_SaveThread(void)
{
    PyThreadState *tstate = _PyThreadState_Current;
    py2abi_thread_leaves(tstate);
    _PyThreadState_Current = NULL;
    host_PyEval_SaveThread();
    return tstate;
}

void
PyEval_RestoreThread(PyThreadState *tstate)
{
    host_PyEval_RestoreThread(((struct py2abi_thread *)tstate)->host);
    py2abi_thread_comes(tstate);
}

/* The host has no lock without a thread state.  What 2.7 does in steps - take the
 * lock, swap a state in - is one here: a thread that believes that it has the lock
 * and has no state has nothing. */
static __thread int has_bare_lock;
static __thread PyThreadState *left; /* by PyEval_ReleaseLock(), to be taken up again */

void
PyEval_AcquireLock(void)
{
    if (left == NULL) {
        has_bare_lock = 1;
        return;
    }
    PyThreadState *tstate = left;
    left = NULL;
    PyEval_RestoreThread(tstate);
}

void
PyEval_ReleaseLock(void)
{
    if (has_bare_lock) {
        has_bare_lock = 0;
        return;
    }
    left = PyEval_SaveThread();
}

void
PyEval_AcquireThread(PyThreadState *tstate)
{
    host_PyEval_AcquireThread(((struct py2abi_thread *)tstate)->host);
    py2abi_thread_comes(tstate);
}

void
PyEval_ReleaseThread(PyThreadState *tstate)
{
    py2abi_thread_leaves(NULL);
    _PyThreadState_Current = NULL;
    host_PyEval_ReleaseThread(((struct py2abi_thread *)tstate)->host);
}

/* Let another thread state run here, or none.  Returns the one before. */
PyThreadState *
PyThreadState_Swap(PyThreadState *tstate)
{
    PyThreadState *before = has_bare_lock ? NULL : _PyThreadState_Current;
    if (tstate == before) {
        return before;
    }
    if (tstate == NULL) {
        PyEval_ReleaseThread(before);
        has_bare_lock = 1;
    }
    else if (before == NULL) {
        has_bare_lock = 0;
        PyEval_AcquireThread(tstate);
    }
    else {
        host_PyThreadState_Swap(((struct py2abi_thread *)tstate)->host);
        py2abi_thread_comes(tstate);
    }
    return before;
}

/* In the child of a fork: PyOS_AfterFork() has done it. */
void
PyEval_ReInitThreads(void)
{
}

/* From when the first binary came on. */
int
PyEval_ThreadsInitialized(void)
{
    return 1;
}

/* 3.7 and later have their lock since they were initialised, and may lose this function. */
void
PyEval_InitThreads(void)
{
    if (HOST_HAS(PyEval_InitThreads)) {
        host_PyEval_InitThreads();
    }
}

/* How often 2.7 would look for signals and other threads: for who reads it. */
int _Py_CheckInterval = 100;
volatile int _Py_Ticker;

/* The host's, which sys.setrecursionlimit() changes and inlined code has a copy of.  Without the
 * GIL, and when there is no Python any more, that is all there is. */
int
Py_GetRecursionLimit(void)
{
    int limit = _PyThreadState_Current != NULL ? host_Py_GetRecursionLimit() : 0;
    if (limit > 0) {
        _Py_CheckRecursionLimit = limit;
    }
    return _Py_CheckRecursionLimit;
}

void
Py_SetRecursionLimit(int limit)
{
    _Py_CheckRecursionLimit = limit;
    if (_PyThreadState_Current != NULL) {
        host_Py_SetRecursionLimit(limit);
    }
}

/* The slow path of Py_EnterRecursiveCall: the count, which inlined code keeps, is over the limit,
 * unless Python code has set a higher one.  A lower one it meets here only. */
int
_Py_CheckRecursiveCall(const char *where)
{
    PyThreadState *tstate = _PyThreadState_Current;
    if (tstate->recursion_depth > Py_GetRecursionLimit()) {
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

/* Borrowed until the guest returns: the function that called it has them as long. */
PyObject *
PyEval_GetGlobals(void)
{
    HostObject *globals = host_PyEval_GetGlobals();
    PyObject *mirror = globals != NULL ? py2abi_mirror_names(globals) : NULL;
    host_PyErr_Clear();
    return py2abi_frame_keep(mirror);
}

/* The variables of the Python function that called the guest, or NULL without an
 * exception. */
PyObject *
PyEval_GetLocals(void)
{
    HostObject *locals = host_PyEval_GetLocals();
    PyObject *mirror = locals != NULL ? py2abi_mirror(locals) : NULL;
    host_PyErr_Clear();
    return py2abi_frame_keep(mirror);
}

/* The frame of that function, as it is now: borrowed until the guest returns, or
 * NULL without an exception.  Guest functions have none. */
PyFrameObject *
PyEval_GetFrame(void)
{
    HostObject *frame = (HostObject *)host_PyEval_GetFrame();
    PyObject *mirror = frame != NULL ? py2abi_mirror(frame) : NULL;
    host_PyErr_Clear();
    return (PyFrameObject *)py2abi_frame_keep(mirror);
}

/* Whether anything is to be compiled in another way than by default. */
int
PyEval_MergeCompilerFlags(PyCompilerFlags *flags)
{
    return flags->cf_flags != 0;
}

/* End the line of a print statement that left it open. */
int
Py_FlushLine(void)
{
    PyObject *file = PySys_GetObject((char *)"stdout");
    return file != NULL && PyFile_SoftSpace(file, 0) ? PyFile_WriteString("\n", file) : 0;
}

/* How a callable is called in messages: borrowed from it. */
const char *
PyEval_GetFuncName(PyObject *callable)
{
    if (PyMethod_Check(callable)) {
        return PyEval_GetFuncName(PyMethod_GET_FUNCTION(callable));
    }
    if (PyFunction_Check(callable)) {
        const PyFunctionObject *function = (PyFunctionObject *)callable;
        return function->func_name != NULL ? PyString_AsString(function->func_name) : "?";
    }
    if (PyInstance_Check(callable)) {
        callable = (PyObject *)((PyInstanceObject *)callable)->in_class;
    }
    if (PyClass_Check(callable)) {
        return PyString_AS_STRING(((PyClassObject *)callable)->cl_name);
    }
    return PyCFunction_Check(callable) ? ((PyCFunctionObject *)callable)->m_ml->ml_name
                                       : Py_TYPE(callable)->tp_name;
}

const char *
PyEval_GetFuncDesc(PyObject *callable)
{
    if (PyMethod_Check(callable) || PyFunction_Check(callable) || PyCFunction_Check(callable)) {
        return "()";
    }
    return PyClass_Check(callable)      ? " constructor"
           : PyInstance_Check(callable) ? " instance"
                                        : " object";
}

/* ---- Running code ---- */

/* The host's code for a guest's: a new reference, or NULL with a guest exception. */
static HostObject *
runnable(PyCodeObject *code)
{
    HostObject *host = PY2ABI_HEAD(code)->host;
    if (host == NULL) {
        PyErr_SetString(PyExc_SystemError, "Python 2's byte code cannot be run by Python 3");
        return NULL;
    }
    host_INCREF(host);
    return host;
}

/* Converted arguments as a tuple; names and values, in turn, as a dictionary.  A new
 * reference, or NULL with a host exception. */
static HostObject *
positional(PyObject **args, int count)
{
    HostObject *tuple = host_PyTuple_New(count);
    for (int i = 0; i < count && tuple != NULL; i++) {
        HostObject *item = py2abi_host(args[i], PY2ABI_AS_VALUE);
        if (item == NULL) {
            host_DECREF(tuple);
            return NULL;
        }
        host_PyTuple_SetItem(tuple, i, item);
    }
    return tuple;
}

static HostObject *
named(PyObject **pairs, int count)
{
    HostObject *dict = host_PyDict_New();
    for (int i = 0; i < count && dict != NULL; i++) {
        HostObject *name = py2abi_host(pairs[2 * i], PY2ABI_AS_NAME);
        HostObject *value = name != NULL ? py2abi_host(pairs[2 * i + 1], PY2ABI_AS_VALUE) : NULL;
        if (value == NULL || host_PyDict_SetItem(dict, name, value) < 0) {
            host_DECREF(dict);
            dict = NULL;
        }
        host_XDECREF(name);
        host_XDECREF(value);
    }
    return dict;
}

static HostObject *
or_none(PyObject *object)
{
    return object != NULL ? py2abi_host(object, PY2ABI_AS_VALUE) : py2abi_hostcall_none();
}

PyObject *
PyEval_EvalCode(PyCodeObject *code, PyObject *globals, PyObject *locals)
{
    HostObject *host = runnable(code), *result = NULL;
    if (host == NULL) {
        return NULL;
    }
    if (globals == NULL) {
        host_DECREF(host);
        PyErr_SetString(PyExc_SystemError, "PyEval_EvalCodeEx: NULL globals");
        return NULL;
    }
    py2abi_lists_sync();
    HostObject *host_globals = py2abi_host(globals, PY2ABI_AS_VALUE);
    HostObject *host_locals = host_globals != NULL
                                  ? py2abi_host(locals != NULL ? locals : globals, PY2ABI_AS_VALUE)
                                  : NULL;
    if (host_locals != NULL) {
        result = host_PyEval_EvalCode(host, host_globals, host_locals);
    }
    host_XDECREF(host_globals);
    host_XDECREF(host_locals);
    host_DECREF(host);
    return py2abi_mirror_result(result);
}

/* The code of a function calls that function, which has its own defaults and
 * closure; other code becomes a function with what is given, or is run as a
 * module's. */
PyObject *
PyEval_EvalCodeEx(PyCodeObject *code, PyObject *globals, PyObject *locals, PyObject **args,
                  int argcount, PyObject **kwargs, int kwcount, PyObject **defaults, int defcount,
                  PyObject *closure)
{
    HostObject *function = ((struct py2abi_code *)code)->function, *result = NULL;
    if (function == NULL && argcount == 0 && kwcount == 0
        && !(code->co_flags & (CO_NEWLOCALS | CO_OPTIMIZED))) {
        return PyEval_EvalCode(code, globals, locals);
    }
    HostObject *host = runnable(code);
    if (host == NULL) {
        return NULL;
    }
    if (globals == NULL) {
        host_DECREF(host);
        PyErr_SetString(PyExc_SystemError, "PyEval_EvalCodeEx: NULL globals");
        return NULL;
    }
    py2abi_lists_sync();
    if (function != NULL) {
        host_INCREF(function);
        host_DECREF(host);
    }
    else {
        function = py2abi_hostcall(py2abi_hostcall_import("types", "FunctionType"), 5, host,
                                   py2abi_host(globals, PY2ABI_AS_VALUE), py2abi_hostcall_none(),
                                   positional(defaults, defcount), or_none(closure));
    }
    HostObject *host_args = function != NULL ? positional(args, argcount) : NULL;
    HostObject *host_kwargs = host_args != NULL ? named(kwargs, kwcount) : NULL;
    if (host_kwargs != NULL) {
        result = host_PyObject_Call(function, host_args, host_kwargs);
    }
    host_XDECREF(function);
    host_XDECREF(host_args);
    host_XDECREF(host_kwargs);
    return py2abi_mirror_result(result);
}

/* A frame that a binary made, that never ran and has the arguments where its code expects them, as
 * generated code fills it, is a call with these.  Any other is not Python 3's to run. */
PyObject *
PyEval_EvalFrameEx(PyFrameObject *frame, int throwing)
{
    PyCodeObject *code = frame->f_code;
    /* The host's have no room for variables. */
    int is_fresh = !throwing && frame->f_lasti == -1 && frame->f_valuestack != NULL;
    for (int i = 0; is_fresh && i < code->co_argcount; i++) {
        is_fresh = frame->f_localsplus[i] != NULL;
    }
    if (!is_fresh) {
        PyErr_SetString(PyExc_SystemError, "a frame of Python 2 code cannot be run by Python 3");
        return NULL;
    }
    return PyEval_EvalCodeEx(code, frame->f_globals, frame->f_locals, frame->f_localsplus,
                             code->co_argcount, NULL, 0, NULL, 0, NULL);
}

PyObject *
PyEval_EvalFrame(PyFrameObject *frame)
{
    return PyEval_EvalFrameEx(frame, 0);
}

/* 2.7 counts calls only where it was built for that. */
PyObject *
PyEval_GetCallStats(PyObject *self)
{
    (void)self;
    Py_RETURN_NONE;
}

PyObject *
_PyEval_CallTracing(PyObject *function, PyObject *args)
{
    return PyEval_CallObjectWithKeywords(function, args, NULL);
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

/* ---- Tracing and profiling ---- */

/* A guest's function that is told what the host runs.  It belongs to the capsule that
 * the host gives back with each event. */
struct tracer {
    Py_tracefunc function;
    PyObject *object;
    const struct py2abi_guest *guest;
    PyObject **frames; /* that run, the innermost last: their mirrors stay the same */
    Py_ssize_t depth, room;
};

static const char tracer_name[] = "py2abi.tracer";

static void
free_tracer(HostObject *capsule)
{
    struct tracer *tracer = host_PyCapsule_GetPointer(capsule, tracer_name);
    if (tracer == NULL) {
        host_PyErr_Clear();
        return;
    }
    while (tracer->depth > 0) {
        py2abi_release(tracer->frames[--tracer->depth]);
    }
    if (tracer->object != NULL) {
        py2abi_release(tracer->object);
    }
    free(tracer->frames);
    free(tracer);
}

/* Keep a frame's mirror (borrowed) until the frame is left.  Without memory it is
 * not kept, and may be another at the next event. */
static void
push_frame(struct tracer *tracer, PyObject *frame)
{
    if (tracer->depth == tracer->room) {
        Py_ssize_t room = 2 * tracer->room + 32;
        PyObject **grown = realloc(tracer->frames, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            return;
        }
        tracer->frames = grown;
        tracer->room = room;
    }
    Py_INCREF(frame);
    tracer->frames[tracer->depth++] = frame;
}

/* What the host calls.  Its events are 2.7's, and one more, which is passed over; in
 * which order they come is the host's business. */
static int
trace(HostObject *capsule, struct host_frame *host_frame, int what, HostObject *arg)
{
    struct tracer *tracer = host_PyCapsule_GetPointer(capsule, tracer_name);
    struct py2abi_frame entry;
    int status = -1;
    if (tracer == NULL || what > PyTrace_C_RETURN) {
        return tracer == NULL ? -1 : 0;
    }
    if (py2abi_frame_enter(&entry, tracer->guest, NULL, NULL) < 0) {
        return -1;
    }
    host_INCREF(capsule); /* The function may set another. */
    PyObject *frame = py2abi_mirror((HostObject *)(void *)host_frame);
    PyObject *guest_arg = frame != NULL && arg != NULL ? py2abi_mirror(arg) : NULL;
    if (frame != NULL && (arg == NULL || guest_arg != NULL)) {
        if (what == PyTrace_CALL) {
            push_frame(tracer, frame);
        }
        status = tracer->function(tracer->object, (PyFrameObject *)frame, what, guest_arg);
        if (status != 0) {
            py2abi_error_to_host();
        }
        if (what == PyTrace_RETURN && tracer->depth > 0
            && tracer->frames[tracer->depth - 1] == frame) {
            tracer->depth--;
            Py_DECREF(frame);
        }
    }
    Py_XDECREF(frame);
    Py_XDECREF(guest_arg);
    py2abi_frame_leave(&entry);
    host_DECREF(capsule);
    return status != 0 ? -1 : 0;
}

/* The host's capsule for a function: a new reference, or NULL with a host exception. */
static HostObject *
make_tracer(Py_tracefunc function, PyObject *object)
{
    struct tracer *tracer = calloc(1, sizeof *tracer);
    if (tracer == NULL) {
        return host_PyErr_NoMemory();
    }
    tracer->function = function;
    tracer->guest = py2abi_frame_guest();
    HostObject *capsule = host_PyCapsule_New(tracer, tracer_name, free_tracer);
    if (capsule == NULL) {
        free(tracer);
        return NULL;
    }
    Py_XINCREF(object);
    tracer->object = object;
    return capsule;
}

static void
set_tracer(Py_tracefunc function, PyObject *object,
           void (*set)(py2abi_host_tracefunc, HostObject *))
{
    HostObject *capsule = function != NULL ? make_tracer(function, object) : NULL;
    host_PyErr_Clear(); /* Without memory there is no tracing, as with NULL. */
    set(capsule != NULL ? trace : NULL, capsule);
    host_XDECREF(capsule);
    host_PyErr_Clear();
    py2abi_returned(0);
    PyThreadState *state = _PyThreadState_Current;
    state->use_tracing = state->c_tracefunc != NULL || state->c_profilefunc != NULL;
}

/* Put a function and its object into the thread state and on the host.  The former goes
 * before, and while the host is not about to set one: a profiler that dies with it has
 * everything unset, and 3.11 allows none to be set while it lets go of another. */
static void
replace_tracer(Py_tracefunc *state_function, PyObject **state_object, Py_tracefunc function,
               PyObject *object, void (*set)(py2abi_host_tracefunc, HostObject *))
{
    PyObject *former = *state_object;
    Py_XINCREF(object);
    if (former != NULL) {
        *state_function = NULL;
        *state_object = NULL;
        set_tracer(NULL, NULL, set);
        Py_DECREF(former);
    }
    Py_XSETREF(*state_object, object);
    *state_function = function;
    set_tracer(function, object, set);
}

/* Have this thread's calls and returns reported, or with NULL no longer. */
void
PyEval_SetProfile(Py_tracefunc function, PyObject *object)
{
    PyThreadState *state = _PyThreadState_Current;
    replace_tracer(&state->c_profilefunc, &state->c_profileobj, function, object,
                   host_PyEval_SetProfile);
}

/* The same with each line. */
void
PyEval_SetTrace(Py_tracefunc function, PyObject *object)
{
    PyThreadState *state = _PyThreadState_Current;
    replace_tracer(&state->c_tracefunc, &state->c_traceobj, function, object,
                   host_PyEval_SetTrace);
}

/* ---- Slices ---- */

static int
has_index(PyObject *object)
{
    return PyInt_Check(object) || PyLong_Check(object) || PyIndex_Check(object);
}

/* A slice's bound, clipped to what a Py_ssize_t holds; NULL and None leave *index as it
 * is.  Returns 0 with a TypeError for what is no index. */
int
_PyEval_SliceIndex(PyObject *bound, Py_ssize_t *index)
{
    if (bound == NULL || bound == Py_None) {
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

/* The same where None is no bound. */
int
_PyEval_SliceIndexNotNone(PyObject *bound, Py_ssize_t *index)
{
    if (bound != NULL && has_index(bound)) {
        return _PyEval_SliceIndex(bound, index);
    }
    PyErr_SetString(PyExc_TypeError,
                    "slice indices must be integers or have an __index__ method");
    return 0;
}

/* ---- Calls that wait for the main thread ---- */

/* A call that waits: as many as 2.7 has room for.  No memory is asked for, since a signal
 * handler may be the caller. */
enum { PENDING_MAX = 32 };
static struct pending {
    int (*function)(void *);
    void *argument;
    const struct py2abi_guest *guest;
    int taken;
} pending[PENDING_MAX];

/* What the host calls, with the lock, between two instructions of whatever runs. */
static int
make_pending_call(void *data)
{
    struct pending call = *(struct pending *)data;
    struct py2abi_frame frame;
    __atomic_store_n(&((struct pending *)data)->taken, 0, __ATOMIC_RELEASE);
    if (py2abi_frame_enter(&frame, call.guest, NULL, NULL) < 0) {
        return -1;
    }
    int status = call.function(call.argument);
    if (status != 0) {
        py2abi_error_to_host();
    }
    py2abi_frame_leave(&frame);
    return status;
}

/* 0, or -1 when too many wait.  Any thread, without the lock. */
int
Py_AddPendingCall(int (*function)(void *), void *argument)
{
    for (struct pending *call = pending; call < pending + PENDING_MAX; call++) {
        if (__atomic_exchange_n(&call->taken, 1, __ATOMIC_ACQUIRE) != 0) {
            continue;
        }
        call->function = function;
        call->argument = argument;
        call->guest = py2abi_frame_guest();
        int status = host_Py_AddPendingCall(make_pending_call, call);
        if (status != 0) {
            __atomic_store_n(&call->taken, 0, __ATOMIC_RELEASE);
        }
        return status;
    }
    return -1;
}

int
Py_MakePendingCalls(void)
{
    return (int)py2abi_returned(host_Py_MakePendingCalls());
}
