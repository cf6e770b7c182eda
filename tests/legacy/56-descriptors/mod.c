/* Descriptors: made by hand at first, and by PyType_Ready in the second half. */

#include "generic.h"
#include "structmember.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    int number;
    PyObject *object;
} Thing;

/* ---- What the descriptors are made from ---- */

static PyObject *
tell_call(const char *what, PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *text = PyString_FromFormat("%s(%s", what, self == NULL ? "NULL"
                                         : PyType_Check(self) ? ((PyTypeObject *)self)->tp_name
                                                              : Py_TYPE(self)->tp_name);
    append(&text, PyString_FromString(", "));
    append(&text, args != NULL ? show(args) : PyString_FromString("NULL"));
    if (kwargs != NULL) {
        append(&text, PyString_FromFormat(", %d keywords", (int)PyDict_Size(kwargs)));
    }
    append(&text, PyString_FromString(")"));
    return text;
}

static PyObject *
old(PyObject *self, PyObject *args)
{
    return tell_call("old", self, args, NULL);
}

static PyObject *
noargs(PyObject *self, PyObject *args)
{
    return tell_call("noargs", self, args, NULL);
}

static PyObject *
one(PyObject *self, PyObject *args)
{
    return tell_call("one", self, args, NULL);
}

static PyObject *
many(PyObject *self, PyObject *args)
{
    return tell_call("many", self, args, NULL);
}

static PyObject *
named(PyObject *self, PyObject *args, PyObject *kwargs)
{
    return tell_call("named", self, args, kwargs);
}

static PyObject *
get_it(PyObject *self, void *closure)
{
    PyObject *none = closure != NULL ? PyDict_New() : NULL;
    PyObject *text = tell_call("get_it", self, NULL, none);
    Py_XDECREF(none);
    return text;
}

static int
set_it(PyObject *self, PyObject *value, void *closure)
{
    if (value == NULL) {
        PyErr_Format(PyExc_ValueError, "deleted from a %s", Py_TYPE(self)->tp_name);
        return -1;
    }
    ((Thing *)self)->number = (int)PyInt_AsLong(value);
    return PyErr_Occurred() != NULL ? -1 : 0;
}

static PyObject *
wrap(PyObject *self, PyObject *args, void *wrapped)
{
    return tell_call((const char *)wrapped, self, args, NULL);
}

static PyObject *
wrap_named(PyObject *self, PyObject *args, void *wrapped, PyObject *kwargs)
{
    return tell_call((const char *)wrapped, self, args, kwargs);
}

static PyMethodDef own_methods[] = {
    {"old", old, METH_OLDARGS, "Doc of old."},
    {"noargs", noargs, METH_NOARGS, NULL},
    {"one", one, METH_O, ""},
    {"many", many, METH_VARARGS, NULL},
    {"named", (PyCFunction)named, METH_VARARGS | METH_KEYWORDS, NULL},
    {"of_class", many, METH_VARARGS | METH_CLASS, "Doc of of_class."},
    {"of_none", many, METH_VARARGS | METH_STATIC, NULL},
    {"__len__", noargs, METH_NOARGS | METH_COEXIST, NULL},
    {"__repr__", noargs, METH_NOARGS, "not used"},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef own_members[] = {
    {"number", T_INT, offsetof(Thing, number), 0, "Doc of number."},
    {"fixed", T_INT, offsetof(Thing, number), READONLY, NULL},
    {"object", T_OBJECT, offsetof(Thing, object), 0, NULL},
    {"object_ex", T_OBJECT_EX, offsetof(Thing, object), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef own_getsets[] = {
    {"both", get_it, set_it, "Doc of both.", own_members},
    {"readonly", get_it, NULL, NULL, NULL},
    {"writeonly", NULL, set_it, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static struct wrapperbase bases[] = {
    {"__plain__", 0, NULL, wrap, "Doc of plain.", 0, NULL},
    {"__named__", 0, NULL, (wrapperfunc)wrap_named, NULL, PyWrapperFlag_KEYWORDS, NULL},
};

/* ---- Types ---- */

static void
thing_dealloc(PyObject *self)
{
    Py_XDECREF(((Thing *)self)->object);
    PyObject_Del(self);
}

#define TYPE(symbol, name)                                                                        \
    static PyTypeObject symbol = {                                                                \
        PyVarObject_HEAD_INIT(NULL, 0)                                                            \
        .tp_name = name,                                                                          \
        .tp_basicsize = sizeof(Thing),                                                            \
        .tp_dealloc = thing_dealloc,                                                              \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                     \
    };
TYPE(Thing_Type, "descriptors.Thing")
TYPE(Derived_Type, "descriptors.Derived")
TYPE(Other_Type, "descriptors.Other")

static PyObject *objects[3], *descriptors[16];

static PyObject *
new_thing(PyTypeObject *type)
{
    Thing *thing = PyObject_New(Thing, type);
    thing->number = 5;
    thing->object = NULL;
    return (PyObject *)thing;
}

static PyObject *
make(PyObject *self, PyObject *unused)
{
    int i, n = 0;
    for (i = 0; i < 3; i++) {
        Py_CLEAR(objects[i]); /* of a former run */
    }
    for (i = 0; i < 16; i++) {
        Py_CLEAR(descriptors[i]);
    }
    Py_TYPE(&Thing_Type) = Py_TYPE(&Derived_Type) = Py_TYPE(&Other_Type) = &PyType_Type;
    Derived_Type.tp_base = &Thing_Type;
    objects[0] = new_thing(&Thing_Type);
    objects[1] = new_thing(&Derived_Type);
    objects[2] = new_thing(&Other_Type);
    for (i = 0; i < 5; i++) {
        descriptors[n++] = PyDescr_NewMethod(&Thing_Type, &own_methods[i]);
    }
    descriptors[n++] = PyDescr_NewClassMethod(&Thing_Type, &own_methods[5]);
    for (i = 0; i < 4; i++) {
        descriptors[n++] = PyDescr_NewMember(&Thing_Type, &own_members[i]);
    }
    for (i = 0; i < 3; i++) {
        descriptors[n++] = PyDescr_NewGetSet(&Thing_Type, &own_getsets[i]);
    }
    for (i = 0; i < 2; i++) {
        descriptors[n++] = PyDescr_NewWrapper(&Thing_Type, &bases[i], "wrapped");
    }
    for (i = 0; i < n; i++) {
        if (descriptors[i] == NULL) {
            return NULL;
        }
    }
    return PyInt_FromLong(n);
}

/* ---- What is done with them ---- */

/* Arguments that cannot come from Python are said by a letter. */
static PyObject *
stand_for(PyObject *argument)
{
    char letter = '\0';
    PyObject *object = argument;
    if (PyString_Check(argument) && PyString_GET_SIZE(argument) == 2
        && PyString_AS_STRING(argument)[0] == '@') {
        letter = PyString_AS_STRING(argument)[1];
    }
    switch (letter) {
    case 't': object = objects[0]; break;
    case 'd': object = objects[1]; break;
    case 'o': object = objects[2]; break;
    case 'T': object = (PyObject *)&Thing_Type; break;
    case 'D': object = (PyObject *)&Derived_Type; break;
    case 'O': object = (PyObject *)&Other_Type; break;
    case '0': return NULL;
    }
    Py_INCREF(object);
    return object;
}

static PyObject *
stand_for_all(PyObject *args, Py_ssize_t from)
{
    PyObject *all = PyTuple_New(PyTuple_GET_SIZE(args) - from);
    Py_ssize_t i;
    for (i = from; i < PyTuple_GET_SIZE(args); i++) {
        PyTuple_SET_ITEM(all, i - from, stand_for(PyTuple_GET_ITEM(args, i)));
    }
    return all;
}

/* Results that are bound to something, without their addresses. */
static PyObject *
show_bound(PyObject *result)
{
    PyObject *text, *self;
    int i;
    for (i = 0; i < 16; i++) {
        if (result != NULL && result == descriptors[i]) {
            Py_DECREF(result);
            return PyString_FromString("itself");
        }
    }
    if (result == NULL || (!PyCFunction_Check(result)
                           && strcmp(Py_TYPE(result)->tp_name, "method-wrapper") != 0)) {
        return show_result(result);
    }
    text = PyString_FromFormat("%s of ", Py_TYPE(result)->tp_name);
    self = PyCFunction_Check(result) ? PyCFunction_GetSelf(result)
                                     : PyObject_GetAttrString(result, "__self__");
    append(&text, self != NULL ? show(self) : PyString_FromString("NULL"));
    append(&text, PyString_FromString(" "));
    if (!PyCFunction_Check(result)) {
        Py_XDECREF(self);
        append(&text, show_result(PyObject_GetAttrString(result, "__name__")));
        append(&text, PyString_FromString(" "));
        append(&text, show_result(PyObject_GetAttrString(result, "__objclass__")));
        append(&text, PyString_FromString(" "));
        append(&text, show_result(PyObject_GetAttrString(result, "__doc__")));
    }
    else {
        append(&text, PyString_FromString(((PyCFunctionObject *)result)->m_ml->ml_name));
    }
    Py_DECREF(result);
    return text;
}

static PyObject *
about(PyObject *self, PyObject *args)
{
    int i;
    PyObject *descriptor, *text, *name;
    static const char *const attributes[] = {"__name__", "__doc__", "__objclass__", "__class__",
                                             "nothing"};
    size_t j;
    if (!PyArg_ParseTuple(args, "i", &i)) {
        return NULL;
    }
    descriptor = descriptors[i];
    text = PyObject_Repr(descriptor);
    append(&text, PyString_FromFormat(" %s data %d", Py_TYPE(descriptor)->tp_name,
                                      PyDescr_IsData(descriptor)));
    for (j = 0; j < sizeof attributes / sizeof attributes[0]; j++) {
        append(&text, PyString_FromString("; "));
        append(&text, show_result(PyObject_GetAttrString(descriptor, attributes[j])));
    }
    for (j = 0; j < sizeof attributes / sizeof attributes[0]; j++) {
        if (j != 3) {
            append(&text, PyString_FromString("; "));
            append(&text, show_number(PyObject_SetAttrString(descriptor, attributes[j], Py_None)));
        }
    }
    append(&text, PyString_FromString("; "));
    append(&text, show_number(PyObject_DelAttrString(descriptor, "__name__")));
    name = ((PyDescrObject *)descriptor)->d_name;
    append(&text, PyString_FromFormat("; interned %d type %d hash %d",
                                      PyString_CHECK_INTERNED(name) != 0,
                                      ((PyDescrObject *)descriptor)->d_type == &Thing_Type,
                                      PyObject_Hash(descriptor) == _Py_HashPointer(descriptor)));
    return text;
}

static PyObject *
get(PyObject *self, PyObject *args)
{
    int i;
    PyObject *object, *type, *text;
    if (!PyArg_ParseTuple(args, "iSS", &i, &object, &type)) {
        return NULL;
    }
    object = stand_for(object);
    type = stand_for(type);
    text = show_bound(Py_TYPE(descriptors[i])->tp_descr_get(descriptors[i], object, type));
    Py_XDECREF(object);
    Py_XDECREF(type);
    return text;
}

static PyObject *
set(PyObject *self, PyObject *args)
{
    int i;
    PyObject *object, *value, *text;
    if (!PyArg_ParseTuple(args, "iSO", &i, &object, &value)) {
        return NULL;
    }
    if (Py_TYPE(descriptors[i])->tp_descr_set == NULL) {
        return PyString_FromString("no data");
    }
    object = stand_for(object);
    value = stand_for(value);
    text = show_number(Py_TYPE(descriptors[i])->tp_descr_set(descriptors[i], object, value));
    append(&text, PyString_FromFormat(" %d", ((Thing *)object)->number));
    Py_XDECREF(object);
    Py_XDECREF(value);
    return text;
}

static PyObject *
call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    int i = (int)PyInt_AsLong(PyTuple_GET_ITEM(args, 0));
    PyObject *all, *text;
    if (Py_TYPE(descriptors[i])->tp_call == NULL) {
        return PyString_FromString("no call");
    }
    all = stand_for_all(args, 1);
    text = show_bound(PyObject_Call(descriptors[i], all, kwargs));
    Py_DECREF(all);
    return text;
}

static PyObject *
call_bound(PyObject *self, PyObject *args, PyObject *kwargs)
{
    /* The same of what a get for an instance gives. */
    int i = (int)PyInt_AsLong(PyTuple_GET_ITEM(args, 0));
    PyObject *all, *bound, *text;
    bound = Py_TYPE(descriptors[i])->tp_descr_get(descriptors[i], objects[1],
                                                  (PyObject *)Py_TYPE(objects[1]));
    if (bound == NULL) {
        return show_error();
    }
    all = stand_for_all(args, 1);
    text = show_result(PyObject_Call(bound, all, kwargs));
    Py_DECREF(all);
    Py_DECREF(bound);
    return text;
}

static PyObject *
wrappers(PyObject *self, PyObject *unused)
{
    /* How bound wrappers compare, hash and may be changed. */
    PyObject *plain = descriptors[13], *other = descriptors[14], *text, *repr;
    PyObject *a = PyWrapper_New(plain, objects[0]), *b = PyWrapper_New(plain, objects[0]);
    PyObject *c = PyWrapper_New(plain, objects[1]), *d = PyWrapper_New(other, objects[0]);
    text = PyString_FromFormat("%d %d %d ", PyObject_Compare(a, b), PyObject_Compare(a, c) != 0,
                               PyObject_Compare(a, d) == (plain < other ? -1 : 1));
    append(&text, show_number(PyObject_RichCompareBool(a, b, Py_EQ)));
    append(&text, show_number(PyObject_RichCompareBool(a, c, Py_EQ)));
    append(&text, show_number(PyObject_RichCompareBool(a, d, Py_NE)));
    append(&text, show_number(PyObject_Hash(a) == PyObject_Hash(b)));
    append(&text, show_number(PyObject_Hash(a) == PyObject_Hash(c)));
    append(&text, PyString_FromString(" "));
    append(&text, show_number(PyObject_SetAttrString(a, "__self__", Py_None)));
    append(&text, PyString_FromString(" "));
    append(&text, show_number(PyObject_DelAttrString(a, "__name__")));
    append(&text, PyString_FromString(" "));
    append(&text, show_result(PyObject_GetAttrString(a, "nothing")));
    repr = PyObject_Repr(a);
    append(&text, PyString_FromFormat(" %d", strncmp(PyString_AS_STRING(repr),
                                                     "<method-wrapper '__plain__' of "
                                                     "descriptors.Thing object at 0x", 61)));
    Py_DECREF(repr);
    Py_DECREF(a);
    Py_DECREF(b);
    Py_DECREF(c);
    Py_DECREF(d);
    return text;
}

static PyObject *
counts(PyObject *self, PyObject *unused)
{
    long before = (long)Py_REFCNT(&Thing_Type), during, after;
    PyObject *descriptor = PyDescr_NewMethod(&Thing_Type, own_methods);
    during = (long)Py_REFCNT(&Thing_Type);
    Py_DECREF(descriptor);
    after = (long)Py_REFCNT(&Thing_Type);
    return PyString_FromFormat("%ld %ld", during - before, after - before);
}

/* ---- Types with all slots ---- */

static PyObject *
tell(const char *what, PyObject *v, PyObject *w, PyObject *x)
{
    PyObject *text = PyString_FromFormat("%s(", what), *rest[] = {v, w, x};
    int i;
    for (i = 0; i < 3; i++) {
        if (rest[i] != NULL) {
            append(&text, PyString_FromString(i > 0 ? ", " : ""));
            append(&text, show(rest[i]));
        }
    }
    append(&text, PyString_FromString(")"));
    return text;
}

/* What a slot that returns a number was called with. */
static PyObject *told;

static int
tell_number(const char *what, PyObject *v, PyObject *w, PyObject *x)
{
    Py_XDECREF(told);
    told = tell(what, v, w, x);
    if (w != NULL && PyInt_CheckExact(w) && PyInt_AS_LONG(w) == 13) {
        PyErr_SetString(PyExc_ValueError, "bad luck");
        return -1;
    }
    return 0;
}

/* The same, which takes w and x over. */
static PyObject *
tell_made(const char *what, PyObject *v, PyObject *w, PyObject *x)
{
    PyObject *text = tell(what, v, w, x);
    Py_XDECREF(w);
    Py_XDECREF(x);
    return text;
}

#define UNARY(slot) \
    static PyObject *slot(PyObject *v) { return tell(#slot, v, NULL, NULL); }
#define BINARY(slot) \
    static PyObject *slot(PyObject *v, PyObject *w) { return tell(#slot, v, w, NULL); }
#define POWER(slot) \
    static PyObject *slot(PyObject *v, PyObject *w, PyObject *x) { return tell(#slot, v, w, x); }
#define INDEX(slot) \
    static PyObject *slot(PyObject *v, Py_ssize_t i) \
    { \
        return tell_made(#slot, v, PyInt_FromSsize_t(i), NULL); \
    }
UNARY(nb_negative) UNARY(nb_positive) UNARY(nb_absolute) UNARY(nb_invert) UNARY(nb_int)
UNARY(nb_long) UNARY(nb_float) UNARY(nb_oct) UNARY(nb_hex) UNARY(nb_index)
BINARY(nb_add) BINARY(nb_subtract) BINARY(nb_multiply) BINARY(nb_divide) BINARY(nb_remainder)
BINARY(nb_divmod) BINARY(nb_lshift) BINARY(nb_rshift) BINARY(nb_and) BINARY(nb_xor) BINARY(nb_or)
BINARY(nb_inplace_add) BINARY(nb_inplace_subtract) BINARY(nb_inplace_multiply)
BINARY(nb_inplace_divide) BINARY(nb_inplace_remainder) BINARY(nb_inplace_lshift)
BINARY(nb_inplace_rshift) BINARY(nb_inplace_and) BINARY(nb_inplace_xor) BINARY(nb_inplace_or)
BINARY(nb_floor_divide) BINARY(nb_true_divide) BINARY(nb_inplace_floor_divide)
BINARY(nb_inplace_true_divide)
POWER(nb_power)
BINARY(sq_concat) BINARY(sq_inplace_concat) BINARY(mp_subscript) BINARY(tp_getattro)
INDEX(sq_repeat) INDEX(sq_inplace_repeat) INDEX(sq_item)
UNARY(tp_repr) UNARY(tp_str) UNARY(tp_iter)
POWER(tp_descr_get)

static PyObject *
nb_inplace_power(PyObject *v, PyObject *w, PyObject *x)
{
    /* Python 2.7's method leaves the third argument to chance. */
    return tell("nb_inplace_power", v, w, NULL);
}

static int
nb_nonzero(PyObject *v)
{
    return 1;
}

static int
nb_coerce(PyObject **v, PyObject **w)
{
    if (!PyInt_Check(*w)) {
        return 1;
    }
    Py_INCREF(*v);
    *w = PyFloat_FromDouble((double)PyInt_AS_LONG(*w));
    return 0;
}

static Py_ssize_t
length(PyObject *v)
{
    return 100;
}

static PyObject *
sq_slice(PyObject *v, Py_ssize_t i, Py_ssize_t j)
{
    return tell_made("sq_slice", v, PyInt_FromSsize_t(i), PyInt_FromSsize_t(j));
}

static int
sq_ass_item(PyObject *v, Py_ssize_t i, PyObject *w)
{
    PyObject *index = PyInt_FromSsize_t(i);
    int status = tell_number("sq_ass_item", v, index, w);
    Py_DECREF(index);
    return status;
}

static int
sq_ass_slice(PyObject *v, Py_ssize_t i, Py_ssize_t j, PyObject *w)
{
    PyObject *start = PyInt_FromSsize_t(i), *end = PyInt_FromSsize_t(j);
    int status = tell_number("sq_ass_slice", start, end, w);
    Py_DECREF(start);
    Py_DECREF(end);
    return status;
}

static int
mp_ass_subscript(PyObject *v, PyObject *w, PyObject *x)
{
    return tell_number("mp_ass_subscript", v, w, x);
}

static int
sq_contains(PyObject *v, PyObject *w)
{
    return tell_number("sq_contains", v, w, NULL) < 0 ? -1 : PyInt_Check(w);
}

static int
tp_compare(PyObject *v, PyObject *w)
{
    return tell_number("tp_compare", v, w, NULL) < 0 ? -1 : 1;
}

static PyObject *
tp_richcompare(PyObject *v, PyObject *w, int operator)
{
    PyObject *number = PyInt_FromLong(operator), *text = tell("tp_richcompare", v, w, number);
    Py_DECREF(number);
    return text;
}

static long
tp_hash(PyObject *v)
{
    return 77;
}

static PyObject *
tp_call(PyObject *v, PyObject *args, PyObject *kwargs)
{
    return tell_call("tp_call", v, args, kwargs);
}

static int
tp_setattro(PyObject *v, PyObject *w, PyObject *x)
{
    return tell_number("tp_setattro", v, w, x);
}

static int
tp_descr_set(PyObject *v, PyObject *w, PyObject *x)
{
    return tell_number("tp_descr_set", v, w, x);
}

static PyObject *
tp_iternext(PyObject *v)
{
    static int calls;
    return calls++ == 0 ? tell("tp_iternext", v, NULL, NULL) : NULL;
}

static int
tp_init(PyObject *v, PyObject *args, PyObject *kwargs)
{
    Py_XDECREF(told);
    told = tell_call("tp_init", v, args, kwargs);
    return 0;
}

static PyObject *
tp_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    return tell_call("tp_new", (PyObject *)type, args, kwargs);
}

#define ROW(slot) .slot = slot
static PyNumberMethods as_number = {
    ROW(nb_negative), ROW(nb_positive), ROW(nb_absolute), ROW(nb_invert), ROW(nb_int),
    ROW(nb_long), ROW(nb_float), ROW(nb_oct), ROW(nb_hex), ROW(nb_index), ROW(nb_add),
    ROW(nb_subtract), ROW(nb_multiply), ROW(nb_divide), ROW(nb_remainder), ROW(nb_divmod),
    ROW(nb_lshift), ROW(nb_rshift), ROW(nb_and), ROW(nb_xor), ROW(nb_or), ROW(nb_inplace_add),
    ROW(nb_inplace_subtract), ROW(nb_inplace_multiply), ROW(nb_inplace_divide),
    ROW(nb_inplace_remainder), ROW(nb_inplace_lshift), ROW(nb_inplace_rshift),
    ROW(nb_inplace_and), ROW(nb_inplace_xor), ROW(nb_inplace_or), ROW(nb_floor_divide),
    ROW(nb_true_divide), ROW(nb_inplace_floor_divide), ROW(nb_inplace_true_divide), ROW(nb_power),
    ROW(nb_inplace_power), ROW(nb_nonzero), ROW(nb_coerce),
};
static PySequenceMethods as_sequence = {
    ROW(sq_concat), ROW(sq_inplace_concat), ROW(sq_repeat), ROW(sq_inplace_repeat), ROW(sq_item),
    ROW(sq_slice), ROW(sq_ass_item), ROW(sq_ass_slice), ROW(sq_contains), .sq_length = length,
};
static PyMappingMethods as_mapping = {
    ROW(mp_subscript), ROW(mp_ass_subscript), .mp_length = length,
};

/* Number takes foreign operands, Mixed does not, as older types do not. */
static PyTypeObject Number_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "descriptors.Number",
    .tp_basicsize = sizeof(Thing),
    .tp_dealloc = (destructor)PyObject_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES,
    .tp_as_number = &as_number,
    .tp_hash = PyObject_HashNotImplemented,
    ROW(tp_richcompare),
    .tp_methods = own_methods,
    .tp_members = own_members,
    .tp_getset = own_getsets,
};
static PyTypeObject Sequence_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "descriptors.Sequence",
    .tp_basicsize = sizeof(Thing),
    .tp_dealloc = (destructor)PyObject_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_sequence = &as_sequence,
    ROW(tp_new),
};
static PyTypeObject Mixed_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "descriptors.Mixed",
    .tp_basicsize = sizeof(Thing),
    .tp_dealloc = (destructor)PyObject_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_number = &as_number,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    ROW(tp_repr), ROW(tp_str), ROW(tp_hash), ROW(tp_call), ROW(tp_getattro), ROW(tp_setattro),
    ROW(tp_compare), ROW(tp_iter), ROW(tp_iternext), ROW(tp_descr_get), ROW(tp_descr_set),
    ROW(tp_init), ROW(tp_new),
};

static struct {
    PyTypeObject *type;
    PyObject *object;
} full[] = {{&Number_Type}, {&Sequence_Type}, {&Mixed_Type}};

static PyObject *
ready(PyObject *self, PyObject *unused)
{
    int i;
    for (i = 0; i < 3; i++) {
        if (PyType_Ready(full[i].type) < 0) {
            return NULL;
        }
        Py_XDECREF(full[i].object); /* of a former run */
        full[i].object = new_thing(full[i].type);
    }
    Py_RETURN_NONE;
}

static PyObject *
names(PyObject *self, PyObject *args)
{
    /* What a type's dictionary has, with the kinds. */
    PyObject *keys, *text;
    Py_ssize_t i;
    int which;
    if (!PyArg_ParseTuple(args, "i", &which)) {
        return NULL;
    }
    keys = PyDict_Keys(full[which].type->tp_dict);
    if (keys == NULL || PyList_Sort(keys) < 0) {
        Py_XDECREF(keys);
        return show_error();
    }
    text = PyString_FromString("");
    for (i = 0; i < PyList_GET_SIZE(keys); i++) {
        PyObject *key = PyList_GET_ITEM(keys, i);
        append(&text, PyString_FromFormat("%s%s %s", i > 0 ? ", " : "", PyString_AS_STRING(key),
                                          Py_TYPE(PyDict_GetItem(full[which].type->tp_dict, key))
                                              ->tp_name));
    }
    Py_DECREF(keys);
    return text;
}

static PyObject *
use(PyObject *self, PyObject *args, PyObject *kwargs)
{
    /* Call an attribute of a type with an instance and more arguments; of @s the
     * instance itself is meant again, and of @S the type. */
    int which = (int)PyInt_AsLong(PyTuple_GET_ITEM(args, 0)), i;
    PyObject *name = PyTuple_GET_ITEM(args, 1), *method, *all, *text;
    method = PyDict_GetItem(full[which].type->tp_dict, name);
    if (method == NULL) {
        return PyString_FromString("none");
    }
    all = stand_for_all(args, 1);
    Py_INCREF(full[which].object);
    Py_DECREF(PyTuple_GET_ITEM(all, 0));
    PyTuple_SET_ITEM(all, 0, full[which].object);
    for (i = 1; i < PyTuple_GET_SIZE(all); i++) {
        PyObject *item = PyTuple_GET_ITEM(all, i);
        if (PyString_Check(item) && PyString_GET_SIZE(item) == 2
            && PyString_AS_STRING(item)[0] == '@') {
            PyObject *meant = PyString_AS_STRING(item)[1] == 's' ? full[which].object
                                                                 : (PyObject *)full[which].type;
            Py_INCREF(meant);
            Py_DECREF(item);
            PyTuple_SET_ITEM(all, i, meant);
        }
    }
    if (PyCFunction_Check(method)) { /* __new__ */
        PyObject *rest = PyTuple_GetSlice(all, 1, PyTuple_GET_SIZE(all));
        Py_DECREF(all);
        all = rest;
    }
    told = NULL;
    text = show_result(PyObject_Call(method, all, kwargs));
    if (told != NULL) {
        append(&text, PyString_FromString(" "));
        append(&text, told);
        told = NULL;
    }
    Py_DECREF(all);
    return text;
}

static PyObject *
docs(PyObject *self, PyObject *unused)
{
    /* That wrappers have what is read of them inline. */
    PyObject *text = PyString_FromString("");
    int i;
    for (i = 0; i < 3; i++) {
        PyObject *key, *value;
        Py_ssize_t at = 0;
        int count = 0, good = 0;
        while (PyDict_Next(full[i].type->tp_dict, &at, &key, &value)) {
            if (Py_TYPE(value) == &PyWrapperDescr_Type) {
                struct wrapperbase base = *((PyWrapperDescrObject *)value)->d_base;
                count++;
                good += strcmp(base.name, PyString_AS_STRING(key)) == 0 && base.doc != NULL
                        && strstr(base.doc, base.name) != NULL && base.wrapper != NULL
                        && PyString_CHECK_INTERNED(base.name_strobj)
                        && ((PyWrapperDescrObject *)value)->d_wrapped != NULL
                        && ((PyWrapperDescrObject *)value)->d_type == full[i].type;
            }
        }
        append(&text, PyString_FromFormat("%d of %d; ", good, count));
    }
    return text;
}

static PyMethodDef methods[] = {
    {"make", make, METH_NOARGS, NULL},
    {"about", about, METH_VARARGS, NULL},
    {"get", get, METH_VARARGS, NULL},
    {"set", set, METH_VARARGS, NULL},
    {"call", (PyCFunction)call, METH_VARARGS | METH_KEYWORDS, NULL},
    {"call_bound", (PyCFunction)call_bound, METH_VARARGS | METH_KEYWORDS, NULL},
    {"wrappers", wrappers, METH_NOARGS, NULL},
    {"counts", counts, METH_NOARGS, NULL},
    {"ready", ready, METH_NOARGS, NULL},
    {"names", names, METH_VARARGS, NULL},
    {"docs", docs, METH_NOARGS, NULL},
    {"use", (PyCFunction)use, METH_VARARGS | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initdescriptors(void)
{
    Py_InitModule("descriptors", methods);
}
