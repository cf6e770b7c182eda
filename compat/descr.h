/* descr.h - descriptors: what the tables and slots of types become as attributes. */

#ifndef PY2ABI_COMPAT_DESCR_H
#define PY2ABI_COMPAT_DESCR_H

#include "guest.h"

/* Python 2.7 has no names for them. */
extern PyTypeObject py2abi_method_descr_type, py2abi_classmethod_descr_type, py2abi_wrapper_type;

int py2abi_descr_fill(PyObject *mirror, HostObject *host);
HostObject *py2abi_wrapper_host(PyObject *object);
int py2abi_holder_is(const PyTypeObject *native);
HostObject *py2abi_holder_args(PyObject *object);
int py2abi_holder_fill(PyObject *object, HostObject *proxy);

#endif
