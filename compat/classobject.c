/* classobject.c - methods; classes of the old style, and their instances.
 *
 * The latter two are the guest's alone: Python 3 has nothing like them.  There a class is
 * an object of the type `classobj`, an instance one of the type `instance`, as in Python 2,
 * and what is asked of them comes here.  Python 3's classes are never of the old style. */

#include "config.h"
#include "containers.h"
#include "crossing.h"
#include "frames.h"
#include "hostcall.h"

#include <stddef.h>
#include <string.h>

/* ---- Methods ---- */

/* A method is the guest's until it crosses.  One without an object is only the
 * guest's: what crosses is its function. */
PyObject *
PyMethod_New(PyObject *function, PyObject *self, PyObject *class)
{
    PyMethodObject *method = (PyMethodObject *)py2abi_mirror_new(&PyMethod_Type, NULL);
    if (method == NULL) {
        return py2abi_failed();
    }
    Py_INCREF(function);
    method->im_func = function;
    Py_XINCREF(self);
    method->im_self = self;
    Py_XINCREF(class);
    method->im_class = class;
    return (PyObject *)method;
}

/* What stands on the host for a method that a binary made: the host's method, whose
 * mirror it becomes, or the function of one without an object.  A new reference, or
 * NULL with a host exception. */
HostObject *
py2abi_method_host(PyObject *object)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    HostObject *function = py2abi_host(method->im_func, PY2ABI_AS_VALUE), *host = NULL;
    if (method->im_self == NULL) {
        return function;
    }
    HostObject *self = function != NULL ? py2abi_host(method->im_self, PY2ABI_AS_VALUE) : NULL;
    if (self != NULL) {
        host = host_PyMethod_New(function, self);
    }
    host_XDECREF(function);
    host_XDECREF(self);
    if (host != NULL && py2abi_mirror_attach(object, host) < 0) {
        host_DECREF(host);
        return NULL;
    }
    return host;
}

/* Once: the host's methods do not change. */
int
py2abi_method_fill(PyObject *mirror, HostObject *host)
{
    PyMethodObject *method = (PyMethodObject *)mirror;
    if (method->im_func != NULL) {
        return 0;
    }
    HostObject *function = host_PyObject_GetAttrString(host, "__func__");
    HostObject *self = function != NULL ? host_PyObject_GetAttrString(host, "__self__") : NULL;
    HostObject *class = self != NULL ? py2abi_hostapi_type(self) : NULL;
    if (class != NULL) {
        /* A class method is bound to its class. */
        method->im_class = py2abi_mirror(class);
        method->im_self = method->im_class != NULL ? py2abi_mirror(self) : NULL;
        method->im_func = method->im_self != NULL ? py2abi_mirror(function) : NULL;
    }
    host_XDECREF(function);
    host_XDECREF(self);
    return method->im_func != NULL ? 0 : -1;
}

static PyMethodObject *
check(PyObject *object)
{
    if (!PyMethod_Check(object)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    return (PyMethodObject *)object;
}

PyObject *
PyMethod_Function(PyObject *object)
{
    const PyMethodObject *method = check(object);
    return method != NULL ? method->im_func : NULL;
}

PyObject *
PyMethod_Self(PyObject *object)
{
    const PyMethodObject *method = check(object);
    return method != NULL ? method->im_self : NULL;
}

PyObject *
PyMethod_Class(PyObject *object)
{
    const PyMethodObject *method = check(object);
    return method != NULL ? method->im_class : NULL;
}

/* There is no list of methods to be used again. */
int
PyMethod_ClearFreeList(void)
{
    return 0;
}

void
PyMethod_Fini(void)
{
}

static PyObject *
with_self(PyObject *self, PyObject *args)
{
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyObject *all = PyTuple_New(count + 1);
    if (all != NULL) {
        Py_INCREF(self);
        PyTuple_SET_ITEM(all, 0, self);
        for (Py_ssize_t i = 0; i < count; i++) {
            PyObject *item = PyTuple_GET_ITEM(args, i);
            Py_INCREF(item);
            PyTuple_SET_ITEM(all, i + 1, item);
        }
    }
    return all;
}

/* The name that a class or a function is reported with. */
static const char *
name_of(PyObject *object, PyObject **ret_kept)
{
    *ret_kept = PyObject_GetAttrString(object, "__name__");
    if (*ret_kept == NULL) {
        PyErr_Clear();
    }
    return *ret_kept != NULL && PyString_Check(*ret_kept) ? PyString_AS_STRING(*ret_kept) : "?";
}

/* A method without an object is called with one, of its class. */
static int
check_first(const PyMethodObject *method, PyObject *args)
{
    PyObject *first = PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : NULL;
    int is_so = first != NULL && method->im_class != NULL
                    ? PyObject_IsInstance(first, method->im_class)
                    : first != NULL;
    if (is_so != 0) {
        return is_so < 0 ? -1 : 0;
    }
    PyObject *function, *class = NULL, *given = NULL;
    const char *function_name = name_of(method->im_func, &function);
    const char *class_name = method->im_class != NULL ? name_of(method->im_class, &class) : "?";
    PyObject *own = first == NULL              ? NULL
                    : PyInstance_Check(first) ? (PyObject *)((PyInstanceObject *)first)->in_class
                                              : (PyObject *)Py_TYPE(first);
    const char *given_name = own != NULL ? name_of(own, &given) : "nothing";
    PyErr_Format(PyExc_TypeError,
                 "unbound method %s%s must be called with %s instance as first argument "
                 "(got %s%s instead)", function_name, "()", class_name, given_name,
                 first != NULL ? " instance" : "");
    Py_XDECREF(function);
    Py_XDECREF(class);
    Py_XDECREF(given);
    return -1;
}

static PyObject *
call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    if (PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_call_host(object, args, kwargs);
    }
    if (method->im_self == NULL) {
        return check_first(method, args) < 0 ? NULL : PyObject_Call(method->im_func, args, kwargs);
    }
    PyObject *all = with_self(method->im_self, args);
    PyObject *result = all != NULL ? PyObject_Call(method->im_func, all, kwargs) : NULL;
    Py_XDECREF(all);
    return result;
}

static PyObject *
repr(PyObject *object)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    PyObject *function, *class = NULL, *self, *text;
    const char *function_name = name_of(method->im_func, &function);
    const char *class_name = method->im_class != NULL ? name_of(method->im_class, &class) : "?";
    if (method->im_self == NULL) {
        text = PyString_FromFormat("<unbound method %s.%s>", class_name, function_name);
    }
    else {
        self = PyObject_Repr(method->im_self);
        text = self != NULL ? PyString_FromFormat("<bound method %s.%s of %s>", class_name,
                                                  function_name, PyString_AS_STRING(self))
                            : NULL;
        Py_XDECREF(self);
    }
    Py_XDECREF(function);
    Py_XDECREF(class);
    return text;
}

/* A method without an object becomes one of an object of its class. */
static PyObject *
method_get(PyObject *object, PyObject *instance, PyObject *class)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    int is_so = method->im_self == NULL && instance != NULL;
    if (is_so && method->im_class != NULL && class != method->im_class) {
        is_so = class != NULL ? PyObject_IsSubclass(class, method->im_class)
                              : PyObject_IsInstance(instance, method->im_class);
    }
    if (is_so < 0) {
        return NULL;
    }
    if (is_so == 0) {
        Py_INCREF(object);
        return object;
    }
    return PyMethod_New(method->im_func, instance, class);
}

static void
dealloc(PyObject *object)
{
    PyMethodObject *method = (PyMethodObject *)object;
    Py_XDECREF(method->im_func);
    Py_XDECREF(method->im_self);
    Py_XDECREF(method->im_class);
    py2abi_mirror_dealloc(object);
}

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyMethodObject *method = (PyMethodObject *)object;
    Py_VISIT(method->im_func);
    Py_VISIT(method->im_self);
    Py_VISIT(method->im_class);
    return 0;
}

static PyGetSetDef getset[] = {
    PY2ABI_FIELD("im_func", object, PyMethodObject, im_func),
    PY2ABI_FIELD("im_self", object, PyMethodObject, im_self),
    PY2ABI_FIELD("im_class", object, PyMethodObject, im_class),
    PY2ABI_FIELD("__func__", object, PyMethodObject, im_func),
    PY2ABI_FIELD("__self__", object, PyMethodObject, im_self),
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject PyMethod_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "instancemethod",
    .tp_basicsize = sizeof(PyMethodObject),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_call = call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR
                | PY2ABI_TPFLAGS_FIELDS,
    .tp_traverse = traverse,
    .tp_getset = getset,
    .tp_descr_get = method_get,
};

/* ---- Classes ---- */

static PyClassObject *
class_of(PyObject *object)
{
    return (PyClassObject *)object;
}

static PyInstanceObject *
instance_of(PyObject *object)
{
    return (PyInstanceObject *)object;
}

/* The dictionary of a class or of an instance: its keys are names. */
static PyObject *
own_namespace(PyObject *dict)
{
    if (Py_TYPE(dict)->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        PY2ABI_HEAD(dict)->is_namespace |= 1 | PY2ABI_OF_CLASS;
    }
    Py_INCREF(dict);
    return dict;
}

/* What a class or one of its bases has, depth first, from left to right: a new reference, or NULL
 * without an exception. */
static PyObject *
class_lookup(PyObject *class, PyObject *name)
{
    PyObject *found = py2abi_dict_fetch(class_of(class)->cl_dict, name);
    PyObject *bases = class_of(class)->cl_bases;
    for (Py_ssize_t i = 0; found == NULL && i < PyTuple_GET_SIZE(bases); i++) {
        found = class_lookup(PyTuple_GET_ITEM(bases, i), name);
    }
    return found;
}

/* What class_lookup found (taken over, NULL passes), for an instance or for the class alone
 * (instance NULL). */
static PyObject *
bind(PyObject *found, PyObject *instance, PyObject *class)
{
    PyObject *bound = NULL;
    if (found == NULL) {
        return NULL;
    }
    descrgetfunc get = PyType_HasFeature(Py_TYPE(found), Py_TPFLAGS_HAVE_CLASS)
                           ? Py_TYPE(found)->tp_descr_get
                           : NULL;
    if (PyFunction_Check(found)) {
        /* The host's functions are not bound by a class alone. */
        bound = PyMethod_New(found, instance, class);
    }
    else if (get != NULL) {
        bound = get(found, instance, class);
    }
    else {
        return found;
    }
    Py_DECREF(found);
    return bound;
}

/* The three hooks of a class's instances.  The fields have those that the class defines itself
 * as a binary's own callable, for whoever reads them inline; what counts is what the dictionaries
 * have. */
static const struct hook {
    const char *name;
    size_t offset;
} hooks[] = {
    {"__getattr__", offsetof(PyClassObject, cl_getattr)},
    {"__setattr__", offsetof(PyClassObject, cl_setattr)},
    {"__delattr__", offsetof(PyClassObject, cl_delattr)},
};
enum { GET_HOOK, SET_HOOK, DELETE_HOOK, HOOKS };

static void
set_hook(PyObject *class, int which, PyObject *value)
{
    PyObject **place = (PyObject **)(void *)((char *)class + hooks[which].offset), *old = *place;
    *place = value != NULL && !PyFunction_Check(value) ? value : NULL;
    Py_XINCREF(*place);
    Py_XDECREF(old);
}

/* The hook's name, borrowed, or NULL without an exception. */
static PyObject *
hook_name(int which)
{
    static PyObject *names[HOOKS];
    if (names[which] == NULL) {
        names[which] = PyString_InternFromString(hooks[which].name);
        if (names[which] == NULL) {
            PyErr_Clear();
        }
    }
    return names[which];
}

/* The hook of an instance's class or of one of its bases: a new reference, or NULL without an
 * exception. */
static PyObject *
find_hook(PyObject *instance, int which)
{
    PyObject *name = hook_name(which);
    return name != NULL ? class_lookup((PyObject *)instance_of(instance)->in_class, name) : NULL;
}

/* A class has another dictionary. */
static void
take_hooks(PyObject *class)
{
    for (int i = 0; i < HOOKS; i++) {
        PyObject *name = hook_name(i);
        PyObject *hook = name != NULL ? py2abi_dict_fetch(class_of(class)->cl_dict, name) : NULL;
        set_hook(class, i, hook);
        Py_XDECREF(hook);
    }
}

/* The class that a class statement of the new style makes: the bases' metatype does.  The host's
 * wants the name as text. */
static PyObject *
make_new_style(PyObject *metatype, PyObject *bases, PyObject *dict, PyObject *name)
{
    if (metatype != (PyObject *)&PyType_Type) {
        return PyObject_CallFunctionObjArgs(metatype, name, bases, dict, NULL);
    }
    PyObject *variables = own_namespace(dict);
    HostObject *host_metatype = py2abi_host(metatype, PY2ABI_AS_VALUE);
    PyObject *made = py2abi_mirror_result(py2abi_hostcall(
        host_metatype, 3, py2abi_host_text(name, PY2ABI_AS_NAME),
        py2abi_host(bases, PY2ABI_AS_VALUE), py2abi_host(dict, PY2ABI_AS_VALUE)));
    Py_DECREF(variables);
    return made;
}

/* A name that Python 3 may have given, as a str: a new reference, or NULL with an exception.  What
 * is no text stays what it is. */
static PyObject *
as_name(PyObject *name)
{
    if (PyUnicode_Check(name)) {
        return PyUnicode_AsUTF8String(name);
    }
    Py_INCREF(name);
    return name;
}

/* Give a class's variables what each class has.  Returns 0, or -1 with an exception. */
static int
complete_variables(PyObject *dict)
{
    if (PyDict_GetItemString(dict, "__doc__") == NULL
        && PyDict_SetItemString(dict, "__doc__", Py_None) < 0) {
        return -1;
    }
    if (PyDict_GetItemString(dict, "__module__") != NULL) {
        return 0;
    }
    PyObject *globals = PyEval_GetGlobals();
    PyObject *module = globals != NULL ? PyDict_GetItemString(globals, "__name__") : NULL;
    if (module == NULL) {
        return 0;
    }
    module = as_name(module);
    int status = module != NULL ? PyDict_SetItemString(dict, "__module__", module) : -1;
    Py_XDECREF(module);
    return status;
}

/* A class with these bases (NULL: none) and variables, of the old style unless a base is of
 * the new one, whose metatype makes it then. */
PyObject *
PyClass_New(PyObject *bases, PyObject *dict, PyObject *name)
{
    if (name == NULL || !PyString_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "PyClass_New: name must be a string");
        return NULL;
    }
    if (dict == NULL || !PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "PyClass_New: dict must be a dictionary");
        return NULL;
    }
    if (bases != NULL && !PyTuple_Check(bases)) {
        PyErr_SetString(PyExc_TypeError, "PyClass_New: bases must be a tuple");
        return NULL;
    }
    PyObject *variables = own_namespace(dict);
    if (complete_variables(dict) < 0) {
        Py_DECREF(variables);
        return NULL;
    }
    for (Py_ssize_t i = 0; bases != NULL && i < PyTuple_GET_SIZE(bases); i++) {
        PyObject *base = PyTuple_GET_ITEM(bases, i);
        if (!PyClass_Check(base)) {
            Py_DECREF(variables);
            if (PyCallable_Check((PyObject *)Py_TYPE(base))) {
                return make_new_style((PyObject *)Py_TYPE(base), bases, dict, name);
            }
            PyErr_SetString(PyExc_TypeError, "PyClass_New: base must be a class");
            return NULL;
        }
    }
    PyObject *all_bases = bases;
    if (bases == NULL) {
        all_bases = PyTuple_New(0);
    }
    else {
        Py_INCREF(bases);
    }
    PyClassObject *class = all_bases != NULL ? PyObject_GC_New(PyClassObject, &PyClass_Type)
                                             : NULL;
    if (class == NULL) {
        Py_XDECREF(all_bases);
        Py_DECREF(variables);
        return NULL;
    }
    Py_INCREF(name);
    class->cl_bases = all_bases;
    class->cl_dict = variables;
    class->cl_name = name;
    class->cl_getattr = class->cl_setattr = class->cl_delattr = class->cl_weakreflist = NULL;
    PyObject_GC_Track(class);
    take_hooks((PyObject *)class);
    return (PyObject *)class;
}

static PyObject *
class_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {(char *)"name", (char *)"bases", (char *)"dict", NULL};
    PyObject *name, *bases, *dict;
    (void)type; /* none is derived from it */
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OOO", names, &name, &bases, &dict)) {
        return NULL;
    }
    name = as_name(name);
    PyObject *made = name != NULL ? PyClass_New(bases, dict, name) : NULL;
    Py_XDECREF(name);
    return made;
}

static void
class_dealloc(PyObject *object)
{
    PyClassObject *class = class_of(object);
    PyObject_GC_UnTrack(object);
    if (class->cl_weakreflist != NULL) {
        PyObject_ClearWeakRefs(object);
    }
    Py_XDECREF(class->cl_bases);
    Py_XDECREF(class->cl_dict);
    Py_XDECREF(class->cl_name);
    for (int i = 0; i < HOOKS; i++) {
        set_hook(object, i, NULL);
    }
    PyObject_GC_Del(object);
}

static int
class_traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyClassObject *class = class_of(object);
    Py_VISIT(class->cl_bases);
    Py_VISIT(class->cl_dict);
    Py_VISIT(class->cl_name);
    Py_VISIT(class->cl_getattr);
    Py_VISIT(class->cl_setattr);
    Py_VISIT(class->cl_delattr);
    return 0;
}

static int
is_named(PyObject *name, const char *text)
{
    return strcmp(PyString_AS_STRING(name), text) == 0;
}

static PyObject *
missing_in_class(PyObject *class, PyObject *name)
{
    return PyErr_Format(PyExc_AttributeError, "class %.50s has no attribute '%.400s'",
                        PyString_AS_STRING(class_of(class)->cl_name), PyString_AS_STRING(name));
}

static PyObject *
class_getattr(PyObject *class, PyObject *name)
{
    if (!PyString_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "attribute name must be a string");
        return NULL;
    }
    PyObject *found = is_named(name, "__dict__")    ? class_of(class)->cl_dict
                      : is_named(name, "__bases__") ? class_of(class)->cl_bases
                      : is_named(name, "__name__")  ? class_of(class)->cl_name
                                                    : NULL;
    if (found != NULL) {
        Py_INCREF(found);
        return found;
    }
    found = class_lookup(class, name);
    return found != NULL ? bind(found, NULL, class) : missing_in_class(class, name);
}

static int
refuse_value(const char *sentence)
{
    PyErr_SetString(PyExc_TypeError, sentence);
    return -1;
}

static int
set_class_dict(PyObject *class, PyObject *dict)
{
    if (dict == NULL || !PyDict_Check(dict)) {
        return refuse_value("__dict__ must be a dictionary object");
    }
    Py_SETREF(class_of(class)->cl_dict, own_namespace(dict));
    take_hooks(class);
    return 0;
}

static int
set_class_bases(PyObject *class, PyObject *bases)
{
    if (bases == NULL || !PyTuple_Check(bases)) {
        return refuse_value("__bases__ must be a tuple object");
    }
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        if (!PyClass_Check(PyTuple_GET_ITEM(bases, i))) {
            return refuse_value("__bases__ items must be classes");
        }
        if (PyClass_IsSubclass(PyTuple_GET_ITEM(bases, i), class)) {
            return refuse_value("a __bases__ item causes an inheritance cycle");
        }
    }
    Py_INCREF(bases);
    Py_SETREF(class_of(class)->cl_bases, bases);
    return 0;
}

static int
set_class_name(PyObject *class, PyObject *name)
{
    if (name == NULL || !PyString_Check(name)) {
        return refuse_value("__name__ must be a string object");
    }
    if (strlen(PyString_AS_STRING(name)) != (size_t)PyString_GET_SIZE(name)) {
        return refuse_value("__name__ must not contain null bytes");
    }
    Py_INCREF(name);
    Py_SETREF(class_of(class)->cl_name, name);
    return 0;
}

static int
class_setattr(PyObject *class, PyObject *name, PyObject *value)
{
    if (!PyString_Check(name)) {
        return refuse_value("attribute name must be a string");
    }
    if (is_named(name, "__dict__")) {
        return set_class_dict(class, value);
    }
    if (is_named(name, "__bases__")) {
        return set_class_bases(class, value);
    }
    if (is_named(name, "__name__")) {
        PyObject *text = value != NULL ? as_name(value) : NULL;
        int status = text != NULL || value == NULL ? set_class_name(class, text) : -1;
        Py_XDECREF(text);
        return status;
    }
    for (int i = 0; i < HOOKS; i++) {
        if (is_named(name, hooks[i].name)) {
            set_hook(class, i, value);
        }
    }
    if (value != NULL) {
        return PyDict_SetItem(class_of(class)->cl_dict, name, value);
    }
    if (PyDict_DelItem(class_of(class)->cl_dict, name) < 0) {
        missing_in_class(class, name);
        return -1;
    }
    return 0;
}

/* The name of the module of a class, a new reference; or NULL without an exception. */
static PyObject *
module_of(PyObject *class)
{
    PyObject *module = PyDict_GetItemString(class_of(class)->cl_dict, "__module__");
    module = module != NULL ? as_name(module) : NULL;
    if (module == NULL) {
        PyErr_Clear();
    }
    else if (!PyString_Check(module)) {
        Py_CLEAR(module);
    }
    return module;
}

/* What is shown of a class or of an instance: where it is, with these words. */
static PyObject *
describe(const char *before, PyObject *class, const char *behind, void *address)
{
    PyObject *module = module_of(class);
    PyObject *text = PyString_FromFormat("<%s%s.%s%s at %p>", before,
                                         module != NULL ? PyString_AS_STRING(module) : "?",
                                         PyString_AS_STRING(class_of(class)->cl_name), behind,
                                         address);
    Py_XDECREF(module);
    return text;
}

static PyObject *
class_repr(PyObject *class)
{
    return describe("class ", class, "", class);
}

static PyObject *
class_str(PyObject *class)
{
    PyObject *module = module_of(class), *name = class_of(class)->cl_name;
    if (module == NULL) {
        Py_INCREF(name);
        return name;
    }
    PyObject *text = PyString_FromFormat("%s.%s", PyString_AS_STRING(module),
                                         PyString_AS_STRING(name));
    Py_DECREF(module);
    return text;
}

static long
class_hash(PyObject *class)
{
    return _Py_HashPointer(class);
}

PyTypeObject PyClass_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "classobj",
    .tp_basicsize = sizeof(PyClassObject),
    .tp_dealloc = class_dealloc,
    .tp_repr = class_repr,
    .tp_hash = class_hash,
    .tp_call = PyInstance_New,
    .tp_str = class_str,
    .tp_getattro = class_getattr,
    .tp_setattro = class_setattr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_doc = "classobj(name, bases, dict)\n\nA class of the old style.",
    .tp_traverse = class_traverse,
    .tp_weaklistoffset = offsetof(PyClassObject, cl_weakreflist),
    .tp_base = &PyBaseObject_Type,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = class_new,
    .tp_free = PyObject_GC_Del,
};

/* Whether a class is another or derived from it, or from one of a tuple. */
int
PyClass_IsSubclass(PyObject *class, PyObject *base)
{
    if (class == base) {
        return 1;
    }
    if (PyTuple_Check(base)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(base); i++) {
            if (PyClass_IsSubclass(class, PyTuple_GET_ITEM(base, i))) {
                return 1;
            }
        }
        return 0;
    }
    if (class == NULL || !PyClass_Check(class)) {
        return class != NULL && PyType_Check(class) && PyType_Check(base)
               && PyType_IsSubtype((PyTypeObject *)class, (PyTypeObject *)base);
    }
    PyObject *bases = class_of(class)->cl_bases;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(bases); i++) {
        if (PyClass_IsSubclass(PyTuple_GET_ITEM(bases, i), base)) {
            return 1;
        }
    }
    return 0;
}

/* ---- Making instances ---- */

/* The same for a class of Python 3's, where all are of the new style. */
static PyObject *
new_style_instance(PyObject *class, PyObject *dict)
{
    HostObject *host_class = py2abi_host(class, PY2ABI_AS_VALUE), *made = NULL;
    if (host_class != NULL) {
        host_INCREF(host_class);
        made = py2abi_hostcall_method((HostObject *)HOST(PyBaseObject_Type), "__new__", 1,
                                      host_class);
    }
    if (made != NULL && dict != NULL) {
        PyObject *variables = own_namespace(dict);
        HostObject *own = host_PyObject_GetAttrString(made, "__dict__");
        HostObject *none = py2abi_hostcall_method(own, "update", 1,
                                                  py2abi_host(dict, PY2ABI_AS_VALUE));
        host_XDECREF(own);
        if (none == NULL) {
            host_DECREF(made);
            made = NULL;
        }
        host_XDECREF(none);
        Py_DECREF(variables);
    }
    host_XDECREF(host_class);
    return py2abi_mirror_result(made);
}

/* An instance of a class whose __init__ is not called, with these attributes (NULL:
 * none).  Of a class of Python 3's it is a copy of these. */
PyObject *
PyInstance_NewRaw(PyObject *class, PyObject *dict)
{
    int is_old = PyClass_Check(class);
    if ((!is_old && !PyType_Check(class)) || (dict != NULL && !PyDict_Check(dict))) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!is_old) {
        return new_style_instance(class, dict);
    }
    PyObject *variables = dict != NULL ? dict : PyDict_New();
    PyInstanceObject *instance = variables != NULL
                                     ? PyObject_GC_New(PyInstanceObject, &PyInstance_Type)
                                     : NULL;
    if (instance != NULL) {
        Py_INCREF(class);
        instance->in_class = class_of(class);
        instance->in_dict = own_namespace(variables);
        instance->in_weakreflist = NULL;
        PyObject_GC_Track(instance);
    }
    if (dict == NULL) {
        Py_XDECREF(variables);
    }
    return (PyObject *)instance;
}

/* What an instance has itself or by its class, the latter bound: a new reference, or NULL,
 * without an exception if there is none. */
static PyObject *
look_up(PyObject *instance, PyObject *name)
{
    PyObject *found = py2abi_dict_fetch(instance_of(instance)->in_dict, name);
    PyObject *class = (PyObject *)instance_of(instance)->in_class;
    return found != NULL ? found : bind(class_lookup(class, name), instance, class);
}

static PyObject *
look_up_text(PyObject *instance, const char *name)
{
    PyObject *string = PyString_InternFromString(name);
    PyObject *found = string != NULL ? look_up(instance, string) : NULL;
    Py_XDECREF(string);
    return found;
}

/* The same with a call of __init__. */
PyObject *
PyInstance_New(PyObject *class, PyObject *args, PyObject *kwargs)
{
    if (!PyClass_Check(class)) {
        if (!PyType_Check(class)) {
            PyErr_BadInternalCall();
            return NULL;
        }
        PyObject *none = args == NULL ? PyTuple_New(0) : NULL, *result = NULL;
        if (args != NULL || none != NULL) {
            result = PyObject_Call(class, args != NULL ? args : none, kwargs);
        }
        Py_XDECREF(none);
        return result;
    }
    PyObject *instance = PyInstance_NewRaw(class, NULL);
    if (instance == NULL) {
        return NULL;
    }
    PyObject *init = look_up_text(instance, "__init__"), *result = NULL;
    if (init != NULL) {
        result = PyEval_CallObjectWithKeywords(init, args, kwargs);
        Py_DECREF(init);
        if (result != NULL && result != Py_None) {
            PyErr_SetString(PyExc_TypeError, "__init__() should return None");
            Py_CLEAR(result);
        }
    }
    else if (PyErr_Occurred() == NULL) {
        if ((args != NULL && (!PyTuple_Check(args) || PyTuple_Size(args) != 0))
            || (kwargs != NULL && (!PyDict_Check(kwargs) || PyDict_Size(kwargs) != 0))) {
            PyErr_SetString(PyExc_TypeError, "this constructor takes no arguments");
        }
        else {
            Py_INCREF(Py_None);
            result = Py_None;
        }
    }
    if (result == NULL) {
        Py_CLEAR(instance);
    }
    Py_XDECREF(result);
    return instance;
}

static PyObject *
instance_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *class, *dict = Py_None;
    (void)type; /* none is derived from it */
    if (!_PyArg_NoKeywords("instance()", kwargs)
        || !PyArg_ParseTuple(args, "O!|O:instance", &PyClass_Type, &class, &dict)) {
        return NULL;
    }
    if (dict != Py_None && !PyDict_Check(dict)) {
        PyErr_SetString(PyExc_TypeError, "instance() second arg must be dictionary or None");
        return NULL;
    }
    return PyInstance_NewRaw(class, dict != Py_None ? dict : NULL);
}

/* Call __del__, which may make the instance live on.  In a frame of its own: what its exception
 * holds goes before that is looked at. */
static void
call_del(PyObject *instance)
{
    struct py2abi_frame frame;
    if (py2abi_frame_enter(&frame, py2abi_frame_guest(), NULL, NULL) < 0) {
        host_PyErr_Clear();
        return;
    }
    PyObject *del = look_up_text(instance, "__del__");
    if (del != NULL) {
        PyObject *result = PyEval_CallObject(del, NULL);
        if (result == NULL) {
            PyErr_WriteUnraisable(del);
        }
        Py_XDECREF(result);
        Py_DECREF(del);
    }
    PyErr_Clear();
    py2abi_frame_leave(&frame);
}

static void
instance_dealloc(PyObject *object)
{
    PyInstanceObject *instance = instance_of(object);
    PyObject_GC_UnTrack(object);
    if (instance->in_weakreflist != NULL) {
        PyObject_ClearWeakRefs(object);
    }
    Py_REFCNT(object) = 1;
    if (instance->in_class != NULL && instance->in_dict != NULL) {
        call_del(object);
    }
    if (--Py_REFCNT(object) > 0) {
        PyObject_GC_Track(object);
        return;
    }
    PyObject_GC_Track(object); /* as PyObject_GC_Del is used to it */
    PyObject_GC_UnTrack(object);
    Py_XDECREF(instance->in_class);
    Py_XDECREF(instance->in_dict);
    PyObject_GC_Del(object);
}

static int
instance_traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyInstanceObject *instance = instance_of(object);
    Py_VISIT(instance->in_class);
    Py_VISIT(instance->in_dict);
    return 0;
}

/* ---- Attributes of instances ---- */

static PyObject *
missing_in_instance(PyObject *instance, PyObject *name)
{
    return PyErr_Format(PyExc_AttributeError, "%.50s instance has no attribute '%.400s'",
                        PyString_AS_STRING(instance_of(instance)->in_class->cl_name),
                        PyString_AS_STRING(name));
}

/* Call a hook with a name, which is text for a function of Python 3's. */
static PyObject *
call_hook(PyObject *hook, PyObject *instance, PyObject *name, PyObject *value)
{
    PyObject *text = name, *result;
    if (PyFunction_Check(hook)) {
        text = PyUnicode_DecodeUTF8(PyString_AS_STRING(name), PyString_GET_SIZE(name), "replace");
    }
    else {
        Py_INCREF(text);
    }
    result = text != NULL ? PyObject_CallFunctionObjArgs(hook, instance, text, value, NULL) : NULL;
    Py_XDECREF(text);
    return result;
}

static PyObject *
instance_getattr(PyObject *instance, PyObject *name)
{
    if (!PyString_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "attribute name must be a string");
        return NULL;
    }
    PyObject *found = NULL;
    if (is_named(name, "__dict__")) {
        found = instance_of(instance)->in_dict;
    }
    else if (is_named(name, "__class__")) {
        found = (PyObject *)instance_of(instance)->in_class;
    }
    if (found != NULL) {
        Py_INCREF(found);
        return found;
    }
    found = look_up(instance, name);
    if (found != NULL || (PyErr_Occurred() != NULL
                          && !PyErr_ExceptionMatches(PyExc_AttributeError))) {
        return found;
    }
    PyObject *hook = find_hook(instance, GET_HOOK);
    if (hook != NULL) {
        PyErr_Clear();
        found = call_hook(hook, instance, name, NULL);
        Py_DECREF(hook);
        return found;
    }
    return PyErr_Occurred() == NULL ? missing_in_instance(instance, name) : NULL;
}

/* An attribute by its name, or NULL; if it is only missing, without an exception. */
static PyObject *
method_of(PyObject *instance, const char *name)
{
    PyObject *string = PyString_InternFromString(name);
    PyObject *found = string != NULL ? instance_getattr(instance, string) : NULL;
    Py_XDECREF(string);
    if (found == NULL && PyErr_ExceptionMatches(PyExc_AttributeError)) {
        PyErr_Clear();
    }
    return found;
}

/* The same where it has to be there. */
static PyObject *
need_method(PyObject *instance, const char *name)
{
    PyObject *string = PyString_InternFromString(name);
    PyObject *found = string != NULL ? instance_getattr(instance, string) : NULL;
    Py_XDECREF(string);
    return found;
}

static int
instance_setattr(PyObject *instance, PyObject *name, PyObject *value)
{
    if (!PyString_Check(name)) {
        return refuse_value("attribute name must be a string");
    }
    if (is_named(name, "__dict__")) {
        if (value == NULL || !PyDict_Check(value)) {
            return refuse_value("__dict__ must be set to a dictionary");
        }
        Py_SETREF(instance_of(instance)->in_dict, own_namespace(value));
        return 0;
    }
    if (is_named(name, "__class__")) {
        if (value == NULL || !PyClass_Check(value)) {
            return refuse_value("__class__ must be set to a class");
        }
        Py_INCREF(value);
        Py_SETREF(instance_of(instance)->in_class, class_of(value));
        return 0;
    }
    PyObject *hook = find_hook(instance, value != NULL ? SET_HOOK : DELETE_HOOK);
    if (hook != NULL) {
        PyObject *result = call_hook(hook, instance, name, value);
        Py_DECREF(hook);
        Py_XDECREF(result);
        return result != NULL ? 0 : -1;
    }
    if (value != NULL) {
        return PyDict_SetItem(instance_of(instance)->in_dict, name, value);
    }
    if (PyDict_DelItem(instance_of(instance)->in_dict, name) < 0) {
        missing_in_instance(instance, name);
        return -1;
    }
    return 0;
}

/* What an instance or its class has under a name, not bound: borrowed, or NULL without an
 * exception. */
PyObject *
_PyInstance_Lookup(PyObject *instance, PyObject *name)
{
    PyObject *dict, *found = NULL;
    if (PyInstance_Check(instance)) {
        found = py2abi_dict_fetch(instance_of(instance)->in_dict, name);
        return py2abi_frame_keep(
            found != NULL ? found
                          : class_lookup((PyObject *)instance_of(instance)->in_class, name));
    }
    dict = PyObject_GetAttrString(instance, "__dict__");
    if (dict != NULL && PyDict_Check(dict)) {
        found = PyDict_GetItem(dict, name);
        Py_XINCREF(found);
    }
    Py_XDECREF(dict);
    PyErr_Clear();
    if (found != NULL) {
        return py2abi_frame_keep(found);
    }
    HostObject *type = py2abi_host((PyObject *)Py_TYPE(instance), PY2ABI_AS_VALUE), *value = NULL;
    HostObject *mro = type != NULL ? host_PyObject_GetAttrString(type, "__mro__") : NULL;
    HostObject *host_name = mro != NULL ? py2abi_host(name, PY2ABI_AS_NAME) : NULL;
    for (Py_ssize_t i = 0; value == NULL && host_name != NULL && i < host_PyTuple_Size(mro); i++) {
        HostObject *names = host_PyObject_GetAttrString(host_PyTuple_GetItem(mro, i), "__dict__");
        value = names != NULL ? host_PyObject_GetItem(names, host_name) : NULL;
        host_XDECREF(names);
        host_PyErr_Clear();
    }
    host_XDECREF(type);
    host_XDECREF(mro);
    host_XDECREF(host_name);
    host_PyErr_Clear();
    found = value != NULL ? py2abi_mirror_result(value) : NULL;
    if (found == NULL) {
        PyErr_Clear();
    }
    return py2abi_frame_keep(found);
}

/* ---- What instances can do: methods of their classes ---- */

/* Call a method that may have an argument, and let it go. */
static PyObject *
call_method(PyObject *method, PyObject *argument)
{
    PyObject *result = method != NULL ? PyObject_CallFunctionObjArgs(method, argument, NULL)
                                      : NULL;
    Py_XDECREF(method);
    return result;
}

/* The default: by the class's name and the address. */
static PyObject *
instance_repr(PyObject *instance)
{
    PyObject *method = method_of(instance, "__repr__");
    if (method != NULL || PyErr_Occurred() != NULL) {
        return call_method(method, NULL);
    }
    return describe("", (PyObject *)instance_of(instance)->in_class, " instance", instance);
}

static PyObject *
instance_str(PyObject *instance)
{
    PyObject *method = method_of(instance, "__str__");
    return method != NULL || PyErr_Occurred() != NULL ? call_method(method, NULL)
                                                      : instance_repr(instance);
}

/* By address, unless the class says what is equal. */
static long
instance_hash(PyObject *instance)
{
    static const char *const equality[] = {"__eq__", "__cmp__"};
    PyObject *method = method_of(instance, "__hash__");
    if (method == NULL) {
        for (int i = 0; i < 2 && method == NULL && PyErr_Occurred() == NULL; i++) {
            method = method_of(instance, equality[i]);
        }
        if (method != NULL) {
            Py_DECREF(method);
            PyErr_SetString(PyExc_TypeError, "unhashable instance");
        }
        return PyErr_Occurred() == NULL ? _Py_HashPointer(instance) : -1;
    }
    PyObject *result = call_method(method, NULL);
    long hash = -1;
    if (result != NULL && (PyInt_Check(result) || PyLong_Check(result))) {
        hash = Py_TYPE(result)->tp_hash(result);
    }
    else if (result != NULL) {
        PyErr_SetString(PyExc_TypeError, "__hash__() should return an int");
    }
    Py_XDECREF(result);
    return hash;
}

static PyObject *
instance_call(PyObject *instance, PyObject *args, PyObject *kwargs)
{
    PyObject *method = method_of(instance, "__call__");
    if (method == NULL) {
        if (PyErr_Occurred() == NULL) {
            PyErr_Format(PyExc_AttributeError, "%.200s instance has no __call__ method",
                         PyString_AS_STRING(instance_of(instance)->in_class->cl_name));
        }
        return NULL;
    }
    PyObject *result = NULL;
    /* An instance may be its own __call__. */
    if (!Py_EnterRecursiveCall(" in __call__")) {
        result = PyObject_Call(method, args, kwargs);
        Py_LeaveRecursiveCall();
    }
    Py_DECREF(method);
    return result;
}

/* ---- Containers ---- */

static Py_ssize_t
instance_length(PyObject *instance)
{
    PyObject *result = call_method(need_method(instance, "__len__"), NULL);
    Py_ssize_t length = -1;
    if (result != NULL && PyInt_Check(result)) {
        length = PyInt_AsSsize_t(result);
        if (length < 0 && PyErr_Occurred() == NULL) {
            PyErr_SetString(PyExc_ValueError, "__len__() should return >= 0");
            length = -1;
        }
    }
    else if (result != NULL) {
        PyErr_SetString(PyExc_TypeError, "__len__() should return an int");
    }
    Py_XDECREF(result);
    return length;
}

static PyObject *
instance_subscript(PyObject *instance, PyObject *key)
{
    return call_method(need_method(instance, "__getitem__"), key);
}

/* Store under a key that is taken over, or delete (value NULL). */
static int
store(PyObject *method, PyObject *key, PyObject *value)
{
    PyObject *result = method != NULL && key != NULL
                           ? PyObject_CallFunctionObjArgs(method, key, value, NULL)
                           : NULL;
    Py_XDECREF(method);
    Py_XDECREF(key);
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

static int
instance_ass_subscript(PyObject *instance, PyObject *key, PyObject *value)
{
    Py_INCREF(key);
    return store(need_method(instance, value != NULL ? "__setitem__" : "__delitem__"), key, value);
}

static PyObject *
instance_item(PyObject *instance, Py_ssize_t index)
{
    PyObject *key = PyInt_FromSsize_t(index);
    PyObject *result = key != NULL ? instance_subscript(instance, key) : NULL;
    Py_XDECREF(key);
    return result;
}

static int
instance_ass_item(PyObject *instance, Py_ssize_t index, PyObject *value)
{
    return store(need_method(instance, value != NULL ? "__setitem__" : "__delitem__"),
                 PyInt_FromSsize_t(index), value);
}

/* By the method for slices or, without one, by that for items and a slice.  A new reference
 * to what it returns, or NULL with an exception. */
static PyObject *
call_with_slice(PyObject *instance, const char *own, const char *general, Py_ssize_t low,
                Py_ssize_t high, PyObject *value)
{
    PyObject *method = method_of(instance, own), *result = NULL;
    if (method != NULL) {
        PyObject *start = PyInt_FromSsize_t(low), *stop = PyInt_FromSsize_t(high);
        if (start != NULL && stop != NULL) {
            result = PyObject_CallFunctionObjArgs(method, start, stop, value, NULL);
        }
        Py_XDECREF(start);
        Py_XDECREF(stop);
    }
    else if (PyErr_Occurred() == NULL && (method = need_method(instance, general)) != NULL) {
        PyObject *slice = _PySlice_FromIndices(low, high);
        if (slice != NULL) {
            result = PyObject_CallFunctionObjArgs(method, slice, value, NULL);
        }
        Py_XDECREF(slice);
    }
    Py_XDECREF(method);
    return result;
}

static PyObject *
instance_slice(PyObject *instance, Py_ssize_t low, Py_ssize_t high)
{
    return call_with_slice(instance, "__getslice__", "__getitem__", low, high, NULL);
}

static int
instance_ass_slice(PyObject *instance, Py_ssize_t low, Py_ssize_t high, PyObject *value)
{
    PyObject *result = value != NULL ? call_with_slice(instance, "__setslice__", "__setitem__",
                                                       low, high, value)
                                     : call_with_slice(instance, "__delslice__", "__delitem__",
                                                       low, high, NULL);
    Py_XDECREF(result);
    return result != NULL ? 0 : -1;
}

static int
instance_contains(PyObject *instance, PyObject *member)
{
    PyObject *method = method_of(instance, "__contains__");
    if (method == NULL) {
        return PyErr_Occurred() != NULL
                   ? -1
                   : (int)_PySequence_IterSearch(instance, member, PY_ITERSEARCH_CONTAINS);
    }
    PyObject *result = call_method(method, member);
    int does = result != NULL ? PyObject_IsTrue(result) : -1;
    Py_XDECREF(result);
    return does;
}

static PyObject *
instance_iter(PyObject *instance)
{
    PyObject *method = method_of(instance, "__iter__");
    if (method != NULL) {
        PyObject *result = call_method(method, NULL);
        if (result != NULL && !PyIter_Check(result)) {
            PyErr_Format(PyExc_TypeError, "__iter__ returned non-iterator of type '%.100s'",
                         Py_TYPE(result)->tp_name);
            Py_CLEAR(result);
        }
        return result;
    }
    if (PyErr_Occurred() != NULL) {
        return NULL;
    }
    method = method_of(instance, "__getitem__");
    if (method == NULL) {
        if (PyErr_Occurred() == NULL) {
            PyErr_SetString(PyExc_TypeError, "iteration over non-sequence");
        }
        return NULL;
    }
    Py_DECREF(method);
    return PySeqIter_New(instance);
}

/* By the method of Python 2's name or, for a class that Python 3 has derived, of its own. */
static PyObject *
method_of_either(PyObject *instance, const char *name, const char *name3)
{
    PyObject *method = method_of(instance, name);
    return method != NULL || PyErr_Occurred() != NULL ? method : method_of(instance, name3);
}

static PyObject *
instance_next(PyObject *instance)
{
    PyObject *method = method_of_either(instance, "next", "__next__");
    if (method == NULL) {
        if (PyErr_Occurred() == NULL) {
            PyErr_SetString(PyExc_TypeError, "instance has no next() method");
        }
        return NULL;
    }
    PyObject *result = call_method(method, NULL);
    if (result == NULL && PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyErr_Clear();
    }
    return result;
}

/* ---- Numbers ---- */

static PyObject *
not_implemented(void)
{
    Py_INCREF(Py_NotImplemented);
    return Py_NotImplemented;
}

/* One operand's method with the other one: NotImplemented if it has none. */
static PyObject *
call_operator(PyObject *v, PyObject *w, const char *name)
{
    PyObject *method = PyObject_GetAttrString(v, name);
    if (method == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return NULL;
        }
        PyErr_Clear();
        return not_implemented();
    }
    return call_method(method, w);
}

/* What __coerce__ makes of two operands: 0 and new references, 1 if there is none or it cannot,
 * or -1 with an exception. */
static int
coerce(PyObject **v, PyObject **w)
{
    PyObject *pair = call_operator(*v, *w, "__coerce__");
    if (pair == NULL) {
        return -1;
    }
    int status = 1;
    if (pair != Py_None && pair != Py_NotImplemented) {
        if (PyTuple_Check(pair) && PyTuple_GET_SIZE(pair) == 2) {
            *v = PyTuple_GET_ITEM(pair, 0);
            *w = PyTuple_GET_ITEM(pair, 1);
            Py_INCREF(*v);
            Py_INCREF(*w);
            status = 0;
        }
        else {
            PyErr_SetString(PyExc_TypeError, "coercion should return None or 2-tuple");
            status = -1;
        }
    }
    Py_DECREF(pair);
    return status;
}

static int
instance_coerce(PyObject **v, PyObject **w)
{
    return coerce(v, w);
}

/* v's method, after v's coercion: what that has made of the two is the operator's again, unless
 * the first is still an instance.  NotImplemented if v is none. */
static PyObject *
half_operator(PyObject *v, PyObject *w, const char *name, binaryfunc again, int is_swapped)
{
    if (!PyInstance_Check(v)) {
        return not_implemented();
    }
    PyObject *own = v, *other = w, *result = NULL;
    int status = coerce(&own, &other);
    if (status != 0) {
        return status < 0 ? NULL : call_operator(v, w, name);
    }
    if (PyInstance_Check(own)) {
        result = call_operator(own, other, name);
    }
    else if (!Py_EnterRecursiveCall(" after coercion")) {
        result = is_swapped ? again(other, own) : again(own, other);
        Py_LeaveRecursiveCall();
    }
    Py_DECREF(own);
    Py_DECREF(other);
    return result;
}

static PyObject *
operate(PyObject *v, PyObject *w, const char *name, const char *reversed, binaryfunc again)
{
    PyObject *result = half_operator(v, w, name, again, 0);
    if (result == Py_NotImplemented) {
        Py_DECREF(result);
        result = half_operator(w, v, reversed, again, 1);
    }
    return result;
}

static PyObject *
operate_in_place(PyObject *v, PyObject *w, const char *own, const char *name,
                 const char *reversed, binaryfunc again)
{
    PyObject *result = half_operator(v, w, own, again, 0);
    if (result == Py_NotImplemented) {
        Py_DECREF(result);
        result = operate(v, w, name, reversed, again);
    }
    return result;
}

#define BINARY(function, name, again)                                                             \
    static PyObject *instance_##function(PyObject *v, PyObject *w)                                \
    {                                                                                             \
        return operate(v, w, "__" name "__", "__r" name "__", again);                             \
    }
#define IN_PLACE(function, name, again)                                                           \
    static PyObject *instance_inplace_##function(PyObject *v, PyObject *w)                        \
    {                                                                                             \
        return operate_in_place(v, w, "__i" name "__", "__" name "__", "__r" name "__", again);   \
    }
#define BOTH(function, name, again)                                                               \
    BINARY(function, name, PyNumber_##again)                                                      \
    IN_PLACE(function, name, PyNumber_InPlace##again)

BOTH(add, "add", Add)
BOTH(subtract, "sub", Subtract)
BOTH(multiply, "mul", Multiply)
BOTH(divide, "div", Divide)
BOTH(true_divide, "truediv", TrueDivide)
BOTH(remainder, "mod", Remainder)
BOTH(floor_divide, "floordiv", FloorDivide)
BOTH(lshift, "lshift", Lshift)
BOTH(rshift, "rshift", Rshift)
BOTH(and, "and", And)
BOTH(xor, "xor", Xor)
BOTH(or, "or", Or)
BINARY(divmod, "divmod", PyNumber_Divmod)

static PyObject *
power(PyObject *v, PyObject *w)
{
    return PyNumber_Power(v, w, Py_None);
}

static PyObject *
power_in_place(PyObject *v, PyObject *w)
{
    return PyNumber_InPlacePower(v, w, Py_None);
}

/* With a modulus the first operand has to have the method. */
static PyObject *
instance_power(PyObject *v, PyObject *w, PyObject *modulus)
{
    if (modulus == Py_None) {
        return operate(v, w, "__pow__", "__rpow__", power);
    }
    PyObject *method = PyObject_GetAttrString(v, "__pow__"), *result = NULL;
    if (method != NULL) {
        result = PyObject_CallFunctionObjArgs(method, w, modulus, NULL);
        Py_DECREF(method);
    }
    return result;
}

static PyObject *
instance_inplace_power(PyObject *v, PyObject *w, PyObject *modulus)
{
    if (modulus == Py_None) {
        return operate_in_place(v, w, "__ipow__", "__pow__", "__rpow__", power_in_place);
    }
    PyObject *method = PyObject_GetAttrString(v, "__ipow__"), *result = NULL;
    if (method == NULL) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) {
            return NULL;
        }
        PyErr_Clear();
        return instance_power(v, w, modulus);
    }
    result = PyObject_CallFunctionObjArgs(method, w, modulus, NULL);
    Py_DECREF(method);
    return result;
}

#define UNARY(function, name)                                                                     \
    static PyObject *instance_##function(PyObject *instance)                                      \
    {                                                                                             \
        return call_method(need_method(instance, name), NULL);                                    \
    }

UNARY(negative, "__neg__")
UNARY(positive, "__pos__")
UNARY(absolute, "__abs__")
UNARY(invert, "__invert__")
UNARY(float, "__float__")
UNARY(oct, "__oct__")
UNARY(hex, "__hex__")

/* By __int__ or, without one, by __trunc__. */
static PyObject *
instance_int(PyObject *instance)
{
    PyObject *method = method_of(instance, "__int__");
    if (method != NULL || PyErr_Occurred() != NULL) {
        return call_method(method, NULL);
    }
    PyObject *truncated = call_method(need_method(instance, "__trunc__"), NULL);
    return truncated != NULL
               ? _PyNumber_ConvertIntegralToInt(truncated,
                                                "__trunc__ returned non-Integral (type %.200s)")
               : NULL;
}

static PyObject *
instance_long(PyObject *instance)
{
    PyObject *method = method_of(instance, "__long__");
    return method != NULL || PyErr_Occurred() != NULL ? call_method(method, NULL)
                                                      : instance_int(instance);
}

static PyObject *
instance_index(PyObject *instance)
{
    PyObject *method = method_of(instance, "__index__");
    if (method == NULL && PyErr_Occurred() == NULL) {
        PyErr_SetString(PyExc_TypeError, "object cannot be interpreted as an index");
    }
    return call_method(method, NULL);
}

/* Without __nonzero__ and __len__ each instance is true. */
static int
instance_nonzero(PyObject *instance)
{
    PyObject *method = method_of_either(instance, "__nonzero__", "__bool__");
    if (method == NULL && PyErr_Occurred() == NULL) {
        method = method_of(instance, "__len__");
    }
    if (method == NULL) {
        return PyErr_Occurred() == NULL ? 1 : -1;
    }
    PyObject *result = call_method(method, NULL);
    long number = -1;
    if (result != NULL && PyInt_Check(result)) {
        number = PyInt_AsLong(result);
        if (number < 0) {
            PyErr_SetString(PyExc_ValueError, "__nonzero__ should return >= 0");
        }
    }
    else if (result != NULL) {
        PyErr_SetString(PyExc_TypeError, "__nonzero__ should return an int");
    }
    Py_XDECREF(result);
    return number < 0 ? -1 : number > 0;
}

/* ---- Comparing ---- */

enum { FAILED = -2, UNKNOWN = 2 }; /* as object.c takes them from tp_compare */

static int
half_compare(PyObject *v, PyObject *w)
{
    PyObject *result = call_operator(v, w, "__cmp__");
    if (result == NULL) {
        return FAILED;
    }
    int order = UNKNOWN;
    if (result != Py_NotImplemented) {
        long number = PyInt_AsLong(result);
        order = number < 0 ? -1 : number > 0;
        if (number == -1 && PyErr_Occurred() != NULL) {
            PyErr_SetString(PyExc_TypeError, "comparison did not return an int");
            order = FAILED;
        }
    }
    Py_DECREF(result);
    return order;
}

static int
compare_coerced(PyObject *v, PyObject *w)
{
    int order = PyInstance_Check(v) ? half_compare(v, w) : UNKNOWN;
    if (order == UNKNOWN && PyInstance_Check(w)) {
        order = half_compare(w, v);
        order = order >= -1 && order <= 1 ? -order : order;
    }
    return order;
}

static int
instance_compare(PyObject *v, PyObject *w)
{
    PyObject *left = v, *right = w;
    int status = PyNumber_CoerceEx(&left, &right), order;
    if (status < 0) {
        return FAILED;
    }
    if (status > 0) {
        return compare_coerced(v, w);
    }
    if (!PyInstance_Check(left) && !PyInstance_Check(right)) {
        /* Both are something else now. */
        order = PyObject_Compare(left, right);
        order = PyErr_Occurred() != NULL ? FAILED : order;
    }
    else {
        order = compare_coerced(left, right);
    }
    Py_DECREF(left);
    Py_DECREF(right);
    return order;
}

static PyObject *
half_richcompare(PyObject *v, PyObject *w, int op)
{
    static const char *const names[] = {"__lt__", "__le__", "__eq__", "__ne__", "__gt__",
                                        "__ge__"};
    PyObject *method = method_of(v, names[op]);
    if (method == NULL) {
        return PyErr_Occurred() == NULL ? not_implemented() : NULL;
    }
    return call_method(method, w);
}

static PyObject *
instance_richcompare(PyObject *v, PyObject *w, int op)
{
    PyObject *result = PyInstance_Check(v) ? half_richcompare(v, w, op) : not_implemented();
    if (result == Py_NotImplemented && PyInstance_Check(w)) {
        Py_DECREF(result);
        result = half_richcompare(w, v, _Py_SwappedOp[op]);
    }
    return result;
}

static PyNumberMethods instance_as_number = {
    .nb_add = instance_add,
    .nb_subtract = instance_subtract,
    .nb_multiply = instance_multiply,
    .nb_divide = instance_divide,
    .nb_remainder = instance_remainder,
    .nb_divmod = instance_divmod,
    .nb_power = instance_power,
    .nb_negative = instance_negative,
    .nb_positive = instance_positive,
    .nb_absolute = instance_absolute,
    .nb_nonzero = instance_nonzero,
    .nb_invert = instance_invert,
    .nb_lshift = instance_lshift,
    .nb_rshift = instance_rshift,
    .nb_and = instance_and,
    .nb_xor = instance_xor,
    .nb_or = instance_or,
    .nb_coerce = instance_coerce,
    .nb_int = instance_int,
    .nb_long = instance_long,
    .nb_float = instance_float,
    .nb_oct = instance_oct,
    .nb_hex = instance_hex,
    .nb_inplace_add = instance_inplace_add,
    .nb_inplace_subtract = instance_inplace_subtract,
    .nb_inplace_multiply = instance_inplace_multiply,
    .nb_inplace_divide = instance_inplace_divide,
    .nb_inplace_remainder = instance_inplace_remainder,
    .nb_inplace_power = instance_inplace_power,
    .nb_inplace_lshift = instance_inplace_lshift,
    .nb_inplace_rshift = instance_inplace_rshift,
    .nb_inplace_and = instance_inplace_and,
    .nb_inplace_xor = instance_inplace_xor,
    .nb_inplace_or = instance_inplace_or,
    .nb_floor_divide = instance_floor_divide,
    .nb_true_divide = instance_true_divide,
    .nb_inplace_floor_divide = instance_inplace_floor_divide,
    .nb_inplace_true_divide = instance_inplace_true_divide,
    .nb_index = instance_index,
};

static PySequenceMethods instance_as_sequence = {
    .sq_length = instance_length,
    .sq_item = instance_item,
    .sq_slice = instance_slice,
    .sq_ass_item = instance_ass_item,
    .sq_ass_slice = instance_ass_slice,
    .sq_contains = instance_contains,
};

static PyMappingMethods instance_as_mapping = {
    .mp_length = instance_length,
    .mp_subscript = instance_subscript,
    .mp_ass_subscript = instance_ass_subscript,
};

PyTypeObject PyInstance_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "instance",
    .tp_basicsize = sizeof(PyInstanceObject),
    .tp_dealloc = instance_dealloc,
    .tp_compare = instance_compare,
    .tp_repr = instance_repr,
    .tp_as_number = &instance_as_number,
    .tp_as_sequence = &instance_as_sequence,
    .tp_as_mapping = &instance_as_mapping,
    .tp_hash = instance_hash,
    .tp_call = instance_call,
    .tp_str = instance_str,
    .tp_getattro = instance_getattr,
    .tp_setattro = instance_setattr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_CHECKTYPES,
    .tp_doc = "instance(class[, dict])\n\nAn instance of a class of the old style, without a "
              "call of its __init__.",
    .tp_traverse = instance_traverse,
    .tp_richcompare = instance_richcompare,
    .tp_weaklistoffset = offsetof(PyInstanceObject, in_weakreflist),
    .tp_iter = instance_iter,
    .tp_iternext = instance_next,
    .tp_base = &PyBaseObject_Type,
    .tp_alloc = PyType_GenericAlloc,
    .tp_new = instance_new,
    .tp_free = PyObject_GC_Del,
};

/* ---- Copies and pickles ----
 *
 * Python 2's pickle knows the two types.  Python 3's asks an object for __reduce_ex__, and finds
 * these two functions where the class has nothing of that name. */

static PyObject *
raw_instance(PyObject *class, PyObject *args)
{
    PyObject *of;
    return PyArg_ParseTuple(args, "O!:__new__", &PyClass_Type, &of)
               ? PyInstance_NewRaw(class, NULL)
               : NULL;
}

/* What makes an instance anew without its __init__: operator.methodcaller("__new__", class), since
 * that can be pickled. */
static PyObject *
raw_maker(PyObject *class)
{
    PyObject *module = PyImport_ImportModule("operator");
    PyObject *maker = module != NULL
                          ? PyObject_CallMethod(module, (char *)"methodcaller", (char *)"sO",
                                                "__new__", class)
                          : NULL;
    Py_XDECREF(module);
    return maker;
}

static PyObject *
reduce_class(PyObject *class, PyObject *args)
{
    (void)args;
    PyObject *name = class_of(class)->cl_name;
    return PyUnicode_DecodeUTF8(PyString_AS_STRING(name), PyString_GET_SIZE(name), NULL);
}

static PyObject *
reduce_instance(PyObject *instance, PyObject *args)
{
    PyObject *class = (PyObject *)instance_of(instance)->in_class, *state, *maker, *arguments;
    PyObject *method = method_of(instance, "__getstate__");
    (void)args;
    if (method == NULL && PyErr_Occurred() != NULL) {
        return NULL;
    }
    if (method != NULL) {
        state = call_method(method, NULL);
    }
    else {
        state = instance_of(instance)->in_dict;
        Py_INCREF(state);
    }
    method = state != NULL ? method_of(instance, "__getinitargs__") : NULL;
    if (method != NULL) {
        PyObject *given = call_method(method, NULL);
        arguments = given != NULL ? PySequence_Tuple(given) : NULL;
        Py_XDECREF(given);
        maker = class;
        Py_INCREF(maker);
    }
    else {
        int failed = state == NULL || PyErr_Occurred() != NULL;
        arguments = failed ? NULL : PyTuple_Pack(1, class);
        maker = failed ? NULL : raw_maker(class);
    }
    PyObject *result = arguments != NULL && maker != NULL
                           ? PyTuple_Pack(3, maker, arguments, state)
                           : NULL;
    Py_XDECREF(maker);
    Py_XDECREF(arguments);
    Py_XDECREF(state);
    return result;
}

/* An attribute that Python 3 wants of a class or an instance of the old style, which has none of
 * that name: a new reference, or NULL with the AttributeError that is set. */
PyObject *
py2abi_old_attribute(PyObject *object, PyObject *name)
{
    static PyMethodDef for_class = {"__reduce_ex__", reduce_class, METH_VARARGS, NULL};
    static PyMethodDef for_instance = {"__reduce_ex__", reduce_instance, METH_VARARGS, NULL};
    static PyMethodDef maker = {"__new__", raw_instance, METH_VARARGS, NULL};
    if (!PyString_Check(name) || !PyErr_ExceptionMatches(PyExc_AttributeError)) {
        return NULL;
    }
    PyMethodDef *wanted = is_named(name, "__reduce_ex__")
                              ? PyInstance_Check(object) ? &for_instance : &for_class
                          : is_named(name, "__new__") && PyClass_Check(object) ? &maker
                                                                               : NULL;
    if (wanted == NULL) {
        return NULL;
    }
    PyErr_Clear();
    return PyCFunction_NewEx(wanted, object, NULL);
}
