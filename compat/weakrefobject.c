/* weakrefobject.c - weak references: the host's, to objects of the host's; the guest's own, to
 * objects of types that binaries define, in the list that tp_weaklistoffset tells.  Those of types
 * that binaries derive are the host's: the reference is in the proxy.
 *
 * Of the host's: wr_object, which inlined code reads, is a mirror that the reference must not keep
 * alive: it is there until the frame ends in which the reference crossed or was
 * asked, and then None.
 *
 * Proxies are always the host's. */

#include "config.h"
#include "collect.h"
#include "frames.h"
#include "hostcall.h"
#include "proxy.h"

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
    if (reference->wr_object == NULL) {
        reference->hash = -1;
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

/* ---- The guest's own ---- */

static int
has_head(PyObject *reference)
{
    return (Py_TYPE(reference)->tp_flags & PY2ABI_TPFLAGS_MIRROR) != 0;
}

/* Whether a reference is in the list of a guest's object, or was. */
static int
is_native(PyObject *reference)
{
    return has_head(reference) && PY2ABI_HEAD(reference)->is_native;
}

/* Where the list of an object begins, or NULL: its type has none. */
static PyWeakReference **
list_of(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    if ((type->tp_flags & PY2ABI_TPFLAGS_MIRROR) || type->tp_weaklistoffset <= 0
        || !PyType_HasFeature(type, Py_TPFLAGS_HAVE_WEAKREFS)) {
        return NULL;
    }
    return (PyWeakReference **)(void *)((char *)object + type->tp_weaklistoffset);
}

static void
unlink_reference(PyWeakReference *reference, PyWeakReference **list)
{
    if (list != NULL && *list == reference) {
        *list = reference->wr_next;
    }
    if (reference->wr_prev != NULL) {
        reference->wr_prev->wr_next = reference->wr_next;
    }
    if (reference->wr_next != NULL) {
        reference->wr_next->wr_prev = reference->wr_prev;
    }
    reference->wr_prev = reference->wr_next = NULL;
    reference->wr_object = Py_None;
}

/* A weak reference to an object, with what is called when that dies (None counts as
 * nothing).  Without that, there is one for each object. */
PyObject *
PyWeakref_NewRef(PyObject *object, PyObject *callback)
{
    PyWeakReference **list = list_of(object);
    callback = callback == Py_None ? NULL : callback;
    if (list == NULL) {
        HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE), *function = NULL;
        HostObject *made = NULL;
        if (host != NULL
            && (callback == NULL
                || (function = py2abi_host(callback, PY2ABI_AS_VALUE)) != NULL)) {
            made = host_PyWeakref_NewRef(host, function);
        }
        host_XDECREF(function);
        PyObject *mirror = py2abi_mirror_result(made);
        host_XDECREF(host);
        return mirror;
    }
    if (callback == NULL && *list != NULL && (*list)->wr_callback == NULL) {
        Py_INCREF(*list);
        return (PyObject *)*list;
    }
    PyWeakReference *reference = (PyWeakReference *)py2abi_mirror_new(&_PyWeakref_RefType, NULL);
    if (reference == NULL) {
        return py2abi_failed();
    }
    PY2ABI_HEAD(reference)->is_native = 1;
    reference->hash = -1;
    reference->wr_object = object;
    Py_XINCREF(callback);
    reference->wr_callback = callback;
    /* The one without a callback is the first. */
    PyWeakReference *before = callback != NULL && *list != NULL && (*list)->wr_callback == NULL
                                  ? *list
                                  : NULL;
    reference->wr_prev = before;
    reference->wr_next = before != NULL ? before->wr_next : *list;
    if (reference->wr_next != NULL) {
        reference->wr_next->wr_prev = reference;
    }
    if (before != NULL) {
        before->wr_next = reference;
    }
    else {
        *list = reference;
    }
    return (PyObject *)reference;
}

/* Have a reference refer to nothing, and tell nobody.  The host's own are cleared by the host
 * alone: NotImplementedError. */
void
_PyWeakref_ClearRef(PyWeakReference *reference)
{
    if (!is_native((PyObject *)reference)) {
        PyErr_Format(PyExc_NotImplementedError,
                     "%.100s called _PyWeakref_ClearRef for a weak reference of Python 3's, which "
                     "py2abi %s cannot do",
                     py2abi_frame_module(), PACKAGE_VERSION);
        return;
    }
    if (reference->wr_object != Py_None) {
        /* The callback stays with it, to be called by who has asked for this. */
        unlink_reference(reference, list_of(reference->wr_object));
    }
}

static void
tell(PyWeakReference *reference, PyObject *callback)
{
    PyObject *result = PyObject_CallFunctionObjArgs(callback, reference, NULL);
    if (result == NULL) {
        PyErr_WriteUnraisable(callback);
    }
    Py_XDECREF(result);
}

/* An object dies: its tp_dealloc calls this first.  The references say None from now on,
 * and those who asked are told. */
void
PyObject_ClearWeakRefs(PyObject *object)
{
    PyWeakReference **list = object != NULL ? list_of(object) : NULL;
    PyObject *type, *value, *traceback;
    if (object != NULL && (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        return; /* The host's references are the host's business. */
    }
    if (list == NULL || Py_REFCNT(object) != 0) {
        PyErr_BadInternalCall();
        return;
    }
    if (*list == NULL) {
        return;
    }
    PyErr_Fetch(&type, &value, &traceback);
    while (*list != NULL) {
        PyWeakReference *reference = *list;
        PyObject *callback = reference->wr_callback;
        reference->wr_callback = NULL;
        unlink_reference(reference, list);
        /* One that is being deallocated itself has nobody to tell. */
        if (callback != NULL && Py_REFCNT(reference) > 0) {
            Py_INCREF(reference);
            tell(reference, callback);
            Py_DECREF(reference);
        }
        Py_XDECREF(callback);
    }
    PyErr_Restore(type, value, traceback);
}

/* The same for an object that is found to be garbage, so that nobody can get hold of it any
 * more: references with callbacks are appended to a list (told), for later. */
void
py2abi_weakrefs_detach(PyObject *object, PyObject *told)
{
    PyWeakReference **list = list_of(object);
    while (list != NULL && *list != NULL) {
        PyWeakReference *reference = *list;
        unlink_reference(reference, list);
        if (reference->wr_callback != NULL && PyList_Append(told, (PyObject *)reference) < 0) {
            PyErr_Clear();
        }
    }
}

/* Tell those who asked.  told is taken over. */
void
py2abi_weakrefs_tell(PyObject *told)
{
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(told); i++) {
        PyWeakReference *reference = (PyWeakReference *)PyList_GET_ITEM(told, i);
        PyObject *callback = reference->wr_callback;
        reference->wr_callback = NULL;
        tell(reference, callback);
        Py_DECREF(callback);
    }
    Py_DECREF(told);
}

/* The reference as the host has it, to the proxy: a new reference, or NULL with a host
 * exception. */
HostObject *
py2abi_weakref_host(PyObject *object)
{
    PyWeakReference *reference = (PyWeakReference *)object;
    HostObject *callback = NULL, *made = NULL, *referent = NULL;
    if (reference->wr_object == Py_None) {
        /* What dies at once is as good as what has died. */
        referent = py2abi_hostcall(py2abi_hostcall_import("builtins", "set"), 0);
    }
    else {
        referent = py2abi_host(reference->wr_object, PY2ABI_AS_VALUE);
        if (referent != NULL && reference->wr_callback != NULL) {
            callback = py2abi_host(reference->wr_callback, PY2ABI_AS_VALUE);
        }
    }
    if (referent != NULL && (reference->wr_callback == NULL || callback != NULL)) {
        made = host_PyWeakref_NewRef(referent, callback);
    }
    host_XDECREF(callback);
    host_XDECREF(referent);
    return made;
}

static void
dealloc(PyObject *object)
{
    PyWeakReference *reference = (PyWeakReference *)object;
    if (is_native(object)) {
        if (reference->wr_object != Py_None) {
            unlink_reference(reference, list_of(reference->wr_object));
        }
        Py_CLEAR(reference->wr_callback);
    }
    if (!has_head(object)) {
        PyObject_GC_UnTrack(object);
        py2abi_proxy_drop(object);
        Py_TYPE(object)->tp_free(object);
        return;
    }
    py2abi_mirror_dealloc(object);
}

static PyObject *
call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {NULL};
    if (has_head(object) && !is_native(object)) {
        return py2abi_call_host(object, args, kwargs);
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, ":__call__", keywords)) {
        return NULL;
    }
    PyObject *referent = PyWeakref_GetObject(object);
    Py_XINCREF(referent);
    return referent;
}

static long
hash(PyObject *object)
{
    PyWeakReference *reference = (PyWeakReference *)object;
    if (has_head(object) && !is_native(object)) {
        HostObject *host = PY2ABI_HEAD(object)->host;
        return py2abi_returned(host_PyObject_Hash(host));
    }
    if (reference->hash == -1) {
        PyObject *referent = PyWeakref_GetObject(object);
        if (referent == Py_None) {
            PyErr_SetString(PyExc_TypeError, "weak object has gone away");
        }
        if (referent == NULL || referent == Py_None) {
            return -1;
        }
        reference->hash = PyObject_Hash(referent);
    }
    return reference->hash;
}

static PyObject *
richcompare(PyObject *v, PyObject *w, int operator)
{
    if ((operator!= Py_EQ && operator!= Py_NE) || !PyWeakref_CheckRef(v)
        || !PyWeakref_CheckRef(w)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    PyObject *left = PyWeakref_GetObject(v);
    PyObject *right = left != NULL ? PyWeakref_GetObject(w) : NULL;
    if (right == NULL) {
        return NULL;
    }
    if (left == Py_None || right == Py_None) {
        return PyBool_FromLong((v == w) == (operator== Py_EQ));
    }
    return PyObject_RichCompare(left, right, operator);
}

static PyObject *
repr(PyObject *object)
{
    PyObject *referent = PyWeakref_GetObject(object);
    if (referent == NULL) {
        return NULL;
    }
    return referent == Py_None
               ? PyString_FromFormat("<weakref at %p; dead>", (void *)object)
               : PyString_FromFormat("<weakref at %p; to '%.50s' at %p>", (void *)object,
                                     Py_TYPE(referent)->tp_name, (void *)referent);
}

PyTypeObject _PyWeakref_RefType = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "weakref",
    .tp_basicsize = sizeof(PyWeakReference),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_hash = hash,
    .tp_call = call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE
                | PY2ABI_TPFLAGS_MIRROR | PY2ABI_TPFLAGS_FIELDS,
    .tp_richcompare = richcompare,
    .tp_free = PyObject_GC_Del,
};

/* ---- Of either kind ---- */

/* Borrowed, until the frame ends: None if the object is gone. */
PyObject *
PyWeakref_GetObject(PyObject *reference)
{
    if (reference == NULL || !PyWeakref_Check(reference)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    HostObject *host = is_native(reference) ? NULL : py2abi_proxy_backing(reference);
    if (!is_native(reference) && (host == NULL || py2abi_weakref_fill(reference, host) < 0)) {
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
