/* dictobject.h - dictionaries, and the views of their keys and items. */

#include "Python.h"

#ifndef PY2ABI_27_DICTOBJECT_H
#define PY2ABI_27_DICTOBJECT_H

#define PyDict_MINSIZE 8

typedef struct {
    Py_ssize_t me_hash;
    PyObject *me_key;
    PyObject *me_value;
} PyDictEntry;

typedef struct _dictobject PyDictObject;
struct _dictobject {
    PyObject_HEAD
    Py_ssize_t ma_fill;
    Py_ssize_t ma_used;
    Py_ssize_t ma_mask;
    PyDictEntry *ma_table;
    PyDictEntry *(*ma_lookup)(PyDictObject *mp, PyObject *key, long hash);
    PyDictEntry ma_smalltable[PyDict_MINSIZE];
};

#define PyDict_Check(op) PY2ABI_HAS(op, Py_TPFLAGS_DICT_SUBCLASS)
#define PyDict_CheckExact(op) PY2ABI_IS(op, PyDict_Type)
#define PyDictKeys_Check(op) PY2ABI_IS(op, PyDictKeys_Type)
#define PyDictItems_Check(op) PY2ABI_IS(op, PyDictItems_Type)
#define PyDictValues_Check(op) PY2ABI_IS(op, PyDictValues_Type)
#define PyDictViewSet_Check(op) (PyDictKeys_Check(op) || PyDictItems_Check(op))

#endif
