/* What belongs to the interpreter rather than to its objects: tables of modules, options, the
 * compiler's memory and symbols, sets of bits. */

#include "texts.h"

#include "bitset.h"
#include "pyarena.h"
#include "token.h"

#ifdef __cplusplus
extern "C" {
#endif
int _PyOS_GetOpt(int argc, char **argv, char *optstring);
void _PyOS_ResetGetOpt(void);
extern int _PyOS_opterr, _PyOS_optind;
extern char *_PyOS_optarg;
PyObject *_PyImport_LoadDynamicModule(char *name, char *pathname, FILE *fp);
PyObject *_PySys_Init(void);
PyObject *_PyBuiltin_Init(void);
char *_Py_newbitset(int bits);
void _Py_delbitset(char *set);
int _Py_addbit(char *set, int bit);
int _Py_samebitset(char *a, char *b, int bits);
void _Py_mergebitset(char *to, char *from, int bits);
unsigned short _Py_get_387controlword(void);
void _Py_set_387controlword(unsigned short word);
#ifdef __cplusplus
}
#endif

/* ---- Modules that the binary has built in ---- */

static int times;

static void
begin_inner(void)
{
    PyObject *module = Py_InitModule("inner_module", NULL);
    if (module != NULL) {
        PyModule_AddIntConstant(module, "number", ++times);
    }
}

static void
begin_failing(void)
{
    PyErr_SetString(PyExc_ValueError, "not today");
}

static void
begin_another(void)
{
    Py_InitModule("another_module", NULL);
}

static void
say_import(const char *name)
{
    PyObject *module = PyImport_ImportModule(name), *number;
    if (module == NULL) {
        say_error();
        say("; ");
        return;
    }
    number = PyObject_GetAttrString(module, "number");
    say("%s ", PyModule_GetName(module));
    if (number == NULL) {
        PyErr_Clear();
    }
    else {
        say_value(number);
        Py_DECREF(number);
    }
    say("; ");
    Py_DECREF(module);
}

static PyObject *
built_in(PyObject *self, PyObject *unused)
{
    static struct _inittab rows[] = {
        {(char *)"another_module", begin_another}, {(char *)"failing_module", begin_failing},
        {(char *)"barred_module", NULL}, {NULL, NULL},
    };
    static int are_added;
    int before, after;
    (void)self;
    (void)unused;
    if (!are_added) {
        are_added = 1;
        for (before = 0; PyImport_Inittab[before].name != NULL; before++) {
        }
        say("%d ", PyImport_AppendInittab("inner_module", begin_inner));
        say("%d ", PyImport_ExtendInittab(rows));
        for (after = 0; PyImport_Inittab[after].name != NULL; after++) {
        }
        say("%d %s %d; ", after - before, PyImport_Inittab[before].name,
            PyImport_Inittab[after - 1].initfunc == NULL);
    }
    say_import("inner_module");
    say_import("inner_module");
    PyDict_DelItemString(PyImport_GetModuleDict(), "inner_module");
    say_import("inner_module");
    say_import("another_module");
    say_import("failing_module");
    say_import("barred_module");
    PyDict_DelItemString(PyImport_GetModuleDict(), "inner_module");
    say("%d", PyImport_FrozenModules != NULL);
    return finish();
}

static PyObject *
extension(PyObject *self, PyObject *unused)
{
    PyObject *module = PyImport_AddModule("fixed"), *dict, *found;
    (void)self;
    (void)unused;
    PyModule_AddIntConstant(module, "at_first", 5);
    dict = _PyImport_FixupExtension((char *)"fixed", (char *)"/nowhere/fixed.so");
    say("%d %d ", PyDict_Check(dict), dict != PyModule_GetDict(module));
    say_value(PyDict_GetItemString(dict, "at_first"));
    PyModule_AddIntConstant(module, "at_first", 6);
    PyModule_AddIntConstant(module, "later", 7);
    found = _PyImport_FindExtension((char *)"fixed_copy", (char *)"/nowhere/fixed.so");
    say(" %s %d ", PyModule_GetName(found), PyObject_HasAttrString(found, "later"));
    say_value(PyDict_GetItemString(PyModule_GetDict(found), "at_first"));
    found = _PyImport_FindExtension((char *)"fixed", (char *)"/nowhere/other.so");
    say(" %d %d ", found == NULL, PyErr_Occurred() == NULL);
    say("%d ", _PyImport_FixupExtension((char *)"not there", (char *)"/nowhere/x.so") == NULL);
    say_error();
    PyDict_DelItemString(PyModule_GetDict(module), "later");
    return finish();
}

/* The module of a file, which is this one's, under another name. */
static PyObject *
dynamic(PyObject *self, PyObject *args)
{
    PyObject *module, *function;
    char *file;
    (void)self;
    if (!PyArg_ParseTuple(args, "s", &file)) {
        return NULL;
    }
    module = _PyImport_LoadDynamicModule((char *)"interpreter", file, NULL);
    if (module == NULL) {
        say_error();
        return finish();
    }
    function = PyObject_GetAttrString(module, "dynamic");
    say("%s %d ", PyModule_GetName(module), function != NULL && PyCFunction_Check(function));
    say("%d ", PyImport_AddModule("interpreter") == module);
    Py_XDECREF(function);
    Py_DECREF(module);
    module = _PyImport_LoadDynamicModule((char *)"missing", (char *)"/nowhere/missing.so", NULL);
    say("%d %d", module == NULL, PyErr_ExceptionMatches(PyExc_ImportError));
    PyErr_Clear();
    return finish();
}

static PyObject *
interpreter_modules(PyObject *self, PyObject *unused)
{
    PyObject *sys = PyImport_AddModule("sys"), *builtins = PyEval_GetBuiltins();
    (void)self;
    (void)unused;
    say("%d %d ", PyModule_Check(sys), PyDict_Check(builtins));
    return finish();
}

/* ---- Options ---- */

static PyObject *
options(PyObject *self, PyObject *args)
{
    char *argv[20], *known;
    PyObject *list, *items = PyTuple_New(0), *item;
    int i, option, count;
    (void)self;
    if (!PyArg_ParseTuple(args, "sO", &known, &list)) {
        return NULL;
    }
    Py_DECREF(items);
    items = PyList_New(0);
    count = (int)PySequence_Size(list);
    for (i = 0; i < count; i++) {
        item = PySequence_GetItem(list, i);
        if (PyUnicode_Check(item)) {
            PyObject *string = PyUnicode_AsASCIIString(item);
            Py_DECREF(item);
            item = string;
        }
        PyList_Append(items, item);
        Py_DECREF(item);
        argv[i] = PyString_AS_STRING(item);
    }
    _PyOS_ResetGetOpt();
    say("%d %d ", _PyOS_opterr, _PyOS_optind);
    _PyOS_opterr = 0;
    while ((option = _PyOS_GetOpt(count, argv, known)) != -1) {
        say("%c", option);
        if (_PyOS_optarg != NULL) {
            say("=%s", _PyOS_optarg);
            _PyOS_optarg = NULL;
        }
        say(" ");
    }
    say("at %d", _PyOS_optind);
    Py_DECREF(items);
    return finish();
}

/* ---- The compiler's ---- */

static PyObject *
memory(PyObject *self, PyObject *object)
{
    PyArena *arena = PyArena_New();
    Py_ssize_t before = Py_REFCNT(object);
    char *small, *large;
    int i;
    (void)self;
    for (i = 0; i < 3; i++) {
        small = (char *)PyArena_Malloc(arena, 10);
        memset(small, 1, 10);
        large = (char *)PyArena_Malloc(arena, 100000);
        memset(large, 2, 100000);
        say("%d%d ", (int)((size_t)small % sizeof(void *)), (int)((size_t)large % sizeof(void *)));
    }
    Py_INCREF(object);
    say("%d ", PyArena_AddPyObject(arena, object));
    say("%d ", (int)(Py_REFCNT(object) - before));
    PyArena_Free(arena);
    say("%d", (int)(Py_REFCNT(object) - before));
    return finish();
}

extern char *_PyParser_TokenNames[];

static PyObject *
symbols(PyObject *self, PyObject *unused)
{
    static const char text[] = "()[]:,;+-*/|&<>=.%`{}^~@!$?#a ";
    int i, j, k, sum = 0;
    (void)self;
    (void)unused;
    for (i = 0; text[i] != '\0'; i++) {
        say("%d ", PyToken_OneChar(text[i]));
        for (j = 0; text[j] != '\0'; j++) {
            if (PyToken_TwoChars(text[i], text[j]) == OP) {
                continue;
            }
            say("%c%c%s ", text[i], text[j],
                _PyParser_TokenNames[PyToken_TwoChars(text[i], text[j])]);
            for (k = 0; text[k] != '\0'; k++) {
                sum += PyToken_ThreeChars(text[i], text[j], text[k]) != OP;
            }
        }
    }
    say("%d %d %s ", sum, PyToken_ThreeChars('/', '/', '='), _PyParser_TokenNames[ENDMARKER]);
    say("%s %s", _PyParser_TokenNames[ERRORTOKEN], _PyParser_TokenNames[N_TOKENS]);
    return finish();
}

static PyObject *
bits(PyObject *self, PyObject *unused)
{
    bitset a = _Py_newbitset(70), b = _Py_newbitset(70);
    (void)self;
    (void)unused;
    say("%d ", _Py_samebitset(a, b, 70));
    say("%d", _Py_addbit(a, 69));
    say("%d ", _Py_addbit(a, 69));
    say("%d", _Py_addbit(b, 0));
    say("%d ", _Py_addbit(b, 7));
    say("%d ", _Py_samebitset(a, b, 70));
    _Py_mergebitset(a, b, 70);
    say("%d%d%d%d ", testbit(a, 0), testbit(a, 7), testbit(a, 8), testbit(a, 69));
    _Py_mergebitset(b, a, 70);
    say("%d", _Py_samebitset(a, b, 70));
    _Py_delbitset(a);
    _Py_delbitset(b);
    return finish();
}

static PyObject *
methods_of_callables(PyObject *self, PyObject *object)
{
    (void)self;
    say("%s%s", PyEval_GetFuncName(object), PyEval_GetFuncDesc(object));
    return finish();
}

static PyMethodDef methods[] = {
    {"built_in", built_in, METH_NOARGS, NULL},
    {"extension", extension, METH_NOARGS, NULL},
    {"dynamic", dynamic, METH_VARARGS, NULL},
    {"interpreter_modules", interpreter_modules, METH_NOARGS, NULL},
    {"options", options, METH_VARARGS, NULL},
    {"memory", memory, METH_O, NULL},
    {"symbols", symbols, METH_NOARGS, NULL},
    {"bits", bits, METH_NOARGS, NULL},
    {"callable", methods_of_callables, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initinterpreter(void)
{
    Py_InitModule("interpreter", methods);
}
