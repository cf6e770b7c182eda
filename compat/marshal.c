/* marshal.c - objects from and to the format of Python 2's .pyc files.
 *
 * Python 3's marshal reads and writes the format too, but not with Python 2's types:
 * it has one kind of integer, and takes interned strings for text.  So this is done
 * here, on the guest's values.  Code is not among them: Python 3 could not run it. */

#include "config.h"
#include "guest.h"
#include "longintrepr.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TYPE_NULL = '0',
    TYPE_NONE = 'N',
    TYPE_FALSE = 'F',
    TYPE_TRUE = 'T',
    TYPE_STOP_ITERATION = 'S',
    TYPE_ELLIPSIS = '.',
    TYPE_INT = 'i',
    TYPE_INT64 = 'I',
    TYPE_FLOAT = 'f',
    TYPE_BINARY_FLOAT = 'g',
    TYPE_COMPLEX = 'x',
    TYPE_BINARY_COMPLEX = 'y',
    TYPE_LONG = 'l',
    TYPE_STRING = 's',
    TYPE_INTERNED = 't',
    TYPE_STRING_REF = 'R',
    TYPE_TUPLE = '(',
    TYPE_LIST = '[',
    TYPE_DICT = '{',
    TYPE_CODE = 'c',
    TYPE_UNICODE = 'u',
    TYPE_UNKNOWN = '?',
    TYPE_SET = '<',
    TYPE_FROZENSET = '>',
};

enum {
    MAX_DEPTH = 2000,
    DIGIT_BITS = 15, /* of the format; a long of the guest's has twice as many */
    DIGIT_MASK = (1 << DIGIT_BITS) - 1,
};

/* ---- Writing ---- */

struct writer {
    FILE *file;      /* or memory: */
    char *data;
    size_t used, room;
    int version, depth;
    PyObject *strings; /* interned ones that were written -> their numbers, or NULL */
    enum { FINE, TOO_DEEP, NO_MEMORY, UNMARSHALLABLE } problem;
};

static void
put(struct writer *to, const void *data, size_t size)
{
    if (to->file != NULL) {
        fwrite(data, 1, size, to->file);
        return;
    }
    if (to->room - to->used < size) {
        size_t room = 2 * to->room + size + 64;
        char *grown = realloc(to->data, room);
        if (grown == NULL) {
            to->problem = NO_MEMORY;
            return;
        }
        to->data = grown;
        to->room = room;
    }
    memcpy(to->data + to->used, data, size);
    to->used += size;
}

static void
put_byte(struct writer *to, int c)
{
    char byte = (char)c;
    put(to, &byte, 1);
}

/* So many bytes of a number, the lowest first. */
static void
put_number(struct writer *to, long value, int bytes)
{
    for (int i = 0; i < bytes; i++) {
        put_byte(to, (int)(value >> 8 * i & 0xff));
    }
}

static void
put_sized(struct writer *to, const char *data, Py_ssize_t size)
{
    if (size > INT_MAX) {
        to->problem = UNMARSHALLABLE;
        return;
    }
    put_number(to, size, 4);
    put(to, data, (size_t)size);
}

/* As text before version 2, then as its bytes. */
static void
put_double(struct writer *to, double value)
{
    unsigned char bytes[8];
    if (to->version > 1) {
        if (_PyFloat_Pack8(value, bytes, 1) < 0) {
            to->problem = UNMARSHALLABLE;
            return;
        }
        put(to, bytes, sizeof bytes);
        return;
    }
    char *text = PyOS_double_to_string(value, 'g', 17, 0, NULL);
    if (text == NULL) {
        to->problem = NO_MEMORY;
        return;
    }
    put_byte(to, (int)strlen(text));
    put(to, text, strlen(text));
    PyMem_Free(text);
}

static void
put_long(struct writer *to, const PyLongObject *value)
{
    Py_ssize_t count = Py_SIZE(value) < 0 ? -Py_SIZE(value) : Py_SIZE(value), digits = 2 * count;
    if (count > 0 && value->ob_digit[count - 1] >> DIGIT_BITS == 0) {
        digits--;
    }
    put_byte(to, TYPE_LONG);
    put_number(to, Py_SIZE(value) < 0 ? -digits : digits, 4);
    for (Py_ssize_t i = 0; i < digits; i++) {
        put_number(to, value->ob_digit[i / 2] >> (i % 2 * DIGIT_BITS) & DIGIT_MASK, 2);
    }
}

static void
put_string(struct writer *to, PyObject *string)
{
    /* 2.7 has one empty string, which is interned. */
    if (to->strings != NULL
        && (PyString_CHECK_INTERNED(string) || PyString_GET_SIZE(string) == 0)) {
        PyObject *known = PyDict_GetItem(to->strings, string);
        if (known != NULL) {
            put_byte(to, TYPE_STRING_REF);
            put_number(to, PyInt_AsLong(known), 4);
            return;
        }
        PyObject *number = PyInt_FromSsize_t(PyDict_Size(to->strings));
        if (number == NULL || PyDict_SetItem(to->strings, string, number) < 0) {
            PyErr_Clear();
            to->problem = NO_MEMORY;
        }
        Py_XDECREF(number);
        put_byte(to, TYPE_INTERNED);
    }
    else {
        put_byte(to, TYPE_STRING);
    }
    put_sized(to, PyString_AS_STRING(string), PyString_GET_SIZE(string));
}

static void put_object(struct writer *to, PyObject *object);

static void
put_items(struct writer *to, int type, PyObject *sequence)
{
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence);
    put_byte(to, type);
    put_number(to, count, 4);
    for (Py_ssize_t i = 0; i < count && i < PySequence_Fast_GET_SIZE(sequence); i++) {
        put_object(to, PySequence_Fast_GET_ITEM(sequence, i));
    }
}

static void
put_dict(struct writer *to, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    put_byte(to, TYPE_DICT);
    while (PyDict_Next(dict, &at, &key, &value)) {
        put_object(to, key);
        put_object(to, value);
    }
    put_byte(to, TYPE_NULL);
}

static void
put_set(struct writer *to, PyObject *set)
{
    PyObject *members = PySequence_List(set);
    if (members == NULL) {
        PyErr_Clear();
        to->problem = UNMARSHALLABLE;
        return;
    }
    put_items(to, PyObject_TypeCheck(set, &PySet_Type) ? TYPE_SET : TYPE_FROZENSET, members);
    Py_DECREF(members);
}

static void
put_unicode(struct writer *to, PyObject *unicode)
{
    PyObject *encoded = PyUnicode_AsUTF8String(unicode);
    if (encoded == NULL) {
        PyErr_Clear();
        to->problem = UNMARSHALLABLE;
        return;
    }
    put_byte(to, TYPE_UNICODE);
    put_sized(to, PyString_AS_STRING(encoded), PyString_GET_SIZE(encoded));
    Py_DECREF(encoded);
}

static void
put_bytes_of(struct writer *to, PyObject *object)
{
    const void *data;
    Py_ssize_t size;
    if (!PyObject_CheckReadBuffer(object) || PyObject_AsReadBuffer(object, &data, &size) < 0) {
        PyErr_Clear();
        put_byte(to, TYPE_UNKNOWN);
        to->problem = UNMARSHALLABLE;
        return;
    }
    put_byte(to, TYPE_STRING);
    put_sized(to, data, size);
}

/* Objects of exactly the types that the format has, and the bytes of anything that
 * gives them. */
static void
put_value(struct writer *to, PyObject *object)
{
    if (object == NULL) {
        put_byte(to, TYPE_NULL);
    }
    else if (object == Py_None) {
        put_byte(to, TYPE_NONE);
    }
    else if (object == PyExc_StopIteration) {
        put_byte(to, TYPE_STOP_ITERATION);
    }
    else if (object == Py_Ellipsis) {
        put_byte(to, TYPE_ELLIPSIS);
    }
    else if (object == Py_False || object == Py_True) {
        put_byte(to, object == Py_True ? TYPE_TRUE : TYPE_FALSE);
    }
    else if (PyInt_CheckExact(object)) {
        long value = PyInt_AS_LONG(object);
        int is_wide = value != (int32_t)value;
        put_byte(to, is_wide ? TYPE_INT64 : TYPE_INT);
        put_number(to, value, is_wide ? 8 : 4);
    }
    else if (PyLong_CheckExact(object)) {
        put_long(to, (PyLongObject *)object);
    }
    else if (PyFloat_CheckExact(object)) {
        put_byte(to, to->version > 1 ? TYPE_BINARY_FLOAT : TYPE_FLOAT);
        put_double(to, PyFloat_AS_DOUBLE(object));
    }
    else if (PyComplex_CheckExact(object)) {
        put_byte(to, to->version > 1 ? TYPE_BINARY_COMPLEX : TYPE_COMPLEX);
        put_double(to, PyComplex_RealAsDouble(object));
        put_double(to, PyComplex_ImagAsDouble(object));
    }
    else if (PyString_CheckExact(object)) {
        put_string(to, object);
    }
    else if (PyUnicode_CheckExact(object)) {
        put_unicode(to, object);
    }
    else if (PyTuple_CheckExact(object)) {
        put_items(to, TYPE_TUPLE, object);
    }
    else if (PyList_CheckExact(object)) {
        put_items(to, TYPE_LIST, object);
    }
    else if (PyDict_CheckExact(object)) {
        put_dict(to, object);
    }
    else if (PyAnySet_CheckExact(object)) {
        put_set(to, object);
    }
    else {
        put_bytes_of(to, object);
    }
}

static void
put_object(struct writer *to, PyObject *object)
{
    if (++to->depth > MAX_DEPTH) {
        to->problem = TOO_DEEP;
    }
    else if (to->problem == FINE || to->file != NULL) {
        put_value(to, object);
    }
    to->depth--;
}

void
PyMarshal_WriteLongToFile(long value, FILE *file, int version)
{
    struct writer to = {.file = file, .version = version};
    put_number(&to, value, 4);
}

/* What the format does not have is written as unknown. */
void
PyMarshal_WriteObjectToFile(PyObject *object, FILE *file, int version)
{
    struct writer to = {.file = file, .version = version};
    to.strings = version > 0 ? PyDict_New() : NULL;
    put_object(&to, object);
    Py_XDECREF(to.strings);
}

/* A str, or NULL with ValueError for what the format does not have. */
PyObject *
PyMarshal_WriteObjectToString(PyObject *object, int version)
{
    struct writer to = {.version = version};
    PyObject *result = NULL;
    to.strings = version > 0 ? PyDict_New() : NULL;
    put_object(&to, object);
    Py_XDECREF(to.strings);
    switch (to.problem) {
    case FINE:
        result = PyString_FromStringAndSize(to.data, (Py_ssize_t)to.used);
        break;
    case NO_MEMORY:
        PyErr_NoMemory();
        break;
    case TOO_DEEP:
        PyErr_SetString(PyExc_ValueError, "object too deeply nested to marshal");
        break;
    case UNMARSHALLABLE:
        PyErr_SetString(PyExc_ValueError, "unmarshallable object");
        break;
    }
    free(to.data);
    return result;
}

/* ---- Reading ---- */

struct reader {
    FILE *file;             /* or memory: */
    const char *at, *end;
    int depth;
    PyObject *strings;      /* interned ones that were read */
};

static int
get_byte(struct reader *from)
{
    if (from->file != NULL) {
        return getc(from->file);
    }
    return from->at < from->end ? (unsigned char)*from->at++ : EOF;
}

/* So many bytes of a number with a sign; behind the end all bits are set. */
static long
get_number(struct reader *from, int bytes)
{
    unsigned long value = 0;
    for (int i = 0; i < bytes; i++) {
        value |= (unsigned long)(get_byte(from) & 0xff) << 8 * i;
    }
    return bytes == 8 ? (long)value : bytes == 4 ? (int32_t)value : (int16_t)value;
}

static PyObject *
bad(const char *why)
{
    return PyErr_Format(PyExc_ValueError, "bad marshal data (%s)", why);
}

static PyObject *
at_end(void)
{
    PyErr_SetString(PyExc_EOFError, "EOF read where object expected");
    return NULL;
}

static int
get(struct reader *from, char *to, Py_ssize_t size)
{
    if (from->file != NULL) {
        if (fread(to, 1, (size_t)size, from->file) != (size_t)size) {
            at_end();
            return -1;
        }
        return 0;
    }
    if (from->end - from->at < size) {
        at_end();
        return -1;
    }
    memcpy(to, from->at, (size_t)size);
    from->at += size;
    return 0;
}

/* How many items or bytes follow, or -1 with ValueError. */
static Py_ssize_t
get_size(struct reader *from, const char *what)
{
    long size = get_number(from, 4);
    if (size < 0) {
        PyErr_Format(PyExc_ValueError, "bad marshal data (%s size out of range)", what);
    }
    return size < 0 ? -1 : size;
}

static PyObject *
get_string(struct reader *from, const char *what)
{
    Py_ssize_t size = get_size(from, what);
    if (size < 0) {
        return NULL;
    }
    if (from->file == NULL && from->end - from->at < size) {
        return at_end();
    }
    PyObject *string = PyString_FromStringAndSize(NULL, size);
    if (string != NULL && get(from, PyString_AS_STRING(string), size) < 0) {
        Py_CLEAR(string);
    }
    return string;
}

static PyObject *
get_long(struct reader *from)
{
    long size = get_number(from, 4);
    long digits = size < 0 ? -size : size;
    if (size < -INT_MAX) {
        return bad("long size out of range");
    }
    if (from->file == NULL && (from->end - from->at) / 2 < digits) {
        /* The digits behind the end would be too large. */
        from->at = from->end;
        return bad("digit out of range in long");
    }
    PyLongObject *value = _PyLong_New((digits + 1) / 2);
    if (value == NULL) {
        return NULL;
    }
    if (size < 0) {
        Py_SIZE(value) = -Py_SIZE(value);
    }
    for (long i = 0; i < digits; i++) {
        long part = get_number(from, 2);
        if (part < 0 || part > DIGIT_MASK) {
            Py_DECREF(value);
            return bad("digit out of range in long");
        }
        if (i == digits - 1 && part == 0) {
            Py_DECREF(value);
            return bad("unnormalized long data");
        }
        value->ob_digit[i / 2] = (digit)(i % 2 == 0 ? part
                                                    : value->ob_digit[i / 2] | part << DIGIT_BITS);
    }
    return (PyObject *)value;
}

static int
get_double(struct reader *from, int is_text, double *ret_value)
{
    char text[256];
    if (!is_text) {
        if (get(from, text, 8) < 0) {
            return -1;
        }
        *ret_value = _PyFloat_Unpack8((unsigned char *)text, 1);
    }
    else {
        int size = get_byte(from);
        if (size == EOF) {
            at_end();
            return -1;
        }
        if (get(from, text, size) < 0) {
            return -1;
        }
        text[size] = '\0';
        *ret_value = PyOS_string_to_double(text, NULL, NULL);
    }
    return *ret_value == -1.0 && PyErr_Occurred() != NULL ? -1 : 0;
}

static PyObject *get_object(struct reader *from);

/* An object that has to be there. */
static PyObject *
get_item(struct reader *from, const char *where)
{
    PyObject *item = get_object(from);
    if (item == NULL && PyErr_Occurred() == NULL) {
        PyErr_Format(PyExc_TypeError, "NULL object in marshal data for %s", where);
    }
    return item;
}

static PyObject *
get_sequence(struct reader *from, int is_tuple)
{
    Py_ssize_t count = get_size(from, is_tuple ? "tuple" : "list");
    if (count < 0) {
        return NULL;
    }
    if (from->file == NULL && from->end - from->at < count) {
        /* There is not a byte for each. */
        count = from->end - from->at + 1;
    }
    PyObject *sequence = is_tuple ? PyTuple_New(count) : PyList_New(count);
    for (Py_ssize_t i = 0; i < count && sequence != NULL; i++) {
        PyObject *item = get_item(from, is_tuple ? "tuple" : "list");
        if (item == NULL) {
            Py_CLEAR(sequence);
        }
        else if (is_tuple) {
            PyTuple_SET_ITEM(sequence, i, item);
        }
        else {
            PyList_SET_ITEM(sequence, i, item);
        }
    }
    return sequence;
}

/* Up to a NULL in place of a key. */
static PyObject *
get_dict(struct reader *from)
{
    PyObject *dict = PyDict_New(), *key;
    while (dict != NULL && (key = get_object(from)) != NULL) {
        PyObject *value = get_object(from);
        if (value != NULL && PyDict_SetItem(dict, key, value) < 0) {
            Py_CLEAR(dict);
        }
        Py_DECREF(key);
        Py_XDECREF(value);
        if (PyErr_Occurred() != NULL) {
            break;
        }
    }
    if (PyErr_Occurred() != NULL) {
        Py_CLEAR(dict);
    }
    return dict;
}

static PyObject *
get_set(struct reader *from, int is_frozen)
{
    Py_ssize_t count = get_size(from, "set");
    PyObject *members = count >= 0 ? PyList_New(0) : NULL;
    for (Py_ssize_t i = 0; i < count && members != NULL; i++) {
        PyObject *item = get_item(from, "set");
        if (item == NULL || PyList_Append(members, item) < 0) {
            Py_CLEAR(members);
        }
        Py_XDECREF(item);
    }
    if (members == NULL) {
        return NULL;
    }
    PyObject *set = is_frozen ? PyFrozenSet_New(members) : PySet_New(members);
    Py_DECREF(members);
    return set;
}

static PyObject *
get_interned(struct reader *from)
{
    PyObject *string = get_string(from, "string");
    if (string != NULL) {
        PyString_InternInPlace(&string);
        if (PyList_Append(from->strings, string) < 0) {
            Py_CLEAR(string);
        }
    }
    return string;
}

static PyObject *
get_reference(struct reader *from)
{
    long number = get_number(from, 4);
    if (number < 0 || number >= PyList_GET_SIZE(from->strings)) {
        return bad("string ref out of range");
    }
    PyObject *string = PyList_GET_ITEM(from->strings, number);
    Py_INCREF(string);
    return string;
}

static PyObject *
get_complex(struct reader *from, int is_text)
{
    double real, imag;
    return get_double(from, is_text, &real) < 0 || get_double(from, is_text, &imag) < 0
               ? NULL
               : PyComplex_FromDoubles(real, imag);
}

static PyObject *
get_float(struct reader *from, int is_text)
{
    double value;
    return get_double(from, is_text, &value) < 0 ? NULL : PyFloat_FromDouble(value);
}

static PyObject *
get_unicode(struct reader *from)
{
    PyObject *bytes = get_string(from, "unicode");
    PyObject *unicode = bytes != NULL ? PyUnicode_DecodeUTF8(PyString_AS_STRING(bytes),
                                                             PyString_GET_SIZE(bytes), NULL)
                                      : NULL;
    Py_XDECREF(bytes);
    return unicode;
}

static PyObject *
shared(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

static PyObject *
get_value(struct reader *from)
{
    int type = get_byte(from);
    switch (type) {
    case EOF:
        return at_end();
    case TYPE_NULL:
        return NULL;
    case TYPE_NONE:
        return shared(Py_None);
    case TYPE_STOP_ITERATION:
        return shared(PyExc_StopIteration);
    case TYPE_ELLIPSIS:
        return shared(Py_Ellipsis);
    case TYPE_FALSE:
        return shared(Py_False);
    case TYPE_TRUE:
        return shared(Py_True);
    case TYPE_INT:
        return PyInt_FromLong(get_number(from, 4));
    case TYPE_INT64:
        return PyInt_FromLong(get_number(from, 8));
    case TYPE_LONG:
        return get_long(from);
    case TYPE_FLOAT:
    case TYPE_BINARY_FLOAT:
        return get_float(from, type == TYPE_FLOAT);
    case TYPE_COMPLEX:
    case TYPE_BINARY_COMPLEX:
        return get_complex(from, type == TYPE_COMPLEX);
    case TYPE_STRING:
        return get_string(from, "string");
    case TYPE_INTERNED:
        return get_interned(from);
    case TYPE_STRING_REF:
        return get_reference(from);
    case TYPE_UNICODE:
        return get_unicode(from);
    case TYPE_TUPLE:
    case TYPE_LIST:
        return get_sequence(from, type == TYPE_TUPLE);
    case TYPE_DICT:
        return get_dict(from);
    case TYPE_SET:
    case TYPE_FROZENSET:
        return get_set(from, type == TYPE_FROZENSET);
    case TYPE_CODE:
        return bad("code of Python 2, which Python 3 cannot run");
    default:
        return bad("unknown type code");
    }
}

static PyObject *
get_object(struct reader *from)
{
    if (from->depth >= MAX_DEPTH) {
        PyErr_SetString(PyExc_ValueError, "recursion limit exceeded");
        return NULL;
    }
    from->depth++;
    PyObject *object = get_value(from);
    from->depth--;
    return object;
}

static PyObject *
get_one(struct reader *from)
{
    from->strings = PyList_New(0);
    PyObject *object = from->strings != NULL ? get_object(from) : NULL;
    Py_XDECREF(from->strings);
    return object;
}

int
PyMarshal_ReadShortFromFile(FILE *file)
{
    struct reader from = {.file = file};
    return (int)get_number(&from, 2);
}

long
PyMarshal_ReadLongFromFile(FILE *file)
{
    struct reader from = {.file = file};
    return get_number(&from, 4);
}

PyObject *
PyMarshal_ReadObjectFromFile(FILE *file)
{
    struct reader from = {.file = file};
    return get_one(&from);
}

/* 2.7 may read more at once, as nothing follows. */
PyObject *
PyMarshal_ReadLastObjectFromFile(FILE *file)
{
    return PyMarshal_ReadObjectFromFile(file);
}

PyObject *
PyMarshal_ReadObjectFromString(char *data, Py_ssize_t size)
{
    struct reader from = {.at = data, .end = data + size};
    return get_one(&from);
}
