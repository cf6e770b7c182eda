/* attributes.c - attributes that the host has of what guests ask: its own, those that
 * Python 2 had under other names (attributes27.def), and those of types whose tables
 * nobody made ready. */

#include "config.h"
#include "attributes.h"
#include "exceptions.h"
#include "hostcall.h"
#include "proxy.h"
#include "slots.h"

#include <string.h>

/* attributes27.def has several tables; each is made with the others' rows empty. */
#define RENAMED27(name, host)
#define CALLED27(name, host, function)
#define COMPUTED27(name, function)
#define MODULE27(module, name, host_module, host)
#define TEXT27(name)
#define ERROR27(name)

static const char *const texts[] = {
#undef TEXT27
#define TEXT27(name) name,
#include "attributes27.def"
#undef TEXT27
#define TEXT27(name)
};

static const char *const error_texts[] = {
#undef ERROR27
#define ERROR27(name) name,
#include "attributes27.def"
#undef ERROR27
#define ERROR27(name)
};

#define COUNT(table) (sizeof table / sizeof table[0])

static int
is_among(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0) {
            return 1;
        }
    }
    return 0;
}

/* Whether a str that the host gives for a name is one in Python 2 too. */
int
py2abi_attribute_is_text(const char *name)
{
    return is_among(texts, COUNT(texts), name);
}

/* d.iteritems() of a mapping that has items(). */
static PyObject *
iterate(PyObject *object, const char *method)
{
    HostObject *host = py2abi_slots_first_host(object), *iterator = NULL;
    HostObject *items = host != NULL ? host_PyObject_GetAttrString(host, method) : NULL;
    HostObject *all = items != NULL ? host_PyObject_CallObject(items, NULL) : NULL;
    if (all != NULL) {
        iterator = host_PyObject_GetIter(all);
    }
    host_XDECREF(host);
    host_XDECREF(items);
    host_XDECREF(all);
    return py2abi_mirror_result(iterator);
}

/* d.viewitems(): what items() gives here is a list to the guest. */
static PyObject *
view(PyObject *object, const char *method)
{
    HostObject *host = py2abi_host(object, PY2ABI_AS_VALUE);
    HostObject *items = host != NULL ? host_PyObject_GetAttrString(host, method) : NULL;
    HostObject *result = items != NULL ? host_PyObject_CallObject(items, NULL) : NULL;
    host_XDECREF(host);
    host_XDECREF(items);
    return py2abi_mirror_result(result);
}

/* The functions below return a new reference, or NULL: with a guest exception, or
 * without one when they do not know the attribute either. */

static PyObject *
class_of_self(PyObject *object, HostObject *host)
{
    HostObject *self = host_PyObject_GetAttrString(host, "__self__");
    (void)object;
    if (self == NULL) {
        host_PyErr_Clear();
        return NULL;
    }
    HostObject *type = host_PyObject_Type(self);
    host_DECREF(self);
    return py2abi_mirror_result(type);
}

static PyObject *
message(PyObject *object, HostObject *host)
{
    (void)host;
    PyObject *text = py2abi_is_exception(object) ? ((PyBaseExceptionObject *)object)->message
                                                       : NULL;
    Py_XINCREF(text);
    return text;
}

#undef CALLED27
#define CALLED27(name, host, function)                                                            \
    static PyObject *call_##name(PyObject *self, PyObject *unused)                                \
    {                                                                                             \
        (void)unused;                                                                             \
        return function(self, #host);                                                             \
    }
#include "attributes27.def"
#undef CALLED27

static PyMethodDef called[] = {
#define CALLED27(name, host, function) {#name, call_##name, METH_NOARGS, NULL},
#include "attributes27.def"
#undef CALLED27
    {NULL, NULL, 0, NULL},
};

static const char *const called_of[] = {
#define CALLED27(name, host, function) #host,
#include "attributes27.def"
#undef CALLED27
#define CALLED27(name, host, function)
};

static const struct {
    const char *name, *host;
} renamed[] = {
#undef RENAMED27
#define RENAMED27(name, host) {name, host},
#include "attributes27.def"
#undef RENAMED27
#define RENAMED27(name, host)
};

static const struct {
    const char *name;
    PyObject *(*function)(PyObject *, HostObject *);
} computed[] = {
#undef COMPUTED27
#define COMPUTED27(name, function) {name, function},
#include "attributes27.def"
#undef COMPUTED27
#define COMPUTED27(name, function)
};

static const struct {
    const char *module, *name, *host_module, *host;
} in_modules[] = {
#undef MODULE27
#define MODULE27(module, name, host_module, host) {module, name, host_module, host},
#include "attributes27.def"
#undef MODULE27
};

/* A text of the host's, or a tuple of texts, whose str Python 2 has as str. */
static PyObject *
as_strings(HostObject *value, PyObject *(*convert)(HostObject *))
{
    if (py2abi_hostapi_type(value) != (HostObject *)HOST(PyTuple_Type)) {
        return convert(value);
    }
    Py_ssize_t count = host_PyTuple_Size(value);
    PyObject *tuple = PyTuple_New(count);
    for (Py_ssize_t i = 0; tuple != NULL && i < count; i++) {
        HostObject *item = host_PyTuple_GetItem(value, i);
        PyObject *string = py2abi_hostapi_type(item) == (HostObject *)HOST(PyUnicode_Type)
                               ? convert(item)
                               : py2abi_mirror(item);
        if (string == NULL) {
            Py_CLEAR(tuple);
        }
        else {
            PyTuple_SET_ITEM(tuple, i, string);
        }
    }
    return tuple;
}

/* What the host gave for an attribute, as a guest object. */
static PyObject *
attribute_result(PyObject *object, HostObject *value, const char *name)
{
    PyObject *(*convert)(HostObject *) = NULL;
    if (value == NULL) {
        return py2abi_failed();
    }
    const HostObject *type = py2abi_hostapi_type(value);
    if (type == (HostObject *)HOST(PyUnicode_Type) || type == (HostObject *)HOST(PyTuple_Type)) {
        convert = py2abi_attribute_is_text(name) ? py2abi_mirror_name
                  : py2abi_is_exception(object)
                          && is_among(error_texts, COUNT(error_texts), name)
                      ? py2abi_mirror_exception
                      : NULL;
    }
    if (convert == NULL && type == (HostObject *)HOST(PyDict_Type)
        && strcmp(name, "__dict__") == 0) {
        /* Its keys are attributes' names. */
        PyObject *dict = py2abi_mirror_names(value);
        host_DECREF(value);
        return py2abi_returned(dict != NULL ? 0 : -1) < 0 ? NULL : dict;
    }
    if (convert == NULL) {
        return py2abi_mirror_result(value);
    }
    PyObject *result = as_strings(value, convert);
    host_DECREF(value);
    return py2abi_returned(result != NULL ? 0 : -1) < 0 ? NULL : result;
}

static int
is_str(HostObject *object)
{
    return py2abi_hostapi_type(object) == (HostObject *)HOST(PyUnicode_Type);
}

/* A name that is in another module now, by the host's own list (_compat_pickle). */
static PyObject *
moved(const char *module, const char *name)
{
    HostObject *map = py2abi_hostcall_import("_compat_pickle", "NAME_MAPPING"), *found = NULL;
    HostObject *key = map != NULL ? host_PyTuple_New(2) : NULL;
    PyObject *result = NULL;
    if (key != NULL) {
        /* Which has Python 2's names of modules. */
        host_PyTuple_SetItem(key, 0, py2abi_host_name(strcmp(module, "builtins") == 0
                                                          ? "__builtin__"
                                                          : module));
        host_PyTuple_SetItem(key, 1, py2abi_host_name(name));
        found = host_PyDict_GetItemWithError(map, key);
    }
    if (found != NULL) {
        const char *where = host_PyUnicode_AsUTF8AndSize(host_PyTuple_GetItem(found, 0), NULL);
        const char *what = host_PyUnicode_AsUTF8AndSize(host_PyTuple_GetItem(found, 1), NULL);
        result = py2abi_mirror_result(py2abi_hostcall_import(where, what));
    }
    host_XDECREF(key);
    host_XDECREF(map);
    return result;
}

/* A name in a module that is called something else now. */
static PyObject *
in_module(HostObject *module, const char *name)
{
    HostObject *own = host_PyObject_GetAttrString(module, "__name__");
    const char *own_name = own != NULL && is_str(own) ? host_PyUnicode_AsUTF8AndSize(own, NULL)
                                                      : NULL;
    PyObject *result = NULL;
    for (size_t i = 0; own_name != NULL && i < COUNT(in_modules); i++) {
        if (strcmp(in_modules[i].module, own_name) == 0 && strcmp(in_modules[i].name, name) == 0) {
            HostObject *other = host_PyImport_ImportModule(in_modules[i].host_module);
            HostObject *value = other != NULL
                                    ? host_PyObject_GetAttrString(other, in_modules[i].host)
                                    : NULL;
            host_XDECREF(other);
            result = value != NULL && is_str(value) ? py2abi_slots_text_result(value)
                                                    : py2abi_mirror_result(value);
            break;
        }
    }
    if (result == NULL && own_name != NULL) {
        result = moved(own_name, name);
    }
    host_PyErr_Clear();
    host_XDECREF(own);
    return result;
}

/* An attribute that Python 2 had, by attributes27.def. */
static PyObject *
old_attribute(PyObject *object, HostObject *host, const char *name)
{
    for (size_t i = 0; i < COUNT(renamed); i++) {
        if (strcmp(renamed[i].name, name) == 0) {
            HostObject *value = host_PyObject_GetAttrString(host, renamed[i].host);
            if (value != NULL) {
                return attribute_result(object, value, name);
            }
            host_PyErr_Clear();
            return NULL;
        }
    }
    for (size_t i = 0; i < COUNT(called_of); i++) {
        if (strcmp(called[i].ml_name, name) == 0) {
            return host_PyObject_HasAttrString(host, called_of[i])
                       ? PyCFunction_NewEx(&called[i], object, NULL)
                       : NULL;
        }
    }
    for (size_t i = 0; i < COUNT(computed); i++) {
        if (strcmp(computed[i].name, name) == 0) {
            return computed[i].function(object, host);
        }
    }
    return PyModule_Check(object) ? in_module(host, name) : NULL;
}

/* An attribute of what stands for object on the host. */
PyObject *
py2abi_attribute_of_host(PyObject *object, PyObject *name, HostObject *(*get)(HostObject *, HostObject *))
{
    HostObject *host = py2abi_slots_first_host(object);
    HostObject *host_name = host != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    HostObject *value = host_name != NULL ? get(host, host_name) : NULL;
    PyObject *result = NULL;
    host_XDECREF(host_name);
    if (value == NULL && host != NULL
        && host_PyErr_ExceptionMatches(*HOST(PyExc_AttributeError))) {
        HostObject *type, *error, *traceback;
        host_PyErr_Fetch(&type, &error, &traceback);
        result = old_attribute(object, host, PyString_AS_STRING(name));
        if (result == NULL && PyErr_Occurred() == NULL) {
            host_PyErr_Restore(type, error, traceback);
            py2abi_error_to_guest();
        }
        else {
            host_XDECREF(type);
            host_XDECREF(error);
            host_XDECREF(traceback);
        }
    }
    else {
        result = attribute_result(object, value, PyString_AS_STRING(name));
    }
    host_XDECREF(host);
    return result;
}

static PyObject *
no_attribute(PyObject *object, PyObject *name)
{
    return PyErr_Format(PyExc_AttributeError, "'%.50s' object has no attribute '%.400s'",
                        Py_TYPE(object)->tp_name, PyString_AS_STRING(name));
}

static int
find_in_table(PyTypeObject *type, const char *name, struct py2abi_attribute_entry *entry)
{
    for (PyMethodDef *method = type->tp_methods; method != NULL && method->ml_name != NULL;
         method++) {
        if (strcmp(method->ml_name, name) == 0) {
            entry->method = method;
            return 1;
        }
    }
    for (PyMemberDef *member = type->tp_members; member != NULL && member->name != NULL;
         member++) {
        if (strcmp(member->name, name) == 0) {
            entry->member = member;
            return 1;
        }
    }
    for (PyGetSetDef *getset = type->tp_getset; getset != NULL && getset->name != NULL; getset++) {
        if (strcmp(getset->name, name) == 0) {
            entry->getset = getset;
            return 1;
        }
    }
    return 0;
}

/* The type whose tables have the name: this one or one that it is derived from, or
 * NULL. */
PyTypeObject *
py2abi_attribute_find(PyTypeObject *type, PyObject *name, struct py2abi_attribute_entry *entry)
{
    for (; type != NULL; type = type->tp_base) {
        if (!(type->tp_flags & PY2ABI_TPFLAGS_HOST) && type->tp_dict == NULL
            && find_in_table(type, PyString_AS_STRING(name), entry)) {
            return type;
        }
    }
    return NULL;
}

static PyObject *
bind(PyObject *object, const struct py2abi_attribute_entry *entry)
{
    if (entry->method != NULL) {
        PyObject *self = entry->method->ml_flags & METH_STATIC  ? NULL
                         : entry->method->ml_flags & METH_CLASS ? (PyObject *)Py_TYPE(object)
                                                                : object;
        return PyCFunction_NewEx(entry->method, self, NULL);
    }
    if (entry->member != NULL) {
        return PyMember_GetOne((const char *)object, entry->member);
    }
    if (entry->getset->get == NULL) {
        return PyErr_Format(PyExc_AttributeError,
                            "attribute '%.300s' of '%.100s' objects is not readable",
                            entry->getset->name, Py_TYPE(object)->tp_name);
    }
    return entry->getset->get(object, entry->getset->closure);
}

/* The same of the type: a descriptor. */
PyObject *
py2abi_attribute_describe(PyTypeObject *type, const struct py2abi_attribute_entry *entry)
{
    if (entry->method == NULL) {
        return entry->member != NULL ? PyDescr_NewMember(type, entry->member)
                                     : PyDescr_NewGetSet(type, entry->getset);
    }
    if (entry->method->ml_flags & METH_STATIC) {
        return PyCFunction_NewEx(entry->method, NULL, NULL);
    }
    return entry->method->ml_flags & METH_CLASS ? PyDescr_NewClassMethod(type, entry->method)
                                                : PyDescr_NewMethod(type, entry->method);
}

/* Attributes that every object of the guest's own has. */
static PyObject *
own_attribute(PyObject *object, const char *name)
{
    PyTypeObject *type = Py_TYPE(object);
    if (strcmp(name, "__class__") == 0) {
        Py_INCREF(type);
        return (PyObject *)type;
    }
    if (strcmp(name, "__doc__") == 0) {
        if (type->tp_doc != NULL) {
            return PyString_FromString(type->tp_doc);
        }
        Py_RETURN_NONE;
    }
    if (strcmp(name, "__dict__") == 0) {
        PyObject **slot = _PyObject_GetDictPtr(object);
        if (slot != NULL && *slot == NULL) {
            *slot = PyDict_New();
        }
        if (slot != NULL) {
            Py_XINCREF(*slot);
            return *slot;
        }
    }
    return NULL;
}

/* An attribute of an object that has a head and is the guest's own: what stands for it
 * has it, if anything can. */
static PyObject *
born_attribute(PyObject *object, PyObject *name)
{
    if (strcmp(PyString_AS_STRING(name), "__class__") == 0) {
        Py_INCREF(Py_TYPE(object));
        return (PyObject *)Py_TYPE(object);
    }
    PyObject *result = py2abi_attribute_of_host(object, name, host_PyObject_GetAttr);
    if (result == NULL && (PyErr_ExceptionMatches(PyExc_NotImplementedError)
                           || PyErr_ExceptionMatches(PyExc_AttributeError))) {
        /* What stands for it has another name. */
        PyErr_Clear();
        no_attribute(object, name);
    }
    return result;
}

/* An attribute that neither the object nor, as far as the guest knows, its type
 * has.  name is a str.  Returns a new reference, or NULL with a guest exception. */
PyObject *
py2abi_attribute_get(PyObject *object, PyObject *name)
{
    PyTypeObject *type = Py_TYPE(object);
    struct py2abi_attribute_entry entry = {NULL, NULL, NULL};
    if (!(type->tp_flags & PY2ABI_TPFLAGS_HOST)
        && py2abi_attribute_find(type, name, &entry) != NULL) {
        return bind(object, &entry);
    }
    /* The host has all of a mirror's; and a value's methods, and those of what is
     * not an object of a type of the guest's own. */
    if (py2abi_slots_is_host(object)) {
        PyObject *ours = type == &PyModule_Type && PyString_Check(name)
                             ? py2abi_builtin_function(object, PyString_AS_STRING(name))
                             : NULL;
        return ours != NULL ? ours
                            : py2abi_attribute_of_host(object, name, host_PyObject_GetAttr);
    }
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        return born_attribute(object, name);
    }
    PyObject *own = own_attribute(object, PyString_AS_STRING(name));
    if (own != NULL || PyErr_Occurred() != NULL) {
        return own;
    }
    int is_value = PyInt_CheckExact(object) || PyString_CheckExact(object)
                   || PyUnicode_CheckExact(object) || PyTuple_CheckExact(object)
                   || PyFloat_CheckExact(object) || PyLong_CheckExact(object)
                   || PyBool_Check(object) || PyComplex_CheckExact(object) || object == Py_None;
    PyObject *result = py2abi_attribute_of_host(object, name, is_value ? host_PyObject_GetAttr
                                                             : host_PyObject_GenericGetAttr);
    if (result == NULL
        && (PyErr_ExceptionMatches(is_value || py2abi_type_is_defined(type)
                                       ? PyExc_AttributeError
                                       : PyExc_NotImplementedError))) {
        PyErr_Clear();
        no_attribute(object, name);
    }
    return result;
}

/* The other way: store, or delete when value is NULL.  Returns 0, or -1 with a
 * guest exception. */
int
py2abi_attribute_set(PyObject *object, PyObject *name, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(object);
    struct py2abi_attribute_entry entry = {NULL, NULL, NULL};
    if (!(type->tp_flags & PY2ABI_TPFLAGS_HOST)
        && py2abi_attribute_find(type, name, &entry) != NULL) {
        if (entry.member != NULL) {
            return PyMember_SetOne((char *)object, entry.member, value);
        }
        if (entry.getset != NULL && entry.getset->set != NULL) {
            return entry.getset->set(object, value, entry.getset->closure);
        }
        if (entry.getset != NULL) {
            PyErr_Format(PyExc_AttributeError,
                         "attribute '%.300s' of '%.100s' objects is not writable",
                         entry.getset->name, type->tp_name);
            return -1;
        }
        PyErr_Format(PyExc_AttributeError, "'%.50s' object attribute '%.400s' is read-only",
                     type->tp_name, PyString_AS_STRING(name));
        return -1;
    }
    /* The host has the attributes of classes that Python 3 code derives, and of exceptions. */
    int derived = py2abi_slots_is_derived(object)
                  && (!py2abi_type_is_defined(type)
                      || py2abi_type_record(type)->native != &PyBaseObject_Type);
    if (!py2abi_slots_is_host(object) && !derived) {
        PyErr_Format(PyExc_AttributeError, "'%.100s' object has no attribute '%.200s'",
                     type->tp_name, PyString_AS_STRING(name));
        return -1;
    }
    enum py2abi_use use = py2abi_attribute_is_text(PyString_AS_STRING(name)) ? PY2ABI_AS_TEXT
                          : PyModule_Check(object) && py2abi_is_initialising()
                              ? PY2ABI_AS_CONSTANT
                              : PY2ABI_AS_VALUE;
    HostObject *host = py2abi_slots_first_host(object), *host_value = NULL;
    HostObject *host_name = host != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    int status = -1;
    if (host_name != NULL && (value == NULL || (host_value = py2abi_host(value, use)) != NULL)) {
        status = derived ? host_PyObject_GenericSetAttr(host, host_name, host_value)
                         : host_PyObject_SetAttr(host, host_name, host_value);
    }
    host_XDECREF(host);
    host_XDECREF(host_name);
    host_XDECREF(host_value);
    return (int)py2abi_returned(status);
}
