/* test_asbuffer.c - the four functions against what the interpreters' own do.
 *
 * A legacy extension runs the oracle's battery on every host, in every way that
 * it can come to the functions, with both dispatches. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const char *const deviations[] = {
#define DEVIATION(name, functions, when, theirs, ours, reason) #name,
#include "../../src/deviations.def"
#undef DEVIATION
};
enum { DEVIATION_COUNT = sizeof deviations / sizeof deviations[0] };
static bool *deviation_seen; /* shared with the forked tests */

static const char *const dispatches[] = {"PY2ABI_DISPATCH=auto", "PY2ABI_DISPATCH=ffi"};

/* A test's number says host, way and dispatch. */
enum { VARIANTS = WAY_COUNT * 2 };

static char *
scratch_file(void)
{
    char *name = strdup("/tmp/py2abi-test-XXXXXX");
    int fd = mkstemp(name);
    ck_assert_int_ge(fd, 0);
    close(fd);
    return name;
}

/* What PyObject_GetBuffer refuses on each host, once for all ways: the library has no part in
 * it.  Kept until the suite ends. */
static char *refusals_folder;

static void
battery(const struct host *host, enum way way, const char *dispatch, const char *option,
        const char *output)
{
    const char *env[] = {dispatch, NULL};
    const char *args[] = {source_file("tests/export/battery.py"), option != NULL ? option : output,
                          option != NULL ? output : NULL, NULL};
    struct outcome outcome = run_host(host, way, env, args);
    ck_assert_msg(outcome.status == 0, "%s: the battery ended with %s: %.4000s", host->name,
                  status_text(outcome.status), outcome.output);
}

/* Mark the rules that the comparison used. */
static void
note_rules(char *summary)
{
    char *word = strstr(summary, "rules used:");
    ck_assert_ptr_nonnull(word);
    strtok(word, " \n");
    for (word = strtok(NULL, " \n"); word != NULL; word = strtok(NULL, " \n")) {
        if (strcmp(word, "used:") == 0) {
            continue;
        }
        int d = 0;
        while (d < DEVIATION_COUNT && strcmp(deviations[d], word) != 0) {
            d++;
        }
        ck_assert_msg(d < DEVIATION_COUNT, "deviations.def has no %s", word);
        deviation_seen[d] = true;
    }
}

START_TEST(test_battery)
{
    const struct host *host = host_at(_i / VARIANTS);
    enum way way = _i % VARIANTS / 2;
    const char *dispatch = dispatches[_i % 2];
    if (_i % 2 == 1
        && (way == BARE || way == LINKED || (way != PRELOADED && !host_is_chosen(host)))) {
        idle_test();
        return; /* The dispatch is the library's: with others' functions it says nothing, and
                   linked another way the library is the same. */
    }
    const char *closed = way_closed(host, way);
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    /* In a Python 2 process the library hands on to the process's own. */
    bool ours = way_is_ours(host, way) && host->number >= 0x0300;
    char *output = scratch_file(), *refusals = format("%s/%d", refusals_folder, _i / VARIANTS);
    char *version;
    ck_assert_int_gt(asprintf(&version, "%s%s", host->version, host->debug ? "d" : ""), 0);

    battery(host, way, dispatch, NULL, output);
    if (ours && access(refusals, F_OK) != 0) {
        char *written = format("%s.new", refusals);
        battery(host, BARE, dispatch, "--refusals", written);
        ck_assert_int_eq(rename(written, refusals), 0);
    }
    const char *compare[] = {PYTHON,  source_file("tests/export/expect.py"),
                             source_file("tests/export/oracle.tsv"),
                             version, output, ours ? refusals : NULL, NULL};
    struct outcome outcome = run_program(NULL, compare);
    unlink(output);
    ck_assert_msg(outcome.status == 0, "%s, %s, %s:\n%.4000s", host->name, way_names[way], dispatch,
                  outcome.output);
    printf("%s, %s, %s: %s", host->name, way_names[way], dispatch, outcome.output);
    count_passed(host, atoi(outcome.output));
    note_rules(outcome.output);
}
END_TEST

/* That the battery saw the library's functions where it was to, and only
 * there. */
START_TEST(test_provider)
{
    const struct host *host = host_at(_i / WAY_COUNT);
    enum way way = _i % WAY_COUNT;
    const char *closed = way_closed(host, way);
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    const char *args[] = {source_file("tests/export/battery.py"), "--provider", NULL};
    struct outcome outcome = run_host(host, way, NULL, args);
    ck_assert_msg(outcome.status == 0, "%s: %s", host->name, outcome.output);
    const char *file = way == STATIC ? "oldbuffer.so" : "libpy2abi.so";
    ck_assert_msg((strstr(outcome.output, file) != NULL) == way_is_ours(host, way),
                  "%s, %s: the functions come from %s", host->name, way_names[way],
                  outcome.output);
    count_passed(host, 1);
}
END_TEST

/* Each row of deviations.def was met, and was as promised (test_battery). */
START_TEST(test_deviations)
{
    bool debug = false;
    for (int i = 0; i < host_count(); i++) {
        debug = debug || host_at(i)->debug;
    }
    for (int d = 0; d < DEVIATION_COUNT; d++) {
        if (strcmp(deviations[d], "DEBUG_SLOT") == 0 && !debug) {
            printf("skipped: %s: no debug build of Python was found\n", deviations[d]);
            continue;
        }
        ck_assert_msg(deviation_seen[d], "no host showed %s", deviations[d]);
    }
}
END_TEST

int
main(void)
{
    deviation_seen = mmap(NULL, DEVIATION_COUNT, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char folder[] = "/tmp/py2abi-test-XXXXXX";
    refusals_folder = mkdtemp(folder);
    if (refusals_folder == NULL) {
        perror(folder);
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("asbuffer");
    TCase *tcase = tcase_create("battery");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_provider, 0, host_count() * WAY_COUNT);
    tcase_add_loop_test(tcase, test_battery, 0, host_count() * VARIANTS);
    tcase_add_test(tcase, test_deviations);
    suite_add_tcase(suite, tcase);
    int status = run_suite(suite);
    const char *clean[] = {"rm", "-rf", folder, NULL};
    run_program(NULL, clean);
    return status;
}
