/* strings.c - an extension for Python 2.7 through which strings cross in every way.
 *
 * A string that is to cross comes as a tuple of numbers, and what arrived is told in numbers:
 * these cross in one way only, whatever is set for strings.  The file is a module under each
 * of several names, since a binary has one setting. */

#include "Python.h"
#include "structmember.h"
#include "structseq.h"

/* ---- Strings from numbers, and told in numbers ---- */

/* A str of these bytes: data from its birth. */
static PyObject *
data(PyObject *numbers)
{
    Py_ssize_t size = PyTuple_Size(numbers), i;
    PyObject *string = size >= 0 ? PyString_FromStringAndSize(NULL, size) : NULL;
    for (i = 0; string != NULL && i < size; i++) {
        PyString_AS_STRING(string)[i] = (char)PyInt_AsLong(PyTuple_GET_ITEM(numbers, i));
    }
    return string;
}

/* The same as a C string, which lives as long as the process: what tables hold. */
static char *
chars(PyObject *numbers)
{
    PyObject *string = data(numbers);
    char *text = string != NULL ? strdup(PyString_AS_STRING(string)) : strdup("");
    Py_XDECREF(string);
    return text;
}

static PyObject *
text(PyObject *numbers)
{
    char *c = chars(numbers);
    PyObject *string = PyString_FromString(c);
    free(c);
    return string;
}

/* ('s', bytes...) for a str, ('u', characters...) for a unicode, with numbers for letters;
 * other objects are themselves, and lists are tuples. */
static PyObject *
tell(PyObject *object)
{
    int is_str = PyString_Check(object), is_unicode = PyUnicode_Check(object);
    Py_ssize_t size, i;
    PyObject *result;
    if (PyTuple_Check(object) || PyList_Check(object)) {
        size = PySequence_Fast_GET_SIZE(object);
        result = PyTuple_New(size);
        for (i = 0; i < size; i++) {
            PyTuple_SET_ITEM(result, i, tell(PySequence_Fast_GET_ITEM(object, i)));
        }
        return result;
    }
    if (!is_str && !is_unicode) {
        Py_INCREF(object);
        return object;
    }
    size = is_str ? PyString_GET_SIZE(object) : PyUnicode_GET_SIZE(object);
    result = PyTuple_New(size + 1);
    PyTuple_SET_ITEM(result, 0, PyInt_FromLong(is_str ? 's' : 'u'));
    for (i = 0; i < size; i++) {
        PyTuple_SET_ITEM(result, i + 1,
                         PyInt_FromLong(is_str ? (unsigned char)PyString_AS_STRING(object)[i]
                                               : (long)PyUnicode_AS_UNICODE(object)[i]));
    }
    return result;
}

static PyObject *
tell_and_free(PyObject *object)
{
    PyObject *result = object != NULL ? tell(object) : NULL;
    Py_XDECREF(object);
    return result;
}

static PyObject *
tell_bytes(const char *bytes, Py_ssize_t size)
{
    return tell_and_free(PyString_FromStringAndSize(bytes, size));
}

static PyObject *
see(PyObject *self, PyObject *object)
{
    return tell(object);
}

/* ---- From here to Python 3: values ---- */

#define ONE(name, expression) \
    static PyObject *name(PyObject *self, PyObject *p) { return expression; }

static PyObject *
from_chars(PyObject *numbers, PyObject *(*make)(const char *))
{
    char *c = chars(numbers);
    PyObject *made = make(c);
    free(c);
    return made;
}

static PyObject *build_s(const char *c) { return Py_BuildValue("s", c); }
static PyObject *build_z(const char *c) { return Py_BuildValue("z", c); }
static PyObject *format_s(const char *c) { return PyString_FromFormat("%s", c); }

static PyObject *
build_sized(PyObject *self, PyObject *p)
{
    PyObject *string = data(p);
    PyObject *made = Py_BuildValue("s#", PyString_AS_STRING(string),
                                   (int)PyString_GET_SIZE(string));
    Py_DECREF(string);
    return made;
}

static PyObject *
wide(PyObject *self, PyObject *p)
{
    Py_ssize_t size = PyTuple_Size(p), i;
    PyObject *made = size >= 0 ? PyUnicode_FromUnicode(NULL, size) : NULL;
    for (i = 0; made != NULL && i < size; i++) {
        PyUnicode_AS_UNICODE(made)[i] = (Py_UNICODE)PyInt_AsLong(PyTuple_GET_ITEM(p, i));
    }
    return made;
}

ONE(result, data(p))
ONE(result_text, text(p))
ONE(interned, from_chars(p, PyString_InternFromString))
ONE(built, from_chars(p, build_s))
ONE(built_z, from_chars(p, build_z))
ONE(formatted, from_chars(p, format_s))
ONE(in_tuple, Py_BuildValue("(N)", data(p)))
ONE(in_list, Py_BuildValue("[N]", data(p)))
ONE(in_dict, Py_BuildValue("{iN}", 1, data(p)))
ONE(deep, Py_BuildValue("([{i(N)}])", 1, data(p)))
ONE(key, Py_BuildValue("{Ni}", data(p), 1))
ONE(key_in_tuple, Py_BuildValue("{(N)i}", data(p), 1))
ONE(iterated, PyObject_GetIter(Py_BuildValue("[N]", data(p))))

static PyObject *
member_of_set(PyObject *self, PyObject *p)
{
    PyObject *set = PySet_New(NULL), *string = data(p);
    PySet_Add(set, string);
    Py_DECREF(string);
    return set;
}

static PyObject *
key_chars(PyObject *self, PyObject *p)
{
    PyObject *dict = PyDict_New();
    char *c = chars(p);
    PyDict_SetItemString(dict, c, Py_None);
    free(c);
    return dict;
}

/* ---- Into objects of Python 3 ---- */

/* (p, object): what is done, and the object again. */
#define INTO(name, action)                                                                        \
    static PyObject *name(PyObject *self, PyObject *args)                                         \
    {                                                                                             \
        PyObject *p, *object, *string;                                                            \
        int status;                                                                               \
        if (!PyArg_ParseTuple(args, "OO", &p, &object)) {                                         \
            return NULL;                                                                          \
        }                                                                                         \
        string = data(p);                                                                         \
        status = action;                                                                          \
        Py_DECREF(string);                                                                        \
        if (status < 0) {                                                                         \
            return NULL;                                                                          \
        }                                                                                         \
        Py_INCREF(object);                                                                        \
        return object;                                                                            \
    }

INTO(append, PyList_Append(object, string))
INTO(append_method, PyObject_CallMethod(object, "append", "O", string) != NULL ? 0 : -1)
INTO(set_attribute, PyObject_SetAttrString(object, "attribute", string))
INTO(set_named, PyObject_SetAttr(object, string, Py_None))
INTO(set_chars, PyObject_SetAttrString(object, PyString_AS_STRING(string), Py_None))
INTO(set_item, PyObject_SetItem(object, string, Py_None))
INTO(set_item_value, PyObject_SetItem(object, Py_None, string))
INTO(set_dict, PyDict_SetItem(object, string, Py_None))
INTO(set_dict_value, PyDict_SetItem(object, Py_None, string))
INTO(put_into_dict, PyDict_SetItemString(object, "key", string))
INTO(add_object, PyModule_AddObject(object, "added", data(p)))
INTO(add_constant, PyModule_AddStringConstant(object, "constant", PyString_AS_STRING(string)))
INTO(add_object_named, PyModule_AddObject(object, PyString_AS_STRING(string), Py_BuildValue("")))
INTO(set_cell, PyCell_Set(object, string))

/* (p, callable): what the call gives. */
#define CALL(name, call)                                                                          \
    static PyObject *name(PyObject *self, PyObject *args)                                         \
    {                                                                                             \
        PyObject *p, *f, *string, *made;                                                          \
        if (!PyArg_ParseTuple(args, "OO", &p, &f)) {                                              \
            return NULL;                                                                          \
        }                                                                                         \
        string = data(p);                                                                         \
        made = call;                                                                              \
        Py_DECREF(string);                                                                        \
        return made;                                                                              \
    }

CALL(call, PyObject_CallFunctionObjArgs(f, string, NULL))
CALL(call_text, PyObject_CallFunction(f, "s", PyString_AS_STRING(string)))
CALL(call_sized, PyObject_CallFunction(f, "s#", PyString_AS_STRING(string),
                                       (int)PyString_GET_SIZE(string)))
CALL(call_method, PyObject_CallMethod(f, "__call__", "(O)", string))
CALL(call_named, PyObject_Call(f, PyTuple_New(0), Py_BuildValue("{sO}", "key", string)))
CALL(call_keyword, PyObject_Call(f, PyTuple_New(0), Py_BuildValue("{OO}", string, Py_None)))
static PyObject *
apply(PyObject *self, PyObject *args)
{
    PyObject *f, *of;
    return PyArg_ParseTuple(args, "OO", &f, &of) ? PyObject_CallObject(f, of) : NULL;
}

CALL(format_with, PyObject_Format(f, string))
CALL(get_item, PyObject_GetItem(f, string))
CALL(get_attribute, PyObject_GetAttr(f, string))
CALL(get_attribute_chars, PyObject_GetAttrString(f, PyString_AS_STRING(string)))
CALL(compared, PyObject_RichCompare(f, string, Py_EQ))
CALL(added, PyNumber_Add(f, string))
CALL(contained, PyInt_FromLong(PySequence_Contains(f, string)))

static PyObject *
number(int is_there)
{
    return PyErr_Occurred() ? NULL : PyInt_FromLong(is_there);
}

/* Whether a key is found, a str and a unicode. */
#define FIND(name, wide_name, is_there)                                                           \
    CALL(name, number(is_there))                                                                  \
    static PyObject *wide_name(PyObject *self, PyObject *args)                                    \
    {                                                                                             \
        PyObject *p, *f, *string, *made;                                                          \
        if (!PyArg_ParseTuple(args, "OO", &p, &f)) {                                              \
            return NULL;                                                                          \
        }                                                                                         \
        string = wide(NULL, p);                                                                   \
        made = number(is_there);                                                                  \
        Py_DECREF(string);                                                                        \
        return made;                                                                              \
    }

FIND(finds_in_dict, finds_wide_in_dict, PyDict_GetItem(f, string) != NULL)
FIND(finds_item, finds_wide_item, PyObject_GetItem(f, string) != NULL)
FIND(finds_contained, finds_wide_contained, PySequence_Contains(f, string))
FIND(finds_in_set, finds_wide_in_set, PySet_Contains(f, string))

/* ---- Errors ---- */

CALL(raise_string, (PyErr_SetString(f, PyString_AS_STRING(string)), NULL))
CALL(raise_format, PyErr_Format(f, "%s", PyString_AS_STRING(string)))
CALL(raise_object, (PyErr_SetObject(f, string), NULL))

static PyObject *
raise_made(PyObject *type, PyObject *args)
{
    if (args != NULL) {
        PyErr_SetObject(type, args);
        Py_DECREF(args);
    }
    return NULL;
}

CALL(raise_tuple, raise_made(f, Py_BuildValue("(Oi)", string, 1)))
CALL(raise_instance, raise_made(f, PyObject_CallFunctionObjArgs(f, string, NULL)))
CALL(raise_instance_text, raise_made(f, PyObject_CallFunction(
     f, "N", PyString_FromFormat("==%s", PyString_AS_STRING(string)))))
CALL(raise_file, (errno = 2, PyErr_SetFromErrnoWithFilename(f, PyString_AS_STRING(string))))
CALL(warn, PyErr_WarnEx(f, PyString_AS_STRING(string), 1) < 0 ? NULL : Py_BuildValue(""))

/* What f() raised, as the type, args and str() of it. */
static PyObject *
catch(PyObject *self, PyObject *f)
{
    PyObject *type, *value, *traceback, *args, *made = PyObject_CallObject(f, NULL);
    if (made != NULL) {
        return made;
    }
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    args = PyObject_GetAttrString(value, "args");
    made = tell_and_free(args);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return made;
}

static PyObject *
catch_message(PyObject *self, PyObject *f)
{
    PyObject *type, *value, *traceback, *made = PyObject_CallObject(f, NULL);
    if (made != NULL) {
        return made;
    }
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    made = tell_and_free(PyObject_Str(value));
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return made;
}

/* ---- Names and documentation ---- */

static PyObject *
nothing(PyObject *self, PyObject *unused)
{
    Py_RETURN_NONE;
}

static PyObject *
function(PyObject *self, PyObject *p)
{
    PyMethodDef *definition = calloc(1, sizeof *definition);
    *definition = (PyMethodDef){"function", nothing, METH_NOARGS, chars(p)};
    return PyCFunction_New(definition, NULL);
}

/* A function of that name, of a module of that name. */
static PyObject *
named_function(PyObject *self, PyObject *p)
{
    PyMethodDef *definition = calloc(1, sizeof *definition);
    PyObject *name = data(p), *made;
    *definition = (PyMethodDef){chars(p), nothing, METH_NOARGS, NULL};
    made = PyCFunction_NewEx(definition, NULL, name);
    Py_DECREF(name);
    return made;
}

static PyObject *
documented_module(PyObject *self, PyObject *p)
{
    PyObject *made = Py_InitModule3("strings_documented", NULL, chars(p));
    Py_XINCREF(made);
    return made;
}

static PyObject *
named_module(PyObject *self, PyObject *p)
{
    PyObject *name = text(p), *made;
    PyString_ConcatAndDel(&name, PyString_FromString(".of_strings"));
    made = Py_InitModule(strdup(PyString_AS_STRING(name)), NULL);
    Py_XDECREF(name);
    Py_XINCREF(made);
    return made;
}

ONE(documented_error, PyErr_NewExceptionWithDoc("strings.Error", chars(p), NULL, NULL))

static PyObject *
named_error(PyObject *self, PyObject *p)
{
    PyObject *name = text(p), *made;
    PyString_ConcatAndDel(&name, PyString_FromString(".Error"));
    made = PyErr_NewException(PyString_AS_STRING(name), NULL, NULL);
    Py_XDECREF(name);
    return made;
}

static PyObject *
entry_of_error(PyObject *self, PyObject *p)
{
    PyObject *dict = Py_BuildValue("{sN}", "entry", data(p)), *made = NULL;
    if (dict != NULL) {
        made = PyErr_NewException("strings.Error", NULL, dict);
        Py_DECREF(dict);
    }
    return made;
}

/* ---- A type with all that may hold strings ---- */

typedef struct {
    PyObject_HEAD
    PyObject *string;   /* what slots give */
    char *chars, letter, place[40];
    PyObject *given;    /* what slots were given, told in numbers */
} Thing;

static void
thing_dealloc(PyObject *self)
{
    Thing *thing = (Thing *)self;
    Py_CLEAR(thing->string);
    Py_CLEAR(thing->given);
    free(thing->chars);
    PyObject_Del(self);
}

static PyObject *
give(PyObject *self)
{
    PyObject *string = ((Thing *)self)->string;
    Py_INCREF(string);
    return string;
}

static PyObject *
take(PyObject *self, PyObject *object)
{
    Thing *thing = (Thing *)self;
    Py_XDECREF(thing->given);
    thing->given = tell(object);
    return give(self);
}

/* 2.7's macro names its argument more than once. */
static void
drop(PyObject *object)
{
    Py_XDECREF(object);
}

static PyObject *thing_call(PyObject *self, PyObject *a, PyObject *k) { return give(self); }
static PyObject *thing_get(PyObject *self, void *closure) { return give(self); }
static PyObject *thing_item(PyObject *self, Py_ssize_t i) { return give(self); }
static PyObject *thing_richcompare(PyObject *a, PyObject *b, int op) { return take(a, b); }
static int
thing_set(PyObject *self, PyObject *value, void *closure)
{
    drop(take(self, value));
    return 0;
}
static int
thing_ass_subscript(PyObject *self, PyObject *item, PyObject *value)
{
    PyObject *both = Py_BuildValue("(OO)", item, value != NULL ? value : Py_None);
    drop(take(self, both));
    Py_DECREF(both);
    return 0;
}
static int
thing_contains(PyObject *self, PyObject *item)
{
    drop(take(self, item));
    return 1;
}
static PyObject *
thing_next(PyObject *self)
{
    return give(self);
}
static PyObject *thing_self(PyObject *self) { Py_INCREF(self); return self; }

static PyObject *method_call(PyObject *self, PyObject *args, PyObject *named)
{
    PyObject *both = PyTuple_New(0), *key, *value;
    Py_ssize_t at = 0;
    while (named != NULL && PyDict_Next(named, &at, &key, &value)) {
        both = Py_BuildValue("(OO)", key, value);
    }
    drop(take(self, both));
    return give(self);
}

static PyNumberMethods numbers = {.nb_add = take};
static PySequenceMethods sequence = {.sq_item = thing_item, .sq_contains = thing_contains};
static PyMappingMethods mapping = {.mp_subscript = take, .mp_ass_subscript = thing_ass_subscript};

/* An instance of a type, for a string. */
static PyObject *
make_thing(PyTypeObject *type, PyObject *p)
{
    Thing *made = PyObject_New(Thing, type);
    made->string = data(p);
    made->chars = chars(p);
    made->letter = PyString_GET_SIZE(made->string) != 0 ? *PyString_AS_STRING(made->string) : '?';
    snprintf(made->place, sizeof made->place, "%s", made->chars);
    made->given = NULL;
    return (PyObject *)made;
}

/* The type for a string: each has its own, as its documentation is. */
static PyObject *
thing(PyObject *self, PyObject *p)
{
    char *c = chars(p);
    PyTypeObject *type = calloc(1, sizeof *type);
    PyMemberDef *members = calloc(8, sizeof *members);
    PyGetSetDef *getsets = calloc(3, sizeof *getsets);
    PyMethodDef *methods = calloc(3, sizeof *methods);
    members[0] = (PyMemberDef){"chars", T_STRING, offsetof(Thing, chars), READONLY, c};
    members[1] = (PyMemberDef){"place", T_STRING_INPLACE, offsetof(Thing, place), READONLY, NULL};
    members[2] = (PyMemberDef){"letter", T_CHAR, offsetof(Thing, letter), 0, NULL};
    members[3] = (PyMemberDef){"object", T_OBJECT, offsetof(Thing, string), 0, NULL};
    members[4] = (PyMemberDef){"object_ex", T_OBJECT_EX, offsetof(Thing, string), 0, NULL};
    members[5] = (PyMemberDef){"given", T_OBJECT, offsetof(Thing, given), READONLY, NULL};
    getsets[0] = (PyGetSetDef){"got", thing_get, thing_set, c, NULL};
    methods[0] = (PyMethodDef){"method", (PyCFunction)method_call, METH_VARARGS | METH_KEYWORDS,
                               c};
    methods[1] = (PyMethodDef){"take", take, METH_O, c};
    *type = (PyTypeObject){
        PyObject_HEAD_INIT(NULL)
        .tp_name = "strings.Thing",
        .tp_basicsize = sizeof(Thing),
        .tp_dealloc = thing_dealloc,
        .tp_repr = give,
        .tp_str = give,
        .tp_call = thing_call,
        .tp_as_number = &numbers,
        .tp_as_sequence = &sequence,
        .tp_as_mapping = &mapping,
        .tp_richcompare = thing_richcompare,
        .tp_iter = thing_self,
        .tp_iternext = thing_next,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_CHECKTYPES,
        .tp_doc = c,
        .tp_members = members,
        .tp_getset = getsets,
        .tp_methods = methods,
    };
    if (PyType_Ready(type) < 0 || PyDict_SetItemString(type->tp_dict, "entry", data(p)) < 0) {
        return NULL;
    }
    return make_thing(type, p);
}

/* What finds its attributes itself. */
static PyObject *
asked_thing(PyObject *self, PyObject *p)
{
    PyTypeObject *type = calloc(1, sizeof *type);
    *type = (PyTypeObject){
        PyObject_HEAD_INIT(NULL)
        .tp_name = "strings.AskedThing",
        .tp_basicsize = sizeof(Thing),
        .tp_dealloc = thing_dealloc,
        .tp_getattro = take,
        .tp_setattro = thing_ass_subscript,
        .tp_flags = Py_TPFLAGS_DEFAULT,
    };
    return PyType_Ready(type) < 0 ? NULL : make_thing(type, p);
}

/* The same of old, without PyType_Ready. */
static PyObject *
old_getattr(PyObject *self, char *name)
{
    return take(self, PyString_FromString(name));
}

static PyObject *
old_thing(PyObject *self, PyObject *p)
{
    PyTypeObject *type = calloc(1, sizeof *type);
    *type = (PyTypeObject){
        PyObject_HEAD_INIT(&PyType_Type)
        .tp_name = "strings.OldThing",
        .tp_basicsize = sizeof(Thing),
        .tp_dealloc = thing_dealloc,
        .tp_getattr = old_getattr,
        .tp_flags = Py_TPFLAGS_DEFAULT,
    };
    return make_thing(type, p);
}

/* One whose slots give a unicode. */
static PyObject *
wide_thing(PyObject *self, PyObject *p)
{
    PyObject *none = PyTuple_New(0), *made = thing(self, none);
    Py_DECREF(none);
    Py_DECREF(((Thing *)made)->string);
    ((Thing *)made)->string = wide(NULL, p);
    return made;
}

static PyObject *
given(PyObject *self, PyObject *object)
{
    PyObject *told = ((Thing *)object)->given;
    Py_XINCREF(told);
    return told != NULL ? told : Py_BuildValue("");
}

static PyObject *
member_of(PyObject *self, PyObject *object)
{
    return tell(((Thing *)object)->string);
}

static PyObject *
named_type(PyObject *self, PyObject *p)
{
    PyTypeObject *type = calloc(1, sizeof *type);
    PyObject *name = PyString_FromString("strings.");
    PyString_ConcatAndDel(&name, text(p));
    *type = (PyTypeObject){
        PyObject_HEAD_INIT(NULL)
        .tp_name = PyString_AS_STRING(name),
        .tp_basicsize = sizeof(PyObject),
        .tp_flags = Py_TPFLAGS_DEFAULT,
    };
    return PyType_Ready(type) < 0 ? NULL : (PyObject *)type;
}

static PyObject *
structure(PyObject *self, PyObject *p)
{
    static PyStructSequence_Field fields[] = {{"first", NULL}, {NULL, NULL}};
    static PyStructSequence_Desc description = {"strings.structure", NULL, fields, 1};
    static PyTypeObject type;
    PyObject *made;
    if (type.tp_name == NULL) {
        PyStructSequence_InitType(&type, &description);
    }
    made = PyStructSequence_New(&type);
    PyStructSequence_SET_ITEM(made, 0, data(p));
    return made;
}

/* ---- From Python 3 to here ---- */

#define SEE(name, expression) \
    static PyObject *name(PyObject *self, PyObject *o) { return tell_and_free(expression); }

static PyObject *
borrowed(PyObject *object)
{
    Py_XINCREF(object);
    return object;
}

static PyObject *
entry(PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0;
    return PyDict_Next(dict, &at, &key, &value) ? Py_BuildValue("(OO)", key, value) : NULL;
}

static PyObject *
next_of(PyObject *object)
{
    PyObject *iterator = PyObject_GetIter(object);
    PyObject *item = iterator != NULL ? PyIter_Next(iterator) : NULL;
    Py_XDECREF(iterator);
    return item;
}

SEE(see_called, PyObject_CallObject(o, NULL))
SEE(see_attribute, PyObject_GetAttrString(o, "attribute"))
SEE(see_name, PyObject_GetAttrString(o, "__name__"))
SEE(see_doc, PyObject_GetAttrString(o, "__doc__"))
SEE(see_module, PyObject_GetAttrString(o, "__module__"))
SEE(see_item, PyObject_GetItem(o, Py_BuildValue("i", 0)))
SEE(see_next, next_of(o))
SEE(see_entry, entry(o))
SEE(see_keys, PyDict_Keys(o))
SEE(see_values, PyDict_Values(o))
SEE(see_borrowed, borrowed(PyDict_GetItemString(o, "key")))
SEE(see_str, PyObject_Str(o))
SEE(see_repr, PyObject_Repr(o))
SEE(see_unicode, PyObject_Unicode(o))
SEE(see_dir, PyObject_Dir(o))
SEE(see_cell, PyCell_Get(o))
SEE(see_list, PyList_GetItem(o, 0) != NULL ? borrowed(PyList_GetItem(o, 0)) : NULL)
SEE(see_sequence, PySequence_List(o))
SEE(see_attributes, entry(PyObject_GetAttrString(o, "__dict__")))
SEE(see_module_name, PyString_FromString(PyModule_GetName(o)))

static PyObject *
see_all(PyObject *self, PyObject *args)
{
    return tell(args);
}

static PyObject *
see_named(PyObject *self, PyObject *args, PyObject *named)
{
    return tell_and_free(entry(named));
}

static PyObject *
old_args(PyObject *self, PyObject *args)
{
    return tell(args);
}

static PyObject *
keywords(PyObject *self, PyObject *args, PyObject *named)
{
    static char *names[] = {"key", NULL};
    PyObject *value;
    return PyArg_ParseTupleAndKeywords(args, named, "O", names, &value) ? tell(value) : NULL;
}

/* One argument by a format, from the host's tuple. */
#define PARSE(name, format, declaration, told, ...)                                               \
    static PyObject *name(PyObject *self, PyObject *args)                                         \
    {                                                                                             \
        declaration;                                                                              \
        return PyArg_ParseTuple(args, format, __VA_ARGS__) ? told : NULL;                         \
    }

PARSE(parse_s, "s", const char *c, tell_bytes(c, strlen(c)), &c)
PARSE(parse_z, "z", const char *c, c != NULL ? tell_bytes(c, strlen(c)) : Py_BuildValue(""), &c)
PARSE(parse_s_sized, "s#", const char *c; int n, tell_bytes(c, n), &c, &n)
PARSE(parse_z_sized, "z#", const char *c; int n, tell_bytes(c, n), &c, &n)
PARSE(parse_t, "t#", const char *c; int n, tell_bytes(c, n), &c, &n)
PARSE(parse_s_star, "s*", Py_buffer v, tell_bytes(v.buf, v.len), &v)
PARSE(parse_S, "S", PyObject *o, tell(o), &o)
PARSE(parse_U, "U", PyObject *o, tell(o), &o)
PARSE(parse_O, "O", PyObject *o, tell(o), &o)
PARSE(parse_O_type, "O!", PyObject *o, tell(o), &PyString_Type, &o)
PARSE(parse_O_base, "O!", PyObject *o, tell(o), &PyBaseString_Type, &o)
PARSE(parse_c, "c", char c, tell_bytes(&c, 1), &c)
PARSE(parse_u, "u", Py_UNICODE *u,
      tell_and_free(PyUnicode_FromUnicode(u, wcslen((const wchar_t *)u))), &u)
PARSE(parse_u_sized, "u#", Py_UNICODE *u; int n, tell_and_free(PyUnicode_FromUnicode(u, n)), &u,
      &n)
PARSE(parse_es, "es", char *c = NULL, tell_bytes(c, strlen(c)), "utf-8", &c)
PARSE(parse_et, "et", char *c = NULL, tell_bytes(c, strlen(c)), "utf-8", &c)
PARSE(parse_es_latin1, "es", char *c = NULL, tell_bytes(c, strlen(c)), "latin-1", &c)

/* ---- Between two binaries ---- */

static PyObject *kept;

static PyObject *
keep(PyObject *self, PyObject *object)
{
    Py_INCREF(object);
    Py_XDECREF(kept);
    kept = object;
    Py_RETURN_NONE;
}

/* ---- The module ---- */

#define O(name)  {#name, name, METH_O, NULL}
#define V(name)  {#name, name, METH_VARARGS, NULL}
#define K(name)  {#name, (PyCFunction)name, METH_VARARGS | METH_KEYWORDS, NULL}

static PyMethodDef methods[] = {
    O(see), O(result), O(result_text), O(interned), O(built), O(built_z), O(build_sized),
    O(formatted), O(wide), O(in_tuple), O(in_list), O(in_dict), O(deep), O(key), O(key_in_tuple),
    O(iterated), O(member_of_set), O(key_chars), V(append), V(append_method), V(set_attribute),
    V(set_named), V(set_chars), V(set_item), V(set_item_value), V(set_dict), V(set_dict_value),
    V(put_into_dict), V(add_object), V(add_constant), V(add_object_named), V(set_cell), V(call),
    V(call_text), V(call_sized), V(call_method), V(call_named), V(call_keyword), V(apply),
    V(format_with), V(get_item), V(get_attribute), V(get_attribute_chars), V(compared), V(added),
    V(contained), V(finds_in_dict), V(finds_wide_in_dict), V(finds_item), V(finds_wide_item),
    V(finds_contained), V(finds_wide_contained), V(finds_in_set), V(finds_wide_in_set),
    V(raise_string), V(raise_format), V(raise_object), V(raise_tuple), V(raise_instance),
    V(raise_instance_text), V(raise_file), V(warn), O(catch), O(catch_message), O(function),
    O(named_function), O(documented_module), O(named_module), O(documented_error),
    O(named_error), O(entry_of_error), O(thing), O(old_thing), O(asked_thing), O(wide_thing),
    O(given), O(member_of), O(named_type), O(structure), O(see_called), O(see_attribute),
    O(see_name), O(see_doc), O(see_module), O(see_item), O(see_next), O(see_entry), O(see_keys),
    O(see_values), O(see_borrowed), O(see_str), O(see_repr), O(see_unicode), O(see_dir),
    O(see_cell), O(see_list), O(see_sequence), O(see_attributes), O(see_module_name), V(see_all),
    K(see_named), {"old_args", old_args, METH_OLDARGS, NULL}, K(keywords), V(parse_s),
    V(parse_z), V(parse_s_sized), V(parse_z_sized), V(parse_t), V(parse_s_star), V(parse_S),
    V(parse_U), V(parse_O), V(parse_O_type), V(parse_O_base), V(parse_c), V(parse_u),
    V(parse_u_sized), V(parse_es), V(parse_et), V(parse_es_latin1), O(keep),
    {NULL, NULL, 0, NULL},
};

/* What is in a module from its initialisation on. */
static void
init(const char *name)
{
    static const struct {
        const char *name, *bytes;
        int size;
    } payloads[] = {
        {"empty", "", 0}, {"ascii", "abc", 3}, {"latin1", "caf\xe9", 4},
        {"utf8", "caf\xc3\xa9", 5},
        {"invalid", "a\xff\xc3", 3}, {"null", "a\0b", 3}, {"byte", "\xe9", 1},
        {"letter", "x", 1}, {"escaped", "a\xff", 2},
    };
    PyObject *module = Py_InitModule(name, methods);
    size_t i;
    for (i = 0; i < sizeof payloads / sizeof payloads[0]; i++) {
        char constant[40];
        PyObject *string = PyString_FromStringAndSize(payloads[i].bytes, payloads[i].size);
        PyModule_AddObject(module, payloads[i].name, string);
        snprintf(constant, sizeof constant, "constant_%s", payloads[i].name);
        PyModule_AddStringConstant(module, constant, payloads[i].bytes);
        snprintf(constant, sizeof constant, "attribute_%s", payloads[i].name);
        PyObject_SetAttrString(module, constant, string);
        snprintf(constant, sizeof constant, "entry_%s", payloads[i].name);
        PyDict_SetItemString(PyModule_GetDict(module), constant, string);
    }
}

#define MODULE(name) PyMODINIT_FUNC init##name(void) { init(#name); }
MODULE(strings0)
MODULE(strings1)
MODULE(strings2)
MODULE(strings3)
MODULE(strings4)
MODULE(strings5)
MODULE(strings6)
MODULE(strings7)
