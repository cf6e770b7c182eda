/* blocks.c - a library to preload that counts the blocks of memory that are in use, which is
 * exact where sizes are not: an allocator may give more than was asked for.  And guests.so gets
 * no memory where it is told so: Python itself crashes without at some places. */

#define _GNU_SOURCE /* dl_iterate_phdr */
#include <errno.h>
#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The GNU C library has its own functions under these names, too. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *block);

static long blocks;

/* How many blocks guests.so gets in this thread until there is no memory, and how often there is
 * none then. */
static __thread long left, refusals;

/* Where guests.so is. */
static uintptr_t begin, end;

static int
find_guests(struct dl_phdr_info *info, size_t size, void *data)
{
    const char *name = strrchr(info->dlpi_name, '/');
    (void)size;
    (void)data;
    if (name == NULL || strcmp(name, "/guests.so") != 0) {
        return 0;
    }
    begin = end = info->dlpi_addr;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type == PT_LOAD) {
            end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        }
    }
    return 1;
}

/* From now on guests.so, which is there, gets `number` blocks, then `times` none, then all that it
 * wants. */
void
refuse_blocks(long number, long times)
{
    if (end == 0) {
        dl_iterate_phdr(find_guests, NULL);
    }
    left = number;
    refusals = times;
}

/* How many it still gets until then. */
long
count_left(void)
{
    return left;
}

static int
is_refused(void *caller)
{
    if (refusals == 0 || (uintptr_t)caller < begin || (uintptr_t)caller >= end || left-- > 0) {
        return 0;
    }
    left = 0;
    refusals--;
    errno = ENOMEM;
    return 1;
}

static void *
count(void *block)
{
    if (block != NULL) {
        __atomic_add_fetch(&blocks, 1, __ATOMIC_RELAXED);
    }
    return block;
}

void *
malloc(size_t size)
{
    return is_refused(__builtin_return_address(0)) ? NULL : count(__libc_malloc(size));
}

void *
calloc(size_t number, size_t size)
{
    return is_refused(__builtin_return_address(0)) ? NULL : count(__libc_calloc(number, size));
}

void *
realloc(void *block, size_t size)
{
    if (size != 0 && is_refused(__builtin_return_address(0))) {
        return NULL;
    }
    if (block == NULL) {
        return count(__libc_realloc(block, size));
    }
    if (size == 0) {
        __atomic_sub_fetch(&blocks, 1, __ATOMIC_RELAXED);
    }
    return __libc_realloc(block, size);
}

void *
memalign(size_t alignment, size_t size)
{
    return count(__libc_memalign(alignment, size));
}

void *
aligned_alloc(size_t alignment, size_t size)
{
    return count(__libc_memalign(alignment, size));
}

int
posix_memalign(void **ret_block, size_t alignment, size_t size)
{
    *ret_block = count(__libc_memalign(alignment, size));
    return *ret_block != NULL ? 0 : ENOMEM;
}

void
free(void *block)
{
    if (block != NULL) {
        __atomic_sub_fetch(&blocks, 1, __ATOMIC_RELAXED);
    }
    __libc_free(block);
}

long
count_blocks(void)
{
    return __atomic_load_n(&blocks, __ATOMIC_RELAXED);
}
