/* dispatch.h - what a name of the 2.7 ABI is bound to. */

#ifndef PY2ABI_DISPATCH_H
#define PY2ABI_DISPATCH_H

#include "api.h"
#include "guest.h"

#include <ffi.h>

/* An argument or a result, as libffi passes it. */
union py2abi_word {
    ffi_sarg number;
    ffi_arg positive;
    double real;
    void *pointer;
};

struct py2abi_variadic {
    void *plain, *watched;
};
extern const struct py2abi_variadic py2abi_variadic[]; /* ends with a NULL */

void *py2abi_dispatch_address(const struct py2abi_api *row);
enum py2abi_api_class py2abi_token_class(unsigned token);
int py2abi_trace_begin(void);
void py2abi_trace(const struct py2abi_api *row, const union py2abi_word *args,
                  union py2abi_word result);
int py2abi_trace_is_on(void);
void py2abi_trace_enter(const struct py2abi_api *row);
void py2abi_trace_failure(const struct py2abi_guest *guest, const char *module);
void py2abi_trace_crash(void);
int py2abi_check_begin(void);

/* What there was when a call began. */
struct py2abi_watch {
    int had_error;                               /* the guest's exception was set */
    unsigned long events, code;                  /* of check.h */
    Py_ssize_t counts[PY2ABI_API_MAX_ARGS];      /* of references to the arguments */
    PyObject *objects[PY2ABI_API_MAX_ARGS];      /* where an argument points to one */
};
void py2abi_check_enter(const struct py2abi_api *row, const union py2abi_word *args,
                        struct py2abi_watch *watch);
void py2abi_check_leave(const struct py2abi_api *row, const union py2abi_word *args,
                        union py2abi_word result, const struct py2abi_watch *watch);

/* Around each call that is watched: traced, checked, or both. */
void py2abi_watch_enter(const struct py2abi_api *row, const union py2abi_word *args,
                        struct py2abi_watch *watch);
void py2abi_watch_leave(const struct py2abi_api *row, const union py2abi_word *args,
                        union py2abi_word result, const struct py2abi_watch *watch);

#endif
