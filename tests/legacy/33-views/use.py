from __future__ import print_function
import array
import ctypes
import mmap
import sys
import tempfile
import legacy_views as m

if sys.version_info[0] == 2:
    reload(sys)  # noqa: F821
    sys.setdefaultencoding("utf-8")


def text(value):
    return value if isinstance(value, str) else value.decode()


def show(name, value):
    print(name, "->", text(value))


def mapped(access):
    with tempfile.TemporaryFile() as file:
        file.write(b"mapped file" + b"-" * 4085)
        file.flush()
        return mmap.mmap(file.fileno(), 4096, access=access)


closed = mapped(mmap.ACCESS_READ)
closed.close()


class Sub(bytes):
    pass


class Instance(object):
    pass


objects = [
    ("bytes", b"a\0\xe9"), ("subclass", Sub(b"sub")), ("unicode", u"h"), ("accent", u"\xe9"),
    ("bytearray", bytearray(b"abc")), ("array", array.array("h", [1, 2])),
    ("map", mapped(mmap.ACCESS_COPY)), ("read-only map", mapped(mmap.ACCESS_READ)),
    ("closed map", closed), ("ctypes", (ctypes.c_char * 3)(b"x", b"y")),
    ("memoryview", memoryview(b"abc")), ("int", 5), ("None", None), ("list", [1]),
    ("instance", Instance()), ("type", int),
]
for name, value in objects:
    show(name, m.old(value))
show("null", m.null(b"abc"))

# What Python 2 has no new protocol for is left out, as Python 3 has one.
SIMPLE, WRITABLE, FORMAT, ND, STRIDES, FULL = 0, 1, 4, 8, 0x18, 0x11D
for name, value in objects:
    if name in ("bytes", "bytearray", "memoryview", "list"):
        for flags in (SIMPLE, WRITABLE, FORMAT, ND, STRIDES, FULL & ~WRITABLE, FULL):
            # A memoryview tells its format and so on only if asked in Python 3, and
            # bytes their itemsize always.
            if name == "memoryview" and flags in (SIMPLE, FORMAT, ND, STRIDES):
                continue
            if flags & WRITABLE and name in ("bytes", "memoryview"):
                continue  # the words differ
            show("%s %x" % (name, flags), m.new(value, flags))

for how in ("w*", "w#", "AsWriteBuffer"):
    for name, value in [("bytearray", bytearray(b"abc")), ("array", array.array("b", [1, 2])),
                        ("map", mapped(mmap.ACCESS_COPY)), ("ctypes", (ctypes.c_char * 3)()),
                        ("read-only map", mapped(mmap.ACCESS_READ)), ("bytes", b"abc"),
                        ("unicode", u"abc"), ("int", 5)]:
        show(how + " " + name, m.fill(value, how, 33))
        if name in ("bytearray", "array", "ctypes"):
            print(list(bytearray(value)))

# Who holds a view keeps the object from moving its memory; not longer.
for format in ("s*", "w*"):
    data = bytearray(b"data")
    show(format, m.during(format, data, lambda: data.append(1)))
    data.append(1)
    print(len(data))
    show(format, m.during(format, data, lambda: data.__setitem__(0, 65)))
    show(format, m.during(format, data, lambda: data.pop()))
    data.pop()
for format in ("s#", "t#", "w#"):
    show(format, m.during(format, bytearray(b"data"), lambda: None))
for format in ("s#", "w#", "s*", "w*"):
    data = array.array("b", [1, 2, 3])
    show(format, m.during(format, data, lambda: data.__setitem__(0, 65)))
    data.append(1)
    print(len(data))
data = mapped(mmap.ACCESS_COPY)
show("t#", m.during("t#", data, lambda: data.__setitem__(slice(0, 1), b"M")))
data.close()

show("undo", m.undo(b"a", bytearray(b"b"), bytearray(b"c"), u"d", 5))
first, second = bytearray(b"first"), bytearray(b"second")
show("undo", m.undo(first, second, second, u"text", "no number"))
show("undo", m.undo(first, second, 5, u"text", 5))
first.append(1)
second.append(1)
print(text(m.shapes()))
print(text(m.info(None)))
target = bytearray(b"......")
show("copy", m.copy(target, b"abcdef"))
print(target == b"abcdef")
show("copy", m.copy(target, bytearray(b"too long for it")))
show("copy", m.copy(target, memoryview(b"xy")))
print(target == b"xycdef")
show("copy", m.copy(target, 5))
show("copy", m.copy(u"abc", b"x"))
