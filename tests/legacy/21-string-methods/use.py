import sys
import string_methods


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(string_methods.run())
