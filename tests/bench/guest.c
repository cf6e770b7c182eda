/* guest.c - the extension module that guests.py calls: one function for each thing that
 * a call can carry, and a type.
 *
 * One source for Python 2.7, which py2abi and a real 2.7 load, and for Python 3. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include <stddef.h>
#include <stdlib.h>

#if PY_MAJOR_VERSION >= 3
#define PyInt_FromLong PyLong_FromLong
#define PyInt_AsLong PyLong_AsLong
#define PyString_FromStringAndSize PyBytes_FromStringAndSize
#define DATA_FORMAT "y"
#define BLOCK_FORMAT "y#"
#else
#define DATA_FORMAT "s"
#define BLOCK_FORMAT "s#"
#endif

/* ---- Functions ---- */

static PyObject *
nothing(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    Py_RETURN_NONE;
}

static PyObject *
ints(PyObject *module, PyObject *args)
{
    int a, b;
    (void)module;
    return PyArg_ParseTuple(args, "ii", &a, &b) ? PyInt_FromLong((long)a + b) : NULL;
}

static PyObject *
text(PyObject *module, PyObject *args)
{
    const char *characters;
    (void)module;
    return PyArg_ParseTuple(args, "s", &characters) ? PyInt_FromLong(characters[0]) : NULL;
}

static PyObject *
data(PyObject *module, PyObject *args)
{
    const char *bytes;
    (void)module;
    return PyArg_ParseTuple(args, DATA_FORMAT, &bytes) ? PyInt_FromLong(bytes[0]) : NULL;
}

static PyObject *
triple(PyObject *module, PyObject *unused)
{
    (void)module;
    (void)unused;
    return Py_BuildValue("(iid)", 1, 2, 3.0);
}

static PyObject *
values(PyObject *module, PyObject *args)
{
    long number;
    double real;
    const char *bytes;
    PyObject *object;
    (void)module;
    if (!PyArg_ParseTuple(args, "ld" DATA_FORMAT "O", &number, &real, &bytes, &object)) {
        return NULL;
    }
    return Py_BuildValue("[ld(iO)]", number + 1, real * 2, (int)bytes[0], object);
}

static PyObject *
through(PyObject *module, PyObject *object)
{
    (void)module;
    Py_INCREF(object);
    return object;
}

static PyObject *
copy(PyObject *module, PyObject *args)
{
    const char *bytes;
    Py_ssize_t size;
    (void)module;
    return PyArg_ParseTuple(args, BLOCK_FORMAT, &bytes, &size)
               ? PyString_FromStringAndSize(bytes, size)
               : NULL;
}

/* ---- Work ---- */

static double *numbers;
static Py_ssize_t number_count;

/* The sum of a list of floats, read item by item. */
static PyObject *
sum_list(PyObject *module, PyObject *list)
{
    double sum = 0;
    (void)module;
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "a list is wanted");
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(list); i++) {
        double number = PyFloat_AsDouble(PyList_GET_ITEM(list, i));
        if (number == -1 && PyErr_Occurred()) {
            return NULL;
        }
        sum += number;
    }
    return PyFloat_FromDouble(sum);
}

/* Keep the floats of a list as an array of doubles, for sum_array. */
static PyObject *
load(PyObject *module, PyObject *list)
{
    (void)module;
    if (!PyList_Check(list)) {
        PyErr_SetString(PyExc_TypeError, "a list is wanted");
        return NULL;
    }
    Py_ssize_t count = PyList_GET_SIZE(list);
    double *loaded = malloc((count > 0 ? (size_t)count : 1) * sizeof *loaded);
    if (loaded == NULL) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        loaded[i] = PyFloat_AsDouble(PyList_GET_ITEM(list, i));
        if (loaded[i] == -1 && PyErr_Occurred()) {
            free(loaded);
            return NULL;
        }
    }
    free(numbers);
    numbers = loaded;
    number_count = count;
    Py_RETURN_NONE;
}

static PyObject *
sum_array(PyObject *module, PyObject *unused)
{
    double sum = 0;
    (void)module;
    (void)unused;
    for (Py_ssize_t i = 0; i < number_count; i++) {
        sum += numbers[i];
    }
    return PyFloat_FromDouble(sum);
}

static PyObject *
list_of(long count)
{
    PyObject *list = PyList_New(count);
    for (long i = 0; list != NULL && i < count; i++) {
        PyObject *item = PyInt_FromLong(1000 + i);
        if (item == NULL) {
            Py_DECREF(list);
            return NULL;
        }
        PyList_SET_ITEM(list, i, item);
    }
    return list;
}

/* A list of so many ints, for the caller. */
static PyObject *
build(PyObject *module, PyObject *args)
{
    long count;
    (void)module;
    return PyArg_ParseTuple(args, "l", &count) ? list_of(count) : NULL;
}

/* The same list, which stays here: what is returned is the sum of its items. */
static PyObject *
work(PyObject *module, PyObject *args)
{
    long count, sum = 0;
    (void)module;
    PyObject *list = PyArg_ParseTuple(args, "l", &count) ? list_of(count) : NULL;
    if (list == NULL) {
        return NULL;
    }
    for (long i = 0; i < count; i++) {
        PyObject *number = PyNumber_Add(PyList_GET_ITEM(list, i), PyList_GET_ITEM(list, 0));
        if (number == NULL) {
            Py_DECREF(list);
            return NULL;
        }
        sum += PyInt_AsLong(number);
        Py_DECREF(number);
    }
    Py_DECREF(list);
    return PyInt_FromLong(sum);
}

/* ---- A type ---- */

enum { BOX_ITEMS = 100 };

struct box {
    PyObject_HEAD
    long member;
    long at;     /* how far the iteration is */
};

static PyObject *
box_get(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyInt_FromLong(((struct box *)self)->member);
}

static PyObject *
box_described(PyObject *self, void *closure)
{
    (void)closure;
    return PyInt_FromLong(((struct box *)self)->member);
}

static Py_ssize_t
box_length(PyObject *self)
{
    (void)self;
    return BOX_ITEMS;
}

static PyObject *
box_item(PyObject *self, Py_ssize_t i)
{
    (void)self;
    if (i < 0 || i >= BOX_ITEMS) {
        PyErr_SetString(PyExc_IndexError, "no such item");
        return NULL;
    }
    return PyInt_FromLong((long)i);
}

static PyObject *
box_iterate(PyObject *self)
{
    ((struct box *)self)->at = 0;
    Py_INCREF(self);
    return self;
}

static PyObject *
box_next(PyObject *self)
{
    struct box *box = (struct box *)self;
    return box->at < BOX_ITEMS ? PyInt_FromLong(box->at++) : NULL;
}

static PyMethodDef box_methods[] = {
    {"get", box_get, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static char member_name[] = "member", described_name[] = "described";

static PyMemberDef box_members[] = {
    {member_name, T_LONG, offsetof(struct box, member), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef box_getsets[] = {
    {described_name, box_described, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PySequenceMethods box_sequence = {
    .sq_length = box_length,
    .sq_item = box_item,
};

static PyTypeObject box_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "guest.Box",
    .tp_basicsize = sizeof(struct box),
    .tp_as_sequence = &box_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = box_iterate,
    .tp_iternext = box_next,
    .tp_methods = box_methods,
    .tp_members = box_members,
    .tp_getset = box_getsets,
    .tp_new = PyType_GenericNew,
};

/* ---- The module ---- */

static PyMethodDef functions[] = {
    {"nothing", nothing, METH_NOARGS, NULL},
    {"ints", ints, METH_VARARGS, NULL},
    {"text", text, METH_VARARGS, NULL},
    {"data", data, METH_VARARGS, NULL},
    {"triple", triple, METH_NOARGS, NULL},
    {"values", values, METH_VARARGS, NULL},
    {"through", through, METH_O, NULL},
    {"copy", copy, METH_VARARGS, NULL},
    {"sum_list", sum_list, METH_O, NULL},
    {"load", load, METH_O, NULL},
    {"sum_array", sum_array, METH_NOARGS, NULL},
    {"build", build, METH_VARARGS, NULL},
    {"work", work, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int
add_type(PyObject *module)
{
    if (module == NULL || PyType_Ready(&box_type) < 0) {
        return -1;
    }
    Py_INCREF(&box_type);
    return PyModule_AddObject(module, "Box", (PyObject *)&box_type);
}

#if PY_MAJOR_VERSION >= 3
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "guest",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit_guest(void)
{
    PyObject *module = PyModule_Create(&definition);
    return add_type(module) == 0 ? module : NULL;
}
#else
PyMODINIT_FUNC
initguest(void)
{
    add_type(Py_InitModule("guest", functions));
}
#endif
