/* variadic.c - the variadic functions of the C API, made from their rows: each
 * hands its arguments to the function that the row names.
 *
 * There are two of each, for one reason: libffi has no variadic closures, so that
 * what is watched of such a call (PY2ABI_TRACE) has to be watched in here.  The second
 * one is what guests are bound to while calls are watched. */

#include "config.h"
#include "guest.h"
#include "dispatch.h"

#include <string.h>

#define WORD_OF(value) ((union py2abi_word){.pointer = (void *)(uintptr_t)(value)})
#define WORDS_1 {WORD_OF(a1)}
#define WORDS_2 {WORD_OF(a1), WORD_OF(a2)}
#define WORDS_3 {WORD_OF(a1), WORD_OF(a2), WORD_OF(a3)}
#define WORDS_4 {WORD_OF(a1), WORD_OF(a2), WORD_OF(a3), WORD_OF(a4)}
#define WORDS(...) VARIADIC_PICK(__VA_ARGS__, WORDS_4, WORDS_3, WORDS_2, WORDS_1, none)

#define CALL(fn, ...) CALL_(fn, VARIADIC_NAMES(__VA_ARGS__))
#define CALL_(fn, names) CALL__(fn, UNPACK names)
#define CALL__(...) CALL___(__VA_ARGS__)
#define CALL___(fn, ...) fn(__VA_ARGS__, rest)
#define UNPACK(...) __VA_ARGS__

#define BODY_VOID(fn, args, watch_)                                                               \
    va_list rest;                                                                                 \
    va_start(rest, VARIADIC_LAST args);                                                           \
    CALL(fn, UNPACK args);                                                                        \
    va_end(rest);                                                                                 \
    watch_(WORD_OF(0))
#define BODY_OTHER(fn, args, watch_)                                                              \
    va_list rest;                                                                                 \
    va_start(rest, VARIADIC_LAST args);                                                           \
    __auto_type value = CALL(fn, UNPACK args);                                                    \
    va_end(rest);                                                                                 \
    watch_(WORD_OF(value)) return value;
#define BODY_INT     BODY_OTHER
#define BODY_NEW     BODY_OTHER
#define BODY_NULLRET BODY_OTHER

#define NO_WATCH(result)
#define WATCH(result) py2abi_watch_leave(row, words, result, &watch);

#define VARIADIC_ROW(fn, name, result, args)                                                      \
    py2sig_##result name(VARIADIC_PARAMS args, ...)                                               \
    {                                                                                             \
        BODY_##result(fn, args, NO_WATCH)                                                         \
    }                                                                                             \
    static py2sig_##result watched_##name(VARIADIC_PARAMS args, ...)                              \
    {                                                                                             \
        static const struct py2abi_api *row;                                                      \
        union py2abi_word words[] = WORDS args;                                                   \
        if (row == NULL) {                                                                        \
            row = py2abi_api_find(&#name[sizeof "py2_" - 1]); /* names.h has renamed it */       \
        }                                                                                         \
        struct py2abi_watch watch;                                                                \
        py2abi_watch_enter(row, words, &watch);                                                   \
        BODY_##result(fn, args, WATCH)                                                            \
    }
#define API(kind, name, result, args, error, flags)                                               \
    VARIADIC_CALL(VARIADIC_##kind, name, result, args)
#define DATA(kind, name, ctype, size)
#include "api27.def"
#undef API
#undef DATA
#undef VARIADIC_ROW

/* Each with its watched twin. */
const struct py2abi_variadic py2abi_variadic[] = {
#define VARIADIC_ROW(fn, name, result, args) {(void *)name, (void *)watched_##name},
#define API(kind, name, result, args, error, flags)                                               \
    VARIADIC_CALL(VARIADIC_##kind, name, result, args)
#define DATA(kind, name, ctype, size)
#include "api27.def"
#undef API
#undef DATA
#undef VARIADIC_ROW
    {NULL, NULL},
};
