/* Each way in which Python 2.7 calls a C function, with the plainest values. */

#include "Python.h"

static PyObject *
no_arguments(PyObject *self, PyObject *args)
{
    return PyString_FromFormat("self %s, args %s", self == NULL ? "NULL" : "object",
                               args == NULL ? "NULL" : "object");
}

static PyObject *
one_object(PyObject *self, PyObject *arg)
{
    return PyString_FromFormat("one %s", Py_TYPE(arg)->tp_name);
}

static PyObject *
tuple(PyObject *self, PyObject *args)
{
    return PyString_FromFormat("%s of %ld", Py_TYPE(args)->tp_name, (long)PyTuple_GET_SIZE(args));
}

static PyObject *
keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"number", "text", NULL};
    long number;
    const char *text = "default";
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "l|s:keywords", names, &number, (char **)&text)) {
        return NULL;
    }
    return PyString_FromFormat("%ld %s, kwargs %s", number, text, kwargs == NULL ? "NULL" : "dict");
}

static PyObject *
old(PyObject *self, PyObject *args)
{
    if (args == NULL) {
        return PyString_FromString("nothing");
    }
    if (PyTuple_Check(args)) {
        return PyString_FromFormat("tuple of %ld", (long)PyTuple_GET_SIZE(args));
    }
    return PyString_FromFormat("one %s", Py_TYPE(args)->tp_name);
}

static PyObject *
same(PyObject *self, PyObject *arg)
{
    Py_INCREF(arg);
    return arg;
}

static PyObject *
add(PyObject *self, PyObject *args)
{
    int a, b;
    if (!PyArg_ParseTuple(args, "ii:add", &a, &b)) {
        return NULL;
    }
    return PyInt_FromLong((long)a + b);
}

static PyObject *
half(PyObject *self, PyObject *arg)
{
    double value = PyFloat_AsDouble(arg);
    if (value == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    return PyFloat_FromDouble(value / 2);
}

static PyObject *
pair(PyObject *self, PyObject *args)
{
    PyObject *made = PyTuple_New(2);
    if (made == NULL) {
        return NULL;
    }
    PyTuple_SET_ITEM(made, 0, PyInt_FromLong(PyTuple_GET_SIZE(args)));
    PyTuple_SET_ITEM(made, 1, PyFloat_FromDouble(0.5));
    return made;
}

static PyObject *
nothing(PyObject *self, PyObject *args)
{
    Py_RETURN_NONE;
}

static PyObject *
fail(PyObject *self, PyObject *arg)
{
    if (arg == Py_None) {
        return NULL; /* without an exception */
    }
    if (PyInt_Check(arg) && PyInt_AS_LONG(arg) == 1) {
        return PyErr_Format(PyExc_ValueError, "%s and %d", "text", 42);
    }
    if (PyInt_Check(arg) && PyInt_AS_LONG(arg) == 2) {
        return PyErr_NoMemory();
    }
    PyErr_SetObject(PyExc_KeyError, arg);
    return NULL;
}

/* Many functions of one kind: more than py2abi has compiled ones for. */
static PyObject *
copies(PyObject *self, PyObject *args)
{
    static PyMethodDef kinds[] = {
        {"no_arguments", no_arguments, METH_NOARGS, NULL},
        {"tuple", tuple, METH_VARARGS, NULL},
        {"keywords", (PyCFunction)keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    };
    int kind, count, i;
    if (!PyArg_ParseTuple(args, "ii:copies", &kind, &count)) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (i = 0; list != NULL && i < count; i++) {
        PyObject *number = PyInt_FromLong(i);
        PyObject *function = number != NULL ? PyCFunction_New(&kinds[kind], number) : NULL;
        if (function == NULL || PyList_Append(list, function) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(number);
        Py_XDECREF(function);
    }
    return list;
}

static PyMethodDef methods[] = {
    {"no_arguments", no_arguments, METH_NOARGS, "takes nothing"},
    {"one_object", one_object, METH_O, NULL},
    {"tuple", tuple, METH_VARARGS, "takes a tuple"},
    {"keywords", (PyCFunction)keywords, METH_VARARGS | METH_KEYWORDS, "takes keywords"},
    {"old", old, METH_OLDARGS, NULL},
    {"same", same, METH_O, NULL},
    {"add", add, METH_VARARGS, NULL},
    {"half", half, METH_O, NULL},
    {"pair", pair, METH_VARARGS, NULL},
    {"nothing", nothing, METH_NOARGS, NULL},
    {"fail", fail, METH_O, NULL},
    {"copies", copies, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlegacy_calls(void)
{
    PyObject *module = Py_InitModule3("legacy_calls", methods, "Calls of every kind.");
    if (module == NULL) {
        return;
    }
    PyModule_AddIntConstant(module, "NUMBER", 27);
    PyModule_AddStringConstant(module, "TEXT", "text");
    PyModule_AddObject(module, "HALF", PyFloat_FromDouble(0.5));
}
