/* Sets and frozen sets: the C API, its errors, what is inlined, what the types can do.
 * Members are shown in order, as a set's is anybody's. */

#include "numbers.h"

static void
line(const char *what, PyObject *object)
{
    say("%s: ", what);
    if (object != NULL && PyAnySet_Check(object)) {
        PyObject *list = PySequence_List(object), *tuple;
        if (list != NULL) {
            PyList_Sort(list);
            tuple = PyList_AsTuple(list);
            say("%s of %d ", Py_TYPE(object)->tp_name, (int)PySet_GET_SIZE(object));
            Py_DECREF(object);
            Py_DECREF(list);
            object = tuple;
        }
    }
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

#define SHOW(object) (Py_INCREF(object), (object))

/* What function makes of an object, which is given back. */
static PyObject *
from(PyObject *(*function)(PyObject *), PyObject *object)
{
    PyObject *made = function(object);
    Py_DECREF(object);
    return made;
}

static void
basics(void)
{
    PyObject *set = PySet_New(NULL), *one = PyInt_FromLong(1);
    PyObject *list = Py_BuildValue("[iisd]", 1, 2, "x", 1.0), *other;
    PyObject *wide = PyUnicode_DecodeASCII("x", 1, NULL), *text = PyString_FromString("x");
    PyObject *odd = PyString_FromString("\xff");
    line("new", SHOW(set));
    status("add", PySet_Add(set, one));
    status("add again", PySet_Add(set, one));
    status("add to None", PySet_Add(Py_None, one));
    status("add a list", PySet_Add(set, list));
    status("size", (int)PySet_Size(set));
    status("size of None", (int)PySet_Size(Py_None));
    status("has", PySet_Contains(set, one));
    status("has not", PySet_Contains(set, Py_None));
    status("has a list", PySet_Contains(set, list));
    status("None has", PySet_Contains(Py_None, one));
    status("discard", PySet_Discard(set, one));
    status("discard again", PySet_Discard(set, one));
    status("discard a list", PySet_Discard(set, list));
    status("discard from None", PySet_Discard(Py_None, one));
    line("pop from nothing", PySet_Pop(set));
    line("pop from None", PySet_Pop(Py_None));
    status("add text", PySet_Add(set, text));
    status("has unicode", PySet_Contains(set, wide));
    status("add unicode", PySet_Add(set, wide));
    status("size", (int)PySet_GET_SIZE(set));
    line("pop", PySet_Pop(set));
    PySet_Add(set, odd);
    line("pop", PySet_Pop(set));
    other = PySet_New(list);
    line("from a list", SHOW(other));
    line("again", PySet_New(other));
    line("from None", PySet_New(Py_None));
    line("from lists", from(PySet_New, Py_BuildValue("[[]]")));
    status("update", _PySet_Update(set, other));
    line("updated", SHOW(set));
    status("update by None", _PySet_Update(set, Py_None));
    status("clear", PySet_Clear(set));
    status("clear None", PySet_Clear(Py_None));
    line("cleared", set);
    Py_DECREF(other);
    other = PyFrozenSet_New(list);
    line("frozen", SHOW(other));
    say("checks %d %d %d %d\n", PyAnySet_Check(other), PyFrozenSet_Check(other),
        PySet_Check(other), PyFrozenSet_CheckExact(other));
    status("clear frozen", PySet_Clear(other));
    status("discard frozen", PySet_Discard(other, one));
    line("pop frozen", PySet_Pop(other));
    status("has", PySet_Contains(other, one));
    set = PyFrozenSet_New(NULL);
    line("none", SHOW(set));
    Py_DECREF(set);
    Py_DECREF(other);
    Py_DECREF(one);
    Py_DECREF(list);
    Py_DECREF(wide);
    Py_DECREF(text);
    Py_DECREF(odd);
}

static void
walk(void)
{
    PyObject *set = PySet_New(NULL), *key, *iterator, *last = NULL;
    Py_ssize_t at = 0;
    long sum = 0, count = 0, hash, hashes = 0;
    int i;
    for (i = 0; i < 50; i++) {
        key = PyInt_FromLong(i * 1000);
        PySet_Add(set, key);
        Py_DECREF(key);
    }
    while (_PySet_Next(set, &at, &key)) {
        sum += PyInt_AS_LONG(key);
        count++;
    }
    say("walked %ld: %ld\n", count, sum);
    at = 0;
    while (_PySet_NextEntry(set, &at, &key, &hash)) {
        hashes += hash == PyObject_Hash(key);
    }
    say("hashes %ld\n", hashes);
    iterator = PyObject_GetIter(set);
    sum = count = 0;
    while ((key = PyIter_Next(iterator)) != NULL) {
        sum += PyInt_AS_LONG(key);
        count++;
        Py_DECREF(key);
    }
    say("iterated by %s %ld: %ld\n", Py_TYPE(iterator)->tp_name, count, sum);
    Py_DECREF(iterator);
    iterator = PyObject_GetIter(set);
    PySet_Add(set, Py_None);
    last = PyIter_Next(iterator);
    say("changed: %d ", last == NULL);
    say_error();
    say("\n");
    Py_DECREF(iterator);
    PySet_Clear(set);
    key = PyString_FromString("text");
    PySet_Add(set, key);
    Py_DECREF(key);
    at = 0;
    while (_PySet_Next(set, &at, &key)) {
        say("member %s\n", PyString_AsString(key));
    }
    iterator = PyObject_GetIter(set);
    line("member", PyIter_Next(iterator));
    Py_DECREF(iterator);
    Py_DECREF(set);
}

static void
behaviour(void)
{
    PyObject *a = from(PySet_New, Py_BuildValue("(iis)", 1, 2, "a"));
    PyObject *b = from(PySet_New, Py_BuildValue("(iis)", 2, 3, "a"));
    PyObject *f = from(PyFrozenSet_New, Py_BuildValue("(i)", 2));
    PyObject *list = Py_BuildValue("[ss]", "a", "b");
    PyObject *same;
    line("or", PyNumber_Or(a, b));
    line("and", PyNumber_And(a, b));
    line("minus", PyNumber_Subtract(a, b));
    line("xor", PyNumber_Xor(a, b));
    line("frozen or", PyNumber_Or(f, b));
    line("or list", PyNumber_Or(a, list));
    same = PyNumber_InPlaceOr(a, f);
    say("in place: %d\n", same == a);
    Py_XDECREF(same);
    say("compare %d %d %d %d\n", PyObject_RichCompareBool(a, b, Py_EQ),
        PyObject_RichCompareBool(f, a, Py_LT), PyObject_RichCompareBool(a, list, Py_EQ),
        PyObject_RichCompareBool(a, list, Py_NE));
    say("compare with a list %d ", PyObject_RichCompareBool(a, list, Py_LT));
    say_error();
    say("\ncmp %d ", PyObject_Compare(a, b));
    say_error();
    say("\nhash %ld ", PyObject_Hash(a));
    say_error();
    same = PyFrozenSet_New(f);
    say("\nfrozen hash %d\n", PyObject_Hash(f) == PyObject_Hash(same));
    Py_DECREF(same);
    line("repr", PyObject_Repr(f));
    line("union", PyObject_CallMethod(a, "union", "OO", list, b));
    line("intersection", PyObject_CallMethod(a, "intersection", "O", list));
    line("difference", PyObject_CallMethod(a, "difference", "O", list));
    line("symmetric_difference", PyObject_CallMethod(a, "symmetric_difference", "O", list));
    line("issubset", PyObject_CallMethod(f, "issubset", "O", a));
    line("issuperset", PyObject_CallMethod(a, "issuperset", "O", f));
    line("isdisjoint", PyObject_CallMethod(a, "isdisjoint", "O", list));
    line("copy", PyObject_CallMethod(a, "copy", NULL));
    line("update", PyObject_CallMethod(a, "update", "O", list));
    line("now", SHOW(a));
    line("intersection_update", PyObject_CallMethod(a, "intersection_update", "O", list));
    line("now", SHOW(a));
    line("remove", PyObject_CallMethod(a, "remove", "s", "a"));
    line("remove again", PyObject_CallMethod(a, "remove", "s", "a"));
    line("add", PyObject_CallMethod(a, "add", "i", 5));
    line("discard", PyObject_CallMethod(a, "discard", "s", "b"));
    line("now", SHOW(a));
    line("clear", PyObject_CallMethod(a, "clear", NULL));
    line("called", PyObject_CallFunction((PyObject *)&PySet_Type, "O", list));
    line("called", PyObject_CallFunction((PyObject *)&PyFrozenSet_Type, "O", list));
    say("basicsize %d %d\n", (int)PySet_Type.tp_basicsize, (int)PyFrozenSet_Type.tp_basicsize);
    Py_DECREF(a);
    Py_DECREF(b);
    Py_DECREF(f);
    Py_DECREF(list);
}

static void
structure(PyTypeObject *type)
{
    PyMethodDef *method;
    say("%s:", type->tp_name);
    for (method = type->tp_methods; method->ml_name != NULL; method++) {
        if (strcmp(method->ml_name, "__sizeof__") != 0
            && strcmp(method->ml_name, "__reduce__") != 0) {
            say(" %s %d", method->ml_name, method->ml_flags);
        }
    }
    say("\n");
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    basics();
    walk();
    behaviour();
    structure(&PySet_Type);
    structure(&PyFrozenSet_Type);
    return said();
}

/* What is inlined of a set that comes from outside. */
static PyObject *
size(PyObject *self, PyObject *set)
{
    return PyInt_FromSsize_t(PySet_GET_SIZE(set));
}

/* size_after(set, function): before and after a call. */
static PyObject *
size_after(PyObject *self, PyObject *args)
{
    PyObject *set, *function, *result;
    Py_ssize_t before;
    if (!PyArg_ParseTuple(args, "OO", &set, &function)) {
        return NULL;
    }
    before = PySet_Size(set);
    result = PyObject_CallFunction(function, NULL);
    Py_XDECREF(result);
    return Py_BuildValue("(nn)", before, PySet_Size(set));
}

static PyObject *
add(PyObject *self, PyObject *args)
{
    PyObject *set, *key;
    if (!PyArg_ParseTuple(args, "OO", &set, &key) || PySet_Add(set, key) < 0) {
        return NULL;
    }
    return PyBool_FromLong(PySet_Contains(set, key));
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS},
    {"size", size, METH_O},
    {"size_after", size_after, METH_VARARGS},
    {"add", add, METH_VARARGS},
    {NULL},
};

PyMODINIT_FUNC
initset_api(void)
{
    Py_InitModule("set_api", methods);
}
