from __future__ import print_function
import warnings
import members as m

NUMBERS = ["byte", "ubyte", "small", "usmall", "number", "unumber", "big", "ubig", "size", "huge",
           "uhuge"]
REALS = ["real", "dreal"]
OTHERS = ["letter", "truth", "text", "inplace", "object", "object_ex", "fixed", "odd"]


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


def tell(what, *args):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        text = what(*args)
        for warning in caught:
            print(warning.category.__name__ + ":", warning.message, end="; ")
    show(text)


print("== at first")
for name in NUMBERS + REALS + OTHERS:
    show(m.get(name))
print("== numbers")
LIMITS = [0, 1, -1]
for bits in (7, 8, 15, 16, 31, 32, 63, 64):
    LIMITS += [2 ** bits - 1, 2 ** bits, 2 ** bits + 1, int(-2 ** bits), -2 ** bits - 1]
for name in NUMBERS:
    print("--", name)
    for value in LIMITS + [True, 2.75, -2.75, None, b"1", []]:
        tell(m.set, name, value)
    tell(m.set, name)
print("== warnings as errors")
with warnings.catch_warnings():
    warnings.simplefilter("error")
    for name, value in [("byte", 300), ("ubyte", -1), ("unumber", -1), ("ubig", -5),
                        ("unumber", 2 ** 40), ("number", 2 ** 40)]:
        show(m.set(name, value))
print("== reals")
for name in REALS:
    for value in [0, 1.5, -2.25, 2 ** 70, True, None, b"1", 1e300 if name == "dreal" else 1e30]:
        tell(m.set, name, value)
    tell(m.set, name)
print("== others")
for name in OTHERS:
    for value in [b"x", b"", b"xy", True, False, 1, None, (1, 2)]:
        tell(m.set, name, value)
    tell(m.set, name)
    tell(m.set, name)
m.texts("some text", "inplace")
show(m.get("text"))
show(m.get("inplace"))
m.texts(None, "")
show(m.get("text"))
show(m.get("inplace"))
show(m.counts())
print("== the older form")
for name in ["number", "fixed", "big", "missing", "__members__", ""]:
    show(m.old_get(name))
    show(m.old_set(name, 7))
    show(m.old_get(name))
    show(m.old_set(name))
print("== methods")
for name in ["first", "second", "third", "fourth", "__hidden", "__methods__", "__doc__", ""]:
    for is_chain in (0, 1):
        show(m.find_method(name, is_chain))
m.document()
show(m.find_method("__doc__", 0))
show(m.find_method("__doc__", 1))
