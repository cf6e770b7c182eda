from __future__ import print_function
import sys
import dict_api


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(dict_api.run())
