/* check.c - PY2ABI_CHECK: the rules that each call has to keep, by the table.
 *
 * PY2ABI_CHECK=on.  For those who work on py2abi, and for whoever doubts it.  What is broken
 * is said in one sentence, and the process is aborted, so that a debugger shows who it was. */

#include "config.h"
#include "guest.h"
#include "dispatch.h"
#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int is_on;

/* Read the setting.  Returns whether calls are checked. */
int
py2abi_check_begin(void)
{
    const char *setting = secure_getenv("PY2ABI_CHECK");
    is_on = setting != NULL
            && py2abi_setting_find(py2abi_values_CHECK, setting, strlen(setting)) == 1;
    return is_on;
}

static void __attribute__((format(printf, 2, 3), noreturn))
fail(const struct py2abi_api *row, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "py2abi: %s: %s ", py2abi_frame_module(), row->name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

/* An object that a binary gives or gets is one. */
static void
check_object(const struct py2abi_api *row, const PyObject *object, const char *what)
{
    if (object == NULL) {
        return;
    }
    /* One that is being deallocated has none. */
    if (Py_REFCNT(object) < 0) {
        fail(row, "has %s at %p with the reference count %zd", what, (const void *)object,
             Py_REFCNT(object));
    }
    if (Py_TYPE(object) == NULL || Py_TYPE(object)->tp_name == NULL) {
        fail(row, "has %s at %p without a type", what, (const void *)object);
    }
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

/* The arguments, when a call begins. */
void
py2abi_check_arguments(const struct py2abi_api *row, const union py2abi_word *args)
{
    if (!is_on || (row->flags & F_NOGIL)) {
        return;
    }
    if (!host_PyGILState_Check()) {
        fail(row, "was called without the GIL");
    }
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        enum py2abi_api_class kind = py2abi_token_class(row->args[i]);
        if (is_object(kind) || kind == CLASS_STEAL || kind == CLASS_STEAL_N) {
            check_object(row, args[i].pointer, "an argument");
        }
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

/* The end of a call.  had_error: the guest's exception was set when it began. */
void
py2abi_check_result(const struct py2abi_api *row, const union py2abi_word *args,
                    union py2abi_word result, int had_error)
{
    if (!is_on || (row->flags & F_NOGIL)) {
        return;
    }
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
    if (verdict == WORKED && has_error && !had_error) {
        fail(row, "has not failed, but left an exception of the type %s",
             PyType_Check(_PyThreadState_Current->curexc_type)
                 ? ((PyTypeObject *)_PyThreadState_Current->curexc_type)->tp_name
                 : "?");
    }
    if (is_object(py2abi_token_class(row->result))) {
        check_object(row, result.pointer, "a result");
    }
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        if (is_object(py2abi_token_class(row->args[i]))) {
            check_object(row, args[i].pointer, "an argument that it was lent and that is gone");
        }
    }
}
