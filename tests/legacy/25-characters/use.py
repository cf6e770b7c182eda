import sys
import characters


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(characters.run())
