/* Types with every kind of slot, member, method and attribute, as Python 3 code sees them
 * and as the binary itself does. */

#include "Python.h"
#include "structmember.h"

#include <string.h>

typedef struct {
    PyObject_HEAD
    long n;
} Number;

static PyTypeObject num_type, other_type, old_type, plain_type;

static PyObject *
new_number(PyTypeObject *type, long n)
{
    Number *number = PyObject_New(Number, type);
    if (number != NULL) {
        number->n = n;
    }
    return (PyObject *)number;
}

static PyObject *
number_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Number *number;
    long n = 0;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "|l", &n)) {
        return NULL;
    }
    number = (Number *)type->tp_alloc(type, 0);
    if (number != NULL) {
        number->n = n;
    }
    return (PyObject *)number;
}

static void
number_dealloc(PyObject *self)
{
    Py_TYPE(self)->tp_free(self);
}

/* What an operand is, in a static buffer, one of four. */
static const char *
operand(PyObject *object)
{
    static char texts[4][60];
    static int at;
    char *text = texts[at++ % 4];
    if (object == NULL) {
        strcpy(text, "NULL");
    }
    else if (object == Py_None) {
        strcpy(text, "None");
    }
    else if (PyObject_TypeCheck(object, &num_type)) {
        sprintf(text, "N%ld", ((Number *)object)->n);
    }
    else if (PyObject_TypeCheck(object, &other_type)) {
        sprintf(text, "M%ld", ((Number *)object)->n);
    }
    else if (PyObject_TypeCheck(object, &old_type)) {
        sprintf(text, "O%ld", ((Number *)object)->n);
    }
    else if (PyObject_TypeCheck(object, &plain_type)) {
        sprintf(text, "P%ld", ((Number *)object)->n);
    }
    else if (PyInt_Check(object) || PyLong_Check(object)) {
        sprintf(text, "%ld", PyInt_AsLong(object));
    }
    else if (PyString_Check(object) || PyUnicode_Check(object)) {
        strcpy(text, "text");
    }
    else if (PyFloat_Check(object)) {
        sprintf(text, "f%g", PyFloat_AS_DOUBLE(object));
    }
    else {
        sprintf(text, "a %.40s", Py_TYPE(object)->tp_name);
    }
    return text;
}

static int
is_number(PyObject *object)
{
    return PyObject_TypeCheck(object, &num_type) || PyObject_TypeCheck(object, &other_type)
           || PyInt_Check(object) || PyLong_Check(object) || PyFloat_Check(object);
}

static PyObject *
not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

/* ---- All number slots, with Py_TPFLAGS_CHECKTYPES ---- */

#define BINARY(name)                                                                            \
    static PyObject *num_##name(PyObject *v, PyObject *w)                                       \
    {                                                                                           \
        if (!is_number(v) || !is_number(w)) {                                                   \
            return not_implemented();                                                           \
        }                                                                                       \
        return PyString_FromFormat("%s(%s, %s)", #name, operand(v), operand(w));                \
    }
#define UNARY(name)                                                                             \
    static PyObject *num_##name(PyObject *v)                                                    \
    {                                                                                           \
        return PyString_FromFormat("%s(%s)", #name, operand(v));                                \
    }
/* In place: the object itself, changed. */
#define IN_PLACE(name)                                                                          \
    static PyObject *num_##name(PyObject *v, PyObject *w)                                       \
    {                                                                                           \
        if (!is_number(w)) {                                                                    \
            return not_implemented();                                                           \
        }                                                                                       \
        ((Number *)v)->n += 100;                                                                \
        Py_INCREF(v);                                                                           \
        return v;                                                                               \
    }
BINARY(add)
BINARY(subtract)
BINARY(multiply)
BINARY(divide)
BINARY(true_divide)
BINARY(floor_divide)
BINARY(remainder)
BINARY(divmod)
BINARY(lshift)
BINARY(rshift)
BINARY(and)
BINARY(xor)
BINARY(or)
UNARY(negative)
UNARY(positive)
UNARY(absolute)
UNARY(invert)
UNARY(oct)
UNARY(hex)
IN_PLACE(inplace_add)
IN_PLACE(inplace_subtract)
IN_PLACE(inplace_multiply)
IN_PLACE(inplace_divide)
IN_PLACE(inplace_true_divide)
IN_PLACE(inplace_floor_divide)
IN_PLACE(inplace_remainder)
IN_PLACE(inplace_lshift)
IN_PLACE(inplace_rshift)
IN_PLACE(inplace_and)
IN_PLACE(inplace_xor)
IN_PLACE(inplace_or)

static PyObject *
num_power(PyObject *v, PyObject *w, PyObject *z)
{
    if (!is_number(v) || !is_number(w)) {
        return not_implemented();
    }
    return PyString_FromFormat("power(%s, %s, %s)", operand(v), operand(w), operand(z));
}

static PyObject *
num_inplace_power(PyObject *v, PyObject *w, PyObject *z)
{
    return PyString_FromFormat("inplace_power(%s, %s, %s)", operand(v), operand(w), operand(z));
}

static int
num_nonzero(PyObject *v)
{
    if (((Number *)v)->n == 13) {
        PyErr_SetString(PyExc_ArithmeticError, "no truth in 13");
        return -1;
    }
    return ((Number *)v)->n != 0;
}

static PyObject *
num_int(PyObject *v)
{
    if (((Number *)v)->n == 13) {
        PyErr_SetString(PyExc_OverflowError, "no int in 13");
        return NULL;
    }
    return PyInt_FromLong(((Number *)v)->n);
}

static PyObject *
num_long(PyObject *v)
{
    return PyLong_FromLong(((Number *)v)->n);
}

static PyObject *
num_float(PyObject *v)
{
    return PyFloat_FromDouble(((Number *)v)->n + 0.5);
}

static PyObject *
num_index(PyObject *v)
{
    return PyInt_FromLong(((Number *)v)->n);
}

static PyNumberMethods num_methods = {
    .nb_add = num_add,
    .nb_subtract = num_subtract,
    .nb_multiply = num_multiply,
    .nb_divide = num_divide,
    .nb_true_divide = num_true_divide,
    .nb_floor_divide = num_floor_divide,
    .nb_remainder = num_remainder,
    .nb_divmod = num_divmod,
    .nb_power = num_power,
    .nb_negative = num_negative,
    .nb_positive = num_positive,
    .nb_absolute = num_absolute,
    .nb_nonzero = num_nonzero,
    .nb_invert = num_invert,
    .nb_lshift = num_lshift,
    .nb_rshift = num_rshift,
    .nb_and = num_and,
    .nb_xor = num_xor,
    .nb_or = num_or,
    .nb_int = num_int,
    .nb_long = num_long,
    .nb_float = num_float,
    .nb_oct = num_oct,
    .nb_hex = num_hex,
    .nb_index = num_index,
    .nb_inplace_add = num_inplace_add,
    .nb_inplace_subtract = num_inplace_subtract,
    .nb_inplace_multiply = num_inplace_multiply,
    .nb_inplace_divide = num_inplace_divide,
    .nb_inplace_true_divide = num_inplace_true_divide,
    .nb_inplace_floor_divide = num_inplace_floor_divide,
    .nb_inplace_remainder = num_inplace_remainder,
    .nb_inplace_power = num_inplace_power,
    .nb_inplace_lshift = num_inplace_lshift,
    .nb_inplace_rshift = num_inplace_rshift,
    .nb_inplace_and = num_inplace_and,
    .nb_inplace_xor = num_inplace_xor,
    .nb_inplace_or = num_inplace_or,
};

static PyObject *
number_repr(PyObject *self)
{
    return PyString_FromString(operand(self));
}

static PyTypeObject num_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Num",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_repr = number_repr,
    .tp_as_number = &num_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE,
    .tp_new = number_new,
};

/* ---- Another type, whose right operand counts; only nb_divide ---- */

static PyObject *
other_add(PyObject *v, PyObject *w)
{
    return PyString_FromFormat("other add(%s, %s)", operand(v), operand(w));
}

static PyObject *
other_divide(PyObject *v, PyObject *w)
{
    return PyString_FromFormat("other divide(%s, %s)", operand(v), operand(w));
}

static PyNumberMethods other_methods = {
    .nb_add = other_add,
    .nb_divide = other_divide,
    .nb_or = other_divide,
    .nb_inplace_divide = other_divide,
};

static PyTypeObject other_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Other",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_repr = number_repr,
    .tp_as_number = &other_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE,
    .tp_new = number_new,
};

/* ---- Numbers without Py_TPFLAGS_CHECKTYPES: their functions trust their operands ---- */

#define TRUSTING(name)                                                                          \
    static PyObject *old_##name(PyObject *v, PyObject *w)                                       \
    {                                                                                           \
        if (Py_TYPE(v) != &old_type || Py_TYPE(w) != &old_type) {                               \
            return PyString_FromFormat("old " #name " WRONG(%s, %s)", operand(v), operand(w));  \
        }                                                                                       \
        return PyString_FromFormat("old " #name "(%ld, %ld)", ((Number *)v)->n,                 \
                                   ((Number *)w)->n);                                           \
    }
TRUSTING(add)
TRUSTING(subtract)
TRUSTING(divide)
TRUSTING(remainder)
TRUSTING(inplace_add)

static PyObject *
old_power(PyObject *v, PyObject *w, PyObject *z)
{
    return PyString_FromFormat("old power(%s, %s, %s)", operand(v), operand(w), operand(z));
}

static int
old_coerce(PyObject **v, PyObject **w)
{
    long n;
    if (PyInt_Check(*w)) {
        n = PyInt_AsLong(*w);
        if (n == 13) {
            PyErr_SetString(PyExc_ValueError, "13 is not coerced");
            return -1;
        }
        *w = new_number(&old_type, n);
        if (*w == NULL) {
            return -1;
        }
        Py_INCREF(*v);
        return 0;
    }
    if (PyFloat_Check(*w)) {
        /* To a type of Python's. */
        *v = PyFloat_FromDouble(((Number *)*v)->n);
        Py_INCREF(*w);
        return 0;
    }
    return 1;
}

static int
old_compare(PyObject *v, PyObject *w)
{
    long a = ((Number *)v)->n, b = ((Number *)w)->n;
    return a < b ? -1 : a > b;
}

static long
old_hash(PyObject *v)
{
    return ((Number *)v)->n == 13 ? (PyErr_SetString(PyExc_TypeError, "13 has no hash"), -1)
                                  : ((Number *)v)->n;
}

static PyNumberMethods old_methods = {
    .nb_add = old_add,
    .nb_subtract = old_subtract,
    .nb_divide = old_divide,
    .nb_remainder = old_remainder,
    .nb_power = old_power,
    .nb_inplace_add = old_inplace_add,
    .nb_coerce = old_coerce,
};

static PyTypeObject old_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Old",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_compare = old_compare,
    .tp_hash = old_hash,
    .tp_repr = number_repr,
    .tp_as_number = &old_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = number_new,
};

/* The same without nb_coerce. */
static PyObject *
plain_add(PyObject *v, PyObject *w)
{
    if (Py_TYPE(v) != &plain_type || Py_TYPE(w) != &plain_type) {
        return PyString_FromFormat("plain add WRONG(%s, %s)", operand(v), operand(w));
    }
    return PyString_FromFormat("plain add(%ld, %ld)", ((Number *)v)->n, ((Number *)w)->n);
}

static PyNumberMethods plain_methods = {.nb_add = plain_add};

static PyTypeObject plain_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Plain",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_repr = number_repr,
    .tp_as_number = &plain_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = number_new,
};

/* ---- Sequences and mappings ---- */

typedef struct {
    PyObject_HEAD
    char log[400]; /* what was asked */
} Log;

static PyObject *
log_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    return type->tp_alloc(type, 0);
}

static void
note(PyObject *self, const char *text)
{
    Log *log = (Log *)self;
    if (strlen(log->log) + strlen(text) + 3 < sizeof log->log) {
        strcat(strcat(log->log, log->log[0] != '\0' ? "; " : ""), text);
    }
}

static PyObject *
log_take(PyObject *self, PyObject *unused)
{
    PyObject *text = PyString_FromString(((Log *)self)->log);
    (void)unused;
    ((Log *)self)->log[0] = '\0';
    return text;
}

static PyMethodDef log_methods[] = {
    {"take", log_take, METH_NOARGS, "what was asked since"},
    {NULL, NULL, 0, NULL},
};

static const char *
bound(Py_ssize_t index)
{
    static char texts[2][30];
    static int at;
    char *text = texts[at++ % 2];
    if (index == PY_SSIZE_T_MAX) {
        strcpy(text, "end");
    }
    else {
        sprintf(text, "%ld", (long)index);
    }
    return text;
}

static Py_ssize_t
seq_length(PyObject *self)
{
    (void)self;
    return 10;
}

static PyObject *
seq_concat(PyObject *self, PyObject *other)
{
    (void)self;
    if (!PyList_Check(other)) {
        PyErr_Format(PyExc_TypeError, "no list: %s", operand(other));
        return NULL;
    }
    return PyString_FromFormat("concat(%d)", (int)PyList_GET_SIZE(other));
}

static PyObject *
seq_repeat(PyObject *self, Py_ssize_t count)
{
    (void)self;
    return PyString_FromFormat("repeat(%d)", (int)count);
}

static PyObject *
seq_item(PyObject *self, Py_ssize_t index)
{
    (void)self;
    if (index < 0 || index >= 10) {
        PyErr_Format(PyExc_IndexError, "seq index %d", (int)index);
        return NULL;
    }
    return PyInt_FromSsize_t(index * index);
}

static PyObject *
seq_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high)
{
    (void)self;
    return PyString_FromFormat("slice(%s, %s)", bound(low), bound(high));
}

static int
seq_ass_item(PyObject *self, Py_ssize_t index, PyObject *value)
{
    char text[100];
    if (index >= 10) {
        PyErr_SetString(PyExc_IndexError, "seq assignment");
        return -1;
    }
    sprintf(text, "item %ld = %s", (long)index, operand(value));
    note(self, text);
    return 0;
}

static int
seq_ass_slice(PyObject *self, Py_ssize_t low, Py_ssize_t high, PyObject *value)
{
    char text[100];
    sprintf(text, "slice %s %s = %s", bound(low), bound(high), operand(value));
    note(self, text);
    return 0;
}

static int
seq_contains(PyObject *self, PyObject *value)
{
    (void)self;
    if (!PyInt_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "only ints are in here");
        return -1;
    }
    return PyInt_AsLong(value) == 5;
}

static PyObject *
seq_inplace_concat(PyObject *self, PyObject *other)
{
    char text[100];
    sprintf(text, "+= %s", operand(other));
    note(self, text);
    Py_INCREF(self);
    return self;
}

static PyObject *
seq_inplace_repeat(PyObject *self, Py_ssize_t count)
{
    char text[100];
    sprintf(text, "*= %ld", (long)count);
    note(self, text);
    Py_INCREF(self);
    return self;
}

static PySequenceMethods seq_methods = {
    .sq_length = seq_length,
    .sq_concat = seq_concat,
    .sq_repeat = seq_repeat,
    .sq_item = seq_item,
    .sq_slice = seq_slice,
    .sq_ass_item = seq_ass_item,
    .sq_ass_slice = seq_ass_slice,
    .sq_contains = seq_contains,
    .sq_inplace_concat = seq_inplace_concat,
    .sq_inplace_repeat = seq_inplace_repeat,
};

static PyTypeObject seq_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Seq",
    .tp_basicsize = sizeof(Log),
    .tp_as_sequence = &seq_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = log_methods,
    .tp_new = log_new,
};

/* Nothing but items: no length, so that negative indices come as they are. */
static PyObject *
item_item(PyObject *self, Py_ssize_t index)
{
    (void)self;
    if (index > 3) {
        PyErr_SetString(PyExc_IndexError, "the end");
        return NULL;
    }
    return PyInt_FromSsize_t(index);
}

static PySequenceMethods item_methods = {.sq_item = item_item};

static PyTypeObject item_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Item",
    .tp_basicsize = sizeof(Log),
    .tp_as_sequence = &item_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = log_new,
};

static PyObject *
map_subscript(PyObject *self, PyObject *key)
{
    (void)self;
    if (PySlice_Check(key)) {
        PySliceObject *slice = (PySliceObject *)key;
        return PyString_FromFormat("[%s:%s:%s]", operand(slice->start), operand(slice->stop),
                                   operand(slice->step));
    }
    if (key == Py_Ellipsis) {
        return PyString_FromString("[...]");
    }
    if (key == Py_None) {
        PyErr_SetObject(PyExc_KeyError, key);
        return NULL;
    }
    return PyString_FromFormat("[%s]", operand(key));
}

static int
map_ass_subscript(PyObject *self, PyObject *key, PyObject *value)
{
    char text[150];
    sprintf(text, "[%s] = %s", operand(key), operand(value));
    note(self, text);
    return 0;
}

static PyMappingMethods map_methods = {
    .mp_length = seq_length,
    .mp_subscript = map_subscript,
    .mp_ass_subscript = map_ass_subscript,
};

static PyTypeObject map_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Map",
    .tp_basicsize = sizeof(Log),
    .tp_as_mapping = &map_methods,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = log_methods,
    .tp_new = log_new,
};

/* ---- Calling, text, hash, comparison ---- */

static PyObject *
act_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)self;
    if (kwargs != NULL && PyDict_GetItemString(kwargs, "error") != NULL) {
        PyErr_SetObject(PyExc_LookupError, args);
        return NULL;
    }
    return Py_BuildValue("OO", args, kwargs != NULL ? kwargs : Py_None);
}

static PyObject *
act_repr(PyObject *self)
{
    return PyString_FromFormat("<Act %ld>", ((Number *)self)->n);
}

static PyObject *
act_str(PyObject *self)
{
    if (((Number *)self)->n == 13) {
        PyErr_SetString(PyExc_RuntimeError, "13 has no str");
        return NULL;
    }
    if (((Number *)self)->n == 14) {
        return PyUnicode_FromString("unicode text");
    }
    return PyString_FromFormat("Act %ld", ((Number *)self)->n);
}

static long
act_hash(PyObject *self)
{
    return ((Number *)self)->n * 1000;
}

static PyObject *
act_richcompare(PyObject *v, PyObject *w, int op)
{
    static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
    if (PyString_Check(w) || PyUnicode_Check(w)) {
        return not_implemented();
    }
    if (PyFloat_Check(w)) {
        PyErr_SetString(PyExc_TypeError, "no floats");
        return NULL;
    }
    return PyString_FromFormat("%ld %s %s", ((Number *)v)->n, names[op], operand(w));
}

static PyTypeObject act_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Act",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_repr = act_repr,
    .tp_hash = act_hash,
    .tp_call = act_call,
    .tp_str = act_str,
    .tp_richcompare = act_richcompare,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = number_new,
    .tp_doc = "Act(n) acts",
};

/* ---- Iterators ---- */

static PyObject *
iter_next(PyObject *self)
{
    Number *number = (Number *)self;
    if (number->n == 13) {
        PyErr_SetString(PyExc_ValueError, "13 is no item");
        return NULL;
    }
    if (number->n == -1) {
        PyErr_SetNone(PyExc_StopIteration);
        return NULL;
    }
    return number->n > 0 ? PyInt_FromLong(number->n--) : NULL;
}

static PyTypeObject iter_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Iter",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = iter_next,
    .tp_new = number_new,
};

static PyObject *
countdown_iter(PyObject *self)
{
    return new_number(&iter_type, ((Number *)self)->n);
}

static PyTypeObject countdown_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Countdown",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = countdown_iter,
    .tp_new = number_new,
};

/* ---- Descriptors ---- */

static PyObject *
descr_get(PyObject *self, PyObject *object, PyObject *type)
{
    return Py_BuildValue("sNN", "got", PyInt_FromLong(((Number *)self)->n),
                         PyString_FromFormat("%s %s", object == NULL ? "NULL" : "object",
                                             type == NULL ? "NULL"
                                                          : ((PyTypeObject *)type)->tp_name));
}

static int
descr_set(PyObject *self, PyObject *object, PyObject *value)
{
    (void)object;
    if (value == NULL) {
        ((Number *)self)->n = -1;
        return 0;
    }
    ((Number *)self)->n = PyInt_AsLong(value);
    return PyErr_Occurred() ? -1 : 0;
}

static PyTypeObject descr_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Descr",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_descr_get = descr_get,
    .tp_descr_set = descr_set,
    .tp_new = number_new,
};

static PyTypeObject getter_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Getter",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_descr_get = descr_get,
    .tp_new = number_new,
};

/* ---- Attributes by functions ---- */

static PyObject *
chars_getattr(PyObject *self, char *name)
{
    if (strcmp(name, "n") == 0) {
        return PyInt_FromLong(((Number *)self)->n);
    }
    if (strcmp(name, "bad") == 0) {
        PyErr_SetString(PyExc_ValueError, "a bad attribute");
        return NULL;
    }
    PyErr_SetString(PyExc_AttributeError, name);
    return NULL;
}

static int
chars_setattr(PyObject *self, char *name, PyObject *value)
{
    if (strcmp(name, "n") != 0) {
        PyErr_Format(PyExc_AttributeError, "not %s", name);
        return -1;
    }
    ((Number *)self)->n = value != NULL ? PyInt_AsLong(value) : -1;
    return PyErr_Occurred() ? -1 : 0;
}

static PyTypeObject chars_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Chars",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_getattr = chars_getattr,
    .tp_setattr = chars_setattr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = number_new,
};

static PyObject *
fallback_getattro(PyObject *self, PyObject *name)
{
    PyObject *value = PyObject_GenericGetAttr(self, name);
    if (value == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)
        && PyString_AS_STRING(name)[0] == 'x') {
        PyErr_Clear();
        return PyString_FromFormat("fallback %s", PyString_AS_STRING(name));
    }
    return value;
}

static int
fallback_setattro(PyObject *self, PyObject *name, PyObject *value)
{
    if (PyString_AS_STRING(name)[0] == 'x') {
        ((Number *)self)->n = value != NULL ? PyInt_AsLong(value) : -2;
        return PyErr_Occurred() ? -1 : 0;
    }
    return PyObject_GenericSetAttr(self, name, value);
}

static PyMemberDef number_members[] = {
    {"n", T_LONG, offsetof(Number, n), 0, "the number"},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject fallback_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Fallback",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_getattro = fallback_getattro,
    .tp_setattro = fallback_setattro,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_members = number_members,
    .tp_new = number_new,
};

/* ---- A dictionary of its own ---- */

typedef struct {
    PyObject_HEAD
    PyObject *dict;
    long n;
} Bag;

static void
bag_dealloc(PyObject *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(((Bag *)self)->dict);
    Py_TYPE(self)->tp_free(self);
}

static int
bag_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Bag *)self)->dict);
    return 0;
}

static int
bag_clear(PyObject *self)
{
    Py_CLEAR(((Bag *)self)->dict);
    return 0;
}

static PyObject *
bag_names(PyObject *self, PyObject *unused)
{
    PyObject *dict = ((Bag *)self)->dict, *names;
    (void)unused;
    if (dict == NULL) {
        Py_RETURN_NONE;
    }
    names = PyDict_Keys(dict);
    if (names != NULL) {
        PyList_Sort(names);
    }
    return names;
}

static PyObject *
bag_put(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *value;
    if (!PyArg_ParseTuple(args, "sO", &name, &value)) {
        return NULL;
    }
    if (PyObject_SetAttrString(self, name, value) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef bag_methods[] = {
    {"names", bag_names, METH_NOARGS, NULL},
    {"put", bag_put, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* A dictionary in the object is no attribute yet. */
static PyObject *
bag_dict(PyObject *self, void *closure)
{
    Bag *bag = (Bag *)self;
    (void)closure;
    if (bag->dict == NULL && (bag->dict = PyDict_New()) == NULL) {
        return NULL;
    }
    Py_INCREF(bag->dict);
    return bag->dict;
}

static PyGetSetDef bag_getsets[] = {
    {"__dict__", bag_dict, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject bag_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Bag",
    .tp_basicsize = sizeof(Bag),
    .tp_dealloc = bag_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = bag_traverse,
    .tp_clear = bag_clear,
    .tp_methods = bag_methods,
    .tp_getset = bag_getsets,
    .tp_dictoffset = offsetof(Bag, dict),
    .tp_new = log_new,
};

/* ---- Members ---- */

typedef struct {
    PyObject_HEAD
    short t_short;
    int t_int;
    long t_long;
    float t_float;
    double t_double;
    char *t_string;
    PyObject *t_object;
    PyObject *t_object_ex;
    char t_char;
    signed char t_byte;
    char t_bool;
    unsigned char t_ubyte;
    unsigned short t_ushort;
    unsigned int t_uint;
    unsigned long t_ulong;
    long long t_longlong;
    unsigned long long t_ulonglong;
    Py_ssize_t t_ssize;
    char t_inplace[12];
} Members;

static PyObject *
members_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Members *self = (Members *)type->tp_alloc(type, 0);
    (void)args;
    (void)kwargs;
    if (self != NULL) {
        self->t_string = "a string";
        self->t_char = 'c';
        strcpy(self->t_inplace, "in place");
    }
    return (PyObject *)self;
}

static void
members_dealloc(PyObject *self)
{
    Py_XDECREF(((Members *)self)->t_object);
    Py_XDECREF(((Members *)self)->t_object_ex);
    Py_TYPE(self)->tp_free(self);
}

#define MEMBER(type, name) {#name, type, offsetof(Members, name), 0, NULL}
static PyMemberDef members_members[] = {
    MEMBER(T_SHORT, t_short),
    MEMBER(T_INT, t_int),
    MEMBER(T_LONG, t_long),
    MEMBER(T_FLOAT, t_float),
    MEMBER(T_DOUBLE, t_double),
    MEMBER(T_STRING, t_string),
    MEMBER(T_OBJECT, t_object),
    MEMBER(T_OBJECT_EX, t_object_ex),
    MEMBER(T_CHAR, t_char),
    MEMBER(T_BYTE, t_byte),
    MEMBER(T_BOOL, t_bool),
    MEMBER(T_UBYTE, t_ubyte),
    MEMBER(T_USHORT, t_ushort),
    MEMBER(T_UINT, t_uint),
    MEMBER(T_ULONG, t_ulong),
    MEMBER(T_LONGLONG, t_longlong),
    MEMBER(T_ULONGLONG, t_ulonglong),
    MEMBER(T_PYSSIZET, t_ssize),
    MEMBER(T_STRING_INPLACE, t_inplace),
    {"ro", T_INT, offsetof(Members, t_int), READONLY, "t_int, only to be read"},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject members_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Members",
    .tp_basicsize = sizeof(Members),
    .tp_dealloc = members_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = members_members,
    .tp_new = members_new,
};

/* ---- Getsets and methods of all kinds ---- */

static PyObject *
get_n(PyObject *self, void *closure)
{
    long n = ((Number *)self)->n;
    if (n == 13) {
        PyErr_SetString(PyExc_RuntimeError, "13 is not got");
        return NULL;
    }
    return PyString_FromFormat("%ld %s", n, closure != NULL ? (char *)closure : "-");
}

static int
set_n(PyObject *self, PyObject *value, void *closure)
{
    (void)closure;
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "n stays");
        return -1;
    }
    ((Number *)self)->n = PyInt_AsLong(value);
    return PyErr_Occurred() ? -1 : 0;
}

static PyGetSetDef kinds_getsets[] = {
    {"both", get_n, set_n, "read and written", "closure"},
    {"only_get", get_n, NULL, NULL, NULL},
    {"only_set", NULL, set_n, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *
show_call(const char *name, PyObject *self, PyObject *args, PyObject *kwargs)
{
    const char *who = self == NULL                             ? "NULL"
                      : PyType_Check(self)                     ? ((PyTypeObject *)self)->tp_name
                                                               : Py_TYPE(self)->tp_name;
    return Py_BuildValue("ssOO", name, who, args != NULL ? args : Py_None,
                         kwargs != NULL ? kwargs : Py_None);
}

static PyObject *
kinds_varargs(PyObject *self, PyObject *args)
{
    return show_call("varargs", self, args, NULL);
}

static PyObject *
kinds_keywords(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return show_call("keywords", self, args, kwargs);
}

static PyObject *
kinds_noargs(PyObject *self, PyObject *args)
{
    return show_call("noargs", self, args, NULL);
}

static PyObject *
kinds_one(PyObject *self, PyObject *arg)
{
    return show_call("one", self, arg, NULL);
}

static PyObject *
kinds_old(PyObject *self, PyObject *args)
{
    return show_call("old", self, args, NULL);
}

static PyObject *
kinds_class(PyObject *self, PyObject *args)
{
    return show_call("class", self, args, NULL);
}

static PyObject *
kinds_static(PyObject *self, PyObject *args)
{
    return show_call("static", self, args, NULL);
}

static PyObject *
kinds_contains(PyObject *self, PyObject *arg)
{
    return show_call("coexist", self, arg, NULL);
}

static PyMethodDef kinds_methods[] = {
    {"varargs", kinds_varargs, METH_VARARGS, "takes any"},
    {"keywords", (PyCFunction)(void (*)(void))kinds_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {"noargs", kinds_noargs, METH_NOARGS, NULL},
    {"one", kinds_one, METH_O, NULL},
    {"old", kinds_old, METH_OLDARGS, NULL},
    {"of_class", kinds_class, METH_VARARGS | METH_CLASS, NULL},
    {"of_class_one", kinds_class, METH_O | METH_CLASS, NULL},
    {"of_none", kinds_static, METH_VARARGS | METH_STATIC, NULL},
    {"of_none_noargs", kinds_static, METH_NOARGS | METH_STATIC, NULL},
    {"__contains__", kinds_contains, METH_O | METH_COEXIST, NULL},
    {"__getitem__", kinds_contains, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static int
kinds_sq_contains(PyObject *self, PyObject *value)
{
    (void)self;
    (void)value;
    return 1;
}

static PySequenceMethods kinds_sequence = {.sq_contains = kinds_sq_contains};

static PyTypeObject kinds_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Kinds",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_as_sequence = &kinds_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = kinds_methods,
    .tp_getset = kinds_getsets,
    .tp_new = number_new,
};

/* ---- Making instances ---- */

static int
init_only_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"n", NULL};
    return PyArg_ParseTupleAndKeywords(args, kwargs, "l", names, &((Number *)self)->n) ? 0 : -1;
}

static PyTypeObject init_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Init",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_members = number_members,
    .tp_init = init_only_init,
    .tp_new = PyType_GenericNew,
};

static PyTypeObject no_new_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.NoNew",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = number_members,
};

/* tp_new returns what it likes. */
static PyObject *
any_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    long n = 0;
    (void)kwargs;
    if (!PyArg_ParseTuple(args, "|l", &n)) {
        return NULL;
    }
    return n < 10 ? PyInt_FromLong(n) : new_number(type, n);
}

static int
any_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    (void)args;
    (void)kwargs;
    ((Number *)self)->n++;
    return 0;
}

static PyTypeObject any_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Any",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_members = number_members,
    .tp_init = any_init,
    .tp_new = any_new,
};

/* ---- Inheritance: three levels ---- */

static PyObject *
base_name(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyString_FromFormat("base %s %ld", Py_TYPE(self)->tp_name, ((Number *)self)->n);
}

static PyObject *
middle_name(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyString_FromFormat("middle %s %ld", Py_TYPE(self)->tp_name, ((Number *)self)->n);
}

static PyMethodDef base_methods[] = {
    {"name", base_name, METH_NOARGS, NULL},
    {"base_name", base_name, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMethodDef middle_methods[] = {
    {"name", middle_name, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyObject *
base_add(PyObject *v, PyObject *w)
{
    return PyString_FromFormat("base add %s %s", Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
}

static PyObject *
base_subtract(PyObject *v, PyObject *w)
{
    return PyString_FromFormat("base subtract %s %s", Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
}

static PyObject *
top_add(PyObject *v, PyObject *w)
{
    return PyString_FromFormat("top add %s %s", Py_TYPE(v)->tp_name, Py_TYPE(w)->tp_name);
}

static Py_ssize_t
base_length(PyObject *self)
{
    return ((Number *)self)->n;
}

static PyObject *
base_repr(PyObject *self)
{
    return PyString_FromFormat("<%s %ld>", Py_TYPE(self)->tp_name, ((Number *)self)->n);
}

static PyNumberMethods base_number = {.nb_add = base_add, .nb_subtract = base_subtract};
static PySequenceMethods base_sequence = {.sq_length = base_length};
static PyNumberMethods top_number = {.nb_add = top_add};

static PyTypeObject base_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Base",
    .tp_basicsize = sizeof(Number),
    .tp_dealloc = number_dealloc,
    .tp_repr = base_repr,
    .tp_hash = act_hash,
    .tp_richcompare = act_richcompare,
    .tp_as_number = &base_number,
    .tp_as_sequence = &base_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_CHECKTYPES,
    .tp_methods = base_methods,
    .tp_members = number_members,
    .tp_new = number_new,
};

typedef struct {
    Number number;
    long more;
} Middle;

static PyMemberDef middle_members[] = {
    {"more", T_LONG, offsetof(Middle, more), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject middle_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Middle",
    .tp_basicsize = sizeof(Middle),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_CHECKTYPES,
    .tp_methods = middle_methods,
    .tp_members = middle_members,
    .tp_base = &base_type,
};

static PyTypeObject top_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.Top",
    .tp_basicsize = sizeof(Middle),
    .tp_as_number = &top_number,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_CHECKTYPES,
    .tp_base = &middle_type,
};

/* ---- A type that is never made ready ---- */

static PyObject *
unready_method(PyObject *self, PyObject *args)
{
    return Py_BuildValue("lO", ((Number *)self)->n, args);
}

static PyMethodDef unready_methods[] = {
    {"method", unready_method, METH_VARARGS, "a method"},
    {NULL, NULL, 0, NULL},
};

static PyObject *
unready_getattr(PyObject *self, char *name)
{
    if (strcmp(name, "n") == 0) {
        return PyInt_FromLong(((Number *)self)->n);
    }
    return Py_FindMethod(unready_methods, self, name);
}

static void
unready_dealloc(PyObject *self)
{
    PyObject_Del(self);
}

static PyTypeObject unready_type = {
    PyObject_HEAD_INIT(NULL)
    0,
    "Unready",
    sizeof(Number),
    0,
    unready_dealloc,
    0,
    unready_getattr,
    chars_setattr,
    0,
    base_repr,
    &plain_methods,
    &base_sequence,
};

/* ---- Buffers ---- */

typedef struct {
    PyObject_HEAD
    char data[8];
    int views;
} Memory;

static PyObject *
memory_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Memory *self = (Memory *)type->tp_alloc(type, 0);
    (void)args;
    (void)kwargs;
    if (self != NULL) {
        memcpy(self->data, "01234567", 8);
    }
    return (PyObject *)self;
}

static Py_ssize_t
memory_get(PyObject *self, Py_ssize_t segment, void **data)
{
    if (segment != 0) {
        PyErr_SetString(PyExc_SystemError, "no such segment");
        return -1;
    }
    *data = ((Memory *)self)->data;
    return 8;
}

static Py_ssize_t
memory_segments(PyObject *self, Py_ssize_t *length)
{
    (void)self;
    if (length != NULL) {
        *length = 8;
    }
    return 1;
}

static int
memory_view(PyObject *self, Py_buffer *view, int flags)
{
    ((Memory *)self)->views++;
    return PyBuffer_FillInfo(view, self, ((Memory *)self)->data, 8, 0, flags);
}

static void
memory_release(PyObject *self, Py_buffer *view)
{
    (void)view;
    ((Memory *)self)->views--;
}

static PyBufferProcs old_buffer = {
    .bf_getreadbuffer = memory_get,
    .bf_getsegcount = memory_segments,
    .bf_getcharbuffer = (charbufferproc)memory_get,
};

static PyBufferProcs new_buffer = {
    .bf_getreadbuffer = memory_get,
    .bf_getwritebuffer = memory_get,
    .bf_getsegcount = memory_segments,
    .bf_getcharbuffer = (charbufferproc)memory_get,
    .bf_getbuffer = memory_view,
    .bf_releasebuffer = memory_release,
};

static PyMemberDef memory_members[] = {
    {"views", T_INT, offsetof(Memory, views), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyTypeObject old_memory_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.OldMemory",
    .tp_basicsize = sizeof(Memory),
    .tp_as_buffer = &old_buffer,
    .tp_flags = (Py_TPFLAGS_DEFAULT & ~Py_TPFLAGS_HAVE_NEWBUFFER) | Py_TPFLAGS_BASETYPE,
    .tp_members = memory_members,
    .tp_new = memory_new,
};

static PyTypeObject new_memory_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "defined_types.NewMemory",
    .tp_basicsize = sizeof(Memory),
    .tp_as_buffer = &new_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_NEWBUFFER | Py_TPFLAGS_BASETYPE,
    .tp_members = memory_members,
    .tp_new = memory_new,
};

/* ---- The binary does it itself ---- */

static PyObject *
api(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *v, *w = NULL;
    int result;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO|O", &name, &v, &w)) {
        return NULL;
    }
    if (strcmp(name, "add") == 0) {
        return PyNumber_Add(v, w);
    }
    if (strcmp(name, "iadd") == 0) {
        return PyNumber_InPlaceAdd(v, w);
    }
    if (strcmp(name, "sub") == 0) {
        return PyNumber_Subtract(v, w);
    }
    if (strcmp(name, "div") == 0) {
        return PyNumber_Divide(v, w);
    }
    if (strcmp(name, "truediv") == 0) {
        return PyNumber_TrueDivide(v, w);
    }
    if (strcmp(name, "pow") == 0) {
        return PyNumber_Power(v, w, Py_None);
    }
    if (strcmp(name, "int") == 0) {
        return PyNumber_Int(v);
    }
    if (strcmp(name, "long") == 0) {
        return PyNumber_Long(v);
    }
    if (strcmp(name, "float") == 0) {
        return PyNumber_Float(v);
    }
    if (strcmp(name, "str") == 0) {
        return PyObject_Str(v);
    }
    if (strcmp(name, "repr") == 0) {
        return PyObject_Repr(v);
    }
    if (strcmp(name, "unicode") == 0) {
        return PyObject_Unicode(v);
    }
    if (strcmp(name, "cmp") == 0) {
        result = PyObject_Compare(v, w);
        return PyErr_Occurred() ? NULL : PyInt_FromLong(result);
    }
    if (strcmp(name, "eq") == 0) {
        return PyObject_RichCompare(v, w, Py_EQ);
    }
    if (strcmp(name, "lt") == 0) {
        return PyObject_RichCompare(v, w, Py_LT);
    }
    if (strcmp(name, "hash") == 0) {
        long hash = PyObject_Hash(v);
        return hash == -1 && PyErr_Occurred() ? NULL : PyInt_FromLong(hash);
    }
    if (strcmp(name, "true") == 0) {
        result = PyObject_IsTrue(v);
        return result < 0 ? NULL : PyInt_FromLong(result);
    }
    if (strcmp(name, "len") == 0) {
        Py_ssize_t length = PyObject_Size(v);
        return length < 0 ? NULL : PyInt_FromSsize_t(length);
    }
    if (strcmp(name, "getitem") == 0) {
        return PyObject_GetItem(v, w);
    }
    if (strcmp(name, "list") == 0) {
        return PySequence_List(v);
    }
    if (strcmp(name, "getattr") == 0) {
        return PyObject_GetAttr(v, w);
    }
    if (strcmp(name, "call") == 0) {
        return PyObject_CallFunctionObjArgs(v, w, NULL);
    }
    if (strcmp(name, "iter") == 0) {
        return PyObject_GetIter(v);
    }
    if (strcmp(name, "type") == 0) {
        return PyString_FromString(Py_TYPE(v)->tp_name);
    }
    if (strcmp(name, "mro") == 0) {
        Py_INCREF(((PyTypeObject *)v)->tp_mro);
        return ((PyTypeObject *)v)->tp_mro;
    }
    PyErr_SetString(PyExc_ValueError, name);
    return NULL;
}

static PyObject *
make_unready(PyObject *self, PyObject *arg)
{
    (void)self;
    return new_number(&unready_type, PyInt_AsLong(arg));
}

static PyObject *
make_no_new(PyObject *self, PyObject *arg)
{
    (void)self;
    return new_number(&no_new_type, PyInt_AsLong(arg));
}

/* Put into, or delete from, a type's dictionary. */
static PyObject *
constant(PyObject *self, PyObject *args)
{
    PyTypeObject *type;
    char *name;
    PyObject *value = NULL;
    int status;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!s|O", &PyType_Type, &type, &name, &value)) {
        return NULL;
    }
    /* Of such a type 2.7 remembers what it has found, until it is told. */
    type->tp_flags |= Py_TPFLAGS_HAVE_VERSION_TAG;
    status = value != NULL ? PyDict_SetItemString(type->tp_dict, name, value)
                           : PyDict_DelItemString(type->tp_dict, name);
    PyType_Modified(type);
    if (status < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef functions[] = {
    {"api", api, METH_VARARGS, NULL},
    {"unready", make_unready, METH_O, NULL},
    {"no_new", make_no_new, METH_O, NULL},
    {"constant", constant, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject *const all_types[] = {
    &base_type, &middle_type, &num_type, &other_type, &old_type, &plain_type, &seq_type,
    &item_type, &map_type, &act_type, &iter_type, &countdown_type, &descr_type,
    &getter_type, &chars_type, &fallback_type, &bag_type, &members_type, &kinds_type,
    &init_type, &no_new_type, &any_type, &top_type, &old_memory_type, &new_memory_type,
};

PyMODINIT_FUNC
initdefined_types(void)
{
    PyObject *module = Py_InitModule("defined_types", functions);
    size_t i;
    PyObject *value;
    if (module == NULL) {
        return;
    }
    Py_TYPE(&unready_type) = &PyType_Type;
    base_type.tp_dict = PyDict_New();
    value = PyInt_FromLong(1);
    PyDict_SetItemString(base_type.tp_dict, "BEFORE", value);
    PyDict_SetItemString(base_type.tp_dict, "base_name", value);
    Py_DECREF(value);
    for (i = 0; i < sizeof all_types / sizeof all_types[0]; i++) {
        if (PyType_Ready(all_types[i]) < 0) {
            return;
        }
        Py_INCREF(all_types[i]);
        PyModule_AddObject(module, strchr(all_types[i]->tp_name, '.') + 1,
                           (PyObject *)all_types[i]);
    }
    value = PyString_FromString("after");
    PyDict_SetItemString(base_type.tp_dict, "AFTER", value);
    Py_DECREF(value);
}
