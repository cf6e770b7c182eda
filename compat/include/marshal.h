/* marshal.h - objects from and to the format of .pyc files. */

#include "Python.h"

#ifndef PY2ABI_27_MARSHAL_H
#define PY2ABI_27_MARSHAL_H

#define Py_MARSHAL_VERSION 2

#endif
