/* needed.h - where the dynamic linker will find a library that an object needs. */

#ifndef PY2ABI_NEEDED_H
#define PY2ABI_NEEDED_H

#include "elf.h"

enum py2abi_needed {
    PY2ABI_NEEDED_NOWHERE,
    PY2ABI_NEEDED_FOUND,      /* the dynamic linker finds it by itself */
    /* Only by what the dynamic linker does not know of an object that we open:
     * where the original file lies ($ORIGIN), or for whom it is opened. */
    PY2ABI_NEEDED_BY_ORIGIN,
};

/* An object that needs libraries, and those for which it is opened. */
struct py2abi_needer {
    const struct py2abi_needer *opener; /* for which it is opened, or NULL */
    const char *path;                   /* of the original file, absolute */
    const char *rpath, *runpath;        /* of its dynamic segment; NULL: none */
    int is_copy;         /* opened from memory: it has lost $ORIGIN */
    int is_opened_alone; /* not along with its opener, as the dynamic linker sees it */
    int is_program;      /* what the dynamic linker knows, whoever opens */
};

enum py2abi_needed py2abi_needed_find(const struct py2abi_needer *needer, const char *name,
                                      char *found, size_t size);
int py2abi_needed_is_folder(const struct py2abi_needer *needer, const char *folder,
                            size_t length);

#endif
