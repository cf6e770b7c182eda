# grp: groups as named tuples.
import copy
import gc
import os

root = module.getgrgid(0)
print("root", as_text(root[0]), as_text(root[1]), root[2], type(root[3]) is list, len(root))
print("names", as_text(root.gr_name), root.gr_gid, root.gr_passwd == root[1], root.gr_mem is root[3])
print("kind", type(root).__name__, type(root) is module.struct_group)
print("counts", root.n_fields, root.n_sequence_fields, root.n_unnamed_fields)
show("by name", lambda: module.getgrnam(b("root")) == root)
show("by unicode", lambda: module.getgrnam(u("root")).gr_gid)
show("all", lambda: (len(module.getgrall()) > 5,
        [g for g in module.getgrall() if g.gr_gid == 0] == [root]))
missing("no such id", module.getgrgid, 3999999)
missing("no such name", module.getgrnam, b("no-such-group"))
kind("negative", module.getgrgid, -5)
kind("huge", module.getgrgid, 2**80)
kind("big", module.getgrgid, 2**33)
show("text id", module.getgrgid, b("x"))
kind("float id", module.getgrgid, 1.5)
show("None id", module.getgrgid, None)
kind("nothing", module.getgrgid)
missing("number name", module.getgrnam, 5)
missing("None name", module.getgrnam, None)
kind("zero in name", module.getgrnam, b("ro\0ot"))
kind("name nothing", module.getgrnam)
kind("all of", module.getgrall, 1)
kind("put", lambda: root.__setitem__(0, 1))
kind("attribute", setattr, root, "x", 1)
kind("beyond", lambda: root[4])
kind("no such field", lambda: root.gr_nothing)
print("slice", type(root[:2]) is tuple, as_text(root[:1][0]), root[-2], root[2:3] == (0,))
print("tuple", tuple(root) == root, root == root[:], root != (1,), 0 in root,
        root.index(0) if hasattr(root, "index") else 2,
      (root + (5,))[-1], len(root * 2))
kind("hash", lambda: hash(root))
group = module.struct_group
made = group([b("own"), b("x"), 5, [b("me")]])
print("made", value(made.gr_name), made.gr_gid, value(made.gr_mem),
        made == (b("own"), b("x"), 5, [b("me")]))
show("made from iterator", lambda: group(iter([1, 2, 3, 4])).gr_mem)
kind("made short", group, [1, 2, 3])
kind("made long", group, [1, 2, 3, 4, 5])
kind("made number", group, 5)
kind("made nothing", group)
kind("subclass", type, "Sub", (group,), {})
r = made.__reduce__()
print("reduce", r[0] is group, r[0](*r[1]) == made)
print("copy", copy.copy(made) == made, copy.deepcopy(made) == made,
        copy.deepcopy(made).gr_mem is made.gr_mem)
looped = []
made = group([1, 2, 3, looped])
looped.append(made)
del made
gc.collect()
print("loop", looped[0].gr_mem is looped, looped[0][3][0] is looped[0])
del looped[:]
members = root.gr_mem
it = iter(root)
del root
gc.collect()
show("outlives", lambda: (members == module.getgrgid(0).gr_mem, as_text(list(it)[0]) == "root"))
