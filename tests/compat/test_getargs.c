/* test_getargs.c - PyArg_Parse and its family, and buffers, against what Python 2.7.18
 * did: getargs.tsv, which getargs.py replays with the extension getargs.c; buffers.* in the
 * same way; and the four functions as a guest calls them, which asbuffer.py compares with
 * the records of tests/export. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is replayed: the extension's source and its name, the script, the facts. */
static const struct facts {
    const char *name, *source, *extension, *script, *records;
} all_facts[] = {
    {"getargs", "tests/compat/getargs.c", "getargs27", "tests/compat/getargs.py",
     "tests/compat/getargs.tsv"},
    {"buffers", "tests/compat/buffers.c", "buffers27", "tests/compat/buffers.py",
     "tests/compat/buffers.tsv"},
    {"asbuffer", "tests/legacy/oldbuffer.c", "oldbuffer", "tests/compat/asbuffer.py",
     "tests/export/oracle.tsv"},
};
enum { FACTS = sizeof all_facts / sizeof all_facts[0] };

/* Run the script with the extension in a directory; binaries is the folder of a real 2.7's
 * own, whose modules the script is given, or NULL. */
static void
replay(const struct facts *facts, const struct host *host, const char *directory,
       const char *binaries)
{
    char version[40];
    struct command command = {.count = 0};
    const char *env[] = {"PY2ABI_TEXT=array=str", "PY2ABI_STR=array=latin1", NULL};
    snprintf(version, sizeof version, "%s%s", host->version, host->debug ? "d" : "");
    if (binaries != NULL) {
        ADD(&command, source_file("tests/compat/genuine.py"), binaries);
    }
    ADD(&command, source_file(facts->script), source_file(facts->records), version);
    if (binaries != NULL) {
        /* An array of Unicode characters wants them as such, and the others a str. */
        ADD(&command, "((rw)?buf_)?(array_[^u]|mmap_|cstringio_)");
    }
    struct outcome outcome = run_guests(NULL, host, directory, binaries != NULL ? env : NULL,
                                        command.args);
    ck_assert_msg(outcome.status == 0, "%s, %s: %s:\n%.3500s", host->name, facts->name,
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

START_TEST(test_facts)
{
    const struct facts *facts = &all_facts[_i / host_count()];
    const struct host *host = host_at(_i % host_count());
    const char *reason = host->number < 0x0207   ? "it is older than Python 2.7"
                         : host->number < 0x0300 ? NULL
                                                 : guests_closed(host);
    if (host->number < 0x0300 && strcmp(facts->name, "asbuffer") == 0) {
        idle_test();
        return; /* test_asbuffer compares what a Python 2.7 itself does. */
    }
    const char *directory = reason == NULL ? build_guest(facts->source, facts->extension, host,
                                                         &reason)
                                           : NULL;
    if (directory == NULL) {
        count_skipped(host, reason);
        idle_test();
        return;
    }
    replay(facts, host, directory, NULL);
}
END_TEST

/* The same with arrays, maps and string streams that a real 2.7's modules make. */
START_TEST(test_genuine)
{
    const struct facts *facts = &all_facts[_i / host_count()];
    const struct host *host = host_at(_i % host_count());
    char *binaries = NULL;
    for (int i = 0; binaries == NULL && i < host_count(); i++) {
        binaries = own_binaries(host_at(i));
    }
    if (binaries == NULL) {
        if (_i == 0) {
            skip_test("there is no Python 2.7, whose modules make objects for the records");
        }
        idle_test();
        return;
    }
    const char *reason = guests_closed(host);
    if (host->number < 0x0300 || reason != NULL) {
        idle_test();
        return; /* test_facts counts it. */
    }
    replay(facts, host, build_guest(facts->source, facts->extension, host, &reason),
           binaries);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("getargs");
    TCase *tcase = tcase_create("facts");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_facts, 0, FACTS * host_count());
    tcase_add_loop_test(tcase, test_genuine, 0, FACTS * host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
