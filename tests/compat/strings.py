# strings.py TABLE FACTS MODULE... - sends strings across in every way, and compares.
#
# TABLE is strings.tsv, FACTS strings27.tsv; the modules are strings.c's, each under the name of
# a binary, with what PY2ABI_STR and PY2ABI_TEXT say for it: strings0=latin1:str.  Prints how
# many crossings were compared and each that came out otherwise; exit status 1 if there is one.
#
# strings.py --record TABLE, in a Python 2.7 with strings0, prints FACTS: what the formats of
# PyArg_ParseTuple do with strings.

from __future__ import print_function

import importlib
import operator
import sys
import types
import warnings

BYTES = {
    "empty": b"", "ascii": b"abc", "latin1": b"caf\xe9", "utf8": b"caf\xc3\xa9",
    "invalid": b"a\xff\xc3", "null": b"a\0b", "byte": b"\xe9", "letter": b"x",
    "escaped": b"a\xff",
}
# The last two have characters that no codec of PY2ABI_STR has.
TEXT = {
    "empty": u"", "ascii": u"abc", "latin1": u"caf\xe9", "euro": u"\u20ac",
    "astral": u"\U0001f600",
    "null": u"a\0b", "letter": u"x", "accent": u"\xe9", "escaped": u"a\udcff", "lone": u"\ud800",
}

# ---- What the table's expressions are made of ----


class Error(Exception):
    pass


class Thing(object):
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Said(object):
    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


class Listed(object):
    def __init__(self, *names):
        self.names = names

    def __dir__(self):
        return self.names


class Asked(object):
    """It knows what it was asked."""
    def ask(self, other):
        self.__dict__["asked"] = other
        return True

    __getitem__ = __getattr__ = __add__ = __eq__ = __contains__ = ask
    __hash__ = None


def same(value):
    return value


def named(**names):
    return names


def module(name="a_module"):
    return types.ModuleType(name)


def name_of(thing):
    return list(vars(thing))[0]


def new_name(add, p):
    made = module()
    names = set(vars(made))
    add(p, made)
    return (set(vars(made)) - names or {""}).pop()


def asked(function, p):
    thing = Asked()
    function(p, thing)
    return vars(thing)["asked"]


def specification(m, p):
    class Formatted(object):
        def __format__(self, text):
            self.text = text
            return ""

    thing = Formatted()
    m.format_with(p, thing)
    return thing.text


def cell(value):
    return (lambda: value).__closure__[0]


def cell_contents(m, p):
    empty = cell(None)
    m.set_cell(p, empty)
    return empty.cell_contents


def raised(function, p, error):
    try:
        function(p, error)
    except error as found:
        return found


def raiser(value):
    def function():
        raise LookupError(value)
    return function


def warned(m, p):
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        m.warn(p, UserWarning)
    return str(found[0].message)


def given(m, action, make=None):
    """What an object of the binary's was given in an action."""
    thing = (make or m.thing)(())
    action(thing)
    return m.given(thing)


def member_set(m, value):
    thing = m.thing(())
    thing.object = value
    return thing


def renamed(name):
    def function():
        pass
    function.__name__ = name
    return function


def documented(text):
    function = renamed("f")
    function.__doc__ = text
    return function


def of_module(name):
    function = renamed("f")
    function.__module__ = name
    return function


def applied(other, function, p):
    """What a function of one binary gives to Python 3 when another has called it."""
    found = []
    other.apply(function, (p, found.append))
    return found[0]


# ---- The rules ----


def read(name):
    """The fields of a file's lines."""
    with open(name) as file:
        lines = [line.rstrip("\n") for line in file]
    return [line.split("\t") for line in lines if line and not line.startswith("#")]



def attempt(codecs, policy, value):
    """What the first codec makes of a string that can."""
    for codec in codecs:
        for codec in (policy if codec == "policy" else
                      [c for c in policy if "/" in c] if codec == "codec" else [codec]):
            if codec in ("bytes", "unicode"):
                return value
            name, errors = codec.replace("filesystem", sys.getfilesystemencoding()).split("/")
            try:
                return value.decode(name, errors) if isinstance(value, bytes) else \
                    value.encode(name, errors)
            except UnicodeError:
                pass
    return UnicodeDecodeError


def tell(value):
    """As the binary tells a string."""
    return (ord("s"),) + tuple(bytearray(value)) if isinstance(value, bytes) else \
        (ord("u"),) + tuple(map(ord, value))


class Policy(object):
    """What is set for a binary."""
    def __init__(self, codec, text):
        self.out = ["bytes" if codec == "bytes" else codec + "/strict"]
        self.into = ["unicode"] if text == "unicode" else \
            [("utf-8" if codec == "bytes" else codec) + "/strict", "unicode"]


class Table(object):
    def __init__(self, name):
        self.rules, self.rows = {}, []
        for fields in read(name):
            if fields[0] == "rule":
                self.rules[fields[1], fields[2]] = fields[3].split()
            else:
                self.rows.append(fields)

    def out(self, rule, policy, string):
        return attempt(self.rules[rule, "out"], policy.out, string)

    def into(self, rule, policy, string):
        if isinstance(string, bytes):
            return tell(string)
        return tell(attempt(self.rules[rule, "in"], policy.into, string))


# ---- Formats ----


def write(told):
    """A string that was told, as the facts have it."""
    if not isinstance(told, tuple):
        return str(told)
    return chr(told[0]) + "".join("/%x" % number for number in told[1:])


def parse(function, string):
    """What a format made of a string, as the facts have it."""
    try:
        return write(function(string))
    except UnicodeError as error:
        return type(error).__name__  # The words name codecs in another way.
    except (TypeError, ValueError) as error:
        return "%s: %s" % (type(error).__name__, error)


BY_DEFAULT_ENCODING = ("parse_s", "parse_z", "parse_s_sized", "parse_z_sized", "parse_t",
                       "parse_s_star")


def formats(m):
    return [name for name in sorted(dir(m)) if name.startswith("parse_")]


def record(table):
    reload(sys)  # noqa: F821
    sys.setdefaultencoding("utf-8")
    import strings0 as m
    strings = dict((tell(string), string) for string in list(BYTES.values()) + list(TEXT.values()))
    for string in TEXT.values():
        for codec in ("ascii", "latin-1", "utf-8"):
            encoded = Table(table).into("value", Policy(codec, "str"), string)
            if encoded[0] == ord("s"):
                strings[encoded] = b"".join(map(chr, encoded[1:]))
    print("# strings27.tsv - what PyArg_ParseTuple of CPython 2.7.18 (x86-64, four-byte unicode)\n"
          "# does with strings, with UTF-8 as the default encoding.  Recorded there by\n"
          "# strings.py.\n"
          "#\n"
          "# FUNCTION STRING OUTCOME; a string is s or u, and its bytes or characters.")
    for name in formats(m):
        for told, string in sorted(strings.items()):
            print("%s\t%s\t%s" % (name, write(told), parse(getattr(m, name), string)))


def read_facts(name):
    return {(function, told): outcome for function, told, outcome in read(name)}


# ---- Comparing ----

compared, failures = 0, []


def compare(what, expected, found):
    global compared
    compared += 1
    if found != expected or type(found) is not type(expected):
        failures.append("%s: %a, not %a" % (what, found, expected))


def evaluate(expression, names):
    try:
        return eval(expression, dict(globals(), **names))
    except UnicodeDecodeError:
        return UnicodeDecodeError
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


def cut(string, form):
    """As much of a string as a crossing of that form has."""
    return (string.split(b"\0")[0] if form == "chars" else
            string.split(u"\0")[0] if form == "name" else
            string[:1] or b"?" if form == "letter" else string)


def one_row(table, m, policy, row):
    """What a row of the table says of each string: it, what is expected, the names."""
    direction, rule, form = row[0], row[2], row[-2]
    for payload, string in sorted(BYTES.items()) if direction == "out" or form == "both" else []:
        if direction == "out":
            yield (string, table.out(rule, policy, cut(string, form)),
                   dict(payload=payload, p=tuple(bytearray(string))))
        else:
            yield string, table.into(rule, policy, string), dict(v=string)
    for string in TEXT.values():
        if direction == "in":
            yield string, table.into(rule, policy, cut(string, form)), dict(v=string)
        elif direction == "wide":
            yield string, string, dict(p=tuple(map(ord, string)))


def one_binary(table, facts, m, policy, label):
    """Each row of the table, and each format."""
    for row in table.rows:
        for string, expected, names in one_row(table, m, policy, row):
            compare("%s: %s: %s %a" % (label, row[0], row[1], string), expected,
                    evaluate(row[-1], dict(names, m=m)))
    for string in list(BYTES.values()) + list(TEXT.values()):
        for name in formats(m):
            told = table.into("value", policy, string)
            if told[0] == ord("u") and string == TEXT["escaped"] and name in BY_DEFAULT_ENCODING:
                told = tell(BYTES["escaped"])  # Characters that stand for bytes are these.
            expected = facts[name, write(told)]
            if name == "parse_c" and told[0] == ord("u") and len(told) == 2 and told[1] < 0x100:
                expected = write((ord("s"), told[1]))  # A letter is one in Python 3.
            compare("%s: %s %a" % (label, name, string), expected,
                    parse(getattr(m, name), string))


def look_up(table, m, policy, label):
    """A key is found by what the binary sees of it, and one in ASCII by either kind."""
    def find(told, found, name, key):
        function = getattr(m, name if told[0] == ord("s") else name.replace("s_", "s_wide_"))
        compare("%s: %s %a" % (label, name, key), True,
                evaluate("function(p, found) == 1",
                         dict(function=function, p=told[1:], found=found)))

    for key in list(BYTES.values()) + list(TEXT.values()):
        told = table.into("value", policy, key)
        views = [told]
        if all(number < 0x80 for number in told[1:]):
            views = [(ord(kind),) + told[1:] for kind in "su"]
        for view in views:
            find(view, {key: 1}, "finds_in_dict", key)
            find(view, {key: 1}, "finds_item", key)
            find(view, {key: 1}, "finds_contained", key)
            find(view, {key}, "finds_in_set", key)


def two_binaries(table, a, b):
    """What one gives the other: each has its own policy, also for what the other keeps."""
    (one, from_policy, from_label), (other, to_policy, to_label) = a, b
    label = "%s to %s" % (from_label, to_label)
    for string in BYTES.values():
        p = tuple(bytearray(string))
        between = table.out("value", from_policy, string)
        arrived = between if between is UnicodeDecodeError else \
            table.into("value", to_policy, between)
        raw = tell(string)
        for expression, expected in (
                ("other.see(one.result(p))", arrived),
                ("other.see_values(one.in_dict(p))[0]", arrived),
                ("other.see_list(one.in_list(p))", arrived),
                ("other.see_item([one.thing(p)()])", arrived),
                # No Python 3 is between them, and so the one's code runs as the other's.
                ("other.call(p, one.see)", raw),
                ("other.see_called(one.thing(p))", raw),
                ("applied(other, one.call, p)", table.out("value", to_policy, string))):
            compare("%s: %s %a" % (label, expression, string), expected,
                    evaluate(expression, dict(one=one, other=other, p=p)))
    for string in list(BYTES.values()) + list(TEXT.values()):
        for expression in ("see_values({1: v})[0]", "see_entry({1: v})[1]", "see_keys({v: 1})[0]",
                           "see_entry({v: 1})[0]", "see_borrowed({'key': v})", "see_list([v])",
                           "see_list([v] * 5)", "see([v])[0]"):
            function, rest = expression.split("(", 1)
            rest, index = rest.rsplit(")", 1)
            names = dict(one=one, other=other, v=string)
            names["o"] = eval(rest, names)
            one.keep(names["o"])  # as long as the other has it
            for m, policy in ((one, from_policy), (other, to_policy), (one, from_policy)):
                names["m"] = m
                if "[v]" in expression:
                    policy = from_policy  # A list has one memory for all.
                compare("%s: %s %a" % (label, expression, string),
                        table.into("value", policy, string),
                        evaluate("m.%s(o)%s" % (function, index), names))
            one.keep(None)


def main(arguments):
    if arguments[0] == "--record":
        return record(arguments[1])
    table, facts = Table(arguments[0]), read_facts(arguments[1])
    binaries = []
    for argument in arguments[2:]:
        name, policy = argument.split("=")
        binaries.append((importlib.import_module(name), Policy(*policy.split(":")), argument))
    for binary in binaries:
        one_binary(table, facts, *binary)
        look_up(table, *binary)
    for one in binaries:
        for other in binaries:
            if one is not other:
                two_binaries(table, one, other)
    print("%d compared" % compared)
    for failure in failures:
        print(failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
