/* entry.h - C functions that the host can call, each with something that it knows. */

#ifndef PY2ABI_ENTRY_H
#define PY2ABI_ENTRY_H

#include "closure.h"
#include "guest.h"

/* How the host calls. */
enum py2abi_entry_kind {
    PY2ABI_ENTRY_PLAIN,   /* METH_NOARGS, METH_O, METH_VARARGS: one C signature */
    PY2ABI_ENTRY_KEYWORD, /* METH_VARARGS | METH_KEYWORDS: an argument more */
    PY2ABI_ENTRY_FAST,    /* METH_FASTCALL | METH_KEYWORDS: an array of so many arguments, and the
                             names of those that follow, as a tuple or NULL */
};
enum { HOST_METH_FASTCALL = 0x80 }; /* 2.7 has no such */

struct py2abi_entry {
    HostObject *(*call)(void *data, HostObject *self, HostObject *args, HostObject *kwargs);
    HostObject *(*call_fast)(void *data, HostObject *self, HostObject *const *args,
                             Py_ssize_t count, HostObject *names); /* of PY2ABI_ENTRY_FAST */
    void *data;
    struct py2abi_closure *closure; /* NULL: it is one of the compiled ones */
    enum py2abi_entry_kind kind;
    int number;                /* which of its kind */
    void *code;                /* NULL: there is none */
};

enum py2abi_entry_kind py2abi_entry_kind(int flags);
int py2abi_entry_flags(int flags);
int py2abi_entry_refuse_names(HostObject *names, const char *function);
int py2abi_entry_make(struct py2abi_entry *entry, enum py2abi_entry_kind kind);
void py2abi_entry_free(struct py2abi_entry *entry);

#endif
