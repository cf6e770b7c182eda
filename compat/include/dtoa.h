/* dtoa.h - doubles from and to digits, which Python.h declares. */

#include "Python.h"
