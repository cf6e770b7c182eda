/* Python 2's marshal: marshal.c of Python 2.7. */

#include "texts.h"
#include "marshal.h"

static void
say_hex(PyObject *string)
{
    Py_ssize_t i;
    if (string == NULL) {
        say_error();
        return;
    }
    for (i = 0; i < PyString_GET_SIZE(string); i++) {
        say("%02x", (unsigned char)PyString_AS_STRING(string)[i]);
    }
}

static void
round_trip(PyObject *object, int version)
{
    PyObject *string = PyMarshal_WriteObjectToString(object, version), *back;
    say("  %d: ", version);
    say_hex(string);
    if (string != NULL) {
        say(" ");
        back = PyMarshal_ReadObjectFromString(PyString_AS_STRING(string),
                                              PyString_GET_SIZE(string));
        say(back != NULL ? Py_TYPE(back)->tp_name : "none");
        say(" ");
        say_object(back);
        Py_DECREF(string);
    }
    say("\n");
}

static void
load(const char *data, int size)
{
    say("read %.*s ", size > 1 && data[0] >= ' ' ? 1 : 0, data);
    say_object(PyMarshal_ReadObjectFromString((char *)data, size));
    say("\n");
}

static void
through_file(PyObject *object)
{
    FILE *file = tmpfile();
    long position;
    PyMarshal_WriteLongToFile(0x12345678, file, 2);
    PyMarshal_WriteLongToFile(-2, file, 2);
    PyMarshal_WriteObjectToFile(object, file, 2);
    PyMarshal_WriteObjectToFile(object, file, 0);
    rewind(file);
    say("file %d", PyMarshal_ReadShortFromFile(file));
    say(" %d", PyMarshal_ReadShortFromFile(file));
    say(" %ld ", PyMarshal_ReadLongFromFile(file));
    say_object(PyMarshal_ReadObjectFromFile(file));
    say(" ");
    say_object(PyMarshal_ReadLastObjectFromFile(file));
    position = ftell(file);
    say(" ");
    say_object(PyMarshal_ReadObjectFromFile(file));
    say(" %ld %d", PyMarshal_ReadLongFromFile(file), PyMarshal_ReadShortFromFile(file));
    say(" %d\n", position > 0);
    fclose(file);
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    static const char *const values[] = {
        "None", "True", "False", "0", "1", "-1", "2147483647", "-2147483648", "2147483648",
        "-2147483649", "9223372036854775807", "0L", "1L", "-1L", "32767L", "32768L", "-32768L",
        "1073741823L", "1073741824L", "123456789012345678901234567890L",
        "-123456789012345678901234567890L", "1.5", "-0.0", "1e300", "inf", "nan", "'text'", "''",
        "'\\x00\\xff'", "u'text'", "u'\\xe9\\u20ac\\U00010000'", "()", "(1, 'a', 2.0)", "[]",
        "[[1], [u'x', None]]", "{}", "{'key': [1, 2]}", "((((), ), ), )",
    };
    PyObject *object, *list, *name;
    int i, depth;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(values); i++) {
        object = value_of(values[i]);
        say("%s\n", values[i]);
        round_trip(object, 0);
        round_trip(object, 2);
        Py_DECREF(object);
    }
    round_trip(Py_Ellipsis, 2);
    object = PyComplex_FromDoubles(1.5, -2.0);
    round_trip(object, 0);
    round_trip(object, 1);
    round_trip(object, 2);
    Py_DECREF(object);
    /* Interned strings are written once. */
    name = PyString_InternFromString("name");
    object = PyTuple_Pack(3, name, name, name);
    round_trip(object, 0);
    round_trip(object, 1);
    round_trip(object, 2);
    Py_DECREF(object);
    list = value_of("['m']");
    object = PySet_New(list);
    round_trip(object, 2);
    Py_DECREF(object);
    object = PyFrozenSet_New(list);
    round_trip(object, 2);
    Py_DECREF(object);
    object = PyByteArray_FromStringAndSize("bytes", 5);
    round_trip(object, 2);
    Py_DECREF(object);
    name = PyMarshal_WriteObjectToString(PyExc_StopIteration, 2);
    say_hex(name);
    object = PyMarshal_ReadObjectFromString(PyString_AS_STRING(name), PyString_GET_SIZE(name));
    say(" %d\n", object == PyExc_StopIteration);
    Py_DECREF(object);
    Py_DECREF(name);
    round_trip(PyExc_ValueError, 2);
    object = PyTuple_Pack(2, Py_None, PyExc_ValueError);
    round_trip(object, 2);
    Py_DECREF(object);
    for (depth = 1990; depth < 2010; depth += 5) {
        object = PyTuple_New(0);
        for (i = 0; i < depth; i++) {
            PyObject *inner = object;
            object = PyTuple_Pack(1, inner);
            Py_DECREF(inner);
        }
        name = PyMarshal_WriteObjectToString(object, 2);
        say("depth %d ", depth);
        say(name != NULL ? "fine " : "");
        if (name == NULL) {
            say_error();
        }
        else {
            Py_DECREF(object);
            object = PyMarshal_ReadObjectFromString(PyString_AS_STRING(name),
                                                    PyString_GET_SIZE(name));
            say(object != NULL ? "read" : "");
            if (object == NULL) {
                say_error();
            }
            Py_DECREF(name);
        }
        Py_XDECREF(object);
        say("\n");
    }
    load("", 0);
    load("0", 1);
    load("i\1", 2);
    load("i\1\0\0\0", 5);
    load("Z", 1);
    load("s\5\0\0\0abc", 8);
    load("s\xff\xff\xff\xff", 5);
    load("(\2\0\0\0NN", 7);
    load("(\2\0\0\0N", 6);
    load("(\2\0\0\0N0", 7);
    load("[\2\0\0\0N", 6);
    load("[\xff\xff\xff\xff", 5);
    load("(\xff\xff\xff\xff", 5);
    load("<\xff\xff\xff\xff", 5);
    load("<\1\0\0\0[\0\0\0\0", 10);
    load("{", 1);
    load("{N", 2);
    load("{N0", 3);
    load("{NN", 3);
    load("{[\0\0\0\0N0", 8);
    load("R\0\0\0\0", 5);
    load("R\xff\xff\xff\xff", 5);
    load("(\2\0\0\0t\1\0\0\0aR\0\0\0\0", 16);
    load("(\2\0\0\0t\1\0\0\0aR\1\0\0\0", 16);
    load("u\2\0\0\0\xff\xff", 7);
    load("u\2\0\0\0\xc3\xa9", 7);
    load("l\1\0\0\0\0\0", 7);
    load("l\1\0\0\0\xff\xff", 7);
    load("l\2\0\0\0\1\0", 7);
    load("l\0\0\0\0", 5);
    load("l\0\0\0\x80", 5);
    load("f\3" "1.5", 5);
    load("f\3" "x.5", 5);
    load("f\5" "1.5", 5);
    load("g1234567", 8);
    load("x\1" "1\1" "2", 5);
    load("I\1\0\0\0\1\0\0\0", 9);
    object = value_of("['text', (1, 2.5, u'x')]");
    through_file(object);
    Py_DECREF(object);
    Py_DECREF(list);
    return finish();
}

MODULE(marshalling)
