/* pythonrun.h - the interpreter as a whole. */

#include "Python.h"

#ifndef PY2ABI_27_PYTHONRUN_H
#define PY2ABI_27_PYTHONRUN_H

#define PyCF_MASK \
    (CO_FUTURE_DIVISION | CO_FUTURE_ABSOLUTE_IMPORT | CO_FUTURE_WITH_STATEMENT \
     | CO_FUTURE_PRINT_FUNCTION | CO_FUTURE_UNICODE_LITERALS)
#define PyCF_MASK_OBSOLETE CO_NESTED
#define PyCF_SOURCE_IS_UTF8 0x100
#define PyCF_DONT_IMPLY_DEDENT 0x200
#define PyCF_ONLY_AST 0x400

typedef struct {
    int cf_flags;
} PyCompilerFlags;

typedef void (*PyOS_sighandler_t)(int);

#define Py_single_input 256
#define Py_file_input 257
#define Py_eval_input 258
#define PYOS_STACK_MARGIN 2048
#define Py_GETENV(name) (Py_IgnoreEnvironmentFlag ? NULL : getenv(name))

#endif
