"""check.py DIRECTORY: what PY2ABI_CHECK says of the extension wrong.c, and of the functions of
wrong-guests.c, which are in the guests.so of the libpy2abi.so in DIRECTORY.

Each call runs in a process of its own, which has to be aborted with one sentence.
"""

import os
import re
import signal
import subprocess
import sys

LENT = r"at 0x[0-9a-f]+, which %s has lent it"

# Mistakes of a binary: the call, and what is said.
GUEST = [
    ("drops_argument(10**6)", "drops_argument gave back int " + LENT % "its caller"),
    ("drops_argument(object())", "drops_argument gave back object " + LENT % "its caller"),
    ("drops_argument({})", "drops_argument gave back dict " + LENT % "its caller"),
    ("drops_parsed(1.5)", "drops_parsed gave back float " + LENT % "its caller"
     + ": tuple has it still"),
    ("returns_argument(1.5)", "returned float " + LENT % "its caller" + ", without"),
    ("returns_argument(object())", "returned object " + LENT % "its caller" + ", without"),
    ("drops_item()", "drops_item gave back int " + LENT % "PyTuple_GetItem"
     + ": tuple has it still"),
    ("drops_shared_item()", "drops_shared_item gave back int " + LENT % "PyList_GetItem"
     + ": 1 references are left of 2"),
    ("drops_key({'a': 1.5})", "drops_key gave back float " + LENT % "PyDict_Next"),
    ("returns_item()", "returns_item returned float " + LENT % "PyDict_GetItemString"),
    ("uses_gone()", "PyObject_Repr has an argument at 0x[0-9a-f]+ that is gone: it was (float|object)"),
    ("drops_twice()", "list at 0x[0-9a-f]+, which was freed while wrong ran, was used "
     "afterwards: a reference that it did not have was given back"),
    ("returns_gone()", "returns_gone returned float at 0x[0-9a-f]+, which is gone"),
    ("without_gil()", "wrong: PyInt_FromLong was called without the GIL$"),
    ("in_a_thread()", "PyInt_FromLong was called without the GIL, by a thread that Python does "
     "not know"),
]

# Functions of the API that do not keep to their rows.
TABLE = [
    ("PyList_Size", "was lent a list .* with 1 references, and has kept 1"),
    ("PyTuple_Size", "was lent a tuple .* with 2 references, and has left 1"),
    ("PyTuple_GetItem", "gave back float " + LENT % "PyTuple_GetItem"
     + "|has a result at 0x[0-9a-f]+ that is gone"),
    ("PySequence_GetItem", "has returned a float at 0x[0-9a-f]+ without a new reference"),
    ("PyTuple_SetItem", "was given one of 1 references to a float .*, of which there are 2 now"),
    ("_PyString_Resize", "has failed, but left a str at 0x[0-9a-f]+ instead of NULL"),
    ("PyNumber_CoerceEx", "was to give one reference more for a float"),
    ("PyDict_Next", "has a borrowed result at 0x[0-9a-f]+ that is gone: it was (float|object)"),
    ("PyErr_Fetch", "has a result at 0x[0-9a-f]+ that is gone: it was (float|object)"),
    ("PyString_Repr", "has failed without an exception"),
    ("PyLong_FromLong", "has not failed, but left an exception of the type "
     r"exceptions\.ValueError"),
    ("PyComplex_FromDoubles", "has left an exception to Python 3"),
]

NO_CORE = "import resource; resource.setrlimit(resource.RLIMIT_CORE, (0, 0)); import wrong; "


def run(call, check, library=None):
    env = dict(os.environ, PY2ABI_CHECK=check)
    if library is not None:
        env["LD_PRELOAD"] = env["LD_PRELOAD"].replace(env["LD_PRELOAD"].split()[-1], library)
    process = subprocess.Popen([sys.executable, "-c", NO_CORE + call], env=env,
                               stderr=subprocess.PIPE, universal_newlines=True)
    text = process.communicate()[1]
    return process.returncode, text


def expect(call, words, library=None):
    status, text = run(call, "on", library)
    sentence = [line for line in text.split("\n") if re.match("py2abi: (wrong|a Python 2 binary): ", line)]
    if status != -signal.SIGABRT or len(sentence) != 1 or not re.search(words, sentence[0]):
        print("%s: expected %r, but status %s and %s" % (call, words, status, text))
        return 1
    return 0


def main(directory):
    failed = 0
    for check in "on", "early", "off":
        for call in "wrong.fine(5)", "wrong.fine([[]])", "wrong.calls('nothing')":
            status, text = run("assert %s is not NotImplemented" % call, check)
            if status != 0 or text:
                print("%s with %s: status %s, %s" % (call, check, status, text))
                failed += 1
    for call, words in GUEST:
        failed += expect("wrong." + call, words)
    for name, words in TABLE:
        failed += expect("wrong.calls(%r)" % name, "%s (%s)" % (name, words)
                         if "|" not in words else words, os.path.join(directory, "libpy2abi.so"))
    print("%d checked" % (9 + len(GUEST) + len(TABLE)))
    return failed


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
