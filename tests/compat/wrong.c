/* wrong.c - an extension for Python 2.7 that breaks the rules, each function another one.
 * PY2ABI_CHECK has to find out (check.py). */

#include <Python.h>

#include <pthread.h>

/* Correct: what the rest is compared with. */
static PyObject *
fine(PyObject *self, PyObject *args)
{
    PyObject *first, *list = PyList_New(0), *copy;
    if (list == NULL || !PyArg_ParseTuple(args, "O", &first) || PyList_Append(list, first) < 0) {
        Py_XDECREF(list);
        return NULL;
    }
    copy = PyList_GetItem(list, 0);
    Py_INCREF(copy);
    Py_DECREF(list);
    return copy;
}

/* What its caller has lent it. */
static PyObject *
drops_argument(PyObject *self, PyObject *argument)
{
    Py_DECREF(argument);
    Py_RETURN_NONE;
}

static PyObject *
drops_parsed(PyObject *self, PyObject *args)
{
    PyObject *first;
    if (!PyArg_ParseTuple(args, "O", &first)) {
        return NULL;
    }
    Py_DECREF(first);
    Py_RETURN_NONE;
}

static PyObject *
returns_argument(PyObject *self, PyObject *argument)
{
    return argument;
}

/* What a container has lent it: it dies, or others have it too. */
static PyObject *
drops_item(PyObject *self, PyObject *unused)
{
    PyObject *tuple = Py_BuildValue("(i)", 100000);
    Py_DECREF(PyTuple_GetItem(tuple, 0));
    Py_RETURN_NONE;
}

static PyObject *
drops_shared_item(PyObject *self, PyObject *unused)
{
    static PyObject *tuple, *list;
    PyObject *item = PyInt_FromLong(100000);
    tuple = PyTuple_New(1);
    list = PyList_New(0);
    PyList_Append(list, item);
    PyTuple_SetItem(tuple, 0, item);
    item = PyTuple_GetItem(tuple, 0);
    if (PyList_GetItem(list, 0) == item) {
        Py_DECREF(item);
    }
    Py_RETURN_NONE;
}

static PyObject *
drops_key(PyObject *self, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        Py_DECREF(value);
    }
    Py_RETURN_NONE;
}

static PyObject *
returns_item(PyObject *self, PyObject *unused)
{
    static PyObject *dict;
    PyObject *value = PyFloat_FromDouble(1.5);
    dict = PyDict_New();
    PyDict_SetItemString(dict, "a", value);
    Py_DECREF(value);
    return PyDict_GetItemString(dict, "a");
}

/* What is gone. */
static PyObject *
uses_gone(PyObject *self, PyObject *unused)
{
    PyObject *object = PyFloat_FromDouble(1.5);
    Py_DECREF(object);
    return PyObject_Repr(object);
}

static PyObject *
drops_twice(PyObject *self, PyObject *unused)
{
    PyObject *object = PyList_New(0);
    Py_DECREF(object);
    Py_DECREF(object);
    Py_RETURN_NONE;
}

static PyObject *
returns_gone(PyObject *self, PyObject *unused)
{
    PyObject *object = PyFloat_FromDouble(1.5);
    Py_DECREF(object);
    return object;
}

/* The lock. */
static PyObject *
without_gil(PyObject *self, PyObject *unused)
{
    Py_BEGIN_ALLOW_THREADS
    PyInt_FromLong(100000);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static void *
call_in_thread(void *unused)
{
    PyInt_FromLong(100000);
    return unused;
}

static PyObject *
in_a_thread(PyObject *self, PyObject *unused)
{
    pthread_t thread;
    pthread_create(&thread, NULL, call_in_thread, NULL);
    pthread_join(thread, NULL);
    Py_RETURN_NONE;
}

/* For check.py's functions with wrong rows or implementations: each is called as it should
 * be. */
static PyObject *
calls(PyObject *self, PyObject *args)
{
    const char *name;
    PyObject *list = PyList_New(0), *tuple = Py_BuildValue("(d)", 1.5), *result = Py_None;
    PyObject *left, *right;
    Py_ssize_t at = 0;
    if (!PyArg_ParseTuple(args, "s", &name)) {
        return NULL;
    }
    Py_INCREF(tuple);
    if (strcmp(name, "PyList_Size") == 0) {
        PyList_Size(list);
    }
    else if (strcmp(name, "PyTuple_Size") == 0) {
        PyTuple_Size(tuple);
    }
    else if (strcmp(name, "PyTuple_GetItem") == 0) {
        PyTuple_GetItem(Py_BuildValue("(d)", 3.5), 0);
    }
    else if (strcmp(name, "PySequence_GetItem") == 0) {
        PyTuple_GetItem(tuple, 0);
        PySequence_GetItem(tuple, 0);
    }
    else if (strcmp(name, "PyTuple_SetItem") == 0) {
        PyTuple_SetItem(PyTuple_New(1), 0, PyFloat_FromDouble(2.5));
    }
    else if (strcmp(name, "_PyString_Resize") == 0) {
        left = PyString_FromStringAndSize(NULL, 5);
        _PyString_Resize(&left, -1);
        PyErr_Clear();
    }
    else if (strcmp(name, "PyNumber_CoerceEx") == 0) {
        left = PyFloat_FromDouble(1.5);
        right = PyFloat_FromDouble(2.5);
        PyNumber_CoerceEx(&left, &right);
    }
    else if (strcmp(name, "PyDict_Next") == 0) {
        left = PyDict_New();
        PyDict_SetItemString(left, "key", tuple);
        PyDict_Next(left, &at, &left, &right);
    }
    else if (strcmp(name, "PyErr_Fetch") == 0) {
        PyErr_SetString(PyExc_ValueError, "x");
        PyErr_Fetch(&left, &right, &list);
    }
    else if (strcmp(name, "PyString_Repr") == 0) {
        PyString_Repr(PyString_FromString("text"), 0);
        PyErr_Clear();
    }
    else if (strcmp(name, "PyLong_FromLong") == 0) {
        PyLong_FromLong(5);
    }
    else if (strcmp(name, "PyComplex_FromDoubles") == 0) {
        PyComplex_FromDoubles(1.5, 2.5);
    }
    Py_INCREF(result);
    return result;
}

static PyMethodDef methods[] = {
    {"fine", fine, METH_VARARGS},
    {"drops_argument", drops_argument, METH_O},
    {"drops_parsed", drops_parsed, METH_VARARGS},
    {"returns_argument", returns_argument, METH_O},
    {"drops_item", drops_item, METH_NOARGS},
    {"drops_shared_item", drops_shared_item, METH_NOARGS},
    {"drops_key", drops_key, METH_O},
    {"returns_item", returns_item, METH_NOARGS},
    {"uses_gone", uses_gone, METH_NOARGS},
    {"drops_twice", drops_twice, METH_NOARGS},
    {"returns_gone", returns_gone, METH_NOARGS},
    {"without_gil", without_gil, METH_NOARGS},
    {"in_a_thread", in_a_thread, METH_NOARGS},
    {"calls", calls, METH_VARARGS},
    {NULL},
};

void
initwrong(void)
{
    Py_InitModule("wrong", methods);
}
