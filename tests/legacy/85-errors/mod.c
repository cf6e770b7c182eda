/* Raising, warning, telling: errors.c and _warnings.c of Python 2.7, and each of its exceptions. */

#include "texts.h"

#include <errno.h>
#include <stdarg.h>

/* ---- Each exception ---- */

static const struct {
    const char *name;
    PyObject **exception;
} exceptions[] = {
#define API(...)
#define DATA(kind, name, ...) DATA_##kind(name)
#define DATA_EXC(name)        {#name, &name},
#define DATA_IMPL(name)
#define DATA_STUB(name)
#include "../../../compat/api27.def"
#undef API
#undef DATA
};

/* PyExc_NAME, or NULL with an exception. */
static PyObject *
named(const char *name)
{
    int i;
    for (i = 0; i < COUNT(exceptions); i++) {
        if (strcmp(exceptions[i].name + strlen("PyExc_"), name) == 0) {
            return *exceptions[i].exception;
        }
    }
    return PyErr_Format(PyExc_LookupError, "no exception %s", name);
}

static PyObject *
names(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    int i;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(exceptions); i++) {
        PyObject *name = PyString_FromString(exceptions[i].name + strlen("PyExc_"));
        PyList_Append(list, name);
        Py_DECREF(name);
    }
    return list;
}

/* What inlined code and the API say of it, before and after it was set. */
static PyObject *
look(PyObject *self, PyObject *args)
{
    const char *name;
    PyObject *exception;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &name) || (exception = named(name)) == NULL) {
        return NULL;
    }
    say("%s %d%d%d ", name, PyExceptionClass_Check(exception), PyType_Check(exception),
        PyType_FastSubclass((PyTypeObject *)exception, Py_TPFLAGS_BASE_EXC_SUBCLASS) != 0);
    PyErr_SetNone(exception);
    say("%d%d%d ", PyErr_Occurred() == exception, PyErr_ExceptionMatches(exception),
        PyErr_ExceptionMatches(PyExc_Exception));
    PyErr_Clear();
    say("%d", PyErr_Occurred() == NULL);
    return finish();
}

static PyObject *
raise(PyObject *self, PyObject *args)
{
    const char *name, *text = NULL;
    PyObject *exception;
    (void)self;
    if (!PyArg_ParseTuple(args, "s|s", &name, &text) || (exception = named(name)) == NULL) {
        return NULL;
    }
    if (text != NULL) {
        PyErr_SetString(exception, text);
    }
    else {
        PyErr_SetNone(exception);
    }
    return NULL;
}

/* ---- What the C library says ---- */

static PyObject *
of_errno(PyObject *self, PyObject *args)
{
    PyObject *class, *file = NULL;
    int number;
    (void)self;
    if (!PyArg_ParseTuple(args, "iO|O", &number, &class, &file)) {
        return NULL;
    }
    errno = number;
    if (file == NULL) {
        return PyErr_SetFromErrno(class);
    }
    if (PyString_Check(file)) {
        return PyErr_SetFromErrnoWithFilename(class, PyString_AS_STRING(file));
    }
    return PyErr_SetFromErrnoWithFilenameObject(class, file);
}

/* ---- Those that say what went wrong themselves ---- */

static PyObject *
format_list(const char *format, ...)
{
    PyObject *made;
    va_list list;
    va_start(list, format);
    made = PyString_FromFormatV(format, list);
    va_end(list);
    return made;
}

static PyObject *
of_itself(PyObject *self, PyObject *args)
{
    const char *which;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &which)) {
        return NULL;
    }
    if (strcmp(which, "internal") == 0) {
        _PyErr_BadInternalCall((char *)"file.c", 12);
        return NULL;
    }
    if (strcmp(which, "argument") == 0) {
        say("%d ", PyErr_BadArgument());
        say_error();
        return finish();
    }
    if (strcmp(which, "memory") == 0) {
        return PyErr_NoMemory();
    }
    return format_list("%s of %d, %c, %ld, %zd, %x, %.2s, %%", which, -5, 'c', 1L << 40,
                       (Py_ssize_t)7, 255, "cut");
}

/* ---- Warnings ---- */

static PyObject *
warn(PyObject *self, PyObject *args)
{
    const char *name, *text;
    int level, status;
    PyObject *category = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "zsi", &name, &text, &level)
        || (name != NULL && (category = named(name)) == NULL)) {
        return NULL;
    }
    status = PyErr_WarnEx(category, text, level);
    say("%d ", status);
    if (status != 0) {
        say_error();
    }
    return finish();
}

/* ---- Telling ---- */

/* kind 0 and 1: PyErr_PrintEx; 2: PyErr_Print; else an error that nobody can get. */
static PyObject *
tell(PyObject *self, PyObject *args)
{
    PyObject *class, *value, *context;
    int kind;
    (void)self;
    if (!PyArg_ParseTuple(args, "iOOO", &kind, &class, &value, &context)) {
        return NULL;
    }
    PyErr_SetObject(class, value);
    if (kind < 2) {
        PyErr_PrintEx(kind);
    }
    else if (kind == 2) {
        PyErr_Print();
    }
    else {
        PyErr_WriteUnraisable(context);
    }
    return PyBool_FromLong(PyErr_Occurred() == NULL);
}

/* ---- What refuses its arguments ---- */

static PyTypeObject first_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "errors.First",
                                  .tp_basicsize = sizeof(PyObject),
                                  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
static PyTypeObject second_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "errors.Second",
                                   .tp_basicsize = sizeof(PyObject), .tp_base = &first_type,
                                   .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE};
static PyTypeObject wrong_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "errors.Wrong",
                                  .tp_basicsize = sizeof(PyObject), .tp_base = &first_type,
                                  .tp_flags = Py_TPFLAGS_DEFAULT};

#define REFUSED(call, is_so)                                                                      \
    say("%s %d ", #call, (call)is_so);                                                            \
    say_error();                                                                                  \
    say("\n")
/* The same where the words are Python's, or come in the order of a dictionary of pointers. */
#define REFUSED_AS(exception, call, is_so)                                                        \
    say("%s %d ", #call, (call)is_so);                                                            \
    say("%d\n", PyErr_ExceptionMatches(exception));                                               \
    PyErr_Clear()

static PyObject *
refusals(PyObject *self, PyObject *unused)
{
    PyObject *none = Py_None, *dict = PyDict_New(), *text = PyString_FromString("text");
    PyObject *negative = PyLong_FromLong(-1), *module = PyString_FromString("no_such_module");
    (void)self;
    (void)unused;
    if (wrong_type.tp_bases == NULL) {
        wrong_type.tp_bases = Py_BuildValue("(OO)", &first_type, &second_type);
    }
    REFUSED_AS(PyExc_TypeError, PyType_Ready(&wrong_type), < 0);
    REFUSED(PyErr_NewException((char *)"nodot", NULL, NULL), == NULL);
    REFUSED_AS(PyExc_ImportError, PyImport_Import(module), == NULL);
    REFUSED(PyCapsule_Import("no_such_module.name", 0), == NULL);
    REFUSED(PyCapsule_GetPointer(none, "name"), == NULL);
    REFUSED_AS(PyExc_ImportError, PyCObject_Import((char *)"no_such_module", (char *)"x"), == NULL);
    REFUSED_AS(PyExc_AttributeError, PyCObject_Import((char *)"sys", (char *)"no_such"), == NULL);
    REFUSED(PyCObject_AsVoidPtr(none), == NULL);
    REFUSED(PyCObject_AsVoidPtr(NULL), == NULL);
    REFUSED(PyFile_AsFile(none), == NULL);
    REFUSED(PySys_GetObject((char *)"no_such_name"), == NULL);
    REFUSED(PyDict_Update(dict, none), < 0);
    REFUSED(PyDict_Update(none, dict), < 0);
    REFUSED(PyMapping_SetItemString(none, (char *)"key", text), < 0);
    REFUSED(PyUnicode_AsUnicode(text), == NULL);
    REFUSED(_PyString_Join(text, none), == NULL);
    REFUSED(Py_BuildValue("!"), == NULL);
    REFUSED(Py_BuildValue("(i"), == NULL);
    REFUSED(PyLong_AsUnsignedLong(negative), == (unsigned long)-1);
    REFUSED(PyLong_AsUnsignedLongLong(negative), == (unsigned PY_LONG_LONG)-1);
    REFUSED(PyLong_AsUnsignedLong(text), == (unsigned long)-1);
    REFUSED(PyLong_AsVoidPtr(none), == NULL);
    Py_DECREF(dict);
    Py_DECREF(text);
    Py_DECREF(negative);
    Py_DECREF(module);
    return finish();
}

/* ---- Recursion ---- */

/* How deep it went, negative with an exception. */
static int
descend(int depth)
{
    int reached;
    if (depth == 0) {
        return 0;
    }
    if (Py_EnterRecursiveCall(" in a fixture")) {
        return -1;
    }
    reached = descend(depth - 1);
    Py_LeaveRecursiveCall();
    return reached < 0 ? reached - 1 : reached + 1;
}

static PyObject *
recursion(PyObject *self, PyObject *args)
{
    int depth, reached, before = PyThreadState_GET()->recursion_depth;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &depth)) {
        return NULL;
    }
    say("%d ", Py_GetRecursionLimit());
    reached = descend(depth);
    if (reached < 0) {
        say("less ");
        say_error();
    }
    else {
        say("%d", reached);
    }
    say(" %d", PyThreadState_GET()->recursion_depth - before);
    return finish();
}

static PyObject *
set_limit(PyObject *self, PyObject *args)
{
    int limit;
    (void)self;
    if (!PyArg_ParseTuple(args, "i", &limit)) {
        return NULL;
    }
    Py_SetRecursionLimit(limit);
    return PyInt_FromLong(_Py_CheckRecursionLimit);
}

static PyMethodDef methods[] = {
    {"names", names, METH_NOARGS, NULL},
    {"look", look, METH_VARARGS, NULL},
    {"raise_it", raise, METH_VARARGS, NULL},
    {"of_errno", of_errno, METH_VARARGS, NULL},
    {"of_itself", of_itself, METH_VARARGS, NULL},
    {"warn", warn, METH_VARARGS, NULL},
    {"tell", tell, METH_VARARGS, NULL},
    {"refusals", refusals, METH_NOARGS, NULL},
    {"recursion", recursion, METH_VARARGS, NULL},
    {"set_limit", set_limit, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initerrors(void)
{
    PyType_Ready(&first_type);
    PyType_Ready(&second_type);
    Py_InitModule("errors", methods);
}
