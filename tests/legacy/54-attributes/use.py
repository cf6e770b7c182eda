from __future__ import print_function
import collections
import string
import sys
import attributes as m


def show(text):
    print(text.decode() if not isinstance(text, str) else text)


class Plain(object):
    """Documented."""

    def method(self):
        """A method."""

    @classmethod
    def of_class(cls):
        pass


class Iterator(object):
    def __iter__(self):
        return self

    def __next__(self):
        return 5

    next = __next__


class Mapping(object):
    def keys(self):
        return [1, 2].__iter__()

    def values(self):
        return (3, 4)

    def items(self):
        return {7: 8}.items()


class Dict(dict):
    pass


def function(a, b=5, c=(6,)):
    """A function."""
    def inner():
        return a
    return inner


print("== names")
for path in ["__name__", "__module__", "__doc__", "func_name", "func_doc", "func_defaults",
             "func_code", "func_globals", "func_closure", "func_dict", "func_code.co_name",
             "func_code.co_argcount", "func_code.co_varnames", "__dict__", "__class__",
             "__class__.__name__", "func_missing"]:
    show(m.chain(function, path))
show(m.chain(function(1), "func_closure"))
for path in ["__name__", "__module__", "__doc__", "__class__", "__bases__", "__mro__", "__base__",
             "of_class.im_self", "nothing"]:
    show(m.chain(Plain, path))
for path in ["__doc__", "__module__", "__class__", "method", "method.im_self", "method.im_func",
             "method.im_class", "method.__name__", "method.__doc__", "method.im_func.func_name",
             "of_class.im_class", "im_class", "im_func", "message", "next"]:
    show(m.chain(Plain(), path))
for path in ["__name__", "__doc__"]:
    show(m.chain(string if path != "__doc__" else m, path))
for path in ["__name__", "__module__", "__doc__.__class__"]:
    show(m.chain(len, path) if path != "__module__" else m.chain(m.get, path))
for value, path in [(5, "__class__"), (b"", "__class__.__name__"), (u"", "__class__.__name__"),
                    (2 ** 70, "__class__.__name__"), (None, "__class__.__name__"),
                    ((), "__class__.__name__"), ([], "__class__.__name__"),
                    ({}, "__class__.__name__"), (Plain(), "__class__.__name__"),
                    (2.5, "__class__.__module__"), ([], "__class__.__module__"),
                    (Plain(), "__class__.__module__"), (int, "__name__"), (int, "__module__"),
                    (bytes, "__name__"), (type(u""), "__name__"), (object, "__name__"),
                    (type, "__name__"), (dict, "__bases__"), (bool, "__base__"), (int, "__mro__"),
                    (5, "real"), (5, "imag"), (2.5, "real"), (1j, "imag"), (True, "real"),
                    (b"", "nothing"), (type, "nothing"), (int, "nothing"), (slice(1, 2, 3), "step")]:
    show(m.chain(value, path))
print("== methods")
for value in [{b"k": 5}, Dict({b"k": 5}), collections.OrderedDict({b"k": 5})]:
    for name in ["iterkeys", "itervalues", "iteritems"]:
        show(m.call(value, name).replace(b"u'", b"'"))
    show(m.views(value).replace(b"u'", b"'"))
    for key in [b"k", b"j", 5]:
        show(m.call(value, "has_key", key))
show(m.views({}))
show(m.call(Mapping(), "iterkeys") if sys.version_info > (3,) else b"[1, 2]")
show(m.call(Mapping(), "itervalues") if sys.version_info > (3,) else b"[3, 4]")
show(m.call(Mapping(), "iteritems") if sys.version_info > (3,) else b"[(7, 8)]")
show(m.call(Mapping(), "items"))
show(m.call(Mapping(), "has_key", 1))
show(m.call(Plain(), "iteritems"))
show(m.call(Iterator(), "next"))
show(m.call(iter([3]), "next"))
show(m.call(iter([]), "next"))
show(m.call((x for x in [4]), "next"))
show(m.call(enumerate([5]), "next"))
show(m.call(5, "__nonzero__"))
show(m.call(0.0, "__nonzero__"))
print("== exceptions")
for error in [Exception("one"), Exception(), Exception(1, 2), ValueError(b"bytes"), KeyError(5)]:
    show(m.get(error, "message"))
    show(m.get(error, "args"))
print("== modules")
for name in ["maxint", "byteorder", "__name__"]:
    show(m.get(sys, name).replace(b"u'", b"'"))
for name in ["letters", "lowercase", "uppercase"]:
    show(m.get(string, name))
