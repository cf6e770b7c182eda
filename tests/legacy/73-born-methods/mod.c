/* Methods and code that C code makes, as the user gets them. */

#include "texts.h"

static PyObject *kept;

static PyObject *
method(PyObject *self, PyObject *args)
{
    PyObject *function, *object, *class;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &function, &object, &class)) {
        return NULL;
    }
    Py_XDECREF(kept);
    kept = PyMethod_New(function, object != Py_None ? object : NULL, class);
    Py_XINCREF(kept);
    return kept;
}

static PyObject *
is_kept(PyObject *self, PyObject *object)
{
    (void)self;
    return PyBool_FromLong(object == kept);
}

static PyObject *
code(PyObject *self, PyObject *args)
{
    char *file, *name;
    int line;
    (void)self;
    if (!PyArg_ParseTuple(args, "ssi", &file, &name, &line)) {
        return NULL;
    }
    Py_XDECREF(kept);
    kept = (PyObject *)PyCode_NewEmpty(file, name, line);
    Py_XINCREF(kept);
    return kept;
}

static PyMethodDef methods[] = {
    {"method", method, METH_VARARGS, NULL},
    {"is_kept", is_kept, METH_O, NULL},
    {"code", code, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initborn_methods(void)
{
    Py_InitModule("born_methods", methods);
}
