/* datetimemodule.c - dates and times, whose C API is made of macros that read the
 * objects, and of a table of functions that a capsule of the module leads to. */

#include "config.h"
#include "frames.h"
#include "hostcall.h"

#include "datetime.h"

#include <string.h>

/* ---- Mirrors ---- */

static int
number(HostObject *host, const char *name)
{
    return (int)py2abi_hostcall_long(py2abi_hostcall_attribute(host, name), 0);
}

static void
fill_date(unsigned char *data, HostObject *host)
{
    int year = number(host, "year");
    data[0] = (unsigned char)(year >> 8);
    data[1] = (unsigned char)year;
    data[2] = (unsigned char)number(host, "month");
    data[3] = (unsigned char)number(host, "day");
}

static void
fill_time(unsigned char *data, HostObject *host)
{
    int microsecond = number(host, "microsecond");
    data[0] = (unsigned char)number(host, "hour");
    data[1] = (unsigned char)number(host, "minute");
    data[2] = (unsigned char)number(host, "second");
    data[3] = (unsigned char)(microsecond >> 16);
    data[4] = (unsigned char)(microsecond >> 8);
    data[5] = (unsigned char)microsecond;
}

/* The time zone lives as long as the mirror does.  Without one the object of 2.7
 * has not even the member. */
static int
fill_zone(PyObject *mirror, HostObject *host, char *has_zone, PyObject **zone)
{
    HostObject *own = host_PyObject_GetAttrString(host, "tzinfo");
    if (own == NULL) {
        return -1;
    }
    *zone = Py_None;
    *has_zone = own != HOST(_Py_NoneStruct);
    if (*has_zone) {
        *zone = py2abi_mirror_borrowed(mirror, own);
    }
    host_DECREF(own);
    return *zone != NULL ? 0 : -1;
}

/* Once: they do not change.  A hash that is not computed says that it was done.
 * Returns 0, or -1 with a host exception. */
int
py2abi_datetime_fill(PyObject *mirror, HostObject *host)
{
    PyTypeObject *type = Py_TYPE(mirror);
    _PyDateTime_BaseTZInfo *head = (_PyDateTime_BaseTZInfo *)mirror;
    int status = 0;
    if (PyType_IsSubtype(type, &py2abi_tzinfo_type) || head->hashcode == -1) {
        return 0;
    }
    if (PyType_IsSubtype(type, &py2abi_timedelta_type)) {
        PyDateTime_Delta *delta = (PyDateTime_Delta *)mirror;
        delta->days = number(host, "days");
        delta->seconds = number(host, "seconds");
        delta->microseconds = number(host, "microseconds");
    }
    else if (PyType_IsSubtype(type, &py2abi_datetime_type)) {
        PyDateTime_DateTime *both = (PyDateTime_DateTime *)mirror;
        fill_date(both->data, host);
        fill_time(both->data + 4, host);
        status = fill_zone(mirror, host, &both->hastzinfo, &both->tzinfo);
    }
    else if (PyType_IsSubtype(type, &py2abi_date_type)) {
        fill_date(((PyDateTime_Date *)mirror)->data, host);
    }
    else if (PyType_IsSubtype(type, &py2abi_time_type)) {
        PyDateTime_Time *time = (PyDateTime_Time *)mirror;
        fill_time(time->data, host);
        status = fill_zone(mirror, host, &time->hastzinfo, &time->tzinfo);
    }
    head->hashcode = -1;
    return status;
}

/* ---- The functions ---- */

/* Call a class with numbers and, unless it is NULL, an object behind them. */
static PyObject *
make(PyTypeObject *type, const int *numbers, int count, PyObject *last)
{
    HostObject *class = py2abi_type_host(type), *result = NULL;
    HostObject *args = class != NULL ? host_PyTuple_New(count + (last != NULL)) : NULL;
    int is_complete = args != NULL;
    for (int i = 0; i < count && is_complete; i++) {
        HostObject *item = host_PyLong_FromLong(numbers[i]);
        is_complete = item != NULL && host_PyTuple_SetItem(args, i, item) == 0;
    }
    if (is_complete && last != NULL) {
        HostObject *item = py2abi_host(last, PY2ABI_AS_VALUE);
        is_complete = item != NULL && host_PyTuple_SetItem(args, count, item) == 0;
    }
    if (is_complete) {
        result = host_PyObject_CallObject(class, args);
    }
    host_XDECREF(args);
    host_XDECREF(class);
    return py2abi_mirror_result(result);
}

static PyObject *
new_date(int year, int month, int day, PyTypeObject *type)
{
    int numbers[] = {year, month, day};
    return make(type, numbers, 3, NULL);
}

static PyObject *
new_datetime(int year, int month, int day, int hour, int minute, int second, int microsecond,
             PyObject *zone, PyTypeObject *type)
{
    int numbers[] = {year, month, day, hour, minute, second, microsecond};
    return make(type, numbers, 7, zone);
}

static PyObject *
new_time(int hour, int minute, int second, int microsecond, PyObject *zone, PyTypeObject *type)
{
    int numbers[] = {hour, minute, second, microsecond};
    return make(type, numbers, 4, zone);
}

/* Always normalised, which 2.7 leaves out if told that there is nothing to do. */
static PyObject *
new_delta(int days, int seconds, int microseconds, int normalize, PyTypeObject *type)
{
    int numbers[] = {days, seconds, microseconds};
    (void)normalize;
    return make(type, numbers, 3, NULL);
}

static PyObject *
datetime_from_timestamp(PyObject *class, PyObject *args, PyObject *kwargs)
{
    PyObject *method = PyObject_GetAttrString(class, "fromtimestamp");
    PyObject *result = method != NULL ? PyObject_Call(method, args, kwargs) : NULL;
    Py_XDECREF(method);
    return result;
}

static PyObject *
date_from_timestamp(PyObject *class, PyObject *args)
{
    return datetime_from_timestamp(class, args, NULL);
}

static PyDateTime_CAPI api = {
    &py2abi_date_type,     &py2abi_datetime_type,   &py2abi_time_type, &py2abi_timedelta_type,
    &py2abi_tzinfo_type,   new_date,                new_datetime,      new_time,
    new_delta,             datetime_from_timestamp, date_from_timestamp,
};

/* What the capsule of this name holds for guests, or NULL if it is another one: the
 * host's capsule holds the host's functions. */
void *
py2abi_datetime_api(const char *name)
{
    return strcmp(name, PyDateTime_CAPSULE_NAME) == 0 ? &api : NULL;
}

/* ---- The types ---- */

#define DATETIME_TYPE(name, structure)                                                            \
    {                                                                                             \
        PyVarObject_HEAD_INIT(NULL, 0)                                                            \
        .tp_name = "datetime." name, .tp_basicsize = sizeof(structure),                           \
        .tp_dealloc = py2abi_mirror_dealloc, .tp_getattro = PyObject_GenericGetAttr,              \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | PY2ABI_TPFLAGS_MIRROR              \
                    | PY2ABI_TPFLAGS_FIELDS,                                                      \
    }

PyTypeObject py2abi_date_type = DATETIME_TYPE("date", PyDateTime_Date);
PyTypeObject py2abi_datetime_type = DATETIME_TYPE("datetime", PyDateTime_DateTime);
PyTypeObject py2abi_time_type = DATETIME_TYPE("time", PyDateTime_Time);
PyTypeObject py2abi_timedelta_type = DATETIME_TYPE("timedelta", PyDateTime_Delta);
PyTypeObject py2abi_tzinfo_type = DATETIME_TYPE("tzinfo", PyDateTime_TZInfo);
