"""driver.py FOLDERS NAME: drive the binary NAME of a real Python 2.7, in that Python or in
Python 3 with py2abi; drivers/NAME.py says how, drivers/NAME.expected what a real 2.7.18
printed.  FOLDERS are separated by colons; the first that has the binary counts.

A driver is run with these names:

    module       the binary under test, from FOLDERS in Python 3
    load(name)   another binary of FOLDERS, the same way
    show(label, function, *args, **kwargs)
                 calls the function, prints the label and the result or the exception
    kind(label, function, *args, **kwargs)
                 the same with the exception's type only, where Python itself words the message
    system(label, function, *args, **kwargs)
                 the same with the number and the text of the system's errors, which have
                 other names in Python 3
    value(x)     how a value is printed: the same text in both Pythons
    name_of(x)   what a label calls an argument
    b(text)      text of characters below 256 as 2.7's str, which is bytes in Python 3
    u(text)      the same as unicode
    include(name)
                 runs drivers/name.inc, which several drivers share
    PY3          whether this is Python 3
"""

from __future__ import print_function

import os
import sys

PY3 = sys.version_info[0] > 2
if PY3:
    unicode, long = str, int
else:
    bytes = str


# Binaries that another one looks for beside itself; some distributions have them in the
# interpreter, and without them it is not what it was.
BESIDE = {"_ssl": ["_socket"], "_testcapi": ["_socket"]}


def find(name):
    endings = (".so", "module.so", ".x86_64-linux-gnu.so", "module.x86_64-linux-gnu.so")
    files = [os.path.join(folder, name + ending) for folder in FOLDERS for ending in endings]
    file = next((file for file in files if os.path.exists(file)), None)
    if file is None:
        print("there is no binary %s in %s" % (name, " or ".join(FOLDERS)))
        sys.exit(77)
    return file


def load(name):
    if not PY3:
        try:
            return __import__(name)
        except ImportError as error:
            print(error)
            sys.exit(77)
    import importlib.machinery
    import importlib.util
    file = find(name)
    for other in BESIDE.get(name, []):
        find(other)
    loader = importlib.machinery.ExtensionFileLoader(name, file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    made = importlib.util.module_from_spec(spec)
    loader.exec_module(made)
    return made


def letters(codes, quote):
    out = []
    for c in codes:
        if c in (ord(quote), 92):
            out.append("\\" + chr(c))
        elif 32 <= c < 127:
            out.append(chr(c))
        elif c < 256:
            out.append("\\x%02x" % c)
        else:
            out.append("\\u{%x}" % c)
    return quote + "".join(out) + quote


def value(x):
    kind = type(x)
    if kind is bytes:
        return "b" + letters(bytearray(x), "'")
    if kind is unicode:
        return "u" + letters([ord(c) for c in x], "'")
    if kind in (int, long) or x is None or kind is bool:
        return str(x)
    if kind is float or kind is complex:
        return repr(x)
    if kind is tuple:
        return "(" + ", ".join(map(value, x)) + ")"
    if kind is list:
        return "[" + ", ".join(map(value, x)) + "]"
    if kind is dict:
        return "{" + ", ".join(sorted(value(k) + ": " + value(v) for k, v in x.items())) + "}"
    if kind in (set, frozenset):
        return kind.__name__ + "{" + ", ".join(sorted(map(value, x))) + "}"
    return "<%s>" % kind.__name__


def message(error):
    text = str(error)
    if PY3 and isinstance(error, KeyError) and error.args:
        text = value(error.args[0])
    return text


def show(label, function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, message(error)))
        return None
    print("%s: %s" % (label, value(result)))
    return result


def kind(label, function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except Exception as error:
        print("%s: %s" % (label, type(error).__name__))
    else:
        print("%s: %s" % (label, value(result)))


def system(label, function, *args, **kwargs):
    try:
        result = function(*args, **kwargs)
    except SYSTEM_ERRORS as error:
        print("%s: error %s" % (label, " ".join(map(str, error.args[:2]))))
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, error))
    else:
        print("%s: %s" % (label, value(result)))


def missing(label, function, *args):
    """What a KeyError of the binary's says, which need not be the key alone."""
    try:
        print("%s: %s" % (label, value(function(*args))))
    except KeyError as error:
        print("%s: KeyError: %s" % (label, error.args[0]))
    except Exception as error:
        print("%s: %s: %s" % (label, type(error).__name__, error))


def name_of(x):
    if isinstance(x, (int, long, float, complex)):
        return value(x)
    return {bytes: "str", unicode: "text"}.get(type(x), type(x).__name__)


def as_text(x):
    """What is a str in either Python."""
    return x.decode("utf-8") if type(x) is bytes else x


def b(text):
    return text.encode("latin-1") if PY3 else text


def u(text):
    return text if PY3 else text.decode("latin-1")


def code_of(name):
    file = os.path.join(os.path.dirname(os.path.abspath(__file__)), "drivers", name)
    with open(file) as source:
        return compile(source.read(), file, "exec")


def include(name):
    exec(code_of(name + ".inc"), globals())


if __name__ == "__main__":
    FOLDERS, NAME = sys.argv[1].split(":"), sys.argv[2]
    module = load(NAME)
    SYSTEM_ERRORS = EnvironmentError, getattr(module, "error", EnvironmentError)
    exec(code_of(NAME + ".py"))
