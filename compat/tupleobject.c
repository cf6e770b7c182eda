/* tupleobject.c - tuples: values, which live on the guest's side.
 *
 * Guests read and fill the items inline, so a tuple is Python 2.7's own: the head
 * of its collector (never tracked here), the structure, the items behind it. */

#include "config.h"
#include "check.h"
#include "containers.h"

#include <stdlib.h>
#include <string.h>

/* Small tuples are made and lost with every call: some are kept, unless a memory
 * checker is to see each one. */
#ifdef __SANITIZE_ADDRESS__
enum { MAX_SAVED_SIZE = 20, MAX_SAVED = 0 };
#else
enum { MAX_SAVED_SIZE = 20, MAX_SAVED = 200 };
#endif
static PyTupleObject *saved[MAX_SAVED_SIZE];
static int saved_count[MAX_SAVED_SIZE];

/* The one without items. */
static struct {
    PyGC_Head gc;
    PyTupleObject tuple;
} empty = {
    {.gc = {NULL, NULL, _PyGC_REFS_UNTRACKED}},
    {PyVarObject_HEAD_INIT(&PyTuple_Type, 0) {NULL}},
};

/* ---- The C API ---- */

/* A tuple whose items are NULL, to be filled with PyTuple_SET_ITEM: a new
 * reference, or NULL with SystemError (negative size) or MemoryError. */
PyObject *
PyTuple_New(Py_ssize_t size)
{
    PyTupleObject *tuple;
    if (size < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (size == 0) {
        /* Guests may give references back that they never had. */
        Py_REFCNT(&empty.tuple) = 1 << 30;
        return (PyObject *)&empty.tuple;
    }
    if (size < MAX_SAVED_SIZE && saved[size] != NULL) {
        tuple = saved[size];
        saved[size] = (PyTupleObject *)tuple->ob_item[0];
        saved_count[size]--;
    }
    else {
        if ((size_t)size > (PY_SSIZE_T_MAX - sizeof(PyGC_Head) - sizeof *tuple) / sizeof(void *)) {
            return PyErr_NoMemory();
        }
        PyGC_Head *head = malloc(sizeof *head + offsetof(PyTupleObject, ob_item)
                                 + (size_t)size * sizeof(PyObject *));
        if (head == NULL) {
            return PyErr_NoMemory();
        }
        head->gc.gc_next = head->gc.gc_prev = NULL;
        head->gc.gc_refs = _PyGC_REFS_UNTRACKED;
        tuple = (PyTupleObject *)(void *)(head + 1);
    }
    Py_REFCNT(tuple) = 1;
    Py_TYPE(tuple) = &PyTuple_Type;
    Py_SIZE(tuple) = size;
    memset(tuple->ob_item, 0, (size_t)size * sizeof(PyObject *));
    return (PyObject *)tuple;
}

Py_ssize_t
PyTuple_Size(PyObject *tuple)
{
    if (!PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return -1;
    }
    return Py_SIZE(tuple);
}

PyObject *
PyTuple_GetItem(PyObject *tuple, Py_ssize_t i)
{
    if (!PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (i < 0 || i >= Py_SIZE(tuple)) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    return PyTuple_GET_ITEM(tuple, i);
}

int
PyTuple_SetItem(PyObject *tuple, Py_ssize_t i, PyObject *item)
{
    if (!PyTuple_Check(tuple) || Py_REFCNT(tuple) != 1) {
        Py_XDECREF(item);
        PyErr_BadInternalCall();
        return -1;
    }
    if (i < 0 || i >= Py_SIZE(tuple)) {
        Py_XDECREF(item);
        PyErr_SetString(PyExc_IndexError, "tuple assignment index out of range");
        return -1;
    }
    Py_XSETREF(PyTuple_GET_ITEM(tuple, i), item);
    return 0;
}

/* PyTuple_Pack's other half: size borrowed objects, as a new tuple. */
PyObject *
PyTuple_VPack(Py_ssize_t size, va_list items)
{
    PyObject *tuple = PyTuple_New(size);
    for (Py_ssize_t i = 0; tuple != NULL && i < size; i++) {
        PyObject *item = va_arg(items, PyObject *);
        Py_INCREF(item);
        PyTuple_SET_ITEM(tuple, i, item);
    }
    return tuple;
}

static PyObject *
slice(PyObject *tuple, Py_ssize_t low, Py_ssize_t high)
{
    low = low < 0 ? 0 : low;
    high = high > Py_SIZE(tuple) ? Py_SIZE(tuple) : high;
    high = high < low ? low : high;
    if (low == 0 && high == Py_SIZE(tuple) && PyTuple_CheckExact(tuple)) {
        Py_INCREF(tuple);
        return tuple;
    }
    PyObject *made = PyTuple_New(high - low);
    for (Py_ssize_t i = low; made != NULL && i < high; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i);
        Py_XINCREF(item);
        PyTuple_SET_ITEM(made, i - low, item);
    }
    return made;
}

PyObject *
PyTuple_GetSlice(PyObject *tuple, Py_ssize_t low, Py_ssize_t high)
{
    if (tuple == NULL || !PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return slice(tuple, low, high);
}

/* Another size for a tuple that nobody else has seen.  *place is replaced; on
 * failure the tuple is given back and *place is NULL. */
int
_PyTuple_Resize(PyObject **place, Py_ssize_t size)
{
    PyObject *tuple = *place;
    if (tuple == NULL || !PyTuple_CheckExact(tuple) || size < 0
        || (Py_SIZE(tuple) != 0 && Py_REFCNT(tuple) != 1)) {
        *place = NULL;
        Py_XDECREF(tuple);
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t former = Py_SIZE(tuple);
    if (size == former) {
        return 0;
    }
    if (former == 0 || size == 0) {
        Py_DECREF(tuple);
        *place = PyTuple_New(size);
        return *place != NULL ? 0 : -1;
    }
    for (Py_ssize_t i = size; i < former; i++) {
        Py_CLEAR(PyTuple_GET_ITEM(tuple, i));
    }
    PyGC_Head *head = NULL;
    if ((size_t)size <= (PY_SSIZE_T_MAX - sizeof *head - sizeof(PyTupleObject)) / sizeof(void *)) {
        head = realloc(_Py_AS_GC(tuple), sizeof *head + offsetof(PyTupleObject, ob_item)
                                             + (size_t)size * sizeof(PyObject *));
    }
    if (head == NULL) {
        *place = NULL;
        /* What was cut off is NULL already. */
        Py_DECREF(tuple);
        PyErr_NoMemory();
        return -1;
    }
    tuple = *place = (PyObject *)(void *)(head + 1);
    for (Py_ssize_t i = former; i < size; i++) {
        PyTuple_GET_ITEM(tuple, i) = NULL;
    }
    Py_SIZE(tuple) = size;
    return 0;
}

/* Free the tuples that are kept.  Returns how many. */
int
PyTuple_ClearFreeList(void)
{
    int count = 0;
    for (int size = 1; size < MAX_SAVED_SIZE; size++) {
        while (saved[size] != NULL) {
            PyTupleObject *next = (PyTupleObject *)saved[size]->ob_item[0];
            free(_Py_AS_GC(saved[size]));
            saved[size] = next;
            count++;
        }
        saved_count[size] = 0;
    }
    return count;
}

/* ---- What tuples do ---- */

static void
dealloc(PyObject *tuple)
{
    Py_ssize_t size = Py_SIZE(tuple);
    if (size == 0 && PyTuple_CheckExact(tuple)) {
        if (tuple == (PyObject *)&empty.tuple) {
            Py_REFCNT(tuple) = 1 << 30;
            return;
        }
    }
    if (_PyObject_GC_IS_TRACKED(tuple)) {
        PyObject_GC_UnTrack(tuple);
    }
    Py_TRASHCAN_SAFE_BEGIN(tuple)
    for (Py_ssize_t i = size; i-- > 0;) {
        Py_XDECREF(PyTuple_GET_ITEM(tuple, i));
    }
    if (PyTuple_CheckExact(tuple) && size > 0 && size < MAX_SAVED_SIZE
        && saved_count[size] < MAX_SAVED && !py2abi_checking) {
        PyTuple_GET_ITEM(tuple, 0) = (PyObject *)saved[size];
        saved[size] = (PyTupleObject *)tuple;
        saved_count[size]++;
    }
    else {
        Py_TYPE(tuple)->tp_free(tuple);
    }
    Py_TRASHCAN_SAFE_END(tuple)
}

static int
traverse(PyObject *tuple, visitproc visit, void *arg)
{
    for (Py_ssize_t i = Py_SIZE(tuple); i-- > 0;) {
        Py_VISIT(PyTuple_GET_ITEM(tuple, i));
    }
    return 0;
}

static PyObject *
repr(PyObject *tuple)
{
    Py_ssize_t size = Py_SIZE(tuple);
    if (size == 0) {
        return PyString_FromString("()");
    }
    int known = Py_ReprEnter(tuple);
    if (known != 0) {
        return known > 0 ? PyString_FromString("(...)") : NULL;
    }
    PyObject *text = PyString_FromString("(");
    for (Py_ssize_t i = 0; text != NULL && i < size; i++) {
        if (i > 0) {
            PyString_ConcatAndDel(&text, PyString_FromString(", "));
        }
        if (text != NULL) {
            /* A failure makes text NULL. */
            PyString_ConcatAndDel(&text, PyObject_Repr(PyTuple_GET_ITEM(tuple, i)));
        }
    }
    if (text != NULL) {
        PyString_ConcatAndDel(&text, PyString_FromString(size == 1 ? ",)" : ")"));
    }
    Py_ReprLeave(tuple);
    return text;
}

/* Equal tuples hash alike, and so do those that a host class derived: the hash is
 * the one of the host's tuple. */
static long
hash(PyObject *tuple)
{
    Py_ssize_t size = Py_SIZE(tuple);
    HostObject *host = host_PyTuple_New(size);
    long result = -1;
    for (Py_ssize_t i = 0; host != NULL && i < size; i++) {
        HostObject *item = py2abi_host(PyTuple_GET_ITEM(tuple, i), PY2ABI_AS_KEY);
        if (item == NULL) {
            host_DECREF(host);
            host = NULL;
        }
        else {
            host_PyTuple_SetItem(host, i, item);
        }
    }
    if (host != NULL) {
        result = host_PyObject_Hash(host);
        host_DECREF(host);
    }
    if (result == -1) {
        py2abi_error_to_guest();
        return -1;
    }
    return py2abi_returned(0) == 0 ? result : -1;
}

static PyObject *
richcompare(PyObject *a, PyObject *b, int op)
{
    if (!PyTuple_Check(a) || !PyTuple_Check(b)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    Py_ssize_t i, shorter = Py_SIZE(a) < Py_SIZE(b) ? Py_SIZE(a) : Py_SIZE(b);
    for (i = 0; i < shorter; i++) {
        int same = PyObject_RichCompareBool(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i), Py_EQ);
        if (same < 0) {
            return NULL;
        }
        if (!same) {
            break;
        }
    }
    if (i == shorter || op == Py_EQ || op == Py_NE) {
        return PyBool_FromLong(i < shorter ? op == Py_NE
                                           : py2abi_compare_sizes(Py_SIZE(a), Py_SIZE(b), op));
    }
    return PyObject_RichCompare(PyTuple_GET_ITEM(a, i), PyTuple_GET_ITEM(b, i), op);
}

static Py_ssize_t
length(PyObject *tuple)
{
    return Py_SIZE(tuple);
}

static int
contains(PyObject *tuple, PyObject *wanted)
{
    int found = 0;
    for (Py_ssize_t i = 0; found == 0 && i < Py_SIZE(tuple); i++) {
        found = PyObject_RichCompareBool(wanted, PyTuple_GET_ITEM(tuple, i), Py_EQ);
    }
    return found;
}

static PyObject *
item_of(PyObject *tuple, Py_ssize_t i)
{
    if (i < 0 || i >= Py_SIZE(tuple)) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    Py_INCREF(PyTuple_GET_ITEM(tuple, i));
    return PyTuple_GET_ITEM(tuple, i);
}

static PyObject *
concat(PyObject *a, PyObject *b)
{
    if (!PyTuple_Check(b)) {
        return PyErr_Format(PyExc_TypeError,
                            "can only concatenate tuple (not \"%.200s\") to tuple",
                            Py_TYPE(b)->tp_name);
    }
    Py_ssize_t size = Py_SIZE(a);
    if (Py_SIZE(b) > PY_SSIZE_T_MAX - size) {
        return PyErr_NoMemory();
    }
    PyObject *made = PyTuple_New(size + Py_SIZE(b));
    for (Py_ssize_t i = 0; made != NULL && i < Py_SIZE(made); i++) {
        PyObject *item = i < size ? PyTuple_GET_ITEM(a, i) : PyTuple_GET_ITEM(b, i - size);
        Py_INCREF(item);
        PyTuple_SET_ITEM(made, i, item);
    }
    return made;
}

static PyObject *
repeat(PyObject *tuple, Py_ssize_t times)
{
    Py_ssize_t size = Py_SIZE(tuple);
    times = times < 0 ? 0 : times;
    if (PyTuple_CheckExact(tuple) && (size == 0 || times == 1)) {
        Py_INCREF(tuple);
        return tuple;
    }
    if (size != 0 && times > PY_SSIZE_T_MAX / size) {
        return PyErr_NoMemory();
    }
    PyObject *made = PyTuple_New(size * times);
    for (Py_ssize_t i = 0; made != NULL && i < size * times; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, i % size);
        Py_INCREF(item);
        PyTuple_SET_ITEM(made, i, item);
    }
    return made;
}

static PyObject *
subscript(PyObject *tuple, PyObject *index)
{
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred() != NULL) {
            return NULL;
        }
        return item_of(tuple, i < 0 ? i + Py_SIZE(tuple) : i);
    }
    if (!PySlice_Check(index)) {
        return PyErr_Format(PyExc_TypeError, "tuple indices must be integers, not %.200s",
                            Py_TYPE(index)->tp_name);
    }
    Py_ssize_t start, stop, step, count;
    if (PySlice_GetIndicesEx((PySliceObject *)index, Py_SIZE(tuple), &start, &stop, &step, &count)
        < 0) {
        return NULL;
    }
    if (count <= 0) {
        return PyTuple_New(0);
    }
    if (step == 1) {
        return slice(tuple, start, start + count);
    }
    PyObject *made = PyTuple_New(count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(tuple, start + i * step);
        Py_INCREF(item);
        PyTuple_SET_ITEM(made, i, item);
    }
    return made;
}

static PySequenceMethods as_sequence = {
    .sq_length = length,
    .sq_concat = concat,
    .sq_repeat = repeat,
    .sq_item = item_of,
    .sq_slice = slice,
    .sq_contains = contains,
};

static PyMappingMethods as_mapping = {
    .mp_length = length,
    .mp_subscript = subscript,
};

static PyObject *
new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {(char *)"sequence", NULL};
    PyObject *iterable = NULL;
    /* Derived types call this with NULL or None for what they have not got. */
    if (args != NULL && args != Py_None
        && !PyArg_ParseTupleAndKeywords(args, kwargs != Py_None ? kwargs : NULL, "|O:tuple", names,
                                        &iterable)) {
        return NULL;
    }
    PyObject *exact = iterable != NULL ? PySequence_Tuple(iterable) : PyTuple_New(0);
    if (exact == NULL || type == &PyTuple_Type) {
        return exact;
    }
    PyObject *made = type->tp_alloc(type, Py_SIZE(exact));
    for (Py_ssize_t i = 0; made != NULL && i < Py_SIZE(exact); i++) {
        PyObject *item = PyTuple_GET_ITEM(exact, i);
        Py_INCREF(item);
        PyTuple_SET_ITEM(made, i, item);
    }
    Py_DECREF(exact);
    return made;
}

/* tp_alloc: derived types have theirs from here. */
static PyObject *
alloc(PyTypeObject *type, Py_ssize_t size)
{
    return type == &PyTuple_Type ? PyTuple_New(size) : PyType_GenericAlloc(type, size);
}

/* ---- Methods ---- */

static PyObject *
tuple_getnewargs(PyObject *tuple, PyObject *unused)
{
    (void)unused;
    PyObject *copy = PyTuple_New(Py_SIZE(tuple));
    for (Py_ssize_t i = 0; copy != NULL && i < Py_SIZE(tuple); i++) {
        Py_INCREF(PyTuple_GET_ITEM(tuple, i));
        PyTuple_SET_ITEM(copy, i, PyTuple_GET_ITEM(tuple, i));
    }
    PyObject *args = copy != NULL ? PyTuple_New(1) : NULL;
    if (args == NULL) {
        Py_XDECREF(copy);
        return NULL;
    }
    PyTuple_SET_ITEM(args, 0, copy);
    return args;
}

static PyObject *
tuple_index(PyObject *tuple, PyObject *args)
{
    PyObject *wanted;
    Py_ssize_t start = 0, stop = Py_SIZE(tuple);
    if (!PyArg_ParseTuple(args, "O|O&O&:index", &wanted, _PyEval_SliceIndex, &start,
                          _PyEval_SliceIndex, &stop)) {
        return NULL;
    }
    py2abi_clip_range(Py_SIZE(tuple), &start, &stop);
    for (Py_ssize_t i = start; i < stop && i < Py_SIZE(tuple); i++) {
        int found = PyObject_RichCompareBool(PyTuple_GET_ITEM(tuple, i), wanted, Py_EQ);
        if (found != 0) {
            return found > 0 ? PyInt_FromSsize_t(i) : NULL;
        }
    }
    PyErr_SetString(PyExc_ValueError, "tuple.index(x): x not in tuple");
    return NULL;
}

static PyObject *
tuple_count(PyObject *tuple, PyObject *wanted)
{
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(tuple); i++) {
        int found = PyObject_RichCompareBool(PyTuple_GET_ITEM(tuple, i), wanted, Py_EQ);
        if (found < 0) {
            return NULL;
        }
        count += found;
    }
    return PyInt_FromSsize_t(count);
}

static PyMethodDef methods[] = {
    {"__getnewargs__", tuple_getnewargs, METH_NOARGS, NULL},
    {"index", tuple_index, METH_VARARGS, NULL},
    {"count", tuple_count, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
iterate(PyObject *tuple)
{
    return py2abi_iterator_new(&PyTupleIter_Type, tuple);
}

PyTypeObject PyTuple_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "tuple",
    .tp_basicsize = offsetof(PyTupleObject, ob_item),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE
                | Py_TPFLAGS_TUPLE_SUBCLASS,
    .tp_traverse = traverse,
    .tp_richcompare = richcompare,
    .tp_iter = iterate,
    .tp_methods = methods,
    .tp_alloc = alloc,
    .tp_new = new,
    .tp_free = PyObject_GC_Del,
};

/* ---- Iterators ---- */

static PyObject *
iterator_next(PyObject *object)
{
    struct py2abi_iterator *iterator = (struct py2abi_iterator *)object;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_iterator_next(object);
    }
    if (iterator->container == NULL) {
        return NULL;
    }
    if (iterator->at < Py_SIZE(iterator->container)) {
        PyObject *item = PyTuple_GET_ITEM(iterator->container, iterator->at++);
        Py_INCREF(item);
        return item;
    }
    Py_CLEAR(iterator->container);
    return NULL;
}

PyTypeObject PyTupleIter_Type = PY2ABI_ITERATOR("tupleiterator", iterator_next);
