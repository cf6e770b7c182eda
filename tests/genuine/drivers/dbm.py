# dbm: a database of Berkeley DB's in the old interface's clothes.
import shutil
import tempfile

include("files")
folder = tempfile.mkdtemp()
path = os.path.join(folder, "data")
given = path.encode("ascii") if PY3 else path
print("error", module.error.__name__, issubclass(module.error, Exception), type(module.library) in (bytes, str))
d = module.open(given, b("n"))
keys = database(d)
show("get", lambda: (d.get(b("n5")), d.get(b("no")), d.get(b("no"), 5)))
show("setdefault", lambda: (d.setdefault(b("new"), b("default")), d.setdefault(b("new"), b("other"))))
kind("setdefault nothing", d.setdefault, b("newer"))
kind("get()", d.get)
show("close", lambda: (d.close(), d.close()))
kind("closed", lambda: d[b("n5")])
kind("closed put", lambda: setitem(d, b("k"), b("v")))
kind("closed keys", d.keys)
kind("closed length", lambda: len(d))
kind("closed has", d.has_key, b("x"))
d = module.open(given, b("r"))
show("again", lambda: (d[b("n7")], len(d) > 100))
# The library says it aloud, too.
saved, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
os.dup2(null, 2)
kind("read only", lambda: setitem(d, b("k"), b("v")))
kind("delete read only", lambda: delitem(d, b("n7")))
os.dup2(saved, 2)
d = module.open(given, b("w"), 0o600)
show("write", lambda: (setitem(d, b("k"), b("v")), d[b("k")]))
del d
gc.collect()
show("closed when dropped", lambda: module.open(given)[b("k")])
d = module.open(given, b("c"))
show("create keeps", lambda: d[b("k")])
for args in ((b("/nonexistent/folder/file"), b("n")), (b("/nonexistent/folder/file"),), (given, b("x")), (5,), (), (given, 5), (given, b("n"), b("x")), (given, b("n"), 1, 2)):
    kind("open of %s" % ", ".join(map(name_of, args)), lambda: type(module.open(*args)).__name__ == "dbm")
has_key = module.open(given).has_key
gc.collect()
show("method keeps it", lambda: (has_key(b("k")), has_key(b("no"))))
del has_key
gc.collect()
shutil.rmtree(folder)
