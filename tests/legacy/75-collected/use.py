from __future__ import print_function
import gc
import weakref
import collected as m


class Point(object):
    pass


def cycle(label, make):
    """An object that has what make gives, which has the object."""
    p = Point()
    seen = weakref.ref(p)
    before = m.lost()
    p.held = make(p)
    gc.collect()
    kept = seen() is p
    del p
    gc.collect()
    print(label, kept, seen() is None, m.lost() - before)


def function_of(p):
    return lambda: p


def method_of(p):
    p.method = p.__class__
    return p.__repr__


cycle("one", lambda p: m.hold(p))
cycle("twice the same", lambda p: m.hold(p, p, p))
cycle("in a tuple", lambda p: m.hold((p, 1, (p,))))
cycle("in a list", lambda p: m.hold([p, 1, [p]]))
cycle("a list twice", lambda p: (lambda x: m.hold(x, x))([p]))
cycle("in a dict", lambda p: m.hold({1: p, 2: {3: p}}))
cycle("in a set", lambda p: m.hold(set([p])))
cycle("a function", lambda p: m.hold(function_of(p)))
cycle("a function twice", lambda p: m.hold(*[function_of(p)] * 2))
cycle("a method", lambda p: m.hold(method_of(p)))
cycle("another holder", lambda p: m.hold(m.hold(p)))
cycle("another with the same", lambda p: m.hold(p, m.hold(m.hold(p, p), p)))
cycle("iterator of a tuple", lambda p: m.hold_iterators((p, p)))
cycle("iterator of a list", lambda p: m.hold_iterators([p]))
cycle("iterator of a dict", lambda p: m.hold_iterators({1: p}))
cycle("generator", lambda p: m.hold_iterators(x for x in [p, p]))
cycle("all of that", lambda p: m.hold(p, [p, (p,)], {1: [p]}, function_of(p), m.hold([p])))
cycle("two with the same", lambda p: [m.hold(p), m.hold(p, p)])
print("== of itself")


def itself(p):
    h = m.hold(p)
    m.add(h, h)
    return h


cycle("itself", itself)


def two(p):
    a, b = m.hold(p), m.hold()
    m.add(a, b)
    m.add(b, a)
    return a


cycle("two of each other", two)
print("== what is in use")
p = Point()
seen = weakref.ref(p)
p.held = m.hold(p, [p], function_of(p))
kept = p.held
del p
gc.collect()
gc.collect()
print(seen() is not None, m.get(kept, 0) is seen(), m.get(kept, 1)[0] is seen(), m.get(kept, 2)() is seen())
outer = m.hold(kept)
before = m.lost()
del kept
gc.collect()
print(seen() is not None, m.lost() - before, m.get(m.get(outer, 0), 1)[0] is seen())
del outer
gc.collect()
print(seen() is None, m.lost() - before)
# The same for what two have.
p = Point()
seen = weakref.ref(p)
p.held, kept = m.hold(p), m.hold(p)
del p
gc.collect()
print(seen() is not None, m.get(kept, 0) is seen(), m.get(kept, 0).held is not None)
del kept
gc.collect()
print(seen() is None)
print("== what a finalizer brings back")
saved = []


class Reviver(object):
    def __init__(self, *held):
        self.me = self
        self.held = held

    def __del__(self):
        saved.append(self.held)


def collect():
    gc.collect()
    for reviver in gc.garbage:      # where Python 2 leaves what has a finalizer
        reviver.me = None
    del gc.garbage[:]


for i in range(3):
    holder = m.hold(i)
    Reviver(m.function(i), m.function(holder))
    del holder
    collect()
    # What dies meanwhile does not take with it what lives.
    print(sum(m.function(other)() for other in range(200)))
    number, holder = saved[-1]
    print(number(), m.get(holder(), 0), m.get(m.hold(number), 0) is number, number.__name__)
    del number, holder
before = m.lost()
del saved[:]
collect()
print(m.lost() - before)
