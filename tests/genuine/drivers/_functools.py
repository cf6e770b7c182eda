"""_functools: partial and reduce."""

import copy
import gc
import pickle
import weakref

# Where pickle looks for it.
import functools
functools.partial = module.partial

partial, reduce = module.partial, module.reduce


def failing(n=2):
    for i in range(n):
        yield i
    raise ValueError("half way")


class Point(object):
    def move(self, *args, **kwargs):
        return (args, kwargs)


def gather(*args, **kwargs):
    return (args, sorted(kwargs.values(), key=repr))


def raises(*args):
    raise ValueError("never again")


# reduce
add = lambda x, y: x + y
show("reduce", reduce, add, [1, 2, 3])
show("reduce with a beginning", reduce, add, [1, 2, 3], 10)
show("reduce one", reduce, add, [5])
show("reduce none with a beginning", reduce, add, [], 7)
show("reduce none", reduce, add, [])
show("reduce none but None", reduce, add, [], None)
show("reduce a generator", reduce, add, (x * x for x in range(10)))
show("reduce text", reduce, add, u("abc"))
show("reduce strs", reduce, add, [b("a"), b("b")], b(">"))
show("reduce a tuple of lists", reduce, add, ([1], [2, 3]), [])
show("reduce a dict", reduce, add, {1: 2})
show("reduce builtin", reduce, max, [3, 9, 2])
show("reduce pow", reduce, pow, [2, 3, 2])
show("reduce fails", reduce, raises, [1, 2])
show("reduce of one that fails", reduce, add, failing())
show("reduce with one fails not", reduce, raises, [1])
kind("reduce wrong types", reduce, add, [1, b("a")])
kind("reduce a number", reduce, add, 5)
kind("reduce None", reduce, add, None)
kind("reduce with a number", reduce, 5, [1, 2])
kind("reduce wrong count", reduce, lambda x: x, [1, 2])
show("reduce()", reduce)
show("reduce(f)", reduce, add)
show("reduce(f, [], 0, 0)", reduce, add, [], 0, 0)
kind("reduce keyword", lambda: reduce(add, [], initial=1))
log = []
show("reduce's order", reduce, lambda x, y: log.append((x, y)) or (x, y), range(4))
show("its calls", lambda: log)
kept = []
show("arguments kept", reduce, lambda x, y: kept.append((x, y)) or y, [1, 2, 3, 4])
show("are their own", lambda: kept)


class IterRaises(object):
    def __iter__(self):
        raise ValueError("no iterator")


class NextRaises(object):
    def __iter__(self):
        return self

    def __next__(self):
        raise ValueError("no next")
    next = __next__


kind("no iterator", reduce, add, IterRaises())
show("no next", reduce, add, NextRaises())

# partial
p = partial(gather, 1, 2, x=3)
show("call", p)
show("call with more", p, 4, 5)
show("keywords over", lambda: p(6, x=7, y=8))
show("func", lambda: p.func is gather)
show("args", lambda: p.args)
show("keywords", lambda: sorted(p.keywords.values()))
show("no keywords", lambda: partial(gather).keywords)
show("no args", lambda: partial(gather).args)
show("builtin", lambda: partial(pow, 2)(10))
show("type", lambda: partial(int, base=2)("101"))
show("method", lambda: partial(Point().move, 1)(2))
show("partial of partial", lambda: partial(partial(gather, 1), 2, a=3)(4))
show("in map", lambda: list(map(partial(add, 100), [1, 2])))
show("as a key", lambda: sorted([3, -4, 1], key=partial(pow, 2)))
show("given to reduce", lambda: reduce(partial(lambda n, x, y: n + x + y, 100), [1, 2, 3]))
show("raises", partial(raises, 1))
show("partial()", partial)
for bad in (None, 5, [], object()):
    show("partial(%s)" % type(bad).__name__, partial, bad)
kind("partial(x=1)", lambda: partial(x=1))
kind("wrong count", partial(lambda: 1, 2))
kind("wrong keyword", lambda: partial(lambda x: 1, y=2)())


def read_only(name):
    try:
        setattr(p, name, None)
    except (AttributeError, TypeError):
        return True


show("read only", lambda: [read_only(name) for name in ("func", "args", "keywords")])
kind("no attribute", getattr, p, "nothing")
p.note = b("a note")
show("attribute", lambda: p.note)
show("__dict__", lambda: list(p.__dict__.values()))
p.__dict__ = {"other": 5}
show("new __dict__", lambda: (p.other, len(p.__dict__)))
kind("__dict__ of None", setattr, p, "__dict__", None)
kind("__dict__ of a number", setattr, p, "__dict__", 5)
kind("deleting __dict__", delattr, p, "__dict__")
show("still there", lambda: p.other)
del p.other
kind("deleted", lambda: p.other)
show("type is callable", lambda: (callable(p), type(p) is partial, isinstance(p, partial)))
show("not equal to its like", lambda: partial(add, 1) == partial(add, 1))
show("is hashable", lambda: len(set([p, p, partial(add)])))
kind("dict of keywords is its own", lambda: p.keywords is p.keywords)
words = {"x": 1}
p = partial(gather, **words)
words["x"] = 2
show("not what was given", p)
p.keywords["x"] = 9
show("but its own", p)
arguments = [[1], [2]]
p = partial(gather, *arguments)
arguments[0].append(5)
show("shared arguments", p)


class Sub(partial):
    def twice(self):
        return (self(), self())

    def __call__(self, *args):
        return b("called"), partial.__call__(self, *args)


s = Sub(gather, 1)
s.note = 5
show("subclass", lambda: (s.note, s.twice(), s(2)))
show("subclass's parts", lambda: (s.func is gather, s.args, isinstance(s, partial)))
show("partial of it", lambda: partial(s, 2)(3))


class WithNew(partial):
    def __new__(cls, function, *args):
        made = partial.__new__(cls, function, 100, *args)
        made.count = len(args)
        return made


show("__new__", lambda: (WithNew(gather, 1).count, WithNew(gather, 1)()))

# Pickling and copies.
for protocol in (0, 1, 2):
    p = partial(pow, 2)
    p.note = 7

    def there_and_back():
        other = pickle.loads(pickle.dumps(p, protocol))
        return (other(5), other.note, other.args, other.func is pow, type(other) is partial)
    show("pickle %d" % protocol, there_and_back)
show("copy", lambda: (copy.copy(p)(3), copy.copy(p).note))
show("deepcopy", lambda: (copy.deepcopy(p)(3), copy.deepcopy(p).args))
show("__reduce__", lambda: len(p.__reduce__()))
state = p.__reduce__()
q = partial(add)
show("__setstate__", q.__setstate__, state[2])
show("is the other now", lambda: (q(6), q.note))
for bad in ((), (1, 2, 3, 4), None, 5, (5, (), {}, None), (pow, [1], {}, None), (pow, (), 5, None), (pow, (1,), {}, 5)):
    kind("__setstate__%s" % value(bad if type(bad) is tuple and bad[:1] != (pow,) else ()),
         partial(pow).__setstate__, bad)
kind("__setstate__()", q.__setstate__)

# Lifetimes.
seen = weakref.ref(p)
show("weak reference", lambda: seen() is p)
show("weak proxy", lambda: weakref.proxy(p)(4))
called = []
seen = weakref.ref(p, lambda r: called.append(1))
del p
gc.collect()
show("dropped", lambda: (seen() is None, called))
x = Point()
p = partial(gather, x, key=x)
seen = weakref.ref(x)
del x
gc.collect()
show("argument is kept", lambda: p.args[0] is seen())
arguments = p.args
del p
gc.collect()
show("outlives the partial", lambda: arguments[0] is seen())
del arguments
gc.collect()
show("gone", lambda: seen() is None)
x = Point()
seen = weakref.ref(x)
x.call = partial(x.move, 1)
show("bound", lambda: x.call(2))
del x
gc.collect()
show("cycle through a method", lambda: seen() is None)
x = Point()
seen = weakref.ref(x)
x.call = partial(gather, x)
del x
gc.collect()
show("cycle through args", lambda: seen() is None)
x = Point()
seen = weakref.ref(x)
x.call = partial(gather, key=x)
del x
gc.collect()
show("cycle through keywords", lambda: seen() is None)
p = partial(gather)
p.itself = p
seen = weakref.ref(p)
del p
gc.collect()
show("cycle through __dict__", lambda: seen() is None)
p = partial(gather, [])
p.args[0].append(p)
seen = weakref.ref(p)
del p
gc.collect()
show("cycle through a list", lambda: seen() is None)
s = Sub(gather)
s.itself = s
seen = weakref.ref(s)
del s
gc.collect()
show("subclass in a cycle", lambda: seen() is None)
many = [partial(gather, n) for n in range(200)]
refs = [weakref.ref(p) for p in many]
p = None
del many[::2]
gc.collect()
show("half of them", lambda: sum(r() is not None for r in refs))
show("call them", lambda: sum(p()[0][0] for p in many))


def drops():
    holder.clear()
    gc.collect()
    return b("still here")


holder = {"p": partial(drops)}
show("dropped while it is called", lambda: holder["p"]())
deep = gather
for n in range(100):
    deep = partial(deep, n)
show("deep", lambda: len(deep()[0]))
del deep
gc.collect()
