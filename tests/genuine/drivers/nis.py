# nis: there is no server, so what is asked and how it is refused.
import gc


def refused(label, function, *args, **kwargs):
    """What the C library says depends on the machine."""
    try:
        result = function(*args, **kwargs)
    except module.error:
        print("%s: refused" % label)
    except Exception as error:
        print("%s: %s" % (label, type(error).__name__))
    else:
        print("%s: %s" % (label, type(result).__name__))


error = module.error
print("error", error.__name__, issubclass(error, Exception), error.__module__)


def domain():
    """The machine's, which most have not: an error then, always the same."""
    try:
        return module.get_default_domain()
    except error as e:
        return str(e)


show("domain", lambda: domain() == domain() != "")
NONE = b("")  # which is refused without asking around for a server
for name in ("maps", "match", "cat"):
    f = getattr(module, name)
    given = {"maps": (), "match": (b("root"), b("passwd.byname")), "cat": (b("passwd.byname"),)}[name]
    print(f.__name__)
    refused("%s in no domain" % name, lambda: f(*given, domain=NONE))
    refused("%s with a text" % name, lambda: f(*given, domain=u("")))
    kind("%s of a number" % name, lambda: f(*given, domain=5))
    kind("%s of None" % name, lambda: f(*given, domain=None))
    kind("%s of bytes with a zero" % name, lambda: f(*given, domain=b("a\0b")))
    kind("%s with another keyword" % name, lambda: f(*given, domains=NONE))
    kind("%s of too many" % name, f, *given + (NONE, 1))
for name, given in (("match", ()), ("match", (b("root"),)), ("match", (5, b("passwd.byname"))),
                    ("match", (b("root"), 5)), ("match", (b("root"), None)), ("cat", ()), ("cat", (5,)),
                    ("cat", (None,)), ("cat", ([],))):
    kind("%s of %s" % (name, ", ".join(map(name_of, given))), getattr(module, name), *given)
refused("match of text", lambda: module.match(u("root"), u("passwd.byname"), NONE))
refused("match of keywords", lambda: module.match(key=b("root"), map=b("group"), domain=NONE))
refused("cat of a nickname", lambda: module.cat(b("hosts"), NONE))
kind("domain(1)", module.get_default_domain, 1)
caught = []
for n in range(100):
    try:
        module.match(b("key%d" % n), b("map"), NONE)
    except error as e:
        caught.append(e)
gc.collect()
print("errors outlive", len(caught), all(isinstance(e, error) and len(e.args) == 1 for e in caught),
      len(set(str(e) for e in caught)))
