from __future__ import print_function
import instance_dicts as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


NAMES = ["data", "only", "method", "number", "attribute", "shadow", "own", "nothing"]
m.make()
for i in range(5):
    print("== object", i)
    for name in NAMES:
        show(m.get(i, name))
    show(m.set(i, "nothing"))
    for name in NAMES[:-1]:
        show(m.set(i, name, 5))
        show(m.get(i, name))
    show(m.keys(i))
    for name in NAMES:
        show(m.set(i, name))
        show(m.get(i, name))
    show(m.set(i, "own", b"text"))
    show(m.get(i, "own"))
    show(m.set(i, "own", None))
    show(m.get(i, "own"))
    show(m.keys(i))


class Mixin(object):
    def mixed(self):
        return "mixed in"


class Derived(Mixin, m.Base):
    __slots__ = ("slot",)
    shadow = "of the class"

    def method(self):
        return "overridden, " + self.own

    def get_own(self):
        return self.own

    def set_own(self, value):
        self.own = value

    prop = property(get_own, set_own)


def tried(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__


print("== derived")
d = Derived()
d.own = "own"
print(d.method(), d.mixed(), d.shadow, d.number, d.prop)
d.prop = "by the property"
d.shadow = "of the object"
d.slot = 5
d.number = 7
print(d.own, d.shadow, d.slot, d.number, m.Base.number.__get__(d))
del d.shadow, d.slot
print(d.shadow, tried(getattr, d, "slot"), tried(getattr, d, "nothing"))
print([m.generic(d, name) for name in ("shadow", "own", "number", "prop")])
print(m.generic(d, "method")(), m.generic(d, "mixed")(), tried(m.generic, d, "nothing"))
print(type(d.__init__).__name__, d.__init__(), d.__repr__() == repr(d), d.__hash__() == hash(d))
b = m.Base()
b.own = 1
print(b.own, tried(setattr, b, "method", 2), b.method, b.__repr__() == repr(b))
del d  # it has no tp_traverse by which the cycle with its class and our names would be found
