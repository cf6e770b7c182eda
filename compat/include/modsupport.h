/* modsupport.h - modules are made here, arguments taken apart. */

#include "Python.h"

#ifndef PY2ABI_27_MODSUPPORT_H
#define PY2ABI_27_MODSUPPORT_H

#define PYTHON_API_VERSION 1013
#define PYTHON_API_STRING "1013"

/* The 64-bit ABI has another name, as lengths are wider there. */
#if SIZEOF_SIZE_T != SIZEOF_INT
#define Py_InitModule4 Py_InitModule4_64
#endif
#define Py_InitModule3(name, methods, doc) \
    Py_InitModule4((name), (methods), (doc), (PyObject *)NULL, PYTHON_API_VERSION)
#define Py_InitModule(name, methods) Py_InitModule3((name), (methods), (char *)NULL)

#define PyModule_AddIntMacro(module, name) PyModule_AddIntConstant((module), #name, (name))
#define PyModule_AddStringMacro(module, name) PyModule_AddStringConstant((module), #name, (name))

#define PyArg_GetInt(args, result) PyArg_Parse((args), "i", (result))
#define PyArg_NoArgs(args) PyArg_Parse((args), "")

#endif
