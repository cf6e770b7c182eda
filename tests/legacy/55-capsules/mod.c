/* Pointers as objects: capsule.c and cobject.c of Python 2.7. */

#include "generic.h"

static int things[4];
static int ended;
static const char name[] = "capsules._C_API";

static void
end_capsule(PyObject *capsule)
{
    ended += 1 + (PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule)) == &things[0]);
    PyErr_Clear();
}

static void
end_object(void *pointer)
{
    ended += 10 * (pointer == &things[1]);
}

static void
end_described(void *pointer, void *description)
{
    ended += 100 * (pointer == &things[1] && description == &things[2]);
}

static PyObject *
show_pointer(const void *pointer)
{
    int i;
    if (pointer == NULL) {
        return PyErr_Occurred() != NULL ? show_error() : PyString_FromString("NULL");
    }
    for (i = 0; i < 4; i++) {
        if (pointer == &things[i]) {
            return PyString_FromFormat("thing %d", i);
        }
    }
    return PyString_FromString("another");
}

static PyObject *
look(PyObject *self, PyObject *object)
{
    const char *found;
    PyObject *text = PyString_FromFormat("valid %d %d %d name ", PyCapsule_IsValid(object, name),
                                         PyCapsule_IsValid(object, NULL),
                                         PyCapsule_IsValid(object, "other"));
    (void)self;
    found = PyCapsule_GetName(object);
    append(&text, found != NULL             ? PyString_FromString(found)
                  : PyErr_Occurred() != NULL ? show_error()
                                             : PyString_FromString("NULL"));
    append(&text, PyString_FromString(" pointer "));
    append(&text, show_pointer(PyCapsule_GetPointer(object, name)));
    append(&text, PyString_FromString(" "));
    append(&text, show_pointer(PyCapsule_GetPointer(object, NULL)));
    append(&text, PyString_FromString(" context "));
    append(&text, show_pointer(PyCapsule_GetContext(object)));
    append(&text, PyString_FromFormat(" destructor %d ",
                                      PyCapsule_GetDestructor(object) == end_capsule));
    append(&text, show_error());
    append(&text, PyString_FromString(" C object "));
    append(&text, show_pointer(PyCObject_AsVoidPtr(object)));
    append(&text, PyString_FromString(" "));
    append(&text, show_pointer(PyCObject_GetDesc(object)));
    return text;
}

static PyObject *
make(PyObject *self, PyObject *args)
{
    int kind;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &kind)) {
        return NULL;
    }
    switch (kind) {
    case 0:
        return PyCapsule_New(&things[0], name, end_capsule);
    case 1:
        return PyCapsule_New(&things[0], NULL, NULL);
    case 2:
        return PyCapsule_New(NULL, name, NULL);
    case 3:
        return PyCObject_FromVoidPtr(&things[1], end_object);
    case 4:
        return PyCObject_FromVoidPtrAndDesc(&things[1], &things[2], end_described);
    case 5:
        return PyCObject_FromVoidPtrAndDesc(&things[1], NULL, end_described);
    default:
        return PyCObject_FromVoidPtr(&things[1], NULL);
    }
}

static PyObject *
change(PyObject *self, PyObject *object)
{
    PyObject *text = show_number(PyCapsule_SetContext(object, &things[3]));
    (void)self;
    append(&text, PyString_FromString("; "));
    append(&text, show_number(PyCapsule_SetName(object, "other")));
    append(&text, PyString_FromString("; "));
    append(&text, show_number(PyCapsule_SetPointer(object, &things[2])));
    append(&text, PyString_FromString("; "));
    append(&text, show_number(PyCapsule_SetPointer(object, NULL)));
    append(&text, PyString_FromString("; "));
    append(&text, show_number(PyCapsule_SetDestructor(object, NULL)));
    append(&text, PyString_FromString("; "));
    append(&text, show_number(PyCObject_SetVoidPtr(object, &things[3])));
    return text;
}

static PyObject *
import(PyObject *self, PyObject *args)
{
    char *path;
    int no_block;
    (void)self;
    if (!PyArg_ParseTuple(args, "si", &path, &no_block)) {
        return NULL;
    }
    return show_pointer(PyCapsule_Import(path, no_block));
}

static PyObject *
import_object(PyObject *self, PyObject *args)
{
    char *module, *attribute;
    (void)self;
    if (!PyArg_ParseTuple(args, "ss", &module, &attribute)) {
        return NULL;
    }
    return show_pointer(PyCObject_Import(module, attribute));
}

static PyObject *
count(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyInt_FromLong(ended);
}

static PyObject *
same(PyObject *self, PyObject *args)
{
    /* The address of what comes is the one of what went. */
    static PyObject *kept;
    PyObject *object = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "|O", &object)) {
        return NULL;
    }
    if (object == NULL) {
        kept = PyCapsule_New(&things[0], NULL, NULL);
        return kept;
    }
    return PyString_FromFormat("%d", object == kept);
}

static PyObject *
nothing(PyObject *self, PyObject *unused)
{
    PyObject *text = show_pointer(PyCObject_AsVoidPtr(NULL));
    (void)self;
    (void)unused;
    append(&text, show_pointer(PyCObject_GetDesc(NULL)));
    append(&text, show_number(PyCObject_SetVoidPtr(NULL, things)));
    append(&text, show_number(PyCapsule_IsValid(NULL, NULL)));
    append(&text, show_pointer(PyCapsule_GetPointer(NULL, NULL)));
    return text;
}

static PyObject *
texts(PyObject *self, PyObject *object)
{
    PyObject *repr = PyObject_Repr(object), *text;
    (void)self;
    /* Without the address. */
    text = PyString_FromStringAndSize(PyString_AS_STRING(repr),
                                      strchr(PyString_AS_STRING(repr), ' ') != NULL
                                          ? strstr(PyString_AS_STRING(repr), " at ")
                                                - PyString_AS_STRING(repr)
                                          : 0);
    append(&text, PyString_FromFormat(" %s %d %d", Py_TYPE(object)->tp_name,
                                      PyCapsule_CheckExact(object), PyCObject_Check(object)));
    Py_DECREF(repr);
    return text;
}

static PyMethodDef methods[] = {
    {"look", look, METH_O, NULL},
    {"make", make, METH_VARARGS, NULL},
    {"change", change, METH_O, NULL},
    {"import_", import, METH_VARARGS, NULL},
    {"import_object", import_object, METH_VARARGS, NULL},
    {"count", count, METH_NOARGS, NULL},
    {"same", same, METH_VARARGS, NULL},
    {"nothing", nothing, METH_NOARGS, NULL},
    {"texts", texts, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initcapsules(void)
{
    PyObject *module = Py_InitModule("capsules", methods);
    PyModule_AddObject(module, "_C_API", PyCapsule_New(&things[0], name, NULL));
    PyModule_AddObject(module, "misnamed", PyCapsule_New(&things[0], name, NULL));
    PyModule_AddObject(module, "object", PyCObject_FromVoidPtr(&things[1], NULL));
}
