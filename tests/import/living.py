"""living.py CASE: Python 2 binaries whose objects are alive when the process forks or ends, that
are called in threads, and by themselves again, and that exceptions come through; run by
test_import.  Each case is a process of its own: how that ends is part of it.
"""

import atexit
import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref

import lives as m
from caselist import case, fails, main, skip


class Sub(m.Thing):
    """With a dictionary of its own."""


def everything():
    """Guest objects in many states, and what has them."""
    thing, sub = m.Thing(), Sub()
    thing.__init__([thing, sub])
    sub.__init__({"self": sub, "thing": thing})
    sub.attribute = [sub, m.call, m]
    values = [thing, sub, m.call, m.Thing, Sub, [1, [2]], {"a": thing}, (sub, thing), {1, 2},
              lambda: sub, iter([thing]), ValueError(sub), b"x" * 100000, u"y" * 1000, 2 ** 70,
              1.5, m.Thing(m.call, lambda: None), weakref.ref(sub), memoryview(b"abc"),
              bytearray(b"abc"), type("Late", (m.Thing,), {})(), sys.stdout]
    return values


def child(code, **settings):
    """A program in a process of its own, which has the binary, too."""
    settings["PYTHONPATH"] = os.pathsep.join([os.environ["PYTHONPATH"], os.path.dirname(__file__)])
    return subprocess.run([sys.executable, "-c", "import sys, os, lives as m\n" + code],
                          env=dict(os.environ, **settings), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, universal_newlines=True)


# ---- The end ----

@case
def alive_in_modules():
    sys.kept = everything()
    globals()["kept"] = everything()
    __import__("builtins").kept = everything()
    m.kept = everything()


@case
def alive_in_cycles():
    gc.disable()
    for i in range(100):
        everything()


@case
def kept_by_the_binary():
    # Its destructors let them go when Python has ended.
    for value in everything():
        m.keep(value)
    for i in range(50):
        m.keep(Sub(everything()))


@case
def kept_by_the_binary_with_last_words():
    class Last(m.Thing):
        def __del__(self):
            m.call(len, [])
    m.keep(Last())
    m.keep(m.Thing(None, lambda: m.call(len, [])))
    m.keep(Sub(Last(None, lambda: m.call(len, []))))


@case
def threads_inside():
    # Of which one has no lock, one is called back, one waits in Python.
    def rest():
        while True:
            m.rest(50)

    def again():
        m.call(m.call, time.sleep, 100)

    def turn():
        while True:
            m.call(everything)
    for function in (rest, again, turn, turn):
        thread = threading.Thread(target=function)
        thread.daemon = True
        thread.start()
    time.sleep(0.1)


@case
def threads_of_its_own():
    kept = everything()
    m.for_ever(lambda i: m.call(len, kept))
    m.for_ever(lambda i: Sub(i))
    time.sleep(0.05)


@case
def inside_a_generator():
    def generate():
        own = Sub(everything())
        while True:
            m.call(lambda: own)
            yield own
    generators = [generate() for i in range(3)]
    for generator in generators:
        next(generator)
    m.keep(generators[0])
    sys.generator = generators[1]


@case
def handlers_at_the_end():
    kept = everything()
    atexit.register(m.call, m.call, gc.collect)
    atexit.register(lambda: [m.call(type, value) for value in kept])
    atexit.register(lambda: m.in_threads(lambda i: m.call(len, kept), 2, 3))

    class Last:
        def __init__(self):
            self.thing = Sub(self)

        def __del__(self):
            m.call(m.Thing, self.thing)
    sys.last, globals()["last"] = Last(), Last()


@case
def weak_references_at_the_end():
    kept = everything() + [Sub(), m.Thing()]
    references = [weakref.ref(value, lambda reference: m.call(m.Thing, 5))
                  for value in kept if isinstance(value, m.Thing)]
    assert len(references) >= 5
    finalizers = [weakref.finalize(value, m.call, len, []) for value in kept
                  if isinstance(value, m.Thing)]
    sys.kept = [kept, references, finalizers]


@case
def exits_within():
    # SystemExit comes through all calls, and out of a callback of a deallocator it does not.
    result = child("m.call(m.call, lambda: m.call(sys.exit, 7))")
    assert result.returncode == 7 and result.stderr == "", result
    result = child("m.Thing(None, lambda: sys.exit(7)); print('here')")
    assert result.returncode == 0 and result.stdout == "here\n", result
    assert "SystemExit" in result.stderr, result
    # The end by C, in the middle of a call, with an error pending.
    result = child("m.keep(m.Thing()); m.keep([m]); m.call(m.call, m.leave, 5)")
    assert result.returncode == 5 and result.stderr == "", result
    result = child("m.keep(m.Thing(m.call, m.leave)); m.call(os._exit, 4)")
    assert result.returncode == 4 and result.stderr == "", result


@case
def uncaught():
    result = child("class S(m.Thing): pass\n"
                   "def f(): raise KeyError(S())\n"
                   "m.call(m.call, f)")
    assert result.returncode == 1 and "KeyError" in result.stderr, result
    assert "in f" in result.stderr and "Fatal" not in result.stderr, result


@case
def interrupted():
    code = ("import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
            "try: m.call(m.call, lambda: os.kill(os.getpid(), 2) or [0 for i in range(10000)])\n"
            "except KeyboardInterrupt: print('interrupted')\n"
            "print(m.swallow(lambda: os.kill(os.getpid(), 2) or list(map(int, range(9)))).decode())\n"
            "m.call(os.kill, os.getpid(), 2)\n"
            "for i in range(10000): pass\n")
    result = child(code)
    assert result.stdout == "interrupted\nexceptions.KeyboardInterrupt\n", result
    assert result.returncode in (1, -signal.SIGINT, 130), result


# ---- The other process ----

def forked(run):
    """A child that does that and ends as Python ends; what it wrote to its pipe."""
    end, start = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.close(end)
        os.write(start, repr(run()).encode())
        sys.exit(0)
    os.close(start)
    with os.fdopen(end, "rb") as stream:
        words = stream.read().decode()
    status = os.waitpid(pid, 0)[1]
    assert status == 0, "status %#x: %s" % (status, words)
    return words


@case
def forked_with_objects():
    kept = everything()
    kept[0].__init__(kept)
    m.keep(kept)

    def use():
        kept[5].append(m.Thing(kept))
        gc.collect()
        return [m.call(len, kept), type(m.call(lambda: kept[1])).__name__,
                m.in_threads(lambda i: m.call(Sub), 3, 10)]
    assert forked(use) == repr([len(kept), "Sub", 0])
    assert use() == [len(kept), "Sub", 0]


@case
def forked_within_a_call():
    def fork():
        return forked(lambda: m.call(m.all, [1, 2]))
    assert m.call(m.call, fork) == "[1, 2]"
    # The child goes back through the calls, and ends behind them.
    values = [m.Thing()]
    pid = m.call(m.call, lambda: values.append(5) or os.fork())
    values.append(m.call(len, values))
    if pid == 0:
        sys.exit(values[-1])
    assert os.waitpid(pid, 0)[1] == 2 << 8, values


@case
def forked_by_a_thread():
    stop = []

    def turn():
        while not stop:
            m.call(everything)
            m.rest(1)
    threads = [threading.Thread(target=turn) for i in range(3)]
    for thread in threads:
        thread.start()
    try:
        for i in range(5):
            assert m.call(forked, lambda: m.call(len, everything())) == repr(len(everything()))
        result = []
        forker = threading.Thread(target=lambda: result.append(forked(lambda: m.all("ab"))))
        forker.start()
        forker.join()
        assert result == ["['a', 'b']"], result
    finally:
        stop.append(1)
        for thread in threads:
            thread.join()


def square(number):
    return m.call(lambda: number * number)


@case
def many_processes():
    try:
        import multiprocessing
        context = multiprocessing.get_context("fork")
        pool = context.Pool(3)
    except (ImportError, OSError):
        skip("it has no multiprocessing")
    m.keep(everything())
    assert pool.map(square, range(50)) == [number * number for number in range(50)]
    assert pool.apply(m.call, (len, [1])) == 1
    pool.close()
    pool.join()


# ---- Threads ----

@case
def many_threads():
    errors, counts = [], []

    def turn(number):
        try:
            for i in range(300):
                own = Sub([number, i])
                assert m.call(lambda: own) is own
                assert m.all([own, i]) == [own, i]
                error = fails(KeyError, lambda: m.call({}.__getitem__, (number, i)))
                assert error.args == ((number, i),)
                if i % 50 == 0:
                    m.rest(1)
                    assert m.in_threads(lambda j: m.call(len, [j, number]), 2, 5) == 0
            counts.append(number)
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=turn, args=(i,)) for i in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors and len(counts) == 10, errors
    seen = []
    assert m.in_threads(lambda i: seen.append((threading.get_ident(), i)), 8, 100) == 0
    assert len(seen) == 800 and {i for thread, i in seen} == set(range(100))
    assert m.in_threads(lambda i: 1 // (i % 2), 4, 10) == 20


@case
def threads_come_and_go():
    def turn():
        m.call(m.swallow, lambda: {}[5])

    def round():
        for i in range(50):
            thread = threading.Thread(target=turn)
            thread.start()
            thread.join()
        m.in_threads(lambda i: turn(), 10, 5)
        gc.collect()
        gc.collect()
        return len(gc.get_objects()), getattr(sys, "gettotalrefcount", int)()
    round()
    objects, references = round()
    for i in range(3):
        now = round()
    assert now[0] < objects + 50 and now[1] < references + 300, (objects, references, now)


# ---- Calls that call ----

@case
def each_calls_the_other():
    def down(n):
        return m.deeper(down, n) if n > 0 else threading.get_ident()
    assert down(50) == threading.get_ident()
    for function in (lambda: (lambda f: f(f))(lambda f: m.call(f, f)),
                     lambda: (lambda f: f(f, 0))(lambda f, n: m.deeper(lambda k: f(f, k), n))):
        error = fails(RuntimeError, function, "recursion")
        assert type(error) is getattr(__import__("builtins"), "RecursionError", RuntimeError)
        error = None
        assert m.call(m.all, [1]) == [1] and down(20) == threading.get_ident()
    # And in a thread, whose stack is another one.
    result = []
    thread = threading.Thread(target=lambda: result.append(
        fails(RuntimeError, lambda: (lambda f: f(f))(lambda f: m.call(f, f)))))
    thread.start()
    thread.join()
    assert len(result) == 1


@case
def exceptions_both_ways():
    class Mine(Exception):
        pass

    def thrower(error):
        def throw(*args):
            raise error
        return throw
    for error in (Mine("x", 5), KeyError(5), SystemExit(3), KeyboardInterrupt(), GeneratorExit(),
                  StopIteration(7), MemoryError(), OSError(2, "no"), UnicodeDecodeError(
                      "ascii", b"\xff", 0, 1, "bad"), SyntaxError("s", ("f", 1, 2, "t"))):
        for depth in range(4):
            function = thrower(error)
            for i in range(depth):
                function = (lambda inner: lambda: m.call(inner))(function)
            caught = fails(type(error), lambda: m.call(m.call, function))
            assert caught is error, (caught, error)
        assert m.swallow(thrower(error)).decode().split(".")[-1] == type(error).__name__
    # What was being handled goes on being handled.
    try:
        raise Mine("outer")
    except Mine as outer:
        inner = fails(KeyError, lambda: m.call({}.__getitem__, 5))
        assert inner.__context__ is outer
        m.swallow(lambda: {}[5])
        assert sys.exc_info()[1] is outer
    assert sys.exc_info() == (None, None, None)


@case
def exceptions_of_iterators():
    class Iterator:
        def __init__(self, end):
            self.end, self.count = end, 0

        def __iter__(self):
            return self

        def __next__(self):
            self.count += 1
            if self.count > 2:
                raise self.end
            return self.count
    assert m.all(Iterator(StopIteration())) == [1, 2]
    assert m.all(Iterator(StopIteration(5))) == [1, 2]
    for error in (KeyError(1), SystemExit(), KeyboardInterrupt()):
        assert fails(type(error), lambda: m.all(Iterator(error))) is error
    thing = m.Asking(lambda what: next(numbers))
    numbers = iter([1, 2, 3])
    assert [item for item in thing] == [1, 2, 3]

    def generate():
        yield 1
        yield m.call(lambda: (yield))
        raise KeyError("in a generator")
    fails(KeyError, lambda: m.all(generate()), "in a generator")


@case
def exceptions_of_slots():
    def answer(what):
        raise ZeroDivisionError(what)
    thing = m.Asking(answer)
    for function, what in ((hash, "hash"), (bool, "nonzero"), (len, "length"), (next, "next"),
                           (repr, "repr"), (lambda thing: thing == 5, "compare"),
                           (lambda thing: {thing}, "hash"), (lambda thing: 5 in [thing], "compare"),
                           (lambda thing: m.all(thing), "next"),
                           (lambda thing: {1: 2}.get(thing), "hash"),
                           (lambda thing: "%r" % [thing], "repr"),
                           (lambda thing: sorted([thing, thing]), "compare")):
        fails(ZeroDivisionError, lambda: function(thing), what)
        fails(ZeroDivisionError, lambda: m.call(function, thing), what)
    thing.__init__(lambda what: "text")
    fails(TypeError, lambda: hash(thing))
    fails(TypeError, lambda: m.call(len, thing))
    assert repr(thing) == "text" or fails(TypeError, lambda: repr(thing))


@case
def exceptions_of_deallocators():
    # They have nobody to tell, and what is raised meanwhile is not lost.
    seen = []
    code = ("def last(): raise KeyError('last words')\n"
            "def f():\n    t = m.Thing(None, last)\n    raise ValueError('mine')\n"
            "try: m.call(f)\nexcept ValueError as e: print(e)\n")
    result = child(code)
    assert result.stdout == "mine\n" and result.returncode == 0, result
    assert "last words" in result.stderr, result

    def last():
        seen.append(m.swallow(lambda: {}[1]))
        m.Thing(None, lambda: seen.append(2))

    def function():
        thing = m.Thing([], last)
        thing.attribute = None
    fails(AttributeError, lambda: m.call(function))
    gc.collect()
    assert len(seen) == 2 and seen[1] == 2, seen


if __name__ == "__main__":
    main()
