/* setobject.c - sets and frozen sets: the host's, of which the guest sees no entry,
 * as with dictionaries (dictobject.c, where their members' rules are). */

#include "config.h"
#include "containers.h"
#include "proxy.h"

#include <stdlib.h>

/* The host's set, borrowed from the guest's object.  NULL with a host exception. */
static HostObject *
host_of(PyObject *set)
{
    /* In an instance of a type that a binary derives the members are in its proxy. */
    return py2abi_proxy_backing(set);
}

static int
has_head(PyObject *set)
{
    return (Py_TYPE(set)->tp_flags & PY2ABI_TPFLAGS_MIRROR) != 0;
}

static setentry *
refuse_lookup(PySetObject *set, PyObject *key, long hash)
{
    (void)key;
    (void)hash;
    PyErr_SetString(PyExc_SystemError,
                    "a set's table was read directly: its entries are in Python 3");
    return set->table;
}

/* Bring up to date what inlined code reads of a set.  Returns 0: nothing can fail,
 * but refreshing others can. */
int
py2abi_set_refresh(PyObject *object)
{
    PySetObject *set = (PySetObject *)object;
    HostObject *host = py2abi_link_host(object);
    if (host != NULL) {
        set->fill = set->used = host_PySet_Size(host);
        set->mask = PySet_MINSIZE - 1;
        set->table = set->smalltable;
        set->lookup = refuse_lookup;
        set->hash = -1;
    }
    return 0;
}

static int
changed(PyObject *set, int status)
{
    (void)py2abi_set_refresh(set);
    return (int)py2abi_returned(status);
}

/* Whether members have to pass through the guest, so that its strs become the host's
 * as members do: the containers that are the guest's. */
static int
is_guests(PyObject *iterable)
{
    return PyList_Check(iterable) || PyTuple_Check(iterable)
           || !(Py_TYPE(iterable)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
           || PY2ABI_HEAD(iterable)->host == NULL || PY2ABI_HEAD(iterable)->is_born;
}

static int
add_all(PyObject *set, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable), *item;
    if (iterator == NULL) {
        return -1;
    }
    int status = 0;
    while (status == 0 && (item = PyIter_Next(iterator)) != NULL) {
        HostObject *host = py2abi_key_host(set, item);
        status = host != NULL ? host_PySet_Add(host_of(set), host) : -1;
        if (status == 0 && has_head(set)) {
            status = py2abi_key_remember(set, host, item);
        }
        host_XDECREF(host);
        Py_DECREF(item);
        if (status < 0) {
            py2abi_error_to_guest();
        }
    }
    Py_DECREF(iterator);
    return status == 0 && PyErr_Occurred() == NULL ? 0 : -1;
}

/* Members that the guest has given as strs are that in a set that was made from such a
 * set, too.  Returns 0, or -1 with a host exception. */
static int
remember_members(PyObject *to, PyObject *from)
{
    if (!PyAnySet_Check(from) || !has_head(from) || PY2ABI_HEAD(from)->memo == NULL
        || !has_head(to) || to == from) {
        return 0;
    }
    HostObject *members = host_PySequence_List(PY2ABI_HEAD(from)->host);
    int status = members != NULL ? 0 : -1;
    for (Py_ssize_t i = 0; status == 0 && i < host_PyList_Size(members); i++) {
        HostObject *member = host_PyList_GetItem(members, i);
        PyObject *guest = py2abi_mirror_recall(from, member);
        if (guest != NULL) {
            status = py2abi_key_remember(to, member, guest);
        }
    }
    host_XDECREF(members);
    return status;
}

/* The result of an operation on sets, the host's (taken over, NULL passes). */
static PyObject *
made_from(HostObject *host, PyObject *a, PyObject *b)
{
    PyObject *result = py2abi_mirror_result(host);
    if (result != NULL && PyAnySet_Check(result)
        && (remember_members(result, a) < 0
            || (b != NULL && remember_members(result, b) < 0))) {
        Py_DECREF(result);
        return py2abi_failed();
    }
    return result;
}

/* A set that is host's (taken over, NULL passes), with what the guest's iterable has
 * added.  A new reference, or NULL with a guest exception. */
static PyObject *
make(PyTypeObject *type, HostObject *host, PyObject *iterable)
{
    PyObject *set = host != NULL ? py2abi_mirror_new(type, host) : NULL;
    host_XDECREF(host);
    if (set == NULL) {
        return py2abi_failed();
    }
    if (iterable != NULL && add_all(set, iterable) < 0) {
        Py_DECREF(set);
        return NULL;
    }
    (void)changed(set, 0);
    return set;
}

static PyObject *
new_set(PyTypeObject *type, PyObject *iterable)
{
    HostObject *from = NULL, *host;
    PyObject *source = NULL;
    if (iterable != NULL && !is_guests(iterable)) {
        from = py2abi_host(iterable, PY2ABI_AS_VALUE);
        if (from == NULL) {
            return py2abi_failed();
        }
        source = iterable;
        iterable = NULL;
    }
    /* A new frozen set may be filled as long as nobody else has it; the one without
     * members is everybody's. */
    if (type == &PyFrozenSet_Type && iterable != NULL) {
        PyObject *set = new_set(&PySet_Type, iterable);
        host = set != NULL ? host_PyFrozenSet_New(PY2ABI_HEAD(set)->host) : NULL;
        PyObject *frozen = set != NULL ? made_from(host, set, NULL) : NULL;
        Py_XDECREF(set);
        return frozen;
    }
    host = type == &PyFrozenSet_Type ? host_PyFrozenSet_New(from) : host_PySet_New(from);
    host_XDECREF(from);
    if (source != NULL || type == &PyFrozenSet_Type) {
        return made_from(host, source != NULL ? source : Py_None, NULL);
    }
    return make(type, host, iterable);
}

/* ---- The C API ---- */

PyObject *
PySet_New(PyObject *iterable)
{
    return new_set(&PySet_Type, iterable);
}

PyObject *
PyFrozenSet_New(PyObject *iterable)
{
    return new_set(&PyFrozenSet_Type, iterable);
}

static int
check(int is_right)
{
    if (!is_right) {
        PyErr_BadInternalCall();
        return -1;
    }
    return 0;
}

static Py_ssize_t
length(PyObject *set)
{
    HostObject *host = host_of(set);
    return py2abi_returned(host != NULL ? host_PySet_Size(host) : -1);
}

Py_ssize_t
PySet_Size(PyObject *set)
{
    return check(PyAnySet_Check(set)) < 0 ? -1 : length(set);
}

int
PySet_Clear(PyObject *set)
{
    HostObject *host;
    if (check(PySet_Check(set)) < 0) {
        return -1;
    }
    host = host_of(set);
    int status = host != NULL ? host_PySet_Clear(host) : -1;
    if (status == 0 && has_head(set)) {
        py2abi_mirror_forget_all(set);
    }
    return changed(set, status);
}

/* Do something to a member, or to its twin if that is what the set has.  Returns what
 * work does: 1, 0, or -1 with a host exception. */
static int
with_member(PyObject *set, PyObject *key, int (*work)(HostObject *set, HostObject *member))
{
    HostObject *host = host_of(set), *twin;
    HostObject *member = host != NULL ? py2abi_key_host(set, key) : NULL;
    if (member == NULL) {
        return -1;
    }
    int status = work(host, member);
    host_DECREF(member);
    if (status == 0 && host_PySet_Size(host) != 0 && (twin = py2abi_key_twin(key)) != NULL) {
        status = work(host, twin);
        host_DECREF(twin);
    }
    return status == 0 && host_PyErr_Occurred() != NULL ? -1 : status;
}

static int
contains_member(HostObject *set, HostObject *member)
{
    return host_PySet_Contains(set, member);
}

static int
discard_member(HostObject *set, HostObject *member)
{
    return host_PySet_Discard(set, member);
}

static int
contains(PyObject *set, PyObject *key)
{
    return (int)py2abi_returned(with_member(set, key, contains_member));
}

int
PySet_Contains(PyObject *set, PyObject *key)
{
    return check(PyAnySet_Check(set)) < 0 ? -1 : contains(set, key);
}

int
PySet_Discard(PyObject *set, PyObject *key)
{
    return check(PySet_Check(set)) < 0 ? -1 : changed(set, with_member(set, key, discard_member));
}

/* A frozen set takes members too, as long as nobody else has it. */
int
PySet_Add(PyObject *set, PyObject *key)
{
    HostObject *host, *member;
    if (check(PySet_Check(set) || (PyFrozenSet_Check(set) && Py_REFCNT(set) == 1)) < 0) {
        return -1;
    }
    host = host_of(set);
    int status = host != NULL ? with_member(set, key, contains_member) : -1;
    if (status != 0) {
        return (int)py2abi_returned(status < 0 ? -1 : 0);
    }
    member = py2abi_key_host(set, key);
    if (PyFrozenSet_Check(set) && member != NULL) {
        /* The host's would have to be its only reference: another takes its place. */
        HostObject *filled = host_PySet_New(host), *frozen = NULL;
        if (filled != NULL && host_PySet_Add(filled, member) == 0) {
            frozen = host_PyFrozenSet_New(filled);
        }
        host_XDECREF(filled);
        status = -1;
        if (frozen != NULL) {
            host_DECREF(py2abi_mirror_detach(set));
            status = py2abi_mirror_attach(set, frozen);
            host_DECREF(frozen);
        }
    }
    else {
        status = member != NULL ? host_PySet_Add(host, member) : -1;
    }
    if (status == 0 && has_head(set)) {
        status = py2abi_key_remember(set, member, key);
    }
    host_XDECREF(member);
    return changed(set, status);
}

/* The members of a set in a list of the host's that is kept until the walk begins
 * again: positions in a set mean nothing otherwise. */
static int
next(PyObject *set, Py_ssize_t *at, PyObject **key, long *hash)
{
    HostObject *host = host_of(set), *list = NULL;
    if (check(PyAnySet_Check(set)) < 0) {
        return -1;
    }
    PyObject **kept = &((PySetObject *)set)->smalltable[0].key;
    if (*at == 0 || *kept == NULL) {
        list = host != NULL ? host_PySequence_List(host) : NULL;
        if (list == NULL) {
            host_PyErr_WriteUnraisable(host);
            return 0;
        }
        host_XDECREF((HostObject *)(void *)*kept);
        *kept = (PyObject *)(void *)list;
    }
    list = (HostObject *)(void *)*kept;
    if (*at >= host_PyList_Size(list)) {
        host_DECREF(list);
        *kept = NULL;
        return 0;
    }
    HostObject *member = host_PyList_GetItem(list, (*at)++);
    *key = py2abi_key_mirror(set, member);
    if (*key == NULL || (hash != NULL && (*hash = host_PyObject_Hash(member)) == -1)) {
        host_PyErr_WriteUnraisable(host);
        return 0;
    }
    (void)py2abi_returned(0);
    return 1;
}

int
_PySet_Next(PyObject *set, Py_ssize_t *at, PyObject **key)
{
    return next(set, at, key, NULL);
}

int
_PySet_NextEntry(PyObject *set, Py_ssize_t *at, PyObject **key, long *hash)
{
    return next(set, at, key, hash);
}

PyObject *
PySet_Pop(PyObject *set)
{
    HostObject *host, *member;
    PyObject *key = NULL;
    if (check(PySet_Check(set)) < 0) {
        return NULL;
    }
    host = host_of(set);
    if (host != NULL && host_PySet_Size(host) == 0) {
        PyErr_SetString(PyExc_KeyError, "pop from an empty set");
        return NULL;
    }
    member = host != NULL ? host_PySet_Pop(host) : NULL;
    if (member != NULL) {
        key = py2abi_key_mirror(set, member);
        Py_XINCREF(key);
        host_DECREF(member);
    }
    return changed(set, key != NULL ? 0 : -1) < 0 ? NULL : key;
}

/* What a method of sets takes: iterables of members, those that are the guest's as
 * sets.  A new tuple, or NULL with a guest exception. */
static PyObject *
as_sets(PyObject *args)
{
    Py_ssize_t count = args != NULL ? PyTuple_GET_SIZE(args) : 0;
    PyObject *sets = PyTuple_New(count);
    for (Py_ssize_t i = 0; sets != NULL && i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(args, i);
        if (is_guests(item)) {
            item = PySet_New(item);
        }
        else {
            Py_INCREF(item);
        }
        if (item == NULL) {
            Py_CLEAR(sets);
        }
        else {
            PyTuple_SET_ITEM(sets, i, item);
        }
    }
    return sets;
}

/* Call a method of the host's set with iterables of members. */
static PyObject *
call(PyObject *set, const char *name, PyObject *args)
{
    PyObject *sets = as_sets(args), *result = NULL;
    if (sets == NULL) {
        return NULL;
    }
    HostObject *host = host_of(set);
    HostObject *method = host != NULL ? host_PyObject_GetAttrString(host, name) : NULL;
    HostObject *host_args = method != NULL ? py2abi_host(sets, PY2ABI_AS_VALUE) : NULL;
    result = made_from(host_args != NULL ? host_PyObject_CallObject(method, host_args) : NULL, set,
                       NULL);
    host_XDECREF(host_args);
    host_XDECREF(method);
    (void)py2abi_set_refresh(set);
    for (Py_ssize_t i = 0; result != NULL && i < PyTuple_GET_SIZE(sets); i++) {
        PyObject *from = PyTuple_GET_ITEM(sets, i);
        if (remember_members(set, from) < 0
            || (PyAnySet_Check(result) && remember_members(result, from) < 0)) {
            Py_CLEAR(result);
            py2abi_error_to_guest();
        }
    }
    Py_DECREF(sets);
    return result;
}

int
_PySet_Update(PyObject *set, PyObject *iterable)
{
    if (check(PySet_Check(set)) < 0) {
        return -1;
    }
    if (is_guests(iterable)) {
        int status = add_all(set, iterable);
        (void)changed(set, 0);
        return status;
    }
    PyObject *args = PyTuple_Pack(1, iterable);
    PyObject *none = args != NULL ? call(set, "update", args) : NULL;
    Py_XDECREF(args);
    Py_XDECREF(none);
    return none != NULL ? 0 : -1;
}

/* ---- What sets do ---- */

static void
dealloc(PyObject *set)
{
    HostObject *list = (HostObject *)(void *)((PySetObject *)set)->smalltable[0].key;
    if (list != NULL && !py2abi_finalizing()) {
        host_DECREF(list);
    }
    if (has_head(set)) {
        py2abi_mirror_dealloc(set);
        return;
    }
    if (_PyObject_GC_IS_TRACKED(set)) {
        PyObject_GC_UnTrack(set);
    }
    py2abi_proxy_drop(set);
    Py_TYPE(set)->tp_free(set);
}

/* The members, as a new list of the guest's. */
static PyObject *
list_of(PyObject *set)
{
    HostObject *host = host_of(set);
    HostObject *members = host != NULL ? host_PySequence_List(host) : NULL;
    PyObject *list = members != NULL ? PyList_New(host_PyList_Size(members)) : NULL;
    for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(list); i++) {
        PyObject *member = py2abi_key_mirror(set, host_PyList_GetItem(members, i));
        if (member == NULL) {
            Py_CLEAR(list);
        }
        else {
            Py_INCREF(member);
            PyList_SET_ITEM(list, i, member);
        }
    }
    host_XDECREF(members);
    (void)py2abi_returned(0);
    if (list == NULL && PyErr_Occurred() == NULL) {
        py2abi_error_to_guest();
    }
    return list;
}

static PyObject *
repr(PyObject *set)
{
    int known = Py_ReprEnter(set);
    if (known != 0) {
        return known > 0 ? PyString_FromFormat("%s(...)", Py_TYPE(set)->tp_name) : NULL;
    }
    PyObject *members = list_of(set), *text = NULL;
    PyObject *shown = members != NULL ? PyObject_Repr(members) : NULL;
    if (shown != NULL) {
        text = PyString_FromFormat("%s(%s)", Py_TYPE(set)->tp_name, PyString_AS_STRING(shown));
    }
    Py_XDECREF(members);
    Py_XDECREF(shown);
    Py_ReprLeave(set);
    return text;
}

/* Equal, part of, and so on: the host's comparisons. */
static PyObject *
richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyAnySet_Check(b)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    HostObject *left = host_of(a), *right = left != NULL ? host_of(b) : NULL;
    return py2abi_mirror_result(right != NULL ? host_PyObject_RichCompare(left, right, op) : NULL);
}

static int
refuse_compare(PyObject *a, PyObject *b)
{
    (void)a;
    (void)b;
    PyErr_SetString(PyExc_TypeError, "cannot compare sets using cmp()");
    return -1;
}

static long
hash_frozen(PyObject *set)
{
    HostObject *host = host_of(set);
    return py2abi_returned(host != NULL ? host_PyObject_Hash(host) : -1);
}

/* a op b, both of them sets: NotImplemented otherwise. */
static PyObject *
operate(PyObject *a, PyObject *b, const char *name)
{
    if (!PyAnySet_Check(a) || !PyAnySet_Check(b)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    HostObject *left = host_of(a), *right = left != NULL ? host_of(b) : NULL, *result = NULL;
    HostObject *method = right != NULL ? host_PyObject_GetAttrString(left, name) : NULL;
    HostObject *args = method != NULL ? host_PyTuple_New(1) : NULL;
    if (args != NULL) {
        host_INCREF(right);
        host_PyTuple_SetItem(args, 0, right);
        result = host_PyObject_CallObject(method, args);
        host_DECREF(args);
    }
    host_XDECREF(method);
    (void)py2abi_set_refresh(a);
    return made_from(result, a, b);
}

#define OPERATION(function, name)                                                                 \
    static PyObject *function(PyObject *a, PyObject *b)                                           \
    {                                                                                             \
        return operate(a, b, name);                                                               \
    }
OPERATION(subtract, "__sub__")
OPERATION(and, "__and__")
OPERATION(xor, "__xor__")
OPERATION(or, "__or__")
OPERATION(inplace_subtract, "__isub__")
OPERATION(inplace_and, "__iand__")
OPERATION(inplace_xor, "__ixor__")
OPERATION(inplace_or, "__ior__")

static PyNumberMethods set_as_number = {
    .nb_subtract = subtract, .nb_and = and, .nb_xor = xor, .nb_or = or,
    .nb_inplace_subtract = inplace_subtract, .nb_inplace_and = inplace_and,
    .nb_inplace_xor = inplace_xor, .nb_inplace_or = inplace_or,
};

static PyNumberMethods frozenset_as_number = {
    .nb_subtract = subtract, .nb_and = and, .nb_xor = xor, .nb_or = or,
};

static PySequenceMethods as_sequence = {
    .sq_length = length,
    .sq_contains = contains,
};

static PyObject *
new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable = NULL;
    (void)kwargs;
    if (type == &PySet_Type) {
        return PySet_New(NULL); /* tp_init fills it. */
    }
    if (type == &PyFrozenSet_Type) {
        if (args != NULL && args != Py_None
            && !PyArg_UnpackTuple(args, "frozenset", 0, 1, &iterable)) {
            return NULL;
        }
        return PyFrozenSet_New(iterable);
    }
    if (PyType_IsSubtype(type, &PyFrozenSet_Type) && args != NULL && PyTuple_Check(args)
        && PyTuple_GET_SIZE(args) != 0) {
        /* What does not change has its items from the beginning. */
        HostObject *host_args = py2abi_host(args, PY2ABI_AS_VALUE);
        PyObject *made = host_args != NULL ? py2abi_proxy_make(type, host_args, NULL)
                                           : py2abi_failed();
        host_XDECREF(host_args);
        return made;
    }
    return type->tp_alloc(type, 0);
}

static int
init(PyObject *set, PyObject *args, PyObject *kwargs)
{
    PyObject *iterable = NULL;
    (void)kwargs;
    if (args != NULL && args != Py_None && !PyArg_UnpackTuple(args, "set", 0, 1, &iterable)) {
        return -1;
    }
    if (length(set) > 0 && PySet_Clear(set) < 0) {
        return -1;
    }
    return iterable != NULL ? _PySet_Update(set, iterable) : 0;
}

static int
traverse(PyObject *set, visitproc visit, void *arg)
{
    (void)set;
    (void)visit;
    (void)arg;
    return 0;
}

/* ---- Methods ---- */

static PyObject *
set_add(PyObject *set, PyObject *key)
{
    if (PySet_Add(set, key) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
set_contains(PyObject *set, PyObject *key)
{
    int has = contains(set, key);
    return has < 0 ? NULL : PyBool_FromLong(has);
}

static PyObject *
set_discard(PyObject *set, PyObject *key)
{
    if (PySet_Discard(set, key) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
set_remove(PyObject *set, PyObject *key)
{
    int status = PySet_Discard(set, key);
    if (status < 0) {
        return NULL;
    }
    if (status == 0) {
        PyObject *args = PyTuple_Pack(1, key);
        if (args != NULL) {
            PyErr_SetObject(PyExc_KeyError, args);
            Py_DECREF(args);
        }
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
set_pop(PyObject *set, PyObject *unused)
{
    (void)unused;
    return PySet_Pop(set);
}

static PyObject *
set_clear(PyObject *set, PyObject *unused)
{
    (void)unused;
    if (PySet_Clear(set) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
set_copy(PyObject *set, PyObject *unused)
{
    (void)unused;
    return call(set, "copy", NULL);
}

#define METHOD(function, name)                                                                    \
    static PyObject *function(PyObject *set, PyObject *args)                                      \
    {                                                                                             \
        return call(set, name, args);                                                             \
    }
#define METHOD_1(function, name)                                                                  \
    static PyObject *function(PyObject *set, PyObject *other)                                     \
    {                                                                                             \
        PyObject *args = PyTuple_Pack(1, other);                                                  \
        PyObject *result = args != NULL ? call(set, name, args) : NULL;                           \
        Py_XDECREF(args);                                                                         \
        return result;                                                                            \
    }
METHOD(set_difference, "difference")
METHOD(set_difference_update, "difference_update")
METHOD(set_intersection, "intersection")
METHOD(set_intersection_update, "intersection_update")
METHOD(set_union, "union")
METHOD(set_update, "update")
METHOD_1(set_isdisjoint, "isdisjoint")
METHOD_1(set_issubset, "issubset")
METHOD_1(set_issuperset, "issuperset")
METHOD_1(set_symmetric_difference, "symmetric_difference")
METHOD_1(set_symmetric_difference_update, "symmetric_difference_update")

static PyMethodDef set_methods[] = {
    {"add", set_add, METH_O, NULL},
    {"clear", set_clear, METH_NOARGS, NULL},
    {"__contains__", set_contains, METH_O | METH_COEXIST, NULL},
    {"copy", set_copy, METH_NOARGS, NULL},
    {"discard", set_discard, METH_O, NULL},
    {"difference", set_difference, METH_VARARGS, NULL},
    {"difference_update", set_difference_update, METH_VARARGS, NULL},
    {"intersection", set_intersection, METH_VARARGS, NULL},
    {"intersection_update", set_intersection_update, METH_VARARGS, NULL},
    {"isdisjoint", set_isdisjoint, METH_O, NULL},
    {"issubset", set_issubset, METH_O, NULL},
    {"issuperset", set_issuperset, METH_O, NULL},
    {"pop", set_pop, METH_NOARGS, NULL},
    {"remove", set_remove, METH_O, NULL},
    {"symmetric_difference", set_symmetric_difference, METH_O, NULL},
    {"symmetric_difference_update", set_symmetric_difference_update, METH_O, NULL},
    {"union", set_union, METH_VARARGS, NULL},
    {"update", set_update, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef frozenset_methods[] = {
    {"__contains__", set_contains, METH_O | METH_COEXIST, NULL},
    {"copy", set_copy, METH_NOARGS, NULL},
    {"difference", set_difference, METH_VARARGS, NULL},
    {"intersection", set_intersection, METH_VARARGS, NULL},
    {"isdisjoint", set_isdisjoint, METH_O, NULL},
    {"issubset", set_issubset, METH_O, NULL},
    {"issuperset", set_issuperset, METH_O, NULL},
    {"symmetric_difference", set_symmetric_difference, METH_O, NULL},
    {"union", set_union, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- Iterators ---- */

static PyObject *
iterator_next(PyObject *object)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_iterator_next(object);
    }
    if (iterator->container == NULL) {
        return NULL;
    }
    if (iterator->used != length(iterator->watched)) {
        PyErr_SetString(PyExc_RuntimeError, "Set changed size during iteration");
        iterator->used = -1; /* Sticky, as in Python 2.7. */
        return NULL;
    }
    if (iterator->at < PyList_GET_SIZE(iterator->container)) {
        PyObject *item = PyList_GET_ITEM(iterator->container, iterator->at++);
        Py_INCREF(item);
        return item;
    }
    Py_CLEAR(iterator->container);
    return NULL;
}

/* The iterator of a set works on a list of its members. */
static PyTypeObject set_iterator = PY2ABI_ITERATOR("setiterator", iterator_next);

static PyObject *
iterate(PyObject *set)
{
    PyObject *members = list_of(set);
    PyObject *iterator = NULL;
    if (Py_TYPE(&set_iterator) == NULL) {
        /* Python 2.7 does not export it, so no table completes it. */
        Py_TYPE(&set_iterator) = &PyType_Type;
        Py_REFCNT(&set_iterator) = 1 << 30;
    }
    if (members != NULL && (iterator = py2abi_iterator_new(&set_iterator, members)) != NULL) {
        Py_INCREF(set);
        ((struct py2abi_iterator *)iterator)->watched = set;
        ((struct py2abi_iterator *)iterator)->used = PyList_GET_SIZE(members);
    }
    Py_XDECREF(members);
    return iterator;
}

PyTypeObject PySet_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "set",
    .tp_basicsize = sizeof(PySetObject),
    .tp_dealloc = dealloc,
    .tp_compare = refuse_compare,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_as_number = &set_as_number,
    .tp_as_sequence = &as_sequence,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_CHECKTYPES
                | Py_TPFLAGS_BASETYPE | PY2ABI_TPFLAGS_MIRROR,
    .tp_traverse = traverse,
    .tp_richcompare = richcompare,
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist),
    .tp_iter = iterate,
    .tp_methods = set_methods,
    .tp_init = init,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = new,
    .tp_free = PyObject_GC_Del,
};

PyTypeObject PyFrozenSet_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "frozenset",
    .tp_basicsize = sizeof(PySetObject),
    .tp_dealloc = dealloc,
    .tp_compare = refuse_compare,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_as_number = &frozenset_as_number,
    .tp_as_sequence = &as_sequence,
    .tp_hash = hash_frozen,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_CHECKTYPES
                | Py_TPFLAGS_BASETYPE | PY2ABI_TPFLAGS_MIRROR,
    .tp_traverse = traverse,
    .tp_richcompare = richcompare,
    .tp_weaklistoffset = offsetof(PySetObject, weakreflist),
    .tp_iter = iterate,
    .tp_methods = frozenset_methods,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = new,
    .tp_free = PyObject_GC_Del,
};
