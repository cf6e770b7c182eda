/* pyport.h - C library headers, integer types and compiler matters. */

#ifndef PY2ABI_27_PYPORT_H
#define PY2ABI_27_PYPORT_H

#include "pyconfig.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* Shorthands of these headers: an object seen as a structure; whether its type
 * is one and no other; whether its type has a flag. */
#define PY2ABI_AS(type, op) ((type *)(op))
#define PY2ABI_IS(op, type) (Py_TYPE(op) == &(type))
#define PY2ABI_HAS(op, flag) PyType_FastSubclass(Py_TYPE(op), flag)

#ifdef __cplusplus
#define PY2ABI_BEGIN_C extern "C" {
#define PY2ABI_END_C }
#else
#define PY2ABI_BEGIN_C
#define PY2ABI_END_C
#endif

/* ---- Integers ---- */

typedef ssize_t Py_ssize_t;
typedef uintptr_t Py_uintptr_t;
typedef intptr_t Py_intptr_t;

#define PY_LONG_LONG long long
#define PY_LLONG_MAX __LONG_LONG_MAX__
#define PY_LLONG_MIN (-PY_LLONG_MAX - 1)
#define PY_ULLONG_MAX (__LONG_LONG_MAX__ * 2ULL + 1)
#define PY_UINT32_T uint32_t
#define PY_INT32_T int32_t
#define PY_UINT64_T uint64_t
#define PY_INT64_T int64_t
#define PYLONG_BITS_IN_DIGIT 30

#define PY_SIZE_MAX ((size_t)-1)
#define PY_SSIZE_T_MAX ((Py_ssize_t)(PY_SIZE_MAX >> 1))
#define PY_SSIZE_T_MIN (-PY_SSIZE_T_MAX - 1)

#ifndef LONG_BIT
#define LONG_BIT (SIZEOF_LONG * 8)
#endif
#define Py_LL(x) x##LL
#define Py_ULL(x) x##ULL

/* ---- Declarations ---- */

#define Py_PROTO(x) x
#define Py_FPROTO(x) x
#define DL_IMPORT(type) type
#define DL_EXPORT(type) type
#define PyAPI_FUNC(type) type
#define PyAPI_DATA(type) extern type
#ifdef __cplusplus
#define PyMODINIT_FUNC extern "C" void
#else
#define PyMODINIT_FUNC void
#endif

#define Py_LOCAL(type) static type
#define Py_LOCAL_INLINE(type) static __inline__ type
#define Py_DEPRECATED(version) __attribute__((__deprecated__))
#define Py_GCC_ATTRIBUTE(attribute) __attribute__(attribute)
#define Py_FORMAT_PARSETUPLE(function, format, first)
#define Py_ALIGNED(boundary) __attribute__((aligned(boundary)))

/* ---- Small helpers ---- */

#define Py_MEMCPY memcpy
#define Py_CHARMASK(c) ((unsigned char)((c) & UCHAR_MAX))
#define Py_ARITHMETIC_RIGHT_SHIFT(type, value, count) ((value) >> (count))
#define Py_FORCE_EXPANSION(x) x
#define Py_SAFE_DOWNCAST(value, wide, narrow) ((narrow)(value))

#define HAVE_STAT
#define HAVE_FSTAT
#ifndef S_ISREG
#define S_ISREG(mode) (((mode) & S_IFMT) == S_IFREG)
#endif
#ifndef S_ISDIR
#define S_ISDIR(mode) (((mode) & S_IFMT) == S_IFDIR)
#endif

#endif
