/* What belongs to the interpreter rather than to its objects: tables of modules, options, the
 * compiler's memory and symbols, sets of bits. */

#include "texts.h"

#include <unistd.h>

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

/* ---- Memory ---- */

static const struct allocator {
    void *(*make)(size_t), *(*grow)(void *, size_t);
    void (*end)(void *);
} allocators[] = {
    {PyMem_Malloc, PyMem_Realloc, PyMem_Free},
    {PyObject_Malloc, PyObject_Realloc, PyObject_Free},
};

static PyObject *
blocks(PyObject *self, PyObject *unused)
{
    const struct allocator *use;
    unsigned char *block, *none;
    int i, j, sum;
    (void)self;
    (void)unused;
    for (i = 0; i < COUNT(allocators); i++) {
        use = &allocators[i];
        none = (unsigned char *)use->make(0);
        say("%d ", none != NULL);
        use->end(none);
        use->end(NULL);
        say("%d ", use->make((size_t)PY_SSIZE_T_MAX + 1) == NULL);
        block = (unsigned char *)use->grow(NULL, 10);
        memset(block, 7, 10);
        block = (unsigned char *)use->grow(block, 100000);
        memset(block + 10, 7, 100000 - 10);
        say("%d ", use->grow(block, (size_t)PY_SSIZE_T_MAX + 1) == NULL);
        block = (unsigned char *)use->grow(block, 20);
        for (j = sum = 0; j < 20; j++) {
            sum += block[j];
        }
        say("%d ", sum);
        block = (unsigned char *)use->grow(block, 0);
        say("%d ", block != NULL);
        use->end(block);
    }
    say("%d", PyErr_Occurred() == NULL);
    return finish();
}

/* Objects in memory that is the binary's own. */
typedef struct {
    PyObject_HEAD
    long value;
} Plain;

static int ended;

static void
plain_dealloc(PyObject *self)
{
    ended++;
    PyObject_Free(self);
}

static PyTypeObject plain_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "interpreter.Plain",
                                  .tp_basicsize = sizeof(Plain), .tp_dealloc = plain_dealloc,
                                  .tp_flags = Py_TPFLAGS_DEFAULT};
static PyTypeObject sized_type = {PyVarObject_HEAD_INIT(NULL, 0).tp_name = "interpreter.Sized",
                                  .tp_basicsize = sizeof(PyVarObject), .tp_itemsize = 8,
                                  .tp_dealloc = plain_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT};

static PyObject *
initialised(PyObject *self, PyObject *unused)
{
    PyObject *plain = (PyObject *)PyObject_Malloc(sizeof(Plain)), *same;
    PyVarObject *sized = (PyVarObject *)PyObject_Malloc(sizeof(PyVarObject) + 3 * 8), *also;
    (void)self;
    (void)unused;
    ended = 0;
    same = PyObject_Init(plain, &plain_type);
    say("%d %d %d ", same == plain, (int)Py_REFCNT(plain), Py_TYPE(plain) == &plain_type);
    say("%s ", PyObject_IsTrue(same) == 1 ? "true" : "false");
    Py_DECREF(same);
    also = PyObject_InitVar(sized, &sized_type, 3);
    say("%d %d %d %d ", also == sized, (int)Py_REFCNT(sized), Py_TYPE(sized) == &sized_type,
        (int)Py_SIZE(sized));
    Py_DECREF(also);
    say("%d ", ended);
    say("%d ", PyObject_Init(NULL, &plain_type) == NULL);
    say_error();
    return finish();
}

/* ---- The program ---- */

static PyObject *
program(PyObject *self, PyObject *args)
{
    const char *version, *encoding;
    int optimize;
    (void)self;
    if (!PyArg_ParseTuple(args, "zi", &encoding, &optimize)) {
        return NULL;
    }
    version = Py_GetVersion();
    say("%d ", version[0] >= '2' && version[1] == '.' && strchr(version, ' ') != NULL);
    say("%d ", Py_OptimizeFlag == optimize);
    say("%d", encoding == NULL ? Py_FileSystemDefaultEncoding == NULL
                               : Py_FileSystemDefaultEncoding != NULL
                                     && strcmp(Py_FileSystemDefaultEncoding, encoding) == 0);
    return finish();
}

static int out;

static void
first(void)
{
    (void)!write(out, "first ", 6);
}

static void
last(void)
{
    (void)!write(out, "last ", 5);
}

/* In a child process: how it ends. */
static PyObject *
end(PyObject *self, PyObject *args)
{
    const char *how;
    (void)self;
    if (!PyArg_ParseTuple(args, "si", &how, &out)) {
        return NULL;
    }
    if (strcmp(how, "exit") == 0) {
        if (Py_AtExit(last) != 0 || Py_AtExit(first) != 0) {
            Py_Exit(1);
        }
        Py_Exit(7);
    }
    dup2(out, 2);
    Py_FatalError("this is the end");
}

/* ---- Source and slices ---- */

static PyObject *
run_string(PyObject *self, PyObject *args)
{
    const char *source;
    int start, flags = 0;
    PyObject *globals, *locals;
    PyCompilerFlags compiler;
    (void)self;
    if (!PyArg_ParseTuple(args, "siOO|i", &source, &start, &globals, &locals, &flags)) {
        return NULL;
    }
    compiler.cf_flags = flags;
    return PyRun_StringFlags(source, start, globals, locals, flags != 0 ? &compiler : NULL);
}

static PyObject *
slice_index(PyObject *self, PyObject *object)
{
    Py_ssize_t index = 77;
    int status = _PyEval_SliceIndex(object, &index);
    (void)self;
    say("%d %ld", status, (long)index);
    if (status == 0) {
        say(" ");
        say_error();
    }
    return finish();
}

static PyObject *
call_function(PyObject *self, PyObject *args)
{
    PyObject *function, *arguments, *keywords = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO|O", &function, &arguments, &keywords)) {
        return NULL;
    }
    return PyCFunction_Call(function, arguments, keywords);
}

static PyMethodDef methods[] = {
    {"blocks", blocks, METH_NOARGS, NULL},
    {"initialised", initialised, METH_NOARGS, NULL},
    {"program", program, METH_VARARGS, NULL},
    {"end", end, METH_VARARGS, NULL},
    {"run_string", run_string, METH_VARARGS, NULL},
    {"slice_index", slice_index, METH_O, NULL},
    {"call_function", call_function, METH_VARARGS, NULL},
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
    PyType_Ready(&plain_type);
    PyType_Ready(&sized_type);
    Py_InitModule("interpreter", methods);
}
