/* asdl.h - sequences in the abstract syntax tree. */

#include "Python.h"

#ifndef PY2ABI_27_ASDL_H
#define PY2ABI_27_ASDL_H

typedef PyObject *identifier;
typedef PyObject *string;
typedef PyObject *object;

typedef struct py2abi_asdl_seq {
    int size;
    void *elements[1];
} asdl_seq;

typedef struct py2abi_asdl_int_seq {
    int size;
    int elements[1];
} asdl_int_seq;

#define asdl_seq_LEN(seq) ((seq) == NULL ? 0 : (seq)->size)
#define asdl_seq_GET(seq, i) ((seq)->elements[i])
#define asdl_seq_SET(seq, i, value) ((seq)->elements[i] = (value))

#endif
