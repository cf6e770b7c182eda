/* metagrammar.h - the symbols of the grammar that grammars are written in. */

#include "Python.h"

#ifndef PY2ABI_27_METAGRAMMAR_H
#define PY2ABI_27_METAGRAMMAR_H

#define MSTART 256
#define RULE 257
#define RHS 258
#define ALT 259
#define ITEM 260
#define ATOM 261

#endif
