/* obmalloc.c - memory for guests: the C library's.
 *
 * 2.7's headers make PyMem_MALLOC and its kin calls of malloc, and guests mix
 * them with the functions; a string that a guest has put together in memory from
 * PyObject_MALLOC is freed by our str.  So there is one kind of block. */

#include "config.h"
#include "check.h"
#include "collect.h"
#include "guest.h"

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
static int most = 64;
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
}

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

/* The end of a block of PyObject_Malloc's, or the C library's, that is no object. */
void
py2abi_obmalloc_free(void *block)
{
    if (block != NULL && !keep_spare(block)) {
        free(block);
    }
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
