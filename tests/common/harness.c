/* harness.c - the Python interpreters of this machine, and running things in them. */

#include "config.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { HOSTS_MAX = 64, RUN_SECONDS = 300 };

const char *const way_names[WAY_COUNT] = {"preloaded", "linked", "static", "embedded", "bare"};

#ifdef WITH_SANITIZERS
/* The suites end soon after what they allocate; leaks of the library are looked
 * for where it is called often (process.py, the fuzz target). */
const char *__asan_default_options(void);

const char *
__asan_default_options(void)
{
    return "detect_leaks=0";
}
#endif

/* What the forked tests report and find out, in memory that they share with their parent. */
struct counts {
    int passed, skipped;
    char reason[160]; /* of the last skip */
    /* The extensions for each way: looked at once in a run.  What compile said of them. */
    enum { NOT_YET, BUILT, NO_HEADERS } extensions[WAY_COUNT];
    char no_headers[160];
};
static struct counts *counts;
static int *idle_count; /* tests that check would count as passed, but did not run */

static struct host found[HOSTS_MAX];
static int found_count = -1;

char *
format(const char *template, ...)
{
    char *text;
    va_list args;
    va_start(args, template);
    int n = vasprintf(&text, template, args);
    va_end(args);
    if (n < 0) {
        abort();
    }
    return text;
}

const char *
source_file(const char *name)
{
    return format("%s/%s", TOP_SRCDIR, name);
}

/* What a variable names, which is installed somewhere, or else what was built. */
static const char *
installed_or(const char *variable, const char *built)
{
    const char *named = getenv(variable);
    return named != NULL && *named != '\0' ? named : built;
}

const char *
library_file(void)
{
    return installed_or("PY2ABI_TEST_LIBRARY", TOP_BUILDDIR "/.libs/libpy2abi.so");
}

const char *
library_beside(const char *name)
{
    const char *library = library_file(), *slash = strrchr(library, '/');
    return format("%.*s/%s", slash != NULL ? (int)(slash - library) : 1,
                  slash != NULL ? library : ".", name);
}

const char *
command_file(void)
{
    return installed_or("PY2ABI_TEST_COMMAND", TOP_BUILDDIR "/py2abi");
}

const char *
python_folder(void)
{
    return installed_or("PY2ABI_TEST_PYTHON", TOP_BUILDDIR "/python");
}

const char *
status_text(int status)
{
    if (WIFSIGNALED(status)) {
        return format("signal %d (%s)", WTERMSIG(status), strsignal(WTERMSIG(status)));
    }
    return format("exit status %d", WEXITSTATUS(status));
}

/* Everything that comes out of fd until the end, or until the time is up. */
static char *
read_all(int fd, pid_t child)
{
    size_t size = 0, room = 4096;
    char *text = malloc(room);
    time_t end = time(NULL) + RUN_SECONDS;
    for (;;) {
        struct pollfd wait_for = {fd, POLLIN, 0};
        int ready = poll(&wait_for, 1, 1000);
        if (ready == 0 && time(NULL) > end) {
            kill(child, SIGKILL);
            break;
        }
        if (ready <= 0) {
            continue;
        }
        ssize_t n = read(fd, text + size, room - size - 1);
        if (n <= 0) {
            break;
        }
        size += (size_t)n;
        if (room - size < 1024) {
            text = realloc(text, room *= 2);
        }
    }
    text[size] = '\0';
    return text;
}

struct outcome
run_program(const char *const *env, const char *const *args)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        abort();
    }
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) {
        abort();
    }
    if (child == 0) {
        for (; env != NULL && *env != NULL; env++) {
            putenv((char *)*env);
        }
        int null = open("/dev/null", O_RDONLY);
        dup2(null, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
#ifdef EMULATOR
        /* What was built is for another machine than what is installed; but for scripts. */
        char first = '\0';
        int file = open(args[0], O_RDONLY);
        if (strncmp(args[0], TOP_BUILDDIR "/", sizeof TOP_BUILDDIR) == 0
            && read(file, &first, 1) == 1 && first == 0x7f) {
            struct command command = {.count = 0};
            ADD(&command, EMULATOR);
            add_words(&command, args);
            execvp(EMULATOR, (char *const *)command.args);
        }
#endif
        execvp(args[0], (char *const *)args);
        fprintf(stderr, "%s: %s\n", args[0], strerror(errno));
        _exit(127);
    }
    close(ends[1]);
    struct outcome outcome;
    outcome.output = read_all(ends[0], child);
    close(ends[0]);
    while (waitpid(child, &outcome.status, 0) < 0 && errno == EINTR) {
    }
    return outcome;
}

void
add_words(struct command *command, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (command->count == (int)(sizeof command->args / sizeof command->args[0]) - 1) {
            ck_abort_msg("a command has too many words");
        }
        command->args[command->count++] = *words;
    }
    command->args[command->count] = NULL;
}

void
add_split(struct command *command, const char *text, const char *separators)
{
    char *rest = strdup(text), *word;
    while ((word = strsep(&rest, separators)) != NULL) {
        if (*word != '\0') {
            ADD(command, word);
        }
    }
}

/* ---- Hosts ---- */

static char *
next_field(char **line)
{
    char *field = strsep(line, "\t");
    return strdup(field != NULL ? field : "-");
}

/* The command that prints the hosts, a line each; NULL when there are none. */
static const char *const *
list_hosts(void)
{
#if !defined EMULATOR
    static const char *args[2];
    args[0] = source_file("tests/hosts");
    return args;
#elif defined EMBEDDED_HOST
    /* The Pythons of this machine are of no use, but for the modules of one. */
    static const char *const args[] = {
        PYTHON, "-c", "import sys; print('%s\\t%d.%d\\t-\\tlibrary\\t%s\\t%s' % "
        "((sys.argv[1],) + sys.version_info[:2] + (sys.argv[1], sys.prefix)))",
        EMBEDDED_HOST, NULL};
    return strcmp(EMBEDDED_HOST, "no") != 0 ? args : NULL;
#else
    return NULL;
#endif
}

static void
find_hosts(void)
{
    const char *const *args = list_hosts();
    found_count = 0;
    if (args == NULL) {
        return;
    }
    struct outcome outcome = run_program(NULL, args);
    char *rest = outcome.output, *line;
    while ((line = strsep(&rest, "\n")) != NULL) {
        if (strchr(line, '\t') == NULL) {
            if (*line != '\0') {
                printf("%s\n", line);
            }
            continue;
        }
        struct host *host = &found[found_count++];
        host->path = next_field(&line);
        host->version = next_field(&line);
        host->kind = next_field(&line);
        host->provider = next_field(&line);
        host->libpython = next_field(&line);
        host->home = next_field(&line);
        int major = 0, minor = 0;
        sscanf(host->version, "%d.%d", &major, &minor);
        host->number = major << 8 | minor;
        host->debug = strcmp(host->kind, "debug") == 0;
        host->free_threaded = strcmp(host->kind, "free-threaded") == 0;
        host->exports_itself = strcmp(host->provider, "executable") == 0;
        host->name = format("%s%s%s (%s)", host->version, *host->kind == '-' ? "" : " ",
                            *host->kind == '-' ? "" : host->kind, host->path);
        if (found_count == HOSTS_MAX) {
            break;
        }
    }
}

/* What the user has set for his own Python would be set for all those that are tested. */
static void
forget_settings(void)
{
    static const char prefix[] = "PYTHON";
    for (char **entry = environ; *entry != NULL;) {
        if (strncmp(*entry, prefix, sizeof prefix - 1) == 0) {
            char *name = strndup(*entry, strcspn(*entry, "="));
            unsetenv(name);
            free(name);
            entry = environ;
        }
        else {
            entry++;
        }
    }
    /* Before 3.7 what is not ASCII depends on it. */
    setenv("LC_ALL", "C.UTF-8", 1);
}

int
host_count(void)
{
    if (found_count < 0) {
        forget_settings();
        find_hosts();
        counts = mmap(NULL, HOSTS_MAX * sizeof *counts + sizeof *idle_count,
                      PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (counts == MAP_FAILED) {
            abort();
        }
        idle_count = (int *)&counts[HOSTS_MAX];
    }
    return found_count;
}

const struct host *
host_at(int index)
{
    host_count();
    return &found[index];
}

static struct counts *
counts_of(const struct host *host)
{
    host_count();
    return &counts[host - found];
}

bool
host_is_chosen(const struct host *host)
{
    bool oldest = true, newest = true;
    for (int i = 0; i < host_count(); i++) {
        int number = found[i].number;
        oldest = oldest && (number < 0x0300 || number >= host->number);
        newest = newest && number <= host->number;
    }
    return host == &found[0] || ((oldest || newest) && host->number >= 0x0300);
}

/* ---- The legacy extensions ---- */

static void
make_directories(const char *path)
{
    char *copy = strdup(path);
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0777);
        *slash = '/';
    }
    mkdir(copy, 0777);
    free(copy);
}

/* A path as one word, for a folder's name; to be freed. */
static char *
folder_name(const char *path)
{
    char *name = strdup(path + (path[0] == '/'));
    for (char *c = name; *c != '\0'; c++) {
        if (*c == '/') {
            *c = '-';
        }
    }
    return name;
}

/* Where the extensions for this host and way are; built if need be.  NULL and a
 * reason when the host has no headers. */
static const char *
extensions(const struct host *host, enum way way, const char **ret_reason)
{
    /* Only linking tells the files apart. */
    enum way file_way = way == LINKED || way == STATIC ? way : BARE;
    char *name = folder_name(host->path);
    char *library = file_way == BARE ? strdup("any") : folder_name(library_file());
    const char *directory =
        format("%s/tests/hosts.d/%s/%s/%s", TOP_BUILDDIR, name, way_names[file_way], library);
    free(library);
    free(name);
    struct counts *known = counts_of(host);
    *ret_reason = NULL;
    if (known->extensions[file_way] == BUILT) {
        return directory;
    }
    if (known->extensions[file_way] == NO_HEADERS) {
        *ret_reason = known->no_headers;
        return NULL;
    }
    make_directories(directory);

    const char *args[16];
    int n = 0;
    args[n++] = source_file("tests/legacy/compile");
    args[n++] = host->path;
    args[n++] = source_file("tests/legacy/oldbuffer.c");
    args[n++] = format("%s/oldbuffer.so", directory);
    if (file_way == LINKED) {
        args[n++] = format("-Wl,-rpath,%s", library_beside(""));
        args[n++] = format("-L%s", library_beside(""));
        args[n++] = "-Wl,--no-as-needed";
        args[n++] = "-lpy2abi";
    }
    else if (file_way == STATIC) {
        /* Hidden, the library's functions cannot be preempted by the host's. */
        args[n++] = library_beside("libpy2abi.a");
        args[n++] = "-Wl,--exclude-libs,ALL";
        args[n++] = "-lffi";
    }
    args[n] = NULL;
    struct outcome outcome = run_program(NULL, args);
    if (WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 77) {
        outcome.output[strcspn(outcome.output, "\n")] = '\0';
        snprintf(known->no_headers, sizeof known->no_headers, "%s", outcome.output);
        known->extensions[file_way] = NO_HEADERS;
        *ret_reason = known->no_headers;
        return NULL;
    }
    if (outcome.status != 0) {
        ck_abort_msg("%s: %s", args[2], outcome.output);
    }
    known->extensions[file_way] = BUILT;
    return directory;
}

const char *
way_closed(const struct host *host, enum way way)
{
    const char *reason;
    if (way == EMBEDDED && strcmp(host->libpython, "-") == 0) {
        return "it has no shared libpython to embed";
    }
    if (way == STATIC && access(library_beside("libpy2abi.a"), R_OK) != 0) {
        return "the static library is not there";
    }
    if (way == LINKED && access(library_beside("libpy2abi.so"), R_OK) != 0) {
        return "there is no libpy2abi.so to link with";
    }
    if (way != PRELOADED && way != BARE && host->number < 0x0300) {
        return "only what is built for Python 3 is linked with the library";
    }
#ifdef WITH_SANITIZERS
    if (way == LINKED || way == STATIC || strcmp(host->libpython, "-") == 0) {
        return "the sanitizers' runtime does not go with it";
    }
#endif
    extensions(host, way, &reason);
    return reason;
}

bool
way_is_ours(const struct host *host, enum way way)
{
    switch (way) {
    case PRELOADED: /* the extension is bound to them when it is opened */
        return host->number >= 0x0300 || !host->exports_itself;
    case STATIC:
    case EMBEDDED:
        return true;
    default:
        return false;
    }
}

/* Run `host args...`, with directory as the one where modules are found; in the way EMBEDDED
 * `program libpython args...`. */
static struct outcome
run_in(const char *const *tool, const struct host *host, enum way way, const char *program,
       const char *directory, const char *const *env, const char *const *args)
{
    enum { ARGS_MAX = 500 };
    const char *all_env[24], *all_args[ARGS_MAX + 32];
    int e = 0, a = 0;
    all_env[e++] = format("PYTHONPATH=%s", directory);
    all_env[e++] = "PYTHONDONTWRITEBYTECODE=1";
    all_env[e++] = "PYTHONIOENCODING=utf-8";
    /* Sanitizers: Python leaks by design at its end; what is freed looks like it,
     * as without them; and a preloaded library needs the runtime before it. */
    all_env[e++] = "ASAN_OPTIONS=detect_leaks=0:handle_segv=0:"
                   "allow_user_segv_handler=1:max_free_fill_size=65536:quarantine_size_mb=1";
#ifdef WITH_SANITIZERS
    const char *runtime = way == EMBEDDED ? "" : SANITIZER_RUNTIME;
#else
    const char *runtime = "";
#endif
    const char *library = way == PRELOADED ? library_file() : "";
    if (*runtime != '\0' || *library != '\0') {
        all_env[e++] = format("LD_PRELOAD=%s %s", runtime, library);
    }
    for (; tool != NULL && *tool != NULL; tool++) {
        all_args[a++] = *tool;
    }
    if (way == EMBEDDED) {
        all_env[e++] = format("PYTHONHOME=%s", host->home);
        all_env[e++] = format("LD_LIBRARY_PATH=%s", library_beside(""));
        all_args[a++] = program;
        all_args[a++] = host->libpython;
    }
    else {
        all_args[a++] = host->path;
    }
    for (; env != NULL && *env != NULL; env++) {
        all_env[e++] = *env;
    }
    all_env[e] = NULL;
    do {
        if (a == ARGS_MAX) {
            abort(); /* a mistake of the suite's */
        }
        all_args[a++] = *args;
    } while (*args++ != NULL);
    return run_program(all_env, all_args);
}

struct outcome
run_host(const struct host *host, enum way way, const char *const *env, const char *const *args)
{
    return run_host_under(NULL, host, way, env, args);
}

struct outcome
run_host_under(const char *const *tool, const struct host *host, enum way way,
               const char *const *env, const char *const *args)
{
    const char *reason, *directory = extensions(host, way, &reason);
    if (directory == NULL) {
        ck_abort_msg("%s", reason);
    }
    return run_in(tool, host, way, TOP_BUILDDIR "/embed", directory, env, args);
}

struct outcome
run_embedding(const char *program, const struct host *host, const char *directory,
              const char *const *env, const char *const *args)
{
    return run_in(NULL, host, EMBEDDED, program, directory, env, args);
}

const char *
guests_closed(const struct host *host)
{
    if (host->number < 0x0300) {
        return "it is a Python 2";
    }
#ifdef WITH_SANITIZERS
    if (strcmp(host->libpython, "-") == 0) {
        return "the sanitizers' runtime does not go with it";
    }
#endif
    return NULL;
}

struct outcome
run_guests(const char *const *tool, const struct host *host, const char *directory,
           const char *const *env, const char *const *args)
{
#ifdef EMULATOR /* which would preload it into itself */
    const enum way way = EMBEDDED;
#else
    const enum way way = host->number < 0x0300 ? BARE : PRELOADED;
#endif
    return run_in(tool, host, way, TOP_BUILDDIR "/embed", directory, env, args);
}

char *
own_binaries(const struct host *host)
{
    const char *args[] = {host->path, "-c", "import distutils.sysconfig as s, os\n"
                          "print(os.path.join(s.get_python_lib(1, 1), 'lib-dynload'))", NULL};
    if (host->number != 0x0207) {
        return NULL;
    }
    struct outcome outcome = run_program(NULL, args);
    outcome.output[strcspn(outcome.output, "\n")] = '\0';
    return outcome.output;
}

char *
read_text(const char *path)
{
    FILE *file = fopen(path, "r");
    char *text = NULL;
    size_t size = 0;
    if (file == NULL) {
        return NULL;
    }
    if (getdelim(&text, &size, EOF, file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

/* Where Python itself, not a binary, words a message otherwise since a version: what it says now,
 * and what it said before, which is in what was recorded. */
static const struct reworded {
    int since;
    const char *now, *before;
} reworded[] = {
    {0x030e, "ZeroDivisionError: division by zero",
     "ZeroDivisionError: integer division or modulo by zero"},
    {0x030f, "Wrong.__iter__() must return an iterator, not int",
     "iter() returned non-iterator of type 'int'"},
    {0x030f, "binascii.crc32() takes no keyword arguments", "crc32() takes no keyword arguments"},
};

/* Whether a line is the expected one in the host's own words. */
static bool
is_reworded(const struct host *host, const char *expected, size_t m, const char *got, size_t n)
{
    bool is_same = false;
    for (size_t i = 0; i < sizeof reworded / sizeof reworded[0] && !is_same; i++) {
        char *line = format("%.*s", (int)n, got), *at = strstr(line, reworded[i].now);
        if (host->number >= reworded[i].since && at != NULL) {
            char *before = format("%.*s%s%s", (int)(at - line), line, reworded[i].before,
                                  at + strlen(reworded[i].now));
            is_same = strlen(before) == m && strncmp(before, expected, m) == 0;
            free(before);
        }
        free(line);
    }
    return is_same;
}

void
compare_lines(const struct host *host, const char *what, const char *expected, const char *got,
              int end)
{
    int line = 1;
    while ((*expected != '\0' || *got != '\0') && (end == 0 || line < end)) {
        size_t m = strcspn(expected, "\n"), n = strcspn(got, "\n");
        ck_assert_msg((m == n && strncmp(expected, got, m) == 0)
                          || is_reworded(host, expected, m, got, n),
                      "%s, %s, line %d: expected\n  %.*s\ngot\n  %.*s", host->name, what, line,
                      (int)m, expected, (int)n, got);
        expected += m + (expected[m] == '\n');
        got += n + (got[n] == '\n');
        line++;
    }
    count_passed(host, line - 1);
}

/* ---- Counting ---- */

void
count_passed(const struct host *host, int rows)
{
    __atomic_fetch_add(&counts_of(host)->passed, rows, __ATOMIC_SEQ_CST);
}

void
idle_test(void)
{
    static bool counted; /* each test has a process of its own */
    host_count();
    if (!counted) {
        counted = true;
        __atomic_fetch_add(idle_count, 1, __ATOMIC_SEQ_CST);
    }
}

void
skip_test(const char *reason)
{
    idle_test();
    printf("skipped: %s\n", reason);
}

void
count_skipped(const struct host *host, const char *reason)
{
    idle_test();
    struct counts *count = counts_of(host);
    __atomic_fetch_add(&count->skipped, 1, __ATOMIC_SEQ_CST);
    snprintf(count->reason, sizeof count->reason, "%s", reason);
    printf("skipped: %s: %s\n", host->name, reason);
}

static time_t started; /* of the suite, before anything is built */

const char *
build_guest(const char *source, const char *name, const struct host *host, const char **reason)
{
    static char directory[1000];
    const char *compiler = getenv("CC") != NULL ? getenv("CC") : "cc";
    struct command command = {.count = 0};
    struct stat status;
    int is_own = host->number >= 0x0300;
    snprintf(directory, sizeof directory, "%s/tests/guests.d/%s", TOP_BUILDDIR,
             is_own ? "own" : "python2.7");
    const char *make[] = {"mkdir", "-p", directory, NULL};
    ck_assert_int_eq(run_program(NULL, make).status, 0);
    char *output = format("%s/%s.so", directory, name);
    if (stat(output, &status) == 0 && status.st_mtime >= started) {
        return directory; /* Another test of this run has built it. */
    }
    /* Tests run side by side: the file appears when it is complete. */
    char *temporary = format("%s.%d", output, (int)getpid());
    add_split(&command, compiler, " ");
    ADD(&command, "-O1", "-g", "-fPIC", "-shared", "-fno-strict-aliasing", "-w", "-o", temporary,
        source_file(source));
    if (is_own) {
        ADD(&command, "-I" TOP_SRCDIR "/compat/include");
    }
    else {
        const char *args[] = {source_file("tests/headers"), host->path, NULL};
        struct outcome headers = run_program(NULL, args);
        if (headers.status != 0) {
            *reason = "it has no headers";
            return NULL;
        }
        add_split(&command, headers.output, " \n");
    }
    struct outcome outcome = run_program(NULL, command.args);
    ck_assert_msg(outcome.status == 0, "%s does not compile:\n%.3500s", source, outcome.output);
    ck_assert_int_eq(rename(temporary, output), 0);
    return directory;
}

int
run_suite(Suite *suite)
{
    started = time(NULL);
    host_count(); /* The forked tests share the counts. */
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    printf("took: %ld s\n", (long)(time(NULL) - started));
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    printf("not run: %d\n", *idle_count);
    for (int i = 0; i < found_count; i++) {
        if (counts[i].passed == 0 && counts[i].skipped == 0) {
            continue;
        }
        printf("host %s: %d passed, %d skipped%s%s\n", found[i].name, counts[i].passed,
               counts[i].skipped, counts[i].skipped != 0 ? ", the last because " : "",
               counts[i].reason);
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
