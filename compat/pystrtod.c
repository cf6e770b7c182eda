/* pystrtod.c - floating-point numbers from and to text, in any locale. */

#include "config.h"
#include "guest.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* ---- From text ---- */

static int
begins(const char *text, const char *word)
{
    return PyOS_mystrnicmp(text, word, (Py_ssize_t)strlen(word)) == 0;
}

/* An infinity or no number, with an optional sign; *end as in _Py_dg_strtod. */
double
_Py_parse_inf_or_nan(const char *text, char **end)
{
    const char *at = text + (*text == '+' || *text == '-');
    double value = -1.0;
    if (begins(at, "inf")) {
        at += begins(at, "infinity") ? 8 : 3;
        value = HUGE_VAL;
    }
    else if (begins(at, "nan")) {
        at += 3;
        value = (double)NAN;
    }
    else {
        *end = (char *)(uintptr_t)text;
        return value;
    }
    *end = (char *)(uintptr_t)at;
    return *text == '-' ? -value : value;
}

/* The number that a text begins with; *end as in _Py_dg_strtod. */
double
_PyOS_ascii_strtod(const char *text, char **end)
{
    char *stop;
    double value = _Py_dg_strtod(text, &stop);
    if (stop == text) {
        value = _Py_parse_inf_or_nan(text, &stop);
    }
    if (end != NULL) {
        *end = stop;
    }
    return value;
}

/* The same with a DeprecationWarning; -1.0 if that is an exception. */
double
PyOS_ascii_strtod(const char *text, char **end)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning,
                     "PyOS_ascii_strtod and PyOS_ascii_atof are deprecated.  Use "
                     "PyOS_string_to_double instead.",
                     1)
        < 0) {
        return -1.0;
    }
    while (isspace((unsigned char)*text)) {
        text++;
    }
    return _PyOS_ascii_strtod(text, end);
}

double
PyOS_ascii_atof(const char *text)
{
    return PyOS_ascii_strtod(text, NULL);
}

/* The number that a text is, or, with end, that it begins with.  A number that
 * is too big is an infinity, or the exception overflow if that is not NULL.
 * Returns -1.0 with a ValueError where there is no number. */
double
PyOS_string_to_double(const char *text, char **end, PyObject *overflow)
{
    char *stop;
    double result = -1.0;
    errno = 0;
    double value = _PyOS_ascii_strtod(text, &stop);
    if (stop == text || (end == NULL && *stop != '\0')) {
        PyErr_Format(PyExc_ValueError, "could not convert string to float: %.200s", text);
    }
    else if (errno == ERANGE && fabs(value) >= 1.0 && overflow != NULL) {
        PyErr_Format(overflow, "value too large to convert to float: %.200s", text);
    }
    else {
        result = value;
    }
    if (end != NULL) {
        *end = stop;
    }
    return result;
}

/* ---- To text ---- */

/* What PyOS_double_to_string makes of digits. */
struct layout {
    const char *digits;
    int count, point;    /* how many there are, and where the decimal point is */
    int has_exponent;
    int places;          /* behind the point, at least */
    int flags;
};

static char *
put_digits(char *at, const struct layout *layout, int from, int to)
{
    for (int i = from; i < to; i++) {
        *at++ = i >= 0 && i < layout->count ? layout->digits[i] : '0';
    }
    return at;
}

/* The text of a finite number, without its sign. */
static char *
put_number(char *at, const struct layout *layout, char exponent_letter)
{
    int point = layout->has_exponent ? 1 : layout->point;
    int end = layout->count;
    if (end < point + layout->places) {
        end = point + layout->places;
    }
    if ((layout->flags & Py_DTSF_ADD_DOT_0) && !layout->has_exponent && end < point + 1) {
        end = point + 1;
    }
    if (end < point) {
        end = point;
    }
    at = put_digits(at, layout, point < 1 ? point - 1 : 0, point);
    if (end > point || (layout->flags & Py_DTSF_ALT)) {
        *at++ = '.';
        at = put_digits(at, layout, point, end);
    }
    if (layout->has_exponent) {
        at += sprintf(at, "%c%+.2d", exponent_letter, layout->point - 1);
    }
    return at;
}

/* value as text, in new memory for PyMem_Free.
 *
 * code: e, f, g as in C; r for the shortest digits that are read as the same
 * number, with precision 0; capitals for capital letters.  flags: Py_DTSF_*.
 * *type, where type is not NULL, says whether it is a finite number.  Returns
 * NULL with a SystemError for another code, or MemoryError. */
char *
PyOS_double_to_string(double value, char code, int precision, int flags, int *type)
{
    int is_capital = code == 'E' || code == 'F' || code == 'G';
    char letter = is_capital ? (char)(code + ('e' - 'E')) : code;
    int mode = 0, count = precision, sign;
    struct layout layout = {.flags = flags};
    switch (letter) {
    case 'e':
        mode = 2;
        count = precision + 1;
        break;
    case 'f':
        mode = 3;
        break;
    case 'g':
        mode = 2;
        if (precision == 0) {
            precision = count = 1;
        }
        break;
    case 'r':
        if (precision == 0) {
            precision = 17;
            break;
        }
        __attribute__((fallthrough));
    default:
        PyErr_BadInternalCall();
        return NULL;
    }
    char *digits = _Py_dg_dtoa(value, mode, count, &layout.point, &sign, NULL);
    if (digits == NULL) {
        return (char *)PyErr_NoMemory();
    }
    layout.digits = digits;
    layout.count = (int)strlen(digits);
    if (letter == 'e') {
        layout.has_exponent = 1;
        layout.places = precision;
    }
    else if (letter == 'f') {
        layout.places = precision;
    }
    else {
        int last = letter == 'r' ? 16 : precision - ((flags & Py_DTSF_ADD_DOT_0) != 0);
        layout.has_exponent = layout.point <= -4 || layout.point > last;
        if (letter == 'g' && (flags & Py_DTSF_ALT)) {
            layout.places = precision - (layout.has_exponent ? 1 : layout.point);
        }
    }
    /* Sign, point, exponent, what flags add; zeros before and behind the digits. */
    int zeros = abs(layout.point) < 9999 ? abs(layout.point) : 0;
    size_t room = (size_t)layout.count + (size_t)zeros + (size_t)precision + 32;
    char *text = PyMem_Malloc(room), *at = text;
    if (text == NULL) {
        _Py_dg_freedtoa(digits);
        return (char *)PyErr_NoMemory();
    }
    /* What is no number is never negative. */
    if (sign && !isnan(value)) {
        *at++ = '-';
    }
    else if (flags & Py_DTSF_SIGN) {
        *at++ = '+';
    }
    if (isfinite(value)) {
        *put_number(at, &layout, 'e') = '\0';
    }
    else {
        strcpy(at, isnan(value) ? "nan" : "inf");
    }
    _Py_dg_freedtoa(digits);
    for (at = text; is_capital && *at != '\0'; at++) {
        *at = (char)toupper((unsigned char)*at);
    }
    if (type != NULL) {
        *type = isnan(value) ? Py_DTST_NAN : isinf(value) ? Py_DTST_INFINITE : Py_DTST_FINITE;
    }
    return text;
}

/* The format is the caller's. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* Z is g with a decimal point in any case: if there is none in a number, put
 * ".0" behind the digits, or nothing if there is no room. */
static void
add_point(char *buffer, size_t size)
{
    char *at = buffer + (*buffer == '-');
    at += strspn(at, "0123456789");
    size_t rest = strlen(at);
    if (*at == '.') {
        if (at[1] >= '0' && at[1] <= '9') {
            return;
        }
        at++;
        rest--;
    }
    const char *added = at[-1] == '.' ? "0" : ".0";
    size_t length = strlen(added);
    if ((size_t)(at - buffer) + length + rest + 1 <= size) {
        memmove(at + length, at, rest + 1);
        memcpy(at, added, length);
    }
}

/* value by one of printf's formats for doubles, or with %Z, into a buffer of size
 * bytes, with a point for the decimal point.  Returns the buffer, or NULL without
 * an exception for another format.  precision is what it says to C. */
char *
_PyOS_ascii_formatd(char *buffer, size_t size, const char *format, double value, int precision)
{
    char copy[128];
    size_t length = strlen(format);
    (void)precision;
    if (length < 2 || length >= sizeof copy || format[0] != '%'
        || strpbrk(format + 1, "'l%") != NULL || strchr("eEfFgGZ", format[length - 1]) == NULL) {
        return NULL;
    }
    strcpy(copy, format);
    int is_z = copy[length - 1] == 'Z';
    if (is_z) {
        copy[length - 1] = 'g';
    }
    static locale_t c_locale;
    if (c_locale == (locale_t)0) {
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    locale_t before = c_locale != (locale_t)0 ? uselocale(c_locale) : (locale_t)0;
    snprintf(buffer, size, copy, value);
    if (before != (locale_t)0) {
        uselocale(before);
    }
    if (is_z && isfinite(value) && strchr(buffer, 'e') == NULL) {
        add_point(buffer, size);
    }
    return buffer;
}

/* The same with a DeprecationWarning; NULL if that is an exception. */
char *
PyOS_ascii_formatd(char *buffer, size_t size, const char *format, double value)
{
    if (PyErr_WarnEx(PyExc_DeprecationWarning,
                     "PyOS_ascii_formatd is deprecated, use PyOS_double_to_string instead", 1)
        < 0) {
        return NULL;
    }
    return _PyOS_ascii_formatd(buffer, size, format, value, -1);
}
