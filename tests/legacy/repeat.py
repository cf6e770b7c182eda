"""repeat.py USE.PY CALLS WANTED: run a fixture's script again and again in one process, until
WANTED calls have been made where one run makes CALLS.  Prints what runs leave behind, references
(a debug build of Python counts them) and blocks of memory (blocks.c does, if it is preloaded;
PYTHONMALLOC=malloc), how many runs these were, and how many calls there were in all.

The first part of the runs fills caches and does not count.  The others are PARTS of the same
length: what is lost in each run is missing after each part, while what is kept once, and up to a
number, is not.  The part that leaves least behind but for one is what is printed.
"""

import array
import ctypes
import gc
import io
import sys
import types

FIRST = 4                       # runs, at least; and a quarter
PARTS = 4                       # of the others, of two runs at least

references = getattr(sys, "gettotalrefcount", lambda: 0)
blocks = getattr(ctypes.CDLL(None), "count_blocks", lambda: 0)


def run(code, path):
    """As a program runs: in a module __main__ of its own.  Returns what it prints."""
    out, sys.stdout = sys.stdout, io.StringIO()
    printed = sys.stdout
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
    return printed.getvalue()


def measure():
    # Each attribute's name that was ever asked of a type is kept there, a few thousand.
    getattr(sys, "_clear_type_cache", lambda: None)()
    gc.collect()
    gc.collect()
    return references(), blocks()


def main(path, calls, wanted):
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    runs = -(-wanted // calls)
    first = max(FIRST, runs // 4)
    length = max(2, -(-(runs - first) // PARTS))
    # References, and blocks; room beforehand, so that the measure itself leaves nothing behind.
    seen = [array.array("q", [0] * (PARTS + 1)) for _ in range(2)]
    for part in range(PARTS + 1):
        for i in range(length if part > 0 else first):
            run(code, path)
        seen[0][part], seen[1][part] = measure()
    left = [sorted(now - then for then, now in zip(of, of[1:]))[1] for of in seen]
    print("%d %d %d %d" % (left[0], left[1], length, (first + PARTS * length) * calls))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
