from __future__ import print_function
import copy
import gc
import pickle
import sys
import weakref
import exceptions_of as m

text = type(u"")


def norm(value):
    if isinstance(value, (bytes, text)) and not isinstance(value, str):
        return value.decode("latin-1") if isinstance(value, bytes) else str(value)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    return value


class Sub(m.Plain):
    def __init__(self, *args):
        m.Plain.__init__(self, "sub", *args)


print("# args")
for kind in (m.Plain, Sub, ValueError, type("Mine", (Exception,), {})):
    e = kind("a", 1)
    m.keep(e)
    print(norm(m.look(e)), norm(e.args))
    e.args = ("b",)
    print(norm(m.look(e)), norm(e.args), str(e))
    e.args = ("c", 2, None)
    print(norm(m.look(e)), norm(e.args))
    kind.__init__(e, "again")
    print(norm(m.look(e)[0]), norm(e.args))
    m.keep(None)
    m.poke(e, "args", ("poked", 3))
    print(norm(e.args))
    e.args = ()
    print(norm(m.look(e)[0]), str(e) == "")
for kind in (m.Plain, Sub):
    e = kind("before")
    m.poke(e, "args", ("str",))
    print(str(e), repr(e).replace(",)", ")"))
    print(norm(m.around(e, lambda error: setattr(error, "args", ("inside",)))))
    print(norm(m.around(e, lambda error: error.__init__("init"))))
    print(norm(m.around(e, lambda error: m.poke(error, "args", ("poke",)))), norm(e.args))
    e.__setstate__({"args": ("state",), "other": 5})
    print(norm(e.args), norm(m.look(e))[0], e.other)
try:
    e.args = 5
except TypeError:
    print("TypeError", norm(e.args), norm(m.look(e))[0])
print("# message")
e = m.Plain("one")
print(norm(m.look(e)))
e.message = "set"
print(norm(m.look(e)), norm(e.message))
m.poke(e, "message", "poked")
print(norm(m.look(e)), norm(e.message))
e.message = "set again"
print(norm(m.look(e)), norm(e.message))
print("# dictionary")
e = m.Plain("one")
e.x = 5
print(m.look_up(e, "x"), m.look_up(e, "y"))
e.__dict__["y"] = "y"
print(m.look_up(e, "x"), norm(m.look_up(e, "y")))
e.__dict__ = {"z": 7}
print(m.look_up(e, "x"), m.look_up(e, "z"), e.z, hasattr(e, "x"))
d = {"w": 8}
m.poke(e, "dict", d)
print(m.look_up(e, "w"), e.w, e.__dict__ is d, hasattr(e, "z"))
e.v = 9
print(d["v"], m.look_up(e, "v"))
print("# raised")
for kind in (m.Plain, Sub, KeyError, m.Environment):
    def work():
        raise kind("first", "second")
    try:
        m.pass_on(work, ("replaced", "r"))
    except Exception as error:
        print(type(error).__name__, norm(error.args), norm(m.look(error))[0])
    error = None
print("# families")
e = m.Environment(2, "words", "name")
print(norm(m.fields(e)), e.errno, norm(e.strerror), norm(e.filename), norm(e.args), str(e))
e.errno, e.filename = 5, "other"
print(norm(m.fields(e)))
m.poke(e, "errno", 7)
m.poke(e, "filename", "poked")
print(e.errno, norm(e.filename), norm(e.strerror), norm(m.fields(e)))
e = m.Environment("only")
print(norm(m.fields(e)), norm(m.look(e)))
e = IOError(3, "host")
print(norm(m.fields(e)))
e.errno = 4
print(norm(m.fields(e)))
e = m.Exit(3)
print(norm(m.fields(e)), e.code)
e.code = "words"
print(norm(m.fields(e)))
m.poke(e, "code", 8)
print(e.code, norm(m.fields(e)))
print(norm(m.fields(SystemExit(1, 2))))
e = m.Syntax("words", ("file", 1, 2, "line"))
print(norm(m.fields(e)), e.lineno)
e.text, e.lineno = "other line", 17
print(norm(m.fields(e)))
m.poke(e, "text", "poked")
print(norm(e.text), norm(m.fields(e)))
try:
    compile("a b", "source", "exec")
except SyntaxError as error:
    print(norm(m.fields(error))[1:3])
error = None
e = m.Encode("ascii", u"abc", 1, 2, "why")
print(norm(m.fields(e)), e.start, e.end, norm(e.reason))
e.start, e.reason = 0, "because"
print(norm(m.fields(e)))
m.poke(e, "start", 2)
print(e.start, norm(m.fields(e)))
e = m.Decode("ascii", b"abc", 1, 2, "why")
print(norm(m.fields(e)), norm(m.look(e)))
e = m.Translate(u"abc", 1, 2, "why")
print(norm(m.fields(e))[1:])
try:
    b"\xff".decode("ascii")
except UnicodeError as error:
    print(norm(m.fields(error))[2:4])
error = None
print("# copies")
for e in (m.Plain("a", 1), Sub("a"), m.Environment(2, "words", "name"), m.Exit(3),
          m.Encode("ascii", u"abc", 1, 2, "why"), m.Syntax("words", ("file", 1, 2, "line"))):
    e.attribute = [1]
    if isinstance(e, Sub):
        c = copy.copy(e)
        print(type(c).__name__, norm(c.args), c.attribute is e.attribute)
        continue
    copies = [copy.copy(e), copy.deepcopy(e)]
    copies += [pickle.loads(pickle.dumps(e, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)][:3]
    print([type(c) is type(e) and norm(c.args) == norm(e.args) and c.attribute == [1]
           and norm(m.look(c)[0]) == norm(e.args) and m.fields(c) == m.fields(e)
           for c in copies])
c = copies = e = None
print("# lifetimes")
if sys.version_info[0] == 2:
    sys.exc_clear()


def since(label):
    gc.collect()
    gc.collect()
    print(label, m.count() - last[0])
    last[0] = m.count()


gc.collect()
gc.collect()
last = [m.count()]
for kind in (m.Plain, Sub, m.Environment, m.Encode):
    args = ("ascii", u"abc", 1, 2, "why") if kind is m.Encode else ("a", "b")
    name = kind.__name__
    e = kind(*args)
    m.look(e)
    e = None
    since(name + " dropped")
    e = kind(*args)
    e.attribute = e
    m.look(e)
    e = None
    since(name + " attribute")
    e = kind(*args)
    e.extra = [e]
    m.look(e)
    e = None
    since(name + " field")
    if kind is not m.Encode:
        e = kind(*args)
        e.args = (e, [e])
        m.look(e)
        e = None
        since(name + " args")
        e = kind(*args)
        m.poke(e, "args", (e, 5))
        e = None
        since(name + " poked")
    e = kind(*args)
    m.keep(e)
    e.args = args
    e = None
    m.keep(None)
    since(name + " kept")
    for i in range(100):
        try:
            raise kind(*args)
        except kind as error:
            error.again = error
            m.look(error)
        error = None
    if sys.version_info[0] == 2:
        sys.exc_clear()
    since(name + " raised")
