/* Many numbers, the same ones wherever this runs: for each operation a checksum of
 * all its results as text. */

#include "../numbers.h"

static PY_UINT64_T state;

/* A row of numbers that looks random. */
static PY_UINT64_T
next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static PY_UINT64_T sum;

static void
add_text(const char *text)
{
    for (; *text != '\0'; text++) {
        sum = (sum ^ (unsigned char)*text) * 1099511628211ULL;
    }
}

/* A result, taken over. */
static void
add_object(PyObject *object)
{
    PyObject *text, *type, *value, *traceback;
    if (object == NULL) {
        PyErr_Fetch(&type, &value, &traceback);
        add_text(strrchr(((PyTypeObject *)type)->tp_name, '.') + 1);
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(traceback);
        return;
    }
    text = PyLong_Check(object) ? _PyLong_Format(object, 16, 1,
                                                 0) : Py_TYPE(object)->tp_repr(object);
    add_text(PyString_AS_STRING(text));
    Py_DECREF(text);
    Py_DECREF(object);
}

/* A long of up to most digits; many have all bits alike in some of them. */
static PyObject *
make_long(int most)
{
    int i, count = (int)(next() % (unsigned)(most + 1)), kind = (int)(next() % 4);
    PyLongObject *made = _PyLong_New(count);
    for (i = 0; i < count; i++) {
        PY_UINT64_T bits = next();
        made->ob_digit[i] = (digit)((kind == 0   ? bits
                                     : kind == 1 ? (bits & 64 ? PyLong_MASK : 0)
                                     : kind == 2 ? (bits & 192 ? 0 : (digit)1 << (bits >> 8) % 30)
                                                 : (bits & 192 ? PyLong_MASK : bits >> 8))
                                    & PyLong_MASK);
    }
    if (count > 0 && made->ob_digit[count - 1] == 0) {
        made->ob_digit[count - 1] = 1;
    }
    if (next() & 1) {
        Py_SIZE(made) = -Py_SIZE(made);
    }
    return (PyObject *)made;
}

static double
make_double(int i)
{
    PY_UINT64_T bits = next();
    double value;
    if (i < 2098) {
        return ldexp(1.0, i - 1074);
    }
    switch (i % 6) {
    case 0:
        memcpy(&value, &bits, sizeof value);
        return value - value == 0 ? value : 1.25;
    case 1:
        return (double)(bits % 10000000) / 1000;
    case 2:
        return (double)(bits % 100000000) * 1e-12;
    case 3:
        return ((double)(bits % 20000) - 10000) / 128;
    case 4:
        return (double)(long)bits;
    default:
        return (double)(bits >> 11) / 9007199254740992.0;
    }
}

static void
tell(const char *name)
{
    say("%s %016llx\n", name, (unsigned long long)sum);
    sum = 14695981039346656037ULL;
}

#define SLOT(name) {#name, offsetof(PyNumberMethods, nb_##name)}
static const struct {
    const char *name;
    size_t offset;
} binary[] = {
    SLOT(add), SLOT(subtract), SLOT(multiply), SLOT(floor_divide), SLOT(remainder),
    SLOT(true_divide),
    SLOT(and), SLOT(or), SLOT(xor),
}, shifts[] = {
    SLOT(lshift), SLOT(rshift),
}, unary[] = {
    SLOT(negative), SLOT(absolute), SLOT(invert), SLOT(int), SLOT(float),
};

static void
check_longs(int seed, int most, int rounds)
{
    PyNumberMethods *number = PyLong_Type.tp_as_number;
    int i, k;
    for (k = 0; k < COUNT(binary); k++) {
        state = (unsigned)seed;
        for (i = 0; i < rounds; i++) {
            PyObject *a = make_long(most), *b = make_long(i % 2 ? most : most / 2 + 1);
            add_object((*(binaryfunc *)((char *)number + binary[k].offset))(a, b));
            Py_DECREF(a);
            Py_DECREF(b);
        }
        tell(binary[k].name);
    }
    for (k = 0; k < COUNT(shifts); k++) {
        for (i = 0; i < rounds; i++) {
            PyObject *a = make_long(most), *b = PyInt_FromLong((long)(next() % 300));
            add_object((*(binaryfunc *)((char *)number + shifts[k].offset))(a, b));
            Py_DECREF(a);
            Py_DECREF(b);
        }
        tell(shifts[k].name);
    }
    for (k = 0; k < COUNT(unary); k++) {
        for (i = 0; i < rounds; i++) {
            PyObject *a = make_long(most);
            add_object((*(unaryfunc *)((char *)number + unary[k].offset))(a));
            Py_DECREF(a);
        }
        tell(unary[k].name);
    }
    for (i = 0; i < rounds; i++) {
        char buffer[40];
        PyObject *a = make_long(most), *b = make_long(most), *text, *back;
        int base = 2 + (int)(next() % 35);
        sprintf(buffer, "%d %ld", Py_TYPE(a)->tp_compare(a, b), Py_TYPE(a)->tp_hash(a));
        add_text(buffer);
        text = _PyLong_Format(a, 10, 0, 0);
        add_text(PyString_AS_STRING(text));
        back = PyLong_FromString(PyString_AS_STRING(text), NULL, 10);
        add_text(Py_TYPE(a)->tp_compare(a, back) == 0 ? "" : "wrong");
        Py_DECREF(back);
        back = PyLong_FromString(PyString_AS_STRING(text), NULL, 10 + base % 27);
        add_object(back);
        Py_DECREF(text);
        text = _PyLong_Format(b, base, 0, 0);
        add_text(PyString_AS_STRING(text));
        Py_DECREF(text);
        Py_DECREF(a);
        Py_DECREF(b);
    }
    tell("text");
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char codes[] = "rgefrGEF";
    int i, k;
    (void)self;
    (void)unused;
    sum = 14695981039346656037ULL;
    check_longs(88172645, 10, 3000);
    check_longs(36224362, 3, 3000);
    check_longs(52143658, 600, 60);
    state = 77777;
    for (i = 0; i < 20000; i++) {
        double value = make_double(i);
        char code = codes[next() % 8], *text;
        int precision = code == 'r' ? 0 : (int)(next() % (i % 10 ? 20 : 50));
        text = PyOS_double_to_string(value, i < 2098 ? 'r' : code, i < 2098 ? 0 : precision,
                                     (int)(next() % 8), NULL);
        add_text(text);
        if (PyOS_string_to_double(text, NULL, NULL) == value) {
            add_text("back");
        }
        PyMem_Free(text);
    }
    tell("double_to_string");
    for (i = 0; i < 10000; i++) {
        double value = make_double(i);
        if (value != 0) {
            add_object(_Py_double_round(value, (int)(next() % 30) - 8));
        }
    }
    tell("round");
    for (i = 0; i < 10000; i++) {
        PyObject *value = PyFloat_FromDouble(make_double(i));
        char buffer[40];
        sprintf(buffer, "%ld", Py_TYPE(value)->tp_hash(value));
        add_text(buffer);
        if (fabs(PyFloat_AS_DOUBLE(value)) < 1e40) {
            add_object(PyLong_FromDouble(PyFloat_AS_DOUBLE(value)));
        }
        Py_DECREF(value);
    }
    tell("hash");
    for (i = 0; i < 10000; i++) {
        double value = make_double(i), other = make_double(i + 1);
        PyObject *a = PyFloat_FromDouble(value), *b = PyFloat_FromDouble(other);
        for (k = 0; k < 6; k++) {
            add_object((*(binaryfunc *)((char *)PyFloat_Type.tp_as_number + binary[k].offset))(a,
                                                                                               b));
        }
        Py_DECREF(a);
        Py_DECREF(b);
    }
    tell("float");
    return said();
}

static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initnumber_checksums(void)
{
    Py_InitModule("number_checksums", methods);
}
