/* pyfpe.c - what keeps a compiler from moving code out of a guarded part. */

#include "config.h"
#include "guest.h"

double
PyFPE_dummy(void *unused)
{
    (void)unused;
    return 1.0;
}
