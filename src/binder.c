/* binder.c - the module guests.so where there is no Python 2.7 ABI to give: its tables are
 * those of 64-bit machines.
 *
 * Python 3 extensions get the library's four functions here as everywhere.  A binary for
 * Python 2 is refused, and so is what needs a library that is for Python 2. */

#include "config.h"
#include "loader.h"
#include "refusals.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const struct py2abi_front *library;

/* None of these binaries is accepted, so no name of theirs is ever asked for. */
static int
refuse(const struct py2abi_guest *guest, const struct py2abi_elf *elf, char *why, size_t size)
{
    snprintf(why, size, "%s", py2abi_refusal(&guest->binary, elf));
    return 0;
}

static const struct py2abi_loader_abi abi = {.accept = refuse};

static void *
open_extension(const char *path, int flags, char *why, size_t size)
{
    struct py2abi_guest *extension = py2abi_loader_open(path, flags, why, size);
    return extension != NULL ? extension->handle : NULL;
}

/* An extension has its own PyInit_ functions. */
static void *
find_symbol(void *handle, const char *name)
{
    (void)handle;
    (void)name;
    return NULL;
}

/* Raises ImportError, in the loader's words if it has any.  GIL held. */
static struct host_object *
refuse_module(struct host_object *spec, const char *path)
{
    struct py2abi_guest *extension;
    char why[1000];
    void *address = library->host_symbol("PyErr_SetString");
    void **type = library->host_symbol("PyExc_ImportError");
    void (*raise)(void *type, const char *words);

    (void)spec;
    extension = py2abi_loader_open(path, RTLD_NOW, why, sizeof why);
    if (extension != NULL) {
        snprintf(why, sizeof why, "%s: %s", path, py2abi_refusal_as_module(&extension->binary));
    }
    memcpy(&raise, &address, sizeof raise);
    raise(*type, why);
    return NULL;
}

static const struct py2abi_guests guests = {
    .version = PACKAGE_VERSION,
    .open = open_extension,
    .symbol = find_symbol,
    .create_module = refuse_module,
};

const struct py2abi_guests *py2abi_guests_entry(const struct py2abi_front *front);

/* The one name that the module exports.  The library may call it several times,
 * from several threads at once, always with the same. */
__attribute__((visibility("default"))) const struct py2abi_guests *
py2abi_guests_entry(const struct py2abi_front *front)
{
    library = front;
    py2abi_loader_begin(front, &abi);
    return &guests;
}
