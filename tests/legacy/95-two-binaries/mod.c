/* What binaries that SWIG and Cython generate have in common, in one process: types of functions
 * and generators that the first one brings, tables of C functions and of types, C variables as
 * attributes.  use.py loads a copy of this file as the second binary. */

#include "texts.h"

#include "structmember.h"

static PyObject *module; /* this binary's */

/* A type of that name that another binary has brought, or this one's. */
static PyTypeObject *
common_type(PyTypeObject *type)
{
    PyObject *shared = PyImport_AddModule("_generated_0_29"), *found;
    const char *name = strrchr(type->tp_name, '.');
    name = name != NULL ? name + 1 : type->tp_name;
    found = PyObject_GetAttrString(shared, name);
    if (found == NULL) {
        PyErr_Clear();
        if (PyType_Ready(type) < 0 || PyObject_SetAttrString(shared, name, (PyObject *)type) < 0) {
            return NULL;
        }
        Py_INCREF(type);
        return type;
    }
    if (!PyType_Check(found) || ((PyTypeObject *)found)->tp_basicsize != type->tp_basicsize) {
        PyErr_Format(PyExc_TypeError, "shared type %.200s is another one", type->tp_name);
        Py_DECREF(found);
        return NULL;
    }
    return (PyTypeObject *)found;
}

/* ---- Functions with more behind the structure of a C function ---- */

typedef struct {
    PyCFunctionObject function;
    PyObject *weak_references, *dict, *name, *doc, *closure, *defaults;
} Function;

static PyTypeObject *function_type;

static int
function_clear(Function *self)
{
    Py_CLEAR(self->function.m_self);
    Py_CLEAR(self->function.m_module);
    Py_CLEAR(self->dict);
    Py_CLEAR(self->name);
    Py_CLEAR(self->doc);
    Py_CLEAR(self->closure);
    Py_CLEAR(self->defaults);
    return 0;
}

static int
function_traverse(Function *self, visitproc visit, void *arg)
{
    Py_VISIT(self->function.m_module);
    Py_VISIT(self->dict);
    Py_VISIT(self->closure);
    Py_VISIT(self->defaults);
    return 0;
}

static void
function_dealloc(Function *self)
{
    PyObject_GC_UnTrack(self);
    if (self->weak_references != NULL) {
        PyObject_ClearWeakRefs((PyObject *)self);
    }
    function_clear(self);
    PyObject_GC_Del(self);
}

static PyObject *
function_call(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyMethodDef *row = ((PyCFunctionObject *)self)->m_ml;
    switch (row->ml_flags) {
    case METH_O:
        return row->ml_meth(self, PyTuple_GET_SIZE(args) > 0 ? PyTuple_GET_ITEM(args, 0) : Py_None);
    case METH_VARARGS | METH_KEYWORDS:
        return ((PyCFunctionWithKeywords)row->ml_meth)(self, args, kwargs);
    }
    PyErr_BadInternalCall();
    return NULL;
}

static PyObject *
function_get(PyObject *self, PyObject *object, PyObject *type)
{
    return PyMethod_New(self, object == Py_None ? NULL : object, type);
}

static PyObject *
function_repr(Function *self)
{
    return PyString_FromFormat("<function %s of C>", PyString_AS_STRING(self->name));
}

static PyObject *
function_reduce(Function *self, PyObject *unused)
{
    (void)unused;
    Py_INCREF(self->name);
    return self->name;
}

static PyObject *
get_name(Function *self, void *closure)
{
    (void)closure;
    Py_INCREF(self->name);
    return self->name;
}

static int
set_name(Function *self, PyObject *value, void *closure)
{
    PyObject *old = self->name;
    (void)closure;
    if (value == NULL || !PyString_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__name__ must be set to a string object");
        return -1;
    }
    Py_INCREF(value);
    self->name = value;
    Py_DECREF(old);
    return 0;
}

static PyObject *
get_dict(Function *self, void *closure)
{
    (void)closure;
    if (self->dict == NULL && (self->dict = PyDict_New()) == NULL) {
        return NULL;
    }
    Py_INCREF(self->dict);
    return self->dict;
}

static PyObject *
get_defaults(Function *self, void *closure)
{
    PyObject *result = self->defaults != NULL ? self->defaults : Py_None;
    (void)closure;
    Py_INCREF(result);
    return result;
}

static int
set_defaults(Function *self, PyObject *value, void *closure)
{
    PyObject *old = self->defaults;
    (void)closure;
    if (value != NULL && value != Py_None && !PyTuple_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "__defaults__ must be set to a tuple object");
        return -1;
    }
    self->defaults = value != Py_None ? value : NULL;
    Py_XINCREF(self->defaults);
    Py_XDECREF(old);
    return 0;
}

static PyGetSetDef function_getset[] = {
    {(char *)"__name__", (getter)get_name, (setter)set_name, NULL, NULL},
    {(char *)"func_name", (getter)get_name, (setter)set_name, NULL, NULL},
    {(char *)"__dict__", (getter)get_dict, NULL, NULL, NULL},
    {(char *)"func_dict", (getter)get_dict, NULL, NULL, NULL},
    {(char *)"__defaults__", (getter)get_defaults, (setter)set_defaults, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyMemberDef function_members[] = {
    {(char *)"__module__", T_OBJECT, offsetof(PyCFunctionObject, m_module), PY_WRITE_RESTRICTED,
     NULL},
    {(char *)"func_closure", T_OBJECT, offsetof(Function, closure), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyMethodDef function_methods[] = {
    {"__reduce__", (PyCFunction)function_reduce, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyTypeObject own_function_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generated_function",
    .tp_basicsize = sizeof(Function),
    .tp_dealloc = (destructor)function_dealloc,
    .tp_repr = (reprfunc)function_repr,
    .tp_call = function_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)function_traverse,
    .tp_clear = (inquiry)function_clear,
    .tp_weaklistoffset = offsetof(Function, weak_references),
    .tp_methods = function_methods,
    .tp_members = function_members,
    .tp_getset = function_getset,
    .tp_descr_get = function_get,
    .tp_dictoffset = offsetof(Function, dict),
};

/* The defaults behind what was given, and the closure. */
static PyObject *
body(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Function *function = (Function *)self;
    return Py_BuildValue("OOOO", args, kwargs != NULL ? kwargs : Py_None,
                         function->defaults != NULL ? function->defaults : Py_None,
                         function->closure);
}

static PyObject *
body_of_one(PyObject *self, PyObject *argument)
{
    (void)self;
    return PyNumber_Add(argument, argument);
}

static PyObject *
make_function(PyObject *self, PyObject *args)
{
    static PyMethodDef rows[] = {
        {"body", (PyCFunction)body, METH_VARARGS | METH_KEYWORDS, NULL},
        {"body_of_one", body_of_one, METH_O, NULL},
    };
    int which;
    PyObject *closure;
    Function *made;
    (void)self;
    if (!PyArg_ParseTuple(args, "iO", &which, &closure)) {
        return NULL;
    }
    made = PyObject_GC_New(Function, function_type);
    if (made == NULL) {
        return NULL;
    }
    memset((char *)made + sizeof(PyObject), 0, sizeof *made - sizeof(PyObject));
    made->function.m_ml = &rows[which];
    made->function.m_module = PyString_FromString(PyModule_GetName(module));
    made->name = PyString_FromString(rows[which].ml_name);
    made->closure = closure;
    Py_INCREF(closure);
    PyObject_GC_Track(made);
    return (PyObject *)made;
}

/* As generated code calls it: by what it is, without a function of the API. */
static PyObject *
call_function(PyObject *self, PyObject *args)
{
    PyObject *function, *arguments;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO!", &function, &PyTuple_Type, &arguments)) {
        return NULL;
    }
    say("%d ", Py_TYPE(function) == function_type);
    if (Py_TYPE(function) == function_type && PyTuple_GET_SIZE(arguments) == 1
        && ((PyCFunctionObject *)function)->m_ml->ml_flags == METH_O) {
        say("directly ");
        say_object(((PyCFunctionObject *)function)
                       ->m_ml->ml_meth(function, PyTuple_GET_ITEM(arguments, 0)));
    }
    else {
        say_object(Py_TYPE(function)->tp_call(function, arguments, NULL));
    }
    return finish();
}

/* ---- Generators ---- */

typedef struct {
    PyObject_HEAD
    long at, end;
    PyObject *log, *sent;
    char is_running;
} Generator;

static PyTypeObject *generator_type;

/* Counts; gives what was sent back; at the end, or when it is closed, says so. */
static PyObject *
generator_send(Generator *self, PyObject *value)
{
    PyObject *text, *given;
    if (self->is_running) {
        PyErr_SetString(PyExc_ValueError, "generator already executing");
        return NULL;
    }
    if (self->at < self->end) {
        given = Py_BuildValue("lO", self->at++, value);
        self->is_running = 1;
        text = PyObject_CallFunctionObjArgs(self->log, given, NULL);
        self->is_running = 0;
        Py_XDECREF(text);
        if (text == NULL) {
            Py_CLEAR(given);
            self->at = self->end;
        }
        return given;
    }
    PyErr_SetNone(PyExc_StopIteration);
    return NULL;
}

static PyObject *
generator_next(Generator *self)
{
    return generator_send(self, Py_None);
}

static PyObject *
generator_throw(Generator *self, PyObject *args)
{
    PyObject *type, *value = NULL, *traceback = NULL;
    if (!PyArg_ParseTuple(args, "O|OO", &type, &value, &traceback)) {
        return NULL;
    }
    self->at = self->end;
    if (PyExceptionInstance_Check(type)) {
        value = type;
        type = PyExceptionInstance_Class(value);
    }
    Py_INCREF(type);
    Py_XINCREF(value);
    Py_XINCREF(traceback);
    PyErr_Restore(type, value, traceback);
    return NULL;
}

static PyObject *
generator_close(Generator *self, PyObject *unused)
{
    (void)unused;
    if (self->at < self->end) {
        PyObject *result;
        self->at = self->end;
        result = PyObject_CallFunction(self->log, (char *)"s", "closed");
        if (result == NULL) {
            return NULL;
        }
        Py_DECREF(result);
    }
    Py_RETURN_NONE;
}

/* What 2.7 has for __del__: its end is that of its code. */
static void
generator_del(PyObject *self)
{
    PyObject *type, *value, *traceback, *result;
    PyErr_Fetch(&type, &value, &traceback);
    result = generator_close((Generator *)self, NULL);
    if (result == NULL) {
        PyErr_WriteUnraisable(self);
    }
    Py_XDECREF(result);
    PyErr_Restore(type, value, traceback);
}

static void
generator_dealloc(Generator *self)
{
    PyObject_GC_UnTrack(self);
    if (self->at < self->end) {
        PyObject_GC_Track(self);
        Py_REFCNT(self) = 1;
        Py_TYPE(self)->tp_del((PyObject *)self);
        if (--Py_REFCNT(self) > 0) {
            return;
        }
        PyObject_GC_UnTrack(self);
    }
    Py_CLEAR(self->log);
    PyObject_GC_Del(self);
}

static int
generator_traverse(Generator *self, visitproc visit, void *arg)
{
    Py_VISIT(self->log);
    return 0;
}

static int
generator_clear(Generator *self)
{
    PyObject *log = self->log;
    self->log = Py_None;
    Py_INCREF(Py_None);
    self->at = self->end;
    Py_XDECREF(log);
    return 0;
}

static PyObject *
generator_frame(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    Py_RETURN_NONE;
}

static PyMethodDef generator_methods[] = {
    {"send", (PyCFunction)generator_send, METH_O, NULL},
    {"throw", (PyCFunction)generator_throw, METH_VARARGS, NULL},
    {"close", (PyCFunction)generator_close, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef generator_members[] = {
    {(char *)"gi_running", T_BOOL, offsetof(Generator, is_running), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef generator_getset[] = {
    {(char *)"gi_frame", generator_frame, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyTypeObject own_generator_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generator",
    .tp_basicsize = sizeof(Generator),
    .tp_dealloc = (destructor)generator_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = (traverseproc)generator_traverse,
    .tp_clear = (inquiry)generator_clear,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)generator_next,
    .tp_methods = generator_methods,
    .tp_members = generator_members,
    .tp_getset = generator_getset,
    .tp_del = generator_del,
};

static PyObject *
make_generator(PyObject *self, PyObject *args)
{
    Generator *made = PyObject_GC_New(Generator, generator_type);
    (void)self;
    made->at = made->end = 0;
    made->log = NULL;
    made->is_running = 0;
    if (!PyArg_ParseTuple(args, "lO", &made->end, &made->log)) {
        made->end = 0;
        made->log = NULL;
        Py_DECREF(made);
        return NULL;
    }
    Py_INCREF(made->log);
    PyObject_GC_Track(made);
    return (PyObject *)made;
}

/* ---- C functions for other binaries, and methods by a table of C functions ---- */

static long
twice(long number)
{
    return 2 * number;
}

static double
half(double number)
{
    return number / 2;
}

typedef struct Counter Counter;
struct vtable {
    long (*step)(Counter *self);
    long (*count)(Counter *self, long times);
};
struct Counter {
    PyObject_HEAD
    struct vtable *vtable;
    long value;
};

static long
counter_step(Counter *self)
{
    return ++self->value;
}

static long
counter_count(Counter *self, long times)
{
    while (times-- > 0) {
        self->vtable->step(self);
    }
    return self->value;
}

static struct vtable counter_vtable = {counter_step, counter_count};
static struct vtable *base_vtable = &counter_vtable; /* of the type that was imported */

static PyObject *
counter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *made = type->tp_alloc(type, 0);
    (void)args;
    (void)kwargs;
    if (made != NULL) {
        ((Counter *)made)->vtable = &counter_vtable;
    }
    return made;
}

static PyObject *
counter_run(Counter *self, PyObject *times)
{
    long number = PyInt_AsLong(times);
    return number == -1 && PyErr_Occurred() ? NULL
                                            : PyInt_FromLong(self->vtable->count(self, number));
}

static PyMethodDef counter_methods[] = {
    {"run", (PyCFunction)counter_run, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};
static PyTypeObject counter_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generated_one.Counter",
    .tp_basicsize = sizeof(Counter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_methods = counter_methods,
    .tp_new = counter_new,
};

/* By tens, and by the base's own step. */
static long
tens_step(Counter *self)
{
    self->value += 9;
    return base_vtable->step(self);
}

static struct vtable tens_vtable;

static PyTypeObject tens_type;

static PyObject *
tens_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    PyObject *made = tens_type.tp_base->tp_new(type, args, kwargs);
    if (made != NULL) {
        ((Counter *)made)->vtable = &tens_vtable;
    }
    return made;
}

static PyTypeObject tens_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "generated_two.Tens",
    .tp_basicsize = sizeof(Counter),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};

static int
add_vtable(PyTypeObject *type, struct vtable *vtable)
{
    PyObject *capsule = PyCapsule_New(vtable, NULL, NULL);
    int status = PyDict_SetItemString(type->tp_dict, "__pyx_vtable__", capsule);
    Py_DECREF(capsule);
    return status;
}

static int
export_functions(void)
{
    PyObject *dict = PyDict_New(), *one = PyCapsule_New((void *)twice, "long (long)", NULL);
    PyObject *other = PyCObject_FromVoidPtrAndDesc((void *)half, (void *)"double (double)", NULL);
    PyDict_SetItemString(dict, "twice", one);
    PyDict_SetItemString(dict, "half", other);
    Py_DECREF(one);
    Py_DECREF(other);
    if (PyType_Ready(&counter_type) < 0 || add_vtable(&counter_type, &counter_vtable) < 0) {
        return -1;
    }
    Py_INCREF(&counter_type);
    PyModule_AddObject(module, "Counter", (PyObject *)&counter_type);
    return PyModule_AddObject(module, "__pyx_capi__", dict);
}

/* A C function of another binary, or NULL with an exception. */
static void *
import_function(const char *name, const char *signature)
{
    PyObject *from = PyImport_ImportModule("generated_one"), *dict, *entry;
    void *function = NULL;
    dict = from != NULL ? PyObject_GetAttrString(from, "__pyx_capi__") : NULL;
    entry = dict != NULL ? PyDict_GetItemString(dict, name) : NULL;
    if (entry == NULL) {
        if (dict != NULL) {
            PyErr_Format(PyExc_ImportError, "generated_one has no C function %s", name);
        }
    }
    else if (PyCObject_Check(entry)) {
        if (strcmp((const char *)PyCObject_GetDesc(entry), signature) == 0) {
            function = PyCObject_AsVoidPtr(entry);
        }
        else {
            PyErr_Format(PyExc_TypeError, "%s is %s", name, (char *)PyCObject_GetDesc(entry));
        }
    }
    else if (PyCapsule_IsValid(entry, signature)) {
        function = PyCapsule_GetPointer(entry, signature);
    }
    else {
        PyErr_Format(PyExc_TypeError, "%s is %s, not %s", name, PyCapsule_GetName(entry), signature);
    }
    Py_XDECREF(dict);
    Py_XDECREF(from);
    return function;
}

static PyObject *
use_functions(PyObject *self, PyObject *unused)
{
    long (*imported_twice)(long) = (long (*)(long))import_function("twice", "long (long)");
    double (*imported_half)(double) = (double (*)(double))import_function("half", "double (double)");
    (void)self;
    (void)unused;
    if (imported_twice == NULL || imported_half == NULL) {
        return NULL;
    }
    say("%ld %.2f %d ", imported_twice(21), imported_half(5), imported_twice == twice);
    say("%d ", import_function("twice", "int (int)") == NULL);
    say_error();
    say(" %d ", import_function("half", "float (float)") == NULL);
    say_error();
    say(" %d ", import_function("missing", "void (void)") == NULL);
    say_error();
    return finish();
}

static int
import_counter(void)
{
    PyObject *from = PyImport_ImportModule("generated_one");
    PyObject *type = from != NULL ? PyObject_GetAttrString(from, "Counter") : NULL, *capsule;
    if (type == NULL || !PyType_Check(type)
        || ((PyTypeObject *)type)->tp_basicsize != sizeof(Counter)) {
        return -1;
    }
    Py_DECREF(from);
    capsule = PyDict_GetItemString(((PyTypeObject *)type)->tp_dict, "__pyx_vtable__");
    base_vtable = capsule != NULL ? (struct vtable *)PyCapsule_GetPointer(capsule, NULL) : NULL;
    if (base_vtable == NULL) {
        return -1;
    }
    tens_vtable = *base_vtable;
    tens_vtable.step = tens_step;
    tens_type.tp_base = (PyTypeObject *)type;
    tens_type.tp_new = tens_new;
    if (PyType_Ready(&tens_type) < 0 || add_vtable(&tens_type, &tens_vtable) < 0) {
        return -1;
    }
    Py_INCREF(&tens_type);
    return PyModule_AddObject(module, "Tens", (PyObject *)&tens_type);
}

/* ---- C variables as attributes of an object ---- */

struct variable {
    const char *name;
    int *value;
};

static int number = 5, fixed = 6;
static struct variable variables[] = {{"number", &number}, {"fixed", &fixed}};

static PyObject *
link_getattr(PyObject *self, char *name)
{
    int i;
    (void)self;
    for (i = 0; i < COUNT(variables); i++) {
        if (strcmp(variables[i].name, name) == 0) {
            return PyInt_FromLong(*variables[i].value);
        }
    }
    PyErr_SetString(PyExc_AttributeError, "Unknown C global variable");
    return NULL;
}

static int
link_setattr(PyObject *self, char *name, PyObject *value)
{
    long given;
    (void)self;
    if (strcmp(name, "fixed") == 0) {
        PyErr_SetString(PyExc_AttributeError, "Variable fixed is read-only.");
        return -1;
    }
    if (strcmp(name, "number") != 0 || value == NULL) {
        PyErr_SetString(PyExc_AttributeError, "Unknown C global variable");
        return -1;
    }
    given = PyInt_AsLong(value);
    if (given == -1 && PyErr_Occurred()) {
        return -1;
    }
    number = (int)given;
    return 0;
}

static PyObject *
link_repr(PyObject *self)
{
    (void)self;
    return PyString_FromString("<global variables>");
}

static PyObject *
link_str(PyObject *self)
{
    (void)self;
    return PyString_FromString("(number, fixed)");
}

static int
link_print(PyObject *self, FILE *file, int flags)
{
    (void)self;
    (void)flags;
    return fprintf(file, "global variables (number, fixed)") < 0 ? -1 : 0;
}

static void
link_dealloc(PyObject *self)
{
    PyObject_Free(self);
}

/* Never made ready, as it was generated for a long time. */
static PyTypeObject link_type = {
    PyObject_HEAD_INIT(&PyType_Type) 0,
    .tp_name = "varlink",
    .tp_basicsize = sizeof(PyObject),
    .tp_dealloc = link_dealloc,
    .tp_print = link_print,
    .tp_getattr = link_getattr,
    .tp_setattr = link_setattr,
    .tp_repr = link_repr,
    .tp_str = link_str,
};

static PyObject *
printed(PyObject *self, PyObject *object)
{
    FILE *file = tmpfile();
    char text[100] = "";
    int status = PyObject_Print(object, file, Py_PRINT_RAW);
    (void)self;
    rewind(file);
    (void)!fread(text, 1, sizeof text - 1, file);
    fclose(file);
    return status == 0 ? PyString_FromString(text) : NULL;
}

/* ---- Pointers with their types, which the binaries have in one list ---- */

struct type_info {
    const char *name;
    struct type_info *next;
};
static struct type_info shape_info = {"Shape *", NULL}, circle_info = {"Circle *", NULL};
static struct type_info *known; /* the first one's list, which the second adds to */

typedef struct {
    PyObject_HEAD
    void *pointer;
    struct type_info *type;
    int is_own;
} Pointer;

static PyTypeObject pointer_type;
static int destroyed;

/* Another binary's object is one by its type's name. */
static Pointer *
pointer_of(PyObject *object)
{
    return Py_TYPE(object) == &pointer_type
                   || strcmp(Py_TYPE(object)->tp_name, pointer_type.tp_name) == 0
               ? (Pointer *)object
               : NULL;
}

static int
pointer_compare(PyObject *v, PyObject *w)
{
    void *a = ((Pointer *)v)->pointer, *b = ((Pointer *)w)->pointer;
    return a < b ? -1 : a > b;
}

static PyObject *
pointer_richcompare(PyObject *v, PyObject *w, int operator_)
{
    if ((operator_ != Py_EQ && operator_ != Py_NE) || pointer_of(w) == NULL) {
        Py_INCREF(Py_NotImplemented);
        return Py_NotImplemented;
    }
    return PyBool_FromLong((pointer_compare(v, w) == 0) == (operator_ == Py_EQ));
}

static PyObject *
pointer_repr(Pointer *self)
{
    return PyString_FromFormat("<pointer of type '%s'>", self->type->name);
}

static PyObject *
pointer_long(PyObject *self)
{
    return PyLong_FromVoidPtr(((Pointer *)self)->pointer);
}

static void
pointer_dealloc(PyObject *self)
{
    destroyed += ((Pointer *)self)->is_own;
    PyObject_Free(self);
}

static PyObject *
pointer_own(Pointer *self, PyObject *args)
{
    PyObject *value = NULL;
    int before = self->is_own;
    if (!PyArg_ParseTuple(args, "|O", &value)) {
        return NULL;
    }
    if (value != NULL) {
        self->is_own = PyObject_IsTrue(value);
    }
    return PyBool_FromLong(before);
}

static PyMethodDef pointer_methods[] = {
    {"own", (PyCFunction)pointer_own, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};
static PyNumberMethods pointer_as_number = {.nb_int = pointer_long, .nb_long = pointer_long};
static PyTypeObject pointer_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "GeneratedPointer",
    .tp_basicsize = sizeof(Pointer),
    .tp_dealloc = pointer_dealloc,
    .tp_compare = pointer_compare,
    .tp_repr = (reprfunc)pointer_repr,
    .tp_as_number = &pointer_as_number,
    .tp_getattro = PyObject_GenericGetAttr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_richcompare = pointer_richcompare,
    .tp_methods = pointer_methods,
};

static struct type_info *
find_type(const char *name)
{
    struct type_info *info = known;
    while (info != NULL && strcmp(info->name, name) != 0) {
        info = info->next;
    }
    return info;
}

static void
drop_table(PyObject *capsule)
{
    (void)capsule;
}

/* The list that the first binary has left in a module of its own, or a new one. */
static int
join_table(void)
{
    static PyMethodDef none[] = {{NULL, NULL, 0, NULL}};
    static const char name[] = "generated_runtime_data4.type_pointer_capsule";
    struct type_info **table = (struct type_info **)PyCapsule_Import(name, 0);
    if (table == NULL) {
        PyObject *runtime, *capsule;
        PyErr_Clear();
        known = &shape_info;
        runtime = Py_InitModule("generated_runtime_data4", none);
        capsule = PyCapsule_New(&known, name, drop_table);
        return PyModule_AddObject(runtime, "type_pointer_capsule", capsule);
    }
    known = *table;
    if (find_type(circle_info.name) == NULL) {
        circle_info.next = known->next;
        known->next = &circle_info;
    }
    return 0;
}

static PyObject *
new_pointer(PyObject *self, PyObject *args)
{
    const char *name;
    int value;
    Pointer *made;
    (void)self;
    if (!PyArg_ParseTuple(args, "si", &name, &value)) {
        return NULL;
    }
    if (find_type(name) == NULL) {
        return PyErr_Format(PyExc_TypeError, "no type %s", name);
    }
    made = PyObject_New(Pointer, &pointer_type);
    made->pointer = (void *)(size_t)value;
    made->type = find_type(name);
    made->is_own = 1;
    return (PyObject *)made;
}

/* A pointer, or what has one in its attribute "this". */
static PyObject *
convert(PyObject *self, PyObject *args)
{
    PyObject *object, *this = NULL;
    Pointer *pointer;
    const char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os", &object, &name)) {
        return NULL;
    }
    pointer = pointer_of(object);
    if (pointer == NULL) {
        PyObject **place = _PyObject_GetDictPtr(object);
        this = place != NULL && *place != NULL ? PyDict_GetItemString(*place, "this") : NULL;
        Py_XINCREF(this);
        if (this == NULL && (this = PyObject_GetAttrString(object, "this")) == NULL) {
            PyErr_Clear();
            return PyErr_Format(PyExc_TypeError, "argument of type '%s'", name);
        }
        pointer = pointer_of(this);
    }
    if (pointer == NULL || pointer->type != find_type(name)) {
        Py_XDECREF(this);
        return PyErr_Format(PyExc_TypeError, "argument of type '%s'", name);
    }
    say("%ld %d", (long)(size_t)pointer->pointer, Py_TYPE(pointer) == &pointer_type);
    Py_XDECREF(this);
    return finish();
}

static PyObject *
count_destroyed(PyObject *self, PyObject *unused)
{
    int count = destroyed;
    (void)self;
    (void)unused;
    destroyed = 0;
    return PyInt_FromLong(count);
}

static PyMethodDef methods[] = {
    {"make_function", make_function, METH_VARARGS, NULL},
    {"call_function", call_function, METH_VARARGS, NULL},
    {"make_generator", make_generator, METH_VARARGS, NULL},
    {"use_functions", use_functions, METH_NOARGS, NULL},
    {"printed", printed, METH_O, NULL},
    {"new_pointer", new_pointer, METH_VARARGS, NULL},
    {"convert", convert, METH_VARARGS, NULL},
    {"destroyed", count_destroyed, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static void
begin(const char *name, int (*more)(void))
{
    module = Py_InitModule((char *)name, methods);
    function_type = common_type(&own_function_type);
    generator_type = common_type(&own_generator_type);
    if (function_type == NULL || generator_type == NULL || PyType_Ready(&pointer_type) < 0
        || join_table() < 0 || more() < 0) {
        return;
    }
    Py_INCREF(function_type);
    PyModule_AddObject(module, "Function", (PyObject *)function_type);
    Py_INCREF(generator_type);
    PyModule_AddObject(module, "Generator", (PyObject *)generator_type);
    Py_INCREF(&pointer_type);
    PyModule_AddObject(module, "Pointer", (PyObject *)&pointer_type);
    PyModule_AddObject(module, "cvar", (PyObject *)PyObject_New(PyObject, &link_type));
}

PyMODINIT_FUNC
initgenerated_one(void)
{
    begin("generated_one", export_functions);
}

PyMODINIT_FUNC
initgenerated_two(void)
{
    begin("generated_two", import_counter);
}
