/* test_fuzz_formats.c - PyArg_Parse* (TARGET "parse") or Py_BuildValue ("build") with any
 * format, for a bounded time: fuzz_formats.py in a host, under PY2ABI_CHECK.
 *
 * PY2ABI_FUZZ_SECONDS says for how long (5), PY2ABI_FUZZ_SEED with which seed (1).  The
 * input that failed stays in the build tree. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIRECTORY TOP_BUILDDIR "/tests/fuzz.d/" TARGET
#define STATE     TOP_BUILDDIR "/tests/fuzz/input." TARGET

/* What run_program waits for at most has to be longer. */
enum { SLICE_SECONDS = 100 };

static int
number_from(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text != NULL && *text != '\0' ? atoi(text) : otherwise;
}

static void
build(const char *name, const char *flag)
{
    char output[sizeof DIRECTORY + 64], module[64];
    struct command command = {.count = 0};
    const char *compiler = getenv("CC");
    snprintf(output, sizeof output, DIRECTORY "/%s.so", name);
    snprintf(module, sizeof module, "-DMODULE=%s", name);
    add_split(&command, compiler != NULL ? compiler : "cc", " ");
    ADD(&command, "-g", "-O1", "-fPIC", "-shared", "-fno-strict-aliasing", "-w", module, flag,
        "-I" TOP_SRCDIR "/compat/include", "-o", output, source_file("tests/fuzz/formats.c"));
    struct outcome outcome = run_program(NULL, command.args);
    if (outcome.status != 0) {
        fprintf(stderr, "formats.c does not compile:\n%s\n", outcome.output);
        exit(EXIT_FAILURE);
    }
}

/* The newest host that guests can be on, or NULL. */
static const struct host *
find_host(void)
{
    const struct host *found = NULL;
    for (int i = 0; i < host_count(); i++) {
        const struct host *host = host_at(i);
        if (guests_closed(host) == NULL && (found == NULL || host->number > found->number)) {
            found = host;
        }
    }
    return found;
}

START_TEST(test_formats)
{
    int seconds = number_from("PY2ABI_FUZZ_SECONDS", 5) - _i * SLICE_SECONDS;
    int seed = number_from("PY2ABI_FUZZ_SEED", 1) + _i, inputs = 0, results = 0;
    char seconds_text[16], seed_text[16];
    const struct host *host = find_host();
    if (host == NULL) {
        skip_test("there is no host for guests");
        return;
    }
    snprintf(seconds_text, sizeof seconds_text, "%d",
             seconds < SLICE_SECONDS ? seconds : SLICE_SECONDS);
    snprintf(seed_text, sizeof seed_text, "%d", seed);
    const char *env[] = {"PY2ABI_CHECK=on", "PYTHONWARNINGS=ignore", NULL};
    const char *args[] = {source_file("tests/fuzz/fuzz_formats.py"), TARGET, seconds_text,
                          seed_text, STATE, NULL};
    struct outcome outcome = run_guests(NULL, host, DIRECTORY, env, args);
    ck_assert_msg(outcome.status == 0, "%s: %s; again: fuzz_formats.py again %s\n%.3000s",
                  host->name, status_text(outcome.status), STATE, outcome.output);
    ck_assert_msg(sscanf(outcome.output, "%d inputs, %d results", &inputs, &results) == 2
                      && inputs > 100 && results > 10, "hardly anything was done: %.1000s",
                  outcome.output);
    printf("seed %d: %s", seed, outcome.output);
    count_passed(host, 1);
    unlink(STATE);
}
END_TEST

int
main(void)
{
    const char *make[] = {"mkdir", "-p", DIRECTORY, TOP_BUILDDIR "/tests/fuzz", NULL};
    run_program(NULL, make);
    build("formats", "-UPY_SSIZE_T_CLEAN");
    build("formats_clean", "-DPY_SSIZE_T_CLEAN");
    int seconds = number_from("PY2ABI_FUZZ_SECONDS", 5);
    Suite *suite = suite_create("fuzz_formats " TARGET);
    TCase *tcase = tcase_create(TARGET);
    tcase_set_timeout(tcase, 3 * SLICE_SECONDS);
    tcase_add_loop_test(tcase, test_formats, 0, (seconds + SLICE_SECONDS - 1) / SLICE_SECONDS);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
