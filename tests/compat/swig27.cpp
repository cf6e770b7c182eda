/* swig27.cpp - an extension for Python 2.7 as SWIG writes them: a C++ class behind
 * pointer objects that keep themselves in their instances' dictionaries. */

#include <Python.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

/* ---- The library that is wrapped ---- */

class Counter {
    std::map<std::string, std::vector<double> > values;

  public:
    static int alive;

    Counter() { alive++; }
    Counter(const Counter &other) : values(other.values) { alive++; }
    ~Counter() { alive--; }
    void add(const std::string &name, double value) { values[name].push_back(value); }
    double sum(const std::string &name) const
    {
        std::map<std::string, std::vector<double> >::const_iterator it = values.find(name);
        double total = 0;

        if (it == values.end()) {
            throw std::out_of_range("no such counter: " + name);
        }
        for (size_t i = 0; i < it->second.size(); i++) {
            total += it->second[i];
        }
        return total;
    }
};
int Counter::alive = 0;

/* ---- The run time ---- */

namespace {

struct PointerObject {
    PyObject_HEAD
    void *pointer;
    const char *type;
    int own;
};

PyObject *this_name;

extern "C" void
pointer_dealloc(PyObject *self)
{
    PointerObject *object = reinterpret_cast<PointerObject *>(self);

    if (object->own) {
        delete static_cast<Counter *>(object->pointer);
    }
    PyObject_DEL(self);
}

extern "C" PyObject *
pointer_repr(PyObject *self)
{
    return PyString_FromFormat("<pointer to %s>", reinterpret_cast<PointerObject *>(self)->type);
}

extern "C" PyObject *
pointer_disown(PyObject *self, PyObject *)
{
    reinterpret_cast<PointerObject *>(self)->own = 0;
    Py_RETURN_NONE;
}

PyMethodDef pointer_methods[] = {
    {"disown", pointer_disown, METH_NOARGS, "releases ownership of the pointer"},
    {0, 0, 0, 0},
};

/* Filled at run time, since the order of the slots depends on the version. */
PyTypeObject *
pointer_type()
{
    static PyTypeObject type;
    static bool ready = false;

    if (!ready) {
        Py_REFCNT(&type) = 1;
        Py_TYPE(&type) = &PyType_Type;
        type.tp_name = "PointerObject";
        type.tp_basicsize = sizeof(PointerObject);
        type.tp_dealloc = pointer_dealloc;
        type.tp_repr = pointer_repr;
        type.tp_getattro = PyObject_GenericGetAttr;
        type.tp_flags = Py_TPFLAGS_DEFAULT;
        type.tp_methods = pointer_methods;
        ready = PyType_Ready(&type) == 0;
    }
    return ready ? &type : NULL;
}

PyObject *
new_pointer(void *pointer, const char *type, int own)
{
    PointerObject *object = PyObject_NEW(PointerObject, pointer_type());

    if (object != NULL) {
        object->pointer = pointer;
        object->type = type;
        object->own = own;
    }
    return reinterpret_cast<PyObject *>(object);
}

/* The pointer of a shadow instance, of an old-style class too, or of a pointer. */
template <typename T>
T *
convert(PyObject *object)
{
    PyObject *pointer = NULL;

    if (Py_TYPE(object) == pointer_type()) {
        pointer = object;
    }
    else if (PyInstance_Check(object)) {
        pointer = PyDict_GetItem(reinterpret_cast<PyInstanceObject *>(object)->in_dict, this_name);
    }
    else {
        PyObject **dictionary = _PyObject_GetDictPtr(object);

        if (dictionary != NULL && *dictionary != NULL) {
            pointer = PyDict_GetItem(*dictionary, this_name);
        }
    }
    if (pointer == NULL || Py_TYPE(pointer) != pointer_type()) {
        PyErr_Format(PyExc_TypeError, "argument of type '%s'", Py_TYPE(object)->tp_name);
        return NULL;
    }
    return static_cast<T *>(reinterpret_cast<PointerObject *>(pointer)->pointer);
}

/* ---- The wrappers ---- */

extern "C" PyObject *
new_counter(PyObject *, PyObject *args)
{
    if (!PyArg_ParseTuple(args, (char *)":new_Counter")) {
        return NULL;
    }
    return new_pointer(new Counter, "Counter *", 1);
}

/* An instance of the class without its __init__, which has the pointer. */
extern "C" PyObject *
make_shadow(PyObject *, PyObject *args)
{
    PyObject *cls = NULL, *dict, *instance;

    if (!PyArg_ParseTuple(args, (char *)"O:make_shadow", &cls)) {
        return NULL;
    }
    dict = PyDict_New();
    PyDict_SetItem(dict, this_name, new_pointer(new Counter, "Counter *", 1));
    if (PyClass_Check(cls)) {
        instance = PyInstance_NewRaw(cls, dict);
    }
    else {
        PyObject **slot;

        instance = reinterpret_cast<PyTypeObject *>(cls)->tp_new((PyTypeObject *)cls,
                                                                 PyTuple_New(0), NULL);
        slot = instance == NULL ? NULL : _PyObject_GetDictPtr(instance);
        if (slot != NULL) {
            Py_XDECREF(*slot);
            Py_INCREF(dict);
            *slot = dict;
        }
    }
    Py_DECREF(dict);
    return instance;
}

extern "C" PyObject *
counter_add(PyObject *, PyObject *args)
{
    PyObject *self = NULL, *name = NULL;
    double value;
    Counter *counter;

    if (!PyArg_ParseTuple(args, (char *)"OOd:Counter_add", &self, &name, &value)) {
        return NULL;
    }
    counter = convert<Counter>(self);
    if (counter == NULL) {
        return NULL;
    }
    if (!PyString_Check(name)) {
        PyErr_SetString(PyExc_TypeError, "a string is needed");
        return NULL;
    }
    counter->add(std::string(PyString_AS_STRING(name), (size_t)PyString_GET_SIZE(name)), value);
    Py_RETURN_NONE;
}

extern "C" PyObject *
counter_sum(PyObject *, PyObject *args)
{
    PyObject *self = NULL;
    char *name;
    Counter *counter;
    double result;

    if (!PyArg_ParseTuple(args, (char *)"Os:Counter_sum", &self, &name)) {
        return NULL;
    }
    counter = convert<Counter>(self);
    if (counter == NULL) {
        return NULL;
    }
    try {
        Py_BEGIN_ALLOW_THREADS
        result = counter->sum(name);
        Py_END_ALLOW_THREADS
    }
    catch (std::out_of_range &error) {
        /* The exception left the block: the lock has to be taken again. */
        PyEval_RestoreThread(PyGILState_GetThisThreadState());
        PyErr_SetString(PyExc_KeyError, error.what());
        return NULL;
    }
    return PyFloat_FromDouble(result);
}

extern "C" PyObject *
alive(PyObject *, PyObject *)
{
    return PyInt_FromLong(Counter::alive);
}

PyMethodDef swig_methods[] = {
    {"new_Counter", new_counter, METH_VARARGS, NULL},
    {"make_shadow", make_shadow, METH_VARARGS, NULL},
    {"Counter_add", counter_add, METH_VARARGS, NULL},
    {"Counter_sum", counter_sum, METH_VARARGS, NULL},
    {"alive", alive, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

} // namespace

PyMODINIT_FUNC
initswig27(void)
{
    PyObject *module = Py_InitModule((char *)"swig27", swig_methods), *capsule;

    if (module == NULL || pointer_type() == NULL) {
        return;
    }
    this_name = PyString_InternFromString("this");
    capsule = PyCapsule_New(pointer_type(), "swig27.type_pointer_capsule", NULL);
    PyModule_AddObject(module, "type_pointer_capsule", capsule);
    if (PyCapsule_Import("swig27.type_pointer_capsule", 0) == NULL) {
        PyErr_Clear();
    }
}
