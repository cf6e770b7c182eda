/* Longs: digits, bytes, doubles. */

#include "../numbers.h"

static const char *const values[] = {
    "0L", "1L", "-1L", "127L", "128L", "-128L", "-129L", "255L", "256L", "-255L", "-256L", "-257L",
    "1073741823L", "1073741824L", "-1073741824L", "1152921504606846975L", "1152921504606846976L",
    "9007199254740992L", "9007199254740993L", "9007199254740994L", "9007199254740995L",
    "18014398509481985L", "18014398509481986L", "18014398509481987L", "-18014398509481990L",
    "9223372036854775807L", "9223372036854775808L", "18446744073709551615L",
    "18446744073709551616L", "18446744073709551617L", "36893488147419103232L",
    "-340282366920938463463374607431768211456L", "-340282366920938463463374607431768211455L",
    "0xfffffffffffffbffffffffffffffffffffffffffffL",
    "0xfffffffffffffc00000000000000000000000000000L",
    "0xfffffffffffff400000000000000000000000000000L",
    "0xfffffffffffff400000000000000000000000000001L",
    "123456789012345678901234567890123456789012345678901234567890L",
    "0777777777777777777777777777777777777777777L", "0b1010101010101010101010101010101010101L",
};

static const double doubles[] = {
    0.0, -0.0, 0.5, -0.99, 1.0, -1.5, 1073741823.0, 1073741824.0, 1073741824.5, 4294967296.0,
    9007199254740991.0, 9007199254740992.0, -1e18, 1152921504606846976.0, 9223372036854775807.0,
    1e19, 1e30, -1e30, 1.7976931348623157e308, 5e-324,
};

static void
say_digits(PyObject *object)
{
    PyLongObject *number = (PyLongObject *)object;
    Py_ssize_t i, count = Py_SIZE(number) < 0 ? -Py_SIZE(number) : Py_SIZE(number);
    say("size %zd", Py_SIZE(number));
    for (i = 0; i < count; i++) {
        say(" %x", (unsigned)number->ob_digit[i]);
    }
}

static void
say_bytes(PyObject *object, size_t size)
{
    unsigned char bytes[40];
    int little, is_signed;
    size_t i;
    for (is_signed = 0; is_signed < 2; is_signed++) {
        for (little = 0; little < 2; little++) {
            int status = _PyLong_AsByteArray((PyLongObject *)object, bytes, size, little,
                                             is_signed);
            say("  %zu bytes, little %d, signed %d: ", size, little, is_signed);
            if (status < 0) {
                say_error();
            }
            else {
                for (i = 0; i < size; i++) {
                    say("%02x", bytes[i]);
                }
                say(" -> ");
                say_object(_PyLong_FromByteArray(bytes, size, little, is_signed));
            }
            say("\n");
        }
    }
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const size_t sizes[] = {0, 1, 2, 4, 5, 7, 8, 9, 16, 17, 33};
    static const unsigned char bytes[] = {0x80, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x7f, 1};
    int i, k, little, is_signed;
    PyObject *number, *copy;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        Py_ssize_t exponent = 99;
        double fraction;
        number = value_of(values[i]);
        say("%s: ", values[i]);
        say_digits(number);
        say(", sign %d, bits %zu, hash %ld\n", _PyLong_Sign(number), _PyLong_NumBits(number),
            Py_TYPE(number)->tp_hash(number));
        fraction = _PyLong_Frexp((PyLongObject *)number, &exponent);
        say("  frexp %.17g %zd, double %.17g\n", fraction, exponent, PyLong_AsDouble(number));
        say("  repr ");
        say_object(Py_TYPE(number)->tp_repr(number));
        say(", str ");
        say_object(Py_TYPE(number)->tp_str(number));
        say(", hex ");
        say_object(Py_TYPE(number)->tp_as_number->nb_hex(number));
        say(", oct ");
        say_object(Py_TYPE(number)->tp_as_number->nb_oct(number));
        say("\n");
        copy = _PyLong_Copy((PyLongObject *)number);
        say("  copy is another: %d, ", copy != number);
        say_digits(copy);
        say("\n");
        Py_DECREF(copy);
        if (i % 4 < 2 || i < 12) {
            for (k = 0; k < COUNT(sizes); k++) {
                say_bytes(number, sizes[k]);
            }
        }
        Py_DECREF(number);
    }
    for (k = 0; k <= COUNT(bytes); k++) {
        for (is_signed = 0; is_signed < 2; is_signed++) {
            for (little = 0; little < 2; little++) {
                say("%d bytes, little %d, signed %d: ", k, little, is_signed);
                number = _PyLong_FromByteArray(bytes, (size_t)k, little, is_signed);
                say_digits(number);
                say(" ");
                say_object(number);
                say("\n");
            }
        }
    }
    for (i = 0; i < COUNT(doubles); i++) {
        say("%.17g: ", doubles[i]);
        number = PyLong_FromDouble(doubles[i]);
        say_digits(number);
        say(" ");
        say_object(number);
        say("\n");
    }
    say_object(PyLong_FromDouble(Py_HUGE_VAL));
    say("\n");
    say_object(PyLong_FromDouble(-Py_HUGE_VAL));
    say("\n");
    say_object(PyLong_FromDouble(Py_HUGE_VAL - Py_HUGE_VAL));
    say("\n");
    say_object(PyLong_FromLong(LONG_MIN));
    say_object(PyLong_FromUnsignedLong(ULONG_MAX));
    say_object(PyLong_FromLongLong(PY_LLONG_MIN));
    say_object(PyLong_FromUnsignedLongLong(PY_ULLONG_MAX));
    say_object(PyLong_FromSsize_t(PY_SSIZE_T_MIN));
    say_object(PyLong_FromSize_t(PY_SIZE_MAX));
    say("\n");
    number = (PyObject *)_PyLong_New(3);
    say("new: size %zd, type %s\n", Py_SIZE(number), Py_TYPE(number)->tp_name);
    ((PyLongObject *)number)->ob_digit[0] = 7;
    ((PyLongObject *)number)->ob_digit[1] = 0;
    ((PyLongObject *)number)->ob_digit[2] = 1;
    Py_SIZE(number) = -3;
    say_object(number);
    say("\n");
    say_object((PyObject *)_PyLong_New(PY_SSIZE_T_MAX));
    say("\n");
    /* A power of ten that no table of the implementation holds. */
    {
        char text[1002];
        memset(text, '0', sizeof text - 1);
        text[0] = '1';
        text[1001] = '\0';
        number = PyLong_FromString(text, NULL, 10);
        say("1e1000: size %zd, ", Py_SIZE(number));
        say_object(number);
        say("\n");
        number = PyLong_FromString(text, NULL, 7);
        say("7**1000: size %zd, double ", Py_SIZE(number));
        say("%g ", PyLong_AsDouble(number));
        say_error();
        Py_DECREF(number);
        say("\n");
    }
    say("basic size %zd, item size %zd, int %zd, bool %zd\n", PyLong_Type.tp_basicsize,
        PyLong_Type.tp_itemsize, PyInt_Type.tp_basicsize, PyBool_Type.tp_basicsize);
    for (i = 0; i < 256; i++) {
        say("%d%s", _PyLong_DigitValue[i], i % 32 == 31 ? "\n" : " ");
    }
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initlong_api(void)
{
    Py_InitModule("long_api", methods);
}
