/* fuzz_asbuffer.c - the four functions under exporters that do what they like.
 *
 *     fuzz_asbuffer [-seconds N] [-seed N] [-input FILE] [-self-test] [files...]
 *
 * An input is a program: its bytes choose which function is called on what,
 * what an exporter does when it is asked and when it is released (fail in every
 * way, raise, call back, drop references, open and close scopes), and what the
 * caller had pending.  A model says what has to come out; the first difference
 * is printed and aborts.
 *
 * Runs the files, or pseudo-random inputs for the given time.  -input keeps a
 * copy of the input that is running in FILE; -self-test spoils the model, so
 * that a run fails.  PY2ABI_LIBPYTHON names the libpython, which is that of the
 * interpreter whose headers this was compiled with.  Without a main
 * (-DPY2ABI_LIBFUZZER) it is a target for libFuzzer. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Before the library's own headers forbid it. */
static Py_ssize_t
reference_count(PyObject *object)
{
    return Py_REFCNT(object);
}

#include "config.h"
#include "layout.h"
#include "views.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Some headers call the four deprecated. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#define FAIL(...)                                                                                 \
    do {                                                                                          \
        fprintf(stderr, "fuzz_asbuffer: line %d: ", __LINE__);                                    \
        fprintf(stderr, __VA_ARGS__);                                                             \
        fputc('\n', stderr);                                                                      \
        abort();                                                                                  \
    } while (0)
#define ENSURE(truth, ...)                                                                        \
    do {                                                                                          \
        if (!(truth)) {                                                                           \
            FAIL(__VA_ARGS__);                                                                    \
        }                                                                                         \
    } while (0)

/* A debug build of Python checks its exporters and aborts itself.  The headers
 * may not tell: Debian has one set for both. */
static bool debug_build;

/* ---- The host, by name, as the library finds it ---- */

#define PYTHON_FUNCTIONS(X)                                                                       \
    X(Py_InitializeEx) X(PyType_Ready) X(PyType_GenericAlloc) X(PyObject_Free)                    \
    X(Py_IncRef) X(Py_DecRef) X(PyErr_Occurred) X(PyErr_Fetch) X(PyErr_Restore)                   \
    X(PyErr_NormalizeException) X(PyErr_SetObject) X(PyErr_SetNone) X(PyErr_SetString)            \
    X(PyErr_Clear) X(PyErr_GivenExceptionMatches) X(PyErr_Print) X(PyObject_CallObject)           \
    X(PyException_GetCause) X(PyException_GetContext) X(PyException_SetCause)                     \
    X(PyException_SetContext) X(PyObject_SetAttrString) X(PyBytes_FromStringAndSize)              \
    X(PyByteArray_FromStringAndSize) X(PyByteArray_Resize) X(PyLong_FromLong)                     \
    X(PyImport_AddModule) X(PyModule_GetDict) X(PyDict_SetItemString) X(PyDict_GetItemString)     \
    X(PyRun_StringFlags) X(PyCFunction_NewEx) X(PySys_SetObject) X(PySys_GetObject)               \
    X(PyEval_GetFrame)

#define X(name) static __typeof__(name) *p_##name;
PYTHON_FUNCTIONS(X)
#undef X

static PyObject *none;
static PyObject *system_error;

/* The exceptions that are raised. */
enum kind { NOTHING, BUFFER, TYPE, MEMORY, INTERRUPT, VALUE, KIND_COUNT };
static const char *const kind_names[] = {"nothing", "PyExc_BufferError", "PyExc_TypeError",
                                         "PyExc_MemoryError", "PyExc_KeyboardInterrupt",
                                         "PyExc_ValueError"};
static PyObject *kind_types[KIND_COUNT];

/* ---- The input ---- */

static struct {
    const uint8_t *data;
    size_t size, at;
    unsigned operations; /* left */
} input;

static unsigned
take(void)
{
    return input.at < input.size ? input.data[input.at++] : 0;
}

static bool
may_go_on(void)
{
    if (input.at >= input.size || input.operations == 0) {
        return false;
    }
    input.operations--;
    return true;
}

static unsigned long long call_count;
static bool self_test;
static bool hold; /* PY2ABI_VIEWS=hold, for this input */

/* ---- Exceptions ---- */

enum { EXCEPTIONS_MAX = 2048, NOTES_MAX = 1024, SCOPES_MAX = 512, DEPTH_MAX = 4, SLOTS = 6 };

/* Every exception object of this input, with a reference of ours to each. */
static PyObject *exceptions[EXCEPTIONS_MAX];
static int exception_count;

/* A borrowed reference; NULL when there are enough. */
static PyObject *
new_exception(enum kind kind)
{
    if (kind == NOTHING || exception_count == EXCEPTIONS_MAX) {
        return NULL;
    }
    /* One may be set already. */
    PyObject *type, *value, *traceback;
    p_PyErr_Fetch(&type, &value, &traceback);
    PyObject *exception = p_PyObject_CallObject(kind_types[kind], NULL);
    p_PyErr_Restore(type, value, traceback);
    ENSURE(exception != NULL, "no %s could be made", kind_names[kind]);
    exceptions[exception_count++] = exception;
    return exception;
}

static bool
is_a(PyObject *exception, PyObject *type)
{
    return exception != NULL && p_PyErr_GivenExceptionMatches(exception, type) != 0;
}

/* What the error indicator holds, taken out and normalised; a new reference. */
static PyObject *
take_exception(void)
{
    PyObject *type, *value, *traceback;
    p_PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        return NULL;
    }
    p_PyErr_NormalizeException(&type, &value, &traceback);
    p_Py_DecRef(type);
    if (traceback != NULL) {
        p_Py_DecRef(traceback);
    }
    return value;
}

static void
drop(PyObject *object)
{
    if (object != NULL) {
        p_Py_DecRef(object);
    }
}

/* What is set before a call: an object, or only a type and perhaps a message,
 * which becomes an object when somebody wants one. */
struct pending {
    enum kind kind;
    PyObject *object; /* borrowed; NULL where there is none yet */
};

static struct pending
set_pending(unsigned choice)
{
    struct pending pending = {NOTHING, NULL};
    if (choice % 8 < 5) {
        return pending;
    }
    pending.kind = 1 + choice / 8 % (KIND_COUNT - 1);
    switch (choice / 64) {
    case 0:
        p_PyErr_SetNone(kind_types[pending.kind]);
        break;
    case 1:
        p_PyErr_SetString(kind_types[pending.kind], "pending");
        break;
    default:
        pending.object = new_exception(pending.kind);
        if (pending.object == NULL) {
            pending.kind = NOTHING;
        }
        else {
            p_PyErr_SetObject(kind_types[pending.kind], pending.object);
        }
    }
    return pending;
}

static bool
is_pending(const struct pending *pending, PyObject *exception)
{
    if (pending->object != NULL || pending->kind == NOTHING) {
        return exception == pending->object;
    }
    return is_a(exception, kind_types[pending->kind]);
}

/* ---- The model: scopes, frames and views ---- */

static struct {
    long token;
    bool open;
} scopes[SCOPES_MAX];
static int scope_count;
static long last_token;

static long
innermost(void)
{
    for (int i = scope_count - 1; i >= 0; i--) {
        if (scopes[i].open) {
            return scopes[i].token;
        }
    }
    return 0;
}

static bool
is_open(long token)
{
    for (int i = 0; i < scope_count; i++) {
        if (scopes[i].token == token) {
            return scopes[i].open;
        }
    }
    return false;
}

/* The scope and those that were opened after it are closed. */
static void
close_from(long token)
{
    for (int i = 0; i < scope_count; i++) {
        if (scopes[i].token >= token) {
            scopes[i].open = false;
        }
    }
}

/* The tokens that py2abi_views_end is at work on. */
static long ending[256];
static int ending_count;

/* The C functions that Python code called and that have not returned. */
static struct {
    long number;
    const void *frame; /* of the Python code */
} running[DEPTH_MAX + 2];
static int running_count;
static long last_call_from_python;
/* Instead of a call's number, where Python runs a trace function or a pending
 * call that releases a view, and its exporter takes another. */
enum { NO_CALL = -1 };

static bool
is_running_call(long number)
{
    for (int i = 0; i < running_count; i++) {
        if (running[i].number == number) {
            return true;
        }
    }
    return false;
}

/* A view that an exporter gave. */
struct note {
    enum { GIVEN, RELEASED } state;
    Py_buffer *view;
    Py_buffer copy;
    PyObject *owner;    /* whose memory it is; NULL for a bytearray, whose release nobody sees */
    char *storage;      /* freed by the release */
    bool left_error;    /* the exporter succeeded with an exception set */
    bool complete;      /* the function that took the view has returned */
    unsigned long when; /* that it did */
    long scope;         /* what keeps it: a scope, */
    long python_call;   /* a call from Python code, or, with 0 in both, nothing */
    bool late;          /* the library may learn late that Python code goes on */
};

/* How many releases are under way.  Python code that runs in one may run in a
 * trace function or a pending call, and get no signals of its own. */
static int releasing;

static struct note notes[NOTES_MAX];
static int note_count;
static unsigned long note_clock;
static unsigned long matched; /* views released, of all inputs */

static struct note *
new_note(bool can_be_kept)
{
    struct note *note = &notes[note_count++];
    memset(note, 0, sizeof *note);
    if (can_be_kept) {
        note->scope = innermost();
        const void *frame = p_PyEval_GetFrame();
        if (note->scope == 0 && hold && frame != NULL) {
            bool called = running_count > 0 && running[running_count - 1].frame == frame;
            note->python_call = called ? running[running_count - 1].number : NO_CALL;
            note->late = releasing > 0;
        }
    }
    return note;
}

/* Whether the view may be released now; keeps the model of the scopes up to
 * date, as the library closes them, newest first, without telling. */
static void
check_release(struct note *note)
{
    if (note->python_call != 0) {
        ENSURE(!is_running_call(note->python_call),
               "a view is released while the C function that took it runs");
    }
    if (note->scope != 0 && is_open(note->scope)) {
        bool ends = false;
        for (int i = 0; i < ending_count; i++) {
            ends = ends || ending[i] <= note->scope;
        }
        ENSURE(ends, "a view is released while its scope is open");
        close_from(note->scope);
    }
    for (int i = 0; note->complete && note->scope != 0 && i < note_count; i++) {
        ENSURE(notes[i].state != GIVEN || notes[i].scope != note->scope || !notes[i].complete
                   || notes[i].owner == NULL || notes[i].when <= note->when,
               "a view is released before one that was taken later in its scope");
    }
}

/* The views that are still there are as they were. */
static void
check_views(void)
{
    for (int i = 0; i < note_count; i++) {
        struct note *note = &notes[i];
        if (note->state == GIVEN && note->complete && note->owner != NULL) {
            ENSURE(note->view->buf == note->copy.buf && note->view->len == note->copy.len
                       && note->view->obj == note->copy.obj && note->view->internal == note,
                   "a kept view has changed");
            ENSURE(note->storage == NULL || note->storage[0] == 's',
                   "a view's memory has changed");
        }
    }
}

/* ---- The exporter ---- */

struct exporter {
    PyObject_HEAD
    int given; /* views of this object that are not released */
    bool sees_release;
    char memory[16];
};

static PyTypeObject types[2]; /* with and without bf_releasebuffer */
static int exporters_alive;
static PyObject *slots[SLOTS]; /* owned */
static PyObject *some_bytes, *some_bytearray, *some_int;
static Py_ssize_t some_size;
static int depth;

/* A call of one of the four functions. */
enum function { CHAR_BUFFER, READ_BUFFER, WRITE_BUFFER, CHECK_BUFFER };
static const char *const function_names[] = {"AsCharBuffer", "AsReadBuffer", "AsWriteBuffer",
                                             "CheckReadBuffer"};
struct call {
    enum function function;
    bool asked;       /* the exporter was */
    int result;       /* what it returned */
    PyObject *raised; /* borrowed: what bf_getbuffer set, */
    PyObject *raised_at_release; /* and bf_releasebuffer, where nothing kept the view */
    void *buffer;
    Py_ssize_t length;
    struct note *note; /* NULL where no release can be seen */
};
static struct call *current;

static void some_operations(unsigned most);

/* Call back, with nothing set and nothing left set. */
static void
reenter(unsigned choice)
{
    if (choice % 4 == 0 && depth < DEPTH_MAX) {
        PyObject *type, *value, *traceback;
        struct call *outer = current;
        p_PyErr_Fetch(&type, &value, &traceback);
        current = NULL;
        depth++;
        some_operations(1 + choice / 4 % 4);
        depth--;
        current = outer;
        p_PyErr_Restore(type, value, traceback);
    }
}

static PyObject *
new_exporter(unsigned choice)
{
    PyObject *object = p_PyType_GenericAlloc(&types[choice % 2], 0);
    ENSURE(object != NULL, "no exporter could be made");
    ((struct exporter *)object)->sees_release = choice % 2 == 0;
    ((struct exporter *)object)->memory[0] = 'm';
    exporters_alive++;
    return object;
}

static void
exporter_dealloc(PyObject *self)
{
    ENSURE(((struct exporter *)self)->given == 0, "an exporter goes while somebody has its view");
    ((struct exporter *)self)->memory[0] = 'x';
    exporters_alive--;
    p_PyObject_Free(self);
}

/* Whose release procedure sees the view, and what keeps it alive. */
static PyObject *
choose_owner(PyObject *self, unsigned choice)
{
    switch (choice % 8) {
    case 0:
        return NULL;
    case 1:
        return some_bytes;
    case 2:
        return slots[choice / 8 % SLOTS];
    default:
        return self;
    }
}

static bool
sees_release(PyObject *owner)
{
    return owner != NULL && owner != some_bytes && ((struct exporter *)owner)->sees_release;
}

static void
fill(PyObject *self, Py_buffer *view, struct call *call)
{
    static const Py_ssize_t lengths[] = {0, 1, 5, 16, -1, PY_SSIZE_T_MAX, PY_SSIZE_T_MIN, 3};
    unsigned what = take();
    PyObject *owner = choose_owner(self, take());

    memset(view, 0xa5, sizeof *view);
    view->len = lengths[what % 8];
    view->readonly = what & 1;
    view->format = NULL;
    view->ndim = 1;
    view->itemsize = 1;
    view->shape = &view->len; /* As PyBuffer_FillInfo does, for some flags. */
    view->strides = &view->itemsize;
    view->suboffsets = NULL;
    view->internal = NULL;
    view->buf = what & 16 ? ((struct exporter *)self)->memory : NULL;
    view->obj = owner;
    if (owner != NULL) {
        p_Py_IncRef(owner);
    }
    if (sees_release(owner)) {
        struct note *note = call->note;
        if (what & 32) {
            note->storage = malloc(8);
            memset(note->storage, 's', 8);
            view->buf = note->storage;
        }
        view->internal = note;
        note->view = view;
        note->owner = owner;
        note->copy = *view;
        ((struct exporter *)owner)->given++;
    }
    else {
        note_count -= call->note == &notes[note_count - 1];
        call->note->state = RELEASED;
        call->note = NULL;
    }
    call->buffer = view->buf;
    call->length = view->len;
}

static int
exporter_get(PyObject *self, Py_buffer *view, int flags)
{
    static const int results[] = {0, 0, 0, 0, -1, -1, 1, -2};
    struct call *call = current;

    ENSURE(call != NULL && !call->asked, "the exporter is asked twice");
    ENSURE(flags == (call->function == WRITE_BUFFER ? PyBUF_WRITABLE : PyBUF_SIMPLE),
           "the flags are %#x", (unsigned)flags);
    ENSURE(p_PyErr_Occurred() == NULL, "the exporter is asked with an exception set");
    call->asked = true;
    if (note_count == NOTES_MAX) {
        call->result = -1;
        call->raised = exceptions[0];
        p_PyErr_SetObject(kind_types[VALUE], call->raised);
        return -1;
    }
    call->note = new_note(call->function != CHECK_BUFFER);
    unsigned choice = take(), error = take();
    int result = results[choice % 8];
    if (debug_build && result != 0) {
        result = -1;
    }
    if ((choice & 8) != 0 && flags == PyBUF_WRITABLE) {
        result = -1; /* A read-only exporter. */
    }
    p_Py_IncRef(self);
    reenter(take());
    call->result = result;
    if (result == 0 || (call->function == CHECK_BUFFER && result != -1)) {
        fill(self, view, call);
        error = (choice & 0xe0) == 0xe0 && !debug_build ? error : NOTHING;
    }
    else {
        call->note->state = RELEASED;
        call->note = NULL;
        if (choice & 16) {
            view->buf = view;
            view->len = -7;
        }
        if (debug_build && error % KIND_COUNT == NOTHING) {
            error = VALUE;
        }
    }
    enum kind kind = error % KIND_COUNT;
    call->raised = new_exception(kind);
    if (call->raised == NULL && debug_build && result == -1) {
        call->raised = exceptions[0];
    }
    if (call->raised != NULL) {
        p_PyErr_SetObject(kind_types[call->raised == exceptions[0] ? VALUE : kind], call->raised);
        if (call->note != NULL) {
            call->note->left_error = true;
        }
    }
    p_Py_DecRef(self);
    return result;
}

static void
exporter_release(PyObject *self, Py_buffer *view)
{
    struct note *note = view->internal;
    ENSURE(note >= notes && note < notes + note_count, "what is released is no view");
    ENSURE(note->state == GIVEN, "a view is released twice");
    ENSURE(note->view == view && note->owner == self && view->obj == self
               && view->buf == note->copy.buf && view->len == note->copy.len
               && view->shape == note->copy.shape,
           "another view is released than the one that was given");
    ENSURE(note->left_error || p_PyErr_Occurred() == NULL,
           "the exporter is released with an exception set");
    check_release(note);
    if (!self_test) {
        note->state = RELEASED;
    }
    ((struct exporter *)self)->given--;
    matched++;
    free(note->storage);
    note->storage = NULL;

    struct call *call = current;
    unsigned choice = take();
    releasing++;
    reenter(choice);
    releasing--;
    PyObject *raised = choice & 0xc0 ? NULL : new_exception(1 + choice % (KIND_COUNT - 1));
    if (raised != NULL) {
        p_PyErr_SetObject(kind_types[1 + choice % (KIND_COUNT - 1)], raised);
        /* A view that was to be kept has no caller who could see it. */
        if (call != NULL && call->note == note && note->scope == 0 && note->python_call == 0) {
            call->raised_at_release = raised;
        }
    }
}

static PyBufferProcs procs[] = {{exporter_get, exporter_release}, {exporter_get, NULL}};
static PyTypeObject types[2] = {
    {
        PyVarObject_HEAD_INIT(NULL, 0)
        .tp_name = "fuzz.exporter",
        .tp_basicsize = sizeof(struct exporter),
        .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_dealloc = exporter_dealloc,
        .tp_as_buffer = &procs[0],
    },
    {
        PyVarObject_HEAD_INIT(NULL, 0)
        .tp_name = "fuzz.exporter_without_release",
        .tp_basicsize = sizeof(struct exporter),
        .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_dealloc = exporter_dealloc,
        .tp_as_buffer = &procs[1],
    },
};

/* ---- Calls of the four functions ---- */

/* The outputs before a call. */
static char untouched_place;
static void *const untouched = &untouched_place;
enum { UNTOUCHED_LENGTH = 424242 };

static int
do_call(enum function function, PyObject *object, void **buffer, Py_ssize_t *length)
{
    const char *characters = untouched;
    const void *bytes = untouched;
    int result;

    call_count++;
    switch (function) {
    case CHAR_BUFFER:
        result = PyObject_AsCharBuffer(object, buffer != NULL ? &characters : NULL, length);
        if (buffer != NULL) {
            *buffer = (void *)characters;
        }
        return result;
    case READ_BUFFER:
        result = PyObject_AsReadBuffer(object, buffer != NULL ? &bytes : NULL, length);
        if (buffer != NULL) {
            *buffer = (void *)bytes;
        }
        return result;
    case WRITE_BUFFER:
        return PyObject_AsWriteBuffer(object, buffer, length);
    default:
        return PyObject_CheckReadBuffer(object);
    }
}

/* -1 for a reason: what may be set then. */
static void
check_refusal(const struct call *call, PyObject *reason, const struct pending *pending,
              PyObject *set)
{
    const char *name = function_names[call->function];
    bool wrapped;

    if (reason == NULL) {
        ENSURE(is_a(set, kind_types[TYPE]), "%s: no TypeError where the exporter set none", name);
        PyObject *context = p_PyException_GetContext(set);
        ENSURE(pending->kind == NOTHING || is_pending(pending, context),
               "%s: what was set is not the __context__", name);
        drop(context);
        return;
    }
    if (call->function == WRITE_BUFFER) {
        wrapped = !is_a(reason, kind_types[MEMORY]) && !is_a(reason, kind_types[INTERRUPT]);
    }
    else {
        wrapped = is_a(reason, kind_types[BUFFER]);
    }
    if (!wrapped) {
        ENSURE(set == reason, "%s: the exporter's exception is not passed on", name);
        return;
    }
    ENSURE(set != reason && is_a(set, kind_types[TYPE]), "%s: the refusal is no TypeError", name);
    PyObject *cause = p_PyException_GetCause(set);
    ENSURE(cause == reason, "%s: the reason is not the __cause__", name);
    drop(cause);
}

static void
check_as(const struct call *call, PyObject *object, int result, void *buffer, Py_ssize_t length,
         const struct pending *pending, PyObject *set)
{
    const char *name = function_names[call->function];

    ENSURE(result == 0 || result == -1, "%s returns %d", name, result);
    ENSURE(result == 0 || (buffer == untouched && length == UNTOUCHED_LENGTH),
           "%s fails and changes the outputs", name);
    ENSURE(result == 0 || set != NULL, "%s fails without an exception", name);
    if (object == some_int || (object == some_bytes && call->function == WRITE_BUFFER)) {
        ENSURE(result == -1 && is_a(set, kind_types[TYPE]), "%s of what it cannot be", name);
        PyObject *cause = p_PyException_GetCause(set);
        bool has_cause = object == some_bytes || call->function == WRITE_BUFFER;
        ENSURE(has_cause == (cause != NULL), "%s of what it cannot be: the cause", name);
        drop(cause);
        return;
    }
    if (object == some_bytes || object == some_bytearray) {
        ENSURE(result == 0 && is_pending(pending, set), "%s of a %s", name,
               object == some_bytes ? "bytes" : "bytearray");
        ENSURE(length == (object == some_bytes ? 5 : some_size), "%s: the length", name);
        ENSURE(length == 0 || *(char *)buffer == 'b', "%s: the data", name);
        return;
    }
    ENSURE(call->asked, "%s has not asked the exporter", name);
    ENSURE((result == 0) == (call->result == 0), "%s returns %d, the exporter returned %d", name,
           result, call->result);
    if (result != 0) {
        check_refusal(call, call->raised, pending, set);
        return;
    }
    ENSURE(buffer == call->buffer && length == call->length, "%s: the outputs", name);
    PyObject *left = call->raised_at_release != NULL ? call->raised_at_release : call->raised;
    if (left != NULL) {
        ENSURE(set == left,
               "%s: what the exporter left set is not set (hold %d, scope %ld, call %ld)", name,
               hold, call->note != NULL ? call->note->scope : -1,
               call->note != NULL ? call->note->python_call : -1);
    }
    else {
        ENSURE(is_pending(pending, set), "%s: what was set before is not set afterwards", name);
    }
}

static void
call_one(enum function function)
{
    unsigned target = take() % (SLOTS * 2 + 4), null = take() % 32, before = take();
    PyObject *object;

    if (target < SLOTS * 2) {
        if (slots[target % SLOTS] == NULL) {
            slots[target % SLOTS] = new_exporter(target / SLOTS);
        }
        object = slots[target % SLOTS];
    }
    else {
        PyObject *const others[] = {some_bytes, some_bytearray, some_int, NULL};
        object = others[target - SLOTS * 2];
    }
    bool no_buffer = null == 1 || null == 3, no_length = null == 2 || null == 3;
    bool bad = object == NULL || (function != CHECK_BUFFER && (no_buffer || no_length));
    struct note *array_note = NULL;
    if (object == some_bytearray && !bad && function != CHECK_BUFFER && note_count < NOTES_MAX) {
        array_note = new_note(true);
    }
    if (object != NULL) {
        p_Py_IncRef(object);
    }
    struct call call = {.function = function};
    struct pending pending = set_pending(before);
    void *buffer = untouched;
    Py_ssize_t length = UNTOUCHED_LENGTH;
    current = &call;
    int result = do_call(function, object, no_buffer ? NULL : &buffer, no_length ? NULL : &length);
    current = NULL;
    PyObject *set = take_exception();

    if (bad) {
        ENSURE(!call.asked && buffer == untouched && length == UNTOUCHED_LENGTH,
               "a bad argument is used");
        ENSURE(result == (function == CHECK_BUFFER ? 0 : -1), "a bad argument gives %d", result);
        ENSURE(pending.kind != NOTHING ? is_pending(&pending, set) : is_a(set, system_error),
               "a bad argument sets the wrong exception");
    }
    else if (function == CHECK_BUFFER) {
        bool readable = object == some_int ? false : call.asked ? call.result != -1 : true;
        ENSURE(call.asked == (object != some_int && object != some_bytes
                              && object != some_bytearray), "CheckReadBuffer asks the wrong ones");
        ENSURE(result == readable, "CheckReadBuffer returns %d", result);
        ENSURE(is_pending(&pending, set), "CheckReadBuffer changes what is set");
    }
    else {
        check_as(&call, object, result, buffer, length, &pending, set);
    }
    drop(set);
    if (array_note != NULL) {
        if (result == 0 && array_note->scope != 0) {
            array_note->complete = true;
        }
        else {
            array_note->state = RELEASED;
        }
    }
    if (call.note != NULL) {
        struct note *note = call.note;
        note->complete = true;
        note->when = ++note_clock;
        bool kept = note->python_call != 0 || (note->scope != 0 && is_open(note->scope));
        ENSURE(note->state == (kept ? GIVEN : RELEASED), "%s %s the view",
               function_names[function], kept ? "has released" : "has not released");
    }
    drop(object);
}

/* ---- The other operations ---- */

static void
begin_scope(void)
{
    if (scope_count == SCOPES_MAX) {
        return;
    }
    struct pending pending = set_pending(take());
    long token = py2abi_views_begin();
    PyObject *set = take_exception();
    ENSURE(token > last_token, "py2abi_views_begin returns %ld after %ld", token, last_token);
    ENSURE(is_pending(&pending, set), "py2abi_views_begin changes what is set");
    drop(set);
    last_token = token;
    scopes[scope_count].token = token;
    scopes[scope_count++].open = true;
}

static void
end_scope(long token, unsigned before)
{
    bool open = is_open(token);
    if (ending_count == 256) {
        return;
    }
    struct pending pending = set_pending(before);
    ending[ending_count++] = open ? token : last_token + 1;
    int result = py2abi_views_end(token);
    ending_count--;
    PyObject *set = take_exception();
    ENSURE(result == (open ? 0 : -1), "py2abi_views_end returns %d for a scope that is %s", result,
           open ? "open" : "not open");
    if (open) {
        ENSURE(is_pending(&pending, set), "py2abi_views_end changes what is set");
        close_from(token);
    }
    else {
        ENSURE(is_a(set, system_error), "py2abi_views_end fails without a SystemError");
    }
    drop(set);
}

static void
end_some_scope(void)
{
    unsigned which = take();
    long token = innermost();
    if (which % 4 == 0) {
        token = (long)which / 4 - 1; /* 0, -1, or one of an earlier input's */
    }
    else if (which % 4 == 1 && scope_count > 0) {
        token = scopes[which / 4 % (unsigned)scope_count].token;
    }
    end_scope(token, take());
}

/* A bytearray cannot be resized while a view of it is kept. */
static void
resize(void)
{
    bool kept = false;
    for (int i = 0; i < note_count; i++) {
        kept = kept || (notes[i].owner == NULL && notes[i].complete && notes[i].state == GIVEN
                        && is_open(notes[i].scope));
    }
    Py_ssize_t size = some_size == 5 ? 3 : 5;
    if (p_PyByteArray_Resize(some_bytearray, size) == 0) {
        ENSURE(!kept, "a bytearray can be resized while a scope keeps its view");
        some_size = size;
    }
    else {
        PyObject *set = take_exception();
        ENSURE(is_a(set, kind_types[BUFFER]), "a bytearray cannot be resized");
        drop(set);
    }
}

static PyObject *functions[2], *nothing_function;

/* What Python code calls. */
static PyObject *
from_python(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    long number = ++last_call_from_python;
    running[running_count].frame = p_PyEval_GetFrame();
    running[running_count++].number = number;
    some_operations(1 + take() % 4);
    running_count--;
    for (int i = 0; i < note_count; i++) {
        ENSURE(notes[i].python_call != number || notes[i].state == GIVEN || notes[i].owner == NULL,
               "a view is gone before the C function that took it returns");
    }
    enum kind kind = take() % (KIND_COUNT * 2);
    PyObject *raised = kind < KIND_COUNT ? new_exception(kind) : NULL;
    if (raised != NULL) {
        p_PyErr_SetObject(kind_types[kind], raised);
        return NULL;
    }
    p_Py_IncRef(none);
    return none;
}

static PyMethodDef from_python_method = {"from_python", from_python, METH_NOARGS, NULL};

static void
call_python(PyObject *function)
{
    PyObject *result = p_PyObject_CallObject(function, NULL);
    if (result == NULL) {
        p_PyErr_Print();
        FAIL("the Python code fails");
    }
    p_Py_DecRef(result);
}

static void
run_python(void)
{
    if (depth < DEPTH_MAX) {
        PyObject *function = functions[take() % 2];
        struct call *outer = current;
        current = NULL;
        depth++;
        call_python(function);
        depth--;
        current = outer;
    }
}

static void
drop_slot(unsigned which)
{
    PyObject *object = slots[which % SLOTS];
    slots[which % SLOTS] = NULL;
    drop(object);
}

static void
one_operation(void)
{
    unsigned operation = take() % 16;
    switch (operation) {
    case 0: case 1: case 2: case 3: case 4: case 5: case 6: case 7:
        call_one(operation / 2);
        break;
    case 8: case 9:
        begin_scope();
        break;
    case 10: case 11:
        end_some_scope();
        break;
    case 12:
        drop_slot(take());
        break;
    case 13:
        resize();
        break;
    default:
        run_python();
    }
    ENSURE(p_PyErr_Occurred() == NULL, "an operation leaves an exception");
    check_views();
}

static void
some_operations(unsigned most)
{
    while (most-- > 0 && may_go_on()) {
        one_operation();
    }
}

/* ---- One input ---- */

static const struct py2abi_layout *layout;

static void
begin_input(void)
{
    exception_count = note_count = scope_count = ending_count = running_count = 0;
    depth = releasing = 0;
    current = NULL;
    new_exception(VALUE); /* The one for when there is no room for more. */

    /* The settings, which the library reads from the environment once. */
    unsigned mode = take();
    struct py2abi_host *host = atomic_load(&py2abi_host_found);
    hold = mode & 1;
    host->settings.views_hold = hold;
    host->settings.dispatch_ffi = (mode & 2) != 0;
    atomic_store(&py2abi_layout_known, mode & 4 ? NULL : layout);

    some_bytes = p_PyBytes_FromStringAndSize("bytes", 5);
    some_bytearray = p_PyByteArray_FromStringAndSize("bytes", 5);
    some_int = p_PyLong_FromLong(123456789);
    some_size = 5;
    ENSURE(some_bytes != NULL && some_bytearray != NULL && some_int != NULL, "no memory");
}

static void
end_input(void)
{
    for (int i = 0; i < scope_count; i++) {
        if (scopes[i].open) {
            end_scope(scopes[i].token, 0);
        }
    }
    call_python(nothing_function);
    for (int i = 0; i < 20; i++) {
        /* Asking is the last signal; a release may take further views. */
        void *buffer;
        Py_ssize_t length;
        do_call(WRITE_BUFFER, some_int, &buffer, &length);
        drop(take_exception());
        call_python(nothing_function);
    }
    /* Releases may have called back. */
    for (int i = 0; i < scope_count; i++) {
        if (scopes[i].open) {
            end_scope(scopes[i].token, 0);
        }
    }
    for (int i = 0; i < SLOTS; i++) {
        drop_slot((unsigned)i);
    }
    for (int i = 0; i < note_count; i++) {
        ENSURE(notes[i].owner == NULL || notes[i].state == RELEASED, "a view is never released");
    }
    ENSURE(exporters_alive == 0, "%d exporters are never let go", exporters_alive);
    ENSURE(atomic_load(&py2abi_views_scopes) == 0, "%ld scopes are counted as open",
           atomic_load(&py2abi_views_scopes));
    ENSURE(p_PyByteArray_Resize(some_bytearray, 100) == 0, "a bytearray's view is never released");
    ENSURE(reference_count(some_bytes) == 1 && reference_count(some_bytearray) == 1
               && reference_count(some_int) == 1, "references are lost or left");
    p_Py_DecRef(some_bytes);
    p_Py_DecRef(some_bytearray);
    p_Py_DecRef(some_int);

    PyObject *trace = p_PyObject_CallObject(p_PySys_GetObject("gettrace"), NULL);
    ENSURE(trace == none, "a trace function is left");
    p_Py_DecRef(trace);
    ENSURE(p_PyErr_Occurred() == NULL, "an exception is left");
    /* They may refer to each other, and to frames. */
    for (int i = 0; i < exception_count; i++) {
        p_PyException_SetCause(exceptions[i], NULL);
        p_PyException_SetContext(exceptions[i], NULL);
        p_PyObject_SetAttrString(exceptions[i], "__traceback__", none);
    }
    for (int i = 0; i < exception_count; i++) {
        ENSURE(reference_count(exceptions[i]) == 1, "an exception has %ld references too many",
               (long)reference_count(exceptions[i]) - 1);
        p_Py_DecRef(exceptions[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input.data = data;
    input.size = size;
    input.at = 0;
    input.operations = 300;
    begin_input();
    while (may_go_on()) {
        one_operation();
        if (!hold) {
            continue;
        }
        for (int i = 0; i < note_count; i++) {
            ENSURE(notes[i].python_call == 0 || notes[i].late || notes[i].owner == NULL
                       || notes[i].state == RELEASED,
                   "a view outlives the Python function whose C call took it");
        }
    }
    end_input();
    return 0;
}

/* ---- Python ---- */

static const char script[] =
    "def plain():\n"
    "    for i in range(2):\n"
    "        try:\n"
    "            from_python()\n"
    "        except BaseException:\n"
    "            pass\n"
    "def handling():\n"
    "    try:\n"
    "        try:\n"
    "            raise ValueError\n"
    "        except ValueError:\n"
    "            from_python(); from_python()\n"
    "    except BaseException:\n"
    "        pass\n"
    "def nothing():\n"
    "    pass\n";

static void *
look_up(void *libpython, const char *name)
{
    void *address = dlsym(libpython, name);
    ENSURE(address != NULL, "%s", dlerror());
    return address;
}

static void
start_python(void)
{
    const char *name = getenv("PY2ABI_LIBPYTHON");
    ENSURE(name != NULL, "PY2ABI_LIBPYTHON names no libpython");
    void *libpython = dlopen(name, RTLD_NOW | RTLD_GLOBAL);
    ENSURE(libpython != NULL, "%s", dlerror());
#define X(name) *(void **)&p_##name = look_up(libpython, #name);
    PYTHON_FUNCTIONS(X)
#undef X
    p_Py_InitializeEx(0);
    none = look_up(libpython, "_Py_NoneStruct");
    system_error = *(PyObject **)look_up(libpython, "PyExc_SystemError");
    for (int i = 1; i < KIND_COUNT; i++) {
        kind_types[i] = *(PyObject **)look_up(libpython, kind_names[i]);
    }
    ENSURE(p_PyType_Ready(&types[0]) == 0 && p_PyType_Ready(&types[1]) == 0, "the types");

    PyObject *globals = p_PyModule_GetDict(p_PyImport_AddModule("__main__"));
    PyObject *function = p_PyCFunction_NewEx(&from_python_method, NULL, NULL);
    ENSURE(p_PyDict_SetItemString(globals, "from_python", function) == 0, "the function");
    PyObject *result = p_PyRun_StringFlags(script, Py_file_input, globals, globals, NULL);
    ENSURE(result != NULL, "the script");
    functions[0] = p_PyDict_GetItemString(globals, "plain");
    functions[1] = p_PyDict_GetItemString(globals, "handling");
    nothing_function = p_PyDict_GetItemString(globals, "nothing");

    debug_build = p_PySys_GetObject("gettotalrefcount") != NULL;
    /* What cannot be raised is of no interest here; id() takes it quietly. */
    if (p_PySys_GetObject("unraisablehook") != NULL) {
        result = p_PyRun_StringFlags("id", Py_eval_input, globals, globals, NULL);
        p_PySys_SetObject("unraisablehook", result);
    }
    else {
        p_PySys_SetObject("stderr", none);
    }

    /* The library finds its host and learns the layout with the first call. */
    PyObject *bytes = p_PyBytes_FromStringAndSize("bytes", 5);
    ENSURE(PyObject_CheckReadBuffer(bytes) == 1, "a bytes is not readable");
    p_Py_DecRef(bytes);
    layout = atomic_load(&py2abi_layout_known);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    start_python();
    return 0;
}

#ifndef PY2ABI_LIBFUZZER

/* ---- Without libFuzzer ---- */

/* An input takes far less than a millisecond; one that hangs ends with SIGALRM. */
enum { INPUT_MAX = 1024, INPUT_SECONDS = 20 };

static uint64_t random_state;

static unsigned
random_byte(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 33) & 0xff;
}

static void
run_file(const char *name)
{
    uint8_t data[65536];
    FILE *file = fopen(name, "rb");
    ENSURE(file != NULL, "%s cannot be read", name);
    size_t size = fread(data, 1, sizeof data, file);
    fclose(file);
    alarm(INPUT_SECONDS);
    LLVMFuzzerTestOneInput(data, size);
}

static void
run_random(double seconds, int copy)
{
    struct timespec begin, now;
    unsigned long long inputs = 0;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        uint8_t data[INPUT_MAX];
        size_t size = 4 + (random_byte() << 8 | random_byte()) % (INPUT_MAX - 4);
        if (random_byte() & 1) {
            size = 4 + size % 60;
        }
        for (size_t i = 0; i < size; i++) {
            data[i] = (uint8_t)random_byte();
        }
        if (copy >= 0) {
            ENSURE(pwrite(copy, data, size, 0) == (ssize_t)size
                       && ftruncate(copy, (off_t)size) == 0,
                   "the input cannot be kept");
        }
        alarm(INPUT_SECONDS);
        LLVMFuzzerTestOneInput(data, size);
        inputs++;
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((double)(now.tv_sec - begin.tv_sec) + (double)(now.tv_nsec - begin.tv_nsec) / 1e9
             < seconds);
    printf("%llu inputs, ", inputs);
}

int
main(int argc, char **argv)
{
    double seconds = 10;
    int copy = -1, i = 1;

    random_state = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "-self-test") == 0) {
            self_test = true;
        }
        else if (strcmp(argv[i], "-seconds") == 0 && i + 1 < argc) {
            seconds = atof(argv[++i]);
        }
        else if (strcmp(argv[i], "-seed") == 0 && i + 1 < argc) {
            random_state = strtoull(argv[++i], NULL, 0) * 0x9e3779b97f4a7c15 | 1;
        }
        else if (strcmp(argv[i], "-input") == 0 && i + 1 < argc) {
            copy = open(argv[++i], O_WRONLY | O_CREAT | O_TRUNC, 0666);
            ENSURE(copy >= 0, "%s cannot be written", argv[i]);
        }
        else {
            fprintf(stderr, "usage: fuzz_asbuffer [-seconds N] [-seed N] [-input FILE] "
                            "[-self-test] [files...]\n");
            return 2;
        }
    }
    start_python();
    if (i == argc) {
        run_random(seconds, copy);
    }
    for (; i < argc; i++) {
        run_file(argv[i]);
    }
    printf("%llu calls, %lu views\n", call_count, matched);
    return 0;
}

#endif
