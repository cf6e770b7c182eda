/* declare27.h - the functions and data of the ABI, from the tables.
 *
 * api27.def has a row for each, types27.def one for each type in a signature:
 *
 *     TYPE27(token, C type, ...)
 *     API(KIND, name, result, (argument, ...), ...)
 *     DATA(KIND, name, type, ...)
 *
 * KIND only matters here where it is VA(function) or STUB_VA(function): after the
 * listed arguments stands `...`.  UNTAGGED27(name) in a type is a structure that
 * has a tag in our headers, so that it can be declared here. */

#include "Python.h"

#ifndef PY2ABI_27_DECLARE27_H
#define PY2ABI_27_DECLARE27_H

#define TYPE27(token, type, ...) typedef type py2sig_##token;
#include "../types27.def"
#undef TYPE27

/* A parenthesized list of tokens becomes one of parameters. */
#define PY2SIG_PARAMETERS(...) \
    PY2SIG_SELECT(__VA_ARGS__, PY2SIG_16, PY2SIG_15, PY2SIG_14, PY2SIG_13, PY2SIG_12, PY2SIG_11, \
                  PY2SIG_10, PY2SIG_9, PY2SIG_8, PY2SIG_7, PY2SIG_6, PY2SIG_5, PY2SIG_4, \
                  PY2SIG_3, PY2SIG_2, PY2SIG_1, )(__VA_ARGS__)
#define PY2SIG_SELECT(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, chosen, ...) chosen
#define PY2SIG_1(a) py2sig_##a
#define PY2SIG_2(a, ...) py2sig_##a, PY2SIG_1(__VA_ARGS__)
#define PY2SIG_3(a, ...) py2sig_##a, PY2SIG_2(__VA_ARGS__)
#define PY2SIG_4(a, ...) py2sig_##a, PY2SIG_3(__VA_ARGS__)
#define PY2SIG_5(a, ...) py2sig_##a, PY2SIG_4(__VA_ARGS__)
#define PY2SIG_6(a, ...) py2sig_##a, PY2SIG_5(__VA_ARGS__)
#define PY2SIG_7(a, ...) py2sig_##a, PY2SIG_6(__VA_ARGS__)
#define PY2SIG_8(a, ...) py2sig_##a, PY2SIG_7(__VA_ARGS__)
#define PY2SIG_9(a, ...) py2sig_##a, PY2SIG_8(__VA_ARGS__)
#define PY2SIG_10(a, ...) py2sig_##a, PY2SIG_9(__VA_ARGS__)
#define PY2SIG_11(a, ...) py2sig_##a, PY2SIG_10(__VA_ARGS__)
#define PY2SIG_12(a, ...) py2sig_##a, PY2SIG_11(__VA_ARGS__)
#define PY2SIG_13(a, ...) py2sig_##a, PY2SIG_12(__VA_ARGS__)
#define PY2SIG_14(a, ...) py2sig_##a, PY2SIG_13(__VA_ARGS__)
#define PY2SIG_15(a, ...) py2sig_##a, PY2SIG_14(__VA_ARGS__)
#define PY2SIG_16(a, ...) py2sig_##a, PY2SIG_15(__VA_ARGS__)

/* What follows the parameters, by KIND. */
#define PY2SIG_REST_IMPL
#define PY2SIG_REST_STUB
#define PY2SIG_REST_NOP
#define PY2SIG_REST_HOST(function)
#define PY2SIG_REST_ALIAS(name)
#define PY2SIG_REST_VA(function) , ...
#define PY2SIG_REST_STUB_VA(function) , ...

/* The name is in parentheses, as some are names of macros too. */
#define API(kind, name, result, parameters, ...) \
    extern py2sig_##result(name)(PY2SIG_PARAMETERS parameters PY2SIG_REST_##kind);
#define DATA(kind, name, type, ...) extern type name;
#include "../api27.def"
#undef API
#undef DATA

#endif
