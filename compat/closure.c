/* closure.c - C functions that are made while the program runs.
 *
 * libffi's own way to make them wants memory that is writable and executable, where it was not
 * built with static trampolines and no policy forbids it.  What it has for Go wants none: the
 * function is always the same, and finds what it is for in a register.  Here are the few
 * instructions that fill the register: a page of them is written into a file in memory, sealed,
 * and mapped to be read and executed; which closure each is for stands in the page behind.
 * Where the instructions are not known it is libffi's own way after all. */

#include "config.h"
#include "closure.h"

#include "../src/bind.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if FFI_GO_CLOSURES && (defined(__x86_64__) || defined(__aarch64__))

struct py2abi_closure {
    ffi_go_closure go; /* first: its address is what libffi tells of it */
    void (*handler)(ffi_cif *cif, void *result, void **arguments, void *data);
    void *data;
    void **word; /* in the page behind its instructions */
};

/* The words of those that are not used, each with the next. */
static void **unused;

enum { STUB_SIZE = 32 };

/* Write the instructions that go to the closure whose address lies distance bytes behind. */
static void
write_stub(unsigned char *stub, size_t distance)
{
#if defined(__x86_64__)
    static const unsigned char code[] = {
        0xf3, 0x0f, 0x1e, 0xfa,       /* endbr64 */
        0x4c, 0x8b, 0x15, 0, 0, 0, 0, /* mov distance(%rip), %r10 */
        0x41, 0xff, 0x22,             /* jmp *(%r10) */
    };
    int32_t from_next = (int32_t)distance - 11;
    memcpy(stub, code, sizeof code);
    memcpy(stub + 7, &from_next, sizeof from_next);
#else
    /* libffi looks into x18; later versions may do as compilers do, who moved to x9. */
    const uint32_t code[] = {
        0xd503245f,                                     /* bti c */
        0x58000009 | (uint32_t)(distance / 4 - 1) << 5, /* ldr x9, distance */
        0xaa0903f2,                                     /* mov x18, x9 */
        0xf9400130,                                     /* ldr x16, [x9] */
        0xd61f0200,                                     /* br x16 */
    };
    memcpy(stub, code, sizeof code);
#endif
}

/* A page of instructions, and one of words behind it.  Returns 0, or -1. */
static int
add_page(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char *stubs = calloc(1, size), *page = MAP_FAILED;
    int fd = py2abi_memory_create("py2abi-closures");
    if (stubs != NULL && fd >= 0) {
        for (size_t at = 0; at < size; at += STUB_SIZE) {
            write_stub(stubs + at, size);
        }
        if (write(fd, stubs, size) == (ssize_t)size
            && py2abi_memory_seal(fd, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)
                   == 0) {
            page = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
        }
        if (page != MAP_FAILED
            && mmap(page, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0)
                   == MAP_FAILED) {
            munmap(page, 2 * size);
            page = MAP_FAILED;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    free(stubs);
    if (page == MAP_FAILED) {
        return -1;
    }
    for (size_t at = 0; at < size; at += STUB_SIZE) {
        void **word = (void **)(void *)(page + size + at);
        *word = unused;
        unused = word;
    }
    return 0;
}

static void
relay(ffi_cif *cif, void *result, void **arguments, void *data)
{
    struct py2abi_closure *closure = data;
    closure->handler(cif, result, arguments, closure->data);
}

/* Make a C function of the cif's signature: libffi calls handler(cif, result, arguments, data)
 * for it.  The cif stays where it is as long as the closure.  The closure, for
 * py2abi_closure_free, and in *ret_code the function; or NULL, where executable memory is
 * forbidden or there is no memory.  With the GIL. */
struct py2abi_closure *
py2abi_closure_make(ffi_cif *cif,
                    void (*handler)(ffi_cif *cif, void *result, void **arguments, void *data),
                    void *data, void **ret_code)
{
    struct py2abi_closure *closure = malloc(sizeof *closure);
    if (closure == NULL || ffi_prep_go_closure(&closure->go, cif, relay) != FFI_OK
        || (unused == NULL && add_page() < 0)) {
        free(closure);
        return NULL;
    }
    closure->handler = handler;
    closure->data = data;
    closure->word = unused;
    unused = *closure->word;
    *closure->word = closure;
    *ret_code = (char *)closure->word - sysconf(_SC_PAGESIZE);
    return closure;
}

/* The function is not called any more.  NULL is none. */
void
py2abi_closure_free(struct py2abi_closure *closure)
{
    if (closure != NULL) {
        *closure->word = unused;
        unused = closure->word;
        free(closure);
    }
}

#else

struct py2abi_closure {
    ffi_closure closure;
};

struct py2abi_closure *
py2abi_closure_make(ffi_cif *cif,
                    void (*handler)(ffi_cif *cif, void *result, void **arguments, void *data),
                    void *data, void **ret_code)
{
    struct py2abi_closure *closure = ffi_closure_alloc(sizeof *closure, ret_code);
    if (closure != NULL
        && ffi_prep_closure_loc(&closure->closure, cif, handler, data, *ret_code) != FFI_OK) {
        ffi_closure_free(closure);
        closure = NULL;
    }
    return closure;
}

void
py2abi_closure_free(struct py2abi_closure *closure)
{
    if (closure != NULL) {
        ffi_closure_free(closure);
    }
}

#endif
