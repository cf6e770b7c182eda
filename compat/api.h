/* api.h - the rows of api27.def. */

#ifndef PY2ABI_API_H
#define PY2ABI_API_H

#include <stddef.h>

/* The columns of api27.def and types27.def; their heads explain them. */
enum py2abi_api_kind {
    PY2ABI_API_IMPL,
    PY2ABI_API_HOST,
    PY2ABI_API_VA,
    PY2ABI_API_ALIAS,
    PY2ABI_API_NOP,
    PY2ABI_API_STUB,
};

enum py2abi_api_class {
    CLASS_NONE, CLASS_SIGNED, CLASS_UNSIGNED, CLASS_REAL, CLASS_COMPLEX, CLASS_TEXT, CLASS_POINTER,
    CLASS_OBJECT, CLASS_OBJECT_N, CLASS_NAME, CLASS_KEY, CLASS_TYPEOBJECT, CLASS_STEAL,
    CLASS_STEAL_N, CLASS_STEAL_OK, CLASS_RAW, CLASS_OBJECTS, CLASS_OUT_NEW_N, CLASS_OUT_BORROW,
    CLASS_INOUT_STEAL, CLASS_INOUT_OK, CLASS_INOUT_NEW,
    CLASS_NEW, CLASS_NEW_N, CLASS_NULLRET, CLASS_BORROW, CLASS_BORROW_N, CLASS_BORROW_FROM1,
    CLASS_BORROW_FROM1_N,
};

enum py2abi_api_error {
    E_NONE, E_VOID, E_NULL, E_NULL_CHECK, E_NULL_QUIET, E_MINUS1, E_MINUS1_CHECK, E_MINUS1_QUIET,
    E_MINUS2, E_ZERO, E_ZERO_QUIET, E_CODE,
};

enum py2abi_api_flag { F_NOGIL = 1, F_NORETURN = 2, F_PRIVATE = 4, F_SLOT = 8, F_STORES = 16 };

enum { PY2ABI_API_MAX_ARGS = 14 };

struct py2abi_api {
    const char *name;
    const char *other;             /* HOST: the host's function; ALIAS: the name; else NULL */
    unsigned char kind, is_data, is_variadic, flags;
    unsigned char result, error, count;
    unsigned char args[PY2ABI_API_MAX_ARGS]; /* tokens: PY2ABI_TOKEN_... */
    unsigned size;                 /* of data */
};

enum py2abi_token {
#define TYPE27(token, ctype, ffi, class) PY2ABI_TOKEN_##token,
#include "types27.def"
#undef TYPE27
    PY2ABI_TOKEN_COUNT
};

extern const struct py2abi_api py2abi_api_rows[];
extern const unsigned py2abi_api_count;

const struct py2abi_api *py2abi_api_find(const char *name);

/* The number of arguments: (VOID) stands for none. */
static inline unsigned
py2abi_api_arity(const struct py2abi_api *row)
{
    return row->args[0] == PY2ABI_TOKEN_VOID ? 0 : row->count;
}

#endif
