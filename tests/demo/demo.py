"""What ./bootstrap demo shows: a legacy extension's calls, and their provider."""
import array
import ctypes
import sys

import lab

library = ctypes.PyDLL(sys.argv[1])     # libpy2abi.so


def show(text, function, *arguments):
    try:
        print('  %-44s %r' % (text, function(*arguments)))
    except Exception as error:
        cause = ', because of %r' % error.__cause__ if error.__cause__ else ''
        print('  %-44s %r%s' % (text, error, cause))


show("lab.checksum(b'abc')", lab.checksum, b'abc')
show("lab.checksum(array.array('d', [1.5, 2.5]))", lab.checksum, array.array('d', [1.5, 2.5]))
show("lab.checksum(memoryview(b'abcdef')[::2])", lab.checksum, memoryview(b'abcdef')[::2])
samples = bytearray(8)
show('lab.sample(bytearray(8))', lab.sample, samples)
show('  the bytearray then', bytes, samples)
show("lab.sample(b'read-only')", lab.sample, b'read-only')
show("lab.checksum('text')", lab.checksum, 'text')
