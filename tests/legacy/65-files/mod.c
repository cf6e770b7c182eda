/* Files: fileobject.c of Python 2.7. */

#include "texts.h"

#include <errno.h>
#include <unistd.h>

static char path[] = "/tmp/py2abi-files-XXXXXX";

static int closed_with;

static int
close_it(FILE *file)
{
    closed_with++;
    return fclose(file) == 0 ? closed_with % 2 * 7 : EOF;
}

static void
say_lines(PyObject *file, int limit)
{
    int i;
    for (i = 0; i < 6; i++) {
        PyObject *line = PyFile_GetLine(file, limit);
        say("  %d: ", limit);
        say(line != NULL ? Py_TYPE(line)->tp_name : "none");
        say(" ");
        say_object(line);
        say("\n");
    }
}

/* A method's result, or the type of what it raised. */
static void
say_method(PyObject *object, const char *name, const char *format, long argument)
{
    PyObject *result = PyObject_CallMethod(object, (char *)name, (char *)format, argument);
    say("%s ", name);
    if (result == NULL) {
        say("raised %d\n", PyErr_ExceptionMatches(PyExc_IOError)
                               || PyErr_ExceptionMatches(PyExc_ValueError));
        PyErr_Clear();
        return;
    }
    say_object(result);
    say("\n");
}

static void
write_and_read(void)
{
    PyObject *file = PyFile_FromString(path, (char *)"w"), *list;
    FILE *stream;
    char line[100];
    say("written %d", PyFile_WriteString("first\nsecond \xc3\xa9\n", file));
    say(" %d", PyFile_WriteString("", file));
    list = value_of("['in', 5, u'\\xe9']");
    say(" %d", PyFile_WriteObject(list, file, 0));
    say(" %d", PyFile_WriteObject(list, file, Py_PRINT_RAW));
    Py_DECREF(list);
    list = value_of("u'\\n plain'");
    say(" %d", PyFile_WriteObject(list, file, 0));
    say(" %d", PyFile_WriteObject(list, file, Py_PRINT_RAW));
    Py_DECREF(list);
    say("\n");
    stream = PyFile_AsFile(file);
    say("stream %d ", stream != NULL);
    fprintf(stream, "\nby C %d\n", 17);
    say("again %d ", PyFile_AsFile(file) == stream);
    say("%d\n", PyFile_WriteString("after C\r\nend", file));
    say_method(file, "close", NULL, 0);
    say("closed %d ", PyFile_AsFile(file) == NULL);
    say("%d ", PyErr_Occurred() != NULL);
    say("%d ", PyFile_WriteString("lost", file));
    say_error();
    say(" %d ", PyFile_WriteObject(Py_None, file, 0));
    say_error();
    say(" ");
    say_object(PyFile_GetLine(file, 0));
    say("\n");
    Py_DECREF(file);

    file = PyFile_FromString(path, (char *)"r");
    say_lines(file, 0);
    say_lines(file, -1);
    Py_DECREF(file);
    file = PyFile_FromString(path, (char *)"rb");
    say_lines(file, 4);
    stream = PyFile_AsFile(file);
    say("C reads %s", fgets(line, sizeof line, stream));
    say("then ");
    say_object(PyFile_GetLine(file, 0));
    say(" then %s", fgets(line, sizeof line, stream));
    say_method(file, "tell", NULL, 0);
    say_method(file, "read", "l", 3);
    say_method(file, "fileno", "l", 3);
    Py_DECREF(file);
    file = PyFile_FromString(path, (char *)"U");
    say_lines(file, 0);
    Py_DECREF(file);
    file = PyFile_FromString(path, (char *)"r+");
    stream = PyFile_AsFile(file);
    fseek(stream, 6, SEEK_SET);
    fputs("SECOND", stream);
    fflush(stream);
    fseek(stream, 0, SEEK_SET);
    say("changed ");
    say_object(PyFile_GetLine(file, 0));
    say_object(PyFile_GetLine(file, 0));
    say("\n");
    Py_DECREF(file);
}

static void
open_badly(void)
{
    static const char *const modes[] = {"", "x", "rU", "wU", "aU", "Ur", "U", "+r", "Uw", "rb", "b"};
    char name[] = "/tmp/there is no such thing", mode[20];
    int i;
    for (i = 0; i < COUNT(modes); i++) {
        strcpy(mode, modes[i]);
        say("mode '%s' %d ", modes[i], _PyFile_SanitizeMode(mode));
        say("'%s' ", mode);
        say_error();
        say("\n");
    }
    say("none ");
    if (PyFile_FromString(name, (char *)"r") == NULL) {
        say("%d", PyErr_ExceptionMatches(PyExc_IOError));
        PyErr_Clear();
    }
    say("\n");
}

static void
from_stream(void)
{
    FILE *stream;
    PyObject *file, *line;
    stream = fopen(path, "w");
    file = PyFile_FromFile(stream, (char *)"a name", (char *)"w", close_it);
    say("%d %d %d %s ", PyFile_Check(file), PyFile_AsFile(file) == stream, closed_with,
        PyString_AS_STRING(PyFile_Name(file)));
    fputs("by C, ", stream);
    say("%d ", PyFile_WriteString("by both", file));
    fputs(" again\nlast", stream);
    say_method(file, "close", NULL, 0);
    say("%d %d\n", closed_with, PyFile_AsFile(file) == NULL);
    Py_DECREF(file);
    stream = fopen(path, "r");
    file = PyFile_FromFile(stream, (char *)"<name>", (char *)"r", close_it);
    line = PyFile_GetLine(file, 0);
    say_object(line);
    say(" %d", getc(stream));
    say(" %d ", getc(stream));
    line = PyFile_GetLine(file, 0);
    say_object(line);
    Py_DECREF(file);
    say(" %d\n", closed_with);
    stream = fopen(path, "r");
    file = PyFile_FromFile(stream, (char *)"kept", (char *)"r", NULL);
    PyFile_SetBufSize(file, 0);
    Py_DECREF(file);
    say("open %d\n", getc(stream));
    fclose(stream);
}

static PyObject *kept;

/* A file of the user's. */
static PyObject *
use(PyObject *self, PyObject *file)
{
    FILE *stream = PyFile_AsFile(file);
    char line[100] = "";
    (void)self;
    say("%d %d %s ", PyFile_Check(file), stream != NULL,
        PyFile_Name(file) != NULL && PyString_Check(PyFile_Name(file)) ? "named" : "without");
    if (stream == NULL) {
        say("%d ", PyErr_Occurred() != NULL);
        say("%d\n", PyFile_SoftSpace(file, 1));
        return finish();
    }
    PyFile_IncUseCount((PyFileObject *)file);
    if (fgets(line, 100, stream) == NULL && ferror(stream)) {
        clearerr(stream);
        say("wrote %d ", fputs("from C\n", stream) >= 0);
    }
    PyFile_DecUseCount((PyFileObject *)file);
    say("%s%d ", line, PyFile_SoftSpace(file, 1));
    say("%d\n", PyFile_SoftSpace(file, 0));
    return finish();
}

static PyObject *
write_to(PyObject *self, PyObject *args)
{
    PyObject *file, *value;
    int flags;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOi", &file, &value, &flags)) {
        return NULL;
    }
    say("%d ", PyFile_WriteObject(value, file, flags));
    say_error();
    say(" %d ", PyFile_WriteString("text \xc3\xa9", file));
    say_error();
    return finish();
}

static PyObject *
method_write(PyObject *self, PyObject *file)
{
    PyObject *none = PyObject_CallMethod(file, (char *)"write", (char *)"s", "as a method\n");
    PyObject *lines = value_of("['one\\n', 'two\\n']");
    (void)self;
    if (none != NULL) {
        Py_DECREF(none);
        none = PyObject_CallMethod(file, (char *)"writelines", (char *)"O", lines);
    }
    Py_DECREF(lines);
    return none;
}

static PyObject *
lines_of(PyObject *self, PyObject *file)
{
    (void)self;
    say_lines(file, 0);
    say_lines(file, 3);
    say_lines(file, -1);
    return finish();
}

static PyObject *
descriptor(PyObject *self, PyObject *object)
{
    (void)self;
    say("%d ", PyObject_AsFileDescriptor(object));
    say_error();
    return finish();
}

static PyObject *
soft(PyObject *self, PyObject *object)
{
    (void)self;
    say("%d ", PyFile_SoftSpace(object, 1));
    say("%d ", PyFile_SoftSpace(object, 0));
    say("%d ", PyFile_SoftSpace(object, 2));
    say_error();
    return finish();
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    PyObject *standard = PySys_GetObject((char *)"stdout");
    char buffer[100];
    FILE *stream;
    (void)self;
    (void)unused;
    close(mkstemp(path));
    write_and_read();
    open_badly();
    from_stream();
    {
        PyObject *file = PyObject_CallFunction((PyObject *)&PyFile_Type, "ss", path, "r");
        say("called %d ", file != NULL && PyFile_Check(file));
        say_object(file != NULL ? PyFile_GetLine(file, 0) : NULL);
        Py_XDECREF(file);
        file = PyObject_CallFunction((PyObject *)&PyFile_Type, "s", path);
        say(" %d\n", file != NULL && PyFile_AsFile(file) != NULL);
        Py_XDECREF(file);
    }
    say("nothing %d %d ", PyFile_AsFile(NULL) == NULL, PyFile_AsFile(Py_None) == NULL);
    say("%d %d ", PyFile_Name(NULL) == NULL, PyFile_Name(Py_None) == NULL);
    say("%d ", PyFile_SoftSpace(NULL, 1));
    say_error();
    say(" %d ", PyFile_WriteString("x", NULL));
    say_error();
    say(" %d ", PyFile_WriteObject(Py_None, NULL, 0));
    say_error();
    say(" %d ", PyFile_GetLine(NULL, 0) == NULL);
    PyErr_Clear();
    say("\nstandard %d %d\n", PyFile_Check(standard), PyFile_AsFile(standard) == stdout);
    stream = fopen(path, "w+");
    fputs("a\r\nb\rc\nd\r", stream);
    rewind(stream);
    while (Py_UniversalNewlineFgets(buffer, sizeof buffer, stream, NULL) != NULL) {
        say("%d ", (int)strlen(buffer));
        say("%02x ", buffer[strlen(buffer) - 1]);
    }
    rewind(stream);
    say("%d ", Py_UniversalNewlineFgets(buffer, 3, stream, NULL) == buffer);
    say("%d ", (int)strlen(buffer));
    errno = 0;
    say("%d ", Py_UniversalNewlineFgets(buffer, 3, stream, Py_None) == NULL);
    say("%d ", errno == ENXIO);
    say("%d ", (int)Py_UniversalNewlineFread(buffer, 3, stream, NULL));
    say("%d\n", (int)Py_UniversalNewlineFread(buffer, 3, stream, standard));
    fclose(stream);
    unlink(path);
    (void)kept;
    return finish();
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS, NULL},
    {"use", use, METH_O, NULL},
    {"write_to", write_to, METH_VARARGS, NULL},
    {"method_write", method_write, METH_O, NULL},
    {"lines_of", lines_of, METH_O, NULL},
    {"descriptor", descriptor, METH_O, NULL},
    {"soft", soft, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initfiles(void)
{
    Py_InitModule("files", methods);
}
