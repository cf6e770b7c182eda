from __future__ import print_function
import os
import signal
import sys
import tempfile
import threading
import warnings
import weakref
import threads as m


def show(text):
    print(text_of(text))


def text_of(text):
    return text.decode() if not isinstance(text, str) else text


class Output(object):
    def __init__(self):
        self.text = ""

    def write(self, text):
        self.text += text

    def flush(self):
        pass


# A shell that starts this in the background has SIGINT ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
show(m.run())
print(m.hashed)
show(m.by_hand())
for kind in range(3):
    show(m.threads(kind, lambda i: sum([i, 1])))
show(m.by_hand())
get_ident = getattr(threading, "get_ident", threading._get_ident if str is bytes else None)
show(m.locks(get_ident()))


class Object(object):
    pass


for function in m.clear_state, m.second_state:
    if function is m.second_state and hasattr(sys, "gettotalrefcount"):
        # A debug build of Python 3 ends the process when a thread goes on with another state.
        function = m.clear_state
    thing = Object()
    reference = weakref.ref(thing)
    print(text_of(function(thing)).split()[-1])
    del thing
    print(reference())
calls = []


def ask(value):
    while not m.pend(lambda: calls.append(value)):
        pass


def wait(count):
    while len(calls) < count:
        pass
    return calls


ask(1)
print(wait(1))
thread = threading.Thread(target=lambda: [ask(n) for n in range(50)])
thread.start()
while thread.is_alive():
    thread.join(0.01)
print(sorted(wait(51)))
try:
    print(m.pend(lambda: {}["missing"]))
    wait(1000)
except KeyError as error:
    print(error)
before, sys.stderr = sys.stderr, Output()
shown = m.display(TypeError)
after, sys.stderr = sys.stderr, before
show(shown)
print(after.text.strip().split("\n"))
registry = {}
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    show(m.warn(registry))
    show(m.warn(registry))
print([(str(w.message), w.filename, w.lineno, w.category.__name__) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    show(m.warn({}))
path, argv = list(sys.path), sys.argv
m.set_argv()
print(sys.argv, sys.path)
sys.path[:], sys.argv = path, argv
handle, name = tempfile.mkstemp()
os.write(handle, b"x = [1, 2]\n    \ty = 5\n")
os.close(handle)
try:
    m.run_file(name, 257, {})
except SyntaxError as error:
    print(error.filename, error.lineno)
for number in [-1, 0, 1, 2, 3]:
    show(m.line_of(name, number))
show(m.line_of("/no such file", 1))
with open(name, "w") as file:
    file.write("6 * 7\n")
print(m.run_file(name, 258, {}))
space = {}
with open(name, "w") as file:
    file.write("def f(x):\n    return x + 1\nvalue = f(4)\n")
print(m.run_file(name, 257, space), space["value"])
os.unlink(name)
module = m.module_of("a_module", compile("value = 5\nname = __name__", "<text>", "exec"))
print(module.value, module.name, module.__file__, sys.modules["a_module"] is module)
