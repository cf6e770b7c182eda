/* Tuples whose items have names: made here, given away, taken back. */

#include "Python.h"
#include "structseq.h"

static PyStructSequence_Field fields[] = {
    {"x", "the first"},
    {"y", "the second"},
    {NULL, NULL}, /* without a name: filled in below, since it is no constant */
    {"hidden", "behind the sequence"},
    {NULL, NULL},
};
static PyStructSequence_Desc description = {"named_tuples.point", "A point.", fields, 3};
static PyStructSequence_Desc pair = {"named_tuples.pair", NULL, fields, 2};
static PyTypeObject point_type, pair_type;

static PyObject *
make(PyObject *self, PyObject *args)
{
    PyObject *items[4];
    PyObject *point;
    int i;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &items[0], &items[1], &items[2], &items[3])) {
        return NULL;
    }
    point = PyStructSequence_New(&point_type);
    for (i = 0; point != NULL && i < 4; i++) {
        Py_INCREF(items[i]);
        PyStructSequence_SET_ITEM(point, i, items[i]);
    }
    return point;
}

static PyObject *
make_pair(PyObject *self, PyObject *unused)
{
    PyObject *made = PyStructSequence_New(&pair_type);
    int i;
    (void)self;
    (void)unused;
    for (i = 0; made != NULL && i < 4; i++) {
        PyStructSequence_SET_ITEM(made, i, PyInt_FromLong(i + 1));
    }
    return made;
}

/* What C sees of one: its type, its length, its items. */
static PyObject *
look(PyObject *self, PyObject *object)
{
    PyObject *x = PySequence_GetItem(object, 0), *y = PySequence_GetItem(object, 1);
    PyObject *sum = x != NULL && y != NULL ? PyNumber_Add(x, y) : NULL, *text = NULL;
    (void)self;
    if (sum != NULL) {
        text = PyString_FromFormat("point %d pair %d size %d sum %ld",
                                   Py_TYPE(object) == &point_type,
                                   Py_TYPE(object) == &pair_type, (int)PySequence_Size(object),
                                   PyInt_AsLong(sum));
    }
    Py_XDECREF(sum);
    Py_XDECREF(x);
    Py_XDECREF(y);
    return text;
}

/* One from a sequence, by a call of its type, and what it is then. */
static PyObject *
call(PyObject *self, PyObject *sequence)
{
    PyObject *made = PyObject_CallFunction((PyObject *)&point_type, "(O)", sequence);
    PyObject *text = made != NULL ? look(self, made) : NULL;
    Py_XDECREF(made);
    return text;
}

static PyObject *
parse(PyObject *self, PyObject *args)
{
    int x, y, z;
    (void)self;
    if (!PyArg_ParseTuple(args, "(iii)", &x, &y, &z)) {
        return NULL;
    }
    return PyInt_FromLong(100 * x + 10 * y + z);
}

static PyMethodDef methods[] = {
    {"make", make, METH_VARARGS, NULL},
    {"make_pair", make_pair, METH_NOARGS, NULL},
    {"look", look, METH_O, NULL},
    {"call", call, METH_O, NULL},
    {"parse", parse, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initnamed_tuples(void)
{
    PyObject *module = Py_InitModule("named_tuples", methods);
    fields[2].name = PyStructSequence_UnnamedField;
    PyStructSequence_InitType(&point_type, &description);
    PyStructSequence_InitType(&pair_type, &pair);
    if (module != NULL) {
        Py_INCREF((PyObject *)&point_type);
        PyModule_AddObject(module, "point", (PyObject *)&point_type);
    }
}
