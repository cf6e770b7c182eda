/* getargs.c - an extension for Python 2.7 that shows what PyArg_Parse and its
 * family do with an object: getargs.py drives it.
 *
 * parse() calls one of the ten functions and tells all that can be seen: result,
 * exception, outputs, counts of references.  Objects that give their memory in
 * unusual ways are made here, by name. */

#include "exporters.h"

#include <stdint.h>

#ifndef PY2ABI_27_PYTHON_H
PyAPI_FUNC(int) _PyArg_Parse_SizeT(PyObject *, char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTuple_SizeT(PyObject *, char *, ...);
PyAPI_FUNC(int) _PyArg_ParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char **,
                                                   ...);
PyAPI_FUNC(int) _PyArg_VaParse_SizeT(PyObject *, char *, va_list);
PyAPI_FUNC(int) _PyArg_VaParseTupleAndKeywords_SizeT(PyObject *, PyObject *, const char *, char **,
                                                     va_list);
#endif

static int
is_exporter(PyObject *object)
{
    return Py_TYPE(object)->tp_dealloc == dealloc;
}

/* What an attempt to append to a bytearray leads to. */
static void
tell_append(struct report *report, PyObject *object, const char *name)
{
    PyObject *result = PyObject_CallMethod(object, "append", "i", 33);
    if (result != NULL) {
        tell(report, "%s:ok;", name);
        Py_DECREF(result);
        return;
    }
    tell(report, "%s:%s;", name,
         PyErr_ExceptionMatches(PyExc_BufferError) ? "BufferError" : "other");
    PyErr_Clear();
}

/* What the exporter has seen, and what it allows. */
static void
tell_exporter(struct report *report, const char *when, PyObject *object, PyObject *under)
{
    tell(report, "|%s=", when);
    if (is_exporter(object)) {
        const Exporter *self = (Exporter *)object;
        tell(report, "gets=%d releases=%d flags=%d", self->gets, self->releases, self->flags);
        if (self->reads + self->writes + self->chars + self->segments > 0) {
            tell(report, " legacy(read=%d write=%d char=%d seg=%d)", self->reads, self->writes,
                 self->chars, self->segments);
        }
        tell(report, ";");
        under = self->inner;
    }
    if (PyByteArray_Check(object)) {
        tell_append(report, object, "append");
    }
    if (under != NULL && under != Py_None) {
        tell_append(report, under, "under.append");
    }
}

static const char *
name_pointer(const void *pointer, PyObject *object, const void *known)
{
    if (pointer == NULL) {
        return "NULL";
    }
    if (pointer == (const void *)object) {
        return "object";
    }
    if (PyString_Check(object) && pointer == (const void *)PyString_AS_STRING(object)) {
        return "str";
    }
    if (PyUnicode_Check(object)) {
        PyObject *encoded = ((PyUnicodeObject *)object)->defenc;
        if (pointer == (const void *)PyUnicode_AS_UNICODE(object)) {
            return "unicode";
        }
        if (encoded != NULL && pointer == (const void *)PyString_AS_STRING(encoded)) {
            return "defenc";
        }
    }
    if (is_exporter(object) && pointer == (const void *)((Exporter *)object)->memory) {
        return "exporter";
    }
    return known != NULL && pointer == known ? "memory" : "other";
}

/* ---- Calls ---- */

/* What outputs hold before; what is said instead of the size of the caller's memory. */
enum { NOTHING = 0x5A, NO_ROOM = -2, NO_OUTPUT = -3, NO_LENGTH = -4 };
static char *one_name[] = {"a", NULL}, *two_names[] = {"a", "b", NULL};

static int
va_parse(int wide, PyObject *args, const char *format, ...)
{
    va_list outputs;
    va_start(outputs, format);
    int result = wide ? _PyArg_VaParse_SizeT(args, (char *)format, outputs)
                      : PyArg_VaParse(args, format, outputs);
    va_end(outputs);
    return result;
}

static int
va_parse_keywords(int wide, PyObject *args, PyObject *keywords, const char *format, char **names,
                  ...)
{
    va_list outputs;
    va_start(outputs, names);
    int result = wide ? _PyArg_VaParseTupleAndKeywords_SizeT(args, keywords, format, names,
                                                             outputs)
                      : PyArg_VaParseTupleAndKeywords(args, keywords, format, names, outputs);
    va_end(outputs);
    return result;
}

/* The ten functions, the one for int before that for Py_ssize_t. */
static int
call(int function, PyObject *args, const char *format, void **out)
{
    PyObject *first = PyTuple_GET_ITEM(args, 0), *keywords;
    char **names = PyTuple_GET_SIZE(args) > 1 ? two_names : one_name;
    int result = -1;
    if (function < 4 || function == 6 || function == 7) {
        keywords = NULL;
    }
    else if ((keywords = PyDict_New()) == NULL) {
        return -1;
    }
    switch (function) {
    case 0:
        result = PyArg_ParseTuple(args, format, out[0], out[1], out[2], out[3]);
        break;
    case 1:
        result = _PyArg_ParseTuple_SizeT(args, (char *)format, out[0], out[1], out[2], out[3]);
        break;
    case 2:
        result = PyArg_Parse(first, format, out[0], out[1], out[2], out[3]);
        break;
    case 3:
        result = _PyArg_Parse_SizeT(first, (char *)format, out[0], out[1], out[2], out[3]);
        break;
    case 4:
        result = PyArg_ParseTupleAndKeywords(args, keywords, format, names, out[0], out[1], out[2],
                                             out[3]);
        break;
    case 5:
        result = _PyArg_ParseTupleAndKeywords_SizeT(args, keywords, format, names, out[0], out[1],
                                                    out[2], out[3]);
        break;
    case 6:
    case 7:
        result = va_parse(function == 7, args, format, out[0], out[1], out[2], out[3]);
        break;
    case 8:
    case 9:
        result = va_parse_keywords(function == 9, args, keywords, format, names, out[0], out[1],
                                   out[2], out[3]);
        break;
    default:
        break;
    }
    Py_XDECREF(keywords);
    return result;
}

/* The unusual exporter that a name stands for, a memoryview of one, a buffer, or the
 * object itself. */
static PyObject *
make_object(PyObject *object, const char *make)
{
    if (make == NULL) {
        Py_INCREF(object);
        return object;
    }
    if (strcmp(make, "buffer") == 0) {
        return PyBuffer_FromObject(PyTuple_GET_ITEM(object, 0),
                                   PyInt_AsLong(PyTuple_GET_ITEM(object, 1)),
                                   PyInt_AsLong(PyTuple_GET_ITEM(object, 2)));
    }
    if (strcmp(make, "rwbuffer") == 0) {
        return PyBuffer_FromReadWriteObject(PyTuple_GET_ITEM(object, 0),
                                            PyInt_AsLong(PyTuple_GET_ITEM(object, 1)),
                                            PyInt_AsLong(PyTuple_GET_ITEM(object, 2)));
    }
    static char memory[] = "static-mem";
    if (strcmp(make, "memory") == 0) {
        return PyBuffer_FromMemory(memory, sizeof memory - 1);
    }
    if (strcmp(make, "rwmemory") == 0) {
        return PyBuffer_FromReadWriteMemory(memory, sizeof memory - 1);
    }
    if (strcmp(make, "newbuffer") == 0) {
        PyObject *buffer = PyBuffer_New(8);
        void *inside;
        Py_ssize_t length;
        if (buffer != NULL && PyObject_AsWriteBuffer(buffer, &inside, &length) == 0) {
            memset(inside, 0, (size_t)length);
        }
        return buffer;
    }
    if (strncmp(make, "view:", 5) == 0) {
        PyObject *exporter = new_exporter(make + 5), *view = NULL;
        if (exporter != NULL) {
            view = PyMemoryView_FromObject(exporter);
            Py_DECREF(exporter);
        }
        return view;
    }
    return new_exporter(make);
}

/* Where the outputs are, by the format. */
struct outputs {
    void *pointer[4];
    char *result;                  /* the address that was stored */
    union {
        uint64_t all;
        Py_ssize_t wide;
        int narrow[2];
    } length;
    Py_buffer view;
    int second;
    char room[256];                /* the caller's own memory for "es#" */
};

static void
tell_outputs(struct report *report, const struct outputs *out, const char *format, int function,
             int result, int room, PyObject *object, const void *known)
{
    static const char untouched[sizeof(Py_buffer)] = {
        [0 ... sizeof(Py_buffer) - 1] = NOTHING,
    };
    size_t letters = strspn(format, "(");
    char letter = format[letters], sized = strchr(format, '#') != NULL;
    if (strchr(format, '*') != NULL) {
        const Py_buffer *view = &out->view;
        if (memcmp(view, untouched, sizeof *view) == 0) {
            tell(report, "|view=untouched");
        }
        else if (!result) {
            tell(report, "|view=%s", view->obj == NULL ? "NULL" : "not NULL");
        }
        else {
            tell(report, "|ptr=%s|len=%zd|view=%s,%d,%zd,%d,%s,%d,%d",
                 name_pointer(view->buf, object, known), view->len,
                 view->obj == NULL     ? "NULL"
                 : view->obj == object ? "object"
                                       : Py_TYPE(view->obj)->tp_name,
                 view->readonly, view->itemsize, view->ndim,
                 view->format != NULL ? view->format : "NULL", view->shape != NULL,
                 view->strides != NULL);
            tell_bytes(report, view->buf, view->len);
        }
        return;
    }
    if (room == NO_OUTPUT) {
        return;
    }
    int is_untouched = memcmp(&out->result, untouched, sizeof out->result) == 0;
    int is_callers = out->result == out->room;
    tell(report, "|ptr=%s", is_untouched                     ? "untouched"
                            : is_callers                     ? "caller"
                            : out->result == NULL            ? "NULL"
                            : letter == 'e' && !result       ? "dangling"
                            : letter == 'e'                  ? "new"
                            : name_pointer(out->result, object, known));
    Py_ssize_t length = function % 2 ? out->length.wide : out->length.narrow[0];
    if (sized && room != NO_LENGTH) {
        if (memcmp(&out->length, untouched, sizeof out->length) == 0) {
            tell(report, "|len=untouched");
        }
        else {
            tell(report, "|len=%zd", length);
            if (function % 2 == 0
                && out->length.narrow[1] != (room >= 0 ? 0 : NOTHING * 0x01010101)) {
                tell(report, "|high=written");
            }
        }
    }
    if (!result || is_untouched || out->result == NULL || letter == 'S' || letter == 'U') {
        return;
    }
    if (sized) {
        tell_bytes(report, out->result, letter == 'u' ? 4 * length : length);
    }
    else if (letter != 'u' && letter != 'w') {
        tell_bytes(report, out->result, (Py_ssize_t)strlen(out->result) + 1);
    }
}

/* parse(function, format, object, second, make, encoding, room, known, under): the
 * report, and the name of the object's type.  Any but the first three may be None:
 * second is one more argument, for an "i" in the format; make names what is made
 * of the object; room is the size of the caller's memory for "es#", or says that
 * there is none; known is the address of the object's memory. */
static PyObject *
parse(PyObject *self, PyObject *args)
{
    int function, room;
    const char *format, *make, *encoding;
    PyObject *given, *second, *under, *known_object;
    struct report report = {.used = 0};
    struct outputs out;
    (void)self;
    if (!PyArg_ParseTuple(args, "isOOzziOO", &function, &format, &given, &second, &make, &encoding,
                          &room, &known_object, &under)) {
        return NULL;
    }
    const void *known = known_object != Py_None
                            ? (const void *)PyLong_AsUnsignedLongMask(known_object)
                            : NULL;
    PyObject *object = make_object(given, make);
    PyObject *tuple = object == NULL      ? NULL
                      : second != Py_None ? PyTuple_Pack(2, object, second)
                                          : PyTuple_Pack(1, object);
    if (tuple == NULL) {
        Py_XDECREF(object);
        return NULL;
    }
    if (make != NULL && PyTuple_Check(given)) {
        PyObject *base = PyTuple_GET_ITEM(given, 0);
        known = PyString_Check(base)    ? (const void *)PyString_AS_STRING(base)
                : PyUnicode_Check(base) ? (const void *)PyUnicode_AS_UNICODE(base)
                                        : known;
    }
    if (Py_TYPE(object) == &characters_type) {
        known = ((Characters *)object)->items;
    }
    /* Whose counts are told. */
    PyObject *exporter = object;
    if (make != NULL && strncmp(make, "view:", 5) == 0) {
        exporter = PyMemoryView_GET_BASE(object);
        known = ((Exporter *)exporter)->memory;
    }
    memset(&out, NOTHING, sizeof out);
    if (room >= 0) {
        out.result = out.room;
        out.length.wide = room;
    }
    else if (room == NO_ROOM) {
        out.result = NULL;
    }
    int at = 0, is_view = strchr(format, '*') != NULL;
    if (strchr(format, 'e') != NULL && strncmp(format, "e", 1) == 0) {
        out.pointer[at++] = (void *)encoding;
        out.pointer[at++] = room == NO_OUTPUT ? NULL : (void *)&out.result;
    }
    else {
        out.pointer[at++] = is_view ? (void *)&out.view : (void *)&out.result;
    }
    if (strchr(format, '#') != NULL) {
        out.pointer[at++] = room == NO_LENGTH ? NULL : (void *)&out.length;
    }
    while (at < 4) {
        out.pointer[at++] = &out.second;
    }
    Py_ssize_t before = Py_REFCNT(object);
    int result = call(function, tuple, format, out.pointer);
    tell(&report, "rc=%d|ref=%zd", result, Py_REFCNT(object) - before);
    tell_error(&report);
    tell_outputs(&report, &out, format, function, result, room, object, known);
    if (second != Py_None) {
        tell(&report, "|second=%d", out.second == NOTHING * 0x01010101 ? -1 : out.second);
    }
    tell_exporter(&report, "held", exporter, under);
    if (is_view && result == 1) {
        PyBuffer_Release(&out.view);
        PyErr_Clear();
        tell(&report, "|rel=%zd", Py_REFCNT(object) - before);
    }
    tell_exporter(&report, "after", exporter, under);
    if (result == 1 && *format == 'e' && room < 0 && out.result != NULL) {
        PyMem_Free(out.result);
    }
    PyObject *answer = PyTuple_New(2);
    if (answer != NULL) {
        PyTuple_SET_ITEM(answer, 0, PyString_FromString(report.text));
        PyTuple_SET_ITEM(answer, 1, PyString_FromString(Py_TYPE(object)->tp_name));
    }
    Py_DECREF(tuple);
    Py_DECREF(object);
    return answer;
}

static PyMethodDef methods[] = {{"parse", parse, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};

PyMODINIT_FUNC
initgetargs27(void)
{
    begin_exporters();
    Py_InitModule("getargs27", methods);
}
