"""_heapq: heaps in lists."""

import gc
import weakref

heappush, heappop, heapify = module.heappush, module.heappop, module.heapify


def numbers(n, seed=12345):
    out = []
    for i in range(n):
        seed = (seed * 1103515245 + 12345) % 2 ** 31
        out.append(seed >> 8)
    return out


def is_heap(heap):
    return all(not heap[i] < heap[(i - 1) // 2] for i in range(1, len(heap)))


for n in (0, 1, 2, 3, 10, 100, 1000):
    data = numbers(n)
    heap = list(data)
    show("heapify %d" % n, heapify, heap)
    show("is a heap", lambda: is_heap(heap))
    show("sorts", lambda: [heappop(heap) for i in range(n)] == sorted(data))
    pushed = []
    for x in data:
        heappush(pushed, x)
    show("pushed", lambda: is_heap(pushed))
    show("sorts", lambda: [heappop(pushed) for i in range(n)] == sorted(data))
heap = [5, 3, 8, 1, 9]
heapify(heap)
show("as it lies", lambda: heap)
show("pushpop small", module.heappushpop, heap, 0)
show("pushpop large", module.heappushpop, heap, 7)
show("pushpop equal", module.heappushpop, heap, 3)
show("replace small", module.heapreplace, heap, 0)
show("replace large", module.heapreplace, heap, 100)
show("as it lies", lambda: heap)
show("pop of nothing", heappop, [])
show("replace of nothing", module.heapreplace, [], 1)
show("pushpop to nothing", module.heappushpop, [], 1)
for f, args in ((heappush, (1,)), (heappop, ()), (heapify, ()), (module.heappushpop, (1,)),
                (module.heapreplace, (1,))):
    for bad in (None, 5, (1, 2), b("ab"), {}, bytearray(b("ab"))):
        kind("in %s" % type(bad).__name__.replace("bytes", "str"), f, bad, *args)
    show("in a tuple", f, (1, 2), *args)
    kind("nothing", f)
    kind("too many", f, [], 1, 2, 3)


class Items(list):
    pass


items = Items([3, 1, 2])
items.note = "a note"
heapify(items)
show("subclass of list", lambda: (list(items), type(items) is Items, items.note == "a note"))
heappush(items, 0)
show("pushed", lambda: list(items))

# Objects, and comparisons that fail.
class Item(object):
    def __init__(self, x):
        self.x = x

    def __lt__(self, other):
        return self.x < other.x


heap = [Item(x) for x in numbers(20)]
heapify(heap)
show("objects", lambda: [heappop(heap).x for i in range(20)] == sorted(numbers(20)))


class Raises(object):
    def __lt__(self, other):
        raise ValueError("not comparable")


heap = [1, 2, 3]
show("push raises", heappush, [Raises()], Raises())
show("heapify raises", heapify, [Raises(), Raises(), Raises()])
show("nlargest raises", module.nlargest, 2, [Raises(), Raises(), Raises(), Raises()])


class Shrinks(object):
    def __lt__(self, other):
        del shrinking[:]
        return True


for f in (heapify, heappop, lambda h: heappush(h, Shrinks()), lambda h: module.heapreplace(h, Shrinks()),
          lambda h: module.heappushpop(h, Shrinks())):
    shrinking = [Shrinks() for i in range(10)]
    kind("list that shrinks", lambda: type(f(shrinking)).__name__)


class Grows(object):
    def __lt__(self, other):
        if len(growing) < 100:
            growing.append(Grows())
        return False


growing = [Grows() for i in range(10)]
kind("list that grows", heapify, growing)
kind("list that grows", lambda: type(heappop(growing)).__name__)

# The n smallest and largest.
data = numbers(100)
for n in (0, 1, 5, 99, 100, 200, -1):
    show("nsmallest %d" % n, lambda: module.nsmallest(n, data) == sorted(data)[:max(n, 0)])
    show("nlargest %d" % n, lambda: module.nlargest(n, data) == sorted(data, reverse=True)[:max(n, 0)])
show("nsmallest", module.nsmallest, 3, [5, 2, 8, 1, 9])
show("nlargest", module.nlargest, 3, (5, 2, 8, 1, 9))
show("of a generator", module.nsmallest, 2, (x * x for x in range(-3, 4)))
show("of text", module.nlargest, 2, u("hello"))
show("of a set", module.nlargest, 2, set([1, 2, 3]))
show("of a dict", module.nsmallest, 2, {3: 1, 1: 2, 2: 3})


def failing():
    yield 1
    yield 2
    yield 3
    raise ValueError("half way")


for f in (module.nsmallest, module.nlargest):
    show("of one that fails", f, 2, failing())
    kind("of None", f, 2, None)
    kind("of a number", f, 2, 5)
    kind("n of text", f, "x", [1])
    kind("n of None", f, None, [1])
    kind("n that is huge", f, 10 ** 30, [1])
    show("nothing", f)
    show("too little", f, 2)
    kind("too many", f, 1, [1], 2)

# Lifetimes.
heap = []
refs = []
for x in numbers(30):
    item = Item(x)
    refs.append(weakref.ref(item))
    heappush(heap, item)
del item
show("all live", lambda: sum(r() is not None for r in refs))
first = heappop(heap)
show("the first lives", lambda: sum(r() is not None for r in refs))
del first
gc.collect()
show("it is gone", lambda: sum(r() is not None for r in refs))
heap[3].heap = heap
del heap
gc.collect()
show("all gone", lambda: sum(r() is not None for r in refs))
largest = module.nlargest(2, [Item(x) for x in range(10)])
gc.collect()
show("results live on", lambda: [item.x for item in largest])
show("equal ones", lambda: module.nsmallest(3, [(1, 1), (1, 0), (0, 5)]))
