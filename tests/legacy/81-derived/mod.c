/* Types that are derived from Python's own: their instances on both sides. */

#define DERIVED_IN "derived"
#include "derived.h"

#include <string.h>

DERIVED(Int, int, PyIntObject, PyInt_Type)
DERIVED(Float, float, PyFloatObject, PyFloat_Type)
DERIVED(Complex, complex, PyComplexObject, PyComplex_Type)
DERIVED(Unicode, unicode, PyUnicodeObject, PyUnicode_Type)
DERIVED(List, list, PyListObject, PyList_Type)
DERIVED(Dict, dict, PyDictObject, PyDict_Type)
DERIVED(Set, set, PySetObject, PySet_Type)
DERIVED(Object, object, PyObject, PyBaseObject_Type)


typedef struct {
    PyBaseExceptionObject base;
    long extra;
    PyObject *object;
} Error;

static PyMemberDef error_members[] = {
    {"extra", T_LONG, offsetof(Error, extra), 0, NULL},
    {"object", T_OBJECT, offsetof(Error, object), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject error_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "derived.Error",
    .tp_basicsize = sizeof(Error),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_members = error_members,
};

/* With items there is no room behind. */
#define PLAIN(name, Name)                                                                       \
    static PyTypeObject name##_type = {                                                         \
        PyVarObject_HEAD_INIT(NULL, 0)                                                          \
        .tp_name = "derived." #Name,                                                            \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                   \
    };
PLAIN(long, Long)
PLAIN(str, Str)
PLAIN(tuple, Tuple)
PLAIN(frozenset, FrozenSet)

/* ---- What they do themselves ---- */

static PyObject *
int_add(PyObject *v, PyObject *w)
{
    PyObject *sum = PyInt_Type.tp_as_number->nb_add(v, w);
    return sum == NULL || sum == Py_NotImplemented ? sum : Py_BuildValue("sN", "sum", sum);
}

static PyNumberMethods int_number = {.nb_add = int_add};

static PyObject *
float_repr(PyObject *self)
{
    PyObject *text = PyFloat_Type.tp_repr(self), *result;
    if (text == NULL) {
        return NULL;
    }
    result = PyString_FromFormat("Float(%s)", PyString_AS_STRING(text));
    Py_DECREF(text);
    return result;
}

static int
list_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    ((List *)self)->extra = 77;
    return PyList_Type.tp_init(self, args, kwargs);
}

static PyObject *
list_first(PyObject *self, PyObject *unused)
{
    PyObject *item;
    (void)unused;
    if (PyList_GET_SIZE(self) == 0) {
        Py_RETURN_NONE;
    }
    item = PyList_GET_ITEM(self, 0);
    Py_INCREF(item);
    return item;
}

static PyObject *
list_push(PyObject *self, PyObject *item)
{
    if (PyList_Append(self, item) < 0) {
        return NULL;
    }
    return PyInt_FromSsize_t(PyList_GET_SIZE(self));
}

static PyObject *
list_poke(PyObject *self, PyObject *item)
{
    PyObject *old = PyList_GET_ITEM(self, 0);
    Py_INCREF(item);
    PyList_SET_ITEM(self, 0, item);
    Py_DECREF(old);
    Py_RETURN_NONE;
}

static PyMethodDef list_methods[] = {
    {"first", list_first, METH_NOARGS, NULL},
    {"push", list_push, METH_O, NULL},
    {"poke", list_poke, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int
dict_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    ((Dict *)self)->extra = 5;
    return PyDict_Type.tp_init(self, args, kwargs);
}

static PyObject *
dict_subscript(PyObject *self, PyObject *key)
{
    PyObject *value = PyDict_GetItem(self, key);
    if (value == NULL) {
        return Py_BuildValue("sO", "missing", key);
    }
    Py_INCREF(value);
    return value;
}

static PyMappingMethods dict_mapping = {.mp_subscript = dict_subscript};

static PyObject *
dict_put(PyObject *self, PyObject *args)
{
    PyObject *key, *value;
    if (!PyArg_ParseTuple(args, "OO", &key, &value) || PyDict_SetItem(self, key, value) < 0) {
        return NULL;
    }
    return PyInt_FromSsize_t(PyDict_Size(self));
}

static PyMethodDef dict_methods[] = {
    {"put", dict_put, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
set_put(PyObject *self, PyObject *item)
{
    if (PySet_Add(self, item) < 0) {
        return NULL;
    }
    return PyInt_FromSsize_t(PySet_GET_SIZE(self));
}

static PyMethodDef set_methods[] = {
    {"put", set_put, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- Exceptions ---- */

static PyObject *
error_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = ((PyTypeObject *)PyExc_ValueError)->tp_new(type, args, kwargs);
    if (self != NULL) {
        ((Error *)self)->extra = 40;
    }
    return self;
}

static int
error_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (((PyTypeObject *)PyExc_ValueError)->tp_init(self, args, kwargs) < 0) {
        return -1;
    }
    ((Error *)self)->extra += PyTuple_GET_SIZE(((PyBaseExceptionObject *)self)->args);
    return 0;
}

static PyObject *
error_str(PyObject *self)
{
    PyObject *text = ((PyTypeObject *)PyExc_ValueError)->tp_str(self), *result;
    if (text == NULL) {
        return NULL;
    }
    result = PyString_FromFormat("Error: %s", PyString_AS_STRING(text));
    Py_DECREF(text);
    return result;
}

static void
error_end(PyObject *self)
{
    deallocated++;
    Py_CLEAR(((Error *)self)->object);
    ((PyTypeObject *)PyExc_ValueError)->tp_dealloc(self);
}

/* ---- From C ---- */

static PyTypeObject *const all_types[] = {
    &int_type, &float_type, &complex_type, &unicode_type, &list_type,      &dict_type,
    &set_type, &object_type, &long_type,   &str_type,     &frozenset_type,
    &tuple_type, &error_type,
};

/* What the object is to C code. */
static PyObject *
look(PyObject *self, PyObject *v)
{
    (void)self;
    if (PyInt_Check(v)) {
        return PyString_FromFormat("int %ld", PyInt_AS_LONG(v));
    }
    if (PyLong_Check(v)) {
        return PyString_FromFormat("long %ld", PyLong_AsLong(v));
    }
    if (PyFloat_Check(v)) {
        return PyString_FromFormat("float %d", (int)(PyFloat_AS_DOUBLE(v) * 10));
    }
    if (PyComplex_Check(v)) {
        return PyString_FromFormat("complex %d", (int)(PyComplex_RealAsDouble(v) * 10));
    }
    if (PyString_Check(v)) {
        return PyString_FromFormat("str %d %s", (int)PyString_GET_SIZE(v), PyString_AS_STRING(v));
    }
    if (PyUnicode_Check(v)) {
        return PyString_FromFormat("unicode %d %c", (int)PyUnicode_GET_SIZE(v),
                                   PyUnicode_GET_SIZE(v) ? (char)PyUnicode_AS_UNICODE(v)[0] : '-');
    }
    if (PyTuple_Check(v)) {
        return PyString_FromFormat("tuple %d", (int)PyTuple_GET_SIZE(v));
    }
    if (PyList_Check(v)) {
        return PyString_FromFormat("list %d", (int)PyList_GET_SIZE(v));
    }
    if (PyDict_Check(v)) {
        return PyString_FromFormat("dict %d", (int)PyDict_Size(v));
    }
    if (PyAnySet_Check(v)) {
        return PyString_FromFormat("set %d", (int)PySet_GET_SIZE(v));
    }
    if (PyExceptionInstance_Check(v)) {
        return PyString_FromFormat("error %d",
                                   (int)PyTuple_GET_SIZE(((PyBaseExceptionObject *)v)->args));
    }
    return PyString_FromFormat("other %s", Py_TYPE(v)->tp_name);
}

static PyObject *
call(PyObject *self, PyObject *args)
{
    PyObject *result, *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    (void)self;
    result = PyObject_Call(PyTuple_GET_ITEM(args, 0), rest, NULL);
    Py_DECREF(rest);
    return result;
}

/* Raise an instance or a class. */
static PyObject *
throw(PyObject *self, PyObject *object)
{
    (void)self;
    if (PyExceptionInstance_Check(object)) {
        PyErr_SetObject((PyObject *)Py_TYPE(object), object);
    }
    else {
        PyErr_SetString(object, "thrown");
    }
    return NULL;
}

/* Call, and take what is raised. */
static PyObject *
catch(PyObject *self, PyObject *function)
{
    PyObject *type, *value, *traceback, *result = PyObject_CallObject(function, NULL);
    (void)self;
    if (result != NULL) {
        return result;
    }
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    result = Py_BuildValue("sOiN", ((PyTypeObject *)type)->tp_name, value,
                           PyErr_GivenExceptionMatches(type, (PyObject *)&error_type),
                           PyObject_Str(value));
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return result;
}

static PyMethodDef functions[] = {
    {"look", look, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"give", give, METH_NOARGS, NULL},
    {"drop", drop, METH_NOARGS, NULL},
    {"count", count, METH_NOARGS, NULL},
    {"call", call, METH_VARARGS, NULL},
    {"throw", throw, METH_O, NULL},
    {"catch", catch, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initderived(void)
{
    PyObject *module = Py_InitModule("derived", functions);
    size_t i;
    if (module == NULL) {
        return;
    }
    int_type.tp_base = &PyInt_Type;
    float_type.tp_base = &PyFloat_Type;
    complex_type.tp_base = &PyComplex_Type;
    unicode_type.tp_base = &PyUnicode_Type;
    list_type.tp_base = &PyList_Type;
    dict_type.tp_base = &PyDict_Type;
    set_type.tp_base = &PySet_Type;
    long_type.tp_base = &PyLong_Type;
    str_type.tp_base = &PyString_Type;
    tuple_type.tp_base = &PyTuple_Type;
    frozenset_type.tp_base = &PyFrozenSet_Type;
    error_type.tp_base = (PyTypeObject *)PyExc_ValueError;
    int_type.tp_as_number = &int_number;
    int_type.tp_flags |= Py_TPFLAGS_CHECKTYPES;
    float_type.tp_repr = float_repr;
    list_type.tp_init = list_init;
    list_type.tp_methods = list_methods;
    dict_type.tp_init = dict_init;
    dict_type.tp_as_mapping = &dict_mapping;
    dict_type.tp_methods = dict_methods;
    set_type.tp_methods = set_methods;
    object_type.tp_new = PyType_GenericNew;
    error_type.tp_new = error_new;
    error_type.tp_init = error_init;
    error_type.tp_str = error_str;
    error_type.tp_dealloc = error_end;
    for (i = 0; i < sizeof all_types / sizeof all_types[0]; i++) {
        if (PyType_Ready(all_types[i]) < 0) {
            return;
        }
        Py_INCREF(all_types[i]);
        PyModule_AddObject(module, strchr(all_types[i]->tp_name, '.') + 1,
                           (PyObject *)all_types[i]);
    }
}
