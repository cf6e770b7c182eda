/* rangeobject.h - what xrange makes. */

#include "Python.h"

#ifndef PY2ABI_27_RANGEOBJECT_H
#define PY2ABI_27_RANGEOBJECT_H

#define PyRange_Check(op) PY2ABI_IS(op, PyRange_Type)

#endif
