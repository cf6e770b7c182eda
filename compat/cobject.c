/* cobject.c - C pointers for other binaries, as it was done before capsules. */

#include "config.h"
#include "guest.h"

#include <string.h>

PyObject *
PyCObject_FromVoidPtr(void *pointer, void (*finish)(void *))
{
    PyObject *object = py2abi_mirror_new(&PyCObject_Type, NULL);
    if (object == NULL) {
        return py2abi_failed();
    }
    ((PyCObject *)object)->cobject = pointer;
    ((PyCObject *)object)->destructor = finish;
    return object;
}

/* The destructor gets the description too. */
PyObject *
PyCObject_FromVoidPtrAndDesc(void *pointer, void *description, void (*finish)(void *, void *))
{
    if (description == NULL) {
        PyErr_SetString(PyExc_TypeError,
                        "PyCObject_FromVoidPtrAndDesc called with null description");
        return NULL;
    }
    PyObject *object = PyCObject_FromVoidPtr(pointer, (void (*)(void *))(void (*)(void))finish);
    if (object != NULL) {
        ((PyCObject *)object)->desc = description;
    }
    return object;
}

/* Says what is wrong with what should have been one of these. */
static void *
complain(PyObject *object, const char *function)
{
    if (object != NULL) {
        PyErr_Format(PyExc_TypeError, "%s with non-C-object", function);
    }
    else if (PyErr_Occurred() == NULL) {
        PyErr_Format(PyExc_TypeError, "%s called with null pointer", function);
    }
    return NULL;
}

/* A capsule will do as well. */
void *
PyCObject_AsVoidPtr(PyObject *object)
{
    if (object != NULL && PyCapsule_CheckExact(object)) {
        return PyCapsule_GetPointer(object, PyCapsule_GetName(object));
    }
    return object != NULL && PyCObject_Check(object) ? ((PyCObject *)object)->cobject
                                                     : complain(object, "PyCObject_AsVoidPtr");
}

void *
PyCObject_GetDesc(PyObject *object)
{
    return object != NULL && PyCObject_Check(object) ? ((PyCObject *)object)->desc
                                                     : complain(object, "PyCObject_GetDesc");
}

void *
PyCObject_Import(char *module, char *name)
{
    if (strcmp(module, "datetime") == 0 && strcmp(name, "datetime_CAPI") == 0) {
        /* As Python 2.5 and 2.6 had it; there it was no capsule. */
        return py2abi_datetime_api("datetime.datetime_CAPI");
    }
    PyObject *from = PyImport_ImportModule(module);
    PyObject *object = from != NULL ? PyObject_GetAttrString(from, name) : NULL;
    void *pointer = object != NULL ? PyCObject_AsVoidPtr(object) : NULL;
    Py_XDECREF(object);
    Py_XDECREF(from);
    return pointer;
}

/* Only of one without a destructor, which would free the wrong thing. */
int
PyCObject_SetVoidPtr(PyObject *object, void *pointer)
{
    PyCObject *own = (PyCObject *)object;
    if (object == NULL || !PyCObject_Check(object) || own->destructor != NULL) {
        PyErr_SetString(PyExc_TypeError, "Invalid call to PyCObject_SetVoidPtr");
        return 0;
    }
    own->cobject = pointer;
    return 1;
}

static void
dealloc(PyObject *object)
{
    PyCObject *own = (PyCObject *)object;
    if (own->destructor != NULL && own->desc != NULL) {
        ((void (*)(void *, void *))(void (*)(void))own->destructor)(own->cobject, own->desc);
    }
    else if (own->destructor != NULL) {
        own->destructor(own->cobject);
    }
    py2abi_mirror_dealloc(object);
}

PyTypeObject PyCObject_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "PyCObject",
    .tp_basicsize = sizeof(PyCObject),
    .tp_dealloc = dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | PY2ABI_TPFLAGS_MIRROR,
};
