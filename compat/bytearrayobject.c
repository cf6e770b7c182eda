/* bytearrayobject.c - Python 2.7's bytearray: the mirror of a host bytearray, and objects
 * of types that binaries derive, which have their bytes in their proxies.
 *
 * The bytes are the host's, where they lie; ob_size and ob_bytes, which inlined
 * code reads, are brought up to date whenever the object crosses and in each
 * function here. */

#include "config.h"
#include "proxy.h"
#include "slots.h"
#include "strings27.h"

#include <stdlib.h>
#include <string.h>

/* What an empty one points to for the macros. */
char _PyByteArray_empty_string[1];

/* The host's object, borrowed, or NULL with a host exception. */
static HostObject *
host_of(PyObject *self)
{
    return py2abi_proxy_backing(self);
}

/* Bring up to date what inlined code reads.  Returns 0, or -1 with a host
 * exception. */
int
py2abi_bytearray_refresh(PyObject *object)
{
    PyByteArrayObject *self = (PyByteArrayObject *)object;
    HostObject *host = host_of(object);
    Py_ssize_t size = host != NULL ? host_PyByteArray_Size(host) : -1;
    char *bytes = size >= 0 ? host_PyByteArray_AsString(host) : NULL;
    if (bytes == NULL) {
        return -1;
    }
    Py_SIZE(self) = size;
    self->ob_alloc = size + 1;
    self->ob_bytes = bytes;
    return 0;
}

/* The same for the functions of the API, which all begin so.  Returns 0, or -1
 * with a guest exception. */
static int
refresh(PyObject *object)
{
    if (!PyByteArray_Check(object)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (py2abi_bytearray_refresh(object) < 0) {
        py2abi_error_to_guest();
        return -1;
    }
    return 0;
}

/* Takes the host object over. */
static PyObject *
made(HostObject *host)
{
    PyObject *self = py2abi_mirror_result(host);
    if (self != NULL && refresh(self) < 0) {
        Py_CLEAR(self);
    }
    return self;
}

PyObject *
PyByteArray_FromStringAndSize(const char *bytes, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError,
                        "Negative size passed to PyByteArray_FromStringAndSize");
        return NULL;
    }
    return made(host_PyByteArray_FromStringAndSize(bytes, size));
}

/* A byte from an item of an iterable: a number, or a str of one.  Returns -1 with
 * an exception. */
static int
byte_of(PyObject *item)
{
    if (PyString_CheckExact(item)) {
        if (PyString_GET_SIZE(item) == 1) {
            return (unsigned char)PyString_AS_STRING(item)[0];
        }
        PyErr_SetString(PyExc_ValueError, "string must be of size 1");
        return -1;
    }
    if (!PyIndex_Check(item)) {
        PyErr_SetString(PyExc_TypeError, "an integer or string of size 1 is required");
        return -1;
    }
    Py_ssize_t value = PyNumber_AsSsize_t(item, NULL);
    if (value == -1 && PyErr_Occurred()) {
        return -1;
    }
    if (value < 0 || value > UCHAR_MAX) {
        PyErr_SetString(PyExc_ValueError, "byte must be in range(0, 256)");
        return -1;
    }
    return (int)value;
}

static PyObject *
from_iterable(PyObject *object)
{
    PyObject *iterator = PyObject_GetIter(object), *item = NULL, *array = NULL;
    Py_ssize_t used = 0, room = 0;
    char *bytes = NULL;
    if (iterator == NULL) {
        return NULL;
    }
    while ((item = PyIter_Next(iterator)) != NULL) {
        int byte = byte_of(item);
        Py_DECREF(item);
        if (byte >= 0 && used == room) {
            char *grown = realloc(bytes, (size_t)(room = 2 * room + 64));
            if (grown == NULL) {
                PyErr_NoMemory();
                byte = -1;
            }
            else {
                bytes = grown;
            }
        }
        if (byte < 0) {
            break;
        }
        bytes[used++] = (char)byte;
    }
    if (!PyErr_Occurred()) {
        array = PyByteArray_FromStringAndSize(used > 0 ? bytes : "", used);
    }
    free(bytes);
    Py_DECREF(iterator);
    return array;
}

/* bytearray(object): a number of zeros, what is in a buffer, the items of an
 * iterable. */
PyObject *
PyByteArray_FromObject(PyObject *object)
{
    if (PyUnicode_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "unicode argument without an encoding");
        return NULL;
    }
    if (PyString_Check(object)) {
        return PyByteArray_FromStringAndSize(PyString_AS_STRING(object),
                                             PyString_GET_SIZE(object));
    }
    if (PyIndex_Check(object)) {
        Py_ssize_t size = PyNumber_AsSsize_t(object, PyExc_OverflowError);
        if (size == -1 && PyErr_Occurred()) {
            return NULL;
        }
        if (size < 0) {
            PyErr_SetString(PyExc_ValueError, "negative count");
            return NULL;
        }
        PyObject *array = PyByteArray_FromStringAndSize(NULL, size);
        if (array != NULL && size > 0) {
            memset(((PyByteArrayObject *)array)->ob_bytes, 0, (size_t)size);
        }
        return array;
    }
    if (!PyObject_CheckBuffer(object)) {
        return from_iterable(object);
    }
    Py_buffer view;
    if (PyObject_GetBuffer(object, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    PyObject *array = PyByteArray_FromStringAndSize(NULL, view.len);
    if (array != NULL
        && PyBuffer_ToContiguous(((PyByteArrayObject *)array)->ob_bytes, &view, view.len, 'C')
               < 0) {
        Py_CLEAR(array);
    }
    PyBuffer_Release(&view);
    return array;
}

Py_ssize_t
PyByteArray_Size(PyObject *object)
{
    return refresh(object) < 0 ? -1 : Py_SIZE(object);
}

char *
PyByteArray_AsString(PyObject *object)
{
    return refresh(object) < 0 ? NULL : PyByteArray_AS_STRING(object);
}

int
PyByteArray_Resize(PyObject *object, Py_ssize_t size)
{
    if (refresh(object) < 0
        || py2abi_returned(host_PyByteArray_Resize(host_of(object), size)) < 0) {
        return -1;
    }
    return refresh(object);
}

PyObject *
PyByteArray_Concat(PyObject *a, PyObject *b)
{
    Py_buffer a_view, b_view;
    if (PyObject_GetBuffer(a, &a_view, PyBUF_SIMPLE) < 0) {
        return PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s",
                            Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
    }
    if (PyObject_GetBuffer(b, &b_view, PyBUF_SIMPLE) < 0) {
        PyBuffer_Release(&a_view);
        return PyErr_Format(PyExc_TypeError, "can't concat %.100s to %.100s",
                            Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
    }
    PyObject *result = NULL;
    if (a_view.len > PY_SSIZE_T_MAX - b_view.len) {
        PyErr_NoMemory();
    }
    else {
        result = PyByteArray_FromStringAndSize(NULL, a_view.len + b_view.len);
    }
    if (result != NULL) {
        char *bytes = ((PyByteArrayObject *)result)->ob_bytes;
        memcpy(bytes, a_view.buf, (size_t)a_view.len);
        memcpy(bytes + a_view.len, b_view.buf, (size_t)b_view.len);
    }
    PyBuffer_Release(&a_view);
    PyBuffer_Release(&b_view);
    return result;
}

int
PyByteArray_Init(void)
{
    return 1;
}

void
PyByteArray_Fini(void)
{
}

/* ---- The type ---- */

/* An empty one, which tp_init fills. */
static PyObject *
new_instance(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    return type == &PyByteArray_Type ? PyByteArray_FromStringAndSize("", 0)
                                     : type->tp_alloc(type, 0);
}

/* Fill one anew.  A str is bytes here, whatever the user wants one to be elsewhere. */
static int
init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *bytes = NULL, *pack = NULL;
    int status = -1;
    if (args != NULL && PyTuple_Check(args) && PyTuple_GET_SIZE(args) == 1
        && PyString_Check(PyTuple_GET_ITEM(args, 0))) {
        bytes = PyByteArray_FromObject(PyTuple_GET_ITEM(args, 0));
        pack = bytes != NULL ? PyTuple_Pack(1, bytes) : NULL;
        if (pack == NULL) {
            Py_XDECREF(bytes);
            return -1;
        }
        args = pack;
    }
    if (py2abi_slots_init(self, args, kwargs) == 0) {
        status = refresh(self);
    }
    Py_XDECREF(bytes);
    Py_XDECREF(pack);
    return status;
}

static void
dealloc(PyObject *self)
{
    if (Py_TYPE(self)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        py2abi_mirror_dealloc(self);
        return;
    }
    py2abi_proxy_drop(self);
    Py_TYPE(self)->tp_free(self);
}

PyTypeObject PyByteArray_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "bytearray",
    .tp_basicsize = sizeof(PyByteArrayObject),
    .tp_dealloc = dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_NEWBUFFER
                | PY2ABI_TPFLAGS_MIRROR,
    .tp_base = &PyBaseObject_Type,
    .tp_init = init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = new_instance,
    .tp_free = PyObject_Free,
};

/* Its iterators are the host's. */
PyTypeObject PyByteArrayIter_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "bytearray-iterator",
    .tp_basicsize = sizeof(PyObject) + 2 * sizeof(void *),
    .tp_dealloc = py2abi_mirror_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR,
    .tp_base = &PyBaseObject_Type,
};
