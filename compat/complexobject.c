/* complexobject.c - complex numbers: two C doubles each. */

#include "config.h"
#include "numbers.h"

#include <stdlib.h>
#include <string.h>

/* ---- C's complex numbers ---- */

Py_complex
_Py_c_sum(Py_complex a, Py_complex b)
{
    return (Py_complex){a.real + b.real, a.imag + b.imag};
}

Py_complex
_Py_c_diff(Py_complex a, Py_complex b)
{
    return (Py_complex){a.real - b.real, a.imag - b.imag};
}

Py_complex
_Py_c_neg(Py_complex a)
{
    return (Py_complex){-a.real, -a.imag};
}

Py_complex
_Py_c_prod(Py_complex a, Py_complex b)
{
    return (Py_complex){a.real * b.real - a.imag * b.imag, a.real * b.imag + a.imag * b.real};
}

/* a / b; for b of 0 it is 0, and errno is EDOM.  Dividing by the part of b that
 * is bigger keeps the intermediate results small. */
Py_complex
_Py_c_quot(Py_complex a, Py_complex b)
{
    double real = fabs(b.real), imag = fabs(b.imag);
    Py_complex result;
    if (real >= imag) {
        if (real == 0.0) {
            errno = EDOM;
            return (Py_complex){0.0, 0.0};
        }
        double ratio = b.imag / b.real, divisor = b.real + b.imag * ratio;
        result.real = (a.real + a.imag * ratio) / divisor;
        result.imag = (a.imag - a.real * ratio) / divisor;
    }
    else if (imag >= real) {
        double ratio = b.real / b.imag, divisor = b.real * ratio + b.imag;
        result.real = (a.real * ratio + a.imag) / divisor;
        result.imag = (a.imag * ratio - a.real) / divisor;
    }
    else {
        result.real = result.imag = (double)NAN;
    }
    return result;
}

/* a ** b; errno is EDOM where there is none: 0 to a power that is negative or not
 * real. */
Py_complex
_Py_c_pow(Py_complex a, Py_complex b)
{
    if (b.real == 0.0 && b.imag == 0.0) {
        return (Py_complex){1.0, 0.0};
    }
    if (a.real == 0.0 && a.imag == 0.0) {
        if (b.imag != 0.0 || b.real < 0.0) {
            errno = EDOM;
        }
        return (Py_complex){0.0, 0.0};
    }
    double size = hypot(a.real, a.imag), length = pow(size, b.real);
    double angle = atan2(a.imag, a.real), phase = angle * b.real;
    if (b.imag != 0.0) {
        length /= exp(angle * b.imag);
        phase += b.imag * log(size);
    }
    return (Py_complex){length * cos(phase), length * sin(phase)};
}

/* The absolute value; errno is ERANGE if it is too big, else 0. */
double
_Py_c_abs(Py_complex a)
{
    errno = 0;
    if (isinf(a.real) || isinf(a.imag)) {
        return HUGE_VAL;
    }
    if (isnan(a.real) || isnan(a.imag)) {
        return (double)NAN;
    }
    double size = hypot(a.real, a.imag);
    errno = isfinite(size) ? 0 : ERANGE;
    return size;
}

/* a to a whole power, by squaring. */
static Py_complex
whole_power(Py_complex a, long exponent)
{
    Py_complex result = {1.0, 0.0};
    for (unsigned long rest = (unsigned long)labs(exponent); rest != 0; rest >>= 1) {
        if (rest & 1) {
            result = _Py_c_prod(result, a);
        }
        a = _Py_c_prod(a, a);
    }
    return exponent < 0 ? _Py_c_quot((Py_complex){1.0, 0.0}, result) : result;
}

/* ---- Making them, and taking them apart ---- */

PyObject *
PyComplex_FromCComplex(Py_complex value)
{
    PyComplexObject *made = PyObject_Malloc(sizeof *made);
    if (made == NULL) {
        return PyErr_NoMemory();
    }
    made->ob_refcnt = 1;
    made->ob_type = &PyComplex_Type;
    made->cval = value;
    return (PyObject *)made;
}

PyObject *
PyComplex_FromDoubles(double real, double imag)
{
    return PyComplex_FromCComplex((Py_complex){real, imag});
}

double
PyComplex_RealAsDouble(PyObject *object)
{
    return PyComplex_Check(object) ? ((PyComplexObject *)object)->cval.real
                                   : PyFloat_AsDouble(object);
}

double
PyComplex_ImagAsDouble(PyObject *object)
{
    return PyComplex_Check(object) ? ((PyComplexObject *)object)->cval.imag : 0.0;
}

/* What object.__complex__() gives: a new reference; NULL with an exception, or
 * without one when there is no such method. */
static PyObject *
call_method(PyObject *object)
{
    static char name[] = "__complex__";
    PyObject *method = PyObject_GetAttrString(object, name);
    if (method == NULL) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
        }
        return NULL;
    }
    PyObject *result = PyObject_CallObject(method, NULL);
    Py_DECREF(method);
    return result;
}

/* A number as a complex one.  A real part of -1.0 with an exception (TypeError
 * for what is none). */
Py_complex
PyComplex_AsCComplex(PyObject *object)
{
    Py_complex value = {-1.0, 0.0};
    if (PyComplex_Check(object)) {
        return ((PyComplexObject *)object)->cval;
    }
    PyObject *result = call_method(object);
    if (result != NULL) {
        if (PyComplex_Check(result)) {
            value = ((PyComplexObject *)result)->cval;
        }
        else {
            PyErr_SetString(PyExc_TypeError, "__complex__ should return a complex object");
        }
        Py_DECREF(result);
    }
    else if (PyErr_Occurred() == NULL) {
        value.real = PyFloat_AsDouble(object);
    }
    return value;
}

/* ---- Text ---- */

/* The parts as text: without a real part of +0 only the imaginary one. */
static PyObject *
format(PyObject *self, char code, int precision)
{
    Py_complex value = ((PyComplexObject *)self)->cval;
    int is_imaginary = value.real == 0.0 && !signbit(value.real);
    PyObject *string = NULL;
    char *real = is_imaginary ? NULL : PyOS_double_to_string(value.real, code, precision, 0, NULL);
    char *imag = PyOS_double_to_string(value.imag, code, precision,
                                       is_imaginary ? 0 : Py_DTSF_SIGN, NULL);
    if (imag != NULL && is_imaginary) {
        string = PyString_FromFormat("%sj", imag);
    }
    else if (imag != NULL && real != NULL) {
        string = PyString_FromFormat("(%s%sj)", real, imag);
    }
    PyMem_Free(real);
    PyMem_Free(imag);
    return string;
}

static PyObject *
complex_repr(PyObject *self)
{
    return format(self, 'r', 0);
}

static PyObject *
complex_str(PyObject *self)
{
    return format(self, 'g', PyFloat_STR_PRECISION);
}

/* ---- Arithmetic ---- */

/* An operand as a complex number: 1, 0 for what is no number of ours, -1 with an
 * exception. */
static int
take(PyObject *object, Py_complex *value)
{
    value->imag = 0.0;
    if (PyComplex_Check(object)) {
        *value = ((PyComplexObject *)object)->cval;
    }
    else if (PyInt_Check(object)) {
        value->real = (double)PyInt_AS_LONG(object);
    }
    else if (PyLong_Check(object)) {
        value->real = PyLong_AsDouble(object);
        return value->real == -1.0 && PyErr_Occurred() != NULL ? -1 : 1;
    }
    else if (PyFloat_Check(object)) {
        value->real = PyFloat_AS_DOUBLE(object);
    }
    else {
        return 0;
    }
    return 1;
}

/* Both operands' values, or NotImplemented, or an exception. */
#define OPERANDS(v, w, a, b)                                                                      \
    Py_complex a, b;                                                                              \
    int taken = take(v, &a);                                                                      \
    if (taken > 0) {                                                                              \
        taken = take(w, &b);                                                                      \
    }                                                                                             \
    if (taken <= 0) {                                                                             \
        return taken < 0 ? NULL : py2abi_number_refuse();                                         \
    }

static PyObject *
complex_add(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    return PyComplex_FromCComplex(_Py_c_sum(a, b));
}

static PyObject *
complex_subtract(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    return PyComplex_FromCComplex(_Py_c_diff(a, b));
}

static PyObject *
complex_multiply(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    return PyComplex_FromCComplex(_Py_c_prod(a, b));
}

static PyObject *
complex_divide(PyObject *v, PyObject *w)
{
    OPERANDS(v, w, a, b)
    errno = 0;
    Py_complex quotient = _Py_c_quot(a, b);
    if (errno == EDOM) {
        PyErr_SetString(PyExc_ZeroDivisionError, "complex division by zero");
        return NULL;
    }
    return PyComplex_FromCComplex(quotient);
}

/* The quotient's real part's floor, and what is left of a. */
static int
divide(Py_complex a, Py_complex b, Py_complex *quotient, Py_complex *remainder, const char *zero)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning, "complex divmod(), // and % are deprecated", 1)
        < 0) {
        return -1;
    }
    errno = 0;
    *quotient = _Py_c_quot(a, b);
    if (errno == EDOM) {
        PyErr_SetString(PyExc_ZeroDivisionError, zero);
        return -1;
    }
    *quotient = (Py_complex){floor(quotient->real), 0.0};
    *remainder = _Py_c_diff(a, _Py_c_prod(b, *quotient));
    return 0;
}

static PyObject *
complex_remainder(PyObject *v, PyObject *w)
{
    Py_complex quotient, remainder;
    OPERANDS(v, w, a, b)
    return divide(a, b, &quotient, &remainder, "complex remainder") < 0
               ? NULL
               : PyComplex_FromCComplex(remainder);
}

static PyObject *
complex_divmod(PyObject *v, PyObject *w)
{
    Py_complex quotient, remainder;
    OPERANDS(v, w, a, b)
    if (divide(a, b, &quotient, &remainder, "complex divmod()") < 0) {
        return NULL;
    }
    return Py_BuildValue("(NN)", PyComplex_FromCComplex(quotient),
                         PyComplex_FromCComplex(remainder));
}

static PyObject *
complex_floor_divide(PyObject *v, PyObject *w)
{
    Py_complex quotient, remainder;
    OPERANDS(v, w, a, b)
    return divide(a, b, &quotient, &remainder, "complex divmod()") < 0
               ? NULL
               : PyComplex_FromCComplex(quotient);
}

static PyObject *
complex_power(PyObject *v, PyObject *w, PyObject *z)
{
    OPERANDS(v, w, a, b)
    if (z != Py_None) {
        PyErr_SetString(PyExc_ValueError, "complex modulo");
        return NULL;
    }
    errno = 0;
    int is_whole = b.imag == 0.0 && b.real == floor(b.real) && fabs(b.real) <= 100.0;
    Py_complex result = is_whole ? whole_power(a, (long)b.real) : _Py_c_pow(a, b);
    /* A part that is too big is an error only when no other is. */
    if (isinf(result.real) || isinf(result.imag)) {
        if (errno == 0) {
            errno = ERANGE;
        }
    }
    else if (errno == ERANGE) {
        errno = 0;
    }
    if (errno == EDOM) {
        PyErr_SetString(PyExc_ZeroDivisionError, "0.0 to a negative or complex power");
        return NULL;
    }
    if (errno == ERANGE) {
        PyErr_SetString(PyExc_OverflowError, "complex exponentiation");
        return NULL;
    }
    return PyComplex_FromCComplex(result);
}

static PyObject *
complex_negative(PyObject *self)
{
    return PyComplex_FromCComplex(_Py_c_neg(((PyComplexObject *)self)->cval));
}

static PyObject *
complex_positive(PyObject *self)
{
    return PyComplex_CheckExact(self) ? py2abi_number_same(self)
                                      : PyComplex_FromCComplex(((PyComplexObject *)self)->cval);
}

static PyObject *
complex_absolute(PyObject *self)
{
    double size = _Py_c_abs(((PyComplexObject *)self)->cval);
    if (errno == ERANGE) {
        PyErr_SetString(PyExc_OverflowError, "absolute value too large");
        return NULL;
    }
    return PyFloat_FromDouble(size);
}

static int
complex_nonzero(PyObject *self)
{
    Py_complex value = ((PyComplexObject *)self)->cval;
    return value.real != 0.0 || value.imag != 0.0;
}

/* v is complex; returns 1 when w is no number of ours. */
static int
complex_coerce(PyObject **v, PyObject **w)
{
    Py_complex value;
    if (PyComplex_Check(*w)) {
        Py_INCREF(*w);
    }
    else {
        int taken = take(*w, &value);
        if (taken <= 0) {
            return taken < 0 ? -1 : 1;
        }
        *w = PyComplex_FromCComplex(value);
        if (*w == NULL) {
            return -1;
        }
    }
    Py_INCREF(*v);
    return 0;
}

static PyObject *
complex_int(PyObject *self)
{
    (void)self;
    PyErr_SetString(PyExc_TypeError, "can't convert complex to int");
    return NULL;
}

static PyObject *
complex_long(PyObject *self)
{
    (void)self;
    PyErr_SetString(PyExc_TypeError, "can't convert complex to long");
    return NULL;
}

static PyObject *
complex_float(PyObject *self)
{
    (void)self;
    PyErr_SetString(PyExc_TypeError, "can't convert complex to float");
    return NULL;
}

static long
complex_hash(PyObject *self)
{
    Py_complex value = ((PyComplexObject *)self)->cval;
    long real = _Py_HashDouble(value.real);
    long imag = real != -1 ? _Py_HashDouble(value.imag) : -1;
    if (imag == -1) {
        return -1;
    }
    long hash = (long)((unsigned long)real + 1000003UL * (unsigned long)imag);
    return hash == -1 ? -2 : hash;
}

static PyObject *
complex_richcompare(PyObject *v, PyObject *w, int operation)
{
    Py_complex a = ((PyComplexObject *)v)->cval;
    int equal;
    if (PyInt_Check(w) || PyLong_Check(w)) {
        /* Exactly, as a float is compared. */
        if (operation != Py_EQ && operation != Py_NE) {
            PyErr_SetString(PyExc_TypeError,
                            "no ordering relation is defined for complex numbers");
            return NULL;
        }
        equal = 0;
        if (a.imag == 0.0) {
            PyObject *real = PyFloat_FromDouble(a.real);
            PyObject *same = real != NULL ? PyFloat_Type.tp_richcompare(real, w, Py_EQ) : NULL;
            Py_XDECREF(real);
            if (same == NULL) {
                return NULL;
            }
            equal = same == Py_True;
            Py_DECREF(same);
        }
    }
    else if (PyComplex_Check(w) || PyFloat_Check(w)) {
        Py_complex b;
        take(w, &b);
        if (operation != Py_EQ && operation != Py_NE) {
            PyErr_SetString(PyExc_TypeError,
                            "no ordering relation is defined for complex numbers");
            return NULL;
        }
        equal = a.real == b.real && a.imag == b.imag;
    }
    else {
        return py2abi_number_refuse();
    }
    return PyBool_FromLong(operation == Py_EQ ? equal : !equal);
}

/* ---- The type ---- */

static PyObject *
make(PyTypeObject *type, Py_complex value)
{
    PyObject *made = type->tp_alloc(type, 0);
    if (made != NULL) {
        ((PyComplexObject *)made)->cval = value;
    }
    return made;
}

static const char *
skip_space(const char *text)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    return text;
}

static int
is_j(char c)
{
    return c == 'j' || c == 'J';
}

/* The complex number that a text is: a real part, an imaginary part with j, or
 * both, in parentheses or not.  Returns 1, or 0 when it is none, or -1 with an
 * exception. */
static int
read_parts(const char *text, const char *last, Py_complex *value)
{
    const char *at = skip_space(text);
    int parenthesis = *at == '(';
    char *stop;
    if (parenthesis) {
        at = skip_space(at + 1);
    }
    *value = (Py_complex){0.0, 0.0};
    double first = _PyOS_ascii_strtod(at, &stop);
    if (stop == at) {
        /* Nothing but a sign may stand before j. */
        first = *at == '-' ? -1.0 : 1.0;
        at += *at == '+' || *at == '-';
        if (!is_j(*at)) {
            return 0;
        }
        value->imag = first;
        at++;
    }
    else if (*stop == '+' || *stop == '-') {
        value->real = first;
        at = stop;
        value->imag = _PyOS_ascii_strtod(at, &stop);
        if (stop == at) {
            value->imag = *at == '-' ? -1.0 : 1.0;
            stop++;
        }
        if (!is_j(*stop)) {
            return 0;
        }
        at = stop + 1;
    }
    else if (is_j(*stop)) {
        value->imag = first;
        at = stop + 1;
    }
    else {
        value->real = first;
        at = stop;
    }
    at = skip_space(at);
    if (parenthesis) {
        if (*at != ')') {
            return 0;
        }
        at = skip_space(at + 1);
    }
    return at == last;
}

static PyObject *
parse(PyTypeObject *type, PyObject *string)
{
    char *buffer = NULL;
    const char *text;
    Py_ssize_t size;
    Py_complex value;
    if (PyString_Check(string)) {
        text = PyString_AS_STRING(string);
        size = PyString_GET_SIZE(string);
    }
    else {
        buffer = PyMem_Malloc((size_t)PyUnicode_GET_SIZE(string) + 1);
        if (buffer == NULL) {
            return PyErr_NoMemory();
        }
        if (PyUnicode_EncodeDecimal(PyUnicode_AS_UNICODE(string), PyUnicode_GET_SIZE(string),
                                    buffer, NULL)
            < 0) {
            PyMem_Free(buffer);
            return NULL;
        }
        text = buffer;
        size = (Py_ssize_t)strlen(text);
    }
    int read = read_parts(text, text + size, &value);
    PyMem_Free(buffer);
    if (!read) {
        PyErr_SetString(PyExc_ValueError, "complex() arg is a malformed string");
        return NULL;
    }
    return make(type, value);
}

/* What an argument of complex() says: a complex number, with is_complex, or a
 * real one.  Returns 0, or -1 with an exception. */
static int
take_argument(PyObject *object, int is_first, Py_complex *value, int *is_complex)
{
    *is_complex = PyComplex_Check(object);
    if (*is_complex) {
        *value = ((PyComplexObject *)object)->cval;
        return 0;
    }
    const PyNumberMethods *number = Py_TYPE(object)->tp_as_number;
    if (number == NULL || number->nb_float == NULL) {
        PyErr_SetString(PyExc_TypeError, "complex() argument must be a string or a number");
        return -1;
    }
    /* Only the first one's nb_float has to give a float. */
    PyObject *real = is_first ? PyNumber_Float(object) : number->nb_float(object);
    if (real == NULL) {
        return -1;
    }
    *value = (Py_complex){PyFloat_AsDouble(real), 0.0};
    Py_DECREF(real);
    return value->real == -1.0 && PyErr_Occurred() != NULL ? -1 : 0;
}

static PyObject *
construct(PyTypeObject *type, PyObject *r, PyObject *i)
{
    Py_complex real = {0.0, 0.0}, imag = {0.0, 0.0};
    int real_complex = 0, imag_complex = 0;
    if (r != NULL && i == NULL && PyComplex_CheckExact(r) && type == &PyComplex_Type) {
        return py2abi_number_same(r);
    }
    if (r != NULL && (PyString_Check(r) || PyUnicode_Check(r))) {
        if (i != NULL) {
            PyErr_SetString(PyExc_TypeError,
                            "complex() can't take second arg if first is a string");
            return NULL;
        }
        return parse(type, r);
    }
    if (i != NULL && (PyString_Check(i) || PyUnicode_Check(i))) {
        PyErr_SetString(PyExc_TypeError, "complex() second arg can't be a string");
        return NULL;
    }
    PyObject *converted = r != NULL && !PyComplex_CheckExact(r) ? call_method(r) : NULL;
    if (converted == NULL && PyErr_Occurred() != NULL) {
        return NULL;
    }
    int failed = (r != NULL
                  && take_argument(converted != NULL ? converted : r, 1, &real, &real_complex) < 0)
                 || (i != NULL && take_argument(i, 0, &imag, &imag_complex) < 0);
    Py_XDECREF(converted);
    if (failed) {
        return NULL;
    }
    /* real + imag * j; a part is only added when there is one, for the sake of -0. */
    if (imag_complex) {
        real.real -= imag.imag;
    }
    if (i == NULL) {
        imag.real = real.imag;
    }
    else if (real_complex) {
        imag.real += real.imag;
    }
    return make(type, (Py_complex){real.real, imag.real});
}

static PyObject *
complex_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char real[] = "real", imag[] = "imag", *names[] = {real, imag, NULL};
    PyObject *r = NULL, *i = NULL, *made = NULL;
    args = py2abi_number_args(args);
    if (args == NULL) {
        return NULL;
    }
    if (PyArg_ParseTupleAndKeywords(args, py2abi_number_kwargs(kwargs), "|OO:complex", names, &r,
                                    &i)) {
        made = construct(type, r, i);
    }
    Py_DECREF(args);
    return made;
}

static void
complex_dealloc(PyObject *self)
{
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
complex_conjugate(PyObject *self, PyObject *unused)
{
    Py_complex value = ((PyComplexObject *)self)->cval;
    (void)unused;
    return PyComplex_FromDoubles(value.real, -value.imag);
}

static PyObject *
complex_getnewargs(PyObject *self, PyObject *unused)
{
    Py_complex value = ((PyComplexObject *)self)->cval;
    (void)unused;
    return Py_BuildValue("(dd)", value.real, value.imag);
}

static PyMethodDef complex_methods[] = {
    {"conjugate", complex_conjugate, METH_NOARGS, NULL},
    {"__getnewargs__", complex_getnewargs, METH_NOARGS, NULL},
    {"__format__", py2abi_number_format, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {PY2ABI_NAME("real"), T_DOUBLE, offsetof(PyComplexObject, cval.real), READONLY, NULL},
    {PY2ABI_NAME("imag"), T_DOUBLE, offsetof(PyComplexObject, cval.imag), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyNumberMethods complex_as_number = {
    .nb_add = complex_add,
    .nb_subtract = complex_subtract,
    .nb_multiply = complex_multiply,
    .nb_divide = complex_divide,
    .nb_remainder = complex_remainder,
    .nb_divmod = complex_divmod,
    .nb_power = complex_power,
    .nb_negative = complex_negative,
    .nb_positive = complex_positive,
    .nb_absolute = complex_absolute,
    .nb_nonzero = complex_nonzero,
    .nb_coerce = complex_coerce,
    .nb_int = complex_int,
    .nb_long = complex_long,
    .nb_float = complex_float,
    .nb_floor_divide = complex_floor_divide,
    .nb_true_divide = complex_divide,
};

PyTypeObject PyComplex_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "complex",
    .tp_basicsize = sizeof(PyComplexObject),
    .tp_dealloc = complex_dealloc,
    .tp_repr = complex_repr,
    .tp_str = complex_str,
    .tp_as_number = &complex_as_number,
    .tp_hash = complex_hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE,
    .tp_richcompare = complex_richcompare,
    .tp_members = members,
    .tp_methods = complex_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = complex_new,
    .tp_free = PyObject_Free,
};
