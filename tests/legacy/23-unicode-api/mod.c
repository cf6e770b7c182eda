/* The functions of unicode: making strings, reading them, operations on strings of
 * either kind, operators, the memory of strings. */

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
    static const Py_UNICODE text[] = {'a', 0xe9, 0x1234, 0x10ffff, 0};
    static const wchar_t wide[] = L"wide \u1234";
    PyObject *a, *b;
    SHOW(PyUnicode_FromUnicode(text, 4));
    SHOW(PyUnicode_FromUnicode(text, 0));
    SHOW(PyUnicode_FromUnicode(NULL, 0));
    SHOW(PyUnicode_FromString(""));
    SHOW(PyUnicode_FromString("abc"));
    SHOW(PyUnicode_FromString("\xc3\xa9\xe1\x88\xb4\xf4\x8f\xbf\xbf"));
    SHOW(PyUnicode_FromString("\xff"));
    SHOW(PyUnicode_FromStringAndSize("a\0b", 3));
    SHOW(PyUnicode_FromStringAndSize("abc", -1));
    SHOW(PyUnicode_FromStringAndSize("", 0));
    SHOW(PyUnicode_FromWideChar(wide, 6));
    SHOW(PyUnicode_FromWideChar(NULL, 6));
    SHOW(PyUnicode_FromOrdinal(0));
    SHOW(PyUnicode_FromOrdinal('x'));
    SHOW(PyUnicode_FromOrdinal(0x10ffff));
    SHOW(PyUnicode_FromOrdinal(0x110000));
    SHOW(PyUnicode_FromOrdinal(-1));
    a = PyUnicode_FromUnicode(text + 1, 1);
    b = PyUnicode_FromOrdinal(0xe9);
    say("shared %d ", a == b);
    Py_DECREF(a);
    Py_DECREF(b);
    a = PyUnicode_FromUnicode(NULL, 3);
    say("%d %ld %d ", PyUnicode_AS_UNICODE(a)[3], ((PyUnicodeObject *)a)->hash,
        ((PyUnicodeObject *)a)->defenc == NULL);
    PyUnicode_AS_UNICODE(a)[0] = 'x';
    PyUnicode_AS_UNICODE(a)[1] = 'y';
    PyUnicode_AS_UNICODE(a)[2] = 0x1234;
    say_object(a);
    say("\n");
}

static void
format(void)
{
    PyObject *text = value_of("u'\\u1234'"), *list = value_of("[1, 'a']");
    SHOW(PyUnicode_FromFormat("plain"));
    SHOW(PyUnicode_FromFormat("%d %i %u %x", -5, -6, 7u, 255));
    SHOW(PyUnicode_FromFormat("%ld %lu %zd %zu", -5L, 6UL, (Py_ssize_t)-7, (size_t)8));
    SHOW(PyUnicode_FromFormat("%5d|%05d|%.3d|%5.3d|%5x|%300d|", 1, 2, 3, 4, 255, 1));
    SHOW(PyUnicode_FromFormat("%s|%.2s|%5s|", "abc", "abc", "abc"));
    SHOW(PyUnicode_FromFormat("%s", "\xc3\xa9\xe1\x88\xb4"));
    SHOW(PyUnicode_FromFormat("%s", "a\xffz"));
    SHOW(PyUnicode_FromFormat("%c%c%c", 'a', 0xe9, 0x10ffff));
    SHOW(PyUnicode_FromFormat("%c", 0x110000));
    SHOW(PyUnicode_FromFormat("%p", (void *)0xabc));
    SHOW(PyUnicode_FromFormat("100%%"));
    SHOW(PyUnicode_FromFormat("%U|%V|%V", text, text, "x", NULL, "text"));
    SHOW(PyUnicode_FromFormat("%S|%R|%R", list, list, text));
    SHOW(PyUnicode_FromFormat("%d %y %d", 5, 6));
    SHOW(PyUnicode_FromFormat("%lld", 5LL));
    SHOW(PyUnicode_FromFormat("%-5d", 5));
    SHOW(PyUnicode_FromFormat("%"));
    Py_DECREF(text);
    Py_DECREF(list);
}

static void
read_back(void)
{
    static const char *const values[] = {"u''", "u'abc\\u1234'", "'abc'", "3", "None"};
    int i;
    for (i = 0; i < COUNT(values); i++) {
        PyObject *object = value_of(values[i]), *made;
        wchar_t wide[10];
        say("%s: %d ", values[i], PyUnicode_AsUnicode(object) != NULL);
        say_error();
        say(" %d ", (int)PyUnicode_GetSize(object));
        say_error();
        say(" ");
        made = PyUnicode_FromObject(object);
        say("%d ", made == object);
        say_object(made);
        say(" ");
        say_object(PyUnicode_FromEncodedObject(object, "ascii", "strict"));
        say(" ");
        say_object(PyUnicode_FromEncodedObject(object, NULL, NULL));
        if (PyUnicode_Check(object)) {
            wmemset(wide, L'-', 10);
            say(" %d ", (int)PyUnicode_AsWideChar((PyUnicodeObject *)object, wide, 9));
            say("%d ", wide[(int)PyUnicode_GetSize(object)] == 0);
            wmemset(wide, L'-', 10);
            say("%d ", (int)PyUnicode_AsWideChar((PyUnicodeObject *)object, wide, 2));
            say("%d%d", wide[0] != L'-', wide[2] == L'-');
        }
        say("\n");
        Py_DECREF(object);
    }
    SHOW(PyUnicode_FromEncodedObject(NULL, NULL, NULL));
    SHOW_SIZE(PyUnicode_AsWideChar(NULL, NULL, 0));
    SHOW_SIZE(PyUnicode_GetMax());
}

static void
change(void)
{
    PyObject *a = PyUnicode_FromUnicode(NULL, 3), *b;
    int status;
    PyUnicode_AS_UNICODE(a)[0] = 'a';
    PyUnicode_AS_UNICODE(a)[1] = 'b';
    PyUnicode_AS_UNICODE(a)[2] = 'c';
    say("%d ", _PyUnicode_AsDefaultEncodedString(a, NULL) == ((PyUnicodeObject *)a)->defenc);
    status = PyUnicode_Resize(&a, 2);
    say("%d %d ", status, ((PyUnicodeObject *)a)->defenc == NULL);
    say_value(a);
    status = PyUnicode_Resize(&a, 1000);
    say(" %d %d %d %c\n", status, (int)PyUnicode_GetSize(a), PyUnicode_AS_UNICODE(a)[1000],
        PyUnicode_AS_UNICODE(a)[1]);
    b = a;
    Py_INCREF(b);
    status = PyUnicode_Resize(&a, 2);
    say("two owners: %d %d ", status, a == b);
    say_error();
    Py_DECREF(b);
    status = PyUnicode_Resize(&a, -1);
    say("\nnegative: %d %d ", status, a == b);
    say_error();
    Py_DECREF(a);
    a = PyString_FromString("s");
    status = PyUnicode_Resize(&a, 2);
    say("\nstr: %d ", status);
    say_error();
    Py_DECREF(a);
    status = PyUnicode_Resize(NULL, 2);
    say("\nNULL: %d ", status);
    say_error();
    say("\n");
}

static const char *const strings[] = {
    "'abcabc'", "u'abcabc'", "u'bc'", "'bc'", "u''", "''", "u'a\\u1234'", "3", "u'abd'", "'\\xff'",
};

static void
combine(void)
{
    int i, j;
    for (i = 0; i < COUNT(strings); i++) {
        for (j = 0; j < COUNT(strings); j++) {
            PyObject *a = value_of(strings[i]), *b = value_of(strings[j]);
            int result;
            say("%s and %s:\n  ", strings[i], strings[j]);
            say_object(PyUnicode_Concat(a, b));
            result = PyUnicode_Compare(a, b);
            say(" %d ", result);
            say_error();
            result = PyUnicode_Contains(a, b);
            say(" %d ", result);
            say_error();
            result = (int)PyUnicode_Count(a, b, 0, 100);
            say(" %d ", result);
            say_error();
            result = (int)PyUnicode_Find(a, b, 1, 100, 1);
            say(" %d ", result);
            say_error();
            result = (int)PyUnicode_Find(a, b, -100, -1, -1);
            say(" %d ", result);
            say_error();
            result = (int)PyUnicode_Tailmatch(a, b, 0, 100, -1);
            say(" %d ", result);
            say_error();
            result = (int)PyUnicode_Tailmatch(a, b, 0, 100, 1);
            say(" %d ", result);
            say_error();
            say("\n  ");
            say_object(PyUnicode_RichCompare(a, b, Py_LT));
            say(" ");
            say_object(PyUnicode_RichCompare(a, b, Py_GE));
            /* That would also be a warning. */
            if (strcmp(strings[i], "'\\xff'") != 0 && strcmp(strings[j], "'\\xff'") != 0) {
                say(" ");
                say_object(PyUnicode_RichCompare(a, b, Py_EQ));
                say(" ");
                say_object(PyUnicode_RichCompare(a, b, Py_NE));
            }
            say("\n  ");
            say_object(PyUnicode_Split(a, b, -1));
            say(" ");
            say_object(PyUnicode_RSplit(a, b, 1));
            say(" ");
            say_object(PyUnicode_Partition(a, b));
            say(" ");
            say_object(PyUnicode_RPartition(a, b));
            say(" ");
            say_object(PyUnicode_Replace(a, b, b, 1));
            say("\n");
            Py_DECREF(a);
            Py_DECREF(b);
        }
    }
    SHOW(PyUnicode_Split(lent("' a b '"), NULL, -1));
    SHOW(PyUnicode_RSplit(lent("u' a b '"), NULL, 0));
    SHOW(PyUnicode_Splitlines(lent("'a\\nb\\r'"), 0));
    SHOW(PyUnicode_Splitlines(lent("u'a\\u2028b'"), 1));
    SHOW(PyUnicode_Join(NULL, lent("['a', u'b']")));
    SHOW(PyUnicode_Join(lent("'-'"), lent("['a', 'b']")));
    SHOW(PyUnicode_Join(lent("3"), lent("['a', 'b']")));
    SHOW(PyUnicode_Join(lent("3"), lent("[u'a']")));
    SHOW(PyUnicode_Join(lent("u'-'"), lent("['a', 3]")));
    SHOW(PyUnicode_Replace(lent("'abc'"), lent("u'b'"), lent("'xyz'"), -1));
    SHOW(_PyUnicode_XStrip((PyUnicodeObject *)lent("u'xaxbx'"), 0, lent("u'x'")));
    SHOW(_PyUnicode_XStrip((PyUnicodeObject *)lent("u'xaxbx'"), 1, lent("u'x'")));
    SHOW(_PyUnicode_XStrip((PyUnicodeObject *)lent("u'xaxbx'"), 2, lent("u'x'")));
}

static void
operate(void)
{
    static const char *const indices[] = {
        "0", "2", "-1", "3", "-4", "1L", "99999999999999999999L", "'x'", "None", "True", "1.0",
    };
    PySequenceMethods *sequence = PyUnicode_Type.tp_as_sequence;
    PyMappingMethods *mapping = PyUnicode_Type.tp_as_mapping;
    PyObject *abc = value_of("u'ab\\u1234'"), *other, *slice;
    int i, j;
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
        PyObject *start = PyInt_FromLong(i), *step = PyInt_FromLong(i < 0 ? -1 : 2);
        slice = PySlice_New(start, NULL, step);
        say_object(mapping->mp_subscript(abc, slice));
        say(" ");
        Py_DECREF(slice);
        slice = PySlice_New(start, NULL, NULL);
        say_object(mapping->mp_subscript(abc, slice));
        say(" ");
        Py_DECREF(slice);
        Py_DECREF(start);
        Py_DECREF(step);
    }
    say("\n");
    say_object(PyUnicode_Type.tp_repr(abc));
    say(" ");
    other = PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(abc), 3);
    say("%d ", PyUnicode_Type.tp_hash(abc) == PyUnicode_Type.tp_hash(other));
    Py_DECREF(other);
    Py_DECREF(abc);
    abc = value_of("u'ab'");
    say_object(PyUnicode_Type.tp_str(abc));
    say(" ");
    say_object(PyUnicode_Type.tp_as_number->nb_remainder(abc, Py_None));
    say(" ");
    say_object(PyUnicode_Type.tp_as_number->nb_remainder(Py_None, abc));
    say("\n");
    {
        PyBufferProcs *procs = PyUnicode_Type.tp_as_buffer;
        void *data = NULL;
        char *text = NULL;
        Py_ssize_t length = 0;
        say("%d ", (int)procs->bf_getreadbuffer(abc, 0, &data));
        say("%d ", data == PyUnicode_AS_UNICODE(abc));
        say("%d ", (int)procs->bf_getcharbuffer(abc, 0, &text));
        say("%s ", text);
        say("%d ", (int)procs->bf_getsegcount(abc, &length));
        say("%d ", (int)length);
        say("%d ", (int)procs->bf_getreadbuffer(abc, 1, &data));
        say_error();
        say(" %d ", (int)procs->bf_getwritebuffer(abc, 0, &data));
        say_error();
        say("\n");
    }
    Py_DECREF(abc);
    SHOW(PyObject_Repr(lent("u'\\'\"\\\\\\t\\n\\r\\x00\\x7f\\x80'")));
    SHOW(PyObject_Repr(lent("u'\\xff\\u0100\\uffff\\U00010000'")));
    SHOW(PyObject_Repr(lent("u'it\\'s'")));
}

/* A type that is derived from unicode. */
static PyTypeObject derived_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "derived",
};

static void
derive(void)
{
    PyObject *args = Py_BuildValue("(s)", "derived text"), *string, *other;
    derived_type.ob_type = &PyType_Type;
    derived_type.tp_base = &PyUnicode_Type;
    derived_type.tp_flags |= Py_TPFLAGS_DEFAULT; /* It may be ready. */
    if (PyType_Ready(&derived_type) < 0) {
        say_error();
        return;
    }
    string = PyUnicode_Type.tp_new(&derived_type, args, NULL);
    Py_DECREF(args);
    say("%d %d %d ", Py_TYPE(string) == &derived_type, PyUnicode_Check(string) != 0,
        PyUnicode_CheckExact(string));
    say_value(string);
    say(" %d\n", (int)PyUnicode_GetSize(string));
    other = PyUnicode_FromObject(string);
    say("%d ", other != string && PyUnicode_CheckExact(other));
    say_object(other);
    other = PyUnicode_Type.tp_as_sequence->sq_slice(string, 0, 100);
    say(" %d ", other != string && PyUnicode_CheckExact(other));
    say_object(other);
    say(" %s\n", PyString_AsString(string));
    Py_DECREF(string);
    args = Py_BuildValue("(sss)", "abc", "ascii", "strict");
    SHOW(PyUnicode_Type.tp_new(&PyUnicode_Type, args, NULL));
    Py_DECREF(args);
    args = Py_BuildValue("(i)", 42);
    SHOW(PyUnicode_Type.tp_new(&PyUnicode_Type, args, NULL));
    Py_DECREF(args);
    args = PyTuple_New(0);
    SHOW(PyUnicode_Type.tp_new(&PyUnicode_Type, args, NULL));
    Py_DECREF(args);
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    make();
    format();
    read_back();
    change();
    combine();
    operate();
    derive();
    SHOW_SIZE(PyUnicode_Type.tp_basicsize);
    SHOW_SIZE(PyUnicode_Type.tp_flags
              & (Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_HAVE_NEWBUFFER
                 | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC));
    SHOW_SIZE(PyUnicode_Type.tp_base == &PyBaseString_Type);
    SHOW_SIZE(PyUnicode_Type.tp_iter == NULL);
    return finish();
}

MODULE(unicode_api)
