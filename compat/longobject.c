/* longobject.c - integers of any size: 30 bits in each digit, as inlined code
 * reads them.
 *
 * What a long's functions make is normalised: the highest digit is not 0.  What
 * takes much work, powers and the products of very big numbers, the host does. */

#include "config.h"
#include "numbers.h"

#include "longintrepr.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS(v) (((const PyLongObject *)(v))->ob_digit)

/* From this many digits on the host multiplies faster than we do. */
enum { BIG = 256 };

static inline Py_ssize_t
count_digits(const void *v)
{
    Py_ssize_t size = Py_SIZE(v);
    return size < 0 ? -size : size;
}

static inline int
is_negative(const void *v)
{
    return Py_SIZE(v) < 0;
}

static inline int
count_bits(digit d)
{
    return d != 0 ? 32 - __builtin_clz(d) : 0;
}

/* ---- Making them ---- */

/* A long with room for size digits, which are not set.  Returns a new reference,
 * or NULL with an exception (OverflowError, MemoryError). */
PyLongObject *
_PyLong_New(Py_ssize_t size)
{
    if ((size_t)size > (PY_SSIZE_T_MAX - sizeof(PyLongObject)) / sizeof(digit)) {
        PyErr_SetString(PyExc_OverflowError, "too many digits in integer");
        return NULL;
    }
    PyLongObject *made = PyObject_Malloc(sizeof *made + (size_t)size * sizeof(digit));
    if (made == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    made->ob_refcnt = 1;
    made->ob_type = &PyLong_Type;
    made->ob_size = size;
    return made;
}

/* The same with all digits 0. */
static PyLongObject *
new_zeroed(Py_ssize_t size)
{
    PyLongObject *made = _PyLong_New(size);
    if (made != NULL) {
        memset(made->ob_digit, 0, (size_t)size * sizeof(digit));
    }
    return made;
}

/* Drop digits that are 0 from the top.  v may be NULL. */
static PyLongObject *
normalise(PyLongObject *v)
{
    if (v != NULL) {
        Py_ssize_t count = count_digits(v);
        int negative = is_negative(v);
        while (count > 0 && v->ob_digit[count - 1] == 0) {
            count--;
        }
        Py_SIZE(v) = negative ? -count : count;
    }
    return v;
}

static PyObject *
finish(PyLongObject *v, int negative)
{
    if (normalise(v) != NULL && negative) {
        Py_SIZE(v) = -Py_SIZE(v);
    }
    return (PyObject *)v;
}

static PyLongObject *
from_magnitude(unsigned long long value, int negative)
{
    Py_ssize_t count = 0;
    for (unsigned long long rest = value; rest != 0; rest >>= PyLong_SHIFT) {
        count++;
    }
    PyLongObject *made = _PyLong_New(count);
    if (made != NULL) {
        Py_SIZE(made) = negative ? -count : count;
        for (Py_ssize_t i = 0; i < count; i++, value >>= PyLong_SHIFT) {
            made->ob_digit[i] = (digit)(value & PyLong_MASK);
        }
    }
    return made;
}

PyObject *
_PyLong_Copy(PyLongObject *source)
{
    Py_ssize_t count = count_digits(source);
    PyLongObject *copy = _PyLong_New(count);
    if (copy != NULL) {
        memcpy(copy->ob_digit, source->ob_digit, (size_t)count * sizeof(digit));
        Py_SIZE(copy) = Py_SIZE(source);
    }
    return (PyObject *)copy;
}

PyObject *
PyLong_FromLongLong(PY_LONG_LONG value)
{
    unsigned long long magnitude = (unsigned long long)value;
    return (PyObject *)from_magnitude(value < 0 ? 0 - magnitude : magnitude, value < 0);
}

PyObject *
PyLong_FromLong(long value)
{
    return PyLong_FromLongLong(value);
}

PyObject *
PyLong_FromSsize_t(Py_ssize_t value)
{
    return PyLong_FromLongLong(value);
}

PyObject *
PyLong_FromUnsignedLongLong(unsigned PY_LONG_LONG value)
{
    return (PyObject *)from_magnitude(value, 0);
}

PyObject *
PyLong_FromUnsignedLong(unsigned long value)
{
    return (PyObject *)from_magnitude(value, 0);
}

PyObject *
PyLong_FromSize_t(size_t value)
{
    return (PyObject *)from_magnitude(value, 0);
}

/* An address: an int where it can be one. */
PyObject *
PyLong_FromVoidPtr(void *address)
{
    return PyInt_FromSize_t((size_t)address);
}

/* The whole part of a float.  OverflowError for an infinity, ValueError for what
 * is no number. */
PyObject *
PyLong_FromDouble(double value)
{
    int exponent;
    if (isinf(value)) {
        PyErr_SetString(PyExc_OverflowError, "cannot convert float infinity to integer");
        return NULL;
    }
    if (isnan(value)) {
        PyErr_SetString(PyExc_ValueError, "cannot convert float NaN to integer");
        return NULL;
    }
    double rest = frexp(fabs(value), &exponent);
    if (exponent <= 0) {
        return PyLong_FromLong(0);
    }
    Py_ssize_t count = (exponent - 1) / PyLong_SHIFT + 1;
    PyLongObject *made = _PyLong_New(count);
    if (made == NULL) {
        return NULL;
    }
    rest = ldexp(rest, (exponent - 1) % PyLong_SHIFT + 1);
    while (count > 0) {
        digit bits = (digit)rest;
        made->ob_digit[--count] = bits;
        rest = ldexp(rest - (double)bits, PyLong_SHIFT);
    }
    return finish(made, value < 0);
}

/* ---- C integers ---- */

/* The absolute value, when it fits. */
static int
get_magnitude(const void *v, unsigned long long *value)
{
    Py_ssize_t count = count_digits(v);
    *value = 0;
    while (count > 0) {
        if (*value >> (64 - PyLong_SHIFT) != 0) {
            return 0;
        }
        *value = *value << PyLong_SHIFT | DIGITS(v)[--count];
    }
    return 1;
}

/* The lowest 64 bits, in two's complement. */
static unsigned long long
get_mask(const void *v)
{
    unsigned long long value = 0;
    Py_ssize_t count = count_digits(v);
    while (count > 0) {
        value = value << PyLong_SHIFT | DIGITS(v)[--count];
    }
    return is_negative(v) ? 0 - value : value;
}

/* Whether a long fits a long long; *overflow says in which direction it does not. */
static long long
get_signed(const void *v, int *overflow)
{
    unsigned long long magnitude;
    int negative = is_negative(v);
    *overflow = 0;
    if (!get_magnitude(v, &magnitude) || magnitude > (unsigned long long)LLONG_MAX + negative) {
        *overflow = negative ? -1 : 1;
        return -1;
    }
    return (long long)(negative ? 0 - magnitude : magnitude);
}

/* What an object's nb_int gives: a new reference to an int or a long, or NULL
 * with a TypeError, for which wrong is the message when nb_int gave something else. */
static PyObject *
take_int(PyObject *object, const char *wrong)
{
    const PyNumberMethods *number = Py_TYPE(object)->tp_as_number;
    if (number == NULL || number->nb_int == NULL) {
        PyErr_SetString(PyExc_TypeError, "an integer is required");
        return NULL;
    }
    PyObject *result = number->nb_int(object);
    if (result != NULL && !PyInt_Check(result) && !PyLong_Check(result)) {
        Py_DECREF(result);
        PyErr_SetString(PyExc_TypeError, wrong);
        return NULL;
    }
    return result;
}

PY_LONG_LONG
PyLong_AsLongLongAndOverflow(PyObject *object, int *overflow)
{
    *overflow = 0;
    if (object == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyInt_Check(object)) {
        return PyInt_AS_LONG(object);
    }
    if (PyLong_Check(object)) {
        return get_signed(object, overflow);
    }
    PyObject *number = take_int(object, "nb_int should return int object");
    if (number == NULL) {
        return -1;
    }
    long long value = PyInt_Check(number) ? PyInt_AS_LONG(number) : get_signed(number, overflow);
    Py_DECREF(number);
    return value;
}

/* long and long long are the same here. */
_Static_assert(sizeof(long) == sizeof(long long), "long is expected to have 64 bits");

long
PyLong_AsLongAndOverflow(PyObject *object, int *overflow)
{
    return PyLong_AsLongLongAndOverflow(object, overflow);
}

long
PyLong_AsLong(PyObject *object)
{
    int overflow;
    long value = PyLong_AsLongAndOverflow(object, &overflow);
    if (overflow != 0) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C long");
    }
    return value;
}

int
_PyLong_AsInt(PyObject *object)
{
    int overflow;
    long value = PyLong_AsLongAndOverflow(object, &overflow);
    if (overflow != 0 || value > INT_MAX || value < INT_MIN) {
        PyErr_SetString(PyExc_OverflowError, "Python int too large to convert to C int");
        return -1;
    }
    return (int)value;
}

Py_ssize_t
PyLong_AsSsize_t(PyObject *object)
{
    int overflow;
    if (object == NULL || !PyLong_Check(object)) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t value = get_signed(object, &overflow);
    if (overflow != 0) {
        PyErr_SetString(PyExc_OverflowError, "long int too large to convert to int");
    }
    return value;
}

unsigned long
PyLong_AsUnsignedLong(PyObject *object)
{
    if (object != NULL && PyInt_Check(object)) {
        long value = PyInt_AS_LONG(object);
        if (value < 0) {
            PyErr_SetString(PyExc_OverflowError, "can't convert negative value to unsigned long");
        }
        return value < 0 ? (unsigned long)-1 : (unsigned long)value;
    }
    if (object == NULL || !PyLong_Check(object)) {
        PyErr_BadInternalCall();
        return (unsigned long)-1;
    }
    unsigned long long value;
    if (is_negative(object)) {
        PyErr_SetString(PyExc_OverflowError, "can't convert negative value to unsigned long");
        return (unsigned long)-1;
    }
    if (!get_magnitude(object, &value)) {
        PyErr_SetString(PyExc_OverflowError, "long int too large to convert");
        return (unsigned long)-1;
    }
    return value;
}

unsigned long
PyLong_AsUnsignedLongMask(PyObject *object)
{
    if (object != NULL && PyInt_Check(object)) {
        return (unsigned long)PyInt_AS_LONG(object);
    }
    if (object == NULL || !PyLong_Check(object)) {
        PyErr_BadInternalCall();
        return (unsigned long)-1;
    }
    return get_mask(object);
}

PY_LONG_LONG
PyLong_AsLongLong(PyObject *object)
{
    int overflow;
    if (object == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (PyInt_Check(object)) {
        return PyInt_AS_LONG(object);
    }
    if (!PyLong_Check(object)) {
        PyObject *number = take_int(object, "integer conversion failed");
        if (number == NULL) {
            return -1;
        }
        long long value = PyInt_Check(number) ? PyInt_AS_LONG(number) : PyLong_AsLongLong(number);
        Py_DECREF(number);
        return value;
    }
    long long value = get_signed(object, &overflow);
    if (overflow != 0) {
        PyErr_SetString(PyExc_OverflowError, "long too big to convert");
    }
    return value;
}

unsigned PY_LONG_LONG
PyLong_AsUnsignedLongLong(PyObject *object)
{
    unsigned long long value;
    if (object == NULL || !PyLong_Check(object)) {
        PyErr_BadInternalCall();
        return (unsigned long long)-1;
    }
    if (is_negative(object)) {
        PyErr_SetString(PyExc_OverflowError, "can't convert negative long to unsigned");
        return (unsigned long long)-1;
    }
    if (!get_magnitude(object, &value)) {
        PyErr_SetString(PyExc_OverflowError, "long too big to convert");
        return (unsigned long long)-1;
    }
    return value;
}

unsigned PY_LONG_LONG
PyLong_AsUnsignedLongLongMask(PyObject *object)
{
    if (object == NULL || !PyLong_Check(object)) {
        PyErr_BadInternalCall();
        return (unsigned long long)-1;
    }
    return get_mask(object);
}

void *
PyLong_AsVoidPtr(PyObject *object)
{
    long value;
    if (object != NULL && PyInt_Check(object)) {
        value = PyInt_AS_LONG(object);
    }
    else if (object != NULL && PyLong_Check(object) && is_negative(object)) {
        value = PyLong_AsLong(object);
    }
    else {
        value = (long)PyLong_AsUnsignedLong(object);
    }
    return value == -1 && PyErr_Occurred() != NULL ? NULL : (void *)(uintptr_t)value;
}

/* ---- Sign, bits, bytes ---- */

int
_PyLong_Sign(PyObject *v)
{
    return (Py_SIZE(v) > 0) - (Py_SIZE(v) < 0);
}

size_t
_PyLong_NumBits(PyObject *v)
{
    size_t count = (size_t)count_digits(v), bits;
    if (count == 0) {
        return 0;
    }
    if (__builtin_mul_overflow(count - 1, (size_t)PyLong_SHIFT, &bits)
        || __builtin_add_overflow(bits, (size_t)count_bits(DIGITS(v)[count - 1]), &bits)) {
        PyErr_SetString(PyExc_OverflowError, "long has too many bits to express in a platform "
                                             "size_t");
        return (size_t)-1;
    }
    return bits;
}

/* The integer whose bytes, in two's complement if is_signed, are given. */
PyObject *
_PyLong_FromByteArray(const unsigned char *bytes, size_t size, int little_endian, int is_signed)
{
    if (size == 0) {
        return PyLong_FromLong(0);
    }
    unsigned char top = little_endian ? bytes[size - 1] : bytes[0];
    int negative = is_signed && top >= 0x80;
    if (size > (PY_SSIZE_T_MAX - PyLong_SHIFT) / 8) {
        PyErr_SetString(PyExc_OverflowError, "byte array too long to convert to int");
        return NULL;
    }
    Py_ssize_t used = 0;
    PyLongObject *made = _PyLong_New((Py_ssize_t)(size * 8 + PyLong_SHIFT - 1) / PyLong_SHIFT);
    if (made == NULL) {
        return NULL;
    }
    twodigits pending = 0;
    int bits = 0;
    unsigned carry = 1; /* The magnitude of a negative number: all bits flipped, plus 1. */
    for (size_t i = 0; i < size; i++) {
        unsigned byte = little_endian ? bytes[i] : bytes[size - 1 - i];
        if (negative) {
            byte = (0xff ^ byte) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        pending |= (twodigits)byte << bits;
        bits += 8;
        if (bits >= PyLong_SHIFT) {
            made->ob_digit[used++] = (digit)(pending & PyLong_MASK);
            pending >>= PyLong_SHIFT;
            bits -= PyLong_SHIFT;
        }
    }
    /* What is left, which may be a carry out of the highest byte: -256 is one
     * byte of 0 and a carry that is_signed excludes. */
    if (bits > 0) {
        made->ob_digit[used++] = (digit)pending;
    }
    Py_SIZE(made) = used;
    return finish(made, negative);
}

/* Store an integer into size bytes, in two's complement if is_signed.  Returns
 * 0, or -1 with an OverflowError. */
int
_PyLong_AsByteArray(PyLongObject *v, unsigned char *bytes, size_t size, int little_endian,
                    int is_signed)
{
    int negative = is_negative(v);
    if (negative && !is_signed) {
        PyErr_SetString(PyExc_OverflowError, "can't convert negative long to unsigned");
        return -1;
    }
    Py_ssize_t count = count_digits(v), next = 0;
    twodigits pending = 0;
    int bits = 0, lost = 0;
    unsigned carry = 1;
    unsigned byte = 0;
    for (size_t i = 0; i < size; i++) {
        if (bits < 8 && next < count) {
            pending |= (twodigits)v->ob_digit[next++] << bits;
            bits += PyLong_SHIFT;
        }
        byte = pending & 0xff;
        pending >>= 8;
        bits -= bits >= 8 ? 8 : bits;
        if (negative) {
            byte = (0xff ^ byte) + carry;
            carry = byte >> 8;
            byte &= 0xff;
        }
        bytes[little_endian ? i : size - 1 - i] = (unsigned char)byte;
    }
    for (lost = pending != 0; next < count; next++) {
        lost |= v->ob_digit[next] != 0;
    }
    /* The sign has to be right too; -128 has a magnitude that takes all bits, and
     * -1 is all sign. */
    if (size == 0) {
        lost = is_signed && Py_SIZE(v) == -1 && v->ob_digit[0] == 1 ? 0 : count > 0;
    }
    else if (is_signed && count > 0 && (byte >= 0x80) != negative) {
        lost = 1;
    }
    if (lost) {
        PyErr_SetString(PyExc_OverflowError, "long too big to convert");
        return -1;
    }
    return 0;
}

/* ---- Doubles ---- */

/* The double nearest to (bits + a part that is not 0 iff rest) * 2**exponent,
 * ties to even; an infinity if it is too big.  With rest, bits has at least 55
 * bits. */
double
py2abi_round_binary(uint64_t bits, int rest, Py_ssize_t exponent)
{
    if (bits == 0) {
        return 0.0;
    }
    Py_ssize_t width = 64 - __builtin_clzll(bits);
    Py_ssize_t drop = width - DBL_MANT_DIG;
    if (drop < DBL_MIN_EXP - DBL_MANT_DIG - exponent) {
        drop = DBL_MIN_EXP - DBL_MANT_DIG - exponent; /* a denormal */
    }
    if (exponent + width > DBL_MAX_EXP) {
        return HUGE_VAL;
    }
    if (drop > width) {
        return 0.0;
    }
    if (drop > 0) {
        uint64_t half = (uint64_t)1 << (drop - 1), below = bits & ((half << 1) - 1);
        bits = drop < 64 ? bits >> drop : 0;
        bits += below > half || (below == half && (rest || (bits & 1)));
        exponent += drop;
    }
    return ldexp((double)bits, (int)exponent);
}

/* The highest 64 bits, the highest of which is 1, and whether anything is below
 * them.  v is not 0. */
static uint64_t
get_top(const void *v, int *rest)
{
    Py_ssize_t count = count_digits(v);
    uint64_t top = 0;
    int room = 64;
    *rest = 0;
    while (count > 0) {
        digit d = DIGITS(v)[--count];
        int width = room == 64 ? count_bits(d) : PyLong_SHIFT;
        if (width <= room) {
            room -= width;
            top |= (uint64_t)d << room;
        }
        else {
            top |= d >> (width - room);
            *rest |= (d & (((digit)1 << (width - room)) - 1)) != 0;
            room = 0;
        }
    }
    return top;
}

/* The number as x * 2**exponent, 0.5 <= |x| < 1, or 0.  -1.0 with an
 * OverflowError for a number whose exponent does not fit, which memory has no
 * room for. */
double
_PyLong_Frexp(PyLongObject *v, Py_ssize_t *exponent)
{
    int rest;
    if (Py_SIZE(v) == 0) {
        *exponent = 0;
        return 0.0;
    }
    size_t bits = _PyLong_NumBits((PyObject *)v);
    if (bits > PY_SSIZE_T_MAX - 1) {
        PyErr_SetString(PyExc_OverflowError,
                        "huge integer: number of bits overflows a Py_ssize_t");
        *exponent = 0;
        return -1.0;
    }
    uint64_t top = get_top(v, &rest);
    double x = py2abi_round_binary(top, rest, -64);
    *exponent = (Py_ssize_t)bits;
    if (x == 1.0) {
        x = 0.5;
        ++*exponent;
    }
    return is_negative(v) ? -x : x;
}

double
PyLong_AsDouble(PyObject *v)
{
    Py_ssize_t exponent;
    if (v == NULL || !PyLong_Check(v)) {
        PyErr_BadInternalCall();
        return -1.0;
    }
    double x = _PyLong_Frexp((PyLongObject *)v, &exponent);
    if (exponent > DBL_MAX_EXP) {
        PyErr_SetString(PyExc_OverflowError, "long int too large to convert to float");
        return -1.0;
    }
    return ldexp(x, (int)exponent);
}

/* ---- Text ---- */

/* The value of a digit of any base up to 36; 37 for other characters. */
#define NO_4 37, 37, 37, 37
#define NO_16 NO_4, NO_4, NO_4, NO_4
#define LETTERS                                                                                   \
    10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,   \
        33, 34, 35
int _PyLong_DigitValue[256] = {
    NO_16, NO_16, NO_16, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 37, 37, NO_4,
    37, LETTERS, 37, NO_4, 37, LETTERS, 37, NO_4,
    NO_16, NO_16, NO_16, NO_16, NO_16, NO_16, NO_16, NO_16,
};

/* Read digits of 1 to 5 bits, the highest first.  There is at least one. */
static PyLongObject *
read_bits(const char *text, Py_ssize_t count, int bits_each)
{
    PyLongObject *made = _PyLong_New((count * bits_each + PyLong_SHIFT - 1) / PyLong_SHIFT);
    twodigits pending = 0;
    Py_ssize_t used = 0;
    int bits = 0;
    if (made == NULL) {
        return NULL;
    }
    while (count > 0) {
        pending |= (twodigits)_PyLong_DigitValue[(unsigned char)text[--count]] << bits;
        bits += bits_each;
        if (bits >= PyLong_SHIFT) {
            made->ob_digit[used++] = (digit)(pending & PyLong_MASK);
            pending >>= PyLong_SHIFT;
            bits -= PyLong_SHIFT;
        }
    }
    if (bits > 0) {
        made->ob_digit[used++] = (digit)pending;
    }
    Py_SIZE(made) = used;
    return normalise(made);
}

/* How many digits of a base make one of ours at most, and that power. */
static int
fit_digit(int base, digit *power)
{
    int count = 0;
    for (*power = 1; (twodigits)*power * (unsigned)base < PyLong_BASE; count++) {
        *power *= (unsigned)base;
    }
    return count;
}

/* The same in any base. */
static PyLongObject *
read_digits(const char *text, Py_ssize_t count, int base)
{
    if ((base & (base - 1)) == 0) {
        return read_bits(text, count, __builtin_ctz((unsigned)base));
    }
    digit whole;
    int each = fit_digit(base, &whole);
    PyLongObject *made = _PyLong_New(count / each + 1);
    if (made == NULL) {
        return NULL;
    }
    Py_ssize_t used = 0;
    while (count > 0) {
        digit factor = 1;
        twodigits carry = 0;
        for (int i = 0; i < each && count > 0; i++, count--) {
            carry = carry * (unsigned)base
                    + (unsigned)_PyLong_DigitValue[(unsigned char)*text++];
            factor *= (unsigned)base;
        }
        for (Py_ssize_t i = 0; i < used; i++) {
            carry += (twodigits)made->ob_digit[i] * factor;
            made->ob_digit[i] = (digit)(carry & PyLong_MASK);
            carry >>= PyLong_SHIFT;
        }
        if (carry != 0) {
            made->ob_digit[used++] = (digit)carry;
        }
    }
    Py_SIZE(made) = used;
    return normalise(made);
}

static char *
skip_space(char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    return text;
}

/* The long that a text says; it may end in L.  base 0: the prefix tells it.
 * *end (end may be NULL) is where it and the space after it end.  Returns a new
 * reference, or NULL with a ValueError. */
PyObject *
PyLong_FromString(char *text, char **end, int base)
{
    if ((base != 0 && base < 2) || base > 36) {
        PyErr_SetString(PyExc_ValueError, "long() base must be >= 2 and <= 36, or 0");
        return NULL;
    }
    char *at = skip_space(text);
    int negative = *at == '-';
    if (*at == '+' || *at == '-') {
        at++;
    }
    at = skip_space(at);
    int kind = *at == '0' ? tolower((unsigned char)at[1]) : 0;
    int prefixed = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
    if (base == 0) {
        base = *at != '0' ? 10 : prefixed != 0 ? prefixed : 8;
    }
    if (prefixed == base) {
        at += 2;
    }
    char *start = at;
    while (_PyLong_DigitValue[(unsigned char)*at] < base) {
        at++;
    }
    if (at == start) {
        return py2abi_number_complain("long", text, (Py_ssize_t)strlen(text), base);
    }
    char *stop = at;
    if (*at == 'L' || *at == 'l') {
        at++;
    }
    at = skip_space(at);
    if (*at != '\0') {
        return py2abi_number_complain("long", text, (Py_ssize_t)strlen(text), base);
    }
    PyLongObject *made = read_digits(start, stop - start, base);
    if (made != NULL && end != NULL) {
        *end = at;
    }
    return finish(made, negative);
}

PyObject *
PyLong_FromUnicode(Py_UNICODE *text, Py_ssize_t length, int base)
{
    char *buffer = PyMem_Malloc((size_t)length + 1);
    PyObject *result = NULL;
    if (buffer == NULL) {
        return PyErr_NoMemory();
    }
    if (PyUnicode_EncodeDecimal(text, length, buffer, NULL) == 0) {
        result = PyLong_FromString(buffer, NULL, base);
    }
    PyMem_Free(buffer);
    return result;
}

static char
show_digit(digit value)
{
    return (char)(value < 10 ? '0' + value : 'a' + value - 10);
}

/* Write v's digits before at, and return where they begin. */
static char *
write_bits(char *at, const void *v, int bits_each)
{
    Py_ssize_t count = count_digits(v);
    twodigits pending = 0;
    int bits = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        pending |= (twodigits)DIGITS(v)[i] << bits;
        bits += PyLong_SHIFT;
        while (bits >= bits_each && (i < count - 1 || pending != 0)) {
            *--at = show_digit((digit)pending & (((digit)1 << bits_each) - 1));
            pending >>= bits_each;
            bits -= bits_each;
        }
    }
    if (pending != 0) {
        *--at = show_digit((digit)pending);
    }
    return at;
}

/* The same in any base.  digits is a copy of v's, which is used up. */
static char *
write_digits(char *at, digit *digits, Py_ssize_t count, int base)
{
    digit whole;
    int each = fit_digit(base, &whole);
    while (count > 0) {
        twodigits rest = 0;
        for (Py_ssize_t i = count; i-- > 0;) {
            rest = rest << PyLong_SHIFT | digits[i];
            digits[i] = (digit)(rest / whole);
            rest %= whole;
        }
        while (count > 0 && digits[count - 1] == 0) {
            count--;
        }
        for (int i = 0; i < each && (count > 0 || rest != 0); i++) {
            *--at = show_digit((digit)(rest % (unsigned)base));
            rest /= (unsigned)base;
        }
    }
    return at;
}

/* A long's digits as a str.  add_l: with an L at the end; newstyle chooses the
 * prefix of octal numbers. */
PyObject *
_PyLong_Format(PyObject *v, int base, int add_l, int newstyle)
{
    if (v == NULL || !PyLong_Check(v)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_ssize_t count = count_digits(v);
    int bits_each = 31 - __builtin_clz((unsigned)base);
    if (count > PY_SSIZE_T_MAX / PyLong_SHIFT - 8) {
        PyErr_SetString(PyExc_OverflowError, "long is too large to format");
        return NULL;
    }
    size_t room = (size_t)(count * PyLong_SHIFT / bits_each) + 8;
    digit *copy = malloc((size_t)count * sizeof(digit) + 1);
    char *buffer = malloc(room);
    PyObject *string = NULL;
    if (copy == NULL || buffer == NULL) {
        PyErr_NoMemory();
        goto done;
    }
    char *end = buffer + room, *at = end;
    if (add_l) {
        *--at = 'L';
    }
    if (count == 0) {
        *--at = '0';
    }
    else if ((base & (base - 1)) == 0) {
        at = write_bits(at, v, bits_each);
    }
    else {
        memcpy(copy, DIGITS(v), (size_t)count * sizeof(digit));
        at = write_digits(at, copy, count, base);
    }
    if (base == 16 || base == 2 || (base == 8 && newstyle)) {
        *--at = base == 16 ? 'x' : base == 2 ? 'b' : 'o';
        *--at = '0';
    }
    else if (base == 8) {
        if (count != 0) {
            *--at = '0';
        }
    }
    else if (base != 10) {
        *--at = '#';
        *--at = (char)('0' + base % 10);
        if (base > 10) {
            *--at = (char)('0' + base / 10);
        }
    }
    if (is_negative(v)) {
        *--at = '-';
    }
    string = PyString_FromStringAndSize(at, end - at);
done:
    free(copy);
    free(buffer);
    return string;
}

static PyObject *
long_repr(PyObject *v)
{
    return _PyLong_Format(v, 10, 1, 0);
}

static PyObject *
long_str(PyObject *v)
{
    return _PyLong_Format(v, 10, 0, 0);
}

static PyObject *
long_oct(PyObject *v)
{
    return _PyLong_Format(v, 8, 1, 0);
}

static PyObject *
long_hex(PyObject *v)
{
    return _PyLong_Format(v, 16, 1, 0);
}

/* ---- To the host and back ---- */

/* A host int as a long, also one that an int could be.  Returns a new reference,
 * or NULL with a host exception. */
PyObject *
py2abi_long_from_host(HostObject *object)
{
    Py_ssize_t size = 0;
    HostObject *hex = host_PyNumber_ToBase(object, 16);
    const char *text = hex != NULL ? host_PyUnicode_AsUTF8AndSize(hex, &size) : NULL;
    PyObject *made = NULL;
    if (text != NULL) {
        int negative = *text == '-';
        text += negative + 2; /* behind 0x */
        made = finish(read_bits(text, size - negative - 2, 4), negative);
        if (made == NULL) {
            py2abi_error_to_host();
        }
    }
    host_XDECREF(hex);
    return made;
}

/* A long (or what is derived from it) as a host int.  Returns a new reference,
 * or NULL with a host exception. */
HostObject *
py2abi_long_to_host(PyObject *v)
{
    Py_ssize_t count = count_digits(v);
    if (count <= 2) {
        return host_PyLong_FromLong((long)get_mask(v));
    }
    if (count > PY_SSIZE_T_MAX / PyLong_SHIFT - 1) {
        return host_PyErr_NoMemory();
    }
    size_t room = (size_t)(count * PyLong_SHIFT / 4) + 4;
    char *buffer = malloc(room);
    if (buffer == NULL) {
        return host_PyErr_NoMemory();
    }
    char *at = buffer + room;
    *--at = '\0';
    at = write_bits(at, v, 4);
    if (is_negative(v)) {
        *--at = '-';
    }
    HostObject *host = host_PyLong_FromString(at, NULL, 16);
    free(buffer);
    return host;
}

/* ---- Magnitudes ---- */

static int
compare_magnitudes(const PyLongObject *a, const PyLongObject *b)
{
    Py_ssize_t i = count_digits(a), other = count_digits(b);
    if (i != other) {
        return i > other ? 1 : -1;
    }
    while (i-- > 0) {
        if (a->ob_digit[i] != b->ob_digit[i]) {
            return a->ob_digit[i] > b->ob_digit[i] ? 1 : -1;
        }
    }
    return 0;
}

static PyLongObject *
add_magnitudes(const PyLongObject *a, const PyLongObject *b)
{
    Py_ssize_t more = count_digits(a), less = count_digits(b), i = 0;
    digit carry = 0;
    if (more < less) {
        const PyLongObject *swapped = a;
        a = b;
        b = swapped;
        more = count_digits(a);
        less = count_digits(b);
    }
    PyLongObject *sum = _PyLong_New(more + 1);
    if (sum == NULL) {
        return NULL;
    }
    for (; i < more; i++) {
        carry += a->ob_digit[i] + (i < less ? b->ob_digit[i] : 0);
        sum->ob_digit[i] = carry & PyLong_MASK;
        carry >>= PyLong_SHIFT;
    }
    sum->ob_digit[i] = carry;
    return normalise(sum);
}

/* |a| - |b|, which may be negative. */
static PyLongObject *
subtract_magnitudes(const PyLongObject *a, const PyLongObject *b)
{
    int order = compare_magnitudes(a, b);
    if (order < 0) {
        const PyLongObject *swapped = a;
        a = b;
        b = swapped;
    }
    Py_ssize_t more = count_digits(a), less = count_digits(b);
    PyLongObject *difference = _PyLong_New(order != 0 ? more : 0);
    digit borrow = 0;
    for (Py_ssize_t i = 0; difference != NULL && order != 0 && i < more; i++) {
        borrow = a->ob_digit[i] - (i < less ? b->ob_digit[i] : 0) - borrow;
        difference->ob_digit[i] = borrow & PyLong_MASK;
        borrow = borrow >> PyLong_SHIFT & 1;
    }
    return (PyLongObject *)finish(difference, order < 0);
}

static PyLongObject *
multiply_magnitudes(const PyLongObject *a, const PyLongObject *b)
{
    Py_ssize_t count_a = count_digits(a), count_b = count_digits(b);
    PyLongObject *product = new_zeroed(count_a + count_b);
    for (Py_ssize_t i = 0; product != NULL && i < count_a; i++) {
        twodigits factor = a->ob_digit[i], carry = 0;
        digit *at = product->ob_digit + i;
        for (Py_ssize_t k = 0; k < count_b; k++) {
            carry += *at + factor * b->ob_digit[k];
            *at++ = (digit)(carry & PyLong_MASK);
            carry >>= PyLong_SHIFT;
        }
        *at += (digit)carry;
    }
    return normalise(product);
}

static PyLongObject *
shift_left(const PyLongObject *v, Py_ssize_t count)
{
    Py_ssize_t whole = count / PyLong_SHIFT, old = count_digits(v), i;
    int bits = (int)(count % PyLong_SHIFT);
    if (old == 0) {
        return _PyLong_New(0);
    }
    PyLongObject *shifted = whole < PY_SSIZE_T_MAX - old ? _PyLong_New(old + whole + 1) : NULL;
    twodigits carry = 0;
    if (shifted == NULL) {
        if (PyErr_Occurred() == NULL) {
            PyErr_NoMemory();
        }
        return NULL;
    }
    memset(shifted->ob_digit, 0, (size_t)whole * sizeof(digit));
    for (i = 0; i < old; i++) {
        carry |= (twodigits)v->ob_digit[i] << bits;
        shifted->ob_digit[whole + i] = (digit)(carry & PyLong_MASK);
        carry >>= PyLong_SHIFT;
    }
    shifted->ob_digit[whole + i] = (digit)carry;
    return normalise(shifted);
}

/* The whole part of |v| / 2**count; whether bits were lost. */
static PyLongObject *
shift_right(const PyLongObject *v, Py_ssize_t count, int *lost)
{
    Py_ssize_t whole = count / PyLong_SHIFT, old = count_digits(v);
    int bits = (int)(count % PyLong_SHIFT);
    *lost = 0;
    for (Py_ssize_t i = 0; i < whole && i < old; i++) {
        *lost |= v->ob_digit[i] != 0;
    }
    if (whole >= old) {
        return _PyLong_New(0);
    }
    *lost |= (v->ob_digit[whole] & (((digit)1 << bits) - 1)) != 0;
    PyLongObject *shifted = _PyLong_New(old - whole);
    for (Py_ssize_t i = whole; shifted != NULL && i < old; i++) {
        twodigits pair = v->ob_digit[i]
                         | (i + 1 < old ? (twodigits)v->ob_digit[i + 1] << PyLong_SHIFT : 0);
        shifted->ob_digit[i - whole] = (digit)(pair >> bits & PyLong_MASK);
    }
    return normalise(shifted);
}

/* Schoolbook division of u, which is shorter after it, by v of n > 1 digits, the
 * highest bit of which is set.  The quotient's count of digits is m. */
static void
divide_digits(digit *u, const digit *v, Py_ssize_t n, digit *quotient, Py_ssize_t m)
{
    for (Py_ssize_t j = m; j-- > 0;) {
        twodigits top = (twodigits)u[j + n] << PyLong_SHIFT | u[j + n - 1];
        twodigits guess = top / v[n - 1], rest = top % v[n - 1];
        /* The guess by the first digit is too big by at most 2. */
        while (guess >= PyLong_BASE || guess * v[n - 2] > (rest << PyLong_SHIFT | u[j + n - 2])) {
            guess--;
            rest += v[n - 1];
            if (rest >= PyLong_BASE) {
                break;
            }
        }
        twodigits carry = 0;
        stwodigits borrow = 0;
        for (Py_ssize_t i = 0; i < n; i++) {
            carry += guess * v[i];
            borrow += (stwodigits)u[j + i] - (stwodigits)(carry & PyLong_MASK);
            u[j + i] = (digit)borrow & PyLong_MASK;
            borrow >>= PyLong_SHIFT;
            carry >>= PyLong_SHIFT;
        }
        borrow += (stwodigits)u[j + n] - (stwodigits)carry;
        u[j + n] = (digit)borrow & PyLong_MASK;
        if (borrow < 0) {
            digit sum = 0;
            guess--;
            for (Py_ssize_t i = 0; i < n; i++) {
                sum += u[j + i] + v[i];
                u[j + i] = sum & PyLong_MASK;
                sum >>= PyLong_SHIFT;
            }
            u[j + n] = (u[j + n] + sum) & PyLong_MASK;
        }
        quotient[j] = (digit)guess;
    }
}

/* |a| / |b| and what is left; both are new.  b is not 0.  Returns 0, or -1 with
 * an exception (MemoryError). */
static int
divide_magnitudes(const PyLongObject *a, const PyLongObject *b, PyLongObject **quotient,
                  PyLongObject **remainder)
{
    Py_ssize_t count_a = count_digits(a), n = count_digits(b);
    int ignored;
    *quotient = *remainder = NULL;
    if (count_a < n) {
        *quotient = _PyLong_New(0);
        *remainder = shift_right(a, 0, &ignored);
    }
    else if (n == 1) {
        twodigits rest = 0;
        PyLongObject *made = *quotient = _PyLong_New(count_a);
        for (Py_ssize_t i = count_a; made != NULL && i-- > 0;) {
            rest = rest << PyLong_SHIFT | a->ob_digit[i];
            made->ob_digit[i] = (digit)(rest / b->ob_digit[0]);
            rest %= b->ob_digit[0];
        }
        *remainder = from_magnitude(rest, 0);
    }
    else {
        int bits = PyLong_SHIFT - count_bits(b->ob_digit[n - 1]);
        PyLongObject *u = shift_left(a, bits), *v = shift_left(b, bits);
        PyLongObject *grown = new_zeroed(count_a + 1);
        *quotient = _PyLong_New(count_a + 1 - n);
        if (u != NULL && v != NULL && grown != NULL && *quotient != NULL) {
            memcpy(grown->ob_digit, u->ob_digit, (size_t)count_digits(u) * sizeof(digit));
            divide_digits(grown->ob_digit, v->ob_digit, n, (*quotient)->ob_digit, count_a + 1 - n);
            normalise(grown);
            *remainder = shift_right(grown, bits, &ignored);
        }
        Py_XDECREF(u);
        Py_XDECREF(v);
        Py_XDECREF(grown);
    }
    normalise(*quotient);
    if (*quotient == NULL || *remainder == NULL) {
        Py_CLEAR(*quotient);
        Py_CLEAR(*remainder);
        return -1;
    }
    return 0;
}

/* ---- Arithmetic ---- */

/* An operand as a long, a new reference; 0 for what is no integer, -1 with an
 * exception. */
static int
take(PyObject *object, PyLongObject **taken)
{
    if (PyLong_Check(object)) {
        Py_INCREF(object);
        *taken = (PyLongObject *)object;
    }
    else if (PyInt_Check(object)) {
        *taken = (PyLongObject *)PyLong_FromLong(PyInt_AS_LONG(object));
    }
    else {
        return 0;
    }
    return *taken != NULL ? 1 : -1;
}

/* Do a binary operation with both operands as longs; NotImplemented if one is no
 * integer. */
static PyObject *
operate(PyObject *(*operation)(const PyLongObject *, const PyLongObject *), PyObject *v,
        PyObject *w)
{
    PyLongObject *a, *b;
    int taken = take(v, &a);
    if (taken <= 0) {
        return taken < 0 ? NULL : py2abi_number_refuse();
    }
    taken = take(w, &b);
    if (taken <= 0) {
        Py_DECREF(a);
        return taken < 0 ? NULL : py2abi_number_refuse();
    }
    PyObject *result = operation(a, b);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

#define SLOT(name)                                                                                \
    static PyObject *long_##name(PyObject *v, PyObject *w)                                        \
    {                                                                                             \
        return operate(name, v, w);                                                               \
    }

static PyObject *
add(const PyLongObject *a, const PyLongObject *b)
{
    if (is_negative(a) == is_negative(b)) {
        return finish(add_magnitudes(a, b), is_negative(a));
    }
    PyLongObject *difference = subtract_magnitudes(a, b);
    if (difference != NULL && is_negative(a)) {
        Py_SIZE(difference) = -Py_SIZE(difference);
    }
    return (PyObject *)difference;
}
SLOT(add)

static PyObject *
subtract(const PyLongObject *a, const PyLongObject *b)
{
    if (is_negative(a) != is_negative(b)) {
        return finish(add_magnitudes(a, b), is_negative(a));
    }
    PyLongObject *difference = subtract_magnitudes(a, b);
    if (difference != NULL && is_negative(a)) {
        Py_SIZE(difference) = -Py_SIZE(difference);
    }
    return (PyObject *)difference;
}
SLOT(subtract)

/* The host's product, or power (modulus not NULL, None for none). */
static PyObject *
by_host(const PyLongObject *a, const PyLongObject *b, PyObject *modulus)
{
    HostObject *host_a = py2abi_long_to_host((PyObject *)(uintptr_t)a);
    HostObject *host_b = host_a != NULL ? py2abi_long_to_host((PyObject *)(uintptr_t)b) : NULL;
    HostObject *host_c = host_b != NULL && modulus != NULL ? py2abi_host(modulus, PY2ABI_AS_VALUE)
                                                           : NULL;
    HostObject *host = NULL;
    if (host_b != NULL && modulus == NULL) {
        host = host_PyNumber_Multiply(host_a, host_b);
    }
    else if (host_c != NULL) {
        host = host_PyNumber_Power(host_a, host_b, host_c);
    }
    PyObject *result = host != NULL ? py2abi_long_from_host(host) : NULL;
    host_XDECREF(host_a);
    host_XDECREF(host_b);
    host_XDECREF(host_c);
    host_XDECREF(host);
    return result != NULL ? result : py2abi_failed();
}

static PyObject *
multiply(const PyLongObject *a, const PyLongObject *b)
{
    if (count_digits(a) >= BIG && count_digits(b) >= BIG) {
        return by_host(a, b, NULL);
    }
    return finish(multiply_magnitudes(a, b), is_negative(a) != is_negative(b));
}
SLOT(multiply)

/* Python's quotient and remainder: the latter has the divisor's sign.  Returns
 * 0, or -1 with an exception. */
static int
divide(const PyLongObject *a, const PyLongObject *b, PyLongObject **quotient,
       PyLongObject **remainder)
{
    if (Py_SIZE(b) == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "long division or modulo by zero");
        return -1;
    }
    if (divide_magnitudes(a, b, quotient, remainder) < 0) {
        return -1;
    }
    int differ = is_negative(a) != is_negative(b);
    if (differ && Py_SIZE(*remainder) != 0) {
        static const PyLongObject one = {PY2ABI_FOREVER, &PyLong_Type, 1, {1}};
        PyLongObject *rest = subtract_magnitudes(b, *remainder);
        PyLongObject *next = add_magnitudes(*quotient, &one);
        Py_SETREF(*remainder, rest);
        Py_SETREF(*quotient, next);
        if (rest == NULL || next == NULL) {
            Py_CLEAR(*remainder);
            Py_CLEAR(*quotient);
            return -1;
        }
    }
    finish(*quotient, differ);
    finish(*remainder, is_negative(b));
    return 0;
}

static PyObject *
floor_divide(const PyLongObject *a, const PyLongObject *b)
{
    PyLongObject *quotient, *remainder;
    if (divide(a, b, &quotient, &remainder) < 0) {
        return NULL;
    }
    Py_DECREF(remainder);
    return (PyObject *)quotient;
}
SLOT(floor_divide)

static PyObject *
get_remainder(const PyLongObject *a, const PyLongObject *b)
{
    PyLongObject *quotient, *remainder;
    if (divide(a, b, &quotient, &remainder) < 0) {
        return NULL;
    }
    Py_DECREF(quotient);
    return (PyObject *)remainder;
}
SLOT(get_remainder)

static PyObject *
divide_both(const PyLongObject *a, const PyLongObject *b)
{
    PyLongObject *quotient, *remainder;
    if (divide(a, b, &quotient, &remainder) < 0) {
        return NULL;
    }
    PyObject *pair = PyTuple_Pack(2, quotient, remainder);
    Py_DECREF(quotient);
    Py_DECREF(remainder);
    return pair;
}
SLOT(divide_both)

/* The nearest double to the quotient, whose first 60 bits or so and whether
 * anything follows them tell it. */
static PyObject *
true_divide(const PyLongObject *a, const PyLongObject *b)
{
    if (Py_SIZE(b) == 0) {
        PyErr_SetString(PyExc_ZeroDivisionError, "division by zero");
        return NULL;
    }
    size_t bits_a = _PyLong_NumBits((PyObject *)(uintptr_t)a);
    size_t bits_b = _PyLong_NumBits((PyObject *)(uintptr_t)b);
    if (bits_a == (size_t)-1 || bits_b == (size_t)-1) {
        return NULL;
    }
    int negative = is_negative(a) != is_negative(b);
    Py_ssize_t difference = (Py_ssize_t)bits_a - (Py_ssize_t)bits_b;
    if (Py_SIZE(a) == 0 || difference < DBL_MIN_EXP - DBL_MANT_DIG - 1) {
        return PyFloat_FromDouble(negative ? -0.0 : 0.0);
    }
    Py_ssize_t shift = 60 - difference;
    double result = HUGE_VAL;
    if (difference <= DBL_MAX_EXP) {
        PyLongObject *quotient, *remainder;
        PyLongObject *x = shift_left(a, shift > 0 ? shift : 0);
        PyLongObject *y = shift_left(b, shift < 0 ? -shift : 0);
        int failed = x == NULL || y == NULL || divide_magnitudes(x, y, &quotient, &remainder) < 0;
        Py_XDECREF(x);
        Py_XDECREF(y);
        if (failed) {
            return NULL;
        }
        result = py2abi_round_binary(get_mask(quotient), Py_SIZE(remainder) != 0, -shift);
        Py_DECREF(quotient);
        Py_DECREF(remainder);
    }
    if (isinf(result)) {
        PyErr_SetString(PyExc_OverflowError, "long/long too large for a float");
        return NULL;
    }
    return PyFloat_FromDouble(negative ? -result : result);
}
SLOT(true_divide)

static PyObject *
long_power(PyObject *v, PyObject *w, PyObject *z)
{
    PyLongObject *a, *b;
    PyObject *result = NULL;
    if ((!PyLong_Check(v) && !PyInt_Check(v)) || (!PyLong_Check(w) && !PyInt_Check(w))
        || (z != Py_None && !PyLong_Check(z) && !PyInt_Check(z))) {
        return py2abi_number_refuse();
    }
    if (take(v, &a) < 0) {
        return NULL;
    }
    if (take(w, &b) < 0) {
        Py_DECREF(a);
        return NULL;
    }
    if (is_negative(b)) {
        if (z != Py_None) {
            PyErr_SetString(PyExc_TypeError, "pow() 2nd argument cannot be negative when 3rd "
                                             "argument specified");
        }
        else {
            result = PyFloat_Type.tp_as_number->nb_power(v, w, z);
        }
    }
    else if (z != Py_None && !Py_TYPE(z)->tp_as_number->nb_nonzero(z)) {
        PyErr_SetString(PyExc_ValueError, "pow() 3rd argument cannot be 0");
    }
    else {
        result = by_host(a, b, z);
    }
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

static PyObject *
long_long(PyObject *v)
{
    return PyLong_CheckExact(v) ? py2abi_number_same(v) : _PyLong_Copy((PyLongObject *)v);
}

/* An int where it fits. */
static PyObject *
long_int(PyObject *v)
{
    int overflow;
    long long value = get_signed(v, &overflow);
    return overflow != 0 ? long_long(v) : PyInt_FromLong(value);
}

static PyObject *
long_float(PyObject *v)
{
    double value = PyLong_AsDouble(v);
    return value == -1.0 && PyErr_Occurred() != NULL ? NULL : PyFloat_FromDouble(value);
}

static PyObject *
long_negative(PyObject *v)
{
    if (Py_SIZE(v) == 0) {
        return long_long(v);
    }
    PyObject *copy = _PyLong_Copy((PyLongObject *)v);
    if (copy != NULL) {
        Py_SIZE(copy) = -Py_SIZE(copy);
    }
    return copy;
}

static PyObject *
long_absolute(PyObject *v)
{
    return is_negative(v) ? long_negative(v) : long_long(v);
}

static int
long_nonzero(PyObject *v)
{
    return Py_SIZE(v) != 0;
}

/* ---- Bits ---- */

/* A bitwise operation, of numbers in two's complement, as far as the longer one
 * goes: from there on, and in its sign, the result repeats itself. */
static PyObject *
combine(const PyLongObject *a, const PyLongObject *b, char operation)
{
    const PyLongObject *operands[] = {a, b};
    digit carries[] = {1, 1, 1};
    Py_ssize_t count = count_digits(a) > count_digits(b) ? count_digits(a) : count_digits(b);
    PyLongObject *made = _PyLong_New(count + 1);
    if (made == NULL) {
        return NULL;
    }
#define APPLY(x, y) (operation == '&' ? (x) & (y) : operation == '|' ? (x) | (y) : (x) ^ (y))
    int negative = APPLY(is_negative(a), is_negative(b));
    for (Py_ssize_t i = 0; i <= count; i++) {
        digit bits[2];
        for (int k = 0; k < 2; k++) {
            bits[k] = i < count_digits(operands[k]) ? operands[k]->ob_digit[i] : 0;
            if (is_negative(operands[k])) {
                carries[k] += bits[k] ^ PyLong_MASK;
                bits[k] = carries[k] & PyLong_MASK;
                carries[k] >>= PyLong_SHIFT;
            }
        }
        digit result = APPLY(bits[0], bits[1]);
#undef APPLY
        if (negative) {
            carries[2] += result ^ PyLong_MASK;
            result = carries[2] & PyLong_MASK;
            carries[2] >>= PyLong_SHIFT;
        }
        made->ob_digit[i] = result;
    }
    return finish(made, negative);
}

static PyObject *
bit_and(const PyLongObject *a, const PyLongObject *b)
{
    return combine(a, b, '&');
}
SLOT(bit_and)

static PyObject *
bit_or(const PyLongObject *a, const PyLongObject *b)
{
    return combine(a, b, '|');
}
SLOT(bit_or)

static PyObject *
bit_xor(const PyLongObject *a, const PyLongObject *b)
{
    return combine(a, b, '^');
}
SLOT(bit_xor)

/* -1 - v */
static PyObject *
long_invert(PyObject *v)
{
    static const PyLongObject minus_one = {PY2ABI_FOREVER, &PyLong_Type, -1, {1}};
    return subtract(&minus_one, (PyLongObject *)v);
}

/* By how much to shift, or -1 with an exception. */
static Py_ssize_t
take_shift(const PyLongObject *b)
{
    Py_ssize_t count = PyLong_AsSsize_t((PyObject *)(uintptr_t)b);
    if (count < 0 && PyErr_Occurred() == NULL) {
        PyErr_SetString(PyExc_ValueError, "negative shift count");
    }
    return count;
}

static PyObject *
lshift(const PyLongObject *a, const PyLongObject *b)
{
    Py_ssize_t count = take_shift(b);
    return count < 0 ? NULL : finish(shift_left(a, count), is_negative(a));
}
SLOT(lshift)

/* Towards minus infinity. */
static PyObject *
rshift(const PyLongObject *a, const PyLongObject *b)
{
    int lost;
    Py_ssize_t count = take_shift(b);
    PyLongObject *shifted = count < 0 ? NULL : shift_right(a, count, &lost);
    if (shifted == NULL || !is_negative(a)) {
        return (PyObject *)shifted;
    }
    Py_SIZE(shifted) = -Py_SIZE(shifted);
    if (!lost) {
        return (PyObject *)shifted;
    }
    static const PyLongObject one = {PY2ABI_FOREVER, &PyLong_Type, 1, {1}};
    PyObject *lower = subtract(shifted, &one);
    Py_DECREF(shifted);
    return lower;
}
SLOT(rshift)

/* ---- Comparison ---- */

static int
long_compare(PyObject *v, PyObject *w)
{
    const PyLongObject *a = (PyLongObject *)v, *b = (PyLongObject *)w;
    if (is_negative(a) != is_negative(b)) {
        return is_negative(a) ? -1 : 1;
    }
    int order = compare_magnitudes(a, b);
    return is_negative(a) ? -order : order;
}

/* Equal to int's hash of equal numbers: the number modulo 2**64 - 1. */
static long
long_hash(PyObject *v)
{
    unsigned long hash = 0;
    for (Py_ssize_t i = count_digits(v); i-- > 0;) {
        hash = hash << PyLong_SHIFT | hash >> (LONG_BIT - PyLong_SHIFT);
        hash += DIGITS(v)[i];
        hash += hash < DIGITS(v)[i];
    }
    if (is_negative(v)) {
        hash = 0 - hash;
    }
    return hash == (unsigned long)-1 ? -2 : (long)hash;
}

static int
long_coerce(PyObject **v, PyObject **w)
{
    if (PyInt_Check(*w)) {
        *w = PyLong_FromLong(PyInt_AS_LONG(*w));
        if (*w == NULL) {
            return -1;
        }
        Py_INCREF(*v);
        return 0;
    }
    if (PyLong_Check(*w)) {
        Py_INCREF(*v);
        Py_INCREF(*w);
        return 0;
    }
    return 1;
}

/* ---- What int() and long() have in common ---- */

PyObject *
py2abi_number_complain(const char *type, const char *text, Py_ssize_t size, int base)
{
    PyObject *string = PyString_FromStringAndSize(text, size);
    PyObject *shown = string != NULL ? PyObject_Repr(string) : NULL;
    Py_XDECREF(string);
    if (shown != NULL) {
        PyErr_Format(PyExc_ValueError, "invalid literal for %s() with base %d: %s", type, base,
                     PyString_AS_STRING(shown));
        Py_DECREF(shown);
    }
    return NULL;
}

enum { NO_BASE = -909 };

static PyObject *
make(const struct py2abi_number_maker *maker, PyObject *x, int base)
{
    if (x == NULL) {
        return base == NO_BASE ? maker->from_long(0)
                               : PyErr_Format(PyExc_TypeError, "%s() missing string argument",
                                              maker->name);
    }
    if (base == NO_BASE) {
        return maker->convert(x);
    }
    if (PyString_Check(x)) {
        char *text = PyString_AS_STRING(x);
        return strlen(text) == (size_t)PyString_GET_SIZE(x)
                   ? maker->from_string(text, NULL, base)
                   : py2abi_number_complain(maker->name, text, PyString_GET_SIZE(x), base);
    }
    return PyUnicode_Check(x)
               ? maker->from_unicode(PyUnicode_AS_UNICODE(x), PyUnicode_GET_SIZE(x), base)
               : PyErr_Format(PyExc_TypeError,
                              "%s() can't convert non-string with explicit base", maker->name);
}

PyObject *
py2abi_number_new(const struct py2abi_number_maker *maker, PyObject *args, PyObject *kwargs)
{
    static char x_name[] = "x", base_name[] = "base", *names[] = {x_name, base_name, NULL};
    PyObject *x = NULL, *value = NULL;
    int base = NO_BASE;
    args = py2abi_number_args(args);
    if (args == NULL) {
        return NULL;
    }
    if (PyArg_ParseTupleAndKeywords(args, py2abi_number_kwargs(kwargs), maker->format, names, &x,
                                    &base)) {
        value = make(maker, x, base);
    }
    Py_DECREF(args);
    return value;
}

/* ---- The type ---- */

/* How big digits are, as the host's sys.int_info says it of its own. */
PyObject *
PyLong_GetInfo(void)
{
    HostObject *info = host_PySys_GetObject("int_info");
    if (info == NULL) {
        PyErr_SetString(PyExc_SystemError, "the host has no sys.int_info");
        return NULL;
    }
    PyObject *mirror = py2abi_mirror(info);
    return mirror != NULL ? mirror : py2abi_failed();
}

int
_PyLong_Init(void)
{
    return 1;
}

/* Without a base, which makes a difference to any int that is given. */
static PyObject *
long_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static const struct py2abi_number_maker maker = {
        "long", "|Oi:long", PyLong_FromLong, PyNumber_Long, PyLong_FromString, PyLong_FromUnicode};
    PyObject *value = py2abi_number_new(&maker, args, kwargs);
    if (value == NULL || type == &PyLong_Type) {
        return value;
    }
    Py_ssize_t count = count_digits(value);
    PyObject *made = type->tp_alloc(type, count);
    if (made != NULL) {
        Py_SIZE(made) = Py_SIZE(value);
        memcpy(((PyLongObject *)made)->ob_digit, DIGITS(value), (size_t)count * sizeof(digit));
    }
    Py_DECREF(value);
    return made;
}

static void
long_dealloc(PyObject *v)
{
    Py_TYPE(v)->tp_free(v);
}

static PyObject *
long_same(PyObject *v, PyObject *unused)
{
    (void)unused;
    return long_long(v);
}

static PyObject *
long_bit_length(PyObject *v, PyObject *unused)
{
    size_t bits = _PyLong_NumBits(v);
    (void)unused;
    return bits == (size_t)-1 && PyErr_Occurred() != NULL ? NULL : PyInt_FromSize_t(bits);
}

static PyObject *
long_getnewargs(PyObject *v, PyObject *unused)
{
    PyObject *copy = _PyLong_Copy((PyLongObject *)v);
    PyObject *args = copy != NULL ? PyTuple_Pack(1, copy) : NULL;
    (void)unused;
    Py_XDECREF(copy);
    return args;
}

static PyMethodDef long_methods[] = {
    {"conjugate", long_same, METH_NOARGS, NULL},
    {"bit_length", long_bit_length, METH_NOARGS, NULL},
    {"__trunc__", long_same, METH_NOARGS, NULL},
    {"__getnewargs__", long_getnewargs, METH_NOARGS, NULL},
    {"__format__", py2abi_number_format, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
get_same(PyObject *v, void *closure)
{
    (void)closure;
    return long_long(v);
}

/* closure: the number itself */
static PyObject *
get_constant(PyObject *v, void *closure)
{
    (void)v;
    return PyLong_FromLong((long)(intptr_t)closure);
}

static PyGetSetDef long_getset[] = {
    {PY2ABI_NAME("real"), get_same, NULL, NULL, NULL},
    {PY2ABI_NAME("imag"), get_constant, NULL, NULL, (void *)0},
    {PY2ABI_NAME("numerator"), get_same, NULL, NULL, NULL},
    {PY2ABI_NAME("denominator"), get_constant, NULL, NULL, (void *)1},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyNumberMethods long_as_number = {
    .nb_add = long_add,
    .nb_subtract = long_subtract,
    .nb_multiply = long_multiply,
    .nb_divide = long_floor_divide,
    .nb_remainder = long_get_remainder,
    .nb_divmod = long_divide_both,
    .nb_power = long_power,
    .nb_negative = long_negative,
    .nb_positive = long_long,
    .nb_absolute = long_absolute,
    .nb_nonzero = long_nonzero,
    .nb_invert = long_invert,
    .nb_lshift = long_lshift,
    .nb_rshift = long_rshift,
    .nb_and = long_bit_and,
    .nb_xor = long_bit_xor,
    .nb_or = long_bit_or,
    .nb_coerce = long_coerce,
    .nb_int = long_int,
    .nb_long = long_long,
    .nb_float = long_float,
    .nb_oct = long_oct,
    .nb_hex = long_hex,
    .nb_floor_divide = long_floor_divide,
    .nb_true_divide = long_true_divide,
    .nb_index = long_long,
};

PyTypeObject PyLong_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "long",
    .tp_basicsize = offsetof(PyLongObject, ob_digit),
    .tp_itemsize = sizeof(digit),
    .tp_dealloc = long_dealloc,
    .tp_compare = long_compare,
    .tp_repr = long_repr,
    .tp_str = long_str,
    .tp_as_number = &long_as_number,
    .tp_hash = long_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE
                | Py_TPFLAGS_LONG_SUBCLASS,
    .tp_methods = long_methods,
    .tp_getset = long_getset,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = long_new,
    .tp_free = PyObject_Free,
};
