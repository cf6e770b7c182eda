# _lsprof: a profiler that is called at each call and return, with a clock of our own.
import gc
import threading
import weakref

Profiler = module.Profiler


class Clock(object):
    """A tick each time that it is asked."""

    def __init__(self):
        self.now = 0

    def __call__(self):
        self.now += 1
        return self.now


def leaf():
    return 1


def middle(n):
    return leaf() + leaf()


def outer():
    return middle(1) + leaf()


def recurse(n):
    return n and recurse(n - 1)


def failing():
    raise ValueError("on purpose")


def catches():
    try:
        failing()
    except ValueError:
        return "caught"


def times(n):
    for k in range(n):
        yield k


def table(p, names="leaf middle outer recurse failing catches".split()):
    """The functions of ours: name, calls, recursive calls, called functions of ours."""
    out = []
    for entry in p.getstats():
        name = getattr(entry.code, "co_name", None)
        if name in names:
            calls = sorted((b(c.code.co_name), c.callcount, c.reccallcount) for c in entry.calls or ()
                           if getattr(c.code, "co_name", None) in names)
            out.append((b(name), entry.callcount, entry.reccallcount, calls))
    return sorted(out)


def profiled(function, *args, **kwargs):
    p = Profiler(*args, **kwargs)
    p.enable()
    function()
    p.disable()
    return p


def rows(label, p):
    for row in table(p):
        print(label, value(row))


print("names", Profiler.__name__, module.profiler_entry.__name__, module.profiler_subentry.__name__)
rows("outer", profiled(outer))
rows("recurse", profiled(lambda: recurse(10)))
rows("catches", profiled(catches))
rows("without subcalls", profiled(outer, subcalls=False))
rows("without builtins", profiled(outer, builtins=False))

# Times by a clock of our own: they are exact.
clock = Clock()
p = Profiler(clock, 0.5)
p.enable()
leaf()
outer()
p.disable()
for entry in sorted(p.getstats(), key=lambda e: str(getattr(e.code, "co_name", e.code))):
    name = getattr(entry.code, "co_name", None)
    if name in ("leaf", "middle", "outer"):
        print("times", name, entry.callcount, entry.totaltime, entry.inlinetime,
              sorted((c.code.co_name, c.callcount, c.totaltime, c.inlinetime) for c in entry.calls or ()
                     if hasattr(c.code, "co_name")))
entry = [e for e in p.getstats() if getattr(e.code, "co_name", None) == "leaf"][0]
print("entry", type(entry) is module.profiler_entry, len(entry), entry[0] is leaf.__code__, entry[1] == entry.callcount,
      entry[5] is None or type(entry[5]).__name__)
p = Profiler(Clock(), timeunit=2.0)
p.enable()
leaf()
p.disable()
show("another unit", lambda: [e.totaltime for e in p.getstats() if e.code is leaf.__code__])
p = Profiler(lambda: 1.5, 0.0)
p.enable()
leaf()
p.disable()
show("a clock that stands", lambda: [e.totaltime for e in p.getstats() if e.code is leaf.__code__])

# Builtins are entries whose code is a text.
p = profiled(lambda: [len([]), len([1]), abs(-1), max(1, 2)])
texts = sorted((str(e.code), e.callcount) for e in p.getstats() if not hasattr(e.code, "co_name"))
show("builtins", lambda: [c for name, c in texts if "len" in name] + [c for name, c in texts if "abs" in name])
show("texts", lambda: [name for name, c in texts if name in ("<len>", "<abs>", "<max>")] ==
     ["<abs>", "<len>", "<max>"])
p = Profiler()
p.enable(builtins=False)
len([])
p.disable()
show("no builtins", lambda: [1 for e in p.getstats() if not hasattr(e.code, "co_name")])

# On and off.
p = Profiler()
show("nothing yet", p.getstats)
show("disable before", p.disable)
p.enable()
leaf()
p.disable()
leaf()
p.enable()
leaf()
p.disable()
show("on and off", lambda: table(p))
show("clear", lambda: (p.clear(), p.getstats()))
p.enable()
leaf()
show("stats while on", lambda: table(p))
p.clear()
p.disable()
show("cleared while on", lambda: table(p, ["leaf"]))
show("subcalls on and off", lambda: (p.enable(subcalls=True), outer(), p.enable(False), outer(), p.disable(),
                                     [row[:2] for row in table(p)])[-1])
q = Profiler()
p = Profiler()
p.enable()
leaf()
q.enable()
leaf()
q.disable()
p.disable()
show("one after another", lambda: (table(p), table(q)))

# Threads have profilers of their own.
p = Profiler()
ran = []
p.enable()
t = threading.Thread(target=lambda: [leaf() for n in range(5)] and ran.append(1))
t.start()
t.join()
p.disable()
show("another thread", lambda: (ran, table(p, ["leaf"])))
q = Profiler()


def in_thread():
    q.enable()
    leaf()
    leaf()
    q.disable()


t = threading.Thread(target=in_thread)
t.start()
t.join()
show("in a thread", lambda: table(q, ["leaf"]))

# Generators, deep recursion, many functions.
p = profiled(lambda: sum(times(5)))
show("generator", lambda: [e.callcount for e in p.getstats() if e.code is times.__code__])
show("deep", lambda: table(profiled(lambda: recurse(150))))
functions = []
for n in range(100):
    scope = {}
    exec("def made():\n    return %d" % n, scope)
    functions.append(scope.pop("made"))
p = profiled(lambda: [f() for f in functions])
codes = [f.__code__ for f in functions]
show("many", lambda: sorted(codes.index(e.code) for e in p.getstats() if e.code in codes) == list(range(100)))
del functions, codes, scope
gc.collect()
show("code outlives its function", lambda: sum(1 for e in p.getstats()
     if getattr(e.code, "co_name", "") == "made" and e.callcount == 1))

# What is wrong.
for args in ((5,), (None,), (b("x"), b("y")), (len, None), (len, 1.0, True, False, 5)):
    kind("Profiler(%s)" % ", ".join(map(name_of, args)), lambda: type(Profiler(*args)) is Profiler)
kind("no such keyword", lambda: Profiler(clock=len))
kind("enable of three", lambda: Profiler().enable(1, 2, 3))
kind("enable keyword", lambda: Profiler().enable(sub=1))
kind("enable text", lambda: Profiler().enable(b("x")) if not PY3 else Profiler().enable("x"))
kind("disable(1)", lambda: Profiler().disable(1))
kind("getstats(1)", lambda: Profiler().getstats(1))
kind("clear(1)", lambda: Profiler().clear(1))
kind("attribute", lambda: setattr(Profiler(), "x", 1))


class Sub(Profiler):
    def of(self, function):
        self.enable()
        function()
        self.disable()
        return self


s = Sub()
s.itself = s
show("subclass", lambda: table(s.of(outer)))
gone = weakref.ref(s)
del s
gc.collect()
show("subclass is gone", lambda: gone() is None or "kept")
p = profiled(outer)
stats = p.getstats()
del p
gc.collect()
show("stats outlive", lambda: sorted(e.callcount for e in stats if getattr(e.code, "co_name", "") in ("leaf", "outer")))
leaf()
show("a profiler that is dropped while on", lambda: (Profiler().enable(), gc.collect() >= 0, leaf())[1:])
leaf()
show("others go on", lambda: table(profiled(leaf)))
