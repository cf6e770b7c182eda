from __future__ import print_function
import sys
import warnings
import legacy_modules as m


def text(value):
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def show(call):
    try:
        result = call()
    except Exception as error:
        # Without the place in the interpreter's source.
        print(type(error).__name__, str(error).split(": ")[-1])
    else:
        print(plain(result))


def plain(value):
    if isinstance(value, (tuple, list)):
        return [type(value).__name__] + [plain(item) for item in value]
    if isinstance(value, (str, bytes)):
        value = str(text(value))
        return "SystemError" if value.endswith("internal function") else value
    return value if isinstance(value, (int, float, type(None))) else type(value).__name__


documentation = m.__doc__ if isinstance(m.__doc__, type(u"")) else m.__doc__.decode("utf-8")
print(m.__name__, documentation == u"Modules, \xe9.", m.make.__name__)
print(m.make.__doc__.split("\n")[0], m.make.__module__, m.make_bad.__doc__)
print(m.NUMBER == 2 ** 40, m.METH_VARARGS, m.FLOAT)
# What is put into a module while it is initialised is text.
print(isinstance(m.TEXT, str), isinstance(m.ACCENT, str), isinstance(m.WORD, str),
      m.TEXT, m.WORD, m.TUPLE, isinstance(m.TUPLE[1], str))
print(plain(m.NESTED))
print(m.Error.__name__, m.Error.__module__, issubclass(m.Error, Exception))
show(lambda: plain(m.itself("legacy_modules_itself", None, None)))

made = m.make("legacy_modules_made", "Words.", 5)
print(made.__name__, made.__doc__, sys.modules["legacy_modules_made"] is made)
print(plain(made.first(1, 2)), made.first.__doc__, made.first.__module__, made.second.__doc__)
again = m.make("legacy_modules_made", None, None)
print(again is made, made.__doc__, plain(made.first()))
dotted = m.make("legacy_modules.part", "Part.", None)
print(dotted.__name__, sys.modules["legacy_modules.part"] is dotted)
show(lambda: m.make_bad(0))
print("legacy_modules_bad" in sys.modules, hasattr(sys.modules.get("legacy_modules_bad"), "fine"))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    show(lambda: m.make_bad(1))
    for warning in caught:
        print(warning.category.__name__, warning.message)
with warnings.catch_warnings():
    warnings.simplefilter("error")
    show(lambda: m.make_bad(1))

new = m.new_module("fresh")
print(new.__name__, new.answer, "fresh" in sys.modules, type(new) is type(sys))
show(lambda: m.ask(m))
show(lambda: m.ask(new))
show(lambda: m.ask(sys))
show(lambda: m.ask(5))
nameless = type(sys)("nameless")
del nameless.__dict__["__name__"]
show(lambda: m.ask(nameless))
nameless.__dict__["__name__"] = 5
nameless.__file__ = "somewhere/else"
show(lambda: m.ask(nameless))


class Derived(type(sys)):
    pass


derived = Derived("derived")
show(lambda: m.ask(derived))

sys.legacy_list = [1]
for name in ("legacy_list", "maxsize", "modules", "nowhere"):
    show(lambda: m.get(sys, name))
show(lambda: m.get(derived, "__name__") != "nothing")
show(lambda: m.get(5, "x"))

values = [[1], 5, 1.5, None, (1, 2), print, len]
for value in values:
    show(lambda: m.put(new, "value", value))
    print(new.value == value)
count = sys.getrefcount(values)
show(lambda: m.put(new, "values", values))
print(new.values is values, sys.getrefcount(values) - count)
del new.values
print(sys.getrefcount(values) - count)
show(lambda: m.put(5, "x", 1))
for which in range(5):
    show(lambda: m.put_bad(new, which))
    show(lambda: m.put_bad([], which))
print(new.number, plain(new.string))
