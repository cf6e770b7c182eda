"""genuine.py FILE: calls a binary of a real Python 2.7's standard library."""
import sys

import py2abi

math = py2abi.load(sys.argv[1])
print("  %r" % math)
for call in ("math.hypot(3, 4)", "math.factorial(25)", "math.frexp(10.0)", "math.fsum([0.1] * 10)",
             "math.log(-1)"):
    try:
        print("  %-42s %r" % (call, eval(call)))
    except Exception as error:
        print("  %-42s %s: %s" % (call, type(error).__name__, error))
