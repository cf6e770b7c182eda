/* Buffers of the old kind, and memoryviews that C code makes. */

#include "../generic.h"

#include <stdlib.h>

static PyObject *text; /* what the test prints */

/* A line; takes the value over. */
static void
say(const char *what, PyObject *value)
{
    append(&text, PyString_FromFormat("%s: ", what));
    append(&text, value);
    append(&text, PyString_FromString("\n"));
}

static PyObject *
status(int result)
{
    return result < 0 ? show_error() : PyString_FromFormat("%d", result);
}

static PyObject *
done(void)
{
    PyObject *made = text;
    text = NULL;
    return made;
}

/* Representations without the addresses. */
static PyObject *
without_addresses(PyObject *repr)
{
    char copy[300], *to = copy;
    const char *from = PyString_AS_STRING(repr);
    while (*from != '\0') {
        if (strncmp(from, "0x", 2) == 0) {
            from += 2 + strspn(from + 2, "0123456789abcdef");
            *to++ = 'A';
        }
        else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    Py_DECREF(repr);
    return PyString_FromString(copy);
}

static PyObject *
slice_of(PyObject *object, int start, int stop, int step)
{
    PyObject *first = PyInt_FromLong(start), *last = PyInt_FromLong(stop),
             *by = PyInt_FromLong(step), *slice = PySlice_New(first, last, by),
             *result = PyObject_GetItem(object, slice);
    Py_DECREF(first);
    Py_DECREF(last);
    Py_DECREF(by);
    Py_DECREF(slice);
    return show_result(result);
}

static PyObject *
item_of(PyObject *object, PyObject *index)
{
    PyObject *result = PyObject_GetItem(object, index);
    Py_DECREF(index);
    return show_result(result);
}

/* What any buffer can do. */
static void
read_buffer(PyObject *buffer)
{
    PyObject *str = PyString_FromString("+str"), *number = PyInt_FromLong(7),
             *unicode = PyUnicode_FromStringAndSize("u", 1), *args;
    say("repr", without_addresses(PyObject_Repr(buffer)));
    say("str", show_result(PyObject_Str(buffer)));
    say("len", show_number((long)PyObject_Size(buffer)));
    say("+ str", show_result(PySequence_Concat(buffer, str)));
    say("+ itself", show_result(PySequence_Concat(buffer, buffer)));
    say("+ int", show_result(PySequence_Concat(buffer, number)));
    say("+ unicode", show_result(PySequence_Concat(buffer, unicode)));
    say("+ by number", show_result(PyNumber_Add(buffer, str)));
    say("str +", show_result(PyNumber_Add(str, buffer)));
    if (PyObject_Size(buffer) != 0) {
        /* 2.7 divides by the length. */
        PyErr_Clear();
        say("* 2", show_result(PySequence_Repeat(buffer, 2)));
        say("* 0", show_result(PySequence_Repeat(buffer, 0)));
        say("* -1", show_result(PySequence_Repeat(buffer, -1)));
        say("* huge", show_result(PySequence_Repeat(buffer, PY_SSIZE_T_MAX / 2)));
    }
    say("7 *", PyObject_Size(buffer) != 0 ? show_result(PyNumber_Multiply(number, buffer))
                                          : PyString_FromString("nothing"));
    say("[0]", show_result(PySequence_GetItem(buffer, 0)));
    say("[-1]", show_result(PySequence_GetItem(buffer, -1)));
    say("[100]", show_result(PySequence_GetItem(buffer, 100)));
    say("[-100]", item_of(buffer, PyInt_FromLong(-100)));
    say("[1L]", item_of(buffer, PyLong_FromLong(1)));
    say("[huge]", item_of(buffer, PyLong_FromString("99999999999999999999", NULL, 10)));
    say("['x']", item_of(buffer, PyString_FromString("x")));
    say("[1:3]", show_result(PySequence_GetSlice(buffer, 1, 3)));
    say("[-2:]", show_result(PySequence_GetSlice(buffer, -2, PY_SSIZE_T_MAX)));
    say("[:]", show_result(PySequence_GetSlice(buffer, 0, PY_SSIZE_T_MAX)));
    say("[3:1]", show_result(PySequence_GetSlice(buffer, 3, 1)));
    say("[::2]", slice_of(buffer, 0, 100, 2));
    say("[::-1]", slice_of(buffer, 100, -100, -1));
    say("[1:2:1]", slice_of(buffer, 1, 2, 1));
    say("[2:1]", slice_of(buffer, 2, 1, 1));
    say("[::0]", slice_of(buffer, 0, 1, 0));
    say("true", status(PyObject_IsTrue(buffer)));
    say("== itself", status(PyObject_RichCompareBool(buffer, buffer, Py_EQ)));
    say("== str", show_result(PyObject_RichCompare(buffer, str, Py_EQ)));
    say("sequence", PyString_FromFormat("%d %d %d %d", PySequence_Check(buffer),
                                        PyMapping_Check(buffer), PyNumber_Check(buffer),
                                        PyObject_CheckBuffer(buffer)));
    args = PyTuple_Pack(1, buffer);
    PyObject *format = PyString_FromString("<%s>");
    say("%s", show_result(PyString_Format(format, args)));
    Py_DECREF(format);
    Py_DECREF(args);
    say("unicode", show_result(PyUnicode_FromEncodedObject(buffer, "latin-1", NULL)));
    say("int", show_result(PyNumber_Int(buffer)));
    say("attribute", show_result(PyObject_GetAttrString(buffer, "nothing")));
    Py_DECREF(str);
    Py_DECREF(number);
    Py_DECREF(unicode);
}

/* What changes a buffer; what is in it after each step. */
static void
write_buffer(PyObject *buffer)
{
    PyObject *one = PyString_FromString("X"), *three = PyString_FromString("123"),
             *number = PyInt_FromLong(5), *index = PyInt_FromLong(-1), *slice;
    PySequenceMethods *slots = Py_TYPE(buffer)->tp_as_sequence;
#define STEP(call)                                                                                \
    say(#call, status(call));                                                                     \
    say("now", show_result(PyObject_Str(buffer)))
    STEP(PySequence_SetItem(buffer, 0, one));
    STEP(PySequence_SetItem(buffer, -1, one));
    STEP(PySequence_SetItem(buffer, 100, one));
    STEP(PySequence_SetItem(buffer, 0, three));
    STEP(PySequence_SetItem(buffer, 0, number));
    STEP(PySequence_DelItem(buffer, 0));
    STEP(PyObject_SetItem(buffer, index, one));
    STEP(PyObject_SetItem(buffer, one, one));
    STEP(PyObject_DelItem(buffer, index));
    STEP(PySequence_SetSlice(buffer, 1, 4, three));
    STEP(PySequence_SetSlice(buffer, 1, 3, three));
    STEP(PySequence_SetSlice(buffer, 2, 2, three));
    STEP(PySequence_SetSlice(buffer, 2, 3, buffer));
    STEP(PySequence_DelSlice(buffer, 1, 2));
    STEP(slots->sq_ass_slice(buffer, -5, 1, one));
    STEP(slots->sq_ass_slice(buffer, 4, 100, one));
    STEP(slots->sq_ass_slice(buffer, 3, 1, one));
    STEP(slots->sq_ass_item(buffer, -1, one));
    slice = PySlice_New(NULL, NULL, NULL);
    STEP(PyObject_SetItem(buffer, slice, buffer));
    STEP(PyObject_SetItem(buffer, slice, three));
    Py_DECREF(slice);
    PyObject *two = PyInt_FromLong(2);
    slice = PySlice_New(NULL, NULL, two);
    STEP(PyObject_SetItem(buffer, slice, three));
    Py_DECREF(slice);
    Py_DECREF(two);
    say("hash", PyObject_Hash(buffer) == -1 ? show_error() : PyString_FromString("some"));
    Py_DECREF(one);
    Py_DECREF(three);
    Py_DECREF(number);
    Py_DECREF(index);
}

/* of(object): its buffers */
static PyObject *
of(PyObject *self, PyObject *object)
{
    text = PyString_FromString("");
    PyObject *buffer = PyBuffer_FromObject(object, 1, Py_END_OF_BUFFER);
    if (buffer == NULL) {
        say("read-only", show_error());
    }
    else {
        read_buffer(buffer);
        write_buffer(buffer);
        Py_DECREF(buffer);
    }
    buffer = PyBuffer_FromReadWriteObject(object, 0, 5);
    if (buffer == NULL) {
        say("read-write", show_error());
    }
    else {
        write_buffer(buffer);
        read_buffer(buffer);
        Py_DECREF(buffer);
    }
    return done();
}

/* Comparing and hashing. */
static PyObject *
compare(PyObject *self, PyObject *unused)
{
    static char *contents[] = {"", "a", "ab", "b", "\xff", NULL};
    text = PyString_FromString("");
    for (int i = 0; contents[i] != NULL; i++) {
        PyObject *a = PyBuffer_FromMemory(contents[i], (Py_ssize_t)strlen(contents[i]));
        PyObject *str = PyString_FromString(contents[i]);
        for (int j = 0; contents[j] != NULL; j++) {
            PyObject *b = PyBuffer_FromMemory(contents[j], (Py_ssize_t)strlen(contents[j]));
            append(&text, PyString_FromFormat("%d%d%d ", PyObject_Compare(a, b),
                                              PyObject_RichCompareBool(a, b, Py_LT),
                                              PyObject_RichCompareBool(a, b, Py_EQ)));
            Py_DECREF(b);
        }
        say("as of the str", status(PyObject_Hash(a) == PyObject_Hash(str)));
        Py_DECREF(str);
        Py_DECREF(a);
    }
    return done();
}

static PyObject *
made(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *args = Py_VaBuildValue((char *)format, values), *result;
    va_end(values);
    result = PyObject_Call((PyObject *)&PyBuffer_Type, args, NULL);
    Py_DECREF(args);
    if (result != NULL) {
        PyObject *shown = PyObject_Str(result);
        Py_DECREF(result);
        result = shown;
    }
    return show_result(result);
}

/* buffer(...) and buffers of buffers. */
static PyObject *
make(PyObject *self, PyObject *unused)
{
    text = PyString_FromString("");
    say("()", made("()"));
    say("(str)", made("(s)", "abcdef"));
    say("(str, 2)", made("(si)", "abcdef", 2));
    say("(str, 2, 3)", made("(sii)", "abcdef", 2, 3));
    say("(str, 2, -1)", made("(sii)", "abcdef", 2, -1));
    say("(str, 2, -2)", made("(sii)", "abcdef", 2, -2));
    say("(str, -2)", made("(si)", "abcdef", -2));
    say("(str, 100)", made("(si)", "abcdef", 100));
    say("(str, 1, 2, 3)", made("(siii)", "abcdef", 1, 2, 3));
    say("(str, str)", made("(ss)", "abcdef", "x"));
    say("(int)", made("(i)", 5));
    PyObject *args = Py_BuildValue("(s)", "abc"), *kwargs = Py_BuildValue("{s:i}", "size", 1);
    say("(size=)", show_result(PyObject_Call((PyObject *)&PyBuffer_Type, args, kwargs)));
    Py_DECREF(args);
    Py_DECREF(kwargs);
    PyObject *string = PyString_FromString("0123456789");
    Py_ssize_t before = Py_REFCNT(string);
    for (int size = -1; size < 6; size += 3) {
        PyObject *outer = PyBuffer_FromObject(string, 2, size);
        for (int offset = 0; offset < 9; offset += 4) {
            for (int length = -1; length < 6; length += 3) {
                PyObject *inner = PyBuffer_FromObject(outer, offset, length);
                append(&text, PyString_FromFormat("%d/%d/%d ", size, offset, length));
                say("", without_addresses(PyObject_Repr(inner)));
                say("is", show_result(PyObject_Str(inner)));
                Py_DECREF(inner);
            }
        }
        PyObject *writable = PyBuffer_FromReadWriteObject(outer, 1, 2);
        say("writable", writable != NULL ? show_result(PyObject_Str(writable)) : show_error());
        Py_XDECREF(writable);
        Py_DECREF(outer);
    }
    say("left", show_number((long)(Py_REFCNT(string) - before)));
    Py_DECREF(string);
    PyObject *buffer = PyBuffer_FromMemory("memory", 6);
    PyObject *other = PyBuffer_FromObject(buffer, 2, 3);
    say("of memory", without_addresses(PyObject_Repr(other)));
    say("is", show_result(PyObject_Str(other)));
    Py_DECREF(buffer);
    say("outlives", show_result(PyObject_Str(other)));
    Py_DECREF(other);
    buffer = PyBuffer_New(4);
    void *memory;
    Py_ssize_t size;
    say("new", status(PyObject_AsWriteBuffer(buffer, &memory, &size)));
    memcpy(memory, "newb", (size_t)size);
    say("is", show_result(PyObject_Str(buffer)));
    Py_DECREF(buffer);
    say("new", show_result(PyBuffer_New(-1)));
    buffer = PyBuffer_New(0);
    say("empty", show_number((long)PyObject_Size(buffer)));
    other = PyInt_FromLong(3);
    say("empty + int", show_result(PySequence_Concat(buffer, other)));
    Py_DECREF(other);
    other = PyString_FromString("same");
    PyObject *same = PySequence_Concat(buffer, other);
    say("empty + str", status(same == other));
    Py_XDECREF(same);
    Py_DECREF(other);
    Py_DECREF(buffer);
    return done();
}

/* The slots, as compiled code calls them. */
static PyObject *
slots(PyObject *self, PyObject *object)
{
    PyBufferProcs *procs = PyBuffer_Type.tp_as_buffer;
    text = PyString_FromString("");
    for (int writable = 0; writable < 2; writable++) {
        PyObject *buffer = writable ? PyBuffer_FromReadWriteObject(object, 1, 3)
                                    : PyBuffer_FromObject(object, 1, 3);
        void *memory = NULL;
        char *chars = NULL;
        Py_ssize_t total = -7;
        Py_buffer view;
        if (buffer == NULL) {
            say("none", show_error());
            continue;
        }
        say("segments", show_number((long)procs->bf_getsegcount(buffer, NULL)));
        say("segments", show_number((long)procs->bf_getsegcount(buffer, &total)));
        say("total", show_number((long)total));
        say("read", show_number((long)procs->bf_getreadbuffer(buffer, 0, &memory)));
        say("read 1", show_number((long)procs->bf_getreadbuffer(buffer, 1, &memory)));
        say("write", show_number((long)procs->bf_getwritebuffer(buffer, 0, &memory)));
        say("write 1", show_number((long)procs->bf_getwritebuffer(buffer, 1, &memory)));
        say("char", show_number((long)procs->bf_getcharbuffer(buffer, 0, &chars)));
        say("char 1", show_number((long)procs->bf_getcharbuffer(buffer, 1, &chars)));
        for (int flags = 0; flags <= PyBUF_FULL; flags += flags < 1 ? 1 : PyBUF_FULL - 1) {
            int result = PyObject_GetBuffer(buffer, &view, flags);
            say("view", status(result));
            if (result == 0) {
                say("is", PyString_FromFormat("%d %d %d %d %s %d", (int)view.len,
                                              view.readonly, (int)view.itemsize, view.ndim,
                                              view.format != NULL ? view.format : "NULL",
                                              view.obj == buffer));
                PyBuffer_Release(&view);
            }
        }
        Py_DECREF(buffer);
    }
    return done();
}

/* shrink(bytearray): the buffer is as long as what it shows */
static PyObject *
shrink(PyObject *self, PyObject *array)
{
    text = PyString_FromString("");
    PyObject *buffer = PyBuffer_FromObject(array, 2, 5), *fixed, *value = PyString_FromString("x");
    fixed = PyBuffer_FromReadWriteObject(array, 0, Py_END_OF_BUFFER);
    for (int size = 12; size >= 0; size -= 3) {
        int result = PyByteArray_Resize(array, size);
        say("resized", status(result));
        say("len", show_number((long)PyObject_Size(buffer)));
        say("len", show_number((long)PyObject_Size(fixed)));
        say("str", show_result(PyObject_Str(buffer)));
        say("[1]", show_result(PySequence_GetItem(buffer, 1)));
        say("[1] =", status(PySequence_SetItem(fixed, 1, value)));
        say("compared", show_number(PyObject_Compare(buffer, buffer)));
    }
    Py_DECREF(value);
    Py_DECREF(buffer);
    Py_DECREF(fixed);
    return done();
}

/* ---- Memoryviews ---- */

static PyObject *
show_view(const Py_buffer *view)
{
    PyObject *shown = PyString_FromFormat(
        "%d bytes, readonly %d, itemsize %d, ndim %d, format %s, shape", (int)view->len,
        view->readonly, (int)view->itemsize, view->ndim,
        view->format != NULL ? view->format : "NULL");
    for (int i = 0; view->shape != NULL && i < view->ndim; i++) {
        append(&shown, PyString_FromFormat(" %d", (int)view->shape[i]));
    }
    append(&shown, PyString_FromString(", strides"));
    for (int i = 0; view->strides != NULL && i < view->ndim; i++) {
        append(&shown, PyString_FromFormat(" %d", (int)view->strides[i]));
    }
    append(&shown, PyString_FromString(": "));
    append(&shown, PyString_FromStringAndSize(view->buf, view->len < 10 ? view->len : 10));
    return shown;
}

/* views(object): memoryviews of it, made in C */
static PyObject *
views(PyObject *self, PyObject *object)
{
    text = PyString_FromString("");
    Py_ssize_t before = Py_REFCNT(object);
    PyObject *view = PyMemoryView_FromObject(object);
    if (view == NULL) {
        say("view", show_error());
    }
    else {
        say("view", show_view(PyMemoryView_GET_BUFFER(view)));
        say("base", status(PyMemoryView_GET_BASE(view) == object));
        say("check", status(PyMemoryView_Check(view)));
        Py_buffer other;
        say("again", status(PyObject_GetBuffer(view, &other, PyBUF_FULL_RO)));
        say("is", show_view(&other));
        PyBuffer_Release(&other);
        PyObject *second = PyMemoryView_FromObject(view);
        Py_DECREF(view);
        say("second", second != NULL ? show_view(PyMemoryView_GET_BUFFER(second)) : show_error());
        Py_XDECREF(second);
    }
    static const int purposes[] = {PyBUF_READ, PyBUF_WRITE, PyBUF_SHADOW};
    for (int i = 0; i < 3; i++) {
        view = PyMemoryView_GetContiguous(object, purposes[i], 'C');
        say("contiguous", view != NULL ? show_view(PyMemoryView_GET_BUFFER(view)) : show_error());
        Py_XDECREF(view);
    }
    say("left", show_number((long)(Py_REFCNT(object) - before)));
    return done();
}

/* given(memoryview): what inlined code reads of one that Python code made */
static PyObject *
given(PyObject *self, PyObject *view)
{
    if (!PyMemoryView_Check(view)) {
        return PyString_FromString("no memoryview");
    }
    return show_view(PyMemoryView_GET_BUFFER(view));
}

/* base_of(memoryview): what it shows, for Python code to look at */
static PyObject *
base_of(PyObject *self, PyObject *view)
{
    PyObject *base = PyMemoryView_GET_BASE(view);
    Py_INCREF(base);
    return base;
}

/* Memory of our own in a view. */
static PyObject *
own_view(PyObject *self, PyObject *unused)
{
    static char memory[] = "abcdef";
    Py_ssize_t shape[] = {2, 3}, strides[] = {3, 1};
    Py_buffer view = {.buf = memory, .len = 6, .itemsize = 1, .ndim = 2, .shape = shape,
                      .strides = strides, .format = "B"};
    text = PyString_FromString("");
    PyObject *made = PyMemoryView_FromBuffer(&view);
    say("own", show_view(PyMemoryView_GET_BUFFER(made)));
    say("base", status(PyMemoryView_GET_BASE(made) == NULL));
    Py_DECREF(made);
    PyBuffer_FillInfo(&view, NULL, memory, 6, 0, PyBUF_FULL);
    made = PyMemoryView_FromBuffer(&view);
    memset(&view, 0x55, sizeof view);
    say("filled", show_view(PyMemoryView_GET_BUFFER(made)));
    Py_DECREF(made);
    PyObject *string = PyString_FromString("string");
    Py_ssize_t before = Py_REFCNT(string);
    PyObject_GetBuffer(string, &view, PyBUF_FULL_RO);
    made = PyMemoryView_FromBuffer(&view);
    memset(&view, 0x55, sizeof view);
    say("of a str", show_view(PyMemoryView_GET_BUFFER(made)));
    say("held", show_number((long)(Py_REFCNT(string) - before)));
    Py_DECREF(made);
    say("held", show_number((long)(Py_REFCNT(string) - before)));
    Py_DECREF(string);
    return done();
}

/* ---- For Python code ---- */

/* iterate(object): over its buffers; what sequences have no iterator of their own for */
static PyObject *
iterate(PyObject *self, PyObject *object)
{
    PyObject *longer = PyString_FromString("+str"), *item = PyString_FromString("e");
    text = PyString_FromString("");
    for (int writable = 0; writable < 2; writable++) {
        PyObject *made = writable ? PyBuffer_FromReadWriteObject(object, 0, -1)
                                  : PyBuffer_FromObject(object, 1, 3);
        if (made == NULL) {
            say("none", show_error());
            continue;
        }
        say("list", show_result(PySequence_List(made)));
        say("tuple", show_result(PySequence_Tuple(made)));
        say("in", status(PySequence_Contains(made, longer)));
        say("in", status(PySequence_Contains(made, item)));
        say("count", show_number((long)PySequence_Count(made, item)));
        Py_DECREF(made);
    }
    Py_DECREF(longer);
    Py_DECREF(item);
    return done();
}

/* buffer(object, offset, size, writable) */
static PyObject *
buffer(PyObject *self, PyObject *args)
{
    PyObject *object;
    int offset, size, writable;
    if (!PyArg_ParseTuple(args, "Oiii", &object, &offset, &size, &writable)) {
        return NULL;
    }
    return writable ? PyBuffer_FromReadWriteObject(object, offset, size)
                    : PyBuffer_FromObject(object, offset, size);
}

/* view(object) */
static PyObject *
view(PyObject *self, PyObject *object)
{
    return PyMemoryView_FromObject(object);
}

/* memory(): a memoryview of memory that has no object */
static PyObject *
memory_view(PyObject *self, PyObject *unused)
{
    static char memory[] = "memory of the module";
    Py_buffer filled;
    PyBuffer_FillInfo(&filled, NULL, memory, sizeof memory - 1, 0, PyBUF_FULL);
    return PyMemoryView_FromBuffer(&filled);
}

static PyMethodDef methods[] = {
    {"of", of, METH_O, NULL},
    {"compare", compare, METH_NOARGS, NULL},
    {"make", make, METH_NOARGS, NULL},
    {"slots", slots, METH_O, NULL},
    {"shrink", shrink, METH_O, NULL},
    {"views", views, METH_O, NULL},
    {"given", given, METH_O, NULL},
    {"base_of", base_of, METH_O, NULL},
    {"own_view", own_view, METH_NOARGS, NULL},
    {"iterate", iterate, METH_O, NULL},
    {"buffer", buffer, METH_VARARGS, NULL},
    {"view", view, METH_O, NULL},
    {"memory", memory_view, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initbuffers(void)
{
    Py_InitModule("buffers", methods);
}
