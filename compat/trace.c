/* trace.c - PY2ABI_TRACE: each call that a guest makes, on a line of its own.
 *
 *     foo: PyInt_FromLong(42) = <int 42>
 *
 * 1 writes to standard error, anything else is a file that lines are added to.
 * Nothing is asked of Python for it: a value is shown as its memory has it.
 *
 * The last call is said once more, on standard error, when an import fails or the process
 * crashes. */

#include "config.h"
#include "guest.h"
#include "dispatch.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int output = -1;

/* A line, which is written as a whole. */
struct line {
    char text[1000];
    size_t used;
};

/* The last call that has returned, and one that has not.  Whoever looks may do so in a
 * signal handler: a line that is half written there is text all the same. */
static struct line last;
static const struct py2abi_api *volatile going_on;

static void __attribute__((format(printf, 2, 3)))
add(struct line *line, const char *format, ...)
{
    size_t room = sizeof line->text - line->used - 2;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line->text + line->used, room, format, args);
    va_end(args);
    if (n > 0) {
        line->used += (size_t)n < room ? (size_t)n : room - 1;
    }
}

static void
add_text(struct line *line, const char *text, size_t size)
{
    enum { LONGEST = 60 };
    add(line, "'");
    for (size_t i = 0; i < size && i < LONGEST; i++) {
        unsigned char c = (unsigned char)text[i];
        add(line, c < ' ' || c >= 0x7f || c == '\'' || c == '\\' ? "\\x%02x" : "%c", c);
    }
    add(line, size > LONGEST ? "'..." : "'");
}

static void
add_object(struct line *line, PyObject *object)
{
    if (object == NULL) {
        add(line, "NULL");
    }
    else if (object == Py_None) {
        add(line, "None");
    }
    else if (Py_TYPE(object) == NULL || PyType_Check(object)) {
        /* What has no type is a type that was never made ready. */
        add(line, "<type %.100s>", ((PyTypeObject *)object)->tp_name);
    }
    else if (PyBool_Check(object)) {
        add(line, object == Py_True ? "True" : "False");
    }
    else if (PyInt_CheckExact(object)) {
        add(line, "<int %ld>", PyInt_AS_LONG(object));
    }
    else if (PyFloat_CheckExact(object)) {
        add(line, "<float %.12g>", PyFloat_AS_DOUBLE(object));
    }
    else if (PyString_CheckExact(object)) {
        add(line, "<str ");
        add_text(line, PyString_AS_STRING(object), (size_t)PyString_GET_SIZE(object));
        add(line, ">");
    }
    else if (PyTuple_CheckExact(object)) {
        add(line, "<tuple of %zd at %p>", PyTuple_GET_SIZE(object), (void *)object);
    }
    else {
        add(line, "<%.100s at %p>", Py_TYPE(object)->tp_name, (void *)object);
    }
}

static void
add_value(struct line *line, unsigned token, union py2abi_word word)
{
    switch (py2abi_token_class(token)) {
    case CLASS_NONE:
        add(line, "void");
        break;
    case CLASS_SIGNED:
        add(line, "%ld", token == PY2ABI_TOKEN_INT ? (long)(int)word.number : (long)word.number);
        break;
    case CLASS_UNSIGNED:
        add(line, "%lu", (unsigned long)word.positive);
        break;
    case CLASS_REAL:
    case CLASS_COMPLEX:
        add(line, "%.12g", word.real);
        break;
    case CLASS_TEXT:
        if (word.pointer != NULL) {
            add_text(line, word.pointer, strnlen(word.pointer, 100));
            break;
        }
        add(line, "NULL");
        break;
    case CLASS_POINTER:
    case CLASS_RAW:
    case CLASS_OBJECTS:
    case CLASS_OUT_NEW_N:
    case CLASS_OUT_BORROW:
    case CLASS_INOUT_STEAL:
    case CLASS_INOUT_OK:
    case CLASS_INOUT_NEW:
        add(line, "%p", word.pointer);
        break;
    case CLASS_STEAL:
    case CLASS_STEAL_N:
    case CLASS_STEAL_OK:
        /* It may be gone by now. */
        add(line, "<object at %p>", word.pointer);
        break;
    default:
        add_object(line, word.pointer);
    }
}

/* What the setting says, or NULL: nothing is traced. */
static const char *
find_setting(void)
{
    const char *where = secure_getenv("PY2ABI_TRACE");
    return where == NULL || *where == '\0' || strcmp(where, "0") == 0 ? NULL : where;
}

/* Whether calls are to be traced. */
int
py2abi_trace_is_on(void)
{
    return find_setting() != NULL;
}

/* Read the setting.  Returns whether calls are traced.  A file that cannot be
 * written is said once, and nothing is traced. */
int
py2abi_trace_begin(void)
{
    const char *where = find_setting();
    if (where == NULL) {
        return 0;
    }
    if (strcmp(where, "1") == 0) {
        output = STDERR_FILENO;
        return 1;
    }
    output = open(where, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (output < 0) {
        dprintf(STDERR_FILENO, "py2abi: PY2ABI_TRACE: %s cannot be written: %m\n", where);
    }
    return output >= 0;
}

/* A call begins. */
void
py2abi_trace_enter(const struct py2abi_api *row)
{
    going_on = row;
}

/* Write the line for a call that has returned.  errno is left alone. */
void
py2abi_trace(const struct py2abi_api *row, const union py2abi_word *args, union py2abi_word result)
{
    if (output < 0) {
        return;
    }
    int error = errno;
    struct line line = {.used = 0};
    /* Without the GIL nothing of Python may be read. */
    int has_python = !(row->flags & F_NOGIL);
    add(&line, "%s: %s(", has_python ? py2abi_frame_module() : "-", row->name);
    for (unsigned i = 0; i < py2abi_api_arity(row); i++) {
        add(&line, i != 0 ? ", " : "");
        add_value(&line, row->args[i], args[i]);
    }
    add(&line, row->is_variadic ? ", ...)" : ")");
    if (py2abi_token_class(row->result) != CLASS_NONE) {
        add(&line, " = ");
        add_value(&line, row->result, result);
    }
    if (has_python && _PyThreadState_Current != NULL
        && _PyThreadState_Current->curexc_type != NULL) {
        add(&line, " !");
        add_object(&line, _PyThreadState_Current->curexc_type);
    }
    line.text[line.used++] = '\n';
    going_on = NULL;
    last = line;
    ssize_t written = write(output, line.text, line.used);
    (void)written; /* There is nowhere left to complain to. */
    errno = error;
}

static void
put(const char *text, size_t size)
{
    ssize_t written = write(STDERR_FILENO, text, size);
    (void)written;
}

/* Say which call was the last one, or has not returned, for a process that crashes.  May be
 * called by a signal handler. */
void
py2abi_trace_crash(void)
{
    const struct py2abi_api *row = going_on;
    if (row != NULL) {
        static const char words[] = "py2abi: in a call of ";
        put(words, sizeof words - 1);
        put(row->name, strlen(row->name));
        put("\n", 1);
    }
    else if (last.used != 0) {
        static const char words[] = "py2abi: after the call ";
        put(words, sizeof words - 1);
        put(last.text, last.used);
    }
}

/* Say which call was the last one before the init function of a module failed.  errno is
 * left alone; the guest's exception, if there is one, is still set. */
void
py2abi_trace_failure(const struct py2abi_guest *guest, const char *module)
{
    if (output < 0) {
        return;
    }
    int error = errno;
    dprintf(STDERR_FILENO, "py2abi: the import of %s from %s failed after %s%.*s", module,
            guest->path, last.used != 0 ? "the call " : "no call at all\n", (int)last.used,
            last.text);
    errno = error;
}
