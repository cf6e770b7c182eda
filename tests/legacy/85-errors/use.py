from __future__ import print_function
import errno
import os
import sys
import warnings
import errors as m

builtins = __import__("builtins" if sys.version_info[0] == 3 else "__builtin__")


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) and bytes is not str else value


class Output(object):
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def outcome(function, *args):
    try:
        print(text(function(*args)))
    except Exception as error:
        print(type(error).__name__, error)


def told(kind, *args):
    """What is written to standard error, and whether it is the last error from then on."""
    sys.last_type = sys.last_value = sys.last_traceback = None
    before, sys.stderr = sys.stderr, Output()
    try:
        is_clear = m.tell(kind, *args)
        return sys.stderr.text, is_clear, sys.last_type
    finally:
        sys.stderr = before
        sys.last_type = sys.last_value = sys.last_traceback = None


# Python 3 has no StandardError, and one class for those of the operating system.
found = {"StandardError": Exception}
for name in map(text, m.names()):
    print(text(m.look(name)))
    for arguments in ((), ("text",)):
        try:
            m.raise_it(name, *arguments)
        except BaseException as error:
            class_ = found.get(name) or getattr(builtins, name)
            if name.startswith("Unicode") and name[7:] in ("EncodeError", "DecodeError",
                                                           "TranslateError"):
                # They cannot be made with that.
                print(name, type(error) is TypeError)
            elif str is bytes and name == "StandardError":
                print(name, type(error).__name__ == name, error.args == arguments)
            else:
                print(name, type(error) is class_, error.args == arguments)
outcome(m.raise_it, "Missing")


class Own(EnvironmentError):
    pass


for class_ in EnvironmentError, IOError, OSError, Own, ValueError:
    for number in errno.ENOENT, errno.EBADF, 0, 99999:
        for file in ((), (b"missing.txt",), (u"wide.txt",), (5,)):
            try:
                m.of_errno(number, class_, *file)
            except (EnvironmentError, ValueError) as error:
                name = text(getattr(error, "filename", "no filename"))
                print(isinstance(error, class_), number, error.args[0] == number,
                      text(error.args[1]) == os.strerror(number) if number else "",
                      name if name is None else str(name))
for which in "internal", "argument", "memory", "text":
    outcome(m.of_itself, which)

for name in ("DeprecationWarning", "RuntimeWarning", "UserWarning", "FutureWarning", None,
             "PendingDeprecationWarning", "SyntaxWarning", "ImportWarning", "UnicodeWarning",
             "BytesWarning", "Warning"):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = sys._getframe().f_lineno + 1
        said = m.warn(name, "of " + str(name), 1)
    print(text(said), [(w.category.__name__, str(w.message), w.lineno - line,
                        os.path.basename(w.filename)) for w in caught])


def inner():
    return m.warn("UserWarning", "from below", 2)


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    line = sys._getframe().f_lineno + 1
    inner()
print([w.lineno - line for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    print(text(m.warn("RuntimeWarning", "as an error", 1)))
    warnings.simplefilter("ignore")
    print(text(m.warn("RuntimeWarning", "not at all", 1)))

for kind in range(3):
    for class_, value in ((ValueError, "text"), (KeyError, 5), (Own, (1, "two")),
                          (MemoryError, None)):
        print(kind, told(kind, class_, value, None)[0].replace("__main__.", "").splitlines(),
              told(kind, class_, value, None)[1:] == (True, class_ if kind != 0 else None))
for context in (5, [1]):
    shown, is_clear, last = told(3, ValueError, "nobody", context)
    print("ValueError" in shown, "nobody" in shown, "ignored" in shown, repr(context) in shown,
          is_clear, last)

print(text(m.refusals()))

limit = sys.getrecursionlimit()
print(text(m.recursion(100)))
print(text(m.recursion(5000)))
sys.setrecursionlimit(6000)
print(text(m.recursion(5000)))
print(m.set_limit(300), sys.getrecursionlimit())
print(text(m.recursion(200)))
print(text(m.recursion(500)))
sys.setrecursionlimit(limit)
print(text(m.recursion(500)))
