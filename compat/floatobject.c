/* floatobject.c - floating-point numbers: a C double each. */

#include "config.h"
#include "check.h"
#include "numbers.h"
#include "pool.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

/* ---- Making and losing them ---- */

PyObject *
PyFloat_FromDouble(double value)
{
    PyObject *made = py2abi_pool_float(value);
    return made != NULL ? made : PyErr_NoMemory();
}

static void
float_dealloc(PyObject *self)
{
    if (PyFloat_CheckExact(self)) {
        py2abi_pool_give(self);
    }
    else {
        Py_TYPE(self)->tp_free(self);
    }
}

/* Give the memory of floats that are gone back.  Returns how many floats there are. */
int
PyFloat_ClearFreeList(void)
{
    return py2abi_pool_clear(&PyFloat_Type);
}

void
PyFloat_Fini(void)
{
    PyFloat_ClearFreeList();
}

void
_PyFloat_Init(void)
{
}

double
PyFloat_GetMax(void)
{
    return DBL_MAX;
}

double
PyFloat_GetMin(void)
{
    return DBL_MIN;
}

/* The host's sys.float_info, which says the same. */
PyObject *
PyFloat_GetInfo(void)
{
    HostObject *info = host_PySys_GetObject("float_info");
    if (info == NULL) {
        PyErr_SetString(PyExc_SystemError, "the host has no sys.float_info");
        return NULL;
    }
    PyObject *mirror = py2abi_mirror(info);
    return mirror != NULL ? mirror : py2abi_failed();
}

/* What is no exact float; apart, so that those cost no frame. */
static __attribute__((noinline)) double
convert(PyObject *object)
{
    if (object != NULL && PyFloat_Check(object)) {
        return PyFloat_AS_DOUBLE(object);
    }
    if (object == NULL) {
        PyErr_BadArgument();
        return -1.0;
    }
    const PyNumberMethods *number = Py_TYPE(object)->tp_as_number;
    if (number == NULL || number->nb_float == NULL) {
        PyErr_SetString(PyExc_TypeError, "a float is required");
        return -1.0;
    }
    PyObject *result = number->nb_float(object);
    if (result == NULL) {
        return -1.0;
    }
    double value = -1.0;
    if (PyFloat_Check(result)) {
        value = PyFloat_AS_DOUBLE(result);
    }
    else {
        PyErr_SetString(PyExc_TypeError, "nb_float should return float object");
    }
    Py_DECREF(result);
    return value;
}

/* A C double from any object that has nb_float.  -1.0 with an exception
 * (TypeError for what is no number). */
double
PyFloat_AsDouble(PyObject *object)
{
    return object != NULL && PyFloat_CheckExact(object) ? PyFloat_AS_DOUBLE(object)
                                                        : convert(object);
}

/* ---- Text ---- */

static PyObject *
parse(const char *text, Py_ssize_t size)
{
    const char *at = text;
    char *stop;
    while (isspace((unsigned char)*at)) {
        at++;
    }
    double value = PyOS_string_to_double(at, &stop, NULL);
    if (value == -1.0 && PyErr_Occurred() != NULL) {
        return NULL;
    }
    while (isspace((unsigned char)*stop)) {
        stop++;
    }
    if (stop != text + size) {
        return PyErr_Format(PyExc_ValueError, "invalid literal for float(): %.200s", at);
    }
    return PyFloat_FromDouble(value);
}

/* The float that a str, unicode or buffer says.  end is not used any more: *end
 * becomes NULL.  Returns a new reference, or NULL with an exception (ValueError,
 * TypeError). */
PyObject *
PyFloat_FromString(PyObject *object, char **end)
{
    const char *text;
    Py_ssize_t size;
    if (end != NULL) {
        *end = NULL;
    }
    if (PyString_Check(object)) {
        return parse(PyString_AS_STRING(object), PyString_GET_SIZE(object));
    }
    if (PyUnicode_Check(object)) {
        char *buffer = PyMem_Malloc((size_t)PyUnicode_GET_SIZE(object) + 1);
        PyObject *result = NULL;
        if (buffer == NULL) {
            return PyErr_NoMemory();
        }
        if (PyUnicode_EncodeDecimal(PyUnicode_AS_UNICODE(object), PyUnicode_GET_SIZE(object),
                                    buffer, NULL)
            == 0) {
            result = parse(buffer, (Py_ssize_t)strlen(buffer));
        }
        PyMem_Free(buffer);
        return result;
    }
    if (PyObject_AsCharBuffer(object, &text, &size) < 0) {
        PyErr_SetString(PyExc_TypeError, "float() argument must be a string or a number");
        return NULL;
    }
    /* A buffer need not end in NUL. */
    char *copy = PyMem_Malloc((size_t)size + 1);
    if (copy == NULL) {
        return PyErr_NoMemory();
    }
    memcpy(copy, text, (size_t)size);
    copy[size] = '\0';
    PyObject *result = parse(copy, size);
    PyMem_Free(copy);
    return result;
}

static PyObject *
format(PyObject *self, char code, int precision)
{
    char *text = PyOS_double_to_string(PyFloat_AS_DOUBLE(self), code, precision,
                                       Py_DTSF_ADD_DOT_0, NULL);
    PyObject *string = text != NULL ? PyString_FromString(text) : NULL;
    PyMem_Free(text);
    return string;
}

static PyObject *
float_repr(PyObject *self)
{
    return format(self, 'r', 0);
}

static PyObject *
float_str(PyObject *self)
{
    return format(self, 'g', PyFloat_STR_PRECISION);
}

/* Into a buffer whose size nobody tells, as in Python 2: 100 bytes are expected. */

void
PyFloat_AsString(char *buffer, PyFloatObject *self)
{
    char *text = PyOS_double_to_string(self->ob_fval, 'g', PyFloat_STR_PRECISION,
                                       Py_DTSF_ADD_DOT_0, NULL);
    strcpy(buffer, text != NULL ? text : "");
    PyMem_Free(text);
}

void
PyFloat_AsReprString(char *buffer, PyFloatObject *self)
{
    char *text = PyOS_double_to_string(self->ob_fval, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    strcpy(buffer, text != NULL ? text : "");
    PyMem_Free(text);
}

/* ---- Arithmetic ---- */

/* An operand as a double: 1, 0 for what is no number of ours, -1 with an
 * exception. */
static inline int
take(PyObject *object, double *value)
{
    if (PyFloat_CheckExact(object)) {
        *value = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    if (PyInt_Check(object)) {
        *value = (double)PyInt_AS_LONG(object);
        return 1;
    }
    if (PyLong_Check(object)) {
        *value = PyLong_AsDouble(object);
        return *value == -1.0 && PyErr_Occurred() != NULL ? -1 : 1;
    }
    if (PyFloat_Check(object)) {
        *value = PyFloat_AS_DOUBLE(object);
        return 1;
    }
    return 0;
}

/* Both operands' values, or NotImplemented, or an exception. */
#define OPERANDS(v, w, a, b)                                                                      \
    double a, b;                                                                                  \
    int taken = take(v, &a);                                                                      \
    if (taken > 0) {                                                                              \
        taken = take(w, &b);                                                                      \
    }                                                                                             \
    if (taken <= 0) {                                                                             \
        return taken < 0 ? NULL : py2abi_number_refuse();                                         \
    }

static PyObject *
float_add(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    return PyFloat_FromDouble(a + b);
}

static PyObject *
float_subtract(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    return PyFloat_FromDouble(a - b);
}

static PyObject *
float_multiply(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    return PyFloat_FromDouble(a * b);
}

static PyObject *
float_divide(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    if (b == 0.0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "float division by zero");
        return NULL;
    }
    return PyFloat_FromDouble(a / b);
}

/* Python's remainder, with the divisor's sign. */
static double
get_remainder(double a, double b)
{
    double rest = fmod(a, b);
    if (rest == 0.0) {
        return copysign(0.0, b);
    }
    return (b < 0) != (rest < 0) ? rest + b : rest;
}

static PyObject *
float_remainder(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    if (b == 0.0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "float modulo");
        return NULL;
    }
    return PyFloat_FromDouble(get_remainder(a, b));
}

/* The quotient that goes with it: a whole number. */
static double
get_quotient(double a, double b)
{
    double rest = fmod(a, b);
    double quotient = (a - rest) / b;
    if (rest != 0.0 && (b < 0) != (rest < 0)) {
        quotient -= 1.0;
    }
    if (quotient == 0.0) {
        return copysign(0.0, a / b);
    }
    double whole = floor(quotient);
    return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

static PyObject *
float_divmod(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    if (b == 0.0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "float divmod()");
        return NULL;
    }
    return Py_BuildValue("(dd)", get_quotient(a, b), get_remainder(a, b));
}

static PyObject *
float_floor_divide(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    if (b == 0.0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "float divmod()");
        return NULL;
    }
    return PyFloat_FromDouble(get_quotient(a, b));
}

static PyObject *
float_power(PyObject *v, PyObject *w, PyObject *z)
{
    if (z != Py_None) {
        PyErr_SetString(PyExc_TypeError, "pow() 3rd argument not allowed unless all arguments are "
                                         "integers");
        return NULL;
    }
    OPERANDS(v, w, a, b)
    if (a == 0.0 && b < 0.0 && isfinite(b)) {
        PyErr_SetString(PyExc_ZeroDivisionError, "0.0 cannot be raised to a negative power");
        return NULL;
    }
    if (a < 0.0 && isfinite(a) && isfinite(b) && b != floor(b)) {
        PyErr_SetString(PyExc_ValueError,
                        "negative number cannot be raised to a fractional power");
        return NULL;
    }
    double result = pow(a, b);
    if (isinf(result) && isfinite(a) && isfinite(b)) {
        errno = ERANGE;
        PyErr_SetFromErrno(PyExc_OverflowError);
        return NULL;
    }
    return PyFloat_FromDouble(result);
}

static PyObject *
float_negative(PyObject *self)
{
    return PyFloat_FromDouble(-PyFloat_AS_DOUBLE(self));
}

static PyObject *
float_float(PyObject *self)
{
    return PyFloat_CheckExact(self) ? py2abi_number_same(self)
                                    : PyFloat_FromDouble(PyFloat_AS_DOUBLE(self));
}

static PyObject *
float_absolute(PyObject *self)
{
    return PyFloat_FromDouble(fabs(PyFloat_AS_DOUBLE(self)));
}

static int
float_nonzero(PyObject *self)
{
    return PyFloat_AS_DOUBLE(self) != 0.0;
}

static PyObject *
float_long(PyObject *self)
{
    return PyLong_FromDouble(PyFloat_AS_DOUBLE(self));
}

/* An int where it fits. */
static PyObject *
float_int(PyObject *self)
{
    double value = PyFloat_AS_DOUBLE(self);
    /* LONG_MAX is no double; the number above it is. */
    if (value > (double)LONG_MIN && value < -(double)LONG_MIN) {
        return PyInt_FromLong((long)value);
    }
    return PyLong_FromDouble(value);
}

/* v is a float; returns 1 when w is no number of ours. */
static int
float_coerce(PyObject **v, PyObject **w)
{
    double value;
    if (PyFloat_Check(*w)) {
        Py_INCREF(*w);
    }
    else {
        int taken = take(*w, &value);
        if (taken <= 0) {
            return taken < 0 ? -1 : 1;
        }
        *w = PyFloat_FromDouble(value);
        if (*w == NULL) {
            return -1;
        }
    }
    Py_INCREF(*v);
    return 0;
}

static long
float_hash(PyObject *self)
{
    return _Py_HashDouble(PyFloat_AS_DOUBLE(self));
}

/* ---- Comparison ---- */

/* A finite double with an int or a long, exactly: -2 with an exception, else
 * below, equal to or above 0. */
static int
compare_integer(double a, PyObject *w)
{
    const double exact = (double)(1L << DBL_MANT_DIG);
    if (PyInt_Check(w) && a > -exact && a < exact && labs(PyInt_AS_LONG(w)) < 1L << DBL_MANT_DIG) {
        double b = (double)PyInt_AS_LONG(w);
        return (a > b) - (a < b);
    }
    double whole, fraction = modf(a, &whole);
    PyObject *left = PyLong_FromDouble(whole);
    PyObject *right = PyInt_Check(w) ? PyLong_FromLong(PyInt_AS_LONG(w)) : py2abi_number_same(w);
    int order = -2;
    if (left != NULL && right != NULL) {
        order = PyLong_Type.tp_compare(left, right);
        if (order == 0) {
            order = (fraction > 0) - (fraction < 0);
        }
    }
    Py_XDECREF(left);
    Py_XDECREF(right);
    return order;
}

static PyObject *
float_richcompare(PyObject *v, PyObject *w, int operation)
{
    double a = PyFloat_AS_DOUBLE(v), b = 0.0;
    int result;
    if (PyFloat_Check(w)) {
        b = PyFloat_AS_DOUBLE(w);
    }
    else if (!PyInt_Check(w) && !PyLong_Check(w)) {
        return py2abi_number_refuse();
    }
    else if (isfinite(a)) {
        int order = compare_integer(a, w);
        if (order == -2) {
            return NULL;
        }
        a = order;
    }
    switch (operation) {
    case Py_EQ:
        result = a == b;
        break;
    case Py_NE:
        result = a != b;
        break;
    case Py_LE:
        result = a <= b;
        break;
    case Py_GE:
        result = a >= b;
        break;
    case Py_LT:
        result = a < b;
        break;
    default:
        result = a > b;
        break;
    }
    return PyBool_FromLong(result);
}

/* ---- Rounding, packing ---- */

/* value rounded to places digits behind the point (before it, if negative), ties
 * away from zero.  OverflowError if it is too big then. */
PyObject *
_Py_double_round(double value, int places)
{
    if (!isfinite(value)) {
        return PyFloat_FromDouble(value);
    }
    double rounded = py2abi_round_places(value, places);
    if (isinf(rounded)) {
        PyErr_SetString(PyExc_OverflowError, "rounded value too large to represent");
        return NULL;
    }
    return PyFloat_FromDouble(rounded);
}

static void
store(const void *value, unsigned char *bytes, int size, int little_endian)
{
    memcpy(bytes, value, (size_t)size);
    if (little_endian != (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)) {
        for (int i = 0; i < size / 2; i++) {
            unsigned char byte = bytes[i];
            bytes[i] = bytes[size - 1 - i];
            bytes[size - 1 - i] = byte;
        }
    }
}

/* value as an IEEE number of 4 bytes.  Returns 0, or -1 with an OverflowError. */
int
_PyFloat_Pack4(double value, unsigned char *bytes, int little_endian)
{
    float narrow = (float)value;
    if (isinf(narrow) && !isinf(value)) {
        PyErr_SetString(PyExc_OverflowError, "float too large to pack with f format");
        return -1;
    }
    store(&narrow, bytes, 4, little_endian != 0);
    return 0;
}

int
_PyFloat_Pack8(double value, unsigned char *bytes, int little_endian)
{
    store(&value, bytes, 8, little_endian != 0);
    return 0;
}

double
_PyFloat_Unpack4(const unsigned char *bytes, int little_endian)
{
    float value;
    unsigned char copy[4];
    store(bytes, copy, 4, little_endian != 0);
    memcpy(&value, copy, 4);
    return (double)value;
}

double
_PyFloat_Unpack8(const unsigned char *bytes, int little_endian)
{
    double value;
    unsigned char copy[8];
    store(bytes, copy, 8, little_endian != 0);
    memcpy(&value, copy, 8);
    return value;
}

/* ---- The type ---- */

static PyObject *
float_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char x_name[] = "x", *names[] = {x_name, NULL};
    PyObject *x = Py_False, *value = NULL;
    args = py2abi_number_args(args);
    if (args == NULL) {
        return NULL;
    }
    if (PyArg_ParseTupleAndKeywords(args, py2abi_number_kwargs(kwargs), "|O:float", names, &x)) {
        value = PyString_CheckExact(x) ? PyFloat_FromString(x, NULL) : PyNumber_Float(x);
    }
    Py_DECREF(args);
    if (value == NULL || type == &PyFloat_Type) {
        return value;
    }
    PyObject *made = type->tp_alloc(type, 0);
    if (made != NULL) {
        ((PyFloatObject *)made)->ob_fval = PyFloat_AS_DOUBLE(value);
    }
    Py_DECREF(value);
    return made;
}

static PyObject *
float_same(PyObject *self, PyObject *unused)
{
    (void)unused;
    return float_float(self);
}

static PyObject *
float_trunc(PyObject *self, PyObject *unused)
{
    (void)unused;
    return float_int(self);
}

static PyObject *
float_is_integer(PyObject *self, PyObject *unused)
{
    double value = PyFloat_AS_DOUBLE(self);
    (void)unused;
    return PyBool_FromLong(isfinite(value) && floor(value) == value);
}

static PyObject *
float_getnewargs(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_BuildValue("(d)", PyFloat_AS_DOUBLE(self));
}

/* The host does the rest: as_integer_ratio, hex, fromhex. */
static PyMethodDef float_methods[] = {
    {"conjugate", float_same, METH_NOARGS, NULL},
    {"__trunc__", float_trunc, METH_NOARGS, NULL},
    {"is_integer", float_is_integer, METH_NOARGS, NULL},
    {"__getnewargs__", float_getnewargs, METH_NOARGS, NULL},
    {"__format__", py2abi_number_format, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
get_real(PyObject *self, void *closure)
{
    (void)closure;
    return float_float(self);
}

static PyObject *
get_imag(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    return PyFloat_FromDouble(0.0);
}

static PyGetSetDef float_getset[] = {
    {PY2ABI_NAME("real"), get_real, NULL, NULL, NULL},
    {PY2ABI_NAME("imag"), get_imag, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyNumberMethods float_as_number = {
    .nb_add = float_add,
    .nb_subtract = float_subtract,
    .nb_multiply = float_multiply,
    .nb_divide = float_divide,
    .nb_remainder = float_remainder,
    .nb_divmod = float_divmod,
    .nb_power = float_power,
    .nb_negative = float_negative,
    .nb_positive = float_float,
    .nb_absolute = float_absolute,
    .nb_nonzero = float_nonzero,
    .nb_coerce = float_coerce,
    .nb_int = float_int,
    .nb_long = float_long,
    .nb_float = float_float,
    .nb_floor_divide = float_floor_divide,
    .nb_true_divide = float_divide,
};

PyTypeObject PyFloat_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "float",
    .tp_basicsize = sizeof(PyFloatObject),
    .tp_dealloc = float_dealloc,
    .tp_repr = float_repr,
    .tp_str = float_str,
    .tp_as_number = &float_as_number,
    .tp_hash = float_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE,
    .tp_richcompare = float_richcompare,
    .tp_methods = float_methods,
    .tp_getset = float_getset,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = float_new,
    .tp_free = PyObject_Free,
};
