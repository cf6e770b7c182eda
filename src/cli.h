/* cli.h - the command py2abi: what its parts share. */

#ifndef PY2ABI_CLI_H
#define PY2ABI_CLI_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What the command exits with when it was called wrongly.  `audit` says the
 * same of a file that is not for Python 2. */
enum { PY2ABI_CLI_USAGE = 2 };

/* An option.  The help, getopt_long and the completion of shells, which asks for
 * the help, have it from here. */
struct py2abi_cli_option {
    const char *name;
    const char *value;  /* "=WHAT", "[=WHAT]" when it may be left out, NULL for none */
    int letter;         /* the short option too; from 256 on it has none */
    const char *help;   /* lines */
};

#define PY2ABI_CLI_HELP {"help", NULL, 'h', "show this help"}

struct py2abi_cli_command {
    const char *name, *arguments, *summary;
    const char *description;                 /* lines, for the help */
    const struct py2abi_cli_option *options; /* up to a row without a name */
    int (*run)(int argc, char **argv);       /* argv[0] is the command's name */
};

extern const struct py2abi_cli_command py2abi_cli_audit, py2abi_cli_run;

int py2abi_cli_next_option(const struct py2abi_cli_command *command, int argc, char **argv);
int py2abi_cli_help(const struct py2abi_cli_command *command);
int py2abi_cli_end(int status);

void *py2abi_cli_check_memory(void *memory);
size_t py2abi_cli_decode(const char *text, uint32_t *ret_code);
size_t py2abi_cli_put(FILE *stream, const char *text);
void py2abi_cli_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
