import number_text
import sys
import warnings


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


warnings.simplefilter("ignore")
show(number_text.run())
