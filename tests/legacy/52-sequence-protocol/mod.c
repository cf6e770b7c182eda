/* Sequences, mappings and iterators: abstract.c of Python 2.7. */

#include "generic.h"

static PyObject *
lengths(PyObject *self, PyObject *object)
{
    PyObject *text = PyString_FromString("");
    (void)self;
    append(&text, show_number((long)PyObject_Size(object)));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number((long)PySequence_Size(object)));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number((long)PyMapping_Size(object)));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number((long)_PyObject_LengthHint(object, 77)));
    return text;
}

static PyObject *
item(PyObject *self, PyObject *args)
{
    /* By an object and, when it is an int, by a number. */
    PyObject *object, *key, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &key)) {
        return NULL;
    }
    text = show_result(PyObject_GetItem(object, key));
    if (PyInt_Check(key)) {
        append(&text, PyString_FromString(" | "));
        append(&text, show_result(PySequence_GetItem(object, PyInt_AS_LONG(key))));
    }
    if (PyString_Check(key)) {
        append(&text, PyString_FromString(" | "));
        append(&text, show_result(PyMapping_GetItemString(object, PyString_AS_STRING(key))));
        append(&text, PyString_FromFormat(" %d %d", PyMapping_HasKey(object, key),
                                          PyMapping_HasKeyString(object, PyString_AS_STRING(key))));
    }
    return text;
}

static PyObject *
change(PyObject *self, PyObject *args)
{
    PyObject *object, *key, *value, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &key, &value)) {
        return NULL;
    }
    text = show_number(PyObject_SetItem(object, key, value));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number(PyObject_DelItem(object, key)));
    if (PyInt_Check(key)) {
        append(&text, PyString_FromString(" | "));
        append(&text, show_number(PySequence_SetItem(object, PyInt_AS_LONG(key), value)));
        append(&text, PyString_FromString(" | "));
        append(&text, show_number(PySequence_DelItem(object, PyInt_AS_LONG(key))));
    }
    if (PyString_Check(key)) {
        append(&text, PyString_FromString(" | "));
        append(&text, show_number(PyMapping_SetItemString(object, PyString_AS_STRING(key), value)));
        append(&text, PyString_FromString(" | "));
        append(&text, show_number(PyObject_DelItemString(object, PyString_AS_STRING(key))));
    }
    return text;
}

static PyObject *
slice(PyObject *self, PyObject *args)
{
    PyObject *object;
    long from, to;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oll", &object, &from, &to)) {
        return NULL;
    }
    return show_result(PySequence_GetSlice(object, from, to));
}

static PyObject *
change_slice(PyObject *self, PyObject *args)
{
    PyObject *object, *value, *text;
    long from, to;
    (void)self;
    if (!PyArg_ParseTuple(args, "OllO", &object, &from, &to, &value)) {
        return NULL;
    }
    text = show_number(PySequence_SetSlice(object, from, to, value));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number(PySequence_DelSlice(object, from, to)));
    return text;
}

static PyObject *
join(PyObject *self, PyObject *args)
{
    PyObject *v, *w, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    text = show_result(PySequence_Concat(v, w));
    append(&text, PyString_FromString(" | "));
    append(&text, show_result(PySequence_InPlaceConcat(v, w)));
    return text;
}

static PyObject *
repeat(PyObject *self, PyObject *args)
{
    PyObject *object, *text;
    long count;
    (void)self;
    if (!PyArg_ParseTuple(args, "Ol", &object, &count)) {
        return NULL;
    }
    text = show_result(PySequence_Repeat(object, count));
    append(&text, PyString_FromString(" | "));
    append(&text, show_result(PySequence_InPlaceRepeat(object, count)));
    return text;
}

static PyObject *
collect(PyObject *self, PyObject *object)
{
    PyObject *fast, *text = show_result(PySequence_Tuple(object));
    (void)self;
    append(&text, PyString_FromString(" | "));
    append(&text, show_result(PySequence_List(object)));
    append(&text, PyString_FromString(" | "));
    fast = PySequence_Fast(object, "not fast");
    append(&text, PyString_FromFormat("same %d ", fast == object));
    append(&text, show_result(fast));
    return text;
}

static PyObject *
search(PyObject *self, PyObject *args)
{
    PyObject *object, *wanted, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &object, &wanted)) {
        return NULL;
    }
    text = show_number(PySequence_Contains(object, wanted));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number((long)PySequence_Count(object, wanted)));
    append(&text, PyString_FromString(" | "));
    append(&text, show_number((long)PySequence_Index(object, wanted)));
    return text;
}

static PyObject *
walk(PyObject *self, PyObject *object)
{
    PyObject *iterator = PyObject_GetIter(object), *next, *text;
    (void)self;
    if (iterator == NULL) {
        return show_error();
    }
    text = PyString_FromFormat("same %d iter %d:", iterator == object, PyIter_Check(iterator));
    while ((next = PyIter_Next(iterator)) != NULL) {
        append(&text, PyString_FromString(" "));
        append(&text, show_result(next));
    }
    append(&text, PyString_FromString(" end "));
    append(&text, show_error());
    Py_DECREF(iterator);
    return text;
}

/* The slots, without the functions before them. */
static PyObject *
slots(PyObject *self, PyObject *args)
{
    PyObject *object, *text;
    PySequenceMethods *sequence;
    PyMappingMethods *mapping;
    long at;
    (void)self;
    if (!PyArg_ParseTuple(args, "Ol", &object, &at)) {
        return NULL;
    }
    sequence = Py_TYPE(object)->tp_as_sequence;
    mapping = Py_TYPE(object)->tp_as_mapping;
    text = PyString_FromFormat(
        "item %d set %d length %d contains %d subscript %d set %d length %d iter %d next %d ",
        sequence != NULL && sequence->sq_item != NULL,
        sequence != NULL && sequence->sq_ass_item != NULL,
        sequence != NULL && sequence->sq_length != NULL,
        sequence != NULL && sequence->sq_contains != NULL,
        mapping != NULL && mapping->mp_subscript != NULL,
        mapping != NULL && mapping->mp_ass_subscript != NULL,
        mapping != NULL && mapping->mp_length != NULL, Py_TYPE(object)->tp_iter != NULL,
        PyIter_Check(object) != 0);
    if (sequence != NULL && sequence->sq_item != NULL) {
        append(&text, show_result(sequence->sq_item(object, at)));
    }
    return text;
}

static PyObject *
kind(PyObject *self, PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    (void)self;
    return PyString_FromFormat("selfiter %d notimplemented %d",
                               type->tp_iter == PyObject_SelfIter,
                               type->tp_hash == PyObject_HashNotImplemented);
}

static PyMethodDef methods[] = {
    {"lengths", lengths, METH_O, NULL},
    {"item", item, METH_VARARGS, NULL},
    {"change", change, METH_VARARGS, NULL},
    {"slice", slice, METH_VARARGS, NULL},
    {"change_slice", change_slice, METH_VARARGS, NULL},
    {"join", join, METH_VARARGS, NULL},
    {"repeat", repeat, METH_VARARGS, NULL},
    {"collect", collect, METH_O, NULL},
    {"search", search, METH_VARARGS, NULL},
    {"walk", walk, METH_O, NULL},
    {"slots", slots, METH_VARARGS, NULL},
    {"kind", kind, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initsequence_protocol(void)
{
    Py_InitModule("sequence_protocol", methods);
}
