from __future__ import print_function
import gc
import sys
import weakref
import more_bases as m

text = type(u"")


def norm(value):
    if isinstance(value, bytearray):
        return value.decode("latin1").encode("ascii", "backslashreplace").decode()
    if isinstance(value, bytes) and not isinstance(value, str):
        return value.decode()
    if isinstance(value, text) and not isinstance(value, str):
        return str(value)
    if isinstance(value, tuple):
        return tuple(norm(item) for item in value)
    if isinstance(value, list):
        return [norm(item) for item in value]
    return value


def show(label, function, *args, **kwargs):
    silent = kwargs.pop("silent", False)
    try:
        print(label, norm(function(*args, **kwargs)))
    except Exception as error:
        print(label, type(error).__name__, "" if silent else norm(error.args))


def lives(label, make):
    """An object through the binary and back, and how many were deallocated."""
    before = m.count()
    value = make()
    value.extra = 9
    m.keep(value)
    print(label, m.give() is value)
    del value
    gc.collect()
    print(label, m.count() - before, m.give().extra)
    value = m.give()
    m.drop()
    print(label, m.count() - before, value.extra)
    value.object = [1]
    del value
    gc.collect()
    print(label, m.count() - before)


print("# bytearray")
lives("Bytes", m.Bytes)
value = m.Bytes(b"abc")
print(norm(value), len(value), value.extra, isinstance(value, bytearray), value == b"abc")
print(value[0], norm(value[1:]), 98 in value, norm(value + b"d"), type(value + b"d") is bytearray)
print(norm(value.look()), value.push(100), norm(value.look()))
value.extend(b"efg")
value[0] = 65
del value[1]
print(norm(value.look()), norm(value), value.index(b"e"), norm(value.upper()))
value += b"!"
print(type(value) is m.Bytes, norm(value.look()))
print(norm(value.look()), list(value)[:2], norm(bytes(value)), norm(bytearray(value)))
view = memoryview(value)
print(len(view), view.readonly)
show("exported", value.push, 1, silent=True)
del view
gc.collect()
show("free", value.push, 66)
print(len(m.Bytes(4)), len(m.Bytes([1, 2])), m.Bytes().look()[0])
show("wrong", m.Bytes, object(), silent=True)
made = m.bytes_from_c(b"from C")
print(type(made) is m.Bytes, norm(made), made.extra, norm(made.look()))
made.extend(b"?")
print(norm(made.look()))


class MyBytes(m.Bytes):
    def push(self, item):
        self.pushed = item
        return super(MyBytes, self).push(item + 1)


value = MyBytes(b"x")
print(value.push(97), norm(value), value.pushed, value.extra, norm(value.look()))
print(value.find(b"b"), value.startswith(b"x"), value < b"y")

print("# property")


# The functions are Python's own: of two functions or instances of this module's that a binary has
# at a time, the module would be kept for ever (HACKING), when this is run again and again.


class WithProperties(list):
    x = m.Property(len, list.append, list.pop, "An x.")
    y = m.Property(len, doc="A y.")
    z = m.make_property(sum, list.append, None, "")
    s = m.StaticProperty(tuple, None, None, "An s.")


value = WithProperties()
value.x = 5
print(value.x, value.y, value.z, value, WithProperties.x.extra, WithProperties.z.extra)
value.z = 6
print(value.x, value.z, value, value.s, WithProperties.s)
show("set", setattr, value, "y", 1, silent=True)
show("delete", delattr, value, "y", silent=True)
show("static", setattr, value, "s", 1)
del value.x
print(value)
print(isinstance(WithProperties.x, property), WithProperties.x.__doc__, WithProperties.x.fget is len)
print(WithProperties.x.fdel is list.pop, WithProperties.y.fset, WithProperties.y.__get__([7], None))
print(m.property_fields(WithProperties.x), m.property_fields(WithProperties.y))
print(m.property_fields(WithProperties.z), m.property_fields(m.Property(len, fdel=len, doc="")))
lives("Property", lambda: m.Property(len, doc=""))
show("none", lambda: m.Property().__get__(1, None), silent=True)
show("many", m.Property, 1, 2, 3, 4, 5, silent=True)
print(m.Property(fget=len, doc="").fget is len)


class MyProperty(m.Property):
    def __get__(self, object, type=None):
        return "mine", super(MyProperty, self).__get__(object, type)


class WithMine(list):
    x = MyProperty(len, list.append, None, "")


value = WithMine()
value.x = 3
print(value.x, value, m.property_fields(WithMine.__dict__["x"]))
m.keep(m.Property(len, list.append, None, ""))
gc.collect()


class Later(list):
    x = m.give()


value = Later()
value.x = 8
print(value.x, value)
m.drop()

print("# classmethod, staticmethod")


class WithMethods(object):
    c = m.ClassMethod(getattr)
    s = m.StaticMethod(max)


print(WithMethods.c("__name__"), WithMethods().c("__name__"), WithMethods.s(3, 1), WithMethods().s(4, 5))
method = WithMethods.__dict__["c"]
print(type(method) is m.ClassMethod, isinstance(method, classmethod), method.extra)
print(m.callable_of(method).__name__, m.callable_of(WithMethods.__dict__["s"]).__name__)
print(m.ClassMethod(len).__func__ is len, m.StaticMethod(len).__func__ is len)
lives("ClassMethod", lambda: m.ClassMethod(len))
lives("StaticMethod", lambda: m.StaticMethod(len))
show("nothing", m.ClassMethod, silent=True)
show("two", m.StaticMethod, 1, 2, silent=True)


class WithMade(object):
    c = m.make_method(getattr, 0)
    s = m.make_method(max, 1)


print(WithMade.c("__name__"), WithMade().c("__name__"), WithMade.s(1, 2), WithMade().s(3, 4))

print("# module")
lives("Module", lambda: m.Module("some"))
module = m.Module("name", "Its doc.")
print(module.__name__, module.__doc__, type(module) is m.Module, isinstance(module, type(sys)))
print(norm(module.look()))
module.x = 5
module.put([1])
print(module.x, norm(module.look()), sorted(n for n in module.__dict__ if not n.startswith("__")))
module.x = u"text"
print(norm(module.look()), module.extra)
sys.modules["name"] = module
import name  # noqa: E402
print(name is module)
del sys.modules["name"], name


class MyModule(m.Module):
    @property
    def y(self):
        return "computed"


module = MyModule("mine")
module.put(3)
print(module.y, module.x, norm(module.look()))
show("nothing", m.Module, silent=True)

print("# weakref")


class Thing(object):
    pass


def told(reference):
    print("told", type(reference).__name__, reference() is None, reference.extra)


for kind in (Thing, m.Target):
    thing = kind()
    reference = m.Ref(thing, told)
    print(reference() is thing, reference.extra, norm(reference.look()))
    reference.extra = 41
    print(isinstance(reference, weakref.ref), reference == m.Ref(thing), hash(reference) == hash(thing))
    m.keep(reference)
    print(m.give() is reference, weakref.getweakrefcount(thing) >= 1)
    del thing
    gc.collect()
    print(reference() is None, norm(reference.look()))
    del reference
    gc.collect()
    print(m.give().extra, m.give()() is None)
    m.drop()
thing = Thing()
lives("Ref", lambda: m.Ref(thing))
show("nothing", m.Ref, silent=True)
show("number", m.Ref, 5, silent=True)


class MyRef(m.Ref):
    def __call__(self):
        return "mine", super(MyRef, self).__call__() is thing


print(MyRef(thing)(), MyRef(thing).extra, norm(MyRef(thing).look()))
