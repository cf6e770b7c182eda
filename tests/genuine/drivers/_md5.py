"""_md5: digests of data as it comes."""

include("hashes")
new = module.new
show("constants", lambda: (module.digest_size, type(new()) is module.MD5Type))
show("a long one", lambda: new(ALL * 50).digest())
family(new, 16)
