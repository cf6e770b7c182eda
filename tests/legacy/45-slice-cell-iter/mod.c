/* Slices, cells, iterators: the C API, what is inlined, and how they cross. */

#include "numbers.h"

static void
line(const char *what, PyObject *object)
{
    say("%s: ", what);
    say_object(object);
    say("\n");
}

static PyObject *
number(int value)
{
    return PyInt_FromLong(value);
}

static PyObject *
maybe(int value)
{
    return value == 99 ? NULL : number(value);
}

/* A slice of three objects, which are given back. */
static PyObject *
slice_of(PyObject *start, PyObject *stop, PyObject *step)
{
    PyObject *slice = PySlice_New(start, stop, step);
    Py_XDECREF(start);
    Py_XDECREF(stop);
    Py_XDECREF(step);
    return slice;
}

static void
slices(void)
{
    static const int bounds[][3] = {
        {99, 99, 99}, {1, 3, 99}, {-2, 99, 99}, {99, -2, 99}, {99, 99, -1}, {8, 1, -3}, {-9, 9, 2},
        {0, 0, 1}, {3, 1, 1}, {1, 3, -1}, {99, 99, 0}, {-1, -7, -2}, {5, 6, 7},
    };
    PyObject *slice, *big, *others[2];
    Py_ssize_t start, stop, step, count;
    int i, length, result;
    for (i = 0; i < COUNT(bounds); i++) {
        slice = slice_of(maybe(bounds[i][0]), maybe(bounds[i][1]), maybe(bounds[i][2]));
        line("slice", PyObject_Repr(slice));
        for (length = 0; length < 7; length += 3) {
            start = stop = step = count = -77;
            result = PySlice_GetIndices((PySliceObject *)slice, length, &start, &stop, &step);
            say("%d: old %d %d %d %d;", length, result, (int)start, (int)stop, (int)step);
            start = stop = step = count = -77;
            result = PySlice_GetIndicesEx((PySliceObject *)slice, length, &start, &stop, &step,
                                          &count);
            say(" new %d %d %d %d %d", result, (int)start, (int)stop, (int)step, (int)count);
            if (result < 0) {
                say(" ");
                say_error();
            }
            say("\n");
        }
        Py_DECREF(slice);
    }
    slice = slice_of(NULL, number(1), PyFloat_FromDouble(1));
    start = stop = step = -77;
    result = PySlice_GetIndices((PySliceObject *)slice, 5, &start, &stop, &step);
    say("float: %d %d ", result, PyErr_Occurred() != NULL);
    result = PySlice_GetIndicesEx((PySliceObject *)slice, 5, &start, &stop, &step, &count);
    say("%d ", result);
    say_error();
    big = PyLong_FromString("123456789012345678901234567890", NULL, 10);
    Py_DECREF(slice);
    slice = slice_of(PyNumber_Negative(big), big, NULL);
    result = PySlice_GetIndicesEx((PySliceObject *)slice, 5, &start, &stop, &step, &count);
    say("\nbig: %d %d %d %d %d\n", result, (int)start, (int)stop, (int)step, (int)count);
    Py_DECREF(slice);
    slice = slice_of(number(1), NULL, NULL);
    say("fields %ld %d %d, check %d, size %d\n", PyInt_AsLong(((PySliceObject *)slice)->start),
        ((PySliceObject *)slice)->stop == Py_None, ((PySliceObject *)slice)->step == Py_None,
        PySlice_Check(slice), (int)PySlice_Type.tp_basicsize);
    say("hash %ld ", PyObject_Hash(slice));
    say_error();
    others[0] = slice_of(number(1), NULL, NULL);
    others[1] = slice_of(number(2), NULL, NULL);
    say("\nequal %d, less %d\n", PyObject_RichCompareBool(slice, others[0], Py_EQ),
        PyObject_Compare(slice, others[1]));
    Py_DECREF(others[0]);
    Py_DECREF(others[1]);
    line("start", PyObject_GetAttrString(slice, "start"));
    line("indices", PyObject_CallMethod(slice, "indices", "i", 5));
    line("called", PyObject_CallFunction((PyObject *)&PySlice_Type, "ii", 1, 2));
    line("called with one", PyObject_CallFunction((PyObject *)&PySlice_Type, "i", 1));
    Py_DECREF(slice);
    line("ellipsis", PyObject_Repr(Py_Ellipsis));
}

static void
cells(void)
{
    PyObject *value = number(1000), *cell = PyCell_New(value), *empty = PyCell_New(NULL);
    say("cell: %d %d, holds it %d, refcount %d\n", PyCell_Check(cell), PyCell_Check(value),
        PyCell_GET(cell) == value, (int)Py_REFCNT(value));
    line("get", PyCell_Get(cell));
    say("get from none: %d %d\n", PyCell_Get(empty) == NULL, PyErr_Occurred() == NULL);
    line("get from None", PyCell_Get(Py_None));
    say("set %d", PyCell_Set(cell, Py_None));
    say(", refcount %d\n", (int)Py_REFCNT(value));
    line("get", PyCell_Get(cell));
    say("empty %d", PyCell_Set(cell, NULL));
    say(" %d\n", PyCell_GET(cell) == NULL);
    say("set None %d ", PyCell_Set(Py_None, value));
    say_error();
    PyCell_Set(cell, value);
    say("\ncompare %d %d\n", PyObject_Compare(empty, cell), PyObject_Compare(cell, cell));
    Py_DECREF(cell);
    Py_DECREF(empty);
    say("refcount %d\n", (int)Py_REFCNT(value));
    Py_DECREF(value);
}

static int called;

static PyObject *
count_up(PyObject *self, PyObject *unused)
{
    return number(++called);
}

static PyMethodDef count_def = {"count_up", count_up, METH_NOARGS};

static void
iterators(void)
{
    PyObject *list = Py_BuildValue("[iii]", 1, 2, 3), *iterator, *item, *end = number(4);
    PyObject *function = PyCFunction_New(&count_def, NULL);
    called = 0;
    iterator = PySeqIter_New(list);
    say("%s, check %d:", Py_TYPE(iterator)->tp_name, PySeqIter_Check(iterator));
    while ((item = PyIter_Next(iterator)) != NULL) {
        say(" %ld", PyInt_AsLong(item));
        Py_DECREF(item);
    }
    say(", error %d\n", PyErr_Occurred() != NULL);
    Py_DECREF(iterator);
    line("of None", PySeqIter_New(Py_None));
    iterator = PyCallIter_New(function, end);
    say("%s, check %d:", Py_TYPE(iterator)->tp_name, PyCallIter_Check(iterator));
    while ((item = PyIter_Next(iterator)) != NULL) {
        say(" %ld", PyInt_AsLong(item));
        Py_DECREF(item);
    }
    say(", error %d\n", PyErr_Occurred() != NULL);
    Py_DECREF(iterator);
    item = PyObject_CallMethod(list, "__reversed__", NULL);
    say("%s %d:", Py_TYPE(item)->tp_name, Py_TYPE(item)->tp_iter == PyObject_SelfIter);
    for (iterator = item; (item = PyIter_Next(iterator)) != NULL;) {
        say(" %ld", PyInt_AsLong(item));
        Py_DECREF(item);
    }
    say("\n");
    Py_DECREF(iterator);
    iterator = PyObject_CallFunction((PyObject *)&PyEnum_Type, "O", list);
    line("enumerate", PyIter_Next(iterator));
    Py_DECREF(iterator);
    iterator = PyObject_CallFunction((PyObject *)&PyReversed_Type, "O", list);
    line("reversed", PyIter_Next(iterator));
    Py_DECREF(iterator);
    item = PyObject_CallFunction((PyObject *)&PyRange_Type, "ii", 3, 7);
    say("range %s %d %d\n", Py_TYPE(item)->tp_name, PyRange_Check(item), (int)PyObject_Size(item));
    line("item", PySequence_GetItem(item, 1));
    Py_DECREF(item);
    Py_DECREF(list);
    Py_DECREF(function);
    Py_DECREF(end);
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    slices();
    cells();
    iterators();
    return said();
}

static PyObject *
parts(PyObject *self, PyObject *object)
{
    PySliceObject *slice = (PySliceObject *)object;
    if (!PySlice_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "no slice");
        return NULL;
    }
    return PyTuple_Pack(3, slice->start, slice->stop, slice->step);
}

static PyObject *
make_slice(PyObject *self, PyObject *args)
{
    return PySlice_New(PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1), NULL);
}

static PyObject *
ellipsis(PyObject *self, PyObject *object)
{
    if (object == Py_Ellipsis) {
        Py_INCREF(Py_Ellipsis);
        return Py_Ellipsis;
    }
    return PyBool_FromLong(Py_TYPE(object) == &PyEllipsis_Type);
}

static PyObject *kept_cell;

static PyObject *
make_cell(PyObject *self, PyObject *value)
{
    Py_XDECREF(kept_cell);
    kept_cell = PyCell_New(value);
    Py_INCREF(kept_cell);
    return kept_cell;
}

static PyObject *
set_cell(PyObject *self, PyObject *args)
{
    PyCell_Set(PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1));
    Py_RETURN_NONE;
}

static PyObject *
in_cell(PyObject *self, PyObject *cell)
{
    PyObject *value = PyCell_Check(cell) ? PyCell_Get(cell) : NULL;
    return Py_BuildValue("(NiO)", value, PyCell_GET(cell) == value,
                         cell == kept_cell ? Py_True : Py_False);
}

/* An iterator over what is given, of which some was taken already. */
static PyObject *
iterator(PyObject *self, PyObject *args)
{
    PyObject *object, *made;
    int i, taken;
    if (!PyArg_ParseTuple(args, "Oi", &object, &taken)) {
        return NULL;
    }
    made = PyObject_GetIter(object);
    for (i = 0; made != NULL && i < taken; i++) {
        PyObject *item = PyIter_Next(made);
        Py_XDECREF(item);
    }
    return made;
}

/* The same, over containers that are made here. */
static PyObject *
own_iterator(PyObject *self, PyObject *args)
{
    int i, kind, taken;
    PyObject *object, *made, *members;
    if (!PyArg_ParseTuple(args, "ii", &kind, &taken)) {
        return NULL;
    }
    object = kind == 0   ? Py_BuildValue("[iii]", 1, 2, 3)
             : kind == 1 ? Py_BuildValue("(iii)", 1, 2, 3)
                         : Py_BuildValue("{ii}", 1, 2);
    if (kind == 3) {
        members = Py_BuildValue("[i]", 5);
        Py_DECREF(object);
        object = PySet_New(members);
        Py_DECREF(members);
    }
    made = PyObject_GetIter(object);
    Py_DECREF(object);
    for (i = 0; i < taken; i++) {
        PyObject *item = PyIter_Next(made);
        Py_XDECREF(item);
    }
    return made;
}

static PyObject *
seq_iterator(PyObject *self, PyObject *object)
{
    return PySeqIter_New(object);
}

static PyObject *
call_iterator(PyObject *self, PyObject *args)
{
    return PyCallIter_New(PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1));
}

static PyObject *
all_of(PyObject *self, PyObject *object)
{
    PyObject *made = PyObject_GetIter(object), *item, *list;
    if (made == NULL) {
        return NULL;
    }
    list = PyList_New(0);
    while ((item = PyIter_Next(made)) != NULL) {
        PyList_Append(list, item);
        Py_DECREF(item);
    }
    Py_DECREF(made);
    if (PyErr_Occurred()) {
        Py_CLEAR(list);
    }
    return list;
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS},
    {"parts", parts, METH_O},
    {"make_slice", make_slice, METH_VARARGS},
    {"ellipsis", ellipsis, METH_O},
    {"make_cell", make_cell, METH_O},
    {"set_cell", set_cell, METH_VARARGS},
    {"in_cell", in_cell, METH_O},
    {"iterator", iterator, METH_VARARGS},
    {"own_iterator", own_iterator, METH_VARARGS},
    {"seq_iterator", seq_iterator, METH_O},
    {"call_iterator", call_iterator, METH_VARARGS},
    {"all_of", all_of, METH_O},
    {NULL},
};

PyMODINIT_FUNC
initslice_cell_iter(void)
{
    Py_InitModule("slice_cell_iter", methods);
}
