/* gcmodule.c - memory for containers: a block with the collector's head; and cycles of objects
 * that only guests have.
 *
 * What is tracked lies in one list, which inlined code extends.  Objects that Python 3 has, too,
 * have proxies, and are its collector's (proxy.c).  The others are looked at when that has done
 * a full collection, and when so many were made as 2.7's collector would have waited for: those
 * whose references all come from each other are cleared, as 2.7 does it.  Types without
 * Py_TPFLAGS_HAVE_GC, tp_traverse or tp_clear are not collected, there as here. */

#include "config.h"
#include "collect.h"
#include "check.h"
#include "crossing.h"
#include "frames.h"
#include "graph.h"
#include "hostcall.h"
#include "proxy.h"

#include <stdlib.h>

/* What is tracked. */
static PyGC_Head generation = {{&generation, &generation, 0}};
PyGC_Head *_PyGC_generation0 = &generation;

enum { FEW = 10000 };
static Py_ssize_t made;         /* since the last collection, less those that went */
static Py_ssize_t enough = FEW; /* how many make a collection worth while */

static PyGC_Head *
head_of(void *object)
{
    return (PyGC_Head *)object - 1;
}

static void
link_head(PyGC_Head *head)
{
    head->gc.gc_next = &generation;
    head->gc.gc_prev = generation.gc.gc_prev;
    generation.gc.gc_prev->gc.gc_next = head;
    generation.gc.gc_prev = head;
}

static void
unlink_head(PyGC_Head *head)
{
    head->gc.gc_prev->gc.gc_next = head->gc.gc_next;
    head->gc.gc_next->gc.gc_prev = head->gc.gc_prev;
    head->gc.gc_next = NULL;
}

/* ---- Collecting ---- */

static void
collect(struct py2abi_graph *graph)
{
    struct py2abi_frame frame;
    HostObject *type, *value, *traceback;
    host_PyErr_Fetch(&type, &value, &traceback);
    if (py2abi_frame_enter(&frame, NULL, NULL, NULL) == 0) {
        PyObject *told = PyList_New(0);
        for (size_t i = 0; told != NULL && i < graph->count; i++) {
            if (!graph->all[i].is_live) {
                py2abi_weakrefs_detach(graph->all[i].object, told);
            }
        }
        py2abi_graph_clear(graph, py2abi_object_clear);
        if (told != NULL) {
            py2abi_weakrefs_tell(told);
        }
        PyErr_Clear();
        py2abi_frame_leave(&frame);
    }
    host_PyErr_Clear();
    host_PyErr_Restore(type, value, traceback);
}

/* Free the objects without proxies that only such objects have.  GIL held; binaries' tp_traverse,
 * tp_clear and deallocators run. */
void
py2abi_gc_collect(void)
{
    static int is_running;
    struct py2abi_graph graph = {.enters = py2abi_object_is_inner, .follow = py2abi_object_follow};
    size_t count = 0;
    if (is_running || py2abi_finalizing() || !py2abi_frame_possible()) {
        return;
    }
    is_running = 1;
    for (PyGC_Head *head = generation.gc.gc_next; head != &generation; head = head->gc.gc_next) {
        PyObject *object = (PyObject *)(void *)(head + 1);
        count++;
        if (py2abi_object_is_inner(object)) {
            py2abi_graph_add(&graph, object, 0);
        }
    }
    if (py2abi_graph_solve(&graph) == 0) {
        for (size_t i = 0; i < graph.count; i++) {
            if (!graph.all[i].is_live) {
                collect(&graph);
                break;
            }
        }
    }
    py2abi_graph_free(&graph);
    made = 0;
    enough = FEW + (Py_ssize_t)(count / 4);
    is_running = 0;
}

/* Many objects were made: 2.7 would collect now, unless it is told not to. */
static void
collect_many(void)
{
    HostObject *type, *value, *traceback;
    made = 0;
    if (!py2abi_frame_possible()) {
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    long is_enabled = py2abi_hostcall_long(
        py2abi_hostcall(py2abi_hostcall_import("gc", "isenabled"), 0), 0);
    host_PyErr_Restore(type, value, traceback);
    if (is_enabled) {
        py2abi_gc_collect();
    }
}

/* ---- Memory ---- */

PyObject *
_PyObject_GC_Malloc(size_t size)
{
    if (++made > enough) {
        collect_many();
    }
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
    int is_linked = head_of(object)->gc.gc_next != NULL;
    if (is_linked) {
        unlink_head(head_of(object));
    }
    PyGC_Head *head = size <= PY_SSIZE_T_MAX - sizeof *head
                          ? realloc(head_of(object), sizeof *head + size)
                          : NULL;
    if (is_linked) {
        link_head(head != NULL ? head : head_of(object));
    }
    if (head == NULL) {
        return (PyVarObject *)PyErr_NoMemory();
    }
    object = (PyVarObject *)(void *)(head + 1);
    Py_SIZE(object) = count;
    return object;
}

/* Mirrors are not in the list: they are the host's. */
void
PyObject_GC_Track(void *object)
{
    PyGC_Head *head = head_of(object);
    head->gc.gc_refs = _PyGC_REFS_REACHABLE;
    if (head->gc.gc_next == NULL
        && !(Py_TYPE((PyObject *)object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        link_head(head);
    }
}

void
PyObject_GC_UnTrack(void *object)
{
    PyGC_Head *head = head_of(object);
    if (head->gc.gc_next != NULL) {
        unlink_head(head);
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
    made -= made > 0;
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
