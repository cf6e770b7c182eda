/* library.c - libraries that the extensions need.  One uses Python itself, as
 * Boost.Python's does; one says that it is Python, which nobody may load; one opens
 * files in threads, and another is opened by it. */

#ifdef PYTHON_LIBRARY
#include "Python.h"

PyObject *
make_text(void)
{
    return PyString_FromFormat("made by %s", "a library");
}
#elif defined(FAKE_PYTHON)
#include <stdio.h>
#include <stdlib.h>

static void __attribute__((constructor))
begin(void)
{
    fputs("a second Python was loaded\n", stderr);
    abort();
}
#elif defined(THREADS)
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static sem_t inside, begun;
static const char *file_in_constructor;
static void *handle_in_constructor;

/* What the constructor of the slow library does, with the dynamic linker's lock:
 * when another thread has begun to open a file, and waits for that lock, it opens
 * one, too. */
void
in_constructor(void)
{
    sem_post(&inside);
    sem_wait(&begun);
    usleep(200000);
    handle_in_constructor = dlopen(file_in_constructor, RTLD_NOW);
}

static void *
open_slow(void *file)
{
    dlopen(file, RTLD_NOW);
    return handle_in_constructor;
}

static void *
open_meanwhile(void *file)
{
    sem_wait(&inside);
    sem_post(&begun);
    return dlopen(file, RTLD_NOW);
}

static void *
open_file(void *file)
{
    return dlopen(file, RTLD_NOW);
}

/* Whether a thread that has not ended after so many seconds will not. */
enum { PATIENCE = 20 };

/* Run both threads.  0: one of them does not end; else whether the first opened
 * its file (1), the second did (2), and whether it is the same (4). */
static int
run(void *(*first)(void *), const char *file1, void *(*second)(void *), const char *file2)
{
    pthread_t threads[2];
    void *handles[2];
    struct timespec end;
    pthread_create(&threads[0], NULL, first, (void *)file1);
    pthread_create(&threads[1], NULL, second, (void *)file2);
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += PATIENCE;
    for (int i = 0; i < 2; i++) {
        if (pthread_timedjoin_np(threads[i], &handles[i], &end) != 0) {
            return 0;
        }
    }
    return (handles[0] != NULL) | (handles[1] != NULL) << 1 | (handles[0] == handles[1]) << 2;
}

/* Open a file in the slow library's constructor, and another one meanwhile. */
int
open_in_constructor(const char *slow, const char *file, const char *meanwhile)
{
    sem_init(&inside, 0, 0);
    sem_init(&begun, 0, 0);
    file_in_constructor = file;
    return run(open_slow, slow, open_meanwhile, meanwhile);
}

int
open_together(const char *file1, const char *file2)
{
    return run(open_file, file1, open_file, file2);
}
#elif defined(SLOW)
extern void in_constructor(void);

static void __attribute__((constructor))
begin(void)
{
    in_constructor();
}
#else
#ifndef FUNCTION
#define FUNCTION dependency
#endif

#ifdef CALLS
extern int CALLS(void);
#else
#define CALLS() 0
#endif

int
FUNCTION(void)
{
    return NUMBER + CALLS();
}

#endif

#ifdef OPENS
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void __attribute__((constructor))
begin(void)
{
    if (dlopen(OPENS, RTLD_NOW) == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        abort();
    }
}
#endif
