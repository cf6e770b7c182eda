/* bltinmodule.c - what belongs to the builtin functions. */

#include "config.h"
#include "guest.h"

/* The codec for file names; the host's is UTF-8 as a rule. */
const char *Py_FileSystemDefaultEncoding = "utf-8";

/* The module, which Python 3 has made: borrowed. */
PyObject *
_PyBuiltin_Init(void)
{
    return PyImport_AddModule("__builtin__");
}
