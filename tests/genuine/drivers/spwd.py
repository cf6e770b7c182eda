# spwd: the shadow passwords as named tuples; who may not read them gets none.
import copy
import gc
import os

everyone = module.getspall()
print("all", type(everyone) is list, [as_text(x[0]) == "root" for x in everyone].count(True) == (os.geteuid() == 0))
print("each", all(type(x) is module.struct_spwd and len(x) == 9 for x in everyone),
      all(type(n) is int for x in everyone for n in tuple(x)[2:]))
show("by name", lambda: all(module.getspnam(x[0])[:1] == x[:1] for x in everyone[:3]))
show("fields", lambda: all(x.sp_nam == x[0] and x.sp_pwd == x[1] and x.sp_lstchg == x[2]
                           and x.sp_min == x[3] and x.sp_max == x[4] and x.sp_warn == x[5]
                           and x.sp_inact == x[6] and x.sp_expire == x[7] and x.sp_flag == x[8]
                           for x in everyone))
missing("no such name", module.getspnam, b("no-such-user"))
missing("no such text", module.getspnam, u("no-such-user"))
missing("empty name", module.getspnam, b(""))
for bad in (None, 5, 1.5, [], (b("root"),), b("ro\0ot")):
    kind("getspnam(%s)" % name_of(bad), module.getspnam, bad)
kind("getspnam()", module.getspnam)
kind("getspnam of two", module.getspnam, b("a"), b("b"))
kind("getspall(1)", module.getspall, 1)

spwd = module.struct_spwd
print("counts", spwd.n_fields, spwd.n_sequence_fields, spwd.n_unnamed_fields)
made = spwd([b("me"), b("*"), 1, 2, 3, 4, 5, 6, 7])
print("kind", spwd.__name__, type(made) is spwd)
show("made", lambda: tuple(made))
show("made names", lambda: (made.sp_nam, made.sp_pwd, made.sp_lstchg, made.sp_flag))
show("made from iterator", lambda: spwd(iter(range(9))).sp_max)
kind("made short", spwd, [1, 2, 3])
kind("made long", spwd, range(10))
kind("made of number", spwd, 5)
kind("made of nothing", spwd)
kind("put", lambda: made.__setitem__(0, 1))
kind("attribute", setattr, made, "x", 1)
try:
    made.sp_nam = 1
except (AttributeError, TypeError):
    print("fields are read only")
kind("beyond", lambda: made[9])
kind("no such field", lambda: made.sp_nothing)
kind("hash", lambda: hash(made) == hash(tuple(made)))
kind("subclass", type, "Sub", (spwd,), {})
print("tuple", tuple(made) == made, made[:2] == (b("me"), b("*")), made[-1], 5 in made, len(made + (1,)))
r = made.__reduce__()
print("reduce", r[0] is spwd, r[0](*r[1]) == made)
print("copy", copy.copy(made) == made, copy.deepcopy(made) == made)
looped = []
made = spwd([1, 2, 3, 4, 5, 6, 7, 8, looped])
looped.append(made)
del made
gc.collect()
print("loop", looped[0].sp_flag is looped)
del looped[:]
many = [spwd([n] * 9) for n in range(200)]
fields = [x[0] for x in many]
del many
gc.collect()
show("fields outlive", lambda: fields == list(range(200)))
it = iter(spwd(range(9)))
gc.collect()
show("iterator outlives", lambda: list(it))
