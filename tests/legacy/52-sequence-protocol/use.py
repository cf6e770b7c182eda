from __future__ import print_function
import collections
import sequence_protocol as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Plain(object):
    pass


class Sequence(object):
    log = []

    def __len__(self):
        return 3

    def __getitem__(self, at):
        if isinstance(at, slice):
            return (b"slice", at.start, at.stop, at.step)
        if isinstance(at, int) and at >= 3:
            raise IndexError("too far")
        return (b"item", at)

    def __setitem__(self, at, value):
        if isinstance(at, slice):
            at = (at.start, at.stop, at.step)
        self.log.append((at, value))

    def __delitem__(self, at):
        if isinstance(at, slice):
            at = (at.start, at.stop, at.step)
        self.log.append(at)

    def __add__(self, other):
        return (b"add", other)

    def __iadd__(self, other):
        return (b"iadd", other)

    def __mul__(self, other):
        return (b"mul", other)


class Unsized(object):
    def __getitem__(self, at):
        if at > 2:
            raise StopIteration
        return at


class Container(object):
    def __contains__(self, item):
        return [item] if item != 5 else []


class Mapping(object):
    def __init__(self):
        self.items = {}

    def __len__(self):
        return len(self.items)

    def __getitem__(self, key):
        return self.items[key]

    def __setitem__(self, key, value):
        self.items[key] = value

    def __delitem__(self, key):
        del self.items[key]

    def keys(self):
        return self.items.keys()


class Iterator(object):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return self

    def __next__(self):
        self.count -= 1
        if self.count < 0:
            raise StopIteration
        if self.count == 10:
            raise KeyError(10)
        return self.count

    next = __next__

    def __length_hint__(self):
        return 4


class Hinting(Iterator):
    def __length_hint__(self):
        raise ValueError("no hint")


class List(list):
    pass


class Dict(dict):
    pass


class Tuple(tuple):
    pass


class Own(list):
    def __getitem__(self, at):
        return b"own"

    def __len__(self):
        return 9

    def __iter__(self):
        return iter((7, 8))


class Deleting(dict):
    def __delitem__(self, key):
        raise ZeroDivisionError("deleting")


class Deletable(object):
    def __delitem__(self, key):
        raise OverflowError("deleting")


big = 2 ** 62
sequences = [b"abcde", u"abcde", (1, 2, 3, 4, 5), [1, 2, 3, 4, 5], List([1, 2, 3]),
             Tuple((1, 2, 3)), Sequence(), [], Unsized(), Own([1, 2])]
mappings = [{}, Dict(), Mapping()]
others = [None, 5, 2.5, Plain(), set([1]), frozenset([2]), Container(), Iterator(2), len, Plain]
print("== lengths")
for value in sequences + mappings + others + [Hinting(1), iter([1, 2]), (x for x in ())]:
    show(m.lengths(value))
print("== items")
for value in sequences + others:
    for key in [0, 2, 4, 5, -1, -3, -20, big, -big, None, 2.5]:
        if not (isinstance(value, Unsized) and key is None):
            show(m.item(value, key))
for value in mappings:
    for key in [0, 2.5, b"key", None, (1, 2), 1j]:
        show(m.item(value, key))
        show(m.change(value, key, b"value"))
        value[key] = b"there"
        show(m.item(value, key))
        del value[key]
    show(m.change(value, [], 1) if not isinstance(value, Mapping) else b"")
value = {u"k": 1, b"j": 2}
for key in [b"k", u"k", b"j", u"j"]:
    show(m.item(value, key))
    show(m.search(value, key))
show(m.change(Deleting(), 1, 2))
show(m.change(Deletable(), 1, 2).split(b"|")[1])
print("== changes")
for value in [[1, 2, 3, 4, 5, 6, 7], List([1, 2, 3, 4, 5]), Sequence(),
              b"abc", u"abc", (1, 2), Tuple((1, 2)), None, 5,
              Plain()]:
    for key in [1, -1, -20, 20, None, 2.5]:
        show(m.change(value, key, b"new"))
    if isinstance(value, list):
        print(list(value) == [1, 3, 4] or len(value))
for entry in Sequence.log:
    print(entry[0] if isinstance(entry, tuple) and isinstance(entry[0], int) else len(str(entry)) > 0)
del Sequence.log[:]
print("== slices")
bounds = [0, 1, 3, 9, -1, -2, -9]
for value in [b"abcde", u"abcde", (1, 2, 3, 4, 5), [1, 2, 3, 4, 5], List([1, 2, 3]),
              Tuple((1, 2, 3)), Sequence()]:
    for i in bounds:
        show(b"; ".join([m.slice(value, i, j) for j in bounds]))
    show(m.slice(value, -2 ** 63, 2 ** 63 - 1))
for value in [Plain(), None, 5, Unsized]:
    show(m.slice(value, 0, 1))
    show(m.change_slice(value, 0, 1, [1]))
for value in [[1, 2, 3, 4, 5, 6, 7, 8, 9], List([1, 2, 3, 4, 5, 6, 7, 8, 9]), Sequence(), b"abc",
              (1, 2)]:
    for i in [0, 1, -2]:
        for j in [0, 2, -1]:
            show(m.change_slice(value, i, j, [10, 11]))
    if isinstance(value, list):
        print(list(value))
for entry in Sequence.log:
    print(entry)
print("== sums")
for value in sequences + [Plain(), None, {}]:
    for other in [b"xy", u"xy", (1,), [2], None, 5, Sequence()]:
        if isinstance(value, (list, Own)) and not isinstance(other, (list, tuple)):
            continue
        show(m.join(value, other))
for value in [b"ab", u"ab", (1, 2), [1], Tuple((1,)), Sequence(), Plain(), None, {}, Unsized()]:
    for count in [2, 0, -1, 1]:
        show(m.repeat(value, count))
print("== collections")
for value in [b"abc", u"abc", (1, 2), [1, 2], List([1, 2]), Tuple((1, 2)), Sequence(), Unsized(),
              {b"a": 1}, set([5]), Own([1]), collections.deque([1, 2]), (x for x in (1, 2, 3)),
              Plain(), None, 5]:
    show(m.collect(value))
show(m.collect(Iterator(15)))
show(m.collect(Iterator(9)))
show(m.collect(Iterator(1)))
show(m.collect(Hinting(3)))
show(m.collect(iter(range(40))))
print("== searches")
for value in [b"abcab", u"abcab", (1, 2, 1), [1, 2, 1], List([1, 2]), Tuple((1, 2)), Unsized(),
              {b"a": 1}, set([b"a"]), frozenset([u"a"]), Own([1]), Container(),
              collections.deque([1, 2]), Plain(), None]:
    for wanted in [1, 7, b"a", u"a", u"ab", None]:
        if isinstance(value, Container):
            show(m.search(value, wanted).split(b"|")[0])
        elif not isinstance(value, bytes) or isinstance(wanted, bytes):
            show(m.search(value, wanted))
show(m.search(Container(), 5).split(b"|")[0])
print("== walks")
for value in [b"abc", u"abc", (1, 2), [1, 2], List([1, 2]), Sequence(), Unsized(), {b"a": 1},
              Iterator(3), Iterator(12), iter([1, 2]), iter((1,)), iter({}), iter(u"ab"),
              (x for x in [4]), enumerate([5]), Own([1]), None, 5, Plain(), Container()]:
    show(m.walk(value))
print("== slots")
for value in sequences[:7] + mappings + [None, 5, Plain(), Container(), Own([1])]:
    show(m.slots(value, 1))
    if type(value) in (bytes, tuple, list, Sequence, Mapping, Dict):
        show(m.slots(value, -1))
for value in [Iterator(1), iter([]), (x for x in ()), [], List(), {}, Dict(), set(), Plain(),
              collections.deque(), enumerate([])]:
    show(m.kind(value))
