/* getversion.c - what Python says of itself: to a guest it is a 2.7. */

#include "config.h"
#include "guest.h"

const char *
Py_GetVersion(void)
{
    return PY_VERSION " (py2abi " PACKAGE_VERSION ")";
}

const char *
Py_GetPlatform(void)
{
    return "linux2";
}

const char *
Py_GetCompiler(void)
{
    return "[py2abi]";
}

const char *
Py_GetBuildInfo(void)
{
    return "py2abi, " PACKAGE_VERSION;
}

const char *
Py_GetCopyright(void)
{
    return "Python is a trademark of the Python Software Foundation.";
}

/* Of which revision it was built: of none of Python's repositories. */
const char *
Py_SubversionRevision(void)
{
    return "";
}

const char *
Py_SubversionShortBranch(void)
{
    return "";
}

const char *
_Py_gitversion(void)
{
    return "";
}

const char *
_Py_gitidentifier(void)
{
    return "";
}
