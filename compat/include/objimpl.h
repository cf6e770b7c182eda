/* objimpl.h - memory that holds objects, and the cyclic garbage collector. */

#include "Python.h"

#ifndef PY2ABI_27_OBJIMPL_H
#define PY2ABI_27_OBJIMPL_H

#define PyObject_MALLOC PyObject_Malloc
#define PyObject_REALLOC PyObject_Realloc
#define PyObject_FREE PyObject_Free
#define PyObject_Del PyObject_Free
#define PyObject_DEL PyObject_FREE

#define PyObject_New(type, typeobj) ((type *)_PyObject_New(typeobj))
#define PyObject_NewVar(type, typeobj, n) ((type *)_PyObject_NewVar((typeobj), (n)))

#define PyObject_INIT(op, typeobj) (Py_TYPE(op) = (typeobj), _Py_NewReference(op), (op))
#define PyObject_INIT_VAR(op, typeobj, n) (Py_SIZE(op) = (n), PyObject_INIT(op, typeobj))

/* The size with n items is rounded up to whole pointers. */
#define _PyObject_SIZE(typeobj) ((typeobj)->tp_basicsize)
#define _PyObject_VAR_SIZE(typeobj, n) \
    ((size_t)(((typeobj)->tp_basicsize + (n) * (typeobj)->tp_itemsize + SIZEOF_VOID_P - 1) \
              / SIZEOF_VOID_P * SIZEOF_VOID_P))
#define PyObject_NEW(type, typeobj) \
    ((type *)PyObject_Init((PyObject *)PyObject_MALLOC(_PyObject_SIZE(typeobj)), (typeobj)))
#define PyObject_NEW_VAR(type, typeobj, n) \
    ((type *)PyObject_InitVar( \
        (PyVarObject *)PyObject_MALLOC(_PyObject_VAR_SIZE(typeobj, n)), (typeobj), (n)))

/* ---- Garbage collection ---- */

/* Stands before each object that the collector knows.  It has the size that it
 * would have with a long double in it, but not the alignment. */
union py2abi_aligned_gc_head {
    struct {
        void *gc_next, *gc_prev;
        Py_ssize_t gc_refs;
    } gc;
    long double dummy;
};
typedef union _gc_head {
    struct {
        union _gc_head *gc_next;
        union _gc_head *gc_prev;
        Py_ssize_t gc_refs;
    } gc;
    double dummy;
    char dummy_padding[sizeof(union py2abi_aligned_gc_head)];
} PyGC_Head;

#define _PyGC_REFS_UNTRACKED (-2)
#define _PyGC_REFS_REACHABLE (-3)
#define _PyGC_REFS_TENTATIVELY_UNREACHABLE (-4)
#define _Py_AS_GC(op) (PY2ABI_AS(PyGC_Head, op) - 1)

#define PyType_IS_GC(type) PyType_HasFeature((type), Py_TPFLAGS_HAVE_GC)
#define PyObject_IS_GC(op) \
    (PyType_IS_GC(Py_TYPE(op)) && (Py_TYPE(op)->tp_is_gc == NULL || Py_TYPE(op)->tp_is_gc(op)))
#define _PyObject_GC_IS_TRACKED(op) (_Py_AS_GC(op)->gc.gc_refs != _PyGC_REFS_UNTRACKED)
#define _PyObject_GC_MAY_BE_TRACKED(op) \
    (PyObject_IS_GC(op) && (!PyTuple_CheckExact(op) || _PyObject_GC_IS_TRACKED(op)))

/* In and out of the ring of the youngest objects.  The semicolon at the end is
 * part of the macros, as sources rely on it. */
#define _PyObject_GC_TRACK(op) \
    do { \
        PyGC_Head *py2abi_head = _Py_AS_GC(op); \
        if (py2abi_head->gc.gc_refs != _PyGC_REFS_UNTRACKED) { \
            Py_FatalError("GC object already tracked"); \
        } \
        py2abi_head->gc.gc_refs = _PyGC_REFS_REACHABLE; \
        py2abi_head->gc.gc_prev = _PyGC_generation0->gc.gc_prev; \
        py2abi_head->gc.gc_next = _PyGC_generation0; \
        py2abi_head->gc.gc_prev->gc.gc_next = py2abi_head; \
        _PyGC_generation0->gc.gc_prev = py2abi_head; \
    } while (0);
#define _PyObject_GC_UNTRACK(op) \
    do { \
        PyGC_Head *py2abi_head = _Py_AS_GC(op); \
        assert(py2abi_head->gc.gc_refs != _PyGC_REFS_UNTRACKED); \
        py2abi_head->gc.gc_next->gc.gc_prev = py2abi_head->gc.gc_prev; \
        py2abi_head->gc.gc_prev->gc.gc_next = py2abi_head->gc.gc_next; \
        py2abi_head->gc.gc_refs = _PyGC_REFS_UNTRACKED; \
        py2abi_head->gc.gc_next = NULL; \
    } while (0);

#define PyObject_GC_New(type, typeobj) ((type *)_PyObject_GC_New(typeobj))
#define PyObject_GC_NewVar(type, typeobj, n) ((type *)_PyObject_GC_NewVar((typeobj), (n)))
#define PyObject_GC_Resize(type, op, n) \
    ((type *)_PyObject_GC_Resize(PY2ABI_AS(PyVarObject, op), (n)))

/* For a tp_traverse whose other parameters are called visit and arg. */
#define Py_VISIT(op) \
    do { \
        if ((op) != NULL) { \
            int py2abi_status = visit(PY2ABI_AS(PyObject, op), arg); \
            if (py2abi_status != 0) { \
                return py2abi_status; \
            } \
        } \
    } while (0)

/* Of Python 2.1 and earlier, without effect since. */
#define PyGC_HEAD_SIZE 0
#define PyObject_GC_Init(op)
#define PyObject_GC_Fini(op)
#define PyObject_AS_GC(op) (op)
#define PyObject_FROM_GC(op) (op)

#define PyType_SUPPORTS_WEAKREFS(type) \
    (PyType_HasFeature((type), Py_TPFLAGS_HAVE_WEAKREFS) && (type)->tp_weaklistoffset > 0)
#define PyObject_GET_WEAKREFS_LISTPTR(op) \
    ((PyObject **)((char *)(op) + Py_TYPE(op)->tp_weaklistoffset))

#endif
