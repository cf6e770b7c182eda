/* Each slot of a type: those of the table that py2abi has of them (slots27.def), called from
 * Python, from C through the abstract API, and inherited by a Python class; those for buffers,
 * for the collector and for an object's beginning and end. */

#include "Python.h"
#include "structmember.h"

#include <string.h>

/* What the table does not have, as the host has nothing like it or rules of its own. */
#define OTHER_SLOTS(SLOT)                                                                         \
    SLOT(bf_getreadbuffer) SLOT(bf_getwritebuffer) SLOT(bf_getsegcount) SLOT(bf_getcharbuffer)    \
    SLOT(bf_getbuffer) SLOT(bf_releasebuffer) SLOT(tp_alloc) SLOT(tp_free) SLOT(tp_dealloc)       \
    SLOT(tp_del) SLOT(tp_is_gc) SLOT(tp_traverse) SLOT(tp_clear) SLOT(tp_print)

/* Which there are; which were called so far, and what was called last. */
enum {
#define SLOT27(group, slot, ...) INDEX_##slot,
#include "../../../compat/slots27.def"
#undef SLOT27
#define SLOT(slot) INDEX_##slot,
    OTHER_SLOTS(SLOT)
#undef SLOT
    SLOTS
};
static const char *const names[] = {
#define SLOT27(group, slot, ...) #slot,
#include "../../../compat/slots27.def"
#undef SLOT27
#define SLOT(slot) #slot,
    OTHER_SLOTS(SLOT)
#undef SLOT
};
static int counts[SLOTS];
static char last[500];

static void
called(int slot, const char *more)
{
    counts[slot]++;
    if (strlen(last) + strlen(names[slot]) + strlen(more) + 3 < sizeof last) {
        strcat(last, last[0] != '\0' ? " " : "");
        strcat(last, names[slot]);
        strcat(last, more);
    }
}

static const char *
number_text(Py_ssize_t number)
{
    static char text[4][40];
    static int next;
    next = (next + 1) % 4;
    snprintf(text[next], sizeof text[next], "(%ld)",
             number == PY_SSIZE_T_MAX ? -99L : (long)number);
    return text[next];
}

/* What each class of slots has for a function. */
typedef struct {
    PyObject_HEAD
    long length;
} Object;

static PyObject *
result_of(int slot)
{
    called(slot, "");
    return slot == INDEX_nb_int || slot == INDEX_nb_index ? PyInt_FromLong(1)
           : slot == INDEX_nb_long                        ? PyLong_FromLong(2)
           : slot == INDEX_nb_float                       ? PyFloat_FromDouble(1.5)
                                                          : PyString_FromString(names[slot]);
}

#define DEFINE_UNARY(slot)                                                                        \
    static PyObject *do_##slot(PyObject *self)                                                    \
    {                                                                                             \
        (void)self;                                                                               \
        return result_of(INDEX_##slot);                                                           \
    }
#define DEFINE_BINARY(slot)                                                                       \
    static PyObject *do_##slot(PyObject *v, PyObject *w)                                          \
    {                                                                                             \
        (void)v;                                                                                  \
        (void)w;                                                                                  \
        return result_of(INDEX_##slot);                                                           \
    }
#define DEFINE_SUM     DEFINE_BINARY
#define DEFINE_PRODUCT DEFINE_BINARY
#define DEFINE_JOIN    DEFINE_BINARY
#define DEFINE_POWER(slot)                                                                        \
    static PyObject *do_##slot(PyObject *v, PyObject *w, PyObject *z)                             \
    {                                                                                             \
        (void)v;                                                                                  \
        (void)w;                                                                                  \
        called(INDEX_##slot, z == Py_None ? "" : " with modulus");                                \
        return PyString_FromString(#slot);                                                        \
    }
#define DEFINE_INQUIRY(slot)                                                                      \
    static int do_##slot(PyObject *self)                                                          \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        if (((Object *)self)->length == 77) {                                                     \
            PyErr_SetString(PyExc_ValueError, "neither");                                         \
            return -1;                                                                            \
        }                                                                                         \
        return ((Object *)self)->length != 0;                                                     \
    }
#define DEFINE_COERCION(slot)                                                                     \
    static int do_##slot(PyObject **v, PyObject **w)                                              \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        if (!PyInt_Check(*w) && Py_TYPE(*w) != Py_TYPE(*v)) {                                     \
            return 1;                                                                             \
        }                                                                                         \
        Py_INCREF(*v);                                                                            \
        if (PyInt_Check(*w)) {                                                                    \
            *w = Py_TYPE(*v)->tp_alloc(Py_TYPE(*v), 0);                                           \
        }                                                                                         \
        else {                                                                                    \
            Py_INCREF(*w);                                                                        \
        }                                                                                         \
        return *w != NULL ? 0 : -1;                                                               \
    }
#define DEFINE_LENGTH(slot)                                                                       \
    static Py_ssize_t do_##slot(PyObject *self)                                                   \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        return ((Object *)self)->length;                                                          \
    }
#define DEFINE_REPEAT(slot)                                                                       \
    static PyObject *do_##slot(PyObject *self, Py_ssize_t count)                                  \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, number_text(count));                                                 \
        return PyString_FromString(#slot);                                                        \
    }
#define DEFINE_ITEM(slot)                                                                         \
    static PyObject *do_##slot(PyObject *self, Py_ssize_t index)                                  \
    {                                                                                             \
        called(INDEX_##slot, number_text(index));                                                 \
        if (index < 0 || index >= ((Object *)self)->length) {                                     \
            PyErr_SetString(PyExc_IndexError, "no such item");                                    \
            return NULL;                                                                          \
        }                                                                                         \
        return PyInt_FromSsize_t(index);                                                          \
    }
#define DEFINE_SLICE(slot)                                                                        \
    static PyObject *do_##slot(PyObject *self, Py_ssize_t from, Py_ssize_t to)                    \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, number_text(from));                                                  \
        strcat(last, number_text(to));                                                            \
        return PyString_FromString(#slot);                                                        \
    }
#define DEFINE_SET_ITEM(slot)                                                                     \
    static int do_##slot(PyObject *self, Py_ssize_t index, PyObject *value)                       \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, number_text(index));                                                 \
        strcat(last, value != NULL ? "=" : "-");                                                  \
        return 0;                                                                                 \
    }
#define DEFINE_SET_SLICE(slot)                                                                    \
    static int do_##slot(PyObject *self, Py_ssize_t from, Py_ssize_t to, PyObject *value)         \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, number_text(from));                                                  \
        strcat(strcat(last, number_text(to)), value != NULL ? "=" : "-");                         \
        return 0;                                                                                 \
    }
#define DEFINE_CONTAINS(slot)                                                                     \
    static int do_##slot(PyObject *self, PyObject *item)                                          \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, "");                                                                 \
        return PyInt_Check(item);                                                                 \
    }
#define DEFINE_SUBSCRIPT DEFINE_BINARY
#define DEFINE_SET_KEY(slot)                                                                      \
    static int do_##slot(PyObject *self, PyObject *key, PyObject *value)                          \
    {                                                                                             \
        (void)self;                                                                               \
        (void)key;                                                                                \
        called(INDEX_##slot, value != NULL ? "=" : "-");                                          \
        return 0;                                                                                 \
    }
#define DEFINE_REPR DEFINE_UNARY
#define DEFINE_HASH(slot)                                                                         \
    static long do_##slot(PyObject *self)                                                         \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        return ((Object *)self)->length;                                                          \
    }
#define DEFINE_CALL(slot)                                                                         \
    static PyObject *do_##slot(PyObject *self, PyObject *args, PyObject *kwargs)                  \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, number_text(PyTuple_GET_SIZE(args)));                                \
        return PyInt_FromSsize_t(kwargs != NULL ? PyDict_Size(kwargs) : 0);                       \
    }
#define DEFINE_GETATTR(slot)                                                                      \
    static PyObject *do_##slot(PyObject *self, PyObject *name)                                    \
    {                                                                                             \
        if (strncmp(PyString_AS_STRING(name), "my_", 3) == 0) {                                   \
            return result_of(INDEX_##slot);                                                       \
        }                                                                                         \
        return PyObject_GenericGetAttr(self, name);                                               \
    }
#define DEFINE_SETATTR(slot)                                                                      \
    static int do_##slot(PyObject *self, PyObject *name, PyObject *value)                         \
    {                                                                                             \
        if (strncmp(PyString_AS_STRING(name), "my_", 3) == 0) {                                   \
            called(INDEX_##slot, value != NULL ? "=" : "-");                                      \
            return 0;                                                                             \
        }                                                                                         \
        return PyObject_GenericSetAttr(self, name, value);                                        \
    }
#define DEFINE_COMPARE(slot)                                                                      \
    static int do_##slot(PyObject *v, PyObject *w)                                                \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        return ((Object *)v)->length < ((Object *)w)->length                                      \
                   ? -1                                                                           \
                   : ((Object *)v)->length > ((Object *)w)->length;                               \
    }
#define DEFINE_RICH(slot)                                                                         \
    static PyObject *do_##slot(PyObject *v, PyObject *w, int operator)                            \
    {                                                                                             \
        (void)v;                                                                                  \
        called(INDEX_##slot, number_text(operator));                                              \
        if (PyString_Check(w) || PyUnicode_Check(w)) {                                            \
            Py_INCREF(Py_NotImplemented);                                                         \
            return Py_NotImplemented;                                                             \
        }                                                                                         \
        return PyBool_FromLong(operator== Py_LE || operator== Py_EQ);                             \
    }
#define DEFINE_ITER(slot)                                                                         \
    static PyObject *do_##slot(PyObject *self)                                                    \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        Py_INCREF(self);                                                                          \
        return self;                                                                              \
    }
#define DEFINE_NEXT(slot)                                                                         \
    static PyObject *do_##slot(PyObject *self)                                                    \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        return ((Object *)self)->length-- > 0 ? PyInt_FromLong(((Object *)self)->length) : NULL;  \
    }
#define DEFINE_DESCR_GET(slot)                                                                    \
    static PyObject *do_##slot(PyObject *self, PyObject *object, PyObject *type)                  \
    {                                                                                             \
        (void)self;                                                                               \
        called(INDEX_##slot, object == NULL ? " of a type" : type == NULL ? " alone" : "");       \
        return PyString_FromString(#slot);                                                        \
    }
#define DEFINE_DESCR_SET DEFINE_SET_KEY
#define DEFINE_INIT(slot)                                                                         \
    static int do_##slot(PyObject *self, PyObject *args, PyObject *kwargs)                        \
    {                                                                                             \
        (void)kwargs;                                                                             \
        called(INDEX_##slot, "");                                                                 \
        return PyArg_ParseTuple(args, "|l", &((Object *)self)->length) ? 0 : -1;                  \
    }
#define DEFINE_NEW(slot)                                                                          \
    static PyObject *do_##slot(PyTypeObject *type, PyObject *args, PyObject *kwargs)              \
    {                                                                                             \
        called(INDEX_##slot, "");                                                                 \
        return PyType_GenericNew(type, args, kwargs);                                             \
    }
#define SLOT27(group, slot, class, ...) DEFINE_##class(slot)
#include "../../../compat/slots27.def"
#undef SLOT27

/* A type has all slots of some groups.  Of two for the same on the host, each in another. */
#define SET(group, slot)     SET_##group(slot)
#define SET_NUMBER(slot)     .slot = do_##slot,
static PyNumberMethods as_number = {
#define SET_TYPE(slot)
#define SET_SEQUENCE(slot)
#define SET_MAPPING(slot)
#define SLOT27(group, slot, ...) SET_##group(slot)
#include "../../../compat/slots27.def"
#undef SLOT27
#undef SET_NUMBER
#undef SET_SEQUENCE
};
#define SET_NUMBER(slot)
#define SET_SEQUENCE(slot) .slot = do_##slot,
static PySequenceMethods as_sequence = {
#define SLOT27(group, slot, ...) SET_##group(slot)
#include "../../../compat/slots27.def"
#undef SLOT27
#undef SET_SEQUENCE
#undef SET_MAPPING
};
#define SET_SEQUENCE(slot)
#define SET_MAPPING(slot) .slot = do_##slot,
static PyMappingMethods as_mapping = {
#define SLOT27(group, slot, ...) SET_##group(slot)
#include "../../../compat/slots27.def"
#undef SLOT27
};

/* Numbers of the old style, and those with few slots. */
static PyNumberMethods as_old = {
    .nb_add = do_nb_add, .nb_divide = do_nb_divide, .nb_inplace_divide = do_nb_inplace_divide,
    .nb_coerce = do_nb_coerce, .nb_long = do_nb_long, .nb_power = do_nb_power,
};

static PyMemberDef members[] = {
    {"length", T_LONG, offsetof(Object, length), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

#define TYPE(name, flags, ...)                                                                    \
    static PyTypeObject name##_type = {                                                           \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots." #name,                                  \
        .tp_basicsize = sizeof(Object),                                                           \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | (flags),                           \
        .tp_init = do_tp_init,                                                                    \
        .tp_new = do_tp_new,                                                                      \
        .tp_members = members,                                                                    \
        __VA_ARGS__                                                                               \
    };

TYPE(Number, Py_TPFLAGS_CHECKTYPES, .tp_as_number = &as_number)
TYPE(Old, 0, .tp_as_number = &as_old, .tp_compare = do_tp_compare)
TYPE(Sequence, 0, .tp_as_sequence = &as_sequence)
TYPE(Mapping, 0, .tp_as_mapping = &as_mapping)
TYPE(All, 0, .tp_repr = do_tp_repr, .tp_str = do_tp_str, .tp_hash = do_tp_hash,
     .tp_call = do_tp_call, .tp_getattro = do_tp_getattro, .tp_setattro = do_tp_setattro,
     .tp_richcompare = do_tp_richcompare, .tp_iter = do_tp_iter, .tp_iternext = do_tp_iternext)
TYPE(Compared, 0, .tp_compare = do_tp_compare)
TYPE(Descriptor, 0, .tp_descr_get = do_tp_descr_get, .tp_descr_set = do_tp_descr_set)
TYPE(Unhashable, 0, .tp_hash = PyObject_HashNotImplemented)
TYPE(OnlyNext, 0, .tp_iternext = do_tp_iternext)

/* ---- Names as char * ---- */

static PyObject *
old_getattr(PyObject *self, char *name)
{
    if (strcmp(name, "old") == 0) {
        return PyInt_FromLong(((Object *)self)->length);
    }
    PyErr_Format(PyExc_AttributeError, "no %s", name);
    return NULL;
}

static int
old_setattr(PyObject *self, char *name, PyObject *value)
{
    if (strcmp(name, "old") != 0) {
        PyErr_Format(PyExc_AttributeError, "no %s to set", name);
        return -1;
    }
    ((Object *)self)->length = value != NULL ? PyInt_AsLong(value) : -1;
    return PyErr_Occurred() != NULL ? -1 : 0;
}

TYPE(Named, 0, .tp_getattr = old_getattr, .tp_setattr = old_setattr)

/* ---- A dictionary at the end of items ---- */

static PyTypeObject Items_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots.Items",
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_dictoffset = -(Py_ssize_t)sizeof(PyObject *),
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_setattro = PyObject_GenericSetAttr,
};

static void
items_dealloc(PyObject *self)
{
    PyObject **dict = _PyObject_GetDictPtr(self);
    PyObject_GC_UnTrack(self);
    Py_CLEAR(*dict);
    PyTuple_Type.tp_dealloc(self);
}

/* ---- Buffers, of the old kind alone and of both ---- */

static char memory[] = "abcdefg";
enum { MEMORY = sizeof memory - 1 };

static Py_ssize_t
give_memory(int slot, Py_ssize_t segment, void **place)
{
    called(slot, number_text(segment));
    *place = memory;
    return MEMORY;
}

static Py_ssize_t
do_bf_getreadbuffer(PyObject *self, Py_ssize_t segment, void **place)
{
    (void)self;
    return give_memory(INDEX_bf_getreadbuffer, segment, place);
}

static Py_ssize_t
do_bf_getwritebuffer(PyObject *self, Py_ssize_t segment, void **place)
{
    (void)self;
    return give_memory(INDEX_bf_getwritebuffer, segment, place);
}

static Py_ssize_t
do_bf_getcharbuffer(PyObject *self, Py_ssize_t segment, char **place)
{
    (void)self;
    return give_memory(INDEX_bf_getcharbuffer, segment, (void **)place);
}

/* How often it is asked is not what counts. */
static Py_ssize_t
do_bf_getsegcount(PyObject *self, Py_ssize_t *length)
{
    (void)self;
    counts[INDEX_bf_getsegcount]++;
    if (length != NULL) {
        *length = MEMORY;
    }
    return 1;
}

static int
do_bf_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    called(INDEX_bf_getbuffer, (flags & PyBUF_WRITABLE) != 0 ? " to write" : "");
    return PyBuffer_FillInfo(view, self, memory, MEMORY, 0, flags);
}

static void
do_bf_releasebuffer(PyObject *self, Py_buffer *view)
{
    (void)self;
    (void)view;
    called(INDEX_bf_releasebuffer, "");
}

#define OLD_BUFFER                                                                                \
    .bf_getreadbuffer = do_bf_getreadbuffer, .bf_getwritebuffer = do_bf_getwritebuffer,           \
    .bf_getsegcount = do_bf_getsegcount, .bf_getcharbuffer = do_bf_getcharbuffer

static PyBufferProcs as_old_buffer = {OLD_BUFFER};
static PyBufferProcs as_new_buffer = {OLD_BUFFER, .bf_getbuffer = do_bf_getbuffer,
                                      .bf_releasebuffer = do_bf_releasebuffer};

TYPE(OldBuffer, 0, .tp_as_buffer = &as_old_buffer)
TYPE(NewBuffer, Py_TPFLAGS_HAVE_NEWBUFFER, .tp_as_buffer = &as_new_buffer)

/* ---- Beginning and end, and what the collector asks ---- */

typedef struct {
    PyObject_HEAD
    long length;
    PyObject *other;
} Collected;

static PyTypeObject Collected_type;
/* One without the collector's head. */
static Collected fixed = {PyObject_HEAD_INIT(&Collected_type) 1, NULL};

static PyObject *
do_tp_alloc(PyTypeObject *type, Py_ssize_t count)
{
    called(INDEX_tp_alloc, number_text(count));
    return PyType_GenericAlloc(type, count);
}

static void
do_tp_free(void *memory)
{
    called(INDEX_tp_free, "");
    PyObject_GC_Del(memory);
}

static void
do_tp_del(PyObject *self)
{
    called(INDEX_tp_del, number_text(((Collected *)self)->length));
}

static void
do_tp_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    if (Py_TYPE(self)->tp_del != NULL) {
        Py_REFCNT(self) = 1;
        Py_TYPE(self)->tp_del(self);
        Py_REFCNT(self)--;
    }
    called(INDEX_tp_dealloc, number_text(((Collected *)self)->length));
    Py_CLEAR(((Collected *)self)->other);
    Py_TYPE(self)->tp_free(self);
}

/* The collector comes when it likes: these are counted only. */
static int
do_tp_traverse(PyObject *self, visitproc visit, void *arg)
{
    counts[INDEX_tp_traverse]++;
    Py_VISIT(((Collected *)self)->other);
    return 0;
}

static int
do_tp_clear(PyObject *self)
{
    counts[INDEX_tp_clear]++;
    Py_CLEAR(((Collected *)self)->other);
    return 0;
}

static int
do_tp_is_gc(PyObject *self)
{
    counts[INDEX_tp_is_gc]++;
    return self != (PyObject *)&fixed;
}

static int
do_tp_print(PyObject *self, FILE *file, int flags)
{
    called(INDEX_tp_print, number_text(flags));
    return fprintf(file, "printed %ld", ((Collected *)self)->length) < 0 ? -1 : 0;
}

static PyMemberDef collected_members[] = {
    {"length", T_LONG, offsetof(Collected, length), 0, NULL},
    {"other", T_OBJECT, offsetof(Collected, other), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

#define COLLECTED(name, ...)                                                                      \
    static PyTypeObject name##_type = {                                                           \
        PyVarObject_HEAD_INIT(NULL, 0).tp_name = "slots." #name,                                  \
        .tp_basicsize = sizeof(Collected),                                                        \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,                \
        .tp_init = do_tp_init,                                                                    \
        .tp_new = do_tp_new,                                                                      \
        .tp_alloc = do_tp_alloc,                                                                  \
        .tp_free = do_tp_free,                                                                    \
        .tp_dealloc = do_tp_dealloc,                                                              \
        .tp_traverse = do_tp_traverse,                                                            \
        .tp_clear = do_tp_clear,                                                                  \
        .tp_print = do_tp_print,                                                                  \
        .tp_members = collected_members,                                                          \
        __VA_ARGS__                                                                               \
    };

COLLECTED(Collected, .tp_is_gc = do_tp_is_gc)
COLLECTED(Deleted, .tp_del = do_tp_del)

static PyObject *
give_fixed(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_INCREF(&fixed);
    return (PyObject *)&fixed;
}

/* ---- Through the API ---- */

static PyObject *
api_buffers(PyObject *v)
{
    const void *read = NULL;
    void *write = NULL;
    const char *chars = NULL;
    Py_ssize_t length[3] = {0, 0, 0};
    Py_buffer view;
    PyObject *buffer = PyBuffer_FromObject(v, 2, 3), *text;
    int is_new = PyObject_CheckBuffer(v), i;
    if (buffer == NULL || PyObject_AsReadBuffer(v, &read, &length[0]) < 0
        || PyObject_AsWriteBuffer(v, &write, &length[1]) < 0
        || PyObject_AsCharBuffer(v, &chars, &length[2]) < 0
        || (is_new && PyObject_GetBuffer(v, &view, PyBUF_SIMPLE) < 0)) {
        Py_XDECREF(buffer);
        return NULL;
    }
    for (i = 0; i < 3; i++) {
        length[i] = length[i] == MEMORY;
    }
    text = PyObject_Str(buffer);
    Py_DECREF(buffer);
    if (is_new) {
        is_new += view.buf == memory && view.obj == v;
        PyBuffer_Release(&view);
    }
    return Py_BuildValue("iinnnNi", PyObject_CheckReadBuffer(v),
                         read == memory && write == memory && chars == memory, length[0], length[1],
                         length[2], text, is_new);
}

static PyObject *
api_print(PyObject *v)
{
    FILE *file = tmpfile();
    char text[100] = "";
    int status = PyObject_Print(v, file, Py_PRINT_RAW);
    rewind(file);
    (void)!fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return status == 0 ? PyString_FromString(text) : NULL;
}

static PyObject *
api_is_gc(PyObject *v)
{
    return PyInt_FromLong(PyObject_IS_GC(v));
}

static const struct {
    const char *name;
    PyObject *(*function)(PyObject *, PyObject *);
} binary[] = {
#define BINARY(name) {#name, PyNumber_##name},
    BINARY(Add) BINARY(Subtract) BINARY(Multiply) BINARY(Divide) BINARY(TrueDivide)
    BINARY(FloorDivide) BINARY(Remainder) BINARY(Divmod) BINARY(Lshift) BINARY(Rshift)
    BINARY(And) BINARY(Xor) BINARY(Or) BINARY(InPlaceAdd) BINARY(InPlaceSubtract)
    BINARY(InPlaceMultiply) BINARY(InPlaceDivide) BINARY(InPlaceTrueDivide)
    BINARY(InPlaceFloorDivide) BINARY(InPlaceRemainder) BINARY(InPlaceLshift)
    BINARY(InPlaceRshift) BINARY(InPlaceAnd) BINARY(InPlaceXor) BINARY(InPlaceOr)
    {"Concat", PySequence_Concat}, {"InPlaceConcat", PySequence_InPlaceConcat},
    {"GetItem", PyObject_GetItem},
};
static const struct {
    const char *name;
    PyObject *(*function)(PyObject *);
} unary[] = {
    BINARY(Negative) BINARY(Positive) BINARY(Absolute) BINARY(Invert) BINARY(Int) BINARY(Long)
    BINARY(Float) BINARY(Index)
    {"Repr", PyObject_Repr}, {"Str", PyObject_Str}, {"GetIter", PyObject_GetIter},
    {"Buffers", api_buffers}, {"Print", api_print}, {"IsGc", api_is_gc},
};

static PyObject *
api(PyObject *self, PyObject *args)
{
    PyObject *v, *w = NULL, *z = Py_None;
    const char *name;
    size_t i;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO|OO", &name, &v, &w, &z)) {
        return NULL;
    }
    last[0] = '\0';
    for (i = 0; i < sizeof binary / sizeof binary[0]; i++) {
        if (w != NULL && strcmp(binary[i].name, name) == 0) {
            return binary[i].function(v, w);
        }
    }
    for (i = 0; i < sizeof unary / sizeof unary[0]; i++) {
        if (strcmp(unary[i].name, name) == 0) {
            return unary[i].function(v);
        }
    }
    if (strcmp(name, "Power") == 0) {
        return PyNumber_Power(v, w, z);
    }
    if (strcmp(name, "InPlacePower") == 0) {
        return PyNumber_InPlacePower(v, w, z);
    }
    if (strcmp(name, "Coerce") == 0) {
        PyObject *a = v, *b = w;
        int status = PyNumber_CoerceEx(&a, &b);
        return status == 0 ? Py_BuildValue("iNNi", status, a, b, a == b)
               : status > 0 ? PyInt_FromLong(status)
                            : NULL;
    }
    if (strcmp(name, "ToBase") == 0) {
        return Py_BuildValue("NN", PyNumber_ToBase(v, 8), PyNumber_ToBase(v, 16));
    }
    if (strcmp(name, "IsTrue") == 0) {
        int is_true = PyObject_IsTrue(v);
        return is_true < 0 ? NULL : PyInt_FromLong(is_true);
    }
    if (strcmp(name, "Slices") == 0) {
        PyObject *slice = PySequence_GetSlice(v, -2, PY_SSIZE_T_MAX);
        Py_XDECREF(slice);
        return slice == NULL || PySequence_SetSlice(v, -3, -1, w) < 0
                       || PySequence_DelSlice(v, 1, 100) < 0
                   ? NULL
                   : PyInt_FromSsize_t(PySequence_Size(v));
    }
    if (strcmp(name, "Items") == 0) {
        PyObject *item = PySequence_GetItem(v, -1);
        Py_XDECREF(item);
        return item == NULL || PySequence_SetItem(v, -1, w) < 0 || PySequence_DelItem(v, 0) < 0
                   ? NULL
                   : PyInt_FromLong(PySequence_Contains(v, w));
    }
    if (strcmp(name, "Repeat") == 0) {
        PyObject *twice = PySequence_InPlaceRepeat(v, 2);
        Py_XDECREF(twice);
        return twice != NULL ? PySequence_Repeat(v, 3) : NULL;
    }
    if (strcmp(name, "Keys") == 0) {
        return PyObject_SetItem(v, w, w) < 0 || PyObject_DelItem(v, w) < 0
                   ? NULL
                   : PyInt_FromSsize_t(PyMapping_Length(v));
    }
    if (strcmp(name, "Compare") == 0) {
        int order = PyObject_Compare(v, w);
        return PyErr_Occurred() != NULL ? NULL
                                        : Py_BuildValue("iN", order, PyObject_RichCompare(v, w, Py_LT));
    }
    if (strcmp(name, "Hash") == 0) {
        long hash = PyObject_Hash(v);
        return hash == -1 && PyErr_Occurred() != NULL ? NULL : PyInt_FromLong(hash);
    }
    if (strcmp(name, "Call") == 0) {
        return PyObject_CallFunction(v, "ii", 1, 2);
    }
    if (strcmp(name, "Attributes") == 0) {
        return PyObject_SetAttrString(v, "my_x", w) < 0 || PyObject_DelAttrString(v, "my_x") < 0
                   ? NULL
                   : PyObject_GetAttrString(v, "my_x");
    }
    if (strcmp(name, "Next") == 0) {
        PyObject *item = PyIter_Check(v) ? PyIter_Next(v) : NULL;
        return item != NULL || PyErr_Occurred() ? item : Py_BuildValue("s", "end");
    }
    return PyErr_Format(PyExc_LookupError, "%s", name);
}

/* What was called since the last time, and none of it any more. */
static PyObject *
log_of(PyObject *self, PyObject *unused)
{
    PyObject *text = PyString_FromString(last);
    (void)self;
    (void)unused;
    last[0] = '\0';
    return text;
}

static PyObject *
never(PyObject *self, PyObject *unused)
{
    PyObject *list = PyList_New(0);
    int i;
    (void)self;
    (void)unused;
    for (i = 0; list != NULL && i < SLOTS; i++) {
        PyObject *name = PyString_FromString(names[i]);
        if (name == NULL || (counts[i] == 0 && PyList_Append(list, name) < 0)) {
            Py_CLEAR(list);
        }
        counts[i] = 0;
        Py_XDECREF(name);
    }
    return list;
}

/* What inlined code reads of a type. */
static PyObject *
reads(PyObject *self, PyObject *object)
{
    PyTypeObject *type = (PyTypeObject *)object;
    (void)self;
    return Py_BuildValue("iiiiiiiinnii", type->tp_as_number != NULL, type->tp_as_sequence != NULL,
                         type->tp_as_mapping != NULL, type->tp_iter != NULL,
                         type->tp_iternext != NULL, type->tp_hash == PyObject_HashNotImplemented,
                         PyType_HasFeature(type, Py_TPFLAGS_CHECKTYPES) != 0,
                         (int)PyTuple_GET_SIZE(type->tp_mro), type->tp_dictoffset,
                         type->tp_weaklistoffset, PyType_HasFeature(type, Py_TPFLAGS_READY) != 0,
                         PyType_HasFeature(type, Py_TPFLAGS_HEAPTYPE) != 0);
}

static PyMethodDef functions[] = {
    {"api", api, METH_VARARGS, NULL},
    {"log", log_of, METH_NOARGS, NULL},
    {"never", never, METH_NOARGS, NULL},
    {"reads", reads, METH_O, NULL},
    {"fixed", give_fixed, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initslots(void)
{
    static PyTypeObject *const types[] = {
        &Number_type, &Old_type, &Sequence_type, &Mapping_type, &All_type, &Compared_type,
        &Descriptor_type, &Unhashable_type, &OnlyNext_type, &Named_type, &Items_type,
        &OldBuffer_type, &NewBuffer_type, &Collected_type, &Deleted_type,
    };
    PyObject *module = Py_InitModule("slots", functions);
    size_t i;
    Items_type.tp_base = &PyTuple_Type;
    Items_type.tp_basicsize = PyTuple_Type.tp_basicsize + (Py_ssize_t)sizeof(PyObject *);
    Items_type.tp_dealloc = items_dealloc;
    for (i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (PyType_Ready(types[i]) == 0) {
            Py_INCREF(types[i]);
            PyModule_AddObject(module, strrchr(types[i]->tp_name, '.') + 1, (PyObject *)types[i]);
        }
    }
}
