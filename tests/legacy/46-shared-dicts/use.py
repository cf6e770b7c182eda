# -*- coding: utf-8 -*-
from __future__ import print_function
import shared_dicts as m


def plain(value):
    return value.decode() if isinstance(value, bytes) and bytes is not str else value


def show(text):
    if not isinstance(text, str):
        text = text.decode('utf-8') if isinstance(text, bytes) else text.encode('utf-8')
    print(text)


show(m.keywords())
show(m.keywords(1, 2))
show(m.keywords(first=1, second=None))
show(m.keywords(**{'third': 3, 'text': u't'}))
print(m.interned(name=1, other=2))

# Keys of either kind find each other.
for key in (b'key', u'key'):
    d = {key: 1, 5: 2}
    show(m.find(d, 'key'))
    print(m.set(d, 'key', 7), len(d), d[key], m.set(d, 'new', 8), len(d))
    print(m.remove(d, 'key'), key in d, plain(m.remove(d, 'key')))
    show(m.find(d, 'new'))
    show(m.find(d, 'key'))
show(m.items({u'wide': 1, 5: u'x', None: 1.5, (1, 2): [], b'plain': b'y', u'\xe9': 2}))

# Changes on both sides; what is borrowed.
d = {'a': [1], 'b': 2.5}
print(m.borrow(d, lambda: d.__setitem__('c', 3)), d['a'] is m.borrow(d, lambda: None)[0])
print(m.borrow(d, lambda: d['a'].append(2)))
d = dict((i, i) for i in range(1000))
m.walk(d)
print(all(d[i] == i + 1 for i in range(1000)))
built = m.build(500)
print(len(built), all(built[i] == [i] for i in range(500)))
print(m.kinds(built))
print(m.copies({'x': 1, 'y': 2}) == {'x': 1, 'y': 2, 'own': None})
print(m.own_names()[:2], plain(m.own_names()[2]), m.constant)


# Classes that are derived from dict, and what overrides its methods.
class Derived(dict):
    def __getitem__(self, key):
        return 'overridden'

    def __missing__(self, key):
        return 'missing'


e = Derived(a=1)
show(m.find(e, 'a'))
show(m.find(e, 'b'))
print(m.set(e, 'b', 5), dict.__getitem__(e, 'b'), e['b'], type(e) is Derived)


# Keys whose comparison raises: look-ups swallow it.
class Key(object):
    def __hash__(self):
        return hash('bad')

    def __eq__(self, other):
        raise ValueError('compared')


f = {Key(): 1}
try:
    m.set(f, 'bad', 1)
except ValueError as error:
    print(error)
