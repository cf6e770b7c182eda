/* longobject.h - integers of any size; their digits are in longintrepr.h. */

#include "Python.h"

#ifndef PY2ABI_27_LONGOBJECT_H
#define PY2ABI_27_LONGOBJECT_H

typedef struct _longobject PyLongObject;

#define PyLong_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_LONG_SUBCLASS)
#define PyLong_CheckExact(op) PY2ABI_IS(op, PyLong_Type)

#define _PyLong_AsSsize_t PyLong_AsSsize_t
#define _PyLong_FromSize_t PyLong_FromSize_t
#define _PyLong_FromSsize_t PyLong_FromSsize_t

#endif
