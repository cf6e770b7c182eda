from __future__ import print_function
import sys
import slice_cell_iter as m


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(m.run())
print(m.parts(slice(1, None, -1)), m.parts(slice(None)), m.parts(slice([1], (2,), 0.5)))
print(m.make_slice(1, 5), m.make_slice(None, None), list(range(9))[m.make_slice(2, -2)])
print(m.ellipsis(Ellipsis) is Ellipsis, m.ellipsis(None))

# Cells are the same object on both sides.
cell = m.make_cell(5)
print(cell.cell_contents, m.in_cell(cell))
m.set_cell(cell, [1])
print(cell.cell_contents, m.in_cell(cell)[0] is cell.cell_contents)


def outer():
    variable = 1

    def change():
        inner.values.append(variable)

    def inner(value):
        variable = value
        return variable
    inner.values = []
    return change


def closure():
    names = []

    def inner():
        return names
    return inner


function = closure()
cell = function.__closure__[0]
print(m.in_cell(cell))
function().append(3)
print(m.in_cell(cell))
m.set_cell(cell, 7)
print(function(), m.in_cell(cell))

# Iterators cross in the middle.
for kind in range(4):
    for taken in (0, 1, 5):
        made = m.own_iterator(kind, taken)
        print(kind, taken, list(made), list(made))
values = [1, 2, 3, 4]
made = m.iterator(values, 2)
values.append(5)
print(next(made), m.all_of(made), list(made))
print(list(m.iterator((1, 2, 3), 1)), list(m.iterator({}, 0)), list(m.iterator(iter(values), 3)))
print(m.all_of(x * x for x in range(5)), m.all_of(m.own_iterator(0, 1)),
      m.all_of(reversed(values)))
made = iter(values)
next(made)
print(m.all_of(made), m.all_of({1: 2}), m.all_of({1: 2}.values()), m.all_of(enumerate([7])))
try:
    m.all_of(5)
except TypeError as error:
    print(error)


class Sequence(object):
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index == 4:
            raise ValueError('four')
        if index >= self.count:
            raise IndexError(index)
        return index * 10


print(list(m.seq_iterator(Sequence(3))), m.all_of(m.seq_iterator(Sequence(2))))
print(m.all_of(Sequence(3)))
try:
    m.all_of(Sequence(9))
except ValueError as error:
    print(error)
print(list(m.call_iterator(iter([3, 2, 1, 0]).__next__ if hasattr(iter([]), '__next__')
                           else iter([3, 2, 1, 0]).next, 1)))
