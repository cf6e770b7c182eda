/* The slots of the number types, called directly as C code does that derives
 * from them. */

#include "../numbers.h"

static const char *const values[] = {
    "0", "-1", "7", "-7", "64", "9223372036854775807", "-9223372036854775808", "True", "-7L",
    "65L", "-9223372036854775808L", "-1152921504606846977L",
    "123456789012345678901234567890123456789L", "-0.0", "2.5", "1e300", "None",
};

#define SLOT(name) {#name, offsetof(PyNumberMethods, nb_##name)}
static const struct {
    const char *name;
    size_t offset;
} unary[] = {
    SLOT(negative), SLOT(positive), SLOT(absolute), SLOT(invert), SLOT(int), SLOT(long),
    SLOT(float),
    SLOT(oct), SLOT(hex), SLOT(index),
}, binary[] = {
    SLOT(add), SLOT(subtract), SLOT(multiply), SLOT(divide), SLOT(remainder), SLOT(divmod),
    SLOT(floor_divide), SLOT(true_divide), SLOT(lshift), SLOT(rshift), SLOT(and), SLOT(xor),
    SLOT(or),
};

static int
is_number(PyObject *object)
{
    return PyInt_Check(object) || PyLong_Check(object) || PyFloat_Check(object);
}

static void
do_unary(PyObject *a)
{
    PyNumberMethods *number = Py_TYPE(a)->tp_as_number;
    int i;
    for (i = 0; i < COUNT(unary); i++) {
        unaryfunc slot = *(unaryfunc *)((char *)number + unary[i].offset);
        say(" %s ", unary[i].name);
        if (slot == NULL) {
            say("-");
        }
        else {
            PyObject *result = slot(a);
            if (result == a) {
                say("self ");
            }
            say_object(result);
        }
    }
    say(" nonzero %d hash %ld", number->nb_nonzero(a), Py_TYPE(a)->tp_hash(a));
    say(" str ");
    say_object(Py_TYPE(a)->tp_str(a));
    say(" repr ");
    say_object(Py_TYPE(a)->tp_repr(a));
    say("\n");
}

static void
do_binary(PyObject *a, PyObject *b, PyNumberMethods *number)
{
    PyObject *v = a, *w = b, *three = PyInt_FromLong(3), *minus = PyLong_FromLong(-5);
    PyObject *zero = PyLong_FromLong(0);
    int i;
    for (i = 0; i < COUNT(binary); i++) {
        binaryfunc slot = *(binaryfunc *)((char *)number + binary[i].offset);
        if (slot == NULL) {
            say(" -");
        }
        else if (strcmp(binary[i].name, "lshift") == 0 && is_number(b) && !PyFloat_Check(b)
                 && PyFloat_AsDouble(b) > 1000) {
            /* A number that is too big for this test, or for the machine. */
        }
        else {
            say(" %s ", binary[i].name);
            say_object(slot(a, b));
        }
    }
    if (!(is_number(b) && PyFloat_AsDouble(b) > 1000 && is_number(a))) {
        say(" power ");
        say_object(number->nb_power(a, b, Py_None));
    }
    PyErr_Clear();
    if (is_number(a) && is_number(b) && number != PyFloat_Type.tp_as_number) {
        say(" modulo ");
        say_object(number->nb_power(a, b, three));
        say_object(number->nb_power(a, b, minus));
        say_object(number->nb_power(a, b, zero));
        say_object(number->nb_power(three, a, b));
    }
    if (is_number(a)) {
        i = number->nb_coerce(&v, &w);
        say(" coerce %d", i);
        if (i == 0) {
            say(" ");
            say_object(v);
            say(" ");
            say_object(w);
        }
        else if (i < 0) {
            say_error();
        }
    }
    if (Py_TYPE(a) == Py_TYPE(b) && Py_TYPE(a)->tp_compare != NULL) {
        say(" compare %d", Py_TYPE(a)->tp_compare(a, b));
    }
    say("\n");
    Py_DECREF(three);
    Py_DECREF(minus);
    Py_DECREF(zero);
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static PyTypeObject *const types[] = {&PyInt_Type, &PyBool_Type, &PyLong_Type, &PyFloat_Type};
    int i, k, n;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        PyObject *a = value_of(values[i]);
        if (is_number(a)) {
            say("%s:", values[i]);
            do_unary(a);
        }
        Py_DECREF(a);
    }
    for (i = 0; i < COUNT(values); i++) {
        for (k = 0; k < COUNT(values); k++) {
            PyObject *a = value_of(values[i]), *b = value_of(values[k]);
            for (n = 0; n < COUNT(types); n++) {
                /* The slots that 2.7 would try for the two. */
                if (Py_TYPE(a) == types[n] || Py_TYPE(b) == types[n]) {
                    say("%s, %s by %s:", values[i], values[k], types[n]->tp_name);
                    do_binary(a, b, types[n]->tp_as_number);
                }
            }
            Py_DECREF(a);
            Py_DECREF(b);
        }
    }
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initnumber_slots(void)
{
    Py_InitModule("number_slots", methods);
}
