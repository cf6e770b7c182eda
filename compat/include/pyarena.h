/* pyarena.h - memory of the compiler. */

#include "Python.h"

#ifndef PY2ABI_27_PYARENA_H
#define PY2ABI_27_PYARENA_H

typedef struct _arena PyArena;

#endif
