/* needed.h - where the dynamic linker will find a library that an object needs. */

#ifndef PY2ABI_NEEDED_H
#define PY2ABI_NEEDED_H

#include "elf.h"

enum py2abi_needed {
    PY2ABI_NEEDED_NOWHERE,
    PY2ABI_NEEDED_FOUND,      /* the dynamic linker finds it by itself */
    PY2ABI_NEEDED_BY_ORIGIN,  /* only from where the original file lies */
};

enum py2abi_needed py2abi_needed_find(const struct py2abi_elf *elf, const char *path,
                                      const char *name, char *found, size_t size);

#endif
