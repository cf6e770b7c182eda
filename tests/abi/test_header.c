/* test_header.c - the public header with every host's headers, language and
 * compiler, and the internal ones, each alone. */

#include "config.h"
#include "../common/harness.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GCC, GXX, CLANG, CLANGXX, COMPILER_COUNT };
static const char *const compilers[] = {"gcc", "g++", "clang", "clang++"};
static bool is_there[COMPILER_COUNT];

static const struct {
    int compiler;
    const char *language, *standard;
} dialects[] = {
    {GCC, "c", "-std=c99"},         {GCC, "c", "-std=c11"},
    {GXX, "c++", "-std=c++11"},     {GXX, "c++", "-std=c++17"},
    {CLANG, "c", "-std=c99"},       {CLANG, "c", "-std=c11"},
    {CLANGXX, "c++", "-std=c++11"}, {CLANGXX, "c++", "-std=c++17"},
};
enum { DIALECT_COUNT = sizeof dialects / sizeof dialects[0] };

static void
find_compilers(void)
{
    for (int c = 0; c < COMPILER_COUNT; c++) {
        const char *args[] = {compilers[c], "--version", NULL};
        is_there[c] = run_program(NULL, args).status == 0;
        if (!is_there[c]) {
            printf("skipped: %s: there is no such compiler\n", compilers[c]);
        }
    }
}

/* ---- The public header ---- */

/* Whether the host has headers; if so, adds the options for them. */
static bool
add_host_headers(struct command *command, const struct host *host)
{
    const char *args[] = {source_file("tests/headers"), host->path, NULL};
    struct outcome outcome = run_program(NULL, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return false;
    }
    ck_assert_msg(outcome.status == 0, "%s: %s", host->name, outcome.output);
    add_split(command, outcome.output, "\n");
    return true;
}

START_TEST(test_public)
{
    const struct host *host = host_at(_i);
    struct command headers = {.count = 0};
    int passed = 0;

    if (host->number < 0x0300) {
        return; /* What is built for Python 2 is not linked with the library. */
    }
    if (!add_host_headers(&headers, host)) {
        return;
    }
    for (int d = 0; d < DIALECT_COUNT; d++) {
        if (!is_there[dialects[d].compiler]) {
            continue;
        }
        struct command command = {.count = 0};
        ADD(&command, compilers[dialects[d].compiler], dialects[d].standard, "-fsyntax-only",
            "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wundef", "-Werror");
        ADD(&command, "-I", source_file("src"));
        add_words(&command, headers.args);
        ADD(&command, "-x", dialects[d].language, source_file("tests/abi/header.c"));
        struct outcome outcome = run_program(NULL, command.args);
        ck_assert_msg(outcome.status == 0, "%s: %s %s: %s", host->name,
                      compilers[dialects[d].compiler], dialects[d].standard, outcome.output);
        passed++;
        if (d == _i % DIALECT_COUNT) {
            /* The comparison of the types can fail. */
            ADD(&command, "-DLENGTH=short");
            outcome = run_program(NULL, command.args);
            ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "PyObject_AsReadBuffer"),
                          "%s: %s %s takes a wrong type: %s", host->name,
                          compilers[dialects[d].compiler], dialects[d].standard, outcome.output);
        }
    }
    count_passed(host, passed);
}
END_TEST

/* ---- The internal headers ---- */

START_TEST(test_internal)
{
    glob_t headers;
    ck_assert_int_eq(glob(source_file("src/*.h"), 0, NULL, &headers), 0);
    ck_assert_uint_gt(headers.gl_pathc, 1);
    ck_assert_msg(is_there[GCC] || is_there[CLANG], "neither gcc nor clang is in PATH");
    for (int c = GCC; c <= CLANG; c += CLANG - GCC) {
        for (size_t i = 0; is_there[c] && i < headers.gl_pathc; i++) {
            struct command command = {.count = 0};
            ADD(&command, compilers[c], "-fsyntax-only", "-Wall", "-Wextra", "-Wshadow", "-Wundef",
                "-Wno-unused-function", "-Werror", "-I", TOP_BUILDDIR);
            add_split(&command, BUILD_FLAGS, " ");
            ADD(&command, "-include", headers.gl_pathv[i], "-x", "c", "/dev/null");
            struct outcome outcome = run_program(NULL, command.args);
            ck_assert_msg(outcome.status == 0, "%s, %s: %s", headers.gl_pathv[i], compilers[c],
                          outcome.output);
        }
    }
}
END_TEST

int
main(void)
{
    find_compilers();
    Suite *suite = suite_create("header");
    TCase *tcase = tcase_create("headers");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_public, 0, host_count());
    tcase_add_test(tcase, test_internal);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
