/* collect.h - what mirrors own of each other. */

#ifndef PY2ABI_COLLECT_H
#define PY2ABI_COLLECT_H

#include "graph.h"

int py2abi_collect_begin(void);
extern int py2abi_collect_is_running; /* the host's collector */
void py2abi_gc_collect(void);     /* gcmodule.c */
void py2abi_functions_sweep(void); /* methodobject.c */
void py2abi_obmalloc_begin(void); /* obmalloc.c */
void py2abi_obmalloc_clear(void);

/* Of objects that only guests have (proxy.c), and of what refers to them weakly
 * (weakrefobject.c). */
int py2abi_object_is_inner(PyObject *object);
void py2abi_object_follow(struct py2abi_graph *graph, PyObject *object);
void py2abi_object_clear(PyObject *object);
void py2abi_weakrefs_detach(PyObject *object, PyObject *told);
void py2abi_weakrefs_tell(PyObject *told);
int py2abi_collect_is_passive(const PyTypeObject *type);
int py2abi_collect_visit(PyObject *object, int (*function)(HostObject *, void *), void *data);

/* Each mirror that there is; each mirror of a class. */
void py2abi_mirror_each(void (*function)(PyObject *mirror, void *data), void *data);
void py2abi_type_each(int of_metatypes, void (*function)(PyObject *type, void *data), void *data);
void py2abi_mirror_sweep(PyObject *mirror);
void py2abi_type_forget(PyTypeObject *type);

#endif
