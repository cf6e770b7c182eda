/* exceptions.c - the exception types: mirrors of the host's. */

#include "config.h"
#include "guest.h"

#include <string.h>

#define DEFINE_EXC(name) PyObject *name;
#define DEFINE_IMPL(name)
#define DEFINE_STUB(name)
#define API(kind, name, result, args, error, flags)
#define DATA(kind, name, ctype, size) DEFINE_##kind(name)
#include "api27.def"
#undef DATA
#undef DEFINE_EXC

#define QUOTED(name)  QUOTED_(name)
#define QUOTED_(name) #name
static const struct {
    const char *symbol; /* as names.h has it */
    PyObject **variable;
} exceptions[] = {
#define DEFINE_EXC(name) {QUOTED(name), &name},
#define DATA(kind, name, ctype, size) DEFINE_##kind(name)
#include "api27.def"
#undef DATA
#undef API
};

/* Sizes of the structures, by the host class that all of a family derive from:
 * guests embed them in types of their own. */
static const struct {
    const char *host;
    Py_ssize_t size;
} families[] = {
    {"BaseException", sizeof(PyBaseExceptionObject)},
    {"SystemExit", sizeof(PySystemExitObject)},
    /* Made now: at the limit there is no room to make it. */
    {"RecursionError", sizeof(PyBaseExceptionObject)},
    {"OSError", sizeof(PyEnvironmentErrorObject)},
    {"SyntaxError", sizeof(PySyntaxErrorObject)},
    {"UnicodeError", sizeof(PyBaseExceptionObject)},
    {"UnicodeEncodeError", sizeof(PyUnicodeErrorObject)},
    {"UnicodeDecodeError", sizeof(PyUnicodeErrorObject)},
    {"UnicodeTranslateError", sizeof(PyUnicodeErrorObject)},
};

/* The mirror of the host's builtin exception `name`: a new reference, or NULL
 * with a host exception. */
static PyTypeObject *
mirror_exception_type(HostObject *module, const char *name)
{
    HostObject *host = host_PyObject_GetAttrString(module, name);
    PyTypeObject *type = host != NULL ? py2abi_type_mirror(host) : NULL;
    host_XDECREF(host);
    return type;
}

/* Make all exception types.  Returns 0, or -1 with a host exception.  Once, with
 * the other types; they are never freed. */
int
py2abi_exceptions_begin(void)
{
    HostObject *module = host_PyImport_ImportModule("builtins");
    if (module == NULL) {
        return -1;
    }
    int failed = 0;
    for (size_t i = 0; !failed && i < sizeof families / sizeof families[0]; i++) {
        PyTypeObject *type = mirror_exception_type(module, families[i].host);
        failed = type == NULL;
        if (!failed) {
            type->tp_basicsize = families[i].size;
        }
    }
    for (size_t i = 0; !failed && i < sizeof exceptions / sizeof exceptions[0]; i++) {
        const char *name = exceptions[i].symbol + sizeof "py2_PyExc_" - 1;
        PyTypeObject *type = mirror_exception_type(
            module, strcmp(name, "StandardError") == 0 ? "Exception" : name);
        failed = type == NULL;
        *exceptions[i].variable = (PyObject *)type;
    }
    host_DECREF(module);
    return failed ? -1 : 0;
}

/* ---- Unicode errors ----
 *
 * The instance is the host's; what it holds is asked of that. */

static PyObject *
get_attribute(PyObject *error, const char *name)
{
    return PyObject_GetAttrString(error, name);
}

static int
get_position(PyObject *error, const char *name, Py_ssize_t *position)
{
    PyObject *value = get_attribute(error, name);
    if (value == NULL) {
        return -1;
    }
    *position = PyInt_AsSsize_t(value);
    Py_DECREF(value);
    return *position == -1 && PyErr_Occurred() != NULL ? -1 : 0;
}

static int
set_position(PyObject *error, const char *name, Py_ssize_t position)
{
    PyObject *value = PyInt_FromSsize_t(position);
    int status = value != NULL ? PyObject_SetAttrString(error, name, value) : -1;
    Py_XDECREF(value);
    return status;
}

/* Text that 2.7 promises to be a str. */
static PyObject *
get_text(PyObject *error, const char *name)
{
    PyObject *value = get_attribute(error, name);
    if (value != NULL && PyUnicode_Check(value)) {
        PyObject *string = PyUnicode_AsUTF8String(value);
        Py_DECREF(value);
        value = string;
    }
    return value;
}

PyObject *
PyUnicodeEncodeError_GetEncoding(PyObject *error)
{
    return get_text(error, "encoding");
}

PyObject *
PyUnicodeEncodeError_GetReason(PyObject *error)
{
    return get_text(error, "reason");
}

PyObject *
PyUnicodeEncodeError_GetObject(PyObject *error)
{
    return get_attribute(error, "object");
}

PyObject *
PyUnicodeDecodeError_GetObject(PyObject *error)
{
    return get_attribute(error, "object");
}

int
PyUnicodeEncodeError_SetReason(PyObject *error, const char *reason)
{
    PyObject *value = PyUnicode_DecodeUTF8(reason, (Py_ssize_t)strlen(reason), "replace");
    int status = value != NULL ? PyObject_SetAttrString(error, "reason", value) : -1;
    Py_XDECREF(value);
    return status;
}

int
PyUnicodeEncodeError_GetStart(PyObject *error, Py_ssize_t *start)
{
    return get_position(error, "start", start);
}

int
PyUnicodeEncodeError_GetEnd(PyObject *error, Py_ssize_t *end)
{
    return get_position(error, "end", end);
}

int
PyUnicodeDecodeError_GetStart(PyObject *error, Py_ssize_t *start)
{
    return get_position(error, "start", start);
}

int
PyUnicodeDecodeError_GetEnd(PyObject *error, Py_ssize_t *end)
{
    return get_position(error, "end", end);
}

int
PyUnicodeTranslateError_GetStart(PyObject *error, Py_ssize_t *start)
{
    return get_position(error, "start", start);
}

int
PyUnicodeTranslateError_GetEnd(PyObject *error, Py_ssize_t *end)
{
    return get_position(error, "end", end);
}

int
PyUnicodeEncodeError_SetStart(PyObject *error, Py_ssize_t start)
{
    return set_position(error, "start", start);
}

int
PyUnicodeEncodeError_SetEnd(PyObject *error, Py_ssize_t end)
{
    return set_position(error, "end", end);
}

/* An instance of the host's class, called with the five arguments; those that are
 * text are text there. */
static PyObject *
create(PyObject *type, const char *encoding, PyObject *object, Py_ssize_t start, Py_ssize_t end,
       const char *reason)
{
    PyObject *args = object == NULL ? NULL
                     : encoding != NULL ? Py_BuildValue("(NNnnN)",
                                                        PyUnicode_FromString(encoding), object,
                                                        start, end, PyUnicode_FromString(reason))
                                        : Py_BuildValue("(NnnN)", object, start, end,
                                                        PyUnicode_FromString(reason));
    PyObject *error = args != NULL ? PyObject_Call(type, args, NULL) : NULL;
    Py_XDECREF(args);
    return error;
}

PyObject *
PyUnicodeEncodeError_Create(const char *encoding, const Py_UNICODE *object, Py_ssize_t length,
                            Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    return create(PyExc_UnicodeEncodeError, encoding, PyUnicode_FromUnicode(object, length), start,
                  end, reason);
}

PyObject *
PyUnicodeDecodeError_Create(const char *encoding, const char *object, Py_ssize_t length,
                            Py_ssize_t start, Py_ssize_t end, const char *reason)
{
    return create(PyExc_UnicodeDecodeError, encoding, PyString_FromStringAndSize(object, length),
                  start, end, reason);
}

PyObject *
PyUnicodeTranslateError_Create(const Py_UNICODE *object, Py_ssize_t length, Py_ssize_t start,
                               Py_ssize_t end, const char *reason)
{
    return create(PyExc_UnicodeTranslateError, NULL, PyUnicode_FromUnicode(object, length), start,
                  end, reason);
}
