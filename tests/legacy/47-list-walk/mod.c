/* One list, changed by turns from outside, by the API and inline: for a long walk of
 * random steps that use.py compares with a list of its own. */

#include "Python.h"

static PyObject *kept;

static PyObject *
keep(PyObject *self, PyObject *list)
{
    Py_INCREF(list);
    Py_XDECREF(kept);
    kept = list;
    Py_RETURN_NONE;
}

static PyObject *
drop(PyObject *self, PyObject *unused)
{
    Py_CLEAR(kept);
    Py_RETURN_NONE;
}

/* One step: what, where, and an item (borrowed).  where is below the size. */
static int
step_with(int what, Py_ssize_t i, PyObject *item)
{
    PyListObject *L = (PyListObject *)kept;
    PyObject *old, *pair;
    Py_ssize_t size = PyList_Size(kept);
    int result = 0;
    switch (what) {
    case 0:
        return PyList_Append(kept, item);
    case 1:
        return PyList_Insert(kept, i, item);
    case 2:
        Py_INCREF(item);
        return PyList_SetItem(kept, i, item);
    case 3:
        return PyList_SetSlice(kept, i, i + 1, NULL);
    case 4:
        pair = PyTuple_Pack(2, item, item);
        result = PyList_SetSlice(kept, i, i + 3, pair);
        Py_DECREF(pair);
        return result;
    case 5:
        return PyList_Reverse(kept);
    case 6: /* stored inline, after a look at what is there */
        old = PyList_GetItem(kept, i);
        Py_INCREF(item);
        PyList_SET_ITEM(kept, i, item);
        Py_DECREF(old);
        return 0;
    case 7: /* appended inline where there is room */
        if (L->allocated > size) {
            Py_INCREF(item);
            PyList_SET_ITEM(kept, size, item);
            Py_SIZE(kept) = size + 1;
            return 0;
        }
        return PyList_Append(kept, item);
    case 8: /* popped inline */
        Py_SIZE(kept) = size - 1;
        Py_DECREF(PyList_GET_ITEM(kept, size - 1));
        return 0;
    case 9:
        return PyList_SetSlice(kept, 0, 0, kept);
    case 10:
        return PyList_SetSlice(kept, 0, size / 2, NULL);
    case 11:
        old = PyList_GetItem(kept, i);
        Py_INCREF(old);
        Py_INCREF(item);
        result = PyList_SetItem(kept, i, item);
        if (result == 0) {
            result = PyList_Append(kept, old);
        }
        Py_DECREF(old);
        return result;
    case 12: /* whatever it does */
        old = PyObject_CallFunction(item, NULL);
        Py_XDECREF(old);
        return old == NULL ? -1 : 0;
    }
    return 0;
}

/* step(list of (what, where, item)): so many of them in one call. */
static PyObject *
steps(PyObject *self, PyObject *list)
{
    Py_ssize_t i;
    for (i = 0; i < PyList_Size(list); i++) {
        PyObject *triple = PyList_GetItem(list, i);
        if (step_with((int)PyInt_AsLong(PyTuple_GetItem(triple, 0)),
                      PyInt_AsLong(PyTuple_GetItem(triple, 1)), PyTuple_GetItem(triple, 2))
            < 0) {
            return NULL;
        }
    }
    return PyInt_FromSsize_t(PyList_GET_SIZE(kept));
}

/* The list as it is seen inline, after the API was asked for its size; and whether the
 * API sees the same. */
static PyObject *
seen(PyObject *self, PyObject *unused)
{
    Py_ssize_t i, size = PyList_Size(kept);
    PyObject *tuple = PyTuple_New(size);
    for (i = 0; i < size; i++) {
        PyObject *item = PyList_GetItem(kept, i);
        if (item != PyList_GET_ITEM(kept, i)) {
            PyErr_SetString(PyExc_AssertionError, "the API sees another item");
            Py_DECREF(tuple);
            return NULL;
        }
        Py_INCREF(item);
        PyTuple_SET_ITEM(tuple, i, item);
    }
    return tuple;
}

static PyMethodDef methods[] = {
    {"keep", keep, METH_O},
    {"drop", drop, METH_NOARGS},
    {"steps", steps, METH_O},
    {"seen", seen, METH_NOARGS},
    {NULL},
};

PyMODINIT_FUNC
initlist_walk(void)
{
    Py_InitModule("list_walk", methods);
}
