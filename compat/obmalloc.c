/* obmalloc.c - memory for guests: the C library's.
 *
 * 2.7's headers make PyMem_MALLOC and its kin calls of malloc, and guests mix
 * them with the functions; a string that a guest has put together in memory from
 * PyObject_MALLOC is freed by our str.  So there is one kind of block. */

#include "config.h"
#include "check.h"
#include "collect.h"
#include "guest.h"
#include "pool.h"

#include <limits.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A str that is text from its birth lies so far behind the beginning of its block, which
 * the C library aligns to twice as much: that is how it is known (stringobject.c). */
enum { TEXT_OFFSET = PY2ABI_TEXT_OFFSET };

static size_t
offset_of(const void *block)
{
    return (uintptr_t)block & TEXT_OFFSET;
}

/* Objects come and go with every call, and this is half of what the C library takes for it:
 * of each size the last that went are kept.  A block that the C library made for size bytes may
 * have more, and goes by what it has.  Those who use it hold the GIL, as in Python 2.  Not where
 * a memory checker is to see each one. */
enum { LEAST = 24, STEP = 16, KINDS = 16 };
#ifdef WITH_SANITIZERS
enum { most = 0 };
#else
static int most = 1024;
#endif

struct spare {
    Py_ssize_t gone[2]; /* where a reference count would be, for data and for text: negative */
    struct spare *next;
};
_Static_assert(sizeof(struct spare) <= LEAST, "a block is smaller than what is kept in it");

static struct {
    struct spare *first;
    int count;
} spares[KINDS];

static void *
take_spare(size_t size)
{
    size_t kind = size <= LEAST ? 0 : (size - LEAST + STEP - 1) / STEP;
    struct spare *block = kind < KINDS ? spares[kind].first : NULL;
    if (block != NULL) {
        spares[kind].first = block->next;
        spares[kind].count--;
    }
    return block;
}

/* Returns whether the block is kept. */
static int
keep_spare(void *memory)
{
    size_t kind = (malloc_usable_size(memory) - LEAST) / STEP; /* nothing has less */
    struct spare *block = memory;
    if (kind >= KINDS || spares[kind].count >= most) {
        return 0;
    }
    *block = (struct spare){{-1, -1}, spares[kind].first};
    spares[kind].first = block;
    spares[kind].count++;
    return 1;
}

/* Large blocks come and go with each call that has a large string or list, several at a time:
 * the last that went are kept, since the C library would give the memory back to the system, which
 * clears it each time. */
enum { LARGE_MOST = 8 << 20, LARGE_ALL = 16 << 20, LARGE_COUNT = 6 };
static void *large[LARGE_COUNT]; /* the last first */
static size_t large_bytes;       /* of all */

/* Take one out; those behind it move up. */
static void *
take_large(int i)
{
    void *block = large[i];
    memmove(large + i, large + i + 1, (size_t)(LARGE_COUNT - 1 - i) * sizeof *large);
    large[LARGE_COUNT - 1] = NULL;
    large_bytes -= malloc_usable_size(block);
    return block;
}

/* The least of them that has so many bytes, or NULL.  GIL held. */
void *
py2abi_large_take(size_t size)
{
    size_t least = 0;
    int at = -1;
    for (int i = 0; i < LARGE_COUNT && large[i] != NULL; i++) {
        size_t room = malloc_usable_size(large[i]);
        /* A much larger one is not held by what may live long. */
        if (room >= size && room / 2 <= size && (at < 0 || room < least)) {
            at = i;
            least = room;
        }
    }
    return at >= 0 ? take_large(at) : NULL;
}

/* The end of a block of malloc's, of any size.  GIL held. */
void
py2abi_obmalloc_free(void *block)
{
    size_t room = block != NULL && most != 0 ? malloc_usable_size(block) : 0;
    if (room < PY2ABI_LARGE || room > LARGE_MOST) {
        if (block != NULL && (room >= PY2ABI_LARGE || !keep_spare(block))) {
            free(block);
        }
        return;
    }
    for (int i = LARGE_COUNT - 1; i >= 0; i--) {
        if (large[i] != NULL && (i == LARGE_COUNT - 1 || large_bytes + room > LARGE_ALL)) {
            free(take_large(i));
        }
    }
    memmove(large + 1, large, (LARGE_COUNT - 1) * sizeof *large);
    large[0] = block;
    large_bytes += room;
}

/* Look who watches: valgrind tells by what it has preloaded.  Its core watches nothing: that is
 * there for each of its tools, those that only count included. */
void
py2abi_obmalloc_begin(void)
{
#ifndef WITH_SANITIZERS
    const char *preloaded = getenv("LD_PRELOAD");
    while (preloaded != NULL && (preloaded = strstr(preloaded, "/vgpreload_")) != NULL) {
        preloaded += strlen("/vgpreload_");
        if (strncmp(preloaded, "core", 4) != 0) {
            most = 0;
        }
    }
#endif
}

/* Give back to the C library all that is kept.  GIL held. */
void
py2abi_obmalloc_clear(void)
{
    for (int kind = 0; kind < KINDS; kind++) {
        struct spare *block, *next;
        for (block = spares[kind].first; block != NULL; block = next) {
            next = block->next;
            free(block);
        }
        spares[kind].first = NULL;
        spares[kind].count = 0;
    }
    while (large[0] != NULL) {
        free(take_large(0));
    }
}

/* ---- The pool of numbers ---- */

/* As in Python 2, numbers lie in blocks of many, which go back when none of theirs is in use and
 * the free list is cleared: a list of a hundred thousand would be as many calls of malloc, and
 * take a third more memory.  The free list may also have what binaries made by PyObject_Malloc. */
enum { BLOCK_SIZE = 16 << 10 };
_Static_assert(sizeof(PyIntObject) == sizeof(PyFloatObject), "ints and floats differ in size");

static struct py2abi_block *blocks;

PyObject *py2abi_pool_spare;
int py2abi_pools_keep;

/* From now on what is gone is kept, unless each object is to be seen: by a memory checker, or by
 * ours.  To be called once, when both are known. */
void
py2abi_pools_begin(void)
{
    py2abi_pools_keep = most != 0 && !py2abi_checking;
}

/* A block of so many numbers, none of which is the pool's before py2abi_block_enter.  NULL:
 * without memory, or where each object is to be seen.  GIL held. */
struct py2abi_block *
py2abi_block_new(size_t count)
{
    struct py2abi_block *block = NULL;
    if (py2abi_pools_keep && count <= PY_SSIZE_T_MAX / sizeof *block->numbers / 2) {
        block = py2abi_large_malloc(sizeof *block + count * sizeof *block->numbers);
    }
    return block;
}

/* The first numbers of a block, so many, are set, and each may be freed as any other of the
 * pool's.  It stays while it is a run. */
void
py2abi_block_enter(struct py2abi_block *block, size_t count, int is_run)
{
    block->count = count;
    block->is_run = is_run;
    block->next = blocks;
    block->link = &blocks;
    if (block->next != NULL) {
        block->next->link = &block->next;
    }
    blocks = block;
}

/* Free a block of which nobody has a number, nor the pool. */
void
py2abi_block_free(struct py2abi_block *block)
{
    *block->link = block->next;
    if (block->next != NULL) {
        block->next->link = block->link;
    }
    py2abi_obmalloc_free(block);
}

/* Memory for a number, when none is free; or NULL. */
PyObject *
py2abi_pool_grow(void)
{
    size_t count = (BLOCK_SIZE - sizeof(struct py2abi_block)) / sizeof(PyIntObject);
    struct py2abi_block *block = py2abi_block_new(count);
    if (block == NULL) {
        return py2abi_pools_keep ? NULL : PyObject_Malloc(sizeof(PyIntObject));
    }
    for (size_t i = count; i-- > 0;) {
        block->numbers[i].ob_refcnt = 0;
        py2abi_pool_give((PyObject *)&block->numbers[i]);
    }
    py2abi_block_enter(block, count, 0);
    return py2abi_pool_take();
}

/* Give back what is free, as far as it is not between numbers in use.  Returns how many numbers
 * of a type are in use.  GIL held. */
int
py2abi_pool_clear(const PyTypeObject *type)
{
    enum { MARK = -1 };
    size_t all = 0;
    struct py2abi_block *block, *next;
    for (block = blocks; block != NULL; block = block->next) {
        block->used = 0;
        for (size_t i = 0; i < block->count; i++) {
            PyIntObject *number = &block->numbers[i];
            if (number->ob_refcnt == 0) {
                number->ob_refcnt = MARK;
                continue;
            }
            block->used++;
            all += number->ob_type == type;
        }
    }
    while (py2abi_pool_spare != NULL) {
        PyObject *number = py2abi_pool_spare;
        py2abi_pool_spare = (PyObject *)(void *)Py_TYPE(number);
        if (Py_REFCNT(number) != MARK) {
            PyObject_Free(number); /* not of a block */
        }
    }
    for (block = blocks; block != NULL; block = next) {
        next = block->next;
        if (block->used == 0 && !block->is_run) {
            py2abi_block_free(block);
            continue;
        }
        for (size_t i = block->count; i-- > 0;) {
            if (block->numbers[i].ob_refcnt == MARK) {
                block->numbers[i].ob_refcnt = 0;
                py2abi_pool_give((PyObject *)&block->numbers[i]);
            }
        }
    }
    return all < INT_MAX ? (int)all : INT_MAX;
}

/* ---- The C API ---- */

/* Zero bytes are a block too, and no size is negative. */
static void *
allocate(size_t size)
{
    return size <= PY_SSIZE_T_MAX ? malloc(size != 0 ? size : 1) : NULL;
}

static void *
reallocate(void *block, size_t size)
{
    return size <= PY_SSIZE_T_MAX ? realloc(block, size != 0 ? size : 1) : NULL;
}

void *
PyMem_Malloc(size_t size)
{
    return allocate(size);
}

void *
PyMem_Realloc(void *block, size_t size)
{
    return reallocate(block, size);
}

void
PyMem_Free(void *block)
{
    free(block);
}

void *
PyObject_Malloc(size_t size)
{
    void *block = take_spare(size);
    return block != NULL ? block : allocate(size);
}

void *
PyObject_Realloc(void *block, size_t size)
{
    size_t offset = offset_of(block);
    if (py2abi_checking && block != NULL) {
        /* Somewhere else: what still has the old address is to be found out. */
        size_t room = malloc_usable_size((char *)block - offset) - offset;
        char *other = allocate(size + offset);
        if (other != NULL) {
            memcpy(other + offset, block, room < size ? room : size);
            py2abi_free_late((char *)block - offset, block);
        }
        return other != NULL ? other + offset : NULL;
    }
    if (offset == 0) {
        return reallocate(block, size);
    }
    char *moved = reallocate((char *)block - offset, size + offset);
    return moved != NULL ? moved + offset : NULL;
}

void
PyObject_Free(void *block)
{
    if (py2abi_checking) {
        py2abi_free_late((char *)block - offset_of(block), block);
        return;
    }
    if (block != NULL && !keep_spare((char *)block - offset_of(block))) {
        free((char *)block - offset_of(block));
    }
}
