"""host.py MODE [ARGUMENT...]: what Python itself does with dlopen and dlsym.

Run in each host; what it prints is compared.
"""

from __future__ import print_function

import ctypes
import sys


def attempt(what, function):
    try:
        print(what, function())
    except Exception as error:
        print(what, type(error).__name__, error)


def look():
    """The same with and without the library."""
    libm, everything, python = ctypes.CDLL("libm.so.6"), ctypes.CDLL(None), ctypes.PyDLL(None)
    libm.cos.restype, libm.cos.argtypes = ctypes.c_double, [ctypes.c_double]
    attempt("cos", lambda: libm.cos(0.0))
    attempt("strlen", lambda: everything.strlen(b"four"))
    python.Py_GetVersion.restype = ctypes.c_char_p
    attempt("version", lambda: python.Py_GetVersion().split()[0] == sys.version.split()[0].encode())
    attempt("by path", lambda: ctypes.CDLL(sys.argv[2]).x_name is not None)
    attempt("missing library", lambda: ctypes.CDLL("/nonexistent/libq.so"))
    attempt("missing library", lambda: ctypes.CDLL("libnonexistent.so.1"))
    attempt("missing name", lambda: libm.no_such_name)
    attempt("missing name", lambda: everything.no_such_name)
    attempt("missing name", lambda: python.PyInit_no_such_name)
    for name in ("_bisect", "_json", "_ctypes", "math", "_nonexistent"):
        attempt(name, lambda: __import__(name).__name__)


def load(names):
    """Import what is beside sys.argv[2]."""
    sys.path.insert(0, sys.argv[2])
    for name in names:
        attempt(name, lambda: __import__(name).__name__)


def create(library, origin):
    """py2abi_create_module, of a library that need not be preloaded."""
    function = ctypes.PyDLL(library).py2abi_create_module
    function.restype, function.argtypes = ctypes.py_object, [ctypes.py_object]

    class Spec(object):
        pass

    spec = Spec()
    attempt("no origin", lambda: function(spec))
    spec.origin = None
    attempt("None", lambda: function(spec))
    spec.origin = "a\0b"
    attempt("null", lambda: function(spec))
    spec.origin = origin
    attempt("path", lambda: function(spec) is spec)
    spec.origin = origin.encode()
    attempt("bytes", lambda: function(spec) is spec)
    spec.origin = "/\udcff/\N{EURO SIGN}.so"
    attempt("other bytes", lambda: ascii(function(spec) is spec))
    function.argtypes = [ctypes.c_void_p]
    attempt("NULL", lambda: function(None))


if sys.argv[1] == "look":
    look()
elif sys.argv[1] == "load":
    load(sys.argv[3:])
elif sys.argv[1] == "create":
    create(sys.argv[2], sys.argv[3])
else:
    sys.exit(2)
