/* formatter_string.c - format() of numbers.
 *
 * The host does it.  Here is what Python 2.7 had otherwise: what a float without a
 * type looks like, what it allowed, what it said about the rest. */

#include "config.h"
#include "numbers.h"

#include <stdlib.h>
#include <string.h>

/* A format specification's parts, as far as they matter here. */
struct specification {
    const char *text;
    Py_ssize_t length;
    Py_ssize_t alternate;  /* where # is, or -1 */
    int has_sign, has_zeros, has_thousands, has_precision;
    char align, type;      /* '\0': none */
};

static int
is_align(char c)
{
    return c == '<' || c == '>' || c == '=' || c == '^';
}

static Py_ssize_t
skip_digits(const struct specification *specification, Py_ssize_t at)
{
    while (at < specification->length && specification->text[at] >= '0'
           && specification->text[at] <= '9') {
        at++;
    }
    return at;
}

/* [[fill]align][sign][#][0][width][,][.precision][type].  Returns 0, or -1 with
 * an exception. */
static int
parse(struct specification *made, const char *text, Py_ssize_t length)
{
    Py_ssize_t at = 0;
    int has_fill = length > 1 && is_align(text[1]);
    *made = (struct specification){.text = text, .length = length, .alternate = -1};
#define AT(c) (at < length && text[at] == (c))
    if (has_fill) {
        made->align = text[1];
        made->has_zeros = text[0] == '0';
        at = 2;
    }
    else if (length > 0 && is_align(text[0])) {
        made->align = text[0];
        at = 1;
    }
    if (AT('+') || AT('-') || AT(' ')) {
        made->has_sign = 1;
        at++;
    }
    if (AT('#')) {
        made->alternate = at++;
    }
    if (AT('0') && !has_fill) {
        made->has_zeros = 1;
        if (made->align == '\0') {
            made->align = '=';
        }
        at++;
    }
    at = skip_digits(made, at);
    if (AT(',')) {
        made->has_thousands = 1;
        at++;
    }
    if (AT('.')) {
        Py_ssize_t digits = at + 1;
        made->has_precision = 1;
        at = skip_digits(made, digits);
        if (at == digits) {
            PyErr_SetString(PyExc_ValueError, "Format specifier missing precision");
            return -1;
        }
    }
#undef AT
    if (length - at > 1) {
        PyErr_SetString(PyExc_ValueError, "Invalid conversion specification");
        return -1;
    }
    made->type = at < length ? text[at] : '\0';
    if (made->has_thousands && made->type != '\0' && strchr("deEfFgG%", made->type) == NULL) {
        PyErr_Format(PyExc_ValueError, "Cannot specify ',' with '%c'.", made->type);
        return -1;
    }
    return 0;
}

static PyObject *
unknown(const struct specification *specification, PyObject *object)
{
    return PyErr_Format(PyExc_ValueError,
                        "Unknown format code '%c' for object of type '%.200s'",
                        specification->type, Py_TYPE(object)->tp_name);
}

static int
is_type(const struct specification *specification, const char *types)
{
    return specification->type == '\0' || strchr(types, specification->type) != NULL;
}

/* The host's format().  number is a new reference, taken over, or NULL with a host
 * exception.  Bytes of the specification are characters of Latin-1 there. */
static PyObject *
by_host(HostObject *number, const struct specification *specification)
{
    HostObject *host_text = NULL, *result = NULL, *bytes = NULL;
    PyObject *string = NULL;
    char *copy = malloc((size_t)specification->length + 4);
    if (copy == NULL) {
        host_XDECREF(number);
        return PyErr_NoMemory();
    }
    Py_ssize_t length = specification->length;
    memcpy(copy, specification->text, (size_t)length);
    if (specification->type == 'c' && specification->alternate >= 0) {
        /* It changes nothing, but Python 3 does not allow it. */
        Py_ssize_t at = specification->alternate;
        memmove(copy + at, copy + at + 1, (size_t)(--length - at));
    }
    else if (specification->type == '\0' && !specification->has_precision && number != NULL
             && py2abi_hostapi_type(number) != (HostObject *)HOST(PyLong_Type)) {
        /* As str() has it. */
        memcpy(copy + length, ".12", 3);
        length += 3;
    }
    if (number != NULL
        && (host_text = host_PyUnicode_Decode(copy, length, "latin-1", "strict")) != NULL) {
        result = host_PyObject_Format(number, host_text);
    }
    if (result != NULL) {
        bytes = host_PyUnicode_AsEncodedString(result, "latin-1", "strict");
        if (bytes == NULL) {
            /* A separator that the locale gives. */
            host_PyErr_Clear();
            bytes = host_PyUnicode_AsEncodedString(result, "utf-8", "surrogateescape");
        }
    }
    if (bytes == NULL) {
        py2abi_error_to_guest();
    }
    else {
        string = PyString_FromStringAndSize(host_PyBytes_AsString(bytes),
                                            host_PyBytes_Size(bytes));
    }
    free(copy);
    host_XDECREF(number);
    host_XDECREF(host_text);
    host_XDECREF(result);
    host_XDECREF(bytes);
    return string;
}

static PyObject *
format_double(double value, const struct specification *specification)
{
    if (specification->alternate >= 0) {
        PyErr_SetString(PyExc_ValueError,
                        "Alternate form (#) not allowed in float format specifier");
        return NULL;
    }
    return by_host(host_PyFloat_FromDouble(value), specification);
}

/* An int or a long, both of which the host has one type for. */
static PyObject *
format_integer(PyObject *object, const char *text, Py_ssize_t length)
{
    struct specification specification;
    if (length == 0) {
        return PyObject_Str(object);
    }
    if (parse(&specification, text, length) < 0) {
        return NULL;
    }
    if (strchr("eEfFgG%", specification.type) != NULL && specification.type != '\0') {
        PyObject *number = PyNumber_Float(object), *result = NULL;
        if (number != NULL) {
            result = format_double(PyFloat_AS_DOUBLE(number), &specification);
            Py_DECREF(number);
        }
        return result;
    }
    if (!is_type(&specification, "bcdoxXn")) {
        return unknown(&specification, object);
    }
    if (specification.has_precision) {
        PyErr_SetString(PyExc_ValueError, "Precision not allowed in integer format specifier");
        return NULL;
    }
    if (specification.type == 'c') {
        if (specification.has_sign) {
            PyErr_SetString(PyExc_ValueError,
                            "Sign not allowed with integer format specifier 'c'");
            return NULL;
        }
        long character = PyLong_AsLong(object);
        if (character == -1 && PyErr_Occurred() != NULL) {
            return NULL;
        }
        if (character < 0 || character > 0xff) {
            PyErr_SetString(PyExc_OverflowError, "%c arg not in range(0x100)");
            return NULL;
        }
    }
    return by_host(PyInt_Check(object) ? host_PyLong_FromLong(PyInt_AS_LONG(object))
                                       : py2abi_long_to_host(object),
                   &specification);
}

/* A number by a format specification, as a new str, or NULL with an exception
 * (ValueError, OverflowError). */

PyObject *
_PyInt_FormatAdvanced(PyObject *object, char *text, Py_ssize_t length)
{
    return format_integer(object, text, length);
}

PyObject *
_PyLong_FormatAdvanced(PyObject *object, char *text, Py_ssize_t length)
{
    return format_integer(object, text, length);
}

PyObject *
_PyFloat_FormatAdvanced(PyObject *object, char *text, Py_ssize_t length)
{
    struct specification specification;
    if (length == 0) {
        return PyObject_Str(object);
    }
    if (parse(&specification, text, length) < 0) {
        return NULL;
    }
    if (!is_type(&specification, "eEfFgGn%")) {
        return unknown(&specification, object);
    }
    return format_double(PyFloat_AS_DOUBLE(object), &specification);
}

PyObject *
_PyComplex_FormatAdvanced(PyObject *object, char *text, Py_ssize_t length)
{
    struct specification specification;
    const char *wrong = NULL;
    if (length == 0) {
        return PyObject_Str(object);
    }
    if (parse(&specification, text, length) < 0) {
        return NULL;
    }
    if (!is_type(&specification, "eEfFgGn")) {
        return unknown(&specification, object);
    }
    if (specification.alternate >= 0) {
        wrong = "Alternate form (#) not allowed in complex format specifier";
    }
    else if (specification.has_zeros) {
        wrong = "Zero padding is not allowed in complex format specifier";
    }
    else if (specification.align == '=') {
        wrong = "'=' alignment flag is not allowed in complex format specifier";
    }
    if (wrong != NULL) {
        PyErr_SetString(PyExc_ValueError, wrong);
        return NULL;
    }
    Py_complex value = ((PyComplexObject *)object)->cval;
    return by_host(host_PyComplex_FromDoubles(value.real, value.imag), &specification);
}

/* ---- __format__ ---- */

/* The method of all of them: self is a number of one of the types, args its one
 * argument. */
PyObject *
py2abi_number_format(PyObject *self, PyObject *args)
{
    PyObject *specification, *result = NULL;
    if (!PyArg_ParseTuple(args, "O:__format__", &specification)) {
        return NULL;
    }
    if (!PyString_Check(specification) && !PyUnicode_Check(specification)) {
        PyErr_SetString(PyExc_TypeError, "__format__ requires str or unicode");
        return NULL;
    }
    PyObject *string = PyObject_Str(specification);
    if (string != NULL) {
        char *text = PyString_AS_STRING(string);
        Py_ssize_t length = PyString_GET_SIZE(string);
        result = PyFloat_Check(self)     ? _PyFloat_FormatAdvanced(self, text, length)
                 : PyComplex_Check(self) ? _PyComplex_FormatAdvanced(self, text, length)
                                         : format_integer(self, text, length);
        Py_DECREF(string);
    }
    return result;
}
