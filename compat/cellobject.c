/* cellobject.c - the variables that nested functions share.
 *
 * A cell that crosses is the host's; ob_ref, which inlined code reads, is then a copy
 * that is refreshed when the cell crosses and by PyCell_Get. */

#include "config.h"
#include "containers.h"

/* The host's cell, borrowed, or NULL without an exception: it is the guest's. */
static HostObject *
host_of(PyObject *cell)
{
    return PY2ABI_HEAD(cell)->host;
}

/* Bring a cell's copy up to date.  Returns 0, or -1 with a host exception. */
int
py2abi_cell_refresh(PyObject *cell)
{
    HostObject *host = host_of(cell), *value;
    if (host == NULL) {
        return 0;
    }
    value = host_PyCell_Get(host);
    if (value == NULL && host_PyErr_Occurred() != NULL) {
        return -1;
    }
    PyObject *guest = value != NULL ? py2abi_mirror_borrowed(cell, value) : NULL;
    int status = value != NULL && guest == NULL ? -1 : 0;
    if (status == 0 && guest != PyCell_GET(cell)) {
        Py_XINCREF(guest);
        /* Nothing else lets go of what a variable had before. */
        py2abi_mirror_forget_all(cell);
        status = guest != NULL ? py2abi_mirror_remember(cell, value, guest, 0) : 0;
        Py_XSETREF(PyCell_GET(cell), guest);
    }
    host_XDECREF(value);
    return status;
}

/* The mirror of a host cell that has none: known before it is filled, since a function
 * may be in its own cell.  A new reference, or NULL with a host exception. */
PyObject *
py2abi_cell_mirror(HostObject *host)
{
    PyObject *cell = py2abi_mirror_new(&PyCell_Type, host);
    if (cell != NULL && py2abi_cell_refresh(cell) < 0) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        Py_DECREF(cell);
        host_PyErr_Restore(type, value, traceback);
        return NULL;
    }
    return cell;
}

/* The host's cell for one of the guest's that crosses for the first time, and whose
 * place it takes.  Returns a new reference, or NULL with a host exception. */
HostObject *
py2abi_cell_host(PyObject *cell)
{
    /* Known before it is filled, as above. */
    HostObject *host = host_PyCell_New(NULL), *value = NULL;
    if (host == NULL || py2abi_mirror_attach(cell, host) < 0) {
        host_XDECREF(host);
        return NULL;
    }
    if (PyCell_GET(cell) != NULL) {
        value = py2abi_host(PyCell_GET(cell), PY2ABI_AS_VALUE);
        if (value == NULL || host_PyCell_Set(host, value) < 0
            || py2abi_mirror_remember(cell, value, PyCell_GET(cell), 0) < 0) {
            host_XDECREF(value);
            host_DECREF(py2abi_mirror_detach(cell));
            host_DECREF(host);
            return NULL;
        }
        host_DECREF(value);
    }
    return host;
}

PyObject *
PyCell_New(PyObject *value)
{
    PyObject *cell = py2abi_mirror_new(&PyCell_Type, NULL);
    if (cell == NULL) {
        return py2abi_failed();
    }
    Py_XINCREF(value);
    PyCell_SET(cell, value);
    return cell;
}

PyObject *
PyCell_Get(PyObject *cell)
{
    if (!PyCell_Check(cell)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (py2abi_cell_refresh(cell) < 0) {
        return py2abi_failed();
    }
    Py_XINCREF(PyCell_GET(cell));
    return PyCell_GET(cell);
}

int
PyCell_Set(PyObject *cell, PyObject *value)
{
    if (!PyCell_Check(cell)) {
        PyErr_BadInternalCall();
        return -1;
    }
    HostObject *host = host_of(cell), *host_value = NULL;
    if (host != NULL) {
        int status = 0;
        if (value != NULL && (host_value = py2abi_host(value, PY2ABI_AS_VALUE)) == NULL) {
            status = -1;
        }
        else {
            py2abi_mirror_forget_all(cell);
            status = host_PyCell_Set(host, host_value);
        }
        if (status == 0 && value != NULL) {
            status = py2abi_mirror_remember(cell, host_value, value, 0);
        }
        host_XDECREF(host_value);
        if (status < 0) {
            return (int)py2abi_returned(-1);
        }
    }
    Py_XINCREF(value);
    Py_XSETREF(PyCell_GET(cell), value);
    return 0;
}

static void
dealloc(PyObject *cell)
{
    Py_XDECREF(PyCell_GET(cell));
    py2abi_mirror_dealloc(cell);
}

static PyObject *
repr(PyObject *cell)
{
    PyObject *value = PyCell_Get(cell);
    if (value == NULL) {
        return PyErr_Occurred() != NULL ? NULL
                                        : PyString_FromFormat("<cell at %p: empty>", (void *)cell);
    }
    PyObject *text = PyString_FromFormat("<cell at %p: %.80s object at %p>", (void *)cell,
                                         Py_TYPE(value)->tp_name, (void *)value);
    Py_DECREF(value);
    return text;
}

/* Cells compare by what is in them; an empty one comes first. */
static int
compare(PyObject *a, PyObject *b)
{
    PyObject *left = PyCell_Get(a), *right = PyCell_Get(b);
    int order = left == NULL || right == NULL ? (left != NULL) - (right != NULL)
                                              : PyObject_Compare(left, right);
    Py_XDECREF(left);
    Py_XDECREF(right);
    return PyErr_Occurred() != NULL ? -1 : order;
}

static int
traverse(PyObject *cell, visitproc visit, void *arg)
{
    Py_VISIT(PyCell_GET(cell));
    return 0;
}

static int
clear(PyObject *cell)
{
    Py_CLEAR(PyCell_GET(cell));
    return 0;
}

PyTypeObject PyCell_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "cell",
    .tp_basicsize = sizeof(PyCellObject),
    .tp_dealloc = dealloc,
    .tp_compare = compare,
    .tp_repr = repr,
    .tp_str = py2abi_container_str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR,
    .tp_traverse = traverse,
    .tp_clear = clear,
};
