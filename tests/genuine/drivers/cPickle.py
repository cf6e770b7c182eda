# cPickle: every protocol, what it refers to by name, persistent ids, what is broken.
import copy
import gc
import weakref

PickleError = module.PickleError
StringIO = load("cStringIO").StringIO

dumps, loads = module.dumps, module.loads
print("version", value(module.HIGHEST_PROTOCOL), len(module.compatible_formats))
print("errors", [issubclass(getattr(module, n), PickleError)
                 for n in ("PicklingError", "UnpicklingError", "UnpickleableError",
                         "BadPickleGet")])



def plainly(o, protocol):
    """Without the memo, into which only goes what is referred to elsewhere."""
    out = StringIO()
    p = module.Pickler(out, protocol)
    p.fast = 1
    p.dump(o)
    return out.getvalue()


VALUES = [
    ("None", None), ("True", True), ("False", False), ("small", 1), ("byte", 255), ("two", 65535),
    ("int", 2**31 - 1), ("negative", -1), ("big", -2**31), ("float", 1.5), ("inf", float("inf")),
    ("long", 2**80), ("negative long", -2**80), ("str", b("abc'\"\n\0\xff")), ("empty str", b("")),
    ("long str", b("x") * 300), ("unicode", u("a\xe9\n\\")), ("empty unicode", u("")),
    ("()", ()), ("(1,)", (1,)), ("(1, 2)", (1, 2)), ("(1, 2, 3)", (1, 2, 3)), ("5", (1,) * 5),
    ("[]", []), ("list", [1, [2, [3]]]), ("{}", {}), ("dict", {7: [1]}),
    ("mixed", [None, (True, {1: ()})]), ("long list", list(range(1500))),
]
for name, o in VALUES:
    for protocol in (0, 1, 2):
        try:
            back = loads(dumps(o, protocol))
            data = plainly(o, protocol)
            print(name, protocol, back == o, type(back) is type(o), loads(data) == o,
                  len(data) if len(data) > 80 else value(data))
        except Exception as error:
            print(name, protocol, type(error).__name__, error)
show("-1 protocol", dumps, None, -1)
show("bad protocol", dumps, None, 3)
show("text protocol", dumps, None, b("x"))
show("no object", dumps)
show("keyword", lambda: dumps(obj=1, protocol=1))

# Sharing, cycles.
x = [1]
both = loads(dumps([x, x], 2))
print("shared", both[0] is both[1])
loop = []
loop.append(loop)
for protocol in (0, 1, 2):
    back = loads(dumps(loop, protocol))
    print("cycle", back[0] is back, len(back))
    back[:] = []
d = {}
d[1] = (d,)
back = loads(dumps(d, 2))
print("dict cycle", back[1][0] is back)
back.clear()
# No cycle through a tuple: tuples cross by value, and the one inside would be another.
loop[:] = []


class Node(object):
    pass


o = Node()
o.a, o.d = [], {}
o.me, o.a2, o.d2 = [o], o.a, o.d
o.child = o.child2 = Node()
for protocol in (0, 1, 2):
    back = loads(dumps(o, protocol))
    print("graph", back.me[0] is back, back.a is back.a2, back.d is back.d2,
            back.child is back.child2)
    for item in ([], {}, Node()):
        back = loads(dumps({1: item, 2: item, 3: [item]}, protocol))
        print("in a dict", back[1] is back[2], back[1] is back[3][0])
        back = loads(dumps((item, item, [item]), protocol))
        print("in a tuple", back[0] is back[1], back[0] is back[2][0])
o.__dict__.clear()


class Round(object):
    def __reduce__(self):
        return Round, (), {"me": self, "list": [self]}


back = loads(dumps(Round(), 2))
print("round", back.me is back, back.list[0] is back)
back.__dict__.clear()

# By name.
kind("function", dumps, lambda: 0)
kind("module", dumps, module)


class Plain(object):
    def __init__(self, x):
        self.x = x


class State(object):
    def __getstate__(self):
        return {b("s") if not PY3 else "s": 5}

    def __setstate__(self, state):
        self.state = state


class Reduced(object):
    def __init__(self, *args):
        self.args = args

    def __reduce__(self):
        return Reduced, (1, 2), None


class ListLike(list):
    pass


class DictLike(dict):
    pass


class Args(object):
    def __new__(cls, n):
        self = object.__new__(cls)
        self.n = n
        return self

    def __getnewargs__(self):
        return (self.n,)


for protocol in (0, 1, 2):
    back = loads(dumps(Plain([5]), protocol))
    print("instance", type(back) is Plain, back.x)
    back = loads(dumps(State(), protocol))
    print("state", type(back) is State, sorted(value(k if type(k) is bytes
            else k.encode("ascii")) + str(v) for k, v in back.state.items()))
    back = loads(dumps(Reduced(9), protocol))
    print("reduce", type(back) is Reduced, back.args)
    one = ListLike([1, 2])
    one.tag = "t"
    back = loads(dumps(one, protocol))
    print("list subclass", type(back) is ListLike, list(back), back.tag)
    back = loads(dumps(DictLike(a=1), protocol))
    print("dict subclass", type(back) is DictLike, sorted(back.items()))
    back = loads(dumps(Plain, protocol))
    print("class", back is Plain)
back = loads(dumps(Args(7), 2))
print("newargs", type(back) is Args, back.n)


class Failing(object):
    def __reduce__(self):
        raise LookupError("no reduce")


class BadReduce(object):
    def __init__(self, what):
        self.what = what

    def __reduce__(self):
        return self.what


show("failing", dumps, Failing())
for what in (5, (), (1,), (1, 2), (Plain, 5), (Plain, (1,), 1, 2, 3, 4), (5, ())):
    kind("bad reduce", plainly, BadReduce(what), 2)


class Missing(object):
    pass


missing = Missing()
pickled = dumps(missing, 0)
del Missing
kind("class is gone", loads, pickled)
kind("class is not there", dumps, missing)

# The objects.
out = StringIO()
p = module.Pickler(out, 2)
show("dump", lambda: p.dump([1, b("a")]) is p)
show("again", lambda: p.dump([1, b("a")]) is p)
show("data", out.getvalue)
out.seek(0)
unp = module.Unpickler(out)
show("load", unp.load)
show("load again", unp.load)
show("load at end", unp.load)
print("binary fast", p.binary, p.fast)
p.fast = 1
show("clear memo", p.clear_memo)
listing = module.Pickler(1)
listing.dump(5)
show("getvalue", listing.getvalue)
show("Pickler bad", module.Pickler, 5.5)
show("Pickler no write", module.Pickler, [])
show("Unpickler bad", module.Unpickler, 5)
show("memo", lambda: type(listing.memo) is dict)
kind("memo bad", setattr, listing, "memo", 5)


class File(object):
    """A file of Python's own."""

    def __init__(self, data=b("")):
        self.data, self.at = data, 0

    def write(self, text):
        self.data += text

    def read(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def readline(self):
        end = self.data.index(b("\n"), self.at) + 1
        line, self.at = self.data[self.at:end], end
        return line


f = File()
p = module.Pickler(f)
p.fast = 1
p.dump({1: (1.5, u("x"))})
show("own file", lambda: f.data)
show("own file read", lambda: module.load(f))
f = File()
module.dump([1, 2**70], f, 2)
show("own file 2", lambda: (module.load(f), f.at == len(f.data)))


class Wrong(File):
    def read(self, n):
        return 5

    readline = lambda self: None


show("wrong file", module.load, Wrong())
f = File()
f.read = lambda n: [][1]
show("failing file", module.load, f)

# Persistent ids.
kept = {b("one"): object()}
p = module.Pickler(out, 1)
p.persistent_id = lambda o: b("one") if o is kept[b("one")] else None
out.seek(0)
out.truncate()
p.dump([kept[b("one")], 5])
out.seek(0)
unp = module.Unpickler(out)
unp.persistent_load = lambda name: kept[name]
back = unp.load()
print("persistent", back[0] is kept[b("one")], back[1])
p.persistent_id = lambda o: [][1]
show("failing id", p.dump, 5)
unp = module.Unpickler(StringIO(b("P1\n.")))
show("no persistent_load", unp.load)
unp.persistent_load = []
unp = module.Unpickler(StringIO(b("P1\n.")))
names = unp.persistent_load = []
show("persistent list", lambda: (unp.load(), names))
unp = module.Unpickler(StringIO(b("cos\nsystem\n.")))
unp.find_global = None
show("no globals", unp.load)
unp = module.Unpickler(StringIO(b("cos\nsystem\n.")))
unp.find_global = lambda where, name: (where, name)
show("own globals", unp.load)
unp = module.Unpickler(StringIO(dumps([b("x"), u("y")], 1)))
show("noload", unp.noload)

# Broken pickles.
for text in ("", ".", "I1", "I1\n", "Ix\n.", "L1\n.", "Lx\n.", "F1.5\n.", "Fx\n.", "S'a'\n.",
        "S'a\n.",
             "Sa\n.", "Va\\u20ac\n.", "(.", "(lp1\n.", "g5\n.", "h\x05.", "t.", "0.", "a.", "s.",
                 "u.",
             "(I1\nI2\nd.", "(I1\nd.", "}I1\nI2\ns.", "]I1\na.", "]I1\nI2\ne.",
                 "cno.such.module\nx\n.",
             "c__builtin__\nno_such_name\n.", "c__builtin__\nint\n.", "\x80\x02K\x05.",
                 "\x80\x09K\x05.", "K",
             "M\x01", "M\x01\x02.", "J\xff\xff\xff\xff.", "G?\xf8\0\0\0\0\0\0.", "U\x05ab.",
                 "U\x02ab.",
             "T\xff\xff\xff\xff.", "X\x02\0\0\0\xc3\xa9.", "X\x01\0\0\0\xff.",
                 "\x8a\x02\x01\x01.", "\x8a\x05.",
             "\x88.", "\x85.", "I1\n\x85.", "I1\nI2\n\x86.", "2.", "I1\n2\x86.", "Q.", "R.", "b.", 
             "NR.", "N)R.", "c__builtin__\nint\n)R.", "c__builtin__\nint\nN\x81.",
                 "c__builtin__\nint\n)\x81.",
             "N)\x81.", "(i__builtin__\nint\n.", "(I5\ni__builtin__\nint\n.", "I5\nN}b."):
    try:
        back = loads(b(text))
        print("broken", value(b(text)), value(back) if type(back) is not type else "a type")
    except (UnicodeError, AttributeError) as error:
        print("broken", value(b(text)), type(error).__name__)
    except ImportError as error:
        print("broken", value(b(text)), "ImportError")
    except Exception as error:
        print("broken", value(b(text)), type(error).__name__, message(error))
show("loads number", loads, 5)
show("loads unicode", lambda: loads(u("I5\n.")))
show("loads nothing", loads)
show("loads None", loads, None)

# Deep, and long lived.
deep = []
for k in range(200):
    deep = [deep]
show("deep", lambda: len(dumps(deep, 1)))
for k in range(100000):
    deep = [deep]
try:
    dumps(deep, 2)
except RuntimeError:
    print("too deep")
while deep:
    deep = deep[0]
p = module.Pickler(StringIO())
p.persistent_id = lambda o, keep=p: None
gc.collect()
dump = p.dump
del p
show("method outlives", lambda: dump(1) is not None)
kind("weak", weakref.ref, module.Pickler(StringIO()))
kind("subclass", type, "Sub", (type(module.Pickler(1)),), {})
one = Plain(1)
gone = weakref.ref(one)
p = module.Pickler(1)
p.dump(one)
del one
gc.collect()
print("memo keeps", gone() is not None)
p.clear_memo()
del p
gc.collect()
print("memo lets go", gone() is None)
show("array", lambda: loads(dumps(load("array").array(b("i"), [1, 2]), 2)).tolist())
show("copy_reg", lambda: len(dumps(1j, 2)) > 0)
show("complex", lambda: loads(dumps(1 + 2j, 2)))
show("set", lambda: loads(dumps(set([1, 2]), 2)))
show("frozenset", lambda: loads(dumps(frozenset([1]), 1)))
show("type", lambda: loads(dumps(int, 2)) is int)
show("error", lambda: type(loads(dumps(ValueError(b("x")), 2))) is ValueError)
