"""zlib: whole strings and streams, checksums; what is decompressed is printed, not what the
library of the day makes of it."""

import copy
import gc
import weakref

compress, decompress = module.compress, module.decompress
TEXT = b("the quick brown fox jumps over the lazy dog. ") * 20
NOISE = bytes(bytearray((i * i * 7919 + i * 31) >> 5 & 255 for i in range(5000)))
ALL = bytes(bytearray(range(256)))

show("error", lambda: (module.error.__name__ == "error", issubclass(module.error, Exception)))
for name in sorted("""DEFLATED DEF_MEM_LEVEL MAX_WBITS Z_BEST_COMPRESSION Z_BEST_SPEED
                      Z_DEFAULT_COMPRESSION Z_DEFAULT_STRATEGY Z_FILTERED Z_FINISH Z_FULL_FLUSH
                      Z_HUFFMAN_ONLY Z_NO_FLUSH Z_SYNC_FLUSH""".split()):
    show(name, getattr, module, name)
kind("no such name", getattr, module, "Z_NOTHING")
show("version", lambda: module.ZLIB_VERSION[:2] in (b("1."), "1."))

# Whole strings.
for label, data in (("empty", b("")), ("a", b("a")), ("text", TEXT), ("noise", NOISE), ("all", ALL),
                    ("big", TEXT * 500)):
    for level in (None, -1, 0, 1, 6, 9):
        args = () if level is None else (level,)
        show("there and back: %s, %s" % (label, level),
             lambda: decompress(compress(data, *args)) == data)
    for size in (0, 1, 2, 100, 10 ** 6, -1):
        show("buffer of %d: %s" % (size, label),
             lambda: decompress(compress(data), 15, size) == data)
show("level 0 is as it was", lambda: ALL in compress(ALL, 0))
show("smaller", lambda: len(compress(TEXT)) < len(TEXT) // 5)
for level in (-2, 10, 100, 2 ** 40, 1.5, None, b("1"), u("1")):
    kind("level %s" % name_of(level), compress, TEXT, level)
show("level 10", compress, TEXT, 10)
GOOD = compress(TEXT)
for label, data in (("nothing", b("")), ("rubbish", b("rubbish")), ("cut", GOOD[:-5]),
                    ("cut in two", GOOD[:len(GOOD) // 2]), ("one byte", GOOD[:1]),
                    ("wrong sum", GOOD[:-1] + b("\0")), ("wrong middle", GOOD[:10] + b("\xff") * 20)):
    show("decompress " + label, decompress, data)
show("more behind", lambda: decompress(GOOD + b("more")) == TEXT)
show("raw as zlib", decompress, GOOD[2:-4])
show("raw", lambda: decompress(GOOD[2:-4], -15) == TEXT)
show("window too small", decompress, compress(NOISE * 3), 8)
kind("window 100", decompress, GOOD, 100)
kind("window of text", decompress, GOOD, "x")
kind("buffer of text", decompress, GOOD, 15, "x")
kind("too many", decompress, GOOD, 15, 10, 1)
show("compress()", compress)
show("decompress()", decompress)
show("compress(1, 2, 3)", compress, b("a"), 2, 3)
kind("keyword", lambda: decompress(GOOD, wbits=15))
for function in (compress, decompress, module.crc32, module.adler32):
    for bad in (None, 5, 1.5, [b("a")], object()):
        kind("of %s" % name_of(bad), function, bad)
show("of a bytearray", lambda: decompress(bytearray(compress(bytearray(b("abc"))))))
show("of a memoryview", lambda: decompress(memoryview(compress(memoryview(b("xabc"))[1:]))))
show("of text", lambda: decompress(compress(u("abc"))))

# Checksums.
for function in (module.crc32, module.adler32):
    for data in (b(""), b("a"), TEXT, NOISE, ALL):
        show("sum", function, data)
        for start in (0, 1, -1, 2 ** 31 - 1, -2 ** 31, 2 ** 32 - 1):
            show("sum from %d" % start, function, data, start)
    for bad in (2 ** 64, -2 ** 70, 1.5, None, b("1")):
        kind("sum from %s" % name_of(bad), function, b("abc"), bad)
    show("in pieces", lambda: function(TEXT[100:], function(TEXT[:100])) == function(TEXT))
    show("of text", function, u("abc"))
    show("of a bytearray", function, bytearray(b("abc")))
    show("nothing", function)
    show("too many", function, b("a"), 1, 2)

# Compressing a stream.
c = module.compressobj()
pieces = [c.compress(TEXT[i:i + 7]) for i in range(0, len(TEXT), 7)]
pieces.append(c.flush())
show("stream", lambda: decompress(b("").join(pieces)) == TEXT)
kind("after the end", c.compress, b("x"))
kind("flush twice", c.flush)
c = module.compressobj(9)
one = c.compress(b("first "))
one += c.flush(module.Z_SYNC_FLUSH)
two = c.compress(b("second ")) + c.flush(module.Z_FULL_FLUSH)
three = c.compress(b("third")) + c.flush(module.Z_FINISH)
d = module.decompressobj()
show("synced 1", d.decompress, one)
show("synced 2", d.decompress, two)
show("synced 3", d.decompress, three)
show("synced flush", d.flush)
show("Z_NO_FLUSH", lambda: module.compressobj().flush(module.Z_NO_FLUSH))
kind("flush of 77", lambda: module.compressobj().flush(77))
kind("flush of text", lambda: module.compressobj().flush("x"))
for args in ((0,), (9, module.DEFLATED), (9, module.DEFLATED, 9), (1, module.DEFLATED, -15),
             (6, module.DEFLATED, 15, 1), (6, module.DEFLATED, 15, 9, module.Z_HUFFMAN_ONLY),
             (6, module.DEFLATED, 15, 8, module.Z_FILTERED)):
    def through():
        o = module.compressobj(*args)
        data = o.compress(NOISE) + o.flush()
        return decompress(data, args[2] if len(args) > 2 else 15) == NOISE
    show("compressobj%r" % (args,), through)
for args in ((10,), (6, 5), (6, module.DEFLATED, 100), (6, module.DEFLATED, 15, 10),
             (6, module.DEFLATED, 15, 8, 99), (b("x"),), (None,), (6, 8, 15, 8, 0, 0)):
    kind("compressobj(%s)" % ", ".join(map(name_of, args)), module.compressobj, *args)
show("compressobj(10)", module.compressobj, 10)
kind("compress of None", module.compressobj().compress, None)
kind("compress()", module.compressobj().compress)
kind("compress(bytearray)", module.compressobj().compress, bytearray(b("a")))
c = module.compressobj()
head = c.compress(b("common ")) + c.flush(module.Z_SYNC_FLUSH)
other = c.copy()
left = head + c.compress(b("left")) + c.flush()
right = head + other.compress(b("right")) + other.flush()
show("copies", lambda: (decompress(left), decompress(right)))
kind("copy of what is finished", c.copy)
kind("copy.copy", lambda: type(copy.copy(module.compressobj())).__name__ == "Compress")

# Decompressing one.
d = module.decompressobj()
out = [d.decompress(GOOD[i:i + 1]) for i in range(len(GOOD))]
show("byte by byte", lambda: b("").join(out) == TEXT)
show("left over", lambda: (d.unused_data, d.unconsumed_tail))
d = module.decompressobj()
show("with more behind", lambda: d.decompress(GOOD + b("behind")) == TEXT)
show("unused_data", lambda: d.unused_data)
show("still more", d.decompress, b(" and on"))
show("unused_data", lambda: d.unused_data)
show("flush", d.flush)


def is_read_only(x, name):
    try:
        setattr(x, name, b(""))
    except (AttributeError, TypeError):
        return True


show("read only", lambda: (is_read_only(d, "unused_data"), is_read_only(d, "unconsumed_tail")))
kind("no attribute", getattr, d, "nothing")
d = module.decompressobj()
show("at most 10", d.decompress, GOOD, 10)
show("there is a tail", lambda: len(d.unconsumed_tail) > 0)
show("10 more", d.decompress, d.unconsumed_tail, 10)
rest = d.decompress(d.unconsumed_tail)
show("the rest", lambda: len(rest))
show("no tail", lambda: d.unconsumed_tail)
for bad in (-1, 1.5, None, b("1"), 2 ** 40):
    kind("at most %s" % name_of(bad), lambda: len(module.decompressobj().decompress(GOOD, bad)))
show("at most -1", module.decompressobj().decompress, GOOD, -1)
show("at most 0", lambda: len(module.decompressobj().decompress(GOOD, 0)))
d = module.decompressobj()
d.decompress(GOOD, 5)
show("flush after a part", lambda: len(d.flush()))
show("flush(100)", lambda: len(module.decompressobj().flush(100)))
show("flush(0)", module.decompressobj().flush, 0)
show("flush(-1)", module.decompressobj().flush, -1)
kind("flush(text)", module.decompressobj().flush, "x")
show("rubbish", module.decompressobj().decompress, b("rubbish rubbish"))
show("cut is no error", lambda: len(module.decompressobj().decompress(GOOD[:-4])))
d = module.decompressobj(-15)
show("raw", lambda: d.decompress(GOOD[2:-4]) == TEXT)
kind("decompressobj(100)", module.decompressobj, 100)
show("decompressobj(100)", module.decompressobj, 100)
kind("decompressobj(text)", module.decompressobj, "x")
kind("decompressobj(1, 2)", module.decompressobj, 1, 2)
d = module.decompressobj()
d.decompress(GOOD[:40])
e = d.copy()
show("copied in the middle", lambda: d.decompress(GOOD[40:]) == e.decompress(GOOD[40:]))
kind("copy(1)", e.copy, 1)
kind("decompress(None)", module.decompressobj().decompress, None)
show("gzip", lambda: module.decompressobj(31).decompress(
    b("\x1f\x8b\x08\0\0\0\0\0\0\xff") + GOOD[2:-4]) == TEXT)

# Types and lifetimes.
kind("type of the compressor", lambda: type(c)())
kind("type of the decompressor", lambda: type(d)())


def derive(base):
    class Derived(base):
        pass
    return Derived


kind("subclass", derive, type(c))
kind("weak reference", weakref.ref, c)
method = module.decompressobj().decompress
gc.collect()
show("method of what is dropped", lambda: method(GOOD) == TEXT)
objects = [module.compressobj(n % 9) for n in range(50)] + [module.decompressobj() for n in range(50)]
for o in objects[::3]:
    o.compress(NOISE) if hasattr(o, "compress") else o.decompress(GOOD, 5)
del objects[::2]
gc.collect()
show("half of them", lambda: len(objects))
objects = o = None
gc.collect()
data = bytearray(TEXT)
for f in (compress, decompress, module.crc32, module.adler32, module.compressobj().compress,
          module.decompressobj().decompress):
    kind("of a bytearray", f, data)
    kind("of its memoryview", lambda: len(str(f(memoryview(data)))) > 0)
data.append(1)
show("buffers are let go", lambda: len(data))
try:
    decompress(b("x"))
except module.error as error:
    show("caught as module.error", lambda: type(error) is module.error)
