/* test_process.c - the four functions in the life of a process. */

#include "config.h"
#include "../common/cases.h"

int
main(void)
{
    Suite *suite = suite_create("process");
    add_cases(suite, "tests/export/process.py");
    return run_suite(suite);
}
