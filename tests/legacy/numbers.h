/* numbers.h - what the fixtures of the number types have in common: values from
 * text, and results as text. */

#include "Python.h"
#include "longintrepr.h"
#include "say.h"

#include <stddef.h>
#include <stdlib.h>

/* The exception that is set, which is cleared: its type, and its text unless
 * that has a file name in it. */
static void
say_error(void)
{
    PyObject *type, *value, *traceback, *text = NULL;
    const char *name, *dot;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        say("no exception");
        return;
    }
    name = ((PyTypeObject *)type)->tp_name;
    dot = strrchr(name, '.');
    say("%s", dot != NULL ? dot + 1 : name);
    if (value != NULL && type != PyExc_SystemError && type != PyExc_MemoryError) {
        text = PyObject_Str(value);
        say(": %s", text != NULL ? PyString_AS_STRING(text) : "?");
    }
    Py_XDECREF(text);
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

/* A result (taken over): its type and what repr() shows; or the exception. */
static void
say_object(PyObject *object)
{
    PyObject *text;
    if (object == NULL) {
        say_error();
        return;
    }
    if (PyErr_Occurred()) {
        say("with exception ");
        say_error();
    }
    if (object == Py_NotImplemented) {
        say("NotImplemented");
    }
    else if (PyTuple_Check(object)) {
        Py_ssize_t i;
        for (i = 0; i < PyTuple_GET_SIZE(object); i++) {
            say(i == 0 ? "(" : ", ");
            Py_INCREF(PyTuple_GET_ITEM(object, i));
            say_object(PyTuple_GET_ITEM(object, i));
        }
        say(")");
    }
    else {
        text = Py_TYPE(object)->tp_repr(object);
        say("%s", Py_TYPE(object)->tp_name);
        if (text == NULL) {
            say_error();
        }
        else {
            say(" %s", PyString_AS_STRING(text));
            Py_DECREF(text);
        }
    }
    Py_DECREF(object);
}

/* An object that is none of our numbers, but has nb_int and nb_float, which give
 * what is in it. */
typedef struct {
    PyObject_HEAD
    PyObject *value;
} Box;

static PyObject *
unbox(PyObject *self)
{
    PyObject *value = ((Box *)self)->value;
    if (value == NULL) {
        PyErr_SetString(PyExc_KeyError, "empty box");
        return NULL;
    }
    Py_INCREF(value);
    return value;
}

static void
box_dealloc(PyObject *self)
{
    Py_XDECREF(((Box *)self)->value);
    free(self);
}

static PyNumberMethods box_number;
static PyTypeObject box_type;

static PyObject *
box(PyObject *value)
{
    Box *made = malloc(sizeof(Box));
    box_number.nb_int = box_number.nb_float = box_number.nb_long = unbox;
    box_type.ob_type = &PyType_Type;
    box_type.ob_refcnt = 100;
    box_type.tp_name = "box";
    box_type.tp_basicsize = sizeof(Box);
    box_type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES;
    box_type.tp_as_number = &box_number;
    box_type.tp_dealloc = box_dealloc;
    box_type.tp_base = &PyBaseObject_Type;
    made->ob_refcnt = 1;
    made->ob_type = &box_type;
    made->value = value;
    return (PyObject *)made;
}

/* A value from its text: an int, a long with L, a float with a point or e, a
 * complex number with j, True, False, None, a str behind ', a unicode behind ",
 * a box with any of them behind #. */
static PyObject *
value_of(const char *text)
{
    char *end;
    if (*text == '#') {
        return box(text[1] != '\0' ? value_of(text + 1) : NULL);
    }
    if (*text == '\'') {
        return PyString_FromString(text + 1);
    }
    if (*text == '"') {
        return PyUnicode_DecodeASCII(text + 1, (Py_ssize_t)strlen(text + 1), "strict");
    }
    if (strcmp(text, "None") == 0) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    if (strcmp(text, "True") == 0 || strcmp(text, "False") == 0) {
        return PyBool_FromLong(*text == 'T');
    }
    if (strchr(text, 'L') != NULL) {
        return PyLong_FromString((char *)text, NULL, 0);
    }
    if (strchr(text, 'j') != NULL) {
        double real = strtod(text, &end);
        double imag = *end == 'j' ? real : strtod(end, NULL);
        return PyComplex_FromDoubles(*end == 'j' ? 0.0 : real, imag);
    }
    if (strpbrk(text, ".en") != NULL) {
        return PyFloat_FromDouble(strtod(text, NULL));
    }
    return PyInt_FromLong(strtol(text, NULL, 0));
}
