/* pyctype.h - characters, whatever the locale. */

#include "Python.h"

#ifndef PY2ABI_27_PYCTYPE_H
#define PY2ABI_27_PYCTYPE_H

#define PY_CTF_LOWER 0x1
#define PY_CTF_UPPER 0x2
#define PY_CTF_ALPHA (PY_CTF_LOWER | PY_CTF_UPPER)
#define PY_CTF_DIGIT 0x4
#define PY_CTF_ALNUM (PY_CTF_ALPHA | PY_CTF_DIGIT)
#define PY_CTF_SPACE 0x8
#define PY_CTF_XDIGIT 0x10

#define PY2ABI_CTYPE(c, kinds) (_Py_ctype_table[Py_CHARMASK(c)] & (kinds))
#define Py_ISLOWER(c) PY2ABI_CTYPE(c, PY_CTF_LOWER)
#define Py_ISUPPER(c) PY2ABI_CTYPE(c, PY_CTF_UPPER)
#define Py_ISALPHA(c) PY2ABI_CTYPE(c, PY_CTF_ALPHA)
#define Py_ISDIGIT(c) PY2ABI_CTYPE(c, PY_CTF_DIGIT)
#define Py_ISXDIGIT(c) PY2ABI_CTYPE(c, PY_CTF_XDIGIT)
#define Py_ISALNUM(c) PY2ABI_CTYPE(c, PY_CTF_ALNUM)
#define Py_ISSPACE(c) PY2ABI_CTYPE(c, PY_CTF_SPACE)
#define Py_TOLOWER(c) (_Py_ctype_tolower[Py_CHARMASK(c)])
#define Py_TOUPPER(c) (_Py_ctype_toupper[Py_CHARMASK(c)])

#endif
