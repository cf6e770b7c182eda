/* fields.c - what inlined code reads of the mirrors of functions, code, frames,
 * tracebacks, methods, weak references, dates and times. */

#include "config.h"
#include "frames.h"

/* Bring the fields of a mirror up to date, if it is of a type that has some.
 * Returns 0, or -1 with a host exception. */
int
py2abi_fields_refresh(PyObject *mirror)
{
    const PyTypeObject *type = Py_TYPE(mirror);
    if (!(type->tp_flags & PY2ABI_TPFLAGS_MIRROR)) {
        /* Of a type that a binary derives: it has no head. */
        HostObject *proxy = py2abi_link_host(mirror);
        if (proxy != NULL && type->tp_basicsize >= (Py_ssize_t)sizeof(PyWeakReference)
            && PyWeakref_CheckRef(mirror)) {
            return py2abi_weakref_fill(mirror, proxy);
        }
        return proxy != NULL && PyModule_Check(mirror) ? py2abi_module_fill(mirror, proxy) : 0;
    }
    while (type != NULL && !(type->tp_flags & PY2ABI_TPFLAGS_FIELDS)) {
        type = type->tp_base;
    }
    if (type == NULL) {
        return 0;
    }
    HostObject *host = PY2ABI_HEAD(mirror)->host;
    if (host == NULL || PY2ABI_HEAD(mirror)->is_born || PY2ABI_HEAD(mirror)->is_native) {
        return 0;
    }
    if (type == &PyFunction_Type) {
        return py2abi_function_fill(mirror, host);
    }
    if (type == &PyMethod_Type) {
        return py2abi_method_fill(mirror, host);
    }
    if (type == &PyCode_Type) {
        return py2abi_code_fill(mirror, host);
    }
    if (type == &PyFrame_Type) {
        return py2abi_frame_fill(mirror, host);
    }
    if (type == &PyTraceBack_Type) {
        return py2abi_traceback_fill(mirror, host);
    }
    if (type->tp_basicsize == sizeof(PyWeakReference) && PyWeakref_Check(mirror)) {
        return py2abi_weakref_fill(mirror, host);
    }
    return py2abi_datetime_fill(mirror, host);
}

/* ---- As attributes ---- */

PyObject *
py2abi_field_object(PyObject *object, void *offset)
{
    PyObject *value = *(PyObject **)(void *)((char *)object + (uintptr_t)offset);
    if (value == NULL) {
        Py_RETURN_NONE;
    }
    Py_INCREF(value);
    return value;
}

PyObject *
py2abi_field_int(PyObject *object, void *offset)
{
    return PyInt_FromLong(*(int *)(void *)((char *)object + (uintptr_t)offset));
}
