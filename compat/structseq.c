/* structseq.c - tuples whose items have names: struct_time, stat_result.
 *
 * The type is the guest's, an instance is guest memory that inlined code fills;
 * it crosses by value, as tuples do.  The host makes a type of the same kind. */

#include "config.h"
#include "guest.h"
#include "map.h"
#include "structseq.h"

#include <stdlib.h>
#include <string.h>

/* A field without a name; known by its address, there and here. */
static char unnamed[] = "unnamed field";
char *PyStructSequence_UnnamedField = unnamed;

static struct py2abi_map fields;  /* guest type -> all fields, also those behind the sequence */
static struct py2abi_map lengths; /* guest type -> those of the sequence */

static Py_ssize_t
count_fields(const PyTypeObject *type)
{
    return (Py_ssize_t)(uintptr_t)py2abi_map_get(&fields, type);
}

/* Whether a type was made here. */
int
py2abi_structseq_is(const PyTypeObject *type)
{
    return count_fields(type) != 0;
}

static void
dealloc(PyObject *object)
{
    PyStructSequence *sequence = (PyStructSequence *)object;
    for (Py_ssize_t i = count_fields(Py_TYPE(object)); --i >= 0;) {
        Py_XDECREF(sequence->ob_item[i]);
    }
    PyObject_GC_Del(object);
}

static PyObject *
get_attribute(PyObject *object, PyObject *name)
{
    HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE);
    HostObject *host_name = host != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    HostObject *value = host_name != NULL ? host_PyObject_GetAttr(host, host_name) : NULL;
    host_XDECREF(host);
    host_XDECREF(host_name);
    return py2abi_mirror_result(value);
}

PyObject *
PyStructSequence_New(PyTypeObject *type)
{
    Py_ssize_t count = count_fields(type);
    PyObject *object = _PyObject_GC_Malloc(_PyObject_VAR_SIZE(type, count));
    if (object != NULL) {
        PyStructSequence *sequence = (PyStructSequence *)object;
        (void)PyObject_INIT(object, type);
        Py_SIZE(sequence) = (Py_ssize_t)(uintptr_t)py2abi_map_get(&lengths, type);
        memset(sequence->ob_item, 0, (size_t)count * sizeof sequence->ob_item[0]);
    }
    return object;
}

/* From a sequence: the host's type knows how many items and what to say otherwise. */
static PyObject *
new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return py2abi_call_host((PyObject *)type, args, kwargs);
}

/* The host's type of the same description, which it copies. */
static HostObject *
make_host_type(const PyStructSequence_Desc *description, Py_ssize_t count)
{
    PyStructSequence_Desc copy = *description;
    /* 3.9 and 3.10 do not export it: there the field's name is what it says. */
    char *host_unnamed = HOST(PyStructSequence_UnnamedField) != NULL
                             ? *HOST(PyStructSequence_UnnamedField)
                             : unnamed;
    static char no_doc[] = "";
    if (copy.doc == NULL && py2abi_front->host_major == 3 && py2abi_front->host_minor < 9) {
        copy.doc = no_doc; /* NewType reads it there, unasked. */
    }
    copy.fields = calloc((size_t)count + 1, sizeof *copy.fields);
    if (copy.fields == NULL) {
        return host_PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        copy.fields[i] = description->fields[i];
        if (copy.fields[i].name == unnamed) {
            copy.fields[i].name = host_unnamed;
        }
    }
    /* Both structures are four words, and the fields two.  Up to 3.7 the types that
     * NewType makes are broken (the collector aborts); there the type is one like a
     * static type, in more memory than any of those hosts needs, for ever. */
    HostObject *type = NULL;
    if (py2abi_front->host_major == 3 && py2abi_front->host_minor < 8) {
        type = calloc(1, 2048);
        if (type != NULL && host_PyStructSequence_InitType2((HostType *)type, (void *)&copy) < 0) {
            free(type);
            type = NULL;
        }
    }
    else {
        type = (HostObject *)host_PyStructSequence_NewType((void *)&copy);
    }
    free(copy.fields);
    return type;
}

void
PyStructSequence_InitType(PyTypeObject *type, PyStructSequence_Desc *description)
{
    Py_ssize_t count = 0;
    while (description->fields[count].name != NULL) {
        count++;
    }
    HostObject *host = make_host_type(description, count);
    void *length = (void *)(uintptr_t)description->n_in_sequence;
    if (host == NULL || py2abi_map_put(&fields, type, (void *)(uintptr_t)count) < 0
        || py2abi_map_put(&lengths, type, length) < 0) {
        host_XDECREF(host);
        py2abi_error_to_guest();
        return;
    }
    memset(type, 0, sizeof *type);
    Py_REFCNT(type) = 1;
    Py_TYPE(type) = &PyType_Type;
    type->tp_name = description->name;
    type->tp_doc = description->doc;
    type->tp_basicsize = offsetof(PyStructSequence, ob_item);
    type->tp_itemsize = sizeof(PyObject *);
    type->tp_dealloc = dealloc;
    type->tp_getattro = get_attribute;
    type->tp_as_sequence = PyTuple_Type.tp_as_sequence;
    type->tp_as_mapping = PyTuple_Type.tp_as_mapping;
    type->tp_hash = PyTuple_Type.tp_hash;
    type->tp_richcompare = PyTuple_Type.tp_richcompare;
    type->tp_iter = PyTuple_Type.tp_iter;
    type->tp_repr = PyTuple_Type.tp_repr;
    type->tp_new = new;
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC;
    if (py2abi_type_adopt(type, &PyTuple_Type, host) < 0) {
        py2abi_error_to_guest();
    }
    host_DECREF(host);
}

/* ---- Crossing ---- */

/* The host's object for a guest's: a new reference, or NULL with a host
 * exception.  What was never set is None. */
HostObject *
py2abi_structseq_host(PyObject *object)
{
    HostObject *type = py2abi_type_host(Py_TYPE(object));
    HostObject *made = type != NULL ? host_PyStructSequence_New((HostType *)type) : NULL;
    Py_ssize_t count = count_fields(Py_TYPE(object));
    host_XDECREF(type);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *item = ((PyStructSequence *)object)->ob_item[i];
        HostObject *host = py2abi_host(item != NULL ? item : Py_None, PY2ABI_AS_CONSTANT);
        if (host == NULL) {
            host_DECREF(made);
            return NULL;
        }
        host_PyStructSequence_SetItem(made, i, host);
    }
    return made;
}

/* And back. */
PyObject *
py2abi_structseq_mirror(PyTypeObject *type, HostObject *object)
{
    PyObject *made = PyStructSequence_New(type);
    Py_ssize_t count = count_fields(type);
    if (made == NULL) {
        py2abi_error_to_host();
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = py2abi_mirror(host_PyStructSequence_GetItem(object, i));
        if (item == NULL) {
            Py_DECREF(made);
            return NULL;
        }
        PyStructSequence_SET_ITEM(made, i, item);
    }
    return made;
}
