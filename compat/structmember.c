/* structmember.c - the members of C structures as attributes. */

#include "config.h"
#include "guest.h"

#include <limits.h>
#include <string.h>

/* ---- Getting ---- */

static PyObject *
list_members(const struct memberlist *members)
{
    PyObject *list = PyList_New(0);
    for (; list != NULL && members->name != NULL; members++) {
        PyObject *name = PyString_FromString(members->name);
        if (name == NULL || PyList_Append(list, name) < 0) {
            Py_CLEAR(list);
        }
        Py_XDECREF(name);
    }
    if (list != NULL && PyList_Sort(list) < 0) {
        Py_CLEAR(list);
    }
    return list;
}

/* The row of a name as its newer form; 0 with AttributeError if there is none. */
static int
find_member(const struct memberlist *members, const char *name, PyMemberDef *found)
{
    for (; members->name != NULL; members++) {
        if (strcmp(members->name, name) == 0) {
            *found = (PyMemberDef){members->name, members->type, members->offset, members->flags,
                                   NULL};
            return 1;
        }
    }
    PyErr_SetString(PyExc_AttributeError, name);
    return 0;
}

PyObject *
PyMember_Get(const char *address, struct memberlist *members, const char *name)
{
    PyMemberDef member;
    if (strcmp(name, "__members__") == 0) {
        return list_members(members);
    }
    return find_member(members, name, &member) ? PyMember_GetOne(address, &member) : NULL;
}

static int
is_restricted(const PyMemberDef *member, int flag)
{
    if (!(member->flags & flag) || !PyEval_GetRestricted()) {
        return 0;
    }
    PyErr_SetString(PyExc_RuntimeError, "restricted attribute");
    return 1;
}

static PyObject *
new_reference(PyObject *object)
{
    Py_INCREF(object);
    return object;
}

/* A member may lie anywhere: structures can be packed. */
#define READ(type, address) (__extension__({                                                      \
    type read_value;                                                                              \
    memcpy(&read_value, (address), sizeof read_value);                                            \
    read_value;                                                                                   \
}))

PyObject *
PyMember_GetOne(const char *address, PyMemberDef *member)
{
    PyObject *object;
    const char *text;
    if (is_restricted(member, READ_RESTRICTED)) {
        return NULL;
    }
    address += member->offset;
    switch (member->type) {
    case T_BOOL:
        return PyBool_FromLong(*address);
    case T_BYTE:
        return PyInt_FromLong(*address);
    case T_UBYTE:
        return PyLong_FromUnsignedLong((unsigned char)*address);
    case T_SHORT:
        return PyInt_FromLong(READ(short, address));
    case T_USHORT:
        return PyLong_FromUnsignedLong(READ(unsigned short, address));
    case T_INT:
        return PyInt_FromLong(READ(int, address));
    case T_UINT:
        return PyLong_FromUnsignedLong(READ(unsigned, address));
    case T_LONG:
        return PyInt_FromLong(READ(long, address));
    case T_ULONG:
        return PyLong_FromUnsignedLong(READ(unsigned long, address));
    case T_PYSSIZET:
        return PyInt_FromSsize_t(READ(Py_ssize_t, address));
    case T_LONGLONG:
        return PyLong_FromLongLong(READ(long long, address));
    case T_ULONGLONG:
        return PyLong_FromUnsignedLongLong(READ(unsigned long long, address));
    case T_FLOAT:
        return PyFloat_FromDouble((double)READ(float, address));
    case T_DOUBLE:
        return PyFloat_FromDouble(READ(double, address));
    case T_STRING:
        text = READ(const char *, address);
        return text != NULL ? PyString_FromString(text) : new_reference(Py_None);
    case T_STRING_INPLACE:
        return PyString_FromString(address);
    case T_CHAR:
        return PyString_FromStringAndSize(address, 1);
    case T_OBJECT:
        object = READ(PyObject *, address);
        return new_reference(object != NULL ? object : Py_None);
    case T_OBJECT_EX:
        object = READ(PyObject *, address);
        if (object == NULL) {
            PyErr_SetString(PyExc_AttributeError, member->name);
            return NULL;
        }
        return new_reference(object);
    default:
        PyErr_SetString(PyExc_SystemError, "bad memberdescr type");
        return NULL;
    }
}

/* ---- Setting ---- */

int
PyMember_Set(char *address, struct memberlist *members, const char *name, PyObject *value)
{
    PyMemberDef member;
    return find_member(members, name, &member) ? PyMember_SetOne(address, &member, value) : -1;
}

static int
warn(const char *message)
{
    return PyErr_WarnEx(PyExc_RuntimeWarning, message, 1);
}

/* The value of the smaller C types: what does not fit is cut off, with a warning
 * after it has been stored.  Returns 0, or -1 with an exception. */
static int
as_long(PyObject *value, long *number)
{
    *number = PyInt_AsLong(value);
    return *number == -1 && PyErr_Occurred() != NULL ? -1 : 0;
}

static int
check_range(long number, long least, long most, const char *message)
{
    return number < least || number > most ? warn(message) : 0;
}

#define STORE(type, address, value)                                                               \
    do {                                                                                          \
        type stored_value = (type)(value);                                                        \
        memcpy((address), &stored_value, sizeof stored_value);                                    \
    } while (0)

#define SET_SMALL(type, least, most)                                                              \
    do {                                                                                          \
        long number;                                                                              \
        if (as_long(value, &number) < 0) {                                                        \
            return -1;                                                                            \
        }                                                                                         \
        STORE(type, address, number);                                                             \
        return check_range(number, (least), (most), "Truncation of value to " #type);             \
    } while (0)

/* The value of the unsigned ones.  Python 2 lets negative numbers through, of which
 * *is_negative tells. */
static int
as_unsigned(PyObject *value, unsigned long *number, int *is_negative)
{
    *is_negative = 0;
    *number = PyLong_AsUnsignedLong(value);
    if (*number == (unsigned long)-1 && PyErr_Occurred() != NULL) {
        PyErr_Clear();
        *number = (unsigned long)PyLong_AsLong(value);
        if (*number == (unsigned long)-1 && PyErr_Occurred() != NULL) {
            return -1;
        }
        *is_negative = 1;
    }
    return 0;
}

static int
set_uint(char *address, PyObject *value)
{
    unsigned long number;
    int is_negative;
    if (as_unsigned(value, &number, &is_negative) < 0) {
        return -1;
    }
    STORE(unsigned, address, number);
    if (is_negative && warn("Writing negative value into unsigned field") < 0) {
        return -1;
    }
    return number > UINT_MAX ? warn("Truncation of value to unsigned int") : 0;
}

static int
set_ulong(char *address, PyObject *value)
{
    unsigned long number;
    int is_negative;
    int status = as_unsigned(value, &number, &is_negative);
    STORE(unsigned long, address, number);
    return status < 0    ? -1
           : is_negative ? warn("Writing negative value into unsigned field")
                         : 0;
}

static int
set_char(char *address, PyObject *value)
{
    if (PyString_Check(value) && PyString_GET_SIZE(value) == 1) {
        *address = PyString_AS_STRING(value)[0];
        return 0;
    }
    /* Not in Python 2; but in Python 3 a character is what users have at hand. */
    if (PyUnicode_Check(value) && PyUnicode_GET_SIZE(value) == 1
        && PyUnicode_AS_UNICODE(value)[0] < 256) {
        *address = (char)PyUnicode_AS_UNICODE(value)[0];
        return 0;
    }
    PyErr_BadArgument();
    return -1;
}

static int
set_object(char *address, PyObject *value)
{
    PyObject *former = READ(PyObject *, address);
    Py_XINCREF(value);
    STORE(PyObject *, address, value);
    Py_XDECREF(former);
    return 0;
}

/* Whether a member can be deleted: 1, or 0 with an exception. */
static int
can_delete(const char *address, const PyMemberDef *member)
{
    if (member->type == T_OBJECT_EX && READ(PyObject *, address) == NULL) {
        PyErr_SetString(PyExc_AttributeError, member->name);
        return 0;
    }
    if (member->type != T_OBJECT && member->type != T_OBJECT_EX) {
        PyErr_SetString(PyExc_TypeError, "can't delete numeric/char attribute");
        return 0;
    }
    return 1;
}

/* Some members are -1 after a failure, others as before: as they were in Python 2. */
int
PyMember_SetOne(char *address, PyMemberDef *member, PyObject *value)
{
    if (member->flags & READONLY) {
        PyErr_SetString(PyExc_TypeError, "readonly attribute");
        return -1;
    }
    if (is_restricted(member, PY_WRITE_RESTRICTED)) {
        return -1;
    }
    address += member->offset;
    if (value == NULL && !can_delete(address, member)) {
        return -1;
    }
    switch (member->type) {
    case T_BOOL:
        if (!PyBool_Check(value)) {
            PyErr_SetString(PyExc_TypeError, "attribute value type must be bool");
            return -1;
        }
        *address = value == Py_True;
        return 0;
    case T_BYTE:
        SET_SMALL(char, CHAR_MIN, CHAR_MAX);
    case T_UBYTE:
        SET_SMALL(unsigned char, 0, UCHAR_MAX);
    case T_SHORT:
        SET_SMALL(short, SHRT_MIN, SHRT_MAX);
    case T_USHORT:
        SET_SMALL(unsigned short, 0, USHRT_MAX);
    case T_INT:
        SET_SMALL(int, INT_MIN, INT_MAX);
    case T_UINT:
        return set_uint(address, value);
    case T_LONG: {
        long number = PyLong_AsLong(value);
        STORE(long, address, number);
        return number == -1 && PyErr_Occurred() != NULL ? -1 : 0;
    }
    case T_ULONG:
        return set_ulong(address, value);
    case T_PYSSIZET: {
        Py_ssize_t number = PyInt_AsSsize_t(value);
        STORE(Py_ssize_t, address, number);
        return number == -1 && PyErr_Occurred() != NULL ? -1 : 0;
    }
    case T_LONGLONG: {
        long long number = PyLong_AsLongLong(value);
        STORE(long long, address, number);
        return number == -1 && PyErr_Occurred() != NULL ? -1 : 0;
    }
    case T_ULONGLONG: {
        unsigned long long number = PyLong_Check(value)
                                        ? PyLong_AsUnsignedLongLong(value)
                                        : (unsigned long long)PyInt_AsLong(value);
        STORE(unsigned long long, address, number);
        return number == (unsigned long long)-1 && PyErr_Occurred() != NULL ? -1 : 0;
    }
    case T_FLOAT: {
        double number = PyFloat_AsDouble(value);
        if (number == -1 && PyErr_Occurred() != NULL) {
            return -1;
        }
        STORE(float, address, number);
        return 0;
    }
    case T_DOUBLE: {
        double number = PyFloat_AsDouble(value);
        STORE(double, address, number);
        return number == -1 && PyErr_Occurred() != NULL ? -1 : 0;
    }
    case T_OBJECT:
    case T_OBJECT_EX:
        return set_object(address, value);
    case T_CHAR:
        return set_char(address, value);
    case T_STRING:
    case T_STRING_INPLACE:
        PyErr_SetString(PyExc_TypeError, "readonly attribute");
        return -1;
    default:
        PyErr_Format(PyExc_SystemError, "bad memberdescr type for %s", member->name);
        return -1;
    }
}
