/* parsetok.h - the parser: how to call it, and what it found wrong. */

#include "Python.h"

#ifndef PY2ABI_27_PARSETOK_H
#define PY2ABI_27_PARSETOK_H

#include "grammar.h"
#include "node.h"

typedef struct py2abi_perrdetail {
    int error;
    const char *filename;
    int lineno;
    int offset;
    char *text;
    int token;
    int expected;
} perrdetail;

#define PyPARSE_DONT_IMPLY_DEDENT 0x2
#define PyPARSE_PRINT_IS_FUNCTION 0x4
#define PyPARSE_UNICODE_LITERALS 0x8

#endif
