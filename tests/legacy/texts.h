/* texts.h - what the fixtures of strings have in common: values from text as
 * Python 2 writes them, and results as text. */

#include "Python.h"
#include "say.h"


/* The exception that is set, which is cleared: its type, and its text unless
 * that has a file name in it, or the names of codecs, which differ. */
static void
say_error(void)
{
    PyObject *type, *value, *traceback, *text = NULL;
    const char *name, *dot;
    PyErr_Fetch(&type, &value, &traceback);
    if (type == NULL) {
        say("no exception");
        return;
    }
    PyErr_NormalizeException(&type, &value, &traceback);
    name = ((PyTypeObject *)type)->tp_name;
    dot = strrchr(name, '.');
    say("%s", dot != NULL ? dot + 1 : name);
    if (value != NULL && type != PyExc_SystemError && type != PyExc_MemoryError
        && strncmp(dot != NULL ? dot + 1 : name, "Unicode", 7) != 0) {
        text = PyObject_Str(value);
        say(": %s", text != NULL ? PyString_AS_STRING(text) : "?");
    }
    Py_XDECREF(text);
    Py_DECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

static void
say_value(PyObject *object)
{
    PyObject *text;
    Py_ssize_t i, count;
    if (object == NULL) {
        say("NULL");
    }
    else if (PyTuple_Check(object) || PyList_Check(object)) {
        int is_tuple = PyTuple_Check(object);
        count = is_tuple ? PyTuple_GET_SIZE(object) : PyList_GET_SIZE(object);
        say(is_tuple ? "(" : "[");
        for (i = 0; i < count; i++) {
            say(i == 0 ? "" : ", ");
            say_value(is_tuple ? PyTuple_GET_ITEM(object, i) : PyList_GET_ITEM(object, i));
        }
        say(is_tuple ? ")" : "]");
    }
    else if (object == Py_NotImplemented) {
        say("NotImplemented");
    }
    else {
        text = PyObject_Repr(object);
        if (text == NULL) {
            say_error();
        }
        else {
            say("%s", PyString_AS_STRING(text));
            Py_DECREF(text);
        }
    }
}

/* A result (taken over), or the exception. */
static void
say_object(PyObject *object)
{
    if (object == NULL) {
        say_error();
        return;
    }
    if (PyErr_Occurred()) {
        say("with exception ");
        say_error();
    }
    say_value(object);
    Py_DECREF(object);
}

/* Items up to a closing bracket, as a list. */
static PyObject *parse(const char **at);

static PyObject *
parse_items(const char **at, char end)
{
    PyObject *list = PyList_New(0), *item;
    for ((*at)++; **at != end; *at += strspn(*at, ", :")) {
        item = parse(at);
        PyList_Append(list, item);
        Py_DECREF(item);
    }
    (*at)++;
    return list;
}

static PyObject *
parse(const char **at)
{
    const char *start = *at;
    PyObject *list, *made;
    char number[100];
    Py_ssize_t i;
    if (*start == '\'' || (*start == 'u' && start[1] == '\'')) {
        int is_unicode = *start == 'u';
        const char *text = start + 1 + is_unicode, *behind = text;
        while (*behind != '\'') {
            behind += *behind == '\\' ? 2 : 1;
        }
        *at = behind + 1;
        return is_unicode ? PyUnicode_DecodeUnicodeEscape(text, behind - text, NULL)
                          : PyString_DecodeEscape(text, behind - text, NULL, 0, NULL);
    }
    if (*start == '[') {
        return parse_items(at, ']');
    }
    if (*start == '(') {
        list = parse_items(at, ')');
        made = PyList_AsTuple(list);
        Py_DECREF(list);
        return made;
    }
    if (*start == '{') {
        list = parse_items(at, '}');
        made = PyDict_New();
        for (i = 0; i + 1 < PyList_GET_SIZE(list); i += 2) {
            PyDict_SetItem(made, PyList_GET_ITEM(list, i), PyList_GET_ITEM(list, i + 1));
        }
        Py_DECREF(list);
        return made;
    }
    *at = start + strcspn(start, ",)]}: ");
    if (strncmp(start, "None", 4) == 0) {
        Py_INCREF(Py_None);
        return Py_None;
    }
    if (*start == 'T' || *start == 'F') {
        return PyBool_FromLong(*start == 'T');
    }
    if ((*at)[-1] == 'L') {
        snprintf(number, sizeof number, "%.*s", (int)(*at - start), start);
        return PyLong_FromString(number, NULL, 0);
    }
    if (memchr(start, '.', *at - start) != NULL || *start == 'n' || *start == 'i') {
        return PyFloat_FromDouble(strtod(start, NULL));
    }
    return PyInt_FromLong(strtol(start, NULL, 0));
}

/* A value from its text: strings of both kinds with their escapes, ints, longs
 * with L, floats with a point, nan and inf, None, True, False, lists, tuples,
 * dictionaries. */
static PyObject *
value_of(const char *text)
{
    return text != NULL ? parse(&text) : NULL;
}

/* The same for an argument that nobody else gives back: finish() does. */
static PyObject *lent_values[100];
static int lent_count;

static PyObject *
lent(const char *text)
{
    if (lent_count == COUNT(lent_values)) {
        abort();
    }
    return lent_values[lent_count++] = value_of(text);
}

/* run()'s result. */
static PyObject *
finish(void)
{
    while (lent_count > 0) {
        lent_count--;
        Py_XDECREF(lent_values[lent_count]);
    }
    return said();
}

#define MODULE(name)                                                                              \
    static PyMethodDef methods[] = {{"run", run, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};     \
    PyMODINIT_FUNC init##name(void)                                                               \
    {                                                                                             \
        Py_InitModule(#name, methods);                                                            \
    }
