/* intrcheck.h - signals, which Python.h declares. */

#include "Python.h"
