/* import.c - importing from guests.
 *
 * A module that has another name in Python 3 is found under its old one, by the
 * host's own list (_compat_pickle), when there is none of the name that was asked
 * for. */

#include "config.h"
#include "crossing.h"
#include "hostcall.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

PyObject *
PyImport_GetModuleDict(void)
{
    HostObject *host = host_PyImport_GetModuleDict();
    PyObject *modules = host != NULL ? py2abi_mirror(host) : NULL;
    if (modules == NULL) {
        py2abi_error_to_guest();
    }
    else {
        PY2ABI_HEAD(modules)->is_namespace |= 1;
    }
    return modules; /* the interpreter's: never given back */
}

/* The name in Python 3 of a module of Python 2: a new reference, or NULL without
 * an exception. */
static HostObject *
new_name(const char *name)
{
    HostObject *found = NULL;
    if (strcmp(name, "exceptions") == 0) {
        return host_PyUnicode_FromString("builtins");
    }
    HostObject *module = host_PyImport_ImportModule("_compat_pickle");
    HostObject *map = module != NULL ? host_PyObject_GetAttrString(module, "IMPORT_MAPPING")
                                     : NULL;
    if (map != NULL) {
        found = host_PyDict_GetItemString(map, name);
        if (found != NULL) {
            host_INCREF(found);
        }
    }
    host_XDECREF(map);
    host_XDECREF(module);
    host_PyErr_Clear();
    return found;
}

/* Whether an exception says that this module, and none that it imports, was not
 * found. */
static int
was_not_found(HostObject *type, HostObject *value, const char *name)
{
    if (!host_PyErr_GivenExceptionMatches(type, *HOST(PyExc_ImportError)) || value == NULL) {
        return 0;
    }
    HostObject *missing = host_PyObject_GetAttrString(value, "name");
    const char *text = missing != NULL && missing != HOST(_Py_NoneStruct)
                           ? host_PyUnicode_AsUTF8AndSize(missing, NULL)
                           : NULL;
    int result = text != NULL && strcmp(text, name) == 0;
    host_XDECREF(missing);
    host_PyErr_Clear();
    return result;
}

/* Whether binaries of Python's own share what is in a module of that name as C: the tables and
 * codecs for East Asia.  The host's modules of the same names have other structures. */
static int
is_shared_in_c(const char *name)
{
    return strncmp(name, "_codecs_", 8) == 0 || strcmp(name, "_multibytecodec") == 0;
}

static HostObject *import_built_in(const char *name);

/* Import a module by its full name: the host's, under its name there.  Returns a
 * new host reference, or NULL with a host exception: that of the name that was
 * asked for, when there is no other. */
static HostObject *
import_module(const char *name)
{
    HostObject *type, *value, *traceback, *renamed = NULL;
    HostObject *module = py2abi_module_hidden(name);
    if (module == NULL && is_shared_in_c(name)) {
        module = py2abi_import_beside(name);
    }
    if (module == NULL && host_PyErr_Occurred() == NULL) {
        module = import_built_in(name);
    }
    if (module == NULL && host_PyErr_Occurred() == NULL) {
        module = host_PyImport_ImportModule(name);
    }
    if (module != NULL) {
        return module;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    host_PyErr_NormalizeException(&type, &value, &traceback);
    if (was_not_found(type, value, name)) {
        renamed = new_name(name);
    }
    if (renamed == NULL) {
        host_PyErr_Restore(type, value, traceback);
        return NULL;
    }
    host_XDECREF(type);
    host_XDECREF(value);
    host_XDECREF(traceback);
    module = host_PyImport_Import(renamed);
    host_DECREF(renamed);
    return module;
}

/* ---- The binaries beside a binary ---- */

static HostObject *
new_reference(HostObject *object)
{
    host_INCREF(object);
    return object;
}

/* Whether a file is a Python 2 binary: another one of that name is none of ours. */
static int
is_guest(const char *path)
{
    struct py2abi_image image;
    struct py2abi_binary binary = {.kind = PY2ABI_BINARY_OTHER};
    char why[1000];
    if (py2abi_image_read(&image, path, why, sizeof why) == 0) {
        py2abi_binary_read(&binary, &image.elf);
        py2abi_image_close(&image);
    }
    return binary.kind == PY2ABI_BINARY_GUEST;
}

/* Whether a file of that name lies in the folder of the binary whose code runs, and where. */
static int
find_beside(const char *name, char path[PATH_MAX])
{
    static const char *const endings[] = {".so", "module.so", "." PY2ABI_MULTIARCH ".so"};
    const struct py2abi_guest *guest = py2abi_frame_guest();
    const char *slash = guest != NULL ? strrchr(guest->path, '/') : NULL;
    if (slash == NULL || strchr(name, '/') != NULL) {
        return 0;
    }
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        int length = snprintf(path, PATH_MAX, "%.*s/%s%s", (int)(slash - guest->path),
                              guest->path, name, endings[i]);
        if (length > 0 && length < PATH_MAX && access(path, R_OK) == 0) {
            return 1;
        }
    }
    return 0;
}

/* A module of that name from a file, of a Python 2 binary or of the host's own: a new reference, or
 * NULL with a host exception.  path is the file's name as the host has it. */
static HostObject *
load(const char *name, const char *file, HostObject *path)
{
    HostObject *loader = py2abi_hostcall(
        py2abi_hostcall_import("importlib._bootstrap_external", "ExtensionFileLoader"), 2,
        py2abi_host_name(name), new_reference(path));
    HostObject *spec = loader == NULL
                           ? NULL
                           : py2abi_hostcall(
                                 py2abi_hostcall_import("importlib._bootstrap", "ModuleSpec"), 2,
                                 py2abi_host_name(name), new_reference(loader));
    HostObject *module = NULL;
    if (spec != NULL && host_PyObject_SetAttrString(spec, "origin", path) == 0) {
        if (is_guest(file)) {
            module = py2abi_guests_create(spec, file);
        }
        else {
            module = py2abi_hostcall(py2abi_hostcall_import("_imp", "create_dynamic"), 1,
                                     new_reference(spec));
            HostObject *none = module == NULL
                                   ? NULL
                                   : py2abi_hostcall(
                                         py2abi_hostcall_import("_imp", "exec_dynamic"), 1,
                                         new_reference(module));
            if (module != NULL && none == NULL) {
                host_DECREF(module);
                module = NULL;
            }
            host_XDECREF(none);
        }
    }
    host_XDECREF(loader);
    host_XDECREF(spec);
    return module;
}

/* The Python 2 binary of that name that lies beside the one whose code runs.  What binaries
 * of Python's own give each other in a capsule is not in the host's modules of the same name.
 * Loaded once, and not to be found in sys.modules.  Returns a new host reference, or NULL
 * with a host exception or, when there is none, without. */
HostObject *
py2abi_import_beside(const char *name)
{
    static HostObject *known; /* path -> module */
    char file[PATH_MAX];
    if (!find_beside(name, file)) {
        return NULL;
    }
    HostObject *path = host_PyUnicode_DecodeFSDefaultAndSize(file, (Py_ssize_t)strlen(file));
    HostObject *module = NULL;
    if (path == NULL || (known == NULL && (known = host_PyDict_New()) == NULL)) {
        host_XDECREF(path);
        return NULL;
    }
    module = host_PyDict_GetItemWithError(known, path);
    if (module != NULL) {
        host_INCREF(module);
    }
    else if (is_guest(file)) {
        module = load(name, file, path);
        if (module != NULL && host_PyDict_SetItem(known, path, module) < 0) {
            host_DECREF(module);
            module = NULL;
        }
    }
    host_DECREF(path);
    return module;
}

/* The module of that name that sys.modules has, with what another one (taken over) has, or else
 * that one, which sys.modules gets.  A new reference, or NULL with a host exception. */
static HostObject *
enter_module(const char *name, HostObject *module)
{
    HostObject *modules = host_PyImport_GetModuleDict();
    HostObject *there = host_PyDict_GetItemString(modules, name);
    HostObject *dict = there != NULL ? host_PyModule_GetDict(there) : NULL;
    if (dict == NULL) {
        host_PyErr_Clear(); /* It is no module. */
        there = module;
    }
    int status = dict != NULL ? host_PyDict_Update(dict, host_PyModule_GetDict(module))
                              : host_PyDict_SetItemString(modules, name, module);
    HostObject *result = status == 0 ? new_reference(there) : NULL;
    host_DECREF(module);
    return result;
}

/* The module of a file: a new reference.  The binary's own handle of the file is not needed. */
PyObject *
_PyImport_LoadDynamicModule(char *name, char *file, FILE *stream)
{
    HostObject *path = host_PyUnicode_DecodeFSDefaultAndSize(file, (Py_ssize_t)strlen(file));
    HostObject *module = path != NULL ? load(name, file, path) : NULL;
    (void)stream;
    if (module != NULL && host_PyObject_SetAttrString(module, "__file__", path) < 0) {
        host_DECREF(module);
        module = NULL;
    }
    host_XDECREF(path);
    return py2abi_mirror_result(module != NULL ? enter_module(name, module) : NULL);
}

/* ---- What binaries have built in ----
 *
 * Their tables begin empty: what is built into Python 3 is its own.  Whatever a binary adds is
 * found by binaries' imports, and what functions added by those of Python code, too. */

struct _inittab _PyImport_Inittab[21];
struct _inittab *PyImport_Inittab = _PyImport_Inittab;

/* Python 2's byte code, which Python 3 cannot run: the table may be replaced, and is not read. */
static struct _frozen no_frozen[1];
struct _frozen *PyImport_FrozenModules = no_frozen;

static size_t
count_rows(const struct _inittab *table)
{
    size_t count = 0;
    while (table[count].name != NULL) {
        count++;
    }
    return count;
}

/* The table, once it has grown, and whose each row is: NULL for those that no function added. */
static struct _inittab *grown;
static const struct py2abi_guest **owners;
static size_t owner_count;

static int find_for_host(void);

/* Add rows, up to one without a name.  Returns 0, or -1 without an exception. */
int
PyImport_ExtendInittab(struct _inittab *added)
{
    const struct py2abi_guest *guest = _PyThreadState_Current != NULL ? py2abi_frame_guest() : NULL;
    size_t count = count_rows(PyImport_Inittab), more = count_rows(added);
    if (guest != NULL && find_for_host() < 0) {
        return -1;
    }
    const struct py2abi_guest **all = realloc(owners, (count + more + 1) * sizeof *all);
    if (all == NULL) {
        return -1;
    }
    owners = all;
    struct _inittab *table = realloc(grown, (count + more + 1) * sizeof *table);
    if (table == NULL) {
        return -1;
    }
    if (PyImport_Inittab != grown) {
        memcpy(table, PyImport_Inittab, count * sizeof *table);
    }
    memcpy(table + count, added, (more + 1) * sizeof *table);
    PyImport_Inittab = grown = table;
    while (owner_count < count + more) {
        owners[owner_count] = owner_count < count ? NULL : guest;
        owner_count++;
    }
    return 0;
}

int
PyImport_AppendInittab(const char *name, void (*init)(void))
{
    struct _inittab rows[2] = {{(char *)(uintptr_t)name, init}, {NULL, NULL}};
    return PyImport_ExtendInittab(rows);
}

/* A module's row, or the last one, which has no name. */
static const struct _inittab *
find_row(const char *name)
{
    const struct _inittab *row = PyImport_Inittab;
    while (row->name != NULL && strcmp(row->name, name) != 0) {
        row++;
    }
    return row;
}

/* A module that is built in and not imported yet: a new reference; or NULL, without an exception
 * if there is none. */
static HostObject *
import_built_in(const char *name)
{
    const struct _inittab *row = find_row(name);
    if (row->name == NULL || host_PyDict_GetItemString(host_PyImport_GetModuleDict(), name) != NULL) {
        return NULL;
    }
    return py2abi_module_init(name, row->initfunc);
}

/* Whose module it is, or NULL if it is none, or none of a function's that added it. */
static const struct py2abi_guest *
owner_of(const char *name)
{
    const struct _inittab *row = name != NULL ? find_row(name) : NULL;
    size_t index = row != NULL ? (size_t)(row - PyImport_Inittab) : 0;
    return row != NULL && row->name != NULL && index < owner_count ? owners[index] : NULL;
}

/* ---- The finder and loader of them that Python 3 has: an object with three functions, which is
 * the `self` of each ---- */

/* find_spec(name, path, target); what is in a package is in no table. */
static HostObject *
find_spec(HostObject *finder, HostObject *args)
{
    HostObject *name = host_PyTuple_Size(args) > 0 ? host_PyTuple_GetItem(args, 0) : NULL;
    const char *text = name != NULL ? host_PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    if (owner_of(text) == NULL) {
        host_PyErr_Clear();
        return py2abi_hostcall_none();
    }
    HostObject *origin = host_PyUnicode_InternFromString("built-in");
    host_INCREF(name);
    host_INCREF(finder);
    HostObject *spec = py2abi_hostcall(py2abi_hostcall_import("importlib.machinery", "ModuleSpec"),
                                       2, name, finder);
    if (spec != NULL && (origin == NULL || host_PyObject_SetAttrString(spec, "origin", origin) < 0)) {
        host_DECREF(spec);
        spec = NULL;
    }
    host_XDECREF(origin);
    return spec;
}

/* create_module(spec): the init function runs as its binary's. */
static HostObject *
create_module(HostObject *finder, HostObject *spec)
{
    HostObject *name = host_PyObject_GetAttrString(spec, "name"), *made = NULL;
    const char *text = name != NULL ? host_PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    const struct py2abi_guest *owner = owner_of(text);
    struct py2abi_frame frame;
    (void)finder;
    if (owner != NULL && py2abi_frame_enter(&frame, owner, NULL, NULL) == 0) {
        made = import_built_in(text);
        py2abi_frame_leave(&frame);
    }
    if (made == NULL && host_PyErr_Occurred() == NULL) {
        host_PyErr_SetString(*HOST(PyExc_ImportError), "no binary has this module built in");
    }
    host_XDECREF(name);
    return made;
}

/* exec_module(module): that is done. */
static HostObject *
exec_module(HostObject *finder, HostObject *module)
{
    (void)finder;
    (void)module;
    return py2abi_hostcall_none();
}

/* Have Python code find them, behind what is built into Python 3.  Returns 0, or -1 without an
 * exception.  Once. */
static int
find_for_host(void)
{
    static HostMethodDef functions[] = {
        {"find_spec", (void *)find_spec, METH_VARARGS, NULL},
        {"create_module", (void *)create_module, METH_O, NULL},
        {"exec_module", (void *)exec_module, METH_O, NULL},
    };
    static int is_there;
    HostObject *finders = is_there ? NULL : host_PySys_GetObject("meta_path");
    if (finders == NULL) {
        return is_there ? 0 : -1;
    }
    HostObject *built_in = py2abi_hostcall_import("importlib.machinery", "BuiltinImporter");
    HostObject *finder = py2abi_hostcall(py2abi_hostcall_import("types", "SimpleNamespace"), 0);
    int failed = built_in == NULL || finder == NULL;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0] && !failed; i++) {
        HostObject *function = host_PyCFunction_NewEx(&functions[i], finder, NULL);
        failed = function == NULL
                 || host_PyObject_SetAttrString(finder, functions[i].ml_name, function) < 0;
        host_XDECREF(function);
    }
    ssize_t at = 0, count = failed ? 0 : host_PyList_Size(finders);
    while (at < count && host_PyList_GetItem(finders, at) != built_in) {
        at++;
    }
    failed = failed || host_PyList_Insert(finders, at < count ? at + 1 : 0, finder) < 0;
    host_XDECREF(built_in);
    host_XDECREF(finder);
    host_PyErr_Clear();
    is_there = !failed;
    return failed ? -1 : 0;
}

/* What modules of extensions had when they were new, by their files. */
static PyObject *extensions;

/* Remember that of a module, and give it back, borrowed. */
PyObject *
_PyImport_FixupExtension(char *name, char *file)
{
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *module = modules != NULL ? PyDict_GetItemString(modules, name) : NULL;
    if (module == NULL || !PyModule_Check(module)) {
        return PyErr_Format(PyExc_SystemError,
                            "_PyImport_FixupExtension: module %.200s not loaded", name);
    }
    if (extensions == NULL && (extensions = PyDict_New()) == NULL) {
        return NULL;
    }
    PyObject *contents = PyDict_Copy(PyModule_GetDict(module));
    int failed = contents == NULL || PyDict_SetItemString(extensions, file, contents) < 0;
    Py_XDECREF(contents);
    return failed ? NULL : PyDict_GetItemString(extensions, file);
}

/* A module that has what was remembered, borrowed; or NULL, without an exception if nothing was. */
PyObject *
_PyImport_FindExtension(char *name, char *file)
{
    PyObject *contents = extensions != NULL ? PyDict_GetItemString(extensions, file) : NULL;
    PyObject *module = contents != NULL ? PyImport_AddModule(name) : NULL;
    return module != NULL && PyDict_Update(PyModule_GetDict(module), contents) == 0 ? module
                                                                                    : NULL;
}

PyObject *
PyImport_ImportModule(const char *name)
{
    return py2abi_mirror_result(import_module(name));
}

/* The host's import does not block on another thread's either. */
PyObject *
PyImport_ImportModuleNoBlock(const char *name)
{
    return PyImport_ImportModule(name);
}

PyObject *
PyImport_Import(PyObject *name)
{
    if (PyUnicode_Check(name)) {
        PyObject *string = PyUnicode_AsUTF8String(name);
        PyObject *module = string != NULL ? PyImport_Import(string) : NULL;
        Py_XDECREF(string);
        return module;
    }
    if (!PyString_Check(name)) {
        return PyErr_Format(PyExc_TypeError, "module name must be a string, not %.200s",
                            Py_TYPE(name)->tp_name);
    }
    return PyImport_ImportModule(PyString_AS_STRING(name));
}

/* What the import statement calls: with a list of names the last module of a
 * dotted name, otherwise the first. */
PyObject *
PyImport_ImportModuleLevel(char *name, PyObject *globals, PyObject *locals, PyObject *from,
                           int level)
{
    (void)locals;
    if (level > 0) {
        HostObject *host_globals = globals != NULL ? py2abi_host(globals, PY2ABI_AS_VALUE) : NULL;
        HostObject *host_from = from != NULL ? py2abi_host(from, PY2ABI_AS_NAME) : NULL;
        HostObject *module = NULL;
        if ((globals == NULL || host_globals != NULL) && (from == NULL || host_from != NULL)) {
            module = host_PyImport_ImportModuleLevel(name, host_globals, NULL, host_from, level);
        }
        host_XDECREF(host_globals);
        host_XDECREF(host_from);
        return py2abi_mirror_result(module);
    }
    HostObject *module = import_module(name);
    const char *dot = strchr(name, '.');
    int has_names = from != NULL && from != Py_None && PyObject_IsTrue(from) > 0;
    if (module != NULL && dot != NULL && !has_names) {
        HostObject *first = host_PyUnicode_DecodeUTF8(name, dot - name, NULL);
        host_DECREF(module);
        module = first != NULL ? host_PyDict_GetItemWithError(host_PyImport_GetModuleDict(), first)
                               : NULL;
        if (module != NULL) {
            host_INCREF(module);
        }
        host_XDECREF(first);
    }
    return py2abi_mirror_result(module);
}

/* The module of that name, made when there is none: borrowed, since the
 * interpreter holds it. */
PyObject *
PyImport_AddModule(const char *name)
{
    HostObject *host_name = py2abi_host_name(strcmp(name, "__builtin__") == 0 ? "builtins" : name);
    HostObject *module = host_name != NULL ? host_PyImport_AddModuleObject(host_name) : NULL;
    if (module != NULL && py2abi_is_initialising()) {
        (void)py2abi_module_made(host_name);
    }
    host_XDECREF(host_name);
    PyObject *mirror = module != NULL ? py2abi_mirror(module) : NULL;
    return mirror != NULL ? mirror : py2abi_failed();
}

PyObject *
PyImport_ReloadModule(PyObject *module)
{
    HostObject *host = py2abi_host(module, PY2ABI_AS_VALUE);
    HostObject *result = host != NULL ? host_PyImport_ReloadModule(host) : NULL;
    host_XDECREF(host);
    return py2abi_mirror_result(result);
}

/* What imports from a place of sys.path: a new reference. */
PyObject *
PyImport_GetImporter(PyObject *path)
{
    HostObject *host = py2abi_host(path, PY2ABI_AS_NAME);
    HostObject *importer = host != NULL ? host_PyImport_GetImporter(host) : NULL;
    host_XDECREF(host);
    return py2abi_mirror_result(importer);
}

/* 1: imported; 0: there is no such module; -1 with an exception. */
int
PyImport_ImportFrozenModule(char *name)
{
    return (int)py2abi_returned(host_PyImport_ImportFrozenModule(name));
}

/* ---- The lock of imports ---- */

static int
import_lock(const char *name)
{
    HostObject *none = py2abi_hostcall(py2abi_hostcall_import("_imp", name), 0);
    int status = none != NULL ? 1 : -1;
    host_XDECREF(none);
    host_PyErr_Clear();
    py2abi_returned(0);
    return status;
}

void
_PyImport_AcquireLock(void)
{
    (void)import_lock("acquire_lock");
}

/* 1, or -1 without an exception for a thread that has it not. */
int
_PyImport_ReleaseLock(void)
{
    return import_lock("release_lock");
}

/* In the child of a fork: PyOS_AfterFork() has done it. */
void
_PyImport_ReInitLock(void)
{
}

/* That of Python 2.7's .pyc files. */
long
PyImport_GetMagicNumber(void)
{
    return 62211L | '\r' << 16 | '\n' << 24;
}

/* ---- Modules from code ---- */

/* Run code as a module of this name, made if there is none, and give it back. */
PyObject *
PyImport_ExecCodeModuleEx(char *name, PyObject *code, char *path)
{
    PyObject *module = PyImport_AddModule(name), *result, *file;
    PyObject *dict = module != NULL ? PyModule_GetDict(module) : NULL;
    if (dict == NULL) {
        return NULL;
    }
    if (path == NULL) {
        path = PyString_AS_STRING(((PyCodeObject *)code)->co_filename);
    }
    /* A str of Python 3's, which it is a name for. */
    file = PyUnicode_DecodeUTF8(path, (Py_ssize_t)strlen(path), "replace");
    if (PyDict_GetItemString(dict, "__builtins__") == NULL
        && PyDict_SetItemString(dict, "__builtins__", PyEval_GetBuiltins()) < 0) {
        Py_XDECREF(file);
        return NULL;
    }
    if (file == NULL || PyDict_SetItemString(dict, "__file__", file) < 0) {
        PyErr_Clear();
    }
    Py_XDECREF(file);
    result = PyEval_EvalCode((PyCodeObject *)code, dict, dict);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    /* The code may have put another one in its place. */
    module = PyDict_GetItemString(PyImport_GetModuleDict(), name);
    if (module == NULL) {
        return PyErr_Format(PyExc_ImportError, "Loaded module %.200s not found in sys.modules",
                            name);
    }
    Py_INCREF(module);
    return module;
}

PyObject *
PyImport_ExecCodeModule(char *name, PyObject *code)
{
    return PyImport_ExecCodeModuleEx(name, code, NULL);
}
