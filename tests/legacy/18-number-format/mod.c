/* format() of numbers by C functions; methods and attributes of numbers. */

#include "../numbers.h"

static const char *const values[] = {
    "0", "5", "-7", "65", "1234567", "-9223372036854775808", "100000000000000000000L", "-66L",
    "True", "0.0", "-0.0", "1.5", "-0.3333333333333333", "1e11", "1e12", "1e16", "123456.789",
    "1e300", "inf", "nan", "1+2j", "-0.5-1e20j", "0.3333333333333333j",
};

static const char *const specifications[] = {
    "", "d", "5", "<5", "^9", "*^9", "08", "+", " ", "-", "+09", "=+9", "x=9", "b", "#b", "o",
    "#o", "x", "#x", "X", "#X", "#10x", "#010x", "c", "5c", "#c", "+c", "n", "12n", ",", "12,",
    ",d", ",x", ",n", "e", ".2e", "E", "f", ".0f", ".1f", "10.3f", "F", "g", ".3g", "G", "%",
    ".1%", "+.2f", "#f", "#", "#.3g", "#e", "020.2f", "<020.2f", "0<10", ".3", "12.3", ".", ".x",
    "5.", "dd", "5x5", "s", "r", "Z", "_", "20", "<30", "012", "+g", " f", ",.2f", "15,.1f",
    "\x80<8", "\x80>8d", ".99f", "99999999999999999999", "=", "<=5", "==5", "{", "+,", "=12,",
    "012,d", "=", "0=", "0+5",
};

static void
say_format(PyObject *object, const char *text)
{
    Py_ssize_t length = (Py_ssize_t)strlen(text);
    PyObject *(*format)(PyObject *, char *, Py_ssize_t) = _PyComplex_FormatAdvanced;
    PyObject *result;
    if (PyInt_Check(object)) {
        format = _PyInt_FormatAdvanced;
    }
    else if (PyLong_Check(object)) {
        format = _PyLong_FormatAdvanced;
    }
    else if (PyFloat_Check(object)) {
        format = _PyFloat_FormatAdvanced;
    }
    result = format(object, (char *)text, length);
    say(" <%s> ", ((text[0] | text[length > 0]) & 0x80) != 0 ? "?" : text);
    if (result == NULL) {
        say_error();
    }
    else {
        say("%s", PyString_CheckExact(result) ? "" : Py_TYPE(result)->tp_name);
        say_object(result);
    }
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char *const names[] = {"real", "imag", "numerator", "denominator"};
    static const char *const methods_of[] = {"conjugate", "bit_length", "__trunc__",
                                             "__getnewargs__"};
    int i, k;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        PyObject *object = value_of(values[i]), *text;
        say("%s:", values[i]);
        for (k = 0; k < COUNT(specifications); k++) {
            say_format(object, specifications[k]);
        }
        say("\n ");
        for (k = 0; k < COUNT(names); k++) {
            say(" %s ", names[k]);
            say_object(PyObject_GetAttrString(object, (char *)names[k]));
        }
        for (k = 0; k < COUNT(methods_of); k++) {
            say(" %s ", methods_of[k]);
            say_object(PyObject_CallMethod(object, (char *)methods_of[k], NULL));
        }
        if (PyFloat_Check(object)) {
            say(" is_integer ");
            say_object(PyObject_CallMethod(object, (char *)"is_integer", NULL));
        }
        say(" __format__ ");
        say_object(PyObject_CallMethod(object, (char *)"__format__", (char *)"s", ">30"));
        text = PyUnicode_DecodeASCII("<30", 3, NULL);
        say_object(PyObject_CallMethod(object, (char *)"__format__", (char *)"O", text));
        Py_DECREF(text);
        say_object(PyObject_CallMethod(object, (char *)"__format__", (char *)"i", 5));
        say("\n");
        Py_DECREF(object);
    }
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initnumber_format(void)
{
    Py_InitModule("number_format", methods);
}
