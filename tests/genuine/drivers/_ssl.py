# _ssl: both ends of a connection over a pair of sockets of the genuine _socket; contexts,
# certificates, bad input.  The key is this test's own, and is for nothing else.
import gc
import os
import shutil
import tempfile
import weakref

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgvP+1hHt7qAMlpphS
L44g6qKkZmNh9L8etwYuAOWDs6KhRANCAASSK815/XtD5l6uPOhHh+IsEkvYLsyT
duszJ5OMXMas3DkMaMYoH5AzZ5SsHrsQRDtFlUa0OolrUYsZNFCXy7si
-----END PRIVATE KEY-----
"""
CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIB0DCCAXagAwIBAgIBATAKBggqhkjOPQQDAjA8MQswCQYDVQQGEwJYWTEPMA0G
A1UECgwGcHkyYWJpMRwwGgYDVQQDDBN0ZXN0LnB5MmFiaS5leGFtcGxlMCAXDTAw
MDEwMTAwMDAwMFoYDzIwOTkxMjMxMDAwMDAwWjA8MQswCQYDVQQGEwJYWTEPMA0G
A1UECgwGcHkyYWJpMRwwGgYDVQQDDBN0ZXN0LnB5MmFiaS5leGFtcGxlMFkwEwYH
KoZIzj0CAQYIKoZIzj0DAQcDQgAEkivNef17Q+ZerjzoR4fiLBJL2C7Mk3brMyeT
jFzGrNw5DGjGKB+QM2eUrB67EEQ7RZVGtDqJa1GLGTRQl8u7IqNnMGUwDAYDVR0T
BAUwAwEB/zA2BgNVHREELzAtghN0ZXN0LnB5MmFiaS5leGFtcGxlghAqLnB5MmFi
aS5leGFtcGxlhwR/AAABMB0GA1UdDgQWBBTvI6HnWfe6e4UIjNZf86TXjkZqgTAK
BggqhkjOPQQDAgNIADBFAiEAlUZ7sWyy3SS+hHrxvqbwa+5D2YxAD6FUkVyfy+5n
vccCIBThNaG3ZAysupNiUBL4Kl9js0BtVJasdoViPu43qWIt
-----END CERTIFICATE-----
"""
S = load("_socket")
L = module
Context = L._SSLContext
HOST = "test.py2abi.example"
folder = tempfile.mkdtemp()


def written(name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as f:
        f.write(text)
    return path.encode("ascii") if PY3 else path


key, certificate = written("key.pem", KEY), written("cert.pem", CERTIFICATE)
both, rubbish = written("both.pem", CERTIFICATE + KEY), written("rubbish.pem", "no key\n")


def told(label, function, *args, **kwargs):
    """What OpenSSL says depends on its version: the kind of error counts, and the system's number."""
    try:
        result = function(*args, **kwargs)
    except L.SSLError as error:
        print("%s: %s" % (label, type(error).__name__))
    except EnvironmentError as error:
        print("%s: error %s" % (label, error.args[0]))
    except Exception as error:
        print("%s: %s" % (label, type(error).__name__))
    else:
        print("%s: %s" % (label, value(result)))


def names(x):
    """A certificate's parts, whose texts are str."""
    if type(x) is tuple:
        return tuple(map(names, x))
    return x if type(x) is bytes or x is None else u(x).encode("utf-8")


# The module.
print("errors", [getattr(L, n).__name__ for n in "SSLError SSLZeroReturnError SSLWantReadError SSLWantWriteError "
                 "SSLSyscallError SSLEOFError".split()],
      issubclass(L.SSLEOFError, L.SSLError), issubclass(L.SSLError, S.error))
print("constants", L.CERT_NONE, L.CERT_OPTIONAL, L.CERT_REQUIRED, L.PROTOCOL_TLS, L.PROTOCOL_TLSv1_2, L.HAS_SNI, L.HAS_ECDH,
      L.OP_ALL != 0, L.VERIFY_CRL_CHECK_LEAF, L.SSL_ERROR_WANT_READ, L.ALERT_DESCRIPTION_HANDSHAKE_FAILURE)
print("version", type(L.OPENSSL_VERSION_NUMBER) in (int, long), len(L.OPENSSL_VERSION_INFO), len(L._OPENSSL_API_VERSION))
told("tables", lambda: (len(L.err_codes_to_names) > 10, len(L.err_names_to_codes) > 10, len(L.lib_codes_to_names) > 0))
told("RAND", lambda: (bool(L.RAND_status()), L.RAND_add(b("seed"), 1.0)))
told("RAND_add text", L.RAND_add, b("x"), b("y"))
told("RAND_add 5", L.RAND_add, 5, 1.0)
told("txt2obj", lambda: names(tuple(x if type(x) is not int else b("%d" % x) for x in L.txt2obj(b("2.5.4.3")))))
told("txt2obj by name", lambda: names(L.txt2obj(b("commonName"), name=True)[1:]))
told("txt2obj unknown", L.txt2obj, b("no.such.thing"))
told("txt2obj 5", L.txt2obj, 5)
told("nid2obj", lambda: names(L.nid2obj(13)[1:]))
told("nid2obj negative", L.nid2obj, -1)
told("nid2obj unknown", L.nid2obj, 100000)
told("nid2obj text", L.nid2obj, b("x"))
told("paths", lambda: len(L.get_default_verify_paths()))

# A certificate.
cert = L._test_decode_cert(certificate)
for field in sorted(cert):
    print("certificate %s" % field, value(names(cert[field])) if field != "version" else cert[field])
told("decode rubbish", L._test_decode_cert, rubbish)
told("decode nothing", L._test_decode_cert, b("/nonexistent/cert.pem"))
told("decode 5", L._test_decode_cert, 5)

# Contexts.
c = Context(L.PROTOCOL_TLS)
print("context", type(c).__name__, type(c) is Context)
told("no protocol", Context, 1000)
told("protocol text", Context, b("x"))
told("context()", Context)
told("verify_mode", lambda: (c.verify_mode, setattr(c, "verify_mode", L.CERT_REQUIRED), c.verify_mode))
told("check_hostname", lambda: (c.check_hostname, setattr(c, "check_hostname", True), c.check_hostname))
told("verify_mode none", setattr, c, "verify_mode", L.CERT_NONE)
told("verify_mode 77", setattr, c, "verify_mode", 77)
told("verify_mode text", setattr, c, "verify_mode", b("x"))
told("check_hostname off", lambda: (setattr(c, "check_hostname", 0), c.check_hostname, setattr(c, "verify_mode", L.CERT_NONE)))
told("check_hostname first", setattr, c, "check_hostname", True)
told("options", lambda: (setattr(c, "options", c.options | L.OP_NO_TLSv1), c.options & L.OP_NO_TLSv1 != 0))
told("options text", setattr, c, "options", b("x"))
told("verify_flags", lambda: (setattr(c, "verify_flags", L.VERIFY_CRL_CHECK_LEAF), c.verify_flags & L.VERIFY_CRL_CHECK_LEAF, setattr(c, "verify_flags", 0)))
told("ciphers", c.set_ciphers, b("HIGH"))
told("no ciphers", c.set_ciphers, b("no-such-cipher"))
told("ciphers 5", c.set_ciphers, 5)
told("curve", c.set_ecdh_curve, b("prime256v1"))
told("no curve", c.set_ecdh_curve, b("no-such-curve"))
told("dh", c.load_dh_params, b("/nonexistent/dh.pem"))
told("dh rubbish", c.load_dh_params, rubbish)
told("load", c.load_cert_chain, certificate, key)
told("load both", c.load_cert_chain, both)
told("load keywords", lambda: c.load_cert_chain(certfile=certificate, keyfile=key))
told("load text", lambda: c.load_cert_chain(u(os.path.join(folder, "both.pem"))))
told("load without key", c.load_cert_chain, certificate)
told("load nothing", c.load_cert_chain, b("/nonexistent/cert.pem"))
told("load rubbish", c.load_cert_chain, rubbish)
told("load 5", c.load_cert_chain, 5)
told("password", lambda: c.load_cert_chain(both, password=b("unused")))
told("password called", lambda: c.load_cert_chain(both, password=lambda: b("unused")))
told("password 5", lambda: c.load_cert_chain(both, password=5))
told("verify locations", c.load_verify_locations, certificate)
told("verify data", lambda: (lambda x: (x.load_verify_locations(cadata=u(CERTIFICATE)), sorted(x.cert_store_stats().values()), len(x.get_ca_certs()),
                                        len(x.get_ca_certs(True)[0]) > 100))(Context(L.PROTOCOL_TLS)))
told("verify rubbish", lambda: c.load_verify_locations(cadata=u("rubbish")))
told("verify bad data", lambda: c.load_verify_locations(cadata=b("rubbish")))
told("verify nothing", c.load_verify_locations)
told("verify nowhere", c.load_verify_locations, b("/nonexistent/ca.pem"))
told("verify 5", c.load_verify_locations, 5)
told("stats", lambda: sorted(c.session_stats().values()))
told("alpn", c._set_alpn_protocols, bytearray(b("\2h2")))
told("alpn 5", c._set_alpn_protocols, 5)
told("callback 5", c.set_servername_callback, 5)
told("callback None", c.set_servername_callback, None)
told("attribute", setattr, c, "x", 1)
told("no attribute", getattr, c, "nothing")
told("defaults", c.set_default_verify_paths)
for bad in (None, 5, b("x"), object()):
    told("wrap %s" % name_of(bad), c._wrap_socket, bad, False)
told("wrap()", c._wrap_socket)


# Both ends, in turns.
def context(**settings):
    made = Context(L.PROTOCOL_TLS)
    for name, setting in sorted(settings.items(), reverse=True):
        setattr(made, name, setting)
    return made


class Owner(object):
    """What an SSL socket is the inside of."""


def pair():
    ends = S.socketpair()
    for end in ends:
        end.setblocking(False)
    return ends


def shaken(*ends):
    """The ends, when each has done its part of the handshake."""
    todo = list(ends)
    for turn in range(100):
        for end in list(todo):
            try:
                end.do_handshake()
                todo.remove(end)
            except (L.SSLWantReadError, L.SSLWantWriteError):
                pass
        if not todo:
            return list(ends)
    return "never"


def joined(server, client, host=HOST):
    a, z = pair()
    return shaken(server._wrap_socket(a, True, None),
                  client._wrap_socket(z, False, host and b(host))) + [a, z]


def tried(function, *args):
    """Until there is something to read."""
    for turn in range(100):
        try:
            return function(*args)
        except (L.SSLWantReadError, L.SSLWantWriteError):
            pass
    return "never"


server = context()
server.load_cert_chain(certificate, key)
client = context(verify_mode=L.CERT_REQUIRED, check_hostname=True)
client.load_verify_locations(certificate)
one, two, a, z = joined(server, client)
print("socket", type(one).__name__, type(one) is L._SSLSocket)
told("write", lambda: (one.write(b("hello")), tried(two.read, 100)))
told("back", lambda: (two.write(b("to you")), tried(one.read, 2), one.pending(), one.read(100)))
told("buffers", lambda: (one.write(bytearray(b("array"))), one.write(memoryview(b("memory"))), tried(two.read, 5), tried(two.read, 6)))
into = bytearray(b("........"))
told("into", lambda: (one.write(b("into")), tried(two.read, 8, into), bytes(into)))
told("nothing there", two.read, 10)
told("read negative", two.read, -5)
told("read text", two.read, b("x"))
told("read()", two.read)
told("read into bytes", two.read, 5, b("const"))
told("write None", one.write, None)
told("write 5", one.write, 5)
told("write text", lambda: (one.write(u("text")), tried(two.read, 4)))
told("much", lambda: (one.write(b("x") * 10000), len(tried(two.read, 20000)) > 0))
while two.pending():
    two.read(10000)
told("cipher", lambda: (len(two.cipher()), type(two.cipher()[2]) in (int, long), one.cipher() == two.cipher()))
told("version", lambda: names(one.version()) == names(two.version()) != None)
told("compression", lambda: one.compression())
told("alpn", lambda: one.selected_alpn_protocol())
peer = two.peer_certificate()
told("peer", lambda: names(peer["subject"]))
told("peer's names", lambda: names(peer["subjectAltName"]))
told("peer in DER", lambda: len(two.peer_certificate(True)) > 200)
told("no peer", one.peer_certificate)
told("unique", lambda: type(two.tls_unique_cb()) in (bytes, type(None)))
told("context", lambda: (two.context is client, setattr(two, "context", client)))
told("context 5", setattr, two, "context", 5)
told("context of them", lambda: one.context is server)
told("type makes none", lambda: type(one)())
told("attribute", setattr, one, "x", 1)

# Refusals.
told("another name", lambda: joined(server, client, "other.example") and True)
stranger = context(verify_mode=L.CERT_REQUIRED)
told("not trusted", lambda: joined(server, stranger) and True)
told("not asked", lambda: len(joined(server, context(), None)))
told("no certificate", lambda: joined(context(), client) and True)
told("name with a zero", lambda: client._wrap_socket(z, False, b("a\0b")))
told("name of a server", lambda: server._wrap_socket(a, True, b("name")) and 1)

# The name that a client asks for.
asked = []


def chosen(sock, name, ctx):
    asked.append((sock is owner, name if name is None else names(name), ctx is naming))


owner = Owner()
naming = context()
naming.load_cert_chain(both)
naming.set_servername_callback(chosen)


def named(host):
    x, y = pair()
    return len(shaken(naming._wrap_socket(x, True, None, ssl_sock=owner),
                      context()._wrap_socket(y, False, host and b(host))))


told("named", lambda: (named(HOST), asked))
told("not named", lambda: (named(None), len(asked)))
naming.set_servername_callback(lambda *args: L.ALERT_DESCRIPTION_INTERNAL_ERROR)
told("refused by the callback", named, HOST)
naming.set_servername_callback(None)
told("no longer called", lambda: (named(HOST), len(asked)))

# Lives.
one, two, a, z = joined(server, client)
write, read = one.write, two.read
del one, two
gc.collect()
told("methods keep theirs", lambda: (write(b("kept")), tried(read, 10)))
gone = weakref.ref(owner)
del owner
gc.collect()
told("owner is let go", lambda: gone() is None)
a.close()
told("closed under it", lambda: write(b("x")))
told("the other end", lambda: tried(read, 10))
del a
gc.collect()
told("socket is gone", lambda: write(b("x")))
local = context()
local.load_verify_locations(certificate)
ca = local.get_ca_certs()
del local
gc.collect()
told("certificates outlive", lambda: names(ca[0]["subject"]))
ends = [joined(server, context(), None) for n in range(5)]
told("many", lambda: [(e[0].write(b("%d" % n)), tried(e[1].read, 5)) for n, e in enumerate(ends)])
del ends
gc.collect()
shutil.rmtree(folder)
