/* Numbers that come from Python and go back; operations of any two of them. */

#include "../numbers.h"

static PyObject *
tell(PyObject *self, PyObject *object)
{
    int overflow = 0;
    (void)self;
    say("%d%d%d%d%d%d%d%d ", PyInt_Check(object), PyInt_CheckExact(object), PyLong_Check(object),
        PyBool_Check(object), PyFloat_Check(object), PyFloat_CheckExact(object),
        PyComplex_Check(object), PyNumber_Check(object));
    if (PyInt_Check(object)) {
        say("value %ld ", PyInt_AS_LONG(object));
    }
    if (PyLong_Check(object)) {
        say("size %zd ", Py_SIZE(object));
    }
    if (PyInt_Check(object) || PyLong_Check(object)) {
        say("as long %ld ", PyLong_AsLongAndOverflow(object, &overflow));
        say("%d mask %lx ", overflow, PyInt_AsUnsignedLongMask(object));
    }
    if (PyFloat_Check(object)) {
        say("value %.17g ", PyFloat_AS_DOUBLE(object));
    }
    if (PyComplex_Check(object)) {
        say("value %.17g %.17g ", PyComplex_RealAsDouble(object), PyComplex_ImagAsDouble(object));
    }
    Py_INCREF(object);
    if (PyInt_CheckExact(object) || PyLong_CheckExact(object) || PyFloat_CheckExact(object)
        || PyComplex_CheckExact(object) || PyBool_Check(object)) {
        say_object(object);
    }
    else {
        say("%s", Py_TYPE(object)->tp_name);
        Py_DECREF(object);
    }
    return said();
}

static PyObject *
echo(PyObject *self, PyObject *object)
{
    (void)self;
    Py_INCREF(object);
    return object;
}

/* An equal number of the same type, made here. */
static PyObject *
renew(PyObject *self, PyObject *object)
{
    (void)self;
    if (PyBool_Check(object)) {
        return PyBool_FromLong(PyInt_AS_LONG(object));
    }
    if (PyInt_Check(object)) {
        return PyInt_FromLong(PyInt_AS_LONG(object));
    }
    if (PyLong_Check(object)) {
        return _PyLong_Copy((PyLongObject *)object);
    }
    if (PyFloat_Check(object)) {
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(object));
    }
    return PyComplex_FromCComplex(PyComplex_AsCComplex(object));
}

static PyObject *
number(PyObject *self, PyObject *args)
{
    const char *text;
    (void)self;
    return PyArg_ParseTuple(args, "s", &text) ? value_of(text) : NULL;
}

static const struct {
    const char *name;
    binaryfunc function;
} binary[] = {
    {"+", PyNumber_Add}, {"-", PyNumber_Subtract}, {"*", PyNumber_Multiply},
    {"/", PyNumber_Divide}, {"//", PyNumber_FloorDivide}, {"true /", PyNumber_TrueDivide},
    {"%", PyNumber_Remainder}, {"divmod", PyNumber_Divmod}, {"<<", PyNumber_Lshift},
    {">>", PyNumber_Rshift}, {"&", PyNumber_And}, {"|", PyNumber_Or}, {"^", PyNumber_Xor},
};

static const char *const values[] = {
    "3", "-9223372036854775808", "True", "-5L", "18446744073709551616L", "2.5", "-0.0", "inf",
    "1+2j", "None", "#2", "'x",
};

static PyObject *
operate(PyObject *self, PyObject *unused)
{
    static const char operators[][3] = {"<", "<=", "==", "!=", ">", ">="};
    int i, k, n;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        for (k = 0; k < COUNT(values); k++) {
            PyObject *a = value_of(values[i]), *b = value_of(values[k]), *v = a, *w = b;
            say("%s, %s:", values[i], values[k]);
            for (n = 0; n < COUNT(binary); n++) {
                if (strcmp(binary[n].name, "<<") == 0 && strlen(values[k]) > 9) {
                    continue;
                }
                say(" %s ", binary[n].name);
                say_object(binary[n].function(a, b));
            }
            if (strlen(values[k]) < 9 && strchr(values[i], 'j') == NULL
                && strchr(values[k], 'j') == NULL) {
                say(" ** ");
                say_object(PyNumber_Power(a, b, Py_None));
            }
            if (values[i][0] != '\'' && values[k][0] != '\'' && values[i][0] != '#'
                && values[k][0] != '#' && values[i][0] != 'N' && values[k][0] != 'N') {
                for (n = 0; n < 6; n++) {
                    PyObject *result = PyObject_RichCompare(a, b, n);
                    if (result == Py_True) {
                        say(" %s", operators[n]);
                    }
                    else if (result == NULL) {
                        say(" ");
                        say_error();
                    }
                    Py_XDECREF(result);
                }
                if (strchr(values[i], 'j') == NULL && strchr(values[k], 'j') == NULL) {
                    say(" compare %d", PyObject_Compare(a, b));
                }
            }
            n = PyNumber_CoerceEx(&v, &w);
            say(" coerce %d ", n);
            if (n == 0) {
                say("%s %s", Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
                Py_DECREF(v);
                Py_DECREF(w);
            }
            PyErr_Clear();
            say("\n");
            Py_DECREF(a);
            Py_DECREF(b);
        }
    }
    return said();
}

static PyMethodDef methods[] = {
    {"tell", tell, METH_O, NULL},
    {"echo", echo, METH_O, NULL},
    {"renew", renew, METH_O, NULL},
    {"number", number, METH_VARARGS, NULL},
    {"operate", operate, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initnumber_crossing(void)
{
    Py_InitModule("number_crossing", methods);
}
