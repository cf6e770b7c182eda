/* collect.h - what mirrors own of each other. */

#ifndef PY2ABI_COLLECT_H
#define PY2ABI_COLLECT_H

#include "guest.h"

int py2abi_collect_begin(void);
int py2abi_collect_visit(PyObject *object, int (*function)(HostObject *, void *), void *data);

/* Each mirror that there is; each mirror of a class. */
void py2abi_mirror_each(void (*function)(PyObject *mirror, void *data), void *data);
void py2abi_type_each(void (*function)(PyObject *type, void *data), void *data);
void py2abi_mirror_sweep(PyObject *mirror);
void py2abi_type_forget(PyTypeObject *type);

#endif
