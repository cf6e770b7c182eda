/* cases.c - running a file of Python cases in every host and way. */

#include "config.h"
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { CASES_MAX = 128 };

static struct {
    char name[80], views[16];
    int since; /* as struct host's number */
} cases[CASES_MAX];
static int case_count;
static const char *case_file;

static const char *const dispatches[] = {"PY2ABI_DISPATCH=auto", "PY2ABI_DISPATCH=ffi"};

/* A test's number says host, way, dispatch and case. */
START_TEST(test_case)
{
    int number = _i;
    int n = number % case_count;
    const char *dispatch = dispatches[(number /= case_count) % 2];
    enum way way = (number /= 2) % WAY_COUNT;
    const struct host *host = host_at(number / WAY_COUNT);
    char views[32];

    if (host->number < 0x0300) {
        idle_test();
        return; /* Its own functions are used, which have no views. */
    }
    /* The ways, and the dispatch, are the same in all but for a few differences of versions. */
    if (!host_is_chosen(host) && (dispatch != dispatches[0] || way == EMBEDDED)
        && way_is_ours(host, PRELOADED)) {
        idle_test();
        return;
    }
    const char *closed = way_closed(host, way);
    if (closed != NULL) {
        if (n == 0) {
            count_skipped(host, closed);
        }
        idle_test();
        return;
    }
    /* A preloaded library and one that is linked statically are the same but for
     * how they are found, which the battery sees to. */
    if (!way_is_ours(host, way) || (way == STATIC && way_is_ours(host, PRELOADED))) {
        idle_test();
        return;
    }
    /* Nor has the way anything to do with the dispatch. */
    if (dispatch != dispatches[0] && way != PRELOADED && way_is_ours(host, PRELOADED)
        && way_closed(host, PRELOADED) == NULL) {
        idle_test();
        return;
    }
    if (host->number < cases[n].since) {
        count_skipped(host, "a case needs a later version");
        return;
    }
    snprintf(views, sizeof views, "PY2ABI_VIEWS=%s", cases[n].views);
    /* A free-threaded host without its GIL, and, with the other dispatch, with
     * it, which it takes for a module that says nothing.  Without it, holding
     * views is not prompt: two threads that set trace functions at once can
     * lose each other's events (PyObject_AsReadBuffer(3)). */
    const char *gil = host->free_threaded && dispatch == dispatches[0]
                              && strcmp(cases[n].views, "release") == 0
                          ? "PYTHON_GIL=0"
                          : NULL;
    const char *env[] = {dispatch, views, gil, NULL};
    const char *args[] = {case_file, cases[n].name, NULL};
    struct outcome outcome = run_host(host, way, env, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        /* The reason is the last line: the host may have said something before. */
        size_t length = strlen(outcome.output);
        if (length > 0 && outcome.output[length - 1] == '\n') {
            outcome.output[length - 1] = '\0';
        }
        char *line = strrchr(outcome.output, '\n');
        count_skipped(host, line != NULL ? line + 1 : outcome.output);
        return;
    }
    ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0,
                  "%s, %s, %s, %s: %s ended with %s:\n%.4000s", host->name, way_names[way], dispatch,
                  views, cases[n].name, status_text(outcome.status), outcome.output);
    count_passed(host, 1);
}
END_TEST

/* The list comes from the file itself; any host can tell it. */
static void
list_cases(void)
{
    for (int i = 0; i < host_count() && case_count == 0; i++) {
        const struct host *host = host_at(i);
        if (host->number < 0x0300 || way_closed(host, BARE) != NULL) {
            continue;
        }
        const char *args[] = {case_file, "--list", NULL};
        struct outcome outcome = run_host(host, BARE, NULL, args);
        char *rest = outcome.output, *line;
        while (outcome.status == 0 && (line = strsep(&rest, "\n")) != NULL
               && case_count < CASES_MAX) {
            unsigned since;
            if (sscanf(line, "%79s 0x%x %15s", cases[case_count].name, &since,
                       cases[case_count].views)
                == 3) {
                cases[case_count++].since = (int)since;
            }
        }
    }
    if (case_count == 0) {
        fprintf(stderr, "no host can list the cases of %s\n", case_file);
        exit(EXIT_FAILURE);
    }
}

void
add_cases(Suite *suite, const char *file)
{
    case_file = source_file(file);
    list_cases();
    TCase *tcase = tcase_create(file);
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_case, 0, case_count * 2 * WAY_COUNT * host_count());
    suite_add_tcase(suite, tcase);
}
