/* test_memcheck.c - the fixtures under valgrind: invalid reads and writes, decisions on what
 * nobody has set, memory that is lost.
 *
 * In one host, whose own objects are blocks of their own then (PYTHONMALLOC); it reports
 * nothing itself.  Valgrind takes some twenty times as long: a choice of fixtures runs, in few
 * processes, as most of the time goes into starting Python.  PY2ABI_TEST_MEMCHECK=all has all
 * run, each in a process of its own. */

#include "config.h"
#include "fixtures.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

/* Each of them goes through another part of the guests' world. */
static const char *const chosen[][8] = {
    {"01-calls", "28-string-crossing", "42-shared-lists", "46-shared-dicts", "33-views",
     "34-buffer-slots"},
    {"68-weakrefs", "70-threads", "75-collected", "81-derived", "84-exceptions"},
};
enum { CHOSEN = sizeof chosen / sizeof chosen[0], ERRORS = 9 };

/* Run memcheck.py, or other code, under valgrind, with modules in directory importable. */
static struct outcome
check_memory(const struct host *host, const char *directory, const char *const *args)
{
    const char *tool[] = {VALGRIND, "-q", "--leak-check=full", "--show-leak-kinds=definite",
                          "--errors-for-leak-kinds=definite", "--num-callers=20",
                          format("--suppressions=%s", source_file("tests/legacy/memcheck.supp")),
                          format("--error-exitcode=%d", ERRORS), NULL};
    const char *env[] = {"PYTHONMALLOC=malloc", NULL};
    return run_guests(tool, host, directory, env, args);
}

/* The host that is used, or NULL when the test is skipped. */
static const struct host *
usable_host(void)
{
#ifdef WITH_SANITIZERS
    skip_test("valgrind does not go with the sanitizers");
    return NULL;
#endif
    const struct host *host = find_host(false);
    if (strcmp(VALGRIND, "no") == 0) {
        skip_test("valgrind is not installed");
        return NULL;
    }
    if (host == NULL) {
        skip_test("no host imports Python 2 binaries");
    }
    return host;
}

static void
check_fixtures(const struct host *host, const char *const *names, int count)
{
    struct command command = {.count = 0};
    ADD(&command, source_file("tests/legacy/memcheck.py"));
    for (int i = 0; i < count; i++) {
        ADD(&command, format("%s/%s/use.py", source_file("tests/legacy"), names[i]),
            strdup(build_fixture(names[i], 0)));
    }
    struct outcome outcome = check_memory(host, "", command.args);
    ck_assert_msg(outcome.status == 0, "%s, %s...: %s:\n%.4000s", host->name, names[0],
                  status_text(outcome.status), outcome.output);
    ck_assert_str_eq(outcome.output, "run to the end\n");
    count_passed(host, count);
}

START_TEST(test_chosen)
{
    const struct host *host = usable_host();
    int count = 0;
    while (chosen[_i][count] != NULL) {
        count++;
    }
    if (host != NULL) {
        check_fixtures(host, chosen[_i], count);
    }
}
END_TEST

START_TEST(test_each)
{
    const struct host *host = usable_host();
    const char *name = fixtures[_i];
    if (host != NULL) {
        check_fixtures(host, &name, 1);
    }
}
END_TEST

/* What is wrong is found. */
START_TEST(test_faulty)
{
    static const char *const found[] = {"Invalid read of size 1", "depends on uninitialised value",
                                        "bytes in 1 blocks are definitely lost"};
    const struct host *host = usable_host();
    if (host == NULL) {
        return;
    }
    const char *directory = TOP_BUILDDIR "/tests/legacy.d";
    build_extension(source_file("tests/legacy/faulty.c"), format("%s/faulty.so", directory),
                    "-I" TOP_SRCDIR "/compat/include");
    const char *args[] = {"-c", "import faulty; faulty.freed(); faulty.unset(); faulty.lost()",
                          NULL};
    struct outcome outcome = check_memory(host, directory, args);
    ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == ERRORS,
                  "%s: %s:\n%.4000s", host->name, status_text(outcome.status), outcome.output);
    for (size_t i = 0; i < sizeof found / sizeof found[0]; i++) {
        ck_assert_msg(strstr(outcome.output, found[i]) != NULL, "%s: not found: %s:\n%.4000s",
                      host->name, found[i], outcome.output);
    }
    count_passed(host, sizeof found / sizeof found[0]);
}
END_TEST

int
main(void)
{
    const char *setting = getenv("PY2ABI_TEST_MEMCHECK");
    find_fixtures();
    Suite *suite = suite_create("memcheck");
    TCase *tcase = tcase_create("valgrind");
    tcase_set_timeout(tcase, 900);
    tcase_add_test(tcase, test_faulty);
    if (setting != NULL && strcmp(setting, "all") == 0) {
        tcase_add_loop_test(tcase, test_each, 0, fixture_count);
    }
    else {
        tcase_add_loop_test(tcase, test_chosen, 0, CHOSEN);
    }
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
