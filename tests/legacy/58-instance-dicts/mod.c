/* Objects with a dictionary: at a fixed place, or counted from the end. */

#include "generic.h"
#include "structmember.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    int number;
} Fixed;

typedef struct {
    PyObject_VAR_HEAD
    int number;
    char items[1];
} Sized;

static PyObject *
data_get(PyObject *self, void *closure)
{
    return PyString_FromString("from data");
}

static int
data_set(PyObject *self, PyObject *value, void *closure)
{
    PyErr_SetString(PyExc_ValueError, value != NULL ? "data set" : "data deleted");
    return -1;
}

static PyGetSetDef getsets[] = {
    {"data", data_get, data_set, NULL, NULL},
    {"only", data_get, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *
method(PyObject *self, PyObject *args)
{
    return PyString_FromFormat("method of %s", Py_TYPE(self)->tp_name);
}

static PyMethodDef methods_of[] = {
    {"method", method, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef fixed_members[] = {
    {"number", T_INT, offsetof(Fixed, number), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyMemberDef sized_members[] = {
    {"number", T_INT, offsetof(Sized, number), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static void
dealloc(PyObject *self)
{
    PyObject **slot = _PyObject_GetDictPtr(self);
    if (slot != NULL) {
        Py_CLEAR(*slot);
    }
    PyObject_Del(self);
}

#define COMMON                                                                                    \
    .tp_dealloc = dealloc,                                                                        \
    .tp_getattro = PyObject_GenericGetAttr,                                                       \
    .tp_setattro = PyObject_GenericSetAttr,                                                       \
    .tp_getset = getsets,                                                                         \
    .tp_methods = methods_of

static PyTypeObject Fixed_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    COMMON,
    .tp_name = "instance_dicts.Fixed",
    .tp_basicsize = sizeof(Fixed),
    .tp_dictoffset = offsetof(Fixed, dict),
    .tp_members = fixed_members,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
static PyTypeObject Sized_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    COMMON,
    .tp_name = "instance_dicts.Sized",
    .tp_basicsize = offsetof(Sized, items) + sizeof(PyObject *),
    .tp_itemsize = 1,
    .tp_dictoffset = -(Py_ssize_t)sizeof(PyObject *),
    .tp_members = sized_members,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
/* Never made ready by the module itself. */
static PyTypeObject None_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    COMMON,
    .tp_name = "instance_dicts.None",
    .tp_basicsize = sizeof(Fixed),
    .tp_members = fixed_members,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* What Python derives from. */
static void
base_dealloc(PyObject *self)
{
    Py_CLEAR(((Fixed *)self)->dict);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject Base_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "instance_dicts.Base",
    .tp_basicsize = sizeof(Fixed),
    .tp_dealloc = base_dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_methods = methods_of,
    .tp_members = fixed_members,
    .tp_dictoffset = offsetof(Fixed, dict),
    .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static PyObject *
generic(PyObject *self, PyObject *args)
{
    PyObject *object, *name;
    (void)self;
    return PyArg_ParseTuple(args, "OO", &object, &name) ? PyObject_GenericGetAttr(object, name)
                                                        : NULL;
}

static PyObject *objects[5];

static PyObject *
make(PyObject *self, PyObject *unused)
{
    static const char *const names[] = {"attribute", "shadow", NULL};
    int i;
    if (PyType_Ready(&Fixed_Type) < 0 || PyType_Ready(&Sized_Type) < 0) {
        return NULL;
    }
    for (i = 0; i < 5; i++) {
        Py_CLEAR(objects[i]); /* of a former run */
    }
    for (i = 0; names[i] != NULL; i++) {
        PyObject *value = PyString_FromFormat("%s of the type", names[i]);
        PyDict_SetItemString(Fixed_Type.tp_dict, names[i], value);
        PyDict_SetItemString(Sized_Type.tp_dict, names[i], value);
        Py_DECREF(value);
    }
    PyType_Modified(&Fixed_Type);
    PyType_Modified(&Sized_Type);
    objects[0] = PyType_GenericAlloc(&Fixed_Type, 0);
    for (i = 1; i < 4; i++) {
        objects[i] = PyType_GenericAlloc(&Sized_Type, 7 * i - 7);
    }
    Py_SIZE(objects[3]) = -Py_SIZE(objects[3]); /* as longs have it */
    objects[4] = (PyObject *)PyObject_New(Fixed, &None_Type);
    ((Fixed *)objects[4])->number = 0;
    Py_RETURN_NONE;
}

static PyObject *
get(PyObject *self, PyObject *args)
{
    int i;
    char *name;
    PyObject *result;
    if (!PyArg_ParseTuple(args, "is", &i, &name)) {
        return NULL;
    }
    result = PyObject_GetAttrString(objects[i], name);
    if (result != NULL && PyCFunction_Check(result)) {
        PyObject *called = PyObject_CallObject(result, NULL);
        Py_DECREF(result);
        result = called;
    }
    return show_result(result);
}

static PyObject *
set(PyObject *self, PyObject *args)
{
    int i;
    char *name;
    PyObject *value = NULL, *text, **slot;
    if (!PyArg_ParseTuple(args, "is|O", &i, &name, &value)) {
        return NULL;
    }
    text = show_number(PyObject_SetAttrString(objects[i], name, value));
    slot = _PyObject_GetDictPtr(objects[i]);
    append(&text, slot == NULL    ? PyString_FromString(" no slot")
                  : *slot == NULL ? PyString_FromString(" no dict")
                                  : PyString_FromFormat(" at %d: %d entries",
                                                        (int)((char *)slot - (char *)objects[i]),
                                                        (int)PyDict_Size(*slot)));
    return text;
}

static PyObject *
keys(PyObject *self, PyObject *args)
{
    int i;
    PyObject **slot, *list, *text;
    if (!PyArg_ParseTuple(args, "i", &i)) {
        return NULL;
    }
    slot = _PyObject_GetDictPtr(objects[i]);
    if (slot == NULL || *slot == NULL) {
        return PyString_FromString("none");
    }
    list = PyDict_Keys(*slot);
    PyList_Sort(list);
    text = show(list);
    Py_DECREF(list);
    return text;
}

static PyMethodDef methods[] = {
    {"generic", generic, METH_VARARGS, NULL},
    {"make", make, METH_NOARGS, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"set", set, METH_VARARGS, NULL},
    {"keys", keys, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initinstance_dicts(void)
{
    PyObject *module = Py_InitModule("instance_dicts", methods);
    if (PyType_Ready(&Base_Type) == 0) {
        Py_INCREF((PyObject *)&Base_Type);
        PyModule_AddObject(module, "Base", (PyObject *)&Base_Type);
    }
}
