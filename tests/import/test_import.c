/* test_import.c - importing Python 2 binaries: the hook, the binder, the module
 * protocol.  cases.py and living.py have the cases; each runs in each host. */

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
    {"victim.so", "plain.c", "-DMODULE_NAME=victim -Wl,--hash-style=both,-z,lazy"},
    {"sealed.so", "sealed.c", "-D_GNU_SOURCE"},
    {"odd_ucs2.so", "odd.c", "-DUCS2"},
    {"odd_pre25.so", "odd.c", "-DPRE25"},
    {"odd_grammar.so", "odd.c", "-DGRAMMAR"},
    {"odd_debug.so", "odd.c", "-DDEBUG_BUILD"},
    {"odd_unknown.so", "odd.c", "-DUNKNOWN"},
    {"odd_other.so", "odd.c", "-DOTHER"},
    {"odd_python3.so", "odd.c", "-DPYTHON3=1"},
    {"odd_bound.so", "odd.c", "-DPYTHON3=PyObject_CheckReadBuffer(0)"},
    {"cxx.so", "cxx.cc", "-std=c++11"},
    {"lives.so", "lives.cc", "-std=c++11 -pthread"},
    {"ends.so", "ends.c", "-I" TOP_SRCDIR "/compat"},
    {"faults.so", "faults.c", ""},
    {"init_raises.so", "faults.c", "-DMODULE_NAME=init_raises -DINIT_RAISES"},
    {"init_imports.so", "faults.c", "-DMODULE_NAME=init_imports -DINIT_IMPORTS"},
    {"init_is_silent.so", "faults.c", "-DMODULE_NAME=init_is_silent -DINIT_IS_SILENT"},
    {"init_crashes.so", "faults.c", "-DMODULE_NAME=init_crashes -DINIT_CRASHES"},
    {"init_lacks.so", "faults.c", "-DMODULE_NAME=init_lacks -DINIT_LACKS"},
    /* What a library needs is found by the DT_RPATH of the extension. */
    {"chain/libinner.so", "library.c", "-DNUMBER=20 -DFUNCTION=inner -Wl,-soname,libinner.so"},
    {"chain/libmiddle.so", "library.c", "-DNUMBER=1 -DCALLS=inner -Wl,-soname,libmiddle.so "
     DIRECTORY "/chain/libinner.so"},
    {"by_rpath.so", "plain.c", "-DMODULE_NAME=by_rpath -DDEPENDS " DIRECTORY
     "/chain/libmiddle.so -Wl,-rpath,$ORIGIN/chain,--disable-new-dtags"},
    {"chain/libunnamed_inner.so", "library.c", "-DNUMBER=30 -DFUNCTION=inner"},
    {"chain/libmiddle_unnamed.so", "library.c", "-DNUMBER=1 -DCALLS=inner -L" DIRECTORY
     "/chain -lunnamed_inner -Wl,-soname,libmiddle_unnamed.so"},
    {"by_rpath_unnamed.so", "plain.c", "-DMODULE_NAME=by_rpath_unnamed -DDEPENDS " DIRECTORY
     "/chain/libmiddle_unnamed.so -Wl,-rpath,$ORIGIN/chain,--disable-new-dtags"},
    {"chain/libuser_inner.so", "library.c", "-DPYTHON_LIBRARY -Wl,-soname,libuser_inner.so"},
    {"chain/libmiddle_user.so", "library.c", "-DNUMBER=1 -Wl,-soname,libmiddle_user.so "
     "-Wl,--no-as-needed " DIRECTORY "/chain/libuser_inner.so"},
    {"by_rpath_user.so", "plain.c", "-DMODULE_NAME=by_rpath_user -DPYTHON_LIBRARY "
     "-Wl,--no-as-needed " DIRECTORY "/chain/libmiddle_user.so -Wl,-rpath," DIRECTORY
     "/chain,--disable-new-dtags"},
    {"by_program.so", "plain.c", "-DMODULE_NAME=by_program -DPYTHON_LIBRARY " DIRECTORY
     "/chain/libuser_inner.so"},
    /* But not if the library has a DT_RUNPATH, whatever that is. */
    {"chain/libmiddle_runpath.so", "library.c", "-DNUMBER=1 -DCALLS=inner "
     "-Wl,-soname,libmiddle_runpath.so " DIRECTORY "/chain/libinner.so "
     "-Wl,-rpath,/nonexistent,--enable-new-dtags"},
    {"by_rpath_runpath.so", "plain.c", "-DMODULE_NAME=by_rpath_runpath -DDEPENDS " DIRECTORY
     "/chain/libmiddle_runpath.so -Wl,-rpath,$ORIGIN/chain,--disable-new-dtags"},
    /* Constructors that open files. */
    {"opens_itself.so", "plain.c", "-DMODULE_NAME=opens_itself -DOPENS=\"" DIRECTORY
     "/opens_itself.so\""},
    {"opens_right.so", "plain.c", "-DMODULE_NAME=opens_right -DOPENS=\"" DIRECTORY
     "/opens_left.so\""},
    {"opens_left.so", "plain.c", "-DMODULE_NAME=opens_left -DOPENS=\"" DIRECTORY
     "/opens_right.so\""},
    {"lib/libback.so", "library.c", "-DNUMBER=16 -Wl,-soname,libback.so -DOPENS=\"" DIRECTORY
     "/opened_back.so\""},
    {"opened_back.so", "plain.c", "-DMODULE_NAME=opened_back -DDEPENDS -L" DIRECTORY
     "/lib -lback -Wl,-rpath,$ORIGIN/lib"},
    {"lib/libvendor_back.so", "library.c", "-DPYTHON_LIBRARY -Dmake_text=PyVendor_Text "
     "-Wl,-soname,libvendor_back.so -DOPENS=\"" DIRECTORY "/opened_vendor.so\""},
    {"opened_vendor.so", "plain.c", "-DMODULE_NAME=opened_vendor -DPYTHON_LIBRARY "
     "-Dmake_text=PyVendor_Text -L" DIRECTORY "/lib -lvendor_back -Wl,-rpath,$ORIGIN/lib"},
    {"libthreads.so", "library.c", "-DTHREADS -D_GNU_SOURCE -pthread -Wl,-soname,libthreads.so"},
    {"libslow.so", "library.c", "-DSLOW " DIRECTORY "/libthreads.so -Wl,-rpath," DIRECTORY},
};

static void
build_files(void)
{
    const char *make[] = {"mkdir", "-p", DIRECTORY "/package", DIRECTORY "/lib",
                          DIRECTORY "/build", DIRECTORY "/chain", DIRECTORY "/scratch", NULL};
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

/* The scripts that have cases, and the cases of all. */
static const char *const scripts[] = {"tests/import/cases.py", "tests/import/living.py"};
enum { SCRIPT_COUNT = sizeof scripts / sizeof scripts[0], CASES_MAX = 200 };
static char *cases[CASES_MAX];
static const char *script_of[CASES_MAX];
static int case_count;

static void
list_cases(const char *script)
{
    int before = case_count;
    for (int i = 0; i < host_count() && case_count == before; i++) {
        if (guests_closed(host_at(i)) != NULL) {
            continue;
        }
        const char *args[] = {source_file(script), "--list", NULL};
        struct outcome outcome = run_guests(NULL, host_at(i), DIRECTORY, NULL, args);
        char *rest = outcome.output, *line;
        while (outcome.status == 0 && (line = strsep(&rest, "\n")) != NULL
               && case_count < CASES_MAX) {
            if (*line != '\0') {
                script_of[case_count] = script;
                cases[case_count++] = line;
            }
        }
    }
    if (case_count == before) {
        fprintf(stderr, "no host can list the cases of %s\n", script);
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
    char library[1100], python[1100];
    snprintf(library, sizeof library, "PY2ABI_TEST_LIBRARY=%s", library_file());
    snprintf(python, sizeof python, "PY2ABI_TEST_PYTHON=%s", python_folder());
    const char *env[] = {setting, library, python,
#ifdef WITH_SANITIZERS
                         "PY2ABI_TEST_RUNTIME=" SANITIZER_RUNTIME,
#endif
                         NULL};
    const char *args[] = {source_file(script_of[_i % case_count]), name, NULL};
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

/* ---- Pythons that a program begins and ends ---- */

/* The cases of living.py that leave guests behind, and how the process goes on. */
static const char *const left[] = {
    "alive_in_modules", "alive_in_cycles", "kept_by_the_binary",
    "kept_by_the_binary_with_last_words", "threads_inside", "threads_of_its_own",
    "inside_a_generator", "handlers_at_the_end", "weak_references_at_the_end",
};
static const char *const ways_out[] = {"", "exit:", "atexit:", "thread:"};
enum { LEFT = sizeof left / sizeof left[0], WAYS_OUT = sizeof ways_out / sizeof ways_out[0] };

/* Run pieces of Python code, each in a Python of its own, in one process.  What is printed, or
 * NULL where there is no libpython; the process has to end well, behind main(). */
static const char *
run_again(const struct host *host, const char *first, const char *second)
{
    if (host->number < 0x0300) {
        idle_test();
        return NULL;
    }
    const char *closed = way_closed(host, EMBEDDED);
    if (closed != NULL) {
        count_skipped(host, closed);
        return NULL;
    }
    const char *args[] = {first, second, NULL};
    const char *path = format("%s:%s", DIRECTORY, source_file("tests/import"));
    struct outcome outcome = run_embedding(TOP_BUILDDIR "/again", host, path, NULL, args);
    const char *end = strstr(outcome.output, "main is left\n");
    ck_assert_msg(outcome.status == 0 && end != NULL, "%s: %s\n... ended with %s:\n%.4000s",
                  host->name, first, status_text(outcome.status), outcome.output);
    count_passed(host, 1);
    return outcome.output;
}

START_TEST(test_end)
{
    const struct host *host = host_at(_i / WAYS_OUT);
    for (int i = 0; i < LEFT; i++) {
        const char *output = run_again(
            host, format("%simport sys; sys.argv = ['']\n"
                         "import caselist, living\ncaselist.CASES['%s']()",
                         ways_out[_i % WAYS_OUT], left[i]), NULL);
        if (output == NULL) {
            return;
        }
        ck_assert_str_eq(output, "main is left\n");
    }
}
END_TEST

/* Binaries are of the first Python that imports one, and say so in the next. */
START_TEST(test_again)
{
    const struct host *host = host_at(_i);
    static const char lives[] = "import lives, sys\nlives.keep(lives.Thing(sys))";
    static const char refused[] =
        "for name in 'lives', 'plain':\n"
        "    try: __import__(name)\n"
        "    except ImportError as error: print(error)\n"
        "    else: print('imported')\n";
    if (run_again(host, "import json", lives) == NULL) {
        return;
    }
    char *output = strdup(run_again(host, lives, refused)), *rest = output, *line;
    for (int i = 0; i < 2; i++) {
        line = strsep(&rest, "\n");
        ck_assert_msg(strstr(line, i == 0 ? "/lives.so: Python has ended once in this process"
                                          : "/plain.so: Python has ended once in this process")
                          != NULL,
                      "%s: %s", host->name, line);
    }
    ck_assert_str_eq(rest, "main is left\n");
    free(output);
}
END_TEST

/* Each function of the C API, called when Python has ended. */
START_TEST(test_calls_after_the_end)
{
    static const char *const places[] = {"atexit", "Py_AtExit"};
    const char *place = places[_i % 2];
    const struct host *host = host_at(_i / 2);
    int functions = 0;
    const char *output = run_again(
        host, format("import ends, lives, os\n"
                     "class Sub(lives.Thing): pass\n"
                     "ends.at_end('%s', [5, 2 ** 70, 1.5, b'bytes', 'text', (1, b'a'), [1],\n"
                     "    {'a': 1}, {1}, lives.Thing(), Sub(), os, int, len, KeyError('x'),\n"
                     "    lives.Thing])", place), NULL);
    if (output == NULL) {
        return;
    }
    const char *count = strstr(output, format("%s: ", place));
    ck_assert_msg(count != NULL
                      && sscanf(count + strlen(place), ": %d functions", &functions) == 1
                      && functions > 800 && strstr(output, "status") == NULL,
                  "%s: %.4000s", host->name, output);
}
END_TEST

int
main(void)
{
    build_files();
    for (int i = 0; i < SCRIPT_COUNT; i++) {
        list_cases(scripts[i]);
    }
    Suite *suite = suite_create("import");
    TCase *tcase = tcase_create("cases");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_case, 0, case_count * host_count());
    tcase_add_loop_test(tcase, test_end, 0, WAYS_OUT * host_count());
    tcase_add_loop_test(tcase, test_again, 0, host_count());
    tcase_add_loop_test(tcase, test_calls_after_the_end, 0, 2 * host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
