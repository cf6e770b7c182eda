/* bench.c - an extension module that times the old buffer functions.
 *
 * py2abi's and the host's own run in one process, in turns, so that whatever
 * else the machine does slows both down.  Nothing is preloaded: py2abi's are
 * taken from the library's own handle, the host's from the global scope. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_ROUNDS = 1001 };

enum function { AS_CHAR, AS_READ, CHECK_READ, AS_WRITE, FUNCTION_COUNT };

static const char *const names[FUNCTION_COUNT] = {
    "PyObject_AsCharBuffer", "PyObject_AsReadBuffer",
    "PyObject_CheckReadBuffer", "PyObject_AsWriteBuffer",
};

typedef void (*any_fn)(void);
typedef int (*as_char_fn)(PyObject *, const char **, Py_ssize_t *);
typedef int (*as_read_fn)(PyObject *, const void **, Py_ssize_t *);
typedef int (*check_read_fn)(PyObject *);
typedef int (*as_write_fn)(PyObject *, void **, Py_ssize_t *);

/* What a call gave; the two providers have to agree on it. */
struct answer {
    int result;
    const void *buffer;
    Py_ssize_t length;
};

/* The processor time of this thread, in nanoseconds: what other programs take
 * is not in it. */
static double
now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Call fn a number of times, clearing the exception that each call may set, and
 * return the nanoseconds that one takes.  There is a loop for each prototype,
 * so that nothing but the call is in it. */
static double
time_calls(enum function function, any_fn fn, PyObject *object, long calls,
           struct answer *ret_answer)
{
    const char *characters = NULL;
    const void *read_only = NULL;
    void *writable = NULL;
    Py_ssize_t length = -1;
    int result = 0;
    double start = now();

#define REPEAT(call)                                                                              \
    for (long i = 0; i < calls; i++) {                                                            \
        result = (call);                                                                          \
        if (result < 0) {                                                                         \
            PyErr_Clear();                                                                        \
        }                                                                                         \
    }
    switch (function) {
    case AS_CHAR:
        REPEAT(((as_char_fn)fn)(object, &characters, &length))
        break;
    case AS_READ:
        REPEAT(((as_read_fn)fn)(object, &read_only, &length))
        break;
    case CHECK_READ:
        REPEAT(((check_read_fn)fn)(object))
        break;
    default:
        REPEAT(((as_write_fn)fn)(object, &writable, &length))
        break;
    }
#undef REPEAT
    double each = (now() - start) / (double)calls;

    ret_answer->result = result;
    ret_answer->buffer = function == AS_CHAR   ? characters
                         : function == AS_READ ? read_only
                                               : writable;
    ret_answer->length = length;
    return each;
}

static int
compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double
median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* dlsym's object pointer as a function pointer, which ISO C has no cast for. */
static any_fn
look_up(void *handle, const char *name)
{
    void *address = dlsym(handle, name);
    any_fn fn;
    memcpy(&fn, &address, sizeof fn);
    return fn;
}

static PyObject *
measure(PyObject *module, PyObject *args)
{
    const char *library, *name;
    PyObject *object;
    int rounds;
    long calls;
    (void)module;
    if (!PyArg_ParseTuple(args, "ssOil:measure", &library, &name, &object, &rounds, &calls)) {
        return NULL;
    }
    if (rounds < 1 || rounds > MAX_ROUNDS || calls < 1) {
        PyErr_SetString(PyExc_ValueError, "measure: rounds or calls are out of range");
        return NULL;
    }
    enum function function = 0;
    while (function < FUNCTION_COUNT && strcmp(names[function], name) != 0) {
        function++;
    }
    /* The library stays open, as it does in the programs that use it. */
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL || function == FUNCTION_COUNT) {
        PyErr_SetString(PyExc_RuntimeError, handle == NULL ? dlerror() : name);
        return NULL;
    }
    any_fn ours = look_up(handle, name), host = look_up(RTLD_DEFAULT, name);
    if (ours == NULL || ours == host) {
        PyErr_Format(PyExc_RuntimeError, "%s of %s is %s", name, library,
                     ours == NULL ? "missing" : "preloaded, so it has no peer");
        return NULL;
    }

    /* The first calls set things up, and show whether the two agree. */
    struct answer our_answer, host_answer;
    time_calls(function, ours, object, 1 + calls / 20, &our_answer);
    if (host != NULL) {
        time_calls(function, host, object, 1 + calls / 20, &host_answer);
        if (our_answer.result != host_answer.result || our_answer.buffer != host_answer.buffer
            || our_answer.length != host_answer.length) {
            PyErr_Format(PyExc_RuntimeError, "%s: the two give different answers for %R", name,
                         Py_TYPE(object));
            return NULL;
        }
    }
    double our_times[MAX_ROUNDS], host_times[MAX_ROUNDS] = {0};
    for (int i = 0; i < rounds; i++) {
        /* Each goes first every other time. */
        for (int turn = 0; turn < 2; turn++) {
            if (turn == i % 2) {
                our_times[i] = time_calls(function, ours, object, calls, &our_answer);
            }
            else if (host != NULL) {
                host_times[i] = time_calls(function, host, object, calls, &host_answer);
            }
        }
    }
    return Py_BuildValue("(ddi)", median(our_times, rounds), median(host_times, rounds),
                         our_answer.result);
}

static PyMethodDef methods[] = {
    {"measure", measure, METH_VARARGS,
     "measure(library, name, object, rounds, calls)\n\n"
     "Return the median nanoseconds of a call of library's function and of the host's own\n"
     "(0.0 if the host has none), and the result of the call."},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT,
    .m_name = "bench",
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_bench(void);

PyMODINIT_FUNC
PyInit_bench(void)
{
    PyObject *module = PyModule_Create(&definition);
#ifdef Py_GIL_DISABLED
    /* Otherwise the import would turn the GIL on. */
    if (module != NULL) {
        PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);
    }
#endif
    return module;
}
