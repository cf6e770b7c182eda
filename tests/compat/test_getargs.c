/* test_getargs.c - PyArg_Parse and its family, and buffers, against what Python 2.7.18
 * did: getargs.tsv, which getargs.py replays with the extension getargs.c; and
 * buffers.* in the same way. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file of the facts. */
static char *
file_of(const char *name, const char *suffix)
{
    char path[100];
    snprintf(path, sizeof path, "tests/compat/%s%s", name, suffix);
    return strdup(source_file(path));
}

/* Build the extension for a host; the directory in which it is then, or NULL with
 * the reason. */
static const char *
build(const char *name, const struct host *host, const char **reason)
{
    static char directory[1000], output[1100], temporary[1200];
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    struct command command = {.count = 0};
    int is_own = host->number >= 0x0300;
    snprintf(directory, sizeof directory, "%s/tests/getargs.d/%s", TOP_BUILDDIR,
             is_own ? "own" : "python2.7");
    const char *make[] = {"mkdir", "-p", directory, NULL};
    ck_assert_int_eq(run_program(NULL, make).status, 0);
    snprintf(output, sizeof output, "%s/%s27.so", directory, name);
    /* Tests run side by side: the file appears when it is complete. */
    snprintf(temporary, sizeof temporary, "%s.%d", output, (int)getpid());
    add_split(&command, compiler, " ");
    ADD(&command, "-O1", "-g", "-fPIC", "-shared", "-fno-strict-aliasing", "-w", "-o", temporary,
        file_of(name, ".c"));
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
    ck_assert_msg(outcome.status == 0, "%s.c does not compile:\n%.3500s", name,
                  outcome.output);
    ck_assert_int_eq(rename(temporary, output), 0);
    return directory;
}

static void
replay(const char *name, const struct host *host)
{
    const char *reason = host->number < 0x0207   ? "it is older than Python 2.7"
                         : host->number < 0x0300 ? NULL
                                                 : guests_closed(host);
    const char *directory = reason == NULL ? build(name, host, &reason) : NULL;
    if (directory == NULL) {
        count_skipped(host, reason);
        idle_test();
        return;
    }
    const char *args[] = {file_of(name, ".py"), file_of(name, ".tsv"), NULL};
    struct outcome outcome = run_guests(NULL, host, directory, NULL, args);
    ck_assert_msg(outcome.status == 0, "%s: %s:\n%.3500s", host->name,
                  status_text(outcome.status), outcome.output);
    /* "N replayed, ..." and then, for what was not, "N not replayed: reason" */
    char *counts = strstr(outcome.output, " replayed, ");
    ck_assert_msg(counts != NULL, "%s: nothing was counted:\n%.3500s", host->name, outcome.output);
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

START_TEST(test_getargs)
{
    replay("getargs", host_at(_i));
}
END_TEST

START_TEST(test_buffers)
{
    replay("buffers", host_at(_i));
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("getargs");
    TCase *tcase = tcase_create("facts");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_getargs, 0, host_count());
    tcase_add_loop_test(tcase, test_buffers, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
