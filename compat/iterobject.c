/* iterobject.c - iterators: those of sequences and callables, which are the
 * host's, and what those of the builtin containers have in common. */

#include "config.h"
#include "containers.h"

/* ---- Iterators over containers ---- */

/* An iterator over a container (borrowed) that starts at its beginning: a new
 * reference, or NULL with MemoryError. */
PyObject *
py2abi_iterator_new(PyTypeObject *type, PyObject *container)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)py2abi_mirror_new(type, NULL);
    if (iterator == NULL) {
        return py2abi_failed();
    }
    Py_INCREF(container);
    iterator->container = container;
    return (PyObject *)iterator;
}

/* tp_iternext of what is an iterator of the host's by now. */
PyObject *
py2abi_iterator_next(PyObject *iterator)
{
    HostObject *item = host_PyIter_Next(PY2ABI_HEAD(iterator)->host);
    if (item == NULL && host_PyErr_Occurred() == NULL) {
        (void)py2abi_returned(0);
        return NULL;
    }
    return py2abi_mirror_result(item);
}

void
py2abi_iterator_dealloc(PyObject *object)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    Py_XDECREF(iterator->container);
    Py_XDECREF(iterator->watched);
    py2abi_mirror_dealloc(object);
}

int
py2abi_iterator_traverse(PyObject *object, visitproc visit, void *arg)
{
    const struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    Py_VISIT(iterator->container);
    Py_VISIT(iterator->watched);
    return 0;
}

/* Call a method of a host object (object is taken over, NULL passes) with at most
 * one argument (taken over too).  Returns a new reference or NULL with a host
 * exception. */
static HostObject *
call(HostObject *object, const char *name, HostObject *argument)
{
    HostObject *method = object != NULL ? host_PyObject_GetAttrString(object, name) : NULL;
    HostObject *args = method != NULL ? host_PyTuple_New(argument != NULL) : NULL;
    HostObject *result = NULL;
    if (args != NULL && argument != NULL) {
        host_PyTuple_SetItem(args, 0, argument);
        argument = NULL;
    }
    if (args != NULL) {
        result = host_PyObject_CallObject(method, args);
    }
    host_XDECREF(argument);
    host_XDECREF(args);
    host_XDECREF(method);
    host_XDECREF(object);
    return result;
}

/* Let the iterator of a list or tuple (taken over, NULL passes) go on at an index. */
static HostObject *
move_to(HostObject *iterator, Py_ssize_t at)
{
    HostObject *index = iterator != NULL ? host_PyLong_FromSsize_t(at) : NULL;
    if (index == NULL) {
        host_XDECREF(iterator);
        return NULL;
    }
    host_INCREF(iterator);
    HostObject *none = call(iterator, "__setstate__", index);
    host_XDECREF(none);
    if (none == NULL) {
        host_DECREF(iterator);
        return NULL;
    }
    return iterator;
}

/* What a dictionary's iterator gave already, its successor does not give again. */
static HostObject *
skip(HostObject *iterator, Py_ssize_t count)
{
    for (Py_ssize_t i = 0; iterator != NULL && i < count; i++) {
        HostObject *item = host_PyIter_Next(iterator);
        if (item == NULL && host_PyErr_Occurred() != NULL) {
            host_DECREF(iterator);
            return NULL;
        }
        if (item == NULL) {
            break;
        }
        host_DECREF(item);
    }
    return iterator;
}

/* The host's iterator that goes on where one of the guest's stands, which from
 * now on is its mirror.  Returns a new reference, or NULL with a host exception. */
HostObject *
py2abi_iterator_host(PyObject *object)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    PyTypeObject *type = Py_TYPE(object);
    HostObject *host, *container = iterator->container != NULL
                                       ? py2abi_host(iterator->container, PY2ABI_AS_VALUE)
                                       : host_PyTuple_New(0);
    if (container == NULL) {
        return NULL;
    }
    if (iterator->container == NULL) {
        host = host_PyObject_GetIter(container);
        host_DECREF(container);
    }
    else if (type == &PyListRevIter_Type) {
        host = move_to(call(container, "__reversed__", NULL), iterator->at);
    }
    else if (type == &PyDictIterKey_Type) {
        host = skip(call(container, "__iter__", NULL), iterator->count);
    }
    else if (type == &PyDictIterValue_Type || type == &PyDictIterItem_Type) {
        const char *name = type == &PyDictIterValue_Type ? "values" : "items";
        HostObject *view = call(container, name, NULL);
        host = skip(call(view, "__iter__", NULL), iterator->count);
    }
    else {
        host = move_to(call(container, "__iter__", NULL), iterator->at);
    }
    if (host != NULL && py2abi_mirror_attach(object, host) < 0) {
        host_DECREF(host);
        return NULL;
    }
    if (host != NULL) {
        Py_CLEAR(iterator->container);
        Py_CLEAR(iterator->watched);
    }
    return host;
}

static PyObject *
length_hint(PyObject *object, PyObject *unused)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    (void)unused;
    if (PY2ABI_HEAD(object)->host != NULL) {
        HostObject *host = PY2ABI_HEAD(object)->host;
        host_INCREF(host);
        return py2abi_mirror_result(call(host, "__length_hint__", NULL));
    }
    if (iterator->container == NULL) {
        return PyInt_FromLong(0);
    }
    if (Py_TYPE(object) == &PyListRevIter_Type) {
        return PyInt_FromSsize_t(iterator->at + 1);
    }
    Py_ssize_t given = iterator->watched == NULL && PyDict_Check(iterator->container)
                           ? iterator->count
                           : iterator->at;
    Py_ssize_t left = PyObject_Size(iterator->container) - given;
    return PyInt_FromSsize_t(left < 0 ? 0 : left);
}

PyMethodDef py2abi_iterator_methods[] = {
    {"__length_hint__", length_hint, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- Iterators over sequences and of callables ---- */

PyTypeObject PySeqIter_Type = PY2ABI_ITERATOR("iterator", py2abi_iterator_next);
PyTypeObject PyCallIter_Type = PY2ABI_ITERATOR("callable-iterator", py2abi_iterator_next);

/* The guest's object for an iterator of the host's that was just made, which is
 * taken over.  A new reference, or NULL with a guest exception. */
static PyObject *
wrap(PyTypeObject *type, HostObject *host)
{
    PyObject *mirror = host != NULL ? py2abi_mirror_new(type, host) : NULL;
    host_XDECREF(host);
    return mirror != NULL ? mirror : py2abi_failed();
}

/* The items of a sequence now, as a tuple. */
static PyObject *
tuple_of(PyObject *sequence)
{
    Py_ssize_t size = PySequence_Size(sequence);
    PyObject *tuple = size >= 0 ? PyTuple_New(size) : NULL;
    for (Py_ssize_t i = 0; tuple != NULL && i < size; i++) {
        PyObject *item = PySequence_GetItem(sequence, i);
        if (item == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, item);
        }
    }
    return tuple;
}

/* An iterator that takes items 0, 1, 2, ... until IndexError.  The items of a str
 * are strings, of which the host's bytes would make numbers. */
PyObject *
PySeqIter_New(PyObject *sequence)
{
    if (!PySequence_Check(sequence)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *strings = NULL;
    if (PyString_Check(sequence) && (sequence = strings = tuple_of(sequence)) == NULL) {
        return NULL;
    }
    HostObject *host = py2abi_host(sequence, PY2ABI_AS_VALUE), *iterator = NULL;
    Py_XDECREF(strings);
    if (host != NULL) {
        iterator = host_PySeqIter_New(host);
        host_DECREF(host);
    }
    return wrap(&PySeqIter_Type, iterator);
}

/* An iterator that calls callable until it gives sentinel. */
PyObject *
PyCallIter_New(PyObject *callable, PyObject *sentinel)
{
    HostObject *host = py2abi_host(callable, PY2ABI_AS_VALUE), *iterator = NULL;
    HostObject *end = host != NULL ? py2abi_host(sentinel, PY2ABI_AS_VALUE) : NULL;
    if (end != NULL) {
        iterator = host_PyCallIter_New(host, end);
    }
    host_XDECREF(host);
    host_XDECREF(end);
    return wrap(&PyCallIter_Type, iterator);
}
