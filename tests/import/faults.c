/* faults.c - a module whose functions fail and crash, and whose init function can fail in
 * several ways. */

#include <Python.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifndef MODULE_NAME
#define MODULE_NAME faults
#endif
#define NAME_TEXT_(name) #name
#define NAME_TEXT(name)  NAME_TEXT_(name)
#define INIT_(name)      init##name
#define INIT(name)       INIT_(name)

static PyObject *
raise_value_error(PyObject *self, PyObject *args)
{
    return PyErr_Format(PyExc_ValueError, "raised by C");
}

/* For debuggers. */
PyObject *volatile called;

static PyObject *
call(PyObject *self, PyObject *function)
{
    called = function;
    return PyObject_CallObject(function, NULL);
}

/* One that is made once and raised again and again. */
static PyObject *
raise_same(PyObject *self, PyObject *error)
{
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    return NULL;
}

static int
run_over(volatile char *above, int depth)
{
    volatile char room[4096];
    room[0] = above[0];
    return depth == 0 ? room[0] : run_over(room, depth - 1) + room[0];
}

static PyObject *
crash(PyObject *self, PyObject *args)
{
    const char *how;
    volatile int zero = 0;
    char first = 0;
    if (!PyArg_ParseTuple(args, "s", &how)) {
        return NULL;
    }
    switch (how[0]) {
    case 's': /* segment */
        *(volatile int *)16 = 1;
        break;
    case 'b': { /* bus: a page that the file does not have */
        FILE *file = tmpfile();
        *(volatile char *)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0) = 1;
        break;
    }
    case 'i': /* illegal */
        raise(SIGILL);
        break;
    case 'f': /* float: the number divided by nothing */
        raise(SIGFPE);
        break;
    case 'a': /* abort */
        abort();
    case 'o': /* overflow of the stack */
        return PyInt_FromLong(run_over(&first, 1 << 24) + zero);
    case 'e': /* sent from elsewhere */
        kill(getpid(), SIGSEGV);
        break;
    case 'l': /* without the lock */
        Py_BEGIN_ALLOW_THREADS
        *(volatile int *)16 = 1;
        Py_END_ALLOW_THREADS
        break;
    case 'c': /* in a call */
        PyObject_GetAttrString((PyObject *)16, "attribute");
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"raise_value_error", raise_value_error, METH_NOARGS, NULL},
    {"call", call, METH_O, NULL},
    {"raise_same", raise_same, METH_O, NULL},
    {"crash", crash, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- A type that fails at everything ---- */

static PyObject *
fail(PyObject *self)
{
    PyErr_SetString(PyExc_ArithmeticError, "never");
    return NULL;
}

static Py_ssize_t
fail_length(PyObject *self)
{
    fail(self);
    return -1;
}

static PyObject *
fail_attribute(PyObject *self, char *name)
{
    return fail(self);
}

static PyObject *
fail_two(PyObject *self, PyObject *other)
{
    return fail(self);
}

static PyObject *
fail_compare(PyObject *self, PyObject *other, int operator)
{
    return fail(self);
}

static PyObject *
fail_get(PyObject *self, void *closure)
{
    return fail(self);
}

static PyMethodDef methods[] = {
    {"method", (PyCFunction)fail, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef getset[] = {{"attribute", fail_get, NULL, NULL, NULL}, {NULL}};
static PyNumberMethods number = {.nb_add = fail_two, .nb_negative = fail};
static PySequenceMethods sequence = {.sq_length = fail_length};
static PyMappingMethods mapping = {.mp_length = fail_length, .mp_subscript = fail_two};
static PyTypeObject type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "faults.Failing",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES,
    .tp_methods = methods,
    .tp_getset = getset,
    .tp_as_number = &number,
    .tp_as_sequence = &sequence,
    .tp_as_mapping = &mapping,
    .tp_repr = fail,
    .tp_iter = fail,
    .tp_iternext = fail,
    .tp_richcompare = fail_compare,
    .tp_new = PyType_GenericNew,
};
static PyTypeObject opaque = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "Opaque", /* without the module, as some have it */
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_getattr = fail_attribute,
    .tp_new = PyType_GenericNew,
};

/* What the init function does first, if it does not succeed. */
static void
fail_init(void)
{
#if defined(INIT_RAISES)
    PyErr_SetString(PyExc_RuntimeError, "the device is not there");
#elif defined(INIT_IMPORTS)
    PyObject *needed = PyImport_ImportModule("py2abi_no_such_module");
    Py_XDECREF(needed);
#elif defined(INIT_IS_SILENT)
    PyInt_FromLong(42);
#elif defined(INIT_CRASHES)
    PyInt_FromLong(43);
    *(volatile int *)16 = 1;
#elif defined(INIT_LACKS)
    PyParser_SimpleParseStringFlags("1", 258, 0);
#endif
}

PyMODINIT_FUNC
INIT(MODULE_NAME)(void)
{
    static const char *volatile name = NAME_TEXT(MODULE_NAME);
    if (strcmp(name, "faults") != 0) {
        fail_init();
        return;
    }
    PyObject *module = Py_InitModule((char *)name, functions);
    if (module == NULL || PyType_Ready(&type) < 0 || PyType_Ready(&opaque) < 0) {
        return;
    }
    Py_INCREF(&type);
    Py_INCREF(&opaque);
    PyModule_AddObject(module, "Failing", (PyObject *)&type);
    PyModule_AddObject(module, "Opaque", (PyObject *)&opaque);
}
