/* hostcheck.c - host.def's rows against CPython's headers, when compiling.
 *
 * Each row is declared once more: where the headers declare the function too, the
 * compiler compares the two.  Older or newer headers may lack one.  There is no
 * code in here, and this is the only file of compat/ that sees Python 3's headers. */

#include "config.h"

#include <Python.h>
#include <stddef.h>

#if PY_VERSION_HEX < 0x03070000
/* Its result became const in 3.7. */
#define PyUnicode_AsUTF8AndSize py2abi_not_compared
#endif
/* They have a type for code, which is an object like any other here; and the
 * identity of a thread was signed in 3.6. */
#define PyFrame_New py2abi_no_frame
#define PyCode_NewEmpty py2abi_no_code
#if PY_VERSION_HEX < 0x03070000
#define PyThreadState_SetAsyncExc py2abi_no_identity
#endif
/* A macro by this name hides the function. */
#undef Py_CompileString

typedef int (*py2abi_pending_fn)(void *);
typedef void (*py2abi_exit_fn)(void);
#define TYPE(token, ctype, ffi, arg, arg_ffi, kind) typedef ctype sig_##token;
#include "../src/types.def"
#undef TYPE

#define SIG_TYPES(args) SIG_TYPES_##args
#define SIG_TYPES_A0() void
#define SIG_TYPES_A1(a) sig_##a
#define SIG_TYPES_A2(a, b) sig_##a, sig_##b
#define SIG_TYPES_A3(a, b, c) sig_##a, sig_##b, sig_##c
#define SIG_TYPES_A4(a, b, c, d) sig_##a, sig_##b, sig_##c, sig_##d
#define SIG_TYPES_A5(a, b, c, d, e) sig_##a, sig_##b, sig_##c, sig_##d, sig_##e
#define SIG_TYPES_A6(a, b, c, d, e, f) sig_##a, sig_##b, sig_##c, sig_##d, sig_##e, sig_##f

#pragma GCC diagnostic ignored "-Wredundant-decls"
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
#define HOST_FN(name, need, first, result, args) extern sig_##result(name)(SIG_TYPES(args));
#define HOST_DATA(name, need, first, ctype)
#include "../src/host.def"
#include "host.def"
#undef HOST_FN
#undef HOST_DATA

/* hostapi.h's structures. */
_Static_assert(sizeof(PyMethodDef) == 4 * sizeof(void *)
                   && offsetof(PyMethodDef, ml_meth) == sizeof(void *)
                   && offsetof(PyMethodDef, ml_doc) == 3 * sizeof(void *),
               "hostapi.h: HostMethodDef differs from the CPython headers");
_Static_assert(sizeof(PyModuleDef_Slot) == 2 * sizeof(void *),
               "hostapi.h: HostSlot differs from the CPython headers");
_Static_assert(offsetof(PyModuleDef, m_name) == sizeof(PyModuleDef_Base)
                   && sizeof(PyModuleDef_Base) == sizeof(PyObject) + 3 * sizeof(void *)
                   && offsetof(PyModuleDef, m_slots) - offsetof(PyModuleDef, m_name)
                          == 4 * sizeof(void *),
               "importdl.c: a module definition is laid out another way in the CPython headers");
_Static_assert(sizeof(PyType_Spec) == 4 * sizeof(void *)
                   && offsetof(PyType_Spec, flags) == 2 * sizeof(void *)
                   && offsetof(PyType_Spec, slots) == 3 * sizeof(void *)
                   && sizeof(PyGetSetDef) == 5 * sizeof(void *)
                   && offsetof(PyGetSetDef, closure) == 4 * sizeof(void *),
               "hostapi.h: HostTypeSpec or HostGetSetDef differs from the CPython headers");

/* hostslots.def.  Before 3.9 the headers had no names for some. */
#if PY_VERSION_HEX < 0x03090000
#define Py_bf_getbuffer 1
#define Py_bf_releasebuffer 2
#endif
#define HOST_SLOT(name, number)                                                                   \
    _Static_assert(Py_##name == number, "hostslots.def: " #name " has another number");
#include "hostslots.def"
#undef HOST_SLOT
