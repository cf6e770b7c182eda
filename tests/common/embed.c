/* embed.c - a program that is linked with the library and embeds a Python.
 *
 *     embed LIBPYTHON [arguments of python...]
 *
 * The library stands before libpython in the look-up order, so that what
 * libpython loads finds the library's four functions first. */

#include "py2abi.h"

#include <dlfcn.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

int
main(int argc, char **argv)
{
    int (*run)(int, wchar_t **);
    wchar_t *arguments[64];

    if (argc < 2 || argc > 64) {
        fprintf(stderr, "usage: embed LIBPYTHON [arguments of python...]\n");
        return 2;
    }
    /* Also makes the linker keep the library among what is needed. */
    if (py2abi_version() == NULL) {
        return 2;
    }
    void *libpython = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    void *address = libpython != NULL ? dlsym(libpython, "Py_Main") : NULL;
    if (address == NULL) {
        fprintf(stderr, "embed: %s\n", dlerror());
        return 2;
    }
    *(void **)&run = address;
    setlocale(LC_ALL, "C.UTF-8");
    for (int i = 1; i < argc; i++) {
        size_t size = mbstowcs(NULL, argv[i], 0) + 1;
        arguments[i - 1] = malloc(size * sizeof(wchar_t));
        mbstowcs(arguments[i - 1], argv[i], size);
    }
    arguments[argc - 1] = NULL;
    return run(argc - 1, arguments);
}
