/* Arguments taken apart by every format of Python 2.7. */

#include <Python.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#ifndef PY2ABI_27_PYTHON_H
PyAPI_FUNC(int) _PyArg_Parse_SizeT(PyObject *, char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTuple_SizeT(PyObject *, char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char **,
                                                   ...);
#endif

enum { OUTPUTS = 20 };

/* Where outputs are stored: each has the same room. */
static union output {
    unsigned char b;
    short h;
    unsigned short uh;
    int i;
    unsigned int ui;
    long l;
    unsigned long ul;
    Py_ssize_t n;
    PY_LONG_LONG ll;
    unsigned PY_LONG_LONG ull;
    float f;
    double d;
    Py_complex c;
    char ch;
    char *s;
    Py_UNICODE *u;
    PyObject *o;
    Py_buffer view;
} output[OUTPUTS];
static void *argument[OUTPUTS];
static int wide;

static int
convert(PyObject *object, void *address)
{
    if (object == Py_None) {
        PyErr_SetString(PyExc_KeyError, "the converter refuses");
        return 0;
    }
    if (PyTuple_Check(object)) {
        return 0;
    }
    *(PyObject **)address = object;
    return 1;
}

static int
is_int(PyObject *object)
{
    return PyInt_Check(object);
}

/* The arguments that a format wants. */
static void
prepare(const char *format)
{
    int used = 0, at = 0;
    memset(output, 0, sizeof output);
    for (; *format != '\0' && *format != ':' && *format != ';'; format++) {
        switch (*format) {
        case '(': case ')': case '|': case '*':
            break;
        case 'e':
            argument[at++] = (void *)"utf-8";
            argument[at++] = &output[used++];
            format++;
            break;
        case 'O':
            if (format[1] == '!') {
                argument[at++] = &PyString_Type;
                format++;
            }
            else if (format[1] == '&') {
                argument[at++] = (void *)convert;
                format++;
            }
            else if (format[1] == '?') {
                argument[at++] = (void *)is_int;
                format++;
            }
            argument[at++] = &output[used++];
            break;
        default:
            argument[at++] = &output[used++];
        }
    }
    while (at < OUTPUTS) {
        argument[at++] = &output[OUTPUTS - 1];
    }
}

static char text[8000];
static size_t length;

static void
add(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    length += (size_t)vsnprintf(text + length, sizeof text - length, format, args);
    va_end(args);
}

static void
add_bytes(const char *bytes, Py_ssize_t count)
{
    if (bytes == NULL) {
        add("NULL");
        return;
    }
    add("'");
    for (Py_ssize_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)bytes[i];
        add(c >= ' ' && c < 127 ? "%c" : "\\x%02x", c);
    }
    add("'");
}

static void
add_object(PyObject *object)
{
    PyObject *repr = object != NULL ? PyObject_Repr(object) : NULL;
    add("%s", repr != NULL ? PyString_AS_STRING(repr) : "NULL");
    Py_XDECREF(repr);
    PyErr_Clear();
}

/* What was stored, by the format; frees what has to be. */
static void
show(const char *format)
{
    union output *out = output;
    for (; *format != '\0' && *format != ':' && *format != ';'; format++) {
        char letter = *format, next = format[1];
        add(" ");
        switch (letter) {
        case '(': case ')': case '|':
            text[--length] = '\0';
            continue;
        case 'b': case 'B':
            add("%u", (out++)->b);
            continue;
        case 'h':
            add("%d", (out++)->h);
            continue;
        case 'H':
            add("%u", (out++)->uh);
            continue;
        case 'i':
            add("%d", (out++)->i);
            continue;
        case 'I':
            add("%u", (out++)->ui);
            continue;
        case 'l': case 'n':
            add("%ld", (out++)->l);
            continue;
        case 'k':
            add("%lu", (out++)->ul);
            continue;
        case 'L':
            add("%lld", (out++)->ll);
            continue;
        case 'K':
            add("%llu", (out++)->ull);
            continue;
        case 'f':
            add("%.9g", (double)(out++)->f);
            continue;
        case 'd':
            add("%.17g", (out++)->d);
            continue;
        case 'D':
            add("%g%+gj", out->c.real, out->c.imag);
            out++;
            continue;
        case 'c':
            add("%d", (unsigned char)(out++)->ch);
            continue;
        case 'S': case 'U':
            add_object((out++)->o);
            continue;
        case 'O':
            format += next == '!' || next == '&' || next == '?';
            add_object((out++)->o);
            continue;
        default:
            break;
        }
        if (letter == 'e') {
            next = *++format == '\0' ? '\0' : format[1];
        }
        if (next == '*') {
            add("%d:", out->view.readonly);
            add_bytes(out->view.buf, out->view.len);
            PyBuffer_Release(&(out++)->view);
            format++;
            continue;
        }
        union output *value = out++;
        Py_ssize_t size = -1;
        if (next == '#') {
            size = wide ? out->n : out->i;
            out++;
            format++;
            add("%zd:", size);
        }
        if (value->s == NULL) {
            add("NULL");
        }
        else if (letter == 'u') {
            for (Py_ssize_t i = 0; size < 0 ? value->u[i] != 0 : i < size; i++) {
                add("%x.", (unsigned)value->u[i]);
            }
        }
        else {
            add_bytes(value->s, size >= 0 ? size : (Py_ssize_t)strlen(value->s));
        }
        if (letter == 'e') {
            PyMem_Free(value->s);
        }
    }
}

static PyObject *
answer(int result, const char *format)
{
    PyObject *type, *value, *traceback, *string;
    length = 0;
    text[0] = '\0';
    PyErr_Fetch(&type, &value, &traceback);
    if (result) {
        show(format);
    }
    if (type != NULL) {
        PyErr_NormalizeException(&type, &value, &traceback);
        string = PyObject_Str(value);
        const char *name = ((PyTypeObject *)type)->tp_name;
        name = strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name;
        add("%s%s: %s", result ? "!" : "", name,
            string != NULL ? PyString_AS_STRING(string) : "?");
        Py_XDECREF(string);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
    }
    return PyString_FromString(text);
}

#define ALL argument[0], argument[1], argument[2], argument[3], argument[4], argument[5],         \
    argument[6], argument[7], argument[8], argument[9], argument[10], argument[11], argument[12], \
    argument[13], argument[14], argument[15], argument[16], argument[17], argument[18],           \
    argument[19]

/* parse(format, arguments, wide) */
static PyObject *
parse(PyObject *self, PyObject *args)
{
    char *format;
    PyObject *given;
    if (!PyArg_ParseTuple(args, "sOi", &format, &given, &wide)) {
        return NULL;
    }
    prepare(format);
    return answer(wide ? _PyArg_ParseTuple_SizeT(given, format, ALL)
                       : PyArg_ParseTuple(given, format, ALL), format);
}

/* parse_one(format, argument, wide); without an argument NULL is given */
static PyObject *
parse_one(PyObject *self, PyObject *args)
{
    char *format;
    PyObject *given = NULL;
    wide = 0;
    if (!PyArg_ParseTuple(args, "s|Oi", &format, &given, &wide)) {
        return NULL;
    }
    prepare(format);
    return answer(wide ? _PyArg_Parse_SizeT(given, format, ALL)
                       : PyArg_Parse(given, format, ALL), format);
}

/* parse_keywords(format, arguments, keywords or None, names, wide) */
static PyObject *
parse_keywords(PyObject *self, PyObject *args)
{
    char *format, *names[10];
    PyObject *given, *keywords, *list;
    if (!PyArg_ParseTuple(args, "sOOO!i", &format, &given, &keywords, &PyTuple_Type, &list,
                          &wide)) {
        return NULL;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(list);
    for (Py_ssize_t i = 0; i < count; i++) {
        names[i] = PyString_AsString(PyTuple_GET_ITEM(list, i));
    }
    names[count] = NULL;
    if (keywords == Py_None) {
        keywords = NULL;
    }
    prepare(format);
    return answer(wide
                      ? _PyArg_ParseTupleAndKeywords_SizeT(given, keywords, format, names, ALL)
                      : PyArg_ParseTupleAndKeywords(given, keywords, format, names, ALL), format);
}

/* What a call f(...) of a C function gets. */
static PyObject *
called(PyObject *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"first", "second", "third", NULL};
    wide = 0;
    prepare("i|si:called");
    return answer(PyArg_ParseTupleAndKeywords(args, keywords, "i|si:called", names, ALL),
                  "i|si:called");
}

static PyObject *
no_keywords(PyObject *self, PyObject *args, PyObject *keywords)
{
    return answer(_PyArg_NoKeywords("no_keywords()", keywords), "");
}

/* unpack(name or None, least, most, arguments) */
static PyObject *
unpack(PyObject *self, PyObject *args)
{
    char *name;
    Py_ssize_t least, most;
    PyObject *given;
    if (!PyArg_ParseTuple(args, "znnO", &name, &least, &most, &given)) {
        return NULL;
    }
    prepare("OOOO");
    return answer(PyArg_UnpackTuple(given, name, least, most, ALL), "OOOO");
}

static PyMethodDef methods[] = {
    {"parse", parse, METH_VARARGS, NULL},
    {"parse_one", parse_one, METH_VARARGS, NULL},
    {"parse_keywords", parse_keywords, METH_VARARGS, NULL},
    {"called", (PyCFunction)called, METH_VARARGS | METH_KEYWORDS, NULL},
    {"no_keywords", (PyCFunction)no_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"unpack", unpack, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlegacy_getargs(void)
{
    Py_InitModule("legacy_getargs", methods);
}
