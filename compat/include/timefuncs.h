/* timefuncs.h - the time as a double, which Python.h declares. */

#include "Python.h"
