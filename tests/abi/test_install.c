/* test_install.c - what `make install` gives to those who build with it.
 *
 * A staged install is looked at, used as pkg-config says, and taken away. */

#include "config.h"
#include "../common/harness.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* The make that runs the tests hands nothing on to the make of a test. */
#define NO_MAKEFLAGS "MAKEFLAGS=", "MFLAGS=", "MAKELEVEL=", "DESTDIR="

enum { FILES_MAX = 64 };

/* Swept away with the extensions by `make clean`. */
#define WORKS TOP_BUILDDIR "/tests/hosts.d/install"
#define STAGE WORKS "/stage"

static struct outcome installed; /* how the staged install went */
static bool has_shared, has_static;

/* ---- Files ---- */

static struct {
    const char *path; /* without the stage */
    bool expected;
} found[FILES_MAX];
static int found_count;
static const char *own_folder; /* one that is there, which has our name or what Python made */

static int
note_file(const char *path, const struct stat *status, int type, struct FTW *where)
{
    const char *name = path + where->base;
    (void)status;
    if (type == FTW_D && (strcmp(name, "py2abi") == 0 || strcmp(name, GUESTS_FOLDER) == 0
                          || strcmp(name, "__pycache__") == 0)) {
        own_folder = strdup(path);
    }
    if (type != FTW_D && found_count < FILES_MAX) {
        found[found_count].expected = false;
        found[found_count++].path = strdup(path + strlen(STAGE));
    }
    return 0;
}

static void
find_files(void)
{
    found_count = 0;
    own_folder = NULL;
    nftw(STAGE, note_file, 16, FTW_PHYS);
}

static int
remove_one(const char *path, const struct stat *status, int type, struct FTW *where)
{
    (void)status;
    (void)type;
    (void)where;
    return remove(path);
}

static void
expect_file(const char *directory, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    for (int i = 0; i < found_count; i++) {
        if (strcmp(found[i].path, path) == 0) {
            char whole[2048];
            snprintf(whole, sizeof whole, STAGE "%s", path);
            ck_assert_msg(access(whole, R_OK) == 0, "%s is a link to nowhere", path);
            found[i].expected = true;
            return;
        }
    }
    ck_abort_msg("%s is not installed", path);
}

/* ---- Commands ---- */

static const char *
text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

static const char *
text_of(const char *format, ...)
{
    char *text;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    ck_assert_int_ge(n, 0);
    return text;
}

/* What pkg-config says of the staged install. */
static const char *
pkg_config(const char *option, const char *other)
{
    const char *path = getenv("PKG_CONFIG_PATH");
    const char *env[] = {
        text_of("PKG_CONFIG_PATH=" STAGE PKGCONFIGDIR ":%s", path != NULL ? path : ""),
        "PKG_CONFIG_SYSROOT_DIR=" STAGE,
        NULL,
    };
    const char *args[] = {PKG_CONFIG, option, other != NULL ? other : "py2abi",
                          other != NULL ? "py2abi" : NULL, NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(outcome.status == 0, "pkg-config %s: %s", option, outcome.output);
    return outcome.output;
}

/* How py2abi gets into what is built. */
enum linking { SHARED, ARCHIVE };

/* Why that cannot be, or NULL. */
static const char *
linking_closed(enum linking linking)
{
#ifdef WITH_SANITIZERS
    (void)linking;
    return "the sanitizers' runtime does not go with it";
#else
    if (linking == SHARED) {
        return has_shared ? NULL : "the shared library is not built";
    }
    return has_static ? NULL : "the static library is not built";
#endif
}

/* Add the flags that link with py2abi. */
static void
add_py2abi(struct command *command, enum linking linking)
{
    if (linking == SHARED) {
        ADD(command, "-Wl,-rpath," STAGE LIBDIR);
        add_split(command, pkg_config("--libs", NULL), " \n");
        return;
    }
    /* pkg-config cannot name the archive where the shared library is, too. */
    char *rest = strdup(pkg_config("--static", "--libs")), *word;
    bool named = false;
    while ((word = strsep(&rest, " \n")) != NULL) {
        if (strcmp(word, "-lpy2abi") == 0) {
            ADD(command, "-l:libpy2abi.a");
            named = true;
        }
        else if (*word != '\0') {
            ADD(command, word);
        }
    }
    ck_assert_msg(named, "pkg-config --static --libs names no -lpy2abi");
    /* A libffi that is not the system's is not below the stage. */
    rest = strdup(LIBFFI_LIBS);
    while ((word = strsep(&rest, " ")) != NULL) {
        if (strncmp(word, "-L", 2) == 0) {
            ADD(command, word, text_of("-Wl,-rpath,%s", word + 2));
        }
    }
}

/* Compile source for the host into output; args come before py2abi's flags, last
 * after them. */
static void
build(const struct host *host, enum linking linking, const char *headers, const char *source,
      const char *output, const char *const *args, const char *last)
{
    struct command command = {.count = 0};
    const char *compiler = getenv("CC");
    add_split(&command, compiler != NULL ? compiler : "cc", " \n");
    ADD(&command, "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-o", output);
    add_words(&command, args);
    add_split(&command, headers, " \n");
    add_split(&command, pkg_config("--cflags", NULL), " \n");
    ADD(&command, source_file(source));
    add_py2abi(&command, linking);
    if (last != NULL) {
        ADD(&command, last);
    }
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status == 0, "%s, %s: %.3000s", host->name, source, outcome.output);
}

/* The options for the host's headers; NULL when it has none, which is a skip. */
static const char *
headers_of(const struct host *host)
{
    const char *args[] = {source_file("tests/headers"), host->path, NULL};
    struct outcome outcome = run_program(NULL, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return NULL;
    }
    ck_assert_msg(outcome.status == 0, "%s: %s", host->name, outcome.output);
    return outcome.output;
}

static const char *const linking_names[] = {"shared", "static"};

/* A directory for what a test builds. */
static const char *
directory_of(int host, enum linking linking)
{
    const char *directory = text_of(WORKS "/%d-%s", host, linking_names[linking]);
    mkdir(directory, 0777);
    return directory;
}

/* ---- The tests ---- */

START_TEST(test_files)
{
    ck_assert_msg(installed.status == 0, "make install: %.3000s", installed.output);
    find_files();
    ck_assert_int_lt(found_count, FILES_MAX);
    expect_file(INCLUDEDIR, "py2abi.h");
    expect_file(PKGCONFIGDIR, "py2abi.pc");
    expect_file(LIBDIR, "libpy2abi.la");
    if (has_static) {
        expect_file(LIBDIR, "libpy2abi.a");
    }
    if (has_shared) {
        expect_file(LIBDIR, "libpy2abi.so");
        expect_file(LIBDIR, "libpy2abi.so.0");
        char target[256];
        ssize_t n = readlink(STAGE LIBDIR "/libpy2abi.so.0", target, sizeof target - 1);
        ck_assert_msg(n > 0, "libpy2abi.so.0 is no link to the library's whole version");
        target[n] = '\0';
        expect_file(LIBDIR, target);
        expect_file(LIBDIR "/" GUESTS_FOLDER, "guests.so");
        expect_file(LIBDIR "/" GUESTS_FOLDER, "guests.la");
    }
    expect_file(BINDIR, "py2abi");
    expect_file(DOCDIR, "py2abi-audit.schema.json");
    expect_file(DOCDIR, "my-binary-does-not-load.md");
    expect_file(DOCDIR, "four-functions.md");
    expect_file(DOCDIR, "packaging.md");
    expect_file(DOCDIR, "coverage.md");
    expect_file(PKGDATADIR, "py2abi-gdb.py");
    expect_file(COMPLETIONSDIR, "py2abi");
    if (*PYTHON_MODULE_DIR != '\0') {
        expect_file(PYTHON_MODULE_DIR, "py2abi.py");
    }
    /* Every function has its page, if only as a link to that of several. */
#define EXPORT(node, name) expect_file(MANDIR "/man3", #name ".3");
#include "../../src/exports.def"
#undef EXPORT
    char *rest = strdup(INSTALLED_MANS), *man;
    while ((man = strsep(&rest, " ")) != NULL) {
        const char *slash = strrchr(man, '/'), *dot = strrchr(man, '.');
        if (*man != '\0') {
            ck_assert_ptr_nonnull(dot);
            expect_file(text_of(MANDIR "/man%s", dot + 1), slash != NULL ? slash + 1 : man);
        }
    }
    for (int i = 0; i < found_count; i++) {
        ck_assert_msg(found[i].expected, "%s is installed, too", found[i].path);
    }
}
END_TEST

START_TEST(test_pkg_config)
{
    ck_assert_msg(installed.status == 0, "make install: %.3000s", installed.output);
    char *version = strdup(pkg_config("--modversion", NULL));
    version[strcspn(version, "\n")] = '\0';
    ck_assert_str_eq(version, PACKAGE_VERSION);
    const char *flags = pkg_config("--libs", NULL);
    ck_assert_msg(strstr(flags, "-lpy2abi") != NULL, "%s", flags);
    /* What the library itself needs is no business of those who link with it. */
    ck_assert_msg(strstr(flags, "-lffi") == NULL, "%s", flags);
    flags = pkg_config("--static", "--libs");
    ck_assert_msg(strstr(flags, "-lffi") != NULL, "%s", flags);
}
END_TEST

/* What a host's executable exports, or the libpython that it has loaded, comes
 * before what an extension is linked with; nothing comes before what an
 * extension has in itself and hides. */
START_TEST(test_extension)
{
    const struct host *host = host_at(_i / 2);
    enum linking linking = _i % 2;
    static const char script[] =
        "import sys; sys.path.insert(0, sys.argv[1]); import staged; r = staged.use()\n"
        "print('\\t'.join(str(item) for item in r))";

    if (host->number < 0x0300) {
        return; /* <py2abi.h> is for what is built for Python 3. */
    }
    const char *closed = linking_closed(linking);
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    ck_assert_msg(installed.status == 0, "make install: %.3000s", installed.output);
    const char *headers = headers_of(host);
    if (headers == NULL) {
        return;
    }
    const char *directory = directory_of(_i / 2, linking);
    const char *options[] = {"-fPIC", "-shared",
                             linking == ARCHIVE ? "-Wl,--exclude-libs,ALL" : NULL, NULL};
    build(host, linking, headers, "tests/abi/extension.c", text_of("%s/staged.so", directory),
          options, NULL);

    const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", "PY2ABI_VIEWS=release", NULL};
    const char *args[] = {host->path, "-c", script, directory, NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(outcome.status == 0, "%s, %s: %s: %s", host->name, linking_names[linking],
                  status_text(outcome.status), outcome.output);
    char version[64], reader[1024], scope[1024];
    int inside, outside;
    ck_assert_msg(sscanf(outcome.output, "%63s %1023s %1023s %d %d", version, reader, scope,
                         &inside, &outside) == 5, "%s: %s", host->name, outcome.output);
    ck_assert_str_eq(version, PACKAGE_VERSION);
    const char *file = linking == SHARED ? STAGE LIBDIR "/libpy2abi.so.0"
                                         : text_of("%s/staged.so", directory);
    ck_assert_str_eq(scope, file);
    /* The views of the host's own function are gone when it returns. */
    bool ours = strcmp(reader, file) == 0;
    ck_assert_msg(ours || linking == SHARED, "%s: PyObject_AsReadBuffer is in %s", host->name,
                  reader);
    ck_assert_msg(inside == !ours && outside, "%s, %s: resized in the scope: %d, after it: %d",
                  host->name, linking_names[linking], inside, outside);
    count_passed(host, 1);
}
END_TEST

START_TEST(test_embedding)
{
    const struct host *host = host_at(_i / 2);
    enum linking linking = _i % 2;

    if (host->number < 0x0300) {
        return;
    }
    const char *closed = linking_closed(linking);
    if (closed == NULL && strcmp(host->libpython, "-") == 0) {
        closed = "it has no shared libpython to embed";
    }
    if (closed != NULL) {
        count_skipped(host, closed);
        return;
    }
    ck_assert_msg(installed.status == 0, "make install: %.3000s", installed.output);
    const char *headers = headers_of(host);
    if (headers == NULL) {
        return;
    }
    const char *program = text_of("%s/embedding", directory_of(_i / 2, linking));
    const char *slash = strrchr(host->libpython, '/');
    const char *options[] = {
        text_of("-Wl,-rpath,%.*s", (int)(slash - host->libpython), host->libpython), NULL};
    build(host, linking, headers, "tests/abi/embedding.c", program, options, host->libpython);

    const char *env[] = {text_of("PYTHONHOME=%s", host->home), "PYTHONDONTWRITEBYTECODE=1",
                         "PY2ABI_VIEWS=release", NULL};
    const char *args[] = {program, NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(outcome.status == 0, "%s, %s: %s: %s", host->name, linking_names[linking],
                  status_text(outcome.status), outcome.output);
    ck_assert_str_eq(outcome.output, PACKAGE_VERSION " works\n");
    count_passed(host, 1);
}
END_TEST

/* The last one.  What Python makes of the module when it is imported goes, too. */
START_TEST(test_uninstall)
{
    ck_assert_msg(installed.status == 0, "make install: %.3000s", installed.output);
    if (*PYTHON_MODULE_DIR != '\0') {
        const char *compile[] = {PYTHON, "-m", "compileall", "-q", STAGE PYTHON_MODULE_DIR, NULL};
        struct outcome compiled = run_program(NULL, compile);
        ck_assert_msg(compiled.status == 0, "compileall: %s", compiled.output);
        find_files();
        ck_assert_msg(own_folder != NULL && found_count > 0, "compileall made nothing");
    }
    const char *env[] = {NO_MAKEFLAGS, NULL};
    const char *args[] = {"make", "-C", TOP_BUILDDIR, "uninstall", "DESTDIR=" STAGE, NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(outcome.status == 0, "make uninstall: %s", outcome.output);
    find_files();
    ck_assert_msg(found_count == 0, "%s is still there", found[0].path);
    ck_assert_msg(own_folder == NULL, "%s is still there", own_folder);
}
END_TEST

static void
install(void)
{
    const char *env[] = {NO_MAKEFLAGS, NULL};
    const char *args[] = {"make", "-C", TOP_BUILDDIR, "install", "DESTDIR=" STAGE, NULL};
    nftw(WORKS, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    mkdir(TOP_BUILDDIR "/tests", 0777);
    mkdir(TOP_BUILDDIR "/tests/hosts.d", 0777);
    mkdir(WORKS, 0777);
    installed = run_program(env, args);

    const char *ask[] = {TOP_BUILDDIR "/libtool", "--features", NULL};
    const char *features = run_program(NULL, ask).output;
    has_shared = strstr(features, "enable shared libraries") != NULL;
    has_static = strstr(features, "enable static libraries") != NULL;
}

int
main(void)
{
    install();
    Suite *suite = suite_create("install");
    TCase *tcase = tcase_create("staged");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_files);
    tcase_add_test(tcase, test_pkg_config);
    tcase_add_loop_test(tcase, test_extension, 0, host_count() * 2);
    tcase_add_loop_test(tcase, test_embedding, 0, host_count() * 2);
    tcase_add_test(tcase, test_uninstall);
    suite_add_tcase(suite, tcase);
    int status = run_suite(suite);
    nftw(WORKS, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return status;
}
