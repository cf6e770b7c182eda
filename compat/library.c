/* library.c - which of the host's callables are its own library's.
 *
 * What user code is given by a binary is a str as the policy for strings says, bytes as a
 * rule.  Python's own library wants text where Python 2 had a literal: Decimal("1.5"),
 * re.compile("a+"), hashlib.new("sha1"). */

#include "config.h"
#include "guest.h"
#include "hostcall.h"
#include "library.h"

#include <string.h>

static HostObject *
find_names(void)
{
    static HostObject *names; /* sys.stdlib_module_names, or what was found out so far */
    if (names == NULL) {
        names = py2abi_hostcall_import("sys", "stdlib_module_names");
        if (names == NULL) {
            host_PyErr_Clear();
            names = host_PyDict_New();
        }
    }
    return names;
}

/* Before 3.10: whether a module's file is where os.py is, and nobody has installed it
 * there; a module without a file is built in. */
static int
is_in_folder(HostObject *name)
{
    HostObject *modules = host_PyImport_GetModuleDict();
    HostObject *module = modules != NULL ? host_PyDict_GetItemWithError(modules, name) : NULL;
    HostObject *file = module != NULL ? host_PyObject_GetAttrString(module, "__file__") : NULL;
    HostObject *os = py2abi_hostcall_import("os", "__file__");
    const char *path = NULL, *library = NULL;
    int result = module != NULL;
    host_PyErr_Clear();
    if (file != NULL && file != HOST(_Py_NoneStruct) && os != NULL) {
        path = host_PyUnicode_AsUTF8AndSize(file, NULL);
        library = host_PyUnicode_AsUTF8AndSize(os, NULL);
        const char *slash = library != NULL ? strrchr(library, '/') : NULL;
        result = path != NULL && slash != NULL
                 && strncmp(path, library, (size_t)(slash - library) + 1) == 0
                 && strstr(path + (slash - library), "-packages/") == NULL;
    }
    host_XDECREF(file);
    host_XDECREF(os);
    host_PyErr_Clear();
    return result;
}

/* Whether a module is the library's; name (borrowed) is that of the outermost package. */
static int
is_library_module(HostObject *name)
{
    HostObject *names = find_names();
    int has = names != NULL ? host_PySequence_Contains(names, name) : -1;
    if (has == 0 && py2abi_hostapi_type(names) == (HostObject *)HOST(PyDict_Type)
        && is_in_folder(name)) {
        host_PyDict_SetItem(names, name, HOST(_Py_NoneStruct));
        has = 1;
    }
    if (has <= 0) {
        host_PyErr_Clear();
        const char *text = host_PyUnicode_AsUTF8AndSize(name, NULL);
        return text != NULL && strcmp(text, "builtins") == 0;
    }
    return 1;
}

/* Whether a callable of the host's comes from its library.  GIL held; leaves no exception. */
enum py2abi_library
py2abi_library_has(HostObject *callable)
{
    HostObject *module = host_PyObject_GetAttrString(callable, "__module__");
    int is_method = module == NULL || module == HOST(_Py_NoneStruct);
    host_PyErr_Clear();
    if (is_method) {
        /* A method of an object in C knows only that. */
        HostObject *self = host_PyObject_GetAttrString(callable, "__self__");
        host_XDECREF(module);
        module = self == NULL
                     ? NULL
                     : host_PyObject_GetAttrString(py2abi_hostapi_type(self), "__module__");
        host_XDECREF(self);
    }
    const char *text = module != NULL
                               && py2abi_hostapi_type(module) == (HostObject *)HOST(PyUnicode_Type)
                           ? host_PyUnicode_AsUTF8AndSize(module, NULL)
                           : NULL;
    const char *dot = text != NULL ? strchr(text, '.') : NULL;
    HostObject *name = text == NULL ? NULL
                       : dot != NULL ? host_PyUnicode_DecodeUTF8(text, dot - text, NULL)
                                     : py2abi_host_name(text);
    /* Codecs are given data. */
    int is_library = name != NULL && strncmp(text, "encodings", 9) != 0
                     && strcmp(text, "codecs") != 0 && strcmp(text, "_codecs") != 0
                     && is_library_module(name);
    host_XDECREF(name);
    host_XDECREF(module);
    host_PyErr_Clear();
    return !is_library ? PY2ABI_NOT_LIBRARY : is_method ? PY2ABI_LIBRARY_METHOD : PY2ABI_LIBRARY;
}

/* What gives a str in Python 2, of which binaries (_io) take nothing else. */
static const struct {
    const char *module, *name;
} gives_str[] = {{"locale", "getpreferredencoding"}};

static int
has_text(HostObject *object, const char *name, const char *expected)
{
    HostObject *value = host_PyObject_GetAttrString(object, name);
    const char *text = value != NULL
                               && py2abi_hostapi_type(value) == (HostObject *)HOST(PyUnicode_Type)
                           ? host_PyUnicode_AsUTF8AndSize(value, NULL)
                           : NULL;
    int is_same = text != NULL && strcmp(text, expected) == 0;
    host_XDECREF(value);
    host_PyErr_Clear();
    return is_same;
}

/* Whether a function is one of the library's that give a str in Python 2. */
int
py2abi_library_gives_str(HostObject *callable)
{
    for (size_t i = 0; i < sizeof gives_str / sizeof gives_str[0]; i++) {
        if (has_text(callable, "__name__", gives_str[i].name)
            && has_text(callable, "__module__", gives_str[i].module)) {
            return 1;
        }
    }
    return 0;
}

static int
is_ascii(PyObject *object)
{
    if (!PyString_CheckExact(object)) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < PyString_GET_SIZE(object); i++) {
        if ((unsigned char)PyString_AS_STRING(object)[i] >= 0x80) {
            return 0;
        }
    }
    return 1;
}

static int
is_text(PyObject *object)
{
    return PyString_CheckExact(object) && py2abi_string_is_text(object) && is_ascii(object);
}

static int
any_of(PyObject *args, int (*is_one)(PyObject *))
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i);
        if (item != NULL && (PyTuple_CheckExact(item) ? any_of(item, is_one) : is_one(item))) {
            return 1;
        }
    }
    return 0;
}

static int
any_of_named(PyObject *kwargs, int (*is_one)(PyObject *))
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (kwargs != NULL && PyDict_Check(kwargs) && PyDict_Next(kwargs, &at, &key, &value)) {
        if (is_one(value)) {
            return 1;
        }
    }
    return 0;
}

/* Whether among arguments there is text that would cross as data otherwise.  kwargs is a dict
 * or NULL. */
int
py2abi_library_concerns(PyObject *args, PyObject *kwargs)
{
    return any_of(args, is_text) || any_of_named(kwargs, is_text);
}

/* Whether there is what may be text: a binary has put it together. */
int
py2abi_library_may_concern(PyObject *args, PyObject *kwargs)
{
    return any_of(args, is_ascii) || any_of_named(kwargs, is_ascii);
}

/* ---- Calling once more ---- */

/* Whether the host's exception is a function's in C that did not like its arguments: no
 * Python code has run before it. */
int
py2abi_library_refused(void)
{
    HostObject *type, *value, *traceback;
    if (!host_PyErr_ExceptionMatches(*HOST(PyExc_TypeError))) {
        return 0;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    int has_run = traceback != NULL;
    host_PyErr_Restore(type, value, traceback);
    return !has_run;
}

/* Whether there are strings of both kinds in a tuple: a function that goes through it may have
 * done its work for the ones before it comes to the others. */
static int
is_mixed(PyObject *tuple)
{
    int has_text = 0, has_data = 0;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        if (PyString_Check(item) || PyUnicode_Check(item)) {
            has_text |= is_text(item);
            has_data |= !is_text(item);
        }
    }
    return has_text && has_data;
}

/* Whether an argument runs no code, whatever is done with it: a number, a string, a tuple of
 * those, whose own class may add names but not behaviour that C code would meet. */
static int
is_inert(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (PyTuple_Check(object)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(object); i++) {
            if (PyTuple_GET_ITEM(object, i) == NULL || !is_inert(PyTuple_GET_ITEM(object, i))) {
                return 0;
            }
        }
        return !is_mixed(object);
    }
    return object == Py_None || type == &PyString_Type || type == &PyUnicode_Type
           || type == &PyInt_Type || type == &PyLong_Type || type == &PyBool_Type
           || type == &PyFloat_Type || type == &PyComplex_Type || type == &PyByteArray_Type;
}

static int
is_not_inert(PyObject *object)
{
    return !is_inert(object);
}

/* Whether a call that the library has refused may be made again, with its strings of the other
 * kind, because it cannot have done anything.  That is so when the function is C, so that
 * nobody's code is in it, and nobody's code is in what it was given either: what is left that
 * can raise TypeError is its look at the arguments, before it begins.  A callable of another
 * kind may be anything (functools.partial, what ctypes has found), and so may what an argument
 * does that is an object.  kwargs is a dict or NULL. */
int
py2abi_library_may_repeat(HostObject *callable, PyObject *args, PyObject *kwargs)
{
    HostObject *type = py2abi_hostapi_type(callable);
    if (type != (HostObject *)HOST(PyType_Type)
        && !host_PyType_IsSubtype((HostType *)type, HOST(PyCFunction_Type))) {
        return 0;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(args); i++) {
        if (!is_inert(PyTuple_GET_ITEM(args, i))) {
            return 0;
        }
    }
    return !any_of_named(kwargs, is_not_inert);
}
