# _multiprocessing: connections over a pair of sockets and pipes, semaphores, addresses.
import gc
import os
import socket
import weakref

C, SemLock = module.Connection, module.SemLock
array = load("array").array


def pair(**kwargs):
    one, two = socket.socketpair()
    result = C(os.dup(one.fileno()), **kwargs), C(os.dup(two.fileno()))
    one.close()
    two.close()
    return result


print("flags", sorted(value(k if type(k) is bytes else k.encode("ascii")) for k in module.flags))
print("types", C.__name__, SemLock.__name__, SemLock.SEM_VALUE_MAX > 1000)

# Bytes.
a, b2 = pair()
print("new", a.readable, a.writable, a.closed, a.fileno() > 2)
show("bytes", lambda: (a.send_bytes(b("some bytes")), b2.recv_bytes()))
show("empty", lambda: (a.send_bytes(b("")), b2.recv_bytes()))
show("offset", lambda: (a.send_bytes(b("some bytes"), 5), b2.recv_bytes()))
show("offset size", lambda: (a.send_bytes(b("some bytes"), 2, 3), b2.recv_bytes()))
show("bytearray", lambda: (a.send_bytes(bytearray(b("ba"))), b2.recv_bytes()))
show("array", lambda: (a.send_bytes(array(b("h"), [1, 2])), b2.recv_bytes()))
show("zeros", lambda: (a.send_bytes(b("\0\xff\0")), b2.recv_bytes()))
show("long", lambda: (a.send_bytes(b("x") * 50000), len(b2.recv_bytes())))
show("number", a.send_bytes, 5)
show("None", a.send_bytes, None)
show("nothing", a.send_bytes)
show("offset negative", a.send_bytes, b("abc"), -1)
show("offset beyond", a.send_bytes, b("abc"), 4)
show("size negative", a.send_bytes, b("abc"), 0, -1)
show("size beyond", a.send_bytes, b("abc"), 1, 3)
show("text size", a.send_bytes, b("abc"), b("x"))
show("poll", lambda: (b2.poll(), a.send_bytes(b("x")), b2.poll(), b2.poll(1.5), b2.poll(None),
        b2.recv_bytes()))
show("poll 0", lambda: (b2.poll(0), b2.poll(0.001)))
show("poll text", b2.poll, b("x"))
kind("poll negative", b2.poll, -1)
show("maximum", lambda: (a.send_bytes(b("12345")), b2.recv_bytes(5)))
show("maximum negative", b2.recv_bytes, -1)
into = bytearray(10)
show("into", lambda: (a.send_bytes(b("into")), b2.recv_bytes_into(into), bytes(into)))
show("into offset", lambda: (a.send_bytes(b("off")), b2.recv_bytes_into(into, 7), bytes(into)))
target = array(b("i"), [0, 0])
show("into array", lambda: (a.send_bytes(b("\5\0\0\0\6\0\0\0")), b2.recv_bytes_into(target),
        target.tolist()))
show("into str", lambda: (b2.recv_bytes_into(b("constant"))))
show("into offset negative", b2.recv_bytes_into, into, -1)
show("into offset beyond", b2.recv_bytes_into, into, 11)
a.send_bytes(b("much too long for it"))
try:
    b2.recv_bytes_into(into)
except Exception as error:
    print("too short", type(error).__name__, value(error.args[0]))

# Objects, by the pickle of multiprocessing.forking.
kind("send lambda", a.send, lambda: 5)
show("recv nothing there", lambda: b2.poll(0))

# Ends.
show("close", lambda: (a.close(), a.close(), a.closed))
system("closed send", a.send_bytes, b("x"))
system("closed fileno", a.fileno)
show("closed poll", a.poll)
kind("end", b2.recv_bytes)
a, b2 = pair(writable=False)
system("readable only", a.send_bytes, b("x"))
show("readable only recv", lambda: (b2.send_bytes(b("y")), a.recv_bytes()))
print("only", a.readable, a.writable)
r, w = os.pipe()
r, w = C(r, writable=False), C(w, readable=False)
show("pipe", lambda: (w.send_bytes(b("piped")), r.recv_bytes()))
system("pipe recv", w.recv_bytes)
system("pipe poll", w.poll)
show("neither", lambda: C(0, readable=False, writable=False))
system("bad handle", C, -1)
system("closed handle", C, 1000)
kind("text handle", C, b("x"))
kind("no handle", C)
show("keyword", lambda: C(handle=os.dup(2), wrong=5))
a, b2 = pair()
a.send_bytes(b("last"))
poll = b2.poll
recv = b2.recv_bytes
del b2
gc.collect()
show("method keeps it", lambda: (poll(0), recv()))
del poll, recv
gc.collect()
kind("then closed", a.recv_bytes)
number = a.fileno()
gone = weakref.ref(a)
del a
gc.collect()
show("weak", lambda: gone() is None)
kind("descriptor is closed", lambda: [os.fstat(number)] and 5)
text = repr(r)
print("repr", text.startswith("<read-only Connection, handle "), type(text) is str)

# Semaphores.
RECURSIVE, SEMAPHORE = 0, 1
s = SemLock(SEMAPHORE, 2, 3)
print("semaphore", s.kind, s.maxvalue, type(s.handle).__name__ in ("int", "long"))
show("value", s._get_value)
show("acquire", lambda: (s.acquire(), s.acquire(False), s.acquire(False), s._get_value(),
        s._is_zero()))
show("acquire timeout", s.acquire, True, 0.01)
show("acquire keywords", lambda: s.acquire(block=False, timeout=1))
show("acquire negative", s.acquire, True, -5)
kind("acquire text", s.acquire, True, b("x"))
show("count mine", lambda: (s._count(), s._is_mine()))
show("release", lambda: (s.release(), s.release(), s.release(), s._get_value()))
show("release too much", s.release)
show("with", lambda: (s.__enter__(), s._get_value(), s.__exit__(None, None, None), s._get_value()))
show("exit few", lambda: s.__exit__())
l = SemLock(RECURSIVE, 1, 1)
show("recursive", lambda: (l.acquire(), l.acquire(), l._count(), l._is_mine(), l.release(),
        l._count(), l.release(), l._is_zero()))
show("not mine", l.release)
show("after fork", lambda: (l._after_fork(), l._count()))
again = SemLock._rebuild(s.handle, SEMAPHORE, 3)
show("rebuilt", lambda: (again.acquire(), s._get_value(), again.release(), type(again) is SemLock))
show("bad kind", SemLock, 7, 1, 1)
system("bad value", SemLock, SEMAPHORE, -1, 1)
kind("text value", SemLock, SEMAPHORE, b("x"), 1)
kind("few", SemLock, SEMAPHORE)
show("rebuild few", SemLock._rebuild, 1)
kind("readonly", setattr, l, "kind", 5)
acquire = l.acquire
del l
gc.collect()
show("lock method outlives", acquire)

# Addresses of buffers.
show("address", lambda: [type(x).__name__ in ("int", "long") or x
        for x in module.address_of_buffer(target)])
show("address size", lambda: module.address_of_buffer(target)[1])
kind("address of str", module.address_of_buffer, b("x"))
kind("address of number", module.address_of_buffer, 5)
mmap = load("mmap")
m = mmap.mmap(-1, 100)
show("address of mmap", lambda: module.address_of_buffer(m)[1])
