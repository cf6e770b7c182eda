from __future__ import print_function
import sys
import warnings
import legacy_getargs as m

if sys.version_info[0] == 2:
    reload(sys)  # noqa: F821
    sys.setdefaultencoding("utf-8")
warnings.simplefilter("ignore")


def text(value):
    return value if isinstance(value, str) else value.decode()


def name(value):
    if isinstance(value, tuple):
        return "(" + ", ".join(name(item) for item in value) + ")"
    if isinstance(value, list):
        return "[" + ", ".join(name(item) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(sorted("%s=%s" % (key, name(value[key])) for key in value)) + "}"
    if isinstance(value, bytes):
        return "S" + repr(value).lstrip("b")
    if isinstance(value, type(u"")):
        return "U" + "".join(c if " " <= c < "\x7f" else "<%x>" % ord(c) for c in value)
    if type(value) in (int, float, complex, bool, type(None), type(2 ** 64)):
        return repr(value).rstrip("L")
    return type(value).__name__


class Index(object):
    def __index__(self):
        return 7


class Int(object):
    def __int__(self):
        return 8


class Raises(object):
    def __int__(self):
        raise ValueError("no int")

    def __float__(self):
        raise ValueError("no float")

    def __len__(self):
        raise ValueError("no length")

    def __getitem__(self, index):
        return index


class Float(object):
    def __float__(self):
        return 2.5


class Complex(object):
    def __complex__(self):
        return 1 + 2j


class Sequence(object):
    """Makes its items anew each time."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return index + 10


numbers = [0, 1, -1, 127, 128, 255, 256, -128, -129, 32767, 32768, -32768, -32769, 65535, 65536,
           2 ** 31 - 1, 2 ** 31, -2 ** 31, -2 ** 31 - 1, 2 ** 32 + 5, 2 ** 63 - 1, 2 ** 63,
           -2 ** 63, -2 ** 63 - 1, 2 ** 64 - 1, 2 ** 64, 2 ** 100, True, False]
others = [1.5, -2.75, 1e300, 1 + 2j, None, b"", b"a", b"12", u"12", (), (1,), [], {}, object(),
          Index(), Int(), Raises(), Float(), Complex()]
for format in "bBhHiIlknLKfdD":
    print("==", format)
    for value in numbers + (others if format in "ikLKdD" else [1.5, None, b"1", Int(), Raises()]):
        print(name(value), "->", text(m.parse(format + ":f", (value,), 0)))

strings = [b"", b"a", b"hello", b"a\0b", b"\xe9\xff", u"", u"hello", u"h\xe9", u"\u20ac\U0001F600",
           u"a\0b", u"\xff"]
for format in ["s", "s#", "s*", "z", "z#", "z*", "t#", "S", "U", "u", "u#", "O", "O!", "O&", "O?",
               "et", "et#", "w", "w#", "w*"]:
    print("==", format)
    for value in strings + [None, 5, 1.5, (1, 2)]:
        for wide in (0, 1):
            print(name(value), "->", text(m.parse(format + ":f", (value,), wide)))
for format in ["es", "es#", "c"]:
    print("==", format)
    for value in [b"", b"a", b"hello", b"a\0b", u"h\xe9", u"\u20ac", u"a\0b", None, 5]:
        print(name(value), "->", text(m.parse(format + ":f", (value,), 1)))

print("== tuples")
for format, given in [
    ("", ()), ("", (1,)), ("i", ()), ("i", (1, 2)), ("ii", (1,)), ("ii", (1, 2)), ("i|i", ()),
    ("i|i", (1,)), ("i|i", (1, 2)), ("i|i", (1, 2, 3)), ("|ii", ()), ("|i", (1, 2)),
    ("ii:name", (1,)), ("ii;own words", (1,)), ("i;own words", (b"a",)), ("is", (1, 2)),
    ("(ii)", ((1, 2),)), ("(ii)", ([1, 2],)), ("(ii)", ((1,),)), ("(ii)", (1,)),
    ("(ii)", (b"ab",)), ("(ii)", (u"ab",)), ("(ii)", (None,)), ("(ii)", ((1, b"x"),)),
    ("(i(ii))", ((1, (2, 3)),)),
    ("(i(ii))", ((1, (2, u"x")),)), ("(i(ii)):f", ((1, (2,)),)), ("(ii)", (Sequence(),)),
    ("(ss)", (Raises(),)), ("()", ((),)), ("()", ((1,),)), ("i(i)|i", (1, (2,), 3)),
    ("(s#s#)", ((b"ab", u"cde"),)), ("y", (1,)), ("iy", (1, 2)), ("i.", (1,)), ("i#", (1,)),
    ("es", (b"x",)), ("ex", (b"x",)), ("t", (b"x",)), ("iis", (1, 2, 3)), ("ses", (b"a", b"b")),
    ("esi", (b"a", b"b")), ("s*i", (b"a", b"b")), ("O" * 15, tuple(range(15))),
    ("i", [1]), ("i", 1),
]:
    print(format, name(given), "->", text(m.parse(format, given, 0)))

print("== one")
for args in [("",), ("", 1), (":f", None), ("i",), ("i:f",), ("i", 5), ("i", b"x"), ("i:f", u"x"),
             ("i;words", u"x"), ("ii", (1, 2)), ("(ii)", (1, 2)), ("(ii)", (1, u"x")),
             ("(ii):f", 5), ("(i(ii))", (1, (2, u"x"))), ("s#", b"abc"), ("s#", b"abc", 1),
             ("|i", 1), ("i|", 1)]:
    print(args[0], name(args[1:]), "->", text(m.parse_one(*args)))

print("== keywords")
ab, abc = ("a", "b"), ("a", "b", "c")
ab, abc = tuple(n.encode() for n in ab), tuple(n.encode() for n in abc)
for format, given, keywords, names in [
    ("ii", (1, 2), None, ab), ("ii", (1,), {"b": 2}, ab), ("ii", (), {"a": 1, "b": 2}, ab),
    ("ii", (), {"b": 2}, ab), ("ii:f", (1,), None, ab), ("ii", (1, 2, 3), None, ab),
    ("ii:f", (1, 2), {"b": 2}, ab), ("ii:f", (1,), {"a": 2}, ab), ("i|i", (1,), {"c": 2}, ab),
    ("i|i:f", (1,), None, ab), ("i|ss#", (1,), {"c": b"xy"}, abc), ("|iii", (), {"c": 3}, abc),
    ("|i(ii)i", (), {"c": 3}, abc), ("|O!O&i", (), {"c": 3}, abc), ("|eset#i", (), {"c": 3}, abc),
    ("|s*w#i", (), {"c": 3}, abc), ("i", (1,), None, ab), ("iii", (1, 2), None, ab),
    ("iii", (1, 2), {}, ab), ("ii;words", (b"x", 2), None, ab), ("ii:f", (1, b"x"), None, ab),
    ("|ii", (), {"x": 1}, ab), ("|ii", (), {"x": 1, "a": 2, "b": 3}, ab),
    ("i|", (1,), None, ab[:1]), ("|y", (), {"b": 1}, ab), ("", (), None, ()),
    ("", (1,), None, ()), (":f", (), {"a": 1}, ()),
    ("s", (), {"a": u"h\xe9"}, ab[:1]), ("O", (), {"a": None}, ab[:1]),
]:
    print(format, name(given), name(keywords), "->",
          text(m.parse_keywords(format, given, keywords, names, 0)))
print(text(m.called(1)), text(m.called(1, second=b"x")), text(m.called(third=3, first=1)))
print(text(m.called(1, fourth=4)))
print(text(m.called(first=1, second=u"h\xe9", third=3)))
print(text(m.called()), "/", text(m.called(1, 2, 3, 4)), "/", text(m.called(1, first=1)))
print(text(m.no_keywords()), text(m.no_keywords(1)), text(m.no_keywords(a=1)))

print("== unpack")
for args in [(b"f", 0, 3, ()), (b"f", 1, 3, ()), (b"f", 1, 3, (1, 2)), (b"f", 1, 1, (1, 2)),
             (b"f", 1, 2, (1, 2, 3)), (None, 1, 2, ()), (None, 2, 2, ()), (None, 0, 1, (1, 2)),
             (b"f", 0, 1, [1]), (b"f", 2, 2, (None, u"x"))]:
    print(name(args), "->", text(m.unpack(*args)))


# Formats that are put together by chance, the same in each Python, with arguments that fit
# most of them.
class Chance(object):
    state = 1

    def below(self, end):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        return (self.state >> 33) % end

    def choose(self, items):
        return items[self.below(len(items))]


chance = Chance()
FITTING = {"fdD": 1.5, "c": b"x", "uU": u"text", "stzSe": b"str", "w": None, "O": 5,
           "bBhHiIlnkLK": 100}
UNITS = ("s s# s* z z# z* t# S U u u# O O! O& O? es es# et et# w w# w* b B h H i I l n k L K f d "
         "D c").split()


def group(depth):
    """Units and the values for them."""
    units, values = "", []
    for _ in range(1 + chance.below(3)):
        unit = chance.choose(UNITS)
        value = [FITTING[letters] for letters in FITTING if unit[0] in letters][0]
        if depth < 2 and chance.below(9) == 0:
            inner, value = group(depth + 1)
            unit = "(" + inner + ")"
            value = list(value) if chance.below(3) == 0 else value
        elif chance.below(7) == 0:
            value = chance.choose([b"", u"a\0b", b"a\0b", None, 70000, -1, 2 ** 70, (1, u"x"), []])
        units += unit
        values.append(value)
    return units, tuple(values)


print("== mixed")
for _ in range(500):
    first, values = group(0)
    second, more = group(0) if chance.below(2) else ("", ())
    format = first + ("|" + second if second else "")
    format += chance.choose(["", ":f", ";own words", ":", ";", ":f;g", ";g:f"])
    values += more
    values = values[:len(values) - (chance.below(6) == 0)] + (7,) * (chance.below(6) == 0)
    wide, split, names = chance.below(2), chance.below(3), (b"a", b"b", b"c", b"d", b"e", b"f")
    if split == 0:
        got = m.parse(format, values, wide)
    elif split == 1 and len(values) == 1 and "|" not in format:
        got = m.parse_one(format, values[0], wide)
    else:
        kept = chance.below(len(values) + 1)
        keywords = dict(("abcdef"[i], values[i]) for i in range(kept, min(6, len(values)))
                        if chance.below(6))
        if chance.below(9) == 0:
            keywords[chance.choose(["a", "f", "other"])] = 1
        names = names[:len(values) + (chance.below(9) == 0)]
        print(name(values[:kept]), name(keywords), len(names), end=" ")
        got = m.parse_keywords(format, values[:kept], keywords, names, wide)
    print(format, name(values), wide, "->", text(got))
