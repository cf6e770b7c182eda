/* capsule.c - C pointers that one binary leaves in a module for another.
 *
 * They are the guest's: what the host sees of one is opaque to it (proxy.c) and
 * comes back as the same capsule.  A capsule of the host's own holds the pointer
 * of a binary for Python 3: here it is one without a pointer, and not valid. */

#include "config.h"
#include "guest.h"

#include <stdlib.h>
#include <string.h>

struct capsule {
    PyObject_HEAD
    void *pointer;
    const char *name;
    void *context;
    PyCapsule_Destructor destructor;
};

/* The capsule, or NULL with an exception that names the function. */
static struct capsule *
check(PyObject *object, const char *function)
{
    struct capsule *capsule = (struct capsule *)object;
    if (object == NULL || !PyCapsule_CheckExact(object) || capsule->pointer == NULL) {
        PyErr_Format(PyExc_ValueError, "%s called with invalid PyCapsule object", function);
        return NULL;
    }
    return capsule;
}

static int
is_name(const struct capsule *capsule, const char *name)
{
    return capsule->name == NULL || name == NULL ? capsule->name == name
                                                 : strcmp(capsule->name, name) == 0;
}

PyObject *
PyCapsule_New(void *pointer, const char *name, PyCapsule_Destructor finish)
{
    if (pointer == NULL) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_New called with null pointer");
        return NULL;
    }
    PyObject *object = py2abi_mirror_new(&PyCapsule_Type, NULL);
    if (object == NULL) {
        return py2abi_failed();
    }
    struct capsule *capsule = (struct capsule *)object;
    capsule->pointer = pointer;
    capsule->name = name;
    capsule->destructor = finish;
    return object;
}

int
PyCapsule_IsValid(PyObject *object, const char *name)
{
    const struct capsule *capsule = (struct capsule *)object;
    return object != NULL && PyCapsule_CheckExact(object) && capsule->pointer != NULL
           && is_name(capsule, name);
}

void *
PyCapsule_GetPointer(PyObject *object, const char *name)
{
    const struct capsule *capsule = check(object, "PyCapsule_GetPointer");
    if (capsule == NULL) {
        return NULL;
    }
    if (!is_name(capsule, name)) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
        return NULL;
    }
    return capsule->pointer;
}

const char *
PyCapsule_GetName(PyObject *object)
{
    const struct capsule *capsule = check(object, "PyCapsule_GetName");
    return capsule != NULL ? capsule->name : NULL;
}

PyCapsule_Destructor
PyCapsule_GetDestructor(PyObject *object)
{
    const struct capsule *capsule = check(object, "PyCapsule_GetDestructor");
    return capsule != NULL ? capsule->destructor : NULL;
}

void *
PyCapsule_GetContext(PyObject *object)
{
    const struct capsule *capsule = check(object, "PyCapsule_GetContext");
    return capsule != NULL ? capsule->context : NULL;
}

int
PyCapsule_SetPointer(PyObject *object, void *pointer)
{
    if (pointer == NULL) {
        PyErr_SetString(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer");
        return -1;
    }
    struct capsule *capsule = check(object, "PyCapsule_SetPointer");
    if (capsule == NULL) {
        return -1;
    }
    capsule->pointer = pointer;
    return 0;
}

int
PyCapsule_SetName(PyObject *object, const char *name)
{
    struct capsule *capsule = check(object, "PyCapsule_SetName");
    if (capsule == NULL) {
        return -1;
    }
    capsule->name = name;
    return 0;
}

int
PyCapsule_SetDestructor(PyObject *object, PyCapsule_Destructor finish)
{
    struct capsule *capsule = check(object, "PyCapsule_SetDestructor");
    if (capsule == NULL) {
        return -1;
    }
    capsule->destructor = finish;
    return 0;
}

int
PyCapsule_SetContext(PyObject *object, void *context)
{
    struct capsule *capsule = check(object, "PyCapsule_SetContext");
    if (capsule == NULL) {
        return -1;
    }
    capsule->context = context;
    return 0;
}

/* The same of a capsule in a Python 2 binary that lies beside the one that asks: that of a
 * host's module of the same name is not for Python 2.  NULL without an exception if there is
 * none. */
static void *
pointer_beside(const char *name)
{
    const char *dot = strchr(name, '.');
    char module_name[200];
    void *pointer = NULL;
    if (dot == NULL || (size_t)(dot - name) >= sizeof module_name
        || strchr(dot + 1, '.') != NULL) {
        return NULL;
    }
    memcpy(module_name, name, (size_t)(dot - name));
    module_name[dot - name] = '\0';
    HostObject *module = py2abi_import_beside(module_name);
    if (module == NULL) {
        if (host_PyErr_Occurred() != NULL) {
            py2abi_error_to_guest();
        }
        return NULL;
    }
    HostObject *value = host_PyObject_GetAttrString(module, dot + 1);
    PyObject *object = value != NULL ? py2abi_mirror_steal(value) : NULL;
    host_DECREF(module);
    host_PyErr_Clear();
    (void)py2abi_returned(0);
    if (object != NULL && PyCapsule_IsValid(object, name)) {
        pointer = ((struct capsule *)object)->pointer;
    }
    Py_XDECREF(object);
    return pointer;
}

/* The pointer of the capsule "module.attribute...", which has that name. */
void *
PyCapsule_Import(const char *name, int no_block)
{
    char *copy, *rest = NULL;
    PyObject *object = NULL;
    void *pointer = py2abi_datetime_api(name);
    if (pointer != NULL) {
        return pointer;
    }
    pointer = pointer_beside(name);
    if (pointer != NULL || PyErr_Occurred() != NULL) {
        return pointer;
    }
    copy = strdup(name);
    if (copy == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    for (char *part = strtok_r(copy, ".", &rest); part != NULL;
         part = strtok_r(NULL, ".", &rest)) {
        if (object != NULL) {
            PyObject *inner = PyObject_GetAttrString(object, part);
            Py_SETREF(object, inner);
        }
        else {
            object = no_block ? PyImport_ImportModuleNoBlock(part) : PyImport_ImportModule(part);
            if (object == NULL && !no_block) {
                PyErr_Format(PyExc_ImportError, "PyCapsule_Import could not import module \"%s\"",
                             part);
            }
        }
        if (object == NULL) {
            free(copy);
            return NULL;
        }
    }
    if (object != NULL && PyCapsule_IsValid(object, name)) {
        pointer = ((struct capsule *)object)->pointer;
    }
    else if (object != NULL && PyCapsule_CheckExact(object)
             && ((struct capsule *)object)->pointer == NULL) {
        /* The host's. */
        const struct py2abi_guest *guest = py2abi_frame_guest();
        PyErr_Format(PyExc_ImportError,
                     "%s: wants the C interface %s of a Python 2 binary, and beside it lies none: "
                     "Python 3's own is another", guest != NULL ? guest->path : "?", name);
    }
    else {
        PyErr_Format(PyExc_AttributeError, "PyCapsule_Import \"%s\" is not valid", name);
    }
    Py_XDECREF(object);
    free(copy);
    return pointer;
}

static void
dealloc(PyObject *object)
{
    const struct capsule *capsule = (struct capsule *)object;
    if (capsule->destructor != NULL) {
        capsule->destructor(object);
    }
    py2abi_mirror_dealloc(object);
}

static PyObject *
repr(PyObject *object)
{
    const struct capsule *capsule = (struct capsule *)object;
    const char *quote = capsule->name != NULL ? "\"" : "";
    return PyString_FromFormat("<capsule object %s%s%s at %p>", quote,
                               capsule->name != NULL ? capsule->name : "NULL", quote,
                               (void *)object);
}

PyTypeObject PyCapsule_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "PyCapsule",
    .tp_basicsize = sizeof(struct capsule),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | PY2ABI_TPFLAGS_MIRROR,
};
