/* graph.c - objects that have each other, and who has one from elsewhere: by counting.  A
 * node whose references all come from nodes is held by nobody else, nor is what only such
 * nodes hold.  The graph has a reference to each node until it is freed, so that none goes
 * while others are looked at or taken apart. */

#include "config.h"
#include "graph.h"
#include "proxy.h"

#include <stdlib.h>

/* Make an object a node; known: how many of its references do not count.  A graph without
 * room fails, which py2abi_graph_solve says. */
void
py2abi_graph_add(struct py2abi_graph *graph, PyObject *object, Py_ssize_t known)
{
    if (graph->failed) {
        return;
    }
    if (graph->most != 0 && graph->count == graph->most) {
        graph->failed = 1;
        return;
    }
    if (graph->count == graph->room) {
        size_t room = graph->room != 0 ? 2 * graph->room : 16;
        struct py2abi_node *grown = realloc(graph->all, room * sizeof *grown);
        if (grown == NULL) {
            graph->failed = 1;
            return;
        }
        graph->all = grown;
        graph->room = room;
    }
    Py_INCREF(object);
    graph->all[graph->count] = (struct py2abi_node){object, -known, 0};
    graph->count++;
    if (py2abi_map_put(&graph->numbers, object, (void *)(uintptr_t)graph->count) < 0) {
        graph->failed = 1;
    }
}

static void
mark(struct py2abi_graph *graph, size_t number)
{
    if (!graph->all[number].is_live) {
        graph->all[number].is_live = 1;
        graph->live[graph->live_count++] = number;
    }
}

static void
follow_marked(struct py2abi_graph *graph)
{
    while (graph->live_count > 0) {
        graph->follow(graph, graph->all[graph->live[--graph->live_count]].object);
    }
}

/* A visitproc: a node that is being followed has a reference to the object. */
int
py2abi_graph_visit(PyObject *object, void *data)
{
    struct py2abi_graph *graph = data;
    if (object == NULL || graph->failed) {
        return 0;
    }
    size_t number = (size_t)(uintptr_t)py2abi_map_get(&graph->numbers, object);
    if (number == 0) {
        if (!graph->is_marking && graph->enters(object)) {
            /* It is followed in its turn. */
            py2abi_graph_add(graph, object, 1);
        }
        return 0;
    }
    if (!graph->is_marking) {
        graph->all[number - 1].others--;
    }
    else {
        mark(graph, number - 1);
    }
    return 0;
}

/* Find out which nodes live: who has a reference from elsewhere, and what it has.  Returns 0,
 * or -1: that is not known. */
int
py2abi_graph_solve(struct py2abi_graph *graph)
{
    for (size_t i = 0; i < graph->count && !graph->failed; i++) {
        PyObject *object = graph->all[i].object;
        graph->all[i].others += Py_REFCNT(object) - 1;
        graph->follow(graph, object);
    }
    if (graph->failed || graph->count == 0
        || (graph->live = malloc(graph->count * sizeof *graph->live)) == NULL) {
        return -1;
    }
    graph->is_marking = 1;
    for (size_t i = 0; i < graph->count; i++) {
        if (graph->all[i].others > 0) {
            mark(graph, i);
        }
    }
    follow_marked(graph);
    return 0;
}

/* In a graph that is solved the first count nodes live from now on, and what they have. */
void
py2abi_graph_keep(struct py2abi_graph *graph, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mark(graph, i);
    }
    follow_marked(graph);
}

/* Have those that do not live let go of what they hold. */
void
py2abi_graph_clear(struct py2abi_graph *graph, void (*clear)(PyObject *object))
{
    for (size_t i = 0; i < graph->count; i++) {
        if (!graph->all[i].is_live) {
            clear(graph->all[i].object);
        }
    }
}

void
py2abi_graph_free(struct py2abi_graph *graph)
{
    for (size_t i = 0; i < graph->count; i++) {
        py2abi_release(graph->all[i].object);
    }
    free(graph->live);
    free(graph->all);
    py2abi_map_free(&graph->numbers);
}
