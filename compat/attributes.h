/* attributes.h - what attributes.c does with the attributes of objects that the host knows. */

#ifndef PY2ABI_ATTRIBUTES_H
#define PY2ABI_ATTRIBUTES_H

#include "guest.h"
#include "descr.h" /* attributes27.def names its types too */

int py2abi_attribute_is_text(const char *name);
PyObject *py2abi_attribute_get(PyObject *object, PyObject *name);
int py2abi_attribute_set(PyObject *object, PyObject *name, PyObject *value);

/* An attribute of what stands for object on the host, which get (PyObject_GetAttr or the like)
 * finds.  Returns a new reference, or NULL with a guest exception. */
PyObject *py2abi_attribute_of_host(PyObject *object, PyObject *name,
                                   HostObject *(*get)(HostObject *, HostObject *));

/* What a type's tables have, of types that have no dictionary: the static ones, and those
 * that were never made ready. */
struct py2abi_attribute_entry {
    PyMethodDef *method;
    PyMemberDef *member;
    PyGetSetDef *getset;
};

/* The type whose tables have the name: this one or one that it is derived from, or NULL. */
PyTypeObject *py2abi_attribute_find(PyTypeObject *type, PyObject *name,
                                    struct py2abi_attribute_entry *entry);

/* What was found as a descriptor: a new reference, or NULL with a guest exception. */
PyObject *py2abi_attribute_describe(PyTypeObject *type,
                                    const struct py2abi_attribute_entry *entry);

#endif
