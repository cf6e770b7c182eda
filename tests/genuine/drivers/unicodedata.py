# unicodedata: the tables of both versions, normal forms, names.
import gc
import sys


def character(code):
    return chr(code) if PY3 else unichr(code)


old = module.ucd_3_2_0
print("versions", module.unidata_version, old.unidata_version, type(old).__name__)
CODES = (0x20, 0x30, 0x41, 0x61, 0xbd, 0xc5, 0xe9, 0x300, 0x378, 0x3a9, 0x5d0, 0x661, 0x0f33,
        0x200b,
         0x2028, 0x20ac, 0x2126, 0x2167, 0x3042, 0x4e00, 0xac00, 0xd800, 0xe000, 0xfb01, 0xfffd,
         0x10400, 0x1d7ce, 0x1f600, 0x20000, 0x10ffff)
for code in CODES:
    c = character(code)
    for table in (module, old):
        print("%x" % code, value((table.category(c), table.bidirectional(c), table.combining(c),
                                  table.mirrored(c), table.east_asian_width(c),
                                      table.decomposition(c),
                                  table.name(c, None), table.decimal(c, None),
                                      table.digit(c, None),
                                  table.numeric(c, None))))


def lookup(label, table, name):
    try:
        print("lookup %s: %s" % (label, value(table.lookup(name))))
    except KeyError as error:
        print("lookup %s: KeyError: %s" % (label, error.args[0]))


A = u("A")
for name in ("decimal", "digit", "numeric", "name"):
    f = getattr(module, name)
    show(name + " missing", f, character(0x378))
    show(name + " default", f, character(0x378), 5)
    show(name + " None", f, character(0x378), None)
    show(name + " nothing", f)
    show(name + " two characters", f, u("ab"))
    show(name + " empty", f, u(""))
    show(name + " number", f, 5)
    show(name + " str", f, b("A"))
for name in ("category", "bidirectional", "combining", "mirrored", "east_asian_width",
        "decomposition"):
    f = getattr(module, name)
    show(name + " nothing", f)
    show(name + " two characters", f, u("ab"))
    show(name + " empty", f, u(""))
    show(name + " number", f, 5)
    show(name + " str", f, b("A"))
    show(name + " three", f, A, A, A)

# Names to characters.
for name in ("LATIN SMALL LETTER A", "latin small letter a", "GREEK CAPITAL LETTER OMEGA",
        "EURO SIGN",
             "CJK UNIFIED IDEOGRAPH-4E00", "CJK UNIFIED IDEOGRAPH-4E0", "HANGUL SYLLABLE GA",
             "HANGUL SYLLABLE GAX", "GRINNING FACE", "DESERET CAPITAL LETTER LONG I", "",
                 "no such name",
             "LATIN SMALL LETTER A ", "X" * 300):
    lookup(name[:30], module, b(name))
    lookup("u " + name[:30], module, u(name))
show("lookup number", module.lookup, 5)
show("lookup nothing", module.lookup)
lookup("in 3.2", old, b("EURO SIGN"))
lookup("new in 3.2", old, b("NKO LETTER A"))

# Normal forms.
TEXTS = [u(""), u("abc"), u("\xe9"), u("e") + character(0x301), character(0x212b),
        character(0xfb01) + u("x"),
         character(0xac01), character(0x1100) + character(0x1161) + character(0x11a8),
         u("a") + character(0x315) + character(0x300), character(0x1e9b) + character(0x323),
         character(0x2f868), character(0x1d15e), character(0x0344), u("x") * 30 + u("\xc5")]
for form in ("NFC", "NFD", "NFKC", "NFKD"):
    for text in TEXTS:
        show(form, module.normalize, b(form), text)
        if value(old.normalize(b(form), text)) != value(module.normalize(b(form), text)):
            show("3.2 " + form, old.normalize, b(form), text)
show("form as unicode", module.normalize, u("NFC"), u("e") + character(0x301))
show("bad form", module.normalize, b("NFX"), A)
show("form number", module.normalize, 5, A)
show("text str", module.normalize, b("NFC"), b("A"))
show("text number", module.normalize, b("NFC"), 5)
show("one", module.normalize, A)
show("long", lambda: len(module.normalize(b("NFD"), u("\xe9") * 100000)))
show("many marks", lambda: module.normalize(b("NFD"),
        u("a") + (character(0x300) + character(0x316)) * 20))
lone = character(0xd800) + character(0x300)
show("lone surrogate", module.normalize, b("NFC"), lone)

# The object for the old tables; its life.
kind("attribute", setattr, old, "unidata_version", 1)
kind("new attribute", setattr, old, "x", 1)
kind("make", lambda: type(old)())
kind("subclass", type, "Sub", (type(old),), {})
name = old.name
del old
gc.collect()
show("method outlives", name, A)
show("unbound", lambda: type(module.ucd_3_2_0).name(module.ucd_3_2_0, A))
kind("unbound wrong", lambda: type(module.ucd_3_2_0).name(5, A))
print("table", type(module.ucnhash_CAPI).__name__)
everything = [0] * 3
for code in range(0, 0x110000, 37):
    c = character(code)
    everything[0] += module.combining(c)
    everything[1] += len(module.name(c, b("")))
    everything[2] += len(module.decomposition(c))
print("sums", everything)
