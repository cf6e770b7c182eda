/* abstract.h - what binaries for Python 2.5 to 2.7 were compiled against.
 *
 * The part of Python 2.7's Include/abstract.h that is served: the old buffer
 * protocol's functions, with the prototypes of that release.  Legacy extensions
 * of the tests include it as they would have included Python 2's, and where a
 * header declares the functions too, the compiler compares the two. */

#ifndef PY2ABI_COMPAT_ABSTRACT_H
#define PY2ABI_COMPAT_ABSTRACT_H

#include <Python.h>

#ifdef __cplusplus
extern "C" {
#endif

PyAPI_FUNC(int) PyObject_AsCharBuffer(PyObject *obj, const char **buffer, Py_ssize_t *buffer_len);
PyAPI_FUNC(int) PyObject_CheckReadBuffer(PyObject *obj);
PyAPI_FUNC(int) PyObject_AsReadBuffer(PyObject *obj, const void **buffer, Py_ssize_t *buffer_len);
PyAPI_FUNC(int) PyObject_AsWriteBuffer(PyObject *obj, void **buffer, Py_ssize_t *buffer_len);

#ifdef __cplusplus
}
#endif

#endif
