/* eval.h - running code, which Python.h declares. */

#include "Python.h"
