from __future__ import print_function
import datetime
import gc
import sys
import threading
import weakref
import macros as m

text = type(u"")
if sys.version_info[0] == 3:
    long = int


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, text) and not isinstance(value, str):
        return str(value)
    if isinstance(value, (tuple, list)):
        return type(value)(norm(item) for item in value)
    return value


def show(value):
    print(*["%s=%s" % pair for pair in norm(m.look(value))])


print("# made")
for line in m.made():
    print(*["%s=%s" % pair for pair in norm(line)])

BASES = (bytes, text, int, float, complex, tuple, list, dict, set, frozenset, bytearray,
         datetime.datetime, datetime.date, datetime.timedelta, ValueError)
ARGS = {bytes: (b"some",), text: (u"some",), int: (7,), float: (2.5,), complex: (1, 2),
        tuple: ((1, b"x"),), list: ([1, b"x"],), set: ([1, 2],), frozenset: ([1],),
        bytearray: (b"some",), datetime.datetime: (2001, 2, 3, 4, 5, 6, 7),
        datetime.date: (1999, 12, 31), datetime.timedelta: (1, 2, 3), ValueError: ("bad", 1)}
print("# Python's")
for base in BASES:
    show(base(*ARGS.get(base, ())))
print("# derived")
for base in BASES:
    kind = type("My" + base.__name__.title().replace("Str", "Text").replace("Unicode", "Text")
                .replace("Bytes", "Data"), (base,), {})
    if base in (bytes, text):
        kind.__name__ = "MyString"
    value = kind(*ARGS.get(base, ()))
    show(value)
    if base is list:
        print(norm(value[0]), norm(value[1]))


class Thing(object):
    def method(self, a, b):
        return a

    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration

    next = __next__

    def __index__(self):
        return 1

    def __call__(self):
        pass


def closure(a):
    return (lambda: a).__closure__[0]


print("# others")
thing = Thing()
for value in (thing, thing.method, closure, len, [].append, weakref.ref(thing), closure(5),
              memoryview(b"view"), memoryview(bytearray(b"view")), iter([1]), iter({}),
              Thing, ValueError, type("MyList", (list,), {}), m.Node, m.Node(), True, None,
              datetime.time(1, 2, 3, 4), long(2) ** 70, -long(2) ** 70):
    show(value)
values = [1, 2]
m.look(values)
print(norm(values))

print("# deep")
DEEP = 15000


class MyNode(m.Node):
    pass


def go_deep():
    for kinds in ("n", "t", "l", "d", "ntl", "nd"):
        print(kinds, m.deep(kinds, DEEP, 0), m.gone())
    for kinds in ("n", "nd"):
        value = m.deep(kinds, DEEP, 1)
        print(kinds, type(value).__name__)
        del value
        gc.collect()
        print(m.gone())
    for kind in (m.Node, MyNode):
        last = None
        for i in range(DEEP // 4):
            node = kind()
            node.next = last
            last = node
        del last, node
        gc.collect()
        print(m.gone() > 0)


# With a stack of a fifth of the usual size, as 80,000 are with that; 3.13 itself goes 10,000 deep.
threading.stack_size(3 << 19)
thread = threading.Thread(target=go_deep)
thread.start()
thread.join()
threading.stack_size(0)
