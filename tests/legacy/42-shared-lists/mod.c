/* Lists that both sides have: inlined stores seen from outside, changes made outside
 * seen inline, lists in lists, lists in themselves, lists that are kept. */

#include "Python.h"

static PyObject *kept;

/* store(list, i, item): PyList_SET_ITEM, as it is used to replace an item. */
static PyObject *
store(PyObject *self, PyObject *args)
{
    PyObject *list, *item, *old;
    int i;
    if (!PyArg_ParseTuple(args, "OiO", &list, &i, &item)) {
        return NULL;
    }
    old = PyList_GET_ITEM(list, i);
    Py_INCREF(item);
    PyList_SET_ITEM(list, i, item);
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

/* store_and_call(list, i, item, function): what the function sees. */
static PyObject *
store_and_call(PyObject *self, PyObject *args)
{
    PyObject *list, *item, *old, *function;
    int i;
    if (!PyArg_ParseTuple(args, "OiOO", &list, &i, &item, &function)) {
        return NULL;
    }
    old = PyList_GET_ITEM(list, i);
    Py_INCREF(item);
    PyList_SET_ITEM(list, i, item);
    Py_XDECREF(old);
    return PyObject_CallFunction(function, NULL);
}

/* call_and_sum(list, function): the sum of the ints in the list, before and after. */
static PyObject *
call_and_sum(PyObject *self, PyObject *args)
{
    PyObject *list, *function, *result;
    Py_ssize_t i;
    long before = 0, by_api = 0, by_macro = 0;
    if (!PyArg_ParseTuple(args, "O!O", &PyList_Type, &list, &function)) {
        return NULL;
    }
    for (i = 0; i < PyList_GET_SIZE(list); i++) {
        before += PyInt_AsLong(PyList_GET_ITEM(list, i));
    }
    result = PyObject_CallFunction(function, NULL);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    for (i = 0; i < PyList_Size(list); i++) {
        by_api += PyInt_AsLong(PyList_GetItem(list, i));
    }
    for (i = 0; i < PyList_GET_SIZE(list); i++) {
        by_macro += PyInt_AsLong(PyList_GET_ITEM(list, i));
    }
    return Py_BuildValue("(llli)", before, by_api, by_macro, (int)PyList_GET_SIZE(list));
}

/* What inlined code sees at any depth. */
static void
describe(PyObject *object, char *text, int depth)
{
    Py_ssize_t i;
    if (object == NULL) {
        strcat(text, "NULL");
    }
    else if (depth > 6) {
        strcat(text, "...");
    }
    else if (PyList_Check(object)) {
        strcat(text, "[");
        for (i = 0; i < PyList_GET_SIZE(object); i++) {
            strcat(text, i == 0 ? "" : " ");
            describe(PyList_GET_ITEM(object, i), text, depth + 1);
        }
        strcat(text, "]");
    }
    else if (PyTuple_Check(object)) {
        strcat(text, "(");
        for (i = 0; i < PyTuple_GET_SIZE(object); i++) {
            strcat(text, i == 0 ? "" : " ");
            describe(PyTuple_GET_ITEM(object, i), text, depth + 1);
        }
        strcat(text, ")");
    }
    else if (PyInt_CheckExact(object)) {
        sprintf(text + strlen(text), "%ld", PyInt_AS_LONG(object));
    }
    else {
        strcat(text, Py_TYPE(object)->tp_name);
    }
}

static PyObject *
inside(PyObject *self, PyObject *object)
{
    static char text[100000];
    text[0] = '\0';
    describe(object, text, 0);
    return PyString_FromString(text);
}

/* keep(list) and the same list with no argument in between. */
static PyObject *
keep(PyObject *self, PyObject *list)
{
    Py_INCREF(list);
    Py_XDECREF(kept);
    kept = list;
    Py_RETURN_NONE;
}

static PyObject *
get_kept(PyObject *self, PyObject *unused)
{
    Py_INCREF(kept);
    return kept;
}

static PyObject *
inside_kept(PyObject *self, PyObject *unused)
{
    return inside(self, kept);
}

static PyObject *
size_of_kept(PyObject *self, PyObject *unused)
{
    Py_ssize_t size = PyList_Size(kept);
    return Py_BuildValue("(nn)", size, PyList_GET_SIZE(kept));
}

static PyObject *
append_to_kept(PyObject *self, PyObject *item)
{
    if (PyList_Append(kept, item) < 0) {
        return NULL;
    }
    return PyInt_FromSsize_t(PyList_GET_SIZE(kept));
}

static PyObject *
store_in_kept(PyObject *self, PyObject *item)
{
    PyObject *old = PyList_GET_ITEM(kept, 0);
    Py_INCREF(item);
    PyList_SET_ITEM(kept, 0, item);
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

static PyObject *
drop(PyObject *self, PyObject *unused)
{
    Py_CLEAR(kept);
    Py_RETURN_NONE;
}

/* half_filled(function): a list whose items are set after it was given away. */
static PyObject *
half_filled(PyObject *self, PyObject *function)
{
    PyObject *list = PyList_New(3), *result, *results = PyList_New(0);
    int i;
    for (i = 0; i <= 3; i++) {
        result = PyObject_CallFunctionObjArgs(function, list, NULL);
        if (result == NULL) {
            return NULL;
        }
        PyList_Append(results, result);
        Py_DECREF(result);
        if (i < 3) {
            PyList_SET_ITEM(list, i, PyInt_FromLong(i + 1));
        }
    }
    PyList_Append(results, list);
    Py_DECREF(list);
    return results;
}

/* copy(list, by_api): another list of the items, as macros or the API have them. */
static PyObject *
copy(PyObject *self, PyObject *args)
{
    PyObject *list, *made;
    int by_api;
    Py_ssize_t i;
    if (!PyArg_ParseTuple(args, "Oi", &list, &by_api)) {
        return NULL;
    }
    made = PyList_New(PyList_GET_SIZE(list));
    for (i = 0; made != NULL && i < PyList_GET_SIZE(made); i++) {
        PyObject *item = by_api ? PyList_GetItem(list, i) : PyList_GET_ITEM(list, i);
        Py_INCREF(item);
        PyList_SET_ITEM(made, i, item);
    }
    return made;
}

/* Every API function on a list that the caller has. */
static PyObject *
change(PyObject *self, PyObject *args)
{
    PyObject *list, *item, *tuple;
    const char *how;
    int result = 0;
    if (!PyArg_ParseTuple(args, "Os|O", &list, &how, &item)) {
        return NULL;
    }
    if (strcmp(how, "append") == 0) {
        result = PyList_Append(list, item);
    }
    else if (strcmp(how, "insert") == 0) {
        result = PyList_Insert(list, 1, item);
    }
    else if (strcmp(how, "set") == 0) {
        Py_INCREF(item);
        result = PyList_SetItem(list, 1, item);
    }
    else if (strcmp(how, "reverse") == 0) {
        result = PyList_Reverse(list);
    }
    else if (strcmp(how, "sort") == 0) {
        result = PyList_Sort(list);
    }
    else if (strcmp(how, "delete") == 0) {
        result = PyList_SetSlice(list, 0, 2, NULL);
    }
    else if (strcmp(how, "slice") == 0) {
        result = PyList_SetSlice(list, 1, 2, item);
    }
    else if (strcmp(how, "twice") == 0) {
        result = PyList_SetSlice(list, 0, 0, list);
    }
    else if (strcmp(how, "tuple") == 0) {
        return PyList_AsTuple(list);
    }
    else if (strcmp(how, "get") == 0) {
        return PyList_GetSlice(list, 1, 3);
    }
    else if (strcmp(how, "store all") == 0) {
        Py_ssize_t i;
        for (i = 0; i < PyList_GET_SIZE(list); i++) {
            Py_DECREF(PyList_GET_ITEM(list, i));
            Py_INCREF(item);
            PyList_SET_ITEM(list, i, item);
        }
        /* The API sees what was stored inline, and moves it. */
        result = PyList_Insert(list, 0, Py_None);
    }
    else if (strcmp(how, "inlined append") == 0) {
        /* As a comprehension appends, where there is room. */
        PyListObject *L = (PyListObject *)list;
        if (L->allocated > Py_SIZE(list)) {
            Py_INCREF(item);
            PyList_SET_ITEM(list, Py_SIZE(list), item);
            Py_SIZE(list)++;
        }
        else {
            result = PyList_Append(list, item);
        }
    }
    else if (strcmp(how, "inlined pop") == 0) {
        Py_SIZE(list)--;
        Py_DECREF(PyList_GET_ITEM(list, Py_SIZE(list)));
    }
    if (result < 0) {
        return NULL;
    }
    return PyInt_FromSsize_t(PyList_GET_SIZE(list));
}

/* Lists in lists, made here: [1, [2, [3, ...]]], and one that is in itself. */
static PyObject *
nested(PyObject *self, PyObject *depth)
{
    PyObject *list = PyList_New(0), *outer;
    long i;
    for (i = PyInt_AsLong(depth); i > 0; i--) {
        outer = Py_BuildValue("[lN]", i, list);
        list = outer;
    }
    return list;
}

static PyObject *
in_itself(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(2), *tuple = PyTuple_Pack(1, list);
    PyList_SET_ITEM(list, 0, tuple);
    Py_INCREF(list);
    PyList_SET_ITEM(list, 1, list);
    return list;
}

static PyObject *
twice(PyObject *self, PyObject *list)
{
    return PyTuple_Pack(2, list, list);
}

/* Items that were borrowed stay what they are while others are put before them. */
static PyObject *
borrowed(PyObject *self, PyObject *args)
{
    PyObject *list, *function, *first, *last, *result;
    if (!PyArg_ParseTuple(args, "OO", &list, &function)) {
        return NULL;
    }
    first = PyList_GetItem(list, 0);
    last = PyList_GET_ITEM(list, PyList_GET_SIZE(list) - 1);
    result = PyObject_CallFunction(function, NULL);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    PyList_Size(list);
    return Py_BuildValue("(ddii)", PyFloat_AsDouble(first), PyFloat_AsDouble(last),
                         PyList_GetItem(list, 2) == first,
                         PyList_GetItem(list, PyList_Size(list) - 1) == last);
}

/* pick(list, i): the item is kept instead of a list, of which it may be all that is left. */
static PyObject *
pick(PyObject *self, PyObject *args)
{
    PyObject *list, *item;
    int i;
    if (!PyArg_ParseTuple(args, "O!i", &PyList_Type, &list, &i)) {
        return NULL;
    }
    item = PyList_GET_ITEM(list, i);
    Py_INCREF(item);
    Py_XDECREF(kept);
    kept = item;
    Py_RETURN_NONE;
}

/* clear_inline(list): each item is replaced by None. */
static PyObject *
clear_inline(PyObject *self, PyObject *list)
{
    Py_ssize_t i;
    for (i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *old = PyList_GET_ITEM(list, i);
        Py_INCREF(Py_None);
        PyList_SET_ITEM(list, i, Py_None);
        Py_DECREF(old);
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"store", store, METH_VARARGS},
    {"store_and_call", store_and_call, METH_VARARGS},
    {"call_and_sum", call_and_sum, METH_VARARGS},
    {"inside", inside, METH_O},
    {"keep", keep, METH_O},
    {"get_kept", get_kept, METH_NOARGS},
    {"inside_kept", inside_kept, METH_NOARGS},
    {"size_of_kept", size_of_kept, METH_NOARGS},
    {"append_to_kept", append_to_kept, METH_O},
    {"store_in_kept", store_in_kept, METH_O},
    {"drop", drop, METH_NOARGS},
    {"half_filled", half_filled, METH_O},
    {"copy", copy, METH_VARARGS},
    {"change", change, METH_VARARGS},
    {"nested", nested, METH_O},
    {"in_itself", in_itself, METH_NOARGS},
    {"twice", twice, METH_O},
    {"borrowed", borrowed, METH_VARARGS},
    {"pick", pick, METH_VARARGS},
    {"clear_inline", clear_inline, METH_O},
    {NULL},
};

PyMODINIT_FUNC
initshared_lists(void)
{
    Py_InitModule("shared_lists", methods);
}
