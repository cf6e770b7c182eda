/* codeobject.c - compiled code: the host's, and what binaries make for their
 * tracebacks. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

#include <limits.h>
#include <math.h>
#include <string.h>

/* ---- Made by binaries ---- */

/* 2.7 has the names in its code interned, and what looks like a name of its
 * constants. */
static void
intern_all(PyObject *tuple)
{
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); i++) {
        PyObject *name = PyTuple_GET_ITEM(tuple, i);
        if (name == NULL || !PyString_CheckExact(name)) {
            Py_FatalError("non-string found in code slot");
        }
        PyString_InternInPlace(&PyTuple_GET_ITEM(tuple, i));
    }
}

static PyObject *
shared(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

PyCodeObject *
PyCode_New(int argcount, int nlocals, int stacksize, int flags, PyObject *code, PyObject *consts,
           PyObject *names, PyObject *varnames, PyObject *freevars, PyObject *cellvars,
           PyObject *filename, PyObject *name, int firstlineno, PyObject *lnotab)
{
    if (argcount < 0 || nlocals < 0 || code == NULL || consts == NULL || !PyTuple_Check(consts)
        || names == NULL || !PyTuple_Check(names) || varnames == NULL || !PyTuple_Check(varnames)
        || freevars == NULL || !PyTuple_Check(freevars) || cellvars == NULL
        || !PyTuple_Check(cellvars) || name == NULL || !PyString_Check(name) || filename == NULL
        || !PyString_Check(filename) || lnotab == NULL || !PyString_Check(lnotab)
        || !PyObject_CheckReadBuffer(code)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    intern_all(names);
    intern_all(varnames);
    intern_all(freevars);
    intern_all(cellvars);
    PyCodeObject *made = (PyCodeObject *)py2abi_mirror_new(&PyCode_Type, NULL);
    if (made == NULL) {
        py2abi_failed();
        return NULL;
    }
    made->co_argcount = argcount;
    made->co_nlocals = nlocals;
    made->co_stacksize = stacksize;
    made->co_flags = flags;
    made->co_code = shared(code);
    made->co_consts = shared(consts);
    made->co_names = shared(names);
    made->co_varnames = shared(varnames);
    made->co_freevars = shared(freevars);
    made->co_cellvars = shared(cellvars);
    made->co_filename = shared(filename);
    made->co_name = shared(name);
    made->co_firstlineno = firstlineno;
    made->co_lnotab = shared(lnotab);
    return made;
}

PyCodeObject *
PyCode_NewEmpty(const char *filename, const char *name, int firstlineno)
{
    PyObject *nothing = PyString_FromString(""), *none = PyTuple_New(0);
    PyObject *guest_filename = PyString_FromString(filename);
    PyObject *guest_name = PyString_FromString(name);
    PyCodeObject *made = NULL;
    if (nothing != NULL && none != NULL && guest_filename != NULL && guest_name != NULL) {
        made = PyCode_New(0, 0, 0, 0, nothing, none, none, none, none, none, guest_filename,
                          guest_name, firstlineno, nothing);
    }
    Py_XDECREF(nothing);
    Py_XDECREF(none);
    Py_XDECREF(guest_filename);
    Py_XDECREF(guest_name);
    return made;
}

/* ---- On the host ---- */

/* The host's code that shows in a traceback where guest code is: a new reference,
 * or NULL with a host exception.  The last one is kept, since a binary makes code
 * for each place that it reports. */
HostObject *
py2abi_code_place(PyCodeObject *guest, int line)
{
    struct py2abi_code *code = (struct py2abi_code *)guest;
    if (code->place == NULL || code->line != line) {
        HostObject *place = host_PyCode_NewEmpty(PyString_AS_STRING(guest->co_filename),
                                                 PyString_AS_STRING(guest->co_name), line);
        if (place == NULL) {
            return NULL;
        }
        host_XDECREF(code->place);
        code->place = place;
        code->line = line;
    }
    host_INCREF(code->place);
    return code->place;
}

/* What stands on the host for code that a binary made, whose mirror it becomes: a
 * new reference, or NULL with a host exception.  It has the names only. */
HostObject *
py2abi_code_host(PyObject *object)
{
    HostObject *host = py2abi_code_place((PyCodeObject *)object,
                                         ((PyCodeObject *)object)->co_firstlineno);
    if (host != NULL && py2abi_mirror_attach(object, host) < 0) {
        host_DECREF(host);
        return NULL;
    }
    return host;
}

/* ---- Mirrors ---- */

static int
host_int(HostObject *host, const char *name)
{
    return (int)py2abi_hostcall_long(py2abi_hostcall_attribute(host, name), 0);
}

static PyObject *
name_of(HostObject *host, const char *attribute)
{
    HostObject *name = host_PyObject_GetAttrString(host, attribute);
    PyObject *guest = name != NULL ? py2abi_mirror_name(name) : NULL;
    host_XDECREF(name);
    if (guest != NULL) {
        PyString_InternInPlace(&guest);
    }
    return guest;
}

static PyObject *
names_of(HostObject *host, const char *attribute)
{
    HostObject *names = host_PyObject_GetAttrString(host, attribute);
    Py_ssize_t count = names != NULL ? host_PyTuple_Size(names) : -1;
    PyObject *tuple = count >= 0 ? PyTuple_New(count) : NULL;
    for (Py_ssize_t i = 0; i < count && tuple != NULL; i++) {
        PyObject *name = py2abi_mirror_name(host_PyTuple_GetItem(names, i));
        if (name == NULL) {
            Py_CLEAR(tuple);
            break;
        }
        PyString_InternInPlace(&name);
        PyTuple_SET_ITEM(tuple, i, name);
    }
    host_XDECREF(names);
    return tuple;
}

/* Once: a host's code does not change.  Python 3's byte code, its constants and its
 * line table mean nothing to a guest: they are empty.  CO_FUTURE_DIVISION keeps
 * binaries from running what they take for a simple function in a frame of theirs. */
int
py2abi_code_fill(PyObject *mirror, HostObject *host)
{
    PyCodeObject *code = (PyCodeObject *)mirror;
    if (code->co_name != NULL) {
        return 0;
    }
    code->co_argcount = host_int(host, "co_argcount");
    code->co_nlocals = host_int(host, "co_nlocals");
    code->co_stacksize = host_int(host, "co_stacksize");
    code->co_firstlineno = host_int(host, "co_firstlineno");
    code->co_flags = (host_int(host, "co_flags")
                      & (CO_OPTIMIZED | CO_NEWLOCALS | CO_VARARGS | CO_VARKEYWORDS | CO_NESTED
                         | CO_GENERATOR))
                     | CO_FUTURE_DIVISION;
    code->co_names = names_of(host, "co_names");
    code->co_varnames = names_of(host, "co_varnames");
    code->co_freevars = names_of(host, "co_freevars");
    code->co_cellvars = names_of(host, "co_cellvars");
    code->co_filename = name_of(host, "co_filename");
    code->co_code = PyString_FromString("");
    code->co_lnotab = PyString_FromString("");
    code->co_consts = PyTuple_New(0);
    if (code->co_names == NULL || code->co_varnames == NULL || code->co_freevars == NULL
        || code->co_cellvars == NULL || code->co_filename == NULL || code->co_code == NULL
        || code->co_lnotab == NULL || code->co_consts == NULL
        || (code->co_name = name_of(host, "co_name")) == NULL) {
        if (host_PyErr_Occurred() == NULL) {
            py2abi_error_to_host();
        }
        return -1;
    }
    if (PyTuple_GET_SIZE(code->co_freevars) == 0 && PyTuple_GET_SIZE(code->co_cellvars) == 0) {
        code->co_flags |= CO_NOFREE;
    }
    return 0;
}

/* The mirror of the host's code, and kept for a while: a function that is passed again
 * and again is a new mirror each time, and its code has much to be filled in.  A new
 * reference, or NULL with a host exception. */
static PyObject *
recent_mirror(HostObject *host)
{
    static PyObject *recent[64];
    PyObject **slot = &recent[(uintptr_t)host / 64 % 64];
    if (*slot == NULL || PY2ABI_HEAD(*slot)->host != host) {
        PyObject *mirror = py2abi_mirror(host);
        if (mirror == NULL) {
            return NULL;
        }
        Py_XSETREF(*slot, mirror);
    }
    return shared(*slot);
}

/* The code that a function's mirror has: like the mirror of the host's code, but it
 * knows the function (borrowed, NULL passes).  Several functions may share a code,
 * so this is not in the tables.  A new reference, or NULL with a host exception. */
PyObject *
py2abi_code_for(HostObject *host, HostObject *function)
{
    PyObject *known = recent_mirror(host);
    struct py2abi_code *code = known != NULL && PyCode_Check(known)
                                   ? (void *)py2abi_mirror_new(&PyCode_Type, NULL)
                                   : NULL;
    if (code == NULL) {
        return known;
    }
    const PyCodeObject *from = (PyCodeObject *)known;
    PyCodeObject *to = &code->code;
    to->co_argcount = from->co_argcount;
    to->co_nlocals = from->co_nlocals;
    to->co_stacksize = from->co_stacksize;
    to->co_flags = from->co_flags;
    to->co_firstlineno = from->co_firstlineno;
    to->co_code = shared(from->co_code);
    to->co_consts = shared(from->co_consts);
    to->co_names = shared(from->co_names);
    to->co_varnames = shared(from->co_varnames);
    to->co_freevars = shared(from->co_freevars);
    to->co_cellvars = shared(from->co_cellvars);
    to->co_filename = shared(from->co_filename);
    to->co_name = shared(from->co_name);
    to->co_lnotab = shared(from->co_lnotab);
    Py_DECREF(known);
    host_INCREF(host);
    PY2ABI_HEAD(to)->host = host;
    host_INCREF(function);
    code->function = function;
    return (PyObject *)to;
}

static void
dealloc(PyObject *object)
{
    struct py2abi_code *code = (struct py2abi_code *)object;
    PyCodeObject *fields = &code->code;
    HostObject *own = NULL;
    Py_XDECREF(fields->co_code);
    Py_XDECREF(fields->co_consts);
    Py_XDECREF(fields->co_names);
    Py_XDECREF(fields->co_varnames);
    Py_XDECREF(fields->co_freevars);
    Py_XDECREF(fields->co_cellvars);
    Py_XDECREF(fields->co_filename);
    Py_XDECREF(fields->co_name);
    Py_XDECREF(fields->co_lnotab);
    if (code->function != NULL) {
        /* Not the one that the tables know. */
        own = PY2ABI_HEAD(object)->host;
        PY2ABI_HEAD(object)->host = NULL;
    }
    if (!py2abi_finalizing()) {
        host_XDECREF(own);
        host_XDECREF(code->function);
        host_XDECREF(code->place);
    }
    py2abi_mirror_dealloc(object);
}

/* ---- Lines ---- */

/* The table has pairs of steps: so many bytes of code, so many lines. */
int
PyCode_Addr2Line(PyCodeObject *code, int address)
{
    const unsigned char *table = (unsigned char *)PyString_AS_STRING(code->co_lnotab);
    Py_ssize_t pairs = PyString_GET_SIZE(code->co_lnotab) / 2;
    int line = code->co_firstlineno, at = 0;
    for (Py_ssize_t i = 0; i < pairs; i++) {
        at += table[2 * i];
        if (at > address) {
            break;
        }
        line += table[2 * i + 1];
    }
    return line;
}

/* The same with the range of addresses that belong to the line: without an upper
 * end for the last one. */
int
_PyCode_CheckLineNumber(PyCodeObject *code, int address, PyAddrPair *bounds)
{
    const unsigned char *table = (unsigned char *)PyString_AS_STRING(code->co_lnotab);
    Py_ssize_t pairs = PyString_GET_SIZE(code->co_lnotab) / 2, i;
    int line = code->co_firstlineno, at = 0;
    bounds->ap_lower = 0;
    for (i = 0; i < pairs && at + table[2 * i] <= address; i++) {
        at += table[2 * i];
        if (table[2 * i + 1] != 0) {
            bounds->ap_lower = at;
        }
        line += table[2 * i + 1];
    }
    bounds->ap_upper = INT_MAX;
    if (i < pairs) {
        do {
            at += table[2 * i];
        } while (table[2 * i++ + 1] == 0 && i < pairs);
        bounds->ap_upper = at;
    }
    return line;
}

/* ---- Constants ---- */

/* A new tuple of a constant's type, that, and something that tells it from others, or NULL. */
static PyObject *
pack(PyObject *object, PyObject *more)
{
    return more != NULL ? PyTuple_Pack(3, Py_TYPE(object), object, more)
                        : PyTuple_Pack(2, Py_TYPE(object), object);
}

static int
is_negative_zero(double number)
{
    return number == 0.0 && copysign(1.0, number) < 0.0;
}

/* The keys of all items of a tuple or frozen set, in one of the same kind. */
static PyObject *
item_keys(PyObject *items)
{
    PyObject *list = PySequence_List(items), *keys = NULL;
    for (Py_ssize_t i = 0; list != NULL && i < PyList_GET_SIZE(list); i++) {
        PyObject *key = _PyCode_ConstantKey(PyList_GET_ITEM(list, i));
        if (key == NULL) {
            Py_CLEAR(list);
        }
        else {
            Py_SETREF(PyList_GET_ITEM(list, i), key);
        }
    }
    if (list != NULL) {
        keys = PyTuple_CheckExact(items) ? PyList_AsTuple(list) : PyFrozenSet_New(list);
    }
    Py_XDECREF(list);
    return keys;
}

/* What two constants have in common that a code can have once: not those that are only
 * equal, as 1 and 1.0, or 0.0 and -0.0.  Returns a new tuple, or NULL with an exception. */
PyObject *
_PyCode_ConstantKey(PyObject *object)
{
    if (object == Py_None || PyInt_CheckExact(object) || PyLong_CheckExact(object)
        || PyBool_Check(object) || PyString_CheckExact(object) || PyUnicode_CheckExact(object)
        || PyCode_Check(object)) {
        return pack(object, NULL);
    }
    if (PyFloat_CheckExact(object)) {
        return pack(object, is_negative_zero(PyFloat_AS_DOUBLE(object)) ? Py_None : NULL);
    }
    if (PyComplex_CheckExact(object)) {
        Py_complex value = ((PyComplexObject *)object)->cval;
        int real = is_negative_zero(value.real), imag = is_negative_zero(value.imag);
        return pack(object, real && imag ? Py_True : imag ? Py_False : real ? Py_None : NULL);
    }
    PyObject *more = PyTuple_CheckExact(object) || PyFrozenSet_CheckExact(object)
                         ? item_keys(object)
                         : PyLong_FromVoidPtr(object);
    PyObject *key = more != NULL ? pack(object, more) : NULL;
    Py_XDECREF(more);
    return key;
}

/* ---- The type ---- */

static PyObject *
repr(PyObject *object)
{
    const PyCodeObject *code = (PyCodeObject *)object;
    return PyString_FromFormat("<code object %.100s at %p, file \"%.300s\", line %d>",
                               PyString_AS_STRING(code->co_name), (void *)object,
                               PyString_AS_STRING(code->co_filename),
                               code->co_firstlineno != 0 ? code->co_firstlineno : -1);
}

static PyGetSetDef getset[] = {
    PY2ABI_FIELD("co_argcount", int, PyCodeObject, co_argcount),
    PY2ABI_FIELD("co_nlocals", int, PyCodeObject, co_nlocals),
    PY2ABI_FIELD("co_stacksize", int, PyCodeObject, co_stacksize),
    PY2ABI_FIELD("co_flags", int, PyCodeObject, co_flags),
    PY2ABI_FIELD("co_firstlineno", int, PyCodeObject, co_firstlineno),
    PY2ABI_FIELD("co_names", object, PyCodeObject, co_names),
    PY2ABI_FIELD("co_varnames", object, PyCodeObject, co_varnames),
    PY2ABI_FIELD("co_freevars", object, PyCodeObject, co_freevars),
    PY2ABI_FIELD("co_cellvars", object, PyCodeObject, co_cellvars),
    PY2ABI_FIELD("co_filename", object, PyCodeObject, co_filename),
    PY2ABI_FIELD("co_name", object, PyCodeObject, co_name),
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject PyCode_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "code",
    .tp_basicsize = sizeof(struct py2abi_code),
    .tp_dealloc = dealloc,
    .tp_repr = repr,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | PY2ABI_TPFLAGS_MIRROR | PY2ABI_TPFLAGS_FIELDS,
    .tp_getset = getset,
};
