/* lives.cc - an extension for Python 2.7 whose objects are alive in any state when the process
 * forks or ends: kept by C++, in threads of its own, in calls that have not returned. */

#include "Python.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- What is kept until the destructors of the library run, after Python's end ---- */

struct Keeper {
    PyObject *objects[1000];
    int count;
    ~Keeper()
    {
        while (count > 0) {
            count--;
            Py_CLEAR(objects[count]);
        }
    }
};
static Keeper keeper;

static PyObject *
keep(PyObject *, PyObject *object)
{
    if (keeper.count < 1000) {
        Py_INCREF(object);
        keeper.objects[keeper.count++] = object;
    }
    Py_RETURN_NONE;
}

/* ---- A type ---- */

struct Thing {
    PyObject_HEAD
    PyObject *object, *on_end, *weak;
};

static int
thing_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Thing *)self)->object);
    Py_VISIT(((Thing *)self)->on_end);
    return 0;
}

static int
thing_clear(PyObject *self)
{
    Py_CLEAR(((Thing *)self)->object);
    Py_CLEAR(((Thing *)self)->on_end);
    return 0;
}

/* Calls Python code, which may fail; and nobody is there to be told. */
static void
thing_dealloc(PyObject *self)
{
    Thing *thing = (Thing *)self;
    PyObject *type, *value, *traceback, *on_end = thing->on_end;
    PyObject_GC_UnTrack(self);
    if (thing->weak != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    thing->on_end = NULL;
    if (on_end != NULL) {
        PyErr_Fetch(&type, &value, &traceback);
        PyObject *result = PyObject_CallObject(on_end, NULL);
        if (result == NULL) {
            PyErr_WriteUnraisable(on_end);
        }
        Py_XDECREF(result);
        Py_DECREF(on_end);
        PyErr_Restore(type, value, traceback);
    }
    Py_CLEAR(thing->object);
    Py_TYPE(self)->tp_free(self);
}

static int
thing_init(PyObject *self, PyObject *args, PyObject *)
{
    Thing *thing = (Thing *)self;
    PyObject *object = Py_None, *on_end = NULL;
    if (!PyArg_ParseTuple(args, "|OO", &object, &on_end)) {
        return -1;
    }
    Py_INCREF(object);
    Py_XINCREF(on_end);
    Py_XDECREF(thing->object);
    Py_XDECREF(thing->on_end);
    thing->object = object;
    thing->on_end = on_end;
    return 0;
}

/* All slots ask Python code. */
static PyObject *
thing_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return PyObject_Call(((Thing *)self)->object, args, kwargs);
}

static PyObject *
ask(PyObject *self, const char *what)
{
    return PyObject_CallFunction(((Thing *)self)->object, (char *)"s", what);
}

static long
ask_number(PyObject *self, const char *what)
{
    PyObject *result = ask(self, what);
    long number = result != NULL ? PyInt_AsLong(result) : -1;
    Py_XDECREF(result);
    return number;
}

static long
thing_hash(PyObject *self)
{
    return ask_number(self, "hash");
}

static int
thing_nonzero(PyObject *self)
{
    return (int)ask_number(self, "nonzero");
}

static Py_ssize_t
thing_length(PyObject *self)
{
    return ask_number(self, "length");
}

static PyObject *
thing_compare(PyObject *self, PyObject *, int)
{
    return ask(self, "compare");
}

static PyObject *
thing_next(PyObject *self)
{
    return ask(self, "next");
}

static PyObject *
thing_repr(PyObject *self)
{
    return ask(self, "repr");
}

static PyNumberMethods thing_number;
static PySequenceMethods thing_sequence;
static PyTypeObject Thing_Type = {PyVarObject_HEAD_INIT(NULL, 0)};
static PyTypeObject Asking_Type = {PyVarObject_HEAD_INIT(NULL, 0)};

static int
make_types(void)
{
    Thing_Type.tp_name = "lives.Thing";
    Thing_Type.tp_basicsize = sizeof(Thing);
    Thing_Type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC;
    Thing_Type.tp_weaklistoffset = offsetof(Thing, weak);
    Thing_Type.tp_new = PyType_GenericNew;
    Thing_Type.tp_init = thing_init;
    Thing_Type.tp_dealloc = thing_dealloc;
    Thing_Type.tp_traverse = thing_traverse;
    Thing_Type.tp_clear = thing_clear;
    Thing_Type.tp_call = thing_call;
    thing_number.nb_nonzero = thing_nonzero;
    thing_sequence.sq_length = thing_length;
    Asking_Type.tp_name = "lives.Asking";
    Asking_Type.tp_base = &Thing_Type;
    Asking_Type.tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE;
    Asking_Type.tp_basicsize = sizeof(Thing);
    Asking_Type.tp_as_number = &thing_number;
    Asking_Type.tp_as_sequence = &thing_sequence;
    Asking_Type.tp_hash = thing_hash;
    Asking_Type.tp_richcompare = thing_compare;
    Asking_Type.tp_iter = PyObject_SelfIter;
    Asking_Type.tp_iternext = thing_next;
    Asking_Type.tp_repr = thing_repr;
    return PyType_Ready(&Thing_Type) < 0 || PyType_Ready(&Asking_Type) < 0 ? -1 : 0;
}

/* ---- Calls ---- */

/* call(function, arguments...) */
static PyObject *
call(PyObject *, PyObject *args)
{
    PyObject *rest = PyTuple_GetSlice(args, 1, PyTuple_GET_SIZE(args)), *result = NULL;
    if (rest != NULL && PyTuple_GET_SIZE(args) > 0) {
        result = PyObject_Call(PyTuple_GET_ITEM(args, 0), rest, NULL);
    }
    Py_XDECREF(rest);
    return result;
}

/* swallow(function): the name of what it raises, which is gone then */
static PyObject *
swallow(PyObject *, PyObject *function)
{
    PyObject *type, *value, *traceback, *name;
    PyObject *result = PyObject_CallObject(function, NULL);
    if (result != NULL) {
        return result;
    }
    PyErr_Fetch(&type, &value, &traceback);
    name = PyString_FromString(((PyTypeObject *)type)->tp_name);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return name;
}

/* all(iterable): a list */
static PyObject *
all(PyObject *, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable), *list = PyList_New(0), *item;
    while (iterator != NULL && (item = PyIter_Next(iterator)) != NULL) {
        PyList_Append(list, item);
        Py_DECREF(item);
    }
    Py_XDECREF(iterator);
    if (PyErr_Occurred() != NULL) {
        Py_CLEAR(list);
    }
    return list;
}

/* deeper(function, n): function(n - 1), protected as 2.7's own code is */
static PyObject *
deeper(PyObject *, PyObject *args)
{
    PyObject *function, *result;
    int n;
    if (!PyArg_ParseTuple(args, "Oi", &function, &n)
        || Py_EnterRecursiveCall((char *)" in deeper")) {
        return NULL;
    }
    result = PyObject_CallFunction(function, (char *)"i", n - 1);
    Py_LeaveRecursiveCall();
    return result;
}

/* leave(status): the process ends here and now, by C's exit, with an error pending */
static PyObject *
leave(PyObject *, PyObject *args)
{
    int status;
    if (PyArg_ParseTuple(args, "i", &status)) {
        PyErr_SetString(PyExc_ValueError, "pending");
        exit(status);
    }
    return NULL;
}

/* ---- Threads ---- */

/* rest(milliseconds): without the lock */
static PyObject *
rest(PyObject *, PyObject *args)
{
    int milliseconds;
    if (!PyArg_ParseTuple(args, "i", &milliseconds)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    usleep((useconds_t)milliseconds * 1000);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

struct Work {
    PyObject *function;
    int times, failures;
};

static void *
work(void *data)
{
    Work *own = (Work *)data;
    for (int i = 0; i < own->times || own->times == 0; i++) {
        PyGILState_STATE state = PyGILState_Ensure();
        PyObject *result = PyObject_CallFunction(own->function, (char *)"i", i);
        if (result == NULL) {
            PyErr_Clear();
            own->failures++;
        }
        Py_XDECREF(result);
        PyGILState_Release(state);
        if (own->times == 0) {
            usleep(200);
        }
    }
    return NULL;
}

/* in_threads(function, threads, times): how many calls failed, in threads that C makes */
static PyObject *
in_threads(PyObject *, PyObject *args)
{
    PyObject *function;
    int threads, times, failures = 0;
    pthread_t ids[20];
    Work works[20];
    if (!PyArg_ParseTuple(args, "Oii", &function, &threads, &times)) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    for (int i = 0; i < threads && i < 20; i++) {
        works[i].function = function;
        works[i].times = times;
        works[i].failures = 0;
        pthread_create(&ids[i], NULL, work, &works[i]);
    }
    for (int i = 0; i < threads && i < 20; i++) {
        pthread_join(ids[i], NULL);
        failures += works[i].failures;
    }
    Py_END_ALLOW_THREADS
    return PyInt_FromLong(failures);
}

/* for_ever(function): called by a thread that nothing ends */
static PyObject *
for_ever(PyObject *, PyObject *function)
{
    static Work own;
    pthread_t id;
    Py_INCREF(function);
    own.function = function;
    own.times = 0;
    pthread_create(&id, NULL, work, &own);
    pthread_detach(id);
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"keep", keep, METH_O, NULL},
    {"call", call, METH_VARARGS, NULL},
    {"swallow", swallow, METH_O, NULL},
    {"all", all, METH_O, NULL},
    {"deeper", deeper, METH_VARARGS, NULL},
    {"leave", leave, METH_VARARGS, NULL},
    {"rest", rest, METH_VARARGS, NULL},
    {"in_threads", in_threads, METH_VARARGS, NULL},
    {"for_ever", for_ever, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlives(void)
{
    PyObject *module = Py_InitModule("lives", methods);
    if (module == NULL || make_types() < 0) {
        return;
    }
    Py_INCREF(&Thing_Type);
    PyModule_AddObject(module, "Thing", (PyObject *)&Thing_Type);
    Py_INCREF(&Asking_Type);
    PyModule_AddObject(module, "Asking", (PyObject *)&Asking_Type);
}
