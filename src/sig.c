/* sig.c - libffi's side of the signatures: one cif, and where libffi has them
 * one call plan, for each. */

#include "config.h"
#include "capi.h"
#include "sig.h"

#include <stdint.h>
#include <string.h>

/* libffi has no name for Py_ssize_t. */
#if PTRDIFF_MAX == INT64_MAX
#define ffi_type_ssize ffi_type_sint64
#else
#define ffi_type_ssize ffi_type_sint32
#endif

static ffi_type *const result_types[] = {
#define TYPE(token, ctype, ffi, arg, arg_ffi, kind) &ffi,
#include "types.def"
#undef TYPE
};

static ffi_type *const arg_types[] = {
#define TYPE(token, ctype, ffi, arg, arg_ffi, kind) &arg_ffi,
#include "types.def"
#undef TYPE
};

/* Prepare sig for calls of the signature that row describes.  Returns 0, or -1
 * when libffi refuses.  sig must stay where it is for as long as it is used:
 * the cif points into it.  Any thread; needs no Python. */
int
py2abi_sig_prepare(struct py2abi_sig *sig, const struct py2abi_sig_row *row)
{
    for (unsigned i = 0; i < row->count; i++) {
        sig->args[i] = arg_types[row->args[i]];
    }
    if (ffi_prep_cif(&sig->cif, FFI_DEFAULT_ABI, row->count, result_types[row->result],
                     sig->args)
        != FFI_OK) {
        return -1;
    }
#ifdef HAVE_FFI_CALL_PLAN
    /* Without memory for a plan the plain call still works. */
    sig->plan = ffi_call_plan_alloc(&sig->cif);
#else
    sig->plan = NULL;
#endif
    return 0;
}

/* Whether two rows have one calling sequence: pointers are alike to libffi,
 * whatever they point to.  Any thread; needs no Python. */
int
py2abi_sig_same(const struct py2abi_sig_row *a, const struct py2abi_sig_row *b)
{
    if (a->count != b->count || result_types[a->result] != result_types[b->result]) {
        return 0;
    }
    for (unsigned i = 0; i < a->count; i++) {
        if (arg_types[a->args[i]] != arg_types[b->args[i]]) {
            return 0;
        }
    }
    return 1;
}

/* Give back what py2abi_sig_prepare allocated. */
void
py2abi_sig_clear(struct py2abi_sig *sig)
{
#ifdef HAVE_FFI_CALL_PLAN
    if (sig->plan != NULL) {
        ffi_call_plan_free(sig->plan);
    }
#endif
    memset(sig, 0, sizeof *sig);
}
