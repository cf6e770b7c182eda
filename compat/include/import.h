/* import.h - imports, and what is built in. */

#include "Python.h"

#ifndef PY2ABI_27_IMPORT_H
#define PY2ABI_27_IMPORT_H

struct filedescr;

struct _inittab {
    char *name;
    void (*initfunc)(void);
};

struct _frozen {
    char *name;
    unsigned char *code;
    int size;
};

#define PyImport_ImportModuleEx(name, globals, locals, fromlist) \
    PyImport_ImportModuleLevel((name), (globals), (locals), (fromlist), -1)

#endif
