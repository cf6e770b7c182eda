/* osdefs.h - paths on this system. */

#include "Python.h"

#ifndef PY2ABI_27_OSDEFS_H
#define PY2ABI_27_OSDEFS_H

#ifndef MAXPATHLEN
#define MAXPATHLEN 4096
#endif
#define SEP '/'
#define DELIM ':'

#endif
