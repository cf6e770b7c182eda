/* proxy.h - what stands on the host for what binaries define: proxy.c has objects,
 * proxytype.c types, proxyslots.c what they can do. */

#ifndef PY2ABI_PROXY_H
#define PY2ABI_PROXY_H

#include "guest.h"
#include "hosttype.h"
#include "map.h"

/* What is known of a type that a binary defines.  It hangs in the type's tp_cache, which
 * Python 2.7 has no use for. */
struct py2abi_defined {
    const struct py2abi_guest *guest; /* whose it is */
    HostObject *host;                 /* what stands for it, owned; NULL: not crossed yet */
    void *host_name, *host_members;   /* of that: older hosts have no copies */
    PyTypeObject *native;             /* the nearest base that a binary does not define */
    HostObject *native_host;          /* its host type, owned */
    Py_ssize_t weak_list;             /* where proxies have weak references, 0: not by us */
    void (*base_dealloc)(HostObject *); /* and what that does, NULL for object */
    int (*base_traverse)(HostObject *, int (*)(HostObject *, void *), void *);
    int (*base_clear)(HostObject *);
};

/* Whether a type is one that a binary defines, rather than Python's or a class's. */
static inline int
py2abi_type_is_defined(const PyTypeObject *type)
{
    return type->tp_cache != NULL;
}

/* The nearest type that a binary defines: the type itself or one that it is derived from.
 * Borrowed, or NULL: it is Python's or a class's. */
static inline PyTypeObject *
py2abi_type_defined(PyTypeObject *type)
{
    while (type != NULL && !py2abi_type_is_defined(type)) {
        type = type->tp_base;
    }
    return type;
}

/* What is known of a type that a binary defines (py2abi_type_record makes it). */
static inline const struct py2abi_defined *
py2abi_type_known_record(const PyTypeObject *type)
{
    return (const struct py2abi_defined *)(const void *)type->tp_cache;
}

struct py2abi_defined *py2abi_type_record(PyTypeObject *type);
int py2abi_type_begin(PyTypeObject *type);
const char *py2abi_type_underivable(PyTypeObject *base);
int py2abi_type_changed(PyTypeObject *type, PyObject *name, PyObject *value);
int py2abi_type_made(PyTypeObject *type);
int py2abi_type_add_operators(PyTypeObject *type); /* slotdefs.c */
PyTypeObject *py2abi_type_known(HostObject *host);
int py2abi_type_link(PyTypeObject *type, HostObject *host);
int py2abi_instance_fill(PyObject *object, HostObject *host);

/* The link that was asked for last, as long as none has come or gone (mirror.c): an object is
 * mostly asked several things one after another, or the next item. */
extern struct py2abi_last_link {
    const HostObject *host;
    PyObject *guest;
} py2abi_last_link __attribute__((visibility("hidden")));
PyObject *py2abi_link_find(const HostObject *host);

/* What a host object is a proxy or has a mirror of, borrowed, or NULL. */
static inline PyObject *
py2abi_link_guest(const HostObject *host)
{
    return py2abi_last_link.host == host ? py2abi_last_link.guest : py2abi_link_find(host);
}

void py2abi_proxy_put_lifetime(PyTypeObject *type, struct py2abi_defined *defined,
                               HostTypeSpec *spec);
HostObject *py2abi_proxy_backing(PyObject *object);
int py2abi_proxy_hand_over(PyObject *object);
void py2abi_proxy_drop(PyObject *object);
int py2abi_proxy_owns(PyObject *object);
HostObject *py2abi_proxy_hold(PyObject *object);
PyObject *py2abi_proxy_make(PyTypeObject *type, HostObject *args, HostObject *kwargs);
extern struct py2abi_map py2abi_mortal /* objects that py2abi_proxy_entered is to know of */
    __attribute__((visibility("hidden")));
void py2abi_proxy_entered(PyObject *object);
void py2abi_release_last(PyObject *object);

/* Give a reference back where no guest code runs: the object may die, and then its binary's
 * code does.  The host's exception stays what it is. */
static inline void
py2abi_release(PyObject *object)
{
    if (__builtin_expect(Py_REFCNT(object) > 1 && py2abi_mortal.count == 0, 1)) {
        Py_REFCNT(object)--;
    }
    else {
        py2abi_release_last(object);
    }
}

void py2abi_proxy_collect_begin(void);
void py2abi_proxy_collect_end(void);
void py2abi_link_each(void (*function)(PyObject *, HostObject *, void *), void *data);

/* Since 3.8 objects of heap types count their type however they are made; since 3.9 the
 * collector wants to hear of that. */
static inline int
py2abi_types_are_counted(void)
{
    return py2abi_front->host_major > 3 || py2abi_front->host_minor >= 8;
}

static inline int
py2abi_types_are_visited(void)
{
    return py2abi_front->host_major > 3 || py2abi_front->host_minor >= 9;
}

/* Since 3.9 a specification can have buffer slots, and room for weak references. */
static inline int
py2abi_types_have_buffer_slots(void)
{
    return py2abi_front->host_major > 3 || py2abi_front->host_minor >= 9;
}

#endif
