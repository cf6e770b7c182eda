/* getopt.c - the options of a command line, as Python 2 took its own. */

#include "config.h"
#include "guest.h"

#include <stdio.h>
#include <string.h>

int _PyOS_opterr = 1; /* say what is wrong */
int _PyOS_optind = 1;
char *_PyOS_optarg;

static char *at; /* within an argument of several options; NULL: at the next one */

void
_PyOS_ResetGetOpt(void)
{
    _PyOS_opterr = 1;
    _PyOS_optind = 1;
    _PyOS_optarg = NULL;
    at = NULL;
}

static int
complain(const char *format, int option)
{
    if (_PyOS_opterr) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        fprintf(stderr, format, option);
#pragma GCC diagnostic pop
    }
    return '_';
}

/* The next option, with its argument in _PyOS_optarg where a colon follows it in `known`; '_' if
 * it is not known or has no argument; -1 at the end. */
int
_PyOS_GetOpt(int count, char **arguments, char *known)
{
    if (at == NULL || *at == '\0') {
        char *argument = _PyOS_optind < count ? arguments[_PyOS_optind] : NULL;
        if (argument == NULL || argument[0] != '-' || argument[1] == '\0') {
            return -1;
        }
        _PyOS_optind++;
        if (strcmp(argument, "--") == 0) {
            return -1;
        }
        if (strcmp(argument, "--help") == 0) {
            return 'h';
        }
        if (strcmp(argument, "--version") == 0) {
            return 'V';
        }
        at = argument + 1;
    }
    int option = *at++;
    if (option == 'J') {
        fprintf(stderr, "-J is reserved for Jython\n");
        return '_';
    }
    if (option == 'X') {
        fprintf(stderr, "-X is reserved for implementation-specific arguments\n");
        return '_';
    }
    const char *found = strchr(known, option);
    if (found == NULL) {
        return complain("Unknown option: -%c\n", option);
    }
    if (found[1] == ':') {
        if (*at == '\0' && _PyOS_optind >= count) {
            return complain("Argument expected for the -%c option\n", option);
        }
        _PyOS_optarg = *at != '\0' ? at : arguments[_PyOS_optind++];
        at = NULL;
    }
    return option;
}
