from __future__ import print_function
import gc
import operator
import sys
import threading
import traceback
import weakref
import lifetimes as m


def norm(value):
    return value.decode() if isinstance(value, bytes) and not isinstance(value, str) else value


last = [m.count()]


def since(label):
    """How many objects were made, and deallocated, since the last time."""
    gc.collect()
    gc.collect()
    now = m.count()
    print(label, now[0] - last[0][0], now[1] - last[0][1])
    last[0] = now


class Sub(m.Cell):
    pass


since("start")
for kind in (m.Cell, Sub, m.Free):
    name = kind.__name__
    a = kind()
    del a
    since(name + " dropped")
    for i in range(10):
        kind()
    since(name + " ten")
    a = kind()
    m.keep(0, a)
    since(name + " kept")
    del a
    since(name + " only C")
    a = m.give(0)
    m.keep(0)
    since(name + " only Python")
    del a
    since(name + " gone")
    a = kind()
    m.keep(1, a)
    del a
    gc.collect()
    m.keep(1)
    since(name + " dropped by C")
    many = [kind() for i in range(100)]
    many.reverse()
    del many[::2]
    since(name + " half")
    del many
    since(name + " all")
print(m.counts()[0] > 10)
print("# cycles")
for kind in (m.Cell, Sub):
    name = kind.__name__
    a = kind()
    a.object = a
    del a
    since(name + " itself")
    a, b = kind(), kind()
    a.object, b.object = b, a
    del a, b
    since(name + " two")
    a = kind()
    a.object = [a]
    del a
    since(name + " through a list")
    a = kind()
    a.object = {"a": a, "b": [a, (a,)]}
    del a
    since(name + " through a dict")
    a = kind()
    a.object = lambda: a
    a.other = a.object
    del a
    since(name + " through a closure")
    cells = [kind(i) for i in range(50)]
    for i in range(50):
        cells[i].object = cells[(i + 1) % 50]
        cells[i].other = cells[(i + 7) % 50]
    del cells
    since(name + " graph")
    a = kind()
    a.object = kind(2, a)
    a.object.other = a.object
    inner = a.object
    del a
    since(name + " held by one")
    print(inner.n, inner.object.object is inner)
    del inner
    since(name + " let go")
s = Sub()
s.attribute = s
del s
since("attribute")
s = Sub()
s.attribute = m.Cell(1, s)
s.object = s.attribute
del s
since("attribute and object")
a = m.chain(5, 0)
del a
since("chain")
a = m.chain(1, 1)
del a
since("ring of one")
a = m.chain(5, 1)
del a
since("ring of five")
a = m.chain(5, 1)
b = a.object.object
del a
since("ring held")
del b
since("ring let go")
for length in (199, 200, 201, 5000, 100000):
    a = m.chain(length, 1)
    del a
    since("ring of %d" % length)
a = m.chain(1000, 1)
m.keep(0, a.object)
del a
since("ring kept")
b = m.give(0).object.object
m.keep(0)
since("ring in the middle")
b.other = b.object.other = (b, b.object)
since("ring with a tuple")
del b
since("ring gone")
a = m.chain(1000, 1)
told = []
m.refer(a.object, lambda r: told.append(r() is None))
print(m.referred() is a.object)
del a
since("ring referred to")
print(m.referred(), told)
m.rings(100000)
print(last[0][0] + 300000 == m.count()[0], m.count()[0] - m.count()[1] < 100000)
since("rings")
m.rings(10)
gc.disable()
gc.collect()
gc.enable()
since("asked for")
print(m.counts()[1] > 0)
print("# weak references")
for kind in (m.Cell, Sub):
    name = kind.__name__
    told = []
    a = kind(5)
    ref = weakref.ref(a, lambda r: told.append("Python"))
    proxy = weakref.proxy(a)
    table = weakref.WeakValueDictionary({1: a})
    keys = weakref.WeakKeyDictionary({a: 2})
    m.refer(a, lambda r: told.append("C"))
    print(ref() is a, proxy.n, len(table), len(keys), m.referred() is a)
    del a
    gc.collect()
    print(ref(), m.referred(), len(table), len(keys), sorted(told))
    a = kind(6)
    ref = weakref.ref(a)
    m.keep(0, a)
    del a
    gc.collect()
    print(ref() is m.give(0), ref().n)
    m.keep(0)
    gc.collect()
    print(ref())
    a = kind(7)
    m.refer(a)
    m.keep(0, a)
    del a
    gc.collect()
    print(m.referred() is m.give(0), m.referred().n)
    m.keep(0)
    gc.collect()
    print(m.referred())
    a = kind()
    a.object = a
    ref = weakref.ref(a)
    del a
    gc.collect()
    print(ref())
    last[0] = m.count()
print("# classes with __del__")


told, kept = [], []


class Finalized(m.Cell):
    def __del__(self, told=told, kept=kept):
        told.append(self.n)
        if self.n == 13:
            kept.append(self)
            self.n = 14


def now(label):
    """Without a collection: how many objects went since, and which __del__ ran."""
    counts = m.count()
    print(label, counts[0] - last[0][0], counts[1] - last[0][1], told)
    last[0] = counts
    del told[:]


gc.collect()
last[0] = m.count()
a = Finalized(1)
now("made")
print(a.n, repr(a) != "", a.object)
del a
now("dropped")
a = Finalized(2)
m.keep(0, a)
now("kept")
del a
now("only C")
a = m.give(0)
a.object = m.Cell()
m.keep(0)
now("only Python")
del a
gc.collect()
now("gone")
m.keep(0, Finalized(3))
now("only C at once")
m.give(0)
now("looked at")
m.keep(0)
gc.collect()
now("let go")
a, b = Finalized(4), Finalized(5)
a.object = b
del b
gc.collect()
now("has one")
a.object.n = 6
a.object = None
gc.collect()
now("has none")
a.object = a.n
del a
now("gone")
a = Finalized(13)
del a
now("came back")
print(kept[0].n)
for i in range(1000):
    Finalized(i % 10).object = i
del told[5:]
now("many")
# Room for the references is in the type itself; before 3.9 it is in one more.
is_old = (3, 0) < sys.version_info < (3, 9)
print([kind.__name__ for kind in m.Cell.__mro__][is_old:])
print("# coming back")
p = m.Phoenix()
p.n = 0
del p
gc.collect()
since("revived")
p = m.take_revived()
print(type(p) is m.Phoenix, p.n)
del p
gc.collect()
since("dead")
print("# memory")


def pages():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])


def flat(label, work, count):
    work(count // 10)
    gc.collect()
    before = pages()
    work(count)
    gc.collect()
    grown = (pages() - before) * 4
    print(label, "ok" if grown < 4000 else "not ok: %d kB" % grown)


def create(count):
    for i in range(count):
        m.Cell(i)


def create_derived(count):
    for i in range(count):
        Sub(i).attribute = i


def create_cycles(count):
    for i in range(count):
        a = m.Cell()
        a.object = [a]


def round_trips(count):
    for i in range(count):
        m.keep(0, m.Cell(i))
        m.give(0)
        m.keep(1, Sub(i))
        m.give(1)
    m.keep(0)
    m.keep(1)


def errors(count):
    bad = m.Bad()
    for i in range(count):
        try:
            bad + 1
        except ValueError:
            pass


def classes(count):
    for i in range(count):
        type("Made", (m.Cell,), {})()


def weak(count):
    for i in range(count):
        a = m.Cell()
        weakref.ref(a)
        m.refer(a)


flat("objects", create, 30000)
flat("derived", create_derived, 15000)
flat("cycles", create_cycles, 10000)
flat("trips", round_trips, 10000)
flat("errors", errors, 10000)
flat("weak", weak, 10000)
now = m.count()
gc.collect()
print("balance", m.count()[0] - m.count()[1])
print("# exceptions")
bad = m.Bad()
tests = [lambda: bad + 1, lambda: 1 + bad, lambda: bad ** 2, lambda: pow(bad, 2, 3), lambda: -bad,
         lambda: not bad, lambda: int(bad), lambda: float(bad), lambda: operator.index(bad),
         lambda: operator.iadd(bad, 1), lambda: len(bad), lambda: bad[1], lambda: 1 in bad,
         lambda: hash(bad), lambda: bad(), lambda: bad == 1, lambda: 1 < bad, lambda: repr(bad),
         lambda: str(bad), lambda: iter(bad), lambda: bad.attribute,
         lambda: setattr(bad, "attribute", 1), lambda: operator.setitem(bad, 1, 2),
         lambda: operator.delitem(bad, 1), lambda: memoryview(bad), lambda: m.Bad(1),
         lambda: bad.method(lambda: bad + 1), lambda: {bad: 1}, lambda: [x for x in bad],
         lambda: [1, 2][bad], lambda: sorted([bad, 1]), lambda: bad.method(lambda: 1 // 0)]
for number, test in enumerate(tests):
    try:
        test()
        print(number, "nothing")
    except Exception as error:
        # Without the functions of the binary, which 2.7 does not show.
        names = [entry[2] for entry in traceback.extract_tb(sys.exc_info()[2])
                 if not entry[0].endswith(".so>")]
        print(number, type(error).__name__, error if isinstance(error, ValueError) else "-", names)
    except BaseException as error:
        print(number, "base", type(error).__name__)
error = names = None
print("# threads")


def work(results, number):
    for i in range(2000):
        a = m.Cell(i)
        s = Sub(i, a)
        s.attribute = [a]
        a.object = s
        m.keep(2 + number, s)
        if m.give(2 + number) is not s or s.object is not a or s.attribute[0].n != i:
            results.append("wrong")
        m.keep(2 + number)
        weakref.ref(s)() is s
    results.append("done")


results = []
threads = [threading.Thread(target=work, args=(results, i)) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
del threads, thread
gc.collect()
print(results)
gc.collect()
print("balance", m.count()[0] - m.count()[1])
print("# the end")
at_end = Sub(1)
at_end.attribute = m.Cell(2, at_end)
m.keep(0, m.Cell(3, at_end))
m.keep(1, at_end)
sys.modules["kept by lifetimes"] = at_end
cycle = m.Cell()
cycle.object = [cycle]
del cycle
print("done")
