/* generic.h - what the extensions of the fixtures 50 to 59 have in common: results
 * as text that is made in C, so that it tells what the extension sees. */

#ifndef TESTS_LEGACY_GENERIC_H
#define TESTS_LEGACY_GENERIC_H

#include "Python.h"

#include <string.h>

/* Append to a str; takes more over. */
static void
append(PyObject **text, PyObject *more)
{
    PyString_ConcatAndDel(text, more);
}

/* A value with its type, as text: a new str.  Objects of other types are shown by
 * their types' names. */
static PyObject *
show(PyObject *object)
{
    PyObject *text;
    int i, count;
    if (object == Py_NotImplemented) {
        return PyString_FromString("NotImplemented");
    }
    if (PyTuple_Check(object) || PyList_Check(object)) {
        const char *name = Py_TYPE(object)->tp_name;
        count = (int)PySequence_Fast_GET_SIZE(object);
        text = PyString_FromString(PyTuple_CheckExact(object) ? ""
                                   : PyList_CheckExact(object) ? ""
                                                               : name);
        append(&text, PyString_FromString(PyTuple_Check(object) ? "(" : "["));
        for (i = 0; i < count; i++) {
            if (i > 0) {
                append(&text, PyString_FromString(", "));
            }
            append(&text, show(PySequence_Fast_GET_ITEM(object, i)));
        }
        append(&text, PyString_FromString(PyTuple_Check(object) ? ")" : "]"));
        return text;
    }
    if (object == Py_None || PyBool_Check(object) || PyInt_CheckExact(object)
        || PyLong_CheckExact(object) || PyFloat_CheckExact(object) || PyComplex_CheckExact(object)
        || PyString_CheckExact(object) || PyUnicode_CheckExact(object)) {
        return PyObject_Repr(object);
    }
    if (PyType_Check(object)) {
        return PyString_FromFormat("type %s", ((PyTypeObject *)object)->tp_name);
    }
    return PyString_FromFormat("<%s>", Py_TYPE(object)->tp_name);
}

/* The exception that is set as text, and no longer set. */
static PyObject *
show_error(void)
{
    PyObject *type, *value, *traceback, *text;
    const char *name;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        return PyString_FromString("no exception");
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    name = ((PyTypeObject *)type)->tp_name;
    name = strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name;
    text = PyString_FromFormat("%s: ", name);
    append(&text, PyObject_Str(value));
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return text;
}

/* A result, which is given back, or what was raised. */
static PyObject *
show_result(PyObject *result)
{
    PyObject *text;
    if (result == NULL) {
        return show_error();
    }
    text = PyErr_Occurred() != NULL ? PyString_FromString("result with an exception")
                                    : show(result);
    Py_DECREF(result);
    return text;
}

/* The same for numbers, of which -1 may be an error. */
static PyObject *
show_number(long result)
{
    if (PyErr_Occurred() != NULL) {
        PyObject *text = PyString_FromFormat("%ld ", result);
        append(&text, show_error());
        return text;
    }
    return PyString_FromFormat("%ld", result);
}

#endif
