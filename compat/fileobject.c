/* fileobject.c - files: the host's, with a C stream of their own where a binary
 * asks for it.
 *
 * The stream has a descriptor of its own for the same open file, and with it the
 * same position, which only what is buffered on either side hides.  So the host's
 * object is flushed and the stream put where that stands when the binary asks for
 * it, and the other way about when the frame that asked ends.
 *
 * What a guest opens is a stream of bytes, as in Python 2.  Text that it writes to
 * one of the host's text streams is UTF-8; what is not goes through as it came. */

#include "config.h"
#include "hostcall.h"
#include "map.h"
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The C stream of a host file ---- */

struct stream {
    HostObject *host;   /* borrowed: it is watched */
    FILE *file;         /* NULL: closed by the binary */
    int is_own;         /* closed when the host's object goes */
    int is_used;        /* by a frame that has not ended */
    int is_given;       /* the binary's own, which it may use at any time */
    off_t lent;         /* where it stood when the host was let at the file, or -1 */
};

static struct py2abi_map streams; /* host object -> its stream */

static void
forget_stream(void *record)
{
    struct stream *stream = record;
    py2abi_map_take(&streams, stream->host);
    if (stream->is_own && stream->file != NULL) {
        fclose(stream->file);
    }
    stream->host = NULL;
    if (!stream->is_used) {
        free(stream);
    }
}

/* Remember the stream of a host object.  Returns it, or NULL with a host exception. */
static struct stream *
add_stream(HostObject *host, FILE *file, int is_own)
{
    struct stream *stream = malloc(sizeof *stream);
    if (stream == NULL || py2abi_map_put(&streams, host, stream) < 0) {
        free(stream);
        host_PyErr_NoMemory();
        return NULL;
    }
    *stream = (struct stream){host, file, is_own, 0, 0, -1};
    if (py2abi_hostcall_watch(host, stream, forget_stream) < 0) {
        py2abi_map_take(&streams, host);
        free(stream);
        return NULL;
    }
    return stream;
}

/* Where a host file stands in bytes, or -1 if that cannot be said: a pipe, a
 * terminal.  Seeking there drops what was read ahead.  Leaves no exception. */
static long
host_position(HostObject *host)
{
    HostObject *none = py2abi_hostcall_method(host, "flush", 0);
    HostObject *at = none != NULL ? py2abi_hostcall_method(host, "tell", 0) : NULL;
    HostObject *there = at != NULL ? py2abi_hostcall_method(host, "seek", 1, at) : NULL;
    host_XDECREF(none);
    host_PyErr_Clear();
    if (there == NULL) {
        return -1;
    }
    /* The position of a text file may hold more than the one in bytes. */
    HostObject *below = py2abi_hostcall_attribute(host, "buffer");
    if (below == NULL) {
        return py2abi_hostcall_long(there, -1);
    }
    host_DECREF(there);
    HostObject *position = py2abi_hostcall_method(below, "tell", 0);
    host_DECREF(below);
    return py2abi_hostcall_long(position, -1);
}

/* Give the open file to the stream: it stands where the host's object stands. */
static void
begin_use(struct stream *stream)
{
    long at = host_position(stream->host);
    stream->lent = -1;
    if (at >= 0) {
        fseeko(stream->file, at, SEEK_SET);
    }
}

/* Give it back, unless the host had it since and the stream was not used. */
static void
end_use(struct stream *stream)
{
    if (stream->file == NULL || stream->host == NULL || py2abi_finalizing()) {
        return;
    }
    off_t at = ftello(stream->file);
    if (at >= 0 && at == stream->lent) {
        return;
    }
    stream->lent = -1;
    fflush(stream->file); /* and it forgets where it believed the descriptor to be */
    if (at >= 0) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        /* Inside of its buffer the host would not seek: the end is not in it. */
        host_XDECREF(py2abi_hostcall_method(stream->host, "seek", 2, host_PyLong_FromLong(0),
                                            host_PyLong_FromLong(SEEK_END)));
        host_PyErr_Clear();
        host_XDECREF(py2abi_hostcall_method(stream->host, "seek", 1, host_PyLong_FromLong(at)));
        host_PyErr_Clear(); /* It was closed meanwhile, or is no longer a file. */
        host_PyErr_Restore(type, value, traceback);
        py2abi_returned(0);
    }
}

/* What the pool of a frame holds while the frame uses a stream. */
struct use {
    PyObject_HEAD
    struct stream *stream;
};

static void
use_dealloc(PyObject *object)
{
    struct stream *stream = ((struct use *)object)->stream;
    if (stream != NULL) {
        end_use(stream);
        stream->is_used = 0;
        if (stream->host == NULL) {
            free(stream);
        }
    }
    PyObject_Free(object);
}

static PyTypeObject use_type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "py2abi.use",
    .tp_basicsize = sizeof(struct use),
    .tp_dealloc = use_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* Have the stream's frame give it back when it ends; is_ahead: it stands where the
 * file is to go on.  Returns 0, or -1 with a guest exception. */
static int
use_stream(struct stream *stream, int is_ahead)
{
    if (stream->is_used) {
        if (stream->lent >= 0 && ftello(stream->file) == stream->lent) {
            begin_use(stream);
        }
        return 0;
    }
    struct use *use = PyObject_New(struct use, &use_type);
    if (use == NULL) {
        return -1;
    }
    use->stream = NULL;
    if (py2abi_frame_keep((PyObject *)use) == NULL) {
        return -1;
    }
    if (!is_ahead) {
        begin_use(stream);
    }
    use->stream = stream;
    stream->is_used = 1;
    return 0;
}

/* Whether what is below a host file, through its buffers, is a file of the system's:
 * a decompressor's descriptor, for instance, leads to other data. */
static int
is_real(HostObject *host)
{
    static HostObject *real;
    HostObject *at = host;
    host_INCREF(at);
    for (int i = 0; i < 2; i++) {
        HostObject *below = py2abi_hostcall_attribute(at, i == 0 ? "buffer" : "raw");
        if (below != NULL) {
            host_DECREF(at);
            at = below;
        }
    }
    if (real == NULL && (real = py2abi_hostcall_import("io", "FileIO")) == NULL) {
        host_PyErr_Clear();
    }
    int is_so = real != NULL ? host_PyObject_IsInstance(at, real) : 0;
    host_PyErr_Clear();
    host_DECREF(at);
    return is_so > 0;
}

/* The stream of a host file, opened if there is none yet, or NULL: with a host
 * exception, or without one for a file that is closed or has no descriptor. */
static struct stream *
stream_of(HostObject *host)
{
    struct stream *stream = py2abi_map_get(&streams, host);
    HostObject *closed = py2abi_hostcall_attribute(host, "closed");
    int is_closed = closed == HOST(_Py_TrueStruct);
    host_XDECREF(closed);
    if (stream != NULL || is_closed) {
        return is_closed ? NULL : stream;
    }
    int fd = !is_real(host) ? -1
                            : (int)py2abi_hostcall_long(py2abi_hostcall_method(host, "fileno", 0),
                                                        -1);
    if (fd < 0) {
        return NULL;
    }
    if (fd <= 2) {
        return add_stream(host, fd == 0 ? stdin : fd == 1 ? stdout : stderr, 0);
    }
    int flags = fcntl(fd, F_GETFL), own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0) {
        return NULL;
    }
    int access = flags & O_ACCMODE;
    FILE *file = fdopen(own, access == O_RDONLY   ? "r"
                             : access == O_WRONLY ? (flags & O_APPEND ? "a" : "w")
                                                  : (flags & O_APPEND ? "a+" : "r+"));
    if (file == NULL) {
        close(own);
        return NULL;
    }
    stream = add_stream(host, file, 1);
    if (stream == NULL) {
        fclose(file);
    }
    return stream;
}

/* The host object of a file, borrowed, with what a frame has in its stream
 * written out, or NULL with a guest exception for one that is closed. */
static HostObject *
host_file(PyObject *file)
{
    HostObject *host = PY2ABI_HEAD(file)->host;
    struct stream *stream = host != NULL ? py2abi_map_get(&streams, host) : NULL;
    HostObject *closed = host != NULL ? py2abi_hostcall_attribute(host, "closed") : NULL;
    if (host == NULL || closed == HOST(_Py_TrueStruct)) {
        host_XDECREF(closed);
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
        return NULL;
    }
    host_XDECREF(closed);
    if (stream != NULL && (stream->is_used || stream->is_given)) {
        end_use(stream);
    }
    return host;
}

/* The same afterwards, when the host's object has moved on. */
static void
host_file_done(HostObject *host)
{
    struct stream *stream = py2abi_map_get(&streams, host);
    if (stream != NULL && (stream->is_used || stream->is_given) && stream->file != NULL) {
        HostObject *type, *value, *traceback;
        host_PyErr_Fetch(&type, &value, &traceback);
        begin_use(stream);
        host_PyErr_Restore(type, value, traceback);
    }
}

/* Borrowed: it is closed when the file object goes.  NULL without an exception for
 * what is no file, and for one that is closed. */
FILE *
PyFile_AsFile(PyObject *file)
{
    if (file == NULL || !PyFile_Check(file) || PY2ABI_HEAD(file)->host == NULL) {
        return NULL;
    }
    struct stream *stream = stream_of(PY2ABI_HEAD(file)->host);
    if (stream == NULL || stream->file == NULL || use_stream(stream, 0) < 0) {
        host_PyErr_Clear();
        PyErr_Clear();
        return NULL;
    }
    return stream->file;
}

/* Guests count the calls that they make without the lock: close() is the host's. */
void
PyFile_IncUseCount(PyFileObject *file)
{
    file->unlocked_count++;
}

void
PyFile_DecUseCount(PyFileObject *file)
{
    file->unlocked_count--;
}

/* Borrowed from the file, or NULL without an exception. */
PyObject *
PyFile_Name(PyObject *file)
{
    if (file == NULL || !PyFile_Check(file) || PY2ABI_HEAD(file)->host == NULL) {
        return NULL;
    }
    HostObject *name = py2abi_hostcall_attribute(PY2ABI_HEAD(file)->host, "name");
    PyObject *guest = NULL;
    if (name == NULL || py2abi_hostapi_type(name) == (HostObject *)HOST(PyLong_Type)) {
        /* As of any file that was made from a descriptor. */
        guest = PyString_FromString("<fdopen>");
    }
    else if (py2abi_hostapi_type(name) == (HostObject *)HOST(PyUnicode_Type)) {
        guest = py2abi_mirror_name(name);
    }
    else {
        guest = py2abi_mirror(name);
    }
    HostObject *key = name != NULL ? name : HOST(_Py_NoneStruct);
    if (guest != NULL && py2abi_mirror_remember(file, key, guest, 1) == 0) {
        Py_DECREF(guest); /* what was remembered before for the name may be another */
        guest = py2abi_mirror_recall(file, key);
    }
    host_XDECREF(name);
    host_PyErr_Clear();
    PyErr_Clear();
    return guest;
}

/* ---- Opening ---- */

/* Bring a mode into the form that fopen() takes, in its place: at least three more
 * bytes have room.  Returns 0, or -1 with ValueError. */
int
_PyFile_SanitizeMode(char *mode)
{
    size_t length = strlen(mode);
    if (length == 0) {
        PyErr_SetString(PyExc_ValueError, "empty mode string");
        return -1;
    }
    char *universal = strchr(mode, 'U');
    if (universal != NULL) {
        memmove(universal, universal + 1, length - (size_t)(universal - mode));
        if (mode[0] == 'w' || mode[0] == 'a') {
            PyErr_Format(PyExc_ValueError,
                         "universal newline mode can only be used with modes starting with 'r'");
            return -1;
        }
        if (mode[0] != 'r') {
            memmove(mode + 1, mode, strlen(mode) + 1);
            mode[0] = 'r';
        }
        if (strchr(mode, 'b') == NULL) {
            memmove(mode + 2, mode + 1, strlen(mode));
            mode[1] = 'b';
        }
    }
    else if (mode[0] != 'r' && mode[0] != 'w' && mode[0] != 'a') {
        PyErr_Format(PyExc_ValueError,
                     "mode string must begin with one of 'r', 'w', 'a' or 'U', not '%.200s'",
                     mode);
        return -1;
    }
    return 0;
}

/* The mode for the host's io.open(): new, or NULL with a guest exception. */
static char *
host_mode(const char *mode, int *ret_universal)
{
    char *copy = malloc(strlen(mode) + 4), *to;
    if (copy == NULL) {
        PyErr_NoMemory();
        return NULL;
    }
    strcpy(copy, mode);
    if (_PyFile_SanitizeMode(copy) < 0) {
        free(copy);
        return NULL;
    }
    *ret_universal = strchr(mode, 'U') != NULL;
    /* fopen() passes over what it does not know. */
    to = copy + 1;
    for (const char *from = copy + 1; *from != '\0'; from++) {
        if (*from == '+') {
            *to++ = *from;
        }
    }
    if (!*ret_universal) {
        *to++ = 'b';
    }
    *to = '\0';
    return copy;
}

static HostObject *
text(const char *string)
{
    return host_PyUnicode_FromString(string);
}

/* Text whose bytes come through as they are, with any newline as one. */
static HostObject *
universal(HostObject *binary)
{
    return py2abi_hostcall(py2abi_hostcall_import("io", "TextIOWrapper"), 3, binary, text("utf-8"),
                           text("surrogateescape"));
}

/* A C stream as the host sees it: what is below the buffer.  finish, which is told
 * when it is closed, closes the stream. */
static const char file_source[] =
    "import io\n"
    "class file(io.FileIO):\n"
    "    def __init__(self, descriptor, mode, name, finish):\n"
    "        super().__init__(descriptor, mode, closefd=False)\n"
    "        self.name = name\n"
    "        self._finish = finish\n"
    "    def close(self):\n"
    "        if not self.closed:\n"
    "            super().close()\n"
    "            return self._finish()\n";

static HostObject *
file_class(void)
{
    static HostObject *class;
    if (class == NULL) {
        HostObject *names = host_PyDict_New(), *none = NULL, *name = text("py2abi");
        if (names != NULL && name != NULL
            && host_PyDict_SetItemString(names, "__builtins__", host_PyEval_GetBuiltins()) == 0
            && host_PyDict_SetItemString(names, "__name__", name) == 0) {
            none = host_PyRun_StringFlags(file_source, Py_file_input, names, names, NULL);
        }
        class = none != NULL ? host_PyDict_GetItemString(names, "file") : NULL;
        host_XDECREF(none);
        host_XDECREF(name);
        if (class != NULL) {
            host_INCREF(class);
        }
        host_XDECREF(names);
    }
    if (class != NULL) {
        host_INCREF(class);
    }
    return class;
}

/* A C stream that a binary gave, with its way of closing it. */
struct given {
    FILE *file;
    int (*close)(FILE *);
    HostObject *host; /* whose stream it is; borrowed: it holds this */
};

static void
free_given(HostObject *capsule)
{
    free(host_PyCapsule_GetPointer(capsule, "py2abi.stream"));
}

/* Called when the host's object is closed: what the closing function says other
 * than 0 is the result, as in Python 2, or an OSError for a negative one. */
static HostObject *
finish_given(HostObject *capsule, HostObject *unused)
{
    struct given *given = host_PyCapsule_GetPointer(capsule, "py2abi.stream");
    int status = 0;
    (void)unused;
    if (given == NULL) {
        return NULL;
    }
    struct stream *stream = given->host != NULL ? py2abi_map_get(&streams, given->host) : NULL;
    if (stream != NULL && stream->file == given->file) {
        stream->file = NULL;
    }
    if (given->file != NULL && given->close != NULL) {
        PyThreadState *state = _PyThreadState_Current;
        HostThread *thread = host_PyEval_SaveThread();
        errno = 0;
        status = given->close(given->file);
        int error = errno;
        host_PyEval_RestoreThread(thread);
        _PyThreadState_Current = state;
        errno = error;
    }
    given->file = NULL;
    if (status == EOF) {
        host_PyErr_SetFromErrno(*HOST(PyExc_OSError));
        return NULL;
    }
    return status != 0 ? host_PyLong_FromLong(status) : py2abi_hostcall_none();
}

/* A file whose stream is the binary's; close, which may be NULL, is called when it
 * is closed.  The stream stays the caller's on failure. */
PyObject *
PyFile_FromFile(FILE *file, char *name, char *mode, int (*close)(FILE *))
{
    static HostMethodDef definition = {"close", (void *)finish_given, METH_NOARGS, NULL};
    int is_universal, fd;
    char *converted = host_mode(mode, &is_universal);
    if (converted == NULL) {
        return NULL;
    }
    fflush(file);
    fd = fileno(file);
    struct given *given = malloc(sizeof *given);
    if (given == NULL || fd < 0) {
        free(given);
        free(converted);
        return given == NULL ? PyErr_NoMemory() : PyErr_SetFromErrno(PyExc_IOError);
    }
    *given = (struct given){NULL, close, NULL};
    HostObject *capsule = host_PyCapsule_New(given, "py2abi.stream", free_given);
    if (capsule == NULL) {
        free(given);
        free(converted);
        return py2abi_failed();
    }
    HostObject *finish = host_PyCFunction_NewEx(&definition, capsule, NULL);
    host_DECREF(capsule);
    const char *kind = strchr(mode, '+') != NULL ? "BufferedRandom"
                       : mode[0] == 'w' || mode[0] == 'a' ? "BufferedWriter" : "BufferedReader";
    /* FileIO knows no "b", and "w" leaves the contents of a descriptor's file. */
    char raw_mode[3] = {converted[0], strchr(mode, '+') != NULL ? '+' : '\0', '\0'};
    free(converted);
    HostObject *raw = py2abi_hostcall(
        file_class(), 4, host_PyLong_FromLong(fd), text(raw_mode),
        host_PyUnicode_DecodeFSDefaultAndSize(name, (ssize_t)strlen(name)), finish);
    HostObject *host = raw != NULL ? py2abi_hostcall(py2abi_hostcall_import("io", kind), 1, raw)
                                   : NULL;
    if (host != NULL && is_universal) {
        host = universal(host);
    }
    struct stream *stream = host != NULL ? add_stream(host, file, 0) : NULL;
    if (stream == NULL) {
        host_XDECREF(host);
        return py2abi_failed();
    }
    stream->is_given = 1;
    if (use_stream(stream, 1) < 0) {
        PyErr_Clear(); /* Then it is not flushed when the frame ends. */
    }
    given->file = file;
    given->host = host;
    return py2abi_mirror_result(host);
}

/* As in 2.7 a folder is no file. */
PyObject *
PyFile_FromString(char *name, char *mode)
{
    struct stat status;
    char *copy = malloc(strlen(mode) + 4);
    if (copy == NULL) {
        return PyErr_NoMemory();
    }
    strcpy(copy, mode);
    if (_PyFile_SanitizeMode(copy) < 0) {
        free(copy);
        return NULL;
    }
    FILE *file = fopen(name, copy);
    free(copy);
    if (file != NULL && fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        fclose(file);
        file = NULL;
        errno = EISDIR;
    }
    if (file == NULL) {
        return PyErr_SetFromErrnoWithFilename(PyExc_IOError, name);
    }
    PyObject *object = PyFile_FromFile(file, name, mode, fclose);
    if (object == NULL) {
        fclose(file);
    }
    return object;
}

void
PyFile_SetBufSize(PyObject *object, int size)
{
    FILE *file = size >= 0 ? PyFile_AsFile(object) : NULL;
    if (file != NULL) {
        setvbuf(file, NULL, size == 0 ? _IONBF : size == 1 ? _IOLBF : _IOFBF,
                size <= 1 ? BUFSIZ : (size_t)size);
    }
}

/* Returns 1, or 0 with an exception.  Only text streams have an encoding, which
 * the host can change from 3.7 on. */
int
PyFile_SetEncodingAndErrors(PyObject *file, const char *encoding, char *errors)
{
    HostObject *host = PY2ABI_HEAD(file)->host;
    HostObject *change = host != NULL ? py2abi_hostcall_attribute(host, "reconfigure") : NULL;
    if (change == NULL) {
        return 1;
    }
    HostObject *names = host_PyDict_New(), *none = NULL, *value = text(encoding);
    HostObject *handler = errors != NULL ? text(errors)
                                         : py2abi_hostcall_attribute(host, "errors");
    HostObject *args = host_PyTuple_New(0);
    if (names != NULL && value != NULL && handler != NULL && args != NULL
        && host_PyDict_SetItemString(names, "encoding", value) == 0
        && host_PyDict_SetItemString(names, "errors", handler) == 0) {
        none = host_PyObject_Call(change, args, names);
    }
    host_XDECREF(args);
    host_XDECREF(value);
    host_XDECREF(handler);
    host_XDECREF(names);
    host_DECREF(change);
    if (none == NULL) {
        py2abi_error_to_guest();
        return 0;
    }
    host_DECREF(none);
    return 1;
}

int
PyFile_SetEncoding(PyObject *file, const char *encoding)
{
    return PyFile_SetEncodingAndErrors(file, encoding, NULL);
}

/* ---- Reading ---- */

/* What a file's readline() gave (taken over), with the end of line taken off if it
 * is wanted so: an empty line is then the end of the file. */
static PyObject *
finish_line(PyObject *line, int is_stripped)
{
    if (line == NULL || !is_stripped) {
        return line;
    }
    Py_ssize_t size = PyString_Check(line) ? PyString_GET_SIZE(line) : PyUnicode_GET_SIZE(line);
    if (size == 0) {
        Py_DECREF(line);
        PyErr_SetString(PyExc_EOFError, "EOF when reading a line");
        return NULL;
    }
    PyObject *stripped = NULL;
    if (PyString_Check(line) && PyString_AS_STRING(line)[size - 1] == '\n') {
        stripped = PyString_FromStringAndSize(PyString_AS_STRING(line), size - 1);
    }
    else if (PyUnicode_Check(line) && PyUnicode_AS_UNICODE(line)[size - 1] == '\n') {
        stripped = PyUnicode_FromUnicode(PyUnicode_AS_UNICODE(line), size - 1);
    }
    else {
        return line;
    }
    Py_DECREF(line);
    return stripped;
}

/* A line of a host file as a str. */
static PyObject *
host_line(PyObject *file, int limit)
{
    HostObject *host = host_file(file);
    if (host == NULL) {
        return NULL;
    }
    HostObject *line = limit > 0 ? py2abi_hostcall_method(host, "readline", 1,
                                                          host_PyLong_FromLong(limit))
                                 : py2abi_hostcall_method(host, "readline", 0);
    host_file_done(host);
    if (line != NULL && py2abi_hostapi_type(line) == (HostObject *)HOST(PyUnicode_Type)) {
        HostObject *bytes = host_PyUnicode_AsEncodedString(line, "utf-8", "surrogateescape");
        host_DECREF(line);
        line = bytes;
    }
    return py2abi_mirror_result(line);
}

/* A line: at most so many characters of it, or all of it for 0; a negative limit
 * means all of it without its end.  EOFError then says that there is none. */
PyObject *
PyFile_GetLine(PyObject *file, int limit)
{
    if (file == NULL) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (PyFile_Check(file)) {
        return finish_line(host_line(file, limit), limit < 0);
    }
    PyObject *line = limit > 0 ? PyObject_CallMethod(file, (char *)"readline", (char *)"i", limit)
                               : PyObject_CallMethod(file, (char *)"readline", NULL);
    if (line != NULL && !PyString_Check(line) && !PyUnicode_Check(line)) {
        Py_DECREF(line);
        PyErr_SetString(PyExc_TypeError, "object.readline() returned non-string");
        return NULL;
    }
    return finish_line(line, limit < 0);
}

/* ---- Writing ---- */

/* Whether a host object's write() takes bytes: what is neither one of io's streams
 * of bytes nor a mirror takes text, as print() gives it. */
static int
takes_bytes(HostObject *host)
{
    static HostObject *classes[2];
    static const char *const names[2] = {"RawIOBase", "BufferedIOBase"};
    for (int i = 0; i < 2; i++) {
        if (classes[i] == NULL && (classes[i] = py2abi_hostcall_import("io", names[i])) == NULL) {
            host_PyErr_Clear();
            continue;
        }
        int is_so = host_PyObject_IsInstance(host, classes[i]);
        if (is_so < 0) {
            host_PyErr_Clear();
        }
        if (is_so > 0) {
            return 1;
        }
    }
    return 0;
}

/* A str or unicode as the host object's write() takes it: a new reference, or NULL
 * with a host exception. */
static HostObject *
to_write(PyObject *value, HostObject *host)
{
    HostObject *converted;
    int is_binary = takes_bytes(host);
    if (PyString_Check(value)) {
        return is_binary ? host_PyBytes_FromStringAndSize(PyString_AS_STRING(value),
                                                          PyString_GET_SIZE(value))
                         : py2abi_host_text(value, PY2ABI_AS_NAME);
    }
    converted = py2abi_host(value, PY2ABI_AS_VALUE);
    if (converted != NULL && is_binary && PyUnicode_Check(value)) {
        HostObject *bytes = host_PyUnicode_AsEncodedString(converted, "utf-8", "strict");
        host_DECREF(converted);
        converted = bytes;
    }
    return converted;
}

static int
write_value(PyObject *file, PyObject *value)
{
    if (!py2abi_slots_is_host(file)) {
        PyObject *none = PyObject_CallMethod(file, (char *)"write", (char *)"(O)", value);
        Py_XDECREF(none);
        return none != NULL ? 0 : -1;
    }
    HostObject *host = PyFile_Check(file) ? host_file(file) : PY2ABI_HEAD(file)->host;
    if (host == NULL) {
        return -1;
    }
    HostObject *none = py2abi_hostcall_method(host, "write", 1, to_write(value, host));
    if (none != NULL && PyFile_Check(file)) {
        host_file_done(host);
    }
    host_XDECREF(none);
    return (int)py2abi_returned(none != NULL ? 0 : -1);
}

/* Write an object as repr() or, with Py_PRINT_RAW, as str() has it. */
int
PyFile_WriteObject(PyObject *value, PyObject *file, int flags)
{
    PyObject *written;
    if (file == NULL) {
        PyErr_SetString(PyExc_TypeError, "writeobject with NULL file");
        return -1;
    }
    if (value == NULL) {
        written = PyString_FromString("<nil>");
    }
    else if ((flags & Py_PRINT_RAW) && PyUnicode_Check(value)) {
        Py_INCREF(value);
        written = value;
    }
    else {
        written = flags & Py_PRINT_RAW ? PyObject_Str(value) : PyObject_Repr(value);
    }
    int status = written != NULL ? write_value(file, written) : -1;
    Py_XDECREF(written);
    return status;
}

/* With an exception set nothing is written. */
int
PyFile_WriteString(const char *string, PyObject *file)
{
    if (file == NULL) {
        if (PyErr_Occurred() == NULL) {
            PyErr_SetString(PyExc_SystemError, "null file for PyFile_WriteString");
        }
        return -1;
    }
    if (!PyFile_Check(file) && PyErr_Occurred() != NULL) {
        return -1;
    }
    PyObject *value = PyString_FromString(string);
    int status = value != NULL ? write_value(file, value) : -1;
    Py_XDECREF(value);
    return status;
}

/* What the print statement keeps with a file: whether a space comes first.  Returns
 * what it was. */
int
PyFile_SoftSpace(PyObject *file, int is_wanted)
{
    long before = 0;
    if (file == NULL) {
        return 0;
    }
    if (PyFile_Check(file)) {
        before = ((PyFileObject *)file)->f_softspace;
        ((PyFileObject *)file)->f_softspace = is_wanted;
        return (int)before;
    }
    PyObject *kept = PyObject_GetAttrString(file, "softspace");
    if (kept == NULL) {
        PyErr_Clear();
    }
    else {
        before = PyInt_Check(kept) ? PyInt_AS_LONG(kept) : 0;
        Py_DECREF(kept);
    }
    kept = PyInt_FromLong(is_wanted);
    if (kept == NULL || PyObject_SetAttrString(file, "softspace", kept) != 0) {
        PyErr_Clear();
    }
    Py_XDECREF(kept);
    return (int)before;
}

/* ---- Descriptors ---- */

int
PyObject_AsFileDescriptor(PyObject *object)
{
    int fd;
    if (PyInt_Check(object) || PyLong_Check(object)) {
        fd = _PyInt_AsInt(object);
    }
    else {
        PyObject *method = PyObject_GetAttrString(object, "fileno");
        if (method == NULL) {
            PyErr_SetString(PyExc_TypeError, "argument must be an int, or have a fileno() method");
            return -1;
        }
        PyObject *number = PyObject_CallObject(method, NULL);
        Py_DECREF(method);
        if (number == NULL) {
            return -1;
        }
        if (!PyInt_Check(number) && !PyLong_Check(number)) {
            Py_DECREF(number);
            PyErr_SetString(PyExc_TypeError, "fileno() returned a non-integer");
            return -1;
        }
        fd = _PyInt_AsInt(number);
        Py_DECREF(number);
    }
    if (fd < 0) {
        /* Also in place of the OverflowError of a number that is no int. */
        PyErr_Format(PyExc_ValueError, "file descriptor cannot be a negative integer (%i)", fd);
        return -1;
    }
    return fd;
}

/* ---- Lines of a C stream ---- */

/* fgets(); without a file object any end of line is "\n".  A file object's stream
 * has that done on the host's side, if at all. */
char *
Py_UniversalNewlineFgets(char *buffer, int size, FILE *stream, PyObject *file)
{
    int was_return = 0, c = EOF;
    char *to = buffer;
    if (file != NULL) {
        if (!PyFile_Check(file)) {
            errno = ENXIO;
            return NULL;
        }
        return fgets(buffer, size, stream);
    }
    while (--size > 0 && (c = getc(stream)) != EOF) {
        if (was_return && c == '\n') {
            c = getc(stream);
            if (c == EOF) {
                break;
            }
        }
        was_return = c == '\r';
        *to++ = (char)(was_return ? '\n' : c);
        if (to[-1] == '\n') {
            break;
        }
    }
    *to = '\0';
    if (was_return) {
        /* Nobody would remember it. */
        c = getc(stream);
        if (c != '\n') {
            ungetc(c, stream);
        }
    }
    return to == buffer ? NULL : buffer;
}

size_t
Py_UniversalNewlineFread(char *buffer, size_t size, FILE *stream, PyObject *file)
{
    if (file == NULL || !PyFile_Check(file)) {
        errno = ENXIO;
        return 0;
    }
    return fread(buffer, 1, size, stream);
}

/* ---- The type ---- */

/* What the host's write() of a text stream does not take: a str. */
static PyObject *
write_method(PyObject *file, PyObject *value)
{
    if (!PyString_Check(value) && !PyUnicode_Check(value)) {
        const char *data;
        Py_ssize_t size;
        if (PyObject_AsCharBuffer(value, &data, &size) < 0) {
            return NULL;
        }
        value = PyString_FromStringAndSize(data, size);
    }
    else {
        Py_INCREF(value);
    }
    int status = value != NULL ? write_value(file, value) : -1;
    Py_XDECREF(value);
    if (status < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
writelines_method(PyObject *file, PyObject *lines)
{
    PyObject *iterator = PyObject_GetIter(lines), *line;
    if (iterator == NULL) {
        return NULL;
    }
    while ((line = PyIter_Next(iterator)) != NULL) {
        PyObject *none = write_method(file, line);
        Py_DECREF(line);
        if (none == NULL) {
            Py_DECREF(iterator);
            return NULL;
        }
        Py_DECREF(none);
    }
    Py_DECREF(iterator);
    if (PyErr_Occurred() != NULL) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"write", write_method, METH_O, NULL},
    {"writelines", writelines_method, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

/* A method of the host's goes on where the stream stands. */
static void
lend(PyObject *file)
{
    HostObject *host = PY2ABI_HEAD(file)->host;
    struct stream *stream = host != NULL ? py2abi_map_get(&streams, host) : NULL;
    if (stream != NULL && (stream->is_used || stream->is_given) && stream->file != NULL) {
        end_use(stream);
        stream->lent = ftello(stream->file);
    }
}

static PyObject *
getattro(PyObject *file, PyObject *name)
{
    if (PyString_Check(name)) {
        for (PyMethodDef *method = methods; method->ml_name != NULL; method++) {
            if (strcmp(method->ml_name, PyString_AS_STRING(name)) == 0) {
                return PyCFunction_NewEx(method, file, NULL);
            }
        }
        if (strcmp(PyString_AS_STRING(name), "softspace") == 0) {
            return PyInt_FromLong(((PyFileObject *)file)->f_softspace);
        }
    }
    lend(file);
    return PyObject_GenericGetAttr(file, name);
}

/* file(name, mode, buffering) opens a file of bytes. */
static PyObject *
file_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *keywords[] = {(char *)"name", (char *)"mode", (char *)"buffering", NULL};
    char *name = NULL, *mode = (char *)"r";
    int buffering = -1;
    (void)type;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "et|si:file", keywords,
                                     Py_FileSystemDefaultEncoding, &name, &mode, &buffering)) {
        return NULL;
    }
    PyObject *file = PyFile_FromString(name, mode);
    PyMem_Free(name);
    return file;
}

static int
file_init(PyObject *file, PyObject *args, PyObject *kwargs)
{
    (void)file;
    (void)args;
    (void)kwargs;
    return 0;
}

#define FILE_TYPE                                                                                 \
    {                                                                                             \
        PyVarObject_HEAD_INIT(NULL, 0)                                                            \
        .tp_name = "file", .tp_basicsize = sizeof(PyFileObject),                                  \
        .tp_dealloc = py2abi_mirror_dealloc, .tp_getattro = getattro,                             \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC                 \
                    | PY2ABI_TPFLAGS_MIRROR,                                                      \
        .tp_iter = PyObject_SelfIter, .tp_methods = methods, .tp_init = file_init,                \
        .tp_new = file_new,                                                                       \
    }

PyTypeObject PyFile_Type = FILE_TYPE;

/* The other types of files that the host has. */
PyTypeObject py2abi_buffered_reader_type = FILE_TYPE;
PyTypeObject py2abi_buffered_writer_type = FILE_TYPE;
PyTypeObject py2abi_buffered_random_type = FILE_TYPE;
PyTypeObject py2abi_raw_file_type = FILE_TYPE;
