/* descrobject.c - descriptors: methods, members and slots of types as attributes.
 *
 * A descriptor is guest-born when a type of a binary's was made ready, or the
 * mirror of one of the host's.  Of the latter the host does the work; the fields
 * that inlined code reads are filled as well, with records of functions that go to
 * the host where that can be. */

#include "config.h"
#include "guest.h"
#include "descr.h"
#include "hostcall.h"
#include "hosttype.h"
#include "proxy.h"
#include "slots.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The mirrors of the host's descriptors have their record beside them. */
struct method_descr {
    PyMethodDescrObject object;
    PyMethodDef record;
};
struct member_descr {
    PyMemberDescrObject object;
    PyMemberDef record;
};
struct getset_descr {
    PyGetSetDescrObject object;
    PyGetSetDef record;
};
struct wrapper_descr {
    PyWrapperDescrObject object;
    struct wrapperbase record;
};

/* A slot's method, bound. */
struct wrapper {
    PyObject_HEAD
    PyWrapperDescrObject *descriptor;
    PyObject *self;
};

static PyDescrObject *
common(PyObject *descriptor)
{
    return (PyDescrObject *)descriptor;
}

static const char *
name_of(PyObject *descriptor)
{
    PyObject *name = common(descriptor)->d_name;
    return name != NULL && PyString_Check(name) ? PyString_AS_STRING(name) : "?";
}

static const char *
owner_of(PyObject *descriptor)
{
    return common(descriptor)->d_type != NULL ? common(descriptor)->d_type->tp_name : "?";
}

/* ---- Mirrors of the host's ---- */

/* An attribute of a host object that is a str: a new guest str; None for another,
 * or NULL with a host exception. */
static PyObject *
host_text(HostObject *host, const char *attribute)
{
    HostObject *value = host_PyObject_GetAttrString(host, attribute);
    PyObject *text = NULL;
    if (value == NULL) {
        return NULL;
    }
    if (py2abi_hostapi_type(value) == (HostObject *)HOST(PyUnicode_Type)) {
        text = py2abi_mirror_name(value);
    }
    else {
        text = Py_None;
        Py_INCREF(text);
    }
    host_DECREF(value);
    return text;
}

/* Stands for the C function of a host method: nothing can tell it which. */
static PyObject *
refuse_method(PyObject *self, PyObject *args)
{
    (void)args;
    return PyErr_Format(PyExc_SystemError,
                        "the C function of a Python 3 method of '%.100s' was called directly",
                        self != NULL ? Py_TYPE(self)->tp_name : "NULL");
}

/* The getter and setter of a host attribute, the closure being its descriptor. */
static PyObject *
get_through(PyObject *object, void *descriptor)
{
    return py2abi_slots_descr_get(descriptor, object, (PyObject *)Py_TYPE(object));
}

static int
set_through(PyObject *object, PyObject *value, void *descriptor)
{
    return py2abi_slots_descr_set(descriptor, object, value);
}

/* The wrapper of a host slot, what is wrapped being its descriptor. */
static PyObject *
call_through(PyObject *self, PyObject *args, void *descriptor, PyObject *kwargs)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyObject *all = PyTuple_New(count + 1), *result;
    if (all == NULL) {
        return NULL;
    }
    Py_INCREF(self);
    PyTuple_SET_ITEM(all, 0, self);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i);
        Py_INCREF(item);
        PyTuple_SET_ITEM(all, i + 1, item);
    }
    result = py2abi_call_host(descriptor, all, kwargs);
    Py_DECREF(all);
    return result;
}

/* A static type's own entry for a method: what binaries take out of d_method then
 * is a C function that they may call. */
static PyMethodDef *
own_method(const PyTypeObject *type, const char *name)
{
    PyMethodDef *method = type->tp_flags & PY2ABI_TPFLAGS_HOST ? NULL : type->tp_methods;
    while (method != NULL && method->ml_name != NULL && strcmp(method->ml_name, name) != 0) {
        method++;
    }
    return method != NULL && method->ml_name != NULL ? method : NULL;
}

static void
fill_record(PyObject *mirror)
{
    char *name = PyString_AS_STRING(common(mirror)->d_name);
    PyTypeObject *type = Py_TYPE(mirror);
    if (type == &PyMemberDescr_Type) {
        struct member_descr *member = (struct member_descr *)mirror;
        member->record = (PyMemberDef){name, -1, 0, READONLY, NULL};
        member->object.d_member = &member->record;
    }
    else if (type == &PyGetSetDescr_Type) {
        struct getset_descr *getset = (struct getset_descr *)mirror;
        getset->record = (PyGetSetDef){name, get_through, set_through, NULL, mirror};
        getset->object.d_getset = &getset->record;
    }
    else if (type == &PyWrapperDescr_Type) {
        struct wrapper_descr *wrapper = (struct wrapper_descr *)mirror;
        wrapper->record = (struct wrapperbase){
            .name = name,
            .wrapper = (wrapperfunc)(void (*)(void))call_through,
            .flags = PyWrapperFlag_KEYWORDS,
            .name_strobj = common(mirror)->d_name,
        };
        wrapper->object.d_base = &wrapper->record;
        wrapper->object.d_wrapped = mirror;
    }
    else {
        struct method_descr *method = (struct method_descr *)mirror;
        /* Flags that no inlined short cut takes. */
        method->record = (PyMethodDef){name, refuse_method, METH_OLDARGS, NULL};
        method->object.d_method = own_method(common(mirror)->d_type, name);
        if (method->object.d_method == NULL) {
            method->object.d_method = &method->record;
        }
    }
}

/* Fill the fields of a new mirror of a host descriptor; other types are left alone.
 * Returns 0, or -1 with a host exception. */
int
py2abi_descr_fill(PyObject *mirror, HostObject *host)
{
    PyTypeObject *type = Py_TYPE(mirror);
    if ((type != &py2abi_method_descr_type && type != &py2abi_classmethod_descr_type
         && type != &PyMemberDescr_Type && type != &PyGetSetDescr_Type
         && type != &PyWrapperDescr_Type)
        || common(mirror)->d_type != NULL) {
        return 0;
    }
    HostObject *owner = host_PyObject_GetAttrString(host, "__objclass__");
    PyTypeObject *owner_type = owner != NULL ? py2abi_type_mirror(owner) : NULL;
    PyObject *name = owner_type != NULL ? host_text(host, "__name__") : NULL;
    host_XDECREF(owner);
    if (name == NULL || !PyString_Check(name)) {
        Py_XDECREF(owner_type);
        Py_XDECREF(name);
        if (host_PyErr_Occurred() == NULL) {
            host_PyErr_SetString(*HOST(PyExc_TypeError),
                                 "a descriptor of Python 3 has no __name__ that is a str");
        }
        return -1;
    }
    common(mirror)->d_type = owner_type;
    common(mirror)->d_name = name;
    fill_record(mirror);
    return 0;
}

/* Whether the host has to do a descriptor's work.  One that is guest-born does its own,
 * whatever stands for it on the host: its record beside it is empty. */
static int
is_host(PyObject *descriptor)
{
    const PyTypeObject *type = Py_TYPE(descriptor);
    const char *name;
    if (type == &PyMemberDescr_Type) {
        name = ((struct member_descr *)descriptor)->record.name;
    }
    else if (type == &PyGetSetDescr_Type) {
        name = ((struct getset_descr *)descriptor)->record.name;
    }
    else if (type == &PyWrapperDescr_Type) {
        name = ((struct wrapper_descr *)descriptor)->record.name;
    }
    else {
        name = ((struct method_descr *)descriptor)->record.ml_name;
    }
    return name != NULL || common(descriptor)->d_type == NULL;
}

/* ---- What all of them have ---- */

static void
dealloc(PyObject *descriptor)
{
    Py_XDECREF(common(descriptor)->d_type);
    Py_XDECREF(common(descriptor)->d_name);
    py2abi_mirror_dealloc(descriptor);
}

static int
traverse(PyObject *descriptor, visitproc visit, void *arg)
{
    Py_VISIT(common(descriptor)->d_type);
    return 0;
}

static long
hash_address(PyObject *descriptor)
{
    return _Py_HashPointer(descriptor);
}

/* Of two descriptors only their identity is compared, which is what is done when
 * both types say that they do not know. */
static PyObject *
compare_nothing(PyObject *v, PyObject *w, int operator)
{
    (void)v;
    (void)w;
    (void)operator;
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

static PyObject *
represent(PyObject *descriptor, const char *what)
{
    return PyString_FromFormat("<%s '%s' of '%s' objects>", what, name_of(descriptor),
                               owner_of(descriptor));
}

static PyObject *
method_repr(PyObject *descriptor)
{
    return represent(descriptor, "method");
}

static PyObject *
member_repr(PyObject *descriptor)
{
    return represent(descriptor, "member");
}

static PyObject *
getset_repr(PyObject *descriptor)
{
    return represent(descriptor, "attribute");
}

static PyObject *
wrapper_descr_repr(PyObject *descriptor)
{
    return represent(descriptor, "slot wrapper");
}

static PyObject *
text_or_none(const char *text)
{
    if (text == NULL) {
        Py_RETURN_NONE;
    }
    return PyString_FromString(text);
}

static PyObject *
get_doc(PyObject *descriptor, void *closure)
{
    PyTypeObject *type = Py_TYPE(descriptor);
    (void)closure;
    if (is_host(descriptor)) {
        PyObject *text = host_text(PY2ABI_HEAD(descriptor)->host, "__doc__");
        return py2abi_returned(text != NULL ? 0 : -1) < 0 ? NULL : text;
    }
    return text_or_none(
        type == &PyMemberDescr_Type    ? ((PyMemberDescrObject *)descriptor)->d_member->doc
        : type == &PyGetSetDescr_Type  ? ((PyGetSetDescrObject *)descriptor)->d_getset->doc
        : type == &PyWrapperDescr_Type ? ((PyWrapperDescrObject *)descriptor)->d_base->doc
                                       : ((PyMethodDescrObject *)descriptor)->d_method->ml_doc);
}

static PyMemberDef members[] = {
    {(char *)(uintptr_t)"__objclass__", T_OBJECT, offsetof(PyDescrObject, d_type), READONLY, NULL},
    {(char *)(uintptr_t)"__name__", T_OBJECT, offsetof(PyDescrObject, d_name), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef getsets[] = {
    {(char *)(uintptr_t)"__doc__", get_doc, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* Of a guest-born one nothing else can be set, whatever stands for it on the host. */
static int
set_attribute(PyObject *descriptor, PyObject *name, PyObject *value)
{
    if (PyString_Check(name) && !is_host(descriptor)
        && strcmp(PyString_AS_STRING(name), members[0].name) != 0
        && strcmp(PyString_AS_STRING(name), members[1].name) != 0
        && strcmp(PyString_AS_STRING(name), getsets[0].name) != 0) {
        PyErr_Format(PyExc_AttributeError, "'%.100s' object has no attribute '%.200s'",
                     Py_TYPE(descriptor)->tp_name, PyString_AS_STRING(name));
        return -1;
    }
    return PyObject_GenericSetAttr(descriptor, name, value);
}

/* ---- Getting and setting ---- */

/* Whether the descriptor is one of the object's type: 0 or, with TypeError, -1. */
static int
check(PyObject *descriptor, PyObject *object)
{
    if (PyObject_TypeCheck(object, common(descriptor)->d_type)) {
        return 0;
    }
    PyErr_Format(PyExc_TypeError,
                 "descriptor '%.200s' for '%.100s' objects doesn't apply to '%.100s' object",
                 name_of(descriptor), owner_of(descriptor), Py_TYPE(object)->tp_name);
    return -1;
}

/* What a descriptor's tp_descr_get gives whatever kind it is: itself where there is
 * no object, the host's answer, or NULL with *is_done set if it is an exception. */
static PyObject *
get_any(PyObject *descriptor, PyObject *object, PyObject *type, int *is_done)
{
    *is_done = 1;
    if (is_host(descriptor)) {
        return py2abi_slots_descr_get(descriptor, object, type);
    }
    if (object == NULL) {
        Py_INCREF(descriptor);
        return descriptor;
    }
    *is_done = check(descriptor, object) < 0;
    return NULL;
}

static PyObject *
method_get(PyObject *descriptor, PyObject *object, PyObject *type)
{
    int is_done;
    PyObject *result = get_any(descriptor, object, type, &is_done);
    return is_done ? result
                   : PyCFunction_New(((PyMethodDescrObject *)descriptor)->d_method, object);
}

static PyObject *
classmethod_get(PyObject *descriptor, PyObject *object, PyObject *type)
{
    const char *name = name_of(descriptor), *owner = owner_of(descriptor);
    if (is_host(descriptor)) {
        return py2abi_slots_descr_get(descriptor, object, type);
    }
    if (type == NULL && object != NULL) {
        type = (PyObject *)Py_TYPE(object);
    }
    if (type == NULL) {
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%s' for type '%s' needs either an object or a type", name,
                            owner);
    }
    if (!PyType_Check(type)) {
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%s' for type '%s' needs a type, not a '%s' as arg 2",
                            name, owner, Py_TYPE(type)->tp_name);
    }
    if (!PyType_IsSubtype((PyTypeObject *)type, common(descriptor)->d_type)) {
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%s' for type '%s' doesn't apply to type '%s'", name,
                            owner, ((PyTypeObject *)type)->tp_name);
    }
    return PyCFunction_New(((PyMethodDescrObject *)descriptor)->d_method, type);
}

static PyObject *
member_get(PyObject *descriptor, PyObject *object, PyObject *type)
{
    int is_done;
    PyObject *result = get_any(descriptor, object, type, &is_done);
    return is_done ? result
                   : PyMember_GetOne((const char *)object,
                                     ((PyMemberDescrObject *)descriptor)->d_member);
}

static PyObject *
getset_get(PyObject *descriptor, PyObject *object, PyObject *type)
{
    int is_done;
    PyObject *result = get_any(descriptor, object, type, &is_done);
    if (is_done) {
        return result;
    }
    const PyGetSetDef *getset = ((PyGetSetDescrObject *)descriptor)->d_getset;
    if (getset->get == NULL) {
        return PyErr_Format(PyExc_AttributeError,
                            "attribute '%.300s' of '%.100s' objects is not readable",
                            name_of(descriptor), owner_of(descriptor));
    }
    return getset->get(object, getset->closure);
}

static PyObject *
wrapper_descr_get(PyObject *descriptor, PyObject *object, PyObject *type)
{
    int is_done;
    PyObject *result = get_any(descriptor, object, type, &is_done);
    return is_done ? result : PyWrapper_New(descriptor, object);
}

static int
member_set(PyObject *descriptor, PyObject *object, PyObject *value)
{
    if (is_host(descriptor)) {
        return py2abi_slots_descr_set(descriptor, object, value);
    }
    return check(descriptor, object) < 0
               ? -1
               : PyMember_SetOne((char *)object, ((PyMemberDescrObject *)descriptor)->d_member,
                                 value);
}

static int
getset_set(PyObject *descriptor, PyObject *object, PyObject *value)
{
    if (is_host(descriptor)) {
        return py2abi_slots_descr_set(descriptor, object, value);
    }
    if (check(descriptor, object) < 0) {
        return -1;
    }
    const PyGetSetDef *getset = ((PyGetSetDescrObject *)descriptor)->d_getset;
    if (getset->set == NULL) {
        PyErr_Format(PyExc_AttributeError,
                     "attribute '%.300s' of '%.100s' objects is not writable",
                     name_of(descriptor), owner_of(descriptor));
        return -1;
    }
    return getset->set(object, value, getset->closure);
}

/* ---- Calling ---- */

/* The first argument of a call of a descriptor, borrowed; NULL with TypeError. */
static PyObject *
first_argument(PyObject *descriptor, PyObject *args)
{
    if (PyTuple_GET_SIZE(args) == 0) {
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%.300s' of '%.100s' object needs an argument",
                            name_of(descriptor), owner_of(descriptor));
    }
    return PyTuple_GET_ITEM(args, 0);
}

/* The first argument of a call of a descriptor that is for objects of its type. */
static PyObject *
own_argument(PyObject *descriptor, PyObject *args)
{
    PyObject *self = first_argument(descriptor, args);
    if (self != NULL && !PyObject_TypeCheck(self, common(descriptor)->d_type)) {
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%.200s' requires a '%.100s' object but received a "
                            "'%.100s'",
                            name_of(descriptor), owner_of(descriptor), Py_TYPE(self)->tp_name);
    }
    return self;
}

/* bound(*args[1:], **kwargs).  bound is taken over; NULL passes. */
static PyObject *
call_rest(PyObject *bound, PyObject *args, PyObject *kwargs)
{
    PyObject *rest = bound != NULL ? PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args)) : NULL;
    PyObject *result = rest != NULL ? PyObject_Call(bound, rest, kwargs) : NULL;
    Py_XDECREF(rest);
    Py_XDECREF(bound);
    return result;
}

static PyObject *
method_call(PyObject *descriptor, PyObject *args, PyObject *kwargs)
{
    if (is_host(descriptor)) {
        return py2abi_call_host(descriptor, args, kwargs);
    }
    PyObject *self = own_argument(descriptor, args);
    return self != NULL
               ? call_rest(PyCFunction_New(((PyMethodDescrObject *)descriptor)->d_method, self),
                           args, kwargs)
               : NULL;
}

static PyObject *
classmethod_call(PyObject *descriptor, PyObject *args, PyObject *kwargs)
{
    if (is_host(descriptor)) {
        return py2abi_call_host(descriptor, args, kwargs);
    }
    PyObject *self = first_argument(descriptor, args);
    if (self == NULL) {
        return NULL;
    }
    if (!PyType_Check(self)) {
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%s' requires a type but received a '%.100s'",
                            name_of(descriptor), Py_TYPE(self)->tp_name);
    }
    if (!PyType_IsSubtype((PyTypeObject *)self, common(descriptor)->d_type)) {
        /* Python 2.7 named the metatype, and left the last quotation mark out. */
        return PyErr_Format(PyExc_TypeError,
                            "descriptor '%s' requires a subtype of '%.100s' but received '%.100s",
                            name_of(descriptor), owner_of(descriptor), Py_TYPE(self)->tp_name);
    }
    return call_rest(PyCFunction_New(((PyMethodDescrObject *)descriptor)->d_method, self), args,
                     kwargs);
}

static PyObject *
wrapper_descr_call(PyObject *descriptor, PyObject *args, PyObject *kwargs)
{
    if (is_host(descriptor)) {
        return py2abi_call_host(descriptor, args, kwargs);
    }
    PyObject *self = own_argument(descriptor, args);
    return self != NULL ? call_rest(PyWrapper_New(descriptor, self), args, kwargs) : NULL;
}

/* ---- The types ---- */

#define COMMON_FIELDS(size, what)                                                                 \
    PyVarObject_HEAD_INIT(NULL, 0)                                                                \
    .tp_basicsize = sizeof(struct size),                                                          \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR,                  \
    .tp_dealloc = dealloc,                                                                        \
    .tp_traverse = traverse,                                                                      \
    .tp_hash = hash_address,                                                                      \
    .tp_richcompare = compare_nothing,                                                            \
    .tp_getattro = PyObject_GenericGetAttr,                                                       \
    .tp_setattro = set_attribute,                                                                 \
    .tp_members = members,                                                                        \
    .tp_getset = getsets,                                                                         \
    .tp_repr = what##_repr,                                                                       \
    .tp_str = what##_repr

PyTypeObject py2abi_method_descr_type = {
    COMMON_FIELDS(method_descr, method),
    .tp_name = "method_descriptor",
    .tp_call = method_call,
    .tp_descr_get = method_get,
};

PyTypeObject py2abi_classmethod_descr_type = {
    COMMON_FIELDS(method_descr, method),
    .tp_name = "classmethod_descriptor",
    .tp_call = classmethod_call,
    .tp_descr_get = classmethod_get,
};

PyTypeObject PyMemberDescr_Type = {
    COMMON_FIELDS(member_descr, member),
    .tp_name = "member_descriptor",
    .tp_descr_get = member_get,
    .tp_descr_set = member_set,
};

PyTypeObject PyGetSetDescr_Type = {
    COMMON_FIELDS(getset_descr, getset),
    .tp_name = "getset_descriptor",
    .tp_descr_get = getset_get,
    .tp_descr_set = getset_set,
};

PyTypeObject PyWrapperDescr_Type = {
    COMMON_FIELDS(wrapper_descr, wrapper_descr),
    .tp_name = "wrapper_descriptor",
    .tp_call = wrapper_descr_call,
    .tp_descr_get = wrapper_descr_get,
};

/* ---- Making them ---- */

/* A new descriptor without its record, or NULL with an exception. */
static PyObject *
new_descriptor(PyTypeObject *descr_type, PyTypeObject *type, const char *name)
{
    PyObject *descriptor = py2abi_mirror_new(descr_type, NULL);
    if (descriptor == NULL) {
        return py2abi_failed();
    }
    Py_XINCREF(type);
    common(descriptor)->d_type = type;
    common(descriptor)->d_name = PyString_InternFromString(name);
    if (common(descriptor)->d_name == NULL) {
        Py_CLEAR(descriptor);
    }
    return descriptor;
}

static PyObject *
new_method(PyTypeObject *descr_type, PyTypeObject *type, PyMethodDef *method)
{
    PyObject *descriptor = new_descriptor(descr_type, type, method->ml_name);
    if (descriptor != NULL) {
        ((PyMethodDescrObject *)descriptor)->d_method = method;
    }
    return descriptor;
}

PyObject *
PyDescr_NewMethod(PyTypeObject *type, PyMethodDef *method)
{
    return new_method(&py2abi_method_descr_type, type, method);
}

PyObject *
PyDescr_NewClassMethod(PyTypeObject *type, PyMethodDef *method)
{
    return new_method(&py2abi_classmethod_descr_type, type, method);
}

PyObject *
PyDescr_NewMember(PyTypeObject *type, PyMemberDef *member)
{
    PyObject *descriptor = new_descriptor(&PyMemberDescr_Type, type, member->name);
    if (descriptor != NULL) {
        ((PyMemberDescrObject *)descriptor)->d_member = member;
    }
    return descriptor;
}

PyObject *
PyDescr_NewGetSet(PyTypeObject *type, PyGetSetDef *getset)
{
    PyObject *descriptor = new_descriptor(&PyGetSetDescr_Type, type, getset->name);
    if (descriptor != NULL) {
        ((PyGetSetDescrObject *)descriptor)->d_getset = getset;
    }
    return descriptor;
}

PyObject *
PyDescr_NewWrapper(PyTypeObject *type, struct wrapperbase *base, void *wrapped)
{
    PyObject *descriptor = new_descriptor(&PyWrapperDescr_Type, type, base->name);
    if (descriptor != NULL) {
        ((PyWrapperDescrObject *)descriptor)->d_base = base;
        ((PyWrapperDescrObject *)descriptor)->d_wrapped = wrapped;
    }
    return descriptor;
}

/* ---- A slot's method, bound ---- */

static struct wrapper *
as_wrapper(PyObject *object)
{
    return (struct wrapper *)object;
}

PyObject *
PyWrapper_New(PyObject *descriptor, PyObject *self)
{
    PyObject *object = py2abi_mirror_new(&py2abi_wrapper_type, NULL);
    if (object == NULL) {
        return py2abi_failed();
    }
    Py_INCREF(descriptor);
    as_wrapper(object)->descriptor = (PyWrapperDescrObject *)descriptor;
    Py_INCREF(self);
    as_wrapper(object)->self = self;
    return object;
}

static void
wrapper_dealloc(PyObject *object)
{
    struct wrapper *wrapper = as_wrapper(object);
    Py_TRASHCAN_SAFE_BEGIN(object)
    Py_XDECREF(wrapper->descriptor);
    Py_XDECREF(wrapper->self);
    py2abi_mirror_dealloc(object);
    Py_TRASHCAN_SAFE_END(object)
}

static int
wrapper_traverse(PyObject *object, visitproc visit, void *arg)
{
    Py_VISIT(as_wrapper(object)->descriptor);
    Py_VISIT(as_wrapper(object)->self);
    return 0;
}

static int
wrapper_compare(PyObject *v, PyObject *w)
{
    const struct wrapper *left = as_wrapper(v), *right = as_wrapper(w);
    if (left->descriptor == right->descriptor) {
        return PyObject_Compare(left->self, right->self);
    }
    return (uintptr_t)left->descriptor < (uintptr_t)right->descriptor ? -1 : 1;
}

static long
wrapper_hash(PyObject *object)
{
    long hash = PyObject_Hash(as_wrapper(object)->self);
    if (hash == -1) {
        return -1;
    }
    hash ^= _Py_HashPointer(as_wrapper(object)->descriptor);
    return hash == -1 ? -2 : hash;
}

static PyObject *
wrapper_repr(PyObject *object)
{
    PyObject *self = as_wrapper(object)->self;
    return PyString_FromFormat("<method-wrapper '%s' of %s object at %p>",
                               as_wrapper(object)->descriptor->d_base->name,
                               Py_TYPE(self)->tp_name, (void *)self);
}

static PyObject *
wrapper_call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    PyObject *self = as_wrapper(object)->self;
    PyWrapperDescrObject *descriptor = as_wrapper(object)->descriptor;
    const struct wrapperbase *base = descriptor->d_base;
    if (base->flags & PyWrapperFlag_KEYWORDS) {
        return ((wrapperfunc_kwds)(void (*)(void))base->wrapper)(self, args, descriptor->d_wrapped,
                                                                 kwargs);
    }
    if (kwargs != NULL && (!PyDict_Check(kwargs) || PyDict_Size(kwargs) != 0)) {
        return PyErr_Format(PyExc_TypeError, "wrapper %s doesn't take keyword arguments",
                            base->name);
    }
    return base->wrapper(self, args, descriptor->d_wrapped);
}

/* What it is on the host: what the host's descriptor makes of the object.  A new reference,
 * or NULL with a host exception. */
HostObject *
py2abi_wrapper_host(PyObject *object)
{
    const struct wrapper *wrapper = as_wrapper(object);
    HostObject *descriptor = py2abi_host((PyObject *)wrapper->descriptor, PY2ABI_AS_VALUE);
    HostObject *bound = NULL;
    if (descriptor != NULL) {
        bound = py2abi_hostcall_method(descriptor, "__get__", 1,
                                       py2abi_host(wrapper->self, PY2ABI_AS_VALUE));
    }
    host_XDECREF(descriptor);
    return bound;
}

static PyObject *
wrapper_objclass(PyObject *object, void *closure)
{
    PyObject *type = (PyObject *)as_wrapper(object)->descriptor->d_type;
    (void)closure;
    Py_INCREF(type);
    return type;
}

static PyObject *
wrapper_name(PyObject *object, void *closure)
{
    (void)closure;
    return PyString_FromString(as_wrapper(object)->descriptor->d_base->name);
}

static PyObject *
wrapper_doc(PyObject *object, void *closure)
{
    (void)closure;
    return text_or_none(as_wrapper(object)->descriptor->d_base->doc);
}

static PyMemberDef wrapper_members[] = {
    {(char *)(uintptr_t)"__self__", T_OBJECT, offsetof(struct wrapper, self), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef wrapper_getsets[] = {
    {(char *)(uintptr_t)"__objclass__", wrapper_objclass, NULL, NULL, NULL},
    {(char *)(uintptr_t)"__name__", wrapper_name, NULL, NULL, NULL},
    {(char *)(uintptr_t)"__doc__", wrapper_doc, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

/* Always guest-born: what the host binds itself has a type of the host's. */
PyTypeObject py2abi_wrapper_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "method-wrapper",
    .tp_basicsize = sizeof(struct wrapper),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR,
    .tp_dealloc = wrapper_dealloc,
    .tp_traverse = wrapper_traverse,
    .tp_compare = wrapper_compare,
    .tp_hash = wrapper_hash,
    .tp_repr = wrapper_repr,
    .tp_call = wrapper_call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
    .tp_members = wrapper_members,
    .tp_getset = wrapper_getsets,
};

/* ---- property, classmethod, staticmethod ----
 *
 * The host's own are mirrors.  What binaries derive from them holds its functions where 2.7's
 * structures have them, since binaries read them there; the proxy is made from that. */

struct holder {
    PyObject_HEAD
    PyObject *held[4]; /* classmethod and staticmethod have one */
};

struct property {
    struct holder holder;
    int getter_doc;
};

struct callable {
    PyObject_HEAD
    PyObject *callable;
};

enum { GET, SET, DELETE, DOC };

static int
count_held(const PyTypeObject *native)
{
    return native == &PyProperty_Type ? 4
           : native == &PyClassMethod_Type || native == &PyStaticMethod_Type ? 1
                                                                             : 0;
}

/* Whether a type is one of the three. */
int
py2abi_holder_is(const PyTypeObject *native)
{
    return count_held(native) != 0;
}

/* How many an object of a type that a binary derives has; 0: it is the host's. */
static int
held_by(PyObject *object)
{
    PyTypeObject *type = py2abi_type_defined(Py_TYPE(object));
    return type != NULL ? count_held(py2abi_type_record(type)->native) : 0;
}

/* The arguments of the host's constructor for what the object holds.  Returns a new reference, or
 * NULL with a host exception. */
HostObject *
py2abi_holder_args(PyObject *object)
{
    struct holder *self = (struct holder *)object;
    int count = held_by(object);
    HostObject *args = host_PyTuple_New(count);
    for (int i = 0; args != NULL && i < count; i++) {
        HostObject *item = py2abi_host(self->held[i] != NULL ? self->held[i] : Py_None,
                                       i == DOC ? PY2ABI_AS_TEXT : PY2ABI_AS_VALUE);
        if (item == NULL) {
            host_DECREF(args);
            return NULL;
        }
        host_PyTuple_SetItem(args, i, item);
    }
    return args;
}

/* Have the proxy hold what the object does.  Returns 0, or -1 with a host exception. */
int
py2abi_holder_fill(PyObject *object, HostObject *proxy)
{
    struct holder *self = (struct holder *)object;
    int count = held_by(object), is_empty = 1, status = -1;
    HostObject *native = py2abi_type_record(py2abi_type_defined(Py_TYPE(object)))->native_host;
    typedef int (*host_initproc)(HostObject *, HostObject *, HostObject *);
    host_initproc initialise =
        (host_initproc)(uintptr_t)py2abi_hosttype_slot(native, HOST_tp_init);
    for (int i = 0; i < count; i++) {
        is_empty &= self->held[i] == NULL;
    }
    if (is_empty || initialise == NULL) {
        return 0;
    }
    HostObject *args = py2abi_holder_args(object);
    if (args != NULL) {
        status = initialise(proxy, args, NULL);
        host_DECREF(args);
    }
    return status;
}

static int
holder_clear(PyObject *object)
{
    for (int i = held_by(object); i-- > 0;) {
        Py_CLEAR(((struct holder *)object)->held[i]);
    }
    return 0;
}

static int
holder_traverse(PyObject *object, visitproc visit, void *arg)
{
    for (int i = held_by(object); i-- > 0;) {
        Py_VISIT(((struct holder *)object)->held[i]);
    }
    return 0;
}

static void
holder_dealloc(PyObject *object)
{
    if (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        py2abi_mirror_dealloc(object);
        return;
    }
    PyObject_GC_UnTrack(object);
    holder_clear(object);
    Py_TYPE(object)->tp_free(object);
}

/* Let an object hold something else; None counts as nothing. */
static void
hold(PyObject *object, int which, PyObject *value)
{
    PyObject **place = &((struct holder *)object)->held[which], *old = *place;
    *place = value != Py_None ? value : NULL;
    Py_XINCREF(*place);
    Py_XDECREF(old);
}

static int
property_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    static char names[][5] = {"fget", "fset", "fdel", "doc"};
    static char *keywords[] = {names[GET], names[SET], names[DELETE], names[DOC], NULL};
    PyObject *given[4] = {NULL, NULL, NULL, NULL};
    int status = 0;
    if (held_by(object) == 0) {
        return py2abi_slots_init(object, args, kwargs);
    }
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|OOOO:property", keywords, &given[GET],
                                     &given[SET], &given[DELETE], &given[DOC])) {
        return -1;
    }
    for (int i = 0; i <= DOC; i++) {
        hold(object, i, given[i]);
    }
    PyObject *get = ((struct holder *)object)->held[GET];
    if (((struct holder *)object)->held[DOC] == NULL && get != NULL) {
        /* The documentation of the function is the property's, as an attribute. */
        PyObject *doc = PyObject_GetAttrString(get, "__doc__");
        if (doc == NULL) {
            status = PyErr_ExceptionMatches(PyExc_Exception) ? 0 : -1;
            if (status == 0) {
                PyErr_Clear();
            }
            return status;
        }
        status = PyObject_SetAttrString(object, "__doc__", doc);
        Py_DECREF(doc);
        ((struct property *)object)->getter_doc = status == 0;
    }
    return status;
}

static PyObject *
property_get(PyObject *property, PyObject *object, PyObject *type)
{
    if (held_by(property) == 0) {
        return py2abi_slots_descr_get(property, object, type);
    }
    PyObject *get = ((struct holder *)property)->held[GET];
    if (object == NULL || object == Py_None) {
        Py_INCREF(property);
        return property;
    }
    if (get == NULL) {
        PyErr_SetString(PyExc_AttributeError, "unreadable attribute");
        return NULL;
    }
    return PyObject_CallFunctionObjArgs(get, object, NULL);
}

static int
property_set(PyObject *property, PyObject *object, PyObject *value)
{
    if (held_by(property) == 0) {
        return py2abi_slots_descr_set(property, object, value);
    }
    PyObject *function = ((struct holder *)property)->held[value != NULL ? SET : DELETE];
    if (function == NULL) {
        PyErr_SetString(PyExc_AttributeError,
                        value != NULL ? "can't set attribute" : "can't delete attribute");
        return -1;
    }
    PyObject *result = PyObject_CallFunctionObjArgs(function, object, value, NULL);
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

static int
callable_init(PyObject *object, PyObject *args, PyObject *kwargs, const char *name)
{
    PyObject *callable;
    if (held_by(object) == 0) {
        return py2abi_slots_init(object, args, kwargs);
    }
    if (!PyArg_UnpackTuple(args, name, 1, 1, &callable)
        || !_PyArg_NoKeywords(name, kwargs)) {
        return -1;
    }
    hold(object, 0, callable);
    return 0;
}

static int
classmethod_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    return callable_init(object, args, kwargs, "classmethod");
}

static int
staticmethod_init(PyObject *object, PyObject *args, PyObject *kwargs)
{
    return callable_init(object, args, kwargs, "staticmethod");
}

static PyObject *
classmethod_descr_get(PyObject *method, PyObject *object, PyObject *type)
{
    if (held_by(method) == 0) {
        return py2abi_slots_descr_get(method, object, type);
    }
    PyObject *callable = ((struct callable *)method)->callable;
    if (callable == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "uninitialized classmethod object");
        return NULL;
    }
    type = type != NULL ? type : (PyObject *)Py_TYPE(object);
    return PyMethod_New(callable, type, (PyObject *)Py_TYPE(type));
}

static PyObject *
staticmethod_descr_get(PyObject *method, PyObject *object, PyObject *type)
{
    if (held_by(method) == 0) {
        return py2abi_slots_descr_get(method, object, type);
    }
    PyObject *callable = ((struct callable *)method)->callable;
    if (callable == NULL) {
        PyErr_SetString(PyExc_RuntimeError, "uninitialized staticmethod object");
        return NULL;
    }
    Py_INCREF(callable);
    return callable;
}

#define HOLDER(name, structure)                                                                   \
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = #name, .tp_basicsize = sizeof(structure),            \
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE                     \
                | PY2ABI_TPFLAGS_MIRROR,                                                          \
    .tp_dealloc = holder_dealloc, .tp_traverse = holder_traverse, .tp_clear = holder_clear,       \
    .tp_init = name##_init, .tp_free = PyObject_GC_Del

PyTypeObject PyProperty_Type = {
    HOLDER(property, struct property),
    .tp_descr_get = property_get,
    .tp_descr_set = property_set,
};

PyTypeObject PyClassMethod_Type = {
    HOLDER(classmethod, struct callable),
    .tp_descr_get = classmethod_descr_get,
};

PyTypeObject PyStaticMethod_Type = {
    HOLDER(staticmethod, struct callable),
    .tp_descr_get = staticmethod_descr_get,
};
