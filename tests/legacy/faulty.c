/* faulty.c - an extension for Python 2.7 that does what a memory checker has to find. */

#include "Python.h"

#include <stdlib.h>

/* Reads what the C API has freed. */
static PyObject *
freed(PyObject *self, PyObject *args)
{
    char *block = PyObject_Malloc(40);
    block[8] = 1;
    PyObject_Free(block);
    return PyInt_FromLong(((volatile char *)block)[8]);
}

/* Depends on what nobody has set. */
static PyObject *
unset(PyObject *self, PyObject *args)
{
    PyObject *string = PyString_FromStringAndSize(NULL, 40);
    PyObject *result = PyBool_FromLong(((volatile char *)PyString_AS_STRING(string))[20] == 5);
    Py_DECREF(string);
    return result;
}

/* Forgets an object. */
static PyObject *
lost(PyObject *self, PyObject *args)
{
    PyString_FromStringAndSize(NULL, 1000);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"freed", freed, METH_NOARGS, NULL},
    {"unset", unset, METH_NOARGS, NULL},
    {"lost", lost, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initfaulty(void)
{
    Py_InitModule("faulty", methods);
}
