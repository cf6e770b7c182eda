/* macros27.c - each macro of Python 2.7's headers at least once, used the way
 * that extensions use it.
 *
 * C and C++, with our headers and with the real ones.  It is compiled and never
 * run; what it imports has to be the same with both. */

#include "Python.h"
#include "pgenheaders.h" /* changes names that others declare */
#include "Python-ast.h"
#include "bitset.h"
#include "cStringIO.h"
#include "datetime.h"
#include "frameobject.h"
#include "grammar.h"
#include "longintrepr.h"
#include "node.h"
#include "opcode.h"
#include "osdefs.h"
#include "pgen.h"
#include "pythread.h"
#include "structmember.h"
#include "structseq.h"
#include "symtable.h"
#include "token.h"
#include "bytes_methods.h" /* redefines names of <ctype.h> */

#ifndef Py_PYTHON_H
#error "extensions test for this"
#endif
#if PY_VERSION_HEX < 0x02070000 || PY_VERSION_HEX >= 0x02080000 || PY_MAJOR_VERSION != 2 \
    || PY_MICRO_VERSION < 0 || PY_RELEASE_LEVEL != PY_RELEASE_LEVEL_FINAL || PY_RELEASE_SERIAL != 0
#error "not a Python 2.7"
#endif
#if defined(DL_IMPORT) && defined(DL_EXPORT) && defined(PY_PARSER_REQUIRES_FUTURE_KEYWORD) \
    && defined(Py_UNICODE_WIDE) && defined(Py_USING_UNICODE) && defined(WITH_THREAD) \
    && defined(HAVE_STAT) && defined(HAVE_FSTAT) && LONG_BIT == 8 * SIZEOF_LONG \
    && MAXPATHLEN >= 1024
#else
#error "extensions test for these"
#endif

#if defined(HAVE_GCC_ASM_FOR_X87) != defined(HAVE_PY_SET_53BIT_PRECISION)
#error "the x87 unit is forgotten"
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Declarations ---- */

extern PyAPI_FUNC(int) not_there(int);
PyAPI_DATA(int) not_there_either;
extern int old_style Py_PROTO((int));
typedef int (*old_pointer) Py_FPROTO((int));
int old_enough(int) Py_DEPRECATED(2.7);
void formats(const char *, ...) Py_GCC_ATTRIBUTE((format(printf, 1, 2)));
int parses(PyObject *, const char *, ...) Py_FORMAT_PARSETUPLE(parses, 2, 3);

PyDoc_VAR(doc_alone) = PyDoc_STR("Alone.");
PyDoc_STRVAR(doc_text, "Text.");
PyDoc_STRVAR_shared(doc_shared, "Shared.");

Py_LOCAL(int) local(int i)
{
    return i + 1;
}

Py_LOCAL_INLINE(int) local_inline(int i)
{
    return local(i) + DL_IMPORT(0) + DL_EXPORT(0);
}

int
declared(void)
{
    static int aligned Py_ALIGNED(16);
    old_pointer pointer = old_style;

    return not_there(not_there_either) + pointer(local_inline(aligned))
        + (doc_alone[0] == doc_text[0]) + doc_shared[0];
}

/* ---- Types, by hand, in the positions that C++ and C89 need ---- */

typedef struct {
    PyObject_HEAD
    PyObject *dict, *list;
    int number;
    PyObject *weak;
} Thing;

typedef struct {
    PyObject_VAR_HEAD
    long items[1];
} Things;

typedef struct {
    PyDescr_COMMON;
    int more;
} Descriptor;

typedef struct {
    _PyTZINFO_HEAD
} Zoned;

typedef struct {
    _PyDateTime_TIMEHEAD
} OwnTime;

typedef struct {
    _PyDateTime_DATETIMEHEAD
} OwnDateTime;

typedef struct {
    _PyObject_HEAD_EXTRA
    int alone;
} Extra;

static PyObject extra_object = {_PyObject_EXTRA_INIT 1, NULL};

staticforward PyObject *thing_method(PyObject *, PyObject *);

statichere PyObject *
thing_method(PyObject *self, PyObject *args)
{
    (void)self;
    (void)args;
    Py_RETURN_NONE;
}

static PyObject *
thing_keywords(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)self;
    (void)args;
    if (keywords != NULL) {
        Py_RETURN_TRUE;
    }
    Py_RETURN_FALSE;
}

static PyObject *
thing_get(PyObject *self, void *closure)
{
    (void)self;
    (void)closure;
    Py_RETURN_NAN;
}

static int
thing_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((Thing *)self)->dict);
    Py_VISIT(((Thing *)self)->list);
    return 0;
}

static int
thing_clear(PyObject *self)
{
    Py_CLEAR(((Thing *)self)->dict);
    Py_CLEAR(((Thing *)self)->list);
    return 0;
}

static void
thing_dealloc(PyObject *self)
{
    _PyObject_GC_UNTRACK(self)
    Py_TRASHCAN_SAFE_BEGIN(self)
    thing_clear(self);
    PyObject_GC_Del(self);
    Py_TRASHCAN_SAFE_END(self)
}

static PyMethodDef thing_methods[] = {
    {"method", thing_method, METH_VARARGS, doc_text},
    {"keywords", (PyCFunction)(void (*)(void))thing_keywords, METH_VARARGS | METH_KEYWORDS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef thing_members[] = {
    {(char *)"number", T_INT, offsetof(Thing, number), READONLY, (char *)"A number."},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef thing_getset[] = {
    {(char *)"got", thing_get, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyTypeObject Thing_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    "macros27.Thing",                                              /* tp_name */
    sizeof(Thing),                                                 /* tp_basicsize */
    0,                                                             /* tp_itemsize */
    thing_dealloc,                                                 /* tp_dealloc */
    0, 0, 0, 0, 0, 0, 0, 0,                                        /* tp_print ... */
    0, 0, 0, 0, 0, 0,                                              /* tp_hash ... */
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, /* tp_flags */
    doc_text,                                                      /* tp_doc */
    thing_traverse,                                                /* tp_traverse */
    thing_clear,                                                   /* tp_clear */
    0,                                                             /* tp_richcompare */
    offsetof(Thing, weak),                                         /* tp_weaklistoffset */
    0, 0,                                                          /* tp_iter, tp_iternext */
    thing_methods,                                                 /* tp_methods */
    thing_members,                                                 /* tp_members */
    thing_getset,                                                  /* tp_getset */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,             /* tp_base ... */
};

static PyObject thing_head = {PyObject_HEAD_INIT(&Thing_Type)};

/* ---- Objects ---- */

PyObject *
counts(PyObject *a, PyObject *b, Thing *thing)
{
    PyObject *none = NULL, *kept = a;

    Py_INCREF(a);
    Py_INCREF(thing);
    Py_XINCREF(none);
    Py_DECREF(b);
    Py_DECREF(thing);
    Py_XDECREF(none);
    Py_XDECREF(thing);
    Py_CLEAR(none);
    Py_SETREF(kept, b);
    Py_XSETREF(kept, none);
    if (a == b)
        Py_INCREF(a);
    else
        Py_DECREF(a);
    if (a == b)
        Py_XINCREF(a);
    else
        Py_CLEAR(b);
    Py_REFCNT(a) = 2;
    Py_TYPE(thing) = &Thing_Type;
    Py_SIZE(b) = 0;
    _Py_NewReference(a);
    _Py_ForgetReference(a);
    _Py_Dealloc(b);
    _Py_INC_TPALLOCS(a);
    _Py_INC_TPFREES(a);
    _Py_DEC_TPFREES(a);
    _Py_INC_REFTOTAL;
    _Py_DEC_REFTOTAL;
    {
        _Py_CHECK_REFCNT(a)
    }
    return _Py_REF_DEBUG_COMMA _Py_COUNT_ALLOCS_COMMA(Py_REFCNT(a) > 1 ? a : &thing_head);
}

int
checks(PyObject *op, PyTypeObject *type)
{
    return PyObject_TypeCheck(op, type) + PyType_Check(op) + PyType_CheckExact(op)
        + PyType_HasFeature(type, Py_TPFLAGS_HAVE_ITER)
        + PyType_FastSubclass(type, Py_TPFLAGS_INT_SUBCLASS) + PyType_IS_GC(type)
        + PyType_SUPPORTS_WEAKREFS(type) + PyObject_IS_GC(op) + PyInt_Check(op)
        + PyInt_CheckExact(op) + PyBool_Check(op) + PyLong_Check(op) + PyLong_CheckExact(op)
        + _PyAnyInt_Check(op) + _PyAnyInt_CheckExact(op) + PyFloat_Check(op)
        + PyFloat_CheckExact(op) + PyComplex_Check(op) + PyComplex_CheckExact(op)
        + PyRange_Check(op) + PyString_Check(op) + PyString_CheckExact(op) + PyBytes_Check(op)
        + PyBytes_CheckExact(op) + PyUnicode_Check(op) + PyUnicode_CheckExact(op)
        + PyByteArray_Check(op) + PyByteArray_CheckExact(op) + PyBuffer_Check(op)
        + PyMemoryView_Check(op) + PyTuple_Check(op) + PyTuple_CheckExact(op) + PyList_Check(op)
        + PyList_CheckExact(op) + PyDict_Check(op) + PyDict_CheckExact(op) + PyDictKeys_Check(op)
        + PyDictItems_Check(op) + PyDictValues_Check(op) + PyDictViewSet_Check(op)
        + PySet_Check(op) + PyFrozenSet_Check(op) + PyFrozenSet_CheckExact(op) + PyAnySet_Check(op)
        + PyAnySet_CheckExact(op) + PyCFunction_Check(op) + PyModule_Check(op)
        + PyModule_CheckExact(op) + PyFunction_Check(op) + PyClass_Check(op) + PyInstance_Check(op)
        + PyMethod_Check(op) + PyFile_Check(op) + PyFile_CheckExact(op) + PyCObject_Check(op)
        + PyCapsule_CheckExact(op) + PySlice_Check(op) + PyCell_Check(op) + PySeqIter_Check(op)
        + PyCallIter_Check(op) + PyGen_Check(op) + PyGen_CheckExact(op) + PyDescr_IsData(op)
        + PyWeakref_CheckRef(op) + PyWeakref_CheckRefExact(op) + PyWeakref_CheckProxy(op)
        + PyWeakref_Check(op) + PyTraceBack_Check(op) + PyFrame_Check(op) + PyCode_Check(op)
        + PySTEntry_Check(op) + PyExceptionClass_Check(op) + PyExceptionInstance_Check(op)
        + PyObject_CheckBuffer(op) + PyIter_Check(op) + PyIndex_Check(op)
        + (_Py_AS_GC(op)->gc.gc_refs == 0) + _PyObject_GC_IS_TRACKED(op)
        + _PyObject_GC_MAY_BE_TRACKED(op) + (op == Py_None) + (op == Py_NotImplemented)
        + (op == Py_Ellipsis) + (op == Py_True) + (op == Py_False);
}

/* What a macro gives has to fit without a cast. */
PyObject *
fields(PyObject *op, PyCodeObject *code, PyFrameObject *frame, Py_ssize_t i)
{
    char *text = PyString_AS_STRING(op), *bytes = PyBytes_AS_STRING(op);
    const char *data = PyUnicode_AS_DATA(op), *name = PyExceptionClass_Name(op);
    char *array = PyByteArray_AS_STRING(op);
    Py_UNICODE *characters = PyUnicode_AS_UNICODE(op);
    Py_buffer *view = PyMemoryView_GET_BUFFER(op);
    PyCFunction function = PyCFunction_GET_FUNCTION(op);
    PyObject **items = PySequence_Fast_ITEMS(op), **weak = PyObject_GET_WEAKREFS_LISTPTR(op);
    PyObject *objects[] = {
        PyMemoryView_GET_BASE(op), PyTuple_GET_ITEM(op, i), PyList_GET_ITEM(op, i),
        PyCFunction_GET_SELF(op), PyFunction_GET_CODE(op), PyFunction_GET_GLOBALS(op),
        PyFunction_GET_MODULE(op), PyFunction_GET_DEFAULTS(op), PyFunction_GET_CLOSURE(op),
        PyMethod_GET_FUNCTION(op), PyMethod_GET_SELF(op), PyMethod_GET_CLASS(op), PyCell_GET(op),
        PyWeakref_GET_OBJECT(op), PyExceptionInstance_Class(op), PySequence_Fast_GET_ITEM(op, i),
        PySequence_ITEM(op, i), _PyErr_OCCURRED(),
    };
    Py_ssize_t sizes[] = {
        PyString_GET_SIZE(op), PyBytes_GET_SIZE(op), PyUnicode_GET_SIZE(op),
        (Py_ssize_t)PyUnicode_GET_DATA_SIZE(op), PyByteArray_GET_SIZE(op), PyTuple_GET_SIZE(op),
        PyList_GET_SIZE(op), PySet_GET_SIZE(op), PySequence_Fast_GET_SIZE(op),
        PyCode_GetNumFree(code), _PyObject_SIZE(Py_TYPE(op)),
        (Py_ssize_t)_PyObject_VAR_SIZE(Py_TYPE(op), i),
    };
    double real = PyFloat_AS_DOUBLE(op);
    long number = PyInt_AS_LONG(op) + PyString_CHECK_INTERNED(op) + PyBytes_CHECK_INTERNED(op)
        + PyCFunction_GET_FLAGS(op) + PyFrame_IsRestricted(frame);
    char *instructions;

    number += _PyCode_GETCODEPTR(code, &instructions);
    PyTuple_SET_ITEM(op, 0, objects[0]);
    PyList_SET_ITEM(op, 0, objects[1]);
    PyCell_SET(op, objects[2]);
    PyStructSequence_SET_ITEM(op, 0, objects[3]);
    if (function == NULL || view->len == sizes[0] || *weak == items[0] || real > (double)number) {
        PyMemberDef *slot = PyHeapType_GET_MEMBERS(op);

        return slot->type == T_OBJECT ? NULL : PyObject_AS_GC(op);
    }
    return text == bytes || data == name || *array != 0 || *characters != 0 ? NULL
                                                                            : PyObject_FROM_GC(op);
}

/* ---- Memory ---- */

void *
memory(PyTypeObject *type, Py_ssize_t n)
{
    char *p = (char *)PyMem_MALLOC(n), *q = PyMem_New(char, n), *r = PyMem_NEW(char, n);
    Thing *thing = PyObject_New(Thing, type), *other = PyObject_NEW(Thing, type);
    Things *things = PyObject_NewVar(Things, type, n);
    Things *others = PyObject_NEW_VAR(Things, type, n);
    Thing *tracked = PyObject_GC_New(Thing, type);
    Things *many = PyObject_GC_NewVar(Things, type, n);
    void *raw = PyObject_MALLOC((size_t)n);
    PyBytesObject *text = NULL;

    p = (char *)PyMem_REALLOC(p, n * 2);
    PyMem_Resize(q, char, n * 2);
    PyMem_RESIZE(r, char, n * 2);
    PyMem_FREE(p);
    PyMem_Del(q);
    PyMem_DEL(r);
    raw = PyObject_REALLOC(raw, (size_t)n);
    PyObject_FREE(raw);
    PyObject_Del(other);
    PyObject_DEL(others);
    _PyObject_Del((PyObject *)text);
    many = PyObject_GC_Resize(Things, many, n);
    _PyObject_GC_TRACK(tracked)
    _PyObject_GC_UNTRACK(tracked)
    _PyObject_GC_Del((PyObject *)tracked);
    PyObject_GC_Init(many);
    PyObject_GC_Fini(many);
    things = PyObject_INIT_VAR(things, type, n);
    return many == NULL ? (void *)things : (void *)PyObject_INIT(thing, type);
}

/* ---- Functions by other names ---- */

void *
renamed(PyObject *op, PyObject *name, FILE *file, PyMethodDef *method, PyCompilerFlags *flags)
{
    Py_complex z = {1.0, 2.0};
    void *results[] = {
        (void *)PyCFunction_New(method, op), (void *)PyObject_Bytes(op), PyObject_REPR(op),
        (void *)PyMapping_Keys(op), (void *)PyMapping_Values(op), (void *)PyMapping_Items(op),
        (void *)PyEval_CallObject(op, name),
        (void *)PyImport_ImportModuleEx((char *)"m", op, op, op),
        (void *)Py_CompileString("1", "f", Py_eval_input),
        (void *)PyRun_String("1", Py_file_input, op, op),
        (void *)PyRun_File(file, "f", Py_single_input, op, op),
        (void *)PyRun_FileEx(file, "f", Py_file_input, op, op, 1),
        (void *)PyRun_FileFlags(file, "f", Py_file_input, op, op, flags),
        (void *)PyParser_SimpleParseString("1", Py_eval_input),
        (void *)PyParser_SimpleParseFile(file, "f", Py_file_input),
        (void *)PyObject_CallFunction(op, (char *)"i", 1),
        (void *)PyObject_CallMethod(op, (char *)"m", (char *)"i", 1),
        (void *)Py_BuildValue("(ii)", 1, 2), (void *)Py_InitModule("m", method),
        (void *)Py_InitModule3("m", method, doc_text),
        (void *)Py_InitModule4("m", method, doc_text, op, PYTHON_API_VERSION),
        (void *)_PyLong_FromSize_t(1), (void *)_PyLong_FromSsize_t(1), Py_GETENV("HOME"),
        (void *)PyThreadState_GET(), (void *)&PyBytes_Type,
    };
    int number = PyObject_DelAttr(op, name) + PyObject_DelAttrString(op, "a")
        + (int)PyObject_Length(op) + (int)PyMapping_Length(op) + (int)PySequence_Length(op)
        + PySequence_In(op, name) + PyMapping_DelItem(op, name)
        + PyMapping_DelItemString(op, (char *)"k") + PyErr_Warn(op, (char *)"w")
        + PyErr_WarnPy3k("w", 1) + (int)_PyLong_AsSsize_t(op) + PyRun_AnyFile(file, "f")
        + PyRun_AnyFileEx(file, "f", 1) + PyRun_AnyFileFlags(file, "f", flags)
        + PyRun_SimpleString("1") + PyRun_SimpleFile(file, "f") + PyRun_SimpleFileEx(file, "f", 1)
        + PyRun_InteractiveOne(file, "f") + PyRun_InteractiveLoop(file, "f")
        + PyOS_stricmp("a", "b") + PyOS_strnicmp("a", "b", 1) + PyArg_NoArgs(op)
        + PyModule_AddIntMacro(op, PYTHON_API_VERSION)
        + PyModule_AddStringMacro(op, PYTHON_API_STRING) + _PyVerify_fd(1)
        + _PyIsSelectable_fd(fileno(file));

    number += PyArg_GetInt(op, &number);
    number += PyArg_Parse(op, "i", &number) + PyArg_ParseTuple(op, "i", &number)
        + PyArg_ParseTupleAndKeywords(op, op, "i", NULL, &number);
    PyErr_BadInternalCall();
    z = c_sum(c_diff(z, c_neg(z)), c_prod(c_quot(z, z), c_pow(z, z)));
    return number == 0 && c_abs(z) > 1.0 ? results[0] : results[1];
}

PyObject *
with_arguments(PyObject *op, const char *format, va_list va)
{
    if (PyArg_VaParse(op, format, va) || PyArg_VaParseTupleAndKeywords(op, op, format, NULL, va)) {
        return Py_VaBuildValue(format, va);
    }
    return PyBytes_FromFormatV(format, va);
}

/* The names alone.  No header has these two. */
extern void _PyUnicode_Init(void);
extern void _PyUnicode_Fini(void);

typedef void (*any)(void);
#define ANY(function) (any)(function)

any by_bytes_names[] = {
    ANY(PyBytes_AsString), ANY(PyBytes_AsStringAndSize), ANY(PyBytes_Concat),
    ANY(PyBytes_ConcatAndDel), ANY(PyBytes_DecodeEscape), ANY(PyBytes_Format),
    ANY(PyBytes_FromFormat), ANY(PyBytes_FromString), ANY(PyBytes_FromStringAndSize),
    ANY(PyBytes_Repr), ANY(PyBytes_Size), ANY(_PyBytes_Eq), ANY(_PyBytes_FormatLong),
    ANY(_PyBytes_InsertThousandsGrouping), ANY(_PyBytes_Join), ANY(_PyBytes_Resize),
};

any by_unicode_names[] = {
    ANY(PyUnicode_AsASCIIString), ANY(PyUnicode_AsCharmapString), ANY(PyUnicode_AsEncodedObject),
    ANY(PyUnicode_AsEncodedString), ANY(PyUnicode_AsLatin1String),
    ANY(PyUnicode_AsRawUnicodeEscapeString), ANY(PyUnicode_AsUTF16String),
    ANY(PyUnicode_AsUTF32String), ANY(PyUnicode_AsUTF8String), ANY(PyUnicode_AsUnicode),
    ANY(PyUnicode_AsUnicodeEscapeString), ANY(PyUnicode_AsWideChar), ANY(PyUnicode_ClearFreeList),
    ANY(PyUnicode_Compare), ANY(PyUnicode_Concat), ANY(PyUnicode_Contains), ANY(PyUnicode_Count),
    ANY(PyUnicode_Decode), ANY(PyUnicode_DecodeASCII), ANY(PyUnicode_DecodeCharmap),
    ANY(PyUnicode_DecodeLatin1), ANY(PyUnicode_DecodeRawUnicodeEscape), ANY(PyUnicode_DecodeUTF16),
    ANY(PyUnicode_DecodeUTF16Stateful), ANY(PyUnicode_DecodeUTF32),
    ANY(PyUnicode_DecodeUTF32Stateful), ANY(PyUnicode_DecodeUTF8),
    ANY(PyUnicode_DecodeUTF8Stateful), ANY(PyUnicode_DecodeUnicodeEscape), ANY(PyUnicode_Encode),
    ANY(PyUnicode_EncodeASCII), ANY(PyUnicode_EncodeCharmap), ANY(PyUnicode_EncodeDecimal),
    ANY(PyUnicode_EncodeLatin1), ANY(PyUnicode_EncodeRawUnicodeEscape), ANY(PyUnicode_EncodeUTF16),
    ANY(PyUnicode_EncodeUTF32), ANY(PyUnicode_EncodeUTF8), ANY(PyUnicode_EncodeUnicodeEscape),
    ANY(PyUnicode_Find), ANY(PyUnicode_Format), ANY(PyUnicode_FromEncodedObject),
    ANY(PyUnicode_FromFormat), ANY(PyUnicode_FromFormatV), ANY(PyUnicode_FromObject),
    ANY(PyUnicode_FromOrdinal), ANY(PyUnicode_FromString), ANY(PyUnicode_FromStringAndSize),
    ANY(PyUnicode_FromUnicode), ANY(PyUnicode_FromWideChar), ANY(PyUnicode_GetDefaultEncoding),
    ANY(PyUnicode_GetMax), ANY(PyUnicode_GetSize), ANY(PyUnicode_Join), ANY(PyUnicode_Partition),
    ANY(PyUnicode_RPartition), ANY(PyUnicode_RSplit), ANY(PyUnicode_Replace),
    ANY(PyUnicode_Resize), ANY(PyUnicode_RichCompare), ANY(PyUnicode_SetDefaultEncoding),
    ANY(PyUnicode_Split), ANY(PyUnicode_Splitlines), ANY(PyUnicode_Tailmatch),
    ANY(PyUnicode_Translate), ANY(PyUnicode_TranslateCharmap),
    ANY(_PyUnicode_AsDefaultEncodedString), ANY(_PyUnicode_Fini), ANY(_PyUnicode_Init),
    ANY(_PyUnicode_IsAlpha), ANY(_PyUnicode_IsDecimalDigit), ANY(_PyUnicode_IsDigit),
    ANY(_PyUnicode_IsLinebreak), ANY(_PyUnicode_IsLowercase), ANY(_PyUnicode_IsNumeric),
    ANY(_PyUnicode_IsTitlecase), ANY(_PyUnicode_IsUppercase), ANY(_PyUnicode_IsWhitespace),
    ANY(_PyUnicode_ToDecimalDigit), ANY(_PyUnicode_ToDigit), ANY(_PyUnicode_ToLowercase),
    ANY(_PyUnicode_ToNumeric), ANY(_PyUnicode_ToTitlecase), ANY(_PyUnicode_ToUppercase),
};

any by_parser_names[] = {
    ANY(addarc), ANY(addbit), ANY(adddfa), ANY(addfirstsets), ANY(addlabel), ANY(addstate),
    ANY(delbitset), ANY(findlabel), ANY(freegrammar), ANY(mergebitset), ANY(meta_grammar),
    ANY(newbitset), ANY(newgrammar), ANY(pgen), ANY(samebitset), ANY(translatelabels),
};

/* ---- Threads and recursion ---- */

PyObject *
blocking(PyObject *op, int again)
{
    int depth = 0;

    if (Py_EnterRecursiveCall(" while blocking")) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    if (again) {
        Py_BLOCK_THREADS
        op = PySequence_ITEM(op, 0);
        Py_UNBLOCK_THREADS
    }
    Py_END_ALLOW_THREADS
    Py_LeaveRecursiveCall();
    return _Py_MakeRecCheck(depth) ? op : NULL;
}

/* ---- Characters and numbers ---- */

int
characters(int c, Py_UNICODE u, PyUnicodeObject *a, PyUnicodeObject *b, char *text)
{
    Py_UNICODE copy[2];

    Py_UNICODE_COPY(copy, a->str, 2);
    Py_UNICODE_FILL(copy, u, 2);
    Py_MEMCPY(text, "a", 2);
    return Py_CHARMASK(c) + (Py_ISLOWER(c) && Py_ISUPPER(c) && Py_ISALPHA(c) && Py_ISDIGIT(c)
                             && Py_ISXDIGIT(c) && Py_ISALNUM(c) && Py_ISSPACE(c))
        + Py_TOLOWER(c) + Py_TOUPPER(c)
        + (ISLOWER(c) && ISUPPER(c) && ISALPHA(c) && ISDIGIT(c) && ISXDIGIT(c) && ISALNUM(c)
           && ISSPACE(c))
        + TOLOWER(c) + TOUPPER(c) + Py_UNICODE_ISSPACE(u) + Py_UNICODE_ISLOWER(u)
        + Py_UNICODE_ISUPPER(u) + Py_UNICODE_ISTITLE(u) + Py_UNICODE_ISLINEBREAK(u)
        + Py_UNICODE_ISDECIMAL(u) + Py_UNICODE_ISDIGIT(u) + Py_UNICODE_ISNUMERIC(u)
        + Py_UNICODE_ISALPHA(u) + Py_UNICODE_ISALNUM(u) + Py_UNICODE_TODECIMAL(u)
        + Py_UNICODE_TODIGIT(u) + (Py_UNICODE_TONUMERIC(u) > 0.5)
        + (Py_UNICODE_TOLOWER(u) == Py_UNICODE_TOUPPER(u)) + (Py_UNICODE_TOTITLE(u) == u)
        + (copy[0] == Py_UNICODE_REPLACEMENT_CHARACTER) + Py_UNICODE_MATCH(a, 0, b);
}

PyObject *
numbers(double x, double y, int i)
{
    long double sum = Py_MATH_PIl + Py_MATH_El + Py_MATH_PI + Py_MATH_E;
    PY_LONG_LONG wide = Py_LL(1) + Py_SAFE_DOWNCAST(i, long, short);
    unsigned PY_LONG_LONG unsigned_wide = Py_ULL(1);
    RETSIGTYPE (*handler)(int) = NULL;
    PY_UNICODE_TYPE character = 0;

    PyFPE_START_PROTECT("numbers", return NULL)
    x = Py_FORCE_DOUBLE(x) + Py_HUGE_VAL;
    PyFPE_END_PROTECT(x)
    {
        _Py_SET_53BIT_PRECISION_HEADER;
        _Py_SET_53BIT_PRECISION_START;
        x /= y;
        _Py_SET_53BIT_PRECISION_END;
    }
    Py_SET_ERRNO_ON_MATH_ERROR(x);
    Py_SET_ERANGE_IF_OVERFLOW(x);
    Py_ADJUST_ERANGE1(x);
    Py_ADJUST_ERANGE2(x, y);
    if (Py_IS_NAN(x) || Py_IS_INFINITY(x) || !Py_IS_FINITE(y) || Py_OVERFLOWED(y)) {
        Py_RETURN_INF(-1.0);
    }
    i = Py_ARITHMETIC_RIGHT_SHIFT(int, i, 1) + Py_FORCE_EXPANSION(1);
    return sum > 0 && wide > i && unsigned_wide > 0 && handler == NULL && character == 0
            && Py_NAN > x
        ? NULL
        : PyFloat_FromDouble(x);
}

/* ---- Dates ---- */

PyObject *
dates(PyObject *op, PyObject *args)
{
    PyObject *made[] = {
        PyDate_FromDate(2000, 1, 2), PyDateTime_FromDateAndTime(2000, 1, 2, 3, 4, 5, 6),
        PyTime_FromTime(1, 2, 3, 4), PyDelta_FromDSU(1, 2, 3), PyDateTime_FromTimestamp(args),
        PyDate_FromTimestamp(args),
    };
    int sum = PyDateTime_GET_YEAR(op) + PyDateTime_GET_MONTH(op) + PyDateTime_GET_DAY(op)
        + PyDateTime_DATE_GET_HOUR(op) + PyDateTime_DATE_GET_MINUTE(op)
        + PyDateTime_DATE_GET_SECOND(op) + PyDateTime_DATE_GET_MICROSECOND(op)
        + PyDateTime_TIME_GET_HOUR(op) + PyDateTime_TIME_GET_MINUTE(op)
        + PyDateTime_TIME_GET_SECOND(op) + PyDateTime_TIME_GET_MICROSECOND(op) + PyDate_Check(op)
        + PyDate_CheckExact(op) + PyDateTime_Check(op) + PyDateTime_CheckExact(op)
        + PyTime_Check(op) + PyTime_CheckExact(op) + PyDelta_Check(op) + PyDelta_CheckExact(op)
        + PyTZInfo_Check(op) + PyTZInfo_CheckExact(op);

    PycString_IMPORT;
    sum += PycStringIO_InputCheck(op) + PycStringIO_OutputCheck(op);
    sum += (int)(sizeof(Zoned) + sizeof(OwnTime) + sizeof(OwnDateTime) + sizeof(Descriptor)
                 + sizeof(Extra));
    return sum > 0 ? made[0] : &extra_object;
}

/* ---- The parser ---- */

int
parser(node *tree, asdl_seq *sequence, bitset set, int bit)
{
    struct stat status;

    assert(BYTE2BIT(NBYTES(bit)) >= (size_t)bit);
    REQ(tree, 257);
    asdl_seq_SET(sequence, 0, (void *)STR(tree));
    if (stat("f", &status) == 0 && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) {
        *set = (BYTE)(set[BIT2BYTE(bit)] | BIT2MASK(bit) | (int)BIT2SHIFT(bit));
    }
    return testbit(set, bit) + NCH(tree) + TYPE(CHILD(tree, 0)) + TYPE(RCHILD(tree, -1))
        + asdl_seq_LEN(sequence) + (asdl_seq_GET(sequence, 0) != NULL) + ISTERMINAL(TYPE(tree))
        + ISNONTERMINAL(TYPE(tree)) + ISEOF(TYPE(tree)) + HAS_ARG(bit);
}

#ifdef __cplusplus
}
#endif

PyMODINIT_FUNC initmacros27(void);

PyMODINIT_FUNC
initmacros27(void)
{
    PyDateTime_IMPORT;
    if (PyType_Ready(&Thing_Type) == 0) {
        Py_InitModule("macros27", thing_methods);
    }
}
