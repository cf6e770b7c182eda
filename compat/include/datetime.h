/* datetime.h - dates, times and their differences, and the functions that
 * the module datetime offers to extensions. */

#include "Python.h"

#ifndef PY2ABI_27_DATETIME_H
#define PY2ABI_27_DATETIME_H

#define _PyDateTime_DATE_DATASIZE 4
#define _PyDateTime_TIME_DATASIZE 6
#define _PyDateTime_DATETIME_DATASIZE 10

typedef struct {
    PyObject_HEAD
    long hashcode;
    int days;
    int seconds;
    int microseconds;
} PyDateTime_Delta;

typedef struct {
    PyObject_HEAD
} PyDateTime_TZInfo;

#define _PyTZINFO_HEAD \
    PyObject_HEAD \
    long hashcode; \
    char hastzinfo;
#define _PyDateTime_TIMEHEAD \
    _PyTZINFO_HEAD \
    unsigned char data[_PyDateTime_TIME_DATASIZE];
#define _PyDateTime_DATETIMEHEAD \
    _PyTZINFO_HEAD \
    unsigned char data[_PyDateTime_DATETIME_DATASIZE];

typedef struct {
    _PyTZINFO_HEAD
} _PyDateTime_BaseTZInfo;

typedef struct {
    _PyTZINFO_HEAD
    unsigned char data[_PyDateTime_DATE_DATASIZE];
} PyDateTime_Date;

/* Those without a time zone are allocated without its member. */
typedef struct {
    _PyDateTime_TIMEHEAD
} _PyDateTime_BaseTime;

typedef struct {
    _PyDateTime_TIMEHEAD
    PyObject *tzinfo;
} PyDateTime_Time;

typedef struct {
    _PyDateTime_DATETIMEHEAD
} _PyDateTime_BaseDateTime;

typedef struct {
    _PyDateTime_DATETIMEHEAD
    PyObject *tzinfo;
} PyDateTime_DateTime;

/* The bytes of a date, and of a time behind it or alone; the highest first. */
#define PY2ABI_BYTE(type, op, i) (PY2ABI_AS(type, op)->data[i])
#define PY2ABI_USEC(type, op, i) \
    (PY2ABI_BYTE(type, op, i) << 16 | PY2ABI_BYTE(type, op, (i) + 1) << 8 \
     | PY2ABI_BYTE(type, op, (i) + 2))
#define PyDateTime_GET_YEAR(op) \
    (PY2ABI_BYTE(PyDateTime_Date, op, 0) << 8 | PY2ABI_BYTE(PyDateTime_Date, op, 1))
#define PyDateTime_GET_MONTH(op) PY2ABI_BYTE(PyDateTime_Date, op, 2)
#define PyDateTime_GET_DAY(op) PY2ABI_BYTE(PyDateTime_Date, op, 3)
#define PyDateTime_DATE_GET_HOUR(op) PY2ABI_BYTE(PyDateTime_DateTime, op, 4)
#define PyDateTime_DATE_GET_MINUTE(op) PY2ABI_BYTE(PyDateTime_DateTime, op, 5)
#define PyDateTime_DATE_GET_SECOND(op) PY2ABI_BYTE(PyDateTime_DateTime, op, 6)
#define PyDateTime_DATE_GET_MICROSECOND(op) PY2ABI_USEC(PyDateTime_DateTime, op, 7)
#define PyDateTime_TIME_GET_HOUR(op) PY2ABI_BYTE(PyDateTime_Time, op, 0)
#define PyDateTime_TIME_GET_MINUTE(op) PY2ABI_BYTE(PyDateTime_Time, op, 1)
#define PyDateTime_TIME_GET_SECOND(op) PY2ABI_BYTE(PyDateTime_Time, op, 2)
#define PyDateTime_TIME_GET_MICROSECOND(op) PY2ABI_USEC(PyDateTime_Time, op, 3)

PY2ABI_BEGIN_C

typedef struct {
    PyTypeObject *DateType;
    PyTypeObject *DateTimeType;
    PyTypeObject *TimeType;
    PyTypeObject *DeltaType;
    PyTypeObject *TZInfoType;
    PyObject *(*Date_FromDate)(int, int, int, PyTypeObject *);
    PyObject *(*DateTime_FromDateAndTime)(int, int, int, int, int, int, int, PyObject *,
                                          PyTypeObject *);
    PyObject *(*Time_FromTime)(int, int, int, int, PyObject *, PyTypeObject *);
    PyObject *(*Delta_FromDelta)(int, int, int, int, PyTypeObject *);
    PyObject *(*DateTime_FromTimestamp)(PyObject *, PyObject *, PyObject *);
    PyObject *(*Date_FromTimestamp)(PyObject *, PyObject *);
} PyDateTime_CAPI;

PY2ABI_END_C

#define PyDateTime_CAPSULE_NAME "datetime.datetime_CAPI"
#define DATETIME_API_MAGIC 0x414548d5

/* One in each file that includes this; PyDateTime_IMPORT fills it. */
#ifndef Py_BUILD_CORE
static PyDateTime_CAPI *PyDateTimeAPI __attribute__((unused)) = NULL;

#define PyDateTime_IMPORT \
    PyDateTimeAPI = (PyDateTime_CAPI *)PyCapsule_Import(PyDateTime_CAPSULE_NAME, 0)

#define PyDate_Check(op) PyObject_TypeCheck(op, PyDateTimeAPI->DateType)
#define PyDate_CheckExact(op) (Py_TYPE(op) == PyDateTimeAPI->DateType)
#define PyDateTime_Check(op) PyObject_TypeCheck(op, PyDateTimeAPI->DateTimeType)
#define PyDateTime_CheckExact(op) (Py_TYPE(op) == PyDateTimeAPI->DateTimeType)
#define PyTime_Check(op) PyObject_TypeCheck(op, PyDateTimeAPI->TimeType)
#define PyTime_CheckExact(op) (Py_TYPE(op) == PyDateTimeAPI->TimeType)
#define PyDelta_Check(op) PyObject_TypeCheck(op, PyDateTimeAPI->DeltaType)
#define PyDelta_CheckExact(op) (Py_TYPE(op) == PyDateTimeAPI->DeltaType)
#define PyTZInfo_Check(op) PyObject_TypeCheck(op, PyDateTimeAPI->TZInfoType)
#define PyTZInfo_CheckExact(op) (Py_TYPE(op) == PyDateTimeAPI->TZInfoType)

#define PyDate_FromDate(year, month, day) \
    (PyDateTimeAPI->Date_FromDate((year), (month), (day), PyDateTimeAPI->DateType))
#define PyDateTime_FromDateAndTime(year, month, day, hour, minute, second, usecond) \
    (PyDateTimeAPI->DateTime_FromDateAndTime((year), (month), (day), (hour), (minute), (second), \
                                             (usecond), Py_None, PyDateTimeAPI->DateTimeType))
#define PyTime_FromTime(hour, minute, second, usecond) \
    (PyDateTimeAPI->Time_FromTime((hour), (minute), (second), (usecond), Py_None, \
                                  PyDateTimeAPI->TimeType))
#define PyDelta_FromDSU(days, seconds, useconds) \
    (PyDateTimeAPI->Delta_FromDelta((days), (seconds), (useconds), 1, PyDateTimeAPI->DeltaType))
#define PyDateTime_FromTimestamp(args) \
    (PyDateTimeAPI->DateTime_FromTimestamp(PY2ABI_AS(PyObject, PyDateTimeAPI->DateTimeType), \
                                           (args), NULL))
#define PyDate_FromTimestamp(args) \
    (PyDateTimeAPI->Date_FromTimestamp(PY2ABI_AS(PyObject, PyDateTimeAPI->DateType), (args)))
#endif

#endif
