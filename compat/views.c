/* views.c - buffers: the guest's protocols, old and new, and how the memory of
 * host objects gets there.
 *
 * Python 2's old protocol gives a pointer and never hears that it is no longer
 * needed.  On the host each pointer belongs to a view that is open; so a view is
 * kept open for the guest until the innermost of its frames has ended.  The new
 * protocol's views are opened and released on the host as the guest asks. */

#include "config.h"
#include "views.h"

#include <stdlib.h>
#include <string.h>

/* ---- What a host object offers ---- */

/* Whether the object is the mirror of a host object, so that the host has to be
 * asked for its memory.  Strings have theirs on the guest's side, those of
 * classes that the host derived too. */
int
py2abi_view_is_host(PyObject *object)
{
    return (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) && !PyString_Check(object)
           && !PyUnicode_Check(object) && PY2ABI_HEAD(object)->host != NULL
           && !PY2ABI_HEAD(object)->is_born;
}

/* A type of a module, borrowed; NULL when that has not been imported, so that no
 * object can be of the type. */
static HostObject *
imported_type(const char *module, const char *name)
{
    HostObject *found = host_PyDict_GetItemString(host_PyImport_GetModuleDict(), module);
    HostObject *type = found != NULL ? host_PyObject_GetAttrString(found, name) : NULL;
    if (type == NULL) {
        host_PyErr_Clear();
        return NULL;
    }
    host_DECREF(type); /* its module keeps it */
    return type;
}

static int
is_a(HostObject *object, HostObject *type)
{
    HostObject *own = py2abi_hostapi_type(object);
    return type != NULL
           && (own == type || host_PyType_IsSubtype((HostType *)own, (HostType *)type));
}

/* What kind of exporter a mirror's host object is, if it is one. */
enum py2abi_view_kind
py2abi_view_kind(PyObject *mirror)
{
    HostObject *object = PY2ABI_HEAD(mirror)->host;
    if (is_a(object, (HostObject *)HOST(PyByteArray_Type))) {
        return PY2ABI_VIEW_PINNED;
    }
    if (is_a(object, (HostObject *)HOST(PyMemoryView_Type))) {
        return PY2ABI_VIEW_NEW;
    }
    if (is_a(object, imported_type("array", "array"))) {
        return PY2ABI_VIEW_OLD_DATA;
    }
    if (is_a(object, imported_type("mmap", "mmap"))) {
        return PY2ABI_VIEW_OLD;
    }
    /* The types of ctypes have a base that has no name in the module. */
    static HostObject *ctypes_base;
    if (ctypes_base == NULL) {
        HostObject *structure = imported_type("_ctypes", "Structure");
        if (structure != NULL) {
            ctypes_base = host_PyObject_GetAttrString(structure, "__base__");
        }
    }
    return is_a(object, ctypes_base) ? PY2ABI_VIEW_DATA : PY2ABI_VIEW_ANY;
}

/* Open a view of a mirror's host object.  Returns 0; -1 with a guest exception;
 * PY2ABI_VIEW_NONE for an object that gives no memory. */
static int
open_view(PyObject *mirror, HostBuffer *buffer, int flags)
{
    HostObject *object = PY2ABI_HEAD(mirror)->host;
    if (HOST_HAS(PyObject_CheckBuffer) && !host_PyObject_CheckBuffer(object)) {
        return PY2ABI_VIEW_NONE;
    }
    int status = host_PyObject_GetBuffer(object, buffer, flags);
    if (status < 0 && !HOST_HAS(PyObject_CheckBuffer)
        && host_PyErr_ExceptionMatches(*HOST(PyExc_TypeError))) {
        host_PyErr_Clear();
        status = PY2ABI_VIEW_NONE;
    }
    return (int)py2abi_returned(status);
}

/* An exporter may run Python code now (__release_buffer__), and the frame that
 * ends may have failed: its error is set aside. */
static void
close_view(HostBuffer *buffer)
{
    if (buffer->obj != NULL && !py2abi_finalizing()) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        host_PyBuffer_Release(buffer);
        host_PyErr_Restore(type, value, traceback);
    }
}

/* ---- Views that are kept open ---- */

/* The host's view is not moved: exporters let shape and strides point into it. */
struct view {
    PyObject_HEAD
    HostBuffer buffer;
};

static void
dealloc_view(PyObject *object)
{
    close_view(&((struct view *)(void *)object)->buffer);
    free(object);
}

static PyTypeObject view_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "py2abi.view",
    .tp_basicsize = sizeof(struct view),
    .tp_dealloc = dealloc_view,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* What a failure to get memory that can be written means in Python 2: an object
 * that is read-only gives none, but a map says so.  Returns -1 with a guest
 * exception, or PY2ABI_VIEW_NONE without. */
int
py2abi_view_refused(PyObject *mirror, int status)
{
    if (status != -1 || !PyErr_ExceptionMatches(PyExc_BufferError)) {
        return status;
    }
    PyErr_Clear();
    if (py2abi_view_kind(mirror) != PY2ABI_VIEW_OLD) {
        return PY2ABI_VIEW_NONE;
    }
    PyErr_SetString(PyExc_TypeError, "mmap can't modify a readonly memory map.");
    return -1;
}

/* The memory of a mirror's host object, which stays where it is at least until
 * the innermost guest frame has ended.  flags: PyBUF_SIMPLE or PyBUF_WRITABLE.
 * Returns the length; -1 with a guest exception: the exporter's, MemoryError;
 * PY2ABI_VIEW_NONE without one for an object that gives no memory. */
Py_ssize_t
py2abi_view_keep(PyObject *mirror, int flags, void **memory)
{
    struct view *view = calloc(1, sizeof *view);
    if (view == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int status = open_view(mirror, &view->buffer, flags);
    if (status < 0) {
        free(view);
        return flags & PyBUF_WRITABLE ? py2abi_view_refused(mirror, status) : status;
    }
    PyObject_INIT((PyObject *)view, &view_type);
    void *data = view->buffer.buf;
    Py_ssize_t length = view->buffer.len;
    if (py2abi_frame_keep((PyObject *)view) == NULL) {
        return -1;
    }
    *memory = data;
    return length;
}

/* ---- The new protocol ---- */

/* Open a view of a mirror's host object that PyBuffer_Release ends.  Returns 0; -1
 * with a guest exception; PY2ABI_VIEW_NONE as above.  view is as before then. */
int
py2abi_view_get(PyObject *mirror, Py_buffer *view, int flags)
{
    HostBuffer *buffer = calloc(1, sizeof *buffer);
    if (buffer == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int status = open_view(mirror, buffer, flags);
    if (status < 0) {
        free(buffer);
        return status;
    }
    Py_INCREF(mirror);
    *view = (Py_buffer){
        .buf = buffer->buf,
        .obj = mirror,
        .len = buffer->len,
        .itemsize = buffer->itemsize,
        .readonly = buffer->readonly,
        .ndim = buffer->ndim,
        .format = buffer->format,
        .shape = buffer->shape,
        .strides = buffer->strides,
        .suboffsets = buffer->suboffsets,
        .internal = buffer,
    };
    return 0;
}

/* An object without memory is a TypeError where one asks for it by the protocol. */
static Py_ssize_t
complain(PyObject *object, Py_ssize_t status)
{
    if (status == PY2ABI_VIEW_NONE) {
        PyErr_Format(PyExc_TypeError, "'%100s' does not have the buffer interface",
                     Py_TYPE(object)->tp_name);
        return -1;
    }
    return status;
}

/* bf_getbuffer of mirrors. */
static int
mirror_getbuffer(PyObject *mirror, Py_buffer *view, int flags)
{
    view->obj = NULL;
    return (int)complain(mirror, py2abi_view_get(mirror, view, flags));
}

/* Close what py2abi_view_get has opened, without giving view->obj back. */
void
py2abi_view_close(Py_buffer *view)
{
    HostBuffer *buffer = view->internal;
    view->internal = NULL;
    if (buffer != NULL) {
        close_view(buffer);
        free(buffer);
    }
}

/* bf_releasebuffer of mirrors. */
static void
mirror_releasebuffer(PyObject *mirror, Py_buffer *view)
{
    (void)mirror;
    py2abi_view_close(view);
}

int
PyObject_GetBuffer(PyObject *object, Py_buffer *view, int flags)
{
    if (py2abi_view_is_host(object)) {
        return mirror_getbuffer(object, view, flags);
    }
    if (!PyObject_CheckBuffer(object)) {
        return (int)complain(object, PY2ABI_VIEW_NONE);
    }
    return Py_TYPE(object)->tp_as_buffer->bf_getbuffer(object, view, flags);
}

void
PyBuffer_Release(Py_buffer *view)
{
    PyObject *object = view->obj;
    if (object == NULL) {
        return;
    }
    /* A buffer of the old kind has one of its object's (bufferobject.c). */
    if (py2abi_view_is_host(object) || PyBuffer_Check(object)) {
        py2abi_view_close(view);
    }
    else {
        const PyBufferProcs *procs = Py_TYPE(object)->tp_as_buffer;
        if (procs != NULL && PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HAVE_NEWBUFFER)
            && procs->bf_releasebuffer != NULL) {
            procs->bf_releasebuffer(object, view);
        }
    }
    view->obj = NULL;
    Py_DECREF(object);
}

int
PyBuffer_FillInfo(Py_buffer *view, PyObject *object, void *memory, Py_ssize_t length, int readonly,
                  int flags)
{
    if (view == NULL) {
        return 0;
    }
    if ((flags & PyBUF_WRITABLE) && readonly) {
        PyErr_SetString(PyExc_BufferError, "Object is not writable.");
        return -1;
    }
    Py_XINCREF(object);
    view->obj = object;
    view->buf = memory;
    view->len = length;
    view->readonly = readonly;
    view->itemsize = 1;
    view->format = flags & PyBUF_FORMAT ? (char *)(uintptr_t)"B" : NULL;
    view->ndim = 1;
    view->shape = flags & PyBUF_ND ? &view->len : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : NULL;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

/* ---- Arrays of several dimensions ---- */

/* Whether the items lie one after the other, the last index running fastest when
 * step is -1, the first when it is 1. */
static int
is_contiguous(const Py_buffer *view, int step)
{
    Py_ssize_t expected = view->itemsize;
    if (view->ndim == 0) {
        return 1;
    }
    if (view->strides == NULL) {
        return step < 0 || view->ndim == 1;
    }
    if (view->ndim == 1) {
        return view->shape[0] == 1 || view->strides[0] == expected;
    }
    for (int i = step < 0 ? view->ndim - 1 : 0; i >= 0 && i < view->ndim; i += step) {
        if (view->shape[i] == 0) {
            return 1;
        }
        if (view->strides[i] != expected) {
            return 0;
        }
        expected *= view->shape[i];
    }
    return 1;
}

int
PyBuffer_IsContiguous(Py_buffer *view, char order)
{
    if (view->suboffsets != NULL) {
        return 0;
    }
    switch (order) {
    case 'C':
        return is_contiguous(view, -1);
    case 'F':
        return is_contiguous(view, 1);
    case 'A':
        return is_contiguous(view, -1) || is_contiguous(view, 1);
    default:
        return 0;
    }
}

void *
PyBuffer_GetPointer(Py_buffer *view, Py_ssize_t *indices)
{
    char *pointer = view->buf;
    for (int i = 0; i < view->ndim; i++) {
        pointer += view->strides[i] * indices[i];
        if (view->suboffsets != NULL && view->suboffsets[i] >= 0) {
            pointer = *(char **)(void *)pointer + view->suboffsets[i];
        }
    }
    return pointer;
}

void
_Py_add_one_to_index_F(int count, Py_ssize_t *index, const Py_ssize_t *shape)
{
    for (int i = 0; i < count; i++) {
        if (index[i] < shape[i] - 1) {
            index[i]++;
            return;
        }
        index[i] = 0;
    }
}

void
_Py_add_one_to_index_C(int count, Py_ssize_t *index, const Py_ssize_t *shape)
{
    for (int i = count - 1; i >= 0; i--) {
        if (index[i] < shape[i] - 1) {
            index[i]++;
            return;
        }
        index[i] = 0;
    }
}

void
PyBuffer_FillContiguousStrides(int count, Py_ssize_t *shape, Py_ssize_t *strides, int itemsize,
                               char order)
{
    Py_ssize_t distance = itemsize;
    for (int i = 0; i < count; i++) {
        int at = order == 'F' ? i : count - 1 - i;
        strides[at] = distance;
        distance *= shape[at];
    }
}

/* Copy length bytes between a view and memory where the items lie one after the
 * other in the given order. */
static int
copy_items(Py_buffer *view, char *memory, Py_ssize_t length, char order, int to_view)
{
    if (length > view->len) {
        length = view->len;
    }
    if (PyBuffer_IsContiguous(view, order)) {
        memcpy(to_view ? view->buf : memory, to_view ? memory : view->buf, (size_t)length);
        return 0;
    }
    Py_ssize_t *index = calloc((size_t)view->ndim, sizeof *index);
    if (index == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t count = length / view->itemsize; count > 0; count--) {
        char *item = PyBuffer_GetPointer(view, index);
        memcpy(to_view ? item : memory, to_view ? memory : item, (size_t)view->itemsize);
        memory += view->itemsize;
        (order == 'F' ? _Py_add_one_to_index_F : _Py_add_one_to_index_C)(view->ndim, index,
                                                                        view->shape);
    }
    free(index);
    return 0;
}

int
PyBuffer_ToContiguous(void *memory, Py_buffer *view, Py_ssize_t length, char order)
{
    return copy_items(view, memory, length, order, 0);
}

int
PyBuffer_FromContiguous(Py_buffer *view, void *memory, Py_ssize_t length, char order)
{
    return copy_items(view, memory, length, order, 1);
}

static int
copy_view(Py_buffer *to, Py_buffer *from)
{
    if (to->len < from->len) {
        PyErr_SetString(PyExc_BufferError,
                        "destination is too small to receive data from source");
        return -1;
    }
    if ((PyBuffer_IsContiguous(to, 'C') && PyBuffer_IsContiguous(from, 'C'))
        || (PyBuffer_IsContiguous(to, 'F') && PyBuffer_IsContiguous(from, 'F'))) {
        memcpy(to->buf, from->buf, (size_t)from->len);
        return 0;
    }
    char *between = malloc((size_t)from->len + 1);
    if (between == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int status = PyBuffer_ToContiguous(between, from, from->len, 'C');
    if (status == 0) {
        status = PyBuffer_FromContiguous(to, between, from->len, 'C');
    }
    free(between);
    return status;
}

int
PyObject_CopyData(PyObject *to, PyObject *from)
{
    Py_buffer to_view, from_view;
    if (!(py2abi_view_is_host(to) || PyObject_CheckBuffer(to))
        || !(py2abi_view_is_host(from) || PyObject_CheckBuffer(from))) {
        PyErr_SetString(PyExc_TypeError,
                        "both destination and source must have the buffer interface");
        return -1;
    }
    if (PyObject_GetBuffer(to, &to_view, PyBUF_FULL) < 0) {
        return -1;
    }
    if (PyObject_GetBuffer(from, &from_view, PyBUF_FULL_RO) < 0) {
        PyBuffer_Release(&to_view);
        return -1;
    }
    int status = copy_view(&to_view, &from_view);
    PyBuffer_Release(&to_view);
    PyBuffer_Release(&from_view);
    return status;
}

/* ---- The slots of mirrors ---- */

static int
check_segment(Py_ssize_t segment)
{
    if (segment != 0) {
        PyErr_SetString(PyExc_SystemError, "accessing non-existent segment");
        return -1;
    }
    return 0;
}

static Py_ssize_t
mirror_read(PyObject *mirror, Py_ssize_t segment, void **memory)
{
    return check_segment(segment) < 0
               ? -1
               : complain(mirror, py2abi_view_keep(mirror, PyBUF_SIMPLE, memory));
}

static Py_ssize_t
mirror_write(PyObject *mirror, Py_ssize_t segment, void **memory)
{
    return check_segment(segment) < 0
               ? -1
               : complain(mirror, py2abi_view_keep(mirror, PyBUF_WRITABLE, memory));
}

static Py_ssize_t
mirror_char(PyObject *mirror, Py_ssize_t segment, char **memory)
{
    void *data;
    Py_ssize_t length = mirror_read(mirror, segment, &data);
    if (length >= 0) {
        *memory = data;
    }
    return length;
}

static Py_ssize_t
mirror_segments(PyObject *mirror, Py_ssize_t *length)
{
    if (length != NULL) {
        Py_buffer view;
        if (mirror_getbuffer(mirror, &view, PyBUF_SIMPLE) < 0) {
            PyErr_Clear();
            *length = 0;
            return 0;
        }
        *length = view.len;
        PyBuffer_Release(&view);
    }
    return 1;
}

/* Give the type of mirrors its buffer slots, by the first of its instances that is
 * seen: only of an instance older hosts tell whether it gives memory.  The slots are
 * those that Python 2.7 has for such objects, and the new protocol for all. */
void
py2abi_view_fill(PyTypeObject *type, PyObject *mirror)
{
    static PyBufferProcs any = {mirror_read, mirror_write,     mirror_segments,
                                mirror_char, mirror_getbuffer, NULL};
    static PyBufferProcs data = {mirror_read, mirror_write,     mirror_segments,
                                 NULL,        mirror_getbuffer, NULL};
    static PyBufferProcs pinned = {mirror_read, mirror_write,     mirror_segments,
                                   mirror_char, mirror_getbuffer, mirror_releasebuffer};
    static PyBufferProcs new = {NULL, NULL, NULL, NULL, mirror_getbuffer, mirror_releasebuffer};
    if (type == &PyMemoryView_Type) {
        py2abi_memoryview_fill(mirror);
        return;
    }
    if ((type->tp_flags & PY2ABI_TPFLAGS_VIEWED) || !py2abi_view_is_host(mirror)) {
        return;
    }
    type->tp_flags |= PY2ABI_TPFLAGS_VIEWED;
    HostObject *object = PY2ABI_HEAD(mirror)->host;
    if (HOST_HAS(PyObject_CheckBuffer)) {
        if (!host_PyObject_CheckBuffer(object)) {
            return;
        }
    }
    else {
        HostBuffer buffer;
        int status = host_PyObject_GetBuffer(object, &buffer, PyBUF_FULL_RO);
        if (status == 0) {
            host_PyBuffer_Release(&buffer);
        }
        else {
            int is_none = host_PyErr_ExceptionMatches(*HOST(PyExc_TypeError));
            host_PyErr_Clear();
            if (is_none) {
                return;
            }
        }
    }
    enum py2abi_view_kind kind = py2abi_view_kind(mirror);
    type->tp_as_buffer = kind == PY2ABI_VIEW_PINNED                                   ? &pinned
                         : kind == PY2ABI_VIEW_NEW                                    ? &new
                         : kind == PY2ABI_VIEW_DATA || kind == PY2ABI_VIEW_OLD_DATA ? &data
                                                                                      : &any;
    type->tp_flags |= Py_TPFLAGS_HAVE_NEWBUFFER | Py_TPFLAGS_HAVE_GETCHARBUFFER;
}

/* The slots of an object whose memory lies on the guest's side, or NULL.  The
 * types of strings that the host derived have none of their own; a memoryview may
 * not have crossed yet. */
const PyBufferProcs *
py2abi_view_native(PyObject *object)
{
    if (!(Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) || PyMemoryView_Check(object)) {
        return Py_TYPE(object)->tp_as_buffer;
    }
    return PyString_Check(object)    ? PyString_Type.tp_as_buffer
           : PyUnicode_Check(object) ? PyUnicode_Type.tp_as_buffer
                                     : NULL;
}
