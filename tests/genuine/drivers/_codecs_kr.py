# _codecs_kr: its codecs there and back.
NAMES = {
    "cn": ("gb2312", "gbk", "gb18030", "hz"),
    "hk": ("big5hkscs",),
    "kr": ("euc_kr", "cp949", "johab"),
    "tw": ("big5", "cp950"),
    "iso2022": ("iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_3", "iso2022_jp_ext", "iso2022_kr"),
}["kr"]
TEXT = {
    "cn": u("ab"), "hk": u("ab"), "kr": u("ab"), "tw": u("ab"), "iso2022": u("ab"),
}["kr"]
letters_of = {"cn": (0x4e2d, 0x6587), "hk": (0x9999, 0x6e2f), "kr": (0xd55c, 0xae00), "tw": (0x4e2d, 0x6587),
              "iso2022": (0x4e00, 0x4e8c)}["kr"]
character = chr if PY3 else unichr
TEXT += u("").join(character(c) for c in letters_of) + u("\n")
load("_multibytecodec")
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
    show(name + " no such character", codec.encode, u("x") + character(0x10300))
    show(name + " xmlcharrefreplace", codec.encode, u("x") + character(0x10300), b("xmlcharrefreplace"))
    show(name + " number", codec.encode, 5)
    show(name + " decode number", codec.decode, 5)
show("no such codec", module.getcodec, b("nothing"))
show("number", module.getcodec, 5)
show("nothing", lambda: module.getcodec is not None)
