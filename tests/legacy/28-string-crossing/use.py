# -*- coding: utf-8 -*-
from __future__ import print_function
import string_crossing as m


def text(value):
    """What Python 2 calls str, whatever it is here."""
    return value.decode('latin-1') if not isinstance(value, str) else value


def show(*values):
    print(*[text(value) if isinstance(value, bytes) else repr(value) for value in values])


class Bytes(bytes):
    pass


class Text(type(u'')):
    pass


VALUES = [b'', b'a', b'abc\x00\xff', u'', u'a', u'abc\xe9\u1234', u'\U0001f600', u'\ud800',
          Bytes(b'derived'), Text(u'derived \u1234'), bytearray(b''), bytearray(b'abc'), 3]

for value in VALUES:
    show(m.describe(value))
    back = m.same(value)
    print(back == value, type(back) is type(value))
    if isinstance(value, (Bytes, Text, bytearray)):
        print(back is value)

PAIRS = [(b'a', b'b'), (b'a', u'b\u1234'), (u'\u1234', b'b'), (u'a', u'b'), (b'a', bytearray(b'b')),
         (bytearray(b'a'), b'b'), (Bytes(b'a'), b'b'), (b'a', Text(u'b'))]
for a, b in PAIRS:
    show(m.describe(m.add(a, b)))
for a, b in [(b'a', 3), (u'a', 3), (b'a', None)]:
    try:
        m.add(a, b)
    except TypeError as error:
        print(error)
for value in (b'ab', u'a\u1234', Bytes(b'ab'), Text(u'ab'), bytearray(b'ab')):
    show(m.describe(m.times(value)))

for value in (b'abc', u'abc\u1234', Bytes(b'abc'), Text(u'abc')):
    show(m.describe(m.method(value, 'upper')))
    show(m.describe(m.method(value, 'strip', value[:1])))
    show(m.items(value))
for a, b in [(b'a', b'a'), (b'a', u'a'), (u'a', b'a'), (b'a', u'b'), (u'\u1234', u'\u1234'),
             (Bytes(b'a'), b'a'), (Text(u'a'), b'a')]:
    show(m.compare(a, b))

array = bytearray(b'abc')
m.change(array)
show(bytes(array))
m.keep(array)
array.extend(b'more' * 1000)
del array[3:4000]
array[1] = 66
show(m.describe(array))
m.change(array)
show(bytes(array))
show(m.look())
print(m.keep(None) is array)
view = memoryview(array)
try:
    m.change(array)
except BufferError as error:
    print(error)
del view
m.change(array)
show(bytes(array))

show(m.describe(m.encode(u'a\xe9', 'utf-8')))
show(m.describe(m.encode(u'a\xe9', 'cp1252')))
show(m.describe(m.decode(b'a\xe9', 'cp1252')))
for call in (lambda: m.encode(u'a\u1234', 'cp1252'), lambda: m.decode(b'a\xff', 'utf-8')):
    try:
        call()
    except UnicodeError as error:
        print(type(error).__name__, error.start, error.end, isinstance(error.object, bytes))


def handler(error):
    return u'[%x]' % ord(error.object[error.start]), error.end


m.register_error(handler)
show(m.describe(m.encode(u'a\u1234b', 'ascii', 'py2abi.users')))
