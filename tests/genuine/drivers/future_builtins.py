"""future_builtins: what Python 3's builtins do, for Python 2."""

import gc
import weakref


def same(label, function, x, text):
    """Whether a function gives this text; as str."""
    show("%s %s" % (label, text), lambda: function(x) == b(text))


class Index(object):
    def __init__(self, x):
        self.x = x

    def __index__(self):
        return self.x


class Hex(object):
    """Only Python 2's own hex() asks these."""
    def __hex__(self):
        return "hex"

    def __oct__(self):
        return "oct"


class Repr(object):
    def __init__(self, text):
        self.text = text

    def __repr__(self):
        return self.text


class Raises(object):
    def __repr__(self):
        raise ValueError("no words")

    def __index__(self):
        raise ValueError("no index")


for x in (0, 1, 7, 8, 255, 256, -1, -255, 2 ** 31, -2 ** 31, 2 ** 63 - 1, -2 ** 63, True, False):
    same("hex", module.hex, x, "%s%#x" % ("-" if x < 0 else "", abs(x)))
    same("oct", module.oct, x, "%s0o%o" % ("-" if x < 0 else "", abs(x)))
for n in (5, 2 ** 70, -5):
    show("hex of an index", lambda: module.hex(Index(n)) == module.hex(n))
    show("oct of an index", lambda: module.oct(Index(n)) == module.oct(n))
for f in (module.hex, module.oct):
    for bad in (1.5, None, b("1"), u("1"), [], 1j, Hex(), Index(b("x")), Index(1.5)):
        kind("of %s" % type(bad).__name__.replace("unicode", "text").replace("str", "s").replace("bytes", "s")
             if type(bad) not in (type(b("")), type(u(""))) else "of a string", f, bad)
    show("of one that raises", f, Raises())
    kind("of nothing", f)
    kind("of two", f, 1, 2)
    kind("keyword", lambda: f(number=1))
for x, text in ((5, "5"), (None, "None"), ([1, 2], "[1, 2]"), (b("a"), None), (Repr("plain"), "plain"), ((), "()"),
                (1.5, "1.5"), ({}, "{}")):
    if text is not None:
        same("ascii", module.ascii, x, text)
show("ascii of itself", lambda: module.ascii(module.ascii) != "")
show("ascii of one that raises", module.ascii, Raises())
kind("ascii of nothing", module.ascii)
kind("ascii of two", module.ascii, 1, 2)

# map, filter and zip are itertools'.
itertools = load("itertools")
show("lazy", lambda: (module.map is not None, list(module.map(abs, [-1, 2]))))
show("map", lambda: list(module.map(lambda x, y: x + y, [1, 2, 3], (10, 20))))
show("map forever", lambda: next(module.map(lambda x: x * x, itertools.count(5))))
show("filter", lambda: list(module.filter(lambda x: x % 2, range(10))))
show("filter None", lambda: list(module.filter(None, [0, 1, b(""), b("a"), None])))
show("zip", lambda: list(module.zip([1, 2, 3], u("ab"))))
show("zip nothing", lambda: list(module.zip()))


def failing():
    yield 1
    raise ValueError("half way")


for name, args in (("map", (abs,)), ("filter", (abs,)), ("zip", ())):
    f = getattr(module, name)
    show(name + " fails", lambda: list(f(*args + (failing(),))))
    kind(name + " of a number", f, *args + (5,))
    it = f(*args + ([1, 2],))
    show(name + " is an iterator", lambda: (iter(it) is it, next(it), type(it) is f))

    class Sub(f):
        pass

    s = Sub(*args + ([1, 2],))
    s.me = s
    seen = weakref.ref(s)
    show(name + " subclass", lambda: list(s))
    del s, it
    gc.collect()
    show(name + " subclass in a cycle", lambda: seen() is None)
kind("map()", module.map)
kind("filter()", module.filter)
data = [1, 2]
it = module.map(lambda x: x, data)
del data
gc.collect()
show("outlives its list", lambda: list(it))
show("nothing more", lambda: [hasattr(module, n) for n in ("ascii", "filter", "hex", "map", "oct", "zip", "chr")])
