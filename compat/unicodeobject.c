/* unicodeobject.c - Python 2.7's unicode, four bytes for each character, in guest
 * memory.
 *
 * The characters are a block of PyObject_Malloc's of their own, whoever made it.
 * hash stays -1 (not computed).  defenc, once somebody has asked for it, is the
 * str in the default encoding.
 *
 * Codecs are the host's.  What is plain UTF-8, Latin-1 or ASCII is done here;
 * what is not valid goes to the host, whose errors and error handlers are the
 * same as Python 2's. */

#include "config.h"
#include "check.h"
#include "pool.h"
#include "strings27.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static PyObject *unicode_convert(PyObject *value, int conversion);

#define TEXT_CHAR Py_UNICODE
#define TEXT(name) unicode_##name
#define TEXT_NEW(text, length) PyUnicode_FromUnicode((text), (length))
#define TEXT_DATA(object) PyUnicode_AS_UNICODE(object)
#define TEXT_LENGTH(object) PyUnicode_GET_SIZE(object)
#define TEXT_IS_EXACT(object) PyUnicode_CheckExact(object)
#define TEXT_FIND_CHAR(text, c, length) \
    ((const Py_UNICODE *)wmemchr((const wchar_t *)(text), (wchar_t)(c), (length)))
#define TEXT_IS_SPACE(c) Py_UNICODE_ISSPACE(c)
#define TEXT_IS_LINE_END(c) Py_UNICODE_ISLINEBREAK(c)
#define TEXT_IS_LOWER(c) Py_UNICODE_ISLOWER(c)
#define TEXT_IS_UPPER(c) Py_UNICODE_ISUPPER(c)
#define TEXT_IS_TITLE(c) Py_UNICODE_ISTITLE(c)
#define TEXT_TO_LOWER(c) Py_UNICODE_TOLOWER(c)
#define TEXT_TO_UPPER(c) Py_UNICODE_TOUPPER(c)
#define TEXT_TO_TITLE(c) Py_UNICODE_TOTITLE(c)
#include "text.h"
#define TEXT_FLOAT_ERROR ((const char *)NULL)
#define TEXT_SHOWN(c) ((c) >= 31 && (c) <= 126 ? (int)(c) : '?')
#include "percent.h"

TEXT_IS_ALL(is_space, Py_UNICODE_ISSPACE)
TEXT_IS_ALL(is_alpha, Py_UNICODE_ISALPHA)
TEXT_IS_ALL(is_alnum, Py_UNICODE_ISALNUM)
TEXT_IS_ALL(is_decimal, Py_UNICODE_ISDECIMAL)
TEXT_IS_ALL(is_digit, Py_UNICODE_ISDIGIT)
TEXT_IS_ALL(is_numeric, Py_UNICODE_ISNUMERIC)

/* A long is as wide as a wchar_t at least, and a character as wide as it. */
_Static_assert(sizeof(wchar_t) == sizeof(Py_UNICODE), "wchar_t has another width");

enum { IMMORTAL = 1 << 28, LAST_CHARACTER = 0x10ffff };

/* What the default encoding is: the host's, unless a guest changes it. */
static char default_encoding[100] = "utf-8";
static int default_has_ascii = 1;

/* ---- Making strings ---- */

static PyUnicodeObject empty, characters[256];
static Py_UNICODE character_text[256][2];

static PyObject *
shared(PyUnicodeObject *unicode, Py_UNICODE *text, Py_ssize_t length)
{
    if (unicode->ob_type == NULL) {
        unicode->ob_type = &PyUnicode_Type;
        unicode->ob_refcnt = IMMORTAL;
        unicode->str = text;
        unicode->length = length;
        unicode->hash = -1;
    }
    unicode->ob_refcnt++;
    return (PyObject *)unicode;
}

static PyObject *
shared_empty(void)
{
    static Py_UNICODE nothing[1];
    return shared(&empty, nothing, 0);
}

static PyObject *
shared_character(Py_UNICODE c)
{
    character_text[c][0] = c;
    return shared(&characters[c], character_text[c], 1);
}

/* Room for characters and the NUL behind them, or NULL with MemoryError. */
static Py_UNICODE *
new_text(Py_ssize_t length)
{
    Py_UNICODE *text = length < PY_SSIZE_T_MAX / (Py_ssize_t)sizeof *text
                           ? py2abi_large_malloc(((size_t)length + 1) * sizeof *text)
                           : NULL;
    if (text == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    /* The first too: a string that is being filled is looked at. */
    text[0] = text[length] = 0;
    return text;
}

static PyObject *
new_unicode(Py_ssize_t length)
{
    Py_UNICODE *text = new_text(length);
    if (text == NULL) {
        return NULL;
    }
    PyUnicodeObject *unicode = PyObject_Malloc(sizeof *unicode);
    if (unicode == NULL) {
        PyObject_Free(text);
        return PyErr_NoMemory();
    }
    unicode->ob_refcnt = 1;
    unicode->ob_type = &PyUnicode_Type;
    unicode->length = length;
    unicode->str = text;
    unicode->hash = -1;
    unicode->defenc = NULL;
    return (PyObject *)unicode;
}

PyObject *
PyUnicode_FromUnicode(const Py_UNICODE *text, Py_ssize_t length)
{
    if (length < 0) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (length == 0) {
        return shared_empty();
    }
    if (text != NULL && length == 1 && *text < 256) {
        return shared_character(*text);
    }
    PyObject *unicode = new_unicode(length);
    if (unicode != NULL && text != NULL) {
        memcpy(PyUnicode_AS_UNICODE(unicode), text, (size_t)length * sizeof *text);
    }
    return unicode;
}

PyObject *
PyUnicode_FromStringAndSize(const char *text, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyUnicode_FromStringAndSize");
        return NULL;
    }
    return text != NULL ? PyUnicode_DecodeUTF8(text, size, NULL)
                        : PyUnicode_FromUnicode(NULL, size);
}

PyObject *
PyUnicode_FromString(const char *text)
{
    return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), NULL);
}

PyObject *
PyUnicode_FromWideChar(const wchar_t *text, Py_ssize_t length)
{
    if (text == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyUnicode_FromUnicode((const Py_UNICODE *)text, length);
}

PyObject *
PyUnicode_FromOrdinal(int ordinal)
{
    if (ordinal < 0 || ordinal > LAST_CHARACTER) {
        PyErr_SetString(PyExc_ValueError,
                        "unichr() arg not in range(0x110000) (wide Python build)");
        return NULL;
    }
    Py_UNICODE c = (Py_UNICODE)ordinal;
    return PyUnicode_FromUnicode(&c, 1);
}

PyObject *
PyUnicode_FromEncodedObject(PyObject *object, const char *encoding, const char *errors)
{
    const char *text;
    Py_ssize_t size;
    if (object == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyUnicode_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "decoding Unicode is not supported");
        return NULL;
    }
    if (PyString_Check(object)) {
        text = PyString_AS_STRING(object);
        size = PyString_GET_SIZE(object);
    }
    else if (PyByteArray_Check(object)) {
        PyErr_SetString(PyExc_TypeError, "decoding bytearray is not supported");
        return NULL;
    }
    else if (PyObject_AsCharBuffer(object, &text, &size) < 0) {
        if (PyErr_ExceptionMatches(PyExc_TypeError)) {
            PyErr_Format(PyExc_TypeError,
                         "coercing to Unicode: need string or buffer, %.80s found",
                         Py_TYPE(object)->tp_name);
        }
        return NULL;
    }
    return size == 0 ? shared_empty() : PyUnicode_Decode(text, size, encoding, errors);
}

PyObject *
PyUnicode_FromObject(PyObject *object)
{
    if (object == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return PyUnicode_Check(object) ? unicode_same(object)
                                   : PyUnicode_FromEncodedObject(object, NULL, "strict");
}

/* Bytes as the characters of the same numbers. */
static void
append_latin1(struct unicode_builder *builder, const char *text, Py_ssize_t size)
{
    unicode_append_ascii(builder, text, size);
}

static void
append_number(struct unicode_builder *builder, char kind, int is_long, int is_size, int has_zero,
              int width, int precision, va_list *list)
{
    char format[64], *number;
    int flags = sprintf(format, "%%%s", has_zero ? "0" : "");
    if (width > 0) {
        flags += sprintf(format + flags, "%d", width);
    }
    if (precision >= 0) {
        flags += sprintf(format + flags, ".%d", precision);
    }
    sprintf(format + flags, "%s%c", is_long ? "l" : is_size ? "z" : "", kind);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int length = is_long || is_size ? asprintf(&number, format, va_arg(*list, long))
                                    : asprintf(&number, format, va_arg(*list, int));
#pragma GCC diagnostic pop
    if (length < 0) {
        builder->failed = 1;
        PyErr_NoMemory();
        return;
    }
    append_latin1(builder, number, length);
    free(number);
}

/* An object's text: what str or repr gives, or, if it is unicode, itself. */
static void
append_object(struct unicode_builder *builder, PyObject *object, int is_repr)
{
    PyObject *text = is_repr                  ? PyObject_Repr(object)
                     : PyUnicode_Check(object) ? unicode_same(object)
                                               : PyObject_Str(object);
    if (text == NULL) {
        builder->failed = 1;
    }
    else if (PyUnicode_Check(text)) {
        unicode_append(builder, PyUnicode_AS_UNICODE(text), PyUnicode_GET_SIZE(text));
    }
    else {
        append_latin1(builder, PyString_AS_STRING(text), PyString_GET_SIZE(text));
    }
    Py_XDECREF(text);
}

/* The conversions of 2.7: %c %d %i %u %x %s %p %U %V %S %R %%, with l and z before
 * d and u, a 0, a width and a precision for numbers.  From a conversion that is
 * none of these on, the format is copied as it is. */
PyObject *
PyUnicode_FromFormatV(const char *format, va_list arguments)
{
    struct unicode_builder builder = {NULL, 0, 0, 0};
    va_list list;
    va_copy(list, arguments);
    while (*format != '\0' && !builder.failed) {
        size_t plain = strcspn(format, "%");
        append_latin1(&builder, format, (Py_ssize_t)plain);
        format += plain;
        if (*format == '\0') {
            break;
        }
        const char *start = format++;
        int has_zero = *format == '0', width = 0, precision = -1, is_long = 0, is_size = 0;
        while (Py_ISDIGIT(*format)) {
            width = width > INT_MAX / 20 ? width : width * 10 + (*format - '0');
            format++;
        }
        if (*format == '.') {
            precision = 0;
            while (Py_ISDIGIT(*++format)) {
                precision = precision > INT_MAX / 20 ? precision
                                                     : precision * 10 + (*format - '0');
            }
        }
        if (*format == 'l' && (format[1] == 'd' || format[1] == 'u')) {
            is_long = 1;
            format++;
        }
        else if (*format == 'z' && (format[1] == 'd' || format[1] == 'u')) {
            is_size = 1;
            format++;
        }
        char kind = *format++;
        switch (kind) {
        case 'c': {
            int c = va_arg(list, int);
            if (c < 0 || c > LAST_CHARACTER) {
                PyErr_SetString(PyExc_OverflowError,
                                "%c arg not in range(0x110000) (wide Python build)");
                builder.failed = 1;
            }
            Py_UNICODE character = (Py_UNICODE)c;
            unicode_append(&builder, &character, 1);
            break;
        }
        case 'd':
        case 'i':
        case 'u':
        case 'x':
            append_number(&builder, kind, is_long, is_size, has_zero, width, precision, &list);
            break;
        case 's': {
            const char *text = va_arg(list, const char *);
            PyObject *unicode = PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
            if (unicode == NULL) {
                builder.failed = 1;
                break;
            }
            unicode_append(&builder, PyUnicode_AS_UNICODE(unicode), PyUnicode_GET_SIZE(unicode));
            Py_DECREF(unicode);
            break;
        }
        case 'p': {
            char number[32];
            int length = py2abi_strings_pointer(number, va_arg(list, void *));
            append_latin1(&builder, number, length);
            break;
        }
        case 'U': {
            PyObject *unicode = va_arg(list, PyObject *);
            unicode_append(&builder, PyUnicode_AS_UNICODE(unicode), PyUnicode_GET_SIZE(unicode));
            break;
        }
        case 'V': {
            PyObject *unicode = va_arg(list, PyObject *);
            const char *text = va_arg(list, const char *);
            if (unicode != NULL) {
                unicode_append(&builder, PyUnicode_AS_UNICODE(unicode),
                               PyUnicode_GET_SIZE(unicode));
            }
            else {
                append_latin1(&builder, text, (Py_ssize_t)strlen(text));
            }
            break;
        }
        case 'S':
        case 'R':
            append_object(&builder, va_arg(list, PyObject *), kind == 'R');
            break;
        case '%':
            append_latin1(&builder, "%", 1);
            break;
        default:
            append_latin1(&builder, start, (Py_ssize_t)strlen(start));
            format = "";
        }
    }
    va_end(list);
    return unicode_build(&builder);
}

/* ---- Reading strings ---- */

Py_UNICODE *
PyUnicode_AsUnicode(PyObject *object)
{
    if (!PyUnicode_Check(object)) {
        PyErr_BadArgument();
        return NULL;
    }
    return PyUnicode_AS_UNICODE(object);
}

Py_ssize_t
PyUnicode_GetSize(PyObject *object)
{
    if (!PyUnicode_Check(object)) {
        PyErr_BadArgument();
        return -1;
    }
    return PyUnicode_GET_SIZE(object);
}

Py_UNICODE
PyUnicode_GetMax(void)
{
    return LAST_CHARACTER;
}

/* With the NUL if there is room for it. */
Py_ssize_t
PyUnicode_AsWideChar(PyUnicodeObject *unicode, wchar_t *text, Py_ssize_t size)
{
    if (unicode == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t length = PyUnicode_GET_SIZE(unicode);
    if (size > length) {
        size = length + 1;
    }
    unicode_copy((Py_UNICODE *)text, PyUnicode_AS_UNICODE(unicode), size);
    return size > length ? length : size;
}

/* The codecs that are done here, whatever their name is spelled; those up to ASCII have ASCII
 * as it is. */
enum codec { UTF8, LATIN1, ASCII, INTERNAL, ROT13, OTHER };

static enum codec
find_codec(const char *name)
{
    static const struct {
        const char *name;
        enum codec codec;
    } names[] = {
        {"utf-8", UTF8}, {"utf8", UTF8}, {"u8", UTF8}, {"latin-1", LATIN1}, {"latin1", LATIN1},
        {"iso-8859-1", LATIN1}, {"iso8859-1", LATIN1}, {"ascii", ASCII}, {"us-ascii", ASCII},
        {"unicode-internal", INTERNAL}, {"rot13", ROT13}, {"rot-13", ROT13},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *a = name, *b = names[i].name;
        while (*a != '\0' && (Py_TOLOWER(*a) == *b || (*a == '_' && *b == '-'))) {
            a++;
            b++;
        }
        if (*a == '\0' && *b == '\0') {
            return names[i].codec;
        }
    }
    return OTHER;
}

const char *
PyUnicode_GetDefaultEncoding(void)
{
    return default_encoding;
}

int
PyUnicode_SetDefaultEncoding(const char *encoding)
{
    PyObject *encoder = PyCodec_Encoder(encoding);
    if (encoder == NULL) {
        return -1;
    }
    Py_DECREF(encoder);
    strncpy(default_encoding, encoding, sizeof default_encoding - 1);
    default_has_ascii = find_codec(encoding) <= ASCII;
    return 0;
}

/* Copy characters as far as they are ASCII, and perhaps some more.  Returns how many, or less than
 * length when there are others.  By the block, of which the compiler makes a few instructions. */
static Py_ssize_t
copy_ascii(char *restrict to, const Py_UNICODE *restrict from, Py_ssize_t length)
{
    enum { BLOCK = 32 };
    Py_ssize_t i = 0;
    for (; i + BLOCK <= length; i += BLOCK) {
        Py_UNICODE all = 0;
        for (int k = 0; k < BLOCK; k++) {
            all |= from[i + k];
            to[i + k] = (char)from[i + k];
        }
        if (all >= 0x80) {
            return i;
        }
    }
    while (i < length && from[i] < 0x80) {
        to[i] = (char)from[i];
        i++;
    }
    return i;
}

/* What is all ASCII, as names and most arguments are, in an encoding that has that as it is.
 * NULL, maybe with an exception, when it has to be encoded. */
static PyObject *
encode_ascii(const PyUnicodeObject *unicode)
{
    Py_ssize_t length = unicode->length;
    if (!default_has_ascii || length < 2 || unicode->str[0] >= 0x80) {
        return NULL;
    }
    PyObject *encoded = PyString_FromStringAndSize(NULL, length);
    if (encoded != NULL
        && copy_ascii(PyString_AS_STRING(encoded), unicode->str, length) < length) {
        Py_CLEAR(encoded);
    }
    return encoded;
}

/* Bytes that are no UTF-8 in the name of a file, say, come from the host as lone surrogates,
 * and get to a binary's C code as they were.  Returns a new reference, or NULL, without an
 * exception where there are none, or others. */
static PyObject *
encode_escaped(const PyUnicodeObject *unicode)
{
    enum { FIRST = 0xdc80, LAST = 0xdcff };
    Py_ssize_t i = 0;
    while (i < unicode->length && (unicode->str[i] < FIRST || unicode->str[i] > LAST)) {
        i++;
    }
    if (i == unicode->length || find_codec(default_encoding) != UTF8) {
        return NULL;
    }
    HostObject *host = host_PyUnicode_FromKindAndData(4, unicode->str, unicode->length);
    HostObject *bytes = host != NULL
                            ? host_PyUnicode_AsEncodedString(host, "utf-8", "surrogateescape")
                            : NULL;
    host_XDECREF(host);
    host_PyErr_Clear();
    return bytes != NULL ? py2abi_mirror_result(bytes) : NULL;
}

PyObject *
_PyUnicode_AsDefaultEncodedString(PyObject *unicode, const char *errors)
{
    PyUnicodeObject *self = (PyUnicodeObject *)unicode;
    if (self->defenc != NULL) {
        return self->defenc;
    }
    PyObject *encoded = errors == NULL ? encode_ascii(self) : NULL;
    if (encoded == NULL && errors == NULL && PyErr_Occurred() == NULL) {
        encoded = encode_escaped(self);
    }
    if (encoded == NULL && PyErr_Occurred() == NULL) {
        encoded = PyUnicode_AsEncodedString(unicode, NULL, errors);
    }
    if (errors == NULL) {
        self->defenc = encoded;
        return encoded;
    }
    /* What is not the default is nobody's: it lasts as long as the frame. */
    return py2abi_frame_keep(encoded);
}

/* ---- Codecs ---- */

/* A host str, or NULL with a guest exception. */
static HostObject *
to_host(const Py_UNICODE *text, Py_ssize_t length)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] > LAST_CHARACTER) {
            PyErr_SetString(PyExc_ValueError, "character is not in range(0x110000)");
            return NULL;
        }
    }
    HostObject *host = host_PyUnicode_FromKindAndData(4, text, length);
    if (host == NULL) {
        py2abi_error_to_guest();
    }
    return host;
}

/* In Python 2 lone surrogates are characters like others for UTF-16 and UTF-32. */
static int
passes_surrogates(const char *encoding)
{
    return strncasecmp(encoding, "utf", 3) == 0
           && (strstr(encoding, "16") != NULL || strstr(encoding, "32") != NULL);
}

static PyObject *
encode_by_host(const Py_UNICODE *text, Py_ssize_t length, const char *encoding, const char *errors)
{
    HostObject *host = to_host(text, length), *encoded;
    if (host == NULL) {
        return NULL;
    }
    if (passes_surrogates(encoding)) {
        errors = "surrogatepass"; /* There is no other error. */
    }
    encoded = host_PyUnicode_AsEncodedString(host, encoding, errors);
    host_DECREF(host);
    return py2abi_mirror_result(encoded);
}

/* A character of two bytes or more: how many they are, or 0 where they are no
 * valid UTF-8.  As in Python 2, surrogates have an encoding. */
static int
decode_utf8_character(const unsigned char *text, const unsigned char *end, Py_UNICODE *c)
{
    unsigned char first = text[0];
    if (first >= 0xc2 && first < 0xe0 && end - text >= 2 && (text[1] & 0xc0) == 0x80) {
        *c = (first & 0x1fu) << 6 | (text[1] & 0x3fu);
        return 2;
    }
    if (first >= 0xe0 && first < 0xf0 && end - text >= 3 && (text[1] & 0xc0) == 0x80
        && (text[2] & 0xc0) == 0x80) {
        *c = (first & 0x0fu) << 12 | (text[1] & 0x3fu) << 6 | (text[2] & 0x3fu);
        return *c >= 0x800 ? 3 : 0;
    }
    if (first >= 0xf0 && first < 0xf5 && end - text >= 4 && (text[1] & 0xc0) == 0x80
        && (text[2] & 0xc0) == 0x80 && (text[3] & 0xc0) == 0x80) {
        *c = (first & 0x07u) << 18 | (text[1] & 0x3fu) << 12 | (text[2] & 0x3fu) << 6
             | (text[3] & 0x3fu);
        return *c >= 0x10000 && *c <= LAST_CHARACTER ? 4 : 0;
    }
    return 0;
}

static void
widen(Py_UNICODE *out, const char *text, Py_ssize_t size)
{
    for (Py_ssize_t i = 0; i < size; i++) {
        out[i] = (unsigned char)text[i];
    }
}

/* All of it as UTF-8, or NULL: with an exception, or without one if it is not
 * valid. */
static PyObject *
decode_valid_utf8(const char *text, Py_ssize_t size)
{
    Py_ssize_t ascii = py2abi_count_ascii(text, size), length = ascii;
    const unsigned char *end = (const unsigned char *)text + size;
    const unsigned char *at = (const unsigned char *)text + ascii;
    Py_UNICODE c;
    while (at < end) {
        int step = *at < 0x80 ? 1 : decode_utf8_character(at, end, &c);
        if (step == 0) {
            return NULL;
        }
        at += step;
        length++;
    }
    if (length == 1) {
        c = (unsigned char)text[0];
        if (ascii == 0) {
            (void)decode_utf8_character((const unsigned char *)text, end, &c);
        }
        return PyUnicode_FromUnicode(&c, 1);
    }
    PyObject *unicode = PyUnicode_FromUnicode(NULL, length);
    if (unicode != NULL) {
        Py_UNICODE *out = PyUnicode_AS_UNICODE(unicode);
        widen(out, text, ascii);
        out += ascii;
        for (at = (const unsigned char *)text + ascii; at < end;) {
            if (*at < 0x80) {
                *out++ = *at++;
            }
            else {
                at += decode_utf8_character(at, end, out++);
            }
        }
    }
    return unicode;
}

PyObject *
PyUnicode_DecodeUTF8Stateful(const char *text, Py_ssize_t size, const char *errors,
                             Py_ssize_t *consumed)
{
    PyObject *unicode = decode_valid_utf8(text, size);
    if (unicode != NULL || PyErr_Occurred()) {
        if (consumed != NULL) {
            *consumed = size;
        }
        return unicode;
    }
    if (consumed == NULL) {
        return py2abi_unicode_result(host_PyUnicode_DecodeUTF8(text, size, errors));
    }
    return py2abi_unicode_result(host_PyUnicode_DecodeUTF8Stateful(text, size, errors, consumed));
}

PyObject *
PyUnicode_DecodeUTF8(const char *text, Py_ssize_t size, const char *errors)
{
    return PyUnicode_DecodeUTF8Stateful(text, size, errors, NULL);
}

static int
is_high_surrogate(Py_UNICODE c)
{
    return c >= 0xd800 && c < 0xdc00;
}

static int
is_low_surrogate(Py_UNICODE c)
{
    return c >= 0xdc00 && c < 0xe000;
}

/* Pairs of surrogates are one character.  errors has no effect: everything can be
 * encoded. */
PyObject *
PyUnicode_EncodeUTF8(const Py_UNICODE *text, Py_ssize_t length, const char *errors)
{
    Py_ssize_t size = 0;
    (void)errors;
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] > LAST_CHARACTER) {
            PyErr_SetString(PyExc_ValueError, "character is not in range(0x110000)");
            return NULL;
        }
        size += text[i] < 0x80 ? 1 : text[i] < 0x800 ? 2 : text[i] < 0x10000 ? 3 : 4;
        if (i > 0 && is_low_surrogate(text[i]) && is_high_surrogate(text[i - 1])) {
            size -= 2;
        }
    }
    PyObject *string = PyString_FromStringAndSize(NULL, size);
    if (string == NULL || size == 0) {
        return string;
    }
    char *out = PyString_AS_STRING(string);
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UNICODE c = text[i];
        if (c < 0x80) {
            *out++ = (char)c;
            continue;
        }
        if (c < 0x800) {
            *out++ = (char)(0xc0 | c >> 6);
        }
        else {
            if (is_high_surrogate(c) && i + 1 < length && is_low_surrogate(text[i + 1])) {
                c = 0x10000 + ((c - 0xd800) << 10) + (text[++i] - 0xdc00);
            }
            if (c < 0x10000) {
                *out++ = (char)(0xe0 | c >> 12);
            }
            else {
                *out++ = (char)(0xf0 | c >> 18);
                *out++ = (char)(0x80 | (c >> 12 & 0x3f));
            }
            *out++ = (char)(0x80 | (c >> 6 & 0x3f));
        }
        *out++ = (char)(0x80 | (c & 0x3f));
    }
    return string;
}

PyObject *
PyUnicode_DecodeLatin1(const char *text, Py_ssize_t size, const char *errors)
{
    (void)errors;
    if (size == 1) {
        return shared_character((unsigned char)*text);
    }
    PyObject *unicode = PyUnicode_FromUnicode(NULL, size);
    if (unicode != NULL) {
        widen(PyUnicode_AS_UNICODE(unicode), text, size);
    }
    return unicode;
}

PyObject *
PyUnicode_DecodeASCII(const char *text, Py_ssize_t size, const char *errors)
{
    return py2abi_count_ascii(text, size) == size
               ? PyUnicode_DecodeLatin1(text, size, errors)
               : py2abi_unicode_result(host_PyUnicode_Decode(text, size, "ascii", errors));
}

/* Characters below a limit, as bytes; others by the host's codec. */
static PyObject *
encode_narrow(const Py_UNICODE *text, Py_ssize_t length, Py_UNICODE limit, const char *encoding,
              const char *errors)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        if (text[i] >= limit) {
            return encode_by_host(text, length, encoding, errors);
        }
    }
    PyObject *string = PyString_FromStringAndSize(NULL, length);
    for (Py_ssize_t i = 0; string != NULL && i < length; i++) {
        PyString_AS_STRING(string)[i] = (char)text[i];
    }
    return string;
}

PyObject *
PyUnicode_EncodeLatin1(const Py_UNICODE *text, Py_ssize_t length, const char *errors)
{
    return encode_narrow(text, length, 256, "latin-1", errors);
}

PyObject *
PyUnicode_EncodeASCII(const Py_UNICODE *text, Py_ssize_t length, const char *errors)
{
    return encode_narrow(text, length, 128, "ascii", errors);
}

PyObject *
PyUnicode_DecodeUTF7Stateful(const char *text, Py_ssize_t size, const char *errors,
                             Py_ssize_t *consumed)
{
    return py2abi_unicode_result(host_PyUnicode_DecodeUTF7Stateful(text, size, errors, consumed));
}

PyObject *
PyUnicode_DecodeUTF7(const char *text, Py_ssize_t size, const char *errors)
{
    return PyUnicode_DecodeUTF7Stateful(text, size, errors, NULL);
}

/* Which of the characters that need not be encoded are is the host's choice. */
PyObject *
PyUnicode_EncodeUTF7(const Py_UNICODE *text, Py_ssize_t length, int direct, int space,
                     const char *errors)
{
    (void)direct;
    (void)space;
    return encode_by_host(text, length, "utf-7", errors);
}

PyObject *
PyUnicode_DecodeUTF16Stateful(const char *text, Py_ssize_t size, const char *errors, int *order,
                              Py_ssize_t *consumed)
{
    return py2abi_unicode_result(
        host_PyUnicode_DecodeUTF16Stateful(text, size, errors, order, consumed));
}

PyObject *
PyUnicode_DecodeUTF16(const char *text, Py_ssize_t size, const char *errors, int *order)
{
    return PyUnicode_DecodeUTF16Stateful(text, size, errors, order, NULL);
}

PyObject *
PyUnicode_DecodeUTF32Stateful(const char *text, Py_ssize_t size, const char *errors, int *order,
                              Py_ssize_t *consumed)
{
    if (errors == NULL || strcmp(errors, "strict") == 0) {
        errors = "surrogatepass"; /* which is strict about everything else */
    }
    return py2abi_unicode_result(
        host_PyUnicode_DecodeUTF32Stateful(text, size, errors, order, consumed));
}

PyObject *
PyUnicode_DecodeUTF32(const char *text, Py_ssize_t size, const char *errors, int *order)
{
    return PyUnicode_DecodeUTF32Stateful(text, size, errors, order, NULL);
}

PyObject *
PyUnicode_EncodeUTF16(const Py_UNICODE *text, Py_ssize_t length, const char *errors, int order)
{
    return encode_by_host(text, length, order < 0   ? "utf-16-le"
                                        : order > 0 ? "utf-16-be"
                                                    : "utf-16",
                          errors);
}

PyObject *
PyUnicode_EncodeUTF32(const Py_UNICODE *text, Py_ssize_t length, const char *errors, int order)
{
    return encode_by_host(text, length, order < 0   ? "utf-32-le"
                                        : order > 0 ? "utf-32-be"
                                                    : "utf-32",
                          errors);
}

/* The escapes of a literal; with quotes, those of its representation. */
static PyObject *
escape(const Py_UNICODE *text, Py_ssize_t length, int is_repr)
{
    static const char digits[] = "0123456789abcdef";
    Py_UNICODE quote = '\'';
    if (length > (PY_SSIZE_T_MAX - 3) / 10) {
        return PyErr_NoMemory();
    }
    char *escaped = malloc((size_t)length * 10 + 3), *out = escaped;
    if (escaped == NULL) {
        return PyErr_NoMemory();
    }
    if (is_repr) {
        if (length > 0 && TEXT_FIND_CHAR(text, '\'', (size_t)length) != NULL
            && TEXT_FIND_CHAR(text, '"', (size_t)length) == NULL) {
            quote = '"';
        }
        *out++ = 'u';
        *out++ = (char)quote;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UNICODE c = text[i];
        char letter = c == '\t'   ? 't'
                      : c == '\n' ? 'n'
                      : c == '\r' ? 'r'
                                  : '\0';
        if (c == '\\' || (is_repr && c == quote)) {
            letter = (char)c;
        }
        if (letter != '\0') {
            *out++ = '\\';
            *out++ = letter;
        }
        else if (c >= ' ' && c < 0x7f) {
            *out++ = (char)c;
        }
        else {
            int width = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
            *out++ = '\\';
            *out++ = width == 2 ? 'x' : width == 4 ? 'u' : 'U';
            for (int shift = 4 * width - 4; shift >= 0; shift -= 4) {
                *out++ = digits[c >> shift & 15];
            }
        }
    }
    if (is_repr) {
        *out++ = (char)quote;
    }
    PyObject *made = PyString_FromStringAndSize(escaped, out - escaped);
    free(escaped);
    return made;
}

PyObject *
PyUnicode_EncodeUnicodeEscape(const Py_UNICODE *text, Py_ssize_t length)
{
    return escape(text, length, 0);
}

static int
digit(int c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 16;
}

/* Escapes that everybody knows.  Returns 0, or -1 at one that is a name or not
 * right, which is the host's business. */
static int
unescape(struct unicode_builder *builder, const char *text, const char *end)
{
    static const char letters[] = "\\'\"bftnrva", meanings[] = "\\'\"\b\f\t\n\r\v\a";
    while (text < end) {
        const char *next = memchr(text, '\\', (size_t)(end - text)), *letter;
        append_latin1(builder, text, (next != NULL ? next : end) - text);
        if (next == NULL) {
            return 0;
        }
        if (next + 1 == end) {
            return -1;
        }
        char kind = next[1];
        text = next + 2;
        int width = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
        Py_UNICODE c = 0;
        if (kind == '\n') {
            continue;
        }
        if (kind == 'N') {
            return -1;
        }
        if (width > 0) {
            for (int i = 0; i < width; i++) {
                int value = text < end ? digit(*text++) : 16;
                if (value == 16) {
                    return -1;
                }
                c = c << 4 | (Py_UNICODE)value;
            }
            if (c > LAST_CHARACTER) {
                return -1;
            }
        }
        else if (kind >= '0' && kind <= '7') {
            c = (Py_UNICODE)(kind - '0');
            for (int i = 0; i < 2 && text < end && *text >= '0' && *text <= '7'; i++) {
                c = c << 3 | (Py_UNICODE)(*text++ - '0');
            }
        }
        else if (kind != '\0' && (letter = strchr(letters, kind)) != NULL) {
            c = (Py_UNICODE)meanings[letter - letters];
        }
        else {
            append_latin1(builder, next, 2);
            continue;
        }
        unicode_append(builder, &c, 1);
    }
    return 0;
}

PyObject *
PyUnicode_DecodeUnicodeEscape(const char *text, Py_ssize_t size, const char *errors)
{
    struct unicode_builder builder = {NULL, 0, 0, 0};
    if (unescape(&builder, text, text + size) == 0) {
        return unicode_build(&builder);
    }
    free(builder.text);
    return py2abi_unicode_result(host_PyUnicode_DecodeUnicodeEscape(text, size, errors));
}

PyObject *
PyUnicode_EncodeRawUnicodeEscape(const Py_UNICODE *text, Py_ssize_t length)
{
    return encode_by_host(text, length, "raw-unicode-escape", NULL);
}

PyObject *
PyUnicode_DecodeRawUnicodeEscape(const char *text, Py_ssize_t size, const char *errors)
{
    return py2abi_unicode_result(host_PyUnicode_DecodeRawUnicodeEscape(text, size, errors));
}

/* The characters as they are in memory. */
PyObject *
_PyUnicode_DecodeUnicodeInternal(const char *text, Py_ssize_t size, const char *errors)
{
    Py_ssize_t length = size / (Py_ssize_t)sizeof(Py_UNICODE);
    PyObject *unicode = PyUnicode_FromUnicode(NULL, length);
    if (unicode == NULL) {
        return NULL;
    }
    if (length > 0) {
        memcpy(PyUnicode_AS_UNICODE(unicode), text, (size_t)length * sizeof(Py_UNICODE));
    }
    int valid = size % (Py_ssize_t)sizeof(Py_UNICODE) == 0;
    for (Py_ssize_t i = 0; valid && i < length; i++) {
        valid = PyUnicode_AS_UNICODE(unicode)[i] <= LAST_CHARACTER;
    }
    if (!valid) {
        /* The same test, the same error handlers, by a codec that the host still has. */
        Py_DECREF(unicode);
        return py2abi_unicode_result(host_PyUnicode_Decode(text, size, "utf-32-le", errors));
    }
    return unicode;
}

PyObject *
PyUnicode_DecodeCharmap(const char *text, Py_ssize_t size, PyObject *mapping, const char *errors)
{
    if (mapping == NULL) {
        return PyUnicode_DecodeLatin1(text, size, errors);
    }
    HostObject *host = py2abi_host(mapping, PY2ABI_AS_VALUE);
    if (host == NULL) {
        return py2abi_failed();
    }
    HostObject *decoded = host_PyUnicode_DecodeCharmap(text, size, host, errors);
    host_DECREF(host);
    return py2abi_unicode_result(decoded);
}

/* The host's function codecs.charmap_encode, which knows error handlers, returns
 * the bytes and how many characters it took. */
PyObject *
PyUnicode_EncodeCharmap(const Py_UNICODE *text, Py_ssize_t length, PyObject *mapping,
                        const char *errors)
{
    if (mapping == NULL) {
        return PyUnicode_EncodeLatin1(text, length, errors);
    }
    HostObject *map = py2abi_host(mapping, PY2ABI_AS_VALUE), *encoded = NULL;
    if (map == NULL) {
        return py2abi_failed();
    }
    HostObject *host = to_host(text, length);
    if (host == NULL) {
        host_DECREF(map);
        return NULL;
    }
    HostObject *module = host_PyImport_ImportModule("_codecs");
    HostObject *function = module != NULL ? host_PyObject_GetAttrString(module, "charmap_encode")
                                          : NULL;
    HostObject *how = host_PyUnicode_FromString(errors != NULL ? errors : "strict");
    HostObject *args = how != NULL ? host_PyTuple_New(3) : NULL;
    if (args != NULL) {
        host_PyTuple_SetItem(args, 0, host);
        host_PyTuple_SetItem(args, 1, how);
        host_PyTuple_SetItem(args, 2, map);
        HostObject *result = function != NULL ? host_PyObject_CallObject(function, args) : NULL;
        if (result != NULL) {
            encoded = host_PyTuple_GetItem(result, 0);
            if (encoded != NULL) {
                host_INCREF(encoded);
            }
            host_DECREF(result);
        }
        host_DECREF(args);
    }
    else {
        host_DECREF(map);
        host_DECREF(host);
        host_XDECREF(how);
    }
    host_XDECREF(module);
    host_XDECREF(function);
    return py2abi_mirror_result(encoded);
}

PyObject *
PyUnicode_BuildEncodingMap(PyObject *string)
{
    if (!PyUnicode_Check(string) || PyUnicode_GET_SIZE(string) != 256) {
        PyErr_BadArgument();
        return NULL;
    }
    HostObject *host = to_host(PyUnicode_AS_UNICODE(string), 256);
    if (host == NULL) {
        return NULL;
    }
    HostObject *map = host_PyUnicode_BuildEncodingMap(host);
    host_DECREF(host);
    return py2abi_mirror_result(map);
}

/* rot13 makes text of text in Python 3; in Python 2 it is a table of characters like the
 * other codecs, for str. */
static PyObject *
new_rot13_table(void)
{
    PyObject *table = PyUnicode_FromUnicode(NULL, 256);
    for (Py_UNICODE c = 0; table != NULL && c < 256; c++) {
        Py_UNICODE first = c >= 'a' && c <= 'z' ? 'a' : 'A', place = c - first;
        PyUnicode_AS_UNICODE(table)[c] = place < 26 ? first + (place + 13) % 26 : c;
    }
    return table;
}

static PyObject *
encode_rot13(const Py_UNICODE *text, Py_ssize_t length, const char *errors)
{
    PyObject *table = new_rot13_table(), *encoded = NULL;
    PyObject *map = table != NULL ? PyUnicode_BuildEncodingMap(table) : NULL;
    if (map != NULL) {
        encoded = PyUnicode_EncodeCharmap(text, length, map, errors);
        Py_DECREF(map);
    }
    Py_XDECREF(table);
    return encoded;
}

static PyObject *
decode_rot13(const char *text, Py_ssize_t size, const char *errors)
{
    PyObject *table = new_rot13_table(), *decoded = NULL;
    if (table != NULL) {
        decoded = PyUnicode_DecodeCharmap(text, size, table, errors);
        Py_DECREF(table);
    }
    return decoded;
}

/* The translation where no character is without one that has to be reported.
 * Returns 0, -1 with an exception, or 1 where an error handler is wanted. */
static int
translate_plainly(struct unicode_builder *builder, const Py_UNICODE *text, Py_ssize_t length,
                  PyObject *mapping, int ignores)
{
    for (Py_ssize_t i = 0; i < length; i++) {
        PyObject *key = PyInt_FromLong((long)text[i]);
        PyObject *value = key != NULL ? PyObject_GetItem(mapping, key) : NULL;
        int status = 0;
        Py_XDECREF(key);
        if (value == NULL) {
            if (!PyErr_ExceptionMatches(PyExc_LookupError)) {
                return -1;
            }
            PyErr_Clear();
            unicode_append(builder, &text[i], 1);
            continue;
        }
        if (value == Py_None) {
            status = !ignores;
        }
        else if (PyUnicode_Check(value)) {
            unicode_append(builder, PyUnicode_AS_UNICODE(value), PyUnicode_GET_SIZE(value));
        }
        else if (!PyInt_Check(value)) {
            PyErr_SetString(PyExc_TypeError,
                            "character mapping must return integer, None or unicode");
            status = -1;
        }
        else if (PyInt_AS_LONG(value) < 0 || PyInt_AS_LONG(value) > LAST_CHARACTER) {
            /* The message is what Python 2.7 says, too. */
            PyErr_SetString(PyExc_TypeError, "character mapping must be in range(0x%lx)");
            status = -1;
        }
        else {
            Py_UNICODE c = (Py_UNICODE)PyInt_AS_LONG(value);
            unicode_append(builder, &c, 1);
        }
        Py_DECREF(value);
        if (status != 0) {
            return status;
        }
    }
    return builder->failed ? -1 : 0;
}

PyObject *
PyUnicode_TranslateCharmap(const Py_UNICODE *text, Py_ssize_t length, PyObject *mapping,
                           const char *errors)
{
    if (mapping == NULL) {
        PyErr_BadArgument();
        return NULL;
    }
    struct unicode_builder builder = {NULL, 0, 0, 0};
    int status = translate_plainly(&builder, text, length, mapping,
                                   errors != NULL && strcmp(errors, "ignore") == 0);
    if (status <= 0) {
        builder.failed = status < 0;
        return unicode_build(&builder);
    }
    free(builder.text);
    HostObject *map = py2abi_host(mapping, PY2ABI_AS_VALUE);
    if (map == NULL) {
        return py2abi_failed();
    }
    HostObject *host = to_host(text, length), *translated = NULL;
    if (host != NULL) {
        translated = host_PyUnicode_Translate(host, map, errors);
        host_DECREF(host);
    }
    host_DECREF(map);
    return host != NULL ? py2abi_unicode_result(translated) : NULL;
}

PyObject *
PyUnicode_Translate(PyObject *string, PyObject *mapping, const char *errors)
{
    PyObject *unicode = PyUnicode_FromObject(string), *made = NULL;
    if (unicode != NULL) {
        made = PyUnicode_TranslateCharmap(PyUnicode_AS_UNICODE(unicode),
                                          PyUnicode_GET_SIZE(unicode), mapping, errors);
        Py_DECREF(unicode);
    }
    return made;
}

/* Digits and space of any script as ASCII, other characters below 256 as bytes;
 * output has room for them and a NUL. */
int
PyUnicode_EncodeDecimal(Py_UNICODE *text, Py_ssize_t length, char *output, const char *errors)
{
    if (output == NULL) {
        PyErr_BadArgument();
        return -1;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        Py_UNICODE c = text[i];
        int decimal;
        if (Py_UNICODE_ISSPACE(c)) {
            *output++ = ' ';
        }
        else if ((decimal = Py_UNICODE_TODECIMAL(c)) >= 0) {
            *output++ = (char)('0' + decimal);
        }
        else if (c > 0 && c < 256) {
            *output++ = (char)c;
        }
        else if (errors == NULL || strcmp(errors, "strict") == 0) {
            Py_ssize_t end = i + 1;
            while (end < length && (text[end] == 0 || text[end] >= 256)
                   && !Py_UNICODE_ISSPACE(text[end]) && Py_UNICODE_TODECIMAL(text[end]) < 0) {
                end++;
            }
            PyObject *error = PyUnicodeEncodeError_Create("decimal", text, length, i, end,
                                                          "invalid decimal Unicode string");
            if (error != NULL) {
                PyErr_SetObject(PyExc_UnicodeEncodeError, error);
                Py_DECREF(error);
            }
            return -1;
        }
        else if (strcmp(errors, "replace") == 0) {
            *output++ = '?';
        }
        else if (strcmp(errors, "xmlcharrefreplace") == 0) {
            output += sprintf(output, "&#%u;", c);
        }
        else if (strcmp(errors, "ignore") != 0) {
            PyErr_Format(PyExc_LookupError, "unknown error handler name '%.400s'", errors);
            return -1;
        }
    }
    *output = '\0';
    return 0;
}

/* What codecs.lookup says of an encoding: 1 for one between text and bytes, 0 for
 * another, -1 with a guest exception (LookupError). */
int
py2abi_strings_is_text_codec(const char *encoding)
{
    HostObject *module = host_PyImport_ImportModule("codecs");
    HostObject *function = module != NULL ? host_PyObject_GetAttrString(module, "lookup") : NULL;
    HostObject *name = function != NULL ? host_PyUnicode_FromString(encoding) : NULL;
    HostObject *args = name != NULL ? host_PyTuple_New(1) : NULL;
    HostObject *info = NULL, *flag = NULL;
    int result = -1;
    if (args != NULL) {
        host_PyTuple_SetItem(args, 0, name);
        info = host_PyObject_CallObject(function, args);
        host_DECREF(args);
    }
    else {
        host_XDECREF(name);
    }
    if (info != NULL) {
        flag = host_PyObject_GetAttrString(info, "_is_text_encoding");
        if (flag == NULL) {
            /* What a search function returns may be a plain tuple. */
            host_PyErr_Clear();
            result = 1;
        }
        else {
            result = host_PyObject_IsTrue(flag);
        }
    }
    host_XDECREF(flag);
    host_XDECREF(info);
    host_XDECREF(function);
    host_XDECREF(module);
    return (int)py2abi_returned(result);
}

/* Bytes through any codec: a str or a unicode, mostly. */
PyObject *
py2abi_strings_decode_any(const char *text, Py_ssize_t size, const char *encoding,
                          const char *errors)
{
    int is_text = find_codec(encoding) != OTHER ? 1 : py2abi_strings_is_text_codec(encoding);
    if (is_text < 0) {
        return NULL;
    }
    if (is_text) {
        return PyUnicode_Decode(text, size, encoding, errors);
    }
    HostObject *bytes = host_PyBytes_FromStringAndSize(text, size);
    HostObject *decoded = bytes != NULL ? host_PyCodec_Decode(bytes, encoding, errors) : NULL;
    host_XDECREF(bytes);
    return py2abi_mirror_result(decoded);
}

/* str or unicode through any codec.  A codec for text wants unicode, others bytes:
 * what it is not becomes it by the default encoding. */
PyObject *
py2abi_strings_encode_any(PyObject *object, const char *encoding, const char *errors)
{
    int is_text = find_codec(encoding) != OTHER ? 1 : py2abi_strings_is_text_codec(encoding);
    if (is_text < 0) {
        return NULL;
    }
    if (is_text) {
        PyObject *unicode = PyUnicode_FromObject(object), *encoded = NULL;
        if (unicode != NULL) {
            encoded = PyUnicode_AsEncodedString(unicode, encoding, errors);
            Py_DECREF(unicode);
        }
        return encoded;
    }
    PyObject *string = PyUnicode_Check(object) ? _PyUnicode_AsDefaultEncodedString(object, NULL)
                                               : object;
    if (string == NULL) {
        return NULL;
    }
    HostObject *bytes = host_PyBytes_FromStringAndSize(PyString_AS_STRING(string),
                                                       PyString_GET_SIZE(string));
    HostObject *encoded = bytes != NULL ? host_PyCodec_Encode(bytes, encoding, errors) : NULL;
    host_XDECREF(bytes);
    return py2abi_mirror_result(encoded);
}

PyObject *
PyUnicode_Decode(const char *text, Py_ssize_t size, const char *encoding, const char *errors)
{
    if (encoding == NULL) {
        encoding = default_encoding;
    }
    switch (find_codec(encoding)) {
    case UTF8:
        return PyUnicode_DecodeUTF8(text, size, errors);
    case LATIN1:
        return PyUnicode_DecodeLatin1(text, size, errors);
    case ASCII:
        return PyUnicode_DecodeASCII(text, size, errors);
    case INTERNAL:
        return _PyUnicode_DecodeUnicodeInternal(text, size, errors);
    case ROT13:
        return decode_rot13(text, size, errors);
    case OTHER:
        break;
    }
    PyObject *unicode = py2abi_unicode_result(host_PyUnicode_Decode(text, size, encoding, errors));
    if (unicode != NULL && !PyUnicode_Check(unicode)) {
        PyErr_Format(PyExc_TypeError, "decoder did not return an unicode object (type=%.400s)",
                     Py_TYPE(unicode)->tp_name);
        Py_CLEAR(unicode);
    }
    return unicode;
}

PyObject *
PyUnicode_AsDecodedObject(PyObject *unicode, const char *encoding, const char *errors)
{
    if (!PyUnicode_Check(unicode)) {
        PyErr_BadArgument();
        return NULL;
    }
    PyObject *string = _PyUnicode_AsDefaultEncodedString(unicode, NULL);
    return string == NULL ? NULL
                          : py2abi_strings_decode_any(PyString_AS_STRING(string),
                                                      PyString_GET_SIZE(string),
                                                      encoding != NULL ? encoding
                                                                       : default_encoding,
                                                      errors);
}

PyObject *
PyUnicode_AsEncodedString(PyObject *unicode, const char *encoding, const char *errors)
{
    if (!PyUnicode_Check(unicode)) {
        PyErr_BadArgument();
        return NULL;
    }
    const Py_UNICODE *text = PyUnicode_AS_UNICODE(unicode);
    Py_ssize_t length = PyUnicode_GET_SIZE(unicode);
    if (encoding == NULL) {
        encoding = default_encoding;
    }
    switch (find_codec(encoding)) {
    case UTF8:
        return PyUnicode_EncodeUTF8(text, length, errors);
    case LATIN1:
        return PyUnicode_EncodeLatin1(text, length, errors);
    case ASCII:
        return PyUnicode_EncodeASCII(text, length, errors);
    case INTERNAL:
        return PyString_FromStringAndSize((const char *)text,
                                          length * (Py_ssize_t)sizeof(Py_UNICODE));
    case ROT13:
        return encode_rot13(text, length, errors);
    case OTHER:
        break;
    }
    int is_text = py2abi_strings_is_text_codec(encoding);
    if (is_text < 0) {
        return NULL;
    }
    PyObject *encoded = is_text ? encode_by_host(text, length, encoding, errors)
                                : py2abi_strings_encode_any(unicode, encoding, errors);
    if (encoded != NULL && !PyString_Check(encoded)) {
        PyErr_Format(PyExc_TypeError, "encoder did not return a string object (type=%.400s)",
                     Py_TYPE(encoded)->tp_name);
        Py_CLEAR(encoded);
    }
    return encoded;
}

PyObject *
PyUnicode_AsEncodedObject(PyObject *unicode, const char *encoding, const char *errors)
{
    if (!PyUnicode_Check(unicode)) {
        PyErr_BadArgument();
        return NULL;
    }
    return py2abi_strings_encode_any(unicode, encoding != NULL ? encoding : default_encoding,
                                     errors);
}

PyObject *
PyUnicode_Encode(const Py_UNICODE *text, Py_ssize_t length, const char *encoding,
                 const char *errors)
{
    PyObject *unicode = PyUnicode_FromUnicode(text, length), *encoded = NULL;
    if (unicode != NULL) {
        encoded = PyUnicode_AsEncodedString(unicode, encoding, errors);
        Py_DECREF(unicode);
    }
    return encoded;
}

#define ENCODES(name, call)                                                                       \
    PyObject *name(PyObject *unicode)                                                             \
    {                                                                                             \
        if (!PyUnicode_Check(unicode)) {                                                          \
            PyErr_BadArgument();                                                                  \
            return NULL;                                                                          \
        }                                                                                         \
        const Py_UNICODE *text = PyUnicode_AS_UNICODE(unicode);                                   \
        Py_ssize_t length = PyUnicode_GET_SIZE(unicode);                                          \
        return call;                                                                              \
    }
ENCODES(PyUnicode_AsUTF8String, PyUnicode_EncodeUTF8(text, length, NULL))
ENCODES(PyUnicode_AsUTF16String, PyUnicode_EncodeUTF16(text, length, NULL, 0))
ENCODES(PyUnicode_AsUTF32String, PyUnicode_EncodeUTF32(text, length, NULL, 0))
ENCODES(PyUnicode_AsLatin1String, PyUnicode_EncodeLatin1(text, length, NULL))
ENCODES(PyUnicode_AsASCIIString, PyUnicode_EncodeASCII(text, length, NULL))
ENCODES(PyUnicode_AsUnicodeEscapeString, PyUnicode_EncodeUnicodeEscape(text, length))
ENCODES(PyUnicode_AsRawUnicodeEscapeString, PyUnicode_EncodeRawUnicodeEscape(text, length))

PyObject *
PyUnicode_AsCharmapString(PyObject *unicode, PyObject *mapping)
{
    if (!PyUnicode_Check(unicode) || mapping == NULL) {
        PyErr_BadArgument();
        return NULL;
    }
    return PyUnicode_EncodeCharmap(PyUnicode_AS_UNICODE(unicode), PyUnicode_GET_SIZE(unicode),
                                   mapping, NULL);
}

/* ---- Operations on strings of any kind ---- */

/* Two operands as unicode.  Returns 0 or -1 with an exception. */
static int
coerce(PyObject *a, PyObject *b, PyObject **as_a, PyObject **as_b)
{
    *as_a = PyUnicode_FromObject(a);
    if (*as_a == NULL) {
        return -1;
    }
    *as_b = PyUnicode_FromObject(b);
    if (*as_b == NULL) {
        Py_CLEAR(*as_a);
        return -1;
    }
    return 0;
}

static int
order(PyObject *a, PyObject *b)
{
    return a == b ? 0
                  : unicode_order(PyUnicode_AS_UNICODE(a), PyUnicode_GET_SIZE(a),
                                  PyUnicode_AS_UNICODE(b), PyUnicode_GET_SIZE(b));
}

int
PyUnicode_Compare(PyObject *a, PyObject *b)
{
    PyObject *as_a, *as_b;
    if (PyUnicode_Check(a) && PyUnicode_Check(b)) {
        return order(a, b);
    }
    if (coerce(a, b, &as_a, &as_b) < 0) {
        return -1;
    }
    int result = order(as_a, as_b);
    Py_DECREF(as_a);
    Py_DECREF(as_b);
    return result;
}

/* A str that cannot be decoded is unequal to any unicode, with a warning. */
static PyObject *
compare_failed(int operation)
{
    if (PyErr_ExceptionMatches(PyExc_TypeError)) {
        PyErr_Clear();
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    if ((operation != Py_EQ && operation != Py_NE)
        || !PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
        return NULL;
    }
    PyErr_Clear();
    if (PyErr_WarnEx(PyExc_UnicodeWarning,
                     operation == Py_EQ
                         ? "Unicode equal comparison failed to convert both arguments to Unicode "
                           "- interpreting them as being unequal"
                         : "Unicode unequal comparison failed to convert both arguments to "
                           "Unicode - interpreting them as being unequal",
                     1)
        < 0) {
        return NULL;
    }
    return PyBool_FromLong(operation == Py_NE);
}

PyObject *
PyUnicode_RichCompare(PyObject *a, PyObject *b, int operation)
{
    PyObject *as_a = a, *as_b = b;
    int coerced = !PyUnicode_Check(a) || !PyUnicode_Check(b);
    if (coerced && coerce(a, b, &as_a, &as_b) < 0) {
        return compare_failed(operation);
    }
    int result;
    if ((operation == Py_EQ || operation == Py_NE)
        && PyUnicode_GET_SIZE(as_a) != PyUnicode_GET_SIZE(as_b)) {
        result = operation == Py_NE;
    }
    else {
        int sign = order(as_a, as_b);
        result = operation == Py_EQ   ? sign == 0
                 : operation == Py_NE ? sign != 0
                 : operation == Py_LT ? sign < 0
                 : operation == Py_LE ? sign <= 0
                 : operation == Py_GT ? sign > 0
                                      : sign >= 0;
    }
    if (coerced) {
        Py_DECREF(as_a);
        Py_DECREF(as_b);
    }
    return PyBool_FromLong(result);
}

int
PyUnicode_Contains(PyObject *container, PyObject *part)
{
    PyObject *text, *unicode;
    if (coerce(part, container, &unicode, &text) < 0) {
        return -1;
    }
    int result = unicode_find(PyUnicode_AS_UNICODE(text), PyUnicode_GET_SIZE(text),
                              PyUnicode_AS_UNICODE(unicode), PyUnicode_GET_SIZE(unicode))
                 >= 0;
    Py_DECREF(text);
    Py_DECREF(unicode);
    return result;
}

PyObject *
PyUnicode_Concat(PyObject *left, PyObject *right)
{
    PyObject *a, *b, *made;
    Py_ssize_t length;
    if (coerce(left, right, &a, &b) < 0) {
        return NULL;
    }
    if (PyUnicode_GET_SIZE(a) == 0 || PyUnicode_GET_SIZE(b) == 0) {
        int is_left = PyUnicode_GET_SIZE(b) == 0;
        Py_DECREF(is_left ? b : a);
        return is_left ? a : b;
    }
    if (__builtin_add_overflow(PyUnicode_GET_SIZE(a), PyUnicode_GET_SIZE(b), &length)) {
        PyErr_SetString(PyExc_OverflowError, "strings are too large to concat");
        made = NULL;
    }
    else {
        made = PyUnicode_FromUnicode(NULL, length);
    }
    if (made != NULL) {
        unicode_copy(PyUnicode_AS_UNICODE(made), PyUnicode_AS_UNICODE(a), PyUnicode_GET_SIZE(a));
        unicode_copy(PyUnicode_AS_UNICODE(made) + PyUnicode_GET_SIZE(a), PyUnicode_AS_UNICODE(b),
                     PyUnicode_GET_SIZE(b));
    }
    Py_DECREF(a);
    Py_DECREF(b);
    return made;
}

Py_ssize_t
PyUnicode_Count(PyObject *string, PyObject *part, Py_ssize_t start, Py_ssize_t end)
{
    PyObject *a, *b;
    if (coerce(string, part, &a, &b) < 0) {
        return -1;
    }
    Py_ssize_t result = unicode_count_within(PyUnicode_AS_UNICODE(a), PyUnicode_GET_SIZE(a),
                                             PyUnicode_AS_UNICODE(b), PyUnicode_GET_SIZE(b),
                                             start, end);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

Py_ssize_t
PyUnicode_Find(PyObject *string, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    PyObject *a, *b;
    if (coerce(string, part, &a, &b) < 0) {
        return -2;
    }
    Py_ssize_t result = unicode_find_within(PyUnicode_AS_UNICODE(a), PyUnicode_GET_SIZE(a),
                                            PyUnicode_AS_UNICODE(b), PyUnicode_GET_SIZE(b), start,
                                            end, direction);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

/* Unlike str, an empty part matches anywhere, even outside. */
Py_ssize_t
PyUnicode_Tailmatch(PyObject *string, PyObject *part, Py_ssize_t start, Py_ssize_t end,
                    int direction)
{
    PyObject *a, *b;
    if (coerce(string, part, &a, &b) < 0) {
        return -1;
    }
    int result = PyUnicode_GET_SIZE(b) == 0
                 || unicode_matches(PyUnicode_AS_UNICODE(a), PyUnicode_GET_SIZE(a),
                                    PyUnicode_AS_UNICODE(b), PyUnicode_GET_SIZE(b), start, end,
                                    direction > 0 ? 1 : -1);
    Py_DECREF(a);
    Py_DECREF(b);
    return result;
}

/* The items as unicode: a tuple, or NULL with an exception. */
static PyObject *
join_items(PyObject *sequence, Py_ssize_t count)
{
    PyObject *items = PyTuple_New(count);
    for (Py_ssize_t i = 0; items != NULL && i < count; i++) {
        PyObject *item = PySequence_Fast_GET_ITEM(sequence, i), *unicode = NULL;
        if (PyUnicode_Check(item) || PyString_Check(item)) {
            unicode = PyUnicode_FromObject(item);
        }
        else {
            PyErr_Format(PyExc_TypeError,
                         "sequence item %zd: expected string or Unicode, %.80s found", i,
                         Py_TYPE(item)->tp_name);
        }
        if (unicode == NULL) {
            Py_CLEAR(items);
        }
        else {
            PyTuple_SET_ITEM(items, i, unicode);
        }
    }
    return items;
}

/* A separator that is NULL is a blank. */
PyObject *
PyUnicode_Join(PyObject *separator, PyObject *iterable)
{
    PyObject *sequence = PySequence_Fast(iterable, "can only join an iterable"), *made = NULL;
    if (sequence == NULL) {
        return NULL;
    }
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence), length = 0, between = 1;
    if (count == 1 && PyUnicode_CheckExact(PySequence_Fast_GET_ITEM(sequence, 0))) {
        made = PySequence_Fast_GET_ITEM(sequence, 0);
        Py_INCREF(made);
        Py_DECREF(sequence);
        return made;
    }
    const Py_UNICODE blank = ' ', *text = &blank;
    PyObject *unicode = NULL, *items = NULL;
    if (separator != NULL && count > 1) {
        unicode = PyUnicode_FromObject(separator);
        if (unicode == NULL) {
            goto done;
        }
        text = PyUnicode_AS_UNICODE(unicode);
        between = PyUnicode_GET_SIZE(unicode);
    }
    items = join_items(sequence, count);
    if (items == NULL) {
        goto done;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GET_ITEM(items, i);
        if (__builtin_add_overflow(length, PyUnicode_GET_SIZE(item), &length)
            || (i > 0 && __builtin_add_overflow(length, between, &length))) {
            PyErr_SetString(PyExc_OverflowError,
                            "join() result is too long for a Python string");
            goto done;
        }
    }
    made = PyUnicode_FromUnicode(NULL, length);
    if (made != NULL) {
        Py_UNICODE *out = PyUnicode_AS_UNICODE(made);
        for (Py_ssize_t i = 0; i < count; i++) {
            PyObject *item = PyTuple_GET_ITEM(items, i);
            if (i > 0) {
                unicode_copy(out, text, between);
                out += between;
            }
            unicode_copy(out, PyUnicode_AS_UNICODE(item), PyUnicode_GET_SIZE(item));
            out += PyUnicode_GET_SIZE(item);
        }
    }
done:
    Py_XDECREF(items);
    Py_XDECREF(unicode);
    Py_DECREF(sequence);
    return made;
}

static PyObject *
split_any(PyObject *string, PyObject *separator, Py_ssize_t most, int direction)
{
    PyObject *unicode = PyUnicode_FromObject(string), *made = NULL, *part;
    Py_ssize_t limit = most < 0 ? PY_SSIZE_T_MAX : most;
    if (unicode == NULL) {
        return NULL;
    }
    if (separator == NULL) {
        made = direction > 0 ? unicode_split_space(unicode, limit)
                             : unicode_split_space_last(unicode, limit);
    }
    else if ((part = PyUnicode_FromObject(separator)) != NULL) {
        const Py_UNICODE *text = PyUnicode_AS_UNICODE(part);
        Py_ssize_t length = PyUnicode_GET_SIZE(part);
        if (length == 0) {
            PyErr_SetString(PyExc_ValueError, "empty separator");
        }
        else {
            made = direction > 0 ? unicode_split(unicode, text, length, limit)
                                 : unicode_split_last(unicode, text, length, limit);
        }
        Py_DECREF(part);
    }
    Py_DECREF(unicode);
    return made;
}

PyObject *
PyUnicode_Split(PyObject *string, PyObject *separator, Py_ssize_t most)
{
    return split_any(string, separator, most, 1);
}

PyObject *
PyUnicode_RSplit(PyObject *string, PyObject *separator, Py_ssize_t most)
{
    return split_any(string, separator, most, -1);
}

PyObject *
PyUnicode_Splitlines(PyObject *string, int keep)
{
    PyObject *unicode = PyUnicode_FromObject(string), *made = NULL;
    if (unicode != NULL) {
        made = unicode_split_lines(unicode, keep);
        Py_DECREF(unicode);
    }
    return made;
}

static PyObject *
partition_at(PyObject *string, PyObject *separator, int direction)
{
    PyObject *a, *b;
    if (coerce(string, separator, &a, &b) < 0) {
        return NULL;
    }
    PyObject *made = unicode_partition(a, b, direction);
    Py_DECREF(a);
    Py_DECREF(b);
    return made;
}

PyObject *
PyUnicode_Partition(PyObject *string, PyObject *separator)
{
    return partition_at(string, separator, 1);
}

PyObject *
PyUnicode_RPartition(PyObject *string, PyObject *separator)
{
    return partition_at(string, separator, -1);
}

static struct unicode_piece
piece_of(PyObject *unicode)
{
    return (struct unicode_piece){PyUnicode_AS_UNICODE(unicode), PyUnicode_GET_SIZE(unicode)};
}

PyObject *
PyUnicode_Replace(PyObject *string, PyObject *from, PyObject *to, Py_ssize_t most)
{
    PyObject *unicode = PyUnicode_FromObject(string), *as_from, *as_to, *made = NULL;
    if (unicode == NULL) {
        return NULL;
    }
    if (coerce(from, to, &as_from, &as_to) == 0) {
        made = unicode_replace(unicode, piece_of(as_from), piece_of(as_to), most);
        Py_DECREF(as_from);
        Py_DECREF(as_to);
    }
    Py_DECREF(unicode);
    return made;
}

/* kind: 0 the left side, 1 the right one, 2 both. */
PyObject *
_PyUnicode_XStrip(PyUnicodeObject *self, int kind, PyObject *set)
{
    static const int sides[] = {unicode_LEFT, unicode_RIGHT, unicode_LEFT | unicode_RIGHT};
    return unicode_strip((PyObject *)self, sides[kind], PyUnicode_AS_UNICODE(set),
                         PyUnicode_GET_SIZE(set));
}

/* ---- Changing a string that nobody else has ---- */

int
PyUnicode_Resize(PyObject **place, Py_ssize_t length)
{
    PyUnicodeObject *unicode = place != NULL ? (PyUnicodeObject *)*place : NULL;
    /* Those that are shared may be given too: callers cannot know. */
    int is_shared = unicode == &empty || (unicode >= characters && unicode < characters + 256);
    if (unicode == NULL || !PyUnicode_Check(unicode) || length < 0
        || (Py_REFCNT(unicode) != 1 && !is_shared)) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (unicode->length == length) {
        return 0;
    }
    if (is_shared) {
        PyObject *copy = PyUnicode_FromUnicode(NULL, length);
        if (copy == NULL) {
            return -1;
        }
        unicode_copy(PyUnicode_AS_UNICODE(copy), unicode->str,
                     unicode->length < length ? unicode->length : length);
        Py_DECREF(unicode);
        *place = copy;
        return 0;
    }
    Py_UNICODE *text = length < PY_SSIZE_T_MAX / (Py_ssize_t)sizeof *text
                           ? PyObject_Realloc(unicode->str, ((size_t)length + 1) * sizeof *text)
                           : NULL;
    if (text == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    text[length] = 0;
    unicode->str = text;
    unicode->length = length;
    unicode->hash = -1;
    Py_CLEAR(unicode->defenc);
    return 0;
}

/* ---- The % operator ---- */

static PyObject *
convert_char(PyObject *value)
{
    if (PyUnicode_Check(value)) {
        if (PyUnicode_GET_SIZE(value) == 1) {
            return unicode_same(value);
        }
    }
    else if (PyString_Check(value)) {
        if (PyString_GET_SIZE(value) == 1) {
            return PyUnicode_FromObject(value);
        }
    }
    else {
        long c = PyInt_AsLong(value);
        if (c != -1 || !PyErr_Occurred()) {
            if (c >= 0 && c <= LAST_CHARACTER) {
                return PyUnicode_FromOrdinal((int)c);
            }
            PyErr_SetString(PyExc_OverflowError,
                            "%c arg not in range(0x110000) (wide Python build)");
            return NULL;
        }
    }
    PyErr_SetString(PyExc_TypeError, "%c requires int or char");
    return NULL;
}

static PyObject *
unicode_convert(PyObject *value, int conversion)
{
    if (conversion == 'c') {
        return convert_char(value);
    }
    if (conversion == 's' && PyUnicode_CheckExact(value)) {
        Py_INCREF(value);
        return value;
    }
    PyObject *text = conversion == 's' ? PyObject_Unicode(value) : PyObject_Repr(value);
    if (text != NULL && !PyUnicode_Check(text)) {
        if (PyString_Check(text)) {
            Py_SETREF(text, PyUnicode_Decode(PyString_AS_STRING(text), PyString_GET_SIZE(text),
                                             NULL, "strict"));
        }
        else {
            PyErr_SetString(PyExc_TypeError, "%s argument has non-string str()");
            Py_CLEAR(text);
        }
    }
    return text;
}

PyObject *
PyUnicode_Format(PyObject *format, PyObject *values)
{
    if (format == NULL || values == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyObject *unicode = PyUnicode_FromObject(format);
    if (unicode == NULL) {
        return NULL;
    }
    struct unicode_format state = unicode_begin_format(unicode, values);
    struct unicode_builder builder = {NULL, 0, 0, 0};
    builder.failed = unicode_format_all(&state, &builder) < 0;
    PyObject *made = unicode_build(&builder);
    Py_XDECREF(state.value);
    Py_DECREF(unicode);
    return made;
}

/* ---- Operators ---- */

static Py_ssize_t
length_of(PyObject *self)
{
    return PyUnicode_GET_SIZE(self);
}

static PyObject *
repeat(PyObject *self, Py_ssize_t times)
{
    return unicode_repeat(self, times);
}

static PyObject *
item(PyObject *self, Py_ssize_t i)
{
    if (i < 0 || i >= PyUnicode_GET_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return NULL;
    }
    return PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(self) + i, 1);
}

static PyObject *
slice(PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    start = start < 0 ? 0 : start;
    end = end > PyUnicode_GET_SIZE(self) ? PyUnicode_GET_SIZE(self) : end;
    return unicode_part(self, start, end < start ? start : end);
}

static PyObject *
subscript(PyObject *self, PyObject *index)
{
    Py_ssize_t length = PyUnicode_GET_SIZE(self);
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred()) {
            return NULL;
        }
        return item(self, i < 0 ? i + length : i);
    }
    if (!PySlice_Check(index)) {
        PyErr_SetString(PyExc_TypeError, "string indices must be integers");
        return NULL;
    }
    Py_ssize_t start, stop, step, count;
    if (PySlice_GetIndicesEx((PySliceObject *)index, length, &start, &stop, &step, &count) < 0) {
        return NULL;
    }
    if (count <= 0) {
        return shared_empty();
    }
    if (step == 1) {
        return unicode_part(self, start, start + count);
    }
    PyObject *made = PyUnicode_FromUnicode(NULL, count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyUnicode_AS_UNICODE(made)[i] = PyUnicode_AS_UNICODE(self)[start + i * step];
    }
    return made;
}

/* Equal str and unicode have equal hashes: ASCII characters as they are, others
 * by the host's str. */
static long
hash(PyObject *self)
{
    const Py_UNICODE *text = PyUnicode_AS_UNICODE(self);
    Py_ssize_t length = PyUnicode_GET_SIZE(self);
    char narrow[256];
    if (length <= (Py_ssize_t)sizeof narrow && copy_ascii(narrow, text, length) == length) {
        return py2abi_strings_hash(narrow, length);
    }
    HostObject *host = to_host(text, length);
    if (host == NULL) {
        return -1;
    }
    long result = host_PyObject_Hash(host);
    host_DECREF(host);
    return py2abi_returned(result);
}

static PyObject *
repr(PyObject *self)
{
    return escape(PyUnicode_AS_UNICODE(self), PyUnicode_GET_SIZE(self), 1);
}

static PyObject *
str(PyObject *self)
{
    return PyUnicode_AsEncodedString(self, NULL, NULL);
}

static PyObject *
remainder_of(PyObject *format, PyObject *values)
{
    if (!PyUnicode_Check(format)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyUnicode_Format(format, values);
}

/* ---- Buffers ---- */

static int
check_segment(Py_ssize_t segment)
{
    if (segment != 0) {
        PyErr_SetString(PyExc_SystemError, "accessing non-existent unicode segment");
        return -1;
    }
    return 0;
}

static Py_ssize_t
read_buffer(PyObject *self, Py_ssize_t segment, void **data)
{
    if (check_segment(segment) < 0) {
        return -1;
    }
    *data = PyUnicode_AS_UNICODE(self);
    return (Py_ssize_t)PyUnicode_GET_DATA_SIZE(self);
}

static Py_ssize_t
write_buffer(PyObject *self, Py_ssize_t segment, void **data)
{
    (void)self;
    (void)segment;
    (void)data;
    PyErr_SetString(PyExc_TypeError, "cannot use unicode as modifiable buffer");
    return -1;
}

static Py_ssize_t
count_segments(PyObject *self, Py_ssize_t *length)
{
    if (length != NULL) {
        *length = (Py_ssize_t)PyUnicode_GET_DATA_SIZE(self);
    }
    return 1;
}

static Py_ssize_t
char_buffer(PyObject *self, Py_ssize_t segment, char **data)
{
    if (check_segment(segment) < 0) {
        return -1;
    }
    PyObject *string = _PyUnicode_AsDefaultEncodedString(self, NULL);
    if (string == NULL) {
        return -1;
    }
    *data = PyString_AS_STRING(string);
    return PyString_GET_SIZE(string);
}

/* ---- Methods ---- */

/* What the methods in textmethods.h are made of. */

#define TEXT_FIND_FORMAT(name) "O|OO:" name
#define TEXT_FILL              "O&"
#define TEXT_FILL_CONVERTER    fill_character,
#define TEXT_ENCODE            PyUnicode_AsEncodedObject
#define TEXT_DECODE            PyUnicode_AsDecodedObject

static Py_ssize_t
unicode_search(PyObject *self, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    return PyUnicode_Find(self, part, start, end, direction);
}

static Py_ssize_t
unicode_count_any(PyObject *self, PyObject *part, Py_ssize_t start, Py_ssize_t end)
{
    return PyUnicode_Count(self, part, start, end);
}

static int
unicode_ends_at(PyObject *self, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    return (int)PyUnicode_Tailmatch(self, part, start, end, direction);
}

static PyObject *
unicode_strip_set(PyObject *self, PyObject *set, int sides, const char *name)
{
    if (!PyUnicode_Check(set) && !PyString_Check(set)) {
        return PyErr_Format(PyExc_TypeError, "%s arg must be None, unicode or str", name);
    }
    PyObject *unicode = PyUnicode_FromObject(set), *made = NULL;
    if (unicode != NULL) {
        made = unicode_strip(self, sides, PyUnicode_AS_UNICODE(unicode),
                             PyUnicode_GET_SIZE(unicode));
        Py_DECREF(unicode);
    }
    return made;
}

/* PyArg_ParseTuple's converter of a fill character. */
static int
fill_character(PyObject *object, void *place)
{
    PyObject *unicode = PyUnicode_FromObject(object);
    if (unicode == NULL) {
        PyErr_SetString(PyExc_TypeError, "The fill character cannot be converted to Unicode");
        return 0;
    }
    int valid = PyUnicode_GET_SIZE(unicode) == 1;
    if (valid) {
        *(Py_UNICODE *)place = PyUnicode_AS_UNICODE(unicode)[0];
    }
    else {
        PyErr_SetString(PyExc_TypeError, "The fill character must be exactly one character long");
    }
    Py_DECREF(unicode);
    return valid;
}

#include "textmethods.h"

TELLS(tell_decimal, unicode_is_decimal)
TELLS(tell_numeric, unicode_is_numeric)

static PyObject *
replace(PyObject *self, PyObject *args)
{
    PyObject *from, *to;
    Py_ssize_t most = -1;
    return PyArg_ParseTuple(args, "OO|n:replace", &from, &to, &most)
               ? PyUnicode_Replace(self, from, to, most)
               : NULL;
}

static PyObject *
split(PyObject *self, PyObject *args)
{
    PyObject *separator = Py_None;
    Py_ssize_t most = -1;
    return PyArg_ParseTuple(args, "|On:split", &separator, &most)
               ? split_any(self, separator != Py_None ? separator : NULL, most, 1)
               : NULL;
}

static PyObject *
rsplit(PyObject *self, PyObject *args)
{
    PyObject *separator = Py_None;
    Py_ssize_t most = -1;
    return PyArg_ParseTuple(args, "|On:rsplit", &separator, &most)
               ? split_any(self, separator != Py_None ? separator : NULL, most, -1)
               : NULL;
}

static PyObject *
translate(PyObject *self, PyObject *mapping)
{
    return PyUnicode_TranslateCharmap(PyUnicode_AS_UNICODE(self), PyUnicode_GET_SIZE(self),
                                      mapping, "ignore");
}

static PyObject *
size_of(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyInt_FromSsize_t((Py_ssize_t)(sizeof(PyUnicodeObject)
                                          + (size_t)(PyUnicode_GET_SIZE(self) + 1)
                                                * sizeof(Py_UNICODE)));
}

static PyObject *
get_new_args(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyObject *unicode = PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(self),
                                              PyUnicode_GET_SIZE(self));
    PyObject *args = unicode != NULL ? PyTuple_New(1) : NULL;
    if (args == NULL) {
        Py_XDECREF(unicode);
        return NULL;
    }
    PyTuple_SET_ITEM(args, 0, unicode);
    return args;
}

static PyObject *
format_as(PyObject *self, PyObject *args)
{
    PyObject *spec;
    if (!PyArg_ParseTuple(args, "O:__format__", &spec)) {
        return NULL;
    }
    if (!PyUnicode_Check(spec) && !PyString_Check(spec)) {
        return PyErr_Format(PyExc_TypeError, "__format__ arg must be str or unicode, not %s",
                            Py_TYPE(spec)->tp_name);
    }
    PyObject *unicode = PyUnicode_FromObject(spec), *made = NULL;
    if (unicode != NULL) {
        made = _PyUnicode_FormatAdvanced(self, PyUnicode_AS_UNICODE(unicode),
                                         PyUnicode_GET_SIZE(unicode));
        Py_DECREF(unicode);
    }
    return made;
}

/* The flags are 2.7's own: guests take functions out of this table. */
static PyMethodDef methods[] = {
    {"encode", WITH_KEYWORDS(encode), METH_VARARGS | METH_KEYWORDS, NULL},
    {"replace", replace, METH_VARARGS, NULL},
    {"split", split, METH_VARARGS, NULL},
    {"rsplit", rsplit, METH_VARARGS, NULL},
    {"join", PyUnicode_Join, METH_O, NULL},
    {"capitalize", capitalize, METH_NOARGS, NULL},
    {"title", title, METH_NOARGS, NULL},
    {"center", center, METH_VARARGS, NULL},
    {"count", count, METH_VARARGS, NULL},
    {"expandtabs", expand_tabs, METH_VARARGS, NULL},
    {"find", find, METH_VARARGS, NULL},
    {"partition", PyUnicode_Partition, METH_O, NULL},
    {"index", index_of, METH_VARARGS, NULL},
    {"ljust", ljust, METH_VARARGS, NULL},
    {"lower", lower, METH_NOARGS, NULL},
    {"lstrip", lstrip, METH_VARARGS, NULL},
    {"decode", WITH_KEYWORDS(decode), METH_VARARGS | METH_KEYWORDS, NULL},
    {"rfind", rfind, METH_VARARGS, NULL},
    {"rindex", rindex_of, METH_VARARGS, NULL},
    {"rjust", rjust, METH_VARARGS, NULL},
    {"rstrip", rstrip, METH_VARARGS, NULL},
    {"rpartition", PyUnicode_RPartition, METH_O, NULL},
    {"splitlines", split_lines, METH_VARARGS, NULL},
    {"strip", strip, METH_VARARGS, NULL},
    {"swapcase", swapcase, METH_NOARGS, NULL},
    {"translate", translate, METH_O, NULL},
    {"upper", upper, METH_NOARGS, NULL},
    {"startswith", starts_with, METH_VARARGS, NULL},
    {"endswith", ends_with, METH_VARARGS, NULL},
    {"islower", tell_lower, METH_NOARGS, NULL},
    {"isupper", tell_upper, METH_NOARGS, NULL},
    {"istitle", tell_title, METH_NOARGS, NULL},
    {"isspace", tell_space, METH_NOARGS, NULL},
    {"isdecimal", tell_decimal, METH_NOARGS, NULL},
    {"isdigit", tell_digit, METH_NOARGS, NULL},
    {"isnumeric", tell_numeric, METH_NOARGS, NULL},
    {"isalpha", tell_alpha, METH_NOARGS, NULL},
    {"isalnum", tell_alnum, METH_NOARGS, NULL},
    {"zfill", zfill, METH_VARARGS, NULL},
    {"format", WITH_KEYWORDS(py2abi_strings_format_method), METH_VARARGS | METH_KEYWORDS, NULL},
    {"__format__", format_as, METH_VARARGS, NULL},
    {"_formatter_field_name_split", py2abi_strings_split_field_name, METH_NOARGS, NULL},
    {"_formatter_parser", py2abi_strings_parse_format, METH_NOARGS, NULL},
    {"__sizeof__", size_of, METH_NOARGS, NULL},
    {"__getnewargs__", get_new_args, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- The type ---- */

static void
dealloc(PyObject *object)
{
    PyUnicodeObject *unicode = (PyUnicodeObject *)object;
    if (unicode->length >= PY2ABI_LARGE / (Py_ssize_t)sizeof *unicode->str && !py2abi_checking) {
        py2abi_obmalloc_free(unicode->str);
    }
    else {
        PyObject_Free(unicode->str);
    }
    Py_XDECREF(unicode->defenc);
    Py_TYPE(object)->tp_free(object);
}

/* unicode(object, encoding, errors).  For a subtype, its memory gets a copy. */
static PyObject *
new_instance(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char string_name[] = "string", encoding_name[] = "encoding", errors_name[] = "errors";
    static char *keywords[] = {string_name, encoding_name, errors_name, NULL};
    PyObject *object = NULL;
    char *encoding = NULL, *errors = NULL;
    if (args != NULL && args != Py_None
        && !PyArg_ParseTupleAndKeywords(args, kwargs == Py_None ? NULL : kwargs, "|Oss:unicode",
                                        keywords, &object, &encoding, &errors)) {
        return NULL;
    }
    PyObject *unicode = object == NULL                          ? shared_empty()
                        : encoding == NULL && errors == NULL ? PyObject_Unicode(object)
                                                             : PyUnicode_FromEncodedObject(
                                                                   object, encoding, errors);
    if (type == &PyUnicode_Type || unicode == NULL) {
        return unicode;
    }
    Py_ssize_t length = PyUnicode_GET_SIZE(unicode);
    Py_UNICODE *text = new_text(length);
    PyUnicodeObject *made = text != NULL ? (PyUnicodeObject *)type->tp_alloc(type, 0) : NULL;
    if (made == NULL) {
        PyObject_Free(text);
    }
    else {
        unicode_copy(text, PyUnicode_AS_UNICODE(unicode), length);
        made->str = text;
        made->length = length;
        made->hash = -1;
        made->defenc = NULL;
    }
    Py_DECREF(unicode);
    return (PyObject *)made;
}

void
_PyUnicode_Init(void)
{
}

void
_PyUnicode_Fini(void)
{
}

int
PyUnicode_ClearFreeList(void)
{
    return 0; /* There is none. */
}

static PyNumberMethods as_number = {.nb_remainder = remainder_of};

static PySequenceMethods as_sequence = {
    .sq_length = length_of,
    .sq_concat = PyUnicode_Concat,
    .sq_repeat = repeat,
    .sq_item = item,
    .sq_slice = slice,
    .sq_contains = PyUnicode_Contains,
};

static PyMappingMethods as_mapping = {.mp_length = length_of, .mp_subscript = subscript};

static PyBufferProcs as_buffer = {
    .bf_getreadbuffer = read_buffer,
    .bf_getwritebuffer = write_buffer,
    .bf_getsegcount = count_segments,
    .bf_getcharbuffer = char_buffer,
};

PyTypeObject PyUnicode_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "unicode",
    .tp_basicsize = sizeof(PyUnicodeObject),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_as_number = &as_number,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = hash,
    .tp_str = str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_BASETYPE
                | Py_TPFLAGS_UNICODE_SUBCLASS,
    .tp_richcompare = PyUnicode_RichCompare,
    .tp_methods = methods,
    .tp_base = &PyBaseString_Type,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = new_instance,
    .tp_free = PyObject_Free,
};
