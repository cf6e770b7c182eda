"""repeat.py USE.PY CALLS WANTED: run a fixture's script again and again in one process, until
WANTED calls have been made where one run makes CALLS.  Prints what a run leaves behind,
references (a debug build of Python counts them) and blocks of memory (blocks.c does, if it is
preloaded; PYTHONMALLOC=malloc), and how many calls there were.

The first part of the runs fills caches and does not count.
"""

import ctypes
import gc
import io
import sys
import types

FIRST = 4                       # at least; and a quarter

references = getattr(sys, "gettotalrefcount", lambda: 0)
blocks = getattr(ctypes.CDLL(None), "count_blocks", lambda: 0)


def run(code, path):
    """As a program runs: in a module __main__ of its own."""
    out, sys.stdout = sys.stdout, io.StringIO()
    before, main = sys.modules["__main__"], types.ModuleType("__main__")
    sys.modules["__main__"] = main
    main.__file__ = path
    sys.argv = [path]
    try:
        exec(code, main.__dict__)
    except SystemExit:
        pass
    finally:
        sys.stdout = out
        sys.modules["__main__"] = before


def measure():
    # Each attribute's name that was ever asked of a type is kept there, a few thousand.
    getattr(sys, "_clear_type_cache", lambda: None)()
    gc.collect()
    gc.collect()
    return references(), blocks()


def main(path, calls, wanted):
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    runs = max(-(-wanted // calls), 3 * FIRST)
    first = max(FIRST, runs // 4)
    for i in range(first):
        run(code, path)
    before = measure()
    for i in range(runs - first):
        run(code, path)
    left = [(then - now) / (runs - first) for now, then in zip(before, measure())]
    print("%.2f %.2f %d" % (left[0], left[1], runs * calls))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
