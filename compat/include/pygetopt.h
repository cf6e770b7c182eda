/* pygetopt.h - the interpreter's options, which Python.h declares. */

#include "Python.h"
