/* memoryobject.c - Python 2.7's memoryview: an object around a view.
 *
 * One that a guest makes is the guest's, with the memory where it lies, until it
 * crosses: then the host makes a memoryview of the same object or, where the view is
 * all there is, of an exporter that the view is moved into.  The mirror of one of the
 * host's has a view open as long as it lives, since inlined code reads that. */

#include "config.h"
#include "views.h"

#include <stdlib.h>
#include <string.h>

struct memory {
    PyMemoryViewObject public;
    enum {
        OWN,    /* public.view is released with the object */
        HOST,   /* the view is one of the host's memoryview; base and obj are its object */
        LENT,   /* the view is base's, an exporter */
    } kind;
    int is_self;          /* of HOST: obj is the object itself, not counted */
    char order;           /* of a shadow */
    Py_buffer *shadowed;  /* what gets the contents in the end */
    Py_ssize_t *shape;    /* with strides; of a copy */
};

static struct memory *
memory_of(PyObject *object)
{
    return (struct memory *)(void *)object;
}

/* Copy a view; what pointed into the one points into the other. */
static void
copy_view(Py_buffer *to, const Py_buffer *from)
{
    *to = *from;
    if (from->shape == &from->len) {
        to->shape = &to->len;
    }
    else if (from->shape == from->smalltable) {
        to->shape = to->smalltable;
    }
    if (from->strides == &from->itemsize) {
        to->strides = &to->itemsize;
    }
    else if (from->strides == from->smalltable + 1) {
        to->strides = to->smalltable + 1;
    }
}

/* ---- Making them ---- */

static struct memory *
new_memory(void)
{
    PyObject *made = py2abi_mirror_new(&PyMemoryView_Type, NULL);
    if (made == NULL) {
        py2abi_error_to_guest();
    }
    return made != NULL ? memory_of(made) : NULL;
}

/* The view is the memoryview's from then on, which releases it. */
PyObject *
PyMemoryView_FromBuffer(Py_buffer *view)
{
    struct memory *self = new_memory();
    if (self == NULL) {
        return NULL;
    }
    copy_view(&self->public.view, view);
    return (PyObject *)self;
}

/* A view of an object with a reference to it. */
static struct memory *
open_memory(PyObject *base, int flags)
{
    struct memory *self = new_memory();
    if (self != NULL && PyObject_GetBuffer(base, &self->public.view, flags) < 0) {
        self->public.view.obj = NULL;
        Py_DECREF(self);
        return NULL;
    }
    if (self != NULL) {
        Py_INCREF(base);
        self->public.base = base;
    }
    return self;
}

PyObject *
PyMemoryView_FromObject(PyObject *base)
{
    if (!PyObject_CheckBuffer(base)) {
        PyErr_SetString(PyExc_TypeError,
                        "cannot make memory view because object does not have the buffer "
                        "interface");
        return NULL;
    }
    return (PyObject *)open_memory(base, PyBUF_FULL_RO);
}

/* Have the view's contents copied into a str, of which it is a view then.  A shadow
 * copies them back when it goes.  Returns 0, or -1 with an exception. */
static int
copy_memory(struct memory *self, PyObject *bytes, char order, int is_shadow)
{
    Py_buffer *view = &self->public.view;
    Py_buffer *shadowed = is_shadow ? malloc(sizeof *shadowed) : NULL;
    self->shape = calloc((size_t)view->ndim * 2 + 1, sizeof *self->shape);
    if (self->shape == NULL || (is_shadow && shadowed == NULL)) {
        free(shadowed);
        PyErr_NoMemory();
        return -1;
    }
    Py_ssize_t *strides = self->shape + view->ndim;
    if (PyBuffer_ToContiguous(PyString_AS_STRING(bytes), view, view->len, order) < 0) {
        free(shadowed);
        return -1;
    }
    memcpy(self->shape, view->shape, (size_t)view->ndim * sizeof *self->shape);
    PyBuffer_FillContiguousStrides(view->ndim, self->shape, strides, (int)view->itemsize, order);
    Py_buffer copy = {
        .buf = PyString_AS_STRING(bytes),
        .obj = bytes,
        .len = view->len,
        .itemsize = view->itemsize,
        .readonly = !is_shadow,
        .ndim = view->ndim,
        .format = view->format,
        .shape = self->shape,
        .strides = strides,
    };
    if (is_shadow) {
        copy_view(shadowed, view);
        self->shadowed = shadowed;
        self->order = order;
    }
    else {
        /* Its format may go with the view; a copy of bytes is what one asked for. */
        copy.format = view->format != NULL && strcmp(view->format, "B") == 0
                          ? (char *)(uintptr_t)"B"
                          : NULL;
        PyBuffer_Release(view);
    }
    Py_INCREF(bytes);
    *view = copy;
    return 0;
}

PyObject *
PyMemoryView_GetContiguous(PyObject *object, int purpose, char order)
{
    if (!PyObject_CheckBuffer(object)) {
        PyErr_SetString(PyExc_TypeError, "object does not have the buffer interface");
        return NULL;
    }
    struct memory *self = open_memory(object, purpose == PyBUF_WRITE ? PyBUF_FULL : PyBUF_FULL_RO);
    if (self == NULL || PyBuffer_IsContiguous(&self->public.view, order)) {
        return (PyObject *)self;
    }
    if (purpose == PyBUF_WRITE) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_BufferError,
                        "writable contiguous buffer requested for a non-contiguousobject.");
        return NULL;
    }
    if (self->public.view.shape == NULL || self->public.view.strides == NULL) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_BufferError, "the view does not tell where its items are");
        return NULL;
    }
    PyObject *bytes = PyString_FromStringAndSize(NULL, self->public.view.len);
    PyObject *base = bytes;
    if (bytes != NULL && purpose == PyBUF_SHADOW) {
        base = PyTuple_Pack(2, object, bytes);
        Py_DECREF(bytes);
        bytes = base != NULL ? PyTuple_GET_ITEM(base, 1) : NULL;
    }
    if (bytes == NULL || copy_memory(self, bytes, order, purpose == PyBUF_SHADOW) < 0) {
        Py_XDECREF(base);
        Py_DECREF(self);
        return NULL;
    }
    Py_DECREF(self->public.base);
    self->public.base = base;
    return (PyObject *)self;
}

/* What a view needs to be there, given back. */
static void
let_go(Py_buffer *view, Py_buffer *shadowed, char order)
{
    if (shadowed != NULL) {
        PyObject *type, *value, *traceback;
        PyErr_Fetch(&type, &value, &traceback);
        if (PyBuffer_FromContiguous(shadowed, view->buf, view->len, order) < 0) {
            PyErr_Clear();
        }
        PyErr_Restore(type, value, traceback);
        PyBuffer_Release(shadowed);
        free(shadowed);
    }
    PyBuffer_Release(view);
}

static void
dealloc(PyObject *object)
{
    struct memory *self = memory_of(object);
    switch (self->kind) {
    case OWN:
        let_go(&self->public.view, self->shadowed, self->order);
        Py_XDECREF(self->public.base);
        free(self->shape);
        break;
    case HOST:
        py2abi_view_close(&self->public.view);
        if (!self->is_self) {
            Py_XDECREF(self->public.view.obj);
        }
        break;
    case LENT:
        Py_DECREF(self->public.base);
        break;
    }
    py2abi_mirror_dealloc(object);
}

/* ---- Host to guest ---- */

/* Fill in what inlined code reads of a host's memoryview.  One that was released
 * has no memory.  The object that it shows is known by reference only: a copy of
 * bytes would be of no use, and may be large. */
void
py2abi_memoryview_fill(PyObject *mirror)
{
    struct memory *self = memory_of(mirror);
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (py2abi_view_get(mirror, &self->public.view, PyBUF_FULL_RO) < 0) {
        memset(&self->public.view, 0, sizeof self->public.view);
        PyErr_Clear();
    }
    else {
        Py_DECREF(self->public.view.obj); /* that is the mirror */
        HostObject *shown = host_PyObject_GetAttrString(PY2ABI_HEAD(mirror)->host, "obj");
        PyObject *base = NULL;
        self->kind = HOST;
        self->is_self = shown == NULL
                        || py2abi_hostapi_type(shown) == (HostObject *)HOST(PyBytes_Type);
        if (!self->is_self && shown != HOST(_Py_NoneStruct)) {
            base = py2abi_mirror(shown);
            self->is_self = base == NULL;
        }
        host_XDECREF(shown);
        host_PyErr_Clear();
        self->public.view.obj = self->is_self ? mirror : base;
        self->public.base = self->public.view.obj;
    }
    PyErr_Restore(type, value, traceback);
}

/* ---- Guest to host ---- */

/* What gives the memory of a view that no object would give again: of a view that a
 * guest filled in itself, or of a copy. */
struct exporter {
    PyObject_HEAD
    Py_buffer view;
    PyObject *base;
    Py_buffer *shadowed;
    Py_ssize_t *shape;
    char order;
};

static void
exporter_dealloc(PyObject *object)
{
    struct exporter *self = (struct exporter *)(void *)object;
    let_go(&self->view, self->shadowed, self->order);
    Py_XDECREF(self->base);
    free(self->shape);
    PyObject_Free(object);
}

/* Hand a view on to who asked for one of self.  Returns 0, or -1 with an exception
 * (BufferError when it is not what was asked for). */
static int
give_view(PyObject *self, const Py_buffer *own, Py_buffer *view, int flags)
{
    Py_buffer known;
    copy_view(&known, own);
    if ((flags & PyBUF_WRITABLE) && known.readonly) {
        PyErr_SetString(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    int is_plain = PyBuffer_IsContiguous(&known, 'C');
    if ((known.suboffsets != NULL && (flags & PyBUF_INDIRECT) != PyBUF_INDIRECT)
        || (!is_plain && (flags & PyBUF_STRIDES) != PyBUF_STRIDES)
        || (!is_plain && (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS)
        || ((flags & PyBUF_F_CONTIGUOUS) == PyBUF_F_CONTIGUOUS
            && !PyBuffer_IsContiguous(&known, 'F'))
        || ((flags & PyBUF_ANY_CONTIGUOUS) == PyBUF_ANY_CONTIGUOUS
            && !PyBuffer_IsContiguous(&known, 'A'))) {
        PyErr_SetString(PyExc_BufferError, "the memory is not contiguous");
        return -1;
    }
    copy_view(view, own);
    view->internal = NULL;
    view->format = flags & PyBUF_FORMAT ? view->format : NULL;
    view->shape = flags & PyBUF_ND ? view->shape : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? view->strides : NULL;
    Py_INCREF(self);
    view->obj = self;
    return 0;
}

static int
exporter_getbuffer(PyObject *object, Py_buffer *view, int flags)
{
    return give_view(object, &((struct exporter *)(void *)object)->view, view, flags);
}

static PyBufferProcs exporter_as_buffer = {.bf_getbuffer = exporter_getbuffer};

static PyTypeObject exporter_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "py2abi.memory",
    .tp_basicsize = sizeof(struct exporter),
    .tp_dealloc = exporter_dealloc,
    .tp_as_buffer = &exporter_as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_NEWBUFFER,
    .tp_base = &PyBaseObject_Type,
    .tp_free = PyObject_Free,
};

/* Move the view into an exporter, which is the base from then on.  Returns 0, or -1
 * with a host exception. */
static int
lend(struct memory *self)
{
    if (self->kind == LENT) {
        return 0;
    }
    struct exporter *exporter = PyObject_Malloc(sizeof *exporter);
    if (exporter == NULL) {
        host_PyErr_NoMemory();
        return -1;
    }
    PyObject_INIT((PyObject *)exporter, &exporter_type);
    copy_view(&exporter->view, &self->public.view);
    exporter->base = self->public.base;
    exporter->shadowed = self->shadowed;
    exporter->shape = self->shape;
    exporter->order = self->order;
    self->public.base = (PyObject *)exporter;
    self->kind = LENT;
    return 0;
}

/* The host's memoryview for one that a guest made and that has not crossed: a new
 * reference, or NULL with a host exception. */
HostObject *
py2abi_memoryview_host(PyObject *object)
{
    struct memory *self = memory_of(object);
    PyObject *base = self->public.base;
    HostObject *source;
    if (self->kind == OWN && base != NULL && base == self->public.view.obj
        && self->shape == NULL) {
        /* Whatever the user chose for strings, this one is bytes. */
        source = PyString_CheckExact(base)
                     ? host_PyBytes_FromStringAndSize(PyString_AS_STRING(base),
                                                      PyString_GET_SIZE(base))
                     : py2abi_host(base, PY2ABI_AS_VALUE);
    }
    else {
        source = lend(self) == 0 ? py2abi_host(self->public.base, PY2ABI_AS_VALUE) : NULL;
    }
    HostObject *made = source != NULL ? host_PyMemoryView_FromObject(source) : NULL;
    host_XDECREF(source);
    if (made != NULL && py2abi_mirror_attach(object, made) < 0) {
        host_DECREF(made);
        made = NULL;
    }
    return made;
}

/* ---- The type ---- */

/* As in 2.7, the object that is shown is asked again, and the view is told to be
 * what this one is; the host's tells it right by itself.  A view without an object
 * is handed on as it is. */
static int
get_buffer(PyObject *object, Py_buffer *view, int flags)
{
    struct memory *self = memory_of(object);
    if (self->kind == OWN && self->public.view.obj != NULL && self->shape == NULL) {
        int status = PyObject_GetBuffer(self->public.view.obj, view, flags);
        if (status == 0 && !py2abi_view_is_host(self->public.view.obj)) {
            PyObject *owner = view->obj;
            void *internal = view->internal;
            copy_view(view, &self->public.view);
            view->obj = owner;
            view->internal = internal;
        }
        return status;
    }
    return give_view(object, &self->public.view, view, flags);
}

/* There is nothing to do; that there is one says to argument formats that they had
 * better use the new protocol. */
static void
release_buffer(PyObject *object, Py_buffer *view)
{
    (void)object;
    (void)view;
}

static PyBufferProcs as_buffer = {
    .bf_getbuffer = get_buffer,
    .bf_releasebuffer = release_buffer,
};

PyTypeObject PyMemoryView_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "memoryview",
    .tp_basicsize = sizeof(struct memory),
    .tp_dealloc = dealloc,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_NEWBUFFER
                | PY2ABI_TPFLAGS_MIRROR | PY2ABI_TPFLAGS_VIEWED,
};
