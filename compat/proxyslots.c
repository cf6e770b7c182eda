/* proxyslots.c - how what the host asks of the instances of types that binaries define
 * reaches the binary.
 *
 * There is one C function for each slot of the host's, whatever the type: it finds the
 * guest's object, reads the slot of the type that the binary defines when it is called
 * (binaries change types), and converts what goes in and out. */

#include "config.h"
#include "attributes.h"
#include "crossing.h"
#include "guest.h"
#include "entry.h"
#include "exceptions.h"
#include "hostcall.h"
#include "hosttype.h"
#include "proxy.h"
#include "proxyslots.h"
#include "slots.h"

#include <stdlib.h>
#include <string.h>

/* ---- Calls ---- */

/* A call of the guest from the host, while it lasts. */
struct call {
    struct py2abi_frame frame;
    PyObject *self;
    PyTypeObject *type; /* the one that a binary defines */
};

/* The guest's object of a class of a binary's metatype, borrowed, or NULL: that is its mirror. */
static PyObject *
guest_of_class(HostObject *host)
{
    if (!(host_PyType_GetFlags((HostType *)py2abi_hostapi_type(host)) & HOST_FLAG_TYPE)) {
        return NULL;
    }
    PyObject *guest = (PyObject *)py2abi_type_mirror(host);
    if (guest == NULL) {
        host_PyErr_Clear();
        return NULL;
    }
    Py_DECREF(guest); /* The table of types has one, too. */
    return guest;
}

/* The guest's object of a host object, borrowed, or NULL. */
static inline PyObject *
guest_of(HostObject *host)
{
    PyObject *guest = py2abi_link_guest(host);
    return guest != NULL ? guest : guest_of_class(host);
}

static int
refuse(void)
{
    host_PyErr_SetString(*HOST(PyExc_ReferenceError),
                         "this object has nothing in Python 2 behind it");
    return -1;
}

/* Find the guest's object and enter the binary, whose function has that name in tracebacks.
 * Returns 0, or -1 with a host exception: MemoryError, or ReferenceError for an object that
 * its __new__ has not made.  Inline, since each slot begins so. */
static inline __attribute__((always_inline)) int
begin(struct call *call, HostObject *self, const char *function)
{
    PyObject *guest = guest_of(self);
    PyTypeObject *type = guest != NULL ? py2abi_type_defined(Py_TYPE(guest)) : NULL;
    if (type == NULL) {
        return refuse();
    }
    if (PyType_HasFeature(type, Py_TPFLAGS_BASE_EXC_SUBCLASS)
        && py2abi_exception_pull(guest, self) < 0) {
        return -1;
    }
    if (py2abi_frame_enter(&call->frame, py2abi_type_known_record(type)->guest, type, function)
        < 0) {
        return -1;
    }
    Py_INCREF(guest);
    call->self = guest;
    call->type = type;
    return 0;
}

static inline __attribute__((always_inline)) HostObject *
end_object(struct call *call, PyObject *result)
{
    /* The object may go before its result has crossed, not before it is returned. */
    PyObject *self = call->self;
    HostObject *host = py2abi_frame_result(&call->frame, result);
    py2abi_release(self);
    return host;
}

/* The same for what is text if it is a str. */
static HostObject *
end_text(struct call *call, PyObject *result)
{
    if (result == NULL || PyErr_Occurred() != NULL || !PyString_Check(result)) {
        return end_object(call, result);
    }
    HostObject *text = py2abi_host_text(result, PY2ABI_AS_TEXT);
    Py_DECREF(result);
    py2abi_frame_leave(&call->frame);
    py2abi_release(call->self);
    return text;
}

/* The same for what says -1 (or less) on failure. */
static long
end_number(struct call *call, long result)
{
    PyObject *self = call->self;
    /* A -1 without an error says nothing; whoever has a proper -1 asks for that himself. */
    if (__builtin_expect(result == -1 || py2abi_frame_has_error(&call->frame), 0)) {
        py2abi_error_to_host();
        py2abi_traceback_add(&call->frame);
        result = -1;
    }
    py2abi_frame_leave(&call->frame);
    py2abi_release(self);
    return result;
}

/* An argument; NULL stays what it is.  Returns 0, or -1 with a guest exception. */
static int
take(HostObject *argument, PyObject **guest)
{
    *guest = NULL;
    if (argument == NULL) {
        return 0;
    }
    *guest = py2abi_mirror(argument);
    if (*guest == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    return 0;
}

/* What a class is made of, as Python 2 has it: the name is a str, the variables are a
 * namespace. */
static int
take_class(HostObject *args, PyObject **guest)
{
    if (take(args, guest) < 0) {
        return -1;
    }
    Py_ssize_t count = PyTuple_GET_SIZE(*guest);
    if (count > 0 && PyUnicode_Check(PyTuple_GET_ITEM(*guest, 0))) {
        PyObject *name = PyUnicode_AsUTF8String(PyTuple_GET_ITEM(*guest, 0));
        if (name == NULL) {
            return -1;
        }
        Py_SETREF(PyTuple_GET_ITEM(*guest, 0), name);
    }
    if (count > 2 && PyDict_Check(PyTuple_GET_ITEM(*guest, 2))
        && (Py_TYPE(PyTuple_GET_ITEM(*guest, 2))->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        PY2ABI_HEAD(PyTuple_GET_ITEM(*guest, 2))->is_namespace |= 1;
    }
    return 0;
}

/* What an instance of a type is made of. */
static int
take_arguments(const PyTypeObject *type, HostObject *args, PyObject **guest)
{
    return type->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS ? take_class(args, guest) : take(args, guest);
}

/* The same for keyword arguments. */
static int
take_keywords(HostObject *kwargs, PyObject **guest)
{
    *guest = NULL;
    if (kwargs != NULL && (*guest = py2abi_mirror_names(kwargs)) == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    return 0;
}

/* A name, as Python 2 has names. */
static int
take_name(HostObject *name, PyObject **guest)
{
    *guest = py2abi_hostapi_type(name) == (HostObject *)HOST(PyUnicode_Type)
                 ? py2abi_mirror_name(name)
                 : py2abi_mirror(name);
    if (*guest == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    if (PyString_CheckExact(*guest)) {
        PyString_InternInPlace(guest);
    }
    return 0;
}

/* The slot of an object's type is gone since the host type was made. */
static PyObject *
complain(const struct call *call)
{
    return PyErr_Format(PyExc_TypeError, "'%.200s' object does not support this any more",
                        call->type->tp_name);
}

/* ---- A function for each class of slots ---- */

#define WHERE(group, slot, feature, name)                                                         \
    static const struct py2abi_slot_place where_##slot = {                                        \
        group, offsetof(STRUCTURE_##group, slot), Py_TPFLAGS_##feature, name};
#define SLOT27(group, slot, class, feature, name, ...) WHERE(group, slot, feature, name)
#include "slots27.def"
#undef SLOT27

static HostObject *
call_unary(HostObject *self, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    unaryfunc function = (unaryfunc)py2abi_slot_of(call.type, where);
    return end_object(&call, function != NULL ? function(call.self) : complain(&call));
}

/* ---- Binary operators ----
 *
 * The host calls one function for both operands' types, since all guest types have the
 * same one: so the rules of Python 2.7 are followed here, for those of the two types that
 * binaries define.  What the host's own types have to say the host asks them itself. */

struct operands {
    struct py2abi_frame frame;
    PyObject *v, *w, *z;
    PyTypeObject *type_v, *type_w; /* that binaries define, or NULL */
};

static int
begin_operator(struct operands *operands, HostObject *v, HostObject *w, HostObject *z,
               const char *function)
{
    PyObject *guest = guest_of(v);
    PyTypeObject *type = guest != NULL ? py2abi_type_defined(Py_TYPE(guest)) : NULL;
    if (type == NULL) {
        guest = guest_of(w);
        type = guest != NULL ? py2abi_type_defined(Py_TYPE(guest)) : NULL;
    }
    if (py2abi_frame_enter(&operands->frame,
                           type != NULL ? py2abi_type_record(type)->guest : NULL, type, function)
        < 0) {
        return -1;
    }
    operands->v = operands->w = operands->z = NULL;
    if (take(v, &operands->v) < 0 || take(w, &operands->w) < 0 || take(z, &operands->z) < 0) {
        return 1;
    }
    operands->type_v = py2abi_type_defined(Py_TYPE(operands->v));
    operands->type_w = py2abi_type_defined(Py_TYPE(operands->w));
    return 0;
}

static HostObject *
end_operator(struct operands *operands, PyObject *result)
{
    PyObject *v = operands->v, *w = operands->w, *z = operands->z;
    HostObject *host = py2abi_frame_result(&operands->frame, result);
    if (v != NULL) {
        py2abi_release(v);
    }
    if (w != NULL) {
        py2abi_release(w);
    }
    if (z != NULL) {
        py2abi_release(z);
    }
    return host;
}

static PyObject *
call_operator(py2abi_slot_function function, PyObject *v, PyObject *w, PyObject *z)
{
    return z != NULL ? ((ternaryfunc)function)(v, w, z) : ((binaryfunc)function)(v, w);
}

static PyObject *
guest_not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

static py2abi_slot_function
operator_of(PyTypeObject *type, const struct py2abi_slot_place *where, int takes_any)
{
    if (type == NULL || PyType_HasFeature(type, Py_TPFLAGS_CHECKTYPES) != takes_any) {
        return NULL;
    }
    return py2abi_slot_of(type, where);
}

/* Types without Py_TPFLAGS_CHECKTYPES trust that both operands are theirs. */
static PyObject *
coerce_and_call(struct operands *operands, const struct py2abi_slot_place *where)
{
    PyObject *v = operands->v, *w = operands->w, *result;
    int status = PyNumber_CoerceEx(&v, &w);
    if (status < 0) {
        return NULL;
    }
    if (status > 0) {
        return guest_not_implemented();
    }
    PyTypeObject *type = py2abi_type_defined(Py_TYPE(v));
    py2abi_slot_function function = type != NULL ? py2abi_slot_of(type, where) : NULL;
    if (function != NULL) {
        result = call_operator(function, v, w, operands->z);
    }
    else if (v != operands->v || w != operands->w) {
        /* Both are numbers of Python's now. */
        function = py2abi_slot_of(Py_TYPE(v), where);
        result = function != NULL ? call_operator(function, v, w, operands->z)
                                  : guest_not_implemented();
    }
    else {
        result = guest_not_implemented();
    }
    Py_DECREF(v);
    Py_DECREF(w);
    return result;
}

static PyObject *
operate(struct operands *operands, const struct py2abi_slot_place *where)
{
    PyTypeObject *type_v = operands->type_v, *type_w = operands->type_w;
    PyObject *v = operands->v, *w = operands->w, *z = operands->z, *result;
    py2abi_slot_function left = operator_of(type_v, where, 1);
    py2abi_slot_function right = operator_of(type_w, where, 1);
    if (left == right && type_v != NULL) {
        right = NULL;
    }
    if (left != NULL && right != NULL && PyType_IsSubtype(type_w, type_v)) {
        result = call_operator(right, v, w, z);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
        right = NULL;
    }
    if (left != NULL) {
        result = call_operator(left, v, w, z);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    if (right != NULL) {
        result = call_operator(right, v, w, z);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    if (operator_of(type_v, where, 0) != NULL || operator_of(type_w, where, 0) != NULL
        || (type_v != NULL && type_v->tp_as_number != NULL && type_v->tp_as_number->nb_coerce)
        || (type_w != NULL && type_w->tp_as_number != NULL && type_w->tp_as_number->nb_coerce)) {
        return coerce_and_call(operands, where);
    }
    return guest_not_implemented();
}

/* Python 3's `/` is true division, and most classes of the old style have only the other: where
 * their __div__ is, if the first is asked; else NULL. */
static const struct py2abi_slot_place *
other_division(const struct operands *operands, const struct py2abi_slot_place *where)
{
    if (operands->type_v != &PyInstance_Type && operands->type_w != &PyInstance_Type) {
        return NULL;
    }
    return where == &where_nb_true_divide           ? &where_nb_divide
           : where == &where_nb_inplace_true_divide ? &where_nb_inplace_divide
                                                    : NULL;
}

static PyObject *
operate_in_place(struct operands *operands, const struct py2abi_slot_place *where)
{
    py2abi_slot_function function = operands->type_v != NULL
                                        ? py2abi_slot_of(operands->type_v, where)
                                        : NULL;
    return function != NULL ? call_operator(function, operands->v, operands->w, operands->z)
                            : guest_not_implemented();
}

static HostObject *
call_operation(HostObject *v, HostObject *w, HostObject *z, const struct py2abi_slot_place *where,
               PyObject *(*operation)(struct operands *, const struct py2abi_slot_place *))
{
    struct operands operands;
    int status = begin_operator(&operands, v, w, z, where->name);
    if (status < 0) {
        return NULL;
    }
    PyObject *result = status == 0 ? operation(&operands, where) : NULL;
    const struct py2abi_slot_place *other = NULL;
    if (result == Py_NotImplemented && (other = other_division(&operands, where)) != NULL) {
        Py_DECREF(result);
        result = operation(&operands, other);
    }
    return end_operator(&operands, result);
}

static HostObject *
call_binary(HostObject *v, HostObject *w, HostObject *z, const struct py2abi_slot_place *where)
{
    return call_operation(v, w, z, where, operate);
}

/* In place only the left operand's type is asked. */
static HostObject *
call_in_place(HostObject *v, HostObject *w, HostObject *z, const struct py2abi_slot_place *where)
{
    return call_operation(v, w, z, where, operate_in_place);
}

/* ---- The other classes ---- */

static int
call_inquiry(HostObject *self, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    inquiry function = (inquiry)py2abi_slot_of(call.type, where);
    return (int)end_number(&call, function != NULL ? function(call.self)
                                                   : (complain(&call), -1));
}

static Py_ssize_t
call_length(HostObject *self, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    lenfunc function = (lenfunc)py2abi_slot_of(call.type, where);
    ssize_t length = function != NULL ? function(call.self) : (complain(&call), -1);
    if (length < 0 && call.type == &PyInstance_Type
        && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        /* Its class has no __len__: list(), which asks for a hint, wants another exception. */
        PyErr_Format(PyExc_TypeError, "%.50s instance has no attribute '__len__'",
                     PyEval_GetFuncName(call.self));
    }
    return end_number(&call, length);
}

static HostObject *
call_join(HostObject *self, HostObject *other, const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest = NULL, *result = NULL;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    binaryfunc function = (binaryfunc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        complain(&call);
    }
    else if (take(other, &guest) == 0) {
        result = function(call.self, guest);
    }
    Py_XDECREF(guest);
    return end_object(&call, result);
}

static HostObject *
call_item(HostObject *self, Py_ssize_t index, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    ssizeargfunc function = (ssizeargfunc)py2abi_slot_of(call.type, where);
    return end_object(&call, function != NULL ? function(call.self, index) : complain(&call));
}

static int
call_set_item(HostObject *self, Py_ssize_t index, HostObject *value,
              const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest = NULL;
    int status = -1;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    ssizeobjargproc function = (ssizeobjargproc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        complain(&call);
    }
    else if (take(value, &guest) == 0) {
        status = function(call.self, index, guest);
    }
    Py_XDECREF(guest);
    return (int)end_number(&call, status);
}

static int
call_contains(HostObject *self, HostObject *item, const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest = NULL;
    int status = -1;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    objobjproc function = (objobjproc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        complain(&call);
    }
    else if (take(item, &guest) == 0) {
        status = function(call.self, guest);
    }
    Py_XDECREF(guest);
    return (int)end_number(&call, status);
}

/* The text of an object: of tp_str it may be unicode. */
static HostObject *
call_repr(HostObject *self, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    reprfunc function = (reprfunc)py2abi_slot_of(call.type, where);
    return end_text(&call, function != NULL ? function(call.self) : complain(&call));
}

static Py_ssize_t
call_hash(HostObject *self, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    hashfunc function = (hashfunc)py2abi_slot_of(call.type, where);
    return end_number(&call, function != NULL ? function(call.self) : (complain(&call), -1));
}

static HostObject *
call_call(HostObject *self, HostObject *args, HostObject *kwargs,
          const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest_args = NULL, *guest_kwargs = NULL, *result = NULL;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    ternaryfunc function = (ternaryfunc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        complain(&call);
    }
    else if (take(args, &guest_args) == 0 && take_keywords(kwargs, &guest_kwargs) == 0) {
        result = function(call.self, guest_args, guest_kwargs);
    }
    Py_XDECREF(guest_args);
    Py_XDECREF(guest_kwargs);
    return end_object(&call, result);
}

static HostObject *
call_next(HostObject *self, const struct py2abi_slot_place *where)
{
    struct call call;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    iternextfunc function = (iternextfunc)py2abi_slot_of(call.type, where);
    PyObject *result = function != NULL ? function(call.self) : complain(&call);
    if (result == NULL && !py2abi_frame_has_error(&call.frame)) {
        py2abi_frame_leave(&call.frame); /* The end. */
        py2abi_release(call.self);
        return NULL;
    }
    return end_object(&call, result);
}

static HostObject *
call_get(HostObject *self, HostObject *object, HostObject *type,
         const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest_object = NULL, *guest_type = NULL, *result = NULL;
    if (begin(&call, self, where->name) < 0) {
        return NULL;
    }
    descrgetfunc function = (descrgetfunc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        complain(&call);
    }
    else if (take(object, &guest_object) == 0 && take(type, &guest_type) == 0) {
        result = function(call.self, guest_object, guest_type);
    }
    Py_XDECREF(guest_object);
    Py_XDECREF(guest_type);
    return end_object(&call, result);
}

/* mp_ass_subscript, tp_descr_set, tp_init: two objects of which one may be NULL. */
static int
call_two(HostObject *self, HostObject *first, HostObject *second,
         const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest_first = NULL, *guest_second = NULL;
    int status = -1;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    objobjargproc function = (objobjargproc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        complain(&call);
    }
    else if (take(first, &guest_first) == 0 && take(second, &guest_second) == 0) {
        status = function(call.self, guest_first, guest_second);
    }
    Py_XDECREF(guest_first);
    Py_XDECREF(guest_second);
    return (int)end_number(&call, status);
}

static int
call_init(HostObject *self, HostObject *args, HostObject *kwargs,
          const struct py2abi_slot_place *where)
{
    struct call call;
    PyObject *guest_args = NULL, *guest_kwargs = NULL;
    int status = -1;
    if (begin(&call, self, where->name) < 0) {
        return -1;
    }
    initproc function = (initproc)py2abi_slot_of(call.type, where);
    if (function == NULL) {
        status = 0;
    }
    else if (take_arguments(call.type, args, &guest_args) == 0
             && take_keywords(kwargs, &guest_kwargs) == 0) {
        status = function(call.self, guest_args, guest_kwargs);
    }
    Py_XDECREF(guest_args);
    Py_XDECREF(guest_kwargs);
    return (int)end_number(&call, status);
}

/* ---- Attributes ---- */

HostObject *
py2abi_proxy_get_attribute(HostObject *self, HostObject *name)
{
    struct call call;
    PyObject *guest_name = NULL, *result = NULL;
    if (begin(&call, self, "__getattribute__") < 0) {
        return NULL;
    }
    PyTypeObject *type = call.type;
    int is_text = 0;
    if (take_name(name, &guest_name) == 0) {
        is_text = PyString_Check(guest_name)
                  && py2abi_attribute_is_text(PyString_AS_STRING(guest_name));
        if (type->tp_getattro != NULL && type->tp_getattro != PyObject_GenericGetAttr) {
            result = type->tp_getattro(call.self, guest_name);
        }
        else if (type->tp_getattr != NULL && PyString_Check(guest_name)) {
            result = type->tp_getattr(call.self, PyString_AS_STRING(guest_name));
        }
        else {
            result = PyObject_GenericGetAttr(call.self, guest_name);
        }
        if (result == NULL && (type == &PyInstance_Type || type == &PyClass_Type)) {
            result = py2abi_old_attribute(call.self, guest_name);
        }
    }
    Py_XDECREF(guest_name);
    return is_text ? end_text(&call, result) : end_object(&call, result);
}

int
py2abi_proxy_set_attribute(HostObject *self, HostObject *name, HostObject *value)
{
    struct call call;
    PyObject *guest_name = NULL, *guest_value = NULL;
    int status = -1;
    if (begin(&call, self, value != NULL ? "__setattr__" : "__delattr__") < 0) {
        return -1;
    }
    PyTypeObject *type = call.type;
    if (take_name(name, &guest_name) == 0 && take(value, &guest_value) == 0) {
        if (type->tp_setattro != NULL && type->tp_setattro != PyObject_GenericSetAttr) {
            status = type->tp_setattro(call.self, guest_name, guest_value);
        }
        else if (type->tp_setattr != NULL && PyString_Check(guest_name)) {
            status = type->tp_setattr(call.self, PyString_AS_STRING(guest_name), guest_value);
        }
        else {
            status = PyObject_GenericSetAttr(call.self, guest_name, guest_value);
        }
    }
    Py_XDECREF(guest_name);
    Py_XDECREF(guest_value);
    return (int)end_number(&call, status);
}

/* ---- Items ---- */

/* The ends of a slice without a step, as tp_as_sequence's functions have them: from 0 to
 * PY_SSIZE_T_MAX, negative ones counted from the end once.  Returns 1; 0 if key is nothing
 * of that kind; -1 with a guest exception. */
static int
is_simple_slice(const struct call *call, PyObject *key, Py_ssize_t *low, Py_ssize_t *high)
{
    const PySliceObject *slice = (PySliceObject *)key;
    const PySequenceMethods *sequence = call->type->tp_as_sequence;
    *low = 0;
    *high = PY_SSIZE_T_MAX;
    if (!PySlice_Check(key) || slice->step != Py_None) {
        return 0;
    }
    if (!_PyEval_SliceIndex(slice->start != Py_None ? slice->start : NULL, low)
        || !_PyEval_SliceIndex(slice->stop != Py_None ? slice->stop : NULL, high)) {
        return -1;
    }
    if ((*low < 0 || *high < 0) && sequence->sq_length != NULL) {
        Py_ssize_t length = sequence->sq_length(call->self);
        if (length < 0) {
            return -1;
        }
        *low += *low < 0 ? length : 0;
        *high += *high < 0 ? length : 0;
    }
    return 1;
}

/* An index for a type that has no mp_subscript. */
static int
take_index(const struct call *call, PyObject *key, Py_ssize_t *index)
{
    const PySequenceMethods *sequence = call->type->tp_as_sequence;
    if (!PyIndex_Check(key)) {
        PyErr_Format(PyExc_TypeError, "sequence index must be integer, not '%.200s'",
                     Py_TYPE(key)->tp_name);
        return -1;
    }
    *index = PyNumber_AsSsize_t(key, PyExc_IndexError);
    if (*index == -1 && PyErr_Occurred() != NULL) {
        return -1;
    }
    if (*index < 0 && sequence->sq_length != NULL) {
        Py_ssize_t length = sequence->sq_length(call->self);
        if (length < 0) {
            return -1;
        }
        *index += length;
    }
    return 0;
}

static PyObject *
subscript_guest(const struct call *call, PyObject *key)
{
    const PySequenceMethods *sequence = call->type->tp_as_sequence;
    const PyMappingMethods *mapping = call->type->tp_as_mapping;
    Py_ssize_t low, high, index;
    if (sequence != NULL && sequence->sq_slice != NULL) {
        int is_simple = is_simple_slice(call, key, &low, &high);
        if (is_simple != 0) {
            return is_simple > 0 ? sequence->sq_slice(call->self, low, high) : NULL;
        }
    }
    if (mapping != NULL && mapping->mp_subscript != NULL) {
        return mapping->mp_subscript(call->self, key);
    }
    if (sequence != NULL && sequence->sq_item != NULL) {
        return take_index(call, key, &index) == 0 ? sequence->sq_item(call->self, index) : NULL;
    }
    return complain(call);
}

HostObject *
py2abi_proxy_subscript(HostObject *self, HostObject *key)
{
    struct call call;
    PyObject *guest = NULL, *result = NULL;
    if (begin(&call, self, "__getitem__") < 0) {
        return NULL;
    }
    if (take(key, &guest) == 0) {
        result = subscript_guest(&call, guest);
    }
    Py_XDECREF(guest);
    return end_object(&call, result);
}

static int
assign_guest(const struct call *call, PyObject *key, PyObject *value)
{
    const PySequenceMethods *sequence = call->type->tp_as_sequence;
    const PyMappingMethods *mapping = call->type->tp_as_mapping;
    Py_ssize_t low, high, index;
    if (sequence != NULL && sequence->sq_ass_slice != NULL) {
        int is_simple = is_simple_slice(call, key, &low, &high);
        if (is_simple != 0) {
            return is_simple > 0 ? sequence->sq_ass_slice(call->self, low, high, value) : -1;
        }
    }
    if (mapping != NULL && mapping->mp_ass_subscript != NULL) {
        return mapping->mp_ass_subscript(call->self, key, value);
    }
    if (sequence != NULL && sequence->sq_ass_item != NULL) {
        return take_index(call, key, &index) == 0
                   ? sequence->sq_ass_item(call->self, index, value)
                   : -1;
    }
    complain(call);
    return -1;
}

int
py2abi_proxy_assign_subscript(HostObject *self, HostObject *key, HostObject *value)
{
    struct call call;
    PyObject *guest = NULL, *guest_value = NULL;
    int status = -1;
    if (begin(&call, self, value != NULL ? "__setitem__" : "__delitem__") < 0) {
        return -1;
    }
    if (take(key, &guest) == 0 && take(value, &guest_value) == 0) {
        status = assign_guest(&call, guest, guest_value);
    }
    Py_XDECREF(guest);
    Py_XDECREF(guest_value);
    return (int)end_number(&call, status);
}

/* ---- Comparison ---- */

static PyObject *
three_way_result(int result, int operator)
{
    int is_so = operator== Py_LT   ? result < 0
                : operator== Py_LE ? result <= 0
                : operator== Py_EQ ? result == 0
                : operator== Py_NE ? result != 0
                : operator== Py_GT ? result > 0
                                   : result >= 0;
    return PyBool_FromLong(is_so);
}

/* Python 2.7's order for two objects of which the first is of a type that a binary
 * defines; tp_compare is called only if both have the same. */
static PyObject *
compare_guests(PyTypeObject *type, PyObject *v, PyObject *w, int operator)
{
    PyTypeObject *other = py2abi_type_defined(Py_TYPE(w));
    if (PyType_HasFeature(type, Py_TPFLAGS_HAVE_RICHCOMPARE) && type->tp_richcompare != NULL) {
        PyObject *result = type->tp_richcompare(v, w, operator);
        if (result != Py_NotImplemented) {
            return result;
        }
        Py_DECREF(result);
    }
    if (PyInstance_Check(v)) {
        /* By __cmp__, of either one, or not at all. */
        int order = type->tp_compare(v, w);
        return PyErr_Occurred() != NULL      ? NULL
               : order >= -1 && order <= 1 ? three_way_result(order, operator)
                                           : guest_not_implemented();
    }
    if (type->tp_compare != NULL && other != NULL && other->tp_compare == type->tp_compare) {
        int result = type->tp_compare(v, w);
        return PyErr_Occurred() != NULL ? NULL : three_way_result(result, operator);
    }
    if (type->tp_compare != NULL && type->tp_as_number != NULL
        && type->tp_as_number->nb_coerce != NULL) {
        PyObject *a = v, *b = w, *result = NULL;
        int status = PyNumber_CoerceEx(&a, &b);
        if (status != 0 || a == NULL || b == NULL) {
            return status < 0 ? NULL : guest_not_implemented();
        }
        PyTypeObject *coerced = py2abi_type_defined(Py_TYPE(a));
        if (coerced != NULL && coerced == py2abi_type_defined(Py_TYPE(b))
            && coerced->tp_compare != NULL) {
            int order = coerced->tp_compare(a, b);
            result = PyErr_Occurred() != NULL ? NULL : three_way_result(order, operator);
        }
        else {
            result = guest_not_implemented();
        }
        Py_DECREF(a);
        Py_DECREF(b);
        return result;
    }
    return guest_not_implemented();
}

HostObject *
py2abi_proxy_compare(HostObject *self, HostObject *other, int operator)
{
    static const char *const names[] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"};
    struct call call;
    PyObject *guest = NULL, *result = NULL;
    if (begin(&call, self, names[operator]) < 0) {
        return NULL;
    }
    if (take(other, &guest) == 0 && guest != NULL) {
        result = compare_guests(call.type, call.self, guest, operator);
    }
    Py_XDECREF(guest);
    return end_object(&call, result);
}

/* ---- Buffers ---- */

/* A view of the new protocol that the guest has given, until it is given back. */
struct view {
    Py_buffer guest;
};

static int
take_new_view(struct call *call, const PyBufferProcs *procs, HostBuffer *view, int flags)
{
    struct view *own = calloc(1, sizeof *own);
    if (own == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    if (procs->bf_getbuffer(call->self, &own->guest, flags) < 0) {
        free(own);
        return -1;
    }
    view->buf = own->guest.buf;
    view->len = own->guest.len;
    view->itemsize = own->guest.itemsize;
    view->readonly = own->guest.readonly;
    view->ndim = own->guest.ndim;
    view->format = own->guest.format;
    view->shape = own->guest.shape;
    view->strides = own->guest.strides;
    view->suboffsets = own->guest.suboffsets;
    view->internal = own;
    return 0;
}

/* What the old protocol has is one segment of bytes, writable where there is a function
 * for that. */
static int
take_old_view(struct call *call, const PyBufferProcs *procs, HostBuffer *view, int flags)
{
    void *memory = NULL;
    Py_ssize_t size;
    if (procs->bf_getsegcount != NULL && procs->bf_getsegcount(call->self, NULL) != 1) {
        PyErr_Format(PyExc_BufferError, "'%.200s' object has not one segment of memory",
                     call->type->tp_name);
        return -1;
    }
    int is_writable = procs->bf_getwritebuffer != NULL;
    if (is_writable) {
        size = procs->bf_getwritebuffer(call->self, 0, &memory);
        if (size < 0 && !(flags & PyBUF_WRITABLE) && procs->bf_getreadbuffer != NULL) {
            /* The slot is there for those of its objects that can be written. */
            PyErr_Clear();
            is_writable = 0;
        }
    }
    else if (flags & PyBUF_WRITABLE) {
        PyErr_Format(PyExc_BufferError, "'%.200s' object is not writable", call->type->tp_name);
        return -1;
    }
    if (!is_writable) {
        if (procs->bf_getreadbuffer == NULL) {
            PyErr_Format(PyExc_BufferError, "'%.200s' object is not readable",
                         call->type->tp_name);
            return -1;
        }
        size = procs->bf_getreadbuffer(call->self, 0, &memory);
    }
    if (size < 0) {
        return -1;
    }
    view->buf = memory;
    view->len = size;
    view->itemsize = 1;
    view->readonly = !is_writable;
    view->ndim = 1;
    static char bytes[] = "B";
    view->format = flags & PyBUF_FORMAT ? bytes : NULL;
    view->shape = flags & PyBUF_ND ? &view->len : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? &view->itemsize : NULL;
    view->suboffsets = NULL;
    view->internal = NULL;
    return 0;
}

int
py2abi_proxy_get_buffer(HostObject *self, HostBuffer *view, int flags)
{
    struct call call;
    int status = -1;
    if (view == NULL) {
        host_PyErr_SetString(*HOST(PyExc_BufferError), "there is no view to fill");
        return -1;
    }
    view->obj = NULL;
    if (begin(&call, self, "__buffer__") < 0) {
        return -1;
    }
    const PyBufferProcs *procs = call.type->tp_as_buffer;
    if (procs != NULL && PyType_HasFeature(call.type, Py_TPFLAGS_HAVE_NEWBUFFER)
        && procs->bf_getbuffer != NULL) {
        status = take_new_view(&call, procs, view, flags);
    }
    else if (procs != NULL) {
        status = take_old_view(&call, procs, view, flags);
    }
    else {
        complain(&call);
    }
    status = (int)end_number(&call, status);
    if (status == 0) {
        host_INCREF(self);
        view->obj = self;
    }
    return status;
}

void
py2abi_proxy_release_buffer(HostObject *self, HostBuffer *view)
{
    struct view *own = view->internal;
    HostObject *type, *value, *traceback;
    struct call call;
    if (own == NULL) {
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    if (begin(&call, self, "__release_buffer__") == 0) {
        PyBuffer_Release(&own->guest);
        PyErr_Clear();
        end_number(&call, 0);
    }
    free(own);
    host_PyErr_Restore(type, value, traceback);
}

/* ---- Making instances ---- */

HostObject *
py2abi_proxy_construct(HostObject *host_type, HostObject *args, HostObject *kwargs)
{
    struct py2abi_frame frame;
    PyObject *guest_args = NULL, *guest_kwargs = NULL, *result = NULL;
    PyTypeObject *type = py2abi_type_mirror(host_type);
    PyTypeObject *defined = type != NULL ? py2abi_type_defined(type) : NULL;
    if (defined == NULL) {
        if (type != NULL) {
            host_PyErr_SetString(*HOST(PyExc_TypeError), "this type is not of a Python 2 binary");
            Py_DECREF(type);
        }
        return NULL;
    }
    if (py2abi_frame_enter(&frame, py2abi_type_record(defined)->guest, NULL, NULL) < 0) {
        Py_DECREF(type);
        return NULL;
    }
    if (defined->tp_new == NULL) {
        PyErr_Format(PyExc_TypeError, "cannot create '%.100s' instances", defined->tp_name);
    }
    else if (take_arguments(type, args, &guest_args) == 0
             && take_keywords(kwargs, &guest_kwargs) == 0) {
        frame.function = "__new__";
        frame.of = defined;
        result = defined->tp_new(type, guest_args, guest_kwargs);
        if (result != NULL && PyType_Check(result)
            && py2abi_type_made((PyTypeObject *)result) < 0) {
            py2abi_error_to_guest();
            Py_CLEAR(result);
        }
    }
    Py_XDECREF(guest_args);
    Py_XDECREF(guest_kwargs);
    HostObject *made = py2abi_frame_result(&frame, result);
    Py_DECREF(type);
    return made;
}

/* ---- Methods, members, getsets ---- */

/* A method of a type, and the C function that the host calls for it. */
struct method {
    PyMethodDef *definition;
    PyTypeObject *type;
    struct py2abi_entry entry;
};

/* The arguments are count items (which may be at NULL, if there is none) or, if count is
 * negative, args and kwargs. */
static inline HostObject *
enter_method(const struct method *method, HostObject *self, HostObject *args, HostObject *kwargs,
             HostObject *const *items, Py_ssize_t count)
{
    struct py2abi_frame frame;
    PyObject *guest = NULL;
    if (py2abi_frame_enter(&frame, py2abi_type_record(method->type)->guest, method->type,
                           method->definition->ml_name)
        < 0) {
        return NULL;
    }
    PyObject *value = NULL;
    if (self == NULL || take(self, &guest) == 0) {
        value = count >= 0
                    ? py2abi_function_call_fast(method->definition, guest, items, count)
                    : py2abi_function_call(method->definition, guest, args, kwargs);
    }
    HostObject *result = py2abi_frame_result(&frame, value);
    if (guest != NULL) {
        py2abi_release(guest);
    }
    return result;
}

static HostObject *
call_method(void *data, HostObject *self, HostObject *args, HostObject *kwargs)
{
    return enter_method(data, self, args, kwargs, NULL, -1);
}

static HostObject *
call_method_fast(void *data, HostObject *self, HostObject *const *args, Py_ssize_t count,
                 HostObject *names)
{
    const struct method *method = data;
    if (names != NULL && py2abi_entry_refuse_names(names, method->definition->ml_name) < 0) {
        return NULL;
    }
    return enter_method(data, self, NULL, NULL, args, count);
}

/* Returns the C function for a method, or NULL with a host exception. */
void *
py2abi_proxy_method(PyTypeObject *type, PyMethodDef *definition)
{
    struct method *method = calloc(1, sizeof *method);
    if (method == NULL) {
        return host_PyErr_NoMemory();
    }
    method->definition = definition;
    method->type = type;
    method->entry.call = call_method;
    method->entry.call_fast = call_method_fast;
    method->entry.data = method;
    if (py2abi_entry_make(&method->entry, py2abi_entry_kind(definition->ml_flags)) < 0) {
        py2abi_entry_free(&method->entry);
        free(method);
        return NULL;
    }
    return method->entry.code;
}

static const char *
attribute_name(const struct py2abi_proxy_attribute *attribute)
{
    return attribute->member != NULL ? attribute->member->name : attribute->getset->name;
}

HostObject *
py2abi_proxy_get_described(HostObject *self, void *closure)
{
    const struct py2abi_proxy_attribute *attribute = closure;
    struct call call;
    PyObject *result;
    if (begin(&call, self, attribute_name(attribute)) < 0) {
        return NULL;
    }
    if (attribute->member != NULL) {
        result = PyMember_GetOne((char *)call.self, attribute->member);
    }
    else if (attribute->getset->get != NULL) {
        result = attribute->getset->get(call.self, attribute->getset->closure);
    }
    else {
        result = PyErr_Format(PyExc_AttributeError,
                              "attribute '%.300s' of '%.100s' objects is not readable",
                              attribute->getset->name, attribute->type->tp_name);
    }
    if (attribute->member != NULL
        && (attribute->member->type == T_STRING || attribute->member->type == T_STRING_INPLACE
            || attribute->member->type == T_CHAR)) {
        return end_text(&call, result);
    }
    return end_object(&call, result);
}

int
py2abi_proxy_set_described(HostObject *self, HostObject *value, void *closure)
{
    const struct py2abi_proxy_attribute *attribute = closure;
    struct call call;
    PyObject *guest = NULL;
    int status = -1;
    if (begin(&call, self, attribute_name(attribute)) < 0) {
        return -1;
    }
    if (take(value, &guest) == 0) {
        if (attribute->member != NULL) {
            status = PyMember_SetOne((char *)call.self, attribute->member, guest);
        }
        else if (attribute->getset->set != NULL) {
            status = attribute->getset->set(call.self, guest, attribute->getset->closure);
        }
        else {
            PyErr_Format(PyExc_AttributeError,
                         "attribute '%.300s' of '%.100s' objects is not writable",
                         attribute->getset->name, attribute->type->tp_name);
        }
    }
    Py_XDECREF(guest);
    return (int)end_number(&call, status);
}

/* ---- The functions for the host's slots ---- */

/* Of two guest slots for one of the host's, the first that the type has: found when it is
 * called. */
#define DEFINE_UNARY(slot)                                                                        \
    static HostObject *proxy_##slot(HostObject *self)                                             \
    {                                                                                             \
        return call_unary(self, &where_##slot);                                                   \
    }
#define DEFINE_BINARY(slot)                                                                       \
    static HostObject *proxy_##slot(HostObject *v, HostObject *w)                                 \
    {                                                                                             \
        return strncmp(#slot, "nb_inplace_", 11) == 0                                             \
                   ? call_in_place(v, w, NULL, &where_##slot)                                     \
                   : call_binary(v, w, NULL, &where_##slot);                                      \
    }
#define DEFINE_SUM     DEFINE_BINARY
#define DEFINE_PRODUCT DEFINE_BINARY
#define DEFINE_POWER(slot)                                                                        \
    static HostObject *proxy_##slot(HostObject *v, HostObject *w, HostObject *z)                  \
    {                                                                                             \
        return strncmp(#slot, "nb_inplace_", 11) == 0 ? call_in_place(v, w, z, &where_##slot)     \
                                                      : call_binary(v, w, z, &where_##slot);      \
    }
#define DEFINE_INQUIRY(slot)                                                                      \
    static int proxy_##slot(HostObject *self)                                                     \
    {                                                                                             \
        return call_inquiry(self, &where_##slot);                                                 \
    }
#define DEFINE_LENGTH(slot)                                                                       \
    static Py_ssize_t proxy_##slot(HostObject *self)                                              \
    {                                                                                             \
        return call_length(self, &where_##slot);                                                  \
    }
#define DEFINE_JOIN(slot)                                                                         \
    static HostObject *proxy_##slot(HostObject *self, HostObject *other)                          \
    {                                                                                             \
        return call_join(self, other, &where_##slot);                                             \
    }
#define DEFINE_REPEAT(slot)                                                                       \
    static HostObject *proxy_##slot(HostObject *self, Py_ssize_t count)                           \
    {                                                                                             \
        return call_item(self, count, &where_##slot);                                             \
    }
#define DEFINE_ITEM DEFINE_REPEAT
#define DEFINE_SET_ITEM(slot)                                                                     \
    static int proxy_##slot(HostObject *self, Py_ssize_t index, HostObject *value)                \
    {                                                                                             \
        return call_set_item(self, index, value, &where_##slot);                                  \
    }
#define DEFINE_CONTAINS(slot)                                                                     \
    static int proxy_##slot(HostObject *self, HostObject *item)                                   \
    {                                                                                             \
        return call_contains(self, item, &where_##slot);                                          \
    }
#define DEFINE_REPR(slot)                                                                         \
    static HostObject *proxy_##slot(HostObject *self)                                             \
    {                                                                                             \
        return call_repr(self, &where_##slot);                                                    \
    }
#define DEFINE_HASH(slot)                                                                         \
    static Py_ssize_t proxy_##slot(HostObject *self)                                              \
    {                                                                                             \
        return call_hash(self, &where_##slot);                                                    \
    }
#define DEFINE_CALL(slot)                                                                         \
    static HostObject *proxy_##slot(HostObject *self, HostObject *args, HostObject *kwargs)       \
    {                                                                                             \
        return call_call(self, args, kwargs, &where_##slot);                                      \
    }
#define DEFINE_ITER DEFINE_UNARY
#define DEFINE_NEXT(slot)                                                                         \
    static HostObject *proxy_##slot(HostObject *self)                                             \
    {                                                                                             \
        return call_next(self, &where_##slot);                                                    \
    }
#define DEFINE_DESCR_GET(slot)                                                                    \
    static HostObject *proxy_##slot(HostObject *self, HostObject *object, HostObject *type)       \
    {                                                                                             \
        return call_get(self, object, type, &where_##slot);                                       \
    }
#define DEFINE_DESCR_SET(slot)                                                                    \
    static int proxy_##slot(HostObject *self, HostObject *object, HostObject *value)              \
    {                                                                                             \
        return call_two(self, object, value, &where_##slot);                                      \
    }
#define DEFINE_INIT(slot)                                                                         \
    static int proxy_##slot(HostObject *self, HostObject *args, HostObject *kwargs)               \
    {                                                                                             \
        return call_init(self, args, kwargs, &where_##slot);                                      \
    }
/* These are written out above, or have no slot on the host. */
#define DEFINE_COERCION(slot)  enum { proxy_##slot };
#define DEFINE_SLICE(slot)     enum { proxy_##slot };
#define DEFINE_SET_SLICE(slot) enum { proxy_##slot };
#define DEFINE_COMPARE(slot)   enum { proxy_##slot };
#define DEFINE_SUBSCRIPT(slot)
#define DEFINE_SET_KEY(slot)
#define DEFINE_GETATTR(slot)
#define DEFINE_SETATTR(slot)
#define DEFINE_RICH(slot)
#define DEFINE_NEW(slot)
#define proxy_mp_subscript     py2abi_proxy_subscript
#define proxy_mp_ass_subscript py2abi_proxy_assign_subscript
#define proxy_tp_getattro      py2abi_proxy_get_attribute
#define proxy_tp_setattro      py2abi_proxy_set_attribute
#define proxy_tp_richcompare   py2abi_proxy_compare
#define proxy_tp_new           py2abi_proxy_construct
#define SLOT27(group, slot, class, ...) DEFINE_##class(slot)
#include "slots27.def"
#undef SLOT27

/* The classes whose functions take either operand first. */
enum { CLASS_OTHER, CLASS_OPERATOR };
#define CLASS_BINARY    CLASS_OPERATOR
#define CLASS_SUM       CLASS_OPERATOR
#define CLASS_PRODUCT   CLASS_OPERATOR
#define CLASS_POWER     CLASS_OPERATOR
#define CLASS_UNARY     CLASS_OTHER
#define CLASS_INQUIRY   CLASS_OTHER
#define CLASS_COERCION  CLASS_OTHER
#define CLASS_LENGTH    CLASS_OTHER
#define CLASS_JOIN      CLASS_OTHER
#define CLASS_REPEAT    CLASS_OTHER
#define CLASS_ITEM      CLASS_OTHER
#define CLASS_SLICE     CLASS_OTHER
#define CLASS_SET_ITEM  CLASS_OTHER
#define CLASS_SET_SLICE CLASS_OTHER
#define CLASS_CONTAINS  CLASS_OTHER
#define CLASS_SUBSCRIPT CLASS_OTHER
#define CLASS_SET_KEY   CLASS_OTHER
#define CLASS_REPR      CLASS_OTHER
#define CLASS_HASH      CLASS_OTHER
#define CLASS_CALL      CLASS_OTHER
#define CLASS_GETATTR   CLASS_OTHER
#define CLASS_SETATTR   CLASS_OTHER
#define CLASS_COMPARE   CLASS_OTHER
#define CLASS_RICH      CLASS_OTHER
#define CLASS_ITER      CLASS_OTHER
#define CLASS_NEXT      CLASS_OTHER
#define CLASS_DESCR_GET CLASS_OTHER
#define CLASS_DESCR_SET CLASS_OTHER
#define CLASS_INIT      CLASS_OTHER
#define CLASS_NEW       CLASS_OTHER

const struct py2abi_proxy_slot py2abi_proxy_slots[PY2ABI_PROXY_SLOTS] = {
#define SLOT27(group, slot, class, feature, name, second, host, number)                           \
    {&where_##slot, (void *)(uintptr_t)proxy_##slot, #slot, number,                               \
     CLASS_##class == CLASS_OPERATOR},
#include "slots27.def"
#undef SLOT27
};

/* ---- Exceptions ----
 *
 * The host's functions do what the binary leaves to them; what inlined code has changed in
 * the guest's structure they are told before, what they change the structure is after. */

/* The guest's object of an exception, borrowed, after it has told the host what it has.  NULL
 * without an exception if there is none; -1 in *failed with one. */
static PyObject *
push_exception(HostObject *self, int *failed)
{
    PyObject *guest = py2abi_link_guest(self);
    *failed = guest != NULL ? py2abi_exception_push(guest, self) : 0;
    return guest;
}

/* `message` is there as in Python 2, of these exceptions. */
HostObject *
py2abi_proxy_exception_get(HostObject *self, HostObject *name)
{
    int failed;
    PyObject *guest = push_exception(self, &failed);
    HostObject *value = failed < 0 ? NULL : host_PyObject_GenericGetAttr(self, name);
    if (value == NULL && failed == 0 && guest != NULL
        && ((PyBaseExceptionObject *)guest)->message != NULL
        && host_PyErr_ExceptionMatches(*HOST(PyExc_AttributeError))) {
        HostObject *type, *error, *traceback;
        host_PyErr_Fetch(&type, &error, &traceback);
        const char *text = host_PyUnicode_AsUTF8AndSize(name, NULL);
        if (text != NULL && strcmp(text, "message") == 0) {
            host_XDECREF(type);
            host_XDECREF(error);
            host_XDECREF(traceback);
            return py2abi_host_exception(NULL, ((PyBaseExceptionObject *)guest)->message);
        }
        host_PyErr_Restore(type, error, traceback);
    }
    return value;
}

int
py2abi_proxy_exception_set(HostObject *self, HostObject *name, HostObject *value)
{
    int failed;
    PyObject *guest = push_exception(self, &failed);
    if (failed < 0 || host_PyObject_GenericSetAttr(self, name, value) < 0) {
        return -1;
    }
    return guest != NULL ? py2abi_exception_pull(guest, self) : 0;
}

static HostObject *
native_of(HostObject *self)
{
    const PyObject *guest = py2abi_link_guest(self);
    PyTypeObject *type = guest != NULL ? py2abi_type_defined(Py_TYPE(guest)) : NULL;
    HostObject *native = type != NULL ? py2abi_type_record(type)->native_host
                                      : *HOST(PyExc_BaseException);
    return native;
}

static HostObject *
exception_text(HostObject *self, const char *method)
{
    int failed;
    push_exception(self, &failed);
    if (failed < 0) {
        return NULL;
    }
    host_INCREF(self);
    return py2abi_hostcall_method(native_of(self), method, 1, self);
}

HostObject *
py2abi_proxy_exception_str(HostObject *self)
{
    return exception_text(self, "__str__");
}

HostObject *
py2abi_proxy_exception_repr(HostObject *self)
{
    return exception_text(self, "__repr__");
}

int
py2abi_proxy_exception_init(HostObject *self, HostObject *args, HostObject *kwargs)
{
    PyObject *guest = py2abi_link_guest(self);
    typedef int (*initproc_host)(HostObject *, HostObject *, HostObject *);
    initproc_host initialise =
        (initproc_host)(uintptr_t)py2abi_hosttype_slot(native_of(self), HOST_tp_init);
    if (initialise != NULL && initialise(self, args, kwargs) < 0) {
        return -1;
    }
    return guest != NULL ? py2abi_exception_fill(guest, self) : 0;
}

/* ---- Methods that the binary does not have itself ---- */

/* The object holds the functions, and so does the proxy, whose other methods are the host's. */
int
py2abi_proxy_holder_init(HostObject *self, HostObject *args, HostObject *kwargs)
{
    PyObject *guest = py2abi_link_guest(self);
    if (call_init(self, args, kwargs, &where_tp_init) < 0) {
        return -1;
    }
    return guest != NULL ? py2abi_holder_fill(guest, self) : 0;
}

/* nb_oct and nb_hex, for which the host has no slots: methods, as Python 2 has them, too. */
HostObject *
py2abi_proxy_oct(HostObject *self, HostObject *unused)
{
    (void)unused;
    return call_unary(self, &where_nb_oct);
}

HostObject *
py2abi_proxy_hex(HostObject *self, HostObject *unused)
{
    (void)unused;
    return call_unary(self, &where_nb_hex);
}

/* __getstate__ of the types that add to the size of proxies: the attributes that Python
 * code gave the object.  The host's own takes such a size for a state that would be lost. */
HostObject *
py2abi_proxy_get_state(HostObject *self, HostObject *unused)
{
    HostObject *dict = host_PyObject_GetAttrString(self, "__dict__"), *slots = NULL, *state = NULL;
    (void)unused;
    if (dict == NULL) {
        host_PyErr_Clear();
        dict = HOST(_Py_NoneStruct);
        host_INCREF(dict);
    }
    HostObject *type = py2abi_hostapi_type(self);
    host_INCREF(type);
    HostObject *names = py2abi_hostcall(py2abi_hostcall_import("copyreg", "_slotnames"), 1, type);
    Py_ssize_t count = names != NULL ? host_PyObject_Size(names) : -1;
    if (count > 0) {
        slots = host_PyDict_New();
    }
    for (Py_ssize_t i = 0; slots != NULL && i < count; i++) {
        HostObject *name = host_PySequence_GetItem(names, i);
        HostObject *value = name != NULL ? host_PyObject_GetAttr(self, name) : NULL;
        if (value != NULL) {
            host_PyObject_SetItem(slots, name, value);
        }
        host_XDECREF(name);
        host_XDECREF(value);
        host_PyErr_Clear(); /* A slot without a value. */
    }
    host_XDECREF(names);
    if (slots != NULL && host_PyObject_Size(slots) > 0 && (state = host_PyTuple_New(2)) != NULL) {
        host_PyTuple_SetItem(state, 0, dict);
        host_PyTuple_SetItem(state, 1, slots);
        return state;
    }
    host_XDECREF(slots);
    if (count < 0) {
        host_DECREF(dict);
        return NULL;
    }
    return dict;
}
