/* A container that a collector can follow: some objects, held in C. */

#include "Python.h"

enum { MANY = 8 };

typedef struct {
    PyObject_HEAD
    PyObject *items[MANY];
    int size;
} Holder;

static PyTypeObject Holder_Type;
static long lost;

static int
Holder_traverse(PyObject *self, visitproc visit, void *arg)
{
    int i;
    for (i = 0; i < ((Holder *)self)->size; i++) {
        Py_VISIT(((Holder *)self)->items[i]);
    }
    return 0;
}

static int
Holder_clear(PyObject *self)
{
    Holder *holder = (Holder *)self;
    while (holder->size > 0) {
        holder->size--;
        Py_CLEAR(holder->items[holder->size]);
    }
    return 0;
}

static void
Holder_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Holder_clear(self);
    lost++;
    PyObject_GC_Del(self);
}

static PyObject *
hold(PyObject *self, PyObject *args)
{
    Holder *holder = PyObject_GC_New(Holder, &Holder_Type);
    int i;
    (void)self;
    if (holder == NULL) {
        return NULL;
    }
    holder->size = PyTuple_GET_SIZE(args) < MANY ? (int)PyTuple_GET_SIZE(args) : MANY;
    for (i = 0; i < holder->size; i++) {
        holder->items[i] = PyTuple_GET_ITEM(args, i);
        Py_INCREF(holder->items[i]);
    }
    PyObject_GC_Track((PyObject *)holder);
    return (PyObject *)holder;
}

/* The same with an iterator over each argument. */
static PyObject *
hold_iterators(PyObject *self, PyObject *args)
{
    Py_ssize_t i, size = PyTuple_GET_SIZE(args);
    PyObject *iterators = PyTuple_New(size), *holder;
    for (i = 0; iterators != NULL && i < size; i++) {
        PyObject *iterator = PyObject_GetIter(PyTuple_GET_ITEM(args, i));
        if (iterator == NULL) {
            Py_CLEAR(iterators);
            return NULL;
        }
        PyTuple_SET_ITEM(iterators, i, iterator);
    }
    if (iterators == NULL) {
        return NULL;
    }
    holder = hold(self, iterators);
    Py_DECREF(iterators);
    return holder;
}

static PyObject *
add(PyObject *self, PyObject *args)
{
    Holder *holder;
    PyObject *item;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!O", &Holder_Type, &holder, &item)) {
        return NULL;
    }
    if (holder->size < MANY) {
        Py_INCREF(item);
        holder->items[holder->size++] = item;
    }
    Py_RETURN_NONE;
}

static PyObject *
get(PyObject *self, PyObject *args)
{
    Holder *holder;
    int i;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!i", &Holder_Type, &holder, &i)) {
        return NULL;
    }
    if (i < 0 || i >= holder->size) {
        PyErr_SetString(PyExc_IndexError, "no such item");
        return NULL;
    }
    Py_INCREF(holder->items[i]);
    return holder->items[i];
}

static PyObject *
tell_self(PyObject *self, PyObject *unused)
{
    (void)unused;
    Py_INCREF(self);
    return self;
}

/* A function of its own for an object. */
static PyObject *
function(PyObject *self, PyObject *object)
{
    static PyMethodDef definition = {"tell_self", tell_self, METH_NOARGS, NULL};
    (void)self;
    return PyCFunction_New(&definition, object);
}

static PyObject *
count_lost(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyInt_FromLong(lost);
}

static PyTypeObject Holder_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "collected.Holder",
    .tp_basicsize = sizeof(Holder),
    .tp_dealloc = Holder_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = Holder_traverse,
    .tp_clear = Holder_clear,
};

static PyMethodDef methods[] = {
    {"hold", hold, METH_VARARGS, NULL},
    {"hold_iterators", hold_iterators, METH_VARARGS, NULL},
    {"add", add, METH_VARARGS, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"function", function, METH_O, NULL},
    {"lost", count_lost, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initcollected(void)
{
    if (PyType_Ready(&Holder_Type) == 0) {
        Py_InitModule("collected", methods);
    }
}
