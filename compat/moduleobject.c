/* moduleobject.c - modules: the host's, seen through mirrors. */

#include "config.h"
#include "guest.h"
#include "proxy.h"

/* Python 2.7's headers keep it to themselves; only types that binaries derive have the
 * dictionary there. */
struct module {
    PyObject_HEAD
    PyObject *dict;
};

/* The host module of a guest module, a new reference, or NULL with a guest
 * exception. */
static HostObject *
get_host(PyObject *module)
{
    HostObject *host = py2abi_host(module, PY2ABI_AS_VALUE);
    if (host == NULL) {
        py2abi_error_to_guest();
    }
    return host;
}

/* A module that is not in sys.modules.  Raises what the host raises. */
PyObject *
PyModule_New(const char *name)
{
    HostObject *host_name = py2abi_host_name(name);
    HostObject *module = host_name != NULL ? host_PyModule_NewObject(host_name) : NULL;
    host_XDECREF(host_name);
    return py2abi_mirror_result(module);
}

/* Whether a module is one that Python 2 would keep, in sys.modules: it is there, or will be
 * when it is initialised. */
static int
is_lasting(HostObject *host)
{
    HostObject *name = host_PyDict_GetItemString(host_PyModule_GetDict(host), "__name__");
    HostObject *there = name != NULL ? host_PyDict_GetItemWithError(host_PyImport_GetModuleDict(),
                                                                    name)
                                     : NULL;
    host_PyErr_Clear();
    return there == host || py2abi_is_initialising();
}

/* A dictionary is handed out.  Guests keep it, and what they find in it, for as long as they
 * like: they hold no reference to the module, which sys.modules has.  So such a module's
 * mirror lives for ever; that of another one until the frame ends. */
static void
keep(PyObject *module, HostObject *host, struct py2abi_head *dict)
{
    if (dict->is_namespace & PY2ABI_FOR_EVER) {
        return;
    }
    int lasts = is_lasting(host);
    if (lasts || !dict->is_namespace) {
        Py_INCREF(module);
        if (!lasts) {
            py2abi_frame_keep(module);
        }
    }
    dict->is_namespace |= lasts ? 1 | PY2ABI_FOR_EVER : 1;
}

/* An object of a type that a binary has derived from modules has its dictionary where 2.7's
 * modules have it, when it has one: of older hosts' not before __init__.  Returns 0, or -1
 * with a host exception. */
int
py2abi_module_fill(PyObject *object, HostObject *host)
{
    struct module *module = (struct module *)object;
    HostObject *dict = module->dict == NULL ? host_PyModule_GetDict(host) : NULL;
    if (dict != NULL) {
        module->dict = py2abi_mirror(dict);
        if (module->dict == NULL) {
            return -1;
        }
        PY2ABI_HEAD(module->dict)->is_namespace |= 1;
    }
    return 0;
}

static void
dealloc(PyObject *object)
{
    if (Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        py2abi_mirror_dealloc(object);
        return;
    }
    PyObject_GC_UnTrack(object);
    Py_CLEAR(((struct module *)object)->dict);
    py2abi_proxy_drop(object);
    Py_TYPE(object)->tp_free(object);
}

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    if (!(Py_TYPE(object)->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        Py_VISIT(((struct module *)object)->dict);
    }
    return 0;
}

PyTypeObject PyModule_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "module",
    .tp_basicsize = sizeof(struct module),
    .tp_dealloc = dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE
                | PY2ABI_TPFLAGS_MIRROR,
    .tp_traverse = traverse,
    .tp_free = PyObject_GC_Del,
};

PyObject *
PyModule_GetDict(PyObject *module)
{
    if (!PyModule_Check(module)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    HostObject *host = get_host(module);
    HostObject *host_dict = host != NULL ? host_PyModule_GetDict(host) : NULL;
    if (host_dict == NULL) {
        if (host != NULL) {
            py2abi_error_to_guest();
        }
        host_XDECREF(host);
        return NULL;
    }
    PyObject *dict;
    if (Py_TYPE(module)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        dict = py2abi_mirror_borrowed(module, host_dict);
        if (dict != NULL) {
            keep(module, host, PY2ABI_HEAD(dict));
        }
    }
    else {
        dict = py2abi_module_fill(module, host) == 0 ? ((struct module *)module)->dict : NULL;
    }
    host_DECREF(host);
    return dict != NULL ? dict : py2abi_failed();
}

/* The text of an attribute of a module; SystemError with `missing` where there is
 * none.  Interned, so that it is there as long as its module may be. */
static char *
get_text(PyObject *module, const char *name, int is_file, const char *missing)
{
    if (!PyModule_Check(module)) {
        PyErr_BadArgument();
        return NULL;
    }
    HostObject *host = get_host(module);
    HostObject *dict = host != NULL ? host_PyModule_GetDict(host) : NULL;
    HostObject *value = dict != NULL ? host_PyDict_GetItemString(dict, name) : NULL;
    PyObject *string = NULL;
    if (host == NULL) {
        return NULL;
    }
    if (value == NULL || py2abi_hostapi_type(value) != (HostObject *)HOST(PyUnicode_Type)) {
        PyErr_SetString(PyExc_SystemError, missing);
    }
    else {
        HostObject *bytes = is_file ? host_PyUnicode_EncodeFSDefault(value) : NULL;
        string = !is_file ? py2abi_mirror_name(value)
                 : bytes != NULL ? py2abi_mirror_steal(bytes)
                                 : NULL;
        if (string == NULL) {
            py2abi_error_to_guest();
        }
        else {
            PyString_InternImmortal(&string);
        }
    }
    host_DECREF(host);
    return string != NULL ? PyString_AS_STRING(string) : NULL;
}

char *
PyModule_GetName(PyObject *module)
{
    return get_text(module, "__name__", 0, "nameless module");
}

char *
PyModule_GetFilename(PyObject *module)
{
    return get_text(module, "__file__", 1, "module filename missing");
}

/* Set what a module has to None, in 2.7's order: names with one underscore first, then the
 * others; __builtins__ stays. */
void
_PyModule_Clear(PyObject *module)
{
    PyObject *dict = PyModule_GetDict(module);
    PyObject *names = dict != NULL ? PyDict_Keys(dict) : NULL;
    for (int is_second = 0; names != NULL && is_second < 2; is_second++) {
        for (Py_ssize_t i = 0; i < PyList_GET_SIZE(names); i++) {
            PyObject *name = PyList_GET_ITEM(names, i);
            const char *text = PyString_Check(name) ? PyString_AS_STRING(name) : NULL;
            if (text == NULL || PyDict_GetItem(dict, name) == Py_None) {
                continue;
            }
            int is_first = text[0] == '_' && text[1] != '_';
            if (is_second ? strcmp(text, "__builtins__") != 0 : is_first) {
                PyDict_SetItem(dict, name, Py_None);
            }
        }
    }
    Py_XDECREF(names);
    PyErr_Clear();
}
