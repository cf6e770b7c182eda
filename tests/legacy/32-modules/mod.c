/* Modules: how they are made, what is put into them, what is asked of them. */

#include <Python.h>

#include <stdio.h>
#include <string.h>

static PyObject *
answer(PyObject *self, PyObject *args)
{
    return Py_BuildValue("OO", self != NULL ? self : Py_None, args);
}

static PyMethodDef inner_methods[] = {
    {"first", answer, METH_VARARGS, "first(...)"},
    {"second", answer, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef bad_methods[] = {
    {"fine", answer, METH_VARARGS, NULL},
    {"bad", answer, METH_VARARGS | METH_STATIC, NULL},
    {NULL, NULL, 0, NULL},
};

/* A line with what came out: an exception, or the text. */
static PyObject *
line(const char *text)
{
    PyObject *type, *value, *traceback, *made;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        return PyString_FromString(text);
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *string = PyObject_Str(value);
    const char *name = strrchr(((PyTypeObject *)type)->tp_name, '.');
    made = PyString_FromFormat("%s: %s", name != NULL ? name + 1 : "?",
                               string != NULL ? PyString_AS_STRING(string) : "?");
    Py_XDECREF(string);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return made;
}

/* make(name, doc or None, self): a module with functions, by Py_InitModule4 */
static PyObject *
make(PyObject *self, PyObject *args)
{
    char *name, *doc;
    PyObject *own;
    if (!PyArg_ParseTuple(args, "szO", &name, &doc, &own)) {
        return NULL;
    }
    PyObject *made = Py_InitModule4(name, inner_methods, doc, own == Py_None ? NULL : own,
                                    PYTHON_API_VERSION);
    Py_XINCREF(made);
    return made;
}

/* make_bad(which) */
static PyObject *
make_bad(PyObject *self, PyObject *args)
{
    int which;
    if (!PyArg_ParseTuple(args, "i", &which)) {
        return NULL;
    }
    PyObject *made = which == 0 ? Py_InitModule("legacy_modules_bad", bad_methods)
                                : Py_InitModule4("legacy_modules_old", NULL, NULL, NULL, 1012);
    Py_XINCREF(made);
    return made;
}

/* new(name): a module that is not in sys.modules, with a constant */
static PyObject *
new_module(PyObject *self, PyObject *args)
{
    char *name;
    if (!PyArg_ParseTuple(args, "s", &name)) {
        return NULL;
    }
    PyObject *made = PyModule_New(name);
    if (made != NULL && PyModule_AddIntConstant(made, "answer", 42) < 0) {
        Py_CLEAR(made);
    }
    return made;
}

/* ask(object): its name, its file, whether it is a module */
static PyObject *
ask(PyObject *self, PyObject *object)
{
    PyObject *result = PyList_New(0), *item;
    item = PyString_FromFormat("module: %d exact: %d", PyModule_Check(object),
                               PyModule_CheckExact(object));
    PyList_Append(result, item);
    Py_DECREF(item);
    char *name = PyModule_GetName(object);
    item = line(name != NULL ? name : "?");
    PyList_Append(result, item);
    Py_DECREF(item);
    char *file = PyModule_GetFilename(object);
    const char *slash = file != NULL ? strrchr(file, '/') : NULL;
    item = line(slash != NULL ? slash + 1 : file != NULL ? file : "?");
    PyList_Append(result, item);
    Py_DECREF(item);
    return result;
}

/* get(module, name): from its dictionary, which is borrowed */
static PyObject *
get(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *module, *dict, *value;
    if (!PyArg_ParseTuple(args, "Os", &module, &name)) {
        return NULL;
    }
    dict = PyModule_GetDict(module);
    if (dict == NULL) {
        return NULL;
    }
    if (dict != PyModule_GetDict(module)) {
        return PyString_FromString("another dictionary each time");
    }
    value = PyDict_GetItemString(dict, name);
    if (value == NULL) {
        return PyString_FromString("nothing");
    }
    if (value != PyDict_GetItemString(dict, name)) {
        return PyString_FromString("another value each time");
    }
    return PyString_FromFormat("%s", Py_TYPE(value)->tp_name);
}

/* put(module, name, object): the result, and how many references were taken */
static PyObject *
put(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *module, *object;
    if (!PyArg_ParseTuple(args, "OsO", &module, &name, &object)) {
        return NULL;
    }
    Py_INCREF(object);
    int result = PyModule_AddObject(module, name, object);
    if (result < 0) {
        Py_DECREF(object);
    }
    char text[50];
    snprintf(text, sizeof text, "%d", result);
    return line(text);
}

/* put_bad(module, which) */
static PyObject *
put_bad(PyObject *self, PyObject *args)
{
    int which, result = 0;
    PyObject *module;
    if (!PyArg_ParseTuple(args, "Oi", &module, &which)) {
        return NULL;
    }
    switch (which) {
    case 0:
        result = PyModule_AddObject(module, "x", NULL);
        break;
    case 1:
        PyErr_SetString(PyExc_KeyError, "was there before");
        result = PyModule_AddObject(module, "x", NULL);
        break;
    case 2:
        result = PyModule_AddIntConstant(module, "number", -5);
        break;
    case 3:
        result = PyModule_AddStringConstant(module, "string", "text");
        break;
    case 4:
        result = PyModule_GetDict(module) != NULL;
        break;
    default:
        break;
    }
    char text[50];
    snprintf(text, sizeof text, "%d", result);
    return line(text);
}

static PyMethodDef methods[] = {
    {"make", make, METH_VARARGS, "make(...)\n\nDocumentation."},
    {"make_bad", make_bad, METH_VARARGS, NULL},
    {"new_module", new_module, METH_VARARGS, NULL},
    {"ask", ask, METH_O, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"put", put, METH_VARARGS, NULL},
    {"put_bad", put_bad, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlegacy_modules(void)
{
    PyObject *module = Py_InitModule3("legacy_modules", methods, "Modules, \xc3\xa9.");
    if (module == NULL) {
        return;
    }
    PyModule_AddIntConstant(module, "NUMBER", 1L << 40);
    PyModule_AddIntMacro(module, METH_VARARGS);
    PyModule_AddStringConstant(module, "TEXT", "constant");
    PyModule_AddStringConstant(module, "ACCENT", "\xc3\xa9");
    PyModule_AddObject(module, "TUPLE", Py_BuildValue("(is)", 1, "two"));
    PyModule_AddObject(module, "NESTED", Py_BuildValue("[s]", "in a list"));
    PyModule_AddObject(module, "WORD", PyString_FromString("word"));
    PyModule_AddObject(module, "FLOAT", PyFloat_FromDouble(1.5));
    PyModule_AddObject(module, "Error", PyErr_NewException("legacy_modules.Error", NULL, NULL));
    PyModule_AddObject(module, "itself", PyCFunction_New(&methods[0], NULL));
}
