/* compile.h - from source to code. */

#include "Python.h"

#ifndef PY2ABI_27_COMPILE_H
#define PY2ABI_27_COMPILE_H

struct _mod;
struct _node;
struct symtable;

typedef struct {
    int ff_features;
    int ff_lineno;
} PyFutureFeatures;

#define FUTURE_NESTED_SCOPES "nested_scopes"
#define FUTURE_GENERATORS "generators"
#define FUTURE_DIVISION "division"
#define FUTURE_ABSOLUTE_IMPORT "absolute_import"
#define FUTURE_WITH_STATEMENT "with_statement"
#define FUTURE_PRINT_FUNCTION "print_function"
#define FUTURE_UNICODE_LITERALS "unicode_literals"

#endif
