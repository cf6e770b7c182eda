/* longintrepr.h - a long's digits: 30 bits each, the lowest first.  Their
 * number is that of ob_size, whose sign is the long's. */

#include "Python.h"

#ifndef PY2ABI_27_LONGINTREPR_H
#define PY2ABI_27_LONGINTREPR_H

typedef PY_UINT32_T digit;
typedef PY_INT32_T sdigit;
typedef PY_UINT64_T twodigits;
typedef PY_INT64_T stwodigits;

#define PyLong_SHIFT PYLONG_BITS_IN_DIGIT
#define PyLong_BASE ((digit)1 << PyLong_SHIFT)
#define PyLong_MASK ((digit)(PyLong_BASE - 1))
#define _PyLong_DECIMAL_SHIFT 9
#define _PyLong_DECIMAL_BASE ((digit)1000000000)

/* Their names before Python 2.7. */
#define SHIFT PyLong_SHIFT
#define BASE PyLong_BASE
#define MASK PyLong_MASK

struct _longobject {
    PyObject_VAR_HEAD
    digit ob_digit[1];
};

#endif
