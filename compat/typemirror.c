/* typemirror.c - types that the host has too, and their instances.
 *
 * A host type that Python 2.7 has too has one of the static types as its mirror.
 * Any other gets a type of its own at the first crossing, laid out as Python
 * 2.7's class statement would: what its instances are is told by its base's
 * structure and flags, what they can do by its slots (slots.c). */

#include "config.h"
#include "collect.h"
#include "guest.h"
#include "descr.h"
#include "exceptions.h"
#include "hosttype.h"
#include "map.h"
#include "proxy.h"
#include "views.h"
#include "slots.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Structures that 2.7's headers keep to themselves; only their sizes matter. */
typedef struct {
    PyObject_HEAD
    PyObject *one;
} py2abi_module_object;
typedef struct {
    PyObject_HEAD
    PyObject *some[4];
} py2abi_property_object;

/* The types that are nothing but mirrors. */
#define BUILTIN(symbol, module, host, base)
#define PLAIN(symbol, module, host, base, name, structure, flags)                                 \
    PyTypeObject symbol = {                                                                       \
        PyVarObject_HEAD_INIT(NULL, 0)                                                            \
        .tp_name = name,                                                                          \
        .tp_basicsize = sizeof(structure),                                                        \
        .tp_dealloc = py2abi_instance_dealloc,                                                    \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR | (flags),    \
        .tp_free = PyObject_GC_Del,                                                               \
    };
#include "builtins27.def"
#undef BUILTIN
#undef PLAIN

static const struct {
    PyTypeObject *type, *base;
    const char *module, *host;
} builtins[] = {
#define BUILTIN(symbol, module, host, base) {&symbol, base, module, host},
#define PLAIN(symbol, module, host, base, name, structure, flags) {&symbol, base, module, host},
#include "builtins27.def"
#undef BUILTIN
#undef PLAIN
};

static struct py2abi_map types_by_host; /* host type -> its mirror, one reference each */
static struct py2abi_map hosts_by_type; /* and back */

/* The bare one that was asked for last: many objects of one type come one after another. */
static struct {
    const HostObject *host;
    PyTypeObject *type;
} last_bare;

/* What host and guest flags have in common: of which builtin a type is derived.
 * The host's has none for int, where long's is int's. */
enum {
    HOST_LONG_SUBCLASS = 1 << 24,
    COMMON_SUBCLASSES = 1 << 25 | 1 << 26 | 1 << 27 | 1 << 28 | 1 << 29 | 1 << 30,
};

/* Link a guest type to a host type.  Returns 0, or -1 with a host exception. */
int
py2abi_type_link(PyTypeObject *type, HostObject *host)
{
    last_bare.host = NULL;
    if (py2abi_map_put(&types_by_host, host, type) < 0
        || py2abi_map_put(&hosts_by_type, type, host) < 0) {
        host_PyErr_NoMemory();
        return -1;
    }
    host_INCREF(host);
    Py_INCREF(type);
    return 0;
}

/* Undo the first half of that. */
static void
forget_host(HostObject *host)
{
    last_bare.host = NULL;
    py2abi_map_take(&types_by_host, host);
}

/* The guest type that a host type is linked to, borrowed, or NULL. */
PyTypeObject *
py2abi_type_known(HostObject *host)
{
    return py2abi_map_get(&types_by_host, host);
}

/* ---- Types that binaries define ---- */

/* What is known of a type that a binary defines; made when it is first asked for.  NULL
 * with a host exception (MemoryError). */
struct py2abi_defined *
py2abi_type_record(PyTypeObject *type)
{
    struct py2abi_defined *defined = (struct py2abi_defined *)(void *)type->tp_cache;
    if (defined != NULL) {
        return defined;
    }
    defined = calloc(1, sizeof *defined);
    if (defined == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    PyTypeObject *native = type->tp_base != NULL ? type->tp_base : &PyBaseObject_Type;
    while (native->tp_base != NULL && native != &PyLong_Type /* whose host type is int's */
           && (py2abi_type_is_defined(native)
               || py2abi_map_get(&hosts_by_type, native) == NULL)) {
        native = native->tp_base;
    }
    defined->guest = py2abi_frame_guest();
    defined->native = native;
    defined->native_host = py2abi_type_host(native);
    if (defined->native_host == NULL) {
        free(defined);
        return NULL;
    }
    if (Py_TYPE(type) == NULL) {
        Py_TYPE(type) = &PyType_Type;
    }
    type->tp_cache = (PyObject *)(void *)defined;
    return defined;
}

/* Why a binary cannot derive a type from one, NULL: it can. */
const char *
py2abi_type_underivable(PyTypeObject *base)
{
    while (base != NULL && py2abi_type_is_defined(base)) {
        base = base->tp_base;
    }
    if (base == NULL || base == &PyLong_Type || base == &PyBaseString_Type) {
        return NULL; /* Their types on the host are int and object. */
    }
    if (PyType_IsSubtype(base, &PyFile_Type)) {
        return "the files of Python 3 are of several types, by their modes";
    }
    HostObject *host = py2abi_map_get(&hosts_by_type, base);
    if (host == NULL) {
        return "Python 3 has no such type";
    }
    return host_PyType_GetFlags((HostType *)host) & HOST_FLAG_BASETYPE
               ? NULL
               : "Python 3 does not let anything be derived from it";
}

/* PyType_Ready begins: the type gets its record and its dictionary.  Returns 0, or -1 with
 * a guest exception. */
int
py2abi_type_begin(PyTypeObject *type)
{
    if (py2abi_type_record(type) == NULL) {
        py2abi_error_to_guest();
        return -1;
    }
    if (type->tp_dict == NULL && (type->tp_dict = PyDict_New()) == NULL) {
        return -1;
    }
    if (Py_TYPE(type->tp_dict)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        PY2ABI_HEAD(type->tp_dict)->is_namespace |= 1 | PY2ABI_OF_TYPE;
        PY2ABI_HEAD(type->tp_dict)->dict_of = type;
    }
    return 0;
}

/* A binary has changed an entry of a type's dictionary: the host's type has it, too.  value
 * NULL: it was deleted.  Returns 0, or -1 with a host exception. */
int
py2abi_type_changed(PyTypeObject *type, PyObject *name, PyObject *value)
{
    HostObject *host = py2abi_map_get(&hosts_by_type, type), *converted = NULL;
    int status = -1;
    if (host == NULL || !PyString_Check(name)) {
        return 0;
    }
    HostObject *host_name = py2abi_host(name, PY2ABI_AS_NAME);
    if (host_name != NULL
        && (value == NULL || (converted = py2abi_host(value, PY2ABI_AS_CONSTANT)) != NULL)) {
        status = py2abi_hosttype_setattr(host, host_name, converted);
    }
    host_XDECREF(host_name);
    host_XDECREF(converted);
    return status;
}

/* A metatype has put a dictionary of its own in the place of the class's, as ctypes does with
 * one that has fields: what it has added goes on to the host's class.  Returns 0, or -1 with a
 * host exception. */
int
py2abi_type_made(PyTypeObject *type)
{
    PyObject *dict = type->tp_dict, *key, *value;
    Py_ssize_t at = 0;
    HostObject *host = py2abi_map_get(&hosts_by_type, type);
    if (!(type->tp_flags & PY2ABI_TPFLAGS_HOST) || host == NULL || dict == NULL
        || ((Py_TYPE(dict)->tp_flags & PY2ABI_TPFLAGS_MIRROR)
            && PY2ABI_HEAD(dict)->dict_of == type)) {
        return 0;
    }
    HostObject *names = py2abi_hosttype_attribute(host, "__dict__");
    int status = names != NULL ? 0 : -1;
    while (status == 0 && PyDict_Next(dict, &at, &key, &value)) {
        HostObject *name = py2abi_host(key, PY2ABI_AS_NAME), *converted = NULL;
        int has = name != NULL ? host_PySequence_Contains(names, name) : -1;
        if (has < 0
            || (has == 0
                && ((converted = py2abi_host(value, PY2ABI_AS_CONSTANT)) == NULL
                    || py2abi_hosttype_setattr(host, name, converted) < 0))) {
            status = -1;
        }
        host_XDECREF(name);
        host_XDECREF(converted);
    }
    host_XDECREF(names);
    return status;
}

/* ---- Completing a type ---- */

/* The types in the order in which attributes are looked up.  With one base, which
 * is what static types have, it is the base's with the type before it. */
static PyObject *
make_mro(PyTypeObject *type)
{
    PyObject *above = type->tp_base != NULL ? type->tp_base->tp_mro : NULL;
    Py_ssize_t count = above != NULL ? PyTuple_GET_SIZE(above) : 0;
    PyObject *mro = PyTuple_New(count + 1);
    if (mro != NULL) {
        Py_INCREF(type);
        PyTuple_SET_ITEM(mro, 0, (PyObject *)type);
        for (Py_ssize_t i = 0; i < count; i++) {
            PyObject *item = PyTuple_GET_ITEM(above, i);
            Py_INCREF(item);
            PyTuple_SET_ITEM(mro, i + 1, item);
        }
    }
    return mro;
}

static int
complete(PyTypeObject *type, PyTypeObject *base)
{
    if (Py_TYPE(type) == NULL) {
        Py_TYPE(type) = &PyType_Type;
    }
    /* Guests give references to types back that they never had. */
    Py_REFCNT(type) += 1 << 20;
    type->tp_base = base;
    if (base != NULL) {
        if (type->tp_basicsize == 0) {
            type->tp_basicsize = base->tp_basicsize;
        }
        if (type->tp_dealloc == NULL) {
            type->tp_dealloc = base->tp_dealloc;
        }
        type->tp_flags |= base->tp_flags & (COMMON_SUBCLASSES | Py_TPFLAGS_INT_SUBCLASS
                                            | Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_TYPE_SUBCLASS);
    }
    type->tp_bases = base != NULL ? PyTuple_Pack(1, base) : PyTuple_New(0);
    type->tp_mro = make_mro(type);
    if (type->tp_bases == NULL || type->tp_mro == NULL) {
        return -1;
    }
    type->tp_flags |= Py_TPFLAGS_READY;
    return 0;
}

/* The host type of a row of builtins27.def: a new reference, or NULL; without an
 * exception the host has no such type. */
static HostObject *
find_host(const char *module_name, const char *name)
{
    HostObject *host = NULL;
    if (*module_name == '\0') {
        host = *name != '\0' ? py2abi_front->host_symbol(name) : NULL;
        if (host != NULL) {
            host_INCREF(host);
        }
        return host;
    }
    HostObject *module = host_PyImport_ImportModule(module_name);
    if (module != NULL) {
        host = host_PyObject_GetAttrString(module, name);
        host_DECREF(module);
        if (host == NULL && host_PyErr_ExceptionMatches(*HOST(PyExc_AttributeError))) {
            host_PyErr_Clear(); /* an older host has no name for the type */
        }
    }
    return host;
}

/* Complete a type of a guest's that has a host type of its own.  Returns 0, or -1
 * with a host exception. */
int
py2abi_type_adopt(PyTypeObject *type, PyTypeObject *base, HostObject *host)
{
    if (complete(type, base) < 0) {
        py2abi_error_to_host();
        return -1;
    }
    return py2abi_type_link(type, host);
}

/* Lay the static types out and link them to the host's.  Returns 0, or -1 with a
 * host exception.  Once, before the first binary is opened. */
int
py2abi_types_begin(void)
{
    for (size_t i = 0; i < sizeof builtins / sizeof builtins[0]; i++) {
        PyTypeObject *type = builtins[i].type;
        if (complete(type, builtins[i].base) < 0) {
            py2abi_error_to_host();
            return -1;
        }
        HostObject *host = find_host(builtins[i].module, builtins[i].host);
        if (host == NULL && host_PyErr_Occurred() == NULL) {
            continue;
        }
        if (host == NULL || py2abi_type_link(type, host) < 0
            || py2abi_slots_fill(type, host) < 0) {
            host_XDECREF(host);
            return -1;
        }
        host_DECREF(host);
    }
    return py2abi_exceptions_begin();
}

/* ---- Mirrors of host types ---- */

/* tp_dealloc of types. */
void
py2abi_type_dealloc(PyObject *object)
{
    /* Only the mirrors of host types have a reference to lose. */
    PyTypeObject *type = (PyTypeObject *)object;
    if (!(type->tp_flags & PY2ABI_TPFLAGS_HOST)) {
        return;
    }
    HostObject *host = py2abi_map_take(&hosts_by_type, type);
    if (host != NULL) {
        forget_host(host);
    }
    Py_XDECREF(type->tp_bases);
    Py_XDECREF(type->tp_mro);
    Py_XDECREF(type->tp_base);
    Py_XDECREF(type->tp_dict);
    Py_XDECREF(((PyHeapTypeObject *)type)->ht_name);
    free((char *)(uintptr_t)type->tp_name);
    if (host != NULL && !py2abi_finalizing()) {
        host_DECREF(host);
    }
    free(type); /* What its metatype counts, derived_dealloc gives back. */
}

/* The name that Python 2 would give it: of exceptions and of types that C code
 * defines elsewhere than in builtins, with the module. */
static char *
copy_name(HostObject *host, unsigned long flags)
{
    enum { IMMUTABLE = 1 << 8 }; /* from 3.10 on static types are heap types too */
    int is_static = !(flags & Py_TPFLAGS_HEAPTYPE) || (flags & IMMUTABLE);
    HostObject *name = py2abi_hosttype_attribute(host, "__name__");
    const char *text = name != NULL ? host_PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    char *copy = NULL;
    if (text != NULL) {
        HostObject *module = py2abi_hosttype_attribute(host, "__module__");
        const char *where = module != NULL && is_static
                                ? host_PyUnicode_AsUTF8AndSize(module, NULL)
                                : NULL;
        host_PyErr_Clear();
        if (where == NULL) {
            where = "";
        }
        else if (strcmp(where, "builtins") == 0) {
            where = flags & Py_TPFLAGS_BASE_EXC_SUBCLASS ? "exceptions" : "";
        }
        size_t room = strlen(where) + strlen(text) + 2;
        copy = malloc(room);
        if (copy == NULL) {
            host_PyErr_NoMemory();
        }
        else {
            snprintf(copy, room, "%s%s%s", where, *where != '\0' ? "." : "", text);
        }
        host_XDECREF(module);
    }
    host_XDECREF(name);
    return copy;
}

/* The bases' mirrors.  NULL with a host exception. */
static PyObject *
mirror_types(HostObject *host, const char *attribute)
{
    HostObject *types = py2abi_hosttype_attribute(host, attribute);
    PyObject *mirror = types != NULL ? py2abi_mirror_steal(types) : NULL;
    return mirror;
}

/* A type that a binary defines among the bases of a class, borrowed, or NULL. */
static PyTypeObject *
find_defined(HostObject *host)
{
    HostObject *mro = py2abi_hosttype_attribute(host, "__mro__");
    PyTypeObject *found = NULL;
    for (Py_ssize_t i = 1; mro != NULL && i < host_PyTuple_Size(mro); i++) {
        PyTypeObject *base = py2abi_map_get(&types_by_host, host_PyTuple_GetItem(mro, i));
        PyTypeObject *defined = base != NULL ? py2abi_type_defined(base) : NULL;
        if (defined != NULL
            && (found == NULL || defined->tp_basicsize > found->tp_basicsize)) {
            found = defined;
        }
    }
    host_XDECREF(mro);
    host_PyErr_Clear();
    return found;
}

/* tp_dealloc of instances of classes that Python 3 code derives from a binary's type: the
 * next one's that is not this, as 2.7's classes do. */
static void
derived_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object), *base = type;
    while (base->tp_dealloc == derived_dealloc) {
        base = base->tp_base;
    }
    base->tp_dealloc(object);
    Py_DECREF(type);
}

/* Such a class's instances are the guest's, as those of its base are. */
static void
become_derived(PyTypeObject *type, unsigned long host_flags)
{
    const PyTypeObject *base = type->tp_base;
    type->tp_flags &= ~(PY2ABI_TPFLAGS_MIRROR | (long)Py_TPFLAGS_HAVE_GC);
    type->tp_flags |= base->tp_flags & (Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_NEWBUFFER
                                        | Py_TPFLAGS_CHECKTYPES);
    type->tp_flags |= Py_TPFLAGS_HEAPTYPE | (long)(host_flags & Py_TPFLAGS_BASETYPE);
    type->tp_dealloc = derived_dealloc;
    /* The memory is Python's, whatever the base does for its own instances. */
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_free = PyType_IS_GC(type) ? PyObject_GC_Del : PyObject_Free;
    type->tp_new = base->tp_new;
    type->tp_traverse = base->tp_traverse;
    type->tp_clear = base->tp_clear;
    type->tp_is_gc = base->tp_is_gc;
    type->tp_weaklistoffset = base->tp_weaklistoffset;
    type->tp_dictoffset = base->tp_dictoffset;
    if (base->tp_as_buffer != NULL) {
        type->tp_as_buffer = base->tp_as_buffer;
    }
}

static int
fill_mirror(PyHeapTypeObject *heap, HostObject *host)
{
    PyTypeObject *type = &heap->ht_type;
    HostObject *base = py2abi_hosttype_attribute(host, "__base__");
    if (base == NULL) {
        return -1;
    }
    type->tp_base = base != HOST(_Py_NoneStruct) ? py2abi_type_mirror(base) : NULL;
    host_DECREF(base);
    if (type->tp_base == NULL) {
        return -1;
    }
    unsigned long flags = host_PyType_GetFlags((HostType *)host);
    type->tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_READY
                     | PY2ABI_TPFLAGS_MIRROR | PY2ABI_TPFLAGS_HOST
                     | (long)(flags & (COMMON_SUBCLASSES | HOST_FLAG_TYPE))
                     | (flags & HOST_LONG_SUBCLASS ? Py_TPFLAGS_INT_SUBCLASS : 0)
                     /* What can be derived from, and what a class statement made. */
                     | (long)(flags & (Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HEAPTYPE));
    type->tp_name = copy_name(host, flags);
    if (type->tp_name == NULL) {
        return -1;
    }
    PyTypeObject *defined = py2abi_type_defined(type->tp_base);
    if (defined == NULL) {
        defined = find_defined(host);
        if (defined != NULL) {
            /* The host's best base is another one, as proxies have no fields; the guest's
             * structure is this one's. */
            Py_INCREF(defined);
            Py_DECREF(type->tp_base);
            type->tp_base = defined;
        }
    }
    type->tp_basicsize = type->tp_base->tp_basicsize;
    type->tp_itemsize = type->tp_base->tp_itemsize;
    type->tp_dealloc = py2abi_instance_dealloc;
    type->tp_alloc = PyType_GenericAlloc;
    type->tp_free = PyObject_GC_Del;
    type->tp_as_number = &heap->as_number;
    type->tp_as_sequence = &heap->as_sequence;
    type->tp_as_mapping = &heap->as_mapping;
    type->tp_as_buffer = &heap->as_buffer;
    if (type->tp_flags & Py_TPFLAGS_BASE_EXC_SUBCLASS) {
        type->tp_traverse = py2abi_exception_traverse;
        type->tp_clear = py2abi_exception_clear;
    }
    if (defined != NULL) {
        become_derived(type, host_PyType_GetFlags((HostType *)host));
    }
    if ((type->tp_bases = mirror_types(host, "__bases__")) == NULL
        || (type->tp_mro = mirror_types(host, "__mro__")) == NULL) {
        return -1;
    }
    return py2abi_slots_fill(type, host);
}

/* The guest's view of a host type's metatype, borrowed: type, unless a binary has defined it
 * or one that it is derived from.  NULL with a host exception. */
static PyTypeObject *
metatype_of(HostObject *host)
{
    HostObject *metatype = py2abi_hostapi_type(host);
    PyTypeObject *known = py2abi_map_get(&types_by_host, metatype);
    if (metatype == (HostObject *)HOST(PyType_Type)
        || (known == NULL && find_defined(metatype) == NULL)) {
        return &PyType_Type;
    }
    known = py2abi_type_mirror(metatype);
    if (known != NULL) {
        Py_DECREF(known); /* The table has one, too. */
        known = py2abi_type_defined(known) != NULL ? known : &PyType_Type;
    }
    return known;
}

/* What a class of a binary's metatype has beside that: the binary reads its name and its
 * variables inline.  The variables are those that the class is made with and those that the
 * binary adds, which go on to the class.  Returns 0, or -1 with a host exception. */
static int
fill_class(PyHeapTypeObject *heap, HostObject *host)
{
    HostObject *names = py2abi_hosttype_attribute(host, "__dict__"), *all = NULL;
    PyTypeObject *type = &heap->ht_type;
    if (names != NULL && (all = host_PyDict_New()) != NULL && host_PyDict_Update(all, names) < 0) {
        host_DECREF(all);
        all = NULL;
    }
    host_XDECREF(names);
    const char *dot = strrchr(type->tp_name, '.');
    heap->ht_name = PyString_FromString(dot != NULL ? dot + 1 : type->tp_name);
    type->tp_dict = all != NULL ? py2abi_mirror_steal(all) : NULL;
    if (type->tp_dict == NULL || heap->ht_name == NULL) {
        return -1;
    }
    PY2ABI_HEAD(type->tp_dict)->is_namespace |= 1 | PY2ABI_OF_TYPE;
    PY2ABI_HEAD(type->tp_dict)->dict_of = type;
    return 0;
}

/* The guest's view of a host type: a new reference, or NULL with a host
 * exception. */
PyTypeObject *
py2abi_type_mirror(HostObject *host)
{
    PyTypeObject *type = py2abi_map_get(&types_by_host, host);
    if (type != NULL) {
        Py_INCREF(type);
        return type;
    }
    PyTypeObject *metatype = metatype_of(host);
    if (metatype == NULL) {
        return NULL;
    }
    /* Those of a binary's metatype have its fields behind. */
    PyHeapTypeObject *heap = calloc(1, metatype->tp_basicsize > (Py_ssize_t)sizeof *heap
                                           ? (size_t)metatype->tp_basicsize
                                           : sizeof *heap);
    if (heap == NULL) {
        host_PyErr_NoMemory();
        return NULL;
    }
    type = &heap->ht_type;
    Py_TYPE(type) = metatype;
    if (metatype->tp_flags & Py_TPFLAGS_HEAPTYPE) {
        Py_INCREF(metatype);
    }
    /* Known before it is complete: its own MRO begins with it.  The reference of
     * the table is the one that is returned; the table's is dropped below. */
    if (py2abi_type_link(type, host) < 0) {
        free(heap);
        return NULL;
    }
    if (fill_mirror(heap, host) < 0
        || (metatype != &PyType_Type && fill_class(heap, host) < 0)) {
        HostObject *error, *value, *traceback;
        host_PyErr_Fetch(&error, &value, &traceback);
        forget_host(host);
        py2abi_map_take(&hosts_by_type, type);
        host_DECREF(host);
        Py_XDECREF(type->tp_base);
        free((char *)(uintptr_t)type->tp_name);
        if (metatype->tp_flags & Py_TPFLAGS_HEAPTYPE) {
            Py_DECREF(metatype);
        }
        free(heap);
        host_PyErr_Restore(error, value, traceback);
        return NULL;
    }
    /* A class that came once comes again; and the mirrors of its MRO refer to it. */
    Py_INCREF(type);
    return type;
}

/* The host type of a guest type: a new reference, or NULL with a host exception
 * (NotImplementedError for a type that a binary defines). */
HostObject *
py2abi_type_host(PyTypeObject *type)
{
    HostObject *host = py2abi_map_get(&hosts_by_type, type);
    if (host == NULL && type == &PyLong_Type) {
        host = (HostObject *)HOST(PyLong_Type);
    }
    if (host == NULL) {
        return py2abi_proxy_type(type);
    }
    host_INCREF(host);
    return host;
}

/* Each mirror of a class; of those of binaries' metatypes, too, which have fields and cannot be
 * made anew, or not.  function must not make or free any. */
void
py2abi_type_each(int of_metatypes, void (*function)(PyObject *type, void *data), void *data)
{
    for (size_t i = 0; i < types_by_host.size; i++) {
        PyTypeObject *type = types_by_host.entries[i].value;
        if (types_by_host.entries[i].key != NULL && (type->tp_flags & PY2ABI_TPFLAGS_HOST)
            && (type->tp_flags & Py_TPFLAGS_HEAPTYPE)
            && (of_metatypes || Py_TYPE(type) == &PyType_Type)) {
            function((PyObject *)type, data);
        }
    }
}

/* A class that nobody has any more: nobody is to find its mirror from now on, which loses
 * what it has, and the table's reference to it. */
void
py2abi_type_forget(PyTypeObject *type)
{
    HostObject *host = py2abi_map_take(&hosts_by_type, type);
    PyObject *bases = type->tp_bases, *mro = type->tp_mro, *base = (PyObject *)type->tp_base;
    if (host == NULL) {
        return;
    }
    forget_host(host);
    type->tp_bases = type->tp_mro = NULL;
    type->tp_base = NULL;
    Py_XDECREF(bases);
    Py_XDECREF(mro);
    Py_XDECREF(base);
    host_DECREF(host);
    py2abi_release((PyObject *)type);
}

/* ---- Mirrors of instances ---- */

/* What inlined code has written to the mirror of an exception is the host's. */
static void
last_words(PyObject *exception)
{
    HostObject *type, *value, *traceback, *host = py2abi_link_host(exception);
    if (host == NULL || py2abi_finalizing()
        || !(Py_TYPE(exception)->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        return;
    }
    host_PyErr_Fetch(&type, &value, &traceback);
    py2abi_exception_push(exception, host);
    host_PyErr_Clear(); /* It has nobody to tell. */
    host_PyErr_Restore(type, value, traceback);
}

/* tp_dealloc of instances of host types: what inlined code reads of those that
 * are derived from values goes with them. */
void
py2abi_instance_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    if (type->tp_flags & PY2ABI_TPFLAGS_BARE) {
        py2abi_mirror_dealloc(object);
        Py_DECREF(type);
        return;
    }
    if (PyTuple_Check(object)) {
        for (Py_ssize_t i = 0; i < Py_SIZE(object); i++) {
            Py_XDECREF(PyTuple_GET_ITEM(object, i));
        }
    }
    else if (PyList_Check(object)) {
        py2abi_list_release(object);
    }
    else if (PyUnicode_Check(object)) {
        free(((PyUnicodeObject *)object)->str);
        Py_XDECREF(((PyUnicodeObject *)object)->defenc);
    }
    else if (py2abi_is_exception(object)) {
        last_words(object);
        py2abi_exception_clear(object);
    }
    if (!(type->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        /* Of a type that a binary derives. */
        PyObject_GC_UnTrack(object);
        py2abi_proxy_drop(object);
        type->tp_free(object);
        return;
    }
    py2abi_mirror_dealloc(object);
    if (type->tp_flags & PY2ABI_TPFLAGS_HOST) {
        Py_DECREF(type);
    }
}

static int
fill_tuple(PyObject *mirror, HostObject *host)
{
    for (Py_ssize_t i = 0; i < Py_SIZE(mirror); i++) {
        HostObject *item = host_PyTuple_GetItem(host, i);
        PyObject *guest = item != NULL ? py2abi_mirror(item) : NULL;
        if (guest == NULL) {
            return -1;
        }
        PyTuple_SET_ITEM(mirror, i, guest);
    }
    return 0;
}

static int
fill_unicode(PyUnicodeObject *mirror, HostObject *host)
{
    Py_ssize_t length = host_PyUnicode_GetLength(host);
    mirror->hash = -1;
    mirror->str = malloc(((size_t)length + 1) * sizeof *mirror->str);
    if (mirror->str == NULL) {
        host_PyErr_NoMemory();
        return -1;
    }
    mirror->length = length;
    return host_PyUnicode_AsUCS4(host, (uint32_t *)mirror->str, length + 1, 1) != NULL ? 0 : -1;
}

static int
fill_instance(PyObject *mirror, HostObject *host)
{
    if (PyTuple_Check(mirror)) {
        return fill_tuple(mirror, host);
    }
    if (PyUnicode_Check(mirror)) {
        return fill_unicode((PyUnicodeObject *)mirror, host);
    }
    if (PyString_Check(mirror)) {
        PyStringObject *string = (PyStringObject *)mirror;
        string->ob_shash = -1;
        memcpy(string->ob_sval, host_PyBytes_AsString(host), (size_t)Py_SIZE(mirror));
        return 0;
    }
    if (py2abi_is_exception(mirror)) {
        return py2abi_exception_fill(mirror, host);
    }
    if (PyInt_Check(mirror)) {
        int overflow;
        ((PyIntObject *)mirror)->ob_ival = host_PyLong_AsLongAndOverflow(host, &overflow);
        return 0;
    }
    if (PyType_IsSubtype(Py_TYPE(mirror), &PyFloat_Type)) {
        ((PyFloatObject *)mirror)->ob_fval = host_PyFloat_AsDouble(host);
        return 0;
    }
    if (PyType_IsSubtype(Py_TYPE(mirror), &PyComplex_Type)) {
        ((PyComplexObject *)mirror)->cval = (Py_complex){host_PyComplex_RealAsDouble(host),
                                                         host_PyComplex_ImagAsDouble(host)};
        return 0;
    }
    return py2abi_descr_fill(mirror, host) < 0 ? -1 : py2abi_container_refresh(mirror);
}

/* How many items an instance has behind its structure. */
static Py_ssize_t
count_items(const PyTypeObject *type, HostObject *host)
{
    if (type->tp_flags & Py_TPFLAGS_TUPLE_SUBCLASS) {
        return host_PyTuple_Size(host);
    }
    return type->tp_flags & Py_TPFLAGS_STRING_SUBCLASS ? host_PyBytes_Size(host) : 0;
}

/* Whether a class has object for its only built-in base, so that its instances are opaque.
 * Exceptions' types are mirrors down to that, but their instances are not. */
static int
is_bare(const PyTypeObject *type)
{
    if (type->tp_basicsize != PyBaseObject_Type.tp_basicsize
        || (type->tp_flags & (COMMON_SUBCLASSES | Py_TPFLAGS_TYPE_SUBCLASS))) {
        return 0;
    }
    while (type != NULL && (type->tp_flags & PY2ABI_TPFLAGS_HOST)) {
        type = type->tp_base;
    }
    return type == &PyBaseObject_Type;
}

/* The mirror of a host object that is no value and has no mirror.  Returns a new
 * reference, or NULL with a host exception. */
PyObject *
py2abi_type_mirror_instance(HostObject *object)
{
    HostObject *host_type = py2abi_hostapi_type(object);
    PyTypeObject *known = last_bare.host == host_type ? last_bare.type
                                                      : py2abi_map_get(&types_by_host, host_type);
    if (known != NULL && (known->tp_flags & PY2ABI_TPFLAGS_BARE)) {
        last_bare.host = host_type;
        last_bare.type = known;
        PyObject *bare = py2abi_mirror_new(known, object);
        if (bare != NULL) {
            Py_INCREF(known);
        }
        return bare;
    }
    if (host_PyType_GetFlags((HostType *)host_type) & HOST_FLAG_TYPE) {
        return (PyObject *)py2abi_type_mirror(object);
    }
    if (host_type == (HostObject *)HOST(PyCFunction_Type)) {
        return py2abi_function_mirror(object);
    }
    PyTypeObject *type = py2abi_type_mirror(host_type);
    if (type == NULL) {
        return NULL;
    }
    if (py2abi_type_defined(type) != NULL) {
        host_PyErr_SetString(*HOST(PyExc_ReferenceError),
                             "this object has nothing in Python 2 behind it");
        Py_DECREF(type);
        return NULL;
    }
    if (py2abi_structseq_is(type)) {
        Py_DECREF(type);
        return py2abi_structseq_mirror(type, object);
    }
    if (type->tp_call == PyCFunction_Call) {
        /* A kind of C function that 2.7 does not tell from the others: some methods. */
        Py_DECREF(type);
        return py2abi_function_mirror(object);
    }
    PyObject *mirror = py2abi_mirror_new_var(type, object, count_items(type, object));
    if (mirror == NULL || !(type->tp_flags & PY2ABI_TPFLAGS_HOST)) {
        Py_DECREF(type);
    }
    /* Otherwise the mirror has the reference to its type now. */
    if (mirror == NULL) {
        return NULL;
    }
    if (fill_instance(mirror, object) < 0) {
        if (host_PyErr_Occurred() == NULL) {
            py2abi_error_to_host();
        }
        Py_DECREF(mirror);
        return NULL;
    }
    py2abi_view_fill(type, mirror);
    if (is_bare(type)) {
        /* From the second one on there is nothing to look for. */
        type->tp_flags |= PY2ABI_TPFLAGS_BARE;
    }
    return mirror;
}

/* The guest's part of an object whose host part was made first, and which does not stand
 * alone: what inlined code reads of it.  Returns 0, or -1 with a guest exception. */
int
py2abi_instance_fill(PyObject *object, HostObject *host)
{
    if (py2abi_is_exception(object) && py2abi_exception_fill(object, host) < 0) {
        py2abi_error_to_guest();
        return -1;
    }
    if (PyAnySet_Check(object) && py2abi_set_refresh(object) < 0) {
        py2abi_error_to_guest();
        return -1;
    }
    if (PyModule_Check(object) && py2abi_module_fill(object, host) < 0) {
        py2abi_error_to_guest();
        return -1;
    }
    return 0;
}
