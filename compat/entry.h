/* entry.h - C functions that the host can call, each with something that it knows. */

#ifndef PY2ABI_ENTRY_H
#define PY2ABI_ENTRY_H

#include "guest.h"

#include <ffi.h>

struct py2abi_entry {
    HostObject *(*call)(void *data, HostObject *self, HostObject *args, HostObject *kwargs);
    void *data;
    ffi_closure *closure;      /* that libffi made; NULL: it is one of the compiled ones */
    int number;                /* which */
    void *code;                /* NULL: there is none */
};

int py2abi_entry_make(struct py2abi_entry *entry, int keywords);
void py2abi_entry_free(struct py2abi_entry *entry);

#endif
