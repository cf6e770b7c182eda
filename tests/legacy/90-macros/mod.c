/* What inlined code reads, of objects that the binary has made, of Python's, and of instances of
 * classes that are derived from both; and containers that lie very deep in each other. */

#include "Python.h"
#include "datetime.h"
#include "structmember.h"

#include <string.h>

static PyObject *
add(PyObject *list, const char *what, PyObject *value)
{
    PyObject *pair = value != NULL ? Py_BuildValue("sN", what, value) : NULL;
    if (pair == NULL || PyList_Append(list, pair) < 0) {
        PyErr_Print();
    }
    Py_XDECREF(pair);
    return list;
}

static PyObject *
name_of(PyObject *object)
{
    const char *name = Py_TYPE(object)->tp_name, *dot = strrchr(name, '.');
    return PyString_FromString(dot != NULL ? dot + 1 : name);
}

static PyObject *look(PyObject *self, PyObject *x);

static PyObject *
items_of(PyObject *x)
{
    Py_ssize_t i, count = PySequence_Fast_GET_SIZE(x);
    PyObject **items = PySequence_Fast_ITEMS(x), *list = PyList_New(count);
    for (i = 0; i < count; i++) {
        int is_same = items[i] == (PyTuple_Check(x) ? PyTuple_GET_ITEM(x, i) : PyList_GET_ITEM(x, i))
                      && items[i] == PySequence_Fast_GET_ITEM(x, i);
        PyList_SET_ITEM(list, i, Py_BuildValue("Ni", name_of(items[i]), is_same));
    }
    return list;
}

#define INT(value) PyInt_FromLong((long)(value))

static PyObject *
look(PyObject *self, PyObject *x)
{
    PyTypeObject *type = Py_TYPE(x);
    PyObject *list = PyList_New(0);
    (void)self;
    add(list, "type", name_of(x));
    add(list, "can",
        Py_BuildValue("iiiiii", PyIter_Check(x) != 0, PyIndex_Check(x) != 0,
                      PyObject_CheckBuffer(x) != 0, PyCallable_Check(x), PyAnySet_Check(x) != 0,
                      PyAnySet_CheckExact(x) != 0));
    add(list, "old", Py_BuildValue("iii", PyClass_Check(x), PyInstance_Check(x), PyMethod_Check(x)));
    if (PyString_Check(x)) {
        add(list, "string", PyString_FromStringAndSize(PyString_AS_STRING(x), PyString_GET_SIZE(x)));
        add(list, "end", INT(PyString_AS_STRING(x)[PyString_GET_SIZE(x)]));
    }
    if (PyUnicode_Check(x)) {
        add(list, "unicode", PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(x), PyUnicode_GET_SIZE(x)));
        add(list, "size", INT(PyUnicode_GET_DATA_SIZE(x) / (Py_ssize_t)sizeof(Py_UNICODE)));
        add(list, "end", INT(PyUnicode_AS_UNICODE(x)[PyUnicode_GET_SIZE(x)]));
        add(list, "data", INT(PyUnicode_AS_DATA(x) == (const char *)PyUnicode_AS_UNICODE(x)));
    }
    if (PyInt_Check(x)) {
        add(list, "int", INT(PyInt_AS_LONG(x)));
    }
    if (PyFloat_Check(x)) {
        add(list, "float", PyFloat_FromDouble(PyFloat_AS_DOUBLE(x)));
    }
    if (PyComplex_Check(x)) {
        add(list, "complex", PyFloat_FromDouble(((PyComplexObject *)x)->cval.imag));
    }
    if (PyLong_Check(x)) {
        add(list, "digits", INT(Py_SIZE(x)));
    }
    if (PyTuple_Check(x)) {
        add(list, "tuple", INT(PyTuple_GET_SIZE(x)));
        add(list, "items", items_of(x));
    }
    if (PyList_Check(x)) {
        add(list, "list", INT(PyList_GET_SIZE(x)));
        add(list, "items", items_of(x));
        if (PyList_GET_SIZE(x) > 0) {
            /* A store that nothing tells of. */
            PyObject *old = PyList_GET_ITEM(x, 0);
            PyList_SET_ITEM(x, 0, PyString_FromString("set"));
            Py_DECREF(old);
        }
    }
    if (PyAnySet_Check(x)) {
        add(list, "set", Py_BuildValue("ni", PySet_GET_SIZE(x), PyFrozenSet_CheckExact(x)));
    }
    if (PyByteArray_Check(x)) {
        add(list, "bytearray",
            PyString_FromStringAndSize(PyByteArray_AS_STRING(x), PyByteArray_GET_SIZE(x)));
    }
    if (PyMemoryView_Check(x)) {
        Py_buffer *buffer = PyMemoryView_GET_BUFFER(x);
        add(list, "view", Py_BuildValue("ns#i", buffer->len, buffer->buf, (int)buffer->len,
                                        buffer->readonly));
    }
    if (PyCFunction_Check(x)) {
        add(list, "c function", INT(PyCFunction_GET_FUNCTION(x) != NULL));
        add(list, "flags", INT(PyCFunction_GET_FLAGS(x) != 0));
        add(list, "self", INT(PyCFunction_GET_SELF(x) == ((PyCFunctionObject *)x)->m_self));
    }
    if (PyMethod_Check(x)) {
        add(list, "function", name_of(PyMethod_GET_FUNCTION(x)));
        add(list, "self", PyMethod_GET_SELF(x) != NULL ? name_of(PyMethod_GET_SELF(x)) : INT(0));
        add(list, "class", INT(PyMethod_GET_CLASS(x) == (PyObject *)Py_TYPE(PyMethod_GET_SELF(x))));
    }
    if (PyFunction_Check(x)) {
        add(list, "code", INT(PyCode_Check(PyFunction_GET_CODE(x))));
        add(list, "globals", INT(PyDict_Check(PyFunction_GET_GLOBALS(x))));
        add(list, "argcount", INT(((PyCodeObject *)PyFunction_GET_CODE(x))->co_argcount));
    }
    if (PyWeakref_Check(x)) {
        add(list, "referent", name_of(PyWeakref_GET_OBJECT(x)));
    }
    if (PyCell_Check(x)) {
        add(list, "cell", PyCell_GET(x) != NULL ? name_of(PyCell_GET(x)) : INT(0));
    }
    if (PyDateTime_Check(x)) {
        add(list, "time", Py_BuildValue("iiii", PyDateTime_DATE_GET_HOUR(x),
                                        PyDateTime_DATE_GET_MINUTE(x), PyDateTime_DATE_GET_SECOND(x),
                                        PyDateTime_DATE_GET_MICROSECOND(x)));
    }
    if (PyDate_Check(x)) {
        add(list, "date", Py_BuildValue("iii", PyDateTime_GET_YEAR(x), PyDateTime_GET_MONTH(x),
                                        PyDateTime_GET_DAY(x)));
    }
    if (PyTime_Check(x)) {
        add(list, "time", Py_BuildValue("ii", PyDateTime_TIME_GET_HOUR(x),
                                        PyDateTime_TIME_GET_MICROSECOND(x)));
    }
    if (PyDelta_Check(x)) {
        PyDateTime_Delta *delta = (PyDateTime_Delta *)x;
        add(list, "delta", Py_BuildValue("iii", delta->days, delta->seconds, delta->microseconds));
    }
    if (PyType_Check(x)) {
        PyTypeObject *other = (PyTypeObject *)x;
        add(list, "features",
            Py_BuildValue("iiii", PyType_HasFeature(other, Py_TPFLAGS_HEAPTYPE) != 0,
                          PyType_HasFeature(other, Py_TPFLAGS_BASETYPE) != 0,
                          PyType_FastSubclass(other, Py_TPFLAGS_LIST_SUBCLASS) != 0,
                          PyExceptionClass_Check(x)));
        add(list, "base", INT(PyType_IsSubtype(other, other->tp_base)));
    }
    if (PyExceptionInstance_Check(x)) {
        add(list, "exception", INT(PyExceptionInstance_Class(x) == (PyObject *)type));
        add(list, "args", INT(PyTuple_GET_SIZE(((PyBaseExceptionObject *)x)->args)));
    }
    return list;
}

/* ---- What the binary makes ---- */

static PyObject *
nothing(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_NONE;
}

static PyMethodDef nothing_definition = {"nothing", nothing, METH_NOARGS, NULL};

static PyObject *
made(PyObject *self, PyObject *unused)
{
    PyObject *five = PyInt_FromLong(5), *bytes = PyByteArray_FromStringAndSize("made", 4);
    PyObject *list = PyList_New(0), *set;
    PyObject *all[] = {
        PyString_FromString("made"), PyUnicode_DecodeASCII("made", 4, NULL), PyInt_FromLong(-3),
        PyLong_FromString("-123456789012345678901", NULL, 10), PyFloat_FromDouble(1.5),
        PyComplex_FromDoubles(1, 2), Py_BuildValue("(iis)", 1, 2, "x"), Py_BuildValue("[is]", 1, "x"),
        PyBool_FromLong(1), set = PySet_New(NULL), PyFrozenSet_New(NULL), bytes,
        PyMemoryView_FromObject(bytes), PyCFunction_New(&nothing_definition, five),
        PyMethod_New((PyObject *)&PyInt_Type, five, (PyObject *)&PyInt_Type),
        PyCell_New(five), PyDateTime_FromDateAndTime(2001, 2, 3, 4, 5, 6, 7), PyDate_FromDate(1999, 12, 31),
        PyTime_FromTime(1, 2, 3, 4), PyDelta_FromDSU(1, 2, 3),
        PySeqIter_New(list), PyObject_CallFunction(PyExc_ValueError, "s", "made"),
        PyWeakref_NewRef(set, NULL),
    };
    PyObject *results = PyList_New(0);
    size_t i;
    (void)unused;
    PySet_Add(set, five);
    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        PyObject *result = all[i] != NULL ? look(self, all[i]) : NULL;
        if (result == NULL) {
            Py_DECREF(results);
            return NULL;
        }
        PyList_Append(results, result);
        Py_DECREF(result);
    }
    while (i-- > 0) {
        Py_DECREF(all[i]);
    }
    Py_DECREF(five);
    Py_DECREF(list);
    return results;
}

/* ---- Very deep ---- */

typedef struct {
    PyObject_HEAD
    PyObject *next;
} Node;

static int gone;

static int
node_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Node *)self)->next);
    return 0;
}

static int
node_clear(PyObject *self)
{
    Py_CLEAR(((Node *)self)->next);
    return 0;
}

static void
node_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_SAFE_BEGIN(self)
    gone++;
    Py_CLEAR(((Node *)self)->next);
    Py_TYPE(self)->tp_free(self);
    Py_TRASHCAN_SAFE_END(self)
}

static PyMemberDef node_members[] = {
    {"next", T_OBJECT, offsetof(Node, next), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject node_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "macros.Node",
    .tp_basicsize = sizeof(Node),
    .tp_dealloc = node_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = node_traverse,
    .tp_clear = node_clear,
    .tp_members = node_members,
    .tp_new = PyType_GenericNew,
};

/* Each holds the one before: nodes, tuples, lists, dictionaries, or all in turn. */
static PyObject *
deep(PyObject *self, PyObject *args)
{
    const char *kinds;
    PyObject *inner = PyInt_FromLong(1), *outer;
    int count, i, keeps;
    (void)self;
    if (!PyArg_ParseTuple(args, "sii", &kinds, &count, &keeps)) {
        return NULL;
    }
    for (i = 0; i < count; i++) {
        switch (kinds[(size_t)i % strlen(kinds)]) {
        case 't':
            outer = PyTuple_Pack(1, inner);
            break;
        case 'l':
            outer = PyList_New(1);
            Py_INCREF(inner);
            PyList_SET_ITEM(outer, 0, inner);
            break;
        case 'd':
            outer = PyDict_New();
            PyDict_SetItemString(outer, "inner", inner);
            break;
        default:
            outer = node_type.tp_alloc(&node_type, 0);
            Py_INCREF(inner);
            ((Node *)outer)->next = inner;
        }
        Py_DECREF(inner);
        inner = outer;
    }
    if (keeps) {
        return inner;
    }
    Py_DECREF(inner);
    return PyInt_FromLong(count);
}

static PyObject *
count_gone(PyObject *self, PyObject *unused)
{
    int count = gone;
    (void)self;
    (void)unused;
    gone = 0;
    return PyInt_FromLong(count);
}

static PyMethodDef functions[] = {
    {"look", look, METH_O, NULL},
    {"made", made, METH_NOARGS, NULL},
    {"deep", deep, METH_VARARGS, NULL},
    {"gone", count_gone, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initmacros(void)
{
    PyObject *module = Py_InitModule("macros", functions);
    PyDateTime_IMPORT;
    if (PyType_Ready(&node_type) == 0) {
        Py_INCREF(&node_type);
        PyModule_AddObject(module, "Node", (PyObject *)&node_type);
    }
}
