/* Floats: from text and to text, packing, rounding, comparison, hashes. */

#include "../numbers.h"

static const char *const texts[] = {
    "'0", "'-0", "'1", "'1.", "'.5", "'.", "'", "' ", "'1e5", "'1e", "'1e+", "'1E-5", "'  1.5  ",
    "'1.5 x", "'1 .5", "'+1", "'--1", "'inf", "'-Inf", "'INFINITY", "'infinit", "'nan", "'-NaN",
    "'nanx", "'0x10", "'1_0", "'1e400", "'-1e400", "'1e-400", "'4.9e-324",
    "'2.4703282292062328e-324", "'2.4703282292062327e-324",
    "'179769313486231580793728971405301e276", "'1,5", "'1L", "'1j", "'9007199254740993",
    "'0.1000000000000000055511151231257827021181583404541015625", "'True", "'\t12\n", "'12\v",
    "\"1.5", "\" -2e3 ", "\"x", "\"", "1", "1.5", "5L", "None", "True", "#1.5", "#1", "#", "#'x",
    "1+2j", "1000000000000000000000000L",
};

static const double doubles[] = {
    0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1.5, 100.0, 1e5, 123456.789, 1e11, 1e12, 123456789012.0,
    1234567890123.0, 1e15, 1e16, 1e17, 12345678901234567.0, 1e22, 1e23, 1e100, 1e-3, 1e-4, 1e-5,
    1.2345e-4, 1.2345e-5, 0.1234567890123456789, 1.0 / 3, 2.0 / 3, 9007199254740991.0,
    9007199254740993.0, 5e-324, 2.2250738585072014e-308, 2.2250738585072009e-308,
    1.7976931348623157e308, 0.5, 1.5, 2.5, 0.125, 0.375, 2.675, 1.005, 1e300, 5.5, 55.0, 45.0,
    149999999999999.97, 999999999999.5, 9999999999999.5, 99999.99999999999, 0.99999999999999989,
    6.103515625e-05, 9.5367431640625e-07, 4.35, 4.349999999999999, 1e21, 72057594037927936.0,
};

/* No number has no sign here, as the processor makes one or the other. */
static void
say_double(double value)
{
    if (value != value) {
        say("nan ");
    }
    else {
        say("%.17g ", value);
    }
}

static void
say_text(double value, char code, int precision, int flags)
{
    int type = 99;
    char *text = PyOS_double_to_string(value, code, precision, flags, &type);
    if (text == NULL) {
        say_error();
    }
    else {
        say("%s%s", text, type != 0 ? type == 1 ? "(inf)" : type == 2 ? "(nan)" : "(?)" : "");
    }
    PyMem_Free(text);
}

static void
format(double value)
{
    static const struct {
        char code;
        int precision, flags;
    } formats[] = {
        {'r', 0, 0}, {'r', 0, Py_DTSF_ADD_DOT_0}, {'g', 12, Py_DTSF_ADD_DOT_0}, {'g', 12, 0},
        {'g', 6, Py_DTSF_ALT}, {'g', 0, 0}, {'g', 1, Py_DTSF_SIGN | Py_DTSF_ADD_DOT_0},
        {'g', 17, 0}, {'G', 3, 0}, {'e', 0, 0}, {'e', 0, Py_DTSF_ALT}, {'e', 5, Py_DTSF_SIGN},
        {'E', 16, 0}, {'f', 0, 0}, {'f', 0, Py_DTSF_ALT}, {'f', 0, Py_DTSF_ADD_DOT_0}, {'f', 1, 0},
        {'f', 2, Py_DTSF_SIGN}, {'F', 6, 0}, {'f', 20, 0}, {'g', 30, 0}, {'g', 30, Py_DTSF_ALT},
    };
    int i;
    for (i = 0; i < COUNT(formats); i++) {
        say(" ");
        say_text(value, formats[i].code, formats[i].precision, formats[i].flags);
    }
    say("\n");
}

static void
digits(double value, int mode, int count)
{
    int point = 0, sign = 0;
    char *end, *text = _Py_dg_dtoa(value, mode, count, &point, &sign, &end);
    say(" %s%s@%d", sign ? "-" : "", text, point);
    if (end != text + strlen(text)) {
        say("?");
    }
    _Py_dg_freedtoa(text);
}

static const char *const compared[] = {
    "0", "1", "-1", "9007199254740992", "9007199254740993", "9223372036854775807",
    "-9223372036854775808", "9007199254740993L", "9223372036854775808L",
    "1000000000000000000000000L", "99999999999999991611392L", "True", "1.5", "inf", "nan",
};

static void
compare(double value)
{
    static const char names[][3] = {"<", "<=", "==", "!=", ">", ">="};
    PyObject *left = PyFloat_FromDouble(value);
    int i, op;
    say("%.17g", value);
    for (i = 0; i < COUNT(compared); i++) {
        PyObject *right = value_of(compared[i]);
        for (op = 0; op < 6; op++) {
            PyObject *result = Py_TYPE(left)->tp_richcompare(left, right, op);
            if (result == Py_True) {
                say(" %s", names[op]);
            }
            else if (result != Py_False) {
                say(" ?");
            }
            Py_XDECREF(result);
        }
        say(" %s;", compared[i]);
        Py_DECREF(right);
    }
    say("\n");
    Py_DECREF(left);
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char zeros[][5] = {"1.5", "1\0002", " \000 1", "\0001.5", "1.5 ", "1 \000 "};
    static const double odd[] = {Py_HUGE_VAL, -Py_HUGE_VAL, 0.0, -0.0, 1.0, 1e22, 1.5};
    static const double packed[] = {0.0, -0.0, 1.5, -2.25, 0.1, 1e-45, 3.4e38, 3.5e38, 1e300,
                                    Py_HUGE_VAL};
    static const double powers[] = {4503599627370497.5, 9007199254740992.0, 9007199254740993.0,
                                    9223372036854775807.0, 1e23, 1.0, 0.5, -1e300};
    int i, k;
    PyObject *object;
    double nan = copysign(Py_HUGE_VAL - Py_HUGE_VAL, -1); /* or a sign that is the processor's */
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(texts); i++) {
        object = value_of(texts[i]);
        say("<%s> ", texts[i]);
        if (*texts[i] == '\'' || *texts[i] == '"' || *texts[i] == '#' || *texts[i] == 'N') {
            say_object(PyFloat_FromString(object, NULL));
        }
        say(" | ");
        say_double(PyFloat_AsDouble(object));
        say_error();
        if (*texts[i] == '\'') {
            char *end = NULL, *text = PyString_AS_STRING(object);
            say(" | ");
            say_double(PyOS_string_to_double(text, &end, NULL));
            say_error();
            say(" %d | ", (int)(end - text));
            say_double(PyOS_string_to_double(text, NULL, PyExc_OverflowError));
            say_error();
            say(" | %.17g", _Py_dg_strtod(text, &end));
            say(" %d", (int)(end - text));
        }
        say("\n");
        Py_DECREF(object);
    }
    for (i = 0; i < COUNT(zeros); i++) {
        object = PyString_FromStringAndSize(zeros[i], 4);
        say_object(PyFloat_FromString(object, NULL));
        say("\n");
        Py_DECREF(object);
    }
    for (i = 0; i < COUNT(doubles); i++) {
        format(doubles[i]);
        format(-doubles[i]);
        for (k = -3; k < 8 && doubles[i] != 0.0; k++) {
            say(" ");
            say_object(_Py_double_round(doubles[i], k));
        }
        say("\n");
        digits(doubles[i], 0, 0);
        for (k = -2; k < 20; k += 3) {
            digits(doubles[i], 2, k);
            digits(-doubles[i], 3, k);
        }
        object = PyFloat_FromDouble(doubles[i]);
        say("\n  hash %ld, str ", Py_TYPE(object)->tp_hash(object));
        say_object(Py_TYPE(object)->tp_str(object));
        say(", int ");
        say_object(Py_TYPE(object)->tp_as_number->nb_int(object));
        say(", long ");
        say_object(Py_TYPE(object)->tp_as_number->nb_long(object));
        say("\n");
        Py_DECREF(object);
    }
    for (i = 0; i < COUNT(odd); i++) {
        format(odd[i]);
        digits(odd[i], 0, 0);
        digits(odd[i], 2, 3);
        digits(odd[i], 3, 3);
        digits(odd[i], 3, -3);
        say("\n");
    }
    format(nan);
    digits(nan, 0, 0);
    object = PyFloat_FromDouble(nan);
    say("\n%ld ", Py_TYPE(object)->tp_hash(object));
    say_object(Py_TYPE(object)->tp_as_number->nb_int(object));
    Py_DECREF(object);
    say("\n");
    say_text(1.0, 'r', 1, 0);
    say(" ");
    say_text(1.0, 'x', 1, 0);
    say("\n");
    /* Where doubles lie closer on one side than on the other. */
    for (i = -1074; i < 1024; i += 7) {
        object = PyFloat_FromDouble(ldexp(1.0, i));
        say_object(object);
        say(i % 5 == 0 ? "\n" : " ");
    }
    say("\n");
    for (i = 0; i < COUNT(packed); i++) {
        unsigned char bytes[8];
        for (k = 0; k < 2; k++) {
            int j, status = _PyFloat_Pack4(packed[i], bytes, k);
            say("%.17g ", packed[i]);
            if (status < 0) {
                say_error();
            }
            else {
                for (j = 0; j < 4; j++) {
                    say("%02x", bytes[j]);
                }
                say(" %.17g", _PyFloat_Unpack4(bytes, k));
            }
            _PyFloat_Pack8(packed[i], bytes, k);
            say(" ");
            for (j = 0; j < 8; j++) {
                say("%02x", bytes[j]);
            }
            say(" %.17g\n", _PyFloat_Unpack8(bytes, k));
        }
    }
    for (i = 0; i < COUNT(powers); i++) {
        compare(powers[i]);
        compare(-powers[i]);
    }
    compare(Py_HUGE_VAL);
    compare(-Py_HUGE_VAL);
    compare(nan);
    say_object(_Py_double_round(1.7976931348623157e308, -308));
    say("\n");
    say("%.17g %.17g\n", PyFloat_GetMax(), PyFloat_GetMin());
    {
        char buffer[100];
        PyFloatObject *third = (PyFloatObject *)PyFloat_FromDouble(1.0 / 3);
        PyFloat_AsString(buffer, third);
        say("%s ", buffer);
        PyFloat_AsReprString(buffer, third);
        say("%s\n", buffer);
        Py_DECREF(third);
    }
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initfloat_api(void)
{
    Py_InitModule("float_api", methods);
}
