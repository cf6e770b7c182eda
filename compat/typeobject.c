/* typeobject.c - types as binaries define them and ask about them. */

#include "config.h"
#include "guest.h"
#include "proxy.h"
#include "slotplace.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

PyTypeObject PyType_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "type",
    .tp_basicsize = sizeof(PyHeapTypeObject),
    .tp_itemsize = sizeof(PyMemberDef),
    .tp_dealloc = py2abi_type_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_TYPE_SUBCLASS,
};

/* Plain objects are mirrors, which the guest's objects of derived types are not. */
static void
object_dealloc(PyObject *object)
{
    if (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        py2abi_mirror_dealloc(object);
    }
    else {
        Py_TYPE(object)->tp_free(object);
    }
}

PyTypeObject PyBaseObject_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "object",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = object_dealloc,
    .tp_free = PyObject_Free,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | PY2ABI_TPFLAGS_MIRROR,
};

/* ---- Making a type ready: what it is derived from ---- */

/* What a merge of orders has before it: the rest of one order. */
struct order {
    PyObject *types; /* a tuple, borrowed */
    Py_ssize_t at;
};

static PyObject *
head_of(const struct order *order)
{
    return order->at < PyTuple_GET_SIZE(order->types) ? PyTuple_GET_ITEM(order->types, order->at)
                                                      : NULL;
}

/* Whether a type still comes after another one in some order. */
static int
is_in_a_tail(PyObject *type, const struct order *orders, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; i < count; i++) {
        for (Py_ssize_t k = orders[i].at + 1; k < PyTuple_GET_SIZE(orders[i].types); k++) {
            if (PyTuple_GET_ITEM(orders[i].types, k) == type) {
                return 1;
            }
        }
    }
    return 0;
}

/* The next type of a C3 linearisation, borrowed, taken out of all orders; NULL at the
 * end, with *is_stuck if the orders contradict each other. */
static PyObject *
take_next(struct order *orders, Py_ssize_t count, int *is_stuck)
{
    *is_stuck = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *candidate = head_of(&orders[i]);
        if (candidate == NULL) {
            continue;
        }
        *is_stuck = 1;
        if (!is_in_a_tail(candidate, orders, count)) {
            for (Py_ssize_t k = 0; k < count; k++) {
                orders[k].at += head_of(&orders[k]) == candidate;
            }
            return candidate;
        }
    }
    return NULL;
}

/* The order in which attributes are looked up, from tp_bases.  Returns a new tuple, or
 * NULL with a guest exception (TypeError if there is none). */
static PyObject *
make_mro(PyTypeObject *type)
{
    Py_ssize_t count = PyTuple_GET_SIZE(type->tp_bases), total = 1;
    struct order *orders = calloc((size_t)count + 1, sizeof *orders);
    if (orders == NULL) {
        return PyErr_NoMemory();
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        orders[i].types = ((PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i))->tp_mro;
        total += PyTuple_GET_SIZE(orders[i].types);
    }
    orders[count].types = type->tp_bases;
    PyObject *mro = PyTuple_New(total), *next = (PyObject *)type;
    Py_ssize_t used = 0;
    int is_stuck = 0;
    while (mro != NULL && next != NULL) {
        Py_INCREF(next);
        PyTuple_SET_ITEM(mro, used++, next);
        next = take_next(orders, count + 1, &is_stuck);
    }
    free(orders);
    if (mro != NULL && is_stuck) {
        Py_CLEAR(mro);
        PyErr_Format(PyExc_TypeError,
                     "Cannot create a consistent method resolution order (MRO) for bases of "
                     "'%.200s'",
                     type->tp_name);
    }
    if (mro != NULL) {
        _PyTuple_Resize(&mro, used);
    }
    return mro;
}

/* ---- What it inherits ---- */

enum {
    SUBCLASS_FLAGS = Py_TPFLAGS_INT_SUBCLASS | Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_LIST_SUBCLASS
                     | Py_TPFLAGS_TUPLE_SUBCLASS | Py_TPFLAGS_STRING_SUBCLASS
                     | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_DICT_SUBCLASS
                     | Py_TPFLAGS_BASE_EXC_SUBCLASS,
};

/* Sizes, flags and what goes with the structure: from the one base whose structure this
 * one's begins with. */
static void
inherit_structure(PyTypeObject *type, const PyTypeObject *base)
{
    if (!(type->tp_flags & Py_TPFLAGS_HAVE_GC) && (base->tp_flags & Py_TPFLAGS_HAVE_GC)
        && (type->tp_flags & Py_TPFLAGS_HAVE_RICHCOMPARE) && type->tp_traverse == NULL
        && type->tp_clear == NULL) {
        type->tp_flags |= Py_TPFLAGS_HAVE_GC;
        type->tp_traverse = base->tp_traverse;
        type->tp_clear = base->tp_clear;
    }
    /* A static type that is derived from object alone makes instances only if it
     * says so. */
    if ((type->tp_flags & base->tp_flags & Py_TPFLAGS_HAVE_CLASS) && type->tp_new == NULL
        && (base != &PyBaseObject_Type || (type->tp_flags & Py_TPFLAGS_HEAPTYPE))) {
        type->tp_new = base->tp_new;
    }
    if (type->tp_basicsize == 0) {
        type->tp_basicsize = base->tp_basicsize;
    }
    if (type->tp_itemsize == 0) {
        type->tp_itemsize = base->tp_itemsize;
    }
    if ((type->tp_flags & base->tp_flags & Py_TPFLAGS_HAVE_WEAKREFS)
        && type->tp_weaklistoffset == 0) {
        type->tp_weaklistoffset = base->tp_weaklistoffset;
    }
    if ((type->tp_flags & base->tp_flags & Py_TPFLAGS_HAVE_CLASS) && type->tp_dictoffset == 0) {
        type->tp_dictoffset = base->tp_dictoffset;
    }
    type->tp_flags |= base->tp_flags & (SUBCLASS_FLAGS | Py_TPFLAGS_TYPE_SUBCLASS);
}

/* The slots that lie in the structures that a type points to. */
static const struct slot {
    enum py2abi_slot_group group;
    size_t offset;
    long feature;
} slots[] = {
#define SLOT27(group, slot, class, feature, ...)                                                  \
    {group, offsetof(STRUCTURE_##group, slot), Py_TPFLAGS_##feature},
#include "slots27.def"
#undef SLOT27
};

/* One function, where the type has none: what base has of its own, and not from where
 * the type gets it anyway. */
static void
inherit_function(void *structure, const void *base, const void *above, size_t offset)
{
    py2abi_slot_function function = py2abi_slot_read(base, offset);
    if (py2abi_slot_read(structure, offset) == NULL && function != NULL
        && function != py2abi_slot_read(above, offset)) {
        memcpy((char *)structure + offset, &function, sizeof function);
    }
}

static void
inherit_groups(PyTypeObject *type, const PyTypeObject *base)
{
    for (size_t i = 0; i < sizeof slots / sizeof slots[0]; i++) {
        const struct slot *slot = &slots[i];
        if (slot->group == TYPE) {
            continue; /* These have rules of their own, below. */
        }
        void *own = py2abi_slot_structure(type, slot->group);
        const void *theirs = py2abi_slot_structure(base, slot->group);
        if (own != NULL && theirs != NULL
            && (slot->feature & type->tp_flags & base->tp_flags) == slot->feature) {
            inherit_function(own, theirs,
                             base->tp_base != NULL
                                 ? py2abi_slot_structure(base->tp_base, slot->group)
                                 : NULL,
                             slot->offset);
        }
    }
    if (type->tp_as_buffer != NULL && base->tp_as_buffer != NULL) {
        const PyBufferProcs *above = base->tp_base != NULL ? base->tp_base->tp_as_buffer : NULL;
        size_t end = type->tp_flags & base->tp_flags & Py_TPFLAGS_HAVE_NEWBUFFER
                         ? sizeof(PyBufferProcs)
                         : offsetof(PyBufferProcs, bf_getbuffer);
        for (size_t offset = 0; offset < end; offset += sizeof(void (*)(void))) {
            inherit_function(type->tp_as_buffer, base->tp_as_buffer, above, offset);
        }
    }
}

/* Whether a type says itself how it is hashed or compared. */
static int
defines_hash(PyTypeObject *type)
{
    static const char *const names[] = {"__eq__", "__cmp__", "__hash__"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (PyDict_GetItemString(type->tp_dict, names[i]) != NULL) {
            return 1;
        }
    }
    return 0;
}

/* What the type leaves out, from one of the types that it is derived from. */
static void
inherit_slots(PyTypeObject *type, PyTypeObject *base)
{
    const PyTypeObject *above = base->tp_base;
    long both = type->tp_flags & base->tp_flags;
#define INHERIT(slot)                                                                             \
    do {                                                                                          \
        if (type->slot == 0 && base->slot != 0 && (above == NULL || base->slot != above->slot)) { \
            type->slot = base->slot;                                                              \
        }                                                                                         \
    } while (0)
    inherit_groups(type, base);
    INHERIT(tp_dealloc);
    INHERIT(tp_print);
    if (type->tp_getattr == NULL && type->tp_getattro == NULL) {
        type->tp_getattr = base->tp_getattr;
        type->tp_getattro = base->tp_getattro;
    }
    if (type->tp_setattr == NULL && type->tp_setattro == NULL) {
        type->tp_setattr = base->tp_setattr;
        type->tp_setattro = base->tp_setattro;
    }
    INHERIT(tp_repr);
    if (!(both & Py_TPFLAGS_HAVE_RICHCOMPARE)) {
        INHERIT(tp_compare);
    }
    else if (type->tp_compare == NULL && type->tp_richcompare == NULL && type->tp_hash == NULL
             && !defines_hash(type)) {
        /* These belong together. */
        type->tp_compare = base->tp_compare;
        type->tp_richcompare = base->tp_richcompare;
        type->tp_hash = base->tp_hash;
    }
    INHERIT(tp_call);
    INHERIT(tp_str);
    if (both & Py_TPFLAGS_HAVE_ITER) {
        INHERIT(tp_iter);
        INHERIT(tp_iternext);
    }
    if (both & Py_TPFLAGS_HAVE_CLASS) {
        INHERIT(tp_descr_get);
        INHERIT(tp_descr_set);
        INHERIT(tp_dictoffset);
        INHERIT(tp_init);
        INHERIT(tp_alloc);
        INHERIT(tp_is_gc);
        if ((type->tp_flags & Py_TPFLAGS_HAVE_GC) == (base->tp_flags & Py_TPFLAGS_HAVE_GC)) {
            INHERIT(tp_free);
        }
        else if ((type->tp_flags & Py_TPFLAGS_HAVE_GC) && type->tp_free == NULL
                 && base->tp_free == PyObject_Free) {
            type->tp_free = PyObject_GC_Del;
        }
    }
#undef INHERIT
}

/* ---- Its dictionary ---- */

static int
add_entry(PyTypeObject *type, const char *name, PyObject *value, int replaces)
{
    int status = -1;
    if (value != NULL) {
        status = replaces || PyDict_GetItemString(type->tp_dict, name) == NULL
                     ? PyDict_SetItemString(type->tp_dict, name, value)
                     : 0;
        Py_DECREF(value);
    }
    return status;
}

static PyObject *
describe_method(PyTypeObject *type, PyMethodDef *method)
{
    if (method->ml_flags & METH_CLASS) {
        if (method->ml_flags & METH_STATIC) {
            PyErr_SetString(PyExc_ValueError, "method cannot be both class and static");
            return NULL;
        }
        return PyDescr_NewClassMethod(type, method);
    }
    if (method->ml_flags & METH_STATIC) {
        PyObject *function = PyCFunction_New(method, NULL), *made = NULL;
        HostObject *host = function != NULL ? py2abi_host(function, PY2ABI_AS_VALUE) : NULL;
        made = host != NULL ? py2abi_mirror_result(host_PyStaticMethod_New(host))
                            : py2abi_failed();
        host_XDECREF(host);
        Py_XDECREF(function);
        return made;
    }
    return PyDescr_NewMethod(type, method);
}

/* What the type defines, by name.  What is there already stays: a binary may have put
 * it there. */
static int
fill_dict(PyTypeObject *type)
{
    if (py2abi_type_add_operators(type) < 0) {
        return -1;
    }
    for (PyMethodDef *method = type->tp_methods; method != NULL && method->ml_name != NULL;
         method++) {
        if (add_entry(type, method->ml_name, describe_method(type, method),
                      method->ml_flags & METH_COEXIST)
            < 0) {
            return -1;
        }
    }
    for (PyMemberDef *member = type->tp_members; member != NULL && member->name != NULL;
         member++) {
        if (add_entry(type, member->name, PyDescr_NewMember(type, member), 0) < 0) {
            return -1;
        }
    }
    for (PyGetSetDef *getset = type->tp_getset; getset != NULL && getset->name != NULL;
         getset++) {
        if (add_entry(type, getset->name, PyDescr_NewGetSet(type, getset), 0) < 0) {
            return -1;
        }
    }
    return 0;
}

static int
add_doc(PyTypeObject *type)
{
    Py_INCREF(Py_None);
    return add_entry(type, "__doc__",
                     type->tp_doc != NULL ? PyString_FromString(type->tp_doc) : Py_None, 0);
}

/* ---- PyType_Ready ---- */

/* The types that it is derived from, ready, and in tp_bases. */
static int
prepare_bases(PyTypeObject *type)
{
    if (type->tp_base == NULL && type != &PyBaseObject_Type) {
        type->tp_base = &PyBaseObject_Type;
    }
    PyTypeObject *base = type->tp_base;
    if (base != NULL && !(base->tp_flags & Py_TPFLAGS_READY) && PyType_Ready(base) < 0) {
        return -1;
    }
    if (Py_TYPE(type) == NULL) {
        Py_TYPE(type) = base != NULL ? Py_TYPE(base) : &PyType_Type;
    }
    if (type->tp_bases == NULL) {
        type->tp_bases = base != NULL ? PyTuple_Pack(1, base) : PyTuple_New(0);
        return type->tp_bases != NULL ? 0 : -1;
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->tp_bases); i++) {
        PyObject *item = PyTuple_GET_ITEM(type->tp_bases, i);
        if (!PyType_Check(item)) {
            PyErr_Format(PyExc_TypeError, "'%.200s' has a base that is no type", type->tp_name);
            return -1;
        }
        if (!(((PyTypeObject *)item)->tp_flags & Py_TPFLAGS_READY)
            && PyType_Ready((PyTypeObject *)item) < 0) {
            return -1;
        }
    }
    return 0;
}

/* Whether Python 3 has something that instances of a type can be: a type that it lets us derive
 * from where Python 2 would.  Returns 0, or -1 with NotImplementedError. */
static int
check_base(PyTypeObject *type)
{
    const char *reason = py2abi_type_underivable(type->tp_base);
    if (reason == NULL) {
        return 0;
    }
    PyErr_Format(PyExc_NotImplementedError,
                 "%.100s derives its type '%.100s' from '%.100s', which py2abi %s cannot do: %s",
                 py2abi_frame_module(), type->tp_name, type->tp_base->tp_name, PACKAGE_VERSION,
                 reason);
    return -1;
}

static int
make_ready(PyTypeObject *type)
{
    if (prepare_bases(type) < 0 || check_base(type) < 0 || py2abi_type_begin(type) < 0
        || fill_dict(type) < 0
        || (type->tp_mro = make_mro(type)) == NULL) {
        return -1;
    }
    if (type->tp_base != NULL) {
        inherit_structure(type, type->tp_base);
    }
    for (Py_ssize_t i = 1; i < PyTuple_GET_SIZE(type->tp_mro); i++) {
        PyObject *base = PyTuple_GET_ITEM(type->tp_mro, i);
        if (PyType_Check(base)) {
            inherit_slots(type, (PyTypeObject *)base);
        }
    }
    if ((type->tp_flags & Py_TPFLAGS_HAVE_GC) && (type->tp_flags & Py_TPFLAGS_BASETYPE)
        && (type->tp_free == NULL || type->tp_free == PyObject_Free)) {
        /* What derives from it would be freed without the collector's head. */
        PyErr_Format(PyExc_TypeError,
                     "type '%.100s' participates in gc, but is a base type but has inappropriate "
                     "tp_free slot",
                     type->tp_name);
        return -1;
    }
    if (add_doc(type) < 0) {
        return -1;
    }
    if (type->tp_base != NULL) {
        const PyTypeObject *base = type->tp_base;
        type->tp_as_number = type->tp_as_number != NULL ? type->tp_as_number : base->tp_as_number;
        type->tp_as_sequence = type->tp_as_sequence != NULL ? type->tp_as_sequence
                                                            : base->tp_as_sequence;
        type->tp_as_mapping = type->tp_as_mapping != NULL ? type->tp_as_mapping
                                                          : base->tp_as_mapping;
        type->tp_as_buffer = type->tp_as_buffer != NULL ? type->tp_as_buffer : base->tp_as_buffer;
    }
    return 0;
}

/* Complete a type that a binary defines: its bases, the order in which attributes are
 * looked up, its dictionary with descriptors of all that its tables have, the slots that
 * it leaves to its bases.  Inlined code reads all of that.  What stands for it on the host
 * is made when it first crosses, since binaries change types after this.
 *
 * Returns 0, or -1 with a guest exception.  A type that is ready stays as it is. */
int
PyType_Ready(PyTypeObject *type)
{
    if (type->tp_flags & Py_TPFLAGS_READY) {
        return 0;
    }
    if (type->tp_flags & Py_TPFLAGS_READYING) {
        PyErr_Format(PyExc_SystemError, "'%.200s' is derived from itself", type->tp_name);
        return -1;
    }
    type->tp_flags |= Py_TPFLAGS_READYING;
    int status = make_ready(type);
    type->tp_flags &= ~(long)Py_TPFLAGS_READYING;
    if (status == 0) {
        type->tp_flags |= Py_TPFLAGS_READY;
    }
    return status;
}

/* ---- What binaries ask of types ---- */

/* Whether a is b or derived from it.  A type that was never made ready has only
 * its bases to tell by. */
int
PyType_IsSubtype(PyTypeObject *a, PyTypeObject *b)
{
    if (a == b) {
        return 1;
    }
    if (PyType_HasFeature(a, Py_TPFLAGS_HAVE_CLASS) && a->tp_mro != NULL) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(a->tp_mro); i++) {
            if (PyTuple_GET_ITEM(a->tp_mro, i) == (PyObject *)b) {
                return 1;
            }
        }
        return 0;
    }
    while (a != NULL && a != b) {
        a = a->tp_base;
    }
    return a == b || b == &PyBaseObject_Type;
}

/* An instance, all zeros behind its head, of a type's size with so many items and
 * one more, which strings need. */
PyObject *
PyType_GenericAlloc(PyTypeObject *type, Py_ssize_t items)
{
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        PyObject *mirror = py2abi_mirror_new_var(type, NULL, items);
        return mirror != NULL ? mirror : py2abi_failed();
    }
    size_t size = _PyObject_VAR_SIZE(type, items + 1);
    PyObject *object = PyType_IS_GC(type) ? _PyObject_GC_Malloc(size) : PyObject_Malloc(size);
    if (object == NULL) {
        return PyErr_NoMemory();
    }
    memset(object, 0, size);
    if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        Py_INCREF(type);
    }
    if (type->tp_itemsize != 0) {
        Py_SIZE(object) = items;
    }
    PyObject_Init(object, type);
    if (PyType_IS_GC(type)) {
        PyObject_GC_Track(object);
    }
    return object;
}

PyObject *
PyType_GenericNew(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    return type->tp_alloc(type, 0);
}

/* What a class of the host's has itself under a name: borrowed until the frame ends, or
 * NULL without an exception.  A class derived from a type whose instances have a dictionary
 * adds none in Python 2, so what gives the host's is passed over. */
static PyObject *
look_up_host(PyTypeObject *type, PyObject *name)
{
    if (type->tp_dictoffset != 0 && PyString_Check(name)
        && strcmp(PyString_AS_STRING(name), "__dict__") == 0) {
        return NULL;
    }
    HostObject *host = py2abi_type_host(type), *value = NULL;
    HostObject *names = host != NULL ? host_PyObject_GetAttrString(host, "__dict__") : NULL;
    HostObject *host_name = names != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    if (host_name != NULL && host_PySequence_Contains(names, host_name) > 0) {
        value = host_PyObject_GetItem(names, host_name);
    }
    PyObject *found = value != NULL ? py2abi_mirror(value) : NULL;
    host_PyErr_Clear();
    host_XDECREF(value);
    host_XDECREF(host_name);
    host_XDECREF(names);
    host_XDECREF(host);
    if (found != NULL && (found = py2abi_frame_keep(found)) == NULL) {
        PyErr_Clear();
    }
    return found;
}

/* What a type and its bases have under a name: borrowed, or NULL without an
 * exception. */
PyObject *
py2abi_type_lookup(PyTypeObject *type, PyObject *name)
{
    PyObject *mro = type->tp_mro, *found = NULL;
    if (mro == NULL) {
        return type->tp_dict != NULL ? PyDict_GetItem(type->tp_dict, name) : NULL;
    }
    /* Comparing keys may run code that changes the type. */
    Py_INCREF(mro);
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(mro) && found == NULL; i++) {
        PyObject *base = PyTuple_GET_ITEM(mro, i);
        PyObject *dict = PyClass_Check(base) ? ((PyClassObject *)base)->cl_dict
                                             : ((PyTypeObject *)base)->tp_dict;
        found = dict != NULL ? PyDict_GetItem(dict, name) : NULL;
        /* A class of a binary's metatype has a dictionary that the host's may be ahead of. */
        if (found == NULL && PyType_Check(base)
            && (((PyTypeObject *)base)->tp_flags & PY2ABI_TPFLAGS_HOST)) {
            found = look_up_host((PyTypeObject *)base, name);
        }
    }
    Py_DECREF(mro);
    return found;
}

/* Whether a type of Python's own has an attribute in Python 3 only. */
static int
is_new_in_3(const PyTypeObject *type, PyObject *name)
{
    return type == &PyBaseObject_Type && PyString_Check(name)
           && strcmp(PyString_AS_STRING(name), "__getstate__") == 0;
}

/* The same for binaries, which ask for what Python's own types have, too: whether a class has
 * another __reduce_ex__ than object, say. */
PyObject *
_PyType_Lookup(PyTypeObject *type, PyObject *name)
{
    PyObject *found = py2abi_type_lookup(type, name), *mro = type->tp_mro;
    for (Py_ssize_t i = 0; found == NULL && mro != NULL && i < PyTuple_GET_SIZE(mro); i++) {
        PyTypeObject *base = (PyTypeObject *)PyTuple_GET_ITEM(mro, i);
        if (PyType_Check((PyObject *)base) && base->tp_dict == NULL
            && !py2abi_type_is_defined(base) && !is_new_in_3(base, name)) {
            found = look_up_host(base, name);
        }
    }
    return found;
}

/* A method of the object's type, bound, with the object's own attributes passed
 * over.  The name is kept in *cache.  NULL without an exception if there is none. */
PyObject *
_PyObject_LookupSpecial(PyObject *object, char *name, PyObject **cache)
{
    PyTypeObject *type = Py_TYPE(object);
    if (*cache == NULL && (*cache = PyString_InternFromString(name)) == NULL) {
        return NULL;
    }
    PyObject *found = py2abi_type_lookup(type, *cache);
    if (found == NULL) {
        return NULL;
    }
    descrgetfunc get = Py_TYPE(found)->tp_descr_get;
    if (get != NULL) {
        return get(found, object, (PyObject *)type);
    }
    Py_INCREF(found);
    return found;
}

/* There is no cache of attributes to be told of changes. */
void
PyType_Modified(PyTypeObject *type)
{
    type->tp_flags &= ~Py_TPFLAGS_VALID_VERSION_TAG;
}

unsigned int
PyType_ClearCache(void)
{
    return 0;
}
