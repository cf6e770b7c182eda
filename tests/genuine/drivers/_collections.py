"""_collections: deque and defaultdict."""

import copy
import gc
import pickle
import weakref

# Where pickle looks for them.
import collections
collections.deque, collections.defaultdict = module.deque, module.defaultdict

deque, defaultdict = module.deque, module.defaultdict


class Point(object):
    """Something that can be referred to weakly."""


class Raises(object):
    def __eq__(self, other):
        raise ValueError("equal to nothing")
    __hash__ = None


def failing(n=2):
    for i in range(n):
        yield i
    raise ValueError("half way")


def changes(function, *args):
    """Calls a method of d and gives what d is then."""
    result = function(*args)
    return (result, list(d))


d = deque([1, 2, 3])
show("deque", lambda: (list(d), len(d), d.maxlen))
show("append", lambda: changes(d.append, 4))
show("appendleft", lambda: changes(d.appendleft, 0))
show("extend", lambda: changes(d.extend, (5, 6)))
show("extendleft", lambda: changes(d.extendleft, [-1, -2]))
show("extend by itself", lambda: changes(d.extend, d))
show("pop", lambda: changes(d.pop))
show("popleft", lambda: changes(d.popleft))
show("rotate", lambda: changes(d.rotate))
show("rotate 3", lambda: changes(d.rotate, 3))
show("rotate -100", lambda: changes(d.rotate, -100))
show("rotate 0", lambda: changes(d.rotate, 0))
show("reverse", lambda: changes(d.reverse))
show("remove", lambda: changes(d.remove, 4))
show("remove what is not there", lambda: changes(d.remove, 99))
show("count", d.count, 1)
show("count none", d.count, 99)
show("in", lambda: (1 in d, 99 in d))
show("item", lambda: (d[0], d[-1], d[3]))
show("item out of range", lambda: d[100])
show("item -out of range", lambda: d[-100])
kind("slice", lambda: d[1:2])
kind("item of text", lambda: d["x"])


def assign(i, x):
    d[i] = x
    return list(d)


def delete(i):
    del d[i]
    return list(d)


show("assign", assign, 1, b("new"))
show("assign the last", assign, -1, u("last"))
show("assign out of range", assign, 100, 1)
show("delete", delete, 1)
show("delete the last", delete, -1)
show("delete out of range", delete, 100)
show("iterate", lambda: [x for x in d])
show("reversed", lambda: list(reversed(d)))
show("clear", lambda: changes(d.clear))
show("pop of nothing", d.pop)
show("popleft of nothing", d.popleft)
show("truth", lambda: (bool(d), bool(deque([0]))))
kind("append()", d.append)
kind("append two", d.append, 1, 2)
kind("pop(1)", d.pop, 1)
kind("rotate text", d.rotate, "x")
show("rotate too many", d.rotate, 1, 2)
kind("extend by a number", d.extend, 5)
show("extend by one that fails", d.extend, failing())
show("what came", lambda: list(d))
show("extendleft by one that fails", d.extendleft, failing())
show("what came", lambda: list(d))
show("text", lambda: list(deque(u("abc"))))
show("again", d.__init__, [7, 8])
show("is new", lambda: list(d))
kind("deque(5)", deque, 5)
kind("deque(None)", deque, None)
show("deque(1, 2, 3)", deque, [], 2, 3)
show("keywords", lambda: list(deque(iterable=[1, 2, 3], maxlen=2)))
show("unknown keyword", lambda: deque(items=[1]))

# A bounded one.
d = deque(range(10), 4)
show("bounded", lambda: (list(d), d.maxlen))
show("append", lambda: changes(d.append, 10))
show("appendleft", lambda: changes(d.appendleft, 0))
show("extend", lambda: changes(d.extend, range(20, 30)))
show("extendleft", lambda: changes(d.extendleft, [1, 2]))
show("of none", lambda: list(deque([1, 2], 0)))
show("of -1", deque, [], -1)
kind("of text", deque, [], "x")
kind("of 1.5", deque, [], 1.5)
kind("of a huge number", deque, [], 10 ** 30)


def read_only(x, name):
    try:
        setattr(x, name, None)
    except (AttributeError, TypeError):
        return True


show("maxlen is read only", read_only, d, "maxlen")

# Comparing, printing, copying.
pairs = [([1, 2], [1, 2]), ([1, 2], [1, 3]), ([1, 2], [1]), ([], [0]), ([2], [1, 5])]
show("==", lambda: [deque(x) == deque(y) for x, y in pairs])
show("!=", lambda: [deque(x) != deque(y) for x, y in pairs])
show("<", lambda: [deque(x) < deque(y) for x, y in pairs])
show("<=", lambda: [deque(x) <= deque(y) for x, y in pairs])
show(">", lambda: [deque(x) > deque(y) for x, y in pairs])
show(">=", lambda: [deque(x) >= deque(y) for x, y in pairs])
show("other types", lambda: (deque([1]) == [1], deque([1]) != (1,), deque() == None))
show("comparison fails", lambda: deque([Raises()]) == deque([Raises()]))
kind("hash", lambda: hash(deque()))
show("repr", lambda: [repr(x) == y for x, y in ((deque([1, 2]), "deque([1, 2])"), (deque(), "deque([])"),
                                                (deque([1], 3), "deque([1], maxlen=3)"))])
d = deque([1])
d.append(d)
show("repr of itself", lambda: repr(d) == "deque([1, [...]])")
d.clear()
inner = [1]
d = deque([inner, 2], 5)
show("copy", lambda: (list(copy.copy(d)), copy.copy(d).maxlen, copy.copy(d)[0] is inner))
show("deepcopy", lambda: (list(copy.deepcopy(d)), copy.deepcopy(d)[0] is inner))
show("__copy__", lambda: list(d.__copy__()))
for protocol in (0, 1, 2):
    show("pickle %d" % protocol, lambda: (list(pickle.loads(pickle.dumps(d, protocol))),
                                          pickle.loads(pickle.dumps(d, protocol)).maxlen))

# Changed while it is walked.
d = deque(range(5))
it = iter(d)
next(it)
d.append(5)
show("changed", lambda: next(it))
show("and over", lambda: list(it))
it = reversed(d)
d.popleft()
show("reversed changed", lambda: next(it))
it = iter(d)
show("length hint", lambda: (next(it), it.__length_hint__()))
it = iter(d)
d = None
gc.collect()
show("iterator outlives it", lambda: list(it))


class Removes(object):
    def __eq__(self, other):
        d.clear()
        return False
    __hash__ = None


d = deque([Removes(), 2, 3])
show("remove clears", d.remove, 5)
d = deque([Removes(), Removes(), 2, 3])
show("count clears", d.count, 5)
d = deque([3, Raises(), 4])
show("remove fails", d.remove, 4)
show("count fails", d.count, 4)
show("still there", lambda: len(d))
d = deque()
for i in range(1000):
    d.append(i)
    d.appendleft(-i)
    if i % 3 == 0:
        d.pop()
        d.rotate(i)
show("a long one", lambda: (len(d), sum(d), d[0], d[500], d[-1]))
d[700] = b("there")
del d[300]
show("in its middle", lambda: (d[699], len(d)))


class Sub(deque):
    def __init__(self, items=(), note=None):
        deque.__init__(self, items, 3)
        self.note = note

    def append(self, x):
        deque.append(self, x if x is self else x * 2)


s = Sub([1, 2], b("a note"))
s.append(5)
show("subclass", lambda: (list(s), s.note, s.maxlen, isinstance(s, deque)))
show("subclass and deque", lambda: (s == deque([1, 2, 10]), deque([1]) < s))
s.append(s)
s.me = s
seen = weakref.ref(s)
del s
gc.collect()
show("subclass in a cycle", lambda: seen() is None)
d = deque()
seen = weakref.ref(d)
d.append(d)
del d
gc.collect()
show("deque in itself", lambda: seen() is None)
x = Point()
x.d = deque([x])
seen = weakref.ref(x)
del x
gc.collect()
show("cycle through an object", lambda: seen() is None)
x = Point()
x.d = deque([x, x, x])
seen = weakref.ref(x)
del x
gc.collect()
show("cycle through an object thrice", lambda: seen() is None)
x = Point()
x.d = iter(deque([x]))
seen = weakref.ref(x)
del x
gc.collect()
show("cycle through an iterator", lambda: seen() is None)
x = Point()
seen = weakref.ref(x)
d = deque([x], 2)
del x
show("kept", lambda: d[0] is seen())
d.append(1)
d.append(2)
gc.collect()
show("pushed out", lambda: seen() is None)
kind("types", lambda: [type(d)(), type(iter(d)).__name__ == "deque_iterator"][1])

# defaultdict
d = defaultdict(list)
show("missing", lambda: d[1])
show("is there", lambda: dict(d))
d[1].append(5)
d[2].append(6)
show("lists", lambda: dict(d))
show("get", lambda: (d.get(7), 7 in d))
show("same list", lambda: d[1] is d[1])
show("default_factory", lambda: d.default_factory is list)
show("__missing__", d.__missing__, 9)
show("len", lambda: len(d))
d.default_factory = None
show("no factory", lambda: d[77])
show("KeyError", lambda: d[(1, 2)])
d.default_factory = lambda: 5
show("new factory", lambda: d[77])
d.default_factory = failing().__next__ if PY3 else failing().next
show("counting", lambda: (d[b("\xe1")], d[b("\xe2")]))
show("factory fails", lambda: d[b("\xe3")])
show("not there", lambda: b("\xe3") in d)
show("defaultdict()", lambda: (defaultdict().default_factory, len(defaultdict())))
show("defaultdict(None)", lambda: defaultdict(None, {1: 2}))
show("filled", lambda: dict(defaultdict(int, {1: 2})))
show("filled by pairs", lambda: dict(defaultdict(int, [(1, 2), (3, 4)])))
show("filled by keywords", lambda: sorted(defaultdict(int, a=1, b=2).values()))
for bad in (5, b("x"), [], {}):
    show("defaultdict(%s)" % value(bad), defaultdict, bad)
kind("filled badly", defaultdict, int, 5)
kind("unhashable", lambda: defaultdict(int)[[]])
show("int", lambda: defaultdict(int)[3])
counts = defaultdict(int)
for letter in u("mississippi"):
    counts[letter] += 1
show("counts", lambda: dict(counts))
show("repr", lambda: repr(defaultdict(None, {1: 2})) == "defaultdict(None, {1: 2})")
show("is a dict", lambda: (isinstance(d, dict), issubclass(defaultdict, dict)))
show("equal", lambda: (defaultdict(int, {1: 2}) == {1: 2}, defaultdict(int) == defaultdict(list)))
c = counts.copy()
show("copy", lambda: (c == counts, type(c) is defaultdict, c.default_factory is int))
show("copy.copy", lambda: copy.copy(counts) == counts)
show("__copy__", lambda: counts.__copy__() == counts)
inner = defaultdict(list, {1: [2]})
show("deepcopy", lambda: (copy.deepcopy(inner) == inner, copy.deepcopy(inner)[1] is inner[1]))
for protocol in (0, 1, 2):
    def there_and_back():
        other = pickle.loads(pickle.dumps(inner, protocol))
        return (other == inner, type(other) is defaultdict, other.default_factory is list)
    show("pickle %d" % protocol, there_and_back)
show("__reduce__", lambda: len(inner.__reduce__()))
show("methods", lambda: (inner.pop(1), inner.setdefault(5, 6), sorted(inner.items()), inner.update({7: 8}),
                         sorted(inner), inner.popitem() is not None, len(inner), inner.clear(), len(inner)))
show("fromkeys", lambda: (dict(defaultdict.fromkeys([1, 2], 3)), type(defaultdict.fromkeys([])) is defaultdict))


class Tree(defaultdict):
    def __init__(self):
        defaultdict.__init__(self, Tree)


t = Tree()
t[1][2][3] = 4
show("tree", lambda: (t[1][2][3], type(t[1]) is Tree, len(t[1][7])))


class Missing(defaultdict):
    def __missing__(self, key):
        if key == 5:
            raise ValueError("not five")
        return key * 2


t = Missing(list)
show("__missing__ over", lambda: (t[3], len(t)))
show("__missing__ raises", lambda: t[5])
t.note = 3
show("attribute", lambda: t.note)


class Dict(dict):
    pass


show("filled by a subclass", lambda: dict(defaultdict(int, Dict({1: 2}))))


class Own(defaultdict):
    """Something that can be referred to weakly."""


kind("weak reference", weakref.ref, defaultdict())
d = Own(list)
seen = weakref.ref(d)
d[1] = d
del d
gc.collect()
show("defaultdict in itself", lambda: seen() is None)
x = Point()
seen = weakref.ref(x)
x.d = defaultdict((lambda x: lambda: x)(x))
x.d[1]
del x
gc.collect()
show("cycle through the factory", lambda: seen() is None)
it = iter(defaultdict(int, {1: 2}))
gc.collect()
show("iterator outlives it", lambda: list(it))


def loops(d=defaultdict(int)):
    for key in d:
        d[key + 100]


show("empty loop", loops)
d = defaultdict(int, {1: 2, 2: 3})


def grows():
    for key in d:
        d[key + 100]


show("changed while walked", grows)
show("in a set of keys", lambda: set(d.keys()) >= set([1, 2]))
