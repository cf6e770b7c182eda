/* Classes that Python code derives from the binary's types. */

#include "derived.h"

#include <string.h>

typedef struct {
    PyObject_HEAD
    long n;
    PyObject *object;
    PyObject *weak;
} Node;

static PyObject *
node_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    return type->tp_alloc(type, 0);
}

static int
node_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"n", "object", NULL};
    Node *node = (Node *)self;
    PyObject *object = NULL, *old = node->object;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|lO", names, &node->n, &object)) {
        return -1;
    }
    Py_XINCREF(object);
    node->object = object;
    Py_XDECREF(old);
    return 0;
}

static void
node_dealloc(PyObject *self)
{
    Node *node = (Node *)self;
    PyObject_GC_UnTrack(self);
    deallocated++;
    if (node->weak != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    Py_CLEAR(node->object);
    Py_TYPE(self)->tp_free(self);
}

static int
node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Node *)self)->object);
    return 0;
}

static int
node_clear(PyObject *self)
{
    Py_CLEAR(((Node *)self)->object);
    return 0;
}

static PyObject *
node_repr(PyObject *self)
{
    return PyString_FromFormat("<%s %ld>", Py_TYPE(self)->tp_name, ((Node *)self)->n);
}

static long
node_hash(PyObject *self)
{
    return ((Node *)self)->n + 1000;
}

static PyObject *
node_richcompare(PyObject *v, PyObject *w, int op)
{
    PyObject *result = Py_NotImplemented;
    PyTypeObject *type = Py_TYPE(v);
    while (type->tp_base != &PyBaseObject_Type) {
        type = type->tp_base;
    }
    if (PyObject_TypeCheck(w, type) && (op == Py_EQ || op == Py_NE)) {
        result = (((Node *)v)->n == ((Node *)w)->n) == (op == Py_EQ) ? Py_True : Py_False;
    }
    Py_INCREF(result);
    return result;
}

static PyObject *
node_add(PyObject *v, PyObject *w)
{
    if (!PyInt_Check(w)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyInt_FromLong(((Node *)v)->n + PyInt_AS_LONG(w));
}

static Py_ssize_t
node_length(PyObject *self)
{
    return ((Node *)self)->n;
}

static PyObject *
node_item(PyObject *self, Py_ssize_t index)
{
    if (index < 0 || index >= ((Node *)self)->n) {
        PyErr_SetString(PyExc_IndexError, "node index");
        return NULL;
    }
    return PyInt_FromSsize_t(index);
}

static PyObject *
node_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)kwargs;
    return Py_BuildValue("sOO", "called", self, args);
}

static PyObject *
node_value(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyInt_FromLong(((Node *)self)->n);
}

static PyObject *
node_describe(PyObject *self, PyObject *unused)
{
    PyObject *value = PyObject_CallMethod(self, "value", NULL), *result;
    (void)unused;
    if (value == NULL) {
        return NULL;
    }
    result = Py_BuildValue("sN", "describes", value);
    return result;
}

static PyObject *
node_reduce(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyObject_GetAttrString(self, "__dict__");
    (void)unused;
    if (dict == NULL) {
        PyErr_Clear();
        return Py_BuildValue("O(l)", Py_TYPE(self), ((Node *)self)->n);
    }
    return Py_BuildValue("O(l)N", Py_TYPE(self), ((Node *)self)->n, dict);
}

static PyObject *
node_make(PyObject *type, PyObject *args)
{
    return PyObject_CallObject(type, args);
}

static PyNumberMethods node_number = {.nb_add = node_add};
static PySequenceMethods node_sequence = {.sq_length = node_length, .sq_item = node_item};

static PyMethodDef node_methods[] = {
    {"value", node_value, METH_NOARGS, NULL},
    {"describe", node_describe, METH_NOARGS, NULL},
    {"__reduce__", node_reduce, METH_NOARGS, NULL},
    {"make", node_make, METH_VARARGS | METH_CLASS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef node_members[] = {
    {"n", T_LONG, offsetof(Node, n), 0, NULL},
    {"object", T_OBJECT, offsetof(Node, object), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "subclasses.Node",
    .tp_basicsize = sizeof(Node),
    .tp_dealloc = node_dealloc,
    .tp_repr = node_repr,
    .tp_hash = node_hash,
    .tp_richcompare = node_richcompare,
    .tp_call = node_call,
    .tp_as_number = &node_number,
    .tp_as_sequence = &node_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC
                | Py_TPFLAGS_CHECKTYPES,
    .tp_traverse = node_traverse,
    .tp_clear = node_clear,
    .tp_weaklistoffset = offsetof(Node, weak),
    .tp_methods = node_methods,
    .tp_members = node_members,
    .tp_init = node_init,
    .tp_new = node_new,
};

/* Another layout, without the collector. */
typedef struct {
    PyObject_HEAD
    long m;
} Leaf;

static void
leaf_dealloc(PyObject *self)
{
    deallocated++;
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef leaf_members[] = {
    {"m", T_LONG, offsetof(Leaf, m), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject leaf_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "subclasses.Leaf",
    .tp_basicsize = sizeof(Leaf),
    .tp_dealloc = leaf_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_members = leaf_members,
    .tp_new = PyType_GenericNew,
};

/* ---- The slots of an object's type, called as C code does ---- */

static PyObject *
slot(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *v, *w = NULL;
    PyTypeObject *type;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO|O", &name, &v, &w)) {
        return NULL;
    }
    type = Py_TYPE(v);
    if (strcmp(name, "repr") == 0) {
        return type->tp_repr(v);
    }
    if (strcmp(name, "str") == 0) {
        return type->tp_str(v);
    }
    if (strcmp(name, "hash") == 0) {
        long hash = type->tp_hash(v);
        return hash == -1 && PyErr_Occurred() ? NULL : PyInt_FromLong(hash);
    }
    if (strcmp(name, "eq") == 0) {
        return type->tp_richcompare(v, w, Py_EQ);
    }
    if (strcmp(name, "add") == 0) {
        return type->tp_as_number->nb_add(v, w);
    }
    if (strcmp(name, "len") == 0) {
        Py_ssize_t length = type->tp_as_sequence->sq_length(v);
        return length < 0 ? NULL : PyInt_FromSsize_t(length);
    }
    if (strcmp(name, "item") == 0) {
        return type->tp_as_sequence->sq_item(v, PyInt_AsLong(w));
    }
    if (strcmp(name, "call") == 0) {
        return type->tp_call(v, w, NULL);
    }
    if (strcmp(name, "getattr") == 0) {
        return type->tp_getattro(v, w);
    }
    if (strcmp(name, "type") == 0) {
        return PyString_FromFormat("%s %d %d", type->tp_name,
                                   (type->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0,
                                   PyType_IsSubtype(type, &node_type));
    }
    if (strcmp(name, "base repr") == 0) {
        return node_type.tp_repr(v);
    }
    if (strcmp(name, "init") == 0) {
        int status = type->tp_init(v, w, NULL);
        return status < 0 ? NULL : PyInt_FromLong(status);
    }
    if (strcmp(name, "new") == 0) {
        return ((PyTypeObject *)v)->tp_new((PyTypeObject *)v, w, NULL);
    }
    if (strcmp(name, "method") == 0) {
        return PyObject_CallMethodObjArgs(v, w, NULL);
    }
    PyErr_SetString(PyExc_ValueError, name);
    return NULL;
}

static PyObject *
set_attribute(PyObject *self, PyObject *args)
{
    PyObject *object, *value = NULL;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &value)
        || PyObject_SetAttrString(object, name, value) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"slot", slot, METH_VARARGS, NULL},
    {"set_attribute", set_attribute, METH_VARARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"give", give, METH_NOARGS, NULL},
    {"drop", drop, METH_NOARGS, NULL},
    {"count", count, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initsubclasses(void)
{
    PyObject *module = Py_InitModule("subclasses", functions);
    if (module == NULL || PyType_Ready(&node_type) < 0 || PyType_Ready(&leaf_type) < 0) {
        return;
    }
    Py_INCREF(&node_type);
    PyModule_AddObject(module, "Node", (PyObject *)&node_type);
    Py_INCREF(&leaf_type);
    PyModule_AddObject(module, "Leaf", (PyObject *)&leaf_type);
}
