/* The memory of objects, by the old buffer protocol and by the new one. */

#include <Python.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static char text[4000];
static size_t length;

static void
add(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    length += (size_t)vsnprintf(text + length, sizeof text - length, format, args);
    va_end(args);
}

static void
add_bytes(const void *memory, Py_ssize_t count)
{
    const unsigned char *bytes = memory;
    add("%ld:", (long)count);
    for (Py_ssize_t i = 0; i < count && i < 16; i++) {
        add(bytes[i] > ' ' && bytes[i] < 127 ? "%c" : "<%x>", bytes[i]);
    }
}

static void
add_error(void)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        add("no error");
        return;
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *string = PyObject_Str(value);
    const char *name = strrchr(((PyTypeObject *)type)->tp_name, '.');
    add("%s: %s", name != NULL ? name + 1 : ((PyTypeObject *)type)->tp_name,
        string != NULL ? PyString_AS_STRING(string) : "?");
    Py_XDECREF(string);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

static PyObject *
done(void)
{
    return PyString_FromString(text);
}

/* old(object): what the four functions of the old protocol say */
static PyObject *
old(PyObject *self, PyObject *object)
{
    const char *chars;
    const void *memory;
    void *writable;
    Py_ssize_t size;
    length = 0;
    add("check %d", PyObject_CheckReadBuffer(object));
    PyErr_Clear();
    add(" | char ");
    PyObject_AsCharBuffer(object, &chars, &size) == 0 ? add_bytes(chars, size) : add_error();
    add(" | read ");
    PyObject_AsReadBuffer(object, &memory, &size) == 0 ? add_bytes(memory, size) : add_error();
    add(" | write ");
    PyObject_AsWriteBuffer(object, &writable, &size) == 0 ? add_bytes(writable, size)
                                                          : add_error();
    return done();
}

static PyObject *
null(PyObject *self, PyObject *object)
{
    Py_ssize_t size;
    const void *memory;
    length = 0;
    add("%d ", PyObject_AsReadBuffer(NULL, &memory, &size));
    add_error();
    add(" %d ", PyObject_AsCharBuffer(object, NULL, &size));
    add_error();
    add(" %d ", PyObject_AsWriteBuffer(object, (void **)&memory, NULL));
    add_error();
    return done();
}

/* new(object, flags): the view */
static PyObject *
new(PyObject *self, PyObject *args)
{
    int flags;
    PyObject *object;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "Oi", &object, &flags)) {
        return NULL;
    }
    length = 0;
    if (PyObject_GetBuffer(object, &view, flags) < 0) {
        add_error();
        return done();
    }
    add_bytes(view.buf, view.len);
    add(" readonly %d itemsize %ld ndim %d format %s shape", view.readonly, (long)view.itemsize,
        view.ndim, view.format != NULL ? view.format : "NULL");
    for (int i = 0; view.shape != NULL && i < view.ndim; i++) {
        add(" %ld", (long)view.shape[i]);
    }
    add(" strides");
    for (int i = 0; view.strides != NULL && i < view.ndim; i++) {
        add(" %ld", (long)view.strides[i]);
    }
    add(" contiguous %d%d%d", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'),
        PyBuffer_IsContiguous(&view, 'A'));
    PyBuffer_Release(&view);
    add(" %s", view.obj == NULL ? "released" : "not released");
    PyBuffer_Release(&view); /* once more does nothing */
    return done();
}

/* fill(object, byte): by "w*", "w#" or AsWriteBuffer */
static PyObject *
fill(PyObject *self, PyObject *args)
{
    PyObject *object;
    char *how, *memory;
    void *data;
    Py_ssize_t size;
    int byte, count;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "Osi", &object, &how, &byte)) {
        return NULL;
    }
    PyObject *tuple = PyTuple_Pack(1, object);
    int result = 0;
    if (strcmp(how, "w*") == 0) {
        result = PyArg_ParseTuple(tuple, "w*", &view);
        if (result) {
            memset(view.buf, byte, (size_t)view.len);
            PyBuffer_Release(&view);
        }
    }
    else if (strcmp(how, "w#") == 0) {
        result = PyArg_ParseTuple(tuple, "w#", &memory, &count);
        if (result) {
            memset(memory, byte, (size_t)count);
        }
    }
    else if (PyObject_AsWriteBuffer(object, &data, &size) == 0) {
        result = 1;
        memset(data, byte, (size_t)size);
    }
    Py_DECREF(tuple);
    length = 0;
    result ? add("filled") : add_error();
    return done();
}

/* during(format, object, function): what the function does while the memory is
 * held; and whether the memory is the same afterwards */
static PyObject *
during(PyObject *self, PyObject *args)
{
    char *format, *memory, before[16];
    PyObject *object, *function, *result;
    int size = 0;
    Py_buffer view;
    if (!PyArg_ParseTuple(args, "sOO", &format, &object, &function)) {
        return NULL;
    }
    int is_view = strchr(format, '*') != NULL;
    PyObject *tuple = PyTuple_Pack(1, object);
    int parsed = is_view ? PyArg_ParseTuple(tuple, format, &view)
                         : PyArg_ParseTuple(tuple, format, &memory, &size);
    length = 0;
    if (!parsed) {
        Py_DECREF(tuple);
        add_error();
        return done();
    }
    if (is_view) {
        memory = view.buf;
        size = (int)view.len;
    }
    memcpy(before, memory, size < 16 ? (size_t)size : 16);
    result = PyObject_CallFunctionObjArgs(function, NULL);
    if (result == NULL) {
        add_error();
    }
    else {
        add("function returned");
        Py_DECREF(result);
    }
    add(" %s ", memcmp(before, memory, size < 16 ? (size_t)size : 16) == 0 ? "same" : "changed");
    if (is_view) {
        PyBuffer_Release(&view);
    }
    Py_DECREF(tuple);
    return done();
}

/* Several views at once, of which the last cannot be had. */
static PyObject *
undo(PyObject *self, PyObject *args)
{
    Py_buffer views[3];
    char *memory;
    int number;
    length = 0;
    if (PyArg_ParseTuple(args, "s*w*s*esi", &views[0], &views[1], &views[2], "utf-8", &memory,
                         &number)) {
        for (int i = 0; i < 3; i++) {
            PyBuffer_Release(&views[i]);
        }
        PyMem_Free(memory);
        add("parsed");
    }
    else {
        add_error();
    }
    return done();
}

/* Views that nobody but us made. */
static PyObject *
shapes(PyObject *self, PyObject *args)
{
    Py_ssize_t shape[] = {2, 3}, strides[2], index[] = {1, 2}, suboffsets[] = {-1, -1};
    char memory[] = "abcdef", copy[7] = "", *rows[] = {"abc", "def"};
    Py_buffer view = {.buf = memory, .len = 6, .itemsize = 1, .ndim = 2, .shape = shape,
                      .strides = strides};
    length = 0;
    for (int step = 0; step < 2; step++) {
        PyBuffer_FillContiguousStrides(2, shape, strides, 1, step == 0 ? 'C' : 'F');
        add("strides %ld %ld contiguous %d%d%d%d item %c\n", (long)strides[0], (long)strides[1],
            PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'),
            PyBuffer_IsContiguous(&view, 'A'), PyBuffer_IsContiguous(&view, 'x'),
            *(char *)PyBuffer_GetPointer(&view, index));
        add("copied %d ", PyBuffer_ToContiguous(copy, &view, 100, step == 0 ? 'C' : 'F'));
        add("%s ", copy);
        add("back %d ", PyBuffer_FromContiguous(&view, "ABCDEF", 4, step == 0 ? 'C' : 'F'));
        add("%s\n", memory);
    }
    /* The other order than the view's own. */
    char other[7] = "";
    add("copied %d ", PyBuffer_ToContiguous(other, &view, 6, 'C'));
    add("%s ", other);
    add("back %d ", PyBuffer_FromContiguous(&view, "123456", 6, 'C'));
    add("%s ", memory);
    add("back %d ", PyBuffer_FromContiguous(&view, "uvwxyz", 4, 'C'));
    add("%s\n", memory);
    strides[0] = 4;
    add("gaps %d%d%d\n", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'),
        PyBuffer_IsContiguous(&view, 'A'));
    shape[0] = 0;
    add("empty %d%d\n", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'));
    view.strides = NULL;
    add("no strides %d%d\n", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'));
    view.ndim = 0;
    add("no dimension %d%d\n", PyBuffer_IsContiguous(&view, 'C'),
        PyBuffer_IsContiguous(&view, 'F'));
    view.ndim = 1;
    shape[0] = 5;
    strides[0] = 2;
    view.strides = strides;
    add("every other %d%d ", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'));
    shape[0] = 1;
    add("one %d%d\n", PyBuffer_IsContiguous(&view, 'C'), PyBuffer_IsContiguous(&view, 'F'));
    view.suboffsets = suboffsets;
    add("suboffsets %d\n", PyBuffer_IsContiguous(&view, 'A'));
    suboffsets[0] = 1;
    view.buf = rows;
    strides[0] = sizeof rows[0];
    index[0] = 1;
    add("through a pointer %c\n", *(char *)PyBuffer_GetPointer(&view, index));
    return done();
}

static PyObject *
info(PyObject *self, PyObject *object)
{
    char memory[] = "abc";
    Py_buffer view;
    length = 0;
    for (int flags = 0; flags < 0x20; flags++) {
        for (int readonly = 0; readonly < 2; readonly++) {
            memset(&view, 0x55, sizeof view);
            int result = PyBuffer_FillInfo(&view, object, memory, 3, readonly, flags);
            add("%x/%d ", flags, readonly);
            if (result < 0) {
                add_error();
            }
            else {
                add("%d%s%d%d%d%d ", view.readonly, view.format != NULL ? view.format : "-",
                    view.shape == &view.len, view.strides == &view.itemsize,
                    view.suboffsets == NULL && view.internal == NULL, view.ndim);
                PyBuffer_Release(&view);
            }
        }
        add("\n");
    }
    add("%d\n", PyBuffer_FillInfo(NULL, object, memory, 3, 0, 0));
    return done();
}

/* copy(to, from) */
static PyObject *
copy(PyObject *self, PyObject *args)
{
    PyObject *to, *from;
    if (!PyArg_ParseTuple(args, "OO", &to, &from)) {
        return NULL;
    }
    length = 0;
    PyObject_CopyData(to, from) == 0 ? add("copied") : add_error();
    return done();
}

static PyMethodDef methods[] = {
    {"old", old, METH_O, NULL},
    {"null", null, METH_O, NULL},
    {"new", new, METH_VARARGS, NULL},
    {"fill", fill, METH_VARARGS, NULL},
    {"during", during, METH_VARARGS, NULL},
    {"undo", undo, METH_VARARGS, NULL},
    {"shapes", shapes, METH_NOARGS, NULL},
    {"info", info, METH_O, NULL},
    {"copy", copy, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlegacy_views(void)
{
    Py_InitModule("legacy_views", methods);
}
