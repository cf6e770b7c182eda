from __future__ import print_function
import gc
import named_tuples as m


def show(x):
    print(x.decode() if not isinstance(x, str) else x)


def fails(function, *args):
    try:
        function(*args)
    except Exception as error:
        print(type(error).__name__)


p = m.make(1, 2, 3, 4)
print("== what Python sees")
print(p.x, p.y, p.hidden, p[0], p[-1], len(p), tuple(p), p == (1, 2, 3))
print(type(p) is m.point, m.point.__name__)
print(p.n_fields, p.n_sequence_fields)
print([len(m.make(n, n, n, n)) for n in range(3)], m.make_pair()[:], m.make_pair().hidden)
fails(getattr, p, "z")
print("== back again")
show(m.look(p))
show(m.look(m.make_pair()))
show(m.look((1, 2, 3)))
show(m.look(m.point((4, 5, 6, 7))))
show(m.look(m.point([4, 5, 6])))
print(m.parse(p), m.parse(m.point((4, 5, 6))), m.parse((7, 8, 9)))
fails(m.parse, m.make_pair())
fails(m.point, (1,))
fails(m.look, m.make(1, "x", 3, 4))
print("== made by a call in C")
show(m.call((4, 5, 6, 7)))
show(m.call([4, 5, 6]))
show(m.call(p))
fails(m.call, (1, 2))
fails(m.call, (1, 2, 3, 4, 5))
fails(m.call, 5)
print("== within others")
q = m.make(p, [p], (p,), {1: p})
print(q.x.x, q.y[0].y, q[2][0] == p, q.hidden[1].hidden)
show(m.look(q.x))
p = None
gc.collect()
print(q.x.x, q.y[0].y, q[2][0].hidden)
many = [m.make(n, n + 1, n + 2, n + 3) for n in range(1000)]
del many[::2]
print(sum(x.hidden for x in many), sum(m.parse(x) for x in many))
