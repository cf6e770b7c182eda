/* classobject.c - methods; and what is left of classes of the old style: an
 * instance without a call of __init__. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

#include <stddef.h>

/* ---- Methods ---- */

/* A method is the guest's until it crosses.  One without an object is only the
 * guest's: what crosses is its function. */
PyObject *
PyMethod_New(PyObject *function, PyObject *self, PyObject *class)
{
    PyMethodObject *method = (PyMethodObject *)py2abi_mirror_new(&PyMethod_Type, NULL);
    if (method == NULL) {
        return py2abi_failed();
    }
    Py_INCREF(function);
    method->im_func = function;
    Py_XINCREF(self);
    method->im_self = self;
    Py_XINCREF(class);
    method->im_class = class;
    return (PyObject *)method;
}

/* What stands on the host for a method that a binary made: the host's method, whose
 * mirror it becomes, or the function of one without an object.  A new reference, or
 * NULL with a host exception. */
HostObject *
py2abi_method_host(PyObject *object)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    HostObject *function = py2abi_host(method->im_func, PY2ABI_AS_VALUE), *host = NULL;
    if (method->im_self == NULL) {
        return function;
    }
    HostObject *self = function != NULL ? py2abi_host(method->im_self, PY2ABI_AS_VALUE) : NULL;
    if (self != NULL) {
        host = host_PyMethod_New(function, self);
    }
    host_XDECREF(function);
    host_XDECREF(self);
    if (host != NULL && py2abi_mirror_attach(object, host) < 0) {
        host_DECREF(host);
        return NULL;
    }
    return host;
}

/* Once: the host's methods do not change. */
int
py2abi_method_fill(PyObject *mirror, HostObject *host)
{
    PyMethodObject *method = (PyMethodObject *)mirror;
    if (method->im_func != NULL) {
        return 0;
    }
    HostObject *function = host_PyObject_GetAttrString(host, "__func__");
    HostObject *self = function != NULL ? host_PyObject_GetAttrString(host, "__self__") : NULL;
    HostObject *class = self != NULL ? py2abi_hostapi_type(self) : NULL;
    if (class != NULL) {
        /* A class method is bound to its class. */
        method->im_class = py2abi_mirror(class);
        method->im_self = method->im_class != NULL ? py2abi_mirror(self) : NULL;
        method->im_func = method->im_self != NULL ? py2abi_mirror(function) : NULL;
    }
    host_XDECREF(function);
    host_XDECREF(self);
    return method->im_func != NULL ? 0 : -1;
}

static PyMethodObject *
check(PyObject *object)
{
    if (!PyMethod_Check(object)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return (PyMethodObject *)object;
}

PyObject *
PyMethod_Function(PyObject *object)
{
    const PyMethodObject *method = check(object);
    return method != NULL ? method->im_func : NULL;
}

PyObject *
PyMethod_Self(PyObject *object)
{
    const PyMethodObject *method = check(object);
    return method != NULL ? method->im_self : NULL;
}

PyObject *
PyMethod_Class(PyObject *object)
{
    const PyMethodObject *method = check(object);
    return method != NULL ? method->im_class : NULL;
}

/* There is no list of methods to be used again. */
int
PyMethod_ClearFreeList(void)
{
    return 0;
}

void
PyMethod_Fini(void)
{
}

static PyObject *
with_self(PyObject *self, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyObject *all = PyTuple_New(count + 1);
    if (all != NULL) {
        Py_INCREF(self);
        PyTuple_SET_ITEM(all, 0, self);
        for (Py_ssize_t i = 0; i < count; i++) {
            PyObject *item = PyTuple_GET_ITEM(args, i);
            Py_INCREF(item);
            PyTuple_SET_ITEM(all, i + 1, item);
        }
    }
    return all;
}

/* The name that a class or a function is reported with. */
static const char *
name_of(PyObject *object, PyObject **ret_kept)
{
    *ret_kept = PyObject_GetAttrString(object, "__name__");
    if (*ret_kept == NULL) {
        PyErr_Clear();
    }
    return *ret_kept != NULL && PyString_Check(*ret_kept) ? PyString_AS_STRING(*ret_kept) : "?";
}

/* A method without an object is called with one, of its class. */
static int
check_first(const PyMethodObject *method, PyObject *args)
{
    PyObject *first = PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : NULL;
    int is_so = first != NULL && method->im_class != NULL
                    ? PyObject_IsInstance(first, method->im_class)
                    : first != NULL;
    if (is_so != 0) {
        return is_so < 0 ? -1 : 0;
    }
    PyObject *function, *class = NULL, *given = NULL;
    const char *function_name = name_of(method->im_func, &function);
    const char *class_name = method->im_class != NULL ? name_of(method->im_class, &class) : "?";
    const char *given_name = first != NULL ? name_of((PyObject *)Py_TYPE(first), &given)
                                           : "nothing";
    PyErr_Format(PyExc_TypeError,
                 "unbound method %s%s must be called with %s instance as first argument "
                 "(got %s%s instead)", function_name, "()", class_name, given_name,
                 first != NULL ? " instance" : "");
    Py_XDECREF(function);
    Py_XDECREF(class);
    Py_XDECREF(given);
    return -1;
}

static PyObject *
call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_call_host(object, args, kwargs);
    }
    if (method->im_self == NULL) {
        return check_first(method, args) < 0 ? NULL : PyObject_Call(method->im_func, args, kwargs);
    }
    PyObject *all = with_self(method->im_self, args);
    PyObject *result = all != NULL ? PyObject_Call(method->im_func, all, kwargs) : NULL;
    Py_XDECREF(all);
    return result;
}

static PyObject *
repr(PyObject *object)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    PyObject *function, *class = NULL, *self, *text;
    const char *function_name = name_of(method->im_func, &function);
    const char *class_name = method->im_class != NULL ? name_of(method->im_class, &class) : "?";
    if (method->im_self == NULL) {
        text = PyString_FromFormat("<unbound method %s.%s>", class_name, function_name);
    }
    else {
        self = PyObject_Repr(method->im_self);
        text = self != NULL ? PyString_FromFormat("<bound method %s.%s of %s>", class_name,
                                                  function_name, PyString_AS_STRING(self))
                            : NULL;
        Py_XDECREF(self);
    }
    Py_XDECREF(function);
    Py_XDECREF(class);
    return text;
}

static void
dealloc(PyObject *object)
{
    PyMethodObject *method = (PyMethodObject *)object;
    Py_XDECREF(method->im_func);
    Py_XDECREF(method->im_self);
    Py_XDECREF(method->im_class);
    py2abi_mirror_dealloc(object);
}

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    Py_VISIT(method->im_func);
    Py_VISIT(method->im_self);
    Py_VISIT(method->im_class);
    return 0;
}

static PyGetSetDef getset[] = {
    PY2ABI_FIELD("im_func", object, PyMethodObject, im_func),
    PY2ABI_FIELD("im_self", object, PyMethodObject, im_self),
    PY2ABI_FIELD("im_class", object, PyMethodObject, im_class),
    PY2ABI_FIELD("__func__", object, PyMethodObject, im_func),
    PY2ABI_FIELD("__self__", object, PyMethodObject, im_self),
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject PyMethod_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "instancemethod",
    .tp_basicsize = sizeof(PyMethodObject),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_call = call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR
                | PY2ABI_TPFLAGS_FIELDS,
    .tp_traverse = traverse,
    .tp_getset = getset,
};

/* ---- Classes and instances ---- */

/* An instance of a class whose __init__ is not called, with these attributes (NULL:
 * none).  In Python 3 each class is of the new style. */
PyObject *
PyInstance_NewRaw(PyObject *class, PyObject *dict)
{
    if (!PyType_Check(class) || (dict != NULL && !PyDict_Check(dict))) {
        PyErr_BadInternalCall();
        return NULL;
    }
    HostObject *host_class = py2abi_host(class, PY2ABI_AS_VALUE), *made = NULL;
    if (host_class != NULL) {
        host_INCREF(host_class);
        made = py2abi_hostcall_method((HostObject *)HOST(PyBaseObject_Type), "__new__", 1,
                                      host_class);
    }
    if (made != NULL && dict != NULL) {
        PY2ABI_HEAD(dict)->is_namespace |= 1;
        HostObject *own = host_PyObject_GetAttrString(made, "__dict__");
        HostObject *none = py2abi_hostcall_method(own, "update", 1,
                                                  py2abi_host(dict, PY2ABI_AS_VALUE));
        host_XDECREF(own);
        if (none == NULL) {
            host_DECREF(made);
            made = NULL;
        }
        host_XDECREF(none);
    }
    host_XDECREF(host_class);
    return py2abi_mirror_result(made);
}

/* The same with a call of __init__. */
PyObject *
PyInstance_New(PyObject *class, PyObject *args, PyObject *kwargs)
{
    if (!PyType_Check(class)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *none = args == NULL ? PyTuple_New(0) : NULL, *result = NULL;
    if (args != NULL || none != NULL) {
        result = PyObject_Call(class, args != NULL ? args : none, kwargs);
    }
    Py_XDECREF(none);
    return result;
}

/* A class statement's class, in Python 3's style: the metatype makes it. */
PyObject *
PyClass_New(PyObject *bases, PyObject *dict, PyObject *name)
{
    if (name == NULL || !PyString_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "PyClass_New: name must be a string");
        return NULL;
    }
    if (dict == NULL || !PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "PyClass_New: dict must be a dictionary");
        return NULL;
    }
    if (bases != NULL && !PyTuple_Check(bases)) {
        PyErr_SetString(PyExc_TypeError, "PyClass_New: bases must be a tuple");
        return NULL;
    }
    PY2ABI_HEAD(dict)->is_namespace |= 1;
    HostObject *metatype = (HostObject *)HOST(PyType_Type);
    host_INCREF(metatype);
    return py2abi_mirror_result(py2abi_hostcall(
        metatype, 3, py2abi_host_text(name, PY2ABI_AS_NAME),
        bases != NULL ? py2abi_host(bases, PY2ABI_AS_VALUE) : host_PyTuple_New(0),
        py2abi_host(dict, PY2ABI_AS_VALUE)));
}

/* Whether a class is another or derived from it. */
int
PyClass_IsSubclass(PyObject *class, PyObject *base)
{
    if (class == base) {
        return 1;
    }
    return class != NULL && PyType_Check(class) && PyType_Check(base)
           && PyType_IsSubtype((PyTypeObject *)class, (PyTypeObject *)base);
}

/* What an instance or its class has under a name, not bound: borrowed, or NULL without an
 * exception. */
PyObject *
_PyInstance_Lookup(PyObject *instance, PyObject *name)
{
    PyObject *dict = PyObject_GetAttrString(instance, "__dict__"), *found = NULL;
    if (dict != NULL && PyDict_Check(dict)) {
        found = PyDict_GetItem(dict, name);
        Py_XINCREF(found);
    }
    Py_XDECREF(dict);
    PyErr_Clear();
    if (found != NULL) {
        return py2abi_frame_keep(found);
    }
    HostObject *type = py2abi_host((PyObject *)Py_TYPE(instance), PY2ABI_AS_VALUE), *value = NULL;
    HostObject *mro = type != NULL ? host_PyObject_GetAttrString(type, "__mro__") : NULL;
    HostObject *host_name = mro != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    for (Py_ssize_t i = 0; value == NULL && host_name != NULL && i < host_PyTuple_Size(mro); i++) {
        HostObject *names = host_PyObject_GetAttrString(host_PyTuple_GetItem(mro, i), "__dict__");
        value = names != NULL ? host_PyObject_GetItem(names, host_name) : NULL;
        host_XDECREF(names);
        host_PyErr_Clear();
    }
    host_XDECREF(type);
    host_XDECREF(mro);
    host_XDECREF(host_name);
    host_PyErr_Clear();
    found = value != NULL ? py2abi_mirror_result(value) : NULL;
    if (found == NULL) {
        PyErr_Clear();
    }
    return py2abi_frame_keep(found);
}
