# _testcapi: Python's own tests of the API, formats, threads, members.
import gc
import threading

M = module

# The tests that tell by an exception, which is of the binary's own.
for name in sorted(n for n in dir(M) if n.startswith("test_")):
    test = getattr(M, name)
    if not name.endswith("_code"):
        show(name, test)
show("constants", lambda: [getattr(M, name) for name in (
    "CHAR_MAX CHAR_MIN UCHAR_MAX SHRT_MAX SHRT_MIN USHRT_MAX INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN "
    "ULONG_MAX LLONG_MAX LLONG_MIN ULLONG_MAX PY_SSIZE_T_MAX PY_SSIZE_T_MIN").split()])
show("floats", lambda: (M.FLT_MAX, M.FLT_MIN, M.DBL_MAX, M.DBL_MIN))

# Formats.


class Index(object):
    def __int__(self):
        return 99


class Float(object):
    def __float__(self):
        return 4.25


NUMBERS = (0, 1, -1, 127, 128, 255, 256, 32767, 32768, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 63 - 1, 2 ** 63,
           -2 ** 63, -2 ** 63 - 1, 2 ** 64, True, 1.5, b("1"), u("1"), None, [], Index(), Float(), 1j)
for letter in "bBhHiIlknLK":
    f = getattr(M, "getargs_" + letter)
    for x in NUMBERS:
        kind("%s of %s" % (letter, name_of(x)), f, x)
    show("%s()" % letter, f)
    show("%s(1, 2)" % letter, f, 1, 2)
for letter in "fdD":
    f = getattr(M, "getargs_" + letter, None)
    for x in (0, 1.5, -1e300 if letter != "f" else -1e30, 2 ** 70, float("inf"), b("1.5"), None, Float(), 1j):
        kind("%s of %s" % (letter, name_of(x)), f, x)
TEXTS = (b("text"), b(""), b("a\0b"), u("text"), u("a\0b"), bytearray(b("ba")), memoryview(b("mv")), None, 5, [])
for letter in ("s", "s_star", "s_hash", "z", "z_star", "z_hash", "u", "u_hash", "U", "S", "Y", "c", "t_hash", "w", "w_hash", "w_star",
               "es", "et", "es_hash", "et_hash"):
    f = getattr(M, "getargs_" + letter, None)
    if f is None:
        print(letter, "is not there")
        continue
    for x in TEXTS:
        if letter == "c" and type(x) is unicode:
            continue  # Text is let in where Python 2 wanted a str.
        kind("%s of %s %d" % (letter, name_of(x), len(x) if hasattr(x, "__len__") else 0), f, x)
for encoding in (b("latin-1"), b("utf-8"), b("no-such-codec"), None, 5):
    for letter in ("es", "et", "es_hash", "et_hash"):
        kind("%s %s" % (letter, value(encoding)), getattr(M, "getargs_" + letter), u("\xe9"), encoding)
data = bytearray(10)
kind("es# into", M.getargs_es_hash, u("abc"), b("latin-1"), data)
kind("es# too short", M.getargs_es_hash, u("abcdefghijklm"), b("latin-1"), data)
for x in (b("x"), b("xy"), b(""), 5):
    kind("c of %s" % value(x), M.getargs_c, x)
show("tuple", M.getargs_tuple, 1, (2, 3))
show("tuple of list", M.getargs_tuple, 1, [2, 3])
for x in (5, (2,), (2, 3, 4), None, b("ab")):
    kind("tuple %s" % value(x), M.getargs_tuple, 1, x)
f = M.getargs_keywords
show("keywords", lambda: f((1, 2), 3, (4, (5, 6)), (7, 8, 9), 10))
show("some", lambda: f((1, 2), 3, arg5=10, arg4=(7, 8, 9)))
show("required only", lambda: f((1, 2), 3))
show("missing", lambda: f((1, 2)))
show("twice", lambda: f((1, 2), 3, arg2=4))
show("too many", lambda: f((1, 2), 3, (4, (5, 6)), (7, 8, 9), 10, 11))
kind("no such", lambda: f((1, 2), 3, arg99=1))
kind("wrong", lambda: f((1, 2), 3, arg5=b("x")))

# Slices.
for s in (slice(0, 10, 2), slice(-5, None), slice(None, None, -1), slice(10.1, 20, 1), slice(10, 20.1, 1), slice(2 ** 70, 2 ** 80)):
    kind("indices %s %s %s" % (name_of(s.start), name_of(s.stop), name_of(s.step)), M.get_indices, s, 100)

# Errors.
kind("raise_exception", M.raise_exception, KeyError, 3)
kind("raise_exception none", M.raise_exception, ValueError, 0)
kind("raise_exception 5", M.raise_exception, 5, 1)
try:
    M.raise_exception(ValueError, 2)
except ValueError as error:
    print("args", error.args)
print("error", M.error.__name__, issubclass(M.error, Exception))
made = M.make_exception_with_doc
show("with doc", lambda: made(b("_testcapi.e1")).__name__ == "e1")
show("its doc", lambda: made(b("_testcapi.e2"), b("some doc")).__doc__ == "some doc")
show("its base", lambda: made(name=b("_testcapi.e3"), base=KeyError).__mro__[1] is KeyError)
show("its bases", lambda: [c.__name__ for c in made(b("_testcapi.e4"), b("d"), (KeyError, ValueError)).__bases__] ==
     ["KeyError", "ValueError"])
show("its dict", lambda: made(b("_testcapi.e5"), b("d"), None, {"a": 1}).a)
show("no dot", made, b("nodot"))
kind("no name", made)
kind("doc 5", made, b("_testcapi.e6"), 5)
kind("base 5", made, b("_testcapi.e7"), b("d"), 5)

# Codes, decimals, members.
code = M.code_newempty(b("file.py"), b("function"), 13)
show("code", lambda: (code.co_name == "function", code.co_filename == "file.py", code.co_firstlineno))
kind("code 5", M.code_newempty, 5, b("x"), 1)
show("decimal", M.unicode_encodedecimal, u("1 2\u0663" if PY3 else "1 23"))
kind("decimal none", M.unicode_encodedecimal, u("\xe9"))
show("decimal replaced", M.unicode_encodedecimal, u("5\xe9"), b("replace"))
kind("decimal handler", M.unicode_encodedecimal, u("5\xe9"), b("no-such-handler"))
members = M._test_structmembersType
t = members(1)
NAMES = "T_BOOL T_BYTE T_UBYTE T_SHORT T_USHORT T_INT T_UINT T_LONG T_ULONG T_FLOAT T_DOUBLE T_PYSSIZET T_LONGLONG T_ULONGLONG T_STRING_INPLACE".split()
show("members", lambda: [(b(name), getattr(t, name)) for name in NAMES[:-1] if hasattr(t, name)])
print("text", str(t.T_STRING_INPLACE) == "")
for name in NAMES:
    for x in () if name == NAMES[-1] else (True, False, 0, 127, 128, -1, 255, 32767, 65535, 2 ** 31 - 1, 2 ** 31, 2 ** 63 - 1, 2 ** 64, 1.5, b("x"), None):
        kind("%s = %s" % (name, name_of(x)), lambda: (setattr(t, name, x), getattr(t, name)))
    kind("delete %s" % name, delattr, t, name)
kind("no member", getattr, t, "nothing")
kind("members()", lambda: type(members()) is members)
kind("members of text", members, b("x"))

# Threads, and calls that wait for the main one.
main = threading.current_thread()
seen = []
show("thread state", lambda: M._test_thread_state(lambda: seen.append(threading.current_thread() is main)))
kind("thread state of 5", M._test_thread_state, 5)
calls = []
show("pending", lambda: M._pending_threadfunc(lambda: calls.append(1)))
for k in range(1000):
    if calls:
        break
print("called", len(calls))


def from_thread():
    for k in range(5):
        while not M._pending_threadfunc(lambda: calls.append(2)):
            pass


worker = threading.Thread(target=from_thread)
worker.start()
while worker.is_alive() or calls.count(2) < 5:
    worker.join(0.01)
print("called from a thread", calls.count(2))
kind("pending()", M._pending_threadfunc)
gc.collect()
