/* pystrtod.h - numbers from and to text. */

#include "Python.h"

#ifndef PY2ABI_27_PYSTRTOD_H
#define PY2ABI_27_PYSTRTOD_H

#define Py_DTSF_SIGN 0x1
#define Py_DTSF_ADD_DOT_0 0x2
#define Py_DTSF_ALT 0x4

#define Py_DTST_FINITE 0
#define Py_DTST_INFINITE 1
#define Py_DTST_NAN 2

#endif
