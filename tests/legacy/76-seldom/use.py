from __future__ import print_function
import os
import sys
import types
import seldom as m


def norm(value):
    if isinstance(value, (bytes, type(u""))) and not isinstance(value, str):
        return value.decode() if isinstance(value, bytes) else str(value)
    if isinstance(value, (list, tuple)):
        return type(value)(norm(item) for item in value)
    return value


def show(label, function, *args):
    try:
        print(label, norm(function(*args)))
    except Exception as error:
        print(label, type(error).__name__, norm(error.args))


def cell(value):
    def inner():
        return value
    return inner


f, g = cell(1), cell(2)
show("closure", m.set_closure, f, g.__closure__)
print(f(), g())
show("no tuple", m.set_closure, f, [])
try:
    m.set_closure(5, ())
except SystemError:
    print("no function")
try:
    class Old:
        shared = 5

        def method(self):
            pass
    i = Old()
    i.own = 6
    show("own", m.lookup, i, "own")
    show("shared", m.lookup, i, "shared")
    show("none", m.lookup, i, "absent")
    print(type(m.lookup(i, "method")).__name__)
finally:
    pass
module = types.ModuleType("module")
module.a, module._b, module.__c__ = 1, 2, 3
m.clear_module(module)
print(module.a, module._b, module.__c__)
print(type(m.importer(os.path.dirname(os.__file__))).__name__ != "")
show("frozen", m.import_frozen, b"no_such_module")
for name in (b"__private", b"__both__", b"_one", b"plain", b"__with.dot", b"__", b"____"):
    for cls in (b"Class", b"_Under", b"__", None):
        print(name.decode(), cls and cls.decode(), norm(m.mangle(cls, name)))


class Ordered(object):
    def __init__(self, n):
        self.n = n

    def __cmp__(self, other):
        if self.n == 13:
            raise ValueError("no order")
        if not isinstance(other, Ordered):
            return NotImplemented
        return (self.n - other.n) * 7


show("less", m.slot_compare, Ordered(1), Ordered(2))
show("more", m.slot_compare, Ordered(2), Ordered(1))
show("same", m.slot_compare, Ordered(2), Ordered(2))
show("raises", m.slot_compare, Ordered(13), Ordered(2))
show("lines", m.lines, b"one\ntwo\n\nlast" if str is bytes else "one\ntwo\n\nlast")
show("long line", lambda: [len(line) for line in m.lines("x" * 1000 + "\n" + "y" * 99)])
sys.stdout.flush()
devnull = os.open(os.devnull, os.O_WRONLY)
saved = os.dup(2)
os.dup2(devnull, 2)
sys.stderr, stderr = open(os.devnull, "w"), sys.stderr
main = sys.modules["__main__"]
for how in (0, 1, 2):
    main.log = []
    text = ("log.append('first')\nfor i in range(2):\n    log.append(i)\n\nlog.append('last')\n")
    show("run %d" % how, m.run, text, how)
    print(main.log)
show("end", m.run, "", 0)
show("error", m.run, "1 // 0\n", 0)
show("wrong", m.run, "a b\n", 0)
main.log = []
show("after an error", m.run, "1 // 0\nlog.append(5)\n", 1)
print(main.log)
os.dup2(saved, 2)
sys.stderr.close()
sys.stderr = stderr
print(norm(m.constants()[:3]), m.constants()[4])
