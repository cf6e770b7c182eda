/* weakrefobject.h - weak references, in a list that the referent holds. */

#include "Python.h"

#ifndef PY2ABI_27_WEAKREFOBJECT_H
#define PY2ABI_27_WEAKREFOBJECT_H

typedef struct _PyWeakReference PyWeakReference;
struct _PyWeakReference {
    PyObject_HEAD
    PyObject *wr_object;
    PyObject *wr_callback;
    long hash;
    PyWeakReference *wr_prev;
    PyWeakReference *wr_next;
};

#define PyWeakref_CheckRef(op) PyObject_TypeCheck(op, &_PyWeakref_RefType)
#define PyWeakref_CheckRefExact(op) PY2ABI_IS(op, _PyWeakref_RefType)
#define PyWeakref_CheckProxy(op) \
    (PY2ABI_IS(op, _PyWeakref_ProxyType) || PY2ABI_IS(op, _PyWeakref_CallableProxyType))
#define PyWeakref_Check(op) (PyWeakref_CheckRef(op) || PyWeakref_CheckProxy(op))

/* None also while the referent is being deallocated. */
#define PY2ABI_REFERENT(op) (PY2ABI_AS(PyWeakReference, op)->wr_object)
#define PyWeakref_GET_OBJECT(op) \
    (Py_REFCNT(PY2ABI_REFERENT(op)) > 0 ? PY2ABI_REFERENT(op) : Py_None)

#endif
