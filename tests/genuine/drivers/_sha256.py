"""_sha256: digests of data as it comes."""

include("hashes")
new = module.sha256
show("a long one", lambda: new(ALL * 50).digest())
show("keyword", lambda: new(string=b("abc")).digest() == new(b("abc")).digest())
show("unknown keyword", lambda: new(text=b("abc")))
family(new, 32)

# The shorter one of the family.
family(module.sha224, 28)
