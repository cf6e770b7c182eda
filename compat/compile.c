/* compile.c - names as classes have them. */

#include "config.h"
#include "guest.h"

#include <string.h>

/* A name with two underscores before it, and not two behind, is the class's own: it has the
 * class's name in it, without underscores before that.  Returns a new reference. */
PyObject *
_Py_Mangle(PyObject *class, PyObject *name)
{
    const char *text = PyString_AS_STRING(name), *own;
    size_t length = strlen(text);
    if (class == NULL || !PyString_Check(class) || strncmp(text, "__", 2) != 0
        || strcmp(text + length - 2, "__") == 0 || strchr(text, '.') != NULL) {
        Py_INCREF(name);
        return name;
    }
    own = PyString_AS_STRING(class);
    own += strspn(own, "_");
    if (*own == '\0') {
        Py_INCREF(name);
        return name;
    }
    PyObject *mangled = PyString_FromString("_");
    PyString_ConcatAndDel(&mangled, PyString_FromString(own));
    PyString_Concat(&mangled, name);
    return mangled;
}
