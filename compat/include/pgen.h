/* pgen.h - the parser generator, which Python.h declares. */

#include "Python.h"
