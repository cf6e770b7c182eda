# genuine.py FOLDER SCRIPT ARGUMENTS... - runs a script of this folder with the modules of a
# real Python 2.7 whose binaries are in FOLDER, in place of those that Python 3 has under
# their names; PY2ABI_TEXT says that they want str.

import importlib.machinery
import importlib.util
import os
import runpy
import sys


def load(folder, name):
    loader = importlib.machinery.ExtensionFileLoader(name, os.path.join(folder, name + ".so"))
    spec = importlib.util.spec_from_file_location(name, loader.path, loader=loader)
    made = importlib.util.module_from_spec(spec)
    loader.exec_module(made)
    return made


if __name__ == "__main__":
    for name in "array", "mmap", "cStringIO":
        sys.modules[name] = load(sys.argv[1], name)
    sys.argv[:] = sys.argv[2:]
    sys.path[0] = os.path.dirname(os.path.abspath(sys.argv[0]))
    runpy.run_path(sys.argv[0], run_name="__main__")
