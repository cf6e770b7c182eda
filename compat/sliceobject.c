/* sliceobject.c - slices, which cross by value, and the Ellipsis. */

#include "config.h"
#include "containers.h"

#include <stdlib.h>

/* ---- The Ellipsis ---- */

static PyObject *
ellipsis_repr(PyObject *object)
{
    (void)object;
    return PyString_FromString("Ellipsis");
}

/* Given back by those who never had a reference. */
static void
ellipsis_dealloc(PyObject *object)
{
    Py_REFCNT(object) = 1 << 30;
}

PyTypeObject PyEllipsis_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "ellipsis",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = ellipsis_dealloc,
    .tp_repr = ellipsis_repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

PyObject _Py_EllipsisObject = {1 << 30, &PyEllipsis_Type};

/* ---- Crossing ---- */

/* A host slice as one of the guest's: a new reference, or NULL with a host
 * exception. */
PyObject *
py2abi_slice_mirror(HostObject *host)
{
    static const char *const names[] = {"start", "stop", "step"};
    PyObject *parts[3] = {NULL, NULL, NULL}, *slice = NULL;
    int ready = 0;
    for (; ready < 3; ready++) {
        HostObject *part = host_PyObject_GetAttrString(host, names[ready]);
        parts[ready] = part != NULL ? py2abi_mirror_steal(part) : NULL;
        if (parts[ready] == NULL) {
            break;
        }
    }
    if (ready == 3 && (slice = PySlice_New(parts[0], parts[1], parts[2])) == NULL) {
        py2abi_error_to_host();
    }
    while (ready-- > 0) {
        Py_DECREF(parts[ready]);
    }
    return slice;
}

/* A guest slice as one of the host's: a new reference, or NULL with a host
 * exception. */
HostObject *
py2abi_slice_host(PyObject *object)
{
    const PySliceObject *slice = (PySliceObject *)object;
    HostObject *start = py2abi_host(slice->start, PY2ABI_AS_VALUE), *made = NULL;
    HostObject *stop = start != NULL ? py2abi_host(slice->stop, PY2ABI_AS_VALUE) : NULL;
    HostObject *step = stop != NULL ? py2abi_host(slice->step, PY2ABI_AS_VALUE) : NULL;
    if (step != NULL) {
        made = host_PySlice_New(start, stop, step);
    }
    host_XDECREF(start);
    host_XDECREF(stop);
    host_XDECREF(step);
    return made;
}

/* ---- The C API ---- */

/* A slice of three objects; NULL is None. */
PyObject *
PySlice_New(PyObject *start, PyObject *stop, PyObject *step)
{
    PySliceObject *slice = malloc(sizeof *slice);
    if (slice == NULL) {
        return PyErr_NoMemory();
    }
    (void)PyObject_INIT((PyObject *)slice, &PySlice_Type);
    slice->start = start != NULL ? start : Py_None;
    slice->stop = stop != NULL ? stop : Py_None;
    slice->step = step != NULL ? step : Py_None;
    Py_INCREF(slice->start);
    Py_INCREF(slice->stop);
    Py_INCREF(slice->step);
    return (PyObject *)slice;
}

PyObject *
_PySlice_FromIndices(Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *first = PyInt_FromSsize_t(start), *end = PyInt_FromSsize_t(stop), *slice = NULL;
    if (first != NULL && end != NULL) {
        slice = PySlice_New(first, end, NULL);
    }
    Py_XDECREF(first);
    Py_XDECREF(end);
    return slice;
}

/* An index of the oldest kind: an int or long that fits, without an exception. */
static int
plain_index(PyObject *object, Py_ssize_t *index)
{
    if (!PyInt_Check(object) && !PyLong_Check(object)) {
        return -1;
    }
    *index = PyInt_AsSsize_t(object);
    return 0;
}

/* The bounds for a sequence of that length, not cut to it: -1, mostly without an
 * exception, when there is something else than ints, when stop is beyond the end, or
 * when step is 0. */
int
PySlice_GetIndices(PySliceObject *slice, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop,
                   Py_ssize_t *step)
{
    if (slice->step == Py_None) {
        *step = 1;
    }
    else if (plain_index(slice->step, step) < 0) {
        return -1;
    }
    if (slice->start == Py_None) {
        *start = *step < 0 ? length - 1 : 0;
    }
    else {
        if (plain_index(slice->start, start) < 0) {
            return -1;
        }
        if (*start < 0) {
            *start += length;
        }
    }
    if (slice->stop == Py_None) {
        *stop = *step < 0 ? -1 : length;
    }
    else {
        if (plain_index(slice->stop, stop) < 0) {
            return -1;
        }
        if (*stop < 0) {
            *stop += length;
        }
    }
    return *stop > length || *start >= length || *step == 0 ? -1 : 0;
}

/* The three numbers; what is too big is cut to what an index can be. */
int
_PySlice_Unpack(PyObject *object, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    PySliceObject *slice = (PySliceObject *)object;
    *step = 1;
    if (slice->step != Py_None) {
        if (!_PyEval_SliceIndex(slice->step, step)) {
            return -1;
        }
        if (*step == 0) {
            PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
            return -1;
        }
        /* Its negative has to exist. */
        *step = *step < -PY_SSIZE_T_MAX ? -PY_SSIZE_T_MAX : *step;
    }
    *start = *step < 0 ? PY_SSIZE_T_MAX : 0;
    if (slice->start != Py_None && !_PyEval_SliceIndex(slice->start, start)) {
        return -1;
    }
    *stop = *step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    if (slice->stop != Py_None && !_PyEval_SliceIndex(slice->stop, stop)) {
        return -1;
    }
    return 0;
}

static Py_ssize_t
cut(Py_ssize_t index, Py_ssize_t length, Py_ssize_t step)
{
    if (index < 0) {
        index += length;
        return index >= 0 ? index : step < 0 ? -1 : 0;
    }
    return index < length ? index : step < 0 ? length - 1 : length;
}

/* Cut the bounds to a sequence of that length.  Returns how many items that are. */
Py_ssize_t
_PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step)
{
    *start = cut(*start, length, step);
    *stop = cut(*stop, length, step);
    if (step < 0) {
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    }
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

int
PySlice_GetIndicesEx(PySliceObject *slice, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop,
                     Py_ssize_t *step, Py_ssize_t *count)
{
    if (_PySlice_Unpack((PyObject *)slice, start, stop, step) < 0) {
        return -1;
    }
    *count = _PySlice_AdjustIndices(length, start, stop, *step);
    return 0;
}

/* ---- What slices do ---- */

static void
dealloc(PyObject *object)
{
    PySliceObject *slice = (PySliceObject *)object;
    Py_DECREF(slice->start);
    Py_DECREF(slice->stop);
    Py_DECREF(slice->step);
    free(slice);
}

static PyObject *
repr(PyObject *object)
{
    PySliceObject *slice = (PySliceObject *)object;
    PyObject *parts[] = {slice->start, slice->stop, slice->step};
    PyObject *text = PyString_FromString("slice(");
    for (int i = 0; i < 3 && text != NULL; i++) {
        /* A failure makes text NULL. */
        PyString_ConcatAndDel(&text, PyObject_Repr(parts[i]));
        if (text != NULL) {
            PyString_ConcatAndDel(&text, PyString_FromString(i < 2 ? ", " : ")"));
        }
    }
    return text;
}

static int
compare(PyObject *a, PyObject *b)
{
    PySliceObject *left = (PySliceObject *)a, *right = (PySliceObject *)b;
    int order = 0;
    if (a == b) {
        return 0;
    }
    if (PyObject_Cmp(left->start, right->start, &order) < 0) {
        return -2;
    }
    if (order == 0 && PyObject_Cmp(left->stop, right->stop, &order) < 0) {
        return -2;
    }
    if (order == 0 && PyObject_Cmp(left->step, right->step, &order) < 0) {
        return -2;
    }
    return order;
}

static long
hash(PyObject *slice)
{
    (void)slice;
    PyErr_SetString(PyExc_TypeError, "unhashable type");
    return -1;
}

static PyObject *
new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *start = NULL, *stop = NULL, *step = NULL;
    (void)type;
    if (kwargs != NULL && kwargs != Py_None && PyDict_Size(kwargs) != 0) {
        PyErr_SetString(PyExc_TypeError, "slice() does not take keyword arguments");
        return NULL;
    }
    if (!PyArg_UnpackTuple(args, "slice", 1, 3, &start, &stop, &step)) {
        return NULL;
    }
    return stop == NULL ? PySlice_New(NULL, start, NULL) : PySlice_New(start, stop, step);
}

/* slice.indices(length) */
static PyObject *
slice_indices(PyObject *slice, PyObject *length)
{
    Py_ssize_t start, stop, step, count, size = PyNumber_AsSsize_t(length, PyExc_OverflowError);
    if ((size == -1 && PyErr_Occurred() != NULL)
        || PySlice_GetIndicesEx((PySliceObject *)slice, size, &start, &stop, &step, &count) < 0) {
        return NULL;
    }
    PyObject *tuple = PyTuple_New(3);
    Py_ssize_t numbers[] = {start, stop, step};
    for (int i = 0; tuple != NULL && i < 3; i++) {
        PyObject *number = PyInt_FromSsize_t(numbers[i]);
        if (number == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, number);
        }
    }
    return tuple;
}

static PyObject *
slice_reduce(PyObject *object, PyObject *unused)
{
    PySliceObject *slice = (PySliceObject *)object;
    (void)unused;
    PyObject *parts = PyTuple_Pack(3, slice->start, slice->stop, slice->step);
    PyObject *result = parts != NULL ? PyTuple_Pack(2, (PyObject *)Py_TYPE(object), parts) : NULL;
    Py_XDECREF(parts);
    return result;
}

static PyMethodDef methods[] = {
    {"indices", slice_indices, METH_O, NULL},
    {"__reduce__", slice_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {(char *)"start", T_OBJECT, offsetof(PySliceObject, start), READONLY, NULL},
    {(char *)"stop", T_OBJECT, offsetof(PySliceObject, stop), READONLY, NULL},
    {(char *)"step", T_OBJECT, offsetof(PySliceObject, step), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

PyTypeObject PySlice_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "slice",
    .tp_basicsize = sizeof(PySliceObject),
    .tp_dealloc = dealloc,
    .tp_compare = compare,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_hash = hash,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = methods,
    .tp_members = members,
    .tp_new = new,
};
