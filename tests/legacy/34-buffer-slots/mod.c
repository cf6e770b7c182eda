/* Buffer slots of types, as compiled code tests and calls them. */

#include <Python.h>

#include <stdio.h>
#include <string.h>

/* slots(object): whether it has the new protocol, and which slots of the old one */
static PyObject *
slots(PyObject *self, PyObject *object)
{
    const PyBufferProcs *procs = Py_TYPE(object)->tp_as_buffer;
    return PyString_FromFormat(
        "%s %s%s%s%s", PyObject_CheckBuffer(object) ? "new" : "old",
        procs != NULL && procs->bf_getreadbuffer != NULL ? "r" : "-",
        procs != NULL && procs->bf_getwritebuffer != NULL ? "w" : "-",
        procs != NULL && procs->bf_getsegcount != NULL ? "s" : "-",
        procs != NULL && PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HAVE_GETCHARBUFFER)
                && procs->bf_getcharbuffer != NULL
            ? "c"
            : "-");
}

/* read(object): by the slots themselves */
static PyObject *
read_slots(PyObject *self, PyObject *object)
{
    const PyBufferProcs *procs = Py_TYPE(object)->tp_as_buffer;
    void *memory;
    Py_ssize_t total = 0, length;
    if (procs == NULL || procs->bf_getreadbuffer == NULL || procs->bf_getsegcount == NULL) {
        return PyString_FromString("nothing");
    }
    Py_ssize_t segments = procs->bf_getsegcount(object, &total);
    length = procs->bf_getreadbuffer(object, 0, &memory);
    if (length < 0) {
        return NULL;
    }
    /* ctypes tells a total of 1, whatever the length. */
    return PyString_FromFormat("%d segment, %d bytes %d%s", (int)segments, (int)length,
                               ((unsigned char *)memory)[0],
                               total == length || total == 1 ? "" : ", another total");
}

/* segment(object): one that is not there */
static PyObject *
segment(PyObject *self, PyObject *object)
{
    const PyBufferProcs *procs = Py_TYPE(object)->tp_as_buffer;
    void *memory;
    if (procs != NULL && procs->bf_getreadbuffer != NULL
        && procs->bf_getreadbuffer(object, 1, &memory) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

/* view(object): by the slots themselves */
static PyObject *
view_slots(PyObject *self, PyObject *object)
{
    const PyBufferProcs *procs = Py_TYPE(object)->tp_as_buffer;
    Py_buffer view;
    if (!PyObject_CheckBuffer(object)) {
        return PyString_FromString("nothing");
    }
    if (procs->bf_getbuffer(object, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    PyObject *made = PyString_FromFormat("%d bytes %d, format %s, shape %d", (int)view.len,
                                         ((unsigned char *)view.buf)[0], view.format,
                                         (int)view.shape[0]);
    PyBuffer_Release(&view);
    return made;
}

static PyMethodDef methods[] = {
    {"slots", slots, METH_O, NULL},
    {"read", read_slots, METH_O, NULL},
    {"segment", segment, METH_O, NULL},
    {"view", view_slots, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlegacy_buffer_slots(void)
{
    Py_InitModule("legacy_buffer_slots", methods);
}
