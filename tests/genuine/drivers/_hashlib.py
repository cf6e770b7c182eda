# _hashlib: OpenSSL's digests of data as it comes.
include("hashes")
new = module.new
print("names", sorted(n for n in dir(module) if n.startswith("openssl_")),
      set(("MD5", "SHA1", "SHA256")) <= set(map(str.upper, map(str, [n if type(n) is str else n.decode("ascii") for n in module.openssl_md_meth_names]))))
for name, size in (("md5", 16), ("sha1", 20), ("sha224", 28), ("sha256", 32), ("sha384", 48), ("sha512", 64)):
    constructor = getattr(module, "openssl_" + name)
    show(name, lambda: (len(constructor(b("abc")).digest()) == size, constructor(b("abc")).digest() == new(b(name), b("abc")).digest()))
    show("name", lambda: (constructor().name, constructor().block_size))
    family(constructor, size)
show("keywords", lambda: new(name=b("md5"), string=b("abc")).digest() == new(b("md5"), b("abc")).digest())
show("text name", lambda: new(u("sha1")).digest_size)
kind("no such digest", new, b("no-such-digest"))
kind("name 5", new, 5)
kind("name None", new, None)
kind("new()", new)
kind("zero in name", new, b("md5\0"))
show("long, without the lock", lambda: new(b("sha256"), b("x") * 1000000).digest()[:4])
f = module.pbkdf2_hmac
show("pbkdf2", lambda: f(b("sha1"), b("password"), b("salt"), 1))
show("pbkdf2 more", lambda: f(b("sha256"), b("password"), b("salt"), 2, 40))
show("pbkdf2 keywords", lambda: f(hash_name=b("sha1"), password=b("p"), salt=b("s"), iterations=3, dklen=5))
show("pbkdf2 buffers", lambda: f(b("sha1"), bytearray(b("password")), memoryview(b("salt")), 1) == f(b("sha1"), b("password"), b("salt"), 1))
for args in ((b("sha1"), b("p"), b("s"), 0), (b("sha1"), b("p"), b("s"), -1), (b("none"), b("p"), b("s"), 1), (b("sha1"), 5, b("s"), 1),
             (b("sha1"), b("p"), None, 1), (b("sha1"), b("p"), b("s"), 1, 0), (b("sha1"), b("p"), b("s"), 1, -1), (b("sha1"), b("p")), (5, b("p"), b("s"), 1),
             (b("sha1"), b("p"), b("s"), 2 ** 80), (b("sha1"), u("p"), b("s"), 1)):
    kind("pbkdf2 of %s" % ", ".join(map(name_of, args)), f, *args)
