/* slots.h - what slots.c does for others with objects that the host knows. */

#ifndef PY2ABI_SLOTS_H
#define PY2ABI_SLOTS_H

#include "guest.h"
#include "descr.h" /* builtins27.def names its types too */

int py2abi_slots_is_host(PyObject *object);
int py2abi_slots_is_derived(PyObject *object);
HostObject *py2abi_slots_first_host(PyObject *object);
PyObject *py2abi_slots_text_result(HostObject *text);
PyObject *py2abi_slots_text(PyObject *object);
int py2abi_slots_init(PyObject *object, PyObject *args, PyObject *kwargs);
PyObject *py2abi_slots_descr_get(PyObject *descriptor, PyObject *object, PyObject *type);
int py2abi_slots_descr_set(PyObject *descriptor, PyObject *object, PyObject *value);

/* The types of None and NotImplemented (object.c), which Python 2.7 has no names
 * for. */
extern PyTypeObject py2abi_none_type, py2abi_not_implemented_type;

#endif
