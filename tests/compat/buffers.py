# buffers.py FACTS [VERSION PATTERN] - replays the recorded facts of the functions that
# make buffers, those of objects whose names match the pattern.
#
# The extension buffers27 (buffers.c) has to be on the path.  Runs in Python 2.7 too,
# where it tells whether the facts are told right.  Prints how many records were
# replayed, and each one that came out otherwise; exit status 1 if there is one.

from __future__ import print_function

import array
import collections
import ctypes
import mmap
import re
import sys
import tempfile

import buffers27

PY3 = sys.version_info[0] >= 3


def map_file():
    with tempfile.TemporaryFile() as file:
        file.write(b"mmapfile" + b"x" * 4088)
        file.flush()
        return mmap.mmap(file.fileno(), 4096, access=mmap.ACCESS_READ)


def map_anonymous(closed=False):
    made = mmap.mmap(-1, 4096)
    made[:4] = b"anon"
    if closed:
        made.close()
    return made


# What a buffer is made of: an object, and what the extension makes of that.
OBJECTS = {
    "bytes_hello": lambda: (b"hello", None),
    "bytes_empty": lambda: (b"", None),
    "uni_ascii": lambda: (u"hi", None),
    "uni_latin1": lambda: (u"h\xe9", None),
    "ba_hello": lambda: (bytearray(b"hello"), None),
    "ba_empty": lambda: (bytearray(), None),
    "array_i": lambda: (array.array("i", [1, 2]), None),
    "array_i_empty": lambda: (array.array("i"), None),
    "mmap_anon": lambda: (map_anonymous(), None),
    "mmap_read": lambda: (map_file(), None),
    "mmap_closed": lambda: (map_anonymous(closed=True), None),
    "buf_str_off1": lambda: (b"hello", "buffer"),
    "rwbuf_ba_1_3": lambda: (bytearray(b"hello"), "rwbuffer"),
    "rwmem_8": lambda: (None, "rwmemory"),
    "mv_bytes": lambda: (memoryview(b"x"), None),
    "ct_char_5": lambda: ((ctypes.c_char * 5)(*[b"hello"[i:i + 1] for i in range(5)]), None),
    "int_5": lambda: (5, None),
    "none": lambda: (None, None),
    "object": lambda: (object(), None),
    "list": lambda: ([1], None),
    "type_str": lambda: (str, None),
    "-": lambda: (None, None),
}

Record = collections.namedtuple("Record", "function offset size object outcome")


def read(path):
    with open(path) as file:
        lines = [line.rstrip("\n") for line in file if not line.startswith("#")]
    for line in lines[1:]:
        calls, outcome, objects = line.split("\t")
        for call in calls.split(" "):
            function, offset, size = call.split(":")
            for name in objects.split(" "):
                yield Record(int(function), 0 if offset == "-" else int(offset), int(size), name,
                             outcome)


def expect(record):
    """What the outcome has to be: the fact, but for what this says."""
    outcome = record.outcome
    if PY3 and record.object == "uni_latin1" and "char=Unicode" in outcome:
        # The default encoding of Python 3 is UTF-8.
        text = u"h\xe9".encode("utf-8")[record.offset:]
        text = text if record.size < 0 else text[:record.size]
        told = "%d:%s" % (len(text), "".join("%02x" % byte for byte in bytearray(text)))
        outcome = re.sub(r"char=[^|]*", "char=" + told, outcome)
    return outcome


def replay(record):
    """What happens now."""
    object, make = OBJECTS[record.object]() if record.object in OBJECTS else (None, record.object)
    outcome = buffers27.probe(record.function, object, make, record.offset, record.size)
    if not isinstance(outcome, str):
        outcome = outcome.decode("latin-1")
    # Nothing is left behind, which was not recorded.
    outcome = outcome.replace("|end=0", "")
    return re.sub("0x[0-9a-f]+", "ADDR", outcome)


def main():
    replayed, failed = 0, 0
    pattern = sys.argv[3] if len(sys.argv) > 3 else ""
    for record in read(sys.argv[1]):
        if not re.match(pattern, record.object):
            continue
        got, expected = replay(record), expect(record)
        replayed += 1
        if got != expected:
            failed += 1
            print("function %d of %s, offset %d, size %d\n  expected %s\n  got      %s"
                  % (record.function, record.object, record.offset, record.size, expected, got))
    print("%d replayed, %d otherwise" % (replayed, failed))
    return 1 if failed or not replayed else 0


if __name__ == "__main__":
    sys.exit(main())
