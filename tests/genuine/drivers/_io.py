# _io: streams of bytes and text, buffers of files and of what a user's class reads and writes.
import gc
import os
import shutil
import tempfile
import weakref

I = module
array = load("array").array
folder = tempfile.mkdtemp()
path = os.path.join(folder, "file")
given = path.encode("ascii") if PY3 else path


def told(label, function, *args, **kwargs):
    """Errors of the system and io's own, which have other names in Python 3."""
    try:
        result = function(*args, **kwargs)
    except I.UnsupportedOperation as error:
        print("%s: unsupported: %s" % (label, error))
    except EnvironmentError as error:
        print("%s: error %s" % (label, " ".join(map(str, error.args[:2]))))
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, message(error)))
    else:
        print("%s: %s" % (label, value(result)))


print("names", I.DEFAULT_BUFFER_SIZE, issubclass(I.UnsupportedOperation, (ValueError, IOError)),
      I.BlockingIOError.__name__, issubclass(I.BlockingIOError, IOError))
print("bases", issubclass(I.FileIO, I._RawIOBase), issubclass(I.BytesIO, I._BufferedIOBase),
      issubclass(I.StringIO, I._TextIOBase), issubclass(I.BufferedRandom, I._IOBase))

# BytesIO.
s = I.BytesIO(b("first\nsecond\n\nlast"))
told("read", lambda: (s.read(3), s.tell(), s.read(0), s.read(-1), s.read(), s.read(None)))
told("seek", lambda: (s.seek(2), s.seek(1, 1), s.seek(-4, 2), s.read()))
told("lines", lambda: (s.seek(0), s.readline(), s.readline(3), s.readlines(), s.readline()))
told("iterate", lambda: (s.seek(0), list(s)))
told("readlines hint", lambda: (s.seek(0), s.readlines(7)))
told("write", lambda: (s.seek(0, 2), s.write(b("!")), s.write(bytearray(b("ba"))), s.getvalue()))
told("write array", lambda: (s.seek(0), s.write(array(b("h"), [0x4142])), s.getvalue()[:4]))
told("write memory", lambda: (s.seek(0), s.write(memoryview(b("mem"))), s.getvalue()[:4]))
told("writelines", lambda: (s.seek(0), s.truncate(), s.writelines([b("a"), bytearray(b("b"))]), s.getvalue()))
into = bytearray(b("........"))
told("readinto", lambda: (s.seek(0), s.readinto(into), bytes(into)))
target = array(b("c"), b("--------"))
told("readinto array", lambda: (s.seek(0), s.readinto(target), target.tostring()))
told("beyond", lambda: (s.seek(5), s.write(b("x")), s.getvalue()))
told("truncate", lambda: (s.truncate(1), s.getvalue(), s.tell()))
told("flags", lambda: (s.readable(), s.writable(), s.seekable(), s.isatty(), s.closed))
told("read1", lambda: (s.seek(0), s.read1(10)))
told("pickled", lambda: (s.seek(1), s.__getstate__()[:2]))
told("set state", lambda: (s.__setstate__((b("state"), 2, None)), s.read()))
for bad in (None, 5, u("text"), [b("x")]):
    told("write %s" % name_of(bad), lambda: I.BytesIO().write(bad))
    told("of %s" % name_of(bad), lambda: I.BytesIO(bad).getvalue())
told("readinto bytes", s.readinto, b("constant"))
told("seek negative", s.seek, -1)
told("seek whence", s.seek, 0, 9)
told("seek text", s.seek, b("x"))
told("truncate negative", s.truncate, -1)
told("read text", s.read, b("x"))
told("fileno", s.fileno)
told("detach", s.detach)
told("set state wrong", s.__setstate__, (1, 2))
told("close", lambda: (s.close(), s.close(), s.closed))
told("closed read", s.read)
told("closed write", s.write, b("x"))
told("closed iter", lambda: next(iter(s)))
told("closed value", s.getvalue)


class Bytes(I.BytesIO):
    def read(self, n=-1):
        return b("<") + I.BytesIO.read(self, n) + b(">")


told("subclass", lambda: Bytes(b("x")).read())


def within():
    with I.BytesIO(b("in")) as f:
        f.extra = f
        return f.read(), f.extra is f


told("with", within)

# FileIO.
f = I.FileIO(given, b("w"))
told("mode", lambda: (f.mode, f.readable(), f.writable(), f.seekable(), f.closefd, f.fileno() > 2, f.isatty()))
told("write", lambda: (f.write(b("some data\nmore\n")), f.write(bytearray(b("x"))), f.tell()))
told("no read", f.read)
told("truncate", lambda: (f.truncate(5), f.tell()))
told("close", lambda: (f.close(), f.close(), f.closed))
told("closed", f.write, b("x"))
told("closed fileno", f.fileno)
f = I.FileIO(u(path), b("r+"))
told("read", lambda: (f.read(2), f.readall(), f.read(), f.seek(0), f.readinto(into), bytes(into)))
told("read some", lambda: (f.seek(-3, 2), f.read(100)))
told("seek wrong", f.seek, -100)
told("write text", f.write, u("text"))
told("write 5", f.write, 5)
f.close()
f = I.FileIO(given, b("a"))
told("append", lambda: (f.write(b("+")), f.close()))
told("appended", lambda: I.FileIO(given).read())
told("no file", I.FileIO, b("/nonexistent/file"))
told("a folder", I.FileIO, b("/"))
told("mode x", I.FileIO, given, b("x"))
told("mode rw", I.FileIO, given, b("rw"))
told("negative", I.FileIO, -1)
told("closed number", I.FileIO, 12345)
told("no closefd", I.FileIO, given, b("r"), False)
for bad in (None, 1.5, []):
    kind("FileIO(%s)" % name_of(bad), I.FileIO, bad)
r, w = os.pipe()
r2, w2 = I.FileIO(r), I.FileIO(w, b("w"), closefd=False)
told("pipe", lambda: (w2.write(b("through")), r2.read(4), r2.seekable()))
told("pipe seek", r2.seek, 0)
told("kept open", lambda: (w2.close(), os.write(w, b("!")), r2.read(10)))
os.close(w)
told("end", r2.read)
r2.close()

# Buffered.
f = I.open(given, b("wb"))
told("open", lambda: (type(f).__name__ == "BufferedWriter", f.mode, f.raw.mode, f.writable()))
told("writes", lambda: (f.write(b("0123456789") * 10), os.path.getsize(path), f.flush(), os.path.getsize(path), f.tell()))
told("write array", lambda: f.write(array(b("i"), [1, 2])))
told("write text", f.write, u("x"))
told("no read", f.read)
f.close()
told("closed write", f.write, b("x"))
f = I.open(given, b("rb"), 16)
told("read", lambda: (f.read(3), f.peek(2)[:2], f.read1(100)[:5], f.tell()))
told("readinto", lambda: (f.seek(1), f.readinto(into), bytes(into)))
told("lines", lambda: (f.seek(0), len(f.readline()), len(f.readlines())))
told("seek end", lambda: (f.seek(-8, 2), f.read()))
told("read negative", f.read, -2)
told("read text", f.read, b("x"))
told("detach", lambda: (f.detach().close(), 1)[1])
told("detached", f.read)
f = I.open(given, b("r+b"))
told("random", lambda: (f.read(2), f.write(b("AB")), f.seek(0), f.read(6), f.truncate(8), f.seek(0, 2)))
f.close()
told("unbuffered", lambda: type(I.open(given, b("rb"), 0)) is I.FileIO)
told("buffer negative", lambda: type(I.open(given, b("rb"), -5)) is I.BufferedReader)
told("text unbuffered", I.open, given, b("r"), 0)
for mode in ("", "x", "rw", "U+", "r+w", "bb"):
    told("mode %s" % mode, lambda: type(I.open(given, b(mode), encoding="ascii")) is I.TextIOWrapper)
told("text and binary", I.open, given, b("rbt"))
# Whatever the locale's encoding is, a file of ASCII can be read.
told("no encoding", lambda: type(I.open(given).encoding) is type(b("")))
told("no encoding, a wrapper", lambda: type(I.TextIOWrapper(I.BytesIO(b("a"))).encoding) is type(b("")))
told("nothing but a name", lambda: type(I.open(given).read()) is type(u("")))
told("binary encoding", I.open, given, b("rb"), encoding=b("ascii"))
told("open 1.5", I.open, 1.5)
told("open None", I.open, None)
told("open()", I.open)


class Raw(I._RawIOBase):
    """What a user reads and writes."""

    def __init__(self, pieces=()):
        self.pieces, self.written, self.broken = list(pieces), [], False

    def readable(self):
        return True

    def writable(self):
        return True

    def readinto(self, buffer):
        if self.broken:
            raise KeyError("broken")
        if not self.pieces:
            return 0
        piece = self.pieces.pop(0)
        if piece is None:
            return None
        buffer[:len(piece)] = piece
        return len(piece)

    def write(self, data):
        if self.broken:
            raise KeyError("broken")
        self.written.append(bytes(data) if PY3 else data.tobytes() if isinstance(data, memoryview) else str(data))
        return len(data)


raw = Raw([b("ab"), b("cdef"), b("g\nh")])
told("raw read", lambda: (raw.read(1), raw.read(10)))
told("raw readall", lambda: raw.readall())
told("buffered", lambda: I.BufferedReader(Raw([b("ab"), b("cdef"), b("g\nh")])).read(5))
told("buffered line", lambda: I.BufferedReader(Raw([b("ab"), b("c\nd")])).readline())
told("nothing now", lambda: I.BufferedReader(Raw([None])).read(5))
told("rest", lambda: I.BufferedReader(Raw([b("ab"), b("cd")])).read())
raw = Raw()
writer = I.BufferedWriter(raw, 8)
told("written", lambda: (writer.write(b("abc")), raw.written[:], writer.write(b("defghijkl")), writer.flush(), b("").join(raw.written)))
raw.broken = True
kind("breaks", lambda: (writer.write(b("xyz")), writer.flush()))
reader = I.BufferedReader(raw)
kind("breaks reading", reader.read, 3)
raw.broken = False
told("pair", lambda: (lambda p: (p.read(2), p.write(b("xy")), p.flush(), p.readable(), p.writable()))(
    I.BufferedRWPair(Raw([b("pair")]), Raw())))
told("pair of 5", I.BufferedRWPair, 5, 6)
told("reader of 5", I.BufferedReader, 5)
told("reader of a writer", lambda: I.BufferedReader(I.FileIO(given, b("a"))))
told("writer size 0", I.BufferedWriter, Raw(), 0)
told("reader size -1", I.BufferedReader, Raw(), -1)


class Bad(Raw):
    def readinto(self, buffer):
        return self.reply


for reply in (-5, 10 ** 6, None, b("x")):
    bad = Bad()
    bad.reply = reply
    told("replies %s" % name_of(reply), lambda: I.BufferedReader(bad).read(3))
told("base", lambda: hasattr(I._IOBase, "read"))
told("base seek", lambda: I._IOBase().seek(0))
told("base closed", lambda: (I._IOBase().closed, I._IOBase().readable()))
told("base buffered", lambda: I._BufferedIOBase().read())
told("base raw", lambda: I._RawIOBase().read())

# Text.
t = I.StringIO(u("first\nsecond\r\nthird"))
told("read", lambda: (t.read(3), t.tell(), t.readline(), t.read(), t.read()))
told("lines", lambda: (t.seek(0), list(t)))
told("write", lambda: (t.seek(0, 2), t.write(u("\xe9\n")), t.getvalue()))
told("write str", t.write, b("bytes"))
told("write 5", t.write, 5)
told("seek", lambda: (t.seek(3), t.read(2), t.truncate(2), t.getvalue()))
told("seek wrong", t.seek, -1)
told("seek relative", t.seek, 1, 1)
told("newline", lambda: (I.StringIO(u("a\r\nb\rc\n"), newline=None).getvalue(), I.StringIO(u("a\r\nb\rc"), newline=u("") if PY3 else "").readlines()))
told("newline written", lambda: (lambda s: (s.write(u("a\nb")), s.getvalue()))(I.StringIO(newline="\r\n")))
told("newline wrong", I.StringIO, u("x"), "x")
told("of str", I.StringIO, b("x"))
told("flags", lambda: (t.encoding, t.errors, t.newlines, t.line_buffering, t.closed))
told("state", lambda: I.StringIO(u("abc")).__getstate__()[:3])
told("close", lambda: (t.close(), t.closed))
told("closed read", t.read)
d = I.IncrementalNewlineDecoder(None, True)
told("newline decoder", lambda: (d.decode(u("a\r")), d.decode(u("\nb\r\n")), d.decode(u("c"), True), d.newlines))
told("newline decoder state", lambda: (d.getstate(), d.reset(), d.setstate((b(""), 0))))
told("newline decoder 5", d.decode, 5)

w = I.TextIOWrapper(I.BytesIO(), encoding="utf-8", newline="\n")
told("wrapper", lambda: (w.encoding, w.errors, w.line_buffering, w.readable(), w.seekable()))
told("write", lambda: (w.write(u("h\xe9llo\nw\u20acrld\n" if PY3 else "h\xe9llo\nworld\n")), w.flush(), len(w.buffer.getvalue()) > 12))
told("read", lambda: (w.seek(0), w.read(3), w.readline(), len(w.read())))
told("iterate", lambda: (w.seek(0), [len(line) for line in w]))
told("write bytes", w.write, b("x"))
told("tell", lambda: (w.seek(0), w.read(2), w.seek(w.tell()), w.read(3)))
told("seek wrong", w.seek, 1, 1)
told("detach", lambda: type(w.detach()) is I.BytesIO)
told("detached", w.read)
told("latin-1", lambda: I.TextIOWrapper(I.BytesIO(b("\xe9\r\nb\n")), encoding="latin-1").readlines())
told("ascii", lambda: I.TextIOWrapper(I.BytesIO(b("a\xe9")), encoding="ascii").read())
told("replace", lambda: I.TextIOWrapper(I.BytesIO(b("a\xe9")), encoding="ascii", errors="replace").read() == u("a") + (chr if PY3 else unichr)(0xfffd))
told("ignore", lambda: I.TextIOWrapper(I.BytesIO(b("a\xe9b")), encoding="ascii", errors="ignore").read())
kind("cannot write", lambda: I.TextIOWrapper(I.BytesIO(), encoding="ascii").write(u("\xe9")))
told("no codec", I.TextIOWrapper, I.BytesIO(), "no-such-codec")
told("newline wrong", I.TextIOWrapper, I.BytesIO(), "ascii", "strict", "x")
told("utf-16", lambda: (lambda s: (I.TextIOWrapper(s, encoding="utf-16-le").write(u("ab")), s.getvalue())[0])(I.BytesIO()))
told("of 5", lambda: I.TextIOWrapper(5, encoding="ascii"))
f = I.open(given, "w", encoding="utf-8")
told("open text", lambda: (type(f) is I.TextIOWrapper, f.write(u("l1\nl2\n")), f.close(), f.closed))
f = I.open(given, encoding="utf-8")
told("read text", lambda: (f.read(1), f.readline(), f.tell(), next(f), f.read()))
told("repr", lambda: b("utf-8") in (repr(f).encode("ascii") if PY3 else repr(f)))
f.close()
told("universal", lambda: (lambda s: (s.read(), s.newlines))(I.TextIOWrapper(I.BytesIO(b("a\r\nb")), encoding="ascii")))

# Lives.
raw = I.BytesIO(b("kept"))
reader = I.BufferedReader(raw)
gone = weakref.ref(raw)
del raw
gc.collect()
told("raw outlives its name", lambda: (reader.read(2), gone() is not None))
reader.loop = reader
del reader
gc.collect()
told("cycle is gone", lambda: gone() is None)
f = I.open(given, "wb")
f.write(b("not flushed"))
del f
gc.collect()
told("flushed when dropped", lambda: I.FileIO(given).read())
read = I.BytesIO(b("method")).read
gc.collect()
told("method outlives", read)
it = iter(I.BytesIO(b("a\nb\n")))
gc.collect()
told("iterator outlives", lambda: list(it))
closed = []


class Closes(Raw):
    def close(self):
        closed.append(1)
        I._RawIOBase.close(self)


c = Closes()
del c
gc.collect()
told("closed when dropped", lambda: len(closed) > 0)
c = I.BufferedWriter(Closes())
c.write(b("x"))
del c
gc.collect()
told("with its buffer", lambda: len(closed) > 1)
many = [I.TextIOWrapper(I.BytesIO(b("line %d\n" % n)), encoding="ascii") for n in range(50)]
readers = [m.readline for m in many[::10]]
del many
gc.collect()
told("readers outlive", lambda: [r() for r in readers])
data = bytearray(b("moving"))
told("buffers are let go", lambda: (I.BytesIO(b("abcdef")).readinto(data), data.append(33), bytes(data)))
shutil.rmtree(folder)
