/* test_getargs.c - PyArg_Parse and its family against what Python 2.7.18 did:
 * getargs.tsv, which getargs.py replays with the extension getargs.c. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Build the extension for a host; the directory in which it is then, or NULL with
 * the reason. */
static const char *
build(const struct host *host, const char **reason)
{
    static char directory[1000], output[1100], temporary[1200];
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    struct command command = {.count = 0};
    int is_own = host->number >= 0x0300;
    snprintf(directory, sizeof directory, "%s/tests/getargs.d/%s", TOP_BUILDDIR,
             is_own ? "own" : "python2.7");
    const char *make[] = {"mkdir", "-p", directory, NULL};
    ck_assert_int_eq(run_program(NULL, make).status, 0);
    snprintf(output, sizeof output, "%s/getargs27.so", directory);
    /* Tests run side by side: the file appears when it is complete. */
    snprintf(temporary, sizeof temporary, "%s.%d", output, (int)getpid());
    add_split(&command, compiler, " ");
    ADD(&command, "-O1", "-g", "-fPIC", "-shared", "-fno-strict-aliasing", "-w", "-o", temporary,
        source_file("tests/compat/getargs.c"));
    if (is_own) {
        ADD(&command, "-I" TOP_SRCDIR "/compat/include");
    }
    else {
        const char *args[] = {source_file("tests/headers"), host->path, NULL};
        struct outcome headers = run_program(NULL, args);
        if (headers.status != 0) {
            *reason = "it has no headers";
            return NULL;
        }
        add_split(&command, headers.output, " \n");
    }
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status == 0, "getargs.c does not compile:\n%.4000s", outcome.output);
    ck_assert_int_eq(rename(temporary, output), 0);
    return directory;
}

START_TEST(test_facts)
{
    const struct host *host = host_at(_i);
    const char *reason = host->number < 0x0207   ? "it is older than Python 2.7"
                         : host->number < 0x0300 ? NULL
                                                 : guests_closed(host);
    const char *directory = reason == NULL ? build(host, &reason) : NULL;
    if (directory == NULL) {
        count_skipped(host, reason);
        idle_test();
        return;
    }
    char script[1000], facts[1000];
    snprintf(script, sizeof script, "%s", source_file("tests/compat/getargs.py"));
    snprintf(facts, sizeof facts, "%s", source_file("tests/compat/getargs.tsv"));
    const char *args[] = {script, facts, NULL};
    struct outcome outcome = run_guests(NULL, host, directory, NULL, args);
    ck_assert_msg(outcome.status == 0, "%s: %s:\n%.5000s", host->name,
                  status_text(outcome.status), outcome.output);
    /* "N replayed, ..." and then, for what was not, "N not replayed: reason" */
    char *counts = strstr(outcome.output, " replayed, ");
    ck_assert_msg(counts != NULL, "%s: nothing was counted:\n%.4000s", host->name, outcome.output);
    while (counts > outcome.output && counts[-1] != '\n') {
        counts--;
    }
    count_passed(host, atoi(counts));
    for (char *line = strchr(counts, '\n'); line != NULL && line[1] != '\0';) {
        char *end = strchr(++line, '\n'), *why = strstr(line, " not replayed: ");
        if (end != NULL) {
            *end = '\0';
        }
        if (why != NULL) {
            /* As the summary wants it; the test itself has run. */
            printf("skipped: %s: %d records: %s\n", host->name, atoi(line),
                   why + strlen(" not replayed: "));
        }
        line = end;
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("getargs");
    TCase *tcase = tcase_create("facts");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_facts, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
