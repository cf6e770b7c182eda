from __future__ import print_function
import abc
import calls_and_classes as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Plain(object):
    pass


class Derived(Plain):
    pass


class Callable(object):
    def __call__(self, *args, **kwargs):
        return (b"called", args, sorted(kwargs.values(), key=repr))

    def method(self, *args, **kwargs):
        return (b"method", args)

    @classmethod
    def of_class(cls, *args, **kwargs):
        return (cls, args)

    @staticmethod
    def static(*args, **kwargs):
        return args

    attribute = 5


class Raising(object):
    def __call__(self, *args, **kwargs):
        raise ValueError("called")

    def method(self, *args):
        raise KeyError(len(args))


class Meta(type):
    def __instancecheck__(cls, instance):
        return [] if instance == 5 else [instance]

    def __subclasscheck__(cls, derived):
        if derived is int:
            raise ZeroDivisionError("subclass")
        return derived is Plain


Checking = Meta("Checking", (object,), {})


class Pretending(object):
    @property
    def __class__(self):
        return Plain


Abstract = abc.ABCMeta("Abstract", (object,), {})
Abstract.register(Plain)
Abstract.register(int)


class Bases(object):
    """A class only by what it says."""

    def __init__(self, *bases):
        self.__bases__ = bases


def function(*args, **kwargs):
    return (b"function", args, sorted(kwargs.values(), key=repr))


print("== calls")
for f in [function, lambda *a, **k: a, Callable(), Callable().method, Callable.of_class,
          Callable.static]:
    show(m.call(f))
for f in [Raising(), Plain(), None, 5, b"text", u"text", (), []]:
    show(m.call(f))
show(m.call(m.function).replace(b"{", b""))
print("== methods")
for o in [Callable(), Callable, Raising(), Plain(), None, 5]:
    for name in [b"method", b"static", b"attribute", b"missing"]:
        if name != b"method" or o is not Callable:
            show(m.method(o, name))
show(m.method([1, 2], b"append"))
show(m.method({1: 2}, b"get"))
show(m.method(b"abc", b"center"))
show(m.method(u"abc", b"center"))
show(m.method((5, 6), b"count"))
print("== own")
show(m.own())
print("== instances")
objects = [Plain(), Derived(), Pretending(), Callable(), 5, True, 2.5, b"s", u"u", (), [], {}, None,
           len, Exception(), KeyError()]
classes = [Plain, Derived, object, int, float, type(u""), bytes, tuple, list, dict, type, Checking,
           Abstract, Exception, LookupError, type(None)]
for o in objects:
    for c in classes:
        show(m.instance(o, c))
for o in classes:
    for c in classes:
        if o is not Checking or c is not Abstract:
            show(m.instance(o, c))
for c in [(), (int,), (Plain, int), (None,), ((int, (Plain,)), 5), (5, int), None, 5, b"x",
          Bases(), Bases(Bases())]:
    for o in [Plain(), 5, int, Plain]:
        show(m.instance(o, c))
base = Bases()
show(m.instance(Bases(base), base))
show(m.instance(base, Bases(base)))
show(m.instance(base, base))
for o in [Plain(), Derived, 5, int, bool, Pretending(), Checking]:
    for c in [Plain, int, object, Checking]:
        show(m.real(o, c))
print("== types")
for o in objects + classes[:3] + [bytearray(), set(), frozenset(), slice(1), Ellipsis,
                                  NotImplemented, m, 2 ** 70, 1j, lambda: 1]:
    show(m.types(o))
show(m.make())


def deep(n=0):
    try:
        return m.recurse(deep)
    except RuntimeError as error:
        return type(error) is RuntimeError or b"RecursionError"


print(deep() is not None)
