# asbuffer.py FACTS VERSION [PATTERN] - replays what Python 2.7's own old buffer functions
# did, for a guest, with objects whose names match the pattern.
#
# FACTS is tests/export/oracle.tsv, VERSION this Python's name in it.  The extension
# oldbuffer, built for Python 2.7, has to be on the path.  battery.py makes the objects and
# the calls; what a guest sees then is what a 2.7 recorded, but for what expected() says.
# Prints how many calls were replayed, which were not and why, and each one that came out
# otherwise; exit status 1 if there is one.

import collections
import os
import re
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "export"))

import battery  # noqa: E402
import expect  # noqa: E402

CHAR, READ, CHECK, WRITE = battery.FUNCTIONS[:4]
WHOLE = "GetBuffer(FULL_RO).buf"

# Objects that only binaries of Python 2.7 make, and whether these are here.
IS_GENUINE = not hasattr(battery.array, "typecodes")
MISSING = {} if IS_GENUINE else {
    "array_c": "an array of characters is no object of Python 3",
    "cstringio_in": "cStringIO is no module of Python 3",
    "cstringio_out": "cStringIO is no module of Python 3",
}
# A sanitizer's allocator has its own mind of when memory that was freed is used again.
HAS_SANITIZER = re.search("asan|ubsan|clang_rt", os.environ.get("LD_PRELOAD", "")) is not None
# Exporters that no Python 2 has: the host says what they give.
ONLY_3 = ("picklebuffer_", "pep688_")


def encoded(name):
    """What the default encoding makes of a text that is not ASCII."""
    text = {"buf_uni_latin1": u"h\xe9"}.get(name) or battery.MAKERS[name]()
    return text.encode("utf-8")


def expected(key, facts, host):
    """What the guest has to see, or None where nothing was recorded of the like."""
    name, variant, function = key
    like = name
    if key not in facts and name.startswith(("mv_", "bio_")):
        like = "mv_bytes"       # another memoryview
    elif key not in facts and name.startswith("array_"):
        like = "array_l"        # another type of item
    row = facts.get((like, variant, function))
    if row is None:
        return None
    row = dict(row)
    if variant.startswith("NULL") and "signal" in row:
        # Bad input gets an error (the deviation CHECK_NULL).
        row = expect.raised({"rc": "0", "refdelta": "0"}, *(
            ("KeyError", "'preset'") if "preset" in variant
            else ("SystemError", "null argument to internal routine")))
    if like != name:
        row["content"] = row["len"] = None
    if name in ("uni_latin1", "uni_bmp", "uni_astral", "buf_uni_latin1") and function == CHAR:
        # Python 3's default encoding has all characters.
        data = encoded(name)
        ascii = "buf_uni_ascii" if name.startswith("buf_") else "uni_ascii"
        row = dict(facts[ascii, variant, function], len=str(len(data)), content=data.hex())
    if name == "mmap_closed" and function == CHECK and not IS_GENUINE:
        # Python 2.7's says no and leaves the exception behind.
        row["exc"] = row["msg"] = None
    if name.startswith(("mv_", "bio_")) or name == "ct_from_buffer_ba":
        # What a memoryview, and a structure in a bytearray, hold on to is the host's.
        row["after"] = host.get(key, row).get("after")
    if (name, variant) == ("unicode", "AsChar twice, AsRead"):
        # A text is another guest object in each call.
        row["char_twice_same_ptr"] = "no"
    return row


def told(row, name):
    """A row as it is compared."""
    row = {key: value for key, value in row.items() if value is not None}
    if HAS_SANITIZER:
        row.pop("still_there", None)
    pointer = row.get("ptr", "")
    if not IS_GENUINE and name.startswith(("array_", "mmap_", "ba_", "buf_", "rwbuf_")) \
            and pointer != "untouched" and (
                WHOLE in pointer.split(",") or pointer in ("mmap.data", "array.buffer_info")
                or name.endswith("_empty")):
        # Where else the host's objects say that their memory is, differs.
        row["ptr"] = WHOLE
    return row


def agrees_with_host(got, theirs):
    """For an exporter that Python 2 had none of.  Its view is kept, so that what it gave can
    be read; how the refusal to be written to is worded is Python 2's."""
    fields = ("rc", "len") if got["rc"] == "0" else ("rc",)
    return all(got.get(field) == theirs.get(field) for field in fields) \
        and (theirs.get("content") in (got.get("content"), "EFAULT"))


def main(arguments):
    facts, _ = expect.read_oracle(arguments[0], "2.7")
    host, _ = expect.read_oracle(arguments[0], arguments[1])
    with tempfile.NamedTemporaryFile(suffix=".tsv") as output:
        if battery.main([output.name]) != 0:
            return 1
        rows = expect.read_rows(output.name)
    pattern = arguments[2] if len(arguments) > 2 else ""
    replayed, failed, skipped = 0, 0, collections.Counter()
    for key in list(facts) + [key for key in rows if key not in facts]:
        name, got = key[0], rows.get(key)
        if not re.match(pattern, name):
            continue
        if name in MISSING:
            skipped[MISSING[name]] += 1
            continue
        if key not in facts and "na" in got:
            continue            # No such object anywhere.
        if name.startswith(ONLY_3):
            if key not in host or "na" in host[key]:
                continue
            wanted, agrees = host[key], agrees_with_host(got, host[key])
        else:
            wanted = expected(key, facts, host)
            if wanted is None:
                continue
            if got is not None and key not in facts:
                got = {field: got.get(field) for field in wanted if wanted[field] is not None}
            agrees = got is not None and told(got, name) == told(wanted, name)
        replayed += 1
        if not agrees:
            failed += 1
            print("%s of %s, %s\n  expected %s\n  got      %s"
                  % (key[2], name, key[1], wanted, got))
    print("%d replayed, %d otherwise" % (replayed, failed))
    for reason, count in sorted(skipped.items()):
        print("%d not replayed: %s" % (count, reason))
    return 1 if failed or not replayed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
