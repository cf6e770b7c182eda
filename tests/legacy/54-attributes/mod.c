/* The attributes that Python 2 had. */

#include "generic.h"

static PyObject *
get(PyObject *self, PyObject *args)
{
    PyObject *object;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os", &object, &name)) {
        return NULL;
    }
    return show_result(PyObject_GetAttrString(object, name));
}

static PyObject *
call(PyObject *self, PyObject *args)
{
    /* A method without arguments, or with one; what it gives is made a list. */
    PyObject *object, *argument = NULL, *result, *list;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &argument)) {
        return NULL;
    }
    result = argument != NULL ? PyObject_CallMethod(object, name, "(O)", argument)
                              : PyObject_CallMethod(object, name, NULL);
    if (result == NULL || !PyIter_Check(result)) {
        return show_result(result);
    }
    list = PySequence_List(result);
    Py_DECREF(result);
    return show_result(list);
}

static PyObject *
chain(PyObject *self, PyObject *args)
{
    /* Attributes of attributes. */
    PyObject *object, *next;
    char *name, *rest;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os", &object, &name)) {
        return NULL;
    }
    name = strdup(name);
    Py_INCREF(object);
    for (rest = strtok(name, "."); rest != NULL && object != NULL; rest = strtok(NULL, ".")) {
        next = PyObject_GetAttrString(object, rest);
        Py_DECREF(object);
        object = next;
    }
    free(name);
    return show_result(object);
}

static PyObject *
views(PyObject *self, PyObject *object)
{
    /* What the macros for mappings give. */
    PyObject *keys = PyMapping_Keys(object), *values = PyMapping_Values(object), *text;
    PyObject *items = PyMapping_Items(object);
    (void)self;
    text = PyString_FromFormat("lists %d %d %d ", keys != NULL && PyList_Check(keys),
                               values != NULL && PyList_Check(values),
                               items != NULL && PyList_Check(items));
    append(&text, show_result(keys));
    append(&text, show_result(values));
    append(&text, show_result(items));
    return text;
}

static PyMethodDef methods[] = {
    {"get", get, METH_VARARGS, NULL},
    {"call", call, METH_VARARGS, NULL},
    {"chain", chain, METH_VARARGS, NULL},
    {"views", views, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initattributes(void)
{
    Py_InitModule("attributes", methods);
}
