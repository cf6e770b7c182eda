/* pythonrun.c - the interpreter as a whole; running source text. */

#include "config.h"
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Flags that the command line of 2.7 sets ---- */

int Py_DebugFlag, Py_VerboseFlag, Py_InteractiveFlag, Py_InspectFlag, Py_NoSiteFlag;
int Py_BytesWarningFlag, Py_DontWriteBytecodeFlag, Py_FrozenFlag, Py_UnicodeFlag;
int Py_IgnoreEnvironmentFlag, _Py_QnewFlag, Py_NoUserSiteDirectory, Py_HashRandomizationFlag;
int Py_UseClassExceptionsFlag = 1, Py_OptimizeFlag, Py_TabcheckFlag;

/* ---- The interpreter ---- */

/* The host's is there before any guest. */
int
Py_IsInitialized(void)
{
    return host_Py_IsInitialized();
}

void
Py_Initialize(void)
{
}

void
Py_InitializeEx(int signals)
{
    (void)signals;
}

/* Not a guest's to end. */
void
Py_Finalize(void)
{
}

void
Py_FatalError(const char *message)
{
    fprintf(stderr, "Fatal Python error: %s\n", message);
    fflush(stderr);
    abort();
}

void
Py_Exit(int status)
{
    exit(status);
}

int
Py_AtExit(void (*function)(void))
{
    return host_Py_AtExit(function);
}

int
Py_FdIsInteractive(FILE *file, const char *name)
{
    return isatty(fileno(file))
           || (Py_InteractiveFlag
               && (name == NULL || strcmp(name, "<stdin>") == 0 || strcmp(name, "???") == 0));
}

/* ---- Source text ---- */

/* Python 3's: what is valid only in Python 2 is a SyntaxError. */
PyObject *
PyRun_StringFlags(const char *source, int start, PyObject *globals, PyObject *locals,
                  PyCompilerFlags *flags)
{
    (void)flags; /* the host's structure is another */
    HostObject *host_globals = py2abi_host(globals, PY2ABI_AS_VALUE);
    HostObject *host_locals = locals != NULL ? py2abi_host(locals, PY2ABI_AS_VALUE) : NULL;
    HostObject *result = NULL;
    if (host_globals != NULL && (locals == NULL || host_locals != NULL)) {
        result = host_PyRun_StringFlags(source, start, host_globals,
                                        host_locals != NULL ? host_locals : host_globals, NULL);
    }
    host_XDECREF(host_globals);
    host_XDECREF(host_locals);
    return py2abi_mirror_result(result);
}

PyObject *
PyRun_String(const char *source, int start, PyObject *globals, PyObject *locals)
{
    return PyRun_StringFlags(source, start, globals, locals, NULL);
}

/* In __main__; an exception is printed. */
int
PyRun_SimpleStringFlags(const char *source, PyCompilerFlags *flags)
{
    PyObject *main = PyImport_AddModule("__main__");
    PyObject *dict = main != NULL ? PyModule_GetDict(main) : NULL;
    PyObject *result = dict != NULL ? PyRun_StringFlags(source, Py_file_input, dict, dict, flags)
                                    : NULL;
    if (result == NULL) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

int
PyRun_SimpleString(const char *source)
{
    return PyRun_SimpleStringFlags(source, NULL);
}

PyObject *
Py_CompileStringFlags(const char *source, const char *name, int start, PyCompilerFlags *flags)
{
    (void)flags;
    return py2abi_mirror_result(host_Py_CompileString(source, name, start));
}

PyObject *
Py_CompileString(const char *source, const char *name, int start)
{
    return Py_CompileStringFlags(source, name, start, NULL);
}
