/* What wrappers that SWIG and Cython generate do inline: the place of an instance's dictionary,
 * classes that are looked up past their own variables, modules imported by __import__; the
 * frames of a traceback, classes made by calling type, types derived from closed ones. */

#include "texts.h"

#include "frameobject.h"

static PyObject *this_name;

/* An instance without its __init__, with a pointer in its dictionary: as SWIG does it, only where
 * there is none yet. */
static PyObject *
shadow(PyObject *self, PyObject *args)
{
    PyObject *cls, *pointer, *empty = PyTuple_New(0), *instance, **place;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &cls, &pointer)) {
        return NULL;
    }
    instance = ((PyTypeObject *)cls)->tp_new((PyTypeObject *)cls, empty, NULL);
    Py_DECREF(empty);
    place = instance != NULL ? _PyObject_GetDictPtr(instance) : NULL;
    if (place != NULL && *place == NULL) {
        *place = PyDict_New();
        PyDict_SetItem(*place, this_name, pointer);
    }
    return instance;
}

/* What is found there; and what an attribute call finds. */
static PyObject *
look(PyObject *self, PyObject *object)
{
    PyObject **place = _PyObject_GetDictPtr(object), *found;
    (void)self;
    say("%d ", place != NULL);
    if (place != NULL) {
        say("%d ", *place == NULL || PyDict_Check(*place));
        found = *place != NULL ? PyDict_GetItem(*place, this_name) : NULL;
        say_value(found);
        say(" ");
    }
    found = PyObject_GetAttr(object, this_name);
    if (found == NULL) {
        PyErr_Clear();
        say("none");
        return finish();
    }
    say_object(found);
    return finish();
}

/* Another dictionary, or none; seen at once by what runs in Python. */
static PyObject *
replace(PyObject *self, PyObject *args)
{
    PyObject *object, *dict, *callable, **place, *old;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &dict, &callable)) {
        return NULL;
    }
    place = _PyObject_GetDictPtr(object);
    old = *place;
    if (dict == Py_None) {
        *place = NULL;
    }
    else {
        Py_INCREF(dict);
        *place = dict;
    }
    Py_XDECREF(old);
    return PyObject_CallFunctionObjArgs(callable, object, NULL);
}

static int
has(PyTypeObject *type, const char *name)
{
    PyObject *string = PyString_FromString(name);
    int found = _PyType_Lookup(type, string) != NULL;
    Py_DECREF(string);
    return found;
}

/* Whether a class leaves a method to object. */
static int
is_of_object(PyTypeObject *type, const char *name)
{
    PyObject *string = PyString_FromString(name);
    int is_so = _PyType_Lookup(type, string) == _PyType_Lookup(&PyBaseObject_Type, string);
    Py_DECREF(string);
    return is_so;
}

static PyTypeObject thing_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generated.Thing",
                                  .tp_basicsize = sizeof(PyObject)};

static PyObject *
lookups(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    say("%d%d%d ", has(&PyBaseObject_Type, "__reduce_ex__"), has(&PyBaseObject_Type, "__getstate__"),
        has(&PyBaseObject_Type, "nothing"));
    say("%d%d ", has(&PyDict_Type, "get"), has(&PyDict_Type, "nothing"));
    say("%d%d ", has(&thing_type, "__reduce__"), has(&thing_type, "__getstate__"));
    say("%d%d", is_of_object(&thing_type, "__reduce_ex__"), is_of_object(&thing_type, "__reduce__"));
    return finish();
}

static void
say_import(const char *name, const char *from, int level)
{
    PyObject *builtins = PyImport_AddModule("__builtin__"), *import, *list = PyList_New(0);
    PyObject *module, *empty = PyDict_New(), *item;
    if (from != NULL) {
        item = PyString_FromString(from);
        PyList_Append(list, item);
        Py_DECREF(item);
    }
    import = PyObject_GetAttrString(builtins, "__import__");
    module = PyObject_CallFunction(import, (char *)"sOOOi", name, empty, empty, list, level);
    if (module != NULL) {
        say("%s ", PyModule_GetName(module));
    }
    else {
        say("%d ", PyErr_ExceptionMatches(PyExc_ImportError));
        PyErr_Clear();
    }
    Py_XDECREF(module);
    Py_DECREF(import);
    Py_DECREF(list);
    Py_DECREF(empty);
}

static PyObject *
imports(PyObject *self, PyObject *unused)
{
    static const char *const names[] = {"xrange", "unicode", "long", "unichr", "basestring",
                                        "raw_input", "reduce", "intern", "reload", "file", "len"};
    PyObject *builtins = PyImport_AddModule("__builtin__");
    int i;
    (void)self;
    (void)unused;
    say_import("sys", NULL, -1);
    say_import("os.path", NULL, -1);
    say_import("xml.dom", NULL, 0);
    say_import("xml.dom", "minidom", -1);
    say_import("no_such_module", NULL, -1);
    for (i = 0; i < COUNT(names); i++) {
        say("%d", PyObject_HasAttrString(builtins, names[i]));
    }
    return finish();
}

/* What the structures of the error that a function raises say, from the first frame to the last.
 * Cython's generators put their frame behind the last, and take it away again. */
static PyObject *
walk(PyObject *self, PyObject *function)
{
    PyObject *result = PyObject_CallObject(function, NULL), *type, *value, *traceback;
    PyTracebackObject *at;
    int first = 0;
    (void)self;
    if (result != NULL) {
        return result;
    }
    at = (PyTracebackObject *)PyThreadState_GET()->curexc_traceback;
    for (; at != NULL; at = at->tb_next) {
        first = first != 0 ? first : at->tb_frame->f_code->co_firstlineno;
        say("%s %d %d ", PyString_AS_STRING(at->tb_frame->f_code->co_name),
            at->tb_lineno - first, PyDict_Check(at->tb_frame->f_globals));
        if (at->tb_next == NULL) {
            Py_CLEAR(at->tb_frame->f_back);
            Py_XINCREF(PyThreadState_GET()->frame);
            at->tb_frame->f_back = PyThreadState_GET()->frame;
            Py_CLEAR(at->tb_frame->f_back);
        }
    }
    PyErr_Fetch(&type, &value, &traceback);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return finish();
}

/* A class, as a class statement in C code makes it; then NULL or the error. */
static PyObject *
make_class(PyObject *self, PyObject *args)
{
    PyObject *metatype, *bases, *dict, *class;
    const char *name, *doc;
    (void)self;
    if (!PyArg_ParseTuple(args, "OsOs", &metatype, &name, &bases, &doc)) {
        return NULL;
    }
    dict = Py_BuildValue("{sssssssi}", "__module__", "generated", "__qualname__", name, "__doc__",
                         doc, "number", 5);
    class = PyObject_CallFunction(metatype, (char *)"sOO", name, bases, dict);
    Py_DECREF(dict);
    return class;
}

/* A type derived from one that says nothing can be, when Python has that already. */
static PyTypeObject closed_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generated.Closed",
                                   .tp_basicsize = sizeof(PyObject)};
static PyTypeObject derived_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generated.Derived",
                                    .tp_basicsize = sizeof(PyObject)};

static PyObject *
closed(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_INCREF(&closed_type);
    return (PyObject *)&closed_type;
}

static PyObject *
derived(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    derived_type.tp_flags |= Py_TPFLAGS_DEFAULT;
    derived_type.tp_base = &closed_type;
    if (!(derived_type.tp_flags & Py_TPFLAGS_READY) && PyType_Ready(&derived_type) < 0) {
        return NULL;
    }
    Py_INCREF(&derived_type);
    return (PyObject *)&derived_type;
}

static PyMethodDef methods[] = {
    {"shadow", shadow, METH_VARARGS, NULL}, {"look", look, METH_O, NULL},
    {"replace", replace, METH_VARARGS, NULL}, {"lookups", lookups, METH_NOARGS, NULL},
    {"imports", imports, METH_NOARGS, NULL}, {"walk", walk, METH_O, NULL},
    {"make_class", make_class, METH_VARARGS, NULL}, {"closed", closed, METH_NOARGS, NULL},
    {"derived", derived, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initgenerated(void)
{
    this_name = PyString_InternFromString("this");
    thing_type.tp_flags = Py_TPFLAGS_DEFAULT;
    PyType_Ready(&thing_type);
    closed_type.tp_flags = Py_TPFLAGS_DEFAULT;
    closed_type.tp_new = PyType_GenericNew;
    PyType_Ready(&closed_type);
    Py_InitModule("generated", methods);
}
