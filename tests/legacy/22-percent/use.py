import sys
import percent


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(percent.run())
