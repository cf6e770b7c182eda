/* proxy.c - what stands on the host for a guest-born object. */

#include "config.h"
#include "guest.h"

#include <stdio.h>

static const char capsule_name[] = "py2abi.object";

static void
forget(HostObject *capsule)
{
    PyObject *object = host_PyCapsule_GetPointer(capsule, capsule_name);
    if (object != NULL) {
        py2abi_unlink(object, capsule);
    }
}

/* A pointer that one binary leaves for another: opaque to the host. */
static HostObject *
make_capsule(PyObject *object)
{
    HostObject *capsule = host_PyCapsule_New(object, capsule_name, forget);
    if (capsule != NULL && py2abi_link(object, capsule) < 0) {
        /* The destructor would give back a reference that was not taken. */
        Py_INCREF(object);
        host_DECREF(capsule);
        return NULL;
    }
    return capsule;
}

static HostObject *
refuse(const char *what, const char *name)
{
    char sentence[300];
    snprintf(sentence, sizeof sentence,
             "%.100s passed %s '%.100s' to Python 3, which py2abi %s cannot do for types that a "
             "binary defines", py2abi_frame_module(), what, name, PACKAGE_VERSION);
    host_PyErr_SetString(*HOST(PyExc_NotImplementedError), sentence);
    return NULL;
}

/* Make the proxy of a guest-born object that has none.  Returns a new reference,
 * or NULL with a host exception (NotImplementedError for an object of a type that
 * the binary defines). */
HostObject *
py2abi_proxy_new(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type == &PyCFunction_Type) {
        return py2abi_function_proxy(object);
    }
    if (type == &PyCObject_Type || type == &PyCapsule_Type) {
        return make_capsule(object);
    }
    if (py2abi_structseq_is(type)) {
        return py2abi_structseq_host(object);
    }
    return refuse("an object of the type", type->tp_name);
}

/* The host type for a type that a binary defines: the same, for the type. */
HostObject *
py2abi_proxy_type(PyTypeObject *type)
{
    return refuse("the type", type->tp_name);
}
