/* loader.h - opening Python 2 binaries and what they depend on. */

#ifndef PY2ABI_LOADER_H
#define PY2ABI_LOADER_H

#include "binary.h"
#include "bind.h"
#include "front.h"

#include <sys/types.h>

/* A binary that was opened; it is never closed. */
struct py2abi_guest {
    struct py2abi_guest *next;
    char *path;                  /* absolute, links resolved */
    char *name;                  /* of the module, without packages: what messages say */
    char *copy_name;             /* the dynamic linker's for the copy, kept for memory checkers */
    dev_t device;
    ino_t inode;
    void *handle;
    struct py2abi_binary binary;
    void *module;                /* the module protocol's own record */
    void *globals;               /* and what tracebacks have for the module's dict */
    int str_choice, text_choice; /* likewise what the settings say for strings; 0: not
                                  * asked yet */
};

/* What the Python 2.7 ABI is to the loader, which asks it about all but Python 3
 * extensions. */
struct py2abi_loader_abi {
    /* The address of a name. */
    enum py2abi_binding (*resolve)(const struct py2abi_elf_symbol *symbol, void **address);
    /* Whether such a binary can work here; if not, a sentence (without the file). */
    int (*accept)(const struct py2abi_guest *guest, const struct py2abi_elf *elf, char *why,
                  size_t size);
};

void py2abi_loader_begin(const struct py2abi_front *front, const struct py2abi_loader_abi *abi);
struct py2abi_guest *py2abi_loader_open(const char *path, int flags, char *why, size_t size);
struct py2abi_guest *py2abi_loader_find(void *handle);
const struct py2abi_guest *py2abi_loader_first(void);

#endif
