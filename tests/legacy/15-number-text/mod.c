/* C functions about numbers and text; the types called with text and numbers. */

#include "../numbers.h"

static const struct {
    const char *text;
    int base;
} integers[] = {
    {"0", 0}, {"12", 0}, {"  12x", 10}, {"0x1f", 0}, {"0x1f", 16}, {"0x", 0}, {"0x", 16},
    {"0xg", 16}, {"0b11", 0}, {"0b11", 2}, {"0b2", 2}, {"0b", 0}, {"0b11", 16}, {"0o17", 0},
    {"0o17", 8}, {"0o8", 8}, {"017", 0}, {"019", 0}, {"017", 8}, {"zz", 36}, {"zz", 35}, {"", 10},
    {" ", 0}, {"-5", 10}, {"- 5", 10}, {"+5", 10}, {"--5", 10}, {"-0x10", 0},
    {"18446744073709551615", 10}, {"18446744073709551616", 10}, {"0xffffffffffffffff", 0},
    {"0x10000000000000000", 0}, {"9223372036854775807", 10}, {"9223372036854775808", 10},
    {"-9223372036854775808", 10}, {"-9223372036854775809", 10}, {"99999999999999999999999x", 10},
    {"1", 1}, {"1", 37}, {"1", -1}, {"0", 1}, {"0x1", 1}, {"3w5e11264sgsf", 36},
    {"3w5e11264sgsg", 36}, {"000000000000000000000001", 10},
    {"0000000000000000000000000000000000000000001", 2}, {"\n7", 7}, {"7", 7},
};

static const struct {
    const char *format;
    double value;
} formats[] = {
    {"%g", 1.5}, {"%.3f", 2.0 / 3}, {"%10.2e|", 1.0}, {"%10.2e", 12345.678}, {"%-10.1f", 1.25},
    {"%+g", 3.0}, {"%#g", 3.0}, {"%Z", 3.0}, {"%Z", 0.5}, {"%Z", 1e20}, {"%.3Z", 100.0},
    {"%Z", -7.0}, {"%.12Z", 1e11}, {"%d", 1.0}, {"g", 1.0}, {"%'g", 1.0}, {"%lg", 1.0},
    {"%g%%", 1.0}, {"%", 1.0}, {"%.0f", 0.5}, {"%E", 1e-7}, {"%G", 1e-7}, {"%F", 1.5}, {"%x", 1.0},
    {"%.17g", 0.1}, {"%e", 1e100}, {"%.60f", 1e10},
};

static int
sign(int value)
{
    return (value > 0) - (value < 0);
}

static const char *const arguments[] = {
    "0", "12", "-3L", "123456789012345678901L", "1.5", "-1.5", "1e30", "inf", "nan", "True", "'12",
    "' 12 ", "'0x1f", "'x", "'", "'1.5", "\"12", "\"0x1f", "\"x", "#7", "#7L", "#1.5", "#", "#'7",
    "1j", "'123456789012345678901", "'12L", "None",
};

static void
call(PyTypeObject *type, PyObject *x, int base)
{
    PyObject *args, *number = PyInt_FromLong(base);
    if (x == NULL) {
        args = PyTuple_New(0);
    }
    else if (base == 99) {
        args = PyTuple_Pack(1, x);
    }
    else {
        args = PyTuple_Pack(2, x, number);
    }
    say(" ");
    say_object(type->tp_new(type, args, NULL));
    Py_DECREF(args);
    Py_DECREF(number);
}

static int
print_to(char *buffer, size_t size, const char *format, ...)
{
    va_list list;
    int result;
    va_start(list, format);
    result = PyOS_vsnprintf(buffer, size, format, list);
    va_end(list);
    return result;
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char *const words[] = {"", "a", "A", "abc", "ABD", "ab", "Z", "[", "\xe4", "aBc"};
    static const char *const odd[] = {" 1.5x", "1e5", "x", "inf", "\t-2", "0x10", "1e400"};
    char buffer[200], *end;
    int i, k;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(integers); i++) {
        unsigned long natural;
        long integer;
        errno = 0;
        end = NULL;
        natural = PyOS_strtoul((char *)integers[i].text, &end, integers[i].base);
        say("<%s> %d: %lu %d %d", integers[i].text, integers[i].base, natural,
            (int)(end - integers[i].text), errno);
        errno = 0;
        integer = PyOS_strtol((char *)integers[i].text, &end, integers[i].base);
        say(" | %ld %d %d\n", integer, (int)(end - integers[i].text), errno);
    }
    say("%lu\n", PyOS_strtoul((char *)"77", NULL, 8));
    for (i = 0; i < COUNT(formats); i++) {
        memset(buffer, '#', sizeof buffer - 1);
        end = PyOS_ascii_formatd(buffer, sizeof buffer, formats[i].format, formats[i].value);
        say("%s %g: %s\n", formats[i].format, formats[i].value, end != NULL ? buffer : "NULL");
    }
    for (i = 0; i < COUNT(odd); i++) {
        say("%g", PyOS_ascii_strtod(odd[i], &end));
        say(" %d %g\n", (int)(end - odd[i]), PyOS_ascii_atof(odd[i]));
    }
    for (i = 0; i < COUNT(words); i++) {
        for (k = 0; k < COUNT(words); k++) {
            say(" %d", PyOS_mystrnicmp(words[i], words[k], 0));
            say(" %d", sign(PyOS_mystrnicmp(words[i], words[k], 1)));
        }
        /* The rest of 2.7's comparisons is not what their documentation says. */
        say(" %d", PyOS_mystricmp(words[i], words[i]));
        say("\n");
    }
    for (i = 1; i < 12; i += 3) {
        memset(buffer, '#', sizeof buffer);
        k = PyOS_snprintf(buffer, (size_t)i, "%s-%d", "text", 42);
        say("%d %s ", k, buffer);
        memset(buffer, '#', sizeof buffer);
        k = print_to(buffer, (size_t)i, "%.1f", 12.25);
        say("%d %s\n", k, buffer);
    }
    for (i = 0; i < COUNT(arguments); i++) {
        PyObject *x = value_of(arguments[i]);
        say("%s:", arguments[i]);
        call(&PyInt_Type, x, 99);
        call(&PyLong_Type, x, 99);
        call(&PyFloat_Type, x, 99);
        call(&PyInt_Type, x, 16);
        call(&PyLong_Type, x, 16);
        call(&PyInt_Type, x, 0);
        call(&PyLong_Type, x, 1);
        if (*arguments[i] != '#') {
            call(&PyBool_Type, x, 99);
        }
        if (PyUnicode_Check(x)) {
            Py_UNICODE *text = PyUnicode_AS_UNICODE(x);
            say(" ");
            say_object(PyInt_FromUnicode(text, PyUnicode_GET_SIZE(x), 0));
            say(" ");
            say_object(PyLong_FromUnicode(text, PyUnicode_GET_SIZE(x), 16));
        }
        say("\n");
        Py_DECREF(x);
    }
    {
        PyObject *x = PyString_FromStringAndSize("1\0002", 3);
        call(&PyInt_Type, x, 99);
        call(&PyInt_Type, x, 10);
        call(&PyLong_Type, x, 10);
        Py_DECREF(x);
    }
    say("\n");
    call(&PyInt_Type, NULL, 99);
    call(&PyLong_Type, NULL, 99);
    call(&PyFloat_Type, NULL, 99);
    call(&PyBool_Type, NULL, 99);
    say("\n");
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initnumber_text(void)
{
    Py_InitModule("number_text", methods);
}
