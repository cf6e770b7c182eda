/* slotdefs.c - the slots of types as methods: __add__ of nb_add, and so on.
 *
 * methods27.def says which there are.  Each has a wrapper here, which takes the
 * arguments of a call apart, calls the slot's function and makes an object of what
 * that returns. */

#include "config.h"
#include "guest.h"
#include "proxy.h"
#include "slotplace.h"

#include <stddef.h>

/* ---- Arguments ---- */

static int
check_count(PyObject *args, Py_ssize_t count)
{
    if (!PyTuple_CheckExact(args)) {
        PyErr_SetString(PyExc_SystemError, "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    if (PyTuple_GET_SIZE(args) != count) {
        PyErr_Format(PyExc_TypeError, "expected %d arguments, got %zd", (int)count,
                     PyTuple_GET_SIZE(args));
        return 0;
    }
    return 1;
}

/* The only argument, borrowed, or NULL with an exception. */
static PyObject *
only_argument(PyObject *args)
{
    return check_count(args, 1) ? PyTuple_GET_ITEM(args, 0) : NULL;
}

/* What a slot returned that tells of a failure by -1: whether it is one. */
static int
has_failed(long result)
{
    return result == -1 && PyErr_Occurred() != NULL;
}

static PyObject *
none_unless(int has_error)
{
    if (has_error) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

/* An index of a sequence, counted from its end if it is negative.  Returns -1 with
 * an exception, or as what the index still is. */
static Py_ssize_t
as_index(PyObject *self, PyObject *argument)
{
    Py_ssize_t index = PyNumber_AsSsize_t(argument, PyExc_OverflowError);
    const PySequenceMethods *sequence = Py_TYPE(self)->tp_as_sequence;
    if (index < 0 && !has_failed(index) && sequence != NULL && sequence->sq_length != NULL) {
        Py_ssize_t length = sequence->sq_length(self);
        index = length < 0 ? -1 : index + length;
    }
    return index;
}

/* ---- Wrappers ---- */

static PyObject *
wrap_unary(PyObject *self, PyObject *args, void *wrapped)
{
    return check_count(args, 0) ? ((unaryfunc)wrapped)(self) : NULL;
}

static PyObject *
wrap_join(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other = only_argument(args);
    return other != NULL ? ((binaryfunc)wrapped)(self, other) : NULL;
}

/* Whether a number's slot can be given that operand. */
static int
takes(PyObject *self, PyObject *other)
{
    return (Py_TYPE(self)->tp_flags & Py_TPFLAGS_CHECKTYPES)
           || PyType_IsSubtype(Py_TYPE(other), Py_TYPE(self));
}

static PyObject *
wrap_left(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other = only_argument(args);
    return other == NULL          ? NULL
           : !takes(self, other) ? not_implemented()
                                 : ((binaryfunc)wrapped)(self, other);
}

static PyObject *
wrap_right(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other = only_argument(args);
    return other == NULL          ? NULL
           : !takes(self, other) ? not_implemented()
                                 : ((binaryfunc)wrapped)(other, self);
}

static PyObject *
wrap_power(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other, *modulus = Py_None;
    return PyArg_UnpackTuple(args, "", 1, 2, &other, &modulus)
               ? ((ternaryfunc)wrapped)(self, other, modulus)
               : NULL;
}

static PyObject *
wrap_power_right(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other, *modulus = Py_None;
    return PyArg_UnpackTuple(args, "", 1, 2, &other, &modulus)
               ? ((ternaryfunc)wrapped)(other, self, modulus)
               : NULL;
}

/* Python 2.7 gave this one no modulus at all. */
static PyObject *
wrap_inplace_power(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other = only_argument(args);
    return other != NULL ? ((ternaryfunc)wrapped)(self, other, Py_None) : NULL;
}

static PyObject *
wrap_coerce(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other = only_argument(args);
    if (other == NULL) {
        return NULL;
    }
    int status = ((coercion)wrapped)(&self, &other);
    if (status != 0) {
        return status < 0 ? NULL : not_implemented();
    }
    PyObject *pair = PyTuple_New(2);
    if (pair == NULL) {
        Py_DECREF(self);
        Py_DECREF(other);
        return NULL;
    }
    PyTuple_SET_ITEM(pair, 0, self);
    PyTuple_SET_ITEM(pair, 1, other);
    return pair;
}

static PyObject *
wrap_truth(PyObject *self, PyObject *args, void *wrapped)
{
    if (!check_count(args, 0)) {
        return NULL;
    }
    int result = ((inquiry)wrapped)(self);
    return has_failed(result) ? NULL : PyBool_FromLong(result);
}

static PyObject *
wrap_length(PyObject *self, PyObject *args, void *wrapped)
{
    if (!check_count(args, 0)) {
        return NULL;
    }
    Py_ssize_t result = ((lenfunc)wrapped)(self);
    return has_failed(result) ? NULL : PyInt_FromSsize_t(result);
}

static PyObject *
wrap_hash(PyObject *self, PyObject *args, void *wrapped)
{
    if (!check_count(args, 0)) {
        return NULL;
    }
    long result = ((hashfunc)wrapped)(self);
    return has_failed(result) ? NULL : PyInt_FromLong(result);
}

static PyObject *
wrap_repeat(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *argument;
    if (!PyArg_UnpackTuple(args, "", 1, 1, &argument)) {
        return NULL;
    }
    Py_ssize_t count = PyNumber_AsSsize_t(argument, PyExc_OverflowError);
    return has_failed(count) ? NULL : ((ssizeargfunc)wrapped)(self, count);
}

static PyObject *
wrap_item(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *argument = only_argument(args);
    if (argument == NULL) {
        return NULL;
    }
    Py_ssize_t index = as_index(self, argument);
    return has_failed(index) ? NULL : ((ssizeargfunc)wrapped)(self, index);
}

static PyObject *
wrap_set_item(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *argument, *value;
    if (!PyArg_UnpackTuple(args, "", 2, 2, &argument, &value)) {
        return NULL;
    }
    Py_ssize_t index = as_index(self, argument);
    return none_unless(has_failed(index)
                       || has_failed(((ssizeobjargproc)wrapped)(self, index, value)));
}

static PyObject *
wrap_del_item(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *argument = only_argument(args);
    if (argument == NULL) {
        return NULL;
    }
    Py_ssize_t index = as_index(self, argument);
    return none_unless(has_failed(index)
                       || has_failed(((ssizeobjargproc)wrapped)(self, index, NULL)));
}

static PyObject *
wrap_slice(PyObject *self, PyObject *args, void *wrapped)
{
    Py_ssize_t from, to;
    return PyArg_ParseTuple(args, "nn", &from, &to) ? ((ssizessizeargfunc)wrapped)(self, from, to)
                                                    : NULL;
}

static PyObject *
wrap_set_slice(PyObject *self, PyObject *args, void *wrapped)
{
    Py_ssize_t from, to;
    PyObject *value;
    return PyArg_ParseTuple(args, "nnO", &from, &to, &value)
               ? none_unless(has_failed(((ssizessizeobjargproc)wrapped)(self, from, to, value)))
               : NULL;
}

static PyObject *
wrap_del_slice(PyObject *self, PyObject *args, void *wrapped)
{
    Py_ssize_t from, to;
    return PyArg_ParseTuple(args, "nn", &from, &to)
               ? none_unless(has_failed(((ssizessizeobjargproc)wrapped)(self, from, to, NULL)))
               : NULL;
}

static PyObject *
wrap_contains(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *value = only_argument(args);
    if (value == NULL) {
        return NULL;
    }
    int result = ((objobjproc)wrapped)(self, value);
    return has_failed(result) ? NULL : PyBool_FromLong(result);
}

static PyObject *
wrap_set_key(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *key, *value;
    return PyArg_UnpackTuple(args, "", 2, 2, &key, &value)
               ? none_unless(has_failed(((objobjargproc)wrapped)(self, key, value)))
               : NULL;
}

static PyObject *
wrap_del_key(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *key = only_argument(args);
    return key != NULL ? none_unless(has_failed(((objobjargproc)wrapped)(self, key, NULL))) : NULL;
}

static PyObject *
wrap_compare(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *other = only_argument(args);
    if (other == NULL) {
        return NULL;
    }
    if (Py_TYPE(other)->tp_compare != (cmpfunc)wrapped
        && !PyType_IsSubtype(Py_TYPE(other), Py_TYPE(self))) {
        return PyErr_Format(PyExc_TypeError,
                            "%s.__cmp__(x,y) requires y to be a '%s', not a '%s'",
                            Py_TYPE(self)->tp_name, Py_TYPE(self)->tp_name,
                            Py_TYPE(other)->tp_name);
    }
    int result = ((cmpfunc)wrapped)(self, other);
    return PyErr_Occurred() != NULL ? NULL : PyInt_FromLong(result);
}

static PyObject *
compare_richly(PyObject *self, PyObject *args, void *wrapped, int operator)
{
    PyObject *other = only_argument(args);
    return other != NULL ? ((richcmpfunc)wrapped)(self, other, operator) : NULL;
}

#define WRAP_COMPARISON(name, operator)                                                           \
    static PyObject *wrap_##name(PyObject *self, PyObject *args, void *wrapped)                   \
    {                                                                                             \
        return compare_richly(self, args, wrapped, operator);                                     \
    }
WRAP_COMPARISON(lt, Py_LT)
WRAP_COMPARISON(le, Py_LE)
WRAP_COMPARISON(eq, Py_EQ)
WRAP_COMPARISON(ne, Py_NE)
WRAP_COMPARISON(gt, Py_GT)
WRAP_COMPARISON(ge, Py_GE)

/* A base's method must not do to an object what its own type does differently, as
 * object.__setattr__ would to a type.  What a class statement made is not asked.
 * Returns 1, or 0 with TypeError. */
static int
may_set(PyObject *self, setattrofunc set, const char *what)
{
    PyTypeObject *type = Py_TYPE(self);
    while (type != NULL && (type->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        type = type->tp_base;
    }
    if (type != NULL && type->tp_setattro != set) {
        PyErr_Format(PyExc_TypeError, "can't apply this %s to %s object", what, type->tp_name);
        return 0;
    }
    return 1;
}

static PyObject *
wrap_setattr(PyObject *self, PyObject *args, void *wrapped)
{
    setattrofunc set = (setattrofunc)wrapped;
    PyObject *name, *value;
    return PyArg_UnpackTuple(args, "", 2, 2, &name, &value) && may_set(self, set, "__setattr__")
               ? none_unless(set(self, name, value) < 0)
               : NULL;
}

static PyObject *
wrap_delattr(PyObject *self, PyObject *args, void *wrapped)
{
    setattrofunc set = (setattrofunc)wrapped;
    PyObject *name = only_argument(args);
    return name != NULL && may_set(self, set, "__delattr__")
               ? none_unless(set(self, name, NULL) < 0)
               : NULL;
}

static PyObject *
wrap_next(PyObject *self, PyObject *args, void *wrapped)
{
    if (!check_count(args, 0)) {
        return NULL;
    }
    PyObject *result = ((iternextfunc)wrapped)(self);
    if (result == NULL && PyErr_Occurred() == NULL) {
        PyErr_SetNone(PyExc_StopIteration);
    }
    return result;
}

static PyObject *
wrap_descr_get(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *object, *type = NULL;
    if (!PyArg_UnpackTuple(args, "", 1, 2, &object, &type)) {
        return NULL;
    }
    object = object != Py_None ? object : NULL;
    type = type != Py_None ? type : NULL;
    if (object == NULL && type == NULL) {
        PyErr_SetString(PyExc_TypeError, "__get__(None, None) is invalid");
        return NULL;
    }
    return ((descrgetfunc)wrapped)(self, object, type);
}

static PyObject *
wrap_descr_set(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *object, *value;
    return PyArg_UnpackTuple(args, "", 2, 2, &object, &value)
               ? none_unless(((descrsetfunc)wrapped)(self, object, value) < 0)
               : NULL;
}

static PyObject *
wrap_descr_delete(PyObject *self, PyObject *args, void *wrapped)
{
    PyObject *object = only_argument(args);
    return object != NULL ? none_unless(((descrsetfunc)wrapped)(self, object, NULL) < 0) : NULL;
}

static PyObject *
wrap_call(PyObject *self, PyObject *args, void *wrapped, PyObject *kwargs)
{
    return ((ternaryfunc)wrapped)(self, args, kwargs);
}

static PyObject *
wrap_init(PyObject *self, PyObject *args, void *wrapped, PyObject *kwargs)
{
    return none_unless(((initproc)wrapped)(self, args, kwargs) < 0);
}

/* ---- __new__ ---- */

/* T.__new__(S, ...): self is T. */
static PyObject *
call_new(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (self == NULL || !PyType_Check(self)) {
        PyErr_SetString(PyExc_SystemError, "__new__() was called with a self that is no type");
        return NULL;
    }
    PyTypeObject *type = (PyTypeObject *)self;
    if (!PyTuple_Check(args) || PyTuple_GET_SIZE(args) == 0) {
        return PyErr_Format(PyExc_TypeError, "%s.__new__(): not enough arguments", type->tp_name);
    }
    PyObject *first = PyTuple_GET_ITEM(args, 0);
    if (!PyType_Check(first)) {
        return PyErr_Format(PyExc_TypeError, "%s.__new__(X): X is not a type object (%s)",
                            type->tp_name, Py_TYPE(first)->tp_name);
    }
    PyTypeObject *subtype = (PyTypeObject *)first, *base = subtype;
    if (!PyType_IsSubtype(subtype, type)) {
        return PyErr_Format(PyExc_TypeError, "%s.__new__(%s): %s is not a subtype of %s",
                            type->tp_name, subtype->tp_name, subtype->tp_name, type->tp_name);
    }
    /* The type in C that a class is derived from has to be made by its own function. */
    while (base != NULL && (base->tp_flags & Py_TPFLAGS_HEAPTYPE)) {
        base = base->tp_base;
    }
    if (base != NULL && base->tp_new != type->tp_new) {
        return PyErr_Format(PyExc_TypeError, "%s.__new__(%s) is not safe, use %s.__new__()",
                            type->tp_name, subtype->tp_name, base->tp_name);
    }
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args));
    PyObject *result = rest != NULL ? type->tp_new(subtype, rest, kwargs) : NULL;
    Py_XDECREF(rest);
    return result;
}

static PyMethodDef new_definition = {
    "__new__", (PyCFunction)(void (*)(void))call_new, METH_VARARGS | METH_KEYWORDS,
    "T.__new__(S, ...): an object of type S, which is T or derived from it",
};

/* ---- The table ---- */

/* Where each slot is, by slots27.def.  A class statement's types have the groups in
 * themselves, which is what the offset of a wrapperbase is in. */
#define MEMBER_TYPE        ht_type
#define MEMBER_NUMBER      as_number
#define MEMBER_SEQUENCE    as_sequence
#define MEMBER_MAPPING     as_mapping

enum {
#define SLOT27(group, slot, class, feature, name, second, host, number)                           \
    GROUP_##slot = group,                                                                         \
    OFFSET_##slot = offsetof(STRUCTURE_##group, slot),                                            \
    HEAP_OFFSET_##slot = offsetof(PyHeapTypeObject, MEMBER_##group) + OFFSET_##slot,
#include "slots27.def"
#undef SLOT27
};

#define KEYWORDS PyWrapperFlag_KEYWORDS

static struct wrapperbase methods[] = {
#define METHOD27(method, slot, function, keywords, subject, meaning)                              \
    {                                                                                             \
        .name = (char *)(uintptr_t)method,                                                        \
        .offset = HEAP_OFFSET_##slot,                                                             \
        .wrapper = (wrapperfunc)(void (*)(void))wrap_##function,                                  \
        .doc = (char *)(uintptr_t)(subject "." method meaning),                                   \
        .flags = keywords,                                                                        \
    },
#include "methods27.def"
#undef METHOD27
};

/* The same rows: where a type has the slot's function. */
static const struct {
    short group;
    unsigned short offset;
} places[] = {
#define METHOD27(method, slot, function, keywords, subject, meaning) {GROUP_##slot, OFFSET_##slot},
#include "methods27.def"
#undef METHOD27
};

static void *
slot_of(PyTypeObject *type, size_t row)
{
    const char *structure = NULL;
    switch (places[row].group) {
    case TYPE:
        structure = (const char *)type;
        break;
    case NUMBER:
        structure = (const char *)type->tp_as_number;
        break;
    case MAPPING:
        structure = (const char *)type->tp_as_mapping;
        break;
    case SEQUENCE:
        structure = (const char *)type->tp_as_sequence;
        break;
    }
    return structure != NULL ? *(void *const *)(const void *)(structure + places[row].offset)
                             : NULL;
}

/* Put one method into a type's dictionary unless it has one of that name.  Returns
 * 0, or -1 with an exception. */
static int
add_operator(PyTypeObject *type, size_t row)
{
    struct wrapperbase *method = &methods[row];
    void *function = slot_of(type, row);
    if (function == NULL) {
        return 0;
    }
    if (method->name_strobj == NULL
        && (method->name_strobj = PyString_InternFromString(method->name)) == NULL) {
        return -1;
    }
    if (PyDict_GetItem(type->tp_dict, method->name_strobj) != NULL) {
        return 0;
    }
    if (function == (void *)PyObject_HashNotImplemented) {
        return PyDict_SetItem(type->tp_dict, method->name_strobj, Py_None);
    }
    PyObject *descriptor = PyDescr_NewWrapper(type, method, function);
    int status = descriptor != NULL
                     ? PyDict_SetItem(type->tp_dict, method->name_strobj, descriptor)
                     : -1;
    Py_XDECREF(descriptor);
    return status;
}

static int
add_new(PyTypeObject *type)
{
    if (type->tp_new == NULL || PyDict_GetItemString(type->tp_dict, "__new__") != NULL) {
        return 0;
    }
    PyObject *function = PyCFunction_New(&new_definition, (PyObject *)type);
    int status = function != NULL ? PyDict_SetItemString(type->tp_dict, "__new__", function) : -1;
    Py_XDECREF(function);
    return status;
}

/* Put methods for all slots that a type has itself into its tp_dict, which is there
 * and whose entries are kept.  A part of PyType_Ready: before the type's tables, and
 * before it inherits slots.  Returns 0, or -1 with a guest exception. */
int
py2abi_type_add_operators(PyTypeObject *type)
{
    for (size_t row = 0; row < sizeof methods / sizeof methods[0]; row++) {
        if (add_operator(type, row) < 0) {
            return -1;
        }
    }
    return add_new(type);
}
