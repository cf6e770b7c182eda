/* intobject.c - ints: a C long each.
 *
 * What does not fit one becomes a long, as in Python 2. */

#include "config.h"
#include "check.h"
#include "numbers.h"
#include "pool.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

/* ---- Making and losing them ---- */

enum { SMALL_MIN = PY2ABI_SMALL_MIN, SMALL_COUNT = PY2ABI_SMALL_COUNT };

#define INT_1(n) {PY2ABI_FOREVER, &PyInt_Type, n},
#define INT_4(n) INT_1(n) INT_1(n + 1) INT_1(n + 2) INT_1(n + 3)
#define INT_16(n) INT_4(n) INT_4(n + 4) INT_4(n + 8) INT_4(n + 12)
#define INT_64(n) INT_16(n) INT_16(n + 16) INT_16(n + 32) INT_16(n + 48)

/* -5 to 256 exist once. */
static PyIntObject small[SMALL_COUNT] = {
    INT_64(-5) INT_64(59) INT_64(123) INT_64(187) INT_4(251) INT_1(255) INT_1(256)
};

PyObject *
PyInt_FromLong(long value)
{
    if (py2abi_pool_int_shared(value)) {
        return py2abi_number_same((PyObject *)&small[value - SMALL_MIN]);
    }
    PyObject *made = py2abi_pool_int(value);
    return made != NULL ? made : PyErr_NoMemory();
}

static void
int_dealloc(PyObject *self)
{
    PyIntObject *gone = (PyIntObject *)self;
    if (!PyInt_CheckExact(self)) {
        Py_TYPE(self)->tp_free(self);
    }
    else if (gone >= small && gone < small + SMALL_COUNT) {
        gone->ob_refcnt = PY2ABI_FOREVER;
    }
    else {
        py2abi_pool_give(self);
    }
}

/* Give the memory of ints that are gone back.  Returns how many ints there are beside those
 * that exist once. */
int
PyInt_ClearFreeList(void)
{
    return py2abi_pool_clear(&PyInt_Type);
}

void
PyInt_Fini(void)
{
    PyInt_ClearFreeList();
}

int
_PyInt_Init(void)
{
    return 1;
}

long
PyInt_GetMax(void)
{
    return LONG_MAX;
}

PyObject *
PyInt_FromSize_t(size_t value)
{
    return value <= LONG_MAX ? PyInt_FromLong((long)value) : PyLong_FromSize_t(value);
}

PyObject *
PyInt_FromSsize_t(Py_ssize_t value)
{
    return PyInt_FromLong(value);
}

/* Users and groups. */

PyObject *
_PyInt_FromUid(uid_t user)
{
    return PyInt_FromSize_t(user);
}

PyObject *
_PyInt_FromGid(gid_t group)
{
    return PyInt_FromSize_t(group);
}

/* ---- C integers from any object ---- */

/* What an object's nb_int gives: a new reference to an int or a long, or NULL
 * with an exception.  TypeError for what is no number. */
static PyObject *
take_int(PyObject *object)
{
    const PyNumberMethods *number = object != NULL ? Py_TYPE(object)->tp_as_number : NULL;
    if (number == NULL || number->nb_int == NULL) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return NULL;
    }
    PyObject *result = number->nb_int(object);
    if (result != NULL && !PyInt_Check(result) && !PyLong_Check(result)) {
        Py_DECREF(result);
        PyErr_SetString(PyExc_TypeError, "__int__ method should return an integer");
        return NULL;
    }
    return result;
}

/* A user or a group, whose types are alike, from any number; -1 is one of them, "none".
 * Returns 1, or 0 with an exception: OverflowError for what is none, TypeError for floats and
 * what is no number. */
static int
take_id(PyObject *object, unsigned int *id, const char *what)
{
    PyObject *number = NULL;
    int overflow = 0;
    if (PyFloat_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "integer argument expected, got float");
    }
    else {
        number = take_int(object);
    }
    if (number == NULL) {
        return 0;
    }
    long value = PyInt_Check(number) ? PyInt_AS_LONG(number)
                                     : PyLong_AsLongAndOverflow(number, &overflow);
    Py_DECREF(number);
    if (value == -1 && overflow == 0 && PyErr_Occurred() != NULL) {
        return 0;
    }
    if (overflow < 0 || (overflow == 0 && value < -1)) {
        PyErr_Format(PyExc_OverflowError, "%s id is less than minimum", what);
        return 0;
    }
    if (overflow > 0 || value > (long)UINT_MAX) {
        PyErr_Format(PyExc_OverflowError, "%s id is greater than maximum", what);
        return 0;
    }
    *id = (unsigned int)value;
    return 1;
}

int
_Py_Uid_Converter(PyObject *object, void *user)
{
    return take_id(object, user, "user");
}

int
_Py_Gid_Converter(PyObject *object, void *group)
{
    return take_id(object, group, "group");
}

long
PyInt_AsLong(PyObject *object)
{
    if (object != NULL && PyInt_Check(object)) {
        return PyInt_AS_LONG(object);
    }
    PyObject *number = take_int(object);
    if (number == NULL) {
        return -1;
    }
    long value = PyInt_Check(number) ? PyInt_AS_LONG(number) : PyLong_AsLong(number);
    Py_DECREF(number);
    return value;
}

int
_PyInt_AsInt(PyObject *object)
{
    long value = PyInt_AsLong(object);
    if (value == -1 && PyErr_Occurred() != NULL) {
        return -1;
    }
    if (value > INT_MAX || value < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    return (int)value;
}

Py_ssize_t
PyInt_AsSsize_t(PyObject *object)
{
    if (object == NULL) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return -1;
    }
    return PyLong_Check(object) ? PyLong_AsSsize_t(object) : PyInt_AsLong(object);
}

unsigned long
PyInt_AsUnsignedLongMask(PyObject *object)
{
    if (object != NULL && PyInt_Check(object)) {
        return (unsigned long)PyInt_AS_LONG(object);
    }
    if (object != NULL && PyLong_Check(object)) {
        return PyLong_AsUnsignedLongMask(object);
    }
    PyObject *number = take_int(object);
    if (number == NULL) {
        return (unsigned long)-1;
    }
    unsigned long value = PyInt_Check(number) ? (unsigned long)PyInt_AS_LONG(number)
                                              : PyLong_AsUnsignedLongMask(number);
    Py_DECREF(number);
    return value;
}

unsigned PY_LONG_LONG
PyInt_AsUnsignedLongLongMask(PyObject *object)
{
    return PyInt_AsUnsignedLongMask(object);
}

/* ---- Text ---- */

/* The int or long that a text says.  *end (end may be NULL) is where the number
 * and the space after it end; without end nothing may follow.  Returns a new
 * reference, or NULL with a ValueError. */
PyObject *
PyInt_FromString(char *text, char **end, int base)
{
    char *start = text, *stop;
    if ((base != 0 && base < 2) || base > 36) {
        PyErr_SetString(PyExc_ValueError, "int() base must be >= 2 and <= 36, or 0");
        return NULL;
    }
    while (isspace((unsigned char)*start)) {
        start++;
    }
    errno = 0;
    long value;
    if (base == 0 && start[0] == '0') {
        value = (long)PyOS_strtoul(start, &stop, base);
        if (value < 0) {
            return PyLong_FromString(text, end, base);
        }
    }
    else {
        value = PyOS_strtol(start, &stop, base);
    }
    if (stop == start || !isalnum((unsigned char)stop[-1])) {
        return py2abi_number_complain("int", start, (Py_ssize_t)strlen(start), base);
    }
    int is_big = errno != 0;
    while (isspace((unsigned char)*stop)) {
        stop++;
    }
    if (*stop != '\0') {
        return py2abi_number_complain("int", start, (Py_ssize_t)strlen(start), base);
    }
    if (is_big) {
        return PyLong_FromString(text, end, base);
    }
    if (end != NULL) {
        *end = stop;
    }
    return PyInt_FromLong(value);
}

PyObject *
PyInt_FromUnicode(Py_UNICODE *text, Py_ssize_t length, int base)
{
    char *buffer = PyMem_Malloc((size_t)length + 1);
    PyObject *result = NULL;
    if (buffer == NULL) {
        return PyErr_NoMemory();
    }
    if (PyUnicode_EncodeDecimal(text, length, buffer, NULL) == 0) {
        result = PyInt_FromString(buffer, NULL, base);
    }
    PyMem_Free(buffer);
    return result;
}

/* An int's digits as a str.  newstyle chooses the prefix of octal numbers. */
PyObject *
_PyInt_Format(PyIntObject *self, int base, int newstyle)
{
    char buffer[8 * sizeof(long) + 6];
    char *at = buffer + sizeof buffer;
    long value = self->ob_ival;
    unsigned long rest = value < 0 ? 0 - (unsigned long)value : (unsigned long)value;
    do {
        unsigned digit = (unsigned)(rest % (unsigned long)base);
        *--at = (char)(digit < 10 ? '0' + digit : 'a' + digit - 10);
        rest /= (unsigned long)base;
    } while (rest != 0);
    if (base == 2) {
        *--at = 'b';
        *--at = '0';
    }
    else if (base == 8) {
        if (newstyle) {
            *--at = 'o';
            *--at = '0';
        }
        else if (value != 0) {
            *--at = '0';
        }
    }
    else if (base == 16) {
        *--at = 'x';
        *--at = '0';
    }
    else if (base != 10) {
        *--at = '#';
        *--at = (char)('0' + base % 10);
        if (base > 10) {
            *--at = (char)('0' + base / 10);
        }
    }
    if (value < 0) {
        *--at = '-';
    }
    return PyString_FromStringAndSize(at, buffer + sizeof buffer - at);
}

static PyObject *
int_repr(PyObject *self)
{
    return _PyInt_Format((PyIntObject *)self, 10, 0);
}

static PyObject *
int_oct(PyObject *self)
{
    return _PyInt_Format((PyIntObject *)self, 8, 0);
}

static PyObject *
int_hex(PyObject *self)
{
    return _PyInt_Format((PyIntObject *)self, 16, 0);
}

/* ---- Arithmetic ---- */

/* Both operands' values, or NotImplemented for what is no int. */
#define OPERANDS(v, w, a, b)                                                                      \
    if (!PyInt_Check(v) || !PyInt_Check(w)) {                                                     \
        return py2abi_number_refuse();                                                            \
    }                                                                                             \
    long a = PyInt_AS_LONG(v), b = PyInt_AS_LONG(w)

#define LONG_SLOT(name) (PyLong_Type.tp_as_number->nb_##name)

static PyObject *
int_add(PyObject *v, PyObject *w)
{
    long result;
    OPERANDS(v, w, a, b);
    return __builtin_add_overflow(a, b, &result) ? LONG_SLOT(add)(v, w) : PyInt_FromLong(result);
}

static PyObject *
int_subtract(PyObject *v, PyObject *w)
{
    long result;
    OPERANDS(v, w, a, b);
    return __builtin_sub_overflow(a, b, &result) ? LONG_SLOT(subtract)(v, w)
                                                 : PyInt_FromLong(result);
}

static PyObject *
int_multiply(PyObject *v, PyObject *w)
{
    long result;
    OPERANDS(v, w, a, b);
    return __builtin_mul_overflow(a, b, &result) ? LONG_SLOT(multiply)(v, w)
                                                 : PyInt_FromLong(result);
}

/* What became of a division. */
enum division { DIVIDED, TOO_BIG, FAILED };

/* Python's quotient and remainder: the latter has the divisor's sign. */
static enum division
divide(long a, long b, long *quotient, long *remainder)
{
    if (b == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "integer division or modulo by zero");
        return FAILED;
    }
    if (b == -1 && a == LONG_MIN) {
        return TOO_BIG;
    }
    *quotient = a / b;
    *remainder = a % b;
    if (*remainder != 0 && (*remainder ^ b) < 0) {
        *remainder += b;
        --*quotient;
    }
    return DIVIDED;
}

static PyObject *
int_floor_divide(PyObject *v, PyObject *w)
{
    long quotient, remainder;
    OPERANDS(v, w, a, b);
    switch (divide(a, b, &quotient, &remainder)) {
    case DIVIDED:
        return PyInt_FromLong(quotient);
    case TOO_BIG:
        return LONG_SLOT(floor_divide)(v, w);
    default:
        return NULL;
    }
}

static PyObject *
int_true_divide(PyObject *v, PyObject *w)
{
    const long exact = 1L << DBL_MANT_DIG;
    OPERANDS(v, w, a, b);
    if (b == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "division by zero");
        return NULL;
    }
    if (a >= -exact && a <= exact && b >= -exact && b <= exact) {
        return PyFloat_FromDouble((double)a / (double)b);
    }
    return LONG_SLOT(true_divide)(v, w);
}

static PyObject *
int_remainder(PyObject *v, PyObject *w)
{
    long quotient, remainder;
    OPERANDS(v, w, a, b);
    switch (divide(a, b, &quotient, &remainder)) {
    case DIVIDED:
        return PyInt_FromLong(remainder);
    case TOO_BIG:
        return LONG_SLOT(remainder)(v, w);
    default:
        return NULL;
    }
}

static PyObject *
int_divmod(PyObject *v, PyObject *w)
{
    long quotient, remainder;
    OPERANDS(v, w, a, b);
    switch (divide(a, b, &quotient, &remainder)) {
    case DIVIDED:
        return Py_BuildValue("(ll)", quotient, remainder);
    case TOO_BIG:
        return LONG_SLOT(divmod)(v, w);
    default:
        return NULL;
    }
}

/* a ** b by squaring, each factor modulo c unless that is 0.  Returns 0 when an
 * intermediate result does not fit. */
static int
power(long a, long b, long c, long *result)
{
    long ignored;
    if (c == -1) {
        *result = 0;
        return 1;
    }
    *result = 1;
    while (b > 0) {
        if (b & 1) {
            if (__builtin_mul_overflow(*result, a, result)) {
                return 0;
            }
            if (a == 0) {
                break;
            }
        }
        b >>= 1;
        if (b == 0) {
            break;
        }
        if (__builtin_mul_overflow(a, a, &a)) {
            return 0;
        }
        if (c != 0) {
            /* Only the last remainder has to have the divisor's sign. */
            *result %= c;
            a %= c;
        }
    }
    return c == 0 || divide(*result, c, &ignored, result) == DIVIDED;
}

static PyObject *
int_power(PyObject *v, PyObject *w, PyObject *z)
{
    long result, modulus = 0;
    OPERANDS(v, w, a, b);
    if (b < 0) {
        if (z != Py_None) {
            PyErr_SetString(PyExc_TypeError, "pow() 2nd argument cannot be negative when 3rd "
                                             "argument specified");
            return NULL;
        }
        return PyFloat_Type.tp_as_number->nb_power(v, w, z);
    }
    if (z != Py_None) {
        if (!PyInt_Check(z)) {
            return py2abi_number_refuse();
        }
        modulus = PyInt_AS_LONG(z);
        if (modulus == 0) {
            PyErr_SetString(PyExc_ValueError, "pow() 3rd argument cannot be 0");
            return NULL;
        }
    }
    return power(a, b, modulus, &result) ? PyInt_FromLong(result) : LONG_SLOT(power)(v, w, z);
}

static PyObject *
int_int(PyObject *self)
{
    return PyInt_CheckExact(self) ? py2abi_number_same(self) : PyInt_FromLong(PyInt_AS_LONG(self));
}

static PyObject *
int_negative(PyObject *self)
{
    long value = PyInt_AS_LONG(self);
    if (value == LONG_MIN) {
        PyObject *big = PyLong_FromLong(value);
        PyObject *result = big != NULL ? LONG_SLOT(negative)(big) : NULL;
        Py_XDECREF(big);
        return result;
    }
    return PyInt_FromLong(-value);
}

static PyObject *
int_absolute(PyObject *self)
{
    return PyInt_AS_LONG(self) >= 0 ? int_int(self) : int_negative(self);
}

static int
int_nonzero(PyObject *self)
{
    return PyInt_AS_LONG(self) != 0;
}

static PyObject *
int_invert(PyObject *self)
{
    return PyInt_FromLong(~PyInt_AS_LONG(self));
}

static PyObject *
int_lshift(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b);
    if (b < 0) {
        PyErr_SetString(PyExc_ValueError, "negative shift count");
        return NULL;
    }
    if (a == 0 || b == 0) {
        return int_int(v);
    }
    long result = b < LONG_BIT ? (long)((unsigned long)a << b) : 0;
    if (b >= LONG_BIT || result >> b != a) {
        PyObject *big = PyLong_FromLong(a);
        PyObject *shifted = big != NULL ? LONG_SLOT(lshift)(big, w) : NULL;
        Py_XDECREF(big);
        return shifted;
    }
    return PyInt_FromLong(result);
}

static PyObject *
int_rshift(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b);
    if (b < 0) {
        PyErr_SetString(PyExc_ValueError, "negative shift count");
        return NULL;
    }
    if (a == 0 || b == 0) {
        return int_int(v);
    }
    return PyInt_FromLong(b >= LONG_BIT ? (a < 0 ? -1 : 0) : a >> b);
}

static PyObject *
int_and(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b);
    return PyInt_FromLong(a & b);
}

static PyObject *
int_xor(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b);
    return PyInt_FromLong(a ^ b);
}

static PyObject *
int_or(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b);
    return PyInt_FromLong(a | b);
}

/* v is an int; returns 1 when w is none. */
static int
int_coerce(PyObject **v, PyObject **w)
{
    if (!PyInt_Check(*w)) {
        return 1;
    }
    Py_INCREF(*v);
    Py_INCREF(*w);
    return 0;
}

static PyObject *
int_long(PyObject *self)
{
    return PyLong_FromLong(PyInt_AS_LONG(self));
}

static PyObject *
int_float(PyObject *self)
{
    return PyFloat_FromDouble((double)PyInt_AS_LONG(self));
}

static int
int_compare(PyObject *v, PyObject *w)
{
    long a = PyInt_AS_LONG(v), b = PyInt_AS_LONG(w);
    return (a > b) - (a < b);
}

static long
int_hash(PyObject *self)
{
    long value = PyInt_AS_LONG(self);
    return value == -1 ? -2 : value;
}

/* ---- The type ---- */

/* Without a base, which makes a difference to any int that is given. */
static PyObject *
int_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const struct py2abi_number_maker maker = {
        "int", "|Oi:int", PyInt_FromLong, PyNumber_Int, PyInt_FromString, PyInt_FromUnicode};
    PyObject *value = py2abi_number_new(&maker, args, kwargs);
    if (value == NULL || type == &PyInt_Type) {
        return value;
    }
    long number = PyInt_AsLong(value);
    Py_DECREF(value);
    if (number == -1 && PyErr_Occurred() != NULL) {
        return NULL;
    }
    PyObject *made = type->tp_alloc(type, 0);
    if (made != NULL) {
        ((PyIntObject *)made)->ob_ival = number;
    }
    return made;
}

static PyObject *
int_same(PyObject *self, PyObject *unused)
{
    (void)unused;
    return int_int(self);
}

static PyObject *
int_bit_length(PyObject *self, PyObject *unused)
{
    long value = PyInt_AS_LONG(self);
    unsigned long bits = value < 0 ? 0 - (unsigned long)value : (unsigned long)value;
    (void)unused;
    return PyInt_FromLong(bits != 0 ? LONG_BIT - __builtin_clzl(bits) : 0);
}

static PyObject *
int_getnewargs(PyObject *self, PyObject *unused)
{
    (void)unused;
    return Py_BuildValue("(l)", PyInt_AS_LONG(self));
}

static PyMethodDef int_methods[] = {
    {"conjugate", int_same, METH_NOARGS, NULL},
    {"bit_length", int_bit_length, METH_NOARGS, NULL},
    {"__trunc__", int_same, METH_NOARGS, NULL},
    {"__getnewargs__", int_getnewargs, METH_NOARGS, NULL},
    {"__format__", py2abi_number_format, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
get_same(PyObject *self, void *closure)
{
    (void)closure;
    return int_int(self);
}

/* closure: the number itself */
static PyObject *
get_constant(PyObject *self, void *closure)
{
    (void)self;
    return PyInt_FromLong((long)(intptr_t)closure);
}

static PyGetSetDef int_getset[] = {
    {PY2ABI_NAME("real"), get_same, NULL, NULL, NULL},
    {PY2ABI_NAME("imag"), get_constant, NULL, NULL, (void *)0},
    {PY2ABI_NAME("numerator"), get_same, NULL, NULL, NULL},
    {PY2ABI_NAME("denominator"), get_constant, NULL, NULL, (void *)1},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyNumberMethods int_as_number = {
    .nb_add = int_add,
    .nb_subtract = int_subtract,
    .nb_multiply = int_multiply,
    .nb_divide = int_floor_divide,
    .nb_remainder = int_remainder,
    .nb_divmod = int_divmod,
    .nb_power = int_power,
    .nb_negative = int_negative,
    .nb_positive = int_int,
    .nb_absolute = int_absolute,
    .nb_nonzero = int_nonzero,
    .nb_invert = int_invert,
    .nb_lshift = int_lshift,
    .nb_rshift = int_rshift,
    .nb_and = int_and,
    .nb_xor = int_xor,
    .nb_or = int_or,
    .nb_coerce = int_coerce,
    .nb_int = int_int,
    .nb_long = int_long,
    .nb_float = int_float,
    .nb_oct = int_oct,
    .nb_hex = int_hex,
    .nb_floor_divide = int_floor_divide,
    .nb_true_divide = int_true_divide,
    .nb_index = int_int,
};

PyTypeObject PyInt_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "int",
    .tp_basicsize = sizeof(PyIntObject),
    .tp_dealloc = int_dealloc,
    .tp_compare = int_compare,
    .tp_repr = int_repr,
    .tp_str = int_repr,
    .tp_as_number = &int_as_number,
    .tp_hash = int_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE
                | Py_TPFLAGS_INT_SUBCLASS,
    .tp_methods = int_methods,
    .tp_getset = int_getset,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = int_new,
    .tp_free = PyObject_Free,
};
