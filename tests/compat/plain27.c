/* plain27.c - an extension for Python 2.7, written by hand as most were: types
 * with every kind of slot, arguments, containers, buffers, threads.
 *
 * run() puts what the macros see into a dictionary, in a form that is the same
 * in each run. */

#include <Python.h>
#include <structmember.h>
#include <structseq.h>
#include <datetime.h>
#include <longintrepr.h>

/* ---- A type ---- */

typedef struct {
    PyObject_HEAD
    PyObject *dict, *weak, *items;
    int number;
    double real;
    char *text;
    char data[8];
} Box;

static PyObject *PlainError;

static int
box_init(Box *self, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"number", "real", NULL};

    self->text = "text";
    strcpy(self->data, "0123456");
    Py_XDECREF(self->items);
    self->items = PyList_New(0);
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "|id:Box", names, &self->number,
                                     &self->real)) {
        return -1;
    }
    return self->items == NULL ? -1 : 0;
}

static int
box_traverse(Box *self, visitproc visit, void *arg)
{
    Py_VISIT(self->dict);
    Py_VISIT(self->items);
    return 0;
}

static int
box_clear(Box *self)
{
    Py_CLEAR(self->dict);
    Py_CLEAR(self->items);
    return 0;
}

static void
box_dealloc(Box *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weak != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    box_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
box_repr(Box *self)
{
    return PyString_FromFormat("<box %d>", self->number);
}

static PyObject *
box_add(PyObject *a, PyObject *b)
{
    if (Py_TYPE(a)->tp_init != (initproc)box_init || !PyInt_Check(b)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyInt_FromLong(((Box *)a)->number + PyInt_AS_LONG(b));
}

static Py_ssize_t
box_length(Box *self)
{
    return PyList_GET_SIZE(self->items);
}

static PyObject *
box_item(Box *self, Py_ssize_t i)
{
    if (i < 0 || i >= PyList_GET_SIZE(self->items)) {
        PyErr_SetString(PyExc_IndexError, "no such item");
        return NULL;
    }
    Py_INCREF(PyList_GET_ITEM(self->items, i));
    return PyList_GET_ITEM(self->items, i);
}

static PyObject *
box_append(Box *self, PyObject *item)
{
    if (PyList_Append(self->items, item) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
box_fail(Box *self)
{
    return PyErr_Format(PlainError, "box %d fails", self->number);
}

static PyObject *
box_get_twice(Box *self, void *closure)
{
    return PyInt_FromLong(self->number * *(int *)closure);
}

static Py_ssize_t
box_segments(Box *self, Py_ssize_t *length)
{
    (void)self;
    if (length != NULL) {
        *length = 8;
    }
    return 1;
}

static Py_ssize_t
box_segment(Box *self, Py_ssize_t i, void **memory)
{
    (void)i;
    *memory = self->data;
    return 8;
}

static int
box_get_buffer(Box *self, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, (PyObject *)self, self->data, 8, 0, flags);
}

static PyMethodDef box_methods[] = {
    {"append", (PyCFunction)box_append, METH_O, "Append an item."},
    {"fail", (PyCFunction)(void (*)(void))box_fail, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef box_members[] = {
    {"number", T_INT, offsetof(Box, number), 0, NULL},
    {"real", T_DOUBLE, offsetof(Box, real), READONLY, NULL},
    {"text", T_STRING, offsetof(Box, text), 0, NULL},
    {"items", T_OBJECT_EX, offsetof(Box, items), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static int two = 2;
static PyGetSetDef box_getset[] = {
    {"twice", (getter)box_get_twice, NULL, "Two times the number.", &two},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyNumberMethods box_number = {.nb_add = box_add};
static PySequenceMethods box_sequence = {
    .sq_length = (lenfunc)box_length,
    .sq_item = (ssizeargfunc)box_item,
};
static PyBufferProcs box_buffer = {
    .bf_getreadbuffer = (readbufferproc)box_segment,
    .bf_getsegcount = (segcountproc)box_segments,
    .bf_getbuffer = (getbufferproc)box_get_buffer,
};

static PyTypeObject Box_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "plain27.Box",
    .tp_basicsize = sizeof(Box),
    .tp_dealloc = (destructor)box_dealloc,
    .tp_repr = (reprfunc)box_repr,
    .tp_as_number = &box_number,
    .tp_as_sequence = &box_sequence,
    .tp_as_buffer = &box_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE
        | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_NEWBUFFER,
    .tp_doc = "A box.",
    .tp_traverse = (traverseproc)box_traverse,
    .tp_clear = (inquiry)box_clear,
    .tp_weaklistoffset = offsetof(Box, weak),
    .tp_methods = box_methods,
    .tp_members = box_members,
    .tp_getset = box_getset,
    .tp_dictoffset = offsetof(Box, dict),
    .tp_init = (initproc)box_init,
    .tp_new = PyType_GenericNew,
};

static PyStructSequence_Field pair_fields[] = {{"first", "1"}, {"second", "2"}, {NULL, NULL}};
static PyStructSequence_Desc pair_desc = {"plain27.Pair", NULL, pair_fields, 2};
static PyTypeObject Pair_Type;

/* ---- What the macros see ---- */

static int
add(PyObject *seen, const char *name, PyObject *value)
{
    int status = value == NULL ? -1 : PyDict_SetItemString(seen, name, value);

    Py_XDECREF(value);
    return status;
}

static PyObject *
see_values(void)
{
    PyObject *string = PyString_FromString("abc"), *list = PyList_New(2), *tuple = PyTuple_New(1);
    PyObject *unicode = PyUnicode_FromString("d\xc3\xa9" "f"), *result;
    PyObject *big = PyLong_FromString("-123456789012345678901234567890", NULL, 10);
    PyObject *z = PyComplex_FromDoubles(1.5, -2.5);

    PyString_AS_STRING(string)[0] = 'X';
    PyList_SET_ITEM(list, 0, PyInt_FromLong(7));
    PyList_SET_ITEM(list, 1, PyFloat_FromDouble(0.5));
    PyTuple_SET_ITEM(tuple, 0, PyString_FromString("t"));
    result = Py_BuildValue(
        "(s#inlKdd)((ii)(nO)(Oi))(iii)", PyString_AS_STRING(string), 2,
        (int)PyUnicode_AS_UNICODE(unicode)[1], PyUnicode_GET_SIZE(unicode),
        PyInt_AS_LONG(PyList_GET_ITEM(list, 0)),
        (unsigned long long)((PyLongObject *)big)->ob_digit[1],
        PyFloat_AS_DOUBLE(PyList_GET_ITEM(list, 1)), ((PyComplexObject *)z)->cval.imag,
        (int)Py_SIZE(big), (int)PyString_GET_SIZE(string), PyList_GET_SIZE(list),
        PyTuple_GET_ITEM(tuple, 0), Py_None, PyString_CHECK_INTERNED(string),
        Py_UNICODE_ISSPACE((Py_UNICODE)0x3000), Py_ISALPHA('a') != 0,
        (int)Py_UNICODE_TOUPPER((Py_UNICODE)0xe9));
    Py_DECREF(string);
    Py_DECREF(list);
    Py_DECREF(tuple);
    Py_DECREF(unicode);
    Py_DECREF(big);
    Py_DECREF(z);
    return result;
}

static PyObject *
see_checks(PyObject *op)
{
    return Py_BuildValue(
        "iiiiiiiiiiiiiiiiiiii", PyInt_Check(op), PyLong_Check(op), PyFloat_Check(op),
        PyString_Check(op), PyUnicode_Check(op), PyTuple_Check(op), PyList_Check(op),
        PyDict_Check(op), PyAnySet_Check(op), PyType_Check(op), PyExceptionClass_Check(op),
        PyExceptionInstance_Check(op), PyIter_Check(op), PyIndex_Check(op),
        PyObject_CheckBuffer(op), PyObject_IS_GC(op), PyClass_Check(op), PyInstance_Check(op),
        PyCFunction_Check(op), PyBool_Check(op));
}

static PyObject *
see_buffer(PyObject *box)
{
    Py_buffer view;
    const void *memory;
    Py_ssize_t length;
    PyObject *result;

    if (PyObject_GetBuffer(box, &view, PyBUF_FULL_RO) < 0) {
        return NULL;
    }
    if (PyObject_AsReadBuffer(box, &memory, &length) < 0) {
        PyBuffer_Release(&view);
        return NULL;
    }
    result = Py_BuildValue("(nnisiiinn)", view.len, view.itemsize, view.ndim, view.format,
                           view.readonly, view.shape == NULL, memory == view.buf, length,
                           view.strides == NULL ? -1 : view.strides[0]);
    PyBuffer_Release(&view);
    return result;
}

static PyObject *
see_dates(void)
{
    PyObject *when = PyDateTime_FromDateAndTime(2010, 7, 3, 4, 5, 6, 700008);
    PyObject *result, *pair = PyStructSequence_New(&Pair_Type);

    if (when == NULL || pair == NULL) {
        return NULL;
    }
    PyStructSequence_SET_ITEM(pair, 0, PyInt_FromLong(PyDateTime_GET_YEAR(when)));
    PyStructSequence_SET_ITEM(pair, 1, PyInt_FromLong(PyDateTime_DATE_GET_MICROSECOND(when)));
    result = Py_BuildValue("(Niii)", pair, PyDateTime_GET_MONTH(when),
                           PyDateTime_DATE_GET_SECOND(when), PyDate_Check(when));
    Py_DECREF(when);
    return result;
}

static PyObject *
see_state(PyObject *op)
{
    PyThreadState *state = PyThreadState_GET();
    PyObject *weak = PyWeakref_NewRef(op, NULL), *capsule, *result;
    int depth = state->recursion_depth, deeper;

    if (Py_EnterRecursiveCall(" in see_state")) {
        return NULL;
    }
    deeper = state->recursion_depth;
    Py_LeaveRecursiveCall();
    Py_BEGIN_ALLOW_THREADS
    depth -= deeper;
    Py_END_ALLOW_THREADS
    PyErr_SetString(PlainError, "pending");
    capsule = PyCapsule_New(state, "plain27.state", NULL);
    result = Py_BuildValue("iiiiii", depth, state->curexc_type == PlainError,
                           PyWeakref_GET_OBJECT(weak) == op,
                           PyCapsule_GetPointer(capsule, "plain27.state") == state,
                           state->interp->modules == PyImport_GetModuleDict(),
                           _PyObject_GC_IS_TRACKED(op));
    PyErr_Clear();
    Py_DECREF(weak);
    Py_DECREF(capsule);
    return result;
}

static PyObject *
run(PyObject *self, PyObject *args)
{
    PyObject *seen = PyDict_New(), *op, *box, *item;
    const char *text;
    int length;

    (void)self;
    if (!PyArg_ParseTuple(args, "O!s#O:run", &Box_Type, &box, &text, &length, &op)) {
        return NULL;
    }
    item = PySequence_Fast(op, "a sequence is needed");
    if (item == NULL || add(seen, "values", see_values()) < 0
        || add(seen, "text", Py_BuildValue("s#i", text, length, length)) < 0
        || add(seen, "buffer", see_buffer(box)) < 0 || add(seen, "dates", see_dates()) < 0
        || add(seen, "state", see_state(box)) < 0) {
        Py_XDECREF(item);
        Py_DECREF(seen);
        return NULL;
    }
    for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(item); i++) {
        char name[32];

        PyOS_snprintf(name, sizeof name, "%02d %.20s", (int)i,
                      Py_TYPE(PySequence_Fast_GET_ITEM(item, i))->tp_name);
        if (add(seen, name, see_checks(PySequence_Fast_GET_ITEM(item, i))) < 0) {
            Py_CLEAR(seen);
            break;
        }
    }
    Py_DECREF(item);
    return seen;
}

static PyMethodDef plain_methods[] = {
    {"run", run, METH_VARARGS, PyDoc_STR("What the macros see.")},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC initplain27(void);

PyMODINIT_FUNC
initplain27(void)
{
    PyObject *module;

    PyDateTime_IMPORT;
    Py_TYPE(&Box_Type) = &PyType_Type;
    if (PyDateTimeAPI == NULL || PyType_Ready(&Box_Type) < 0) {
        return;
    }
    PyStructSequence_InitType(&Pair_Type, &pair_desc);
    module = Py_InitModule3("plain27", plain_methods, "Written by hand.");
    if (module == NULL) {
        return;
    }
    PlainError = PyErr_NewException("plain27.error", PyExc_ValueError, NULL);
    Py_XINCREF(PlainError);
    PyModule_AddObject(module, "error", PlainError);
    Py_INCREF(&Box_Type);
    PyModule_AddObject(module, "Box", (PyObject *)&Box_Type);
    PyModule_AddIntMacro(module, METH_O);
    PyModule_AddStringMacro(module, PY_VERSION);
}
