import sys
import bytearray_api


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(bytearray_api.run())
