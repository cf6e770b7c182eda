/* hostcall.h - calling Python functions of the host from C. */

#ifndef PY2ABI_HOSTCALL_H
#define PY2ABI_HOSTCALL_H

#include "guest.h"

HostObject *py2abi_hostcall(HostObject *function, int count, ...);
HostObject *py2abi_hostcall_method(HostObject *self, const char *name, int count, ...);
HostObject *py2abi_hostcall_import(const char *module, const char *name);
HostObject *py2abi_hostcall_attribute(HostObject *object, const char *name);
long py2abi_hostcall_long(HostObject *result, long otherwise);
HostObject *py2abi_hostcall_none(void);
int py2abi_hostcall_is_tracked(HostObject *object);
int py2abi_hostcall_watch(HostObject *object, void *record, void (*gone)(void *record));

#endif
