from __future__ import print_function
import copy
import gc
import sys
import derived as m

long = type(2 ** 40) if sys.version_info[0] == 3 else long  # noqa: F821
text = type(u"")


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, text) and not isinstance(value, str):
        return str(value)
    if isinstance(value, BaseException):
        return type(value).__name__, norm(value.args)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    if isinstance(value, list):
        return [norm(item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(norm(item) for item in value)
    if type(value) is dict:
        return sorted((norm(key), norm(value[key])) for key in value)
    if isinstance(value, long) and not isinstance(value, bool):
        return int(value)
    return value


def look(value):
    return norm(m.look(value))


def show(label, function, *args, **kwargs):
    silent = kwargs.pop("silent", False)
    try:
        print(label, norm(function(*args, **kwargs)))
    except Exception as error:
        if silent:
            print(label, type(error).__name__)
        else:
            print(label, type(error).__name__, norm(error.args))


def lives(label, make):
    """An object through the binary and back, and how many were deallocated."""
    before = m.count()
    value = make()
    value.extra = 9
    m.keep(value)
    print(label, m.give() is value, look(value))
    del value
    gc.collect()
    print(label, m.count() - before, m.give().extra, look(m.give()))
    value = m.give()
    m.drop()
    print(label, m.count() - before, value.extra)
    value.object = [1]
    del value
    gc.collect()
    print(label, m.count() - before)


print("# values")
for kind, base, args in [(m.Int, int, [5]), (m.Long, long, [6]), (m.Float, float, [1.5]),
                         (m.Complex, complex, [1, 2]), (m.Str, bytes, [b"abc"]),
                         (m.Unicode, text, [u"xyz"]), (m.Tuple, tuple, [(1, 2)]),
                         (m.FrozenSet, frozenset, [[1, 2]])]:
    name = kind.__name__
    value = kind(*args)
    plain = base(*args)
    print(name, isinstance(value, base), type(value) is kind, value == plain, plain == value,
          hash(value) == hash(plain), {plain: 1}[value], bool(value), bool(kind()))
    show(name, look, value)
    show(name, look, kind())
    show(name, base, value)
    show(name, lambda: m.call(kind, *args) == plain)
    show(name, lambda: type(m.call(kind, *args)) is kind)
    m.keep(value)
    print(name, m.give() is value)
    del value
    gc.collect()
    print(name, m.give() == plain, type(m.give()) is kind)
    m.drop()
    if kind not in (m.Str, m.Unicode):
        show(name, kind, object(), silent=True)
for kind in (m.Int, m.Float, m.Complex, m.Unicode, m.Object):
    lives(kind.__name__, kind)
show("add", lambda: (m.Int(5) + 6, 6 + m.Int(5), m.Int(5) + m.Int(7)))
show("sub", lambda: (m.Int(5) - 6, 6 - m.Int(5), -m.Int(5), type(m.Int(5) * 2) is int))
show("float", lambda: (m.Int(5) + 1.5, m.Float(2.5) + 1, 2 * m.Float(2.5)))
show("index", lambda: [1, 2, 3][m.Int(1)])
show("format", lambda: ("%d" % m.Int(5), "%.1f" % m.Float(2.5), repr(m.Float(2.5))))
show("str", lambda: (m.Str(b"abc") + b"d", m.Str(b"abc")[1:], m.Str(b"abc").upper(),
                     b"b" in m.Str(b"abc"), m.Str(b"a").join([b"1", b"2"])))
show("unicode", lambda: (m.Unicode(u"abc") + u"d", m.Unicode(u"abc")[1:],
                         m.Unicode(u"abc").upper(), u"b" in m.Unicode(u"abc")))
show("tuple", lambda: (m.Tuple((1, 2)) + (3,), m.Tuple((1, 2))[1:], list(m.Tuple("ab"))))
show("compare", lambda: (m.Int(5) < 6, m.Float(5) > m.Int(4), m.Str(b"a") < b"b",
                         sorted([m.Int(3), 1, m.Int(2)])))
show("cmp", lambda: max(m.Int(3), m.Int(4)))
print("# lists")
lives("List", m.List)
values = m.List([1, 2, 3])
print(values, len(values), values.extra, values.first(), values[0], values[-1], values[1:])
values.append(4)
print(values.push(5), values)
values.poke("zero")
print(values, values[0])
values[0] = "null"
print(values.first(), look(values))
del values[1:3]
print(values, look(values), values == ["null", 4, 5], list(reversed(values)))
values.extend([9, 8])
values.sort(key=str)
print(values, values.push(1), values.index(9), values.pop(), look(values))
values += [3]
values *= 2
print(type(values) is m.List, len(values), look(values))
show("first", m.List().first)
show("bad", m.List, 5, silent=True)
values = m.List()
values.append(values)
print(values[0] is values, values.first() is values)
before = m.count()
del values
gc.collect()
print("cycle", m.count() - before)
m.keep(m.List([5]))
m.give().append(6)
print(m.give(), look(m.give()))
m.drop()
print("# dicts")
lives("Dict", m.Dict)
values = m.Dict({"a": 1}, b=2)
print(len(values), values.extra, values["a"], norm(values["c"]), values.get("c"))
print(values.put("c", 3), values["c"], sorted(values), sorted(values.items()))
values["d"] = 4
del values["a"]
print(sorted(values), look(values), "a" in values, values == {"b": 2, "c": 3, "d": 4})
values.update(e=5)
print(values.pop("e"), values.setdefault("f", 6), sorted(values.keys()), sorted(values.copy()))
print(norm(dict(values)), "%(b)s" % values)
show("kwargs", lambda: (lambda **kw: sorted(kw))(**values))
m.keep(m.Dict(z=1))
m.give()["y"] = 2
print(sorted(m.give()), look(m.give()))
m.drop()
print("# sets")
lives("Set", m.Set)
values = m.Set([1, 2])
print(values.put(3), values.put(3), sorted(values), look(values), 2 in values)
values.add(7)
values.discard(1)
print(sorted(values), look(values), values == set([2, 3, 7]), sorted(values | set([8])))
print("# exceptions")
error = m.Error("message", 2)
print(norm(error), error.extra, str(error), isinstance(error, ValueError), look(error))
lives("Error", lambda: m.Error("x"))
try:
    raise m.Error("raised")
except ValueError as e:
    print(norm(e), str(e), e.extra)
try:
    m.throw(m.Error)
except m.Error as e:
    print(norm(e), str(e), e.extra)
error = m.Error("kept")
error.object = "something"
try:
    m.throw(error)
except m.Error as e:
    print(e is error, e.object, str(e))
del error


def raising():
    raise m.Error("from Python", 1)


show("catch", m.catch, raising)


class Mine(m.Error):
    def __init__(self, *args):
        m.Error.__init__(self, *args)
        self.mine = len(args)

    def __str__(self):
        return "Mine: " + m.Error.__str__(self)


error = Mine("a", "b")
print(norm(error), error.extra, error.mine, str(error))


def raising():
    raise Mine("from Python")


show("catch", m.catch, raising)
try:
    m.throw(error)
except Mine as e:
    print(e is error, e.mine, e.extra)
show("repr", lambda: repr(m.Error()).replace(",)", ")"))
show("no", m.Error, k=1, silent=True)
print("# subclasses")
for kind, args in [(m.Int, (5,)), (m.Str, (b"s",)), (m.Unicode, (u"u",)), (m.Tuple, ((1,),)),
                   (m.List, ([1],)), (m.Dict, ({1: 2},)), (m.Set, ([1],)), (m.Float, (1.5,)),
                   (m.Object, ())]:
    class Sub(kind):
        def more(self):
            return self.attribute
    value = Sub(*args)
    value.attribute = "attribute"
    m.keep(value)
    print(kind.__name__, look(value)[:5], m.give() is value, value.more())
    del value
    gc.collect()
    print(m.give().more(), look(m.give())[:5], type(m.give()) is Sub)
    m.drop()
    Sub = None
    gc.collect()
print("done")
