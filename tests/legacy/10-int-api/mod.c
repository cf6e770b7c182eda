/* Ints: making them, C integers from them, text, identity. */

#include "../numbers.h"

static const char *const values[] = {
    "0", "1", "-1", "256", "257", "-6", "9223372036854775807", "-9223372036854775808",
    "2147483647", "2147483648", "-2147483648", "-2147483649", "0L", "-1L", "5L",
    "9223372036854775807L", "9223372036854775808L", "-9223372036854775808L",
    "-9223372036854775809L", "18446744073709551615L", "18446744073709551616L",
    "-340282366920938463463374607431768211457L", "1.5", "-2.5", "1e30", "inf", "nan", "1+2j",
    "True", "False", "None", "'12", "\"12", "#7", "#7L", "#123456789012345678901L", "#True",
    "#1.5", "#'7", "#",
};

#define CALL(function, format, type)                                                              \
    do {                                                                                          \
        type result = function(object);                                                           \
        say("  " #function " " format, result);                                                   \
        if (PyErr_Occurred()) {                                                                   \
            say(" ");                                                                             \
            say_error();                                                                          \
        }                                                                                         \
        say("\n");                                                                                \
    } while (0)

static void
convert(PyObject *object)
{
    CALL(PyInt_AsLong, "%ld", long);
    CALL(PyInt_AsSsize_t, "%zd", Py_ssize_t);
    CALL(PyInt_AsUnsignedLongMask, "%lu", unsigned long);
    CALL(PyInt_AsUnsignedLongLongMask, "%llu", unsigned PY_LONG_LONG);
    CALL(_PyInt_AsInt, "%d", int);
    CALL(PyLong_AsLong, "%ld", long);
    CALL(_PyLong_AsInt, "%d", int);
    CALL(PyLong_AsSsize_t, "%zd", Py_ssize_t);
    CALL(PyLong_AsUnsignedLong, "%lu", unsigned long);
    CALL(PyLong_AsUnsignedLongMask, "%lu", unsigned long);
    CALL(PyLong_AsLongLong, "%lld", PY_LONG_LONG);
    CALL(PyLong_AsUnsignedLongLong, "%llu", unsigned PY_LONG_LONG);
    CALL(PyLong_AsUnsignedLongLongMask, "%llu", unsigned PY_LONG_LONG);
    CALL(PyLong_AsVoidPtr, "%p", void *);
    CALL(PyLong_AsDouble, "%.17g", double);
    CALL(PyFloat_AsDouble, "%.17g", double);
    {
        int overflow = 42;
        long result = PyLong_AsLongAndOverflow(object, &overflow);
        PY_LONG_LONG longer;
        say("  PyLong_AsLongAndOverflow %ld %d ", result, overflow);
        say_error();
        overflow = 42;
        longer = PyLong_AsLongLongAndOverflow(object, &overflow);
        say("\n  PyLong_AsLongLongAndOverflow %lld %d ", longer, overflow);
        say_error();
        say("\n");
    }
}

static const struct {
    const char *text;
    int base;
} texts[] = {
    {"0", 10}, {"12", 10}, {"-12", 10}, {"+12", 10}, {"  12  ", 10}, {"12 3", 10}, {"", 10},
    {" ", 10}, {"  x  ", 10}, {" 1 x", 10}, {" -5 ", 0}, {"-", 10}, {"- 1", 10}, {"+-1", 10},
    {"1a", 10}, {"1a", 16}, {"0x1a", 16}, {"0x1a", 0}, {"0X1A", 0}, {"0x", 0}, {"0x", 16},
    {"x1", 16}, {"0o17", 0}, {"0o17", 8}, {"0O17", 8}, {"017", 0}, {"017", 10}, {"08", 0},
    {"0b101", 0}, {"0b101", 2}, {"0b2", 0}, {"0b101", 16}, {"101", 2}, {"102", 2}, {"zz", 36},
    {"ZZ", 36}, {"1", 1}, {"1", 37}, {"1", -1}, {"9223372036854775807", 10},
    {"9223372036854775808", 10}, {"-9223372036854775808", 10}, {"-9223372036854775809", 10},
    {"0xffffffffffffffff", 0}, {"0x7fffffffffffffff", 0}, {"-0x8000000000000000", 0},
    {"99999999999999999999999999", 10}, {"99999999999999999999999999x", 10}, {"12L", 10},
    {"12l", 0}, {"0", 0}, {"00", 0}, {"-0x10", 0}, {"\t12\n", 0}, {"'\"", 10}, {"1_0", 10},
    {"0xg", 0}, {"-", 0}, {"0 ", 0}, {"1e5", 10},
};

static void
parse(void)
{
    int i;
    for (i = 0; i < COUNT(texts); i++) {
        char *text = (char *)texts[i].text, *end = NULL;
        say("<%s> base %d: ", text, texts[i].base);
        say_object(PyInt_FromString(text, &end, texts[i].base));
        say(" end %d | ", end != NULL ? (int)(end - text) : -1);
        end = NULL;
        say_object(PyLong_FromString(text, &end, texts[i].base));
        say(" end %d\n", end != NULL ? (int)(end - text) : -1);
    }
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    int i, base;
    PyObject *a, *b;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        PyObject *object = value_of(values[i]);
        say("%s\n", values[i]);
        convert(object);
        Py_DECREF(object);
    }
    say("NULL\n");
    {
        PyObject *object = NULL;
        CALL(PyInt_AsLong, "%ld", long);
        CALL(PyInt_AsSsize_t, "%zd", Py_ssize_t);
        CALL(PyInt_AsUnsignedLongMask, "%lu", unsigned long);
        CALL(PyLong_AsLong, "%ld", long);
        CALL(PyLong_AsLongLong, "%lld", PY_LONG_LONG);
        CALL(PyLong_AsUnsignedLong, "%lu", unsigned long);
        CALL(PyLong_AsDouble, "%g", double);
        CALL(PyFloat_AsDouble, "%g", double);
    }
    parse();

    say("PyInt_GetMax %ld\n", PyInt_GetMax());
    say_object(PyInt_FromSize_t(5));
    say("\n");
    say_object(PyInt_FromSize_t((size_t)-1));
    say("\n");
    say_object(PyInt_FromSsize_t(-7));
    say("\n");
    say_object(PyLong_FromVoidPtr((void *)1000));
    say("\n");
    say_object(PyLong_FromVoidPtr((void *)-1000));
    say("\n");

    a = PyInt_FromLong(-5);
    b = PyInt_FromLong(-5);
    say("-5 once: %d\n", a == b);
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyInt_FromLong(256);
    b = PyInt_FromLong(256);
    say("256 once: %d\n", a == b);
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyInt_FromLong(257);
    b = PyInt_FromLong(257);
    say("257 once: %d, count %d\n", a == b, (int)a->ob_refcnt);
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyBool_FromLong(17);
    say("True %d, False %d, both ints %d, exact %d\n", a == Py_True,
        PyBool_FromLong(0) == Py_False,
        PyInt_Check(a), PyInt_CheckExact(a));

    for (i = 0; i < COUNT(values); i++) {
        PyObject *object = value_of(values[i]);
        if (PyInt_CheckExact(object) || PyLong_CheckExact(object)) {
            say("%s:", values[i]);
            for (base = 2; base <= 36; base++) {
                PyObject *text = PyInt_CheckExact(object)
                                     ? _PyInt_Format((PyIntObject *)object, base, base & 1)
                                     : _PyLong_Format(object, base, base % 3 == 0, base & 1);
                say(" %s", PyString_AS_STRING(text));
                Py_DECREF(text);
            }
            say("\n");
        }
        Py_DECREF(object);
    }
    a = PyInt_FromLong(8);
    b = _PyInt_Format((PyIntObject *)a, 8, 1);
    say("%s\n", PyString_AS_STRING(b));
    Py_DECREF(a);
    Py_DECREF(b);
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initint_api(void)
{
    Py_InitModule("int_api", methods);
}
