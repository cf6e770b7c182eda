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
#include "hostcall.h"
#include "map.h"
#include "proxy.h"

#include <stdlib.h>
#include <string.h>

struct node {
    PyObject *mirror;
    Py_ssize_t others; /* references that are not other mirrors' */
    int is_live;
};

struct nodes {
    struct node *all;
    size_t count, room;
    struct py2abi_map numbers; /* mirror -> its number, from 1 */
    int failed;
    size_t *live;              /* numbers of live nodes that are to be followed */
    size_t live_count;
    int is_marking;
};

static void
add_node(PyObject *mirror, void *data)
{
    struct nodes *nodes = data;
    if (nodes->failed) {
        return;
    }
    if (nodes->count == nodes->room) {
        size_t room = nodes->room != 0 ? 2 * nodes->room : 1024;
        struct node *grown = realloc(nodes->all, room * sizeof *grown);
        if (grown == NULL) {
            nodes->failed = 1;
            return;
        }
        nodes->all = grown;
        nodes->room = room;
    }
    nodes->all[nodes->count] = (struct node){mirror, Py_REFCNT(mirror), 0};
    nodes->count++;
    if (py2abi_map_put(&nodes->numbers, mirror, (void *)(uintptr_t)nodes->count) < 0) {
        nodes->failed = 1;
    }
}

/* The table of types has a reference of its own to each. */
static void
add_type(PyObject *type, void *data)
{
    struct nodes *nodes = data;
    add_node(type, data);
    if (!nodes->failed) {
        nodes->all[nodes->count - 1].others--;
    }
}

static int
visit(PyObject *object, void *data)
{
    struct nodes *nodes = data;
    size_t number = object != NULL
                        ? (size_t)(uintptr_t)py2abi_map_get(&nodes->numbers, object)
                        : 0;
    if (number == 0 && object != NULL && !nodes->is_marking && PyTuple_CheckExact(object)) {
        add_node(object, nodes); /* It is looked into in its turn. */
        number = nodes->failed ? 0 : nodes->count;
    }
    if (number == 0) {
        return 0;
    }
    struct node *node = &nodes->all[number - 1];
    if (!nodes->is_marking) {
        node->others--;
    }
    else if (!node->is_live) {
        node->is_live = 1;
        nodes->live[nodes->live_count++] = number - 1;
    }
    return 0;
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
follow(struct nodes *nodes, PyObject *mirror)
{
    PyTypeObject *type = Py_TYPE(mirror);
    if (type == &PyTuple_Type) {
        type->tp_traverse(mirror, visit, nodes);
        return;
    }
    if (PyType_Check(mirror)) {
        const PyTypeObject *own = (PyTypeObject *)mirror;
        visit((PyObject *)own->tp_base, nodes);
        visit(own->tp_bases, nodes);
        visit(own->tp_mro, nodes);
        return;
    }
    py2abi_mirror_visit(mirror, ignore, NULL, visit, nodes);
    if (type->tp_flags & PY2ABI_TPFLAGS_HOST) {
        visit((PyObject *)type, nodes);
    }
    if (type->tp_traverse != NULL && type->tp_dealloc != py2abi_instance_dealloc) {
        type->tp_traverse(mirror, visit, nodes);
    }
}

/* Whoever has a reference from elsewhere lives, and what it has. */
static void
mark(struct nodes *nodes)
{
    nodes->is_marking = 1;
    for (size_t i = 0; i < nodes->count; i++) {
        if (nodes->all[i].others > 0 && !nodes->all[i].is_live) {
            nodes->all[i].is_live = 1;
            nodes->live[nodes->live_count++] = i;
        }
    }
    while (nodes->live_count > 0) {
        follow(nodes, nodes->all[nodes->live[--nodes->live_count]].mirror);
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

static void
free_garbage(struct nodes *nodes)
{
    size_t count = 0;
    for (size_t i = 0; i < nodes->count; i++) {
        if (!nodes->all[i].is_live) {
            nodes->all[count++] = nodes->all[i];
        }
    }
    /* None may go while another is taken apart. */
    for (size_t i = 0; i < count; i++) {
        Py_INCREF(nodes->all[i].mirror);
    }
    for (size_t i = 0; i < count; i++) {
        clear(nodes->all[i].mirror);
    }
    for (size_t i = 0; i < count; i++) {
        Py_DECREF(nodes->all[i].mirror);
    }
}

/* Free the mirrors that only mirrors have.  GIL held; no guest code runs that a mirror's end
 * does not call for. */
static void
collect(void)
{
    static int is_running;
    struct nodes nodes = {.all = NULL};
    if (is_running) {
        return;
    }
    is_running = 1;
    py2abi_mirror_each(add_node, &nodes);
    for (size_t i = 0; i < nodes.count; i++) {
        Py_INCREF(nodes.all[i].mirror);
    }
    for (size_t i = 0; i < nodes.count; i++) {
        py2abi_mirror_sweep(nodes.all[i].mirror);
    }
    for (size_t i = 0; i < nodes.count; i++) {
        Py_DECREF(nodes.all[i].mirror);
    }
    nodes.count = 0;
    py2abi_map_free(&nodes.numbers);
    py2abi_mirror_each(add_node, &nodes);
    py2abi_type_each(add_type, &nodes);
    for (size_t i = 0; i < nodes.count && !nodes.failed; i++) {
        follow(&nodes, nodes.all[i].mirror);
    }
    nodes.live = !nodes.failed && nodes.count != 0 ? malloc(nodes.count * sizeof *nodes.live)
                                                   : NULL;
    if (nodes.live != NULL) {
        mark(&nodes);
        free_garbage(&nodes);
    }
    free(nodes.live);
    free(nodes.all);
    py2abi_map_free(&nodes.numbers);
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
