# array.array: items of every type, slices, files, buffers that others hold, subclasses.
import copy
import gc
import os
import pickle
import tempfile
import weakref

array = module.array


def text(label, function, *args):
    print("%s: %s" % (label, function(*args)))


# Types of items and their limits.
for code in "cbBhHiIlLfdu":
    made = array(b(code))
    print(code, made.itemsize, len(made), value(made.typecode), repr(made))
limits = {"b": (-128, 127), "B": (0, 255), "h": (-2**15, 2**15 - 1), "H": (0, 2**16 - 1),
          "i": (-2**31, 2**31 - 1), "I": (0, 2**32 - 1), "l": (-2**63, 2**63 - 1),
          "L": (0, 2**64 - 1)}
for code in "bBhHiIlL":
    low, high = limits[code]
    show("limits " + code, lambda: array(b(code), [low, high]).tolist())
    show("under " + code, array, b(code), [low - 1])
    show("over " + code, array, b(code), [high + 1])
for code in "bBhHiIlLfd":
    show("text in " + code, array, b(code), [b("x")])
    show("None in " + code, array, b(code), [None])
show("float in i", array, b("i"), [1.5])
show("float in l", array, b("l"), [1.5])
show("float in L", array, b("L"), [1.5])
show("int in c", array, b("c"), [1])
show("two in c", array, b("c"), [b("ab")])
show("str in u", array, b("u"), [b("ab")])
show("wide u", lambda: array(b("u"), u("a\xe9") + chr(0x20ac) if PY3
        else u("a\xe9") + unichr(0x20ac)).tounicode())
show("floats", lambda: array(b("d"), [1, 2.5, -0.0, float("inf"), float("nan")]).tolist())
show("singles", lambda: array(b("f"), [0.1, 1e40]).tolist())
show("bool", lambda: array(b("i"), [True, False]).tolist())

# Making.
show("no type", array)
show("bad type", array, b("x"))
show("long type", array, b("ii"))
show("int type", array, 5)
kind("keyword", lambda: array(typecode=b("i")))
show("three", array, b("i"), [], 3)
show("not iterable", array, b("i"), 5)
show("from str", lambda: array(b("h"), b("\x01\x00\x02\x00")).tolist())
show("from odd str", array, b("h"), b("\x01\x00\x02"))
show("from tuple", lambda: array(b("i"), (1, 2)).tolist())
show("from generator", lambda: array(b("i"), (k * k for k in range(5))).tolist())
show("from array", lambda: array(b("i"), array(b("b"), [1, 2])).tolist())
show("from unicode", array, b("i"), u("ab"))


def broken():
    yield 1
    raise ValueError("broken")


show("broken generator", array, b("i"), broken())


class Number(object):
    def __int__(self):
        return 7

    def __index__(self):
        return 9

    def __float__(self):
        return 7.5


class Failing(object):
    def __int__(self):
        raise ZeroDivisionError("no int")

    __float__ = __index__ = __int__


show("__float__", lambda: array(b("d"), [Number()]).tolist())
show("failing", array, b("i"), [Failing()])
show("failing d", array, b("d"), [Failing()])

# As a sequence.
a = array(b("i"), range(10))
show("item", lambda: (a[0], a[-1], a[9]))
show("item beyond", lambda: a[10])
show("item before", lambda: a[-11])
show("item None", lambda: a[None])
show("item str", lambda: a[b("1")])
show("item huge", lambda: a[2**70])
show("item __index__", lambda: a[Number()])
text("slice", lambda: a[2:5])
text("slice step", lambda: a[::3])
text("slice back", lambda: a[::-2])
text("slice empty", lambda: a[5:2])
text("slice far", lambda: a[-100:100])


def put(index, item):
    copied = a[:]
    copied[index] = item
    return copied.tolist()


show("put", put, 3, 33)
show("put beyond", put, 10, 1)
show("put wrong", put, 1, None)
show("put slice", put, slice(2, 4), array(b("i"), [7, 8, 9]))
show("put slice shorter", put, slice(2, 8), array(b("i"), [7]))
show("put slice step", put, slice(0, 10, 5), array(b("i"), [70, 80]))
show("put slice step wrong", put, slice(0, 10, 5), array(b("i"), [70]))
show("put list slice", put, slice(2, 4), [1, 2])
show("put other type", put, slice(2, 4), array(b("b"), [1]))


def drop(index):
    copied = a[:]
    del copied[index]
    return copied.tolist()


show("del", drop, 3)
show("del slice", drop, slice(1, 9))
show("del slice step", drop, slice(None, None, 2))
show("del beyond", drop, 50)
text("concat", lambda: a[:2] + a[8:])
kind("concat list", lambda: a + [1])
show("concat other", lambda: a + array(b("b")))
text("repeat", lambda: array(b("b"), [1, 2]) * 3)
text("repeat left", lambda: -1 * array(b("b"), [1, 2]))
kind("repeat float", lambda: a * 1.5)
show("repeat huge", lambda: a * (2**61))
show("contains", lambda: (3 in a, 30 in a, None in a))


def inplace(other):
    copied = a[:3]
    copied += other
    return copied.tolist()


show("inplace", inplace, a[:2])
show("inplace list", inplace, [1])


def times(n):
    copied = a[:2]
    copied *= n
    return copied.tolist()


show("inplace times", times, 3)
show("inplace times none", times, -2)
print("compare", a == a[:], a != a[:], a < a[1:], array(b("b"), [1]) == array(b("d"), [1.0]),
      a == list(a))

# Methods.
m = array(b("i"), [3, 1, 2, 1])
show("append", lambda: (m.append(5), m.tolist()))
show("append wrong", m.append, b("x"))
show("extend", lambda: (m.extend([8, 9]), m.tolist()))
show("extend self", lambda: (m.extend(m[:2]), m.tolist()))
show("extend other", m.extend, array(b("b"), [1]))
show("extend number", m.extend, 3)
show("extend broken", m.extend, broken())
show("after broken", m.tolist)
show("insert", lambda: (m.insert(1, 77), m.insert(-1, 88), m.insert(100, 99), m.tolist()))
show("insert wrong", m.insert, 1)
show("pop", lambda: (m.pop(), m.pop(0), m.pop(-2), m.tolist()))
show("pop beyond", m.pop, 100)
show("pop empty", array(b("i")).pop)
show("index", m.index, 1)
show("index missing", m.index, 1000)
show("count", m.count, 1)
show("remove", lambda: (m.remove(1), m.tolist()))
show("remove missing", m.remove, 1000)
show("reverse", lambda: (m.reverse(), m.tolist()))
show("byteswap", lambda: (m.byteswap(), m[0], m.byteswap(), m[0]))
show("byteswap c", lambda: array(b("c"), b("ab")).byteswap())
show("byteswap d", lambda: array(b("d"), [1.0]).byteswap())
show("tostring", array(b("H"), [1, 0x4142]).tostring)
show("fromstring", lambda: (m.fromstring(b("\1\0\0\0\2\0\0\0")), m.tolist()))
show("fromstring odd", m.fromstring, b("\1\0\0"))
show("fromstring number", m.fromstring, 1)
show("fromlist", lambda: (m.fromlist([4, 5]), m.tolist()))
show("fromlist wrong", m.fromlist, [1, b("x")])
show("fromlist tuple", m.fromlist, (1,))
show("after fromlist", m.tolist)
show("fromunicode", lambda: array(b("u"), u("ab")).fromunicode(u("cd")))
show("fromunicode i", m.fromunicode, u("cd"))
show("tounicode i", m.tounicode)
show("buffer_info", lambda: (len(m.buffer_info()), m.buffer_info()[1] == len(m),
                             m.buffer_info()[0] != 0))
text("repr c", lambda: array(b("c"), b("a'\0\xff")))
text("repr u", lambda: array(b("u"), u("a\xe9")))
text("repr d", lambda: array(b("d"), [0.1, 1e300]))
kind("hash", hash, m)

# Files: 2.7's own, or what the host has in their place.
with tempfile.TemporaryFile() as f:
    show("fromfile wrong", m.fromfile, 3, 1)
    show("tofile wrong", m.tofile, b("x"))
descriptor, name = tempfile.mkstemp()
f = os.fdopen(descriptor, "w+b")
show("tofile", array(b("i"), [1, 2, 3]).tofile, f)
f.flush()
f.seek(0)
back = array(b("i"))
show("fromfile", back.fromfile, f, 2)
show("fromfile more", back.fromfile, f, 5)
show("fromfile got", back.tolist)
show("read", back.read, f, 1)
f.seek(0)
show("write", back.write, f)
f.close()
show("closed", back.tofile, f)
with open(name, "rb") as f:
    show("file", f.read)
    try:
        back.tofile(f)
    except EnvironmentError as error:
        print("not for writing:", error)
os.unlink(name)

# Iterators outlive arrays; arrays change under them.
it = iter(array(b("i"), [1, 2, 3]))
gc.collect()
show("iterator", lambda: (next(it), list(it), list(it)))
show("iterator end", next, it)
shrinking = array(b("i"), [1, 2, 3])
it = iter(shrinking)
next(it)
del shrinking[:]
show("iterator of shrunk", lambda: list(it))
show("copied while read", lambda: [shrinking.append(k) or len(shrinking) for k in range(3)])
for k in shrinking:
    if len(shrinking) < 6:
        shrinking.append(k)
show("grown under a loop", shrinking.tolist)

# Copies, pickles.
for name in ("copy", "deepcopy"):
    one = array(b("d"), [1.5, 2])
    two = getattr(copy, name)(one)
    two.append(3)
    print(name, one.tolist(), two.tolist(), type(two) is array)
reduced = array(b("i"), [1, 2]).__reduce__()
print("reduce", reduced[0] is array, value(reduced[1]), value(reduced[2]))
module_name = array.__module__
print("module", module_name, array.__name__)

# Weak references, cycles, subclasses.
w = array(b("i"), [5])
r = weakref.ref(w)
print("weak", r() is w, weakref.getweakrefcount(w))
calls = []
r2 = weakref.ref(w, lambda ref: calls.append(ref() is None))
del w
print("dead", r() is None, calls)


class Sub(array):
    def __new__(cls, *args):
        self = array.__new__(cls, b("i"), *args)
        self.made = True
        return self

    def total(self):
        return sum(self)

    def __repr__(self):
        return "Sub of %d" % len(self)


s = Sub([1, 2, 3])
s.tag = "tagged"
print("sub", s.made, s.tag, s.total(), repr(s), len(s), s == array(b("i"), [1, 2, 3]))
print("sub slice", type(s[:1]) is array, type(s + s) is array, type(s * 2) is array)
c = copy.copy(s)
s.itself = s
r = weakref.ref(s)
del s
gc.collect()
print("sub cycle", r() is None)


class WithSlots(array):
    __slots__ = ("extra",)

    def __getitem__(self, index):
        return array.__getitem__(self, index) * 10


s = WithSlots(b("h"), [1, 2])
s.extra = [s]
print("slots", s[0], s.extra[0] is s, list(s), isinstance(s, array), issubclass(WithSlots, array))
r = weakref.ref(s) if hasattr(s, "__weakref__") else None
del s
gc.collect()
kind("attribute", setattr, array(b("i")), "x", 1)
print("ArrayType", module.ArrayType is array)

# The buffer that an array is: others read and write it, and it may not move meanwhile.
buf = array(b("i"), [1, 2, 3])
if PY3:
    view_of = memoryview
else:
    view_of = buffer
v = view_of(buf)
show("bytes of", lambda: v.tobytes() if PY3 else v[:])
show("view", lambda: len(bytearray(v)))
del v
gc.collect()
show("grows", lambda: (buf.extend([4] * 1000), len(buf)))
target = array(b("c"), b("........"))
f = tempfile.TemporaryFile()
f.write(array(b("c"), b("written")))
f.seek(0)
show("readinto", f.readinto, target)
f.close()
show("target", target.tostring)
bz2 = load("bz2")
name = tempfile.mktemp()
z = bz2.BZ2File(name, "w")
show("bz2 write array", z.write, array(b("c"), b("one\n")))
show("bz2 writelines", z.writelines, [b("two\n"), array(b("c"), b("three\n")),
        bytearray(b("four\n"))])
show("bz2 writelines wrong", z.writelines, [b("five\n"), 6])
show("bz2 writelines number", z.writelines, 7)
show("bz2 writelines wide", z.writelines, (array(b("i"), [10]), b("end")))
z.close()
z = bz2.BZ2File(name)
show("bz2 read", z.read)
z.close()
os.unlink(name)
