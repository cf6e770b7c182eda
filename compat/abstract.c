/* abstract.c - what can be done with numbers, sequences, mappings, what can be
 * called and what can be iterated, whatever their types are.
 *
 * As in Python 2 the slots of the types decide, and so nothing here asks the
 * host: the slots of what stands for a host object do that (slots.c). */

#include "config.h"
#include "guest.h"
#include "library.h"
#include "slots.h"
#include "views.h"

#include <stddef.h>
#include <string.h>

/* ---- Complaints ---- */

/* TypeError with a sentence that has one %.200s, for the type's name. */
__attribute__((format(printf, 1, 0))) static PyObject *
complain(const char *sentence, PyObject *object)
{
    PyErr_Format(PyExc_TypeError, sentence, Py_TYPE(object)->tp_name);
    return NULL;
}

__attribute__((format(printf, 1, 0))) static int
refuse(const char *sentence, PyObject *object)
{
    complain(sentence, object);
    return -1;
}

/* What a call with NULL for an object returns: the error of whoever made the
 * NULL, if there is one. */
static PyObject *
no_object(void)
{
    if (PyErr_Occurred() == NULL) {
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    }
    return NULL;
}

static int
no_number(void)
{
    no_object();
    return -1;
}

/* ---- Any object ---- */

int
PyObject_Cmp(PyObject *v, PyObject *w, int *result)
{
    if (v == NULL || w == NULL) {
        return no_number();
    }
    int order = PyObject_Compare(v, w);
    if (PyErr_Occurred() != NULL) {
        return -1;
    }
    *result = order;
    return 0;
}

PyObject *
PyObject_Type(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    Py_INCREF(Py_TYPE(object));
    return (PyObject *)Py_TYPE(object);
}

/* The groups of slots, or a group of none. */
static const PyNumberMethods *
number_slots(PyObject *object)
{
    static const PyNumberMethods none;
    return Py_TYPE(object)->tp_as_number != NULL ? Py_TYPE(object)->tp_as_number : &none;
}

static const PySequenceMethods *
sequence_slots(PyObject *object)
{
    static const PySequenceMethods none;
    return Py_TYPE(object)->tp_as_sequence != NULL ? Py_TYPE(object)->tp_as_sequence : &none;
}

static const PyMappingMethods *
mapping_slots(PyObject *object)
{
    static const PyMappingMethods none;
    return Py_TYPE(object)->tp_as_mapping != NULL ? Py_TYPE(object)->tp_as_mapping : &none;
}

Py_ssize_t
PyObject_Size(PyObject *object)
{
    if (object == NULL) {
        return no_number();
    }
    lenfunc length = sequence_slots(object)->sq_length;
    return length != NULL ? length(object) : PyMapping_Size(object);
}

Py_ssize_t
PyObject_Length(PyObject *object)
{
    return PyObject_Size(object);
}

/* How many items an iterable may have; preset if it does not say. */
Py_ssize_t
_PyObject_LengthHint(PyObject *object, Py_ssize_t preset)
{
    static PyObject *hint_name;
    if (sequence_slots(object)->sq_length != NULL || mapping_slots(object)->mp_length != NULL) {
        Py_ssize_t size = PyObject_Size(object);
        if (size >= 0) {
            return size;
        }
        if (!PyErr_ExceptionMatches(PyExc_TypeError)
            && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear();
    }
    if (py2abi_slots_is_host(object)) {
        HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE);
        Py_ssize_t hint = host != NULL ? host_PyObject_LengthHint(host, preset) : -1;
        host_XDECREF(host);
        return py2abi_returned(hint);
    }
    PyObject *method = _PyObject_LookupSpecial(object, (char *)(uintptr_t)"__length_hint__",
                                               &hint_name);
    if (method == NULL) {
        return PyErr_Occurred() != NULL ? -1 : preset;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(method, NULL);
    Py_DECREF(method);
    if (result == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_TypeError)
            && !PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear();
        return preset;
    }
    Py_ssize_t hint = PyNumber_Check(result) ? PyInt_AsSsize_t(result) : preset;
    Py_DECREF(result);
    return hint;
}

static int
is_index(PyObject *object)
{
    return PyIndex_Check(object);
}

PyObject *
PyObject_GetItem(PyObject *object, PyObject *key)
{
    if (object == NULL || key == NULL) {
        return no_object();
    }
    binaryfunc subscript = mapping_slots(object)->mp_subscript;
    if (subscript != NULL) {
        return subscript(object, key);
    }
    if (Py_TYPE(object)->tp_as_sequence != NULL) {
        if (is_index(key)) {
            Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
            return index == -1 && PyErr_Occurred() != NULL ? NULL
                                                           : PySequence_GetItem(object, index);
        }
        if (sequence_slots(object)->sq_item != NULL) {
            return complain("sequence index must be integer, not '%.200s'", key);
        }
    }
    return complain("'%.200s' object has no attribute '__getitem__'", object);
}

/* Store a value under a key or, when value is NULL, delete what is there. */
static int
change_item(PyObject *object, PyObject *key, PyObject *value)
{
    objobjargproc change = mapping_slots(object)->mp_ass_subscript;
    if (change != NULL) {
        return change(object, key, value);
    }
    if (Py_TYPE(object)->tp_as_sequence != NULL) {
        if (is_index(key)) {
            Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
            if (index == -1 && PyErr_Occurred() != NULL) {
                return -1;
            }
            return value != NULL ? PySequence_SetItem(object, index, value)
                                 : PySequence_DelItem(object, index);
        }
        if (sequence_slots(object)->sq_ass_item != NULL) {
            return refuse("sequence index must be integer, not '%.200s'", key);
        }
    }
    return value != NULL ? refuse("'%.200s' object does not support item assignment", object)
                         : refuse("'%.200s' object does not support item deletion", object);
}

int
PyObject_SetItem(PyObject *object, PyObject *key, PyObject *value)
{
    if (object == NULL || key == NULL || value == NULL) {
        return no_number();
    }
    return change_item(object, key, value);
}

int
PyObject_DelItem(PyObject *object, PyObject *key)
{
    if (object == NULL || key == NULL) {
        return no_number();
    }
    return change_item(object, key, NULL);
}

int
PyObject_DelItemString(PyObject *object, char *key)
{
    if (object == NULL || key == NULL) {
        return no_number();
    }
    PyObject *string = PyString_FromString(key);
    int status = string != NULL ? PyObject_DelItem(object, string) : -1;
    Py_XDECREF(string);
    return status;
}

/* Whether the type of a host object has no __format__ of its own. */
static int
has_plain_format(HostObject *object)
{
    HostObject *own = host_PyObject_GetAttrString(py2abi_hostapi_type(object), "__format__");
    HostObject *plain = host_PyObject_GetAttrString((HostObject *)HOST(PyBaseObject_Type),
                                                    "__format__");
    int is_plain = own == plain;
    host_XDECREF(own);
    host_XDECREF(plain);
    host_PyErr_Clear();
    return is_plain;
}

/* format(object, specification), a str or, if asked with one, a unicode.  Python
 * 3's rules for numbers and for text are Python 2's. */
PyObject *
PyObject_Format(PyObject *object, PyObject *specification)
{
    static PyObject *format_name;
    int is_unicode = PyUnicode_Check(object)
                     || (specification != NULL && PyUnicode_Check(specification));
    if (specification != NULL && !PyString_Check(specification)
        && !PyUnicode_Check(specification)) {
        return PyErr_Format(PyExc_TypeError,
                            "format expects arg 2 to be string or unicode, not %.100s",
                            Py_TYPE(specification)->tp_name);
    }
    PyObject *method = _PyObject_LookupSpecial(object, (char *)(uintptr_t)"__format__",
                                               &format_name);
    if (method != NULL && py2abi_slots_is_host(method)) {
        /* It is told the specification as the host tells it: as text. */
        Py_CLEAR(method);
    }
    if (method != NULL) {
        PyObject *empty = specification == NULL ? PyString_FromString("") : NULL;
        PyObject *result = PyObject_CallFunctionObjArgs(
            method, specification != NULL ? specification : empty, NULL);
        Py_DECREF(method);
        Py_XDECREF(empty);
        if (result != NULL && !PyString_Check(result) && !PyUnicode_Check(result)) {
            PyErr_SetString(PyExc_TypeError, "__format__ method did not return string or unicode");
            Py_CLEAR(result);
        }
        return result;
    }
    if (PyErr_Occurred() != NULL) {
        return NULL;
    }
    /* object.__format__ formats what str() gives; Python 3's is strict. */
    PyObject *text_of = NULL;
    if (py2abi_slots_is_host(object) && has_plain_format(PY2ABI_HEAD(object)->host)) {
        text_of = is_unicode ? PyObject_Unicode(object) : PyObject_Str(object);
        if (text_of == NULL) {
            return NULL;
        }
        object = text_of;
    }
    py2abi_lists_sync();
    HostObject *host_object = py2abi_host(object, PY2ABI_AS_TEXT), *host_specification = NULL;
    HostObject *text = NULL;
    if (host_object != NULL
        && (specification == NULL
            || (host_specification = py2abi_host(specification, PY2ABI_AS_TEXT)) != NULL)) {
        text = host_PyObject_Format(host_object, host_specification);
    }
    Py_XDECREF(text_of);
    host_XDECREF(host_object);
    host_XDECREF(host_specification);
    if (text == NULL || is_unicode) {
        return py2abi_unicode_result(text);
    }
    PyObject *string = py2abi_mirror_name(text);
    host_DECREF(text);
    return py2abi_returned(string != NULL ? 0 : -1) < 0 ? NULL : string;
}

/* ---- The old buffers ---- */

static const PyBufferProcs *
buffer_slots(PyObject *object)
{
    static const PyBufferProcs none;
    return Py_TYPE(object)->tp_as_buffer != NULL ? Py_TYPE(object)->tp_as_buffer : &none;
}

/* The memory of a host object, which stays until the guest's frame ends. */
static int
host_memory(PyObject *object, int flags, const char *complaint, void **memory, Py_ssize_t *length)
{
    enum py2abi_view_kind kind = py2abi_view_kind(object);
    int is_text = flags < 0;
    Py_ssize_t size = PY2ABI_VIEW_NONE;
    if (kind != PY2ABI_VIEW_NEW
        && !(is_text && (kind == PY2ABI_VIEW_DATA || kind == PY2ABI_VIEW_OLD_DATA))) {
        size = py2abi_view_keep(object, is_text ? PyBUF_SIMPLE : flags, memory);
    }
    if (size == PY2ABI_VIEW_NONE) {
        PyErr_SetString(PyExc_TypeError, complaint);
    }
    else if (size < 0 && kind == PY2ABI_VIEW_OLD && PyErr_ExceptionMatches(PyExc_ValueError)) {
        /* A map that is closed has no segment. */
        PyErr_SetString(PyExc_TypeError, "expected a single-segment buffer object");
    }
    *length = size;
    return size >= 0 ? 0 : -1;
}

/* What a type's slot gives: -1 with an exception. */
static Py_ssize_t
guest_memory(PyObject *object, int flags, const char *complaint, void **memory)
{
    const PyBufferProcs *slots = buffer_slots(object);
    readbufferproc get = flags == PyBUF_SIMPLE ? slots->bf_getreadbuffer : slots->bf_getwritebuffer;
    if (slots->bf_getsegcount == NULL
        || (flags < 0 ? slots->bf_getcharbuffer == NULL : get == NULL)) {
        PyErr_SetString(PyExc_TypeError, complaint);
        return -1;
    }
    if (slots->bf_getsegcount(object, NULL) != 1) {
        PyErr_SetString(PyExc_TypeError, "expected a single-segment buffer object");
        return -1;
    }
    if (flags >= 0) {
        return get(object, 0, memory);
    }
    char *text = NULL;
    Py_ssize_t size = slots->bf_getcharbuffer(object, 0, &text);
    *memory = text;
    return size;
}

/* The memory of any object; flags are those of a view, or -1 for text.  Returns 0, or -1 with
 * an exception. */
static int
get_memory(PyObject *object, int flags, const char *complaint, void **memory, Py_ssize_t *length)
{
    void *found = NULL;
    Py_ssize_t size;
    if (object == NULL || memory == NULL || length == NULL) {
        return no_number();
    }
    if (!py2abi_view_is_host(object)) {
        size = guest_memory(object, flags, complaint, &found);
    }
    else if (host_memory(object, flags, complaint, &found, &size) < 0) {
        size = -1;
    }
    if (size < 0) {
        return -1;
    }
    *memory = found;
    *length = size;
    return 0;
}

int
PyObject_AsCharBuffer(PyObject *object, const char **memory, Py_ssize_t *length)
{
    return get_memory(object, -1, "expected a string or other character buffer object",
                      (void **)(uintptr_t)memory, length);
}

/* For NULL, of which Python 2.7 dies, the answer is no, with a SystemError. */
int
PyObject_CheckReadBuffer(PyObject *object)
{
    if (object == NULL) {
        no_number();
        return 0;
    }
    if (py2abi_view_is_host(object)) {
        Py_buffer view;
        if (py2abi_view_kind(object) == PY2ABI_VIEW_NEW) {
            return 0;
        }
        if (py2abi_view_get(object, &view, PyBUF_SIMPLE) < 0) {
            PyErr_Clear();
            return 0;
        }
        PyBuffer_Release(&view);
        return 1;
    }
    const PyBufferProcs *slots = buffer_slots(object);
    return slots->bf_getreadbuffer != NULL && slots->bf_getsegcount != NULL
           && slots->bf_getsegcount(object, NULL) == 1;
}

int
PyObject_AsReadBuffer(PyObject *object, const void **memory, Py_ssize_t *length)
{
    return get_memory(object, PyBUF_SIMPLE, "expected a readable buffer object",
                      (void **)(uintptr_t)memory, length);
}

int
PyObject_AsWriteBuffer(PyObject *object, void **memory, Py_ssize_t *length)
{
    return get_memory(object, PyBUF_WRITABLE, "expected a writeable buffer object", memory, length);
}

/* ---- Numbers: operators of two operands ---- */

/* A slot of PyNumberMethods, as an offset. */
#define NB(slot) offsetof(PyNumberMethods, slot)

static binaryfunc
binary_slot(PyObject *object, size_t offset)
{
    binaryfunc slot;
    memcpy(&slot, (const char *)number_slots(object) + offset, sizeof slot);
    return slot;
}

static ternaryfunc
ternary_slot(PyObject *object, size_t offset)
{
    ternaryfunc slot;
    memcpy(&slot, (const char *)number_slots(object) + offset, sizeof slot);
    return slot;
}

/* Whether the slots of the object's type take operands of any type. */
static int
checks_types(PyObject *object)
{
    return PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_CHECKTYPES);
}

static int
has_inplace(PyObject *object)
{
    return PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HAVE_INPLACEOPS);
}

/* NotImplemented if nobody knows how.  Types that do not check what they get are
 * asked only once both operands have been made alike. */
static PyObject *
try_binary(PyObject *v, PyObject *w, size_t offset)
{
    binaryfunc left = checks_types(v) ? binary_slot(v, offset) : NULL, right = NULL;
    PyObject *result;
    if (Py_TYPE(v) != Py_TYPE(w) && checks_types(w)) {
        right = binary_slot(w, offset);
        right = right != left ? right : NULL;
    }
    if (left != NULL) {
        if (right != NULL && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
            result = right(v, w);
            if (result != Py_NotImplemented) {
                return result;
            }
            Py_DECREF(result);
            right = NULL;
        }
        result = left(v, w);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    if (right != NULL) {
        result = right(v, w);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    if (!checks_types(v) || !checks_types(w)) {
        int status = PyNumber_CoerceEx(&v, &w);
        if (status < 0) {
            return NULL;
        }
        if (status == 0) {
            binaryfunc both = binary_slot(v, offset);
            result = both != NULL ? both(v, w) : NULL;
            Py_DECREF(v);
            Py_DECREF(w);
            if (both != NULL) {
                return result;
            }
        }
    }
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

static PyObject *
try_inplace(PyObject *v, PyObject *w, size_t inplace, size_t offset)
{
    binaryfunc slot = has_inplace(v) ? binary_slot(v, inplace) : NULL;
    if (slot != NULL) {
        PyObject *result = slot(v, w);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    return try_binary(v, w, offset);
}

/* What try_binary gave, or the exception that says that nobody knows how. */
static PyObject *
require(PyObject *result, PyObject *v, PyObject *w, const char *operator)
{
    if (result == Py_NotImplemented) {
        Py_DECREF(result);
        return PyErr_Format(PyExc_TypeError,
                            "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'",
                            operator, Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
    }
    return result;
}

#define BINARY(name, slot, operator)                                                              \
    PyObject *PyNumber_##name(PyObject *v, PyObject *w)                                           \
    {                                                                                             \
        return require(try_binary(v, w, NB(nb_##slot)), v, w, operator);                          \
    }
#define INPLACE(name, slot, operator)                                                             \
    PyObject *PyNumber_InPlace##name(PyObject *v, PyObject *w)                                    \
    {                                                                                             \
        return require(try_inplace(v, w, NB(nb_inplace_##slot), NB(nb_##slot)), v, w, operator);  \
    }

BINARY(Or, or, "|")
BINARY(Xor, xor, "^")
BINARY(And, and, "&")
BINARY(Lshift, lshift, "<<")
BINARY(Rshift, rshift, ">>")
BINARY(Subtract, subtract, "-")
BINARY(Divide, divide, "/")
BINARY(TrueDivide, true_divide, "/")
BINARY(FloorDivide, floor_divide, "//")
BINARY(Remainder, remainder, "%")
BINARY(Divmod, divmod, "divmod()")
INPLACE(Or, or, "|=")
INPLACE(Xor, xor, "^=")
INPLACE(And, and, "&=")
INPLACE(Lshift, lshift, "<<=")
INPLACE(Rshift, rshift, ">>=")
INPLACE(Subtract, subtract, "-=")
INPLACE(Divide, divide, "/=")
INPLACE(TrueDivide, true_divide, "/=")
INPLACE(FloorDivide, floor_divide, "//=")
INPLACE(Remainder, remainder, "%=")

PyObject *
PyNumber_Add(PyObject *v, PyObject *w)
{
    PyObject *result = try_binary(v, w, NB(nb_add));
    binaryfunc concat = sequence_slots(v)->sq_concat;
    if (result == Py_NotImplemented && concat != NULL) {
        Py_DECREF(result);
        return concat(v, w);
    }
    return require(result, v, w, "+");
}

static PyObject *
repeat(ssizeargfunc slot, PyObject *sequence, PyObject *times)
{
    if (!is_index(times)) {
        return complain("can't multiply sequence by non-int of type '%.200s'", times);
    }
    Py_ssize_t count = PyNumber_AsSsize_t(times, PyExc_OverflowError);
    return count == -1 && PyErr_Occurred() != NULL ? NULL : slot(sequence, count);
}

PyObject *
PyNumber_Multiply(PyObject *v, PyObject *w)
{
    PyObject *result = try_binary(v, w, NB(nb_multiply));
    if (result == Py_NotImplemented) {
        ssizeargfunc left = sequence_slots(v)->sq_repeat, right = sequence_slots(w)->sq_repeat;
        if (left != NULL || right != NULL) {
            Py_DECREF(result);
            return left != NULL ? repeat(left, v, w) : repeat(right, w, v);
        }
    }
    return require(result, v, w, "*");
}

PyObject *
PyNumber_InPlaceAdd(PyObject *v, PyObject *w)
{
    PyObject *result = try_inplace(v, w, NB(nb_inplace_add), NB(nb_add));
    if (result == Py_NotImplemented) {
        binaryfunc concat = has_inplace(v) ? sequence_slots(v)->sq_inplace_concat : NULL;
        concat = concat != NULL ? concat : sequence_slots(v)->sq_concat;
        if (concat != NULL) {
            Py_DECREF(result);
            return concat(v, w);
        }
    }
    return require(result, v, w, "+=");
}

PyObject *
PyNumber_InPlaceMultiply(PyObject *v, PyObject *w)
{
    PyObject *result = try_inplace(v, w, NB(nb_inplace_multiply), NB(nb_multiply));
    if (result == Py_NotImplemented) {
        /* The right operand is looked at only where the left has no slots at all. */
        ssizeargfunc left = has_inplace(v) ? sequence_slots(v)->sq_inplace_repeat : NULL;
        ssizeargfunc right = Py_TYPE(v)->tp_as_sequence == NULL ? sequence_slots(w)->sq_repeat
                                                                : NULL;
        left = left != NULL ? left : sequence_slots(v)->sq_repeat;
        if (left != NULL || right != NULL) {
            Py_DECREF(result);
            return left != NULL ? repeat(left, v, w) : repeat(right, w, v);
        }
    }
    return require(result, v, w, "*=");
}

/* ---- Powers ---- */

/* Call a slot with three operands: NotImplemented goes, NULL with the status 0
 * says so. */
static PyObject *
ask(ternaryfunc slot, PyObject *v, PyObject *w, PyObject *z, int *is_known)
{
    PyObject *result = slot(v, w, z);
    *is_known = result != Py_NotImplemented;
    if (!*is_known) {
        Py_DECREF(result);
        return NULL;
    }
    return result;
}

/* All three made alike, pair by pair.  Returns 0 with three new references, 1
 * when they cannot be, -1 with an exception. */
static int
coerce_all(PyObject **v, PyObject **w, PyObject **z)
{
    int status = PyNumber_CoerceEx(v, w);
    if (status != 0) {
        return status;
    }
    if (*z == Py_None) {
        Py_INCREF(Py_None);
        return 0;
    }
    PyObject *first = *v, *last = *z;
    status = PyNumber_CoerceEx(&first, &last);
    if (status == 0) {
        PyObject *second = *w, *same = last;
        status = PyNumber_CoerceEx(&second, &same);
        Py_DECREF(last);
        if (status == 0) {
            Py_DECREF(*v);
            Py_DECREF(*w);
            *v = first;
            *w = second;
            *z = same;
            return 0;
        }
        Py_DECREF(first);
    }
    Py_DECREF(*v);
    Py_DECREF(*w);
    return status;
}

static PyObject *
power(PyObject *v, PyObject *w, PyObject *z, size_t offset)
{
    ternaryfunc left = checks_types(v) ? ternary_slot(v, offset) : NULL, right = NULL, third;
    PyObject *result;
    int is_known = 0;
    if (Py_TYPE(v) != Py_TYPE(w) && checks_types(w)) {
        right = ternary_slot(w, offset);
        right = right != left ? right : NULL;
    }
    if (left != NULL) {
        if (right != NULL && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
            result = ask(right, v, w, z, &is_known);
            if (is_known) {
                return result;
            }
            right = NULL;
        }
        result = ask(left, v, w, z, &is_known);
        if (is_known) {
            return result;
        }
    }
    if (right != NULL) {
        result = ask(right, v, w, z, &is_known);
        if (is_known) {
            return result;
        }
    }
    third = checks_types(z) ? ternary_slot(z, offset) : NULL;
    if (third != NULL && third != left && third != right) {
        result = ask(third, v, w, z, &is_known);
        if (is_known) {
            return result;
        }
    }
    if (!checks_types(v) || !checks_types(w) || (z != Py_None && !checks_types(z))) {
        PyObject *like_v = v, *like_w = w, *like_z = z;
        int status = coerce_all(&like_v, &like_w, &like_z);
        if (status < 0) {
            return NULL;
        }
        if (status == 0) {
            ternaryfunc all = ternary_slot(like_v, offset);
            result = all != NULL ? all(like_v, like_w, like_z) : NULL;
            Py_DECREF(like_v);
            Py_DECREF(like_w);
            Py_DECREF(like_z);
            if (all != NULL) {
                return result;
            }
        }
    }
    if (z == Py_None) {
        return PyErr_Format(PyExc_TypeError,
                            "unsupported operand type(s) for ** or pow(): '%.100s' and '%.100s'",
                            Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
    }
    return PyErr_Format(PyExc_TypeError,
                        "unsupported operand type(s) for pow(): '%.100s', '%.100s', '%.100s'",
                        Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name, Py_TYPE(z)->tp_name);
}

PyObject *
PyNumber_Power(PyObject *v, PyObject *w, PyObject *z)
{
    return power(v, w, z, NB(nb_power));
}

PyObject *
PyNumber_InPlacePower(PyObject *v, PyObject *w, PyObject *z)
{
    int is_inplace = has_inplace(v) && number_slots(v)->nb_inplace_power != NULL;
    return power(v, w, z, is_inplace ? NB(nb_inplace_power) : NB(nb_power));
}

/* ---- Numbers: operators of one operand, conversions ---- */

int
PyNumber_Check(PyObject *object)
{
    return object != NULL
           && (number_slots(object)->nb_int != NULL || number_slots(object)->nb_float != NULL);
}

#define UNARY(name, slot, complaint)                                                              \
    PyObject *PyNumber_##name(PyObject *object)                                                   \
    {                                                                                             \
        if (object == NULL) {                                                                     \
            return no_object();                                                                   \
        }                                                                                         \
        unaryfunc function = number_slots(object)->nb_##slot;                                     \
        return function != NULL ? function(object) : complain(complaint, object);                 \
    }

UNARY(Negative, negative, "bad operand type for unary -: '%.200s'")
UNARY(Positive, positive, "bad operand type for unary +: '%.200s'")
UNARY(Invert, invert, "bad operand type for unary ~: '%.200s'")
UNARY(Absolute, absolute, "bad operand type for abs(): '%.200s'")

static int
is_integer(PyObject *object)
{
    return PyInt_Check(object) || PyLong_Check(object);
}

PyObject *
PyNumber_Index(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    if (is_integer(object)) {
        Py_INCREF(object);
        return object;
    }
    if (!is_index(object)) {
        return complain("'%.200s' object cannot be interpreted as an index", object);
    }
    PyObject *result = number_slots(object)->nb_index(object);
    if (result != NULL && !is_integer(result)) {
        complain("__index__ returned non-(int,long) (type %.200s)", result);
        Py_CLEAR(result);
    }
    return result;
}

/* An index, clipped to what Py_ssize_t has or, with an exception given, that
 * exception. */
Py_ssize_t
PyNumber_AsSsize_t(PyObject *object, PyObject *exception)
{
    PyObject *value = PyNumber_Index(object);
    if (value == NULL) {
        return -1;
    }
    Py_ssize_t result = PyInt_AsSsize_t(value);
    if (result == -1 && PyErr_Occurred() != NULL && PyErr_ExceptionMatches(PyExc_OverflowError)) {
        PyErr_Clear();
        if (exception == NULL) {
            result = Py_SIZE(value) < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
        }
        else {
            PyErr_Format(exception, "cannot fit '%.200s' into an index-sized integer",
                         Py_TYPE(object)->tp_name);
        }
    }
    Py_DECREF(value);
    return result;
}

/* What __trunc__ gave as an int or a long.  Takes the reference over; sentence
 * has one %.200s. */
PyObject *
_PyNumber_ConvertIntegralToInt(PyObject *integral, const char *sentence)
{
    if (integral == NULL || is_integer(integral)) {
        return integral;
    }
    PyObject *method = PyObject_GetAttrString(integral, "__int__"), *result = NULL;
    if (method == NULL) {
        PyErr_Clear();
    }
    else {
        result = PyObject_CallObject(method, NULL);
        Py_DECREF(method);
        if (result == NULL || is_integer(result)) {
            Py_DECREF(integral);
            return result;
        }
        Py_SETREF(integral, result);
    }
    const char *name = Py_TYPE(integral)->tp_name;
    if (PyInstance_Check(integral)) {
        name = PyString_AS_STRING(((PyInstanceObject *)integral)->in_class->cl_name);
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    PyErr_Format(PyExc_TypeError, sentence, name);
#pragma GCC diagnostic pop
    Py_DECREF(integral);
    return NULL;
}

/* By the method __trunc__: NULL without an exception if there is none. */
static PyObject *
by_trunc(PyObject *object)
{
    PyObject *method = PyObject_GetAttrString(object, "__trunc__");
    if (method == NULL) {
        PyErr_Clear();
        return NULL;
    }
    PyObject *truncated = PyObject_CallObject(method, NULL);
    Py_DECREF(method);
    return _PyNumber_ConvertIntegralToInt(truncated,
                                          "__trunc__ returned non-Integral (type %.200s)");
}

/* The text must end where the number does. */
static PyObject *
parse_int(const char *text, Py_ssize_t length)
{
    char *end;
    PyObject *result = PyInt_FromString((char *)(uintptr_t)text, &end, 10);
    if (result != NULL && end != text + length) {
        PyErr_SetString(PyExc_ValueError, "null byte in argument for int()");
        Py_CLEAR(result);
    }
    return result;
}

static PyObject *
parse_long(const char *text, Py_ssize_t length)
{
    char *end;
    PyObject *result = PyLong_FromString((char *)(uintptr_t)text, &end, 10);
    if (result != NULL && end != text + length) {
        PyErr_SetString(PyExc_ValueError, "null byte in argument for long()");
        Py_CLEAR(result);
    }
    return result;
}

PyObject *
PyNumber_Int(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    if (PyInt_CheckExact(object)) {
        Py_INCREF(object);
        return object;
    }
    unaryfunc convert = number_slots(object)->nb_int;
    PyObject *result;
    if (convert != NULL) {
        result = convert(object);
        if (result != NULL && !is_integer(result)) {
            complain("__int__ returned non-int (type %.200s)", result);
            Py_CLEAR(result);
        }
        return result;
    }
    if (PyInt_Check(object)) {
        return PyInt_FromLong(PyInt_AS_LONG(object));
    }
    result = by_trunc(object);
    if (result != NULL || PyErr_Occurred() != NULL) {
        return result;
    }
    if (PyString_Check(object)) {
        return parse_int(PyString_AS_STRING(object), PyString_GET_SIZE(object));
    }
    if (PyUnicode_Check(object)) {
        return PyInt_FromUnicode(PyUnicode_AS_UNICODE(object), PyUnicode_GET_SIZE(object), 10);
    }
    const char *text;
    Py_ssize_t length;
    if (PyObject_AsCharBuffer(object, &text, &length) == 0) {
        return parse_int(text, length);
    }
    return complain("int() argument must be a string or a number, not '%.200s'", object);
}

/* An int as a long; takes the reference over. */
static PyObject *
as_long(PyObject *integer)
{
    if (integer != NULL && PyInt_Check(integer)) {
        long value = PyInt_AS_LONG(integer);
        Py_DECREF(integer);
        return PyLong_FromLong(value);
    }
    return integer;
}

PyObject *
PyNumber_Long(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    unaryfunc convert = number_slots(object)->nb_long;
    PyObject *result;
    if (convert != NULL) {
        result = as_long(convert(object));
        if (result != NULL && !PyLong_Check(result)) {
            complain("__long__ returned non-long (type %.200s)", result);
            Py_CLEAR(result);
        }
        return result;
    }
    if (PyLong_Check(object)) {
        return _PyLong_Copy((PyLongObject *)object);
    }
    result = by_trunc(object);
    if (result != NULL || PyErr_Occurred() != NULL) {
        return as_long(result);
    }
    if (PyString_Check(object)) {
        return parse_long(PyString_AS_STRING(object), PyString_GET_SIZE(object));
    }
    if (PyUnicode_Check(object)) {
        return PyLong_FromUnicode(PyUnicode_AS_UNICODE(object), PyUnicode_GET_SIZE(object), 10);
    }
    const char *text;
    Py_ssize_t length;
    if (PyObject_AsCharBuffer(object, &text, &length) == 0) {
        return parse_long(text, length);
    }
    return complain("long() argument must be a string or a number, not '%.200s'", object);
}

PyObject *
PyNumber_Float(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    unaryfunc convert = number_slots(object)->nb_float;
    if (convert != NULL) {
        PyObject *result = convert(object);
        if (result != NULL && !PyFloat_Check(result)) {
            complain("__float__ returned non-float (type %.200s)", result);
            Py_CLEAR(result);
        }
        return result;
    }
    if (PyFloat_Check(object)) {
        return PyFloat_FromDouble(PyFloat_AS_DOUBLE(object));
    }
    return PyFloat_FromString(object, NULL);
}

PyObject *
PyNumber_ToBase(PyObject *object, int base)
{
    PyObject *index = PyNumber_Index(object), *result = NULL;
    if (index == NULL) {
        return NULL;
    }
    if (PyLong_Check(index)) {
        result = _PyLong_Format(index, base, 0, 1);
    }
    else {
        result = _PyInt_Format((PyIntObject *)index, base, 1);
    }
    Py_DECREF(index);
    return result;
}

/* ---- Sequences ---- */

int
PySequence_Check(PyObject *object)
{
    if (object == NULL) {
        return 0;
    }
    if (PyInstance_Check(object)) {
        return PyObject_HasAttrString(object, "__getitem__");
    }
    return !PyDict_Check(object) && sequence_slots(object)->sq_item != NULL;
}

Py_ssize_t
PySequence_Size(PyObject *object)
{
    if (object == NULL) {
        return no_number();
    }
    lenfunc length = sequence_slots(object)->sq_length;
    return length != NULL ? length(object)
                          : refuse("object of type '%.200s' has no len()", object);
}

Py_ssize_t
PySequence_Length(PyObject *object)
{
    return PySequence_Size(object);
}

PyObject *
PySequence_Concat(PyObject *v, PyObject *w)
{
    if (v == NULL || w == NULL) {
        return no_object();
    }
    binaryfunc concat = sequence_slots(v)->sq_concat;
    if (concat != NULL) {
        return concat(v, w);
    }
    /* Of classes there is only __add__. */
    if (PySequence_Check(v) && PySequence_Check(w)) {
        PyObject *result = try_binary(v, w, NB(nb_add));
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    return complain("'%.200s' object can't be concatenated", v);
}

PyObject *
PySequence_InPlaceConcat(PyObject *v, PyObject *w)
{
    if (v == NULL || w == NULL) {
        return no_object();
    }
    binaryfunc concat = has_inplace(v) ? sequence_slots(v)->sq_inplace_concat : NULL;
    concat = concat != NULL ? concat : sequence_slots(v)->sq_concat;
    if (concat != NULL) {
        return concat(v, w);
    }
    if (PySequence_Check(v) && PySequence_Check(w)) {
        PyObject *result = try_inplace(v, w, NB(nb_inplace_add), NB(nb_add));
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    return complain("'%.200s' object can't be concatenated", v);
}

/* The operator * of a class that has it. */
static PyObject *
multiply(PyObject *sequence, Py_ssize_t count, int is_inplace)
{
    if (PySequence_Check(sequence)) {
        PyObject *number = PyInt_FromSsize_t(count);
        if (number == NULL) {
            return NULL;
        }
        PyObject *result = is_inplace ? try_inplace(sequence, number, NB(nb_inplace_multiply),
                                                    NB(nb_multiply))
                                      : try_binary(sequence, number, NB(nb_multiply));
        Py_DECREF(number);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    return complain("'%.200s' object can't be repeated", sequence);
}

PyObject *
PySequence_Repeat(PyObject *object, Py_ssize_t count)
{
    if (object == NULL) {
        return no_object();
    }
    ssizeargfunc slot = sequence_slots(object)->sq_repeat;
    return slot != NULL ? slot(object, count) : multiply(object, count, 0);
}

PyObject *
PySequence_InPlaceRepeat(PyObject *object, Py_ssize_t count)
{
    if (object == NULL) {
        return no_object();
    }
    ssizeargfunc slot = has_inplace(object) ? sequence_slots(object)->sq_inplace_repeat : NULL;
    slot = slot != NULL ? slot : sequence_slots(object)->sq_repeat;
    return slot != NULL ? slot(object, count) : multiply(object, count, 1);
}

/* Count negative indices from the end, as often as they are given.  Returns 0, or
 * -1 with an exception.  Slots without a length get them as they are. */
static int
from_the_end(PyObject *object, Py_ssize_t *first, Py_ssize_t *second)
{
    lenfunc length = sequence_slots(object)->sq_length;
    if ((*first >= 0 && *second >= 0) || length == NULL) {
        return 0;
    }
    Py_ssize_t size = length(object);
    if (size < 0) {
        return -1;
    }
    *first += *first < 0 ? size : 0;
    *second += *second < 0 ? size : 0;
    return 0;
}

PyObject *
PySequence_GetItem(PyObject *object, Py_ssize_t index)
{
    Py_ssize_t none = 0;
    if (object == NULL) {
        return no_object();
    }
    ssizeargfunc item = sequence_slots(object)->sq_item;
    if (item == NULL) {
        return complain("'%.200s' object does not support indexing", object);
    }
    return from_the_end(object, &index, &none) < 0 ? NULL : item(object, index);
}

/* Store or, when value is NULL, delete. */
static int
change_at(PyObject *object, Py_ssize_t index, PyObject *value)
{
    Py_ssize_t none = 0;
    ssizeobjargproc change = sequence_slots(object)->sq_ass_item;
    if (change == NULL) {
        return value != NULL
                   ? refuse("'%.200s' object does not support item assignment", object)
                   : refuse("'%.200s' object doesn't support item deletion", object);
    }
    return from_the_end(object, &index, &none) < 0 ? -1 : change(object, index, value);
}

int
PySequence_SetItem(PyObject *object, Py_ssize_t index, PyObject *value)
{
    return object == NULL ? no_number() : change_at(object, index, value);
}

int
PySequence_DelItem(PyObject *object, Py_ssize_t index)
{
    return object == NULL ? no_number() : change_at(object, index, NULL);
}

PyObject *
PySequence_GetSlice(PyObject *object, Py_ssize_t from, Py_ssize_t to)
{
    if (object == NULL) {
        return no_object();
    }
    ssizessizeargfunc slice = sequence_slots(object)->sq_slice;
    if (slice != NULL) {
        return from_the_end(object, &from, &to) < 0 ? NULL : slice(object, from, to);
    }
    binaryfunc subscript = mapping_slots(object)->mp_subscript;
    if (subscript == NULL) {
        return complain("'%.200s' object is unsliceable", object);
    }
    PyObject *key = _PySlice_FromIndices(from, to);
    PyObject *result = key != NULL ? subscript(object, key) : NULL;
    Py_XDECREF(key);
    return result;
}

static int
change_slice(PyObject *object, Py_ssize_t from, Py_ssize_t to, PyObject *value)
{
    ssizessizeobjargproc slot = sequence_slots(object)->sq_ass_slice;
    if (slot != NULL) {
        return from_the_end(object, &from, &to) < 0 ? -1 : slot(object, from, to, value);
    }
    /* Deletion knows only the slot for slices. */
    objobjargproc change = mapping_slots(object)->mp_ass_subscript;
    if (change == NULL || value == NULL) {
        return value != NULL ? refuse("'%.200s' object doesn't support slice assignment", object)
                             : refuse("'%.200s' object doesn't support slice deletion", object);
    }
    PyObject *key = _PySlice_FromIndices(from, to);
    int status = key != NULL ? change(object, key, value) : -1;
    Py_XDECREF(key);
    return status;
}

int
PySequence_SetSlice(PyObject *object, Py_ssize_t from, Py_ssize_t to, PyObject *value)
{
    return object == NULL ? no_number() : change_slice(object, from, to, value);
}

int
PySequence_DelSlice(PyObject *object, Py_ssize_t from, Py_ssize_t to)
{
    return object == NULL ? no_number() : change_slice(object, from, to, NULL);
}

PyObject *
PySequence_Tuple(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    if (PyTuple_CheckExact(object)) {
        Py_INCREF(object);
        return object;
    }
    if (PyList_CheckExact(object)) {
        return PyList_AsTuple(object);
    }
    PyObject *iterator = PyObject_GetIter(object);
    Py_ssize_t room = iterator != NULL ? _PyObject_LengthHint(object, 10) : -1, used = 0;
    PyObject *result = room >= 0 ? PyTuple_New(room) : NULL;
    while (result != NULL) {
        PyObject *item = PyIter_Next(iterator);
        if (item == NULL) {
            if (PyErr_Occurred() != NULL) {
                Py_CLEAR(result);
            }
            break;
        }
        if (used == room) {
            /* Ever larger steps, so that long ones are not copied too often. */
            if (room > PY_SSIZE_T_MAX / 2 - 10) {
                Py_DECREF(item);
                Py_CLEAR(result);
                PyErr_NoMemory();
                break;
            }
            room += 10 + room / 4;
            if (_PyTuple_Resize(&result, room) < 0) {
                Py_DECREF(item);
                break;
            }
        }
        PyTuple_SET_ITEM(result, used, item);
        used++;
    }
    if (result != NULL && used < room) {
        _PyTuple_Resize(&result, used);
    }
    Py_XDECREF(iterator);
    return result;
}

PyObject *
PySequence_List(PyObject *object)
{
    if (object == NULL) {
        return no_object();
    }
    PyObject *iterator = PyObject_GetIter(object);
    /* The hint is of no use here, but one that fails is an error. */
    PyObject *result = iterator != NULL && _PyObject_LengthHint(object, 8) >= 0 ? PyList_New(0)
                                                                                : NULL;
    while (result != NULL) {
        PyObject *item = PyIter_Next(iterator);
        if (item == NULL) {
            if (PyErr_Occurred() != NULL) {
                Py_CLEAR(result);
            }
            break;
        }
        if (PyList_Append(result, item) < 0) {
            Py_CLEAR(result);
        }
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    return result;
}

/* The macros of abstract.h read the result's items. */
PyObject *
PySequence_Fast(PyObject *object, const char *complaint)
{
    if (object == NULL) {
        return no_object();
    }
    if (PyTuple_CheckExact(object)) {
        Py_INCREF(object);
        return object;
    }
    if (PyList_CheckExact(object)) {
        if (py2abi_list_refresh(object) < 0) {
            return py2abi_failed();
        }
        Py_INCREF(object);
        return object;
    }
    PyObject *iterator = PyObject_GetIter(object);
    if (iterator == NULL) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_SetString(PyExc_TypeError, complaint);
        }
        return NULL;
    }
    PyObject *list = PySequence_List(iterator);
    Py_DECREF(iterator);
    return list;
}

/* Iterate to count, to find the place of, or to find an item.  Returns -1 with an
 * exception. */
Py_ssize_t
_PySequence_IterSearch(PyObject *sequence, PyObject *item, int operation)
{
    if (sequence == NULL || item == NULL) {
        return no_number();
    }
    PyObject *iterator = PyObject_GetIter(sequence);
    if (iterator == NULL) {
        return refuse("argument of type '%.200s' is not iterable", sequence);
    }
    Py_ssize_t count = 0, place = 0, result = -1;
    for (;;) {
        PyObject *next = PyIter_Next(iterator);
        if (next == NULL) {
            break;
        }
        int is_equal = PyObject_RichCompareBool(item, next, Py_EQ);
        Py_DECREF(next);
        if (is_equal < 0) {
            goto done;
        }
        if (is_equal && operation == PY_ITERSEARCH_CONTAINS) {
            result = 1;
            goto done;
        }
        if (is_equal && operation == PY_ITERSEARCH_INDEX) {
            if (place == PY_SSIZE_T_MAX) {
                PyErr_SetString(PyExc_OverflowError, "index exceeds C integer size");
            }
            else {
                result = place;
            }
            goto done;
        }
        if (is_equal && count++ == PY_SSIZE_T_MAX) {
            PyErr_SetString(PyExc_OverflowError, "count exceeds C integer size");
            goto done;
        }
        place += place < PY_SSIZE_T_MAX;
    }
    if (PyErr_Occurred() == NULL) {
        if (operation == PY_ITERSEARCH_INDEX) {
            PyErr_SetString(PyExc_ValueError, "sequence.index(x): x not in sequence");
        }
        else {
            result = count;
        }
    }
done:
    Py_DECREF(iterator);
    return result;
}

Py_ssize_t
PySequence_Count(PyObject *sequence, PyObject *item)
{
    return _PySequence_IterSearch(sequence, item, PY_ITERSEARCH_COUNT);
}

Py_ssize_t
PySequence_Index(PyObject *sequence, PyObject *item)
{
    return _PySequence_IterSearch(sequence, item, PY_ITERSEARCH_INDEX);
}

int
PySequence_Contains(PyObject *sequence, PyObject *item)
{
    if (PyType_HasFeature(Py_TYPE(sequence), Py_TPFLAGS_HAVE_SEQUENCE_IN)
        && sequence_slots(sequence)->sq_contains != NULL) {
        return sequence_slots(sequence)->sq_contains(sequence, item);
    }
    return (int)_PySequence_IterSearch(sequence, item, PY_ITERSEARCH_CONTAINS);
}

int
PySequence_In(PyObject *sequence, PyObject *item)
{
    return PySequence_Contains(sequence, item);
}

/* ---- Mappings ---- */

int
PyMapping_Check(PyObject *object)
{
    if (object != NULL && PyInstance_Check(object)) {
        return PyObject_HasAttrString(object, "__getitem__");
    }
    return object != NULL && mapping_slots(object)->mp_subscript != NULL
           && sequence_slots(object)->sq_slice == NULL;
}

Py_ssize_t
PyMapping_Size(PyObject *object)
{
    if (object == NULL) {
        return no_number();
    }
    lenfunc length = mapping_slots(object)->mp_length;
    return length != NULL ? length(object)
                          : refuse("object of type '%.200s' has no len()", object);
}

Py_ssize_t
PyMapping_Length(PyObject *object)
{
    return PyMapping_Size(object);
}

PyObject *
PyMapping_GetItemString(PyObject *object, char *key)
{
    if (key == NULL) {
        return no_object();
    }
    PyObject *string = PyString_FromString(key);
    PyObject *result = string != NULL ? PyObject_GetItem(object, string) : NULL;
    Py_XDECREF(string);
    return result;
}

int
PyMapping_SetItemString(PyObject *object, char *key, PyObject *value)
{
    if (key == NULL) {
        return no_number();
    }
    PyObject *string = PyString_FromString(key);
    int status = string != NULL ? PyObject_SetItem(object, string, value) : -1;
    Py_XDECREF(string);
    return status;
}

static int
was_found(PyObject *item)
{
    if (item == NULL) {
        PyErr_Clear();
        return 0;
    }
    Py_DECREF(item);
    return 1;
}

int
PyMapping_HasKeyString(PyObject *object, char *key)
{
    return was_found(PyMapping_GetItemString(object, key));
}

int
PyMapping_HasKey(PyObject *object, PyObject *key)
{
    return was_found(PyObject_GetItem(object, key));
}

/* ---- Calls ---- */

PyObject *
PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    ternaryfunc call = Py_TYPE(callable)->tp_call;
    if (call == NULL) {
        return complain("'%.200s' object is not callable", callable);
    }
    if (Py_EnterRecursiveCall(" while calling a Python object")) {
        return NULL;
    }
    PyObject *result = call(callable, args, kwargs);
    Py_LeaveRecursiveCall();
    if (result == NULL && PyErr_Occurred() == NULL) {
        PyErr_SetString(PyExc_SystemError, "NULL result without error in PyObject_Call");
    }
    return result;
}

/* Whether an object is what keys(), values() and items() give on the host.  They
 * are lists in Python 2, and are read as such. */
static int
is_view(PyObject *object)
{
    static HostObject *view_class; /* of mappings that are written in Python */
    PyTypeObject *type = Py_TYPE(object);
    if (!(type->tp_flags & PY2ABI_TPFLAGS_HOST)) {
        return type == &PyDictKeys_Type || type == &PyDictValues_Type || type == &PyDictItems_Type;
    }
    if (!(type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        return PyType_IsSubtype(type, &PyDictKeys_Type)
               || PyType_IsSubtype(type, &PyDictValues_Type)
               || PyType_IsSubtype(type, &PyDictItems_Type);
    }
    if (view_class == NULL) {
        HostObject *module = host_PyImport_ImportModule("collections.abc");
        view_class = module != NULL ? host_PyObject_GetAttrString(module, "MappingView") : NULL;
        host_XDECREF(module);
        host_PyErr_Clear();
    }
    return view_class != NULL
           && host_PyType_IsSubtype((HostType *)py2abi_hostapi_type(PY2ABI_HEAD(object)->host),
                                    (HostType *)view_class);
}

/* Whether a dictionary of the host's has keys that are no ASCII: a binary's may be other names
 * than the policy for strings has made of them. */
static int
has_odd_names(HostObject *named)
{
    HostObject *key, *value;
    Py_ssize_t at = 0, size;
    while (host_PyDict_Next(named, &at, &key, &value)) {
        if (py2abi_hostapi_type(key) != (HostObject *)HOST(PyUnicode_Type)
            || host_PyUnicode_AsUTF8AndSize(key, &size) == NULL
            || size != host_PyUnicode_GetLength(key)) {
            host_PyErr_Clear();
            return 1;
        }
    }
    return 0;
}

/* Keyword arguments for the host: kwargs is a dict.  Returns a new reference, or NULL with a
 * host exception. */
HostObject *
py2abi_host_keywords(PyObject *kwargs, enum py2abi_use use)
{
    HostObject *host = py2abi_host(kwargs, PY2ABI_AS_VALUE), *named;
    PyObject *key, *value;
    Py_ssize_t at = 0;
    if (host == NULL || !PyDict_Check(kwargs)
        || (use == PY2ABI_AS_VALUE && !has_odd_names(host))) {
        return host;
    }
    host_DECREF(host);
    named = host_PyDict_New();
    while (named != NULL && PyDict_Next(kwargs, &at, &key, &value)) {
        HostObject *name = py2abi_host(key, PY2ABI_AS_NAME);
        HostObject *item = name != NULL ? py2abi_host(value, use) : NULL;
        if (item == NULL || host_PyDict_SetItem(named, name, item) < 0) {
            host_DECREF(named);
            named = NULL;
        }
        host_XDECREF(name);
        host_XDECREF(item);
    }
    return named;
}

/* Call a host function with a guest's arguments.  Returns a new reference, or NULL with a
 * host exception. */
static HostObject *
call_as(HostObject *function, PyObject *args, PyObject *kwargs, enum py2abi_use use)
{
    HostObject *positional = py2abi_host(args, use), *named = NULL, *result = NULL;
    if (positional != NULL
        && (kwargs == NULL || (named = py2abi_host_keywords(kwargs, use)) != NULL)) {
        result = host_PyObject_Call(function, positional, named);
    }
    host_XDECREF(positional);
    host_XDECREF(named);
    return result;
}

/* A call that the library has refused is made again, with its strings of the other kind, if
 * the first cannot have done anything.  Returns its result, a new reference, or NULL with a
 * host exception: the first one where that says more. */
static HostObject *
call_again(HostObject *function, PyObject *args, PyObject *kwargs, enum py2abi_use use)
{
    HostObject *type, *value, *traceback, *result;
    host_PyErr_Fetch(&type, &value, &traceback);
    int is_guess = use == PY2ABI_AS_KEY; /* None of it was text by birth. */
    if (is_guess && py2abi_library_has(function) == PY2ABI_NOT_LIBRARY) {
        host_PyErr_Restore(type, value, traceback);
        return NULL;
    }
    result = call_as(function, args, kwargs, use);
    if (result == NULL && is_guess && py2abi_library_refused()) {
        host_PyErr_Clear();
        host_PyErr_Restore(type, value, traceback);
        return NULL;
    }
    host_XDECREF(type);
    host_XDECREF(value);
    host_XDECREF(traceback);
    return result;
}

/* Call a function of the host's that may be its library's: there text is str, which elsewhere
 * is as the policy says. */
static HostObject *
call_value(HostObject *function, PyObject *args, PyObject *kwargs)
{
    enum py2abi_use use = PY2ABI_AS_VALUE, other = PY2ABI_AS_VALUE;
    int has_text = py2abi_library_concerns(args, kwargs);
    if (has_text) {
        /* A method's object may keep for the user what it is given. */
        enum py2abi_library library = py2abi_library_has(function);
        use = library == PY2ABI_LIBRARY ? PY2ABI_AS_ARGUMENT : use;
        other = library == PY2ABI_LIBRARY_METHOD ? PY2ABI_AS_ARGUMENT : other;
    }
    HostObject *result = call_as(function, args, kwargs, use);
    if (result != NULL || !py2abi_library_refused()
        || !py2abi_library_may_repeat(function, args, kwargs)) {
        return result;
    }
    if (use != other) {
        return call_again(function, args, kwargs, other);
    }
    return !has_text && py2abi_library_may_concern(args, kwargs)
               ? call_again(function, args, kwargs, PY2ABI_AS_KEY)
               : NULL;
}

/* Call the host object that a mirror stands for.  args is a tuple, kwargs a dict
 * or NULL, all borrowed.  Returns a new reference, or NULL with a guest
 * exception. */
PyObject *
py2abi_call_host(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (py2abi_has_ended()) {
        PyErr_SetString(PyExc_SystemError, "Python has ended");
        return NULL;
    }
    py2abi_lists_sync();
    HostObject *function = py2abi_host(callable, PY2ABI_AS_VALUE), *result = NULL;
    if (function != NULL) {
        /* What an exception is made with may be a message; a class has a name. */
        result = PyExceptionClass_Check(callable) && PyType_Check(callable)
                     ? call_as(function, args, kwargs,
                               py2abi_exception_use((PyTypeObject *)callable))
                 : py2abi_type_is_metatype(callable)
                     ? call_as(function, args, kwargs, PY2ABI_AS_NAME)
                     : call_value(function, args, kwargs);
        if (result != NULL && kwargs == NULL && PyTuple_GET_SIZE(args) == 0
            && py2abi_hostapi_type(result) == (HostObject *)HOST(PyUnicode_Type)
            && py2abi_library_gives_str(function)) {
            PyObject *string = py2abi_mirror_name(result);
            host_DECREF(function);
            host_DECREF(result);
            return string != NULL ? string : py2abi_failed();
        }
        host_DECREF(function);
    }
    PyObject *mirror = py2abi_mirror_result(result);
    if (mirror != NULL && py2abi_slots_is_host(mirror) && is_view(mirror)) {
        PyObject *list = PySequence_List(mirror);
        Py_SETREF(mirror, list);
    }
    return mirror;
}

PyObject *
PyObject_CallObject(PyObject *callable, PyObject *args)
{
    if (args != NULL && !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
        return NULL;
    }
    PyObject *none = args == NULL ? PyTuple_New(0) : NULL, *result = NULL;
    if (args != NULL || none != NULL) {
        result = PyObject_Call(callable, args != NULL ? args : none, NULL);
    }
    Py_XDECREF(none);
    return result;
}

/* Call with what a format made, which may be one object that is no tuple.  Takes
 * args over. */
static PyObject *
call_built(PyObject *callable, PyObject *args)
{
    if (args != NULL && !PyTuple_Check(args)) {
        PyObject *tuple = PyTuple_New(1);
        if (tuple == NULL) {
            Py_DECREF(args);
            return NULL;
        }
        PyTuple_SET_ITEM(tuple, 0, args);
        args = tuple;
    }
    PyObject *result = args != NULL ? PyObject_Call(callable, args, NULL) : NULL;
    Py_XDECREF(args);
    return result;
}

static PyObject *
build(const char *format, va_list values, int is_sized)
{
    if (format == NULL || *format == '\0') {
        return PyTuple_New(0);
    }
    return is_sized ? _Py_VaBuildValue_SizeT(format, values) : Py_VaBuildValue(format, values);
}

PyObject *
PyObject_VCallFunction(PyObject *callable, char *format, va_list values)
{
    return callable == NULL ? no_object() : call_built(callable, build(format, values, 0));
}

PyObject *
_PyObject_VCallFunction_SizeT(PyObject *callable, char *format, va_list values)
{
    return callable == NULL ? no_object() : call_built(callable, build(format, values, 1));
}

static PyObject *
call_method(PyObject *object, const char *name, const char *format, va_list values, int is_sized)
{
    if (object == NULL || name == NULL) {
        return no_object();
    }
    PyObject *method = PyObject_GetAttrString(object, name), *result = NULL;
    if (method == NULL) {
        return NULL;
    }
    if (!PyCallable_Check(method)) {
        complain("attribute of type '%.200s' is not callable", method);
    }
    else {
        result = call_built(method, build(format, values, is_sized));
    }
    Py_DECREF(method);
    return result;
}

PyObject *
PyObject_VCallMethod(PyObject *object, char *name, char *format, va_list values)
{
    return call_method(object, name, format, values, 0);
}

PyObject *
_PyObject_VCallMethod_SizeT(PyObject *object, char *name, char *format, va_list values)
{
    return call_method(object, name, format, values, 1);
}

/* The objects up to the NULL at the end as a tuple. */
static PyObject *
pack_objects(va_list objects)
{
    va_list ahead;
    Py_ssize_t count = 0;
    va_copy(ahead, objects);
    while (va_arg(ahead, PyObject *) != NULL) {
        count++;
    }
    va_end(ahead);
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        PyObject *object = va_arg(objects, PyObject *);
        Py_INCREF(object);
        PyTuple_SET_ITEM(tuple, i, object);
    }
    return tuple;
}

PyObject *
PyObject_VCallFunctionObjArgs(PyObject *callable, va_list objects)
{
    if (callable == NULL) {
        return no_object();
    }
    PyObject *args = pack_objects(objects);
    PyObject *result = args != NULL ? PyObject_Call(callable, args, NULL) : NULL;
    Py_XDECREF(args);
    return result;
}

PyObject *
PyObject_VCallMethodObjArgs(PyObject *object, PyObject *name, va_list objects)
{
    if (object == NULL || name == NULL) {
        return no_object();
    }
    PyObject *method = PyObject_GetAttr(object, name);
    if (method == NULL) {
        return NULL;
    }
    PyObject *result = PyObject_VCallFunctionObjArgs(method, objects);
    Py_DECREF(method);
    return result;
}

/* ---- Classes ---- */

/* Whatever has a tuple __bases__ is a class: a new reference to that, or NULL,
 * with an exception only if the attribute is there and fails. */
static PyObject *
abstract_bases(PyObject *class)
{
    PyObject *bases = PyObject_GetAttrString(class, "__bases__");
    if (bases == NULL) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
        }
    }
    else if (!PyTuple_Check(bases)) {
        Py_CLEAR(bases);
    }
    return bases;
}

static int
is_abstract_subclass(PyObject *derived, PyObject *class)
{
    if (derived == class) {
        return 1;
    }
    PyObject *bases = abstract_bases(derived);
    if (bases == NULL) {
        return PyErr_Occurred() != NULL ? -1 : 0;
    }
    int is_so = 0;
    if (Py_EnterRecursiveCall(" in __subclasscheck__")) {
        is_so = -1;
    }
    else {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases) && is_so == 0; i++) {
            is_so = is_abstract_subclass(PyTuple_GET_ITEM(bases, i), class);
        }
        Py_LeaveRecursiveCall();
    }
    Py_DECREF(bases);
    return is_so;
}

/* Returns 1 for a class, else 0 with an exception. */
static int
check_class(PyObject *class, const char *complaint)
{
    PyObject *bases = abstract_bases(class);
    if (bases == NULL) {
        if (PyErr_Occurred() == NULL) {
            PyErr_SetString(PyExc_TypeError, complaint);
        }
        return 0;
    }
    Py_DECREF(bases);
    return 1;
}

/* The same for old classes. */
static int
is_old_subclass(PyObject *derived, PyObject *class)
{
    if (derived == class) {
        return 1;
    }
    PyObject *bases = PyClass_Check(derived) ? ((PyClassObject *)derived)->cl_bases : NULL;
    for (Py_ssize_t i = 0; bases != NULL && i < PyTuple_GET_SIZE(bases); i++) {
        if (is_old_subclass(PyTuple_GET_ITEM(bases, i), class)) {
            return 1;
        }
    }
    return 0;
}

/* isinstance() without __instancecheck__: by the type, or by what the object says
 * is its class. */
int
_PyObject_RealIsInstance(PyObject *object, PyObject *class)
{
    if (PyClass_Check(class) && PyInstance_Check(object)) {
        return is_old_subclass((PyObject *)((PyInstanceObject *)object)->in_class, class);
    }
    int is_type = PyType_Check(class);
    if (is_type && PyObject_TypeCheck(object, (PyTypeObject *)class)) {
        return 1;
    }
    if (!is_type && !check_class(class, "isinstance() arg 2 must be a class, type, or tuple of "
                                        "classes and types")) {
        return -1;
    }
    PyObject *own = PyObject_GetAttrString(object, "__class__");
    int is_so = 0;
    if (own == NULL) {
        PyErr_Clear();
    }
    else if (!is_type) {
        is_so = is_abstract_subclass(own, class);
    }
    else if (own != (PyObject *)Py_TYPE(object) && PyType_Check(own)) {
        is_so = PyType_IsSubtype((PyTypeObject *)own, (PyTypeObject *)class);
    }
    Py_XDECREF(own);
    return is_so;
}

int
_PyObject_RealIsSubclass(PyObject *derived, PyObject *class)
{
    if (PyType_Check(class) && PyType_Check(derived)) {
        return PyType_IsSubtype((PyTypeObject *)derived, (PyTypeObject *)class);
    }
    if (PyClass_Check(derived) && PyClass_Check(class)) {
        return is_old_subclass(derived, class);
    }
    if (!check_class(derived, "issubclass() arg 1 must be a class")
        || !check_class(class, "issubclass() arg 2 must be a class or tuple of classes")) {
        return -1;
    }
    return is_abstract_subclass(derived, class);
}

/* Ask a class of the host's, which may have __instancecheck__ or
 * __subclasscheck__ there. */
static int
ask_host(PyObject *object, PyObject *class, int (*question)(HostObject *, HostObject *))
{
    py2abi_lists_sync();
    HostObject *host_class = py2abi_host(class, PY2ABI_AS_VALUE);
    HostObject *host = host_class != NULL ? py2abi_host(object, PY2ABI_AS_VALUE) : NULL;
    int is_so = host != NULL ? question(host, host_class) : -1;
    host_XDECREF(host);
    host_XDECREF(host_class);
    return (int)py2abi_returned(is_so);
}

/* Whether a class came from the host, so that it decides. */
static int
is_host_class(PyObject *class)
{
    return PyType_Check(class) ? (((PyTypeObject *)class)->tp_flags & PY2ABI_TPFLAGS_HOST) != 0
                               : py2abi_slots_is_host(class);
}

/* By the class's own check if it has one: a method of its metatype. */
static int
check_by_class(PyObject *object, PyObject *class, const char *name, PyObject **cache,
               int (*otherwise)(PyObject *, PyObject *))
{
    PyObject *check;
    if (PyClass_Check(class) || PyInstance_Check(class)) {
        check = PyObject_GetAttrString(class, name);
        if (check == NULL) {
            if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
                return -1;
            }
            PyErr_Clear();
        }
    }
    else {
        check = _PyObject_LookupSpecial(class, (char *)(uintptr_t)name, cache);
        if (check == NULL && PyErr_Occurred() != NULL) {
            return -1;
        }
    }
    if (check == NULL) {
        return otherwise(object, class);
    }
    int is_so = -1;
    if (!Py_EnterRecursiveCall(" in a class's check")) {
        PyObject *result = PyObject_CallFunctionObjArgs(check, object, NULL);
        Py_LeaveRecursiveCall();
        if (result != NULL) {
            is_so = PyObject_IsTrue(result);
            Py_DECREF(result);
        }
    }
    Py_DECREF(check);
    return is_so;
}

/* The answer for each class of a tuple, until it is yes or an error. */
static int
any_of(PyObject *object, PyObject *classes, const char *where,
       int (*question)(PyObject *, PyObject *))
{
    int is_so = 0;
    if (Py_EnterRecursiveCall((char *)(uintptr_t)where)) {
        return -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(classes) && is_so == 0; i++) {
        is_so = question(object, PyTuple_GET_ITEM(classes, i));
    }
    Py_LeaveRecursiveCall();
    return is_so;
}

int
PyObject_IsInstance(PyObject *object, PyObject *class)
{
    static PyObject *name;
    if ((PyObject *)Py_TYPE(object) == class) {
        return 1;
    }
    if (PyTuple_Check(class)) {
        return any_of(object, class, " in __instancecheck__", PyObject_IsInstance);
    }
    if (is_host_class(class)) {
        /* What an object of the guest's own is derived from needs no crossing. */
        if (PyType_Check(class) && !(Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_HOST)
            && PyType_IsSubtype(Py_TYPE(object), (PyTypeObject *)class)) {
            return 1;
        }
        return ask_host(object, class, host_PyObject_IsInstance);
    }
    return check_by_class(object, class, "__instancecheck__", &name, _PyObject_RealIsInstance);
}

int
PyObject_IsSubclass(PyObject *derived, PyObject *class)
{
    static PyObject *name;
    if (PyTuple_Check(class)) {
        return any_of(derived, class, " in __subclasscheck__", PyObject_IsSubclass);
    }
    if (is_host_class(class)) {
        if (PyType_Check(class) && PyType_Check(derived)
            && !(((PyTypeObject *)derived)->tp_flags & PY2ABI_TPFLAGS_HOST)
            && PyType_IsSubtype((PyTypeObject *)derived, (PyTypeObject *)class)) {
            return 1;
        }
        return ask_host(derived, class, host_PyObject_IsSubclass);
    }
    return check_by_class(derived, class, "__subclasscheck__", &name, _PyObject_RealIsSubclass);
}

/* ---- Iterators ---- */

PyObject *
PyObject_GetIter(PyObject *object)
{
    getiterfunc get = PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HAVE_ITER)
                          ? Py_TYPE(object)->tp_iter
                          : NULL;
    if (get == NULL) {
        return PySequence_Check(object) ? PySeqIter_New(object)
                                        : complain("'%.200s' object is not iterable", object);
    }
    PyObject *iterator = get(object);
    if (iterator != NULL && !PyIter_Check(iterator)) {
        PyErr_Format(PyExc_TypeError, "iter() returned non-iterator of type '%.100s'",
                     Py_TYPE(iterator)->tp_name);
        Py_CLEAR(iterator);
    }
    return iterator;
}

/* The next item; NULL at the end, without an exception, or with one. */
PyObject *
PyIter_Next(PyObject *iterator)
{
    PyObject *item = Py_TYPE(iterator)->tp_iternext(iterator);
    if (item == NULL && PyErr_Occurred() != NULL
        && PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyErr_Clear();
    }
    return item;
}
