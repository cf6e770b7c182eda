/* lab.c - the sort of extension that is left from Python 2's days.
 *
 * A driver of a lab instrument: it sends what it finds in the caller's buffer,
 * fills the caller's buffer with samples, and tells what it knows of itself.
 * This is source for Python 2.7, to the last line: Python 3 cannot compile it. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *LabError;

static PyObject *
checksum(PyObject *self, PyObject *obj)
{
    const void *buffer;
    Py_ssize_t len, i;
    unsigned long sum = 0;
    if (PyObject_AsReadBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        sum = sum * 31 + ((const unsigned char *)buffer)[i];
    }
    return PyInt_FromLong((long)(sum & 0xffffffff));
}

static PyObject *
sample(PyObject *self, PyObject *obj)
{
    void *buffer;
    Py_ssize_t len, i;
    if (PyObject_AsWriteBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    for (i = 0; i < len; i++) {
        ((unsigned char *)buffer)[i] = (unsigned char)(i * i);
    }
    return PyInt_FromSsize_t(len);
}

static PyObject *
channels(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"count", "unit", NULL};
    const char *unit = "V";
    Py_ssize_t unit_len = 1;
    int count, i;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "i|s#:channels", names, &count, &unit,
                                     &unit_len)) {
        return NULL;
    }
    if (count > 4) {
        return PyErr_Format(LabError, "the instrument has 4 channels, not %d", count);
    }
    PyObject *list = PyList_New(count);
    for (i = 0; list != NULL && i < count; i++) {
        PyList_SET_ITEM(list, i, Py_BuildValue("(ids#)", i, i / 4.0, unit, unit_len));
    }
    return list;
}

static PyMethodDef methods[] = {
    {"checksum", checksum, METH_O, "checksum(readable buffer) -> int"},
    {"sample", sample, METH_O, "sample(writable buffer) -> number of bytes"},
    {"channels", (PyCFunction)channels, METH_VARARGS | METH_KEYWORDS,
     "channels(count, unit='V') -> [(number, offset, unit)]"},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlab(void)
{
    PyObject *module = Py_InitModule3("lab", methods, "Driver of the lab's instrument.");
    if (module == NULL) {
        return;
    }
    LabError = PyErr_NewException("lab.LabError", PyExc_StandardError, NULL);
    Py_XINCREF(LabError);
    PyModule_AddObject(module, "LabError", LabError);
    PyModule_AddStringConstant(module, "__version__", "1.4 of 2009");
}
