/* getpath.c - where Python is: the host's answers. */

#include "config.h"
#include "hostcall.h"

#include <stdlib.h>
#include <string.h>

/* Text that sys has under a name, kept for good.  2.7 may be asked without the
 * lock. */
static char *
from_sys(const char *name, char **kept)
{
    if (*kept == NULL) {
        HostGILState state = host_PyGILState_Ensure();
        HostObject *value = host_PySys_GetObject(name);
        HostObject *bytes = value != NULL ? host_PyUnicode_EncodeFSDefault(value) : NULL;
        *kept = strdup(bytes != NULL ? host_PyBytes_AsString(bytes) : "");
        host_XDECREF(bytes);
        host_PyErr_Clear();
        host_PyGILState_Release(state);
    }
    return *kept != NULL ? *kept : (char *)"";
}

char *
Py_GetPrefix(void)
{
    static char *kept;
    return from_sys("prefix", &kept);
}

char *
Py_GetExecPrefix(void)
{
    static char *kept;
    return from_sys("exec_prefix", &kept);
}

char *
Py_GetProgramFullPath(void)
{
    static char *kept;
    return from_sys("executable", &kept);
}

/* The module search path as it was when it was first asked for, with colons. */
char *
Py_GetPath(void)
{
    static char *kept;
    if (kept == NULL) {
        HostGILState state = host_PyGILState_Ensure();
        HostObject *path = host_PySys_GetObject("path");
        if (path != NULL) {
            host_INCREF(path);
        }
        HostObject *colon = host_PyUnicode_FromString(":");
        HostObject *joined = py2abi_hostcall_method(colon, "join", 1, path);
        HostObject *bytes = joined != NULL ? host_PyUnicode_EncodeFSDefault(joined) : NULL;
        kept = strdup(bytes != NULL ? host_PyBytes_AsString(bytes) : "");
        host_XDECREF(bytes);
        host_XDECREF(joined);
        host_XDECREF(colon);
        host_PyErr_Clear();
        host_PyGILState_Release(state);
    }
    return kept != NULL ? kept : (char *)"";
}
