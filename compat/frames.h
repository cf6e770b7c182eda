/* frames.h - code, functions and frames: what their files share. */

#ifndef PY2ABI_FRAMES_H
#define PY2ABI_FRAMES_H

#include "guest.h"

/* Code is the mirror of the host's, or was made by a binary, for tracebacks: then
 * nobody executes it.  A function's mirror has code of its own, that knows it:
 * binaries take the code out of a function and evaluate that. */
struct py2abi_code {
    PyCodeObject code;
    HostObject *function; /* to be called when the code is evaluated, owned, or NULL */
    HostObject *place;    /* the host's code for a traceback that shows this, owned */
    int line;             /* that place has */
};

PyObject *py2abi_code_for(HostObject *code, HostObject *function);
HostObject *py2abi_code_place(PyCodeObject *code, int line);
HostObject *py2abi_code_host(PyObject *code);
int py2abi_code_fill(PyObject *code, HostObject *host);
int py2abi_frame_fill(PyObject *frame, HostObject *host);
PyFrameObject *py2abi_frame_alone(HostObject *host, const char *name);
int py2abi_traceback_fill(PyObject *traceback, HostObject *host);
int py2abi_function_fill(PyObject *function, HostObject *host);
int py2abi_method_fill(PyObject *method, HostObject *host);
HostObject *py2abi_method_host(PyObject *method);
int py2abi_weakref_fill(PyObject *reference, HostObject *host);
int py2abi_datetime_fill(PyObject *mirror, HostObject *host);


/* A thread state (the guest's) that runs from now on, or has the lock no longer
 * (pystate.c). */
void py2abi_thread_comes(PyThreadState *tstate);
void py2abi_thread_leaves(PyThreadState *tstate);

/* tp_getset of what has fields of its own: the closure is a field's offset. */
PyObject *py2abi_field_object(PyObject *object, void *offset);
PyObject *py2abi_field_int(PyObject *object, void *offset);
#define PY2ABI_FIELD(name, kind, structure, field)                                                \
    {                                                                                             \
        (char *)(uintptr_t)name, py2abi_field_##kind, NULL, NULL,                                 \
            (void *)offsetof(structure, field)                                                    \
    }

#endif
