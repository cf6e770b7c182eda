from __future__ import print_function
import sys
import set_api as m


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(m.run())
s = set([1, 2])
print(m.size(s), m.size(frozenset()), m.size(set(range(1000))))
s.add(3)
print(m.size(s), m.size_after(s, lambda: s.add(4)))
print(m.add(s, 5), m.add(s, None), len(s), m.add(s, (1, 2)), (1, 2) in s)
print(m.add(s, u'text'), m.add(s, u'text'), len(s), u'text' in s, 'text' in s)


class Derived(set):
    pass


d = Derived([1])
print(m.size(d), m.add(d, 7), len(d), m.size(d))
try:
    m.add(s, [])
except TypeError:
    print('TypeError')
try:
    m.add([], 1)
except SystemError:
    print('SystemError')
