/* pool.h - memory that is kept for what comes next (obmalloc.c): large blocks, and that of
 * ints and floats, which come and go by the thousand. */

#ifndef PY2ABI_COMPAT_POOL_H
#define PY2ABI_COMPAT_POOL_H

#include "guest.h"

enum { PY2ABI_LARGE = 64 << 10 }; /* bytes, from which on a block is kept as a large one */
void *py2abi_large_take(size_t size);
void py2abi_obmalloc_free(void *block);

/* A block of so many bytes, as of PyObject_Malloc's; or NULL.  GIL held. */
static inline void *
py2abi_large_malloc(size_t size)
{
    void *block = size >= PY2ABI_LARGE ? py2abi_large_take(size) : NULL;
    return block != NULL ? block : PyObject_Malloc(size);
}

#pragma GCC visibility push(hidden)

/* Ints and floats that are free, which have the same size, are linked by ob_type, and have the
 * reference count 0. */
extern PyObject *py2abi_pool_spare;

/* Where they lie.  The numbers of a list that came from the host are one block, a run: they are
 * neither taken one by one nor given back, if none outlives the list. */
struct py2abi_block {
    struct py2abi_block *next, **link; /* what points here */
    size_t count;
    int is_run;                        /* somebody looks into it */
    Py_ssize_t used;                   /* only while the pool is cleared */
    PyIntObject numbers[];             /* or floats */
};

/* The ints that exist once, and are in no pool. */
enum { PY2ABI_SMALL_MIN = -5, PY2ABI_SMALL_COUNT = 262 };

/* Whether what is gone is kept: py2abi_pools_begin. */
extern int py2abi_pools_keep;

void py2abi_pools_begin(void);
PyObject *py2abi_pool_grow(void);
int py2abi_pool_clear(const PyTypeObject *type);
struct py2abi_block *py2abi_block_new(size_t count);
void py2abi_block_enter(struct py2abi_block *block, size_t count, int is_run);
void py2abi_block_free(struct py2abi_block *block);

#pragma GCC visibility pop

/* Memory for a number whose head is not set, or NULL.  GIL held. */
static inline PyObject *
py2abi_pool_take(void)
{
    PyObject *number = py2abi_pool_spare;
    if (number == NULL) {
        return py2abi_pool_grow();
    }
    py2abi_pool_spare = (PyObject *)(void *)Py_TYPE(number);
    return number;
}

/* A number is gone: its reference count is 0. */
static inline void
py2abi_pool_give(PyObject *number)
{
    if (!py2abi_pools_keep) {
        PyObject_Free(number);
        return;
    }
    Py_TYPE(number) = (struct _typeobject *)(void *)py2abi_pool_spare;
    py2abi_pool_spare = number;
}

/* Whether ints of a value exist once (intobject.c). */
static inline int
py2abi_pool_int_shared(long value)
{
    return value >= PY2ABI_SMALL_MIN && value < PY2ABI_SMALL_MIN + PY2ABI_SMALL_COUNT;
}

/* Exact numbers with one reference, or NULL without memory and without an exception.  The int
 * is not one of those that exist once. */
static inline PyObject *
py2abi_pool_int(long value)
{
    PyObject *made = py2abi_pool_take();
    if (made != NULL) {
        Py_TYPE(made) = &PyInt_Type;
        Py_REFCNT(made) = 1;
        ((PyIntObject *)made)->ob_ival = value;
    }
    return made;
}

static inline PyObject *
py2abi_pool_float(double value)
{
    PyObject *made = py2abi_pool_take();
    if (made != NULL) {
        Py_TYPE(made) = &PyFloat_Type;
        Py_REFCNT(made) = 1;
        ((PyFloatObject *)made)->ob_fval = value;
    }
    return made;
}

#endif
