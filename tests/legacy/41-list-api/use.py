from __future__ import print_function
import sys
import list_api


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(list_api.run())
