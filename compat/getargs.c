/* getargs.c - PyArg_Parse and its family: arguments taken apart by a format.
 *
 * Numbers, strings and tuples are read where they lie, in the guest's memory.
 * Only the buffer formats ask the host, for the memory of objects that it has. */

#include "config.h"
#include "guest.h"
#include "variadic.h"
#include "views.h"

#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How deep tuples may lie in each other in a format; how long a message grows by
 * naming the levels. */
enum { MAX_LEVEL = 30, MAX_PATH_END = 220 };

/* What is undone when a later argument does not fit. */
struct undo {
    Py_buffer *view;      /* to be released, or NULL */
    void *memory;         /* to be freed */
};

/* One parse. */
struct parse {
    const char *format;               /* what is still to be done of it */
    va_list outputs;
    int wide;                         /* lengths are Py_ssize_t, not int */
    const char *function, *complaint; /* after ":" and ";" in the format, or NULL */
    int path[MAX_LEVEL + 2];          /* which item of a tuple does not fit: from 1, 0 ends it */
    char reason[256];
    struct undo *undo;
    int undo_count, undo_room;
    struct undo undo_first[8];
};

/* ---- Failing ---- */

/* What to say of an argument: a phrase in parentheses as it is, anything else as
 * what it should be. */
static const char *
mismatch(struct parse *parse, const char *expected, PyObject *arg)
{
    if (*expected == '(') {
        snprintf(parse->reason, sizeof parse->reason, "%.100s", expected);
    }
    else {
        snprintf(parse->reason, sizeof parse->reason, "must be %.50s, not %.50s", expected,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
    }
    return parse->reason;
}

/* Raise the TypeError for argument number `index` (0: the only one), and the item
 * in it that path leads to, unless the conversion has raised something itself. */
static void
complain(struct parse *parse, int index, const int *path, const char *reason)
{
    char message[512];
    size_t used = 0;
    if (PyErr_Occurred()) {
        return;
    }
    if (parse->complaint != NULL) {
        PyErr_SetString(PyExc_TypeError, parse->complaint);
        return;
    }
    if (parse->function != NULL) {
        used += (size_t)snprintf(message, sizeof message, "%.200s() ", parse->function);
    }
    used += (size_t)snprintf(message + used, sizeof message - used, "argument");
    if (index != 0) {
        used += (size_t)snprintf(message + used, sizeof message - used, " %d", index);
        for (; *path > 0 && used < MAX_PATH_END; path++) {
            used += (size_t)snprintf(message + used, sizeof message - used, ", item %d",
                                     *path - 1);
        }
    }
    snprintf(message + used, sizeof message - used, " %.256s", reason);
    PyErr_SetString(PyExc_TypeError, message);
}

/* Note what has to be undone.  Returns NULL, or what to say without memory. */
static const char *
note(struct parse *parse, Py_buffer *view, void *memory)
{
    if (parse->undo_count == parse->undo_room) {
        int room = 2 * parse->undo_room;
        struct undo *grown = malloc((size_t)room * sizeof *grown);
        if (grown == NULL) {
            PyErr_NoMemory();
            if (view != NULL) {
                PyBuffer_Release(view);
            }
            PyMem_FREE(memory);
            return "(cleanup problem)";
        }
        memcpy(grown, parse->undo, (size_t)parse->undo_count * sizeof *grown);
        if (parse->undo != parse->undo_first) {
            free(parse->undo);
        }
        parse->undo = grown;
        parse->undo_room = room;
    }
    parse->undo[parse->undo_count++] = (struct undo){view, memory};
    return NULL;
}

/* The parse is over; the result is what it returns. */
static int
finish(struct parse *parse, int result)
{
    if (!result) {
        while (parse->undo_count > 0) {
            struct undo undo = parse->undo[--parse->undo_count];
            if (undo.view != NULL) {
                PyBuffer_Release(undo.view);
            }
            PyMem_FREE(undo.memory);
        }
    }
    if (parse->undo != parse->undo_first) {
        free(parse->undo);
    }
    va_end(parse->outputs);
    return result;
}

/* ---- Lengths ---- */

/* The next output, where a length is stored. */
static void *
next_length(struct parse *parse)
{
    return va_arg(parse->outputs, void *);
}

/* Store a length.  Returns 0, or -1 with an exception. */
static int
store_length(const struct parse *parse, void *where, Py_ssize_t length)
{
    if (parse->wide) {
        *(Py_ssize_t *)where = length;
        return 0;
    }
    if (length > INT_MAX) {
        PyErr_SetString(PyExc_OverflowError, "size does not fit in an int");
        return -1;
    }
    *(int *)where = (int)length;
    return 0;
}

/* ---- Memory ---- */

/* The buffer functions of a type.  Those of the new protocol are only there when
 * its flags say so: a binary for Python 2.5 has a shorter structure. */
struct exporter {
    readbufferproc read;
    writebufferproc write;
    segcountproc segments;
    charbufferproc text;
    getbufferproc get;
    int is_pinned;   /* has a releasebufferproc */
    int is_known;    /* the type has any such structure */
};

static struct exporter
exporter_of(PyObject *object)
{
    const PyTypeObject *type = Py_TYPE(object);
    const PyBufferProcs *procs = py2abi_view_native(object);
    struct exporter exporter = {.is_known = type->tp_as_buffer != NULL};
    if (type->tp_flags & PY2ABI_TPFLAGS_MIRROR) {
        type = PyString_Check(object)       ? &PyString_Type
               : PyMemoryView_Check(object) ? &PyMemoryView_Type
                                            : &PyUnicode_Type;
    }
    if (procs != NULL) {
        exporter.read = procs->bf_getreadbuffer;
        exporter.write = procs->bf_getwritebuffer;
        exporter.segments = procs->bf_getsegcount;
        if (PyType_HasFeature(type, Py_TPFLAGS_HAVE_GETCHARBUFFER)) {
            exporter.text = procs->bf_getcharbuffer;
        }
        if (PyType_HasFeature(type, Py_TPFLAGS_HAVE_NEWBUFFER)) {
            exporter.get = procs->bf_getbuffer;
            exporter.is_pinned = procs->bf_releasebuffer != NULL;
        }
    }
    return exporter;
}

/* The memory of an argument for "s#", "z#".  Returns NULL or what is wrong. */
static const char *
read_memory(PyObject *arg, void **memory, Py_ssize_t *length)
{
    if (py2abi_view_is_host(arg)) {
        enum py2abi_view_kind kind = py2abi_view_kind(arg);
        *length = kind == PY2ABI_VIEW_PINNED || kind == PY2ABI_VIEW_NEW
                      ? PY2ABI_VIEW_NONE
                      : py2abi_view_keep(arg, PyBUF_SIMPLE, memory);
        return *length >= 0                  ? NULL
               : *length == PY2ABI_VIEW_NONE ? "string or read-only buffer"
                                             : "(unspecified)";
    }
    struct exporter exporter = exporter_of(arg);
    if (exporter.read == NULL || exporter.segments == NULL || exporter.is_pinned) {
        return "string or read-only buffer";
    }
    if (exporter.segments(arg, NULL) != 1) {
        return "string or single-segment read-only buffer";
    }
    *length = exporter.read(arg, 0, memory);
    return *length < 0 ? "(unspecified)" : NULL;
}

/* For "t#". */
static const char *
read_text(PyObject *arg, char **memory, Py_ssize_t *length)
{
    if (py2abi_view_is_host(arg)) {
        enum py2abi_view_kind kind = py2abi_view_kind(arg);
        void *data;
        if (kind == PY2ABI_VIEW_PINNED) {
            return "string or pinned buffer";
        }
        *length = kind == PY2ABI_VIEW_NEW || kind == PY2ABI_VIEW_OLD_DATA
                          || kind == PY2ABI_VIEW_DATA
                      ? PY2ABI_VIEW_NONE
                      : py2abi_view_keep(arg, PyBUF_SIMPLE, &data);
        if (*length >= 0) {
            *memory = data;
            return NULL;
        }
        return *length == PY2ABI_VIEW_NONE ? "string or read-only character buffer"
                                           : "(unspecified)";
    }
    struct exporter exporter = exporter_of(arg);
    if (exporter.text == NULL || exporter.segments == NULL) {
        return "string or read-only character buffer";
    }
    if (exporter.segments(arg, NULL) != 1) {
        return "string or single-segment read-only buffer";
    }
    if (exporter.is_pinned) {
        return "string or pinned buffer";
    }
    *length = exporter.text(arg, 0, memory);
    return *length < 0 ? "(unspecified)" : NULL;
}

/* For "w", "w#". */
static const char *
write_memory(PyObject *arg, void **memory, Py_ssize_t *length)
{
    if (py2abi_view_is_host(arg)) {
        enum py2abi_view_kind kind = py2abi_view_kind(arg);
        if (kind == PY2ABI_VIEW_PINNED || kind == PY2ABI_VIEW_NEW) {
            return "pinned buffer";
        }
        *length = py2abi_view_keep(arg, PyBUF_WRITABLE, memory);
        return *length >= 0                  ? NULL
               : *length == PY2ABI_VIEW_NONE ? "read-write buffer"
                                             : "(unspecified)";
    }
    struct exporter exporter = exporter_of(arg);
    if (exporter.is_pinned) {
        return "pinned buffer";
    }
    if (exporter.write == NULL || exporter.segments == NULL) {
        return "read-write buffer";
    }
    if (exporter.segments(arg, NULL) != 1) {
        return "single-segment read-write buffer";
    }
    *length = exporter.write(arg, 0, memory);
    return *length < 0 ? "(unspecified)" : NULL;
}

/* What only has the old protocol in Python 2 shows there as read-only bytes, in
 * "w*" too. */
static void
show_as_bytes(Py_buffer *view)
{
    view->readonly = 1;
    view->itemsize = 1;
    view->ndim = 1;
    view->format = NULL;
    view->shape = view->strides = view->suboffsets = NULL;
}

/* A host object's view for "s*", "z*", "w*".  Returns NULL or what is wrong. */
static const char *
host_view(PyObject *arg, Py_buffer *view, int writable)
{
    int status = py2abi_view_get(arg, view, writable ? PyBUF_WRITABLE : PyBUF_SIMPLE);
    enum py2abi_view_kind kind = py2abi_view_kind(arg);
    if (status == 0) {
        if (kind == PY2ABI_VIEW_OLD || kind == PY2ABI_VIEW_OLD_DATA) {
            show_as_bytes(view);
        }
        return NULL;
    }
    if (writable) {
        if (py2abi_view_refused(arg, status) == -1 && kind != PY2ABI_VIEW_OLD) {
            PyErr_Clear();
        }
        return "read-write buffer";
    }
    return Py_TYPE(arg)->tp_as_buffer == NULL ? "string or buffer" : "convertible to a buffer";
}

/* For "s*", "z*" of what is no string. */
static const char *
read_view(PyObject *arg, Py_buffer *view)
{
    if (py2abi_view_is_host(arg)) {
        return host_view(arg, view, 0);
    }
    struct exporter exporter = exporter_of(arg);
    if (!exporter.is_known) {
        return "string or buffer";
    }
    if (exporter.get != NULL) {
        if (exporter.get(arg, view, PyBUF_SIMPLE) < 0) {
            return "convertible to a buffer";
        }
        if (!PyBuffer_IsContiguous(view, 'C')) {
            PyBuffer_Release(view);
            return "contiguous buffer";
        }
        return NULL;
    }
    void *memory;
    Py_ssize_t length;
    if (read_memory(arg, &memory, &length) != NULL) {
        return "convertible to a buffer";
    }
    PyBuffer_FillInfo(view, arg, memory, length, 1, PyBUF_SIMPLE);
    return NULL;
}

/* For "w*". */
static const char *
write_view(PyObject *arg, Py_buffer *view)
{
    if (py2abi_view_is_host(arg)) {
        return host_view(arg, view, 1);
    }
    struct exporter exporter = exporter_of(arg);
    if (exporter.get != NULL) {
        if (exporter.get(arg, view, PyBUF_WRITABLE) < 0) {
            PyErr_Clear();
            return "read-write buffer";
        }
        if (!PyBuffer_IsContiguous(view, 'C')) {
            PyBuffer_Release(view);
            return "contiguous buffer";
        }
        return NULL;
    }
    void *memory;
    Py_ssize_t length;
    if (exporter.write == NULL || exporter.segments == NULL) {
        return "read-write buffer";
    }
    if (exporter.segments(arg, NULL) != 1) {
        return "single-segment read-write buffer";
    }
    length = exporter.write(arg, 0, &memory);
    if (length < 0) {
        return "(unspecified)";
    }
    PyBuffer_FillInfo(view, arg, memory, length, 1, PyBUF_SIMPLE);
    return NULL;
}

/* ---- Strings ---- */

/* The characters of a str, or of a unicode in the default encoding: text lives as
 * long as arg does.  Returns 1; 0 for another kind of object; -1 with an
 * exception. */
static int
get_string(PyObject *arg, char **text, Py_ssize_t *length)
{
    PyObject *string = arg;
    if (!PyString_Check(arg)) {
        if (!PyUnicode_Check(arg)) {
            return 0;
        }
        string = _PyUnicodeUCS4_AsDefaultEncodedString(arg, NULL);
        if (string == NULL) {
            return -1;
        }
    }
    *text = PyString_AS_STRING(string);
    *length = PyString_GET_SIZE(string);
    return 1;
}

/* "s" and "z" with nothing, "#" or "*" behind. */
static const char *
convert_string(struct parse *parse, PyObject *arg, int none_passes)
{
    static const char encoding[] = "(unicode conversion error)";
    char form = *parse->format, *text = NULL;
    Py_ssize_t length = 0;
    int is_none = none_passes && arg == Py_None;
    if (form == '*') {
        Py_buffer *view = va_arg(parse->outputs, Py_buffer *);
        const char *wrong = NULL;
        parse->format++;
        int is_string = is_none ? 0 : get_string(arg, &text, &length);
        if (is_string < 0) {
            return mismatch(parse, encoding, arg);
        }
        if (is_string || is_none) {
            PyBuffer_FillInfo(view, is_none ? NULL : arg, text, length, 1, PyBUF_SIMPLE);
        }
        else {
            wrong = read_view(arg, view);
        }
        if (wrong == NULL) {
            wrong = note(parse, view, NULL);
        }
        return wrong != NULL ? mismatch(parse, wrong, arg) : NULL;
    }
    char **output = va_arg(parse->outputs, char **);
    if (is_none) {
        *output = NULL;
    }
    else {
        int is_string = get_string(arg, output, &length);
        if (is_string < 0) {
            return mismatch(parse, encoding, arg);
        }
        if (is_string == 0) {
            const char *wrong = none_passes ? "string or None" : "string";
            if (form == '#') {
                void *memory;
                wrong = read_memory(arg, &memory, &length);
                if (wrong == NULL) {
                    *output = memory;
                }
            }
            if (wrong != NULL) {
                return mismatch(parse, wrong, arg);
            }
        }
    }
    if (form == '#') {
        parse->format++;
        return store_length(parse, next_length(parse), length) < 0 ? mismatch(parse, "", arg)
                                                                   : NULL;
    }
    if (*output != NULL && strlen(*output) != (size_t)length) {
        return mismatch(parse, none_passes ? "string without null bytes or None"
                                           : "string without null bytes", arg);
    }
    return NULL;
}

/* The string that "es" and "et" give: encoded, or as it is where "et" finds a str.
 * A new reference, or NULL with what is wrong. */
static PyObject *
encode(PyObject *arg, const char *encoding, int take_str, const char **wrong)
{
    if (take_str && PyString_Check(arg)) {
        Py_INCREF(arg);
        return arg;
    }
    PyObject *unicode = PyUnicodeUCS4_FromObject(arg);
    if (unicode == NULL) {
        *wrong = "string or unicode or text buffer";
        return NULL;
    }
    PyObject *string = PyUnicodeUCS4_AsEncodedString(unicode, encoding, NULL);
    Py_DECREF(unicode);
    if (string == NULL) {
        *wrong = "(encoding failed)";
        return NULL;
    }
    if (!PyString_Check(string)) {
        Py_DECREF(string);
        *wrong = "(encoder failed to return a string)";
        return NULL;
    }
    return string;
}

/* Put an encoded string where the caller wants it: in memory of its own, or in
 * the caller's, whose size *length tells.  Returns NULL or what is wrong. */
static const char *
deliver(struct parse *parse, PyObject *string, char **output, void *length)
{
    const char *text = PyString_AS_STRING(string);
    Py_ssize_t size = PyString_GET_SIZE(string);
    if (length == NULL && strlen(text) != (size_t)size) {
        return "encoded string without null bytes";
    }
    if (length != NULL && *output != NULL) {
        Py_ssize_t room = parse->wide ? *(Py_ssize_t *)length : *(int *)length;
        if (size + 1 > room) {
            PyErr_Format(PyExc_TypeError, "encoded string too long (%zd, maximum length %zd)",
                         size, room - 1);
            return "";
        }
        memcpy(*output, text, (size_t)size + 1);
    }
    else {
        char *copy = PyMem_Malloc((size_t)size + 1);
        if (copy == NULL) {
            PyErr_NoMemory();
            return "";
        }
        memcpy(copy, text, (size_t)size + 1);
        *output = copy;
        const char *wrong = note(parse, NULL, copy);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return length != NULL && store_length(parse, length, size) < 0 ? "" : NULL;
}

/* "es", "et", with or without "#". */
static const char *
convert_encoded(struct parse *parse, PyObject *arg)
{
    const char *encoding = va_arg(parse->outputs, const char *), *wrong = NULL;
    char form = *parse->format;
    if (form != 's' && form != 't') {
        return mismatch(parse, "(unknown parser marker combination)", arg);
    }
    parse->format++;
    char **output = va_arg(parse->outputs, char **);
    if (output == NULL) {
        return mismatch(parse, "(buffer is NULL)", arg);
    }
    if (encoding == NULL) {
        encoding = PyUnicodeUCS4_GetDefaultEncoding();
    }
    PyObject *string = encode(arg, encoding, form == 't', &wrong);
    if (string == NULL) {
        return mismatch(parse, wrong, arg);
    }
    if (*parse->format == '#') {
        void *length = next_length(parse);
        parse->format++;
        wrong = length != NULL ? deliver(parse, string, output, length) : "(buffer_len is NULL)";
    }
    else {
        wrong = deliver(parse, string, output, NULL);
    }
    Py_DECREF(string);
    return wrong != NULL ? mismatch(parse, wrong, arg) : NULL;
}

/* ---- Numbers ---- */

/* Integers are not made of floats. */
static int
is_float(PyObject *arg)
{
    if (!PyFloat_Check(arg)) {
        return 0;
    }
    PyErr_SetString(PyExc_TypeError, "integer argument expected, got float");
    return 1;
}

/* A C long.  Returns 0, or -1 with an exception. */
static int
get_long(PyObject *arg, long *value)
{
    if (PyInt_CheckExact(arg)) {
        *value = PyInt_AS_LONG(arg);
        return 0;
    }
    if (is_float(arg)) {
        return -1;
    }
    *value = PyInt_AsLong(arg);
    return *value == -1 && PyErr_Occurred() ? -1 : 0;
}

/* A C long between two limits; what is outside is an OverflowError that calls the
 * number `what`. */
static int
get_limited(PyObject *arg, long *value, long least, long greatest, const char *what)
{
    if (get_long(arg, value) < 0) {
        return -1;
    }
    if (*value < least || *value > greatest) {
        PyErr_Format(PyExc_OverflowError, "%s is %s", what,
                     *value < least ? "less than minimum" : "greater than maximum");
        return -1;
    }
    return 0;
}

/* The low bits of an integer, without a check. */
static int
get_mask(PyObject *arg, unsigned long *value)
{
    if (is_float(arg)) {
        return -1;
    }
    *value = PyInt_AsUnsignedLongMask(arg);
    return *value == (unsigned long)-1 && PyErr_Occurred() ? -1 : 0;
}

/* ---- One argument ---- */

static const char *convert(struct parse *parse, PyObject *arg, int level);

/* "O", "O!", "O&", "O?". */
static const char *
convert_object(struct parse *parse, PyObject *arg)
{
    switch (*parse->format) {
    case '!': {
        PyTypeObject *type = va_arg(parse->outputs, PyTypeObject *);
        PyObject **output = va_arg(parse->outputs, PyObject **);
        parse->format++;
        if (Py_TYPE(arg) != type && !PyType_IsSubtype(Py_TYPE(arg), type)) {
            return mismatch(parse, type->tp_name, arg);
        }
        *output = arg;
        return NULL;
    }
    case '?': {
        inquiry test = va_arg(parse->outputs, inquiry);
        PyObject **output = va_arg(parse->outputs, PyObject **);
        parse->format++;
        if (!test(arg)) {
            return mismatch(parse, "(unspecified)", arg);
        }
        *output = arg;
        return NULL;
    }
    case '&': {
        typedef int (*converter)(PyObject *, void *);
        converter function = va_arg(parse->outputs, converter);
        void *address = va_arg(parse->outputs, void *);
        parse->format++;
        return function(arg, address) ? NULL : mismatch(parse, "(unspecified)", arg);
    }
    default:
        *va_arg(parse->outputs, PyObject **) = arg;
        return NULL;
    }
}

/* "w", "w#", "w*". */
static const char *
convert_writable(struct parse *parse, PyObject *arg)
{
    void *output = va_arg(parse->outputs, void *), *memory;
    const char *wrong;
    Py_ssize_t length;
    if (*parse->format == '*') {
        parse->format++;
        wrong = write_view(arg, output);
        if (wrong == NULL) {
            wrong = note(parse, output, NULL);
        }
        return wrong != NULL ? mismatch(parse, wrong, arg) : NULL;
    }
    wrong = write_memory(arg, &memory, &length);
    if (wrong != NULL) {
        return mismatch(parse, wrong, arg);
    }
    *(void **)output = memory;
    if (*parse->format == '#') {
        parse->format++;
        if (store_length(parse, next_length(parse), length) < 0) {
            return mismatch(parse, "", arg);
        }
    }
    return NULL;
}

/* "t#". */
static const char *
convert_text(struct parse *parse, PyObject *arg)
{
    char **output = va_arg(parse->outputs, char **);
    if (*parse->format != '#') {
        if (*parse->format != '\0') {
            parse->format++;
        }
        return mismatch(parse, "invalid use of 't' format character", arg);
    }
    parse->format++;
    Py_ssize_t length;
    const char *wrong = read_text(arg, output, &length);
    if (wrong != NULL) {
        return mismatch(parse, wrong, arg);
    }
    return store_length(parse, next_length(parse), length) < 0 ? mismatch(parse, "", arg) : NULL;
}

/* "u", "u#". */
static const char *
convert_unicode(struct parse *parse, PyObject *arg)
{
    Py_UNICODE **output = va_arg(parse->outputs, Py_UNICODE **);
    int sized = *parse->format == '#';
    parse->format += sized;
    if (!PyUnicode_Check(arg)) {
        return mismatch(parse, sized ? "cannot convert raw buffers" : "unicode", arg);
    }
    *output = PyUnicode_AS_UNICODE(arg);
    Py_ssize_t length = PyUnicode_GET_SIZE(arg);
    if (sized) {
        return store_length(parse, next_length(parse), length) < 0 ? mismatch(parse, "", arg)
                                                                   : NULL;
    }
    for (Py_ssize_t i = 0; i < length; i++) {
        if ((*output)[i] == 0) {
            return mismatch(parse, "unicode without null characters", arg);
        }
    }
    return NULL;
}

/* Convert one argument by the letter that the format is at.  Returns NULL or what
 * to say of it. */
static const char *
convert_one(struct parse *parse, PyObject *arg)
{
    char letter = *parse->format++;
    long number;
    unsigned long mask;
    switch (letter) {
    case 'b':
        if (get_limited(arg, &number, 0, UCHAR_MAX, "unsigned byte integer") < 0) {
            return mismatch(parse, "integer<b>", arg);
        }
        *va_arg(parse->outputs, unsigned char *) = (unsigned char)number;
        return NULL;
    case 'B':
        if (get_mask(arg, &mask) < 0) {
            return mismatch(parse, "integer<B>", arg);
        }
        *va_arg(parse->outputs, unsigned char *) = (unsigned char)mask;
        return NULL;
    case 'h':
        if (get_limited(arg, &number, SHRT_MIN, SHRT_MAX, "signed short integer") < 0) {
            return mismatch(parse, "integer<h>", arg);
        }
        *va_arg(parse->outputs, short *) = (short)number;
        return NULL;
    case 'H':
        if (get_mask(arg, &mask) < 0) {
            return mismatch(parse, "integer<H>", arg);
        }
        *va_arg(parse->outputs, unsigned short *) = (unsigned short)mask;
        return NULL;
    case 'i':
        if (get_limited(arg, &number, INT_MIN, INT_MAX, "signed integer") < 0) {
            return mismatch(parse, "integer<i>", arg);
        }
        *va_arg(parse->outputs, int *) = (int)number;
        return NULL;
    case 'I':
        if (get_mask(arg, &mask) < 0) {
            return mismatch(parse, "integer<I>", arg);
        }
        *va_arg(parse->outputs, unsigned int *) = (unsigned int)mask;
        return NULL;
    case 'l':
    case 'n': /* Py_ssize_t, which is a long */
        if (get_long(arg, &number) < 0) {
            return mismatch(parse, letter == 'l' ? "integer<l>" : "integer<n>", arg);
        }
        *va_arg(parse->outputs, long *) = number;
        return NULL;
    case 'k':
        if (PyInt_Check(arg)) {
            mask = PyInt_AsUnsignedLongMask(arg);
        }
        else if (PyLong_Check(arg)) {
            mask = PyLong_AsUnsignedLongMask(arg);
        }
        else {
            return mismatch(parse, "an integer", arg);
        }
        *va_arg(parse->outputs, unsigned long *) = mask;
        return NULL;
    case 'L': {
        if (PyFloat_Check(arg)
            && PyErr_WarnEx(PyExc_DeprecationWarning, "integer argument expected, got float", 1)
                   < 0) {
            return mismatch(parse, "long<L>", arg);
        }
        PY_LONG_LONG value = PyLong_AsLongLong(arg);
        if (value == -1 && PyErr_Occurred()) {
            return mismatch(parse, "long<L>", arg);
        }
        *va_arg(parse->outputs, PY_LONG_LONG *) = value;
        return NULL;
    }
    case 'K': {
        unsigned PY_LONG_LONG value;
        if (PyInt_Check(arg)) {
            value = PyInt_AsUnsignedLongMask(arg);
        }
        else if (PyLong_Check(arg)) {
            value = PyLong_AsUnsignedLongLongMask(arg);
        }
        else {
            return mismatch(parse, "an integer", arg);
        }
        *va_arg(parse->outputs, unsigned PY_LONG_LONG *) = value;
        return NULL;
    }
    case 'f':
    case 'd': {
        double value = PyFloat_CheckExact(arg) ? PyFloat_AS_DOUBLE(arg) : PyFloat_AsDouble(arg);
        if (PyErr_Occurred()) {
            return mismatch(parse, letter == 'f' ? "float<f>" : "float<d>", arg);
        }
        if (letter == 'f') {
            *va_arg(parse->outputs, float *) = (float)value;
        }
        else {
            *va_arg(parse->outputs, double *) = value;
        }
        return NULL;
    }
    case 'D': {
        Py_complex value = PyComplex_AsCComplex(arg);
        if (PyErr_Occurred()) {
            return mismatch(parse, "complex<D>", arg);
        }
        *va_arg(parse->outputs, Py_complex *) = value;
        return NULL;
    }
    case 'c':
        if (PyString_Check(arg) && PyString_GET_SIZE(arg) == 1) {
            *va_arg(parse->outputs, char *) = PyString_AS_STRING(arg)[0];
            return NULL;
        }
        /* Not in Python 2; but in Python 3 a character is what users have at hand. */
        if (PyUnicode_Check(arg) && PyUnicode_GET_SIZE(arg) == 1
            && PyUnicode_AS_UNICODE(arg)[0] < 256) {
            *va_arg(parse->outputs, char *) = (char)PyUnicode_AS_UNICODE(arg)[0];
            return NULL;
        }
        return mismatch(parse, "char", arg);
    case 's':
    case 'z':
        return convert_string(parse, arg, letter == 'z');
    case 'e':
        return convert_encoded(parse, arg);
    case 'u':
        return convert_unicode(parse, arg);
    case 'S':
        if (!PyString_Check(arg)) {
            return mismatch(parse, "string", arg);
        }
        *va_arg(parse->outputs, PyObject **) = arg;
        return NULL;
    case 'U':
        if (!PyUnicode_Check(arg)) {
            return mismatch(parse, "unicode", arg);
        }
        *va_arg(parse->outputs, PyObject **) = arg;
        return NULL;
    case 'O':
        return convert_object(parse, arg);
    case 'w':
        return convert_writable(parse, arg);
    case 't':
        return convert_text(parse, arg);
    default:
        return mismatch(parse, "(impossible<bad format char>)", arg);
    }
}

/* How many items a tuple in the format has; at what is behind its "(".  Python 2.7
 * takes "es" for two there, so that no tuple fits. */
static int
count_items(const char *format)
{
    int count = 0;
    for (int level = 0;; format++) {
        switch (*format) {
        case '(':
            count += level++ == 0;
            break;
        case ')':
            if (level-- == 0) {
                return count;
            }
            break;
        case '\0':
        case ':':
        case ';':
            return count;
        default:
            count += level == 0 && isalpha((unsigned char)*format);
        }
    }
}

/* A sequence, item by item. */
static const char *
convert_items(struct parse *parse, PyObject *arg, int level)
{
    int count = count_items(parse->format);
    if (!PySequence_Check(arg) || PyString_Check(arg)) {
        parse->path[level] = 0;
        snprintf(parse->reason, sizeof parse->reason, "must be %d-item sequence, not %.50s", count,
                 arg == Py_None ? "None" : Py_TYPE(arg)->tp_name);
        return parse->reason;
    }
    Py_ssize_t size = PySequence_Size(arg);
    if (size != count) {
        parse->path[level] = 0;
        snprintf(parse->reason, sizeof parse->reason, "must be sequence of length %d, not %zd",
                 count, size);
        return parse->reason;
    }
    for (int i = 0; i < count; i++) {
        PyObject *item = PySequence_GetItem(arg, i);
        if (item == NULL) {
            PyErr_Clear();
            parse->path[level] = i + 1;
            parse->path[level + 1] = 0;
            return strcpy(parse->reason, "is not retrievable");
        }
        const char *wrong = convert(parse, item, level + 1);
        /* The caller gets pointers into it.  A sequence that makes its items anew
         * each time does not keep it. */
        if (Py_REFCNT(item) > 1) {
            Py_DECREF(item);
        }
        else {
            py2abi_frame_keep(item);
        }
        if (wrong != NULL) {
            parse->path[level] = i + 1;
            return wrong;
        }
    }
    return NULL;
}

/* Convert one argument, which may be a tuple. */
static const char *
convert(struct parse *parse, PyObject *arg, int level)
{
    const char *wrong;
    if (__builtin_expect(*parse->format == '(', 0) && level < MAX_LEVEL) {
        parse->format++;
        wrong = convert_items(parse, arg, level);
        /* With keywords nobody has looked whether it is closed. */
        if (wrong == NULL && *parse->format == ')') {
            parse->format++;
        }
        return wrong;
    }
    wrong = convert_one(parse, arg);
    if (wrong != NULL) {
        parse->path[level] = 0;
    }
    return wrong;
}

/* ---- Positional arguments ---- */

/* What a character of a format is to who counts: what has a meaning of its own, an argument,
 * or 0. */
enum { SPECIAL = 1, ARGUMENT };
static const unsigned char kinds[256] = {
    ['\0'] = SPECIAL, ['('] = SPECIAL, [')'] = SPECIAL, [':'] = SPECIAL, [';'] = SPECIAL,
    ['|'] = SPECIAL,  ['A' ... 'Z'] = ARGUMENT, ['a' ... 'd'] = ARGUMENT, /* "es" is one */
    ['f' ... 'z'] = ARGUMENT,
};

/* Count the arguments that the format wants, and find its ":" or ";".  Returns 0,
 * or -1 with an exception (Python 2.7 ends the process). */
static int
scan(struct parse *parse, int *least, int *most)
{
    int level = 0;
    *least = -1;
    *most = 0;
    for (const char *at = parse->format;; at++) {
        unsigned char kind = kinds[(unsigned char)*at];
        if (kind != SPECIAL) {
            *most += level == 0 && kind == ARGUMENT;
            continue;
        }
        switch (*at) {
        case '(':
            *most += level == 0;
            if (++level >= MAX_LEVEL) {
                PyErr_SetString(PyExc_SystemError,
                                "too many tuple nesting levels in argument format string");
                return -1;
            }
            continue;
        case ')':
            if (level-- == 0) {
                PyErr_SetString(PyExc_SystemError, "excess ')' in getargs format");
                return -1;
            }
            continue;
        case ':':
            parse->function = at + 1;
            break;
        case ';':
            parse->complaint = at + 1;
            break;
        case '\0':
            break;
        case '|':
            if (level == 0) {
                *least = *most;
            }
            continue;
        default:
            break;
        }
        break;
    }
    if (level != 0) {
        PyErr_SetString(PyExc_SystemError, "missing ')' in getargs format");
        return -1;
    }
    if (*least < 0) {
        *least = *most;
    }
    return 0;
}

static int
begin(struct parse *parse, const char *format, va_list outputs, int wide)
{
    parse->format = format;
    parse->wide = wide;
    parse->function = parse->complaint = NULL;
    parse->undo = parse->undo_first;
    parse->undo_count = 0;
    parse->undo_room = sizeof parse->undo_first / sizeof parse->undo_first[0];
    va_copy(parse->outputs, outputs);
    return 1;
}

/* PyArg_Parse: one argument that is no tuple, or none. */
static int
parse_one(PyObject *arg, const char *format, va_list outputs, int wide)
{
    struct parse parse;
    int least, most;
    begin(&parse, format, outputs, wide);
    if (scan(&parse, &least, &most) < 0) {
        return finish(&parse, 0);
    }
    const char *function = parse.function != NULL ? parse.function : "function";
    const char *call = parse.function != NULL ? "()" : "";
    if (most == 0) {
        if (arg == NULL) {
            return finish(&parse, 1);
        }
        PyErr_Format(PyExc_TypeError, "%.200s%s takes no arguments", function, call);
        return finish(&parse, 0);
    }
    if (least != 1 || most != 1) {
        PyErr_SetString(PyExc_SystemError, "old style getargs format uses new features");
        return finish(&parse, 0);
    }
    if (arg == NULL) {
        PyErr_Format(PyExc_TypeError, "%.200s%s takes at least one argument", function, call);
        return finish(&parse, 0);
    }
    const char *wrong = convert(&parse, arg, 0);
    if (wrong != NULL) {
        complain(&parse, parse.path[0], parse.path + 1, wrong);
    }
    return finish(&parse, wrong == NULL);
}

/* A tuple of arguments. */
static int
parse_tuple(PyObject *args, const char *format, va_list outputs, int wide)
{
    struct parse parse;
    int least, most;
    begin(&parse, format, outputs, wide);
    if (scan(&parse, &least, &most) < 0) {
        return finish(&parse, 0);
    }
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError,
                        "new style getargs format but argument is not a tuple");
        return finish(&parse, 0);
    }
    Py_ssize_t given = PyTuple_GET_SIZE(args);
    if (given < least || given > most) {
        if (parse.complaint != NULL) {
            PyErr_SetString(PyExc_TypeError, parse.complaint);
        }
        else {
            int limit = given < least ? least : most;
            PyErr_Format(PyExc_TypeError, "%.150s%s takes %s %d argument%s (%zd given)",
                         parse.function != NULL ? parse.function : "function",
                         parse.function != NULL ? "()" : "",
                         least == most   ? "exactly"
                         : given < least ? "at least"
                                         : "at most",
                         limit, limit == 1 ? "" : "s", given);
        }
        return finish(&parse, 0);
    }
    for (int i = 0; i < given; i++) {
        if (*parse.format == '|') {
            parse.format++;
        }
        const char *wrong = convert(&parse, PyTuple_GET_ITEM(args, i), 0);
        if (wrong != NULL) {
            complain(&parse, i + 1, parse.path, wrong);
            return finish(&parse, 0);
        }
    }
    char next = *parse.format;
    if (next != '\0' && !isalpha((unsigned char)next) && strchr("(|:;", next) == NULL) {
        PyErr_Format(PyExc_SystemError, "bad format string: %.200s", format);
        return finish(&parse, 0);
    }
    return finish(&parse, 1);
}

int
PyArg_VParse(PyObject *arg, const char *format, va_list outputs)
{
    return parse_one(arg, format, outputs, 0);
}

int
_PyArg_VParse_SizeT(PyObject *arg, const char *format, va_list outputs)
{
    return parse_one(arg, format, outputs, 1);
}

int
PyArg_VaParse(PyObject *args, const char *format, va_list outputs)
{
    return parse_tuple(args, format, outputs, 0);
}

int
_PyArg_VaParse_SizeT(PyObject *args, const char *format, va_list outputs)
{
    return parse_tuple(args, format, outputs, 1);
}

/* ---- Keywords ---- */

static int
at_end(const struct parse *parse)
{
    return *parse->format == '\0' || *parse->format == ':' || *parse->format == ';';
}

/* Pass over an argument that is not given, and over its outputs.  Returns NULL or
 * what is wrong with the format, which stays where it is then. */
static const char *
skip(struct parse *parse)
{
    static const char bad[] = "impossible<bad format char>";
    const char *before = parse->format;
    char letter = *parse->format++;
    switch (letter) {
    case 'e':
        (void)va_arg(parse->outputs, const char *);
        if (*parse->format != 's' && *parse->format != 't') {
            parse->format = before;
            return bad;
        }
        parse->format++;
        __attribute__((fallthrough));
    case 's':
    case 'z':
    case 'u':
    case 't':
    case 'w':
        (void)va_arg(parse->outputs, void *);
        if (*parse->format == '#') {
            (void)va_arg(parse->outputs, void *);
            parse->format++;
        }
        else if (*parse->format == '*' && (letter == 's' || letter == 'z' || letter == 'w')) {
            parse->format++;
        }
        return NULL;
    case 'O':
        /* "O?" is not known here, in 2.7 neither. */
        if (*parse->format == '!' || *parse->format == '&') {
            (void)va_arg(parse->outputs, void *);
            parse->format++;
        }
        (void)va_arg(parse->outputs, void *);
        return NULL;
    case '(':
        while (*parse->format != ')') {
            if (at_end(parse)) {
                return "Unmatched left paren in format string";
            }
            const char *wrong = skip(parse);
            if (wrong != NULL) {
                return wrong;
            }
        }
        parse->format++;
        return NULL;
    case ')':
        return "Unmatched right paren in format string";
    default:
        if (letter == '\0' || strchr("bBhHiIlkLKnfdDcSU", letter) == NULL) {
            parse->format = before;
            return bad;
        }
        (void)va_arg(parse->outputs, void *);
        return NULL;
    }
}

/* The characters of a keyword: the host's own come as str or unicode. */
static const char *
keyword_text(PyObject *key)
{
    char *text;
    Py_ssize_t length;
    switch (get_string(key, &text, &length)) {
    case 1:
        return text;
    case 0:
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
        break;
    default:
        break;
    }
    return NULL;
}

/* Each keyword that was given must be in the list. */
static int
check_keywords(PyObject *keywords, char *const *names)
{
    PyObject *key;
    Py_ssize_t at = 0;
    while (PyDict_Next(keywords, &at, &key, NULL)) {
        const char *text = keyword_text(key);
        if (text == NULL) {
            return -1;
        }
        int i = 0;
        while (names[i] != NULL && strcmp(names[i], text) != 0) {
            i++;
        }
        if (names[i] == NULL) {
            PyErr_Format(PyExc_TypeError, "'%s' is an invalid keyword argument for this function",
                         text);
            return -1;
        }
    }
    return PyErr_Occurred() ? -1 : 0;
}

static int
parse_keywords(PyObject *args, PyObject *keywords, const char *format, char *const *names,
               va_list outputs, int wide)
{
    struct parse parse;
    Py_ssize_t given, named;
    int count = 0, least = INT_MAX;
    if (args == NULL || !PyTuple_Check(args) || (keywords != NULL && !PyDict_Check(keywords))
        || format == NULL || names == NULL) {
        PyErr_BadInternalCall();
        return 0;
    }
    begin(&parse, format, outputs, wide);
    parse.function = strchr(format, ':');
    if (parse.function != NULL) {
        parse.function++;
    }
    else if ((parse.complaint = strchr(format, ';')) != NULL) {
        parse.complaint++;
    }
    while (names[count] != NULL) {
        count++;
    }
    given = PyTuple_GET_SIZE(args);
    named = keywords != NULL ? PyDict_Size(keywords) : 0;
    if (given + named > count) {
        PyErr_Format(PyExc_TypeError, "%s%s takes at most %d argument%s (%zd given)",
                     parse.function != NULL ? parse.function : "function",
                     parse.function != NULL ? "()" : "", count, count == 1 ? "" : "s",
                     given + named);
        return finish(&parse, 0);
    }
    for (int i = 0; i < count; i++) {
        if (*parse.format == '|') {
            least = i;
            parse.format++;
        }
        if (at_end(&parse)) {
            PyErr_Format(PyExc_RuntimeError,
                         "More keyword list entries (%d) than format specifiers (%d)", count, i);
            return finish(&parse, 0);
        }
        PyObject *arg = named != 0 ? PyDict_GetItemString(keywords, names[i]) : NULL;
        if (arg != NULL) {
            named--;
            if (i < given) {
                PyErr_Format(PyExc_TypeError, "Argument given by name ('%s') and position (%d)",
                             names[i], i + 1);
                return finish(&parse, 0);
            }
        }
        else if (named != 0 && PyErr_Occurred()) {
            return finish(&parse, 0);
        }
        else if (i < given) {
            arg = PyTuple_GET_ITEM(args, i);
        }
        if (arg != NULL) {
            const char *wrong = convert(&parse, arg, 0);
            if (wrong != NULL) {
                complain(&parse, i + 1, parse.path, wrong);
                return finish(&parse, 0);
            }
            continue;
        }
        if (i < least) {
            PyErr_Format(PyExc_TypeError, "Required argument '%s' (pos %d) not found", names[i],
                         i + 1);
            return finish(&parse, 0);
        }
        /* Nothing is left to be found; the rest of the format is not looked at. */
        if (named == 0) {
            return finish(&parse, 1);
        }
        const char *wrong = skip(&parse);
        if (wrong != NULL) {
            PyErr_Format(PyExc_RuntimeError, "%s: '%s'", wrong, parse.format);
            return finish(&parse, 0);
        }
    }
    if (!at_end(&parse) && *parse.format != '|') {
        PyErr_Format(PyExc_RuntimeError,
                     "more argument specifiers than keyword list entries (remaining format:'%s')",
                     parse.format);
        return finish(&parse, 0);
    }
    return finish(&parse, named == 0 || check_keywords(keywords, names) == 0);
}

int
PyArg_VaParseTupleAndKeywords(PyObject *args, PyObject *keywords, const char *format,
                              char **names, va_list outputs)
{
    return parse_keywords(args, keywords, format, names, outputs, 0);
}

int
_PyArg_VaParseTupleAndKeywords_SizeT(PyObject *args, PyObject *keywords, const char *format,
                                     char **names, va_list outputs)
{
    return parse_keywords(args, keywords, format, names, outputs, 1);
}

int
_PyArg_NoKeywords(const char *function, PyObject *keywords)
{
    if (keywords == NULL) {
        return 1;
    }
    if (!PyDict_CheckExact(keywords)) {
        PyErr_BadInternalCall();
        return 0;
    }
    if (PyDict_Size(keywords) == 0) {
        return 1;
    }
    PyErr_Format(PyExc_TypeError, "%s does not take keyword arguments", function);
    return 0;
}

/* ---- Without a format ---- */

int
PyArg_VUnpackTuple(PyObject *args, const char *name, Py_ssize_t least, Py_ssize_t most,
                   va_list outputs)
{
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_SystemError,
                        "PyArg_UnpackTuple() argument list is not a tuple");
        return 0;
    }
    Py_ssize_t given = PyTuple_GET_SIZE(args);
    if (given < least || given > most) {
        Py_ssize_t limit = given < least ? least : most;
        const char *how = least == most ? "" : given < least ? "at least " : "at most ";
        if (name != NULL) {
            PyErr_Format(PyExc_TypeError, "%s expected %s%zd arguments, got %zd", name, how, limit,
                         given);
        }
        else {
            PyErr_Format(PyExc_TypeError, "unpacked tuple should have %s%zd elements, but has %zd",
                         how, limit, given);
        }
        return 0;
    }
    for (Py_ssize_t i = 0; i < given; i++) {
        *va_arg(outputs, PyObject **) = PyTuple_GET_ITEM(args, i);
    }
    return 1;
}
