/* stringobject.c - Python 2.7's str: strings of bytes, in guest memory.
 *
 * An object's memory is a block of PyObject_Malloc's, whoever made it, and goes
 * through tp_free.  ob_shash stays -1 (not computed): the host's hashes are no
 * business of guests that look there.  Interned strings are in one table, by
 * value; the table owns no reference to them. */

#include "config.h"
#include "check.h"
#include "pool.h"
#include "strings27.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_CHAR char
#define TEXT(name) bytes_##name
#define TEXT_NEW(text, length) PyString_FromStringAndSize((text), (length))
#define TEXT_DATA(object) PyString_AS_STRING(object)
#define TEXT_LENGTH(object) PyString_GET_SIZE(object)
#define TEXT_IS_EXACT(object) PyString_CheckExact(object)
#define TEXT_FIND_CHAR(text, c, length) \
    ((const char *)memchr((text), (unsigned char)(c), (length)))
#define TEXT_IS_SPACE(c) Py_ISSPACE(c)
#define TEXT_IS_LINE_END(c) ((c) == '\n' || (c) == '\r')
#define TEXT_IS_LOWER(c) Py_ISLOWER(c)
#define TEXT_IS_UPPER(c) Py_ISUPPER(c)
#define TEXT_IS_TITLE(c) 0
#define TEXT_TO_LOWER(c) Py_TOLOWER(c)
#define TEXT_TO_UPPER(c) Py_TOUPPER(c)
#define TEXT_TO_TITLE(c) Py_TOUPPER(c)
#include "text.h"

static PyObject *bytes_convert(PyObject *value, int conversion);
#define TEXT_FLOAT_ERROR "float argument required, not %.200s"
#define TEXT_SHOWN(c) (c)
#include "percent.h"

TEXT_IS_ALL(is_space, Py_ISSPACE)
TEXT_IS_ALL(is_alpha, Py_ISALPHA)
TEXT_IS_ALL(is_alnum, Py_ISALNUM)
TEXT_IS_ALL(is_digit, Py_ISDIGIT)

/* The structure with the NUL behind no characters. */
enum { HEAD = offsetof(PyStringObject, ob_sval) + 1 };

/* How often guests may give back what they never had. */
enum { IMMORTAL = 1 << 28 };

/* ---- Making strings ---- */

/* The empty string, and one for each byte, as data and as text: made when first asked for, never
 * freed.  A byte that is no ASCII is no text alone.  Behind ob_sval there is room for the NUL. */
static struct shared {
    PyStringObject data __attribute__((aligned(2 * PY2ABI_TEXT_OFFSET)));
    PyStringObject text;
} empty, characters[256];
_Static_assert(offsetof(struct shared, text) % (2 * PY2ABI_TEXT_OFFSET) == PY2ABI_TEXT_OFFSET,
               "the address of a shared string tells that it is text");

/* offset, here and below: PY2ABI_TEXT_OFFSET for text, or 0. */
static PyObject *
shared_string(struct shared *both, Py_ssize_t size, int c, size_t offset)
{
    PyStringObject *string = offset != 0 && (unsigned char)c < 0x80 ? &both->text : &both->data;
    if (string->ob_type == NULL) {
        string->ob_type = &PyString_Type;
        string->ob_refcnt = IMMORTAL;
        string->ob_size = size;
        string->ob_shash = -1;
        string->ob_sval[0] = (char)c;
    }
    string->ob_refcnt++;
    return (PyObject *)string;
}

static PyObject *
new_string(Py_ssize_t size, size_t offset)
{
    if (size > PY_SSIZE_T_MAX - HEAD - (Py_ssize_t)offset) {
        PyErr_SetString(PyExc_OverflowError, "string is too large");
        return NULL;
    }
    char *block = py2abi_large_malloc((size_t)(HEAD + size) + offset);
    if (block == NULL) {
        return PyErr_NoMemory();
    }
    PyStringObject *string = (PyStringObject *)(void *)(block + offset);
    string->ob_refcnt = 1;
    string->ob_type = &PyString_Type;
    string->ob_size = size;
    string->ob_shash = -1;
    string->ob_sstate = SSTATE_NOT_INTERNED;
    string->ob_sval[size] = '\0';
    return (PyObject *)string;
}

/* text may be NULL: what the characters are is still to come. */
static PyObject *
make_string(const char *text, Py_ssize_t size, size_t offset)
{
    if (size == 0) {
        return shared_string(&empty, 0, 0, offset);
    }
    if (size == 1 && text != NULL) {
        return shared_string(&characters[(unsigned char)text[0]], 1, text[0], offset);
    }
    PyObject *string = new_string(size, offset);
    if (string != NULL && text != NULL) {
        memcpy(PyString_AS_STRING(string), text, (size_t)size);
    }
    return string;
}

PyObject *
PyString_FromStringAndSize(const char *text, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyString_FromStringAndSize");
        return NULL;
    }
    return make_string(text, size, 0);
}

PyObject *
py2abi_string_text(const char *text, Py_ssize_t size)
{
    return make_string(text, size, PY2ABI_TEXT_OFFSET);
}

PyObject *
PyString_FromString(const char *text)
{
    size_t size = strlen(text);
    if (size > (size_t)(PY_SSIZE_T_MAX - HEAD)) {
        PyErr_SetString(PyExc_OverflowError, "string is too long for a Python string");
        return NULL;
    }
    return py2abi_string_text(text, (Py_ssize_t)size);
}

/* %p, which begins with 0x whatever the C library has for it. */
int
py2abi_strings_pointer(char number[32], const void *pointer)
{
    return pointer != NULL ? sprintf(number, "%p", pointer) : sprintf(number, "0x%p", pointer);
}

/* The conversions of 2.7: %c %d %i %u %x %s %p %%, with l, ll and z before d and
 * u.  Widths are skipped, the last number limits %s.  From a conversion that is
 * none of these on, the format is copied as it is. */
PyObject *
PyString_FromFormatV(const char *format, va_list arguments)
{
    struct bytes_builder builder = {NULL, 0, 0, 0};
    char number[32];
    va_list list;
    va_copy(list, arguments);
    while (*format != '\0') {
        size_t plain = strcspn(format, "%");
        bytes_append(&builder, format, (Py_ssize_t)plain);
        format += plain;
        if (*format == '\0') {
            break;
        }
        const char *start = format++;
        Py_ssize_t limit = 0;
        while (Py_ISDIGIT(*format)) {
            limit = limit * 10 + (*format++ - '0');
        }
        if (*format == '.') {
            limit = 0;
            while (Py_ISDIGIT(*++format)) {
                limit = limit * 10 + (*format - '0');
            }
        }
        while (*format != '\0' && *format != '%' && !Py_ISALPHA(*format)) {
            format++;
        }
        int is_long = 0, is_size = 0;
        if (format[0] == 'l' && (format[1] == 'd' || format[1] == 'u')) {
            is_long = 1;
            format++;
        }
        else if (format[0] == 'l' && format[1] == 'l' && (format[2] == 'd' || format[2] == 'u')) {
            is_long = 1; /* A long is as wide as a long long. */
            format += 2;
        }
        else if (format[0] == 'z' && (format[1] == 'd' || format[1] == 'u')) {
            is_size = 1;
            format++;
        }
        int length = 0;
        switch (*format++) {
        case 'c':
            number[0] = (char)va_arg(list, int);
            length = 1;
            break;
        case 'd':
            length = is_long   ? sprintf(number, "%ld", va_arg(list, long))
                     : is_size ? sprintf(number, "%zd", va_arg(list, Py_ssize_t))
                               : sprintf(number, "%d", va_arg(list, int));
            break;
        case 'u':
            length = is_long   ? sprintf(number, "%lu", va_arg(list, unsigned long))
                     : is_size ? sprintf(number, "%zu", va_arg(list, size_t))
                               : sprintf(number, "%u", va_arg(list, unsigned int));
            break;
        case 'i':
            length = sprintf(number, "%i", va_arg(list, int));
            break;
        case 'x':
            length = sprintf(number, "%x", va_arg(list, unsigned int));
            break;
        case 's': {
            const char *text = va_arg(list, const char *);
            size_t size = limit > 0 ? strnlen(text, (size_t)limit) : strlen(text);
            bytes_append(&builder, text, (Py_ssize_t)size);
            break;
        }
        case 'p':
            length = py2abi_strings_pointer(number, va_arg(list, void *));
            break;
        case '%':
            number[0] = '%';
            length = 1;
            break;
        default:
            bytes_append(&builder, start, (Py_ssize_t)strlen(start));
            format = "";
        }
        bytes_append(&builder, number, length);
    }
    va_end(list);
    PyObject *built = bytes_build(&builder);
    if (built != NULL) {
        PyObject *text = py2abi_string_text(PyString_AS_STRING(built), PyString_GET_SIZE(built));
        Py_DECREF(built);
        built = text;
    }
    return built;
}

/* ---- Reading strings ---- */

/* The characters of a str, or of a unicode in the default encoding.  NULL with a
 * guest exception. */
static PyObject *
as_string(PyObject *object)
{
    if (PyString_Check(object)) {
        return object;
    }
    if (PyUnicode_Check(object)) {
        return _PyUnicode_AsDefaultEncodedString(object, NULL);
    }
    PyErr_Format(PyExc_TypeError, "expected string or Unicode object, %.200s found",
                 Py_TYPE(object)->tp_name);
    return NULL;
}

Py_ssize_t
PyString_Size(PyObject *object)
{
    PyObject *string = as_string(object);
    return string != NULL ? PyString_GET_SIZE(string) : -1;
}

char *
PyString_AsString(PyObject *object)
{
    PyObject *string = as_string(object);
    return string != NULL ? PyString_AS_STRING(string) : NULL;
}

int
PyString_AsStringAndSize(PyObject *object, char **text, Py_ssize_t *size)
{
    if (text == NULL) {
        PyErr_BadInternalCall();
        return -1;
    }
    PyObject *string = as_string(object);
    if (string == NULL) {
        return -1;
    }
    *text = PyString_AS_STRING(string);
    if (size != NULL) {
        *size = PyString_GET_SIZE(string);
    }
    else if (strlen(*text) != (size_t)PyString_GET_SIZE(string)) {
        PyErr_SetString(PyExc_TypeError, "expected string without null bytes");
        return -1;
    }
    return 0;
}

int
_PyString_Eq(PyObject *a, PyObject *b)
{
    return PyString_GET_SIZE(a) == PyString_GET_SIZE(b)
           && bytes_equal(PyString_AS_STRING(a), PyString_AS_STRING(b), PyString_GET_SIZE(a));
}

/* The host's hash of these bytes: the same for bytes and for a str of ASCII
 * characters, so that equal strings of either kind have equal hashes.  Never -1
 * unless a guest exception is set. */
long
py2abi_strings_hash(const void *data, Py_ssize_t size)
{
    if (HOST_HAS(_Py_HashBytes)) {
        return host__Py_HashBytes(data, size);
    }
    if (HOST_HAS(Py_HashBuffer)) {
        return host_Py_HashBuffer(data, size);
    }
    HostObject *bytes = host_PyBytes_FromStringAndSize(data, size);
    long hash = bytes != NULL ? host_PyObject_Hash(bytes) : -1;
    host_XDECREF(bytes);
    return py2abi_returned(hash);
}

/* ---- Interning ---- */

/* Open addressing; size is a power of two.  An entry that was taken out leaves
 * a mark. */
static struct {
    PyObject **strings;
    size_t size, used, marks;
} interned;

static PyObject mark;

static size_t
hash_name(const char *text, Py_ssize_t size)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (Py_ssize_t i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 0x100000001b3u;
    }
    return (size_t)(hash ^ hash >> 32);
}

/* Where a string is, or where it would be put. */
static PyObject **
find_interned(const char *text, Py_ssize_t size)
{
    PyObject **free_entry = NULL;
    for (size_t at = hash_name(text, size);; at++) {
        PyObject **entry = &interned.strings[at & (interned.size - 1)];
        if (*entry == NULL) {
            return free_entry != NULL ? free_entry : entry;
        }
        if (*entry == &mark) {
            if (free_entry == NULL) {
                free_entry = entry;
            }
        }
        else if (PyString_GET_SIZE(*entry) == size
                 && memcmp(PyString_AS_STRING(*entry), text, (size_t)size) == 0) {
            return entry;
        }
    }
}

static int
make_room(void)
{
    if (interned.size != 0 && 3 * (interned.used + interned.marks) < 2 * interned.size) {
        return 0;
    }
    size_t old_size = interned.size;
    size_t size = old_size == 0                       ? 1024
                  : 3 * interned.used < old_size      ? old_size
                                                      : 2 * old_size;
    PyObject **strings = calloc(size, sizeof *strings), **old = interned.strings;
    if (strings == NULL) {
        return -1;
    }
    interned.strings = strings;
    interned.size = size;
    interned.marks = 0;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i] != NULL && old[i] != &mark) {
            *find_interned(PyString_AS_STRING(old[i]), PyString_GET_SIZE(old[i])) = old[i];
        }
    }
    free(old);
    return 0;
}

/* Enter a string into a free entry. */
static void
intern(PyObject **entry, PyObject *string)
{
    interned.marks -= *entry == &mark;
    interned.used++;
    *entry = string;
    ((PyStringObject *)string)->ob_sstate = SSTATE_INTERNED_MORTAL;
}

/* Without memory the string just stays as it is. */
void
PyString_InternInPlace(PyObject **place)
{
    PyObject *string = *place;
    if (string == NULL || !PyString_Check(string)) {
        Py_FatalError("PyString_InternInPlace: strings only please!");
        return;
    }
    if (!PyString_CheckExact(string) || PyString_CHECK_INTERNED(string) || make_room() < 0) {
        return;
    }
    PyObject **entry = find_interned(PyString_AS_STRING(string), PyString_GET_SIZE(string));
    if (*entry == NULL || *entry == &mark) {
        intern(entry, string);
        return;
    }
    Py_INCREF(*entry);
    *place = *entry;
    Py_DECREF(string);
}

void
PyString_InternImmortal(PyObject **place)
{
    PyString_InternInPlace(place);
    if (PyString_CHECK_INTERNED(*place) != SSTATE_INTERNED_IMMORTAL) {
        ((PyStringObject *)*place)->ob_sstate = SSTATE_INTERNED_IMMORTAL;
        Py_INCREF(*place);
    }
}

PyObject *
PyString_InternFromString(const char *text)
{
    Py_ssize_t size = (Py_ssize_t)strlen(text);
    if (make_room() == 0) {
        PyObject *known = *find_interned(text, size);
        if (known != NULL && known != &mark) {
            Py_INCREF(known);
            return known;
        }
    }
    PyObject *string = py2abi_string_text(text, size);
    if (string != NULL) {
        PyString_InternInPlace(&string);
    }
    return string;
}

/* At the end of the process nothing is taken apart: guests may still run. */
void
PyString_Fini(void)
{
}

void
_Py_ReleaseInternedStrings(void)
{
}

static void
dealloc(PyObject *object)
{
    if (PyString_CHECK_INTERNED(object)) {
        PyObject **entry = find_interned(PyString_AS_STRING(object), PyString_GET_SIZE(object));
        if (*entry == object) {
            *entry = &mark;
            interned.used--;
            interned.marks++;
        }
    }
    if (PyString_GET_SIZE(object) >= PY2ABI_LARGE && PyString_CheckExact(object)
        && !py2abi_checking) {
        py2abi_obmalloc_free((char *)object - ((uintptr_t)object & PY2ABI_TEXT_OFFSET));
        return;
    }
    Py_TYPE(object)->tp_free(object);
}

/* ---- Escapes ---- */

PyObject *
PyString_Repr(PyObject *object, int smart_quotes)
{
    const unsigned char *text = (const unsigned char *)PyString_AS_STRING(object);
    Py_ssize_t length = PyString_GET_SIZE(object);
    char quote = '\'';
    if (length > (PY_SSIZE_T_MAX - 2) / 4) {
        PyErr_SetString(PyExc_OverflowError, "string is too large to make repr");
        return NULL;
    }
    if (smart_quotes && length > 0 && memchr(text, '\'', (size_t)length) != NULL
        && memchr(text, '"', (size_t)length) == NULL) {
        quote = '"';
    }
    char *escaped = malloc((size_t)length * 4 + 2), *out = escaped;
    if (escaped == NULL) {
        return PyErr_NoMemory();
    }
    *out++ = quote;
    for (Py_ssize_t i = 0; i < length; i++) {
        static const char digits[] = "0123456789abcdef";
        unsigned char c = text[i];
        char letter = c == '\t'                              ? 't'
                      : c == '\n'                            ? 'n'
                      : c == '\r'                            ? 'r'
                      : c == (unsigned char)quote || c == '\\' ? (char)c
                                                             : '\0';
        if (letter != '\0') {
            *out++ = '\\';
            *out++ = letter;
        }
        else if (c < ' ' || c >= 0x7f) {
            *out++ = '\\';
            *out++ = 'x';
            *out++ = digits[c >> 4];
            *out++ = digits[c & 15];
        }
        else {
            *out++ = (char)c;
        }
    }
    *out++ = quote;
    PyObject *made = PyString_FromStringAndSize(escaped, out - escaped);
    free(escaped);
    return made;
}

static int
digit(int c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : 16;
}

/* Non-ASCII characters of a source in UTF-8, in the encoding it declares. */
static const char *
recode(struct bytes_builder *builder, const char *at, const char *end, const char *errors,
       const char *encoding)
{
    const char *start = at;
    while (at < end && *at & 0x80) {
        at++;
    }
    PyObject *decoded = PyUnicode_DecodeUTF8(start, at - start, errors);
    PyObject *encoded = decoded != NULL ? PyUnicode_AsEncodedString(decoded, encoding, errors)
                                        : NULL;
    Py_XDECREF(decoded);
    if (encoded == NULL) {
        builder->failed = 1;
        return at;
    }
    bytes_append(builder, PyString_AS_STRING(encoded), PyString_GET_SIZE(encoded));
    Py_DECREF(encoded);
    return at;
}

/* The escapes of a string literal.  unicode has no meaning any more. */
PyObject *
PyString_DecodeEscape(const char *text, Py_ssize_t length, const char *errors, Py_ssize_t unicode,
                      const char *encoding)
{
    struct bytes_builder builder = {NULL, 0, 0, 0};
    const char *end = text + length;
    (void)unicode;
    while (text < end && !builder.failed) {
        if (*text != '\\') {
            if (encoding != NULL && *text & 0x80) {
                text = recode(&builder, text, end, errors, encoding);
            }
            else {
                bytes_append(&builder, text++, 1);
            }
            continue;
        }
        if (++text == end) {
            PyErr_SetString(PyExc_ValueError, "Trailing \\ in string");
            builder.failed = 1;
            break;
        }
        static const char letters[] = "\\'\"bftnrva", meanings[] = "\\'\"\b\f\t\n\r\v\a";
        const char *letter;
        char c = *text++;
        if (c == '\n') {
            continue;
        }
        if (c != '\0' && (letter = strchr(letters, c)) != NULL) {
            bytes_append(&builder, &meanings[letter - letters], 1);
        }
        else if (c >= '0' && c <= '7') {
            int value = c - '0';
            for (int i = 0; i < 2 && text < end && *text >= '0' && *text <= '7'; i++) {
                value = value * 8 + (*text++ - '0');
            }
            c = (char)value;
            bytes_append(&builder, &c, 1);
        }
        else if (c == 'x') {
            int high = end - text > 0 ? digit(text[0]) : 16;
            int low = end - text > 1 ? digit(text[1]) : 16;
            if (high < 16 && low < 16) {
                c = (char)(high * 16 + low);
                bytes_append(&builder, &c, 1);
                text += 2;
                continue;
            }
            if (errors == NULL || strcmp(errors, "strict") == 0) {
                PyErr_SetString(PyExc_ValueError, "invalid \\x escape");
                builder.failed = 1;
            }
            else if (strcmp(errors, "replace") == 0) {
                bytes_append(&builder, "?", 1);
            }
            else if (strcmp(errors, "ignore") != 0) {
                PyErr_Format(PyExc_ValueError,
                             "decoding error; unknown error handling code: %.400s", errors);
                builder.failed = 1;
            }
            text += high < 16; /* One digit belongs to it. */
        }
        else {
            bytes_append(&builder, text - 2, 2);
        }
    }
    return bytes_build(&builder);
}

/* ---- Codecs ---- */

static PyObject *
escape_without_quotes(PyObject *string)
{
    PyObject *quoted = PyString_Repr(string, 0), *made = NULL;
    if (quoted != NULL) {
        made = PyString_FromStringAndSize(PyString_AS_STRING(quoted) + 1,
                                          PyString_GET_SIZE(quoted) - 2);
        Py_DECREF(quoted);
    }
    return made;
}

static int
is_escape_codec(const char *encoding)
{
    return strcmp(encoding, "string_escape") == 0 || strcmp(encoding, "string-escape") == 0;
}

PyObject *
PyString_AsDecodedObject(PyObject *string, const char *encoding, const char *errors)
{
    if (!PyString_Check(string)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (encoding == NULL) {
        encoding = PyUnicode_GetDefaultEncoding();
    }
    const char *text = PyString_AS_STRING(string);
    if (is_escape_codec(encoding)) {
        return PyString_DecodeEscape(text, PyString_GET_SIZE(string), errors, 0, NULL);
    }
    return py2abi_strings_decode_any(text, PyString_GET_SIZE(string), encoding, errors);
}

PyObject *
PyString_AsDecodedString(PyObject *string, const char *encoding, const char *errors)
{
    PyObject *decoded = PyString_AsDecodedObject(string, encoding, errors);
    if (decoded != NULL && PyUnicode_Check(decoded)) {
        Py_SETREF(decoded, PyUnicode_AsEncodedString(decoded, NULL, NULL));
    }
    if (decoded != NULL && !PyString_Check(decoded)) {
        PyErr_Format(PyExc_TypeError, "decoder did not return a string object (type=%.400s)",
                     Py_TYPE(decoded)->tp_name);
        Py_CLEAR(decoded);
    }
    return decoded;
}

PyObject *
PyString_AsEncodedObject(PyObject *string, const char *encoding, const char *errors)
{
    if (!PyString_Check(string)) {
        PyErr_BadArgument();
        return NULL;
    }
    if (encoding == NULL) {
        encoding = PyUnicode_GetDefaultEncoding();
    }
    if (is_escape_codec(encoding)) {
        return escape_without_quotes(string);
    }
    return py2abi_strings_encode_any(string, encoding, errors);
}

PyObject *
PyString_AsEncodedString(PyObject *string, const char *encoding, const char *errors)
{
    PyObject *encoded = PyString_AsEncodedObject(string, encoding, errors);
    if (encoded != NULL && PyUnicode_Check(encoded)) {
        Py_SETREF(encoded, PyUnicode_AsEncodedString(encoded, NULL, NULL));
    }
    if (encoded != NULL && !PyString_Check(encoded)) {
        PyErr_Format(PyExc_TypeError, "encoder did not return a string object (type=%.400s)",
                     Py_TYPE(encoded)->tp_name);
        Py_CLEAR(encoded);
    }
    return encoded;
}

PyObject *
PyString_Decode(const char *text, Py_ssize_t size, const char *encoding, const char *errors)
{
    PyObject *string = PyString_FromStringAndSize(text, size), *made = NULL;
    if (string != NULL) {
        made = PyString_AsDecodedString(string, encoding, errors);
        Py_DECREF(string);
    }
    return made;
}

PyObject *
PyString_Encode(const char *text, Py_ssize_t size, const char *encoding, const char *errors)
{
    PyObject *string = PyString_FromStringAndSize(text, size), *made = NULL;
    if (string != NULL) {
        made = PyString_AsEncodedString(string, encoding, errors);
        Py_DECREF(string);
    }
    return made;
}

/* ---- Operators ---- */

static Py_ssize_t
length_of(PyObject *self)
{
    return PyString_GET_SIZE(self);
}

static PyObject *
concat(PyObject *a, PyObject *b)
{
    if (!PyString_Check(b)) {
        if (PyUnicode_Check(b)) {
            return PyUnicode_Concat(a, b);
        }
        if (PyByteArray_Check(b)) {
            return PyByteArray_Concat(a, b);
        }
        return PyErr_Format(PyExc_TypeError, "cannot concatenate 'str' and '%.200s' objects",
                            Py_TYPE(b)->tp_name);
    }
    Py_ssize_t a_size = PyString_GET_SIZE(a), b_size = PyString_GET_SIZE(b);
    if (PyString_CheckExact(a) && PyString_CheckExact(b) && (a_size == 0 || b_size == 0)) {
        PyObject *result = a_size == 0 ? b : a;
        Py_INCREF(result);
        return result;
    }
    if (a_size > PY_SSIZE_T_MAX - HEAD - b_size) {
        PyErr_SetString(PyExc_OverflowError, "strings are too large to concat");
        return NULL;
    }
    PyObject *made = PyString_FromStringAndSize(NULL, a_size + b_size);
    if (made != NULL) {
        memcpy(PyString_AS_STRING(made), PyString_AS_STRING(a), (size_t)a_size);
        memcpy(PyString_AS_STRING(made) + a_size, PyString_AS_STRING(b), (size_t)b_size);
    }
    return made;
}

static PyObject *
repeat(PyObject *self, Py_ssize_t times)
{
    return bytes_repeat(self, times);
}

static PyObject *
item(PyObject *self, Py_ssize_t i)
{
    if (i < 0 || i >= PyString_GET_SIZE(self)) {
        PyErr_SetString(PyExc_IndexError, "string index out of range");
        return NULL;
    }
    return PyString_FromStringAndSize(PyString_AS_STRING(self) + i, 1);
}

static PyObject *
slice(PyObject *self, Py_ssize_t start, Py_ssize_t end)
{
    start = start < 0 ? 0 : start;
    end = end > PyString_GET_SIZE(self) ? PyString_GET_SIZE(self) : end;
    return bytes_part(self, start, end < start ? start : end);
}

static int
contains(PyObject *self, PyObject *part)
{
    if (PyString_Check(part)) {
        return bytes_find(PyString_AS_STRING(self), PyString_GET_SIZE(self),
                          PyString_AS_STRING(part), PyString_GET_SIZE(part))
               >= 0;
    }
    if (PyUnicode_Check(part)) {
        return PyUnicode_Contains(self, part);
    }
    PyErr_Format(PyExc_TypeError, "'in <string>' requires string as left operand, not %.200s",
                 Py_TYPE(part)->tp_name);
    return -1;
}

static PyObject *
subscript(PyObject *self, PyObject *index)
{
    Py_ssize_t length = PyString_GET_SIZE(self);
    if (PyIndex_Check(index)) {
        Py_ssize_t i = PyNumber_AsSsize_t(index, PyExc_IndexError);
        if (i == -1 && PyErr_Occurred()) {
            return NULL;
        }
        return item(self, i < 0 ? i + length : i);
    }
    if (!PySlice_Check(index)) {
        return PyErr_Format(PyExc_TypeError, "string indices must be integers, not %.200s",
                            Py_TYPE(index)->tp_name);
    }
    Py_ssize_t start, stop, step, count;
    if (PySlice_GetIndicesEx((PySliceObject *)index, length, &start, &stop, &step, &count) < 0) {
        return NULL;
    }
    if (count <= 0) {
        return PyString_FromStringAndSize("", 0);
    }
    if (step == 1) {
        return bytes_part(self, start, start + count);
    }
    PyObject *made = PyString_FromStringAndSize(NULL, count);
    for (Py_ssize_t i = 0; made != NULL && i < count; i++) {
        PyString_AS_STRING(made)[i] = PyString_AS_STRING(self)[start + i * step];
    }
    return made;
}

static PyObject *
rich_compare(PyObject *a, PyObject *b, int operation)
{
    int result;
    if (!PyString_Check(a) || !PyString_Check(b)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    if (operation == Py_EQ || operation == Py_NE) {
        result = (a == b || _PyString_Eq(a, b)) == (operation == Py_EQ);
    }
    else {
        int order = bytes_order(PyString_AS_STRING(a), PyString_GET_SIZE(a), PyString_AS_STRING(b),
                                PyString_GET_SIZE(b));
        result = operation == Py_LT   ? order < 0
                 : operation == Py_LE ? order <= 0
                 : operation == Py_GT ? order > 0
                                      : order >= 0;
    }
    return PyBool_FromLong(result);
}

static long
hash(PyObject *self)
{
    return py2abi_strings_hash(PyString_AS_STRING(self), PyString_GET_SIZE(self));
}

static PyObject *
repr(PyObject *self)
{
    return PyString_Repr(self, 1);
}

static PyObject *
str(PyObject *self)
{
    return bytes_same(self);
}

static PyObject *
remainder_of(PyObject *format, PyObject *values)
{
    if (!PyString_Check(format)) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyString_Format(format, values);
}

/* ---- Buffers ---- */

static Py_ssize_t
read_buffer(PyObject *self, Py_ssize_t segment, void **data)
{
    if (segment != 0) {
        PyErr_SetString(PyExc_SystemError, "accessing non-existent string segment");
        return -1;
    }
    *data = PyString_AS_STRING(self);
    return PyString_GET_SIZE(self);
}

static Py_ssize_t
write_buffer(PyObject *self, Py_ssize_t segment, void **data)
{
    (void)self;
    (void)segment;
    (void)data;
    PyErr_SetString(PyExc_TypeError, "Cannot use string as modifiable buffer");
    return -1;
}

static Py_ssize_t
count_segments(PyObject *self, Py_ssize_t *length)
{
    if (length != NULL) {
        *length = PyString_GET_SIZE(self);
    }
    return 1;
}

static Py_ssize_t
char_buffer(PyObject *self, Py_ssize_t segment, char **data)
{
    void *memory;
    Py_ssize_t size = read_buffer(self, segment, &memory);
    if (size >= 0) {
        *data = memory;
    }
    return size;
}

static int
get_buffer(PyObject *self, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, self, PyString_AS_STRING(self), PyString_GET_SIZE(self), 1,
                             flags);
}

/* ---- Changing a string that nobody else has ---- */

int
_PyString_Resize(PyObject **place, Py_ssize_t size)
{
    PyObject *string = *place;
    /* What has a head before it is no block of PyObject_Malloc's. */
    if (!PyString_Check(string) || Py_REFCNT(string) != 1 || size < 0
        || PyString_CHECK_INTERNED(string)
        || Py_TYPE(string)->tp_flags & (PY2ABI_TPFLAGS_MIRROR | Py_TPFLAGS_HAVE_GC)) {
        *place = NULL;
        Py_DECREF(string);
        PyErr_BadInternalCall();
        return -1;
    }
    PyObject *resized = size > PY_SSIZE_T_MAX - HEAD
                            ? NULL
                            : PyObject_Realloc(string, (size_t)(HEAD + size));
    *place = resized;
    if (resized == NULL) {
        PyObject_Free(string);
        PyErr_NoMemory();
        return -1;
    }
    Py_SIZE(resized) = size;
    PyString_AS_STRING(resized)[size] = '\0';
    ((PyStringObject *)resized)->ob_shash = -1;
    return 0;
}

void
PyString_Concat(PyObject **place, PyObject *more)
{
    PyObject *string = *place;
    if (string == NULL) {
        return;
    }
    if (more == NULL || !PyString_Check(string)) {
        Py_CLEAR(*place);
        return;
    }
    Py_ssize_t size = PyString_GET_SIZE(string);
    if (PyString_Check(more) && more != string && Py_REFCNT(string) == 1
        && PyString_CheckExact(string) && !PyString_CHECK_INTERNED(string) && size > 0
        && size <= PY_SSIZE_T_MAX - HEAD - PyString_GET_SIZE(more)) {
        /* Appending again and again takes time in proportion. */
        if (_PyString_Resize(place, size + PyString_GET_SIZE(more)) == 0) {
            memcpy(PyString_AS_STRING(*place) + size, PyString_AS_STRING(more),
                   (size_t)PyString_GET_SIZE(more));
        }
        return;
    }
    *place = concat(string, more);
    Py_DECREF(string);
}

void
PyString_ConcatAndDel(PyObject **place, PyObject *more)
{
    PyString_Concat(place, more);
    Py_XDECREF(more);
}

/* ---- The % operator ---- */

PyObject *
py2abi_strings_to_integer(PyObject *value)
{
    if (!PyNumber_Check(value)) {
        return NULL;
    }
    if (PyInt_Check(value) || PyLong_Check(value)) {
        Py_INCREF(value);
        return value;
    }
    PyObject *integer = PyNumber_Int(value);
    if (integer == NULL) {
        PyErr_Clear();
        integer = PyNumber_Long(value);
    }
    if (integer != NULL && !PyInt_Check(integer) && !PyLong_Check(integer)) {
        Py_CLEAR(integer);
    }
    return integer;
}

PyObject *
py2abi_strings_format_integer(PyObject *object, int flags, int precision, int type)
{
    char number[32];
    const char *text = number;
    PyObject *owner = NULL;
    int base = type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
    if (PyInt_Check(object)) {
        long value = PyInt_AS_LONG(object);
        unsigned long size = value < 0 ? 0UL - (unsigned long)value : (unsigned long)value;
        int sign = value < 0;
        number[0] = '-';
        sprintf(number + sign, base == 8 ? "%lo" : base == 16 ? "%lx" : "%lu", size);
        if (value == 0 && precision == 0) {
            number[0] = '\0'; /* As C has it; a long keeps its 0. */
        }
    }
    else {
        owner = _PyLong_Format(object, base, 0, 0);
        if (owner == NULL) {
            return NULL;
        }
        text = PyString_AS_STRING(owner);
    }
    int negative = *text == '-';
    text += negative;
    if (owner != NULL && base != 10 && text[1] != '\0') {
        text += base == 16 ? 2 : 1; /* 0x and 0, which hex and oct put there */
    }
    Py_ssize_t length = (Py_ssize_t)strlen(text);
    Py_ssize_t zeros = precision > length ? precision - length : 0;
    int alternate = (flags & PY2ABI_FLAG_ALTERNATE) != 0;
    if (alternate && base == 8 && zeros == 0 && *text != '0') {
        zeros = 1;
    }
    Py_ssize_t prefix = alternate && base == 16 ? 2 : 0;
    PyObject *made = PyString_FromStringAndSize(NULL, negative + prefix + zeros + length);
    if (made != NULL) {
        char *out = PyString_AS_STRING(made);
        if (negative) {
            *out++ = '-';
        }
        if (prefix > 0) {
            *out++ = '0';
            *out++ = 'x';
        }
        memset(out, '0', (size_t)zeros);
        memcpy(out + zeros, text, (size_t)length);
        if (type == 'X') {
            bytes_upper_to(PyString_AS_STRING(made), PyString_AS_STRING(made),
                           PyString_GET_SIZE(made));
        }
    }
    Py_XDECREF(owner);
    return made;
}

PyObject *
py2abi_strings_format_float(PyObject *object, int flags, int precision, int type)
{
    double value = PyFloat_AsDouble(object);
    if (value == -1.0 && PyErr_Occurred()) {
        return NULL;
    }
    char *text = PyOS_double_to_string(value, (char)type, precision < 0 ? 6 : precision,
                                       flags & PY2ABI_FLAG_ALTERNATE ? Py_DTSF_ALT : 0, NULL);
    PyObject *made = text != NULL ? PyString_FromString(text) : NULL;
    PyMem_Free(text);
    return made;
}

PyObject *
_PyString_FormatLong(PyObject *object, int flags, int precision, int type, char **text,
                     int *length)
{
    PyObject *made = py2abi_strings_format_integer(object, flags, precision, type);
    if (made != NULL) {
        *text = PyString_AS_STRING(made);
        *length = (int)PyString_GET_SIZE(made);
    }
    return made;
}

/* %c: a byte, or a string of one. */
static PyObject *
convert_char(PyObject *value)
{
    if (PyString_Check(value)) {
        if (PyString_GET_SIZE(value) != 1) {
            PyErr_SetString(PyExc_TypeError, "%c requires int or char");
            return NULL;
        }
        return bytes_same(value);
    }
    if (PyFloat_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "integer argument expected, got float");
        return NULL;
    }
    long c = PyInt_AsLong(value);
    if (c == -1 && PyErr_Occurred()) {
        return NULL;
    }
    if (c < 0 || c > UCHAR_MAX) {
        PyErr_SetString(PyExc_OverflowError,
                        c < 0 ? "unsigned byte integer is less than minimum"
                              : "unsigned byte integer is greater than maximum");
        return NULL;
    }
    char text = (char)c;
    return PyString_FromStringAndSize(&text, 1);
}

static PyObject *
bytes_convert(PyObject *value, int conversion)
{
    PyObject *text;
    if (conversion != 'r' && PyUnicode_Check(value)) {
        return Py_NotImplemented;
    }
    if (conversion == 'c') {
        return convert_char(value);
    }
    text = conversion == 's' ? _PyObject_Str(value) : PyObject_Repr(value);
    if (text != NULL && conversion == 's' && PyUnicode_Check(text)) {
        Py_DECREF(text);
        return Py_NotImplemented;
    }
    if (text != NULL && !PyString_Check(text)) {
        PyErr_SetString(PyExc_TypeError, "%s argument has non-string str()");
        Py_CLEAR(text);
    }
    return text;
}

/* The rest of a format by unicode's operator, behind what has been made of it. */
static PyObject *
go_on_as_unicode(struct bytes_format *format, PyObject *done)
{
    PyObject *values = format->values, *result = NULL;
    if (PyTuple_Check(values)) {
        values = PyTuple_GetSlice(values, format->next, format->count);
    }
    else {
        Py_INCREF(values);
    }
    PyObject *before = PyUnicode_FromEncodedObject(done, NULL, "strict");
    PyObject *rest = before != NULL ? PyUnicode_Decode(format->at, format->end - format->at, NULL,
                                                       NULL)
                                    : NULL;
    PyObject *after = rest != NULL && values != NULL ? PyUnicode_Format(rest, values) : NULL;
    if (after != NULL) {
        result = PyUnicode_Concat(before, after);
    }
    Py_XDECREF(values);
    Py_XDECREF(before);
    Py_XDECREF(rest);
    Py_XDECREF(after);
    return result;
}

PyObject *
PyString_Format(PyObject *format, PyObject *values)
{
    if (format == NULL || !PyString_Check(format) || values == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    struct bytes_format state = bytes_begin_format(format, values);
    struct bytes_builder builder = {NULL, 0, 0, 0};
    int status = bytes_format_all(&state, &builder);
    builder.failed = status < 0;
    PyObject *made = bytes_build(&builder);
    if (status > 0 && made != NULL) {
        Py_SETREF(made, go_on_as_unicode(&state, made));
    }
    Py_XDECREF(state.value);
    return made;
}

/* ---- Methods ---- */

PyObject *
_PyString_Join(PyObject *separator, PyObject *iterable)
{
    PyObject *sequence = PySequence_Fast(iterable, "can only join an iterable");
    if (sequence == NULL) {
        return NULL;
    }
    Py_ssize_t count = PySequence_Fast_GET_SIZE(sequence), size = 0;
    PyObject *made = NULL, *first = count > 0 ? PySequence_Fast_GET_ITEM(sequence, 0) : NULL;
    if (count == 0) {
        made = PyString_FromStringAndSize("", 0);
        goto done;
    }
    if (count == 1 && (PyString_CheckExact(first) || PyUnicode_CheckExact(first))) {
        Py_INCREF(first);
        made = first;
        goto done;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *string = PySequence_Fast_GET_ITEM(sequence, i);
        if (!PyString_Check(string)) {
            if (PyUnicode_Check(string)) {
                made = PyUnicode_Join(separator, sequence);
            }
            else {
                PyErr_Format(PyExc_TypeError, "sequence item %zd: expected string, %.80s found", i,
                             Py_TYPE(string)->tp_name);
            }
            goto done;
        }
        if (__builtin_add_overflow(size, PyString_GET_SIZE(string), &size)
            || (i > 0 && __builtin_add_overflow(size, PyString_GET_SIZE(separator), &size))) {
            PyErr_SetString(PyExc_OverflowError, "join() result is too long for a Python string");
            goto done;
        }
    }
    made = PyString_FromStringAndSize(NULL, size);
    if (made == NULL) {
        goto done;
    }
    char *out = PyString_AS_STRING(made);
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *string = PySequence_Fast_GET_ITEM(sequence, i);
        if (i > 0) {
            bytes_copy(out, PyString_AS_STRING(separator), PyString_GET_SIZE(separator));
            out += PyString_GET_SIZE(separator);
        }
        bytes_copy(out, PyString_AS_STRING(string), PyString_GET_SIZE(string));
        out += PyString_GET_SIZE(string);
    }
done:
    Py_DECREF(sequence);
    return made;
}

/* The bytes of an argument.  Returns 0, 1 for a unicode, or -1 with an exception. */
static int
bytes_of(PyObject *argument, struct bytes_piece *piece)
{
    if (PyString_Check(argument)) {
        piece->text = PyString_AS_STRING(argument);
        piece->length = PyString_GET_SIZE(argument);
        return 0;
    }
    return PyUnicode_Check(argument)
               ? 1
               : PyObject_AsCharBuffer(argument, &piece->text, &piece->length);
}

/* What the methods in textmethods.h are made of.  A unicode as an argument makes unicode of
 * the whole. */

#define TEXT_FIND_FORMAT(name) "O|OO:find/rfind/index/rindex"
#define TEXT_FILL              "c"
#define TEXT_FILL_CONVERTER
#define TEXT_ENCODE            PyString_AsEncodedObject
#define TEXT_DECODE            PyString_AsDecodedObject

static Py_ssize_t
bytes_search(PyObject *self, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    struct bytes_piece piece;
    int kind = bytes_of(part, &piece);
    return kind < 0    ? -2
           : kind == 1 ? PyUnicode_Find(self, part, start, end, direction)
                       : bytes_find_within(PyString_AS_STRING(self), PyString_GET_SIZE(self),
                                           piece.text, piece.length, start, end, direction);
}

static Py_ssize_t
bytes_count_any(PyObject *self, PyObject *part, Py_ssize_t start, Py_ssize_t end)
{
    struct bytes_piece piece;
    int kind = bytes_of(part, &piece);
    return kind < 0    ? -1
           : kind == 1 ? PyUnicode_Count(self, part, start, end)
                       : bytes_count_within(PyString_AS_STRING(self), PyString_GET_SIZE(self),
                                            piece.text, piece.length, start, end);
}

static int
bytes_ends_at(PyObject *self, PyObject *part, Py_ssize_t start, Py_ssize_t end, int direction)
{
    struct bytes_piece piece;
    int kind = bytes_of(part, &piece);
    return kind < 0    ? -1
           : kind == 1 ? (int)PyUnicode_Tailmatch(self, part, start, end, direction)
                       : bytes_matches(PyString_AS_STRING(self), PyString_GET_SIZE(self),
                                       piece.text, piece.length, start, end, direction);
}

static PyObject *
bytes_strip_set(PyObject *self, PyObject *set, int sides, const char *name)
{
    if (PyString_Check(set)) {
        return bytes_strip(self, sides, PyString_AS_STRING(set), PyString_GET_SIZE(set));
    }
    if (!PyUnicode_Check(set)) {
        return PyErr_Format(PyExc_TypeError, "%s arg must be None, str or unicode", name);
    }
    PyObject *unicode = PyUnicode_FromObject(self), *made = NULL;
    if (unicode != NULL) {
        /* Its sides are 0, 1, 2. */
        made = _PyUnicode_XStrip((PyUnicodeObject *)unicode, sides == bytes_LEFT    ? 0
                                                             : sides == bytes_RIGHT ? 1
                                                                                    : 2,
                                 set);
        Py_DECREF(unicode);
    }
    return made;
}

#include "textmethods.h"

static PyObject *
replace(PyObject *self, PyObject *args)
{
    Py_ssize_t most = -1;
    PyObject *from, *to;
    struct bytes_piece from_piece, to_piece;
    if (!PyArg_ParseTuple(args, "OO|n:replace", &from, &to, &most)) {
        return NULL;
    }
    int from_kind = bytes_of(from, &from_piece);
    int to_kind = from_kind == 0 ? bytes_of(to, &to_piece) : 0;
    if (from_kind < 0 || to_kind < 0) {
        return NULL;
    }
    if (from_kind == 1 || to_kind == 1) {
        return PyUnicode_Replace(self, from, to, most);
    }
    return bytes_replace(self, from_piece, to_piece, most);
}

static PyObject *
split_any(PyObject *self, PyObject *args, int direction)
{
    Py_ssize_t most = -1;
    PyObject *separator = Py_None;
    struct bytes_piece piece;
    if (!PyArg_ParseTuple(args, direction > 0 ? "|On:split" : "|On:rsplit", &separator, &most)) {
        return NULL;
    }
    Py_ssize_t limit = most < 0 ? PY_SSIZE_T_MAX : most;
    if (separator == Py_None) {
        return direction > 0 ? bytes_split_space(self, limit)
                             : bytes_split_space_last(self, limit);
    }
    int kind = bytes_of(separator, &piece);
    if (kind < 0) {
        return NULL;
    }
    if (kind == 1) {
        return direction > 0 ? PyUnicode_Split(self, separator, most)
                             : PyUnicode_RSplit(self, separator, most);
    }
    if (piece.length == 0) {
        PyErr_SetString(PyExc_ValueError, "empty separator");
        return NULL;
    }
    return direction > 0 ? bytes_split(self, piece.text, piece.length, limit)
                         : bytes_split_last(self, piece.text, piece.length, limit);
}

static PyObject *
split(PyObject *self, PyObject *args)
{
    return split_any(self, args, 1);
}

static PyObject *
rsplit(PyObject *self, PyObject *args)
{
    return split_any(self, args, -1);
}

static PyObject *
partition_at(PyObject *self, PyObject *separator, int direction)
{
    struct bytes_piece piece;
    int kind = bytes_of(separator, &piece);
    if (kind < 0) {
        return NULL;
    }
    if (kind == 1) {
        return direction > 0 ? PyUnicode_Partition(self, separator)
                             : PyUnicode_RPartition(self, separator);
    }
    if (PyString_Check(separator)) {
        return bytes_partition(self, separator, direction);
    }
    PyObject *string = PyString_FromStringAndSize(piece.text, piece.length), *made = NULL;
    if (string != NULL) {
        made = bytes_partition(self, string, direction);
        Py_DECREF(string);
    }
    return made;
}

static PyObject *
partition(PyObject *self, PyObject *separator)
{
    return partition_at(self, separator, 1);
}

static PyObject *
rpartition(PyObject *self, PyObject *separator)
{
    return partition_at(self, separator, -1);
}

/* A table of bytes: 0, or -1 with an exception. */
static int
table_of(PyObject *argument, struct bytes_piece *piece)
{
    int kind = bytes_of(argument, piece);
    if (kind == 1) {
        PyErr_SetString(PyExc_TypeError, "deletions are implemented differently for unicode");
    }
    return kind == 0 ? 0 : -1;
}

static PyObject *
translate(PyObject *self, PyObject *args)
{
    PyObject *table, *deleted = NULL;
    struct bytes_piece map = {NULL, 256}, without = {NULL, 0};
    if (!PyArg_UnpackTuple(args, "translate", 1, 2, &table, &deleted)) {
        return NULL;
    }
    if (PyUnicode_Check(table) && deleted == NULL) {
        return PyUnicode_Translate(self, table, NULL);
    }
    if (table != Py_None && table_of(table, &map) < 0) {
        return NULL;
    }
    if (map.length != 256) {
        PyErr_SetString(PyExc_ValueError, "translation table must be 256 characters long");
        return NULL;
    }
    if (deleted != NULL && table_of(deleted, &without) < 0) {
        return NULL;
    }
    char dropped[256] = {0};
    for (Py_ssize_t i = 0; i < without.length; i++) {
        dropped[(unsigned char)without.text[i]] = 1;
    }
    Py_ssize_t length = PyString_GET_SIZE(self);
    char *out = malloc((size_t)length + 1);
    if (out == NULL) {
        return PyErr_NoMemory();
    }
    Py_ssize_t size = 0;
    int changed = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        char c = PyString_AS_STRING(self)[i];
        if (dropped[(unsigned char)c]) {
            changed = 1;
            continue;
        }
        out[size] = map.text != NULL ? map.text[(unsigned char)c] : c;
        changed |= out[size++] != c;
    }
    PyObject *made = changed || !PyString_CheckExact(self) ? PyString_FromStringAndSize(out, size)
                                                           : bytes_same(self);
    free(out);
    return made;
}

static PyObject *
size_of(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyInt_FromSsize_t(HEAD + PyString_GET_SIZE(self) * Py_TYPE(self)->tp_itemsize);
}

static PyObject *
get_new_args(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyObject *string = PyString_FromStringAndSize(PyString_AS_STRING(self),
                                                  PyString_GET_SIZE(self));
    PyObject *args = string != NULL ? PyTuple_New(1) : NULL;
    if (args == NULL) {
        Py_XDECREF(string);
        return NULL;
    }
    PyTuple_SET_ITEM(args, 0, string);
    return args;
}

static PyObject *
format_as(PyObject *self, PyObject *args)
{
    PyObject *spec;
    if (!PyArg_ParseTuple(args, "O:__format__", &spec)) {
        return NULL;
    }
    PyObject *string = PyUnicode_Check(spec) ? _PyUnicode_AsDefaultEncodedString(spec, NULL)
                                             : spec;
    if (string == NULL) {
        return NULL;
    }
    if (!PyString_Check(string)) {
        return PyErr_Format(PyExc_TypeError, "__format__ arg must be str or unicode, not %s",
                            Py_TYPE(spec)->tp_name);
    }
    return _PyBytes_FormatAdvanced(self, PyString_AS_STRING(string), PyString_GET_SIZE(string));
}

/* The flags are 2.7's own: guests take functions out of this table. */
static PyMethodDef methods[] = {
    {"join", _PyString_Join, METH_O, NULL},
    {"split", split, METH_VARARGS, NULL},
    {"rsplit", rsplit, METH_VARARGS, NULL},
    {"lower", lower, METH_NOARGS, NULL},
    {"upper", upper, METH_NOARGS, NULL},
    {"islower", tell_lower, METH_NOARGS, NULL},
    {"isupper", tell_upper, METH_NOARGS, NULL},
    {"isspace", tell_space, METH_NOARGS, NULL},
    {"isdigit", tell_digit, METH_NOARGS, NULL},
    {"istitle", tell_title, METH_NOARGS, NULL},
    {"isalpha", tell_alpha, METH_NOARGS, NULL},
    {"isalnum", tell_alnum, METH_NOARGS, NULL},
    {"capitalize", capitalize, METH_NOARGS, NULL},
    {"count", count, METH_VARARGS, NULL},
    {"endswith", ends_with, METH_VARARGS, NULL},
    {"partition", partition, METH_O, NULL},
    {"find", find, METH_VARARGS, NULL},
    {"index", index_of, METH_VARARGS, NULL},
    {"lstrip", lstrip, METH_VARARGS, NULL},
    {"replace", replace, METH_VARARGS, NULL},
    {"rfind", rfind, METH_VARARGS, NULL},
    {"rindex", rindex_of, METH_VARARGS, NULL},
    {"rstrip", rstrip, METH_VARARGS, NULL},
    {"rpartition", rpartition, METH_O, NULL},
    {"startswith", starts_with, METH_VARARGS, NULL},
    {"strip", strip, METH_VARARGS, NULL},
    {"swapcase", swapcase, METH_NOARGS, NULL},
    {"translate", translate, METH_VARARGS, NULL},
    {"title", title, METH_NOARGS, NULL},
    {"ljust", ljust, METH_VARARGS, NULL},
    {"rjust", rjust, METH_VARARGS, NULL},
    {"center", center, METH_VARARGS, NULL},
    {"zfill", zfill, METH_VARARGS, NULL},
    {"format", WITH_KEYWORDS(py2abi_strings_format_method), METH_VARARGS | METH_KEYWORDS, NULL},
    {"__format__", format_as, METH_VARARGS, NULL},
    {"_formatter_field_name_split", py2abi_strings_split_field_name, METH_NOARGS, NULL},
    {"_formatter_parser", py2abi_strings_parse_format, METH_NOARGS, NULL},
    {"encode", WITH_KEYWORDS(encode), METH_VARARGS | METH_KEYWORDS, NULL},
    {"decode", WITH_KEYWORDS(decode), METH_VARARGS | METH_KEYWORDS, NULL},
    {"expandtabs", expand_tabs, METH_VARARGS, NULL},
    {"splitlines", split_lines, METH_VARARGS, NULL},
    {"__sizeof__", size_of, METH_NOARGS, NULL},
    {"__getnewargs__", get_new_args, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

/* ---- bytes_methods.c's functions ---- */

/* As long as 2.7's own. */
const char _Py_isspace__doc__[130] =
    "S.isspace() -> bool\n\n"
    "Whether S has characters and all of them are white space.";
const char _Py_isalpha__doc__[130] =
    "S.isalpha() -> bool\n\n"
    "Whether S has characters and all of them are letters.";
const char _Py_isalnum__doc__[132] =
    "S.isalnum() -> bool\n\n"
    "Whether S has characters and all of them are letters or digits.";
const char _Py_isdigit__doc__[126] =
    "S.isdigit() -> bool\n\n"
    "Whether S has characters and all of them are digits.";
const char _Py_islower__doc__[141] =
    "S.islower() -> bool\n\n"
    "Whether S has letters and all of them are in lower case.";
const char _Py_isupper__doc__[141] =
    "S.isupper() -> bool\n\n"
    "Whether S has letters and all of them are in upper case.";
const char _Py_istitle__doc__[230] =
    "S.istitle() -> bool\n\n"
    "Whether S has letters, and each word of S begins with its only letter in upper case.";
const char _Py_lower__doc__[93] =
    "S.lower() -> string\n\n"
    "A copy of S with all letters in lower case.";
const char _Py_upper__doc__[93] =
    "S.upper() -> string\n\n"
    "A copy of S with all letters in upper case.";
const char _Py_title__doc__[155] =
    "S.title() -> string\n\n"
    "A copy of S where each word begins in upper case and goes on in lower case.";
const char _Py_capitalize__doc__[124] =
    "S.capitalize() -> string\n\n"
    "A copy of S that begins in upper case and goes on in lower case.";
const char _Py_swapcase__doc__[123] =
    "S.swapcase() -> string\n\n"
    "A copy of S with upper and lower case exchanged.";

#define PUBLIC_TEST(name, function)                                                               \
    PyObject *name(const char *text, Py_ssize_t length)                                           \
    {                                                                                             \
        return PyBool_FromLong(function(text, length));                                           \
    }
PUBLIC_TEST(_Py_bytes_isspace, bytes_is_space)
PUBLIC_TEST(_Py_bytes_isalpha, bytes_is_alpha)
PUBLIC_TEST(_Py_bytes_isalnum, bytes_is_alnum)
PUBLIC_TEST(_Py_bytes_isdigit, bytes_is_digit)
PUBLIC_TEST(_Py_bytes_islower, bytes_is_lower)
PUBLIC_TEST(_Py_bytes_isupper, bytes_is_upper)
PUBLIC_TEST(_Py_bytes_istitle, bytes_is_title)

void
_Py_bytes_lower(char *result, const char *text, Py_ssize_t length)
{
    bytes_lower_to(result, text, length);
}

void
_Py_bytes_upper(char *result, const char *text, Py_ssize_t length)
{
    bytes_upper_to(result, text, length);
}

void
_Py_bytes_title(char *result, char *text, Py_ssize_t length)
{
    bytes_title_to(result, text, length);
}

void
_Py_bytes_capitalize(char *result, char *text, Py_ssize_t length)
{
    bytes_capitalize_to(result, text, length);
}

void
_Py_bytes_swapcase(char *result, char *text, Py_ssize_t length)
{
    bytes_swap_case_to(result, text, length);
}

/* ---- Digits in groups ---- */

/* Digits, filled up with zeros to a width, with a separator between groups whose
 * sizes are as localeconv tells them: 0 repeats the last, CHAR_MAX ends them.  The
 * result ends at buffer + room; without a buffer it is only counted.  Returns its
 * length, or 0 if there is no room. */
Py_ssize_t
_PyString_InsertThousandsGrouping(char *buffer, Py_ssize_t room, char *digits, Py_ssize_t count_,
                                  Py_ssize_t width, const char *grouping, const char *separator)
{
    Py_ssize_t separator_length = (Py_ssize_t)strlen(separator), used = 0, left = count_;
    char *at = buffer != NULL ? buffer + room : NULL;
    int size = *grouping, first = 1;
    for (;;) {
        Py_ssize_t group = size > 0 && size != CHAR_MAX ? size : PY_SSIZE_T_MAX;
        Py_ssize_t wanted = left > width ? left : width;
        wanted = wanted > (first ? 1 : 0) || !first ? wanted : 1;
        if (wanted <= 0) {
            break;
        }
        group = group < wanted ? group : wanted;
        if (!first) {
            used += separator_length;
            if (at != NULL) {
                if (used > room) {
                    return 0;
                }
                at -= separator_length;
                memcpy(at, separator, (size_t)separator_length);
            }
        }
        Py_ssize_t real = group < left ? group : left;
        used += group;
        if (at != NULL) {
            if (used > room) {
                return 0;
            }
            at -= real;
            memcpy(at, digits + left - real, (size_t)real);
            at -= group - real;
            memset(at, '0', (size_t)(group - real));
        }
        left -= real;
        width -= group + separator_length;
        first = 0;
        if (left <= 0 && width <= 0) {
            break;
        }
        if (grouping[0] != '\0' && grouping[1] != '\0') {
            size = *++grouping;
        }
    }
    return used;
}

Py_ssize_t
_Py_InsertThousandsGroupingLocale(char *buffer, Py_ssize_t room, char *digits, Py_ssize_t count_,
                                  Py_ssize_t width)
{
    const struct lconv *locale = localeconv();
    return _PyString_InsertThousandsGrouping(buffer, room, digits, count_, width, locale->grouping,
                                             locale->thousands_sep);
}

/* ---- The types ---- */

static PyObject *
new_basestring(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)type;
    (void)args;
    (void)kwargs;
    PyErr_SetString(PyExc_TypeError, "The basestring type cannot be instantiated");
    return NULL;
}

PyTypeObject PyBaseString_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "basestring",
    .tp_basicsize = sizeof(PyObject),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_base = &PyBaseObject_Type,
    .tp_new = new_basestring,
};

/* str(object).  For a subtype, its memory gets a copy. */
static PyObject *
new_instance(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char name[] = "object", *keywords[] = {name, NULL};
    PyObject *object = NULL;
    if (args != NULL && args != Py_None
        && !PyArg_ParseTupleAndKeywords(args, kwargs == Py_None ? NULL : kwargs, "|O:str",
                                        keywords, &object)) {
        return NULL;
    }
    PyObject *string = object != NULL ? PyObject_Str(object) : PyString_FromString("");
    if (type == &PyString_Type || string == NULL) {
        return string;
    }
    Py_ssize_t size = PyString_GET_SIZE(string);
    PyObject *made = type->tp_alloc(type, size);
    if (made != NULL) {
        memcpy(PyString_AS_STRING(made), PyString_AS_STRING(string), (size_t)size + 1);
        ((PyStringObject *)made)->ob_shash = -1;
        ((PyStringObject *)made)->ob_sstate = SSTATE_NOT_INTERNED;
    }
    Py_DECREF(string);
    return made;
}

static PyNumberMethods as_number = {.nb_remainder = remainder_of};

static PySequenceMethods as_sequence = {
    .sq_length = length_of,
    .sq_concat = concat,
    .sq_repeat = repeat,
    .sq_item = item,
    .sq_slice = slice,
    .sq_contains = contains,
};

static PyMappingMethods as_mapping = {.mp_length = length_of, .mp_subscript = subscript};

static PyBufferProcs as_buffer = {
    .bf_getreadbuffer = read_buffer,
    .bf_getwritebuffer = write_buffer,
    .bf_getsegcount = count_segments,
    .bf_getcharbuffer = char_buffer,
    .bf_getbuffer = get_buffer,
};

PyTypeObject PyString_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "str",
    .tp_basicsize = HEAD,
    .tp_itemsize = sizeof(char),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_as_number = &as_number,
    .tp_as_sequence = &as_sequence,
    .tp_as_mapping = &as_mapping,
    .tp_hash = hash,
    .tp_str = str,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_as_buffer = &as_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES | Py_TPFLAGS_HAVE_NEWBUFFER
                | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_STRING_SUBCLASS,
    .tp_richcompare = rich_compare,
    .tp_methods = methods,
    .tp_base = &PyBaseString_Type,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = new_instance,
    .tp_free = PyObject_Free,
};
