from __future__ import print_function
import array
import ctypes
import mmap
import buffers as m


def text(value):
    return value if isinstance(value, str) else value.decode("latin-1")


def mapped(closed=False):
    made = mmap.mmap(-1, 4096)
    made[:6] = b"mapped"
    if closed:
        made.close()
    return made


class Sub(bytes):
    pass


def objects():
    return [
        ("str", b"hello"), ("subclass", Sub(b"hello")), ("digits", b"+123"), ("empty", b""),
        ("unicode", u"hi"), ("bytearray", bytearray(b"hello")),
        ("array", array.array("b", [104, 101, 108, 108, 111, 111])),
        ("ctypes", (ctypes.c_char * 6)(*[b"hello!"[i:i + 1] for i in range(6)])),
        ("closed map", mapped(closed=True)), ("memoryview", memoryview(b"hello")),
        ("int", 5), ("None", None), ("list", [1]),
    ]


for name, value in objects():
    print("--", name)
    print(text(m.of(value)), end="")
    print(text(m.slots(value)), end="")
print("-- compare")
print(text(m.compare()), end="")
print("-- make")
print(text(m.make()), end="")
print("-- shrink")
print(text(m.shrink(bytearray(b"0123456789abcdef"))), end="")

# Nothing is held between calls, and what is changed is what was given.
data = bytearray(b"hello")
m.of(data)
data.append(33)
print(text(bytes(data)))
data = array.array("b", [104, 101, 108, 108, 111])
m.of(data)
data.append(33)
print(data.tolist())

print("-- memoryviews")
for name, value in [("str", b"hello"), ("bytearray", bytearray(b"hello")), ("unicode", u"hi"),
                    ("int", 5), ("None", None)]:
    print("--", name)
    print(text(m.views(value)), end="")
print(text(m.own_view()), end="")
data = bytearray(b"0123456789")
seen = memoryview(data)
print(text(m.given(seen)))
print(m.base_of(seen) is data)
print(text(m.given(memoryview(b"abc"))))
print(text(m.given(seen[2:5])))
print(text(m.given(5)))
del seen
data.append(1)
print(len(data))

print("-- crossing")
for name, value in objects():
    print("--", name)
    print(text(m.iterate(value)), end="")
base = bytearray(b"0123456789")
for writable in (0, 1):
    made = m.buffer(base, 2, 5, writable)
    print(len(made), text(made[0]), text(made[-1]), text(made[1:3]), text(bytes(made)))
    seen = memoryview(made)
    print(seen.tobytes() == b"23456", seen.readonly, len(seen))
    if writable:
        seen[0:1] = b"X"
        made[1:3] = b"YZ"
        print(text(bytes(base)))
    del seen
    print(made == m.buffer(base, 2, 5, writable), made == m.buffer(base, 2, 4, writable))
    try:
        print(hash(made) == hash(bytes(made)))
    except TypeError as error:
        print(error)
    try:
        made[0] = b"0"
        print(text(bytes(base)))
    except TypeError as error:
        print(error)
    print([text(item) for item in made], type(made).__name__)
    print(repr(made).partition(" for")[0], text(made + b"more"), text(made * 2))
    print(bytearray(made) == bytes(made))
    print(bytes(m.of(made)).count(b"\n"))
del made
base.append(33)
print(len(base))
made = m.buffer(bytearray(b"kept alive"), 0, -1, 0)
print(text(bytes(made)))
made = m.view(base)
print(made.tobytes() == bytes(base), made.readonly)
made = m.view(b"bytes")
print(text(made.tobytes()), made.readonly, text(made[1:3].tobytes()))
made = m.memory()
print(text(made.tobytes()), made.readonly)
made[:6] = b"MEMORY"
print(text(m.memory().tobytes()))
print(text(m.given(made)))
