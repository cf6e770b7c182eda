/* extension.c - a Python 3 extension as others write it: <py2abi.h>, the flags
 * of pkg-config, nothing else of py2abi.
 *
 * staged.use() uses the four functions and a scope, and returns
 *     (version, which file PyObject_AsReadBuffer is in, the same of
 *      py2abi_views_begin, whether a bytearray could be resized in the scope,
 *      whether it could after the scope). */

#define _GNU_SOURCE
#include <py2abi.h>

#include <dlfcn.h>
#include <string.h>

/* Python's headers before 3.13 declare the four, some of them as deprecated. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static const char *
file_of(void (*function)(void))
{
    Dl_info info;
    void *address;
    memcpy(&address, &function, sizeof address);
    return dladdr(address, &info) != 0 ? info.dli_fname : "";
}

/* Whether resizing works; it does not while somebody has a view. */
static int
can_resize(PyObject *array, Py_ssize_t size)
{
    if (PyByteArray_Resize(array, size) == 0) {
        return 1;
    }
    PyErr_Clear();
    return 0;
}

static int
check(int truth, const char *what)
{
    if (!truth && !PyErr_Occurred()) {
        PyErr_SetString(PyExc_AssertionError, what);
    }
    return truth;
}

/* The four functions, on an object that has a buffer and on one without. */
static int
use_four(PyObject *array, PyObject *none)
{
    const char *characters = NULL;
    const void *bytes = NULL;
    void *place = NULL;
    Py_ssize_t length = -1, other = -1;

    if (!check(PyObject_AsCharBuffer(array, &characters, &length) == 0, "AsCharBuffer")
        || !check(length == 5 && memcmp(characters, "abcde", 5) == 0, "what AsCharBuffer gives")
        || !check(PyObject_AsReadBuffer(array, &bytes, &length) == 0, "AsReadBuffer")
        || !check(length == 5 && bytes == characters, "what AsReadBuffer gives")
        || !check(PyObject_AsWriteBuffer(array, &place, &length) == 0, "AsWriteBuffer")
        || !check(length == 5 && place == bytes, "what AsWriteBuffer gives")
        || !check(PyObject_CheckReadBuffer(array) == 1, "CheckReadBuffer of a bytearray")
        || !check(PyObject_CheckReadBuffer(none) == 0, "CheckReadBuffer of None")) {
        return 0;
    }
    if (!check(PyObject_AsReadBuffer(none, &bytes, &other) == -1, "AsReadBuffer of None")
        || !check(PyErr_ExceptionMatches(PyExc_TypeError), "a TypeError")) {
        return 0;
    }
    PyErr_Clear();
    return check(other == -1, "an output that is left alone");
}

static PyObject *
use(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    PyObject *array = PyByteArray_FromStringAndSize("abcde", 5);
    if (array == NULL) {
        return NULL;
    }
    long scope = py2abi_views_begin();
    if (scope == -1) {
        Py_DECREF(array);
        return NULL;
    }
    int fine = use_four(array, Py_None);
    int inside = can_resize(array, 6);
    fine = py2abi_views_end(scope) == 0 && fine;
    int outside = can_resize(array, 7000);
    Py_DECREF(array);
    if (!fine) {
        return NULL;
    }
    return Py_BuildValue("sssii", py2abi_version(), file_of((void (*)(void))PyObject_AsReadBuffer),
                         file_of((void (*)(void))py2abi_views_begin), inside, outside);
}

static PyMethodDef methods[] = {
    {"use", use, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "staged",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_staged(void);

PyMODINIT_FUNC
PyInit_staged(void)
{
    PyObject *staged = PyModule_Create(&module);
#ifdef Py_GIL_DISABLED
    /* Without this, free-threaded builds turn the GIL on and warn. */
    if (staged != NULL && PyUnstable_Module_SetGIL(staged, Py_MOD_GIL_NOT_USED) < 0) {
        Py_CLEAR(staged);
    }
#endif
    return staged;
}
