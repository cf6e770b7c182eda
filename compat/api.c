/* api.c - api27.def as a table that can be looked up: by the binder, the tracer
 * and the command `py2abi audit`, which has nothing else of the 2.7 ABI. */

#include "config.h"
#include "api.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The columns of a row, from its kind. */
#define KIND_IMPL        PY2ABI_API_IMPL
#define KIND_STUB        PY2ABI_API_STUB
#define KIND_EXC         PY2ABI_API_IMPL
#define KIND_NOP         PY2ABI_API_NOP
#define KIND_HOST(fn)    PY2ABI_API_HOST
#define KIND_ALIAS(name) PY2ABI_API_ALIAS
#define KIND_VA(fn)      PY2ABI_API_VA
#define KIND_STUB_VA(fn) PY2ABI_API_STUB
#define OTHER_IMPL        NULL
#define OTHER_STUB        NULL
#define OTHER_NOP         NULL
#define OTHER_HOST(fn)    #fn
#define OTHER_ALIAS(name) #name
#define OTHER_VA(fn)      NULL
#define OTHER_STUB_VA(fn) NULL
#define VARIADIC_IMPL        0
#define VARIADIC_STUB        0
#define VARIADIC_NOP         0
#define VARIADIC_HOST(fn)    0
#define VARIADIC_ALIAS(name) 0
#define VARIADIC_VA(fn)      1
#define VARIADIC_STUB_VA(fn) 1

/* A parenthesised list of tokens as its length and as numbers; (VOID) is none. */
#define COUNT(...) COUNT_OF(__VA_ARGS__, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
#define COUNT_OF(a, b, c, d, e, f, g, h, i, j, k, l, m, n, count, ...) count
#define TOKENS_1(a)       PY2ABI_TOKEN_##a
#define TOKENS_2(a, ...)  PY2ABI_TOKEN_##a, TOKENS_1(__VA_ARGS__)
#define TOKENS_3(a, ...)  PY2ABI_TOKEN_##a, TOKENS_2(__VA_ARGS__)
#define TOKENS_4(a, ...)  PY2ABI_TOKEN_##a, TOKENS_3(__VA_ARGS__)
#define TOKENS_5(a, ...)  PY2ABI_TOKEN_##a, TOKENS_4(__VA_ARGS__)
#define TOKENS_6(a, ...)  PY2ABI_TOKEN_##a, TOKENS_5(__VA_ARGS__)
#define TOKENS_7(a, ...)  PY2ABI_TOKEN_##a, TOKENS_6(__VA_ARGS__)
#define TOKENS_8(a, ...)  PY2ABI_TOKEN_##a, TOKENS_7(__VA_ARGS__)
#define TOKENS_9(a, ...)  PY2ABI_TOKEN_##a, TOKENS_8(__VA_ARGS__)
#define TOKENS_10(a, ...) PY2ABI_TOKEN_##a, TOKENS_9(__VA_ARGS__)
#define TOKENS_11(a, ...) PY2ABI_TOKEN_##a, TOKENS_10(__VA_ARGS__)
#define TOKENS_12(a, ...) PY2ABI_TOKEN_##a, TOKENS_11(__VA_ARGS__)
#define TOKENS_13(a, ...) PY2ABI_TOKEN_##a, TOKENS_12(__VA_ARGS__)
#define TOKENS_14(a, ...) PY2ABI_TOKEN_##a, TOKENS_13(__VA_ARGS__)
#define TOKENS_N(n, ...)  TOKENS_##n(__VA_ARGS__)
#define TOKENS_OF(n, ...) TOKENS_N(n, __VA_ARGS__)
#define TOKENS(...)       TOKENS_OF(COUNT(__VA_ARGS__), __VA_ARGS__)

const struct py2abi_api py2abi_api_rows[] = {
#define API(kind_, name_, result_, args_, error_, flags_)                                         \
    {                                                                                             \
        .name = #name_, .other = OTHER_##kind_, .kind = KIND_##kind_,                             \
        .is_variadic = VARIADIC_##kind_, .flags = flags_, .result = PY2ABI_TOKEN_##result_,       \
        .error = error_, .count = COUNT args_, .args = {TOKENS args_},                            \
    },
#define DATA(kind_, name_, ctype_, size_)                                                         \
    {.name = #name_, .kind = KIND_##kind_, .is_data = 1, .size = size_},
#include "api27.def"
#undef API
#undef DATA
};

const unsigned py2abi_api_count = sizeof py2abi_api_rows / sizeof py2abi_api_rows[0];

static const struct py2abi_api *sorted[sizeof py2abi_api_rows / sizeof py2abi_api_rows[0]];

static int
compare(const void *a, const void *b)
{
    return strcmp((*(const struct py2abi_api *const *)a)->name,
                  (*(const struct py2abi_api *const *)b)->name);
}

static void
sort(void)
{
    for (unsigned i = 0; i < py2abi_api_count; i++) {
        sorted[i] = &py2abi_api_rows[i];
    }
    qsort(sorted, py2abi_api_count, sizeof sorted[0], compare);
}

/* The row of a name, or NULL.  Any thread; needs no Python. */
const struct py2abi_api *
py2abi_api_find(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sort);
    const struct py2abi_api key = {.name = name}, *wanted = &key;
    const struct py2abi_api **found = bsearch(&wanted, sorted, py2abi_api_count, sizeof sorted[0],
                                              compare);
    return found != NULL ? *found : NULL;
}
