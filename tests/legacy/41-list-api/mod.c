/* Lists that are only the guest's: the C API, its errors, what is inlined, how they
 * grow, what the type can do. */

#include "numbers.h"

static PyObject *
numbers(int count)
{
    PyObject *list = PyList_New(count);
    int i;
    for (i = 0; i < count; i++) {
        PyList_SET_ITEM(list, i, PyInt_FromLong(i * 10));
    }
    return list;
}

/* What is in a list (given back), with the items' types where they are no ints. */
static void
line(const char *what, PyObject *object)
{
    Py_ssize_t i;
    say("%s: ", what);
    if (object == NULL || !PyList_Check(object)) {
        say_object(object);
        say("\n");
        return;
    }
    say("[");
    for (i = 0; i < PyList_GET_SIZE(object); i++) {
        PyObject *item = PyList_GET_ITEM(object, i);
        say(i == 0 ? "" : ", ");
        if (item == NULL) {
            say("NULL");
        }
        else if (PyInt_CheckExact(item)) {
            say("%ld", PyInt_AS_LONG(item));
        }
        else {
            Py_INCREF(item);
            say_object(item);
        }
    }
    say("] refcount %d\n", (int)Py_REFCNT(object));
    Py_DECREF(object);
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

#define SHOW(list) (Py_INCREF(list), (list))

static void
basics(void)
{
    PyObject *list = numbers(3), *half = PyList_New(4), *item, *x = PyInt_FromLong(1000);
    line("new", SHOW(list));
    line("half", SHOW(half));
    PyList_SET_ITEM(half, 1, PyInt_FromLong(1));
    status("set over NULL", PyList_SetItem(half, 2, PyInt_FromLong(2)));
    line("half", half);
    line("negative", PyList_New(-1));
    status("size", (int)PyList_Size(list));
    status("size of a non-list", (int)PyList_Size(Py_None));
    item = PyList_GetItem(list, 2);
    say("item %ld\n", PyInt_AS_LONG(item));
    say("item 3: %d ", PyList_GetItem(list, 3) == NULL);
    say_error();
    say("\nitem -1: %d ", PyList_GetItem(list, -1) == NULL);
    say_error();
    say("\nof None: %d ", PyList_GetItem(Py_None, 0) == NULL);
    say_error();
    say("\n");
    Py_INCREF(x);
    status("set", PyList_SetItem(list, 1, x));
    say("refcount of it: %d\n", (int)Py_REFCNT(x));
    Py_INCREF(x);
    status("set out of range", PyList_SetItem(list, 3, x));
    say("refcount of it: %d\n", (int)Py_REFCNT(x));
    Py_INCREF(x);
    status("set in a tuple", PyList_SetItem(Py_None, 0, x));
    say("refcount of it: %d\n", (int)Py_REFCNT(x));
    status("append", PyList_Append(list, x));
    say("refcount of it: %d\n", (int)Py_REFCNT(x));
    status("append NULL", PyList_Append(list, NULL));
    status("append to None", PyList_Append(Py_None, x));
    status("insert", PyList_Insert(list, 1, x));
    status("insert -1", PyList_Insert(list, -1, Py_None));
    status("insert -100", PyList_Insert(list, -100, Py_False));
    status("insert 100", PyList_Insert(list, 100, Py_True));
    status("insert NULL", PyList_Insert(list, 0, NULL));
    status("insert in None", PyList_Insert(Py_None, 0, x));
    line("now", SHOW(list));
    line("slice", PyList_GetSlice(list, 1, 3));
    line("slice from -5", PyList_GetSlice(list, -5, 2));
    line("slice beyond", PyList_GetSlice(list, 6, 100));
    line("slice backwards", PyList_GetSlice(list, 4, 2));
    line("slice of None", PyList_GetSlice(Py_None, 4, 2));
    line("as tuple", PyList_AsTuple(list));
    line("None as tuple", PyList_AsTuple(Py_None));
    status("reverse", PyList_Reverse(list));
    line("reversed", SHOW(list));
    status("reverse None", PyList_Reverse(Py_None));
    status("sort None", PyList_Sort(Py_None));
    say("refcount of it: %d\n", (int)Py_REFCNT(x));
    Py_DECREF(list);
    say("refcount of it: %d\n", (int)Py_REFCNT(x));
    Py_DECREF(x);
}

static void
set_slices(void)
{
    static const int bounds[][2] = {{0, 0}, {1, 2}, {-3, 1}, {2, 100}, {4, 2}, {0, 5}};
    PyObject *values[5];
    int i, j;
    values[0] = NULL;
    values[1] = PyList_New(0);
    values[2] = Py_BuildValue("(ii)", -1, -2);
    values[3] = Py_BuildValue("[iiiiiii]", -1, -2, -3, -4, -5, -6, -7);
    values[4] = NULL;
    for (i = 0; i < COUNT(bounds); i++) {
        for (j = 0; j < 5; j++) {
            PyObject *list = numbers(5);
            say("[%d:%d] = %d: %d ", bounds[i][0], bounds[i][1], j,
                PyList_SetSlice(list, bounds[i][0], bounds[i][1], j == 4 ? list : values[j]));
            line("", list);
        }
    }
    values[4] = numbers(2);
    status("to a number", PyList_SetSlice(values[4], 0, 1, Py_True));
    status("of None", PyList_SetSlice(Py_None, 0, 1, values[4]));
    for (i = 0; i < 5; i++) {
        Py_XDECREF(values[i]);
    }
}

/* How much room is there after each step. */
static void
growth(void)
{
    PyObject *list = PyList_New(0), *item = PyInt_FromLong(1);
    Py_ssize_t allocated = -1;
    int i;
    say("room:");
    for (i = 0; i < 300; i++) {
        if (((PyListObject *)list)->allocated != allocated) {
            allocated = ((PyListObject *)list)->allocated;
            say(" %d:%d", i, (int)allocated);
        }
        PyList_Append(list, item);
    }
    say("\nless:");
    while (PyList_GET_SIZE(list) > 0) {
        Py_ssize_t size = PyList_GET_SIZE(list);
        PyList_SetSlice(list, size - 1, size, NULL);
        if (((PyListObject *)list)->allocated != allocated) {
            allocated = ((PyListObject *)list)->allocated;
            say(" %d:%d", (int)size - 1, (int)allocated);
        }
    }
    say("\n");
    say("items gone: %d\n", ((PyListObject *)list)->ob_item == NULL);
    Py_DECREF(list);
    list = PyList_New(7);
    say("made with 7: %d\n", (int)((PyListObject *)list)->allocated);
    Py_DECREF(list);
    Py_DECREF(item);
}

/* What Cython makes of append, pop and a comprehension. */
static void
inlined(void)
{
    PyObject *list = PyList_New(0);
    PyListObject *L = (PyListObject *)list;
    int i, fast = 0;
    for (i = 0; i < 20; i++) {
        PyObject *item = PyInt_FromLong(i);
        Py_ssize_t size = Py_SIZE(list);
        if (L->allocated > size && size > L->allocated / 2) {
            Py_INCREF(item);
            PyList_SET_ITEM(list, size, item);
            Py_SIZE(list) = size + 1;
            fast++;
        }
        else {
            PyList_Append(list, item);
        }
        Py_DECREF(item);
    }
    say("inlined %d ", fast);
    line("appends", SHOW(list));
    fast = 0;
    while (Py_SIZE(list) > 3) {
        PyObject *item;
        if (Py_SIZE(list) > L->allocated / 2) {
            Py_SIZE(list) -= 1;
            item = PyList_GET_ITEM(list, Py_SIZE(list));
            fast++;
        }
        else {
            item = PyObject_CallMethod(list, "pop", NULL);
        }
        Py_DECREF(item);
    }
    say("inlined %d ", fast);
    line("pops", list);
}

static void
sort(const char *what, PyObject *list)
{
    int result = PyList_Sort(list);
    say("%s %d ", what, result);
    if (result < 0) {
        say_error();
        say(" ");
    }
    line("sorted", list);
}

static long calls;

static PyObject *
compare(PyObject *self, PyObject *args)
{
    long a, b;
    calls++;
    if (!PyArg_ParseTuple(args, "ll", &a, &b)) {
        return NULL;
    }
    return PyInt_FromLong(b % 7 - a % 7);
}

static PyObject *
negative(PyObject *self, PyObject *item)
{
    return PyInt_FromLong(-PyInt_AsLong(item));
}

static PyMethodDef compare_def = {"compare", compare, METH_VARARGS};
static PyMethodDef negative_def = {"negative", negative, METH_O};

static void
sorts(void)
{
    PyObject *list = PyList_New(0), *function, *result, *kwargs, *args = PyTuple_New(0), *item;
    unsigned long seed = 1;
    long i;
    for (i = 0; i < 40; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648UL;
        item = PyInt_FromLong((long)(seed >> 16) % 100);
        PyList_Append(list, item);
        Py_DECREF(item);
    }
    sort("numbers", PyList_GetSlice(list, 0, 100));
    sort("mixed", Py_BuildValue("[OisdOs(i)[i]iO]", Py_None, 5, "text", 2.5, Py_True, "Text", 1, 1,
                                -1, Py_None));
    sort("none", PyList_New(0));
    sort("one", numbers(1));
    sort("complex", Py_BuildValue("[iN]", 1, PyComplex_FromDoubles(1, 2)));
    function = PyCFunction_New(&compare_def, NULL);
    result = PyObject_CallMethod(list, "sort", "O", function);
    line("by remainder, backwards, stable", result == NULL ? NULL : SHOW(list));
    say("compared %d\n", calls > 39 && calls < 400);
    Py_DECREF(function);
    function = PyCFunction_New(&negative_def, NULL);
    kwargs = Py_BuildValue("{sO}", "key", function);
    item = PyObject_GetAttrString(list, "sort");
    result = PyObject_Call(item, args, kwargs);
    line("by negative", result == NULL ? NULL : SHOW(list));
    Py_DECREF(kwargs);
    kwargs = Py_BuildValue("{si}", "reverse", 1);
    result = PyObject_Call(item, args, kwargs);
    line("reverse", result == NULL ? NULL : SHOW(list));
    Py_DECREF(kwargs);
    Py_DECREF(item);
    Py_DECREF(function);
    Py_DECREF(args);
    Py_DECREF(list);
}

static void
behaviour(void)
{
    PyObject *list = numbers(4), *two = Py_BuildValue("[ii]", 5, 6), *index = PyInt_FromLong(-2);
    PySequenceMethods *sequence = PyList_Type.tp_as_sequence;
    PyMappingMethods *mapping = PyList_Type.tp_as_mapping;
    PyObject *iterator, *item, *key, *list2;
    line("repr", PyList_Type.tp_repr(list));
    line("concat", sequence->sq_concat(list, two));
    line("concat None", sequence->sq_concat(list, Py_None));
    line("repeat", sequence->sq_repeat(two, 3));
    line("repeat -1", sequence->sq_repeat(two, -1));
    line("item", sequence->sq_item(list, 1));
    line("item 9", sequence->sq_item(list, 9));
    line("slice", sequence->sq_slice(list, 1, 3));
    say("length %d, contains 30: %d, contains 31: %d\n", (int)sequence->sq_length(list),
        sequence->sq_contains(list, PyList_GET_ITEM(list, 3)), sequence->sq_contains(list, index));
    line("subscript -2", mapping->mp_subscript(list, index));
    line("subscript None", mapping->mp_subscript(list, Py_None));
    key = PySlice_New(NULL, NULL, index);
    line("every second from behind", mapping->mp_subscript(list, key));
    status("assign to it", mapping->mp_ass_subscript(list, key, two));
    line("now", SHOW(list));
    status("assign too many to it", mapping->mp_ass_subscript(list, key, list));
    status("delete it", mapping->mp_ass_subscript(list, key, NULL));
    line("now", SHOW(list));
    Py_DECREF(key);
    status("assign item", sequence->sq_ass_item(list, 0, Py_None));
    status("assign item 9", sequence->sq_ass_item(list, 9, Py_None));
    status("delete item", sequence->sq_ass_item(list, 1, NULL));
    status("delete item 9", sequence->sq_ass_item(list, 9, NULL));
    status("assign slice", sequence->sq_ass_slice(list, 1, 1, two));
    line("now", SHOW(list));
    item = sequence->sq_inplace_concat(list, two);
    say("the same: %d\n", item == list);
    Py_XDECREF(item);
    item = sequence->sq_inplace_repeat(list, 2);
    say("the same: %d\n", item == list);
    Py_XDECREF(item);
    line("now", SHOW(list));
    iterator = PyList_Type.tp_iter(list);
    say("iterator %s:", Py_TYPE(iterator)->tp_name);
    while ((item = PyIter_Next(iterator)) != NULL) {
        line("", item);
        if (PyList_GET_SIZE(list) > 4) {
            PyList_SetSlice(list, 3, 4, NULL);
        }
    }
    say("at its end %d %d\n", PyIter_Next(iterator) == NULL, PyErr_Occurred() == NULL);
    Py_DECREF(iterator);
    say("hash %ld ", PyObject_Hash(list));
    say_error();
    say("\n");
    PyList_Append(two, two);
    line("in itself", PyObject_Repr(two));
    PyList_SetSlice(two, 2, 3, NULL);
    list2 = PyList_GetSlice(two, 0, 9);
    say("equal %d %d, less %d, cmp %d %d\n", PyObject_RichCompareBool(two, list2, Py_EQ),
        PyObject_RichCompareBool(two, list, Py_EQ), PyObject_RichCompareBool(two, list2, Py_LT),
        PyObject_Compare(two, list2), PyObject_Compare(two, list) != 0);
    line("extended", _PyList_Extend((PyListObject *)list2, two));
    key = Py_BuildValue("(is)", 1, "s");
    line("by a tuple", _PyList_Extend((PyListObject *)list2, key));
    Py_DECREF(key);
    line("by itself", _PyList_Extend((PyListObject *)list2, list2));
    line("by None", _PyList_Extend((PyListObject *)list2, Py_None));
    line("now", list2);
    line("type called", PyObject_CallFunction((PyObject *)&PyList_Type, "O", two));
    line("fast", PySequence_Fast(two, "no"));
    line("index", PyObject_CallMethod(two, "index", "i", 6));
    line("index of what is not there", PyObject_CallMethod(two, "index", "i", 21));
    line("count", PyObject_CallMethod(two, "count", "i", 6));
    line("remove", PyObject_CallMethod(two, "remove", "i", 6));
    line("remove again", PyObject_CallMethod(two, "remove", "i", 6));
    line("insert", PyObject_CallMethod(two, "insert", "ii", 0, 6));
    line("pop", PyObject_CallMethod(two, "pop", "i", 0));
    line("pop 5", PyObject_CallMethod(two, "pop", "i", 5));
    line("pop", PyObject_CallMethod(two, "pop", NULL));
    line("pop", PyObject_CallMethod(two, "pop", NULL));
    Py_DECREF(list);
    Py_DECREF(two);
    Py_DECREF(index);
}

/* The functions of list's methods, called as some call them: by their conventions. */
static void
structure(void)
{
    PyMethodDef *method;
    PyObject *list = PyList_New(0), *args = Py_BuildValue("(ii)", 0, 5), *one = PyInt_FromLong(1);
    say("basicsize %d, itemsize %d\n", (int)PyList_Type.tp_basicsize,
        (int)PyList_Type.tp_itemsize);
    for (method = PyList_Type.tp_methods; method->ml_name != NULL; method++) {
        if (strcmp(method->ml_name, "__sizeof__") != 0) {
            say("%s %d\n", method->ml_name, method->ml_flags);
        }
        if (strcmp(method->ml_name, "append") == 0) {
            line("append", method->ml_meth(list, one));
        }
        if (strcmp(method->ml_name, "insert") == 0) {
            line("insert", method->ml_meth(list, args));
        }
        if (strcmp(method->ml_name, "reverse") == 0) {
            line("reverse", method->ml_meth(list, NULL));
        }
    }
    line("then", list);
    Py_DECREF(args);
    Py_DECREF(one);
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    basics();
    set_slices();
    growth();
    inlined();
    sorts();
    behaviour();
    structure();
    return said();
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS},
    {NULL},
};

PyMODINIT_FUNC
initlist_api(void)
{
    Py_InitModule("list_api", methods);
}
