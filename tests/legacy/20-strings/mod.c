/* The functions of str: making strings, reading them, escapes, interning, operators,
 * the memory of strings. */

#include "../texts.h"

#define SHOW(call) (say("%s = ", #call), say_object(call), say("\n"))
#define SHOW_SIZE(call)                                                                           \
    do {                                                                                          \
        long result = (long)(call);                                                               \
        say("%s = %ld ", #call, result);                                                          \
        say_error();                                                                              \
        say("\n");                                                                                \
    } while (0)

static void
make(void)
{
    PyObject *a, *b;
    SHOW(PyString_FromString(""));
    SHOW(PyString_FromString("x"));
    SHOW(PyString_FromString("text"));
    SHOW(PyString_FromStringAndSize("a\0b", 3));
    SHOW(PyString_FromStringAndSize("abc", 0));
    SHOW(PyString_FromStringAndSize(NULL, 0));
    SHOW(PyString_FromStringAndSize("abc", -1));
    SHOW(PyString_FromStringAndSize("abc", PY_SSIZE_T_MAX));
    a = PyString_FromStringAndSize("\xff", 1);
    b = PyString_FromString("\xff");
    say("shared %d ", a == b);
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyString_FromStringAndSize(NULL, 1);
    b = PyString_FromString("x");
    say("own %d ", a != b);
    PyString_AS_STRING(a)[0] = 'y';
    say("%s%s ", PyString_AS_STRING(a), PyString_AS_STRING(b));
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyString_FromStringAndSize(NULL, 100);
    say("%d %d %ld %d\n", PyString_AS_STRING(a)[100], (int)PyString_GET_SIZE(a),
        ((PyStringObject *)a)->ob_shash, PyString_CHECK_INTERNED(a));
    Py_DECREF(a);
    /* Made the way the headers allow: memory of the allocator's, and a head. */
    a = PyObject_MALLOC(sizeof(PyStringObject) + 5);
    PyObject_INIT_VAR((PyVarObject *)a, &PyString_Type, 5);
    ((PyStringObject *)a)->ob_shash = -1;
    ((PyStringObject *)a)->ob_sstate = SSTATE_NOT_INTERNED;
    strcpy(PyString_AS_STRING(a), "by me");
    say_object(a);
    say("\n");
}

static void
format(void)
{
    SHOW(PyString_FromFormat("plain"));
    SHOW(PyString_FromFormat(""));
    SHOW(PyString_FromFormat("%d %i %u %x", -5, -6, 7u, 255));
    SHOW(PyString_FromFormat("%ld %lu %zd %zu", -5L, 6UL, (Py_ssize_t)-7, (size_t)8));
    SHOW(PyString_FromFormat("%ld %lu", LONG_MIN, ULONG_MAX));
    SHOW(PyString_FromFormat("%lld %llu", -5LL, 18446744073709551615ULL));
    SHOW(PyString_FromFormat("%zd %zu", PY_SSIZE_T_MIN, (size_t)-1));
    SHOW(PyString_FromFormat("%5d|%-5d|%05d|%.3d|", 1, 2, 3, 4));
    SHOW(PyString_FromFormat("%s|%.2s|%5s|%2s|%200s|", "abc", "abc", "abc", "abc", "abc"));
    SHOW(PyString_FromFormat("%s", ""));
    SHOW(PyString_FromFormat("%c%c", 'a', 0xe9));
    SHOW(PyString_FromFormat("%p %p", (void *)0xabc, (void *)1));
    SHOW(PyString_FromFormat("%p", NULL));
    SHOW(PyString_FromFormat("100%%"));
    SHOW(PyString_FromFormat("%d %y %d", 5, 6));
    SHOW(PyString_FromFormat("%li %d", 5L, 6));
    SHOW(PyString_FromFormat("%"));
    SHOW(PyString_FromFormat("%5"));
    SHOW(PyString_FromFormat("%l"));
    SHOW(PyString_FromFormat("%s and %s and %s", "one", "two",
        "a text that is longer than others"));
}

static void
read_back(void)
{
    static const char *const values[] = {
        "''", "'abc'", "'a\\x00b'", "u'abc'", "u'a\\x00b'", "3", "None", "[]", "1.5",
    };
    int i;
    for (i = 0; i < COUNT(values); i++) {
        PyObject *object = value_of(values[i]);
        char *text = NULL;
        Py_ssize_t size = -7;
        int status;
        say("%s:\n  PyString_Size %ld ", values[i], (long)PyString_Size(object));
        say_error();
        text = PyString_AsString(object);
        say("\n  PyString_AsString %s ", text != NULL ? text : "NULL");
        say_error();
        text = NULL;
        status = PyString_AsStringAndSize(object, &text, &size);
        say("\n  PyString_AsStringAndSize %d %s %ld ", status, text != NULL ? text : "NULL",
            (long)size);
        say_error();
        status = PyString_AsStringAndSize(object, &text, NULL);
        say("\n  the same without a size %d ", status);
        say_error();
        if (PyUnicode_Check(object)) {
            say("\n  the same memory again %d", PyString_AsString(object) == text);
        }
        say("\n");
        Py_DECREF(object);
    }
}

static void
escapes(void)
{
    static const char *const texts[] = {
        "''", "'abc'", "'it\\'s'", "'\"'", "'it\\'s \"x\"'",
        "'\\\\ \\t\\n\\r\\x00\\x1f\\x7f\\x80\\xff'",
    };
    static const char *const literals[] = {
        "", "abc", "a\\nb", "\\a\\b\\f\\n\\r\\t\\v\\\\\\'\\\"", "\\0\\01\\012\\0123\\777\\8",
        "\\x41\\x4g",
        "\\x", "\\x4", "\\xg1z", "\\q\\N{x}\\u1234", "a\\\nb", "abc\\", "\xe9\xff",
    };
    static const char *const handlers[] = {NULL, "strict", "replace", "ignore", "unheard-of"};
    int i, j;
    for (i = 0; i < COUNT(texts); i++) {
        PyObject *string = value_of(texts[i]);
        say("%s: ", texts[i]);
        say_object(PyString_Repr(string, 0));
        say(" ");
        say_object(PyString_Repr(string, 1));
        say("\n");
        Py_DECREF(string);
    }
    for (i = 0; i < COUNT(literals); i++) {
        for (j = 0; j < COUNT(handlers); j++) {
            say("literal %d, %s: ", i, handlers[j] != NULL ? handlers[j] : "NULL");
            say_object(PyString_DecodeEscape(literals[i], (Py_ssize_t)strlen(literals[i]),
                                             handlers[j], 0, NULL));
            say("\n");
        }
    }
    SHOW(PyString_DecodeEscape("a\xc3\xa9z\\x41", 8, NULL, 0, "latin-1"));
    SHOW(PyString_DecodeEscape("a\xc3\xa9z", 4, NULL, 0, "no-codec"));
}

static void
change(void)
{
    PyObject *a, *b;
    int status;
    a = PyString_FromStringAndSize("abc", 3);
    status = _PyString_Resize(&a, 2);
    say("resize %d ", status);
    PyString_AS_STRING(a)[0] = 'A';
    say_value(a);
    status = _PyString_Resize(&a, 1000);
    say(" %d %d %d %d ", status, (int)PyString_Size(a), PyString_AS_STRING(a)[1000],
        PyString_AS_STRING(a)[1]);
    say("%ld\n", ((PyStringObject *)a)->ob_shash);
    b = a;
    Py_INCREF(b);
    status = _PyString_Resize(&a, 2);
    say("two owners: %d %d ", status, a == NULL);
    say_error();
    say(" %d\n", (int)Py_REFCNT(b));
    Py_DECREF(b);
    a = PyString_FromString("negative");
    status = _PyString_Resize(&a, -1);
    say("negative: %d %d ", status, a == NULL);
    say_error();
    a = PyUnicode_FromString("u");
    status = _PyString_Resize(&a, 2);
    say("\nunicode: %d %d ", status, a == NULL);
    say_error();
    say("\n");

    a = PyString_FromString("abc");
    b = PyString_FromString("def");
    PyString_Concat(&a, b);
    say_value(a);
    PyString_ConcatAndDel(&a, b);
    say_value(a);
    PyString_ConcatAndDel(&a, PyUnicode_FromString("x"));
    say_value(a);
    PyString_Concat(&a, Py_None);
    say(" %d ", a == NULL);
    say_error();
    PyString_Concat(&a, Py_None);
    say(" %d ", a == NULL);
    say_error();
    a = PyString_FromString("abc");
    PyString_Concat(&a, NULL);
    say(" %d ", a == NULL);
    say_error();
    a = PyString_FromString("abc");
    PyString_Concat(&a, Py_None);
    say(" %d ", a == NULL);
    say_error();
    a = PyString_FromString("abc");
    b = a;
    Py_INCREF(b);
    PyString_Concat(&a, a);
    say_value(a);
    PyString_Concat(&a, b);
    say_value(a);
    say_value(b);
    Py_DECREF(b);
    for (status = 0; status < 1000; status++) {
        PyString_ConcatAndDel(&a, PyString_FromString("0123456789"));
    }
    say(" %d\n", (int)PyString_Size(a));
    Py_DECREF(a);
}

static void
intern(void)
{
    PyObject *a = PyString_InternFromString("an interned text"), *b, *c;
    b = PyString_InternFromString("an interned text");
    c = PyString_FromString("an interned text");
    say("interned: %d %d %d ", a == b, c != a, PyString_CHECK_INTERNED(a) != 0);
    PyString_InternInPlace(&c);
    say("%d ", c == a);
    Py_DECREF(a);
    Py_DECREF(b);
    Py_DECREF(c);
    a = PyString_FromString("another");
    b = a;
    PyString_InternInPlace(&a);
    say("%d %d ", a == b, PyString_CHECK_INTERNED(a));
    PyString_InternInPlace(&a);
    say("%d ", a == b);
    PyString_InternImmortal(&a);
    say("%d ", PyString_CHECK_INTERNED(a));
    Py_DECREF(a);
    c = PyString_InternFromString("x");
    a = PyString_FromString("x");
    say("%d\n", a == c);
    Py_DECREF(a);
    Py_DECREF(c);
    /* Thousands that come and go. */
    {
        char text[30];
        PyObject *kept[100];
        int i, right = 1;
        for (i = 0; i < 20000; i++) {
            sprintf(text, "name %d", i);
            a = PyString_InternFromString(text);
            b = PyString_InternFromString(text);
            right &= a == b && strcmp(PyString_AS_STRING(a), text) == 0;
            Py_DECREF(b);
            if (i % 200 == 0) {
                kept[i / 200] = a;
            }
            else {
                Py_DECREF(a);
            }
        }
        for (i = 0; i < 100; i++) {
            sprintf(text, "name %d", i * 200);
            a = PyString_InternFromString(text);
            right &= a == kept[i];
            Py_DECREF(a);
            Py_DECREF(kept[i]);
        }
        say("right %d\n", right);
    }
}

static void
operate(void)
{
    static const char *const others[] = {"'def'", "''", "u'x'", "3", "None"};
    static const char *const indices[] = {
        "0", "2", "-1", "3", "-4", "1L", "99999999999999999999L", "'x'", "None", "True", "1.0",
    };
    static const int operations[] = {Py_LT, Py_LE, Py_EQ, Py_NE, Py_GT, Py_GE};
    static const char *const compared[] = {
        "'abc'", "'abd'", "'ab'", "'abcd'", "''", "'\\xff'", "u'abc'", "3",
    };
    PySequenceMethods *sequence = PyString_Type.tp_as_sequence;
    PyMappingMethods *mapping = PyString_Type.tp_as_mapping;
    PyObject *abc = PyString_FromString("abc"), *other, *slice;
    int i, j;
    for (i = 0; i < COUNT(others); i++) {
        other = value_of(others[i]);
        say("%s: ", others[i]);
        say_object(sequence->sq_concat(abc, other));
        say(" %d ", sequence->sq_contains(abc, other));
        say_error();
        say(" ");
        say_object(PyString_Type.tp_as_number->nb_remainder(abc, other));
        say(" ");
        say_object(PyString_Type.tp_as_number->nb_remainder(other, abc));
        say("\n");
        Py_DECREF(other);
    }
    for (i = -2; i <= 3; i++) {
        say_object(sequence->sq_repeat(abc, i));
        say(" ");
        say_object(sequence->sq_item(abc, i));
        for (j = -2; j <= 4; j++) {
            say(" ");
            say_object(sequence->sq_slice(abc, i, j));
        }
        say("\n");
    }
    say_object(sequence->sq_repeat(abc, PY_SSIZE_T_MAX));
    say(" %d %d\n", (int)sequence->sq_length(abc), (int)mapping->mp_length(abc));
    for (i = 0; i < COUNT(indices); i++) {
        other = value_of(indices[i]);
        say("[%s]: ", indices[i]);
        say_object(mapping->mp_subscript(abc, other));
        say("\n");
        Py_DECREF(other);
    }
    for (i = -4; i <= 4; i += 2) {
        for (j = -4; j <= 4; j += 2) {
            PyObject *start = PyInt_FromLong(i), *stop = PyInt_FromLong(j);
            PyObject *step = PyInt_FromLong(i < 0 ? -1 : 2);
            slice = PySlice_New(start, stop, step);
            say_object(mapping->mp_subscript(abc, slice));
            say(" ");
            Py_DECREF(slice);
            slice = PySlice_New(start, NULL, NULL);
            say_object(mapping->mp_subscript(abc, slice));
            say(" ");
            Py_DECREF(slice);
            Py_DECREF(start);
            Py_DECREF(stop);
            Py_DECREF(step);
        }
    }
    say("\n");
    for (i = 0; i < COUNT(compared); i++) {
        other = value_of(compared[i]);
        say("%s: ", compared[i]);
        for (j = 0; j < COUNT(operations); j++) {
            say_object(PyString_Type.tp_richcompare(abc, other, operations[j]));
            say(" ");
        }
        if (PyString_Check(other)) {
            say("%d", _PyString_Eq(abc, other));
        }
        say("\n");
        Py_DECREF(other);
    }
    say_object(PyString_Type.tp_str(abc));
    say_object(PyString_Type.tp_repr(abc));
    other = PyUnicode_FromString("abc");
    slice = PyString_FromString("abc");
    say(" %d %d\n", PyString_Type.tp_hash(abc) == PyUnicode_Type.tp_hash(other),
        PyString_Type.tp_hash(abc) == PyString_Type.tp_hash(slice));
    Py_DECREF(other);
    Py_DECREF(slice);
    Py_DECREF(abc);
}

static void
buffers(void)
{
    PyObject *abc = PyString_FromString("abc");
    PyBufferProcs *procs = PyString_Type.tp_as_buffer;
    void *data = NULL;
    char *text = NULL;
    Py_ssize_t length = 0;
    Py_buffer view;
    say("%d ", (int)procs->bf_getreadbuffer(abc, 0, &data));
    say("%d ", data == PyString_AS_STRING(abc));
    say("%d ", (int)procs->bf_getcharbuffer(abc, 0, &text));
    say("%d ", text == PyString_AS_STRING(abc));
    say("%d ", (int)procs->bf_getsegcount(abc, &length));
    say("%d ", (int)length);
    say("%d ", (int)procs->bf_getsegcount(abc, NULL));
    say("%d ", (int)procs->bf_getreadbuffer(abc, 1, &data));
    say_error();
    say(" %d ", (int)procs->bf_getwritebuffer(abc, 0, &data));
    say_error();
    say("\n%d ", procs->bf_getbuffer(abc, &view, PyBUF_SIMPLE));
    say("%d %d %d %d ", view.buf == PyString_AS_STRING(abc), (int)view.len, view.readonly,
        view.obj == abc);
    PyBuffer_Release(&view);
    say("%d ", procs->bf_getbuffer(abc, &view, PyBUF_WRITABLE));
    say_error();
    say(" %d\n", (int)Py_REFCNT(abc));
    Py_DECREF(abc);
}

/* A type that is derived from str, with a field of its own behind the string. */
static PyTypeObject derived_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "derived", 
};

static void
derive(void)
{
    PyObject *args = Py_BuildValue("(s)", "derived text"), *string, *other;
    derived_type.ob_type = &PyType_Type;
    derived_type.tp_base = &PyString_Type;
    derived_type.tp_flags |= Py_TPFLAGS_DEFAULT; /* It may be ready. */
    if (PyType_Ready(&derived_type) < 0) {
        say_error();
        return;
    }
    string = PyString_Type.tp_new(&derived_type, args, NULL);
    Py_DECREF(args);
    say("%d %d %d ", Py_TYPE(string) == &derived_type, PyString_Check(string) != 0,
        PyString_CheckExact(string));
    say_value(string);
    say(" %d\n", (int)PyString_Size(string));
    other = PyString_Type.tp_str(string);
    say("%d ", other != string && PyString_CheckExact(other));
    say_object(other);
    other = PyString_Type.tp_as_sequence->sq_slice(string, 0, 100);
    say(" %d ", other != string && PyString_CheckExact(other));
    say_object(other);
    other = PyString_Type.tp_as_sequence->sq_repeat(string, 1);
    say(" %d ", other != string && PyString_CheckExact(other));
    say_object(other);
    other = string;
    Py_INCREF(other);
    PyString_InternInPlace(&other);
    say(" %d %d\n", other == string, PyString_CHECK_INTERNED(other));
    Py_DECREF(other);
    Py_DECREF(string);
    string = PyString_Type.tp_new(&PyString_Type, PyTuple_New(0), NULL);
    say_object(string);
    args = Py_BuildValue("(i)", 42);
    string = PyString_Type.tp_new(&PyString_Type, args, NULL);
    say_object(string);
    say_object(PyBaseString_Type.tp_new(&PyBaseString_Type, args, NULL));
    Py_DECREF(args);
    say("\n");
}

static void
numbers(void)
{
    static const char *const values[] = {"0", "5", "-255", "0L", "255L", "-12345678901234567890L"};
    static const int kinds[] = {'d', 'o', 'x', 'X'};
    int i, j, flags;
    for (i = 3; i < COUNT(values); i++) {
        PyObject *number = value_of(values[i]);
        say("%s:", values[i]);
        for (j = 0; j < COUNT(kinds); j++) {
            for (flags = 0; flags <= 8; flags += 8) {
                char *text = NULL;
                int length = -1;
                PyObject *string = _PyString_FormatLong(number, flags, 6, kinds[j], &text,
                    &length);
                say(" %.*s", length, text);
                Py_XDECREF(string);
            }
        }
        say("\n");
        Py_DECREF(number);
    }
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    PyObject *list;
    make();
    format();
    read_back();
    escapes();
    change();
    intern();
    operate();
    buffers();
    derive();
    numbers();
    list = value_of("['a', 'b']");
    SHOW(_PyString_Join(lent("'-'"), list));
    Py_DECREF(list);
    SHOW(PyString_Encode("abc", 3, "utf-8", NULL));
    SHOW(PyString_Encode("abc", 3, NULL, NULL));
    SHOW(PyString_Encode("abc", 3, "hex", NULL));
    SHOW(PyString_Decode("abc", 3, NULL, NULL));
    SHOW(PyString_Decode("616263", 6, "hex", "strict"));
    SHOW(PyString_Decode("abc", 3, "utf-8", "strict"));
    SHOW(PyString_Decode("abc", 3, "no-codec", "strict"));
    SHOW(PyString_AsEncodedObject(lent("'abc'"), "latin-1", NULL));
    SHOW(PyString_AsDecodedObject(lent("'abc'"), "latin-1", NULL));
    SHOW(PyString_AsEncodedString(lent("'abc'"), "latin-1", NULL));
    SHOW(PyString_AsDecodedString(lent("'abc'"), "latin-1", NULL));
    SHOW(PyString_AsDecodedObject(lent("u'abc'"), "latin-1", NULL));
    SHOW(PyString_AsEncodedObject(lent("3"), "latin-1", NULL));
    SHOW_SIZE(PyString_Type.tp_basicsize);
    SHOW_SIZE(PyString_Type.tp_itemsize);
    SHOW_SIZE(PyString_Type.tp_flags
              & (Py_TPFLAGS_STRING_SUBCLASS | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_HAVE_NEWBUFFER
                 | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC));
    SHOW_SIZE(PyString_Type.tp_base == &PyBaseString_Type);
    SHOW_SIZE(PyBaseString_Type.tp_base == &PyBaseObject_Type);
    SHOW_SIZE(PyString_Type.tp_iter == NULL);
    return finish();
}

MODULE(strings)
