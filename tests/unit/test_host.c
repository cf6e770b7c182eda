/* test_host.c - finding the host: none, an incomplete one, a Python 2, real ones. */

#include "config.h"
#include "../common/harness.h"
#include "host.h"
#include "../../compat/abstract.h" /* the compiler compares the prototypes */

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* The functions are deprecated, says CPython; that is what they are here for. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

/* ---- A process without Python ---- */

/* What function writes to stderr. */
static const char *
stderr_of(void (*function)(void))
{
    static char text[512];
    int ends[2], saved = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    function();
    dup2(saved, STDERR_FILENO);
    close(ends[1]);
    ssize_t n = read(ends[0], text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    return text;
}

static int results[6];

static void
call_all(void)
{
    const char *characters;
    const void *bytes;
    void *buffer;
    Py_ssize_t len;
    results[0] = PyObject_AsCharBuffer(NULL, &characters, &len);
    results[1] = PyObject_AsReadBuffer(NULL, &bytes, &len);
    results[2] = PyObject_AsWriteBuffer(NULL, &buffer, &len);
    results[3] = PyObject_CheckReadBuffer(NULL);
    results[4] = (int)py2abi_views_begin();
    results[5] = py2abi_views_end(1);
}

START_TEST(test_no_python)
{
    static const int expected[] = {-1, -1, -1, 0, -1, -1};
    static const char *const names[] = {"PyObject_AsCharBuffer",    "PyObject_AsReadBuffer",
                                        "PyObject_AsWriteBuffer",   "PyObject_CheckReadBuffer",
                                        "py2abi_views_begin",       "py2abi_views_end"};
    const char *text = stderr_of(call_all);
    ck_assert_int_eq(memcmp(results, expected, sizeof results), 0);
    for (int i = 0; i < 6; i++) {
        char *sentence;
        ck_assert_int_gt(asprintf(&sentence,
                                  "py2abi: %s was called in a process that has no Python\n",
                                  names[i]),
                         0);
        ck_assert_msg(strstr(text, sentence) != NULL, "%s is not in:\n%s", sentence, text);
    }
    ck_assert_ptr_null(py2abi_host_get());
    ck_assert_str_eq(py2abi_version(), PACKAGE_VERSION);
}
END_TEST

/* The output of a command with and without the library preloaded. */
START_TEST(test_inert)
{
    static const char *const commands[][4] = {
        {"sh", "-c", "echo in a shell; exit 3", NULL},
        {"cc", "--version", NULL},
        {"git", "--version", NULL},
        {"ls", "/", NULL},
    };
    const char *library;
    ck_assert_int_gt(asprintf((char **)&library, "LD_PRELOAD=%s %s", SANITIZER_RUNTIME,
                              library_file()),
                     0);
    const char *env[] = {library, "ASAN_OPTIONS=detect_leaks=0", "PY2ABI_VIEWS=nonsense", NULL};
    struct outcome with = run_program(env, commands[_i]);
    struct outcome without = run_program(NULL, commands[_i]);
    ck_assert_int_eq(with.status, without.status);
    ck_assert_str_eq(with.output, without.output);
}
END_TEST

START_TEST(test_is_preloaded)
{
    /* Or test_inert would show nothing. */
    const char *library;
    ck_assert_int_gt(asprintf((char **)&library, "LD_PRELOAD=%s %s", SANITIZER_RUNTIME,
                              library_file()),
                     0);
    const char *env[] = {library, "ASAN_OPTIONS=detect_leaks=0", NULL};
    const char *args[] = {"cat", "/proc/self/maps", NULL};
    ck_assert_ptr_nonnull(strstr(run_program(env, args).output, "libpy2abi.so"));
}
END_TEST

/* ---- Fake hosts ---- */

static void *
open_fake(const char *name)
{
    char *path;
    ck_assert_int_gt(asprintf(&path, "%s/.libs/%s.so", TOP_BUILDDIR, name), 0);
    /* Not in the global scope: the library has to look for it. */
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    ck_assert_msg(handle != NULL, "%s", dlerror());
    return handle;
}

START_TEST(test_incomplete_host)
{
    void *fake = open_fake("fake-errors");
    const char **message = dlsym(fake, "fake_message");
    const void *buffer = &buffer;
    Py_ssize_t len = 77;

    ck_assert_int_eq(PyObject_AsReadBuffer((PyObject *)fake, &buffer, &len), -1);
    ck_assert_ptr_eq(buffer, &buffer);
    ck_assert_int_eq((int)len, 77);
    ck_assert_str_eq(*message, "PyObject_AsReadBuffer cannot work: this Python has no "
                               "Py_IsInitialized");
    *message = NULL;
    ck_assert_int_eq(PyObject_CheckReadBuffer((PyObject *)fake), 0);
    ck_assert_ptr_nonnull(strstr(*message, "PyObject_CheckReadBuffer cannot work"));
    *message = NULL;
    ck_assert_int_eq((int)py2abi_views_begin(), -1);
    ck_assert_ptr_nonnull(strstr(*message, "py2abi_views_begin cannot work"));

    /* An exception that is set already is not replaced. */
    *message = "another";
    ck_assert_int_eq(PyObject_AsReadBuffer((PyObject *)fake, &buffer, &len), -1);
    ck_assert_str_eq(*message, "another");
}
END_TEST

START_TEST(test_host_without_errors)
{
    open_fake("fake-empty");
    ck_assert_ptr_nonnull(strstr(stderr_of(call_all), "PyObject_AsReadBuffer cannot work: this "
                                                      "Python has no Py_IsInitialized\n"));
    ck_assert_int_eq(results[1], -1);
}
END_TEST

START_TEST(test_python2)
{
    char *object = open_fake("fake-python2");
    const char *characters;
    const void *bytes;
    void *buffer = NULL;
    Py_ssize_t len;

    ck_assert_int_eq(PyObject_AsCharBuffer((PyObject *)object, &characters, &len), 0);
    ck_assert(characters == object && len == 1);
    ck_assert_int_eq(PyObject_AsReadBuffer((PyObject *)object, &bytes, &len), 0);
    ck_assert(bytes == object && len == 2);
    ck_assert_int_eq(PyObject_AsWriteBuffer((PyObject *)object, &buffer, &len), 42);
    ck_assert_int_eq(PyObject_CheckReadBuffer((PyObject *)object), 42);
    ck_assert_int_eq((int)py2abi_views_begin(), 0);
    ck_assert_int_eq(py2abi_views_end(0), 0);
}
END_TEST

/* ---- Real hosts ---- */

static void *
find(void *barrier)
{
    pthread_barrier_wait(barrier);
    return (void *)(uintptr_t)py2abi_host_get();
}

START_TEST(test_found_by_threads)
{
    enum { THREADS = 8 };
    const struct host *host = host_at(_i);
    if (strcmp(host->libpython, "-") == 0) {
        count_skipped(host, "it has no shared libpython");
        return;
    }
    void *handle = dlopen(host->libpython, RTLD_NOW | (_i % 2 ? RTLD_GLOBAL : RTLD_LOCAL));
    ck_assert_msg(handle != NULL, "%s", dlerror());
    pthread_barrier_t barrier;
    pthread_t threads[THREADS];
    void *found[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, find, &barrier);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &found[i]);
        ck_assert_ptr_nonnull(found[i]);
        ck_assert_ptr_eq(found[i], found[0]);
    }
    const struct py2abi_host *got = found[0];
    ck_assert_int_eq(got->major << 8 | got->minor, host->number);
    if (got->major == 3) {
        ck_assert_ptr_null(got->missing[HOST_CORE]);
        ck_assert_ptr_null(got->missing[HOST_FAST]);
        ck_assert_ptr_null(got->missing[HOST_HOLD]);
        /* One cif for each distinct signature. */
        for (unsigned a = 0; a < got->sig_count; a++) {
            for (unsigned b = 0; b < a; b++) {
                const ffi_cif *x = &got->sigs[a].cif, *y = &got->sigs[b].cif;
                ck_assert(x->nargs != y->nargs || x->rtype != y->rtype
                          || memcmp(x->arg_types, y->arg_types, x->nargs * sizeof *x->arg_types)
                                 != 0);
            }
        }
        ck_assert_int_lt((int)got->sig_count, HOST_FN_COUNT);
        void *own = dlsym(handle, "PyObject_GetBuffer");
        ck_assert_int_eq(memcmp(&own, &got->call[HOST_FN_PyObject_GetBuffer].fn, sizeof own), 0);
    }
    count_passed(host, 1);
}
END_TEST

START_TEST(test_settings)
{
    const struct host *host = host_at(_i);
    const char *closed = way_closed(host, STATIC);
    if (host->number < 0x0300 || closed != NULL) {
        count_skipped(host, closed != NULL ? closed : "it uses its own functions");
        return;
    }
    const char *args[] = {"-c", "import oldbuffer; oldbuffer.read(b''); oldbuffer.read(b'')", NULL};
    const char *bad[] = {"PY2ABI_VIEWS=hodl", "PY2ABI_DISPATCH=", NULL};
    /* Once, in two calls; a free-threaded host has words of its own before. */
    static const char sentence[] =
        "py2abi: PY2ABI_VIEWS is 'hodl', neither 'hold' nor 'release': taken as 'release'\n";
    const char *output = run_host(host, STATIC, bad, args).output;
    const char *first = strstr(output, sentence);
    ck_assert_msg(first != NULL && strstr(first + 1, "py2abi:") == NULL, "%s: %s", host->name,
                  output);
    const char *good[] = {"PY2ABI_VIEWS=release", "PY2ABI_DISPATCH=auto", "PYTHON_GIL=1", NULL};
    struct outcome outcome = run_host(host, STATIC, good, args);
    ck_assert_int_eq(outcome.status, 0);
    ck_assert_ptr_null(strstr(outcome.output, "py2abi"));
    count_passed(host, 2);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("host");
    TCase *tcase = tcase_create("host");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_no_python);
    tcase_add_loop_test(tcase, test_inert, 0, 4);
    tcase_add_test(tcase, test_is_preloaded);
    tcase_add_test(tcase, test_incomplete_host);
    tcase_add_test(tcase, test_host_without_errors);
    tcase_add_test(tcase, test_python2);
    tcase_add_loop_test(tcase, test_found_by_threads, 0, host_count());
    tcase_add_loop_test(tcase, test_settings, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
