/* crossing.h - entering and leaving guest code: what every call does, for those who call the
 * guest.  What calls seldom need is in crossing.c. */

#ifndef PY2ABI_CROSSING_H
#define PY2ABI_CROSSING_H

#include "check.h"
#include "guest.h"

#pragma GCC visibility push(hidden)

/* The thread that runs here.  Its host thread state tells whether it is still
 * the right one: a thread may have several in turn.
 *
 * Each crossing reads it, so it takes eight bytes of what the loader reserves in each thread
 * for libraries that come late: by a call, as is usual there, a member's value took 17 % more. */
extern __thread struct py2abi_thread *py2abi_thread_current
    __attribute__((tls_model("initial-exec")));

void py2abi_frame_set_aside(struct py2abi_frame *frame);
void py2abi_frame_settle(struct py2abi_frame *frame);
HostObject *py2abi_frame_finish(struct py2abi_frame *frame, PyObject *result);

#pragma GCC visibility pop

/* Enter guest code: a function of a type's, or of a module's, by its name; any may be NULL.
 * frame is the caller's, on its stack, until py2abi_frame_leave.  Returns 0, or -1 with a host
 * exception (MemoryError).
 *
 * The guest's error indicator is empty afterwards; what was in it (the caller
 * may be an API call of an outer guest function) comes back on leaving. */
static inline int
py2abi_frame_enter(struct py2abi_frame *frame, const struct py2abi_guest *guest,
                   const PyTypeObject *of, const char *function)
{
    struct py2abi_thread *thread = py2abi_thread_current;
    if (__builtin_expect(thread == NULL || thread->host != host_PyThreadState_Get(), 0)) {
        thread = py2abi_thread_get();
        if (thread == NULL) {
            return -1;
        }
    }
    frame->thread = thread;
    frame->outer = thread->frame;
    frame->guest = guest;
    frame->function = function;
    frame->of = of;
    frame->has = 0;
    if (__builtin_expect(thread->state.curexc_type != NULL, 0)) {
        py2abi_frame_set_aside(frame);
    }
    thread->frame = frame;
    _PyThreadState_Current = &thread->state;
    py2abi_check_code++;
    return 0;
}

/* Leave guest code: what lived until the frame's end goes.  An error of the
 * guest's has been moved to the host before. */
static inline void
py2abi_frame_leave(struct py2abi_frame *frame)
{
    struct py2abi_thread *thread = frame->thread;
    if (__builtin_expect(frame->has || thread->state.curexc_type != NULL
                             || py2abi_lists_kept.first != NULL || py2abi_checking, 0)) {
        py2abi_frame_settle(frame);
    }
    thread->frame = frame->outer;
}

/* Whether the code of an entered frame has left an error. */
static inline int
py2abi_frame_has_error(const struct py2abi_frame *frame)
{
    return frame->thread->state.curexc_type != NULL;
}

/* What a guest function returned, on the host; the frame ends here.  Takes the
 * result over.  Returns a new reference, or NULL with a host exception: the
 * guest's own, or SystemError when it failed without one.  A function that
 * returns a result and leaves an exception has failed. */
static inline __attribute__((always_inline)) HostObject *
py2abi_frame_result(struct py2abi_frame *frame, PyObject *result)
{
    if (__builtin_expect(result != NULL && Py_TYPE(result) == &PyInt_Type && !py2abi_checking
                             && !py2abi_frame_has_error(frame), 1)) {
        HostObject *number = py2abi_host_int(PyInt_AS_LONG(result));
        Py_DECREF(result);
        if (__builtin_expect(frame->has || py2abi_lists_kept.first != NULL, 0)) {
            py2abi_frame_settle(frame);
        }
        frame->thread->frame = frame->outer;
        return number;
    }
    return py2abi_frame_finish(frame, result);
}

#endif
