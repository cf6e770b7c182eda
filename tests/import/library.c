/* library.c - libraries that the extensions need.  One uses Python itself, as
 * Boost.Python's does; one says that it is Python, which nobody may load. */

#ifdef PYTHON_LIBRARY
#include "Python.h"

PyObject *
make_text(void)
{
    return PyString_FromFormat("made by %s", "a library");
}
#elif defined(FAKE_PYTHON)
#include <stdio.h>
#include <stdlib.h>

static void __attribute__((constructor))
begin(void)
{
    fputs("a second Python was loaded\n", stderr);
    abort();
}
#else
int
dependency(void)
{
    return NUMBER;
}
#endif
