/* test_preload.c - a process in which the library stands before dlopen, dlsym
 * and dlerror.
 *
 * The programs and libraries for this are compiled when the suite begins: what
 * they put out without the library they have to put out with it.  For what the
 * library does with Python 2 binaries, the guests module is a stub that says
 * what it is asked for. */

#include "config.h"
#include "../common/harness.h"
#include "binary.h"
#include "interpose.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Swept away with the extensions by `make clean`. */
#define WORKS TOP_BUILDDIR "/tests/hosts.d/preload"
/* Copies of the library: with a stub beside it, with none, with a wrong one. */
#define WITH_STUB WORKS "/stub/libpy2abi.so"
#define WITH_NONE WORKS "/none/libpy2abi.so"
#define WITH_OTHER WORKS "/other/libpy2abi.so"
#define WITH_USELESS WORKS "/useless/libpy2abi.so"
/* A program of 32 bits where this is one of 64, and the other way round. */
#define OTHER_CLASS WORKS "/small-other"
/* What is opened: a plain library, and what is more or less a module. */
#define X_FILE WORKS "/sub/private/libx.so"
#define MOD(name) WORKS "/mods/" name ".so"

#define EXPORT(node, name)
#define INTERPOSED(name)
#include "../../src/exports.def"
#undef EXPORT
#undef INTERPOSED

static bool has_library, has_static, has_other_class;

static char *__attribute__((format(printf, 1, 2)))
text_of(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    if (n < 0) {
        abort();
    }
    return text;
}

/* ---- Building ---- */

static struct outcome
compile(const char *const *args)
{
    struct command command = {.count = 0};
    const char *compiler = getenv("CC");
    add_split(&command, compiler != NULL ? compiler : "cc", " \n");
    ADD(&command, "-O1", "-g", "-Wall", "-Wextra", "-Wno-missing-field-initializers",
        "-D_GNU_SOURCE", "-DWORKS=\"" WORKS "\"", "-iquote", source_file("src"));
    add_words(&command, args);
    return run_program(NULL, command.args);
}

static void
must(struct outcome outcome, const char *what)
{
    if (outcome.status != 0) {
        fprintf(stderr, "%s: %s\n", what, outcome.output);
        exit(EXIT_FAILURE);
    }
}

/* Build one of the libraries of parts.c. */
#define PART(output, ...)                                                                         \
    must(compile((const char *const[]){"-fPIC", "-shared", "-o", WORKS "/" output,                \
                                       source_file("tests/preload/parts.c"), __VA_ARGS__, "-ldl", \
                                       NULL}),                                                    \
         output)
#define RUN(...) must(run_program(NULL, (const char *const[]){__VA_ARGS__, NULL}), "preparing")

static void
give_up(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

/* Copy a part of a file; the byte at that place is another, unless it is -1. */
static void
copy_file(const char *from, const char *to, double part, long at, int byte)
{
    static char bytes[1 << 20];
    FILE *file = fopen(from, "rb");
    if (file == NULL) {
        give_up(from);
    }
    size_t size = (size_t)((double)fread(bytes, 1, sizeof bytes, file) * part);
    fclose(file);
    if (at >= 0) {
        bytes[at] = (char)byte;
    }
    file = fopen(to, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        give_up(to);
    }
}

/* For another machine; and with program headers of a size that none has. */
#define MACHINE offsetof(ElfW(Ehdr), e_machine), EM_SPARCV9
#define HEADERS offsetof(ElfW(Ehdr), e_phentsize), 1

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static void
build(void)
{
    static const char *const directories[] = {
        TOP_BUILDDIR "/tests", TOP_BUILDDIR "/tests/hosts.d", WORKS, WORKS "/sub",
        WORKS "/sub/private", WORKS "/stub", WORKS "/stub/" GUESTS_FOLDER, WORKS "/none",
        WORKS "/other", WORKS "/other/" GUESTS_FOLDER, WORKS "/useless",
        WORKS "/useless/" GUESTS_FOLDER, WORKS "/links", WORKS "/farm", WORKS "/mods",
    };
    nftw(WORKS, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    for (size_t i = 0; i < sizeof directories / sizeof directories[0]; i++) {
        mkdir(directories[i], 0777);
    }

    PART("sub/private/libx.so", "-DX=\"private\"");
    PART("sub/private/liby.so", "-DX=\"y\"");
    PART("libnext.so", "-DNEXT");
    PART("sub/libcaller.so", "-DCALLER", "-Wl,-rpath,$ORIGIN/private", "-Wl,--enable-new-dtags");
    PART("unresolved.so", "-DUNRESOLVED");
    PART("late.so", "-DLATE");
    PART("first.so", "-DLAYER=\"first\"");
    PART("second.so", "-DLAYER=\"second\"");
    PART("before.so", "-DCONSTRUCTOR=\"before\"");
    PART("after.so", "-DCONSTRUCTOR=\"after\"");
    PART("needed.so", "-DCONSTRUCTOR=\"needed\"");
    PART("counting.so", "-DCOUNTING");
    PART("secure.so", "-DSECURE");
    PART("mods/guest.so", "-DGUEST=guest");
    PART("mods/refused.so", "-DGUEST=refused");
    PART("mods/mute.so", "-DGUEST=mute");
    PART("mods/bound.so", "-DBOUND");
    PART("stub/" GUESTS_FOLDER "/guests.so", "-DSTUB=\"stub\"");
    PART("other/" GUESTS_FOLDER "/guests.so", "-DSTUB=\"other\"", "-DSTUB_VERSION=\"0.0.0-other\"");
    PART("useless/" GUESTS_FOLDER "/guests.so", "-DSTUB=\"none\"");

    copy_file(X_FILE, WORKS "/empty.so", 0, -1, 0);
    copy_file(X_FILE, WORKS "/cut.so", 0.01, -1, 0);
    copy_file(X_FILE, WORKS "/damaged.so", 1, HEADERS);
    copy_file(X_FILE, WORKS "/foreign.so", 1, MACHINE);
    copy_file(MOD("guest"), MOD("cut"), 0.5, -1, 0);
    copy_file(MOD("guest"), MOD("damaged"), 1, HEADERS);
    copy_file(MOD("guest"), MOD("foreign"), 1, MACHINE);
    RUN("sh", "-c", "echo no library >" WORKS "/text.so");

    const char *program = source_file("tests/preload/probe.c");
    const char *const probe[] = {
        "-o", WORKS "/probe", program, "-rdynamic", "-pthread", "-Wl,--no-as-needed",
        WORKS "/sub/libcaller.so", WORKS "/libnext.so", WORKS "/needed.so",
        "-Wl,-rpath," WORKS "/sub:" WORKS, "-ldl", NULL};
    must(compile(probe), "probe");
    const char *const python[] = {
        "-o", WORKS "/python", "-DFAKE_PYTHON", program, "-rdynamic", "-pthread",
        "-Wl,--no-as-needed", WORKS "/sub/libcaller.so", WORKS "/libnext.so",
        "-Wl,-rpath," WORKS "/sub:" WORKS, "-ldl", NULL};
    must(compile(python), "python");

    RUN("sh", "-c", "printf '%s\\n' '#include <stdio.h>' 'int main(void) { puts(\"a small "
        "program\"); return 3; }' >" WORKS "/small.c");
    const char *const fixed[] = {"-static", "-o", WORKS "/static", WORKS "/small.c", NULL};
    const char *const other[] = {sizeof(void *) == 8 ? "-m32" : "-m64", "-o", OTHER_CLASS,
                                 WORKS "/small.c", NULL};
    has_static = compile(fixed).status == 0;
    has_other_class = compile(other).status == 0;

    has_library = access(library_file(), R_OK) == 0;
    if (has_library) {
        RUN("cp", library_file(), WITH_STUB);
        RUN("cp", library_file(), WITH_NONE);
        RUN("cp", library_file(), WITH_OTHER);
        RUN("cp", library_file(), WITH_USELESS);
        RUN("ln", "-s", "../stub/libpy2abi.so", WORKS "/links/libpy2abi.so.0");
        RUN("ln", "-s", "../none/libpy2abi.so", "../stub/" GUESTS_FOLDER, WORKS "/farm");
    }
}

/* ---- Running ---- */

/* LD_PRELOAD for some libraries.  A sanitizer's runtime comes first. */
static const char *
preload(const char *libraries)
{
#ifdef WITH_SANITIZERS
    return text_of("LD_PRELOAD=%s %s", SANITIZER_RUNTIME, libraries);
#else
    return text_of("LD_PRELOAD=%s", libraries);
#endif
}

static struct outcome
run_with(const char *libraries, const char *setting, const char *const *args)
{
    const char *env[] = {preload(libraries), "ASAN_OPTIONS=detect_leaks=0:handle_segv=0",
                         "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8", setting, NULL};
    return run_program(env, args);
}

static bool
is_closed(void)
{
#ifndef PY2ABI_INTERPOSES
    skip_test("nothing is interposed on this processor");
    return true;
#else
    if (!has_library) {
        skip_test("the shared library is not built");
    }
    return !has_library;
#endif
}

/* Preloaded, the library changes nothing of what a command puts out; part is in
 * it. */
static void
same_output(const char *const *args, const char *part)
{
    struct outcome without = run_with("", NULL, args);
    struct outcome with = run_with(library_file(), NULL, args);
    ck_assert_msg(with.status == without.status && strcmp(with.output, without.output) == 0,
                  "%s %s: without:\n%.3000s%s\nwith:\n%.3000s%s", args[0],
                  args[1] != NULL ? args[1] : "", without.output, status_text(without.status),
                  with.output, status_text(with.status));
    ck_assert_msg(strstr(with.output, part) != NULL, "%s: %s is not in:\n%.3000s", args[0], part,
                  with.output);
}

static void
expect(struct outcome outcome, int status, const char *output)
{
    ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == status
                      && strcmp(outcome.output, output) == 0,
                  "%s, with:\n%.3000s\nand not %d with:\n%.3000s", status_text(outcome.status),
                  outcome.output, status, output);
}

/* Run a script in the probe, or in "python", which passes for a Python 3. */
#define SCRIPT(program, libraries, setting, ...)                                                  \
    run_with(libraries, setting,                                                                  \
             (const char *const[]){text_of(WORKS "/%s", program), "script", __VA_ARGS__, NULL})

/* ---- Nobody notices ---- */

/* What is put out both with and without the library, and a part of it. */
static const struct {
    const char *program, *mode, *part;
} probes[] = {
    {WORKS "/probe", "next", "libcaller, next: libnext.so\n"},
    {WORKS "/probe", "runpath", "libcaller, origin: private\n"},
    {WORKS "/probe", "namespace", "x of libcaller: private, in its namespace: 1\n"},
    {WORKS "/probe", "errors", "open unresolved.so: none\n"},
    {WORKS "/probe", "errno", "dlopen: 77, dlsym: 78, dlerror: 79\n"},
    {WORKS "/probe", "threads", "thread 7: right\n"},
    {WORKS "/python", "next", "libcaller, next: libnext.so\n"},
    {WORKS "/python", "runpath", "libcaller, origin: private\n"},
    {WORKS "/python", "namespace", "x of libcaller: private, in its namespace: 1\n"},
    {WORKS "/python", "errors", "open foreign.so: none\n"},
    {WORKS "/python", "errno", "dlopen: 77, dlsym: 78, dlerror: 79\n"},
    {WORKS "/python", "threads", "thread 7: right\n"},
};
enum { PROBE_COUNT = sizeof probes / sizeof probes[0] };

START_TEST(test_unnoticed)
{
    const char *args[] = {probes[_i].program, probes[_i].mode, NULL};
#ifdef WITH_SANITIZERS
    if (strcmp(probes[_i].mode, "runpath") == 0) {
        skip_test("the sanitizers' runtime calls dlopen for others, which loses their RUNPATH");
        return;
    }
#endif
    if (!is_closed()) {
        same_output(args, probes[_i].part);
    }
}
END_TEST

/* Programs that are no Python. */
static const struct {
    const char *args[6], *part;
} commands[] = {
    {{"sh", "-c", "echo in a shell; exit 3"}, "in a shell\n"},
    {{"git", "--version"}, "git version"},
    {{"sh", "-c", "${CC-cc} -o " WORKS "/small " WORKS "/small.c && " WORKS "/small"},
     "a small program\n"},
    {{"sh", "-c", "ls /nonexistent | cat; getent passwd root | sed s/:.*//"}, "root\n"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0] };

START_TEST(test_commands)
{
    if (WEXITSTATUS(run_program(NULL, commands[_i].args).status) == 127) {
        skip_test(text_of("%s is not installed", commands[_i].args[0]));
    }
    else if (!is_closed()) {
        same_output(commands[_i].args, commands[_i].part);
    }
}
END_TEST

START_TEST(test_static_program)
{
    const char *args[] = {WORKS "/static", NULL};
    if (!has_static) {
        skip_test("the compiler links no static program");
    }
    else if (!is_closed()) {
        same_output(args, "a small program\n");
    }
}
END_TEST

/* The other dynamic linker says what it says of every library of the wrong class. */
START_TEST(test_other_class)
{
    const char *args[] = {OTHER_CLASS, NULL};
    if (!has_other_class || run_program(NULL, args).status >> 8 != 3) {
        skip_test("no program of the other class, of 32 or 64 bits, can be compiled and run");
    }
    else if (!is_closed()) {
        struct outcome outcome = run_with(library_file(), NULL, args);
        ck_assert_int_eq(WEXITSTATUS(outcome.status), 3);
        ck_assert_msg(strstr(outcome.output, "ignored") != NULL
                          && strstr(outcome.output, "a small program\n") != NULL,
                      "%s", outcome.output);
    }
}
END_TEST

/* Constructors run in the order of dependencies: all of these before anything
 * of the library could. */
START_TEST(test_constructors)
{
    const char *program = _i % 2 == 0 ? WORKS "/probe" : WORKS "/python";
    const char *args[] = {program, "script", "open", X_FILE, NULL};
    if (is_closed()) {
        return;
    }
    struct outcome without = run_with(WORKS "/before.so " WORKS "/after.so", NULL, args);
    struct outcome with = run_with(text_of(WORKS "/before.so %s " WORKS "/after.so",
                                           library_file()), NULL, args);
    ck_assert_ptr_nonnull(strstr(without.output, "before: opens libx\nbefore: no error yes\n"));
    ck_assert_ptr_nonnull(strstr(without.output, "after: finds probe_twin\n"));
    if (_i % 2 == 0) {
        ck_assert_ptr_nonnull(strstr(without.output, "needed: opens libx\n"));
    }
    expect(with, WEXITSTATUS(without.status), without.output);
}
END_TEST

/* Libraries that do what this one does, in the ordinary way. */
static const char *const orders[] = {"%s " WORKS "/first.so " WORKS "/second.so",
                                     WORKS "/first.so %s " WORKS "/second.so",
                                     WORKS "/first.so " WORKS "/second.so %s"};

START_TEST(test_layers)
{
    const char *program = _i % 2 == 0 ? WORKS "/probe" : WORKS "/python";
    const char *args[] = {program, "script", "open", X_FILE, "find", "x_name", "open",
                          "/nonexistent/libq.so", "error", "default", "no_such_name",
                          "error", NULL};
#ifdef WITH_SANITIZERS
    skip_test("the sanitizers' runtime comes before other libraries, and has a dlopen, too");
    return;
#endif
    if (is_closed()) {
        return;
    }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    const char *libraries = text_of(orders[_i / 2], library_file());
#pragma GCC diagnostic pop
    struct outcome without = run_with(WORKS "/first.so " WORKS "/second.so", NULL, args);
    ck_assert_ptr_nonnull(strstr(without.output, "first: dlopen libx.so\nsecond: dlopen libx.so\n"
                                                 "open libx.so: opened\nfirst: dlsym x_name\n"
                                                 "find x_name: found\n"));
    expect(run_with(libraries, NULL, args), 0, without.output);
}
END_TEST

/* A malloc that looks for the next one with dlsym; and how often it is called. */
START_TEST(test_allocations)
{
    const char *program = _i % 2 == 0 ? WORKS "/probe" : WORKS "/python";
    const char *args[] = {program, "allocations", NULL};
#ifdef WITH_SANITIZERS
    skip_test("the sanitizers' runtime has a malloc of its own");
    return;
#endif
    if (is_closed()) {
        return;
    }
    struct outcome without = run_with(WORKS "/counting.so", NULL, args);
    ck_assert_ptr_nonnull(strstr(without.output, "dlsym(x, \"x_name\"): 0\ndlerror(): 0\n"));
    expect(run_with(text_of(WORKS "/counting.so %s", library_file()), NULL, args), 0,
           without.output);
    expect(run_with(text_of("%s " WORKS "/counting.so", library_file()), NULL, args), 0,
           without.output);
    const char *shell[] = {"sh", "-c", "echo in a shell", NULL};
    expect(run_with(text_of("%s " WORKS "/counting.so", library_file()), NULL, shell), 0,
           "in a shell\n");
}
END_TEST

/* ---- Not preloaded ---- */

/* Opened late and in a namespace of its own, behind the C library. */
START_TEST(test_opened)
{
    static const char once[] = "dlopen: libpy2abi.so\n"
                               "x: private\n"
                               "missing: 0\n"
                               "missing: libx.so: undefined symbol: no_such_name\n"
                               "again: no error\n";
    const char *args[] = {_i == 0 ? WORKS "/probe" : WORKS "/python", "other", WITH_STUB, NULL};
#ifdef WITH_SANITIZERS
    skip_test("the sanitizers' runtime does not go with it");
    return;
#endif
    if (is_closed()) {
        return;
    }
    struct outcome outcome = run_program(NULL, args);
    const char *mine = strstr(outcome.output, "dlopen: ");
    ck_assert_msg(mine != NULL, "%s: %s", status_text(outcome.status), outcome.output);
    outcome.output = (char *)mine; /* after what a constructor says */
    expect(outcome, 0, text_of("%s%s", once, once));
}
END_TEST

/* Linked with it, before the C library and behind it; first without. */
START_TEST(test_linked)
{
    const char *library = strdup(library_file()), *program = WORKS "/linked";
    const char *const libraries[][2] = {{"-lc", "-lc"}, {library, "-lc"}, {"-lc", library}};
    const char *outputs[PROBE_COUNT];
#ifdef WITH_SANITIZERS
    skip_test("the sanitizers' runtime does not go with it");
    return;
#endif
    if (is_closed()) {
        return;
    }
    for (int order = 0; order < 3; order++) {
        const char *const args[] = {
            "-o", program, "-DFAKE_PYTHON", source_file("tests/preload/probe.c"), "-rdynamic",
            "-pthread", "-Wl,--no-as-needed", libraries[order][0], libraries[order][1],
            WORKS "/sub/libcaller.so", WORKS "/libnext.so",
            "-Wl,-rpath," WORKS "/sub:" WORKS,
            text_of("-Wl,-rpath,%.*s", (int)(strrchr(library, '/') - library), library),
            "-Wl,--disable-new-dtags", NULL};
        struct outcome built = compile(args);
        ck_assert_msg(built.status == 0, "%s", built.output);
        for (int i = PROBE_COUNT / 2; i < PROBE_COUNT; i++) {
            const char *run[] = {program, probes[i].mode, NULL};
            struct outcome outcome = run_program(NULL, run);
            if (order == 0) {
                outputs[i] = outcome.output;
            }
            expect(outcome, 0, outputs[i]);
        }
    }
}
END_TEST

/* ---- What is handed over ---- */

START_TEST(test_handed_over)
{
    if (is_closed()) {
        return;
    }
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("guest"), "error", "find", "PyInit_guest",
                  "error", "find", "PyInitU_guest", "find", "x_name", "find", "initguest",
                  "default", "PyInit_guest", "open", MOD("guest"), "find", "PyInit_guest", "open",
                  X_FILE, "error"), 0,
           "stub: host 3.11\n"
           "stub: open guest.so\n"
           "open guest.so: opened\n"
           "error: no error\n"
           "stub: symbol PyInit_guest\n"
           "find PyInit_guest: found\n"
           "error: no error\n"
           "stub: symbol PyInitU_guest\n"
           "find PyInitU_guest: found\n"
           "find x_name: found\n"
           "find initguest: none\n"
           "default PyInit_guest: none\n"
           "stub: open guest.so\n"
           "open guest.so: opened\n"
           "stub: symbol PyInit_guest\n"
           "find PyInit_guest: found\n"
           "open libx.so: opened\n"
           "error: no error\n");
    /* A handle that is none of a guest's goes on to the next dlsym. */
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("guest"), "open",
                  WORKS "/sub/private/liby.so", "find", "PyInit_guest", "error"), 0,
           "stub: host 3.11\n"
           "stub: open guest.so\n"
           "open guest.so: opened\n"
           "open liby.so: opened\n"
           "stub: symbol PyInit_guest\n"
           "find PyInit_guest: none\n"
           "error: " WORKS "/sub/private/liby.so: undefined symbol: PyInit_guest\n");
}
END_TEST

START_TEST(test_refused)
{
    static const char before[] = "stub: host 3.11\nstub: open refused.so\nopen refused.so: none\n";
    if (is_closed()) {
        return;
    }
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("refused"), "error", "error"), 0,
           text_of("%serror: " MOD("refused") ": the stub does not want it\nerror: no error\n",
                   before));
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("refused"), "default", "malloc", "error"),
           0, text_of("%sdefault malloc: found\nerror: no error\n", before));
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("refused"), "open", X_FILE, "error"), 0,
           text_of("%sopen libx.so: opened\nerror: no error\n", before));
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("refused"), "open", "/nonexistent/q.so",
                  "error", "error"), 0,
           text_of("%sopen q.so: none\nerror: /nonexistent/q.so: cannot open shared object file: "
                   "No such file or directory\nerror: no error\n", before));
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("mute"), "error"), 0,
           "stub: host 3.11\nstub: open mute.so\nopen mute.so: none\nerror: " MOD("mute")
           ": it was not opened, and no reason is known\n");
    /* What fails after it in a function that is not interposed is what counts. */
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("refused"), "version", "no_such_name",
                  "error", "error"), 0,
           text_of("%sversion no_such_name: none\nerror: " WORKS "/python: undefined symbol: "
                   "no_such_name, version NO_SUCH_VERSION\nerror: no error\n", before));
}
END_TEST

START_TEST(test_refused_threads)
{
    const char *args[] = {WORKS "/python", "refusals", MOD("damaged"), NULL};
    if (is_closed()) {
        return;
    }
    expect(run_with(WITH_STUB, NULL, args), 0,
           "thread 0: right\nthread 1: right\nthread 2: right\nthread 3: right\n"
           "thread 4: right\nthread 5: right\nthread 6: right\nthread 7: right\n");
}
END_TEST

/* What the dynamic linker has other words for; it crashes on the last. */
START_TEST(test_damaged)
{
    static const char *const files[] = {MOD("damaged"), MOD("foreign"), MOD("cut")};
    const char *file = files[_i], *start = text_of("open %s: none\nerror: %s: ",
                                                   strrchr(file, '/') + 1, file);
    if (is_closed()) {
        return;
    }
    struct outcome without = SCRIPT("python", "", NULL, "open", file, "error");
    struct outcome with = SCRIPT("python", WITH_STUB, NULL, "open", file, "error");
    ck_assert_msg(strncmp(with.output, start, strlen(start)) == 0
                      && strlen(with.output) > strlen(start) + 10,
                  "%s", with.output);
    ck_assert_str_ne(with.output, without.output);
}
END_TEST

/* A Python 3 extension that calls the four functions, and loads without us. */
START_TEST(test_bound)
{
    if (is_closed()) {
        return;
    }
    expect(SCRIPT("python", WITH_STUB, NULL, "open", MOD("bound")), 0,
           "stub: host 3.11\nstub: open bound.so\nopen bound.so: opened\n");
    const char *without = SCRIPT("probe", "", NULL, "load", MOD("bound"), "error").output;
    ck_assert_ptr_nonnull(strstr(without, "load bound.so: opened\n"));
    without = SCRIPT("python", "", NULL, "load", MOD("bound"), "error").output;
    expect(SCRIPT("python", WITH_STUB, "PY2ABI_BIND=guests", "load", MOD("bound"), "error"), 0,
           without);
    expect(SCRIPT("python", WITH_NONE, NULL, "load", MOD("bound"), "error"), 0, without);
}
END_TEST

/* Where nothing is to happen, nothing does. */
START_TEST(test_passed_on)
{
    static const struct {
        const char *program, *libraries, *setting;
    } cases[] = {
        {"probe", WITH_STUB, NULL}, /* which is no Python */
        {"python", WITH_STUB, "PY2ABI_DISABLE=1"},
        {"python", WORKS "/secure.so " WITH_STUB, NULL},
    };
    if (is_closed()) {
        return;
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int lazy = 0; lazy < 2; lazy++) {
            const char *verb = lazy ? "load" : "open";
            const char *without = SCRIPT(cases[i].program, "", NULL, verb, MOD("guest"), "error",
                                         verb, MOD("damaged"), "error", verb, MOD("foreign"),
                                         "error").output;
            ck_assert_ptr_nonnull(strstr(without, lazy ? "guest.so: opened" : "guest.so: none"));
            expect(SCRIPT(cases[i].program, cases[i].libraries, cases[i].setting, verb,
                          MOD("guest"), "error", verb, MOD("damaged"), "error", verb,
                          MOD("foreign"), "error"), 0, without);
        }
    }
    ck_assert_ptr_nonnull(strstr(SCRIPT("python", WITH_STUB, "PY2ABI_DISABLE=0", "open",
                                        MOD("guest")).output, "stub: open"));
    /* By a name without a slash, and when it is only asked for what is open. */
    expect(SCRIPT("python", WITH_STUB, NULL, "open", "guest.so", "again", MOD("guest"), "error"),
           0, "open guest.so: none\nagain guest.so: none\nerror: no error\n");
}
END_TEST

/* A Python that comes into the process later. */
START_TEST(test_late)
{
    if (is_closed()) {
        return;
    }
    struct outcome outcome = SCRIPT("probe", WITH_STUB, NULL, "open", MOD("guest"), "open", X_FILE,
                                    "load", WORKS "/late.so", "open", MOD("guest"), "error");
    const char *rest = strstr(outcome.output, "open guest.so: none\n");
    ck_assert_msg(rest != NULL, "%s", outcome.output);
    outcome.output = (char *)rest;
    expect(outcome, 0,
           "open guest.so: none\nopen libx.so: opened\nload late.so: opened\nstub: host 3.11\n"
           "stub: open guest.so\nopen guest.so: opened\nerror: no error\n");
}
END_TEST

/* ---- The guests module ---- */

START_TEST(test_module_missing)
{
    static const struct {
        const char *library, *reason;
    } cases[] = {
        {WITH_NONE, WORKS "/none/" GUESTS_FOLDER "/guests.so, which cannot be loaded: " WORKS
                    "/none/" GUESTS_FOLDER "/guests.so: cannot open shared object file: "
                    "No such file or directory"},
        {WITH_OTHER, WORKS "/other/" GUESTS_FOLDER "/guests.so of py2abi " PACKAGE_VERSION
                     ", but that is of py2abi 0.0.0-other"},
        {WITH_USELESS, WORKS "/useless/" GUESTS_FOLDER
                       "/guests.so, which does not work in this Python 3.11"},
    };
    if (is_closed()) {
        return;
    }
    struct outcome outcome = SCRIPT("python", cases[_i].library, NULL, "open", MOD("guest"),
                                    "error", "error");
    const char *sentence = text_of("open guest.so: none\nerror: " MOD("guest") ": a binary for "
                                   "Python 2 needs %s\nerror: no error\n", cases[_i].reason);
    const char *mine = strstr(outcome.output, "open ");
    ck_assert_ptr_nonnull(mine);
    outcome.output = (char *)mine; /* after what the stub says */
    expect(outcome, 0, sentence);
}
END_TEST

/* It is beside the library, however that was named. */
START_TEST(test_module_found)
{
    static const char *const scripts[] = {
        /* a link in another folder */
        "LD_PRELOAD=\"$R \"" WORKS "/links/libpy2abi.so.0",
        /* a relative path, and a working directory that is another later */
        "LD_PRELOAD=\"$R \"stub/libpy2abi.so",
        "LD_PRELOAD=\"$R \"libpy2abi.so.0 LD_LIBRARY_PATH=links",
        /* a folder of links, to files that have no module beside them */
        "LD_PRELOAD=\"$R \"farm/libpy2abi.so",
    };
    if (is_closed()) {
        return;
    }
#ifdef WITH_SANITIZERS
    const char *runtime = "R=" SANITIZER_RUNTIME;
#else
    const char *runtime = "R=";
#endif
    const char *env[] = {runtime, "ASAN_OPTIONS=detect_leaks=0", NULL};
    const char *args[] = {"sh", "-c",
                          text_of("cd " WORKS " && %s ./python script in / open " MOD("guest"),
                                  scripts[_i]), NULL};
    expect(run_program(env, args), 0,
           "in /: yes\nstub: host 3.11\nstub: open guest.so\nopen guest.so: opened\n");
}
END_TEST

/* ---- Looking at files ---- */

/* front.c is in this program, too, without what stands before dlopen. */
struct py2abi_next
py2abi_interpose_next(void)
{
    return (struct py2abi_next){dlopen, dlsym, dlerror};
}

void *
py2abi_interpose_host_symbol(const char *name)
{
    (void)name;
    return NULL;
}

static int
open_files(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    ck_assert_ptr_nonnull(directory);
    while (readdir(directory) != NULL) {
        count++;
    }
    closedir(directory);
    return count;
}

static void
expect_look(const char *path, enum py2abi_front_verdict verdict)
{
    char why[PY2ABI_FRONT_WHY] = "";
    enum py2abi_front_verdict is = py2abi_front_look(path, why);
    ck_assert_msg(is == verdict, "%s: %d", path, is);
    if (verdict == PY2ABI_FRONT_REFUSED) {
        ck_assert_msg(strncmp(why, path, strlen(path)) == 0 && strlen(why) > strlen(path) + 10,
                      "%s", why);
    }
    else {
        ck_assert_str_eq(why, "");
    }
}

START_TEST(test_look)
{
    static const struct {
        const char *path;
        enum py2abi_front_verdict verdict;
    } cases[] = {
        {MOD("guest"), PY2ABI_FRONT_GUEST},     {MOD("bound"), PY2ABI_FRONT_BIND},
        {MOD("cut"), PY2ABI_FRONT_REFUSED},     {MOD("damaged"), PY2ABI_FRONT_REFUSED},
        {MOD("foreign"), PY2ABI_FRONT_REFUSED}, {X_FILE, PY2ABI_FRONT_PASS},
        {WORKS "/late.so", PY2ABI_FRONT_PASS},  {WORKS "/cut.so", PY2ABI_FRONT_PASS},
        {WORKS "/empty.so", PY2ABI_FRONT_PASS}, {WORKS "/damaged.so", PY2ABI_FRONT_PASS},
        {WORKS "/text.so", PY2ABI_FRONT_PASS},  {WORKS "/foreign.so", PY2ABI_FRONT_PASS},
        {WORKS "/probe", PY2ABI_FRONT_PASS},    {WORKS, PY2ABI_FRONT_PASS},
        {WORKS "/pipe", PY2ABI_FRONT_PASS},     {"/dev/zero", PY2ABI_FRONT_PASS},
        {"/nonexistent", PY2ABI_FRONT_PASS},    {"", PY2ABI_FRONT_PASS},
    };
    /* Which must not make anybody wait. */
    ck_assert(mkfifo(WORKS "/pipe", 0600) == 0 || errno == EEXIST);
    int before = open_files();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        expect_look(cases[i].path, cases[i].verdict);
    }
    ck_assert_int_eq(open_files(), before);
    setenv("PY2ABI_BIND", "guests", 1);
    expect_look(MOD("bound"), PY2ABI_FRONT_PASS);
    expect_look(MOD("guest"), PY2ABI_FRONT_GUEST);
}
END_TEST

static unsigned
random_below(unsigned end)
{
    static uint64_t state = 88172645463325252U; /* the same in every run */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 16) % end;
}

/* Whatever is in a file: no crash, and no guest that the whole check would have
 * let through is taken for something else. */
START_TEST(test_look_at_anything)
{
    enum { ROUNDS = 6000 };
    static const char path[] = WORKS "/mods/anything.so";
    char why[PY2ABI_FRONT_WHY], reason[PY2ABI_ELF_WHY];
    int seen[PY2ABI_FRONT_REFUSED + 1] = {0};
    struct py2abi_elf elf;
    struct py2abi_binary binary;

    FILE *file = fopen(MOD("guest"), "rb");
    ck_assert_ptr_nonnull(file);
    unsigned char whole[65536], *image;
    unsigned whole_size = (unsigned)fread(whole, 1, sizeof whole, file), size;
    fclose(file);
    for (int i = 0; i < ROUNDS; i++) {
        /* Cut short, or some bytes changed, mostly near the beginning. */
        size = i % 8 == 0 ? random_below(whole_size) : whole_size;
        image = malloc(size + 1); /* of its own: a sanitizer sees its end */
        ck_assert_ptr_nonnull(image);
        memcpy(image, whole, size);
        for (unsigned n = 1 + random_below(3); size > 0 && n > 0; n--) {
            unsigned at = random_below(random_below(4) == 0 ? size : size < 1024 ? size : 1024);
            image[at] = random_below(2) == 0 ? (unsigned char)random_below(256) : 0xff;
        }
        file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        ck_assert_uint_eq(fwrite(image, 1, size, file), size);
        fclose(file);
        enum py2abi_front_verdict verdict = py2abi_front_look(path, why);
        ck_assert_int_le((int)verdict, PY2ABI_FRONT_REFUSED);
        seen[verdict]++;
        if (py2abi_elf_read(&elf, image, size, reason) == PY2ABI_ELF_OK) {
            py2abi_binary_read(&binary, &elf);
            ck_assert_msg((binary.kind == PY2ABI_BINARY_GUEST) == (verdict == PY2ABI_FRONT_GUEST),
                          "round %d: the kind is %d, the verdict %d", i, binary.kind, verdict);
        }
        free(image);
    }
    ck_assert(seen[PY2ABI_FRONT_PASS] > 0 && seen[PY2ABI_FRONT_GUEST] > 0
              && seen[PY2ABI_FRONT_REFUSED] > 0);
}
END_TEST

/* ---- Tools ---- */

START_TEST(test_valgrind)
{
    static const char *const modes[][3] = {{"errors"}, {"refusals", MOD("damaged")}, {"threads"}};
#ifdef WITH_SANITIZERS
    skip_test("valgrind does not go with the sanitizers");
    return;
#endif
    if (strcmp(VALGRIND, "no") == 0) {
        skip_test("configure found no valgrind");
        return;
    }
    if (is_closed()) {
        return;
    }
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        const char *args[] = {VALGRIND, "-q", "--error-exitcode=9", "--leak-check=full",
                              "--errors-for-leak-kinds=definite", "--show-leak-kinds=definite",
                              WORKS "/python", modes[i][0], modes[i][1], NULL};
        struct outcome outcome = run_with(WITH_STUB, NULL, args);
        if (strstr(outcome.output, "Valgrind: debuginfo reader") != NULL) {
            skip_test("valgrind cannot read this compiler's debugging information");
            return;
        }
        ck_assert_msg(outcome.status == 0, "%s: %s:\n%.4000s", modes[i][0],
                      status_text(outcome.status), outcome.output);
    }
}
END_TEST

/* ---- Real hosts ---- */

/* Why the library is not preloaded into this host, or NULL. */
static const char *
host_closed(const struct host *host)
{
#ifdef WITH_SANITIZERS
    if (strcmp(host->libpython, "-") == 0) {
        return "the sanitizers' runtime does not go with it";
    }
#endif
    (void)host;
    return NULL;
}

static struct outcome
run_python(const struct host *host, const char *libraries, const char *setting,
           const char *const *words)
{
    struct command command = {.count = 0};
    ADD(&command, host->path, source_file("tests/preload/host.py"));
    add_words(&command, words);
    return run_with(libraries, setting, command.args);
}
#define PYTHON_SCRIPT(host, libraries, setting, ...)                                              \
    run_python(host, libraries, setting, (const char *const[]){__VA_ARGS__, NULL})

/* Whether the loop's host can be used; if not, says why. */
static const struct host *
open_host(int number)
{
    const struct host *host = host_at(number);
    const char *closed = host_closed(host);
    if (is_closed()) {
        return NULL;
    }
    if (closed != NULL) {
        count_skipped(host, closed);
        return NULL;
    }
    return host;
}

START_TEST(test_host_unnoticed)
{
    const struct host *host = open_host(_i);
    if (host == NULL) {
        return;
    }
    const char *library = library_file();
    struct outcome without = PYTHON_SCRIPT(host, "", NULL, "look", X_FILE);
    struct outcome with = PYTHON_SCRIPT(host, library, NULL, "look", X_FILE);
    ck_assert_msg(without.status == 0 && strstr(without.output, "_json _json\n") != NULL
                      && strstr(without.output, "/nonexistent/libq.so: cannot open") != NULL,
                  "%s: %s", host->name, without.output);
    ck_assert_msg(with.status == 0 && strcmp(with.output, without.output) == 0,
                  "%s: without:\n%.3000s\nwith:\n%.3000s", host->name, without.output,
                  with.output);
    count_passed(host, 1);
}
END_TEST

/* import: the init function that the guests module has for it is called, and its
 * sentence is the ImportError's. */
START_TEST(test_host_import)
{
    const struct host *host = open_host(_i);
    if (host == NULL) {
        return;
    }
    struct outcome without = PYTHON_SCRIPT(host, "", NULL, "load", WORKS "/mods", "guest",
                                           "refused");
    if (host->number < 0x0300) {
        /* Its own importer loads it. */
        ck_assert_msg(strcmp(without.output, "guest guest\nrefused refused\n") == 0, "%s: %s",
                      host->name, without.output);
        struct outcome with = PYTHON_SCRIPT(host, WITH_STUB, NULL, "load", WORKS "/mods", "guest",
                                            "refused");
        expect(with, 0, without.output);
        count_passed(host, 1);
        return;
    }
    struct outcome outcome = PYTHON_SCRIPT(host, WITH_STUB, NULL, "load", WORKS "/mods", "guest",
                                           "refused", "mute", "_json");
    const char *host_line = text_of("stub: host %d.%d\n", host->number >> 8, host->number & 0xff);
    static const char *const lines[] = {
        "stub: open guest.so\n", "stub: symbol PyInit_guest\n",
        "guest ImportError the stub's init function has run\n", "stub: open refused.so\n",
        "refused ImportError " MOD("refused") ": the stub does not want it\n",
        "stub: open mute.so\n",
        "mute ImportError " MOD("mute") ": it was not opened, and no reason is known\n",
        "_json _json\n",
    };
    ck_assert_msg(outcome.status == 0 && strstr(outcome.output, host_line) != NULL, "%s: %s: %s",
                  host->name, status_text(outcome.status), outcome.output);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        ck_assert_msg(strstr(outcome.output, lines[i]) != NULL, "%s: %s is not in:\n%s",
                      host->name, lines[i], outcome.output);
    }
    ck_assert_msg(strstr(outcome.output, "wrong") == NULL
                      && strstr(outcome.output, "not the library's") == NULL,
                  "%s: %s", host->name, outcome.output);

    struct outcome damaged = PYTHON_SCRIPT(host, WITH_STUB, NULL, "load", WORKS "/mods", "cut");
    ck_assert_msg(strstr(damaged.output, "cut ImportError " MOD("cut") ": ") != NULL, "%s: %s",
                  host->name, damaged.output);
    struct outcome none = PYTHON_SCRIPT(host, WITH_NONE, NULL, "load", WORKS "/mods", "guest");
    ck_assert_msg(strstr(none.output, "guest ImportError " MOD("guest") ": a binary for Python 2 "
                         "needs " WORKS "/none/" GUESTS_FOLDER "/guests.so, which") != NULL, "%s: %s",
                  host->name, none.output);
    struct outcome disabled = PYTHON_SCRIPT(host, WITH_STUB, "PY2ABI_DISABLE=1", "load",
                                            WORKS "/mods", "guest", "refused");
    ck_assert_msg(disabled.status == without.status
                      && strcmp(disabled.output, without.output) == 0,
                  "%s: %s", host->name, disabled.output);
    count_passed(host, 5);
}
END_TEST

/* py2abi_create_module, of a library that is opened, not preloaded. */
START_TEST(test_host_create)
{
    const struct host *host = open_host(_i);
    if (host == NULL) {
        return;
    }
    if (host->number < 0x0300) {
        idle_test(); /* It has no module specifications. */
        return;
    }
    static const struct {
        const char *library, *setting, *lines[8];
    } cases[] = {
        {WITH_STUB, NULL,
         {"no origin AttributeError ", "None TypeError ", "null ValueError embedded null byte\n",
          "stub: create guest.so\n", "path True\n", "bytes True\n",
          "NULL SystemError null argument to internal routine\n"}},
        {WITH_NONE, NULL,
         {"path ImportError " MOD("guest") ": a binary for Python 2 needs " WORKS "/none/",
          "other bytes ImportError /", "NULL SystemError null argument"}},
        {WITH_STUB, "PY2ABI_DISABLE=1",
         {"path ImportError " MOD("guest") ": binaries for Python 2 are not imported with "
          "PY2ABI_DISABLE=1"}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome outcome = PYTHON_SCRIPT(host, "", cases[i].setting, "create",
                                               cases[i].library, MOD("guest"));
        ck_assert_msg(outcome.status == 0, "%s: %s: %s", host->name, status_text(outcome.status),
                      outcome.output);
        for (const char *const *line = cases[i].lines; *line != NULL; line++) {
            ck_assert_msg(strstr(outcome.output, *line) != NULL, "%s: %s is not in:\n%s",
                          host->name, *line, outcome.output);
        }
    }
    count_passed(host, (int)(sizeof cases / sizeof cases[0]));
}
END_TEST

int
main(void)
{
    build();
    Suite *suite = suite_create("preload");
    TCase *tcase = tcase_create("processes");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_unnoticed, 0, PROBE_COUNT);
    tcase_add_loop_test(tcase, test_commands, 0, COMMAND_COUNT);
    tcase_add_test(tcase, test_static_program);
    tcase_add_test(tcase, test_other_class);
    tcase_add_loop_test(tcase, test_constructors, 0, 2);
    tcase_add_loop_test(tcase, test_layers, 0, 6);
    tcase_add_loop_test(tcase, test_allocations, 0, 2);
    tcase_add_loop_test(tcase, test_opened, 0, 2);
    tcase_add_test(tcase, test_linked);
    tcase_add_test(tcase, test_handed_over);
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_refused_threads);
    tcase_add_loop_test(tcase, test_damaged, 0, 3);
    tcase_add_test(tcase, test_bound);
    tcase_add_test(tcase, test_passed_on);
    tcase_add_test(tcase, test_late);
    tcase_add_loop_test(tcase, test_module_missing, 0, 3);
    tcase_add_loop_test(tcase, test_module_found, 0, 4);
    tcase_add_test(tcase, test_look);
    tcase_add_test(tcase, test_look_at_anything);
    tcase_add_test(tcase, test_valgrind);
    tcase_add_loop_test(tcase, test_host_unnoticed, 0, host_count());
    tcase_add_loop_test(tcase, test_host_import, 0, host_count());
    tcase_add_loop_test(tcase, test_host_create, 0, host_count());
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
