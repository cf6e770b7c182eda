from __future__ import print_function
import copy
import gc
import pickle
import weakref
import old_classes as m

NEW = 3


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) and bytes is not str else value


def say(*values):
    print(*[text(value) for value in values])


def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


# ---- Making classes, and what is in them ----

def init(self, name="none"):
    self.name = name


def method(self, *args):
    return (self.name,) + args


A = m.new_class("A", None, {"__init__": init, "method": method, "both": "A"})
B = m.new_class("B", (A,), {"both": "B", "__doc__": "of B"})
C = m.new_class("C", (A,), {"both": "C", "other": "C"})
D = m.new_class("D", (B, C), {})
E = m.new_class("E", (C, B), {"__module__": "elsewhere"})
for cls in A, B, C, D, E:
    say(m.look(cls))
a, d, e = A("a"), D("d"), E("e")
for instance in a, d, e:
    say(m.look(instance))
say(m.attributes(A))
say(m.attributes(a))
say(m.attributes(d))
# Depth first, from left to right: D.both is B's, and D.other C's.
print(D.both == B.both, E.both == C.both, D.other == C.other, d.both == B.both, a.method(1, 2) ==
      ("a", 1, 2) or a.method(1, 2))

for arguments in ((5, (), {}), ("X", [], {}), ("X", (), []), ("X", (5,), {})):
    print(attempt(m.new_class, *arguments))
for arguments in ((A, ()), (A, (), {"name": "k"}), (B, ("b",)),
                  (m.new_class("Bare", None, {}), ()), (m.new_class("Bare", None, {}), (1,)),
                  (m.new_class("Bare", None, {}), (), {"k": 1}),
                  (m.new_class("Wrong", None, {"__init__": lambda self: 5}), ())):
    made = attempt(m.new_instance, *arguments)
    print(isinstance(made, A), made if isinstance(made, str) else sorted(made.__dict__))
raw = m.new_raw(A, {"name": "raw", "x": 1})
print(raw.method(), raw.x, m.new_raw(A).__dict__, attempt(m.new_raw, 5).split(":")[0],
      attempt(m.new_raw, A, 5).split(":")[0])
print(attempt(m.call_type, 1, ()), attempt(m.call_type, 1, (A, 5)), attempt(m.call_type, 0, ("X",)))
print(m.call_type(1, (A, {"name": "direct"})).method(), m.call_type(1, (A, None)).__dict__)
print(m.call_type(0, ("F", (B,), {"f": 1})).both == B.both)

# ---- Relations ----

for pair in ((A, A, a), (D, A, d), (A, D, a), (D, C, d), (E, C, d), (A, int, 5), (A, (D, A), a)):
    say(m.is_subclass(*pair))
print(isinstance(d, A), isinstance(d, E), isinstance(d, (E, C)), issubclass(D, A), issubclass(A, D))
print(d.__class__ is D, D.__bases__ == (B, C), D.__name__, E.__module__, B.__doc__, A.__doc__)
print(type(A).__name__, type(a).__name__, type(A) is type(D), isinstance(A, type))

# ---- Changing them ----

A.later = 17
d.own = 18
print(d.later, d.own, sorted(d.__dict__), "later" in A.__dict__)
del A.later, d.own
print(hasattr(d, "later"), hasattr(d, "own"))
print(attempt(getattr, d, "later"), attempt(getattr, D, "later"), attempt(delattr, d, "later"),
      attempt(delattr, D, "later"))
m.poke(a, "poked", 3)
m.poke(A, "also", 4)
print(a.poked, d.also)
d.__class__ = E
print(d.both == C.both, isinstance(d, E), d.name)
d.__class__ = D
d.__dict__ = {"name": "anew"}
print(d.method())
for what in ((d, "__class__", 5), (d, "__dict__", 5), (d, "__dict__"), (d, "__class__"),
             (A, "__dict__", 5), (A, "__bases__", 5), (A, "__bases__", (5,)), (A, "__bases__", (D,)),
             (A, "__name__", 5), (A, "__name__", m.look(a)[:0]), (A, "__bases__"), (A, "__name__")):
    say(m.set(*what))
A.__name__ = "A"
B.__bases__ = (C,)
print(B.other == C.other, A.__name__)
B.__bases__ = (A,)

# ---- Hooks ----


def get(self, name):
    if name.startswith("__"):
        raise AttributeError(name)
    return "got " + name


def put(self, name, value):
    self.__dict__["put"] = (name, value)


def delete(self, name):
    self.__dict__["deleted"] = name


H = m.new_class("H", None, {"__getattr__": get, "__setattr__": put, "__delattr__": delete})
h = H()
say(m.look(H))
print(h.anything, attempt(getattr, h, "__nothing__"))
h.x = 5
del h.y
print(sorted(h.__dict__.items()))
say(m.attributes(h))
del H.__setattr__
h.x = 6
print(h.x)
H.__getattr__ = lambda self, name: name.upper()
print(h.z)
I = m.new_class("I", (H,), {})
print(I().z)


def fail(self, *args):
    raise ValueError(len(args))


Bad = m.new_class("Bad", None, {"__getattr__": fail, "__setattr__": fail, "__delattr__": fail})
print(attempt(getattr, Bad(), "x"), attempt(setattr, Bad(), "x", 1), attempt(delattr, Bad(), "x"))

# ---- Operators ----

names = ("add sub mul div floordiv mod divmod lshift rshift and xor or pow").split()


def operator(name):
    return lambda self, other, *more: "%s %s" % (name, other if isinstance(other, int) else "self")


plain = dict(("__%s__" % name, operator(name)) for name in names)
reverse = dict(("__r%s__" % name, operator("r" + name)) for name in names)
inplace = dict(("__i%s__" % name, operator("i" + name)) for name in names if name != "divmod")
P = m.new_class("P", None, plain)
R = m.new_class("R", None, reverse)
N = m.new_class("N", None, {})
Q = m.new_class("Q", None, dict(plain, **inplace))
for pair in ((P(), 1), (1, P()), (1, R()), (R(), 1), (Q(), 2), (P(), R()), (R(), P()), (N(), 1)):
    say(m.operate(*pair))
p, r = P(), R()
print(p + 1, 1 + r, p - r, p * 2, p / 2, p // 2, p % 2, divmod(p, 2), p ** 2, p << 1, p >> 1, p & 1,
      p | 1, p ^ 1, pow(p, 2, 3))
q = Q()
q += 3
print(q)
q = Q()
q /= 4
print(q, 1 / R())
# The other division, which Python 3's operator is.
T = m.new_class("T", None, dict(("__%struediv__" % prefix, operator(prefix + "truediv"))
                                for prefix in ("", "r", "i")))
for pair in ((T(), 1), (1, T()), (T(), P()), (P(), T())):
    say(m.operate(*pair))
print(attempt(lambda: N() + 1).split(":")[0], attempt(lambda: 1 + N()).split(":")[0])


def coerce_to_ints(self, other):
    return (10, other)


K = m.new_class("K", None, {"__coerce__": coerce_to_ints})
say(m.operate(K(), 3))
say(m.operate(3, K()))
print(K() + 1, K() * 2)
for wrong in (5, (1, 2, 3), None, NotImplemented):
    W = m.new_class("W", None, {"__coerce__": lambda self, other: wrong, "__add__":
                                lambda self, other: "added"})
    print(attempt(lambda: W() + 1))
    say(m.compare(W(), 1)) if wrong in (None, NotImplemented) and wrong is None else None

# ---- Conversions ----

for cls in (N, m.new_class("Full", None, {
        "__neg__": lambda self: "neg", "__pos__": lambda self: "pos", "__abs__": lambda self: "abs",
        "__invert__": lambda self: "inv", "__int__": lambda self: 3, "__long__": lambda self: 4,
        "__float__": lambda self: 2.5, "__index__": lambda self: 6, "__repr__": lambda self: "REPR",
        "__str__": lambda self: "STR", "__unicode__": lambda self: u"UNI", "__iter__":
        lambda self: iter([1, 2]), "__oct__": lambda self: "oct", "__hex__": lambda self: "hex",
        "__nonzero__": lambda self: 0, "__len__": lambda self: 5, "__hash__": lambda self: 99,
        "__call__": lambda self, x: ("called", x), "next": lambda self: 8}),
        m.new_class("Trunc", None, {"__trunc__": lambda self: 12, "__len__": lambda self: 0,
                                    "__eq__": lambda self, other: True}),
        m.new_class("Wrong", None, {
            "__len__": lambda self: -1, "__nonzero__": lambda self: -1, "__hash__":
            lambda self: "x", "__iter__": lambda self: 5, "__trunc__": lambda self: [],
            "__repr__": lambda self: 5, "__str__": lambda self: 6}),
        m.new_class("Worse", None, {
            "__len__": lambda self: "x", "__nonzero__": lambda self: "x", "__cmp__": fail,
            "__getitem__": lambda self, key: [][key], "next": lambda self: next(iter(())),
            "__float__": fail})):
    say(m.convert(cls()))
Sized = m.new_class("Sized", None, {"__len__": lambda self: 2, "__call__": lambda self, *a, **k: (a, k),
                                    "__hash__": lambda self: 7, "__str__": lambda self: "sized",
                                    "__repr__": lambda self: "<sized>", "__int__": lambda self: 11,
                                    "__float__": lambda self: 0.5, "__index__": lambda self: 1})
s = Sized()
print(len(s), bool(s), bool(N()), s(1, k=2), hash(s), str(s), repr(s), int(s), float(s), [5, 6][s],
      callable(s))
print(repr(N()).split(" at ")[0], str(N()).split(" at ")[0], repr(A).split(" at ")[0], str(E))
print(attempt(len, N()).split(": ")[1], attempt(N()), attempt(hash, m.new_class("U", None, {"__cmp__": fail})()))
print(attempt(iter, N()), attempt(next, N()))


# ---- Items ----


def item(self, key):
    if isinstance(key, slice):
        return "slice %s %s" % (key.start, key.stop)
    if isinstance(key, int) and key > 4:
        raise IndexError(key)
    return "item %s" % (key,)


def set_item(self, key, value):
    self.last = "set"


def delete_item(self, key):
    self.last = "deleted"


L = m.new_class("L", None, {"__getitem__": item, "__setitem__": set_item, "__delitem__": delete_item,
                            "__len__": lambda self: 5})
S = m.new_class("S", (L,), {
    "__getslice__": lambda self, i, j: "getslice %d %d" % (i, j), "__setslice__":
    lambda self, i, j, v: None, "__delslice__": lambda self, i, j: None, "__contains__":
    lambda self, x: x == 5})
for instance in L(), S(), N():
    say(m.items(instance))
l, s = L(), S()
print(l[3], list(l), "item 2" in l, "no" in l, s[1:3], 5 in s, 6 in s, len(l), l[1:2], s[-1:])
l["k"] = 5
print(l.last)
del l["k"]
print(l.last)
print([x for x in l], attempt(lambda: N()[1]), attempt(lambda: 5 in N()))
steps = [3, 2, 1]
It = m.new_class("It", None, {"__iter__": lambda self: self, "next": lambda self: steps.pop() if steps
                              else next(iter(()))})
print(list(It()))

# ---- Comparing ----

Cmp = m.new_class("Cmp", None, {"__init__": init, "__cmp__": lambda self, other: (self.name > 5)
                                - (self.name < 5)})
for pair in ((Cmp(4), Cmp(6)), (Cmp(6), 3), (3, Cmp(6)), (Cmp(5), Cmp(5))):
    say(m.compare(*pair))
Rich = m.new_class("Rich", None, {"__lt__": lambda self, other: "lt", "__eq__":
                                  lambda self, other: "eq"})
say(m.compare(Rich(), 1))
say(m.compare(1, Rich()))
print(Rich() < 1, 1 > Rich(), Rich() == 1, Cmp(4) < Cmp(6), Cmp(6) == 3, Cmp(5) == Cmp(5))
say(m.compare(m.new_class("X", None, {"__cmp__": lambda self, other: "x"})(), 1))
n = N()
print(n == n, n == N(), n != N(), n in [N(), n])

# ---- Exceptions ----

Error = m.new_class("Error", None, {"__init__": lambda self, *args: setattr(self, "args", args),
                                    "__str__": lambda self: "said %s" % (self.args,)})
Derived = m.new_class("Derived", (Error,), {})
say(m.look(Error))
say(m.catch(Error, Derived, 5))
say(m.catch(Derived, Error, (1, 2)))
say(m.catch(Error, Error, Derived(6)))
say(m.catch((ValueError, Error), Derived))
say(m.catch(ValueError, Error, Error(1)))
# From C to C through Python.
say(m.attempt(lambda: m.raise_it(Derived, Derived(7)), Error))
say(m.attempt(lambda: m.raise_it(Derived, 8), Error))
say(m.attempt(lambda: m.raise_it(ValueError, 8), Error))



def caught(error):
    """Python 3 can raise no such thing: it gets a TypeError, which has it."""
    return getattr(error, "exception", error)


for arguments in (Error, Error(1, 2)), (Derived, 5), (Derived,), (Error, Derived("d")), (Derived, (3, 4)):
    try:
        m.raise_it(*arguments)
    except (Error, TypeError) if str is bytes else TypeError as error:
        print(isinstance(error, TypeError) == (str is not bytes), caught(error).__class__.__name__,
              caught(error).args, str(error).split(": ")[-1])
Broken = m.new_class("Broken", (Error,), {"__init__": fail})
print(attempt(m.raise_it, Broken, 1))

# ---- Methods ----


def function(self, *args):
    return len(args)


M = m.new_class("M", None, {"f": function, "c": m.count})
i = M()
print(i.f(1, 2), i.c(1, 2), M.f(i, 1), M.c(1))
say(m.bound(function, M, i, a))
print(i.unbound(1, 2, 3))
bound = m.method(function, i, M)
m.keep(bound)
print(bound(1), m.is_kept(bound), bound.__self__ is i)
m.keep(None)


# ---- Derived by Python code ----


class Inner(D):
    "Made by a class statement."

    def __init__(self, name, more):
        A.__init__(self, name)
        self.more = more

    def method(self, *args):
        return "inner", A.method(self, *args)

    def __add__(self, other):
        return self.more + other

    def __len__(self):
        return 3


x = Inner("n", 40)
print(type(Inner) is type(A), Inner.__bases__ == (D,), x.method(5), x + 2, len(x), isinstance(x, A),
      issubclass(Inner, B), x.other == C.other, Inner.__doc__, Inner.__module__, Inner.__name__)
say(m.attributes(Inner))
say(m.attributes(x))
say(m.is_subclass(Inner, A, x))

# ---- Copies ----

y = copy.copy(x)
print(y is not x, y.__class__ is Inner, y.name, y.more, sorted(y.__dict__))
y = copy.deepcopy(x)
print(y.method())


def with_args(self):
    return ("init",)


for number in range(3):
    y = pickle.loads(pickle.dumps(x, number))
    print(y.__class__ is Inner, y.method(), y.more, pickle.loads(pickle.dumps(Inner, number)) is Inner)
B.__getinitargs__ = with_args
B.__getstate__ = lambda self: {"more": 7}
y = pickle.loads(pickle.dumps(B("b")))
print(y.name, y.more)
B.__setstate__ = lambda self, state: self.__dict__.update(state=state)
y = copy.copy(B("b"))
print(y.state)
print(attempt(copy.copy, m.new_class("NoCopy", None, {"__getstate__": fail})()))

# ---- Lives ----

class Thing(object):
    pass


freed = []
Del = m.new_class("Del", None, {"__del__": lambda self: freed.append(self.name), "name": "del"})
x = Del()
x.name = "x"
m.keep(x)
del x
print(freed)
m.keep(None)
print(freed)
saved = []
Again = m.new_class("Again", None, {"__del__": lambda self: saved.append(self)})
x = Again()
x.y = 1
del x
print(len(saved), saved[0].y, saved[0].__class__ is Again)
Again.__del__ = lambda self: freed.append("again")
del saved[:]
print(freed)
x = N()
thing = x.thing = Thing()
reference, other = weakref.ref(thing), weakref.ref(x)
del thing
print(other() is x, reference() is x.thing)
del x
print(other(), reference())
x, y = N(), Thing()
x.y, y.x = y, x
reference = weakref.ref(y)
del x, y
gc.collect()
print(reference())
x = N()
x.x = x
reference = weakref.ref(x)
x = None
gc.collect()
gc.collect()
print(reference())
x = a
m.keep(x)
print(m.is_kept(a), m.is_kept(d))
m.keep(A)
print(m.is_kept(A), m.is_kept(a.__class__), m.is_kept(B.__bases__[0]))
m.keep(None)
