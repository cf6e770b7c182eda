# resource: limits and what was used.
import gc
import os

R = module
print("constants", R.RLIMIT_CPU, R.RLIMIT_FSIZE, R.RLIMIT_DATA, R.RLIMIT_STACK, R.RLIMIT_CORE,
        R.RLIMIT_NOFILE,
      R.RLIMIT_AS, R.RLIM_INFINITY, R.RUSAGE_SELF, R.RUSAGE_CHILDREN)
print("error", R.error.__name__, issubclass(R.error, Exception))
soft, hard = R.getrlimit(R.RLIMIT_CORE)
print("kinds", isinstance(soft, int), isinstance(hard, int), R.getpagesize())
show("set", R.setrlimit, R.RLIMIT_CORE, (0, hard))
show("set is got", lambda: R.getrlimit(R.RLIMIT_CORE) == (0, hard))
show("set list", R.setrlimit, R.RLIMIT_CORE, [0, hard])
show("set one", R.setrlimit, R.RLIMIT_CORE, (0,))
show("set three", R.setrlimit, R.RLIMIT_CORE, (0, 0, 0))
show("set number", R.setrlimit, R.RLIMIT_CORE, 5)
show("set text", R.setrlimit, R.RLIMIT_CORE, (b("x"), 0))
show("set float", R.setrlimit, R.RLIMIT_CORE, (1.5, hard))
show("set huge", R.setrlimit, R.RLIMIT_CORE, (2**70, hard))
system("set inverted", R.setrlimit, R.RLIMIT_NOFILE, (10**6, 5))
show("set bad", R.setrlimit, 1000, (0, 0))
show("set negative", R.setrlimit, -1, (0, 0))
show("get bad", R.getrlimit, 1000)
show("get text", R.getrlimit, b("x"))
show("get nothing", R.getrlimit)
show("get two", R.getrlimit, 1, 2)
show("infinity", lambda: (R.setrlimit(R.RLIMIT_CPU, (-1, -1)), R.getrlimit(R.RLIMIT_CPU)))
files = R.getrlimit(R.RLIMIT_NOFILE)
show("files", lambda: (R.setrlimit(R.RLIMIT_NOFILE, (40, files[1])),
        R.getrlimit(R.RLIMIT_NOFILE)[0]))
R.setrlimit(R.RLIMIT_NOFILE, files)
u1 = R.getrusage(R.RUSAGE_SELF)
print("usage", type(u1).__name__, len(u1), u1[0] == u1.ru_utime, u1.ru_maxrss > 1000,
        u1[2] == u1.ru_maxrss)
print("usage names", [n for n in dir(u1) if n.startswith("ru_")])
print("usage slices", u1[:2] == (u1.ru_utime, u1.ru_stime), u1[-1] == u1.ru_nivcsw)
print("usage kinds", [type(x).__name__ for x in u1])
kind("usage index", lambda: u1[16])
print("usage compares", u1 == tuple(u1), u1 == u1, hash(u1) == hash(tuple(u1)),
        tuple(list(u1)) == u1)
text = repr(u1)
print("usage repr", text[:30], text[-1], text.count("="))
kind_of = type(u1)
made = kind_of(range(16))
print("usage made", made.ru_utime, made.ru_nivcsw, len(made), repr(made)[:45])
kind("usage made short", kind_of, range(15))
kind("usage made number", kind_of, 5)
r = made.__reduce__()
print("usage reduce", r[0] is kind_of, r[0](*r[1]) == made)
show("children", lambda: len(R.getrusage(R.RUSAGE_CHILDREN)))
show("usage bad", R.getrusage, 1000)
show("usage text", R.getrusage, b("x"))
used = [R.getrusage(R.RUSAGE_SELF) for k in range(50)]
print("usage grows", all(a.ru_utime <= b.ru_utime for a, b in zip(used, used[1:])))
del used, u1
gc.collect()
print("outlives", made[3], list(made)[:3])
kind("pagesize", R.getpagesize, 1)
