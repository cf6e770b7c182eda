/* codecs.h - codecs, which Python.h declares. */

#include "Python.h"
