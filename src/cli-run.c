/* cli-run.c - `py2abi run`: starting a program with the library preloaded.
 *
 * The dynamic linker says nothing when it does not preload, and a program then
 * runs without the library.  So whatever would come to that is looked for before,
 * and refused with the reason. */

#include "config.h"
#include "cli.h"
#include "elf.h"
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <link.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What shells exit with for a program that cannot be run, or found. */
enum { CANNOT_RUN = 126, NOT_FOUND = 127 };

#define LIBRARY "libpy2abi.so.0"

/* ---- The settings ---- */

/* The options whose value goes into the environment. */
enum {
    OPTION_BEFORE = 255,
#define SETTING(name, option, values, standard, meaning) OPTION_##name,
#define SETTING_ALONE(name, values, standard, meaning)
#define SETTING_FREE(name, option, value, meaning)       OPTION_##name,
#include "settings.def"
#undef SETTING
#undef SETTING_FREE
};

static const struct py2abi_cli_option options[] = {
#define FIRST(word) #word
#define OR(word)    "|" #word
#define SETTING(name, option, values, standard, meaning)                                          \
    {option, "=" values, OPTION_##name, meaning},
#define SETTING_FREE(name, option, value, meaning) {option, value, OPTION_##name, meaning},
#include "settings.def"
#undef FIRST
#undef OR
#undef SETTING
#undef SETTING_FREE
    PY2ABI_CLI_HELP,
    {NULL, NULL, 0, NULL},
};

static const struct py2abi_cli_option *
find_option(int letter)
{
    const struct py2abi_cli_option *option = options;
    while (option->letter != letter) {
        option++;
    }
    return option;
}

/* The variable that an option sets, and the words that it takes; NULL: any. */
static const char *
find_variable(int letter, const char **ret_values)
{
    switch (letter) {
#define SETTING(name, option, values, standard, meaning)                                          \
    case OPTION_##name:                                                                           \
        *ret_values = py2abi_values_##name;                                                       \
        return "PY2ABI_" #name;
#define SETTING_FREE(name, option, value, meaning)                                                \
    case OPTION_##name:                                                                           \
        *ret_values = NULL;                                                                       \
        return "PY2ABI_" #name;
#include "settings.def"
#undef SETTING
#undef SETTING_ALONE
#undef SETTING_FREE
    }
    return NULL;
}

/* The part of a policy for strings whose word is not one of the values, with its length,
 * or NULL. */
static const char *
find_wrong_policy(const char *policy, const char *values, size_t *ret_length)
{
    do {
        size_t length = strcspn(policy, ",");
        const char *equals = memchr(policy, '=', length);
        const char *word = equals != NULL ? equals + 1 : policy;
        size_t size = (size_t)(policy + length - word);
        *ret_length = length;
        if (equals == policy || py2abi_setting_find(values, word, size) < 0) {
            return policy;
        }
        policy += length;
    } while (*policy++ == ',');
    return NULL;
}

/* A path that means the same in any working directory; the caller frees it.
 * NULL without memory or working directory. */
static char *
make_absolute(const char *path)
{
    char folder[PATH_MAX], *absolute = NULL;
    if (*path == '/') {
        return strdup(path);
    }
    if (getcwd(folder, sizeof folder) == NULL
        || asprintf(&absolute, "%s/%s", strcmp(folder, "/") != 0 ? folder : "", path) < 0) {
        return NULL;
    }
    return absolute;
}

/* Returns 0, or -1 when it could not be done, which was said. */
static int
set_variable(const char *name, const char *value)
{
    if (value == NULL || setenv(name, value, 1) != 0) {
        py2abi_cli_complain("run: %s cannot be set: %s", name, strerror(errno));
        return -1;
    }
    return 0;
}

/* Take an option over.  Returns the status to exit with, or -1 to go on. */
static int
take_option(int letter)
{
    const char *value = optarg != NULL ? optarg : "", *values, *wrong = NULL;
    const char *name = find_variable(letter, &values);
    size_t length = strlen(value);
    char *file = NULL;

    if (name == NULL) {
        return letter == 'h' ? py2abi_cli_help(&py2abi_cli_run) : PY2ABI_CLI_USAGE;
    }
    switch (letter) {
    case OPTION_STR:
    case OPTION_TEXT:
        wrong = find_wrong_policy(value, values, &length);
        break;
    case OPTION_TRACE:
        if (optarg != NULL && *optarg == '\0') {
            wrong = value;
            break;
        }
        /* Absolute, so that it is never the number 1, and the program may go
         * to another folder before it is opened. */
        file = optarg != NULL ? make_absolute(optarg) : strdup("1");
        value = file;
        break;
    default:
        wrong = py2abi_setting_find(values, value, length) < 0 ? value : NULL;
    }
    if (wrong != NULL) {
        const struct py2abi_cli_option *option = find_option(letter);
        py2abi_cli_complain("run: the value '%.*s' is not one of --%s%s; see `py2abi run --help`",
                            (int)(length < 200 ? length : 200), wrong, option->name,
                            option->value);
        return PY2ABI_CLI_USAGE;
    }
    int result = set_variable(name, value);
    free(file);
    return result < 0 ? CANNOT_RUN : -1;
}

/* ---- The library ---- */

static bool
is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

/* folder/way/LIBRARY, if there is such a file; else NULL. */
static char *
find_in(const char *folder, const char *way)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s%s" LIBRARY, folder, way, *way != '\0' ? "/" : "") < 0) {
        return NULL;
    }
    if (!is_file(path)) {
        free(path);
        return NULL;
    }
    return path;
}

/* Whether folder ends with the folder `last`, and where that begins. */
static bool
ends_with_folder(const char *folder, const char *last, size_t *ret_begin)
{
    size_t length = strlen(folder), tail = strlen(last);
    if (length < tail || strcmp(folder + length - tail, last) != 0
        || (length > tail && folder[length - tail - 1] != '/' && *last != '/')) {
        return false;
    }
    *ret_begin = length - tail;
    return true;
}

/* The folder of the libraries that belongs to the folder that the command is
 * in, which may be another one than it was configured for (DESTDIR, a copied
 * installation): what LIBDIR is to BINDIR. */
static char *
find_beside(const char *folder)
{
    size_t common = 0, begin;
    for (size_t i = 0; BINDIR[i] == LIBDIR[i] && BINDIR[i] != '\0'; i++) {
        common = BINDIR[i] == '/' ? i : common;
    }
    if (!ends_with_folder(folder, &BINDIR[common], &begin)) {
        return NULL;
    }
    char *path = NULL, *library = NULL;
    if (asprintf(&path, "%.*s%s", (int)begin, folder, &LIBDIR[common]) >= 0) {
        library = find_in(path, "");
        free(path);
    }
    return library;
}

/* The library: what PY2ABI_LIBRARY names, else the one of the build tree that
 * the command lies in, the one that was installed with the command, the one in
 * the folder that was configured.  NULL when there is none, which was said. */
static char *
find_library(void)
{
    const char *named = secure_getenv("PY2ABI_LIBRARY");
    char folder[PATH_MAX], *library = NULL;

    if (named != NULL && *named != '\0') {
        library = make_absolute(named);
        if (library == NULL || !is_file(library)) {
            py2abi_cli_complain("run: PY2ABI_LIBRARY is %s, and there is no such file", named);
            free(library);
            return NULL;
        }
        return library;
    }
    ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
    if (length > 0) {
        folder[length] = '\0';
        *strrchr(folder, '/') = '\0';
        library = find_in(folder, ".libs");
        if (library == NULL) {
            library = find_beside(folder);
        }
    }
    if (library == NULL) {
        library = find_in(LIBDIR, "");
    }
    if (library == NULL) {
        py2abi_cli_complain("run: there is no %s, neither where this command is nor in %s; "
                            "PY2ABI_LIBRARY can name it", LIBRARY, LIBDIR);
    }
    return library;
}

static bool
is_same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev
           && one.st_ino == other.st_ino;
}

/* Whether a list of LD_PRELOAD has the library, by any of its names. */
static bool
has_library(const char *list, const char *library)
{
    static const char separators[] = " :";
    bool found = false;
    char *copy = strdup(list), *rest = copy, *word;
    while (copy != NULL && !found && (word = strsep(&rest, separators)) != NULL) {
        found = strchr(word, '/') != NULL ? is_same_file(word, library)
                                          : strcmp(word, LIBRARY) == 0
                                                || strcmp(word, "libpy2abi.so") == 0;
    }
    free(copy);
    return found;
}

/* Put the library in front of what is preloaded.  Returns 0, or -1 when that
 * cannot be done, which was said. */
static int
preload(const char *library)
{
    const char *before = getenv("LD_PRELOAD");
    char *list = NULL;
    if (strpbrk(library, " :") != NULL) {
        py2abi_cli_complain("run: %s has a space or a colon in its path, which LD_PRELOAD takes "
                            "for the end of it; PY2ABI_LIBRARY can name a link to it", library);
        return -1;
    }
    if (before != NULL && has_library(before, library)) {
        return 0;
    }
    bool alone = before == NULL || *before == '\0';
    if (asprintf(&list, "%s%s%s", library, alone ? "" : ":", alone ? "" : before) < 0) {
        list = NULL;
    }
    int result = set_variable("LD_PRELOAD", list);
    free(list);
    return result;
}

/* ---- The program ---- */

/* Find a program as a shell does.  Returns its path, to be freed, or NULL with
 * the status to exit with, and the reason said. */
static char *
find_program(const char *name, int *ret_status)
{
    const char *path = getenv("PATH");
    char standard[1000], *found = NULL;
    int error = ENOENT;

    *ret_status = CANNOT_RUN;
    if (strchr(name, '/') != NULL) {
        return strdup(name);
    }
    if (path == NULL && confstr(_CS_PATH, standard, sizeof standard) != 0) {
        path = standard;
    }
    while (path != NULL && *name != '\0') {
        size_t length = strcspn(path, ":");
        struct stat status;
        if (asprintf(&found, "%.*s%s%s", (int)length, path, length != 0 ? "/" : "./", name) < 0) {
            return NULL;
        }
        if (stat(found, &status) == 0 && S_ISREG(status.st_mode)) {
            if (access(found, X_OK) == 0) {
                return found;
            }
            error = errno;
        }
        free(found);
        path = path[length] != '\0' ? path + length + 1 : NULL;
    }
    py2abi_cli_complain("run: %s: %s", name,
                        error == ENOENT ? "it is not found in PATH" : strerror(error));
    *ret_status = error == ENOENT ? NOT_FOUND : CANNOT_RUN;
    return NULL;
}

/* Say why a program is not run.  Returns the status to exit with. */
static int __attribute__((format(printf, 2, 3)))
refuse(const char *path, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    py2abi_cli_complain("run: %s: %s", path, n >= 0 ? text : "there is no memory left");
    if (n >= 0) {
        free(text);
    }
    return CANNOT_RUN;
}

/* The first bytes of an ELF file are of one layout in either class. */
static bool
is_like(const ElfW(Ehdr) *program, const ElfW(Ehdr) *library)
{
    return program->e_ident[EI_CLASS] == library->e_ident[EI_CLASS]
           && program->e_ident[EI_DATA] == library->e_ident[EI_DATA]
           && program->e_machine == library->e_machine;
}

static int
read_header(const char *path, ElfW(Ehdr) *header)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = fd >= 0 ? read(fd, header, sizeof *header) : -1;
    if (fd >= 0) {
        close(fd);
    }
    bool is_elf = got == (ssize_t)sizeof *header && memcmp(header->e_ident, ELFMAG, SELFMAG) == 0;
    return is_elf ? 0 : -1;
}

/* Whether a program is the dynamic linker, which needs no other to preload
 * libraries into the program that it is to start. */
static bool
is_dynamic_linker(int fd, const struct stat *status)
{
    char why[PY2ABI_ELF_WHY];
    struct py2abi_elf elf;
    size_t size = (size_t)status->st_size;
    void *image = size < 1 << 24 ? malloc(size) : NULL;
    bool is = image != NULL && pread(fd, image, size, 0) == (ssize_t)size
              && py2abi_elf_read(&elf, image, size, why) == PY2ABI_ELF_OK && elf.soname != NULL
              && strncmp(elf.soname, "ld", 2) == 0;
    free(image);
    return is;
}

/* Check an ELF program.  Returns 0, or the status to exit with. */
static int
check_elf(const char *path, int fd, const struct stat *status, const ElfW(Ehdr) *header,
          const char *library)
{
    ElfW(Ehdr) ours;
    if (read_header(library, &ours) < 0) {
        return refuse(library, "it is no shared library, so it cannot be preloaded");
    }
    if (!is_like(header, &ours)) {
        return refuse(path, "it is a program of another kind of machine (of 32 or 64 bits) than "
                      "%s, which cannot be preloaded into it", library);
    }
    if (header->e_phentsize != sizeof(ElfW(Phdr))) {
        return refuse(path, "it is a damaged program");
    }
    for (unsigned i = 0; i < header->e_phnum; i++) {
        ElfW(Phdr) segment;
        off_t at = (off_t)(header->e_phoff + i * sizeof segment);
        if (at < 0 || pread(fd, &segment, sizeof segment, at) != (ssize_t)sizeof segment) {
            return refuse(path, "it is a damaged program");
        }
        if (segment.p_type == PT_INTERP) {
            return 0;
        }
    }
    if (is_dynamic_linker(fd, status)) {
        return 0;
    }
    return refuse(path, "it is linked statically, so no library can be preloaded into it");
}

/* The interpreter that the first line of a script names, if there is one. */
static bool
read_interpreter(int fd, char interpreter[PATH_MAX])
{
    char line[PATH_MAX + 1];
    ssize_t got = pread(fd, line, sizeof line - 1, 0);
    if (got < 2 || memcmp(line, "#!", 2) != 0) {
        return false;
    }
    line[got] = '\0';
    const char *name = line + 2 + strspn(line + 2, " \t");
    size_t length = strcspn(name, " \t\n");
    if (length == 0 || length >= PATH_MAX) {
        return false;
    }
    memcpy(interpreter, name, length);
    interpreter[length] = '\0';
    return true;
}

/* Whether the library can be preloaded into a program, or into the interpreter
 * of a script.  Returns 0, or the status to exit with, after the reason is said.
 * depth: how many interpreters it took to come here. */
static int
check_program(const char *path, const char *library, unsigned depth)
{
    enum { DEPTH_MAX = 5 }; /* the kernel's limit */
    char interpreter[PATH_MAX];
    struct stat status;

    if (stat(path, &status) < 0) {
        int error = errno;
        refuse(path, "%s", strerror(error));
        return error == ENOENT || error == ENOTDIR ? NOT_FOUND : CANNOT_RUN;
    }
    if (!S_ISREG(status.st_mode)) {
        return refuse(path, "it is %s", S_ISDIR(status.st_mode) ? "a directory"
                                                                : "no program");
    }
    if (access(path, X_OK) < 0) {
        return refuse(path, "%s", strerror(errno));
    }
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return refuse(path, "it cannot be read, so nobody knows whether %s can be preloaded: %s",
                      LIBRARY, strerror(errno));
    }
    ElfW(Ehdr) header;
    int result;
    if (pread(fd, &header, sizeof header, 0) == (ssize_t)sizeof header
        && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0) {
        /* A script's bits have no effect, a program's have. */
        if ((status.st_mode & S_ISUID) != 0
            || (status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP)) {
            result = refuse(path, "it is set%cid: it runs with the rights of another %s, and the "
                            "dynamic linker preloads nothing into such programs",
                            (status.st_mode & S_ISUID) != 0 ? 'u' : 'g',
                            (status.st_mode & S_ISUID) != 0 ? "user" : "group");
        }
        else if (fgetxattr(fd, "security.capability", NULL, 0) > 0) {
            result = refuse(path, "it has file capabilities, and the dynamic linker preloads "
                            "nothing into such programs");
        }
        else {
            result = check_elf(path, fd, &status, &header, library);
        }
    }
    else if (!read_interpreter(fd, interpreter)) {
        result = refuse(path, "it is neither a program nor a script with #! and its interpreter");
    }
    else if (depth == DEPTH_MAX) {
        result = refuse(path, "it is a script whose interpreter is a script, too often");
    }
    else {
        result = check_program(interpreter, library, depth + 1);
        if (result != 0) {
            py2abi_cli_complain("run: %s is the interpreter of %s", interpreter, path);
        }
    }
    close(fd);
    return result;
}

/* ---- The command ---- */

static int
run_main(int argc, char **argv)
{
    int letter, status;
    while ((letter = py2abi_cli_next_option(&py2abi_cli_run, argc, argv)) != -1) {
        status = take_option(letter);
        if (status >= 0) {
            return status;
        }
    }
    if (optind == argc) {
        py2abi_cli_complain("run: it wants the name of a program; see `py2abi run --help`");
        return PY2ABI_CLI_USAGE;
    }
    char *library = find_library();
    if (library == NULL) {
        return CANNOT_RUN;
    }
    char *program = find_program(argv[optind], &status);
    if (program != NULL) {
        status = check_program(program, library, 0);
    }
    if (status == 0 && preload(library) < 0) {
        status = CANNOT_RUN;
    }
    if (program != NULL && status == 0) {
        execv(program, argv + optind);
        status = errno == ENOENT ? NOT_FOUND : CANNOT_RUN;
        refuse(program, "%s", strerror(errno));
    }
    free(program);
    free(library);
    return status;
}

const struct py2abi_cli_command py2abi_cli_run = {
    .name = "run",
    .arguments = "PROGRAM [ARGUMENT...]",
    .summary = "start a program with the library preloaded",
    .description =
        "Starts PROGRAM with libpy2abi.so preloaded, in front of what LD_PRELOAD has.\n"
        "\n"
        "Exit status: the program's; 126 when it cannot be run with the library, 127 when\n"
        "it is not found, 2 when the call was wrong.\n",
    .options = options,
    .run = run_main,
};
