from __future__ import print_function
import number_protocol as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Plain(object):
    pass


class Right(object):
    """Knows only what to do on the right."""

    def __radd__(self, other):
        return (b"radd", other)

    def __rsub__(self, other):
        return (b"rsub", other)

    def __rmul__(self, other):
        return (b"rmul", other)

    def __rdiv__(self, other):
        return (b"rdiv", other)

    __rtruediv__ = __rdiv__

    def __rpow__(self, other):
        return (b"rpow", other)

    def __rlshift__(self, other):
        return (b"rlshift", other)

    def __ror__(self, other):
        return NotImplemented


class Number(object):
    def __add__(self, other):
        return (b"add", other)

    def __sub__(self, other):
        return (b"sub", other)

    def __mul__(self, other):
        return (b"mul", other)

    def __div__(self, other):
        return (b"div", other)

    __truediv__ = __div__

    def __floordiv__(self, other):
        return (b"floordiv", other)

    def __mod__(self, other):
        return (b"mod", other)

    def __divmod__(self, other):
        return [b"divmod", other]

    def __pow__(self, other, modulus=None):
        return (b"pow", other, modulus)

    def __lshift__(self, other):
        return (b"lshift", other)

    def __rshift__(self, other):
        return (b"rshift", other)

    def __and__(self, other):
        return (b"and", other)

    def __or__(self, other):
        return (b"or", other)

    def __xor__(self, other):
        return (b"xor", other)

    def __iadd__(self, other):
        return (b"iadd", other)

    def __isub__(self, other):
        return NotImplemented

    def __ipow__(self, other):
        return (b"ipow", other)

    def __idiv__(self, other):
        return (b"idiv", other)

    __itruediv__ = __idiv__

    def __neg__(self):
        return (b"neg",)

    def __pos__(self):
        return (b"pos",)

    def __abs__(self):
        return (b"abs",)

    def __invert__(self):
        return (b"invert",)

    def __int__(self):
        return 7

    __long__ = __int__

    def __float__(self):
        return 7.5

    def __index__(self):
        return 8

    def __nonzero__(self):
        return False

    __bool__ = __nonzero__


class Derived(Number):
    def __radd__(self, other):
        return (b"derived", other)


class Refusing(object):
    def __add__(self, other):
        return NotImplemented

    __sub__ = __mul__ = __mod__ = __iadd__ = __radd__ = __add__
    __div__ = __truediv__ = __floordiv__ = __divmod__ = __add__

    def __pow__(self, other, modulus=None):
        return NotImplemented

    def __neg__(self):
        raise ValueError("not negative")

    def __index__(self):
        raise KeyError(1)

    def __float__(self):
        raise ZeroDivisionError("no float")

    def __int__(self):
        raise OverflowError("no int")

    __long__ = __int__


class Raising(object):
    def __add__(self, other):
        raise ValueError("add")

    def __mul__(self, other):
        raise TypeError("unsupported, says Raising")


class Truncating(object):
    def __trunc__(self):
        return 12


class Truncated(object):
    class Integral(object):
        def __int__(self):
            return 13

    def __trunc__(self):
        return self.Integral()


class Sized(object):
    """A sequence that multiplies and adds as such."""

    def __getitem__(self, at):
        raise IndexError

    def __add__(self, other):
        return (b"concat", other)

    def __mul__(self, other):
        return (b"repeat", other)

    def __iadd__(self, other):
        return (b"iconcat", other)


class Int(int):
    def __add__(self, other):
        return (b"Int", other)


class Other(int):
    pass


class Right2(float):
    def __radd__(self, other):
        return (b"radd", other)


class Joined(bytes):
    def __add__(self, other):
        return (b"joined", other)

    def __rmul__(self, other):
        return (b"rmul", other)


values = [True, 3, -7, 2 ** 62, 2 ** 80, 2.5, 1j, b"ab", u"ab", (1,), [1], None]
objects = [Plain(), Right(), Number(), Refusing(), Sized()]
print("== values")
for v in values:
    for w in values:
        # Without warnings that some give, and what takes for ever.
        show(m.two(v, w, 0, 4 if isinstance(v, complex) or isinstance(w, complex) else 8))
        if w != 2 ** 62 and w != 2 ** 80:
            show(m.two(v, w, 8, 13))
for v in values:
    for w in [3, 2.5, b"ab", [2]]:
        show(m.two(v, w, 13, 16))
print("== objects")
for v in objects:
    for w in [5, 2.5, b"ab", [1], None] + objects:
        show(m.two(v, w, 0, 13))
        show(m.two(v, w, 13, 25))
        show(m.two(w, v, 0, 13))
for v, w in [(Number(), Derived()), (Derived(), Number()), (Raising(), 1), (1, Raising()),
             (Int(5), 6), (6, Int(5)), (Int(5), Int(6)), (Other(5), 6), (6, Other(5)),
             (Other(5), Other(6))]:
    show(m.two(v, w, 0, 3))
    show(m.slots(v, w))
for v in [Right2(1.5), Joined(b"j")]:
    for w in [2, 2.5, b"s", (1,), Number(), Plain()]:
        show(m.two(v, w, 0, 2))
        show(m.two(w, v, 0, 3))
print("== powers")
for v in [2, 2.0, 2 ** 70, Number(), Refusing(), Right(), Plain(), b"x", None]:
    for w in [3, 2.5, Number(), Right(), Plain()]:
        for z in [None, 5, 2.5]:
            # From 3.14 on __rpow__ is asked of three, too.
            if z is None or not (isinstance(v, Right) or isinstance(w, Right)):
                show(m.power(v, w, z))
print("== unary")
for v in values + objects + [b"12", u"34", b" 12x", b"1\0002", b"", bytearray(b"56"), Truncating(),
                             Truncated(), Int(5), 2 ** 63, -(2 ** 64)]:
    show(m.one(v))
print("== slots")
for v in [5, 2 ** 70, 2.5, Number(), Refusing()]:
    show(m.slots(v, 3))
show(m.nothing())
