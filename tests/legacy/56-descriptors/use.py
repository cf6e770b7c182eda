from __future__ import print_function
import descriptors as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


count = m.make()
print("== what they are")
for i in range(count):
    show(m.about(i))
print("== get")
for i in range(count):
    for thing, kind in [(b"@t", b"@T"), (b"@d", b"@D"), (b"@t", b"@0"), (b"@0", b"@T"),
                        (b"@0", b"@D"), (b"@o", b"@O"), (b"@0", b"@O"), (b"@0", b"@o"),
                        (b"@o", b"@T"), (b"@t", b"@o"), (b"@t", b"@O")]:
        show(m.get(i, thing, kind))
show(m.get(5, b"@0", b"@0"))
print("== set")
for i in range(count):
    for thing in [b"@t", b"@d", b"@o"]:
        for value in [6, b"@0", b"text", 7, b"@0", b"@0", None]:
            show(m.set(i, thing, value))
print("== call")
for i in range(count):
    show(m.call(i))
    for first in [b"@t", b"@d", b"@o", b"@T", b"@D", b"@O", 5]:
        for rest in [(), (1,), (1, 2), ((),)]:
            show(m.call(i, first, *rest))
    show(m.call(i, b"@t", k=1))
    show(m.call(i, b"@t", 1, k=1, j=2))
print("== bound")
for i in range(count):
    for rest in [(), (1,), (1, 2), ((1, 2),)]:
        show(m.call_bound(i, *rest))
    show(m.call_bound(i, k=1))
show(m.wrappers())
show(m.counts())
print("== made ready")
m.ready()
for i in range(3):
    show(m.names(i))
show(m.docs())
METHODS = """__abs__ __add__ __and__ __call__ __cmp__ __coerce__ __contains__ __delattr__ __delete__
__delitem__ __delslice__ __div__ __divmod__ __eq__ __float__ __floordiv__ __ge__ __get__
__getattribute__ __getitem__ __getslice__ __gt__ __hash__ __hex__ __iadd__ __iand__ __idiv__
__ifloordiv__ __ilshift__ __imod__ __imul__ __index__ __init__ __int__ __invert__ __ior__ __ipow__
__irshift__ __isub__ __iter__ __itruediv__ __ixor__ __le__ __len__ __long__ __lshift__ __lt__
__mod__ __mul__ __ne__ __neg__ __new__ __nonzero__ __oct__ __or__ __pos__ __pow__ __radd__ __rand__
__rdiv__ __rdivmod__ __repr__ __rfloordiv__ __rlshift__ __rmod__ __rmul__ __ror__ __rpow__
__rrshift__ __rshift__ __rsub__ __rtruediv__ __rxor__ __set__ __setattr__ __setitem__ __setslice__
__str__ __sub__ __truediv__ __xor__ next many of_class number both""".split()
for i in range(3):
    for name in METHODS:
        print("--", i, name)
        name = name.encode("ascii")
        for args in [(), (5,), (b"@s",), (b"@s", 5), (5, 6, b"@s"), (5, 6, 7, 8), (-1, -2),
                     (-200,), (13,), (13, 14), (b"@S", 1), (None, None), (2 ** 70,)]:
            show(m.use(i, name, *args))
        show(m.use(i, name, k=1))
        show(m.use(i, name, b"@S", 5, k=1, j=2))
