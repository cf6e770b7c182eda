/* The operators of abstract.c of Python 2.7. */

#include "generic.h"

static const struct {
    const char *name;
    PyObject *(*function)(PyObject *, PyObject *);
} binary[] = {
    {"Add", PyNumber_Add}, {"Subtract", PyNumber_Subtract}, {"Multiply", PyNumber_Multiply},
    {"Divide", PyNumber_Divide}, {"TrueDivide", PyNumber_TrueDivide},
    {"FloorDivide", PyNumber_FloorDivide}, {"Remainder", PyNumber_Remainder},
    {"Divmod", PyNumber_Divmod}, {"Lshift", PyNumber_Lshift}, {"Rshift", PyNumber_Rshift},
    {"And", PyNumber_And}, {"Or", PyNumber_Or}, {"Xor", PyNumber_Xor},
    {"InPlaceAdd", PyNumber_InPlaceAdd}, {"InPlaceSubtract", PyNumber_InPlaceSubtract},
    {"InPlaceMultiply", PyNumber_InPlaceMultiply}, {"InPlaceDivide", PyNumber_InPlaceDivide},
    {"InPlaceTrueDivide", PyNumber_InPlaceTrueDivide},
    {"InPlaceFloorDivide", PyNumber_InPlaceFloorDivide},
    {"InPlaceRemainder", PyNumber_InPlaceRemainder}, {"InPlaceLshift", PyNumber_InPlaceLshift},
    {"InPlaceRshift", PyNumber_InPlaceRshift}, {"InPlaceAnd", PyNumber_InPlaceAnd},
    {"InPlaceOr", PyNumber_InPlaceOr}, {"InPlaceXor", PyNumber_InPlaceXor},
}, *const end_of_binary = binary + sizeof binary / sizeof binary[0];

static const struct {
    const char *name;
    PyObject *(*function)(PyObject *);
} unary[] = {
    {"Negative", PyNumber_Negative}, {"Positive", PyNumber_Positive},
    {"Absolute", PyNumber_Absolute}, {"Invert", PyNumber_Invert}, {"Int", PyNumber_Int},
    {"Long", PyNumber_Long}, {"Float", PyNumber_Float}, {"Index", PyNumber_Index},
};

static PyObject *
two(PyObject *self, PyObject *args)
{
    /* All operators of a range, as one line. */
    PyObject *v, *w, *text = PyString_FromString("");
    int i, from, to;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOii", &v, &w, &from, &to)) {
        return NULL;
    }
    for (i = from; i < to && binary + i < end_of_binary; i++) {
        append(&text, PyString_FromFormat("%s ", binary[i].name));
        append(&text, show_result(binary[i].function(v, w)));
        append(&text, PyString_FromString(" "));
    }
    return text;
}

static PyObject *
one(PyObject *self, PyObject *object)
{
    PyObject *text = PyString_FromString("");
    int i;
    (void)self;
    for (i = 0; i < (int)(sizeof unary / sizeof unary[0]); i++) {
        append(&text, PyString_FromFormat("%s ", unary[i].name));
        append(&text, show_result(unary[i].function(object)));
        append(&text, PyString_FromString(" "));
    }
    append(&text, PyString_FromString("AsSsize_t "));
    append(&text, show_number((long)PyNumber_AsSsize_t(object, NULL)));
    append(&text, PyString_FromString(" "));
    append(&text, show_number((long)PyNumber_AsSsize_t(object, PyExc_ValueError)));
    append(&text, PyString_FromString(" ToBase "));
    append(&text, show_result(PyNumber_ToBase(object, 16)));
    append(&text, show_result(PyNumber_ToBase(object, 2)));
    return text;
}

static PyObject *
power(PyObject *self, PyObject *args)
{
    PyObject *v, *w, *z, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &v, &w, &z)) {
        return NULL;
    }
    text = show_result(PyNumber_Power(v, w, z));
    append(&text, PyString_FromString(" "));
    append(&text, show_result(PyNumber_InPlacePower(v, w, z)));
    return text;
}

static PyObject *
slots(PyObject *self, PyObject *args)
{
    /* The slots called without the functions before them. */
    PyObject *v, *w, *text;
    PyNumberMethods *number;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    number = Py_TYPE(v)->tp_as_number;
    if (number == NULL || number->nb_add == NULL) {
        return PyString_FromString("no numbers");
    }
    text = PyString_FromFormat("checks %d ", PyType_HasFeature(Py_TYPE(v), Py_TPFLAGS_CHECKTYPES));
    append(&text, show_result(number->nb_add(v, w)));
    append(&text, PyString_FromString(" "));
    append(&text, show_result(number->nb_add(w, v)));
    append(&text, PyString_FromString(" "));
    if (number->nb_power != NULL) {
        append(&text, show_result(number->nb_power(v, w, Py_None)));
    }
    if (number->nb_nonzero != NULL) {
        append(&text, PyString_FromFormat(" nonzero %d", number->nb_nonzero(v)));
    }
    append(&text, PyString_FromString(" int "));
    append(&text, number->nb_int != NULL ? show_result(number->nb_int(v)) : PyString_FromString(""));
    append(&text, PyString_FromString(" float "));
    append(&text, number->nb_float != NULL ? show_result(number->nb_float(v))
                                           : PyString_FromString(""));
    append(&text, PyString_FromString(" negative "));
    append(&text, number->nb_negative != NULL ? show_result(number->nb_negative(v))
                                              : PyString_FromString(""));
    return text;
}

static PyObject *
nothing(PyObject *self, PyObject *unused)
{
    PyObject *text = show_result(PyNumber_Negative(NULL));
    (void)self;
    (void)unused;
    append(&text, show_result(PyNumber_Int(NULL)));
    append(&text, show_result(PyNumber_Long(NULL)));
    append(&text, show_result(PyNumber_Float(NULL)));
    append(&text, show_result(PyNumber_Index(NULL)));
    append(&text, show_number(PyNumber_Check(NULL)));
    return text;
}

static PyMethodDef methods[] = {
    {"two", two, METH_VARARGS, NULL},
    {"one", one, METH_O, NULL},
    {"power", power, METH_VARARGS, NULL},
    {"slots", slots, METH_VARARGS, NULL},
    {"nothing", nothing, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initnumber_protocol(void)
{
    Py_InitModule("number_protocol", methods);
}
