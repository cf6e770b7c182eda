/* sysmodule.h - the module sys, which Python.h declares. */

#include "Python.h"
