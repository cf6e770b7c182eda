/* What wrappers that SWIG and Cython generate do inline: the place of an instance's dictionary,
 * classes that are looked up past their own variables, modules imported by __import__. */

#include "texts.h"

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

static PyMethodDef methods[] = {
    {"shadow", shadow, METH_VARARGS, NULL}, {"look", look, METH_O, NULL},
    {"replace", replace, METH_VARARGS, NULL}, {"lookups", lookups, METH_NOARGS, NULL},
    {"imports", imports, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initgenerated(void)
{
    this_name = PyString_InternFromString("this");
    thing_type.tp_flags = Py_TPFLAGS_DEFAULT;
    PyType_Ready(&thing_type);
    Py_InitModule("generated", methods);
}
