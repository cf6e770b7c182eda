/* How long objects live that both sides know. */

#include "Python.h"
#include "structmember.h"

typedef struct {
    PyObject_HEAD
    long n;
    PyObject *object;
    PyObject *other;
    PyObject *weak;
} Cell;

static int deallocated, made, cleared;
static PyObject *revived;

static PyObject *
cell_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    made++;
    return type->tp_alloc(type, 0);
}

static int
cell_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Cell *cell = (Cell *)self;
    PyObject *object = NULL;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "|lO", &cell->n, &object)) {
        return -1;
    }
    Py_XINCREF(object);
    cell->object = object;
    return 0;
}

static void
cell_dealloc(PyObject *self)
{
    Cell *cell = (Cell *)self;
    PyObject_GC_UnTrack(self);
    deallocated++;
    if (cell->weak != NULL) {
        PyObject_ClearWeakRefs(self);
    }
    Py_CLEAR(cell->object);
    Py_CLEAR(cell->other);
    Py_TYPE(self)->tp_free(self);
}

static int
cell_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Cell *)self)->object);
    Py_VISIT(((Cell *)self)->other);
    return 0;
}

static int
cell_clear(PyObject *self)
{
    cleared++;
    Py_CLEAR(((Cell *)self)->object);
    Py_CLEAR(((Cell *)self)->other);
    return 0;
}

static PyMemberDef cell_members[] = {
    {"n", T_LONG, offsetof(Cell, n), 0, NULL},
    {"object", T_OBJECT, offsetof(Cell, object), 0, NULL},
    {"other", T_OBJECT, offsetof(Cell, other), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject cell_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "lifetimes.Cell",
    .tp_basicsize = sizeof(Cell),
    .tp_dealloc = cell_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = cell_traverse,
    .tp_clear = cell_clear,
    .tp_weaklistoffset = offsetof(Cell, weak),
    .tp_members = cell_members,
    .tp_init = cell_init,
    .tp_new = cell_new,
};

/* ---- A list of free objects ---- */

typedef struct {
    PyObject_HEAD
    long n;
} Free;

static Free *free_list[8];
static int free_count, recycled;

static PyObject *
free_alloc(PyTypeObject *type, Py_ssize_t items)
{
    (void)items;
    if (free_count > 0) {
        Free *object = free_list[--free_count];
        recycled++;
        object->n = 0;
        return PyObject_INIT((PyObject *)object, type);
    }
    return PyType_GenericAlloc(type, 0);
}

static void
free_free(void *object)
{
    if (free_count < 8) {
        free_list[free_count++] = object;
    }
    else {
        PyObject_Free(object);
    }
}

static void
free_dealloc(PyObject *self)
{
    deallocated++;
    Py_TYPE(self)->tp_free(self);
}

static PyMemberDef free_members[] = {
    {"n", T_LONG, offsetof(Free, n), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject free_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "lifetimes.Free",
    .tp_basicsize = sizeof(Free),
    .tp_dealloc = free_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = free_members,
    .tp_alloc = free_alloc,
    .tp_new = cell_new,
    .tp_free = free_free,
};

/* ---- Coming back from the dead, once ---- */

static void
phoenix_dealloc(PyObject *self)
{
    if (((Free *)self)->n == 0) {
        ((Free *)self)->n = 1;
        Py_REFCNT(self) = 1;
        revived = self;
        return;
    }
    deallocated++;
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject phoenix_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "lifetimes.Phoenix",
    .tp_basicsize = sizeof(Free),
    .tp_dealloc = phoenix_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = free_members,
    .tp_new = cell_new,
};

static PyObject *
take_revived(PyObject *self, PyObject *unused)
{
    PyObject *object = revived;
    (void)self;
    (void)unused;
    if (object == NULL) {
        Py_RETURN_NONE;
    }
    revived = NULL;
    return object;
}

/* ---- Exceptions from every slot ---- */

#define RAISE(kind) return PyErr_SetString(PyExc_ValueError, "from " kind), NULL
#define RAISE_NUMBER(kind) return PyErr_SetString(PyExc_ValueError, "from " kind), -1

static PyObject *bad_unary(PyObject *v) { (void)v; RAISE("unary"); }
static PyObject *bad_binary(PyObject *v, PyObject *w) { (void)v; (void)w; RAISE("binary"); }
static PyObject *bad_ternary(PyObject *v, PyObject *w, PyObject *z)
{
    (void)v;
    (void)w;
    (void)z;
    RAISE("ternary");
}
static PyObject *bad_item(PyObject *v, Py_ssize_t i) { (void)v; (void)i; RAISE("item"); }
static int bad_inquiry(PyObject *v) { (void)v; RAISE_NUMBER("inquiry"); }
static Py_ssize_t bad_length(PyObject *v) { (void)v; RAISE_NUMBER("length"); }
static int bad_contains(PyObject *v, PyObject *w) { (void)v; (void)w; RAISE_NUMBER("contains"); }
static long bad_hash(PyObject *v) { (void)v; RAISE_NUMBER("hash"); }
static PyObject *bad_rich(PyObject *v, PyObject *w, int op)
{
    (void)v;
    (void)w;
    (void)op;
    RAISE("richcompare");
}
static int bad_set(PyObject *v, PyObject *w, PyObject *z)
{
    (void)v;
    (void)w;
    (void)z;
    RAISE_NUMBER("set");
}
static int bad_init(PyObject *v, PyObject *w, PyObject *z)
{
    (void)v;
    (void)z;
    if (PyTuple_GET_SIZE(w) == 0) {
        return 0;
    }
    RAISE_NUMBER("init");
}
static PyObject *bad_get(PyObject *v, void *closure) { (void)v; (void)closure; RAISE("get"); }
static int bad_put(PyObject *v, PyObject *w, void *closure)
{
    (void)v;
    (void)w;
    (void)closure;
    RAISE_NUMBER("put");
}
static int bad_view(PyObject *v, Py_buffer *view, int flags)
{
    (void)v;
    (void)view;
    (void)flags;
    RAISE_NUMBER("view");
}

/* Calls back, so that the traceback has Python's frames on both sides. */
static PyObject *
bad_method(PyObject *v, PyObject *function)
{
    (void)v;
    return PyObject_CallObject(function, NULL);
}

static PyNumberMethods bad_number = {
    .nb_add = bad_binary,
    .nb_power = bad_ternary,
    .nb_negative = bad_unary,
    .nb_nonzero = bad_inquiry,
    .nb_int = bad_unary,
    .nb_float = bad_unary,
    .nb_index = bad_unary,
    .nb_inplace_add = bad_binary,
};
static PySequenceMethods bad_sequence = {
    .sq_length = bad_length,
    .sq_item = bad_item,
    .sq_contains = bad_contains,
};
static PyMappingMethods bad_mapping = {
    .mp_subscript = bad_binary,
    .mp_ass_subscript = bad_set,
};
static PyBufferProcs bad_buffer = {.bf_getbuffer = bad_view};
static PyMethodDef bad_methods[] = {
    {"method", bad_method, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static PyGetSetDef bad_getsets[] = {
    {"attribute", bad_get, bad_put, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject bad_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "lifetimes.Bad",
    .tp_basicsize = sizeof(Free),
    .tp_dealloc = free_dealloc,
    .tp_repr = bad_unary,
    .tp_str = bad_unary,
    .tp_hash = bad_hash,
    .tp_call = bad_ternary,
    .tp_richcompare = bad_rich,
    .tp_as_number = &bad_number,
    .tp_as_sequence = &bad_sequence,
    .tp_as_mapping = &bad_mapping,
    .tp_as_buffer = &bad_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_HAVE_NEWBUFFER,
    .tp_iter = bad_unary,
    .tp_methods = bad_methods,
    .tp_getset = bad_getsets,
    .tp_init = bad_init,
    .tp_new = cell_new,
};

/* ---- Keeping ---- */

static PyObject *kept[16];

static PyObject *
keep(PyObject *self, PyObject *args)
{
    int at;
    PyObject *object = NULL, *old;
    (void)self;
    if (!PyArg_ParseTuple(args, "i|O", &at, &object)) {
        return NULL;
    }
    old = kept[at];
    Py_XINCREF(object);
    kept[at] = object;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

static PyObject *
give(PyObject *self, PyObject *arg)
{
    PyObject *object = kept[PyInt_AsLong(arg)];
    (void)self;
    object = object != NULL ? object : Py_None;
    Py_INCREF(object);
    return object;
}

static PyObject *
count(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("ii", made, deallocated);
}

static PyObject *
counts(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return Py_BuildValue("ii", recycled, cleared);
}

/* Objects that only C code has, in a ring or a chain; the first is returned. */
static PyObject *
chain(PyObject *self, PyObject *args)
{
    int length, is_ring, i;
    PyObject *first, *last;
    (void)self;
    if (!PyArg_ParseTuple(args, "ii", &length, &is_ring)) {
        return NULL;
    }
    first = last = cell_new(&cell_type, NULL, NULL);
    for (i = 1; i < length; i++) {
        PyObject *next = cell_new(&cell_type, NULL, NULL);
        ((Cell *)last)->object = next;
        last = next;
    }
    if (is_ring) {
        Py_INCREF(first);
        ((Cell *)last)->object = first;
    }
    return first;
}

/* Many rings of three that nobody has, with no Python code running. */
static PyObject *
rings(PyObject *self, PyObject *arg)
{
    long i, count = PyInt_AsLong(arg);
    (void)self;
    for (i = 0; i < count; i++) {
        PyObject *args = Py_BuildValue("ii", 3, 1);
        PyObject *first = args != NULL ? chain(NULL, args) : NULL;
        Py_XDECREF(args);
        Py_XDECREF(first);
    }
    Py_RETURN_NONE;
}

/* A weak reference from C, and what it refers to. */
static PyObject *weak;

static PyObject *
refer(PyObject *self, PyObject *args)
{
    PyObject *object, *callback = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|O", &object, &callback)) {
        return NULL;
    }
    Py_XDECREF(weak);
    weak = PyWeakref_NewRef(object, callback);
    return weak != NULL ? Py_BuildValue("") : NULL;
}

static PyObject *
referred(PyObject *self, PyObject *unused)
{
    PyObject *object = weak != NULL ? PyWeakref_GET_OBJECT(weak) : Py_None;
    (void)self;
    (void)unused;
    Py_INCREF(object);
    return object;
}

static PyMethodDef functions[] = {
    {"keep", keep, METH_VARARGS, NULL},
    {"give", give, METH_O, NULL},
    {"count", count, METH_NOARGS, NULL},
    {"counts", counts, METH_NOARGS, NULL},
    {"chain", chain, METH_VARARGS, NULL},
    {"rings", rings, METH_O, NULL},
    {"take_revived", take_revived, METH_NOARGS, NULL},
    {"refer", refer, METH_VARARGS, NULL},
    {"referred", referred, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initlifetimes(void)
{
    PyObject *module = Py_InitModule("lifetimes", functions);
    PyTypeObject *types[] = {&cell_type, &free_type, &phoenix_type, &bad_type};
    static const char *const names[] = {"Cell", "Free", "Phoenix", "Bad"};
    int i;
    for (i = 0; module != NULL && i < 4; i++) {
        if (PyType_Ready(types[i]) < 0) {
            return;
        }
        Py_INCREF(types[i]);
        PyModule_AddObject(module, names[i], (PyObject *)types[i]);
    }
}
