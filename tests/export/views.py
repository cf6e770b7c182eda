"""Cases of how long a view is kept: PY2ABI_VIEWS=hold, and scopes."""
import ctypes
import os
import sys
import threading
import time

import oldbuffer
from fixture import (CONTENT, case, content, in_second_interpreter, live, main, new, pointer,
                     raises)

library = ctypes.PyDLL(None)


# --- The default -------------------------------------------------------------

@case
def released_at_once_by_default():
    # What the host does, to the letter: the exporter has poisoned the memory.
    exporter = new('poison_on_release')
    assert oldbuffer.read(exporter) == b'\xdd' * 16
    assert live(exporter) == 0


# --- PY2ABI_VIEWS=hold -------------------------------------------------------

@case(hold=True)
def poisoned_memory_is_read_in_time():
    assert oldbuffer.read(new('poison_on_release')) == CONTENT
    assert oldbuffer.char(new('poison_on_release')) == CONTENT


@case(hold=True)
def unmapped_memory_is_read_in_time():
    assert oldbuffer.read(new('unmap_on_release')) == CONTENT


@case(hold=True)
def freed_memory_is_read_in_time():
    assert oldbuffer.read(new('heap_freed_on_release')) == CONTENT
    assert oldbuffer.read_after(new('heap_freed_on_release'), dict) == CONTENT


@case(hold=True)
def owner_of_memory_lives_in_time():
    assert oldbuffer.read(oldbuffer.exp_view_owned_by_temporary()) == CONTENT


@case(hold=True)
def written_in_time():
    exporter = new('poison_on_release')
    assert oldbuffer.write(exporter, b'AB') == 16
    assert live(exporter) == 0


@case(hold=True)
def two_views_in_one_call():
    to, source = new('poison_on_release'), new('heap_freed_on_release')
    assert oldbuffer.copy(to, source) == 16
    assert (live(to), live(source)) == (0, 0)


@case(hold=True)
def asked_for_in_a_helper():
    # The C frame that asked is gone when its buffer is used, and a second one
    # is asked for from a shallower frame.
    first, second = new('heap_freed_on_release'), new('poison_on_release')
    assert oldbuffer.read_helper_then(first, second) == CONTENT * 2


@case(hold=True)
def released_on_return():
    array = bytearray(b'hello')
    oldbuffer.read(array)
    array.append(1)
    oldbuffer.write(array, b'HE')
    array.append(2)
    assert array == b'HEllo\1\2'


@case(hold=True, since=(3, 7))
def released_on_return_without_a_call():
    array = bytearray(b'hello')
    oldbuffer.read(array); array += b'x'; oldbuffer.read(array); del array[0]
    assert array == b'ellox'


@case(hold=True)
def released_when_the_function_raises():
    array = bytearray(b'hello')
    try:
        oldbuffer.read_then_raise(array)
    except ValueError:
        array += b'x'
    exporter = new('rw')
    def raises_out_of_its_frame():
        oldbuffer.read_then_raise(exporter)
    raises(ValueError, raises_out_of_its_frame)
    assert live(exporter) == 0


@case(hold=True)
def kept_while_the_function_calls_back():
    array = bytearray(b'abc')
    def resize():
        # In several frames and lines, all of them within the C function.
        for n in range(3):
            raises(BufferError, array.append, n)
    assert oldbuffer.read_after(array, resize) == b'abc'
    array.append(1)


@case(hold=True)
def kept_while_a_callback_asks():
    outer, inner = bytearray(b'outer'), bytearray(b'inner')
    def again():
        assert oldbuffer.read(inner) == b'inner'
        inner.append(1)
        raises(BufferError, outer.append, 1)
    assert oldbuffer.read_after(outer, again) == b'outer'
    outer.append(1)


@case(hold=True)
def kept_while_a_callback_asks_for_the_same():
    array = bytearray(b'same')
    def again(depth=3):
        if depth:
            oldbuffer.read_after(array, lambda: again(depth - 1))
        raises(BufferError, array.append, 1)
    oldbuffer.read_after(array, again)
    array.append(1)


@case(hold=True)
def generators():
    def reading(exporters):
        for exporter in exporters:
            yield oldbuffer.read(exporter)
    exporters = [new('poison_on_release') for _ in range(3)]
    assert list(reading(exporters)) == [CONTENT] * 3


@case(hold=True)
def called_by_c_code():
    exporters = [new('poison_on_release') for _ in range(10)]
    assert list(map(oldbuffer.read, exporters)) == [CONTENT] * 10


@case(hold=True)
def at_module_level():
    exporter = new('poison_on_release')
    names = {'oldbuffer': oldbuffer, 'exporter': exporter}
    exec('found = oldbuffer.read(exporter)\nfound += b"!"', names)
    assert names['found'] == CONTENT + b'!'


@case(hold=True)
def memory_is_bounded():
    def grown(n):
        exporter = oldbuffer.exp_rw()
        for _ in range(n):
            oldbuffer.read(exporter)
            assert live(exporter) == 0
        with open('/proc/self/statm') as file:
            return int(file.read().split()[1])
    before = grown(20000)
    assert grown(20000) - before < 256, 'more than 1 MB for 20,000 calls'


@case(hold=True)
def in_other_threads():
    problems = []
    def use(seed):
        try:
            for n in range(50):
                array = bytearray(b'thread%d' % seed)
                assert oldbuffer.read(array) == array
                array.append(n)
                exporter = oldbuffer.exp_heap_freed_on_release()
                assert oldbuffer.read(exporter) == CONTENT
                assert live(exporter) == 0, n
        except BaseException as error:
            problems.append(repr(error))
    threads = [threading.Thread(target=use, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems, problems


def resized_while_read(array):
    """Whether resizing is refused while another thread reads without the GIL."""
    result = []
    thread = threading.Thread(
        target=lambda: result.append(oldbuffer.read_nogil(array, 0.3)))
    thread.start()
    refused = False
    while not refused and thread.is_alive():
        try:
            array.append(1)
            time.sleep(0.01)
        except BufferError:
            refused = True
    thread.join()
    # What is appended after the view has gone comes on top.
    assert len(result) == 1 and array.startswith(result[0]), (result, array)
    assert not refused or result == [array], (result, array)
    array.append(1)
    return refused


@case(hold=True)
def kept_while_another_thread_runs():
    # On a busy machine the other thread may be over before this one looks.
    assert any(resized_while_read(bytearray(b'without the GIL')) for _ in range(5))


@case(hold=True)
def under_a_trace_function():
    # Somebody else's is left alone; the view goes at the latest when the thread
    # asks again from another place.
    events = []
    def trace(frame, event, arg):
        events.append(event)
        return trace
    exporter, other = new('poison_on_release'), new('rw')
    sys.settrace(trace)
    try:
        assert oldbuffer.read(exporter) == CONTENT
        assert sys.gettrace() is trace
        oldbuffer.read(other)
        assert live(exporter) == 0
        sys.settrace(None)
        oldbuffer.check(other)
        oldbuffer.read(b'asks again, which makes up for the lost event')
    finally:
        sys.settrace(None)
    assert events


@case(hold=True)
def with_a_profile_function():
    events = []
    sys.setprofile(lambda frame, event, arg: events.append(event))
    try:
        exporter = new('poison_on_release')
        assert oldbuffer.read(exporter) == CONTENT
        assert live(exporter) == 0
    finally:
        sys.setprofile(None)
    assert 'c_return' in events


@case(hold=True)
def trace_function_set_meanwhile():
    exporter = new('poison_on_release')
    def trace(frame, event, arg):
        return None
    assert oldbuffer.read_after(exporter, lambda: sys.settrace(trace)) == CONTENT
    assert sys.gettrace() is trace
    sys.settrace(None)
    oldbuffer.read(b'asks again')
    assert live(exporter) == 0


@case(hold=True)
def refused_views_are_not_kept():
    raises(TypeError, oldbuffer.read, 5)
    raises(ValueError, oldbuffer.read, new('valueerror', refuses=True))
    raises(TypeError, oldbuffer.write, new('ro', refuses=True), b'')


@case(hold=True)
def exceptions_of_a_late_release_are_reported():
    reported = []
    if hasattr(sys, 'unraisablehook'):
        sys.unraisablehook = lambda args: reported.append(args.exc_type)
    else:
        sys.stderr = open(os.devnull, 'w')
    try:
        assert oldbuffer.read(new('release_raises')) == CONTENT
    finally:
        sys.stderr = sys.__stderr__
    if hasattr(sys, 'unraisablehook'):
        sys.unraisablehook = sys.__unraisablehook__
        assert reported == [RuntimeError], reported


@case(hold=True, repeat=False)
def fork_inside_the_function():
    # The child goes on in the same C function, and releases its own view.
    exporter = new('poison_on_release')
    pids = []
    assert oldbuffer.read_after(exporter, lambda: pids.append(os.fork())) == CONTENT
    status = 0 if live(exporter) == 0 else 1
    if pids == [0]:
        os._exit(status)
    assert os.waitpid(pids[0], 0)[1] == 0 and status == 0


def fork_during(seconds):
    """Fork while another thread is inside for so long.  Returns how many views
    were left in the child, and whether the thread was still inside then."""
    exporter = oldbuffer.exp_rw()
    thread = threading.Thread(target=oldbuffer.read_nogil, args=(exporter, seconds))
    thread.start()
    while not live(exporter) and thread.is_alive():
        time.sleep(0.01)
    pid = os.fork()
    if pid == 0:
        os._exit(live(exporter))
    left = os.waitpid(pid, 0)[1]
    inside = live(exporter) == 1
    thread.join()
    assert live(exporter) == 0
    return left, inside


@case(hold=True, repeat=False)
def fork_while_another_thread_is_inside():
    # The child has lost that thread: its view is released there, and only there.
    # On a busy machine the thread may be over too soon.
    results = [fork_during(seconds) for seconds in (0.3, 0.6)]
    assert all(left == 0 for left, _ in results), results
    assert any(inside for _, inside in results), results


@case(hold=True, repeat=False)
def exit_inside_the_function():
    oldbuffer.read_after(new('poison_on_release'), lambda: sys.exit(0))


@case(hold=True, repeat=False)
def exit_while_a_thread_is_inside():
    exporter = oldbuffer.exp_heap_freed_on_release()
    threading.Thread(target=oldbuffer.read_nogil, args=(exporter, 30), daemon=True).start()
    while not live(exporter):
        time.sleep(0.01)


@case(hold=True)
def in_a_second_interpreter():
    in_second_interpreter('''
import oldbuffer
exporter = oldbuffer.exp_poison_on_release()
assert oldbuffer.read(exporter) == b"0123456789abcdef"
info = exporter.info()
assert info["gets"] == info["releases"] == 1, info
array = bytearray(b"x"); oldbuffer.read(array)
array.append(1)
''')


# --- Scopes ------------------------------------------------------------------

def begin():
    library.py2abi_views_begin.restype = ctypes.c_long
    return library.py2abi_views_begin()


def end(token):
    return library.py2abi_views_end(ctypes.c_long(token))


def scope(function):
    """Decorator: a case that calls the library, in both modes."""
    def run():
        if hasattr(library, 'py2abi_views_begin'):
            function()
    run.__name__ = function.__name__
    case(run)
    def run_holding():
        run()
    run_holding.__name__ = function.__name__ + '_while_holding'
    case(run_holding, hold=True)
    return function


@scope
def kept_until_the_scope_ends():
    exporter, array = new('poison_on_release'), bytearray(b'resize me')
    token = begin()
    address = pointer(exporter)
    oldbuffer.read(array)
    assert live(exporter) == 1 and content(address) == CONTENT
    raises(BufferError, array.append, 1)
    assert end(token) == 0
    assert live(exporter) == 0
    array.append(1)


@scope
def exact_types_are_kept_too():
    token = begin()
    address = pointer(bytes(bytearray(CONTENT)))
    assert content(address) == CONTENT
    assert end(token) == 0


@scope
def scopes_nest():
    outer_one, inner_one = new('rw'), new('rw')
    outer = begin()
    oldbuffer.read(outer_one)
    inner = begin()
    oldbuffer.read(inner_one)
    assert (live(outer_one), live(inner_one)) == (1, 1)
    assert end(inner) == 0
    assert (live(outer_one), live(inner_one)) == (1, 0)
    assert end(outer) == 0


@scope
def an_outer_scope_ends_the_inner_ones():
    exporter = new('rw')
    outer = begin()
    inner = begin()
    oldbuffer.read(exporter)
    assert end(outer) == 0
    assert live(exporter) == 0
    raises(SystemError, end, inner)


@scope
def unknown_tokens_are_refused():
    for token in (0, -1, 12345):
        error = raises(SystemError, end, token)
        assert str(token) in str(error) and 'py2abi_views_end' in str(error), error
    token = begin()
    assert end(token) == 0
    raises(SystemError, end, token)


@scope
def scopes_belong_to_their_thread():
    token = begin()
    problems = []
    def other():
        try:
            raises(SystemError, end, token)
            exporter = new('rw')
            oldbuffer.read(exporter)
            assert live(exporter) == 0
        except BaseException as error:
            problems.append(repr(error))
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert not problems, problems
    assert end(token) == 0


@scope
def a_thread_that_ends_closes_its_scopes():
    exporter = new('rw')
    def other():
        begin()
        oldbuffer.read(exporter)
        assert live(exporter) == 1
    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    while live(exporter):
        time.sleep(0.01)


if __name__ == '__main__':
    sys.exit(main())
