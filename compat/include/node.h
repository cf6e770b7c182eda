/* node.h - the parser's tree. */

#include "Python.h"

#ifndef PY2ABI_27_NODE_H
#define PY2ABI_27_NODE_H

typedef struct _node {
    short n_type;
    char *n_str;
    int n_lineno;
    int n_col_offset;
    int n_nchildren;
    struct _node *n_child;
} node;

#define NCH(n) ((n)->n_nchildren)
#define CHILD(n, i) ((n)->n_child + (i))
#define RCHILD(n, i) CHILD(n, NCH(n) + (i))
#define TYPE(n) ((n)->n_type)
#define STR(n) ((n)->n_str)
#define REQ(n, type) assert(TYPE(n) == (type))

#endif
