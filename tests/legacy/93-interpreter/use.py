from __future__ import print_function
import interpreter as m


def say(value):
    print(value.decode("latin-1") if bytes is not str else value)


say(m.built_in())
say(m.extension())
say(m.dynamic(m.__file__))
say(m.interpreter_modules())
for known, arguments in (("ab:c", ["prog", "-a", "-b", "x", "-cb", "y", "rest", "-a"]),
                         ("ab:c", ["prog", "-abx", "--", "-a"]), ("a", ["prog", "-z", "-a", "-"]),
                         ("b:", ["prog", "-b"]), ("", ["prog", "--help", "--version", "-c"]),
                         ("a", ["prog"]), ("a:", ["prog", "-a", ""]), ("ab", ["prog", "-ab", "-ba"])):
    say(m.options(known, arguments))
say(m.memory([1, 2]))
say(m.symbols())
say(m.bits())


class Class(object):
    def method(self):
        pass


for callable in len, Class().method, Class, say:
    say(m.callable(callable))
