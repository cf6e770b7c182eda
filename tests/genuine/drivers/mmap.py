# mmap.mmap: anonymous memory and files, as a sequence, as a file, as a buffer of others.
import gc
import os
import tempfile
import weakref

mmap = module.mmap

print("constants", module.PROT_READ, module.PROT_WRITE, module.MAP_SHARED, module.MAP_PRIVATE,
      module.MAP_ANON == module.MAP_ANONYMOUS, module.ACCESS_READ, module.ACCESS_WRITE,
      module.ACCESS_COPY, module.PAGESIZE, module.ALLOCATIONGRANULARITY)
print("error", issubclass(module.error, Exception), module.error.__name__ in ("error", "OSError"))
print("type", mmap.__name__, mmap.__module__)

# Making.
show("no arguments", mmap)
show("no length", mmap, -1)
show("negative", mmap, -1, -1)
show("float", mmap, -1, 1.5)
show("text", mmap, b("x"), 10)
show("too many", mmap, -1, 10, 1, 3, 0, 0, 0)
show("bad keyword", lambda: mmap(-1, 10, wrong=1))
show("bad access", lambda: mmap(-1, 10, access=99))
show("access and flags", lambda: mmap(-1, 10, flags=1, access=1))
show("negative offset", lambda: mmap(-1, 10, offset=-1))
system("bad file", mmap, 12345, 10)
system("odd offset", lambda: mmap(-1, 10, offset=3))
kind("huge length", mmap, -1, 2**63)
kind("huge file", mmap, 2**40, 10)

# As a sequence.
m = mmap(-1, 26)
m[:] = b("abcdefghijklmnopqrstuvwxyz")
show("length", len, m)
show("item", lambda: (m[0], m[25], m[-1], m[-26]))
show("beyond", lambda: m[26])
show("before", lambda: m[-27])
show("no index", lambda: m[b("a")])
show("float index", lambda: m[1.0])
show("None index", lambda: m[None])
show("huge index", lambda: m[2**80])
show("slice", lambda: (m[2:5], m[:3], m[23:], m[5:2], m[-3:-1], m[10:100]))
show("steps", lambda: (m[::5], m[::-5], m[20:2:-4], m[2:20:30]))
show("step 0", lambda: m[::0])


def put(index, item):
    m[index] = item
    return m[:]


show("put", put, 0, b("A"))
show("put long", put, 0, b("AB"))
show("put int", put, 0, 65)
show("put unicode", put, 0, u("A"))
show("put beyond", put, 26, b("A"))
show("put slice", put, slice(1, 3), b("BC"))
show("put short slice", put, slice(1, 3), b("B"))
show("put int slice", put, slice(1, 3), 5)
show("put steps", put, slice(0, 9, 4), b("012"))
show("put steps wrong", put, slice(0, 9, 4), b("0123"))
show("put bytearray", put, slice(1, 3), bytearray(b("BC")))


def drop(index):
    del m[index]


show("del", drop, 0)
show("del slice", drop, slice(0, 2))
kind("concat", lambda: m + b("x"))
kind("repeat", lambda: m * 2)
show("iterate", lambda: b("").join(iter(m)))
show("compare", lambda: (m == m, m != m, m == b("a")))

# As a file.
m = mmap(-1, 20)
show("write", lambda: (m.write(b("hello world\n")), m.tell()))
show("write more", m.write, b("x") * 20)
show("write number", m.write, 5)
show("write unicode", lambda: (m.write(u("uni")), m.tell()))
show("seek", lambda: (m.seek(0), m.tell(), m.seek(-3, 2), m.tell(), m.seek(1, 1), m.tell()))
show("seek beyond", m.seek, 21)
show("seek before", m.seek, -1)
show("seek how", m.seek, 0, 7)
show("seek text", m.seek, b("x"))
show("readline", lambda: (m.seek(0), m.readline(), m.readline(), m.readline()))
show("read", lambda: (m.seek(0), m.read(5), m.read(0), m.read(100), m.read(1)))
show("read nothing", m.read)
show("read negative", lambda: (m.seek(0), m.read(-1)))
show("read_byte", lambda: (m.seek(0), m.read_byte(), m.read_byte(), m.tell()))
show("read_byte at end", lambda: (m.seek(0, 2), m.read_byte()))
show("write_byte", lambda: (m.seek(0), m.write_byte(b("J")), m[:3]))
show("write_byte long", m.write_byte, b("JJ"))
show("write_byte int", m.write_byte, 74)
show("write_byte at end", lambda: (m.seek(0, 2), m.write_byte(b("x"))))
show("find", lambda: (m.find(b("o"), 0), m.find(b("o"), 5), m.find(b("zz"), 0),
        m.find(b("l"), 2, 3)))
show("find from position", lambda: (m.seek(6), m.find(b("o")), m.find(b("J"))))
show("rfind", lambda: (m.seek(0), m.rfind(b("o")), m.rfind(b("o"), 0, 7), m.rfind(b("q"))))
show("find negative", lambda: (m.find(b("l"), -18), m.find(b("l"), -17, -1)))
show("find number", m.find, 5)
show("find unicode", lambda: m.find(u("wor"), 0))
show("move", lambda: (m.move(0, 6, 5), m[:12]))
show("move too far", m.move, 18, 0, 5)
show("move negative", m.move, -1, 0, 5)
show("move text", m.move, b("a"), 0, 5)
show("flush", m.flush)
show("flush part", m.flush, 0, 10)
show("flush beyond", m.flush, 0, 1000)
show("size of anonymous", m.size)

# Access.
r = mmap(-1, 10, access=module.ACCESS_READ)
show("readonly item", lambda: r[0])
show("readonly write", r.write, b("x"))
show("readonly write_byte", r.write_byte, b("x"))
show("readonly move", r.move, 0, 1, 2)
show("readonly resize", r.resize, 20)


def put_readonly():
    r[0] = b("x")


def put_readonly_slice():
    r[0:1] = b("x")


show("readonly put", put_readonly)
show("readonly put slice", put_readonly_slice)
c = mmap(-1, 10, access=module.ACCESS_COPY)
show("copy write", lambda: (c.write(b("copied")), c[:7]))
show("copy resize", c.resize, 20)

# A file.
descriptor, name = tempfile.mkstemp()
os.write(descriptor, b("line one\nline two\nline three"))
f = mmap(descriptor, 0)
show("file", lambda: (len(f), f[:], f.size()))
show("lines", lambda: (list(iter(f.readline, b(""))), f.tell()))
f[0:4] = b("LINE")
f.flush()
show("seen", lambda: (os.lseek(descriptor, 0, 0), os.read(descriptor, 100)))
show("resize", lambda: (f.resize(40), len(f), f.size(), f[26:30]))
show("resize smaller", lambda: (f.resize(4), len(f), f[:]))
show("resize text", f.resize, b("x"))
show("too long", mmap, descriptor, 10000)
os.close(descriptor)
show("descriptor was copied", f.size)
with open(name, "rb") as opened:
    g = mmap(opened.fileno(), 0, access=module.ACCESS_READ)
    show("read only file", lambda: g[:])
    system("not writable", mmap, opened.fileno(), 0)
h = open(name, "r+b")
p = mmap(h.fileno(), 0, prot=module.PROT_READ, flags=module.MAP_PRIVATE)
show("prot", lambda: p[:])
show("prot write", p.write, b("x"))
h.truncate(0)
show("empty file", mmap, h.fileno(), 0)
h.close()
os.unlink(name)

# Closing, lives.
m = mmap(-1, 10)
m[:] = b("0123456789")
it = iter(m)
show("iterator", lambda: (next(it), next(it)))
w = weakref.ref(m) if "__weakref__" in dir(mmap) else None
show("close", lambda: (m.close(), m.close()))
show("closed len", len, m)
show("closed item", lambda: m[0])
show("closed slice", lambda: m[:])
show("closed read", m.read, 1)
show("closed write", m.write, b("x"))
show("closed find", m.find, b("x"))
show("closed tell", m.tell)
show("closed iterator", next, it)
show("closed flush", m.flush)
show("closed put", put, 0, b("x"))

m = mmap(-1, 5)
m[:] = b("alive")
it = iter(m)
read = m.read
del m
gc.collect()
show("iterator keeps it", lambda: b("").join(it))
show("method keeps it", read, 5)


class Sub(mmap):
    def __new__(cls, size, tag):
        self = mmap.__new__(cls, -1, size)
        self.tag = tag
        return self

    def __init__(self, size, tag):
        self.inits = [size, tag]

    def shout(self):
        return self[:].upper()


s = Sub(4, "tagged")
s[:] = b("quie")
show("subclass", lambda: (s.tag == "tagged", s.inits[0], s.shout(), len(s), isinstance(s, mmap)))
r = weakref.ref(s)
s.cycle = s
del s
gc.collect()
show("subclass cycle", lambda: r() is None)
kind("attribute", setattr, mmap(-1, 1), "x", 1)
kind("hash", lambda: isinstance(hash(mmap(-1, 1)), int))
kind("call", lambda: mmap(-1, 1)())

# Its memory in others' hands.
m = mmap(-1, 12)
m[:] = b("buffer bytes")
view = memoryview(m) if PY3 else buffer(m)
show("view", lambda: (len(view), bytes(view[0:6])))
m[0] = b("B")
show("view follows", lambda: bytes(view[0:1]))
del view
gc.collect()
show("bytearray", lambda: len(bytearray(memoryview(m) if PY3 else buffer(m))))
f = tempfile.TemporaryFile()
f.write(m)
f.seek(0)
show("file.write", f.read)
f.seek(3)
show("file.readinto", lambda: (f.readinto(m), m[:]))
f.close()
array = load("array").array
a = array(b("c"), b("from array"))
show("write array", lambda: (m.seek(0), m.write(a), m[:]))


def put_array():
    m[0:10] = a
    return m[:]


show("put array", put_array)
show("find array", lambda: m.find(a, 0))
zlib = load("zlib")
show("zlib", lambda: zlib.decompress(zlib.compress(m)))
show("crc32", lambda: zlib.crc32(m) & 0xffffffff)
m.close()
show("closed buffer", lambda: len(zlib.compress(m)))
