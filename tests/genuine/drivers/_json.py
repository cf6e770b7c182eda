# _json: the scanner, the encoder, and the two functions for strings.
import gc
import sys
import weakref

ours = sys.modules.pop(module.__name__)
import json.decoder
sys.modules[module.__name__] = ours


def errmsg(text, doc, position, end=None):
    """What Python 2.7's json/decoder.py has for the binary's errors."""
    return "%s in %s of %d: %s" % (text.decode("ascii"),
            type(doc) is bytes and "str" or "unicode", len(doc), position)


json.decoder.errmsg = errmsg

encode = module.encode_basestring_ascii
show("encode", encode, b("plain"))
show("encode escapes", encode, b("\"\\\b\f\n\r\t\0\x1f/"))
show("encode utf-8", encode, b("\xc3\xa9"))
kind("encode bad utf-8", encode, b("\xe9"))
show("encode unicode", encode, u("a\xe9\"\n"))
show("encode wide", encode, u("\u20ac\U0001f600") if PY3
        else u("").join(map(unichr, (0x20ac, 0x1f600))))
show("encode number", encode, 5)
show("encode None", encode, None)
kind("encode nothing", encode)
show("encode long", lambda: len(encode(b("x") * 100000)))

# scanstring(string, end, encoding, strict) -> (text, end)
scan = module.scanstring
show("scan", scan, b('"abc"'), 1)
show("scan unicode", scan, u('"abc" more'), 1)
show("scan escapes", scan, b('a\\n\\t\\\\\\"\\u0041\\u00e9"'), 0)
show("scan surrogates", scan, b('\\ud83d\\ude00"'), 0)
show("scan lone", scan, b('\\ud83dx"'), 0)
show("scan unicode escapes", scan, u('\\u20ac\\/"'), 0)
show("scan utf-8", scan, b('\xc3\xa9"'), 0)
show("scan latin-1", scan, b('\xe9"'), 0, b("latin-1"))
show("scan not strict", scan, b('a\nb"'), 0, b("utf-8"), False)
show("scan strict", scan, b('a\nb"'), 0, b("utf-8"), True)
show("scan unended", scan, b('abc'), 0)
show("scan unended unicode", scan, u('abc'), 0)
show("scan bad escape", scan, b('\\x"'), 0)
show("scan bad hex", scan, b('\\u12g4"'), 0)
show("scan short hex", scan, b('\\u12'), 0)
show("scan beyond", scan, b('abc"'), 10)
show("scan before", scan, b('abc"'), -1)
show("scan number", scan, 5, 1)
show("scan text end", scan, b("abc"), b("x"))
show("scan bad encoding", scan, b('\xe9"'), 0, b("no-such-codec"))
kind("scan undecodable", scan, b('\xe9"'), 0)

# make_scanner(context)(string, index) -> (value, end)
class Context(object):
    encoding = b("utf-8")
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(lambda name: (b("constant"), name))

    def __init__(self, **changes):
        self.__dict__.update(changes)


scanner = module.make_scanner(Context())
for source in ("null", "true", "false", "0", "-12", "1.5", "1e3", "-2.5E-1",
        "12345678901234567890",
               '"text"', '"\\u20ac"', "[]", "{}", "[1, [2, [3]], \"x\"]", "NaN", "Infinity",
               "-Infinity", '{"a": 1, "b": [true, null], "c": {"d": 2.5}}', " [1]", "01"):
    show(source, scanner, b(source), 0)
    show("u " + source, scanner, u(source), 0)
for source in ("", "nul", "-", "[", "[1", "[1,", "[1,]", "[1 2]", "{", '{"a"', '{"a":', '{"a":1',
               '{"a":1,', '{"a":1,}', "{1: 2}", '{"a" 1}', "tru", '"open', "]", "x"):
    show("bad " + source, scanner, b(source), 0)
    show("bad u " + source, scanner, u(source), 0)
show("index", scanner, b("  12  "), 2)
show("index beyond", scanner, b("12"), 5)
show("index before", scanner, b("12"), -1)
show("scan not text", scanner, 12, 0)
show("scan nothing", scanner)
show("scan text index", scanner, b("1"), b("x"))
show("scan by keyword", lambda: scanner(string=b("[7]"), idx=0))
print("attributes", scanner.strict, value(scanner.encoding), scanner.object_hook,
      scanner.parse_float is float, scanner.parse_int is int)
kind("readonly", setattr, scanner, "strict", False)
show("deep", lambda: len(value(scanner(b("[" * 50 + "]" * 50), 0))))
kind("too deep", scanner, b("[" * 100000), 0)
hooked = module.make_scanner(Context(object_hook=lambda d: sorted(d.items())))
show("object_hook", hooked, b('{"b": 1, "a": {"c": 2}}'), 0)
hooked = module.make_scanner(Context(object_pairs_hook=lambda pairs: pairs))
show("object_pairs_hook", hooked, b('{"b": 1, "a": {"c": 2}}'), 0)
show("object_pairs_hook u", hooked, u('{"b": 1, "a": {"c": 2}}'), 0)
parsing = module.make_scanner(Context(parse_float=lambda text: (b("f"), text),
                                      parse_int=lambda text: (b("i"), text)))
show("parse_*", parsing, b("[1, 2.5]"), 0)


def fail(what):
    raise ValueError("no such thing as a %s" % (isinstance(what, dict) and "dict" or "text"))


failing = module.make_scanner(Context(object_hook=fail, parse_constant=fail))
show("failing hook", failing, b("[1, {}]"), 0)
failing = module.make_scanner(Context(parse_int=lambda text: [][1]))
show("failing int", failing, b("[1]"), 0)
show("latin-1", module.make_scanner(Context(encoding=b("latin-1"))), b('["\xe9"]'), 0)
show("loose", module.make_scanner(Context(strict=False)), b('["a\tb"]'), 0)
kind("no context", module.make_scanner, 5)
kind("no arguments", module.make_scanner)


class Lacking(Context):
    @property
    def strict(self):
        raise KeyError(7)


show("failing context", module.make_scanner, Lacking())

# make_encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys,
# skipkeys, allow_nan)


def default(o):
    if isinstance(o, set):
        return sorted(o)
    raise TypeError("not serializable")



def encoder(markers=None, default=default, encode=encode, indent=None, key=b(": "), item=b(", "),
            sort=True, skip=False, nan=True):
    return module.make_encoder(markers, default, encode, indent, key, item, sort, skip, nan)


def joined(made, o):
    pieces = made(o, 0)
    return b("").join(p.encode("ascii") if isinstance(p, type(u(""))) else p for p in pieces)


c = encoder({})
for name, o in (("None", None), ("True", True), ("int", -5), ("long", 10**30), ("float", 0.1),
                ("big", 1e300), ("str", b("x\n")), ("unicode", u("\xe9")), ("empty", []),
                ("list", [1, [2, ()], (3,)]), ("dict", {b("a"): [None]}),
                ("keys", {1: 1}), ("keys float", {1.5: 1}), ("keys None", {None: 0}),
                ("keys True", {True: 0}), ("keys u", {u("k\xe9"): {}}), ("set", set([3, 1])),
                ("nan", float("nan")), ("inf", [float("inf"), -float("inf")]), ("{}", {})):
    show("dump " + name, joined, c, o)
show("dump tuple key", joined, c, {(1, 2): 3})
show("dump skipped key", joined, encoder(skip=True), {(1, 2): 3, b("a"): 1})
show("dump no nan", joined, encoder(nan=False), [float("nan")])
show("dump compact", joined, encoder(key=b(":"), item=b(",")), {b("a"): [1, 2]})
show("dump default fails", joined, c, [1, object()])
show("dump function", joined, encoder(encode=lambda s: b("<") + b("%d") % len(s) + b(">")),
        [b("abc")])
show("dump number function", lambda: list(encoder(encode=lambda s: 5)([b("abc")], 0))[1])
show("dump failing function", joined, encoder(encode=fail), [b("abc")])
kind("dump bad utf-8", joined, c, [b("\xff")])
loop = [1]
loop.append({b("x"): loop})
show("dump loop", joined, c, loop)
kind("dump loop unmarked", joined, encoder(None), loop)
gc.collect()
show("markers", module.make_encoder, [], default, encode, None, b(":"), b(","), True, True, True)
show("few", module.make_encoder, None)


class IntSub(int):
    def __repr__(self):
        return "never"


class DictSub(dict):
    pass


class ListSub(list):
    pass


class StrSub(bytes if PY3 else str):
    pass


show("dump subclasses", joined, c, ListSub([DictSub(a=ListSub()), StrSub(b("s"))]))
print("attributes", value(c.key_separator), value(c.item_separator), c.sort_keys, c.skipkeys,
      c.indent, c.default is default)
r = [scanner, c]
del scanner, c, hooked, parsing, failing
gc.collect()
show("alive", lambda: (r[0](b("[1]"), 0), joined(r[1], [1])))
kind("weak", weakref.ref, r[0])

kind("subclass", type, "Own", (type(r[0]),), {})
