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


def deep(n):
    if n == 0:
        raise KeyError(n)
    deep(n - 1)


def flat():
    return deep(0)


say(m.walk(flat))
say(m.walk(lambda: deep(3)))
say(m.walk(lambda: {}[1]))
print(len(m.walk(lambda: deep(200))) > 2000)


class Meta(type):
    pass


class Base(object):
    pass


for metatype, bases in (type, (object,)), (type, (Base,)), (Meta, (Base,)):
    made = m.make_class(metatype, "Made", bases, "What it is.")
    print(made.__name__, made.__module__, made.__doc__, made.number, made().number,
          type(made) is metatype, repr(made))


def fails(call):
    try:
        call()
    except TypeError as error:
        print(error)


closed = m.closed()
print(isinstance(closed(), closed), closed.__name__)
derived = m.derived()
print(issubclass(derived, closed), isinstance(derived(), closed),
      [cls.__name__ for cls in derived.__mro__])
fails(lambda: type("Sub", (closed,), {}))
fails(lambda: type("Sub", (derived,), {}))
