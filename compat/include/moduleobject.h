/* moduleobject.h - modules; what is in them is nobody's business. */

#include "Python.h"

#ifndef PY2ABI_27_MODULEOBJECT_H
#define PY2ABI_27_MODULEOBJECT_H

#define PyModule_Check(op) PyObject_TypeCheck(op, &PyModule_Type)
#define PyModule_CheckExact(op) PY2ABI_IS(op, PyModule_Type)

#endif
