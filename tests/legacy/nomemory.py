"""nomemory.py USE.PY RUNS: run a fixture's script RUNS times in one process, where each time there
is once no memory for guests.so (blocks.c is preloaded): at the first block that it asks for, and
then each time as much later that the last is at the script's end.  A run may end with MemoryError,
print that or an exception that has lost its text, as in Python 2, or show nothing of it; a third of
the runs at least have to show it.  Then it runs once more, as if nothing had been, and that is
printed.
"""

import ctypes
import gc
import sys

from repeat import run

MANY = 10 ** 9

blocks = ctypes.PyDLL(None)
blocks.refuse_blocks.argtypes = [ctypes.c_long, ctypes.c_long]
blocks.count_left.restype = ctypes.c_long


def main(path, runs):
    out = sys.stdout
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    run(code, path)             # imports are over, and caches full
    blocks.refuse_blocks(MANY, 1)
    normal = run(code, path)
    wanted = MANY - blocks.count_left()
    blocks.refuse_blocks(0, 0)
    places = sorted(set(wanted * i // runs for i in range(runs)))
    shown = 0
    for place in places:
        blocks.refuse_blocks(place, 1)
        try:
            printed = run(code, path)
        except MemoryError:
            printed = None
        blocks.refuse_blocks(0, 0)
        shown += printed != normal
        # What fails without an exception, or works with one.
        if printed is not None and printed.count("SystemError") > normal.count("SystemError"):
            sys.exit("block %d:\n%s" % (place, printed))
        gc.collect()
    if 3 * shown < len(places):
        sys.exit("that there was no memory was seen in %d of %d runs" % (shown, len(places)))
    gc.collect()
    sys.argv, sys.stdout = [path], out
    exec(code, {"__name__": "__main__", "__file__": path})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
