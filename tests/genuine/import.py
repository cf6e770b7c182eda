"""import.py FILE...: import each binary of a real Python 2.7 in a process of its
own; one line for each: its name, and "imported" or why not.

A binary is imported, or refused with an ImportError that names its file, or its
init function says with a NotImplementedError what it wanted, or raises what
RAISES knows of.  Whatever else happens is a failure: a crash, another exception,
a second Python in the process.
"""

import importlib.machinery
import importlib.util
import os
import sys


# Modules whose init function has a reason of its own: the exception, and why.
RAISES = {
    "_speedups": ("ModuleNotFoundError", "wants its package, which is not here"),
}


def load(file):
    name = os.path.basename(file).partition(".")[0]
    loader = importlib.machinery.ExtensionFileLoader(name, file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    sys.modules.pop(name, None)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def attempt(file, write):
    try:
        module = load(file)
        dir(module)
        repr(module)
    except BaseException as error:
        name, kind = os.path.basename(file).partition(".")[0], type(error).__name__
        if RAISES.get(name, ("",))[0] == kind:
            write("raised %s: it %s" % (kind, RAISES[name][1]))
        elif isinstance(error, NotImplementedError):
            write("not implemented: %s" % error)
        elif isinstance(error, ImportError) and os.path.basename(file) in str(error):
            write("refused: %s" % str(error).replace(file, "it"))
        else:
            write("FAILED with %s: %s" % (kind, error))
    else:
        write("imported")
    with open("/proc/self/maps") as maps:
        if "libpython2" in maps.read():
            write("FAILED: a second Python is mapped")


def main(files):
    failed = 0
    for file in files:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            attempt(file, lambda text: os.write(writer, text.encode("utf-8", "replace") + b"\n"))
            # The interpreter's end is part of it.
            os.close(writer)
            sys.exit(0)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            text = stream.read().decode("utf-8", "replace").strip().replace("\n", "; ")
        status = os.waitpid(child, 0)[1]
        if status != 0:
            text = "FAILED: status %#x; %s" % (status, text)
        failed += "FAILED" in text
        print("%s: %s" % (os.path.basename(file), text))
        sys.stdout.flush()
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
