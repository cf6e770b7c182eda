/* import.c - importing from guests.
 *
 * A module that has another name in Python 3 is found under its old one, by the
 * host's own list (_compat_pickle), when there is none of the name that was asked
 * for. */

#include "config.h"
#include "guest.h"

#include <string.h>

PyObject *
PyImport_GetModuleDict(void)
{
    PyObject *modules = py2abi_mirror(host_PyImport_GetModuleDict());
    if (modules == NULL) {
        py2abi_error_to_guest();
    }
    else {
        PY2ABI_HEAD(modules)->is_namespace = 1;
    }
    return modules; /* the interpreter's: never given back */
}

/* The name in Python 3 of a module of Python 2: a new reference, or NULL without
 * an exception. */
static HostObject *
new_name(const char *name)
{
    HostObject *found = NULL;
    if (strcmp(name, "exceptions") == 0) {
        return host_PyUnicode_FromString("builtins");
    }
    HostObject *module = host_PyImport_ImportModule("_compat_pickle");
    HostObject *map = module != NULL ? host_PyObject_GetAttrString(module, "IMPORT_MAPPING") : NULL;
    if (map != NULL) {
        found = host_PyDict_GetItemString(map, name);
        if (found != NULL) {
            host_INCREF(found);
        }
    }
    host_XDECREF(map);
    host_XDECREF(module);
    host_PyErr_Clear();
    return found;
}

/* Whether an exception says that this module, and none that it imports, was not
 * found. */
static int
was_not_found(HostObject *type, HostObject *value, const char *name)
{
    if (!host_PyErr_GivenExceptionMatches(type, *HOST(PyExc_ImportError)) || value == NULL) {
        return 0;
    }
    HostObject *missing = host_PyObject_GetAttrString(value, "name");
    const char *text = missing != NULL && missing != HOST(_Py_NoneStruct)
                           ? host_PyUnicode_AsUTF8AndSize(missing, NULL)
                           : NULL;
    int result = text != NULL && strcmp(text, name) == 0;
    host_XDECREF(missing);
    host_PyErr_Clear();
    return result;
}

/* Import a module by its full name: the host's, under its name there.  Returns a
 * new host reference, or NULL with a host exception: that of the name that was
 * asked for, when there is no other. */
static HostObject *
import_module(const char *name)
{
    HostObject *type, *value, *traceback, *renamed = NULL;
    HostObject *module = host_PyImport_ImportModule(name);
    if (module != NULL) {
        return module;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    host_PyErr_NormalizeException(&type, &value, &traceback);
    if (was_not_found(type, value, name)) {
        renamed = new_name(name);
    }
    if (renamed == NULL) {
        host_PyErr_Restore(type, value, traceback);
        return NULL;
    }
    host_XDECREF(type);
    host_XDECREF(value);
    host_XDECREF(traceback);
    module = host_PyImport_Import(renamed);
    host_DECREF(renamed);
    return module;
}

PyObject *
PyImport_ImportModule(const char *name)
{
    return py2abi_mirror_result(import_module(name));
}

/* The host's import does not block on another thread's either. */
PyObject *
PyImport_ImportModuleNoBlock(const char *name)
{
    return PyImport_ImportModule(name);
}

PyObject *
PyImport_Import(PyObject *name)
{
    if (PyUnicode_Check(name)) {
        PyObject *string = PyUnicode_AsUTF8String(name);
        PyObject *module = string != NULL ? PyImport_Import(string) : NULL;
        Py_XDECREF(string);
        return module;
    }
    if (!PyString_Check(name)) {
        return PyErr_Format(PyExc_TypeError, "module name must be a string, not %.200s",
                            Py_TYPE(name)->tp_name);
    }
    return PyImport_ImportModule(PyString_AS_STRING(name));
}

/* What the import statement calls: with a list of names the last module of a
 * dotted name, otherwise the first. */
PyObject *
PyImport_ImportModuleLevel(char *name, PyObject *globals, PyObject *locals, PyObject *from,
                           int level)
{
    (void)locals;
    if (level > 0) {
        HostObject *host_globals = globals != NULL ? py2abi_host(globals, PY2ABI_AS_VALUE) : NULL;
        HostObject *host_from = from != NULL ? py2abi_host(from, PY2ABI_AS_NAME) : NULL;
        HostObject *module = NULL;
        if ((globals == NULL || host_globals != NULL) && (from == NULL || host_from != NULL)) {
            module = host_PyImport_ImportModuleLevel(name, host_globals, NULL, host_from, level);
        }
        host_XDECREF(host_globals);
        host_XDECREF(host_from);
        return py2abi_mirror_result(module);
    }
    HostObject *module = import_module(name);
    const char *dot = strchr(name, '.');
    int has_names = from != NULL && from != Py_None && PyObject_IsTrue(from) > 0;
    if (module != NULL && dot != NULL && !has_names) {
        HostObject *first = host_PyUnicode_DecodeUTF8(name, dot - name, NULL);
        host_DECREF(module);
        module = first != NULL ? host_PyDict_GetItemWithError(host_PyImport_GetModuleDict(), first)
                               : NULL;
        if (module != NULL) {
            host_INCREF(module);
        }
        host_XDECREF(first);
    }
    return py2abi_mirror_result(module);
}

/* The module of that name, made when there is none: borrowed, since the
 * interpreter holds it. */
PyObject *
PyImport_AddModule(const char *name)
{
    HostObject *host_name = py2abi_host_name(strcmp(name, "__builtin__") == 0 ? "builtins" : name);
    HostObject *module = host_name != NULL ? host_PyImport_AddModuleObject(host_name) : NULL;
    if (module != NULL && py2abi_is_initialising()) {
        (void)py2abi_module_made(host_name);
    }
    host_XDECREF(host_name);
    PyObject *mirror = module != NULL ? py2abi_mirror(module) : NULL;
    return mirror != NULL ? mirror : py2abi_failed();
}

PyObject *
PyImport_ReloadModule(PyObject *module)
{
    HostObject *host = py2abi_host(module, PY2ABI_AS_VALUE);
    HostObject *result = host != NULL ? host_PyImport_ReloadModule(host) : NULL;
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}
