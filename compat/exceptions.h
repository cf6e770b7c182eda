/* exceptions.h - what is in both of an exception, the host's and the guest's structure. */

#ifndef PY2ABI_EXCEPTIONS_H
#define PY2ABI_EXCEPTIONS_H

#include "guest.h"

int py2abi_exception_fill(PyObject *exception, HostObject *host);
int py2abi_exception_pull(PyObject *exception, HostObject *host);
int py2abi_exception_push(PyObject *exception, HostObject *host);
void py2abi_exception_forget(PyObject *exception);
int py2abi_exception_visit(PyObject *exception, int (*on_host)(HostObject *, void *), void *data);
int py2abi_exception_traverse(PyObject *exception, visitproc visit, void *arg);
int py2abi_exception_clear(PyObject *exception);

/* Whether Python 3 can raise exceptions of what a binary has raised. */
static inline int
py2abi_exception_can_cross(PyObject *type)
{
    return PyType_Check(type) && (((PyTypeObject *)type)->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS);
}
void py2abi_exception_refuse(PyObject *type, PyObject *value, PyObject *traceback);
int py2abi_exception_recall(HostObject *value);

#endif
