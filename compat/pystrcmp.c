/* pystrcmp.c - comparing text without regard to case. */

#include "config.h"
#include "guest.h"

/* Compare at most size characters of two texts.  Returns a number below, equal
 * to or above 0.  Wants no GIL. */
int
PyOS_mystrnicmp(const char *a, const char *b, Py_ssize_t size)
{
    for (; size > 0; size--, a++, b++) {
        int difference = tolower((unsigned char)*a) - tolower((unsigned char)*b);
        if (difference != 0 || *a == '\0') {
            return difference;
        }
    }
    return 0;
}

int
PyOS_mystricmp(const char *a, const char *b)
{
    return PyOS_mystrnicmp(a, b, PY_SSIZE_T_MAX);
}

int (*_PyOS_mystrnicmp_hack)(const char *, const char *, Py_ssize_t) = PyOS_mystrnicmp;
