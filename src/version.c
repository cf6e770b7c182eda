/* version.c - which py2abi this is. */

#include "config.h"
#include "capi.h"

const char *
py2abi_version(void)
{
    return PACKAGE_VERSION;
}
