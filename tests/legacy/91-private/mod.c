/* Functions of Python 2.7's own that a binary can call, too: keys of constants, weak references
 * that are cleared, generators that have something to do. */

#include "Python.h"
#include "structmember.h"

extern PyObject *_PyCode_ConstantKey(PyObject *);
extern void _PyWeakref_ClearRef(PyWeakReference *);
extern int PyGen_NeedsFinalizing(PyGenObject *);

static PyObject *
key(PyObject *self, PyObject *constant)
{
    (void)self;
    return _PyCode_ConstantKey(constant);
}

static PyObject *
same(PyObject *self, PyObject *args)
{
    PyObject *a, *b, *key_a, *key_b;
    int is_same;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &a, &b)) {
        return NULL;
    }
    key_a = _PyCode_ConstantKey(a);
    key_b = _PyCode_ConstantKey(b);
    is_same = key_a != NULL && key_b != NULL ? PyObject_RichCompareBool(key_a, key_b, Py_EQ) : -1;
    Py_XDECREF(key_a);
    Py_XDECREF(key_b);
    return is_same < 0 ? NULL : PyBool_FromLong(is_same);
}

typedef struct {
    PyObject_HEAD
    PyObject *list;
} Target;

static void
target_dealloc(PyObject *self)
{
    PyObject_ClearWeakRefs(self);
    PyObject_Del(self);
}

static PyTypeObject target_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "private.Target",
    .tp_basicsize = sizeof(Target),
    .tp_dealloc = target_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_weaklistoffset = offsetof(Target, list),
};

/* A reference before and after, and those beside it. */
static PyObject *
clear(PyObject *self, PyObject *callback)
{
    PyObject *target = PyType_GenericAlloc(&target_type, 0), *result;
    PyObject *first = PyWeakref_NewRef(target, NULL), *second = PyWeakref_NewRef(target, callback);
    PyObject *third = PyWeakref_NewRef(target, callback);
    (void)self;
    _PyWeakref_ClearRef((PyWeakReference *)second);
    result = Py_BuildValue("iii", PyWeakref_GET_OBJECT(first) == target,
                           PyWeakref_GET_OBJECT(second) == Py_None,
                           PyWeakref_GET_OBJECT(third) == target);
    _PyWeakref_ClearRef((PyWeakReference *)second);
    _PyWeakref_ClearRef((PyWeakReference *)first);
    Py_DECREF(target); /* Only of the third is told. */
    Py_DECREF(first);
    Py_DECREF(second);
    Py_DECREF(third);
    return result;
}

static PyObject *
needs(PyObject *self, PyObject *generator)
{
    (void)self;
    return PyInt_FromLong(PyGen_NeedsFinalizing((PyGenObject *)generator));
}

static PyMethodDef functions[] = {
    {"key", key, METH_O, NULL},
    {"same", same, METH_VARARGS, NULL},
    {"clear", clear, METH_O, NULL},
    {"needs", needs, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initprivate(void)
{
    if (PyType_Ready(&target_type) == 0) {
        Py_InitModule("private", functions);
    }
}
