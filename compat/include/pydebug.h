/* pydebug.h - the interpreter's flags, which Python.h declares. */

#include "Python.h"
