/* exporters.h - for the extensions getargs.c, buffers.c and asbuffer.c: objects that give
 * their memory in unusual ways, and objects of which Python 3 has no kind, by name; and
 * reports of what happened. */

#ifndef TESTS_COMPAT_EXPORTERS_H
#define TESTS_COMPAT_EXPORTERS_H

#include <Python.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

/* ---- Exporters ---- */

enum { MEMORY_SIZE = 4096, LENGTH = 16 };

typedef struct {
    PyObject_HEAD
    const struct kind *kind;
    char *memory;
    int gets, releases, flags;               /* calls of the new protocol's functions */
    int reads, writes, chars, segments;      /* of the old one's */
    PyObject *inner;
    Py_ssize_t shape[2], strides[2], suboffsets[2];
} Exporter;

enum mode {
    PLAIN, READONLY, FAIL_VALUE, FAIL_UNICODE, FAIL_MEMORY, FAIL_INTERRUPT, FAIL_SILENT,
    FAIL_SIMPLE, FAIL_WRITABLE, LIE_WRITABLE, POISON, UNMAP, NO_OBJECT, RAISE_IN_RELEASE,
    NEGATIVE, NO_MEMORY,
    DELEGATE, TEMPORARY, PLUS_ONE, MINUS_TWO, TWO_C, TWO_F, STRIDED, INDIRECT, SLOPPY,
    OK_WITH_ERROR, OLD_SEGMENTS_2, OLD_SEGMENTS_0, OLD_SEGMENTS_RAISE, OLD_SEGMENTS_SILENT,
    OLD_RAISE, OLD_SILENT,
    OLD_MINUS_TWO, OLD_OK_WITH_ERROR, OLD_NULL,
};

static int get_buffer(PyObject *self, Py_buffer *view, int flags);
static void release_buffer(PyObject *self, Py_buffer *view);
static Py_ssize_t read_slot(PyObject *self, Py_ssize_t segment, void **memory);
static Py_ssize_t write_slot(PyObject *self, Py_ssize_t segment, void **memory);
static Py_ssize_t segment_slot(PyObject *self, Py_ssize_t *length);
static Py_ssize_t char_slot(PyObject *self, Py_ssize_t segment, char **memory);

#define R read_slot
#define W write_slot
#define S segment_slot
#define C char_slot
#define G get_buffer
#define REL release_buffer
static struct kind {
    const char *name;
    enum mode mode;
    PyBufferProcs procs;
    long without; /* flags that the type lacks */
    PyTypeObject type;
} kinds[] = {
    {"exp_rw", PLAIN, {0, 0, 0, 0, G, REL}},
    {"exp_rw_norelease", PLAIN, {0, 0, 0, 0, G, 0}},
    {"exp_ro", READONLY, {0, 0, 0, 0, G, REL}},
    {"exp_valueerror", FAIL_VALUE, {0, 0, 0, 0, G, REL}},
    {"exp_unicodeerror", FAIL_UNICODE, {0, 0, 0, 0, G, REL}},
    {"exp_memoryerror", FAIL_MEMORY, {0, 0, 0, 0, G, REL}},
    {"exp_keyboardinterrupt", FAIL_INTERRUPT, {0, 0, 0, 0, G, REL}},
    {"exp_fail_noexc", FAIL_SILENT, {0, 0, 0, 0, G, REL}},
    {"exp_fail_simple_only", FAIL_SIMPLE, {0, 0, 0, 0, G, REL}},
    {"exp_fail_writable_valueerror", FAIL_WRITABLE, {0, 0, 0, 0, G, REL}},
    {"exp_ro_answers_writable", LIE_WRITABLE, {0, 0, 0, 0, G, REL}},
    {"exp_poison_on_release", POISON, {0, 0, 0, 0, G, REL}},
    {"exp_unmap_on_release", UNMAP, {0, 0, 0, 0, G, REL}},
    {"exp_view_obj_null", NO_OBJECT, {0, 0, 0, 0, G, REL}},
    {"exp_release_raises", RAISE_IN_RELEASE, {0, 0, 0, 0, G, REL}},
    {"exp_negative_len", NEGATIVE, {0, 0, 0, 0, G, REL}},
    {"exp_null_buf_len0", NO_MEMORY, {0, 0, 0, 0, G, REL}},
    {"exp_delegates_to_bytearray", DELEGATE, {0, 0, 0, 0, G, 0}},
    {"exp_view_owned_by_temporary", TEMPORARY, {0, 0, 0, 0, G, 0}},
    {"exp_getbuffer_returns_plus1", PLUS_ONE, {0, 0, 0, 0, G, REL}},
    {"exp_getbuffer_returns_minus2", MINUS_TWO, {0, 0, 0, 0, G, REL}},
    {"exp_2d_c_contiguous", TWO_C, {0, 0, 0, 0, G, REL}},
    {"exp_2d_f_contiguous", TWO_F, {0, 0, 0, 0, G, REL}},
    {"exp_1d_strided", STRIDED, {0, 0, 0, 0, G, REL}},
    {"exp_indirect_suboffsets", INDIRECT, {0, 0, 0, 0, G, REL}},
    {"exp_strided_ignores_flags", SLOPPY, {0, 0, 0, 0, G, REL}},
    {"exp_ok_but_sets_exception", OK_WITH_ERROR, {0, 0, 0, 0, G, REL}},
    {"leg_read_only", PLAIN, {R, 0, S, 0, 0, 0}},
    {"leg_read_no_segcount", PLAIN, {R, 0, 0, 0, 0, 0}},
    {"leg_char_only", PLAIN, {0, 0, S, C, 0, 0}},
    {"leg_write_only", PLAIN, {0, W, S, 0, 0, 0}},
    {"leg_full", PLAIN, {R, W, S, C, 0, 0}},
    {"leg_read_write_nochar", PLAIN, {R, W, S, 0, 0, 0}},
    {"leg_full_plus_getbuffer", PLAIN, {R, W, S, C, G, 0}},
    {"leg_full_plus_getbuffer_release", PLAIN, {R, W, S, C, G, REL}},
    {"leg_full_plus_releasebuffer_only", PLAIN, {R, W, S, C, 0, REL}},
    {"leg_segcount_2", OLD_SEGMENTS_2, {R, W, S, C, 0, 0}},
    {"leg_segcount_0", OLD_SEGMENTS_0, {R, W, S, C, 0, 0}},
    {"leg_segcount_m1_exc", OLD_SEGMENTS_RAISE, {R, W, S, C, 0, 0}},
    {"leg_segcount_m1_noexc", OLD_SEGMENTS_SILENT, {R, W, S, C, 0, 0}},
    {"leg_slot_m1_exc", OLD_RAISE, {R, W, S, C, 0, 0}},
    {"leg_slot_m1_noexc", OLD_SILENT, {R, W, S, C, 0, 0}},
    {"leg_slot_m2_exc", OLD_MINUS_TWO, {R, W, S, C, 0, 0}},
    {"leg_slot_ok_but_sets_exception", OLD_OK_WITH_ERROR, {R, W, S, C, 0, 0}},
    {"leg_slot_null_ptr_len0", OLD_NULL, {R, W, S, C, 0, 0}},
    {"leg_no_HAVE_GETCHARBUFFER", PLAIN, {R, W, S, C, 0, 0}, Py_TPFLAGS_HAVE_GETCHARBUFFER},
    {"leg_no_HAVE_NEWBUFFER", PLAIN, {R, W, S, C, G, REL}, Py_TPFLAGS_HAVE_NEWBUFFER},
    {"leg_all_slots_null", PLAIN, {0, 0, 0, 0, 0, 0}},
    {NULL},
};

/* ---- What only binaries make ---- */

/* An array of characters, which Python 3's module does not have: what the module of
 * 2.7 gives of it, through the old protocol only. */
typedef struct {
    PyObject_HEAD
    Py_ssize_t size;
    char items[4];
} Characters;

static Py_ssize_t
get_items(PyObject *self, Py_ssize_t segment, void **memory)
{
    if (segment != 0) {
        PyErr_SetString(PyExc_SystemError, "Accessing non-existent array segment");
        return -1;
    }
    *memory = ((Characters *)self)->items;
    return ((Characters *)self)->size;
}

static Py_ssize_t
count_items(PyObject *self, Py_ssize_t *size)
{
    if (size != NULL) {
        *size = ((Characters *)self)->size;
    }
    return 1;
}

static PyBufferProcs characters_procs = {get_items, get_items, count_items, NULL, NULL, NULL};

static PyTypeObject characters_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "array.array",
    .tp_basicsize = sizeof(Characters),
    .tp_as_buffer = &characters_procs,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* An array of "xyz". */
static PyObject *
new_characters(void)
{
    Characters *self = PyType_Ready(&characters_type) == 0
                           ? PyObject_New(Characters, &characters_type) : NULL;
    if (self != NULL) {
        self->size = 3;
        strcpy(self->items, "xyz");
    }
    return (PyObject *)self;
}

/* An instance of a class that C code made as a class statement did. */
static PyObject *
new_instance(void)
{
    PyObject *names = PyDict_New(), *name = PyString_FromString("OldStyle"), *class = NULL;
    PyObject *instance = NULL;
    if (names != NULL && name != NULL) {
        class = PyClass_New(NULL, names, name);
    }
    if (class != NULL) {
        instance = PyInstance_New(class, NULL, NULL);
    }
    Py_XDECREF(class);
    Py_XDECREF(names);
    Py_XDECREF(name);
    return instance;
}

/* ---- By name ---- */

static PyObject *
new_exporter(const char *name)
{
    struct kind *kind = kinds;
    if (strcmp(name, "array_c") == 0) {
        return new_characters();
    }
    if (strcmp(name, "oldstyle_inst") == 0) {
        return new_instance();
    }
    if (strcmp(name, "file") == 0) {
        return PyFile_FromString((char *)"/dev/null", (char *)"r");
    }
    while (kind->name != NULL && strcmp(kind->name, name) != 0) {
        kind++;
    }
    if (kind->name == NULL) {
        return PyErr_Format(PyExc_LookupError, "no kind %s", name);
    }
    Exporter *self = PyObject_New(Exporter, &kind->type);
    if (self == NULL) {
        return NULL;
    }
    memset((char *)self + sizeof(PyObject), 0, sizeof *self - sizeof(PyObject));
    self->kind = kind;
    self->flags = -1;
    self->memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                        0);
    strcpy(self->memory, "0123456789abcdef");
    if (kind->mode == DELEGATE) {
        self->inner = PyByteArray_FromStringAndSize("delegated", 9);
    }
    return (PyObject *)self;
}

static void
dealloc(PyObject *object)
{
    Exporter *self = (Exporter *)object;
    if (self->memory != NULL) {
        munmap(self->memory, MEMORY_SIZE);
    }
    Py_XDECREF(self->inner);
    PyObject_Del(object);
}

/* The types are never made ready, as many extensions left theirs: they need no
 * more. */
static void
begin_exporters(void)
{
    for (struct kind *kind = kinds; kind->name != NULL; kind++) {
        PyTypeObject *type = &kind->type;
        Py_REFCNT(type) = 1;
        Py_TYPE(type) = &PyType_Type;
        type->tp_name = kind->name;
        type->tp_basicsize = sizeof(Exporter);
        type->tp_dealloc = dealloc;
        type->tp_as_buffer = &kind->procs;
        type->tp_flags = (Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_NEWBUFFER) & ~kind->without;
    }
}

static int
fail(Py_buffer *view, PyObject *type, const char *message, int result)
{
    view->obj = NULL;
    if (type != NULL) {
        PyErr_SetString(type, message);
    }
    return result;
}

/* Views of several dimensions, or with gaps. */
static int
get_array(Exporter *self, Py_buffer *view, int flags)
{
    enum mode mode = self->kind->mode;
    int strides = (flags & PyBUF_STRIDES) == PyBUF_STRIDES;
    memset(view, 0, sizeof *view);
    if (mode == TWO_F
        && (!strides || (flags & PyBUF_C_CONTIGUOUS) == PyBUF_C_CONTIGUOUS)) {
        return fail(view, PyExc_BufferError, "exporter: not C-contiguous", -1);
    }
    if (mode == STRIDED && !strides) {
        return fail(view, PyExc_BufferError, "exporter: strides needed", -1);
    }
    if (mode == INDIRECT && (flags & PyBUF_INDIRECT) != PyBUF_INDIRECT) {
        return fail(view, PyExc_BufferError, "exporter: indirect needed", -1);
    }
    Py_INCREF(self);
    view->obj = (PyObject *)self;
    view->buf = self->memory;
    view->itemsize = 1;
    if (mode == TWO_C || mode == TWO_F) {
        self->shape[0] = 2;
        self->shape[1] = 3;
        self->strides[0] = mode == TWO_C ? 3 : 1;
        self->strides[1] = mode == TWO_C ? 1 : 2;
        view->ndim = 2;
        view->len = 6;
    }
    else {
        self->shape[0] = 4;
        self->strides[0] = 2;
        view->ndim = 1;
        view->len = 4;
    }
    view->format = flags & PyBUF_FORMAT ? "B" : NULL;
    view->shape = flags & PyBUF_ND || mode == SLOPPY ? self->shape : NULL;
    view->strides = strides || mode == SLOPPY ? self->strides : NULL;
    return 0;
}

static int
get_buffer(PyObject *object, Py_buffer *view, int flags)
{
    Exporter *self = (Exporter *)object;
    PyObject *temporary;
    int result;
    self->gets++;
    self->flags = flags;
    switch (self->kind->mode) {
    case FAIL_VALUE:
        return fail(view, PyExc_ValueError, "exporter says no", -1);
    case FAIL_UNICODE:
        return fail(view, PyExc_UnicodeError, "weird", -1);
    case FAIL_MEMORY:
        view->obj = NULL;
        PyErr_NoMemory();
        return -1;
    case FAIL_INTERRUPT:
        view->obj = NULL;
        PyErr_SetNone(PyExc_KeyboardInterrupt);
        return -1;
    case FAIL_SILENT:
        return fail(view, NULL, NULL, -1);
    case FAIL_SIMPLE:
        if (flags == PyBUF_SIMPLE) {
            return fail(view, PyExc_BufferError, "PyBUF_SIMPLE refused", -1);
        }
        break;
    case FAIL_WRITABLE:
        if (flags & PyBUF_WRITABLE) {
            return fail(view, PyExc_ValueError, "write refused", -1);
        }
        return PyBuffer_FillInfo(view, object, self->memory, LENGTH, 1, flags);
    case READONLY:
        return PyBuffer_FillInfo(view, object, self->memory, LENGTH, 1, flags);
    case LIE_WRITABLE:
        result = PyBuffer_FillInfo(view, object, self->memory, LENGTH, 0, flags);
        view->readonly = 1;
        return result;
    case NO_OBJECT:
        return PyBuffer_FillInfo(view, NULL, self->memory, LENGTH, 0, flags);
    case NEGATIVE:
        result = PyBuffer_FillInfo(view, object, self->memory, LENGTH, 0, flags);
        view->len = -5;
        return result;
    case NO_MEMORY:
        return PyBuffer_FillInfo(view, object, NULL, 0, 0, flags);
    case DELEGATE:
        return PyObject_GetBuffer(self->inner, view, flags);
    case TEMPORARY:
        temporary = new_exporter("exp_rw");
        result = temporary != NULL ? PyObject_GetBuffer(temporary, view, flags) : -1;
        Py_XDECREF(temporary);
        return result;
    case PLUS_ONE:
    case MINUS_TWO:
        view->buf = self->memory;
        view->len = 7;
        return self->kind->mode == PLUS_ONE
                   ? fail(view, NULL, NULL, 1)
                   : fail(view, PyExc_ValueError, "getbuffer returned -2", -2);
    case OK_WITH_ERROR:
        result = PyBuffer_FillInfo(view, object, self->memory, LENGTH, 0, flags);
        PyErr_SetString(PyExc_RuntimeError, "ok but exception set");
        return result;
    case TWO_C:
    case TWO_F:
    case STRIDED:
    case INDIRECT:
    case SLOPPY:
        return get_array(self, view, flags);
    default:
        break;
    }
    return PyBuffer_FillInfo(view, object, self->memory, LENGTH, 0, flags);
}

static void
release_buffer(PyObject *object, Py_buffer *view)
{
    Exporter *self = (Exporter *)object;
    (void)view;
    self->releases++;
    switch (self->kind->mode) {
    case POISON:
        memset(self->memory, 0xDD, LENGTH);
        break;
    case UNMAP:
        munmap(self->memory, MEMORY_SIZE);
        self->memory = NULL;
        break;
    case RAISE_IN_RELEASE:
        PyErr_SetString(PyExc_RuntimeError, "raised in releasebuffer");
        break;
    default:
        break;
    }
}

/* Each slot has memory of its own, so that one sees which was asked. */
static Py_ssize_t
old_slot(Exporter *self, void **memory, const char *text, int offset)
{
    switch (self->kind->mode) {
    case OLD_RAISE:
        PyErr_SetString(PyExc_ValueError, "legacy slot says no");
        return -1;
    case OLD_SILENT:
        return -1;
    case OLD_MINUS_TWO:
        PyErr_SetString(PyExc_ValueError, "legacy slot returned -2");
        return -2;
    case OLD_NULL:
        *memory = NULL;
        return 0;
    case OLD_OK_WITH_ERROR:
        PyErr_SetString(PyExc_RuntimeError, "ok but exception set");
        break;
    default:
        break;
    }
    *memory = strcpy(self->memory + offset, text);
    return (Py_ssize_t)strlen(text);
}

static Py_ssize_t
read_slot(PyObject *self, Py_ssize_t segment, void **memory)
{
    (void)segment;
    ((Exporter *)self)->reads++;
    return old_slot((Exporter *)self, memory, "READSLOT", 256);
}

static Py_ssize_t
write_slot(PyObject *self, Py_ssize_t segment, void **memory)
{
    (void)segment;
    ((Exporter *)self)->writes++;
    return old_slot((Exporter *)self, memory, "WRITESLOT", 512);
}

static Py_ssize_t
char_slot(PyObject *self, Py_ssize_t segment, char **memory)
{
    (void)segment;
    ((Exporter *)self)->chars++;
    return old_slot((Exporter *)self, (void **)memory, "CHARSLOT_", 768);
}

static Py_ssize_t
segment_slot(PyObject *object, Py_ssize_t *length)
{
    Exporter *self = (Exporter *)object;
    self->segments++;
    if (length != NULL) {
        *length = 8;
    }
    switch (self->kind->mode) {
    case OLD_SEGMENTS_2:
        return 2;
    case OLD_SEGMENTS_0:
        return 0;
    case OLD_SEGMENTS_RAISE:
        PyErr_SetString(PyExc_ValueError, "segcount raised");
        return -1;
    case OLD_SEGMENTS_SILENT:
        return -1;
    default:
        return 1;
    }
}

/* ---- What happened ---- */

/* "key=value|key=value|..." */
struct report {
    char text[4000];
    size_t used;
};

static void
tell(struct report *report, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    if (report->used < sizeof report->text) {
        report->used += (size_t)vsnprintf(report->text + report->used,
                                          sizeof report->text - report->used, format, args);
    }
    va_end(args);
}

static void
tell_bytes(struct report *report, const void *memory, Py_ssize_t length)
{
    const unsigned char *bytes = memory;
    if (memory == NULL || length <= 0) {
        return;
    }
    tell(report, "|content=");
    for (Py_ssize_t i = 0; i < length && i < 64; i++) {
        tell(report, "%02x", bytes[i]);
    }
}

static void
tell_error(struct report *report)
{
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        return;
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    PyObject *text = value != NULL ? PyObject_Str(value) : NULL;
    const char *name = ((PyTypeObject *)type)->tp_name;
    tell(report, "|error=%s: %s", strrchr(name, '.') != NULL ? strrchr(name, '.') + 1 : name,
         text != NULL ? PyString_AsString(text) : "?");
    Py_XDECREF(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    PyErr_Clear();
}

#endif
