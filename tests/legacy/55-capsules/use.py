from __future__ import print_function
import gc
import capsules as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


def made(kind):
    try:
        return m.make(kind)
    except Exception as error:
        print(type(error).__name__, error)


kept = [made(kind) for kind in range(7)]
for capsule in kept:
    show(m.look(capsule))
    if capsule is not None:
        show(m.texts(capsule))
for capsule in kept:
    show(m.change(capsule))
    show(m.look(capsule))
for other in [None, 5, b"text", [], m]:
    show(m.look(other))
print(m.count())
del kept, capsule
gc.collect()
print(m.count())
for kind in [0, 1, 3, 4, 6]:
    made(kind)
    gc.collect()
    print(m.count())
capsule = m.same()
show(m.same(capsule))
holder = {"capsule": capsule}
del capsule
show(m.same(holder["capsule"]))
show(m.same(m.make(1)))
for path in ["capsules._C_API", "capsules.misnamed", "capsules.object", "capsules.nothing",
             "no_such_module._C_API", "capsules", "sys.path"]:
    for no_block in [0, 1]:
        if not (no_block and path.startswith("no_such")):
            show(m.import_(path, no_block))
show(m.import_object("capsules", "object"))
show(m.import_object("capsules", "_C_API"))
show(m.import_object("sys", "path"))
show(m.nothing())
