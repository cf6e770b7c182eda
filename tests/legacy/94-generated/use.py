from __future__ import print_function
import generated as m


def say(value):
    print(value.decode("latin-1") if bytes is not str else value)


class Shape(object):
    def __init__(self):
        raise RuntimeError("not to be called")

    def area(self):
        return self.this * 2


class Strict(Shape):
    def __setattr__(self, name, value):
        raise AttributeError(name)


class Slots(object):
    __slots__ = ("this",)


for cls in Shape, Strict:
    shape = m.shadow(cls, 21)
    print(type(shape) is cls, shape.area(), shape.__dict__)
    say(m.look(shape))
    many = [m.shadow(cls, number) for number in range(200)]
    print(sum(one.area() for one in many))
shape = m.shadow(Shape, 1)
shape.more = 2
say(m.look(shape))
slots = Slots()
slots.this = 5
say(m.look(slots))
say(m.look(5))
print(m.replace(shape, {"this": 8, "other": 9}, lambda shape: (shape.this, shape.other)))
print(sorted(shape.__dict__), m.replace(shape, None, lambda shape: sorted(shape.__dict__)))
say(m.look(shape))
say(m.lookups())
say(m.imports())
