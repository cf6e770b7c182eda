/* say.h - what a fixture's run() returns: text that is put together in C. */

#ifndef TESTS_LEGACY_SAY_H
#define TESTS_LEGACY_SAY_H

#include "Python.h"

#include <stdlib.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

static char *output;
static size_t output_used, output_room;

/* Append to it. */
static void
say(const char *format, ...)
{
    va_list arguments;
    if (output_room - output_used < 70000) {
        output_room += 200000;
        output = realloc(output, output_room);
    }
    va_start(arguments, format);
    output_used += (size_t)vsnprintf(output + output_used, output_room - output_used, format,
                                     arguments);
    va_end(arguments);
}

/* All of it, as run()'s result. */
static PyObject *
said(void)
{
    PyObject *result = PyString_FromStringAndSize(output, (Py_ssize_t)output_used);
    free(output);
    output = NULL;
    output_used = output_room = 0;
    return result;
}

#endif
