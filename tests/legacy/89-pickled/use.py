from __future__ import print_function
import copy
import pickle
import pickled as m

text = type(u"")


def norm(value):
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, text) and not isinstance(value, str):
        return str(value)
    if isinstance(value, (tuple, list)):
        return type(value)(norm(item) for item in value)
    if type(value) is dict:
        return sorted((norm(key), norm(value[key])) for key in value)
    return value


def look(value):
    more = sorted(getattr(value, "__dict__", {}).items())
    return type(value).__name__, value.number, norm(value.data), norm(more)


def show(label, function, *args):
    try:
        print(label, look(function(*args)))
    except Exception as error:
        print(label, type(error).__name__)


def through(value, protocol):
    return pickle.loads(pickle.dumps(value, protocol))


# Classes that pickle finds are in a module that it can import; this one may be run again.
class Derived(m.Reduced):
    pass


class DerivedState(m.State):
    pass


class DerivedArguments(m.Arguments):
    pass


class DerivedPlain(m.Plain):
    pass


class DerivedOwn(m.Plain):
    def __reduce__(self):
        return DerivedOwn, (self.number + 1, self.data), {"extra": self.extra}


KINDS = (m.Reduced, m.ReducedEx, m.Items, m.State, m.Arguments, m.Registered, m.Copied,
         Derived, DerivedState, DerivedArguments, DerivedOwn)
print("# reduce")
for kind, name, args in ((m.Reduced, "__reduce__", []), (m.ReducedEx, "__reduce_ex__", [2]),
                         (m.State, "__getstate__", []), (m.Arguments, "__getnewargs__", [])):
    result = getattr(kind(5, [1]), name)(*args)
    print(name, norm(result[1:] if isinstance(result, tuple) else result))
print("# copy_reg")
m.register_with("copy_reg")
for kind in KINDS:
    print("#", kind.__name__)
    value = kind(7, [1, u"two", (3, None)])
    if kind.__module__ == "__main__":
        value.extra = "extra"
    show("copy", copy.copy, value)
    show("deepcopy", copy.deepcopy, value)
    print(copy.copy(value).data is value.data, copy.deepcopy(value).data is value.data)
    for protocol in (0, 1, 2):
        if protocol < 2 and kind in (DerivedState, DerivedArguments):
            continue  # Python 2 takes State for one that could be made of another
        show("pickle %d" % protocol, through, value, protocol)
    for protocol in range(3, pickle.HIGHEST_PROTOCOL + 1):
        if look(through(value, protocol)) != look(through(value, 2)):
            print("protocol", protocol, look(through(value, protocol)))
print("# in containers")
shared = m.Reduced(1, "shared")
both = through([shared, shared, {"key": shared}], 2)
print(both[0] is both[1], both[2]["key"] is both[0], look(both[0]))
both = copy.deepcopy([shared, (shared,)])
print(both[0] is both[1][0], both[0] is shared)
loop = m.Reduced(2)
loop.data = [loop]
again = through(loop, 2)
print(again.data[0] is again, again is not loop, again.number)
again.data = None
again = copy.deepcopy(loop)
print(again.data[0] is again, again is not loop)
loop.data = again.data = None
print("# types and functions")
print(through(m.Reduced, 2) is m.Reduced, through(m.remake, 0) is m.remake, copy.copy(m.State) is m.State)
print("# from C")
value = m.Reduced(3, [1])
print(look(m.call("copy", "copy", value)), look(m.call("copy", "deepcopy", value)))
for protocol in (0, 1, 2):
    text_of = m.call("pickle", "dumps", value, protocol)
    print(look(m.call("pickle", "loads", text_of)), look(pickle.loads(text_of)))
    text_of = m.call("cPickle", "dumps", value, protocol)
    print(look(m.call("cPickle", "loads", text_of)))
print("# bad ones")
state = m.State(1)
for bad in ({}, {"number": "x", "data": 1}):
    try:
        state.__setstate__(bad)
    except Exception as error:
        print(type(error).__name__)
