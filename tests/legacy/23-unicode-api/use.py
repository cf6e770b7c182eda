import sys
import unicode_api


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(unicode_api.run())
