/* Calls, and what is an instance of what: abstract.c of Python 2.7. */

#define PY_SSIZE_T_CLEAN
#include "generic.h"

static PyObject *
call(PyObject *self, PyObject *args)
{
    /* One object, in all the ways in which it can be called. */
    PyObject *f, *two, *kwargs, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "O", &f)) {
        return NULL;
    }
    text = show_result(PyObject_CallObject(f, NULL));
    two = Py_BuildValue("(is)", 1, "two");
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallObject(f, two)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallObject(f, Py_None)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyEval_CallObject(f, two)));
    kwargs = Py_BuildValue("{sisO}", "key", 5, "other", Py_None);
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_Call(f, two, kwargs)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(f, NULL)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(f, "")));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(f, "i", 7)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(f, "O", two)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(f, "(O)", two)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(f, "s#d", "texts", (Py_ssize_t)4, 2.5)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunctionObjArgs(f, NULL)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunctionObjArgs(f, two, Py_None, f, NULL)));
    Py_DECREF(two);
    Py_DECREF(kwargs);
    return text;
}

static PyObject *
method(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *text;
    char *string;
    (void)self;
    if (!PyArg_ParseTuple(args, "OS", &object, &name)) {
        return NULL;
    }
    string = PyString_AS_STRING(name);
    text = show_result(PyObject_CallMethod(object, string, NULL));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallMethod(object, string, "i", 5)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallMethod(object, string, "(ii)", 5, 6)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallMethodObjArgs(object, name, NULL)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallMethodObjArgs(object, name, Py_None, NULL)));
    return text;
}

static PyObject *
function(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    return Py_BuildValue("(sOO)", "function", args, kwargs != NULL ? kwargs : Py_None);
}

static PyObject *
no_result(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    return NULL;
}

static PyObject *
one(PyObject *self, PyObject *object)
{
    (void)self;
    return Py_BuildValue("(sO)", "one", object);
}

static PyObject *
recurse(PyObject *self, PyObject *args)
{
    (void)self;
    return PyObject_Call(args, PyTuple_New(0), NULL);
}

static PyObject *
own(PyObject *self, PyObject *unused)
{
    /* Functions of this module, called without crossing. */
    static PyMethodDef table[] = {
        {"function", (PyCFunction)function, METH_VARARGS | METH_KEYWORDS, NULL},
        {"no_result", no_result, METH_VARARGS, NULL},
        {"one", one, METH_O, NULL},
        {"none", no_result, METH_NOARGS, NULL},
    };
    PyObject *functions[4], *text = PyString_FromString("");
    int i;
    (void)self;
    (void)unused;
    for (i = 0; i < 4; i++) {
        functions[i] = PyCFunction_New(&table[i], NULL);
        append(&text, show_result(PyObject_CallFunction(functions[i], NULL)));
        append(&text, PyString_FromString("; "));
        append(&text, show_result(PyObject_CallFunction(functions[i], "i", 3)));
        append(&text, PyString_FromString("; "));
        append(&text, show_result(PyObject_CallFunction(functions[i], "ii", 3, 4)));
        append(&text, PyString_FromString("; "));
        Py_DECREF(functions[i]);
    }
    append(&text, show_result(PyObject_CallFunction(NULL, NULL)));
    append(&text, show_result(PyObject_CallMethod(NULL, NULL, NULL)));
    append(&text, show_result(PyObject_CallFunctionObjArgs(NULL, NULL)));
    return text;
}

static PyObject *
instance(PyObject *self, PyObject *args)
{
    PyObject *object, *class, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &class)) {
        return NULL;
    }
    text = PyString_FromString("instance ");
    append(&text, show_number(PyObject_IsInstance(object, class)));
    append(&text, PyString_FromString(" subclass "));
    append(&text, show_number(PyObject_IsSubclass(object, class)));
    return text;
}

static PyObject *
real(PyObject *self, PyObject *args)
{
    PyObject *object, *class, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &class)) {
        return NULL;
    }
    text = show_number(_PyObject_RealIsInstance(object, class));
    append(&text, PyString_FromString(" "));
    append(&text, show_number(_PyObject_RealIsSubclass(object, class)));
    if (PyType_Check(object) && PyType_Check(class)) {
        append(&text, PyString_FromFormat(" %d", PyType_IsSubtype((PyTypeObject *)object,
                                                                  (PyTypeObject *)class)));
    }
    return text;
}

static PyObject *
types(PyObject *self, PyObject *object)
{
    /* The type of an object, as object and inline. */
    PyObject *type = PyObject_Type(object), *text;
    (void)self;
    text = PyString_FromFormat("%d %d %d ", type == (PyObject *)Py_TYPE(object),
                               PyType_Check(type), Py_TYPE(type) == &PyType_Type);
    append(&text, show_result(type));
    return text;
}

static PyObject *
make(PyObject *self, PyObject *args)
{
    /* Types of the C API, called as types. */
    PyObject *text = show_result(PyObject_CallFunction((PyObject *)&PyInt_Type, "s", "12"));
    (void)self;
    (void)args;
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyFloat_Type, "s", "1.5")));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyString_Type, "i", 5)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyUnicode_Type, "s", "text")));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyTuple_Type, "([ii])", 1, 2)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyList_Type, "((ii))", 1, 2)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyDict_Type, "([(ii)])", 1, 2)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyType_Type, "i", 1)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyBaseObject_Type, NULL)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyBool_Type, "i", 3)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PySet_Type, "([i])", 3)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PySlice_Type, "i", 3)));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction(PyExc_ValueError, "s", "message")));
    append(&text, PyString_FromString("; "));
    append(&text, show_result(PyObject_CallFunction((PyObject *)&PyCFunction_Type, NULL)));
    return text;
}

static PyMethodDef methods[] = {
    {"call", call, METH_VARARGS, NULL},
    {"method", method, METH_VARARGS, NULL},
    {"function", (PyCFunction)function, METH_VARARGS | METH_KEYWORDS, NULL},
    {"recurse", recurse, METH_O, NULL},
    {"own", own, METH_NOARGS, NULL},
    {"instance", instance, METH_VARARGS, NULL},
    {"real", real, METH_VARARGS, NULL},
    {"types", types, METH_O, NULL},
    {"make", make, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initcalls_and_classes(void)
{
    Py_InitModule("calls_and_classes", methods);
}
