/* probe.c - a program whose output tells how dlopen, dlsym and dlerror behave.
 *
 *     probe MODE [ARGUMENT...]
 *
 * It is run with and without the library preloaded, and is to put out the same.
 * With FAKE_PYTHON it has what a Python 3 is told by.  WORKS is the folder in
 * which the tests build. */

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define X WORKS "/sub/private/libx.so"
#define Y WORKS "/sub/private/liby.so"

#ifdef FAKE_PYTHON
const char *Py_GetVersion(void);
void *PyModuleDef_Init(void *);

const char *
Py_GetVersion(void)
{
    return "3.11.0 (a fake)";
}

void *
PyModuleDef_Init(void *definition)
{
    return definition;
}
#endif

/* In this program and, as other functions, in libcaller.so and libnext.so. */
const char *probe_twin(void);
/* dlopen and dlsym(RTLD_NEXT), called by those libraries. */
void *caller_open(const char *name, int flags);
void *caller_next(const char *name);
void *next_next(const char *name);

const char *
probe_twin(void)
{
    return "program";
}

static const char *
base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static void
print_place(const char *what, void *address)
{
    Dl_info info;
    if (address == NULL) {
        const char *error = dlerror();
        printf("%s: none: %s\n", what, error != NULL ? error : "no error");
    }
    else if (dladdr(address, &info) == 0) {
        printf("%s: nowhere\n", what);
    }
    else {
        printf("%s: %s\n", what, base_name(info.dli_fname));
    }
}

static void
print_error(const char *what)
{
    const char *error = dlerror();
    printf("%s: %s\n", what, error != NULL ? error : "no error");
}

static const char *
name_in(void *handle)
{
    const char *(*name)(void);
    *(void **)&name = handle != NULL ? dlsym(handle, "x_name") : NULL;
    return name != NULL ? name() : "none";
}

static Lmid_t
namespace_of(void *handle)
{
    Lmid_t id = -1;
    dlinfo(handle, RTLD_DI_LMID, &id);
    return id;
}

static void
run_next(void)
{
    print_place("program, next", dlsym(RTLD_NEXT, "probe_twin"));
    print_place("libcaller, next", caller_next("probe_twin"));
    print_place("libnext, next", next_next("probe_twin"));
    print_place("default", dlsym(RTLD_DEFAULT, "probe_twin"));
    print_place("next of malloc", dlsym(RTLD_NEXT, "malloc"));
    print_place("next of nothing", dlsym(RTLD_NEXT, "no_such_name"));
}

static void
run_runpath(void)
{
    void *handle = dlopen("libx.so", RTLD_NOW);
    printf("program: %s\n", name_in(handle));
    print_error("program");
    handle = caller_open("libx.so", RTLD_NOW);
    printf("libcaller: %s\n", name_in(handle));
    print_error("libcaller");
    dlclose(handle);
    handle = dlopen("$ORIGIN/private/libx.so", RTLD_NOW);
    printf("program, origin: %s\n", name_in(handle));
    print_error("program, origin");
    handle = caller_open("$ORIGIN/private/libx.so", RTLD_NOW);
    printf("libcaller, origin: %s\n", name_in(handle));
    print_error("libcaller, origin");
}

static void
run_namespace(void)
{
    void *x = dlmopen(LM_ID_NEWLM, X, RTLD_NOW);
    printf("x: %s, in the program's namespace: %d\n", name_in(x),
           namespace_of(x) == LM_ID_BASE);
    void *library = dlmopen(LM_ID_NEWLM, WORKS "/sub/libcaller.so", RTLD_NOW);
    void *(*open)(const char *, int);
    *(void **)&open = library != NULL ? dlsym(library, "caller_open") : NULL;
    print_error("libcaller");
    void *other = open != NULL ? open("libx.so", RTLD_NOW) : NULL;
    printf("x of libcaller: %s, in its namespace: %d\n", name_in(other),
           other != NULL && namespace_of(other) == namespace_of(library));
}

static void
run_errors(void)
{
    static const char *const files[] = {
        "/nonexistent/libq.so", "libnonexistent.so", WORKS, WORKS "/text.so", WORKS "/empty.so",
        WORKS "/cut.so", WORKS "/damaged.so", WORKS "/unresolved.so", WORKS "/foreign.so",
        WORKS "/probe", "", "./nonexistent.so", "/dev/null",
    };
    print_error("first");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        void *handle = dlopen(files[i], RTLD_NOW);
        printf("open %s: %s\n", base_name(files[i]), handle != NULL ? "opened" : "none");
        print_error("error");
        print_error("again");
    }
    void *x = dlopen(X, RTLD_NOW);
    print_error("x");
    printf("flags: %d\n", dlopen(X, 0) != NULL);
    print_error("flags");
    printf("missing: %d\n", dlsym(x, "no_such_name") != NULL);
    print_error("missing");
    printf("missing by default: %d\n", dlsym(RTLD_DEFAULT, "no_such_name") != NULL);
    printf("PyInit_x: %d\n", dlsym(x, "PyInit_x") != NULL);
    print_error("PyInit_x");
    printf("version: %d\n", dlvsym(x, "x_name", "NO_SUCH_VERSION") != NULL);
    print_error("version");
    printf("not loaded: %d\n", dlopen(Y, RTLD_NOW | RTLD_NOLOAD) != NULL);
    print_error("not loaded");
    /* What succeeds takes away what has not been asked for. */
    dlopen("/nonexistent/libq.so", RTLD_NOW);
    dlsym(x, "x_name");
    print_error("after dlsym");
    dlsym(x, "no_such_name");
    dlclose(dlopen(X, RTLD_NOW));
    print_error("after dlopen");
    dlopen("/nonexistent/libq.so", RTLD_NOW);
    dlclose(dlopen(NULL, RTLD_NOW));
    print_error("after dlopen of the program");
}

static void
run_errno(void)
{
    static const char *const files[] = {X, "libm.so.6", "/nonexistent/libq.so", WORKS "/cut.so"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        errno = 77;
        void *handle = dlopen(files[i], RTLD_NOW);
        printf("dlopen: %d", errno);
        errno = 78;
        dlsym(handle, "x_name");
        printf(", dlsym: %d", errno);
        errno = 79;
        dlerror();
        printf(", dlerror: %d\n", errno);
    }
}

enum { THREADS = 8, ROUNDS = 200 };
static pthread_barrier_t barrier;

static void *
run_thread(void *data)
{
    int number = (int)(size_t)data;
    char name[64], symbol[64];
    snprintf(name, sizeof name, "/nonexistent/lib%d.so", number);
    snprintf(symbol, sizeof symbol, "no_such_name_%d", number);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        void *x = dlopen(X, i % 2 == 0 ? RTLD_NOW : RTLD_LAZY);
        if (x == NULL || strcmp(name_in(x), "private") != 0 || dlerror() != NULL
            || dlsym(RTLD_DEFAULT, "malloc") == NULL) {
            return "an open library";
        }
        const char *error = dlopen(name, RTLD_NOW) == NULL ? dlerror() : NULL;
        if (error == NULL || strstr(error, name) == NULL) {
            return "a missing library";
        }
        error = dlsym(x, symbol) == NULL ? dlerror() : NULL;
        if (error == NULL || strstr(error, symbol) == NULL || dlerror() != NULL) {
            return "a missing name";
        }
        dlclose(x);
    }
    return NULL;
}

static void
run_threads(void)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, run_thread, (void *)(size_t)i);
    }
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        printf("thread %d: %s\n", i, wrong != NULL ? (char *)wrong : "right");
    }
}

/* How often memory has been allocated: counting.so, preloaded, knows. */
extern unsigned long counting_calls(void) __attribute__((weak));

#define COUNT(what)                                                                               \
    do {                                                                                          \
        unsigned long before_ = counting_calls();                                                 \
        what;                                                                                     \
        printf("%s: %lu\n", #what, counting_calls() - before_);                                   \
    } while (0)

static void
run_allocations(void)
{
    if (counting_calls == NULL) {
        puts("nobody counts");
        return;
    }
    setvbuf(stdout, NULL, _IONBF, 0);
    void *x = dlopen(X, RTLD_NOW), *again = NULL;
    COUNT(dlsym(RTLD_DEFAULT, "malloc"));
    COUNT(dlsym(RTLD_NEXT, "malloc"));
    COUNT(dlsym(x, "x_name"));
    COUNT(dlerror());
    COUNT(dlopen(NULL, RTLD_NOW));
    COUNT(again = dlopen(X, RTLD_NOW));
    COUNT(again = dlopen(X, RTLD_NOW | RTLD_NOLOAD));
    COUNT(dlclose(again));
    COUNT(dlopen("/nonexistent/libq.so", RTLD_NOW));
    COUNT(dlerror());
    COUNT(dlsym(x, "no_such_name"));
    COUNT(dlerror());
}

/* The functions of an object that is not searched before the C library, or not
 * in this namespace: probe other LIBRARY. */
static void
run_other(const char *library)
{
    void *handles[] = {dlopen(library, RTLD_NOW | RTLD_LOCAL),
                       dlmopen(LM_ID_NEWLM, library, RTLD_NOW | RTLD_LOCAL)};
    for (int i = 0; i < 2; i++) {
        void *(*open)(const char *, int), *(*find)(void *, const char *);
        char *(*error)(void);
        if (handles[i] == NULL) {
            print_error("library");
            continue;
        }
        *(void **)&open = dlsym(handles[i], "dlopen");
        *(void **)&find = dlsym(handles[i], "dlsym");
        *(void **)&error = dlsym(handles[i], "dlerror");
        print_place("dlopen", *(void **)&open);
        void *x = open(X, RTLD_NOW);
        const char *(*name)(void);
        *(void **)&name = find(x, "x_name");
        printf("x: %s\n", name());
        printf("missing: %d\n", find(x, "no_such_name") != NULL);
        const char *text = error();
        printf("missing: %s\n", text != NULL ? base_name(text) : "no error");
        text = error();
        printf("again: %s\n", text != NULL ? text : "no error");
    }
}

/* probe script WORD...: one call after the other.
 *
 *     open FILE     dlopen, now; load FILE: lazily; again FILE: only if it is open
 *     find NAME     dlsym in what was opened last; default NAME: in everything
 *     version NAME  dlvsym of a version that nothing has
 *     error         dlerror
 *     in DIRECTORY  chdir */
static int
run_script(char **word)
{
    void *handle = NULL;
    for (; *word != NULL; word++) {
        const char *what = *word;
        if (strcmp(what, "error") == 0) {
            print_error("error");
            fflush(stdout);
            continue;
        }
        if (*++word == NULL) {
            return 2;
        }
        const char *argument = *word;
        if (strcmp(what, "in") == 0) {
            printf("in %s: %s\n", argument, chdir(argument) == 0 ? "yes" : "no");
        }
        else if (strcmp(what, "open") == 0 || strcmp(what, "load") == 0
                 || strcmp(what, "again") == 0) {
            handle = dlopen(argument, *what == 'o'   ? RTLD_NOW
                                      : *what == 'l' ? RTLD_LAZY
                                                     : RTLD_NOW | RTLD_NOLOAD);
            printf("%s %s: %s\n", what, base_name(argument), handle != NULL ? "opened" : "none");
        }
        else if (strcmp(what, "find") == 0 || strcmp(what, "default") == 0
                 || strcmp(what, "version") == 0) {
            void *address = *what == 'f'   ? dlsym(handle, argument)
                            : *what == 'd' ? dlsym(RTLD_DEFAULT, argument)
                                           : dlvsym(RTLD_DEFAULT, argument, "NO_SUCH_VERSION");
            printf("%s %s: %s\n", what, argument, address != NULL ? "found" : "none");
        }
        else {
            return 2;
        }
        fflush(stdout);
    }
    return 0;
}

/* Each thread gets its own sentence of a file that the library refuses: probe
 * refusals FILE. */
static const char *refused_file;

static void *
run_refused(void *data)
{
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < ROUNDS; i++) {
        if (dlopen(refused_file, RTLD_NOW) != NULL) {
            return "opened";
        }
        if ((size_t)data % 2 == 0) {
            const char *error = dlerror();
            if (error == NULL || strstr(error, refused_file) == NULL || dlerror() != NULL) {
                return "another sentence";
            }
        }
        else if (dlsym(RTLD_DEFAULT, "malloc") == NULL || dlerror() != NULL) {
            return "a sentence that should have gone";
        }
    }
    return NULL;
}

static void
run_refusals(const char *file)
{
    pthread_t threads[THREADS];
    refused_file = file;
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (int i = 0; i < THREADS; i++) {
        pthread_create(&threads[i], NULL, run_refused, (void *)(size_t)i);
    }
    for (int i = 0; i < THREADS; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        printf("thread %d: %s\n", i, wrong != NULL ? (char *)wrong : "right");
    }
}

int
main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } modes[] = {
        {"next", run_next},     {"runpath", run_runpath}, {"namespace", run_namespace},
        {"errors", run_errors}, {"errno", run_errno},     {"threads", run_threads},
        {"allocations", run_allocations},
    };
    if (argc == 3 && strcmp(argv[1], "other") == 0) {
        run_other(argv[2]);
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "refusals") == 0) {
        run_refusals(argv[2]);
        return 0;
    }
    if (argc > 1 && strcmp(argv[1], "script") == 0) {
        return run_script(argv + 2);
    }
    for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run();
            return 0;
        }
    }
    return 2;
}
