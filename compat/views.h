/* views.h - the memory of host objects, for binaries of the old buffer protocol. */

#ifndef PY2ABI_VIEWS_H
#define PY2ABI_VIEWS_H

#include "guest.h"

/* What a host object offered in Python 2.7, where some argument formats refused
 * what others took. */
enum py2abi_view_kind {
    PY2ABI_VIEW_PINNED,      /* bytearray: the old formats do not take what can be resized */
    PY2ABI_VIEW_NEW,         /* memoryview: only the new protocol */
    PY2ABI_VIEW_OLD,         /* mmap: only the old one */
    PY2ABI_VIEW_OLD_DATA,    /* array: the same, and no text */
    PY2ABI_VIEW_DATA,        /* ctypes: both, and no text */
    PY2ABI_VIEW_ANY,         /* anything else */
};

/* What the functions below return for an object that gives no memory: the
 * exception is up to the caller. */
#define PY2ABI_VIEW_NONE (-2)

/* Of a type: py2abi_view_fill has seen an instance. */
#define PY2ABI_TPFLAGS_VIEWED (1L << 50)

int py2abi_view_is_host(PyObject *object);
enum py2abi_view_kind py2abi_view_kind(PyObject *mirror);
int py2abi_view_get(PyObject *mirror, Py_buffer *view, int flags);
void py2abi_view_close(Py_buffer *view);
Py_ssize_t py2abi_view_keep(PyObject *mirror, int flags, void **memory);
int py2abi_view_refused(PyObject *mirror, int status);
void py2abi_view_fill(PyTypeObject *type, PyObject *mirror);
const PyBufferProcs *py2abi_view_native(PyObject *object);

void py2abi_memoryview_fill(PyObject *mirror); /* memoryobject.c */
HostObject *py2abi_memoryview_host(PyObject *object);

#endif
