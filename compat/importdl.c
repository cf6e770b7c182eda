/* importdl.c - the modules of Python 2 binaries, for the host's importer.
 *
 * The importer finds a function PyInit_<name>, made by libffi for the module.
 * That returns a definition with a Py_mod_create slot, so that the host hands
 * over the module's spec: its full name and its file.  The slot runs init<name>
 * as Python 2's importer does, and returns the module that it has made. */

#include "config.h"
#include "closure.h"
#include "crossing.h"
#include "dispatch.h"
#include "guest.h"
#include "refusals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* PyModuleDef behind its object head, whose size differs between hosts.
 * hostcheck.c compares it with the headers. */
struct definition {
    void *m_init;
    ssize_t m_index;
    HostObject *m_copy;
    const char *m_name, *m_doc;
    ssize_t m_size;
    HostMethodDef *m_methods;
    HostSlot *m_slots;
    void *m_traverse, *m_clear, *m_free;
};
enum { MAX_HEAD = 64, SLOT_CREATE = 1 };

/* A module of a binary: most have one. */
struct module {
    struct module *next;
    const struct py2abi_guest *guest;
    char *symbol, *name;        /* init<name>, and the name in there, without packages */
    void (*init)(void);         /* NULL: the binary has no such function */
    HostObject *contents;       /* its dict after the first import, a copy */
    char *full_name;            /* under which it was imported first, with packages */
    HostObject *hidden;         /* the first one, where sys.modules had another of its name */
    struct py2abi_closure *closure;
    void *entry;                /* PyInit_<name> */
    HostSlot slots[2];
    union {
        char bytes[MAX_HEAD + sizeof(struct definition)];
        long double aligned;
    } definition;
};

/* The import that is going on: what Python 2 keeps in _Py_PackageContext.  The
 * names of the modules that were made in its course, for when it fails. */
static struct context {
    struct context *outer;
    const char *full_name, *last_part;
    HostObject *made; /* a list of names */
} *context;

/* ---- What Py_InitModule4 asks ---- */

/* The name under which the module that calls itself `name` is imported: with its
 * packages, for the first of that name. */
const char *
py2abi_package_context(const char *name)
{
    if (context == NULL || context->last_part == NULL || strcmp(context->last_part, name) != 0) {
        return name;
    }
    context->last_part = NULL;
    return context->full_name;
}

/* Note that a module was made.  Returns 0, or -1 with a host exception. */
int
py2abi_module_made(HostObject *name)
{
    return context != NULL ? host_PyList_Append(context->made, name) : 0;
}

/* Whether a module's init function runs. */
int
py2abi_is_initialising(void)
{
    return context != NULL;
}

/* ---- Running init<name> ---- */

static void __attribute__((format(printf, 3, 4)))
raise_import_error(const struct py2abi_guest *guest, HostObject *name, const char *format, ...)
{
    char sentence[600];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    HostObject *message = host_PyUnicode_DecodeUTF8(sentence, (ssize_t)strlen(sentence),
                                                    "backslashreplace");
    HostObject *path = host_PyUnicode_DecodeFSDefaultAndSize(guest->path,
                                                             (ssize_t)strlen(guest->path));
    if (message != NULL && path != NULL) {
        host_PyErr_SetImportError(message, name, path);
    }
    host_XDECREF(message);
    host_XDECREF(path);
}

/* The main interpreter is the one that was made first: the last of the list.
 * Static types and objects of the binaries exist once in a process. */
static int
is_main_interpreter(void)
{
    HostInterpreter *main = host_PyInterpreterState_Head(), *next;
    HostThread *own = host_PyThreadState_Get();
    while ((next = host_PyInterpreterState_Next(main)) != NULL) {
        main = next;
    }
    HostThread *thread = host_PyInterpreterState_ThreadHead(main);
    while (thread != NULL && thread != own) {
        thread = host_PyThreadState_Next(thread);
    }
    return thread != NULL;
}

/* A build without the GIL switches it on when it imports an extension that does
 * not say that it can do without, unless the user forbids that.  Guests cannot:
 * they count references with plain additions. */
static int
has_gil(void)
{
    HostObject *ask = host_PySys_GetObject("_is_gil_enabled");
    HostObject *answer = ask != NULL ? host_PyObject_CallObject(ask, NULL) : NULL;
    if (answer == NULL) {
        host_PyErr_Clear();
        return 1;
    }
    int has = host_PyObject_IsTrue(answer);
    host_DECREF(answer);
    return has != 0;
}

/* Take the modules that a failed import has made out of sys.modules. */
static void
remove_made(HostObject *made)
{
    HostObject *type, *value, *traceback;
    HostObject *modules = host_PyImport_GetModuleDict();
    host_PyErr_Fetch(&type, &value, &traceback);
    for (ssize_t i = 0; i < host_PyList_Size(made); i++) {
        if (host_PyDict_DelItem(modules, host_PyList_GetItem(made, i)) < 0) {
            host_PyErr_Clear();
        }
    }
    host_PyErr_Restore(type, value, traceback);
}

/* Take what has the name already out of sys.modules: a module of the host's own, say, that is
 * not for the binary to fill.  Returns a new reference, NULL when there is nothing. */
static HostObject *
take_namesake(HostObject *full_name)
{
    HostObject *modules = host_PyImport_GetModuleDict();
    HostObject *namesake = host_PyDict_GetItemWithError(modules, full_name);
    if (namesake != NULL) {
        host_INCREF(namesake);
        if (host_PyDict_DelItem(modules, full_name) < 0) {
            host_DECREF(namesake);
            namesake = NULL;
        }
    }
    host_PyErr_Clear();
    return namesake;
}

/* Put it back, taking the reference over. */
static void
put_namesake(HostObject *full_name, HostObject *namesake)
{
    HostObject *type, *value, *traceback;
    if (namesake == NULL) {
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    if (host_PyDict_SetItem(host_PyImport_GetModuleDict(), full_name, namesake) < 0) {
        host_PyErr_Clear();
    }
    host_PyErr_Restore(type, value, traceback);
    host_DECREF(namesake);
}

static HostObject *
run_init(struct module *module, HostObject *full_name)
{
    const char *text = host_PyUnicode_AsUTF8AndSize(full_name, NULL);
    if (text == NULL) {
        return NULL;
    }
    const char *dot = strrchr(text, '.');
    struct context here = {context, text, dot != NULL ? dot + 1 : text, host_PyList_New(0)};
    struct py2abi_frame frame;
    if (here.made == NULL || py2abi_frame_enter(&frame, module->guest, NULL, NULL) < 0) {
        host_XDECREF(here.made);
        return NULL;
    }
    HostObject *namesake = take_namesake(full_name);
    if (module->full_name == NULL) {
        module->full_name = strdup(text);
    }
    context = &here;
    frame.function = module->symbol;
    module->init();
    context = here.outer;
    int failed = PyErr_Occurred() != NULL;
    if (failed) {
        py2abi_trace_failure(module->guest, text);
        py2abi_error_to_host();
        py2abi_traceback_add(&frame);
    }
    py2abi_frame_leave(&frame);
    HostObject *made = failed ? NULL
                              : host_PyDict_GetItemWithError(host_PyImport_GetModuleDict(),
                                                             full_name);
    if (made == NULL) {
        if (host_PyErr_Occurred() == NULL) {
            py2abi_trace_failure(module->guest, text);
            HostObject *other = host_PyList_Size(here.made) != 0 ? host_PyList_GetItem(here.made, 0)
                                                                 : NULL;
            if (other != NULL) {
                raise_import_error(module->guest, full_name,
                                   "%s: init%s made the module %s instead of %s",
                                   module->guest->path, module->name,
                                   host_PyUnicode_AsUTF8AndSize(other, NULL), text);
            }
            else {
                raise_import_error(module->guest, full_name,
                                   "%s: init%s made no module %s and gave no reason",
                                   module->guest->path, module->name, text);
            }
        }
        remove_made(here.made);
    }
    else {
        host_INCREF(made);
        HostObject *dict = host_PyModule_GetDict(made);
        module->contents = dict != NULL ? host_PyDict_Copy(dict) : NULL;
        if (module->contents == NULL) {
            host_DECREF(made);
            made = NULL;
        }
    }
    if (made != NULL && namesake != NULL && dot == NULL) {
        host_INCREF(made);
        module->hidden = made;
    }
    put_namesake(full_name, namesake);
    host_DECREF(here.made);
    return made;
}

/* As Python 2 imports an extension once more: its init function does not run
 * again, a new module gets what the first one had when that was new. */
static HostObject *
copy_module(const struct module *module, HostObject *full_name)
{
    HostObject *made = host_PyModule_NewObject(full_name);
    HostObject *dict = made != NULL ? host_PyModule_GetDict(made) : NULL;
    if (dict == NULL || host_PyDict_Update(dict, module->contents) < 0
        || host_PyDict_SetItemString(dict, "__name__", full_name) < 0) {
        host_XDECREF(made);
        return NULL;
    }
    return made;
}

static HostObject *
create(struct module *module, HostObject *spec)
{
    const struct py2abi_guest *guest = module->guest;
    HostObject *name = host_PyObject_GetAttrString(spec, "name"), *made = NULL;
    if (name == NULL) {
        return NULL;
    }
    const char *refusal = module->init == NULL ? py2abi_refusal_as_module(&guest->binary) : NULL;
    if (refusal != NULL) {
        raise_import_error(guest, name, "%s: %s", guest->path, refusal);
    }
    else if (module->init == NULL) {
        raise_import_error(guest, name, "%s: is a Python 2 binary without a function init%s",
                           guest->path, module->name);
    }
    else if (!is_main_interpreter()) {
        raise_import_error(guest, name, "%s: a Python 2 binary can be imported in the main "
                           "interpreter only", guest->path);
    }
    else if (!has_gil()) {
        raise_import_error(guest, name, "%s: a Python 2 binary needs the GIL, which is switched "
                           "off (PYTHON_GIL, -X gil)", guest->path);
    }
    else {
        made = module->contents != NULL ? copy_module(module, name) : run_init(module, name);
    }
    host_DECREF(name);
    return made;
}

static struct module *find_module(struct py2abi_guest *guest, const char *name);

/* Import a module that the running binary has built in, by its init function: a new reference, or
 * NULL with a host exception. */
HostObject *
py2abi_module_init(const char *name, void (*init)(void))
{
    struct py2abi_guest *guest = (struct py2abi_guest *)(uintptr_t)py2abi_frame_guest();
    struct module *module = guest != NULL ? find_module(guest, name) : NULL;
    HostObject *full_name = module != NULL ? py2abi_host_name(name) : host_PyErr_NoMemory();
    HostObject *made = NULL;
    if (full_name == NULL) {
        return NULL;
    }
    if (init == NULL) {
        raise_import_error(guest, full_name, "Cannot re-init internal module %.200s", name);
    }
    else if (module->contents == NULL) {
        module->init = init;
        made = run_init(module, full_name);
    }
    else if ((made = copy_module(module, full_name)) != NULL
             && host_PyDict_SetItem(host_PyImport_GetModuleDict(), full_name, made) < 0) {
        host_DECREF(made);
        made = NULL;
    }
    host_DECREF(full_name);
    return made;
}

/* ---- What the host's importer sees ---- */

/* The Py_mod_create slot. */
static HostObject *
create_slot(HostObject *spec, void *definition)
{
    return create((struct module *)(void *)((char *)definition
                                            - offsetof(struct module, definition)),
                  spec);
}

/* PyInit_<name>, for libffi. */
static void
init_entry(ffi_cif *cif, void *slot, void **arguments, void *data)
{
    struct module *module = data;
    (void)cif;
    (void)arguments;
    *(HostObject **)slot = host_PyModuleDef_Init((void *)module->definition.bytes);
}

static struct module *
make_module(struct py2abi_guest *guest, const char *name)
{
    static ffi_cif cif;
    struct module *module = calloc(1, sizeof *module);
    if (module == NULL || asprintf(&module->symbol, "init%s", name) < 0) {
        free(module);
        return NULL;
    }
    module->name = module->symbol + strlen("init");
    module->guest = guest;
    void *address = py2abi_front->dlsym(guest->handle, module->symbol);
    memcpy(&module->init, &address, sizeof address);
    struct definition *definition = (void *)(module->definition.bytes + py2abi_host_head);
    definition->m_name = module->name;
    definition->m_slots = module->slots;
    module->slots[0].slot = SLOT_CREATE;
    module->slots[0].value = (void *)create_slot;
    if ((cif.nargs == 0 && cif.rtype == NULL
         && ffi_prep_cif(&cif, FFI_DEFAULT_ABI, 0, &ffi_type_pointer, NULL) != FFI_OK)
        || (module->closure = py2abi_closure_make(&cif, init_entry, module, &module->entry))
               == NULL) {
        free(module->symbol);
        free(module);
        return NULL;
    }
    module->next = guest->module;
    guest->module = module;
    return module;
}

static struct module *
find_module(struct py2abi_guest *guest, const char *name)
{
    struct module *module = guest->module;
    while (module != NULL && strcmp(module->name, name) != 0) {
        module = module->next;
    }
    return module != NULL ? module : make_module(guest, name);
}

/* Whether a module of a binary was first imported under a name with its packages, of that
 * length. */
int
py2abi_module_was_imported(const struct py2abi_guest *guest, const char *name, size_t length)
{
    const struct module *module = guest->module;
    while (module != NULL
           && (module->full_name == NULL || strlen(module->full_name) != length
               || memcmp(module->full_name, name, length) != 0)) {
        module = module->next;
    }
    return module != NULL;
}

/* The module that the running binary made and sys.modules does not have, because the host has
 * another of that name.  Returns a new reference, or NULL without an exception. */
HostObject *
py2abi_module_hidden(const char *name)
{
    const struct py2abi_guest *guest = py2abi_frame_guest();
    const struct module *module = guest != NULL ? guest->module : NULL;
    while (module != NULL && (module->hidden == NULL || strcmp(module->name, name) != 0)) {
        module = module->next;
    }
    if (module == NULL) {
        return NULL;
    }
    host_INCREF(module->hidden);
    return module->hidden;
}

/* The address of PyInit_<name> (name without that) for a binary: always the
 * same for the same name.  NULL when libffi can make no function.  GIL held, as
 * importers hold it. */
void *
py2abi_module_entry(struct py2abi_guest *guest, const char *name)
{
    struct module *module = find_module(guest, name);
    return module != NULL ? module->entry : NULL;
}

/* importlib's create_module for a binary that is open.  Returns a new reference,
 * or NULL with a host exception: ImportError, or what the binary's init function
 * raised.  GIL held. */
HostObject *
py2abi_module_create(struct py2abi_guest *guest, HostObject *spec)
{
    HostObject *name = host_PyObject_GetAttrString(spec, "name"), *made = NULL;
    const char *text = name != NULL ? host_PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    if (text != NULL) {
        const char *dot = strrchr(text, '.');
        struct module *module = find_module(guest, dot != NULL ? dot + 1 : text);
        made = module != NULL ? create(module, spec) : host_PyErr_NoMemory();
    }
    host_XDECREF(name);
    return made;
}
