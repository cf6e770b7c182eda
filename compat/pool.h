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

/* What is free is linked by ob_type, and has the reference count 0. */
struct py2abi_pool {
    PyObject *spare;
    struct py2abi_pool_block *blocks;
    size_t size; /* of an object */
};

extern struct py2abi_pool py2abi_int_pool, py2abi_float_pool;

/* The ints that exist once, and are in no pool. */
enum { PY2ABI_SMALL_MIN = -5, PY2ABI_SMALL_COUNT = 262 };

/* Whether what is gone is kept: py2abi_pools_begin. */
extern int py2abi_pools_keep;

void py2abi_pools_begin(void);
PyObject *py2abi_pool_grow(struct py2abi_pool *pool);
int py2abi_pool_clear(struct py2abi_pool *pool);

/* Memory for an object whose head is not set, or NULL.  GIL held. */
static inline PyObject *
py2abi_pool_take(struct py2abi_pool *pool)
{
    PyObject *object = pool->spare;
    if (object == NULL) {
        return py2abi_pool_grow(pool);
    }
    pool->spare = (PyObject *)(void *)Py_TYPE(object);
    return object;
}

/* An object of the pool's is gone: its reference count is 0. */
static inline void
py2abi_pool_give(struct py2abi_pool *pool, PyObject *object)
{
    if (!py2abi_pools_keep) {
        PyObject_Free(object);
        return;
    }
    Py_TYPE(object) = (struct _typeobject *)(void *)pool->spare;
    pool->spare = object;
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
    PyObject *made = py2abi_pool_take(&py2abi_int_pool);
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
    PyObject *made = py2abi_pool_take(&py2abi_float_pool);
    if (made != NULL) {
        Py_TYPE(made) = &PyFloat_Type;
        Py_REFCNT(made) = 1;
        ((PyFloatObject *)made)->ob_fval = value;
    }
    return made;
}

#endif
