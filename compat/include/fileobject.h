/* fileobject.h - files, with a C stream inside. */

#include "Python.h"

#ifndef PY2ABI_27_FILEOBJECT_H
#define PY2ABI_27_FILEOBJECT_H

typedef struct {
    PyObject_HEAD
    FILE *f_fp;
    PyObject *f_name;
    PyObject *f_mode;
    int (*f_close)(FILE *);
    int f_softspace;
    int f_binary;
    char *f_buf;
    char *f_bufend;
    char *f_bufptr;
    char *f_setbuf;
    int f_univ_newline;
    int f_newlinetypes;
    int f_skipnextlf;
    PyObject *f_encoding;
    PyObject *f_errors;
    PyObject *weakreflist;
    int unlocked_count;
    int readable;
    int writable;
} PyFileObject;

#define PyFile_Check(op) PyObject_TypeCheck(op, &PyFile_Type)
#define PyFile_CheckExact(op) PY2ABI_IS(op, PyFile_Type)

#define PY_STDIOTEXTMODE "b"
#define _PyVerify_fd(fd) (1)
#define _PyIsSelectable_fd(fd) ((fd) >= 0 && (fd) < FD_SETSIZE)

#endif
