from __future__ import print_function
import sys
import traceback
import frames as m

global_one = b"global"


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


def entries(tb):  # without the functions of the binary, which 2.7 does not show
    for entry in [e for e in traceback.extract_tb(tb) if not e[0].endswith(".so>")]:
        print("  %s %d %s" % (entry[0].split("/")[-1], entry[1], entry[2]))


def failing():
    raise ValueError("from Python")


def catch(*args):
    try:
        m.raise_(*args)
    except Exception as error:
        print(type(error).__name__, error)
        entries(sys.exc_info()[2])
        return sys.exc_info()[2]


class Writer(object):
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text if isinstance(text, str) else text.decode()


show(m.run())
for depth in [0, 1, 3]:
    catch(depth)
tb = catch(2, failing)
catch(2, lambda: m.raise_(2))
catch(1, lambda: catch(1))
for i in range(3):
    show(m.keep_value())
writer = Writer()
show(m.print_(tb, writer))
lines = writer.text.split("\n")
print(lines[0], [line.strip() for line in lines if "module.pyx" in line])
show(m.print_(5, writer)[:3])


def plain(a, b=2, c=3):
    return [a, b, c]


def variadic(a, *args, **kwargs):
    return [a, args, sorted(kwargs.items())]


def outer(x):
    def inner(y=10):
        return x + y
    return inner


functions = [plain, variadic, outer(1), outer(100), lambda: 5]
for function in functions:
    show(m.look(function))
for other in [5, len, Writer]:
    show(m.look(other)[:11])
print(m.evaluate(plain, (1,), {}), m.evaluate(plain, (1, 5), {}))
print(m.evaluate(plain, (1,), {"c": 7}), m.evaluate(plain, (), {"a": 1, "b": 9}))
print(m.evaluate(variadic, (1,), {}), len(m.evaluate(variadic, (1, 2, 3), {"k": 5, "l": 6})))
print(m.evaluate(functions[2], (), {}), m.evaluate(functions[3], (5,), {}),
      m.evaluate(functions[2], (), {"y": 4}), m.evaluate(functions[4], (), {}))
for args in [(plain, (), {}), (plain, (1, 2, 3, 4), {}), (plain, (1,), {"z": 1})]:
    try:
        print(m.evaluate(*args))
    except TypeError:
        print("TypeError")
try:
    m.evaluate(failing, (), {})
except ValueError as error:
    print(error)
space = {"x": 5}
m.run_code(compile("y = x + 1", "<text>", "exec"), space, None)
print(space["y"], m.run_code(compile("x * 2", "<text>", "eval"), space, None))
other = {"x": 70}
print(m.run_code(compile("x * 2", "<text>", "eval"), space, other))
m.run_code(compile("z = x", "<text>", "exec"), space, other)
print(other["z"], "z" in space)
show(m.function_of((lambda a, b: [a, b]).__code__, {}))


def caller():
    local = 5
    show(m.where())
    local = 7
    show(m.where())
    return local


def further(local):
    show(m.where())


caller()
further(None)


class Class(object):
    def method(self):
        pass


for thing in [caller, len, Class().method, Class, Class(), 5, [].append]:
    show(m.names(thing))


# ---- Frames that C code fills ----

def three(a, b, c):
    d = [a, b]
    return d + [c] * 2


print(m.evaluate_frame(three, (1, 2, "c")), m.evaluate_frame(lambda: 5, ()))
for function, arguments in ((lambda a: {}[a], (5,)), (lambda a: a + [], (5,))):
    try:
        m.evaluate_frame(function, arguments)
    except (KeyError, TypeError) as error:
        print(type(error).__name__)
