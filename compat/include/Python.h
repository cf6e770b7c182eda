/* Python.h - the C ABI of Python 2.7, as extensions were compiled against it.
 *
 * These headers describe a 64-bit Linux release build of Python 2.7.18 with
 * four-byte unicode: layouts, constants and macros, in files named as
 * CPython's.  Functions and data are declared from the table api27.def.
 *
 * They are used twice.  Fixtures are compiled against them like any extension
 * of old.  The implementation of the ABI defines PY2ABI_RENAME first, which
 * gives every function and datum of the ABI another name, so that they do not
 * meet those of Python 3; nothing here may therefore paste or stringize such a
 * name.
 *
 * Objects are seen through pointers to several structures, which C forbids.  As
 * with Python 2.7 itself, what is compiled against these headers is compiled
 * with -fno-strict-aliasing. */

#ifndef PY2ABI_27_PYTHON_H
#define PY2ABI_27_PYTHON_H

#ifdef Py_PYTHON_H
#error "The headers of another Python have been included before Python 2.7's."
#endif
#define Py_PYTHON_H 1 /* Sources test whether they come after this file. */

#ifdef PY2ABI_RENAME
#include "names.h"
#endif

#include "patchlevel.h"
#include "pyconfig.h"
#include "pyport.h"

PY2ABI_BEGIN_C

/* ---- Text for documentation, which a build may leave out ---- */

#define PyDoc_VAR(name) static char name[]
#define PyDoc_STR(text) text
#define PyDoc_STRVAR(name, text) PyDoc_VAR(name) = PyDoc_STR(text)

/* ---- Layouts, constants, macros ---- */

#include "pymath.h"
#include "pymem.h"
#include "object.h"
#include "objimpl.h"

#include "unicodeobject.h"
#include "intobject.h"
#include "boolobject.h"
#include "longobject.h"
#include "floatobject.h"
#include "complexobject.h"
#include "rangeobject.h"
#include "stringobject.h"
#include "memoryobject.h"
#include "bufferobject.h"
#include "bytesobject.h"
#include "bytearrayobject.h"
#include "tupleobject.h"
#include "listobject.h"
#include "dictobject.h"
#include "setobject.h"
#include "methodobject.h"
#include "moduleobject.h"
#include "funcobject.h"
#include "classobject.h"
#include "fileobject.h"
#include "cobject.h"
#include "pycapsule.h"
#include "traceback.h"
#include "sliceobject.h"
#include "cellobject.h"
#include "iterobject.h"
#include "genobject.h"
#include "descrobject.h"
#include "warnings.h"
#include "weakrefobject.h"
#include "structseq.h"

#include "pyerrors.h"
#include "pystate.h"
#include "pythread.h"
#include "pyarena.h"
#include "modsupport.h"
#include "pythonrun.h"
#include "ceval.h"
#include "import.h"
#include "abstract.h"
#include "code.h"
#include "compile.h"
#include "frameobject.h"
#include "pyctype.h"
#include "pystrtod.h"
#include "pystrcmp.h"
#include "pyfpe.h"

/* ---- Functions and data ---- */

#include "declare27.h"

PY2ABI_END_C

#include "shortcuts27.h"

#endif
