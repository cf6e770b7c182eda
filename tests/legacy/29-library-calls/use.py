from __future__ import print_function

import base64
import binascii
import ctypes
import decimal
import functools
import gzip
import hashlib
import io
import os
import re
import textwrap
import time
import zlib

import library_calls as m


def attempt(function, *args):
    """What it gives, or that it is refused."""
    try:
        return function(*args)
    except TypeError:
        return "TypeError"


def text(value):
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


for call in (m.literal, m.data):
    # Those that want text, and those that want data.
    print(text(call(decimal.Decimal, "1.5")), call(int, "12"),
          text(call(time.strftime, "%Y-%m-%d", (2000, 2, 3, 0, 0, 0, 0, 0, 0))))
    print(text(call(binascii.hexlify, "abc")), call(zlib.crc32, "abc") & 0xffffffff,
          call(zlib.adler32, "abc", 7), call(hashlib.md5, "abc").hexdigest())
    # Methods: of what is text, and of what is data.
    print(call(hashlib.md5(b"a").update, "bc"), call(re.compile(u"b").search, "abc").start(),
          call(re.compile(b"b").search, "abc").start())
    # Nothing takes these.
    print(attempt(call, abs, "1"), attempt(call, time.sleep, "1"))

print(m.literal(re.compile, "a+").pattern == "a+")
print(m.named(decimal.Decimal, "value", "2.5"), m.named(dict, "key", "a")["key"] in ("a", b"a"))

# Functions in Python that take one kind only, and no length is a special one.
for string in ("", "x", "xy"):
    file = io.BytesIO()
    with gzip.GzipFile(mode="wb", fileobj=file) as packed:
        m.data(packed.write, string)
    print(text(gzip.GzipFile(fileobj=io.BytesIO(file.getvalue())).read()),
          text(m.data(base64.b64encode, string)), text(m.literal(textwrap.dedent, string)))
print(m.same())

# What has been done is not done again: the first pair is there once.
pairs = {}
print(attempt(m.with_function, functools.reduce, pairs.setdefault), len(pairs))
pairs = {}
print(attempt(m.with_function, functools.partial(functools.reduce), pairs.setdefault), len(pairs))

# A file that takes the one kind writes what it gets, or nothing.
file = io.BytesIO()
print(m.mixed(file.writelines), text(file.getvalue()))
file = io.StringIO()
print(attempt(m.mixed, file.writelines), repr(str(file.getvalue())))

# A function that Python knows nothing of, whose result is refused.
reader, writer = os.pipe()
write = ctypes.CDLL(None).write
write.restype = ord
print(attempt(m.foreign, write, writer))
os.close(writer)
print(text(os.read(reader, 10)))
os.close(reader)
