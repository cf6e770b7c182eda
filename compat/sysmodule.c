/* sysmodule.c - sys. */

#include "config.h"
#include "hostcall.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What keeps the borrowed references: the mirror of sys.__dict__, which drops those to what
 * sys has no longer. */
static PyObject *
sys_dict(void)
{
    static PyObject *dict;
    if (dict == NULL) {
        HostObject *host = host_PyImport_ImportModule("sys");
        HostObject *names = host != NULL ? host_PyModule_GetDict(host) : NULL;
        dict = names != NULL ? py2abi_mirror_names(names) : NULL;
        host_XDECREF(host);
    }
    return dict;
}

PyObject *
PySys_GetObject(char *name)
{
    PyObject *dict = sys_dict();
    HostObject *object = dict != NULL ? host_PySys_GetObject(name) : NULL;
    PyObject *mirror = object != NULL ? py2abi_mirror_borrowed(dict, object) : NULL;
    host_PyErr_Clear();
    return mirror;
}

int
PySys_SetObject(char *name, PyObject *value)
{
    HostObject *host = value != NULL ? py2abi_host(value, PY2ABI_AS_CONSTANT) : NULL;
    if (value != NULL && host == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    int status = host_PySys_SetObject(name, host);
    host_XDECREF(host);
    return (int)py2abi_returned(status);
}

/* Text for one of the host's streams, in place of which the C stream stands when
 * it does not work. */
static void
write_text(const char *stream, FILE *instead, const char *text)
{
    HostObject *type, *value, *traceback, *written = NULL;
    host_PyErr_Fetch(&type, &value, &traceback);
    HostObject *file = host_PySys_GetObject(stream);
    HostObject *host = py2abi_host_message(text);
    HostObject *write = file != NULL && host != NULL ? host_PyObject_GetAttrString(file, "write")
                                                     : NULL;
    HostObject *args = write != NULL ? host_PyTuple_New(1) : NULL;
    if (args != NULL) {
        host_INCREF(host);
        host_PyTuple_SetItem(args, 0, host);
        written = host_PyObject_CallObject(write, args);
    }
    if (written == NULL) {
        host_PyErr_Clear();
        fputs(text, instead);
    }
    host_XDECREF(written);
    host_XDECREF(args);
    host_XDECREF(write);
    host_XDECREF(host);
    host_PyErr_Restore(type, value, traceback);
    py2abi_returned(0);
}

/* 2.7 writes 1,000 bytes at most, and says where it stopped. */
static void __attribute__((format(printf, 3, 0)))
write_format(const char *stream, FILE *instead, const char *format, va_list args)
{
    char text[1001 + sizeof "... truncated"];
    int n = vsnprintf(text, 1001, format, args);
    if (n < 0 || n > 1000) {
        strcat(text, "... truncated");
    }
    write_text(stream, instead, text);
}

void __attribute__((format(printf, 1, 0)))
PySys_VWriteStdout(const char *format, va_list args)
{
    write_format("stdout", stdout, format, args);
}

void __attribute__((format(printf, 1, 0)))
PySys_VWriteStderr(const char *format, va_list args)
{
    write_format("stderr", stderr, format, args);
}

/* ---- What belongs to sys ---- */

/* The C stream of a file that sys has, or another one. */
FILE *
PySys_GetFile(char *name, FILE *otherwise)
{
    PyObject *file = PySys_GetObject(name);
    FILE *stream = file != NULL && PyFile_Check(file) ? PyFile_AsFile(file) : NULL;
    return stream != NULL ? stream : otherwise;
}

size_t
_PySys_GetSizeOf(PyObject *object)
{
    HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE);
    HostObject *size = py2abi_hostcall(py2abi_hostcall_import("sys", "getsizeof"), 1, host);
    if (size == NULL) {
        py2abi_error_to_guest();
        return (size_t)-1;
    }
    size_t result = (size_t)host_PyLong_AsSsize_t(size);
    host_DECREF(size);
    return result;
}

static HostObject *
file_name(const char *name)
{
    return host_PyUnicode_DecodeFSDefaultAndSize(name, (ssize_t)strlen(name));
}

/* Put a list in sys; taken over, and an error is fatal, as in 2.7. */
static void
set_list(const char *name, HostObject *list)
{
    if (py2abi_hostapi_has_ended()) {
        return;
    }
    if (list == NULL || host_PySys_SetObject(name, list) < 0) {
        fprintf(stderr, "can't assign sys.%s", name);
        Py_FatalError("no mem for sys");
    }
    host_DECREF(list);
}

/* The module search path, from text with colons. */
void
PySys_SetPath(char *path)
{
    HostObject *list = host_PyList_New(0);
    for (const char *part = path; list != NULL && part != NULL;) {
        const char *end = strchr(part, ':');
        HostObject *name = host_PyUnicode_DecodeFSDefaultAndSize(
            part, end != NULL ? end - part : (ssize_t)strlen(part));
        if (name == NULL || host_PyList_Append(list, name) < 0) {
            host_DECREF(list);
            list = NULL;
        }
        host_XDECREF(name);
        part = end != NULL ? end + 1 : NULL;
    }
    set_list("path", list);
}

/* The arguments, and the folder of the first of them in front of the search path. */
void
PySys_SetArgvEx(int argc, char **argv, int update_path)
{
    HostObject *list = host_PyList_New(0);
    for (int i = 0; (i < argc || i == 0) && list != NULL; i++) {
        HostObject *name = file_name(i < argc ? argv[i] : "");
        if (name == NULL || host_PyList_Append(list, name) < 0) {
            host_DECREF(list);
            list = NULL;
        }
        host_XDECREF(name);
    }
    set_list("argv", list);
    HostObject *path = host_PySys_GetObject("path");
    if (!update_path || path == NULL) {
        return;
    }
    char *real = argc > 0 && strcmp(argv[0], "-c") != 0 ? realpath(argv[0], NULL) : NULL;
    char *slash = real != NULL ? strrchr(real, '/') : NULL;
    if (slash != NULL) {
        slash[slash == real] = '\0';
    }
    HostObject *folder = file_name(real != NULL ? real : "");
    if (folder == NULL || host_PyList_Insert(path, 0, folder) < 0) {
        Py_FatalError("sys.path.insert(0) failed");
    }
    host_DECREF(folder);
    free(real);
}

void
PySys_SetArgv(int argc, char **argv)
{
    PySys_SetArgvEx(argc, argv, 1);
}

/* ---- The options that say which warnings there are ---- */

int
PySys_HasWarnOptions(void)
{
    HostObject *options = host_PySys_GetObject("warnoptions");
    ssize_t count = options != NULL ? host_PyObject_Size(options) : 0;
    host_PyErr_Clear();
    return count > 0;
}

void
PySys_ResetWarnOptions(void)
{
    HostObject *options = host_PySys_GetObject("warnoptions");
    if (options != NULL) {
        host_XDECREF(py2abi_hostcall_method(options, "clear", 0));
        host_PyErr_Clear();
    }
}

void
PySys_AddWarnOption(char *option)
{
    HostObject *options = host_PySys_GetObject("warnoptions");
    if (options != NULL) {
        host_XDECREF(py2abi_hostcall_method(options, "append", 1, file_name(option)));
        host_PyErr_Clear();
    }
}

/* The module, which Python 3 has made: borrowed. */
PyObject *
_PySys_Init(void)
{
    return PyImport_AddModule("sys");
}
