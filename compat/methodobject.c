/* methodobject.c - C functions: the guest's on the host, the host's in the guest.
 *
 * A guest function is a builtin on the host, with a C function of its own: the host
 * passes only "self" and the arguments, and self is what the user sees as __self__. */

#include "config.h"
#include "collect.h"
#include "check.h"
#include "crossing.h"
#include "entry.h"
#include "guest.h"
#include "hostcall.h"
#include "map.h"
#include "proxy.h"

#include <stdlib.h>
#include <string.h>

/* A guest function that the host has seen.  It lives as long as the builtin. */
struct function {
    PyObject *object;          /* the PyCFunctionObject; the link owns the reference */
    const struct py2abi_guest *guest;
    HostMethodDef definition;
    struct py2abi_entry entry;
    HostObject *builtin;       /* borrowed */
    HostObject *watch;         /* a weak reference to that, which calls forget */
    int is_apart;              /* it owns a reference to the object; another has the link */
    struct function *next;     /* of the same list */
};

/* What mirrors of host functions have for m_ml: flags that no inlined short cut takes.
 * There is one for a C function and a name, as in a static table, and it is never freed:
 * profilers count by its address. */
struct definition {
    PyMethodDef method;
    struct definition *next; /* of the same C function */
    char name[];
};
static struct py2abi_map definitions; /* the host's C function -> the first of its */

/* ---- The host calls the guest ---- */

static HostObject *
host_result(PyObject *result)
{
    return Py_TYPE(result) == &PyList_Type && Py_REFCNT(result) == 1
                   && PY2ABI_HEAD(result)->host == NULL
               ? py2abi_list_give(result)
               : py2abi_host(result, PY2ABI_AS_VALUE);
}

/* The end of a frame, and what a guest function returned in it, for py2abi_frame_result. */
HostObject *
py2abi_frame_finish(struct py2abi_frame *frame, PyObject *result)
{
    HostObject *host = NULL;
    if (py2abi_checking) {
        py2abi_lent_check_result(result);
    }
    if (result == NULL || py2abi_frame_has_error(frame)) {
        py2abi_error_to_host();
    }
    else if ((Py_TYPE(result)->tp_flags & PY2ABI_TPFLAGS_BARE)
             && PY2ABI_HEAD(result)->host != NULL) {
        host = PY2ABI_HEAD(result)->host;
        host_INCREF(host);
    }
    else {
        host = host_result(result);
    }
    if (host == NULL) {
        py2abi_traceback_add(frame);
    }
    Py_XDECREF(result);
    py2abi_frame_leave(frame);
    return host;
}

static inline PyObject *
invoke(const PyMethodDef *method, PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (method->ml_flags & METH_KEYWORDS) {
        return ((PyCFunctionWithKeywords)(void (*)(void))method->ml_meth)(self, args, kwargs);
    }
    if ((method->ml_flags & (METH_VARARGS | METH_NOARGS | METH_O)) == METH_OLDARGS) {
        /* No argument is NULL, one is itself, more are a tuple. */
        Py_ssize_t count = PyTuple_GET_SIZE(args);
        args = count == 0 ? NULL : count == 1 ? PyTuple_GET_ITEM(args, 0) : args;
    }
    return method->ml_meth(self, args);
}

/* The same while PY2ABI_CHECK looks whether what was given is alive afterwards. */
static PyObject *
invoke_checked(const PyMethodDef *method, PyObject *self, PyObject *args, PyObject *kwargs)
{
    struct py2abi_given given;
    py2abi_given_enter(&given, method->ml_name, self, args, kwargs);
    PyObject *result = invoke(method, self, args, kwargs);
    py2abi_given_leave(&given, result);
    return result;
}

/* METH_O.  While it runs a mirror that is new has one reference more than it gets (for the
 * reason see py2abi_frame_recent). */
static PyObject *
call_with_one(const PyMethodDef *method, PyObject *self, HostObject *argument)
{
    PyObject *guest = py2abi_mirror_alone(argument);
    if (guest == NULL) {
        return py2abi_failed();
    }
    int is_new = Py_REFCNT(guest) == 1 && (Py_TYPE(guest)->tp_flags & PY2ABI_TPFLAGS_MIRROR);
    Py_REFCNT(guest) += is_new;
    PyObject *result = method->ml_meth(self, guest);
    Py_REFCNT(guest) -= is_new;
    Py_DECREF(guest);
    return result;
}

/* Call a guest function with the host's arguments.  self is the guest's; it may be NULL, as
 * may kwargs.  A frame of the guest's has been entered.  Returns a new reference, or NULL
 * with a guest exception. */
PyObject *
py2abi_function_call(PyMethodDef *method, PyObject *self, HostObject *args, HostObject *kwargs)
{
    PyObject *guest_args = NULL, *guest_kwargs = NULL;
    if (kwargs == NULL && !py2abi_checking) {
        if (args == NULL && (method->ml_flags & METH_NOARGS)) {
            return method->ml_meth(self, NULL);
        }
        if (args != NULL && (method->ml_flags & (METH_O | METH_KEYWORDS)) == METH_O) {
            return call_with_one(method, self, args);
        }
    }
    if (args != NULL) {
        guest_args = py2abi_mirror(args);
        if (guest_args == NULL) {
            return py2abi_failed();
        }
    }
    if (kwargs != NULL && (guest_kwargs = py2abi_mirror_names(kwargs)) == NULL) {
        Py_XDECREF(guest_args);
        return py2abi_failed();
    }
    PyObject *result = (py2abi_checking ? invoke_checked : invoke)(method, self, guest_args,
                                                                   guest_kwargs);
    Py_XDECREF(guest_args);
    Py_XDECREF(guest_kwargs);
    return result;
}

/* The same for arguments that the host has not put into a tuple, and no keywords. */
PyObject *
py2abi_function_call_fast(PyMethodDef *method, PyObject *self, HostObject *const *args,
                          Py_ssize_t count)
{
    PyObject *guest_args = py2abi_mirror_items(args, count);
    if (guest_args == NULL) {
        return py2abi_failed();
    }
    PyObject *result = (py2abi_checking ? invoke_checked : invoke)(method, self, guest_args, NULL);
    Py_DECREF(guest_args);
    return result;
}

/* How the host hands arguments over. */
enum handing { AS_OBJECTS, AS_ITEMS, AS_ONE };

/* What the host's call of a guest function does.  The host holds the GIL.  The arguments are
 * args and kwargs, count items, or args alone. */
static inline __attribute__((always_inline)) HostObject *
enter_function(const struct function *function, enum handing handing, HostObject *args,
               HostObject *kwargs, HostObject *const *items, Py_ssize_t count)
{
    struct py2abi_frame frame;
    /* The builtin may go while it runs, and its record with it. */
    PyObject *object = function->object;
    PyMethodDef *method = ((PyCFunctionObject *)object)->m_ml;
    PyObject *self = ((PyCFunctionObject *)object)->m_self;
    if (py2abi_frame_enter(&frame, function->guest, NULL, method->ml_name) < 0) {
        return NULL;
    }
    Py_INCREF(object);
    PyObject *value = handing == AS_ITEMS ? py2abi_function_call_fast(method, self, items, count)
                      : handing == AS_ONE ? call_with_one(method, self, args)
                                          : py2abi_function_call(method, self, args, kwargs);
    Py_DECREF(object);
    return py2abi_frame_result(&frame, value);
}

static HostObject *
call_function(void *data, HostObject *host_self, HostObject *args, HostObject *kwargs)
{
    (void)host_self;
    return enter_function(data, AS_OBJECTS, args, kwargs, NULL, 0);
}

static HostObject *
call_function_fast(void *data, HostObject *host_self, HostObject *const *args, Py_ssize_t count,
                   HostObject *names)
{
    const struct function *function = data;
    (void)host_self;
    if (names != NULL && py2abi_entry_refuse_names(names, function->definition.ml_name) < 0) {
        return NULL;
    }
    return enter_function(data, AS_ITEMS, NULL, NULL, args, count);
}

/* METH_O. */
static HostObject *
call_function_one(void *data, HostObject *host_self, HostObject *argument, HostObject *kwargs)
{
    return py2abi_checking ? call_function(data, host_self, argument, kwargs)
                           : enter_function(data, AS_ONE, argument, NULL, NULL, 0);
}

/* ---- A guest function's builtin ---- */

static void
free_function(struct function *function)
{
    py2abi_entry_free(&function->entry);
    free(function);
}

/* The builtin's weak reference calls while the host still has the builtin in its hands, and
 * its definition: that goes later. */
static struct function *retired, **last_retired = &retired;
static int retired_count;

static void
retire(struct function *function)
{
    enum { KEPT = 4 };
    *last_retired = function;
    last_retired = &function->next;
    function->next = NULL;
    retired_count++;
    while (retired_count > KEPT && !py2abi_finalizing()) {
        struct function *oldest = retired;
        retired = oldest->next;
        retired_count--;
        free_function(oldest);
    }
}

/* The host's collector tells the weak references of all that it has found, looks at that again,
 * and calls finalizers, which may bring a builtin back: it goes on then.  What they had is known
 * when the collector has run. */
static struct function *doubtful;

static const char capsule_name[] = "py2abi.function";

/* The builtin is gone, or will be: called by its weak reference, with the capsule as self. */
static HostObject *
forget(HostObject *capsule, HostObject *watch)
{
    struct function *function = host_PyCapsule_GetPointer(capsule, capsule_name);
    (void)watch;
    if (function != NULL) {
        HostObject *own = function->watch;
        /* What is being deallocated is not tracked any more. */
        int may_return = py2abi_hostcall_is_tracked(function->builtin)
                         && (function->watch = host_PyWeakref_NewRef(function->builtin, NULL))
                                != NULL;
        PyObject *object = function->object;
        if (may_return) {
            function->next = doubtful;
            doubtful = function;
            Py_INCREF(object);
        }
        if (function->is_apart) {
            py2abi_release(object);
        }
        else {
            py2abi_unlink(object, function->builtin);
            function->is_apart = 1;
        }
        if (!may_return) {
            retire(function); /* Others may have been, meanwhile. */
        }
        host_PyErr_Clear();
        host_DECREF(own);
    }
    return py2abi_hostcall_none();
}

/* A new reference, or NULL with a host exception (MemoryError). */
static HostObject *
watch_builtin(struct function *function)
{
    static HostMethodDef definition = {"forget", (void *)forget, METH_O, NULL};
    HostObject *capsule = host_PyCapsule_New(function, capsule_name, NULL);
    HostObject *callback = capsule != NULL ? host_PyCFunction_NewEx(&definition, capsule, NULL)
                                           : NULL;
    HostObject *watch = callback != NULL ? host_PyWeakref_NewRef(function->builtin, callback)
                                         : NULL;
    host_XDECREF(callback);
    host_XDECREF(capsule);
    return watch;
}

/* The host's collector has run: builtins that it had found are gone, or were brought back.  (One
 * that cannot be watched for want of memory stays for ever.) */
void
py2abi_functions_sweep(void)
{
    struct function *function;
    while ((function = doubtful) != NULL && !py2abi_finalizing()) {
        HostObject *watch = function->watch;
        host_INCREF(watch);
        HostObject *builtin = py2abi_hostcall(watch, 0);
        doubtful = function->next;
        host_DECREF(function->watch);
        if (builtin != HOST(_Py_NoneStruct)) {
            function->watch = builtin != NULL ? watch_builtin(function) : NULL;
            if (py2abi_link_host(function->object) == NULL
                && py2abi_link(function->object, function->builtin) == 0) {
                function->is_apart = 0;
                py2abi_release(function->object);
            }
        }
        else {
            retire(function);
            py2abi_release(function->object);
        }
        host_XDECREF(builtin);
        host_PyErr_Clear();
    }
}

/* The builtin that stands for a guest function that has none.  Returns a new
 * reference, or NULL with a host exception: MemoryError, SystemError when libffi
 * can make no function here, which a security policy may forbid. */
HostObject *
py2abi_function_proxy(PyObject *object)
{
    PyCFunctionObject *guest = (PyCFunctionObject *)object;
    struct function *function = calloc(1, sizeof *function);
    HostObject *self = NULL, *module = NULL, *builtin = NULL;
    if (function == NULL) {
        return host_PyErr_NoMemory();
    }
    function->object = object;
    function->guest = py2abi_frame_guest();
    function->definition.ml_name = py2abi_host_chars(guest->m_ml->ml_name);
    function->definition.ml_doc = py2abi_host_chars(guest->m_ml->ml_doc);
    int flags = guest->m_ml->ml_flags & (METH_VARARGS | METH_KEYWORDS | METH_NOARGS | METH_O);
    function->definition.ml_flags = py2abi_entry_flags(flags);
    function->entry.call = flags == METH_O ? call_function_one : call_function;
    function->entry.call_fast = call_function_fast;
    function->entry.data = function;
    if (py2abi_entry_make(&function->entry, py2abi_entry_kind(flags)) < 0) {
        goto done;
    }
    function->definition.ml_meth = function->entry.code;
    if (guest->m_module != NULL
        && (module = py2abi_host(guest->m_module, PY2ABI_AS_NAME)) == NULL) {
        goto done;
    }
    if (guest->m_self != NULL) {
        self = py2abi_host(guest->m_self, PY2ABI_AS_VALUE);
        if (self == NULL) {
            goto done;
        }
    }
    builtin = host_PyCFunction_NewEx(&function->definition, self, module);
    function->builtin = builtin;
    if (builtin != NULL) {
        function->watch = watch_builtin(function);
        if (function->watch == NULL || py2abi_link(object, builtin) < 0) {
            host_XDECREF(function->watch);
            host_DECREF(builtin);
            builtin = NULL;
        }
    }
done:
    host_XDECREF(self);
    host_XDECREF(module);
    if (builtin == NULL) {
        free_function(function);
    }
    return builtin;
}

/* ---- Functions in the guest ---- */

PyObject *
PyCFunction_NewEx(PyMethodDef *method, PyObject *self, PyObject *module)
{
    PyCFunctionObject *function = (PyCFunctionObject *)py2abi_mirror_new(&PyCFunction_Type, NULL);
    if (function == NULL) {
        return py2abi_failed();
    }
    function->m_ml = method;
    Py_XINCREF(self);
    function->m_self = self;
    Py_XINCREF(module);
    function->m_module = module;
    return (PyObject *)function;
}

PyObject *
PyCFunction_New(PyMethodDef *method, PyObject *self)
{
    return PyCFunction_NewEx(method, self, NULL);
}

static int
check_function(PyObject *object)
{
    if (!PyCFunction_Check(object)) {
        PyErr_BadInternalCall();
        return 0;
    }
    return 1;
}

PyCFunction
PyCFunction_GetFunction(PyObject *object)
{
    return check_function(object) ? PyCFunction_GET_FUNCTION(object) : NULL;
}

PyObject *
PyCFunction_GetSelf(PyObject *object)
{
    return check_function(object) ? PyCFunction_GET_SELF(object) : NULL;
}

int
PyCFunction_GetFlags(PyObject *object)
{
    return check_function(object) ? PyCFunction_GET_FLAGS(object) : -1;
}

static PyObject *
complain(const PyMethodDef *method, const char *what, Py_ssize_t given)
{
    return given < 0 ? PyErr_Format(PyExc_TypeError, "%.200s() takes no keyword arguments",
                                    method->ml_name)
                     : PyErr_Format(PyExc_TypeError, "%.200s() takes %s (%zd given)",
                                    method->ml_name, what, given);
}

/* Call a guest function from the guest, or the host's through its mirror. */
PyObject *
PyCFunction_Call(PyObject *object, PyObject *args, PyObject *kwargs)
{
    const PyMethodDef *method = ((PyCFunctionObject *)object)->m_ml;
    PyObject *self = ((PyCFunctionObject *)object)->m_self;
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyCFunction meth = method->ml_meth;
    if (!PY2ABI_HEAD(object)->is_born && PY2ABI_HEAD(object)->host != NULL) {
        return py2abi_call_host(object, args, kwargs);
    }
    if (method->ml_flags & METH_KEYWORDS) {
        return ((PyCFunctionWithKeywords)(void (*)(void))meth)(self, args, kwargs);
    }
    if (kwargs != NULL && PyDict_Size(kwargs) > 0) {
        return complain(method, NULL, -1);
    }
    switch (method->ml_flags & (METH_VARARGS | METH_NOARGS | METH_O)) {
    case METH_NOARGS:
        return count == 0 ? meth(self, NULL) : complain(method, "no arguments", count);
    case METH_O:
        return count == 1 ? meth(self, PyTuple_GET_ITEM(args, 0))
                          : complain(method, "exactly one argument", count);
    case METH_VARARGS:
        return meth(self, args);
    case METH_OLDARGS:
        return meth(self, count == 0 ? NULL : count == 1 ? PyTuple_GET_ITEM(args, 0) : args);
    default:
        PyErr_BadInternalCall();
        return NULL;
    }
}

static void
dealloc(PyObject *object)
{
    PyCFunctionObject *function = (PyCFunctionObject *)object;
    Py_XDECREF(function->m_self);
    Py_XDECREF(function->m_module);
    py2abi_mirror_dealloc(object);
}

/* Without its object the C function of a host function is nothing: whoever takes
 * it out of m_ml gets an exception. */
static PyObject *
refuse(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    PyErr_SetString(PyExc_SystemError,
                    "the C function of a Python 3 builtin was called directly");
    return NULL;
}

/* The definition of a host function by that name, or NULL with a host exception. */
static PyMethodDef *
find_definition(HostObject *host, const char *name)
{
    void *code = (void *)host_PyCFunction_GetFunction(host);
    struct definition *first = py2abi_map_get(&definitions, code);
    for (struct definition *known = first; known != NULL; known = known->next) {
        if (strcmp(known->name, name) == 0) {
            return &known->method;
        }
    }
    struct definition *made = calloc(1, sizeof *made + strlen(name) + 1);
    if (made == NULL || py2abi_map_put(&definitions, code, made) < 0) {
        free(made);
        host_PyErr_NoMemory();
        return NULL;
    }
    made->next = first;
    made->method.ml_name = strcpy(made->name, name);
    made->method.ml_meth = refuse;
    made->method.ml_flags = METH_VARARGS | METH_KEYWORDS;
    return &made->method;
}

/* The mirror of a host function.  m_self is NULL, as a module's functions have
 * it.  Returns a new reference, or NULL with a host exception. */
PyObject *
py2abi_function_mirror(HostObject *host)
{
    HostObject *name = host_PyObject_GetAttrString(host, "__name__");
    const char *text = name != NULL ? host_PyUnicode_AsUTF8AndSize(name, NULL) : NULL;
    PyMethodDef *method = text != NULL ? find_definition(host, text) : NULL;
    PyObject *mirror = method != NULL ? py2abi_mirror_new(&PyCFunction_Type, host) : NULL;
    host_XDECREF(name);
    if (mirror == NULL) {
        return NULL;
    }
    PyCFunctionObject *function = (PyCFunctionObject *)mirror;
    function->m_ml = method;
    HostObject *module = host_PyObject_GetAttrString(host, "__module__");
    if (module == NULL) {
        host_PyErr_Clear();
    }
    else if (py2abi_hostapi_type(module) == (HostObject *)HOST(PyUnicode_Type)) {
        text = host_PyUnicode_AsUTF8AndSize(module, NULL);
        function->m_module = text == NULL ? NULL
                             : PyString_FromString(strcmp(text, "builtins") == 0
                                                       ? "__builtin__"
                                                       : text);
        host_PyErr_Clear();
    }
    host_XDECREF(module);
    return mirror;
}

PyTypeObject PyCFunction_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "builtin_function_or_method",
    .tp_basicsize = sizeof(PyCFunctionObject),
    .tp_dealloc = dealloc,
    .tp_call = PyCFunction_Call,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR,
};

/* ---- Tables of methods, from before types had dictionaries ---- */

static PyObject *
list_methods(const PyMethodChain *chain)
{
    PyObject *list = PyList_New(0);
    for (; list != NULL && chain != NULL; chain = chain->link) {
        for (const PyMethodDef *method = chain->methods; list != NULL && method->ml_name != NULL;
             method++) {
            PyObject *name = PyString_FromString(method->ml_name);
            if (name == NULL || PyList_Append(list, name) < 0) {
                Py_CLEAR(list);
            }
            Py_XDECREF(name);
        }
    }
    if (list != NULL && PyList_Sort(list) < 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* A method of an object by tables: what a tp_getattr returns that knows no better. */
PyObject *
Py_FindMethodInChain(PyMethodChain *chain, PyObject *self, const char *name)
{
    if (strcmp(name, "__methods__") == 0) {
        return PyErr_WarnPy3k("__methods__ not supported in 3.x", 1) < 0 ? NULL
                                                                        : list_methods(chain);
    }
    if (strcmp(name, "__doc__") == 0 && Py_TYPE(self)->tp_doc != NULL) {
        return PyString_FromString(Py_TYPE(self)->tp_doc);
    }
    for (; chain != NULL; chain = chain->link) {
        for (PyMethodDef *method = chain->methods; method->ml_name != NULL; method++) {
            if (strcmp(method->ml_name, name) == 0) {
                return PyCFunction_New(method, self);
            }
        }
    }
    PyErr_SetString(PyExc_AttributeError, name);
    return NULL;
}

PyObject *
Py_FindMethod(PyMethodDef *methods, PyObject *self, const char *name)
{
    PyMethodChain chain = {methods, NULL};
    return Py_FindMethodInChain(&chain, self, name);
}
