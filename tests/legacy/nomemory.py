"""nomemory.py USE.PY RUNS: run a fixture's script RUNS times in one process, where each time there
is once no memory for guests.so (blocks.c is preloaded): at the first block that it asks for, and
then each time as much later that the last is at the script's end.  How a run ends is its own
business, as long as it is no crash.  Then it runs once more, as if nothing had been, and that is
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
    run(code, path)
    wanted = MANY - blocks.count_left()
    blocks.refuse_blocks(0, 0)
    failed = 0
    for i in range(runs):
        try:
            blocks.refuse_blocks(wanted * i // runs, 1)
            run(code, path)
        except BaseException:
            failed += 1
        blocks.refuse_blocks(0, 0)
        gc.collect()
    if failed == 0:
        sys.exit("there was always memory")
    gc.collect()
    sys.argv, sys.stdout = [path], out
    exec(code, {"__name__": "__main__", "__file__": path})


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
