from __future__ import print_function
import born_methods as m


class Class(object):
    pass


def function(*args, **kwargs):
    return len(args), sorted(kwargs.items())


instance = Class()
method = m.method(function, instance, Class)
print(method(), method(1, k=2), method.__self__ is instance, method.__func__ is function)
print(m.is_kept(method))
unbound = m.method(function, None, Class)
print(unbound(instance), unbound(instance, 5))
method = m.method(len, [1, 2, 3], list)
print(method())
code = m.code("a file.py", "a_name", 17)
print(code.co_filename, code.co_name, code.co_firstlineno, code.co_argcount, m.is_kept(code))
