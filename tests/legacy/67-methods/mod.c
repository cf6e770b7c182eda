/* Methods and instances: classobject.c of Python 2.7, and what funcobject.c makes. */

#include "texts.h"

static PyObject *
look(PyObject *self, PyObject *object)
{
    (void)self;
    say("%d ", PyMethod_Check(object));
    say("%d ", PyFunction_Check(object));
    say("%d ", PyCFunction_Check(object));
    if (!PyMethod_Check(object)) {
        say("%d ", PyMethod_Function(object) == NULL);
        say_error();
        say(" %d ", PyMethod_Self(object) == NULL);
        say_error();
        say(" %d ", PyMethod_Class(object) == NULL);
        say_error();
        return finish();
    }
    say("%d ", PyMethod_Function(object) == PyMethod_GET_FUNCTION(object));
    say("%d ", PyMethod_Self(object) == PyMethod_GET_SELF(object));
    say("%d ", PyMethod_Class(object) == PyMethod_GET_CLASS(object));
    say("%s ", Py_TYPE(PyMethod_GET_FUNCTION(object))->tp_name);
    say("%s ", Py_TYPE(PyMethod_GET_SELF(object))->tp_name);
    say("%s ", PyType_Check(PyMethod_GET_CLASS(object))
                   ? ((PyTypeObject *)PyMethod_GET_CLASS(object))->tp_name : "none");
    return finish();
}

static PyObject *
same(PyObject *self, PyObject *args)
{
    PyObject *method, *function, *object;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &method, &function, &object)) {
        return NULL;
    }
    say("%d ", PyMethod_GET_FUNCTION(method) == function);
    say("%d", PyMethod_GET_SELF(method) == object);
    return finish();
}

/* Methods that C code makes, used by C code. */
static PyObject *
make(PyObject *self, PyObject *args)
{
    PyObject *function, *object, *class, *method, *result, *other;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &function, &object, &class)) {
        return NULL;
    }
    method = PyMethod_New(function, object != Py_None ? object : NULL, class);
    if (method == NULL) {
        say_error();
        return finish();
    }
    say("%d %s ", PyMethod_Check(method), Py_TYPE(method)->tp_name);
    say("%d ", PyMethod_Function(method) == function);
    say("%d ", PyMethod_Self(method) == (object != Py_None ? object : NULL));
    say("%d ", PyMethod_Class(method) == class);
    say("%d ", PyCallable_Check(method));
    say("%s%s ", PyEval_GetFuncName(method), PyEval_GetFuncDesc(method));
    say_object(PyObject_CallFunction(method, "i", 5));
    say(" ");
    say_object(PyObject_CallFunction(method, NULL));
    say(" ");
    say_object(PyObject_CallFunction(method, "Oi", object, 6));
    say(" ");
    other = PyObject_GetAttrString(method, "im_func");
    say("%d ", other == function);
    Py_XDECREF(other);
    result = Py_BuildValue("{s:i}", "extra", 7);
    other = Py_BuildValue("(Oi)", object, 8);
    say_object(PyObject_Call(method, other, result));
    Py_DECREF(other);
    Py_DECREF(result);
    Py_DECREF(method);
    return finish();
}

static PyObject *
class_method(PyObject *self, PyObject *function)
{
    (void)self;
    return PyClassMethod_New(function);
}

static PyObject *
static_method(PyObject *self, PyObject *function)
{
    (void)self;
    return PyStaticMethod_New(function);
}

static PyMethodDef methods[] = {
    {"look", look, METH_O, NULL},
    {"same", same, METH_VARARGS, NULL},
    {"make", make, METH_VARARGS, NULL},
    {"class_method", class_method, METH_O, NULL},
    {"static_method", static_method, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initmethods(void)
{
    Py_InitModule("methods", methods);
}
