/* pyfpe.h - traps of floating-point errors, which nobody's Python is built with. */

#include "Python.h"

#ifndef PY2ABI_27_PYFPE_H
#define PY2ABI_27_PYFPE_H

#define PyFPE_START_PROTECT(message, leave)
#define PyFPE_END_PROTECT(result)

#endif
