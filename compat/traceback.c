/* traceback.c - where an exception came through.
 *
 * A traceback is the host's.  A guest adds to it a frame of its own: the host gets
 * one that shows the same file, function and line.  Each guest function that an exception
 * leaves has an entry, too, since the user is to see which binary that was. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A host frame for one that a binary made: a new reference, or NULL with a host
 * exception.  It has no variables. */
static HostObject *
host_frame(PyFrameObject *frame)
{
    int line = PyFrame_GetLineNumber(frame);
    HostObject *globals = host_PyDict_New(), *made = NULL;
    HostObject *code = globals != NULL ? py2abi_code_place(frame->f_code, line) : NULL;
    if (code != NULL
        && host_PyDict_SetItemString(globals, "__builtins__", host_PyEval_GetBuiltins()) == 0) {
        made = (HostObject *)host_PyFrame_New(host_PyThreadState_Get(), code, globals, NULL);
    }
    host_XDECREF(code);
    host_XDECREF(globals);
    return made;
}

/* ---- Where guest code was ---- */

/* What the host's tracebacks show of a guest function: code without a line, under the name of
 * the binary.  Some are kept, since a function that fails may fail again and again. */
struct place {
    const struct py2abi_guest *guest;
    char *name;         /* "robot.move", "robot.Arm.move": what the user calls */
    size_t function;    /* where the function's name begins in there, */
    size_t type;        /* and that of the type, if it has one */
    HostObject *code;
};

static int
is_place_of(const struct place *place, const struct py2abi_frame *frame, const char *function)
{
    const char *type = frame->of != NULL ? frame->of->tp_name : "";
    size_t length = place->function - place->type;
    return place->guest == frame->guest && strcmp(place->name + place->function, function) == 0
           && strncmp(place->name + place->type, type, length != 0 ? length - 1 : 0) == 0
           && type[length != 0 ? length - 1 : 0] == '\0';
}

/* The code for the guest function of a frame, borrowed, or NULL with a host exception.
 *
 * The file stands between angle brackets: what shows a traceback would otherwise read the
 * binary and look for a line of text in it, which up to Python 3.9 is a SyntaxError there. */
static HostObject *
find_code(const struct py2abi_frame *frame)
{
    enum { PLACES = 256 };
    static struct place places[PLACES];
    const char *function = frame->function != NULL ? frame->function : "?";
    const char *type = frame->of != NULL ? frame->of->tp_name : "";
    const char *module = strchr(type, '.') == NULL ? frame->guest->name : "";
    struct place *place = &places[((uintptr_t)function / 8 ^ (uintptr_t)frame->of / 64) % PLACES];
    if (place->code != NULL && is_place_of(place, frame, function)) {
        return place->code;
    }
    char *name = NULL, *file = NULL;
    HostObject *code;
    if (asprintf(&name, "%s%s%s%s%s", module, *module != '\0' ? "." : "", type,
                 *type != '\0' ? "." : "", function) < 0) {
        name = NULL;
    }
    if (name == NULL || asprintf(&file, "<%s>", frame->guest->path) < 0) {
        file = NULL;
    }
    code = file != NULL ? host_PyCode_NewEmpty(file, name, 0) : host_PyErr_NoMemory();
    free(file);
    if (code == NULL) {
        free(name);
        return NULL;
    }
    free(place->name);
    host_XDECREF(place->code);
    place->guest = frame->guest;
    place->name = name;
    place->code = code;
    place->function = strlen(name) - strlen(function);
    place->type = *module != '\0' ? strlen(module) + 1 : 0;
    return code;
}

/* The module's globals, as far as a traceback is concerned: borrowed, or NULL with a host
 * exception. */
static HostObject *
find_globals(const struct py2abi_frame *frame)
{
    struct py2abi_guest *guest = (struct py2abi_guest *)(uintptr_t)frame->guest;
    if (guest->globals == NULL) {
        HostObject *globals = host_PyDict_New();
        HostObject *name = globals != NULL ? py2abi_host_name(guest->name) : NULL;
        if (name == NULL || host_PyDict_SetItemString(globals, "__name__", name) < 0
            || host_PyDict_SetItemString(globals, "__builtins__", host_PyEval_GetBuiltins()) < 0) {
            host_XDECREF(globals);
            globals = NULL;
        }
        host_XDECREF(name);
        guest->globals = globals;
    }
    return guest->globals;
}

/* Have the traceback of the host's exception, which is set, show the guest function whose
 * frame is about to be left.  Where there is no memory for that the exception stays as it
 * is. */
void
py2abi_traceback_add(const struct py2abi_frame *frame)
{
    HostObject *type, *value, *traceback;
    if (frame->guest == NULL || frame->guest->name == NULL) {
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    HostObject *code = find_code(frame), *globals = code != NULL ? find_globals(frame) : NULL;
    HostObject *host = globals != NULL ? (HostObject *)host_PyFrame_New(host_PyThreadState_Get(),
                                                                        code, globals, NULL)
                                       : NULL;
    host_PyErr_Clear();
    host_PyErr_Restore(type, value, traceback);
    if (host != NULL) {
        host_PyTraceBack_Here((struct host_frame *)(void *)host);
        host_DECREF(host);
    }
}

/* ---- Mirrors ---- */

/* What a traceback says, all of it, since it never changes but for tb_next: Cython's generators
 * take the frame out of the structure.  Whoever walks down one that is deeper than that finds its
 * end there. */
int
py2abi_traceback_fill(PyObject *mirror, HostObject *host)
{
    enum { DEEPEST = 500 };
    static int depth;
    PyTracebackObject *traceback = (PyTracebackObject *)mirror;
    if (traceback->tb_frame != NULL || depth == DEEPEST) {
        return 0;
    }
    traceback->tb_frame = py2abi_frame_alone(host, "tb_frame");
    if (traceback->tb_frame == NULL) {
        host_PyErr_SetString(*HOST(PyExc_SystemError), "a traceback without a frame");
        return -1;
    }
    traceback->tb_lineno = (int)py2abi_hostcall_long(py2abi_hostcall_attribute(host, "tb_lineno"),
                                                     -1);
    traceback->tb_lasti = (int)py2abi_hostcall_long(py2abi_hostcall_attribute(host, "tb_lasti"),
                                                    -1);
    HostObject *host_next = py2abi_hostcall_attribute(host, "tb_next");
    if (host_next != NULL && host_next != HOST(_Py_NoneStruct)) {
        depth++;
        traceback->tb_next = (PyTracebackObject *)py2abi_mirror(host_next);
        depth--;
    }
    host_XDECREF(host_next);
    host_PyErr_Clear();
    return 0;
}

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyTracebackObject *traceback = (PyTracebackObject *)object;
    Py_VISIT(traceback->tb_next);
    Py_VISIT(traceback->tb_frame);
    return 0;
}

static int
clear(PyObject *object)
{
    PyTracebackObject *traceback = (PyTracebackObject *)object;
    Py_CLEAR(traceback->tb_next);
    Py_CLEAR(traceback->tb_frame);
    return 0;
}

static void
dealloc(PyObject *object)
{
    clear(object);
    py2abi_mirror_dealloc(object);
}

PyTypeObject PyTraceBack_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "traceback",
    .tp_basicsize = sizeof(PyTracebackObject),
    .tp_dealloc = dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR
                | PY2ABI_TPFLAGS_FIELDS,
    .tp_traverse = traverse,
    .tp_clear = clear,
};

/* ---- What binaries say themselves ---- */

/* Add a frame to the traceback of the exception that is set.  Returns 0, or -1 with
 * the exception of the failure.
 *
 * The exception itself stays where it is, as the guest set it: an exception that
 * takes its place on the host gives its traceback away. */
int
PyTraceBack_Here(PyFrameObject *frame)
{
    PyThreadState *state = _PyThreadState_Current;
    PyObject *traceback = state->curexc_traceback;
    HostObject *host = PY2ABI_HEAD(frame)->host, *before = NULL;
    HostObject *type, *value, *after;
    if (host != NULL) {
        host_INCREF(host);
    }
    else {
        host = host_frame(frame);
    }
    if (host != NULL && traceback != NULL && traceback != Py_None
        && (before = py2abi_host(traceback, PY2ABI_AS_VALUE)) == NULL) {
        host_DECREF(host);
        host = NULL;
    }
    if (host == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    type = *HOST(PyExc_Exception);
    host_INCREF(type);
    host_PyErr_Restore(type, NULL, before);
    int status = host_PyTraceBack_Here((struct host_frame *)(void *)host);
    host_DECREF(host);
    if (status < 0) {
        py2abi_error_to_guest();
        return -1;
    }
    host_PyErr_Fetch(&type, &value, &after);
    host_XDECREF(type);
    host_XDECREF(value);
    PyObject *made = after != NULL ? py2abi_mirror_steal(after) : NULL;
    if (made == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    Py_XSETREF(state->curexc_traceback, made);
    return 0;
}

/* Print a traceback to a file, as the host does.  Returns 0, or -1 with an
 * exception. */
int
PyTraceBack_Print(PyObject *traceback, PyObject *file)
{
    if (traceback == NULL) {
        return 0;
    }
    if (!PyTraceBack_Check(traceback)) {
        PyErr_BadInternalCall();
        return -1;
    }
    HostObject *host = py2abi_host(traceback, PY2ABI_AS_VALUE);
    HostObject *to = host != NULL ? py2abi_host(file, PY2ABI_AS_VALUE) : NULL;
    int status = to != NULL ? host_PyTraceBack_Print(host, to) : -1;
    host_XDECREF(host);
    host_XDECREF(to);
    return (int)py2abi_returned(status);
}

/* Write a line of a source file, without the space that it begins with but with so
 * much; nothing if there is no such file or line.  Returns 0, or -1 with an
 * exception. */
int
_Py_DisplaySourceLine(PyObject *file, const char *filename, int number, int indent)
{
    char line[2000];
    FILE *source = file != NULL && filename != NULL ? fopen(filename, "re") : NULL;
    if (file == NULL || filename == NULL) {
        return -1;
    }
    if (source == NULL) {
        return 0;
    }
    int status = 0, at = 0;
    while (at < number && fgets(line, sizeof line - 1, source) != NULL) {
        at += strchr(line, '\n') != NULL || feof(source);
    }
    fclose(source);
    if (at == number && number > 0) {
        const char *text = line + strspn(line, " \t\014");
        char space[] = "          ";
        for (int left = indent; left > 0 && status == 0; left -= 10) {
            space[left < 10 ? left : 10] = '\0';
            status = PyFile_WriteString(space, file);
        }
        if (status == 0) {
            status = PyFile_WriteString(text, file);
        }
        if (status == 0 && strchr(text, '\n') == NULL) {
            status = PyFile_WriteString("\n", file);
        }
    }
    return status;
}
