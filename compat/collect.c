/* collect.c - mirrors that only other mirrors have.
 *
 * A mirror owns its host object, so that the host's collector never sees the mirror's part
 * of a cycle: a list that contains itself, a class (which is the first in its own MRO), a
 * dict that remembers what was in it.  They are found here, by counting: a mirror whose
 * references all come from mirrors is held by nobody else, nor is what only those hold.
 *
 * The mirror of a class has references from the instances of that class, too, as Python 2.7's
 * heap types have.  Those that live on the guest's side alone go on account of their proxies:
 * one of these tells the host's collector of the reference that the mirror has to the class.
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

/* An instance of a class that only its proxy has. */
static void
add_instance(PyObject *object, HostObject *proxy, void *graph)
{
    (void)proxy;
    if ((Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_HOST) && py2abi_proxy_owns(object)) {
        py2abi_graph_add(graph, object, 1);
    }
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
        py2abi_graph_visit(own->tp_dict, graph);
        if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) {
            py2abi_graph_visit((PyObject *)type, graph); /* its metatype */
        }
        return;
    }
    if (!(type->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        py2abi_graph_visit((PyObject *)type, graph); /* an instance of a class */
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
    py2abi_type_each(0, add_type, &graph);
    if (py2abi_graph_solve(&graph) == 0) {
        py2abi_graph_clear(&graph, clear);
    }
    py2abi_graph_free(&graph);
    is_running = 0;
}

/* Mirrors of classes -> the instance whose proxy tells of their references, while the
 * host's collector runs. */
static struct py2abi_map tellers;

/* Classes of binaries' metatypes whose mirrors are kept by nothing but mirrors, while the host's
 * collector runs.  Such a mirror has fields, and goes only with the class: the class tells the
 * collector of the reference that the mirror has to it. */
static struct py2abi_map passive;

/* Whether a type is one of those. */
int
py2abi_collect_is_passive(const PyTypeObject *type)
{
    return passive.count != 0 && py2abi_map_get(&passive, type) != NULL;
}

/* The types of a solved graph that do not live. */
static void
put_dead_types(const struct py2abi_graph *graph, struct py2abi_map *dead)
{
    for (size_t i = 0; i < graph->count; i++) {
        PyObject *object = graph->all[i].object;
        if (!graph->all[i].is_live && PyType_Check(object)) {
            py2abi_map_put(dead, object, object);
        }
    }
}

/* The first nodes are instances: have one of each dead class tell. */
static void
choose_instances(const struct py2abi_graph *graph, size_t instances)
{
    struct py2abi_map dead = {NULL, 0, 0};
    put_dead_types(graph, &dead);
    for (size_t i = 0; i < instances && dead.count != 0; i++) {
        PyTypeObject *type = Py_TYPE(graph->all[i].object);
        for (; type != NULL; type = type->tp_base) {
            if (py2abi_map_take(&dead, type) != NULL) {
                py2abi_map_put(&tellers, type, graph->all[i].object);
            }
        }
    }
    py2abi_map_free(&dead);
}

/* Have a class of each passive metatype tell. */
static void
choose_classes(const struct py2abi_graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        PyTypeObject *metatype = Py_TYPE(graph->all[i].object);
        if (py2abi_collect_is_passive((PyTypeObject *)graph->all[i].object)
            && py2abi_collect_is_passive(metatype) && Py_TYPE(metatype) == &PyType_Type
            && py2abi_map_get(&tellers, metatype) == NULL) {
            py2abi_map_put(&tellers, metatype, graph->all[i].object);
        }
    }
}

static void
count_type(PyObject *type, void *count)
{
    *(size_t *)count += Py_TYPE(type) != &PyType_Type;
}

/* Find the classes whose mirrors are kept by nothing but mirrors and instances that only proxies
 * have; and those of binaries' metatypes that have no such instances either. */
static void
find_classes(void)
{
    struct py2abi_graph graph = {.enters = is_tuple, .follow = follow};
    size_t of_metatypes = 0;
    py2abi_type_each(1, count_type, &of_metatypes);
    py2abi_link_each(add_instance, &graph);
    size_t instances = graph.count;
    if (instances != 0 || of_metatypes != 0) {
        py2abi_mirror_each(add_mirror, &graph);
        py2abi_type_each(1, add_type, &graph);
        if (py2abi_graph_solve(&graph) == 0) {
            choose_instances(&graph, instances);
            if (of_metatypes != 0) {
                py2abi_graph_keep(&graph, instances);
                put_dead_types(&graph, &passive);
                choose_classes(&graph);
            }
        }
    }
    py2abi_graph_free(&graph);
}

/* What the proxy of an object is to tell the host's collector beside its own references. */
int
py2abi_collect_visit(PyObject *object, int (*function)(HostObject *, void *), void *data)
{
    int status = 0;
    PyTypeObject *type = tellers.count != 0 ? Py_TYPE(object) : NULL;
    for (; type != NULL && status == 0; type = type->tp_base) {
        if (py2abi_map_get(&tellers, type) == object) {
            HostObject *host = py2abi_type_host(type); /* which it has */
            status = function(host, data);
            host_DECREF(host);
        }
    }
    return status;
}

/* What the guest's types keep for their next objects goes then, as 2.7's collector has it. */
static void
clear_free_lists(void)
{
    PyTuple_ClearFreeList();
    PyInt_ClearFreeList();
    PyFloat_ClearFreeList();
    py2abi_obmalloc_clear();
}

int py2abi_collect_is_running;

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
    int is_full = generation != NULL
                  && host_PyLong_AsLongAndOverflow(generation, &overflow) == FULL;
    py2abi_collect_is_running = phase != NULL && strcmp(phase, "start") == 0;
    if (py2abi_collect_is_running && is_full && !py2abi_finalizing()) {
        collect();
        find_classes();
        py2abi_proxy_collect_begin();
    }
    else if (phase != NULL && strcmp(phase, "stop") == 0) {
        py2abi_functions_sweep();
        py2abi_proxy_collect_end();
        py2abi_map_free(&passive);
        if (is_full) {
            py2abi_gc_collect();
        }
        if (tellers.count != 0) {
            py2abi_map_free(&tellers);
            collect(); /* The instances are gone, and only then the mirrors can go. */
        }
        if (is_full) {
            clear_free_lists();
        }
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
