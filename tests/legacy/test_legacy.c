/* test_legacy.c - extensions for Python 2.7, built from source here, at work.
 *
 * A folder NN-name holds mod.c (or mod.cc), an extension as one wrote them for
 * Python 2.7, use.py, which drives it, and expected, what a real 2.7.18 printed.
 * It is compiled against the project's own description of the 2.7 ABI and, where
 * a Python 2.7 is found, against its headers; that Python runs it too. */

#include "config.h"
#include "fixtures.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the fixture needs and the machine does not have or the table says is not implemented, or
 * NULL.  A file `needs` beside it has lines "name line": from that line of the output on the
 * function of the C API is needed, and line 1 is all. */
static const char *
missing_for(const char *fixture, int *ret_line)
{
    static char reason[300];
    char path[1000];
    snprintf(path, sizeof path, "%s/tests/legacy/%s/needs", TOP_SRCDIR, fixture);
    char *rest = read_text(path), *row;
    char *table = rest != NULL ? read_text(TOP_SRCDIR "/compat/api27.def") : NULL;
    *ret_line = 0;
    if (CHAR_MIN == 0 && strcmp(fixture, "57-members") == 0) {
        *ret_line = 1;
        return "57-members: 2.7.18 wrote what it prints where char has a sign";
    }
    while (rest != NULL && (row = strsep(&rest, "\n")) != NULL) {
        char name[100], stub[200];
        if (sscanf(row, "%99s %d", name, ret_line) == 2) {
            snprintf(stub, sizeof stub, "(STUB, %s,", name);
            if (table != NULL && strstr(table, stub) != NULL) {
                snprintf(reason, sizeof reason, "%s needs %s from line %d on, which is not "
                         "implemented", fixture, name, *ret_line);
                return reason;
            }
        }
    }
    return NULL;
}

/* The fixture of a number, from the three counts. */
static void
run_fixture(int number, const char *const *env)
{
    const char *fixture = fixtures[number % fixture_count];
    int build = (number /= fixture_count) % build_count;
    const struct host *host = host_at(number / build_count);
    char path[1000];
    if (host->number < 0x0300 && builds[build].host != host) {
        idle_test(); /* Each Python 2.7 runs what was compiled for it. */
        return;
    }
    if (build == 0 && build_count > 1 && host != find_host(false)) {
        /* The layouts are the same (test_headers27): what a real Python 2.7 runs too says
         * more, and one host is enough to see that our headers compile. */
        idle_test();
        return;
    }
    const char *closed = guests_closed(host);
    if (host->number >= 0x0300 && closed != NULL) {
        if (number % (fixture_count * build_count) == 0) {
            count_skipped(host, closed);
        }
        idle_test();
        return;
    }
    int end = 0;
    const char *missing = host->number < 0x0300 ? NULL : missing_for(fixture, &end);
    if (missing != NULL) {
        count_skipped(host, missing);
        if (end == 1) {
            return;
        }
    }
    else {
        end = 0;
    }
    const char *directory = build_fixture(fixture, build);
    snprintf(path, sizeof path, "%s/tests/legacy/%s/expected", TOP_SRCDIR, fixture);
    char *expected = read_text(path);
    ck_assert_msg(expected != NULL, "%s is not there", path);
    snprintf(path, sizeof path, "%s/tests/legacy/%s/use.py", TOP_SRCDIR, fixture);
    const char *args[] = {path, NULL};
    struct outcome outcome = run_guests(NULL, host, directory, env, args);
    /* What went wrong is said at the end. */
    size_t length = strlen(outcome.output), shown = 2000;
    ck_assert_msg(outcome.status == 0 || end != 0, "%s, %s: %s:\n%s", host->name, fixture,
                  status_text(outcome.status),
                  outcome.output + (length > shown ? length - shown : 0));
    compare_lines(host, fixture, expected, outcome.output, end);
}

START_TEST(test_fixture)
{
    run_fixture(_i, NULL);
}
END_TEST

/* An emulator takes long: there each fixture runs once, as it is. */
#ifndef EMULATOR

/* Each call held against the table; and with nothing kept longer than it has to be.  A
 * sanitizer finds more in the second, which has what the first has. */
#ifdef WITH_SANITIZERS
static const char *const checks[] = {"PY2ABI_CHECK=early"};
#else
static const char *const checks[] = {"PY2ABI_CHECK=on", "PY2ABI_CHECK=early"};
#endif
enum { CHECKS = sizeof checks / sizeof checks[0] };

START_TEST(test_checked)
{
    const char *env[] = {checks[_i / fixture_count], NULL};
    run_fixture(_i % fixture_count, env);
}
END_TEST

/* ---- Each call on a line of its own, and how many there are ---- */

/* The number of lines in a trace that are calls: "module: PyFunction(...". */
static long
count_calls(const char *trace)
{
    long count = 0;
    for (const char *line = trace; *line != '\0'; line += strcspn(line, "\n"),
                    line += *line == '\n') {
        const char *name = line + strcspn(line, ":\n");
        if (strncmp(name, ": ", 2) == 0) {
            size_t length = strcspn(name += 2, " (\n");
            count += length != 0 && name[length] == '(';
        }
    }
    return count;
}

/* How many calls each fixture makes, shared with the forked tests: test_traced counts. */
static long *calls_of;

/* Take out what the user is told when an import fails that is traced. */
static void
drop_failed_imports(char *output)
{
    static const char told[] = "py2abi: the import of ";
    for (char *line = output; line != NULL && *line != '\0';) {
        char *next = strchr(line, '\n');
        if (next != NULL && strncmp(line, told, strlen(told)) == 0) {
            memmove(line, next + 1, strlen(next + 1) + 1);
        }
        else {
            line = next != NULL ? next + 1 : NULL;
        }
    }
}

/* What is printed is the same under PY2ABI_TRACE, which has lines for it. */
START_TEST(test_traced)
{
    const struct host *host = find_host(false) != NULL ? find_host(false) : find_host(true);
    const char *fixture = fixtures[_i];
    char path[1000], trace[1000], setting[1100];
    int end = 0;
    if (host == NULL || missing_for(fixture, &end) != NULL) {
        idle_test();
        return;
    }
    const char *directory = build_fixture(fixture, 0);
    snprintf(path, sizeof path, "%s/tests/legacy/%s/use.py", TOP_SRCDIR, fixture);
    snprintf(trace, sizeof trace, "%s/trace.%d", directory, (int)getpid());
    snprintf(setting, sizeof setting, "PY2ABI_TRACE=%s", trace);
    const char *args[] = {path, NULL}, *env[] = {setting, NULL};
    struct outcome outcome = run_guests(NULL, host, directory, env, args);
    char *lines = read_text(trace);
    unlink(trace);
    ck_assert_msg(outcome.status == 0, "%s, %s, traced: %s:\n%.2000s", host->name, fixture,
                  status_text(outcome.status), outcome.output);
    calls_of[_i] = lines != NULL ? count_calls(lines) : 0;
    ck_assert_msg(calls_of[_i] > 0, "%s, %s: there is no call in the trace", host->name, fixture);
    snprintf(path, sizeof path, "%s/tests/legacy/%s/expected", TOP_SRCDIR, fixture);
    drop_failed_imports(outcome.output);
    compare_lines(host, fixture, read_text(path), outcome.output, 0);
}
END_TEST

/* ---- Again and again ---- */

#ifndef WITH_SANITIZERS
/* The library that counts blocks of memory: it goes with the GNU C library only. */
static const char *
build_blocks(void)
{
    const char *library = TOP_BUILDDIR "/tests/legacy.d/blocks.so";
    build_extension(source_file("tests/legacy/blocks.c"), library, "");
    return library;
}
#endif

/* Repeat the fixture of that number in one process until that many calls were made: references
 * (in a debug build) and blocks of memory stay what they are. */
static void
repeat_fixture(const struct host *host, int number, long wanted)
{
    const char *fixture = fixtures[number];
    char path[1000], calls_text[40], wanted_text[40];
    long references, blocks, runs, made, calls = calls_of[number];
    ck_assert_msg(calls > 0, "%s: test_traced has counted no calls", fixture);
    snprintf(path, sizeof path, "%s/tests/legacy/%s/use.py", TOP_SRCDIR, fixture);
    snprintf(calls_text, sizeof calls_text, "%ld", calls);
    snprintf(wanted_text, sizeof wanted_text, "%ld", wanted);
    const char *args[] = {source_file("tests/legacy/repeat.py"), path, calls_text, wanted_text,
                          NULL};
    const char *env[] = {"PYTHONWARNINGS=ignore", "PYTHONMALLOC=malloc", NULL, NULL};
#ifndef WITH_SANITIZERS
    char preload[3000];
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s %s", build_blocks(), library_file());
    env[2] = preload;
#endif
    struct outcome outcome = run_guests(NULL, host, build_fixture(fixture, 0), env, args);
    ck_assert_msg(outcome.status == 0
                      && sscanf(outcome.output, "%ld %ld %ld %ld", &references, &blocks, &runs,
                                &made) == 4,
                  "%s, %s, repeated: %s:\n%.2000s", host->name, fixture,
                  status_text(outcome.status), outcome.output);
    ck_assert_msg(references <= 0, "%s, %s leaves %ld references behind in %ld runs", host->name,
                  fixture, references, runs);
    ck_assert_msg(blocks <= 0, "%s, %s leaves %ld blocks of memory behind in %ld runs", host->name,
                  fixture, blocks, runs);
    ck_assert_msg(made >= wanted, "%s, %s: %ld calls", host->name, fixture, made);
    count_passed(host, 1);
}

/* How many calls each fixture has to make: PY2ABI_TEST_CALLS, or a default. */
static long
wanted_calls(long otherwise)
{
    const char *setting = getenv("PY2ABI_TEST_CALLS");
    return setting != NULL ? strtol(setting, NULL, 10) : otherwise;
}

#ifndef WITH_SANITIZERS /* who count no references */
/* In a debug build, which counts references. */
START_TEST(test_references)
{
    const struct host *host = find_host(true);
    if (host == NULL) {
        if (_i == 0) {
            skip_test("there is no debug build of Python, which counts references");
        }
        idle_test();
        return;
    }
    repeat_fixture(host, _i, wanted_calls(0));
}
END_TEST
#endif

START_TEST(test_endurance)
{
    const struct host *host = find_host(false);
    if (host == NULL) {
        idle_test();
        return;
    }
    repeat_fixture(host, _i, wanted_calls(100000));
}
END_TEST

#ifndef WITH_SANITIZERS
/* guests.so gets no memory, once in a run, at this place and that; then the fixture prints what it
 * should.  Those are chosen whose modules look at each result. */
static const char *const frugal[] = {"01-calls", "30-getargs", "42-shared-lists", "54-attributes",
                                     "73-born-methods", "80-defined-types", "88-slots"};
enum { FRUGAL = sizeof frugal / sizeof frugal[0] };

START_TEST(test_no_memory)
{
    const struct host *host = find_host(false);
    const char *fixture = frugal[_i];
    char path[1000], preload[3000];
    if (host == NULL) {
        idle_test();
        return;
    }
    snprintf(path, sizeof path, "%s/tests/legacy/%s/use.py", TOP_SRCDIR, fixture);
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s %s", build_blocks(), library_file());
    const char *env[] = {"PYTHONWARNINGS=ignore", "PYTHONMALLOC=malloc", preload, NULL};
    const char *args[] = {source_file("tests/legacy/nomemory.py"), path, "50", NULL};
    struct outcome outcome = run_guests(NULL, host, build_fixture(fixture, 0), env, args);
    ck_assert_msg(outcome.status == 0, "%s, %s, without memory: %s:\n%.2000s", host->name, fixture,
                  status_text(outcome.status), outcome.output);
    snprintf(path, sizeof path, "%s/tests/legacy/%s/expected", TOP_SRCDIR, fixture);
    const char *expected = read_text(path);
    size_t length = strlen(outcome.output), wanted = strlen(expected);
    /* Before it stands what could not be raised. */
    compare_lines(host, fixture, expected, outcome.output + (length > wanted ? length - wanted : 0),
                  0);
}
END_TEST
#endif

#endif /* EMULATOR */

int
main(void)
{
    find_fixtures();
    Suite *suite = suite_create("legacy");
    TCase *tcase = tcase_create("fixtures");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_fixture, 0, fixture_count * build_count * host_count());
#ifndef EMULATOR
    calls_of = mmap(NULL, FIXTURES_MAX * sizeof *calls_of, PROT_READ | PROT_WRITE,
                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (calls_of == MAP_FAILED) {
        perror("mmap");
        return EXIT_FAILURE;
    }
    /* In the first host: the rules are the same in all. */
    tcase_add_loop_test(tcase, test_checked, 0, CHECKS * fixture_count);
    tcase_add_loop_test(tcase, test_traced, 0, fixture_count);
#ifndef WITH_SANITIZERS
    tcase_add_loop_test(tcase, test_references, 0, fixture_count);
#endif
#endif
    suite_add_tcase(suite, tcase);
#if !defined WITH_SANITIZERS && !defined EMULATOR /* whose runtime has functions of its own */
    tcase = tcase_create("no memory");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_no_memory, 0, FRUGAL);
    suite_add_tcase(suite, tcase);
#endif
#ifndef EMULATOR
    tcase = tcase_create("endurance");
    tcase_set_timeout(tcase, getenv("PY2ABI_TEST_CALLS") != NULL ? 3600 : 300);
    tcase_add_loop_test(tcase, test_endurance, 0, fixture_count);
    suite_add_tcase(suite, tcase);
#endif
    return run_suite(suite);
}
