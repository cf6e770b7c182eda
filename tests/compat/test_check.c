/* test_check.c - PY2ABI_CHECK finds what is wrong: mistakes of a binary (wrong.c), and
 * functions that do not keep to their rows of the table (wrong-guests.c). */

#include "config.h"
#include "../common/harness.h"

#include <stdlib.h>
#include <string.h>

/* Where the library is that has the wrong functions: a copy, since it looks beside itself. */
#define DIRECTORY TOP_BUILDDIR "/tests/check.d"

static void
run(const char *const *args)
{
    struct outcome outcome = run_program(NULL, args);
    ck_assert_msg(outcome.status == 0, "%s: %.3000s", args[0], outcome.output);
}

static void
build(void)
{
    struct command command = {.count = 0};
    const char *make[] = {"mkdir", "-p", DIRECTORY "/" GUESTS_FOLDER, NULL};
    const char *library[] = {"cp", "-L", library_file(), DIRECTORY "/libpy2abi.so", NULL};
    const char *guests[] = {"cp", "-L", TOP_BUILDDIR "/.libs/wrong-guests.so",
                            DIRECTORY "/" GUESTS_FOLDER "/guests.so", NULL};
    run(make);
    run(library);
    run(guests);
    add_split(&command, getenv("CC") != NULL ? getenv("CC") : "cc", " ");
    ADD(&command, "-O1", "-g", "-fPIC", "-shared", "-fno-strict-aliasing", "-w", "-o",
        DIRECTORY "/wrong.so", source_file("tests/compat/wrong.c"),
        "-I" TOP_SRCDIR "/compat/include");
    run(command.args);
}

START_TEST(test_check)
{
    const struct host *host = NULL;
#ifdef WITH_SANITIZERS
    skip_test("the sanitizers find what wrong.c does first");
    return;
#endif
    for (int i = 0; host == NULL && i < host_count(); i++) {
        if (host_at(i)->number >= 0x0300 && guests_closed(host_at(i)) == NULL) {
            host = host_at(i);
        }
    }
    if (host == NULL) {
        skip_test("there is no Python 3 that binaries work in");
        return;
    }
    build();
    const char *args[] = {source_file("tests/compat/check.py"), DIRECTORY, NULL};
    struct outcome outcome = run_guests(NULL, host, DIRECTORY, NULL, args);
    ck_assert_msg(outcome.status == 0, "%s: %s:\n%.4000s", host->name,
                  status_text(outcome.status), outcome.output);
    count_passed(host, atoi(outcome.output));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("check");
    TCase *tcase = tcase_create("wrong");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_check);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
