"""measure.py DIRECTORY LIBRARY ROUNDS: time the four functions of this process's Python.

DIRECTORY has the extension module "bench".  Prints a line for each function and object: both
names, the nanoseconds of a call of LIBRARY's and of the host's own, and "error" where the call
fails, as it has to.
"""

import array
import mmap
import sys

CALLS = 200000
# An error takes microseconds.
ERROR_CALLS = 20000


def main(directory, library, rounds):
    sys.path.insert(0, directory)
    import bench

    objects = [
        ("bytes", b"x" * 4096),
        ("bytearray", bytearray(4096)),
        ("memoryview", memoryview(bytearray(4096))),
        ("array.array", array.array("B", bytes(4096))),
        ("mmap", mmap.mmap(-1, 4096)),
    ]
    for function in ("PyObject_AsCharBuffer", "PyObject_AsReadBuffer",
                     "PyObject_CheckReadBuffer", "PyObject_AsWriteBuffer"):
        for name, value in objects:
            fails = name == "bytes" and function == "PyObject_AsWriteBuffer"
            ours, host, result = bench.measure(library, function, value, int(rounds),
                                               ERROR_CALLS if fails else CALLS)
            if (result < 0) != fails:
                sys.exit("%s of %s gives %d" % (function, name, result))
            print("\t".join([function, name, "%.3f" % ours, "%.3f" % host,
                             "error" if fails else ""]))


main(*sys.argv[1:])
