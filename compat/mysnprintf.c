/* mysnprintf.c - formatting C values into a buffer. */

#include "config.h"
#include "guest.h"

/* The format is the caller's. */
#pragma GCC diagnostic ignored "-Wformat-nonliteral"

/* As C's vsnprintf, with a buffer that always ends in NUL.  size must not be 0.
 * A size that C's function may not take gives -666.  PyOS_snprintf is the same
 * with its arguments listed.  Wants no GIL. */
int
PyOS_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
    int length = -666;
    if (size <= INT_MAX) {
        length = vsnprintf(buffer, size, format, arguments);
    }
    if (size > 0) {
        buffer[size - 1] = '\0';
    }
    return length;
}
