"""The base fixture of the case files beside this one.

    CASES.py --list         print the cases: name, first version, environment
    CASES.py NAME           run one; exit status 0, or 1 with what was wrong,
                            or 77 with why it cannot be run here

A case is a function.  It runs three times; after each, every exporter that it
made must have released each view that it gave, no trace function may be left,
and, from the second run on, the interpreter's total of references must not have
grown (where the interpreter counts them) and neither may each exporter's own.
"""
import gc
import sys
import sysconfig
import traceback

import oldbuffer

CONTENT = b'0123456789abcdef'   # of every exporter

class Skip(Exception):
    """Raised by a case that cannot be run here, with the reason."""


cases = {}
made = []


def case(function=None, since=(3, 6), hold=False, repeat=True):
    """Decorator: a case, from that version on, with PY2ABI_VIEWS=hold or not.
    One that ends its process, or counts what a thread kept, does not repeat."""
    def add(function):
        cases[function.__name__] = function
        function.since, function.hold, function.repeat = since, hold, repeat
        return function
    return add(function) if function else add


def new(kind, refuses=False):
    """An exporter of oldbuffer's that is checked afterwards; one that refuses
    gives no view."""
    exporter = getattr(oldbuffer, 'exp_' + kind)()
    made.append((exporter, refuses))
    return exporter


def live(exporter):
    """How many views it has given and not got back."""
    info = exporter.info()
    return info['gets'] - info['releases']


def pointer(exporter, function=1):
    """The address that AsReadBuffer (or another of the four) gives."""
    seen = oldbuffer.probe(function, exporter, 0, 0)
    assert seen['rc'] == 0, seen
    return seen['buf']


def content(address):
    return bytes.fromhex(oldbuffer.safe_read(address, len(CONTENT)).replace('EFAULT', ''))


def raises(exception, function, *arguments):
    """The exception that the call raises; it must be of that very type."""
    try:
        function(*arguments)
    except BaseException as error:
        assert type(error) is exception, repr(error)
        return error
    raise AssertionError('no %s' % exception.__name__)


def total():
    gc.collect()
    return sys.gettotalrefcount() if hasattr(sys, 'gettotalrefcount') else 0


def references(pairs):
    # How many of these are the list's and the loop's own differs from version
    # to version.
    return [sys.getrefcount(exporter) for exporter, _ in pairs]


def check_exporters(name):
    for exporter, refuses in made:
        info = exporter.info()
        expected = 0 if refuses else info['gets']
        assert info['releases'] == expected, '%s: views left open: %r' % (name, info)
    exporter = None
    fresh = references([(oldbuffer.exp_rw(), False)])[0]
    assert all(count == fresh for count in references(made)), '%s: references left' % name


def growth_of(function, times):
    """By how many references the interpreter grows, at best, in later runs."""
    growth = []
    for _ in range(times):
        before = total()
        function()
        assert sys.gettrace() is None, 'a trace function was left'
        check_exporters(function.__name__)
        del made[:]
        growth.append(total() - before)
    # The first runs fill caches.
    return min(growth[1:] or [0])


def run(function):
    growth = growth_of(function, 5 if function.repeat else 1)
    if function.repeat:
        # Counting itself makes a few.
        counting = growth_of(lambda: None, 5)
        assert growth <= counting, 'references grow by %d a run' % (growth - counting)


def main():
    if sys.argv[1:] == ['--list']:
        for name, function in cases.items():
            print('%s\t0x%02x%02x\t%s' % ((name,) + function.since
                                          + ('hold' if function.hold else 'release',)))
        return 0
    try:
        run(cases[sys.argv[1]])
    except Skip as reason:
        print(reason)
        return 77
    except Exception:
        traceback.print_exc()
        return 1
    return 0


def in_second_interpreter(code):
    """Run code there, with oldbuffer importable."""
    if sysconfig.get_config_var('Py_GIL_DISABLED'):
        raise Skip('a free-threaded build imports no single-phase module in a second interpreter')
    assert oldbuffer.run_in_subinterpreter('import sys\nsys.path[:] = %r\n%s'
                                           % (sys.path, code)) == 0
