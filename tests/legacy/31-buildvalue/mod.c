/* Values made by every format of Python 2.7. */

#include <Python.h>

#include <stdio.h>
#include <string.h>

#ifndef PY2ABI_27_PYTHON_H
PyAPI_FUNC(PyObject *) _Py_BuildValue_SizeT(const char *, ...);
#endif

static PyObject *report; /* a list of strings */

/* Add what came out: a value, which is taken over, or an exception. */
static void
add(const char *what, PyObject *value)
{
    PyObject *type, *error, *traceback, *string, *line;
    PyErr_Fetch(&type, &error, &traceback);
    if (type != NULL) {
        PyErr_NormalizeException(&type, &error, &traceback);
        string = PyObject_Str(error);
        const char *name = strrchr(((PyTypeObject *)type)->tp_name, '.');
        line = PyString_FromFormat("%s -> %s%s: %s", what, value != NULL ? "value and " : "",
                                   name != NULL ? name + 1 : "?",
                                   string != NULL ? PyString_AS_STRING(string) : "?");
        Py_XDECREF(string);
    }
    else {
        string = PyObject_Repr(value);
        line = PyString_FromFormat("%s -> %s %s", what, Py_TYPE(value)->tp_name,
                                   string != NULL ? PyString_AS_STRING(string) : "?");
        Py_XDECREF(string);
    }
    PyList_Append(report, line);
    Py_DECREF(line);
    Py_XDECREF(type);
    Py_XDECREF(error);
    Py_XDECREF(traceback);
    Py_XDECREF(value);
}

#define BUILD(...) add(#__VA_ARGS__, Py_BuildValue(__VA_ARGS__))
#define BUILD_WIDE(...) add("wide " #__VA_ARGS__, _Py_BuildValue_SizeT(__VA_ARGS__))

static PyObject *
convert(void *argument)
{
    if (argument == NULL) {
        PyErr_SetString(PyExc_KeyError, "the converter refuses");
        return NULL;
    }
    return PyString_FromString(argument);
}

static PyObject *
build_va(const char *format, ...)
{
    va_list inputs;
    va_start(inputs, format);
    PyObject *made = Py_VaBuildValue(format, inputs);
    va_end(inputs);
    return made;
}

static void
build_numbers(void)
{
    Py_complex complex = {1.5, -2.0};
    BUILD("b", -1);
    BUILD("B", 200);
    BUILD("h", -32768);
    BUILD("H", 65535);
    BUILD("i", -5);
    BUILD("I", 5u);
    BUILD("I", 0xFFFFFFFFu);
    BUILD("n", (Py_ssize_t)-7);
    BUILD("l", -(1L << 62));
    BUILD("k", 5UL);
    BUILD("k", ~0UL);
    BUILD("L", -1LL);
    BUILD("L", 1LL << 40);
    BUILD("K", 5ULL);
    BUILD("K", ~0ULL);
    BUILD("f", 1.5);
    BUILD("d", -0.25);
    BUILD("D", &complex);
    BUILD("c", 'x');
    BUILD("c", 200);
}

static void
build_strings(void)
{
    Py_UNICODE text[] = {'h', 0xe9, 0, 'x', 0}, *none = NULL;
    BUILD("s", "abc");
    BUILD("s", (char *)NULL);
    BUILD("z", "abc");
    BUILD("z", (char *)NULL);
    BUILD("s#", "abc", 2);
    BUILD("s#", "a\0c", 3);
    BUILD("s#", "abc", 0);
    BUILD("s#", "abc", -1);
    BUILD("z#", (char *)NULL, 5);
    BUILD_WIDE("s#", "abc", (Py_ssize_t)2);
    BUILD_WIDE("(s#i)", "abc", (Py_ssize_t)2, 7);
    BUILD_WIDE("(z#u#)", (char *)NULL, (Py_ssize_t)2, text, (Py_ssize_t)4);
    BUILD("u", text);
    BUILD("u", none);
    BUILD("u#", text, 4);
    BUILD("u#", text, 0);
    BUILD("u#", none, 3);
}

static void
build_objects(void)
{
    PyObject *object = PyString_FromString("object"), *none = NULL;
    Py_ssize_t before = Py_REFCNT(object);
    BUILD("O", object);
    BUILD("S", object);
    Py_INCREF(object);
    BUILD("N", object);
    BUILD("O", none);
    BUILD("N", none);
    PyErr_SetString(PyExc_ValueError, "was there before");
    BUILD("O", none);
    Py_INCREF(object);
    BUILD("(NO)", object, none);
    Py_INCREF(object);
    BUILD("(ON)", none, object);
    Py_INCREF(object);
    BUILD("[ON]", none, object);
    Py_INCREF(object);
    BUILD("{O:N}", none, object);
    Py_INCREF(object);
    BUILD("{[]:N}", object);
    BUILD("O&", convert, "given");
    BUILD("O&", convert, (char *)NULL);
    BUILD("(O&i)", convert, (char *)NULL, 1);
    add("references", PyInt_FromSsize_t(Py_REFCNT(object) - before));
    Py_DECREF(object);
}

static void
build_groups(void)
{
    BUILD("");
    BUILD(" ,:\t");
    BUILD("ii", 1, 2);
    BUILD("i,i", 1, 2);
    BUILD("(i)", 1);
    BUILD("()");
    BUILD("[]");
    BUILD("{}");
    BUILD("[i,i]", 1, 2);
    BUILD("{s:i}", "a", 1);
    BUILD("{i:(ii)}", 5, 1, 2);
    BUILD("((ii)[i{s:i}]i)", 1, 2, 3, "k", 4, 5);
    BUILD("((((i))))", 1);
    BUILD("(i)(i)", 1, 2);
    BUILD("[[]()]i", 1);
    BUILD("{s:i,s}", "a", 1, "b");
    BUILD("(i", 1);
    BUILD("i)", 1);
    BUILD("(i]", 1);
    BUILD("[i)", 1);
    BUILD("{s:i]", "a", 1);
    BUILD("y", 1);
    BUILD("(iy)", 1, 2);
    BUILD("i#", 1);
    BUILD("e", 1);
    BUILD("{s:i,s:i,s:O}", "a", 1, "b", 2, "c", (PyObject *)NULL);
    add("va", build_va("(is#)", 1, "abc", 2));
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    report = PyList_New(0);
    build_numbers();
    build_strings();
    build_objects();
    build_groups();
    return report;
}

/* What comes back is what was built: build(which) */
static PyObject *
build(PyObject *self, PyObject *args)
{
    int which;
    Py_UNICODE text[] = {'h', 0xe9, 0};
    if (!PyArg_ParseTuple(args, "i", &which)) {
        return NULL;
    }
    switch (which) {
    case 0:
        return Py_BuildValue("");
    case 1:
        return Py_BuildValue("(isdO)", 1, "two", 3.0, Py_None);
    case 2:
        return Py_BuildValue("[u(k)]", text, ~0UL);
    case 3:
        return Py_BuildValue("{s:i,s:[ii]}", "a", 1, "b", 2, 3);
    default:
        return Py_BuildValue("y");
    }
}

/* call(object, which): calls with values by a format */
static PyObject *
call(PyObject *self, PyObject *args)
{
    int which;
    PyObject *object;
    if (!PyArg_ParseTuple(args, "Oi", &object, &which)) {
        return NULL;
    }
    switch (which) {
    case 0:
        return PyEval_CallFunction(object, "(is)", 1, "two");
    case 1:
        return PyEval_CallFunction(object, "()");
    case 2:
        return PyEval_CallFunction(object, "i", 1); /* no tuple */
    case 3:
        return PyEval_CallMethod(object, "index", "(i)", 5);
    case 4:
        return PyEval_CallMethod(object, "nothing", "()");
    default:
        return PyEval_CallFunction(object, "(y)", 1);
    }
}

static PyMethodDef methods[] = {
    {"run", run, METH_VARARGS, NULL},
    {"build", build, METH_VARARGS, NULL},
    {"call", call, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlegacy_buildvalue(void)
{
    Py_InitModule("legacy_buildvalue", methods);
}
