/* Code, frames and tracebacks: codeobject.c, frameobject.c, traceback.c and the
 * evaluation of code of Python 2.7. */

#include "texts.h"
#include "frameobject.h"
#include "traceback.h"

static PyObject *
show_code(PyCodeObject *code)
{
    const char *file = strrchr(PyString_AS_STRING(code->co_filename), '/');
    say("%d ", PyCode_Check(code));
    say("%d args, ", code->co_argcount);
    say("%s, %s, line %d, ", file != NULL ? file + 1 : PyString_AS_STRING(code->co_filename),
        PyString_AS_STRING(code->co_name), code->co_firstlineno);
    say_value(code->co_varnames);
    say(" %d free, ", (int)PyCode_GetNumFree(code));
    say("variadic %d\n", (code->co_flags & (CO_VARARGS | CO_VARKEYWORDS)) / CO_VARARGS);
    return NULL;
}

static PyCodeObject *
make_code(const char *lines, int size, int line)
{
    PyObject *nothing = PyString_FromString(""), *none = PyTuple_New(0);
    PyObject *names = value_of("('a', 'b')"), *file = PyString_FromString("file.py");
    PyObject *name = PyString_FromString("name"), *table = PyString_FromStringAndSize(lines, size);
    PyCodeObject *code = PyCode_New(1, 2, 3, CO_OPTIMIZED | CO_NEWLOCALS, nothing, none, none, names,
                                    none, none, file, name, line, table);
    Py_DECREF(nothing);
    Py_DECREF(none);
    Py_DECREF(names);
    Py_DECREF(file);
    Py_DECREF(name);
    Py_DECREF(table);
    return code;
}

static void
say_lines(void)
{
    static const char table[] = {2, 1, 4, 2, 10, 0, 6, 1, 1, 0};
    PyCodeObject *code = make_code(table, sizeof table, 10);
    PyAddrPair bounds;
    int address, line;
    show_code(code);
    for (address = -1; address < 26; address++) {
        line = _PyCode_CheckLineNumber(code, address, &bounds);
        say("%d:%d:%d:%d:%d ", address, PyCode_Addr2Line(code, address), line, bounds.ap_lower,
            bounds.ap_upper);
    }
    say("\n");
    Py_DECREF(code);
    code = PyCode_NewEmpty("/a/path/empty.py", "nothing", 77);
    show_code(code);
    say("%d %d ", PyCode_Addr2Line(code, 0), PyCode_Addr2Line(code, 1000));
    say("%d %d %d ", code->co_nlocals, code->co_stacksize, code->co_flags & ~CO_NOFREE);
    say_value(code->co_consts);
    say_value(code->co_lnotab);
    say_value(code->co_code);
    say("\n");
    Py_DECREF(code);
}

static void
say_frame(void)
{
    PyCodeObject *code = make_code("\2\1", 2, 5);
    PyObject *globals = PyDict_New();
    PyFrameObject *frame = PyFrame_New(PyThreadState_GET(), code, globals, NULL);
    PyTryBlock *block;
    say("%d %d %d ", PyFrame_Check(frame), frame->f_lineno, frame->f_lasti);
    say("%d %d ", frame->f_globals == globals, frame->f_code == code);
    say("%d %d ", frame->f_locals == NULL, (int)(frame->f_valuestack - frame->f_localsplus));
    say("%d ", PyFrame_GetLineNumber(frame));
    frame->f_lineno = 100;
    say("%d ", PyFrame_GetLineNumber(frame));
    frame->f_lasti = 3;
    say("%d ", PyFrame_GetLineNumber(frame));
    PyFrame_BlockSetup(frame, 120, 5, 6);
    PyFrame_BlockSetup(frame, 121, 7, 8);
    block = PyFrame_BlockPop(frame);
    say("%d %d %d ", block->b_type, block->b_handler, block->b_level);
    block = PyFrame_BlockPop(frame);
    say("%d ", block->b_type);
    frame->f_localsplus[0] = PyString_FromString("a variable");
    frame->f_localsplus[1] = PyInt_FromLong(5);
    Py_DECREF(frame);
    code->co_flags = 0;
    frame = PyFrame_New(PyThreadState_GET(), code, globals, NULL);
    say("%d ", frame->f_locals == globals);
    Py_DECREF(frame);
    code->co_flags = CO_NEWLOCALS;
    frame = PyFrame_New(PyThreadState_GET(), code, globals, NULL);
    say("%d ", frame->f_locals != NULL && frame->f_locals != globals);
    say("%d\n", (int)PyFrame_Type.tp_basicsize);
    Py_DECREF(frame);
    Py_DECREF(globals);
    Py_DECREF(code);
}

/* As generated code does it. */
static void
add_traceback(const char *name, const char *file, int line)
{
    PyCodeObject *code = PyCode_NewEmpty(file, name, line);
    PyObject *globals = PyDict_New();
    PyFrameObject *frame = PyFrame_New(PyThreadState_GET(), code, globals, NULL);
    frame->f_lineno = line;
    if (PyTraceBack_Here(frame) != 0) {
        PyErr_Clear();
        PyErr_SetString(PyExc_SystemError, "no traceback");
    }
    Py_DECREF(frame);
    Py_DECREF(globals);
    Py_DECREF(code);
}

static PyObject *
raise(PyObject *self, PyObject *args)
{
    int depth = 0, i;
    PyObject *function = NULL, *result = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "i|O", &depth, &function)) {
        return NULL;
    }
    if (function != NULL) {
        result = PyObject_CallObject(function, NULL);
        if (result != NULL) {
            return result;
        }
    }
    else {
        PyErr_SetString(PyExc_KeyError, "from C");
    }
    for (i = 0; i < depth; i++) {
        char name[20];
        sprintf(name, "level_%d", i);
        add_traceback(name, "module.pyx", 100 + i);
    }
    return NULL;
}

static PyObject *
keep_value(PyObject *self, PyObject *unused)
{
    PyObject *type, *value, *traceback;
    (void)self;
    (void)unused;
    PyErr_SetString(PyExc_ValueError, "kept");
    add_traceback("f", "f.pyx", 3);
    PyErr_Fetch(&type, &value, &traceback);
    say("%d ", type == PyExc_ValueError);
    say_value(value);
    say(" %d %d\n", traceback != NULL && PyTraceBack_Check(traceback),
        strcmp(Py_TYPE(traceback)->tp_name, "traceback"));
    Py_DECREF(type);
    Py_DECREF(value);
    Py_DECREF(traceback);
    return finish();
}

static PyObject *
print(PyObject *self, PyObject *args)
{
    PyObject *traceback, *file;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &traceback, &file)) {
        return NULL;
    }
    say("%d ", PyTraceBack_Print(traceback, file));
    say_error();
    say(" %d", PyTraceBack_Print(NULL, file));
    return finish();
}

/* ---- Functions of the user ---- */

static PyObject *
look(PyObject *self, PyObject *function)
{
    PyObject *code = PyFunction_GetCode(function);
    (void)self;
    if (code == NULL) {
        say_error();
        return finish();
    }
    show_code((PyCodeObject *)code);
    say("%d %d ", PyFunction_GET_CODE(function) == code, ((PyCodeObject *)code)->co_argcount);
    say("%d ", PyDict_Check(PyFunction_GetGlobals(function)));
    say("%s ", PyString_AsString(PyFunction_GetModule(function)));
    say_value(PyFunction_GetDefaults(function));
    say(" %d ", PyFunction_GetClosure(function) != NULL
                    ? (int)PyTuple_GET_SIZE(PyFunction_GetClosure(function)) : -1);
    say("%s%s", PyEval_GetFuncName(function), PyEval_GetFuncDesc(function));
    return finish();
}

/* As generated code does it: the function's code, evaluated. */
static PyObject *
evaluate(PyObject *self, PyObject *args)
{
    PyObject *function, *given, *kwargs, *defaults, **pairs = NULL, *result, *key, *value;
    Py_ssize_t at = 0;
    int count = 0;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO!O!", &function, &PyTuple_Type, &given, &PyDict_Type,
                          &kwargs)) {
        return NULL;
    }
    pairs = malloc(2 * sizeof *pairs * (PyDict_Size(kwargs) + 1));
    while (PyDict_Next(kwargs, &at, &key, &value)) {
        pairs[2 * count] = key;
        pairs[2 * count++ + 1] = value;
    }
    defaults = PyFunction_GET_DEFAULTS(function);
    result = PyEval_EvalCodeEx((PyCodeObject *)PyFunction_GET_CODE(function),
                               PyFunction_GET_GLOBALS(function), NULL,
                               &PyTuple_GET_ITEM(given, 0), (int)PyTuple_GET_SIZE(given), pairs,
                               count, defaults != NULL ? &PyTuple_GET_ITEM(defaults, 0) : NULL,
                               defaults != NULL ? (int)PyTuple_GET_SIZE(defaults) : 0,
                               PyFunction_GET_CLOSURE(function));
    free(pairs);
    return result;
}

/* The same in a frame of its own, which has the arguments; what is suspended cannot go on. */
static PyObject *
evaluate_frame(PyObject *self, PyObject *args)
{
    PyObject *function, *given, *result;
    PyFrameObject *frame;
    Py_ssize_t i;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO!", &function, &PyTuple_Type, &given)) {
        return NULL;
    }
    frame = PyFrame_New(PyThreadState_GET(), (PyCodeObject *)PyFunction_GET_CODE(function),
                        PyFunction_GET_GLOBALS(function), NULL);
    for (i = 0; frame != NULL && i < PyTuple_GET_SIZE(given); i++) {
        frame->f_localsplus[i] = PyTuple_GET_ITEM(given, i);
        Py_INCREF(frame->f_localsplus[i]);
    }
    result = frame != NULL ? PyEval_EvalFrameEx(frame, 0) : NULL;
    Py_XDECREF(frame);
    return result;
}

static PyObject *
run_code(PyObject *self, PyObject *args)
{
    PyObject *code, *globals, *locals;
    (void)self;
    if (!PyArg_ParseTuple(args, "O!OO", &PyCode_Type, &code, &globals, &locals)) {
        return NULL;
    }
    return PyEval_EvalCode((PyCodeObject *)code, globals, locals == Py_None ? NULL : locals);
}

static PyObject *
function_of(PyObject *self, PyObject *args)
{
    PyObject *code, *globals, *made;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &code, &globals)) {
        return NULL;
    }
    made = PyFunction_New(code, globals);
    if (made != NULL) {
        PyObject *defaults = value_of("(7, 8)");
        say("%d ", PyFunction_SetDefaults(made, defaults));
        Py_DECREF(defaults);
        say_value(PyFunction_GetDefaults(made));
        say(" %d ", PyFunction_SetDefaults(made, code));
        say_error();
        say(" ");
        say_object(PyObject_CallObject(made, NULL));
        say(" %d ", PyFunction_SetDefaults(made, Py_None));
        say_value(PyFunction_GetDefaults(made));
        Py_DECREF(made);
    }
    return finish();
}

/* What the caller is. */
static PyObject *
where(PyObject *self, PyObject *unused)
{
    PyFrameObject *frame = PyEval_GetFrame();
    PyObject *locals = PyEval_GetLocals();
    (void)self;
    (void)unused;
    say("%d %s ", PyFrame_Check(frame), PyString_AS_STRING(frame->f_code->co_name));
    say("%d ", PyFrame_GetLineNumber(frame));
    say("%d ", frame->f_back != NULL && PyFrame_Check(frame->f_back));
    say("back %s ", PyString_AS_STRING(frame->f_back->f_code->co_name));
    say_value(PyDict_GetItemString(locals, "local"));
    say(" ");
    say_value(PyDict_GetItemString(frame->f_globals, "global_one"));
    say(" ");
    say_value(PyDict_GetItemString(PyEval_GetGlobals(), "global_one"));
    PyFrame_FastToLocals(frame);
    say(" ");
    say_value(PyDict_GetItemString(frame->f_locals, "local"));
    return finish();
}

static PyObject *
names(PyObject *self, PyObject *object)
{
    (void)self;
    say("%s%s", PyEval_GetFuncName(object), PyEval_GetFuncDesc(object));
    return finish();
}

static PyObject *
run(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    say_lines();
    say_frame();
    say_object((PyObject *)PyCode_New(-1, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0,
                                      NULL));
    say("\n%d %d\n", PyFrame_ClearFreeList() >= 0, PyMethod_ClearFreeList() >= 0);
    return finish();
}

static PyMethodDef methods[] = {
    {"run", run, METH_NOARGS, NULL},
    {"raise_", raise, METH_VARARGS, NULL},
    {"keep_value", keep_value, METH_NOARGS, NULL},
    {"print_", print, METH_VARARGS, NULL},
    {"look", look, METH_O, NULL},
    {"evaluate", evaluate, METH_VARARGS, NULL},
    {"evaluate_frame", evaluate_frame, METH_VARARGS, NULL},
    {"run_code", run_code, METH_VARARGS, NULL},
    {"function_of", function_of, METH_VARARGS, NULL},
    {"where", where, METH_NOARGS, NULL},
    {"names", names, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initframes(void)
{
    Py_InitModule("frames", methods);
}
