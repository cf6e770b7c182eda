from __future__ import print_function
import array
import ctypes
import mmap
import legacy_buffer_slots as m


def text(value):
    return value if isinstance(value, str) else value.decode()


class Bytes(bytes):
    pass


class Bytearray(bytearray):
    pass


class Array(array.array):
    pass


class Instance(object):
    pass


anonymous = mmap.mmap(-1, 4096)
anonymous[:4] = b"anon"
data = bytearray(b"abc")
for name, value in [
    ("bytes", b"bytes"), ("bytes subclass", Bytes(b"sub")), ("unicode", u"u"),
    ("bytearray", data), ("bytearray subclass", Bytearray(b"xyz")),
    ("array", array.array("h", [5, 6])), ("array subclass", Array("b", [7])),
    ("map", anonymous), ("ctypes", (ctypes.c_char * 3)(b"x")), ("memoryview", memoryview(b"abc")),
    ("int", 5), ("None", None), ("list", []), ("dict", {}), ("instance", Instance()),
    ("type", int), ("function", len),
]:
    slots = text(m.slots(value))
    # Python 3 has the new protocol for what had only the old one.
    print(name, slots if name in ("bytes", "bytes subclass", "bytearray", "bytearray subclass",
                                  "memoryview", "int", "list") else slots[4:],
          "/", text(m.read(value)))
for value in (b"bytes", data, memoryview(b"abc"), []):
    print(text(m.view(value)))
data.append(1)
data.pop()
for value in (b"bytes", data):
    try:
        print(m.segment(value))
    except SystemError as error:
        print(str(error)[:22])
