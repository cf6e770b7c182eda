/* graph.h - objects that have each other, and who has one from elsewhere. */

#ifndef PY2ABI_GRAPH_H
#define PY2ABI_GRAPH_H

#include "guest.h"
#include "map.h"

struct py2abi_graph {
    struct py2abi_node {
        PyObject *object;
        Py_ssize_t others;         /* references that no node has, nor the graph */
        int is_live;
    } *all;
    size_t count, room;
    size_t most;                   /* how many nodes there may be; 0: any number */
    int failed;                    /* there would be more, or no memory is left */
    /* Whether an object that is met becomes a node; all references that a node owns are
     * given to py2abi_graph_visit. */
    int (*enters)(PyObject *object);
    void (*follow)(struct py2abi_graph *graph, PyObject *object);
    struct py2abi_map numbers;     /* object -> its number, from 1 */
    size_t *live;                  /* numbers of live nodes that are to be followed */
    size_t live_count;
    int is_marking;
};

void py2abi_graph_add(struct py2abi_graph *graph, PyObject *object, Py_ssize_t known);
int py2abi_graph_visit(PyObject *object, void *graph);
int py2abi_graph_solve(struct py2abi_graph *graph);
void py2abi_graph_keep(struct py2abi_graph *graph, size_t count);
void py2abi_graph_clear(struct py2abi_graph *graph, void (*clear)(PyObject *object));
void py2abi_graph_free(struct py2abi_graph *graph);

#endif
