/* bltinmodule.c - what belongs to the builtin functions. */

#include "config.h"
#include "guest.h"

#include <string.h>

/* The codec for file names; the host's is UTF-8 as a rule. */
const char *Py_FileSystemDefaultEncoding = "utf-8";

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
