/* Being told what Python code does: PyEval_SetTrace() and PyEval_SetProfile() of
 * Python 2.7. */

#include "texts.h"
#include "frameobject.h"

static PyObject *counts, *thing;
static PyFrameObject *stack[100];
static int depth, wrong, fail_at, seen;

static const char *
file_of(PyFrameObject *frame)
{
    const char *file = PyString_AS_STRING(frame->f_code->co_filename);
    return strrchr(file, '/') != NULL ? strrchr(file, '/') + 1 : file;
}

/* The events of the functions whose names begin with "f_". */
static int
on_event(PyObject *object, PyFrameObject *frame, int what, PyObject *arg)
{
    const char *name = PyString_AS_STRING(frame->f_code->co_name);
    wrong += object != thing || !PyFrame_Check(frame);
    if (strncmp(name, "f_", 2) != 0 || strcmp(file_of(frame), "use.py") != 0) {
        return 0;
    }
    switch (what) {
    case PyTrace_CALL:
        stack[depth++] = frame;
        say("call %s %d; ", name, frame->f_lineno);
        break;
    case PyTrace_RETURN:
        wrong += stack[--depth] != frame;
        say("return %s ", name);
        /* Some hosts give None where an exception ends the function. */
        say_value(arg != Py_None ? arg : NULL);
        say("; ");
        break;
    case PyTrace_LINE:
        wrong += stack[depth - 1] != frame;
        say("%d; ", PyFrame_GetLineNumber(frame));
        break;
    case PyTrace_EXCEPTION:
        say("exception %s; ", ((PyTypeObject *)PyTuple_GET_ITEM(arg, 0))->tp_name);
        break;
    case PyTrace_C_CALL:
        say("C call %s; ", PyEval_GetFuncName(arg));
        break;
    case PyTrace_C_RETURN:
        say("C return; ");
        break;
    case PyTrace_C_EXCEPTION:
        say("C exception; ");
        break;
    }
    if (fail_at != 0 && ++seen == fail_at) {
        PyErr_SetString(PyExc_KeyError, "from the tracer");
        return -1;
    }
    return 0;
}

static PyObject *
start(PyObject *self, PyObject *args)
{
    int is_profile;
    (void)self;
    if (!PyArg_ParseTuple(args, "Oii", &thing, &is_profile, &fail_at)) {
        return NULL;
    }
    depth = wrong = seen = 0;
    (is_profile ? PyEval_SetProfile : PyEval_SetTrace)(on_event, thing);
    Py_RETURN_NONE;
}

static PyObject *
stop(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    PyEval_SetTrace(NULL, NULL);
    PyEval_SetProfile(NULL, NULL);
    say("wrong %d", wrong);
    (void)counts;
    return finish();
}

/* Whether two functions have one definition, by which profilers count. */
static PyObject *
same_definition(PyObject *self, PyObject *args)
{
    PyObject *a, *b;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!O!", &PyCFunction_Type, &a, &PyCFunction_Type, &b)) {
        return NULL;
    }
    return PyBool_FromLong(((PyCFunctionObject *)a)->m_ml == ((PyCFunctionObject *)b)->m_ml);
}

static PyMethodDef methods[] = {
    {"same_definition", same_definition, METH_VARARGS, NULL},
    {"start", start, METH_VARARGS, NULL},
    {"stop", stop, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
inittracing(void)
{
    Py_InitModule("tracing", methods);
}
