/* myreadline.c - reading lines from a terminal.
 *
 * The host reads its own lines; what a guest hangs in here is asked only when a guest reads. */

#include "config.h"
#include "guest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int (*PyOS_InputHook)(void);
char *(*PyOS_ReadlineFunctionPointer)(FILE *, FILE *, char *);
PyThreadState *_PyOS_ReadlineTState;

/* A line with its end, after a prompt on the standard error output: to be given to PyMem_Free,
 * empty at the end of the file.  NULL with an exception, or when the read was interrupted. */
char *
PyOS_StdioReadline(FILE *in, FILE *out, char *prompt)
{
    size_t used = 0, room = 0;
    char *line = NULL;
    fflush(out);
    if (prompt != NULL) {
        fputs(prompt, stderr);
    }
    fflush(stderr);
    do {
        if (room - used < 100) {
            char *grown = realloc(line, room = 2 * room + 200);
            if (grown == NULL) {
                free(line);
                PyErr_NoMemory();
                return NULL;
            }
            line = grown;
        }
        line[used] = '\0';
        errno = 0;
        if (fgets(line + used, (int)(room - used), in) == NULL) {
            if (ferror(in) && errno == EINTR) {
                clearerr(in);
                free(line);
                PyErr_CheckSignals();
                return NULL;
            }
            break;
        }
        used += strlen(line + used);
    } while (line[used - 1] != '\n');
    return line;
}

/* The same by the function that a guest has hung in, between two terminals. */
char *
PyOS_Readline(FILE *in, FILE *out, char *prompt)
{
    int are_terminals = isatty(fileno(in)) && isatty(fileno(out));
    return are_terminals && PyOS_ReadlineFunctionPointer != NULL
               ? PyOS_ReadlineFunctionPointer(in, out, prompt)
               : PyOS_StdioReadline(in, out, prompt);
}
