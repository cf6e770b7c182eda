from __future__ import print_function
import legacy_buildvalue as m


def text(value):
    return value if isinstance(value, str) else value.decode()


def show(call):
    try:
        result = call()
    except Exception as error:
        # Python 3 words an AttributeError, and a call of what is no function, in its own way.
        own = type(error).__name__ != "AttributeError"
        print(type(error).__name__, error if own else "")
    else:
        print(plain(result))


def plain(value):
    """The same in Python 2 and 3."""
    if isinstance(value, (tuple, list)):
        return [type(value).__name__] + [plain(item) for item in value]
    if isinstance(value, dict):
        return sorted((text(key), plain(value[key])) for key in value)
    if isinstance(value, bytes):
        return str("S " + value.decode())
    if isinstance(value, type(u"")):
        return str("U " + value.encode("ascii", "backslashreplace").decode())
    return value if value is None else float(value)


for line in m.run():
    print(text(line))
for which in range(5):
    show(lambda: m.build(which))


def function(*args):
    return len(args)


show(lambda: m.call(function, 0))
show(lambda: m.call(function, 1))
show(lambda: m.call(function, 2))
show(lambda: m.call([1, 5], 3))
show(lambda: m.call([1, 5], 4))
show(lambda: m.call(function, 5))
