/* frameobject.c - frames: snapshots of the host's, and what binaries make for their
 * tracebacks, which nobody executes. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

/* A frame that a binary made has its variables behind it, and a stack that would
 * hold what is computed. */
static Py_ssize_t
count_variables(const PyCodeObject *code)
{
    return code->co_nlocals + PyTuple_GET_SIZE(code->co_cellvars)
           + PyTuple_GET_SIZE(code->co_freevars);
}

PyFrameObject *
PyFrame_New(PyThreadState *tstate, PyCodeObject *code, PyObject *globals, PyObject *locals)
{
    if (code == NULL || globals == NULL || !PyDict_Check(globals)
        || (locals != NULL && !PyMapping_Check(locals))) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_ssize_t variables = count_variables(code);
    PyObject *object = py2abi_mirror_new_var(&PyFrame_Type, NULL, code->co_stacksize + variables);
    if (object == NULL) {
        py2abi_failed();
        return NULL;
    }
    PyFrameObject *frame = (PyFrameObject *)object;
    frame->f_valuestack = frame->f_stacktop = frame->f_localsplus + variables;
    Py_INCREF(code);
    frame->f_code = code;
    Py_INCREF(globals);
    frame->f_globals = globals;
    frame->f_builtins = PyEval_GetBuiltins();
    Py_XINCREF(frame->f_builtins);
    if ((code->co_flags & (CO_NEWLOCALS | CO_OPTIMIZED)) == (CO_NEWLOCALS | CO_OPTIMIZED)) {
        locals = NULL;
    }
    else if (code->co_flags & CO_NEWLOCALS) {
        locals = PyDict_New();
        if (locals == NULL) {
            Py_DECREF(object);
            return NULL;
        }
    }
    else {
        locals = locals != NULL ? locals : globals;
        Py_INCREF(locals);
    }
    frame->f_locals = locals;
    frame->f_tstate = tstate;
    frame->f_lasti = -1;
    frame->f_lineno = code->co_firstlineno;
    return frame;
}

static void
clear_fields(PyFrameObject *frame)
{
    Py_CLEAR(frame->f_back);
    Py_CLEAR(frame->f_code);
    Py_CLEAR(frame->f_builtins);
    Py_CLEAR(frame->f_globals);
    Py_CLEAR(frame->f_locals);
    Py_CLEAR(frame->f_trace);
    Py_CLEAR(frame->f_exc_type);
    Py_CLEAR(frame->f_exc_value);
    Py_CLEAR(frame->f_exc_traceback);
}

static void
dealloc(PyObject *object)
{
    PyFrameObject *frame = (PyFrameObject *)object;
    if (frame->f_valuestack != NULL) {
        PyObject **end = frame->f_stacktop != NULL ? frame->f_stacktop : frame->f_valuestack;
        for (PyObject **at = frame->f_localsplus; at < end; at++) {
            Py_CLEAR(*at);
        }
    }
    clear_fields(frame);
    py2abi_mirror_dealloc(object);
}

/* ---- Mirrors ---- */

static PyObject *
mirror_of(HostObject *host, const char *name)
{
    HostObject *value = host_PyObject_GetAttrString(host, name);
    PyObject *mirror = value != NULL ? py2abi_mirror_steal(value) : NULL;
    if (mirror == Py_None) {
        Py_CLEAR(mirror);
    }
    if (mirror == NULL) {
        host_PyErr_Clear();
    }
    return mirror;
}

static int is_inner;

/* What a frame of the host's shows now: its line, and once what does not change.
 * f_back is there for the frame that is asked for, and not for that again: a guest
 * that walks up has to ask for each. */
int
py2abi_frame_fill(PyObject *mirror, HostObject *host)
{
    PyFrameObject *frame = (PyFrameObject *)mirror;
    frame->f_lineno = (int)py2abi_hostcall_long(py2abi_hostcall_attribute(host, "f_lineno"),
                                                frame->f_lineno);
    if (frame->f_code == NULL) {
        PyObject *code = mirror_of(host, "f_code");
        frame->f_code = (PyCodeObject *)code;
        if (code == NULL) {
            host_PyErr_SetString(*HOST(PyExc_SystemError), "a frame without code");
            return -1;
        }
        frame->f_globals = mirror_of(host, "f_globals");
        if (frame->f_globals != NULL && PyDict_Check(frame->f_globals)) {
            PY2ABI_HEAD(frame->f_globals)->is_namespace |= 1;
        }
        frame->f_builtins = mirror_of(host, "f_builtins");
        frame->f_tstate = _PyThreadState_Current;
        frame->f_lasti = (int)py2abi_hostcall_long(py2abi_hostcall_attribute(host, "f_lasti"), -1);
    }
    if (!is_inner && frame->f_back == NULL) {
        frame->f_back = py2abi_frame_alone(host, "f_back");
    }
    return 0;
}

/* The frame that an attribute of a host object is, without those that it was called by: a new
 * reference, or NULL without an exception. */
PyFrameObject *
py2abi_frame_alone(HostObject *host, const char *name)
{
    int was_inner = is_inner;
    is_inner = 1;
    PyObject *frame = mirror_of(host, name);
    is_inner = was_inner;
    if (frame != NULL && !PyFrame_Check(frame)) {
        Py_CLEAR(frame);
    }
    return (PyFrameObject *)frame;
}

/* ---- What binaries ask of frames ---- */

int
PyFrame_GetLineNumber(PyFrameObject *frame)
{
    if (frame->f_trace != NULL || PY2ABI_HEAD(frame)->host != NULL) {
        return frame->f_lineno;
    }
    return PyCode_Addr2Line(frame->f_code, frame->f_lasti);
}

/* A function's variables as a dictionary, for a frame of the host's: a copy from
 * 3.13 on, where they are no dictionary. */
void
PyFrame_FastToLocals(PyFrameObject *frame)
{
    if (frame == NULL || PY2ABI_HEAD(frame)->host == NULL) {
        return;
    }
    PyObject *locals = mirror_of(PY2ABI_HEAD(frame)->host, "f_locals");
    if (locals != NULL && !PyDict_Check(locals)) {
        PyObject *copy = PyDict_New();
        if (copy == NULL || PyDict_Update(copy, locals) < 0) {
            Py_CLEAR(copy);
            PyErr_Clear();
        }
        Py_SETREF(locals, copy);
    }
    if (locals != NULL) {
        Py_XSETREF(frame->f_locals, locals);
    }
}

/* The host does not take variables back. */
void
PyFrame_LocalsToFast(PyFrameObject *frame, int clear)
{
    (void)frame;
    (void)clear;
}

void
PyFrame_BlockSetup(PyFrameObject *frame, int type, int handler, int level)
{
    if (frame->f_iblock >= CO_MAXBLOCKS) {
        Py_FatalError("block stack overflow");
    }
    frame->f_blockstack[frame->f_iblock++] = (PyTryBlock){type, handler, level};
}

PyTryBlock *
PyFrame_BlockPop(PyFrameObject *frame)
{
    if (frame->f_iblock <= 0) {
        Py_FatalError("block stack underflow");
    }
    return &frame->f_blockstack[--frame->f_iblock];
}

/* There is no list of frames to be used again. */
int
PyFrame_ClearFreeList(void)
{
    return 0;
}

int
_PyFrame_Init(void)
{
    return 1;
}

void
PyFrame_Fini(void)
{
}

/* ---- The type ---- */

static int
traverse(PyObject *object, visitproc visit, void *arg)
{
    const PyFrameObject *frame = (PyFrameObject *)object;
    Py_VISIT(frame->f_back);
    Py_VISIT(frame->f_code);
    Py_VISIT(frame->f_builtins);
    Py_VISIT(frame->f_globals);
    Py_VISIT(frame->f_locals);
    Py_VISIT(frame->f_trace);
    return 0;
}

static int
clear(PyObject *object)
{
    clear_fields((PyFrameObject *)object);
    return 0;
}

static PyGetSetDef getset[] = {
    PY2ABI_FIELD("f_code", object, PyFrameObject, f_code),
    PY2ABI_FIELD("f_globals", object, PyFrameObject, f_globals),
    PY2ABI_FIELD("f_builtins", object, PyFrameObject, f_builtins),
    PY2ABI_FIELD("f_lasti", int, PyFrameObject, f_lasti),
    PY2ABI_FIELD("f_lineno", int, PyFrameObject, f_lineno),
    {NULL, NULL, NULL, NULL, NULL},
};

PyTypeObject PyFrame_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "frame",
    .tp_basicsize = sizeof(PyFrameObject),
    .tp_itemsize = sizeof(PyObject *),
    .tp_dealloc = dealloc,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | PY2ABI_TPFLAGS_MIRROR
                | PY2ABI_TPFLAGS_FIELDS,
    .tp_traverse = traverse,
    .tp_clear = clear,
    .tp_getset = getset,
};
