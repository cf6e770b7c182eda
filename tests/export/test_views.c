/* test_views.c - how long views are kept. */

#include "config.h"
#include "../common/cases.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* A memory checker's word on an exporter that frees its memory with the view:
 * the sanitizers in a build that has them, otherwise valgrind. */
#ifdef WITH_SANITIZERS
static const char *const checker[] = {NULL};
static const char complaint[] = "heap-use-after-free";
#else
/* Undefined values are left out: CPython 3.11 has some of its own. */
static const char *const checker[] = {VALGRIND, "-q", "--undef-value-errors=no",
                                      "--error-exitcode=99", NULL};
static const char complaint[] = "Invalid read";
#endif

static bool *checker_worked; /* shared with the forked tests */

static struct outcome
read_freed(const struct host *host, enum way way, const char *views)
{
    const char *env[] = {views, "PYTHONMALLOC=malloc", "PYTHON_GIL=1", NULL};
    const char *args[] = {"-c",
                          "import oldbuffer, sys\n"
                          "exporter = oldbuffer.exp_heap_freed_on_release()\n"
                          "data = oldbuffer.read(exporter)\n"
                          "info = exporter.info()\n"
                          "array = bytearray(10); oldbuffer.read(array)\n"
                          "array.extend(b'resized')\n"
                          "sys.exit(info['gets'] != 1 or info['releases'] != 1)",
                          NULL};
    return run_host_under(checker, host, way, env, args);
}

/* A checked Python is slow. */
START_TEST(test_memory_checker)
{
    const struct host *host = host_at(_i);
    if (!host_is_chosen(host)) {
        idle_test();
        return;
    }
    enum way way = host->exports_itself ? STATIC : PRELOADED;
    const char *closed = way_closed(host, way);
#ifdef WITH_SANITIZERS
    if (closed != NULL && way == STATIC) {
        way = EMBEDDED;
        closed = way_closed(host, way);
    }
#else
    if (strcmp(VALGRIND, "no") == 0) {
        closed = "valgrind is not installed";
    }
#endif
    if (host->number < 0x0300) {
        closed = "its own functions have no views";
    }
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    /* That the checker would notice. */
    struct outcome control = read_freed(host, way, "PY2ABI_VIEWS=release");
    if (control.status == 0 || strstr(control.output, complaint) == NULL) {
        /* A host whose allocator or whose start the checker does not follow. */
        count_skipped(host, "the memory checker does not see the host's memory");
        return;
    }
    struct outcome held = read_freed(host, way, "PY2ABI_VIEWS=hold");
    ck_assert_msg(held.status == 0 && strstr(held.output, complaint) == NULL,
                  "%s: %s under the memory checker:\n%.4000s", host->name, status_text(held.status),
                  held.output);
    count_passed(host, 1);
    *checker_worked = true;
}
END_TEST

/* Or every host was skipped, and nothing was shown. */
START_TEST(test_checker_worked)
{
#ifndef WITH_SANITIZERS
    if (strcmp(VALGRIND, "no") == 0) {
        skip_test("valgrind is not installed");
        return;
    }
#endif
    ck_assert_msg(*checker_worked, "the memory checker followed no host");
}
END_TEST

int
main(void)
{
    checker_worked = mmap(NULL, sizeof *checker_worked, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    Suite *suite = suite_create("views");
    TCase *tcase = tcase_create("memory checker");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_memory_checker, 0, host_count());
    tcase_add_test(tcase, test_checker_worked);
    suite_add_tcase(suite, tcase);
    add_cases(suite, "tests/export/views.py");
    return run_suite(suite);
}
