/* test_api27.c - the table of Python 2.7's C API: that it is complete, that it
 * makes sense, and that a real Python 2.7 agrees with it. */

#include "config.h"
#include "../common/harness.h"

#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The tables, as text ---- */

struct type {
    const char *token, *ctype, *ffi, *class;
};

static const struct type types[] = {
#define TYPE27(token, ctype, ffi, class) {#token, #ctype, #ffi, #class},
#include "../../compat/types27.def"
#undef TYPE27
};
enum { TYPE_COUNT = sizeof types / sizeof types[0] };

struct row {
    const char *kind, *name;
    const char *result; /* of data: the C type */
    const char *args;   /* of data: NULL */
    const char *error, *flags;
    long size;
    int line;
};

static const struct row rows[] = {
#define API(kind, name, result, args, error, flags)                                               \
    {#kind, #name, #result, #args, #error, #flags, 0, __LINE__},
#define DATA(kind, name, ctype, size) {#kind, #name, #ctype, NULL, NULL, NULL, size, __LINE__},
#include "../../compat/api27.def"
#undef API
#undef DATA
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0], ARGS_MAX = 16 };

static const struct type *
find_type(const char *token)
{
    for (int i = 0; i < TYPE_COUNT; i++) {
        if (strcmp(types[i].token, token) == 0) {
            return &types[i];
        }
    }
    return NULL;
}

/* The class of a token; "" when there is no such token. */
static const char *
class_of(const char *token)
{
    const struct type *type = find_type(token);
    return type != NULL ? type->class : "";
}

static const struct row *
find_row(const char *name)
{
    for (int i = 0; i < ROW_COUNT; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

/* The words of a text, separated by any of those characters. */
static int
split(const char *text, const char *separators, const char **ret_words, int room)
{
    char *rest = strdup(text), *word;
    int count = 0;
    while ((word = strsep(&rest, separators)) != NULL) {
        if (*word != '\0') {
            ck_assert_msg(count < room, "too many words in \"%s\"", text);
            ret_words[count++] = word;
        }
    }
    return count;
}

static bool
is_one_of(const char *word, const char *list)
{
    const char *words[64];
    int count = split(list, " ", words, 64);
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0) {
            return true;
        }
    }
    return false;
}

static int
row_args(const struct row *row, const char **ret_words)
{
    return split(row->args, "(), ", ret_words, ARGS_MAX);
}

/* The name in HOST(name) and its like; NULL when the kind is another. */
static const char *
name_in(const char *kind, const char *word)
{
    size_t n = strlen(word), length = strlen(kind);
    if (strncmp(kind, word, n) != 0 || kind[n] != '(' || kind[length - 1] != ')') {
        return NULL;
    }
    const char *name = format("%.*s", (int)(length - n - 2), kind + n + 1);
    bool is_name = *name != '\0' && strspn(name, "0123456789") == 0
                   && name[strspn(name, "_0123456789abcdefghijklmnopqrstuvwxyz"
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
    return is_name ? name : NULL;
}

static const char *
twin_of(const struct row *row)
{
    const char *twin = name_in(row->kind, "VA");
    return twin != NULL ? twin : name_in(row->kind, "STUB_VA");
}

static bool
has_flag(const struct row *row, const char *flag)
{
    const char *words[8];
    int count = split(row->flags, " |", words, 8);
    for (int i = 0; i < count; i++) {
        if (strcmp(words[i], flag) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- What makes sense ---- */

#define VALUE_CLASSES  "SIGNED UNSIGNED REAL COMPLEX TEXT POINTER"
#define OBJECT_CLASSES "OBJECT OBJECT_N NAME KEY TYPEOBJECT"
#define ARG_CLASSES                                                                               \
    VALUE_CLASSES " " OBJECT_CLASSES " STEAL STEAL_N STEAL_OK RAW OBJECTS OUT_NEW_N OUT_BORROW "  \
                  "INOUT_STEAL INOUT_OK INOUT_NEW"
#define NULL_CLASSES   "NEW_N BORROW_N BORROW_FROM1_N"
#define RESULT_CLASSES "NONE " VALUE_CLASSES " NEW BORROW BORROW_FROM1 NULLRET " NULL_CLASSES

static const struct {
    const char *classes, *ffi;
} ffi_of_classes[] = {
    {"NONE", "ffi_type_void"},
    {"SIGNED", "ffi_type_schar ffi_type_sint ffi_type_slong ffi_type_sint64"},
    {"UNSIGNED", "ffi_type_ushort ffi_type_uint ffi_type_ulong ffi_type_uint32 ffi_type_uint64"},
    {"REAL", "ffi_type_double"},
    {"COMPLEX", "py2abi_ffi_complex"},
};

/* Which results may tell of an error in which way. */
static const struct {
    const char *error, *classes;
} classes_of_errors[] = {
    {"E_NONE", "NONE " VALUE_CLASSES " NEW BORROW BORROW_FROM1 " NULL_CLASSES},
    {"E_VOID", "NONE"},
    {"E_NULL", "TEXT POINTER NEW BORROW BORROW_FROM1 NULLRET"},
    {"E_NULL_CHECK", "TEXT POINTER " NULL_CLASSES},
    {"E_NULL_QUIET", "TEXT POINTER " NULL_CLASSES},
    {"E_MINUS1", "SIGNED UNSIGNED"},
    {"E_MINUS1_CHECK", "SIGNED UNSIGNED REAL COMPLEX"},
    {"E_MINUS1_QUIET", "SIGNED"},
    {"E_MINUS2", "SIGNED"},
    {"E_ZERO", "SIGNED UNSIGNED"},
    {"E_ZERO_QUIET", "SIGNED UNSIGNED"},
    {"E_CODE", "SIGNED"},
};
enum { ERROR_COUNT = sizeof classes_of_errors / sizeof classes_of_errors[0] };

/* What is wrong with a type, or NULL. */
static const char *
type_problem(const struct type *type)
{
    const char *ffi = "ffi_type_pointer";
    if (!is_one_of(type->class, RESULT_CLASSES) && !is_one_of(type->class, ARG_CLASSES)) {
        return format("there is no class %s", type->class);
    }
    for (size_t i = 0; i < sizeof ffi_of_classes / sizeof ffi_of_classes[0]; i++) {
        if (strcmp(type->class, ffi_of_classes[i].classes) == 0) {
            ffi = ffi_of_classes[i].ffi;
        }
    }
    if (!is_one_of(type->ffi, ffi)) {
        return format("%s does not go with the class %s", type->ffi, type->class);
    }
    if (strcmp(ffi, "ffi_type_pointer") == 0 && strcmp(type->class, "POINTER") != 0
        && strchr(type->ctype, '*') == NULL) {
        return format("%s is no pointer", type->ctype);
    }
    return NULL;
}

static const char *
args_problem(const struct row *row)
{
    const char *args[ARGS_MAX];
    int count = row_args(row, args);
    if (row->args[0] != '(') {
        return "the arguments are not in parentheses";
    }
    if (count == 0) {
        return "no arguments are written (VOID)";
    }
    for (int i = 0; i < count; i++) {
        const struct type *type = find_type(args[i]);
        if (type == NULL) {
            return format("there is no token %s", args[i]);
        }
        if (strcmp(type->class, "NONE") == 0) {
            if (count > 1) {
                return "VOID stands alone";
            }
            return twin_of(row) != NULL ? "a variadic function has a named argument" : NULL;
        }
        if (!is_one_of(type->class, ARG_CLASSES) || strcmp(args[i], "STR_NEW") == 0) {
            return format("%s is for results", args[i]);
        }
        if (strcmp(type->class, "OBJECTS") == 0
            && (i == count - 1 || strcmp(args[i + 1], "INT") != 0)) {
            return format("%s is not followed by the number of its objects", args[i]);
        }
        if (strcmp(type->class, "OUT_BORROW") == 0
            && !is_one_of(class_of(args[0]), OBJECT_CLASSES)) {
            return format("%s borrows from the first argument, which is no object", args[i]);
        }
        if (strcmp(args[i], "VA_LIST") == 0 && i < count - 1) {
            return "VA_LIST comes last";
        }
    }
    return NULL;
}

static const char *
result_problem(const struct row *row)
{
    const char *args[ARGS_MAX];
    const struct type *type = find_type(row->result);
    if (type == NULL) {
        return format("there is no token %s", row->result);
    }
    if (!is_one_of(type->class, RESULT_CLASSES)) {
        return format("%s is for arguments", row->result);
    }
    if (strncmp(type->class, "BORROW_FROM1", strlen("BORROW_FROM1")) == 0
        && (row_args(row, args) == 0 || !is_one_of(class_of(args[0]), OBJECT_CLASSES))) {
        return format("%s borrows from the first argument, which is no object", row->result);
    }
    for (int i = 0; i < ERROR_COUNT; i++) {
        if (strcmp(row->error, classes_of_errors[i].error) == 0) {
            if (!is_one_of(type->class, classes_of_errors[i].classes)) {
                return format("%s does not go with a result %s", row->error, row->result);
            }
            return NULL;
        }
    }
    return format("there is no error %s", row->error);
}

/* A va_list twin or the target of an alias, where it is in the table. */
static const char *
kind_problem(const struct row *row)
{
    const char *twin = twin_of(row), *target = name_in(row->kind, "ALIAS");
    if (twin != NULL) {
        if (strncmp(twin, "Py", 2) != 0 && strncmp(twin, "_Py", 3) != 0) {
            return format("%s is not named like a function of Python", twin);
        }
        const struct row *other = find_row(twin);
        const char *wanted = format("%.*s, VA_LIST)", (int)strlen(row->args) - 1, row->args);
        if (other != NULL && (other->args == NULL || strcmp(other->args, wanted) != 0)) {
            return format("%s does not take %s", twin, wanted);
        }
        if (other != NULL && strcmp(other->result, row->result) != 0) {
            return format("%s has another result", twin);
        }
        return NULL;
    }
    if (target != NULL) {
        const struct row *other = find_row(target);
        if (other == NULL || other->args == NULL || other == row) {
            return format("there is no function %s to be the alias of", target);
        }
        if (name_in(other->kind, "ALIAS") != NULL) {
            return format("%s is an alias itself", target);
        }
        if (strcmp(other->args, row->args) != 0 || strcmp(other->result, row->result) != 0
            || strcmp(other->error, row->error) != 0) {
            return format("%s has another signature", target);
        }
        return NULL;
    }
    if (!is_one_of(row->kind, "IMPL STUB NOP") && name_in(row->kind, "HOST") == NULL) {
        return format("there is no kind %s", row->kind);
    }
    return NULL;
}

static const char *
flags_problem(const struct row *row)
{
    const char *words[8];
    int count = split(row->flags, " |", words, 8);
    for (int i = 0; i < count; i++) {
        if (!is_one_of(words[i], "F_NOGIL F_NORETURN F_PRIVATE F_SLOT F_STORES")
            && !(count == 1 && strcmp(words[i], "0") == 0)) {
            return format("there is no flag %s", words[i]);
        }
    }
    if (has_flag(row, "F_NORETURN")
        && (strcmp(row->result, "VOID") != 0 || strcmp(row->error, "E_NONE") != 0)) {
        return "what does not return has neither result nor error";
    }
    return NULL;
}

/* What is wrong with a row, or NULL. */
static const char *
row_problem(const struct row *row)
{
    if (strncmp(row->name, "Py", 2) != 0 && strncmp(row->name, "_Py", 3) != 0) {
        return "the name is none of Python's";
    }
    if (row->args == NULL) {
        if (!is_one_of(row->kind, "IMPL STUB EXC")) {
            return format("data has no kind %s", row->kind);
        }
        return row->size > 0 ? NULL : "data has a size";
    }
    const char *problem = args_problem(row);
    problem = problem != NULL ? problem : result_problem(row);
    problem = problem != NULL ? problem : kind_problem(row);
    return problem != NULL ? problem : flags_problem(row);
}

START_TEST(test_types)
{
    ck_assert_int_gt(TYPE_COUNT, 0);
    for (int i = 0; i < TYPE_COUNT; i++) {
        const char *problem = type_problem(&types[i]);
        ck_assert_msg(problem == NULL, "%s: %s", types[i].token, problem);
        ck_assert_msg(find_type(types[i].token) == &types[i], "%s is there twice", types[i].token);
    }
}
END_TEST

START_TEST(test_rows)
{
    int problems = 0;
    for (int i = 0; i < ROW_COUNT; i++) {
        const char *problem = row_problem(&rows[i]);
        if (problem != NULL) {
            printf("api27.def:%d: %s: %s\n", rows[i].line, rows[i].name, problem);
            problems++;
        }
    }
    ck_assert_msg(problems == 0, "%d rows of api27.def make no sense", problems);
}
END_TEST

/* Rows that make no sense are found, each for its reason. */
static const struct {
    struct row row;
    const char *problem;
} nonsense[] = {
    {{"STUB", "PyA", "NEW", "(OBJ)", "E_NULL", "0", 0, 0}, NULL},
    {{"HOST(PyA)", "PyA", "NEW", "(OBJ)", "E_NULL", "F_NOGIL | F_PRIVATE", 0, 0}, NULL},
    {{"VA(PyA_V)", "PyA", "NEW", "(OBJ)", "E_NULL", "0", 0, 0}, NULL},
    {{"IMPL", "PyA", "PyObject", NULL, NULL, NULL, 16, 0}, NULL},
    {{"STUB", "A", "NEW", "(OBJ)", "E_NULL", "0", 0, 0}, "none of Python's"},
    {{"MAYBE", "PyA", "NEW", "(OBJ)", "E_NULL", "0", 0, 0}, "no kind MAYBE"},
    {{"HOST()", "PyA", "NEW", "(OBJ)", "E_NULL", "0", 0, 0}, "no kind HOST()"},
    {{"HOST(PyB", "PyA", "NEW", "(OBJ)", "E_NULL", "0", 0, 0}, "no kind HOST(PyB"},
    {{"NOP", "PyA", "PyObject", NULL, NULL, NULL, 16, 0}, "no kind NOP"},
    {{"STUB", "PyA", "PyObject", NULL, NULL, NULL, 0, 0}, "has a size"},
    {{"STUB", "PyA", "NEW", "(OBJECT)", "E_NULL", "0", 0, 0}, "no token OBJECT"},
    {{"STUB", "PyA", "NEW", "()", "E_NULL", "0", 0, 0}, "written (VOID)"},
    {{"STUB", "PyA", "NEW", "OBJ", "E_NULL", "0", 0, 0}, "in parentheses"},
    {{"STUB", "PyA", "NEW", "(OBJ, VOID)", "E_NULL", "0", 0, 0}, "stands alone"},
    {{"STUB", "PyA", "NEW", "(NEW)", "E_NULL", "0", 0, 0}, "NEW is for results"},
    {{"STUB", "PyA", "NEW", "(STR_NEW)", "E_NULL", "0", 0, 0}, "STR_NEW is for results"},
    {{"STUB", "PyA", "NEW", "(OBJ_V, LONG)", "E_NULL", "0", 0, 0}, "number of its objects"},
    {{"STUB", "PyA", "INT", "(PTR, OUT_BORROW)", "E_NONE", "0", 0, 0}, "is no object"},
    {{"STUB", "PyA", "INT", "(VA_LIST, OBJ)", "E_NONE", "0", 0, 0}, "comes last"},
    {{"STUB", "PyA", "OBJ", "(OBJ)", "E_NULL", "0", 0, 0}, "OBJ is for arguments"},
    {{"STUB", "PyA", "STEAL", "(OBJ)", "E_NULL", "0", 0, 0}, "STEAL is for arguments"},
    {{"STUB", "PyA", "BORROW_FROM1", "(VOID)", "E_NULL", "0", 0, 0}, "is no object"},
    {{"STUB", "PyA", "INT", "(OBJ)", "E_NULL", "0", 0, 0}, "does not go with"},
    {{"STUB", "PyA", "NEW", "(OBJ)", "E_MINUS1", "0", 0, 0}, "does not go with"},
    {{"STUB", "PyA", "NEW", "(OBJ)", "E_NULL_QUIET", "0", 0, 0}, "does not go with"},
    {{"STUB", "PyA", "NEW_N", "(OBJ)", "E_NULL", "0", 0, 0}, "does not go with"},
    {{"STUB", "PyA", "VOID", "(OBJ)", "E_NULL", "0", 0, 0}, "does not go with"},
    {{"STUB", "PyA", "DOUBLE", "(OBJ)", "E_MINUS1", "0", 0, 0}, "does not go with"},
    {{"STUB", "PyA", "INT", "(OBJ)", "E_TWO", "0", 0, 0}, "no error E_TWO"},
    {{"STUB", "PyA", "INT", "(OBJ)", "E_MINUS1", "F_FAST", 0, 0}, "no flag F_FAST"},
    {{"STUB", "PyA", "INT", "(OBJ)", "E_MINUS1", "F_NORETURN", 0, 0}, "neither result"},
    {{"ALIAS(PyA)", "PyA", "INT", "(OBJ)", "E_MINUS1", "0", 0, 0}, "no function PyA"},
    {{"ALIAS(PyList_Type)", "PyA", "INT", "(OBJ)", "E_MINUS1", "0", 0, 0}, "no function"},
    {{"ALIAS(PyList_Size)", "PyA", "INT", "(OBJ)", "E_MINUS1", "0", 0, 0}, "another signature"},
    {{"ALIAS(PyObject_Length)", "PyA", "SSIZE", "(OBJ)", "E_MINUS1", "0", 0, 0}, "alias itself"},
    {{"STUB_VA(v)", "PyA", "INT", "(OBJ)", "E_MINUS1", "0", 0, 0}, "not named like"},
    {{"VA(PyArg_VaParse)", "PyA", "INT", "(OBJ)", "E_ZERO", "0", 0, 0}, "does not take"},
    {{"VA(PyOS_vsnprintf)", "PyA", "LONG", "(CHARS, SIZE, CSTR)", "E_NONE", "0", 0, 0},
     "another result"},
};

START_TEST(test_nonsense)
{
    for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
        const struct row *row = &nonsense[i].row;
        const char *problem = row_problem(row);
        if (nonsense[i].problem == NULL) {
            ck_assert_msg(problem == NULL, "row %zu: %s", i, problem);
        }
        else {
            ck_assert_msg(problem != NULL && strstr(problem, nonsense[i].problem) != NULL,
                          "row %zu: \"%s\" instead of \"%s\"", i, problem, nonsense[i].problem);
        }
    }
    const struct type wrong[] = {{"A", "int", "ffi_type_sint", "NUMBER"},
                                 {"A", "int", "ffi_type_sint", "UNSIGNED"},
                                 {"A", "double", "ffi_type_pointer", "REAL"},
                                 {"A", "PyObject *", "ffi_type_ulong", "STEAL"},
                                 {"A", "PyObject", "ffi_type_pointer", "STEAL"}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_msg(type_problem(&wrong[i]) != NULL, "type %zu is taken", i);
    }
}
END_TEST

/* ---- The list of names ---- */

struct export {
    char letter; /* F or D */
    const char *name;
    long size; /* of data */
};

/* Compare the table with what is exported; a line about each difference goes to
 * stdout, said to be about `whose`.  Returns the number of differences.  Sizes
 * that depend on how a Python was built are not compared unless they are those
 * of the list. */
static int
compare_exports(const struct export *exports, int count, const char *whose, bool all_sizes)
{
    int seen[ROW_COUNT] = {0}, differences = 0;
    for (int i = 0; i < count; i++) {
        const struct export *export = &exports[i];
        const struct row *row = find_row(export->name);
        if (row == NULL) {
            printf("%s has %s, api27.def has not\n", whose, export->name);
            differences++;
            continue;
        }
        seen[row - rows]++;
        bool varies = is_one_of(export->name, "_PyImport_Inittab _PyImport_DynLoadFiletab");
        if ((export->letter == 'F') != (row->args != NULL)) {
            printf("api27.def:%d: %s: %s says %c\n", row->line, row->name, whose, export->letter);
            differences++;
        }
        else if (row->args == NULL && row->size != export->size && (all_sizes || !varies)) {
            printf("api27.def:%d: %s: %s says %ld bytes\n", row->line, row->name, whose,
                   export->size);
            differences++;
        }
    }
    for (int i = 0; i < ROW_COUNT; i++) {
        if (seen[i] != 1 || find_row(rows[i].name) != &rows[i]) {
            printf("api27.def:%d: %s: %s has it %d times\n", rows[i].line, rows[i].name, whose,
                   seen[i]);
            differences++;
        }
    }
    return differences;
}

START_TEST(test_names)
{
    static struct export exports[ROW_COUNT + 100];
    int count = 0;
    char line[200], name[200];
    const char *path = source_file("tests/compat/exports27.tsv");
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s: %m", path);
    while (fgets(line, sizeof line, file) != NULL) {
        struct export export = {0};
        if (line[0] == '#') {
            continue;
        }
        int fields = sscanf(line, "%c\t%199s\t%ld", &export.letter, name, &export.size);
        ck_assert_msg(export.letter == 'F' ? fields == 2 : export.letter == 'D' && fields == 3,
                      "%s: what is this: %s", path, line);
        export.name = strdup(name);
        ck_assert_int_lt(count, (int)(sizeof exports / sizeof exports[0]));
        exports[count++] = export;
    }
    fclose(file);
    ck_assert_int_eq(compare_exports(exports, count, "exports27.tsv", true), 0);

    /* A difference is seen, whatever it is. */
    printf("Four differences follow, made on purpose:\n");
    const char *was = exports[7].name;
    exports[7].name = "PyNew_Name";
    ck_assert_int_eq(compare_exports(exports, count, "the first test", true), 2);
    exports[7].name = was;
    exports[7].letter ^= 'F' ^ 'D';
    ck_assert_int_eq(compare_exports(exports, count, "the second test", true), 1);
    exports[7].letter ^= 'F' ^ 'D';
    for (int i = 0; i < count; i++) {
        if (strcmp(exports[i].name, "PyList_Type") == 0) {
            exports[i].size--;
        }
    }
    ck_assert_int_eq(compare_exports(exports, count, "the third test", true), 1);
}
END_TEST

/* ---- A real Python 2.7 ---- */

static int hosts_27[64], host_27_count;

/* Whether that Python is one that the table describes; if not, says why. */
static bool
is_described(const struct host *host, int *ret_micro)
{
    const char *args[] = {host->path, "-c",
                          "import sys; print('%d %x %x' % (sys.version_info[2], "
                          "sys.maxunicode, sys.maxsize))",
                          NULL};
    struct outcome outcome = run_program(NULL, args);
    unsigned long widest_character, longest;
    int fields = sscanf(outcome.output, "%d %lx %lx", ret_micro, &widest_character, &longest);
    ck_assert_msg(fields == 3, "%s: %.2000s", host->name, outcome.output);
    if (host->debug) {
        count_skipped(host, "a debug build has a C API of its own");
        return false;
    }
    if (widest_character != 0x10ffff || longest != 0x7fffffffffffffff) {
        count_skipped(host, "the table describes 64 bits with a four-byte Py_UNICODE");
        return false;
    }
    return true;
}

/* These come first, in this order, as they need each other; and these want the
 * headers of other libraries and declare nothing of the table. */
#define FIRST_HEADERS   "Python.h pgenheaders.h node.h grammar.h asdl.h Python-ast.h"
#define FOREIGN_HEADERS "py_curses.h pyexpat.h pymactoolbox.h"

/* Include every header of that directory. */
static void
write_includes(FILE *file, const char *directory)
{
    const char *first[8];
    int count = split(FIRST_HEADERS, " ", first, 8);
    glob_t headers;
    for (int i = 0; i < count; i++) {
        fprintf(file, "#include <%s>\n", first[i]);
    }
    ck_assert_int_eq(glob(format("%s/*.h", directory), 0, NULL, &headers), 0);
    ck_assert_uint_gt(headers.gl_pathc, 50);
    for (size_t i = 0; i < headers.gl_pathc; i++) {
        const char *name = strrchr(headers.gl_pathv[i], '/') + 1;
        if (!is_one_of(name, FIRST_HEADERS " " FOREIGN_HEADERS)) {
            fprintf(file, "#include <%s>\n", name);
        }
    }
}

/* Declare everything once more, as the table has it. */
static void
write_rows(FILE *file, const char *const *wrong)
{
    /* Some tokens are macros of headers that Python.h leaves out. */
    fputs("#include <stdarg.h>\n#include <sys/types.h>\n", file);
    for (int i = 0; i < TYPE_COUNT; i++) {
        fprintf(file, "#undef %s\n", types[i].token);
    }
    fputs("#define UNTAGGED27(name) name\n"
          "#define SIZE_ffi_type_schar 1\n"
          "#define SIZE_ffi_type_ushort sizeof(unsigned short)\n"
          "#define SIZE_ffi_type_sint sizeof(int)\n"
          "#define SIZE_ffi_type_uint sizeof(unsigned int)\n"
          "#define SIZE_ffi_type_uint32 4\n"
          "#define SIZE_ffi_type_slong sizeof(long)\n"
          "#define SIZE_ffi_type_ulong sizeof(unsigned long)\n"
          "#define SIZE_ffi_type_sint64 8\n"
          "#define SIZE_ffi_type_uint64 8\n"
          "#define SIZE_ffi_type_double sizeof(double)\n"
          "#define SIZE_ffi_type_pointer sizeof(void *)\n"
          "#define SIZE_py2abi_ffi_complex (2 * sizeof(double))\n",
          file);
    for (int i = 0; i < TYPE_COUNT; i++) {
        const struct type *type = &types[i];
        fprintf(file, "typedef %s sig_%s;\n", type->ctype, type->token);
        if (strcmp(type->class, "NONE") != 0 && strcmp(type->token, "VA_LIST") != 0) {
            fprintf(file, "_Static_assert(sizeof(sig_%s) == SIZE_%s, \"%s\");\n", type->token,
                    type->ffi, type->token);
        }
        if (is_one_of(type->class, "SIGNED UNSIGNED")) {
            fprintf(file, "_Static_assert(%s((sig_%s)-1 < (sig_%s)1), \"%s\");\n",
                    strcmp(type->class, "SIGNED") == 0 ? "" : "!", type->token, type->token,
                    type->token);
        }
    }
    for (int i = 0; i < ROW_COUNT; i++) {
        const struct row *row = &rows[i];
        bool is_wrong = wrong != NULL && (strcmp(row->name, wrong[0]) == 0
                                          || strcmp(row->name, wrong[1]) == 0);
        fprintf(file, "#undef %s\n#line %d \"api27.def\"\n", row->name, row->line);
        if (row->args == NULL) {
            const char *type = is_wrong ? "short" : row->result;
            fprintf(file, "extern %s %s;\n", type, row->name);
            fprintf(file, "_Static_assert(sizeof(%s) == %ld, \"%s\");\n", type, row->size,
                    row->name);
            continue;
        }
        const char *args[ARGS_MAX];
        int count = row_args(row, args);
        fprintf(file, "extern sig_%s %s(", is_wrong ? "CHAR" : row->result, row->name);
        for (int a = 0; a < count; a++) {
            fprintf(file, "%ssig_%s", a == 0 ? "" : ", ", args[a]);
        }
        fprintf(file, "%s);\n", twin_of(row) != NULL ? ", ..." : "");
    }
}

static int
compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The flag F_PRIVATE is there where it belongs: the words of the preprocessed
 * headers are what is declared. */
static int
check_private(const char *text, char **words, int room)
{
    int count = 0, differences = 0;
    const char *const word_characters = "_0123456789abcdefghijklmnopqrstuvwxyz"
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (const char *p = text; *(p += strcspn(p, word_characters)) != '\0';) {
        size_t length = strspn(p, word_characters);
        if (strncmp(p, "Py", 2) == 0 || strncmp(p, "_Py", 3) == 0) {
            ck_assert_int_lt(count, room);
            words[count++] = strndup(p, length);
        }
        p += length;
    }
    qsort(words, (size_t)count, sizeof words[0], compare_strings);
    for (int i = 0; i < ROW_COUNT; i++) {
        if (rows[i].args == NULL) {
            continue;
        }
        bool declared = bsearch(&rows[i].name, words, (size_t)count, sizeof words[0],
                                compare_strings) != NULL;
        if (declared == has_flag(&rows[i], "F_PRIVATE")) {
            printf("api27.def:%d: %s: the headers declare it %s\n", rows[i].line, rows[i].name,
                   declared ? "after all" : "not");
            differences++;
        }
    }
    return differences;
}

START_TEST(test_headers)
{
    const struct host *host = host_at(hosts_27[_i]);
    static const char *const compilers[] = {"gcc", "clang"};
    static const char *const modes[] = {"-UPY_SSIZE_T_CLEAN", "-DPY_SSIZE_T_CLEAN"};
    static const char *const wrong[] = {"PyList_Size", "PyTuple_Type"};
    static char *words[100000];
    struct command headers = {.count = 0};
    const char *directory = NULL, *problem = NULL;
    const char *declared[] = {"", ""}; /* the headers, preprocessed in each mode */
    int micro, passed = 0;
    char name[] = "/tmp/py2abi-test-XXXXXX", wrong_name[] = "/tmp/py2abi-test-XXXXXX";

    if (!is_described(host, &micro)) {
        return;
    }
    const char *args[] = {source_file("tests/headers"), host->path, NULL};
    struct outcome outcome = run_program(NULL, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        count_skipped(host, outcome.output);
        return;
    }
    ck_assert_msg(outcome.status == 0, "%s: %s", host->name, outcome.output);
    add_split(&headers, outcome.output, "\n");
    for (int i = 1; i < headers.count; i++) {
        if (strcmp(headers.args[i - 1], "-isystem") == 0
            && access(format("%s/Python.h", headers.args[i]), R_OK) == 0) {
            directory = headers.args[i];
        }
    }
    ck_assert_msg(directory != NULL, "%s: no Python.h", host->name);

    FILE *file = fdopen(mkstemp(name), "w"), *wrong_file = fdopen(mkstemp(wrong_name), "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(wrong_file);
    write_includes(file, directory);
    write_includes(wrong_file, directory);
    write_rows(file, NULL);
    write_rows(wrong_file, wrong);
    fclose(file);
    fclose(wrong_file);

    for (int c = 0; c < 2 && problem == NULL; c++) {
        const char *version[] = {compilers[c], "--version", NULL};
        if (run_program(NULL, version).status != 0) {
            printf("skipped: %s: there is no such compiler\n", compilers[c]);
            continue;
        }
        for (int mode = 0; mode < 2 && problem == NULL; mode++) {
            struct command check = {.count = 0}, wrong_check = {.count = 0};
            ADD(&check, compilers[c], "-std=gnu11", "-fsyntax-only", modes[mode]);
            add_words(&check, headers.args);
            wrong_check = check;
            ADD(&check, "-x", "c", name);
            ADD(&wrong_check, "-x", "c", wrong_name);
            outcome = run_program(NULL, check.args);
            if (outcome.status != 0) {
                problem = format("%s %s: %.2000s", compilers[c], modes[mode], outcome.output);
                break;
            }
            outcome = run_program(NULL, wrong_check.args);
            if (outcome.status == 0 || strstr(outcome.output, wrong[0]) == NULL
                || strstr(outcome.output, wrong[1]) == NULL) {
                problem = format("%s %s takes wrong types", compilers[c], modes[mode]);
            }
            passed += ROW_COUNT;
            if (*declared[mode] == '\0') {
                check.args[2] = "-E";
                outcome = run_program(NULL, check.args);
                char *table = strstr(outcome.output, "typedef void sig_VOID");
                if (outcome.status != 0 || table == NULL) {
                    problem = format("%s -E: %.2000s", compilers[c], outcome.output);
                    break;
                }
                *table = '\0';
                declared[mode] = outcome.output;
            }
        }
    }
    unlink(name);
    unlink(wrong_name);
    ck_assert_msg(problem == NULL, "%s: %s", host->name, problem);
    ck_assert_msg(passed > 0, "neither gcc nor clang is in PATH");
    if (micro == 18) {
        const char *text = format("%s\n%s", declared[0], declared[1]);
        ck_assert_int_eq(check_private(text, words, sizeof words / sizeof words[0]), 0);
    }
    count_passed(host, passed);
}
END_TEST

START_TEST(test_library)
{
    const struct host *host = host_at(hosts_27[_i]);
    static struct export exports[ROW_COUNT + 1000];
    int micro, count = 0;

    if (!is_described(host, &micro)) {
        return;
    }
    if (micro != 18) {
        count_skipped(host, "the table lists what 2.7.18 exports");
        return;
    }
#ifndef __x86_64__
    count_skipped(host, "the table lists what is exported on x86-64");
    return;
#endif
    const char *path = strcmp(host->libpython, "-") != 0 ? host->libpython : host->path;
    const char *args[] = {"nm", "-D", "--defined-only", "-P", path, NULL};
    struct outcome outcome = run_program(NULL, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 127) {
        count_skipped(host, "there is no nm");
        return;
    }
    ck_assert_msg(outcome.status == 0, "%s: %.2000s", path, outcome.output);
    char *rest = outcome.output, *line, name[200], letter;
    while ((line = strsep(&rest, "\n")) != NULL) {
        unsigned long value, size = 0;
        if ((strncmp(line, "Py", 2) != 0 && strncmp(line, "_Py", 3) != 0)
            || sscanf(line, "%199s %c %lx %lx", name, &letter, &value, &size) < 3) {
            continue;
        }
        ck_assert_int_lt(count, (int)(sizeof exports / sizeof exports[0]));
        name[strcspn(name, "@")] = '\0';
        exports[count++] = (struct export){strchr("TtWwi", letter) != NULL ? 'F' : 'D',
                                           strdup(name), (long)size};
    }
    int differences = compare_exports(exports, count, path, false);
    ck_assert_msg(differences == 0, "%s: %s differs in %d names", host->name, path, differences);
    count_passed(host, ROW_COUNT);
}
END_TEST

int
main(void)
{
    for (int i = 0; i < host_count(); i++) {
        if (host_at(i)->number == 0x0207) {
            hosts_27[host_27_count++] = i;
        }
    }
    if (host_27_count == 0) {
        printf("skipped: the comparison with a real Python 2.7: "
               "none is in PATH or named by PY2ABI_HOSTS\n");
    }
    Suite *suite = suite_create("api27");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, test_types);
    tcase_add_test(tcase, test_rows);
    tcase_add_test(tcase, test_nonsense);
    tcase_add_test(tcase, test_names);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("python27");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_headers, 0, host_27_count);
    tcase_add_loop_test(tcase, test_library, 0, host_27_count);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
