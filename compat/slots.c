/* slots.c - what types can do whose instances the host has: the slots of the types
 * of mirrors, and those that the static types leave to the host.
 *
 * There is one C function for each slot, whatever the type is.  It converts its
 * operands, has the host do the work and converts the result.  slots27.def says
 * which slots a type gets: those whose methods its host type has. */

#include "config.h"
#include "attributes.h"
#include "exceptions.h"
#include "guest.h"
#include "hostcall.h"
#include "hosttype.h"
#include "proxy.h"
#include "slotplace.h"
#include "slots.h"
#include "containers.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(table) (sizeof table / sizeof table[0])

/* ---- Operands ---- */

/* Whether an object is the mirror of a host object. */
int
py2abi_slots_is_host(PyObject *object)
{
    return (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
           && PY2ABI_HEAD(object)->host != NULL && !PY2ABI_HEAD(object)->is_born;
}

static HostObject *
host_of(PyObject *object)
{
    return py2abi_host(object, PY2ABI_AS_VALUE);
}

/* The same of the first operand of what the host is going to do: what the guest
 * has changed inline in lists has to be there by then. */
HostObject *
py2abi_slots_first_host(PyObject *object)
{
    py2abi_lists_sync();
    return host_of(object);
}

/* An object of a guest's own type may not be able to cross: then the host has
 * nothing to say about it, and its own type's slots may have.  The host's
 * exception is cleared if so. */
static int
cannot_cross(void)
{
    if (!host_PyErr_ExceptionMatches(*HOST(PyExc_NotImplementedError))) {
        return 0;
    }
    host_PyErr_Clear();
    return 1;
}

static PyObject *
not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

/* Where the host has found neither operand's type able, that is what Python 2's
 * slots have NotImplemented for, and its own complaint names Python 2's types.
 * The host's exception is cleared if it is that one. */
static int
is_refused(void)
{
    static const char beginning[] = "unsupported operand type(s) for";
    HostObject *type, *value, *traceback, *text = NULL;
    if (!host_PyErr_ExceptionMatches(*HOST(PyExc_TypeError))) {
        return 0;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    /* One that Python code has raised has a traceback. */
    int is_so = 0;
    if (traceback == NULL && value != NULL && (text = host_PyObject_Str(value)) != NULL) {
        const char *words = host_PyUnicode_AsUTF8AndSize(text, NULL);
        is_so = words != NULL && strncmp(words, beginning, sizeof beginning - 1) == 0;
    }
    host_XDECREF(text);
    host_PyErr_Clear();
    if (!is_so) {
        host_PyErr_Restore(type, value, traceback);
        return 0;
    }
    host_XDECREF(type);
    host_XDECREF(value);
    host_XDECREF(traceback);
    return 1;
}

/* The result of an operator. */
static PyObject *
operator_result(HostObject *result)
{
    if (result == NULL && is_refused()) {
        (void)py2abi_returned(0);
        return not_implemented();
    }
    return py2abi_mirror_result(result);
}

typedef HostObject *(*unary_operation)(HostObject *);
typedef HostObject *(*binary_operation)(HostObject *, HostObject *);
typedef HostObject *(*ternary_operation)(HostObject *, HostObject *, HostObject *);

/* Call a method of a host object's type with up to three arguments, NULL being the
 * end.  Returns a new reference, or NULL with a host exception. */
static HostObject *
call_special(HostObject *self, const char *name, HostObject *first, HostObject *second)
{
    HostObject *method = host_PyObject_GetAttrString(py2abi_hostapi_type(self), name);
    if (method == NULL) {
        return NULL;
    }
    HostObject *operands[] = {self, first, second}, *result = NULL;
    Py_ssize_t count = first == NULL ? 1 : second == NULL ? 2 : 3;
    HostObject *args = host_PyTuple_New(count);
    if (args != NULL) {
        for (Py_ssize_t i = 0; i < count; i++) {
            host_INCREF(operands[i]);
            host_PyTuple_SetItem(args, i, operands[i]);
        }
        result = host_PyObject_CallObject(method, args);
        host_DECREF(args);
    }
    host_DECREF(method);
    return result;
}

/* ---- Numbers ---- */

static PyObject *
operate_1(PyObject *object, unary_operation operation)
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *result = host != NULL ? operation(host) : NULL;
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}

static PyObject *
operate_2(PyObject *v, PyObject *w, binary_operation operation)
{
    HostObject *left = py2abi_slots_first_host(v);
    HostObject *right = left != NULL ? host_of(w) : NULL;
    HostObject *result = NULL;
    if (right != NULL) {
        result = operation(left, right);
    }
    else if (cannot_cross()) {
        host_XDECREF(left);
        return not_implemented();
    }
    host_XDECREF(left);
    host_XDECREF(right);
    return operator_result(result);
}

static PyObject *
operate_3(PyObject *v, PyObject *w, PyObject *z, ternary_operation operation)
{
    HostObject *base = py2abi_slots_first_host(v);
    HostObject *exponent = base != NULL ? host_of(w) : NULL;
    HostObject *modulus = exponent != NULL ? host_of(z) : NULL;
    HostObject *result = NULL;
    int is_foreign = 0;
    if (modulus != NULL) {
        result = operation(base, exponent, modulus);
    }
    else {
        is_foreign = cannot_cross();
    }
    host_XDECREF(base);
    host_XDECREF(exponent);
    host_XDECREF(modulus);
    return is_foreign ? not_implemented() : operator_result(result);
}

/* In Python 2 sequences are concatenated and repeated after both operators have
 * been tried, and with rules of their own; on the host that is one.  So where a
 * sequence is an operand, the host's function would do it too early: only the
 * method of the other one is asked.  Returns a new reference, or NULL with a guest
 * exception. */
static PyObject *
ask_one(PyObject *asked, PyObject *other, const char *method)
{
    HostObject *left = py2abi_slots_first_host(asked);
    HostObject *right = left != NULL ? host_of(other) : NULL;
    HostObject *result = NULL;
    int is_foreign = 0;
    if (right == NULL) {
        is_foreign = cannot_cross();
    }
    else if (host_PyObject_HasAttrString(py2abi_hostapi_type(left), method)) {
        result = call_special(left, method, right, NULL);
    }
    else {
        is_foreign = 1;
    }
    host_XDECREF(left);
    host_XDECREF(right);
    return is_foreign ? not_implemented() : py2abi_mirror_result(result);
}

/* Whether an object is an int of the host's, or derived from it. */
static int
is_integer(HostObject *object)
{
    return (host_PyType_GetFlags((HostType *)py2abi_hostapi_type(object)) & 1UL << 24) != 0;
}

/* Python 2's division: of integers it is rounded down. */
static HostObject *
divide(HostObject *v, HostObject *w)
{
    return is_integer(v) && is_integer(w) ? host_PyNumber_FloorDivide(v, w)
                                          : host_PyNumber_TrueDivide(v, w);
}

static HostObject *
inplace_divide(HostObject *v, HostObject *w)
{
    return is_integer(v) && is_integer(w) ? host_PyNumber_InPlaceFloorDivide(v, w)
                                          : host_PyNumber_InPlaceTrueDivide(v, w);
}

static HostObject *
oct_method(HostObject *object)
{
    return call_special(object, "__oct__", NULL, NULL);
}

static HostObject *
hex_method(HostObject *object)
{
    return call_special(object, "__hex__", NULL, NULL);
}

/* What the host does for each of them. */
#define DO_nb_subtract             host_PyNumber_Subtract
#define DO_nb_divide               divide
#define DO_nb_true_divide          host_PyNumber_TrueDivide
#define DO_nb_floor_divide         host_PyNumber_FloorDivide
#define DO_nb_remainder            host_PyNumber_Remainder
#define DO_nb_divmod               host_PyNumber_Divmod
#define DO_nb_power                host_PyNumber_Power
#define DO_nb_negative             host_PyNumber_Negative
#define DO_nb_positive             host_PyNumber_Positive
#define DO_nb_absolute             host_PyNumber_Absolute
#define DO_nb_invert               host_PyNumber_Invert
#define DO_nb_lshift               host_PyNumber_Lshift
#define DO_nb_rshift               host_PyNumber_Rshift
#define DO_nb_and                  host_PyNumber_And
#define DO_nb_xor                  host_PyNumber_Xor
#define DO_nb_or                   host_PyNumber_Or
#define DO_nb_int                  host_PyNumber_Long
#define DO_nb_long                 host_PyNumber_Long
#define DO_nb_float                host_PyNumber_Float
#define DO_nb_index                host_PyNumber_Index
#define DO_nb_oct                  oct_method
#define DO_nb_hex                  hex_method
#define DO_nb_inplace_add          host_PyNumber_InPlaceAdd
#define DO_nb_inplace_subtract     host_PyNumber_InPlaceSubtract
#define DO_nb_inplace_multiply     host_PyNumber_InPlaceMultiply
#define DO_nb_inplace_divide       inplace_divide
#define DO_nb_inplace_true_divide  host_PyNumber_InPlaceTrueDivide
#define DO_nb_inplace_floor_divide host_PyNumber_InPlaceFloorDivide
#define DO_nb_inplace_remainder    host_PyNumber_InPlaceRemainder
#define DO_nb_inplace_power        host_PyNumber_InPlacePower
#define DO_nb_inplace_lshift       host_PyNumber_InPlaceLshift
#define DO_nb_inplace_rshift       host_PyNumber_InPlaceRshift
#define DO_nb_inplace_and          host_PyNumber_InPlaceAnd
#define DO_nb_inplace_xor          host_PyNumber_InPlaceXor
#define DO_nb_inplace_or           host_PyNumber_InPlaceOr

/* Whether an object is a sequence, to which a sum is a concatenation. */
static int
concatenates(const PyTypeObject *type, binaryfunc sum)
{
    return type->tp_as_sequence != NULL && type->tp_as_sequence->sq_concat != NULL
           && (type->tp_as_number == NULL || type->tp_as_number->nb_add != sum);
}

static PyObject *
do_nb_add(PyObject *v, PyObject *w)
{
    return concatenates(Py_TYPE(v), do_nb_add) ? ask_one(w, v, "__radd__")
                                               : operate_2(v, w, host_PyNumber_Add);
}

static int
repeats(const PyTypeObject *type, binaryfunc product)
{
    return type->tp_as_sequence != NULL && type->tp_as_sequence->sq_repeat != NULL
           && (type->tp_as_number == NULL || type->tp_as_number->nb_multiply != product);
}

static PyObject *
do_nb_multiply(PyObject *v, PyObject *w)
{
    return repeats(Py_TYPE(v), do_nb_multiply)   ? ask_one(w, v, "__rmul__")
           : repeats(Py_TYPE(w), do_nb_multiply) ? ask_one(v, w, "__mul__")
                                                 : operate_2(v, w, host_PyNumber_Multiply);
}

static int
do_nb_nonzero(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    int is_true = host != NULL ? host_PyObject_IsTrue(host) : -1;
    host_XDECREF(host);
    return (int)py2abi_returned(is_true);
}

/* ---- Sequences and mappings ---- */

static Py_ssize_t
do_length(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    Py_ssize_t length = host != NULL ? host_PyObject_Size(host) : -1;
    host_XDECREF(host);
    return py2abi_returned(length);
}

/* Whether f(host object, host value or NULL) succeeds: value is converted for it. */
static PyObject *
do_repeat(PyObject *object, Py_ssize_t count, HostObject *(*operation)(HostObject *, Py_ssize_t))
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *result = host != NULL ? operation(host, count) : NULL;
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}

/* An index that is still negative has been counted from the end: whoever is
 * written in C would count it again. */
static int
check_index(PyObject *object, Py_ssize_t index)
{
    if (index < 0 && !PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HEAPTYPE)) {
        PyErr_Format(PyExc_IndexError, "%.200s index out of range", Py_TYPE(object)->tp_name);
        return -1;
    }
    return 0;
}

static PyObject *
do_sq_item(PyObject *object, Py_ssize_t index)
{
    if (check_index(object, index) < 0) {
        return NULL;
    }
    HostObject *host = py2abi_slots_first_host(object), *result = NULL;
    if (host != NULL && index >= 0) {
        result = host_PySequence_GetItem(host, index);
    }
    else if (host != NULL) {
        HostObject *key = host_PyLong_FromSsize_t(index);
        result = key != NULL ? host_PyObject_GetItem(host, key) : NULL;
        host_XDECREF(key);
    }
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}

static int
do_sq_ass_item(PyObject *object, Py_ssize_t index, PyObject *value)
{
    if (check_index(object, index) < 0) {
        return -1;
    }
    HostObject *host = py2abi_slots_first_host(object), *key = NULL, *host_value = NULL;
    int status = -1;
    if (host != NULL && (key = host_PyLong_FromSsize_t(index)) != NULL) {
        if (value == NULL) {
            status = host_PyObject_DelItem(host, key);
        }
        else if ((host_value = host_of(value)) != NULL) {
            status = host_PyObject_SetItem(host, key, host_value);
        }
    }
    host_XDECREF(host);
    host_XDECREF(key);
    host_XDECREF(host_value);
    return (int)py2abi_returned(status);
}

static PyObject *
do_sq_slice(PyObject *object, Py_ssize_t from, Py_ssize_t to)
{
    HostObject *host = py2abi_slots_first_host(object), *result = NULL;
    if (host != NULL) {
        result = host_PySequence_GetSlice(host, from > 0 ? from : 0, to > 0 ? to : 0);
    }
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}

static int
do_sq_ass_slice(PyObject *object, Py_ssize_t from, Py_ssize_t to, PyObject *value)
{
    HostObject *host = py2abi_slots_first_host(object), *host_value = NULL;
    int status = -1;
    from = from > 0 ? from : 0;
    to = to > 0 ? to : 0;
    if (host != NULL && value == NULL) {
        status = host_PySequence_DelSlice(host, from, to);
    }
    else if (host != NULL && (host_value = host_of(value)) != NULL) {
        status = host_PySequence_SetSlice(host, from, to, host_value);
    }
    host_XDECREF(host);
    host_XDECREF(host_value);
    return (int)py2abi_returned(status);
}

/* The other host object that a key may be, without an exception. */
static HostObject *
twin_of(PyObject *key)
{
    HostObject *twin = py2abi_key_twin(key);
    host_PyErr_Clear();
    return twin;
}

static int
do_sq_contains(PyObject *object, PyObject *item)
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *key = host != NULL ? py2abi_host(item, PY2ABI_AS_KEY) : NULL;
    int is_there = key != NULL ? host_PySequence_Contains(host, key) : -1;
    if (is_there == 0) {
        HostObject *twin = twin_of(item);
        if (twin != NULL) {
            is_there = host_PySequence_Contains(host, twin);
            host_DECREF(twin);
        }
    }
    host_XDECREF(host);
    host_XDECREF(key);
    return (int)py2abi_returned(is_there);
}

static PyObject *
do_mp_subscript(PyObject *object, PyObject *key)
{
    HostObject *host = py2abi_slots_first_host(object), *result = NULL;
    HostObject *host_key = host != NULL ? py2abi_host(key, PY2ABI_AS_KEY) : NULL;
    if (host_key != NULL) {
        result = host_PyObject_GetItem(host, host_key);
        if (result == NULL && host_PyErr_ExceptionMatches(*HOST(PyExc_KeyError))) {
            HostObject *type, *value, *traceback;
            host_PyErr_Fetch(&type, &value, &traceback);
            HostObject *twin = twin_of(key);
            result = twin != NULL ? host_PyObject_GetItem(host, twin) : NULL;
            host_XDECREF(twin);
            if (result == NULL) {
                host_PyErr_Clear();
                host_PyErr_Restore(type, value, traceback);
            }
            else {
                host_XDECREF(type);
                host_XDECREF(value);
                host_XDECREF(traceback);
            }
        }
    }
    host_XDECREF(host);
    host_XDECREF(host_key);
    return py2abi_mirror_result(result);
}

static int
delete_key(HostObject *host, PyObject *key, HostObject *host_key)
{
    int status = host_PyObject_DelItem(host, host_key);
    if (status < 0 && host_PyErr_ExceptionMatches(*HOST(PyExc_KeyError))) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        HostObject *twin = twin_of(key);
        status = twin != NULL ? host_PyObject_DelItem(host, twin) : -1;
        host_XDECREF(twin);
        host_PyErr_Clear();
        if (status < 0) {
            host_PyErr_Restore(type, value, traceback);
        }
        else {
            host_XDECREF(type);
            host_XDECREF(value);
            host_XDECREF(traceback);
        }
    }
    return status;
}

static int
do_mp_ass_subscript(PyObject *object, PyObject *key, PyObject *value)
{
    HostObject *host = py2abi_slots_first_host(object), *host_value = NULL;
    HostObject *host_key = host != NULL ? py2abi_host(key, PY2ABI_AS_KEY) : NULL;
    int status = -1;
    if (host_key != NULL && value == NULL) {
        status = delete_key(host, key, host_key);
    }
    else if (host_key != NULL && (host_value = host_of(value)) != NULL) {
        status = host_PyObject_SetItem(host, host_key, host_value);
    }
    host_XDECREF(host);
    host_XDECREF(host_key);
    host_XDECREF(host_value);
    return (int)py2abi_returned(status);
}

#define DO_sq_length          do_length
#define DO_mp_length          do_length
#define DO_sq_concat          host_PySequence_Concat
#define DO_sq_inplace_concat  host_PySequence_InPlaceConcat
#define DO_sq_repeat          host_PySequence_Repeat
#define DO_sq_inplace_repeat  host_PySequence_InPlaceRepeat

/* ---- Text ---- */

/* A text of the host's as a guest str, which is what Python 2 has there.  Takes
 * the reference over. */
PyObject *
py2abi_slots_text_result(HostObject *text)
{
    PyObject *string = text != NULL ? py2abi_mirror_name(text) : NULL;
    host_XDECREF(text);
    return py2abi_returned(string != NULL ? 0 : -1) < 0 ? NULL : string;
}

/* What is derived from a type of Python's in a binary asks that type by its slots, and not
 * to be asked itself again: the host type whose method does the work, borrowed. */
static HostObject *
native_type(PyObject *object, HostObject *host)
{
    PyTypeObject *defined = py2abi_type_defined(Py_TYPE(object));
    return defined != NULL ? py2abi_type_record(defined)->native_host
                           : py2abi_hostapi_type(host);
}

/* Whether an object's own type would be asked where its base is meant. */
int
py2abi_slots_is_derived(PyObject *object)
{
    return !(Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
           && py2abi_type_defined(Py_TYPE(object)) != NULL;
}

/* A method of the type of Python's that a binary's type is derived from.  Returns a new
 * reference, or NULL with a host exception. */
static HostObject *
ask_native(PyObject *object, HostObject *host, const char *name, HostObject *argument)
{
    HostObject *method = host_PyObject_GetAttrString(native_type(object, host), name);
    HostObject *args = method != NULL ? host_PyTuple_New(argument != NULL ? 2 : 1) : NULL;
    HostObject *result = NULL;
    if (args != NULL) {
        host_INCREF(host);
        host_PyTuple_SetItem(args, 0, host);
        if (argument != NULL) {
            host_INCREF(argument);
            host_PyTuple_SetItem(args, 1, argument);
        }
        result = host_PyObject_CallObject(method, args);
        host_DECREF(args);
    }
    host_XDECREF(method);
    return result;
}

/* Callers read what they get as a str: it is ASCII, as Python 2's was. */
static PyObject *
do_tp_repr(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object), *text = NULL;
    if (host != NULL && py2abi_slots_is_derived(object)) {
        text = ask_native(object, host, "__repr__", NULL);
    }
    else if (host != NULL) {
        text = host_PyObject_ASCII(host);
    }
    host_XDECREF(host);
    return py2abi_slots_text_result(text);
}

static PyObject *
do_tp_str(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object), *text = NULL;
    if (host != NULL && py2abi_slots_is_derived(object)) {
        text = ask_native(object, host, "__str__", NULL);
    }
    else if (host != NULL) {
        text = host_PyObject_Str(host);
    }
    host_XDECREF(host);
    return py2abi_slots_text_result(text);
}

/* The host's str() as a unicode: a new reference, or NULL with a guest exception. */
PyObject *
py2abi_slots_text(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *text = host != NULL ? call_special(host, "__str__", NULL, NULL) : NULL;
    host_XDECREF(host);
    PyObject *result = py2abi_unicode_result(text);
    if (result != NULL && !PyUnicode_Check(result) && !PyString_Check(result)) {
        PyErr_Format(PyExc_TypeError, "coercing to Unicode: need string or buffer, %.80s found",
                     Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

/* ---- Comparing, hashing, calling, iterating ---- */

static long
do_tp_hash(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    long hash = -1;
    if (host != NULL && py2abi_slots_is_derived(object)) {
        int overflow;
        HostObject *number = ask_native(object, host, "__hash__", NULL);
        hash = number != NULL ? host_PyLong_AsLongAndOverflow(number, &overflow) : -1;
        host_XDECREF(number);
    }
    else if (host != NULL) {
        hash = host_PyObject_Hash(host);
    }
    host_XDECREF(host);
    return py2abi_returned(hash);
}

/* The host always knows whether objects are equal.  Which one is less is asked of
 * the left one only: the host would complain where Python 2 goes on to ask the
 * right one, and has an order for everything in the end. */
static PyObject *
do_tp_richcompare(PyObject *v, PyObject *w, int op)
{
    static const char *const methods[] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__",
                                          "__ge__"};
    HostObject *left = py2abi_slots_first_host(v);
    HostObject *right = left != NULL ? host_of(w) : NULL;
    HostObject *result = NULL;
    int is_foreign = 0;
    if (right == NULL) {
        is_foreign = cannot_cross();
    }
    else if (py2abi_slots_is_derived(v)) {
        result = ask_native(v, left, methods[op], right);
    }
    else if (op == Py_EQ || op == Py_NE) {
        result = host_PyObject_RichCompare(left, right, op);
    }
    else {
        result = call_special(left, methods[op], right, NULL);
    }
    host_XDECREF(left);
    host_XDECREF(right);
    return is_foreign ? not_implemented() : py2abi_mirror_result(result);
}

static PyObject *
do_tp_call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    return py2abi_call_host(object, args, kwargs);
}

static PyObject *
do_tp_iter(PyObject *object)
{
    return operate_1(object, host_PyObject_GetIter);
}

static PyObject *
do_tp_iternext(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *item = host != NULL ? host_PyIter_Next(host) : NULL;
    host_XDECREF(host);
    if (item == NULL && host_PyErr_Occurred() == NULL) {
        py2abi_returned(0);
        return NULL;
    }
    return py2abi_mirror_result(item);
}

/* ---- Descriptors ---- */

/* What the host's descriptor gives for an object, or for a type alone.  Returns a new
 * reference, or NULL with a guest exception. */
PyObject *
py2abi_slots_descr_get(PyObject *descriptor, PyObject *object, PyObject *type)
{
    HostObject *host = py2abi_slots_first_host(descriptor), *result = NULL;
    HostObject *host_object = host != NULL ? host_of(object != NULL ? object : Py_None) : NULL;
    HostObject *host_type = host_object != NULL ? host_of(type != NULL ? type : Py_None) : NULL;
    if (host_type != NULL) {
        result = call_special(host, "__get__", host_object, host_type);
    }
    host_XDECREF(host);
    host_XDECREF(host_object);
    host_XDECREF(host_type);
    return py2abi_mirror_result(result);
}

/* The other way: store, or delete when value is NULL.  Returns 0, or -1 with a guest
 * exception. */
int
py2abi_slots_descr_set(PyObject *descriptor, PyObject *object, PyObject *value)
{
    HostObject *host = py2abi_slots_first_host(descriptor), *result = NULL, *host_value = NULL;
    HostObject *host_object = host != NULL ? host_of(object) : NULL;
    if (host_object != NULL && value == NULL) {
        result = call_special(host, "__delete__", host_object, NULL);
    }
    else if (host_object != NULL && (host_value = host_of(value)) != NULL) {
        result = call_special(host, "__set__", host_object, host_value);
    }
    host_XDECREF(host);
    host_XDECREF(host_object);
    host_XDECREF(host_value);
    host_XDECREF(result);
    return (int)py2abi_returned(result != NULL ? 0 : -1);
}

/* ---- Making instances ---- */

/* function(first, *args, **kwargs) on the host.  first is taken over, NULL passes. */
static HostObject *
call_with(HostObject *function, HostObject *first, PyObject *args, PyObject *kwargs,
          enum py2abi_use use)
{
    HostObject *rest = NULL, *named = NULL, *all = NULL, *result = NULL;
    if (function == NULL || first == NULL) {
        host_XDECREF(first);
        return NULL;
    }
    /* None stands for no arguments too. */
    int has_args = args != NULL && PyTuple_Check(args);
    Py_ssize_t count = has_args ? PyTuple_GET_SIZE(args) : 0;
    if (!has_args || (rest = py2abi_host(args, use)) != NULL) {
        all = host_PyTuple_New(count + 1);
    }
    if (all == NULL) {
        host_DECREF(first);
    }
    else {
        host_PyTuple_SetItem(all, 0, first);
        for (Py_ssize_t i = 0; i < count; i++) {
            HostObject *item = host_PyTuple_GetItem(rest, i);
            host_INCREF(item);
            host_PyTuple_SetItem(all, i + 1, item);
        }
        if (kwargs == NULL || kwargs == Py_None
            || (named = py2abi_host_keywords(kwargs, PY2ABI_AS_VALUE)) != NULL) {
            result = host_PyObject_Call(function, all, named);
        }
    }
    host_XDECREF(rest);
    host_XDECREF(named);
    host_XDECREF(all);
    return result;
}

static enum py2abi_use
use_of(PyTypeObject *type)
{
    return type->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS ? py2abi_exception_use(type)
           : type->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS   ? PY2ABI_AS_NAME
                                                         : PY2ABI_AS_VALUE;
}

/* An instance of a type that a binary derives from one of Python's: that makes its part. */
static PyObject *
make_derived(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    int has_args = args != NULL && PyTuple_Check(args);
    HostObject *host_args = has_args ? py2abi_host(args, use_of(type)) : host_PyTuple_New(0);
    HostObject *named = NULL;
    PyObject *made = NULL;
    if (host_args != NULL
        && (kwargs == NULL || kwargs == Py_None
            || (named = py2abi_host_keywords(kwargs, PY2ABI_AS_VALUE)) != NULL)) {
        made = py2abi_proxy_make(type, host_args, named);
    }
    else {
        py2abi_failed();
    }
    host_XDECREF(host_args);
    host_XDECREF(named);
    return made;
}

static PyObject *
do_tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *defined = py2abi_type_defined(type);
    if (defined != NULL && py2abi_holder_is(py2abi_type_record(defined)->native)) {
        return type->tp_alloc(type, 0); /* tp_init fills it. */
    }
    if (defined != NULL) {
        return make_derived(type, args, kwargs);
    }
    HostObject *host = py2abi_type_host(type);
    HostObject *make = host != NULL ? host_PyObject_GetAttrString(host, "__new__") : NULL;
    HostObject *result = NULL;
    if (make != NULL) {
        host_INCREF(host);
        result = call_with(make, host, args, kwargs, use_of(type));
    }
    host_XDECREF(make);
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}

/* __init__ of the nearest type that a binary does not define.  Returns 0, or -1 with a
 * guest exception. */
int
py2abi_slots_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    HostObject *host = py2abi_slots_first_host(object), *initialise = NULL, *result = NULL;
    if (host != NULL) {
        initialise = host_PyObject_GetAttrString(native_type(object, host), "__init__");
    }
    result = call_with(initialise, host, args, kwargs, use_of(Py_TYPE(object)));
    int status = result != NULL ? 0 : -1;
    if (status == 0 && py2abi_is_exception(object)) {
        status = py2abi_exception_fill(object, host);
    }
    host_XDECREF(initialise);
    host_XDECREF(result);
    return (int)py2abi_returned(status);
}

/* ---- Attributes ---- */

/* Of mirrors of types that only the host has.  tp_getattro is called with a str
 * by whoever keeps the rules; others pass unicode. */
static PyObject *
do_tp_getattro(PyObject *object, PyObject *name)
{
    if (!PyString_Check(name)) {
        return PyObject_GenericGetAttr(object, name);
    }
    if (py2abi_slots_is_derived(object)) {
        return PyObject_GenericGetAttr(object, name);
    }
    return py2abi_attribute_of_host(object, name, host_PyObject_GetAttr);
}

static int
do_tp_setattro(PyObject *object, PyObject *name, PyObject *value)
{
    if (!PyString_Check(name)) {
        return PyObject_GenericSetAttr(object, name, value);
    }
    return py2abi_attribute_set(object, name, value);
}

/* ---- Classes that Python 3 code derives from binaries' types ----
 *
 * A slot that such a class has of its own is its method's; the functions above are what a
 * binary means that calls the slots of the types that it has derived its own from. */

static PyObject *
class_tp_repr(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *text = host != NULL ? host_PyObject_ASCII(host) : NULL;
    host_XDECREF(host);
    return py2abi_slots_text_result(text);
}

static PyObject *
class_tp_str(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *text = host != NULL ? host_PyObject_Str(host) : NULL;
    host_XDECREF(host);
    return py2abi_slots_text_result(text);
}

static long
class_tp_hash(PyObject *object)
{
    HostObject *host = py2abi_slots_first_host(object);
    long hash = host != NULL ? host_PyObject_Hash(host) : -1;
    host_XDECREF(host);
    return py2abi_returned(hash);
}

static PyObject *
class_tp_richcompare(PyObject *v, PyObject *w, int op)
{
    static const char *const names[] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__",
                                        "__ge__"};
    HostObject *left = py2abi_slots_first_host(v);
    HostObject *right = left != NULL ? host_of(w) : NULL;
    HostObject *result = right != NULL ? call_special(left, names[op], right, NULL) : NULL;
    int is_foreign = left != NULL && right == NULL && cannot_cross();
    host_XDECREF(left);
    host_XDECREF(right);
    return is_foreign ? not_implemented() : py2abi_mirror_result(result);
}

static PyObject *
class_tp_getattro(PyObject *object, PyObject *name)
{
    PyObject *string = PyUnicode_Check(name) ? PyUnicode_AsUTF8String(name) : name;
    PyObject *result;
    if (string == NULL || !PyString_Check(string)) {
        return string != NULL ? PyObject_GenericGetAttr(object, name) : NULL;
    }
    result = py2abi_attribute_of_host(object, string, host_PyObject_GetAttr);
    if (string != name) {
        Py_DECREF(string);
    }
    return result;
}

static int
class_tp_setattro(PyObject *object, PyObject *name, PyObject *value)
{
    if (!PyString_Check(name)) {
        return PyObject_GenericSetAttr(object, name, value);
    }
    HostObject *host = py2abi_slots_first_host(object), *host_value = NULL;
    HostObject *host_name = host != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    int status = -1;
    if (host_name != NULL && (value == NULL || (host_value = host_of(value)) != NULL)) {
        status = host_PyObject_SetAttr(host, host_name, host_value);
    }
    host_XDECREF(host);
    host_XDECREF(host_name);
    host_XDECREF(host_value);
    return (int)py2abi_returned(status);
}

static int
class_tp_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    HostObject *host = py2abi_slots_first_host(object), *initialise = NULL, *result = NULL;
    if (host != NULL) {
        initialise = host_PyObject_GetAttrString(py2abi_hostapi_type(host), "__init__");
    }
    result = call_with(initialise, host, args, kwargs, use_of(Py_TYPE(object)));
    int status = result != NULL ? 0 : -1;
    if (status == 0 && py2abi_is_exception(object)) {
        status = py2abi_exception_fill(object, host);
    }
    host_XDECREF(initialise);
    host_XDECREF(result);
    return (int)py2abi_returned(status);
}

/* ---- The slots of object: those of the guest's own objects ---- */

static PyObject *
object_repr(PyObject *object)
{
    return PyString_FromFormat("<%s object at %p>", Py_TYPE(object)->tp_name, (void *)object);
}

static PyObject *
object_str(PyObject *object)
{
    reprfunc repr = Py_TYPE(object)->tp_repr;
    return (repr != NULL ? repr : object_repr)(object);
}

static long
object_hash(PyObject *object)
{
    return _Py_HashPointer(object);
}

static int
has_arguments(PyObject *args, PyObject *kwargs)
{
    return (args != NULL && PyTuple_Check(args) && PyTuple_GET_SIZE(args) != 0)
           || (kwargs != NULL && kwargs != Py_None && PyDict_Size(kwargs) > 0);
}

static int object_init(PyObject *object, PyObject *args, PyObject *kwargs);

/* Arguments are for whichever of the two a type has of its own. */
static PyObject *
object_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    if (has_arguments(args, kwargs)
        && (type->tp_new != object_new ? type->tp_init == object_init
                                       : type->tp_init == object_init || type->tp_init == NULL)) {
        PyErr_SetString(PyExc_TypeError, "object() takes no parameters");
        return NULL;
    }
    return (type->tp_alloc != NULL ? type->tp_alloc : PyType_GenericAlloc)(type, 0);
}

static int
object_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *type = Py_TYPE(object);
    if (has_arguments(args, kwargs)
        && (type->tp_init != object_init ? type->tp_new == object_new
                                         : type->tp_new == object_new || type->tp_new == NULL)) {
        PyErr_SetString(PyExc_TypeError, "object.__init__() takes no parameters");
        return -1;
    }
    return 0;
}

static void
fill_object(PyTypeObject *type)
{
    type->tp_repr = object_repr;
    type->tp_str = object_str;
    type->tp_hash = object_hash;
    type->tp_getattro = PyObject_GenericGetAttr;
    type->tp_setattro = PyObject_GenericSetAttr;
    type->tp_init = object_init;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_new = object_new;
}

/* ---- The slots of type ---- */

static int
is_host_type(PyTypeObject *type)
{
    return (type->tp_flags & PY2ABI_TPFLAGS_HOST) != 0;
}

/* Whether a binary's metatype has made a type.  What that has of its own is asked before the
 * functions below, which are for what it leaves to type: the host's, past what the host's
 * metatype does, since that asks the binary's again. */
static int
has_metatype(const PyObject *type)
{
    return Py_TYPE(type) != &PyType_Type;
}

/* A function of type's on the host, for a type. */
static HostObject *
ask_type(HostObject *host, const char *name)
{
    HostObject *method = host_PyObject_GetAttrString((HostObject *)HOST(PyType_Type), name);
    HostObject *result = NULL;
    if (method != NULL) {
        host_INCREF(host);
        result = py2abi_hostcall(method, 1, host);
    }
    return result;
}

static PyObject *
type_repr(PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    if (is_host_type(type) && has_metatype(object)) {
        HostObject *host = py2abi_slots_first_host(object);
        HostObject *text = host != NULL ? ask_type(host, "__repr__") : NULL;
        host_XDECREF(host);
        return py2abi_slots_text_result(text);
    }
    if (is_host_type(type)) {
        return do_tp_repr(object);
    }
    return PyString_FromFormat(type->tp_flags & Py_TPFLAGS_HEAPTYPE ? "<class '%s'>"
                                                                    : "<type '%s'>",
                               type->tp_name);
}

static PyObject *
call_as_type(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    HostObject *host = py2abi_slots_first_host((PyObject *)type), *result = NULL;
    HostObject *call = host_PyObject_GetAttrString((HostObject *)HOST(PyType_Type), "__call__");
    result = call_with(call, host, args, kwargs, use_of(type));
    host_XDECREF(call);
    return py2abi_mirror_result(result);
}

/* What Python 3 wants as text among the variables that a class is made of, where a binary has it
 * as a str.  What cannot be decoded is left to the host. */
static void
make_texts(PyObject *variables)
{
    static const char *const names[] = {"__module__", "__qualname__", "__doc__"};
    for (size_t i = 0; i < COUNT(names); i++) {
        PyObject *value = PyDict_GetItemString(variables, names[i]);
        if (value != NULL && PyString_CheckExact(value)) {
            PyObject *text = PyUnicode_DecodeUTF8(PyString_AS_STRING(value),
                                                  PyString_GET_SIZE(value), NULL);
            if (text == NULL || PyDict_SetItemString(variables, names[i], text) < 0) {
                PyErr_Clear();
            }
            Py_XDECREF(text);
        }
    }
}

static PyObject *
type_call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    PyTypeObject *type = (PyTypeObject *)object;
    if (type == &PyType_Type && PyTuple_GET_SIZE(args) == 1
        && (kwargs == NULL || PyDict_Size(kwargs) == 0)) {
        PyObject *of = PyTuple_GET_ITEM(args, 0);
        Py_INCREF(Py_TYPE(of));
        return (PyObject *)Py_TYPE(of);
    }
    /* The host's class decides how it is called.  A binary's metatype has its name as a str. */
    if (is_host_type(type)
        || (type->tp_new == do_tp_new && !(py2abi_type_is_metatype(object) && type->tp_cache))
        || type == &PyBaseObject_Type) {
        if (PyType_IsSubtype(type, &PyType_Type) && PyTuple_GET_SIZE(args) == 3
            && PyDict_Check(PyTuple_GET_ITEM(args, 2))) {
            make_texts(PyTuple_GET_ITEM(args, 2));
        }
        return has_metatype(object) ? call_as_type(type, args, kwargs)
                                    : py2abi_call_host(object, args, kwargs);
    }
    if (type->tp_new == NULL) {
        return PyErr_Format(PyExc_TypeError, "cannot create '%.100s' instances", type->tp_name);
    }
    PyObject *made = type->tp_new(type, args, kwargs);
    if (made != NULL && PyType_Check(made) && py2abi_type_made((PyTypeObject *)made) < 0) {
        py2abi_error_to_guest();
        Py_CLEAR(made);
    }
    if (made == NULL || !PyType_IsSubtype(Py_TYPE(made), type)) {
        return made;
    }
    initproc initialise = PyType_HasFeature(Py_TYPE(made), Py_TPFLAGS_HAVE_CLASS)
                              ? Py_TYPE(made)->tp_init
                              : NULL;
    if (initialise != NULL && initialise(made, args, kwargs) < 0) {
        Py_CLEAR(made);
    }
    return made;
}

static PyObject *
new_reference(PyObject *object)
{
    object = object != NULL ? object : Py_None;
    Py_INCREF(object);
    return object;
}

/* What every type has, of types of the guest's own. */
static PyObject *
type_attribute(PyTypeObject *type, const char *name)
{
    const char *dot = strrchr(type->tp_name, '.');
    if (strcmp(name, "__name__") == 0) {
        return PyString_FromString(dot != NULL ? dot + 1 : type->tp_name);
    }
    if (strcmp(name, "__module__") == 0) {
        return dot != NULL ? PyString_FromStringAndSize(type->tp_name, dot - type->tp_name)
                           : PyString_FromString("__builtin__");
    }
    if (strcmp(name, "__doc__") == 0) {
        return type->tp_doc != NULL ? PyString_FromString(type->tp_doc) : new_reference(NULL);
    }
    if (strcmp(name, "__class__") == 0) {
        return new_reference((PyObject *)Py_TYPE(type));
    }
    if (strcmp(name, "__base__") == 0) {
        return new_reference((PyObject *)type->tp_base);
    }
    if (strcmp(name, "__bases__") == 0) {
        return new_reference(type->tp_bases);
    }
    if (strcmp(name, "__mro__") == 0) {
        return new_reference(type->tp_mro);
    }
    if (strcmp(name, "__basicsize__") == 0) {
        return PyInt_FromSsize_t(type->tp_basicsize);
    }
    if (strcmp(name, "__itemsize__") == 0) {
        return PyInt_FromSsize_t(type->tp_itemsize);
    }
    if (strcmp(name, "__flags__") == 0) {
        return PyInt_FromLong(type->tp_flags);
    }
    if (strcmp(name, "__dictoffset__") == 0) {
        return PyInt_FromSsize_t(type->tp_dictoffset);
    }
    if (strcmp(name, "__dict__") == 0 && type->tp_dict != NULL) {
        return new_reference(type->tp_dict);
    }
    return NULL;
}

static PyObject *
type_getattro(PyObject *object, PyObject *name)
{
    PyTypeObject *type = (PyTypeObject *)object, *meta = Py_TYPE(object);
    if (!PyString_Check(name)) {
        return PyObject_GenericGetAttr(object, name);
    }
    binary_operation host_get = has_metatype(object) ? py2abi_hosttype_getattr
                                                     : host_PyObject_GetAttr;
    if (is_host_type(type)) {
        return py2abi_attribute_of_host(object, name, host_get);
    }
    descrgetfunc get = NULL;
    PyObject *of_meta = py2abi_type_lookup(meta, name), *result;
    if (of_meta != NULL) {
        get = Py_TYPE(of_meta)->tp_descr_get;
        if (get != NULL && PyDescr_IsData(of_meta)) {
            return get(of_meta, object, (PyObject *)meta);
        }
    }
    PyObject *own = py2abi_type_lookup(type, name);
    if (own != NULL) {
        descrgetfunc own_get = Py_TYPE(own)->tp_descr_get;
        return own_get != NULL ? own_get(own, NULL, object) : new_reference(own);
    }
    if (of_meta != NULL) {
        return get != NULL ? get(of_meta, object, (PyObject *)meta) : new_reference(of_meta);
    }
    result = type_attribute(type, PyString_AS_STRING(name));
    if (result != NULL || PyErr_Occurred() != NULL) {
        return result;
    }
    /* A static type's methods are the host type's. */
    result = py2abi_attribute_of_host(object, name, host_get);
    if (result == NULL && (PyErr_ExceptionMatches(PyExc_NotImplementedError)
                           || PyErr_ExceptionMatches(PyExc_AttributeError))) {
        struct py2abi_attribute_entry entry = {NULL, NULL, NULL};
        PyTypeObject *owner = py2abi_attribute_find(type, name, &entry);
        PyErr_Clear();
        if (owner != NULL) {
            return py2abi_attribute_describe(owner, &entry);
        }
        PyErr_Format(PyExc_AttributeError, "type object '%.50s' has no attribute '%.400s'",
                     type->tp_name, PyString_AS_STRING(name));
    }
    return result;
}

static int
type_setattro(PyObject *object, PyObject *name, PyObject *value)
{
    PyTypeObject *type = (PyTypeObject *)object;
    if (is_host_type(type) && PyString_Check(name)) {
        HostObject *host = py2abi_slots_first_host(object), *host_value = NULL;
        HostObject *host_name = host != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
        int status = -1;
        if (host_name != NULL && (value == NULL || (host_value = host_of(value)) != NULL)) {
            status = (has_metatype(object) ? py2abi_hosttype_setattr : host_PyObject_SetAttr)(
                host, host_name, host_value);
        }
        host_XDECREF(host);
        host_XDECREF(host_name);
        host_XDECREF(host_value);
        return (int)py2abi_returned(status);
    }
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        PyErr_Format(PyExc_TypeError, "can't set attributes of built-in/extension type '%s'",
                     type->tp_name);
        return -1;
    }
    return PyObject_GenericSetAttr(object, name, value);
}

/* A type owns nothing that a binary's collector would have to know of; it has no head of the
 * collector's. */
static int
type_traverse(PyObject *type, visitproc visit, void *arg)
{
    (void)type;
    (void)visit;
    (void)arg;
    return 0;
}

static int
type_no(PyObject *type)
{
    (void)type;
    return 0;
}

static void
fill_type(PyTypeObject *type)
{
    type->tp_traverse = type_traverse;
    type->tp_clear = type_no;
    type->tp_is_gc = type_no;
    type->tp_repr = type_repr;
    type->tp_str = object_str;
    type->tp_hash = object_hash;
    type->tp_call = type_call;
    type->tp_getattro = type_getattro;
    type->tp_setattro = type_setattro;
    type->tp_init = type->tp_init != NULL ? type->tp_init : py2abi_slots_init;
    type->tp_new = type->tp_new != NULL ? type->tp_new : do_tp_new;
    type->tp_alloc = PyType_GenericAlloc;
}

/* ---- The table ---- */

/* The functions that have only their operation of their own. */
#define DEFINE_UNARY(slot)                                                                        \
    static PyObject *do_##slot(PyObject *object)                                                  \
    {                                                                                             \
        return operate_1(object, DO_##slot);                                                      \
    }
#define DEFINE_BINARY(slot)                                                                       \
    static PyObject *do_##slot(PyObject *v, PyObject *w)                                          \
    {                                                                                             \
        return operate_2(v, w, DO_##slot);                                                        \
    }
#define DEFINE_POWER(slot)                                                                        \
    static PyObject *do_##slot(PyObject *v, PyObject *w, PyObject *z)                             \
    {                                                                                             \
        return operate_3(v, w, z, DO_##slot);                                                     \
    }
#define DEFINE_JOIN(slot)                                                                         \
    static PyObject *do_##slot(PyObject *v, PyObject *w)                                          \
    {                                                                                             \
        HostObject *left = py2abi_slots_first_host(v);                                            \
        HostObject *right = left != NULL ? host_of(w) : NULL;                                     \
        HostObject *result = right != NULL ? DO_##slot(left, right) : NULL;                       \
        host_XDECREF(left);                                                                       \
        host_XDECREF(right);                                                                      \
        return py2abi_mirror_result(result);                                                      \
    }
#define DEFINE_REPEAT(slot)                                                                       \
    static PyObject *do_##slot(PyObject *object, Py_ssize_t count)                                \
    {                                                                                             \
        return do_repeat(object, count, DO_##slot);                                               \
    }
#define DEFINE_LENGTH(slot)
#define DEFINE_INQUIRY(slot)
#define DEFINE_COERCION(slot)
#define DEFINE_ITEM(slot)
#define DEFINE_SLICE(slot)
#define DEFINE_SET_ITEM(slot)
#define DEFINE_SET_SLICE(slot)
#define DEFINE_CONTAINS(slot)
#define DEFINE_SUBSCRIPT(slot)
#define DEFINE_SET_KEY(slot)
#define DEFINE_REPR(slot)
#define DEFINE_HASH(slot)
#define DEFINE_CALL(slot)
#define DEFINE_GETATTR(slot)
#define DEFINE_SETATTR(slot)
#define DEFINE_COMPARE(slot)
#define DEFINE_RICH(slot)
#define DEFINE_ITER(slot)
#define DEFINE_NEXT(slot)
#define DEFINE_DESCR_GET(slot)
#define DEFINE_DESCR_SET(slot)
#define DEFINE_INIT(slot)
#define DEFINE_NEW(slot)
#define DEFINE_SUM(slot)
#define DEFINE_PRODUCT(slot)
#define SLOT27(group, slot, class, feature, name, second, host, number) DEFINE_##class(slot)
#include "slots27.def"
#undef SLOT27

/* Those that the host has no means for, and that a type has only from its base. */
#define do_nb_coerce NULL
#define do_tp_compare NULL
#define do_tp_init   py2abi_slots_init
#define do_sq_length do_length
#define do_mp_length do_length
#define do_tp_descr_get py2abi_slots_descr_get
#define do_tp_descr_set py2abi_slots_descr_set


static const struct row {
    enum py2abi_slot_group group;
    unsigned offset;
    const char *name, *second;
    void (*generic)(void);
    int number;
} rows[] = {
#define SLOT27(group, slot, class, feature, name, second, host, number)                        \
    {group, offsetof(STRUCTURE_##group, slot), name, second, (void (*)(void))do_##slot, number},
#include "slots27.def"
#undef SLOT27
};

#define IS(row, in, slot) ((row)->group == (in) && (row)->offset == offsetof(STRUCTURE_##in, slot))

/* Static types may have left a whole group out; they are never freed. */
static int
put_function(PyTypeObject *type, const struct row *row, void (*function)(void))
{
    void *structure = py2abi_slot_structure(type, row->group);
    if (structure == NULL) {
        switch (row->group) {
        case NUMBER:
            structure = type->tp_as_number = calloc(1, sizeof(PyNumberMethods));
            break;
        case SEQUENCE:
            structure = type->tp_as_sequence = calloc(1, sizeof(PySequenceMethods));
            break;
        case MAPPING:
            structure = type->tp_as_mapping = calloc(1, sizeof(PyMappingMethods));
            break;
        case TYPE:
            break;
        }
        if (structure == NULL) {
            host_PyErr_NoMemory();
            return -1;
        }
    }
    memcpy((char *)structure + row->offset, &function, sizeof function);
    return 0;
}

/* All that a host type and its bases define, by name: a new dict, or NULL with a
 * host exception. */
static HostObject *
collect(HostObject *type)
{
    HostObject *all = host_PyDict_New();
    HostObject *mro = all != NULL ? py2abi_hosttype_attribute(type, "__mro__") : NULL;
    int failed = mro == NULL;
    for (Py_ssize_t i = failed ? 0 : host_PyTuple_Size(mro); !failed && i-- > 0;) {
        HostObject *names = py2abi_hosttype_attribute(host_PyTuple_GetItem(mro, i), "__dict__");
        failed = names == NULL || host_PyDict_Update(all, names) < 0;
        host_XDECREF(names);
    }
    host_XDECREF(mro);
    if (failed) {
        host_XDECREF(all);
        return NULL;
    }
    return all;
}

enum { ABSENT, PRESENT, UNKNOWN };

/* Whether the host type has the slot itself: of which of two slots a method is, of
 * nb_add or sq_concat.  Older hosts do not say of their static types. */
static int
has_slot(HostObject *host, int number)
{
    if (number == 0) {
        return UNKNOWN;
    }
    void *function = host_PyType_GetSlot((HostType *)host, number);
    if (function == NULL && host_PyErr_Occurred() != NULL) {
        host_PyErr_Clear();
        return UNKNOWN;
    }
    return function != NULL ? PRESENT : ABSENT;
}

/* A static type that Python 2.7 gave no tp_iter: its sequence is what is iterated. */
static int
is_string(const PyTypeObject *type)
{
    return (type->tp_flags & (Py_TPFLAGS_STRING_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS)) != 0
           && !(type->tp_flags & PY2ABI_TPFLAGS_HOST);
}

/* Whether a slot whose method the host type has makes sense for the guest type. */
static int
fits(const struct row *row, PyTypeObject *type, HostObject *host, HostObject *names)
{
    const PySequenceMethods *sequence = type->tp_as_sequence;
    int has = has_slot(host, row->number);
    if (has == ABSENT) {
        return 0;
    }
    if (IS(row, TYPE, tp_richcompare)) {
        return type->tp_compare == NULL;
    }
    if (IS(row, TYPE, tp_iter)) {
        return !is_string(type);
    }
    if (IS(row, NUMBER, nb_add) || IS(row, NUMBER, nb_inplace_add)) {
        return sequence == NULL || sequence->sq_concat == NULL;
    }
    if (IS(row, NUMBER, nb_multiply) || IS(row, NUMBER, nb_inplace_multiply)) {
        return sequence == NULL || sequence->sq_repeat == NULL;
    }
    if (IS(row, SEQUENCE, sq_slice) || IS(row, SEQUENCE, sq_ass_slice)) {
        /* Few types of Python 2.7 have them; others are sliced by objects. */
        return (type->tp_flags & (Py_TPFLAGS_LIST_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS
                                  | Py_TPFLAGS_STRING_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS))
               != 0;
    }
    if (has == UNKNOWN) {
        /* What the type is like has to tell. */
        int is_mapping = host_PyDict_GetItemString(names, "keys") != NULL;
        int has_items = host_PyDict_GetItemString(names, "__getitem__") != NULL;
        if (IS(row, SEQUENCE, sq_length) || IS(row, SEQUENCE, sq_item)
            || IS(row, SEQUENCE, sq_ass_item)) {
            return !is_mapping;
        }
        return row->group == SEQUENCE ? IS(row, SEQUENCE, sq_contains)
                                      : !IS(row, MAPPING, mp_length) || has_items;
    }
    return 1;
}

/* An iterator that is written in C is its own iterator. */
static int
is_own_iterator(HostObject *names)
{
    HostObject *iter = host_PyDict_GetItemString(names, "__iter__");
    HostObject *next = host_PyDict_GetItemString(names, "__next__");
    HostObject *wrapper = host_PyObject_GetAttrString((HostObject *)HOST(PyBaseObject_Type),
                                                      "__repr__");
    int is_so = next != NULL && iter != NULL && wrapper != NULL
                && py2abi_hostapi_type(iter) == py2abi_hostapi_type(wrapper);
    host_XDECREF(wrapper);
    host_PyErr_Clear();
    return is_so;
}

static HostObject *
method_of(HostObject *names, const char *name)
{
    return name != NULL ? host_PyDict_GetItemString(names, name) : NULL;
}

/* Whether a slot is the base's, since the host type has its methods from there.  A
 * number of the host's may be too large for the field that int's functions read. */
static int
is_inherited(const struct row *row, PyTypeObject *type, HostObject *names, HostObject *base_names)
{
    if (base_names == NULL || (is_host_type(type) && (type->tp_flags & Py_TPFLAGS_INT_SUBCLASS))
        || IS(row, TYPE, tp_getattro) || IS(row, TYPE, tp_setattro) || IS(row, TYPE, tp_new)) {
        return 0;
    }
    return method_of(names, row->name) == method_of(base_names, row->name)
           && method_of(names, row->second) == method_of(base_names, row->second);
}

/* The slots that are others in classes derived from a binary's type. */
static const struct {
    unsigned offset;
    void (*function)(void);
} of_classes[] = {
    {offsetof(PyTypeObject, tp_repr), (void (*)(void))class_tp_repr},
    {offsetof(PyTypeObject, tp_str), (void (*)(void))class_tp_str},
    {offsetof(PyTypeObject, tp_hash), (void (*)(void))class_tp_hash},
    {offsetof(PyTypeObject, tp_richcompare), (void (*)(void))class_tp_richcompare},
    {offsetof(PyTypeObject, tp_getattro), (void (*)(void))class_tp_getattro},
    {offsetof(PyTypeObject, tp_setattro), (void (*)(void))class_tp_setattro},
    {offsetof(PyTypeObject, tp_init), (void (*)(void))class_tp_init},
};

/* The function for a slot that is not the base's. */
static void (*choose(const struct row *row, PyTypeObject *type, HostObject *names))(void)
{
    if (is_host_type(type) && py2abi_type_defined(type) != NULL) {
        for (size_t i = 0; i < COUNT(of_classes); i++) {
            if (row->group == TYPE && row->offset == of_classes[i].offset) {
                return of_classes[i].function;
            }
        }
    }
    if (IS(row, TYPE, tp_getattro) && !is_host_type(type)) {
        return (void (*)(void))PyObject_GenericGetAttr;
    }
    if (IS(row, TYPE, tp_setattro) && !is_host_type(type)) {
        return (void (*)(void))PyObject_GenericSetAttr;
    }
    if (IS(row, TYPE, tp_iter) && is_own_iterator(names)) {
        return (void (*)(void))PyObject_SelfIter;
    }
    return row->generic;
}

/* A class statement gives both slots of a method, whatever the base has. */
static int
is_of_both(const struct row *row)
{
    return IS(row, SEQUENCE, sq_length) || IS(row, SEQUENCE, sq_item)
           || IS(row, SEQUENCE, sq_ass_item) || IS(row, MAPPING, mp_length)
           || IS(row, MAPPING, mp_subscript) || IS(row, MAPPING, mp_ass_subscript);
}

static int
fill_row(const struct row *row, PyTypeObject *type, HostObject *host, HostObject *names,
         HostObject *base_names)
{
    HostObject *value = method_of(names, row->name);
    if (value == NULL) {
        value = method_of(names, row->second);
    }
    void (*function)(void) = row->generic;
    if (value == NULL
        || py2abi_slot_read(py2abi_slot_structure(type, row->group), row->offset) != NULL) {
        return 0;
    }
    if (value == HOST(_Py_NoneStruct)) {
        return IS(row, TYPE, tp_hash)
                   ? put_function(type, row, (void (*)(void))PyObject_HashNotImplemented)
                   : 0;
    }
    int inherits = is_inherited(row, type, names, base_names);
    if (inherits) {
        function = py2abi_slot_read(py2abi_slot_structure(type->tp_base, row->group), row->offset);
        inherits = function != NULL || !is_of_both(row) || !(type->tp_flags & Py_TPFLAGS_HEAPTYPE);
    }
    if (!inherits) {
        if (!fits(row, type, host, names)) {
            return 0;
        }
        function = choose(row, type, names);
    }
    return function != NULL ? put_function(type, row, function) : 0;
}

/* Fill the slots that are NULL in a type with functions that ask the host, those
 * that host, its host type, has.  Returns 0, or -1 with a host exception. */
int
py2abi_slots_fill(PyTypeObject *type, HostObject *host)
{
    if (type == &PyBaseObject_Type) {
        fill_object(type);
        return 0;
    }
    if (type == &PyType_Type) {
        fill_type(type);
        return 0;
    }
    HostObject *names = collect(host), *base_names = NULL;
    HostObject *base = names != NULL ? py2abi_hosttype_attribute(host, "__base__") : NULL;
    int failed = base == NULL;
    if (!failed && base != (HostObject *)HOST(PyBaseObject_Type) && base != HOST(_Py_NoneStruct)
        && type->tp_base != NULL) {
        base_names = collect(base);
        failed = base_names == NULL;
    }
    for (size_t i = 0; i < COUNT(rows) && !failed; i++) {
        failed = fill_row(&rows[i], type, host, names, base_names) < 0;
    }
    /* A str of a derived type has its text on the guest's side too. */
    if (is_host_type(type) && type->tp_base != NULL
        && (type->tp_flags & (Py_TPFLAGS_STRING_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS))) {
        type->tp_as_buffer = type->tp_base->tp_as_buffer;
        type->tp_flags |= type->tp_base->tp_flags & Py_TPFLAGS_HAVE_NEWBUFFER;
    }
    /* The host's operators take operands of any type. */
    if (is_host_type(type) || type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        type->tp_flags |= Py_TPFLAGS_CHECKTYPES;
    }
    host_XDECREF(base);
    host_XDECREF(names);
    host_XDECREF(base_names);
    return failed ? -1 : 0;
}
