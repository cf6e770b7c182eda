/* oldbuffer: an extension module that uses the old buffer functions.

   It is what such modules used to be: it calls PyObject_AsCharBuffer(),
   PyObject_AsReadBuffer(), PyObject_CheckReadBuffer() and
   PyObject_AsWriteBuffer() and leaves it to the process that loads it to
   provide them.  One source serves Python 2.7 and Python 3.6 and later.

   It has three parts: exporters, types whose buffers behave in ways that no
   built-in type's do; probes, which call one of the four functions and report
   all that a caller can see; and users, plain functions that need a buffer. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* The old prototypes, which 3.13 took out of its headers; 3.9 to 3.12 declare
   the functions deprecated, which is the point here. */
#include "../../compat/abstract.h"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

#ifndef Py_UNUSED
#define Py_UNUSED(name) unused_ ## name __attribute__((unused))
#endif

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))


/* --- Exporters ---------------------------------------------------------- */

#define MODULE "oldbuffer"
#define PAGE 4096

/* Where an exporter's page holds what: its content, the table of pointers of
   the indirect exporter, and one place for each legacy slot, so that the
   pointer tells which of them was called. */
enum {
    AT_CONTENT = 0,
    AT_READ = 256,
    AT_WRITE = 512,
    AT_CHAR = 768,
    AT_POINTERS = 1024
};

static const char content[] = "0123456789abcdef";

/* Which legacy slots a type has. */
enum {
    HAS_READ = 1,
    HAS_WRITE = 2,
    HAS_SEGCOUNT = 4,
    HAS_CHAR = 8,
    HAS_ALL = 15
};

/* What a legacy slot returns, if not the length. */
enum {
    GIVES_LENGTH = 0,
    GIVES_NULL = 1              /* a null pointer, and 0; else -1 or -2 */
};

/* One kind of exporter.  The error is what its bf_getbuffer or its legacy
   slots set; whether they fail too is another matter. */
typedef struct {
    const char *name;
    getbufferproc get;
    releasebufferproc release;
    PyObject **error;
    const char *message;
#if PY_MAJOR_VERSION < 3
    int slots;
    int segments;
    const char *segments_message;
    int result;
    long without_flags;
#endif
} Kind;

typedef struct {
    PyObject_HEAD
    const Kind *kind;
    char *mem;                  /* a page of its own, so it can be unmapped */
    Py_ssize_t len;
    int unmapped;
    int gets;
    int releases;
    int last_flags;
    int exc_at_entry;
    int reads;
    int writes;
    int chars;
    int segcounts;
    PyObject *inner;
    Py_ssize_t shape[2];
    Py_ssize_t strides[2];
    Py_ssize_t suboffsets[2];
} Exporter;

static PyObject *new_temporary(void);

static Exporter *
note_get(PyObject *self, int flags)
{
    Exporter *x = (Exporter *)self;

    x->gets++;
    x->last_flags = flags;
    x->exc_at_entry = PyErr_Occurred() != NULL;
    return x;
}

static int
fill(Exporter *x, Py_buffer *view, int readonly, int flags)
{
    return PyBuffer_FillInfo(view, (PyObject *)x, x->mem, x->len, readonly, flags);
}

static int
refuse(Py_buffer *view, PyObject *type, const char *message)
{
    view->obj = NULL;
    PyErr_SetString(type, message);
    return -1;
}

static int
get_writable(PyObject *self, Py_buffer *view, int flags)
{
    return fill(note_get(self, flags), view, 0, flags);
}

static int
get_readonly(PyObject *self, Py_buffer *view, int flags)
{
    return fill(note_get(self, flags), view, 1, flags);
}

static int
get_failing(PyObject *self, Py_buffer *view, int flags)
{
    const Kind *kind = note_get(self, flags)->kind;

    view->obj = NULL;
    if (kind->message != NULL) {
        PyErr_SetString(*kind->error, kind->message);
    }
    else if (kind->error != NULL) {
        PyErr_SetNone(*kind->error);
    }
    return -1;
}

/* Not get_failing(): PyErr_NoMemory() does not chain the exception. */
static int
get_no_memory(PyObject *self, Py_buffer *view, int flags)
{
    note_get(self, flags);
    view->obj = NULL;
    PyErr_NoMemory();
    return -1;
}

static int
get_unless_simple(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    if (flags == PyBUF_SIMPLE) {
        return refuse(view, *x->kind->error, x->kind->message);
    }
    return fill(x, view, 0, flags);
}

static int
get_unless_writable(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    if (flags & PyBUF_WRITABLE) {
        return refuse(view, *x->kind->error, x->kind->message);
    }
    return fill(x, view, 1, flags);
}

/* Answers a request for a writable buffer with a read-only one. */
static int
get_readonly_always(PyObject *self, Py_buffer *view, int flags)
{
    int rc = fill(note_get(self, flags), view, 0, flags);

    if (rc == 0) {
        view->readonly = 1;
    }
    return rc;
}

static int
get_without_owner(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    return PyBuffer_FillInfo(view, NULL, x->mem, x->len, 0, flags);
}

static int
get_negative_len(PyObject *self, Py_buffer *view, int flags)
{
    int rc = fill(note_get(self, flags), view, 0, flags);

    if (rc == 0) {
        view->len = -5;
    }
    return rc;
}

static int
get_null(PyObject *self, Py_buffer *view, int flags)
{
    note_get(self, flags);
    return PyBuffer_FillInfo(view, self, NULL, 0, 0, flags);
}

static int
get_from_inner(PyObject *self, Py_buffer *view, int flags)
{
    return PyObject_GetBuffer(note_get(self, flags)->inner, view, flags);
}

/* The view alone keeps the exporter of the memory alive. */
static int
get_from_temporary(PyObject *self, Py_buffer *view, int flags)
{
    PyObject *temporary;
    int rc;

    note_get(self, flags);
    temporary = new_temporary();
    if (temporary == NULL) {
        return -1;
    }
    rc = PyObject_GetBuffer(temporary, view, flags);
    Py_DECREF(temporary);
    return rc;
}

static int
get_returning(PyObject *self, Py_buffer *view, int flags, int rc)
{
    Exporter *x = note_get(self, flags);

    view->obj = NULL;
    view->buf = x->mem;
    view->len = 7;
    if (x->kind->message != NULL) {
        PyErr_SetString(*x->kind->error, x->kind->message);
    }
    return rc;
}

static int
get_returning_plus1(PyObject *self, Py_buffer *view, int flags)
{
    return get_returning(self, view, flags, 1);
}

static int
get_returning_minus2(PyObject *self, Py_buffer *view, int flags)
{
    return get_returning(self, view, flags, -2);
}

static int
get_and_set_exception(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);
    int rc = fill(x, view, 0, flags);

    PyErr_SetString(*x->kind->error, x->kind->message);
    return rc;
}

/* Each view has memory of its own, so that a memory checker sees a use of it
   after the release. */
static int
get_heap_copy(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);
    char *copy = malloc((size_t)x->len);

    if (copy == NULL) {
        view->obj = NULL;
        PyErr_NoMemory();
        return -1;
    }
    memcpy(copy, x->mem, (size_t)x->len);
    if (PyBuffer_FillInfo(view, self, copy, x->len, 0, flags) < 0) {
        free(copy);
        return -1;
    }
    view->internal = copy;
    return 0;
}

static int
fill_shaped(Exporter *x, Py_buffer *view, int flags, int ndim, Py_ssize_t len)
{
    view->obj = (PyObject *)x;
    Py_INCREF(x);
    view->buf = x->mem;
    view->len = len;
    view->itemsize = 1;
    view->ndim = ndim;
    view->format = (flags & PyBUF_FORMAT) ? "B" : NULL;
    view->shape = (flags & PyBUF_ND) ? x->shape : NULL;
    view->strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES ? x->strides : NULL;
    return 0;
}

static int
get_2d_c(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    memset(view, 0, sizeof(*view));
    x->shape[0] = 2;
    x->shape[1] = 3;
    x->strides[0] = 3;
    x->strides[1] = 1;
    return fill_shaped(x, view, flags, 2, 6);
}

static int
get_2d_f(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    memset(view, 0, sizeof(*view));
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES
        || (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS) {
        return refuse(view, *x->kind->error, x->kind->message);
    }
    x->shape[0] = 2;
    x->shape[1] = 3;
    x->strides[0] = 1;
    x->strides[1] = 2;
    return fill_shaped(x, view, flags, 2, 6);
}

static int
get_strided(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    memset(view, 0, sizeof(*view));
    if ((flags & PyBUF_STRIDES) != PyBUF_STRIDES) {
        return refuse(view, *x->kind->error, x->kind->message);
    }
    x->shape[0] = 4;
    x->strides[0] = 2;
    return fill_shaped(x, view, flags, 1, 4);
}

/* Strided, and gives the strides to those who did not ask for them. */
static int
get_strided_always(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);

    memset(view, 0, sizeof(*view));
    x->shape[0] = 4;
    x->strides[0] = 2;
    return fill_shaped(x, view, flags | PyBUF_STRIDES, 1, 4);
}

static int
get_indirect(PyObject *self, Py_buffer *view, int flags)
{
    Exporter *x = note_get(self, flags);
    char **rows = (char **)(x->mem + AT_POINTERS);

    memset(view, 0, sizeof(*view));
    if ((flags & PyBUF_INDIRECT) != PyBUF_INDIRECT) {
        return refuse(view, *x->kind->error, x->kind->message);
    }
    rows[0] = x->mem;
    rows[1] = x->mem + 4;
    x->shape[0] = 2;
    x->shape[1] = 4;
    x->strides[0] = sizeof(char *);
    x->strides[1] = 1;
    x->suboffsets[0] = 0;
    x->suboffsets[1] = -1;
    fill_shaped(x, view, flags, 2, 8);
    view->buf = rows;
    view->suboffsets = x->suboffsets;
    return 0;
}

static void
release_only(PyObject *self, Py_buffer *Py_UNUSED(view))
{
    ((Exporter *)self)->releases++;
}

static void
release_poisoning(PyObject *self, Py_buffer *Py_UNUSED(view))
{
    Exporter *x = (Exporter *)self;

    x->releases++;
    memset(x->mem, 0xDD, (size_t)x->len);
}

static void
release_unmapping(PyObject *self, Py_buffer *Py_UNUSED(view))
{
    Exporter *x = (Exporter *)self;

    x->releases++;
    if (!x->unmapped) {
        munmap(x->mem, PAGE);
        x->unmapped = 1;
    }
}

static void
release_raising(PyObject *self, Py_buffer *Py_UNUSED(view))
{
    ((Exporter *)self)->releases++;
    PyErr_SetString(PyExc_RuntimeError, "raised in releasebuffer");
}

static void
release_heap_copy(PyObject *self, Py_buffer *view)
{
    ((Exporter *)self)->releases++;
    free(view->internal);
}

#if PY_MAJOR_VERSION < 3

static Py_ssize_t
legacy_slot(Exporter *x, void **ptr, const char *text, size_t at)
{
    const Kind *kind = x->kind;

    x->exc_at_entry = PyErr_Occurred() != NULL;
    if (kind->error != NULL) {
        PyErr_SetString(*kind->error, kind->message);
    }
    if (kind->result < 0) {
        return kind->result;
    }
    if (kind->result == GIVES_NULL) {
        *ptr = NULL;
        return 0;
    }
    strcpy(x->mem + at, text);
    *ptr = x->mem + at;
    return (Py_ssize_t)strlen(text);
}

static Py_ssize_t
legacy_read(PyObject *self, Py_ssize_t Py_UNUSED(segment), void **ptr)
{
    ((Exporter *)self)->reads++;
    return legacy_slot((Exporter *)self, ptr, "READSLOT", AT_READ);
}

static Py_ssize_t
legacy_write(PyObject *self, Py_ssize_t Py_UNUSED(segment), void **ptr)
{
    ((Exporter *)self)->writes++;
    return legacy_slot((Exporter *)self, ptr, "WRITESLOT", AT_WRITE);
}

static Py_ssize_t
legacy_char(PyObject *self, Py_ssize_t Py_UNUSED(segment), char **ptr)
{
    void *p = *ptr;
    Py_ssize_t len;

    ((Exporter *)self)->chars++;
    len = legacy_slot((Exporter *)self, &p, "CHARSLOT_", AT_CHAR);
    *ptr = p;
    return len;
}

static Py_ssize_t
legacy_segcount(PyObject *self, Py_ssize_t *total)
{
    Exporter *x = (Exporter *)self;

    x->segcounts++;
    if (total != NULL) {
        *total = 8;
    }
    if (x->kind->segments_message != NULL) {
        PyErr_SetString(PyExc_ValueError, x->kind->segments_message);
    }
    return x->kind->segments;
}

#endif /* PY_MAJOR_VERSION < 3 */

#define NAME(text) .name = MODULE "." text
#define ERROR(type, text) .error = &PyExc_ ## type, .message = text

static const Kind kinds[] = {
    {NAME("exp_rw"), .get = get_writable, .release = release_only},
    {NAME("exp_rw_norelease"), .get = get_writable},
    {NAME("exp_ro"), .get = get_readonly, .release = release_only},
    {NAME("exp_valueerror"), .get = get_failing, .release = release_only,
     ERROR(ValueError, "exporter says no")},
    {NAME("exp_unicodeerror"), .get = get_failing, .release = release_only,
     ERROR(UnicodeError, "weird")},
    {NAME("exp_memoryerror"), .get = get_no_memory, .release = release_only},
    {NAME("exp_keyboardinterrupt"), .get = get_failing, .release = release_only,
     ERROR(KeyboardInterrupt, NULL)},
    {NAME("exp_fail_noexc"), .get = get_failing, .release = release_only},
    {NAME("exp_fail_simple_only"), .get = get_unless_simple, .release = release_only,
     ERROR(BufferError, "PyBUF_SIMPLE refused")},
    {NAME("exp_fail_writable_valueerror"), .get = get_unless_writable,
     .release = release_only, ERROR(ValueError, "write refused")},
    {NAME("exp_ro_answers_writable"), .get = get_readonly_always, .release = release_only},
    {NAME("exp_poison_on_release"), .get = get_writable, .release = release_poisoning},
    {NAME("exp_unmap_on_release"), .get = get_writable, .release = release_unmapping},
    {NAME("exp_heap_freed_on_release"), .get = get_heap_copy, .release = release_heap_copy},
    {NAME("exp_view_obj_null"), .get = get_without_owner, .release = release_only},
    {NAME("exp_release_raises"), .get = get_writable, .release = release_raising},
    {NAME("exp_negative_len"), .get = get_negative_len, .release = release_only},
    {NAME("exp_null_buf_len0"), .get = get_null, .release = release_only},
    {NAME("exp_delegates_to_bytearray"), .get = get_from_inner},
    {NAME("exp_view_owned_by_temporary"), .get = get_from_temporary},
    {NAME("exp_getbuffer_returns_plus1"), .get = get_returning_plus1,
     .release = release_only},
    {NAME("exp_getbuffer_returns_minus2"), .get = get_returning_minus2,
     .release = release_only, ERROR(ValueError, "getbuffer returned -2")},
    {NAME("exp_2d_c_contiguous"), .get = get_2d_c, .release = release_only},
    {NAME("exp_2d_f_contiguous"), .get = get_2d_f, .release = release_only,
     ERROR(BufferError, "exporter: not C-contiguous")},
    {NAME("exp_1d_strided"), .get = get_strided, .release = release_only,
     ERROR(BufferError, "exporter: strides needed")},
    {NAME("exp_indirect_suboffsets"), .get = get_indirect, .release = release_only,
     ERROR(BufferError, "exporter: indirect needed")},
    {NAME("exp_strided_ignores_flags"), .get = get_strided_always, .release = release_only},
    {NAME("exp_ok_but_sets_exception"), .get = get_and_set_exception,
     .release = release_only, ERROR(RuntimeError, "ok but exception set")},
#if PY_MAJOR_VERSION < 3
    {NAME("leg_read_only"), .slots = HAS_READ | HAS_SEGCOUNT, .segments = 1},
    {NAME("leg_read_no_segcount"), .slots = HAS_READ},
    {NAME("leg_char_only"), .slots = HAS_CHAR | HAS_SEGCOUNT, .segments = 1},
    {NAME("leg_write_only"), .slots = HAS_WRITE | HAS_SEGCOUNT, .segments = 1},
    {NAME("leg_full"), .slots = HAS_ALL, .segments = 1},
    {NAME("leg_read_write_nochar"), .slots = HAS_ALL & ~HAS_CHAR, .segments = 1},
    {NAME("leg_full_plus_getbuffer"), .slots = HAS_ALL, .segments = 1, .get = get_writable},
    {NAME("leg_full_plus_getbuffer_release"), .slots = HAS_ALL, .segments = 1,
     .get = get_writable, .release = release_only},
    {NAME("leg_full_plus_releasebuffer_only"), .slots = HAS_ALL, .segments = 1,
     .release = release_only},
    {NAME("leg_segcount_2"), .slots = HAS_ALL, .segments = 2},
    {NAME("leg_segcount_0"), .slots = HAS_ALL, .segments = 0},
    {NAME("leg_segcount_m1_exc"), .slots = HAS_ALL, .segments = -1,
     .segments_message = "segcount raised"},
    {NAME("leg_segcount_m1_noexc"), .slots = HAS_ALL, .segments = -1},
    {NAME("leg_slot_m1_exc"), .slots = HAS_ALL, .segments = 1, .result = -1,
     ERROR(ValueError, "legacy slot says no")},
    {NAME("leg_slot_m1_noexc"), .slots = HAS_ALL, .segments = 1, .result = -1},
    {NAME("leg_slot_m2_exc"), .slots = HAS_ALL, .segments = 1, .result = -2,
     ERROR(ValueError, "legacy slot returned -2")},
    {NAME("leg_slot_ok_but_sets_exception"), .slots = HAS_ALL, .segments = 1,
     ERROR(RuntimeError, "ok but exception set")},
    {NAME("leg_slot_null_ptr_len0"), .slots = HAS_ALL, .segments = 1, .result = GIVES_NULL},
    {NAME("leg_no_HAVE_GETCHARBUFFER"), .slots = HAS_ALL, .segments = 1,
     .without_flags = Py_TPFLAGS_HAVE_GETCHARBUFFER},
    {NAME("leg_no_HAVE_NEWBUFFER"), .slots = HAS_ALL, .segments = 1, .get = get_writable,
     .release = release_only, .without_flags = Py_TPFLAGS_HAVE_NEWBUFFER},
    {NAME("leg_all_slots_null"), .slots = 0},
#endif
};

static PyTypeObject types[LENGTH(kinds)];
static PyBufferProcs procs[LENGTH(kinds)];

static PyObject *
new_temporary(void)
{
    return PyObject_CallObject((PyObject *)&types[0], NULL);
}

/* The kind is that of the nearest base from this module: exporters can be
   subclassed in Python. */
static const Kind *
find_kind(PyTypeObject *type)
{
    size_t i;

    for (; type != NULL; type = type->tp_base) {
        for (i = 0; i < LENGTH(kinds); i++) {
            if (type == &types[i]) {
                return &kinds[i];
            }
        }
    }
    return NULL;
}

static PyObject *
exporter_new(PyTypeObject *type, PyObject *Py_UNUSED(args), PyObject *Py_UNUSED(kwargs))
{
    Exporter *x = (Exporter *)type->tp_alloc(type, 0);

    if (x == NULL) {
        return NULL;
    }
    x->kind = find_kind(type);
    x->last_flags = -1;
    x->exc_at_entry = -1;
    x->len = sizeof(content) - 1;
    x->mem = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (x->mem == MAP_FAILED) {
        x->mem = NULL;
        Py_DECREF(x);
        return PyErr_NoMemory();
    }
    memcpy(x->mem + AT_CONTENT, content, sizeof(content));
    if (x->kind->get == get_from_inner) {
        x->inner = PyByteArray_FromStringAndSize("delegated", 9);
        if (x->inner == NULL) {
            Py_DECREF(x);
            return NULL;
        }
    }
    return (PyObject *)x;
}

static void
exporter_dealloc(PyObject *self)
{
    Exporter *x = (Exporter *)self;

    if (x->mem != NULL && !x->unmapped) {
        munmap(x->mem, PAGE);
    }
    Py_XDECREF(x->inner);
    Py_TYPE(self)->tp_free(self);
}

static PyObject *
exporter_info(PyObject *self, PyObject *Py_UNUSED(ignored))
{
    Exporter *x = (Exporter *)self;

    return Py_BuildValue("{s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:N}",
                         "gets", x->gets,
                         "releases", x->releases,
                         "last_flags", x->last_flags,
                         "exc_at_entry", x->exc_at_entry,
                         "l_read", x->reads,
                         "l_write", x->writes,
                         "l_char", x->chars,
                         "l_seg", x->segcounts,
                         "unmapped", x->unmapped,
                         "addr", PyLong_FromVoidPtr(x->mem));
}

static PyMethodDef exporter_methods[] = {
    {"info", exporter_info, METH_NOARGS,
     "What was asked of the exporter so far, and where its memory is."},
    {NULL, NULL, 0, NULL}
};

static const PyTypeObject exporter_template = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_basicsize = sizeof(Exporter),
    .tp_dealloc = exporter_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = exporter_methods,
    .tp_new = exporter_new,
};

/* Fill types[i] and procs[i] from kinds[i]. */
static int
ready_type(size_t i)
{
    const Kind *kind = &kinds[i];

    types[i] = exporter_template;
    types[i].tp_name = kind->name;
    types[i].tp_as_buffer = &procs[i];
    procs[i].bf_getbuffer = kind->get;
    procs[i].bf_releasebuffer = kind->release;
#if PY_MAJOR_VERSION < 3
    procs[i].bf_getreadbuffer = kind->slots & HAS_READ ? legacy_read : NULL;
    procs[i].bf_getwritebuffer = kind->slots & HAS_WRITE ? legacy_write : NULL;
    procs[i].bf_getsegcount = kind->slots & HAS_SEGCOUNT ? legacy_segcount : NULL;
    procs[i].bf_getcharbuffer = kind->slots & HAS_CHAR ? legacy_char : NULL;
    types[i].tp_flags |= Py_TPFLAGS_HAVE_NEWBUFFER;
    types[i].tp_flags &= ~kind->without_flags;
#endif
    if (PyType_Ready(&types[i]) < 0) {
        return -1;
    }
#if PY_MAJOR_VERSION < 3
    types[i].tp_flags &= ~kind->without_flags;  /* object has them all */
#endif
    return 0;
}

/* Add the exporter types, and the tuple "kinds" of their names. */
static int
add_exporters(PyObject *module)
{
    PyObject *names = PyTuple_New(LENGTH(kinds));
    size_t i;

    if (names == NULL) {
        return -1;
    }
    for (i = 0; i < LENGTH(kinds); i++) {
        const char *name = kinds[i].name + sizeof(MODULE);
        PyObject *string = Py_BuildValue("s", name);

        if (string == NULL || ready_type(i) < 0) {
            Py_XDECREF(string);
            Py_DECREF(names);
            return -1;
        }
        PyTuple_SET_ITEM(names, (Py_ssize_t)i, string);
        Py_INCREF(&types[i]);
        if (PyModule_AddObject(module, name, (PyObject *)&types[i]) < 0) {
            Py_DECREF(names);
            return -1;
        }
    }
    return PyModule_AddObject(module, "kinds", names);
}


/* --- Probes ------------------------------------------------------------- */

/* What *buffer and *len hold before a call; no function stores these. */
#define UNTOUCHED_POINTER ((void *)(uintptr_t)0x5A5A5A5A5A5A5A50ULL)
#define UNTOUCHED_LENGTH ((Py_ssize_t)-0x5A5A5A5A)

/* Up to 64 bytes are read back. */
#define READ_BACK 64

/* The bytes in hexadecimal.  They go through a pipe, because the system answers
   with EFAULT where reading them here would be a crash; and past write(), whose
   stand-in of a memory checker's would have its own opinion. */
static PyObject *
read_back(const void *p, Py_ssize_t len)
{
    unsigned char bytes[READ_BACK];
    char hex[2 * READ_BACK + 1];
    ssize_t count, i;
    int fds[2], error;

    if (len <= 0) {
        return PyUnicode_FromString("");
    }
    if (pipe(fds) < 0) {
        return PyErr_SetFromErrno(PyExc_OSError);
    }
    count = syscall(SYS_write, fds[1], p, len < READ_BACK ? (size_t)len : READ_BACK);
    error = errno;
    if (count > 0) {
        count = read(fds[0], bytes, (size_t)count);
    }
    close(fds[0]);
    close(fds[1]);
    if (count < 0) {
        return PyUnicode_FromString(error == EFAULT ? "EFAULT" : "EOTHER");
    }
    for (i = 0; i < count; i++) {
        sprintf(hex + 2 * i, "%02x", bytes[i]);
    }
    return PyUnicode_FromStringAndSize(hex, 2 * count);
}

static PyObject *
safe_read(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *address;
    Py_ssize_t len;
    void *p;

    if (!PyArg_ParseTuple(args, "On", &address, &len)) {
        return NULL;
    }
    p = PyLong_AsVoidPtr(address);
    if (p == NULL && PyErr_Occurred()) {
        return NULL;
    }
    return read_back(p, len);
}

static int
add_address(PyObject *dict, const char *prefix, const char *name, const void *p)
{
    PyObject *address = PyLong_FromVoidPtr((void *)p);
    char key[80];
    int rc;

    if (address == NULL) {
        return -1;
    }
    snprintf(key, sizeof key, "%s%s", prefix, name);
    rc = PyDict_SetItemString(dict, key, address);
    Py_DECREF(address);
    return rc;
}

#if PY_MAJOR_VERSION < 3
/* The start of PyBufferObject, which is in no header. */
typedef struct {
    PyObject_HEAD
    PyObject *b_base;
    void *b_ptr;
} BufferHead;
#endif

/* The start of mmap.mmap, which is in no header either. */
typedef struct {
    PyObject_HEAD
    char *data;
} MmapHead;

/* prefix is put before the names. */
static int
add_addresses(PyObject *dict, const char *prefix, PyObject *obj)
{
    int rc = 0;

#if PY_MAJOR_VERSION >= 3
    if (PyBytes_Check(obj)) {
        rc |= add_address(dict, prefix, "PyBytes_AS_STRING", PyBytes_AS_STRING(obj));
    }
    if (PyUnicode_Check(obj)) {
        rc |= add_address(dict, prefix, "PyUnicode_DATA", PyUnicode_DATA(obj));
    }
#else
    if (PyString_Check(obj)) {
        rc |= add_address(dict, prefix, "PyString_AS_STRING", PyString_AS_STRING(obj));
    }
    if (PyUnicode_Check(obj)) {
        PyObject *encoded = ((PyUnicodeObject *)obj)->defenc;

        rc |= add_address(dict, prefix, "PyUnicode_AS_UNICODE", PyUnicode_AS_UNICODE(obj));
        if (encoded != NULL) {
            rc |= add_address(dict, prefix, "unicode.defenc.AS_STRING", PyString_AS_STRING(encoded));
        }
    }
    if (PyBuffer_Check(obj)) {
        const BufferHead *head = (BufferHead *)obj;

        rc |= head->b_base != NULL ? add_addresses(dict, "base.", head->b_base)
                                   : add_address(dict, prefix, "buffer.b_ptr", head->b_ptr);
    }
#endif
    if (PyByteArray_Check(obj)) {
        rc |= add_address(dict, prefix, "PyByteArray_AS_STRING", PyByteArray_AS_STRING(obj));
    }
    if (PyMemoryView_Check(obj)) {
        rc |= add_address(dict, prefix, "PyMemoryView.view.buf", PyMemoryView_GET_BUFFER(obj)->buf);
    }
    if (strcmp(Py_TYPE(obj)->tp_name, "mmap.mmap") == 0 && ((MmapHead *)obj)->data != NULL) {
        rc |= add_address(dict, prefix, "mmap.data", ((MmapHead *)obj)->data);
    }
    return rc;
}

/* A dict of what is known of where the object's memory is. */
static PyObject *
known_addresses(PyObject *obj, int use_getbuffer)
{
    PyObject *dict = PyDict_New();
    Py_buffer view;
    int rc;

    if (dict == NULL) {
        return NULL;
    }
    rc = add_addresses(dict, "", obj);
    if (rc == 0 && use_getbuffer && PyObject_CheckBuffer(obj)) {
        if (PyObject_GetBuffer(obj, &view, PyBUF_FULL_RO) == 0) {
            rc = add_address(dict, "", "GetBuffer(FULL_RO).buf", view.buf);
            PyBuffer_Release(&view);
        }
        else {
            PyErr_Clear();
        }
    }
    if (rc < 0) {
        Py_DECREF(dict);
        return NULL;
    }
    return dict;
}

static PyObject *
addrs(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *obj;
    int use_getbuffer;

    if (!PyArg_ParseTuple(args, "Oi", &obj, &use_getbuffer)) {
        return NULL;
    }
    return known_addresses(obj, use_getbuffer);
}

static PyObject *
inner(PyObject *Py_UNUSED(self), PyObject *obj)
{
    PyObject *result = Py_None;

    if (find_kind(Py_TYPE(obj)) != NULL && ((Exporter *)obj)->inner != NULL) {
        result = ((Exporter *)obj)->inner;
    }
    Py_INCREF(result);
    return result;
}

/* A new reference to what may be NULL, for Py_BuildValue(). */
static PyObject *
or_none(PyObject *obj)
{
    if (obj == NULL) {
        obj = Py_None;
        Py_INCREF(obj);
    }
    return obj;
}

/* What the host itself says to a request: the reason for what the four
   functions report. */
static int
ask_host(PyObject *obj, int flags)
{
    Py_buffer view;
    int rc = PyObject_GetBuffer(obj, &view, flags);

    if (rc == 0) {
        PyBuffer_Release(&view);
    }
    return rc;
}

static PyObject *
probe(PyObject *Py_UNUSED(self), PyObject *args)
{
    void *buffer = UNTOUCHED_POINTER, **bufferp;
    Py_ssize_t len = UNTOUCHED_LENGTH, *lenp, before, after;
    PyObject *obj, *arg, *type, *value, *traceback, *bytes = NULL, *addresses;
    int function, nulls, preset, use_getbuffer = 0, rc;

    if (!PyArg_ParseTuple(args, "iOii|i", &function, &obj, &nulls, &preset, &use_getbuffer)) {
        return NULL;
    }
    arg = nulls & 1 ? NULL : obj;
    bufferp = nulls & 2 ? NULL : &buffer;
    lenp = nulls & 4 ? NULL : &len;

    before = Py_REFCNT(obj);
    if (preset) {
        PyErr_SetString(PyExc_KeyError, "preset");
    }
    switch (function) {
    case 0:
        rc = PyObject_AsCharBuffer(arg, (const char **)bufferp, lenp);
        break;
    case 1:
        rc = PyObject_AsReadBuffer(arg, (const void **)bufferp, lenp);
        break;
    case 2:
        rc = PyObject_CheckReadBuffer(arg);
        break;
    case 3:
        rc = PyObject_AsWriteBuffer(arg, bufferp, lenp);
        break;
    case 4:
        rc = ask_host(arg, PyBUF_SIMPLE);
        break;
    case 5:
        rc = ask_host(arg, PyBUF_WRITABLE);
        break;
    default:
        PyErr_SetString(PyExc_ValueError, "no such function");
        return NULL;
    }
    after = Py_REFCNT(obj);

    PyErr_Fetch(&type, &value, &traceback);
    if (type != NULL) {
        PyErr_NormalizeException(&type, &value, &traceback);
    }
    Py_XDECREF(traceback);
    if (buffer != UNTOUCHED_POINTER && len != UNTOUCHED_LENGTH) {
        bytes = read_back(buffer, len);
        if (bytes == NULL) {
            Py_XDECREF(type);
            Py_XDECREF(value);
            return NULL;
        }
    }
    addresses = known_addresses(obj, use_getbuffer);
    if (addresses == NULL) {
        Py_XDECREF(type);
        Py_XDECREF(value);
        Py_XDECREF(bytes);
        return NULL;
    }
    return Py_BuildValue("{s:i,s:N,s:N,s:N,s:n,s:O,s:O,s:n,s:N,s:N}",
                         "rc", rc,
                         "etype", or_none(type),
                         "evalue", or_none(value),
                         "buf", PyLong_FromVoidPtr(buffer),
                         "len", len,
                         "buf_untouched", buffer == UNTOUCHED_POINTER ? Py_True : Py_False,
                         "len_untouched", len == UNTOUCHED_LENGTH ? Py_True : Py_False,
                         "refdelta", after - before,
                         "content", or_none(bytes),
                         "addresses", addresses);
}

/* The file that the loader took our PyObject_AsReadBuffer() from.  Memory that
   belongs to no file, such as a libffi closure, is "unknown". */
static PyObject *
provider(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(ignored))
{
    Dl_info info;

    if (dladdr((void *)PyObject_AsReadBuffer, &info) == 0 || info.dli_fname == NULL) {
        return Py_BuildValue("s", "unknown");
    }
#if PY_MAJOR_VERSION >= 3
    return PyUnicode_DecodeFSDefault(info.dli_fname);
#else
    return PyString_FromString(info.dli_fname);
#endif
}

#if PY_MAJOR_VERSION < 3

/* Python 2's buffer objects, of which buffer() makes only the first sort. */
static PyObject *
mkbuffer(PyObject *Py_UNUSED(self), PyObject *args)
{
    static char memory[32] = "static-memory-0123456789";
    const char *sort;
    PyObject *base;
    Py_ssize_t offset, size;

    if (!PyArg_ParseTuple(args, "sOnn", &sort, &base, &offset, &size)) {
        return NULL;
    }
    if (strcmp(sort, "object") == 0) {
        return PyBuffer_FromObject(base, offset, size);
    }
    if (strcmp(sort, "rw-object") == 0) {
        return PyBuffer_FromReadWriteObject(base, offset, size);
    }
    if (strcmp(sort, "memory") == 0) {
        return PyBuffer_FromMemory(memory, size);
    }
    if (strcmp(sort, "rw-memory") == 0) {
        return PyBuffer_FromReadWriteMemory(memory, size);
    }
    if (strcmp(sort, "new") == 0) {
        return PyBuffer_New(size);
    }
    PyErr_SetString(PyExc_ValueError, "no such sort of buffer object");
    return NULL;
}

/* A class as a class statement of Python 2 makes one. */
static PyObject *
mkclass(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *name, *dict;

    if (!PyArg_ParseTuple(args, "SO", &name, &dict)) {
        return NULL;
    }
    return PyClass_New(NULL, dict, name);
}

#endif


/* --- Users -------------------------------------------------------------- */

/* These read and write through the pointers as plain code does: where the
   memory is gone, they crash or let a memory checker complain. */

static PyObject *
use_read(PyObject *Py_UNUSED(self), PyObject *obj)
{
    const void *buffer;
    Py_ssize_t len;

    if (PyObject_AsReadBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    return PyBytes_FromStringAndSize(buffer, len);
}

static PyObject *
use_char(PyObject *Py_UNUSED(self), PyObject *obj)
{
    const char *buffer;
    Py_ssize_t len;

    if (PyObject_AsCharBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    return PyBytes_FromStringAndSize(buffer, len);
}

static PyObject *
use_check(PyObject *Py_UNUSED(self), PyObject *obj)
{
    return Py_BuildValue("i", PyObject_CheckReadBuffer(obj));
}

static PyObject *
use_write(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *obj, *data;
    char *bytes;
    void *buffer;
    Py_ssize_t len, size;

    if (!PyArg_ParseTuple(args, "OO", &obj, &data)
        || PyBytes_AsStringAndSize(data, &bytes, &size) < 0
        || PyObject_AsWriteBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    if (size > len) {
        PyErr_SetString(PyExc_ValueError, "more data than the buffer can take");
        return NULL;
    }
    memcpy(buffer, bytes, (size_t)size);
    return Py_BuildValue("n", len);
}

static PyObject *
use_copy(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *to, *from;
    const void *source;
    void *target;
    Py_ssize_t room, len;

    if (!PyArg_ParseTuple(args, "OO", &to, &from)
        || PyObject_AsWriteBuffer(to, &target, &room) < 0
        || PyObject_AsReadBuffer(from, &source, &len) < 0) {
        return NULL;
    }
    if (len > room) {
        PyErr_SetString(PyExc_ValueError, "more data than the buffer can take");
        return NULL;
    }
    memmove(target, source, (size_t)len);
    return Py_BuildValue("n", len);
}

static PyObject *
use_read_after(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *obj, *callable, *result;
    const void *buffer;
    Py_ssize_t len;

    if (!PyArg_ParseTuple(args, "OO", &obj, &callable)
        || PyObject_AsReadBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    result = PyObject_CallObject(callable, NULL);
    if (result == NULL) {
        return NULL;
    }
    Py_DECREF(result);
    return PyBytes_FromStringAndSize(buffer, len);
}

/* Not inlined, so that the buffer is asked for in a C frame that is gone when
   it is used: modules have helpers of this kind. */
static int __attribute__((noinline))
helper(PyObject *obj, const char **buffer, Py_ssize_t *len)
{
    const void *p;

    if (PyObject_AsReadBuffer(obj, &p, len) < 0) {
        return -1;
    }
    *buffer = p;
    return 0;
}

static PyObject *
use_read_helper_then(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *first, *second, *result;
    const char *buffer1;
    const void *buffer2;
    Py_ssize_t len1, len2;

    if (!PyArg_ParseTuple(args, "OO", &first, &second)
        || helper(first, &buffer1, &len1) < 0
        || PyObject_AsReadBuffer(second, &buffer2, &len2) < 0) {
        return NULL;
    }
    result = PyBytes_FromStringAndSize(NULL, len1 + len2);
    if (result == NULL) {
        return NULL;
    }
    memcpy(PyBytes_AS_STRING(result), buffer1, (size_t)len1);
    memcpy(PyBytes_AS_STRING(result) + len1, buffer2, (size_t)len2);
    return result;
}

static PyObject *
use_read_nogil(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyObject *obj;
    const void *buffer;
    Py_ssize_t len;
    double seconds;
    struct timespec delay;

    if (!PyArg_ParseTuple(args, "Od", &obj, &seconds)
        || PyObject_AsReadBuffer(obj, &buffer, &len) < 0) {
        return NULL;
    }
    delay.tv_sec = (time_t)seconds;
    delay.tv_nsec = (long)((seconds - (double)delay.tv_sec) * 1e9);
    Py_BEGIN_ALLOW_THREADS
    nanosleep(&delay, NULL);
    Py_END_ALLOW_THREADS
    return PyBytes_FromStringAndSize(buffer, len);
}

static PyObject *
use_read_then_raise(PyObject *self, PyObject *obj)
{
    PyObject *bytes = use_read(self, obj);

    if (bytes != NULL) {
        Py_DECREF(bytes);
        PyErr_SetString(PyExc_ValueError, "raised after the buffer was read");
    }
    return NULL;
}

#if PY_MAJOR_VERSION >= 3
/* Run code in an interpreter of its own, and end it. */
static PyObject *
run_in_subinterpreter(PyObject *Py_UNUSED(self), PyObject *args)
{
    PyThreadState *here = PyThreadState_Get(), *there;
    const char *code;
    int failed;

    if (!PyArg_ParseTuple(args, "s", &code)) {
        return NULL;
    }
    there = Py_NewInterpreter();
    if (there == NULL) {
        PyThreadState_Swap(here);
        PyErr_SetString(PyExc_RuntimeError, "no second interpreter can be made");
        return NULL;
    }
    failed = PyRun_SimpleString(code);
    Py_EndInterpreter(there);
    PyThreadState_Swap(here);
    return Py_BuildValue("i", failed);
}
#endif


/* --- The module --------------------------------------------------------- */

static PyMethodDef methods[] = {
    {"probe", probe, METH_VARARGS,
     "probe(function, obj, nulls, preset, use_getbuffer=0) -> dict of all that the call\n"
     "did, and of the known addresses of obj's memory, GetBuffer's too if asked.\n\n"
     "function: 0 AsChar, 1 AsRead, 2 CheckRead, 3 AsWrite, 4 the host's GetBuffer\n"
     "(SIMPLE), 5 (WRITABLE); nulls: pass NULL for 1 obj, 2 buffer, 4 len; preset:\n"
     "with a KeyError set."},
    {"addrs", addrs, METH_VARARGS,
     "addrs(obj, use_getbuffer) -> dict of the known addresses of obj's memory."},
    {"inner", inner, METH_O,
     "inner(obj) -> the object that an exporter takes its buffers from, or None."},
    {"safe_read", safe_read, METH_VARARGS,
     "safe_read(address, len) -> at most 64 bytes in hexadecimal, or 'EFAULT'."},
    {"provider", provider, METH_NOARGS,
     "provider() -> path of the object that PyObject_AsReadBuffer is bound to."},
#if PY_MAJOR_VERSION < 3
    {"mkbuffer", mkbuffer, METH_VARARGS,
     "mkbuffer(sort, base, offset, size) -> a buffer object; sort is 'object',\n"
     "'rw-object', 'memory', 'rw-memory' or 'new'."},
    {"mkclass", mkclass, METH_VARARGS,
     "mkclass(name, dict) -> a class of the old style."},
#endif
    {"read", use_read, METH_O,
     "read(obj) -> the bytes of obj's read buffer."},
    {"char", use_char, METH_O,
     "char(obj) -> the bytes of obj's character buffer."},
    {"check", use_check, METH_O,
     "check(obj) -> 1 if obj has a read buffer, else 0."},
    {"write", use_write, METH_VARARGS,
     "write(obj, data) -> length of obj's write buffer, after data went there."},
    {"copy", use_copy, METH_VARARGS,
     "copy(to, from) -> length of from's read buffer, copied to to's write buffer."},
    {"read_after", use_read_after, METH_VARARGS,
     "read_after(obj, callable) -> obj's bytes, copied out after callable()."},
    {"read_helper_then", use_read_helper_then, METH_VARARGS,
     "read_helper_then(obj1, obj2) -> the bytes of both; a helper asks for obj1's."},
    {"read_nogil", use_read_nogil, METH_VARARGS,
     "read_nogil(obj, seconds) -> obj's bytes, copied out after a sleep without\n"
     "the GIL."},
    {"read_then_raise", use_read_then_raise, METH_O,
     "read_then_raise(obj) reads obj's buffer and raises ValueError."},
#if PY_MAJOR_VERSION >= 3
    {"run_in_subinterpreter", run_in_subinterpreter, METH_VARARGS,
     "run_in_subinterpreter(code) -> what PyRun_SimpleString returned there."},
#endif
    {NULL, NULL, 0, NULL}
};

#if PY_MAJOR_VERSION >= 3

static struct PyModuleDef module_def = {
    PyModuleDef_HEAD_INIT,
    .m_name = MODULE,
    .m_size = -1,
    .m_methods = methods,
};

PyMODINIT_FUNC PyInit_oldbuffer(void);

PyMODINIT_FUNC
PyInit_oldbuffer(void)
{
    PyObject *module = PyModule_Create(&module_def);

    if (module != NULL && add_exporters(module) < 0) {
        Py_DECREF(module);
        return NULL;
    }
    return module;
}

#else

PyMODINIT_FUNC initoldbuffer(void);

PyMODINIT_FUNC
initoldbuffer(void)
{
    PyObject *module = Py_InitModule(MODULE, methods);

    if (module != NULL) {
        add_exporters(module);
    }
}

#endif
