import sys
import codecs_api


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(codecs_api.run())
