from __future__ import print_function
import collections
import sys
import tuple_api


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(tuple_api.run())
pair = (1, [2])
made = tuple_api.doubled(pair)
print(made == (1, [2], 1, [2]), made[1] is pair[1], made[3] is pair[1])
print(tuple_api.doubled(()) == ())
print(tuple_api.nested(4))
print(tuple_api.pack(1, None, 2.5) == (1, None, 2.5))
deep = ()
for i in range(300):
    deep = (deep,)
print(tuple_api.doubled(deep) == deep + deep)
# What lies too deep to cross is refused, as often as it is tried; its class is unharmed.
Pair = collections.namedtuple('Pair', 'first second')
deep = Pair((), 0)
for i in range(3000):
    deep = Pair((deep,), 0)
for i in range(5):
    try:
        print(tuple_api.pack(deep, 1, 2.5)[0] is deep)
    except RuntimeError:
        print(sys.version_info[0] == 3)
print(tuple_api.pack(Pair(1, 2), 1, 2.5) == ((1, 2), 1, 2.5))
for wrong in ([], 5, None):
    try:
        tuple_api.doubled(wrong)
    except SystemError:
        print('SystemError')
for a, b in [((), ()), ((1,), (1, 2)), ((1, 2), (1, 2)), ((1, 3), (1, 2, 9)),
             ((1, 2.0), (1, 2)), ((b'a', u'b'), (u'a', b'b')), (((1,), 2), ((1,), 3)),
             ((1,), [1]), ((b'b',), (b'a', 1)), ((None,), (0,)), ((10 ** 20,), (10 ** 20, 0))]:
    show(tuple_api.compare(a, b) + b'\n')
