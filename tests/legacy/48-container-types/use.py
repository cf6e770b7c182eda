from __future__ import print_function
import sys
import container_types


def show(text):
    sys.stdout.write(text if isinstance(text, str) else text.decode('ascii'))


show(container_types.run())
