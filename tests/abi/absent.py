"""absent.py NAME...: which of the names this interpreter does not export.

Prints them, one a line.  Exit status 77 means that it cannot tell.
"""

import sys

try:
    import ctypes
except ImportError:
    print("it has no ctypes to look names up with")
    sys.exit(77)

process = ctypes.PyDLL(None)
for name in sys.argv[1:]:
    try:
        ctypes.c_char.in_dll(process, name)
    except ValueError:
        print(name)
