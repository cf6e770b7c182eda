/* Classes of the old style and their instances: classobject.c of Python 2.7, by its functions,
 * by the slots of its two types, and by the fields that inlined code reads. */

#include "texts.h"
#include "kept.h"

/* What was said, with what is unicode because Python 3 gave it as if it were a str. */
static PyObject *
plain(void)
{
    char *from = output, *to = output;
    while (from != NULL && *from != '\0') {
        if (*from == 'u' && from[1] == '\'' && (from == output || !strchr("abcdefgilmnorst", from[-1]))) {
            from++;
        }
        *to++ = *from++;
    }
    output_used = (size_t)(to - output);
    return finish();
}

/* ---- Making them ---- */

static PyObject *
new_class(PyObject *self, PyObject *args)
{
    PyObject *name, *bases = NULL, *dict = NULL, *made;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|OO", &name, &bases, &dict)) {
        return NULL;
    }
    name = PyUnicode_Check(name) ? PyUnicode_AsASCIIString(name) : (Py_INCREF(name), name);
    made = PyClass_New(bases != Py_None ? bases : NULL, dict, name);
    Py_DECREF(name);
    return made;
}

static PyObject *
new_instance(PyObject *self, PyObject *args)
{
    PyObject *cls, *arguments = NULL, *keywords = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|OO", &cls, &arguments, &keywords)) {
        return NULL;
    }
    return PyInstance_New(cls, arguments, keywords);
}

static PyObject *
new_raw(PyObject *self, PyObject *args)
{
    PyObject *cls, *dict = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|O", &cls, &dict)) {
        return NULL;
    }
    return PyInstance_NewRaw(cls, dict);
}

/* What calls the types themselves gets. */
static PyObject *
call_type(PyObject *self, PyObject *args)
{
    int is_instance;
    PyObject *arguments;
    (void)self;
    if (!PyArg_ParseTuple(args, "iO", &is_instance, &arguments)) {
        return NULL;
    }
    return PyObject_Call((PyObject *)(is_instance ? &PyInstance_Type : &PyClass_Type), arguments,
                         NULL);
}

/* ---- What the fields and the macros say ---- */

static void
say_names(PyObject *dict)
{
    PyObject *keys = PyDict_Keys(dict);
    PyList_Sort(keys);
    say_object(keys);
}

static PyObject *
look(PyObject *self, PyObject *object)
{
    PyObject *name = PyString_FromString("name");
    (void)self;
    say("%d%d%d%d%d ", PyClass_Check(object), PyInstance_Check(object), PyType_Check(object),
        PyExceptionClass_Check(object), PyExceptionInstance_Check(object));
    say("%d%d%d%d%d%d ", PyCallable_Check(object), PySequence_Check(object),
        PyMapping_Check(object), PyNumber_Check(object), PyIter_Check(object),
        PyIndex_Check(object));
    say("%s %d ", Py_TYPE(object)->tp_name, PyObject_IS_GC(object));
    if (PyClass_Check(object)) {
        PyClassObject *cls = (PyClassObject *)object;
        say("%s %d ", PyString_AS_STRING(cls->cl_name), (int)PyTuple_GET_SIZE(cls->cl_bases));
        say_names(cls->cl_dict);
        say(" ");
        say("%s%s ", PyEval_GetFuncName(object), PyEval_GetFuncDesc(object));
        say("%s", PyExceptionClass_Name(object));
    }
    else if (PyInstance_Check(object)) {
        PyInstanceObject *instance = (PyInstanceObject *)object;
        say("%s ", PyString_AS_STRING(instance->in_class->cl_name));
        say_names(instance->in_dict);
        say(" %s%s ", PyEval_GetFuncName(object), PyEval_GetFuncDesc(object));
        say("%d ", PyExceptionInstance_Class(object) == (PyObject *)instance->in_class);
        say("found %d", _PyInstance_Lookup(object, name) != NULL);
    }
    Py_DECREF(name);
    return plain();
}

/* Changes that inlined code makes. */
static PyObject *
poke(PyObject *self, PyObject *args)
{
    PyObject *object, *name, *value;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &object, &name, &value)) {
        return NULL;
    }
    if (PyDict_SetItem(PyInstance_Check(object) ? ((PyInstanceObject *)object)->in_dict
                                                : ((PyClassObject *)object)->cl_dict,
                       name, value) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyObject *
is_subclass(PyObject *self, PyObject *args)
{
    PyObject *cls, *base, *object;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &cls, &base, &object)) {
        return NULL;
    }
    say("%d ", PyClass_IsSubclass(cls, base));
    say("%d ", PyObject_IsSubclass(cls, base));
    say("%d ", PyObject_IsInstance(object, base));
    if (PyErr_Occurred()) {
        say_error();
    }
    return plain();
}

/* ---- What the API does with them ---- */

static PyObject *
attributes(PyObject *self, PyObject *object)
{
    static const char *const names[] = {"name", "missing", "method", "__class__", "__name__",
                                        "__dict__", "__bases__", "__module__", "__doc__"};
    PyObject *value = PyInt_FromLong(7), *found;
    int i;
    (void)self;
    for (i = 0; i < COUNT(names); i++) {
        found = PyObject_GetAttrString(object, names[i]);
        if (found != NULL && (PyClass_Check(found) || PyMethod_Check(found)
                              || PyDict_Check(found) || PyTuple_Check(found))) {
            say("%s %s; ", names[i], Py_TYPE(found)->tp_name);
            if (PyMethod_Check(found)) {
                say("self %d function %s class %s; ", PyMethod_GET_SELF(found) == object,
                    Py_TYPE(PyMethod_GET_FUNCTION(found))->tp_name,
                    Py_TYPE(PyMethod_GET_CLASS(found))->tp_name);
            }
            Py_DECREF(found);
        }
        else {
            say("%s ", names[i]);
            say_object(found);
            say("; ");
        }
    }
    say("has %d%d ", PyObject_HasAttrString(object, "name"),
        PyObject_HasAttrString(object, "missing"));
    say("set %d ", PyObject_SetAttrString(object, "made", value));
    if (PyErr_Occurred()) {
        say_error();
    }
    say_object(PyObject_GetAttrString(object, "made"));
    say(" deleted %d ", PyObject_DelAttrString(object, "made"));
    if (PyErr_Occurred()) {
        say_error();
    }
    say("%d ", PyObject_DelAttrString(object, "nowhere"));
    if (PyErr_Occurred()) {
        say_error();
    }
    Py_DECREF(value);
    return plain();
}

/* Set an attribute, as an assignment does; None deletes where asked to. */
static PyObject *
set(PyObject *self, PyObject *args)
{
    PyObject *object, *value = NULL;
    char *name;
    (void)self;
    if (!PyArg_ParseTuple(args, "Os|O", &object, &name, &value)) {
        return NULL;
    }
    say("%d ", PyObject_SetAttrString(object, name, value));
    if (PyErr_Occurred()) {
        say_error();
    }
    return plain();
}

static const struct {
    const char *name;
    binaryfunc function;
} operators[] = {
    {"+", PyNumber_Add}, {"-", PyNumber_Subtract}, {"*", PyNumber_Multiply},
    {"/", PyNumber_Divide}, {"//", PyNumber_FloorDivide}, {"%", PyNumber_Remainder},
    {"divmod", PyNumber_Divmod}, {"<<", PyNumber_Lshift}, {">>", PyNumber_Rshift},
    {"&", PyNumber_And}, {"^", PyNumber_Xor}, {"|", PyNumber_Or},
    {"+=", PyNumber_InPlaceAdd}, {"-=", PyNumber_InPlaceSubtract},
    {"*=", PyNumber_InPlaceMultiply}, {"/=", PyNumber_InPlaceDivide},
    {"%=", PyNumber_InPlaceRemainder}, {"<<=", PyNumber_InPlaceLshift},
    {">>=", PyNumber_InPlaceRshift}, {"&=", PyNumber_InPlaceAnd},
    {"^=", PyNumber_InPlaceXor}, {"|=", PyNumber_InPlaceOr},
    {"//=", PyNumber_InPlaceFloorDivide}, {"true /", PyNumber_TrueDivide},
    {"true /=", PyNumber_InPlaceTrueDivide},
};

static PyObject *
operate(PyObject *self, PyObject *args)
{
    PyObject *v, *w, *left, *right;
    int i, status;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    for (i = 0; i < COUNT(operators); i++) {
        say("%s ", operators[i].name);
        say_object(operators[i].function(v, w));
        say("; ");
    }
    say("** ");
    say_object(PyNumber_Power(v, w, Py_None));
    say("; mod ");
    say_object(PyNumber_Power(v, w, v));
    say("; **= ");
    say_object(PyNumber_InPlacePower(v, w, Py_None));
    say("; ");
    left = v;
    right = w;
    status = PyNumber_CoerceEx(&left, &right);
    say("coerce %d ", status);
    if (status == 0) {
        say_object(left);
        say(" ");
        say_object(right);
    }
    else if (status < 0) {
        say_error();
    }
    return plain();
}

static PyObject *
convert(PyObject *self, PyObject *object)
{
    static const struct {
        const char *name;
        unaryfunc function;
    } functions[] = {
        {"neg", PyNumber_Negative}, {"pos", PyNumber_Positive}, {"abs", PyNumber_Absolute},
        {"invert", PyNumber_Invert}, {"int", PyNumber_Int}, {"long", PyNumber_Long},
        {"float", PyNumber_Float}, {"index", PyNumber_Index}, {"repr", PyObject_Repr},
        {"str", PyObject_Str}, {"unicode", PyObject_Unicode}, {"iter", PyObject_GetIter},
        {"list", PySequence_List},
    };
    PyNumberMethods *number = Py_TYPE(object)->tp_as_number;
    PyObject *result;
    Py_ssize_t length;
    char *at;
    int i, is_true;
    (void)self;
    for (i = 0; i < COUNT(functions); i++) {
        say("%s ", functions[i].name);
        result = functions[i].function(object);
        if (result != NULL && PyIter_Check(result) && !PyString_Check(result)) {
            say("%s; ", PyInstance_Check(result) ? "itself" : Py_TYPE(result)->tp_name);
            Py_DECREF(result);
            continue;
        }
        if (result != NULL && PyString_Check(result)
            && (at = strstr(PyString_AS_STRING(result), " at 0x")) != NULL) {
            say("%.*s at; ", (int)(at - PyString_AS_STRING(result)), PyString_AS_STRING(result));
            Py_DECREF(result);
            continue;
        }
        if (result != NULL && PyUnicode_Check(result) && PyUnicode_GET_SIZE(result) > 20) {
            say("by its address; ");
            Py_DECREF(result);
            continue;
        }
        say_object(result);
        say("; ");
    }
    say("oct ");
    say_object(number->nb_oct(object));
    say("; hex ");
    say_object(number->nb_hex(object));
    is_true = PyObject_IsTrue(object);
    say("; true %d ", is_true);
    if (is_true < 0) {
        say_error();
    }
    length = PyObject_Size(object);
    say("; length %d ", (int)length);
    if (length < 0) {
        say_error();
    }
    is_true = PyObject_Hash(object) != -1;
    say("; hash %d ", is_true);
    if (!is_true) {
        say_error();
    }
    say("; call ");
    say_object(PyObject_CallFunction(object, (char *)"i", 3));
    say("; next ");
    result = Py_TYPE(object)->tp_iternext(object);
    if (result == NULL && !PyErr_Occurred()) {
        say("end");
    }
    else {
        say_object(result);
    }
    return plain();
}

static PyObject *
items(PyObject *self, PyObject *object)
{
    PyObject *key = PyFloat_FromDouble(1.5), *value = PyInt_FromLong(5);
    int status;
    (void)self;
    say_object(PyObject_GetItem(object, key));
    say("; set %d ", PyObject_SetItem(object, key, value));
    if (PyErr_Occurred()) {
        say_error();
    }
    say("; del %d ", PyObject_DelItem(object, key));
    if (PyErr_Occurred()) {
        say_error();
    }
    say("; item ");
    say_object(PySequence_GetItem(object, 2));
    say(" ");
    say_object(PySequence_GetItem(object, -2));
    say("; set %d ", PySequence_SetItem(object, 1, value));
    if (PyErr_Occurred()) {
        say_error();
    }
    say("; del %d ", PySequence_DelItem(object, 1));
    if (PyErr_Occurred()) {
        say_error();
    }
    say("; slice ");
    say_object(PySequence_GetSlice(object, 1, 3));
    say("; set %d ", PySequence_SetSlice(object, 1, 3, value));
    if (PyErr_Occurred()) {
        say_error();
    }
    say("; del %d ", PySequence_DelSlice(object, 1, 3));
    if (PyErr_Occurred()) {
        say_error();
    }
    status = PySequence_Contains(object, value);
    say("; contains %d ", status);
    if (status < 0) {
        say_error();
    }
    Py_DECREF(key);
    Py_DECREF(value);
    return plain();
}

static PyObject *
compare(PyObject *self, PyObject *args)
{
    static const char *const names[] = {"<", "<=", "==", "!=", ">", ">="};
    PyObject *v, *w;
    int i, order;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &v, &w)) {
        return NULL;
    }
    for (i = 0; i < COUNT(names); i++) {
        say("%s ", names[i]);
        say_object(PyObject_RichCompare(v, w, i));
        say("; ");
    }
    order = PyObject_Compare(v, w);
    say("cmp %d ", order);
    if (PyErr_Occurred()) {
        say_error();
    }
    return plain();
}

/* ---- Exceptions ---- */

static PyObject *
raise(PyObject *self, PyObject *args)
{
    PyObject *type, *value = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "O|O", &type, &value)) {
        return NULL;
    }
    PyErr_SetObject(type, value);
    return NULL;
}

/* As an except clause does it: which class, and what is the value then. */
static PyObject *
catch(PyObject *self, PyObject *args)
{
    PyObject *given, *value = NULL, *expected, *type, *traceback, *text;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO|O", &expected, &given, &value)) {
        return NULL;
    }
    PyErr_SetObject(given, value);
    say("%d ", PyErr_ExceptionMatches(expected));
    PyErr_Fetch(&type, &value, &traceback);
    say("%d ", PyErr_GivenExceptionMatches(value, expected));
    PyErr_NormalizeException(&type, &value, &traceback);
    say("%s %s ", Py_TYPE(type)->tp_name, Py_TYPE(value)->tp_name);
    say("%d ", PyErr_GivenExceptionMatches(value, expected));
    text = PyObject_GetAttrString(value, "args");
    say_object(text);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return plain();
}

/* Call something, and say what it raised. */
static PyObject *
attempt(PyObject *self, PyObject *args)
{
    PyObject *callable, *expected, *result, *type, *value, *traceback;
    (void)self;
    if (!PyArg_ParseTuple(args, "OO", &callable, &expected)) {
        return NULL;
    }
    result = PyObject_CallObject(callable, NULL);
    if (result != NULL) {
        return result;
    }
    say("%d ", PyErr_ExceptionMatches(expected));
    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    say("%s %d", Py_TYPE(value)->tp_name, PyObject_IsInstance(value, expected));
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
    return plain();
}

/* ---- Methods ---- */

static PyObject *
method(PyObject *self, PyObject *args)
{
    PyObject *function, *object, *cls;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOO", &function, &object, &cls)) {
        return NULL;
    }
    return PyMethod_New(function, object != Py_None ? object : NULL, cls);
}

/* A method without an object among a class's variables, and what an instance makes of it. */
static PyObject *
bound(PyObject *self, PyObject *args)
{
    PyObject *function, *cls, *instance, *other, *unbound, *made;
    (void)self;
    if (!PyArg_ParseTuple(args, "OOOO", &function, &cls, &instance, &other)) {
        return NULL;
    }
    unbound = PyMethod_New(function, NULL, cls);
    PyDict_SetItemString(((PyClassObject *)cls)->cl_dict, "unbound", unbound);
    made = PyObject_GetAttrString(instance, "unbound");
    say("%d %d ", PyMethod_Check(made), PyMethod_GET_SELF(made) == instance);
    say_object(PyObject_CallFunction(made, (char *)"i", 4));
    Py_DECREF(made);
    made = Py_TYPE(unbound)->tp_descr_get(unbound, other, (PyObject *)((PyInstanceObject *)other)
                                                              ->in_class);
    say(" %d ", made == unbound);
    say_object(PyObject_CallFunction(made, (char *)"O", other));
    Py_DECREF(made);
    say(" ");
    say_object(PyObject_CallFunction(unbound, (char *)"Oi", instance, 5));
    Py_DECREF(unbound);
    return plain();
}

/* A C function that tells what it was called with. */
static PyObject *
count(PyObject *self, PyObject *args)
{
    (void)self;
    return PyInt_FromSsize_t(PyTuple_GET_SIZE(args));
}

static PyObject *
is_kept(PyObject *self, PyObject *object)
{
    (void)self;
    return PyBool_FromLong(object == kept);
}

static PyMethodDef methods[] = {
    {"new_class", new_class, METH_VARARGS, NULL},
    {"new_instance", new_instance, METH_VARARGS, NULL},
    {"new_raw", new_raw, METH_VARARGS, NULL},
    {"call_type", call_type, METH_VARARGS, NULL},
    {"look", look, METH_O, NULL},
    {"poke", poke, METH_VARARGS, NULL},
    {"is_subclass", is_subclass, METH_VARARGS, NULL},
    {"attributes", attributes, METH_O, NULL},
    {"set", set, METH_VARARGS, NULL},
    {"operate", operate, METH_VARARGS, NULL},
    {"convert", convert, METH_O, NULL},
    {"items", items, METH_O, NULL},
    {"compare", compare, METH_VARARGS, NULL},
    {"raise_it", raise, METH_VARARGS, NULL},
    {"catch", catch, METH_VARARGS, NULL},
    {"attempt", attempt, METH_VARARGS, NULL},
    {"method", method, METH_VARARGS, NULL},
    {"bound", bound, METH_VARARGS, NULL},
    {"count", count, METH_VARARGS, NULL},
    {"keep", keep, METH_O, NULL},
    {"is_kept", is_kept, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

PyMODINIT_FUNC
initold_classes(void)
{
    Py_InitModule("old_classes", methods);
}
