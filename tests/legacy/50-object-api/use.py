from __future__ import print_function
import itertools
import object_api as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Plain(object):
    def __repr__(self):
        return "Plain()"


class Loud(object):
    __hash__ = None

    def __repr__(self):
        raise ValueError("no repr")

    def __str__(self):
        raise KeyError(1)

    def __nonzero__(self):
        raise TypeError("neither")

    __bool__ = __nonzero__

    def __len__(self):
        raise IndexError("no length")

    def __iter__(self):
        raise OverflowError("no iterator")

    def __eq__(self, other):
        raise ZeroDivisionError("equal?")

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__


class Text(object):
    def __repr__(self):
        return "Text<>"

    def __str__(self):
        return "a text"


class Wrong(object):
    def __repr__(self):
        return "Wrong()"

    def __iter__(self):
        return 5

    def __len__(self):
        return 7


class Empty(object):
    def __repr__(self):
        return "Empty()"

    def __len__(self):
        return 0


class False_(object):
    def __repr__(self):
        return "False_()"

    def __nonzero__(self):
        return False

    __bool__ = __nonzero__

    def __len__(self):
        return 3


class Callable(object):
    def __repr__(self):
        return "Callable()"

    def __call__(self):
        return None


class Ordered(object):
    def __init__(self, at):
        self.at = at

    def __repr__(self):
        return "Ordered(%d)" % self.at

    def __hash__(self):
        return self.at

    def __eq__(self, other):
        return isinstance(other, Ordered) and self.at == other.at

    def __ne__(self, other):
        return not self == other

    def __lt__(self, other):
        return self.at < other.at if isinstance(other, Ordered) else NotImplemented

    def __gt__(self, other):
        return self.at > other.at if isinstance(other, Ordered) else NotImplemented

    def __le__(self, other):
        return self.at <= other.at if isinstance(other, Ordered) else NotImplemented

    def __ge__(self, other):
        return self.at >= other.at if isinstance(other, Ordered) else NotImplemented


class Odd(object):
    """Comparisons with results that are no bool."""

    def __repr__(self):
        return "Odd()"

    def __hash__(self):
        return 5

    def __eq__(self, other):
        return [other]

    def __ne__(self, other):
        return []

    def __lt__(self, other):
        return (1, other)

    def __gt__(self, other):
        return 0

    def __le__(self, other):
        return None

    def __ge__(self, other):
        return 2.5


class Iterator(object):
    def __repr__(self):
        return "Iterator()"

    def __iter__(self):
        return self

    def __next__(self):
        return 1

    next = __next__


class Int(int):
    pass


class Str(bytes):
    pass


class Unicode(type(u"")):
    pass


class Tuple(tuple):
    pass


class Float(float):
    pass


class Equal(bytes):
    def __eq__(self, other):
        return [other]

    def __ne__(self, other):
        return ()

    __hash__ = bytes.__hash__


class Negative(tuple):
    def __lt__(self, other):
        return (b"less", other)


values = [None, True, False, 0, 5, -1, 2 ** 62, 2 ** 64, -(2 ** 70), 0.0, 2.5, 1j, b"", b"abc",
          u"", u"abc", (), (1, b"a"), [], [1, [2]]]
print("== look")
for value in values:
    show(m.look(value))
for value in [Plain(), Loud(), Text(), Wrong(), Empty(), False_(), Callable(), Odd(), Iterator()]:
    show(m.look(value))
print("== checks")
for value in values + [Plain(), Wrong(), Callable(), Iterator(), Int(5), Str(b"x"), Unicode(u"x"),
                       Tuple((1,)), Float(1.5), {}, set(), frozenset(), len, Plain, int, slice(3),
                       object(), iter([]), iter({}), (x for x in ()), itertools.count(),
                       itertools.chain(), lambda: 1, Plain().__repr__, itertools, 1 .__add__,
                       enumerate([]), bytearray(b"x"), ValueError]:
    show(m.checks(value))
print("== hash")
for value in values + [Plain(), Loud(), Odd(), Ordered(-1), {}, set(), frozenset(), slice(1),
                       len, Plain, object(), bytearray(b""), Int(5), Str(b"abc")]:
    show(m.hashed(value))
show(m.hash_values())
print("== compare")
some = [None, True, 0, 5, 2 ** 70, 2.5, b"abc", u"abc", u"abd", (1, 2), (1, b"2"), [1, 2], [],
        Ordered(1), Ordered(2)]
for v in some:
    for w in some:
        show(m.compare(v, w))
for v in [Odd(), Loud()]:
    for w in [1, None, b"x", Ordered(1)]:
        show(m.compare(v, w))
        show(m.compare(w, v))
show(m.compare(Int(5), 5))
show(m.compare(5, Int(6)))
show(m.compare(Int(5), Int(6)))
show(m.compare(Float(5), 5.5))
show(m.compare(Str(b"abc"), b"abd"))
show(m.compare(b"abd", Str(b"abc")))
show(m.compare(Unicode(u"abc"), u"abd"))
show(m.compare(Unicode(u"abc"), b"abc"))
show(m.compare(Tuple((1, 2)), (1, 3)))
show(m.compare(Equal(b"x"), b"y"))
show(m.compare(b"y", Equal(b"x")))
show(m.compare(Negative((1,)), (2,)))
show(m.compare((2,), Negative((1,))))
print("== orders")
mixed = [None, 3, 2 ** 65, -2.5, b"s", u"u", (), [], {}, Plain(), Text(), len, Ordered(1),
         Exception()]
for i, v in enumerate(mixed):
    for j, w in enumerate(mixed):
        if i != j:
            show(m.sign(v, w))
plain = Plain()
show(m.sign(plain, plain))
print("== attributes")
holder = Plain()
show(m.attributes(holder, "value", b"text"))
show(m.attributes(holder, u"value", 5))
show(m.attributes(holder, u"other", [1]))
show(m.attributes(holder, 5, 5))
show(m.attributes(holder, None, 5))
show(m.attributes(5, "value", 5))
show(m.attributes(b"text", "value", 5))
show(m.attributes(u"text", "value", 5))
show(m.attributes((), "value", 5))
show(m.attributes(1.5, "value", 5))
show(m.attributes(None, "value", 5))
show(m.attributes(Plain, "value", 5))
show(m.attributes(int, "value", 5))
show(m.attribute(holder, "x", b"S"))
print(holder.x == b"S")
show(m.attribute(holder, "x", u"U"))
print(holder.x == u"U", type(holder.x) is type(u""))
show(m.attribute(holder, "missing"))
show(m.attribute(1j, "imag"))
show(m.attribute(5, "real"))
show(m.attribute(slice(1, 2), "stop"))
print("== dir")
holder.a = holder.b = 1
show(m.directory(holder, ("a", "b", "x", "__class__", "nothing")))
show(m.directory(Ordered, ("__lt__", "__init__")))
show(m.directory(itertools, ("chain", "count", "izap")))
print("== coerce")
numbers = [1, 2 ** 65, 2.5, 1j, True, b"x", None, Ordered(1)]
for v in numbers:
    for w in numbers:
        show(m.coerced(v, w))
print("== print")
for value in [None, 5, b"a'b", [b"x", 1], Plain(), Text(), Loud(), (1,)]:
    show(m.print_(value, 0))
    show(m.print_(value, 1))
print("== formats")


class Formatted(object):
    def __format__(self, specification):
        return "<%s>" % specification


class Unformatted(object):
    def __format__(self, specification):
        return 5


for value in [5, -3, 2 ** 70, 2.5, True, 1j, b"text", u"text", Text()]:
    for specification in [b"", u"", b"10", b">8", u"<8", b"5.2f", b"x", b"q", None, 5]:
        numeric = specification in (b"5.2f", b"x", b"q")
        if specification == b"q" and value == 2 ** 70:
            continue
        if not (numeric and isinstance(value, (bytes, type(u""), Text, complex))):
            show(m.format(value, specification).replace(b"u'", b"'"))
show(m.format(Formatted(), b"spec").replace(b"u'", b"'"))
show(m.format(Unformatted(), b"spec").split(b":")[0])
print("== others")
show(m.nothing())
show(m.in_repr([], []))
show(m.singles(type(None)))
show(m.singles(object))
