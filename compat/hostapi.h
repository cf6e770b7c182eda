/* hostapi.h - the host's C API as the guest's world sees it.
 *
 * In compat/ PyObject is the guest's.  The host's objects have a type of their
 * own, which nothing here looks into, so that the compiler keeps the two apart.
 * host.def's rows of src/ and those that only guests need become host_<name>(). */

#ifndef PY2ABI_COMPAT_HOSTAPI_H
#define PY2ABI_COMPAT_HOSTAPI_H

#include "front.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

typedef struct host_object HostObject;
typedef struct host_type HostType;
typedef struct host_thread HostThread;
typedef struct host_interpreter HostInterpreter;

/* What follows is part of CPython's Stable ABI, or has been the same in every
 * release of Python 3: hostcheck.c compares it with the headers. */
typedef HostObject *(*HostFunction)(HostObject *self, HostObject *args);
typedef void (*HostDestructor)(HostObject *capsule);

typedef struct {
    const char *ml_name;
    void *ml_meth;
    int ml_flags;
    const char *ml_doc;
} HostMethodDef;

typedef struct {
    int slot;
    void *value;
} HostSlot; /* PyModuleDef_Slot, PyType_Slot */

typedef struct {
    const char *name;
    int basicsize, itemsize;
    unsigned flags;
    HostSlot *slots;
} HostTypeSpec;

typedef struct {
    const char *name;
    void *get, *set;
    const char *doc;
    void *closure;
} HostGetSetDef;

typedef struct {
    void *buf;
    HostObject *obj;
    ssize_t len, itemsize;
    int readonly, ndim;
    char *format;
    ssize_t *shape, *strides, *suboffsets;
    void *internal;
} HostBuffer;

/* types.def, in these terms.  The names are taken back below: they are the
 * guest's. */
#define PyObject HostObject
#define PyTypeObject HostType
#define PyThreadState HostThread
#define PyInterpreterState HostInterpreter
#define PyCFunction HostFunction
#define PyMethodDef HostMethodDef
#define PyModuleDef host_module_def
#define PyStructSequence_Desc host_structseq_desc
#define PyType_Spec HostTypeSpec
#define PyGetSetDef HostGetSetDef
#define PyGILState_STATE HostGILState
#define Py_UCS4 uint32_t
#define PyCompilerFlags struct host_compiler_flags
#define Py_buffer HostBuffer
#define Py_ssize_t ssize_t
#define PyCapsule_Destructor HostDestructor
#define Py_tracefunc py2abi_host_tracefunc
#define _frame host_frame
struct host_frame;
struct host_module_def;
struct host_structseq_desc;
struct host_compiler_flags;
typedef unsigned HostGILState; /* an enumeration, there and here */
typedef int (*py2abi_host_tracefunc)(HostObject *, struct host_frame *, int, HostObject *);
typedef int (*py2abi_pending_fn)(void *);
typedef void (*py2abi_exit_fn)(void);
#include "sig.h"

enum host_fn {
#define HOST_FN(name, need, first, result, args) HOST_FN_##name,
#define HOST_DATA(name, need, first, ctype)
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
    HOST_FN_COUNT
};

enum host_data {
#define HOST_FN(name, need, first, result, args)
#define HOST_DATA(name, need, first, ctype) HOST_DATA_##name,
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
    HOST_DATA_COUNT
};

/* Each crossing reads these: not by way of a table of addresses. */
#pragma GCC visibility push(hidden)

/* Filled once by py2abi_hostapi_begin; a row that may be absent is NULL. */
extern void (*py2abi_host_fn[HOST_FN_COUNT])(void);
extern void *py2abi_host_data[HOST_DATA_COUNT];
extern size_t py2abi_host_head; /* the size of an object's head on this host */

/* Ints from HOST_KEPT_MIN on, which are kept: to make one and to free it takes the host longer
 * than all that we do for it.  All are made when the first crosses: a table that fills bit by bit
 * looks like a leak.  NULL: not yet.  Owned.  When Python has ended none counts, as if the table were
 * empty; it still has them for those who look for leaks. */
enum { HOST_KEPT_MIN = -5, HOST_KEPT_COUNT = 4096 };
extern HostObject *py2abi_host_kept[HOST_KEPT_COUNT];
extern unsigned long py2abi_host_kept_count;
void py2abi_host_keep(unsigned long wanted);

#pragma GCC visibility pop

#define HOST_FN(name, need, first, result, args)                                                  \
    static inline sig_##result host_##name(SIG_PARAMS(args))                                      \
    {                                                                                             \
        return ((sig_##result(*)(SIG_TYPES(args)))py2abi_host_fn[HOST_FN_##name])(                \
            SIG_NAMES(args));                                                                     \
    }
#define HOST_DATA(name, need, first, ctype) typedef ctype host_type_##name;
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA

#undef PyObject
#undef PyTypeObject
#undef PyThreadState
#undef PyInterpreterState
#undef PyCFunction
#undef PyMethodDef
#undef PyModuleDef
#undef PyStructSequence_Desc
#undef PyType_Spec
#undef PyGetSetDef
#undef PyGILState_STATE
#undef Py_UCS4
#undef PyCompilerFlags
#undef Py_buffer
#undef Py_ssize_t
#undef PyCapsule_Destructor
#undef Py_tracefunc
#undef _frame

/* The address of a variable of the host; whether the host has a row. */
#define HOST(name) ((host_type_##name *)py2abi_host_data[HOST_DATA_##name])
#define HOST_HAS(name) (py2abi_host_fn[HOST_FN_##name] != NULL)

const char *py2abi_hostapi_begin(const struct py2abi_front *front);
void py2abi_hostapi_end(void);
int py2abi_hostapi_has_ended(void);
void py2abi_hostapi_stay_out(void);

/* The type of a host object, borrowed: the last word of its head, which
 * py2abi_hostapi_begin has measured. */
static inline HostObject *
py2abi_hostapi_type(const HostObject *object)
{
    return *(HostObject *const *)(const void *)((const char *)object + py2abi_host_head
                                                - sizeof(void *));
}

static inline void
host_INCREF(HostObject *object)
{
    host_Py_IncRef(object);
}

static inline void
host_DECREF(HostObject *object)
{
    host_Py_DecRef(object);
}

static inline void
host_XDECREF(HostObject *object)
{
    if (object != NULL) {
        host_Py_DecRef(object);
    }
}

/* A new reference to an int, or NULL with a host exception (MemoryError). */
static inline HostObject *
py2abi_host_int(long value)
{
    unsigned long place = (unsigned long)value - (unsigned long)HOST_KEPT_MIN;
    if (place >= py2abi_host_kept_count) {
        return host_PyLong_FromLong(value);
    }
    if (__builtin_expect(py2abi_host_kept[place] == NULL, 0)) {
        py2abi_host_keep(place);
    }
    HostObject *kept = py2abi_host_kept[place];
    if (kept != NULL) {
        host_INCREF(kept);
    }
    return kept;
}

#endif
