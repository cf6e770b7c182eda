# gdbm: GNU's database, whose keys come one after another.
import shutil
import tempfile

include("files")
folder = tempfile.mkdtemp()
path = os.path.join(folder, "data")
given = path.encode("ascii") if PY3 else path
print("error", module.error.__name__, issubclass(module.error, Exception),
      sorted(module.open_flags.encode("ascii") if type(module.open_flags) is not bytes else module.open_flags) != [])
d = module.open(given, b("n"))
keys = database(d)


def walk():
    out, key = [], d.firstkey()
    while key is not None:
        out.append(key)
        key = d.nextkey(key)
    return sorted(out)


show("walk", lambda: walk() == sorted(keys))
kind("nextkey of none", lambda: d.nextkey(b("no such key")))
kind("nextkey 5", d.nextkey, 5)
kind("nextkey()", d.nextkey)
kind("firstkey(1)", d.firstkey, 1)
show("reorganize", lambda: (d.reorganize(), d[b("n5")]))
show("sync", d.sync)
show("close", lambda: (d.close(), d.close()))
for name in ("keys", "firstkey", "sync", "reorganize"):
    kind("closed " + name, getattr(d, name))
kind("closed", lambda: d[b("n5")])
kind("closed length", lambda: len(d))
d = module.open(given)
show("again", lambda: (d[b("n7")], len(d) > 100))
kind("read only", lambda: setitem(d, b("k"), b("v")))
d.close()
d = module.open(given, b("wf"), 0o600)
show("write", lambda: (setitem(d, b("k"), b("v")), d[b("k")]))
kind("locked", lambda: module.open(given, b("w")) and 1)
d = None
gc.collect()
show("closed when dropped", lambda: module.open(given)[b("k")])
for args in ((b("/nonexistent/folder/file"), b("n")), (b("/nonexistent/folder/file"),), (given, b("x")), (given, b("rx")), (5,), (), (given, 5), (given, b("n"), b("x")), (given, b("n"), 1, 2)):
    kind("open of %s" % ", ".join(map(name_of, args)), lambda: type(module.open(*args)) is not None)
has_key = module.open(given).has_key
gc.collect()
show("method keeps it", lambda: (has_key(b("k")), has_key(b("no"))))
del has_key
gc.collect()
shutil.rmtree(folder)
