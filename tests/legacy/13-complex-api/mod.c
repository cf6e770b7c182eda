/* Complex numbers. */

#include "../numbers.h"

static const Py_complex values[] = {
    {0, 0}, {-0.0, 0}, {0, -0.0}, {-0.0, -0.0}, {1, 0}, {0, 1}, {0, -1}, {1, 2}, {-1.5, 2.25},
    {3, 4}, {1e20, 1e-20}, {2.0 / 3, -1.0 / 7}, {1e300, 1e300}, {-2, 0}, {0.5, 0.5}, {1e16, -1e16},
    {Py_HUGE_VAL, 0}, {0, -Py_HUGE_VAL}, {1, Py_HUGE_VAL},
};

static const char *const operands[] = {
    "0", "2", "-3", "101", "5L", "100000000000000000000000L", "0.5", "-2.0", "1e308", "0j", "1+1j",
    "-0.5+2j", "2+0j", "100+0j", "-100+0j", "101+0j", "2.5+0j", "-1+0j", "True", "None", "'1",
};

static void
say_c(Py_complex value)
{
    /* No number has no sign here, as the processor makes one or the other. */
    say("(%.12g, %.12g)", value.real != value.real ? 99.0 : value.real,
        value.imag != value.imag ? 99.0 : value.imag);
}

/* A result of the C library's functions, whose last digits may differ. */
static void
say_rounded(PyObject *object)
{
    if (object != NULL && PyComplex_Check(object)) {
        say("complex ");
        say_c(PyComplex_AsCComplex(object));
        Py_DECREF(object);
    }
    else {
        say_object(object);
    }
}

static const char *const words[] = {
    "'1", "'1j", "'j", "'-j", "'+j", "'1+2j", "'1-2J", "' 1+2j ", "'(1+2j)", "' ( 1+2j ) ",
    "'(1+2j", "'1+2j)", "'1 + 2j", "'1+j", "'1-j", "'1+-2j", "'", "' ", "'+", "'1e5j", "'1e",
    "'inf+nanj", "'-infj", "'nan", "'1+2", "'1j+2", "'1+2jj", "'1e400", "'1.5.5", "'()", "\"1+2j",
    "\" (3j)", "\"x", "1", "5L", "1.5", "1+2j", "True", "None", "#1.5", "#1", "#", "#'x",
};

static PyObject *
make(const char *a, const char *b)
{
    PyObject *first = a != NULL ? value_of(a) : NULL, *second = b != NULL ? value_of(b) : NULL;
    PyObject *args = first == NULL    ? PyTuple_New(0)
                     : second == NULL ? PyTuple_Pack(1, first)
                                      : PyTuple_Pack(2, first, second);
    PyObject *result = PyComplex_Type.tp_new(&PyComplex_Type, args, NULL);
    Py_XDECREF(first);
    Py_XDECREF(second);
    Py_DECREF(args);
    return result;
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char *const numbers[] = {"0", "-0.0", "1.5", "-2L", "1+2j", "0j", "-0.0-2j",
                                          "'1"};
    static const size_t slots[] = {
        offsetof(PyNumberMethods, nb_add), offsetof(PyNumberMethods, nb_subtract),
        offsetof(PyNumberMethods, nb_multiply), offsetof(PyNumberMethods, nb_divide),
        offsetof(PyNumberMethods, nb_true_divide), offsetof(PyNumberMethods, nb_remainder),
        offsetof(PyNumberMethods, nb_floor_divide), offsetof(PyNumberMethods, nb_divmod),
    };
    static const char *const names[] = {"add", "subtract", "multiply", "divide", "true_divide",
                                        "remainder", "floor_divide", "divmod"};
    int i, k, n;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        PyObject *a = PyComplex_FromCComplex(values[i]);
        PyNumberMethods *number = Py_TYPE(a)->tp_as_number;
        Py_complex back = PyComplex_AsCComplex(a);
        say_object(Py_TYPE(a)->tp_repr(a));
        say(" ");
        say_object(Py_TYPE(a)->tp_str(a));
        say(" %.17g %.17g hash %ld nonzero %d\n", PyComplex_RealAsDouble(a),
            PyComplex_ImagAsDouble(a), Py_TYPE(a)->tp_hash(a), number->nb_nonzero(a));
        say(" ");
        say_c(back);
        say_object(number->nb_negative(a));
        say_object(number->nb_positive(a));
        say_object(number->nb_absolute(a));
        say_object(number->nb_int(a));
        say_object(number->nb_long(a));
        say_object(number->nb_float(a));
        say(" index %d oct %d\n", number->nb_index != NULL, number->nb_oct != NULL);
        say(" ");
        say_c(_Py_c_neg(values[i]));
        errno = 99;
        say(" abs %.12g", _Py_c_abs(values[i]));
        say(" errno %d\n", errno);
        Py_DECREF(a);
    }
    for (i = 0; i < 10; i++) {
        for (k = 0; k < 10; k++) {
            say_c(_Py_c_sum(values[i], values[k]));
            say_c(_Py_c_diff(values[i], values[k]));
            say_c(_Py_c_prod(values[i], values[k]));
            errno = 0;
            say_c(_Py_c_quot(values[i], values[k]));
            say(" %d ", errno);
            errno = 0;
            say_c(_Py_c_pow(values[i], values[k]));
            say(" %d\n", errno);
        }
    }
    for (i = 6; i < 10; i++) {
        for (k = 0; k < COUNT(operands); k++) {
            PyObject *a = PyComplex_FromCComplex(values[i]), *b = value_of(operands[k]);
            PyNumberMethods *number = PyComplex_Type.tp_as_number;
            PyObject *v = a, *w = b;
            say("%g %g with %s:", values[i].real, values[i].imag, operands[k]);
            for (n = 0; n < COUNT(slots); n++) {
                binaryfunc slot = *(binaryfunc *)((char *)number + slots[n]);
                say(" %s ", names[n]);
                say_object(slot(a, b));
                say(" ");
                say_object(slot(b, a));
            }
            say(" power ");
            say_rounded(number->nb_power(a, b, Py_None));
            say(" ");
            say_rounded(number->nb_power(b, a, Py_None));
            say(" ");
            say_object(number->nb_power(a, b, b));
            for (n = 0; n < 6; n++) {
                say(" ");
                say_object(PyComplex_Type.tp_richcompare(a, b, n));
            }
            n = number->nb_coerce(&v, &w);
            say(" coerce %d", n);
            if (n == 0) {
                say_object(v);
                say_object(w);
            }
            say("\n");
            Py_DECREF(a);
            Py_DECREF(b);
        }
    }
    for (i = 0; i < COUNT(words); i++) {
        say("<%s> ", words[i]);
        say_object(make(words[i], NULL));
        say(" ");
        say_object(make(words[i], "2"));
        say(" ");
        if (strcmp(words[i], "#'x") != 0) {
            /* There 2.7 leaves an exception behind. */
            say_object(make("2.5", words[i]));
        }
        say("\n");
    }
    for (i = 0; i < COUNT(numbers); i++) {
        for (k = 0; k < COUNT(numbers); k++) {
            say(" ");
            say_object(make(numbers[i], numbers[k]));
        }
        say("\n");
    }
    say_object(make(NULL, NULL));
    say(" %zd\n", PyComplex_Type.tp_basicsize);
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initcomplex_api(void)
{
    Py_InitModule("complex_api", methods);
}
