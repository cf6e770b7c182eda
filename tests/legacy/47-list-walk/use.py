from __future__ import print_function
import list_walk as m

seed = 1


def random(limit):
    global seed
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    return (seed >> 8) % limit


class Thing(object):
    count = 0

    def __init__(self):
        Thing.count += 1

    def __del__(self):
        Thing.count -= 1


shared = ()
made = [lambda: random(1000), lambda: random(10) + 0.5, lambda: None, lambda: [random(9)],
        lambda: (random(5), [random(5)]), lambda: 10 ** 20 + random(9), lambda: {random(9): 1},
        Thing, lambda: shared]


def model(values, what, i, item):
    """What a step makes of a list of our own."""
    if what in (0, 7):
        values.append(item)
    elif what == 1:
        values.insert(i, item)
    elif what in (2, 6):
        values[i] = item
    elif what == 3:
        del values[i]
    elif what == 4:
        values[i:i + 3] = [item, item]
    elif what == 5:
        values.reverse()
    elif what == 8:
        values.pop()
    elif what == 9:
        values[0:0] = values
    elif what == 10:
        del values[:len(values) // 2]
    elif what == 11:
        values.append(values[i])
        values[i] = item


def same(a, b):
    return len(a) == len(b) and all(x is y or (x == y and type(x) is type(y))
                                    for x, y in zip(a, b))


def random_step(expected):
    """A step that can be made, already made in expected."""
    what = random(12)
    if not expected and what not in (0, 7) or what == 9 and len(expected) > 60:
        what = 0
    step = (what, random(len(expected)) if expected else 0, made[random(len(made))]())
    model(expected, *step)
    return step


def called(values, before, own, inner):
    """What the function calls in the middle: changes from outside and from inside."""
    def function():
        if before is not None and not same(values, before):
            print('called', values, before)
        for step in own:
            model(values, *step)
        m.steps(inner)
        return len(values)
    return function


def walk(count, size):
    values = [made[random(len(made))]() for i in range(size)]
    expected = list(values)
    m.keep(values)
    for turn in range(count):
        todo = []
        for i in range(random(6)):
            if random(5) == 0:
                before = list(expected)
                own = [random_step(expected) for j in range(random(3))]
                inner = [random_step(expected) for j in range(random(3))]
                todo.append((12, 0, called(values, before, own, inner)))
            else:
                todo.append(random_step(expected))
        if m.steps(todo) != len(expected):
            print('size', turn)
            return
        todo = own = inner = before = None
        if not same(values, expected):
            print('outside', turn, values, expected)
            return
        for i in range(random(4)):
            step = random_step(expected)
            model(values, *step)
        step = None
        if not same(m.seen(), expected):
            print('inside', turn, m.seen(), expected)
            return
    m.drop()
    print('walked', count, len(expected), same(values, expected))


for size in (0, 1, 5, 40):
    for i in range(5):
        walk(150, size)
print(Thing.count)
