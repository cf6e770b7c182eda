"""bz2: whole strings, streams, files."""

import gc
import os
import shutil
import tempfile
import weakref

plain_show, plain_kind = show, kind


class InputOutput(Exception):
    """IOError has another name in Python 3."""


def renamed(function):
    def call(*args, **kwargs):
        try:
            return function(*args, **kwargs)
        except IOError as error:
            raise InputOutput(*error.args)
    return call


def show(label, function, *args, **kwargs):
    return plain_show(label, renamed(function), *args, **kwargs)


def kind(label, function, *args, **kwargs):
    plain_kind(label, renamed(function), *args, **kwargs)


compress, decompress = module.compress, module.decompress
TEXT = b("the quick brown fox jumps over the lazy dog\n") * 20
NOISE = bytes(bytearray((i * i * 7919 + i * 31) >> 5 & 255 for i in range(5000)))
GOOD = compress(TEXT)

# Whole strings.
for label, data in (("empty", b("")), ("a", b("a")), ("text", TEXT), ("noise", NOISE)):
    for level in (1, 5, 9):
        show("there and back: %s, %d" % (label, level),
             lambda: decompress(compress(data, level)) == data)
show("compressed", compress, b("hello"))
show("compressed text", compress, TEXT)
for level in (0, 10, -1, 2 ** 40, 1.5, None, b("1")):
    kind("level %s" % name_of(level), compress, TEXT, level)
show("level 0", compress, TEXT, 0)
show("compresslevel=", lambda: compress(TEXT, compresslevel=1) == compress(TEXT, 1))
show("level=", lambda: compress(TEXT, level=1))
for label, data in (("nothing", b("")), ("rubbish", b("rubbish")), ("cut", GOOD[:-5]),
                    ("one byte", GOOD[:1]), ("wrong", GOOD[:20] + b("\xff") * 20 + GOOD[40:])):
    show("decompress " + label, decompress, data)
show("more behind", lambda: decompress(GOOD + b("more")) == TEXT)
for function in (compress, decompress):
    for bad in (None, 5, [b("a")], object()):
        kind("of %s" % name_of(bad), function, bad)
    show("of nothing", function)
    kind("too many", function, b("a"), 1, 2)
show("of a bytearray", lambda: decompress(bytearray(compress(bytearray(b("abc"))))))
show("of a memoryview", lambda: decompress(memoryview(compress(memoryview(b("xabc"))[1:]))))
show("of text", lambda: decompress(compress(u("abc"))))

# Streams.
c = module.BZ2Compressor()
pieces = [c.compress(TEXT[i:i + 50]) for i in range(0, len(TEXT), 50)] + [c.flush()]
show("stream", lambda: decompress(b("").join(pieces)) == TEXT)
show("after the end", c.compress, b("x"))
show("flush twice", c.flush)
show("levels", lambda: [type(module.BZ2Compressor(n)).__name__ == "BZ2Compressor" for n in (1, 9)])
show("level 0", module.BZ2Compressor, 0)
show("level 10", lambda: module.BZ2Compressor(compresslevel=10))
kind("level None", module.BZ2Compressor, None)
kind("too many", module.BZ2Compressor, 1, 2)
kind("compress(None)", module.BZ2Compressor().compress, None)
kind("compress()", module.BZ2Compressor().compress)
d = module.BZ2Decompressor()
show("byte by byte", lambda: b("").join([d.decompress(GOOD[i:i + 1])
                                         for i in range(len(GOOD))]) == TEXT)
show("unused", lambda: d.unused_data)
show("after the end", d.decompress, b("x"))
d = module.BZ2Decompressor()
show("with more", lambda: d.decompress(GOOD + b("behind")) == TEXT)
show("unused", lambda: d.unused_data)


def is_read_only(x, name):
    try:
        setattr(x, name, b(""))
    except (AttributeError, TypeError):
        return True


show("read only", is_read_only, d, "unused_data")
show("rubbish", module.BZ2Decompressor().decompress, b("rubbish rubbish"))
kind("decompress(None)", module.BZ2Decompressor().decompress, None)
kind("BZ2Decompressor(1)", module.BZ2Decompressor, 1)
kind("no attribute", getattr, d, "nothing")


class Counting(module.BZ2Compressor):
    def __init__(self, level=9):
        module.BZ2Compressor.__init__(self, level)
        self.count = 0

    def compress(self, data):
        self.count += len(data)
        return module.BZ2Compressor.compress(self, data)


s = Counting(3)
out = s.compress(TEXT) + s.flush()
show("subclass", lambda: (s.count, decompress(out) == TEXT, isinstance(s, module.BZ2Compressor)))
s.self = s
seen = weakref.ref(s)
del s
gc.collect()
show("subclass in a cycle", lambda: seen() is None)
kind("weak reference", weakref.ref, module.BZ2Compressor())
method = module.BZ2Decompressor().decompress
gc.collect()
show("method of what is dropped", lambda: method(GOOD) == TEXT)
objects = [module.BZ2Compressor(1) for n in range(5)] + [module.BZ2Decompressor() for n in range(5)]
del objects[::2]
show("half of them", lambda: len(objects))
del objects

# Files.
folder = tempfile.mkdtemp()
path = os.path.join(folder, "file.bz2")
LINES = [b("one\n"), b("two\n"), b("\n"), b("a longer line, the fourth\n"), b("no end")]


def written(*args, **kwargs):
    f = module.BZ2File(path, *args, **kwargs)
    try:
        for line in LINES:
            f.write(line)
        return f.tell()
    finally:
        f.close()


def raw():
    with open(path, "rb") as f:
        return f.read()


show("write", written, "w")
show("what is in the file", lambda: decompress(raw()) == b("").join(LINES))
show("write level 1", lambda: written("w", 0, 1))
show("write compresslevel", lambda: (written("w", compresslevel=1), decompress(raw()) == b("").join(LINES)))
show("write buffering", lambda: written("w", buffering=4096))
f = module.BZ2File(path)
show("mode", lambda: f.mode in ("rb", b("rb")))
show("name", lambda: f.name in (path, b(path)))
show("closed", lambda: f.closed)
show("newlines", lambda: f.newlines)
show("softspace", lambda: f.softspace)
show("read(2)", f.read, 2)
show("tell", f.tell)
show("readline", f.readline)
show("readline", f.readline)
show("readline(0)", f.readline, 0)
show("readline(5)", f.readline, 5)
show("read", f.read)
show("read at the end", f.read)
show("readline at the end", f.readline)
show("seek(0)", f.seek, 0)
show("readlines", f.readlines)
show("seek(-4, 2)", f.seek, -4, 2)
show("read", f.read)
show("seek(-100, 2)", f.seek, -100, 2)
show("tell", f.tell)
show("seek(4)", f.seek, 4)
show("seek(4, 1)", f.seek, 4, 1)
show("read(10)", f.read, 10)
show("read(0)", f.read, 0)
show("seek(1000)", f.seek, 1000)
show("read", f.read)
kind("seek()", f.seek)
kind("seek(text)", f.seek, "x")
kind("seek(0, 9)", f.seek, 0, 9)
kind("read(text)", f.read, "x")
show("write to it", f.write, b("x"))
show("writelines to it", f.writelines, [b("x")])
f.seek(0)
show("iteration", lambda: list(f))
f.seek(0)
show("next", lambda: next(f))
show("iter is itself", lambda: iter(f) is f)
f.seek(0)
show("readlines(5)", f.readlines, 5)
f.seek(0)
show("xreadlines", lambda: list(f.xreadlines()))
show("close", f.close)
show("close again", f.close)
show("closed", lambda: f.closed)
for method in ("read", "readline", "readlines", "tell", "xreadlines"):
    show(method + " of a closed", getattr(f, method))
show("seek of a closed", f.seek, 0)
show("write of a closed", f.write, b("x"))
show("next of a closed", lambda: next(f))
kind("iter of a closed", lambda: iter(f) is f)


def enter():
    with f:
        return "in"


show("with a closed", enter)
with module.BZ2File(path, "w") as f:
    show("writelines list", f.writelines, LINES)
    show("writelines generator", f.writelines, (line for line in LINES))
    show("writelines tuple", f.writelines, (b("x"), bytearray(b("y"))))
    show("writelines nothing", f.writelines, [])
    kind("writelines None", f.writelines, None)
    kind("writelines numbers", f.writelines, [1, 2])
    kind("write None", f.write, None)
    kind("write()", f.write)
    show("write a bytearray", f.write, bytearray(b("z")))
    show("write nothing", f.write, b(""))
    show("read it", f.read)
    show("readline it", f.readline)
    show("readlines it", f.readlines)
    show("seek it", f.seek, 0)
    show("next of it", lambda: next(f))
show("closed by with", lambda: f.closed)
with module.BZ2File(path) as f:
    show("what was written", f.read)


def failing():
    yield b("good")
    raise ValueError("half way")


with module.BZ2File(path, "w") as f:
    show("writelines of one that fails", f.writelines, failing())
show("what there is", lambda: module.BZ2File(path).read())

# Universal newlines.
with module.BZ2File(path, "w") as f:
    f.write(b("a\r\nb\rc\nd"))
with module.BZ2File(path, "rU") as f:
    show("universal", f.read)
    show("newlines", lambda: f.newlines)
with module.BZ2File(path, "U") as f:
    show("universal lines", f.readlines)

# Two streams in a file, an empty one, and damage.
with open(path, "wb") as f:
    f.write(compress(b("first")) + compress(b("second")))
show("two streams", lambda: module.BZ2File(path).read())
with open(path, "wb") as f:
    pass
show("an empty file", lambda: module.BZ2File(path).read())
with open(path, "wb") as f:
    f.write(GOOD[:30])
show("a file that is cut", lambda: module.BZ2File(path).read())
with open(path, "wb") as f:
    f.write(b("rubbish rubbish"))
show("rubbish", lambda: module.BZ2File(path).read())
show("rubbish's line", lambda: module.BZ2File(path).readline())
show("rubbish, iterated", lambda: list(module.BZ2File(path)))
kind("no file", module.BZ2File, os.path.join(folder, "nothing"))
kind("a folder", module.BZ2File, folder)
# The binary itself crashes when anything but the path is wrong.
for bad in (None, 5, [], object()):
    kind("BZ2File(%s)" % name_of(bad), module.BZ2File, bad)


class Lines(module.BZ2File):
    def stripped(self):
        return [line.strip() for line in self]


written("w")
f = Lines(path)
show("subclass", f.stripped)
f.itself = f
del f
gc.collect()
f = module.BZ2File(path)
it = iter(f)
next(it)
del f
gc.collect()
show("iterator outlives its name", lambda: next(it))
show("not closed", lambda: [module.BZ2File(path).read(3) for n in range(20)][-1])
shutil.rmtree(folder)
