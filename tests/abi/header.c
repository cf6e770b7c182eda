/* header.c - what <py2abi.h> declares, included first and alone, in C or C++. */

#include <py2abi.h>

#ifdef __cplusplus
#include <type_traits>
#define DECLARED(name, ...)                                                                       \
    static_assert(std::is_same<decltype(name), __VA_ARGS__>::value, #name)
#else
#define DECLARED(name, ...)                                                                       \
    __extension__ _Static_assert(                                                                 \
        __builtin_types_compatible_p(__typeof__(name), __VA_ARGS__), #name)
#endif

/* The test compiles it once more with another type, which must not work. */
#ifndef LENGTH
#define LENGTH Py_ssize_t
#endif

/* Python's headers before 3.13 declare the four, some of them as deprecated. */
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
DECLARED(PyObject_AsCharBuffer, int(PyObject *, const char **, LENGTH *));
DECLARED(PyObject_AsReadBuffer, int(PyObject *, const void **, LENGTH *));
DECLARED(PyObject_AsWriteBuffer, int(PyObject *, void **, LENGTH *));
DECLARED(PyObject_CheckReadBuffer, int(PyObject *));
DECLARED(py2abi_version, const char *(void));
DECLARED(py2abi_views_begin, long(void));
DECLARED(py2abi_views_end, int(long));
DECLARED(py2abi_create_module, PyObject *(PyObject *));
DECLARED(py2abi_is_python2, int(const char *));
