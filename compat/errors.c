/* errors.c - raising exceptions.
 *
 * While guest code runs its exception is in its thread state, where inlined code
 * of 2.7 looks; here nothing touches the host's indicator.  What has to be done
 * by the host (an instance, a message on stderr) is done with the exception moved
 * there. */

#include "config.h"
#include "hostcall.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static PyThreadState *
state(void)
{
    return py2abi_thread_state();
}

void
PyErr_Restore(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyThreadState *tstate = state();
    PyObject *old_type = tstate->curexc_type, *old_value = tstate->curexc_value;
    PyObject *old_traceback = tstate->curexc_traceback;
    tstate->curexc_type = type;
    tstate->curexc_value = value;
    tstate->curexc_traceback = traceback;
    Py_XDECREF(old_type);
    Py_XDECREF(old_value);
    Py_XDECREF(old_traceback);
}

void
PyErr_Fetch(PyObject **type, PyObject **value, PyObject **traceback)
{
    PyThreadState *tstate = state();
    *type = tstate->curexc_type;
    *value = tstate->curexc_value;
    *traceback = tstate->curexc_traceback;
    tstate->curexc_type = tstate->curexc_value = tstate->curexc_traceback = NULL;
}

void
PyErr_Clear(void)
{
    PyErr_Restore(NULL, NULL, NULL);
}

PyObject *
PyErr_Occurred(void)
{
    return state()->curexc_type;
}

void
PyErr_SetObject(PyObject *type, PyObject *value)
{
    Py_XINCREF(type);
    Py_XINCREF(value);
    PyErr_Restore(type, value, NULL);
}

void
PyErr_SetNone(PyObject *type)
{
    PyErr_SetObject(type, NULL);
}

void
PyErr_SetString(PyObject *type, const char *message)
{
    PyObject *value = PyString_FromString(message);
    PyErr_SetObject(type, value);
    Py_XDECREF(value);
}

PyObject *
PyErr_VFormat(PyObject *type, const char *format, va_list args)
{
    PyObject *message = PyString_FromFormatV(format, args);
    PyErr_SetObject(type, message);
    Py_XDECREF(message);
    return NULL;
}

/* Without memory for a message: the type alone. */
PyObject *
PyErr_NoMemory(void)
{
    PyErr_SetNone(PyExc_MemoryError);
    return NULL;
}

int
PyErr_BadArgument(void)
{
    PyErr_SetString(PyExc_TypeError, "bad argument type for built-in operation");
    return 0;
}

void
_PyErr_BadInternalCall(const char *file, int line)
{
    PyErr_Format(PyExc_SystemError, "%s:%d: bad argument to internal function", file, line);
}

/* Also a macro, which adds where it stands; this is for binaries that took its
 * address. */

void
PyErr_BadInternalCall(void)
{
    PyErr_SetString(PyExc_SystemError, "bad argument to internal function");
}

/* ---- Matching ---- */

/* As 2.7: by identity, through tuples, and by the classes' inheritance; never an
 * error. */
int
PyErr_GivenExceptionMatches(PyObject *given, PyObject *expected)
{
    if (given == NULL || expected == NULL) {
        return 0;
    }
    if (PyTuple_Check(expected)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(expected); i++) {
            if (PyErr_GivenExceptionMatches(given, PyTuple_GET_ITEM(expected, i))) {
                return 1;
            }
        }
        return 0;
    }
    if (PyExceptionInstance_Check(given)) {
        given = PyExceptionInstance_Class(given);
    }
    return PyExceptionClass_Check(given) && PyExceptionClass_Check(expected)
               ? PyClass_IsSubclass(given, expected)
               : given == expected;
}

int
PyErr_ExceptionMatches(PyObject *expected)
{
    return PyErr_GivenExceptionMatches(PyErr_Occurred(), expected);
}

/* ---- What the host does ---- */

/* The same for a class of the old style, which the host cannot raise.  An exception on the way
 * takes the place of the given one. */
static void
normalize_old(PyObject **type, PyObject **value, PyObject **traceback)
{
    PyObject *class = *value != NULL && PyExceptionInstance_Check(*value)
                          ? PyExceptionInstance_Class(*value)
                          : NULL;
    if (class != NULL && PyClass_IsSubclass(class, *type)) {
        Py_INCREF(class);
        Py_SETREF(*type, class);
        return;
    }
    PyObject *args = *value == NULL || *value == Py_None ? PyTuple_New(0)
                     : PyTuple_Check(*value)             ? (Py_INCREF(*value), *value)
                                                         : PyTuple_Pack(1, *value);
    PyObject *made = args != NULL ? PyObject_Call(*type, args, NULL) : NULL;
    Py_XDECREF(args);
    if (made != NULL) {
        Py_XDECREF(*value);
        *value = made;
        return;
    }
    PyObject *old_traceback = *traceback;
    Py_DECREF(*type);
    Py_XDECREF(*value);
    PyErr_Fetch(type, value, traceback);
    if (*traceback == NULL) {
        *traceback = old_traceback;
    }
    else {
        Py_XDECREF(old_traceback);
    }
    PyErr_NormalizeException(type, value, traceback);
}

/* Make the value an instance of the type: the host's, which runs the class. */
void
PyErr_NormalizeException(PyObject **type, PyObject **value, PyObject **traceback)
{
    if (*type == NULL) {
        return;
    }
    PyObject *saved[3];
    PyErr_Fetch(&saved[0], &saved[1], &saved[2]);
    if (PyClass_Check(*type)) {
        normalize_old(type, value, traceback);
        PyErr_Restore(saved[0], saved[1], saved[2]);
        return;
    }
    PyErr_Restore(*type, *value, *traceback);
    py2abi_error_to_host();
    HostObject *host_type, *host_value, *host_traceback;
    host_PyErr_Fetch(&host_type, &host_value, &host_traceback);
    host_PyErr_NormalizeException(&host_type, &host_value, &host_traceback);
    host_PyErr_Restore(host_type, host_value, host_traceback);
    py2abi_error_to_guest();
    PyErr_Fetch(type, value, traceback);
    PyErr_Restore(saved[0], saved[1], saved[2]);
}

/* An environment error with (number, text) or (number, text, file name). */
PyObject *
PyErr_SetFromErrnoWithFilenameObject(PyObject *type, PyObject *name)
{
    int number = errno;
    if (number == EINTR && PyErr_CheckSignals() != 0) {
        return NULL;
    }
    const char *text = number == 0 ? "Error" : strerror(number);
    PyObject *args = name != NULL ? Py_BuildValue("(isO)", number, text, name)
                                  : Py_BuildValue("(is)", number, text);
    if (args == NULL) {
        return NULL;
    }
    PyErr_SetObject(type, args);
    Py_DECREF(args);
    return NULL;
}

PyObject *
PyErr_SetFromErrnoWithFilename(PyObject *type, const char *name)
{
    int number = errno;
    PyObject *object = name != NULL ? PyString_FromString(name) : NULL;
    if (name != NULL && object == NULL) {
        return NULL;
    }
    errno = number;
    PyErr_SetFromErrnoWithFilenameObject(type, object);
    Py_XDECREF(object);
    return NULL;
}

PyObject *
PyErr_SetFromErrno(PyObject *type)
{
    return PyErr_SetFromErrnoWithFilenameObject(type, NULL);
}

/* A class of the host.  2.7 takes names as char *, writes nothing to them. */
PyObject *
PyErr_NewException(char *name, PyObject *base, PyObject *dict)
{
    HostObject *host_base = base != NULL ? py2abi_host(base, PY2ABI_AS_VALUE) : NULL;
    HostObject *host_dict = dict != NULL ? py2abi_host(dict, PY2ABI_AS_VALUE) : NULL;
    HostObject *made = NULL;
    if (strchr(name, '.') == NULL) {
        PyErr_SetString(PyExc_SystemError, "PyErr_NewException: name must be module.class");
    }
    else if ((base == NULL || host_base != NULL) && (dict == NULL || host_dict != NULL)) {
        made = host_PyErr_NewException(py2abi_host_chars(name), host_base, host_dict);
    }
    host_XDECREF(host_base);
    host_XDECREF(host_dict);
    if (made == NULL) {
        if (PyErr_Occurred() == NULL) {
            py2abi_error_to_guest();
        }
        return NULL;
    }
    return py2abi_mirror_result(made);
}

PyObject *
PyErr_NewExceptionWithDoc(char *name, char *doc, PyObject *base, PyObject *dict)
{
    PyObject *made = PyErr_NewException(name, base, dict);
    if (made != NULL && doc != NULL) {
        HostObject *text = py2abi_host_message(doc);
        HostObject *host = text != NULL ? py2abi_host(made, PY2ABI_AS_VALUE) : NULL;
        int failed = host == NULL || host_PyObject_SetAttrString(host, "__doc__", text) < 0;
        host_XDECREF(text);
        host_XDECREF(host);
        if (failed) {
            Py_DECREF(made);
            return py2abi_failed();
        }
    }
    return made;
}

void
PyErr_WriteUnraisable(PyObject *object)
{
    HostObject *host = NULL;
    if (PyErr_Occurred() == NULL) {
        return;
    }
    if (py2abi_has_ended()) {
        PyErr_Clear(); /* Nobody is left to be told. */
        return;
    }
    if (object != NULL) {
        host = py2abi_host(object, PY2ABI_AS_VALUE);
        host_PyErr_Clear();
    }
    py2abi_error_to_host();
    host_PyErr_WriteUnraisable(host);
    host_XDECREF(host);
    py2abi_returned(0);
}

void
PyErr_PrintEx(int set_last)
{
    if (PyErr_Occurred() != NULL) {
        py2abi_error_to_host();
        host_PyErr_PrintEx(set_last);
        py2abi_returned(0);
    }
}

void
PyErr_Print(void)
{
    PyErr_PrintEx(1);
}

int
PyErr_CheckSignals(void)
{
    return (int)py2abi_returned(host_PyErr_CheckSignals());
}

int
PyErr_WarnEx(PyObject *category, const char *message, Py_ssize_t level)
{
    HostObject *host = category != NULL ? py2abi_host(category, PY2ABI_AS_VALUE) : NULL;
    if (category != NULL && host == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    HostObject *text = py2abi_host_message(message);
    const char *utf8 = text != NULL ? host_PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
    int status = utf8 != NULL ? host_PyErr_WarnEx(host, utf8, level) : -1;
    host_XDECREF(text);
    host_XDECREF(host);
    return (int)py2abi_returned(status);
}


int
PyErr_Warn(PyObject *category, char *message)
{
    return PyErr_WarnEx(category, message, 1);
}

/* Set an exception, all taken over, unless there is one. */
void
_PyErr_ReplaceException(PyObject *type, PyObject *value, PyObject *traceback)
{
    if (type == NULL) {
        return;
    }
    if (PyErr_Occurred() == NULL) {
        PyErr_Restore(type, value, traceback);
        return;
    }
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

/* A line of a file as a str without the space that it begins with, empty behind the
 * last one; or NULL without an exception. */
PyObject *
PyErr_ProgramText(const char *filename, int number)
{
    char line[1000];
    int at = 0, is_sensible = filename != NULL && *filename != '\0' && number > 0;
    FILE *file = is_sensible ? fopen(filename, "re") : NULL;
    if (file == NULL) {
        return NULL;
    }
    while (at < number && fgets(line, sizeof line, file) != NULL) {
        at += strchr(line, '\n') != NULL || feof(file);
    }
    fclose(file);
    PyObject *text = PyString_FromString(at == number ? line + strspn(line, " \t\014") : "");
    if (text == NULL) {
        PyErr_Clear();
    }
    return text;
}

/* Say of the SyntaxError that is set where it is.  What cannot be said is left out. */
void
PyErr_SyntaxLocation(const char *filename, int line)
{
    PyObject *type, *value, *traceback, *attribute;
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    attribute = PyInt_FromLong(line);
    if (attribute == NULL || PyObject_SetAttrString(value, "lineno", attribute) < 0) {
        PyErr_Clear();
    }
    Py_XDECREF(attribute);
    if (filename != NULL) {
        /* Text on the host: it opens the file to show the line. */
        attribute = PyUnicode_DecodeUTF8(filename, (Py_ssize_t)strlen(filename), "replace");
        if (attribute == NULL || PyObject_SetAttrString(value, "filename", attribute) < 0) {
            PyErr_Clear();
        }
        Py_XDECREF(attribute);
        PyObject *text = PyErr_ProgramText(filename, line);
        attribute = text != NULL ? PyUnicode_DecodeUTF8(PyString_AS_STRING(text),
                                                        PyString_GET_SIZE(text), "replace")
                                 : NULL;
        if (attribute != NULL && PyObject_SetAttrString(value, "text", attribute) < 0) {
            PyErr_Clear();
        }
        Py_XDECREF(attribute);
        Py_XDECREF(text);
    }
    PyErr_Restore(type, value, traceback);
}

/* A warning as of a line of a file; registry says which were given already.  Returns
 * 0, or -1 with an exception, which the warning may be. */
int
PyErr_WarnExplicit(PyObject *category, const char *message, const char *filename, int line,
                   const char *module, PyObject *registry)
{
    HostObject *none = py2abi_hostcall(
        py2abi_hostcall_import("warnings", "warn_explicit"), 6,
        py2abi_host_message(message),
        category != NULL ? py2abi_host(category, PY2ABI_AS_VALUE)
                         : py2abi_hostcall_import("builtins", "RuntimeWarning"),
        host_PyUnicode_DecodeFSDefaultAndSize(filename, (ssize_t)strlen(filename)),
        host_PyLong_FromLong(line),
        module != NULL ? py2abi_host_name(module) : py2abi_hostcall_none(),
        registry != NULL ? py2abi_host(registry, PY2ABI_AS_VALUE) : py2abi_hostcall_none());
    host_XDECREF(none);
    return (int)py2abi_returned(none != NULL ? 0 : -1);
}
