"""itertools: iterators over iterators, their ends, errors and lifetimes."""

import copy
import gc
import weakref


def take(n, iterator):
    out = []
    for x in iterator:
        out.append(x)
        if len(out) == n:
            break
    return out


def short(label, function, *args, **kwargs):
    """The first ten of what a function gives."""
    show(label, lambda: take(10, function(*args, **kwargs)))


def failing(n=2):
    for i in range(n):
        yield i
    raise ValueError("half way")


class OldIter(object):
    """Only __getitem__."""
    def __getitem__(self, i):
        if i == 4:
            raise IndexError(i)
        return i * i


class IterRaises(object):
    def __iter__(self):
        raise ValueError("no iterator")


class Point(object):
    """Something that can be referred to weakly."""


m = module
short("count", m.count)
short("count(5)", m.count, 5)
short("count(2.5, 0.5)", m.count, 2.5, 0.5)
short("count(step=-3)", m.count, step=-3)
short("count(start=1, step=1j)", m.count, start=1, step=1j)
short("count at the edge", m.count, 2 ** 63 - 3)
short("count below it", m.count, -2 ** 63 - 2)
short("count of long steps", m.count, 0, 10 ** 20)
show("repr", lambda: [repr(x) == y for x, y in ((m.count(3), "count(3)"), (m.count(1, 2), "count(1, 2)"),
                                                (m.repeat(5), "repeat(5)"), (m.repeat(5, 2), "repeat(5, 2)"))])
show("count('x')", m.count, b("x"))
show("count(None)", m.count, None)
show("count(1, 2, 3)", m.count, 1, 2, 3)
show("count(begin=1)", lambda: m.count(begin=1))
short("cycle", m.cycle, b("abc") if not PY3 else [b("a"), b("b"), b("c")])
short("cycle text", m.cycle, u("ab"))
short("cycle nothing", m.cycle, [])
short("cycle a generator", m.cycle, (x * x for x in range(4)))
short("cycle failing", m.cycle, failing())
short("cycle __getitem__", m.cycle, OldIter())
short("repeat", m.repeat, 7)
short("repeat 3", m.repeat, 7, 3)
short("repeat times=2", m.repeat, object=7, times=2)
short("repeat -1", m.repeat, 7, -1)
short("repeat 0", m.repeat, 7, 0)
kind("repeat('x')", m.repeat, 1, "x")
kind("repeat(None)", m.repeat, 1, None)
show("repeat()", m.repeat)
r = m.repeat(b("x"), 3)
next(r)
show("length hint", lambda: r.__length_hint__())
kind("no length", lambda: m.repeat(1).__length_hint__())

# Chains, slices and tees.
short("chain", m.chain, [1, 2], (3,), {4: 5}, u("ab"), OldIter())
short("chain of nothing", m.chain)
short("chain of empty ones", m.chain, [], (), {})
short("chain fails late", m.chain, [1], failing())
it = m.chain([1], 5, [2])
show("chain's first", lambda: next(it))
kind("chain's bad", lambda: next(it))
short("from_iterable", m.chain.from_iterable, [[1], [2, 3]])
short("from_iterable of a generator", m.chain.from_iterable, ([x] * x for x in range(4)))
short("from_iterable failing", m.chain.from_iterable, failing())
kind("from_iterable(5)", m.chain.from_iterable, 5)
kind("from_iterable()", m.chain.from_iterable)
kind("chain keyword", lambda: m.chain(x=1))
for args in ((5,), (2, 5), (2, None), (0, 10, 3), (None,), (None, None, None), (3, 3), (5, 2), (0,),
             (8, 100), (1, 8, 100)):
    show("islice%r" % (args,), lambda: list(m.islice(range(10), *args)))
    kind("islice%r is over" % (args,), lambda: next(m.islice([], *args)))
for args in ((-1,), (0, -1), (0, 5, 0), (0, 5, -1), (b("x"),), (1.5,), (10 ** 30,), (0, 1, 2, 3), (), (2 ** 63,)):
    show("islice%s" % value(args), m.islice, range(10), *args)
kind("islice of a number", m.islice, 5, 1)
it = iter(range(10))
show("islice takes", lambda: list(m.islice(it, 3)))
show("and leaves", lambda: next(it))
show("islice failing", lambda: list(m.islice(failing(), 5)))
show("islice before that", lambda: list(m.islice(failing(), 2)))
a, c = m.tee([1, 2, 3])
show("tee", lambda: (list(a), list(c)))
show("tee over", lambda: (list(a), list(c)))
show("tee 0", m.tee, [1], 0)
show("tee 5", lambda: [next(t) for t in m.tee(iter([1, 2]), 5)])
show("tee -1", m.tee, [1], -1)
kind("tee text", m.tee, [1], "x")
kind("tee of a number", m.tee, 5)
show("tee()", m.tee)
kind("tee keyword", lambda: len(m.tee([1], n=2)))
a, c = m.tee(failing())
show("tee fails", lambda: list(a))
show("and the other", lambda: list(c))
a, c = m.tee(iter(range(1000)))
show("one ahead", lambda: sum(a))
d = copy.copy(c)
show("copied", lambda: (next(c), next(c), next(d)))
show("the others", lambda: (sum(c), sum(d)))
kind("tee of a tee", lambda: list(m.tee(m.tee([1, 2])[0])[1]))
a, c = m.tee(iter([1, 2, 3]))
del a
gc.collect()
show("one dropped", lambda: list(c))
p = Point()
seen = weakref.ref(p)
a, c = m.tee([p])
del p
show("tee's item", lambda: next(a) is seen())
del a
gc.collect()
show("kept for the other", lambda: seen() is not None)
del c
gc.collect()
show("dropped", lambda: seen() is None)
a, c = m.tee(iter(range(100000)))
for x in a:
    pass
del a, c
gc.collect()
show("a long one is dropped", lambda: True)
it = m.tee([1])[0]
show("weak reference to a tee", lambda: weakref.ref(it)() is it)

# With functions.
short("takewhile", m.takewhile, lambda x: x < 3, range(10))
short("dropwhile", m.dropwhile, lambda x: x < 3, range(10))
short("takewhile none", m.takewhile, lambda x: False, range(10))
short("dropwhile all", m.dropwhile, lambda x: True, range(10))
it = m.takewhile(lambda x: x < 2, [0, 1, 5, 0, 1])
show("takewhile stops", lambda: (list(it), list(it)))
short("ifilter", m.ifilter, lambda x: x % 2, range(10))
short("ifilter None", m.ifilter, None, [0, 1, b(""), b("a"), [], None, 2.0])
short("ifilter bool", m.ifilter, bool, [0, 1, 2])
short("ifilterfalse", m.ifilterfalse, lambda x: x % 2, range(10))
short("ifilterfalse None", m.ifilterfalse, None, [0, 1, b(""), b("a"), [], None, 2.0])
short("imap", m.imap, pow, (2, 3, 10), (5, 2, 3))
short("imap shortest", m.imap, lambda x, y: (x, y), range(3), range(100))
short("imap None", m.imap, None, (1, 2), (3, 4))
short("imap builtin", m.imap, abs, [-1, 2])
short("starmap", m.starmap, pow, [(2, 5), (3, 2), [10, 3]])
short("starmap of iterators", m.starmap, pow, (iter([x, 2]) for x in range(4)))
short("starmap empty", m.starmap, lambda: 5, [(), ()])
for f in (m.takewhile, m.dropwhile, m.ifilter, m.ifilterfalse, m.imap):
    def fail(x):
        if x == 3:
            raise ValueError("three")
        return x
    show("function fails", lambda: list(f(fail, range(3, 10))))
    show("iterator fails", lambda: list(f(lambda x: True, failing())))
    kind("of a number", f, fail, 5)
    kind("of None", f, fail, None)
    show("no iterator", f, fail, IterRaises())
    kind("not a function", lambda: list(f(5, [1, 2])))
    show("wrong count", f)
    show("wrong count", f, fail)
    kind("keyword", lambda: f(fail, [], x=1))
    it = f(fail, iter([3, 1, 0, 2]))
    kind("after an error", lambda: next(it))
    kind("it goes on", lambda: next(it))


class TruthFails(object):
    def __bool__(self):
        raise ValueError("neither")
    __nonzero__ = __bool__


for f in (m.takewhile, m.dropwhile, m.ifilter, m.ifilterfalse):
    show("truth fails", lambda: list(f(lambda x: TruthFails(), [1])))
show("ifilter None's truth", lambda: list(m.ifilter(None, [TruthFails()])))
kind("starmap of numbers", lambda: list(m.starmap(pow, [1, 2])))
kind("starmap wrong count", lambda: list(m.starmap(lambda x: x, [(1, 2)])))
kind("starmap of None", m.starmap, pow, None)
short("compress", m.compress, b("abcdef") if not PY3 else [b(x) for x in "abcdef"], [1, 0, 1, None, b("x")])
short("compress keywords", m.compress, data=[1, 2, 3], selectors=[0, 1, 1])
kind("compress numbers", m.compress, 1, 2)
show("compress fails", lambda: list(m.compress([1, 2, 3], [TruthFails()])))
show("compress()", m.compress)

# Several at once.
short("izip", m.izip, [1, 2, 3], u("ab"), m.count())
short("izip none", m.izip)
short("izip one", m.izip, [1, 2])
kind("izip numbers", m.izip, [1], 5)
show("izip numbers", m.izip, [1], 5)
kind("izip keyword", lambda: m.izip(x=1))
it = m.izip([1, 2, 3], failing(1))
show("izip's first", lambda: next(it))
show("izip fails", lambda: next(it))
pairs = [pair for pair in m.izip(range(3), range(3))]
show("izip's tuples are their own", lambda: pairs)
short("izip_longest", m.izip_longest, [1, 2, 3], [4])
short("izip_longest fillvalue", m.izip_longest, [1, 2, 3], [4], [], fillvalue=b("-"))
short("izip_longest none", m.izip_longest)
show("izip_longest keyword", lambda: m.izip_longest([1], fill=2))
show("izip_longest number", m.izip_longest, [1], 5)
show("izip_longest fails", lambda: list(m.izip_longest([1], failing())))
for args in (([1, 2], [3, 4]), ([1, 2],), (), ([], [1]), ([1, 2, 3], u("ab"))):
    show("product %d" % len(args), lambda: list(m.product(*args)))
show("product repeat", lambda: list(m.product([0, 1], repeat=3)))
show("product repeat 0", lambda: list(m.product([0, 1], repeat=0)))
show("product repeat -1", lambda: m.product([0, 1], repeat=-1))
kind("product repeat text", lambda: m.product([1], repeat="x"))
show("product other", lambda: m.product([1], other=2))
kind("product of a number", m.product, 5)
for f in (m.combinations, m.combinations_with_replacement):
    for n in (0, 1, 2, 3, 5):
        show("%d of 4" % n, lambda: take(12, f([b("a"), b("b"), b("c"), b("d")], n)))
    show("-1", f, [1], -1)
    kind("text", f, [1], "x")
    kind("of a number", f, 5, 1)
    show("nothing", f)
    show("keywords", lambda: list(f(iterable=[1, 2], r=1)))
    show("unknown keyword", lambda: f([1, 2], n=1))
for args in (([1, 2, 3],), ([1, 2, 3], 2), ([], 0), ([1, 2], 3), ([1, 2, 3], None), ([1, 2, 3], 0)):
    show("permutations%r" % (args,), lambda: list(m.permutations(*args)))
show("permutations -1", m.permutations, [1], -1)
show("permutations text", m.permutations, [1], b("x"))
show("permutations float", m.permutations, [1], 1.0)
show("many", lambda: sum(1 for x in m.permutations(range(7))))
show("many", lambda: sum(map(sum, m.combinations(range(15), 5))))

# Groups.
data = [1, 1, 2, 3, 3, 3, 1]
show("groupby", lambda: [(k, list(g)) for k, g in m.groupby(data)])
show("groupby key", lambda: [(k, list(g)) for k, g in m.groupby(range(10), lambda x: x // 4)])
show("groupby key=", lambda: [(k, len(list(g))) for k, g in m.groupby(iterable=data, key=lambda x: x > 1)])
show("groupby None", lambda: [k for k, g in m.groupby(data, None)])
show("groupby nothing", lambda: list(m.groupby([])))
groups = [g for k, g in m.groupby(data)]
show("groups passed", lambda: [list(g) for g in groups])
it = m.groupby(data)
k, g = next(it)
next(g)
show("half a group, then the next", lambda: (next(it)[0], list(g)))
del it
gc.collect()
it = m.groupby(iter(data))
k, g = next(it)
del it
gc.collect()
show("group outlives its groupby", lambda: list(g))


def key(x):
    if x == 2:
        raise ValueError("two")
    return x


it = m.groupby(data, key)
k, g = next(it)
show("key fails in the group", lambda: list(g))
it = m.groupby(data, key)
next(it)
show("key fails", lambda: next(it))
show("groupby fails", lambda: [list(g) for k, g in m.groupby(failing())])


class NotEqual(object):
    def __eq__(self, other):
        raise ValueError("equal to nothing")


show("comparison fails", lambda: [len(list(g)) for k, g in m.groupby([NotEqual(), NotEqual()])])
kind("groupby number", m.groupby, 5)
kind("groupby bad key", lambda: list(m.groupby([1], 5)))
show("groupby()", m.groupby)

# Subclasses, lifetimes, cycles.
NAMES = """chain combinations combinations_with_replacement compress count cycle dropwhile
           groupby ifilter ifilterfalse imap islice izip izip_longest permutations product
           repeat starmap takewhile""".split()
SAMPLE = {"combinations": ([1, 2], 2), "combinations_with_replacement": ([1, 2], 2), "compress": ([1], [1]),
          "count": (1,), "repeat": (1, 2), "islice": ([1, 2, 3], 2), "starmap": (pow, [(2, 3)]),
          "cycle": ([1, 2],), "chain": ([1],), "groupby": ([1],), "izip": ([1], [2]),
          "izip_longest": ([1], [2]), "permutations": ([1, 2],), "product": ([1, 2],)}
for name in NAMES:
    kind_of = getattr(m, name)
    args = SAMPLE.get(name, (abs, [1, 0, 2]))
    it = kind_of(*args)
    show(name + " is its iterator", lambda: iter(it) is it)
    show(name + " is of its type", lambda: (type(it) is kind_of, kind_of.__name__ == name))
    first = next(it)
    kind(name + " weak reference", weakref.ref, it)
    kind(name + " no attribute", getattr, it, "nothing")

    class Sub(kind_of):
        def second(self):
            return self.note

    s = Sub(*args)
    s.note = b("a note")
    show(name + " subclass", lambda: (s.second(), isinstance(s, kind_of), iter(s) is s))
    kind(name + " subclass gives", lambda: type(next(s)) is type(first))
    s.me = s
    seen = weakref.ref(s)
    del s, it, first
    gc.collect()
    show(name + " subclass in a cycle", lambda: seen() is None)

for name in "chain cycle izip product permutations groupby".split():
    p = Point()
    seen = weakref.ref(p)
    it = getattr(m, name)([p, p])
    p.iterator = it
    first = next(it)
    del p, it, first
    gc.collect()
    show(name + " in a cycle with its item", lambda: seen() is None)
for name in "imap ifilter ifilterfalse takewhile dropwhile starmap".split():
    p = Point()
    seen = weakref.ref(p)
    p.iterator = getattr(m, name)((lambda p: lambda *args: (args, p) and args)(p), [(1,), (2,)])
    p.first = list(p.iterator)
    del p
    gc.collect()
    show(name + " in a cycle with its function", lambda: seen() is None)
data = [1, 2, 3]
it = m.chain(data)
next(it)
data.append(4)
del data[0]
show("list changed meanwhile", lambda: list(it))
data = [1, 2, 3]
it = m.izip(data, data)
del data
gc.collect()
show("outlives its list", lambda: list(it))
it = m.imap(lambda x: x, m.ifilter(None, m.chain([0, 1], m.islice(m.count(), 3))))
show("one in the other", lambda: list(it))
deep = iter([1])
for i in range(200):
    deep = m.chain(deep)
show("deep", lambda: list(deep))


def again():
    return next(itself)


itself = m.imap(lambda x: again() if x == 1 else x, [1, 2, 3])
show("calls itself", lambda: list(itself))
