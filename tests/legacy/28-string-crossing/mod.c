/* Strings that come from the user and go back: values of either kind, of derived
 * types, and bytearrays that both sides change. */

#include "Python.h"

/* What the extension sees of an object. */
static PyObject *
describe(PyObject *self, PyObject *object)
{
    const char *kind = PyString_CheckExact(object)      ? "str"
                       : PyString_Check(object)         ? "derived from str"
                       : PyUnicode_CheckExact(object)   ? "unicode"
                       : PyUnicode_Check(object)        ? "derived from unicode"
                       : PyByteArray_CheckExact(object) ? "bytearray"
                                                        : "something else";
    PyObject *text, *result;
    if (PyString_Check(object)) {
        text = PyString_Repr(object, 1);
    }
    else if (PyUnicode_Check(object)) {
        PyObject *plain = PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(object),
                                                PyUnicode_GET_SIZE(object));
        text = PyObject_Repr(plain);
        Py_DECREF(plain);
    }
    else if (PyByteArray_Check(object)) {
        PyObject *plain = PyString_FromStringAndSize(PyByteArray_AS_STRING(object),
                                                     PyByteArray_GET_SIZE(object));
        text = PyObject_Repr(plain);
        Py_DECREF(plain);
    }
    else {
        text = PyString_FromString("?");
    }
    result = PyString_FromFormat("%s %s", kind, PyString_AS_STRING(text));
    Py_DECREF(text);
    return result;
}

static PyObject *
same(PyObject *self, PyObject *object)
{
    Py_INCREF(object);
    return object;
}

static PyObject *
add(PyObject *self, PyObject *args)
{
    PyObject *a, *b;
    return PyArg_ParseTuple(args, "OO", &a, &b) ? PyNumber_Add(a, b) : NULL;
}

static PyObject *
times(PyObject *self, PyObject *object)
{
    return PySequence_Repeat(object, 2);
}

static PyObject *
method(PyObject *self, PyObject *args)
{
    PyObject *object, *argument = NULL;
    char *name;
    if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &argument)) {
        return NULL;
    }
    return argument != NULL ? PyObject_CallMethod(object, name, "(O)", argument)
                            : PyObject_CallMethod(object, name, NULL);
}

static PyObject *
compare(PyObject *self, PyObject *args)
{
    PyObject *a, *b;
    int order, equal;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    order = PyObject_Compare(a, b);
    equal = PyObject_RichCompareBool(a, b, Py_EQ);
    return PyErr_Occurred() ? NULL : PyString_FromFormat("%d %d %d", order, equal,
                                                         PyObject_Hash(a) == PyObject_Hash(b));
}

static PyObject *
items(PyObject *self, PyObject *object)
{
    PyObject *iterator = PyObject_GetIter(object), *item, *result = PyString_FromString("");
    while (iterator != NULL && (item = PyIter_Next(iterator)) != NULL) {
        PyString_ConcatAndDel(&result, PyObject_Repr(item));
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    if (PyErr_Occurred()) {
        Py_DECREF(result);
        return NULL;
    }
    return result;
}

/* Change a bytearray where it lies, then make it longer. */
static PyObject *
change(PyObject *self, PyObject *array)
{
    Py_ssize_t size = PyByteArray_Size(array);
    if (size < 0) {
        return NULL;
    }
    if (size > 0) {
        PyByteArray_AS_STRING(array)[0] = '*';
    }
    if (PyByteArray_Resize(array, size + 2) < 0) {
        return NULL;
    }
    memcpy(PyByteArray_AS_STRING(array) + size, "<>", 2);
    Py_RETURN_NONE;
}

static PyObject *kept;

static PyObject *
keep(PyObject *self, PyObject *object)
{
    PyObject *before = kept;
    Py_INCREF(object);
    kept = object;
    if (before == NULL) {
        Py_RETURN_NONE;
    }
    return before;
}

static PyObject *
look(PyObject *self, PyObject *unused)
{
    return describe(NULL, kept);
}

static PyObject *
encode(PyObject *self, PyObject *args)
{
    PyObject *object;
    char *encoding, *errors = NULL;
    return PyArg_ParseTuple(args, "Os|s", &object, &encoding, &errors)
               ? PyUnicode_AsEncodedString(object, encoding, errors)
               : NULL;
}

static PyObject *
decode(PyObject *self, PyObject *args)
{
    PyObject *object;
    char *encoding, *errors = NULL;
    return PyArg_ParseTuple(args, "Os|s", &object, &encoding, &errors)
               ? PyUnicode_FromEncodedObject(object, encoding, errors)
               : NULL;
}

static PyObject *
register_error(PyObject *self, PyObject *handler)
{
    if (PyCodec_RegisterError("py2abi.users", handler) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"describe", describe, METH_O, NULL},
    {"same", same, METH_O, NULL},
    {"add", add, METH_VARARGS, NULL},
    {"times", times, METH_O, NULL},
    {"method", method, METH_VARARGS, NULL},
    {"compare", compare, METH_VARARGS, NULL},
    {"items", items, METH_O, NULL},
    {"change", change, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"look", look, METH_NOARGS, NULL},
    {"encode", encode, METH_VARARGS, NULL},
    {"decode", decode, METH_VARARGS, NULL},
    {"register_error", register_error, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initstring_crossing(void)
{
    Py_InitModule("string_crossing", methods);
}
