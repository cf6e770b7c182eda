/* host.h - the interpreter that this process runs. */

#ifndef PY2ABI_HOST_H
#define PY2ABI_HOST_H

#include "capi.h"
#include "sig.h"

#include <stdatomic.h>

/* The rows of host.def, by number. */
enum host_fn {
#define HOST_FN(name, need, first, result, args) HOST_FN_##name,
#define HOST_DATA(name, need, first, ctype)
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
    HOST_FN_COUNT
};

enum host_data {
#define HOST_FN(name, need, first, result, args)
#define HOST_DATA(name, need, first, ctype) HOST_DATA_##name,
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
    HOST_DATA_COUNT
};

/* What a row is needed for; host.def explains them. */
enum host_need { HOST_CORE, HOST_FAST, HOST_HOLD, HOST_NEED_COUNT };

/* The process's own spelling of the four functions, for a Python 2 process. */
struct host_python2 {
    int (*AsCharBuffer)(PyObject *, const char **, Py_ssize_t *);
    int (*AsReadBuffer)(PyObject *, const void **, Py_ssize_t *);
    int (*AsWriteBuffer)(PyObject *, void **, Py_ssize_t *);
    int (*CheckReadBuffer)(PyObject *);
};

/* The user's settings, from the environment. */
struct py2abi_settings {
    int dispatch_ffi; /* PY2ABI_DISPATCH=ffi */
    int views_hold;   /* PY2ABI_VIEWS=hold */
};

struct py2abi_host {
    struct {
        void (*fn)(void);
        const struct py2abi_sig *sig;
    } call[HOST_FN_COUNT];
    void *data[HOST_DATA_COUNT];
    /* The first row of each need that the host lacks, NULL if it has all. */
    const char *missing[HOST_NEED_COUNT];
    int major, minor;
    struct host_python2 python2;
    struct py2abi_settings settings;
    unsigned sig_count;
    struct py2abi_sig sigs[HOST_FN_COUNT]; /* one for each distinct signature */
};

extern struct py2abi_host *_Atomic py2abi_host_found;

const struct py2abi_host *py2abi_host_find(void);
int py2abi_host_has(enum host_need need, const char *function);
void py2abi_host_absent(const char *function);

/* The host, or NULL while the process has none. */
static inline const struct py2abi_host *
py2abi_host_get(void)
{
    const struct py2abi_host *host =
        atomic_load_explicit(&py2abi_host_found, memory_order_acquire);
    return host != NULL ? host : py2abi_host_find();
}

/* ffi_<name>(arguments) calls the host's <name> through libffi, always.
 * host_<name> does so with PY2ABI_DISPATCH=ffi, and is a plain call otherwise:
 * libffi 3.4 takes 10 ns for an argument, a plain call 1.4 ns for all
 * (`make bench`), and what is not the buffer protocol itself need not be
 * dispatched.  The caller has made sure that the host has the row
 * (py2abi_host_has). */
#define HOST_FN(name, need, first, result, args)                                                  \
    static inline sig_##result ffi_##name(SIG_PARAMS(args))                                       \
    {                                                                                             \
        const struct py2abi_host *host =                                                          \
            atomic_load_explicit(&py2abi_host_found, memory_order_relaxed);                       \
        void *addresses[] = {SIG_ADDRESSES(args)};                                                \
        union sig_slot slot;                                                                      \
        py2abi_sig_call(host->call[HOST_FN_##name].sig, host->call[HOST_FN_##name].fn, &slot,     \
                        addresses);                                                               \
        return sig_take_##result(slot);                                                           \
    }                                                                                             \
    static inline sig_##result host_##name(SIG_PARAMS(args))                                      \
    {                                                                                             \
        const struct py2abi_host *host =                                                          \
            atomic_load_explicit(&py2abi_host_found, memory_order_relaxed);                       \
        if (host->settings.dispatch_ffi) {                                                        \
            return ffi_##name(SIG_NAMES(args));                                                   \
        }                                                                                         \
        return ((sig_##result(*)(SIG_TYPES(args)))host->call[HOST_FN_##name].fn)(                 \
            SIG_NAMES(args));                                                                     \
    }
/* HOST(<name>) is the address of the host's variable. */
#define HOST_DATA(name, need, first, ctype) typedef ctype host_type_##name;
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
#define HOST(name)                                                                                \
    ((host_type_##name *)atomic_load_explicit(&py2abi_host_found, memory_order_relaxed)           \
         ->data[HOST_DATA_##name])

#endif
