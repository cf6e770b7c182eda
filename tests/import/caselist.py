"""What the scripts of cases have in common: SCRIPT --list names them, SCRIPT CASE runs one."""

import sys

CASES = {}


def case(function):
    """Decorator: a case, which is called in a process of its own."""
    CASES[function.__name__] = function
    return function


def skip(reason):
    """End the process: the case has nothing to run here."""
    print(reason)
    sys.exit(77)


def fails(error, call, *words):
    """The exception of that type which call() raises; its text has all of the words."""
    try:
        call()
    except error as caught:
        for word in words:
            assert word in str(caught), (word, str(caught))
        return caught
    raise AssertionError("no %s" % error.__name__)


def main():
    if sys.argv[1] == "--list":
        print("\n".join(CASES))
    else:
        CASES[sys.argv[1]]()
