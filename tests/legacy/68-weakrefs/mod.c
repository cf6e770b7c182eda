/* Weak references to objects of the user's: weakrefobject.c of Python 2.7; and
 * instances that are made without a call of __init__. */

#include "texts.h"

static PyObject *kept;

static PyObject *
look(PyObject *self, PyObject *object)
{
    (void)self;
    say("%d", PyWeakref_Check(object));
    say("%d", PyWeakref_CheckRef(object));
    say("%d", PyWeakref_CheckRefExact(object));
    say("%d ", PyWeakref_CheckProxy(object));
    if (!PyWeakref_Check(object)) {
        say("%d ", PyWeakref_GetObject(object) == NULL);
        say_error();
        say(" %d ", PyWeakref_GetObject(NULL) == NULL);
        say_error();
        return finish();
    }
    say("%d ", PyWeakref_GetObject(object) == PyWeakref_GET_OBJECT(object));
    say("%s", Py_TYPE(PyWeakref_GET_OBJECT(object))->tp_name);
    return finish();
}

static PyObject *
refers(PyObject *self, PyObject *args)
{
    PyObject *reference, *object;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &reference, &object)) {
        return NULL;
    }
    return PyBool_FromLong(PyWeakref_GET_OBJECT(reference) == object
                           && PyWeakref_GetObject(reference) == object);
}

static PyObject *
make(PyObject *self, PyObject *args)
{
    PyObject *object, *callback = NULL;
    int is_proxy;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oi|O", &object, &is_proxy, &callback)) {
        return NULL;
    }
    return is_proxy ? PyWeakref_NewProxy(object, callback) : PyWeakref_NewRef(object, callback);
}

static PyObject *
keep(PyObject *self, PyObject *object)
{
    (void)self;
    Py_XDECREF(kept); /* of a former run */
    kept = PyWeakref_NewRef(object, NULL);
    if (kept == NULL) {
        return NULL;
    }
    return PyBool_FromLong(PyWeakref_GET_OBJECT(kept) == object);
}

static PyObject *
recall(PyObject *self, PyObject *unused)
{
    PyObject *object = PyWeakref_GetObject(kept);
    (void)self;
    (void)unused;
    Py_INCREF(object);
    return object;
}

static PyObject *
raw(PyObject *self, PyObject *args)
{
    PyObject *class, *dict = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|O", &class, &dict)) {
        return NULL;
    }
    return PyInstance_NewRaw(class, dict);
}

static PyObject *
instance(PyObject *self, PyObject *args)
{
    PyObject *class, *given = NULL, *kwargs = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|OO", &class, &given, &kwargs)) {
        return NULL;
    }
    return PyInstance_New(class, given, kwargs);
}

static PyObject *
class_of(PyObject *self, PyObject *args)
{
    PyObject *name, *bases, *dict, *made;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &name, &bases, &dict)) {
        return NULL;
    }
    made = PyClass_New(bases != Py_None ? bases : NULL, dict, name);
    if (made == NULL) {
        say_error();
        return finish();
    }
    return made;
}

static PyObject *
is_subclass(PyObject *self, PyObject *args)
{
    PyObject *class, *base;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &class, &base)) {
        return NULL;
    }
    return PyBool_FromLong(PyClass_IsSubclass(class, base));
}

static PyMethodDef methods[] = {
    {"look", look, METH_O, NULL},
    {"refers", refers, METH_VARARGS, NULL},
    {"make", make, METH_VARARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"recall", recall, METH_NOARGS, NULL},
    {"raw", raw, METH_VARARGS, NULL},
    {"instance", instance, METH_VARARGS, NULL},
    {"class_of", class_of, METH_VARARGS, NULL},
    {"is_subclass", is_subclass, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initweakrefs(void)
{
    Py_InitModule("weakrefs", methods);
}
