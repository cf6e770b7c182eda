/* The functions of bytearray. */

#include "../texts.h"

#define SHOW(call) (say("%s = ", #call), say_object(call), say("\n"))

static void
look(PyObject *array)
{
    PyByteArrayObject *self = (PyByteArrayObject *)array;
    say("%d %d %d ", PyByteArray_Check(array) != 0, PyByteArray_CheckExact(array),
        (int)PyByteArray_Size(array));
    say("%d %d ", (int)PyByteArray_GET_SIZE(array),
        PyByteArray_AsString(array) == PyByteArray_AS_STRING(array));
    say("%d ", Py_SIZE(array) == 0 || self->ob_bytes == PyByteArray_AsString(array));
    say("%d ", PyByteArray_AsString(array)[PyByteArray_Size(array)]);
    say_value(array);
    say("\n");
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    static const char *const values[] = {
        "'abc'", "u'abc'", "3", "[1, 2, 255]", "[1, 256]", "None", "-1", "['a']", "['ab']",
        "[None]", "(65, 'b', 67L)", "99999999999999999999L",
    };
    PyObject *array, *other, *string;
    int i, status;
    array = PyByteArray_FromStringAndSize("abc", 3);
    look(array);
    PyByteArray_AS_STRING(array)[1] = 'B';
    look(array);
    status = PyByteArray_Resize(array, 2);
    say("%d ", status);
    look(array);
    status = PyByteArray_Resize(array, 1000);
    memset(PyByteArray_AS_STRING(array), 'x', 1000);
    say("%d %d %d\n", status, (int)PyByteArray_Size(array), PyByteArray_AS_STRING(array)[1000]);
    status = PyByteArray_Resize(array, 0);
    say("%d ", status);
    look(array);
    Py_DECREF(array);
    array = PyByteArray_FromStringAndSize(NULL, 4);
    memcpy(PyByteArray_AS_STRING(array), "wxyz", 4);
    look(array);
    string = PyString_FromString("str");
    other = PyByteArray_Concat(array, string);
    look(other);
    Py_DECREF(other);
    other = PyByteArray_Concat(string, array);
    look(other);
    Py_DECREF(other);
    other = PyByteArray_Concat(array, array);
    look(other);
    Py_DECREF(other);
    SHOW(PyByteArray_Concat(array, Py_None));
    SHOW(PyByteArray_Concat(Py_None, array));
    say_object(PyString_Type.tp_as_sequence->sq_concat(string, array));
    say("\n");
    for (i = 0; i < COUNT(values); i++) {
        PyObject *value = value_of(values[i]);
        other = PyByteArray_FromObject(value);
        say("%s: ", values[i]);
        if (other != NULL) {
            look(other);
            Py_DECREF(other);
        }
        else {
            say_error();
            say("\n");
        }
        Py_DECREF(value);
    }
    other = PyByteArray_FromObject(array);
    say("%d ", other != array);
    look(other);
    PyByteArray_AS_STRING(other)[0] = '-';
    look(array);
    Py_DECREF(other);
    SHOW(PyByteArray_FromStringAndSize("", -1));
    {
        PyBufferProcs *procs = Py_TYPE(array)->tp_as_buffer;
        Py_buffer view;
        say("%d %d\n", procs->bf_getbuffer != NULL, PyObject_CheckBuffer(array));
        status = PyObject_GetBuffer(array, &view, PyBUF_WRITABLE);
        say("%d %d %d %d ", status, (int)view.len, view.readonly,
            view.buf == PyByteArray_AS_STRING(array));
        ((char *)view.buf)[0] = 'W';
        status = PyByteArray_Resize(array, 100);
        say("%d ", status);
        say_error();
        PyBuffer_Release(&view);
        status = PyByteArray_Resize(array, 3);
        say(" %d ", status);
        look(array);
    }
    Py_DECREF(string);
    Py_DECREF(array);
    say("%d %d\n", (int)PyByteArray_Type.tp_basicsize,
        PyByteArray_Type.tp_base == &PyBaseObject_Type);
    return finish();
}

MODULE(bytearray_api)
