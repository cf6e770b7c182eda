# select: select, poll, epoll on pipes.
import gc
import os
import weakref

S = module
read, write = os.pipe()
read2, write2 = os.pipe()


class Filed(object):
    def __init__(self, result):
        self.result = result

    def fileno(self):
        return self.result


def named(result):
    """What the descriptors are called here."""
    names = {read: b("read"), write: b("write"), read2: b("read2"), write2: b("write2")}
    return [(names[d], event) for d, event in result]


print("constants", S.POLLIN, S.POLLPRI, S.POLLOUT, S.POLLERR, S.POLLHUP, S.POLLNVAL, S.EPOLLIN,
        S.EPOLLET,
      S.EPOLLONESHOT, S.PIPE_BUF)
print("error", S.error.__name__, issubclass(S.error, Exception))

# select
r = Filed(read)
show("nothing ready", lambda: S.select([read], [], [], 0))
show("writable", lambda: S.select([read], [write], [], 0) == ([], [write], []))
os.write(write, b("x"))
show("readable", lambda: [x is r for x in S.select([r], [], [], 0)[0]])
show("no timeout", lambda: S.select([read], [], []) == ([read], [], []))
show("None timeout", lambda: S.select([read], [write], [], None) == ([read], [write], []))
show("tuples", lambda: S.select((read,), (), (), 0.0) == ([read], [], []))
show("long", lambda: S.select([read], [], [], 2) == ([read], [], []))
show("text timeout", S.select, [], [], [], b("x"))
kind("negative timeout", S.select, [read2], [], [], -1)
show("huge timeout", S.select, [], [], [], 1e200)
show("bad list", S.select, 5, [], [])
show("bad item", S.select, [b("x")], [], [], 0)
show("bad fileno", S.select, [Filed(b("x"))], [], [], 0)
show("negative", S.select, [-1], [], [], 0)
show("far", S.select, [2000], [], [], 0)
system("closed", S.select, [1000], [], [], 0)
show("few", S.select, [])
show("empty", S.select, [], [], [], 0)
f = os.fdopen(os.dup(read), "rb", 0)
show("file", lambda: S.select([f], [], [], 0)[0][0] is f)
f.close()
kind("closed file", S.select, [f], [], [], 0)


class Growing(list):
    def __getitem__(self, k):
        return list.__getitem__(self, k)


class Changing(object):
    def fileno(self):
        del changing[:]
        return read


show("subclass", lambda: S.select(Growing([read]), [], [], 0)[0] == [read])
changing = [Changing()] * 3
kind("changing", lambda: len(S.select(changing, [], [], 0)[0]))


class Failing(object):
    def fileno(self):
        raise LookupError("fileno")


show("failing", S.select, [Failing()], [], [], 0)

# poll
p = S.poll()
print("type", type(p).__name__)
show("register", p.register, read, S.POLLIN)
show("register object", p.register, Filed(write), S.POLLOUT)
show("poll", lambda: named(sorted(p.poll(0))))
show("poll None", lambda: len(p.poll(None)))
show("poll float", lambda: len(p.poll(1.5)))
show("poll text", p.poll, b("x"))
show("poll huge", p.poll, 2**80)
show("modify", lambda: (p.modify(write, 0), named(p.poll(0))))
system("modify missing", p.modify, read2, S.POLLIN)
show("unregister", p.unregister, write)
show("register text", p.register, b("x"))
kind("register events text", p.register, read, b("x"))
show("register events big", p.register, read, 2**20)
show("register negative", p.register, -1)
show("register nothing", p.register)
show("register default", lambda: (p.register(read2), named(p.poll(0))))
closed = os.dup(read)
os.close(closed)
p.register(closed)
show("closed", lambda: [e for d, e in p.poll(0) if d == closed])
p.unregister(closed)
os.close(write2)
show("hung up", lambda: [e for d, e in p.poll(0) if d == read2])
try:
    p.unregister(write)
except KeyError as error:
    print("unregister again:", error.args[0] == write)
poll = p.poll
del p
gc.collect()
show("method outlives", lambda: len(poll(0)))
kind("subclass poll", type, "Sub", (type(S.poll()),), {})
kind("make", lambda: type(S.poll())())
kind("attribute", setattr, S.poll(), "x", 1)

# epoll
e = S.epoll()
show("fileno", lambda: (e.fileno() > 2, e.closed))
show("register", e.register, read, S.EPOLLIN)
system("register again", e.register, read, S.EPOLLIN)
show("poll", lambda: named(e.poll(0)))
show("poll keywords", lambda: named(e.poll(timeout=0, maxevents=1)))
show("poll maxevents", e.poll, 0, 0)
show("poll text", e.poll, b("x"))
show("modify", lambda: (e.modify(read, S.EPOLLOUT), e.poll(0)))
system("modify missing", e.modify, write, 1)
show("register object", lambda: (e.register(Filed(write), S.EPOLLOUT), named(e.poll(0))))
system("register closed", e.register, 1000, 1)
show("register text", e.register, b("x"))
show("unregister", e.unregister, write)
system("unregister missing", e.unregister, write)
again = S.epoll.fromfd(os.dup(e.fileno()))
show("fromfd", lambda: (again.modify(read, S.EPOLLIN), named(e.poll(0)), again.close(),
        again.closed))
show("close", lambda: (e.close(), e.close(), e.closed))
show("closed poll", e.poll, 0)
show("closed fileno", e.fileno)
show("closed register", e.register, read)
show("bad size", S.epoll, -2)
show("text size", S.epoll, b("x"))
show("keyword", lambda: S.epoll(sizehint=5).closed)
kind("subclass", type, "Own", (S.epoll,), {})
e = S.epoll()
number = e.fileno()
poll = e.poll
del e
gc.collect()
show("epoll method outlives", poll, 0)
del poll
gc.collect()
kind("descriptor is closed", lambda: [os.fstat(number)] and 5)
kind("weak", weakref.ref, S.epoll())
for d in (read, write, read2):
    os.close(d)
