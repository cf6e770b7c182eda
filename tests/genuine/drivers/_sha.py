"""_sha: digests of data as it comes."""

include("hashes")
new = module.new
show("constants", lambda: (module.blocksize, module.digestsize, module.digest_size))
show("a long one", lambda: new(ALL * 50).digest())
show("keyword", lambda: new(string=b("abc")).digest() == new(b("abc")).digest())
show("unknown keyword", lambda: new(text=b("abc")))
family(new, 20)
