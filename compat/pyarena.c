/* pyarena.c - memory that goes all at once, with the objects that belong to it. */

#include "config.h"
#include "guest.h"

#include <stdlib.h>

struct block {
    struct block *next;
    long double memory[]; /* aligned for anything */
};

struct _arena {
    struct block *blocks;
    PyObject *objects; /* a list */
};

/* A new arena, or NULL with MemoryError. */
PyArena *
PyArena_New(void)
{
    PyArena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) {
        return (PyArena *)(void *)PyErr_NoMemory();
    }
    arena->objects = PyList_New(0);
    if (arena->objects == NULL) {
        free(arena);
        return NULL;
    }
    return arena;
}

void
PyArena_Free(PyArena *arena)
{
    while (arena->blocks != NULL) {
        struct block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
    Py_DECREF(arena->objects);
    free(arena);
}

/* Memory that is freed with the arena, or NULL with MemoryError. */
void *
PyArena_Malloc(PyArena *arena, size_t size)
{
    struct block *block = size <= PY_SSIZE_T_MAX - sizeof *block ? malloc(sizeof *block + size)
                                                                 : NULL;
    if (block == NULL) {
        return PyErr_NoMemory();
    }
    block->next = arena->blocks;
    arena->blocks = block;
    return block->memory;
}

/* Have an object go with the arena.  The reference is taken over, unless it fails: -1. */
int
PyArena_AddPyObject(PyArena *arena, PyObject *object)
{
    int status = PyList_Append(arena->objects, object);
    if (status == 0) {
        Py_DECREF(object);
    }
    return status;
}
