/* traceback.c - where an exception came through.
 *
 * A traceback is the host's.  A guest adds to it a frame of its own: the host gets
 * one that shows the same file, function and line. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

#include <stdio.h>
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
