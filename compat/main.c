/* main.c - what the process was started with. */

#include "config.h"
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The arguments as the system has them, the program's name first; none where that
 * cannot be read.  They are never given back. */
void
Py_GetArgcArgv(int *argc, char ***argv)
{
    static char **kept;
    static int count;
    if (kept == NULL) {
        FILE *file = fopen("/proc/self/cmdline", "re");
        char *argument = NULL;
        size_t room = 0;
        while (file != NULL && getdelim(&argument, &room, '\0', file) > 0) {
            char **grown = realloc(kept, ((size_t)count + 2) * sizeof *grown);
            if (grown == NULL) {
                break;
            }
            kept = grown;
            kept[count++] = argument;
            kept[count] = NULL;
            argument = NULL;
            room = 0;
        }
        free(argument);
        if (file != NULL) {
            fclose(file);
        }
    }
    *argc = count;
    *argv = kept;
}
