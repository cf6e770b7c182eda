from __future__ import print_function
import copy
import gc
import pickle
import sys
import weakref
import subclasses as m


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, type(u"")) and not isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    if isinstance(value, list):
        return [norm(item) for item in value]
    return value


def show(label, function, *args, **kwargs):
    silent = kwargs.pop("silent", False)
    try:
        print(label, norm(function(*args, **kwargs)))
    except Exception as error:
        if silent:
            print(label, type(error).__name__)
        else:
            print(label, type(error).__name__, norm(error.args))


print("# a class that changes nothing")


class Plain(m.Node):
    pass


p = Plain(3)
show("repr", repr, p)
show("all", lambda: (p.n, len(p), p + 1, p[2], p(5)[0], p(5)[1] is p, hash(p), p == Plain(3),
                     p == m.Node(3), m.Node(3) == p, p != Plain(4), p.describe(), list(p)))
p.attribute = 5
show("dict", lambda: (p.attribute, p.__dict__, isinstance(p, m.Node), issubclass(Plain, m.Node)))
for name, args in [("repr", ()), ("str", ()), ("hash", ()), ("eq", (Plain(3),)), ("add", (4,)),
                   ("len", ()), ("item", (1,)), ("type", ()), ("getattr", ("attribute",)),
                   ("getattr", ("n",)), ("base repr", ()), ("method", ("value",)),
                   ("init", ((9,),)), ("repr", ())]:
    show(name, m.slot, name, p, *args)
show("new", lambda: type(m.slot("new", Plain, (5,))) is Plain)
m.set_attribute(p, "from_c", [1])
show("set", lambda: (p.from_c, sorted(p.__dict__)))
m.set_attribute(p, "from_c")
show("del", lambda: sorted(p.__dict__))
m.set_attribute(p, "n", 12)
show("n", lambda: p.n)
print("# a class that changes everything")


class Full(m.Node):
    """All in Python."""
    constant = "constant"

    def __new__(cls, *args):
        self = super(Full, cls).__new__(cls, *args)
        self.made = True
        return self

    def __init__(self, n, extra="extra"):
        super(Full, self).__init__(n * 2)
        self.extra = extra

    def __repr__(self):
        return "Full(%d, %s)" % (self.n, super(Full, self).__repr__().replace("__main__.", ""))

    def __str__(self):
        return "full"

    def __hash__(self):
        return 7

    def __eq__(self, other):
        return isinstance(other, Full) or other == "full"

    def __ne__(self, other):
        return not self == other

    def __add__(self, other):
        return "add", other

    def __radd__(self, other):
        return "radd", other

    def __len__(self):
        return 77

    def __getitem__(self, key):
        if isinstance(key, int) and key < 3:
            return super(Full, self).__getitem__(key)
        return "item", key

    def __contains__(self, item):
        return item == "there"

    def __call__(self, *args):
        return "call", args

    def __iter__(self):
        return iter("abc")

    def __getattr__(self, name):
        if name.startswith("virtual"):
            return "got " + name
        raise AttributeError(name)

    def value(self):
        return "overridden", super(Full, self).value()

    @property
    def prop(self):
        return self.n + 1

    @classmethod
    def cls(cls):
        return cls.__name__

    @staticmethod
    def stat():
        return "static"


f = Full(4)
show("repr", lambda: (repr(f), str(f), f.made, f.extra, f.n))
show("all", lambda: (hash(f), f == Full(1), f == "full", f != 5, f + 1, 1 + f, len(f), f[0], f[1],
                     f["x"], "there" in f, f(1, 2), list(f), f.virtual1, f.prop, f.cls(),
                     f.stat(), f.constant, f.value(), f.describe()))
show("no", lambda: f.missing)
for name, args in [("repr", ()), ("str", ()), ("hash", ()), ("eq", ("full",)), ("add", (4,)),
                   ("len", ()), ("item", (1,)), ("item", (50,)), ("call", ((1, 2),)),
                   ("type", ()), ("getattr", ("extra",)), ("getattr", ("virtual2",)),
                   ("getattr", ("prop",)), ("base repr", ()), ("method", ("value",)),
                   ("method", ("cls",)), ("init", ((9, "again"),)), ("getattr", ("extra",)),
                   ("getattr", ("missing",))]:
    show(name, m.slot, name, f, *args)
show("make", lambda: norm(repr(Full.make(6))))
show("make", lambda: type(m.Node.make(6)) is m.Node)
Full.constant = "changed"
Full.__len__ = lambda self: 5
show("changed", lambda: (f.constant, len(f), m.slot("len", f), m.slot("getattr", f, "constant")))


class Errors(m.Node):
    def __repr__(self):
        raise ValueError("no repr")

    def __len__(self):
        raise KeyError("no len")

    def value(self):
        raise OSError("no value")

    def __add__(self, other):
        return NotImplemented


e = Errors(1)
show("errors", m.slot, "repr", e)
show("errors", m.slot, "len", e)
show("errors", e.describe)
show("errors", lambda: e + 1, silent=True)
show("errors", lambda: m.slot("add", e, 1) is NotImplemented)
print("# more than one base")


class Mixin(object):
    def __init__(self, *args, **kwargs):
        self.mixed = True
        super(Mixin, self).__init__(*args, **kwargs)

    def value(self):
        return "mixin", super(Mixin, self).value()


class First(Mixin, m.Node):
    pass


class Second(m.Node, Mixin):
    pass


class Two(First):
    def value(self):
        return "two", super(Two, self).value()


for kind in (First, Second, Two):
    value = kind(6)
    show(kind.__name__, lambda: (value.value(), value.describe(), value.n, hasattr(value, "mixed"),
                                 sorted(set(c.__name__ for c in kind.__mro__))))
    show(kind.__name__, m.slot, "type", value)
    show(kind.__name__, m.slot, "method", value, "value")
show("layouts", lambda: type("Bad", (m.Node, m.Leaf), {}), silent=True)


class Slots(m.Node):
    __slots__ = ["a", "b"]


s = Slots(2)
s.a = 5
show("slots", lambda: (s.a, s.n, hasattr(s, "b"), hasattr(s, "__dict__")))
show("slots", setattr, s, "c", 5, silent=True)
show("slots", m.slot, "getattr", s, "a")
m.keep(s)
del s
gc.collect()
show("slots", lambda: (m.give().a, m.give().n))
m.drop()


class Lists(m.Leaf):
    pass


print("# identity and attributes")
del value, p, f, e
gc.collect()
for kind in (Plain, Full, First, Slots, Lists, m.Node, m.Leaf):
    before = m.count()
    value = kind(1) if kind not in (Lists, m.Leaf) else kind()
    name = kind.__name__
    number = id(value)
    if hasattr(value, "__dict__"):
        value.attribute = [name]
    if kind is not m.Leaf and kind is not Slots and kind is not Lists:
        ref = weakref.ref(value)
    else:
        ref = None
    m.keep(value)
    print(name, m.give() is value, id(m.give()) == number)
    del value
    gc.collect()
    value = m.give()
    print(name, type(value) is kind, getattr(value, "attribute", None),
          ref is None or ref() is value, m.count() - before)
    m.drop()
    gc.collect()
    print(name, getattr(value, "attribute", None), m.count() - before)
    del value
    gc.collect()
    print(name, ref is None or ref() is None, m.count() - before)
print("# __del__")
told = []


class Told(m.Node):
    def __del__(self):
        told.append((self.n, self.name))


t = Told(1)
t.name = "first"
del t
gc.collect()
print(told)
t = Told(2)
t.name = "second"
m.keep(t)
del t
gc.collect()
print(told)
t = m.give()
m.drop()
print(t.name, told)
del t
gc.collect()
print(told)
t = Told(3)
t.name = "third"
m.keep(t)
del t
gc.collect()
m.drop()
gc.collect()
print(told)
print("# copies")
p = Plain(5)
p.attribute = [1]
c = copy.copy(p)
print(type(c) is Plain, c.n, c.attribute is p.attribute, c is p, c == p)
c = copy.deepcopy(p)
print(type(c) is Plain, c.n, c.attribute, c.attribute is p.attribute)
for protocol in (0, 1, 2):
    c = pickle.loads(pickle.dumps(p, protocol))
    print(type(c) is Plain, c.n, c.attribute)
    c = pickle.loads(pickle.dumps(m.Node(8), protocol))
    print(type(c) is m.Node, c.n)
print("# graphs")
p = Plain(1)
p.object = Plain(2, p)
p.object.back = [p]
print(p.object.object is p, p.object.back[0] is p, p.object.n)
before = m.count()
del p
gc.collect()
gc.collect()
print("collected", m.count() - before >= 0)
many = [Plain(i) for i in range(1000)]
for i, item in enumerate(many):
    item.index = i
    item.object = many[i - 1]
print(sum(item.object.index for item in many), sum(item.n for item in many))
table = dict((item, item.index) for item in many)
print(table[Plain(77)], len(set(many)))
many = table = item = None
gc.collect()
made = type("Made", (m.Node,), {"value": lambda self: "made"})
print(norm(made(3).describe()), made.__name__, norm(m.slot("type", made(1))))


class Meta(type(m.Node)):
    def __call__(cls, *args):
        return super(Meta, cls).__call__(*args), "meta"


made = Meta("Made", (m.Node,), {})
print(made(5)[0].n, made(6)[1])
print("done")
