/* test_packaging.c - what packaging/ says agrees with what it has it from. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY_PACKAGE "libpy2abi0"

static const char *const expected[] = {
#define EXPORT(node, name) #name "@" #node,
#define INTERPOSED(name)   #name "@Base",
#include "../../src/exports.def"
#undef EXPORT
#undef INTERPOSED
};
enum { EXPECTED_COUNT = sizeof expected / sizeof expected[0] };

static char *
text_file(const char *name)
{
    char *text = read_text(source_file(name));
    ck_assert_msg(text != NULL, "%s cannot be read", name);
    return text;
}

/* The symbols file of the library's package has every export under its version node,
 * each node, and nothing else.  What some architectures do not have is marked. */
START_TEST(test_symbols)
{
    char *rest = text_file("packaging/debian/" LIBRARY_PACKAGE ".symbols"), *line;
    bool seen[EXPECTED_COUNT] = {false};
    int rows = 0;
    while ((line = strsep(&rest, "\n")) != NULL) {
        char symbol[200], since[50];
        const char *name = line + strspn(line, " ");
        if (*line != ' ') {
            continue;
        }
        bool marked = *name == '(';
        if (marked) {
            name = strchr(name, ')');
            ck_assert_msg(name++ != NULL, "%s", line);
        }
        ck_assert_msg(sscanf(name, "%199s %49s", symbol, since) == 2, "%s", line);
        ck_assert_msg(strchr(since, '-') == NULL, "%s: a Debian revision", line);
        const char *at = strchr(symbol, '@');
        ck_assert_msg(at != NULL, "%s", line);
        if (strncmp(symbol, at + 1, (size_t)(at - symbol)) == 0
            && strlen(at + 1) == (size_t)(at - symbol)) {
            bool used = false; /* a node, which is a symbol of its own */
            for (int i = 0; i < EXPECTED_COUNT; i++) {
                used = used || strcmp(strchr(expected[i], '@'), at) == 0;
            }
            ck_assert_msg(used, "%s: exports.def has no such node", line);
            rows++;
            continue;
        }
        bool known = false;
        for (int i = 0; i < EXPECTED_COUNT; i++) {
            if (strcmp(expected[i], symbol) == 0) {
                ck_assert_msg(!seen[i], "%s is there twice", symbol);
                known = seen[i] = true;
            }
        }
        /* Without the entry points of some processors exports.def lacks their names. */
        ck_assert_msg(known || (marked && strcmp(at, "@Base") == 0),
                      "%s: exports.def has no such row", line);
        rows++;
    }
    for (int i = 0; i < EXPECTED_COUNT; i++) {
        ck_assert_msg(seen[i], "%s is missing", expected[i]);
    }
    ck_assert_int_gt(rows, EXPECTED_COUNT); /* all those, and a node */
}
END_TEST

/* The package of the library is called by its SONAME, whose number is CURRENT - AGE. */
START_TEST(test_soname)
{
    int current, revision, age;
    ck_assert_int_eq(sscanf(LIBPY2ABI_VERSION, "%d:%d:%d", &current, &revision, &age), 3);
    char package[50], soname[100];
    snprintf(package, sizeof package, "libpy2abi%d", current - age);
    ck_assert_str_eq(package, LIBRARY_PACKAGE);
    snprintf(soname, sizeof soname, "libpy2abi.so.%d " LIBRARY_PACKAGE " ", current - age);
    char *symbols = text_file("packaging/debian/" LIBRARY_PACKAGE ".symbols");
    ck_assert_msg(strncmp(symbols, soname, strlen(soname)) == 0, "%.60s", symbols);
    snprintf(soname, sizeof soname, "/libpy2abi.so.%d*\n", current - age);
    ck_assert_ptr_nonnull(strstr(text_file("packaging/py2abi.spec"), soname));

    /* Another SONAME's guests module is another file: both can be installed. */
    ck_assert_str_eq(GUESTS_FOLDER, format("py2abi-%d", current - age));
    static const char *const files[] = {
        "packaging/debian/" LIBRARY_PACKAGE ".install", "packaging/debian/not-installed",
        "packaging/debian/py2abi.links", "packaging/debian/rules", "packaging/py2abi.spec",
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        ck_assert_msg(strstr(text_file(files[i]), GUESTS_FOLDER "/guests.") != NULL,
                      "%s does not have guests.so in " GUESTS_FOLDER, files[i]);
    }
}
END_TEST

/* Both kinds of package are of this version. */
START_TEST(test_version)
{
    static const char debian[] = "py2abi (" PACKAGE_VERSION "-";
    char *changelog = text_file("packaging/debian/changelog");
    ck_assert_msg(strncmp(changelog, debian, strlen(debian)) == 0, "debian/changelog: %.40s",
                  changelog);
    static const char field[] = "\nVersion:";
    char *version = strstr(text_file("packaging/py2abi.spec"), field), text[50] = "";
    ck_assert_ptr_nonnull(version);
    ck_assert_int_eq(sscanf(version + strlen(field), "%49s", text), 1);
    ck_assert_str_eq(text, PACKAGE_VERSION);
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("packaging");
    TCase *tcase = tcase_create("tables");
    tcase_add_test(tcase, test_symbols);
    tcase_add_test(tcase, test_soname);
    tcase_add_test(tcase, test_version);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
