/* test_strings.c - strings that cross, in each way and under each setting: strings.py, which
 * compares what arrives with strings.tsv, and the formats with what Python 2.7.18 recorded,
 * strings27.tsv.  The extension strings.c is a module under each of several names. */

#include "config.h"
#include "../common/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const codecs[] = {"bytes", "ascii", "latin1", "utf-8"};
static const char *const texts[] = {"unicode", "str"};
enum { CODECS = 4, TEXTS = 2, POLICIES = CODECS * TEXTS };

/* The extension under all names; the directory, or NULL with the reason. */
static const char *
build(const struct host *host, const char **reason)
{
    const char *directory = NULL;
    for (int i = 0; i < (host->number >= 0x0300 ? POLICIES : 1); i++) {
        directory = build_guest("tests/compat/strings.c", format("strings%d", i), host, reason);
    }
    return directory;
}

/* Run strings.py with arguments and what is set for strings. */
static void
compare(const struct host *host, const char *directory, const char *str, const char *text,
        const char *const *binaries)
{
    const char *env[] = {format("PY2ABI_STR=%s", str), format("PY2ABI_TEXT=%s", text), NULL};
    struct command command = {.count = 0};
    ADD(&command, source_file("tests/compat/strings.py"), source_file("tests/compat/strings.tsv"),
        source_file("tests/compat/strings27.tsv"));
    add_words(&command, binaries);
    struct outcome outcome = run_guests(NULL, host, directory, env, command.args);
    ck_assert_msg(outcome.status == 0 && atoi(outcome.output) > 0, "%s, PY2ABI_STR=%s "
                  "PY2ABI_TEXT=%s: %s:\n%.3500s", host->name, str, text,
                  status_text(outcome.status), outcome.output);
    count_passed(host, atoi(outcome.output));
}

/* The directory with the extension, or NULL where it cannot be. */
static const char *
prepare(const struct host *host)
{
    const char *reason = host->number < 0x0300 ? "its strings do not cross"
                                               : guests_closed(host);
    const char *directory = reason == NULL ? build(host, &reason) : NULL;
    if (directory == NULL) {
        count_skipped(host, reason);
        idle_test();
    }
    return directory;
}

/* Each binary has its own setting, and all are in one process. */
START_TEST(test_by_name)
{
    const struct host *host = host_at(_i);
    const char *directory = prepare(host);
    char *str = strdup(""), *text = strdup("");
    const char *binaries[POLICIES + 1] = {NULL};
    for (int i = 0; directory != NULL && i < POLICIES; i++) {
        const char *codec = codecs[i % CODECS], *way = texts[i / CODECS];
        str = format("%s%sstrings%d=%s", str, i != 0 ? "," : "", i, codec);
        text = format("%s%sstrings%d=%s", text, i != 0 ? "," : "", i, way);
        binaries[i] = format("strings%d=%s:%s", i, codec, way);
    }
    if (directory != NULL) {
        compare(host, directory, str, text, binaries);
    }
}
END_TEST

/* The first host that has binaries, or NULL: how a setting is read is the same in all. */
static const struct host *
first_host(void)
{
    for (int i = 0; i < host_count(); i++) {
        if (host_at(i)->number >= 0x0300 && guests_closed(host_at(i)) == NULL) {
            return host_at(i);
        }
    }
    skip_test("there is no Python that imports binaries");
    return NULL;
}

/* One setting for all, and another for a binary that is there as well. */
START_TEST(test_for_all)
{
    const struct host *host = first_host();
    const char *directory = host != NULL ? prepare(host) : NULL;
    int policy = _i, other = (policy + CODECS + 1) % POLICIES;
    const char *str = codecs[policy % CODECS], *text = texts[policy / CODECS];
    const char *own_str = codecs[other % CODECS], *own_text = texts[other / CODECS];
    if (directory != NULL) {
        const char *binaries[] = {
            format("strings0=%s:%s", str, text),
            format("strings1=%s:%s", own_str, own_text),
            NULL,
        };
        compare(host, directory, format("%s,strings1=%s", str, own_str),
                format("strings1=%s,%s", own_text, text), binaries);
    }
}
END_TEST

/* A real Python 2.7 tells whether the facts are told right. */
START_TEST(test_facts)
{
    const struct host *host = host_at(_i);
    const char *reason = "there is no Python 2.7";
    const char *directory = host->number == 0x0207 ? build(host, &reason) : NULL;
    if (directory == NULL) {
        idle_test();
        return;
    }
    const char *args[] = {source_file("tests/compat/strings.py"), "--record",
                          source_file("tests/compat/strings.tsv"), NULL};
    struct outcome outcome = run_guests(NULL, host, directory, NULL, args);
    ck_assert_msg(outcome.status == 0, "%s: %s:\n%.3500s", host->name,
                  status_text(outcome.status), outcome.output);
    compare_lines(host, "strings27.tsv", read_text(source_file("tests/compat/strings27.tsv")),
                  outcome.output, 0);
}
END_TEST

/* ---- What is wrong in a setting ---- */

/* Run a program in the first host that has binaries; its whole output. */
static char *
say(const char *str, const char *text, const char *code)
{
    const struct host *host = first_host();
    const char *directory = host != NULL ? prepare(host) : NULL;
    if (directory == NULL) {
        return NULL;
    }
    const char *env[] = {format("PY2ABI_STR=%s", str), format("PY2ABI_TEXT=%s", text), NULL};
    const char *args[] = {"-c", code, NULL};
    struct outcome outcome = run_guests(NULL, host, directory, env, args);
    ck_assert_msg(outcome.status == 0, "%s:\n%.3500s", status_text(outcome.status),
                  outcome.output);
    return outcome.output;
}

static const struct {
    const char *str, *text, *code, *expected;
} settings[] = {
    {"", "", "import strings0; print(strings0.result((97,)))", "b'a'\n"},
    /* A word that is none: once, however many binaries there are. */
    {"utf8", "", "import strings0, strings1; print(strings0.result((97,)), strings1.ascii)",
     "py2abi: PY2ABI_STR has 'utf8', which is none of bytes, ascii, latin1, utf-8: ignored\n"
     "b'a' abc\n"},
    {"strings0=utf-16,latin1", "bytes", "import strings0; print(strings0.result((233,)))",
     "py2abi: PY2ABI_STR has 'strings0=utf-16', which is none of bytes, ascii, latin1, utf-8: "
     "ignored\n"
     "py2abi: PY2ABI_TEXT has 'bytes', which is none of unicode, str: ignored\n"
     "\xc3\xa9\n"},
    /* What is no item of a list. */
    {"=latin1", "", "import strings0; print(strings0.result((97,)))",
     "py2abi: PY2ABI_STR has '=latin1', which is none of bytes, ascii, latin1, utf-8: ignored\n"
     "b'a'\n"},
    {"latin1,", "str,,", "import strings0; print(strings0.result((97,)))",
     "py2abi: PY2ABI_STR has '', which is none of bytes, ascii, latin1, utf-8: ignored\n"
     "py2abi: PY2ABI_TEXT has '', which is none of unicode, str: ignored\n"
     "py2abi: PY2ABI_TEXT has '', which is none of unicode, str: ignored\n"
     "a\n"},
    {"strings0", "strings0=", "import strings0; print(strings0.result((97,)))",
     "py2abi: PY2ABI_STR has 'strings0', which is none of bytes, ascii, latin1, utf-8: ignored\n"
     "py2abi: PY2ABI_TEXT has 'strings0=', which is none of unicode, str: ignored\n"
     "b'a'\n"},
    /* A module that is never imported is told at the end, where there are binaries at all. */
    {"strings00=latin1,strings0=utf-8", "string0=str",
     "import strings0; print(strings0.result((97,)), flush=True)",
     "a\n"
     "py2abi: PY2ABI_STR has 'strings00=latin1', but no Python 2 binary of that name was "
     "imported\n"
     "py2abi: PY2ABI_TEXT has 'string0=str', but no Python 2 binary of that name was imported\n"},
    {"strings00=latin1", "", "print('none')", "none\n"},
    /* Of two words for the same the last counts; the nearer name before the wider. */
    {"strings0=ascii,latin1,strings0=utf-8,bytes", "",
     "import strings0, strings1; print(strings0.result((195, 169)), strings1.result((97,)))",
     "\xc3\xa9 b'a'\n"},
    {"utf-8,a.b.strings0=bytes,strings0=latin1", "",
     "import sys, types\n"
     "for name in 'a', 'a.b':\n"
     "    sys.modules[name] = types.ModuleType(name)\n"
     "    sys.modules[name].__path__ = sys.path\n"
     "import a.b.strings0\n"
     "print(sys.modules['a.b.strings0'].result((97,)))",
     "b'a'\n"},
};

START_TEST(test_settings)
{
    char *output = say(settings[_i].str, settings[_i].text, settings[_i].code);
    if (output != NULL) {
        ck_assert_str_eq(output, settings[_i].expected);
    }
}
END_TEST

int
main(void)
{
    Suite *suite = suite_create("strings");
    TCase *tcase = tcase_create("crossings");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, test_by_name, 0, host_count());
    tcase_add_loop_test(tcase, test_for_all, 0, POLICIES);
    tcase_add_loop_test(tcase, test_facts, 0, host_count());
    tcase_add_loop_test(tcase, test_settings, 0, sizeof settings / sizeof settings[0]);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
