import long_api
import sys


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(long_api.run())
