/* bufferobject.c - Python 2.7's buffer: a part of the memory of another object, by
 * the old protocol, or memory that has no object.
 *
 * A buffer asks its object for the memory at each use, since that may have moved.
 * Memory of the host is asked for only as long as an operation takes; what is
 * handed to the guest stays until the guest's frame has ended, and what is handed
 * out by the new protocol until PyBuffer_Release. */

#include "config.h"
#include "strings27.h"
#include "views.h"

#include <stdlib.h>
#include <string.h>

/* As 2.7 has it; its headers keep it to themselves. */
struct buffer {
    PyObject_HEAD
    PyObject *base; /* NULL: ptr is the memory */
    void *ptr;
    Py_ssize_t size; /* Py_END_OF_BUFFER: up to where base's memory ends */
    Py_ssize_t offset;
    int is_readonly;
    long hash; /* -1: not known */
};

static struct buffer *
buffer_of(PyObject *object)
{
    return (struct buffer *)object;
}

/* ---- The memory ---- */

/* What is asked for; ANY of a buffer is WRITE if that can be written. */
enum access { READ, WRITE, CHAR, ANY };

/* How long the memory has to stay, if it is the host's. */
enum duration { OPERATION, FRAME };

/* Some memory, for an operation. */
struct span {
    char *data;
    Py_ssize_t size;
    Py_buffer view; /* of the host's memory; obj is NULL if there is none */
};

static const PyBufferProcs *
procs_of(PyObject *object)
{
    static const PyBufferProcs none;
    const PyBufferProcs *procs = py2abi_view_is_host(object) ? Py_TYPE(object)->tp_as_buffer
                                                             : py2abi_view_native(object);
    return procs != NULL ? procs : &none;
}

/* Several segments nobody can hold.  Returns 0, or -1 with an exception. */
static int
check_segments(PyObject *object)
{
    segcountproc count = procs_of(object)->bf_getsegcount;
    if (count == NULL || count(object, NULL) != 1) {
        PyErr_SetString(PyExc_TypeError, "single-segment buffer object expected");
        return -1;
    }
    return 0;
}

/* The slot for an access, or NULL with an exception. */
static readbufferproc
slot_for(PyObject *owner, PyObject *object, enum access access)
{
    const PyBufferProcs *procs = procs_of(object);
    readbufferproc slot = procs->bf_getreadbuffer;
    const char *name = "read";
    if (access == WRITE) {
        slot = procs->bf_getwritebuffer;
        name = "write";
    }
    else if (access == CHAR) {
        if (!PyType_HasFeature(Py_TYPE(owner), Py_TPFLAGS_HAVE_GETCHARBUFFER)) {
            PyErr_SetString(PyExc_TypeError, "Py_TPFLAGS_HAVE_GETCHARBUFFER needed");
            return NULL;
        }
        slot = (readbufferproc)procs->bf_getcharbuffer;
        name = "char";
    }
    if (slot == NULL) {
        PyErr_Format(PyExc_TypeError, "%s buffer type not available", name);
    }
    return slot;
}

/* The memory of a host object.  Returns 0, or -1 with an exception. */
static int
open_host(PyObject *mirror, enum access access, enum duration duration, struct span *span)
{
    int flags = access == WRITE ? PyBUF_WRITABLE : PyBUF_SIMPLE;
    Py_ssize_t status;
    if (duration == FRAME) {
        void *data = NULL;
        status = py2abi_view_keep(mirror, flags, &data);
        span->data = data;
        span->size = status;
    }
    else {
        status = py2abi_view_get(mirror, &span->view, flags);
        if (status >= 0) {
            span->data = span->view.buf;
            span->size = span->view.len;
        }
        else {
            span->view.obj = NULL;
            status = access == WRITE ? py2abi_view_refused(mirror, (int)status) : status;
        }
    }
    if (status >= 0) {
        return 0;
    }
    if (status == PY2ABI_VIEW_NONE) {
        PyErr_Format(PyExc_TypeError, "%s buffer type not available",
                     access == WRITE ? "write" : "read");
    }
    else if (py2abi_view_kind(mirror) == PY2ABI_VIEW_OLD
             && PyErr_ExceptionMatches(PyExc_ValueError)) {
        /* A map that is closed has no segment. */
        PyErr_SetString(PyExc_TypeError, "single-segment buffer object expected");
    }
    return -1;
}

/* The memory of any object with the old protocol.  owner: for whom.  Returns 0, or
 * -1 with an exception. */
static int
open_object(PyObject *owner, PyObject *object, enum access access, enum duration duration,
            struct span *span)
{
    span->view.obj = NULL;
    if (check_segments(object) < 0) {
        return -1;
    }
    readbufferproc slot = slot_for(owner, object, access);
    if (slot == NULL) {
        return -1;
    }
    if (py2abi_view_is_host(object)) {
        return open_host(object, access, duration, span);
    }
    void *data = NULL;
    span->size = slot(object, 0, &data);
    span->data = data;
    return span->size < 0 ? -1 : 0;
}

/* The memory that a buffer shows.  Returns 0, or -1 with an exception.  After
 * success comes close_span, unless the memory is to stay. */
static int
open_buffer(PyObject *object, enum access access, enum duration duration, struct span *span)
{
    const struct buffer *self = buffer_of(object);
    if (access == ANY) {
        access = self->is_readonly ? READ : WRITE;
    }
    if (self->base == NULL) {
        *span = (struct span){.data = self->ptr, .size = self->size};
        return 0;
    }
    if (open_object(object, self->base, access, duration, span) < 0) {
        return -1;
    }
    /* The object may have become shorter. */
    Py_ssize_t offset = self->offset < span->size ? self->offset : span->size;
    Py_ssize_t rest = span->size - offset;
    if (span->data != NULL) {
        span->data += offset;
    }
    span->size = self->size == Py_END_OF_BUFFER || self->size > rest ? rest : self->size;
    return 0;
}

static void
close_span(struct span *span)
{
    PyBuffer_Release(&span->view);
}

/* Whether an object has what buffers are made of. */
static int
is_readable(PyObject *object)
{
    const PyBufferProcs *procs = object != NULL ? procs_of(object) : NULL;
    return procs != NULL && procs->bf_getreadbuffer != NULL && procs->bf_getsegcount != NULL;
}

/* ---- Making buffers ---- */

/* Whether sizes and offsets may be; else with an exception. */
static int
check_range(Py_ssize_t size, Py_ssize_t offset)
{
    if (size < 0 && size != Py_END_OF_BUFFER) {
        PyErr_SetString(PyExc_ValueError, "size must be zero or positive");
        return -1;
    }
    if (offset < 0) {
        PyErr_SetString(PyExc_ValueError, "offset must be zero or positive");
        return -1;
    }
    return 0;
}

/* A buffer of an object, or of memory when base is NULL. */
static PyObject *
new_buffer(PyObject *base, Py_ssize_t size, Py_ssize_t offset, void *ptr, int is_readonly)
{
    if (check_range(size, offset) < 0) {
        return NULL;
    }
    struct buffer *self = PyObject_New(struct buffer, &PyBuffer_Type);
    if (self == NULL) {
        return NULL;
    }
    Py_XINCREF(base);
    self->base = base;
    self->ptr = ptr;
    self->size = size;
    self->offset = offset;
    self->is_readonly = is_readonly;
    self->hash = -1;
    return (PyObject *)self;
}

/* A buffer of a part of a buffer is one of the object itself. */
static PyObject *
new_of_object(PyObject *base, Py_ssize_t size, Py_ssize_t offset, int is_readonly)
{
    if (offset < 0) {
        PyErr_SetString(PyExc_ValueError, "offset must be zero or positive");
        return NULL;
    }
    if (PyBuffer_Check(base) && buffer_of(base)->base != NULL) {
        const struct buffer *outer = buffer_of(base);
        if (outer->size != Py_END_OF_BUFFER) {
            Py_ssize_t rest = offset < outer->size ? outer->size - offset : 0;
            if (size == Py_END_OF_BUFFER || size > rest) {
                size = rest;
            }
        }
        if (offset > PY_SSIZE_T_MAX - outer->offset) {
            /* What a sum that wrapped around would say. */
            offset = -1;
        }
        else {
            offset += outer->offset;
        }
        base = outer->base;
    }
    return new_buffer(base, size, offset, NULL, is_readonly);
}

PyObject *
PyBuffer_FromObject(PyObject *base, Py_ssize_t offset, Py_ssize_t size)
{
    if (!is_readable(base)) {
        PyErr_SetString(PyExc_TypeError, "buffer object expected");
        return NULL;
    }
    return new_of_object(base, size, offset, 1);
}

PyObject *
PyBuffer_FromReadWriteObject(PyObject *base, Py_ssize_t offset, Py_ssize_t size)
{
    const PyBufferProcs *procs = procs_of(base);
    if (procs->bf_getwritebuffer == NULL || procs->bf_getsegcount == NULL) {
        PyErr_SetString(PyExc_TypeError, "buffer object expected");
        return NULL;
    }
    return new_of_object(base, size, offset, 0);
}

PyObject *
PyBuffer_FromMemory(void *memory, Py_ssize_t size)
{
    return new_buffer(NULL, size, 0, memory, 1);
}

PyObject *
PyBuffer_FromReadWriteMemory(void *memory, Py_ssize_t size)
{
    return new_buffer(NULL, size, 0, memory, 0);
}

/* The memory lies behind the object. */
PyObject *
PyBuffer_New(Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_ValueError, "size must be zero or positive");
        return NULL;
    }
    if (size > PY_SSIZE_T_MAX - (Py_ssize_t)sizeof(struct buffer)) {
        return PyErr_NoMemory();
    }
    struct buffer *self = PyObject_Malloc(sizeof *self + (size_t)size);
    if (self == NULL) {
        return PyErr_NoMemory();
    }
    PyObject_INIT((PyObject *)self, &PyBuffer_Type);
    self->base = NULL;
    self->ptr = self + 1;
    self->size = size;
    self->offset = 0;
    self->is_readonly = 0;
    self->hash = -1;
    return (PyObject *)self;
}

/* buffer(object[, offset[, size]]) */
static PyObject *
new_instance(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *base;
    Py_ssize_t offset = 0, size = Py_END_OF_BUFFER;
    (void)type; /* none is derived from it */
    if (!_PyArg_NoKeywords("buffer()", kwargs)
        || !PyArg_ParseTuple(args, "O|nn:buffer", &base, &offset, &size)) {
        return NULL;
    }
    return PyBuffer_FromObject(base, offset, size);
}

static void
dealloc(PyObject *object)
{
    Py_XDECREF(buffer_of(object)->base);
    PyObject_Del(object);
}

/* ---- Comparing, showing ---- */

static int
compare(PyObject *a, PyObject *b)
{
    struct span left, right;
    if (open_buffer(a, ANY, OPERATION, &left) < 0) {
        return -1;
    }
    if (open_buffer(b, ANY, OPERATION, &right) < 0) {
        close_span(&left);
        return -1;
    }
    Py_ssize_t common = left.size < right.size ? left.size : right.size;
    int result = common > 0 ? memcmp(left.data, right.data, (size_t)common) : 0;
    if (result == 0) {
        result = (left.size > right.size) - (left.size < right.size);
    }
    close_span(&left);
    close_span(&right);
    return result < 0 ? -1 : result > 0;
}

static PyObject *
repr(PyObject *object)
{
    const struct buffer *self = buffer_of(object);
    const char *status = self->is_readonly ? "read-only" : "read-write";
    if (self->base == NULL) {
        return PyString_FromFormat("<%s buffer ptr %p, size %zd at %p>", status, self->ptr,
                                   self->size, (void *)object);
    }
    return PyString_FromFormat("<%s buffer for %p, size %zd, offset %zd at %p>", status,
                               (void *)self->base, self->size, self->offset, (void *)object);
}

/* That of a str with the same bytes. */
static long
hash(PyObject *object)
{
    struct buffer *self = buffer_of(object);
    struct span span;
    if (self->hash != -1) {
        return self->hash;
    }
    if (!self->is_readonly) {
        PyErr_SetString(PyExc_TypeError, "writable buffers are not hashable");
        return -1;
    }
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return -1;
    }
    self->hash = py2abi_strings_hash(span.data, span.size > 0 ? span.size : 0);
    close_span(&span);
    return self->hash;
}

/* Memory as a str. */
static PyObject *
string_of(PyObject *object, Py_ssize_t start, Py_ssize_t end)
{
    struct span span;
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return NULL;
    }
    end = end > span.size ? span.size : end;
    start = start < 0 ? 0 : start;
    PyObject *string = span.size < 0 ? PyString_FromStringAndSize(span.data, span.size)
                       : start < end ? PyString_FromStringAndSize(span.data + start, end - start)
                                     : PyString_FromStringAndSize("", 0);
    close_span(&span);
    return string;
}

static PyObject *
str(PyObject *object)
{
    return string_of(object, 0, PY_SSIZE_T_MAX);
}

/* ---- A sequence of bytes ---- */

static Py_ssize_t
length_of(PyObject *object)
{
    struct span span;
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return -1;
    }
    close_span(&span);
    return span.size;
}

static PyObject *
concat(PyObject *object, PyObject *other)
{
    struct span left, right;
    if (!is_readable(other)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (check_segments(other) < 0 || open_buffer(object, ANY, OPERATION, &left) < 0) {
        return NULL;
    }
    if (left.size == 0) {
        close_span(&left);
        Py_INCREF(other);
        return other;
    }
    PyObject *string = NULL;
    if (open_object(other, other, READ, OPERATION, &right) == 0) {
        if (right.size > PY_SSIZE_T_MAX - left.size) {
            PyErr_NoMemory();
        }
        else {
            string = PyString_FromStringAndSize(NULL, left.size + right.size);
        }
        if (string != NULL) {
            memcpy(PyString_AS_STRING(string), left.data, (size_t)left.size);
            if (right.size > 0) {
                memcpy(PyString_AS_STRING(string) + left.size, right.data, (size_t)right.size);
            }
        }
        close_span(&right);
    }
    close_span(&left);
    return string;
}

static PyObject *
repeat(PyObject *object, Py_ssize_t times)
{
    struct span span;
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return NULL;
    }
    PyObject *string = NULL;
    times = times < 0 ? 0 : times;
    if (span.size > 0 && times > PY_SSIZE_T_MAX / span.size) {
        PyErr_SetString(PyExc_MemoryError, "result too large");
    }
    else {
        string = PyString_FromStringAndSize(NULL, span.size * times);
    }
    for (Py_ssize_t i = 0; string != NULL && span.size > 0 && i < times; i++) {
        memcpy(PyString_AS_STRING(string) + i * span.size, span.data, (size_t)span.size);
    }
    close_span(&span);
    return string;
}

static PyObject *
item(PyObject *object, Py_ssize_t i)
{
    struct span span;
    PyObject *string = NULL;
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return NULL;
    }
    if (i < 0 || i >= span.size) {
        PyErr_SetString(PyExc_IndexError, "buffer index out of range");
    }
    else {
        string = PyString_FromStringAndSize(span.data + i, 1);
    }
    close_span(&span);
    return string;
}

static PyObject *
subscript(PyObject *object, PyObject *index)
{
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred()) {
            return NULL;
        }
        if (i < 0) {
            struct span whole;
            if (open_buffer(object, ANY, OPERATION, &whole) < 0) {
                return NULL;
            }
            close_span(&whole);
            i += whole.size;
        }
        return item(object, i);
    }
    if (!PySlice_Check(index)) {
        PyErr_SetString(PyExc_TypeError, "sequence index must be integer");
        return NULL;
    }
    struct span span;
    Py_ssize_t start, stop, step;
    if (_PySlice_Unpack(index, &start, &stop, &step) < 0
        || open_buffer(object, ANY, OPERATION, &span) < 0) {
        return NULL;
    }
    Py_ssize_t count = _PySlice_AdjustIndices(span.size, &start, &stop, step);
    PyObject *string = PyString_FromStringAndSize(NULL, count > 0 ? count : 0);
    for (Py_ssize_t i = 0; string != NULL && i < count; i++) {
        PyString_AS_STRING(string)[i] = span.data[start + i * step];
    }
    close_span(&span);
    return string;
}

/* Whether the buffer can be written and the value can be read.  Returns 0, or -1 with
 * an exception. */
static int
check_assignment(PyObject *object, PyObject *value)
{
    if (buffer_of(object)->is_readonly) {
        PyErr_SetString(PyExc_TypeError, "buffer is read-only");
        return -1;
    }
    if (!is_readable(value)) {
        PyErr_BadArgument();
        return -1;
    }
    return check_segments(value);
}

/* Open both sides of an assignment.  Returns 0, or -1 with an exception. */
static int
open_both(PyObject *object, PyObject *value, struct span *to, struct span *from)
{
    if (open_buffer(object, ANY, OPERATION, to) < 0) {
        return -1;
    }
    if (open_object(value, value, READ, OPERATION, from) < 0) {
        close_span(to);
        return -1;
    }
    return 0;
}

/* Copy the bytes to where they go, and close both.  count: as many have to be
 * there, or else the message. */
static int
assign(struct span *to, struct span *from, Py_ssize_t start, Py_ssize_t step, Py_ssize_t count,
       const char *message)
{
    int status = from->size == count ? 0 : -1;
    if (status < 0) {
        PyErr_SetString(PyExc_TypeError, message);
    }
    else if (step == 1 && count > 0) {
        memmove(to->data + start, from->data, (size_t)count);
    }
    else {
        for (Py_ssize_t i = 0; i < count; i++) {
            to->data[start + i * step] = from->data[i];
        }
    }
    close_span(from);
    close_span(to);
    return status;
}

static const char wrong_length[] = "right operand length must match slice length";

static int
set_item(PyObject *object, Py_ssize_t i, PyObject *value)
{
    struct span to, from;
    if (buffer_of(object)->is_readonly) {
        PyErr_SetString(PyExc_TypeError, "buffer is read-only");
        return -1;
    }
    /* The index is looked at before the value. */
    if (open_buffer(object, ANY, OPERATION, &to) < 0) {
        return -1;
    }
    close_span(&to);
    if (i < 0 || i >= to.size) {
        PyErr_SetString(PyExc_IndexError, "buffer assignment index out of range");
        return -1;
    }
    if (check_assignment(object, value) < 0 || open_both(object, value, &to, &from) < 0) {
        return -1;
    }
    /* Asking the value may have made it shorter. */
    return assign(&to, &from, i < to.size ? i : 0, 1, i < to.size,
                  "right operand must be a single byte");
}

static int
set_slice(PyObject *object, Py_ssize_t start, Py_ssize_t end, PyObject *value)
{
    struct span to, from;
    if (check_assignment(object, value) < 0 || open_both(object, value, &to, &from) < 0) {
        return -1;
    }
    start = start < 0 ? 0 : start > to.size ? to.size : start;
    end = end < start ? start : end > to.size ? to.size : end;
    return assign(&to, &from, start, 1, end - start, wrong_length);
}

static int
set_subscript(PyObject *object, PyObject *index, PyObject *value)
{
    struct span to, from;
    if (check_assignment(object, value) < 0) {
        return -1;
    }
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred()) {
            return -1;
        }
        if (i < 0) {
            if (open_buffer(object, ANY, OPERATION, &to) < 0) {
                return -1;
            }
            close_span(&to);
            i += to.size;
        }
        return set_item(object, i, value);
    }
    if (!PySlice_Check(index)) {
        PyErr_SetString(PyExc_TypeError, "buffer indices must be integers");
        return -1;
    }
    Py_ssize_t start, stop, step;
    if (_PySlice_Unpack(index, &start, &stop, &step) < 0
        || open_both(object, value, &to, &from) < 0) {
        return -1;
    }
    Py_ssize_t count = _PySlice_AdjustIndices(to.size, &start, &stop, step);
    return assign(&to, &from, start, step, count, wrong_length);
}

/* ---- The memory, handed on ---- */

static int
check_segment(Py_ssize_t segment)
{
    if (segment != 0) {
        PyErr_SetString(PyExc_SystemError, "accessing non-existent buffer segment");
        return -1;
    }
    return 0;
}

static Py_ssize_t
hand_out(PyObject *object, Py_ssize_t segment, enum access access, void **memory)
{
    struct span span;
    if (check_segment(segment) < 0 || open_buffer(object, access, FRAME, &span) < 0) {
        return -1;
    }
    *memory = span.data;
    return span.size;
}

static Py_ssize_t
read_buffer(PyObject *object, Py_ssize_t segment, void **memory)
{
    return hand_out(object, segment, READ, memory);
}

static Py_ssize_t
write_buffer(PyObject *object, Py_ssize_t segment, void **memory)
{
    if (buffer_of(object)->is_readonly) {
        PyErr_SetString(PyExc_TypeError, "buffer is read-only");
        return -1;
    }
    return hand_out(object, segment, WRITE, memory);
}

static Py_ssize_t
char_buffer(PyObject *object, Py_ssize_t segment, char **memory)
{
    void *data;
    Py_ssize_t size = hand_out(object, segment, CHAR, &data);
    if (size >= 0) {
        *memory = data;
    }
    return size;
}

static Py_ssize_t
count_segments(PyObject *object, Py_ssize_t *total)
{
    struct span span;
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return -1;
    }
    close_span(&span);
    if (total != NULL) {
        *total = span.size;
    }
    return 1;
}

/* The host's view goes with the guest's, to PyBuffer_Release: the slot for that is
 * empty, since argument formats do not take objects that have it. */
static int
get_buffer(PyObject *object, Py_buffer *view, int flags)
{
    struct span span;
    if (open_buffer(object, ANY, OPERATION, &span) < 0) {
        return -1;
    }
    int status = PyBuffer_FillInfo(view, object, span.data, span.size,
                                   buffer_of(object)->is_readonly, flags);
    if (status < 0 || view == NULL || span.view.obj == NULL) {
        close_span(&span);
        return status;
    }
    view->internal = span.view.internal;
    Py_DECREF(span.view.obj);
    return 0;
}

/* ---- The type ---- */

static PySequenceMethods as_sequence = {
    .sq_length = length_of,
    .sq_concat = concat,
    .sq_repeat = repeat,
    .sq_item = item,
    .sq_slice = string_of,
    .sq_ass_item = set_item,
    .sq_ass_slice = set_slice,
};

static PyMappingMethods as_mapping = {
    .mp_length = length_of,
    .mp_subscript = subscript,
    .mp_ass_subscript = set_subscript,
};

static PyBufferProcs as_buffer = {
    .bf_getreadbuffer = read_buffer,
    .bf_getwritebuffer = write_buffer,
    .bf_getsegcount = count_segments,
    .bf_getcharbuffer = char_buffer,
    .bf_getbuffer = get_buffer,
};

PyTypeObject PyBuffer_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "buffer",
    .tp_basicsize = sizeof(struct buffer),
    .tp_dealloc = dealloc,
    .tp_compare = compare,
    .tp_repr = repr,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = hash,
    .tp_str = str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_NEWBUFFER,
    .tp_doc = "buffer(object [, offset[, size]])\n\n"
              "A part of the memory of an object, from offset on and size bytes long, or\n"
              "as far as the memory goes.",
    .tp_base = &PyBaseObject_Type,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = new_instance,
    .tp_free = PyObject_Free,
};
