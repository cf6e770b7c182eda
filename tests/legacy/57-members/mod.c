/* Members of C structures, and methods by tables. */

#include "generic.h"
#include "structmember.h"

#include <stddef.h>

typedef struct {
    PyObject_HEAD
    char letter, truth;
    signed char byte;
    unsigned char ubyte;
    short small;
    unsigned short usmall;
    int number;
    unsigned unumber;
    long big;
    unsigned long ubig;
    Py_ssize_t size;
    long long huge;
    unsigned long long uhuge;
    float real;
    double dreal;
    char *text;
    char inplace[8];
    PyObject *object, *object_ex;
} Record;

#define MEMBER(name, type, flags) {#name, type, offsetof(Record, name), flags, "The " #name "."}

static PyMemberDef members[] = {
    MEMBER(letter, T_CHAR, 0),
    MEMBER(truth, T_BOOL, 0),
    MEMBER(byte, T_BYTE, 0),
    MEMBER(ubyte, T_UBYTE, 0),
    MEMBER(small, T_SHORT, 0),
    MEMBER(usmall, T_USHORT, 0),
    MEMBER(number, T_INT, 0),
    MEMBER(unumber, T_UINT, 0),
    MEMBER(big, T_LONG, 0),
    MEMBER(ubig, T_ULONG, 0),
    MEMBER(size, T_PYSSIZET, 0),
    MEMBER(huge, T_LONGLONG, 0),
    MEMBER(uhuge, T_ULONGLONG, 0),
    MEMBER(real, T_FLOAT, 0),
    MEMBER(dreal, T_DOUBLE, 0),
    MEMBER(text, T_STRING, 0),
    MEMBER(inplace, T_STRING_INPLACE, 0),
    MEMBER(object, T_OBJECT, 0),
    MEMBER(object_ex, T_OBJECT_EX, RESTRICTED),
    {"fixed", T_INT, offsetof(Record, number), READONLY, NULL},
    {"odd", 99, offsetof(Record, number), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static struct memberlist old_members[] = {
    {"number", T_INT, offsetof(Record, number), 0},
    {"fixed", T_INT, offsetof(Record, number), READONLY},
    {"big", T_LONG, offsetof(Record, big), PY_WRITE_RESTRICTED},
    {NULL, 0, 0, 0},
};

static PyObject *
method(PyObject *self, PyObject *args)
{
    return PyString_FromFormat("method of %s", Py_TYPE(self)->tp_name);
}

static PyMethodDef own_methods[] = {
    {"second", (PyCFunction)method, METH_VARARGS, "Documented."},
    {"first", (PyCFunction)method, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef more_methods[] = {
    {"third", (PyCFunction)method, METH_OLDARGS, NULL},
    {"first", (PyCFunction)method, METH_O, NULL},
    {"__hidden", (PyCFunction)method, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMethodChain more = {more_methods, NULL}, all = {own_methods, &more};

static PyTypeObject Record_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "members.Record",
    .tp_basicsize = sizeof(Record),
    .tp_dealloc = (destructor)PyObject_Del,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

static Record *record;

static PyMemberDef *
find(const char *name)
{
    PyMemberDef *member = members;
    while (member->name != NULL && strcmp(member->name, name) != 0) {
        member++;
    }
    return member->name != NULL ? member : NULL;
}

/* What is in there, as C sees it: of the sizes that tell of neighbours hit. */
static PyObject *
bytes_of(const PyMemberDef *member)
{
    static const char sizes[] = {2, 4, 8, 4, 8, 0, 0, 1, 1, 1, 2, 4, 8, 0, 1, 0, 0, 8, 8, 8};
    const unsigned char *at = (unsigned char *)record + member->offset;
    PyObject *text = PyString_FromString(" ");
    int i;
    for (i = 0; member->type < 20 && i < sizes[member->type]; i++) {
        append(&text, PyString_FromFormat("%x%x", at[i] >> 4, at[i] & 15));
    }
    return text;
}

static PyObject *
get(PyObject *self, PyObject *args)
{
    char *name;
    if (!PyArg_ParseTuple(args, "s", &name)) {
        return NULL;
    }
    return show_result(PyMember_GetOne((char *)record, find(name)));
}

static PyObject *
set(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *value = NULL, *text;
    if (!PyArg_ParseTuple(args, "s|O", &name, &value)) {
        return NULL;
    }
    text = show_number(PyMember_SetOne((char *)record, find(name), value));
    append(&text, bytes_of(find(name)));
    append(&text, PyString_FromString(" "));
    append(&text, show_result(PyMember_GetOne((char *)record, find(name))));
    return text;
}

static PyObject *
old_get(PyObject *self, PyObject *args)
{
    char *name;
    if (!PyArg_ParseTuple(args, "s", &name)) {
        return NULL;
    }
    return show_result(PyMember_Get((char *)record, old_members, name));
}

static PyObject *
old_set(PyObject *self, PyObject *args)
{
    char *name;
    PyObject *value = NULL;
    if (!PyArg_ParseTuple(args, "s|O", &name, &value)) {
        return NULL;
    }
    return show_number(PyMember_Set((char *)record, old_members, name, value));
}

static PyObject *
texts(PyObject *self, PyObject *args)
{
    /* Set the texts from C. */
    char *text, *inplace;
    if (!PyArg_ParseTuple(args, "zs", &text, &inplace)) {
        return NULL;
    }
    free(record->text);
    record->text = text != NULL ? strdup(text) : NULL;
    strncpy(record->inplace, inplace, sizeof record->inplace - 1);
    Py_RETURN_NONE;
}

static PyObject *
counts(PyObject *self, PyObject *args)
{
    /* References that setting, replacing and deleting take and give. */
    PyObject *one = PyList_New(0), *other = PyList_New(0), *text = PyString_FromString("");
    PyMemberDef *member = find("object");
    append(&text, show_number(PyMember_SetOne((char *)record, member, one)));
    append(&text, show_number((long)Py_REFCNT(one)));
    append(&text, show_number(PyMember_SetOne((char *)record, member, other)));
    append(&text, show_number((long)Py_REFCNT(one)));
    append(&text, show_number((long)Py_REFCNT(other)));
    append(&text, show_number(PyMember_SetOne((char *)record, member, NULL)));
    append(&text, show_number((long)Py_REFCNT(other)));
    append(&text, show_number(record->object == NULL));
    Py_DECREF(one);
    Py_DECREF(other);
    return text;
}

static PyObject *
find_method(PyObject *self, PyObject *args)
{
    char *name;
    int is_chain;
    PyObject *found, *text, *arguments;
    if (!PyArg_ParseTuple(args, "si", &name, &is_chain)) {
        return NULL;
    }
    found = is_chain ? Py_FindMethodInChain(&all, (PyObject *)record, name)
                     : Py_FindMethod(own_methods, (PyObject *)record, name);
    if (found == NULL || !PyCFunction_Check(found)) {
        return show_result(found);
    }
    text = PyString_FromFormat("%s flags %d self %d: ", ((PyCFunctionObject *)found)->m_ml->ml_name,
                               PyCFunction_GET_FLAGS(found),
                               PyCFunction_GET_SELF(found) == (PyObject *)record);
    arguments = PyTuple_New(0);
    append(&text, show_result(PyObject_Call(found, arguments, NULL)));
    Py_DECREF(arguments);
    Py_DECREF(found);
    return text;
}

static PyObject *
document(PyObject *self, PyObject *args)
{
    Record_Type.tp_doc = "A record.";
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"get", get, METH_VARARGS, NULL},
    {"set", set, METH_VARARGS, NULL},
    {"old_get", old_get, METH_VARARGS, NULL},
    {"old_set", old_set, METH_VARARGS, NULL},
    {"texts", texts, METH_VARARGS, NULL},
    {"counts", counts, METH_NOARGS, NULL},
    {"find_method", find_method, METH_VARARGS, NULL},
    {"document", document, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initmembers(void)
{
    Py_TYPE(&Record_Type) = &PyType_Type;
    record = PyObject_New(Record, &Record_Type);
    memset((char *)record + sizeof(PyObject), 0, sizeof *record - sizeof(PyObject));
    Py_InitModule("members", methods);
}
