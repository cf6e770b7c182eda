/* collect.c - mirrors that only other mirrors have.
 *
 * A mirror owns its host object, so that the host's collector never sees the mirror's part
 * of a cycle: a list that contains itself, a class (which is the first in its own MRO), a
 * dict that remembers what was in it.  They are found here, by counting: a mirror whose
 * references all come from mirrors is held by nobody else, nor is what only those hold.
 *
 * The host's collector says when: before each of its full collections. */

#include "config.h"
#include "collect.h"
#include "graph.h"
#include "hostcall.h"
#include "proxy.h"

#include <string.h>

static void
add_mirror(PyObject *mirror, void *graph)
{
    py2abi_graph_add(graph, mirror, 0);
}

/* The table of types has a reference of its own to each. */
static void
add_type(PyObject *type, void *graph)
{
    py2abi_graph_add(graph, type, 1);
}

/* A tuple that mirrors have. */
static int
is_tuple(PyObject *object)
{
    return PyTuple_CheckExact(object);
}

static int
ignore(HostObject *object, void *data)
{
    (void)object;
    (void)data;
    return 0;
}

/* All references that a mirror, or a tuple that one has, owns. */
static void
follow(struct py2abi_graph *graph, PyObject *mirror)
{
    PyTypeObject *type = Py_TYPE(mirror);
    if (type == &PyTuple_Type) {
        type->tp_traverse(mirror, py2abi_graph_visit, graph);
        return;
    }
    if (PyType_Check(mirror)) {
        const PyTypeObject *own = (PyTypeObject *)mirror;
        py2abi_graph_visit((PyObject *)own->tp_base, graph);
        py2abi_graph_visit(own->tp_bases, graph);
        py2abi_graph_visit(own->tp_mro, graph);
        return;
    }
    py2abi_mirror_visit(mirror, ignore, NULL, py2abi_graph_visit, graph);
    if (type->tp_flags & PY2ABI_TPFLAGS_HOST) {
        py2abi_graph_visit((PyObject *)type, graph);
    }
    if (type->tp_traverse != NULL && type->tp_dealloc != py2abi_instance_dealloc) {
        type->tp_traverse(mirror, py2abi_graph_visit, graph);
    }
}

static void
clear(PyObject *mirror)
{
    if (PyTuple_CheckExact(mirror)) {
        return; /* It goes with those that have it. */
    }
    if (PyType_Check(mirror)) {
        py2abi_type_forget((PyTypeObject *)mirror);
        return;
    }
    if (PyList_Check(mirror)) {
        py2abi_list_release(mirror);
    }
    py2abi_mirror_forget_all(mirror);
}

/* Free the mirrors that only mirrors have.  GIL held; no guest code runs that a mirror's end
 * does not call for. */
static void
collect(void)
{
    static int is_running;
    struct py2abi_graph graph = {.enters = is_tuple, .follow = follow};
    if (is_running) {
        return;
    }
    is_running = 1;
    py2abi_mirror_each(add_mirror, &graph);
    for (size_t i = 0; i < graph.count; i++) {
        py2abi_mirror_sweep(graph.all[i].object);
    }
    py2abi_type_each(add_type, &graph);
    if (py2abi_graph_solve(&graph) == 0) {
        py2abi_graph_clear(&graph, clear);
    }
    py2abi_graph_free(&graph);
    is_running = 0;
}

/* gc.callbacks: (phase, info). */
static HostObject *
called(HostObject *self, HostObject *args)
{
    enum { FULL = 2 };
    HostObject *type, *value, *traceback;
    (void)self;
    host_PyErr_Fetch(&type, &value, &traceback);
    const char *phase = host_PyUnicode_AsUTF8AndSize(host_PyTuple_GetItem(args, 0), NULL);
    HostObject *generation = host_PyDict_GetItemString(host_PyTuple_GetItem(args, 1),
                                                       "generation");
    int overflow;
    if (phase != NULL && strcmp(phase, "start") == 0 && generation != NULL
        && host_PyLong_AsLongAndOverflow(generation, &overflow) == FULL && !py2abi_finalizing()) {
        collect();
        py2abi_proxy_collect_begin();
    }
    else if (phase != NULL && strcmp(phase, "stop") == 0) {
        py2abi_proxy_collect_end();
    }
    host_PyErr_Clear();
    host_PyErr_Restore(type, value, traceback);
    return py2abi_hostcall_none();
}

/* Have the host's collector call us.  Returns 0, or -1 with a host exception.  Once. */
int
py2abi_collect_begin(void)
{
    static HostMethodDef definition = {"collect", (void *)called, METH_VARARGS, NULL};
    HostObject *callbacks = py2abi_hostcall_import("gc", "callbacks");
    HostObject *result = NULL;
    if (callbacks != NULL) {
        result = py2abi_hostcall_method(callbacks, "append", 1,
                                        host_PyCFunction_NewEx(&definition, NULL, NULL));
        host_DECREF(callbacks);
    }
    host_XDECREF(result);
    return result != NULL ? 0 : -1;
}
