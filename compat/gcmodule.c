/* gcmodule.c - memory for containers: a block with the collector's head.
 *
 * Guests read and write that head inline, so it is there and says what is
 * tracked.  Nothing is collected by it. */

#include "config.h"
#include "check.h"
#include "guest.h"

#include <stdlib.h>

/* What inlined tracking links an object into. */
static PyGC_Head generation = {{&generation, &generation, 0}};
PyGC_Head *_PyGC_generation0 = &generation;

static PyGC_Head *
head_of(void *object)
{
    return (PyGC_Head *)object - 1;
}

PyObject *
_PyObject_GC_Malloc(size_t size)
{
    PyGC_Head *head = size <= PY_SSIZE_T_MAX - sizeof *head ? malloc(sizeof *head + size) : NULL;
    if (head == NULL) {
        return PyErr_NoMemory();
    }
    head->gc.gc_next = head->gc.gc_prev = NULL;
    head->gc.gc_refs = _PyGC_REFS_UNTRACKED;
    return (PyObject *)(void *)(head + 1);
}

PyObject *
_PyObject_GC_New(PyTypeObject *type)
{
    PyObject *object = _PyObject_GC_Malloc(_PyObject_SIZE(type));
    return object != NULL ? PyObject_INIT(object, type) : NULL;
}

PyVarObject *
_PyObject_GC_NewVar(PyTypeObject *type, Py_ssize_t count)
{
    PyVarObject *object = (PyVarObject *)_PyObject_GC_Malloc(_PyObject_VAR_SIZE(type, count));
    return object != NULL ? PyObject_INIT_VAR(object, type, count) : NULL;
}

PyVarObject *
_PyObject_GC_Resize(PyVarObject *object, Py_ssize_t count)
{
    size_t size = _PyObject_VAR_SIZE(Py_TYPE(object), count);
    PyGC_Head *head = size <= PY_SSIZE_T_MAX - sizeof *head
                          ? realloc(head_of(object), sizeof *head + size)
                          : NULL;
    if (head == NULL) {
        return (PyVarObject *)PyErr_NoMemory();
    }
    object = (PyVarObject *)(void *)(head + 1);
    Py_SIZE(object) = count;
    return object;
}

void
PyObject_GC_Track(void *object)
{
    head_of(object)->gc.gc_refs = _PyGC_REFS_REACHABLE;
}

/* An object that inlined code has tracked lies in the list. */
void
PyObject_GC_UnTrack(void *object)
{
    PyGC_Head *head = head_of(object);
    if (head->gc.gc_refs != _PyGC_REFS_UNTRACKED && head->gc.gc_next != NULL) {
        head->gc.gc_prev->gc.gc_next = head->gc.gc_next;
        head->gc.gc_next->gc.gc_prev = head->gc.gc_prev;
        head->gc.gc_next = NULL;
    }
    head->gc.gc_refs = _PyGC_REFS_UNTRACKED;
}

void
_PyObject_GC_Track(PyObject *object)
{
    PyObject_GC_Track(object);
}

void
_PyObject_GC_UnTrack(PyObject *object)
{
    PyObject_GC_UnTrack(object);
}

void
PyObject_GC_Del(void *object)
{
    PyObject_GC_UnTrack(object);
    if (py2abi_checking) {
        py2abi_free_late(head_of(object), object);
        return;
    }
    free(head_of(object));
}

void
_PyObject_GC_Del(PyObject *object)
{
    PyObject_GC_Del(object);
}

/* The host's collector does the work; guests only want it done. */
Py_ssize_t
PyGC_Collect(void)
{
    return host_PyGC_Collect();
}
