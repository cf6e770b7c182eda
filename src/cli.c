/* cli.c - the command py2abi: its own options, and what its commands share.
 *
 * Nothing here depends on the locale: what is put out is in English and UTF-8,
 * and what a file has in its names is made harmless first. */

#include "config.h"
#include "cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct py2abi_cli_command *const commands[] = {&py2abi_cli_audit, &py2abi_cli_run};
enum { COMMAND_COUNT = sizeof commands / sizeof commands[0], OPTIONS_MAX = 16 };

/* What allocating memory gave, if it gave any: there is nothing that a command
 * without memory could do instead of ending. */
void *
py2abi_cli_check_memory(void *memory)
{
    if (memory == NULL) {
        fputs("py2abi: there is no memory left\n", stderr);
        exit(PY2ABI_CLI_USAGE);
    }
    return memory;
}

/* ---- Text ---- */

/* The character at text and the number of its bytes, or 0: it is no UTF-8. */
size_t
py2abi_cli_decode(const char *text, uint32_t *ret_code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80             ? 1
                    : (bytes[0] & 0xe0) == 0xc0 ? 2
                    : (bytes[0] & 0xf0) == 0xe0 ? 3
                    : (bytes[0] & 0xf8) == 0xf0 ? 4
                                                : 0;
    uint32_t code = length == 1 ? bytes[0] : bytes[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80) {
            return 0;
        }
        code = code << 6 | (bytes[i] & 0x3fU);
    }
    if (length == 0 || code < smallest[length] || code > 0x10ffff
        || (code >= 0xd800 && code <= 0xdfff)) {
        return 0;
    }
    *ret_code = code;
    return length;
}

/* Put out text that may come from anywhere: control characters and what is no
 * UTF-8 as \xNN, so that a terminal takes nothing for a command.  Returns the
 * number of columns; with NULL as the stream that is all. */
size_t
py2abi_cli_put(FILE *stream, const char *text)
{
    size_t columns = 0;
    while (*text != '\0') {
        uint32_t code = 0;
        size_t length = py2abi_cli_decode(text, &code);
        if (length == 0 || code < 0x20 || (code >= 0x7f && code < 0xa0)) {
            for (length = length != 0 ? length : 1; length != 0; length--, text++) {
                if (stream != NULL) {
                    fprintf(stream, "\\x%02x", (unsigned char)*text);
                }
                columns += 4;
            }
            continue;
        }
        if (stream != NULL) {
            fwrite(text, 1, length, stream);
        }
        text += length;
        columns++;
    }
    return columns;
}

/* Say a sentence on standard error. */
void
py2abi_cli_complain(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    fflush(stdout); /* So that both are in order where they go to one place. */
    fputs("py2abi: ", stderr);
    py2abi_cli_put(stderr, n >= 0 ? text : "there is no memory left");
    fputc('\n', stderr);
    if (n >= 0) {
        free(text);
    }
}

/* The status to exit with, when all that was to be put out has been. */
int
py2abi_cli_end(int status)
{
    if (fflush(stdout) != 0 || ferror(stdout)) {
        py2abi_cli_complain("the output cannot be written: %s", strerror(errno));
        return PY2ABI_CLI_USAGE;
    }
    return status;
}

/* ---- Options ---- */

static const struct py2abi_cli_option own_options[] = {
    {"version", NULL, 'V', "show the version"},
    PY2ABI_CLI_HELP,
    {NULL, NULL, 0, NULL},
};
static const struct py2abi_cli_command own = {
    .name = NULL,
    .arguments = "COMMAND",
    .options = own_options,
};

static void
complain_of_usage(const struct py2abi_cli_command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Say what was wrong with a call, and where to read what is right. */
static void
complain_of_usage(const struct py2abi_cli_command *command, const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int n = vasprintf(&text, format, args);
    va_end(args);
    const char *name = command->name != NULL ? command->name : "";
    py2abi_cli_complain("%s%s%s; see `py2abi%s%s --help`", name, *name != '\0' ? ": " : "",
                        n >= 0 ? text : "it was called wrongly", *name != '\0' ? " " : "", name);
    if (n >= 0) {
        free(text);
    }
}

/* The next option of the command line: its letter or number, with optarg for its
 * value; -1 when there is none any more and optind is where the arguments begin;
 * '?' when it is wrong, which has been said.  Options come before arguments. */
int
py2abi_cli_next_option(const struct py2abi_cli_command *command, int argc, char **argv)
{
    struct option options[OPTIONS_MAX] = {{NULL, 0, NULL, 0}};
    char letters[2 * OPTIONS_MAX + 3] = "+:";
    size_t count = 0, used = 2;

    for (; command->options[count].name != NULL && count < OPTIONS_MAX - 1; count++) {
        const struct py2abi_cli_option *option = &command->options[count];
        options[count] = (struct option){
            .name = option->name,
            .has_arg = option->value == NULL       ? no_argument
                       : option->value[0] == '[' ? optional_argument
                                                 : required_argument,
            .val = option->letter,
        };
        if (option->letter < 256) {
            letters[used++] = (char)option->letter;
            letters[used] = '\0';
        }
    }
    int at = optind != 0 ? optind : 1;
    opterr = 0;
    int letter = getopt_long(argc, argv, letters, options, NULL);
    if (letter == ':') {
        complain_of_usage(command, "the option %s wants a value", argv[optind - 1]);
        return '?';
    }
    if (letter != '?') {
        return letter;
    }
    const char *word = argv[at];
    int length = (int)strcspn(word, "=");
    if (strncmp(word, "--", 2) != 0) {
        complain_of_usage(command, "there is no option -%c", optopt);
    }
    else if (optopt != 0) {
        complain_of_usage(command, "the option %.*s takes no value", length, word);
    }
    else {
        complain_of_usage(command, "there is no option %.*s", length, word);
    }
    return '?';
}

/* An option and its help, beside it or, where one of them is long, below. */
static void
put_option(const struct py2abi_cli_option *option, int width, bool beside)
{
    char left[80];
    const char *line = option->help;
    int used = snprintf(left, sizeof left, "--%s%s", option->name,
                        option->value != NULL ? option->value : "");
    if (option->letter < 256) {
        printf("  -%c, %s", option->letter, left);
    }
    else {
        printf("      %s", left);
    }
    for (bool first = true; *line != '\0'; first = false) {
        int length = (int)strcspn(line, "\n");
        int indent = !beside ? 10 : first ? width - used + 2 : width + 8;
        printf("%s%*s%.*s\n", !beside && first ? "\n" : "", indent, "", length, line);
        line += length + (line[length] == '\n');
    }
}

/* Show the help of a command, or of them all.  Returns the status to exit with. */
int
py2abi_cli_help(const struct py2abi_cli_command *command)
{
    int width = 0;
    for (const struct py2abi_cli_option *o = command->options; o->name != NULL; o++) {
        int length = (int)(2 + strlen(o->name) + (o->value != NULL ? strlen(o->value) : 0));
        width = length > width ? length : width;
    }
    printf("usage: py2abi %s%s[OPTIONS] %s\n\n", command->name != NULL ? command->name : "",
           command->name != NULL ? " " : "", command->arguments);
    if (command->description != NULL) {
        printf("%s\n", command->description);
    }
    else {
        puts("Binaries that were made for Python 2.5 to 2.7, in Python 3.\n\nCommands:");
        for (int i = 0; i < COMMAND_COUNT; i++) {
            printf("  %-8s%s\n", commands[i]->name, commands[i]->summary);
        }
        printf("  %-8s%s\n\n", "help", "show the help of a command");
    }
    puts("Options:");
    for (const struct py2abi_cli_option *o = command->options; o->name != NULL; o++) {
        put_option(o, width, width <= 20);
    }
    if (command->name != NULL) {
        printf("\nThe manual page is py2abi-%s(1).\n", command->name);
    }
    else {
        puts("\nThe manual pages are py2abi(1), py2abi-audit(1) and py2abi-run(1).");
    }
    return py2abi_cli_end(EXIT_SUCCESS);
}

static const struct py2abi_cli_command *
find_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i]->name, name) == 0) {
            return commands[i];
        }
    }
    complain_of_usage(&own, "there is no command %s", name);
    return NULL;
}

static int
help(int argc, char **argv)
{
    const struct py2abi_cli_command *command = argc < 2 ? &own : find_command(argv[1]);
    if (argc > 2) {
        complain_of_usage(&own, "help is about one command at a time");
        return PY2ABI_CLI_USAGE;
    }
    return command != NULL ? py2abi_cli_help(command) : PY2ABI_CLI_USAGE;
}

int
main(int argc, char **argv)
{
    switch (py2abi_cli_next_option(&own, argc, argv)) {
    case 'V':
        puts("py2abi " PACKAGE_VERSION);
        return py2abi_cli_end(EXIT_SUCCESS);
    case 'h':
        return py2abi_cli_help(&own);
    case -1:
        break;
    default:
        return PY2ABI_CLI_USAGE;
    }
    argc -= optind;
    argv += optind;
    if (argc < 1) {
        complain_of_usage(&own, "it wants a command");
        return PY2ABI_CLI_USAGE;
    }
    optind = 0; /* getopt_long begins anew. */
    if (strcmp(argv[0], "help") == 0) {
        return help(argc, argv);
    }
    const struct py2abi_cli_command *command = find_command(argv[0]);
    return command != NULL ? command->run(argc, argv) : PY2ABI_CLI_USAGE;
}
