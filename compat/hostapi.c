/* hostapi.c - finding the host's functions that guests need. */

#include "config.h"
#include "hostapi.h"
#include "hostlayout.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void (*py2abi_host_fn[HOST_FN_COUNT])(void);
void *py2abi_host_data[HOST_DATA_COUNT];
size_t py2abi_host_head = 2 * sizeof(void *);
HostObject *py2abi_host_kept[HOST_KEPT_COUNT];
unsigned long py2abi_host_kept_count = HOST_KEPT_COUNT;

enum need { CORE, FAST, HOLD, GUEST, MAYBE };

static const struct {
    const char *name;
    enum need need;
} fn_rows[] = {
#define HOST_FN(name, need, first, result, args) {#name, need},
#define HOST_DATA(name, need, first, ctype)
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
}, data_rows[] = {
#define HOST_FN(name, need, first, result, args)
#define HOST_DATA(name, need, first, ctype) {#name, need},
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
};

/* The type is the last word of an object's head; how long that is depends on
 * the build (a debug build's may begin with two more words, one without the GIL
 * has its counters there).  The host tells the size of a plain object. */
static int
measure_head(void)
{
    HostObject *size = host_PyObject_GetAttrString((HostObject *)HOST(PyBaseObject_Type),
                                                   "__basicsize__");
    if (size == NULL) {
        host_PyErr_Clear();
        return -1;
    }
    py2abi_host_head = (size_t)host_PyLong_AsSsize_t(size);
    host_DECREF(size);
    HostObject *samples[] = {HOST(_Py_NoneStruct), HOST(_Py_TrueStruct),
                             (HostObject *)HOST(PyDict_Type), *HOST(PyExc_ValueError)};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        HostObject *type = host_PyObject_Type(samples[i]);
        int right = py2abi_host_head >= 2 * sizeof(void *) && py2abi_host_head <= 64
                    && py2abi_hostapi_type(samples[i]) == type;
        host_DECREF(type);
        if (!right) {
            return -1;
        }
    }
    return 0;
}

/* Make the ints that are kept, of which one is wanted: a host exception (MemoryError) says that it
 * was not made.  Others may be missing for want of memory, until they are asked for. */
void
py2abi_host_keep(unsigned long wanted)
{
    int made = 1;
    for (long i = 0; i < HOST_KEPT_COUNT && made; i++) {
        if (py2abi_host_kept[i] == NULL) {
            py2abi_host_kept[i] = host_PyLong_FromLong(HOST_KEPT_MIN + i);
            made = py2abi_host_kept[i] != NULL;
        }
    }
    if (!made && py2abi_host_kept[wanted] != NULL) {
        host_PyErr_Clear();
    }
}

/* Find every row, and learn what has to be known of the host's objects.  Returns
 * NULL, or what the host lacks.  GIL held. */
const char *
py2abi_hostapi_begin(const struct py2abi_front *front)
{
    const char *lacks = NULL;
    for (int i = 0; i < HOST_FN_COUNT; i++) {
        void *address = front->host_symbol(fn_rows[i].name);
        memcpy(&py2abi_host_fn[i], &address, sizeof address);
        if (address == NULL && fn_rows[i].need != MAYBE && lacks == NULL) {
            lacks = fn_rows[i].name;
        }
    }
    for (int i = 0; i < HOST_DATA_COUNT; i++) {
        py2abi_host_data[i] = front->host_symbol(data_rows[i].name);
        if (py2abi_host_data[i] == NULL && data_rows[i].need != MAYBE && lacks == NULL) {
            lacks = data_rows[i].name;
        }
    }
    if (lacks == NULL && measure_head() < 0) {
        lacks = "a known layout of object heads";
    }
    return lacks;
}

/* ---- After the end ---- */

/* When Python has ended, destructors and exit handlers of binaries still call: each of the
 * host's functions is then one of these, which touches nothing and fails.  What calls them
 * sees a failure without an exception, and says so to the binary. */
#define ENDED_NONE(token)                                                                         \
    static inline void ended_##token(void)                                                        \
    {                                                                                             \
    }
#define ENDED_WORD(token)                                                                         \
    static inline sig_##token ended_##token(void)                                                 \
    {                                                                                             \
        return (sig_##token)-1;                                                                   \
    }
#define ENDED_REAL(token)    ENDED_WORD(token)
#define ENDED_POINTER(token)                                                                      \
    static inline sig_##token ended_##token(void)                                                 \
    {                                                                                             \
        return NULL;                                                                              \
    }
#define TYPE(token, ctype, ffi, arg, arg_ffi, kind) ENDED_##kind(token)
#include "types.def"
#undef TYPE

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define HOST_FN(name, need, first, result, args)                                                  \
    static sig_##result ended_fn_##name(SIG_PARAMS(args))                                         \
    {                                                                                             \
        return ended_##result();                                                                  \
    }
#define HOST_DATA(name, need, first, ctype)
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
#pragma GCC diagnostic pop

/* The thread that has ended Python, and goes on to the end of the process. */
static pthread_t last;
static int has_ended;

/* Any other thread has no business in a Python that ends: it stays for ever where it asks for
 * the lock, as in Python 2, whose lock is not given back then.  (To end the thread would run
 * the destructors of its C++ code, which use Python.) */
void
py2abi_hostapi_stay_out(void)
{
    while (!has_ended || !pthread_equal(pthread_self(), last)) {
        pause();
    }
}

static HostGILState
ended_ensure(void)
{
    py2abi_hostapi_stay_out();
    return 0; /* PyGILState_LOCKED: to be released again, or not */
}

static void
ended_restore(HostThread *thread)
{
    (void)thread;
    py2abi_hostapi_stay_out();
}

static int
ended_has_lock(void)
{
    return 1;
}

/* Not initialized; no next item. */
static int
ended_says_no(void)
{
    return 0;
}

static void
ended_fetch(HostObject **type, HostObject **value, HostObject **traceback)
{
    *type = *value = *traceback = NULL;
}

/* Python has ended, and this thread has done it.  No function of the host's is called from
 * now on. */
void
py2abi_hostapi_end(void)
{
    static void (*const fns[HOST_FN_COUNT])(void) = {
#define HOST_FN(name, need, first, result, args) (void (*)(void))ended_fn_##name,
#define HOST_DATA(name, need, first, ctype)
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
    };
    last = pthread_self();
    py2abi_hostlayout_forget();
    memcpy(py2abi_host_fn, fns, sizeof fns);
    py2abi_host_kept_count = 0;
    py2abi_host_fn[HOST_FN_PyGILState_Ensure] = (void (*)(void))ended_ensure;
    py2abi_host_fn[HOST_FN_PyEval_RestoreThread] = (void (*)(void))ended_restore;
    py2abi_host_fn[HOST_FN_PyEval_AcquireThread] = (void (*)(void))ended_restore;
    py2abi_host_fn[HOST_FN_PyGILState_Check] = (void (*)(void))ended_has_lock;
    py2abi_host_fn[HOST_FN_Py_IsInitialized] = (void (*)(void))ended_says_no;
    py2abi_host_fn[HOST_FN_PyDict_Next] = (void (*)(void))ended_says_no;
    py2abi_host_fn[HOST_FN_PyErr_Fetch] = (void (*)(void))ended_fetch;
    has_ended = 1;
}

/* Whether it has: for good, since binaries keep what they had from it. */
int
py2abi_hostapi_has_ended(void)
{
    return has_ended;
}
