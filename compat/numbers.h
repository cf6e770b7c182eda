/* numbers.h - what the files of the number types share. */

#ifndef PY2ABI_COMPAT_NUMBERS_H
#define PY2ABI_COMPAT_NUMBERS_H

#include "guest.h"

/* The reference count of static objects: guests give references to them back
 * that they never had. */
#define PY2ABI_FOREVER ((Py_ssize_t)1 << 30)

/* Python 2's constructors may be called by binaries with no arguments at all, or
 * with None for them: an empty tuple stands for both.  Returns a new reference,
 * or NULL with an exception. */
static inline PyObject *
py2abi_number_args(PyObject *args)
{
    if (args == NULL || args == Py_None) {
        return PyTuple_New(0);
    }
    Py_INCREF(args);
    return args;
}

static inline PyObject *
py2abi_number_kwargs(PyObject *kwargs)
{
    return kwargs == Py_None ? NULL : kwargs;
}

/* What a number's slot returns that cannot do it. */
static inline PyObject *
py2abi_number_refuse(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

/* A new reference to the same object where it is of exactly that type. */
static inline PyObject *
py2abi_number_same(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

/* What int() or long() makes: an exact one of the type, as a new reference, or NULL with an
 * exception (longobject.c). */
struct py2abi_number_maker {
    const char *name, *format;
    PyObject *(*from_long)(long value);
    PyObject *(*convert)(PyObject *x);
    PyObject *(*from_string)(char *text, char **end, int base);
    PyObject *(*from_unicode)(Py_UNICODE *text, Py_ssize_t length, int base);
};
PyObject *py2abi_number_new(const struct py2abi_number_maker *maker, PyObject *args,
                            PyObject *kwargs);

/* NULL with the ValueError for a text that is no number. */
PyObject *py2abi_number_complain(const char *type, const char *text, Py_ssize_t size, int base);

/* Names in method tables, which Python 2's structures have without const. */
#define PY2ABI_NAME(text) (char *)(uintptr_t)(text)

PyObject *py2abi_number_format(PyObject *self, PyObject *args); /* formatter_string.c */
double py2abi_round_binary(uint64_t bits, int rest, Py_ssize_t exponent); /* longobject.c */
double py2abi_round_places(double value, int places); /* dtoa.c */

#endif
