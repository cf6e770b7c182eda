/* Dictionaries that both sides have: keywords, names, keys that are text of either
 * kind, changes on both sides, what is borrowed from them. */

#include "Python.h"

static void
add_text(char *text, PyObject *object)
{
    const char *type = object == NULL ? "NULL" : Py_TYPE(object)->tp_name;
    if (object != NULL && PyString_CheckExact(object)) {
        sprintf(text + strlen(text), "S:%s", PyString_AS_STRING(object));
    }
    else if (object != NULL && PyUnicode_CheckExact(object)) {
        PyObject *bytes = PyUnicode_AsUTF8String(object);
        sprintf(text + strlen(text), "U:%s", PyString_AS_STRING(bytes));
        Py_DECREF(bytes);
    }
    else if (object != NULL && PyInt_CheckExact(object)) {
        sprintf(text + strlen(text), "%ld", PyInt_AS_LONG(object));
    }
    else {
        strcat(text, type);
    }
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All items, in order, as a guest sees them. */
static PyObject *
describe(PyObject *dict)
{
    char *lines[200], text[20000] = "";
    PyObject *key, *value;
    Py_ssize_t at = 0;
    int i, count = 0;
    while (PyDict_Next(dict, &at, &key, &value) && count < 200) {
        char line[1000] = "";
        add_text(line, key);
        strcat(line, "=");
        add_text(line, value);
        lines[count++] = strdup(line);
    }
    qsort(lines, count, sizeof *lines, by_text);
    for (i = 0; i < count; i++) {
        strcat(text, i == 0 ? "" : " ");
        strcat(text, lines[i]);
        free(lines[i]);
    }
    return PyString_FromString(text);
}

static PyObject *
items(PyObject *self, PyObject *dict)
{
    return describe(dict);
}

static PyObject *
keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (kwargs == NULL) {
        return PyString_FromString("NULL");
    }
    return describe(kwargs);
}

/* Keyword names are interned: pointers can be compared. */
static PyObject *
interned(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *name = PyString_InternFromString("name"), *key, *value;
    Py_ssize_t at = 0;
    int same = 0;
    while (PyDict_Next(kwargs, &at, &key, &value)) {
        same += key == name;
    }
    Py_DECREF(name);
    return PyInt_FromLong(same);
}

/* What two literals find: by name, by str, by unicode. */
static PyObject *
find(PyObject *self, PyObject *args)
{
    PyObject *dict, *key, *wide;
    const char *name;
    char text[1000] = "";
    if (!PyArg_ParseTuple(args, "Os", &dict, &name)) {
        return NULL;
    }
    key = PyString_FromString(name);
    wide = PyUnicode_DecodeASCII(name, strlen(name), NULL);
    add_text(text, PyDict_GetItemString(dict, name));
    strcat(text, " ");
    add_text(text, PyDict_GetItem(dict, key));
    strcat(text, " ");
    add_text(text, PyDict_GetItem(dict, wide));
    sprintf(text + strlen(text), " %d %d %d", PyDict_Contains(dict, key),
            PyDict_Contains(dict, wide), PyDict_Contains(dict, Py_None));
    Py_DECREF(key);
    Py_DECREF(wide);
    return PyString_FromString(text);
}

/* set(dict, name, value) and remove(dict, name), by str. */
static PyObject *
set(PyObject *self, PyObject *args)
{
    PyObject *dict, *value;
    const char *name;
    if (!PyArg_ParseTuple(args, "OsO", &dict, &name, &value)
        || PyDict_SetItemString(dict, name, value) < 0) {
        return NULL;
    }
    return PyInt_FromSsize_t(((PyDictObject *)dict)->ma_used);
}

static PyObject *
remove_item(PyObject *self, PyObject *args)
{
    PyObject *dict;
    const char *name;
    if (!PyArg_ParseTuple(args, "Os", &dict, &name)) {
        return NULL;
    }
    if (PyDict_DelItemString(dict, name) < 0) {
        PyErr_Clear();
        return PyString_FromString("not there");
    }
    return PyInt_FromSsize_t(((PyDictObject *)dict)->ma_used);
}

/* borrow(dict, function): borrowed items live while the dictionary holds them. */
static PyObject *
borrow(PyObject *self, PyObject *args)
{
    PyObject *dict, *function, *a, *b, *result;
    if (!PyArg_ParseTuple(args, "OO", &dict, &function)) {
        return NULL;
    }
    a = PyDict_GetItemString(dict, "a");
    b = PyDict_GetItemString(dict, "b");
    result = PyObject_CallFunction(function, NULL);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    return Py_BuildValue("(OOi)", a, b, PyDict_GetItemString(dict, "a") == a);
}

/* walk(dict): replaces the values while walking. */
static PyObject *
walk(PyObject *self, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        PyObject *next = PyInt_FromLong(PyInt_AsLong(value) + 1);
        PyDict_SetItem(dict, key, next);
        Py_DECREF(next);
    }
    Py_RETURN_NONE;
}

static PyObject *
build(PyObject *self, PyObject *count)
{
    PyObject *dict = PyDict_New();
    long i;
    for (i = 0; i < PyInt_AsLong(count); i++) {
        PyObject *key = PyInt_FromLong(i), *value = Py_BuildValue("[l]", i);
        PyDict_SetItem(dict, key, value);
        Py_DECREF(key);
        Py_DECREF(value);
    }
    return dict;
}

/* The dictionary of the module: names are str, constants are text. */
static PyObject *module;

static PyObject *
own_names(PyObject *self, PyObject *unused)
{
    PyObject *dict = PyModule_GetDict(module), *key, *value;
    Py_ssize_t at = 0;
    int strings = 0, others = 0;
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (PyString_CheckExact(key)) {
            strings++;
        }
        else {
            others++;
        }
    }
    return Py_BuildValue("(iiO)", strings > 5, others, PyDict_GetItemString(dict, "constant"));
}

static PyObject *
copies(PyObject *self, PyObject *dict)
{
    PyObject *copy = PyDict_Copy(dict), *other = PyDict_New();
    PyDict_Update(other, copy);
    PyDict_SetItemString(other, "own", Py_None);
    Py_DECREF(copy);
    return other;
}

static PyObject *
kinds(PyObject *self, PyObject *dict)
{
    PyObject *keys = PyDict_Keys(dict), *values = PyDict_Values(dict), *pairs = PyDict_Items(dict);
    PyObject *result = Py_BuildValue("(nnn)", PyList_GET_SIZE(keys), PyList_GET_SIZE(values),
                                     PyTuple_GET_SIZE(PyList_GET_ITEM(pairs, 0)));
    Py_DECREF(keys);
    Py_DECREF(values);
    Py_DECREF(pairs);
    return result;
}

static PyMethodDef methods[] = {
    {"items", items, METH_O},
    {"keywords", (PyCFunction)keywords, METH_VARARGS | METH_KEYWORDS},
    {"interned", (PyCFunction)interned, METH_VARARGS | METH_KEYWORDS},
    {"find", find, METH_VARARGS},
    {"set", set, METH_VARARGS},
    {"remove", remove_item, METH_VARARGS},
    {"borrow", borrow, METH_VARARGS},
    {"walk", walk, METH_O},
    {"build", build, METH_O},
    {"own_names", own_names, METH_NOARGS},
    {"copies", copies, METH_O},
    {"kinds", kinds, METH_O},
    {NULL},
};

PyMODINIT_FUNC
initshared_dicts(void)
{
    PyObject *value = PyString_FromString("a constant");
    module = Py_InitModule("shared_dicts", methods);
    PyDict_SetItemString(PyModule_GetDict(module), "constant", value);
    Py_DECREF(value);
}
