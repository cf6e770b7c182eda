from __future__ import print_function
import private as m

print("# keys")
for constant in (1, True, 1.0, 1j, b"x", None, (1, 2.5)):
    print(type(m.key(constant)).__name__, len(m.key(constant)), m.same(constant, constant))
for a, b in ((1, 1.0), (1, True), (0.0, -0.0), (0j, -0j), (complex(0, 0.0), complex(-0.0, 0.0)),
             (complex(0.0, -0.0), complex(0.0, 0.0)), ((1,), (1.0,)), ((1,), (1,)), (b"x", u"x"),
             (frozenset([1]), frozenset([1.0])), (frozenset([1]), frozenset([1])), ([], []),
             (2 ** 70, 2 ** 70), ((0.0, (1,)), (-0.0, (1,))), (1.5, 1.5), (None, 0)):
    print(m.same(a, b))
same = []
print(m.same(same, same))

print("# weak references")
told = []
print(m.clear(lambda reference: told.append(reference() is None)), told)

print("# generators")


def generate():
    try:
        yield 1
    finally:
        pass


generator = generate()
print(m.needs(generator))
next(generator)
print(m.needs(generator))
list(generator)
print(m.needs(generator))
