/* Types of a binary that are derived from the number types: the base's slots work
 * on their instances, which have fields of their own behind the number.  The types
 * take what they need from their bases by hand. */

#include "../numbers.h"

typedef struct {
    PyIntObject number;
    long extra;
} Count;

typedef struct {
    PyFloatObject number;
    long extra;
} Length;

typedef struct {
    PyComplexObject number;
    long extra;
} Point;

static PyTypeObject count_type, length_type, point_type, big_type;

static int gone;

static void
dealloc(PyObject *self)
{
    gone++;
    Py_TYPE(self)->tp_base->tp_dealloc(self);
}

static void
prepare(PyTypeObject *type, const char *name, PyTypeObject *base, size_t size)
{
    type->ob_refcnt = 1;
    type->tp_name = name;
    type->tp_base = base;
    type->tp_basicsize = (Py_ssize_t)size;
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE;
    type->tp_dealloc = dealloc;
    type->ob_type = &PyType_Type;
    type->tp_flags |= base->tp_flags & (Py_TPFLAGS_INT_SUBCLASS | Py_TPFLAGS_LONG_SUBCLASS);
    type->tp_itemsize = base->tp_itemsize;
    type->tp_as_number = base->tp_as_number;
    type->tp_repr = base->tp_repr;
    type->tp_str = base->tp_str;
    type->tp_hash = base->tp_hash;
    type->tp_compare = base->tp_compare;
    type->tp_richcompare = base->tp_richcompare;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_free = PyObject_Del;
    say("%s: compare %d, richcompare %d, itemsize %zd, basicsize %zd\n", name,
        type->tp_compare != NULL, type->tp_richcompare != NULL, type->tp_itemsize,
        base->tp_basicsize);
}

static void
use(PyTypeObject *type, const char *text)
{
    PyObject *value = value_of(text), *args = PyTuple_Pack(1, value);
    PyObject *made = type->tp_base->tp_new(type, args, NULL), *other;
    PyNumberMethods *number;
    say("%s from %s: ", type->tp_name, text);
    Py_DECREF(args);
    if (made == NULL) {
        say_error();
        say("\n");
        Py_DECREF(value);
        return;
    }
    Py_INCREF(made);
    say_object(made);
    say(" type %d, count %d, hash %ld ", Py_TYPE(made) == type, (int)made->ob_refcnt,
        Py_TYPE(made)->tp_hash(made));
    number = type->tp_base->tp_as_number;
    say_object(number->nb_add(made, value));
    say(" ");
    say_object(number->nb_multiply(value, made));
    say(" ");
    say_object(number->nb_positive(made));
    say(" ");
    say_object(number->nb_absolute(made));
    say(" ");
    say_object(number->nb_int(made));
    say(" ");
    if (number->nb_long != NULL) {
        say_object(number->nb_long(made));
    }
    say(" ");
    say_object(number->nb_float(made));
    say(" ");
    if (number->nb_index != NULL) {
        say_object(number->nb_index(made));
    }
    say(" ");
    other = type->tp_base->tp_str(made);
    say("%s, nonzero %d", PyString_AS_STRING(other), number->nb_nonzero(made));
    Py_DECREF(other);
    if (PyInt_Check(made)) {
        say(", as long %ld", PyInt_AsLong(made));
    }
    if (PyFloat_Check(made)) {
        say(", as double %g", PyFloat_AsDouble(made));
    }
    /* Made from one of its own kind. */
    args = PyTuple_Pack(1, made);
    say(" ");
    say_object(type->tp_base->tp_new(type->tp_base, args, NULL));
    Py_DECREF(args);
    say("\n");
    Py_DECREF(made);
    Py_DECREF(value);
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char *const texts[] = {"0", "5", "-1", "300", "9223372036854775807", "7L", "1.5",
                                        "'12",
                                        "123456789012345678901L", "'x", "2j", "True"};
    PyObject *made;
    int i;
    (void)self;
    (void)unused;
    prepare(&count_type, "number_subtypes.Count", &PyInt_Type, sizeof(Count));
    prepare(&length_type, "number_subtypes.Length", &PyFloat_Type, sizeof(Length));
    prepare(&point_type, "number_subtypes.Point", &PyComplex_Type, sizeof(Point));
    prepare(&big_type, "number_subtypes.Big", &PyLong_Type, (size_t)PyLong_Type.tp_basicsize);
    for (i = 0; i < COUNT(texts); i++) {
        use(&count_type, texts[i]);
        use(&length_type, texts[i]);
        use(&point_type, texts[i]);
        use(&big_type, texts[i]);
    }
    say("%d gone\n", gone);

    /* As C code fills them that does not call tp_new. */
    made = count_type.tp_alloc(&count_type, 0);
    ((Count *)made)->number.ob_ival = 1234;
    ((Count *)made)->extra = 99;
    say_object(PyInt_Type.tp_as_number->nb_subtract(made, made));
    say(" ");
    say_object(PyInt_Type.tp_repr(made));
    say(" ");
    say_object(made);
    made = length_type.tp_alloc(&length_type, 0);
    ((Length *)made)->number.ob_fval = 12.5;
    say(" ");
    say_object(made);
    made = point_type.tp_alloc(&point_type, 0);
    ((Point *)made)->number.cval.imag = -2;
    say(" ");
    say_object(made);
    made = big_type.tp_alloc(&big_type, 3);
    ((PyLongObject *)made)->ob_digit[2] = 1;
    say(" size %zd ", Py_SIZE(made));
    say_object(made);
    say("\n%d gone\n", gone);

    /* No arguments at all. */
    say_object(PyInt_Type.tp_new(&count_type, PyTuple_New(0), NULL));
    say_object(PyFloat_Type.tp_new(&length_type, PyTuple_New(0), NULL));
    say_object(PyLong_Type.tp_new(&big_type, PyTuple_New(0), NULL));
    say_object(PyComplex_Type.tp_new(&point_type, PyTuple_New(0), NULL));
    say("\n");
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initnumber_subtypes(void)
{
    Py_InitModule("number_subtypes", methods);
}
