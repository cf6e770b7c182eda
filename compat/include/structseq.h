/* structseq.h - tuples whose items have names too. */

#include "Python.h"

#ifndef PY2ABI_27_STRUCTSEQ_H
#define PY2ABI_27_STRUCTSEQ_H

typedef struct PyStructSequence_Field {
    char *name;
    char *doc;
} PyStructSequence_Field;

typedef struct PyStructSequence_Desc {
    char *name;
    char *doc;
    struct PyStructSequence_Field *fields;
    int n_in_sequence;
} PyStructSequence_Desc;

typedef struct {
    PyObject_VAR_HEAD
    PyObject *ob_item[1];
} PyStructSequence;

#define PyStructSequence_SET_ITEM(op, i, item) \
    (PY2ABI_AS(PyStructSequence, op)->ob_item[i] = (item))

#endif
