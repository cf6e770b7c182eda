/* shortcuts27.h - macros by the names of functions.
 *
 * Python 2.7's headers send callers of these functions elsewhere, but export
 * the functions all the same, for binaries of earlier releases.  Whoever
 * implements them needs the names. */

#include "Python.h"

#ifndef PY2ABI_27_SHORTCUTS27_H
#define PY2ABI_27_SHORTCUTS27_H
#ifndef PY2ABI_RENAME

#define PyCFunction_New(method, self) PyCFunction_NewEx((method), (self), NULL)
#define PyErr_BadInternalCall() _PyErr_BadInternalCall(__FILE__, __LINE__)
#define PyErr_Warn(category, message) PyErr_WarnEx((category), (message), 1)
#define PyMapping_Length PyMapping_Size
#define PyObject_Length PyObject_Size
#define PySequence_In PySequence_Contains
#define PySequence_Length PySequence_Size
#define _PyObject_Del PyObject_Free
#define _PyObject_GC_Del PyObject_GC_Del

/* Without flags, or without flags and more. */
#define Py_CompileString(source, filename, start) \
    Py_CompileStringFlags((source), (filename), (start), NULL)
#define PyParser_SimpleParseString(source, start) \
    PyParser_SimpleParseStringFlags((source), (start), 0)
#define PyParser_SimpleParseFile(file, filename, start) \
    PyParser_SimpleParseFileFlags((file), (filename), (start), 0)
#define PyRun_AnyFile(file, filename) PyRun_AnyFileExFlags((file), (filename), 0, NULL)
#define PyRun_AnyFileEx(file, filename, close) \
    PyRun_AnyFileExFlags((file), (filename), (close), NULL)
#define PyRun_AnyFileFlags(file, filename, flags) \
    PyRun_AnyFileExFlags((file), (filename), 0, (flags))
#define PyRun_File(file, filename, start, globals, locals) \
    PyRun_FileExFlags((file), (filename), (start), (globals), (locals), 0, NULL)
#define PyRun_FileEx(file, filename, start, globals, locals, close) \
    PyRun_FileExFlags((file), (filename), (start), (globals), (locals), (close), NULL)
#define PyRun_FileFlags(file, filename, start, globals, locals, flags) \
    PyRun_FileExFlags((file), (filename), (start), (globals), (locals), 0, (flags))
#define PyRun_InteractiveLoop(file, filename) PyRun_InteractiveLoopFlags((file), (filename), NULL)
#define PyRun_InteractiveOne(file, filename) PyRun_InteractiveOneFlags((file), (filename), NULL)
#define PyRun_SimpleFile(file, filename) PyRun_SimpleFileExFlags((file), (filename), 0, NULL)
#define PyRun_SimpleFileEx(file, filename, close) \
    PyRun_SimpleFileExFlags((file), (filename), (close), NULL)
#define PyRun_SimpleString(source) PyRun_SimpleStringFlags((source), NULL)
#define PyRun_String(source, start, globals, locals) \
    PyRun_StringFlags((source), (start), (globals), (locals), NULL)

/* Lengths of "s#" and its like are Py_ssize_t for a source that says so first,
 * and int for others. */
#ifdef PY_SSIZE_T_CLEAN
#define PyArg_Parse _PyArg_Parse_SizeT
#define PyArg_ParseTuple _PyArg_ParseTuple_SizeT
#define PyArg_ParseTupleAndKeywords _PyArg_ParseTupleAndKeywords_SizeT
#define PyArg_VaParse _PyArg_VaParse_SizeT
#define PyArg_VaParseTupleAndKeywords _PyArg_VaParseTupleAndKeywords_SizeT
#define Py_BuildValue _Py_BuildValue_SizeT
#define Py_VaBuildValue _Py_VaBuildValue_SizeT
#define PyObject_CallFunction _PyObject_CallFunction_SizeT
#define PyObject_CallMethod _PyObject_CallMethod_SizeT
#endif

#endif
#endif
