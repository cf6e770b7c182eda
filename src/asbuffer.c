/* asbuffer.c - the four functions of the old buffer protocol.
 *
 * Their contract is Python 2.5's and the host's own functions' (CPython,
 * Objects/abstract.c); where they differ from the latter, deviations.def has a
 * row.  All four are called with the GIL held, borrow obj, and may be called
 * from the first code object of a starting interpreter on. */

#include "config.h"
#include "layout.h"
#include "views.h"

#include <stdbool.h>

/* An exception, out of the error indicator. */
struct error {
    PyObject *type, *value, *traceback;
};

static void
set_aside(struct error *error)
{
    host_PyErr_Fetch(&error->type, &error->value, &error->traceback);
}

static void
put_back(struct error *error)
{
    host_PyErr_Restore(error->type, error->value, error->traceback);
}

static void
forget(struct error *error)
{
    PyObject *owned[] = {error->type, error->value, error->traceback};
    for (int i = 0; i < 3; i++) {
        if (owned[i] != NULL) {
            host_Py_DecRef(owned[i]);
        }
    }
}

/* Turn error (owned, given away) into an exception object with its traceback:
 * a new reference, or NULL where there was no exception. */
static PyObject *
exception_of(struct error *error)
{
    if (error->type == NULL) {
        return NULL;
    }
    host_PyErr_NormalizeException(&error->type, &error->value, &error->traceback);
    if (error->traceback != NULL) {
        host_PyException_SetTraceback(error->value, error->traceback);
        host_Py_DecRef(error->traceback);
    }
    host_Py_DecRef(error->type);
    return error->value;
}

/* Raise a TypeError.  attach is PyException_SetCause or PyException_SetContext;
 * it gets exception (owned, given away; NULL if there is none). */
static void
raise_type_error(const char *message, void (*attach)(PyObject *, PyObject *), PyObject *exception)
{
    host_PyErr_SetString(*HOST(PyExc_TypeError), message);
    if (exception != NULL) {
        struct error raised;
        set_aside(&raised);
        host_PyErr_NormalizeException(&raised.type, &raised.value, &raised.traceback);
        attach(raised.value, exception);
        put_back(&raised);
    }
}

static bool
matches(const struct error *error, PyObject *type)
{
    return host_PyErr_GivenExceptionMatches(error->type, type) != 0;
}

/* The exporter has refused: raise what the caller is promised.  pending is what
 * was set before the call (owned, given away); like on the host, the new
 * exception replaces it. */
static void
refuse(bool writable, struct error *pending)
{
    const char *message = writable ? "expected a writable bytes-like object"
                                   : "expected a single-segment bytes-like object";
    struct error refusal;
    set_aside(&refusal);

    if (refusal.type == NULL) {
        /* Otherwise the caller would see -1 and no exception, or take what was
         * pending for the reason. */
        raise_type_error(message, host_PyException_SetContext, exception_of(pending));
        return;
    }
    forget(pending);
    bool wrapped = writable ? matches(&refusal, *HOST(PyExc_Exception))
                                  && !matches(&refusal, *HOST(PyExc_MemoryError))
                            : matches(&refusal, *HOST(PyExc_BufferError));
    if (wrapped) {
        raise_type_error(message, host_PyException_SetCause, exception_of(&refusal));
    }
    else {
        put_back(&refusal);
    }
}

static void
null_argument(void)
{
    if (host_PyErr_Occurred() == NULL) {
        host_PyErr_SetString(*HOST(PyExc_SystemError), "null argument to internal routine");
    }
}

/* What the three As functions differ in. */
struct asker {
    const char *name;
    int flags;
    enum { CHAR, READ, WRITE } kind;
};

static const struct asker as_char = {"PyObject_AsCharBuffer", PyBUF_SIMPLE, CHAR};
static const struct asker as_read = {"PyObject_AsReadBuffer", PyBUF_SIMPLE, READ};
static const struct asker as_write = {"PyObject_AsWriteBuffer", PyBUF_WRITABLE, WRITE};

/* Hand the call on to the Python 2 that runs in this process. */
static int
ask_python2(const struct host_python2 *own, const struct asker *asker, PyObject *obj,
            void **ret_buffer, Py_ssize_t *ret_len)
{
    const void *read_only = NULL;
    const char *characters = NULL;
    int result;

    switch (asker->kind) {
    case CHAR:
        result = own->AsCharBuffer(obj, ret_buffer != NULL ? &characters : NULL, ret_len);
        if (result == 0) {
            *ret_buffer = (void *)characters;
        }
        return result;
    case READ:
        result = own->AsReadBuffer(obj, ret_buffer != NULL ? &read_only : NULL, ret_len);
        if (result == 0) {
            *ret_buffer = (void *)read_only;
        }
        return result;
    default:
        return own->AsWriteBuffer(obj, ret_buffer, ret_len);
    }
}

/* Ask the host for a view and hand out its address and length.  Not inlined:
 * the fast path needs none of its stack. */
static __attribute__((noinline)) int
ask_host(const struct asker *asker, PyObject *obj, void **ret_buffer, Py_ssize_t *ret_len)
{
    const struct py2abi_host *host = py2abi_host_get();
    struct error pending = {NULL, NULL, NULL};
    struct py2abi_view *kept = NULL;
    Py_buffer own, *view = &own;

    if (host == NULL) {
        py2abi_host_absent(asker->name);
        return -1;
    }
    if (host->major < 3) {
        return ask_python2(&host->python2, asker, obj, ret_buffer, ret_len);
    }
    if (!py2abi_host_has(HOST_CORE, asker->name)) {
        return -1;
    }
    if (obj == NULL || ret_buffer == NULL || ret_len == NULL) {
        null_argument();
        return -1;
    }
    /* An exporter that is entered with an exception set may do anything from
     * losing it to aborting (debug builds do). */
    bool had_error = host_PyErr_Occurred() != NULL;
    if (had_error) {
        set_aside(&pending);
    }
    if (atomic_load_explicit(&py2abi_layout_known, memory_order_relaxed) == NULL) {
        py2abi_layout_learn();
    }
    if (py2abi_views_wanted(host)) {
        if (py2abi_views_prepare(asker->name, &kept) < 0) {
            forget(&pending);
            return -1;
        }
        if (kept != NULL) {
            view = &kept->buffer;
        }
    }
    view->obj = NULL;
    if (ffi_PyObject_GetBuffer(obj, view, asker->flags) != 0) {
        if (kept != NULL) {
            py2abi_views_drop(kept);
        }
        refuse(asker->kind == WRITE, &pending);
        return -1;
    }
    *ret_buffer = view->buf;
    *ret_len = view->len;
    if (kept != NULL) {
        py2abi_views_keep(kept);
    }
    else {
        host_PyBuffer_Release(view);
    }
    if (had_error) {
        /* What an exporter raises while it succeeds stays, as on the host. */
        if (host_PyErr_Occurred() == NULL) {
            put_back(&pending);
        }
        else {
            forget(&pending);
        }
    }
    return 0;
}

static inline int
as_buffer(const struct asker *asker, PyObject *obj, void **ret_buffer, Py_ssize_t *ret_len)
{
    const struct py2abi_layout *layout =
        atomic_load_explicit(&py2abi_layout_known, memory_order_acquire);

    /* The layout is published after the host. */
    if (layout != NULL && obj != NULL && ret_buffer != NULL && ret_len != NULL
        && !py2abi_views_wanted(atomic_load_explicit(&py2abi_host_found, memory_order_relaxed))
        && py2abi_layout_buffer(layout, obj, asker->flags, ret_buffer, ret_len)) {
        return 0;
    }
    return ask_host(asker, obj, ret_buffer, ret_len);
}

int
PyObject_AsCharBuffer(PyObject *obj, const char **buffer, Py_ssize_t *buffer_len)
{
    void *address;
    int result = as_buffer(&as_char, obj, buffer != NULL ? &address : NULL, buffer_len);
    if (result == 0) {
        *buffer = address;
    }
    return result;
}

int
PyObject_AsReadBuffer(PyObject *obj, const void **buffer, Py_ssize_t *buffer_len)
{
    void *address;
    int result = as_buffer(&as_read, obj, buffer != NULL ? &address : NULL, buffer_len);
    if (result == 0) {
        *buffer = address;
    }
    return result;
}

int
PyObject_AsWriteBuffer(PyObject *obj, void **buffer, Py_ssize_t *buffer_len)
{
    return as_buffer(&as_write, obj, buffer, buffer_len);
}

int
PyObject_CheckReadBuffer(PyObject *obj)
{
    const struct py2abi_layout *layout =
        atomic_load_explicit(&py2abi_layout_known, memory_order_acquire);
    void *buffer;
    Py_ssize_t len;
    if (layout != NULL && obj != NULL
        && py2abi_layout_buffer(layout, obj, PyBUF_SIMPLE, &buffer, &len)) {
        return 1;
    }

    const struct py2abi_host *host = py2abi_host_get();
    if (host == NULL) {
        py2abi_host_absent(__func__);
        return 0;
    }
    if (host->major < 3) {
        return host->python2.CheckReadBuffer(obj);
    }
    if (!py2abi_host_has(HOST_CORE, __func__)) {
        return 0;
    }
    if (obj == NULL) {
        null_argument();
        return 0;
    }
    struct error pending = {NULL, NULL, NULL};
    bool had_error = host_PyErr_Occurred() != NULL;
    if (had_error) {
        set_aside(&pending);
    }
    if (layout == NULL) {
        py2abi_layout_learn();
    }
    Py_buffer view;
    view.obj = NULL;
    /* Any result but -1 counts as success, as on the host. */
    int readable = ffi_PyObject_GetBuffer(obj, &view, PyBUF_SIMPLE) != -1;
    if (readable) {
        host_PyBuffer_Release(&view);
    }
    /* Never an error: neither the exporter's refusal nor what it raises while
     * it releases. */
    if (had_error) {
        put_back(&pending);
    }
    else if (host_PyErr_Occurred() != NULL) {
        host_PyErr_Clear();
    }
    return readable;
}
