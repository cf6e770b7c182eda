# _multibytecodec: incremental coders and streams over a codec, here of _codecs_jp.
import gc
import weakref

character = chr if PY3 else unichr
codec = load("_codecs_jp").getcodec(b("shift_jis"))
iso = load("_codecs_iso2022").getcodec(b("iso2022_jp"))
M = module


class Encoder(M.MultibyteIncrementalEncoder):
    codec = codec


class Decoder(M.MultibyteIncrementalDecoder):
    codec = codec


class Reader(M.MultibyteStreamReader):
    codec = codec


class Writer(M.MultibyteStreamWriter):
    codec = codec


class IsoEncoder(M.MultibyteIncrementalEncoder):
    codec = iso


class IsoDecoder(M.MultibyteIncrementalDecoder):
    codec = iso


print("names", sorted(n for n in dir(M) if n.startswith("Multi")))
KA = character(0x30ab)
e = Encoder()
show("encode", lambda: (e.encode(KA), e.encode(u("a")), e.encode(u("")), e.encode(KA * 3, True)))
kind("encode none", e.encode, character(0x10300))
show("errors", lambda: (e.errors, setattr(e, "errors", b("replace")), e.errors,
        e.encode(character(0x10300))))
show("errors number", setattr, e, "errors", 5)
kind("errors del", delattr, e, "errors")
show("errors own", lambda: Encoder(b("ignore")).encode(u("a") + character(0x10300)))
show("encode number", e.encode, 5)
show("encode nothing", e.encode)
show("reset", e.reset)
i = IsoEncoder()
show("iso", lambda: (i.encode(KA), i.encode(KA), i.encode(u("x")), i.encode(KA),
        i.encode(u(""), True)))
show("iso reset", lambda: (i.encode(KA), i.reset(), i.encode(u("x"))))
d = Decoder()
show("decode", lambda: (d.decode(b("\x83")), d.decode(b("J")), d.decode(b("a\x83")),
        d.decode(b("Jb"))))
show("decode final", lambda: d.decode(b("\x83"), True))
show("decode reset", lambda: (d.reset(), d.decode(b("x"))))
show("decode bad", d.decode, b("\xff\xff"))
show("decode replace", lambda: Decoder(b("replace")).decode(b("\xff\xffz")))
show("decode errors", lambda: Decoder(errors=b("ignore")).decode(b("a\xffz"), final=True))
show("decode number", d.decode, 5)
show("decode unicode", d.decode, u("abc"))
j = IsoDecoder()
show("iso decode", lambda: [j.decode(bytes(bytearray([c])))
        for c in bytearray(b("\x1b$B%+\x1b(Bx"))])
show("bad class", M.MultibyteIncrementalEncoder)


class NoCodec(M.MultibyteIncrementalDecoder):
    codec = 5


show("no codec", NoCodec)
show("bad argument", Encoder, 5)
show("bad keyword", lambda: Encoder(wrong=1))


class File(object):
    def __init__(self, data=b(""), step=1000):
        self.data, self.parts, self.step = data, [], step

    def read(self, n=-1):
        n = len(self.data) if n < 0 else min(n, self.step)
        result, self.data = self.data[:n], self.data[n:]
        return result

    def readline(self, n=-1):
        end = self.data.find(b("\n")) + 1 or len(self.data)
        return self.read(end if n < 0 else min(n, end))

    def write(self, data):
        self.parts.append(data)


DATA = b("\x83J\x83K\nsecond \x83L\nlast")
show("read", lambda: Reader(File(DATA)).read())
show("read in parts", lambda: [x for r in [Reader(File(DATA, 3))]
        for x in (r.read(3), r.read(1), r.read(5), r.read(0))])
show("readline", lambda: [x for r in [Reader(File(DATA))]
        for x in (r.readline(), r.readline(), r.readline(), r.readline())])
show("readlines", lambda: Reader(File(DATA)).readlines())
show("readlines hint", lambda: Reader(File(DATA)).readlines(4))
show("read cut", lambda: Reader(File(b("a\x83"))).read())
show("read bad", lambda: Reader(File(b("a\xffb"))).read())
show("read replace", lambda: Reader(File(b("a\xff\xffb")), b("replace")).read())
show("read None", lambda: Reader(File(DATA)).read(None))
show("read text", lambda: Reader(File(DATA)).read(b("x")))
kind("read long", lambda: Reader(File(DATA)).read(2**70))
show("reader reset", lambda: [x for r in [Reader(File(DATA))]
        for x in (r.read(3), r.reset(), r.read())])
f = File(DATA)
r = Reader(f)
print("stream", r.stream is f, r.errors if type(r.errors) is str else r.errors.decode("ascii"))
kind("stream readonly", setattr, r, "stream", 5)


class Wrong(File):
    def read(self, n=-1):
        return 5


class Failing(File):
    def read(self, n=-1):
        raise LookupError("read")

    write = readline = read


show("read wrong", lambda: Reader(Wrong()).read())
show("read failing", lambda: Reader(Failing()).read())
show("readline failing", lambda: Reader(Failing()).readline())
kind("no read", lambda: Reader(5).read())
kind("reader nothing", Reader)
out = File()
w = Writer(out)
show("write", lambda: (w.write(KA), w.write(u("x")), w.writelines([KA, u("y")]), out.parts))
show("write number", w.write, 5)
show("writelines number", w.writelines, 5)
show("writelines items", w.writelines, [5])
kind("write none", w.write, character(0x10300))
show("write replace", lambda: (Writer(out, b("replace")).write(character(0x10300)), out.parts[-1]))
show("write failing", lambda: Writer(Failing()).write(u("x")))
show("write reset", lambda: w.reset())


class IsoWriter(M.MultibyteStreamWriter):
    codec = iso


out = File()
w = IsoWriter(out)
show("iso write", lambda: (w.write(KA), w.reset(), w.write(u("x")), out.parts))

# Lives.
out.writer = w
gone = weakref.ref(w)
del w, out
gc.collect()
print("writer cycle", gone() is None)
e.me = e
gone = weakref.ref(e)
encode = e.encode
del e
gc.collect()
show("method keeps it", lambda: (encode(KA), gone() is not None))
del encode
gc.collect()
print("and lets go", gone() is None)


class Deep(Encoder):
    def encode(self, text, final=False):
        return b("<") + Encoder.encode(self, text, final) + b(">")


show("subclass", lambda: Deep().encode(KA))
d = Decoder()
d.decode(b("\x83"))
del d
gc.collect()
show("create_codec", M.__create_codec, 5)
kind("create_codec nothing", M.__create_codec)
