/* Codecs: those that have functions of their own, the registry, error handlers. */

#include "../texts.h"

#define SHOW(call) (say("%s = ", #call), say_object(call), say("\n"))

static const char *const handlers[] = {"strict", "ignore", "replace", NULL};

static void
say_bytes(const char *text, Py_ssize_t size)
{
    PyObject *string = PyString_FromStringAndSize(text, size);
    say_value(string);
    Py_DECREF(string);
}

typedef PyObject *(*decoder)(const char *, Py_ssize_t, const char *);

static void
decode(const char *name, decoder function, const char *const texts[], const Py_ssize_t sizes[],
       int count)
{
    int i, j;
    for (i = 0; i < count; i++) {
        for (j = 0; j < COUNT(handlers); j++) {
            Py_ssize_t size = sizes != NULL ? sizes[i] : (Py_ssize_t)strlen(texts[i]);
            say("%s(", name);
            say_bytes(texts[i], size);
            say(", %s) = ", handlers[j] != NULL ? handlers[j] : "NULL");
            say_object(function(texts[i], size, handlers[j]));
            say("\n");
        }
    }
}

#define DECODE(function, ...)                                                                     \
    do {                                                                                          \
        static const char *const texts[] = {__VA_ARGS__};                                         \
        decode(#function, function, texts, NULL, COUNT(texts));                                   \
    } while (0)

static PyObject *
decode_utf16(const char *text, Py_ssize_t size, const char *errors)
{
    int order = 0;
    PyObject *made = PyUnicode_DecodeUTF16(text, size, errors, &order);
    say("[order %d] ", order);
    return made;
}

static PyObject *
decode_utf16_big(const char *text, Py_ssize_t size, const char *errors)
{
    int order = 1;
    return PyUnicode_DecodeUTF16(text, size, errors, &order);
}

static PyObject *
decode_utf32(const char *text, Py_ssize_t size, const char *errors)
{
    int order = 0;
    PyObject *made = PyUnicode_DecodeUTF32(text, size, errors, &order);
    say("[order %d] ", order);
    return made;
}

#define STATEFUL(call)                                                                            \
    do {                                                                                          \
        Py_ssize_t consumed = -1;                                                                 \
        int order = 0;                                                                            \
        (void)order;                                                                              \
        say("%s = ", #call);                                                                      \
        say_object(call);                                                                         \
        say(" %d\n", (int)consumed);                                                              \
    } while (0)

static void
decoders(void)
{
    DECODE(PyUnicode_DecodeUTF8, "", "a", "abc", "\xc3\xa9", "\xe1\x88\xb4\xf0\x90\x80\x80",
        "a\xff" "b",
           "\xc3", "ab\xc3(", "\x80", "\xc0\x80", "0123456789abcdef\xc3\xa9z");
    DECODE(PyUnicode_DecodeLatin1, "", "\xe9", "a\xff\x80");
    DECODE(PyUnicode_DecodeASCII, "", "a", "abc", "a\x80z");
    DECODE(PyUnicode_DecodeUTF7, "", "abc", "a+AOk-b", "+-", "a+AOk");
    DECODE(PyUnicode_DecodeUnicodeEscape, "", "abc", "\\x41\\u1234\\U00010000\\n\\\\\\'",
        "\\101\\0",
           "\\N{DIGIT ONE}", "\xe9", "a\\\nb");
    DECODE(PyUnicode_DecodeRawUnicodeEscape, "", "abc", "\\u1234\\\\u1234\\n", "\xe9\\U00010000");
    {
        static const char *const texts[] = {
        "a\0b\0", "\xff\xfe" "a\0", "\xfe\xff\0a", "", "\x34\xd8\x1e\xdd",
    };
        static const Py_ssize_t sizes[] = {4, 4, 4, 0, 4};
        decode("utf16", decode_utf16, texts, sizes, COUNT(texts));
        decode("utf16_big", decode_utf16_big, texts, sizes, 1);
    }
    {
        static const char *const texts[] = {
        "a\0\0\0", "\xff\xfe\0\0" "a\0\0\0", "\0\0\xfe\xff\0\0\0a", "",
    };
        static const Py_ssize_t sizes[] = {4, 8, 8, 0};
        decode("utf32", decode_utf32, texts, sizes, COUNT(texts));
    }
    STATEFUL(PyUnicode_DecodeUTF8Stateful("ab\xc3", 3, NULL, &consumed));
    STATEFUL(PyUnicode_DecodeUTF8Stateful("ab\xc3\xa9", 4, NULL, &consumed));
    STATEFUL(PyUnicode_DecodeUTF8Stateful("", 0, NULL, &consumed));
    STATEFUL(PyUnicode_DecodeUTF8Stateful("a\xff", 2, "ignore", &consumed));
    STATEFUL(PyUnicode_DecodeUTF7Stateful("ab+AO", 5, NULL, &consumed));
    STATEFUL(PyUnicode_DecodeUTF16Stateful("a\0b", 3, NULL, &order, &consumed));
    STATEFUL(PyUnicode_DecodeUTF32Stateful("a\0\0\0b", 5, NULL, &order, &consumed));
    {
        Py_UNICODE text[] = {'a', 0x1234};
        SHOW(_PyUnicode_DecodeUnicodeInternal((const char *)text, sizeof text, NULL));
        SHOW(_PyUnicode_DecodeUnicodeInternal((const char *)text, 0, NULL));
    }
}

static void
encoders(void)
{
    static const char *const strings[] = {
        "u''", "u'a'", "u'abc'", "u'\\xe9\\x80'", "u'\\u1234'", "u'a\\U00010000z'", "u'\\ud800'",
        "u'\\ud834\\udd1e'", "u'\\\\ \\n\\'\\x00'", "'abc'", "3",
    };
    static const char *const names[] = {
        "utf-8", "utf8", "UTF-8", "latin-1", "iso-8859-1", "ascii", "cp1252", "utf-16-le",
        "utf-16-be",
        "utf-32-le", "unicode_escape", "raw_unicode_escape", "unheard-of",
    };
    static const char *const more[] = {"xmlcharrefreplace", "backslashreplace", "unheard-of"};
    int i, j, k;
    for (i = 0; i < COUNT(strings); i++) {
        PyObject *string = value_of(strings[i]);
        const Py_UNICODE *text = PyUnicode_Check(string) ? PyUnicode_AS_UNICODE(string) : NULL;
        Py_ssize_t size = PyUnicode_Check(string) ? PyUnicode_GET_SIZE(string) : 0;
        say("%s:\n", strings[i]);
#define ENCODE(call)                                                                              \
        do {                                                                                      \
            say("  %s = ", #call);                                                                \
            say_object(call);                                                                     \
            say("\n");                                                                            \
        } while (0)
        ENCODE(PyUnicode_AsUTF8String(string));
        ENCODE(PyUnicode_AsUTF16String(string));
        ENCODE(PyUnicode_AsUTF32String(string));
        ENCODE(PyUnicode_AsLatin1String(string));
        ENCODE(PyUnicode_AsASCIIString(string));
        ENCODE(PyUnicode_AsUnicodeEscapeString(string));
        ENCODE(PyUnicode_AsRawUnicodeEscapeString(string));
        if (text != NULL) {
            ENCODE(PyUnicode_EncodeUTF8(text, size, NULL));
            ENCODE(PyUnicode_EncodeUTF16(text, size, NULL, -1));
            ENCODE(PyUnicode_EncodeUTF16(text, size, "strict", 1));
            ENCODE(PyUnicode_EncodeUTF32(text, size, NULL, -1));
            ENCODE(PyUnicode_EncodeUTF32(text, size, NULL, 1));
            ENCODE(PyUnicode_EncodeUnicodeEscape(text, size));
            ENCODE(PyUnicode_EncodeRawUnicodeEscape(text, size));
            for (j = 0; j < COUNT(handlers); j++) {
                ENCODE(PyUnicode_EncodeLatin1(text, size, handlers[j]));
                ENCODE(PyUnicode_EncodeASCII(text, size, handlers[j]));
            }
            for (j = 0; j < COUNT(more); j++) {
                ENCODE(PyUnicode_EncodeASCII(text, size, more[j]));
            }
            for (j = 0; j < COUNT(names); j++) {
                say("  %s: ", names[j]);
                say_object(PyUnicode_Encode(text, size, names[j], NULL));
                say("\n");
            }
        }
        for (j = 0; j < COUNT(names); j++) {
            PyObject *encoded = PyUnicode_AsEncodedString(string, names[j], "replace");
            say("  %s: ", names[j]);
            say_value(encoded);
            if (encoded == NULL) {
                say_error();
            }
            else {
                if (strncmp(names[j], "utf-32", 6) != 0) {
                    say(" and back ");
                    say_object(PyUnicode_Decode(PyString_AS_STRING(encoded),
                                                PyString_GET_SIZE(encoded), names[j], "replace"));
                }
                Py_DECREF(encoded);
            }
            say("\n");
        }
        Py_DECREF(string);
    }
    for (k = 0; k < COUNT(names); k++) {
        say("decode %s: ", names[k]);
        say_object(PyUnicode_Decode("a\0\0\0", 4, names[k], NULL));
        say("\n");
    }
}

static void
charmaps(void)
{
    PyObject *map = value_of("{97: u'A', 98: 0x1234, 99: None, 100: u'xyz'}");
    PyObject *back = value_of("{0x41: 97, 0x42: 'b!', 0x43: None}");
    PyObject *text = value_of("u'AB'"), *long_text = value_of("u'ABCD'"), *table, *encoded;
    Py_UNICODE decimals[] = {'4', 0x0661, ' ', 0x2003, 0xe9, 0x1234};
    char digits[100];
    SHOW(PyUnicode_DecodeCharmap("abd", 3, map, NULL));
    SHOW(PyUnicode_DecodeCharmap("abc", 3, map, NULL));
    SHOW(PyUnicode_DecodeCharmap("abc", 3, map, "replace"));
    SHOW(PyUnicode_DecodeCharmap("abc", 3, map, "ignore"));
    SHOW(PyUnicode_DecodeCharmap("abe", 3, map, "ignore"));
    SHOW(PyUnicode_DecodeCharmap("a\xe9", 2, NULL, NULL));
    table = value_of("u'zyx\\ufffe'");
    SHOW(PyUnicode_DecodeCharmap("\1\2", 2, table, NULL));
    SHOW(PyUnicode_DecodeCharmap("\1\3", 2, table, NULL));
    SHOW(PyUnicode_DecodeCharmap("\1\4", 2, table, "replace"));
    Py_DECREF(table);
    SHOW(PyUnicode_AsCharmapString(text, back));
    SHOW(PyUnicode_AsCharmapString(long_text, back));
    SHOW(PyUnicode_AsCharmapString(Py_None, back));
    SHOW(PyUnicode_EncodeCharmap(PyUnicode_AS_UNICODE(long_text), 4, back, "ignore"));
    SHOW(PyUnicode_EncodeCharmap(PyUnicode_AS_UNICODE(long_text), 4, back, "replace"));
    SHOW(PyUnicode_EncodeCharmap(PyUnicode_AS_UNICODE(long_text), 4, NULL, NULL));
    SHOW(PyUnicode_TranslateCharmap(PyUnicode_AS_UNICODE(text), 2, map, NULL));
    SHOW(PyUnicode_Translate(lent("'abd'"), map, NULL));
    SHOW(PyUnicode_Translate(lent("u'abcd'"), map, NULL));
    SHOW(PyUnicode_Translate(lent("u'abcd'"), map, "ignore"));
    SHOW(PyUnicode_Translate(lent("3"), map, "ignore"));
    table = PyUnicode_FromUnicode(NULL, 256);
    {
        int i;
        for (i = 0; i < 256; i++) {
            PyUnicode_AS_UNICODE(table)[i] = i < 128 ? i : 0x400 + i;
        }
    }
    encoded = PyUnicode_BuildEncodingMap(table);
    say("encoding map %d ", encoded != NULL);
    say_error();
    if (encoded != NULL) {
        PyObject *cyrillic = value_of("u'a\\u0481'");
        say(" ");
        say_object(PyUnicode_AsCharmapString(cyrillic, encoded));
        Py_DECREF(cyrillic);
        Py_DECREF(encoded);
    }
    say("\n");
    say("decimal %d ", PyUnicode_EncodeDecimal(decimals, 5, digits, NULL));
    say_bytes(digits, (Py_ssize_t)strlen(digits));
    say("\ndecimal %d ", PyUnicode_EncodeDecimal(decimals, 6, digits, NULL));
    say_error();
    say("\ndecimal %d ", PyUnicode_EncodeDecimal(decimals, 6, digits, "replace"));
    say_bytes(digits, (Py_ssize_t)strlen(digits));
    say("\ndecimal %d ", PyUnicode_EncodeDecimal(decimals, 6, digits, "ignore"));
    say_bytes(digits, (Py_ssize_t)strlen(digits));
    say("\ndecimal %d ", PyUnicode_EncodeDecimal(decimals, 6, digits, "xmlcharrefreplace"));
    say_bytes(digits, (Py_ssize_t)strlen(digits));
    say("\n");
    Py_DECREF(map);
    Py_DECREF(back);
    Py_DECREF(text);
    Py_DECREF(long_text);
    Py_DECREF(table);
}

/* An error handler in C: what it replaces is written by its numbers. */
static PyObject *
numbers(PyObject *self, PyObject *exception)
{
    Py_ssize_t start = -1, end = -1;
    PyObject *object, *made;
    char text[200] = "";
    int used = 0;
    if (!PyObject_TypeCheck(exception, (PyTypeObject *)PyExc_UnicodeEncodeError)) {
        PyErr_SetString(PyExc_TypeError, "only for encoding");
        return NULL;
    }
    PyUnicodeEncodeError_GetStart(exception, &start);
    PyUnicodeEncodeError_GetEnd(exception, &end);
    object = PyUnicodeEncodeError_GetObject(exception);
    for (; start < end; start++) {
        used += sprintf(text + used, "<%x>", PyUnicode_AS_UNICODE(object)[start]);
    }
    Py_DECREF(object);
    made = PyUnicode_FromString(text);
    return Py_BuildValue("(Nn)", made, end);
}

static PyMethodDef numbers_method = {"numbers", numbers, METH_O, NULL};

static void
registry(void)
{
    PyObject *function, *arguments, *error, *text = value_of("u'a\\u1234\\u1235z'");
    static const char *const names[] = {"utf-8", "latin-1", "unheard-of"};
    int i;
    for (i = 0; i < COUNT(names); i++) {
        function = PyCodec_Encoder(names[i]);
        say("%s: encoder %d ", names[i], function != NULL && PyCallable_Check(function));
        say_error();
        Py_XDECREF(function);
        function = PyCodec_Decoder(names[i]);
        say(" decoder %d ", function != NULL && PyCallable_Check(function));
        say_error();
        if (function != NULL) {
            arguments = Py_BuildValue("(s)", "abc");
            say(" ");
            say_object(PyObject_Call(function, arguments, NULL));
            Py_DECREF(arguments);
        }
        Py_XDECREF(function);
        function = PyCodec_IncrementalDecoder(names[i], "strict");
        say(" incremental %d ", function != NULL);
        say_error();
        Py_XDECREF(function);
        function = PyCodec_IncrementalEncoder(names[i], NULL);
        say(" %d ", function != NULL);
        say_error();
        Py_XDECREF(function);
        say("\n");
    }
    SHOW(PyCodec_Encode(text, "utf-8", NULL));
    SHOW(PyCodec_Encode(text, "ascii", "replace"));
    SHOW(PyCodec_Encode(lent("'abc'"), "hex", NULL));
    SHOW(PyCodec_Encode(lent("u'abc'"), "hex", NULL));
    SHOW(PyCodec_Decode(lent("'abc'"), "ascii", NULL));
    SHOW(PyCodec_Decode(lent("'616263'"), "hex", NULL));
    SHOW(PyCodec_Encode(lent("'abc Xyz'"), "rot13", NULL));
    SHOW(PyCodec_Encode(lent("u'abc \\xe9 Xyz'"), "rot_13", NULL));
    SHOW(PyCodec_Encode(text, "rot-13", NULL));
    SHOW(PyCodec_Encode(text, "rot13", "replace"));
    SHOW(PyCodec_Encode(text, "rot13", "xmlcharrefreplace"));
    SHOW(PyCodec_Decode(lent("'Nop \\xe9'"), "ROT13", NULL));
    SHOW(PyUnicode_AsEncodedString(lent("u'nop'"), "rot13", NULL));
    SHOW(PyUnicode_Decode("nop@[`{", 7, "rot13", NULL));
    SHOW(PyCodec_Encode(text, "unheard-of", NULL));
    SHOW(PyCodec_LookupError("unheard-of"));
    function = PyCFunction_New(&numbers_method, NULL);
    say("register %d ", PyCodec_RegisterError("py2abi.numbers", function));
    say_error();
    Py_DECREF(function);
    say(" %d ", PyCodec_RegisterError("py2abi.nothing", Py_None));
    say_error();
    say("\n");
    SHOW(PyUnicode_EncodeASCII(PyUnicode_AS_UNICODE(text), 4, "py2abi.numbers"));
    SHOW(PyUnicode_EncodeLatin1(PyUnicode_AS_UNICODE(text), 4, "py2abi.numbers"));
    SHOW(PyUnicode_DecodeASCII("a\xff", 2, "py2abi.numbers"));
    error = PyUnicodeEncodeError_Create("ascii", PyUnicode_AS_UNICODE(text), 4, 1, 3, "why not");
    if (error == NULL) {
        say_error();
        return;
    }
    SHOW(PyCodec_StrictErrors(error));
    SHOW(PyCodec_IgnoreErrors(error));
    SHOW(PyCodec_ReplaceErrors(error));
    SHOW(PyCodec_XMLCharRefReplaceErrors(error));
    SHOW(PyCodec_BackslashReplaceErrors(error));
    Py_DECREF(error);
    error = PyUnicodeDecodeError_Create("ascii", "a\xff\xfez", 4, 1, 3, "why not");
    if (error == NULL) {
        say_error();
        return;
    }
    SHOW(PyCodec_StrictErrors(error));
    SHOW(PyCodec_IgnoreErrors(error));
    SHOW(PyCodec_ReplaceErrors(error));
    SHOW(PyCodec_XMLCharRefReplaceErrors(error));
    Py_DECREF(error);
    SHOW(PyCodec_StrictErrors(Py_None));
    Py_DECREF(text);
}

static PyObject *
run(PyObject *module, PyObject *unused)
{
    decoders();
    encoders();
    charmaps();
    registry();
    return finish();
}

MODULE(codecs_api)
