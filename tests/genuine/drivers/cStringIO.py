# cStringIO: readers and writers of str, and the capsule with its C interface, which cPickle uses.
import gc
import weakref

StringIO = module.StringIO

print("types", module.InputType.__name__, module.OutputType.__name__)
print("types are", type(StringIO(b("x"))) is module.InputType,
      type(StringIO()) is module.OutputType)

# Readers.
r = StringIO(b("first\nsecond\n\nlast"))
show("readline", lambda: (r.readline(), r.readline(), r.readline(), r.readline(), r.readline()))
show("reset", lambda: (r.reset(), r.tell()))
show("readline sizes", lambda: (r.readline(2), r.readline(0), r.readline(-1), r.readline(100)))
show("read", lambda: (r.seek(0), r.read(3), r.tell(), r.read(0), r.read(-1), r.read()))
show("readlines", lambda: (r.seek(0), r.readlines(), r.readlines()))
show("readlines hint", lambda: (r.seek(0), r.readlines(7)))
show("iterate", lambda: (r.seek(0), list(r)))
show("next", lambda: (r.seek(0), next(iter(r)), r.tell()))
show("next at end", lambda: (r.seek(0, 2), next(iter(r))))
show("getvalue", r.getvalue)
show("getvalue at position", lambda: (r.seek(5), r.getvalue(True), r.getvalue(False)))
show("seek", lambda: (r.seek(3), r.seek(2, 1), r.tell(), r.seek(-2, 2), r.read()))
show("seek beyond", lambda: (r.seek(1000), r.tell(), r.read()))
show("seek before", lambda: (r.seek(-1000), r.tell()))
show("truncate of a reader", r.truncate, 3)
show("isatty flush closed", lambda: (r.isatty(), r.flush(), r.closed))
kind("no write", lambda: r.write)
kind("reader attribute", setattr, r, "softspace", 1)
show("read text", r.read, b("x"))
show("seek nothing", r.seek)
show("seek text", r.seek, b("x"))
show("read two", r.read, 1, 2)
show("of number", StringIO, 5)
show("of None", StringIO, None)
show("of two", StringIO, b("x"), b("y"))
kind("keyword", lambda: StringIO(s=b("x")))
show("of unicode", lambda: StringIO(u("abc")).read())
show("of bytearray", lambda: StringIO(bytearray(b("abc"))).read())
show("of memory", lambda: StringIO(memoryview(b("abc")) if PY3 else buffer(b("abc"))).read(2))
array = load("array").array
show("of array", lambda: StringIO(array(b("h"), [0x4142])).read())
show("of zeros", lambda: StringIO(b("a\0b\0")).read())
show("close", lambda: (r.close(), r.closed, r.close()))
show("closed read", r.read)
show("closed next", next, r)
show("closed seek", r.seek, 0)
show("closed getvalue", r.getvalue)
show("closed flush", r.flush)

# Writers.
w = StringIO()
show("write", lambda: (w.write(b("hello")), w.tell(), w.getvalue()))
show("write more", lambda: (w.write(b(" world")), w.write(b("")), w.getvalue()))
show("write unicode", lambda: (w.write(u("!")), w.getvalue()))
show("write number", w.write, 5)
show("write None", w.write, None)
show("write nothing", w.write)
show("write bytearray", lambda: (w.write(bytearray(b("ba"))), w.getvalue()))
show("write array", lambda: (w.write(array(b("c"), b("arr"))), w.getvalue()))
show("overwrite", lambda: (w.seek(0), w.write(b("J")), w.getvalue(), w.tell()))
show("read from writer", lambda: (w.seek(0), w.read(3), w.readline()))
show("beyond", lambda: (w.seek(30), w.write(b("x")), len(w.getvalue())))
show("truncate", lambda: (w.truncate(5), w.getvalue(), w.tell()))
show("truncate here", lambda: (w.seek(2), w.truncate(), w.getvalue()))
try:
    w.truncate(-1)
except EnvironmentError as error:
    print("truncate negative:", error)
show("writelines", lambda: (w.writelines([b("a\n"), b("b\n")]), w.getvalue()))
show("writelines generator", lambda: (w.writelines(b("%d" % k) for k in range(3)), w.getvalue()))
show("writelines bad item", w.writelines, [b("x"), 5])
show("writelines bad", w.writelines, 5)


def broken():
    yield b("before")
    raise ValueError("broken")


show("writelines broken", w.writelines, broken())
show("then", w.getvalue)
show("lines of writer", lambda: (w.seek(0), list(w)))
show("softspace", lambda: (w.softspace, setattr(w, "softspace", 1), w.softspace))
show("softspace text", setattr, w, "softspace", b("x"))
show("big", lambda: [w.write(b("0123456789") * 1000) for k in range(20)][0])
show("big length", lambda: (len(w.getvalue()), w.getvalue()[-3:]))
kind("of size", lambda: StringIO(StringIO().write))
show("close writer", lambda: (w.close(), w.closed))
show("closed write", w.write, b("x"))
show("closed writelines", w.writelines, [b("x")])
show("closed value", w.getvalue)

# Lives.
r = StringIO(b("a\nb\n"))
it = iter(r)
read = r.read
print("iter is itself", it is r)
del r
gc.collect()
show("iterator outlives", lambda: list(it))
del it
show("method outlives", read)
data = bytearray(b("changing"))
r = StringIO(bytes(data))
data[:] = b("x")
del data
gc.collect()
show("own data", r.read)
kind("weak", lambda: weakref.ref(r))
kind("subclass", lambda: type("Sub", (module.InputType,), {}))
kind("make type", lambda: module.InputType())
kind("hash", lambda: isinstance(hash(r), int))
kind("attribute", setattr, r, "x", 1)
print("compare", r == r, r != StringIO(b("changing")))
many = [StringIO(b("%d" % k)) for k in range(100)]
del many[::2]
gc.collect()
show("many", lambda: b(",").join(m.read() for m in many[:5]))
show("reader in writer", lambda: [out.writelines(StringIO(b("x\ny\n"))) or out.getvalue()
                                  for out in [StringIO()]][0])

# The C interface.
capsule = module.cStringIO_CAPI
print("capsule", type(capsule).__name__)
cPickle = load("cPickle")
out = StringIO()
cPickle.dump([1, b("two"), 3.0], out, 2)
out.seek(0)
show("pickled through C", cPickle.load, out)
show("read through C", cPickle.load, StringIO(out.getvalue()))
show("empty through C", cPickle.load, StringIO(b("")))
show("cut through C", cPickle.load, StringIO(out.getvalue()[:5]))
