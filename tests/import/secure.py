"""secure.py LIBRARY FOLDER EVIL: what a Python does with more rights than its caller; run by
test_secure in a set-group-ID copy of one, with what ought to lead it astray in its environment."""

import ctypes
import os
import sys

library, folder, evil = sys.argv[1:]


def mapped(name):
    with open("/proc/self/maps") as maps:
        return name in maps.read()


if os.getegid() == os.getgid() and os.geteuid() == os.getuid():
    print("it has no more rights: set-group-ID has no effect here")
    sys.exit(77)
getauxval = ctypes.CDLL(None).getauxval
getauxval.restype = ctypes.c_ulong
assert getauxval(23) == 1, "the kernel does not call this secure execution"

# LD_PRELOAD is the dynamic linker's to ignore, PY2ABI_LIBRARY is ours.
linked = mapped(os.path.realpath(library))
assert not mapped(evil), "%s is loaded" % evil
sys.path[:0] = [folder, os.environ["PY2ABI_TEST_PYTHON"]]
try:
    import py2abi
except ImportError as error:
    assert evil not in str(error), error
assert not mapped(evil), "%s is loaded" % evil

# An import that the program itself wants: as without the library.
try:
    import plain
except ImportError as error:
    # That of the dynamic linker, or, where that binds lazily, of Python; or, where the module
    # py2abi is installed with its library, of that.
    assert any(words in str(error) for words in (
        "undefined symbol", "PyInit_plain", "more rights than its caller")), error
else:
    raise AssertionError("a binary for Python 2 was imported")
assert not mapped("guests.so"), "the guests module is loaded"

# The library that the program itself opens refuses, too.
import importlib.machinery
create = ctypes.PyDLL(library).py2abi_create_module
create.restype, create.argtypes = ctypes.py_object, [ctypes.py_object]
file = os.path.join(folder, "plain.so")
try:
    create(importlib.machinery.ModuleSpec("plain", None, origin=file))
except ImportError as error:
    assert "nor by a program that runs with more rights than its caller" in str(error), error
else:
    raise AssertionError("py2abi_create_module made a module")
assert not mapped("guests.so"), "the guests module is loaded"
assert not os.path.exists(os.environ["PY2ABI_TRACE"]), "PY2ABI_TRACE was written to"
print("refused, the library being linked with: %d" % linked)
