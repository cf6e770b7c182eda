/* Types that are derived from those of Python's own types which seldom are: bytearray,
 * property, classmethod, staticmethod, module, weakref. */

#define DERIVED_IN "more_bases"
#include "derived.h"

#include <string.h>

/* What 2.7's headers keep to themselves, as binaries write it down again. */
typedef struct {
    PyObject_HEAD
    PyObject *prop_get;
    PyObject *prop_set;
    PyObject *prop_del;
    PyObject *prop_doc;
    int getter_doc;
} PropertyObject;

typedef struct {
    PyObject_HEAD
    PyObject *callable;
} CallableObject;

typedef struct {
    PyObject_HEAD
    PyObject *md_dict;
} ModuleObject;

DERIVED(Bytes, bytes, PyByteArrayObject, PyByteArray_Type)
DERIVED(Property, property, PropertyObject, PyProperty_Type)
DERIVED(ClassMethod, classmethod, CallableObject, PyClassMethod_Type)
DERIVED(StaticMethod, staticmethod, CallableObject, PyStaticMethod_Type)
DERIVED(Module, module, ModuleObject, PyModule_Type)
DERIVED(Ref, ref, PyWeakReference, _PyWeakref_RefType)

/* ---- bytearray ---- */

static int
bytes_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    ((Bytes *)self)->extra = 3;
    return PyByteArray_Type.tp_init(self, args, kwargs);
}

static PyObject *
bytes_push(PyObject *self, PyObject *item)
{
    Py_ssize_t size = PyByteArray_GET_SIZE(self);
    long byte = PyInt_AsLong(item);
    if ((byte == -1 && PyErr_Occurred()) || PyByteArray_Resize(self, size + 1) < 0) {
        return NULL;
    }
    PyByteArray_AS_STRING(self)[size] = (char)byte;
    return PyInt_FromSsize_t(PyByteArray_Size(self));
}

static PyObject *
bytes_look(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_BuildValue("niis#", Py_SIZE(self), PyByteArray_Check(self),
                         PyByteArray_CheckExact(self), PyByteArray_AS_STRING(self),
                         (int)PyByteArray_GET_SIZE(self));
}

static PyMethodDef bytes_methods[] = {
    {"push", bytes_push, METH_O, NULL},
    {"look", bytes_look, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
bytes_from_c(PyObject *self, PyObject *text)
{
    PyObject *made = PyObject_CallFunctionObjArgs((PyObject *)&bytes_type, text, NULL);
    (void)self;
    if (made != NULL && PyByteArray_Resize(made, PyByteArray_GET_SIZE(made) + 1) == 0) {
        PyByteArray_AS_STRING(made)[PyByteArray_GET_SIZE(made) - 1] = '!';
    }
    return made;
}

/* ---- property ---- */

/* The names of the functions that inlined code finds in it. */
static PyObject *
property_fields(PyObject *self, PyObject *property)
{
    const PropertyObject *object = (PropertyObject *)property;
    (void)self;
    return Py_BuildValue("iiiiN", object->prop_get != NULL && object->prop_get != Py_None,
                         object->prop_set != NULL && object->prop_set != Py_None,
                         object->prop_del != NULL && object->prop_del != Py_None,
                         object->prop_doc != NULL && object->prop_doc != Py_None,
                         object->prop_get != NULL ? PyObject_CallFunction(object->prop_get, "(())")
                                                  : PyInt_FromLong(0));
}

/* A property of the class, as Boost.Python has it: the function gets no object. */
static PyObject *
static_get(PyObject *self, PyObject *object, PyObject *type)
{
    (void)object;
    (void)type;
    return PyObject_CallFunction(((PropertyObject *)self)->prop_get, NULL);
}

static int
static_set(PyObject *self, PyObject *object, PyObject *value)
{
    PyObject *result;
    (void)object;
    result = ((PropertyObject *)self)->prop_set != NULL
                 ? PyObject_CallFunctionObjArgs(((PropertyObject *)self)->prop_set, value, NULL)
                 : PyErr_Format(PyExc_AttributeError, "cannot set");
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

static PyTypeObject static_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "more_bases.StaticProperty",
    .tp_basicsize = sizeof(PropertyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_descr_get = static_get,
    .tp_descr_set = static_set,
};

static PyObject *
make_property(PyObject *self, PyObject *args)
{
    PyObject *made = PyObject_CallObject((PyObject *)&property_type, args);
    (void)self;
    if (made != NULL) {
        ((Property *)made)->extra = 12;
    }
    return made;
}

/* ---- classmethod and staticmethod ---- */

static PyObject *
callable_of(PyObject *self, PyObject *method)
{
    PyObject *callable = ((CallableObject *)method)->callable;
    (void)self;
    callable = callable != NULL ? callable : Py_None;
    Py_INCREF(callable);
    return callable;
}

static PyObject *
make_method(PyObject *self, PyObject *args)
{
    PyObject *function;
    int is_static;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi", &function, &is_static)) {
        return NULL;
    }
    return is_static ? PyStaticMethod_New(function) : PyClassMethod_New(function);
}

/* ---- module ---- */

static PyObject *
module_look(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyModule_GetDict(self), *x;
    (void)unused;
    if (dict == NULL) {
        return NULL;
    }
    x = PyDict_GetItemString(dict, "x");
    return Py_BuildValue("siOl", PyModule_GetName(self), PyModule_Check(self),
                         x != NULL ? x : Py_None, ((Module *)self)->extra);
}

static PyObject *
module_put(PyObject *self, PyObject *value)
{
    Py_INCREF(value);
    if (PyModule_AddObject(self, "x", value) < 0) {
        return NULL;
    }
    ((Module *)self)->extra++;
    Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
    {"look", module_look, METH_NOARGS, NULL},
    {"put", module_put, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- weakref ---- */

static PyObject *
ref_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = _PyWeakref_RefType.tp_new(type, args, kwargs);
    if (self != NULL) {
        ((Ref *)self)->extra = 40;
    }
    return self;
}

static PyObject *
ref_look(PyObject *self, PyObject *unused)
{
    PyObject *object = PyWeakref_GET_OBJECT(self);
    (void)unused;
    return Py_BuildValue("iiiNl", PyWeakref_Check(self) != 0, PyWeakref_CheckRef(self) != 0,
                         PyWeakref_CheckRefExact(self) != 0,
                         PyString_FromString(object == Py_None
                                                 ? "gone"
                                                 : Py_TYPE(PyWeakref_GetObject(self))->tp_name),
                         ((Ref *)self)->extra);
}

static PyMethodDef ref_methods[] = {
    {"look", ref_look, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* What a reference can refer to. */
typedef struct {
    PyObject_HEAD
    PyObject *list;
} Target;

static void
target_dealloc(PyObject *self)
{
    if (((Target *)self)->list != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject target_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "more_bases.Target",
    .tp_basicsize = sizeof(Target),
    .tp_dealloc = target_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_weaklistoffset = offsetof(Target, list),
    .tp_new = PyType_GenericNew,
};

/* ---- The module ---- */

static PyMethodDef functions[] = {
    {"bytes_from_c", bytes_from_c, METH_O, NULL},
    {"property_fields", property_fields, METH_O, NULL},
    {"make_property", make_property, METH_VARARGS, NULL},
    {"callable_of", callable_of, METH_O, NULL},
    {"make_method", make_method, METH_VARARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"give", give, METH_NOARGS, NULL},
    {"drop", drop, METH_NOARGS, NULL},
    {"count", count, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static void
add(PyObject *module, PyTypeObject *type, PyTypeObject *base)
{
    const char *name = strrchr(type->tp_name, '.') + 1;
    if (type->tp_base == NULL) {
        type->tp_base = base;
    }
    if (PyType_Ready(type) == 0) {
        Py_INCREF(type);
        PyModule_AddObject(module, name, (PyObject *)type);
    }
}

PyMODINIT_FUNC
initmore_bases(void)
{
    PyObject *module = Py_InitModule("more_bases", functions);
    bytes_type.tp_methods = bytes_methods;
    bytes_type.tp_init = bytes_init;
    module_type.tp_methods = module_methods;
    ref_type.tp_methods = ref_methods;
    ref_type.tp_new = ref_new;
    add(module, &bytes_type, &PyByteArray_Type);
    add(module, &property_type, &PyProperty_Type);
    add(module, &static_type, &PyProperty_Type);
    add(module, &classmethod_type, &PyClassMethod_Type);
    add(module, &staticmethod_type, &PyStaticMethod_Type);
    add(module, &module_type, &PyModule_Type);
    add(module, &ref_type, &_PyWeakref_RefType);
    add(module, &target_type, &PyBaseObject_Type);
}
