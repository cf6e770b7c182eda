/* iterobject.h - the two kinds of iterators that iter makes. */

#include "Python.h"

#ifndef PY2ABI_27_ITEROBJECT_H
#define PY2ABI_27_ITEROBJECT_H

#define PySeqIter_Check(op) PY2ABI_IS(op, PySeqIter_Type)
#define PyCallIter_Check(op) PY2ABI_IS(op, PyCallIter_Type)

#endif
