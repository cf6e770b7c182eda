/* grammar.h - the parser's tables. */

#include "Python.h"

#ifndef PY2ABI_27_GRAMMAR_H
#define PY2ABI_27_GRAMMAR_H

#include "bitset.h"

#define EMPTY 0

typedef struct py2abi_label {
    int lb_type;
    char *lb_str;
} label;

typedef struct py2abi_labellist {
    int ll_nlabels;
    label *ll_label;
} labellist;

typedef struct {
    short a_lbl;
    short a_arrow;
} arc;

typedef struct {
    int s_narcs;
    arc *s_arc;
    int s_lower;
    int s_upper;
    int *s_accel;
    int s_accept;
} state;

typedef struct py2abi_dfa {
    int d_type;
    char *d_name;
    int d_initial;
    int d_nstates;
    state *d_state;
    bitset d_first;
} dfa;

typedef struct py2abi_grammar {
    int g_ndfas;
    dfa *g_dfa;
    labellist g_ll;
    int g_start;
    int g_accel;
} grammar;

#endif
