/* test_secure.c - programs that run with more rights than their caller: nothing of
 * ours happens in them, whatever the environment says.
 *
 * The programs are set-group-ID copies of each host, of the program that embeds one,
 * and of the command.  They are made by root for any group, by others for another of
 * their groups. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char works[] = "/tmp/py2abi-secure-XXXXXX"; /* where set-ID programs may be */
static gid_t other_group;
static const char *closed; /* why there can be no such program */

/* A group that is not the one we run as, to which we may give a file. */
static const char *
find_group(void)
{
    gid_t groups[200];
    int count = getgroups(200, groups);
    if (geteuid() == 0) {
        other_group = getegid() + 65534;
        return NULL;
    }
    for (int i = 0; i < count; i++) {
        if (groups[i] != getgid()) {
            other_group = groups[i];
            return NULL;
        }
    }
    return "only root, or who is in more than one group, can make a set-group-ID program";
}

/* A set-group-ID copy of a program. */
static char *
make_secure(const char *program, const char *name)
{
    char *copy = format("%s/%s", works, name);
    const char *args[] = {"cp", "-L", program, copy, NULL};
    struct outcome outcome = run_program(NULL, args);
    ck_assert_msg(outcome.status == 0, "%s", outcome.output);
    ck_assert_int_eq(chown(copy, (uid_t)-1, other_group), 0);
    ck_assert_int_eq(chmod(copy, 02755), 0);
    return copy;
}

static void
build(const char *source, const char *output, const char *flags)
{
    struct command command = {.count = 0};
    const char *compiler = getenv("CC");
    add_split(&command, compiler != NULL ? compiler : "cc", " ");
    ADD(&command, "-w", "-O1", "-fPIC", "-shared", "-fno-strict-aliasing",
        "-I" TOP_SRCDIR "/compat/include", "-o", output, source);
    add_split(&command, flags, " ");
    struct outcome outcome = run_program(NULL, command.args);
    if (outcome.status != 0) {
        fprintf(stderr, "%s: %s\n", source, outcome.output);
        exit(EXIT_FAILURE);
    }
}

/* Everything that one might try, each as effective as it can be. */
static void
expect_nothing(const struct host *host, const char *const *args)
{
    const char *library = library_file();
    const char *env[] = {
        format("LD_PRELOAD=%s:%s/evil.so", library, works),
        format("PY2ABI_LIBRARY=%s/evil.so", works),
        format("PY2ABI_TRACE=%s/trace.%s", works, host->version),
        format("PY2ABI_TEST_PYTHON=%s", python_folder()),
        format("PYTHONHOME=%s", host->home),
        "PY2ABI_DISABLE=0", "PY2ABI_BIND=all", "PY2ABI_CHECK=on", "PY2ABI_VIEWS=hold",
        "PY2ABI_DISPATCH=ffi", "PY2ABI_STR=latin1", "PYTHONDONTWRITEBYTECODE=1",
        "ASAN_OPTIONS=detect_leaks=0:verify_asan_link_order=0", NULL,
    };
    struct outcome outcome = run_program(env, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return;
    }
    ck_assert_msg(strstr(outcome.output, "evil") == NULL, "%s: %.3000s", host->name,
                  outcome.output);
    ck_assert_msg(outcome.status == 0 && strncmp(outcome.output, "refused", 7) == 0,
                  "%s: %s: %.3000s", host->name, status_text(outcome.status), outcome.output);
    count_passed(host, 1);
}

/* Why this host cannot be copied so, or NULL. */
static const char *
host_closed(const struct host *host)
{
#ifdef WITH_SANITIZERS
    (void)host;
    return "a sanitizer's runtime cannot be preloaded there";
#else
    if (host->number < 0x0300) {
        return "it is a Python 2";
    }
    return closed;
#endif
}

START_TEST(test_python)
{
    const struct host *host = host_at(_i);
    if (host_closed(host) != NULL) {
        count_skipped(host, host_closed(host));
        return;
    }
    char name[32];
    snprintf(name, sizeof name, "python%d", _i);
    const char *args[] = {make_secure(host->path, name), source_file("tests/import/secure.py"),
                          library_file(), works, format("%s/evil.so", works), NULL};
    expect_nothing(host, args);
}
END_TEST

/* The library is linked with the program: its dlopen comes first all the same. */
START_TEST(test_embedded)
{
    const struct host *host = host_at(_i);
    if (host_closed(host) != NULL || strcmp(host->libpython, "-") == 0) {
        count_skipped(host, host_closed(host) != NULL ? host_closed(host)
                                                      : "it has no shared libpython to embed");
        return;
    }
    char name[32];
    snprintf(name, sizeof name, "embed%d", _i);
    const char *args[] = {make_secure(TOP_BUILDDIR "/embed", name), host->libpython,
                          source_file("tests/import/secure.py"), library_file(), works,
                          format("%s/evil.so", works), NULL};
    expect_nothing(host, args);
}
END_TEST

/* The command starts what it is told to, but preloads nothing that the environment
 * names.  (It is not made to be installed so.) */
START_TEST(test_command)
{
    if (closed != NULL) {
        skip_test(closed);
        return;
    }
    const char *env[] = {format("PY2ABI_LIBRARY=%s/evil.so", works), NULL};
    const char *args[] = {make_secure(command_file(), "py2abi"), "run", "sh", "-c",
                          "echo $LD_PRELOAD", NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(strstr(outcome.output, "evil") == NULL, "%s", outcome.output);
    /* That of the same environment without more rights does. */
    args[0] = command_file();
    outcome = run_program(env, args);
    ck_assert_msg(strstr(outcome.output, "evil") != NULL, "%s", outcome.output);
}
END_TEST

int
main(void)
{
    closed = find_group();
    if (mkdtemp(works) == NULL || chmod(works, 0755) != 0) {
        perror(works);
        return EXIT_FAILURE;
    }
    /* It says that it is there, whoever loads it. */
    FILE *file = fopen(format("%s/evil.c", works), "w");
    fputs("#include <unistd.h>\nstatic void __attribute__((constructor)) begin(void)\n"
          "{ if (write(1, \"evil\\n\", 5) < 0) _exit(3); }\n", file);
    fclose(file);
    build(format("%s/evil.c", works), format("%s/evil.so", works), "");
    build(source_file("tests/import/plain.c"), format("%s/plain.so", works), "");

    Suite *suite = suite_create("secure");
    TCase *tcase = tcase_create("secure");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_python, 0, host_count());
    tcase_add_loop_test(tcase, test_embedded, 0, host_count());
    tcase_add_test(tcase, test_command);
    suite_add_tcase(suite, tcase);
    int status = run_suite(suite);
    const char *clean[] = {"rm", "-rf", works, NULL};
    run_program(NULL, clean);
    return status;
}
