/* wrong-guests.c - functions of the C API that do not do what their rows say: linked into a
 * guests.so of their own, in place of ours, for check.py to see what PY2ABI_CHECK says.
 *
 * Each calls the right one (__real_) unless it is called as calls() in wrong.c does. */

#include "config.h"
#include "guest.h"

#define WRONG(result, name, parameters)                                                           \
    result __real_py2_##name parameters;                                                          \
    result __wrap_py2_##name parameters;                                                          \
    result __wrap_py2_##name parameters

/* Too many references to what it was lent; too few. */
WRONG(Py_ssize_t, PyList_Size, (PyObject *list))
{
    Py_INCREF(list);
    return __real_py2_PyList_Size(list);
}

WRONG(Py_ssize_t, PyTuple_Size, (PyObject *tuple))
{
    Py_DECREF(tuple);
    return 1;
}

/* A borrowed result that nobody has any more; one that is not new. */
WRONG(PyObject *, PyTuple_GetItem, (PyObject *tuple, Py_ssize_t i))
{
    PyObject *item = __real_py2_PyTuple_GetItem(tuple, i);
    if (item != NULL && PyFloat_CheckExact(item) && PyFloat_AS_DOUBLE(item) == 3.5) {
        Py_DECREF(item);
    }
    return item;
}

WRONG(PyObject *, PySequence_GetItem, (PyObject *sequence, Py_ssize_t i))
{
    PyObject *item = __real_py2_PySequence_GetItem(sequence, i);
    Py_XDECREF(item);
    return item;
}

/* A reference that was given and is still counted. */
WRONG(int, PyTuple_SetItem, (PyObject *tuple, Py_ssize_t i, PyObject *item))
{
    Py_INCREF(item);
    return __real_py2_PyTuple_SetItem(tuple, i, item);
}

/* Stored results. */
WRONG(int, _PyString_Resize, (PyObject **string, Py_ssize_t size))
{
    if (size >= 0) {
        return __real_py2__PyString_Resize(string, size);
    }
    PyErr_NoMemory();
    return -1;
}

WRONG(int, PyNumber_CoerceEx, (PyObject **left, PyObject **right))
{
    (void)left;
    (void)right;
    return 0;
}

WRONG(int, PyDict_Next, (PyObject *dict, Py_ssize_t *at, PyObject **key, PyObject **value))
{
    int result = __real_py2_PyDict_Next(dict, at, key, value);
    *value = PyFloat_FromDouble(1.5);
    Py_XDECREF(*value);
    return result;
}

WRONG(void, PyErr_Fetch, (PyObject **type, PyObject **value, PyObject **traceback))
{
    __real_py2_PyErr_Fetch(type, value, traceback);
    Py_CLEAR(*traceback);
    *traceback = PyFloat_FromDouble(1.5);
    Py_XDECREF(*traceback);
}

/* Exceptions. */
WRONG(PyObject *, PyString_Repr, (PyObject *string, int smart))
{
    (void)string;
    (void)smart;
    return NULL;
}

WRONG(PyObject *, PyLong_FromLong, (long number))
{
    PyErr_SetString(PyExc_ValueError, "left");
    return PyInt_FromLong(number);
}

WRONG(PyObject *, PyComplex_FromDoubles, (double real, double imaginary))
{
    host_PyErr_NoMemory();
    return __real_py2_PyComplex_FromDoubles(real, imaginary);
}
