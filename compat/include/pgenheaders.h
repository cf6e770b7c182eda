/* pgenheaders.h - the names under which the parser generator's functions are exported. */

#include "Python.h"

#ifndef PY2ABI_27_PGENHEADERS_H
#define PY2ABI_27_PGENHEADERS_H

#define addarc _Py_addarc
#define addbit _Py_addbit
#define adddfa _Py_adddfa
#define addfirstsets _Py_addfirstsets
#define addlabel _Py_addlabel
#define addstate _Py_addstate
#define delbitset _Py_delbitset
#define findlabel _Py_findlabel
#define freegrammar _Py_freegrammar
#define mergebitset _Py_mergebitset
#define meta_grammar _Py_meta_grammar
#define newbitset _Py_newbitset
#define newgrammar _Py_newgrammar
#define pgen _Py_pgen
#define samebitset _Py_samebitset
#define translatelabels _Py_translatelabels

#endif
