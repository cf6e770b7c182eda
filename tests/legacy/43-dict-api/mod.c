/* Dictionaries that are made here: the C API, its errors, borrowed results, keys that
 * are text, what the type can do.  Results are sorted, as Python 2's order is
 * anybody's. */

#include "numbers.h"

static void
line(const char *what, PyObject *object)
{
    if (object != NULL && PyList_Check(object)) {
        PyObject *tuple;
        PyList_Sort(object);
        tuple = PyList_AsTuple(object);
        Py_DECREF(object);
        object = tuple;
        say("%s: list ", what);
    }
    else {
        say("%s: ", what);
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

static PyObject *
text(const char *letters)
{
    return PyString_FromString(letters);
}

static PyObject *
wide(const char *letters)
{
    return PyUnicode_DecodeASCII(letters, strlen(letters), NULL);
}

static void
borrow(const char *what, PyObject *object)
{
    Py_XINCREF(object);
    if (object == NULL) {
        say("%s: NULL, exception %d\n", what, PyErr_Occurred() != NULL);
        return;
    }
    line(what, object);
}

static void
basics(void)
{
    PyObject *dict = PyDict_New(), *key = text("key"), *value = text("the value"), *list;
    PyObject *other, *wide_key = wide("key");
    line("new", SHOW(dict));
    status("size", (int)PyDict_Size(dict));
    status("size of a non-dict", (int)PyDict_Size(Py_None));
    borrow("nothing", PyDict_GetItem(dict, key));
    status("set", PyDict_SetItem(dict, key, value));
    status("set by name", PyDict_SetItemString(dict, "name", Py_None));
    status("set in None", PyDict_SetItem(Py_None, key, value));
    borrow("get", PyDict_GetItem(dict, key));
    say("the object itself: %d\n", PyDict_GetItem(dict, key) == value);
    borrow("get as unicode", PyDict_GetItem(dict, wide_key));
    borrow("get by name", PyDict_GetItemString(dict, "name"));
    borrow("get from None", PyDict_GetItem(Py_None, key));
    list = PyList_New(0);
    borrow("get by a list", PyDict_GetItem(dict, list));
    borrow("get by a list, with error", _PyDict_GetItemWithError(dict, list));
    say_error();
    say("\n");
    PyErr_SetString(PyExc_ValueError, "pending");
    borrow("get while an error is set", PyDict_GetItem(dict, key));
    borrow("get nothing while an error is set", PyDict_GetItem(dict, Py_None));
    say_error();
    say("\n");
    status("set by a list", PyDict_SetItem(dict, list, value));
    status("contains", PyDict_Contains(dict, key));
    status("contains unicode", PyDict_Contains(dict, wide_key));
    status("contains None", PyDict_Contains(dict, Py_None));
    status("contains a list", PyDict_Contains(dict, list));
    status("size", (int)PyDict_Size(dict));
    say("used: %d\n", (int)((PyDictObject *)dict)->ma_used);
    status("set again, by unicode", PyDict_SetItem(dict, wide_key, list));
    status("size", (int)PyDict_Size(dict));
    line("keys", PyDict_Keys(dict));
    status("delete by unicode", PyDict_DelItem(dict, wide_key));
    status("delete again", PyDict_DelItem(dict, key));
    status("delete by name", PyDict_DelItemString(dict, "name"));
    status("delete by name again", PyDict_DelItemString(dict, "name"));
    status("delete from None", PyDict_DelItem(Py_None, key));
    status("delete by a list", PyDict_DelItem(dict, list));
    status("size", (int)PyDict_Size(dict));
    other = Py_BuildValue("(ii)", 1, 2);
    status("by a tuple", PyDict_SetItem(dict, other, other));
    borrow("then", PyDict_GetItem(dict, other));
    PyDict_DelItem(dict, other);
    status("by a tuple, deleted", PyDict_DelItem(dict, other));
    Py_DECREF(other);
    Py_DECREF(list);
    Py_DECREF(wide_key);
    Py_DECREF(value);
    Py_DECREF(key);
    Py_DECREF(dict);
}

/* What many rely on: the dictionary holds what was put into it. */
static void
lifetime(void)
{
    PyObject *dict = PyDict_New(), *value, *again, *list;
    int i, right = 0;
    for (i = 0; i < 1000; i++) {
        char name[20];
        sprintf(name, "value %d", i);
        value = PyString_FromFormat("text %d", i);
        PyDict_SetItemString(dict, name, value);
        Py_DECREF(value);
        /* Borrowed from the dictionary by now. */
        again = PyDict_GetItemString(dict, name);
        right += strncmp(PyString_AS_STRING(value), "text ", 5) == 0
                 && atoi(PyString_AS_STRING(value) + 5) == i && again == value;
    }
    say("held: %d of 1000\n", right);
    list = PyList_New(0);
    PyDict_SetItemString(dict, "list", list);
    say("refcount of a list in a dict: %d\n", (int)Py_REFCNT(list));
    Py_DECREF(list);
    PyList_Append(list, Py_True);
    borrow("the list", PyDict_GetItemString(dict, "list"));
    say("replaced: ");
    for (i = 0; i < 200; i++) {
        value = PyInt_FromLong(100000 + i);
        PyDict_SetItemString(dict, "list", value);
        Py_DECREF(value);
    }
    borrow("", PyDict_GetItemString(dict, "list"));
    PyDict_Clear(dict);
    status("cleared", (int)PyDict_Size(dict));
    borrow("cleared", PyDict_GetItemString(dict, "value 1"));
    Py_DECREF(dict);
}

static void
walk(void)
{
    PyObject *dict = PyDict_New(), *key, *value;
    Py_ssize_t at = 0;
    int count = 0, strings = 0;
    long keys = 0, values = 0;
    int i;
    for (i = 0; i < 100; i++) {
        key = PyInt_FromLong(i * 1000);
        value = PyInt_FromLong(i);
        PyDict_SetItem(dict, key, value);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    while (PyDict_Next(dict, &at, &key, &value)) {
        keys += PyInt_AS_LONG(key);
        values += PyInt_AS_LONG(value);
        count++;
        /* Replacing is allowed. */
        value = PyInt_FromLong(PyInt_AS_LONG(value) * 2);
        PyDict_SetItem(dict, key, value);
        Py_DECREF(value);
    }
    say("walked %d: %ld %ld\n", count, keys, values);
    at = 0;
    values = 0;
    while (PyDict_Next(dict, &at, NULL, &value)) {
        values += PyInt_AS_LONG(value);
    }
    say("replaced: %ld\n", values);
    PyDict_Clear(dict);
    PyDict_SetItemString(dict, "one", Py_True);
    PyDict_SetItemString(dict, "two", Py_True);
    at = 0;
    while (PyDict_Next(dict, &at, &key, NULL)) {
        strings += PyString_CheckExact(key) && strlen(PyString_AS_STRING(key)) == 3;
    }
    say("keys that are str: %d\n", strings);
    at = 0;
    say("of None: %d\n", PyDict_Next(Py_None, &at, &key, &value));
    Py_DECREF(dict);
}

static void
merge(void)
{
    PyObject *a = Py_BuildValue("{sisi}", "x", 1, "y", 2);
    PyObject *b = Py_BuildValue("{sisi}", "y", 3, "z", 4), *pairs, *copy;
    copy = PyDict_Copy(a);
    status("merge", PyDict_Merge(copy, b, 0));
    line("items", PyDict_Items(copy));
    status("merge over", PyDict_Merge(copy, b, 1));
    line("items", PyDict_Items(copy));
    line("keys", PyDict_Keys(copy));
    line("values", PyDict_Values(copy));
    line("a", PyDict_Items(a));
    status("update", PyDict_Update(a, b));
    line("a", PyDict_Items(a));
    status("merge into None", PyDict_Merge(Py_None, b, 1));
    status("merge None", PyDict_Merge(a, Py_None, 1));
    status("merge NULL", PyDict_Merge(a, NULL, 1));
    pairs = Py_BuildValue("[(si)[OO]]", "p", 1, Py_None, Py_True);
    status("from pairs", PyDict_MergeFromSeq2(a, pairs, 1));
    line("a", PyDict_Items(a));
    Py_DECREF(pairs);
    pairs = Py_BuildValue("[(si)(iii)]", "p", 2, 1, 2, 3);
    status("from triples", PyDict_MergeFromSeq2(a, pairs, 0));
    Py_DECREF(pairs);
    pairs = Py_BuildValue("[(si)i]", "p", 2, 1);
    status("from numbers", PyDict_MergeFromSeq2(a, pairs, 0));
    status("from None", PyDict_MergeFromSeq2(a, Py_None, 0));
    Py_DECREF(pairs);
    line("a", PyDict_Items(a));
    line("copy of None", PyDict_Copy(Py_None));
    line("keys of None", PyDict_Keys(Py_None));
    line("values of None", PyDict_Values(Py_None));
    line("items of None", PyDict_Items(Py_None));
    Py_DECREF(a);
    Py_DECREF(b);
    Py_DECREF(copy);
}

static void
behaviour(void)
{
    PyObject *dict = Py_BuildValue("{si}", "x", 1), *x = text("x"), *y = wide("y");
    PyObject *other, *iterator;
    PyMappingMethods *mapping = PyDict_Type.tp_as_mapping;
    PyObject *item, *args = PyTuple_New(0);
    line("repr", PyDict_Type.tp_repr(dict));
    line("item", mapping->mp_subscript(dict, x));
    line("no item", mapping->mp_subscript(dict, y));
    status("assign", mapping->mp_ass_subscript(dict, y, Py_None));
    say("length %d, has %d %d\n", (int)mapping->mp_length(dict),
        PyDict_Type.tp_as_sequence->sq_contains(dict, y),
        PyDict_Type.tp_as_sequence->sq_contains(dict, Py_None));
    status("delete", mapping->mp_ass_subscript(dict, y, NULL));
    status("delete again", mapping->mp_ass_subscript(dict, y, NULL));
    iterator = PyDict_Type.tp_iter(dict);
    say("%s ", Py_TYPE(iterator)->tp_name);
    line("gives", PyIter_Next(iterator));
    say("at its end %d\n", PyIter_Next(iterator) == NULL && !PyErr_Occurred());
    Py_DECREF(iterator);
    iterator = PyDict_Type.tp_iter(dict);
    PyDict_SetItem(dict, y, y);
    say("changed: %d ", PyIter_Next(iterator) == NULL);
    say_error();
    say("\nagain: %d ", PyIter_Next(iterator) == NULL);
    say_error();
    say("\n");
    Py_DECREF(iterator);
    PyDict_DelItem(dict, y);
    say("hash %ld ", PyObject_Hash(dict));
    say_error();
    say("\n");
    other = PyDict_Copy(dict);
    say("equal %d, cmp %d\n", PyObject_RichCompareBool(dict, other, Py_EQ),
        PyObject_Compare(dict, other));
    PyDict_SetItemString(other, "x", Py_None);
    say("equal %d %d, cmp %d\n", PyObject_RichCompareBool(dict, other, Py_EQ),
        PyObject_RichCompareBool(dict, other, Py_NE), PyObject_Compare(dict, other) > 0);
    PyDict_SetItemString(other, "w", Py_None);
    say("bigger: %d\n", PyObject_Compare(dict, other));
    PyDict_SetItemString(other, "self", other);
    PyDict_DelItemString(other, "x");
    PyDict_DelItemString(other, "w");
    line("in itself", PyObject_Repr(other));
    PyDict_Clear(other);
    line("called", PyObject_CallFunction((PyObject *)&PyDict_Type, "O", dict));
    line("has_key", PyObject_CallMethod(dict, "has_key", "s", "x"));
    line("get", PyObject_CallMethod(dict, "get", "s", "x"));
    line("get nothing", PyObject_CallMethod(dict, "get", "s", "nothing"));
    line("get other", PyObject_CallMethod(dict, "get", "si", "nothing", 5));
    line("setdefault", PyObject_CallMethod(dict, "setdefault", "si", "x", 5));
    line("setdefault new", PyObject_CallMethod(dict, "setdefault", "si", "new", 5));
    line("pop", PyObject_CallMethod(dict, "pop", "s", "new"));
    line("pop again", PyObject_CallMethod(dict, "pop", "s", "new"));
    line("pop other", PyObject_CallMethod(dict, "pop", "sO", "new", Py_None));
    line("keys", PyObject_CallMethod(dict, "keys", NULL));
    line("items", PyObject_CallMethod(dict, "items", NULL));
    line("values", PyObject_CallMethod(dict, "values", NULL));
    line("update", PyObject_CallMethod(dict, "update", "{si}", "u", 7));
    line("items", PyDict_Items(dict));
    line("copy", PyObject_CallMethod(dict, "clear", NULL));
    line("popitem", PyObject_CallMethod(dict, "popitem", NULL));
    line("pop from nothing", PyObject_CallMethod(dict, "pop", "s", "new"));
    PyDict_SetItem(dict, Py_None, x);
    line("popitem", PyObject_CallMethod(dict, "popitem", NULL));
    line("now", SHOW(dict));
    PyDict_SetItem(dict, y, x);
    for (iterator = PyObject_CallMethod(dict, "iteritems", NULL);
         (item = PyIter_Next(iterator)) != NULL;) {
        line("iteritems", item);
    }
    Py_DECREF(iterator);
    for (iterator = PyObject_CallMethod(dict, "itervalues", NULL);
         (item = PyIter_Next(iterator)) != NULL;) {
        line("itervalues", item);
    }
    Py_DECREF(iterator);
    Py_DECREF(args);
    Py_DECREF(other);
    Py_DECREF(dict);
    Py_DECREF(x);
    Py_DECREF(y);
}

/* Generated code takes functions out of the method table, by the conventions of 2.7. */
static void
structure(void)
{
    PyMethodDef *method;
    PyObject *dict = Py_BuildValue("{si}", "x", 1), *args = Py_BuildValue("(s)", "x"), *result;
    say("basicsize %d\n", (int)PyDict_Type.tp_basicsize);
    for (method = PyDict_Type.tp_methods; method->ml_name != NULL; method++) {
        if (strcmp(method->ml_name, "__sizeof__") == 0) {
            continue;
        }
        say("%s %d\n", method->ml_name, method->ml_flags);
        if (strcmp(method->ml_name, "items") == 0 || strcmp(method->ml_name, "keys") == 0) {
            line(method->ml_name, method->ml_meth(dict, NULL));
        }
        if (strcmp(method->ml_name, "get") == 0) {
            line("get", method->ml_meth(dict, args));
        }
    }
    result = PyDictProxy_New(dict);
    say("proxy %s %d\n", Py_TYPE(result)->tp_name, Py_TYPE(result) == &PyDictProxy_Type);
    line("through it", PyObject_GetItem(result, PyTuple_GET_ITEM(args, 0)));
    Py_DECREF(result);
    Py_DECREF(args);
    Py_DECREF(dict);
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    basics();
    lifetime();
    walk();
    merge();
    behaviour();
    structure();
    return said();
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS},
    {NULL},
};

PyMODINIT_FUNC
initdict_api(void)
{
    Py_InitModule("dict_api", methods);
}
