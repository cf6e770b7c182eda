/* test_import.c - importing Python 2 binaries: the hook, the binder, the module
 * protocol.  cases.py has the cases; each runs in each host. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define DIRECTORY TOP_BUILDDIR "/tests/import.d"

/* What is built, in this order: libraries before those that need them. */
static const struct {
    const char *output, *source, *flags;
} files[] = {
    {"plain.so", "plain.c", ""},
    {"package/inner.so", "plain.c", "-DMODULE_NAME=inner"},
    {"failing.so", "plain.c", "-DMODULE_NAME=failing -DFAIL"},
    {"failing_late.so", "plain.c", "-DMODULE_NAME=failing_late -DFAIL_LATE"},
    {"silent.so", "plain.c", "-DMODULE_NAME=silent -DSILENT"},
    {"lib/libpython2.7.so.1.0", "library.c", "-DFAKE_PYTHON -Wl,-soname,libpython2.7.so.1.0"},
    {"wants_python.so", "plain.c", "-DMODULE_NAME=wants_python -Wl,--no-as-needed " DIRECTORY
     "/lib/libpython2.7.so.1.0 -Wl,-rpath,$ORIGIN/lib"},
    {"lib/libnamed.so", "library.c", "-DNUMBER=11 -Wl,-soname,libnamed.so"},
    {"by_origin.so", "plain.c", "-DMODULE_NAME=by_origin -DDEPENDS -L" DIRECTORY
     "/lib -lnamed -Wl,-rpath,$ORIGIN/lib"},
    {"lib/libunnamed.so", "library.c", "-DNUMBER=12"},
    {"by_origin_unnamed.so", "plain.c", "-DMODULE_NAME=by_origin_unnamed -DDEPENDS -L" DIRECTORY
     "/lib -lunnamed -Wl,-rpath,${ORIGIN}/lib,--disable-new-dtags"},
    {"lib/libuser.so", "library.c", "-DPYTHON_LIBRARY -Wl,-soname,libuser.so"},
    {"by_library.so", "plain.c", "-DMODULE_NAME=by_library -DPYTHON_LIBRARY -L" DIRECTORY
     "/lib -luser -Wl,-rpath," DIRECTORY "/lib"},
    {"build/libnowhere.so", "library.c", "-DNUMBER=13 -Wl,-soname,libnowhere.so"},
    {"without_library.so", "plain.c", "-DMODULE_NAME=without_library -DDEPENDS -L" DIRECTORY
     "/build -lnowhere"},
    {"odd_ucs2.so", "odd.c", "-DUCS2"},
    {"odd_pre25.so", "odd.c", "-DPRE25"},
    {"odd_debug.so", "odd.c", "-DDEBUG_BUILD"},
    {"odd_unknown.so", "odd.c", "-DUNKNOWN"},
    {"odd_other.so", "odd.c", "-DOTHER"},
    {"cxx.so", "cxx.cc", "-std=c++11"},
};

static void
build_files(void)
{
    const char *make[] = {"mkdir", "-p", DIRECTORY "/package", DIRECTORY "/lib",
                          DIRECTORY "/build", DIRECTORY "/scratch", NULL};
    struct outcome made = run_program(NULL, make);
    if (made.status != 0) {
        fprintf(stderr, "%s", made.output);
        exit(EXIT_FAILURE);
    }
    FILE *init = fopen(DIRECTORY "/package/__init__.py", "w");
    if (init != NULL) {
        fclose(init);
    }
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char output[1000], source[1000];
        int cxx = strstr(files[i].source, ".cc") != NULL;
        const char *compiler = getenv(cxx ? "CXX" : "CC");
        snprintf(output, sizeof output, "%s/%s", DIRECTORY, files[i].output);
        snprintf(source, sizeof source, "%s/tests/import/%s", TOP_SRCDIR, files[i].source);
        struct command command = {.count = 0};
        add_split(&command, compiler != NULL ? compiler : cxx ? "c++" : "cc", " ");
        ADD(&command, "-g", "-O1", "-fPIC", "-shared", "-fno-strict-aliasing", "-w",
            "-I" TOP_SRCDIR "/compat/include", "-o", output, source);
        add_split(&command, files[i].flags, " ");
        struct outcome outcome = run_program(NULL, command.args);
        if (outcome.status != 0) {
            fprintf(stderr, "%s does not compile:\n%s\n", output, outcome.output);
            exit(EXIT_FAILURE);
        }
    }
}

enum { CASES_MAX = 100 };
static char *cases[CASES_MAX];
static int case_count;

static void
list_cases(void)
{
    for (int i = 0; i < host_count() && case_count == 0; i++) {
        if (guests_closed(host_at(i)) != NULL) {
            continue;
        }
        const char *args[] = {source_file("tests/import/cases.py"), "--list", NULL};
        struct outcome outcome = run_guests(NULL, host_at(i), DIRECTORY, NULL, args);
        char *rest = outcome.output, *line;
        while (outcome.status == 0 && (line = strsep(&rest, "\n")) != NULL
               && case_count < CASES_MAX) {
            if (*line != '\0') {
                cases[case_count++] = line;
            }
        }
    }
    if (case_count == 0) {
        fprintf(stderr, "no host can list the cases\n");
        exit(EXIT_FAILURE);
    }
}

START_TEST(test_case)
{
    const char *name = cases[_i % case_count];
    const struct host *host = host_at(_i / case_count);
    const char *closed = guests_closed(host);
    if (closed != NULL) {
        if (_i % case_count == 0) {
            count_skipped(host, closed);
        }
        idle_test();
        return;
    }
    char scratch[1000], setting[1100];
    snprintf(scratch, sizeof scratch, "%s/scratch/%d.%d", DIRECTORY, _i, (int)getpid());
    snprintf(setting, sizeof setting, "PY2ABI_TEST_SCRATCH=%s", scratch);
    ck_assert_msg(mkdir(scratch, 0777) == 0, "%s", scratch);
    char library[1100];
    snprintf(library, sizeof library, "PY2ABI_TEST_LIBRARY=%s", library_file());
    const char *env[] = {setting, library, "PY2ABI_TEST_PYTHON=" TOP_BUILDDIR "/python",
#ifdef WITH_SANITIZERS
                         "PY2ABI_TEST_RUNTIME=" SANITIZER_RUNTIME,
#endif
                         NULL};
    const char *args[] = {source_file("tests/import/cases.py"), name, NULL};
    struct outcome outcome = run_guests(NULL, host, DIRECTORY, env, args);
    const char *clean[] = {"rm", "-rf", scratch, NULL};
    run_program(NULL, clean);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return;
    }
    ck_assert_msg(outcome.status == 0, "%s: %s ended with %s:\n%.4000s", host->name, name,
                  status_text(outcome.status), outcome.output);
    count_passed(host, 1);
}
END_TEST

int
main(void)
{
    build_files();
    list_cases();
    Suite *suite = suite_create("import");
    TCase *tcase = tcase_create("cases");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_case, 0, case_count * host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
