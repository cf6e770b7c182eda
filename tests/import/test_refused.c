/* test_refused.c - where there is no Python 2.7 ABI: what is said of a binary for Python 2
 * by each that could be asked to load one. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define DIRECTORY TOP_BUILDDIR "/tests/import.d"

static const char sentence[] =
    "plain.so: is a binary for Python 2, and those are loaded in 64-bit processes only";

static void
build(const char *name, const char *source, const char *flags)
{
    struct command command = {.count = 0};
    const char *compiler = getenv("CC");
    add_split(&command, compiler != NULL ? compiler : "cc", " ");
    ADD(&command, "-O1", "-fPIC", "-shared", "-w", "-I" TOP_SRCDIR "/compat/include", "-o",
        format(DIRECTORY "/%s.so", name), source);
    add_split(&command, flags, " ");
    struct outcome outcome = run_program(NULL, command.args);
    if (outcome.status != 0) {
        fprintf(stderr, "%s does not compile:\n%s\n", source, outcome.output);
        exit(EXIT_FAILURE);
    }
}

/* Extensions for Python 3, which are given the old buffer protocol's functions. */
static void
build_extensions(void)
{
    static const char extension[] = DIRECTORY "/extension.c";
    FILE *file = fopen(extension, "w");
    if (file == NULL
        || fputs("int PyObject_CheckReadBuffer(void *);\n"
                 "void *NAME(void) { PyObject_CheckReadBuffer(0); return 0; }\n", file) < 0
        || fclose(file) != 0) {
        perror(extension);
        exit(EXIT_FAILURE);
    }
    build("alone", extension, "-DNAME=PyInit_alone");
    /* One that uses a library that is for Python 2. */
    build("needing", extension, "-DNAME=PyInit_needing -Wl,--no-as-needed " DIRECTORY "/plain.so");
}

START_TEST(test_import)
{
    static const struct {
        const char *script, *sentence;
    } cases[] = {
        {"import plain", sentence},
        {"import py2abi, plain", sentence},
        {"import py2abi; py2abi.load('" DIRECTORY "/plain.so')", sentence},
        {"import py2abi; py2abi.load('" DIRECTORY "/alone.so')",
         "alone.so: is an extension module for Python 3, which loads without py2abi"},
        {"import py2abi; py2abi.load('" DIRECTORY "/needing.so')", sentence},
        {"import py2abi; py2abi.load('" DIRECTORY "/nothing.so')", "nothing.so: cannot be found"},
    };
    const struct host *host = host_at(_i);
    const char *closed = guests_closed(host);
    char library[1100], setting[2200];
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    snprintf(library, sizeof library, "PY2ABI_LIBRARY=%s", library_file());
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(setting, sizeof setting, "PYTHONPATH=%s:%s", DIRECTORY, python_folder());
        const char *env[] = {library, setting, NULL};
        const char *args[] = {"-c", cases[i].script, NULL};
        struct outcome outcome = run_guests(NULL, host, DIRECTORY, env, args);
        ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1
                          && strstr(outcome.output, "ImportError") != NULL
                          && strstr(outcome.output, cases[i].sentence) != NULL,
                      "%s: %s: %s\n%.3000s", host->name, cases[i].script, status_text(outcome.status),
                      outcome.output);
        count_passed(host, 1);
    }
}
END_TEST

START_TEST(test_audit)
{
    const char *args[] = {command_file(), "audit", DIRECTORY "/plain.so", NULL};
    struct outcome outcome = run_program(NULL, args);
    ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1
                      && strstr(outcome.output, "will not load: it is a binary for Python 2, and "
                                                "those are loaded in 64-bit processes only"),
                  "%s\n%.3000s", status_text(outcome.status), outcome.output);
}
END_TEST

int
main(void)
{
    const char *make[] = {"mkdir", "-p", DIRECTORY, NULL};
    run_program(NULL, make);
    build("plain", source_file("tests/import/plain.c"), "");
    build_extensions();
    Suite *suite = suite_create("refused");
    TCase *tcase = tcase_create("refused");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_import, 0, host_count());
    tcase_add_test(tcase, test_audit);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
