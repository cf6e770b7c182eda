/* unicodectype.c - what characters are, and in upper and lower case.
 *
 * The host's data base answers, which is newer than Python 2.7's; what is asked
 * is the same but for these: Python 2 tells lower and upper case by the general
 * category, the host by the derived properties, which say of a few hundred more
 * characters that they have case.  And in Python 2 one character becomes one. */

#include "config.h"
#include "guest.h"

int
_PyUnicode_IsLowercase(Py_UNICODE c)
{
    return host__PyUnicode_IsLowercase(c) != 0;
}

int
_PyUnicode_IsUppercase(Py_UNICODE c)
{
    return host__PyUnicode_IsUppercase(c) != 0;
}

int
_PyUnicode_IsTitlecase(Py_UNICODE c)
{
    return host__PyUnicode_IsTitlecase(c) != 0;
}

int
_PyUnicode_IsAlpha(Py_UNICODE c)
{
    return host__PyUnicode_IsAlpha(c) != 0;
}

int
_PyUnicode_IsDecimalDigit(Py_UNICODE c)
{
    return host__PyUnicode_ToDecimalDigit(c) >= 0;
}

int
_PyUnicode_IsDigit(Py_UNICODE c)
{
    return host__PyUnicode_ToDigit(c) >= 0;
}

int
_PyUnicode_IsNumeric(Py_UNICODE c)
{
    return host__PyUnicode_IsNumeric(c) != 0;
}

int
_PyUnicode_IsWhitespace(const Py_UNICODE c)
{
    return host__PyUnicode_IsWhitespace(c) != 0;
}

int
_PyUnicode_IsLinebreak(const Py_UNICODE c)
{
    return host__PyUnicode_IsLinebreak(c) != 0;
}

int
_PyUnicode_ToDecimalDigit(Py_UNICODE c)
{
    return host__PyUnicode_ToDecimalDigit(c);
}

int
_PyUnicode_ToDigit(Py_UNICODE c)
{
    return host__PyUnicode_ToDigit(c);
}

double
_PyUnicode_ToNumeric(Py_UNICODE c)
{
    return host__PyUnicode_ToNumeric(c);
}

/* Whether the upper case of a character is several, of which the host returns the
 * first: the unconditional mappings of Unicode's SpecialCasing, which never grow.
 * Where title case is one character, Python 2 has that. */
static int
has_long_upper_case(Py_UNICODE c)
{
    return c == 0xdf || c == 0x149 || c == 0x1f0 || c == 0x390 || c == 0x3b0 || c == 0x587
           || (c >= 0x1e96 && c <= 0x1e9a)
           || (c >= 0x1f50 && c <= 0x1f56 && c % 2 == 0)
           || (c >= 0x1f80 && c <= 0x1faf)
           || c == 0x1fb2 || c == 0x1fb3 || c == 0x1fb4 || c == 0x1fb6 || c == 0x1fb7
           || c == 0x1fbc || c == 0x1fc2 || c == 0x1fc3 || c == 0x1fc4 || c == 0x1fc6
           || c == 0x1fc7 || c == 0x1fcc || c == 0x1fd2 || c == 0x1fd3 || c == 0x1fd6
           || c == 0x1fd7 || (c >= 0x1fe2 && c <= 0x1fe7 && c != 0x1fe5)
           || c == 0x1ff2 || c == 0x1ff3 || c == 0x1ff4 || c == 0x1ff6 || c == 0x1ff7
           || c == 0x1ffc || (c >= 0xfb00 && c <= 0xfb06) || (c >= 0xfb13 && c <= 0xfb17);
}

/* Of those, the ones whose title case is one character. */
static int
has_short_title_case(Py_UNICODE c)
{
    return (c >= 0x1f80 && c <= 0x1faf) || c == 0x1fb3 || c == 0x1fbc || c == 0x1fc3
           || c == 0x1fcc || c == 0x1ff3 || c == 0x1ffc;
}

Py_UNICODE
_PyUnicode_ToTitlecase(Py_UNICODE c)
{
    return has_long_upper_case(c) && !has_short_title_case(c) ? c
                                                              : host__PyUnicode_ToTitlecase(c);
}

Py_UNICODE
_PyUnicode_ToUppercase(Py_UNICODE c)
{
    return has_long_upper_case(c) ? _PyUnicode_ToTitlecase(c) : host__PyUnicode_ToUppercase(c);
}

/* The one lower case that is several is i with a dot, of which the first is i. */
Py_UNICODE
_PyUnicode_ToLowercase(Py_UNICODE c)
{
    return host__PyUnicode_ToLowercase(c);
}
