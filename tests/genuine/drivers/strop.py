"""strop: the functions of the module string, in C."""

import warnings

warnings.simplefilter("ignore")
m = module
for name in "digits hexdigits letters lowercase octdigits uppercase whitespace".split():
    kind("there is " + name, lambda: len(getattr(m, name, b(""))) >= 0)
for text in ("", "a", "Hello World", "  padded\t\n", "UPPER lower 123", "\xe4\xff\0x", "a\0b"):
    s = b(text)
    for name in "lower upper capitalize swapcase strip lstrip rstrip".split():
        show("%s %s" % (name, value(s)), getattr(m, name), s)
    show("split %s" % value(s), m.split, s)
    show("splitfields o", m.splitfields, s, b("o"))
    show("split at most 1", m.split, s, None, 1)
    show("split l at most 1", m.split, s, b("l"), 1)
for args in (("a,b,,c", ","), ("a,b,,c", ",", 2), ("a,b,,c", ",", 0), ("a,b,,c", ",", -1), ("abcabc", "bc"), ("aaa", "aa"), ("", ","),
             ("abc", "abcd"), (",", ",")):
    show("split%s" % value(tuple(b(a) if type(a) is str else a for a in args)), m.split,
         *[b(a) if type(a) is str else a for a in args])
show("split by nothing", m.split, b("abc"), b(""))
kind("split by a number", m.split, b("abc"), 5)
kind("split of a number", m.split, 5)
kind("split at most text", m.split, b("a b"), None, "x")

# Joining.
show("join", m.join, [b("a"), b("b"), b("c")])
show("join by", m.join, [b("a"), b("b")], b(", "))
show("join a tuple", m.join, (b("a"), b("b")), b(""))
show("joinfields", m.joinfields, [b("x"), b("y")], b("-"))
show("join one", m.join, [b("a")], b("-"))
show("join none", m.join, [], b("-"))
show("join tuple of one", m.join, (b("a"),))
show("join many", lambda: len(m.join([b("ab")] * 1000, b("-"))))
show("join a str", m.join, b("abc"), b("-"))


class Sequence(object):
    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


show("join a sequence", m.join, Sequence([b("a"), b("b"), b("c")]), b("."))
show("join a short one", m.join, Sequence([b("z")]))
for bad in ([1, 2], [b("a"), None], [b("a"), 5], Sequence([b("a"), 1]), (1, 2)):
    kind("join bad items", m.join, bad)
for bad in (None, 5, {}, object()):
    kind("join %s" % name_of(bad), m.join, bad)
kind("join by a number", m.join, [b("a")], 5)


class ItemRaises(Sequence):
    def __getitem__(self, i):
        raise ValueError("no item")


kind("join one that raises", m.join, ItemRaises([1, 2]))
show("join()", m.join)
show("join(1, 2, 3)", m.join, [], b(""), b(""))

# Finding.
hay = b("abracadabra")
for args in (("a",), ("a", 1), ("a", 4, 6), ("bra",), ("bra", 5), ("x",), ("",), ("", 3), ("a", -1), ("a", -3, -1), ("a", 100),
             ("abracadabra",), ("abracadabrax",)):
    rest = [b(a) if type(a) is str else a for a in args]
    show("find%s" % value(tuple(rest)), m.find, hay, *rest)
    show("rfind", m.rfind, hay, *rest)
    show("index", m.index, hay, *rest) if hasattr(m, "index") else None
    show("count", m.count, hay, *rest) if hasattr(m, "count") else None
for f in (m.find, m.rfind, m.count):
    for bad in (None, 5, [b("a")]):
        kind("find in %s" % name_of(bad), f, bad, b("a"))
        kind("find %s" % name_of(bad), f, hay, bad)
    kind("from text", f, hay, b("a"), "x")
    kind("from a huge number", f, hay, b("a"), 10 ** 30)
    show("find()", f)
    show("find(1 argument)", f, hay)
    show("too many", f, hay, b("a"), 1, 2, 3)

# Replacing, tabs, tables.
for args in (("abc", "b", "XX"), ("aaa", "a", "b", 2), ("aaa", "a", ""), ("abc", "x", "y"), ("abc", "b", "B", 0), ("abc", "b", "B", -1),
             ("abcabc", "abc", ""), ("\0a\0", "\0", "-")):
    rest = [b(a) if type(a) is str else a for a in args]
    show("replace%s" % value(tuple(rest)), m.replace, *rest)
show("replace nothing", m.replace, b("abc"), b(""), b("x"))
kind("replace a number", m.replace, b("abc"), 5, b("x"))
kind("replace in a number", m.replace, 5, b("a"), b("b"))
show("replace()", m.replace)
for args in (("a\tb",), ("a\tb", 4), ("\t\tx\n\ty", 3), ("no tabs",), ("",), ("a\r\tb", 8)):
    rest = [b(a) if type(a) is str else a for a in args]
    show("expandtabs%s" % value(tuple(rest)), m.expandtabs, *rest)
show("expandtabs 0", m.expandtabs, b("a\tb"), 0)
show("expandtabs -1", m.expandtabs, b("a\tb"), -1)
kind("expandtabs text", m.expandtabs, b("a\tb"), "x")
kind("expandtabs huge", m.expandtabs, b("\t\t\t"), 2 ** 63 - 1)
show("maketrans", lambda: m.maketrans(b("abc"), b("xyz"))[95:105])
show("maketrans none", lambda: m.maketrans(b(""), b("")) == bytes(bytearray(range(256))))
show("maketrans uneven", m.maketrans, b("ab"), b("x"))
kind("maketrans numbers", m.maketrans, 1, 2)
table = m.maketrans(b("abc"), b("xyz"))
show("translate", m.translate, b("aabbcc d"), table)
show("translate, deleting", m.translate, b("aabbcc d"), table, b("b "))
show("translate the same", m.translate, b("hello"), table)
show("translate short table", m.translate, b("abc"), b("x"))
kind("translate number", m.translate, 5, table)
kind("translate by None", m.translate, b("abc"), None)
show("translate()", m.translate)

# Numbers.
for text in ("5", " 5 ", "-5", "+5", "0x1f", "017", "9223372036854775807"):
    show("atoi %r" % text, m.atoi, b(text))
    show("atoi base 0 %r" % text, m.atoi, b(text), 0)
    show("atol %r" % text, m.atol, b(text))
    show("atol base 0 %r" % text, m.atol, b(text), 0)
for text in ("ff", "0xff", "zz"):
    for base in (16, 36):
        show("atoi %r, %d" % (text, base), m.atoi, b(text), base)
        show("atol %r, %d" % (text, base), m.atol, b(text), base)
for text in ("", " ", "x", "5x", "5 5", "9" * 30, "5L", "-", "1\0"):
    show("atoi %r" % text, m.atoi, b(text))
    show("atol %r" % text, m.atol, b(text))
    show("atof %r" % text, m.atof, b(text))
for base in (1, -1, 37, 100):
    show("atoi base %d" % base, m.atoi, b("1"), base)
    show("atol base %d" % base, m.atol, b("1"), base)
kind("atoi base text", m.atoi, b("1"), "x")
for text in ("1.5", " -2e3 ", "inf", "nan", "1e400", "0x10", "1.5.5", "."):
    show("atof %r" % text, m.atof, b(text))
for f in (m.atoi, m.atol, m.atof):
    for bad in (None, 5, [b("1")], 1.5):
        kind("of %s" % name_of(bad), f, bad)
    show("of text", f, u("12"))
    show("nothing", f)
    show("too many", f, b("1"), 1, 2)

# Other things than str.
for name in "lower upper capitalize swapcase strip".split():
    f = getattr(m, name)
    for bad in (None, 5, [b("a")], object()):
        kind("%s of %s" % (name, name_of(bad)), f, bad)
    show(name + " of text", f, u("Text"))
    kind(name + " of a bytearray", f, bytearray(b("Text")))
    kind(name + " of a memoryview", f, memoryview(b("Text")))
    kind(name + "()", f)
    kind(name + "(1, 2)", f, b("a"), b("b"))
s = b("same")
show("unchanged", lambda: m.lower(s) == s)
pieces = m.split(b("a b c") * 1000)
s = None
show("pieces outlive the whole", lambda: (len(pieces), pieces[-1]))
warnings.simplefilter("error")
kind("warns", lambda: m.lower(b("X")))
kind("warns", lambda: m.find(b("X"), b("X")))
