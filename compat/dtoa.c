/* dtoa.c - doubles from and to decimal digits, correctly rounded, which is what
 * the C library does; here its results get the form of Python 2.7's functions. */

#include "config.h"
#include "numbers.h"

#include <float.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* More digits than any double has, before and behind the point. */
enum { MOST_DIGITS = 1400, MOST_PLACES = 1074 };

static double
read_double(const char *text)
{
    /* A decimal point is a point, whatever the user's locale says. */
    static locale_t c_locale;
    if (c_locale == (locale_t)0) {
        c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    return c_locale != (locale_t)0 ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
}

static const char *
skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9') {
        text++;
    }
    return text;
}

/* The decimal number that a text begins with, after an optional sign; no space,
 * no infinity.  *end (end may be NULL) is where it ends, or the text itself if
 * there is none, and 0.0 comes back.  A number that is too big gives HUGE_VAL
 * and sets errno to ERANGE. */
double
_Py_dg_strtod(const char *text, char **end)
{
    const char *start = text + (*text == '+' || *text == '-');
    const char *stop = skip_digits(start);
    int digits = stop > start;
    if (*stop == '.') {
        const char *fraction = skip_digits(stop + 1);
        digits |= fraction > stop + 1;
        stop = fraction;
    }
    if (!digits) {
        if (end != NULL) {
            *end = (char *)(uintptr_t)text;
        }
        return 0.0;
    }
    if (*stop == 'e' || *stop == 'E') {
        const char *exponent = stop + 1 + (stop[1] == '+' || stop[1] == '-');
        const char *behind = skip_digits(exponent);
        if (behind > exponent) {
            stop = behind;
        }
    }
    if (end != NULL) {
        *end = (char *)(uintptr_t)stop;
    }
    if (start[0] == '0' && (start[1] == 'x' || start[1] == 'X')) {
        /* C would read on. */
        return *text == '-' ? -0.0 : 0.0;
    }
    int before = errno;
    double value = read_double(text);
    errno = isinf(value) ? ERANGE : before;
    return value;
}

void
_Py_dg_freedtoa(char *digits)
{
    free(digits);
}

/* The count most significant digits of a positive number, rounded, into digits,
 * which has room for one more.  Returns where the decimal point is. */
static int
write_significant(double value, int count, char *digits)
{
    char small[64], *text = small;
    size_t room = (size_t)count + 32; /* a point may be several bytes */
    if (room > sizeof small && (text = malloc(room)) == NULL) {
        return INT_MIN;
    }
    snprintf(text, room, "%.*e", count - 1, value);
    char *at = text;
    for (int i = 0; i < count; at++) {
        if (*at >= '0' && *at <= '9') {
            digits[i++] = *at;
        }
    }
    digits[count] = '\0';
    int point = atoi(at + 1) + 1;
    if (text != small) {
        free(text);
    }
    return point;
}

/* Add one to the last digit. */
static int
count_up(char *digits, int point)
{
    size_t last = strlen(digits);
    while (last-- > 0) {
        if (digits[last] != '9') {
            digits[last]++;
            return point;
        }
        digits[last] = '0';
    }
    digits[0] = '1';
    return point + 1;
}

/* The double nearest to digits. */
static double
read_digits(const char *digits, int point)
{
    char text[MOST_DIGITS + 32];
    snprintf(text, sizeof text, "%.*se%d", MOST_DIGITS, digits, point - (int)strlen(digits));
    return read_double(text);
}

/* The fewest digits that are read as the value. */
static int
write_shortest(double value, char *digits)
{
    int exponent, point = 0;
    double fraction = frexp(value, &exponent);
    /* A decimal number of 15 digits survives the way to a double and back. */
    int count = value >= DBL_MIN ? DBL_DIG : 1;
    for (; count < DBL_DECIMAL_DIG; count++) {
        point = write_significant(value, count, digits);
        if (read_digits(digits, point) == value) {
            return point;
        }
        /* Below a power of two the doubles lie closer: the nearest number may be
         * too far below, where the next one above is not. */
        if (fraction == 0.5) {
            point = count_up(digits, point);
            if (read_digits(digits, point) == value) {
                return point;
            }
        }
    }
    return write_significant(value, DBL_DECIMAL_DIG, digits);
}

/* Round positive digits, exact ones, to what is left of the position keep (which
 * may be negative), ties to even, or away from zero.  Returns where the decimal
 * point is. */
static int
round_digits(char *digits, int point, int keep, int away)
{
    int up = 0;
    if (keep < 0 || (keep == 0 && digits[0] < '5')) {
        digits[0] = '\0';
        return point;
    }
    if ((size_t)keep >= strlen(digits)) {
        return point;
    }
    if (digits[keep] == '5' && digits[keep + 1 + (int)strspn(digits + keep + 1, "0")] == '\0') {
        up = away || (keep > 0 && (digits[keep - 1] & 1));
    }
    else {
        up = digits[keep] >= '5';
    }
    digits[keep] = '\0';
    if (!up) {
        return point;
    }
    if (keep == 0) {
        strcpy(digits, "1");
        return point + 1;
    }
    return count_up(digits, point);
}

/* value with places digits behind the point, fewer than none being zeros before
 * it.  No digit is left of a number that rounds to 0. */
static int
write_places(double value, int places, int away, char *digits)
{
    if (!away && places >= 0) {
        /* Which C does. */
        char text[MOST_DIGITS + 32];
        int point = 0, written = 0, is_whole = 1;
        if (places > MOST_PLACES) {
            places = MOST_PLACES;
        }
        snprintf(text, sizeof text, "%.*f", places, value);
        for (const char *at = text; *at != '\0'; at++) {
            if (*at < '0' || *at > '9') {
                is_whole = 0;
            }
            else if (written > 0 || *at != '0') {
                digits[written++] = *at;
                point += is_whole;
            }
            else {
                point -= !is_whole;
            }
        }
        digits[written] = '\0';
        return point;
    }
    /* All digits there are: the exact value. */
    int point = write_significant(value, 800, digits);
    return point == INT_MIN ? point : round_digits(digits, point, point + places, away);
}

/* A double's digits, without trailing zeros.
 *
 * mode 0 and 1: the fewest that are read as the same double; 2: the highest
 * count, at least one; 3: as many as come with count places behind the point,
 * which may be negative.  Others are not known.  *point is where the decimal
 * point is in them, *sign whether there is a minus; *end, where end is not
 * NULL, is where they end.  An infinity is "Infinity", no number "NaN", with
 * the point at 9999.
 *
 * Returns new memory for _Py_dg_freedtoa, or NULL without memory. */
char *
_Py_dg_dtoa(double value, int mode, int count, int *point, int *sign, char **end)
{
    *sign = signbit(value) != 0;
    value = fabs(value);
    if (mode < 0 || mode > 3) {
        mode = mode == 4 ? 2 : mode == 5 ? 3 : 0;
    }
    if (mode == 2) {
        count = count < 1 ? 1 : count > MOST_DIGITS ? MOST_DIGITS : count;
    }
    char *digits = malloc(MOST_DIGITS + 2);
    if (digits == NULL) {
        return NULL;
    }
    if (isinf(value) || isnan(value)) {
        strcpy(digits, isinf(value) ? "Infinity" : "NaN");
        *point = 9999;
    }
    else if (value == 0.0) {
        strcpy(digits, "0");
        *point = 1;
    }
    else {
        *point = mode == 2   ? write_significant(value, count, digits)
                 : mode == 3 ? write_places(value, count, 0, digits)
                             : write_shortest(value, digits);
        if (*point == INT_MIN) {
            free(digits);
            return NULL;
        }
        size_t length = strlen(digits);
        while (length > 0 && digits[length - 1] == '0') {
            digits[--length] = '\0';
        }
        if (length == 0) {
            *point = -count;
        }
    }
    if (end != NULL) {
        *end = digits + strlen(digits);
    }
    return digits;
}

/* value rounded to places digits behind the point, ties away from zero, as
 * Python 2's round().  value is finite.  HUGE_VAL if it is too big then. */
double
py2abi_round_places(double value, int places)
{
    char digits[MOST_DIGITS + 2];
    int point = value != 0.0 ? write_places(fabs(value), places, 1, digits) : INT_MIN;
    if (point == INT_MIN || *digits == '\0') {
        return copysign(0.0, value);
    }
    return copysign(read_digits(digits, point), value);
}
