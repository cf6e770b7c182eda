"""guests.py HOST...: what calls of a Python 2 extension cost under py2abi on each Python HOST.

Compared are, in one run: the same source in a real Python 2.7, where there is one; built for the
host itself; and in another process, asked with pickles through pipes, of the newest protocol that
both sides know.  The figures are to be read, not to be passed: whatever they are, the exit status
is 0.

Runs in the build directory, of which it uses the library.  What is measured runs this file again,
in Python 2.7 as well:

    guests.py measure DIRECTORY                    calls of the module "guest" in DIRECTORY
    guests.py bridge DIRECTORY INTERPRETER         the same in a process of INTERPRETER
    guests.py serve DIRECTORY                      that process
"""

from __future__ import print_function

import itertools
import os
import re
import struct
import subprocess
import sys
import time

try:
    import cPickle as pickle
except ImportError:
    import pickle

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
LIBRARY = os.path.abspath(os.path.join(".libs", "libpy2abi.so"))
BUILT = os.path.abspath(os.path.join("tests", "bench"))

# Processes of each kind take turns, so that a busy machine is unfair to none; each tries several
# times, and the least of all counts.
TURNS = 9
TRIES = 5
# How long one try takes, about, in seconds.
TRY = 0.004

# What is measured: what is asked of the bridge (an object, what to do, arguments), the statement,
# what it is called.  An iteration is asked for as a list.
ROWS = [
    ("guest", "nothing", (), "guest.nothing()", "no argument"),
    ("guest", "ints", (1, 2), "guest.ints(1, 2)", 'two ints, "ii"'),
    ("guest", "text", ("hello",), "guest.text('hello')", 'short text, "s"'),
    ("guest", "data", (b"hello",), "guest.data(b'hello')", 'short bytes, "s"'),
    ("guest", "triple", (), "guest.triple()", 'a tuple built, "(iid)"'),
    ("guest", "values", (1, 2.5, b"hello", None), "guest.values(1, 2.5, b'hello', None)",
     'parsed "ldsO", built "[ld(iO)]"'),
    ("guest", "through", ("thing",), "guest.through(thing)", "an object through, METH_O"),
    ("box", "get", (), "box.get()", "method"),
    ("box", ".", ("member",), "box.member", "member"),
    ("box", ".", ("described",), "box.described", "getset"),
    ("box", "__getitem__", (2,), "box[2]", "item, sq_item"),
    ("box", "__len__", (), "len(box)", "length"),
    ("box", "*", (), "for item in box: pass", "iteration, 100 items"),
    ("guest", "copy", ("block",), "guest.copy(block)", '1 MB in and out, "s#"'),
    ("guest", "sum_array", (), "guest.sum_array()", "sum of 100,000 doubles"),
    ("guest", "work", (1000,), "guest.work(1000)", "1,000 ints made and added"),
    ("guest", "build", (1000,), "guest.build(1000)", "list of 1,000 ints out"),
    ("guest", "sum_list", ("floats",), "guest.sum_list(floats)", "list of 100,000 floats in"),
]


class Thing(object):
    """What a module cannot know."""


class Skip(Exception):
    """A measurement is not possible here."""


# ---- In the processes that are measured ----

LOOP = """
def loop(count):
    for _ in repeat(None, count):
        %s
"""
clock = getattr(time, "perf_counter", time.time)


def make_loop(statement, names):
    names = dict(names, repeat=itertools.repeat)
    # As locals, so that no world is measured by how fast it finds globals.
    inner = "\n".join("    " + line for line in (LOOP % statement).splitlines())
    arguments = ", ".join(sorted(names))
    names["__builtins__"] = __builtins__
    exec("def outer(%s):\n%s\n    return loop\n" % (arguments, inner), names)
    return names["outer"](**{name: names[name] for name in arguments.split(", ")})


def take_time(loop, count):
    start = clock()
    loop(count)
    return clock() - start


def measure(statement, names):
    """The nanoseconds of a statement, without those of the loop."""
    loop, empty = make_loop(statement, names), make_loop("pass", names)
    count = 1
    while take_time(loop, count) < TRY / 4 and count < 1 << 20:
        count *= 2
    seconds = min(take_time(loop, count) for _ in range(TRIES))
    return (seconds - min(take_time(empty, count) for _ in range(TRIES))) / count * 1e9


def objects(directory):
    """The names that the statements use, guest and box being the module's."""
    floats = [i / 7.0 for i in range(100000)]
    names = {"thing": Thing(), "block": b"x" * (1 << 20), "floats": floats}
    if directory is not None:
        sys.path.insert(0, directory)
        import guest
        guest.load(floats)
        names.update(guest=guest, box=guest.Box())
    return names


def measure_calls(directory):
    names = objects(directory)
    for row in ROWS:
        print("%.2f" % measure(row[3], names))


def send(pipe, value, protocol=2):
    text = pickle.dumps(value, protocol)
    pipe.write(struct.pack("<Q", len(text)) + text)
    pipe.flush()


def receive(pipe):
    head = pipe.read(8)
    return pickle.loads(pipe.read(struct.unpack("<Q", head)[0])) if len(head) == 8 else None


def serve(directory):
    """Do what standard input asks for; standard output has the results."""
    names = objects(directory)
    requests, answers = getattr(sys.stdin, "buffer", sys.stdin), os.fdopen(os.dup(1), "wb")
    send(answers, pickle.HIGHEST_PROTOCOL)
    protocol = min(receive(requests), pickle.HIGHEST_PROTOCOL)
    while True:
        request = receive(requests)
        if request is None:
            return
        target, verb, args = request
        target = names[target]
        if verb == ".":
            answer = getattr(target, args[0])
        elif verb == "*":
            answer = list(target)
        else:
            answer = getattr(target, verb)(*args)
        send(answers, answer, protocol)


def measure_bridge(directory, interpreter):
    names = objects(None)
    # Each process has its own LD_PRELOAD already: none.
    server = subprocess.Popen([interpreter, os.path.abspath(__file__), "serve", directory],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    protocol = min(receive(server.stdout), pickle.HIGHEST_PROTOCOL)
    send(server.stdin, pickle.HIGHEST_PROTOCOL)

    def ask(target, verb, args):
        send(server.stdin, (target, verb, args), protocol)
        return receive(server.stdout)

    for target, verb, args, _, _ in ROWS:
        args = tuple(names.get(arg, arg) if isinstance(arg, str) else arg for arg in args)
        print("%.2f" % measure("ask(target, verb, args)",
                               {"ask": ask, "target": target, "verb": verb, "args": args}))
    server.stdin.close()
    server.wait()


# ---- The run ----

def run(command, **settings):
    """The output of a command, which may fail."""
    dropped = re.compile("LD_PRELOAD$|PY2ABI_(?!HOSTS)|PYTHON")
    kept = {name: value for name, value in os.environ.items() if not dropped.match(name)}
    kept.update(settings)
    process = subprocess.Popen(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               universal_newlines=True)
    output, errors = process.communicate()
    if process.returncode != 0:
        raise Skip((errors + output).strip() or "%s failed" % command[0])
    return output


def build(kind, host):
    """The directory with the module built for a host, or, without one, for py2abi."""
    directory = os.path.join(BUILT, "guest." + kind)
    output = os.path.join(directory, "guest.so")
    source = os.path.join(HERE, "guest.c")
    if not os.path.isdir(directory):
        os.makedirs(directory)
    if host is None:
        # As tests/legacy/compile does it.
        run((os.environ.get("CC") or "cc").split()
            + ["-O1", "-g", "-fPIC", "-shared", "-Wall", "-Wextra", "-o", output, source, "-I",
               os.path.join(os.path.dirname(TESTS), "compat", "include")])
    else:
        # Another host's, of the run before, does not count as up to date.
        if os.path.exists(output):
            os.remove(output)
        # Python 2.7's headers hold what newer compilers warn of.
        run([os.path.join(TESTS, "legacy", "compile"), host, source, output, "-w"])
    return directory


def find_python2():
    """A real Python 2.7."""
    for line in run([os.path.join(TESTS, "hosts")]).splitlines():
        path, version = line.split("\t")[:2]
        if version == "2.7":
            return path
    raise Skip("no Python 2.7 was found; PY2ABI_HOSTS may name one")


def attempt(what, function, *args):
    """A function's result, or None and the reason printed."""
    try:
        return function(*args)
    except (OSError, Skip) as reason:
        print("%s: not measured: %s" % (what, reason))
        return None


def print_calls(host, python2, real):
    """One host's table.  real is the directory with the module for python2; both may be None."""
    version = run([host, "-c", "import sys; print(sys.version.split()[0])"]).strip()
    print("\nPython 2 binaries in Python %s, %s" % (version, host))
    script = os.path.abspath(__file__)
    native = attempt("a native build", build, "native", host)
    worlds = [("py2abi", [host, script, "measure", build("abi", None)], LIBRARY)]
    if real is not None:
        worlds.append(("2.7", [python2, script, "measure", real], None))
    if native is not None:
        worlds.append(("native", [host, script, "measure", native], None))
    server = (real, python2) if real is not None else (native, host)
    if server[0] is not None:
        worlds.append(("bridge", [host, script, "bridge"] + list(server), None))

    least = {}
    for _ in range(TURNS):
        for name, command, preload in list(worlds):
            settings = {"LD_PRELOAD": preload} if preload is not None else {}
            output = attempt(name, run_world, command, settings)
            if output is None:
                worlds.remove((name, command, preload))
                least.pop(name, None)
                continue
            least[name] = [min(pair) for pair in zip(output, least.get(name, output))]

    print("The bridge leads to a process of %s.\n" % server[1] if "bridge" in least else "")
    print("%-31s %8s %9s %9s %9s" % ("", "py2abi", "times", "times", "the bridge"))
    print("%-31s %8s %9s %9s %9s" % ("ns of:", "", "real 2.7", "native 3", "over ours"))
    for i, row in enumerate(ROWS):
        ours = least["py2abi"][i] if "py2abi" in least else None
        fields = ["-" if ours is None else "%.0f" % ours]
        for name, digits in (("2.7", 2), ("native", 2), ("bridge", 0)):
            if ours is None or name not in least:
                fields.append("-")
                continue
            peer = least[name][i]
            over, under = (peer, ours) if name == "bridge" else (ours, peer)
            fields.append("%.*f" % (digits, over / under) if under > 0 else "-")
        print("%-31s %8s %9s %9s %9s" % ((row[4],) + tuple(fields)))


def run_world(command, settings):
    return [float(line) for line in run(command, **settings).splitlines()]


def main(hosts):
    print("\nCalls of a Python 2 extension; the least of %d interleaved runs" % TURNS)
    python2 = attempt("a real Python 2.7", find_python2)
    real = attempt("a build for it", build, "2.7", python2) if python2 is not None else None
    for host in hosts:
        attempt(host, print_calls, host, python2, real)


if __name__ == "__main__":
    modes = {"measure": measure_calls, "bridge": measure_bridge, "serve": serve}
    if sys.argv[1:2] and sys.argv[1] in modes:
        modes[sys.argv[1]](*sys.argv[2:])
    else:
        main(sys.argv[1:])
