/* hosttype.h - the slots of the host's types. */

#ifndef PY2ABI_HOSTTYPE_H
#define PY2ABI_HOSTTYPE_H

#include "hostapi.h"

enum {
#define HOST_SLOT(name, number) HOST_##name = number,
#include "hostslots.def"
#undef HOST_SLOT
};

/* Of a host type; PyType_GetFlags. */
#define HOST_FLAG_FINALIZE  (1UL << 0)
#define HOST_FLAG_BASETYPE  (1UL << 10)
#define HOST_FLAG_GC        (1UL << 14)
#define HOST_FLAG_DEFAULT   (1UL << 18)
#define HOST_FLAG_TYPE      (1UL << 31) /* it is derived from type */

int py2abi_hosttype_begin(void);
void *py2abi_hosttype_slot(HostObject *type, int number);
int py2abi_hosttype_set_buffer(HostObject *type, void *get, void *release);
int py2abi_hosttype_open(HostObject *type, int is_open);
void py2abi_hosttype_set_metatype(HostObject *type, HostObject *metatype);
HostObject *py2abi_hosttype_getattr(HostObject *type, HostObject *name);
HostObject *py2abi_hosttype_attribute(HostObject *type, const char *name);
int py2abi_hosttype_setattr(HostObject *type, HostObject *name, HostObject *value);

#endif
