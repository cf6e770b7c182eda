import complex_api
import sys
import warnings


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


warnings.simplefilter("ignore")
show(complex_api.run())
