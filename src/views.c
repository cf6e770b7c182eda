/* views.c - keeping views open after the function that took them returned.
 *
 * CPython's own functions release the view before they return, so that the
 * pointer may dangle already.  A kept view is released
 *
 *   - when the scope ends in which it was taken (py2abi_views_begin), or
 *   - with PY2ABI_VIEWS=hold, when the C function that asked has returned to
 *     the interpreter.
 *
 * The second has no direct signal.  What there is: the frame of Python code
 * that called the C function executes its next instruction, raises or returns.
 * A trace function on the thread is told of each, so one is there while the
 * thread has views of a frame, and only then.  Where another trace function
 * is installed (a debugger, coverage) or the host has no events for single
 * instructions (3.6), two weaker signals remain: a pending call, which the main
 * thread's evaluation loop runs between two instructions, and the next time
 * that the thread asks for a buffer, when a frame that has moved on shows.
 *
 * Everything hangs off one record in the thread-state dictionary, so that
 * threads share nothing, and so that a thread's end, the interpreter's end and
 * the child of a fork (which loses the other threads' states) release what is
 * left, without a list or a lock. */

#include "config.h"
#include "views.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char record_name[] = "py2abi.views";

struct scope {
    long token;
    struct scope *next;
};

/* One thread's views and scopes, newest first. */
struct record {
    struct py2abi_view *views;
    struct scope *scopes;
    long last_token;
    PyObject *capsule; /* borrowed: what owns the record in the thread's dict */
    bool in_pending;   /* on_pending is running */
    pthread_t thread;
    pid_t process; /* thread identifiers mean something in one process only */
};

atomic_long py2abi_views_scopes;

/* Release one view and give its memory back.  The error indicator is left as it
 * was; an exception of the exporter's goes to sys.unraisablehook, as there is
 * no caller left to see it. */
static void
release(struct py2abi_view *view)
{
    PyObject *type, *value, *traceback;
    host_PyErr_Fetch(&type, &value, &traceback);
    host_PyBuffer_Release(&view->buffer);
    if (host_PyErr_Occurred() != NULL) {
        host_PyErr_WriteUnraisable(NULL);
    }
    host_PyErr_Restore(type, value, traceback);
    py2abi_views_drop(view);
}

/* Release the views that over() chooses, newest first, each unlinked before its
 * exporter runs: that may ask for buffers again.  Whether there was one. */
static bool
release_if(struct record *record, bool (*over)(const struct py2abi_view *, const void *),
           const void *what)
{
    struct py2abi_view **link = &record->views;
    bool released = false;
    while (*link != NULL) {
        struct py2abi_view *view = *link;
        if (over(view, what)) {
            *link = view->next;
            release(view);
            released = true;
            /* The exporter may have changed the list. */
            link = &record->views;
        }
        else {
            link = &view->next;
        }
    }
    return released;
}

static bool
any(const struct py2abi_view *view, const void *what)
{
    (void)view;
    (void)what;
    return true;
}

static bool
of_frame(const struct py2abi_view *view, const void *what)
{
    return view->scope == 0 && view->frame == what;
}

static bool
of_scope(const struct py2abi_view *view, const void *what)
{
    return view->scope == *(const long *)what;
}

static void
end_scope(struct record *record)
{
    struct scope *scope = record->scopes;
    record->scopes = scope->next;
    atomic_fetch_sub(&py2abi_views_scopes, 1);
    release_if(record, of_scope, &scope->token);
    free(scope);
}

static bool
is_open(const struct record *record, long token)
{
    const struct scope *scope = record->scopes;
    while (scope != NULL && scope->token != token) {
        scope = scope->next;
    }
    return scope != NULL;
}

static bool
has_frame_views(const struct record *record)
{
    for (const struct py2abi_view *view = record->views; view != NULL; view = view->next) {
        if (view->scope == 0) {
            return true;
        }
    }
    return false;
}

/* The thread, or its state, has come to its end. */
static void
destroy_record(PyObject *capsule)
{
    struct record *record = host_PyCapsule_GetPointer(capsule, record_name);
    /* At the interpreter's end the states of threads are cleared that may still
     * be inside the C function that asked, without the GIL.  Their views stay;
     * the process is about to end.  In the child of a fork they are gone. */
    if (record->process == getpid() && !pthread_equal(record->thread, pthread_self())) {
        return;
    }
    while (record->scopes != NULL) {
        end_scope(record);
    }
    release_if(record, any, NULL);
    free(record);
}

/* The record of the calling thread; NULL if it has none and make is not set, or
 * with an exception if none can be made. */
static struct record *
record_of_thread(bool make)
{
    PyObject *dict = host_PyThreadState_GetDict();
    PyObject *capsule = dict != NULL ? host_PyDict_GetItemString(dict, record_name) : NULL;
    if (capsule != NULL) {
        struct record *record = host_PyCapsule_GetPointer(capsule, record_name);
        if (record != NULL) {
            record->process = getpid();
        }
        return record;
    }
    if (!make || dict == NULL) {
        return NULL;
    }
    struct record *record = calloc(1, sizeof *record);
    if (record == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    record->thread = pthread_self();
    record->process = getpid();
    capsule = host_PyCapsule_New(record, record_name, destroy_record);
    if (capsule == NULL) {
        free(record);
        return NULL;
    }
    record->capsule = capsule;
    int set = host_PyDict_SetItemString(dict, record_name, capsule);
    host_Py_DecRef(capsule); /* Frees the record if the dict did not take it. */
    return set == 0 ? record : NULL;
}

/* frame.<name> as a number, -1 (which no instruction has) if it has none. */
static Py_ssize_t
frame_number(PyObject *frame, const char *name)
{
    Py_ssize_t number = -1;
    PyObject *value = host_PyObject_GetAttrString(frame, name);
    if (value != NULL) {
        number = host_PyLong_AsSsize_t(value);
        host_Py_DecRef(value);
    }
    if (number == -1) {
        host_PyErr_Clear();
    }
    return number;
}

/* Whether frame is among those that led to the current one. */
static bool
is_running(PyObject *frame)
{
    PyObject *other = (PyObject *)host_PyEval_GetFrame();
    if (other != NULL) {
        host_Py_IncRef(other);
    }
    while (other != NULL && other != frame) {
        PyObject *back = host_PyObject_GetAttrString(other, "f_back");
        host_Py_DecRef(other);
        other = back;
        if (other == (PyObject *)HOST(_Py_NoneStruct)) {
            host_Py_DecRef(other);
            other = NULL;
        }
    }
    if (other == NULL) {
        host_PyErr_Clear();
        return false;
    }
    host_Py_DecRef(other);
    return true;
}

/* The weaker signal: whether the view's frame shows that it has moved on. */
static bool
has_moved_on(const struct py2abi_view *view, const void *what)
{
    (void)what;
    return view->scope == 0
           && (frame_number(view->frame, "f_lasti") != view->lasti || !is_running(view->frame));
}

/* sys.gettrace(), a new reference, or NULL. */
static PyObject *
tracer(void)
{
    PyObject *gettrace = host_PySys_GetObject("gettrace");
    PyObject *current = gettrace != NULL ? host_PyObject_CallObject(gettrace, NULL) : NULL;
    if (current == NULL) {
        host_PyErr_Clear();
    }
    return current;
}

static bool
tracer_is(const void *what)
{
    PyObject *current = tracer();
    if (current != NULL) {
        host_Py_DecRef(current);
    }
    return current == what;
}

/* Have, or have no more, an event for each instruction of the frame. */
static void
trace_opcodes(PyObject *frame, long whether)
{
    if (!whether && py2abi_host_get()->minor >= 13) {
        /* There it is for the code that the frame runs, in any thread: another
         * may still wait for its event. */
        return;
    }
    PyObject *flag = host_PyBool_FromLong(whether);
    if (flag == NULL || host_PyObject_SetAttrString(frame, "f_trace_opcodes", flag) < 0) {
        host_PyErr_Clear(); /* 3.6 has no such attribute. */
    }
    if (flag != NULL) {
        host_Py_DecRef(flag);
    }
}

/* The views of some frames are gone: stop watching if they were the last. */
static void
settle(const struct record *record)
{
    if (!has_frame_views(record) && tracer_is(record->capsule)) {
        host_PyEval_SetTrace(NULL, NULL);
    }
}

static int
on_pending(void *unused)
{
    (void)unused;
    struct record *record = record_of_thread(false);
    if (record != NULL) {
        record->in_pending = true;
        /* The evaluation loop of the current frame is between two instructions,
         * so no C function that it called is running. */
        release_if(record, of_frame, host_PyEval_GetFrame());
        release_if(record, has_moved_on, NULL);
        settle(record);
        record->in_pending = false;
    }
    return 0;
}

/* Ask the main thread, if this is the one, to call on_pending between two
 * instructions.  Its queue may be full, which leaves the other signals.  Not
 * for what an exporter asks for while on_pending releases: 3.11 runs no pending
 * call inside another, and would try for ever. */
static void
call_later(const struct record *record)
{
    if (!record->in_pending) {
        (void)host_Py_AddPendingCall(on_pending, NULL);
    }
}

static int
on_event(PyObject *capsule, struct _frame *frame, int what, PyObject *arg)
{
    struct record *record = host_PyCapsule_GetPointer(capsule, record_name);
    (void)arg;
    if (what == PyTrace_CALL || record == NULL) {
        return 0;
    }
    bool had = false;
    for (const struct py2abi_view *view = record->views; view != NULL; view = view->next) {
        had = had || of_frame(view, frame);
    }
    if (had) {
        trace_opcodes((PyObject *)frame, 0);
        release_if(record, of_frame, frame);
        settle(record);
    }
    else if (what == PyTrace_RETURN) {
        /* Back to the C function that called it, which may have used up the
         * pending call. */
        call_later(record);
    }
    return 0;
}

/* Arrange to be told when the frame goes on. */
static void
watch(struct record *record, PyObject *frame)
{
    PyObject *current = tracer();
    if (current == (PyObject *)HOST(_Py_NoneStruct) || current == record->capsule) {
        /* Also where it is set already: 3.13 looks at f_trace_opcodes only then. */
        trace_opcodes(frame, 1);
        host_PyEval_SetTrace(on_event, record->capsule);
    }
    if (current != NULL) {
        host_Py_DecRef(current);
    }
    call_later(record);
}

/* Get ready to keep a view.  Stores an empty one, or NULL when there is nothing
 * to tie it to (no scope is open, and no Python code is running that the C
 * function could return to), or the interpreter is only starting.
 *
 * Returns 0, or -1 with a MemoryError, or with a SystemError that names
 * function when the host lacks what holding needs.  GIL held. */
int
py2abi_views_prepare(const char *function, struct py2abi_view **ret_view)
{
    *ret_view = NULL;
    if (!host_Py_IsInitialized()) {
        return 0;
    }
    if (!py2abi_host_has(HOST_HOLD, function)) {
        return -1;
    }
    PyObject *frame = (PyObject *)host_PyEval_GetFrame();
    bool hold = py2abi_host_get()->settings.views_hold && frame != NULL;
    struct record *record = record_of_thread(hold);
    if (record == NULL) {
        return host_PyErr_Occurred() != NULL ? -1 : 0;
    }
    if (release_if(record, has_moved_on, NULL)) {
        settle(record);
    }
    if (record->scopes == NULL && !hold) {
        return 0;
    }
    struct py2abi_view *view = calloc(1, sizeof *view);
    if (view == NULL) {
        host_PyErr_NoMemory();
        return -1;
    }
    if (record->scopes != NULL) {
        view->scope = record->scopes->token;
    }
    else {
        view->frame = frame;
        host_Py_IncRef(frame);
        view->lasti = frame_number(frame, "f_lasti");
    }
    *ret_view = view;
    return 0;
}

/* Keep a view that py2abi_views_prepare gave and the exporter has filled. */
void
py2abi_views_keep(struct py2abi_view *view)
{
    struct record *record = record_of_thread(false);
    if (record == NULL || (view->scope != 0 && !is_open(record, view->scope))) {
        release(view); /* The exporter ended, meanwhile, what was to keep it. */
        return;
    }
    view->next = record->views;
    record->views = view;
    if (view->scope == 0) {
        /* The exporter may have left an exception, which is the caller's. */
        PyObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        watch(record, view->frame);
        host_PyErr_Restore(type, value, traceback);
    }
}

/* Give back a view that py2abi_views_prepare gave and nothing has filled. */
void
py2abi_views_drop(struct py2abi_view *view)
{
    if (view->frame != NULL) {
        host_Py_DecRef(view->frame);
    }
    free(view);
}

long
py2abi_views_begin(void)
{
    const struct py2abi_host *host = py2abi_host_get();
    if (host == NULL) {
        py2abi_host_absent(__func__);
        return -1;
    }
    if (host->major < 3) {
        return 0;
    }
    if (!py2abi_host_has(HOST_HOLD, __func__)) {
        return -1;
    }
    struct record *record = record_of_thread(true);
    struct scope *scope = record != NULL ? malloc(sizeof *scope) : NULL;
    if (scope == NULL) {
        if (record != NULL) {
            host_PyErr_NoMemory();
        }
        else if (host_PyErr_Occurred() == NULL) {
            host_PyErr_SetString(*HOST(PyExc_SystemError),
                                 "py2abi_views_begin: this thread has no thread state");
        }
        return -1;
    }
    scope->token = ++record->last_token;
    scope->next = record->scopes;
    record->scopes = scope;
    atomic_fetch_add(&py2abi_views_scopes, 1);
    return scope->token;
}

int
py2abi_views_end(long token)
{
    const struct py2abi_host *host = py2abi_host_get();
    if (host == NULL) {
        py2abi_host_absent(__func__);
        return -1;
    }
    if (host->major < 3) {
        return 0;
    }
    if (!py2abi_host_has(HOST_HOLD, __func__)) {
        return -1;
    }
    struct record *record = record_of_thread(false);
    if (record == NULL || !is_open(record, token)) {
        char sentence[96];
        snprintf(sentence, sizeof sentence,
                 "py2abi_views_end: this thread has no open scope with the token %ld", token);
        host_PyErr_SetString(*HOST(PyExc_SystemError), sentence);
        return -1;
    }
    /* Exporters run meanwhile, and may open and close scopes: tokens grow. */
    while (record->scopes != NULL && record->scopes->token >= token) {
        end_scope(record);
    }
    return 0;
}
