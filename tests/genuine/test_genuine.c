/* test_genuine.c - the binaries of real Pythons 2.7.
 *
 * Those of each Python 2.7 that is found, and those in the folders that
 * PY2ABI_PYTHON27 names (separated by colons): a distribution's, unpacked, or
 * whatever else was built for it.  Each is audited, and what the audit says it needs
 * is what nm says; each is imported in each Python 3, or refused.  The drivers are
 * scripts that put one to work; they print what a real 2.7.18 printed. */

#include "config.h"
#include "../common/harness.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { FILES_MAX = 400 };
static char *files[FILES_MAX];
static int file_count;

static void
add_folder(const char *folder)
{
    const char *args[] = {"find", folder, "-name", "*.so", "-type", "f", NULL};
    struct outcome outcome = run_program(NULL, args);
    char *rest = outcome.output, *line;
    while (outcome.status == 0 && (line = strsep(&rest, "\n")) != NULL && file_count < FILES_MAX) {
        if (*line != '\0') {
            files[file_count++] = line;
        }
    }
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Where the drivers look for binaries, separated by colons: the folder of the first
 * Python 2.7's own, then those of what PY2ABI_PYTHON27 names.  The drivers. */
static char *driver_folders;
static char *drivers[FILES_MAX];
static int driver_count;

static void
find_drivers(void)
{
    glob_t found;
    if (glob(TOP_SRCDIR "/tests/genuine/drivers/*.expected", 0, NULL, &found) != 0) {
        return;
    }
    for (size_t i = 0; i < found.gl_pathc && driver_count < FILES_MAX; i++) {
        const char *name = strrchr(found.gl_pathv[i], '/') + 1;
        drivers[driver_count++] = strndup(name, strcspn(name, "."));
    }
    globfree(&found);
}

static void
find_files(void)
{
    for (int i = 0; i < host_count(); i++) {
        char *folder = own_binaries(host_at(i));
        if (folder != NULL) {
            add_folder(folder);
            driver_folders = driver_folders != NULL ? driver_folders : folder;
        }
    }
    const char *folders = getenv("PY2ABI_PYTHON27");
    char *rest = strdup(folders != NULL ? folders : ""), *folder;
    int own = file_count;
    while ((folder = strsep(&rest, ":")) != NULL) {
        if (*folder != '\0') {
            add_folder(folder);
        }
    }
    for (int i = own; i < file_count; i++) {
        int length = (int)(strrchr(files[i], '/') - files[i]);
        if (i == own || strncmp(files[i], files[i - 1], (size_t)length + 1) != 0) {
            driver_folders = driver_folders == NULL
                                 ? format("%.*s", length, files[i])
                                 : format("%s:%.*s", driver_folders, length, files[i]);
        }
    }
    qsort(files, (size_t)file_count, sizeof files[0], by_name);
}

/* Run `script files...` and check the lines that it prints. */
static struct outcome
run_script(const struct host *host, const char *script)
{
    struct command command = {.count = 0};
    const char **args = calloc((size_t)file_count + 2, sizeof *args);
    args[0] = source_file(script);
    memcpy(args + 1, files, (size_t)file_count * sizeof *files);
    (void)command;
    const char *env[] = {"PYTHONWARNINGS=ignore", NULL}; /* of a GIL that is switched on */
    struct outcome outcome = run_guests(NULL, host, "/nonexistent", env, args);
    free(args);
    return outcome;
}

static int
count_lines(const char *text, const char *with)
{
    int count = 0;
    for (; (text = strstr(text, with)) != NULL; text += strlen(with)) {
        count++;
    }
    return count;
}

START_TEST(test_import)
{
    const struct host *host = host_at(_i);
    const char *closed = guests_closed(host);
    if (file_count == 0) {
        if (_i == 0) {
            skip_test("there is no binary of a Python 2.7 (PY2ABI_PYTHON27 names folders of "
                      "them)");
        }
        idle_test();
        return;
    }
    if (closed != NULL) {
        count_skipped(host, closed);
        idle_test();
        return;
    }
    struct outcome outcome = run_script(host, "tests/genuine/import.py");
    char *failures = strstr(outcome.output, "FAILED");
    while (failures != NULL && failures > outcome.output && failures[-1] != '\n') {
        failures--;
    }
    ck_assert_msg(outcome.status == 0 && failures == NULL, "%s: %s\n%.3000s", host->name,
                  status_text(outcome.status), failures != NULL ? failures : outcome.output);
    ck_assert_int_eq(count_lines(outcome.output, "\n"), file_count);
    printf("%s: of %d genuine binaries %d were imported\n%s", host->name, file_count,
           count_lines(outcome.output, ": imported\n"), outcome.output);
    count_passed(host, file_count);
}
END_TEST

START_TEST(test_driver)
{
    const char *driver = drivers[_i % driver_count];
    const struct host *host = host_at(_i / driver_count);
    const char *closed = guests_closed(host);
    char path[1000];
    if (driver_folders == NULL) {
        if (_i == 0) {
            skip_test("there is no binary of a Python 2.7, which the drivers are for");
        }
        idle_test();
        return;
    }
    if (host->number >= 0x0300 && closed != NULL) {
        if (_i % driver_count == 0) {
            count_skipped(host, closed);
        }
        idle_test();
        return;
    }
#ifdef WITH_SANITIZERS
    if (strcmp(driver, "crypt") == 0) {
        count_skipped(host, "the sanitizers' runtime has a crypt that needs libcrypt before it");
        return;
    }
#endif
    snprintf(path, sizeof path, "%s/tests/genuine/drivers/%s.expected", TOP_SRCDIR, driver);
    char *expected = read_text(path);
    ck_assert_msg(expected != NULL, "%s is not there", path);
    const char *args[] = {source_file("tests/genuine/driver.py"), driver_folders, driver, NULL};
    const char *env[] = {"PYTHONWARNINGS=ignore", NULL};
    struct outcome outcome = run_guests(NULL, host, "/nonexistent", env, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        count_skipped(host, "this Python 2.7 was built without a binary that has a driver");
        return;
    }
    size_t length = strlen(outcome.output), shown = 2000;
    ck_assert_msg(outcome.status == 0, "%s, %s: %s:\n%s", host->name, driver,
                  status_text(outcome.status),
                  outcome.output + (length > shown ? length - shown : 0));
    compare_lines(host, driver, expected, outcome.output, 0);
}
END_TEST

int
main(void)
{
    find_files();
    find_drivers();
    Suite *suite = suite_create("genuine");
    TCase *tcase = tcase_create("import");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, test_import, 0, host_count());
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("drivers");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_driver, 0, driver_count * host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
