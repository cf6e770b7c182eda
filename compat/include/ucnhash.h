/* ucnhash.h - the functions that the module unicodedata offers to extensions. */

#include "Python.h"

#ifndef PY2ABI_27_UCNHASH_H
#define PY2ABI_27_UCNHASH_H

PY2ABI_BEGIN_C

typedef struct {
    int size;
    int (*getname)(PyObject *self, Py_UCS4 code, char *buffer, int buflen);
    int (*getcode)(PyObject *self, const char *name, int namelen, Py_UCS4 *code);
} _PyUnicode_Name_CAPI;

PY2ABI_END_C

#define PyUnicodeData_CAPSULE_NAME "unicodedata.ucnhash_CAPI"

#endif
