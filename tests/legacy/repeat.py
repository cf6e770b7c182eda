"""repeat.py USE.PY: run a fixture's script again and again in one process, and print how
many references a run leaves behind.

For debug builds, which count them.  The first runs fill caches and do not count.
"""

import gc
import io
import sys

FIRST, RUNS = 4, 6


def run(code, path):
    out, sys.stdout = sys.stdout, io.StringIO()
    sys.argv = [path]
    try:
        exec(code, {"__name__": "__main__", "__file__": path})
    except SystemExit:
        pass
    finally:
        sys.stdout = out
    gc.collect()
    gc.collect()


def main(path):
    with open(path, "rb") as source:
        code = compile(source.read(), path, "exec")
    for i in range(FIRST):
        run(code, path)
    before = sys.gettotalrefcount()
    for i in range(RUNS):
        run(code, path)
    print((sys.gettotalrefcount() - before) // RUNS)


main(sys.argv[1])
