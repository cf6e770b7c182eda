/* ast.h - from the parser's tree to the abstract syntax tree. */

#include "Python-ast.h"
#include "node.h"
