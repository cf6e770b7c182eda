/* test_fuzz.c - runs the fuzz target with pseudo-random inputs for a bounded time.
 *
 * PY2ABI_FUZZ_SECONDS says for how long (10), PY2ABI_FUZZ_SEED with which seed
 * the inputs begin (1).  The input that was running when something went wrong
 * stays in the build tree. */

#include "config.h"
#include "../common/harness.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SLICE_SECONDS = 60, SLICES_MAX = 24 * 60 };

static const char fuzzer[] = TOP_BUILDDIR "/fuzz_asbuffer";
static char libpython[4096], home[4096], allocator[64];

static int
number_from(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text != NULL && *text != '\0' ? atoi(text) : otherwise;
}

/* Whether the configured interpreter has a libpython to embed; if not, says
 * so. */
static bool
find_libpython(void)
{
    const char *args[] = {PYTHON, source_file("tests/fuzz/libpython.py"), NULL};
    const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};
    struct outcome outcome = run_program(env, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        skip_test(outcome.output);
        return false;
    }
    ck_assert_msg(outcome.status == 0
                      && sscanf(outcome.output, "%4095[^\n]\n%4095[^\n]\n%63s", libpython, home,
                                allocator) == 3,
                  "libpython.py: %s", outcome.output);
    return true;
}

static struct outcome
run_fuzzer(const char *const *args)
{
    char library[5000], prefix[5000], malloc_text[100];
    snprintf(library, sizeof library, "PY2ABI_LIBPYTHON=%s", libpython);
    snprintf(prefix, sizeof prefix, "PYTHONHOME=%s", home);
    snprintf(malloc_text, sizeof malloc_text, "PYTHONMALLOC=%s", allocator);
    const char *env[] = {
        library, prefix, malloc_text, "PYTHONDONTWRITEBYTECODE=1",
        /* The fuzzer sets these itself, input by input. */
        "PY2ABI_DISPATCH=", "PY2ABI_VIEWS=",
        /* Python leaks by design at its end. */
        "ASAN_OPTIONS=detect_leaks=0", NULL,
    };
    return run_program(env, args);
}

static const char *
input_name(const char *what)
{
    static char name[sizeof TOP_BUILDDIR + 64];
    mkdir(TOP_BUILDDIR "/tests", 0777);
    mkdir(TOP_BUILDDIR "/tests/fuzz", 0777);
    snprintf(name, sizeof name, TOP_BUILDDIR "/tests/fuzz/input.%s", what);
    return name;
}

/* What went wrong before. */
START_TEST(test_known)
{
    glob_t files;

    if (!find_libpython()) {
        return;
    }
    ck_assert_int_eq(glob(source_file("tests/fuzz/inputs/*"), 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *args[] = {fuzzer, files.gl_pathv[i], NULL};
        struct outcome outcome = run_fuzzer(args);
        ck_assert_msg(outcome.status == 0, "%s: %s: %s", files.gl_pathv[i],
                      status_text(outcome.status), outcome.output);
    }
}
END_TEST

START_TEST(test_random)
{
    int seconds = number_from("PY2ABI_FUZZ_SECONDS", 10) - _i * SLICE_SECONDS;
    int seed = number_from("PY2ABI_FUZZ_SEED", 1) + _i;
    char seconds_text[16], seed_text[16];

    if (!find_libpython()) {
        return;
    }
    snprintf(seconds_text, sizeof seconds_text, "%d",
             seconds < SLICE_SECONDS ? seconds : SLICE_SECONDS);
    snprintf(seed_text, sizeof seed_text, "%d", seed);
    const char *input = input_name(seed_text);
    const char *args[] = {fuzzer, "-seconds", seconds_text, "-seed", seed_text,
                          "-input", input, NULL};
    struct outcome outcome = run_fuzzer(args);
    ck_assert_msg(outcome.status == 0,
                  "%s with the input %s\nAgain: PY2ABI_LIBPYTHON=%s PYTHONHOME=%s "
                  "PYTHONMALLOC=%s %s %s\n%s",
                  status_text(outcome.status), input, libpython, home, allocator, fuzzer, input,
                  outcome.output);
    unlink(input);
    unsigned long long inputs = 0, calls = 0, views = 0;
    ck_assert_int_eq(sscanf(outcome.output, "%llu inputs, %llu calls, %llu views", &inputs, &calls,
                            &views), 3);
    ck_assert_msg(inputs > 0 && calls > inputs && views > inputs, "hardly anything was done: %s",
                  outcome.output);
    printf("seed %d: %s", seed, outcome.output);
}
END_TEST

/* That a difference from the model is noticed, and that the input that is left
 * shows it again. */
START_TEST(test_notices)
{
    if (!find_libpython()) {
        return;
    }
    const char *input = input_name("self-test");
    const char *args[] = {fuzzer, "-self-test", "-seconds", "10", "-input", input, NULL};
    struct outcome outcome = run_fuzzer(args);
    ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "fuzz_asbuffer: line"),
                  "a spoilt model agrees: %s: %s", status_text(outcome.status), outcome.output);

    const char *again[] = {fuzzer, "-self-test", input, NULL};
    outcome = run_fuzzer(again);
    ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "fuzz_asbuffer: line"),
                  "%s does not show it again: %s: %s", input, status_text(outcome.status),
                  outcome.output);
    const char *sound[] = {fuzzer, input, NULL};
    outcome = run_fuzzer(sound);
    ck_assert_msg(outcome.status == 0, "%s: %s", input, outcome.output);
    unlink(input);
}
END_TEST

int
main(void)
{
    int seconds = number_from("PY2ABI_FUZZ_SECONDS", 10);
    int slices = (seconds + SLICE_SECONDS - 1) / SLICE_SECONDS;
    Suite *suite = suite_create("fuzz");
    TCase *tcase = tcase_create("asbuffer");
    tcase_set_timeout(tcase, SLICE_SECONDS + 60);
    tcase_add_test(tcase, test_notices);
    tcase_add_test(tcase, test_known);
    tcase_add_loop_test(tcase, test_random, 0, slices < SLICES_MAX ? slices : SLICES_MAX);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
