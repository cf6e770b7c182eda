/* modsupport.c - making modules, and values by a format. */

#include "config.h"
#include "guest.h"
#include "variadic.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- Modules ---- */

/* Python 2's importer leaves the full name of a module here.  Ours has its own
 * way, but a program may do the same before it calls an init function. */
char *_Py_PackageContext;

/* The name that the module gets which calls itself `name`. */
static const char *
full_name(const char *name)
{
    const char *context = _Py_PackageContext;
    const char *dot = context != NULL ? strrchr(context, '.') : NULL;
    if (dot != NULL && strcmp(dot + 1, name) == 0) {
        _Py_PackageContext = NULL;
        return context;
    }
    return py2abi_package_context(name);
}

/* The dictionary of a host module, borrowed, or NULL with a guest exception. */
static HostObject *
host_dict(PyObject *module)
{
    HostObject *host = py2abi_host(module, PY2ABI_AS_VALUE);
    HostObject *dict = host != NULL ? host_PyModule_GetDict(host) : NULL;
    host_XDECREF(host); /* the guest's module keeps it */
    if (dict == NULL) {
        py2abi_error_to_guest();
    }
    return dict;
}

/* Put a host object, which is taken over, into a module.  Returns 0, or -1 with a
 * guest exception; NULL stands for one that could not be made. */
static int
put(HostObject *dict, const char *name, HostObject *value)
{
    HostObject *key = value != NULL ? py2abi_host_name(name) : NULL;
    int status = key != NULL ? host_PyDict_SetItem(dict, key, value) : -1;
    host_XDECREF(key);
    host_XDECREF(value);
    if (status < 0) {
        py2abi_error_to_guest();
    }
    return status;
}

/* Put the functions of a module into it.  Returns 0, or -1 with an exception. */
static int
add_functions(HostObject *dict, PyMethodDef *methods, PyObject *self, PyObject *module_name)
{
    for (PyMethodDef *method = methods; method->ml_name != NULL; method++) {
        if (method->ml_flags & (METH_CLASS | METH_STATIC)) {
            PyErr_SetString(PyExc_ValueError,
                            "module functions cannot set METH_CLASS or METH_STATIC");
            return -1;
        }
        PyObject *function = PyCFunction_NewEx(method, self, module_name);
        if (function == NULL) {
            return -1;
        }
        int status = put(dict, method->ml_name, py2abi_host(function, PY2ABI_AS_VALUE));
        Py_DECREF(function);
        if (status < 0) {
            return -1;
        }
    }
    return 0;
}

/* Find or make the module on the host, and have its mirror.  A borrowed reference,
 * or NULL with an exception. */
static PyObject *
add_module(const char *name)
{
    HostObject *host_name = py2abi_host_name(name);
    HostObject *host = host_name != NULL ? host_PyImport_AddModuleObject(host_name) : NULL;
    PyObject *module = NULL;
    if (host != NULL && py2abi_module_made(host_name) == 0) {
        module = py2abi_mirror(host);
    }
    host_XDECREF(host_name);
    /* Callers keep the module without a reference of their own, as they may in
     * Python 2: so it is immortal from its first dictionary on. */
    if (module == NULL || PyModule_GetDict(module) == NULL) {
        if (module == NULL) {
            py2abi_error_to_guest();
        }
        Py_XDECREF(module);
        return NULL;
    }
    Py_DECREF(module);
    return module;
}

PyObject *
Py_InitModule4_64(const char *name, PyMethodDef *methods, const char *doc, PyObject *self,
                  int api_version)
{
    if (api_version != PYTHON_API_VERSION) {
        char message[512];
        snprintf(message, sizeof message,
                 "Python C API version mismatch for module %.100s: This Python has API version "
                 "%d, module %.100s has version %d.",
                 name, PYTHON_API_VERSION, name, api_version);
        if (PyErr_WarnEx(PyExc_RuntimeWarning, message, 1) < 0) {
            return NULL;
        }
    }
    name = full_name(name);
    PyObject *module = add_module(name);
    HostObject *dict = module != NULL ? host_dict(module) : NULL;
    if (dict == NULL) {
        return NULL;
    }
    if (methods != NULL) {
        PyObject *module_name = PyString_FromString(name);
        int status = module_name != NULL ? add_functions(dict, methods, self, module_name) : -1;
        Py_XDECREF(module_name);
        if (status < 0) {
            return NULL;
        }
    }
    if (doc != NULL) {
        if (put(dict, "__doc__", py2abi_host_message(doc)) < 0) {
            return NULL;
        }
    }
    return module;
}

int
PyModule_AddObject(PyObject *module, const char *name, PyObject *value)
{
    if (!PyModule_Check(module)) {
        PyErr_SetString(PyExc_TypeError, "PyModule_AddObject() needs module as first arg");
        return -1;
    }
    if (value == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_TypeError, "PyModule_AddObject() needs non-NULL value");
        }
        return -1;
    }
    /* Binaries go on using what they have given away here.  While a module is made its
     * dictionary keeps the guest's own object; later the frame does. */
    if (py2abi_is_initialising()) {
        PyObject *dict = PyModule_GetDict(module);
        if (dict == NULL || PyDict_SetItemString(dict, name, value) < 0) {
            return -1;
        }
        Py_DECREF(value);
        return 0;
    }
    HostObject *dict = host_dict(module);
    if (dict == NULL) {
        return -1;
    }
    if (put(dict, name, py2abi_host(value, PY2ABI_AS_VALUE)) < 0) {
        return -1;
    }
    return py2abi_frame_keep(value) != NULL ? 0 : -1;
}

int
PyModule_AddIntConstant(PyObject *module, const char *name, long value)
{
    PyObject *number = PyInt_FromLong(value);
    if (number != NULL && PyModule_AddObject(module, name, number) == 0) {
        return 0;
    }
    Py_XDECREF(number);
    return -1;
}

int
PyModule_AddStringConstant(PyObject *module, const char *name, const char *value)
{
    if (!PyModule_Check(module)) {
        PyErr_SetString(PyExc_TypeError, "PyModule_AddObject() needs module as first arg");
        return -1;
    }
    PyObject *string = PyString_FromString(value);
    HostObject *dict = string != NULL ? host_dict(module) : NULL;
    int status = dict != NULL ? put(dict, name, py2abi_host_text(string, PY2ABI_AS_CONSTANT)) : -1;
    Py_XDECREF(string);
    return status;
}

/* ---- Values by a format ---- */

/* One call of Py_BuildValue. */
struct build {
    const char *format;  /* what is still to be done of it */
    va_list inputs;
    int wide;            /* lengths are Py_ssize_t, not int */
};

static PyObject *build_one(struct build *build);

/* What a character of a format is to who counts. */
enum kind { VALUE, NO_VALUE, OPENING, CLOSING, END };
static const unsigned char kinds[256] = {
    ['#'] = NO_VALUE, ['&'] = NO_VALUE, [','] = NO_VALUE, [':'] = NO_VALUE, [' '] = NO_VALUE,
    ['\t'] = NO_VALUE, ['('] = OPENING, ['['] = OPENING, ['{'] = OPENING, [')'] = CLOSING,
    [']'] = CLOSING, ['}'] = CLOSING, ['\0'] = END,
};

/* How many values stand before `end`.  -1 with an exception. */
static Py_ssize_t
count_values(const char *format, char end)
{
    Py_ssize_t count = 0, unit = 1; /* what a value counts: nothing in a group */
    for (int level = 0;; format++) {
        unsigned kind = kinds[(unsigned char)*format];
        if (kind <= NO_VALUE) {
            count += unit & (Py_ssize_t)(kind ^ NO_VALUE);
            continue;
        }
        if (level <= 0 && *format == end) {
            return count;
        }
        if (kind == END) {
            PyErr_SetString(PyExc_SystemError, "unmatched paren in format");
            return -1;
        }
        if (kind == OPENING) {
            count += unit;
            level++;
        }
        else {
            level--;
        }
        unit = level == 0;
    }
}

/* Step over the `end` of a group.  Returns 0, or -1 with an exception. */
static int
close_group(struct build *build, char end)
{
    if (*build->format != end) {
        PyErr_SetString(PyExc_SystemError, "Unmatched paren in format");
        return -1;
    }
    build->format += end != '\0';
    return 0;
}

/* The values up to `end` in a tuple or, where that is `]`, a list.  After a failure
 * the rest is built all the same: "N" gives references away that would be lost. */
static PyObject *
build_sequence(struct build *build, char end, Py_ssize_t count)
{
    int failed = 0;
    if (count < 0) {
        return NULL;
    }
    PyObject *made = end == ']' ? PyList_New(count) : PyTuple_New(count);
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = build_one(build);
        if (item == NULL) {
            failed = 1;
            Py_INCREF(Py_None);
            item = Py_None;
        }
        if (end == ']') {
            PyList_SET_ITEM(made, i, item);
        }
        else {
            PyTuple_SET_ITEM(made, i, item);
        }
    }
    if (failed || close_group(build, end) < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}

static PyObject *
build_dict(struct build *build, Py_ssize_t count)
{
    int failed = 0;
    if (count < 0) {
        return NULL;
    }
    if (count % 2 != 0) {
        PyErr_SetString(PyExc_SystemError, "Bad dict format");
        return NULL;
    }
    PyObject *made = PyDict_New();
    if (made == NULL) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < count; i += 2) {
        PyObject *key = build_one(build);
        PyObject *value = build_one(build);
        if (key == NULL || value == NULL || PyDict_SetItem(made, key, value) < 0) {
            failed = 1;
        }
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    if (failed || close_group(build, '}') < 0) {
        Py_DECREF(made);
        return NULL;
    }
    return made;
}

/* The length behind "#", or -1 where there is none. */
static Py_ssize_t
take_length(struct build *build)
{
    if (*build->format != '#') {
        return -1;
    }
    build->format++;
    return build->wide ? va_arg(build->inputs, Py_ssize_t) : va_arg(build->inputs, int);
}

static PyObject *
build_string(struct build *build)
{
    const char *text = va_arg(build->inputs, const char *);
    Py_ssize_t length = take_length(build);
    if (text == NULL) {
        Py_RETURN_NONE;
    }
    return length < 0 ? PyString_FromString(text) : PyString_FromStringAndSize(text, length);
}

static PyObject *
build_unicode(struct build *build)
{
    const Py_UNICODE *text = va_arg(build->inputs, const Py_UNICODE *);
    Py_ssize_t length = take_length(build);
    if (text == NULL) {
        Py_RETURN_NONE;
    }
    if (length < 0) {
        for (length = 0; text[length] != 0; length++) {
        }
    }
    return PyUnicodeUCS4_FromUnicode(text, length);
}

/* "O", "S", "N", "O&". */
static PyObject *
build_object(struct build *build, char letter)
{
    if (*build->format == '&') {
        typedef PyObject *(*converter)(void *);
        converter function = va_arg(build->inputs, converter);
        void *argument = va_arg(build->inputs, void *);
        build->format++;
        return function(argument);
    }
    PyObject *object = va_arg(build->inputs, PyObject *);
    if (object == NULL) {
        if (!PyErr_Occurred()) {
            PyErr_SetString(PyExc_SystemError, "NULL object passed to Py_BuildValue");
        }
        return NULL;
    }
    if (letter != 'N') {
        Py_INCREF(object);
    }
    return object;
}

static PyObject *
build_unsigned(unsigned long number)
{
    return number > (unsigned long)PyInt_GetMax() ? PyLong_FromUnsignedLong(number)
                                                  : PyInt_FromLong((long)number);
}

/* The next value.  A new reference, or NULL with an exception. */
static PyObject *
build_one(struct build *build)
{
    for (;;) {
        char letter = *build->format++;
        switch (letter) {
        case '(':
            return build_sequence(build, ')', count_values(build->format, ')'));
        case '[':
            return build_sequence(build, ']', count_values(build->format, ']'));
        case '{':
            return build_dict(build, count_values(build->format, '}'));
        case 'b':
        case 'B':
        case 'h':
        case 'i':
            return PyInt_FromLong(va_arg(build->inputs, int));
        case 'H':
            return PyInt_FromLong((long)va_arg(build->inputs, unsigned int));
        case 'I':
            return build_unsigned(va_arg(build->inputs, unsigned int));
        case 'n':
            return PyInt_FromSsize_t(va_arg(build->inputs, Py_ssize_t));
        case 'l':
            return PyInt_FromLong(va_arg(build->inputs, long));
        case 'k':
            return build_unsigned(va_arg(build->inputs, unsigned long));
        case 'L':
            return PyLong_FromLongLong(va_arg(build->inputs, PY_LONG_LONG));
        case 'K':
            return PyLong_FromUnsignedLongLong(va_arg(build->inputs, unsigned PY_LONG_LONG));
        case 'u':
            return build_unicode(build);
        case 'f':
        case 'd':
            return PyFloat_FromDouble(va_arg(build->inputs, double));
        case 'D':
            return PyComplex_FromCComplex(*va_arg(build->inputs, Py_complex *));
        case 'c': {
            char character = (char)va_arg(build->inputs, int);
            return py2abi_string_text(&character, 1);
        }
        case 's':
        case 'z':
            return build_string(build);
        case 'N':
        case 'S':
        case 'O':
            return build_object(build, letter);
        case ',':
        case ':':
        case ' ':
        case '\t':
            break;
        case '\0':
            /* Brackets that close what was not opened are not counted as they are met. */
            build->format--;
            __attribute__((fallthrough));
        default:
            PyErr_SetString(PyExc_SystemError, "bad format char passed to Py_BuildValue");
            return NULL;
        }
    }
}

static PyObject *
build_value(const char *format, va_list inputs, int wide)
{
    struct build build = {.format = format, .wide = wide};
    Py_ssize_t count = count_values(format, '\0');
    if (count < 0) {
        return NULL;
    }
    if (count == 0) {
        Py_RETURN_NONE;
    }
    va_copy(build.inputs, inputs);
    PyObject *made = count == 1 ? build_one(&build) : build_sequence(&build, '\0', count);
    va_end(build.inputs);
    return made;
}

PyObject *
Py_VaBuildValue(const char *format, va_list inputs)
{
    return build_value(format, inputs, 0);
}

PyObject *
_Py_VaBuildValue_SizeT(const char *format, va_list inputs)
{
    return build_value(format, inputs, 1);
}

/* ---- Calls with values by a format ---- */

PyObject *
PyEval_VCallFunction(PyObject *callable, const char *format, va_list inputs)
{
    PyObject *args = build_value(format, inputs, 0);
    if (args == NULL) {
        return NULL;
    }
    PyObject *result = PyEval_CallObjectWithKeywords(callable, args, NULL);
    Py_DECREF(args);
    return result;
}

PyObject *
PyEval_VCallMethod(PyObject *object, const char *name, const char *format, va_list inputs)
{
    PyObject *method = PyObject_GetAttrString(object, name);
    if (method == NULL) {
        return NULL;
    }
    PyObject *result = PyEval_VCallFunction(method, format, inputs);
    Py_DECREF(method);
    return result;
}
