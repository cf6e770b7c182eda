/* Metatypes: types of types, as Boost.Python, SWIG and interface registries define them. */

#include "Python.h"
#include "kept.h"
#include "structmember.h"

#include <string.h>

/* A class that one of them has made: with fields of its own behind the class. */
typedef struct {
    PyHeapTypeObject heap;
    long number;
    PyObject *note;
} Class;

static PyTypeObject meta_type, counted_type;
static int made, initialised, called, gone;

static PyObject *
meta_new(PyTypeObject *meta, PyObject *args, PyObject *kwargs)
{
    PyObject *name, *bases, *dict, *self, *value;
    if (!PyArg_ParseTuple(args, "SO!O!:Meta", &name, &PyTuple_Type, &bases, &PyDict_Type, &dict)) {
        return NULL;
    }
    self = PyType_Type.tp_new(meta, args, kwargs);
    if (self == NULL) {
        return NULL;
    }
    made++;
    ((Class *)self)->number = 100 + made;
    value = PyDict_GetItemString(dict, "note");
    Py_XINCREF(value);
    ((Class *)self)->note = value;
    /* Another dictionary in the place of the class's, as ctypes does it. */
    if (PyDict_GetItemString(dict, "replaces") != NULL) {
        PyTypeObject *type = (PyTypeObject *)self;
        PyObject *own = PyDict_Copy(type->tp_dict);
        Py_DECREF(type->tp_dict);
        type->tp_dict = own;
        PyDict_SetItemString(own, "replaced", Py_True);
    }
    /* What a metatype adds to its classes. */
    value = PyString_FromFormat("tag of %s", PyString_AS_STRING(name));
    if (PyDict_SetItemString(((PyTypeObject *)self)->tp_dict, "tag", value) < 0) {
        Py_CLEAR(self);
    }
    Py_DECREF(value);
    return self;
}

static int
meta_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    initialised++;
    return PyType_Type.tp_init(self, args, kwargs);
}

static void
meta_dealloc(PyObject *self)
{
    gone++;
    Py_CLEAR(((Class *)self)->note);
    PyType_Type.tp_dealloc(self);
}

static PyObject *
meta_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *object;
    called++;
    object = PyType_Type.tp_call(self, args, kwargs);
    return object;
}

static PyObject *
meta_getattro(PyObject *self, PyObject *name)
{
    if (strcmp(PyString_AsString(name), "magic") == 0) {
        return PyString_FromFormat("magic of %s", ((PyTypeObject *)self)->tp_name);
    }
    return PyType_Type.tp_getattro(self, name);
}

static int
meta_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    if (strncmp(PyString_AsString(name), "const_", 6) == 0) {
        PyErr_Format(PyExc_AttributeError, "%s is constant", PyString_AsString(name));
        return -1;
    }
    return PyType_Type.tp_setattro(self, name, value);
}

static PyObject *
meta_repr(PyObject *self)
{
    return PyString_FromFormat("<%s made by %s>", ((PyTypeObject *)self)->tp_name,
                               Py_TYPE(self)->tp_name);
}

static PyObject *
meta_look(PyObject *self, PyObject *unused)
{
    PyTypeObject *type = (PyTypeObject *)self;
    (void)unused;
    return Py_BuildValue("siiisi", type->tp_name, PyType_Check(self), PyType_CheckExact(self),
                         PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) != 0,
                         type->tp_base->tp_name, (int)PyTuple_GET_SIZE(type->tp_mro));
}

static PyObject *
meta_make(PyObject *self, PyObject *args)
{
    return PyObject_CallObject(self, args);
}

static long
meta_hash(PyObject *self)
{
    return _Py_HashPointer(self);
}

static Py_ssize_t
meta_length(PyObject *self)
{
    return (Py_ssize_t)strlen(((PyTypeObject *)self)->tp_name);
}

static PyObject *
meta_item(PyObject *self, PyObject *key)
{
    return Py_BuildValue("sO", ((PyTypeObject *)self)->tp_name, key);
}

static PyObject *
meta_add(PyObject *v, PyObject *w)
{
    if (!PyType_Check(v) || !PyType_Check(w)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyString_FromFormat("%s+%s", ((PyTypeObject *)v)->tp_name, ((PyTypeObject *)w)->tp_name);
}

static PyObject *
meta_kind(PyObject *self, void *closure)
{
    (void)closure;
    return PyString_FromString(Py_TYPE(self)->tp_name);
}

static PyMappingMethods meta_mapping = {meta_length, meta_item, NULL};
static PyNumberMethods meta_number = {.nb_add = meta_add};
static PyMethodDef meta_methods[] = {
    {"look", meta_look, METH_NOARGS, NULL},
    {"make", meta_make, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef meta_members[] = {
    {"number", T_LONG, offsetof(Class, number), 0, NULL},
    {"note", T_OBJECT, offsetof(Class, note), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef meta_getsets[] = {
    {"kind", meta_kind, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject meta_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "metatypes.Meta",
    .tp_basicsize = sizeof(Class),
    .tp_dealloc = meta_dealloc,
    .tp_repr = meta_repr,
    .tp_as_number = &meta_number,
    .tp_as_mapping = &meta_mapping,
    .tp_hash = meta_hash,
    .tp_call = meta_call,
    .tp_getattro = meta_getattro,
    .tp_setattro = meta_setattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_CHECKTYPES,
    .tp_methods = meta_methods,
    .tp_members = meta_members,
    .tp_getset = meta_getsets,
    .tp_init = meta_init,
    .tp_new = meta_new,
};

/* One that leaves everything to type, as large as that. */
static PyTypeObject plain_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "metatypes.Plain",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

/* ---- Static types of such a metatype ---- */

typedef struct {
    PyObject_HEAD
    long value;
} Object;

static PyObject *
object_value(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyInt_FromLong(((Object *)self)->value);
}

static int
object_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)kwargs;
    return PyArg_ParseTuple(args, "|l", &((Object *)self)->value) ? 0 : -1;
}

static PyMethodDef object_methods[] = {
    {"value", object_value, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject object_type = {
    PyVarObject_HEAD_INIT(&meta_type, 0)
    .tp_name = "metatypes.Object",
    .tp_basicsize = sizeof(Object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = object_methods,
    .tp_init = object_init,
    .tp_new = PyType_GenericNew,
};

/* And one that has it from its base. */
static PyTypeObject derived_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "metatypes.Derived",
    .tp_basicsize = sizeof(Object),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &object_type,
};

/* ---- The module ---- */

static PyObject *
counts(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("iiii", made, initialised, called, gone);
}

/* What C code sees of a class, and does with it. */
static PyObject *
look(PyObject *self, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    PyObject *found, *name;
    (void)self;
    if (!PyType_Check(object)) {
        return PyErr_Format(PyExc_TypeError, "no type");
    }
    name = PyString_FromString("tag");
    found = _PyType_Lookup(type, name);
    Py_DECREF(name);
    return Py_BuildValue("sisO", Py_TYPE(object)->tp_name,
                         PyObject_TypeCheck(object, &meta_type) != 0, type->tp_base->tp_name,
                         found != NULL ? found : Py_None);
}

/* A class statement in C. */
static PyObject *
make_class(PyObject *self, PyObject *args)
{
    PyObject *meta, *bases, *dict, *class;
    const char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "OsOO", &meta, &name, &bases, &dict)) {
        return NULL;
    }
    class = PyObject_CallFunction(meta, "sOO", name, bases, dict);
    return class;
}

static PyObject *
make_instance(PyObject *self, PyObject *args)
{
    PyObject *class, *object, *result;
    (void)self;
    if (!PyArg_ParseTuple(args, "O", &class)) {
        return NULL;
    }
    object = PyObject_CallFunction(class, "i", 7);
    if (object == NULL) {
        return NULL;
    }
    result = Py_BuildValue("Nsi", PyObject_CallMethod(object, "value", NULL),
                           Py_TYPE(object)->tp_name, PyObject_IsInstance(object, class));
    Py_DECREF(object);
    return result;
}

static PyObject *
attribute(PyObject *self, PyObject *args)
{
    PyObject *object, *value = NULL;
    const char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &value)) {
        return NULL;
    }
    if (value != NULL && PyObject_SetAttrString(object, name, value) < 0) {
        return NULL;
    }
    return PyObject_GetAttrString(object, name);
}

static PyMethodDef functions[] = {
    {"counts", counts, METH_NOARGS, NULL},
    {"look", look, METH_O, NULL},
    {"make_class", make_class, METH_VARARGS, NULL},
    {"make_instance", make_instance, METH_VARARGS, NULL},
    {"attribute", attribute, METH_VARARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"give", give, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static void
add(PyObject *module, PyTypeObject *type)
{
    if (PyType_Ready(type) == 0) {
        Py_INCREF(type);
        PyModule_AddObject(module, strrchr(type->tp_name, '.') + 1, (PyObject *)type);
    }
}

PyMODINIT_FUNC
initmetatypes(void)
{
    PyObject *module = Py_InitModule("metatypes", functions);
    meta_type.tp_base = plain_type.tp_base = &PyType_Type;
    add(module, &meta_type);
    add(module, &plain_type);
    add(module, &object_type);
    add(module, &derived_type);
}
