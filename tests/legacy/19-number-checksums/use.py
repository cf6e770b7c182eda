import number_checksums
import sys


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(number_checksums.run())
