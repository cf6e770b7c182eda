/* variadic.h - the functions behind the variadic ones: VA(function) in api27.def.
 * Each takes the arguments of its row and then a va_list. */

#ifndef PY2ABI_VARIADIC_H
#define PY2ABI_VARIADIC_H

#include <stdarg.h>

/* A row as (what becomes of it, function, name, result, arguments). */
#define VARIADIC_IMPL        VARIADIC_SKIP, none
#define VARIADIC_STUB        VARIADIC_SKIP, none
#define VARIADIC_NOP         VARIADIC_SKIP, none
#define VARIADIC_HOST(fn)    VARIADIC_SKIP, none
#define VARIADIC_ALIAS(name) VARIADIC_SKIP, none
#define VARIADIC_STUB_VA(fn) VARIADIC_SKIP, none
#define VARIADIC_VA(fn)      VARIADIC_ROW, fn
#define VARIADIC_SKIP(fn, name, result, args)
#define VARIADIC_CALL(...)   VARIADIC_CALL_(__VA_ARGS__)
#define VARIADIC_CALL_(what, fn, name, result, args) what(fn, name, result, args)

/* Parameters with names, and the names alone, of one to four tokens. */
#define VARIADIC_PICK(a, b, c, d, chosen, ...) chosen
#define VARIADIC_PARAMS(...)                                                                      \
    VARIADIC_PICK(__VA_ARGS__, VARIADIC_PARAMS_4, VARIADIC_PARAMS_3, VARIADIC_PARAMS_2,           \
                  VARIADIC_PARAMS_1, none)                                                        \
    (__VA_ARGS__)
#define VARIADIC_PARAMS_1(a)          py2sig_##a a1
#define VARIADIC_PARAMS_2(a, b)       py2sig_##a a1, py2sig_##b a2
#define VARIADIC_PARAMS_3(a, b, c)    py2sig_##a a1, py2sig_##b a2, py2sig_##c a3
#define VARIADIC_PARAMS_4(a, b, c, d) py2sig_##a a1, py2sig_##b a2, py2sig_##c a3, py2sig_##d a4
#define VARIADIC_NAMES(...)                                                                       \
    VARIADIC_PICK(__VA_ARGS__, (a1, a2, a3, a4), (a1, a2, a3), (a1, a2), (a1), none)
#define VARIADIC_LAST(...) VARIADIC_PICK(__VA_ARGS__, a4, a3, a2, a1, none)

#define VARIADIC_ROW(fn, name, result, args)                                                      \
    py2sig_##result fn(VARIADIC_PARAMS args, va_list);
#define API(kind, name, result, args, error, flags)                                               \
    VARIADIC_CALL(VARIADIC_##kind, name, result, args)
#define DATA(kind, name, ctype, size)
#include "api27.def"
#undef API
#undef DATA
#undef VARIADIC_ROW

#endif
