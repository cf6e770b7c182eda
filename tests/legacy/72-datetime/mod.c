/* Dates and times by the macros of Python 2.7's datetime.h. */

#include "texts.h"
#include "datetime.h"

static void
say_it(PyObject *object)
{
    if (object == NULL) {
        say_error();
        return;
    }
    say("%s ", strrchr(Py_TYPE(object)->tp_name, '.') != NULL
                   ? strrchr(Py_TYPE(object)->tp_name, '.') + 1 : Py_TYPE(object)->tp_name);
    say("%d%d", PyDate_Check(object) != 0, PyDate_CheckExact(object));
    say("%d%d", PyDateTime_Check(object) != 0, PyDateTime_CheckExact(object));
    say("%d%d", PyTime_Check(object) != 0, PyTime_CheckExact(object));
    say("%d%d", PyDelta_Check(object) != 0, PyDelta_CheckExact(object));
    say("%d%d ", PyTZInfo_Check(object) != 0, PyTZInfo_CheckExact(object));
    if (PyDate_Check(object)) {
        say("%04d-%02d-%02d ", PyDateTime_GET_YEAR(object), PyDateTime_GET_MONTH(object),
            PyDateTime_GET_DAY(object));
    }
    if (PyDateTime_Check(object)) {
        say("%02d:%02d:%02d.%06d ", PyDateTime_DATE_GET_HOUR(object),
            PyDateTime_DATE_GET_MINUTE(object), PyDateTime_DATE_GET_SECOND(object),
            PyDateTime_DATE_GET_MICROSECOND(object));
        say("zone %d ", ((PyDateTime_DateTime *)object)->hastzinfo);
        if (((PyDateTime_DateTime *)object)->hastzinfo) {
            say("%d ", PyTZInfo_Check(((PyDateTime_DateTime *)object)->tzinfo) != 0);
        }
    }
    if (PyTime_Check(object)) {
        say("%02d:%02d:%02d.%06d ", PyDateTime_TIME_GET_HOUR(object),
            PyDateTime_TIME_GET_MINUTE(object), PyDateTime_TIME_GET_SECOND(object),
            PyDateTime_TIME_GET_MICROSECOND(object));
        say("zone %d ", ((PyDateTime_Time *)object)->hastzinfo);
        if (((PyDateTime_Time *)object)->hastzinfo) {
            say("%d ", PyTZInfo_Check(((PyDateTime_Time *)object)->tzinfo) != 0);
        }
    }
    if (PyDelta_Check(object)) {
        PyDateTime_Delta *delta = (PyDateTime_Delta *)object;
        say("%d d %d s %d us ", delta->days, delta->seconds, delta->microseconds);
    }
}

static void
say_made(PyObject *object)
{
    PyObject *text;
    if (object == NULL) {
        say_error();
        say("\n");
        return;
    }
    say_it(object);
    text = PyObject_Str(object);
    say("%s\n", PyString_AS_STRING(text));
    Py_DECREF(text);
    Py_DECREF(object);
}

static PyObject *
look(PyObject *self, PyObject *object)
{
    (void)self;
    say_it(object);
    return finish();
}

static PyObject *
echo(PyObject *self, PyObject *object)
{
    (void)self;
    Py_INCREF(object);
    return object;
}

static PyObject *
make(PyObject *self, PyObject *zone)
{
    (void)self;
    return PyDateTimeAPI->DateTime_FromDateAndTime(2001, 2, 3, 4, 5, 6, 7, zone,
                                                   PyDateTimeAPI->DateTimeType);
}

static PyObject *
same_zone(PyObject *self, PyObject *args)
{
    PyObject *object, *zone;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &zone)) {
        return NULL;
    }
    return PyBool_FromLong(((PyDateTime_DateTime *)object)->tzinfo == zone);
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    PyObject *args;
    (void)self;
    (void)unused;
    say("%d\n", PyDateTimeAPI != NULL);
    say_made(PyDate_FromDate(1999, 12, 31));
    say_made(PyDate_FromDate(1, 1, 1));
    say_made(PyDate_FromDate(9999, 12, 31));
    say_made(PyDateTime_FromDateAndTime(2038, 1, 19, 3, 14, 7, 999999));
    say_made(PyTime_FromTime(23, 59, 58, 123456));
    say_made(PyTime_FromTime(0, 0, 0, 0));
    say_made(PyDelta_FromDSU(1, 2, 3));
    say_made(PyDelta_FromDSU(-1, 86400, 1000000));
    say_made(PyDelta_FromDSU(0, -1, -1));
    args = value_of("(86400,)");
    say_made(PyDate_FromTimestamp(args));
    Py_DECREF(args);
    args = Py_BuildValue("(d)", 1.5);
    say_made(PyDateTime_FromTimestamp(args));
    Py_DECREF(args);
    args = PyObject_CallMethod((PyObject *)PyDateTimeAPI->DateType, "fromordinal", "i", 1000);
    say_made(args);
    say("%s", PyDateTimeAPI->DateType->tp_name);
    say(" %d %d\n", PyType_IsSubtype(PyDateTimeAPI->DateTimeType, PyDateTimeAPI->DateType),
        PyType_IsSubtype(PyDateTimeAPI->DateType, PyDateTimeAPI->DateTimeType));
    return finish();
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS, NULL},
    {"look", look, METH_O, NULL},
    {"echo", echo, METH_O, NULL},
    {"make", make, METH_O, NULL},
    {"same_zone", same_zone, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initdates(void)
{
    PyDateTime_IMPORT;
    if (PyDateTimeAPI != NULL) {
        Py_InitModule("dates", methods);
    }
}
