/* bufferobject.h - the old buffer object. */

#include "Python.h"

#ifndef PY2ABI_27_BUFFEROBJECT_H
#define PY2ABI_27_BUFFEROBJECT_H

#define Py_END_OF_BUFFER (-1)
#define PyBuffer_Check(op) PY2ABI_IS(op, PyBuffer_Type)

#endif
