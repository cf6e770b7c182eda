/* test_exports.c - the shared library as the dynamic linker and abidiff see it. */

#include "config.h"
#include "../common/harness.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
    const char *node, *name; /* node: "" for a name without a version */
} exports[] = {
#define EXPORT(node, name) {#node, #name},
#define INTERPOSED(name)   {"", #name},
#include "../../src/exports.def"
#undef EXPORT
#undef INTERPOSED
};
enum { EXPORT_COUNT = sizeof exports / sizeof exports[0] };

static const struct {
    const char *name;
    int first;
} host_rows[] = {
#define HOST_FN(name, need, first, result, args) {#name, first},
#define HOST_DATA(name, need, first, ctype)      {#name, first},
#include "../../src/host.def"
#undef HOST_FN
#undef HOST_DATA
};
enum { HOST_ROW_COUNT = sizeof host_rows / sizeof host_rows[0] };

/* Whether there is a shared library; if not, says so. */
static bool
have_library(void)
{
    if (access(library_file(), R_OK) == 0) {
        return true;
    }
    const char *args[] = {TOP_BUILDDIR "/libtool", "--features", NULL};
    struct outcome features = run_program(NULL, args);
    ck_assert_msg(strstr(features.output, "disable shared libraries") != NULL,
                  "%s is not there, though shared libraries are built", library_file());
    skip_test("the shared library is not built");
    return false;
}

static char *
output_of(const char *const *args)
{
    /* The tools' words must not be translated. */
    const char *env[] = {"LC_ALL=C", NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(outcome.status == 0, "%s: %s: %s", args[0], status_text(outcome.status),
                  outcome.output);
    return outcome.output;
}

/* What nm prints of the symbols that a file defines. */
static char *
symbols_of(const char *option, const char *file)
{
    struct command command = {.count = 0};
    add_split(&command, NM, " ");
    ADD(&command, option, "--defined-only", file);
    return output_of(command.args);
}

/* ---- The dynamic symbols ---- */

START_TEST(test_symbols)
{
    if (!have_library()) {
        return;
    }
    char *rest = symbols_of("-D", library_file()), *line;
    int seen[EXPORT_COUNT] = {0};

    while ((line = strsep(&rest, "\n")) != NULL) {
        char type, symbol[256];
        if (*line == '\0') {
            continue;
        }
        ck_assert_msg(sscanf(line, "%*x %c %255s", &type, symbol) == 2, "nm: %s", line);
        bool known = false;
        for (int i = 0; i < EXPORT_COUNT; i++) {
            char name[256];
            snprintf(name, sizeof name, "%s%s%s", exports[i].name,
                     *exports[i].node != '\0' ? "@@" : "", exports[i].node);
            if (strcmp(symbol, name) == 0) {
                ck_assert_msg(type == 'T', "%s has the type %c", symbol, type);
                seen[i]++;
                known = true;
            }
            /* The nodes themselves are absolute symbols. */
            known = known || (type == 'A' && strcmp(symbol, exports[i].node) == 0);
        }
        ck_assert_msg(known, "%s (%c) is exported, but not in exports.def", symbol, type);
    }
    for (int i = 0; i < EXPORT_COUNT; i++) {
        ck_assert_msg(seen[i] == 1, "%s, version %s, is exported %d times", exports[i].name,
                      exports[i].node, seen[i]);
    }
}
END_TEST

/* Who links with the static library gets no dlopen of ours into what is linked. */
START_TEST(test_archive)
{
    const char *archive = library_beside("libpy2abi.a");
    bool found = false;
    if (access(archive, R_OK) != 0) {
        skip_test("the static library is not there");
        return;
    }
    char *rest = symbols_of("--extern-only", archive), *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        char symbol[256];
        if (sscanf(line, "%*x %*c %255s", symbol) != 1) {
            continue;
        }
        found = found || strcmp(symbol, "PyObject_AsReadBuffer") == 0;
        for (int i = 0; i < EXPORT_COUNT; i++) {
            ck_assert_msg(*exports[i].node != '\0' || strcmp(symbol, exports[i].name) != 0,
                          "%s defines %s", archive, symbol);
        }
    }
    ck_assert_msg(found, "%s does not define PyObject_AsReadBuffer", archive);
}
END_TEST

/* ---- The dynamic section and the segments ---- */

/* The name in "(TAG) words: [name]", or NULL when the line has another tag. */
static char *
tagged(char *line, const char *tag)
{
    char *open = strchr(line, '['), *close = strchr(line, ']');
    if (strstr(line, tag) == NULL || open == NULL || close == NULL) {
        return NULL;
    }
    *close = '\0';
    return open + 1;
}

static bool
may_be_needed(const char *name)
{
    static const char *const prefixes[] = {
        "libffi.so.", "libc.",
        /* What has been part of some C libraries, and is of its own in others. */
        "libdl.so.", "libpthread.so.", "ld-linux", "ld-musl", "ld64.so.",
#ifdef WITH_SANITIZERS
        "libasan.so.", "libubsan.so.", "libtsan.so.", "libm.so.", "libgcc_s.so.",
#endif
    };
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(test_dynamic_section)
{
    if (!have_library()) {
        return;
    }
    const char *args[] = {"readelf", "-dW", library_file(), NULL};
    char *rest = output_of(args), *line;
    bool soname = false, libffi = false, bind_now = false;

    while ((line = strsep(&rest, "\n")) != NULL) {
        ck_assert_msg(strstr(line, "TEXTREL") == NULL, "text relocations: %s", line);
        if (strstr(line, "(RPATH)") != NULL || strstr(line, "(RUNPATH)") != NULL) {
            ck_assert_msg(strstr(line, TOP_BUILDDIR) == NULL, "the build's path: %s", line);
        }
        bind_now = bind_now || strstr(line, "BIND_NOW") != NULL;
        char *name = tagged(line, "(SONAME)");
        if (name != NULL) {
            ck_assert_str_eq(name, "libpy2abi.so.0");
            soname = true;
        }
        name = tagged(line, "(NEEDED)");
        if (name != NULL) {
            ck_assert_msg(may_be_needed(name), "the library needs %s", name);
            libffi = libffi || strncmp(name, "libffi.", 7) == 0;
        }
    }
    ck_assert_msg(soname, "there is no SONAME");
    ck_assert_msg(libffi, "libffi is not needed");
    if (strstr(LINK_FLAGS, "-z,now") != NULL) {
        ck_assert_msg(bind_now, "no BIND_NOW, though linked with %s", LINK_FLAGS);
    }
    else {
        printf("skipped: BIND_NOW: the hardening flags are off\n");
    }
}
END_TEST

START_TEST(test_segments)
{
    if (!have_library()) {
        return;
    }
    const char *args[] = {"readelf", "-lW", library_file(), NULL};
    char *rest = output_of(args), *line;
    bool stack = false, relro = false;

    while ((line = strsep(&rest, "\n")) != NULL) {
        char flags[4] = "";
        if (strstr(line, "GNU_STACK ") != NULL) {
            ck_assert_int_eq(sscanf(line, " GNU_STACK %*s %*s %*s %*s %*s %3s", flags), 1);
            ck_assert_msg(strchr(flags, 'E') == NULL, "the stack is executable: %s", line);
            stack = true;
        }
        relro = relro || strstr(line, "GNU_RELRO ") != NULL;
    }
    ck_assert_msg(stack, "no GNU_STACK: some linkers take the stack as executable then");
    if (strstr(LINK_FLAGS, "-z,relro") != NULL) {
        ck_assert_msg(relro, "no GNU_RELRO, though linked with %s", LINK_FLAGS);
    }
    else {
        printf("skipped: RELRO: the hardening flags are off\n");
    }
}
END_TEST

/* ---- The tables ---- */

START_TEST(test_disjoint)
{
    for (int h = 0; h < HOST_ROW_COUNT; h++) {
        for (int e = 0; e < EXPORT_COUNT; e++) {
            ck_assert_msg(strcmp(host_rows[h].name, exports[e].name) != 0,
                          "%s is looked up in the host and exported", host_rows[h].name);
        }
    }
}
END_TEST

/* A node that is frozen has the names that it had, and no other: who was linked with
 * it finds them, and who is linked today runs with the first release that had it. */
START_TEST(test_frozen)
{
    char *rest = read_text(source_file("tests/abi/frozen.tsv")), *line;
    bool frozen[EXPORT_COUNT] = {false}, recorded[EXPORT_COUNT] = {false};
    int lines = 0;
    ck_assert_ptr_nonnull(rest);
    while ((line = strsep(&rest, "\n")) != NULL) {
        char node[64], name[128];
        if (*line == '#' || *line == '\0') {
            continue;
        }
        ck_assert_msg(sscanf(line, "%63s %127s", node, name) == 2, "frozen.tsv: %s", line);
        bool found = false;
        for (int i = 0; i < EXPORT_COUNT; i++) {
            bool same_node = strcmp(exports[i].node, node) == 0;
            frozen[i] = frozen[i] || same_node;
            if (same_node && strcmp(exports[i].name, name) == 0) {
                recorded[i] = found = true;
            }
        }
        ck_assert_msg(found, "%s is no longer in the node %s", name, node);
        lines++;
    }
    ck_assert_int_gt(lines, 0);
    for (int i = 0; i < EXPORT_COUNT; i++) {
        ck_assert_msg(!frozen[i] || recorded[i], "%s was added to the node %s, which is frozen",
                      exports[i].name, exports[i].node);
    }
}
END_TEST

/* Each row that is promised for the host's version is exported by it. */
START_TEST(test_host_rows)
{
    static const char nowhere[] = "Py2abi_NoSuchName";
    const struct host *host = host_at(_i);
    const char *args[HOST_ROW_COUNT + 4];
    int n = 0, rows = 0;

    if (host->number < 0x0300) {
        return; /* None of host.def is for it. */
    }
    args[n++] = host->path;
    args[n++] = source_file("tests/abi/absent.py");
    for (int i = 0; i < HOST_ROW_COUNT; i++) {
        if (host_rows[i].first <= host->number) {
            args[n++] = host_rows[i].name;
            rows++;
        }
    }
    args[n++] = nowhere; /* Shows that an absent name is found out. */
    args[n] = NULL;
    const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};
    struct outcome outcome = run_program(env, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return;
    }
    ck_assert_msg(outcome.status == 0, "%s: %s: %s", host->name, status_text(outcome.status),
                  outcome.output);
    char *end = strstr(outcome.output, nowhere);
    ck_assert_msg(end != NULL, "%s: an absent name was not noticed: %s", host->name,
                  outcome.output);
    *end = '\0';
    ck_assert_msg(end == outcome.output, "%s does not export:\n%s", host->name, outcome.output);
    count_passed(host, rows);
}
END_TEST

/* ---- abidiff ---- */

/* What abidiff's exit status is made of. */
enum { ABIDIFF_ERROR = 1, ABIDIFF_USAGE = 2, ABIDIFF_CHANGE = 4, ABIDIFF_INCOMPATIBLE = 8 };

static const char *
abidiff_closed(void)
{
#if !defined __x86_64__ || !defined __LP64__
    return "the dump is of x86-64";
#else
    return strcmp(ABIDIFF, "no") == 0 ? "configure found no abidiff" : NULL;
#endif
}

/* Compare the library with a dump of what it has to be. */
static int
abidiff(const char *dump, const char **ret_output)
{
    const char *args[] = {ABIDIFF, "--drop-private-types", "--header-file2",
                          source_file("src/py2abi.h"), dump, library_file(), NULL};
    struct outcome outcome = run_program(NULL, args);
    *ret_output = outcome.output;
    ck_assert_msg(WIFEXITED(outcome.status)
                      && (WEXITSTATUS(outcome.status) & (ABIDIFF_ERROR | ABIDIFF_USAGE)) == 0,
                  "abidiff: %s: %s", status_text(outcome.status), outcome.output);
    return WEXITSTATUS(outcome.status);
}

/* abidiff with the first `from` after `mark` in the dump replaced. */
static int
abidiff_doctored(const char *mark, const char *from, const char *to)
{
    const char *source = source_file("tests/abi/x86_64.abi"), *output;
    FILE *file = fopen(source, "r");
    ck_assert_msg(file != NULL, "%s cannot be read", source);
    char text[65536];
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    ck_assert(size < sizeof text - 1);
    text[size] = '\0';

    char *place = strstr(text, mark);
    place = place != NULL ? strstr(place, from) : NULL;
    ck_assert_msg(place != NULL, "the dump has no %s, %s", mark, from);
    char name[] = "/tmp/py2abi-test-XXXXXX";
    int fd = mkstemp(name);
    ck_assert_int_ge(fd, 0);
    file = fdopen(fd, "w");
    fprintf(file, "%.*s%s%s", (int)(place - text), text, to, place + strlen(from));
    fclose(file);
    int result = abidiff(name, &output);
    unlink(name);
    return result;
}

START_TEST(test_abidiff)
{
    const char *closed = abidiff_closed(), *output;
    if (closed != NULL) {
        skip_test(closed);
        return;
    }
    if (have_library()) {
        int result = abidiff(source_file("tests/abi/x86_64.abi"), &output);
        ck_assert_msg(result == 0, "the interface is not that of tests/abi/x86_64.abi:\n%s",
                      output);
    }
}
END_TEST

/* That abidiff notices what it is here for. */
START_TEST(test_abidiff_notices)
{
    const char *closed = abidiff_closed();
    if (closed != NULL) {
        skip_test(closed);
        return;
    }
    if (!have_library()) {
        return;
    }
    int removed = abidiff_doctored("<elf-function-symbols>", "PyObject_CheckReadBuffer",
                                   "PyObject_WasThereBefore");
    ck_assert_msg((removed & ABIDIFF_INCOMPATIBLE) != 0, "a symbol is gone: %d", removed);

    const char *args[] = {"readelf", "-SW", library_file(), NULL};
    if (strstr(output_of(args), ".debug_info") == NULL) {
        skip_test("without debugging information abidiff sees no types");
        return;
    }
    /* The dump's type identifiers are hashes: these are those of int and
     * long int. */
    int other = abidiff_doctored("<function-decl name='PyObject_CheckReadBuffer'",
                                 "<return type-id='95e97e5e'/>", "<return type-id='95e97e5f'/>");
    ck_assert_msg((other & ABIDIFF_CHANGE) != 0, "a result has another type: %d", other);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("exports");
    TCase *tcase = tcase_create("library");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, test_symbols);
    tcase_add_test(tcase, test_archive);
    tcase_add_test(tcase, test_dynamic_section);
    tcase_add_test(tcase, test_segments);
    tcase_add_test(tcase, test_disjoint);
    tcase_add_test(tcase, test_frozen);
    tcase_add_loop_test(tcase, test_host_rows, 0, host_count());
    tcase_add_test(tcase, test_abidiff);
    tcase_add_test(tcase, test_abidiff_notices);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
