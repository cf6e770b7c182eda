/* proxyslots.h - the C functions that the host types of proxytype.c are made of. */

#ifndef PY2ABI_PROXYSLOTS_H
#define PY2ABI_PROXYSLOTS_H

#include "guest.h"
#include "hosttype.h"
#include "slotplace.h"

/* A row of slots27.def. */
struct py2abi_proxy_slot {
    const struct py2abi_slot_place *place; /* in the guest's type */
    void *function;                        /* for the host's slot of that number, if not 0 */
    const char *slot;
    int number;
    int is_operator; /* takes either operand first */
};

enum {
#define SLOT27(group, slot, ...) PY2ABI_PROXY_##slot,
#include "slots27.def"
#undef SLOT27
    PY2ABI_PROXY_SLOTS,
};
extern const struct py2abi_proxy_slot py2abi_proxy_slots[PY2ABI_PROXY_SLOTS];

/* Of slots that follow rules of their own. */
HostObject *py2abi_proxy_get_attribute(HostObject *self, HostObject *name);
int py2abi_proxy_set_attribute(HostObject *self, HostObject *name, HostObject *value);
HostObject *py2abi_proxy_subscript(HostObject *self, HostObject *key);
int py2abi_proxy_assign_subscript(HostObject *self, HostObject *key, HostObject *value);
HostObject *py2abi_proxy_compare(HostObject *self, HostObject *other, int operator);
HostObject *py2abi_proxy_construct(HostObject *host_type, HostObject *args, HostObject *kwargs);
int py2abi_proxy_get_buffer(HostObject *self, HostBuffer *view, int flags);
void py2abi_proxy_release_buffer(HostObject *self, HostBuffer *view);

/* Of types derived from an exception, and from property and the like. */
HostObject *py2abi_proxy_exception_get(HostObject *self, HostObject *name);
int py2abi_proxy_exception_set(HostObject *self, HostObject *name, HostObject *value);
HostObject *py2abi_proxy_exception_str(HostObject *self);
HostObject *py2abi_proxy_exception_repr(HostObject *self);
int py2abi_proxy_exception_init(HostObject *self, HostObject *args, HostObject *kwargs);
int py2abi_proxy_holder_init(HostObject *self, HostObject *args, HostObject *kwargs);

/* The C function for a method, or NULL with a host exception. */
void *py2abi_proxy_method(PyTypeObject *type, PyMethodDef *definition);
HostObject *py2abi_proxy_oct(HostObject *self, HostObject *unused);
HostObject *py2abi_proxy_hex(HostObject *self, HostObject *unused);
HostObject *py2abi_proxy_get_state(HostObject *self, HostObject *unused);

/* A member or a getset of a type: the closure of the two functions. */
struct py2abi_proxy_attribute {
    PyTypeObject *type;
    PyMemberDef *member; /* NULL: it is a getset */
    PyGetSetDef *getset;
};
HostObject *py2abi_proxy_get_described(HostObject *self, void *closure);
int py2abi_proxy_set_described(HostObject *self, HostObject *value, void *closure);

#endif
