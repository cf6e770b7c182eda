/* pythonrun.c - the interpreter as a whole; running source text. */

#include "config.h"
#include "check.h"
#include "hostcall.h"

#include <signal.h>
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

/* The host ends first, with what it has still to write and its exit handlers. */
void
Py_Exit(int status)
{
    if (!py2abi_has_ended()) {
        host_Py_Exit(status);
    }
    exit(status);
}

/* What binaries want called when there is no Python any more; as many as 2.7 takes. */
enum { EXITS = 32 };
static void (*exits[EXITS])(void);
static int exit_count;

/* The host has nothing left that could be touched. */
static void
end(void)
{
    py2abi_checking = PY2ABI_CHECK_OFF;
    py2abi_hostapi_end();
    py2abi_threads_end();
    while (exit_count > 0) {
        exits[--exit_count]();
    }
}

/* Be told of the end.  Returns 0, or -1 if the host has no room for that. */
int
py2abi_exits_begin(void)
{
    return host_Py_AtExit(end);
}

int
Py_AtExit(void (*function)(void))
{
    if (exit_count == EXITS) {
        return -1;
    }
    exits[exit_count++] = function;
    return 0;
}

int
Py_FdIsInteractive(FILE *file, const char *name)
{
    return isatty(fileno(file))
           || (Py_InteractiveFlag
               && (name == NULL || strcmp(name, "<stdin>") == 0 || strcmp(name, "???") == 0));
}

/* ---- Signals ---- */

/* The handler of a signal, or SIG_ERR. */
PyOS_sighandler_t
PyOS_getsig(int number)
{
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 ? action.sa_handler : SIG_ERR;
}

/* Set it, for calls that the signal interrupts.  Returns the one before, or SIG_ERR. */
PyOS_sighandler_t
PyOS_setsig(int number, PyOS_sighandler_t handler)
{
    struct sigaction action = {.sa_handler = handler}, before;
    sigemptyset(&action.sa_mask);
    return sigaction(number, &action, &before) == 0 ? before.sa_handler : SIG_ERR;
}

/* ---- Names ---- */

static char *program_name, *python_home;

/* What is set is only given back: the host has started already. */
void
Py_SetProgramName(char *name)
{
    program_name = name != NULL && *name != '\0' ? name : program_name;
}

char *
Py_GetProgramName(void)
{
    return program_name != NULL ? program_name : Py_GetProgramFullPath();
}

void
Py_SetPythonHome(char *home)
{
    python_home = home;
}

char *
Py_GetPythonHome(void)
{
    return python_home != NULL ? python_home : Py_GETENV("PYTHONHOME");
}

/* ---- Messages ---- */

/* Print an exception as the interpreter does one that nobody handles, to sys.stderr. */
void
PyErr_Display(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyObject *saved[3];
    PyErr_Fetch(&saved[0], &saved[1], &saved[2]);
    Py_XINCREF(type);
    Py_XINCREF(value);
    Py_XINCREF(traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    HostObject *host_type = type != NULL ? py2abi_host(type, PY2ABI_AS_VALUE) : NULL;
    HostObject *host_value = NULL;
    if (host_type != NULL && value != NULL) {
        host_value = py2abi_host(value, PY2ABI_AS_VALUE);
    }
    HostObject *host_traceback = host_value != NULL && traceback != NULL && traceback != Py_None
                                     ? py2abi_host(traceback, PY2ABI_AS_VALUE)
                                     : NULL;
    host_PyErr_Clear();
    if (host_value != NULL) {
        if (host_traceback != NULL) {
            host_PyException_SetTraceback(host_value, host_traceback);
        }
        host_PyErr_Display(host_type, host_value, host_traceback);
    }
    host_XDECREF(host_type);
    host_XDECREF(host_value);
    host_XDECREF(host_traceback);
    host_PyErr_Clear();
    py2abi_returned(0);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    PyErr_Restore(saved[0], saved[1], saved[2]);
}

/* A new reference to the module warnings, or NULL without an exception. */
PyObject *
PyModule_GetWarningsModule(void)
{
    PyObject *module = PyImport_ImportModule("warnings");
    if (module == NULL) {
        PyErr_Clear();
    }
    return module;
}

/* ---- Source text ---- */

/* A class statement wants a builtin in Python 3, which hosts before 3.8 do not supply.
 * Returns 0, or -1 with a host exception. */
static int
add_builtins(HostObject *globals)
{
    static const char name[] = "__builtins__";
    HostObject *builtins = host_PyEval_GetBuiltins();
    if (builtins == NULL || py2abi_hostapi_type(globals) != (HostObject *)HOST(PyDict_Type)
        || host_PyDict_GetItemString(globals, name) != NULL) {
        return 0;
    }
    return host_PyDict_SetItemString(globals, name, builtins);
}

/* The source is Python 3's: what is valid only in Python 2 is a SyntaxError.  Its classes' methods
 * may have Python 2's names. */
/* What a class calls a method in Python 2, and now. */
static const char *const renamed[][2] = {
    {"next", "__next__"},
    {"__nonzero__", "__bool__"},
    {"__div__", "__truediv__"},
    {"__rdiv__", "__rtruediv__"},
    {"__idiv__", "__itruediv__"},
};

/* Give a class that Python 2's code has made the methods under their present names, too. */
static void
rename_methods(HostObject *type)
{
    HostObject *own = host_PyObject_GetAttrString(type, "__dict__");
    for (size_t i = 0; own != NULL && i < sizeof renamed / sizeof renamed[0]; i++) {
        HostObject *old = py2abi_host_name(renamed[i][0]), *now = py2abi_host_name(renamed[i][1]);
        if (old != NULL && now != NULL && host_PySequence_Contains(own, old) == 1
            && host_PySequence_Contains(own, now) == 0) {
            HostObject *method = host_PyObject_GetItem(own, old);
            if (method != NULL && host_PyCallable_Check(method)) {
                host_PyObject_SetAttr(type, now, method);
            }
            host_XDECREF(method);
        }
        host_XDECREF(old);
        host_XDECREF(now);
    }
    host_XDECREF(own);
    host_PyErr_Clear();
}

/* Do so for the classes that code has left among its variables, a dict, and that are of its own
 * module: of builtins, where it has no __name__. */
static void
rename_in(HostObject *globals, HostObject *locals)
{
    HostObject *key, *value, *name = py2abi_host_name("__name__"), *builtins;
    HostObject *own = name != NULL ? host_PyDict_GetItemWithError(globals, name) : NULL;
    ssize_t at = 0;
    builtins = py2abi_host_name("builtins");
    own = own != NULL ? own : builtins;
    while (own != NULL && host_PyDict_Next(locals, &at, &key, &value)) {
        if (py2abi_hostapi_type(value) == (HostObject *)HOST(PyType_Type)) {
            HostObject *module = host_PyObject_GetAttrString(value, "__module__");
            if (module != NULL && host_PyObject_RichCompareBool(module, own, Py_EQ) == 1) {
                rename_methods(value);
            }
            host_XDECREF(module);
        }
    }
    host_XDECREF(name);
    host_XDECREF(builtins);
    host_PyErr_Clear();
}

PyObject *
PyRun_StringFlags(const char *source, int start, PyObject *globals, PyObject *locals,
                  PyCompilerFlags *flags)
{
    (void)flags; /* the host's structure is another */
    HostObject *host_globals = py2abi_host(globals, PY2ABI_AS_VALUE);
    HostObject *host_locals = locals != NULL ? py2abi_host(locals, PY2ABI_AS_VALUE) : NULL;
    HostObject *result = NULL;
    if (host_globals != NULL && (locals == NULL || host_locals != NULL)
        && add_builtins(host_globals) == 0) {
        result = host_PyRun_StringFlags(source, start, host_globals,
                                        host_locals != NULL ? host_locals : host_globals, NULL);
        HostObject *variables = host_locals != NULL ? host_locals : host_globals;
        if (result != NULL && start == Py_file_input
            && py2abi_hostapi_type(host_globals) == (HostObject *)HOST(PyDict_Type)
            && py2abi_hostapi_type(variables) == (HostObject *)HOST(PyDict_Type)) {
            rename_in(host_globals, variables);
        }
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

/* The variables of __main__: a new reference, or NULL with a guest exception.  No binary is
 * handed them, so that they need not stay when the host has another __main__. */
static PyObject *
main_dict(void)
{
    HostObject *name = py2abi_host_name("__main__");
    HostObject *module = name != NULL ? host_PyImport_AddModuleObject(name) : NULL;
    PyObject *dict = module != NULL ? py2abi_mirror_names(host_PyModule_GetDict(module)) : NULL;
    host_XDECREF(name);
    return dict != NULL ? dict : py2abi_failed();
}

/* What ran in __main__ has ended; result (taken over) is NULL with an exception, which is
 * printed.  Returns 0 or -1. */
static int
end_of_main(PyObject *result)
{
    if (result == NULL) {
        PyErr_Print();
        return -1;
    }
    Py_DECREF(result);
    return 0;
}

/* In __main__; an exception is printed. */
int
PyRun_SimpleStringFlags(const char *source, PyCompilerFlags *flags)
{
    PyObject *dict = main_dict(), *result = NULL;
    if (dict != NULL) {
        result = PyRun_StringFlags(source, Py_file_input, dict, dict, flags);
        Py_DECREF(dict);
    }
    return end_of_main(result);
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

/* ---- Files ---- */

/* What is left of a file, with a NUL behind it: new, or NULL with an exception. */
static char *
read_all(FILE *file)
{
    char *text = NULL;
    size_t used = 0, room = 0, got;
    do {
        if (room - used < 4096) {
            room = 2 * room + 8192;
            char *grown = realloc(text, room);
            if (grown == NULL) {
                free(text);
                PyErr_NoMemory();
                return NULL;
            }
            text = grown;
        }
        got = fread(text + used, 1, room - used - 1, file);
        used += got;
    } while (got > 0);
    text[used] = '\0';
    if (ferror(file)) {
        free(text);
        PyErr_SetFromErrno(PyExc_IOError);
        return NULL;
    }
    return text;
}

PyObject *
PyRun_FileExFlags(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals,
                  int is_closed, PyCompilerFlags *flags)
{
    char *text = read_all(file);
    PyObject *code = NULL, *result = NULL;
    if (is_closed) {
        fclose(file);
    }
    if (text != NULL) {
        code = Py_CompileStringFlags(text, name, start, flags);
        free(text);
    }
    if (code != NULL) {
        result = PyEval_EvalCode((PyCodeObject *)code, globals, locals);
        Py_DECREF(code);
    }
    return result;
}

PyObject *
PyRun_FileEx(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals,
             int is_closed)
{
    return PyRun_FileExFlags(file, name, start, globals, locals, is_closed, NULL);
}

PyObject *
PyRun_FileFlags(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals,
                PyCompilerFlags *flags)
{
    return PyRun_FileExFlags(file, name, start, globals, locals, 0, flags);
}

PyObject *
PyRun_File(FILE *file, const char *name, int start, PyObject *globals, PyObject *locals)
{
    return PyRun_FileExFlags(file, name, start, globals, locals, 0, NULL);
}

/* In __main__; an exception is printed. */
int
PyRun_SimpleFileExFlags(FILE *file, const char *name, int is_closed, PyCompilerFlags *flags)
{
    PyObject *dict = main_dict(), *result = NULL;
    if (dict != NULL) {
        result = PyRun_FileExFlags(file, name, Py_file_input, dict, dict, is_closed, flags);
        Py_DECREF(dict);
    }
    return end_of_main(result);
}

int
PyRun_SimpleFileEx(FILE *file, const char *name, int is_closed)
{
    return PyRun_SimpleFileExFlags(file, name, is_closed, NULL);
}

int
PyRun_SimpleFile(FILE *file, const char *name)
{
    return PyRun_SimpleFileExFlags(file, name, 0, NULL);
}

/* ---- As a user types it ----
 *
 * As in 2.7 that is read from the standard input, whatever file is given. */

/* The source of the next statement: lines are read until the host's compiler has no more to
 * ask for.  Returns a new reference to its code, NULL with a host exception, or NULL without
 * one at the end of the file. */
static HostObject *
read_statement(const char *name)
{
    HostObject *source = host_PyUnicode_DecodeUTF8("", 0, NULL), *code = NULL;
    HostObject *compile = py2abi_hostcall_import("codeop", "compile_command");
    char prompt[] = ">>> ";
    while (source != NULL && compile != NULL && code == NULL) {
        char *line = PyOS_Readline(stdin, stdout, prompt);
        if (line == NULL) {
            py2abi_error_to_host();
            break;
        }
        int is_end = *line == '\0';
        HostObject *more = host_PyUnicode_DecodeUTF8(line, (Py_ssize_t)strlen(line), "replace");
        free(line);
        HostObject *both = more != NULL ? py2abi_hostcall_method(source, "__add__", 1, more) : NULL;
        host_DECREF(source);
        source = both;
        if (is_end && (source == NULL || host_PyUnicode_GetLength(source) == 0)) {
            break;
        }
        if (source == NULL) {
            break;
        }
        host_INCREF(compile);
        host_INCREF(source);
        code = py2abi_hostcall(compile, 3, source,
                               host_PyUnicode_DecodeUTF8(name, (Py_ssize_t)strlen(name),
                                                         "surrogateescape"),
                               py2abi_host_name("single"));
        if (code == HOST(_Py_NoneStruct)) {
            host_DECREF(code);
            code = NULL;
            memcpy(prompt, "... ", 4);
            if (is_end) {
                /* The host says what it misses. */
                const char *text = host_PyUnicode_AsUTF8AndSize(source, NULL);
                code = text != NULL ? host_Py_CompileString(text, name, Py_single_input) : NULL;
                break;
            }
        }
        else if (code == NULL) {
            break;
        }
    }
    host_XDECREF(source);
    host_XDECREF(compile);
    return code;
}

/* Run one statement in __main__; an exception is printed.  Returns 0; -1; or what says that the
 * file has ended. */
int
PyRun_InteractiveOneFlags(FILE *file, const char *name, PyCompilerFlags *flags)
{
    enum { E_EOF_CODE = 11 };
    HostObject *host = read_statement(name);
    (void)file;
    (void)flags;
    if (host == NULL && host_PyErr_Occurred() == NULL) {
        return E_EOF_CODE;
    }
    PyObject *code = py2abi_mirror_result(host), *result = NULL;
    PyObject *dict = code != NULL ? main_dict() : NULL;
    if (dict != NULL) {
        result = PyEval_EvalCode((PyCodeObject *)code, dict, dict);
        Py_DECREF(dict);
    }
    Py_XDECREF(code);
    return end_of_main(result);
}

/* The same until the file ends. */
int
PyRun_InteractiveLoopFlags(FILE *file, const char *name, PyCompilerFlags *flags)
{
    int status;
    do {
        status = PyRun_InteractiveOneFlags(file, name, flags);
    } while (status == 0 || (status == -1 && !feof(stdin)));
    return status == -1 ? -1 : 0;
}

int
PyRun_AnyFileExFlags(FILE *file, const char *name, int is_closed, PyCompilerFlags *flags)
{
    name = name != NULL ? name : "???";
    if (!Py_FdIsInteractive(file, name)) {
        return PyRun_SimpleFileExFlags(file, name, is_closed, flags);
    }
    int status = PyRun_InteractiveLoopFlags(file, name, flags);
    if (is_closed) {
        fclose(file);
    }
    return status;
}

int
PyRun_AnyFileFlags(FILE *file, const char *name, PyCompilerFlags *flags)
{
    return PyRun_AnyFileExFlags(file, name, 0, flags);
}

int
PyRun_AnyFileEx(FILE *file, const char *name, int is_closed)
{
    return PyRun_AnyFileExFlags(file, name, is_closed, NULL);
}

int
PyRun_AnyFile(FILE *file, const char *name)
{
    return PyRun_AnyFileExFlags(file, name, 0, NULL);
}

int
PyRun_InteractiveOne(FILE *file, const char *name)
{
    return PyRun_InteractiveOneFlags(file, name, NULL);
}

int
PyRun_InteractiveLoop(FILE *file, const char *name)
{
    return PyRun_InteractiveLoopFlags(file, name, NULL);
}
