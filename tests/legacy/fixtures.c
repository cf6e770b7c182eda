/* fixtures.c - the fixtures of tests/legacy/: finding them, building their extensions. */

#include "config.h"
#include "fixtures.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

char *fixtures[FIXTURES_MAX];
int fixture_count;
struct build builds[BUILDS_MAX];
int build_count;

static time_t started; /* of the suite, before anything is built */

static int
is_fixture(const struct dirent *entry)
{
    return strspn(entry->d_name, "0123456789") >= 2 && strchr(entry->d_name, '-') != NULL;
}

void
find_fixtures(void)
{
    struct dirent **entries;
    started = time(NULL);
    int count = scandir(source_file("tests/legacy"), &entries, is_fixture, alphasort);
    for (int i = 0; i < count && i < FIXTURES_MAX; i++) {
        fixtures[fixture_count++] = strdup(entries[i]->d_name);
    }
    builds[build_count++].flags = strdup("-I" TOP_SRCDIR "/compat/include");
    for (int i = 0; i < host_count() && build_count < BUILDS_MAX; i++) {
        if (host_at(i)->number == 0x0207) {
            const char *args[] = {source_file("tests/headers"), host_at(i)->path, NULL};
            struct outcome outcome = run_program(NULL, args);
            if (outcome.status == 0) {
                builds[build_count].host = host_at(i);
                builds[build_count++].flags = outcome.output;
            }
        }
    }
}

/* The name of the module that the source defines: of its init function. */
static char *
module_of(const char *source)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "_0123456789";
    char *text = read_text(source), *macro = text != NULL ? strstr(text, "\nMODULE(") : NULL;
    if (macro != NULL) {
        /* The fixtures' own, which makes the function. */
        return strndup(macro + 8, strcspn(macro + 8, ")"));
    }
    for (char *at = text; at != NULL && (at = strstr(at, "init")) != NULL; at++) {
        size_t length = strspn(at, letters);
        if ((at == text || strchr(letters, at[-1]) == NULL)
            && strncmp(at + length, "(void)", 6) == 0) {
            char *name = strndup(at + 4, length - 4);
            free(text);
            return name;
        }
    }
    ck_abort_msg("%s: has no init<name>(void)", source);
    return NULL;
}

void
build_extension(const char *source, const char *output, const char *flags)
{
    size_t length = strlen(source);
    int is_cxx = length > 3 && strcmp(source + length - 3, ".cc") == 0;
    const char *compiler = getenv(is_cxx ? "CXX" : "CC");
    struct stat status;
    /* Once for all hosts: another test of this run has built it. */
    if (stat(output, &status) == 0 && status.st_mtime >= started) {
        return;
    }
    const char *make[] = {"mkdir", "-p", format("%.*s", (int)(strrchr(output, '/') - output), output),
                          NULL};
    ck_assert_int_eq(run_program(NULL, make).status, 0);
    /* Tests run side by side: the file appears when it is complete. */
    const char *temporary = format("%s.%d", output, (int)getpid());
    struct command command = {.count = 0};
    add_split(&command, compiler != NULL ? compiler : is_cxx ? "c++" : "cc", " ");
    ADD(&command, "-O1", "-g", "-fPIC", "-shared", "-fno-strict-aliasing", "-w", "-o", temporary,
        source, "-I" TOP_SRCDIR "/tests/legacy");
    char *words = strdup(flags);
    for (char *c = strstr(words, "-isystem"); c != NULL; c = strstr(c, "-isystem")) {
        memcpy(c, "-I\n     ", 8); /* GCC would resolve links in it */
    }
    add_split(&command, words, " \n");
    ADD(&command, "-lm");
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status == 0, "%s does not compile:\n%.4000s", source, outcome.output);
    ck_assert_int_eq(rename(temporary, output), 0);
}

const char *
build_fixture(const char *fixture, int build)
{
    static char directory[1000], source[1000];
    struct stat status;
    snprintf(directory, sizeof directory, "%s/tests/legacy.d/%d/%s", TOP_BUILDDIR, build, fixture);
    snprintf(source, sizeof source, "%s/tests/legacy/%s/mod.c", TOP_SRCDIR, fixture);
    if (stat(source, &status) != 0) {
        strcat(source, "c"); /* mod.cc */
    }
    build_extension(source, format("%s/%s.so", directory, module_of(source)), builds[build].flags);
    return directory;
}

const struct host *
find_host(bool debug)
{
    for (int i = 0; i < host_count(); i++) {
        if (host_at(i)->debug == debug && guests_closed(host_at(i)) == NULL
            && !host_at(i)->free_threaded) {
            return host_at(i);
        }
    }
    return NULL;
}
