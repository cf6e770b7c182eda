from __future__ import print_function
import os
import resource
import sys
import interpreter as m


def say(value):
    print(value.decode("latin-1") if bytes is not str else value)


say(m.built_in())
sys.modules.pop("another_module")
for name in "inner_module", "another_module", "failing_module", "barred_module":
    for _ in range(2):
        try:
            module = __import__(name)
            print(repr(module), getattr(module, "number", None), sys.modules[name] is module)
        except (ImportError, ValueError) as error:
            print(type(error).__name__, error, name in sys.modules)
sys.modules.pop("inner_module")
import inner_module
print(inner_module.number, inner_module is sys.modules.pop("inner_module"))
sys.modules.pop("another_module")
say(m.extension())
say(m.dynamic(m.__file__))
say(m.interpreter_modules())
for known, arguments in (("ab:c", ["prog", "-a", "-b", "x", "-cb", "y", "rest", "-a"]),
                         ("ab:c", ["prog", "-abx", "--", "-a"]), ("a", ["prog", "-z", "-a", "-"]),
                         ("b:", ["prog", "-b"]), ("", ["prog", "--help", "--version", "-c"]),
                         ("a", ["prog"]), ("a:", ["prog", "-a", ""]), ("ab", ["prog", "-ab", "-ba"])):
    say(m.options(known, arguments))
say(m.memory([1, 2]))
say(m.symbols())
say(m.bits())


class Class(object):
    def method(self):
        pass


for callable in len, Class().method, Class, say:
    say(m.callable(callable))

# ---- Memory, and objects in it ----

say(m.blocks())
say(m.initialised())

# ---- The program, and its end ----

say(m.program(sys.getfilesystemencoding(), sys.flags.optimize))


def ended(how):
    """What a child writes that ends so, and its status."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.close(reader)
        m.end(how, writer)
        os._exit(99)
    os.close(writer)
    text = b""
    while True:
        piece = os.read(reader, 1000)
        if not piece:
            break
        text += piece
    os.close(reader)
    status = os.waitpid(child, 0)[1]
    return str(text.decode().split("\n")[0]), os.WIFSIGNALED(status) or os.WEXITSTATUS(status)


print(ended("exit"))
print(ended("fatal"))


# ---- Source, slices, functions ----

def attempt(function, *args):
    try:
        return function(*args)
    except Exception as error:
        return type(error).__name__


EVAL, FILE, DIVISION = 258, 257, 0x2000
space = {"x": 4}
print(m.run_string("x + 1", EVAL, space, space), m.run_string("y = x * 2\nz = y", FILE, space, {}))
print(sorted(key for key in space if key != "__builtins__"))
print(m.run_string("y = x * 2", FILE, space, space), space["y"])
print(m.run_string("7 / 2", EVAL, {}, {}, DIVISION), attempt(m.run_string, "1 +", EVAL, {}, {}),
      attempt(m.run_string, "missing", EVAL, {}, {}))


class Index(object):
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


for value in (0, -5, 2 ** 62, 2 ** 100, -2 ** 100, True, Index(9), Index(2 ** 100), 1.5, None, u"x"):
    say(m.slice_index(value))
print(m.call_function(len, ([1, 2],)), m.call_function(max, (1, 5, 3)),
      m.call_function(sorted, ([2, 1],), {"reverse": True}))
for arguments in ((len, ()), (len, (1, 2)), (len, ([],), {"x": 1}), (globals, (1,)),
                  (m.slice_index, ()), (m.slice_index, (1,), {"x": 1}), (m.blocks, (1,))):
    print(attempt(m.call_function, *arguments))
print(m.call_function(len, ("abc",), {}))
