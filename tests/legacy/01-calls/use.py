from __future__ import print_function
import legacy_calls as m


def text(value):
    """What Python 2 calls str, whatever it is here."""
    return value.decode() if not isinstance(value, str) else value


def show(call):
    try:
        result = call()
    except Exception as error:
        # A newer Python tells the module's name too.
        print(type(error).__name__, str(error).replace("legacy_calls.", ""))
    else:
        print(text(result) if isinstance(result, (str, bytes)) else repr(result))


show(lambda: m.no_arguments())
show(lambda: m.no_arguments(1))
show(lambda: m.one_object(1))
show(lambda: m.one_object(1.5))
show(lambda: m.one_object(None))
show(lambda: m.one_object(True))
show(lambda: m.one_object((1, 2)))
show(lambda: m.one_object([]))
show(lambda: m.one_object({}))
show(lambda: m.one_object(b"bytes"))
show(lambda: m.one_object(u"unicode"))
show(lambda: m.one_object(10 ** 30))
show(lambda: m.one_object(1j))
show(lambda: m.tuple())
show(lambda: m.tuple(1, 2, 3))
show(lambda: m.tuple(*()))
show(lambda: next(iter(m.tuple, None)))
show(lambda: m.tuple(name=1))
show(lambda: m.keywords(1))
show(lambda: m.keywords(1, "two"))
show(lambda: m.keywords(number=1, text="two"))
show(lambda: m.keywords(text="two"))
show(lambda: m.keywords("no number"))
show(lambda: m.keywords(1, other=2))
show(lambda: m.old())
show(lambda: m.old(1))
show(lambda: m.old(1, 2))
show(lambda: m.add(1, 2))
show(lambda: m.add(2 ** 31 - 1, 1))
show(lambda: m.add(2 ** 31, 1))
show(lambda: m.add(1))
show(lambda: m.add(1, "x"))
show(lambda: m.half(3))
show(lambda: m.half("x"))
show(lambda: m.pair(1, 2, 3))
show(lambda: m.nothing())
show(lambda: m.fail(1))
show(lambda: m.fail(2))
show(lambda: m.fail(3))
show(lambda: m.fail(None))
for value in (None, True, False, 0, -1, 2 ** 62, 1.5, -0.0, 1j, (), (1, (2.5, None)), [], [1, [2]], {}):
    result = m.same(value)
    print(result == value, type(result) is type(value), repr(result))
numbers = [1, 2]
print(m.same(numbers) is numbers, m.same(m) is m, m.same(print) is print)
big = m.same(10 ** 30)
print(big == 10 ** 30, m.same(-10 ** 30) == -10 ** 30)
print(m.__name__, m.__doc__, m.NUMBER, text(m.TEXT), m.HALF)
print(m.add.__name__, m.no_arguments.__doc__, m.one_object.__doc__, m.add.__module__)
print(repr(m.add), type(m.add) is type(len))
for kind, args in enumerate([(), (1, 2), (1, "two")]):
    functions = m.copies(kind, 1100)
    print(sorted(set(text(function(*args)) for function in functions)),
          sum(function.__self__ for function in functions))
