"""binascii: text of binary data and back, checksums."""

import gc

show("errors", lambda: [(e.__name__ in ("Error", "Incomplete"), issubclass(e, Exception))
                        for e in (module.Error, module.Incomplete)])
ALL = b("".join(map(chr, range(256))))
SAMPLES = [b(""), b("a"), b("ab"), b("abc"), b("hello, world"), b("\0\xff\x80"), b("=2 = \t\r\n.\n"),
           ALL, ALL[::-1], b("x") * 90]

# Each direction and back.
for data in SAMPLES:
    label = "%d bytes" % len(data)
    show("hexlify " + label, module.hexlify, data)
    show("unhexlify " + label, lambda: module.unhexlify(module.hexlify(data)) == data)
    show("b2a_base64 " + label, module.b2a_base64, data)
    show("a2b_base64 " + label, lambda: module.a2b_base64(module.b2a_base64(data)) == data)
    show("b2a_uu " + label, module.b2a_uu, data[:45])
    show("a2b_uu " + label, lambda: module.a2b_uu(module.b2a_uu(data[:45])) == data[:45])
    show("b2a_uu too long " + label, lambda: len(module.b2a_uu(data)))
    show("b2a_qp " + label, module.b2a_qp, data)
    show("b2a_qp quotetabs " + label, lambda: module.b2a_qp(data, quotetabs=True))
    show("b2a_qp header " + label, lambda: module.b2a_qp(data, header=True))
    show("b2a_qp istext " + label, lambda: module.b2a_qp(data, istext=False))
    show("a2b_qp " + label, module.a2b_qp, data)
    show("a2b_qp back " + label, lambda: module.a2b_qp(module.b2a_qp(data, istext=False)) == data)
    show("a2b_qp header " + label, lambda: module.a2b_qp(data, header=1))
    show("b2a_hqx " + label, module.b2a_hqx, data)
    show("a2b_hqx " + label, lambda: module.a2b_hqx(module.b2a_hqx(data) + b(":")))
    show("rlecode_hqx " + label, module.rlecode_hqx, data)
    show("rledecode_hqx " + label, lambda: module.rledecode_hqx(module.rlecode_hqx(data)) == data)
    show("crc_hqx " + label, module.crc_hqx, data, 0)
    show("crc32 " + label, module.crc32, data)
    show("crc32 from 1 " + label, module.crc32, data, 1)
    show("crc32 from -1 " + label, module.crc32, data, -1)

# What cannot be decoded.
for text in ("zz", "a", "abc", "0g", "AbCd", "  "):
    show("unhexlify %r" % text, module.unhexlify, b(text))
    show("a2b_hex %r" % text, module.a2b_hex, b(text))
for text in ("YQ", "YQ=", "YQ==", "Y", "=", "!!!!", "Y\nQ\n=\n=", "YWI=YWI=", "\xff\xfe", "Y===", "YWJj"):
    show("a2b_base64 %s" % value(b(text)), module.a2b_base64, b(text))
for text in ("", "#", "#86)C", "#86)C\n", "#86)Cxx", "\xff", " ", "!", "$ab\n", "#\x7f\x7f\x7f\x7f"):
    show("a2b_uu %s" % value(b(text)), module.a2b_uu, b(text))
for text in ("", ":", "!", "abc", "\0", "!!!!:rest", "!!\n!!:", "\xff", "!:"):
    show("a2b_hqx %s" % value(b(text)), module.a2b_hqx, b(text))
for text in ("\x90", "\x90\0", "a\x90", "a\x90\5", "\x90\5", "a\x90\0", "a\x90\1b", "ab\x90\xff"):
    show("rledecode_hqx %s" % value(b(text)), module.rledecode_hqx, b(text))
for text in ("=", "==", "=4", "=41", "=zz", "=\n", "=\r\nx", "a_b", "=3D=3d", "a=\nb"):
    show("a2b_qp %s" % value(b(text)), module.a2b_qp, b(text))

# What is taken for data.
BOTH = "hexlify b2a_hex unhexlify a2b_hex b2a_base64 a2b_base64 b2a_uu a2b_uu b2a_qp a2b_qp " \
       "b2a_hqx a2b_hqx rlecode_hqx rledecode_hqx crc32".split()
for function in BOTH:
    f = getattr(module, function)
    show(function + " of a bytearray", f, bytearray(b("4142")))
    show(function + " of a memoryview", f, memoryview(b("x4142"))[1:])
    show(function + " of text", f, u("4142"))
    for bad in (None, 5, 1.5, [b("a")], object()):
        kind("%s(%s)" % (function, name_of(bad)), f, bad)
    show(function + "()", f)

# Checksums.
for start in (0, 1, -1, 65535, 65536, 2 ** 31 - 1, -2 ** 31, 2 ** 32 - 1):
    show("crc_hqx from %d" % start, module.crc_hqx, b("abc"), start)
    show("crc32 from %d" % start, module.crc32, b("abc"), start)
for bad in (2 ** 31, 2 ** 64, -2 ** 64, 10 ** 30, 1.5, None, b("1")):
    label = name_of(bad)
    kind("crc_hqx from " + label, module.crc_hqx, b("abc"), bad)
    kind("crc32 from " + label, module.crc32, b("abc"), bad)
show("crc_hqx()", module.crc_hqx)
show("crc_hqx(x)", module.crc_hqx, b("x"))
show("crc32 in pieces", lambda: module.crc32(b("world"), module.crc32(b("hello ")))
     == module.crc32(b("hello world")))
show("crc32 keywords", lambda: module.crc32(b("x"), x=1))

# qp's keywords.
show("b2a_qp all", lambda: module.b2a_qp(data=b("a_b\t= \n"), quotetabs=1, istext=1, header=1))
show("b2a_qp positions", module.b2a_qp, b("a_b\t= \n"), 1, 0, 1)
show("b2a_qp too many", module.b2a_qp, b("a"), 1, 1, 1, 1)
show("b2a_qp unknown", lambda: module.b2a_qp(b("a"), other=1))
kind("b2a_qp wrong type", lambda: module.b2a_qp(b("a"), quotetabs=b("x")))
show("a2b_qp named", lambda: module.a2b_qp(data=b("a_b"), header=True))
show("a2b_qp unknown", lambda: module.a2b_qp(b("a"), headers=True))
show("a2b_qp twice", lambda: module.a2b_qp(b("a"), data=b("b")))
show("b2a_qp long line", lambda: module.b2a_qp(b("a") * 100 + b(" \n") + b("\x80") * 60))
show("b2a_qp crlf", module.b2a_qp, b("a \r\nb\t\r\n.\r\n"))

# The buffers are let go.
data = bytearray(b("ab"))
for function in BOTH:
    try:
        getattr(module, function)(data)
    except Exception:
        pass
data += b("cd" * 100)
print("let go:", len(data))


class Bytes(type(b(""))):
    pass


show("subclass of str", module.hexlify, Bytes(b("sub")))
gc.collect()
try:
    module.unhexlify(b("x"))
except TypeError as error:
    print("caught", type(error).__name__)
try:
    module.a2b_uu(b("\xff"))
except module.Error as error:
    print("caught", type(error) is module.Error, error.args == (str(error),))
try:
    module.a2b_hqx(b("!"))
except module.Incomplete as error:
    print("caught", type(error) is module.Incomplete)
