/* boolobject.c - False and True. */

#include "config.h"
#include "numbers.h"

/* Whoever compares with Py_False and Py_True by address is right. */
PyIntObject _Py_ZeroStruct = {PY2ABI_FOREVER, &PyBool_Type, 0};
PyIntObject _Py_TrueStruct = {PY2ABI_FOREVER, &PyBool_Type, 1};

PyObject *
PyBool_FromLong(long value)
{
    return py2abi_number_same(value != 0 ? Py_True : Py_False);
}

static PyObject *
bool_repr(PyObject *self)
{
    return PyString_FromString(PyInt_AS_LONG(self) != 0 ? "True" : "False");
}

static PyObject *
bool_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char x[] = "x", *names[] = {x, NULL};
    PyObject *value = Py_False;
    (void)type; /* Nothing can be derived from bool. */
    args = py2abi_number_args(args);
    if (args == NULL) {
        return NULL;
    }
    int is_true = PyArg_ParseTupleAndKeywords(args, py2abi_number_kwargs(kwargs), "|O:bool", names,
                                              &value)
                      ? PyObject_IsTrue(value)
                      : -1;
    Py_DECREF(args);
    return is_true < 0 ? NULL : PyBool_FromLong(is_true);
}

/* Of two bools the result is a bool, else int's. */

static PyObject *
bool_and(PyObject *v, PyObject *w)
{
    if (!PyBool_Check(v) || !PyBool_Check(w)) {
        return PyInt_Type.tp_as_number->nb_and(v, w);
    }
    return PyBool_FromLong(PyInt_AS_LONG(v) & PyInt_AS_LONG(w));
}

static PyObject *
bool_or(PyObject *v, PyObject *w)
{
    if (!PyBool_Check(v) || !PyBool_Check(w)) {
        return PyInt_Type.tp_as_number->nb_or(v, w);
    }
    return PyBool_FromLong(PyInt_AS_LONG(v) | PyInt_AS_LONG(w));
}

static PyObject *
bool_xor(PyObject *v, PyObject *w)
{
    if (!PyBool_Check(v) || !PyBool_Check(w)) {
        return PyInt_Type.tp_as_number->nb_xor(v, w);
    }
    return PyBool_FromLong(PyInt_AS_LONG(v) ^ PyInt_AS_LONG(w));
}

static PyNumberMethods bool_as_number;

/* They are never freed. */
static void
bool_dealloc(PyObject *self)
{
    Py_REFCNT(self) = PY2ABI_FOREVER;
}

PyTypeObject PyBool_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "bool",
    .tp_basicsize = sizeof(PyIntObject),
    .tp_dealloc = bool_dealloc,
    .tp_repr = bool_repr,
    .tp_str = bool_repr,
    .tp_as_number = &bool_as_number,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_INT_SUBCLASS,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = bool_new,
    .tp_free = PyObject_Free,
};

/* What a bool does not do in its own way it does as int does. */
static void __attribute__((constructor))
inherit(void)
{
    bool_as_number = *PyInt_Type.tp_as_number;
    bool_as_number.nb_and = bool_and;
    bool_as_number.nb_or = bool_or;
    bool_as_number.nb_xor = bool_xor;
    PyBool_Type.tp_hash = PyInt_Type.tp_hash;
    PyBool_Type.tp_compare = PyInt_Type.tp_compare;
}
