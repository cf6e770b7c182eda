"""Cases of the four functions in the life of a process."""
import atexit
import os
import sys
import threading

import oldbuffer
from fixture import CONTENT, case, in_second_interpreter, live, main, new, raises


@case
def the_plain_uses():
    array = bytearray(b'hello')
    assert oldbuffer.read(b'abc') == oldbuffer.char(b'abc') == b'abc'
    assert oldbuffer.write(array, b'HE') == 5 and array == b'HEllo'
    assert (oldbuffer.check(array), oldbuffer.check('str'), oldbuffer.check(5)) == (1, 0, 0)
    assert oldbuffer.copy(array, b'world') == 5 and array == b'world'
    raises(TypeError, oldbuffer.read, 'str')
    raises(TypeError, oldbuffer.write, b'abc', b'')


@case
def subclasses_and_sizes():
    class Bytes(bytes):
        pass
    class Array(bytearray):
        pass
    for size in (0, 1, 15, 16, 17, 255, 4096, 100000):
        for make in (bytes, bytearray, Bytes, Array, lambda b: memoryview(b)):
            data = os.urandom(size)
            assert oldbuffer.read(make(data)) == data
            assert oldbuffer.char(make(data)) == data
    array = bytearray(b'x' * 1000)
    del array[:100]
    array.extend(b'y')
    assert oldbuffer.read(array) == array


@case
def many_calls_leave_nothing_behind():
    exporter, array = new('rw'), bytearray(b'hello')
    for _ in range(2000):
        oldbuffer.read(exporter)
        oldbuffer.read(array)
        oldbuffer.check(exporter)
        for bad in (5, memoryview(b'abc')[::2]):
            try:
                oldbuffer.read(bad)
            except TypeError:
                pass
        try:
            oldbuffer.write(b'read-only', b'')
        except TypeError:
            pass
    array.append(1)


@case
def eight_threads():
    # In the first run, finding the host and learning its layouts happen in all
    # of them at once.
    problems = []
    start = threading.Barrier(8)
    def hammer(seed):
        try:
            start.wait()
            own = bytearray(b'%d' % seed * 100)
            exporter = oldbuffer.exp_rw()
            for n in range(300):
                assert oldbuffer.read(own) == own
                own.append(n % 256)
                assert oldbuffer.check(own) == 1
                assert oldbuffer.read(exporter) == CONTENT
                assert oldbuffer.write(own, b'X') == len(own)
                raises(TypeError, oldbuffer.read, n)
            assert live(exporter) == 0
        except BaseException as error:
            problems.append(repr(error))
    threads = [threading.Thread(target=hammer, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems


@case(repeat=False)
def fork():
    oldbuffer.read(b'before')
    pid = os.fork()
    if pid == 0:
        exporter = oldbuffer.exp_rw()
        good = oldbuffer.read(b'after') == b'after' and oldbuffer.read(exporter) == CONTENT
        os._exit(0 if good and live(exporter) == 0 else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert oldbuffer.read(b'after') == b'after'


@case(repeat=False)
def at_exit():
    def late():
        if oldbuffer.read(memoryview(b'late')) != b'late' or oldbuffer.check(b'') != 1:
            os._exit(3)
    atexit.register(late)


@case(repeat=False)
def while_the_interpreter_is_torn_down():
    class Last(object):
        read = oldbuffer.read
        view = memoryview(b'last')
        leave = os._exit
        def __del__(self):
            if type(self).read(self.view) != b'last':
                self.leave(3)
    sys.modules['kept until the end'] = Last()


@case
def a_second_interpreter():
    in_second_interpreter('''
import oldbuffer
assert oldbuffer.read(b"x") == oldbuffer.read(memoryview(b"x")) == b"x"
assert oldbuffer.check(5) == 0
try:
    oldbuffer.write(b"x", b"y")
except TypeError:
    pass
else:
    raise AssertionError
''')


if __name__ == '__main__':
    sys.exit(main())
