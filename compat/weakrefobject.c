/* weakrefobject.c - weak references: the host's, to objects of the host's.
 *
 * wr_object, which inlined code reads, is a mirror that the reference must not keep
 * alive: it is there until the frame ends in which the reference crossed or was
 * asked, and then None.
 *
 * PyWeakref_NewRef() and PyWeakref_NewProxy() are the host's.  References to objects
 * of a guest's own type with tp_weaklistoffset, in the list of the object, belong
 * here. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

/* What the pool of a frame holds meanwhile. */
struct look {
    PyObject_HEAD
    PyWeakReference *reference;
    PyObject *referent;
};

static void
look_dealloc(PyObject *object)
{
    struct look *look = (struct look *)object;
    if (look->reference->wr_object == look->referent) {
        look->reference->wr_object = Py_None;
    }
    Py_DECREF(look->referent);
    Py_DECREF(look->reference);
    PyObject_Free(object);
}

static PyTypeObject look_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "py2abi.look",
    .tp_basicsize = sizeof(struct look),
    .tp_dealloc = look_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* What a reference or proxy of the host's refers to: a new reference, None if it is
 * gone, or NULL with a host exception. */
static HostObject *
referent_of(PyObject *reference, HostObject *host)
{
    if (PyWeakref_CheckRef(reference)) {
        /* Whatever a derived class does when it is called. */
        static HostObject *call;
        if (call == NULL) {
            HostObject *type = py2abi_hostcall_import("weakref", "ref");
            call = type != NULL ? host_PyObject_GetAttrString(type, "__call__") : NULL;
            host_XDECREF(type);
        }
        if (call == NULL) {
            return NULL;
        }
        host_INCREF(call);
        host_INCREF(host);
        return py2abi_hostcall(call, 1, host);
    }
    /* A proxy hands every operation on; a method of it tells whose it is. */
    HostObject *method = host_PyObject_GetAttrString(host, "__repr__");
    HostObject *self = method != NULL ? host_PyObject_GetAttrString(method, "__self__") : NULL;
    host_XDECREF(method);
    if (self == NULL) {
        host_PyErr_Clear();
        return py2abi_hostcall_none();
    }
    return self;
}

/* wr_object as it is now, for as long as the frame runs.  Returns 0, or -1 with a
 * host exception. */
int
py2abi_weakref_fill(PyObject *mirror, HostObject *host)
{
    PyWeakReference *reference = (PyWeakReference *)mirror;
    reference->hash = -1;
    if (reference->wr_object == NULL) {
        reference->wr_object = Py_None;
    }
    if (py2abi_frame_guest() == NULL || reference->wr_object != Py_None) {
        return 0;
    }
    HostObject *referent = referent_of(mirror, host);
    PyObject *guest = referent != NULL ? py2abi_mirror_steal(referent) : NULL;
    if (guest == NULL) {
        return -1;
    }
    struct look *look = guest != Py_None ? PyObject_New(struct look, &look_type) : NULL;
    if (look == NULL) {
        Py_DECREF(guest);
        if (guest != Py_None) {
            py2abi_error_to_host();
            return -1;
        }
        return 0;
    }
    Py_INCREF(mirror);
    look->reference = reference;
    look->referent = guest;
    reference->wr_object = guest;
    if (py2abi_frame_keep((PyObject *)look) == NULL) {
        py2abi_error_to_host();
        return -1;
    }
    return 0;
}

/* Borrowed, until the frame ends: None if the object is gone. */
PyObject *
PyWeakref_GetObject(PyObject *reference)
{
    if (reference == NULL || !PyWeakref_Check(reference)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (py2abi_weakref_fill(reference, PY2ABI_HEAD(reference)->host) < 0) {
        return py2abi_failed();
    }
    return ((PyWeakReference *)reference)->wr_object;
}

/* How many are in a list of weak references, beginning with this one. */
Py_ssize_t
_PyWeakref_GetWeakrefCount(PyWeakReference *head)
{
    Py_ssize_t count = 0;
    for (; head != NULL; head = head->wr_next) {
        count++;
    }
    return count;
}
