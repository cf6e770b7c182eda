# getargs.py FACTS [VERSION PATTERN] - replays the recorded facts of PyArg_Parse and its
# family, those with objects whose names match the pattern.
#
# The extension getargs27 (getargs.c) has to be on the path.  Runs in Python 2.7 too,
# where it tells whether the facts are told right.  Prints how many records were
# replayed, which were not and why, and each one that came out otherwise; exit
# status 1 if there is one.

from __future__ import print_function

import array
import collections
import ctypes
import mmap
import re
import sys
import tempfile

PY3 = sys.version_info[0] >= 3
if not PY3:
    reload(sys)  # noqa: F821
    sys.setdefaultencoding("utf-8")

import getargs27  # noqa: E402

# ---- Objects ----


class BytesSub(bytes):
    pass


class NewStyle(object):
    pass


class DunderBytes(object):
    def __bytes__(self):
        return b"xyz"

    def __str__(self):
        return "xyz"


class St(ctypes.Structure):
    _fields_ = [("a", ctypes.c_int), ("b", ctypes.c_char * 4)]


def map_file(access):
    with tempfile.TemporaryFile() as file:
        file.write(b"mmapfile" + b"x" * 4088)
        file.flush()
        return mmap.mmap(file.fileno(), 4096, access=access)


def map_anonymous(closed=False):
    made = mmap.mmap(-1, 4096)
    made[:4] = b"anon"
    if closed:
        made.close()
    return made


def address(object):
    """Where the memory of an object is, or None."""
    if isinstance(object, array.array):
        return object.buffer_info()[0] or None
    if isinstance(object, bytes):
        return ctypes.cast(ctypes.c_char_p(object), ctypes.c_void_p).value
    try:
        return ctypes.addressof(object)
    except TypeError:
        pass
    try:
        return ctypes.addressof(ctypes.c_char.from_buffer(object))
    except (TypeError, ValueError, BufferError):
        return None


Case = collections.namedtuple("Case", "object make known under keep")


def case(object, make=None, base=None, under=None):
    """A case; base is the object whose memory it is."""
    base = object if base is None else base
    return Case(object, make, address(base) if base is not None else None, under, base)


def view(base):
    return case(memoryview(base), base=base,
                under=base if isinstance(base, bytearray) else None)


def buffer_of(base, offset=0, size=-1, make="buffer"):
    return case((base, offset, size), make, base, base if isinstance(base, bytearray) else None)


OBJECTS = {
    "bytes_empty": lambda: case(b""),
    "bytes_hello": lambda: case(b"hello"),
    "bytes_nul": lambda: case(b"a\0b\0"),
    "bytes_high": lambda: case(b"\xe9\xff\x80"),
    "bytes_subclass": lambda: case(BytesSub(b"hello")),
    "uni_empty": lambda: case(u""),
    "uni_ascii": lambda: case(u"hello"),
    "uni_nul": lambda: case(u"a\0b"),
    "uni_latin1": lambda: case(u"h\xe9llo"),
    "uni_bmp": lambda: case(u"\u20ac"),
    "uni_astral": lambda: case(u"\U0001F600"),
    "uni_latin1_defaultenc_utf8": lambda: case(u"h\xe9"),
    "ba_empty": lambda: case(bytearray()),
    "ba_hello": lambda: case(bytearray(b"hello")),
    "ba_nul": lambda: case(bytearray(b"a\0b")),
    "ba_high": lambda: case(bytearray(b"\xe9")),
    "mv_bytes": lambda: view(b"hello"),
    "mv_ba": lambda: view(bytearray(b"hello")),
    "array_b": lambda: case(array.array("b", [1, 2, 3])),
    "array_i": lambda: case(array.array("i", [1, 2, 3])),
    "array_u": lambda: case(array.array("u", u"h\xe9")),
    "array_b_empty": lambda: case(array.array("b")),
    "mmap_anon": lambda: case(map_anonymous()),
    "mmap_read": lambda: case(map_file(mmap.ACCESS_READ)),
    "mmap_copy": lambda: case(map_file(mmap.ACCESS_COPY)),
    "mmap_closed": lambda: case(map_anonymous(closed=True)),
    "mmap_2g": lambda: case(mmap.mmap(-1, 2 ** 31 + 16)),
    "ct_char_5": lambda: case((ctypes.c_char * 5)(*[b"hello"[i:i + 1] for i in range(5)])),
    "ct_int": lambda: case(ctypes.c_int(5)),
    "ct_struct": lambda: case(St(5, b"abc")),
    "buf_str": lambda: buffer_of(b"hello"),
    "buf_str_off2": lambda: buffer_of(b"hello", 2),
    "buf_str_size0": lambda: buffer_of(b"hello", 1, 0),
    "buf_uni_ascii": lambda: buffer_of(u"hi"),
    "buf_uni_latin1": lambda: buffer_of(u"h\xe9"),
    "buf_ba": lambda: buffer_of(bytearray(b"hello")),
    "buf_array_i": lambda: buffer_of(array.array("i", [1, 2])),
    "buf_mmap_anon": lambda: buffer_of(map_anonymous()),
    "buf_mmap_closed": lambda: buffer_of(map_anonymous(closed=True)),
    "rwbuf_ba": lambda: buffer_of(bytearray(b"hello"), make="rwbuffer"),
    "rwbuf_array_i": lambda: buffer_of(array.array("i", [1, 2]), make="rwbuffer"),
    "membuf_ro": lambda: case(None, "memory"),
    "membuf_rw": lambda: case(None, "rwmemory"),
    "newbuf_8": lambda: case(None, "newbuffer"),
    "mv_2d_c_exporter": lambda: case(None, "view:exp_2d_c_contiguous"),
    "mv_2d_f_exporter": lambda: case(None, "view:exp_2d_f_contiguous"),
    "mv_1d_strided_exporter": lambda: case(None, "view:exp_1d_strided"),
    "int_5": lambda: case(5),
    "int_big": lambda: case(10 ** 30),
    "none": lambda: case(None),
    "true": lambda: case(True),
    "float": lambda: case(1.5),
    "list": lambda: case([1, 2]),
    "object": lambda: case(object()),
    "newstyle_inst": lambda: case(NewStyle()),
    "dunder_bytes_inst": lambda: case(DunderBytes()),
    "type_int": lambda: case(int),
}

# What cannot be replayed, and why.
MISSING = {}
if not hasattr(array, "typecodes"):
    # The module is a Python 2.7's.
    OBJECTS["array_c"] = lambda: case(array.array("c", b"xyz"))
elif "u" not in array.typecodes:
    MISSING["array_u"] = "arrays of Unicode characters are not in this Python"

# ---- Where we differ on purpose ----


def replaced(outcome, **fields):
    """The outcome with other values; None takes a field out."""
    made = []
    for field in outcome.split("|"):
        key, value = field.split("=", 1)
        value = fields.get(key, value)
        if value is not None:
            made.append("%s=%s" % (key, value))
    return "|".join(made)


def expect(record, facts):
    """What the outcome has to be: the fact, but for what this says."""
    outcome, format, name = record.outcome, record.format, record.object
    fails = "rc=0" in outcome
    if name == "bytes_empty" and not fails and "*" in format:
        # Not recorded, since Python 2 has one empty string for all.
        outcome = outcome.replace("|after=", "|rel=0|after=")
    if not PY3:
        return outcome
    if name == "leg_no_HAVE_NEWBUFFER":
        # A type whose flags do not say so has no new protocol: what was compiled for
        # Python 2.5 has a shorter structure there.
        return facts[record._replace(object="leg_full", outcome=None)]
    if name == "exp_strided_ignores_flags" and format[:2] in ("s*", "z*"):
        # Python 2.7 forgets to release the view.
        return replaced(outcome, ref="0", view="NULL", held="gets=1 releases=1 flags=0;",
                        after="gets=1 releases=1 flags=0;")
    if format == "w*i:f" and fails and name in ("array_i", "leg_full"):
        # The same.
        return replaced(outcome, ref="0", view="NULL")
    if name in ("mv_bytes", "mv_ba") and "*" in format:
        # The view is the memoryview's own, not of what it views.
        if fails:
            return replaced(outcome, view="NULL" if "integer" in outcome else "untouched")
        readonly = "1" if name == "mv_bytes" else "0"
        return replaced(outcome, ref="1", rel="0", view="object,%s,1,1,NULL,0,0" % readonly)
    if name.startswith("mv_") and fails:
        # Python 2.7 leaves an object in the view that it does not own.
        return replaced(outcome, view="NULL") if "view=" in outcome else outcome
    if name in ("buf_ba", "rwbuf_ba"):
        # Who has been given a pointer keeps the exporter from moving its memory
        # until the function has returned, or has released the view.
        if "*" in format:
            held, released, after = outcome.partition("|rel=")
            if released:
                held = held.replace("under.append:ok", "under.append:BufferError")
            return held + released + after
        if "ptr=untouched" not in outcome:
            outcome = outcome.replace("under.append:ok", "under.append:BufferError")
        return outcome
    return outcome


def comparable(outcome, name):
    # How a codec words its errors is the host's business.
    outcome = re.sub(r"(error=Unicode(De|En)codeError): [^|]*", r"\1", outcome)
    if name in ("ba_empty", "mmap_read", "newbuf_8", "membuf_ro", "membuf_rw"):
        # Nobody tells where that memory is.
        outcome = outcome.replace("ptr=memory", "ptr=other")
    if name == "exp_release_raises":
        # The exception got in the recorder's way.
        outcome = re.sub(r"\|after=[^|]*", "", outcome)
    if PY3 and name == "ct_struct":
        # Releases differ in how they describe padding.
        outcome = re.sub(r",T\{[^}]*\},", ",T{},", outcome)
    return outcome


# ---- Records ----

Record = collections.namedtuple("Record", "function format encoding room second object outcome")


def read(path):
    with open(path) as file:
        lines = [line.rstrip("\n") for line in file if not line.startswith("#")]
    for line in lines[1:]:
        functions, format, encoding, room, second, outcome, objects = line.split("\t")
        for name in objects.split(" "):
            for function in functions:
                yield Record(int(function), format, encoding, room, second, name, outcome)


def text(value):
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def replay(record):
    """What happens now.  LookupError where that cannot be seen."""
    if record.object in OBJECTS:
        made = OBJECTS[record.object]()
    elif record.object in MISSING:
        raise LookupError(MISSING[record.object])
    else:
        made = case(None, record.object)
    second = {"-": None, "x": b"notint", "7": 7}[record.second]
    given = made.object
    if record.format.startswith("("):
        given = (given,)
    try:
        outcome, type_name = getargs27.parse(
            record.function, record.format.encode() if not PY3 else record.format, given, second,
            made.make, None if record.encoding == "-" else record.encoding,
            -1 if record.room == "-" else int(record.room), made.known, made.under)
    except NotImplementedError as error:
        raise LookupError(str(error))
    if record.format.startswith("("):
        type_name = type(made.object).__name__
    outcome, type_name = text(outcome), text(type_name)
    return re.sub(r"\b(not %s|%s found)(?=\||$)" % (re.escape(type_name), re.escape(type_name)),
                  lambda match: match.group().replace(type_name, "TYPE"), outcome)


def main():
    records = list(read(sys.argv[1]))
    facts = {record._replace(outcome=None): record.outcome for record in records}
    pattern = sys.argv[3] if len(sys.argv) > 3 else ""
    replayed, failed, skipped = 0, 0, collections.Counter()
    for record in records:
        if not re.match(pattern, record.object):
            continue
        try:
            got = replay(record)
        except LookupError as error:
            skipped[str(error)] += 1
            continue
        replayed += 1
        name = record.object
        expected = comparable(expect(record, facts), name)
        if comparable(got, name) != expected:
            failed += 1
            print("%s of %s, function %d, encoding %s, room %s, second %s\n"
                  "  expected %s\n  got      %s"
                  % (record.format, name, record.function, record.encoding, record.room,
                     record.second, expected, got))
    print("%d replayed, %d otherwise" % (replayed, failed))
    for reason, count in sorted(skipped.items()):
        print("%d not replayed: %s" % (count, reason))
    return 1 if failed or not replayed else 0


if __name__ == "__main__":
    sys.exit(main())
