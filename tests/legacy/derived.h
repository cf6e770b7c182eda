/* derived.h - what the fixtures of types that are derived from Python's own have in common. */

#ifndef TESTS_LEGACY_DERIVED_H
#define TESTS_LEGACY_DERIVED_H

#include "Python.h"
#include "kept.h"
#include "structmember.h"

static int deallocated;

/* One type for each base, in the module DERIVED_IN: a structure with a counter and an object
 * behind the base's. */
#define DERIVED(Name, name, Base, base_type)                                                    \
    typedef struct {                                                                            \
        Base base;                                                                              \
        long extra;                                                                             \
        PyObject *object;                                                                       \
    } Name;                                                                                     \
    static void name##_dealloc(PyObject *self)                                                  \
    {                                                                                           \
        deallocated++;                                                                          \
        Py_CLEAR(((Name *)self)->object);                                                       \
        base_type.tp_dealloc(self);                                                             \
    }                                                                                           \
    static PyMemberDef name##_members[] = {                                                     \
        {"extra", T_LONG, offsetof(Name, extra), 0, NULL},                                      \
        {"object", T_OBJECT, offsetof(Name, object), 0, NULL},                                  \
        {NULL, 0, 0, 0, NULL},                                                                  \
    };                                                                                          \
    static PyTypeObject name##_type = {                                                         \
        PyVarObject_HEAD_INIT(NULL, 0)                                                          \
        .tp_name = DERIVED_IN "." #Name,                                                        \
        .tp_basicsize = sizeof(Name),                                                           \
        .tp_dealloc = name##_dealloc,                                                           \
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,                                   \
        .tp_members = name##_members,                                                           \
    };

/* ---- An object that the binary keeps ---- */

static PyObject *
drop(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_CLEAR(kept);
    Py_RETURN_NONE;
}

/* How many objects were deallocated. */
static PyObject *
count(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    return PyInt_FromLong(deallocated);
}

#endif
