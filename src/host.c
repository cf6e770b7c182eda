/* host.c - finding the interpreter of this process.
 *
 * Nothing happens until one of our functions is called, so that a process that
 * is no Python only pays for mapping the library.  What is found is kept for
 * the life of the process. */

#include "config.h"
#include "host.h"
#include "settings.h"

#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A row that does not say what CPython's headers say must not compile.  That
 * some headers call a function deprecated changes nothing: it is exported. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#define HOST_FN(name, need, first, result, args)                                                  \
    _Static_assert(__builtin_types_compatible_p(__typeof__(name), sig_##result(SIG_TYPES(args))), \
                   "host.def: " #name " differs from the CPython headers");
#define HOST_DATA(name, need, first, ctype)                                                       \
    _Static_assert(__builtin_types_compatible_p(__typeof__(name), ctype),                         \
                   "host.def: " #name " differs from the CPython headers");
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
#pragma GCC diagnostic pop

static const struct {
    const char *name;
    enum host_need need;
    struct py2abi_sig_row sig;
} fn_rows[HOST_FN_COUNT] = {
#define HOST_FN(name, need, first, result, args)                                                  \
    {#name, HOST_##need, {SIG_##result, SIG_COUNT(args), {SIG_TOKENS(args)}}},
#define HOST_DATA(name, need, first, ctype)
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
};

static const struct {
    const char *name;
    enum host_need need;
} data_rows[HOST_DATA_COUNT] = {
#define HOST_FN(name, need, first, result, args)
#define HOST_DATA(name, need, first, ctype) {#name, HOST_##need},
#include "host.def"
#undef HOST_FN
#undef HOST_DATA
};

struct py2abi_host *_Atomic py2abi_host_found;

/* One line to stderr, for what no exception can carry: without stdio's
 * streams, whose locks the process may hold. */
static void __attribute__((format(printf, 1, 2)))
complain(const char *format, ...)
{
    char line[320] = "py2abi: ";
    size_t used = strlen(line), room = sizeof line - used - 1;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line + used, room, format, args);
    va_end(args);
    if (n > 0) {
        used += (size_t)n < room ? (size_t)n : room - 1;
        line[used++] = '\n';
        ssize_t written = write(STDERR_FILENO, line, used);
        (void)written; /* There is nowhere left to complain to. */
    }
}

/* The user's settings.  A program that runs with more rights than its caller
 * sees none of them. */
static const struct {
    const char *variable, *values, *default_value;
    size_t offset; /* of what is 1 for the first value, 0 for the other */
} setting_rows[] = {
#define ROW(name, offset) {"PY2ABI_" #name, py2abi_values_##name, py2abi_default_##name, offset}
    ROW(DISPATCH, offsetof(struct py2abi_settings, dispatch_ffi)),
    ROW(VIEWS, offsetof(struct py2abi_settings, views_hold)),
#undef ROW
};

/* Read the settings; with complaints, say which values are unknown.  Those
 * count as unset. */
static void
read_settings(struct py2abi_settings *settings, int complaints)
{
    for (size_t i = 0; i < sizeof setting_rows / sizeof setting_rows[0]; i++) {
        const char *is = secure_getenv(setting_rows[i].variable);
        const char *values = setting_rows[i].values, *taken = setting_rows[i].default_value;
        int number = is != NULL ? py2abi_setting_find(values, is, strlen(is)) : -1;
        if (complaints && number < 0 && is != NULL && *is != '\0') {
            complain("%s is '%.100s', neither '%s' nor '%s': taken as '%s'",
                     setting_rows[i].variable, is, values, py2abi_setting_word(values, 1), taken);
        }
        taken = number >= 0 ? py2abi_setting_word(values, number) : taken;
        *(int *)((char *)settings + setting_rows[i].offset) = strcmp(taken, values) == 0;
    }
}

/* Where to look names up: the process's global scope, or a library that was
 * opened outside it. */
struct place {
    void *handle;
    const void *own_base; /* where this library is mapped */
};

static const void *
base_of(const void *address)
{
    Dl_info info;
    return dladdr(address, &info) != 0 ? info.dli_fbase : NULL;
}

/* dlsym, but never ourselves. */
static void *
look_up(const struct place *place, const char *name)
{
    void *address = dlsym(place->handle, name);
    if (address != NULL && base_of(address) == place->own_base) {
        address = dlsym(RTLD_NEXT, name);
    }
    return address;
}

struct names {
    char **name;
    size_t count, room;
};

static int
collect_name(struct dl_phdr_info *info, size_t size, void *data)
{
    struct names *names = data;
    (void)size;
    if (info->dlpi_name == NULL || info->dlpi_name[0] == '\0') {
        return 0;
    }
    if (names->count == names->room) {
        size_t room = names->room != 0 ? 2 * names->room : 32;
        char **grown = realloc(names->name, room * sizeof *grown);
        if (grown == NULL) {
            return 1;
        }
        names->name = grown;
        names->room = room;
    }
    names->name[names->count] = strdup(info->dlpi_name);
    return names->name[names->count++] == NULL;
}

/* The place of the interpreter: the global scope, or, in a program that opened
 * libpython with RTLD_LOCAL, whichever loaded object has one.  Such an object
 * stays open: what is found in it is kept.  Its handle, or NULL if there is no
 * interpreter. */
static int
find_place(struct place *place)
{
    static const char landmark[] = "Py_GetVersion";
    place->own_base = base_of(&py2abi_host_found);
    place->handle = RTLD_DEFAULT;
    if (look_up(place, landmark) != NULL) {
        return 0;
    }
    /* The names are collected first: dlopen inside dl_iterate_phdr could wait
     * for a lock that dl_iterate_phdr holds. */
    struct names names = {NULL, 0, 0};
    dl_iterate_phdr(collect_name, &names);
    int found = -1;
    for (size_t i = 0; i < names.count; i++) {
        void *handle = found < 0 && names.name[i] != NULL
                           ? dlopen(names.name[i], RTLD_LAZY | RTLD_NOLOAD)
                           : NULL;
        if (handle != NULL) {
            void *address = dlsym(handle, landmark);
            if (address != NULL && base_of(address) != place->own_base) {
                place->handle = handle;
                found = 0;
            }
            else {
                dlclose(handle);
            }
        }
        free(names.name[i]);
    }
    free(names.name);
    return found;
}

/* dlsym's object pointer as a function pointer, which ISO C has no cast for. */
#define SET_FN(target, address)                                                                   \
    do {                                                                                          \
        void *address_ = (address);                                                               \
        memcpy(&(target), &address_, sizeof(target));                                             \
    } while (0)

/* Both are documented to be there before Py_Initialize.  The number is newer
 * (3.11); the text of 3.13 is not there for a moment, when several threads ask
 * for the first time. */
static void
find_version(struct py2abi_host *host, const struct place *place)
{
    const unsigned long *number = look_up(place, "Py_Version");
    const char *(*text)(void);
    if (number != NULL) {
        host->major = (int)(*number >> 24);
        host->minor = (int)(*number >> 16 & 0xff);
        return;
    }
    SET_FN(text, look_up(place, "Py_GetVersion"));
    if (sscanf(text(), "%d.%d", &host->major, &host->minor) != 2) {
        host->major = 3;
    }
}

static void
find_rows(struct py2abi_host *host, const struct place *place)
{
    const struct py2abi_sig_row *sig_rows[HOST_FN_COUNT];
    for (int i = 0; i < HOST_FN_COUNT; i++) {
        const struct py2abi_sig_row *row = &fn_rows[i].sig;
        unsigned s = 0;
        while (s < host->sig_count && !py2abi_sig_same(sig_rows[s], row)) {
            s++;
        }
        void *address = look_up(place, fn_rows[i].name);
        if (s == host->sig_count) {
            if (py2abi_sig_prepare(&host->sigs[s], row) == 0) {
                sig_rows[s] = row;
                host->sig_count++;
            }
            else {
                address = NULL;
            }
        }
        host->call[i].sig = &host->sigs[s];
        SET_FN(host->call[i].fn, address);
        if (address == NULL && host->missing[fn_rows[i].need] == NULL) {
            host->missing[fn_rows[i].need] = fn_rows[i].name;
        }
    }
    for (int i = 0; i < HOST_DATA_COUNT; i++) {
        host->data[i] = look_up(place, data_rows[i].name);
        if (host->data[i] == NULL && host->missing[data_rows[i].need] == NULL) {
            host->missing[data_rows[i].need] = data_rows[i].name;
        }
    }
}

static void
free_host(struct py2abi_host *host)
{
    for (unsigned i = 0; i < host->sig_count; i++) {
        py2abi_sig_clear(&host->sigs[i]);
    }
    free(host);
}

/* Find the host.  Returns it, or NULL when the process has none (yet) or no
 * memory is left.
 *
 * Any thread, with or without the GIL, also before the interpreter is
 * initialised and while the dynamic linker runs constructors: it takes no lock
 * of its own, so it cannot deadlock with the dynamic linker's.  Threads that
 * come together do the same work; the first to finish wins. */
const struct py2abi_host *
py2abi_host_find(void)
{
    struct place place;
    if (find_place(&place) < 0) {
        return NULL;
    }
    struct py2abi_host *host = calloc(1, sizeof *host);
    if (host == NULL) {
        return NULL;
    }
    find_version(host, &place);
    if (host->major < 3) {
        /* Python 2's Py_buffer is a larger one: none of host.def is for it. */
        SET_FN(host->python2.AsCharBuffer, look_up(&place, "PyObject_AsCharBuffer"));
        SET_FN(host->python2.AsReadBuffer, look_up(&place, "PyObject_AsReadBuffer"));
        SET_FN(host->python2.AsWriteBuffer, look_up(&place, "PyObject_AsWriteBuffer"));
        SET_FN(host->python2.CheckReadBuffer, look_up(&place, "PyObject_CheckReadBuffer"));
    }
    else {
        find_rows(host, &place);
    }
    read_settings(&host->settings, 0);
    struct py2abi_host *none = NULL;
    if (!atomic_compare_exchange_strong(&py2abi_host_found, &none, host)) {
        free_host(host);
        return none;
    }
    read_settings(&(struct py2abi_settings){0}, 1); /* Only the winner complains. */
    return host;
}

/* Whether the host has every row of a need.  If not: 0 with a SystemError that
 * names function (ours) and the first missing row.  An exception that is set
 * already is left alone, like CPython's own null_error does.  GIL held. */
int
py2abi_host_has(enum host_need need, const char *function)
{
    const struct py2abi_host *host = py2abi_host_get();
    if (host->missing[HOST_CORE] == NULL && host->missing[need] == NULL) {
        return 1;
    }
    const char *row = host->missing[HOST_CORE] != NULL ? host->missing[HOST_CORE]
                                                       : host->missing[need];
    char sentence[256];
    snprintf(sentence, sizeof sentence, "%s cannot work: this Python has no %s", function, row);
    if (host->call[HOST_FN_PyErr_SetString].fn != NULL
        && host->call[HOST_FN_PyErr_Occurred].fn != NULL
        && host->data[HOST_DATA_PyExc_SystemError] != NULL) {
        if (host_PyErr_Occurred() == NULL) {
            host_PyErr_SetString(*HOST(PyExc_SystemError), sentence);
        }
    }
    else {
        complain("%s", sentence);
    }
    return 0;
}

/* Say that function (ours) was called where there is no Python to raise an
 * exception in.  Needs no Python. */
void
py2abi_host_absent(const char *function)
{
    complain("%s was called in a process that has no Python", function);
}
