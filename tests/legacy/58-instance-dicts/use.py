from __future__ import print_function
import instance_dicts as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


NAMES = ["data", "only", "method", "number", "attribute", "shadow", "own", "nothing"]
m.make()
for i in range(5):
    print("== object", i)
    for name in NAMES:
        show(m.get(i, name))
    show(m.set(i, "nothing"))
    for name in NAMES[:-1]:
        show(m.set(i, name, 5))
        show(m.get(i, name))
    show(m.keys(i))
    for name in NAMES:
        show(m.set(i, name))
        show(m.get(i, name))
    show(m.set(i, "own", b"text"))
    show(m.get(i, "own"))
    show(m.set(i, "own", None))
    show(m.get(i, "own"))
    show(m.keys(i))
