"""What ./bootstrap demo shows: calls of a Python 2 binary in Python 3."""
import array
import sys

import lab


def show(text, function, *arguments, **keywords):
    try:
        print("  %-42s %r" % (text, function(*arguments, **keywords)))
    except Exception as error:
        print("  %-42s %s.%s: %s" % (text, type(error).__module__, type(error).__name__, error))


print("  Python %s imported %s" % (sys.version.split()[0], lab.__file__))
print("  %r, version %s" % (lab.__doc__, lab.__version__))
show("lab.checksum(b'abc')", lab.checksum, b"abc")
show("lab.checksum(array('d', [1.5, 2.5]))", lab.checksum, array.array("d", [1.5, 2.5]))
samples = bytearray(8)
show("lab.sample(bytearray(8))", lab.sample, samples)
show("  the bytearray then", bytes, samples)
show("lab.sample(b'read-only')", lab.sample, b"read-only")
show("lab.channels(2)", lab.channels, 2)
show("lab.channels(count=1, unit=b'mV')", lab.channels, count=1, unit=b"mV")
show("lab.channels(5)", lab.channels, 5)
show("lab.channels('two')", lab.channels, "two")
