"""fuzz_formats.py parse|build SECONDS SEED STATE: formats of PyArg_Parse* and Py_BuildValue,
grown from their grammar and then spoilt, with any arguments; run by test_fuzz_formats.

Each call ends with a result or an exception, and what it gave can be read.  STATE is a file
that has the last input: fuzz_formats.py again STATE repeats it.
"""

import array
import ast
import mmap
import random
import sys
import time

import formats
import formats_clean

# What went wrong once, as STATE has it.
KNOWN = [
    # With keywords, a bracket that is not closed was taken for closed.
    ("parse", ("formats", "(", "k", "()", "{'': ()}", ("", "name1"))),
    # More values were counted than there are: what lies behind the format was read.
    ("build", ("formats", "](iiiiii)", "(1, )", 1)),
    ("build", ("formats_clean", "]L(\x01\x01wwwwwwwwwwww\x01\x01)O&", "(True, 13, )", 326889986)),
]


# ---- What a format takes: a letter for each variable argument (see formats.c) ----

def parse_kinds(format):
    kinds, i = "", 0
    while i < len(format):
        unit, after = format[i], format[i + 1:i + 2]
        i += 1
        if unit in "():;|":
            if unit in ":;":
                break
        elif unit in "sztuw" and after == "#":
            kinds += "ln"
            i += 1
        elif unit in "szw" and after == "*":
            kinds += "v"
            i += 1
        elif unit in "szu":
            kinds += "s" if unit != "u" else "o"
        elif unit == "e":
            kinds += "x"
            if after not in ("s", "t"):
                break
            kinds += "m"
            i += 1
            if format[i:i + 1] == "#":
                kinds += "n"
                i += 1
        elif unit == "O" and after and after in "!?&":
            kinds += {"!": "t", "?": "p", "&": "c"}[after] + "o"
            i += 1
        else:
            kinds += "o"
    return kinds


def build_kinds(format):
    """The same for Py_BuildValue; floating-point arguments are not counted."""
    kinds, i, doubles = "", 0, 0
    while i < len(format):
        unit, after = format[i], format[i + 1:i + 2]
        i += 1
        if unit in "OSN" and after == "&":
            kinds += "ci"
            i += 1
        elif unit in "szu":
            kinds += "u" if unit == "u" else "s"
            if after == "#":
                kinds += "n"
                i += 1
        elif unit in "df":
            doubles += 1
        elif unit == "D":
            kinds += "D"
        elif unit in "OS":
            kinds += "o"
        elif unit == "N":
            kinds += "N"
        elif unit in "bBhHiIlknLKc":
            kinds += "i"
    return kinds if doubles <= 8 else None


# ---- Formats ----

PARSE_UNITS = ("b B h H i I l k n L K c f d D O S U s s# s* z z# z* u u# t# w w# w* "
               "es et es# et# O! O& O?").split()
BUILD_UNITS = "b B h H i I l k n L K c f d D O S N s s# z z# u u# O& N& S&".split()
NOISE = "()[]{}|:;,#*!&?$%\t -_eXQ\x7f\x01" + "sOiw"


def grow(chosen, units, depth=0):
    parts = []
    for _ in range(chosen.choice((0, 1, 1, 2, 3, 5))):
        if depth < 4 and chosen.random() < 0.15:
            brackets = chosen.choice(("()", "()", "[]", "{}") if units is BUILD_UNITS else ("()",))
            parts.append(brackets[0] + grow(chosen, units, depth + 1) + brackets[1])
        else:
            parts.append(chosen.choice(units))
        if units is BUILD_UNITS and chosen.random() < 0.2:
            parts.append(chosen.choice(",: \t"))
    if units is PARSE_UNITS and depth == 0:
        if chosen.random() < 0.3:
            parts.insert(chosen.randrange(len(parts) + 1), "|")
        if chosen.random() < 0.2:
            parts.append(chosen.choice((":name", ";the message", ":", ":" + "n" * 300, ";%s%n")))
    return "".join(parts)


def spoil(chosen, format):
    for _ in range(chosen.randrange(4)):
        at = chosen.randrange(len(format) + 1)
        what = chosen.randrange(4)
        if what == 0:
            format = format[:at] + chosen.choice(NOISE) + format[at:]
        elif what == 1:
            format = format[:at] + format[at + 1:]
        elif what == 2:
            format = format[:at] + chosen.choice(NOISE) * chosen.randrange(40) + format[at:]
        else:
            format = format[:at]
    return format


# ---- Arguments ----

class Odd:
    def __init__(self, value):
        self.value = value

    def get(self, *ignored):
        if isinstance(self.value, BaseException):
            raise self.value
        return self.value

    __int__ = __index__ = __float__ = __complex__ = __str__ = __len__ = __getitem__ = get


class Text(str):
    pass


class Data(bytes):
    pass


VALUES = [
    "0", "1", "-1", "13", "127", "128", "-129", "255", "256", "65536", "2**31", "-2**31-1",
    "2**63", "-2**63-1", "2**64", "10**40", "True", "None", "0.0", "1e300", "float('nan')",
    "float('-inf')", "1j", "''", "'a'", "'text'", "'null\\0'", "'\\u20ac'", "'\\U0001f40d'",
    "'\\ud800'", "b''", "b'a'", "b'bytes'", "b'null\\0'", "bytearray(b'array')", "bytearray()",
    "array.array('i', [1, 2])", "memoryview(b'view')", "memoryview(bytearray(8))[::2]",
    "memoryview(b'1234').cast('B', (2, 2))", "()", "(1, 2)", "('a', (1, b'b'))", "[]", "[1, 'a']",
    "{}", "{'a': 1}", "set()", "int", "str", "object()", "Ellipsis", "slice(1)", "range(3)",
    "Odd(1)", "Odd('x')", "Odd(2**70)", "Odd(KeyError('odd'))", "Text('text')", "Data(b'data')",
    "('x',) * 30", "b'x' * 5000", "'x' * 5000",
]


def value(chosen, depth=0):
    if depth < 3 and chosen.random() < 0.1:
        return "(%s)" % "".join(value(chosen, depth + 1) + ", " for _ in range(chosen.randrange(4)))
    return chosen.choice(VALUES)


def tuple_of(chosen, count):
    return "(%s)" % "".join(value(chosen) + ", " for _ in range(count))


def make_input(target, chosen):
    units = PARSE_UNITS if target == "parse" else BUILD_UNITS
    format = grow(chosen, units)
    if chosen.random() < 0.4:
        format = spoil(chosen, format)
    format = format[:60]
    module = chosen.choice(("formats", "formats_clean"))
    if target == "build":
        return module, format, tuple_of(chosen, 3), chosen.randrange(1 << 32)
    how = chosen.choice("ttkp")
    units = sum(c not in "#*!&?()|" for c in format)
    count = chosen.choice((units, units, units, units + 1, max(units - 1, 0), chosen.randrange(9)))
    names, keywords = [], "None"
    if how == "k":
        names = ["name%d" % i for i in range(min(chosen.choice((units, units, count, 3)), 24))]
        if names and chosen.random() < 0.2:
            names[chosen.randrange(len(names))] = ""
        if chosen.random() < 0.7:
            given = chosen.sample(names + ["other", "\u20ac"], min(len(names), 2))
            keywords = "{%s}" % ", ".join("%r: %s" % (n, value(chosen)) for n in given)
            count = max(count - len(given), 0)
    arguments = tuple_of(chosen, count)
    if how == "p" and chosen.random() < 0.5:
        arguments = value(chosen)
    return module, format, how, arguments, keywords, tuple(names)


def evaluate(text):
    return eval(text, globals())  # What VALUES has: our own.


def run(target, made):
    """One input.  Returns whether it had a result."""
    module = formats if made[0] == "formats" else formats_clean
    format = made[1]
    try:
        if target == "build":
            kinds = build_kinds(format)
            if kinds is None or len(kinds) > 40:
                return None
            result = module.build(format, kinds, evaluate(made[2]), made[3])
            repr(result)
        else:
            kinds = parse_kinds(format)
            if len(kinds) > 40:
                return None
            module.parse(made[2], format, kinds, evaluate(made[3]), evaluate(made[4]),
                         tuple(name.encode() for name in made[5]))
    except (KeyboardInterrupt, MemoryError):
        raise
    except Exception:
        return False
    return True


def main():
    if sys.argv[1] == "again":
        with open(sys.argv[2]) as stream:
            target, made = ast.literal_eval(stream.read().rstrip("\0 \n"))
        print(target, made, run(target, made))
        return
    target, seconds, seed = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
    with open(sys.argv[4], "wb") as stream:
        stream.write(bytes(1 << 16))
    with open(sys.argv[4], "r+b") as stream:
        state = mmap.mmap(stream.fileno(), 1 << 16)
    for known in KNOWN:
        if known[0] == target:
            run(*known)
    chosen = random.Random(seed)
    end, inputs, results = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        for _ in range(100):
            made = make_input(target, chosen)
            text = repr((target, made)).encode("ascii", "backslashreplace")[:(1 << 16) - 1]
            state[:len(text) + 1] = text + b"\0"
            result = run(target, made)
            inputs += result is not None
            results += bool(result)
    print("%d inputs, %d results" % (inputs, results))


if __name__ == "__main__":
    main()
