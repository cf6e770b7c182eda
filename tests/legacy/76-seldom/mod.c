/* What hardly any extension calls: closures, whole modules, importers, statements from files. */

#include "Python.h"

#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

static PyObject *
set_closure(PyObject *self, PyObject *args)
{
    PyObject *function, *closure;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &function, &closure)
        || PyFunction_SetClosure(function, closure) < 0) {
        return NULL;
    }
    function = PyFunction_GetClosure(function);
    return PyInt_FromSsize_t(function != NULL ? PyTuple_GET_SIZE(function) : -1);
}

static PyObject *
lookup(PyObject *self, PyObject *args)
{
    PyObject *instance, *found;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os", &instance, &name)) {
        return NULL;
    }
    args = PyString_InternFromString(name);
    found = _PyInstance_Lookup(instance, args);
    Py_DECREF(args);
    found = found != NULL ? found : Py_None;
    Py_INCREF(found);
    return PyErr_Occurred() != NULL ? NULL : found;
}

static PyObject *
clear_module(PyObject *self, PyObject *module)
{
    (void)self;
    _PyModule_Clear(module);
    Py_RETURN_NONE;
}

static PyObject *
importer(PyObject *self, PyObject *path)
{
    (void)self;
    return PyImport_GetImporter(path);
}

static PyObject *
import_frozen(PyObject *self, PyObject *name)
{
    int status = PyImport_ImportFrozenModule(PyString_AsString(name));
    (void)self;
    return status < 0 ? NULL : PyInt_FromLong(status);
}

static PyObject *
mangle(PyObject *self, PyObject *args)
{
    PyObject *class, *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "OS", &class, &name)) {
        return NULL;
    }
    return _Py_Mangle(class != Py_None ? class : NULL, name);
}

static PyObject *
slot_compare(PyObject *self, PyObject *args)
{
    PyObject *v, *w;
    int order;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    order = _PyObject_SlotCompare(v, w);
    return PyErr_Occurred() != NULL ? NULL : PyInt_FromLong(order);
}

static FILE *
file_of(char *text)
{
    FILE *file = tmpfile();
    fputs(text, file);
    rewind(file);
    return file;
}

/* The lines of a text, as they are typed. */
static PyObject *
lines(PyObject *self, PyObject *arg)
{
    FILE *file = file_of(PyString_AsString(arg));
    PyObject *list = PyList_New(0);
    (void)self;
    for (;;) {
        char *line = PyOS_Readline(file, stdout, NULL);
        PyObject *string = PyString_FromString(line);
        PyMem_Free(line);
        PyList_Append(list, string);
        Py_DECREF(string);
        if (PyString_GET_SIZE(string) == 0) {
            break;
        }
    }
    fclose(file);
    return list;
}

/* Statements from a file: one after the other, all of them, and as a whole. */
static PyObject *
run(PyObject *self, PyObject *args)
{
    char *text;
    int how, status = -5;
    FILE *file;
    (void)self;
    if (!PyArg_ParseTuple(args, "si", &text, &how)) {
        return NULL;
    }
    file = file_of(text);
    /* What is typed is read from the standard input, which may have read ahead in another. */
    dup2(fileno(file), 0);
    __fpurge(stdin);
    clearerr(stdin);
    if (how == 0) {
        status = PyRun_InteractiveOneFlags(file, "typed", NULL);
    }
    else if (how == 1) {
        status = PyRun_InteractiveLoopFlags(file, "typed", NULL);
    }
    else if (how == 2) {
        status = PyRun_AnyFileExFlags(file, "typed", 0, NULL);
    }
    fclose(file);
    return PyInt_FromLong(status);
}

static PyObject *
constants(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("iiNNi", (int)strlen(Py_SubversionRevision()) < 20,
                         PyCFunction_ClearFreeList() >= 0,
                         PyObject_GetAttrString((PyObject *)Py_TYPE(PyExc_MemoryErrorInst),
                                                "__name__"),
                         PyObject_GetAttrString((PyObject *)Py_TYPE(PyExc_RecursionErrorInst),
                                                "__name__"),
                         PyErr_GivenExceptionMatches(PyExc_RecursionErrorInst,
                                                     PyExc_RuntimeError));
}

static PyMethodDef functions[] = {
    {"set_closure", set_closure, METH_VARARGS, NULL},
    {"lookup", lookup, METH_VARARGS, NULL},
    {"clear_module", clear_module, METH_O, NULL},
    {"importer", importer, METH_O, NULL},
    {"import_frozen", import_frozen, METH_O, NULL},
    {"mangle", mangle, METH_VARARGS, NULL},
    {"slot_compare", slot_compare, METH_VARARGS, NULL},
    {"lines", lines, METH_O, NULL},
    {"run", run, METH_VARARGS, NULL},
    {"constants", constants, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initseldom(void)
{
    Py_InitModule("seldom", functions);
}
