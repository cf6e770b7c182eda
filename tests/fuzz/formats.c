/* formats.c - an extension for Python 2.7 that calls PyArg_Parse* and Py_BuildValue with
 * any format, and with arguments that are what the format takes, for fuzz_formats.py.
 * Compiled twice: lengths are int, or Py_ssize_t with PY_SSIZE_T_CLEAN (MODULE). */

#include "Python.h"

#include <stdlib.h>
#include <string.h>

#define GLUE(a, b)  GLUE_(a, b)
#define GLUE_(a, b) a##b
#define TEXT(a)     TEXT_(a)
#define TEXT_(a)    #a

enum { SLOTS = 48, ROOM = 128, NAMES = 24, DOUBLES = 8 };

/* What an argument points to, and what must not be written to after it. */
static struct slot {
    unsigned char bytes[ROOM];
    unsigned char guard[64];
} *slots[SLOTS];

static volatile char sink;

/* What O& and O? call: sometimes they do not want what they get. */
static int
convert(PyObject *object, void *address)
{
    if (PyInt_Check(object) && PyInt_AS_LONG(object) == 13) {
        PyErr_SetString(PyExc_ValueError, "thirteen");
        return 0;
    }
    *(PyObject **)address = object;
    return 1;
}

static int
is_wanted(PyObject *object)
{
    return PyInt_Check(object);
}

static PyObject *
make(void *value)
{
    if (((long)value & 7) == 3) {
        PyErr_SetString(PyExc_ValueError, "made nothing");
        return NULL;
    }
    return PyInt_FromLong((long)value);
}

static void *
prepare(int i, char kind)
{
    static PyTypeObject *types[] = {&PyInt_Type, &PyString_Type, &PyTuple_Type, &PyType_Type};
    static char *const encodings[] = {"utf-8", "ascii", "latin-1", "no-such-encoding"};
    struct slot *slot = slots[i];
    /* An optional argument that is not given leaves what is there. */
    memset(slot->bytes, strchr("slmvn", kind) != NULL ? 0 : 0xa5, ROOM);
    memset(slot->guard, 0x5a, sizeof slot->guard);
    switch (kind) {
    case 'c':
        return (void *)convert;
    case 'p':
        return (void *)is_wanted;
    case 't':
        return types[i % 4];
    case 'x':
        return i % 5 == 4 ? NULL : encodings[i % 5];
    default:
        return slot->bytes;
    }
}

/* After a success: what was given can be read, and is given back. */
static void
use(const char *kinds)
{
    for (int i = 0; kinds[i] != '\0'; i++) {
        char *text = *(char **)slots[i]->bytes;
        switch (kinds[i]) {
        case 's':
            for (; text != NULL && *text != '\0'; text++) {
                sink = *text;
            }
            break;
        case 'l': { /* a pointer, and its length is the next */
#ifdef PY_SSIZE_T_CLEAN
            Py_ssize_t length = *(Py_ssize_t *)slots[i + 1]->bytes;
#else
            int length = *(int *)slots[i + 1]->bytes;
#endif
            if (text != NULL && length > 0) {
                sink = text[0];
                sink = text[length - 1];
            }
            break;
        }
        case 'v': {
            Py_buffer *view = (Py_buffer *)slots[i]->bytes;
            if (view->buf != NULL && view->len > 0) {
                sink = ((char *)view->buf)[0];
                sink = ((char *)view->buf)[view->len - 1];
            }
            PyBuffer_Release(view);
            break;
        }
        case 'm':
            for (char *c = text; c != NULL && *c != '\0'; c++) {
                sink = *c;
            }
            PyMem_Free(text);
            break;
        default:
            break;
        }
    }
}

#define P8(a) p[a], p[a + 1], p[a + 2], p[a + 3], p[a + 4], p[a + 5], p[a + 6], p[a + 7]
#define ALL(p) P8(0), P8(8), P8(16), P8(24), P8(32), P8(40)

/* parse(how, format, kinds, args, keywords, names): 0 or 1.  kinds has a letter for each
 * variable argument that the format takes. */
static PyObject *
parse(PyObject *self, PyObject *args)
{
    char *format, *kinds, how, *names[NAMES + 1] = {NULL};
    PyObject *values, *keywords, *list;
    void *p[SLOTS];
    if (!PyArg_ParseTuple(args, "cssOOO", &how, &format, &kinds, &values, &keywords, &list)) {
        return NULL;
    }
    if (strlen(kinds) > SLOTS || PyTuple_Size(list) > NAMES) {
        PyErr_SetString(PyExc_OverflowError, "too many arguments for this test");
        return NULL;
    }
    for (int i = 0; i < SLOTS; i++) {
        p[i] = prepare(i, i < (int)strlen(kinds) ? kinds[i] : 'o');
    }
    for (int i = 0; i < (int)PyTuple_Size(list); i++) {
        names[i] = PyString_AsString(PyTuple_GET_ITEM(list, i));
    }
    int done = how == 't' ? PyArg_ParseTuple(values, format, ALL(p))
               : how == 'k' ? PyArg_ParseTupleAndKeywords(values, keywords == Py_None ? NULL
                                                          : keywords, format, names, ALL(p))
                            : PyArg_Parse(values, format, ALL(p));
    for (int i = 0; i < SLOTS; i++) {
        for (size_t b = 0; b < sizeof slots[i]->guard; b++) {
            if (slots[i]->guard[b] != 0x5a) {
                abort();
            }
        }
    }
    if ((done != 0) != (PyErr_Occurred() == NULL)) {
        abort();
    }
    if (!done) {
        return NULL;
    }
    use(kinds);
    return PyInt_FromLong(done);
}

/* build(format, kinds, objects, seed): what Py_BuildValue makes. */
static PyObject *
build(PyObject *self, PyObject *args)
{
    static const Py_UNICODE wide[] = {'w', 0xe9, 0x20ac, 0x1f40d, 'x', 'y', 'z', '1', '2', '3', 0};
    static Py_complex complex_number = {1.5, -2};
    char *format, *kinds;
    PyObject *objects;
    unsigned long seed;
    long p[SLOTS];
    if (!PyArg_ParseTuple(args, "ssO!k", &format, &kinds, &PyTuple_Type, &objects, &seed)) {
        return NULL;
    }
    if (strlen(kinds) > SLOTS || PyTuple_GET_SIZE(objects) == 0) {
        PyErr_SetString(PyExc_OverflowError, "not what this test can do");
        return NULL;
    }
    for (int i = 0; i < SLOTS; i++) {
        seed = seed * 6364136223846793005UL + 1442695040888963407UL;
        unsigned long chosen = seed >> 33;
        PyObject *object = PyTuple_GET_ITEM(objects, chosen % PyTuple_GET_SIZE(objects));
        switch (i < (int)strlen(kinds) ? kinds[i] : 'i') {
        case 's':
            p[i] = chosen % 9 == 0 ? 0 : (long)("text of some length\xff" + chosen % 4);
            break;
        case 'u':
            p[i] = chosen % 9 == 0 ? 0 : (long)wide;
            break;
        case 'n':
            p[i] = (long)(chosen % 9) - 1;
            break;
        case 'D':
            p[i] = (long)&complex_number;
            break;
        case 'c':
            p[i] = (long)make;
            break;
        case 'N':
            Py_INCREF(object);
            p[i] = (long)object;
            break;
        case 'o':
            p[i] = chosen % 11 == 0 ? 0 : (long)object;
            break;
        default:
            p[i] = chosen % 5 == 0 ? (long)(seed * 31) : (long)(chosen % 1000) - 500;
            break;
        }
    }
    PyObject *built = Py_BuildValue(format, 0.5, -1.0, 1e300, 2.0, 3.0, 4.0, 5.0, 6.0, ALL(p));
    if (built == NULL && PyErr_Occurred() == NULL) {
        abort();
    }
    return built;
}

static PyMethodDef methods[] = {
    {"parse", parse, METH_VARARGS, NULL}, {"build", build, METH_VARARGS, NULL}, {NULL}};

PyMODINIT_FUNC
GLUE(init, MODULE)(void)
{
    for (int i = 0; i < SLOTS; i++) {
        slots[i] = malloc(sizeof *slots[i]);
    }
    Py_InitModule(TEXT(MODULE), methods);
}
