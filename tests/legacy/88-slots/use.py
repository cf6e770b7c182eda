from __future__ import division, print_function
import binascii
import gc
import io
import operator
import sys
import slots as m

text = type(u"")
long = type(2 ** 40) if sys.version_info[0] == 3 else long  # noqa: F821
# Python 2's division is Python 3's where a type has no other.
div = getattr(operator, "div", operator.truediv)
idiv = getattr(operator, "idiv", operator.itruediv)


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, text) and not isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    if isinstance(value, long) and not isinstance(value, bool):
        return int(value)
    if type(value).__module__ in ("slots", "__main__"):
        return "<%s>" % type(value).__name__
    return value


def show(label, function, *args, **options):
    m.log()
    try:
        result = norm(function(*args))
    except Exception as error:
        result = type(error).__name__
    log = norm(m.log())
    print(label, result, log if options.get("logged", True) else "")


BINARY = "add sub mul truediv floordiv mod lshift rshift and_ xor or_".split()
IN_PLACE = ["i" + name.rstrip("_") for name in BINARY]
UNARY = "neg pos abs invert index".split()
API_BINARY = ("Add Subtract Multiply Divide TrueDivide FloorDivide Remainder Divmod Lshift Rshift "
              "And Xor Or").split()
API_UNARY = "Negative Positive Absolute Invert Int Long Float Index".split()


def numbers(kind):
    number = kind(3)
    for name in BINARY:
        function = getattr(operator, name)
        show(name, function, number, number)
        show(name, function, number, 5)
        show(name, function, 5, number)
        show(name, function, number, "x")
    for name in IN_PLACE:
        show(name, getattr(operator, name), number, 5)
    for name in UNARY:
        show(name, getattr(operator, name), number)
    show("divmod", divmod, number, 1)
    show("divmod", divmod, 1, number)
    show("pow", pow, number, 2)
    show("pow", pow, 2, number)
    show("pow", pow, number, 2, 3)
    show("ipow", operator.ipow, number, 2)
    for function in (int, float, bool):
        show(function.__name__, function, number)
    show("bool", bool, kind(0))
    show("bool", bool, kind(77))
    show("if", lambda: 1 if kind(77) else 0)
    show("item", lambda: "abc"[number])
    for name in API_BINARY:
        show(name, m.api, name, number, 5)
        show(name, m.api, name, 5, number)
        show(name, m.api, "InPlace" + name, number, 5)
    for name in API_UNARY:
        show(name, m.api, name, number)
    show("Power", m.api, "Power", number, 5)
    show("Power", m.api, "Power", 5, number)
    show("Power", m.api, "Power", number, 2, 3)
    show("InPlacePower", m.api, "InPlacePower", number, 5)
    show("Coerce", m.api, "Coerce", number, 5)
    show("Coerce", m.api, "Coerce", 5, number)
    show("Coerce", m.api, "Coerce", number, "x")
    show("IsTrue", m.api, "IsTrue", kind(0))
    show("IsTrue", m.api, "IsTrue", kind(77))
    show("oct", lambda: number.__oct__())
    show("hex", lambda: number.__hex__())


print("# numbers")
numbers(m.Number)
print("# derived")


class Number(m.Number):
    def __add__(self, other):
        return "derived", super(Number, self).__add__(other)

    def __rsub__(self, other):
        return "derived", super(Number, self).__rsub__(other)

    def __iadd__(self, other):
        return "derived", super(Number, self).__iadd__(other)

    def __neg__(self):
        return "derived", super(Number, self).__neg__()

    def __index__(self):
        return 1 + super(Number, self).__index__()

    def __float__(self):
        return 1 + super(Number, self).__float__()

    def __pow__(self, other, modulus=None):
        return "derived", super(Number, self).__pow__(other, modulus)


numbers(Number)
print("# old numbers")
old = m.Old(4)
for other in (m.Old(5), 5):
    show("add", operator.add, old, other)
    show("add", operator.add, other, old)
    show("div", div, old, other)
    show("div", div, other, old)
    show("idiv", idiv, old, other)
    show("pow", pow, old, other)
show("add", operator.add, old, "x")
show("add", operator.add, "x", old)
show("sub", operator.sub, old, 5)
show("sub", operator.sub, old, old)
show("Long", m.api, "Long", old)
for name in ("Add", "Divide", "InPlaceDivide", "Subtract", "Coerce"):
    show(name, m.api, name, old, 5)
    show(name, m.api, name, 5, old)
    show(name, m.api, name, old, m.Old(1))

print("# sequences")


class Sequence(m.Sequence):
    def __len__(self):
        return super(Sequence, self).__len__()

    def __add__(self, other):
        return "derived", super(Sequence, self).__add__(other)

    def __mul__(self, count):
        return "derived", super(Sequence, self).__mul__(count)

    def __contains__(self, item):
        return not super(Sequence, self).__contains__(item)


class Inherits(m.Sequence):
    pass


def assign(sequence, key, value):
    sequence[key] = value


def remove(sequence, key):
    del sequence[key]


for kind in (m.Sequence, Sequence, Inherits):
    sequence = kind(4)
    show("len", len, sequence)
    show("bool", bool, kind(0))
    for index in (0, 3, -1, -4, -5, 4, long(2)):
        show("item", operator.getitem, sequence, index)
    show("item", operator.getitem, sequence, "x")
    show("in", operator.contains, sequence, 1)
    show("in", operator.contains, sequence, "x")
    show("add", operator.add, sequence, [1])
    show("iadd", operator.iadd, sequence, [1])
    show("mul", operator.mul, sequence, 2)
    show("mul", operator.mul, 3, sequence)
    show("imul", operator.imul, sequence, -2)
    show("list", lambda: [item for item in sequence])
    show("set", assign, sequence, -1, 5)
    show("del", remove, sequence, -2)
    show("Concat", m.api, "Concat", sequence, [1])
    show("InPlaceConcat", m.api, "InPlaceConcat", sequence, [1])
    show("Repeat", m.api, "Repeat", sequence)
    show("Items", m.api, "Items", sequence, 7)


def set_slices(sequence):
    # By their syntax, which Python 2 has of its own.
    sequence[1:] = [5]
    sequence[-2:-1] = [5]
    sequence[:] = [5]


def delete_slices(sequence):
    del sequence[:-1]
    del sequence[2:100]


for kind in (m.Sequence, Inherits):
    sequence = kind(4)
    show("slice", lambda: sequence[1:3])
    show("slice", lambda: sequence[:])
    show("slice", lambda: sequence[-3:-1])
    show("slice", lambda: sequence[-100:100])
    show("slice", lambda: sequence[::2])
    show("set slice", set_slices, sequence)
    show("del slice", delete_slices, sequence)
    show("Slices", m.api, "Slices", sequence, [1])

print("# mappings")


class Mapping(m.Mapping):
    def __getitem__(self, key):
        return "derived", super(Mapping, self).__getitem__(key)

    def __setitem__(self, key, value):
        super(Mapping, self).__setitem__(key, value)

    def __delitem__(self, key):
        super(Mapping, self).__delitem__(key)


for kind in (m.Mapping, Mapping):
    mapping = kind(2)
    show("len", len, mapping)
    show("bool", bool, kind(0))
    show("get", operator.getitem, mapping, "x")
    show("get", operator.getitem, mapping, 1)
    show("set", assign, mapping, "x", 1)
    show("del", remove, mapping, "x")
    show("slice", lambda: mapping[1:2:3])
    show("GetItem", m.api, "GetItem", mapping, "x")
    show("Keys", m.api, "Keys", mapping, "x")

print("# objects")


class All(m.All):
    def __repr__(self):
        return "derived " + super(All, self).__repr__()

    def __str__(self):
        return "derived " + super(All, self).__str__()

    def __hash__(self):
        return 1 + super(All, self).__hash__()

    def __call__(self, *args, **kwargs):
        return "derived", super(All, self).__call__(*args, **kwargs)

    def __eq__(self, other):
        return "derived", super(All, self).__eq__(other)

    def __getattribute__(self, name):
        if name == "my_own":
            return "derived", super(All, self).__getattribute__("my_x")
        return super(All, self).__getattribute__(name)


for kind in (m.All, All):
    value = kind(2)
    show("repr", repr, value)
    show("str", str, value)
    show("hash", hash, value)
    show("call", lambda: value(1, 2, x=3))
    for name in "lt le eq ne gt ge".split():
        show(name, getattr(operator, name), value, 1)
        show(name, getattr(operator, name), value, value)
    show("eq", operator.eq, value, "x")
    show("eq", operator.eq, "x", value)
    show("lt", operator.lt, 5, value)
    show("get", getattr, value, "my_x")
    show("own", getattr, value, "my_own")
    show("set", setattr, value, "my_x", 1)
    show("del", delattr, value, "my_x")
    show("member", getattr, value, "length")
    show("missing", getattr, value, "missing")
    for name in ("Repr", "Str", "Hash", "Call"):
        show(name, m.api, name, value)
    show("Attributes", m.api, "Attributes", value, 5)
    show("Next", m.api, "Next", value)
    show("iter", list, value)
    show("next", next, value)
print("# compared")
one, two = m.Compared(1), m.Compared(2)
for name in "lt le eq ne gt ge".split():
    show(name, getattr(operator, name), one, two)
    show(name, getattr(operator, name), one, one)
    show(name, getattr(operator, name), one, m.Old(1)) if name in ("eq", "ne") else None
show("Compare", m.api, "Compare", one, two)
show("Compare", m.api, "Compare", two, one)
show("Compare", m.api, "Compare", m.Old(1), m.Old(2))
show("sorted", lambda: [x.length for x in sorted([two, one])])
show("hash", hash, one)
show("hash", hash, m.Unhashable(1))
show("Hash", m.api, "Hash", m.Unhashable(1))
show("dict", lambda: {m.Unhashable(): 1})
print("# the rest")
only = m.OnlyNext(2)
show("next", next, only)
show("iter", iter, only)
show("Next", m.api, "Next", only)
show("Next", m.api, "Next", only)
show("next", next, only)
named = m.Named(5)
show("get", getattr, named, "old")
show("get", getattr, named, "new")
show("set", setattr, named, "old", 6)
show("set", setattr, named, "old", "x")
show("set", setattr, named, "new", 6)
show("get", getattr, named, "old")
show("del", delattr, named, "old")
show("get", getattr, named, "old")


class Described(object):
    d = m.Descriptor()


show("get", lambda: Described().d)
show("get", lambda: Described.d)
show("set", setattr, Described(), "d", 1)
show("del", delattr, Described(), "d")
show("__get__", lambda: m.Descriptor().__get__(1))
items = m.Items((1, 2, 3))
items.x = 5
show("dict", lambda: (items.x, items[2], len(items), sorted(items.__dict__) if hasattr(items, "__dict__") else ["x"]))
show("none", getattr, items, "y")
print("# buffers")
for kind in (m.OldBuffer, m.NewBuffer, type("Inherits", (m.OldBuffer,), {}),
             type("Inherits", (m.NewBuffer,), {})):
    # Python 3 asks a buffer of the old kind for more: whether it can be written to.
    logged = issubclass(kind, m.NewBuffer)
    show("hexlify", binascii.hexlify, kind(), logged=logged)
    for data in (b"ABCDEFG", b"abcdefg"):
        show("readinto", io.BytesIO(data).readinto, kind(), logged=logged)
        show("memory", lambda: bytearray(memoryview(m.NewBuffer())).decode(), logged=False)
    if logged:
        show("write", io.BytesIO().write, kind())
    show("Buffers", m.api, "Buffers", kind())
print("# beginning and end")


class Collected(m.Collected):
    pass


class Deleted(m.Deleted):
    pass


def come_and_go(kind):
    value = kind(3)
    value.other = [1]
    return value.length


def cycle(kind):
    value = kind(4)
    value.other = value
    del value
    gc.collect()


gc.collect()
for kind in (m.Collected, m.Deleted, Collected, Deleted):
    show("life", come_and_go, kind)
    if kind in (m.Collected, m.Deleted):
        show("print", m.api, "Print", kind(5))
    show("is gc", m.api, "IsGc", kind(6))
    show("cycle", cycle, kind)
show("fixed", m.api, "IsGc", m.fixed())
one = m.Collected(7)
one.other = m.fixed()
gc.collect()
show("fixed", lambda: one.other.length)
show("dead", globals().pop, "one")
for kind in (m.Number, m.Old, m.Sequence, m.Mapping, m.All, m.Unhashable, m.OnlyNext, m.Items):
    print(kind.__name__, m.reads(kind))
print("never called:", [norm(name) for name in m.never()])
