/* obmalloc.c - memory for guests: the C library's.
 *
 * 2.7's headers make PyMem_MALLOC and its kin calls of malloc, and guests mix
 * them with the functions; a string that a guest has put together in memory from
 * PyObject_MALLOC is freed by our str.  So there is one kind of block. */

#include "config.h"
#include "guest.h"

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
    return allocate(size);
}

void *
PyObject_Realloc(void *block, size_t size)
{
    size_t offset = offset_of(block);
    if (offset == 0) {
        return reallocate(block, size);
    }
    char *moved = reallocate((char *)block - offset, size + offset);
    return moved != NULL ? moved + offset : NULL;
}

void
PyObject_Free(void *block)
{
    free((char *)block - offset_of(block));
}
