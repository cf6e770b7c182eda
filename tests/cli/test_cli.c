/* test_cli.c - the command py2abi: what it says of binaries that are built here,
 * of those of a real Python 2.7 and of damaged ones, and what it starts.
 *
 * PY2ABI_MUTANTS says how many damaged ones (600), PY2ABI_FUZZ_SEED with which
 * seed they begin (1). */

#include "config.h"
#include "../common/harness.h"
#include "../fuzz/mutate.h"
#include "api.h"

#include <gnu/libc-version.h>
#include <link.h>
#include <stddef.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FOLDER TOP_BUILDDIR "/tests/cli.d"
#define COMMAND command_file()

/* On a machine where no binary for Python 2 is loaded, of each is said why, and nothing else. */
static const char *const refusal =
#ifdef HAVE_GUESTS
    NULL;
#else
    "will not load: it is a binary for Python 2, and those are loaded in 64-bit processes only";
#endif

/* Skips what is about the names that binaries are given. */
static bool
are_refused(void)
{
    if (refusal != NULL) {
        skip_test("binaries for Python 2 are given nothing on this machine");
    }
    return refusal != NULL;
}

/* The tests' own failures, also before there is one: check takes an exit for one. */
static void __attribute__((noreturn))
die(const char *path, const char *words)
{
    fprintf(stderr, "test_cli: %s: %s\n", path, words);
    exit(EXIT_FAILURE);
}

static int
number_from(const char *variable, int otherwise)
{
    const char *text = getenv(variable);
    return text != NULL && *text != '\0' ? atoi(text) : otherwise;
}

static int
exit_status(struct outcome outcome)
{
    ck_assert_msg(WIFEXITED(outcome.status), "%s:\n%.4000s", status_text(outcome.status),
                  outcome.output);
    return WEXITSTATUS(outcome.status);
}

/* Run the command.  The words end with NULL. */
static struct outcome __attribute__((sentinel))
py2abi(const char *const *env, ...)
{
    struct command command = {.count = 0};
    const char *word;
    va_list words;
    ADD(&command, COMMAND);
    va_start(words, env);
    while ((word = va_arg(words, const char *)) != NULL) {
        ADD(&command, word);
    }
    va_end(words);
    return run_program(env, command.args);
}

#define EXPECT(outcome_, status_, ...)                                                            \
    do {                                                                                          \
        struct outcome got_ = (outcome_);                                                         \
        const char *want_ = format(__VA_ARGS__);                                                  \
        ck_assert_msg(exit_status(got_) == (status_), "exit status %d, not %d:\n%.4000s",         \
                      exit_status(got_), (status_), got_.output);                                 \
        ck_assert_msg(strcmp(got_.output, want_) == 0, "expected\n%.3000s\ngot\n%.3000s", want_,  \
                      got_.output);                                                               \
    } while (0)

static char *
read_bytes(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        die(path, "it cannot be read");
    }
    char *bytes = NULL;
    size_t size = 0, room = 0, got;
    do {
        bytes = realloc(bytes, room += 65536);
        got = fread(bytes + size, 1, room - size - 1, file);
        size += got;
    } while (got != 0);
    fclose(file);
    bytes[size] = '\0';
    *ret_size = size;
    return bytes;
}

static void
write_bytes(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        die(path, "it cannot be written");
    }
}

static void
write_text(const char *path, const char *text)
{
    write_bytes(path, text, strlen(text));
}

/* ---- Binaries ---- */

/* What a source begins with: WANTS(name) makes the object want a name. */
static const char prologue[] =
    "#define WANTS_(name, line) extern char w_##line[] __asm__(#name); \\\n"
    "    __attribute__((used)) void *p_##line = w_##line;\n"
    "#define WANTS__(name, line) WANTS_(name, line)\n"
    "#define WANTS(name) WANTS__(name, __COUNTER__)\n";

/* A module as one wrote it for Python 2. */
#define MODULE(name)                                                                              \
    "#include \"Python.h\"\n"                                                                     \
    "PyMODINIT_FUNC init" name "(void) { Py_InitModule(\"" name "\", NULL); }\n"

enum { LOADS, FAILS, NOT_OURS, UNDECIDED = 256 };

/* A file to be built, its source, how it is linked, and what is said of it, "@"
 * standing for the folder.  In the order in which they are built. */
struct binary {
    const char *file, *source, *flags;
    int status;
    const char *sentence;
};

#define VENDOR "-L@ -Wl,-rpath,@"

static const struct binary binaries[] = {
    {"plain.so", MODULE("plain"), "", LOADS, "will load"},
    {"goodmodule.so", MODULE("good"), "", LOADS | UNDECIDED, "will load"},
    {"wholemodule.so", MODULE("wholemodule"), "", LOADS, "will load"},
    {"dotted.x86_64-linux-gnu.so", MODULE("dotted"), "", LOADS | UNDECIDED, "will load"},
    {"misnamed.so", MODULE("right"), "", FAILS,
     "will not load: its file name makes it the module misnamed, but it has no initmisnamed; it "
     "has initright: name it after its module"},
    {"unknown.so", MODULE("unknown") "WANTS(PyNothing_Known) WANTS(_PyNothing_Else)", "", FAILS,
     "will not load: it needs what py2abi does not have: PyNothing_Known, _PyNothing_Else"},
    {"many.so",
     MODULE("many") "WANTS(PyNone_1) WANTS(PyNone_2) WANTS(PyNone_3) WANTS(PyNone_4) "
                    "WANTS(PyNone_5) WANTS(PyNone_6) WANTS(PyNone_7)", "", FAILS,
     "will not load: it needs what py2abi does not have: PyNone_1, PyNone_2, PyNone_3, PyNone_4, "
     "PyNone_5 and 2 more"},
    {"weak.so",
     MODULE("weak") "__asm__(\".weak PyNothing_Weak\"); WANTS(PyNothing_Weak)", "", LOADS,
     "will load"},
    {"ucs4.so", MODULE("ucs4") "WANTS(PyUnicodeUCS4_FromUnicode)", "", LOADS, "will load"},
    {"ucs2.so", MODULE("ucs2") "WANTS(PyUnicodeUCS2_FromUnicode)", "", FAILS,
     "will not load: it was built for a Python 2 with two-byte Unicode (it wants PyUnicodeUCS2 "
     "functions), and only the four-byte kind (UCS4) is supported; it needs what py2abi does not "
     "have: PyUnicodeUCS2_FromUnicode"},
    {"python3.so",
     "WANTS(PyModule_Create2) WANTS(PyObject_AsReadBuffer) void *PyInit_python3(void) "
     "{ return 0; }", "", NOT_OURS | UNDECIDED,
     "is an extension module for Python 3, which loads without py2abi; py2abi serves the 1 "
     "function of the old buffer protocol that it calls"},
    {"library3.so", "WANTS(PyModule_Create2)", "", NOT_OURS | UNDECIDED,
     "is a library that uses Python, but not Python 2: it wants PyModule_Create2, which Python "
     "2.7 does not have"},
    {"other.so", "int other;", "", NOT_OURS | UNDECIDED,
     "is a shared object that wants nothing of Python"},

    /* Libraries that use Python 2, and those that do not. */
    {"libvendor27.so",
     "void PyVendor_Call(void) {} WANTS(PyString_FromString) WANTS(Py_InitModule4_64)", "",
     LOADS | UNDECIDED, "will load"},
    {"bylib.so", MODULE("bylib") "WANTS(PyVendor_Call)", VENDOR " -lvendor27", LOADS, "will load"},
    {"libucs2.so", "void vendor_ucs2(void) {} WANTS(PyUnicodeUCS2_FromUnicode)", "",
     FAILS | UNDECIDED,
     "will not load: it was built for a Python 2 with two-byte Unicode (it wants PyUnicodeUCS2 "
     "functions), and only the four-byte kind (UCS4) is supported; it needs what py2abi does not "
     "have: PyUnicodeUCS2_FromUnicode"},
    {"byucs2.so", MODULE("byucs2") "WANTS(vendor_ucs2)", VENDOR " -lucs2", FAILS,
     "will not load: its library @/libucs2.so was built for a Python 2 with two-byte Unicode (it "
     "wants PyUnicodeUCS2 functions), and only the four-byte kind (UCS4) is supported; its "
     "library @/libucs2.so needs what py2abi does not have: PyUnicodeUCS2_FromUnicode"},
    {"libplain.so", "void PyPlain_Call(void) {}", "", NOT_OURS | UNDECIDED,
     "is a shared object that wants nothing of Python"},
    /* The loader opens it only if it is found by $ORIGIN. */
    {"byorigin.so", MODULE("byorigin") "WANTS(PyPlain_Call)",
     "-L@ -Wl,-rpath,$ORIGIN -lplain", LOADS, "will load"},
    {"byplain.so", MODULE("byplain") "WANTS(PyPlain_Call)", VENDOR " -lplain", FAILS,
     "will not load: it needs what py2abi does not have: PyPlain_Call"},

    /* Libraries that are not there. */
    {"libgone.so", "void vendor_gone(void) {}", "", NOT_OURS | UNDECIDED, NULL},
    {"libmiddle.so", "void vendor_middle(void) {} WANTS(vendor_gone)", VENDOR " -lgone",
     NOT_OURS | UNDECIDED, "is a shared object that wants nothing of Python"},
    {"nolib.so", MODULE("nolib") "WANTS(vendor_gone)", VENDOR " -lgone", FAILS,
     "will not load: it needs libgone.so, which is not found"},
    {"deeper.so", MODULE("deeper") "WANTS(vendor_middle)",
     VENDOR " -lmiddle -Wl,--allow-shlib-undefined", FAILS,
     "will not load: its library @/libmiddle.so needs libgone.so, which is not found"},
    {"libempty.so", "void vendor_empty(void) {}", "", NOT_OURS | UNDECIDED, NULL},
    {"noelf.so", MODULE("noelf") "WANTS(vendor_empty)", VENDOR " -lempty", FAILS,
     "will not load: its library @/libempty.so cannot be used: its string table does not begin "
     "and end with a null character"},
    /* The path that the object was linked with counts for its libraries too. */
    {"sub/libdeep.so", "void vendor_deep(void) {}", "-Wl,-soname,libdeep.so",
     NOT_OURS | UNDECIDED, "is a shared object that wants nothing of Python"},
    {"sub/libshallow.so", "void vendor_shallow(void) {} WANTS(vendor_deep)",
     "-L@/sub -ldeep -Wl,-soname,libshallow.so", NOT_OURS | UNDECIDED,
     "is a shared object that wants nothing of Python"},
    /* Who needs it finds it open already. */
    {"opened.so", MODULE("opened") "WANTS(vendor_shallow) WANTS(vendor_deep)",
     "-L@/sub -ldeep -lshallow -Wl,-rpath,$ORIGIN/sub", LOADS, "will load"},
    {"inherits.so", MODULE("inherits") "WANTS(vendor_shallow)",
     "-L@/sub -lshallow -Wl,-rpath,@/sub -Wl,--disable-new-dtags", LOADS, "will load"},
    {"inheritsorigin.so", MODULE("inheritsorigin") "WANTS(vendor_shallow)",
     "-L@/sub -lshallow -Wl,-rpath,$ORIGIN/sub -Wl,--disable-new-dtags", LOADS, "will load"},
    {"sub/libdeep27.so", "void PyVendor_Deep(void) {} WANTS(PyString_FromString)",
     "-Wl,-soname,libdeep27.so", LOADS | UNDECIDED, "will load"},
    {"sub/libshallow27.so", "void vendor_shallow27(void) {}",
     "-Wl,--no-as-needed -L@/sub -ldeep27 -Wl,-soname,libshallow27.so", NOT_OURS | UNDECIDED,
     "is a shared object that wants nothing of Python"},
    {"inherits27.so", MODULE("inherits27") "WANTS(vendor_shallow27)",
     "-L@/sub -lshallow27 -Wl,-rpath,@/sub -Wl,--disable-new-dtags", LOADS, "will load"},
    /* But only if they have none of their own that is newer. */
    {"sub/libstops.so", "void vendor_stops(void) {} WANTS(vendor_deep)",
     "-L@/sub -ldeep -Wl,-soname,libstops.so -Wl,-rpath,/nonexistent -Wl,--enable-new-dtags",
     NOT_OURS | UNDECIDED, "is a shared object that wants nothing of Python"},
    {"inheritsnot.so", MODULE("inheritsnot") "WANTS(vendor_stops)",
     "-L@/sub -lstops -Wl,-rpath,$ORIGIN/sub -Wl,--disable-new-dtags "
     "-Wl,--allow-shlib-undefined", FAILS,
     "will not load: its library @/sub/libstops.so needs libdeep.so, which is not found"},

    /* libpython2.7 is replaced, unless it has to be a certain one. */
    {"libpython2.7.so.1.0", "void Py_Nothing(void) {}", "-Wl,-soname,libpython2.7.so.1.0",
     NOT_OURS | UNDECIDED, NULL},
    {"linked.so", MODULE("linked"), "-Wl,--no-as-needed -L@ -l:libpython2.7.so.1.0", LOADS,
     "will load"},
    {"sub/libpython2.7.so.1.0", "void *Py_InitModule4_64(void) { return 0; }",
     "-Wl,-soname,libpython2.7.so.1.0 -Wl,--version-script=@/versions", NOT_OURS | UNDECIDED,
     NULL},
    {"versioned.so", MODULE("versioned"), "-L@/sub -l:libpython2.7.so.1.0", FAILS,
     "will not load: it wants symbol versions of libpython2.7.so.1.0, which it cannot have"},

    {"unresolved.so", MODULE("unresolved") "WANTS(vendor_elsewhere) WANTS(cos) WANTS(puts)", "",
     LOADS | UNDECIDED, "will load"},
};
enum { BINARY_COUNT = sizeof binaries / sizeof binaries[0] };

static char *
replace_folder(const char *text)
{
    char *result = strdup(text), *at;
    while ((at = strchr(result, '@')) != NULL) {
        char *longer = format("%.*s%s%s", (int)(at - result), result, FOLDER, at + 1);
        free(result);
        result = longer;
    }
    return result;
}

static void
build(const char *file, const char *source, const char *flags)
{
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    char *path = format("%s/%s", FOLDER, file), *source_path = format("%s.c", path);
    struct command command = {.count = 0};
    write_text(source_path, format("%s\n%s\n", prologue, source));
    add_split(&command, compiler, " ");
    ADD(&command, "-O1", "-g0", "-fPIC", "-shared", "-nostdlib", "-w", "-o", path,
        source_path, "-I" TOP_SRCDIR "/compat/include", "-Wl,--unresolved-symbols=ignore-all");
    add_split(&command, replace_folder(flags), " ");
    struct outcome outcome = run_program(NULL, command.args);
    if (outcome.status != 0) {
        die(path, outcome.output);
    }
}

static void
remove_file(const char *name)
{
    unlink(format("%s/%s", FOLDER, name));
}

/* A row of the table that is as the caller wants it. */
static const struct py2abi_api *
find_row(enum py2abi_api_kind kind, bool is_data, unsigned flags)
{
    for (unsigned i = 0; i < py2abi_api_count; i++) {
        const struct py2abi_api *row = &py2abi_api_rows[i];
        if (row->kind == kind && row->is_data == is_data && (row->flags & F_NOGIL) == flags
            && strncmp(row->name, "PyUnicodeUCS", 12) != 0) {
            return row;
        }
    }
    return NULL;
}

static void
build_all(void)
{
    const char *make[] = {"sh", "-c", "rm -rf \"$1\" && mkdir -p \"$1/sub\" \"$1/mutants\"", "-",
                          FOLDER, NULL};
    if (run_program(NULL, make).status != 0) {
        die(FOLDER, "it cannot be made");
    }
    write_text(FOLDER "/versions", "VENDOR_1 { *; };\n");
    for (int i = 0; i < BINARY_COUNT; i++) {
        build(binaries[i].file, binaries[i].source, binaries[i].flags);
    }
    /* What is not what it was when the others were linked with it. */
    remove_file("libgone.so");
    size_t size;
    char *bytes = read_bytes(FOLDER "/libempty.so", &size);
    ElfW(Ehdr) header;
    memcpy(&header, bytes, sizeof header);
    for (unsigned i = 0; i < header.e_shnum; i++) {
        ElfW(Shdr) section;
        memcpy(&section, bytes + header.e_shoff + i * sizeof section, sizeof section);
        if (section.sh_type == SHT_STRTAB && (section.sh_flags & SHF_ALLOC) != 0) {
            bytes[section.sh_offset] = 'x';
        }
    }
    write_bytes(FOLDER "/libempty.so", bytes, size);
}

/* ---- The command itself ---- */

START_TEST(test_usage)
{
    EXPECT(py2abi(NULL, "--version", NULL), 0, "py2abi %s\n", PACKAGE_VERSION);
    EXPECT(py2abi(NULL, "-V", NULL), 0, "py2abi %s\n", PACKAGE_VERSION);
    const struct {
        const char *one[4], *other[4];
    } same[] = {
        {{"--help"}, {"help"}},
        {{"--help"}, {"-h"}},
        {{"audit", "--help"}, {"help", "audit"}},
        {{"audit", "-h"}, {"help", "audit"}},
        {{"run", "--help"}, {"help", "run"}},
        {{"run", "-h", "nothing"}, {"help", "run"}},
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        struct outcome one = py2abi(NULL, same[i].one[0], same[i].one[1], same[i].one[2], NULL);
        ck_assert_int_eq(exit_status(one), 0);
        ck_assert_msg(strncmp(one.output, "usage: py2abi ", 14) == 0, "%s", one.output);
        EXPECT(py2abi(NULL, same[i].other[0], same[i].other[1], NULL), 0, "%s", one.output);
    }
    const struct {
        const char *args[4], *sentence;
    } wrong[] = {
        {{NULL}, "it wants a command; see `py2abi --help`"},
        {{"nonsense"}, "there is no command nonsense; see `py2abi --help`"},
        {{"help", "nonsense"}, "there is no command nonsense; see `py2abi --help`"},
        {{"--nonsense"}, "there is no option --nonsense; see `py2abi --help`"},
        {{"-x"}, "there is no option -x; see `py2abi --help`"},
        {{"--version=2"}, "the option --version takes no value; see `py2abi --help`"},
        {{"audit"}, "audit: it wants the name of a file; see `py2abi audit --help`"},
        {{"audit", "--nonsense", "x"},
         "audit: there is no option --nonsense; see `py2abi audit --help`"},
        {{"audit", "-qx", "x"}, "audit: there is no option -x; see `py2abi audit --help`"},
        {{"audit", "--json=1", "x"},
         "audit: the option --json takes no value; see `py2abi audit --help`"},
        {{"audit", "-jq", "x"}, "audit: --json, --quiet and --symbols exclude each other"},
        {{"audit", "--quiet", "--symbols"},
         "audit: --json, --quiet and --symbols exclude each other"},
        {{"run"}, "run: it wants the name of a program; see `py2abi run --help`"},
        {{"run", "--views"}, "run: the option --views wants a value; see `py2abi run --help`"},
        {{"run", "--views=keep", "true"},
         "run: the value 'keep' is not one of --views=hold|release; see `py2abi run --help`"},
        {{"run", "--views=hold|release", "true"},
         "run: the value 'hold|release' is not one of --views=hold|release; see `py2abi run "
         "--help`"},
        {{"run", "--bind=", "true"},
         "run: the value '' is not one of --bind=guests|all; see `py2abi run --help`"},
        {{"run", "--str=latin1,robot=utf8", "true"},
         "run: the value 'robot=utf8' is not one of --str=bytes|ascii|latin1|utf-8; see `py2abi "
         "run --help`"},
        {{"run", "--str=latin1,", "true"},
         "run: the value '' is not one of --str=bytes|ascii|latin1|utf-8; see `py2abi run "
         "--help`"},
        {{"run", "--text=robot=bytes", "true"},
         "run: the value 'robot=bytes' is not one of --text=unicode|str; see `py2abi run "
         "--help`"},
        {{"run", "--trace=", "true"},
         "run: the value '' is not one of --trace[=FILE]; see `py2abi run --help`"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        EXPECT(py2abi(NULL, wrong[i].args[0], wrong[i].args[1], wrong[i].args[2], NULL), 2,
               "py2abi: %s\n", wrong[i].sentence);
    }
    const char *full[] = {"sh", "-c", "exec \"$1\" --help >/dev/full", "-", COMMAND, NULL};
    EXPECT(run_program(NULL, full), 2,
           "py2abi: the output cannot be written: No space left on device\n");
}
END_TEST

/* Every option of the help is in the manual page, and mandoc has nothing to say. */
START_TEST(test_manual)
{
    static const char *const pages[][2] = {{"", "doc/py2abi.1"},
                                           {"audit", "doc/py2abi-audit.1"},
                                           {"run", "doc/py2abi-run.1"}};
    for (int i = 0; i < 3; i++) {
        size_t size;
        int found = 0;
        const char *name = *pages[i][0] != '\0' ? pages[i][0] : NULL;
        struct outcome help = py2abi(NULL, "help", name, NULL);
        char *page = read_bytes(source_file(pages[i][1]), &size), *plain = page, *to = page;
        for (; *plain != '\0'; plain++) { /* \- is a minus */
            if (strncmp(plain, "\\-", 2) != 0) {
                *to++ = *plain;
            }
            else {
                *to++ = *++plain;
            }
        }
        *to = '\0';
        for (char *at = help.output; (at = strstr(at, " --")) != NULL; found++) {
            at++;
            char *option = strndup(at, 2 + strspn(at + 2, "abcdefghijklmnopqrstuvwxyz"));
            ck_assert_msg(strstr(page, option) != NULL, "%s has no %s", pages[i][1], option);
        }
        ck_assert_msg(found >= 2, "no options in\n%s", help.output);
    }
    /* All pages; a made one is checked where the suite of the installation looks at it. */
    static const char *const all[] = {"py2abi.1", "py2abi-audit.1", "py2abi-run.1", "py2abi.7",
                                      "py2abi_create_module.3", "py2abi_views_begin.3"};
    for (size_t i = 0; i < sizeof all / sizeof all[0] && strcmp(MANDOC, "no") != 0; i++) {
        const char *args[] = {MANDOC, "-Tlint", source_file(format("doc/%s", all[i])), NULL};
        EXPECT(run_program(NULL, args), 0, "%s", "");
    }
    if (strcmp(MANDOC, "no") == 0) {
        skip_test("mandoc is not installed: the manual pages are not checked with it");
    }
}
END_TEST

/* The documents say what the code does; the binary and the program are those of the README. */
START_TEST(test_documents)
{
#ifdef WITH_SANITIZERS
    skip_test("a Python that a document starts lacks the sanitizers' runtime");
    return;
#endif
    const char *folder = FOLDER "/documents";
    const char *script =
        "set -e; mkdir -p \"$1\"; cd \"$1\"; echo 'import robot; print(robot)' >program.py\n"
        "$CC -w -fPIC -shared -fno-strict-aliasing -I\"$2\" -DMODULE_NAME=robot -o robot.so \"$3\"\n";
    const char *compiler = getenv("CC");
    const char *compile_env[] = {format("CC=%s", compiler != NULL ? compiler : "cc"), NULL};
    const char *compile[] = {"sh", "-c", script, "-", folder, TOP_SRCDIR "/compat/include",
                             source_file("tests/import/plain.c"), NULL};
    EXPECT(run_program(compile_env, compile), 0, "%s", "");
    const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};
    if (refusal != NULL) {
        skip_test("what the README says to do with a binary does not work on this machine");
        folder = "";
    }
    const char *args[] = {PYTHON, source_file("tests/cli/documents.py"), TOP_SRCDIR, COMMAND, folder,
                          TOP_BUILDDIR "/doc/coverage.md", NULL};
    struct outcome outcome = run_program(env, args);
    ck_assert_msg(outcome.status == 0, "%.8000s", outcome.output);
}
END_TEST

/* What bash completes: the words before the last, then what comes of it. */
START_TEST(test_completion)
{
    static const char *const cases[][2] = {
        {"''", "audit run help"},
        {"a", "audit"},
        {"-", "--version --help"},
        {"help r", "run"},
        {"audit -", "--json --quiet --symbols --help"},
        {"audit --s", "--symbols"},
        {"audit --quiet -", "--json --quiet --symbols --help"},
        {"audit " FOLDER "/pla", FOLDER "/plain.so " FOLDER "/plain.so.c"},
        {"run --", "--bind= --faults= --str= --text= --trace --views= --help"},
        {"run --views =", "hold release"},
        {"run --views = r", "release"},
        {"run --str = l", "latin1"},
        {"run --trace = " FOLDER "/vers", FOLDER "/versions " FOLDER "/versioned.so "
                                          FOLDER "/versioned.so.c"},
        {"run --views = hold --b", "--bind="},
        {"run cat " FOLDER "/plain.so.", FOLDER "/plain.so.c"},
        {"run cat --v", ""},
    };
    const char *bash[] = {"bash", "-c", "exit 0", NULL};
    if (run_program(NULL, bash).status != 0) {
        skip_test("bash is not installed");
        return;
    }
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *script =
            format("source '%s'; COMP_WORDS=(%s %s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); "
                   "_py2abi; printf '%%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort",
                   source_file("src/py2abi.bash"), COMMAND, cases[i][0]);
        const char *sorted = format("printf '%%s\\n' %s | LC_ALL=C sort",
                                    *cases[i][1] != '\0' ? cases[i][1] : "''");
        const char *args[] = {"bash", "-c", script, NULL}, *sort[] = {"sh", "-c", sorted, NULL};
        struct outcome want = run_program(NULL, sort), got = run_program(NULL, args);
        ck_assert_msg(strcmp(got.output, want.output) == 0, "py2abi %s: expected\n%sgot\n%s",
                      cases[i][0], want.output, got.output);
    }
}
END_TEST

/* ---- audit: verdicts ---- */

START_TEST(test_binary)
{
    const struct binary *binary = &binaries[_i];
    if (binary->sentence == NULL) {
        idle_test();
        return;
    }
    int status = binary->status & 0xff;
    bool is_refused = refusal != NULL && status != NOT_OURS;
    EXPECT(py2abi(NULL, "audit", "--quiet", format("%s/%s", FOLDER, binary->file), NULL),
           is_refused ? FAILS : status, "%s/%s: %s\n", FOLDER, binary->file,
           is_refused ? refusal : replace_folder(binary->sentence));
}
END_TEST

/* What cannot be read is said on standard error, for each file; the worst counts. */
START_TEST(test_unreadable)
{
    size_t size;
    char *bytes = read_bytes(FOLDER "/plain.so", &size);
    write_bytes(FOLDER "/short.so", bytes, 40);
    write_bytes(FOLDER "/zero.so", bytes, 0);
    bytes[offsetof(ElfW(Ehdr), e_machine)] ^= 1;
    write_bytes(FOLDER "/machine.so", bytes, size);
    ck_assert(mkfifo(FOLDER "/fifo.so", 0600) == 0);
    const struct {
        const char *file, *sentence;
    } cases[] = {
        {"nothing.so", "it cannot be read: No such file or directory"},
        {"plain.so/x", "it cannot be read: Not a directory"},
        {"sub", "it is a directory"},
        {"fifo.so", "it is no regular file"},
        {"plain.so.c", "it is no ELF file"},
        {"zero.so", "it is empty"},
        {"short.so", "it ends within its ELF header"},
        {"machine.so", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = format("%s/%s", FOLDER, cases[i].file);
        static const char *const forms[] = {"--quiet", "--symbols", "--json"};
        for (int f = 0; f < 3; f++) {
            const char *args[] = {"sh", "-c", "exec \"$1\" audit \"$2\" \"$3\" >/dev/null", "-",
                                  COMMAND, forms[f], path, NULL};
            struct outcome outcome = run_program(NULL, args);
            ck_assert_int_eq(exit_status(outcome), NOT_OURS);
            if (cases[i].sentence != NULL) {
                ck_assert_str_eq(outcome.output,
                                 format("py2abi: %s: %s\n", path, cases[i].sentence));
            }
            else {
                ck_assert_msg(strstr(outcome.output, "ELF file for") != NULL, "%s",
                              outcome.output);
            }
        }
    }
    EXPECT(py2abi(NULL, "audit", "-q", FOLDER "/plain.so", FOLDER "/zero.so", FOLDER "/ucs2.so",
                  FOLDER "/other.so", NULL),
           NOT_OURS,
           "%s/plain.so: %s\npy2abi: %s/zero.so: it is empty\n%s/ucs2.so: %s\n"
           "%s/other.so: is a shared object that wants nothing of Python\n",
           FOLDER, refusal != NULL ? refusal : "will load", FOLDER, FOLDER,
           refusal != NULL ? refusal
           : "will not load: it was built for a Python 2 with two-byte Unicode (it wants "
           "PyUnicodeUCS2 functions), and only the four-byte kind (UCS4) is supported; it needs "
           "what py2abi does not have: PyUnicodeUCS2_FromUnicode",
           FOLDER);
    ck_assert_int_eq(exit_status(py2abi(NULL, "audit", "-q", FOLDER "/ucs2.so",
                                        FOLDER "/plain.so", NULL)), FAILS);
    if (geteuid() != 0) {
        write_bytes(FOLDER "/secret.so", bytes, size);
        ck_assert(chmod(FOLDER "/secret.so", 0) == 0);
        EXPECT(py2abi(NULL, "audit", FOLDER "/secret.so", NULL), NOT_OURS,
               "py2abi: %s/secret.so: it cannot be read: Permission denied\n", FOLDER);
    }
}
END_TEST

/* The other ABIs that are refused: by name. */
START_TEST(test_refused_abis)
{
    build("old.so", "void initold(void) {} WANTS(Py_InitModule4) WANTS(PyString_FromString)", "");
    build("debug.so", "void initdebug(void) {} WANTS(Py_InitModule4TraceRefs_64) "
                      "WANTS(_Py_RefTotal)", "");
    if (refusal != NULL) {
        EXPECT(py2abi(NULL, "audit", "-q", FOLDER "/old.so", FOLDER "/debug.so", NULL), FAILS,
               "%1$s/old.so: %2$s\n%1$s/debug.so: %2$s\n", FOLDER, refusal);
        return;
    }
    struct outcome old = py2abi(NULL, "audit", FOLDER "/old.so", NULL);
    struct outcome debug = py2abi(NULL, "audit", FOLDER "/debug.so", NULL);
    ck_assert_int_eq(exit_status(old), FAILS);
    ck_assert_msg(strstr(old.output, ": will not load: it was built for Python 2.4 or older") != NULL
                      && strstr(old.output, "made for    Python 2.4 or older") != NULL,
                  "%s", old.output);
    ck_assert_int_eq(exit_status(debug), FAILS);
    ck_assert_msg(strstr(debug.output, ": will not load: it was built for a debug build") != NULL
                      && strstr(debug.output, "(a debug build)") != NULL,
                  "%s", debug.output);
}
END_TEST

/* What is not implemented: whatever the table says now. */
START_TEST(test_stubs)
{
    const struct py2abi_api *stub = find_row(PY2ABI_API_STUB, false, 0);
    const struct py2abi_api *quiet = find_row(PY2ABI_API_STUB, false, F_NOGIL);
    const struct py2abi_api *datum = find_row(PY2ABI_API_STUB, true, 0);
    if (are_refused()) {
        return;
    }
    if (stub != NULL) {
        build("stub.so", format(MODULE("stub") "WANTS(%s)", stub->name), "");
        EXPECT(py2abi(NULL, "audit", "-q", FOLDER "/stub.so", NULL), LOADS,
               "%s/stub.so: will load; 1 of 2 functions is not implemented and raises "
               "NotImplementedError when called: %s\n", FOLDER, stub->name);
    }
    if (quiet != NULL) {
        build("quiet.so", format(MODULE("quiet") "WANTS(%s)", quiet->name), "");
        EXPECT(py2abi(NULL, "audit", "-q", FOLDER "/quiet.so", NULL), LOADS,
               "%s/quiet.so: will load; 1 of 2 functions is not implemented: %s\n", FOLDER,
               quiet->name);
    }
    if (datum != NULL) {
        build("datum.so", format(MODULE("datum") "WANTS(%s)", datum->name), "");
        EXPECT(py2abi(NULL, "audit", "-q", FOLDER "/datum.so", NULL), FAILS,
               "%s/datum.so: will not load: it needs what py2abi does not have: %s\n", FOLDER,
               datum->name);
    }
    if (stub == NULL || quiet == NULL || datum == NULL) {
        skip_test("the table has no stubs of some kind any more");
    }
}
END_TEST

/* ---- audit: what it puts out ---- */

/* A file that wants every name of the table. */
static const char *
build_everything(void)
{
    char *source = strdup("void initeverything(void) {}\n");
    for (unsigned i = 0; i < py2abi_api_count; i++) {
        char *longer = format("%sWANTS(%s)\n", source, py2abi_api_rows[i].name);
        free(source);
        source = longer;
    }
    build("everything.so", source, "");
    return FOLDER "/everything.so";
}

START_TEST(test_table)
{
    static const char *const env[] = {"COLUMNS=72", NULL};
    if (are_refused()) {
        EXPECT(py2abi(env, "audit", FOLDER "/many.so", NULL), FAILS,
               "%s/many.so: %s\n"
               "    what        extension module for Python 2\n"
               "    made for    Python 2.5 to 2.7, either width of Unicode\n"
               "    module      many\n", FOLDER, refusal);
        return;
    }
    EXPECT(py2abi(env, "audit", FOLDER "/bylib.so", NULL), LOADS,
           "%1$s/bylib.so: will load\n"
           "    what        extension module for Python 2\n"
           "    made for    Python 2.5 to 2.7, either width of Unicode\n"
           "    module      bylib\n"
           "    libraries   libvendor27.so  %1$s/libvendor27.so, which uses Python 2\n"
           "    1 served by py2abi\n"
           "        Py_InitModule4_64\n"
           "    1 from a library of its own\n"
           "      %1$s/libvendor27.so:\n"
           "        PyVendor_Call\n"
           "    %1$s/libvendor27.so wants:\n"
           "    2 served by py2abi\n"
           "        PyString_FromString  Py_InitModule4_64\n", FOLDER);
    EXPECT(py2abi(env, "audit", "-s", FOLDER "/weak.so", FOLDER "/unresolved.so", NULL), LOADS,
           "%1$s/weak.so: will load\n"
           "    optional  PyNothing_Weak -- no name of Python 2.7\n"
           "    served    PyObject *Py_InitModule4_64(const char *, PyMethodDef *, const char *, "
           "PyObject *, int)\n"
           "%1$s/unresolved.so: will load\n"
           "    served    PyObject *Py_InitModule4_64(const char *, PyMethodDef *, const char *, "
           "PyObject *, int)\n", FOLDER);
    EXPECT(py2abi(env, "audit", FOLDER "/many.so", FOLDER "/unresolved.so", NULL), FAILS,
           "%1$s/many.so: will not load: it needs what py2abi does not have: PyNone_1, PyNone_2, "
           "PyNone_3, PyNone_4, PyNone_5 and 2 more\n"
           "    what        extension module for Python 2\n"
           "    made for    Python 2.5 to 2.7, either width of Unicode\n"
           "    module      many\n"
           "    1 served by py2abi\n"
           "        Py_InitModule4_64\n"
           "    7 missing\n"
           "      no name of Python 2.7:\n"
           "        PyNone_1  PyNone_3  PyNone_5  PyNone_7\n"
           "        PyNone_2  PyNone_4  PyNone_6\n"
           "%1$s/unresolved.so: will load\n"
           "    what        extension module for Python 2\n"
           "    made for    Python 2.5 to 2.7, either width of Unicode\n"
           "    module      unresolved\n"
           "    1 served by py2abi\n"
           "        Py_InitModule4_64\n"
           "    1 other name that no library of its own has, so that the program must:\n"
           "        vendor_elsewhere\n", FOLDER);
    const struct {
        const char *file, *line;
    } lines[] = {
        {"ucs4", "    made for    Python 2.5 to 2.7, four-byte (UCS4) Unicode\n"},
        {"ucs2", "    made for    Python 2.5 to 2.7, two-byte (UCS2) Unicode\n"},
        {"goodmodule", "    module      good, by this file name after `import py2abi` only\n"},
        {"misnamed", "    module      none by this file name; other functions that may make one: "
                     "initright\n"},
        {"linked", "    libraries   libpython2.7.so.1.0  replaced by py2abi\n"},
        {"nolib", "    libraries   libgone.so  not found\n"},
        {"deeper", "\n                  libgone.so  not found\n"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        const char *path = format("%s/%s.so", FOLDER, lines[i].file);
        struct outcome outcome = py2abi(env, "audit", path, NULL);
        ck_assert_msg(strstr(outcome.output, lines[i].line) != NULL, "%sis not in\n%s",
                      lines[i].line, outcome.output);
    }
}
END_TEST

/* What is unusual, in the file and in a library that comes with it. */
START_TEST(test_notes)
{
    static const struct {
        const char *file, *source, *flags;
        const char *notes; /* "@" stands for the folder */
    } cases[] = {
        {"noted0", MODULE("noted0"), "-Wl,-z,noexecstack", ""},
        {"noted1", MODULE("noted1"), "-Wl,-z,execstack",
         "    note        it wants an executable stack\n"},
        {"libnoted2.so", "void vendor_noted(void) {} WANTS(Py_InitModule4_64)",
         "-Wl,-z,execstack -Wl,-rpath,/nowhere", NULL},
        {"noted3", MODULE("noted3") "WANTS(vendor_noted)",
         VENDOR ":$ORIGIN:/nowhere/a:$ORIGIN/b:/nowhere/c:here:/nowhere/${LIB}: -lnoted2",
         "    note        it looks for libraries below the working directory: here, ''\n"
         "    note        it looks for libraries in folders that are not there: /nowhere/a, "
         "$ORIGIN/b, /nowhere/c, /nowhere/${LIB}\n"
         "    note        its library @/libnoted2.so wants an executable stack\n"
         "    note        its library @/libnoted2.so looks for libraries in folders that are not "
         "there: /nowhere\n"},
#ifdef __x86_64__
        {"noted4",
         MODULE("noted4") "__asm__(\".text\\n.quad noted4_here\\n.data\\nnoted4_here: .quad 0\\n.text\");",
         "-Wl,-z,notext -Wl,-z,noexecstack", "    note        it has text relocations\n"},
#endif
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *name = cases[i].file;
        name = cases[i].notes != NULL ? format("%s.so", name) : name;
        build(name, cases[i].source, cases[i].flags);
        if (cases[i].notes == NULL) {
            continue;
        }
        struct outcome outcome = py2abi(NULL, "audit", format("%s/%s", FOLDER, name), NULL);
        char *got = strdup(outcome.output), *all = strdup(""), *line;
        while ((line = strsep(&got, "\n")) != NULL) {
            if (strncmp(line, "    note ", 9) == 0) {
                all = format("%s%s\n", all, line);
            }
        }
        ck_assert_str_eq(all, replace_folder(cases[i].notes));
        /* Whether it is opened is the C library's to say. */
        int major = 0, minor = 0;
        bool is_refused = strstr(all, "stack") != NULL
                          && sscanf(gnu_get_libc_version(), "%d.%d", &major, &minor) == 2
                          && (major > 2 || minor > 40);
        ck_assert_int_eq(exit_status(outcome), is_refused || refusal != NULL ? FAILS : LOADS);
    }
}
END_TEST

/* Lines are as long as there is room for, and each name is there. */
START_TEST(test_width)
{
    static const struct {
        const char *columns;
        size_t width;
    } cases[] = {{"60", 60}, {"100", 100}, {"250", 250}, {"", 80}, {"0", 80}, {"-5", 80},
                 {"nonsense", 80}};
    if (are_refused()) {
        return;
    }
    const char *path = build_everything();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *env[] = {format("COLUMNS=%s", cases[i].columns), NULL};
        char *rest = py2abi(env, "audit", path, NULL).output, *line;
        unsigned names = 0;
        size_t longest = 0;
        while ((line = strsep(&rest, "\n")) != NULL) {
            if (strncmp(line, "        ", 8) != 0) {
                continue;
            }
            size_t length = strlen(line);
            longest = length > longest ? length : longest;
            char *word;
            while ((word = strsep(&line, " ")) != NULL) {
                names += *word != '\0';
            }
        }
        ck_assert_uint_eq(names, py2abi_api_count);
        ck_assert_msg(longest <= cases[i].width && longest > cases[i].width / 2,
                      "COLUMNS=%s: the longest line has %zu", cases[i].columns, longest);
    }
}
END_TEST

static struct outcome
in_terminal(const char *columns, const char *const *env, const char *const *words)
{
    struct command command = {.count = 0};
    ADD(&command, PYTHON, source_file("tests/cli/terminal.py"), columns, "env", "-u", "COLUMNS",
        "-u", "NO_COLOR", "TERM=xterm");
    add_words(&command, env);
    ADD(&command, COMMAND);
    add_words(&command, words);
    return run_program(NULL, command.args);
}

START_TEST(test_terminal)
{
    static const char *const none[] = {NULL}, *const no_colour[] = {"NO_COLOR=1", NULL},
                      *const empty[] = {"NO_COLOR=", NULL}, *const dumb[] = {"TERM=dumb", NULL};
    static const char *const many[] = {"audit", FOLDER "/many.so", NULL};
    static const char *const json[] = {"audit", "--json", FOLDER "/many.so", NULL};
    static const char escape[] = "\\x1b[";

    if (are_refused()) {
        return;
    }
    struct outcome coloured = in_terminal("40", none, many);
    if (exit_status(coloured) == 77) {
        coloured.output[strcspn(coloured.output, "\n")] = '\0';
        skip_test(coloured.output);
        return;
    }
    ck_assert_int_eq(exit_status(coloured), FAILS);
    ck_assert_msg(strstr(coloured.output, "\\x1b[1;31mwill not load") != NULL, "%s",
                  coloured.output);
    ck_assert_msg(strstr(coloured.output, "\\x1b[1;31m7 missing\\x1b[0m\n") != NULL, "%s",
                  coloured.output);
    /* The width is the terminal's. */
    ck_assert_msg(strstr(coloured.output, "\n        PyNone_1  PyNone_4  PyNone_7\n") != NULL,
                  "%s", coloured.output);
    ck_assert_msg(strstr(in_terminal("32", none, many).output,
                         "\n        PyNone_1  PyNone_5\n") != NULL, "%s", coloured.output);
    ck_assert(strstr(in_terminal("80", empty, many).output, escape) != NULL);
    ck_assert(strstr(in_terminal("80", no_colour, many).output, escape) == NULL);
    ck_assert(strstr(in_terminal("80", dumb, many).output, escape) == NULL);
    ck_assert(strstr(in_terminal("80", none, json).output, escape) == NULL);
    ck_assert(strchr(py2abi(NULL, "audit", FOLDER "/many.so", NULL).output, '\033') == NULL);
}
END_TEST

/* ---- audit: JSON ---- */

/* Run check.py with these words. */
static char *
check_json(const char *first, ...)
{
    struct command command = {.count = 0};
    va_list words;
    const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};
    ADD(&command, PYTHON, source_file("tests/cli/check.py"), first);
    va_start(words, first);
    for (const char *word; (word = va_arg(words, const char *)) != NULL;) {
        ADD(&command, word);
    }
    va_end(words);
    struct outcome outcome = run_program(env, command.args);
    ck_assert_msg(outcome.status == 0, "check.py %s: %s\n%.4000s", first,
                  status_text(outcome.status), outcome.output);
    return outcome.output;
}

START_TEST(test_schema)
{
    struct command command = {.count = 0};
    const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};
    ADD(&command, PYTHON, source_file("tests/cli/check.py"), "schema",
        source_file("doc/py2abi-audit.schema.json"), COMMAND);
    for (int i = 0; i < BINARY_COUNT; i++) {
        ADD(&command, format("%s/%s", FOLDER, binaries[i].file));
    }
    ADD(&command, FOLDER "/nothing.so", FOLDER "/plain.so.c", FOLDER, COMMAND);
    struct outcome outcome = run_program(env, command.args);
    ck_assert_msg(outcome.status == 0, "%.4000s", outcome.output);
    const char *tool[] = {"sh", "-c",
                          "\"$1\" audit --json \"$2\" | \"$3\" -m json.tool >/dev/null", "-",
                          COMMAND, FOLDER "/bylib.so", PYTHON, NULL};
    EXPECT(run_program(NULL, tool), 0, "%s", "");
}
END_TEST

START_TEST(test_values)
{
    const struct {
        const char *file, *expression, *value;
    } cases[] = {
        {"plain.so", "file['kind'], file['module'], file['plain_import'], file['modules'], "
                     "file['python'], file['unicode'], file['debug']",
         "('python2-extension', 'plain', True, ['plain'], '2.7', None, False)"},
        {"plain.so", "file['verdict']", refusal != NULL ? "fails" : "loads"},
        {"goodmodule.so", "file['module'], file['plain_import']", "('good', False)"},
        {"wholemodule.so", "file['module'], file['plain_import']", "('wholemodule', True)"},
        {"dotted.x86_64-linux-gnu.so", "file['module'], file['plain_import']",
         "('dotted', False)"},
        {"misnamed.so", "file['module'], file['modules']", "(None, ['right'])"},
        {"ucs4.so", "file['unicode']", "ucs4"},
        {"linked.so", "file['needs_libpython'], [(l['name'], l['found'], l['path']) "
                      "for l in file['libraries']][:1]",
         "('libpython2.7.so.1.0', [('libpython2.7.so.1.0', 'replaced', None)])"},
        {"bylib.so", "[(l['found'], l['uses_python2'], [s['name'] for s in l['symbols']]) "
                     "for l in file['libraries'] if l['name'] == 'libvendor27.so']",
         "[('yes', True, ['PyString_FromString', 'Py_InitModule4_64'])]"},
        {"bylib.so", "[(s['disposition'], s['type'], s['library'] == "
                     "file['libraries'][0]['path']) for s in file['symbols']]",
         "[('library', None, True), ('served', 'function', False)]"},
        {"byorigin.so", "[(l['found'], l['uses_python2']) for l in file['libraries'] "
                        "if l['name'] == 'libplain.so']", "[('by-origin', False)]"},
        {"deeper.so", "[(l['name'], l['found']) for l in file['libraries'] "
                      "if l['found'] == 'no']", "[('libgone.so', 'no')]"},
        {"noelf.so", "[l['problem'][:16] for l in file['libraries'] if l['problem']]",
         "['its string table']"},
        {"weak.so", "[(s['name'], s['disposition'], s['weak']) for s in file['symbols']][:1]",
         "[('PyNothing_Weak', 'optional', True)]"},
        {"unresolved.so", "file['unresolved']", "['vendor_elsewhere']"},
        {"python3.so", "file['kind'], file['symbols'], file['libraries'], file['python']",
         "('python3-extension', [], [], None)"},
        {"library3.so", "file['kind']", "python3-library"},
        {"libvendor27.so", "file['kind'], file['module']", "('python2-library', None)"},
        {"plain.so.c", "file['kind'], file['verdict'], file['status'], file['sentence']",
         "('not-elf', 'not-python2', 2, 'it is no ELF file')"},
        {"sub", "file['kind']", "unreadable"},
        {"machine2.so", "file['kind']", "foreign"},
        {"libempty.so", "file['kind']", "damaged"},
    };
    size_t size;
    char *bytes = read_bytes(FOLDER "/plain.so", &size);
    bytes[offsetof(ElfW(Ehdr), e_machine)] ^= 1;
    write_bytes(FOLDER "/machine2.so", bytes, size);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        if (refusal != NULL
            && (strstr(cases[i].expression, "symbols") != NULL
                || strstr(cases[i].expression, "unresolved") != NULL)) {
            continue;
        }
        char *got = check_json("get", COMMAND, format("%s/%s", FOLDER, cases[i].file),
                               cases[i].expression, NULL);
        ck_assert_msg(strcmp(got, format("%s\n", cases[i].value)) == 0, "%s: %s is %snot %s",
                      cases[i].file, cases[i].expression, got, cases[i].value);
    }
    are_refused();
}
END_TEST

/* Names that are no UTF-8, and such as would command a terminal. */
START_TEST(test_names)
{
    static const char *const names[] = {"caf\xc3\xa9.so", "caf\xe9.so", "a\xed\xa0\x80.so",
                                        "\xf0\x9f\x90\x8d.so", "\xff\xfe\x80.so", "a\"b\\c.so",
                                        "a\nb\tc\001.so", "\xe2\x82.so", "\xc0\xaf.so",
                                        "\033[31m.so", "\xc2\x9b[31m.so", "-q"};
    static const char *const shown[] = {
        "caf\xc3\xa9.so", "caf\\xe9.so", "a\\xed\\xa0\\x80.so", "\xf0\x9f\x90\x8d.so",
        "\\xff\\xfe\\x80.so", "a\"b\\c.so", "a\\x0ab\\x09c\\x01.so", "\\xe2\\x82.so",
        "\\xc0\\xaf.so", "\\x1b[31m.so", "\\xc2\\x9b[31m.so", "-q"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *path = format("%s/sub/%s", FOLDER, names[i]);
        if (symlink(FOLDER "/plain.so", path) != 0) {
            continue; /* A file system may have rules of its own. */
        }
        check_json("name", COMMAND, path, NULL);
        struct outcome outcome = py2abi(NULL, "audit", "-q", path, NULL);
        const char *line = format("%s/sub/%s: will not load: ", FOLDER, shown[i]);
        ck_assert_msg(strncmp(outcome.output, line, strlen(line)) == 0, "%s is no\n%s",
                      outcome.output, line);
        EXPECT(py2abi(NULL, "audit", "-q", format("%s.none", path), NULL), NOT_OURS,
               "py2abi: %s/sub/%s.none: it cannot be read: No such file or directory\n", FOLDER,
               shown[i]);
    }
    /* A file whose name is an option. */
    const char *dashes[] = {"sh", "-c", "cd \"$1\" && exec \"$2\" audit --json -- -q | head -c 1",
                            "-", FOLDER "/sub", COMMAND, NULL};
    EXPECT(run_program(NULL, dashes), 0, "[");
}
END_TEST

/* Each name of the table is as its row says. */
START_TEST(test_rows)
{
    if (are_refused()) {
        return;
    }
    char *count = check_json("rows", source_file("compat/api27.def"), COMMAND, build_everything(),
                             NULL);
    ck_assert_int_eq(atoi(count), (int)py2abi_api_count);
}
END_TEST

START_TEST(test_nm)
{
    if (are_refused()) {
        return;
    }
    ck_assert_int_eq(atoi(check_json("nm", COMMAND, FOLDER "/plain.so", FOLDER "/bylib.so",
                                     FOLDER "/weak.so", FOLDER "/many.so",
                                     FOLDER "/libvendor27.so", build_everything(), NULL)), 6);
}
END_TEST

/* What a real Python 2.7 came with. */
START_TEST(test_genuine)
{
    int found = 0;
    for (int i = 0; i < host_count(); i++) {
        const struct host *host = host_at(i);
        const char *ask[] = {host->path, "-c",
                             "import sysconfig, os; print(os.path.join("
                             "sysconfig.get_path('platstdlib'), 'lib-dynload'))", NULL};
        if (host->number != 0x0207) {
            continue;
        }
        char *folder = run_program(NULL, ask).output;
        folder[strcspn(folder, "\n")] = '\0';
        int files = atoi(check_json("genuine", COMMAND, folder, NULL));
        if (files == 0) {
            count_skipped(host, "it has no extension modules in lib-dynload");
            continue;
        }
        count_passed(host, files);
        found++;
    }
    if (found == 0) {
        skip_test("there is no Python 2.7 here");
    }
}
END_TEST

/* What is said is what happens: every binary that was built, imported by a
 * Python 3. */
START_TEST(test_agrees)
{
    const struct host *host = host_at(_i);
    int rows = 0;
    if (access(library_beside(GUESTS_FOLDER "/guests.so"), F_OK) != 0) {
        if (_i == 0) {
            skip_test("the guests module is not there");
        }
        else {
            idle_test();
        }
        return;
    }
    if (host->number < 0x0300) {
        idle_test();
        return;
    }
    if (guests_closed(host) != NULL) {
        count_skipped(host, guests_closed(host));
        idle_test();
        return;
    }
    for (int i = 0; i < BINARY_COUNT; i++) {
        const struct binary *binary = &binaries[i];
        if ((binary->status & UNDECIDED) != 0) {
            continue;
        }
        char *module = strndup(binary->file, strcspn(binary->file, "."));
        const char *args[] = {"-c", format("import %s; print('imported', %s.__name__)", module,
                                           module), NULL};
        struct outcome outcome = run_guests(NULL, host, FOLDER, NULL, args);
        bool imported = outcome.status == 0
                        && strcmp(outcome.output, format("imported %s\n", module)) == 0;
        bool refused = WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 1
                       && strstr(outcome.output, "ImportError") != NULL;
        ck_assert_msg(binary->status == LOADS && refusal == NULL ? imported : refused,
                      "%s: audit says %d of %s, but: %s\n%.3000s", host->name, binary->status,
                      binary->file, status_text(outcome.status), outcome.output);
        rows++;
    }
    count_passed(host, rows);
}
END_TEST

/* ---- audit: damaged files ---- */

enum { BATCH = 50 };

/* Whatever a file holds, there is an answer: for some it is that it loads. */
static void
run_mutants(int form)
{
    static const char *const forms[] = {"--json", "--symbols", "--quiet", NULL};
    struct command command = {.count = 0};
    ADD(&command, "timeout", "120", COMMAND, "audit");
    if (forms[form] != NULL) {
        ADD(&command, forms[form]);
    }
    for (int i = 0; i < BATCH; i++) {
        ADD(&command, format("%s/mutants/%d.so", FOLDER, i));
    }
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) <= NOT_OURS,
                  "%s; the files are in %s/mutants:\n%.3000s", status_text(outcome.status), FOLDER,
                  outcome.output + (strlen(outcome.output) > 3000 ? strlen(outcome.output) - 3000
                                                                  : 0));
    for (const char *c = outcome.output; *c != '\0'; c++) {
        ck_assert_msg(*c == '\n' || (unsigned char)*c >= ' ', "a control character: %#x", *c);
    }
    if (form == 0) {
        struct command check = {.count = 0};
        ADD(&check, PYTHON, source_file("tests/cli/check.py"), "schema",
            source_file("doc/py2abi-audit.schema.json"), COMMAND);
        for (int i = 0; i < BATCH; i++) {
            ADD(&check, format("%s/mutants/%d.so", FOLDER, i));
        }
        const char *env[] = {"PYTHONDONTWRITEBYTECODE=1", NULL};
        outcome = run_program(env, check.args);
        ck_assert_msg(outcome.status == 0, "%.4000s", outcome.output);
    }
}

START_TEST(test_mutants)
{
    static const char *const sound[] = {"bylib.so", "versioned.so", "unresolved.so", "deeper.so",
                                        "inherits.so", "everything.so"};
    enum { SOUND = sizeof sound / sizeof sound[0] };
    uint64_t state = (uint64_t)number_from("PY2ABI_FUZZ_SEED", 1) | 1;
    int wanted = number_from("PY2ABI_MUTANTS", 600), done = 0;
    build_everything();
    for (int batch = 0; done < wanted; batch++) {
        size_t size;
        struct regions regions;
        char *bytes = read_bytes(format("%s/%s", FOLDER, sound[batch % SOUND]), &size);
        char *mutant = malloc(size);
        mutate_find(&regions, (unsigned char *)bytes, size);
        for (int i = 0; i < BATCH; i++) {
            size_t cut = size;
            memcpy(mutant, bytes, size);
            mutate((unsigned char *)mutant, size, &regions, &state);
            if (mutate_random(&state, 16) == 0) {
                cut = mutate_random(&state, size);
            }
            write_bytes(format("%s/mutants/%d.so", FOLDER, i), mutant, cut);
        }
        run_mutants(batch % 4);
        done += BATCH;
        free(mutant);
        free(bytes);
    }
}
END_TEST

/* ---- run ---- */

/* A library that may be preloaded into anything, sanitized or not. */
static const char preloadable[] = FOLDER "/preloadable.so";

/* What a sanitizer's runtime complains about otherwise, since it is not first. */
#define ENVIRONMENT "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0"

static const char *
library_setting(void)
{
    if (access(preloadable, F_OK) != 0) {
        build("preloadable.so", "int preloadable;", "");
    }
    return format("PY2ABI_LIBRARY=%s", preloadable);
}

/* What `env` shows of a variable when it is run so, or NULL. */
static char *
shown_variable(const char *name, const char *const *env, const char *const *words)
{
    struct command command = {.count = 0};
    ADD(&command, COMMAND, "run");
    add_words(&command, words);
    ADD(&command, "env");
    struct outcome outcome = run_program(env, command.args);
    ck_assert_msg(outcome.status == 0, "%s\n%s", status_text(outcome.status), outcome.output);
    char *rest = outcome.output, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == '=') {
            return line + strlen(name) + 1;
        }
    }
    return NULL;
}

#define NO_WORDS ((const char *const[]){NULL})

START_TEST(test_preload)
{
    const char *library = library_setting(), *link = FOLDER "/link.so";
    build("another.so", "int another;", "");
    ck_assert(symlink(preloadable, link) == 0);
    const struct {
        const char *before, *after;
    } cases[] = {
        {"", "@/preloadable.so"},
        {"@/another.so", "@/preloadable.so:@/another.so"},
        {"@/another.so libc.so.6", "@/preloadable.so:@/another.so libc.so.6"},
        /* It is there already, by whatever name. */
        {"@/preloadable.so", "@/preloadable.so"},
        {"@/another.so:@/preloadable.so", "@/another.so:@/preloadable.so"},
        {"libc.so.6 @/sub/../link.so", "libc.so.6 @/sub/../link.so"},
        /* The name only begins like it. */
        {"@/preloadable.so.c.none", "@/preloadable.so:@/preloadable.so.c.none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *env[] = {library, ENVIRONMENT,
                             format("LD_PRELOAD=%s", replace_folder(cases[i].before)), NULL};
        struct command command = {.count = 0};
        ADD(&command, COMMAND, "run", "sh", "-c", "echo \"$LD_PRELOAD\"");
        struct outcome outcome = run_program(env, command.args);
        char *want = replace_folder(cases[i].after);
        /* The dynamic linker complains about what is not there. */
        char *last = strrchr(outcome.output, '\n');
        ck_assert_msg(last != NULL, "%s", status_text(outcome.status));
        *last = '\0';
        char *line = strrchr(outcome.output, '\n');
        line = line != NULL ? line + 1 : outcome.output;
        ck_assert_msg(strcmp(line, want) == 0, "%s: expected %s, got %s", cases[i].before, want,
                      line);
    }
    const char *env[] = {library, ENVIRONMENT, NULL};
    EXPECT(py2abi(env, "run", "--", "sh", "-c", "echo \"$0 $*\"; exit 7", "a", "--b", "c", NULL),
           7, "a --b c\n");
}
END_TEST

START_TEST(test_settings)
{
    char folder[4096];
    ck_assert(getcwd(folder, sizeof folder) != NULL);
    const char *unset[] = {library_setting(), ENVIRONMENT, NULL};
    const char *set[] = {library_setting(), ENVIRONMENT, "PY2ABI_VIEWS=release",
                         "PY2ABI_STR=ascii", "PY2ABI_BIND=all", "PY2ABI_TEXT=str",
                         "PY2ABI_TRACE=/x", "PY2ABI_FAULTS=off", NULL};
    const struct {
        const char *option, *variable, *value;
    } cases[] = {
        {"--views=hold", "PY2ABI_VIEWS", "hold"},
        {"--bind=guests", "PY2ABI_BIND", "guests"},
        {"--faults=on", "PY2ABI_FAULTS", "on"},
        {"--str=utf-8", "PY2ABI_STR", "utf-8"},
        {"--str=bytes,robot=latin1,arm=ascii", "PY2ABI_STR", "bytes,robot=latin1,arm=ascii"},
        {"--text=str", "PY2ABI_TEXT", "str"},
        {"--text=unicode,robot=str", "PY2ABI_TEXT", "unicode,robot=str"},
        {"--trace", "PY2ABI_TRACE", "1"},
        {"--trace=/tmp/calls", "PY2ABI_TRACE", "/tmp/calls"},
        {"--trace=1", "PY2ABI_TRACE", format("%s/1", folder)},
        {"--tr=calls", "PY2ABI_TRACE", format("%s/calls", folder)},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *words[] = {cases[i].option, NULL};
        for (int s = 0; s < 2; s++) {
            char *value = shown_variable(cases[i].variable, s ? set : unset, words);
            ck_assert_msg(value != NULL && strcmp(value, cases[i].value) == 0,
                          "%s: %s is %s, not %s", cases[i].option, cases[i].variable, value,
                          cases[i].value);
        }
        /* Without the option it is as it was. */
        ck_assert(shown_variable(cases[i].variable, unset, NO_WORDS) == NULL);
        ck_assert(shown_variable(cases[i].variable, set, NO_WORDS) != NULL);
    }
}
END_TEST

/* Where the library is looked for: the command is copied to where it would be. */
START_TEST(test_library)
{
    const char *script =
        "set -e; cd \"$1\"; mkdir -p tree/.libs moved/bin moved/lib 'a b/.libs'\n"
        "cp \"$2\" tree/py2abi; cp \"$2\" 'a b/py2abi'\n"
        "cp preloadable.so tree/.libs/libpy2abi.so.0\n"
        "cp preloadable.so 'a b/.libs/libpy2abi.so.0'\n";
    library_setting();
    const char *make[] = {"sh", "-c", script, "-", FOLDER, COMMAND, NULL};
    EXPECT(run_program(NULL, make), 0, "%s", "");
    const char *none[] = {"PY2ABI_LIBRARY=", ENVIRONMENT, NULL};
    const char *tree[] = {FOLDER "/tree/py2abi", "run", "sh", "-c", "echo $LD_PRELOAD", NULL};
    EXPECT(run_program(none, tree), 0, "%s/tree/.libs/libpy2abi.so.0\n", FOLDER);
    /* By a link, and from another folder. */
    ck_assert(symlink(FOLDER "/tree/py2abi", FOLDER "/py2abi-link") == 0);
    const char *by_link[] = {"sh", "-c", "cd / && exec \"$1\" run sh -c 'echo $LD_PRELOAD'", "-",
                             FOLDER "/py2abi-link", NULL};
    EXPECT(run_program(none, by_link), 0, "%s/tree/.libs/libpy2abi.so.0\n", FOLDER);
    /* The command that is tested finds the library that is. */
    const char *ours[] = {COMMAND, "run", "sh", "-c", "readlink -f \"$LD_PRELOAD\"", NULL};
    EXPECT(run_program(none, ours), 0, "%s\n", realpath(library_file(), NULL));
    /* What PY2ABI_LIBRARY names comes first, and has to be there. */
    const char *named[] = {library_setting(), ENVIRONMENT, NULL};
    EXPECT(run_program(named, tree), 0, "%s\n", preloadable);
    const char *wrong[] = {"PY2ABI_LIBRARY=" FOLDER "/nothing.so", ENVIRONMENT, NULL};
    EXPECT(run_program(wrong, tree), 126,
           "py2abi: run: PY2ABI_LIBRARY is %s/nothing.so, and there is no such file\n", FOLDER);
    const char *relative[] = {"sh", "-c", "cd \"$1\" && PY2ABI_LIBRARY=sub/../preloadable.so "
                              "exec \"$2\" run sh -c 'echo $LD_PRELOAD'", "-", FOLDER, COMMAND,
                              NULL};
    EXPECT(run_program(none, relative), 0, "%s/sub/../preloadable.so\n", FOLDER);
    const char *text[] = {"PY2ABI_LIBRARY=" FOLDER "/plain.so.c", ENVIRONMENT, NULL};
    EXPECT(run_program(text, tree), 126,
           "py2abi: run: %s/plain.so.c: it is no shared library, so it cannot be preloaded\n",
           FOLDER);
    const char *spaced[] = {FOLDER "/a b/py2abi", "run", "true", NULL};
    EXPECT(run_program(none, spaced), 126,
           "py2abi: run: %s/a b/.libs/libpy2abi.so.0 has a space or a colon in its path, which "
           "LD_PRELOAD takes for the end of it; PY2ABI_LIBRARY can name a link to it\n", FOLDER);
}
END_TEST

static bool
build_program(const char *name, const char *flag)
{
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    struct command command = {.count = 0};
    write_text(FOLDER "/program.c", "int main(void) { return 0; }\n");
    add_split(&command, compiler, " ");
    ADD(&command, flag, "-o", format("%s/programs/%s", FOLDER, name), FOLDER "/program.c");
    return run_program(NULL, command.args).status == 0;
}

START_TEST(test_programs)
{
    const char *env[] = {library_setting(), ENVIRONMENT, NULL};
    ck_assert(mkdir(FOLDER "/programs", 0777) == 0);
    ck_assert(build_program("plain", "-O1"));
    const char *script =
        "set -e; cd \"$1/programs\"\n"
        "cp plain setuid; chmod u+s setuid; cp plain setgid; chmod g+s setgid\n"
        "printf 'exit 3\\n' >text; printf '#!/nowhere/sh\\n' >lost\n"
        "printf '#! /bin/sh -e\\nexit 3' >script\n"
        "printf '#!%s/setuid\\n' \"$PWD\" >indirect; printf '#!%s/endless\\n' \"$PWD\" >endless\n"
        "printf '#!\\n' >nobody; cp plain locked; cp plain capable; cp plain other\n"
        "chmod +x text lost script indirect endless nobody; chmod -x locked; : >empty; chmod +x "
        "empty";
    const char *make[] = {"sh", "-c", script, "-", FOLDER, NULL};
    EXPECT(run_program(NULL, make), 0, "%s", "");
#define PROGRAM(name) FOLDER "/programs/" name
    size_t size;
    char *bytes = read_bytes(PROGRAM("plain"), &size);
    bytes[offsetof(ElfW(Ehdr), e_machine)] ^= 1;
    write_bytes(PROGRAM("other"), bytes, size);
    const struct {
        const char *name;
        int status;
        const char *output;
    } cases[] = {
        {"plain", 0, ""},
        {"script", 3, ""},
        {"setuid", 126,
         "@: it is setuid: it runs with the rights of another user, and the dynamic linker "
         "preloads nothing into such programs\n"},
        {"setgid", 126,
         "@: it is setgid: it runs with the rights of another group, and the dynamic linker "
         "preloads nothing into such programs\n"},
        {"text", 126, "@: it is neither a program nor a script with #! and its interpreter\n"},
        {"empty", 126, "@: it is neither a program nor a script with #! and its interpreter\n"},
        {"nobody", 126, "@: it is neither a program nor a script with #! and its interpreter\n"},
        {"nothing", 127, "@: No such file or directory\n"},
        {"plain/x", 127, "@: Not a directory\n"},
        {"../sub", 126, "@: it is a directory\n"},
        {"locked", 126, "@: Permission denied\n"},
        {"lost", 127, NULL},
        {"indirect", 126, NULL},
        {"endless", 126, NULL},
        {"other", 126, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *path = format("%s/programs/%s", FOLDER, cases[i].name);
        struct outcome outcome = py2abi(env, "run", path, NULL);
        ck_assert_msg(exit_status(outcome) == cases[i].status, "%s: %s\n%s", cases[i].name,
                      status_text(outcome.status), outcome.output);
        if (cases[i].output == NULL) {
            ck_assert_msg(strncmp(outcome.output, "py2abi: run: ", 13) == 0, "%s", outcome.output);
        }
        else {
            const char *want = *cases[i].output == '@'
                                   ? format("py2abi: run: %s%s", path, cases[i].output + 1)
                                   : cases[i].output;
            ck_assert_msg(strcmp(outcome.output, want) == 0, "expected\n%s\ngot\n%s", want,
                          outcome.output);
        }
    }
    ck_assert(strstr(py2abi(env, "run", PROGRAM("indirect"), NULL).output,
                     format("%s is the interpreter of %s\n", PROGRAM("setuid"),
                            PROGRAM("indirect"))) != NULL);
    ck_assert(strstr(py2abi(env, "run", PROGRAM("lost"), NULL).output,
                     "/nowhere/sh: No such file or directory\n") != NULL);
    ck_assert(strstr(py2abi(env, "run", PROGRAM("other"), NULL).output,
                     "another kind of machine") != NULL);

    /* PATH: the first that can be run. */
    const char *path_env[] = {library_setting(), ENVIRONMENT,
                              format("PATH=%s/nowhere:%s/programs:%s", FOLDER, FOLDER,
                                     getenv("PATH")), NULL};
    ck_assert_int_eq(exit_status(py2abi(path_env, "run", "script", NULL)), 3);
    EXPECT(py2abi(path_env, "run", "locked", NULL), 126,
           "py2abi: run: locked: Permission denied\n");
    EXPECT(py2abi(path_env, "run", "nothing-of-this-name", NULL), 127,
           "py2abi: run: nothing-of-this-name: it is not found in PATH\n");
    EXPECT(py2abi(path_env, "run", "", NULL), 127, "py2abi: run: : it is not found in PATH\n");

    if (build_program("static", "-static")) {
        EXPECT(py2abi(env, "run", PROGRAM("static"), NULL), 126,
               "py2abi: run: %s: it is linked statically, so no library can be preloaded into "
               "it\n", PROGRAM("static"));
    }
    else {
        skip_test("programs cannot be linked statically here, so one is not tried");
    }
    /* Version 2 of the attribute: CAP_NET_RAW, permitted and effective. */
    static const unsigned char capability[20] = {1, 0, 0, 2, 0, 0x20};
    if (setxattr(PROGRAM("capable"), "security.capability", capability, sizeof capability, 0)
        == 0) {
        EXPECT(py2abi(env, "run", PROGRAM("capable"), NULL), 126,
               "py2abi: run: %s: it has file capabilities, and the dynamic linker preloads "
               "nothing into such programs\n", PROGRAM("capable"));
    }
    else {
        skip_test("file capabilities cannot be set here, so they are not tried");
    }
}
END_TEST

/* The dynamic linker itself preloads into what it starts. */
START_TEST(test_dynamic_linker)
{
    size_t size;
    char *bytes = read_bytes("/proc/self/exe", &size), *linker = NULL;
    const char *env[] = {library_setting(), ENVIRONMENT, NULL};
    ElfW(Ehdr) header;
    memcpy(&header, bytes, sizeof header);
    for (unsigned i = 0; i < header.e_phnum; i++) {
        ElfW(Phdr) segment;
        memcpy(&segment, bytes + header.e_phoff + i * sizeof segment, sizeof segment);
        linker = segment.p_type == PT_INTERP ? bytes + segment.p_offset : linker;
    }
    ck_assert(linker != NULL);
    EXPECT(py2abi(env, "run", linker, "/bin/sh", "-c", "echo $LD_PRELOAD", NULL), 0, "%s\n",
           preloadable);
}
END_TEST

int
main(void)
{
    build_all();
    Suite *suite = suite_create("cli");

    TCase *tcase = tcase_create("command");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_usage);
    tcase_add_test(tcase, test_manual);
    tcase_add_test(tcase, test_documents);
    tcase_add_test(tcase, test_completion);
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("audit");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_binary, 0, BINARY_COUNT);
    tcase_add_test(tcase, test_unreadable);
    tcase_add_test(tcase, test_refused_abis);
    tcase_add_test(tcase, test_stubs);
    tcase_add_test(tcase, test_table);
    tcase_add_test(tcase, test_notes);
    tcase_add_test(tcase, test_width);
    tcase_add_test(tcase, test_terminal);
    tcase_add_test(tcase, test_schema);
    tcase_add_test(tcase, test_values);
    tcase_add_test(tcase, test_names);
    tcase_add_test(tcase, test_rows);
    tcase_add_test(tcase, test_nm);
    tcase_add_test(tcase, test_genuine);
    tcase_add_loop_test(tcase, test_agrees, 0, host_count());
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("mutants");
    tcase_set_timeout(tcase, 3600);
    tcase_add_test(tcase, test_mutants);
    suite_add_tcase(suite, tcase);

    tcase = tcase_create("run");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, test_preload);
    tcase_add_test(tcase, test_settings);
    tcase_add_test(tcase, test_library);
    tcase_add_test(tcase, test_programs);
    tcase_add_test(tcase, test_dynamic_linker);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
