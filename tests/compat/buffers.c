/* buffers.c - an extension for Python 2.7 that shows what the functions PyBuffer_From
 * and PyBuffer_New make of an object: buffers.py drives it.
 *
 * probe() calls one of them and tells all that can be seen: exception, count of
 * references, the structure, and what a buffer does when it is used. */

#include "exporters.h"

/* As 2.7 has it; its headers keep it to themselves. */
typedef struct {
    PyObject_HEAD
    PyObject *b_base;
    void *b_ptr;
    Py_ssize_t b_size;
    Py_ssize_t b_offset;
    int b_readonly;
    long b_hash;
} Buffer;

static char memory[] = "static-mem";

static PyObject *
make_buffer(int function, PyObject *base, Py_ssize_t offset, Py_ssize_t size)
{
    switch (function) {
    case 0:
        return PyBuffer_FromObject(base, offset, size);
    case 1:
        return PyBuffer_FromReadWriteObject(base, offset, size);
    case 2:
        return PyBuffer_FromMemory(memory, size);
    case 3:
        return PyBuffer_FromReadWriteMemory(memory, size);
    default:
        return PyBuffer_New(size);
    }
}

/* The buffer of a buffer or the exporter that a name stands for, or the object. */
static PyObject *
make_base(PyObject *object, const char *make)
{
    if (make == NULL) {
        Py_INCREF(object);
        return object;
    }
    if (strcmp(make, "buffer") == 0) {
        return make_buffer(0, object, 1, -1);
    }
    if (strcmp(make, "rwbuffer") == 0) {
        return make_buffer(1, object, 1, 3);
    }
    return strcmp(make, "rwmemory") == 0 ? make_buffer(3, NULL, 0, 8) : new_exporter(make);
}

/* "Error: message", and no exception is set any more. */
static void
tell_exception(struct report *report)
{
    struct report error = {.used = 0};
    tell_error(&error);
    tell(report, "%s", error.used > 0 ? error.text + strlen("|error=") : "no exception");
}

static void
tell_hex(struct report *report, const void *data, Py_ssize_t size)
{
    for (Py_ssize_t i = 0; i < size && i < 20; i++) {
        tell(report, "%02x", ((const unsigned char *)data)[i]);
    }
}

/* What one of the old functions says: 0 if it succeeds. */
static void
tell_memory(struct report *report, const char *name, int result, const void *data,
            Py_ssize_t size)
{
    tell(report, "|%s=", name);
    if (result != 0) {
        tell_exception(report);
        return;
    }
    tell(report, "%zd:", size);
    tell_hex(report, data, size);
}

/* What a buffer is, and does. */
static void
tell_buffer(struct report *report, PyObject *object)
{
    const Buffer *buffer = (Buffer *)object;
    PyTypeObject *type = Py_TYPE(object);
    tell(report, "|base=%s|size=%zd|offset=%zd|readonly=%d|ptr=%s",
         buffer->b_base != NULL ? Py_TYPE(buffer->b_base)->tp_name : "NULL", buffer->b_size,
         buffer->b_offset, buffer->b_readonly, buffer->b_ptr != NULL ? "set" : "NULL");
    Py_ssize_t size = type->tp_as_sequence->sq_length(object);
    tell(report, "|len=");
    size == -1 && PyErr_Occurred() ? tell_exception(report) : tell(report, "%zd", size);
    tell(report, "|str=");
    PyObject *text = type->tp_str(object);
    text == NULL ? tell_exception(report)
                 : tell_hex(report, PyString_AS_STRING(text), PyString_GET_SIZE(text));
    Py_XDECREF(text);
    text = type->tp_repr(object);
    tell(report, "|repr=%s", text != NULL ? PyString_AS_STRING(text) : "NULL");
    Py_XDECREF(text);
    tell(report, "|hash=");
    type->tp_hash(object) == -1 ? tell_exception(report) : tell(report, "ok");
    tell(report, "|set=");
    PyObject *index = PyInt_FromLong(0), *value = PyString_FromString("X");
    type->tp_as_mapping->mp_ass_subscript(object, index, value);
    PyErr_Occurred() ? tell_exception(report) : tell(report, "ok");
    Py_DECREF(index);
    Py_DECREF(value);
    tell(report, "|check=%d", PyObject_CheckReadBuffer(object));
    if (PyErr_Occurred()) {
        tell(report, " ");
        tell_exception(report);
    }
    const char *chars;
    const void *data;
    void *writable;
    int result = PyObject_AsCharBuffer(object, &chars, &size);
    tell_memory(report, "char", result, chars, size);
    result = PyObject_AsReadBuffer(object, &data, &size);
    tell_memory(report, "read", result, data, size);
    result = PyObject_AsWriteBuffer(object, &writable, &size);
    tell_memory(report, "write", result, writable, size);
}

/* probe(function, object, make, offset, size): the report; make may be None. */
static PyObject *
probe(PyObject *self, PyObject *args)
{
    int function;
    PyObject *object;
    const char *make;
    Py_ssize_t offset, size;
    struct report report = {.used = 0};
    (void)self;
    if (!PyArg_ParseTuple(args, "iOznn", &function, &object, &make, &offset, &size)) {
        return NULL;
    }
    strcpy(memory, "static-mem");
    PyObject *base = make_base(object, make);
    if (base == NULL) {
        return NULL;
    }
    Py_ssize_t before = Py_REFCNT(base);
    PyObject *buffer = make_buffer(function, base, offset, size);
    tell(&report, "ref=%zd", Py_REFCNT(base) - before);
    if (buffer != NULL) {
        if (function == 4) {
            /* What malloc left there. */
            memset(((Buffer *)buffer)->b_ptr, 0, (size_t)size);
        }
        tell_buffer(&report, buffer);
        Py_DECREF(buffer);
        tell(&report, "|end=%zd", Py_REFCNT(base) - before);
    }
    tell_error(&report);
    Py_DECREF(base);
    return PyString_FromString(report.text);
}

static PyMethodDef methods[] = {{"probe", probe, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initbuffers27(void)
{
    begin_exporters();
    Py_InitModule("buffers27", methods);
}
