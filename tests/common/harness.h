/* harness.h - the Python interpreters of this machine, and running things in them.
 *
 * check ends a test whose message is longer than 8 KB without saying why, so
 * what a program put out is cut short in messages.
 *
 * Suites are check suites, forked.  A test runs one script in one host in one
 * way; how it went is counted for each host and printed at the end, skips with
 * their reason. */

#ifndef PY2ABI_TEST_HARNESS_H
#define PY2ABI_TEST_HARNESS_H

#include <check.h>
#include <stdbool.h>

/* check 0.15.2, which Debian 12 has, passes "" where its macros want a format. */
#pragma GCC diagnostic ignored "-Wformat-zero-length"

/* How the legacy extension comes to its four functions. */
enum way {
    PRELOADED,  /* LD_PRELOAD=libpy2abi.so, the extension's symbols undefined */
    LINKED,     /* the extension is linked with the shared library */
    STATIC,     /* the extension is linked with the static library */
    EMBEDDED,   /* a program linked with the library dlopens libpython */
    BARE,       /* without the library: what the host itself does */
    WAY_COUNT
};

struct host {
    char *path, *version, *kind, *provider, *libpython, *home;
    char *name; /* for messages: version, kind and path */
    int number; /* 0x0306 for 3.6 */
    bool debug, free_threaded, exports_itself;
};

struct outcome {
    int status;   /* as waitpid gives it */
    char *output; /* stdout and stderr together */
};

extern const char *const way_names[WAY_COUNT];

/* The hosts, found once. */
int host_count(void);
const struct host *host_at(int index);

/* Whether it is the first host, the oldest or the newest Python 3, on which what takes long and
 * is the same for all is tried. */
bool host_is_chosen(const struct host *host);

/* Why the way cannot be gone on this host, or NULL. */
const char *way_closed(const struct host *host, enum way way);

/* Whether the extension's functions are the library's then: a host whose
 * executable exports them, or a libpython that is searched before an
 * extension's own libraries, keeps its own. */
bool way_is_ours(const struct host *host, enum way way);

/* Run `host args...` in that way; the legacy extensions are importable.  env
 * and args are NULL-terminated; env entries are NAME=value. */
struct outcome run_host(const struct host *host, enum way way, const char *const *env,
                        const char *const *args);
/* The same under a tool, such as valgrind: its command line, NULL-terminated. */
struct outcome run_host_under(const char *const *tool, const struct host *host, enum way way,
                              const char *const *env, const char *const *args);

/* Run `host args...` with Python 2 binaries in directory importable: under a
 * Python 3 the library is preloaded, a Python 2 imports them itself. */
struct outcome run_guests(const char *const *tool, const struct host *host, const char *directory,
                          const char *const *env, const char *const *args);
/* Run `program libpython args...`, which embeds the host's, with modules and Python 2 binaries
 * in directory importable. */
struct outcome run_embedding(const char *program, const struct host *host, const char *directory,
                             const char *const *env, const char *const *args);
/* Why they cannot be on this host, or NULL. */
const char *guests_closed(const struct host *host);

/* The folder of a Python 2.7's own binaries, for the caller to free; NULL for another host. */
char *own_binaries(const struct host *host);

/* Build name.so, an extension for Python 2, from a source in the tree, once in a run: with the
 * project's own headers for a Python 3, with its own for a Python 2.7.  The directory in which
 * it is then, or NULL with the reason. */
const char *build_guest(const char *source, const char *name, const struct host *host,
                        const char **reason);

/* A file's text, for the caller to free, or NULL if it cannot be read. */
char *read_text(const char *path);

/* Compare what was printed with what was expected, up to the line end (0: all of it), and
 * count the lines.  The first one that differs is a failure. */
void compare_lines(const struct host *host, const char *what, const char *expected,
                   const char *got, int end);

/* The same for any program, with nothing added to its environment but env. */
struct outcome run_program(const char *const *env, const char *const *args);

/* A command line that is put together from words, for run_program. */
struct command {
    const char *args[96];
    int count;
};
/* Add words, up to a NULL; those of a text, between separators. */
void add_words(struct command *command, const char *const *words);
void add_split(struct command *command, const char *text, const char *separators);
#define ADD(command, ...) add_words(command, (const char *const[]){__VA_ARGS__, NULL})

/* A text of that form; the caller may free it. */
char *format(const char *template, ...) __attribute__((format(printf, 1, 2)));

/* "exit status 0", "signal 11 (Segmentation fault)" */
const char *status_text(int status);

/* The file in the source tree. */
const char *source_file(const char *name);

/* What is tested: the library, what lies beside it, the command, the folder of
 * the Python module.  Those that were built, unless PY2ABI_TEST_LIBRARY,
 * PY2ABI_TEST_COMMAND and PY2ABI_TEST_PYTHON name what is installed. */
const char *library_file(void);
const char *library_beside(const char *name);
const char *command_file(void);
const char *python_folder(void);

/* Count `rows` passed checks, or a skip, for a host. */
void count_passed(const struct host *host, int rows);
void count_skipped(const struct host *host, const char *reason);
/* The running test is skipped as a whole, for a reason that is no host's. */
void skip_test(const char *reason);
/* The running test has nothing to do: it counts neither as passed nor skipped. */
void idle_test(void);

/* Run the suite, print the counts, return main's status. */
int run_suite(Suite *suite);

#endif
