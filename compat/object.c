/* object.c - what can be done with any object: printing, comparing, hashing,
 * attributes, truth; None and NotImplemented.
 *
 * All of it asks the slots of the object's type, as Python 2 did.  What stands
 * for a host object has slots that ask the host (slots.c). */

#include "config.h"
#include "attributes.h"
#include "guest.h"
#include "numbers.h"
#include "slots.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int Py_DivisionWarningFlag;
int Py_Py3kWarningFlag;
_Py_HashSecret_t _Py_HashSecret;
int _Py_SwappedOp[] = {Py_GT, Py_GE, Py_EQ, Py_NE, Py_LT, Py_LE};

/* Python 2.7 refers to these so that its linker keeps them. */
PyTypeObject *_Py_capsule_hack = &PyCapsule_Type;
PyTypeObject *_Py_cobject_hack = &PyCObject_Type;
Py_ssize_t (*_Py_abstract_hack)(PyObject *) = PyObject_Size;

/* ---- Making and ending objects ---- */

void
Py_IncRef(PyObject *object)
{
    Py_XINCREF(object);
}

void
Py_DecRef(PyObject *object)
{
    Py_XDECREF(object);
}

PyObject *
PyObject_Init(PyObject *object, PyTypeObject *type)
{
    if (object == NULL) {
        return PyErr_NoMemory();
    }
    Py_TYPE(object) = type;
    _Py_NewReference(object);
    return object;
}

PyVarObject *
PyObject_InitVar(PyVarObject *object, PyTypeObject *type, Py_ssize_t size)
{
    if (object == NULL) {
        return (PyVarObject *)PyErr_NoMemory();
    }
    object->ob_size = size;
    return (PyVarObject *)PyObject_Init((PyObject *)object, type);
}

/* A type of mirrors gives its instances a head, whoever makes them. */
PyObject *
_PyObject_New(PyTypeObject *type)
{
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        PyObject *object = py2abi_mirror_new(type, NULL);
        return object != NULL ? object : py2abi_failed();
    }
    return PyObject_Init(PyObject_Malloc((size_t)_PyObject_SIZE(type)), type);
}

PyVarObject *
_PyObject_NewVar(PyTypeObject *type, Py_ssize_t size)
{
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        PyObject *object = py2abi_mirror_new_var(type, NULL, size);
        return (PyVarObject *)(object != NULL ? object : py2abi_failed());
    }
    return PyObject_InitVar(PyObject_Malloc(_PyObject_VAR_SIZE(type, size)), type, size);
}

void
_PyObject_Del(PyObject *object)
{
    PyObject_Free(object);
}

/* ---- Printing ---- */

/* Returns 0, or -1 with a guest exception. */
static int
print_string(PyObject *string, FILE *stream)
{
    if (string == NULL) {
        return -1;
    }
    Py_BEGIN_ALLOW_THREADS
    fwrite(PyString_AS_STRING(string), 1, (size_t)PyString_GET_SIZE(string), stream);
    Py_END_ALLOW_THREADS
    Py_DECREF(string);
    return 0;
}

int
PyObject_Print(PyObject *object, FILE *stream, int flags)
{
    int status = 0;
    if (PyErr_CheckSignals() != 0) {
        return -1;
    }
    clearerr(stream);
    if (object == NULL) {
        fputs("<nil>", stream);
    }
    else if (Py_REFCNT(object) <= 0) {
        fprintf(stream, "<refcnt %ld at %p>", (long)Py_REFCNT(object), (void *)object);
    }
    else if (Py_TYPE(object)->tp_print != NULL) {
        if (Py_EnterRecursiveCall(" while printing an object")) {
            return -1;
        }
        status = Py_TYPE(object)->tp_print(object, stream, flags);
        Py_LeaveRecursiveCall();
    }
    else {
        status = print_string(flags & Py_PRINT_RAW ? PyObject_Str(object) : PyObject_Repr(object),
                              stream);
    }
    if (status == 0 && ferror(stream)) {
        PyErr_SetFromErrno(PyExc_IOError);
        clearerr(stream);
        status = -1;
    }
    return status;
}

/* For debuggers: any thread may call it, on any object. */
void
_PyObject_Dump(PyObject *object)
{
    if (object == NULL) {
        fprintf(stderr, "NULL\n");
        return;
    }
    PyGILState_STATE state = PyGILState_Ensure();
    fprintf(stderr, "object  : ");
    if (PyObject_Print(object, stderr, 0) < 0) {
        PyErr_Clear();
    }
    fprintf(stderr, "\ntype    : %s\nrefcount: %ld\naddress : %p\n",
            Py_TYPE(object) == NULL ? "NULL" : Py_TYPE(object)->tp_name, (long)Py_REFCNT(object),
            (void *)object);
    PyGILState_Release(state);
}

PyObject *
PyObject_Repr(PyObject *object)
{
    if (object == NULL) {
        return PyString_FromString("<NULL>");
    }
    if (Py_TYPE(object)->tp_repr == NULL) {
        return PyString_FromFormat("<%s object at %p>", Py_TYPE(object)->tp_name, (void *)object);
    }
    PyObject *result = Py_TYPE(object)->tp_repr(object);
    if (result != NULL && PyUnicode_Check(result)) {
        PyObject *encoded = PyUnicode_AsEncodedString(result, NULL, NULL);
        Py_DECREF(result);
        result = encoded;
    }
    if (result != NULL && !PyString_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__repr__ returned non-string (type %.200s)",
                     Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

/* str(), whose result may be unicode here. */
PyObject *
_PyObject_Str(PyObject *object)
{
    if (object == NULL) {
        return PyString_FromString("<NULL>");
    }
    if (PyString_CheckExact(object) || PyUnicode_CheckExact(object)) {
        Py_INCREF(object);
        return object;
    }
    if (Py_TYPE(object)->tp_str == NULL) {
        return PyObject_Repr(object);
    }
    if (Py_EnterRecursiveCall(" while getting the str of an object")) {
        return NULL;
    }
    PyObject *result = Py_TYPE(object)->tp_str(object);
    Py_LeaveRecursiveCall();
    if (result != NULL && !PyString_Check(result) && !PyUnicode_Check(result)) {
        PyErr_Format(PyExc_TypeError, "__str__ returned non-string (type %.200s)",
                     Py_TYPE(result)->tp_name);
        Py_CLEAR(result);
    }
    return result;
}

PyObject *
PyObject_Str(PyObject *object)
{
    PyObject *result = _PyObject_Str(object);
    if (result != NULL && PyUnicode_Check(result)) {
        PyObject *encoded = PyUnicode_AsEncodedString(result, NULL, NULL);
        Py_DECREF(result);
        result = encoded;
    }
    return result;
}

PyObject *
PyObject_Unicode(PyObject *object)
{
    static PyObject *unicode_name;
    PyObject *result = NULL;
    if (object == NULL) {
        result = PyString_FromString("<NULL>");
    }
    else if (PyUnicode_CheckExact(object)) {
        Py_INCREF(object);
        return object;
    }
    else if (py2abi_slots_is_host(object)) {
        /* Python 3's str() gives unicode. */
        return py2abi_slots_text(object);
    }
    else {
        PyObject *method = NULL;
        if (PyInstance_Check(object)) {
            method = PyObject_GetAttrString(object, "__unicode__");
            if (method == NULL) {
                if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
                    return NULL;
                }
                PyErr_Clear();
            }
        }
        else {
            method = _PyObject_LookupSpecial(object, (char *)(uintptr_t)"__unicode__",
                                             &unicode_name);
            if (method == NULL && PyErr_Occurred() != NULL) {
                return NULL;
            }
        }
        if (method != NULL) {
            result = PyObject_CallFunctionObjArgs(method, NULL);
            Py_DECREF(method);
        }
        else if (PyUnicode_Check(object)) {
            /* Of a derived type: its text as a plain unicode. */
            return PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(object),
                                         PyUnicode_GET_SIZE(object));
        }
        else if (Py_TYPE(object)->tp_str != NULL) {
            /* Whatever it returns: what is no text is refused as what cannot be decoded. */
            result = Py_TYPE(object)->tp_str(object);
        }
        else {
            result = PyObject_Repr(object);
        }
    }
    if (result != NULL && !PyUnicode_Check(result)) {
        PyObject *decoded = PyUnicode_FromEncodedObject(result, NULL, "strict");
        Py_DECREF(result);
        result = decoded;
    }
    return result;
}

/* ---- Representations that contain themselves ---- */

/* What is being represented by this thread. */
static __thread PyObject **in_repr;
static __thread Py_ssize_t in_repr_used, in_repr_room;

int
Py_ReprEnter(PyObject *object)
{
    for (Py_ssize_t i = 0; i < in_repr_used; i++) {
        if (in_repr[i] == object) {
            return 1;
        }
    }
    if (in_repr_used == in_repr_room) {
        Py_ssize_t room = 2 * in_repr_room + 8;
        PyObject **grown = realloc(in_repr, (size_t)room * sizeof *grown);
        if (grown == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        in_repr = grown;
        in_repr_room = room;
    }
    in_repr[in_repr_used++] = object;
    return 0;
}

void
Py_ReprLeave(PyObject *object)
{
    for (Py_ssize_t i = in_repr_used - 1; i >= 0; i--) {
        if (in_repr[i] == object) {
            in_repr_used--;
            memmove(&in_repr[i], &in_repr[i + 1],
                    (size_t)(in_repr_used - i) * sizeof in_repr[0]);
            break;
        }
    }
    if (in_repr_used == 0) {
        /* A thread that ends leaves nothing behind. */
        free(in_repr);
        in_repr = NULL;
        in_repr_room = 0;
    }
}

/* ---- Comparing ----
 *
 * A comparison in three ways gives -1, 0 or 1; FAILED with an exception, or
 * UNKNOWN when neither object knows the other. */

enum { FAILED = -2, UNKNOWN = 2 };

static richcmpfunc
rich_slot(PyObject *object)
{
    return PyType_HasFeature(Py_TYPE(object), Py_TPFLAGS_HAVE_RICHCOMPARE)
               ? Py_TYPE(object)->tp_richcompare
               : NULL;
}

/* The result of a tp_compare, which says -1 on failure too. */
static int
adjust(int result)
{
    if (PyErr_Occurred() != NULL) {
        return FAILED;
    }
    return result < -1 ? -1 : result > 1 ? 1 : result;
}

static PyObject *
not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

static PyObject *
answer(int op, int order)
{
    int is_so = 0;
    switch (op) {
    case Py_LT:
        is_so = order < 0;
        break;
    case Py_LE:
        is_so = order <= 0;
        break;
    case Py_EQ:
        is_so = order == 0;
        break;
    case Py_NE:
        is_so = order != 0;
        break;
    case Py_GT:
        is_so = order > 0;
        break;
    case Py_GE:
        is_so = order >= 0;
        break;
    default:
        break;
    }
    return PyBool_FromLong(is_so);
}

/* By both tp_richcompare, a derived type's first.  May give NotImplemented. */
static PyObject *
try_rich(PyObject *v, PyObject *w, int op)
{
    richcmpfunc compare = rich_slot(w);
    PyObject *result;
    int is_tried = 0;
    if (Py_TYPE(v) != Py_TYPE(w) && compare != NULL && PyType_IsSubtype(Py_TYPE(w), Py_TYPE(v))) {
        result = compare(w, v, _Py_SwappedOp[op]);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
        is_tried = 1;
    }
    if (rich_slot(v) != NULL) {
        result = rich_slot(v)(v, w, op);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    if (compare != NULL && !is_tried) {
        return compare(w, v, _Py_SwappedOp[op]);
    }
    return not_implemented();
}

/* 1 when the operator holds, 0 when not, -1 with an exception, or UNKNOWN. */
static int
try_rich_bool(PyObject *v, PyObject *w, int op)
{
    if (rich_slot(v) == NULL && rich_slot(w) == NULL) {
        return UNKNOWN;
    }
    PyObject *result = try_rich(v, w, op);
    if (result == NULL) {
        return -1;
    }
    int is_so = result == Py_NotImplemented ? UNKNOWN : PyObject_IsTrue(result);
    Py_DECREF(result);
    return is_so;
}

static int
try_rich_in_three_ways(PyObject *v, PyObject *w)
{
    static const struct {
        int op, order;
    } tries[] = {{Py_EQ, 0}, {Py_LT, -1}, {Py_GT, 1}};
    if (rich_slot(v) == NULL && rich_slot(w) == NULL) {
        return UNKNOWN;
    }
    for (int i = 0; i < 3; i++) {
        int is_so = try_rich_bool(v, w, tries[i].op);
        if (is_so < 0) {
            return FAILED;
        }
        if (is_so == 1) {
            return tries[i].order;
        }
    }
    return UNKNOWN;
}

/* By tp_compare, which is called only with two objects that have the same one. */
static int
try_three_ways(PyObject *v, PyObject *w)
{
    cmpfunc compare = Py_TYPE(v)->tp_compare;
    if (PyInstance_Check(v) && compare != NULL) {
        return compare(v, w);
    }
    if (PyInstance_Check(w) && Py_TYPE(w)->tp_compare != NULL) {
        return Py_TYPE(w)->tp_compare(v, w);
    }
    if (compare != NULL && compare == Py_TYPE(w)->tp_compare) {
        return adjust(compare(v, w));
    }
    int status = PyNumber_CoerceEx(&v, &w);
    if (status != 0) {
        return status < 0 ? FAILED : UNKNOWN;
    }
    compare = Py_TYPE(v)->tp_compare;
    int order = compare != NULL && compare == Py_TYPE(w)->tp_compare ? adjust(compare(v, w))
                                                                       : UNKNOWN;
    Py_DECREF(v);
    Py_DECREF(w);
    return order;
}

static int
order_addresses(const void *v, const void *w)
{
    return (uintptr_t)v < (uintptr_t)w ? -1 : (uintptr_t)v > (uintptr_t)w;
}

/* Where nothing else decides: None, numbers, then by the types' names, then by
 * addresses. */
static int
order_anyhow(PyObject *v, PyObject *w)
{
    if (Py_TYPE(v) == Py_TYPE(w)) {
        return order_addresses(v, w);
    }
    if (v == Py_None) {
        return -1;
    }
    if (w == Py_None) {
        return 1;
    }
    int order = strcmp(PyNumber_Check(v) ? "" : Py_TYPE(v)->tp_name,
                       PyNumber_Check(w) ? "" : Py_TYPE(w)->tp_name);
    return order != 0 ? (order < 0 ? -1 : 1) : order_addresses(Py_TYPE(v), Py_TYPE(w));
}

static int
compare_in_three_ways(PyObject *v, PyObject *w)
{
    cmpfunc compare = Py_TYPE(v)->tp_compare;
    if (Py_TYPE(v) == Py_TYPE(w) && compare != NULL) {
        /* An instance of an old class may not know. */
        int order = compare(v, w);
        if (!PyInstance_Check(v)) {
            return adjust(order);
        }
        if (order != UNKNOWN) {
            return order;
        }
    }
    int order = try_rich_in_three_ways(v, w);
    if (order == UNKNOWN) {
        order = try_three_ways(v, w);
    }
    return order == UNKNOWN ? order_anyhow(v, w) : order;
}

/* -1, 0 or 1; on failure -1 (PyErr_Occurred tells). */
int
PyObject_Compare(PyObject *v, PyObject *w)
{
    if (v == NULL || w == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (v == w) {
        return 0;
    }
    if (Py_EnterRecursiveCall(" in cmp")) {
        return -1;
    }
    int order = compare_in_three_ways(v, w);
    Py_LeaveRecursiveCall();
    return order < 0 ? -1 : order;
}

PyObject *
PyObject_RichCompare(PyObject *v, PyObject *w, int op)
{
    PyObject *result = NULL;
    if (Py_EnterRecursiveCall(" in cmp")) {
        return NULL;
    }
    /* Two of one type need no search; a tp_compare is asked only of them. */
    if (Py_TYPE(v) == Py_TYPE(w) && !PyInstance_Check(v)) {
        if (rich_slot(v) != NULL) {
            result = rich_slot(v)(v, w, op);
            if (result != Py_NotImplemented) {
                goto done;
            }
            Py_CLEAR(result);
        }
        if (Py_TYPE(v)->tp_compare != NULL) {
            int order = adjust(Py_TYPE(v)->tp_compare(v, w));
            result = order != FAILED ? answer(op, order) : NULL;
            goto done;
        }
    }
    result = try_rich(v, w, op);
    if (result == Py_NotImplemented) {
        Py_CLEAR(result);
        int order = try_three_ways(v, w);
        if (order == UNKNOWN) {
            order = order_anyhow(v, w);
        }
        result = order > FAILED ? answer(op, order) : NULL;
    }
done:
    Py_LeaveRecursiveCall();
    return result;
}

int
PyObject_RichCompareBool(PyObject *v, PyObject *w, int op)
{
    if (v == w && (op == Py_EQ || op == Py_NE)) {
        return op == Py_EQ;
    }
    PyObject *result = PyObject_RichCompare(v, w, op);
    if (result == NULL) {
        return -1;
    }
    int is_so = PyObject_IsTrue(result);
    Py_DECREF(result);
    return is_so;
}

/* ---- Hashing ---- */

/* A whole number hashes as the int or long it equals. */
long
_Py_HashDouble(double value)
{
    double whole, part;
    long hash;
    if (isnan(value)) {
        return 0;
    }
    if (isinf(value)) {
        return value < 0 ? -271828 : 314159;
    }
    part = modf(value, &whole);
    if (part == 0.0) {
        if (fabs(whole) > (double)(LONG_MAX / 2)) {
            PyObject *integer = PyLong_FromDouble(value);
            hash = integer != NULL ? PyObject_Hash(integer) : -1;
            Py_XDECREF(integer);
            return hash;
        }
        hash = (long)whole;
    }
    else {
        int exponent;
        double scaled = frexp(value, &exponent) * 2147483648.0;
        long high = (long)scaled;
        long low = (long)((scaled - (double)high) * 2147483648.0);
        hash = high + low + exponent * 32768L;
    }
    return hash == -1 ? -2 : hash;
}

/* The low bits of an address are all the same. */
long
_Py_HashPointer(void *pointer)
{
    uintptr_t bits = (uintptr_t)pointer;
    long hash = (long)(bits >> 4 | bits << (8 * sizeof bits - 4));
    return hash == -1 ? -2 : hash;
}

long
PyObject_HashNotImplemented(PyObject *object)
{
    PyErr_Format(PyExc_TypeError, "unhashable type: '%.200s'", Py_TYPE(object)->tp_name);
    return -1;
}

long
PyObject_Hash(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    /* A type that nobody made ready inherits its slot now. */
    if (type->tp_hash == NULL && type->tp_dict == NULL && PyType_Ready(type) < 0) {
        return -1;
    }
    if (type->tp_hash != NULL) {
        return type->tp_hash(object);
    }
    if (Py_TYPE(object)->tp_compare == NULL && rich_slot(object) == NULL) {
        return _Py_HashPointer(object);
    }
    return PyObject_HashNotImplemented(object);
}

/* ---- Attributes ---- */

/* A name as a str: a new reference, or NULL with an exception. */
static PyObject *
attribute_name(PyObject *name)
{
    if (PyString_Check(name)) {
        Py_INCREF(name);
        return name;
    }
    if (PyUnicode_Check(name)) {
        return PyUnicode_AsEncodedString(name, NULL, NULL);
    }
    PyErr_Format(PyExc_TypeError, "attribute name must be string, not '%.200s'",
                 Py_TYPE(name)->tp_name);
    return NULL;
}

PyObject *
PyObject_GetAttr(PyObject *object, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *string = attribute_name(name), *result = NULL;
    if (string == NULL) {
        return NULL;
    }
    if (type->tp_getattro != NULL) {
        result = type->tp_getattro(object, string);
    }
    else if (type->tp_getattr != NULL) {
        result = type->tp_getattr(object, PyString_AS_STRING(string));
    }
    else {
        PyErr_Format(PyExc_AttributeError, "'%.50s' object has no attribute '%.400s'",
                     type->tp_name, PyString_AS_STRING(string));
    }
    Py_DECREF(string);
    return result;
}

PyObject *
PyObject_GetAttrString(PyObject *object, const char *name)
{
    if (Py_TYPE(object)->tp_getattr != NULL) {
        return Py_TYPE(object)->tp_getattr(object, (char *)(uintptr_t)name);
    }
    PyObject *string = PyString_InternFromString(name);
    PyObject *result = string != NULL ? PyObject_GetAttr(object, string) : NULL;
    Py_XDECREF(string);
    return result;
}

static int
found(PyObject *attribute)
{
    if (attribute == NULL) {
        PyErr_Clear();
        return 0;
    }
    Py_DECREF(attribute);
    return 1;
}

int
PyObject_HasAttr(PyObject *object, PyObject *name)
{
    return found(PyObject_GetAttr(object, name));
}

int
PyObject_HasAttrString(PyObject *object, const char *name)
{
    return found(PyObject_GetAttrString(object, name));
}

int
PyObject_SetAttr(PyObject *object, PyObject *name, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *string = attribute_name(name);
    int status = -1;
    if (string == NULL) {
        return -1;
    }
    PyString_InternInPlace(&string);
    if (type->tp_setattro != NULL) {
        status = type->tp_setattro(object, string, value);
    }
    else if (type->tp_setattr != NULL) {
        status = type->tp_setattr(object, PyString_AS_STRING(string), value);
    }
    else {
        int has_none = type->tp_getattr == NULL && type->tp_getattro == NULL;
        PyErr_Format(PyExc_TypeError, "'%.100s' object has %s attributes (%s .%.100s)",
                     type->tp_name, has_none ? "no" : "only read-only",
                     value == NULL ? "del" : "assign to", PyString_AS_STRING(string));
    }
    Py_DECREF(string);
    return status;
}

int
PyObject_SetAttrString(PyObject *object, const char *name, PyObject *value)
{
    if (Py_TYPE(object)->tp_setattr != NULL) {
        return Py_TYPE(object)->tp_setattr(object, (char *)(uintptr_t)name, value);
    }
    PyObject *string = PyString_InternFromString(name);
    int status = string != NULL ? PyObject_SetAttr(object, string, value) : -1;
    Py_XDECREF(string);
    return status;
}

/* Where the dictionary of an object is: of a guest's at a fixed place, or, when the
 * offset is negative, counted from the object's end. */
PyObject **
_PyObject_GetDictPtr(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_ssize_t offset = type->tp_dictoffset;
    long of_host = PY2ABI_TPFLAGS_MIRROR | PY2ABI_TPFLAGS_HOST;
    if (!PyType_HasFeature(type, Py_TPFLAGS_HAVE_CLASS) || offset == 0) {
        return (type->tp_flags & of_host) == of_host ? py2abi_dict_slot(object) : NULL;
    }
    if (offset < 0) {
        Py_ssize_t items = Py_SIZE(object);
        offset += (Py_ssize_t)_PyObject_VAR_SIZE(type, items < 0 ? -items : items);
    }
    return (PyObject **)(void *)((char *)object + offset);
}

static descrgetfunc
get_slot(PyObject *descriptor)
{
    return PyType_HasFeature(Py_TYPE(descriptor), Py_TPFLAGS_HAVE_CLASS)
               ? Py_TYPE(descriptor)->tp_descr_get
               : NULL;
}

static descrsetfunc
set_slot(PyObject *descriptor)
{
    return PyType_HasFeature(Py_TYPE(descriptor), Py_TPFLAGS_HAVE_CLASS)
               ? Py_TYPE(descriptor)->tp_descr_set
               : NULL;
}

/* Python 2 makes a type ready that was not, when an attribute is wanted.  Returns 0,
 * or -1 with an exception. */
static int
make_ready(PyTypeObject *type)
{
    return type->tp_dict != NULL
                   || (type->tp_flags & (Py_TPFLAGS_READY | Py_TPFLAGS_READYING
                                         | PY2ABI_TPFLAGS_MIRROR | PY2ABI_TPFLAGS_HOST))
               ? 0
               : PyType_Ready(type);
}

/* The rule of attributes: what the type has and wants to decide, the object's
 * dictionary, what else the type has.  dict stands in for the object's own. */
PyObject *
_PyObject_GenericGetAttrWithDict(PyObject *object, PyObject *name, PyObject *dict)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *string = attribute_name(name), *result = NULL;
    if (string == NULL) {
        return NULL;
    }
    if (make_ready(type) < 0) {
        Py_DECREF(string);
        return NULL;
    }
    PyObject *descriptor = py2abi_type_lookup(type, string);
    descrgetfunc get = NULL;
    Py_XINCREF(descriptor);
    if (descriptor != NULL) {
        get = get_slot(descriptor);
        if (get != NULL && set_slot(descriptor) != NULL) {
            result = get(descriptor, object, (PyObject *)type);
            goto done;
        }
    }
    if (dict == NULL) {
        PyObject **slot = _PyObject_GetDictPtr(object);
        dict = slot != NULL ? *slot : NULL;
    }
    if (dict != NULL) {
        Py_INCREF(dict);
        result = PyDict_GetItem(dict, string);
        Py_XINCREF(result);
        Py_DECREF(dict);
        if (result != NULL) {
            goto done;
        }
    }
    if (get != NULL) {
        result = get(descriptor, object, (PyObject *)type);
    }
    else if (descriptor != NULL) {
        result = descriptor;
        descriptor = NULL;
    }
    else {
        result = py2abi_attribute_get(object, string);
    }
done:
    Py_XDECREF(descriptor);
    Py_DECREF(string);
    return result;
}

PyObject *
PyObject_GenericGetAttr(PyObject *object, PyObject *name)
{
    return _PyObject_GenericGetAttrWithDict(object, name, NULL);
}

/* Store in or, for no value, delete from an instance's dictionary.  A name that
 * is not there is what AttributeError then has as its value. */
static int
change_dict(PyObject *dict, PyObject *name, PyObject *value)
{
    Py_INCREF(dict);
    int status = value != NULL ? PyDict_SetItem(dict, name, value) : PyDict_DelItem(dict, name);
    Py_DECREF(dict);
    if (status < 0 && PyErr_ExceptionMatches(PyExc_KeyError)) {
        PyErr_SetObject(PyExc_AttributeError, name);
    }
    return status;
}

int
_PyObject_GenericSetAttrWithDict(PyObject *object, PyObject *name, PyObject *value, PyObject *dict)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject *string = attribute_name(name);
    int status = -1;
    if (string == NULL) {
        return -1;
    }
    if (make_ready(type) < 0) {
        Py_DECREF(string);
        return -1;
    }
    PyObject *descriptor = py2abi_type_lookup(type, string);
    Py_XINCREF(descriptor);
    if (descriptor != NULL && set_slot(descriptor) != NULL) {
        status = set_slot(descriptor)(descriptor, object, value);
        goto done;
    }
    if (dict == NULL) {
        PyObject **slot = _PyObject_GetDictPtr(object);
        if (slot != NULL && *slot == NULL && value != NULL) {
            *slot = PyDict_New();
            if (*slot == NULL) {
                goto done;
            }
            PY2ABI_HEAD(*slot)->is_namespace |= 1; /* Its keys are names. */
        }
        dict = slot != NULL ? *slot : NULL;
    }
    if (dict != NULL) {
        status = change_dict(dict, string, value);
    }
    else if (descriptor != NULL) {
        PyErr_Format(PyExc_AttributeError, "'%.50s' object attribute '%.400s' is read-only",
                     type->tp_name, PyString_AS_STRING(string));
    }
    else {
        status = py2abi_attribute_set(object, string, value);
    }
done:
    Py_XDECREF(descriptor);
    Py_DECREF(string);
    return status;
}

int
PyObject_GenericSetAttr(PyObject *object, PyObject *name, PyObject *value)
{
    return _PyObject_GenericSetAttrWithDict(object, name, value, NULL);
}

/* The names as a list of str.  Without an object those of the local variables of
 * the Python code that runs. */
PyObject *
PyObject_Dir(PyObject *object)
{
    HostObject *host = NULL;
    if (object != NULL && (host = py2abi_host(object, PY2ABI_AS_VALUE)) == NULL) {
        return py2abi_failed();
    }
    HostObject *names = host_PyObject_Dir(host);
    host_XDECREF(host);
    if (py2abi_returned(names != NULL ? 0 : -1) < 0) {
        return NULL;
    }
    Py_ssize_t count = host_PyList_Size(names);
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list != NULL && i < count; i++) {
        HostObject *name = host_PyList_GetItem(names, i);
        PyObject *string = py2abi_hostapi_type(name) == (HostObject *)HOST(PyUnicode_Type)
                               ? py2abi_mirror_name(name)
                               : py2abi_mirror(name);
        if (string == NULL) {
            py2abi_error_to_guest();
            Py_CLEAR(list);
        }
        else {
            PyList_SET_ITEM(list, i, string);
        }
    }
    host_DECREF(names);
    return list;
}

/* ---- Others that ask the slots ---- */

PyObject *
PyObject_SelfIter(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

/* tp_iternext of what was an iterator's type. */
PyObject *
_PyObject_NextNotImplemented(PyObject *object)
{
    return PyErr_Format(PyExc_TypeError, "'%.200s' object is not iterable",
                        Py_TYPE(object)->tp_name);
}

int
PyObject_IsTrue(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    Py_ssize_t result;
    if (object == Py_True) {
        return 1;
    }
    if (object == Py_False || object == Py_None) {
        return 0;
    }
    if (type->tp_as_number != NULL && type->tp_as_number->nb_nonzero != NULL) {
        result = type->tp_as_number->nb_nonzero(object);
    }
    else if (type->tp_as_mapping != NULL && type->tp_as_mapping->mp_length != NULL) {
        result = type->tp_as_mapping->mp_length(object);
    }
    else if (type->tp_as_sequence != NULL && type->tp_as_sequence->sq_length != NULL) {
        result = type->tp_as_sequence->sq_length(object);
    }
    else {
        return 1;
    }
    return result > 0 ? 1 : (int)result;
}

int
PyObject_Not(PyObject *object)
{
    int is_true = PyObject_IsTrue(object);
    return is_true < 0 ? is_true : is_true == 0;
}

/* Make two objects such that one type's slots take both.  Returns 0 with two new
 * references; 1 when neither type can; -1 with an exception. */
int
PyNumber_CoerceEx(PyObject **v, PyObject **w)
{
    PyTypeObject *left = Py_TYPE(*v), *right = Py_TYPE(*w);
    if (left == right && !PyType_HasFeature(left, Py_TPFLAGS_CHECKTYPES)) {
        Py_INCREF(*v);
        Py_INCREF(*w);
        return 0;
    }
    if (left->tp_as_number != NULL && left->tp_as_number->nb_coerce != NULL) {
        int status = left->tp_as_number->nb_coerce(v, w);
        if (status <= 0) {
            return status;
        }
    }
    if (right->tp_as_number != NULL && right->tp_as_number->nb_coerce != NULL) {
        int status = right->tp_as_number->nb_coerce(w, v);
        if (status <= 0) {
            return status;
        }
    }
    return 1;
}

int
PyNumber_Coerce(PyObject **v, PyObject **w)
{
    int status = PyNumber_CoerceEx(v, w);
    if (status > 0) {
        PyErr_SetString(PyExc_TypeError, "number coercion failed");
        status = -1;
    }
    return status;
}

int
PyCallable_Check(PyObject *object)
{
    if (object == NULL) {
        return 0;
    }
    if (PyInstance_Check(object)) {
        return PyObject_HasAttrString(object, "__call__");
    }
    return Py_TYPE(object)->tp_call != NULL;
}

/* ---- None and NotImplemented ---- */

static PyObject *
represent_none(PyObject *none)
{
    (void)none;
    return PyString_FromString("None");
}

static PyObject *
represent_not_implemented(PyObject *object)
{
    (void)object;
    return PyString_FromString("NotImplemented");
}

static long
hash_address(PyObject *object)
{
    return _Py_HashPointer(object);
}

/* There is one of each, for ever: a binary that gave back references that it
 * never had gets them again. */
static void
keep(PyObject *object)
{
    Py_REFCNT(object) = PY2ABI_FOREVER;
}

PyTypeObject py2abi_none_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "NoneType",
    .tp_dealloc = keep,
    .tp_repr = represent_none,
    .tp_hash = hash_address,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

PyTypeObject py2abi_not_implemented_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "NotImplementedType",
    .tp_dealloc = keep,
    .tp_repr = represent_not_implemented,
    .tp_hash = hash_address,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

PyObject _Py_NoneStruct = {PY2ABI_FOREVER, &py2abi_none_type};
PyObject _Py_NotImplementedStruct = {PY2ABI_FOREVER, &py2abi_not_implemented_type};

/* ---- Containers that lie deep in each other ----
 *
 * What a deallocator puts off hangs in a list, by a word of the collector's. */

int _PyTrash_delete_nesting;
PyObject *_PyTrash_delete_later;

static void
deposit(PyObject *object, PyObject **list)
{
    _Py_AS_GC(object)->gc.gc_prev = (PyGC_Head *)(void *)*list;
    *list = object;
}

static void
destroy(PyObject **list, int *nesting)
{
    while (*list != NULL) {
        PyObject *object = *list;
        *list = (PyObject *)(void *)_Py_AS_GC(object)->gc.gc_prev;
        /* One level deeper, so that this is not called again meanwhile. */
        ++*nesting;
        Py_TYPE(object)->tp_dealloc(object);
        --*nesting;
    }
}

void
_PyTrash_deposit_object(PyObject *object)
{
    deposit(object, &_PyTrash_delete_later);
}

void
_PyTrash_destroy_chain(void)
{
    destroy(&_PyTrash_delete_later, &_PyTrash_delete_nesting);
}

void
_PyTrash_thread_deposit_object(PyObject *object)
{
    deposit(object, &PyThreadState_GET()->trash_delete_later);
}

void
_PyTrash_thread_destroy_chain(void)
{
    PyThreadState *state = PyThreadState_GET();
    destroy(&state->trash_delete_later, &state->trash_delete_nesting);
}

/* What one object's class says of the order of the two: *order, and 0; 1: nothing; -1 with an
 * exception. */
static int
ask_order(PyObject *object, PyObject *other, int *order)
{
    PyObject *compare = PyObject_GetAttrString(object, "__cmp__");
    if (compare == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return -1;
        }
        PyErr_Clear();
        return 1;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(compare, other, NULL);
    Py_DECREF(compare);
    if (result == NULL || result == Py_NotImplemented) {
        Py_XDECREF(result);
        return result == NULL ? -1 : 1;
    }
    long number = PyInt_AsLong(result);
    Py_DECREF(result);
    *order = number < 0 ? -1 : number > 0;
    return number == -1 && PyErr_Occurred() != NULL ? -1 : 0;
}

/* What tp_compare of a class with __cmp__ does: -1, 0 or 1; -2 with an exception. */
int
_PyObject_SlotCompare(PyObject *self, PyObject *other)
{
    int order = 0, status = ask_order(self, other, &order);
    if (status > 0) {
        status = ask_order(other, self, &order);
        order = -order;
    }
    if (status > 0) {
        order = (uintptr_t)self < (uintptr_t)other ? -1 : (uintptr_t)self > (uintptr_t)other;
    }
    return status < 0 ? -2 : order;
}
