/* Types that are copied and pickled, each in one of the ways that there are. */

#include "Python.h"
#include "structmember.h"

#include <string.h>

typedef struct {
    PyObject_HEAD
    long number;
    PyObject *data;
} Object;

static PyTypeObject Reduced_type;

static PyObject *
data_of(PyObject *self)
{
    PyObject *data = ((Object *)self)->data != NULL ? ((Object *)self)->data : Py_None;
    Py_INCREF(data);
    return data;
}

static void
set_data(PyObject *self, PyObject *data)
{
    PyObject *old = ((Object *)self)->data;
    Py_INCREF(data);
    ((Object *)self)->data = data;
    Py_XDECREF(old);
}

static void
object_dealloc(PyObject *self)
{
    Py_CLEAR(((Object *)self)->data);
    Py_TYPE(self)->tp_free(self);
}

static int
object_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {"number", "data", NULL};
    PyObject *data = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|lO", keywords, &((Object *)self)->number,
                                     &data)) {
        return -1;
    }
    if (data != NULL) {
        set_data(self, data);
    }
    return 0;
}

/* (class, arguments), and (class, arguments, state). */
static PyObject *
reduce(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_BuildValue("O(l)N", Py_TYPE(self), ((Object *)self)->number, data_of(self));
}

static PyObject *
reduce_ex(PyObject *self, PyObject *protocol)
{
    (void)protocol;
    return Py_BuildValue("O(lN)", Py_TYPE(self), ((Object *)self)->number, data_of(self));
}

/* With items, as lists and dictionaries are: (class, arguments, state, items, pairs). */
static PyObject *
reduce_items(PyObject *self, PyObject *unused)
{
    PyObject *list = Py_BuildValue("[ii]", 1, 2), *iterator = PyObject_GetIter(list);
    (void)self;
    (void)unused;
    Py_DECREF(list);
    return Py_BuildValue("O(i)ON", Py_TYPE(self), 0, Py_None, iterator);
}

static PyObject *
append(PyObject *self, PyObject *item)
{
    ((Object *)self)->number = 10 * ((Object *)self)->number + PyInt_AsLong(item);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
extend(PyObject *self, PyObject *items)
{
    PyObject *iterator = PyObject_GetIter(items), *item;
    while (iterator != NULL && (item = PyIter_Next(iterator)) != NULL) {
        PyObject *none = append(self, item); /* The macro names its argument more than once. */
        Py_XDECREF(none);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
get_state(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_BuildValue("{s:l,s:N}", "number", ((Object *)self)->number, "data", data_of(self));
}

static PyObject *
set_state(PyObject *self, PyObject *state)
{
    PyObject *number, *data;
    if (!PyDict_Check(state)) {
        /* What reduce gave. */
        set_data(self, state);
        Py_RETURN_NONE;
    }
    number = PyDict_GetItemString(state, "number");
    data = PyDict_GetItemString(state, "data");
    if (number == NULL || data == NULL) {
        PyErr_SetString(PyExc_KeyError, "no number, no data");
        return NULL;
    }
    ((Object *)self)->number = PyInt_AsLong(number);
    if (PyErr_Occurred()) {
        return NULL;
    }
    set_data(self, data);
    Py_RETURN_NONE;
}

static PyObject *
new_arguments(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_BuildValue("(lN)", ((Object *)self)->number, data_of(self));
}

/* Made by its __new__ alone. */
static PyObject *
new_with(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *self = type->tp_alloc(type, 0);
    if (self != NULL && object_init(self, args, kwargs) < 0) {
        Py_CLEAR(self);
    }
    return self;
}

static int
no_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    (void)args;
    (void)kwargs;
    return 0;
}

static PyObject *
copy(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyObject_CallFunction((PyObject *)Py_TYPE(self), "lN", ((Object *)self)->number + 1000,
                                 data_of(self));
}

static PyObject *
deepcopy(PyObject *self, PyObject *memo)
{
    if (!PyDict_Check(memo)) {
        return PyErr_Format(PyExc_TypeError, "memo is %s", Py_TYPE(memo)->tp_name);
    }
    return PyObject_CallFunction((PyObject *)Py_TYPE(self), "lN", ((Object *)self)->number + 2000,
                                 data_of(self));
}

static PyMemberDef members[] = {
    {"number", T_LONG, offsetof(Object, number), 0, NULL},
    {"data", T_OBJECT, offsetof(Object, data), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

#define TYPE(name, init, new, ...)                                                                \
    static PyMethodDef name##_methods[] = {__VA_ARGS__, {NULL, NULL, 0, NULL}};                   \
    static PyTypeObject name##_type = {                                                           \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "pickled." #name,                                \
        .tp_basicsize = sizeof(Object),                                                           \
        .tp_dealloc = object_dealloc,                                                             \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                     \
        .tp_methods = name##_methods,                                                             \
        .tp_members = members,                                                                    \
        .tp_init = init,                                                                          \
        .tp_new = new,                                                                            \
    };

TYPE(Reduced, object_init, PyType_GenericNew, {"__reduce__", reduce, METH_NOARGS, NULL},
     {"__setstate__", set_state, METH_O, NULL})
TYPE(ReducedEx, object_init, PyType_GenericNew, {"__reduce_ex__", reduce_ex, METH_O, NULL})
TYPE(Items, object_init, PyType_GenericNew, {"__reduce__", reduce_items, METH_NOARGS, NULL},
     {"append", append, METH_O, NULL}, {"extend", extend, METH_O, NULL})
TYPE(State, object_init, PyType_GenericNew, {"__getstate__", get_state, METH_NOARGS, NULL},
     {"__setstate__", set_state, METH_O, NULL})
TYPE(Arguments, no_init, new_with, {"__getnewargs__", new_arguments, METH_NOARGS, NULL})
TYPE(Registered, object_init, PyType_GenericNew, {"other", reduce, METH_NOARGS, NULL})
TYPE(Copied, object_init, PyType_GenericNew, {"__copy__", copy, METH_NOARGS, NULL},
     {"__deepcopy__", deepcopy, METH_O, NULL})
TYPE(Plain, object_init, PyType_GenericNew, {"other", reduce, METH_NOARGS, NULL})

/* ---- copy_reg ---- */

static PyObject *
remake(PyObject *self, PyObject *args)
{
    (void)self;
    return PyObject_CallObject((PyObject *)&Registered_type, args);
}

static PyObject *
pickle_registered(PyObject *self, PyObject *object)
{
    PyObject *module = PyImport_ImportModule("pickled"), *function;
    (void)self;
    if (module == NULL) {
        return NULL;
    }
    function = PyObject_GetAttrString(module, "remake");
    Py_DECREF(module);
    return Py_BuildValue("N(lN)", function, ((Object *)object)->number, data_of(object));
}

/* As modules do when they are initialised: their types are not known to pickle otherwise. */
static PyObject *
register_with(PyObject *self, PyObject *name)
{
    PyObject *module = PyImport_Import(name), *own = PyImport_ImportModule("pickled");
    PyObject *result = NULL, *pickle, *constructor;
    (void)self;
    if (module != NULL && own != NULL) {
        pickle = PyObject_GetAttrString(own, "pickle_registered");
        constructor = PyObject_GetAttrString(own, "remake");
        result = PyObject_CallMethod(module, "pickle", "OOO", &Registered_type, pickle, constructor);
        Py_XDECREF(pickle);
        Py_XDECREF(constructor);
    }
    Py_XDECREF(module);
    Py_XDECREF(own);
    return result;
}

/* From C: copy, and through a pickle of any protocol. */
static PyObject *
call(PyObject *self, PyObject *args)
{
    PyObject *object, *module, *result;
    const char *name, *function;
    int protocol = -1;
    (void)self;
    if (!PyArg_ParseTuple(args, "ssO|i", &name, &function, &object, &protocol)
        || (module = PyImport_ImportModule(name)) == NULL) {
        return NULL;
    }
    result = protocol >= 0 ? PyObject_CallMethod(module, (char *)function, "Oi", object, protocol)
                           : PyObject_CallMethod(module, (char *)function, "O", object);
    Py_DECREF(module);
    return result;
}

static PyMethodDef functions[] = {
    {"remake", remake, METH_VARARGS, NULL},
    {"pickle_registered", pickle_registered, METH_O, NULL},
    {"register_with", register_with, METH_O, NULL},
    {"call", call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initpickled(void)
{
    static PyTypeObject *const types[] = {
        &Reduced_type, &ReducedEx_type, &Items_type, &State_type, &Arguments_type,
        &Registered_type, &Copied_type, &Plain_type,
    };
    PyObject *module = Py_InitModule("pickled", functions);
    size_t i;
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (PyType_Ready(types[i]) == 0) {
            Py_INCREF(types[i]);
            PyModule_AddObject(module, strrchr(types[i]->tp_name, '.') + 1, (PyObject *)types[i]);
        }
    }
}
