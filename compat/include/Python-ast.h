/* Python-ast.h - the abstract syntax tree: its nodes' types, which stay opaque,
 * as no extension looks into them. */

#include "Python.h"

#ifndef PY2ABI_27_PYTHON_AST_H
#define PY2ABI_27_PYTHON_AST_H

#include "asdl.h"

typedef struct _mod *mod_ty;
typedef struct _stmt *stmt_ty;
typedef struct _expr *expr_ty;
typedef struct _slice *slice_ty;
typedef struct _comprehension *comprehension_ty;
typedef struct _excepthandler *excepthandler_ty;
typedef struct _arguments *arguments_ty;
typedef struct _keyword *keyword_ty;
typedef struct _alias *alias_ty;

#endif
