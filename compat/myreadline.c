/* myreadline.c - reading lines from a terminal.
 *
 * The host reads its own lines; what a guest hangs in here is not asked. */

#include "config.h"
#include "guest.h"

int (*PyOS_InputHook)(void);
char *(*PyOS_ReadlineFunctionPointer)(FILE *, FILE *, char *);
PyThreadState *_PyOS_ReadlineTState;
