/* bytes_methods.h - the methods of strings of bytes, and ASCII characters. */

#include "Python.h"

#ifndef PY2ABI_27_BYTES_METHODS_H
#define PY2ABI_27_BYTES_METHODS_H

#define ISLOWER(c) Py_ISLOWER(c)
#define ISUPPER(c) Py_ISUPPER(c)
#define ISALPHA(c) Py_ISALPHA(c)
#define ISDIGIT(c) Py_ISDIGIT(c)
#define ISXDIGIT(c) Py_ISXDIGIT(c)
#define ISALNUM(c) Py_ISALNUM(c)
#define ISSPACE(c) Py_ISSPACE(c)
#define TOLOWER(c) Py_TOLOWER(c)
#define TOUPPER(c) Py_TOUPPER(c)
#define PyDoc_STRVAR_shared(name, text) const char name[] = PyDoc_STR(text)

#endif
