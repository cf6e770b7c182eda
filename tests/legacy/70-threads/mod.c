/* Thread states, the lock, signals, and what the interpreter is asked for: ceval.c,
 * pystate.c, pythonrun.c, signalmodule.c, getpath.c of Python 2.7. */

#include "texts.h"
#include "pythread.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

extern void Py_GetArgcArgv(int *, char ***);

static PyObject *callback;
static int done;

/* A thread with a state of its own, in the way of old code, and in the newer one. */
static void *
old_way(void *interpreter)
{
    PyThreadState *state, *before;
    PyObject *result;
    int i;
    for (i = 0; i < 3; i++) {
        PyEval_AcquireLock();
        state = PyThreadState_New(interpreter);
        before = PyThreadState_Swap(state);
        if (before == NULL && PyThreadState_Get() == state && state->interp == interpreter) {
            PyGILState_STATE ensured = PyGILState_Ensure();
            done += PyThreadState_GET() == state;
            PyGILState_Release(ensured);
            result = PyObject_CallFunction(callback, "i", i);
            if (result != NULL) {
                done += (int)PyInt_AsLong(result);
                Py_DECREF(result);
            }
            else {
                PyErr_Clear();
            }
        }
        PyThreadState_Clear(state);
        if (PyThreadState_Swap(NULL) == state) {
            done++;
        }
        PyThreadState_Delete(state);
        PyEval_ReleaseLock();
    }
    return NULL;
}

static void *
new_way(void *interpreter)
{
    PyThreadState *state = PyThreadState_New(interpreter);
    PyObject *result;
    int i;
    for (i = 0; i < 3; i++) {
        PyEval_AcquireThread(state);
        if (PyThreadState_GET() == state) {
            PyGILState_STATE ensured = PyGILState_Ensure();
            done += PyThreadState_GET() == state;
            done += PyGILState_GetThisThreadState() == state;
            PyGILState_Release(ensured);
            result = PyObject_CallFunction(callback, "i", 10);
            done += result != NULL ? (int)PyInt_AsLong(result) : 1000;
            Py_XDECREF(result);
            Py_BEGIN_ALLOW_THREADS
            usleep(1000);
            Py_END_ALLOW_THREADS
            done += PyThreadState_GET() == state;
            /* An error stays with its thread. */
            PyErr_SetString(PyExc_KeyError, "of the thread");
            Py_BEGIN_ALLOW_THREADS
            usleep(1000);
            Py_END_ALLOW_THREADS
            done += PyErr_ExceptionMatches(PyExc_KeyError);
            PyErr_Clear();
            done += PyDict_Check(PyThreadState_GetDict());
        }
        PyEval_ReleaseThread(state);
    }
    PyEval_AcquireThread(state);
    PyThreadState_Clear(state);
    PyThreadState_DeleteCurrent();
    return NULL;
}

static void *
ensured(void *unused)
{
    PyGILState_STATE outer, inner;
    PyThreadState *state;
    (void)unused;
    if (PyGILState_GetThisThreadState() != NULL) {
        done += 1000;
    }
    outer = PyGILState_Ensure();
    state = PyThreadState_GET();
    inner = PyGILState_Ensure();
    done += PyThreadState_GET() == state;
    PyGILState_Release(inner);
    done += PyGILState_GetThisThreadState() == state;
    Py_BEGIN_ALLOW_THREADS
    usleep(1000);
    Py_END_ALLOW_THREADS
    done += PyThreadState_GET() == state;
    PyGILState_Release(outer);
    return NULL;
}

static PyObject *
threads(PyObject *self, PyObject *args)
{
    void *(*const functions[])(void *) = {old_way, new_way, ensured};
    PyThreadState *own = PyThreadState_Get();
    pthread_t ids[6];
    int i, kind;
    (void)self;
    if (!PyArg_ParseTuple(args, "iO", &kind, &callback)) {
        return NULL;
    }
    done = 0;
    PyEval_InitThreads();
    for (i = 0; i < 6; i++) {
        pthread_create(&ids[i], NULL, functions[kind], own->interp);
    }
    Py_BEGIN_ALLOW_THREADS
    for (i = 0; i < 6; i++) {
        pthread_join(ids[i], NULL);
    }
    Py_END_ALLOW_THREADS
    say("%d %d", done, PyThreadState_Get() == own);
    return finish();
}

/* The lock given back by hand, as PyEval_SaveThread() does it. */
static PyObject *
by_hand(PyObject *self, PyObject *unused)
{
    PyThreadState *own = PyThreadState_Get(), *before;
    (void)self;
    (void)unused;
    PyEval_ReleaseLock();
    usleep(1000);
    PyEval_AcquireLock();
    say("%d ", PyThreadState_Get() == own);
    before = PyThreadState_Swap(NULL);
    say("%d ", before == own);
    PyEval_ReleaseLock();
    usleep(1000);
    PyEval_AcquireLock();
    before = PyThreadState_Swap(own);
    say("%d ", before == NULL);
    before = PyThreadState_Swap(own);
    say("%d ", before == own);
    PyEval_ReleaseThread(own);
    PyEval_AcquireThread(own);
    say("%d ", PyThreadState_Get() == own);
    say("%d ", PyGILState_GetThisThreadState() == own);
    say("%d ", PyInterpreterState_Head() == own->interp);
    say("%d", own->frame == NULL || own->frame != NULL);
    return finish();
}

/* ---- Locks, and what a thread state has ---- */

static PyThread_type_lock lock;
static volatile int order[3], steps;
static long idents[2];

static void
locked_thread(void *unused)
{
    (void)unused;
    idents[1] = PyThread_get_thread_ident();
    PyThread_acquire_lock(lock, WAIT_LOCK);
    order[steps++] = 2;
    PyThread_release_lock(lock);
}

static PyObject *
locks(PyObject *self, PyObject *ident)
{
    (void)self;
    steps = 0;
    lock = PyThread_allocate_lock();
    say("%d ", lock != NULL);
    say("%d", PyThread_acquire_lock(lock, NOWAIT_LOCK));
    say("%d ", PyThread_acquire_lock(lock, NOWAIT_LOCK));
    PyThread_release_lock(lock);
    say("%d ", PyThread_acquire_lock(lock, WAIT_LOCK));
    idents[0] = PyThread_get_thread_ident();
    say("%d ", idents[0] == PyLong_AsLong(ident));
    say("%d ", PyThread_start_new_thread(locked_thread, NULL) != -1);
    Py_BEGIN_ALLOW_THREADS
    usleep(20000);
    order[steps++] = 1;
    PyThread_release_lock(lock);
    while (steps < 2) {
        usleep(100);
    }
    PyThread_acquire_lock(lock, WAIT_LOCK);
    order[steps++] = 3;
    PyThread_release_lock(lock);
    Py_END_ALLOW_THREADS
    PyThread_free_lock(lock);
    say("%d%d%d %d", order[0], order[1], order[2], idents[0] != idents[1]);
    return finish();
}

/* An object in the dictionary of a thread state that comes and goes. */
static PyObject *kept_there;
static int was_kept;

static void *
state_thread(void *interpreter)
{
    PyThreadState *state = PyThreadState_New(interpreter);
    PyEval_AcquireLock();
    PyThreadState_Swap(state);
    was_kept = PyDict_GetItemString(PyThreadState_GetDict(), "object") == NULL
               && PyDict_SetItemString(PyThreadState_GetDict(), "object", kept_there) == 0
               && PyDict_GetItemString(PyThreadState_GetDict(), "object") == kept_there;
    PyThreadState_Clear(state);
    PyThreadState_Swap(NULL);
    PyThreadState_Delete(state);
    PyEval_ReleaseLock();
    return NULL;
}

static PyObject *
clear_state(PyObject *self, PyObject *object)
{
    PyInterpreterState *interpreter = PyThreadState_Get()->interp;
    pthread_t thread;
    (void)self;
    kept_there = object;
    Py_BEGIN_ALLOW_THREADS
    pthread_create(&thread, NULL, state_thread, interpreter);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    say("%d ", was_kept);
    say("%d", PyDict_GetItemString(PyThreadState_GetDict(), "object") == NULL);
    return finish();
}

/* The same in this thread, which has its own: what functions are called meanwhile is the other's. */
static PyObject *
second_state(PyObject *self, PyObject *object)
{
    PyThreadState *own = PyThreadState_Get(), *state = PyThreadState_New(own->interp);
    (void)self;
    PyThreadState_Swap(state);
    say("%d ", PyDict_SetItemString(PyThreadState_GetDict(), "object", object));
    say("%d ", PyThreadState_Swap(own) == state);
    say("%d", PyDict_GetItemString(PyThreadState_GetDict(), "object") == NULL);
    PyThreadState_Clear(state);
    PyThreadState_Delete(state);
    return finish();
}

static void
handle(int number)
{
    done = number;
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    PyOS_sighandler_t before;
    PyObject *type, *list, *name;
    char **argv;
    int argc, status;
    pid_t child;
    (void)self;
    (void)unused;
    before = PyOS_setsig(SIGUSR1, handle);
    say("%d ", before == SIG_DFL);
    say("%d ", PyOS_getsig(SIGUSR1) == handle);
    raise(SIGUSR1);
    say("%d ", done == SIGUSR1);
    say("%d ", PyOS_setsig(SIGUSR1, SIG_DFL) == handle);
    say("%d ", PyOS_getsig(-5) == SIG_ERR);
    say("%d\n", PyOS_setsig(SIGKILL, handle) == SIG_ERR);
    PyErr_SetInterrupt();
    say("%d ", PyErr_CheckSignals());
    say_error();
    say(" %d\n", PyErr_CheckSignals());
    Py_GetArgcArgv(&argc, &argv);
    say("%d ", argc >= 2 && argv[argc] == NULL && strstr(argv[argc - 1], "use.py") != NULL);
    say("%d ", *Py_GetPrefix() == '/' && *Py_GetExecPrefix() == '/');
    say("%d ", strchr(Py_GetPath(), '/') != NULL);
    say("%d ", strstr(Py_GetProgramFullPath(), "python") != NULL);
    say("%d\n", strstr(Py_GetProgramName(), "python") != NULL);
    child = fork();
    if (child == 0) {
        PyOS_AfterFork();
        list = PyList_New(3);
        _exit(list != NULL && PyList_GET_SIZE(list) == 3 ? 7 : 1);
    }
    waitpid(child, &status, 0);
    say("%d\n", WEXITSTATUS(status));
    say("%d ", _PyImport_ReleaseLock());
    _PyImport_AcquireLock();
    _PyImport_AcquireLock();
    say("%d ", _PyImport_ReleaseLock());
    say("%d ", _PyImport_ReleaseLock());
    say("%d ", _PyImport_ReleaseLock());
    say("%ld\n", PyImport_GetMagicNumber());
    Py_INCREF(PyExc_KeyError);
    _PyErr_ReplaceException(PyExc_KeyError, PyString_FromString("first"), NULL);
    Py_INCREF(PyExc_ValueError);
    _PyErr_ReplaceException(PyExc_ValueError, PyString_FromString("second"), NULL);
    _PyErr_ReplaceException(NULL, NULL, NULL);
    say_error();
    say(" %d", PySys_HasWarnOptions());
    PySys_AddWarnOption("ignore");
    say(" %d", PySys_HasWarnOptions());
    PySys_ResetWarnOptions();
    say(" %d\n", PySys_HasWarnOptions());
    PyErr_SetString(PyExc_SyntaxError, "wrong");
    PyErr_SyntaxLocation("/no such file.py", 17);
    PyErr_Fetch(&type, &list, &callback);
    callback = PyObject_GetAttrString(list, "lineno");
    say_value(callback);
    Py_DECREF(callback);
    callback = PyObject_GetAttrString(list, "filename");
    name = PyObject_Str(callback);
    say(" %s\n", PyUnicode_Check(callback) || PyString_Check(callback)
                     ? strrchr(PyString_AsString(name), '/') : "none");
    Py_DECREF(name);
    Py_DECREF(callback);
    Py_DECREF(list);
    Py_DECREF(type);
    type = PyErr_NewException("threads.Error", NULL, NULL);
    PyErr_SetNone(type);
    PyErr_Clear();
    Py_DECREF(type);
    say("%d ", PySys_GetFile("stdin", NULL) == stdin);
    say("%d\n", PySys_GetFile("nothing", stderr) == stderr);
    return finish();
}

static PyObject *
display(PyObject *self, PyObject *object)
{
    PyObject *text = PyString_FromString("text");
    PyErr_Display(object, text, NULL);
    (void)self;
    Py_DECREF(text);
    PyErr_Display(PyExc_ValueError, Py_None, NULL);
    say_error();
    return finish();
}

static PyObject *
warn(PyObject *self, PyObject *registry)
{
    (void)self;
    say("%d ", PyErr_WarnExplicit(PyExc_UserWarning, "a warning", "file.py", 5, "module", registry));
    say_error();
    return finish();
}

static PyObject *
set_argv(PyObject *self, PyObject *unused)
{
    char *argv[] = {"one", "two"};
    (void)self;
    (void)unused;
    PySys_SetArgvEx(2, argv, 0);
    PySys_SetPath("/a:/b/c:");
    Py_RETURN_NONE;
}

static PyObject *
run_file(PyObject *self, PyObject *args)
{
    PyObject *globals;
    char *name;
    int start;
    FILE *file;
    (void)self;
    if (!PyArg_ParseTuple(args, "siO", &name, &start, &globals)) {
        return NULL;
    }
    file = fopen(name, "r");
    return PyRun_FileEx(file, "shown.py", start, globals, globals, 1);
}

static PyObject *
module_of(PyObject *self, PyObject *args)
{
    PyObject *code;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO", &name, &code)) {
        return NULL;
    }
    return PyImport_ExecCodeModuleEx(name, code, "a path");
}

static PyObject *
line_of(PyObject *self, PyObject *args)
{
    char *name;
    int number;
    PyObject *line;
    (void)self;
    if (!PyArg_ParseTuple(args, "si", &name, &number)) {
        return NULL;
    }
    line = PyErr_ProgramText(name, number);
    say_value(line);
    Py_XDECREF(line);
    return finish();
}

/* Have the main thread call a function, which is asked for without the lock. */
static int
call_pending(void *data)
{
    PyObject *result = PyObject_CallObject((PyObject *)data, NULL);
    Py_DECREF((PyObject *)data);
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

static PyObject *
pend(PyObject *self, PyObject *function)
{
    int status;
    (void)self;
    Py_INCREF(function);
    Py_BEGIN_ALLOW_THREADS
    status = Py_AddPendingCall(call_pending, function);
    Py_END_ALLOW_THREADS
    if (status < 0) {
        Py_DECREF(function);
    }
    return PyBool_FromLong(status == 0);
}

/* A type that nobody makes ready is, when its object is hashed. */
static PyTypeObject unready = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "threads.unready",
    sizeof(PyObject),
};

static int
hash_unready(void)
{
    PyObject *object;
    int ok;
    Py_TYPE(&unready) = &PyType_Type;
    unready.tp_flags = Py_TPFLAGS_DEFAULT;
    object = PyObject_New(PyObject, &unready);
    ok = unready.tp_dict == NULL && unready.tp_hash == NULL
         && PyObject_Hash(object) == _Py_HashPointer(object) && unready.tp_dict != NULL
         && unready.tp_hash != NULL;
    Py_DECREF(object);
    return ok;
}

static PyMethodDef methods[] = {
    {"pend", pend, METH_O, NULL},
    {"run", run, METH_NOARGS, NULL},
    {"threads", threads, METH_VARARGS, NULL},
    {"by_hand", by_hand, METH_NOARGS, NULL},
    {"locks", locks, METH_O, NULL},
    {"clear_state", clear_state, METH_O, NULL},
    {"second_state", second_state, METH_O, NULL},
    {"display", display, METH_O, NULL},
    {"warn", warn, METH_O, NULL},
    {"set_argv", set_argv, METH_NOARGS, NULL},
    {"run_file", run_file, METH_VARARGS, NULL},
    {"module_of", module_of, METH_VARARGS, NULL},
    {"line_of", line_of, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initthreads(void)
{
    PyObject *module;
    PyEval_InitThreads();
    module = Py_InitModule("threads", methods);
    PyModule_AddIntConstant(module, "hashed", hash_unready());
}
