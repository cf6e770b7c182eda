import number_crossing as nc
import sys
import warnings


def show(*texts):
    texts = [text if isinstance(text, str) else text.decode('ascii') for text in texts]
    sys.stdout.write(' '.join(texts) + '\n')


class Count(int):
    pass


class Length(float):
    def __float__(self):
        return 99.0


warnings.simplefilter("ignore")
numbers = [0, 1, -1, -5, -6, 256, 257, 2 ** 30 - 1, 2 ** 30, 2 ** 60, 2 ** 62,
           sys.maxsize, -sys.maxsize - 1, 2 ** 63, -2 ** 63 - 1, 2 ** 64 - 1, 2 ** 64, -2 ** 90,
           2 ** 90 - 1, 10 ** 40, -3 ** 400,
           7 ** 2000, True, False, 0.0, -0.0, 1.5, 5e-324, 1e308, float('inf'), 1j, -0.5 + 2j,
           Count(7), Count(-1), Length(2.5)]
for value in numbers:
    same = nc.echo(value)
    show(nc.tell(value), str(same == value), str(nc.renew(value) == value))
    show('  ', type(same).__name__.replace('long', 'int'),
         type(nc.renew(value)).__name__.replace('long', 'int'))
same = nc.echo(float('nan'))
show(str(same != same), nc.tell(same)[:8])
for text in ('0L', '5L', '-1L', '9223372036854775807L', '9223372036854775808L',
             '-9223372036854775808L', '0x' + 'f' * 300 + 'L'):
    value = nc.number(text)
    show(text, str(value), str(value == int(text[:-1], 0)))
for wrong in ('x', None, [], 'L', '12xL'):
    try:
        show(str(nc.number(wrong)))
    except (TypeError, ValueError) as error:
        show(type(error).__name__)
show(nc.operate())
