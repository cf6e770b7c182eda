/* sysmodule.c - sys. */

#include "config.h"
#include "guest.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What keeps the borrowed references: the mirror of sys. */
static PyObject *
sys_module(void)
{
    static PyObject *sys;
    if (sys == NULL) {
        HostObject *host = host_PyImport_ImportModule("sys");
        sys = host != NULL ? py2abi_mirror_steal(host) : NULL;
    }
    return sys;
}

PyObject *
PySys_GetObject(char *name)
{
    PyObject *sys = sys_module();
    HostObject *object = sys != NULL ? host_PySys_GetObject(name) : NULL;
    PyObject *mirror = object != NULL ? py2abi_mirror_borrowed(sys, object) : NULL;
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
    HostObject *host = host_PyUnicode_DecodeUTF8(text, (ssize_t)strlen(text), "backslashreplace");
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
