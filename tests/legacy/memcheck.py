"""memcheck.py [USE.PY DIRECTORY]...: run fixtures' scripts, with their modules, in one process,
which a memory checker watches.  The results are somebody else's business; a script that ends
with an exception is not.
"""

import os
import sys

from repeat import run

for path, directory in zip(sys.argv[1::2], sys.argv[2::2]):
    sys.path.insert(0, directory)
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    run(code, path)
    del sys.path[0]
print("run to the end")
