# _codecs_tw: its codecs there and back.
NAMES = ("big5", "cp950")
character = chr if PY3 else unichr
TEXT = u("ab") + u("").join(character(c) for c in (0x4e2d, 0x6587)) + u("\n")
for name in NAMES:
    codec = module.getcodec(b(name))
    encoded = show(name, codec.encode, TEXT)
    if encoded:
        show(name + " back", codec.decode, encoded[0])
    show(name + " empty", lambda: (codec.encode(u("")), codec.decode(b(""))))
    show(name + " bad", codec.decode, b("a\xff\xffb"))
    show(name + " replace", codec.decode, b("a\xff\xffb"), b("replace"))
    show(name + " ignore", codec.decode, b("a\xffb"), b("ignore"))
    show(name + " cut", codec.decode, (encoded or (b("\xff"),))[0][:-2] + b("\x81"))
    try:
        print(value(codec.encode(u("x") + character(0x10300))))
    except UnicodeEncodeError as error:
        print(name, "no such character", error.start, error.end, error.reason, error.encoding)
    show(name + " xmlcharrefreplace", codec.encode, u("x") + character(0x10300),
            b("xmlcharrefreplace"))
    show(name + " number", codec.encode, 5)
    show(name + " decode number", codec.decode, 5)
show("no such codec", module.getcodec, b("nothing"))
show("number", module.getcodec, 5)
try:
    module.getcodec()
except TypeError:
    print("nothing: TypeError")
