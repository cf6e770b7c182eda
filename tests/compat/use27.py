# use27.py DIRECTORY - uses the extensions there, and prints what they see.
#
# For Python 2.7.  What it prints does not depend on the run, only on whether the
# extensions and the interpreter agree about layouts and macros.

import sys
import traceback

sys.path.insert(0, sys.argv[1])
import cython27
import plain27
import swig27


class Old:
    pass


class New(object):
    pass


def show(name, function, *args):
    try:
        print "%s: %r" % (name, function(*args))
    except Exception:
        print "%s: %s" % (name, traceback.format_exc().splitlines()[-1])


# ---- plain27 ----

class Sub(plain27.Box):
    pass


box = Sub(21, real=0.25)
box.attribute = "set"
for item in "ab":
    box.append(item)
things = [1, True, 2L, 3.0, "s", u"u", (), [], {}, set(), int, ValueError, ValueError(), iter([]),
          bytearray(), Old, Old(), New, New(), len, box, None]
for name, seen in sorted(plain27.run(box, "some\0text", things).items()):
    print name, repr(seen)
for attribute in ("number", "real", "text", "items", "twice", "attribute"):
    print attribute, repr(getattr(box, attribute))
show("repr", repr, box)
show("add", lambda: box + 1)
show("add wrongly", lambda: 1 + box)
show("len", len, box)
show("item", lambda: box[1])
show("no item", lambda: box[2])
show("fail", box.fail)
show("str", lambda: str(buffer(box)))
show("memoryview", lambda: memoryview(box).tobytes())
show("wrong type", plain27.run, None, "", [])
show("constants", lambda: (plain27.METH_O, plain27.PY_VERSION.split(".")[:2]))

# ---- cython27 ----

show("loop", cython27.loop, [1, 2L, -3, 2 ** 40, -2 ** 59, 1.75, 5, 6, 7, 8])
show("generator", cython27.loop, (i for i in range(3)))
show("no integer", cython27.loop, ["x"])
show("not iterable", cython27.loop, 5)
show("run", cython27.run, len, {"k": 1})
show("run Python", cython27.run, lambda d: d.keys(), {"k": 1})
show("bound", cython27.bound, repr, [1])
try:
    cython27.loop([None])
except TypeError:
    print [entry[:3] for entry in traceback.extract_tb(sys.exc_info()[2])[1:]]

# ---- swig27 ----

counter = swig27.new_Counter()
print counter, counter.disown()
for owner in (counter, swig27.make_shadow(Old), swig27.make_shadow(New)):
    swig27.Counter_add(owner, "a", 1.5)
    swig27.Counter_add(owner, "a", 2)
    show("sum", swig27.Counter_sum, owner, "a")
    show("no sum", swig27.Counter_sum, owner, "b")
show("no counter", swig27.Counter_sum, New(), "a")
show("alive", swig27.alive)
print "done"
