/* hostcall.c - calling Python functions of the host from C.
 *
 * The arguments are taken over, so that what makes one may stand in the call: a
 * NULL among them is a failure whose exception is set, and which is passed on. */

#include "config.h"
#include "hostcall.h"

#include <stdarg.h>
#include <stdlib.h>

static HostObject *
call(HostObject *function, int count, va_list items)
{
    HostObject *args = function != NULL ? host_PyTuple_New(count) : NULL, *result = NULL;
    int is_complete = args != NULL;
    for (int i = 0; i < count; i++) {
        HostObject *item = va_arg(items, HostObject *);
        if (item == NULL) {
            is_complete = 0;
        }
        else if (args == NULL) {
            host_DECREF(item);
        }
        else {
            host_PyTuple_SetItem(args, i, item);
        }
    }
    if (is_complete) {
        result = host_PyObject_CallObject(function, args);
    }
    host_XDECREF(args);
    host_XDECREF(function);
    return result;
}

/* Call a function of the host with count arguments; it and they are taken over.
 * Returns a new reference, or NULL with a host exception: the function's, or the
 * one that a NULL among them stands for. */
HostObject *
py2abi_hostcall(HostObject *function, int count, ...)
{
    va_list items;
    va_start(items, count);
    HostObject *result = call(function, count, items);
    va_end(items);
    return result;
}

/* The same for a method; self is borrowed, and may be NULL after a failure. */
HostObject *
py2abi_hostcall_method(HostObject *self, const char *name, int count, ...)
{
    va_list items;
    va_start(items, count);
    HostObject *method = self != NULL ? host_PyObject_GetAttrString(self, name) : NULL;
    HostObject *result = call(method, count, items);
    va_end(items);
    return result;
}

/* What a module of the host has under a name: a new reference, or NULL with a host
 * exception. */
HostObject *
py2abi_hostcall_import(const char *module_name, const char *name)
{
    HostObject *module = host_PyImport_ImportModule(module_name);
    HostObject *found = module != NULL ? host_PyObject_GetAttrString(module, name) : NULL;
    host_XDECREF(module);
    return found;
}

/* An attribute that need not be there: a new reference, or NULL without an
 * exception. */
HostObject *
py2abi_hostcall_attribute(HostObject *object, const char *name)
{
    HostObject *found = host_PyObject_GetAttrString(object, name);
    if (found == NULL) {
        host_PyErr_Clear();
    }
    return found;
}

/* A number (taken over), or otherwise, without an exception, where none came. */
long
py2abi_hostcall_long(HostObject *result, long otherwise)
{
    int overflow;
    long number = result != NULL ? host_PyLong_AsLongAndOverflow(result, &overflow) : -1;
    host_XDECREF(result);
    if (host_PyErr_Occurred() != NULL) {
        host_PyErr_Clear();
        return otherwise;
    }
    return number;
}

HostObject *
py2abi_hostcall_none(void)
{
    host_INCREF(HOST(_Py_NoneStruct));
    return HOST(_Py_NoneStruct);
}

/* Whether the host's collector knows of an object, which may be one that is being deallocated: its
 * references are not counted meanwhile.  (At the end of Python, when nothing is imported any more,
 * whoever is the first to ask is told that it does not.) */
int
py2abi_hostcall_is_tracked(HostObject *object)
{
    static HostObject *(*is_tracked)(HostObject *module, HostObject *object);
    if (is_tracked == NULL && !py2abi_finalizing()) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        HostObject *function = py2abi_hostcall_import("gc", "is_tracked");
        if (function != NULL) {
            is_tracked = (HostObject *(*)(HostObject *, HostObject *))(uintptr_t)
                host_PyCFunction_GetFunction(function);
        }
        host_XDECREF(function);
        host_PyErr_Restore(type, value, traceback);
    }
    HostObject *answer = is_tracked != NULL ? is_tracked(NULL, object) : NULL;
    host_XDECREF(answer);
    return answer == HOST(_Py_TrueStruct);
}

/* ---- Knowing when an object goes ---- */

struct watch {
    void *record;
    void (*gone)(void *record);
    HostObject *reference; /* the weak one, which calls end() */
};

/* The callback of the weak reference, with the capsule as self. */
static HostObject *
end(HostObject *capsule, HostObject *reference)
{
    (void)reference;
    struct watch *watch = host_PyCapsule_GetPointer(capsule, "py2abi.watch");
    if (watch == NULL) {
        return NULL;
    }
    HostObject *own = watch->reference;
    watch->gone(watch->record);
    free(watch);
    host_XDECREF(own);
    return py2abi_hostcall_none();
}

/* Have gone(record) called when a host object (borrowed) is deallocated.  Returns 0,
 * or -1 with a host exception: TypeError for an object that has no weak references. */
int
py2abi_hostcall_watch(HostObject *object, void *record, void (*gone)(void *record))
{
    static HostMethodDef definition = {"py2abi_watch", (void *)end, METH_O, NULL};
    struct watch *watch = malloc(sizeof *watch);
    if (watch == NULL) {
        host_PyErr_NoMemory();
        return -1;
    }
    *watch = (struct watch){record, gone, NULL};
    HostObject *capsule = host_PyCapsule_New(watch, "py2abi.watch", NULL);
    HostObject *callback = capsule != NULL ? host_PyCFunction_NewEx(&definition, capsule, NULL)
                                           : NULL;
    watch->reference = callback != NULL ? host_PyWeakref_NewRef(object, callback) : NULL;
    host_XDECREF(callback);
    host_XDECREF(capsule);
    if (watch->reference == NULL) {
        free(watch);
        return -1;
    }
    return 0;
}
