# compat/: the ABI of Python 2.7, in files named as CPython's.

EXTRA_DIST += compat/abstract.h
