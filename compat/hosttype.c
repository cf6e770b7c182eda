/* hosttype.c - the slots of the host's types, also where its API does not give them.
 *
 * Before Python 3.10 PyType_GetSlot refuses static types, and before 3.9 a type that is
 * made from a specification has no buffer slots.  So the offsets of the few slots that are
 * needed are found by looking for known functions in a type that was made for that. */

#include "config.h"
#include "hosttype.h"

#include <string.h>

/* What the specimen has in its slots: addresses that mean nothing else. */
static char marks[8];

static struct learned {
    int number;
    size_t offset; /* 0: unknown */
} learned[] = {
    {HOST_tp_dealloc, 0}, {HOST_tp_new, 0},      {HOST_tp_init, 0},
    {HOST_tp_clear, 0},   {HOST_tp_traverse, 0}, {HOST_tp_getattro, 0},
    {HOST_tp_setattro, 0},
};

enum { LEARNED = sizeof learned / sizeof learned[0] };

static int is_old; /* The API has to be helped. */

/* Where in a type a word stands, once; 0: not, or more than once. */
static size_t
find_word(const HostObject *type, size_t size, const void *word)
{
    size_t found = 0;
    for (size_t at = sizeof word; at + sizeof word <= size; at += sizeof word) {
        const void *there;
        memcpy(&there, (const char *)(const void *)type + at, sizeof there);
        if (there == word) {
            if (found != 0) {
                return 0;
            }
            found = at;
        }
    }
    return found;
}

static size_t
size_of(HostObject *object)
{
    HostObject *size = host_PyObject_GetAttrString(py2abi_hostapi_type(object), "__basicsize__");
    int overflow;
    long value = size != NULL ? host_PyLong_AsLongAndOverflow(size, &overflow) : -1;
    host_XDECREF(size);
    host_PyErr_Clear();
    return value > 0 ? (size_t)value : 0;
}

/* Learn what the API does not tell.  Returns 0, or -1 with a host exception. */
int
py2abi_hosttype_begin(void)
{
    HostSlot slots[LEARNED + 1];
    HostTypeSpec spec = {"py2abi.specimen", 0, 0, (unsigned)HOST_FLAG_DEFAULT, slots};
    is_old = host_PyType_GetSlot((HostType *)HOST(PyLong_Type), HOST_tp_new) == NULL;
    if (!is_old) {
        return 0;
    }
    host_PyErr_Clear();
    for (int i = 0; i < LEARNED; i++) {
        slots[i] = (HostSlot){learned[i].number, &marks[i]};
    }
    slots[LEARNED] = (HostSlot){0, NULL};
    HostObject *type = host_PyType_FromSpecWithBases(&spec, NULL);
    if (type == NULL) {
        return -1;
    }
    size_t size = size_of(type);
    for (int i = 0; i < LEARNED; i++) {
        learned[i].offset = find_word(type, size, &marks[i]);
    }
    /* It stays: nobody is to call its functions. */
    return 0;
}

/* A slot of a host type, or NULL.  Of static types of old hosts: those that were
 * learned. */
void *
py2abi_hosttype_slot(HostObject *type, int number)
{
    enum { HEAP = 1 << 9 };
    if (!is_old || (host_PyType_GetFlags((HostType *)type) & HEAP)) {
        return host_PyType_GetSlot((HostType *)type, number);
    }
    for (int i = 0; i < LEARNED; i++) {
        if (learned[i].number == number && learned[i].offset != 0) {
            void *function;
            memcpy(&function, (char *)(void *)type + learned[i].offset, sizeof function);
            return function;
        }
    }
    return NULL;
}

/* Give a type that was made from a specification its buffer slots, where the specification
 * cannot.  Returns 0, or -1 if it cannot be done. */
int
py2abi_hosttype_set_buffer(HostObject *type, void *get, void *release)
{
    size_t setattro = learned[LEARNED - 1].offset, size = size_of(type);
    char *base = (char *)(void *)type, *buffer;
    if (setattro == 0) {
        return -1;
    }
    /* tp_as_buffer follows tp_setattro, and is within the type itself. */
    memcpy(&buffer, base + setattro + sizeof(void *), sizeof buffer);
    if (buffer < base || buffer + 2 * sizeof(void *) > base + size) {
        return -1;
    }
    memcpy(buffer, &get, sizeof get);
    memcpy(buffer + sizeof get, &release, sizeof release);
    return 0;
}

/* Where a type's flags are, if all that are asked agree; 0: not known. */
static size_t
find_flags(HostObject *type)
{
    static size_t found;
    HostObject *const others[] = {type, (HostObject *)HOST(PyLong_Type),
                                  (HostObject *)HOST(PyDict_Type),
                                  (HostObject *)HOST(PyType_Type)};
    size_t size = size_of((HostObject *)HOST(PyLong_Type)), places = 0, last = 0;
    for (size_t at = py2abi_host_head; found == 0 && at + sizeof(unsigned long) <= size;
         at += sizeof(unsigned long)) {
        size_t agreed = 0;
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            unsigned long flags;
            memcpy(&flags, (char *)(void *)others[i] + at, sizeof flags);
            agreed += flags == host_PyType_GetFlags((HostType *)others[i]);
        }
        if (agreed == sizeof others / sizeof others[0]) {
            places++;
            last = at;
        }
    }
    found = places == 1 ? last : found;
    return found;
}

/* Let types be derived from one that nothing can be derived from, or no longer.  Returns whether
 * that was a change. */
int
py2abi_hosttype_open(HostObject *type, int is_open)
{
    unsigned long flags = host_PyType_GetFlags((HostType *)type);
    int was_open = (flags & HOST_FLAG_BASETYPE) != 0;
    size_t offset = was_open != is_open ? find_flags(type) : 0;
    if (offset == 0) {
        return 0;
    }
    flags ^= HOST_FLAG_BASETYPE;
    memcpy((char *)(void *)type + offset, &flags, sizeof flags);
    return 1;
}

/* Let a host type be one of another metatype, of the size of `type` and derived from it: a
 * specification cannot say that before 3.12, nor after for one that has a tp_new of its own.
 * A reference to the metatype goes to the type, the one to `type`, which counts none, does not
 * come back. */
void
py2abi_hosttype_set_metatype(HostObject *type, HostObject *metatype)
{
    host_INCREF(metatype);
    memcpy((char *)(void *)type + py2abi_host_head - sizeof metatype, &metatype, sizeof metatype);
}

/* An attribute of a type, past what its metatype does: a new reference, or NULL with a host
 * exception. */
HostObject *
py2abi_hosttype_getattr(HostObject *type, HostObject *name)
{
    typedef HostObject *(*getattrofunc)(HostObject *, HostObject *);
    getattrofunc get = (getattrofunc)(uintptr_t)py2abi_hosttype_slot(
        (HostObject *)HOST(PyType_Type), HOST_tp_getattro);
    return (get != NULL ? get : host_PyObject_GetAttr)(type, name);
}

/* The same for a name in C. */
HostObject *
py2abi_hosttype_attribute(HostObject *type, const char *name)
{
    HostObject *string = host_PyUnicode_InternFromString(name);
    HostObject *value = string != NULL ? py2abi_hosttype_getattr(type, string) : NULL;
    host_XDECREF(string);
    return value;
}

/* The same the other way; NULL deletes.  Returns 0, or -1 with a host exception. */
int
py2abi_hosttype_setattr(HostObject *type, HostObject *name, HostObject *value)
{
    typedef int (*setattrofunc)(HostObject *, HostObject *, HostObject *);
    setattrofunc set = (setattrofunc)(uintptr_t)py2abi_hosttype_slot(
        (HostObject *)HOST(PyType_Type), HOST_tp_setattro);
    return (set != NULL ? set : host_PyObject_SetAttr)(type, name, value);
}
