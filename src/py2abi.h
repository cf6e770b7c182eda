/* py2abi.h - the old buffer protocol's functions, and py2abi's own calls.
 *
 * Include it in C or C++ (it includes <Python.h>) and link with
 * `pkg-config --libs py2abi`.
 */

#ifndef PY2ABI_H
#define PY2ABI_H

#ifndef PY_SSIZE_T_CLEAN
#define PY_SSIZE_T_CLEAN
#endif
#include <Python.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CPython 3.13 took the four functions out of its headers (it still exports
 * them).  Older headers declare them; there they are not declared again, as
 * their attributes differ from release to release. */
#if PY_VERSION_HEX >= 0x030D0000

/* Store the address and the length of the single-segment buffer of obj, as
 * character data (AsCharBuffer) or as arbitrary read-only data (AsReadBuffer).
 *
 * obj is borrowed.  Returns 0, or -1 with an exception set and the outputs
 * untouched: TypeError when obj has no such buffer (with the exporter's own
 * BufferError as __cause__ when it refused), any other exception of the
 * exporter as it is, SystemError for a NULL argument.  The caller holds the
 * GIL.  How long the pointer is good: py2abi(7), "Lifetime". */
int PyObject_AsCharBuffer(PyObject *obj, const char **buffer, Py_ssize_t *buffer_len);
int PyObject_AsReadBuffer(PyObject *obj, const void **buffer, Py_ssize_t *buffer_len);

/* The same for writable memory.  Whatever made the exporter refuse becomes the
 * __cause__ of a TypeError; MemoryError, and what is no Exception
 * (KeyboardInterrupt), are passed through. */
int PyObject_AsWriteBuffer(PyObject *obj, void **buffer, Py_ssize_t *buffer_len);

/* 1 if obj supports the single-segment readable buffer interface, otherwise 0.
 * Sets no exception, except for obj == NULL: 0 with a SystemError.  An exception that was set
 * before the call is still set afterwards. */
int PyObject_CheckReadBuffer(PyObject *obj);

#endif /* PY_VERSION_HEX >= 0x030D0000 */

/* The library's version, "MAJOR.MINOR.PATCH".  Static; needs no Python. */
const char *py2abi_version(void);

/* Open a scope in the calling thread: views taken by the three As functions in
 * this thread stay valid until the scope is closed, whatever PY2ABI_VIEWS says.
 *
 * Returns a token for py2abi_views_end, or -1 with an exception set
 * (MemoryError; SystemError where views cannot be held).  Scopes nest.  An
 * exception that was set before a successful call is still set afterwards.  The
 * caller holds the GIL.  A thread that ends with open scopes closes them.  In
 * a Python 2 process, whose functions have no views, the scope is empty. */
long py2abi_views_begin(void);

/* Close the scope with this token, and those opened after it in the same
 * thread, and release their views, last taken first.
 *
 * Returns 0, or -1 with a SystemError when the calling thread has no such scope
 * open.  An exception that was set before a successful call is still set
 * afterwards; one that an exporter raises while it releases goes to sys.unraisablehook. */
int py2abi_views_end(long token);

/* Create the module that spec, a module specification of importlib whose origin
 * is the path of an extension module for Python 2, stands for: what the
 * create_module method of a loader does.  Needs no preloaded library.  In the
 * shared library only.
 *
 * spec is borrowed.  Returns a new reference, or NULL with an exception set:
 * ImportError, which names the file, when it cannot be loaded, or with
 * PY2ABI_DISABLE=1, or in a program that runs with more rights than its caller;
 * TypeError when the origin is no path; AttributeError when there is none;
 * SystemError for a NULL argument; or what the module's init function raises.
 * The caller holds the GIL. */
PyObject *py2abi_create_module(PyObject *spec);

/* Whether the file is an extension module for Python 2: one that
 * py2abi_create_module may be tried with.  0 also for a file that is not there.
 * Any thread; needs no Python, nor the GIL. */
int py2abi_is_python2(const char *path);

#ifdef __cplusplus
}
#endif

#endif /* PY2ABI_H */
