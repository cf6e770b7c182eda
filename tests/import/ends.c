/* ends.c - an extension for Python 2.7 that calls the C API when Python has ended: from an
 * exit handler of the C library, and from one of Python's.
 *
 * at_end(where) first calls each function of api27.def in a living Python, with objects of
 * many types in turn, each in a child process; and again, when Python has ended, with those
 * that this did no harm.  Whatever it returns then, it returns. */

#include "Python.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* The functions are called as words: no prototype is wanted, only the symbol. */
#define IMPL        1
#define HOST(fn)    1
#define VA(fn)      0
#define ALIAS(name) 0
#define NOP         1
#define STUB        1
#define STUB_VA(fn) 0
#define API(kind, name, result, args, error, flags) extern void fn_##name(void) __asm__(#name);
#define DATA(kind, name, ctype, size)
#include "api27.def"
#undef API

enum { F_NOGIL = 1, F_NORETURN = 2, F_PRIVATE = 4, F_SLOT = 8, F_STORES = 16 };
static const struct row {
    const char *name, *args; /* "(OBJ, INT)" */
    void (*fn)(void);
    int is_plain, flags;
} rows[] = {
#define API(kind, name, result, args, error, flags) {#name, #args, fn_##name, kind, flags},
#include "api27.def"
#undef API
};
enum { ROWS = sizeof rows / sizeof rows[0], PROFILES = 16, WORDS = 14 };

/* What they are called with. */
static PyObject *profiles[PROFILES];
static int profile_count;
static char (*passed)[PROFILES]; /* shared with the children: it was called, alive */
static PyThreadState *tstate;
static PyObject *code, *frame;
static PyThread_type_lock lock;

static void
nothing(void)
{
}

/* A word for an argument of that token. */
static long
word_of(const char *token, PyObject *object, char *scratch)
{
    static const struct {
        const char *token;
        PyObject **object;
    } typed[] = {{"OBJ_CODE", &code}, {"OBJ_FRAME", &frame}, {"STEAL_FRAME", &frame}};
    static char text[64], *texts[] = {text, NULL};
    strcpy(text, "text");
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        if (strcmp(token, typed[i].token) == 0) {
            Py_XINCREF(*typed[i].object);
            return (long)*typed[i].object;
        }
    }
    if (strncmp(token, "OBJ_V", 6) == 0 || strncmp(token, "INOUT", 5) == 0) {
        Py_INCREF(object);
        *(PyObject **)scratch = object;
        return (long)scratch;
    }
    if (strncmp(token, "OBJ", 3) == 0 || strncmp(token, "STEAL", 5) == 0
        || strcmp(token, "NAME") == 0 || strcmp(token, "KEY") == 0
        || strncmp(token, "RAW", 3) == 0) {
        Py_INCREF(object);
        return (long)object;
    }
    if (strcmp(token, "TYPE_") == 0) {
        return (long)(PyType_Check(object) ? object : (PyObject *)Py_TYPE(object));
    }
    if (strcmp(token, "STR_V") == 0) {
        return (long)texts;
    }
    if (strcmp(token, "CSTR") == 0 || strcmp(token, "STR") == 0 || strcmp(token, "BYTES") == 0
        || strcmp(token, "CHARS") == 0) {
        return (long)text;
    }
    if (strcmp(token, "STREAM") == 0) {
        return (long)fopen("/dev/null", "r+");
    }
    if (strcmp(token, "TSTATE") == 0) {
        return (long)tstate;
    }
    if (strcmp(token, "INTERP") == 0) {
        return (long)tstate->interp;
    }
    if (strcmp(token, "LOCK") == 0) {
        return (long)lock;
    }
    size_t length = strlen(token);
    if (length > 2 && strcmp(token + length - 2, "FN") == 0) {
        return (long)nothing;
    }
    static const char *const numbers[] = {"INT", "LONG", "LLONG", "SSIZE", "CHAR", "USHORT",
                                          "UINT", "ULONG", "ULLONG", "SIZE", "UNICHAR"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (strcmp(token, numbers[i]) == 0) {
            return 1;
        }
    }
    return (long)scratch;
}

static void
call(const struct row *row, PyObject *object)
{
    static char scratch[WORDS][1024];
    char tokens[300], *rest = tokens, *token;
    long w[WORDS];
    int n = 0;
    memset(scratch, 0, sizeof scratch);
    memset(w, 0, sizeof w);
    snprintf(tokens, sizeof tokens, "%s", row->args);
    while ((token = strsep(&rest, "(), ")) != NULL) {
        if (*token != '\0' && strcmp(token, "DOUBLE") != 0 && strcmp(token, "COMPLEX") != 0
            && n < WORDS) {
            w[n] = word_of(token, object, scratch[n]);
            n++;
        }
    }
    /* Words and floating point numbers go in registers of their own, and words that nobody
     * wants do no harm. */
    ((long (*)(long, long, long, long, long, long, long, long, long, long, long, long, long, long,
               double, double, double, double))row->fn)(w[0], w[1], w[2], w[3], w[4], w[5], w[6],
                                                        w[7], w[8], w[9], w[10], w[11], w[12],
                                                        w[13], 1.5, 2.5, 1.0, 1.0);
}

/* Some write in front of an object, where only those of the collector's types have room, and
 * some take what they are given for an object of their type. */
static int
is_callable_with(const struct row *row, PyObject *object)
{
    static const struct {
        const char *token;
        PyTypeObject *type;
    } typed[] = {
        {"OBJ_FILE", &PyFile_Type},       {"OBJ_FLOAT", &PyFloat_Type}, {"OBJ_INT", &PyInt_Type},
        {"OBJ_LIST", &PyList_Type},       {"OBJ_LONG", &PyLong_Type},   {"OBJ_SLICE", &PySlice_Type},
        {"OBJ_UNICODE", &PyUnicode_Type}, {"OBJ_WEAKREF", &_PyWeakref_RefType},
        {"OBJ_GEN", &PyGen_Type},
    };
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        if (strstr(row->args, typed[i].token) != NULL
            && !PyObject_TypeCheck(object, typed[i].type)) {
            return 0;
        }
    }
    if (strcmp(row->name, "PyString_Repr") == 0) {
        return PyString_Check(object);
    }
    return (strstr(row->name, "_GC_") == NULL && strstr(row->name, "_PyTrash_") == NULL)
           || PyObject_IS_GC(object);
}

static int is_child;

/* Call a row in a child, with each object, or with those that it was called with before.
 * Returns how that ended. */
static int
call_in_child(int i, int is_ended)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        is_child = 1;
        dup2(null, 0);
        dup2(null, 1);
        dup2(null, 2);
        alarm(is_ended ? 60 : 1);
        for (int p = 0; p < profile_count; p++) {
            if (is_ended ? passed[i][p] == 1 : is_callable_with(&rows[i], profiles[p])) {
                passed[i][p] = is_ended ? 2 : 0;
                call(&rows[i], profiles[p]);
                passed[i][p] = 1;
            }
        }
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void
call_all(const char *where)
{
    int functions = 0;
    if (is_child) {
        return;
    }
    for (int i = 0; i < ROWS; i++) {
        int count = 0;
        for (int p = 0; p < profile_count; p++) {
            count += passed[i][p];
        }
        if (count == 0) {
            continue;
        }
        int status = call_in_child(i, 1);
        functions++;
        for (int p = 0; p < profile_count && status != 0; p++) {
            if (passed[i][p] == 2) {
                printf("%s, with %s: status %#x\n", rows[i].name, Py_TYPE(profiles[p])->tp_name,
                       status);
            }
        }
    }
    printf("%s: %d functions\n", where, functions);
    fflush(stdout);
}

static void
at_exit(void)
{
    call_all("atexit");
}

static void
at_python_exit(void)
{
    call_all("Py_AtExit");
}

/* at_end(where, objects): "atexit" or "Py_AtExit" */
static PyObject *
at_end(PyObject *self, PyObject *args)
{
    const char *where;
    PyObject *objects;
    if (!PyArg_ParseTuple(args, "sO!", &where, &PyList_Type, &objects)) {
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(objects) && profile_count < PROFILES; i++) {
        profiles[profile_count] = PyList_GET_ITEM(objects, i);
        Py_INCREF(profiles[profile_count]);
        profile_count++;
    }
    passed = mmap(NULL, sizeof *passed * ROWS, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                  -1, 0);
    tstate = PyThreadState_Get();
    lock = PyThread_allocate_lock();
    code = (PyObject *)PyCode_NewEmpty("file", "name", 1);
    PyObject *globals = PyDict_New();
    frame = (PyObject *)PyFrame_New(tstate, (PyCodeObject *)code, globals, NULL);
    if (passed == MAP_FAILED || lock == NULL || code == NULL || frame == NULL) {
        return PyErr_NoMemory();
    }
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].is_plain && !(rows[i].flags & F_NORETURN)
            && strstr(rows[i].args, "VA_LIST") == NULL) {
            call_in_child(i, 0);
        }
    }
    if (strcmp(where, "atexit") == 0) {
        atexit(at_exit);
    }
    else if (Py_AtExit(at_python_exit) < 0) {
        PyErr_SetString(PyExc_RuntimeError, "Py_AtExit");
        return NULL;
    }
    return PyInt_FromLong(profile_count);
}

static PyMethodDef methods[] = {
    {"at_end", at_end, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initends(void)
{
    Py_InitModule("ends", methods);
}
