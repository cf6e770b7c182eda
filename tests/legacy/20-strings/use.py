import sys
import strings


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(strings.run())
