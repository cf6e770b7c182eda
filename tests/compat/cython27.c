/* cython27.c - an extension for Python 2.7 as Cython writes them: what others call
 * is done inline, on fields of the interpreter's structures. */

#include "Python.h"
#include "frameobject.h"
#include "longintrepr.h"
#include "structmember.h"

#ifndef Py_PYTHON_H
#error Python headers needed
#endif
#if PY_VERSION_HEX < 0x02060000 || (0x03000000 <= PY_VERSION_HEX)
#error another Python needed
#endif

static PyObject *module_dict, *empty_tuple;
static PyCodeObject *code_cache;

/* Errors live in the thread state. */
static void
err_fetch(PyObject **type, PyObject **value, PyObject **traceback)
{
    PyThreadState *state = PyThreadState_GET();

    *type = state->curexc_type;
    *value = state->curexc_value;
    *traceback = state->curexc_traceback;
    state->curexc_type = NULL;
    state->curexc_value = NULL;
    state->curexc_traceback = NULL;
}

static void
err_restore(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyThreadState *state = PyThreadState_GET();
    PyObject *old_type = state->curexc_type, *old_value = state->curexc_value;
    PyObject *old_traceback = state->curexc_traceback;

    state->curexc_type = type;
    state->curexc_value = value;
    state->curexc_traceback = traceback;
    Py_XDECREF(old_type);
    Py_XDECREF(old_value);
    Py_XDECREF(old_traceback);
}

/* An entry of the traceback, for a line of a source that is not run. */
static void
add_traceback(const char *function, int line, const char *file)
{
    PyFrameObject *frame;

    if (code_cache == NULL) {
        code_cache = PyCode_NewEmpty(file, function, line);
    }
    if (code_cache == NULL) {
        return;
    }
    frame = PyFrame_New(PyThreadState_GET(), code_cache, module_dict, NULL);
    if (frame != NULL) {
        frame->f_lineno = line;
        PyTraceBack_Here(frame);
        Py_DECREF(frame);
    }
}

/* Calls that skip what they can. */
static PyObject *
call(PyObject *function, PyObject *args)
{
    ternaryfunc slot = Py_TYPE(function)->tp_call;
    PyObject *result;

    if (slot == NULL) {
        return PyObject_Call(function, args, NULL);
    }
    if (Py_EnterRecursiveCall((char *)" while calling a Python object")) {
        return NULL;
    }
    result = slot(function, args, NULL);
    Py_LeaveRecursiveCall();
    return result;
}

static PyObject *
call_one(PyObject *function, PyObject *arg)
{
    PyObject *args, *result;

    if (PyCFunction_Check(function)) {
        int flags = PyCFunction_GET_FLAGS(function) & ~(METH_CLASS | METH_STATIC | METH_COEXIST);

        if (flags == METH_O) {
            return PyCFunction_GET_FUNCTION(function)(PyCFunction_GET_SELF(function), arg);
        }
    }
    args = PyTuple_New(1);
    if (args == NULL) {
        return NULL;
    }
    Py_INCREF(arg);
    PyTuple_SET_ITEM(args, 0, arg);
    result = call(function, args);
    Py_DECREF(args);
    return result;
}

/* A method of a built-in type, by its table. */
static PyObject *
call_unbound(PyTypeObject *type, const char *name, PyObject *self)
{
    PyObject *method = PyObject_GetAttrString((PyObject *)type, name);
    PyMethodDescrObject *descriptor = (PyMethodDescrObject *)method;
    PyObject *result = NULL;

    if (method != NULL) {
        PyMethodDef *definition = descriptor->d_method;

        if (definition->ml_flags == METH_NOARGS) {
            result = definition->ml_meth(self, NULL);
        }
        else if (definition->ml_flags == METH_VARARGS) {
            result = definition->ml_meth(self, empty_tuple);
        }
        else {
            result = PyErr_Format(PyExc_TypeError, "%s.%s: flags 0x%x",
                                  descriptor->d_type->tp_name,
                                  PyString_AS_STRING(descriptor->d_name), definition->ml_flags);
        }
        Py_DECREF(method);
    }
    return result;
}

static int
list_append(PyObject *list, PyObject *item)
{
    PyListObject *it = (PyListObject *)list;
    Py_ssize_t size = Py_SIZE(list);

    if (it->allocated > size && size > it->allocated / 2) {
        Py_INCREF(item);
        PyList_SET_ITEM(list, size, item);
        Py_SIZE(list) = size + 1;
        return 0;
    }
    return PyList_Append(list, item);
}

static long
as_long(PyObject *op)
{
    if (PyInt_Check(op)) {
        return PyInt_AS_LONG(op);
    }
    if (PyLong_Check(op)) {
        const digit *digits = ((PyLongObject *)op)->ob_digit;

        switch (Py_SIZE(op)) {
        case 0: return 0;
        case 1: return (long)digits[0];
        case -1: return -(long)digits[0];
        case 2: return (long)digits[1] << PyLong_SHIFT | (long)digits[0];
        case -2: return -((long)digits[1] << PyLong_SHIFT | (long)digits[0]);
        default: return PyLong_AsLong(op);
        }
    }
    if (Py_TYPE(op)->tp_as_number != NULL && Py_TYPE(op)->tp_as_number->nb_int != NULL) {
        PyObject *number = Py_TYPE(op)->tp_as_number->nb_int(op);
        long result = number == NULL ? -1 : as_long(number);

        Py_XDECREF(number);
        return result;
    }
    PyErr_SetString(PyExc_TypeError, "an integer is required");
    return -1;
}

/* for x in iterable: total += x; seen.append(x) */
static PyObject *
loop(PyObject *self, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable), *seen = PyList_New(0), *item;
    iternextfunc next;
    long total = 0;

    (void)self;
    if (iterator == NULL || seen == NULL) {
        goto failed;
    }
    next = Py_TYPE(iterator)->tp_iternext;
    while ((item = next(iterator)) != NULL) {
        long number = as_long(item);

        if ((number == -1 && PyThreadState_GET()->curexc_type != NULL)
            || list_append(seen, item) < 0) {
            Py_DECREF(item);
            goto failed;
        }
        total += number;
        Py_DECREF(item);
    }
    if (PyThreadState_GET()->curexc_type != NULL) {
        if (!PyErr_GivenExceptionMatches(PyThreadState_GET()->curexc_type,
                                         PyExc_StopIteration)) {
            goto failed;
        }
        err_restore(NULL, NULL, NULL);
    }
    Py_DECREF(iterator);
    return Py_BuildValue("lN", total, seen);

failed:
    add_traceback("cython27.loop", 42, "cython27.pyx");
    Py_XDECREF(iterator);
    Py_XDECREF(seen);
    return NULL;
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    PyObject *function, *dict, *type, *value, *traceback, *result, *keys, *called, *failed;

    (void)self;
    if (!PyArg_UnpackTuple(args, "run", 2, 2, &function, &dict)) {
        return NULL;
    }
    keys = call_unbound(&PyDict_Type, "keys", dict);
    called = call_one(function, dict);
    failed = PyObject_GetAttrString(dict, "nothing");
    if (keys == NULL || called == NULL || failed != NULL) {
        return NULL;
    }
    err_fetch(&type, &value, &traceback);
    result = Py_BuildValue("NNsiii", keys, called, ((PyTypeObject *)type)->tp_name,
                           traceback == NULL, PyErr_Occurred() == NULL,
                           PyThreadState_GET()->frame != NULL);
    err_restore(type, value, traceback);
    PyErr_Clear();
    return result;
}

/* A method that binds, as functions written in C do not. */
static PyObject *
bound(PyObject *self, PyObject *args)
{
    PyObject *method = PyMethod_New(PyTuple_GET_ITEM(args, 0), PyTuple_GET_ITEM(args, 1),
                                    (PyObject *)Py_TYPE(PyTuple_GET_ITEM(args, 1)));
    PyObject *result;

    (void)self;
    if (method == NULL) {
        return NULL;
    }
    if (PyMethod_Check(method) && PyMethod_GET_SELF(method) != NULL) {
        result = call_one(PyMethod_GET_FUNCTION(method), PyMethod_GET_SELF(method));
    }
    else {
        result = call(method, empty_tuple);
    }
    Py_DECREF(method);
    return result;
}

static PyMethodDef cython_methods[] = {
    {"loop", loop, METH_O, 0},
    {"run", run, METH_VARARGS, 0},
    {"bound", bound, METH_VARARGS, 0},
    {0, 0, 0, 0},
};

PyMODINIT_FUNC initcython27(void); /*proto*/

PyMODINIT_FUNC
initcython27(void)
{
    PyObject *module = Py_InitModule4("cython27", cython_methods, 0, 0, PYTHON_API_VERSION);

    if (module == NULL) {
        return;
    }
    module_dict = PyModule_GetDict(module);
    Py_INCREF(module_dict);
    empty_tuple = PyTuple_New(0);
    if (PyObject_SetAttrString(module, "__test__", empty_tuple) < 0) {
        add_traceback("init cython27", 1, "cython27.pyx");
    }
}
