/* Exceptions whose structures C code reads and writes, of each family, while Python code
 * changes the same exceptions' attributes. */

#include "Python.h"
#include "structmember.h"

static int deallocated;

/* A type that embeds the structure of a family, with the collector's functions. */
#define DERIVED(Name, name, Base)                                                               \
    typedef struct {                                                                            \
        Base base;                                                                              \
        PyObject *extra;                                                                        \
    } Name;                                                                                     \
    static PyTypeObject *name##_base;                                                           \
    static int name##_traverse(PyObject *self, visitproc visit, void *arg)                      \
    {                                                                                           \
        Py_VISIT(((Name *)self)->extra);                                                        \
        return name##_base->tp_traverse(self, visit, arg);                                      \
    }                                                                                           \
    static int name##_clear(PyObject *self)                                                     \
    {                                                                                           \
        Py_CLEAR(((Name *)self)->extra);                                                        \
        return name##_base->tp_clear(self);                                                     \
    }                                                                                           \
    static void name##_dealloc(PyObject *self)                                                  \
    {                                                                                           \
        deallocated++;                                                                          \
        Py_CLEAR(((Name *)self)->extra);                                                        \
        name##_base->tp_dealloc(self);                                                          \
    }                                                                                           \
    static PyMemberDef name##_members[] = {                                                     \
        {"extra", T_OBJECT, offsetof(Name, extra), 0, NULL},                                    \
        {NULL, 0, 0, 0, NULL},                                                                  \
    };                                                                                          \
    static PyTypeObject name##_type = {                                                         \
        PyVarObject_HEAD_INIT(NULL, 0)                                                          \
        .tp_name = "exceptions_of." #Name,                                                      \
        .tp_basicsize = sizeof(Name),                                                           \
        .tp_dealloc = name##_dealloc,                                                           \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,              \
        .tp_traverse = name##_traverse,                                                         \
        .tp_clear = name##_clear,                                                               \
        .tp_members = name##_members,                                                           \
    };

DERIVED(Plain, plain, PyBaseExceptionObject)
DERIVED(Exit, exit, PySystemExitObject)
DERIVED(Environment, environment, PyEnvironmentErrorObject)
DERIVED(Syntax, syntax, PySyntaxErrorObject)
DERIVED(Encode, encode, PyUnicodeErrorObject)
DERIVED(Decode, decode, PyUnicodeErrorObject)
DERIVED(Translate, translate, PyUnicodeErrorObject)

static PyObject *
or_none(PyObject *object)
{
    object = object != NULL ? object : Py_None;
    Py_INCREF(object);
    return object;
}

/* What the structure says: args and message. */
static PyObject *
look(PyObject *self, PyObject *error)
{
    PyBaseExceptionObject *base = (PyBaseExceptionObject *)error;
    (void)self;
    return Py_BuildValue("NN", or_none(base->args), or_none(base->message));
}

/* An entry of the dictionary that it has. */
static PyObject *
look_up(PyObject *self, PyObject *args)
{
    PyBaseExceptionObject *base;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os", &base, &name)) {
        return NULL;
    }
    return or_none(base->dict != NULL ? PyDict_GetItemString(base->dict, name) : NULL);
}

/* What a family adds. */
static PyObject *
fields(PyObject *self, PyObject *error)
{
    (void)self;
    if (PyErr_GivenExceptionMatches(error, PyExc_EnvironmentError)) {
        PyEnvironmentErrorObject *e = (PyEnvironmentErrorObject *)error;
        return Py_BuildValue("NNN", or_none(e->myerrno), or_none(e->strerror),
                             or_none(e->filename));
    }
    if (PyErr_GivenExceptionMatches(error, PyExc_SystemExit)) {
        return Py_BuildValue("(N)", or_none(((PySystemExitObject *)error)->code));
    }
    if (PyErr_GivenExceptionMatches(error, PyExc_SyntaxError)) {
        PySyntaxErrorObject *e = (PySyntaxErrorObject *)error;
        return Py_BuildValue("NNNNN", or_none(e->msg), or_none(e->filename), or_none(e->lineno),
                             or_none(e->offset), or_none(e->text));
    }
    if (PyErr_GivenExceptionMatches(error, PyExc_UnicodeError)) {
        PyUnicodeErrorObject *e = (PyUnicodeErrorObject *)error;
        return Py_BuildValue("NNnnN", or_none(e->encoding), or_none(e->object), e->start, e->end,
                             or_none(e->reason));
    }
    Py_RETURN_NONE;
}

static void
set(PyObject **slot, PyObject *value)
{
    PyObject *old = *slot;
    Py_INCREF(value);
    *slot = value;
    Py_XDECREF(old);
}

/* Write to the structure. */
static PyObject *
poke(PyObject *self, PyObject *args)
{
    PyBaseExceptionObject *base;
    PyObject *value;
    char *what;
    (void)self;
    if (!PyArg_ParseTuple(args, "OsO", &base, &what, &value)) {
        return NULL;
    }
    if (strcmp(what, "args") == 0) {
        set(&base->args, value);
    }
    else if (strcmp(what, "message") == 0) {
        set(&base->message, value);
    }
    else if (strcmp(what, "dict") == 0) {
        set(&base->dict, value);
    }
    else if (strcmp(what, "errno") == 0) {
        set(&((PyEnvironmentErrorObject *)base)->myerrno, value);
    }
    else if (strcmp(what, "filename") == 0) {
        set(&((PyEnvironmentErrorObject *)base)->filename, value);
    }
    else if (strcmp(what, "code") == 0) {
        set(&((PySystemExitObject *)base)->code, value);
    }
    else if (strcmp(what, "text") == 0) {
        set(&((PySyntaxErrorObject *)base)->text, value);
    }
    else if (strcmp(what, "start") == 0) {
        ((PyUnicodeErrorObject *)base)->start = PyInt_AsSsize_t(value);
    }
    Py_RETURN_NONE;
}

/* Between two looks Python code changes the exception. */
static PyObject *
around(PyObject *self, PyObject *args)
{
    PyBaseExceptionObject *base;
    PyObject *function, *before, *result;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &base, &function)) {
        return NULL;
    }
    before = or_none(base->args);
    result = PyObject_CallFunctionObjArgs(function, (PyObject *)base, NULL);
    if (result == NULL) {
        Py_DECREF(before);
        return NULL;
    }
    Py_DECREF(result);
    return Py_BuildValue("NN", before, or_none(base->args));
}

/* Call, catch what is raised, look at it, write to it, and raise it again. */
static PyObject *
pass_on(PyObject *self, PyObject *args)
{
    PyObject *function, *replacement, *type, *value, *traceback, *result;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &function, &replacement)) {
        return NULL;
    }
    result = PyObject_CallObject(function, NULL);
    if (result != NULL) {
        return result;
    }
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    set(&((PyBaseExceptionObject *)value)->args, replacement);
    PyErr_Restore(type, value, traceback);
    return NULL;
}

static PyObject *kept;

static PyObject *
keep(PyObject *self, PyObject *object)
{
    (void)self;
    set(&kept, object);
    Py_RETURN_NONE;
}

static PyObject *
count(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyInt_FromLong(deallocated);
}

static PyMethodDef functions[] = {
    {"look", look, METH_O, NULL},
    {"look_up", look_up, METH_VARARGS, NULL},
    {"fields", fields, METH_O, NULL},
    {"poke", poke, METH_VARARGS, NULL},
    {"around", around, METH_VARARGS, NULL},
    {"pass_on", pass_on, METH_VARARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"count", count, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static int
add(PyObject *module, PyTypeObject *type, PyTypeObject **base, PyObject *exception)
{
    *base = type->tp_base = (PyTypeObject *)exception;
    if (PyType_Ready(type) < 0) {
        return -1;
    }
    Py_INCREF(type);
    return PyModule_AddObject(module, strchr(type->tp_name, '.') + 1, (PyObject *)type);
}

PyMODINIT_FUNC
initexceptions_of(void)
{
    PyObject *module = Py_InitModule("exceptions_of", functions);
    if (module == NULL || add(module, &plain_type, &plain_base, PyExc_ValueError) < 0
        || add(module, &exit_type, &exit_base, PyExc_SystemExit) < 0
        || add(module, &environment_type, &environment_base, PyExc_EnvironmentError) < 0
        || add(module, &syntax_type, &syntax_base, PyExc_SyntaxError) < 0
        || add(module, &encode_type, &encode_base, PyExc_UnicodeEncodeError) < 0
        || add(module, &decode_type, &decode_base, PyExc_UnicodeDecodeError) < 0) {
        return;
    }
    add(module, &translate_type, &translate_base, PyExc_UnicodeTranslateError);
}
