# _socket: a pair of sockets, a server on localhost, addresses, names.
import gc
import os
import weakref

S = module
socket = S.socket
unix, inet, stream, dgram = S.AF_UNIX, S.AF_INET, S.SOCK_STREAM, S.SOCK_DGRAM


def is_error(error, base):
    return issubclass(error, base)


print("constants", unix, inet, stream, dgram, S.SOL_SOCKET, S.SO_REUSEADDR, S.INADDR_LOOPBACK,
        S.has_ipv6, S.SHUT_WR)
print("errors", is_error(S.gaierror, S.error), is_error(S.herror, S.error),
        is_error(S.timeout, S.error),
      S.timeout.__name__, is_error(S.error, Exception))
print("type", socket is S.SocketType, S.getdefaulttimeout())

# A pair.
a, b2 = S.socketpair()
print("pair", a.family == unix, a.type, a.proto, a.timeout, type(a) is socket)
show("send", lambda: (a.send(b("hello")), b2.recv(3), b2.recv(10)))
show("sendall", lambda: (a.sendall(b("x") * 10000), len(b2.recv(20000))))
show("send unicode", lambda: (a.send(u("text")), b2.recv(10)))
show("send bytearray", lambda: (a.send(bytearray(b("ba"))), b2.recv(10)))
array = load("array").array
show("send array", lambda: (a.send(array(b("c"), b("arr"))), b2.recv(10)))
show("send memory", lambda: (a.send(memoryview(b("mem")) if PY3 else buffer(b("mem"))),
        b2.recv(10)))
show("send number", a.send, 5)
show("send None", a.send, None)
show("send nothing", a.send)
show("sendall number", a.sendall, 5)
show("recv negative", b2.recv, -1)
show("recv text", b2.recv, b("x"))
show("recv 0", lambda: b2.recv(0, S.MSG_DONTWAIT))
system("recv nothing there", b2.recv, 10, S.MSG_DONTWAIT)
show("peek", lambda: (a.send(b("peeked")), b2.recv(4, S.MSG_PEEK), b2.recv(10)))
into = bytearray(8)
show("recv_into", lambda: (a.send(b("inside")), b2.recv_into(into), bytes(into)))
show("recv_into part", lambda: (a.send(b("XY!")), b2.recv_into(into, 2), bytes(into), b2.recv(5)))
target = array(b("c"), b("........"))
show("recv_into array", lambda: (a.send(b("array")), b2.recv_into(target), target.tostring()))
show("recv_into too much", b2.recv_into, into, 100)
show("recv_into negative", b2.recv_into, into, -1)
show("recv_into str", b2.recv_into, b("constant"))
show("recv_into number", b2.recv_into, 5)
show("recvfrom", lambda: (a.send(b("f")), b2.recvfrom(10)[0]))
show("recvfrom_into", lambda: (a.send(b("g")), b2.recvfrom_into(into)[0], bytes(into[:1])))
show("recvfrom_into too much", b2.recvfrom_into, into, 100)
show("shutdown", lambda: (a.shutdown(S.SHUT_WR), b2.recv(10)))
system("send after shutdown", a.send, b("x"))
show("shutdown text", a.shutdown, b("x"))
show("fileno", lambda: (a.fileno() > 2, a.fileno() != b2.fileno()))
again = a.dup()
show("dup", lambda: (type(again) is socket, again.fileno() != a.fileno(), again.close()))
show("close", lambda: (a.close(), a.close(), a.fileno()))
system("closed send", a.send, b("x"))
system("closed recv", a.recv, 1)
system("closed name", a.getsockname)
show("repr", lambda: "closed" in repr(a))
b2.close()

# Timeouts.
a, b2 = S.socketpair()
show("settimeout", lambda: (a.settimeout(0.01), a.gettimeout(), a.timeout))
system("timed out", a.recv, 1)
try:
    a.recv(1)
except S.timeout as error:
    print("timeout", error, type(error) is S.timeout)
show("nonblocking", lambda: (a.setblocking(0), a.gettimeout()))
system("would block", a.recv, 1)
show("blocking", lambda: (a.setblocking(True), a.gettimeout()))
show("timeout None", lambda: (a.settimeout(None), a.gettimeout()))
show("timeout negative", a.settimeout, -1)
kind("timeout text", a.settimeout, b("x"))
show("setblocking text", a.setblocking, b("x"))
show("default", lambda: (S.setdefaulttimeout(5), S.getdefaulttimeout(), socket(unix).gettimeout(),
                         S.setdefaulttimeout(None), S.getdefaulttimeout()))
show("default negative", S.setdefaulttimeout, -5)

# Options.
show("getsockopt", lambda: a.getsockopt(S.SOL_SOCKET, S.SO_TYPE))
show("getsockopt buffer", lambda: a.getsockopt(S.SOL_SOCKET, S.SO_TYPE, 4))
show("getsockopt big", a.getsockopt, S.SOL_SOCKET, S.SO_TYPE, 5000)
show("setsockopt", lambda: (a.setsockopt(S.SOL_SOCKET, S.SO_KEEPALIVE, 1),
        a.getsockopt(S.SOL_SOCKET, S.SO_KEEPALIVE)))
show("setsockopt str", lambda: (a.setsockopt(S.SOL_SOCKET, S.SO_KEEPALIVE, b("\0\0\0\0")),
                                a.getsockopt(S.SOL_SOCKET, S.SO_KEEPALIVE)))
system("setsockopt bad", a.setsockopt, 12345, 1, 1)
show("setsockopt float", a.setsockopt, S.SOL_SOCKET, S.SO_KEEPALIVE, 1.5)
show("setsockopt None", a.setsockopt, S.SOL_SOCKET, S.SO_KEEPALIVE, None)
a.close()
b2.close()

# A server.
server = socket(inet, stream)
show("bind", server.bind, (b("127.0.0.1"), 0))
show("listen", server.listen, 1)
port = server.getsockname()[1]
show("getsockname", lambda: server.getsockname() in [(b("127.0.0.1"), port), ("127.0.0.1", port)])
client = socket()
show("connect", client.connect, (b("127.0.0.1"), port))
served, address = server.accept()
show("accept", lambda: (type(served) is socket, address[1] == client.getsockname()[1]))
show("peer", lambda: client.getpeername()[1] == port)
show("echo", lambda: (client.sendall(b("ping")), served.recv(10), served.sendall(b("pong")),
        client.recv(10)))
show("connect_ex again", lambda: client.connect_ex((b("127.0.0.1"), port)) != 0)
show("connect name", lambda: socket().connect_ex((u("localhost"), port)) in (0, 111))
served.close()
show("end", client.recv, 10)
client.close()
server.close()
client = socket()
system("refused", client.connect, (b("127.0.0.1"), port))
for bad in (5, (b("127.0.0.1"),), (b("127.0.0.1"), b("x")), (b("127.0.0.1"), 70000),
        (b("127.0.0.1"), -1), [b("127.0.0.1"), 1],
            (5, 5), (None, 1), (b("127.0.0.1"), 1, 2), b("path")):
    show("bad address", client.connect, bad)
kind("bind few", client.bind)
client.close()
u1, u2 = socket(inet, dgram), socket(inet, dgram)
u1.bind((b("127.0.0.1"), 0))
u2.bind((b(""), 0))
there = u1.getsockname()
show("sendto", lambda: (u2.sendto(b("datagram"), there), u1.recvfrom(100)[0]))
show("sendto flags", lambda: (u2.sendto(b("datagram"), 0, there),
        u1.recvfrom(100)[1][1] == u2.getsockname()[1]))
show("sendto number", u2.sendto, 5, there)
show("sendto few", u2.sendto, b("x"))
show("sendto bad", u2.sendto, b("x"), 5)
u1.close()
u2.close()
path = b("\0py2abi-driver-%d" % os.getpid())
one = socket(unix, dgram)
show("abstract", lambda: (one.bind(path), one.getsockname() in (path, path.decode("ascii"))))
show("unix long", one.connect, b("x") * 200)
show("unix number", one.connect, 5)
one.close()

# Making.
system("bad family", socket, 1000)
show("text family", socket, b("x"))
show("many", socket, 1, 1, 0, None, 5)
show("keyword", lambda: socket(family=unix, type=dgram).type == dgram)
pair = S.socketpair(unix, dgram)
show("pair of datagrams", lambda: (pair[0].send(b("one")), pair[1].recv(10)))
system("bad pair", S.socketpair, inet)
other = S.fromfd(pair[0].fileno(), unix, dgram)
show("fromfd", lambda: (other.send(b("from")), pair[1].recv(9)))
system("fromfd bad", S.fromfd, 1000, unix, stream)
show("fromfd text", S.fromfd, b("x"), unix, stream)
del pair

# Addresses and numbers.
show("inet_aton", lambda: (S.inet_aton(b("127.0.0.1")), S.inet_aton(b("1.2"))))
system("inet_aton bad", S.inet_aton, b("x"))
show("inet_aton number", S.inet_aton, 5)
show("inet_ntoa", S.inet_ntoa, b("\x7f\0\0\1"))
system("inet_ntoa bad", S.inet_ntoa, b("abc"))
show("inet_pton", lambda: (S.inet_pton(inet, b("1.2.3.4")), S.inet_pton(S.AF_INET6, b("::1"))))
system("inet_pton bad", S.inet_pton, inet, b("x"))
system("inet_pton family", S.inet_pton, 77, b("x"))
show("inet_ntop", lambda: (S.inet_ntop(inet, b("\1\2\3\4")),
        S.inet_ntop(S.AF_INET6, b("\0") * 15 + b("\1"))))
show("inet_ntop short", S.inet_ntop, inet, b("abc"))
show("inet_ntop family", S.inet_ntop, 77, b("abc"))
show("hton", lambda: (S.htons(0x1234), S.ntohs(0x1234), S.htonl(0x12345678), S.ntohl(0xfffffffe)))
show("htons text", S.htons, b("x"))
kind("htons negative", S.htons, -1)
kind("htons big", S.htons, 2**31)
show("htonl big", S.htonl, 2**40)
show("htonl text", S.htonl, b("x"))
show("getservbyname", S.getservbyname, b("http"), b("tcp"))
system("getservbyname missing", S.getservbyname, b("no-such-service"))
show("getservbyport bad", S.getservbyport, 70000)
show("getprotobyname", S.getprotobyname, b("tcp"))
system("getprotobyname missing", S.getprotobyname, b("no-such"))
show("gethostbyname", S.gethostbyname, b("127.0.0.1"))
show("gethostbyname unicode", S.gethostbyname, u("127.0.0.1"))
show("gethostbyname number", S.gethostbyname, 5)
show("getaddrinfo", lambda: [x[:3] + x[4:]
        for x in S.getaddrinfo(b("127.0.0.1"), 80, inet, stream)])
show("getaddrinfo unicode", lambda: S.getaddrinfo(u("127.0.0.1"), b("80"), inet, stream)[0][4][1])
show("getaddrinfo None", lambda: S.getaddrinfo(None, 80, inet, stream)[0][4])
system("getaddrinfo bad", lambda: S.getaddrinfo(b("127.0.0.1"), b("no-such-service")))
show("getaddrinfo number", S.getaddrinfo, 5, 80)
show("getaddrinfo port", S.getaddrinfo, b("127.0.0.1"), [])
show("getnameinfo", S.getnameinfo, (b("127.0.0.1"), 80), 3)
show("getnameinfo bad", S.getnameinfo, 5, 3)
show("gethostname", lambda: len(S.gethostname()) > 0)

# Lives.
class Own(socket):
    def __init__(self, *args):
        socket.__init__(self, *args)
        self.tag = [self]

    def twice(self, data):
        return self.send(data) + self.send(data)


s = Own(inet, dgram)
s.bind((b("127.0.0.1"), 0))
s.connect(s.getsockname())
show("subclass", lambda: (s.twice(b("ab")), s.recv(10), s.tag[0] is s))
gone = weakref.ref(s)
number = s.fileno()
del s
gc.collect()
show("subclass gone", lambda: gone() is None)
kind("descriptor is closed", lambda: [os.fstat(number)] and 5)
lazy = socket.__new__(socket)
show("not initialised", lambda: (lazy.fileno(), lazy.timeout))
system("not initialised recv", lazy.recv, 1)
a, b2 = S.socketpair()
send = a.send
del a
gc.collect()
show("method keeps it", lambda: (send(b("kept")), b2.recv(10)))
del send
gc.collect()
show("and lets go", b2.recv, 10)
kind("attribute", setattr, b2, "x", 1)
kind("weak", lambda: weakref.ref(b2)() is b2)
kind("readonly", setattr, b2, "family", 5)
show("reinit", lambda: (b2.__init__(inet, dgram), b2.family))
b2.close()
print("table", type(S.CAPI).__name__)
