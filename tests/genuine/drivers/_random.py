"""_random: the Mersenne Twister."""

import copy
import gc
import pickle
import weakref

Random = module.Random


class HasHash(object):
    def __hash__(self):
        return 12345


class Unhashable(object):
    def __hash__(self):
        raise ValueError("no hash")


for seed in (0, 1, -1, 42, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 64, 10 ** 50, -10 ** 50, True, 2.0, 0.5,
             HasHash()):
    r = Random(seed)
    label = value(seed)
    show("random of %s" % label, lambda: [r.random() for i in range(3)])
    show("bits of %s" % label, lambda: [r.getrandbits(n) for n in (1, 7, 8, 31, 32, 33, 64, 100, 200)])
    show("seed %s" % label, r.seed, seed)
    show("as before", r.random)
show("no seed", lambda: 0.0 <= Random().random() < 1.0)
show("None", lambda: 0.0 <= Random(None).random() < 1.0)
show("two differ", lambda: Random().getrandbits(128) != Random().getrandbits(128))
r = Random(5)
show("seed()", r.seed)
show("seed(None)", r.seed, None)
show("seed of what has no hash", r.seed, Unhashable())
kind("seed of a list", r.seed, [])
show("seed(1, 2)", r.seed, 1, 2)
kind("Random of a list", Random, [])
kind("Random(1, 2)", lambda: type(Random(1, 2)) is Random)
for n in (0, -1, -100):
    show("getrandbits(%d)" % n, r.getrandbits, n)
for bad in (1.5, None, b("1"), 10 ** 30):
    kind("getrandbits bad", r.getrandbits, bad)
show("getrandbits()", r.getrandbits)
kind("random(1)", r.random, 1)
r = Random(99)
state = r.getstate()
show("state", lambda: (type(state) is tuple, len(state), state[-1], state[:5]))
first = [r.random() for i in range(1000)]
show("later state", lambda: r.getstate()[-1])
show("setstate", r.setstate, state)
show("again", lambda: [r.random() for i in range(1000)] == first)
other = Random(1)
other.setstate(state)
show("in another", lambda: [other.random() for i in range(1000)] == first)
for label, bad in (("nothing", ()), ("short", state[:-1]), ("long", state + (1,)), ("None", None), ("number", 5),
                   ("list", list(state)), ("text", (b("x"),) * 625), ("floats", (1.5,) * 625),
                   ("negative", (-1,) * 625), ("huge", (2 ** 70,) * 625)):
    kind("setstate " + label, other.setstate, bad)
kind("setstate()", other.setstate)
kind("setstate index too large", other.setstate, state[:-1] + (10 ** 10,))
show("and it goes on", lambda: 0.0 <= Random(3).random() < 1.0)
r = Random(7)
show("jumpahead", r.jumpahead, 10)
show("then", r.random)
show("jumpahead 10**20", r.jumpahead, 10 ** 20)
show("then", r.random)
show("jumpahead -3", r.jumpahead, -3)
show("then", r.random)
kind("jumpahead text", r.jumpahead, "x")
kind("jumpahead 1.5", r.jumpahead, 1.5)
kind("jumpahead()", r.jumpahead)


class Dice(Random):
    def __init__(self, seed, sides):
        self.sides = sides

    def __new__(cls, seed, sides):
        return Random.__new__(cls, seed)

    def roll(self):
        return int(self.random() * self.sides) + 1


d = Dice(3, 6)
show("subclass", lambda: [d.roll() for i in range(10)])
show("its type", lambda: (type(d) is Dice, isinstance(d, Random), d.sides))
d.me = d
seen = weakref.ref(d)
method = d.random
del d
gc.collect()
show("method keeps it", lambda: (seen() is not None, method()))
del method
gc.collect()
show("dropped", lambda: seen() is None)
kind("weak reference", weakref.ref, Random())
method = Random(8).getrandbits
gc.collect()
show("method of what is dropped", method, 40)
kind("no attribute", getattr, r, "nothing")
kind("no new attribute", setattr, r, "new", 1)
kind("not equal", lambda: Random(1) == Random(1))


class Pickled(Random):
    def __getstate__(self):
        return self.getstate()

    def __setstate__(self, state):
        self.setstate(state)


p = Pickled(11)
p.random()
q = copy.copy(p)
show("copied", lambda: [p.random() == q.random() for i in range(3)])
many = [Random(n) for n in range(50)]
del many[::2]
show("many", lambda: sum(x.getrandbits(16) for x in many))
r = Random(2 ** 20000 + 1)
show("a large seed", r.random)
show("many bits", lambda: r.getrandbits(10000) % (10 ** 9 + 7))
