from __future__ import print_function, division
import gc
import operator
import sys
import warnings
import defined_types as m

long = type(2 ** 40) if sys.version_info[0] == 3 else long  # noqa: F821

warnings.simplefilter("ignore")


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, type(u"")) and not isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    if isinstance(value, list):
        return [norm(item) for item in value]
    if isinstance(value, dict):
        return dict((norm(key), norm(value[key])) for key in value)
    if isinstance(value, long) and not isinstance(value, bool):
        return int(value)
    return value


def show(label, function, *args, **kwargs):
    """What a call gives.  silent: the message of an exception is the Python's that runs."""
    silent = kwargs.pop("silent", False)
    try:
        print(label, norm(function(*args, **kwargs)))
    except Exception as error:
        if silent:
            print(label, type(error).__name__)
        else:
            print(label, type(error).__name__, norm(error.args))


class Reflecting(object):
    def __add__(self, other):
        return "class add"

    def __radd__(self, other):
        return "class radd"

    def __rsub__(self, other):
        return "class rsub"

    def __rpow__(self, other):
        return "class rpow"

    def __eq__(self, other):
        return "class eq"

    def __lt__(self, other):
        return "class lt"

    def __gt__(self, other):
        return "class gt"

    __hash__ = None


N, M, O, P = m.Num, m.Other, m.Old, m.Plain
BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "lshift", "rshift", "and_", "xor",
          "or_", "pow"]
print("# numbers")
for name in BINARY + ["divmod"]:
    function = divmod if name == "divmod" else getattr(operator, name)
    show(name, function, N(1), N(2))
    show(name, function, N(1), 2)
    show(name, function, 2, N(1))
    show(name, function, N(1), 2.5)
    show(name, function, 2.5, N(1))
    show(name, function, N(1), long(2))
    show(name, function, N(1), 2 ** 40)
    show(name, function, N(1), "text", silent=True)
    show(name, function, None, N(1), silent=True)
    show(name, function, N(1), M(2), silent=True)
    if name != "truediv":  # Other has nb_divide only, which is what / is in Python 3.
        show(name, function, M(2), N(1), silent=True)
for name in ["neg", "pos", "abs", "invert"]:
    show(name, getattr(operator, name), N(3))
show("pow3", pow, N(1), N(2), N(3))
show("pow3", pow, N(1), 2, 3)
show("pow3", pow, 1, N(2), None)
show("bool", bool, N(0))
show("bool", bool, N(1))
show("bool", bool, N(13))
show("int", int, N(7))
show("int", int, N(13))
show("long", long, N(7))
show("float", float, N(7))
show("complex", complex, N(7))
show("index", operator.index, N(7))
show("list index", lambda: [1, 2, 3][N(1)])
show("slice index", lambda: [1, 2, 3][N(1):])
show("range", lambda: list(range(N(3))))
show("chr", chr, N(65))
for name in ["iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "ilshift", "irshift", "iand",
             "ixor", "ior", "ipow"]:
    number = N(1)
    show(name, getattr(operator, name), number, N(2))
    show(name, getattr(operator, name), number, 2)
    if name != "imul":
        show(name, getattr(operator, name), number, "text", silent=True)
    show(name, getattr(operator, name), 5, N(2))
number = before = N(1)
number += 1
print("identity", number is before)
number /= 2
print("identity", number is before)
number = M(3)
show("idiv only", getattr(operator, "idiv", operator.itruediv), number, 4)
for other in [Reflecting()]:
    show("class", operator.add, N(1), other)
    show("class", operator.add, other, N(1))
    show("class", operator.sub, N(1), other)
    show("class", operator.pow, N(1), other)
    show("class", operator.mul, N(1), other, silent=True)
    show("class", operator.iadd, N(1), other)
    show("class", operator.eq, m.Act(1), other)
    show("class", operator.lt, m.Act(1), other)
    show("class", operator.add, O(1), other)
    show("class", operator.add, other, O(1))
    show("class", operator.add, P(1), other)
    show("class", operator.add, M(1), other)
    show("class", operator.add, other, M(1))
for v, w in [(M(1), 2), (2, M(1)), (M(1), M(2)), ("text", M(1)), (M(1), None), ([1], M(1))]:
    show("other add", operator.add, v, w, silent=True)
    show("api add", m.api, "add", v, w, silent=True)
show("api div", m.api, "div", M(1), 2)
show("api div", m.api, "div", 2, M(1))
show("api truediv", m.api, "truediv", N(1), 2)
print("# old numbers")
for name in ["add", "sub", "mod", "mul", "pow", "iadd"]:
    function = getattr(operator, name)
    for v, w in [(O(1), O(2)), (O(1), 2), (2, O(1)), (O(1), 2.5), (2.5, O(1)), (O(1), "text"),
                 ("text", O(1)), (O(1), None), (O(1), N(2)), (N(2), O(1)), (O(1), 13),
                 (O(1), P(2)), (P(2), O(1)), (P(1), P(2)), (P(1), 2), (2, P(1)), ([1], O(1))]:
        if (name == "mod" and type(v) is str) or (name == "pow" and type(w) is int and w == 13):
            continue
        show("old %s" % name, function, v, w, silent=True)
        if name in ("add", "sub", "pow", "iadd"):
            show("api %s" % name, m.api, name, v, w, silent=True)
show("api div", m.api, "div", O(1), O(2))
show("api div", m.api, "div", O(1), 2)
for v, w in [(O(1), O(2)), (O(2), O(1)), (O(1), O(1)), (O(1), 1), (O(1), 2), (2, O(1)), (O(1), 1.0)]:
    show("old ==", lambda: v == w)
    show("old !=", lambda: v != w)
    if not isinstance(w, float):
        show("old <", lambda: v < w, silent=True)
        show("api cmp", m.api, "cmp", v, w)
show("sorted", lambda: sorted([O(3), O(1), O(2)]))
show("hash", hash, O(5))
show("hash", hash, O(13))
show("dict", lambda: {O(1): 2}[O(1)])
print("# sequences")
s = m.Seq()
show("len", len, s)
show("bool", bool, s)
for key in [0, 3, -1, -10, -11, 10, N(2), "text", None, 1.5, 2 ** 70]:
    show("item", lambda: s[key], silent=True)
for low in [0, 2, -2, -20, N(1)]:
    show("slice", lambda: s[low:])
    show("slice", lambda: s[:low])
    for high in [0, 5, -1, -30, 2 ** 80]:
        show("slice", lambda: s[low:high])
show("slice", lambda: s[:])
show("slice step", lambda: s[1:5:2], silent=True)
show("iter", list, s)
show("reversed", lambda: list(reversed(s)))
show("contains", lambda: 5 in s)
show("contains", lambda: 6 in s)
show("contains", lambda: "text" in s)
show("concat", lambda: s + [1, 2])
show("concat", lambda: s + 5, silent=True)
show("concat", lambda: [1] + s, silent=True)
show("repeat", lambda: s * 3)
show("repeat", lambda: 3 * s)
show("repeat", lambda: s * N(3), silent=True)
show("repeat", lambda: s * "text", silent=True)


def change(number):
    value = m.Seq()
    if number == 0:
        value[2] = "x"
        value[-3] = 5
        del value[1]
    elif number == 1:
        value[1:3] = 7
        value[:] = None
        del value[-4:-2]
        del value[2:]
    elif number == 2:
        before = value
        value += [1]
        value *= 3
        return value is before, value.take()
    elif number == 3:
        value[10] = 1
    elif number == 4:
        value[1:2:3] = 5
    elif number == 5:
        value["text"] = 3
    return value.take()


for number in range(6):
    show("change %d" % number, change, number, silent=number in (4, 5))
i = m.Item()
show("len", len, i, silent=True)
show("iter", list, i)
show("items", lambda: (i[-5], i[2]))
show("contains", lambda: 2 in i)
show("contains", lambda: 7 in i)
show("api list", m.api, "list", i)
show("slice", lambda: i[1:2], silent=True)
print("# mappings")
d = m.Map()
show("len", len, d)
for key in [1, "text", None, (1, 2), -1, Ellipsis]:
    show("item", lambda: d[key] if key != "text" else len(d))
show("slice", lambda: d[1:2])
show("slice", lambda: d[1:2:3])
show("slice", lambda: d[:])


def assign():
    d[1] = 2
    d[2.5] = None
    del d[-1]
    d[1:2:3] = 5
    return d.take()


show("assign", assign)
show("iter", lambda: next(iter(d)), silent=False)
show("contains", lambda: 1 in m.Chars(1), silent=True)
print("# calls, text, comparison")
a = m.Act(5)
show("call", a)
show("call", a, 1, "two"[:0] or 2)
show("call", a, 1, k=3)
show("call", a, 1, error=3)
show("api call", m.api, "call", a, 7)
show("repr", repr, a)
show("str", str, a)
show("str", str, m.Act(13))
show("str", str, m.Act(14))
show("format", "{0} {0!r} {0!s}".format, a)
show("percent", lambda: "%s %r" % (a, a))
show("api", lambda: [m.api(name, a) for name in ("str", "repr", "hash", "type", "true")])
show("hash", hash, a)
show("doc", lambda: (m.Act.__doc__, a.__doc__, m.Act.__name__, m.Act.__module__))
for name in ["lt", "le", "eq", "ne", "gt", "ge"]:
    show(name, getattr(operator, name), a, 6)
    show(name, getattr(operator, name), 6, a)
    show(name, getattr(operator, name), a, m.Act(7))
    show(name, getattr(operator, name), a, 2.5)
show("eq", lambda: a == "text")
show("ne", lambda: a != "text")
show("api", lambda: (m.api("eq", a, 5), m.api("lt", a, 5)))
show("default eq", lambda: (m.Seq() == m.Seq(), s == s, s != s, s == 5, hash(s) == hash(s)))
print("# iterators")
show("list", list, m.Iter(3))
show("next", lambda: next(m.Iter(3)))
show("next", lambda: next(m.Iter(0), "default"))
show("next", lambda: next(m.Iter(-1), "default"))
show("next", next, m.Iter(0))
show("next", next, m.Iter(13))
show("list", list, m.Iter(13))
iterator = m.Iter(3)
show("iter", lambda: iter(iterator) is iterator)
show("countdown", lambda: [item for item in m.Countdown(4)])
show("nested", lambda: [x * y for x in m.Countdown(2) for y in m.Countdown(2)])
show("unpack", lambda: (lambda *args: args)(*m.Countdown(3)))
show("sum", sum, m.Countdown(4))
show("api list", m.api, "list", m.Countdown(3))
show("api iter", lambda: list(m.api("iter", m.Countdown(2))))
show("no iter", iter, N(1), silent=True)
show("contains", lambda: 2 in m.Countdown(3))
print("# descriptors")


class Described(object):
    data = m.Descr(5)
    getter = m.Getter(6)


item = Described()
show("get", lambda: item.data)
show("get", lambda: Described.data[1:2])
item.data = 8
show("get", lambda: item.data)
show("set", setattr, item, "data", "text", silent=True)
del item.data
show("get", lambda: item.data)
show("get", lambda: item.getter)
item.getter = "own"
show("get", lambda: item.getter)
del item.getter
show("get", lambda: item.getter)
show("del", delattr, item, "getter", silent=True)
show("direct", lambda: m.Descr(9).__get__(item, Described)[1])
print("# attributes")
c = m.Chars(5)
show("get", lambda: c.n)
c.n = 6
show("get", lambda: c.n)
del c.n
show("get", lambda: c.n)
show("get", lambda: c.other)
show("get", lambda: c.bad)
show("set", setattr, c, "other", 1)
show("hasattr", hasattr, c, "other")
show("default", getattr, c, "other", "default")
show("api", m.api, "getattr", c, "n")
f = m.Fallback(5)
show("get", lambda: (f.n, f.x1, f.xyz))
show("get", lambda: f.other)
f.x = 9
show("get", lambda: f.n)
del f.x
show("get", lambda: f.n)
f.n = 3
show("get", lambda: f.n)
show("set", setattr, f, "other", 1, silent=True)
b = m.Bag()
show("names", b.names)
b.x = 1
b.put("y", 2)
show("names", b.names)
show("get", lambda: (b.x, b.y, sorted(b.__dict__)))
b.__dict__["z"] = 3
show("get", lambda: b.z)
show("names", b.names)
del b.x
show("names", b.names)
show("get", lambda: b.x, silent=True)
show("del", delattr, b, "x", silent=True)
show("vars", lambda: sorted(vars(b)))
show("shadow", lambda: (setattr(b, "names", 5), b.names)[1])
b = m.Bag()
b.me = b
del b
gc.collect()
print("# members")
t = m.Members()
names = ["t_short", "t_int", "t_long", "t_float", "t_double", "t_string", "t_object", "t_char",
         "t_byte", "t_bool", "t_ubyte", "t_ushort", "t_uint", "t_ulong", "t_longlong",
         "t_ulonglong", "t_ssize", "t_inplace", "ro"]
for name in names:
    show(name, getattr, t, name)
    for value in [1, 70000, 2 ** 40, 2 ** 70, 1.5, None, True, "x", "text"]:
        if value in (70000, 2 ** 40, 2 ** 70) and name not in ("t_longlong", "t_ssize",
                                                                   "t_object"):
            continue
        try:
            setattr(t, name, value)
            print(name, value, norm(getattr(t, name)))
        except Exception as error:
            print(name, value, type(error).__name__)
    try:
        delattr(t, name)
        print(name, norm(getattr(t, name)))
    except Exception as error:
        print(name, type(error).__name__)
show("ex", lambda: t.t_object_ex)
t.t_object_ex = [1]
show("ex", lambda: t.t_object_ex)
del t.t_object_ex
show("ex", lambda: t.t_object_ex)
show("ex", delattr, t, "t_object_ex")
show("other", setattr, t, "other", 5, silent=True)
value = [1, 2]
t.t_object = value
print("identity", t.t_object is value)
print("# methods, getsets")
k = m.Kinds(5)
show("both", lambda: k.both)
k.both = 6
show("both", lambda: k.both)
show("both", delattr, k, "both")
show("both", setattr, k, "both", "text", silent=True)
k.both = 13
show("both", lambda: k.both)
show("only_get", setattr, k, "only_get", 5, silent=True)
k.only_set = 4
show("only_get", lambda: k.only_get)
show("only_set", lambda: k.only_set, silent=True)
show("varargs", k.varargs)
show("varargs", k.varargs, 1, 2)
show("varargs", lambda: k.varargs(k=1), silent=True)
show("varargs", m.Kinds.varargs, k, 1)
show("varargs", m.Kinds.varargs, 5, silent=True)
show("varargs", m.Kinds.varargs, silent=True)
show("keywords", k.keywords, 1, a=2)
show("keywords", k.keywords)
show("noargs", k.noargs)
show("noargs", k.noargs, 1, silent=True)
show("one", k.one, 1)
show("one", k.one, (1, 2))
show("one", k.one, silent=True)
show("one", k.one, 1, 2, silent=True)
show("old", k.old)
show("old", k.old, 1)
show("old", k.old, 1, 2)
show("old", k.old, (1, 2))
show("class", k.of_class, 1)
show("class", m.Kinds.of_class, 1)
show("class", m.Kinds.of_class_one, 1)
show("static", k.of_none, 1)
show("static", m.Kinds.of_none, 1)
show("static", m.Kinds.of_none_noargs)
show("in", lambda: 5 in k)
show("contains", lambda: k.__contains__(5))
show("getitem", lambda: k.__getitem__(5))
show("method", lambda: (k.one.__name__, k.varargs.__doc__, m.Kinds.both.__doc__,
                        k.one.__self__ is k))
bound = m.Kinds(7).varargs
show("bound", bound, 3)


class Derived(m.Kinds):
    pass


show("derived", Derived.of_class, 1)
show("derived", Derived(3).of_class_one, 1)
show("derived", Derived(3).one, 1)
show("derived", m.Kinds.one, Derived(3), 1)
show("derived", lambda: Derived(3).both)
print("# making")
show("init", lambda: m.Init(5).n)
show("init", lambda: m.Init(n=6).n)
show("init", m.Init, silent=True)
show("init", lambda: m.Init.__new__(m.Init).n)
show("again", lambda: (lambda i: (i.__init__(8), i.n))(m.Init(7)))
show("no new", m.NoNew, silent=True)
show("no new", lambda: m.no_new(5).n)
show("no new", lambda: type(m.no_new(5)) is m.NoNew)
show("object new", lambda: object.__new__(m.NoNew), silent=True)
show("any", m.Any, 5)
show("any", lambda: m.Any(50).n)
show("new", N.__new__, N, 8)
show("new", N.__new__, M, 8, silent=True)
show("new", N.__new__, int, 8, silent=True)
show("new", N.__new__, silent=True)
show("not base", lambda: type("D", (m.Act,), {}), silent=True)
show("api call", lambda: m.api("call", N, 8))
show("api call", lambda: m.api("call", m.NoNew, 8), silent=True)
print("# inheritance")
B, C, T = m.Base, m.Middle, m.Top
print([c.__name__ for c in T.__mro__], T.__base__ is C, issubclass(T, B), isinstance(T(1), B))
show("mro", lambda: [c is d for c, d in zip(m.api("mro", T), T.__mro__)])
for kind in (B, C, T):
    show("name", kind(2).name)
    show("base_name", lambda: kind(2).base_name)
    show("repr", repr, kind(2))
    show("add", operator.add, kind(2), 1)
    show("sub", operator.sub, kind(2), 1)
    show("len", len, kind(2))
    show("hash", hash, kind(2))
    show("eq", operator.eq, kind(2), 1)
    show("n", lambda: kind(2).n)
    show("constants", lambda: (kind.BEFORE, kind.AFTER, kind(2).BEFORE))
show("more", lambda: T(2).more)
for v in (B, C, T):
    for w in (B, C, T):
        show("mixed", operator.add, v(1), w(2))
        show("mixed", m.api, "sub", v(1), w(2))
show("call", B.name, T(4))
show("call", C.name, B(4), silent=True)
print("# constants")
m.constant(B, "LATE", 5)
show("late", lambda: (B.LATE, T.LATE, T(1).LATE))
m.constant(B, "LATE", [6])
show("late", lambda: (B.LATE, T.LATE))
m.constant(B, "LATE")
show("late", lambda: T.LATE, silent=True)
m.constant(C, "method", lambda self, x: (self.n, x))
show("late", lambda: T(3).method(4))
m.constant(C, "prop", property(lambda self: self.n * 2))
show("late", lambda: T(3).prop)
show("builtin", lambda: setattr(int, "other", 1), silent=True)
print("# unready")
u = m.unready(6)
show("n", lambda: u.n)
u.n = 7
show("n", lambda: u.n)
show("method", u.method, 1, 2)
show("method", lambda: u.missing, silent=True)
show("repr", repr, u)
show("len", len, u)
show("add", operator.add, u, 1, silent=True)
show("type", lambda: type(u).__name__)
show("identity", lambda: [u] == [u] and u in [u])
show("api", lambda: (m.api("type", u), m.api("len", u), m.api("repr", u)))
print("# buffers")
old, new = m.OldMemory(), m.NewMemory()
take = buffer if sys.version_info[0] == 2 else memoryview  # noqa: F821
show("old", lambda: bytes(take(old)))
show("old", lambda: bytes(take(old)[2:4]))
show("new", lambda: bytes(take(new)))
show("new", lambda: bytes(memoryview(new)) if str is not bytes else memoryview(new).tobytes())
view = memoryview(new)
show("views", lambda: new.views)
view[1:3] = b"ab"
show("new", lambda: view.tobytes())
show("flags", lambda: (view.readonly, view.itemsize, view.format, view.ndim, len(view)))
del view
show("views", lambda: new.views)
show("bytearray", lambda: bytes(bytearray(new)).decode())
show("join", lambda: b"-".join([b"a", b"b"]))
view = memoryview(new)
del new
gc.collect()
show("outlives", lambda: view.tobytes())
print("done")
