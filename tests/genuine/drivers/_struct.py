"""_struct: packing and unpacking, the Struct object, buffers."""

import gc
import weakref

nan, inf = abs(float("nan")), float("inf")
pack, unpack, calcsize, Struct = module.pack, module.unpack, module.calcsize, module.Struct

show("error's name", lambda: (module.error.__name__ == "error", issubclass(module.error, Exception)))

for code in "xcbB?hHiIlLqQfdsp":
    for order in ("", "@", "=", "<", ">", "!"):
        show("calcsize " + order + code, calcsize, order + code)
show("calcsize P", calcsize, "P")
for form in ("", " ", "i c", "3i", "0i", "ci", "cq", "=cq", "ic0i", "100s", "0s", "5p", "2x", "<P", "y",
             "3", "i3", "99999999999999999999i", "9223372036854775807i", "@i>", "< i", "1 i"):
    show("calcsize %r" % form, calcsize, form)
for form in (b("i"), u("i"), bytearray(b("i")), None, 5, [], u("\xe9"), b("i\0"), u("i\0")):
    kind("calcsize of a " + name_of(form), calcsize, form)

INTEGERS = [0, 1, -1, 127, 128, -128, -129, 255, 256, 32767, 32768, -32768, -32769, 65535, 65536,
            2 ** 31 - 1, 2 ** 31, -2 ** 31, -2 ** 31 - 1, 2 ** 32 - 1, 2 ** 32, 2 ** 63 - 1, 2 ** 63,
            -2 ** 63, -2 ** 63 - 1, 2 ** 64 - 1, 2 ** 64, 10 ** 30, True]
for code in "bBhHiIlLqQ":
    for order in ("@", "<", ">"):
        for number in INTEGERS:
            show("pack(%s%s, %d)" % (order, code, number), pack, order + code, number)
show("pack P", lambda: unpack("P", pack("P", 12345)))
show("pack P negative", lambda: unpack("P", pack("P", -1)))


class Index(object):
    def __index__(self):
        return 77


class Int(object):
    def __int__(self):
        return 78


class IndexRaises(object):
    def __index__(self):
        raise ValueError("no index")


class Float(object):
    def __float__(self):
        return 1.5


for code in ("b", "i", "<i", "Q", ">Q", "P"):
    for bad in (1.5, None, b("1"), u("1"), [], 1j, Index(), Int(), IndexRaises(), Float()):
        show("pack(%s, %s)" % (code, name_of(bad)), pack, code, bad)

for code in ("f", "d", "<f", ">d", ">f"):
    for x in (0.0, -0.0, 1.5, -2.25, 1e308, -1e308, 1e-45, 1e-320, inf, -inf, nan, 3, True, 10 ** 20,
              10 ** 400, Float(), None, b("1"), 1j):
        text = name_of(x)
        show("pack(%s, %s)" % (code, text if len(text) < 30 else "huge"), pack, code, x)
for data in ("\0\0\xc0\x7f", "\0\0\x80\x7f", "\0\0\x80\xff", "\1\0\0\0", "\0\0\x80\x3f"):
    show("unpack <f", unpack, "<f", b(data))
    show("unpack >f", unpack, ">f", b(data[::-1]))
for data in ("\0\0\0\0\0\0\xf0\x7f", "\1\0\0\0\0\0\0\0", "\0\0\0\0\0\0\xf8\xff"):
    show("unpack <d", unpack, "<d", b(data))
    show("unpack d", unpack, "d", b(data))

for form, args in (("c", (b("a"),)), ("c", (b("ab"),)), ("c", (b(""),)), ("c", (1,)), ("3c", (b("a"),) * 3),
                   ("5s", (b("abc"),)), ("2s", (b("abc"),)), ("0s", (b("abc"),)), ("s", (b(""),)),
                   ("5p", (b("abc"),)), ("2p", (b("abc"),)), ("1p", (b("abc"),)), ("0p", (b("x"),)),
                   ("300p", (b("z") * 299,)), ("s", (1,)), ("s", (None,)), ("p", ([],)),
                   ("?", (True,)), ("?", (0,)), ("?", (b("x"),)), ("?", ([],)), ("<?", (5.5,)),
                   ("3x", ()), ("cxi", (b("a"), 1)), ("ci", (b("a"), 1)), (">hhl", (1, 2, 3)),
                   ("2i", (1,)), ("2i", (1, 2, 3)), ("", ()), ("", (1,)), ("i", ()), ("y", (1,)),
                   ("2i0q", (1, 2))):
    show("pack(%s)%s" % (form, value(args)), lambda: pack(form, *args))
show("pack()", pack)
show("pack(5)", lambda: type(pack(5)))


class BoolRaises(object):
    def __bool__(self):
        raise ValueError("neither")
    __nonzero__ = __bool__


show("pack ? raises", pack, "?", BoolRaises())

for form, data in (("i", "\1\0\0\0"), ("i", "\1\0\0"), ("i", ""), ("", ""), ("", "x"),
                   ("<bBhH", "\xff\xff\xff\xff\xff\xff"), (">iIqQ", "\xff" * 24),
                   ("@lL", "\xff" * 16), ("3s2x2c", "abc\0\0de"), ("5p", "\3abcd"), ("5p", "\xffabcd"),
                   ("1p", "\0"), ("0s", ""), ("3?", "\0\1\2"), ("<q", "\0\0\0\0\0\0\0\x80")):
    show("unpack(%r, %d bytes)" % (form, len(data)), unpack, form, b(data))
show("unpack a buffer", unpack, "<h", bytearray(b("\1\2")))
show("unpack a memoryview", unpack, "<h", memoryview(b("\1\2")))
kind("unpack None", unpack, "<h", None)
kind("unpack a number", unpack, "<h", 5)
kind("unpack a list", unpack, "<h", [1, 2])
kind("unpack text", unpack, "<hh", u("abcd"))
kind("unpack()", unpack)
kind("unpack(1 argument)", unpack, "i")

# unpack_from and pack_into.
data = bytearray(b("abcdefgh"))
for args in (("<h", data), ("<h", data, 2), ("<h", data, -2), ("<h", data, 7), ("<h", data, -1),
             ("<h", data, 100), ("<h", data, -100), ("<h", b("xy"), 0), ("4s", b("wxyz"))):
    show("unpack_from(%r, %s)" % (args[0], value(args[2:])), module.unpack_from, *args)
show("unpack_from memoryview", module.unpack_from, "2s", memoryview(data)[3:], 1)
kind("unpack_from text offset", module.unpack_from, "<h", data, b("1"))
kind("unpack_from None", module.unpack_from, "<h", None)
for offset, form, args in ((0, "<h", (0x4142,)), (6, ">h", (0x4142,)), (-2, "<h", (0x5a59,)),
                           (7, "<h", (1,)), (-1, "<h", (1,)), (100, "b", (1,)), (-100, "b", (1,)),
                           (0, "b", (1000,)), (0, "bb", (1,)), (3, "2s", (b("!?"),))):
    show("pack_into %r at %d" % (form, offset), module.pack_into, form, data, offset, *args)
    print(value(bytes(data)))
kind("pack_into()", module.pack_into)
kind("pack_into(form)", module.pack_into, "b")
kind("pack_into(form, buffer)", module.pack_into, "b", data)
kind("pack_into bytes", module.pack_into, "b", b("a"), 0, 1)
kind("pack_into None", module.pack_into, "b", None, 0, 1)
kind("pack_into text offset", module.pack_into, "b", data, "x", 1)
kind("pack_into huge offset", module.pack_into, "b", data, 10 ** 30, 1)
show("pack_into memoryview", module.pack_into, "2s", memoryview(data), 0, b("MV"))
print(value(bytes(data)))
show("pack_into slice", module.pack_into, "2s", memoryview(data)[4:], 1, b("SL"))
print(value(bytes(data)))
data.append(33)
data.extend(b("still resizable"))
print("a buffer is let go:", len(data))

# An argument that resizes the buffer while it is being packed into.
class Resizes(object):
    def __index__(self):
        try:
            target.extend(b("0123456789") * 1000)
        except BufferError:
            pass
        return 65


target = bytearray(b("12"))
kind("pack_into resized", module.pack_into, "bb", target, 0, Resizes(), 66)

# Struct.
s = Struct("<hi")
show("format", lambda: s.format)
show("size", lambda: s.size)
show("pack", s.pack, 1, 2)
show("unpack", s.unpack, s.pack(-1, -2))
show("unpack_from", s.unpack_from, bytearray(10), 4)
show("pack wrong count", s.pack, 1)
show("pack wrong count", s.pack, 1, 2, 3)
show("pack wrong type", s.pack, 1, None)
show("unpack wrong size", s.unpack, b("123"))
kind("size is read only", setattr, s, "size", 3)
kind("format is read only", setattr, s, "format", "i")
kind("no attribute", getattr, s, "nothing")
kind("Struct()", Struct)
kind("Struct(1)", Struct, 1)
kind("Struct(None)", Struct, None)
show("Struct('y')", Struct, "y")
kind("Struct(1, 2)", Struct, "i", 2)
show("Struct(text)", lambda: Struct(u("<i")).pack(5))
show("Struct(bytes)", lambda: Struct(b("<i")).pack(5))
show("Struct again", s.__init__, "<q")
show("and then", lambda: (s.size, s.pack(7)))
show("Struct wrongly again", s.__init__, "y")
show("type", lambda: (type(s).__name__ == "Struct", isinstance(s, Struct)))
made = Struct.__new__(Struct)
kind("Struct without __init__ size", lambda: made.size)


class Header(Struct):
    """A subclass with attributes and a method of its own."""
    def __init__(self, form, name):
        Struct.__init__(self, form)
        self.name = name

    def pack(self, *args):
        return b("<") + Struct.pack(self, *args) + b(">")


h = Header("<h", "head")
show("subclass", lambda: (h.name == "head", h.size, h.pack(1), h.unpack(b("\5\0"))))
h.more = h
seen = weakref.ref(h)
del h
gc.collect()
show("subclass in a cycle is collected", lambda: seen() is None)

s = Struct("<h")
seen = weakref.ref(s)
show("weak reference", lambda: seen() is s)
show("weak proxy", lambda: weakref.proxy(s).size)
method = s.pack
del s
gc.collect()
show("method keeps it", lambda: (seen() is not None, method(3)))
del method
gc.collect()
show("dropped", lambda: seen() is None)
called = []
s = Struct("<h")
seen = weakref.ref(s, lambda r: called.append(r is seen))
s = None
gc.collect()
show("callback", lambda: called)
try:
    unpack("i", b("x"))
except module.error as error:
    show("caught as module.error", lambda: type(error) is module.error)
show("_clearcache", module._clearcache)
show("after it", pack, "<h", 1)
structs = [Struct("<%dh" % n) for n in range(1, 200)]
show("many", lambda: sum(x.size for x in structs))
del structs[::2]
show("half of them", lambda: sum(x.size for x in structs))
show("cache is emptied when full", lambda: sum(len(pack("<%db" % n, *([1] * n)))
                                               for n in range(1, 150)))
show("keywords", lambda: kind("pack_into keyword", lambda: s.pack(x=1)))
