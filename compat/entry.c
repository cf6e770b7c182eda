/* entry.c - C functions that the host can call, each with something that it knows: the host
 * passes only self and the arguments. */

#include "config.h"
#include "entry.h"

#include <errno.h>
#include <stdio.h>

static ffi_cif cifs[3];
static ffi_type *pointers[] = {&ffi_type_pointer, &ffi_type_pointer, &ffi_type_pointer};
static ffi_type *counted[] = {&ffi_type_pointer, &ffi_type_pointer, &ffi_type_slong,
                              &ffi_type_pointer};

/* The first ones are compiled: a call takes a third less time than through a function that
 * libffi makes, which are for what is beyond. */
enum { PLAIN_COUNT = 1024, KEYWORD_COUNT = 256, FAST_COUNT = 1024 };
static const struct py2abi_entry *plain[PLAIN_COUNT], *keyword[KEYWORD_COUNT], *fast[FAST_COUNT];

#define PLAIN(n)                                                                                  \
    static HostObject *plain_##n(HostObject *self, HostObject *args)                              \
    {                                                                                             \
        return plain[0x##n]->call(plain[0x##n]->data, self, args, NULL);                          \
    }
#define KEYWORD(n)                                                                                \
    static HostObject *keyword_##n(HostObject *self, HostObject *args, HostObject *kwargs)        \
    {                                                                                             \
        return keyword[0x##n]->call(keyword[0x##n]->data, self, args, kwargs);                    \
    }
#define FAST(n)                                                                                   \
    static HostObject *fast_##n(HostObject *self, HostObject *const *args, Py_ssize_t count,      \
                                HostObject *names)                                                \
    {                                                                                             \
        return fast[0x##n]->call_fast(fast[0x##n]->data, self, args, count, names);               \
    }
#define PLAIN_NAME(n) plain_##n,
#define KEYWORD_NAME(n) keyword_##n,
#define FAST_NAME(n) fast_##n,

#define TIMES_16(what, n)                                                                         \
    what(n##0) what(n##1) what(n##2) what(n##3) what(n##4) what(n##5) what(n##6) what(n##7)       \
    what(n##8) what(n##9) what(n##a) what(n##b) what(n##c) what(n##d) what(n##e) what(n##f)
#define TIMES_256(what, n)                                                                        \
    TIMES_16(what, n##0) TIMES_16(what, n##1) TIMES_16(what, n##2) TIMES_16(what, n##3)           \
    TIMES_16(what, n##4) TIMES_16(what, n##5) TIMES_16(what, n##6) TIMES_16(what, n##7)           \
    TIMES_16(what, n##8) TIMES_16(what, n##9) TIMES_16(what, n##a) TIMES_16(what, n##b)           \
    TIMES_16(what, n##c) TIMES_16(what, n##d) TIMES_16(what, n##e) TIMES_16(what, n##f)
#define TIMES_1024(what)                                                                          \
    TIMES_256(what, 0) TIMES_256(what, 1) TIMES_256(what, 2) TIMES_256(what, 3)

TIMES_1024(PLAIN)
TIMES_256(KEYWORD, 0)
TIMES_1024(FAST)
static HostObject *(*const plain_code[PLAIN_COUNT])(HostObject *, HostObject *) = {
    TIMES_1024(PLAIN_NAME)
};
static HostObject *(*const keyword_code[KEYWORD_COUNT])(HostObject *, HostObject *,
                                                        HostObject *) = {
    TIMES_256(KEYWORD_NAME, 0)
};
static HostObject *(*const fast_code[FAST_COUNT])(HostObject *, HostObject *const *,
                                                  Py_ssize_t, HostObject *) = {
    TIMES_1024(FAST_NAME)
};

/* The compiled functions of each kind, which use them, and where the search for one that is
 * not used begins. */
static struct {
    const struct py2abi_entry **used;
    int count, next;
} kinds[] = {
    [PY2ABI_ENTRY_PLAIN] = {plain, PLAIN_COUNT, 0},
    [PY2ABI_ENTRY_KEYWORD] = {keyword, KEYWORD_COUNT, 0},
    [PY2ABI_ENTRY_FAST] = {fast, FAST_COUNT, 0},
};

static void *
code_of(enum py2abi_entry_kind kind, int number)
{
    return kind == PY2ABI_ENTRY_PLAIN     ? (void *)plain_code[number]
           : kind == PY2ABI_ENTRY_KEYWORD ? (void *)keyword_code[number]
                                          : (void *)fast_code[number];
}

/* libffi's handler for all of its own. */
static void
call_entry(ffi_cif *cif, void *slot, void **arguments, void *data)
{
    const struct py2abi_entry *entry = data;
    HostObject **result = slot, *self = *(HostObject **)arguments[0];
    (void)cif;
    switch (entry->kind) {
    case PY2ABI_ENTRY_PLAIN:
        *result = entry->call(entry->data, self, *(HostObject **)arguments[1], NULL);
        break;
    case PY2ABI_ENTRY_KEYWORD:
        *result = entry->call(entry->data, self, *(HostObject **)arguments[1],
                              *(HostObject **)arguments[2]);
        break;
    case PY2ABI_ENTRY_FAST:
        *result = entry->call_fast(entry->data, self, *(HostObject *const **)arguments[1],
                                   *(Py_ssize_t *)arguments[2], *(HostObject **)arguments[3]);
        break;
    }
}

/* How the host is to call a function that has these flags in Python 2.7.  Where it can hand
 * the arguments over without a tuple it does: 3.7 is the first in which that means this. */
enum py2abi_entry_kind
py2abi_entry_kind(int flags)
{
    int has_fast = py2abi_front->host_major > 3 || py2abi_front->host_minor >= 7;
    return flags & METH_KEYWORDS                           ? PY2ABI_ENTRY_KEYWORD
           : has_fast && !(flags & (METH_NOARGS | METH_O)) ? PY2ABI_ENTRY_FAST
                                                           : PY2ABI_ENTRY_PLAIN;
}

/* The flags that tell the host so, for a module's function or a method. */
int
py2abi_entry_flags(int flags)
{
    flags &= METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O | METH_CLASS | METH_STATIC
             | METH_COEXIST;
    if (py2abi_entry_kind(flags) == PY2ABI_ENTRY_FAST) {
        /* Without METH_KEYWORDS newer hosts word the refusal of keywords in another way. */
        return (flags & ~METH_VARARGS) | METH_KEYWORDS | HOST_METH_FASTCALL;
    }
    /* The host has no other conventions. */
    return flags & (METH_VARARGS | METH_NOARGS | METH_O) ? flags : flags | METH_VARARGS;
}

/* Refuse keyword arguments, as Python 2.7 does for a function by that name.  Returns 0 if names
 * (which may be NULL) has none, or -1 with a host exception. */
int
py2abi_entry_refuse_names(HostObject *names, const char *function)
{
    if (names == NULL || host_PyTuple_Size(names) == 0) {
        return 0;
    }
    char message[256];
    snprintf(message, sizeof message, "%.200s() takes no keyword arguments", function);
    host_PyErr_SetString(*HOST(PyExc_TypeError), message);
    return -1;
}

/* Make the C function for an entry whose call (or call_fast) and data are set; the rest is
 * zero.  The entry stays where it is until py2abi_entry_free.  Returns 0, or -1 with a host
 * exception: MemoryError; SystemError when libffi can make no function here, which a security policy
 * may forbid. */
int
py2abi_entry_make(struct py2abi_entry *entry, enum py2abi_entry_kind kind)
{
    ffi_cif *cif = &cifs[kind];
    int *next = &kinds[kind].next;
    entry->kind = kind;
    while (*next < kinds[kind].count && kinds[kind].used[*next] != NULL) {
        ++*next;
    }
    entry->number = *next;
    if (entry->number < kinds[kind].count) {
        kinds[kind].used[entry->number] = entry;
        entry->code = code_of(kind, entry->number);
        return 0;
    }
    static const unsigned counts[] = {2, 3, 4}; /* of arguments, by kind */
    errno = 0;
    if (cif->nargs != 0
        || ffi_prep_cif(cif, FFI_DEFAULT_ABI, counts[kind], &ffi_type_pointer,
                        kind == PY2ABI_ENTRY_FAST ? counted : pointers)
               == FFI_OK) {
        entry->closure = py2abi_closure_make(cif, call_entry, entry, &entry->code);
        if (entry->closure != NULL) {
            return 0;
        }
    }
    if (errno == ENOMEM) {
        host_PyErr_NoMemory();
        return -1;
    }
    host_PyErr_SetString(*HOST(PyExc_SystemError),
                         "libffi can make no function for a Python 2 function here: executable "
                         "memory seems to be forbidden");
    return -1;
}

void
py2abi_entry_free(struct py2abi_entry *entry)
{
    int *next = &kinds[entry->kind].next;
    if (entry->closure != NULL) {
        py2abi_closure_free(entry->closure);
    }
    else if (entry->number < kinds[entry->kind].count
             && kinds[entry->kind].used[entry->number] == entry) {
        kinds[entry->kind].used[entry->number] = NULL;
        *next = entry->number < *next ? entry->number : *next;
    }
}
