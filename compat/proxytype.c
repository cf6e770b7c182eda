/* proxytype.c - the host types that stand for types that binaries define.
 *
 * A host type has those slots that its guest type has and does not have from a type of
 * Python's: what a dict is asked, the host's dict answers.  proxyslots.c has what they do. */

#include "config.h"
#include "entry.h"
#include "guest.h"
#include "descr.h"
#include "exceptions.h"
#include "hostcall.h"
#include "hosttype.h"
#include "proxy.h"
#include "proxyslots.h"
#include "slots.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Making the type ---- */

enum { SLOTS_MAX = PY2ABI_PROXY_SLOTS + 24 };

struct recipe {
    HostSlot slots[SLOTS_MAX];
    int count;
};

static void
put(struct recipe *recipe, int number, void *value)
{
    for (int i = 0; i < recipe->count; i++) {
        if (recipe->slots[i].slot == number) {
            return; /* The first slot of the guest's for it is the one that counts. */
        }
    }
    recipe->slots[recipe->count++] = (HostSlot){number, value};
}

static void
put_exception_slots(struct recipe *recipe)
{
    put(recipe, HOST_tp_getattro, (void *)(uintptr_t)py2abi_proxy_exception_get);
    put(recipe, HOST_tp_setattro, (void *)(uintptr_t)py2abi_proxy_exception_set);
    put(recipe, HOST_tp_str, (void *)(uintptr_t)py2abi_proxy_exception_str);
    put(recipe, HOST_tp_repr, (void *)(uintptr_t)py2abi_proxy_exception_repr);
    put(recipe, HOST_tp_init, (void *)(uintptr_t)py2abi_proxy_exception_init);
}

static size_t
count_methods(const PyTypeObject *type)
{
    size_t count = 0;
    for (const PyMethodDef *method = type->tp_methods; method != NULL && method->ml_name != NULL;
         method++) {
        count++;
    }
    return count;
}

/* Methods for the host, which lives as long as the process; count is without the end.  NULL
 * with a host exception. */
static HostMethodDef *
convert_methods(PyMethodDef *guests, size_t count, PyTypeObject *type)
{
    HostMethodDef *methods = calloc(count + 1, sizeof *methods);
    if (methods == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        void *function = py2abi_proxy_method(type, &guests[i]);
        if (function == NULL) {
            return NULL;
        }
        methods[i] = (HostMethodDef){py2abi_host_chars(guests[i].ml_name), function,
                                     py2abi_entry_flags(guests[i].ml_flags),
                                     py2abi_host_chars(guests[i].ml_doc)};
    }
    return methods;
}

/* A slot that the type does not have from a type of Python's. */
static int
is_own(const PyTypeObject *type, const PyTypeObject *native,
       const struct py2abi_slot_place *where)
{
    py2abi_slot_function function = py2abi_slot_of(type, where);
    return function != NULL && function != py2abi_slot_of(native, where);
}

static HostMethodDef
method_of_ours(const char *name, HostObject *(*function)(HostObject *, HostObject *))
{
    return (HostMethodDef){name, (void *)(uintptr_t)function, METH_NOARGS, NULL};
}

static int
put_methods(struct recipe *recipe, PyTypeObject *type, const PyTypeObject *native, int adds_size)
{
    enum { MORE = 3 };
    size_t count = count_methods(type);
    HostMethodDef *methods = convert_methods(type->tp_methods, count, type);
    HostMethodDef *all = methods != NULL ? calloc(count + MORE + 1, sizeof *all) : NULL;
    if (all == NULL) {
        if (methods != NULL) {
            host_PyErr_NoMemory();
        }
        free(methods);
        return -1;
    }
    memcpy(all, methods, count * sizeof *all);
    free(methods);
    if (adds_size && type->tp_dict != NULL && type->tp_base == &PyBaseObject_Type
        && PyDict_GetItemString(type->tp_dict, "__getstate__") == NULL) {
        all[count++] = method_of_ours("__getstate__", py2abi_proxy_get_state);
    }
    if (is_own(type, native, py2abi_proxy_slots[PY2ABI_PROXY_nb_oct].place)) {
        all[count++] = method_of_ours("__oct__", py2abi_proxy_oct);
    }
    if (is_own(type, native, py2abi_proxy_slots[PY2ABI_PROXY_nb_hex].place)) {
        all[count++] = method_of_ours("__hex__", py2abi_proxy_hex);
    }
    put(recipe, HOST_tp_methods, all);
    return 0;
}

static HostGetSetDef
convert_attribute(struct py2abi_proxy_attribute *attribute, const char *name, const char *doc)
{
    const PyGetSetDef *getset = attribute->getset;
    HostGetSetDef converted = {py2abi_host_chars(name), NULL, NULL, py2abi_host_chars(doc),
                               attribute};
    if (getset == NULL || getset->get != NULL) {
        converted.get = (void *)(uintptr_t)py2abi_proxy_get_described;
    }
    if (getset == NULL || getset->set != NULL) {
        converted.set = (void *)(uintptr_t)py2abi_proxy_set_described;
    }
    return converted;
}

static HostGetSetDef
convert_member(struct py2abi_proxy_attribute *attribute, PyTypeObject *type, PyMemberDef *member)
{
    *attribute = (struct py2abi_proxy_attribute){type, member, NULL};
    return convert_attribute(attribute, member->name, member->doc);
}

static HostGetSetDef
convert_getset(struct py2abi_proxy_attribute *attribute, PyTypeObject *type, PyGetSetDef *getset)
{
    *attribute = (struct py2abi_proxy_attribute){type, NULL, getset};
    return convert_attribute(attribute, getset->name, getset->doc);
}

/* Members and getsets for the host, both as getsets, which live as long as the process.
 * Returns 0, or -1 with a host exception. */
static int
put_attributes(struct recipe *recipe, PyTypeObject *type)
{
    size_t count = 0, used = 0;
    for (PyMemberDef *member = type->tp_members; member != NULL && member->name != NULL;
         member++) {
        count++;
    }
    for (PyGetSetDef *getset = type->tp_getset; getset != NULL && getset->name != NULL;
         getset++) {
        count++;
    }
    if (count == 0) {
        return 0;
    }
    HostGetSetDef *getsets = calloc(count + 1, sizeof *getsets);
    struct py2abi_proxy_attribute *attributes = calloc(count + 1, sizeof *attributes);
    if (getsets == NULL || attributes == NULL) {
        free(getsets);
        free(attributes);
        host_PyErr_NoMemory();
        return -1;
    }
    for (PyMemberDef *member = type->tp_members; member != NULL && member->name != NULL;
         member++, used++) {
        getsets[used] = convert_member(&attributes[used], type, member);
    }
    for (PyGetSetDef *getset = type->tp_getset; getset != NULL && getset->name != NULL;
         getset++, used++) {
        getsets[used] = convert_getset(&attributes[used], type, getset);
    }
    put(recipe, HOST_tp_getset, getsets);
    return 0;
}

static int
has_buffer(const PyTypeObject *type)
{
    const PyBufferProcs *procs = type->tp_as_buffer;
    return procs != NULL
           && (procs->bf_getreadbuffer != NULL || procs->bf_getwritebuffer != NULL
               || (PyType_HasFeature(type, Py_TPFLAGS_HAVE_NEWBUFFER)
                   && procs->bf_getbuffer != NULL));
}

/* An operator that a number does not have itself, but perhaps what it is coerced to has. */
static int
is_coerced(const PyTypeObject *type, const struct py2abi_proxy_slot *row)
{
    return row->is_operator && !PyType_HasFeature(type, Py_TPFLAGS_CHECKTYPES)
           && type->tp_as_number != NULL && type->tp_as_number->nb_coerce != NULL
           && strncmp(row->slot, "nb_inplace_", 11) != 0;
}

static void
put_slots(struct recipe *recipe, PyTypeObject *type, const PyTypeObject *native)
{
    const PySequenceMethods *sequence = type->tp_as_sequence, *above = native->tp_as_sequence;
    /* Of nb_true_divide and nb_divide, the one that it has itself comes first. */
    for (int is_coercing = 0; is_coercing < 2; is_coercing++) {
        for (int i = 0; i < PY2ABI_PROXY_SLOTS; i++) {
            const struct py2abi_proxy_slot *row = &py2abi_proxy_slots[i];
            if (row->number != 0 && row->place->group != TYPE
                && (is_coercing ? is_coerced(type, row) : is_own(type, native, row->place))) {
                put(recipe, row->number, row->function);
            }
        }
    }
    if (sequence != NULL && sequence->sq_slice != NULL
        && (above == NULL || sequence->sq_slice != above->sq_slice)) {
        put(recipe, HOST_mp_subscript, (void *)(uintptr_t)py2abi_proxy_subscript);
    }
    if (sequence != NULL && sequence->sq_ass_slice != NULL
        && (above == NULL || sequence->sq_ass_slice != above->sq_ass_slice)) {
        put(recipe, HOST_mp_ass_subscript, (void *)(uintptr_t)py2abi_proxy_assign_subscript);
    }
}

/* The slots of the type itself that follow rules of their own. */
static void
put_type_slots(struct recipe *recipe, PyTypeObject *type, const PyTypeObject *native)
{
    if (py2abi_holder_is(native)) {
        put(recipe, HOST_tp_init, (void *)(uintptr_t)py2abi_proxy_holder_init);
    }
    for (int i = 0; i < PY2ABI_PROXY_SLOTS; i++) {
        const struct py2abi_proxy_slot *row = &py2abi_proxy_slots[i];
        if (row->number == 0 || row->place->group != TYPE || i == PY2ABI_PROXY_tp_getattro
            || i == PY2ABI_PROXY_tp_setattro || i == PY2ABI_PROXY_tp_new
            || !is_own(type, native, row->place)) {
            continue;
        }
        if (i == PY2ABI_PROXY_tp_hash && type->tp_hash == PyObject_HashNotImplemented) {
            put(recipe, row->number,
                (void *)(uintptr_t)py2abi_host_fn[HOST_FN_PyObject_HashNotImplemented]);
            continue;
        }
        if (i == PY2ABI_PROXY_tp_iternext
            && type->tp_iternext == _PyObject_NextNotImplemented) {
            continue;
        }
        put(recipe, row->number, row->function);
    }
    if (type->tp_compare != NULL && type->tp_compare != native->tp_compare) {
        put(recipe, HOST_tp_richcompare, (void *)(uintptr_t)py2abi_proxy_compare);
    }
    /* What the host's generic functions do suffices without a dictionary of the guest's. */
    if (type->tp_dictoffset != 0 || type->tp_getattr != NULL
        || (type->tp_getattro != NULL && type->tp_getattro != PyObject_GenericGetAttr
            && type->tp_getattro != native->tp_getattro)) {
        put(recipe, HOST_tp_getattro, (void *)(uintptr_t)py2abi_proxy_get_attribute);
    }
    if (type->tp_dictoffset != 0 || type->tp_setattr != NULL
        || (type->tp_setattro != NULL && type->tp_setattro != PyObject_GenericSetAttr
            && type->tp_setattro != native->tp_setattro)) {
        put(recipe, HOST_tp_setattro, (void *)(uintptr_t)py2abi_proxy_set_attribute);
    }
    if (!(type->tp_flags & Py_TPFLAGS_TYPE_SUBCLASS) || type->tp_new != native->tp_new) {
        put(recipe, HOST_tp_new, (void *)(uintptr_t)py2abi_proxy_construct);
    }
    if (type->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) {
        put_exception_slots(recipe); /* where the binary has none */
    }
}

/* ---- Descriptors that are not in a type's tables ---- */

static int
is_descriptor(const PyObject *object)
{
    const PyTypeObject *kind = Py_TYPE(object);
    return kind == &PyGetSetDescr_Type || kind == &PyMemberDescr_Type
           || kind == &py2abi_method_descr_type || kind == &py2abi_classmethod_descr_type;
}

/* The host's definition for one of a guest's, mostly a static one, of which the binary may make
 * a descriptor again and again.  It is kept, since whoever has the host's descriptor refers to
 * it. */
struct definition {
    struct definition *next; /* of what was at the same address */
    const PyTypeObject *kind;
    PyTypeObject *type;
    const char *name, *doc;
    int flags;
    void *host;
};

/* NULL with a host exception. */
static void *
convert_definition(const struct definition *wanted, void *guest)
{
    if (wanted->kind != &PyGetSetDescr_Type && wanted->kind != &PyMemberDescr_Type) {
        return convert_methods(guest, 1, wanted->type);
    }
    HostGetSetDef *definition = calloc(1, sizeof *definition);
    struct py2abi_proxy_attribute *attribute = calloc(1, sizeof *attribute);
    if (definition == NULL || attribute == NULL) {
        free(definition);
        free(attribute);
        host_PyErr_NoMemory();
        return NULL;
    }
    *definition = wanted->kind == &PyGetSetDescr_Type
                      ? convert_getset(attribute, wanted->type, guest)
                      : convert_member(attribute, wanted->type, guest);
    return definition;
}

/* The same for a descriptor: what was converted for one of the same definition, or anew. */
static void *
find_definition(PyObject *descriptor)
{
    static struct py2abi_map known;
    struct definition wanted = {.kind = Py_TYPE(descriptor),
                                .type = ((PyDescrObject *)descriptor)->d_type};
    void *guest;
    if (wanted.kind == &PyGetSetDescr_Type) {
        PyGetSetDef *getset = guest = ((PyGetSetDescrObject *)descriptor)->d_getset;
        wanted.name = getset->name;
        wanted.doc = getset->doc;
        wanted.flags = (getset->get != NULL) | (getset->set != NULL) << 1;
    }
    else if (wanted.kind == &PyMemberDescr_Type) {
        PyMemberDef *member = guest = ((PyMemberDescrObject *)descriptor)->d_member;
        wanted.name = member->name;
        wanted.doc = member->doc;
    }
    else {
        PyMethodDef *method = guest = ((PyMethodDescrObject *)descriptor)->d_method;
        wanted.name = method->ml_name;
        wanted.doc = method->ml_doc;
        wanted.flags = method->ml_flags;
    }
    wanted.next = py2abi_map_get(&known, guest);
    for (const struct definition *other = wanted.next; other != NULL; other = other->next) {
        if (other->kind == wanted.kind && other->type == wanted.type && other->name == wanted.name
            && other->doc == wanted.doc && other->flags == wanted.flags) {
            return other->host;
        }
    }
    struct definition *made = malloc(sizeof *made);
    wanted.host = made != NULL ? convert_definition(&wanted, guest) : NULL;
    if (wanted.host == NULL) {
        free(made);
        return made == NULL ? host_PyErr_NoMemory() : NULL;
    }
    *made = wanted;
    if (py2abi_map_put(&known, guest, made) < 0) {
        free(made); /* It is made again the next time. */
    }
    return wanted.host;
}

/* The host's descriptor for one of the guest's: a new reference, or NULL with a host
 * exception. */
static HostObject *
describe(HostObject *host, PyObject *descriptor)
{
    const PyTypeObject *kind = Py_TYPE(descriptor);
    void *definition = find_definition(descriptor);
    if (definition == NULL) {
        return NULL;
    }
    if (kind == &PyGetSetDescr_Type || kind == &PyMemberDescr_Type) {
        return host_PyDescr_NewGetSet((HostType *)host, definition);
    }
    return kind == &py2abi_classmethod_descr_type
               ? host_PyDescr_NewClassMethod((HostType *)host, definition)
               : host_PyDescr_NewMethod((HostType *)host, definition);
}

/* What a guest's descriptor is on the host: that of the same name in the type's host type
 * or, where a binary has made one that is in no type's tables, a new one.  Returns a new
 * reference, or NULL with a host exception. */
HostObject *
py2abi_descr_proxy(PyObject *object)
{
    HostObject *found = NULL;
    if (Py_TYPE(object) == &PyWrapperDescr_Type || is_descriptor(object)) {
        const PyDescrObject *descriptor = (PyDescrObject *)object;
        HostObject *type = py2abi_type_host(descriptor->d_type);
        HostObject *names = type != NULL ? py2abi_hosttype_attribute(type, "__dict__") : NULL;
        HostObject *name = names != NULL ? py2abi_host(descriptor->d_name, PY2ABI_AS_NAME) : NULL;
        found = name != NULL ? host_PyObject_GetItem(names, name) : NULL;
        if (found == NULL && name != NULL
            && host_PyErr_ExceptionMatches(*HOST(PyExc_KeyError))) {
            host_PyErr_Clear();
            found = is_descriptor(object) ? describe(type, object)
                                          : host_PyObject_GetAttr(type, name);
        }
        host_XDECREF(type);
        host_XDECREF(names);
        host_XDECREF(name);
    }
    else if (Py_TYPE(object) == &py2abi_wrapper_type) {
        found = py2abi_wrapper_host(object);
    }
    else {
        host_PyErr_SetString(*HOST(PyExc_NotImplementedError),
                             "an object of this kind of Python 2's cannot be given to Python 3");
    }
    if (found != NULL && py2abi_link_guest(found) == NULL
        && py2abi_mirror_attach(object, found) < 0) {
        host_DECREF(found);
        return NULL;
    }
    return found;
}

/* Its bases on the host: a new tuple, or NULL with a host exception. */
static HostObject *
host_bases(PyTypeObject *type)
{
    Py_ssize_t count = type->tp_bases != NULL ? PyTuple_GET_SIZE(type->tp_bases) : 0;
    HostObject *bases = host_PyTuple_New(count != 0 ? count : 1);
    for (Py_ssize_t i = 0; bases != NULL && i < (count != 0 ? count : 1); i++) {
        PyTypeObject *base = count != 0    ? (PyTypeObject *)PyTuple_GET_ITEM(type->tp_bases, i)
                             : type->tp_base != NULL ? type->tp_base
                                                     : &PyBaseObject_Type;
        HostObject *host = py2abi_type_host(base);
        if (host == NULL) {
            host_DECREF(bases);
            return NULL;
        }
        host_PyTuple_SetItem(bases, i, host);
    }
    return bases;
}

/* The name with its module, which the host wants: new, or NULL with a host exception. */
static char *
full_name(const PyTypeObject *type)
{
    const char *own = py2abi_host_chars(type->tp_name);
    const char *module = strchr(own, '.') != NULL ? "" : "builtins.";
    size_t room = strlen(module) + strlen(own) + 1;
    char *name = malloc(room);
    if (name == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    snprintf(name, room, "%s%s", module, own);
    return name;
}

/* Whether the binary has put something of its own where its tables have a name, too. */
static int
is_replaced(const PyTypeObject *type, const char *name, PyObject *value)
{
    if (is_descriptor(value) || Py_TYPE(value) == &PyWrapperDescr_Type) {
        return 0;
    }
    if (strcmp(name, "__module__") == 0) {
        return 1;
    }
    for (const PyMethodDef *method = type->tp_methods; method != NULL && method->ml_name != NULL;
         method++) {
        if (strcmp(method->ml_name, name) == 0) {
            return !(method->ml_flags & METH_STATIC);
        }
    }
    for (const PyMemberDef *member = type->tp_members; member != NULL && member->name != NULL;
         member++) {
        if (strcmp(member->name, name) == 0) {
            return 1;
        }
    }
    for (const PyGetSetDef *getset = type->tp_getset; getset != NULL && getset->name != NULL;
         getset++) {
        if (strcmp(getset->name, name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* What the binary has put into the type's dictionary besides what its tables have.  Returns
 * 0, or -1 with a host exception. */
static int
copy_entries(PyTypeObject *type, HostObject *host, HostObject *core)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    HostObject *names = py2abi_hosttype_attribute(core, "__dict__");
    int status = names != NULL ? 0 : -1;
    while (status == 0 && type->tp_dict != NULL && PyDict_Next(type->tp_dict, &at, &key, &value)) {
        if (!PyString_Check(key) || Py_TYPE(value) == &PyWrapperDescr_Type
            || strcmp(PyString_AS_STRING(key), "__new__") == 0) {
            continue; /* The slots themselves say it. */
        }
        HostObject *name = py2abi_host(key, PY2ABI_AS_NAME);
        if (name == NULL) {
            status = -1;
        }
        else if (!host_PySequence_Contains(names, name)
                 || is_replaced(type, PyString_AS_STRING(key), value)) {
            HostObject *converted =
                is_descriptor(value) ? describe(host, value)
                                     : py2abi_host(value, PY2ABI_AS_CONSTANT);
            status = converted != NULL ? host_PyObject_SetAttr(host, name, converted) : -1;
            host_XDECREF(converted);
        }
        host_XDECREF(name);
    }
    host_XDECREF(names);
    return status;
}

/* A subtype that has room for weak references, for hosts before 3.9: specifications give none
 * there, and the name is in __mro__ twice. */
static HostObject *
add_weak_references(HostObject *core)
{
    HostObject *args = NULL, *type = NULL;
    HostObject *name = host_PyObject_GetAttrString(core, "__name__");
    HostObject *module = host_PyObject_GetAttrString(core, "__module__");
    HostObject *names = host_PyDict_New();
    HostObject *slot = py2abi_host_name("__weakref__");
    HostObject *slots = host_PyTuple_New(1), *bases = host_PyTuple_New(1);
    if (name != NULL && module != NULL && names != NULL && slot != NULL && slots != NULL
        && bases != NULL) {
        host_INCREF(slot);
        host_PyTuple_SetItem(slots, 0, slot);
        host_INCREF(core);
        host_PyTuple_SetItem(bases, 0, core);
        if (host_PyDict_SetItemString(names, "__slots__", slots) == 0
            && host_PyDict_SetItemString(names, "__module__", module) == 0
            && (args = host_PyTuple_New(3)) != NULL) {
            host_INCREF(name);
            host_INCREF(bases);
            host_INCREF(names);
            host_PyTuple_SetItem(args, 0, name);
            host_PyTuple_SetItem(args, 1, bases);
            host_PyTuple_SetItem(args, 2, names);
            type = host_PyObject_Call((HostObject *)HOST(PyType_Type), args, NULL);
        }
    }
    host_XDECREF(args);
    host_XDECREF(name);
    host_XDECREF(module);
    host_XDECREF(names);
    host_XDECREF(slot);
    host_XDECREF(slots);
    host_XDECREF(bases);
    return type;
}

/* Whether the objects of a type can be referred to weakly, which its base's cannot. */
static int
adds_weak_references(const PyTypeObject *type, const PyTypeObject *native)
{
    if (!PyType_HasFeature(type, Py_TPFLAGS_HAVE_WEAKREFS) || type->tp_weaklistoffset == 0) {
        return 0;
    }
    for (const PyTypeObject *base = type->tp_base; base != NULL && base != native;
         base = base->tp_base) {
        if (base->tp_weaklistoffset != 0) {
            return 0;
        }
    }
    /* Behind items that are stored inline there is no place for it. */
    return native == &PyBaseObject_Type
           || (native->tp_weaklistoffset == 0 && native->tp_itemsize == 0
               && !(native->tp_flags & (Py_TPFLAGS_INT_SUBCLASS | Py_TPFLAGS_LONG_SUBCLASS)));
}

/* The size of the instances of the first base, or -1 with a host exception. */
static int
base_size(HostObject *bases)
{
    int overflow;
    HostObject *size = py2abi_hosttype_attribute(host_PyTuple_GetItem(bases, 0), "__basicsize__");
    long value = size != NULL ? host_PyLong_AsLongAndOverflow(size, &overflow) : -1;
    host_XDECREF(size);
    return value > 0 ? (int)value : -1;
}

/* The size of a type's proxies, 0 if it is the base's; negative with a host exception.
 * Nothing is in the room that is added: by its size the host knows the type whose
 * instances a class with several bases makes, as Python 2 does. */
static int
proxy_size(const PyTypeObject *type, const struct py2abi_defined *defined, HostObject *bases)
{
    if (defined->native != &PyBaseObject_Type
        || (type->tp_base != NULL && type->tp_base != &PyBaseObject_Type
            && type->tp_base->tp_basicsize == type->tp_basicsize)) {
        return 0;
    }
    int size = base_size(bases);
    return size > 0 ? size + (int)sizeof(void *) : -1;
}

/* Room for weak references behind what a proxy has. */
static void
put_weak_list(struct recipe *recipe, struct py2abi_defined *defined, HostTypeSpec *spec,
              HostObject *bases)
{
    enum { SSIZE = 19, READONLY_MEMBER = 1 };
    struct member {
        const char *name;
        int type;
        Py_ssize_t offset;
        int flags;
        const char *doc;
    };
    int size = spec->basicsize != 0 ? spec->basicsize : base_size(bases);
    struct member *members = calloc(2, sizeof *members);
    if (size < 0 || members == NULL) {
        free(members);
        return;
    }
    members[0] = (struct member){"__weaklistoffset__", SSIZE, size, READONLY_MEMBER, NULL};
    put(recipe, HOST_tp_members, members);
    spec->basicsize = size + (int)sizeof(void *);
    defined->weak_list = size;
    defined->host_members = members;
}

/* The metatypes of a type's bases, new references; the bases are plain types from then on.  A
 * specification would have the host look for a metatype to make the type with. */
struct metatypes {
    HostObject *bases;
    HostObject *metatypes[8];
    Py_ssize_t count;
};

static void
put_metatypes_aside(struct metatypes *aside, HostObject *bases)
{
    enum { MOST = sizeof aside->metatypes / sizeof aside->metatypes[0] };
    Py_ssize_t count = host_PyTuple_Size(bases);
    aside->bases = bases;
    aside->count = count < MOST ? count : MOST;
    for (Py_ssize_t i = 0; i < aside->count; i++) {
        HostObject *base = host_PyTuple_GetItem(bases, i);
        HostObject *metatype = py2abi_hostapi_type(base);
        aside->metatypes[i] = NULL;
        if (metatype != (HostObject *)HOST(PyType_Type) && py2abi_type_known(metatype) != NULL
            && py2abi_type_is_defined(py2abi_type_known(metatype))) {
            aside->metatypes[i] = metatype;
            py2abi_hosttype_set_metatype(base, (HostObject *)HOST(PyType_Type));
        }
    }
}

static void
put_metatypes_back(const struct metatypes *aside)
{
    for (Py_ssize_t i = 0; i < aside->count; i++) {
        if (aside->metatypes[i] != NULL) {
            py2abi_hosttype_set_metatype(host_PyTuple_GetItem(aside->bases, i),
                                         aside->metatypes[i]);
            host_DECREF(aside->metatypes[i]); /* the one that the base had before */
        }
    }
}

/* PyType_Ready of Python 2 derives from any type, Py_TPFLAGS_BASETYPE or not, as SWIG's run time
 * does; classes of Python 3 do not.  Returns which of the bases had to be opened. */
static unsigned long
open_bases(HostObject *bases)
{
    enum { BITS = 8 * sizeof(unsigned long) };
    unsigned long opened = 0;
    for (Py_ssize_t i = 0; i < host_PyTuple_Size(bases) && i < BITS; i++) {
        HostObject *base = host_PyTuple_GetItem(bases, i);
        if (py2abi_type_known(base) != NULL && py2abi_type_is_defined(py2abi_type_known(base))
            && py2abi_hosttype_open(base, 1)) {
            opened |= 1UL << i;
        }
    }
    return opened;
}

static void
close_bases(HostObject *bases, unsigned long opened)
{
    for (Py_ssize_t i = 0; opened != 0; i++, opened >>= 1) {
        if (opened & 1) {
            py2abi_hosttype_open(host_PyTuple_GetItem(bases, i), 0);
        }
    }
}

/* A type of a metatype that a binary defines is one of that on the host.  Returns 0, or -1 with
 * a host exception. */
static int
set_metatype(PyTypeObject *type, HostObject *host)
{
    PyTypeObject *metatype = py2abi_type_defined(Py_TYPE(type));
    HostObject *host_metatype = metatype != NULL ? py2abi_type_host(Py_TYPE(type)) : NULL;
    if (metatype == NULL) {
        return 0;
    }
    if (host_metatype == NULL) {
        return -1;
    }
    py2abi_hosttype_set_metatype(host, host_metatype);
    host_DECREF(host_metatype);
    return 0;
}

/* The host type for a type that a binary defines and that has none: a new reference, or
 * NULL with a host exception. */
HostObject *
py2abi_proxy_type(PyTypeObject *type)
{
    struct py2abi_defined *defined = py2abi_type_record(type);
    struct recipe recipe = {.count = 0};
    if (defined == NULL) {
        return NULL;
    }
    HostObject *bases = host_bases(type);
    char *name = bases != NULL ? full_name(type) : NULL;
    int has_references = adds_weak_references(type, defined->native);
    int size = bases != NULL ? proxy_size(type, defined, bases) : -1;
    HostTypeSpec spec = {name, size, 0, HOST_FLAG_DEFAULT, recipe.slots};
    int is_in_spec = has_references && py2abi_types_have_buffer_slots();
    if ((has_references && !is_in_spec) || (type->tp_flags & Py_TPFLAGS_BASETYPE)) {
        spec.flags |= HOST_FLAG_BASETYPE;
    }
    if (name == NULL || size < 0) {
        host_XDECREF(bases);
        free(name);
        return NULL;
    }
    const PyTypeObject *above = py2abi_type_defined(type->tp_base);
    if (above != NULL && above->tp_cache != NULL) {
        defined->weak_list = py2abi_type_record((PyTypeObject *)(uintptr_t)above)->weak_list;
    }
    if (is_in_spec) {
        put_weak_list(&recipe, defined, &spec, bases);
        has_references = 0;
    }
    put_slots(&recipe, type, defined->native);
    put_type_slots(&recipe, type, defined->native);
    if (type->tp_doc != NULL) {
        put(&recipe, HOST_tp_doc, (void *)(uintptr_t)py2abi_host_chars(type->tp_doc));
    }
    int is_exporter = has_buffer(type) && type->tp_as_buffer != defined->native->tp_as_buffer;
    HostObject *host = NULL;
    if (put_attributes(&recipe, type) == 0
        && put_methods(&recipe, type, defined->native, size > 0) == 0) {
        int in_spec = is_exporter && py2abi_types_have_buffer_slots();
        if (in_spec) {
            put(&recipe, HOST_bf_getbuffer, (void *)(uintptr_t)py2abi_proxy_get_buffer);
            put(&recipe, HOST_bf_releasebuffer, (void *)(uintptr_t)py2abi_proxy_release_buffer);
        }
        recipe.slots[recipe.count] = (HostSlot){0, NULL};
        py2abi_proxy_put_lifetime(type, defined, &spec);
        struct metatypes aside;
        put_metatypes_aside(&aside, bases);
        unsigned long closed = open_bases(bases);
        host = host_PyType_FromSpecWithBases(&spec, bases);
        close_bases(bases, closed);
        put_metatypes_back(&aside);
        if (host != NULL && is_exporter && !in_spec) {
            py2abi_hosttype_set_buffer(host, (void *)(uintptr_t)py2abi_proxy_get_buffer,
                                       (void *)(uintptr_t)py2abi_proxy_release_buffer);
        }
    }
    host_DECREF(bases);
    HostObject *core = host;
    if (host != NULL && has_references) {
        host = add_weak_references(core);
    }
    if (core == NULL) {
        free(name);
    }
    if (host != NULL) {
        if (has_references) {
            /* The types of binaries that are derived from it have to clear them. */
            HostObject *offset = host_PyObject_GetAttrString(host, "__weakrefoffset__");
            defined->weak_list = py2abi_hostcall_long(offset, 0);
            host_PyErr_Clear();
        }
        defined->host = host;
        defined->host_name = name;
        host_INCREF(host);
        if (py2abi_type_link(type, host) < 0 || copy_entries(type, host, core) < 0
            || set_metatype(type, host) < 0) {
            host_DECREF(host);
            host = NULL;
        }
    }
    if (has_references) {
        host_XDECREF(core);
    }
    return host;
}
