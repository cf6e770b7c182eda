/* guests.c - the module guests.so: what libpy2abi.so opens when the first
 * Python 2 binary is to be opened, and calls from then on. */

#include "config.h"
#include "crossing.h"
#include "guest.h"
#include "collect.h"
#include "hosttype.h"
#include "dispatch.h"
#include "hostlayout.h"
#include "refusals.h"
#include "settings.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct py2abi_front *py2abi_front;

/* ---- The user's choice for str ---- */

/* An item of a list such as "latin1,robot=bytes". */
struct item {
    const char *text, *module; /* module: what the word is for, or NULL: all */
    size_t length, module_length;
    int word;                  /* its number, or -1: it is none */
};

/* A setting's list, or NULL: there is none. */
static const char *
read_setting(const char *name)
{
    const char *list = secure_getenv(name);
    return list != NULL && *list != '\0' ? list : NULL;
}

/* The item that begins there, and where the next one does: NULL after the last. */
static const char *
read_item(const char *at, const char *values, struct item *item)
{
    size_t length = strcspn(at, ",");
    const char *equals = memchr(at, '=', length);
    const char *word = equals != NULL ? equals + 1 : at;
    item->text = at;
    item->length = length;
    item->module = equals != NULL ? at : NULL;
    item->module_length = equals != NULL ? (size_t)(equals - at) : 0;
    item->word = equals == at ? -1 : py2abi_setting_find(values, word,
                                                         (size_t)(at + length - word));
    return at[length] == ',' ? at + length + 1 : NULL;
}

/* Whether an item is for a module: by its name, or with its packages. */
static int
is_for(const struct item *item, const struct py2abi_guest *guest)
{
    return (strlen(guest->name) == item->module_length
            && strncmp(item->module, guest->name, item->module_length) == 0)
           || py2abi_module_was_imported(guest, item->module, item->module_length);
}

/* What a setting says for a module: a word's number, which is 0 where nothing is said.  Of
 * several words for the same the last one counts, and a name with packages before one
 * without, and that before none. */
static int
choose(const char *name, const char *values, const struct py2abi_guest *guest)
{
    const char *at = read_setting(name);
    int choice = 0, rank = 0;
    while (at != NULL) {
        struct item item;
        at = read_item(at, values, &item);
        int own = item.word < 0 ? -1
                  : item.module == NULL ? 0
                  : guest == NULL || !is_for(&item, guest) ? -1
                  : memchr(item.module, '.', item.module_length) == NULL ? 1 : 2;
        if (own >= rank) {
            choice = item.word;
            rank = own;
        }
    }
    return choice;
}

#define CHOOSE(name, guest) choose("PY2ABI_" #name, py2abi_values_##name, guest)

/* Say what in a setting is none of its words. */
static void
complain_of_words(const char *name, const char *values, const char *words)
{
    const char *at = read_setting(name);
    while (at != NULL) {
        struct item item;
        at = read_item(at, values, &item);
        if (item.word < 0) {
            dprintf(2, "py2abi: %s has '%.*s', which is none of %s: ignored\n", name,
                    (int)item.length, item.text, words);
        }
    }
}

/* Say of which modules in a setting none was imported. */
static void
complain_of_modules(const char *name, const char *values)
{
    const char *at = read_setting(name);
    while (at != NULL) {
        struct item item;
        const struct py2abi_guest *guest = py2abi_loader_first();
        at = read_item(at, values, &item);
        while (guest != NULL && item.word >= 0 && item.module != NULL && !is_for(&item, guest)) {
            guest = guest->next;
        }
        if (guest == NULL && item.word >= 0 && item.module != NULL) {
            dprintf(2, "py2abi: %s has '%.*s', but no Python 2 binary of that name was imported\n",
                    name, (int)item.length, item.text);
        }
    }
}

#define COMPLAIN_OF_WORDS(name)                                                                   \
    complain_of_words("PY2ABI_" #name, py2abi_values_##name, py2abi_words_##name)

/* At the end of the interpreter. */
static void
complain_at_end(void)
{
    complain_of_modules("PY2ABI_STR", py2abi_values_STR);
    complain_of_modules("PY2ABI_TEXT", py2abi_values_TEXT);
}

/* What the user chose for a binary's str: the number of a word.  The words are pickle's for
 * the same choice. */
enum { BYTES };
static int
str_choice(const struct py2abi_guest *guest)
{
    static int for_all;
    int *known = guest != NULL ? (int *)(uintptr_t)&guest->str_choice : &for_all;
    if (*known == 0) {
        *known = 1 + CHOOSE(STR, guest);
    }
    return *known - 1;
}

/* The codec by which a str of this binary's becomes a str of the host, or NULL:
 * it becomes bytes.  guest may be NULL. */
const char *
py2abi_str_codec(const struct py2abi_guest *guest)
{
    int choice = str_choice(guest);
    return choice == BYTES ? NULL : py2abi_setting_word(py2abi_values_STR, choice);
}

/* How a str of the host's becomes one of this binary's, as a number: 0 is unicode.  guest may
 * be NULL. */
int
py2abi_text_way(const struct py2abi_guest *guest)
{
    enum { UNICODE };
    static int for_all;
    int *known = guest != NULL ? (int *)(uintptr_t)&guest->text_choice : &for_all;
    if (*known == 0) {
        int choice = str_choice(guest);
        *known = 1
                 + (CHOOSE(TEXT, guest) == UNICODE ? 0
                    : choice == BYTES ? py2abi_setting_find(py2abi_values_STR, "utf-8", 5)
                                      : choice);
    }
    return *known - 1;
}

/* The codec by which a str of the host's becomes a str of this binary's, or NULL: it
 * becomes unicode.  guest may be NULL. */
const char *
py2abi_text_codec(const struct py2abi_guest *guest)
{
    int way = py2abi_text_way(guest);
    return way == 0 ? NULL : py2abi_setting_word(py2abi_values_STR, way);
}

/* ---- The state of the host ---- */

/* Whether the interpreter ends or has ended: then nothing of it may be touched. */
int
py2abi_finalizing(void)
{
    if (!host_Py_IsInitialized()) {
        return 1;
    }
    if (HOST_HAS(Py_IsFinalizing)) {
        return host_Py_IsFinalizing();
    }
    if (HOST_HAS(_Py_IsFinalizing)) {
        return host__Py_IsFinalizing();
    }
    return py2abi_host_data[HOST_DATA__Py_Finalizing] != NULL && *HOST(_Py_Finalizing) != NULL;
}

/* ---- Binding ---- */

/* Binaries keep objects in static variables, which do not outlive the Python that they are
 * of. */
static const char after_the_end[] = "Python has ended once in this process, and what Python 2 "
                                    "binaries had from it is gone: they cannot be used in "
                                    "another one";

static int
accept(const struct py2abi_guest *guest, const struct py2abi_elf *elf, char *why, size_t size)
{
    const char *sentence = py2abi_hostapi_has_ended() ? after_the_end
                                                      : py2abi_refusal(&guest->binary, elf);
    if (sentence != NULL) {
        snprintf(why, size, "%s", sentence);
    }
    return sentence == NULL;
}

static enum py2abi_binding
resolve(const struct py2abi_elf_symbol *symbol, void **address)
{
    if (!py2abi_binary_is_python_name(symbol->name)) {
        return PY2ABI_BIND_LEAVE;
    }
    /* The functions are made by one thread at a time.  Nothing under the lock waits for
     * a constructor: see loader.c. */
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    const struct py2abi_api *row = py2abi_api_find(symbol->name);
    pthread_mutex_lock(&lock);
    *address = row != NULL ? py2abi_dispatch_address(row) : NULL;
    pthread_mutex_unlock(&lock);
    return *address != NULL ? PY2ABI_BIND_TO : PY2ABI_BIND_MISSING;
}

static const struct py2abi_loader_abi abi = {.resolve = resolve, .accept = accept};

/* ---- What the library calls ---- */

/* The guest's world has to be there before the first binary's constructors. */
static int
begin(char *why, size_t size)
{
    static int begun;
    const char *lacks = begun ? NULL : py2abi_hostapi_begin(py2abi_front);
    if (lacks != NULL) {
        snprintf(why, size, "this Python has no %s", lacks);
        return -1;
    }
    if (begun) {
        return 0;
    }
    if (!host_Py_IsInitialized() || !host_PyGILState_Check()) {
        snprintf(why, size, "Python 2 binaries can be opened only by a thread that runs Python");
        return -1;
    }
    if (HOST_HAS(PyEval_InitThreads)) {
        host_PyEval_InitThreads(); /* 3.6 has no lock until somebody asks for it. */
    }
    if (py2abi_exits_begin() < 0) {
        snprintf(why, size, "this Python has no room for another function at its end");
        return -1;
    }
    struct py2abi_frame frame;
    py2abi_hostlayout_learn();
    py2abi_faulthandler_begin();
    py2abi_obmalloc_begin();
    if (py2abi_frame_enter(&frame, NULL, NULL, NULL) < 0) {
        host_PyErr_Clear();
        snprintf(why, size, "no memory");
        return -1;
    }
    COMPLAIN_OF_WORDS(STR);
    COMPLAIN_OF_WORDS(TEXT);
    COMPLAIN_OF_WORDS(FAULTS);
    host_Py_AtExit(complain_at_end);
    int failed = py2abi_hosttype_begin() < 0 || py2abi_types_begin() < 0
                 || py2abi_collect_begin() < 0 || py2abi_builtins_begin() < 0;
    py2abi_frame_leave(&frame);
    if (failed) {
        /* Told as a sentence, since who opens a library does not look for
         * exceptions. */
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        HostObject *text = value != NULL ? host_PyObject_Str(value) : NULL;
        const char *words = text != NULL ? host_PyUnicode_AsUTF8AndSize(text, NULL) : NULL;
        snprintf(why, size, "the types of Python 2 cannot be made: %s",
                 words != NULL ? words : "no reason given");
        host_XDECREF(text);
        host_XDECREF(type);
        host_XDECREF(value);
        host_XDECREF(traceback);
        host_PyErr_Clear();
        return -1;
    }
    begun = 1;
    return 0;
}

/* See to it that a crash in a binary is told, if the user wants that.  Asked anew for each
 * binary, as faulthandler may be enabled at any time: if it was before, we come first. */
static void
name_faults(void)
{
    enum { AUTO, ON, OFF };
    static int known;
    if (known == 0) {
        known = 1 + CHOOSE(FAULTS, NULL);
    }
    if (known != 1 + OFF && host_PyGILState_Check()) {
        py2abi_faulthandler_enable(known == 1 + ON || py2abi_trace_is_on()
                                   || py2abi_faulthandler_is_enabled());
    }
}

static struct py2abi_guest *
open_guest(const char *path, int flags, char *why, size_t size)
{
    char reason[300];
    if (begin(reason, sizeof reason) < 0) {
        snprintf(why, size, "%s: %s", path, reason);
        return NULL;
    }
    if (!py2abi_hostapi_has_ended()) {
        name_faults();
    }
    struct py2abi_guest *guest = py2abi_loader_open(path, flags, why, size);
    if (guest != NULL && guest->binary.kind != PY2ABI_BINARY_PYTHON3
        && py2abi_hostapi_has_ended()) {
        snprintf(why, size, "%s: %s", path, after_the_end); /* It was open before. */
        return NULL;
    }
    return guest;
}

static void *
open_binary(const char *path, int flags, char *why, size_t size)
{
    struct py2abi_guest *guest = open_guest(path, flags, why, size);
    return guest != NULL ? guest->handle : NULL;
}

static void *
find_symbol(void *handle, const char *name)
{
    struct py2abi_guest *guest = py2abi_loader_find(handle);
    if (guest == NULL || guest->binary.kind != PY2ABI_BINARY_GUEST
        || strncmp(name, "PyInit_", 7) != 0) {
        return NULL;
    }
    return py2abi_module_entry(guest, name + 7);
}

/* importlib's create_module for the file that the spec is of, whether or not the host's
 * dlopen is ours.  Returns a new reference, or NULL with a host exception.  GIL held. */
HostObject *
py2abi_guests_create(HostObject *spec, const char *path)
{
    char why[1000];
    struct py2abi_guest *guest = open_guest(path, 2 /* RTLD_NOW */, why, sizeof why);
    if (guest == NULL) {
        /* Found anew: what binaries reach of the host is closed after its end. */
        sig_VOID (*raise)(sig_OBJ, sig_CSTR);
        void *address = py2abi_front->host_symbol("PyErr_SetString");
        memcpy(&raise, &address, sizeof address);
        raise(*HOST(PyExc_ImportError), why);
        return NULL;
    }
    return py2abi_module_create(guest, spec);
}

static const struct py2abi_guests guests = {
    .version = PACKAGE_VERSION,
    .open = open_binary,
    .symbol = find_symbol,
    .create_module = py2abi_guests_create,
};

const struct py2abi_guests *py2abi_guests_entry(const struct py2abi_front *front);

/* The one name that the module exports.  The library may call it several times,
 * from several threads at once, always with the same. */
__attribute__((visibility("default"))) const struct py2abi_guests *
py2abi_guests_entry(const struct py2abi_front *front)
{
    py2abi_front = front;
    py2abi_loader_begin(front, &abi);
    return &guests;
}
