# _codecs_jp: Japanese, each codec there and back, with every way to handle errors.
import gc
import weakref

character = chr if PY3 else unichr

TEXT = u("").join(character(c) for c in (0x65e5, 0x672c, 0x8a9e, 0x20, 0x30ab, 0xff76, 0x41, 0x5c,
        0x7e))
NAMES = ("shift_jis", "cp932", "euc_jp", "shift_jis_2004", "euc_jis_2004", "euc_jisx0213",
        "shift_jisx0213")
for name in NAMES:
    codec = module.getcodec(b(name))
    encoded = show(name, codec.encode, TEXT)
    if encoded:
        show(name + " back", lambda: codec.decode(encoded[0]))
    kind(name + " high", codec.encode, character(0x2000b))
    kind(name + " pair", codec.encode, character(0x304b) + character(0x309a))
    try:
        codec.encode(u("x") + character(0x10300) + u("y"))
    except UnicodeEncodeError as error:
        print(name, "none", error.start, error.end, error.reason, error.encoding)
    for errors in ("ignore", "replace", "xmlcharrefreplace", "backslashreplace",
            "no-such-handler"):
        show(name + " " + errors, codec.encode, u("x") + character(0x10300) + u("y"), b(errors))
    for bad in ("a\x81", "\x81\x00b", "\xff", "\x8f\xa1", "\x8e", "a\xfd\xfeb",
            "\x85\x40\x87\x40"):
        show(name + " decode", codec.decode, b(bad))
        show(name + " replace", codec.decode, b(bad), b("replace"))
        show(name + " ignore", codec.decode, b(bad), b("ignore"))
codec = module.getcodec(b("shift_jis"))
print("kind", type(codec).__name__)
show("keywords", lambda: (codec.encode(input=u("a"), errors=b("strict")),
        codec.decode(input=b("b"), errors=None)))
show("encode str", codec.encode, b("abc"))
show("encode number", codec.encode, 5)
show("encode nothing", codec.encode)
show("decode unicode", codec.decode, u("abc"))
show("decode bytearray", codec.decode, bytearray(b("abc")))
show("decode number", codec.decode, 5)
show("decode array", codec.decode, load("array").array(b("c"), b("\x83\x4a")))
show("errors number", codec.decode, b("a"), 5)
show("long", lambda: (len(codec.encode(character(0x65e5) * 50000)[0]),
        len(codec.decode(b("\x93\xfa") * 50000)[0])))
show("no such", module.getcodec, b("no-such-codec"))
show("other's", module.getcodec, b("gb2312"))
show("unicode name", lambda: type(module.getcodec(u("euc_jp"))).__name__)
show("number", module.getcodec, 5)
kind("nothing", module.getcodec)
kind("attribute", setattr, codec, "x", 5)
kind("make", type(codec))
kind("subclass", type, "Sub", (type(codec),), {})

# Handlers of the host's or the binary's.
import codecs

seen = []


def handler(error):
    seen.append((type(error).__name__, error.start, error.end, error.reason))
    return (u("?!"), error.end)


codecs.register_error("driver-good", handler)
codecs.register_error("driver-number", lambda error: 5)
codecs.register_error("driver-far", lambda error: (u("<"), 1000))
codecs.register_error("driver-type", lambda error: (5, error.end))
codecs.register_error("driver-raise", lambda error: [][1])
show("good", codec.encode, u("a") + character(0x10300) + u("b"), b("driver-good"))
show("good decode", codec.decode, b("a\xff\xffb"), b("driver-good"))
for what, start, end, reason in seen:
    print("seen", what, start, end, reason)
for name in ("number", "far", "type", "raise"):
    kind(name, codec.encode, u("a") + character(0x10300), b("driver-" + name))
    kind(name + " decode", codec.decode, b("a\xff"), b("driver-" + name))
encode = codec.encode
del codec
gc.collect()
show("method outlives", encode, character(0x3042))
try:
    module.getcodec(b("euc_jp")).decode(b("ab\xffcd"))
except UnicodeDecodeError as error:
    print("error", error.start, error.end, error.reason, value(error.object), error.encoding)
try:
    module.getcodec(b("euc_jp")).encode(u("ab") + character(0x10300))
except UnicodeEncodeError as error:
    print("error", error.start, error.end, error.reason, value(error.object), error.encoding)
