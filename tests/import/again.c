/* again.c - a program that begins and ends Python, as often as it is told.
 *
 *     again LIBPYTHON CODE...
 *
 * Each CODE runs in a Python of its own, from Py_Initialize to Py_Finalize.  One that begins
 * with "exit:" runs in one that is not ended by anybody, "atexit:" in one that an exit handler
 * ends, when the destructors of what was opened later have run; and "thread:" in one of a
 * thread that is not the process's first.  What is printed at the end says that main() was
 * left; the destructors and handlers of binaries run after that. */

#include "py2abi.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*initialize)(int);
static int (*run)(const char *, void *);
static void (*finalize)(void);

static void
find(void *library, const char *name, void *function, size_t size)
{
    void *address = dlsym(library, name);
    if (address == NULL) {
        fprintf(stderr, "again: %s\n", dlerror());
        exit(2);
    }
    memcpy(function, &address, size);
}

static void
run_code(const char *code)
{
    initialize(0);
    if (run(code, NULL) != 0) {
        fprintf(stderr, "again: it failed\n");
        exit(3);
    }
}

static void *
run_to_the_end(void *code)
{
    run_code(code);
    finalize();
    return NULL;
}

int
main(int argc, char **argv)
{
    pthread_t thread;

    /* Also makes the linker keep the library among what is needed. */
    if (argc < 3 || py2abi_version() == NULL) {
        fprintf(stderr, "usage: again LIBPYTHON CODE...\n");
        return 2;
    }
    void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
    find(library, "Py_InitializeEx", &initialize, sizeof initialize);
    find(library, "PyRun_SimpleStringFlags", &run, sizeof run);
    find(library, "Py_Finalize", &finalize, sizeof finalize);
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], "exit:", 5) == 0) {
            run_code(argv[i] + 5);
        }
        else if (strncmp(argv[i], "atexit:", 7) == 0) {
            atexit(finalize);
            run_code(argv[i] + 7);
        }
        else if (strncmp(argv[i], "thread:", 7) == 0) {
            pthread_create(&thread, NULL, run_to_the_end, argv[i] + 7);
            pthread_join(thread, NULL);
        }
        else {
            run_to_the_end(argv[i]);
        }
    }
    puts("main is left");
    return 0;
}
