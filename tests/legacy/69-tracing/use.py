from __future__ import print_function
import gc
import sys
import tracing as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


def f_inner(x):
    return x


def f_outer(x):
    y = f_inner(x)
    y = f_inner(y)
    return [y]


def f_raising():
    raise ValueError("raised")


def f_recursive(n):
    if n == 0:
        return n
    return f_recursive(n - 1)


class Thing(object):
    pass


thing = Thing()
count = sys.getrefcount(thing)
for is_profile in [0, 1]:
    m.start(thing, is_profile, 0)
    f_outer(5)
    show(m.stop())
    m.start(thing, is_profile, 0)
    f_recursive(2)
    try:
        f_raising()
    except ValueError:
        pass
    show(m.stop())
f_outer(5)
m.start(thing, 1, 0)
m.start(thing, 1, 0)
f_inner(None)
show(m.stop())
gc.collect()
print(sys.getrefcount(thing) == count)
# A tracer that fails raises where the event was, and is no longer called.
m.start(thing, 0, 2)
try:
    f_outer(5)
except KeyError as error:
    print(error)
f_outer(6)
show(m.stop())
print(m.same_definition(len, len), m.same_definition(len, abs))
print(m.same_definition([].append, [1].append), m.same_definition([].append, [].extend))
print(m.same_definition(m.stop, m.stop), m.same_definition(m.stop, m.start))
