/* pymath.h - floating point: constants, tests, errno after a library call. */

#include "Python.h"

#ifndef PY2ABI_27_PYMATH_H
#define PY2ABI_27_PYMATH_H

#ifndef Py_MATH_PIl
#define Py_MATH_PIl 3.1415926535897932384626433832795029L
#endif
#ifndef Py_MATH_PI
#define Py_MATH_PI 3.14159265358979323846
#endif
#ifndef Py_MATH_El
#define Py_MATH_El 2.7182818284590452353602874713526625L
#endif
#ifndef Py_MATH_E
#define Py_MATH_E 2.7182818284590452354
#endif

#define Py_HUGE_VAL HUGE_VAL
#define Py_NAN (Py_HUGE_VAL * 0.)
#define Py_FORCE_DOUBLE(x) (x)
/* The compiler's own tests: C++ headers take the macros of <math.h> away. */
#define Py_IS_NAN(x) __builtin_isnan(x)
#define Py_IS_INFINITY(x) __builtin_isinf(x)
#define Py_IS_FINITE(x) __builtin_isfinite(x)

#define PY2ABI_IS_HUGE(x) ((x) == Py_HUGE_VAL || (x) == -Py_HUGE_VAL)
#define Py_OVERFLOWED(x) ((x) != 0.0 && (errno == ERANGE || PY2ABI_IS_HUGE(x)))

/* An overflow that the C library did not report becomes ERANGE. */
#define Py_SET_ERRNO_ON_MATH_ERROR(x) \
    do { \
        if (errno == 0 && PY2ABI_IS_HUGE(x)) { \
            errno = ERANGE; \
        } \
    } while (0)
#define Py_SET_ERANGE_IF_OVERFLOW(x) Py_SET_ERRNO_ON_MATH_ERROR(x)

/* The same, and an underflow that was reported is forgotten. */
#define Py_ADJUST_ERANGE1(x) \
    do { \
        if (errno == ERANGE && (x) == 0.0) { \
            errno = 0; \
        } \
        else if (errno == 0 && PY2ABI_IS_HUGE(x)) { \
            errno = ERANGE; \
        } \
    } while (0)

/* The same for a result of two parts: ERANGE if and only if one is infinite. */
#define Py_ADJUST_ERANGE2(x, y) \
    do { \
        if (errno == 0 || errno == ERANGE) { \
            int py2abi_huge = PY2ABI_IS_HUGE(x) || PY2ABI_IS_HUGE(y); \
            errno = py2abi_huge ? ERANGE : 0; \
        } \
    } while (0)

/* Round to 53 bits where the old x87 unit would keep 64. */
#ifdef HAVE_GCC_ASM_FOR_X87
#define HAVE_PY_SET_53BIT_PRECISION 1
#define _Py_SET_53BIT_PRECISION_HEADER unsigned short py2abi_old_fpu, py2abi_new_fpu
#define _Py_SET_53BIT_PRECISION_START \
    do { \
        py2abi_old_fpu = _Py_get_387controlword(); \
        py2abi_new_fpu = (unsigned short)((py2abi_old_fpu & 0xf0ff) | 0x0200); \
        if (py2abi_new_fpu != py2abi_old_fpu) { \
            _Py_set_387controlword(py2abi_new_fpu); \
        } \
    } while (0)
#define _Py_SET_53BIT_PRECISION_END \
    do { \
        if (py2abi_new_fpu != py2abi_old_fpu) { \
            _Py_set_387controlword(py2abi_old_fpu); \
        } \
    } while (0)
#else
#define _Py_SET_53BIT_PRECISION_HEADER
#define _Py_SET_53BIT_PRECISION_START
#define _Py_SET_53BIT_PRECISION_END
#endif

#endif
