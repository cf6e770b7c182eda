/* funcobject.c - functions written in Python: the host's. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

#include <string.h>

PyObject *
PyFunction_New(PyObject *code, PyObject *globals)
{
    HostObject *host_code = py2abi_host(code, PY2ABI_AS_VALUE), *function = NULL;
    HostObject *host_globals = host_code != NULL ? py2abi_host(globals, PY2ABI_AS_VALUE) : NULL;
    if (host_globals != NULL) {
        function = host_PyFunction_New(host_code, host_globals);
    }
    host_XDECREF(host_code);
    host_XDECREF(host_globals);
    return py2abi_mirror_result(function);
}

/* ---- Mirrors ---- */

/* An attribute that need not be there, as a new reference or NULL without an
 * exception. */
static PyObject *
mirror_of(HostObject *host, const char *name, int is_text)
{
    HostObject *value = py2abi_hostcall_attribute(host, name);
    PyObject *mirror = NULL;
    if (value != NULL && value != HOST(_Py_NoneStruct)) {
        mirror = is_text && py2abi_hostapi_type(value) == (HostObject *)HOST(PyUnicode_Type)
                     ? py2abi_mirror_name(value)
                     : py2abi_mirror(value);
    }
    host_XDECREF(value);
    host_PyErr_Clear();
    return mirror;
}

/* Once: nobody looks at the defaults, since a function's code, when it is evaluated,
 * calls the function. */
int
py2abi_function_fill(PyObject *mirror, HostObject *host)
{
    PyFunctionObject *function = (PyFunctionObject *)mirror;
    if (function->func_code != NULL) {
        return 0;
    }
    HostObject *code = host_PyObject_GetAttrString(host, "__code__");
    if (code == NULL) {
        return -1;
    }
    function->func_code = py2abi_code_for(code, host);
    host_DECREF(code);
    if (function->func_code == NULL) {
        return -1;
    }
    function->func_globals = mirror_of(host, "__globals__", 0);
    if (function->func_globals != NULL && PyDict_Check(function->func_globals)) {
        PY2ABI_HEAD(function->func_globals)->is_namespace |= 1;
    }
    function->func_defaults = mirror_of(host, "__defaults__", 0);
    function->func_closure = mirror_of(host, "__closure__", 0);
    function->func_name = mirror_of(host, "__name__", 1);
    function->func_module = mirror_of(host, "__module__", 1);
    return 0;
}

static void
clear_fields(PyFunctionObject *function)
{
    Py_CLEAR(function->func_code);
    Py_CLEAR(function->func_globals);
    Py_CLEAR(function->func_defaults);
    Py_CLEAR(function->func_closure);
    Py_CLEAR(function->func_name);
    Py_CLEAR(function->func_module);
}

static void
dealloc(PyObject *object)
{
    clear_fields((PyFunctionObject *)object);
    py2abi_mirror_dealloc(object);
}

/* ---- What binaries ask of functions ---- */

static PyFunctionObject *
check(PyObject *object)
{
    if (!PyFunction_Check(object)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return (PyFunctionObject *)object;
}

PyObject *
PyFunction_GetCode(PyObject *object)
{
    const PyFunctionObject *function = check(object);
    return function != NULL ? function->func_code : NULL;
}

PyObject *
PyFunction_GetGlobals(PyObject *object)
{
    const PyFunctionObject *function = check(object);
    return function != NULL ? function->func_globals : NULL;
}

PyObject *
PyFunction_GetModule(PyObject *object)
{
    const PyFunctionObject *function = check(object);
    return function != NULL ? function->func_module : NULL;
}

PyObject *
PyFunction_GetClosure(PyObject *object)
{
    const PyFunctionObject *function = check(object);
    return function != NULL ? function->func_closure : NULL;
}

PyObject *
PyFunction_GetDefaults(PyObject *object)
{
    PyFunctionObject *function = check(object);
    if (function != NULL && PY2ABI_HEAD(object)->host != NULL) {
        PyObject *now = mirror_of(PY2ABI_HEAD(object)->host, "__defaults__", 0);
        Py_XSETREF(function->func_defaults, now);
    }
    return function != NULL ? function->func_defaults : NULL;
}

int
PyFunction_SetDefaults(PyObject *object, PyObject *defaults)
{
    PyFunctionObject *function = check(object);
    if (function == NULL) {
        return -1;
    }
    if (defaults != Py_None && (defaults == NULL || !PyTuple_Check(defaults))) {
        PyErr_SetString(PyExc_SystemError, "non-tuple default args");
        return -1;
    }
    HostObject *host = py2abi_host(defaults, PY2ABI_AS_VALUE);
    int status = host == NULL ? -1
                              : host_PyObject_SetAttrString(PY2ABI_HEAD(object)->host,
                                                            "__defaults__", host);
    host_XDECREF(host);
    if (status == 0) {
        PyObject *kept = defaults != Py_None ? defaults : NULL;
        Py_XINCREF(kept);
        Py_XSETREF(function->func_defaults, kept);
    }
    return (int)py2abi_returned(status);
}

/* The cells of a function's free variables; None: it has none. */
int
PyFunction_SetClosure(PyObject *object, PyObject *closure)
{
    PyFunctionObject *function = check(object);
    if (function == NULL) {
        return -1;
    }
    if (closure != Py_None && (closure == NULL || !PyTuple_Check(closure))) {
        PyErr_Format(PyExc_SystemError, "expected tuple for closure, got '%.100s'",
                     closure != NULL ? Py_TYPE(closure)->tp_name : "NULL");
        return -1;
    }
    HostObject *host = py2abi_host(closure, PY2ABI_AS_VALUE);
    int status = host != NULL ? host_PyFunction_SetClosure(PY2ABI_HEAD(object)->host, host) : -1;
    host_XDECREF(host);
    if (status == 0) {
        PyObject *kept = closure != Py_None ? closure : NULL;
        Py_XINCREF(kept);
        Py_XSETREF(function->func_closure, kept);
    }
    return (int)py2abi_returned(status);
}

/* ---- The type ---- */

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyFunctionObject *function = (PyFunctionObject *)object;
    Py_VISIT(function->func_code);
    Py_VISIT(function->func_globals);
    Py_VISIT(function->func_defaults);
    Py_VISIT(function->func_closure);
    Py_VISIT(function->func_name);
    Py_VISIT(function->func_module);
    return 0;
}

static int
clear(PyObject *object)
{
    clear_fields((PyFunctionObject *)object);
    return 0;
}

PyTypeObject PyFunction_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "function",
    .tp_basicsize = sizeof(PyFunctionObject),
    .tp_dealloc = dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR
                | PY2ABI_TPFLAGS_FIELDS,
    .tp_traverse = traverse,
    .tp_clear = clear,
};

/* ---- Generators ---- */

/* Whether closing a generator may run code of its: Python 3 does not tell whether it is within a
 * try statement, so that one that has begun and not ended may. */
int
PyGen_NeedsFinalizing(PyGenObject *generator)
{
    HostObject *host = py2abi_host((PyObject *)generator, PY2ABI_AS_VALUE);
    HostObject *state = host != NULL
                            ? py2abi_hostcall(py2abi_hostcall_import("inspect", "getgeneratorstate"),
                                              1, host)
                            : NULL;
    const char *text = state != NULL ? host_PyUnicode_AsUTF8AndSize(state, NULL) : NULL;
    int has_begun = text != NULL && strcmp(text, "GEN_SUSPENDED") == 0;
    host_XDECREF(state);
    host_PyErr_Clear();
    return has_begun;
}
