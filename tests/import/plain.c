/* plain.c - an extension for Python 2.7 that tells how it was loaded.  Built
 * several times under different names (MODULE_NAME) and with different habits. */

#include "Python.h"
#include "node.h"

#include <dlfcn.h>

#define GLUE(a, b)  GLUE_(a, b)
#define GLUE_(a, b) a##b
#define TEXT(a)     TEXT_(a)
#define TEXT_(a)    #a

#ifndef MODULE_NAME
#define MODULE_NAME plain
#endif

static int init_count;

#ifdef OPENS
static void *opened_file;
static int constructed;

/* A file that it opens itself, perhaps by way of others. */
static void __attribute__((constructor))
begin(void)
{
    constructed++;
    opened_file = dlopen(OPENS, RTLD_NOW);
}

static PyObject *
opened(PyObject *self, PyObject *args)
{
    return Py_BuildValue("il", constructed, (long)opened_file);
}
#endif
static __thread int of_this_thread = 7;

static PyObject *
inits(PyObject *self, PyObject *args)
{
    return PyInt_FromLong(init_count);
}

/* The file that the dynamic linker says this is. */
static PyObject *
file(PyObject *self, PyObject *args)
{
    Dl_info info;
    if (dladdr((void *)file, &info) == 0) {
        PyErr_SetString(PyExc_RuntimeError, "dladdr");
        return NULL;
    }
    return PyString_FromString(info.dli_fname);
}

static PyObject *
count_in_thread(PyObject *self, PyObject *args)
{
    return PyInt_FromLong(of_this_thread++);
}

#ifdef DEPENDS
extern int dependency(void);
static PyObject *
depend(PyObject *self, PyObject *args)
{
    return PyInt_FromLong(dependency());
}
#endif

#ifdef PYTHON_LIBRARY
extern PyObject *make_text(void);
static PyObject *
made(PyObject *self, PyObject *args)
{
    return make_text();
}
#endif

/* Something that is not implemented: the parser of Python 2. */
static PyObject *
unimplemented(PyObject *self, PyObject *args)
{
    return PyNode_New(0) == NULL ? NULL : PyInt_FromLong(1);
}

/* The same of functions that may be called without the GIL. */
static PyObject *
unimplemented_quietly(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    return PyInt_FromLong(Py_NewInterpreter() == NULL && PyInterpreterState_New() == NULL);
}

/* Derive a type from that of an object or, for a type, from that itself. */
static PyObject *
derive(PyObject *self, PyObject *object)
{
    PyTypeObject *type = calloc(1, sizeof *type);
    (void)self;
    if (type == NULL) {
        return PyErr_NoMemory();
    }
    type->ob_refcnt = 1;
    type->tp_name = "plain.Derived";
    type->tp_flags = Py_TPFLAGS_DEFAULT;
    type->tp_base = PyType_Check(object) ? (PyTypeObject *)object : Py_TYPE(object);
#ifndef DEPENDS /* Those are opened without us too, and Python 3 has no such data. */
    if (object == Py_None) {
        type->tp_base = &PyFile_Type;
    }
#endif
    if (PyType_Ready(type) < 0) {
        free(type);
        return NULL;
    }
    return (PyObject *)type;
}

/* "str:3 unicode:1": the types and sizes of what arrives, items and values in the order
 * that inlined code meets them. */
static PyObject *
kinds(PyObject *self, PyObject *object)
{
    PyObject *key, *value;
    Py_ssize_t position = 0;
    PyObject *text = PyString_FromString("");
    if (PyTuple_Check(object) || PyList_Check(object)) {
        for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); i++) {
            PyString_ConcatAndDel(&text, kinds(self, PySequence_Fast_GET_ITEM(object, i)));
        }
        return text;
    }
    while (PyDict_Check(object) && PyDict_Next(object, &position, &key, &value)) {
        PyString_ConcatAndDel(&text, kinds(self, key));
        PyString_ConcatAndDel(&text, kinds(self, value));
    }
    if (PyString_Check(object) || PyUnicode_Check(object)) {
        PyString_ConcatAndDel(&text, PyString_FromFormat("%s:%zd ", Py_TYPE(object)->tp_name,
                                                         PyObject_Size(object)));
    }
    return text;
}

/* What is a unicode whatever arrives as one. */
static PyObject *
always_unicode(PyObject *self, PyObject *object)
{
    PyObject *all[] = {PyUnicode_Decode("caf\xc3\xa9", 5, "utf-8", NULL),
                       PyUnicode_Decode("caf\xe9", 4, "cp1252", NULL),
                       PyUnicode_DecodeASCII("cafe", 4, NULL), PyObject_Unicode(object),
                       PyUnicode_FromObject(object)};
    PyObject *text = PyString_FromString("");
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i] == NULL) {
            return NULL;
        }
        PyString_ConcatAndDel(&text, kinds(self, all[i]));
        Py_DECREF(all[i]);
    }
    return text;
}

/* What the functions of functions() do: their self, and how they were called. */
static PyObject *
tell_plain(PyObject *self, PyObject *args)
{
    return Py_BuildValue("OO", self, args != NULL ? args : Py_None);
}

static PyObject *
tell_keywords(PyObject *self, PyObject *args, PyObject *keywords)
{
    return Py_BuildValue("OOO", self, args, keywords != NULL ? keywords : Py_None);
}

/* functions(flags, count): so many C functions of the convention, each with a number. */
static PyObject *
functions(PyObject *self, PyObject *args)
{
    static PyMethodDef definitions[] = {
        {"noargs", tell_plain, METH_NOARGS, NULL},
        {"o", tell_plain, METH_O, NULL},
        {"varargs", tell_plain, METH_VARARGS, NULL},
        {"keywords", (PyCFunction)tell_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    };
    int convention, count;
    if (!PyArg_ParseTuple(args, "ii", &convention, &count)) {
        return NULL;
    }
    PyObject *list = PyList_New(0);
    for (int i = 0; i < count; i++) {
        PyObject *number = PyInt_FromLong(i);
        PyObject *function = PyCFunction_New(&definitions[convention & 3], number);
        Py_DECREF(number);
        if (function == NULL || PyList_Append(list, function) < 0) {
            return NULL;
        }
        Py_DECREF(function);
    }
    return list;
}

static PyMethodDef methods[] = {
    {"functions", functions, METH_VARARGS, NULL},
    {"kinds", kinds, METH_O, NULL},
    {"always_unicode", always_unicode, METH_O, NULL},
    {"inits", inits, METH_NOARGS, NULL},
    {"file", file, METH_NOARGS, NULL},
    {"count_in_thread", count_in_thread, METH_NOARGS, NULL},
    {"unimplemented", unimplemented, METH_NOARGS, NULL},
    {"unimplemented_quietly", unimplemented_quietly, METH_NOARGS, NULL},
    {"derive", derive, METH_O, NULL},
#ifdef DEPENDS
    {"depend", depend, METH_NOARGS, NULL},
#endif
#ifdef PYTHON_LIBRARY
    {"made", made, METH_NOARGS, NULL},
#endif
#ifdef OPENS
    {"opened", opened, METH_NOARGS, NULL},
#endif
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
GLUE(init, MODULE_NAME)(void)
{
    init_count++;
#if defined(FAIL) || defined(SILENT)
    if (init_count < 0) { /* never, but the binary looks like one that does */
        Py_InitModule(TEXT(MODULE_NAME), methods);
    }
#endif
#if defined(FAIL)
    PyErr_SetString(PyExc_ValueError, "the instrument does not answer");
#elif defined(FAIL_LATE)
    Py_InitModule(TEXT(MODULE_NAME), methods);
    Py_InitModule("left_behind", methods);
    PyErr_SetString(PyExc_RuntimeError, "half done");
#elif defined(SILENT)
#else
    PyObject *module = Py_InitModule3(TEXT(MODULE_NAME), methods, "Plain.");
    if (module != NULL) {
        PyModule_AddIntConstant(module, "init_count", init_count);
        PyModule_AddObject(module, "values", Py_BuildValue("[iis]", 1, 2, "three"));
    }
#endif
}
