import sys
import str_format


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(str_format.run())
