/* Calls of Python's own library with literals and with strings that were put together: Python
 * 3's wants text for some and data for others.  And calls that have done something before
 * they fail, which may not be made twice. */

#include "Python.h"

/* f("literal", ...) */
static PyObject *
literal(PyObject *self, PyObject *args)
{
    PyObject *f, *rest = NULL;
    char *text;
    if (!PyArg_ParseTuple(args, "Os|O", &f, &text, &rest)) {
        return NULL;
    }
    return rest != NULL ? PyObject_CallFunction(f, "sO", text, rest)
                        : PyObject_CallFunction(f, "s", text);
}

/* The same with a string that comes from a buffer. */
static PyObject *
data(PyObject *self, PyObject *args)
{
    PyObject *f, *rest = NULL;
    char *text;
    int size;
    if (!PyArg_ParseTuple(args, "Os#|O", &f, &text, &size, &rest)) {
        return NULL;
    }
    return rest != NULL ? PyObject_CallFunction(f, "s#O", text, size, rest)
                        : PyObject_CallFunction(f, "s#", text, size);
}

/* f(name="literal") */
static PyObject *
named(PyObject *self, PyObject *args)
{
    PyObject *f, *none, *names, *result = NULL;
    char *name, *text;
    if (!PyArg_ParseTuple(args, "Oss", &f, &name, &text)) {
        return NULL;
    }
    none = PyTuple_New(0);
    names = Py_BuildValue("{ss}", name, text);
    if (none != NULL && names != NULL) {
        result = PyObject_Call(f, none, names);
    }
    Py_XDECREF(none);
    Py_XDECREF(names);
    return result;
}

/* f(("literal", data)) */
static PyObject *
mixed(PyObject *self, PyObject *f)
{
    return PyObject_CallFunction(f, "((ss#))", "literal ", "and data", 8);
}

/* f(g, ("a", [1], "c")) */
static PyObject *
with_function(PyObject *self, PyObject *args)
{
    PyObject *f, *g;
    return PyArg_ParseTuple(args, "OO", &f, &g)
               ? PyObject_CallFunction(f, "O(s[i]s)", g, "a", 1, "c")
               : NULL;
}

/* f(number, "x", 1) */
static PyObject *
foreign(PyObject *self, PyObject *args)
{
    PyObject *f;
    int number;
    return PyArg_ParseTuple(args, "Oi", &f, &number)
               ? PyObject_CallFunction(f, "isi", number, "x", 1)
               : NULL;
}

/* Whether the same character is the same object, from a literal, from a buffer, as a name. */
static PyObject *
same(PyObject *self, PyObject *unused)
{
    PyObject *made[6];
    int i;
    (void)self;
    (void)unused;
    for (i = 0; i < 2; i++) {
        made[i] = PyString_FromString("x");
        made[2 + i] = PyString_FromStringAndSize("x", 1);
        made[4 + i] = PyString_InternFromString("x");
    }
    for (i = 0; i < 6; i++) {
        Py_DECREF(made[i]);
    }
    return Py_BuildValue("iii", made[0] == made[1], made[2] == made[3], made[4] == made[5]);
}

static PyMethodDef methods[] = {
    {"literal", literal, METH_VARARGS, NULL},
    {"data", data, METH_VARARGS, NULL},
    {"named", named, METH_VARARGS, NULL},
    {"mixed", mixed, METH_O, NULL},
    {"with_function", with_function, METH_VARARGS, NULL},
    {"foreign", foreign, METH_VARARGS, NULL},
    {"same", same, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlibrary_calls(void)
{
    Py_InitModule("library_calls", methods);
}
