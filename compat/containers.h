/* containers.h - what the files of lists, tuples, dictionaries, sets and their
 * iterators share. */

#ifndef PY2ABI_CONTAINERS_H
#define PY2ABI_CONTAINERS_H

#include "guest.h"

/* ---- Iterators (iterobject.c) ---- */

/* An iterator over a container of the guest's works on the guest's side until it
 * crosses; then, or if it came from the host, the host's does the work. */
struct py2abi_iterator {
    PyObject_HEAD
    PyObject *container;  /* NULL: at the end, or the host's */
    Py_ssize_t at;        /* the index, or the host's position in a dictionary */
    Py_ssize_t count;     /* how many items it gave */
    Py_ssize_t used;      /* the container's size, where a change is an error */
    PyObject *watched;    /* whose size that is, when container is a copy */
};

PyObject *py2abi_iterator_new(PyTypeObject *type, PyObject *container);
PyObject *py2abi_iterator_next(PyObject *iterator);
extern PyMethodDef py2abi_iterator_methods[];

/* The type of an iterator, from its Python 2 name and its tp_iternext. */
#define PY2ABI_ITERATOR(name, next)                                                               \
    {                                                                                             \
        PyVarObject_HEAD_INIT(NULL, 0)                                                            \
        .tp_name = name, .tp_basicsize = sizeof(struct py2abi_iterator),                          \
        .tp_dealloc = py2abi_iterator_dealloc, .tp_getattro = PyObject_GenericGetAttr,            \
        .tp_traverse = py2abi_iterator_traverse,                                                  \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR,              \
        .tp_iter = PyObject_SelfIter, .tp_iternext = next, .tp_methods = py2abi_iterator_methods, \
    }

/* tp_str of what has only a representation, which a derived type may have replaced. */
static inline PyObject *
py2abi_container_str(PyObject *object)
{
    return Py_TYPE(object)->tp_repr(object);
}

/* ---- Sequences ---- */

/* How two lengths compare, for sequences that begin alike. */
static inline int
py2abi_compare_sizes(Py_ssize_t a, Py_ssize_t b, int op)
{
    switch (op) {
    case Py_LT: return a < b;
    case Py_LE: return a <= b;
    case Py_EQ: return a == b;
    case Py_NE: return a != b;
    case Py_GT: return a > b;
    default: return a >= b;
    }
}

/* The range of an index method: negative bounds count from the end. */
static inline void
py2abi_clip_range(Py_ssize_t size, Py_ssize_t *start, Py_ssize_t *stop)
{
    if (*start < 0 && (*start += size) < 0) {
        *start = 0;
    }
    if (*stop < 0 && (*stop += size) < 0) {
        *stop = 0;
    }
}

/* ---- Lists (listobject.c) ---- */

/* The item at an index, borrowed, or NULL: without an exception there is none, as
 * the list has become shorter, or it was never set. */
PyObject *py2abi_list_item(PyObject *list, Py_ssize_t i);

/* ---- Keys of dictionaries and members of sets (dictobject.c) ---- */

HostObject *py2abi_key_host(PyObject *container, PyObject *key);
HostObject *py2abi_key_twin(PyObject *key);
PyObject *py2abi_key_mirror(PyObject *container, HostObject *key);
int py2abi_key_remember(PyObject *container, HostObject *host, PyObject *key);
PyObject *py2abi_dict_fetch(PyObject *dict, PyObject *key);

#endif
