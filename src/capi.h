/* capi.h - the only place of src/ that sees Python's headers.
 *
 * They give the types and the prototypes that host.def is compared with, and
 * nothing else.  The interpreter that loads the library is another one than
 * that whose headers built it, so whatever a macro or inline function knows of
 * an object's layout would be wrong: those names are poisoned. */

#ifndef PY2ABI_CAPI_H
#define PY2ABI_CAPI_H

#include "py2abi.h"

/* What Py_AddPendingCall takes; CPython's headers have no name for it. */
typedef int (*py2abi_pending_fn)(void *);
/* What Py_AtExit takes. */
typedef void (*py2abi_exit_fn)(void);

/* What exports.def lists is visible in the shared library, whatever the headers
 * say of it (before 3.9 they say nothing). */
#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#define EXPORT(node, name) extern __typeof__(name) name __attribute__((visibility("default")));
#include "exports.def"
#undef EXPORT
#pragma GCC diagnostic pop
#endif

#undef Py_INCREF
#undef Py_DECREF
#undef Py_XINCREF
#undef Py_XDECREF
#undef Py_CLEAR
#undef Py_TYPE
#undef Py_SIZE
#undef Py_REFCNT
#undef Py_None
#undef Py_True
#undef Py_False
#undef PyBytes_AS_STRING
#undef PyBytes_GET_SIZE
#undef PyByteArray_AS_STRING
#undef PyByteArray_GET_SIZE
#ifdef __GNUC__
#pragma GCC poison Py_INCREF Py_DECREF Py_XINCREF Py_XDECREF Py_CLEAR Py_TYPE Py_SIZE Py_REFCNT
#pragma GCC poison Py_None Py_True Py_False PyBytes_AS_STRING PyBytes_GET_SIZE
#pragma GCC poison PyByteArray_AS_STRING PyByteArray_GET_SIZE
#endif

#endif
