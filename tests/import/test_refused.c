/* test_refused.c - where there is no guests module: what is said of a binary for Python 2
 * by each that could be asked to load one. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define DIRECTORY TOP_BUILDDIR "/tests/import.d"

static const char sentence[] =
    "plain.so: is a binary for Python 2, and those are loaded in 64-bit processes only";

static void
build(void)
{
    const char *make[] = {"mkdir", "-p", DIRECTORY, NULL};
    run_program(NULL, make);
    struct command command = {.count = 0};
    const char *compiler = getenv("CC");
    add_split(&command, compiler != NULL ? compiler : "cc", " ");
    ADD(&command, "-O1", "-fPIC", "-shared", "-w", "-I" TOP_SRCDIR "/compat/include", "-o",
        DIRECTORY "/plain.so", source_file("tests/import/plain.c"));
    struct outcome outcome = run_program(NULL, command.args);
    if (outcome.status != 0) {
        fprintf(stderr, "plain.c does not compile:\n%s\n", outcome.output);
        exit(EXIT_FAILURE);
    }
}

START_TEST(test_import)
{
    static const char *const scripts[] = {
        "import plain",
        "import py2abi, plain",
        "import py2abi; py2abi.load(" "'" DIRECTORY "/plain.so')",
    };
    const struct host *host = host_at(_i);
    const char *closed = guests_closed(host);
    char library[1100], setting[2200];
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    snprintf(library, sizeof library, "PY2ABI_LIBRARY=%s", library_file());
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        snprintf(setting, sizeof setting, "PYTHONPATH=%s:%s", DIRECTORY, python_folder());
        const char *env[] = {library, setting, NULL};
        const char *args[] = {"-c", scripts[i], NULL};
        struct outcome outcome = run_guests(NULL, host, DIRECTORY, env, args);
        ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1
                          && strstr(outcome.output, "ImportError") != NULL
                          && strstr(outcome.output, sentence) != NULL,
                      "%s: %s: %s\n%.3000s", host->name, scripts[i], status_text(outcome.status),
                      outcome.output);
        count_passed(host, 1);
    }
}
END_TEST

START_TEST(test_audit)
{
    const char *args[] = {command_file(), "audit", DIRECTORY "/plain.so", NULL};
    struct outcome outcome = run_program(NULL, args);
    ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1
                      && strstr(outcome.output, "will not load: it is a binary for Python 2, and "
                                                "those are loaded in 64-bit processes only"),
                  "%s\n%.3000s", status_text(outcome.status), outcome.output);
}
END_TEST

int
main(void)
{
    build();
    Suite *suite = suite_create("refused");
    TCase *tcase = tcase_create("refused");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_import, 0, host_count());
    tcase_add_test(tcase, test_audit);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
