/* pystrcmp.h - comparisons that ignore case. */

#include "Python.h"

#ifndef PY2ABI_27_PYSTRCMP_H
#define PY2ABI_27_PYSTRCMP_H

#define PyOS_stricmp PyOS_mystricmp
#define PyOS_strnicmp PyOS_mystrnicmp

#endif
