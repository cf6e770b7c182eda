/* Tuples: the C API, its errors, what is inlined, what the type can do. */

#include "numbers.h"

static PyObject *
numbers(int count)
{
    PyObject *tuple = PyTuple_New(count);
    int i;
    for (i = 0; i < count; i++) {
        PyTuple_SET_ITEM(tuple, i, PyInt_FromLong(i * 10));
    }
    return tuple;
}

static void
line(const char *what, PyObject *object)
{
    say("%s: ", what);
    say_object(object);
    say("\n");
}

static void
status(const char *what, int result)
{
    say("%s: %d", what, result);
    if (PyErr_Occurred()) {
        say(" ");
        say_error();
    }
    say("\n");
}

static void
basics(void)
{
    PyObject *empty = PyTuple_New(0), *other = PyTuple_New(0), *tuple = numbers(3), *item, *not;
    say("one empty tuple: %d, sizes %d %d %d\n", empty == other, (int)PyTuple_GET_SIZE(empty),
        (int)PyTuple_Size(tuple), (int)Py_SIZE(tuple));
    say("new: refcount %d, tracked twice no: %d\n", (int)Py_REFCNT(tuple),
        PyTuple_CheckExact(tuple) && PyTuple_Check(tuple));
    line("negative", PyTuple_New(-1));
    status("size of a non-tuple", (int)PyTuple_Size(Py_None));
    item = PyTuple_GetItem(tuple, 2);
    say("item %ld, refcount of tuple still %d\n", PyInt_AS_LONG(item), (int)Py_REFCNT(tuple));
    item = PyTuple_GetItem(tuple, 3);
    say("item 3: %s ", item == NULL ? "NULL" : "?");
    say_error();
    item = PyTuple_GetItem(tuple, -1);
    say("\nitem -1: %s ", item == NULL ? "NULL" : "?");
    say_error();
    item = PyTuple_GetItem(Py_None, 0);
    say("\nof None: %s ", item == NULL ? "NULL" : "?");
    say_error();
    say("\n");
    status("set", PyTuple_SetItem(tuple, 0, PyString_FromString("first")));
    line("then", (Py_INCREF(tuple), tuple));
    status("set out of range", PyTuple_SetItem(tuple, 3, PyInt_FromLong(7)));
    Py_INCREF(tuple);
    status("set while shared", PyTuple_SetItem(tuple, 1, PyInt_FromLong(7)));
    Py_DECREF(tuple);
    not = PyList_New(0);
    status("set in a list", PyTuple_SetItem(not, 0, PyInt_FromLong(7)));
    Py_DECREF(not);
    Py_DECREF(tuple);
    Py_DECREF(empty);
    Py_DECREF(other);
}

static void
slices(void)
{
    PyObject *tuple = numbers(5), *same;
    static const int bounds[][2] = {{0, 5}, {1, 3}, {-4, 2}, {3, 100}, {4, 1}, {0, 0}, {5, 9}};
    int i;
    for (i = 0; i < COUNT(bounds); i++) {
        say("[%d:%d] ", bounds[i][0], bounds[i][1]);
        line("is", PyTuple_GetSlice(tuple, bounds[i][0], bounds[i][1]));
    }
    same = PyTuple_GetSlice(tuple, 0, 5);
    say("whole is itself: %d\n", same == tuple);
    Py_DECREF(same);
    line("of None", PyTuple_GetSlice(Py_None, 0, 1));
    line("packed", PyTuple_Pack(3, tuple, Py_None, Py_True));
    Py_DECREF(tuple);
}

static void
resize(void)
{
    PyObject *tuple = numbers(3), *shared, *list;
    int result = _PyTuple_Resize(&tuple, 5);
    say("grown %d: size %d, new items %d %d\n", result, (int)PyTuple_GET_SIZE(tuple),
        PyTuple_GET_ITEM(tuple, 3) == NULL, PyTuple_GET_ITEM(tuple, 4) == NULL);
    PyTuple_SET_ITEM(tuple, 3, PyInt_FromLong(3));
    PyTuple_SET_ITEM(tuple, 4, PyInt_FromLong(4));
    result = _PyTuple_Resize(&tuple, 2);
    say("shrunk %d: ", result);
    line("is", (Py_INCREF(tuple), tuple));
    shared = tuple;
    Py_INCREF(shared);
    result = _PyTuple_Resize(&tuple, 4);
    say("shared %d, NULL %d ", result, tuple == NULL);
    say_error();
    say(" refcount %d\n", (int)Py_REFCNT(shared));
    Py_DECREF(shared);
    tuple = PyTuple_New(0);
    result = _PyTuple_Resize(&tuple, 1);
    say("from empty %d size %d\n", result, (int)PyTuple_GET_SIZE(tuple));
    PyTuple_SET_ITEM(tuple, 0, PyInt_FromLong(1));
    Py_DECREF(tuple);
    list = PyList_New(0);
    result = _PyTuple_Resize(&list, 1);
    say("a list %d, NULL %d ", result, list == NULL);
    say_error();
    tuple = NULL;
    result = _PyTuple_Resize(&tuple, 1);
    say("\nNULL %d ", result);
    say_error();
    tuple = numbers(30);
    result = _PyTuple_Resize(&tuple, 1000);
    say("\nbig %d size %d item %ld\n", result, (int)PyTuple_GET_SIZE(tuple),
        PyInt_AS_LONG(PyTuple_GET_ITEM(tuple, 29)));
    Py_DECREF(tuple);
}

/* Both orders of a pair; and whether equal ones hash alike. */
static PyObject *
compare(PyObject *self, PyObject *args)
{
    PyObject *x = PyTuple_GET_ITEM(args, 0), *y = PyTuple_GET_ITEM(args, 1);
    static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
    char text[200] = "";
    int op;
    for (op = 0; op < 6; op++) {
        sprintf(text + strlen(text), "%s %d ", names[op], PyObject_RichCompareBool(x, y, op));
    }
    sprintf(text + strlen(text), "cmp %d", PyObject_Compare(x, y));
    if (PyObject_RichCompareBool(x, y, Py_EQ) == 1) {
        sprintf(text + strlen(text), " same hash %d", PyObject_Hash(x) == PyObject_Hash(y));
    }
    return PyString_FromString(text);
}

static PyObject *
made(int a, int b)
{
    PyObject *tuple = PyTuple_New(2);
    PyTuple_SET_ITEM(tuple, 0, PyInt_FromLong(a));
    PyTuple_SET_ITEM(tuple, 1, PyInt_FromLong(b));
    return tuple;
}

static void
behaviour(void)
{
    PyObject *tuple = numbers(4), *two = made(5, 6), *index = PyInt_FromLong(-2), *wrong, *key;
    PySequenceMethods *sequence = PyTuple_Type.tp_as_sequence;
    PyMappingMethods *mapping = PyTuple_Type.tp_as_mapping;
    PyObject *iterator, *item, *list;
    line("repr of none", PyTuple_Type.tp_repr(PyTuple_GetSlice(tuple, 0, 0)));
    wrong = PyTuple_Pack(1, Py_None);
    line("repr of one", PyTuple_Type.tp_repr(wrong));
    Py_DECREF(wrong);
    line("concat", sequence->sq_concat(tuple, two));
    line("concat None", sequence->sq_concat(tuple, Py_None));
    line("repeat", sequence->sq_repeat(two, 3));
    line("repeat -1", sequence->sq_repeat(two, -1));
    line("item", sequence->sq_item(tuple, 1));
    line("item 9", sequence->sq_item(tuple, 9));
    line("slice", sequence->sq_slice(tuple, 1, 3));
    say("length %d, contains 30: %d, contains 31: %d\n", (int)sequence->sq_length(tuple),
        sequence->sq_contains(tuple, PyTuple_GET_ITEM(tuple, 3)),
        sequence->sq_contains(tuple, index));
    line("subscript -2", mapping->mp_subscript(tuple, index));
    line("subscript None", mapping->mp_subscript(tuple, Py_None));
    key = PySlice_New(NULL, NULL, index);
    line("every second from behind", mapping->mp_subscript(tuple, key));
    Py_DECREF(key);
    say("assignment: %d %d\n", sequence->sq_ass_item == NULL, mapping->mp_ass_subscript == NULL);
    iterator = PyTuple_Type.tp_iter(tuple);
    say("iterator %s:", Py_TYPE(iterator)->tp_name);
    while ((item = PyIter_Next(iterator)) != NULL) {
        say(" %ld", PyInt_AS_LONG(item));
        Py_DECREF(item);
    }
    say(", at its end %d %d\n", PyIter_Next(iterator) == NULL, PyErr_Occurred() == NULL);
    Py_DECREF(iterator);
    list = PyList_New(1);
    PyList_SET_ITEM(list, 0, Py_None);
    Py_INCREF(Py_None);
    wrong = PyTuple_Pack(1, list);
    say("hash of a list inside: %ld ", PyObject_Hash(wrong));
    say_error();
    say("\n");
    PyList_SetItem(list, 0, (Py_INCREF(wrong), wrong));
    line("in itself", PyObject_Repr(wrong));
    PyList_SetSlice(list, 0, 1, NULL);
    Py_DECREF(wrong);
    Py_DECREF(list);
    line("type called", PyObject_CallFunction((PyObject *)&PyTuple_Type, "(O)", tuple));
    line("index", PyObject_CallMethod(tuple, "index", "i", 20));
    line("index of what is not there", PyObject_CallMethod(tuple, "index", "i", 21));
    line("count", PyObject_CallMethod(two, "count", "i", 6));
    say("free list cleared: %d\n", PyTuple_ClearFreeList() >= 0);
    Py_DECREF(tuple);
    Py_DECREF(two);
    Py_DECREF(index);
}

static void
structure(void)
{
    PyMethodDef *method;
    say("basicsize %d, itemsize %d\n", (int)PyTuple_Type.tp_basicsize,
        (int)PyTuple_Type.tp_itemsize);
    for (method = PyTuple_Type.tp_methods; method->ml_name != NULL; method++) {
        if (strcmp(method->ml_name, "__sizeof__") != 0) {
            say("%s %d\n", method->ml_name, method->ml_flags);
        }
    }
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    basics();
    slices();
    resize();
    behaviour();
    structure();
    return said();
}

static PyObject *
doubled(PyObject *self, PyObject *tuple)
{
    Py_ssize_t i, size = PyTuple_Size(tuple);
    PyObject *twice;
    if (size < 0) {
        return NULL;
    }
    twice = PyTuple_New(2 * size);
    for (i = 0; i < 2 * size; i++) {
        PyObject *item = PyTuple_GetItem(tuple, i % size);
        Py_INCREF(item);
        PyTuple_SET_ITEM(twice, i, item);
    }
    return twice;
}

static PyObject *
nested(PyObject *self, PyObject *depth)
{
    PyObject *tuple = PyTuple_New(0);
    long i;
    for (i = 0; i < PyInt_AsLong(depth); i++) {
        PyObject *outer = PyTuple_Pack(2, depth, tuple);
        Py_DECREF(tuple);
        tuple = outer;
    }
    return tuple;
}

static PyObject *
pack(PyObject *self, PyObject *args)
{
    return PyTuple_Pack(3, PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1),
                        PyTuple_GET_ITEM(args, 2));
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS},
    {"compare", compare, METH_VARARGS},
    {"doubled", doubled, METH_O},
    {"nested", nested, METH_O},
    {"pack", pack, METH_VARARGS},
    {NULL},
};

PyMODINIT_FUNC
inittuple_api(void)
{
    Py_InitModule("tuple_api", methods);
}
