/* mystrtoul.c - integers from text, as Python 2.7's source writes them: its
 * prefixes, in any locale. */

#include "config.h"
#include "guest.h"

/* The number that a text begins with, after space, up to the first character
 * that is no digit: *end (end may be NULL) points there, or to the beginning if
 * there is no digit.  base 0: the prefix tells it; 0b, 0o, 0x may stand before
 * numbers of their bases too.  One that is too big gives ULONG_MAX and sets
 * errno to ERANGE.  Wants no GIL. */
unsigned long
PyOS_strtoul(char *text, char **end, int base)
{
    char *at = text;
    unsigned long value = 0;
    int overflow = 0;
    while (isspace((unsigned char)*at)) {
        at++;
    }
    static const struct {
        char small, capital;
        int base;
    } prefixes[] = {{'x', 'X', 16}, {'o', 'O', 8}, {'b', 'B', 2}};
    int is_prefixed = 0;
    for (int i = 0; *at == '0' && !is_prefixed && i < 3; i++) {
        if ((at[1] == prefixes[i].small || at[1] == prefixes[i].capital)
            && (base == 0 || base == prefixes[i].base)) {
            /* Without a digit after it, it is a 0. */
            if (_PyLong_DigitValue[(unsigned char)at[2]] >= prefixes[i].base) {
                if (end != NULL) {
                    *end = at + 1;
                }
                return 0;
            }
            base = prefixes[i].base;
            at += 2;
            is_prefixed = 1;
        }
    }
    if (base == 0) {
        base = *at == '0' ? 8 : 10;
    }
    else if (base < 2 || base > 36) {
        if (end != NULL) {
            *end = at;
        }
        return 0;
    }
    for (;; at++) {
        int digit = _PyLong_DigitValue[(unsigned char)*at];
        if (digit >= base) {
            break;
        }
        overflow |= __builtin_mul_overflow(value, (unsigned long)base, &value)
                    || __builtin_add_overflow(value, (unsigned long)digit, &value);
    }
    if (end != NULL) {
        *end = at;
    }
    if (overflow) {
        errno = ERANGE;
        return ULONG_MAX;
    }
    return value;
}

/* The same with a sign.  One that is too big gives LONG_MAX or LONG_MIN. */
long
PyOS_strtol(char *text, char **end, int base)
{
    while (isspace((unsigned char)*text)) {
        text++;
    }
    char sign = *text;
    if (sign == '+' || sign == '-') {
        text++;
    }
    unsigned long value = PyOS_strtoul(text, end, base);
    if (value <= LONG_MAX) {
        return sign == '-' ? -(long)value : (long)value;
    }
    if (sign == '-' && value == 0 - (unsigned long)LONG_MIN) {
        return LONG_MIN;
    }
    errno = ERANGE;
    return LONG_MAX;
}
