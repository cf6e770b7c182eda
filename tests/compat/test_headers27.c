/* test_headers27.c - our headers of Python 2.7: that they compile everywhere, and
 * that they say the same as the real ones. */

#include "config.h"
#include "../common/harness.h"

#include <ctype.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define INCLUDE TOP_SRCDIR "/compat/include"
/* Swept away with the extensions by `make clean`. */
#define WORKS TOP_BUILDDIR "/tests/hosts.d/headers27"

#define WARNINGS "-Wall", "-Wextra", "-Wshadow", "-Wundef", "-Werror", "-fno-strict-aliasing"

static const struct dialect {
    const char *compiler, *language, *standard;
} dialects[] = {
    {"gcc", "c", "-std=gnu89"},       {"gcc", "c", "-std=c99"},
    {"gcc", "c", "-std=gnu11"},       {"clang", "c", "-std=gnu11"},
    {"g++", "c++", "-std=c++98"},     {"g++", "c++", "-std=c++17"},
    {"clang++", "c++", "-std=c++98"}, {"clang++", "c++", "-std=c++17"},
};
enum { DIALECT_COUNT = sizeof dialects / sizeof dialects[0], ROW_COUNT = 2000 };

static bool
is_c(const struct dialect *dialect)
{
    return strcmp(dialect->language, "c") == 0;
}

/* Whether there is the compiler; if not, the test is skipped. */
static bool
has_compiler(const char *compiler)
{
    const char *args[] = {compiler, "--version", NULL};
    if (run_program(NULL, args).status == 0) {
        return true;
    }
    skip_test(format("%s: there is no such compiler", compiler));
    return false;
}

static struct outcome
run(struct command *command)
{
    return run_program(NULL, command->args);
}

/* A command that compiles, as far as all calls have it in common. */
static struct command
compiler(const struct dialect *dialect)
{
    struct command command = {.count = 0};
    ADD(&command, dialect->compiler, dialect->standard, "-x", dialect->language);
    return command;
}

static void
expect_success(const struct outcome *outcome, const char *what)
{
    ck_assert_msg(WIFEXITED(outcome->status) && WEXITSTATUS(outcome->status) == 0,
                  "%s: %s: %.4000s", what, status_text(outcome->status), outcome->output);
}

static void
make_works(void)
{
    mkdir(TOP_BUILDDIR "/tests", 0777);
    mkdir(TOP_BUILDDIR "/tests/hosts.d", 0777);
    mkdir(WORKS, 0777);
}

/* ---- Our headers by themselves ---- */

/* Those in which each header is compiled alone; the others have them together. */
static const int alone_in[] = {2, 6};
enum { ALONE_COUNT = sizeof alone_in / sizeof alone_in[0] };

START_TEST(test_alone)
{
    const struct dialect *dialect = &dialects[alone_in[_i]];
    glob_t headers;

    if (!has_compiler(dialect->compiler)) {
        return;
    }
    ck_assert_int_eq(glob(INCLUDE "/*.h", 0, NULL, &headers), 0);
    ck_assert_uint_gt(headers.gl_pathc, 50);
    for (size_t i = 0; i < headers.gl_pathc; i++) {
        /* The implementation is C. */
        for (int renamed = 0; renamed <= is_c(dialect); renamed++) {
            struct command command = compiler(dialect);
            ADD(&command, "-fsyntax-only", WARNINGS, "-I", INCLUDE, "-include",
                headers.gl_pathv[i]);
            if (renamed) {
                ADD(&command, "-DPY2ABI_RENAME", "-I", TOP_BUILDDIR "/compat");
            }
            ADD(&command, "/dev/null");
            struct outcome outcome = run(&command);
            expect_success(&outcome, format("%s, %s %s%s", headers.gl_pathv[i],
                                            dialect->compiler, dialect->standard,
                                            renamed ? ", renamed" : ""));
        }
    }
}
END_TEST

/* Two Pythons in one file would be worse than an error. */
START_TEST(test_mixed)
{
    const struct dialect *dialect = &dialects[2];
    if (!has_compiler(dialect->compiler)) {
        return;
    }
    struct command command = compiler(dialect);
    ADD(&command, "-fsyntax-only", "-DPy_PYTHON_H", "-include", INCLUDE "/Python.h", "/dev/null");
    struct outcome outcome = run(&command);
    ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "another Python"), "%s",
                  outcome.output);
}
END_TEST

/* The layouts and constants are those that were measured. */
START_TEST(test_layout)
{
    const struct dialect *dialect = &dialects[_i];
    if (!has_compiler(dialect->compiler)) {
        return;
    }
    struct command command = compiler(dialect);
    ADD(&command, "-fsyntax-only", WARNINGS, "-I", INCLUDE,
        source_file("tests/compat/layout27.c"));
    struct outcome outcome = run(&command);
    expect_success(&outcome, "layout27.c");
    /* The comparison can fail. */
    ADD(&command, "-fshort-enums");
    outcome = run(&command);
    ck_assert_msg(outcome.status != 0 && strstr(outcome.output, "PyGILState_STATE"),
                  "another size goes unnoticed: %s", outcome.output);
}
END_TEST

/* ---- Each macro is used, with no warning ---- */

START_TEST(test_macros)
{
    const struct dialect *dialect = &dialects[_i];
    const char *modes[] = {"-DMODE", "-DPY_SSIZE_T_CLEAN"};

    if (!has_compiler(dialect->compiler)) {
        return;
    }
    for (int m = 0; m < 2; m++) {
        struct command command = compiler(dialect);
        ADD(&command, "-fsyntax-only", "-O2", modes[m], WARNINGS, "-I", INCLUDE,
            source_file("tests/compat/macros27.c"));
        struct outcome outcome = run(&command);
        expect_success(&outcome,
                       format("%s %s %s", dialect->compiler, dialect->standard, modes[m]));
    }
}
END_TEST

/* What a file holds, without comments. */
static char *
read_code(const char *path)
{
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s cannot be read", path);
    char *text = calloc(1, 1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, file);
    ck_assert_uint_lt(n, (1 << 20) - 1);
    fclose(file);
    for (char *start = text; (start = strstr(start, "/*")) != NULL;) {
        char *end = strstr(start, "*/");
        ck_assert_msg(end != NULL, "%s: a comment does not end", path);
        memset(start, ' ', (size_t)(end + 2 - start));
    }
    return text;
}

static bool
is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool
has_word(const char *text, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = text; (at = strstr(at, word)) != NULL; at++) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[length])) {
            return true;
        }
    }
    return false;
}

START_TEST(test_each_macro)
{
    const char *uses[] = {read_code(source_file("tests/compat/macros27.c")),
                          read_code(source_file("tests/compat/layout27.def"))};
    glob_t headers;
    int count = 0;

    ck_assert_int_eq(glob(INCLUDE "/*.h", 0, NULL, &headers), 0);
    for (size_t i = 0; i < headers.gl_pathc; i++) {
        const char *name = strrchr(headers.gl_pathv[i], '/') + 1;
        /* These describe a build, or are our own. */
        if (strcmp(name, "pyconfig.h") == 0 || strcmp(name, "patchlevel.h") == 0
            || strcmp(name, "declare27.h") == 0) {
            continue;
        }
        char *text = read_code(headers.gl_pathv[i]);
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            char macro[100];
            if (sscanf(line, "#define %99[A-Za-z0-9_]", macro) != 1
                || strncmp(macro, "PY2ABI_", 7) == 0) {
                continue;
            }
            ck_assert_msg(has_word(uses[0], macro) || has_word(uses[1], macro),
                          "%s: %s is used nowhere", name, macro);
            count++;
        }
    }
    ck_assert_int_gt(count, 900);
}
END_TEST

/* ---- What a compiled file imports ---- */

struct names {
    char *names[ROW_COUNT];
    int count;
};

/* Python's names among the imports of the object file, in the order of nm. */
static struct names
imports(const char *object)
{
    const char *args[] = {"nm", "-u", "-P", object, NULL};
    struct outcome outcome = run_program(NULL, args);
    struct names found = {.count = 0};

    expect_success(&outcome, format("nm %s", object));
    for (char *line = strtok(outcome.output, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        line[strcspn(line, " ")] = '\0';
        if (strncmp(line, "py2_", 4) == 0 || strncmp(line + (line[0] == '_'), "Py", 2) == 0) {
            ck_assert_int_lt(found.count, ROW_COUNT);
            found.names[found.count++] = line;
        }
    }
    return found;
}

static struct names
compile_macros(const struct dialect *dialect, const char *object, const char *mode,
               const struct command *options)
{
    struct command command = compiler(dialect);
    ADD(&command, "-c", "-w", mode);
    add_words(&command, options->args);
    ADD(&command, source_file("tests/compat/macros27.c"), "-o", object);
    struct outcome outcome = run(&command);
    expect_success(&outcome, format("%s %s", dialect->compiler, object));
    return imports(object);
}

START_TEST(test_renamed)
{
    const struct dialect *dialect = &dialects[2];
    struct command options = {.count = 0};

    if (!has_compiler(dialect->compiler)) {
        return;
    }
    make_works();
    ADD(&options, "-I", INCLUDE, "-I", TOP_BUILDDIR "/compat");
    struct names found = compile_macros(dialect, WORKS "/renamed.o", "-DPY2ABI_RENAME", &options);
    ck_assert_int_gt(found.count, 200);
    for (int i = 0; i < found.count; i++) {
        ck_assert_msg(strncmp(found.names[i], "py2_", 4) == 0, "%s is not renamed",
                      found.names[i]);
    }
}
END_TEST

/* ---- The real headers, and a real Python 2.7 ---- */

/* The host's headers as options; false if there are none that can be compared. */
static bool
find_headers(const struct host *host, struct command *options)
{
    const char *args[] = {source_file("tests/headers"), host->path, NULL};
    struct outcome outcome = run_program(NULL, args);

    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return false;
    }
    expect_success(&outcome, host->name);
    add_split(options, outcome.output, "\n");
    return true;
}

/* macros27.c imports the same with both. */
static void
compare_imports(const struct dialect *dialect, const char *directory,
                const struct command *ours, const struct command *real)
{
    const char *modes[] = {"-DMODE", "-DPY_SSIZE_T_CLEAN"};

    for (int m = 0; m < 2; m++) {
        struct names a = compile_macros(dialect, format("%s/ours.o", directory), modes[m], ours);
        struct names b = compile_macros(dialect, format("%s/real.o", directory), modes[m], real);
        ck_assert_int_gt(b.count, 200);
        for (int i = 0; i < a.count || i < b.count; i++) {
            const char *x = i < a.count ? a.names[i] : "nothing";
            const char *y = i < b.count ? b.names[i] : "nothing";
            ck_assert_msg(strcmp(x, y) == 0, "%s, %s: ours import %s, the real ones %s",
                          dialect->compiler, modes[m], x, y);
        }
    }
}

/* What the real interpreter prints with extensions that are compiled that way. */
static const char *
use_extensions(const struct host *host, const char *directory, const struct command *options)
{
    static const struct {
        int dialect;
        const char *source, *module;
    } extensions[] = {
        {2, "tests/compat/plain27.c", "plain27"},
        {2, "tests/compat/cython27.c", "cython27"},
        {4, "tests/compat/swig27.cpp", "swig27"},
    };

    mkdir(directory, 0777);
    for (int i = 0; i < 3; i++) {
        struct command command = compiler(&dialects[extensions[i].dialect]);
        ADD(&command, "-O2", "-g", "-fPIC", "-shared", WARNINGS);
        add_words(&command, options->args);
        ADD(&command, source_file(extensions[i].source), "-o",
            format("%s/%s.so", directory, extensions[i].module));
        struct outcome outcome = run(&command);
        expect_success(&outcome, extensions[i].source);
    }
    const char *args[] = {host->path, "-B", source_file("tests/compat/use27.py"), directory, NULL};
    struct outcome outcome = run_program(NULL, args);
    expect_success(&outcome, directory);
    ck_assert_msg(strstr(outcome.output, "\ndone\n") != NULL, "%s", outcome.output);
    return outcome.output;
}

START_TEST(test_real)
{
    const struct host *host = host_at(_i);
    const struct dialect *dialect = &dialects[2];
    struct command ours = {.count = 0}, real = {.count = 0};

    if (host->number != 0x0207) {
        idle_test();
        return;
    }
    if (!has_compiler(dialect->compiler) || !has_compiler(dialects[4].compiler)
        || !find_headers(host, &real)) {
        return;
    }
    ADD(&ours, "-I", INCLUDE);
    struct command command = compiler(dialect);
    ADD(&command, "-fsyntax-only", "-w");
    add_words(&command, real.args);
    ADD(&command, source_file("tests/compat/layout27.c"));
    struct outcome outcome = run(&command);
    if (strstr(outcome.output, "another configuration") != NULL) {
        count_skipped(host, "its headers are of another configuration than ours describe");
        return;
    }
    expect_success(&outcome, host->name);
    count_passed(host, 1);

    make_works();
    char *directory = format(WORKS "/%d", _i);
    mkdir(directory, 0777);
    compare_imports(dialect, directory, &ours, &real);
    count_passed(host, 1);

    const char *with_ours = use_extensions(host, format("%s/ours", directory), &ours);
    const char *with_real = use_extensions(host, format("%s/real", directory), &real);
    ck_assert_msg(strcmp(with_ours, with_real) == 0,
                  "%s: with our headers:\n%.3500s\nwith the real ones:\n%.3500s", host->name,
                  with_ours, with_real);
    count_passed(host, 1);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("headers27");
    TCase *tcase = tcase_create("headers27");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, test_alone, 0, ALONE_COUNT);
    tcase_add_test(tcase, test_mixed);
    tcase_add_loop_test(tcase, test_layout, 2, 4);
    tcase_add_loop_test(tcase, test_macros, 0, DIALECT_COUNT);
    tcase_add_test(tcase, test_each_macro);
    tcase_add_test(tcase, test_renamed);
    tcase_add_loop_test(tcase, test_real, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
