/* enumobject.h - enumerate and reversed, which Python.h declares. */

#include "Python.h"
