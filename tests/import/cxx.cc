// cxx.cc - a C++ extension for Python 2.7: constructors, exceptions, type
// information, thread-local objects.

#include "Python.h"

#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

struct Counted {
    Counted() : value(41) { value++; }
    int value;
};

Counted counted;
// Python's API before the module's init function, as wrappers do it.
PyObject *early = PyString_FromString("early");
thread_local std::vector<int> numbers(3, 5);

struct Base {
    virtual ~Base() {}
    virtual std::string name() const { return "base"; }
};
struct Derived : Base {
    std::string name() const { return "derived"; }
};

PyObject *thrown(PyObject *, PyObject *arg)
{
    try {
        if (!PyInt_Check(arg)) {
            throw std::invalid_argument("no int");
        }
        numbers.at(PyInt_AS_LONG(arg)) += 1;
        return PyInt_FromLong(numbers.at(PyInt_AS_LONG(arg)));
    } catch (const std::out_of_range &) {
        PyErr_SetString(PyExc_IndexError, "out of range");
    } catch (const std::exception &error) {
        PyErr_SetString(PyExc_TypeError, error.what());
    }
    return NULL;
}

PyObject *names(PyObject *, PyObject *)
{
    Derived derived;
    const Base &base = derived;
    return Py_BuildValue("(siSs)", base.name().c_str(), counted.value, early,
                         dynamic_cast<const Derived *>(&base) != NULL ? "cast" : "no cast");
}

PyMethodDef methods[] = {
    {(char *)"thrown", thrown, METH_O, NULL},
    {(char *)"names", names, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

} // namespace

PyMODINIT_FUNC
initcxx(void)
{
    Py_InitModule((char *)"cxx", methods);
}
