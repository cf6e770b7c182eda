from __future__ import print_function
import gc
import shared_lists as m


def show(text):
    print(text if isinstance(text, str) else text.decode('ascii'))


# Inlined stores are seen when the function returns, and by what it calls.
a = [1, 2, 3]
m.store(a, 1, 20)
print(a)
print(m.store_and_call(a, 0, 10, lambda: list(a)), a)
print(m.store_and_call(a, 2, [7], lambda: a[2].append(8) or list(a)), a)
try:
    m.store_and_call(a, 2, None, lambda: 1 // 0)
except ZeroDivisionError:
    print(a)

# Changes made outside are seen inside.
a = [1, 2, 3]
print(m.call_and_sum(a, lambda: a.append(100)))
print(m.call_and_sum(a, lambda: a.__setitem__(0, 50)))
print(m.call_and_sum(a, lambda: a.insert(0, 1000)))
print(m.call_and_sum(a, lambda: a.__delitem__(slice(1, None))))
print(m.call_and_sum(a, lambda: a.pop()))
print(m.call_and_sum(a, lambda: a.extend(range(1000))), len(a))

# At any depth.
b = [1, [2, (3, [4])], [], ()]
show(m.inside(b))
b[1][1][1].append(5)
b[2].append((b[1],))
show(m.inside(b))
b[1] = b[2]
show(m.inside(b))
m.store(b[2], 0, [9])
show(m.inside(b))
print(b)
c = []
c.append(c)
show(m.inside(c))
c.append((c, 1))
show(m.inside(c))
m.store(c, 0, 5)
print(c[0], c[1][0] is c)

# The same list is the same object.
print(all(x is a for x in m.twice(a)))
made = m.nested(4)
print(made, [x is y for x, y in zip(m.twice(made), (made, made))])
loop = m.in_itself()
print(loop[1] is loop, loop[0][0] is loop, len(loop))
del loop[:]
deep = m.nested(300)
depth = 0
while deep:
    depth += 1
    deep = deep[1]
print(depth)

# Kept across calls.
d = [1, 2]
m.keep(d)
d.append(3)
print(m.size_of_kept(), m.get_kept() is d)
show(m.inside_kept())
print(m.append_to_kept(4), d)
d[:] = [[5]]
m.store_in_kept([6])
print(d, m.get_kept() is d)
d[0].append(7)
show(m.inside(m.get_kept()))
m.drop()
print(d)
several = [[i] for i in range(30)]
for one in several:
    m.keep(one)
    m.store_in_kept(-1)
    one.append(1)
    m.store_in_kept(one[0] - 1)
print(several == [[-2, 1]] * 30)
m.keep(m.nested(2))
kept = m.get_kept()
m.store_in_kept('x')
kept.append(m.append_to_kept(0.5))
print(len(kept), kept[2:])
m.drop()
print(len(kept))

# Given away before it is full.
seen = []
results = m.half_filled(lambda x: seen.append(x) or len(x))
print(results, all(x is results[4] for x in seen))

# The API on lists from outside.
for how in ('append', 'insert', 'set', 'reverse', 'sort', 'delete', 'twice', 'tuple', 'get',
            'slice', 'store all', 'inlined append', 'inlined pop'):
    for start in ([3, 1, 2], [4, 1, 3, 2, 9, 8, 7, 6, 5]):
        value = [0, [0]] if how == 'slice' else 17
        print(how, m.change(start, how, value), start)
x = []
for i in range(100):
    m.change(x, 'append', i)
    m.change(x, 'inlined append', [i])
print(len(x), x == [y for i in range(100) for y in (i, [i])])
try:
    m.change([1, 'a', None, 2.5], 'slice', 5)
except TypeError as error:
    print(error)

# What was borrowed is still there.
e = [0.25, 0.5, 0.75]
print(m.borrowed(e, lambda: e.__setitem__(slice(0, 0), [1.5, 2.5])))
for i in range(200):
    f = [float(j) for j in range(i + 1)]
    result = m.borrowed(f, lambda: f.__setitem__(slice(0, 0), [-1.5, -2.5]))
    if result != (0.0, float(i), 1, 1):
        print(i, result)


# Numbers are told apart by value and type, wherever the host has them in memory, whatever else is
# in the list, and whoever changes it.
numbers = [0, 1, -1, 255, 257, 2 ** 30 - 1, 2 ** 30, -2 ** 30, 2 ** 31, 2 ** 62, -2 ** 63, 2 ** 63,
           0.0, -0.0, 1.0, 257.0, 1e308, 1e308 * 10, True, None, 'text']
seed = 1


def choose(limit):
    global seed
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return seed // 4096 % limit


def check(x, step):
    for by_api in (0, 1):
        copy = m.copy(x, by_api)
        if repr(copy) != repr(x):
            print(step, by_api, copy, x)


def again(value):
    return value + 0 if type(value) in (int, float) else value


for only in (numbers[:11], numbers[12:18], numbers):
    x = [only[choose(len(only))] for i in range(20)]
    m.keep(x)
    for step in range(150):
        value, at, what = again(only[choose(len(only))]), choose(len(x) - 1), choose(14)
        if what == 0:
            x[at] = value
        elif what == 1:
            x.insert(at, value)
        elif what == 2 and len(x) > 10:
            del x[at]
        elif what == 3:
            x[at:] = [again(y) for y in x[at:]]
        elif what == 4:
            x[at], x[-1] = x[-1], x[at]
        elif what == 5 and choose(5) == 0:
            x[:] = [again(value) for i in range(choose(20) + 10)]
        elif what == 6 and len(x) < 100:
            m.change(x, 'twice')
        elif what == 7 and len(x) > 10:
            m.change(x, 'delete')
        elif what in (8, 9, 10, 11):
            m.change(x, ('append', 'insert', 'set', 'inlined append')[what - 8], value)
        elif what == 12:
            m.change(x, ('reverse', 'sort')[choose(2)])
        else:
            m.store(x, at, value)
            m.store_and_call(x, 0, value, lambda: x.__setitem__(1, again(value)))
        check(x, step)
    print(len(x), [y for y in x if type(y) in (bool, float, str, type(None))][:12])
m.drop()


# Numbers that outlive the list that they came in, and the other way round, while the memory of
# the rest is given back and used again.
for values in ([i + 0.5 for i in range(600)], list(range(200, 800)), [7] * 600,
               [1.5] + ['b'] * 600,
               [i if i % 3 else i / 4.0 for i in range(600)] + ['a', 10 ** 30, 1.5, 2 ** 40]):
    for i in (0, 77, len(values) - 1):
        m.pick([again(value) for value in values], i)
        gc.collect()
        x = [again(value) for value in reversed(values)]
        print(m.get_kept() == values[i], m.copy(x, 0) == x, m.get_kept() == values[i])
    x = [again(value) for value in values]
    m.keep(x)
    y = m.get_kept()
    m.clear_inline(x)
    gc.collect()
    check(x, 'cleared')
    x[3:] = values
    y = [again(value) for value in values[50:90]]
    m.store(x, 5, y[7])
    check(x, 'filled')
    check(y, 'beside')
    print(len(x), x[:3], x[3:5] + x[6:] == values[:2] + values[3:], x[5] == y[7])
    for i in range(3):
        x[:] = []
        check(x, 'empty')
        gc.collect()
        x[:] = [again(value) for value in values]
        check(x, 'full')
m.drop()


# Classes that are derived from list.
class Derived(list):
    pass


g = Derived([1, [2]])
g.name = 'g'
show(m.inside(g))
m.store(g, 0, 5)
print(g, g.name, m.twice(g)[0] is g)
g.append(6)
print(m.call_and_sum(Derived([1, 2]), lambda: None))
print(m.change(g, 'insert', 0), g, type(g) is Derived)
show(m.inside([g, g]))
