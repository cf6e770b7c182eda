/* bind.h - opening one shared object with symbols of our choosing. */

#ifndef PY2ABI_BIND_H
#define PY2ABI_BIND_H

#include "elf.h"

/* What to do with an undefined symbol of the object. */
enum py2abi_binding {
    PY2ABI_BIND_LEAVE,  /* the dynamic linker's business */
    PY2ABI_BIND_TO,     /* it has the address that was stored */
    PY2ABI_BIND_MISSING /* the object cannot work without it */
};

/* What to do about an image. */
struct py2abi_bind_request {
    const char *path;     /* what sentences call the object */
    void *data;
    /* Decide about an undefined symbol. */
    enum py2abi_binding (*resolve)(void *data, const struct py2abi_elf_symbol *symbol,
                                   void **address);
    /* Whether the dynamic linker shall not see this DT_NEEDED entry. */
    int (*drop_needed)(void *data, const char *name);
};

/* A copy of a file that nobody else can change. */
struct py2abi_image {
    int fd;
    unsigned char *bytes; /* private to us and writable, until it is bound */
    size_t size;
    struct py2abi_elf elf;
    char name[256];       /* by which the dynamic linker knows it, once it is bound */
};

int py2abi_memory_create(const char *path);
int py2abi_memory_seal(int fd, int seals);
int py2abi_image_read(struct py2abi_image *image, const char *path, char *why, size_t size);
int py2abi_image_bind(struct py2abi_image *image, const struct py2abi_bind_request *request,
                      char *why, size_t size);
void *py2abi_image_open(const struct py2abi_image *image,
                        void *(*open)(const char *name, int flags), const char *path, int flags,
                        char *why, size_t size);
char *py2abi_image_rename(void *handle, char *path);
void py2abi_image_close(struct py2abi_image *image);

#endif
