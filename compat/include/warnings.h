/* warnings.h - warnings, and those about Python 3. */

#include "Python.h"

#ifndef PY2ABI_27_WARNINGS_H
#define PY2ABI_27_WARNINGS_H

#define PyErr_WarnPy3k(message, level) \
    (Py_Py3kWarningFlag ? PyErr_WarnEx(PyExc_DeprecationWarning, (message), (level)) : 0)

#endif
