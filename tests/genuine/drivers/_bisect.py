"""_bisect: where something belongs in a sorted sequence."""

import gc
import weakref

bisect_left, bisect_right = module.bisect_left, module.bisect_right
show("names", lambda: [getattr(module, n) is not None for n in ("bisect", "insort")])
for data in ([], [1], [1, 1, 1], [1, 2, 2, 3], list(range(0, 20, 2))):
    for x in (-1, 0, 1, 2, 2.5, 3, 18, 100):
        show("%s: %r" % (data, x), lambda: (bisect_left(data, x), bisect_right(data, x),
                                            module.bisect(data, x)))
data = [0, 1, 1, 2, 3, 5, 8]
for lo, hi in ((0, 7), (2, 5), (3, 3), (0, -1), (2, None), (7, 7), (5, 2), (0, 100)):
    for f in (bisect_left, bisect_right):
        kind("from %s to %s" % (lo, hi), f, data, 1, lo, *(() if hi is None else (hi,)))
for f in (bisect_left, bisect_right, module.insort_left, module.insort_right):
    show("lo < 0", f, data, 1, -1)
    show("keywords", lambda: f(a=[1, 2, 3], x=2, lo=1, hi=2))
    show("unknown keyword", lambda: f([1], 2, low=1))
    show("nothing", f)
    show("too little", f, [1])
    show("too many", f, [1], 1, 0, 1, 2)
    kind("lo of text", f, [1], 1, "x")
    kind("lo of float", f, [1], 1, 0.5)
    kind("lo that is huge", f, [1], 1, 10 ** 30)
    kind("hi of None", f, [1], 1, 0, None)
    for bad in (None, 5, object(), 1.5):
        kind("in %s" % type(bad).__name__, f, bad, 1)


# Sequences of other kinds.
class Sequence(object):
    """Python's protocol, and nothing but."""
    def __init__(self, items):
        self.items = items
        self.calls = []

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        self.calls.append(i)
        return self.items[i]

    def insert(self, i, x):
        self.items.insert(i, x)
        self.calls.append((i, x))


class Old:
    def __len__(self):
        return 4

    def __getitem__(self, i):
        return i * 10


s = Sequence([1, 3, 5, 7, 9])
show("Python's sequence", lambda: (bisect_left(s, 5), bisect_right(s, 5)))
show("its calls", lambda: s.calls)
show("insort into it", module.insort, s, 4)
show("what it has", lambda: (s.items, s.calls[-1]))
show("a class", lambda: bisect_left(Old(), 25))
show("a tuple", bisect_left, (1, 2, 3), 3)
show("a str", bisect_right, b("abcd"), b("b"))
show("text", bisect_right, u("abcd"), u("c"))
show("a range", bisect_left, range(10), 4)
kind("insort into a tuple", module.insort, (1, 2), 1)
kind("insort into text", module.insort, u("ab"), u("a"))


class Items(list):
    def insert(self, i, x):
        list.insert(self, i, ("inserted", x)[1])
        self.seen = i


items = Items([1, 2, 4])
module.insort(items, 3)
show("subclass of list", lambda: (list(items), items.seen))

# Inserting.
for insort in (module.insort, module.insort_left, module.insort_right):
    data = []
    for x in (5, 2, 8, 2, 9, 1, 5):
        insort(data, x)
    show("sorted", lambda: data)
    insort(data, 100, 0, 2)
    show("between", lambda: data)


class Point(object):
    def __init__(self, x, name):
        self.x, self.name = x, name

    def __lt__(self, other):
        return self.x < other.x


points = [Point(1, 1), Point(2, 2), Point(2, 3)]
module.insort_left(points, Point(2, 4))
module.insort_right(points, Point(2, 5))
show("objects", lambda: [p.name for p in points])


class Raises(object):
    def __lt__(self, other):
        raise ValueError("not comparable")
    __gt__ = __lt__


data = [1, 2, 3]
show("comparison raises", bisect_left, data, Raises())
show("insort raises", module.insort, data, Raises())
show("nothing inserted", lambda: data)


class Odd(object):
    def __lt__(self, other):
        return self
    __gt__ = __lt__

    def __bool__(self):
        raise ValueError("no truth")
    __nonzero__ = __bool__


show("truth raises", bisect_left, [1, 2], Odd())


class LenRaises(object):
    def __len__(self):
        raise ValueError("no length")

    def __getitem__(self, i):
        return i


show("len raises", bisect_left, LenRaises(), 1)
show("hi given", bisect_left, LenRaises(), 3, 0, 10)


class ItemRaises(LenRaises):
    def __len__(self):
        return 5

    def __getitem__(self, i):
        raise ValueError("no item %d" % i)


show("item raises", bisect_right, ItemRaises(), 3)

# A comparison that changes the list.
class Shrinks(object):
    def __lt__(self, other):
        del shrinking[:]
        return False

    def __gt__(self, other):
        del shrinking[:]
        return True


shrinking = list(range(100))
kind("list that shrinks", bisect_right, shrinking, Shrinks())
show("is empty", lambda: shrinking)

# What is inserted lives as long as the list.
p = Point(7, 7)
seen = weakref.ref(p)
points = []
module.insort(points, p)
del p
gc.collect()
show("kept", lambda: seen() is points[0])
points.append(points)
del points
gc.collect()
show("dropped", lambda: seen() is None)
big = list(range(0, 20000, 2))
show("many", lambda: all(bisect_left(big, x) == x // 2 for x in range(0, 20000, 2)))
for x in range(1, 400, 2):
    module.insort(big, x)
show("many inserted", lambda: big[:400] == list(range(400)))
show("compared with the sequence's items", lambda: module.bisect([(1, b("a")), (2, b("b"))], (1, b("z"))))
