/* check.c - PY2ABI_CHECK: the rules that each call has to keep, by the table.
 *
 * PY2ABI_CHECK=on.  For those who work on py2abi, and for whoever doubts it.  What is broken
 * is said in one sentence, and the process is aborted, so that a debugger shows who it was. */

#include "config.h"
#include "check.h"
#include "crossing.h"
#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int py2abi_checking;
unsigned long py2abi_check_events, py2abi_check_code;

/* Read the setting.  Returns whether calls are checked. */
int
py2abi_check_begin(void)
{
    const char *setting = secure_getenv("PY2ABI_CHECK");
    int value = setting != NULL ? py2abi_setting_find(py2abi_values_CHECK, setting, strlen(setting))
                                : 0;
    py2abi_checking = value > 0 ? value : PY2ABI_CHECK_OFF;
    return py2abi_checking;
}

/* Say what is broken, and abort.  function is the one of the C API or of the binary, or NULL
 * when that is not known. */
void
py2abi_check_fail(const char *function, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "py2abi: %s: %s%s", py2abi_frame_module(), function != NULL ? function : "",
            function != NULL ? " " : "");
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

#define fail(row, ...) py2abi_check_fail((row)->name, __VA_ARGS__)

/* An object that a binary gives or gets is one. */
static void
check_object(const struct py2abi_api *row, const PyObject *object, const char *what)
{
    if (object == NULL) {
        return;
    }
    const char *gone = py2abi_gone(object);
    if (gone != NULL) {
        fail(row, "has %s at %p that is gone: it was %s", what, (const void *)object, gone);
    }
    /* One that is being deallocated has none. */
    if (Py_REFCNT(object) < 0) {
        fail(row, "has %s at %p with the reference count %zd", what, (const void *)object,
             Py_REFCNT(object));
    }
    if (Py_TYPE(object) == NULL || Py_TYPE(object)->tp_name == NULL) {
        fail(row, "has %s at %p without a type", what, (const void *)object);
    }
    py2abi_lifetimes_see(object);
}

static int
is_object(enum py2abi_api_class kind)
{
    switch (kind) {
    case CLASS_OBJECT:
    case CLASS_OBJECT_N:
    case CLASS_NAME:
    case CLASS_KEY:
    case CLASS_NEW:
    case CLASS_NEW_N:
    case CLASS_BORROW:
    case CLASS_BORROW_N:
    case CLASS_BORROW_FROM1:
    case CLASS_BORROW_FROM1_N:
        return 1;
    default:
        return 0;
    }
}

static int
is_stolen(enum py2abi_api_class kind)
{
    return kind == CLASS_STEAL || kind == CLASS_STEAL_N || kind == CLASS_STEAL_OK;
}

static int
is_new(enum py2abi_api_class kind)
{
    return kind == CLASS_NEW || kind == CLASS_NEW_N;
}

/* Changes when reference counts may have been changed by others than the function that is
 * called: see py2abi_check_events; the last new mirrors, and what the frame keeps. */
static unsigned long
events(void)
{
    const struct py2abi_thread *thread = py2abi_thread_get();
    unsigned long here = thread == NULL ? 0
                                        : thread->recent_count
                                              + ((unsigned long)thread->pool_used << 32);
    return py2abi_check_events + py2abi_check_code + here;
}

/* Whether this thread has the GIL.  The host's function knows each thread's first state only, and
 * one may go on with another (PyThreadState_Swap). */
static int
has_lock(void)
{
    const struct py2abi_thread *thread = py2abi_thread_current;
    return host_PyGILState_Check()
           || (thread != NULL && _PyThreadState_Current == &thread->state);
}

/* What the caller has, when a call begins. */
static void
check_arguments(const struct py2abi_api *row, const union py2abi_word *args,
                struct py2abi_watch *watch)
{
    if (!has_lock()) {
        fail(row, "was called without the GIL%s",
             host_PyGILState_GetThisThreadState() != NULL
                 ? ""
                 : ", by a thread that Python does not know");
    }
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        enum py2abi_api_class kind = py2abi_token_class(row->args[i]);
        const PyObject *object = args[i].pointer;
        if (is_object(kind) || is_stolen(kind)) {
            check_object(row, object, "an argument");
            watch->counts[i] = object != NULL ? Py_REFCNT(object) : 0;
        }
        else if (kind == CLASS_INOUT_STEAL || kind == CLASS_INOUT_OK
                 || kind == CLASS_INOUT_NEW) {
            watch->objects[i] = object != NULL ? *(PyObject **)args[i].pointer : NULL;
            check_object(row, watch->objects[i], "an argument");
            watch->counts[i] = watch->objects[i] != NULL ? Py_REFCNT(watch->objects[i]) : 0;
        }
    }
    watch->events = events();
    watch->code = py2abi_check_code;
}

/* A call begins. */
void
py2abi_check_enter(const struct py2abi_api *row, const union py2abi_word *args,
                   struct py2abi_watch *watch)
{
    if (py2abi_checking && !(row->flags & F_NOGIL)) {
        check_arguments(row, args, watch);
    }
}

/* What a result says: that the call failed with an exception, that it did not fail, or
 * neither for certain. */
enum verdict { FAILED, WORKED, UNKNOWN };

static enum verdict
judge(const struct py2abi_api *row, union py2abi_word result)
{
    int is_int = row->result == PY2ABI_TOKEN_INT;
    long number = is_int ? (int)result.number : (long)result.number;
    switch ((enum py2abi_api_error)row->error) {
    case E_NULL:
        return result.pointer == NULL ? FAILED : WORKED;
    case E_NULL_CHECK:
    case E_NULL_QUIET:
        return result.pointer == NULL ? UNKNOWN : WORKED;
    case E_MINUS1:
        return py2abi_token_class(row->result) != CLASS_SIGNED ? UNKNOWN
               : number == -1                                  ? FAILED
                                                               : WORKED;
    case E_ZERO:
        return number == 0 ? FAILED : WORKED;
    case E_MINUS2:
        return number == -2 ? FAILED : WORKED;
    default:
        return UNKNOWN;
    }
}

/* A borrowed argument has the references that it had, and one more when it is the result
 * itself. */
static void
check_lent_count(const struct py2abi_api *row, const union py2abi_word *args,
                 const PyObject *object, Py_ssize_t before, union py2abi_word result,
                 const struct py2abi_watch *watch)
{
    enum py2abi_api_class kind = py2abi_token_class(row->result);
    Py_ssize_t after = Py_REFCNT(object);
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        enum py2abi_api_class other = py2abi_token_class(row->args[i]);
        if ((is_stolen(other) && args[i].pointer == object)
            || (other == CLASS_INOUT_STEAL && watch->objects[i] == object)) {
            return; /* It was given too. */
        }
    }
    if (is_new(kind) && object == result.pointer) {
        before++;
    }
    if (after < before) {
        fail(row, "was lent a %s at %p with %zd references, and has left %zd",
             Py_TYPE(object)->tp_name, (const void *)object, before, after);
    }
    /* A new object may refer to what it was made of, and an exception to what it is about. */
    if (after > before && !is_object(kind) && _PyThreadState_Current->curexc_type == NULL) {
        fail(row, "was lent a %s at %p with %zd references, and has kept %zd",
             Py_TYPE(object)->tp_name, (const void *)object, before, after - before);
    }
}

/* A reference that was taken over has found an owner or is gone. */
static void
check_stolen_count(const struct py2abi_api *row, const union py2abi_word *args,
                   const PyObject *object, Py_ssize_t before, int is_kept,
                   const struct py2abi_watch *watch)
{
    Py_ssize_t after = Py_REFCNT(object), most = before;
    const PyObject *owner = args[0].pointer;
    if (is_object(py2abi_token_class(row->args[0])) && owner != NULL
        && (Py_TYPE(owner)->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        most++; /* A list that both sides have remembers what it was. */
    }
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        enum py2abi_api_class kind = py2abi_token_class(row->args[i]);
        before -= (is_stolen(kind) && args[i].pointer == object)
                  || (kind == CLASS_INOUT_STEAL && watch->objects[i] == object);
    }
    if (is_kept ? after != before + 1 : after < before || after > most) {
        fail(row, "was given one of %zd references to a %s at %p, of which there are %zd now",
             most, Py_TYPE(object)->tp_name, (const void *)object, after);
    }
}

/* What is stored through an argument that is a pointer. */
static void
check_stored(const struct py2abi_api *row, const union py2abi_word *args, unsigned i,
             enum verdict verdict, union py2abi_word result, const struct py2abi_watch *watch)
{
    enum py2abi_api_class kind = py2abi_token_class(row->args[i]);
    if ((kind != CLASS_OUT_NEW_N && kind != CLASS_OUT_BORROW && kind != CLASS_INOUT_STEAL
         && kind != CLASS_INOUT_OK && kind != CLASS_INOUT_NEW)
        || args[i].pointer == NULL) {
        return;
    }
    PyObject *stored = *(PyObject **)args[i].pointer;
    int has_failed = verdict == FAILED
                     || (verdict == UNKNOWN && _PyThreadState_Current->curexc_type != NULL);
    switch (kind) {
    case CLASS_OUT_NEW_N:
        if (verdict != FAILED) {
            check_object(row, stored, "a result");
        }
        break;
    case CLASS_OUT_BORROW:
        if (result.number > 0) {
            check_object(row, stored, "a borrowed result");
            py2abi_lend(stored, args[0].pointer, row->name);
        }
        break;
    case CLASS_INOUT_STEAL:
        check_object(row, stored, "a result");
        if (has_failed && !watch->had_error && stored != NULL) {
            fail(row, "has failed, but left a %s at %p instead of NULL", Py_TYPE(stored)->tp_name,
                 (void *)stored);
        }
        break;
    case CLASS_INOUT_OK:
        check_object(row, stored, "a result");
        if (verdict == FAILED && stored != watch->objects[i]) {
            fail(row, "has failed, but did not leave the object at %p as it was",
                 (void *)watch->objects[i]);
        }
        break;
    case CLASS_INOUT_NEW:
        check_object(row, stored, "a result");
        if (stored == watch->objects[i] && stored != NULL && events() == watch->events
            && watch->objects[0] != watch->objects[1]
            && Py_REFCNT(stored) != watch->counts[i] + ((int)result.number == 0)) {
            fail(row, "was to give one reference more for a %s at %p, if it works: there were "
                 "%zd, and are %zd",
                 Py_TYPE(stored)->tp_name, (void *)stored, watch->counts[i], Py_REFCNT(stored));
        }
        break;
    default:
        break;
    }
}

static void
check_result(const struct py2abi_api *row, const union py2abi_word *args,
             union py2abi_word result, const struct py2abi_watch *watch)
{
    if (_PyThreadState_Current == NULL) {
        fail(row, "has returned without a thread state");
    }
    if (host_PyErr_Occurred() != NULL) {
        fail(row, "has left an exception to Python 3");
    }
    int has_error = _PyThreadState_Current->curexc_type != NULL;
    enum verdict verdict = judge(row, result);
    if (verdict == FAILED && !has_error) {
        fail(row, "has failed without an exception");
    }
    if (verdict == WORKED && has_error && !watch->had_error) {
        fail(row, "has not failed, but left an exception of the type %s",
             PyType_Check(_PyThreadState_Current->curexc_type)
                 ? ((PyTypeObject *)_PyThreadState_Current->curexc_type)->tp_name
                 : "?");
    }
    enum py2abi_api_class kind = py2abi_token_class(row->result);
    if (is_object(kind)) {
        check_object(row, result.pointer, "a result");
    }
    /* Only where nothing else can have counted. */
    int is_quiet = events() == watch->events;
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        enum py2abi_api_class argument = py2abi_token_class(row->args[i]);
        const PyObject *object = args[i].pointer;
        if (is_object(argument)) {
            if (watch->code == py2abi_check_code) {
                check_object(row, object, "an argument that it was lent");
            }
            if (is_quiet && object != NULL && !(row->flags & F_STORES)) {
                check_lent_count(row, args, object, watch->counts[i], result, watch);
            }
        }
        else if (is_stolen(argument)) {
            if (is_quiet && object != NULL) {
                check_stolen_count(row, args, object, watch->counts[i],
                                   argument == CLASS_STEAL_OK && verdict == FAILED, watch);
            }
        }
        else {
            check_stored(row, args, i, verdict, result, watch);
        }
    }
    if (result.pointer == NULL) {
        return;
    }
    if (kind == CLASS_BORROW_FROM1 || kind == CLASS_BORROW_FROM1_N) {
        py2abi_lend(result.pointer, args[0].pointer, row->name);
    }
    else if (is_new(kind) && Py_REFCNT((PyObject *)result.pointer)
                                 <= py2abi_lent_holders(result.pointer)) {
        fail(row, "has returned a %s at %p without a new reference",
             Py_TYPE((PyObject *)result.pointer)->tp_name, result.pointer);
    }
}

/* A call ends. */
void
py2abi_check_leave(const struct py2abi_api *row, const union py2abi_word *args,
                   union py2abi_word result, const struct py2abi_watch *watch)
{
    if (py2abi_checking && !(row->flags & F_NOGIL)) {
        check_result(row, args, result, watch);
    }
}
