/* entry.c - C functions that the host can call, each with something that it knows: the host
 * passes only self and the arguments. */

#include "config.h"
#include "entry.h"

/* METH_NOARGS, METH_O and METH_VARARGS have one C signature; with keywords there
 * is one argument more. */
static ffi_cif plain_cif, keyword_cif;
static ffi_type *pointers[] = {&ffi_type_pointer, &ffi_type_pointer, &ffi_type_pointer};

/* The first ones are compiled: a call takes a third less time than through a function that
 * libffi makes, which are for what is beyond. */
enum { PLAIN_COUNT = 1024, KEYWORD_COUNT = 256 };
static const struct py2abi_entry *plain[PLAIN_COUNT], *keyword[KEYWORD_COUNT];

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
#define PLAIN_NAME(n) plain_##n,
#define KEYWORD_NAME(n) keyword_##n,

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
static HostObject *(*const plain_code[PLAIN_COUNT])(HostObject *, HostObject *) = {
    TIMES_1024(PLAIN_NAME)
};
static HostObject *(*const keyword_code[KEYWORD_COUNT])(HostObject *, HostObject *,
                                                        HostObject *) = {
    TIMES_256(KEYWORD_NAME, 0)
};

/* Where the search for one that is not used begins. */
static int plain_next, keyword_next;

static int
find_unused(const struct py2abi_entry **used, int count, int *next)
{
    while (*next < count && used[*next] != NULL) {
        ++*next;
    }
    return *next;
}

/* libffi's handler for all of its own. */
static void
call_entry(ffi_cif *cif, void *slot, void **arguments, void *data)
{
    const struct py2abi_entry *entry = data;
    HostObject **result = slot;
    *result = entry->call(entry->data, *(HostObject **)arguments[0], *(HostObject **)arguments[1],
                          cif->nargs == 3 ? *(HostObject **)arguments[2] : NULL);
}

/* Make the C function for an entry whose call and data are set; the rest is zero.  The entry
 * stays where it is until py2abi_entry_free.  Returns 0, or -1 with a host exception: SystemError
 * when libffi can make no function here, which a security policy may forbid. */
int
py2abi_entry_make(struct py2abi_entry *entry, int keywords)
{
    ffi_cif *cif = keywords ? &keyword_cif : &plain_cif;
    entry->number = keywords ? find_unused(keyword, KEYWORD_COUNT, &keyword_next)
                             : find_unused(plain, PLAIN_COUNT, &plain_next);
    if (keywords && entry->number < KEYWORD_COUNT) {
        keyword[entry->number] = entry;
        entry->code = (void *)keyword_code[entry->number];
        return 0;
    }
    if (!keywords && entry->number < PLAIN_COUNT) {
        plain[entry->number] = entry;
        entry->code = (void *)plain_code[entry->number];
        return 0;
    }
    if (cif->nargs != 0
        || ffi_prep_cif(cif, FFI_DEFAULT_ABI, keywords ? 3 : 2, &ffi_type_pointer, pointers)
               == FFI_OK) {
        entry->closure = ffi_closure_alloc(sizeof *entry->closure, &entry->code);
        if (entry->closure != NULL
            && ffi_prep_closure_loc(entry->closure, cif, call_entry, entry, entry->code)
                   == FFI_OK) {
            return 0;
        }
    }
    host_PyErr_SetString(*HOST(PyExc_SystemError),
                         "libffi can make no function for a Python 2 function here: executable "
                         "memory seems to be forbidden");
    return -1;
}

void
py2abi_entry_free(struct py2abi_entry *entry)
{
    if (entry->closure != NULL) {
        ffi_closure_free(entry->closure);
    }
    else if (entry->number < PLAIN_COUNT && plain[entry->number] == entry) {
        plain[entry->number] = NULL;
        plain_next = entry->number < plain_next ? entry->number : plain_next;
    }
    else if (entry->number < KEYWORD_COUNT && keyword[entry->number] == entry) {
        keyword[entry->number] = NULL;
        keyword_next = entry->number < keyword_next ? entry->number : keyword_next;
    }
}
