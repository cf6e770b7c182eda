"""operator: Python's operators as functions, the getters."""

import copy
import gc
import weakref

BINARY = """add sub mul floordiv truediv mod pow lshift rshift and_ or_ xor lt le eq ne ge gt
            is_ is_not __add__ __sub__ __mul__ __floordiv__ __truediv__ __mod__ __pow__
            __lshift__ __rshift__ __and__ __or__ __xor__ __lt__ __le__ __eq__ __ne__ __ge__
            __gt__""".split()
PAIRS = [(7, 3), (-7, 3), (2, 10), (1, 0), (7.5, 2), (-7.5, 2.0), (2.0, 0.0), (10 ** 20, 7), (3 + 4j, 2),
         (True, 2), (6, 6)]
for name in BINARY:
    f = getattr(module, name)
    for x, y in PAIRS:
        if name.strip("_") in ("lshift", "lt", "le", "gt", "ge") and complex in (type(x), type(y)):
            kind("%s(%s, %s)" % (name, name_of(x), name_of(y)), f, x, y)
            continue
        if name.startswith("is"):
            f(x, y)
            continue
        kind("%s(%s, %s)" % (name, name_of(x), name_of(y)), f, x, y)
show("is_", lambda: (module.is_(None, None), module.is_not(None, 1), module.is_([], [])))
for name in """neg pos abs invert inv not_ truth index __neg__ __pos__ __abs__ __invert__ __inv__
               __not__ __index__""".split():
    f = getattr(module, name)
    for x in (0, 5, -5, 2.5, True, 10 ** 20, 3j, b(""), [], [1], None, {}):
        kind("%s(%s)" % (name, name_of(x)), f, x)

# The in-place operators give what the operator gives, or change.
for name in "iadd isub imul ifloordiv itruediv imod ipow ilshift irshift iand ior ixor".split():
    f = getattr(module, name)
    show("%s(7, 3)" % name, f, 7, 3)
    show("__%s__" % name, getattr(module, "__%s__" % name), 7, 3)
    kind("%s(7, [])" % name, f, 7, [])
data = [1]
show("iadd a list", lambda: module.iadd(data, (2, 3)) is data)
show("it is longer", lambda: data)
show("iconcat", lambda: module.iconcat(data, [4]) is data)
show("imul", lambda: module.imul(data, 2) is data)
show("it is longer", lambda: data)
s = set([1])
show("ior a set", lambda: module.ior(s, set([2])) is s)
show("it is larger", lambda: s)
buffer = bytearray(b("ab"))
show("iadd a bytearray", lambda: module.iadd(buffer, b("cd")) is buffer)
show("it is longer", lambda: bytes(buffer))


class Number(object):
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return (b("add"), self.x, other)

    def __radd__(self, other):
        return (b("radd"), self.x, other)

    def __iadd__(self, other):
        self.x += other
        return self

    def __matmul__(self, other):
        return "no 2.7 has it"

    def __truediv__(self, other):
        return (b("truediv"), self.x)

    def __neg__(self):
        return (b("neg"), self.x)

    def __index__(self):
        return self.x

    def __eq__(self, other):
        return (b("eq"), self.x)

    __hash__ = None

    def __lt__(self, other):
        raise ValueError("not comparable")

    def __bool__(self):
        raise ValueError("neither")
    __nonzero__ = __bool__


n = Number(4)
show("add", module.add, n, 1) and None
show("radd", module.add, 1, n)
show("iadd", lambda: module.iadd(n, 1) is n)
show("truediv", module.truediv, n, 2)
show("neg", module.neg, n)
show("index", module.index, n)
show("eq", module.eq, n, 2)
show("lt raises", module.lt, n, 2)
show("truth raises", module.truth, n)
show("not_ raises", module.not_, n)
kind("sub", module.sub, n, 1)
kind("invert", module.invert, n)
show("by index", module.getitem, [0, 1, 2, 3, 4, 5, 6], n)


class BadIndex(object):
    def __index__(self):
        return 1.5


kind("index that lies", module.index, BadIndex())

# Sequences.
for f in (module.concat, module.__concat__):
    show("concat lists", f, [1], [2])
    show("concat tuples", f, (1,), (2,))
    show("concat strs", f, b("a"), b("b"))
    show("concat texts", f, u("a"), u("\xe9"))
    kind("concat numbers", f, 1, 2)
    kind("concat list and tuple", f, [1], (2,))
    kind("concat dicts", f, {}, {})
for f in (module.contains, module.__contains__, module.sequenceIncludes):
    for where, x in (([1, 2], 2), ([1, 2], 3), ((1, 2), 2), (b("abc"), b("bc")), (u("abc"), u("d")), ({1: 2}, 1),
                     (set([1]), 2), (range(5), 4)):
        show("contains", f, where, x)
    kind("contains in a number", f, 5, 1)
    kind("contains in None", f, None, 1)
for x in (1, 2, 9):
    show("countOf %d" % x, module.countOf, [1, 2, 1, 1.0, True], x)
    show("indexOf %d" % x, module.indexOf, [1, 2, 1], x)
kind("countOf a number", module.countOf, 5, 1)
kind("indexOf a number", module.indexOf, 5, 1)
show("countOf a generator", module.countOf, (x % 3 for x in range(10)), 1)
show("indexOf a generator", module.indexOf, (x * x for x in range(10)), 49)


class Contains(object):
    def __contains__(self, x):
        if x == 5:
            raise ValueError("not five")
        return x > 3


show("__contains__", lambda: [module.contains(Contains(), x) for x in (3, 4)])
show("__contains__ raises", module.contains, Contains(), 5)
for f in (module.repeat, module.__repeat__):
    show("repeat a list", f, [1, 2], 2)
    show("repeat a str", f, b("ab"), 3)
    show("repeat none", f, (1,), -1)
    kind("repeat a number", f, 5, 2)
    kind("repeat by text", f, [1], "x")
    kind("repeat too often", f, [1], 10 ** 30)
data = [3, 1]
show("irepeat", lambda: (module.irepeat(data, 2) is data, data))
data = list(range(10))
show("getitem", module.getitem, data, -1)
show("getitem slice", module.getitem, data, slice(2, 8, 3))
show("getitem out of range", module.getitem, data, 10)
show("getitem of a dict", module.getitem, {1: 2}, 1)
show("getitem missing", module.getitem, {1: 2}, 7)
kind("getitem of a number", module.getitem, 5, 1)
show("setitem", module.setitem, data, 0, b("new"))
show("setitem slice", module.setitem, data, slice(1, 3), [b("x")] * 4)
show("data", lambda: data)
show("setitem out of range", module.setitem, data, 100, 1)
kind("setitem of a tuple", module.setitem, (1,), 0, 1)
show("delitem", module.delitem, data, 0)
show("delitem slice", module.delitem, data, slice(None, None, 2))
show("data", lambda: data)
show("delitem out of range", module.delitem, data, 100)
kind("delitem of text", module.delitem, u("ab"), 0)
d = {1: 2}
show("setitem of a dict", lambda: (module.setitem(d, 3, None), d))
show("delitem of a dict", lambda: (module.delitem(d, 1), d))
show("delitem missing", module.delitem, d, 99)
data = list(range(10))
for f in (module.getslice, module.__getslice__):
    for ends in ((2, 5), (0, 100), (-3, 100), (5, 2), (-100, 3)):
        show("getslice%r" % (ends,), f, data, *ends)
    show("getslice of a str", f, b("hello"), 1, 3)
    show("getslice of text", f, u("hello"), 1, 3)
    kind("getslice of a number", f, 5, 1, 3)
    kind("getslice by text", f, data, "x", 3)
    kind("getslice by None", f, data, None, 3)
show("setslice", lambda: (module.setslice(data, 1, 3, [b("a"), b("b"), b("c")]), data))
show("setslice of a tuple's items", lambda: (module.setslice(data, 0, 0, (7, 8)), data))
show("delslice", lambda: (module.delslice(data, 2, 100), data))
kind("setslice of a tuple", module.setslice, (1, 2), 0, 1, [3])
kind("setslice by a number", module.setslice, data, 0, 1, 5)
kind("delslice of text", module.delslice, u("ab"), 0, 1)

# What things are.
for x in (1, 1.5, 1j, True, None, [], (), b("a"), u("a"), {}, set(), Number(1), Contains(), object(), range, 10 ** 20):
    label = getattr(x, "__name__", None) or name_of(x)
    if x is range:
        continue
    show("isNumberType " + label, module.isNumberType, x)
    show("isSequenceType " + label, module.isSequenceType, x)
    show("isMappingType " + label, module.isMappingType, x)
    show("isCallable " + label, module.isCallable, x)
show("isCallable function", lambda: [module.isCallable(x) for x in (len, kind, Number, Number(1).__add__, module.add)])

# Attributes.
class Point(object):
    def __init__(self, x, y):
        self.x, self.y = x, y

    def move(self, dx, dy=0):
        return (self.x + dx, self.y + dy)

    def fails(self):
        raise ValueError("moved too far")


p = Point(3, Point(4, 5))
get = module.attrgetter("x")
show("attrgetter", get, p)
show("attrgetter of two", module.attrgetter("x", "y.x"), p)
show("attrgetter dotted", module.attrgetter("y.y"), p)
show("attrgetter text", module.attrgetter(u("x")), p)
show("attrgetter str", module.attrgetter(b("x")), p)
kind("attrgetter missing", module.attrgetter("z"), p)
kind("attrgetter missing within", module.attrgetter("y.z.x"), p)
kind("attrgetter empty", module.attrgetter(""), p)
kind("attrgetter dots", module.attrgetter("x..y"), p)
for bad in (None, 5, 1.5):
    show("attrgetter(%s)" % name_of(bad), module.attrgetter, bad)
show("attrgetter()", module.attrgetter)
kind("attrgetter keyword", lambda: module.attrgetter("x", y=1))
show("attrgetter called so", get)
show("attrgetter called so", get, p, p)
kind("attrgetter called so", lambda: get(obj=p))
show("sorted by it", lambda: [q.x for q in sorted([Point(3, 0), Point(1, 0), Point(2, 0)], key=get)])
get = module.itemgetter(1)
show("itemgetter", get, [5, 6, 7])
show("itemgetter of a tuple", get, (5, 6))
show("itemgetter of a str", get, b("ab"))
show("itemgetter of text", get, u("ab"))
show("itemgetter of a dict", module.itemgetter(b("k")), {b("k"): 1})
show("itemgetter of three", module.itemgetter(0, -1, slice(1, 3)), [1, 2, 3, 4])
show("itemgetter out of range", get, [1])
show("itemgetter missing", get, {})
kind("itemgetter of a number", get, 5)
kind("itemgetter of None", get, None)
show("itemgetter()", module.itemgetter)
kind("itemgetter keyword", lambda: module.itemgetter(1, x=1))
show("itemgetter called so", get)
show("itemgetter called so", get, [], [])
show("mapped", lambda: list(map(get, [(1, 2), (3, 4)])))
call = module.methodcaller("move", 1, dy=2)
show("methodcaller", call, Point(1, 1))
show("methodcaller of a builtin", module.methodcaller("count", 1), [1, 1, 2])
show("methodcaller text", module.methodcaller(u("count"), 1), [1, 1, 2])
show("methodcaller raises", module.methodcaller("fails"), p)
kind("methodcaller missing", module.methodcaller("nothing"), p)
kind("methodcaller wrong arguments", module.methodcaller("move"), p)
kind("methodcaller not callable", module.methodcaller("x"), p)
show("methodcaller()", module.methodcaller)
kind("methodcaller keyword", lambda: module.methodcaller(x=1))
show("methodcaller called so", call)
show("methodcaller called so", call, p, p)
kind("methodcaller of a number", lambda: module.methodcaller(5)(p))


def derive(base):
    class Derived(base):
        pass
    return Derived


for t in (module.attrgetter, module.itemgetter, module.methodcaller):
    kind("subclass", derive, t)
    show("name", lambda: t.__name__ in ("attrgetter", "itemgetter", "methodcaller"))
    kind("weak reference", weakref.ref, t("x"))
    show("type", lambda: type(t("x")) is t and isinstance(t("x"), t))
    show("not itself", lambda: t("x") == t("x"))


# Getters keep what they were made of.
class Key(object):
    def __eq__(self, other):
        return isinstance(other, Key)

    def __hash__(self):
        return 5


key = Key()
seen = weakref.ref(key)
get = module.itemgetter(key)
show("key of our own", get, {Key(): 1})
del key
gc.collect()
show("kept", lambda: seen() is not None)
argument = Point(0, 0)
seen2 = weakref.ref(argument)
call = module.methodcaller("append", argument)
target = []
call(target)
del argument, call
gc.collect()
show("kept by the list", lambda: seen2() is target[0])
del target
gc.collect()
show("dropped", lambda: seen2() is None)
del get
gc.collect()
show("dropped", lambda: seen() is None)
holder = Point(0, 0)
holder.call = module.methodcaller("move", holder)
seen = weakref.ref(holder)
del holder
gc.collect()
show("cycle through a methodcaller", lambda: seen() is None)
holder = Key()
holder.get = module.itemgetter(holder)
seen = weakref.ref(holder)
del holder
gc.collect()
show("cycle through an itemgetter", lambda: seen() is None)
show("compare digest", lambda: [module._compare_digest(*pair) for pair in
                                ((b("ab"), b("ab")), (b("ab"), b("ac")), (b("a"), b("ab")),
                                 (u("ab"), u("ab")))])
kind("compare digest of numbers", module._compare_digest, 1, 2)
kind("compare digest of both", module._compare_digest, b("a"), None)

# Wrong counts.
for name in "add neg getitem setitem delitem contains countOf concat repeat getslice setslice lt".split():
    f = getattr(module, name)
    kind(name + "()", f)
    kind(name + "(1, 2, 3, 4, 5)", f, 1, 2, 3, 4, 5)
kind("add keyword", lambda: module.add(a=1, b=2))
