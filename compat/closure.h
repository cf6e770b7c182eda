/* closure.h - C functions that are made while the program runs. */

#ifndef PY2ABI_CLOSURE_H
#define PY2ABI_CLOSURE_H

#include <ffi.h>

struct py2abi_closure;

struct py2abi_closure *py2abi_closure_make(ffi_cif *cif,
                                           void (*handler)(ffi_cif *cif, void *result,
                                                           void **arguments, void *data),
                                           void *data, void **ret_code);
void py2abi_closure_free(struct py2abi_closure *closure);

#endif
