/* embedding.c - a program that embeds Python and uses <py2abi.h>, as others
 * write it.
 *
 * Prints "VERSION works" when the four functions and a scope do what they are
 * to do; the program is linked with py2abi before libpython, so they are
 * py2abi's. */

#include <py2abi.h>

#include <stdio.h>
#include <string.h>

/* Python's headers before 3.13 declare the four, some of them as deprecated. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static int
can_resize(PyObject *array, Py_ssize_t size)
{
    if (PyByteArray_Resize(array, size) == 0) {
        return 1;
    }
    PyErr_Clear();
    return 0;
}

/* The first of the steps that goes wrong, or NULL. */
static const char *
wrong(PyObject *array, PyObject *text)
{
    const char *characters = NULL;
    const void *bytes = NULL;
    void *place = NULL;
    Py_ssize_t length = -1;

    long scope = py2abi_views_begin();
    if (scope == -1) {
        return "py2abi_views_begin";
    }
    if (PyObject_AsCharBuffer(array, &characters, &length) != 0 || length != 5
        || memcmp(characters, "abcde", 5) != 0) {
        return "PyObject_AsCharBuffer";
    }
    if (PyObject_AsReadBuffer(array, &bytes, &length) != 0 || bytes != characters) {
        return "PyObject_AsReadBuffer";
    }
    if (PyObject_AsWriteBuffer(array, &place, &length) != 0 || place != bytes) {
        return "PyObject_AsWriteBuffer";
    }
    if (PyObject_CheckReadBuffer(array) != 1 || PyObject_CheckReadBuffer(text) != 0
        || PyErr_Occurred()) {
        return "PyObject_CheckReadBuffer";
    }
    if (PyObject_AsReadBuffer(text, &bytes, &length) != -1
        || !PyErr_ExceptionMatches(PyExc_TypeError)) {
        return "PyObject_AsReadBuffer of a string";
    }
    PyErr_Clear();
    if (can_resize(array, 6)) {
        return "the views of a scope";
    }
    if (py2abi_views_end(scope) != 0 || !can_resize(array, 7000)) {
        return "py2abi_views_end";
    }
    return NULL;
}

int
main(void)
{
    Py_InitializeEx(0);
    PyObject *array = PyByteArray_FromStringAndSize("abcde", 5);
    PyObject *text = PyUnicode_FromString("abcde");
    const char *step = array != NULL && text != NULL ? wrong(array, text) : "Python";
    if (PyErr_Occurred()) {
        PyErr_Print();
    }
    Py_XDECREF(array);
    Py_XDECREF(text);
    if (Py_FinalizeEx() < 0 && step == NULL) {
        step = "Py_FinalizeEx";
    }
    if (step != NULL) {
        printf("%s does not work\n", step);
        return 1;
    }
    printf("%s works\n", py2abi_version());
    return 0;
}
