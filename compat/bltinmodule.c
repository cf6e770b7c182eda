/* bltinmodule.c - what belongs to the builtin functions. */

#include "config.h"
#include "hostcall.h"

#include <string.h>

/* The codec for file names, which stays the host's. */
const char *Py_FileSystemDefaultEncoding = "utf-8";

/* Ask for it.  Returns 0, or -1 with a host exception. */
int
py2abi_builtins_begin(void)
{
    HostObject *name = py2abi_hostcall(py2abi_hostcall_import("sys", "getfilesystemencoding"), 0);
    const char *text = name != NULL ? host_PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    char *copy = text != NULL ? strdup(text) : NULL;
    host_XDECREF(name);
    if (copy == NULL) {
        if (text != NULL) {
            host_PyErr_NoMemory();
        }
        return -1;
    }
    Py_FileSystemDefaultEncoding = copy;
    return 0;
}

/* The module, which Python 3 has made: borrowed. */
PyObject *
_PyBuiltin_Init(void)
{
    return PyImport_AddModule("__builtin__");
}

/* __import__ as binaries have it: level -1, with which code of Python 2 calls it, is an error in
 * Python 3. */
static PyObject *
import(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {(char *)"name", (char *)"globals", (char *)"locals",
                            (char *)"fromlist", (char *)"level", NULL};
    PyObject *globals = NULL, *locals = NULL, *from = NULL;
    char *name;
    int level = -1;
    (void)self;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "s|OOOi:__import__", names, &name, &globals,
                                     &locals, &from, &level)) {
        return NULL;
    }
    return PyImport_ImportModuleLevel(name, globals, locals, from, level);
}

/* What binaries get for a function of the module that the host has in another way: a new
 * reference; or NULL, without an exception if it is none of these. */
PyObject *
py2abi_builtin_function(PyObject *module, const char *name)
{
    static PyMethodDef definition = {"__import__", (PyCFunction)(void (*)(void))import,
                                     METH_VARARGS | METH_KEYWORDS, NULL};
    if (strcmp(name, "__import__") != 0 || !PyModule_Check(module)
        || PY2ABI_HEAD(module)->host == NULL
        || PY2ABI_HEAD(module)->host
               != host_PyDict_GetItemString(host_PyImport_GetModuleDict(), "builtins")) {
        return NULL;
    }
    return PyCFunction_NewEx(&definition, NULL, NULL);
}
