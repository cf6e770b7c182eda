/* sig.h - from a row of a table to a C prototype and a libffi call.
 *
 * A row writes its arguments as An(tokens...), with tokens from types.def.  An
 * is no macro: SIG_x(args) pastes it to the name of one, which says what to
 * make of it.
 *
 * The types that types.def names are Python's, from capi.h; compat/hostapi.h,
 * where PyObject is the guest's, has them under other names. */

#ifndef PY2ABI_SIG_H
#define PY2ABI_SIG_H

#ifndef PY2ABI_COMPAT_HOSTAPI_H
#include "capi.h"
#endif

#include <ffi.h>
#include <stddef.h>

#define TYPE(token, ctype, ffi, arg, arg_ffi, kind)                                               \
    typedef ctype sig_##token;                                                                    \
    typedef arg sig_arg_##token;
#include "types.def"
#undef TYPE

enum { SIG_MAX_ARGS = 6 };

/* The number of arguments. */
#define SIG_COUNT(args)     SIG_COUNT_##args
#define SIG_COUNT_A0()        0
#define SIG_COUNT_A1(a)       1
#define SIG_COUNT_A2(a, b)    2
#define SIG_COUNT_A3(a, b, c) 3
#define SIG_COUNT_A4(a, b, c, d) 4
#define SIG_COUNT_A5(a, b, c, d, e) 5
#define SIG_COUNT_A6(a, b, c, d, e, f) 6

/* The list of C types, as in a function type. */
#define SIG_TYPES(args)     SIG_TYPES_##args
#define SIG_TYPES_A0()        void
#define SIG_TYPES_A1(a)       sig_##a
#define SIG_TYPES_A2(a, b)    sig_##a, sig_##b
#define SIG_TYPES_A3(a, b, c) sig_##a, sig_##b, sig_##c
#define SIG_TYPES_A4(a, b, c, d) SIG_TYPES_A3(a, b, c), sig_##d
#define SIG_TYPES_A5(a, b, c, d, e) SIG_TYPES_A4(a, b, c, d), sig_##e
#define SIG_TYPES_A6(a, b, c, d, e, f) SIG_TYPES_A5(a, b, c, d, e), sig_##f

/* The list of parameters, as in a function definition. */
#define SIG_PARAMS(args)     SIG_PARAMS_##args
#define SIG_PARAMS_A0()        void
#define SIG_PARAMS_A1(a)       sig_##a a1
#define SIG_PARAMS_A2(a, b)    sig_##a a1, sig_##b a2
#define SIG_PARAMS_A3(a, b, c) sig_##a a1, sig_##b a2, sig_##c a3
#define SIG_PARAMS_A4(a, b, c, d) SIG_PARAMS_A3(a, b, c), sig_##d a4
#define SIG_PARAMS_A5(a, b, c, d, e) SIG_PARAMS_A4(a, b, c, d), sig_##e a5
#define SIG_PARAMS_A6(a, b, c, d, e, f) SIG_PARAMS_A5(a, b, c, d, e), sig_##f a6

/* The names of those parameters, as in a call. */
#define SIG_NAMES(args)     SIG_NAMES_##args
#define SIG_NAMES_A0()
#define SIG_NAMES_A1(a)       a1
#define SIG_NAMES_A2(a, b)    a1, a2
#define SIG_NAMES_A3(a, b, c) a1, a2, a3
#define SIG_NAMES_A4(a, b, c, d) a1, a2, a3, a4
#define SIG_NAMES_A5(a, b, c, d, e) a1, a2, a3, a4, a5
#define SIG_NAMES_A6(a, b, c, d, e, f) a1, a2, a3, a4, a5, a6

/* libffi's array of argument addresses; never empty, as C has no empty array. */
#define SIG_ADDRESS(token, name)  &(sig_arg_##token){name}
#define SIG_ADDRESSES(args)       SIG_ADDRESSES_##args
#define SIG_ADDRESSES_A0()        NULL
#define SIG_ADDRESSES_A1(a)       SIG_ADDRESS(a, a1)
#define SIG_ADDRESSES_A2(a, b)    SIG_ADDRESS(a, a1), SIG_ADDRESS(b, a2)
#define SIG_ADDRESSES_A3(a, b, c) SIG_ADDRESS(a, a1), SIG_ADDRESS(b, a2), SIG_ADDRESS(c, a3)
#define SIG_ADDRESSES_A4(a, b, c, d) SIG_ADDRESSES_A3(a, b, c), SIG_ADDRESS(d, a4)
#define SIG_ADDRESSES_A5(a, b, c, d, e) SIG_ADDRESSES_A4(a, b, c, d), SIG_ADDRESS(e, a5)
#define SIG_ADDRESSES_A6(a, b, c, d, e, f) SIG_ADDRESSES_A5(a, b, c, d, e), SIG_ADDRESS(f, a6)

/* The tokens as indices into the table of types, again never empty. */
enum sig_token {
#define TYPE(token, ctype, ffi, arg, arg_ffi, kind) SIG_##token,
#include "types.def"
#undef TYPE
};
#define SIG_TOKENS(args)     SIG_TOKENS_##args
#define SIG_TOKENS_A0()        SIG_VOID
#define SIG_TOKENS_A1(a)       SIG_##a
#define SIG_TOKENS_A2(a, b)    SIG_##a, SIG_##b
#define SIG_TOKENS_A3(a, b, c) SIG_##a, SIG_##b, SIG_##c
#define SIG_TOKENS_A4(a, b, c, d) SIG_TOKENS_A3(a, b, c), SIG_##d
#define SIG_TOKENS_A5(a, b, c, d, e) SIG_TOKENS_A4(a, b, c, d), SIG_##e
#define SIG_TOKENS_A6(a, b, c, d, e, f) SIG_TOKENS_A5(a, b, c, d, e), SIG_##f

/* Where libffi leaves a result, and how each type is taken out of it. */
union sig_slot {
    ffi_sarg word;
    double real;
    void *pointer;
};
#define SIG_TAKE_NONE(token)                                                                      \
    static inline void sig_take_##token(union sig_slot slot) { (void)slot; }
#define SIG_TAKE_WORD(token)                                                                      \
    static inline sig_##token sig_take_##token(union sig_slot slot)                               \
    {                                                                                             \
        return (sig_##token)slot.word;                                                            \
    }
#define SIG_TAKE_REAL(token)                                                                      \
    static inline sig_##token sig_take_##token(union sig_slot slot)                               \
    {                                                                                             \
        return slot.real;                                                                         \
    }
#define SIG_TAKE_POINTER(token)                                                                   \
    static inline sig_##token sig_take_##token(union sig_slot slot)                               \
    {                                                                                             \
        return (sig_##token)slot.pointer;                                                         \
    }
#define TYPE(token, ctype, ffi, arg, arg_ffi, kind) SIG_TAKE_##kind(token)
#include "types.def"
#undef TYPE

/* A signature, ready to be called. */
struct py2abi_sig {
    ffi_cif cif;
    ffi_type *args[SIG_MAX_ARGS];
    struct ffi_call_plan *plan; /* NULL: libffi has no plans, or no memory for one */
};

/* A signature as a table writes it. */
struct py2abi_sig_row {
    unsigned char result, count, args[SIG_MAX_ARGS];
};

int py2abi_sig_prepare(struct py2abi_sig *sig, const struct py2abi_sig_row *row);
int py2abi_sig_same(const struct py2abi_sig_row *a, const struct py2abi_sig_row *b);
void py2abi_sig_clear(struct py2abi_sig *sig);

/* Call fn; the result lands in slot.  Any thread; what fn needs of the GIL is
 * the caller's business. */
static inline void
py2abi_sig_call(const struct py2abi_sig *sig, void (*fn)(void), union sig_slot *slot, void **args)
{
#ifdef HAVE_FFI_CALL_PLAN
    if (sig->plan != NULL) {
        ffi_call_plan_invoke(sig->plan, fn, slot, args);
        return;
    }
#endif
    ffi_call((ffi_cif *)&sig->cif, fn, slot, args);
}

#endif
