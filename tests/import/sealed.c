/* sealed.c - an extension for Python 2.7 that, while it is being opened, looks at the
 * memory that it is opened from, and tries to write to it. */

#include "Python.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#ifndef F_GET_SEALS
#define F_GET_SEALS 1034
#endif

static int found, seals, written;

static void __attribute__((constructor))
look(void)
{
    for (int fd = 0; fd < 1000; fd++) {
        char name[64], target[200];
        sprintf(name, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(name, target, sizeof target - 1);
        if (length > 0 && (target[length] = '\0', strstr(target, "memfd:sealed.so") != NULL)) {
            found++;
            seals = fcntl(fd, F_GET_SEALS);
            written = (int)pwrite(fd, "", 1, 0);
        }
    }
}

static PyObject *
what_was_seen(PyObject *self, PyObject *args)
{
    return Py_BuildValue("iii", found, seals, written);
}

static PyMethodDef methods[] = {{"seen", what_was_seen, METH_NOARGS, NULL}, {NULL}};

PyMODINIT_FUNC
initsealed(void)
{
    Py_InitModule("sealed", methods);
}
