/* test_views.c - how long views are kept. */

#include "config.h"
#include "../common/cases.h"

int
main(void)
{
    Suite *suite = suite_create("views");
    add_cases(suite, "tests/export/views.py");
    return run_suite(suite);
}
