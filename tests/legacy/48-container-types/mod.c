/* Types that are derived from list and tuple here: the API and the slots of the base
 * work on their instances, which never leave this side. */

#include "numbers.h"

typedef struct {
    PyListObject list;
    long number;
} NumberedList;

static int deallocated;

static void
numbered_dealloc(PyObject *self)
{
    deallocated++;
    PyList_Type.tp_dealloc(self);
}

static PyTypeObject numbered_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "container_types.NumberedList",
    sizeof(NumberedList),
};

static PyTypeObject point_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "container_types.Point",
};

static void
line(const char *what, PyObject *object)
{
    PyObject *text = object != NULL ? PyObject_Repr(object) : NULL;
    say("%s: %s ", what, object != NULL ? Py_TYPE(object)->tp_name : "NULL");
    if (text == NULL) {
        say_error();
    }
    else {
        say("%s", PyString_AS_STRING(text));
        Py_DECREF(text);
    }
    say("\n");
    Py_XDECREF(object);
}

#define SHOW(object) (Py_INCREF(object), (object))

static void
lists(void)
{
    PyObject *list = PyType_GenericNew(&numbered_type, NULL, NULL), *item = PyInt_FromLong(1000);
    PyObject *plain = PyList_New(0), *text, *iterator, *args = PyTuple_New(0), *values;
    int i, result;
    ((NumberedList *)list)->number = 77;
    say("size %d, check %d %d, number %ld\n", (int)PyList_Size(list), PyList_Check(list),
        PyList_CheckExact(list), ((NumberedList *)list)->number);
    for (i = 0; i < 12; i++) {
        result = PyList_Append(list, item);
        say("%d:%d ", result, (int)((PyListObject *)list)->allocated);
    }
    say("refcount %d\n", (int)Py_REFCNT(item));
    text = PyString_FromString("text");
    PyList_SetItem(list, 3, text);
    PyList_Insert(list, 0, Py_None);
    PyList_SetSlice(list, 2, 10, NULL);
    line("now", SHOW(list));
    line("item", SHOW(PyList_GetItem(list, 0)));
    line("slice", PyList_GetSlice(list, 0, 2));
    line("tuple", PyList_AsTuple(list));
    PyList_Reverse(list);
    PyList_Sort(list);
    line("sorted", SHOW(list));
    PyList_SetSlice(plain, 0, 0, list);
    say("equal %d, less %d\n", PyObject_RichCompareBool(list, plain, Py_EQ),
        PyObject_RichCompareBool(list, plain, Py_LT));
    line("concat", PyList_Type.tp_as_sequence->sq_concat(list, plain));
    line("in place", numbered_type.tp_as_sequence->sq_inplace_concat(list, plain));
    say("contains %d\n", PySequence_Contains(list, Py_None));
    iterator = PyObject_GetIter(list);
    line("first", PyIter_Next(iterator));
    Py_DECREF(iterator);
    values = Py_BuildValue("((ii))", 1, 2);
    say("init %d\n", PyList_Type.tp_init(list, values, NULL));
    line("now", SHOW(list));
    Py_DECREF(values);
    say("init without arguments %d", PyList_Type.tp_init(list, args, NULL));
    say(", size %d\n", (int)PyList_GET_SIZE(list));
    PyList_Append(list, list);
    line("in itself", SHOW(list));
    PyList_SetSlice(list, 0, 1, NULL);
    PyList_Append(list, item);
    say("hash %ld ", PyObject_Hash(list));
    say_error();
    say("\nnumber %ld, refcounts %d %d\n", ((NumberedList *)list)->number, (int)Py_REFCNT(list),
        (int)Py_REFCNT(item));
    Py_DECREF(plain);
    Py_DECREF(list);
    say("deallocated %d, refcount %d\n", deallocated, (int)Py_REFCNT(item));
    Py_DECREF(item);
    Py_DECREF(args);
}

static void
tuples(void)
{
    PyObject *args = Py_BuildValue("((iis))", 1, 2, "three"), *point, *plain, *text;
    point = PyTuple_Type.tp_new(&point_type, args, NULL);
    say("check %d %d, size %d\n", PyTuple_Check(point), PyTuple_CheckExact(point),
        (int)PyTuple_Size(point));
    line("point", SHOW(point));
    line("item", SHOW(PyTuple_GetItem(point, 2)));
    line("slice", PyTuple_GetSlice(point, 0, 3));
    plain = PyTuple_GetSlice(point, 0, 3);
    say("equal %d, same hash %d\n", PyObject_RichCompareBool(point, plain, Py_EQ),
        PyObject_Hash(point) == PyObject_Hash(plain));
    line("concat", PySequence_Concat(point, plain));
    line("repeat", PySequence_Repeat(point, 1));
    text = PyString_FromString("other");
    say("set %d\n", PyTuple_SetItem(point, 0, text));
    line("point", SHOW(point));
    line("whole", PyTuple_Type.tp_new(&PyTuple_Type, args, NULL));
    Py_DECREF(plain);
    Py_DECREF(point);
    Py_DECREF(args);
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    lists();
    tuples();
    return said();
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS},
    {NULL},
};

PyMODINIT_FUNC
initcontainer_types(void)
{
    numbered_type.tp_base = &PyList_Type;
    numbered_type.tp_dealloc = numbered_dealloc;
    numbered_type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
    point_type.tp_base = &PyTuple_Type;
    point_type.tp_flags = Py_TPFLAGS_DEFAULT;
    if (PyType_Ready(&numbered_type) < 0 || PyType_Ready(&point_type) < 0) {
        return;
    }
    Py_InitModule("container_types", methods);
}
