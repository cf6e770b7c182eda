"""_md5: digests of data as it comes."""

import copy
import gc
import weakref


def kind(label, function, *args):
    """The type of the error only: the words are the host's."""
    try:
        print(label, value(function(*args)))
    except Exception as error:
        print(label, type(error).__name__)


def is_read_only(x, name):
    try:
        setattr(x, name, None)
    except (AttributeError, TypeError):
        return True


ALL = bytes(bytearray(range(256)))


def family(new, size):
    """All checks of one kind of digest."""
    for data in (b(""), b("a"), b("abc"), b("message digest"), ALL):
        show("%d: digest of %d bytes" % (size, len(data)), lambda: new(data).digest())
        show("hexdigest", lambda: new(data).hexdigest() in (b("").join(b("%02x" % c) for c in bytearray(new(data).digest())),
                                                            "".join("%02x" % c for c in bytearray(new(data).digest()))))
    for n in (1, 55, 56, 57, 63, 64, 65, 111, 112, 113, 127, 128, 129, 1000, 100000):
        show("%d bytes" % n, lambda: new(b("x") * n).digest()[:8])
    h = new()
    show("digest size", lambda: len(h.digest()) == size == h.digest_size)
    show("block size", lambda: h.block_size)
    for n in range(200):
        h.update(ALL[:n])
    show("in pieces", lambda: h.digest() == new(b("").join([ALL[:n] for n in range(200)])).digest())
    show("digest leaves it", lambda: h.digest() == h.digest())
    show("update gives", h.update, b("more"))
    c = h.copy()
    show("copy", lambda: (c.digest() == h.digest(), type(c) is type(h), c is not h))
    c.update(b("x"))
    show("copy is its own", lambda: c.digest() != h.digest())
    h.update(b("x"))
    show("until it is as far", lambda: c.digest() == h.digest())
    show("of a memoryview", lambda: new(memoryview(b("xabc"))[1:]).digest() == new(b("abc")).digest())
    show("of text", lambda: new(u("abc")).digest() == new(b("abc")).digest())
    kind("of a bytearray", lambda: new(bytearray(b("abc"))).digest() == new(b("abc")).digest())
    for bad in (None, 5, 1.5, [b("a")], object()):
        kind("of %s" % type(bad).__name__, new, bad)
        kind("update with %s" % type(bad).__name__, h.update, bad)
    show("new(1, 2, 3)", new, b("a"), b("b"), 3)
    show("update()", h.update)
    show("update(1, 2)", h.update, b("a"), b("b"))
    kind("digest(1)", h.digest, 1)
    kind("hexdigest(1)", h.hexdigest, 1)
    kind("copy(1)", h.copy, 1)
    kind("no attribute", getattr, h, "nothing")
    kind("no new attribute", setattr, h, "new", 1)
    show("read only", is_read_only, h, "digest_size")
    kind("type makes none", lambda: type(h)())
    kind("weak reference", weakref.ref, h)
    kind("not equal to its like", lambda: new() == new())
    data = bytearray(b("abc"))
    new(memoryview(data))
    h.update(memoryview(data))
    data.append(1)
    show("buffers are let go", lambda: len(data))
    method = new(b("abc")).digest
    gc.collect()
    show("method of what is dropped", lambda: method() == new(b("abc")).digest())
    chain = [new(ALL[:n]) for n in range(100)]
    copies = [x.copy() for x in chain]
    del chain[::2]
    gc.collect()
    show("copies outlive", lambda: [x.digest() for x in copies][1::2] == [x.digest() for x in chain])


new = module.new
show("constants", lambda: (module.digest_size, type(new()) is module.MD5Type))
show("a long one", lambda: new(ALL * 50).digest())
family(new, 16)
