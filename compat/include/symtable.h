/* symtable.h - which names are local, global, free. */

#include "Python.h"

#ifndef PY2ABI_27_SYMTABLE_H
#define PY2ABI_27_SYMTABLE_H

struct _symtable_entry;

typedef enum _block_type {
    FunctionBlock,
    ClassBlock,
    ModuleBlock
} _Py_block_ty;

struct symtable {
    const char *st_filename;
    struct _symtable_entry *st_cur;
    struct _symtable_entry *st_top;
    PyObject *st_symbols;
    PyObject *st_stack;
    PyObject *st_global;
    int st_nblocks;
    PyObject *st_private;
    PyFutureFeatures *st_future;
};

typedef struct _symtable_entry {
    PyObject_HEAD
    PyObject *ste_id;
    PyObject *ste_symbols;
    PyObject *ste_name;
    PyObject *ste_varnames;
    PyObject *ste_children;
    _Py_block_ty ste_type;
    int ste_unoptimized;
    int ste_nested;
    unsigned ste_free : 1;
    unsigned ste_child_free : 1;
    unsigned ste_generator : 1;
    unsigned ste_varargs : 1;
    unsigned ste_varkeywords : 1;
    unsigned ste_returns_value : 1;
    int ste_lineno;
    int ste_opt_lineno;
    int ste_tmpname;
    struct symtable *ste_table;
} PySTEntryObject;

#define PySTEntry_Check(op) PY2ABI_IS(op, PySTEntry_Type)

#define DEF_GLOBAL 1
#define DEF_LOCAL 2
#define DEF_PARAM 4
#define USE 8
#define DEF_FREE 16
#define DEF_FREE_CLASS 32
#define DEF_IMPORT 64
#define DEF_BOUND (DEF_LOCAL | DEF_PARAM | DEF_IMPORT)
#define SCOPE_OFF 11
#define SCOPE_MASK 7

#define LOCAL 1
#define GLOBAL_EXPLICIT 2
#define GLOBAL_IMPLICIT 3
#define FREE 4
#define CELL 5

#define OPT_IMPORT_STAR 1
#define OPT_EXEC 2
#define OPT_BARE_EXEC 4
#define OPT_TOPLEVEL 8

#define GENERATOR 1
#define GENERATOR_EXPRESSION 2

#endif
