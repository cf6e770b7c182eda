/* lab.c - the sort of extension that is left from Python 2's days.
 *
 * A driver of a lab instrument: it sends what it finds in the caller's buffer,
 * and fills the caller's buffer with samples.  It knows the two functions of
 * the old buffer protocol only by their old prototypes. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "../../compat/abstract.h"

static PyObject *
checksum(PyObject *self, PyObject *obj)
{
    const void *buffer;
    Py_ssize_t len, i;
    unsigned long sum = 0;
    (void)self;
    if (PyObject_AsReadBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        sum = sum * 31 + ((const unsigned char *)buffer)[i];
    }
    return PyLong_FromUnsignedLong(sum & 0xffffffff);
}

static PyObject *
sample(PyObject *self, PyObject *obj)
{
    void *buffer;
    Py_ssize_t len, i;
    (void)self;
    if (PyObject_AsWriteBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        ((unsigned char *)buffer)[i] = (unsigned char)(i * i);
    }
    return PyLong_FromSsize_t(len);
}

static PyMethodDef methods[] = {
    {"checksum", checksum, METH_O, "checksum(readable buffer) -> int"},
    {"sample", sample, METH_O, "sample(writable buffer) -> number of bytes"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "lab", NULL, -1, methods,
                                    NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit_lab(void);

PyMODINIT_FUNC
PyInit_lab(void)
{
    return PyModule_Create(&module);
}
