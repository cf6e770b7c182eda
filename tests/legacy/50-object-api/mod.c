/* What can be done with any object: object.c of Python 2.7. */

#include "generic.h"

static PyObject *
look(PyObject *self, PyObject *object)
{
    /* Each as one line. */
    PyObject *text = PyString_FromString("repr "), *result;
    (void)self;
    append(&text, show_result(PyObject_Repr(object)));
    append(&text, PyString_FromString(" str "));
    append(&text, show_result(PyObject_Str(object)));
    append(&text, PyString_FromString(" unicode "));
    append(&text, show_result(PyObject_Unicode(object)));
    append(&text, PyString_FromString(" true "));
    append(&text, show_number(PyObject_IsTrue(object)));
    append(&text, PyString_FromString(" not "));
    append(&text, show_number(PyObject_Not(object)));
    append(&text, PyString_FromFormat(" callable %d", PyCallable_Check(object)));
    append(&text, PyString_FromString(" size "));
    append(&text, show_number(PyObject_Size(object)));
    append(&text, PyString_FromString(" iter "));
    result = PyObject_GetIter(object);
    if (result != NULL) {
        append(&text, PyString_FromString("yes"));
        Py_DECREF(result);
    }
    else {
        append(&text, show_error());
    }
    return text;
}

static PyObject *
checks(PyObject *self, PyObject *object)
{
    (void)self;
    return PyString_FromFormat(
        "number %d sequence %d mapping %d callable %d iter %d index %d", PyNumber_Check(object),
        PySequence_Check(object), PyMapping_Check(object), PyCallable_Check(object),
        PyIter_Check(object), PyIndex_Check(object) != 0);
}

static PyObject *
hashed(PyObject *self, PyObject *object)
{
    /* Not the number itself: hosts have others. */
    long hash = PyObject_Hash(object);
    (void)self;
    if (PyErr_Occurred() != NULL) {
        return show_number(hash);
    }
    return PyString_FromFormat("%s %s", hash == -1 ? "bad" : "good",
                               hash == PyObject_Hash(object) ? "same" : "another");
}

static PyObject *
compare(PyObject *self, PyObject *args)
{
    static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
    PyObject *v, *w, *text;
    int op, result = 77, order;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    text = PyString_FromString("compare ");
    append(&text, show_number(PyObject_Compare(v, w)));
    order = PyObject_Cmp(v, w, &result);
    append(&text, PyString_FromFormat(" cmp %d ", order));
    append(&text, show_number(result));
    for (op = 0; op < 6; op++) {
        append(&text, PyString_FromFormat(" %s ", names[op]));
        append(&text, show_result(PyObject_RichCompare(v, w, op)));
        append(&text, PyString_FromString(" "));
        append(&text, show_number(PyObject_RichCompareBool(v, w, op)));
    }
    return text;
}

static PyObject *
sign(PyObject *self, PyObject *args)
{
    /* Which of two comes first, and the other way round. */
    PyObject *v, *w;
    int order, reverse;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    order = PyObject_Compare(v, w);
    if (PyErr_Occurred() != NULL) {
        return show_error();
    }
    reverse = PyObject_Compare(w, v);
    return PyString_FromFormat("%d %d", order, reverse);
}

static PyObject *
attributes(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *value, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &name, &value)) {
        return NULL;
    }
    text = PyString_FromFormat("has %d get ", PyObject_HasAttr(object, name));
    append(&text, show_result(PyObject_GetAttr(object, name)));
    append(&text, PyString_FromString(" set "));
    append(&text, show_number(PyObject_SetAttr(object, name, value)));
    append(&text, PyString_FromFormat(" has %d get ", PyObject_HasAttr(object, name)));
    append(&text, show_result(PyObject_GetAttr(object, name)));
    append(&text, PyString_FromString(" delete "));
    append(&text, show_number(PyObject_DelAttr(object, name)));
    append(&text, PyString_FromFormat(" again %d", PyObject_DelAttr(object, name)));
    PyErr_Clear();
    return text;
}

static PyObject *
attribute(PyObject *self, PyObject *args)
{
    PyObject *object, *value = NULL, *text;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &value)) {
        return NULL;
    }
    if (value != NULL && PyObject_SetAttrString(object, name, value) < 0) {
        return show_error();
    }
    text = PyString_FromFormat("has %d ", PyObject_HasAttrString(object, name));
    append(&text, show_result(PyObject_GetAttrString(object, name)));
    return text;
}

static PyObject *
directory(PyObject *self, PyObject *args)
{
    /* Whether names are in it, each of them a str. */
    PyObject *object, *names, *list;
    int i, j, strings = 1, found = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO!", &object, &PyTuple_Type, &names)) {
        return NULL;
    }
    list = PyObject_Dir(object);
    if (list == NULL) {
        return show_error();
    }
    for (i = 0; i < PyList_GET_SIZE(list); i++) {
        PyObject *name = PyList_GET_ITEM(list, i);
        strings = strings && PyString_CheckExact(name);
        for (j = 0; j < PyTuple_GET_SIZE(names); j++) {
            found += PyObject_RichCompareBool(name, PyTuple_GET_ITEM(names, j), Py_EQ);
        }
    }
    Py_DECREF(list);
    return PyString_FromFormat("strings %d found %d", strings, found);
}

static PyObject *
coerced(PyObject *self, PyObject *args)
{
    PyObject *v, *w, *text;
    int status;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    status = PyNumber_CoerceEx(&v, &w);
    text = PyString_FromFormat("%d ", status);
    if (status == 0) {
        append(&text, show_result(v));
        append(&text, PyString_FromString(" "));
        append(&text, show_result(w));
        return text;
    }
    append(&text, show_number(PyNumber_Coerce(&v, &w)));
    return text;
}

static PyObject *
print(PyObject *self, PyObject *args)
{
    PyObject *object, *text;
    int flags, status;
    char buffer[300];
    size_t size;
    FILE *file = tmpfile();
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi", &object, &flags)) {
        return NULL;
    }
    status = PyObject_Print(object, file, flags);
    text = PyString_FromFormat("%d ", status);
    if (status != 0) {
        append(&text, show_error());
    }
    rewind(file);
    size = fread(buffer, 1, sizeof buffer, file);
    fclose(file);
    append(&text, PyString_FromStringAndSize(buffer, (Py_ssize_t)size));
    return text;
}

static PyObject *
nothing(PyObject *self, PyObject *unused)
{
    /* NULL for an object. */
    PyObject *text = show_result(PyObject_Repr(NULL));
    (void)self;
    (void)unused;
    append(&text, show_result(PyObject_Str(NULL)));
    append(&text, show_result(PyObject_Unicode(NULL)));
    append(&text, show_number(PyCallable_Check(NULL)));
    append(&text, show_number(PyObject_Size(NULL)));
    append(&text, show_result(PyObject_GetItem(NULL, Py_None)));
    append(&text, show_result(PyObject_Type(NULL)));
    Py_IncRef(NULL);
    Py_DecRef(NULL);
    return text;
}

static PyObject *
hash_values(PyObject *self, PyObject *unused)
{
    static const double values[] = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 0.1, 3.25e10, 1e300, -1e300,
                                    9223372036854775808.0, 4611686018427387904.0, 1e18, 1e-300,
                                    123456.789};
    PyObject *text = PyString_FromString("");
    int i;
    (void)self;
    (void)unused;
    for (i = 0; i < (int)(sizeof values / sizeof values[0]); i++) {
        append(&text, PyString_FromFormat("%ld ", _Py_HashDouble(values[i])));
    }
    append(&text, PyString_FromFormat("%ld ", _Py_HashDouble(Py_HUGE_VAL)));
    append(&text, PyString_FromFormat("%ld ", _Py_HashDouble(-Py_HUGE_VAL)));
    append(&text, PyString_FromFormat("%ld ", _Py_HashDouble(Py_HUGE_VAL - Py_HUGE_VAL)));
    append(&text, PyString_FromFormat("%ld ", _Py_HashPointer((void *)0x12345678)));
    append(&text, PyString_FromFormat("%ld ", _Py_HashPointer((void *)-1)));
    append(&text, PyString_FromFormat("%d%d%d%d%d%d", _Py_SwappedOp[0], _Py_SwappedOp[1],
                                      _Py_SwappedOp[2], _Py_SwappedOp[3], _Py_SwappedOp[4],
                                      _Py_SwappedOp[5]));
    return text;
}

static PyObject *
in_repr(PyObject *self, PyObject *args)
{
    PyObject *a, *b, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    text = PyString_FromFormat("%d", Py_ReprEnter(a));
    append(&text, PyString_FromFormat("%d", Py_ReprEnter(b)));
    append(&text, PyString_FromFormat("%d", Py_ReprEnter(a)));
    Py_ReprLeave(a);
    append(&text, PyString_FromFormat("%d", Py_ReprEnter(a)));
    append(&text, PyString_FromFormat("%d", Py_ReprEnter(b)));
    Py_ReprLeave(b);
    Py_ReprLeave(a);
    append(&text, PyString_FromFormat("%d", Py_ReprEnter(b)));
    Py_ReprLeave(b);
    return text;
}

static PyObject *
singles(PyObject *self, PyObject *args)
{
    PyObject *made = PyObject_CallObject(args, NULL);
    int is_object = made != NULL && Py_TYPE(made) == &PyBaseObject_Type;
    (void)self;
    Py_XDECREF(made);
    return PyString_FromFormat("%s %s %d %d %d", Py_TYPE(Py_None)->tp_name,
                               Py_TYPE(Py_NotImplemented)->tp_name,
                               PyObject_HasAttrString(Py_None, "__class__"),
                               Py_TYPE(Py_None) == (PyTypeObject *)args,
                               is_object);
}

static PyObject *
format(PyObject *self, PyObject *args)
{
    PyObject *object, *specification, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &specification)) {
        return NULL;
    }
    text = show_result(PyObject_Format(object, specification));
    append(&text, PyString_FromString(" "));
    append(&text, show_result(PyObject_Format(object, NULL)));
    return text;
}

static PyMethodDef methods[] = {
    {"format", format, METH_VARARGS, NULL},
    {"look", look, METH_O, NULL},
    {"checks", checks, METH_O, NULL},
    {"hashed", hashed, METH_O, NULL},
    {"compare", compare, METH_VARARGS, NULL},
    {"sign", sign, METH_VARARGS, NULL},
    {"attributes", attributes, METH_VARARGS, NULL},
    {"attribute", attribute, METH_VARARGS, NULL},
    {"directory", directory, METH_VARARGS, NULL},
    {"coerced", coerced, METH_VARARGS, NULL},
    {"print_", print, METH_VARARGS, NULL},
    {"nothing", nothing, METH_NOARGS, NULL},
    {"hash_values", hash_values, METH_NOARGS, NULL},
    {"in_repr", in_repr, METH_VARARGS, NULL},
    {"singles", singles, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initobject_api(void)
{
    Py_InitModule("object_api", methods);
}
