/* kept.h - an object that a fixture's binary keeps from one call to the next. */

#ifndef TESTS_LEGACY_KEPT_H
#define TESTS_LEGACY_KEPT_H

#include "Python.h"

static PyObject *kept;

/* The new one is there before the old one goes, whose end may ask for it. */
static PyObject *
keep(PyObject *self, PyObject *object)
{
    PyObject *old = kept;
    (void)self;
    Py_INCREF(object);
    kept = object;
    Py_XDECREF(old);
    Py_RETURN_NONE;
}

/* It, or None; not each fixture asks. */
static PyObject *give(PyObject *self, PyObject *unused) __attribute__((unused));

static PyObject *
give(PyObject *self, PyObject *unused)
{
    PyObject *object = kept != NULL ? kept : Py_None;
    (void)self;
    (void)unused;
    Py_INCREF(object);
    return object;
}

#endif
