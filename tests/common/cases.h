/* cases.h - running a file of Python cases in every host and way. */

#ifndef PY2ABI_TEST_CASES_H
#define PY2ABI_TEST_CASES_H

#include "harness.h"

/* Add a test for each case of file, host, way in which the library's functions
 * are used, and dispatch.  One file a program. */
void add_cases(Suite *suite, const char *file);

#endif
